//! Emission: every op goes through here on its way into the trace, and most of what an optimiser
//! would do for straight code happens at once.
//!
//! An op whose result is known, or whose test is known to hold, is not emitted. What is known:
//! the kind, shape or very word of a value, from the guards so far; the results of pure ops; the
//! contents of fields, from the loads and stores so far. Tagging and untagging of floats meet here
//! and vanish, so a float lives unboxed from the op that makes it to the store that needs a word.
//!
//! Knowledge lasts for the rest of the trace except where a store may have changed a field.
//! A store to a slot makes the same slot of all other objects unknown.

use crate::abort::Abort;
use object::Value;
use std::collections::HashMap;
use trace::{Cond, Const, Op, Ref, Repr, TooLong, Trace};

impl From<TooLong> for Abort {
    fn from(_: TooLong) -> Abort {
        Abort::TooLong
    }
}

/// What a word is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Unknown,
    Small,
    Float,
    Object,
    Immediate,
}

impl Kind {
    pub(crate) fn of(word: Value) -> Kind {
        if word.is_small() {
            Kind::Small
        } else if word.is_inline_float() {
            Kind::Float
        } else if word.is_object() {
            Kind::Object
        } else {
            Kind::Immediate
        }
    }
}

/// What is known of one result.
#[derive(Clone, Copy)]
struct Fact {
    kind: Kind,
    /// 0: not known.
    shape: u32,
    /// The constant that it is known to be.
    word: Ref,
}

/// A field of an object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Field {
    Slot(u16),
    Length,
    Storage,
    Range(u16),
    /// An item of a storage, at an index.
    Item(Ref),
}

/// What a field is known to hold.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Content {
    pub(crate) object: Ref,
    pub(crate) field: Field,
    pub(crate) value: Ref,
}

/// A trace in the making.
#[derive(Clone)]
pub(crate) struct Emitter {
    pub(crate) trace: Trace,
    facts: Vec<Fact>,
    known: HashMap<[u16; 4], Ref>,
    pub(crate) memory: Vec<Content>,
    /// Ops asked for, emitted or not.
    pub(crate) asked: usize,
    limit_ops: usize,
}

impl Emitter {
    pub(crate) fn new(limit_ops: usize) -> Emitter {
        Emitter {
            trace: Trace::new(),
            facts: Vec::new(),
            known: HashMap::new(),
            memory: Vec::new(),
            asked: 0,
            limit_ops,
        }
    }

    pub(crate) fn word(&mut self, word: Value) -> Result<Ref, Abort> {
        Ok(self.trace.constant(Const::Word(word))?)
    }

    pub(crate) fn raw(&mut self, n: i64) -> Result<Ref, Abort> {
        Ok(self.trace.constant(Const::Raw(n))?)
    }

    pub(crate) fn repr(&self, r: Ref) -> Repr {
        self.trace.repr(r)
    }

    pub(crate) fn kind(&self, r: Ref) -> Kind {
        match self.trace.constant_of(r) {
            Some(Const::Word(word)) => Kind::of(word),
            Some(Const::Float(_)) => Kind::Float,
            Some(Const::Raw(_)) => Kind::Unknown,
            None => self.facts[r.index()].kind,
        }
    }

    pub(crate) fn shape(&self, r: Ref) -> u32 {
        match self.trace.constant_of(r) {
            // A constant object's shape may change; only a guard tells it.
            Some(_) => {
                self.known
                    .get(&[Op::GuardShape as u16, r.0, 0, 0])
                    .map_or(0, |s| match self.trace.constant_of(*s) {
                        Some(Const::Raw(shape)) => shape as u32,
                        _ => 0,
                    })
            }
            None => self.facts[r.index()].shape,
        }
    }

    /// The constant word that a value is known to be.
    fn known_word(&self, r: Ref) -> Option<Value> {
        let r = if r.is_constant() {
            r
        } else {
            self.facts[r.index()].word
        };
        match self.trace.constant_of(r) {
            Some(Const::Word(word)) => Some(word),
            _ => None,
        }
    }

