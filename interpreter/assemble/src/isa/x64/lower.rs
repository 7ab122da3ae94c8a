//! An op's instructions: the dispatch, guards, and the ends of traces.
//!
//! Everything is emitted backward: what stands first in a function executes last. A function first
//! says where the result goes (`define`), then finds its operands (`use_in`), makes the exit,
//! which finds values where they are before the op, and emits from the last instruction up.

use super::encode::{self, *};
use super::{REGS, SCRATCH, SCRATCH_XMM, X64};
use crate::allocate::{NO_REG, Pass, XMM};
use crate::{Error, ExitKind};
use object::{Value, layout};
use trace::{Cond, Op, Ref, Role};

/// An operand's register. A constant's is the scratch register, and `constant` is to be brought
/// there, by `materialise`, once the op is emitted.
#[derive(Clone, Copy)]
pub(super) struct Operand {
    pub(super) reg: u8,
    pub(super) constant: Option<u64>,
}

pub(super) fn lower(pass: &mut Pass<'_, X64>, at: usize) -> Result<(), Error> {
    match pass.trace.op(at).role() {
        Role::Guard => guard(pass, at),
        Role::Pure | Role::Checked => value(pass, at),
        Role::Load | Role::Store | Role::Alloc => memory(pass, at),
        Role::Call => pass.call_runtime(at),
        Role::Structure => structure(pass, at),
    }
}

fn guard(pass: &mut Pass<'_, X64>, at: usize) -> Result<(), Error> {
    let ins = pass.trace.get(at);
    let r = |place: usize| ins.operand(place);
    match ins.op {
        Op::GuardSmall => pass.guard_bits(r(0), layout::TAG_MASK as u8, cc::NE, Value::is_small),
        Op::GuardFloat => {
            pass.guard_bits(r(0), layout::FLOAT_BIT as u8, cc::E, Value::is_inline_float);
        }
        Op::GuardObject => pass.guard_object(r(0)),
        Op::GuardIs => pass.guard_words(r(0), r(1), cc::NE, |a, b| a == b),
        Op::GuardIsNot => pass.guard_words(r(0), r(1), cc::E, |a, b| a != b),
        Op::GuardBelow => pass.guard_words(r(0), r(1), cc::AE, |a, b| a < b),
        Op::GuardShape => pass.guard_shape(r(0), r(1))?,
        Op::GuardInt => pass.guard_int(condition(ins.operands[0])?, r(1), r(2)),
        Op::GuardFloats => pass.guard_floats(condition(ins.operands[0])?, r(1), r(2)),
        Op::GuardValid => pass.guard_valid(ExitKind::Invalid, pass.epoch_word),
        Op::GuardValidFor => match pass.trace.constant_of(r(0)) {
            Some(trace::Const::Raw(word)) => pass.guard_valid(ExitKind::Guard, word as usize),
            _ => return Err(Error::Operand),
        },
        Op::Poll => pass.poll(),
        _ => return Err(Error::Operand),
    }
    Ok(())
}

