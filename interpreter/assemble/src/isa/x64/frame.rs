//! The code that all traces share: the way in, the ways out, and the slow paths that preserve
//! every register.

use super::encode::*;
use super::{FIRST_SLOT, FRAME_BYTES, IDS, REGS, SCRATCH};
use crate::code::{Code, Forward};
use crate::{Env, State};
use object::layout;
use std::arch::x86_64::{__cpuid, _xgetbv};
use std::mem::offset_of;

/// Registers that a function gives back as it found them.
const SAVED: [Gpr; 6] = [RBX, RBP, R12, R13, R14, R15];
/// Registers that it does not, but the scratch register.
const LOST: [Gpr; 8] = [RAX, RCX, RDX, RSI, RDI, R8, R9, R10];
const FLOATS: u8 = 15;

/// Where the parts of the shared code are: offsets while it is made, addresses after.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Shared {
    /// Called as a function of an entry's address and a frame's registers.
    pub(crate) enter: usize,
    /// The exit's number is in the scratch register, the trace's in the frame.
    pub(crate) leave: usize,
    /// The result is in `rax`, the place of the op that returns it in `rdx`.
    pub(crate) finish: usize,
    /// Takes a size class in the scratch register and gives a cell's address there.
    pub(crate) refill: usize,
    /// Take an object's address in the scratch register.
    pub(crate) remember: usize,
    pub(crate) remember_growing: usize,
    /// Whether the processor has float operations of three operands.
    pub(crate) three_operands: bool,
}

/// The bytes of a jump from one address to another.
pub(crate) fn jump_bytes(from: usize, to: usize) -> Code {
    jump((to as isize - (from as isize + 5)) as i32)
}

/// As many bytes as a jump has, that do nothing.
pub(crate) fn nothing_bytes() -> Code {
    nothing()
}

/// Whether the processor and the system have AVX. Its operations and those of two operands may be
/// mixed: no code here sets the upper halves of wide registers, whose keeping would cost.
///
/// The standard library's test asks the processor some thirty questions, each of which is a way out of a
/// virtual machine: 60 µs.
pub(crate) fn has_three_operands() -> bool {
    const FEATURES: u32 = 1;
    const AVX: u32 = 1 << 28;
    const SAVED_BY_SYSTEM: u32 = 1 << 27;
    const WIDE_REGISTERS: u64 = 6;
    let features = __cpuid(FEATURES).ecx;
    // SAFETY: where the system keeps the processor's wide state, it can be asked for what of it.
    let saved = || unsafe { _xgetbv(0) } & WIDE_REGISTERS == WIDE_REGISTERS;
    features & AVX != 0 && features & SAVED_BY_SYSTEM != 0 && saved()
}

impl Shared {
    /// Writes the code into a buffer; it may lie anywhere.
    pub(crate) fn make(env: &Env, state: *mut State, out: &mut Forward) -> Shared {
        Shared {
            enter: enter(out),
            leave: leave(env, state, out),
            finish: finish(out),
            refill: preserving(layout::refill as *const () as usize, out),
            remember: preserving(layout::remember as *const () as usize, out),
            remember_growing: preserving(layout::remember_growing as *const () as usize, out),
            three_operands: has_three_operands(),
        }
    }

    /// The addresses, once it is known where the code lies.
    pub(crate) fn based_at(self, start: usize) -> Shared {
        Shared {
            enter: self.enter + start,
            leave: self.leave + start,
            finish: self.finish + start,
            refill: self.refill + start,
            remember: self.remember + start,
            remember_growing: self.remember_growing + start,
            three_operands: self.three_operands,
        }
    }
}

fn enter(out: &mut Forward) -> usize {
    let at = out.len();
    SAVED.iter().for_each(|&reg| out.put(push(reg)));
    out.put(alu_imm(Alu::Sub, RSP, FRAME_BYTES));
    out.put(mov(REGS, RSI));
    out.put(jump_to(RDI));
    at
}

/// Returns with what `rax` and `rdx` hold.
fn unwind(out: &mut Forward) {
    out.put(alu_imm(Alu::Add, RSP, FRAME_BYTES));
    SAVED.iter().rev().for_each(|&reg| out.put(pop(reg)));
    out.put(ret());
}

fn leave(env: &Env, state: *mut State, out: &mut Forward) -> usize {
    let at = out.len();
    out.put(store_half(RSP, IDS + 4, SCRATCH));
    out.put(mov_imm(SCRATCH, state as u64));
    let registers = offset_of!(State, registers) as i32;
    for reg in (0..16).filter(|&reg| reg != RSP && reg != SCRATCH) {
        out.put(store(SCRATCH, registers + i32::from(reg) * 8, reg));
    }
    for reg in 0..=FLOATS {
        out.put(store_float(
            SCRATCH,
            registers + i32::from(16 + reg) * 8,
            reg,
        ));
    }
    for (from, to) in [(0, offset_of!(State, trace)), (4, offset_of!(State, exit))] {
        out.put(load_half(RAX, RSP, IDS + from));
        out.put(store_half(SCRATCH, to as i32, RAX));
    }
    out.put(lea(RAX, RSP, FIRST_SLOT));
    out.put(store(SCRATCH, offset_of!(State, slots) as i32, RAX));
    out.put(store(SCRATCH, offset_of!(State, regs) as i32, REGS));
    out.put(mov(RDI, SCRATCH));
    out.put(mov_imm(RAX, env.exit_handler as u64));
    out.put(call(RAX));
    out.put(mov_imm32(RDX, 0));
    unwind(out);
    at
}

fn finish(out: &mut Forward) -> usize {
    let at = out.len();
    unwind(out);
    at
}

/// Calls a function of one word that gives one, both in the scratch register.
fn preserving(function: usize, out: &mut Forward) -> usize {
    let at = out.len();
    let room = i32::from(FLOATS) * 8;
    LOST.iter().for_each(|&reg| out.put(push(reg)));
    out.put(alu_imm(Alu::Sub, RSP, room));
    (0..FLOATS).for_each(|reg| out.put(store_float(RSP, i32::from(reg) * 8, reg)));
    out.put(mov(RDI, SCRATCH));
    out.put(mov_imm(RAX, function as u64));
    out.put(call(RAX));
    out.put(mov(SCRATCH, RAX));
    (0..FLOATS).for_each(|reg| out.put(load_float(reg, RSP, i32::from(reg) * 8)));
    out.put(alu_imm(Alu::Add, RSP, room));
    LOST.iter().rev().for_each(|&reg| out.put(pop(reg)));
    out.put(ret());
    at
}

// A call leaves the return address on the stack, and the stack is aligned at the next.
const _: () = assert!((8 + LOST.len() * 8 + FLOATS as usize * 8).is_multiple_of(16));
