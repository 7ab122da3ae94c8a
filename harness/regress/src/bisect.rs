//! Finding the commit that made a series slower, by measuring as few commits as possible.
//!
//! The usual bisection assumes that each commit can be judged for sure. A measurement cannot: so
//! a commit is judged against the middle, in logarithms, between the good end and the bad end,
//! and only once its interval lies on one side of it. Until then the answer is *unsure*, and it
//! is measured again, which narrows the interval. A commit that cannot be built or fails is
//! stepped around, and the blame may then fall on a stretch rather than on one commit.

use stats::{Estimate, Interval};

/// What a measured commit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Good,
    Bad,
    /// It cannot be told: not built, failed, or measured in vain.
    Untold,
}

/// A search between commit 0, which is good, and the last, which is bad.
#[derive(Clone, Debug)]
pub struct Search {
    answers: Vec<Option<Answer>>,
}

/// Where the change is: after the good commit, up to the bad one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Blame {
    pub good: usize,
    pub bad: usize,
}

impl Search {
    /// `commits` counts both ends; at least 2.
    pub fn over(commits: usize) -> Search {
        let mut answers = vec![None; commits.max(2)];
        answers[0] = Some(Answer::Good);
        if let Some(last) = answers.last_mut() {
            *last = Some(Answer::Bad);
        }
        Search { answers }
    }

    /// The narrowest stretch known to hold the change.
    pub fn blame(&self) -> Blame {
        let bad = |answer: &Option<Answer>| *answer == Some(Answer::Bad);
        let bad = self
            .answers
            .iter()
            .position(bad)
            .unwrap_or(self.answers.len() - 1);
        let good = self.answers[..bad]
            .iter()
            .rposition(|answer| *answer == Some(Answer::Good))
            .unwrap_or(0);
        Blame { good, bad }
    }

    /// The commit to measure next; `None` when nothing in the stretch is left to measure.
    pub fn next(&self) -> Option<usize> {
        let Blame { good, bad } = self.blame();
        let middle = (good + bad) / 2;
        (good + 1..bad)
            .filter(|at| self.answers[*at].is_none())
            .min_by_key(|at| at.abs_diff(middle))
    }

    pub fn tell(&mut self, at: usize, answer: Answer) {
        if let Some(place) = self.answers.get_mut(at) {
            *place = Some(answer);
        }
    }
}

/// What a commit is, from its ratio to the good end, where the bad end's ratio is `whole`.
/// `None` while the interval does not say.
pub fn answer(change: Estimate, whole: f64) -> Option<Answer> {
    let middle = whole.sqrt();
    let Interval { low, high } = change.interval?;
    if low > middle {
        Some(Answer::Bad)
    } else if high < middle {
        Some(Answer::Good)
    } else {
        None
    }
}