/// Ops that compute.
fn value(pass: &mut Pass<'_, X64>, at: usize) -> Result<(), Error> {
    let ins = pass.trace.get(at);
    let r = |place: usize| ins.operand(place);
    match ins.op {
        Op::AddInt
        | Op::SubInt
        | Op::MulInt
        | Op::FloorDivInt
        | Op::ModInt
        | Op::ShlInt
        | Op::ShrInt => pass.checked_integers(at, ins.op, r(0), r(1)),
        Op::AndInt | Op::AndRaw => pass.two_address(at, Alu::And, r(0), r(1), false),
        Op::OrInt => pass.two_address(at, Alu::Or, r(0), r(1), false),
        Op::XorInt => pass.two_address(at, Alu::Xor, r(0), r(1), false),
        Op::MulRaw => pass.multiply_raw(at, r(0), r(1)),
        Op::AddRaw => pass.two_address(at, Alu::Add, r(0), r(1), false),
        Op::SubRaw => pass.two_address(at, Alu::Sub, r(0), r(1), false),
        Op::TagInt => pass.shift_by(at, Shift::Shl, r(0)),
        Op::UntagInt => pass.shift_by(at, Shift::Sar, r(0)),
        Op::IntToFloat => pass.int_to_float(at, r(0)),
        Op::Untag => pass.untag(at, r(0)),
        Op::Tag => pass.tag(at, r(0)),
        Op::TruncFloat => pass.truncate(at, r(0)),
        Op::AddFloat => pass.floats(at, Sse::Add, r(0), r(1)),
        Op::SubFloat => pass.floats(at, Sse::Sub, r(0), r(1)),
        Op::MulFloat => pass.floats(at, Sse::Mul, r(0), r(1)),
        Op::DivFloat => pass.floats(at, Sse::Div, r(0), r(1)),
        Op::NegFloat => pass.sign(at, Bits::Xor, 1 << 63, r(0)),
        Op::AbsFloat => pass.sign(at, Bits::And, !(1 << 63), r(0)),
        Op::SqrtFloat => pass.square_root(at, r(0)),
        Op::CallFloat | Op::CallFloat2 => pass.call_float(at)?,
        Op::DivThree => pass.three_quotients(at),
        Op::OtherFloat => pass.other_float(at),
        // Fields that do not change are pure.
        _ => return memory(pass, at),
    }
    Ok(())
}

fn memory(pass: &mut Pass<'_, X64>, at: usize) -> Result<(), Error> {
    let ins = pass.trace.get(at);
    let r = |place: usize| ins.operand(place);
    let number = |place: usize| i32::from(ins.operands[place]);
    match ins.op {
        Op::Load | Op::LoadRaw | Op::LoadFixed | Op::LoadFixedRaw => {
            pass.load(at, r(0), number(1), encode::load);
        }
        Op::LoadHalf => pass.load(at, r(0), number(1), encode::load_half),
        Op::LoadByte => pass.load(at, r(0), number(1), encode::load_byte),
        Op::Store | Op::StoreRaw => pass.store(r(0), number(1), r(2), true),
        Op::StoreHalf => pass.store(r(0), number(1), r(2), false),
        Op::LoadItem => pass.load_item(at, r(0), r(1), number(2)),
        Op::StoreItem => pass.store_item(r(0), r(1), r(2), number(3)),
        Op::LoadItemFloat => pass.load_item_float(at, r(0), r(1), number(2)),
        Op::StoreItemFloat => pass.store_item_float(r(0), r(1), r(2), number(3)),
        Op::StoreFloat => pass.store_double(r(0), number(1), r(2)),
        Op::LoadByteAt => pass.load_byte_at(at, r(0), r(1), number(2)),
        Op::StoreByteAt => pass.store_byte_at(r(0), r(1), r(2), number(3)),
        Op::LoadAbs => pass.load_absolute(at, r(0)),
        Op::StoreAbs => pass.store_absolute(r(0), r(1)),
        Op::Barrier => pass.barrier(r(0), layout::OLD_CLEAN, pass.shared.remember),
        Op::BarrierGrowing => {
            pass.barrier(r(0), layout::OLD_UNGROWN, pass.shared.remember_growing);
        }
        Op::New => pass.new_object(at, usize::from(ins.operands[0]), r(1))?,
        Op::StoreReg => pass.store_register(ins.operands[0], r(1)),
        Op::LoadReg => pass.load_register(at, ins.operands[0]),
        _ => return Err(Error::Operand),
    }
    Ok(())
}