    /// Appends an op as it is.
    fn push(&mut self, op: Op, operands: &[u16]) -> Result<Ref, Abort> {
        if self.trace.len() >= self.limit_ops {
            return Err(Abort::TooLong);
        }
        let kind = match op {
            Op::AddInt | Op::SubInt | Op::MulInt | Op::TagInt | Op::ListLength => Kind::Small,
            Op::AndInt | Op::OrInt | Op::XorInt => Kind::Small,
            Op::ListStorage => Kind::Object,
            _ if op.info().result == Repr::Float || op == Op::Tag => Kind::Float,
            _ => Kind::Unknown,
        };
        let r = self.trace.push(op, operands)?;
        self.facts.push(Fact {
            kind,
            shape: 0,
            word: Ref::NONE,
        });
        Ok(r)
    }

    /// Appends an op unless one with the same key is there.
    fn push_once(&mut self, key: [u16; 4], op: Op, operands: &[u16]) -> Result<Ref, Abort> {
        if let Some(&r) = self.known.get(&key) {
            return Ok(r);
        }
        let r = self.push(op, operands)?;
        self.known.insert(key, r);
        Ok(r)
    }

    /// Emits an op with its operands as the trace has them; the result may be an older one.
    pub(crate) fn emit(&mut self, op: Op, operands: &[u16]) -> Result<Ref, Abort> {
        self.asked += 1;
        let r = |at: usize| Ref(operands[at]);
        match op {
            Op::GuardSmall => self.guard_kind(op, Kind::Small, operands),
            Op::GuardFloat => self.guard_kind(op, Kind::Float, operands),
            Op::GuardObject => self.guard_kind(op, Kind::Object, operands),
            Op::GuardIs => self.guard_is(operands),
            Op::GuardIsNot => self.guard_is_not(operands),
            Op::GuardShape => self.guard_shape(operands),
            Op::GuardInt => self.guard_int(operands),
            Op::GuardVersion | Op::GuardBelow => {
                self.push_once([op as u16, operands[0], operands[1], 0], op, operands)
            }
            Op::GuardYoung => self.push_once([op as u16, operands[0], 0, 0], op, operands),
            Op::GuardFloats => {
                let key = [op as u16, operands[0], operands[1], operands[2]];
                self.push_once(key, op, operands)
            }
            Op::AddInt | Op::SubInt | Op::MulInt | Op::AndInt | Op::OrInt | Op::XorInt => {
                self.integers(op, operands)
            }
            Op::Untag => self.untag(r(0)),
            Op::Tag => self.tag(operands),
            Op::LoadSlot => self.load(op, operands, Field::Slot(operands[1])),
            Op::ListLength => self.load(op, operands, Field::Length),
            Op::ListStorage => self.load(op, operands, Field::Storage),
            Op::LoadRange => self.load(op, operands, Field::Range(operands[1])),
            Op::LoadItem => self.load(op, operands, Field::Item(r(1))),
            Op::StoreSlot => self.store(op, operands, Field::Slot(operands[1]), r(2)),
            Op::StoreRange => self.store(op, operands, Field::Range(0), r(1)),
            Op::StoreItem => self.store(op, operands, Field::Item(r(1)), r(2)),
            Op::Poll | Op::Loop | Op::Phi => self.push(op, operands),
            Op::TagInt if let Some(Const::Raw(n)) = self.trace.constant_of(r(0)) => {
                let word = Value::try_small(n).ok_or(Abort::Operation)?;
                self.word(word)
            }
            Op::Arg => self.push_once([op as u16, operands[0], 0, 0], op, operands),
            // Pure ops are known by their operands.
            _ => {
                let second = operands.get(1).copied().unwrap_or(0);
                self.push_once([op as u16, operands[0], second, 0], op, operands)
            }
        }
    }

