//! Opening and closing the records of frames, without a call.
//!
//! What followed calls look like to a runtime function is written here, where it is known as
//! constants: a push is a dozen stores (`object::layout` has the places).

use super::SCRATCH;
use super::X64;
use super::encode::{self, *};
use super::lower::immediate;
use crate::allocate::{NO_REG, Pass};
use crate::isa::Isa;
use object::{Function, Gc, Then, Value, layout};
use trace::Ins;

const RECORD: i32 = layout::FRAME_BYTES as i32;

// Register and what follows are written as one word.
const _: () = assert!(layout::FRAME_THEN == layout::FRAME_DST + 2);
const _: () = assert!(layout::FRAME_CHAIN == layout::FRAME_DST + 3);
const _: () = assert!(layout::FRAME_DST + 8 == RECORD);

impl Pass<'_, X64> {
    /// `push_frame`. False: what it is of is not known as it has to be.
    pub(super) fn push_record(&mut self, ins: Ins, place: u64) -> bool {
        let constant = |pass: &Self, at: usize| pass.bits(ins.operand(at)).map(Value::from_bits);
        let (Some(shift), Some(kind)) = (constant(self, 3), constant(self, 4)) else {
            return false;
        };
        let known = match constant(self, 2).map(Value::cast::<Function>) {
            Some(None) => return false,
            known => known.flatten(),
        };
        // A generator's frame has its generator where others have nothing, and no locals.
        let then = (kind.small_unchecked() >> 16) as u8;
        let (given, nothing) = match Then::from_number(then).resumes() {
            true => (layout::FRAME_GENERATOR, layout::FRAME_LOCALS),
            false => (layout::FRAME_LOCALS, layout::FRAME_GENERATOR),
        };
        let (callee, locked) = match known {
            Some(_) => (SCRATCH, 0),
            None => {
                let callee = self.use_in(ins.operand(2), NO_REG, 0);
                (callee, 1 << callee)
            }
        };
        let (constant, locals) = self.stored(ins.operand(5), locked, true);
        let top = self.take(X64::GENERAL, NO_REG, locked | 1 << locals.reg, false);
        let (frames, handled) = (self.env.frames as u64, self.env.handled as u64);
        let base = shift.small_unchecked() as i32 * 8;
        let word = |pass: &mut Self, field: i32, bits: u64| {
            pass.put(encode::store(top, RECORD + field, SCRATCH));
            pass.put(encode::mov_imm(SCRATCH, bits));
        };
        self.put(encode::store(SCRATCH, layout::FRAMES_TOP, top));
        self.put(encode::mov_imm(SCRATCH, frames));
        self.put(encode::alu_imm(Alu::Add, top, RECORD));
        let kind = kind.small_unchecked() as i32;
        self.put(encode::store_imm(top, RECORD + layout::FRAME_DST, kind));
        match immediate(Value::UNBOUND.bits()) {
            Some(unbound) => self.put(encode::store_imm(top, RECORD + nothing, unbound)),
            None => word(self, nothing, Value::UNBOUND.bits()),
        }
        let at = RECORD + given;
        self.put(match constant {
            Some(value) => encode::store_imm(top, at, value),
            None => encode::store(top, at, locals.reg),
        });
        self.materialise(locals);
        let below = RECORD + layout::FRAME_HANDLED_BELOW;
        self.put(encode::store(top, below, SCRATCH));
        self.put(encode::load(SCRATCH, SCRATCH, 0));
        self.put(encode::mov_imm(SCRATCH, handled));
        self.store_callee(top, known.ok_or(callee));
        self.put(encode::store(top, RECORD + layout::FRAME_BASE, SCRATCH));
        self.put(encode::alu_imm(Alu::Add, SCRATCH, base));
        self.put(encode::load(SCRATCH, top, layout::FRAME_BASE));
        self.put(encode::store(top, layout::FRAME_PC, SCRATCH));
        self.put(encode::mov_imm(SCRATCH, place));
        self.load_top(top);
        true
    }

    /// Writes the function of a record, its code and where that begins: a function that is known, or
    /// one in a register.
    fn store_callee(&mut self, top: Gpr, callee: Result<Gc<Function>, Gpr>) {
        let at = |field: i32| RECORD + field;
        let (function, code) = (at(layout::FRAME_FUNCTION), at(layout::FRAME_CODE));
        let start = at(layout::FRAME_PC);
        match callee {
            Ok(known) => {
                let own = known.code();
                let word = Value::from(own).bits() - layout::POINTER_TAG as u64;
                let stores = [
                    (function, Value::from(known).bits()),
                    (code, word),
                    (start, own.start().address() as u64),
                ];
                for (field, bits) in stores {
                    self.put(encode::store(top, field, SCRATCH));
                    self.put(encode::mov_imm(SCRATCH, bits));
                }
            }
            Err(callee) => {
                let own = layout::FUNCTION_CODE - layout::POINTER_TAG;
                self.put(encode::store(top, function, callee));
                self.put(encode::store(top, start, SCRATCH));
                self.put(encode::load(SCRATCH, SCRATCH, layout::CODE_START));
                self.put(encode::store(top, code, SCRATCH));
                self.put(encode::load(SCRATCH, callee, own));
            }
        }
    }

    /// `pop_frame`.
    pub(super) fn pop_record(&mut self) {
        let top = self.take(X64::GENERAL, NO_REG, 0, false);
        let handled = self.env.handled as u64;
        self.put(encode::store(SCRATCH, 0, top));
        self.put(encode::mov_imm(SCRATCH, handled));
        let below = RECORD + layout::FRAME_HANDLED_BELOW;
        self.put(encode::load(top, top, below));
        self.put(encode::store(SCRATCH, layout::FRAMES_TOP, top));
        self.put(encode::alu_imm(Alu::Sub, top, RECORD));
        self.load_top(top);
    }

    fn load_top(&mut self, top: Gpr) {
        self.put(encode::load(top, SCRATCH, layout::FRAMES_TOP));
        self.put(encode::mov_imm(SCRATCH, self.env.frames as u64));
    }
}
