//! Integers and floats.
//!
//! A small integer's word is eight times the integer, so sums, differences and bitwise operations
//! are those of the words, a product is that of a word and an integer, and words overflow exactly
//! where small integers do.

use super::encode::{self, *};
use super::lower::{Operand, immediate};
use super::{FLOAT_BYTES, SCRATCH, SCRATCH_XMM, X64};
use crate::ExitKind;
use crate::allocate::{NO_REG, Pass, Reg, XMM};
use crate::isa::Isa;
use object::{Value, layout};
use trace::{Op, Ref};

const TAG_BITS: u8 = layout::SMALL_SHIFT;
/// Clears the tag.
const UNTAGGED: i32 = !layout::TAG_MASK;
const A: u32 = 1 << RAX;
const C: u32 = 1 << RCX;
const D: u32 = 1 << RDX;

/// A factor `m` and a number of bits `s`, such that `n * m >> 64 + s` is `n / divisor` for all
/// words `n` from 0 up, with the tag's bits in its lowest places as in `n`'s; the divisor is no
/// power of two.
///
/// `2^s` is the largest power of two below the divisor and `m` is `(2^(64+s) + e) / divisor`, where
/// `e`, below the divisor, makes it a whole number, of 64 bits. So the product is too large by
/// `n * e / divisor`, and a quotient changes where that reaches `2^(64+s) / divisor`; but `n` is
/// below `2^63`, and `e` below `2^(s+1)` (Granlund and Montgomery, "Division by Invariant Integers
/// using Multiplication", 1994).
fn reciprocal(divisor: i64) -> (u64, u8) {
    let by = divisor.ilog2();
    let factor = (1u128 << (64 + by)).div_ceil(divisor as u128);
    (factor as u64, by as u8)
}

