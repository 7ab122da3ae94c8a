//! Register bytecode: the op table, instructions, and code objects.
//!
//! `compile` produces [`Code`], `vm` links it into the heap and executes it. Nothing here knows a
//! value or a heap: constants are plain data, so that code can be written as text, parsed back,
//! verified and carried inside the executable.
//!
//! The frame of a call is a window of registers. Registers `0..params` hold the arguments,
//! the other locals follow, temporaries lie above them. An operand names a register by its
//! offset from the window's base.

mod binary;
mod code;
mod instr;
mod live;
mod operands;
mod ops;
mod parse;
mod print;
mod stops;
mod verify;

#[cfg(test)]
mod tests;

pub use binary::DecodeError;
pub use code::{Code, CodeFlags, Const, ExceptionEntry, Location, Name, ParamSpec, Pc, Reg, Site};
pub use instr::Instr;
pub use live::{FRAME_READERS, LiveSet, LiveTable, Liveness, shown_variables};
pub use operands::{jump_target, read_runs, reads, write_run, writes};
pub use ops::{CommonConst, Convert, Format, OPS, Op, OpInfo, SpecialMethod};
pub use parse::{TextError, parse};
pub use print::{named_constant, print, print_instruction};
pub use stops::{ENTRY, EXIT, LINE, ROUND, kinds as stop_kinds, places_of as stop_places, stops};
pub use verify::{VerifyError, verify};
