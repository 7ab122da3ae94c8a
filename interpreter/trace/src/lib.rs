//! The trace IR: linear SSA, its text form, verifier and reference executor.
//!
//! A trace is what one way through a loop did: a preamble, which is the first time round and
//! makes the tests that need be made once, and a body. It knows values, objects and registers of
//! the interpreter, and no target.

mod buffer;
mod execute;
mod index;
mod operands;
mod ops;
mod rt;
mod snapshots;
mod step;
mod sunk;
mod text;
mod verify;

pub use buffer::{Const, Entry, Extent, Fact, Ins, NO_SNAPSHOT, Ref, Snapshot, TooLong, Trace};
pub use execute::{Datum, Exit, Outcome, Surroundings, execute};
pub use operands::Operands;
pub use ops::{Cond, OPS, Op, OpInfo, Repr, Role, Width};
pub use rt::{Effects, FloatFn, RAISED, Rt};
pub use step::{fold_floats, fold_integers};
pub use sunk::{Part, Sunk};
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
            then: 0,
            pushed: false,
        }
    }

    /// The same with how its frame was opened.
    pub fn opened(self, then: u8, pushed: bool) -> Snapshot {
        Snapshot {
            then,
            pushed,
            ..self
        }
    }
}

/// In a snapshot, the register number under which a frame's function stands if it is no constant.
pub const FUNCTION_REGISTER: u16 = 0xfff0;
/// The one under which a frame's `locals` stand if they are not *unbound*.
pub const LOCALS_REGISTER: u16 = 0xfff1;
/// The one under which stands what exception is handled while the frame runs, or was when it
/// called the one above it; if it has none, that is what the machine says.
pub const HANDLED_REGISTER: u16 = 0xfff2;
