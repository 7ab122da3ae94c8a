//! Machine code from traces.
//!
//! One pass from the end of a trace to its start does liveness, register allocation, dead code
//! and emission (`allocate`, with what a target is in `isa`); the code lies in one reserved region
//! (`memory`). A guard that fails jumps to a stub which notes the exit's number and goes on to
//! code that all exits share: it saves the registers in a [`State`] and calls the machine's exit
//! handler. What is to be done with them is said by the exit's places, one for each leaf of what
//! its snapshot restores. A stub can be patched to jump to a bridge, which finds values where the
//! exit has them.
//!
//! All code runs on a native frame of one size, which [`Assembler::run`] makes, and keeps values
//! that found no register in slots of it; the collector sees them there.

#![cfg(target_arch = "x86_64")]

mod allocate;
mod called;
mod check;
mod code;
mod exits;
mod isa;
mod listing;
mod loops;
mod memory;
mod moves;
mod pages;
mod state;
mod survey;

use allocate::{Buffers, Pass};
pub use called::{ACTIVATIONS_MAX, CallEnv, Callee, UnderWay};
use code::Forward;
use exits::Exits;
use isa::Native;
use isa::x64::{jump_bytes, nothing_bytes};
use memory::{Memory, Range};
use object::{Regs, Value};
pub use pages::Twin;
use trace::{Ref, Trace};

pub use exits::{Exit, ExitKind};
#[cfg(any(test, feature = "disassemble"))]
pub use listing::disassemble;
pub use listing::{Line, Part};
pub use state::State;

#[cfg(test)]
mod tests;

/// Slots for values that found no register.
pub const SLOTS: usize = 192;
/// The exit number of code that was entered although it is no longer valid. Nothing is to be
/// restored then.
pub const STALE: u32 = u32::MAX;

/// As many results as any float operation has, and as a wide register stores at once.
pub type FloatResults = [f64; 4];

/// Addresses that are constant for a machine. What they name outlives the assembler.
#[derive(Clone, Debug)]
pub struct Env {
    /// First argument of every runtime function.
    pub vm: usize,
    /// By [`trace::Rt`]'s number: `extern "sysv64" fn(vm, place, a, b, c, d) -> u64`.
    pub functions: Vec<usize>,
    /// By [`trace::FloatFn`]'s number: `extern "sysv64" fn(f64[, f64]) -> f64`; of one with two results:
    /// `extern "sysv64" fn(f64, *mut f64, *mut f64)`.
    pub float_functions: Vec<usize>,
    /// Where float functions and operations with several results leave them.
    pub float_results: *mut FloatResults,
    /// The byte that `poll` looks at.
    pub look_up: *const u8,
    /// What an entry and `guard_valid` compare with the code's own epoch, `guard_valid_for` with other code's.
    pub epoch: *const u32,
    /// Where the address of the running frame's record is ([`object::layout::FRAMES_TOP`]).
    pub frames: usize,
    /// Where the exception is that is being handled.
    pub handled: usize,
    /// `extern "sysv64" fn(state: *mut State)`, called by the code that exits share.
    pub exit_handler: usize,
    /// For `run_frame`.
    pub calls: CallEnv,
}

/// How machine code left.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    /// The exit handler has been called.
    Exited,
    /// The entry frame returns the value, by the op at an address.
    Finished(Value, usize),
}

