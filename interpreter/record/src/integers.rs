//! Integers that are too large to be small, and of which only low bits are wanted.
//!
//! Hashes and generators of random numbers multiply small integers, and keep of the product what a mask, or
//! a power of two as divisor, leaves. The product may need more than a small integer has, but the low bits of
//! sums, differences, products and shifts depend on the low bits of the operands alone. So such a result is
//! recorded as a call that need not be made if no one wants its result ([`Rt::Integer`]), and where low bits
//! are asked for, they are computed of the operands as they are in a register.
//!
//! Nothing is noted for this: what an integer was made of, the trace says.

use crate::emit::Kind;
use crate::recorder::{Recorded, Recorder};
use object::{BigInt, Value, low_bits};
use trace::{Const, Op, Ref, Rt};
use vm::{BinaryOp, Machine};

/// So many operations on the way to the low bits, at most.
const DEPTH_MAX: usize = 6;
/// The longest shift to the left: of a product's low bits, no one wants those beyond.
const SHIFT_MAX: i64 = 62;

impl Recorder<'_> {
    /// Whether a value is the result of an operation on integers, made by a call.
    pub(crate) fn is_integer_made(&self, r: Ref) -> bool {
        self.made_integer(r).is_some()
    }

    /// The operator and the operands that such a value was made of.
    fn made_integer(&self, r: Ref) -> Option<(BinaryOp, Ref, Ref)> {
        let ins = self.emitter.made_by(r)?;
        if ins.op != Op::Call3 || ins.operands[0] != Rt::Integer as u16 {
            return None;
        }
        let number = self.emitter.known_word(ins.operand(2))?.as_small()?;
        let op = BinaryOp::ALL.get(usize::try_from(number).ok()?)?;
        Some((*op, ins.operand(3), ins.operand(4)))
    }

    /// Whether a value is known to be small, a large constant, or such a result.
    fn is_known_integer(&mut self, v: Recorded) -> bool {
        self.is_integer_made(v.r)
            || match self.emitter.known_word(v.r) {
                Some(word) => word.is_small() || word.is::<BigInt>(),
                None => v.word.is_small() && self.learn(v) == Kind::Small,
            }
    }

    /// A sum, difference, product or shift of integers, each of which is one of those. `None`: it is none
    /// of these.
    pub(crate) fn large_integer(
        &mut self,
        op: BinaryOp,
        a: Recorded,
        b: Recorded,
    ) -> Option<Recorded> {
        let fits = match op {
            BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul => self.is_known_integer(b),
            BinaryOp::LShift => {
                let amount = self.emitter.known_word(b.r).and_then(Value::as_small);
                amount.is_some_and(|amount| (0..=SHIFT_MAX).contains(&amount))
            }
            _ => false,
        };
        if !fits
            || !self.is_known_integer(a)
            || self.depth_of(a.r).max(self.depth_of(b.r)) >= DEPTH_MAX
        {
            return None;
        }
        let word = self.vm.binary(op, a.word, b.word).ok()?;
        let number = self.word_ref(Value::small(op as i64));
        let r = self.call(Rt::Integer, &[number, a.r, b.r]);
        Some(Recorded { word, r })
    }

    /// How many operations a value is made of.
    fn depth_of(&self, r: Ref) -> usize {
        match self.made_integer(r) {
            Some((_, a, b)) => 1 + self.depth_of(a).max(self.depth_of(b)),
            None => 0,
        }
    }

    /// What a mask leaves of the result of such operations. `None`: the mask is not small, or below zero.
    pub(crate) fn low_bits(&mut self, a: Recorded, mask: Recorded) -> Option<Recorded> {
        let bits = mask.word.as_small().filter(|&bits| bits >= 0)?;
        if self.learn(mask) != Kind::Small {
            return None;
        }
        let zero = self.constant(Value::small(0));
        self.compare_small(vm::Comparison::Ge, mask, zero);
        let low = self.raw_bits(a.r)?;
        let mask = self.raw_bits(mask.r)?;
        let masked = self.emit(Op::AndRaw, &[low.0, mask.0]);
        let r = self.emit(Op::TagInt, &[masked.0]);
        let word = Value::small(low_bits(a.word)? as i64 & bits);
        Some(Recorded { word, r })
    }

    /// The low 64 bits of an integer.
    fn raw_bits(&mut self, r: Ref) -> Option<Ref> {
        let Some((op, a, b)) = self.made_integer(r) else {
            if let Some(bits) = self.emitter.known_word(r).and_then(low_bits) {
                return Some(self.raw_ref(bits as i64));
            }
            let is_small = self.emitter.kind(r) == Kind::Small;
            return is_small.then(|| self.emit(Op::UntagInt, &[r.0]));
        };
        let left = self.raw_bits(a)?;
        let right = self.raw_bits(b)?;
        let (op, right) = match op {
            BinaryOp::Add => (Op::AddRaw, right),
            BinaryOp::Sub => (Op::SubRaw, right),
            BinaryOp::Mul => (Op::MulRaw, right),
            BinaryOp::LShift => match self.emitter.trace.constant_of(right) {
                Some(Const::Raw(by)) => (Op::MulRaw, self.raw_ref(1 << by)),
                _ => return None,
            },
            _ => return None,
        };
        Some(self.emit(op, &[left.0, right.0]))
    }
}