impl Pass<'_, X64> {
    // ---- integers

    pub(super) fn checked_integers(&mut self, at: usize, op: Op, a: Ref, b: Ref) {
        if !self.is_wanted(at) {
            return;
        }
        let constants = (self.bits(a), self.bits(b));
        if let (Some(a), Some(b)) = constants {
            return self.known_integer(at, op, a, b);
        }
        let divisor = constants.1.map(|bits| bits as i64 >> TAG_BITS);
        match (op, divisor) {
            (Op::AddInt, _) => self.two_address(at, Alu::Add, a, b, true),
            (Op::SubInt, _) => self.two_address(at, Alu::Sub, a, b, true),
            (Op::MulInt, _) => self.multiply(at, a, b),
            (Op::FloorDivInt | Op::ModInt, Some(n)) if n > 0 && n.count_ones() == 1 => {
                self.divide_by_power(at, op, a, n);
            }
            (Op::FloorDivInt | Op::ModInt, Some(n)) if n > 0 => self.divide_by_known(at, op, a, n),
            (Op::FloorDivInt | Op::ModInt, _) => self.divide(at, op, a, b),
            (Op::ShlInt, Some(n)) => self.shift_left_by(at, a, n),
            (Op::ShrInt, Some(n)) => self.shift_right_by(at, a, n),
            (Op::ShlInt, None) => self.shift_left(at, a, b),
            _ => self.shift_right(at, a, b),
        }
    }

    /// An operation of constants, which passes mostly leave none of.
    fn known_integer(&mut self, at: usize, op: Op, a: u64, b: u64) {
        let result = trace::fold_integers(op, a as i64 >> TAG_BITS, b as i64 >> TAG_BITS);
        let Some(to) = self.define(at, NO_REG) else {
            return;
        };
        match result.and_then(Value::try_small) {
            Some(word) => self.put(encode::mov_imm(to, word.bits())),
            None => self.known_guard(false),
        }
    }

    pub(super) fn two_address(&mut self, at: usize, op: Alu, a: Ref, b: Ref, checked: bool) {
        let swap =
            op != Alu::Sub && (a.is_constant() || !self.is_unplaced(a) && self.is_unplaced(b));
        let (a, b) = if swap && !(a.is_constant() && b.is_constant()) {
            (b, a)
        } else {
            (a, b)
        };
        let Some(to) = self.define(at, NO_REG) else {
            return;
        };
        let locked = 1 << to;
        let value = self.bits(b).and_then(immediate);
        let right = match value {
            Some(_) => None,
            None => Some(self.operand(b, locked)),
        };
        let right_reg = right.map_or(SCRATCH, |right| right.reg);
        let mut undo = None;
        let left = if a.is_constant() {
            None
        } else if self.is_unplaced(a) {
            // The operand dies here, in the register that the result takes. An exit finds it
            // again by undoing the operation.
            self.live_in(a, to);
            let back = if op == Alu::Add { Alu::Sub } else { Alu::Add };
            undo = Some(match value {
                Some(value) => encode::alu_imm(back, to, value),
                None => encode::alu(back, to, right_reg),
            });
            Some(to)
        } else {
            Some(self.use_in(a, NO_REG, locked | 1 << right_reg))
        };
        if checked {
            let exit = self.exit(ExitKind::Guard, locked, undo);
            self.leave_if(cc::O, exit);
        }
        let sum = op == Alu::Add && !checked;
        match (value, left, right) {
            (Some(value), Some(left), _) if sum && left != to => {
                self.put(encode::lea(to, left, value));
            }
            (None, Some(left), Some(right)) if sum && left != to => {
                self.put(encode::lea_indexed(to, left, right.reg, 0));
                self.materialise(right);
            }
            _ => {
                match value {
                    Some(value) => self.put(encode::alu_imm(op, to, value)),
                    None => self.put(encode::alu(op, to, right_reg)),
                }
                self.bring(to, a, left);
                if let Some(right) = right {
                    self.materialise(right);
                }
            }
        }
    }

    /// Brings an operand, which is in a register or a constant, to where an op works on it.
    fn bring(&mut self, to: Reg, a: Ref, from: Option<Reg>) {
        match from {
            Some(from) if from != to => X64::move_register(&mut self.buffers.out, to, from),
            Some(_) => {}
            None => {
                let bits = self.bits(a).unwrap_or(0);
                X64::constant(self, to, bits);
            }
        }
    }

    fn multiply(&mut self, at: usize, a: Ref, b: Ref) {
        let (a, b) = if a.is_constant() { (b, a) } else { (a, b) };
        let Some(to) = self.define(at, NO_REG) else {
            return;
        };
        let locked = 1 << to;
        let left = self.use_in(a, NO_REG, locked);
        let factor = self.bits(b).map(|bits| bits as i64 >> TAG_BITS);
        let right = match factor {
            Some(_) => SCRATCH,
            None => self.use_in(b, NO_REG, locked | 1 << left),
        };
        let exit = self.exit(ExitKind::Guard, locked, None);
        self.leave_if(cc::O, exit);
        if let Some(value) = factor.and_then(|n| i32::try_from(n).ok()) {
            return self.put(encode::imul_imm(to, left, value));
        }
        self.put(encode::imul(to, SCRATCH));
        self.put_move(to, left);
        match factor {
            Some(n) => self.put(encode::mov_imm(SCRATCH, n as u64)),
            None => {
                self.put(encode::shift(Shift::Sar, SCRATCH, TAG_BITS));
                self.put(encode::mov(SCRATCH, right));
            }
        }
    }

    pub(super) fn multiply_raw(&mut self, at: usize, a: Ref, b: Ref) {
        let (a, b) = if a.is_constant() { (b, a) } else { (a, b) };
        let Some(to) = self.define(at, NO_REG) else {
            return;
        };
        let factor = self.bits(b).map(|bits| bits as i64);
        if let (Some(a), Some(b)) = (self.bits(a), factor) {
            return X64::constant(self, to, (a as i64).wrapping_mul(b) as u64);
        }
        let left = self.use_in(a, to, 0);
        if let Some(value) = factor.and_then(|n| i32::try_from(n).ok()) {
            return self.put(encode::imul_imm(to, left, value));
        }
        let right = match factor {
            Some(_) => SCRATCH,
            None if a == b => left,
            None => self.use_in(b, NO_REG, 1 << to | 1 << left),
        };
        self.put(encode::imul(to, right));
        self.put_move(to, left);
        if let Some(n) = factor {
            self.put(encode::mov_imm(SCRATCH, n as u64));
        }
    }

    /// A move within an op's sequence.
    fn put_move(&mut self, to: Reg, from: Reg) {
        if to != from {
            self.put(encode::mov(to, from));
        }
    }

    /// Division by a power of two never leaves.
    fn divide_by_power(&mut self, at: usize, op: Op, a: Ref, divisor: i64) {
        let Some(to) = self.define(at, NO_REG) else {
            return;
        };
        let from = self.use_in(a, to, 0);
        if op == Op::FloorDivInt {
            if divisor > 1 {
                self.put(encode::alu_imm(Alu::And, to, UNTAGGED));
                let by = divisor.trailing_zeros() as u8;
                self.put(encode::shift(Shift::Sar, to, by));
            }
            return self.put_move(to, from);
        }
        let mask = ((divisor - 1) << TAG_BITS) as u64;
        match immediate(mask) {
            Some(value) => {
                self.put(encode::alu_imm(Alu::And, to, value));
                self.put_move(to, from);
            }
            None => {
                self.put(encode::alu(Alu::And, to, SCRATCH));
                self.put_move(to, from);
                self.put(encode::mov_imm(SCRATCH, mask));
            }
        }
    }

    /// Division by a positive number that is no power of two never leaves, and needs no division:
    /// see [`reciprocal`]. Of a negative dividend the complement is divided, and the quotient's
    /// complement is the quotient, rounded down. The bits below a word's integer do no harm: those
    /// of a complement are all set, which makes it less than one larger.
    fn divide_by_known(&mut self, at: usize, op: Op, a: Ref, divisor: i64) {
        let Some(to) = self.define(at, RDX) else {
            return;
        };
        let others = X64::GENERAL & !(A | D | 1 << to);
        self.vacate(RAX, others);
        self.vacate(RDX, others);
        let dividend = self.use_in(a, NO_REG, A | D | 1 << to);
        if op == Op::ModInt {
            self.put_move(to, SCRATCH);
            self.put(encode::alu(Alu::Sub, SCRATCH, RDX));
            self.put(encode::mov(SCRATCH, dividend));
            match i32::try_from(divisor) {
                Ok(divisor) => self.put(encode::imul_imm(RDX, RDX, divisor)),
                Err(_) => {
                    self.put(encode::imul(RDX, SCRATCH));
                    self.put(encode::mov_imm(SCRATCH, divisor as u64));
                }
            }
        } else {
            self.put_move(to, RDX);
        }
        let (factor, by) = reciprocal(divisor);
        self.put(encode::alu_imm(Alu::And, RDX, UNTAGGED));
        self.put(encode::alu(Alu::Xor, RDX, SCRATCH));
        self.put_sign(SCRATCH, dividend);
        if by > 0 {
            self.put(encode::shift(Shift::Shr, RDX, by));
        }
        self.put(encode::mul(SCRATCH));
        self.put(encode::mov_imm(SCRATCH, factor));
        self.put(encode::alu(Alu::Xor, RAX, SCRATCH));
        self.put_sign(SCRATCH, dividend);
        self.put_move(RAX, dividend);
    }

    /// All bits of a number's sign.
    fn put_sign(&mut self, to: Reg, from: Reg) {
        self.put(encode::shift(Shift::Sar, to, 63));
        self.put(encode::mov(to, from));
    }

    /// The quotient of two words is that of their integers, and the rest of the words that of the
    /// integers as a word. What is rounded towards zero is then brought down where the rest is of
    /// the other sign than the divisor.
    fn divide(&mut self, at: usize, op: Op, a: Ref, b: Ref) {
        let result = if op == Op::FloorDivInt { RAX } else { RDX };
        let Some(to) = self.define(at, result) else {
            return;
        };
        let others = X64::GENERAL & !(A | C | D | 1 << to);
        self.vacate(RAX, others);
        self.vacate(RDX, others);
        let locked = A | D | 1 << to;
        let divisor = self.operand(b, locked);
        let known = divisor.constant.map(|bits| bits as i64);
        let dividend = self.operand_apart(a, locked | 1 << divisor.reg);
        let exit = self.exit(ExitKind::Guard, locked | 1 << dividend.reg, None);
        self.put_move(to, result);
        if op == Op::FloorDivInt {
            self.leave_if(cc::O, exit);
            self.put(encode::imul_imm(RAX, RAX, 1 << TAG_BITS));
        }
        let rounded = self.buffers.out.to_end();
        match op {
            Op::FloorDivInt => self.put(encode::alu_imm(Alu::Sub, RAX, 1)),
            _ => self.put(encode::alu(Alu::Add, RDX, divisor.reg)),
        }
        match known {
            Some(n) => {
                self.skip_if(if n > 0 { cc::NS } else { cc::LE }, rounded);
                self.put(encode::test(RDX, RDX));
            }
            None => {
                self.skip_if(cc::NS, rounded);
                if op == Op::FloorDivInt {
                    self.put(encode::alu(Alu::Xor, RDX, divisor.reg));
                } else {
                    self.put(encode::alu(Alu::Xor, SCRATCH, divisor.reg));
                    self.put(encode::mov(SCRATCH, RDX));
                }
                self.skip_if(cc::E, rounded);
                self.put(encode::test(RDX, RDX));
            }
        }
        self.put(encode::idiv(divisor.reg));
        self.put(encode::cqo());
        self.put_move(RAX, dividend.reg);
        match known {
            Some(0) => self.leave(exit),
            Some(_) => {}
            None => {
                self.leave_if(cc::E, exit);
                self.put(encode::test(divisor.reg, divisor.reg));
            }
        }
        self.materialise(divisor);
        self.materialise(dividend);
    }

    fn shift_left_by(&mut self, at: usize, a: Ref, by: i64) {
        let Some(to) = self.define(at, NO_REG) else {
            return;
        };
        if !(0..60).contains(&by) {
            return self.known_guard(false);
        }
        let from = self.use_in(a, NO_REG, 1 << to);
        let exit = self.exit(ExitKind::Guard, 1 << to, None);
        self.leave_if(cc::NE, exit);
        self.put(encode::alu(Alu::Cmp, SCRATCH, from));
        self.put(encode::shift(Shift::Sar, SCRATCH, by as u8));
        self.put(encode::mov(SCRATCH, to));
        self.put(encode::shift(Shift::Shl, to, by as u8));
        self.put_move(to, from);
    }

    fn shift_right_by(&mut self, at: usize, a: Ref, by: i64) {
        let Some(to) = self.define(at, NO_REG) else {
            return;
        };
        if by < 0 {
            return self.known_guard(false);
        }
        let from = self.use_in(a, to, 0);
        self.put(encode::alu_imm(Alu::And, to, UNTAGGED));
        self.put(encode::shift(Shift::Sar, to, by.min(63) as u8));
        self.put_move(to, from);
    }

    /// The operands of a shift by `rcx`, and its exit.
    fn shift_operands(&mut self, to: Reg, a: Ref, b: Ref) -> (Operand, Reg, usize) {
        self.vacate(RCX, X64::GENERAL & !(C | 1 << to));
        let locked = C | 1 << to;
        let amount = self.use_in(b, NO_REG, locked);
        let value = self.operand_apart(a, locked | 1 << amount);
        let exit = self.exit(ExitKind::Guard, locked | 1 << value.reg, None);
        (value, amount, exit)
    }

    fn shift_left(&mut self, at: usize, a: Ref, b: Ref) {
        let Some(to) = self.define(at, NO_REG) else {
            return;
        };
        let (value, amount, exit) = self.shift_operands(to, a, b);
        self.put(encode::mov(to, SCRATCH));
        self.put(encode::shift_cl(Shift::Shl, SCRATCH));
        self.leave_if(cc::NE, exit);
        self.put(encode::alu(Alu::Cmp, SCRATCH, value.reg));
        self.put(encode::shift_cl(Shift::Sar, SCRATCH));
        self.put(encode::shift_cl(Shift::Shl, SCRATCH));
        self.put(encode::mov(SCRATCH, value.reg));
        self.leave_if(cc::AE, exit);
        self.put(encode::alu_imm(Alu::Cmp, RCX, 60));
        self.put(encode::shift(Shift::Sar, RCX, TAG_BITS));
        self.put_move(RCX, amount);
        self.materialise(value);
    }

    fn shift_right(&mut self, at: usize, a: Ref, b: Ref) {
        let Some(to) = self.define(at, NO_REG) else {
            return;
        };
        let (value, amount, exit) = self.shift_operands(to, a, b);
        self.put(encode::mov(to, SCRATCH));
        self.put(encode::alu_imm(Alu::And, SCRATCH, UNTAGGED));
        self.put(encode::shift_cl(Shift::Sar, SCRATCH));
        self.put(encode::mov(SCRATCH, value.reg));
        self.put(encode::cmov(cc::G, RCX, SCRATCH));
        self.put(encode::alu(Alu::Cmp, RCX, SCRATCH));
        self.put(encode::mov_imm32(SCRATCH, 63));
        self.leave_if(cc::S, exit);
        self.put(encode::shift(Shift::Sar, RCX, TAG_BITS));
        self.put_move(RCX, amount);
        self.materialise(value);
    }

    pub(super) fn shift_by(&mut self, at: usize, op: Shift, a: Ref) {
        let Some(to) = self.define(at, NO_REG) else {
            return;
        };
        let from = match self.bits(a) {
            Some(_) => None,
            None => Some(self.use_in(a, to, 0)),
        };
        const _: () = assert!(1 << TAG_BITS == 8);
        if op == Shift::Shl
            && let Some(from) = from.filter(|&from| from != to)
        {
            return self.put(encode::lea_eightfold(to, from));
        }
        self.put(encode::shift(op, to, TAG_BITS));
        self.bring(to, a, from);
    }

    // ---- floats

    pub(super) fn floats(&mut self, at: usize, op: Sse, a: Ref, b: Ref) {
        let Some(to) = self.define(at, NO_REG) else {
            return;
        };
        let commutes = matches!(op, Sse::Add | Sse::Mul);
        if self.shared.three_operands && (commutes || !a.is_constant()) {
            let (a, b) = if a.is_constant() { (b, a) } else { (a, b) };
            if !a.is_constant() {
                return self.floats_apart(to - XMM, op, a, b);
            }
        }
        let locked = 1 << to;
        let swap = commutes && (a.is_constant() || !self.is_unplaced(a) && self.is_unplaced(b));
        let (a, b) = if swap { (b, a) } else { (a, b) };
        if a == b && self.is_unplaced(a) {
            self.live_in(a, to);
            return self.put(encode::sse(op, to - XMM, to - XMM));
        }
        let near = self.bits(b);
        let right = match near {
            Some(_) => SCRATCH_XMM,
            None => self.use_in(b, NO_REG, locked) - XMM,
        };
        let left = if a.is_constant() {
            None
        } else if self.is_unplaced(a) {
            self.live_in(a, to);
            Some(to)
        } else {
            Some(self.use_in(a, NO_REG, locked | 1 << (right + XMM)))
        };
        match near {
            Some(bits) => self.float_near(op as u8, to - XMM, bits),
            None => self.put(encode::sse(op, to - XMM, right)),
        }
        self.bring(to, a, left);
    }

    /// Where the operation has a register for its result, the operands may lie anywhere: that
    /// register is one that an operand which dies here may have.
    fn floats_apart(&mut self, to: Xmm, op: Sse, a: Ref, b: Ref) {
        let left = self.use_in(a, to + XMM, 0) - XMM;
        match self.bits(b) {
            Some(bits) => {
                let distance = self.distance_of_float(bits);
                self.put(encode::sse_apart_near(op, to, left, distance));
            }
            None => {
                let right = self.use_in(b, to + XMM, 1 << (left + XMM)) - XMM;
                self.put(encode::sse_apart(op, to, left, right));
            }
        }
    }

    /// Divides three floats by one. The first quotient is the result, the others are left in memory.
    pub(super) fn three_quotients(&mut self, at: usize) {
        let Some(to) = self.define(at, NO_REG) else {
            return;
        };
        let ins = self.trace.get(at);
        let mut locked = 1 << to;
        let [a, b, c, by] = [0, 1, 2, 3].map(|place| {
            let reg = self.use_in(ins.operand(place), NO_REG, locked);
            locked |= 1 << reg;
            reg - XMM
        });
        let (to, scratch) = (to - XMM, SCRATCH_XMM);
        if self.shared.three_operands {
            self.put(encode::forget_wide());
            self.put(encode::store_wide(SCRATCH, 0, to));
            self.name_float_results();
            self.put(encode::packed_wide(Packed::Div, to, scratch, to));
            self.put(encode::join_halves(to, to, to));
            self.put(packed_apart(Packed::Unpack, to, by, by));
            self.put(encode::join_halves(scratch, scratch, to));
            // What is divided beside the three is one of them.
            self.put(packed_apart(Packed::Unpack, to, c, c));
            self.put(packed_apart(Packed::Unpack, scratch, a, b));
            return;
        }
        self.put(encode::store_float(SCRATCH, 2 * FLOAT_BYTES, scratch));
        self.put(encode::sse(Sse::Div, scratch, by));
        self.put(encode::mov_float(scratch, c));
        self.put(encode::store_upper(SCRATCH, FLOAT_BYTES, to));
        self.name_float_results();
        self.put(encode::mov_float(to, scratch));
        self.put(packed(Packed::Div, scratch, to));
        self.put(packed(Packed::Unpack, to, to));
        self.put(encode::mov_float(to, by));
        self.put(packed(Packed::Unpack, scratch, b));
        self.put(encode::mov_float(scratch, a));
    }

    /// Brings the address of where several results are left to the scratch register.
    pub(super) fn name_float_results(&mut self) {
        let first = self.env.float_results as u64;
        self.put(encode::mov_imm(SCRATCH, first));
    }

    pub(super) fn int_to_float(&mut self, at: usize, a: Ref) {
        let Some(to) = self.define(at, NO_REG) else {
            return;
        };
        if let Some(bits) = self.bits(a) {
            let float = (bits as i64 >> TAG_BITS) as f64;
            return X64::constant(self, to, float.to_bits());
        }
        let from = self.use_in(a, NO_REG, 0);
        self.put(encode::int_to_float(to - XMM, SCRATCH));
        // The conversion keeps the register's upper half, on which it would otherwise wait.
        self.put(encode::bitwise(Bits::Xor, to - XMM, to - XMM));
        self.put(encode::shift(Shift::Sar, SCRATCH, TAG_BITS));
        self.put(encode::mov(SCRATCH, from));
    }

    pub(super) fn untag(&mut self, at: usize, a: Ref) {
        let Some(to) = self.define(at, NO_REG) else {
            return;
        };
        if let Some(bits) = self.bits(a) {
            let float = Value::from_bits(bits).inline_float_unchecked();
            return X64::constant(self, to, float.to_bits());
        }
        let from = self.use_in(a, NO_REG, 0);
        self.put(encode::move_to_float(to - XMM, SCRATCH));
        self.put(encode::shift(Shift::Ror, SCRATCH, layout::FLOAT_ROTATION));
        self.put(encode::lea(SCRATCH, from, 1));
    }

    pub(super) fn tag(&mut self, at: usize, a: Ref) {
        let Some(to) = self.define(at, NO_REG) else {
            return;
        };
        let from = self.float_operand(a, 0);
        let exit = self.exit(ExitKind::Guard, 1 << to, None);
        self.leave_if(cc::E, exit);
        self.put(encode::test_imm(to, layout::FLOAT_BIT as u8));
        self.put(encode::alu_imm(Alu::Sub, to, 1));
        self.put(encode::shift(Shift::Rol, to, layout::FLOAT_ROTATION));
        self.put(encode::move_from_float(to, from.reg));
        self.materialise_float(from);
    }

    /// What does not fit 64 bits is converted to a number that does not fit 61.
    pub(super) fn truncate(&mut self, at: usize, a: Ref) {
        let Some(to) = self.define(at, NO_REG) else {
            return;
        };
        let from = self.float_operand(a, 0);
        let exit = self.exit(ExitKind::Guard, 1 << to, None);
        self.leave_if(cc::O, exit);
        self.put(encode::imul_imm(to, to, 1 << TAG_BITS));
        self.put(encode::float_to_int(to, from.reg));
        self.materialise_float(from);
    }

    /// Changes a float by a mask of its bits.
    pub(super) fn sign(&mut self, at: usize, op: Bits, mask: u64, a: Ref) {
        let Some(to) = self.define(at, NO_REG) else {
            return;
        };
        let from = match self.bits(a) {
            Some(_) => None,
            None => Some(self.use_in(a, to, 0)),
        };
        self.put(encode::bitwise(op, to - XMM, SCRATCH_XMM));
        self.float_near(NEAR_LOAD, SCRATCH_XMM, mask);
        self.bring(to, a, from);
    }

    pub(super) fn square_root(&mut self, at: usize, a: Ref) {
        let Some(to) = self.define(at, NO_REG) else {
            return;
        };
        let from = self.float_operand(a, 0);
        let to = to - XMM;
        // The result's register keeps its upper half, on which the operation would wait: and that
        // may be what the last root led to.
        if self.shared.three_operands {
            self.put(encode::sse_apart(Sse::Sqrt, to, from.reg, from.reg));
        } else {
            self.put(encode::sse(Sse::Sqrt, to, to));
            if to != from.reg {
                self.put(encode::mov_float(to, from.reg));
            }
        }
        self.materialise_float(from);
    }
}
