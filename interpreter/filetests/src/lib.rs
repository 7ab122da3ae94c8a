//! One runner for everything that tests krait from outside, as a program.
//!
//! `run` walks the text cases, `suites` checks that the suite's programs give
//! the listed digests, `fuzz` compares generated programs on krait and on
//! CPython, `cpython` compares what CPython's own tests come to interpreted and
//! compiled, `debugger` tries the debugger where transcripts do not reach. All
//! start processes and know nothing of krait's insides, so they work on any build
//! of it, also under an emulator.
//! The one exception is `snapshot`, which looks at the compiler's output.

pub mod case;
pub mod cpython;
mod debug;
pub mod debugger;
pub mod diff;
pub mod expected_failures;
pub mod fuzz;
pub mod launch;
pub mod moves;
mod printed;
mod replay;
pub mod run;
pub mod snapshot;
pub mod suites;