/// The ends of traces.
fn structure(pass: &mut Pass<'_, X64>, at: usize) -> Result<(), Error> {
    let ins = pass.trace.get(at);
    match ins.op {
        Op::Jump => {
            let target = pass.bits(ins.operand(0)).ok_or(Error::Operand)? as usize;
            pass.jump_out(target);
            pass.add_imm(REGS, i32::from(ins.operands[1]) * 8);
            pass.carry(at);
        }
        // The jump has seen to it.
        Op::Carry => {}
        Op::Finish => {
            let word = pass.operand_in(ins.operand(0), RAX, 0);
            let finish = pass.shared.finish;
            let place = pass.bits(ins.operand(1)).ok_or(Error::Operand)?;
            pass.jump_out(finish);
            pass.put(mov_imm(RDX, place));
            pass.move_register(RAX, word.reg);
            pass.materialise(word);
        }
        Op::Leave => {
            let exit = pass.exit(ExitKind::Leave, 0, None);
            pass.leave(exit);
        }
        // Where a trace that ends otherwise does not go round, it is only a mark.
        Op::Loop => {}
        _ => return Err(Error::Operand),
    }
    Ok(())
}

fn condition(number: u16) -> Result<Cond, Error> {
    Cond::from_number(number).ok_or(Error::Operand)
}

/// A constant that instructions can hold.
pub(super) fn immediate(bits: u64) -> Option<i32> {
    i32::try_from(bits as i64).ok()
}

