//! Memory: objects, allocation, the barrier, registers of the register stack.

use super::encode::{self, *};
use super::lower::{Operand, immediate};
use super::{REGS, SCRATCH, X64};
use crate::Error;
use crate::allocate::{NO_REG, Pass, XMM};
use crate::code::Code;
use crate::isa::Isa;
use object::layout;
use trace::Ref;

const TAG: i32 = layout::POINTER_TAG;

impl Pass<'_, X64> {
    pub(super) fn load(
        &mut self,
        at: usize,
        object: Ref,
        displacement: i32,
        instruction: fn(Gpr, Gpr, i32) -> Code,
    ) {
        let Some(to) = self.define(at, NO_REG) else {
            return;
        };
        let base = self.operand_in(object, to, 0);
        self.put(instruction(to, base.reg, displacement - TAG));
        self.materialise(base);
    }

    /// The value that a store writes: a constant that the instruction can hold, or a register
    /// that is not one of `locked`.
    pub(super) fn stored(&mut self, value: Ref, locked: u32, wide: bool) -> (Option<i32>, Operand) {
        let bits = self.bits(value);
        let narrow = |bits: u64| {
            if wide {
                immediate(bits)
            } else {
                Some(bits as i32)
            }
        };
        if let Some(value) = bits.and_then(narrow) {
            let none = Operand {
                reg: SCRATCH,
                constant: None,
            };
            return (Some(value), none);
        }
        if locked & 1 << SCRATCH != 0 {
            (None, self.operand_apart(value, locked))
        } else {
            (None, self.operand(value, locked))
        }
    }

    pub(super) fn store(&mut self, object: Ref, displacement: i32, value: Ref, wide: bool) {
        let base = self.operand(object, 0);
        let (constant, from) = self.stored(value, 1 << base.reg, wide);
        let at = displacement - TAG;
        self.put(match (constant, wide) {
            (Some(value), true) => encode::store_imm(base.reg, at, value),
            (Some(value), false) => encode::store_half_imm(base.reg, at, value),
            (None, true) => encode::store(base.reg, at, from.reg),
            (None, false) => encode::store_half(base.reg, at, from.reg),
        });
        self.materialise(from);
        self.materialise(base);
    }

    /// A constant index as a displacement.
    fn item_at(&self, index: Ref, first: i32) -> Option<i32> {
        let offset = self.bits(index).and_then(immediate)?;
        offset.checked_add(first)
    }

    pub(super) fn load_item(&mut self, at: usize, object: Ref, index: Ref, first: i32) {
        if let Some(displacement) = self.item_at(index, first) {
            return self.load(at, object, displacement, encode::load);
        }
        let Some(to) = self.define(at, NO_REG) else {
            return;
        };
        // A small integer's word is its index in bytes.
        let base = self.operand(object, 0);
        let index = self.operand_apart(index, 1 << base.reg);
        self.put(encode::load_indexed(to, base.reg, index.reg, first - TAG));
        self.materialise(index);
        self.materialise(base);
    }

    pub(super) fn store_item(&mut self, object: Ref, index: Ref, value: Ref, first: i32) {
        if let Some(displacement) = self.item_at(index, first) {
            return self.store(object, displacement, value, true);
        }
        let base = self.operand(object, 0);
        let index = self.operand_apart(index, 1 << base.reg);
        let (constant, from) = self.stored(value, 1 << base.reg | 1 << index.reg, true);
        let at = first - TAG;
        self.put(match constant {
            Some(value) => encode::store_indexed_imm(base.reg, index.reg, at, value),
            None => encode::store_indexed(base.reg, index.reg, at, from.reg),
        });
        self.materialise(from);
        self.materialise(index);
        self.materialise(base);
    }

    pub(super) fn load_item_float(&mut self, at: usize, object: Ref, index: Ref, first: i32) {
        let Some(to) = self.define(at, NO_REG) else {
            return;
        };
        let base = self.operand(object, 0);
        let place = self.item_at(index, first);
        if let Some(displacement) = place {
            self.put(encode::load_float(to - XMM, base.reg, displacement - TAG));
            return self.materialise(base);
        }
        let index = self.operand_apart(index, 1 << base.reg);
        let from = first - TAG;
        self.put(encode::load_float_indexed(
            to - XMM,
            base.reg,
            index.reg,
            from,
        ));
        self.materialise(index);
        self.materialise(base);
    }

    pub(super) fn store_item_float(&mut self, object: Ref, index: Ref, value: Ref, first: i32) {
        if let Some(displacement) = self.item_at(index, first) {
            return self.store_double(object, displacement, value);
        }
        let base = self.operand(object, 0);
        let index = self.operand_apart(index, 1 << base.reg);
        let from = self.float_operand(value, 0);
        self.put(encode::store_float_indexed(
            base.reg,
            index.reg,
            first - TAG,
            from.reg,
        ));
        self.materialise_float(from);
        self.materialise(index);
        self.materialise(base);
    }

    pub(super) fn store_double(&mut self, object: Ref, displacement: i32, value: Ref) {
        let base = self.operand(object, 0);
        let at = displacement - TAG;
        if let Some(value) = self.bits(value).and_then(immediate) {
            self.put(encode::store_imm(base.reg, at, value));
        } else {
            let from = self.float_operand(value, 0);
            self.put(encode::store_float(base.reg, at, from.reg));
            self.materialise_float(from);
        }
        self.materialise(base);
    }

    /// The displacement of a byte with a constant index.
    fn byte_at(&self, index: Ref, first: i32) -> Option<i32> {
        let number = self.bits(index)? as i64 >> layout::SMALL_SHIFT;
        i32::try_from(number).ok()?.checked_add(first)
    }

    pub(super) fn load_byte_at(&mut self, at: usize, object: Ref, index: Ref, first: i32) {
        if let Some(displacement) = self.byte_at(index, first) {
            return self.load(at, object, displacement, encode::load_byte);
        }
        let Some(to) = self.define(at, NO_REG) else {
            return;
        };
        let base = self.operand_apart(object, 0);
        let index = self.operand_apart(index, 1 << base.reg);
        self.put(encode::load_byte_indexed(
            to,
            base.reg,
            SCRATCH,
            first - TAG,
        ));
        self.put(encode::shift(Shift::Sar, SCRATCH, layout::SMALL_SHIFT));
        self.put(encode::mov(SCRATCH, index.reg));
        self.materialise(index);
        self.materialise(base);
    }

    pub(super) fn store_byte_at(&mut self, object: Ref, index: Ref, value: Ref, first: i32) {
        let constant = self.bits(value).map(|raw| raw as u8);
        if let Some(displacement) = self.byte_at(index, first) {
            let base = self.operand(object, 0);
            let at = displacement - TAG;
            let code = match constant {
                Some(byte) => encode::store_byte_imm(base.reg, at, byte),
                None => encode::store_byte(base.reg, at, self.use_in(value, NO_REG, 1 << base.reg)),
            };
            self.put(code);
            return self.materialise(base);
        }
        let base = self.operand_apart(object, 0);
        let index = self.operand_apart(index, 1 << base.reg);
        let at = first - TAG;
        let code = match constant {
            Some(byte) => encode::store_byte_indexed_imm(base.reg, SCRATCH, at, byte),
            None => {
                let from = self.use_in(value, NO_REG, 1 << base.reg | 1 << index.reg);
                encode::store_byte_indexed(base.reg, SCRATCH, at, from)
            }
        };
        self.put(code);
        self.put(encode::shift(Shift::Sar, SCRATCH, layout::SMALL_SHIFT));
        self.put(encode::mov(SCRATCH, index.reg));
        self.materialise(index);
        self.materialise(base);
    }

    pub(super) fn load_absolute(&mut self, at: usize, address: Ref) {
        let Some(to) = self.define(at, NO_REG) else {
            return;
        };
        self.put(encode::load(to, to, 0));
        let bits = self.bits(address).unwrap_or(0);
        X64::constant(self, to, bits);
    }

    pub(super) fn store_absolute(&mut self, address: Ref, value: Ref) {
        let address = self.operand(address, 0);
        let (constant, from) = self.stored(value, 1 << address.reg, true);
        self.put(match constant {
            Some(value) => encode::store_imm(address.reg, 0, value),
            None => encode::store(address.reg, 0, from.reg),
        });
        self.materialise(from);
        self.materialise(address);
    }

    pub(super) fn load_register(&mut self, at: usize, register: u16) {
        if let Some(to) = self.define(at, NO_REG) {
            self.put(encode::load(to, REGS, i32::from(register) * 8));
        }
    }

    pub(super) fn store_register(&mut self, register: u16, value: Ref) {
        self.lose_home(register);
        let (constant, from) = self.stored(value, 0, true);
        let at = i32::from(register) * 8;
        self.put(match constant {
            Some(value) => encode::store_imm(REGS, at, value),
            None => encode::store(REGS, at, from.reg),
        });
        self.materialise(from);
    }

    /// The object's collector bits are tested here, the log is written out of line.
    pub(super) fn barrier(&mut self, object: Ref, bit: u8, remember: usize) {
        let object = self.operand(object, 0);
        let resume = self.buffers.out.to_end();
        let slow = self.buffers.tail.len();
        // The address is made of a constant's word here, as in the body.
        let tail = &mut self.buffers.tail;
        tail.put(encode::lea(SCRATCH, object.reg, -TAG));
        self.slow_call(remember);
        self.resume(resume);
        self.branch_if(cc::NE, slow);
        let bits = layout::COLLECTOR_BITS - TAG;
        self.put(encode::test_memory8(object.reg, bits, bit));
        self.materialise(object);
    }

    /// Moves the allocator's cursor on, or asks for a fresh run out of line.
    pub(super) fn new_object(&mut self, at: usize, bytes: usize, header: Ref) -> Result<(), Error> {
        let Some(to) = self.define(at, NO_REG) else {
            return Ok(());
        };
        if bytes > layout::SMALL_BYTES_MAX {
            return Err(Error::Operand);
        }
        let header = self.bits(header).ok_or(Error::Operand)?;
        let allocation = layout::allocation(bytes);
        let cell = allocation.cell_bytes as i32;
        match immediate(header) {
            Some(value) => self.put(encode::store_imm(to, -TAG, value)),
            None => {
                self.put(encode::store(to, -TAG, SCRATCH));
                self.put(encode::mov_imm(SCRATCH, header));
            }
        }
        self.put(encode::alu_imm(Alu::Sub, to, cell - TAG));
        let resume = self.buffers.out.to_end();
        self.put(encode::store(SCRATCH, 0, to));
        let refill = self.shared.refill;
        let slow = self.buffers.tail.len();
        let tail = &mut self.buffers.tail;
        tail.put(encode::mov_imm32(SCRATCH, allocation.class as u32));
        self.slow_call(refill);
        self.buffers.tail.put(encode::lea(to, SCRATCH, cell));
        self.resume(resume);
        self.branch_if(cc::A, slow);
        self.put(encode::alu_memory(Alu::Cmp, to, SCRATCH, layout::RUN_LIMIT));
        self.put(encode::alu_imm(Alu::Add, to, cell));
        self.put(encode::load(to, SCRATCH, 0));
        self.put(encode::mov_imm(SCRATCH, allocation.run as u64));
        Ok(())
    }

    /// Calls, from the tail, shared code that preserves registers.
    fn slow_call(&mut self, target: usize) {
        let tail = &mut self.buffers.tail;
        tail.put(encode::call_near(0));
        let end = tail.len() as u32;
        self.buffers.tail_links.push((end, target));
    }

    /// Goes on, from the tail, at a position in the body.
    fn resume(&mut self, position: usize) {
        let tail = &mut self.buffers.tail;
        let after = tail.len() + 5;
        tail.put(encode::jump(-((after + position) as i32)));
    }
}
