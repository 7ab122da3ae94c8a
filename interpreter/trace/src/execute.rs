//! The reference executor: what a trace means, op by op, with the heap's own safe accessors. It
//! is the oracle for passes and for machine code, and it is slow.

use crate::buffer::{Const, Ref, Trace};
use crate::ops::{Cond, Op};
use object::{Class, Gc, Instance, Iter, List, Value};

/// A result while executing.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Datum {
    Nothing,
    Word(Value),
    Float(f64),
    Raw(i64),
}

/// How an execution ended.
#[derive(Clone, Debug)]
pub struct Exit {
    /// The op that left the trace.
    pub at: usize,
    pub snapshot: u16,
    /// Results by op, as they were.
    pub values: Vec<Datum>,
}

impl Exit {
    /// The value of a reference at the exit.
    pub fn value(&self, trace: &Trace, r: Ref) -> Datum {
        datum(trace, &self.values, r)
    }
}

/// What a trace does not hold itself.
pub trait Surroundings {
    fn register(&self, number: u16) -> Value;
    fn safepoint_due(&self) -> bool {
        false
    }
}

impl Surroundings for [Value] {
    fn register(&self, number: u16) -> Value {
        self.get(number as usize).copied().unwrap_or(Value::UNBOUND)
    }
}

/// Runs a verified trace until it leaves, or `None` after `limit_ops` ops or at its end.
pub fn execute(
    trace: &Trace,
    surroundings: &(impl Surroundings + ?Sized),
    limit_ops: usize,
) -> Option<Exit> {
    let body = trace.loop_start();
    let mut values = vec![Datum::Nothing; trace.len()];
    let mut at = 0;
    for _ in 0..limit_ops {
        if at == trace.len() || trace.get(at).op == Op::Phi {
            let body = body?;
            let phis = (at..trace.len()).map(|phi| trace.get(phi));
            let moved: Vec<(usize, Datum)> = phis
                .map(|p| (p.operand(0).index(), datum(trace, &values, p.operand(1))))
                .collect();
            for (left, value) in moved {
                values[left] = value;
            }
            at = body;
        }
        match step(trace, surroundings, &values, at) {
            Some(value) => values[at] = value,
            None => {
                let snapshot = trace.get(at).snapshot()?;
                return Some(Exit {
                    at,
                    snapshot,
                    values,
                });
            }
        }
        at += 1;
    }
    None
}

fn datum(trace: &Trace, values: &[Datum], r: Ref) -> Datum {
    match trace.constant_of(r) {
        Some(Const::Word(word)) => Datum::Word(word),
        Some(Const::Float(bits)) => Datum::Float(f64::from_bits(bits)),
        Some(Const::Raw(n)) => Datum::Raw(n),
        None => values.get(r.index()).copied().unwrap_or(Datum::Nothing),
    }
}

/// The result of one op, `None` if it leaves the trace.
fn step(
    trace: &Trace,
    surroundings: &(impl Surroundings + ?Sized),
    values: &[Datum],
    at: usize,
) -> Option<Datum> {
    let ins = trace.get(at);
    let any = |i: usize| datum(trace, values, ins.operand(i));
    let word = |i: usize| match any(i) {
        Datum::Word(word) => word,
        _ => Value::UNBOUND,
    };
    let float = |i: usize| match any(i) {
        Datum::Float(float) => float,
        _ => f64::NAN,
    };
    let raw = |i: usize| match any(i) {
        Datum::Raw(n) => n,
        Datum::Word(word) => word.bits() as i64,
        _ => 0,
    };
    let bits = |i: usize| word(i).bits() as i64;
    let holds = |condition: bool| condition.then_some(Datum::Nothing);
    let small = |n: Option<i64>| n.map(|n| Datum::Word(Value::from_bits(n as u64)));
    let index = |i: usize| word(i).small_unchecked() as usize;
    match ins.op {
        Op::Arg => Some(Datum::Word(surroundings.register(ins.operands[0]))),
        Op::GuardSmall => holds(word(0).is_small()),
        Op::GuardFloat => holds(word(0).is_inline_float()),
        Op::GuardObject => holds(word(0).is_object()),
        Op::GuardIs => holds(word(0) == word(1)),
        Op::GuardIsNot => holds(word(0) != word(1)),
        Op::GuardShape => holds(i64::from(word(0).shape_id()) == raw(1)),
        Op::GuardVersion => {
            let class: Gc<Class> = word(0).cast()?;
            holds(i64::from(class.version.get()) == raw(1))
        }
        Op::GuardInt => holds(Cond::from_number(ins.operands[0])?.test(raw(1), raw(2))),
        Op::GuardBelow => holds((bits(0) as u64) < bits(1) as u64),
        Op::GuardFloats => holds(Cond::from_number(ins.operands[0])?.test(float(1), float(2))),
        // Whether an object is young is not a matter of meaning.
        Op::GuardYoung => Some(Datum::Nothing),
        Op::Poll => holds(!surroundings.safepoint_due()),
        Op::AddInt => small(bits(0).checked_add(bits(1))),
        Op::SubInt => small(bits(0).checked_sub(bits(1))),
        Op::MulInt => small(bits(0).checked_mul(bits(1) >> 3)),
        Op::AndInt => small(Some(bits(0) & bits(1))),
        Op::OrInt => small(Some(bits(0) | bits(1))),
        Op::XorInt => small(Some(bits(0) ^ bits(1))),
        Op::IntToFloat => Some(Datum::Float(word(0).small_unchecked() as f64)),
        Op::Untag => Some(Datum::Float(word(0).inline_float_unchecked())),
        Op::Tag => {
            let tagged = Value::float(float(0));
            tagged.is_inline_float().then_some(Datum::Word(tagged))
        }
        Op::AddFloat => Some(Datum::Float(float(0) + float(1))),
        Op::SubFloat => Some(Datum::Float(float(0) - float(1))),
        Op::MulFloat => Some(Datum::Float(float(0) * float(1))),
        Op::DivFloat => Some(Datum::Float(float(0) / float(1))),
        Op::NegFloat => Some(Datum::Float(-float(0))),
        Op::AddRaw => Some(Datum::Raw(raw(0).wrapping_add(raw(1)))),
        Op::TagInt => Some(Datum::Word(Value::from_bits((raw(0) << 3) as u64))),
        Op::LoadSlot => Some(Datum::Word(
            word(0).cast::<Instance>()?.slot(ins.operands[1]),
        )),
        Op::StoreSlot => {
            word(0)
                .cast::<Instance>()?
                .set_slot(ins.operands[1], word(2));
            Some(Datum::Nothing)
        }
        Op::ListLength => Some(Datum::Word(Value::small(
            word(0).cast::<List>()?.len() as i64
        ))),
        // The list stands for its storage, which has no safe accessor outside its crate.
        Op::ListStorage => Some(Datum::Word(word(0))),
        Op::LoadItem => word(0).cast::<List>()?.item(index(1)).map(Datum::Word),
        Op::StoreItem => word(0)
            .cast::<List>()?
            .set_item(index(1), word(2))
            .then_some(Datum::Nothing),
        Op::LoadRange => {
            let iter: Gc<Iter> = word(0).cast()?;
            Some(Datum::Raw(match ins.operands[1] {
                0 => iter.at.get(),
                1 => iter.end.get(),
                _ => iter.step.get(),
            }))
        }
        Op::StoreRange => {
            word(0).cast::<Iter>()?.at.set(raw(1));
            Some(Datum::Nothing)
        }
        Op::Loop | Op::Phi => Some(Datum::Nothing),
    }
}
