//! Machine code from traces, for x86-64.
//!
//! One pass from the end of the trace to its start does liveness, register allocation, dead code
//! and emission (`allocate`); encodings are in `x64`, the code's memory in `memory`. A guard that
//! fails jumps to a stub which notes the exit's number and goes on to code that all exits share:
//! it saves the registers in a [`State`] and returns. What is to be done with them is said by the
//! exit's places, one for each value that its snapshot restores.

#![cfg(target_arch = "x86_64")]

mod allocate;
mod memory;
mod x64;

use object::Regs;
use trace::{Ref, Trace};

pub use memory::CodeMemory;

#[cfg(test)]
mod tests;

/// Slots for values that found no register.
pub const SLOTS: usize = 256;
/// The word of the state that holds the exit's number; the registers lie before it, the slots
/// after it.
const EXIT_NUMBER: usize = 32;
const FIRST_SLOT: usize = 33;

/// Where an exit leaves what the trace computed.
#[repr(C, align(16))]
pub struct State {
    words: [u64; FIRST_SLOT + SLOTS],
}

impl Default for State {
    fn default() -> State {
        State {
            words: [0; FIRST_SLOT + SLOTS],
        }
    }
}

/// Where a value is at an exit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Loc {
    /// General registers from 0, floating-point ones from 16.
    Register(u8),
    Slot(u16),
    /// Still in the interpreter's register that it came from.
    Home(u16),
    Constant(Ref),
}

/// Why a trace was not assembled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Error {
    /// It has no loop.
    NoLoop,
    /// An op has operands that emission folds and should not have left.
    Operand,
    /// More values live at once than there is room for.
    Pressure,
    /// The system gives no memory for code.
    Memory,
}

/// The code of a trace.
pub struct Assembled {
    memory: CodeMemory,
    bytes: Vec<u8>,
    exits: Vec<(u16, u32)>,
    places: Vec<Loc>,
}

/// Assembles a trace. `flags` are the bytes that its polls look at; they outlive the code.
pub fn assemble(trace: &Trace, flags: [*const u8; 2]) -> Result<Assembled, Error> {
    debug_assert_eq!(trace::verify(trace), Ok(()));
    let code = allocate::generate(trace, flags)?;
    let memory = CodeMemory::new(&code.bytes).map_err(|_| Error::Memory)?;
    Ok(Assembled {
        memory,
        bytes: code.bytes,
        exits: code.exits,
        places: code.places,
    })
}

impl Assembled {
    /// Runs the code until it leaves; the exit's number.
    ///
    /// # Safety
    /// The code was assembled from a trace of a loop that the interpreter, with the frame whose
    /// registers are `regs` on top, stands at the header of; what the trace's constants name is
    /// alive, and so is what `flags` pointed to.
    pub unsafe fn run(&self, regs: Regs, state: &mut State) -> usize {
        // SAFETY: the code begins with an entry of this type; it keeps to the registers of the
        // frame, the objects that its guards have tested, and the state.
        unsafe {
            let entry: extern "sysv64" fn(*mut object::Value, *mut u64) =
                std::mem::transmute(self.memory.start());
            entry(regs.as_ptr(), state.words.as_mut_ptr());
        }
        state.words[EXIT_NUMBER] as usize
    }

    /// An exit's snapshot, and the place of each value in it that is not in place, from the frame
    /// on top down.
    pub fn exit(&self, number: usize) -> (u16, &[Loc]) {
        let (snapshot, first) = self.exits[number];
        let end = self
            .exits
            .get(number + 1)
            .map_or(self.places.len(), |next| next.1 as usize);
        (snapshot, &self.places[first as usize..end])
    }

    /// For dumps.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub fn exit_count(&self) -> usize {
        self.exits.len()
    }
}

impl State {
    /// The bits that an exit left in a register or slot.
    pub fn bits(&self, place: Loc) -> Option<u64> {
        match place {
            Loc::Register(reg) => self.words.get(reg as usize).copied(),
            Loc::Slot(slot) => self.words.get(FIRST_SLOT + slot as usize).copied(),
            Loc::Home(_) | Loc::Constant(_) => None,
        }
    }
}
