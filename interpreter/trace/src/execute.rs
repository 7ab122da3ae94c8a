//! The reference executor: what a trace means, op by op. It is the oracle for passes and for
//! machine code, and it is slow.
//!
//! A trace's meaning depends on registers, memory and runtime functions, which it reaches through
//! [`Surroundings`]: a test can lend it the process's own memory, or a model of one.

use crate::buffer::{Const, Part, Ref, Trace};
use crate::ops::{Cond, Op, Repr, Role};
use crate::rt::{FloatFn, RAISED, Rt};
use object::{Value, layout};

/// A result while executing.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Datum {
    Nothing,
    Word(Value),
    Float(f64),
    Raw(i64),
}

impl Datum {
    /// The 64 bits that machine code would have.
    pub fn bits(self) -> u64 {
        match self {
            Datum::Nothing => 0,
            Datum::Word(word) => word.bits(),
            Datum::Float(float) => float.to_bits(),
            Datum::Raw(n) => n as u64,
        }
    }

    pub fn from_bits(repr: Repr, bits: u64) -> Datum {
        match repr {
            Repr::None => Datum::Nothing,
            Repr::Word => Datum::Word(Value::from_bits(bits)),
            Repr::Float => Datum::Float(f64::from_bits(bits)),
            Repr::Raw => Datum::Raw(bits as i64),
        }
    }
}

/// How an execution ended.
#[derive(Clone, Debug)]
pub enum Outcome {
    Left(Exit),
    Finished(Value),
    /// It goes on at an address, so many registers further up.
    Jumped(i64, u16),
    /// It was at none of its ends after as many ops as were allowed.
    Limit,
}

impl Outcome {
    pub fn exit(self) -> Option<Exit> {
        match self {
            Outcome::Left(exit) => Some(exit),
            _ => None,
        }
    }
}

/// Where an execution left.
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

    /// What the exit restores: registers, counted from the first frame's, with their words. Sunk
    /// objects are made.
    pub fn restored(
        &self,
        trace: &Trace,
        surroundings: &mut (impl Surroundings + ?Sized),
    ) -> Vec<(usize, Value)> {
        let mut parts = Vec::new();
        trace.exit_parts(self.at, self.snapshot, &mut |part| parts.push(part));
        let mut made = Vec::new();
        let mut found = Vec::new();
        let mut base = 0;
        let mut rest = parts.iter().copied();
        while let Some(part) = rest.next() {
            match part {
                Part::Frame(snapshot) => base = usize::from(trace.frame(snapshot).base),
                Part::Register(register, _) => {
                    let value = self.make(trace, surroundings, &mut rest, &mut made);
                    let word = match value {
                        Datum::Float(float) => Value::float(float),
                        other => Value::from_bits(other.bits()),
                    };
                    found.push((base + usize::from(register), word));
                }
                _ => unreachable!("a value follows its register"),
            }
        }
        found
    }

    fn make(
        &self,
        trace: &Trace,
        surroundings: &mut (impl Surroundings + ?Sized),
        parts: &mut impl Iterator<Item = Part>,
        made: &mut Vec<(u16, Value)>,
    ) -> Datum {
        match parts.next() {
            Some(Part::Leaf(r)) => self.value(trace, r),
            Some(Part::Again(new)) => made
                .iter()
                .find(|(other, _)| *other == new)
                .map_or(Datum::Nothing, |(_, word)| Datum::Word(*word)),
            Some(Part::Object { new, count }) => {
                let ins = trace.get(usize::from(new));
                let header = self.value(trace, ins.operand(1)).bits();
                let object = surroundings.allocate(usize::from(ins.operands[0]), header);
                made.push((new, object));
                for _ in 0..count {
                    let Some(Part::Field(store)) = parts.next() else {
                        unreachable!("an object's fields follow it")
                    };
                    let value = self.make(trace, surroundings, parts, made).bits();
                    let store = trace.get(usize::from(store));
                    let bytes = if store.op == Op::StoreHalf { 4 } else { 8 };
                    let at = address(object, i64::from(store.operands[1]));
                    surroundings.store(at, bytes, value);
                }
                Datum::Word(object)
            }
            _ => unreachable!("a value follows its register or field"),
        }
    }
}

