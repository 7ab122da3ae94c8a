//! The trace IR: linear SSA in 16-bit words, its text form, verifier and reference executor.
//!
//! A trace is what one way through a loop did: a preamble, which is the first time round and
//! makes the tests that need be made once, and a body. It knows values, objects and registers of
//! the interpreter, and no target.

mod buffer;
mod execute;
mod ops;
mod rt;
mod text;
mod verify;

pub use buffer::{Const, Entry, Fact, Ins, NO_SNAPSHOT, Part, Ref, Snapshot, Sunk, TooLong, Trace};
pub use execute::{Datum, Exit, Outcome, Surroundings, execute, fold_integers};
pub use ops::{Cond, OPS, Op, OpInfo, Repr, Role};
pub use rt::{Effects, FloatFn, RAISED, Rt};
pub use text::{parse, print};
pub use verify::verify;

#[cfg(test)]
mod tests;

impl Snapshot {
    /// The state of one frame; its values are given with it to [`Trace::snapshot`].
    pub fn of_frame(parent: u16, function: Ref, base: u16, dst: u16, pc: u32) -> Snapshot {
        Snapshot {
            parent,
            function,
            base,
            dst,
            pc,
            first: 0,
            count: 0,
        }
    }
}
