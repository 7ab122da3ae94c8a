//! x86-64, by the System V conventions.
//!
//! `rbx` holds the address of the entry frame's registers, `r11` and `xmm15` are free within an
//! op's sequence, and `rsp` stands at a native frame of one size for all code, so that code can
//! jump to other code: a word for the numbers of an exit, a spare slot, and the slots.

mod arithmetic;
mod calls;
mod encode;
mod frame;
mod lower;
mod objects;
mod records;

#[cfg(test)]
mod tests;

use super::Isa;
use crate::allocate::{Pass, Reg, XMM};
use crate::code::{Backward, Code};
use crate::{Error, ExitKind, SLOTS, STALE};
use encode::{Alu, Gpr, R11, RBX, RSP, Xmm, cc};
#[cfg(test)]
pub(crate) use frame::has_three_operands;
pub(crate) use frame::{Shared, jump_bytes, nothing_bytes};

/// Holds the address of the entry frame's registers.
pub(super) const REGS: Gpr = RBX;
/// Free within an op's sequence.
pub(super) const SCRATCH: Gpr = R11;
pub(super) const SCRATCH_XMM: Xmm = 15;
pub(super) const FLOAT_BYTES: i32 = size_of::<f64>() as i32;

/// From the stack pointer: the numbers of a trace and an exit, the spare slot, the slots.
pub(super) const IDS: i32 = 0;
pub(super) const SPARE: i32 = 8;
pub(super) const FIRST_SLOT: i32 = 16;
/// Six registers and the return address are above it, and the stack is aligned to sixteen bytes.
pub(super) const FRAME_BYTES: i32 = FIRST_SLOT + SLOTS as i32 * 8 + 8;

/// Of a stub that undoes nothing.
const STUB_BYTES: i32 = 11;

const _: () = assert!((FRAME_BYTES + 7 * 8) % 16 == 0);

/// The target, with the addresses of the code that all traces share.
pub(crate) type X64 = Shared;

fn slot_at(slot: u16) -> i32 {
    if slot == u16::MAX {
        SPARE
    } else {
        FIRST_SLOT + i32::from(slot) * 8
    }
}

impl Isa for X64 {
    const GENERAL: u32 = 0xffff & !(1 << REGS | 1 << RSP | 1 << SCRATCH);
    const FLOATING: u32 = 0x7fff << XMM;
    const SAVED: u32 = 1 << encode::RBP
        | 1 << encode::R12
        | 1 << encode::R13
        | 1 << encode::R14
        | 1 << encode::R15;
    const LOOP_GENERAL: usize = 9;
    const LOOP_FLOATING: usize = 11;
    const SCRATCH: Reg = SCRATCH;

    #[inline]
    fn move_register(out: &mut Backward, to: Reg, from: Reg) {
        out.put(match (to >= XMM, from >= XMM) {
            (true, true) => encode::mov_float(to - XMM, from - XMM),
            (true, false) => encode::move_to_float(to - XMM, from),
            (false, true) => encode::move_from_float(to, from - XMM),
            (false, false) => encode::mov(to, from),
        });
    }

    #[inline]
    fn load_slot(out: &mut Backward, to: Reg, slot: u16) {
        out.put(if to >= XMM {
            encode::load_float(to - XMM, RSP, slot_at(slot))
        } else {
            encode::load(to, RSP, slot_at(slot))
        });
    }

    #[inline]
    fn store_slot(out: &mut Backward, slot: u16, from: Reg) {
        out.put(if from >= XMM {
            encode::store_float(RSP, slot_at(slot), from - XMM)
        } else {
            encode::store(RSP, slot_at(slot), from)
        });
    }

    #[inline]
    fn load_home(out: &mut Backward, to: Reg, register: u16) {
        out.put(encode::load(to, REGS, i32::from(register) * 8));
    }

    fn constant(pass: &mut Pass<'_, X64>, to: Reg, bits: u64) {
        if to >= XMM {
            pass.float_near(encode::NEAR_LOAD, to - XMM, bits);
        } else {
            pass.put(encode::mov_imm(to, bits));
        }
    }

    fn begin_tail(pass: &mut Pass<'_, X64>, id: u32) {
        let leave = pass.shared.leave;
        let tail = &mut pass.buffers.tail;
        tail.put(encode::store_half_imm(RSP, IDS, id as i32));
        tail.put(encode::jump(0));
        let end = tail.len() as u32;
        pass.buffers.tail_links.push((end, leave));
    }

