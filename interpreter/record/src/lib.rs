//! The recorder: a machine that executes and records at once.
//!
//! It runs the interpreter's own dispatch loop and semantic functions, so that there is no second
//! meaning of any op. What it emits is simplified on the way in (`emit`); when the loop comes
//! round, what was recorded is emitted once more as the loop's body (`peel`).

mod abort;
mod emit;
mod liveness;
mod machine;
mod peel;

pub use abort::Abort;
pub use liveness::live_before;
pub use machine::{Figures, Outcome, Recorded, Recorder, record};

#[cfg(test)]
mod tests;
