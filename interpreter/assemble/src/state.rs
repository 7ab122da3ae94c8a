//! What an exit leaves behind: registers, and where the slots are.

use crate::Loc;
use object::Regs;

/// Registers as an exit left them; at one address while the assembler lives, so an exit handler
/// that runs code reads what it needs first. Slots are on the native stack until it returns.
#[repr(C, align(16))]
pub struct State {
    pub(crate) registers: [u64; 32],
    /// The code's number, and its exit's, or [`crate::STALE`].
    pub trace: u32,
    pub exit: u32,
    pub(crate) slots: *const u64,
    pub(crate) regs: Regs,
}

impl Default for State {
    fn default() -> State {
        State {
            registers: [0; 32],
            trace: 0,
            exit: 0,
            slots: std::ptr::null(),
            regs: Regs::NOWHERE,
        }
    }
}

impl State {
    /// The bits of a value at a place of the exit. A constant's are its trace's to tell.
    pub fn bits(&self, place: Loc) -> Option<u64> {
        match place {
            Loc::Register(reg) => self.registers.get(reg as usize).copied(),
            Loc::Slot(slot) => {
                assert!((slot as usize) < crate::SLOTS && !self.slots.is_null());
                // SAFETY: the exit's native frame, which has this many slots, is there until the
                // handler has returned.
                Some(unsafe { self.slots.add(slot as usize).read() })
            }
            Loc::Home(register) => Some(self.regs.get(register).bits()),
            Loc::Constant(_) => None,
        }
    }

    /// The registers of the frame that the code was entered or jumped to with.
    pub fn regs(&self) -> Regs {
        self.regs
    }
}