impl Pass<'_, X64> {
    // ---- operands

    pub(super) fn operand(&mut self, r: Ref, locked: u32) -> Operand {
        self.operand_in(r, NO_REG, locked)
    }

    pub(super) fn operand_in(&mut self, r: Ref, hint: u8, locked: u32) -> Operand {
        match self.bits(r) {
            Some(bits) => Operand {
                reg: SCRATCH,
                constant: Some(bits),
            },
            None => Operand {
                reg: self.use_in(r, hint, locked),
                constant: None,
            },
        }
    }

    /// As `operand`, but a constant gets a register of its own.
    pub(super) fn operand_apart(&mut self, r: Ref, locked: u32) -> Operand {
        match self.bits(r) {
            Some(bits) => Operand {
                reg: self.take(<X64 as crate::isa::Isa>::GENERAL, NO_REG, locked, false),
                constant: Some(bits),
            },
            None => self.operand(r, locked),
        }
    }

    pub(super) fn materialise(&mut self, operand: Operand) {
        if let Some(bits) = operand.constant {
            self.put(encode::mov_imm(operand.reg, bits));
        }
    }

    pub(super) fn float_operand(&mut self, r: Ref, locked: u32) -> Operand {
        match self.bits(r) {
            Some(bits) => Operand {
                reg: SCRATCH_XMM,
                constant: Some(bits),
            },
            None => Operand {
                reg: self.use_in(r, NO_REG, locked) - XMM,
                constant: None,
            },
        }
    }

    pub(super) fn materialise_float(&mut self, operand: Operand) {
        if let Some(bits) = operand.constant {
            self.float_near(NEAR_LOAD, operand.reg, bits);
        }
    }

    // ---- guards

    /// A guard whose outcome is known.
    pub(super) fn known_guard(&mut self, holds: bool) {
        if !holds {
            let exit = self.exit(ExitKind::Guard, 0, None);
            self.leave(exit);
        }
    }

    fn guard_bits(&mut self, r: Ref, bits: u8, leave_if: u8, holds: fn(Value) -> bool) {
        if let Some(word) = self.bits(r) {
            return self.known_guard(holds(Value::from_bits(word)));
        }
        let reg = self.use_in(r, NO_REG, 0);
        let exit = self.exit(ExitKind::Guard, 0, None);
        self.leave_if(leave_if, exit);
        self.put(encode::test_imm(reg, bits));
    }

    fn guard_object(&mut self, r: Ref) {
        if let Some(word) = self.bits(r) {
            return self.known_guard(Value::from_bits(word).is_object());
        }
        let reg = self.use_in(r, NO_REG, 0);
        let exit = self.exit(ExitKind::Guard, 0, None);
        self.leave_if(cc::NE, exit);
        self.put(encode::test_imm(SCRATCH, layout::TAG_MASK as u8));
        self.put(encode::lea(SCRATCH, reg, -layout::POINTER_TAG));
    }

    fn guard_shape(&mut self, object: Ref, shape: Ref) -> Result<(), Error> {
        let shape = self.bits(shape).ok_or(Error::Operand)? as i32;
        let found = self.is_found_object(object);
        let object = self.operand(object, 0);
        let exit = self.exit(ExitKind::Guard, 0, None);
        self.leave_if(cc::NE, exit);
        let field = layout::SHAPE - layout::POINTER_TAG;
        if found {
            self.put(encode::cmp_memory32(SCRATCH, layout::SHAPE, shape));
        } else {
            self.put(encode::cmp_memory32(object.reg, field, shape));
            self.materialise(object);
        }
        Ok(())
    }

    /// Whether the op before has found that the value is an object, and has left its address in
    /// the scratch register. A comparison with memory without a displacement and the jump after it
    /// are one instruction to the processor.
    fn is_found_object(&self, r: Ref) -> bool {
        let before = self.at.checked_sub(1).map(|at| self.trace.get(at));
        !r.is_constant()
            && before.is_some_and(|ins| ins.op == Op::GuardObject && ins.operand(0) == r)
    }

    /// Compares two words, whose bits are taken as unsigned, and leaves if the condition holds of
    /// the outcome.
    fn guard_words(&mut self, a: Ref, b: Ref, leave_if: u8, holds: fn(u64, u64) -> bool) {
        if let (Some(a), Some(b)) = (self.bits(a), self.bits(b)) {
            return self.known_guard(holds(a, b));
        }
        if a.is_constant() {
            let mirrored = if leave_if == cc::AE { cc::BE } else { leave_if };
            return self.compare(b, a, mirrored);
        }
        self.compare(a, b, leave_if);
    }

    /// The object and the displacement of a field that was loaded right before the op at hand and
    /// that nothing after it wants: a comparison can find it in memory.
    fn loaded_for_this(&self, r: Ref) -> Option<(Ref, i32)> {
        let before = self.at.checked_sub(1)?;
        if r.is_constant() || r.index() != before || self.is_wanted(before) {
            return None;
        }
        let ins = self.trace.get(before);
        match ins.op {
            Op::LoadRaw | Op::LoadFixedRaw => {
                let object = ins.operand(0);
                (!object.is_constant()).then_some((object, i32::from(ins.operands[1])))
            }
            _ => None,
        }
    }

    fn compare(&mut self, a: Ref, b: Ref, leave_if: u8) {
        if let (Some((object, field)), Some(value)) =
            (self.loaded_for_this(a), self.bits(b).and_then(immediate))
        {
            let base = self.use_in(object, NO_REG, 0);
            let exit = self.exit(ExitKind::Guard, 0, None);
            self.leave_if(leave_if, exit);
            let field = field - layout::POINTER_TAG;
            return self.put(encode::cmp_memory64(base, field, value));
        }
        let left = self.use_in(a, NO_REG, 0);
        let imm = self.bits(b).and_then(immediate);
        let right = match imm {
            Some(_) => None,
            None => Some(self.operand(b, 1 << left)),
        };
        let exit = self.exit(ExitKind::Guard, 0, None);
        self.leave_if(leave_if, exit);
        match (imm, right) {
            (Some(0), _) if leave_if != cc::AE && leave_if != cc::BE => {
                self.put(encode::test(left, left));
            }
            (Some(value), _) => self.put(encode::alu_imm(Alu::Cmp, left, value)),
            (None, Some(right)) => {
                self.put(encode::alu(Alu::Cmp, left, right.reg));
                self.materialise(right);
            }
            (None, None) => {}
        }
    }

    fn guard_int(&mut self, cond: Cond, a: Ref, b: Ref) {
        if let (Some(a), Some(b)) = (self.bits(a), self.bits(b)) {
            return self.known_guard(cond.test(a as i64, b as i64));
        }
        let (mut cond, mut a, mut b) = (cond.of_integers(), a, b);
        if a.is_constant() {
            (a, b) = (b, a);
            cond = match cond {
                Cond::Lt => Cond::Gt,
                Cond::Le => Cond::Ge,
                Cond::Gt => Cond::Lt,
                Cond::Ge => Cond::Le,
                same => same,
            };
        }
        let leave = match cond {
            Cond::Lt => cc::GE,
            Cond::Le => cc::G,
            Cond::Eq => cc::NE,
            Cond::Ne => cc::E,
            Cond::Gt => cc::LE,
            _ => cc::L,
        };
        self.compare(a, b, leave);
    }

    fn guard_floats(&mut self, cond: Cond, a: Ref, b: Ref) {
        if let (Some(a), Some(b)) = (self.bits(a), self.bits(b)) {
            return self.known_guard(cond.test(f64::from_bits(a), f64::from_bits(b)));
        }
        // Unordered sets carry, zero and parity; "above" is the test that NaN fails.
        let (swapped, leave) = match cond {
            Cond::Lt => (true, cc::BE),
            Cond::Le => (true, cc::B),
            Cond::Gt => (false, cc::BE),
            Cond::Ge => (false, cc::B),
            Cond::NotLt => (true, cc::A),
            Cond::NotLe => (true, cc::AE),
            Cond::NotGt => (false, cc::A),
            Cond::NotGe => (false, cc::AE),
            Cond::Eq => (false, cc::NE),
            Cond::Ne => (false, cc::E),
        };
        let (a, b) = if swapped { (b, a) } else { (a, b) };
        let left = self.float_operand(a, 0);
        let near = self.bits(b);
        let right = match near {
            Some(_) => SCRATCH_XMM,
            None => self.float_operand(b, 1 << (left.reg + XMM)).reg,
        };
        let exit = self.exit(ExitKind::Guard, 0, None);
        match cond {
            Cond::Ne if !self.force => self.leave_if_equal(exit),
            Cond::Ne => {
                let end = self.buffers.out.to_end();
                self.leave_if(leave, exit);
                self.skip_if(cc::P, end);
            }
            Cond::Eq => {
                self.leave_if(leave, exit);
                self.leave_if(cc::P, exit);
            }
            _ => self.leave_if(leave, exit),
        }
        match near {
            Some(bits) => self.float_near(NEAR_COMPARE, left.reg, bits),
            None => self.put(encode::compare_floats(left.reg, right)),
        }
        self.materialise_float(left);
    }

    /// Leaves if the floats compared are equal. What cannot be compared looks equal, which is found
    /// out of line.
    fn leave_if_equal(&mut self, stub: usize) {
        let resume = self.buffers.out.to_end();
        let tail = &mut self.buffers.tail;
        let unsure = tail.len();
        tail.put(encode::jump_if(cc::P, 0));
        let after = tail.len();
        tail.patch_before(after, -((after + resume) as i32));
        tail.put(encode::jump(0));
        let after = tail.len();
        tail.patch_before(after, stub as i32 - after as i32);
        self.branch_if(cc::E, unsure);
    }

    /// Leaves unless the epoch in a word of the region is the machine's.
    fn guard_valid(&mut self, kind: ExitKind, epoch_word: usize) {
        let exit = self.exit(kind, 0, None);
        self.leave_if(cc::NE, exit);
        self.compare_epoch(epoch_word);
    }

    fn poll(&mut self) {
        let exit = self.exit(ExitKind::Poll, 0, None);
        self.leave_if(cc::NE, exit);
        self.put(encode::cmp_memory8(SCRATCH, 0, 0));
        self.put(encode::mov_imm(SCRATCH, self.env.look_up as u64));
    }
}
