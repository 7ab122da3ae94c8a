//! What one op means.

use crate::buffer::{Ins, NO_SNAPSHOT, Trace};
use crate::execute::{Datum, Surroundings, address, datum};
use crate::ops::{Cond, Op, Role};
use crate::rt::{FloatFn, RAISED, Rt};
use object::{Value, layout};

/// An op with the values that its operands name.
pub(crate) struct Step<'a> {
    pub(crate) trace: &'a Trace,
    pub(crate) values: &'a [Datum],
    pub(crate) at: usize,
    pub(crate) ins: Ins,
}

const NOTHING: Option<Datum> = Some(Datum::Nothing);

fn holds(condition: bool) -> Option<Datum> {
    condition.then_some(Datum::Nothing)
}

fn is_word(bits: u64) -> Option<Datum> {
    Some(Datum::Word(Value::from_bits(bits)))
}

fn is_float(float: f64) -> Option<Datum> {
    Some(Datum::Float(float))
}

fn is_raw(bits: u64) -> Option<Datum> {
    Some(Datum::Raw(bits as i64))
}

impl Step<'_> {
    /// The op's result, `None` if it leaves the trace.
    pub(crate) fn run(&self, surroundings: &mut (impl Surroundings + ?Sized)) -> Option<Datum> {
        match self.ins.op {
            // What is there on entry was put there on entry.
            Op::Arg | Op::Inherit | Op::InheritFloat | Op::InheritRaw => {
                return Some(self.values[self.at]);
            }
            Op::CallFloat | Op::CallFloat2 => return self.call_float(surroundings),
            Op::OtherFloat => return self.other_float(surroundings),
            Op::LoadFixed | Op::LoadFixedRaw => return self.memory(surroundings),
            _ => {}
        }
        match self.ins.op.role() {
            Role::Guard => self.guard(surroundings),
            Role::Pure | Role::Checked => self.value(),
            Role::Load | Role::Store | Role::Alloc => self.memory(surroundings),
            Role::Call => self.call(surroundings),
            Role::Structure if self.ins.op == Op::Leave => None,
            Role::Structure => NOTHING,
        }
    }

    // ---- operands

    fn any(&self, place: usize) -> Datum {
        datum(self.trace, self.values, self.ins.operand(place))
    }

    fn bits(&self, place: usize) -> i64 {
        self.any(place).bits() as i64
    }

    fn word(&self, place: usize) -> Value {
        Value::from_bits(self.any(place).bits())
    }

    fn float(&self, place: usize) -> f64 {
        match self.any(place) {
            Datum::Float(float) => float,
            _ => f64::NAN,
        }
    }

    fn number(&self, place: usize) -> i64 {
        i64::from(self.ins.operands[place])
    }

    /// The address of an item: an object, after it an index, a displacement.
    fn item(&self, object: usize, displacement: usize) -> usize {
        let first = address(self.word(object), self.number(displacement));
        first.wrapping_add(self.bits(object + 1) as usize)
    }

    // ---- ops

    fn guard(&self, surroundings: &mut (impl Surroundings + ?Sized)) -> Option<Datum> {
        match self.ins.op {
            Op::GuardSmall => holds(self.word(0).is_small()),
            Op::GuardFloat => holds(self.word(0).is_inline_float()),
            Op::GuardObject => holds(self.word(0).is_object()),
            Op::GuardIs => holds(self.word(0) == self.word(1)),
            Op::GuardIsNot => holds(self.word(0) != self.word(1)),
            Op::GuardShape => {
                let shape = surroundings.load(address(self.word(0), i64::from(layout::SHAPE)), 4);
                holds(shape == self.bits(1) as u64)
            }
            Op::GuardInt => {
                holds(Cond::from_number(self.ins.operands[0])?.test(self.bits(1), self.bits(2)))
            }
            Op::GuardBelow => holds((self.bits(0) as u64) < self.bits(1) as u64),
            Op::GuardFloats => {
                holds(Cond::from_number(self.ins.operands[0])?.test(self.float(1), self.float(2)))
            }
            Op::GuardValid => holds(surroundings.is_valid()),
            Op::GuardValidFor => holds(surroundings.is_valid_for(self.bits(0) as usize)),
            Op::Poll => holds(!surroundings.safepoint_due()),
            _ => None,
        }
    }

    fn value(&self) -> Option<Datum> {
        match self.ins.op {
            Op::AddInt
            | Op::SubInt
            | Op::MulInt
            | Op::FloorDivInt
            | Op::ModInt
            | Op::ShlInt
            | Op::ShrInt => {
                let n = fold_integers(self.ins.op, self.bits(0) >> 3, self.bits(1) >> 3)?;
                Value::try_small(n).map(Datum::Word)
            }
            Op::AndInt => is_word((self.bits(0) & self.bits(1)) as u64),
            Op::OrInt => is_word((self.bits(0) | self.bits(1)) as u64),
            Op::XorInt => is_word((self.bits(0) ^ self.bits(1)) as u64),
            Op::AddRaw => is_raw(self.bits(0).wrapping_add(self.bits(1)) as u64),
            Op::SubRaw => is_raw(self.bits(0).wrapping_sub(self.bits(1)) as u64),
            Op::MulRaw => is_raw(self.bits(0).wrapping_mul(self.bits(1)) as u64),
            Op::AndRaw => is_raw((self.bits(0) & self.bits(1)) as u64),
            Op::TagInt => is_word((self.bits(0) << 3) as u64),
            Op::UntagInt => is_raw((self.bits(0) >> 3) as u64),
            Op::IntToFloat => is_float((self.bits(0) >> 3) as f64),
            Op::Untag => is_float(self.word(0).inline_float_unchecked()),
            Op::Tag => {
                let tagged = Value::float(self.float(0));
                tagged.is_inline_float().then_some(Datum::Word(tagged))
            }
            Op::TruncFloat => {
                let whole = self.float(0).trunc();
                let fits = (-(1i64 << 60) as f64..(1i64 << 60) as f64).contains(&whole);
                fits.then(|| Datum::Word(Value::small(whole as i64)))
            }
            Op::AddFloat | Op::SubFloat | Op::MulFloat | Op::DivFloat => {
                fold_floats(self.ins.op, self.float(0), self.float(1)).map(Datum::Float)
            }
            Op::DivThree => is_float(self.float(0) / self.float(3)),
            op => fold_floats(op, self.float(0), 0.0).map(Datum::Float),
        }
    }

    fn call_float(&self, surroundings: &mut (impl Surroundings + ?Sized)) -> Option<Datum> {
        let function = FloatFn::from_number(self.ins.operands[0])?;
        let arguments: Vec<f64> = (1..self.ins.operands.len())
            .map(|i| self.float(i))
            .collect();
        is_float(surroundings.call_float(function, &arguments))
    }

    fn other_float(&self, surroundings: &mut (impl Surroundings + ?Sized)) -> Option<Datum> {
        let first = self.trace.get(self.ins.operand(0).index());
        let operand = |place: usize| match datum(self.trace, self.values, first.operand(place)) {
            Datum::Float(float) => float,
            _ => f64::NAN,
        };
        if first.op == Op::CallFloat {
            let second = FloatFn::from_number(first.operands[0])?.second()?;
            return is_float(surroundings.call_float(second, &[operand(1)]));
        }
        let divisor = operand(first.operands.len() - 1);
        is_float(operand(usize::from(self.ins.operands[1])) / divisor)
    }

    fn memory(&self, surroundings: &mut (impl Surroundings + ?Sized)) -> Option<Datum> {
        match self.ins.op {
            Op::Load | Op::LoadFixed => {
                is_word(surroundings.load(address(self.word(0), self.number(1)), 8))
            }
            Op::LoadRaw | Op::LoadFixedRaw => {
                is_raw(surroundings.load(address(self.word(0), self.number(1)), 8))
            }
            Op::LoadHalf => is_raw(surroundings.load(address(self.word(0), self.number(1)), 4)),
            Op::LoadByte => is_raw(surroundings.load(address(self.word(0), self.number(1)), 1)),
            Op::Store | Op::StoreRaw | Op::StoreHalf => {
                let bytes = if self.ins.op == Op::StoreHalf { 4 } else { 8 };
                surroundings.store(
                    address(self.word(0), self.number(1)),
                    bytes,
                    self.any(2).word_bits(),
                );
                NOTHING
            }
            Op::StoreFloat => {
                let at = address(self.word(0), self.number(1));
                surroundings.store(at, 8, self.bits(2) as u64);
                NOTHING
            }
            Op::LoadAbs => is_word(surroundings.load(self.bits(0) as usize, 8)),
            Op::StoreAbs => {
                surroundings.store(self.bits(0) as usize, 8, self.bits(1) as u64);
                NOTHING
            }
            Op::Barrier => {
                if self.trace.sunk_object(self.ins.operand(0)).is_none() {
                    surroundings.barrier(self.word(0));
                }
                NOTHING
            }
            Op::BarrierGrowing => {
                if self.trace.sunk_object(self.ins.operand(0)).is_none() {
                    surroundings.barrier_growing(self.word(0));
                }
                NOTHING
            }
            // A sunk object is executed as any other: machine code only makes it later.
            Op::New => Some(Datum::Word(
                surroundings.allocate(usize::from(self.ins.operands[0]), self.bits(1) as u64),
            )),
            Op::StoreReg => {
                surroundings.set_register(self.ins.operands[0], self.word(1));
                NOTHING
            }
            Op::LoadReg => Some(Datum::Word(surroundings.register(self.ins.operands[0]))),
            _ => self.indexed(surroundings),
        }
    }

    /// Memory at an index.
    fn indexed(&self, surroundings: &mut (impl Surroundings + ?Sized)) -> Option<Datum> {
        let byte = |first: usize| {
            let number = (self.bits(1) >> 3) as usize;
            address(self.word(0), self.number(first)).wrapping_add(number)
        };
        match self.ins.op {
            Op::LoadItem => is_word(surroundings.load(self.item(0, 2), 8)),
            Op::LoadItemFloat => is_float(f64::from_bits(surroundings.load(self.item(0, 2), 8))),
            Op::StoreItem | Op::StoreItemFloat => {
                surroundings.store(self.item(0, 3), 8, self.bits(2) as u64);
                NOTHING
            }
            Op::LoadByteAt => is_raw(surroundings.load(byte(2), 1)),
            Op::StoreByteAt => {
                surroundings.store(byte(3), 1, self.bits(2) as u64);
                NOTHING
            }
            _ => None,
        }
    }

    fn call(&self, surroundings: &mut (impl Surroundings + ?Sized)) -> Option<Datum> {
        let function = Rt::from_number(self.ins.operands[0])?;
        let arguments: Vec<u64> = (2..self.ins.operands.len() - 1)
            .map(|i| self.any(i).bits())
            .collect();
        let result = surroundings.call(function, self.bits(1), &arguments);
        let leaves = function.effects().raises && self.ins.snapshot() != Some(NO_SNAPSHOT);
        let raised = leaves && result == RAISED;
        (!raised).then(|| Datum::Word(Value::from_bits(result)))
    }
}