/// The address `displacement` bytes into an object.
fn address(object: Value, displacement: i64) -> usize {
    let tag = layout::POINTER_TAG as u64;
    (object.bits().wrapping_sub(tag) as usize).wrapping_add(displacement as usize)
}

/// What a trace does not hold itself. The defaults are those of a trace that never asks.
pub trait Surroundings {
    fn register(&self, number: u16) -> Value;

    fn set_register(&mut self, _number: u16, _value: Value) {
        unimplemented_hook("set_register")
    }

    /// The bits of value number `number` of the exit that a bridge begins at.
    fn inherited(&self, _number: u16) -> u64 {
        unimplemented_hook("inherited")
    }

    fn safepoint_due(&self) -> bool {
        false
    }

    fn is_valid(&self) -> bool {
        true
    }

    /// Reads so many bytes, zero-extended.
    fn load(&self, _address: usize, _bytes: u32) -> u64 {
        unimplemented_hook("load")
    }

    fn store(&mut self, _address: usize, _bytes: u32, _value: u64) {
        unimplemented_hook("store")
    }

    /// An object of so many bytes with the header written.
    fn allocate(&mut self, _bytes: usize, _header: u64) -> Value {
        unimplemented_hook("allocate")
    }

    /// Tells the collector that an object is about to be written to.
    fn barrier(&mut self, _object: Value) {}

    /// Whether a checked op gives nothing where it would leave: nobody wants its result then.
    fn is_unwanted(&self, _at: usize) -> bool {
        false
    }

    fn call(&mut self, _function: Rt, _place: i64, _arguments: &[u64]) -> u64 {
        unimplemented_hook("call")
    }

    fn call_float(&mut self, _function: FloatFn, _arguments: &[f64]) -> f64 {
        unimplemented_hook("call_float")
    }
}

/// A trace asked its surroundings for what they do not have: a mistake in a test.
fn unimplemented_hook(what: &str) -> ! {
    panic!("the surroundings have no {what}")
}

impl Surroundings for [Value] {
    fn register(&self, number: u16) -> Value {
        self.get(number as usize).copied().unwrap_or(Value::UNBOUND)
    }

    fn set_register(&mut self, number: u16, value: Value) {
        if let Some(register) = self.get_mut(number as usize) {
            *register = value;
        }
    }
}

/// Runs a verified trace until it leaves, or for `limit_ops` ops.
pub fn execute(
    trace: &Trace,
    surroundings: &mut (impl Surroundings + ?Sized),
    limit_ops: usize,
) -> Outcome {
    let body = trace.loop_start();
    let mut values = entry_values(trace, surroundings);
    let mut at = 0;
    for _ in 0..limit_ops {
        if at == trace.len() || trace.get(at).op == Op::Phi {
            let Some(body) = body else {
                return Outcome::Limit;
            };
            let phis = (at..trace.len()).map(|phi| trace.get(phi));
            let moved: Vec<(usize, Datum)> = phis
                .map(|p| (p.operand(0).index(), datum(trace, &values, p.operand(1))))
                .collect();
            for (left, value) in moved {
                values[left] = value;
            }
            at = body;
        }
        let ins = trace.get(at);
        match ins.op {
            Op::Finish => {
                let word = datum(trace, &values, ins.operand(0)).bits();
                return Outcome::Finished(Value::from_bits(word));
            }
            Op::Jump => {
                let target = datum(trace, &values, ins.operand(0)).bits();
                return Outcome::Jumped(target as i64, ins.operands[1]);
            }
            _ => {}
        }
        match step(trace, surroundings, &values, at) {
            Some(value) => values[at] = value,
            None if ins.op.info().role == Role::Checked && surroundings.is_unwanted(at) => {
                values[at] = Datum::Nothing;
            }
            None => {
                return Outcome::Left(Exit {
                    at,
                    snapshot: ins.snapshot().unwrap_or_default(),
                    values,
                });
            }
        }
        at += 1;
    }
    Outcome::Limit
}