/// How code is reached.
#[derive(Clone, Copy, Debug)]
pub enum Start<'a> {
    /// By [`Assembler::run`] and by jumps, with the frame on top at the trace's start.
    Entry,
    /// By an exit that is patched: where the parent's exit has value number `i` of `inherit*`.
    Bridge(&'a [Loc]),
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

impl Loc {
    /// A register or slot as a number, for [`trace::Op::Carry`].
    pub fn number(self) -> Option<u16> {
        match self {
            Loc::Register(reg) => Some(reg.into()),
            Loc::Slot(slot) => Some(slot + Loc::FIRST_SLOT),
            Loc::Home(_) | Loc::Constant(_) => None,
        }
    }

    pub(crate) fn of_number(number: u16) -> Loc {
        match number.checked_sub(Loc::FIRST_SLOT) {
            Some(slot) => Loc::Slot(slot),
            None => Loc::Register(number as u8),
        }
    }

    const FIRST_SLOT: u16 = 32;
}

/// Why a trace was not assembled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Error {
    /// The trace neither goes round nor ends in an op that ends one.
    NoEnd,
    /// An op has operands that it cannot have.
    Operand,
    /// More values live at once than there is room for.
    Pressure,
    /// There is no memory for code, or not within its limit.
    Memory,
}

/// The code of a trace.
#[derive(Debug)]
pub struct Assembled {
    /// The number that its exits give.
    pub id: u32,
    /// The address that [`Assembler::run`] and jumps enter at, or that exits are patched to.
    pub entry: usize,
    /// What was allocated, and where in it the tail begins and ends.
    range: Range,
    tail: usize,
    end: usize,
    epoch_word: usize,
    exits: Exits,
    /// Slots in use while it runs.
    pub slots: u16,
    /// The address at which the loop's body begins, 0 if there is none.
    pub body: usize,
    /// What lives there, and where it then is, but for what lies in the frame's registers.
    pub label: Box<[(Ref, Loc)]>,
    /// Where each op's code begins, from the entry on; empty unless asked for.
    starts: Box<[u32]>,
}

impl Assembled {
    pub fn exits(&self) -> &[Exit] {
        &self.exits.exits
    }

    /// Where the leaves of what an exit restores are, in the order of `Trace::exit_parts`.
    pub fn places(&self, exit: usize) -> &[Loc] {
        self.exits.places(exit)
    }

    /// The places of all exits, which may share them, and which of them an exit has.
    pub fn shared_places(&self, exit: usize) -> (&[Loc], std::ops::Range<usize>) {
        let own = &self.exits.exits[exit];
        let first = own.first as usize;
        (&self.exits.places, first..first + usize::from(own.count))
    }

    /// Forgets the exits and what lives where the body begins, once whoever resumes and enters
    /// there has made its own of them.
    pub fn forget_exits(&mut self) {
        self.exits = Exits::default();
        self.label = Box::default();
    }

    /// The address of the word that its epoch is in, for `guard_valid_for`.
    pub fn epoch_word(&self) -> usize {
        self.epoch_word
    }

    /// Bytes of machine code, with stubs and constants.
    pub fn code_bytes(&self) -> usize {
        self.end - self.entry
    }
}

/// Where code lies, and the code that all of it shares.
struct Region {
    memory: Memory,
    shared: Native,
}

/// The region of code that there is.
fn present(region: &mut Option<Region>) -> &mut Region {
    match region {
        Some(region) => region,
        None => unreachable!("code lies nowhere else"),
    }
}

/// Makes, patches and frees machine code.
pub struct Assembler {
    env: Env,
    limit_bytes: usize,
    /// Made with the first code: most programs are too short for any.
    region: Option<Region>,
    /// The way in, while there is one.
    enter: usize,
    buffers: Buffers,
    /// Its address is in the code.
    state: Box<State>,
    /// Whether code is to remember where each op begins, for listings.
    pub keep_starts: bool,
    /// For tests: whether each guard's exit is to be taken once, whatever the guard says, until
    /// [`Assembler::release`].
    pub force_exits: bool,
}

#[cfg(test)]
impl Assembler {
    /// Lets float operations have three operands where the processor has such, or not.
    fn set_three_operands(&mut self, wanted: bool) {
        if let Ok(region) = self.region() {
            region.shared.three_operands = wanted && isa::x64::has_three_operands();
        }
    }
}

/// What the way in returns.
#[repr(C)]
struct Returned {
    word: u64,
    /// The address of the op that returns the word; 0: an exit was taken.
    place: usize,
}