    fn stub(pass: &mut Pass<'_, X64>, number: u32, undo: Option<Code>) -> (u32, u32) {
        let tail = &mut pass.buffers.tail;
        let stub = tail.len() as u32;
        if let Some(undo) = undo {
            tail.put(undo);
        }
        let patch = tail.len() as u32;
        let note = encode::mov_imm32(SCRATCH, number);
        let after = tail.len() as i32 + STUB_BYTES;
        tail.put(note.then(encode::jump(-after)));
        (stub, patch)
    }

    fn lower(pass: &mut Pass<'_, X64>, at: usize) -> Result<(), Error> {
        lower::lower(pass, at)
    }

    fn open_loop(pass: &mut Pass<'_, X64>) -> usize {
        let end = pass.buffers.out.to_end();
        pass.put(encode::jump(0));
        end
    }

    fn close_loop(pass: &mut Pass<'_, X64>, jump: usize) {
        let here = pass.buffers.out.to_end();
        pass.loop_start = Some(here);
        let distance = jump as i32 - here as i32;
        pass.buffers.out.patch_before(jump, distance);
    }

    fn entry(pass: &mut Pass<'_, X64>) {
        let (stub, _) = X64::stub(pass, STALE, None);
        pass.branch_if(cc::NE, stub as usize);
        pass.compare_epoch(pass.epoch_word);
    }
}

impl Pass<'_, X64> {
    /// An operation on a float constant, which lies in the tail.
    pub(super) fn float_near(&mut self, opcode: u8, reg: Xmm, bits: u64) {
        let distance = self.distance_of_float(bits);
        self.put(encode::float_near(opcode, reg, distance));
    }

    /// How far from here a constant in the tail is.
    pub(super) fn distance_of_float(&mut self, bits: u64) -> i32 {
        let b = &mut self.buffers;
        let known = b.floats.iter().find(|(other, _)| *other == bits);
        let offset = match known {
            Some((_, offset)) => *offset,
            None => {
                let offset = b.tail.len() as u32;
                b.tail.put(Code::NEW.eight(bits));
                b.floats.push((bits, offset));
                offset
            }
        };
        (offset as usize + b.out.to_end()) as i32
    }

    /// Jumps to a stub if a condition holds.
    #[inline]
    pub(super) fn leave_if(&mut self, condition: u8, stub: usize) {
        let distance = stub + self.buffers.out.to_end();
        self.put(encode::jump_if(condition, distance as i32));
        if self.force
            && let Some(exit) = self.buffers.exits.last()
            && exit.forced == 0
            && exit.kind != ExitKind::Raise
            && !self.decides(self.at)
        {
            self.leave(stub);
            let at = self.buffers.out.to_end() as u32;
            if let Some(exit) = self.buffers.exits.last_mut() {
                exit.forced = at;
            }
        }
    }

    /// Jumps to code in the tail if a condition holds.
    #[inline]
    pub(super) fn branch_if(&mut self, condition: u8, target: usize) {
        let distance = target + self.buffers.out.to_end();
        self.put(encode::jump_if(condition, distance as i32));
    }

    pub(super) fn leave(&mut self, stub: usize) {
        let distance = stub + self.buffers.out.to_end();
        self.put(encode::jump(distance as i32));
    }

    /// Jumps over what lies before a position in the body.
    pub(super) fn skip_if(&mut self, condition: u8, position: usize) {
        let distance = self.buffers.out.to_end() - position;
        self.put(encode::short_jump_if(condition, distance as i8));
    }

    /// Compares the machine's epoch with that in a word of the region.
    pub(super) fn compare_epoch(&mut self, word: usize) {
        let end = self.buffers.out.to_end() as u32;
        self.buffers.body_links.push((end, word));
        self.put(encode::cmp_half_near(SCRATCH, 0));
        self.put(encode::load_half(SCRATCH, SCRATCH, 0));
        let epoch = self.env.epoch as u64;
        self.put(encode::mov_imm(SCRATCH, epoch));
    }

    /// A jump to an address.
    pub(super) fn jump_out(&mut self, target: usize) {
        let end = self.buffers.out.to_end() as u32;
        self.buffers.body_links.push((end, target));
        self.put(encode::jump(0));
    }

    pub(super) fn add_imm(&mut self, to: Gpr, value: i32) {
        if value != 0 {
            self.put(encode::alu_imm(Alu::Add, to, value));
        }
    }
}
