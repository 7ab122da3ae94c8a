//! The reference executor: what a trace means, op by op. It is the oracle for passes and for
//! machine code, and it is slow.
//!
//! A trace's meaning depends on registers, memory and runtime functions, which it reaches through
//! [`Surroundings`]: a test can lend it the process's own memory, or a model of one.

use crate::buffer::{Const, Ref, Trace};
use crate::ops::{Op, Repr, Role, Width};
use crate::rt::{FloatFn, Rt};
use crate::step::Step;
use crate::sunk::Part;
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

    /// The bits of its word, where it is a value.
    pub fn word_bits(self) -> u64 {
        match self {
            Datum::Float(float) => Value::float(float).bits(),
            other => other.bits(),
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
                    let word = Value::from_bits(value.word_bits());
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
                    let value = self.make(trace, surroundings, parts, made);
                    let store = trace.get(usize::from(store));
                    let width = Width::of(store.op);
                    let bits = match width {
                        Width::Float => value.bits(),
                        _ => value.word_bits(),
                    };
                    let at = address(object, i64::from(store.operands[1]));
                    surroundings.store(at, width.bytes() as u32, bits);
                }
                Datum::Word(object)
            }
            _ => unreachable!("a value follows its register or field"),
        }
    }
}

/// The address `displacement` bytes into an object.
pub(crate) fn address(object: Value, displacement: i64) -> usize {
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

    /// Whether the code is valid whose epoch's word has this address.
    fn is_valid_for(&self, _epoch_word: usize) -> bool {
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

    /// Tells the collector that something is about to be appended to storage.
    fn barrier_growing(&mut self, _storage: Value) {}

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
        if at == trace.len() || trace.op(at) == Op::Phi {
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
        let step = Step {
            trace,
            values: &values,
            at,
            ins,
        };
        match step.run(surroundings) {
            Some(value) => values[at] = value,
            None if ins.op.role() == Role::Checked && surroundings.is_unwanted(at) => {
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
        Op::Inherit | Op::InheritFloat | Op::InheritRaw => {
            Datum::from_bits(ins.op.result(), surroundings.inherited(ins.operands[0]))
        }
        _ => Datum::Nothing,
    })
    .collect()
}

pub(crate) fn datum(trace: &Trace, values: &[Datum], r: Ref) -> Datum {
    match trace.constant_of(r) {
        Some(Const::Word(word)) => Datum::Word(word),
        Some(Const::Float(bits)) => Datum::Float(f64::from_bits(bits)),
        Some(Const::Raw(n)) => Datum::Raw(n),
        None => values.get(r.index()).copied().unwrap_or(Datum::Nothing),
    }
}