impl Assembler {
    /// An assembler with room for at most `limit_bytes` of code.
    pub fn new(env: Env, limit_bytes: usize) -> Assembler {
        Assembler {
            env,
            limit_bytes,
            region: None,
            enter: 0,
            buffers: Buffers::default(),
            state: Box::default(),
            keep_starts: false,
            force_exits: false,
        }
    }

    /// The region, which is made if there is none.
    fn region(&mut self) -> Result<&mut Region, Error> {
        if self.region.is_none() {
            self.region = Some(self.make_region()?);
        }
        Ok(present(&mut self.region))
    }

    fn make_region(&mut self) -> Result<Region, Error> {
        let mut memory = Memory::new(self.limit_bytes)?;
        let mut out = Forward::default();
        let offsets = Native::make(&self.env, &raw mut *self.state, &mut out);
        let range = memory.allocate(out.len())?;
        memory.write(range.start, &[out.bytes()])?;
        let shared = offsets.based_at(range.start);
        self.enter = shared.enter;
        Ok(Region { memory, shared })
    }

    /// Assembles a verified trace as number `id`, valid while the machine's epoch is `epoch`.
    ///
    /// # Errors
    /// The trace cannot be assembled, or there is no memory for its code.
    pub fn assemble(
        &mut self,
        trace: &Trace,
        id: u32,
        start: Start<'_>,
        epoch: u32,
    ) -> Result<Assembled, Error> {
        debug_assert_eq!(trace::verify(trace), Ok(()));
        let Region { memory, shared } = self.region()?;
        let word = memory.allocate_word()?;
        memory.set_word(word, epoch);
        let shared = *shared;
        let mut buffers = std::mem::take(&mut self.buffers);
        buffers.clear();
        let mut pass = Pass::new(trace, &self.env, start, buffers, shared, word);
        pass.force = self.force_exits;
        let result = pass.run(id);
        let (slots, loop_start) = (pass.slot_count(), pass.loop_start);
        self.buffers = pass.buffers;
        #[cfg(debug_assertions)]
        if result.is_ok() {
            assert_eq!(
                self.buffers.log.check(trace),
                Ok(()),
                "{}",
                trace::print(trace)
            );
        }
        let installed = result.and_then(|()| self.install(loop_start));
        let (range, entry) = match installed {
            Ok(installed) => installed,
            Err(error) => {
                present(&mut self.region).memory.free_word(word);
                return Err(error);
            }
        };
        let b = &self.buffers;
        let body = b.out.to_end();
        let starts = if self.keep_starts { &b.starts[..] } else { &[] };
        Ok(Assembled {
            id,
            entry,
            range,
            tail: entry + body,
            end: entry + body + b.tail.len(),
            epoch_word: word,
            exits: Exits {
                exits: b.exits.as_slice().into(),
                places: b.places.as_slice().into(),
            },
            slots,
            body: loop_start.map_or(0, |from_end| entry + body - from_end),
            label: b.label.as_slice().into(),
            starts: starts.iter().map(|&start| body as u32 - start).collect(),
        })
    }

    /// Finds room for what the pass has left in the buffers, and writes it there; the range and
    /// the entry's address.
    fn install(&mut self, loop_start: Option<usize>) -> Result<(Range, usize), Error> {
        const LOOP_ALIGNMENT: usize = 32;
        let memory = &mut present(&mut self.region).memory;
        let b = &mut self.buffers;
        let body = b.out.to_end();
        let slack = loop_start.map_or(0, |_| LOOP_ALIGNMENT - 1);
        let range = memory.allocate(body + b.tail.len() + slack)?;
        // The loop's start is aligned by where the code begins.
        let pad = loop_start.map_or(0, |from_end| {
            let at = range.start + body - from_end;
            at.wrapping_neg() % LOOP_ALIGNMENT
        });
        let entry = range.start + pad;
        let tail = entry + body;
        for &(end, target) in &b.body_links {
            let from = tail - end as usize;
            let distance = target as isize - from as isize;
            b.out.patch_before(end as usize, distance as i32);
        }
        for &(end, target) in &b.tail_links {
            let from = tail + end as usize;
            let distance = target as isize - from as isize;
            b.tail.patch_before(end as usize, distance as i32);
        }
        let written = memory.write(entry, &[b.out.bytes(), b.tail.bytes()]);
        match written {
            Ok(()) => Ok((range, entry)),
            Err(error) => {
                memory.free(range);
                Err(error)
            }
        }
    }