    fn guard_kind(&mut self, op: Op, kind: Kind, operands: &[u16]) -> Result<Ref, Abort> {
        let r = Ref(operands[0]);
        match self.kind(r) {
            Kind::Unknown => {
                self.push(op, operands)?;
                self.facts[r.index()].kind = kind;
                Ok(Ref::NONE)
            }
            known if known == kind => Ok(Ref::NONE),
            _ => Err(Abort::Contradiction),
        }
    }

    fn guard_is(&mut self, operands: &[u16]) -> Result<Ref, Abort> {
        let (r, constant) = (Ref(operands[0]), Ref(operands[1]));
        let word = self.known_word(constant).ok_or(Abort::Operation)?;
        if let Some(known) = self.known_word(r) {
            return if known == word {
                Ok(Ref::NONE)
            } else {
                Err(Abort::Contradiction)
            };
        }
        let kind = self.kind(r);
        if kind != Kind::Unknown && kind != Kind::of(word) {
            return Err(Abort::Contradiction);
        }
        self.push(Op::GuardIs, operands)?;
        self.facts[r.index()].kind = Kind::of(word);
        self.facts[r.index()].word = constant;
        Ok(Ref::NONE)
    }

    fn guard_is_not(&mut self, operands: &[u16]) -> Result<Ref, Abort> {
        let r = Ref(operands[0]);
        let word = self.known_word(Ref(operands[1])).ok_or(Abort::Operation)?;
        if let Some(known) = self.known_word(r) {
            return if known != word {
                Ok(Ref::NONE)
            } else {
                Err(Abort::Contradiction)
            };
        }
        let kind = self.kind(r);
        if kind != Kind::Unknown && kind != Kind::of(word) {
            return Ok(Ref::NONE);
        }
        let key = [Op::GuardIsNot as u16, operands[0], operands[1], 0];
        self.push_once(key, Op::GuardIsNot, operands)
    }

    fn guard_shape(&mut self, operands: &[u16]) -> Result<Ref, Abort> {
        let r = Ref(operands[0]);
        let Some(Const::Raw(shape)) = self.trace.constant_of(Ref(operands[1])) else {
            return Err(Abort::Operation);
        };
        match self.shape(r) {
            0 => {}
            known if i64::from(known) == shape => return Ok(Ref::NONE),
            _ => return Err(Abort::Contradiction),
        }
        self.push(Op::GuardShape, operands)?;
        if r.is_constant() {
            self.known
                .insert([Op::GuardShape as u16, r.0, 0, 0], Ref(operands[1]));
        } else {
            self.facts[r.index()].shape = shape as u32;
        }
        Ok(Ref::NONE)
    }

    fn guard_int(&mut self, operands: &[u16]) -> Result<Ref, Abort> {
        let value = |r: u16| match self.trace.constant_of(Ref(r)) {
            Some(Const::Word(word)) => Some(word.bits() as i64),
            Some(Const::Raw(n)) => Some(n),
            _ => None,
        };
        if let (Some(a), Some(b)) = (value(operands[1]), value(operands[2])) {
            let cond = Cond::from_number(operands[0]).ok_or(Abort::Operation)?;
            return if cond.test(a, b) {
                Ok(Ref::NONE)
            } else {
                Err(Abort::Contradiction)
            };
        }
        let key = [Op::GuardInt as u16, operands[0], operands[1], operands[2]];
        self.push_once(key, Op::GuardInt, operands)
    }