/// The result of arithmetic on floats, which for some ops does not depend on `b`.
pub fn fold_floats(op: Op, a: f64, b: f64) -> Option<f64> {
    Some(match op {
        Op::AddFloat => a + b,
        Op::SubFloat => a - b,
        Op::MulFloat => a * b,
        Op::DivFloat => a / b,
        Op::NegFloat => -a,
        Op::AbsFloat => a.abs(),
        Op::SqrtFloat => a.sqrt(),
        _ => return None,
    })
}

/// The result of an op on integers, which may be no small integer; `None` where the op leaves
/// whatever its result.
pub fn fold_integers(op: Op, a: i64, b: i64) -> Option<i64> {
    match op {
        Op::AddInt => a.checked_add(b),
        Op::SubInt => a.checked_sub(b),
        Op::MulInt => a.checked_mul(b),
        Op::FloorDivInt => {
            let quotient = a.checked_div(b)?;
            let inexact = a.checked_rem(b)? != 0;
            Some(quotient - i64::from(inexact && (a < 0) != (b < 0)))
        }
        Op::ModInt => {
            let rest = a.checked_rem(b)?;
            Some(if rest != 0 && (rest < 0) != (b < 0) {
                rest + b
            } else {
                rest
            })
        }
        Op::ShlInt => {
            let shifted = if (0..60).contains(&b) {
                a << b
            } else {
                return None;
            };
            (shifted >> b == a).then_some(shifted)
        }
        _ => (b >= 0).then(|| a >> b.min(63)),
    }
}