/// What is there on entry, whichever op names it first.
fn entry_values(trace: &Trace, surroundings: &(impl Surroundings + ?Sized)) -> Vec<Datum> {
    let ops = (0..trace.len()).map(|at| trace.get(at));
    ops.map(|ins| match ins.op {
        Op::Arg => Datum::Word(surroundings.register(ins.operands[0])),
        Op::Inherit | Op::InheritFloat | Op::InheritRaw => Datum::from_bits(
            ins.op.info().result,
            surroundings.inherited(ins.operands[0]),
        ),
        _ => Datum::Nothing,
    })
    .collect()
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
    surroundings: &mut (impl Surroundings + ?Sized),
    values: &[Datum],
    at: usize,
) -> Option<Datum> {
    let ins = trace.get(at);
    let any = |i: usize| datum(trace, values, ins.operand(i));
    let bits = |i: usize| any(i).bits() as i64;
    let word = |i: usize| Value::from_bits(any(i).bits());
    let number = |i: usize| i64::from(ins.operands[i]);
    let float = |i: usize| match any(i) {
        Datum::Float(float) => float,
        _ => f64::NAN,
    };
    let nothing = Some(Datum::Nothing);
    let holds = |condition: bool| condition.then_some(Datum::Nothing);
    let is_word = |n: u64| Some(Datum::Word(Value::from_bits(n)));
    let is_float = |n: f64| Some(Datum::Float(n));
    let is_raw = |n: u64| Some(Datum::Raw(n as i64));
    let item = |i: usize, d: usize| address(word(i), number(d)).wrapping_add(bits(i + 1) as usize);
    match ins.op {
        Op::Arg | Op::Inherit | Op::InheritFloat | Op::InheritRaw => Some(values[at]),
        Op::GuardSmall => holds(word(0).is_small()),
        Op::GuardFloat => holds(word(0).is_inline_float()),
        Op::GuardObject => holds(word(0).is_object()),
        Op::GuardIs => holds(word(0) == word(1)),
        Op::GuardIsNot => holds(word(0) != word(1)),
        Op::GuardShape => {
            let shape = surroundings.load(address(word(0), i64::from(layout::SHAPE)), 4);
            holds(shape == bits(1) as u64)
        }
        Op::GuardInt => holds(Cond::from_number(ins.operands[0])?.test(bits(1), bits(2))),
        Op::GuardBelow => holds((bits(0) as u64) < bits(1) as u64),
        Op::GuardFloats => holds(Cond::from_number(ins.operands[0])?.test(float(1), float(2))),
        Op::GuardValid => holds(surroundings.is_valid()),
        Op::Poll => holds(!surroundings.safepoint_due()),
        Op::AddInt
        | Op::SubInt
        | Op::MulInt
        | Op::FloorDivInt
        | Op::ModInt
        | Op::ShlInt
        | Op::ShrInt => {
            let n = fold_integers(ins.op, bits(0) >> 3, bits(1) >> 3)?;
            Value::try_small(n).map(Datum::Word)
        }
        Op::AndInt => is_word((bits(0) & bits(1)) as u64),
        Op::OrInt => is_word((bits(0) | bits(1)) as u64),
        Op::XorInt => is_word((bits(0) ^ bits(1)) as u64),
        Op::AddRaw => is_raw(bits(0).wrapping_add(bits(1)) as u64),
        Op::SubRaw => is_raw(bits(0).wrapping_sub(bits(1)) as u64),
        Op::AndRaw => is_raw((bits(0) & bits(1)) as u64),
        Op::TagInt => is_word((bits(0) << 3) as u64),
        Op::UntagInt => is_raw((bits(0) >> 3) as u64),
        Op::IntToFloat => is_float((bits(0) >> 3) as f64),
        Op::Untag => is_float(word(0).inline_float_unchecked()),
        Op::Tag => {
            let tagged = Value::float(float(0));
            tagged.is_inline_float().then_some(Datum::Word(tagged))
        }
        Op::TruncFloat => {
            let whole = float(0).trunc();
            let fits = (-(1i64 << 60) as f64..(1i64 << 60) as f64).contains(&whole);
            fits.then(|| Datum::Word(Value::small(whole as i64)))
        }
        Op::AddFloat => is_float(float(0) + float(1)),
        Op::SubFloat => is_float(float(0) - float(1)),
        Op::MulFloat => is_float(float(0) * float(1)),
        Op::DivFloat => is_float(float(0) / float(1)),
        Op::NegFloat => is_float(-float(0)),
        Op::AbsFloat => is_float(float(0).abs()),
        Op::SqrtFloat => is_float(float(0).sqrt()),
        Op::CallFloat => {
            let function = FloatFn::from_number(ins.operands[0])?;
            is_float(surroundings.call_float(function, &[float(1)]))
        }
        Op::CallFloat2 => {
            let function = FloatFn::from_number(ins.operands[0])?;
            is_float(surroundings.call_float(function, &[float(1), float(2)]))
        }
        Op::Load | Op::LoadFixed => is_word(surroundings.load(address(word(0), number(1)), 8)),
        Op::LoadRaw | Op::LoadFixedRaw => is_raw(surroundings.load(address(word(0), number(1)), 8)),
        Op::LoadHalf => is_raw(surroundings.load(address(word(0), number(1)), 4)),
        Op::LoadByte => is_raw(surroundings.load(address(word(0), number(1)), 1)),
        Op::Store | Op::StoreRaw | Op::StoreHalf => {
            let bytes = if ins.op == Op::StoreHalf { 4 } else { 8 };
            surroundings.store(address(word(0), number(1)), bytes, bits(2) as u64);
            nothing
        }
        Op::LoadItem => is_word(surroundings.load(item(0, 2), 8)),
        Op::StoreItem => {
            surroundings.store(item(0, 3), 8, bits(2) as u64);
            nothing
        }
        Op::LoadByteAt => {
            let at = address(word(0), number(2)).wrapping_add((bits(1) >> 3) as usize);
            is_raw(surroundings.load(at, 1))
        }
        Op::LoadAbs => is_word(surroundings.load(bits(0) as usize, 8)),
        Op::StoreAbs => {
            surroundings.store(bits(0) as usize, 8, bits(1) as u64);
            nothing
        }
        Op::Barrier => {
            if trace.sunk_object(ins.operand(0)).is_none() {
                surroundings.barrier(word(0));
            }
            nothing
        }
        // A sunk object is executed as any other: machine code only makes it later.
        Op::New => Some(Datum::Word(
            surroundings.allocate(usize::from(ins.operands[0]), bits(1) as u64),
        )),
        Op::StoreReg => {
            surroundings.set_register(ins.operands[0], word(1));
            nothing
        }
        Op::LoadReg => Some(Datum::Word(surroundings.register(ins.operands[0]))),
        Op::Call0 | Op::Call1 | Op::Call2 | Op::Call3 | Op::Call4 => {
            let function = Rt::from_number(ins.operands[0])?;
            let arguments: Vec<u64> = (2..ins.operands.len() - 1).map(|i| any(i).bits()).collect();
            let result = surroundings.call(function, bits(1), &arguments);
            let raised = function.effects().raises && result == RAISED;
            (!raised).then(|| Datum::Word(Value::from_bits(result)))
        }
        Op::Loop | Op::Phi | Op::Jump | Op::Finish => nothing,
        Op::Leave => None,
    }
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