    fn integers(&mut self, op: Op, operands: &[u16]) -> Result<Ref, Abort> {
        let (a, b) = (Ref(operands[0]), Ref(operands[1]));
        let small = |r| match self.trace.constant_of(r) {
            Some(Const::Word(word)) => word.as_small(),
            _ => None,
        };
        let (left, right) = (small(a), small(b));
        if let (Some(x), Some(y)) = (left, right) {
            let result = match op {
                Op::AddInt => x.checked_add(y),
                Op::SubInt => x.checked_sub(y),
                Op::MulInt => x.checked_mul(y),
                Op::AndInt => Some(x & y),
                Op::OrInt => Some(x | y),
                _ => Some(x ^ y),
            };
            let word = result
                .and_then(Value::try_small)
                .ok_or(Abort::Contradiction)?;
            return self.word(word);
        }
        match (op, left, right) {
            (Op::AddInt | Op::SubInt | Op::OrInt | Op::XorInt, _, Some(0))
            | (Op::MulInt, _, Some(1)) => return Ok(a),
            (Op::AddInt, Some(0), _) | (Op::MulInt, Some(1), _) => return Ok(b),
            _ => {}
        }
        self.push_once([op as u16, a.0, b.0, 0], op, operands)
    }

    fn untag(&mut self, r: Ref) -> Result<Ref, Abort> {
        if self.repr(r) == Repr::Float {
            return Ok(r);
        }
        if let Some(word) = self.known_word(r) {
            let float = word.as_float().ok_or(Abort::Contradiction)?;
            return Ok(self.trace.constant(Const::Float(float.to_bits()))?);
        }
        let ins = self.trace.get(r.index());
        if ins.op == Op::Tag {
            return Ok(ins.operand(0));
        }
        self.push_once([Op::Untag as u16, r.0, 0, 0], Op::Untag, &[r.0])
    }

    fn tag(&mut self, operands: &[u16]) -> Result<Ref, Abort> {
        let r = Ref(operands[0]);
        if self.repr(r) == Repr::Word {
            return Ok(r);
        }
        match self.trace.constant_of(r) {
            Some(Const::Float(bits)) => {
                let word = Value::float(f64::from_bits(bits));
                if word.is_inline_float() {
                    self.word(word)
                } else {
                    Err(Abort::Operation)
                }
            }
            _ => {
                let ins = self.trace.get(r.index());
                if ins.op == Op::Untag {
                    return Ok(ins.operand(0));
                }
                self.push_once([Op::Tag as u16, r.0, 0, 0], Op::Tag, operands)
            }
        }
    }

    fn load(&mut self, op: Op, operands: &[u16], field: Field) -> Result<Ref, Abort> {
        let object = Ref(operands[0]);
        let found = self
            .memory
            .iter()
            .find(|c| c.object == object && c.field == field);
        if let Some(content) = found {
            return Ok(content.value);
        }
        let value = self.push(op, operands)?;
        self.memory.push(Content {
            object,
            field,
            value,
        });
        Ok(value)
    }

    fn store(&mut self, op: Op, operands: &[u16], field: Field, value: Ref) -> Result<Ref, Abort> {
        let object = Ref(operands[0]);
        self.memory.retain(|c| match (c.field, field) {
            (Field::Item(_), Field::Item(_)) => false,
            (one, other) => one != other,
        });
        self.push(op, operands)?;
        self.memory.push(Content {
            object,
            field,
            value,
        });
        Ok(Ref::NONE)
    }

    /// Whether everything known of `left` is known of `right` too.
    pub(crate) fn is_as_known(&self, left: Ref, right: Ref) -> bool {
        let fact = self.facts[left.index()];
        (fact.kind == Kind::Unknown || fact.kind == self.kind(right))
            && (fact.shape == 0 || fact.shape == self.shape(right))
            && (fact.word == Ref::NONE || self.known_word(fact.word) == self.known_word(right))
    }

    /// The same trace with the same knowledge, to try something.
    pub(crate) fn fresh_copy(&self) -> Emitter {
        self.clone()
    }

    /// Forgets what fields hold.
    pub(crate) fn forget(&mut self) {
        self.memory.clear();
    }

    /// The float that a word was made of for a store, or the value itself.
    pub(crate) fn untagged(&self, r: Ref) -> Ref {
        if r.is_constant() {
            return r;
        }
        let ins = self.trace.get(r.index());
        if ins.op == Op::Tag { ins.operand(0) } else { r }
    }
}
