//! Cuts a failing program down to what it fails by.
//!
//! Greedy: a run of statements whose removal keeps the failure is removed,
//! first in runs of half the program, then in ever shorter ones, over and over
//! until a round of single statements removes nothing or the time is over. A
//! compound statement that cannot go may be replaced by its first block. The
//! result is small, not the smallest.

use std::time::Instant;

use super::program::Program;

/// The smallest failing program found before the deadline.
pub fn minimise(
    program: &Program,
    deadline: Instant,
    mut fails: impl FnMut(&Program) -> Result<bool, String>,
) -> Program {
    // A candidate that does not run on the reference is no candidate.
    let mut fails = |candidate: &Program| fails(candidate).unwrap_or(false);
    let mut best = program.clone();
    let mut run = best.len().div_ceil(2);
    loop {
        let before = best.len();
        let mut number = 0;
        while number < best.len() {
            if Instant::now() >= deadline {
                return best;
            }
            let removed = best.without(number..number + run);
            let flattened = best.flattened(number);
            if fails(&removed) {
                best = removed;
            } else if run == 1 && flattened.len() < best.len() && fails(&flattened) {
                best = flattened;
            } else {
                number += run;
            }
        }
        if run == 1 && best.len() == before {
            return best;
        }
        run = run.min(best.len()).div_ceil(2).max(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fuzz::definitions;
    use std::time::Duration;

    #[test]
    fn only_what_fails_is_left() {
        let program = definitions::program(5, 6);
        let deadline = Instant::now() + Duration::from_secs(20);
        let small = minimise(&program, deadline, |candidate| {
            Ok(candidate.text().contains("def case_3():"))
        });
        assert_eq!(small.len(), 1, "{}", small.text());
        assert!(small.text().contains("def case_3():"));
    }
}
