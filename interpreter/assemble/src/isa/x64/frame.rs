//! The code that all traces share: the way in, the ways out, and the slow paths that preserve
//! every register.

use super::encode::*;
use super::{FIRST_SLOT, FRAME_BYTES, IDS, REGS, SCRATCH};
use crate::code::{Code, Forward};
use crate::{ACTIVATIONS_MAX, Callee, Env, State, UnderWay};
use object::{Then, layout};
use std::arch::x86_64::{__cpuid, _xgetbv};
use std::mem::offset_of;
use trace::Rt;

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
    /// The runtime function of this name.
    pub(crate) run_frame: usize,
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
        let enter = enter(out);
        Shared {
            enter,
            run_frame: run_frame(env, enter, out),
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
            run_frame: self.run_frame + start,
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

/// Runs the frame on top to its end by the code of a tree, and takes it off: gives the result of the op that
/// had opened it. What is not as usual is left to runtime functions: there is no code, or no room for it; an
/// exit is taken; the result is not simply the value that is returned.
fn run_frame(env: &Env, enter: usize, out: &mut Forward) -> usize {
    let at = out.len();
    let callee = RCX;
    let mut slowly = Vec::new();
    let mut unless = |condition: u8, out: &mut Forward| {
        out.put(jump_if(condition, 0));
        slowly.push(out.len());
    };
    out.put(load(RAX, callee, offset_of!(Callee, entry) as i32));
    out.put(test(RAX, RAX));
    unless(cc::E, out);
    out.put(mov_imm(R10, env.frames as u64));
    out.put(load(R9, R10, layout::FRAMES_TOP));
    out.put(alu_memory(Alu::Cmp, R9, R10, layout::FRAMES_LAST));
    unless(cc::A, out);
    out.put(load(R10, R9, layout::FRAME_BASE));
    out.put(mov_imm(SCRATCH, env.calls.last_base as u64));
    out.put(alu(Alu::Cmp, R10, SCRATCH));
    unless(cc::A, out);
    out.put(mov_imm(SCRATCH, env.calls.under_way as u64));
    out.put(load(R8, SCRATCH, offset_of!(UnderWay, count) as i32));
    out.put(alu_imm(Alu::Cmp, R8, ACTIVATIONS_MAX as i32));
    unless(cc::AE, out);
    out.put(load(RDX, SCRATCH, offset_of!(UnderWay, made) as i32));
    out.put(store(callee, offset_of!(Callee, used) as i32, RDX));
    out.put(load(RDX, callee, offset_of!(Callee, id) as i32));
    let roots = offset_of!(UnderWay, roots) as i32;
    out.put(lea_eightfold(RSI, R8));
    out.put(store_indexed(SCRATCH, RSI, roots, RDX));
    count_under_way(1, out);
    // The record, which also aligns the stack.
    out.put(push(R9));
    out.put(mov(RDI, RAX));
    out.put(mov(RSI, R10));
    out.put(call_near(0));
    let end = out.len();
    out.patch_before(end, enter as i32 - end as i32);
    out.put(pop(R9));
    out.put(mov_imm(SCRATCH, env.calls.under_way as u64));
    out.put(load(R8, SCRATCH, offset_of!(UnderWay, count) as i32));
    count_under_way(-1, out);
    let finish = [mov_imm(RDI, env.vm as u64), mov(RSI, RAX)];
    let rest = [mov_imm(RDI, env.vm as u64), mov(RSI, R9)];
    out.put(test(RDX, RDX));
    go_on_if(cc::E, &rest, env.calls.rest, out);
    out.put(cmp_memory8(R9, layout::FRAME_THEN, Then::Store as u8));
    go_on_if(cc::NE, &finish, env.calls.finish, out);
    out.put(load(R10, R9, layout::FRAME_HANDLED_BELOW));
    out.put(mov_imm(SCRATCH, env.handled as u64));
    out.put(store(SCRATCH, 0, R10));
    out.put(alu_imm(Alu::Sub, R9, layout::FRAME_BYTES as i32));
    out.put(mov_imm(SCRATCH, env.frames as u64));
    out.put(store(SCRATCH, layout::FRAMES_TOP, R9));
    out.put(ret());
    for end in slowly {
        out.patch_before(end, (out.len() - end) as i32);
    }
    go_on_in(
        env.functions
            .get(Rt::RunFrame as usize)
            .copied()
            .unwrap_or(0),
        out,
    );
    at
}

/// The scratch register has the address of [`UnderWay`], `r8` its count.
fn count_under_way(more: i32, out: &mut Forward) {
    out.put(alu_imm(Alu::Add, R8, more));
    out.put(store(SCRATCH, offset_of!(UnderWay, count) as i32, R8));
}

/// On a condition, goes on in a function after some instructions.
fn go_on_if(condition: u8, first: &[Code], function: usize, out: &mut Forward) {
    // A condition's negation differs in the lowest bit.
    out.put(jump_if(condition ^ 1, 0));
    let end = out.len();
    first.iter().for_each(|&code| out.put(code));
    go_on_in(function, out);
    out.patch_before(end, (out.len() - end) as i32);
}

fn go_on_in(function: usize, out: &mut Forward) {
    out.put(mov_imm(RAX, function as u64));
    out.put(jump_to(RAX));
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
