//! Machine code from traces.
//!
//! One pass from the end of a trace to its start does liveness, register allocation, dead code
//! and emission (`allocate`, with what a target is in `isa`); the code lies in one reserved region
//! (`memory`). A guard that fails jumps to a stub which notes the exit's number and goes on to
//! code that all exits share: it saves the registers in a [`State`] and calls the machine's exit
//! handler. What is to be done with them is said by the exit's places, one for each leaf of what
//! its snapshot restores.

#![cfg(target_arch = "x86_64")]

use object::{Regs, Value};
use trace::{Ref, Trace};

/// Slots for values that found no register, on the native stack.
pub const SLOTS: usize = 192;
/// The exit number of code that was entered although it is no longer valid.
pub const STALE: u32 = u32::MAX;

/// Addresses that are constant for a machine.
pub struct Env {
    /// First argument of every runtime function.
    pub vm: usize,
    /// By [`trace::Rt`]'s number: `extern "sysv64" fn(vm, place, a, b, c, d) -> u64`.
    pub functions: Vec<usize>,
    /// By [`trace::FloatFn`]'s number: `extern "sysv64" fn(f64[, f64]) -> f64`.
    pub float_functions: Vec<usize>,
    /// What `poll` looks at.
    pub flags: [*const u8; 2],
    /// What an entry and `guard_valid` compare with the code's own epoch.
    pub epoch: *const u32,
    /// `extern "sysv64" fn(state: *mut State)`, called by the code that exits share.
    pub exit_handler: usize,
}

/// How machine code left.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    /// The exit handler has been called.
    Exited,
    /// The entry frame returns the value.
    Finished(Value),
}

/// Where a value is at an exit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Loc {
    /// General registers from 0, floating-point ones from 16.
    Register(u8),
    Slot(u16),
    /// Still in the interpreter's register (of the entry frame) that it came from.
    Home(u16),
    /// A constant of the exit's trace. In what a bridge inherits: of the bridge's own.
    Constant(Ref),
}

/// Why an exit may be taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ExitKind {
    Guard,
    /// A runtime function raised.
    Raise,
    Poll,
    /// `guard_valid`.
    Invalid,
    /// `leave`: always.
    Leave,
}

/// An exit of assembled code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Exit {
    /// The number of its op.
    pub at: u16,
    pub snapshot: u16,
    pub kind: ExitKind,
    first: u32,
    stub: u32,
}

/// Why a trace was not assembled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Error {
    /// It ends in nothing.
    NoEnd,
    /// An op has operands that it cannot have.
    Operand,
    /// More values live at once than there is room for.
    Pressure,
    /// There is no memory for code, or not within its limit.
    Memory,
}

/// Registers as an exit left them; at one address while the assembler lives. An exit handler
/// that runs code reads it first.
#[repr(C, align(16))]
#[derive(Debug)]
pub struct State {
    general: [u64; 16],
    floating: [u64; 16],
    /// The code's number, and its exit's (or [`STALE`]).
    pub trace: u32,
    pub exit: u32,
    slots: *const u64,
    regs: *mut Value,
}

impl State {
    /// The bits that an exit left in a register or slot, or that stand in a home.
    pub fn bits(&self, place: Loc) -> Option<u64> {
        let _ = (place, self.slots, self.general, self.floating);
        None
    }

    /// The registers of the entry frame.
    pub fn regs(&self) -> *mut Value {
        self.regs
    }
}

/// The code of a trace.
#[derive(Debug)]
pub struct Assembled {
    pub id: u32,
    /// The address that `run` and jumps enter at.
    pub entry: usize,
    exits: Vec<Exit>,
    places: Vec<Loc>,
}

impl Assembled {
    pub fn exits(&self) -> &[Exit] {
        &self.exits
    }

    /// Where the leaves of what an exit restores are, in the order of `Trace::exit_parts`.
    pub fn places(&self, exit: usize) -> &[Loc] {
        let first = self.exits[exit].first as usize;
        let end = self.exits.get(exit + 1).map(|next| next.first as usize);
        &self.places[first..end.unwrap_or(self.places.len())]
    }

    pub fn code_bytes(&self) -> usize {
        0
    }

    /// Heap bytes of exits and places.
    pub fn resume_bytes(&self) -> usize {
        0
    }
}

/// Makes, patches and frees machine code.
pub struct Assembler {
    env: Env,
}

impl Assembler {
    /// At most `limit_bytes` of code.
    pub fn new(env: Env, limit_bytes: usize) -> Result<Assembler, Error> {
        let _ = limit_bytes;
        Ok(Assembler { env })
    }

    /// Assembles a verified trace as number `id`, valid while the machine's epoch is `epoch`. For
    /// a bridge, `inherited` says where the parent's exit has value number `i` of `inherit*`.
    pub fn assemble(
        &mut self,
        trace: &Trace,
        id: u32,
        inherited: &[Loc],
        epoch: u32,
    ) -> Result<Assembled, Error> {
        let _ = (trace, id, inherited, epoch, &self.env);
        Err(Error::Memory)
    }

    /// Makes an exit go on in a bridge.
    pub fn patch(&mut self, from: &Assembled, exit: u16, to: &Assembled) -> Result<(), Error> {
        let _ = (from, exit, to);
        Err(Error::Memory)
    }

    /// Makes code valid in another epoch.
    pub fn set_epoch(&mut self, code: &Assembled, epoch: u32) {
        let _ = (code, epoch);
    }

    /// Gives the code's memory back. No one runs it or jumps to it any more.
    pub fn free(&mut self, code: Assembled) {
        let _ = code;
    }

    /// Runs code whose entry is at `entry`, with the frame on top whose registers are `regs`.
    ///
    /// # Safety
    /// The entry is that of live code; `regs` belongs to the frame on top, which stands where the
    /// code's trace begins.
    pub unsafe fn run(&self, entry: usize, regs: Regs) -> Status {
        let _ = (entry, regs);
        Status::Exited
    }

    /// Bytes of code in use.
    pub fn code_bytes(&self) -> usize {
        0
    }
}
