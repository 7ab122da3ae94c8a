//! What a mean is not over, by cause.
//!
//! A suite of a hundred programs may have dozens that one side cannot run. Named one by one they
//! stand in front of the figure that they qualify; by cause they are a line, and the names are
//! there for whoever asks.

use serde::Serialize;

use crate::view::Mean;

/// The benchmarks that a mean leaves out for one cause.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct LeftOut {
    /// Whose fault and why: `PyPy 3.9: timeout`.
    pub cause: String,
    /// In the order in which they were measured.
    pub benchmarks: Vec<String>,
}

/// The causes with most benchmarks first; among equals those that were met first.
pub(crate) fn by_cause(mean: &Mean) -> Vec<LeftOut> {
    let mut causes: Vec<LeftOut> = Vec::new();
    for dropped in &mean.dropped {
        match causes.iter_mut().find(|one| one.cause == dropped.cause) {
            Some(known) => known.benchmarks.push(dropped.benchmark.clone()),
            None => causes.push(LeftOut {
                cause: dropped.cause.clone(),
                benchmarks: vec![dropped.benchmark.clone()],
            }),
        }
    }
    causes.sort_by_key(|one| std::cmp::Reverse(one.benchmarks.len()));
    causes
}

/// The same as a sentence, for text that cannot be folded; empty if nothing is left out.
pub(crate) fn sentence(mean: &Mean) -> String {
    let causes = by_cause(mean);
    if causes.is_empty() {
        return String::new();
    }
    let named = causes
        .iter()
        .map(|one| format!("{} ({})", one.benchmarks.join(", "), one.cause));
    format!(" Left out: {}.", named.collect::<Vec<_>>().join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::Dropped;

    #[test]
    fn causes_come_with_all_their_names_and_the_commonest_first() {
        let dropped = [
            ("go", "krait: crash"),
            ("pickle", "PyPy 3.9: timeout"),
            ("chaos", "krait: not run"),
            ("2to3", "PyPy 3.9: timeout"),
        ];
        let mean = Mean {
            dropped: dropped
                .map(|(benchmark, cause)| Dropped {
                    benchmark: benchmark.to_owned(),
                    cause: cause.to_owned(),
                })
                .to_vec(),
            ..Mean::default()
        };
        let causes = by_cause(&mean);
        let shown: Vec<(&str, usize)> = causes
            .iter()
            .map(|one| (one.cause.as_str(), one.benchmarks.len()))
            .collect();
        let expected = [
            ("PyPy 3.9: timeout", 2),
            ("krait: crash", 1),
            ("krait: not run", 1),
        ];
        assert_eq!(shown, expected);
        assert_eq!(
            sentence(&mean),
            " Left out: pickle, 2to3 (PyPy 3.9: timeout); go (krait: crash); chaos (krait: not run)."
        );
        assert_eq!(sentence(&Mean::default()), "");
    }
}