    /// Makes an exit ([`Exit::patch`]) go on in a bridge, which was assembled with the exit's places.
    pub fn patch(&mut self, from: &Assembled, patch: u32, to: &Assembled) -> Result<(), Error> {
        let at = from.tail + patch as usize;
        present(&mut self.region)
            .memory
            .write(at, &[&jump_bytes(at, to.entry).bytes()])
    }

    /// Lets an exit ([`Exit::forced`]) be taken only where its guard fails from now on.
    pub fn release(&mut self, code: &Assembled, forced: u32) -> Result<(), Error> {
        if forced == 0 {
            return Ok(());
        }
        let at = code.tail - forced as usize;
        present(&mut self.region)
            .memory
            .write(at, &[&nothing_bytes().bytes()])
    }

    /// Makes code valid in another epoch.
    pub fn set_epoch(&mut self, code: &Assembled, epoch: u32) {
        present(&mut self.region)
            .memory
            .set_word(code.epoch_word, epoch);
    }

    /// Copies all code, for a copy of the process that is about to be made.
    ///
    /// # Errors
    /// There is no memory for it.
    pub fn copy_code(&self) -> Result<Twin, Error> {
        self.region
            .as_ref()
            .map_or(Ok(Twin::default()), |region| region.memory.copy())
    }

    /// In a copy of the process: goes on with the code that was copied for it, at the same addresses.
    ///
    /// # Errors
    /// The system does not map it. Then the code is the other process's, and must not be used.
    pub fn go_on_with(&mut self, twin: &Twin) -> Result<(), Error> {
        match &mut self.region {
            Some(region) => region.memory.go_on_with(twin),
            None => Ok(()),
        }
    }

    /// Gives the code's memory back. No one runs it or jumps to it any more.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "what is freed is not to be used any more"
    )]
    pub fn free(&mut self, code: Assembled) {
        let memory = &mut present(&mut self.region).memory;
        memory.free(code.range);
        memory.free_word(code.epoch_word);
    }

    /// Runs code whose entry is at `entry`, with the frame on top whose registers are `regs`.
    ///
    /// # Safety
    /// The entry is that of live code; `regs` belongs to the frame on top, which stands where the
    /// code's trace begins; what the trace's constants name is alive.
    #[inline(always)]
    pub unsafe fn run(&self, entry: usize, regs: Regs) -> Status {
        // SAFETY: the shared code has an entry of this type; what it goes on to keeps to the
        // registers of the frame, the objects that its guards have tested, and its native frame.
        let returned = unsafe {
            let enter: extern "sysv64" fn(usize, *mut Value) -> Returned =
                std::mem::transmute(self.enter);
            enter(entry, regs.as_ptr())
        };
        match returned.place {
            0 => Status::Exited,
            place => Status::Finished(Value::from_bits(returned.word), place),
        }
    }

    /// What the last exit left; exit handlers get the same.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Bytes of code in use.
    pub fn code_bytes(&self) -> usize {
        self.region
            .as_ref()
            .map_or(0, |region| region.memory.used_bytes())
    }

    /// Bytes that were ever taken for code and its data, in use or free again.
    pub fn reserved_bytes(&self) -> usize {
        self.region
            .as_ref()
            .map_or(0, |region| region.memory.reserved_bytes())
    }
}
