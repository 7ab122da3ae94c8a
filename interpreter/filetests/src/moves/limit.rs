//! The time that all measuring together may take.

use std::time::{Duration, Instant};

/// When to give up, if ever.
#[derive(Clone, Copy)]
pub(super) struct Limit(Option<Instant>);

/// Longer than anything takes.
const NO_LIMIT: Duration = Duration::from_secs(1 << 30);

impl Limit {
    pub(super) fn of(seconds: Option<u64>) -> Limit {
        Limit(seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds)))
    }

    /// What is left of it; an error, which names what was going on, if nothing is.
    pub(super) fn left(self, what: &str) -> Result<Duration, String> {
        let Some(end) = self.0 else {
            return Ok(NO_LIMIT);
        };
        let left = end.saturating_duration_since(Instant::now());
        match left.is_zero() {
            true => Err(format!("the time limit passed ({what})")),
            false => Ok(left),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_told_until_nothing_is() {
        assert!(Limit::of(None).left("x").unwrap() > Duration::from_secs(1000));
        assert!(Limit::of(Some(60)).left("x").unwrap() <= Duration::from_secs(60));
        let passed = Limit::of(Some(0)).left("recording").unwrap_err();
        assert!(passed.contains("recording"), "{passed}");
    }
}
