//! Values while recording: what is learnt of them, how they become words, fields and new objects.

use crate::contents::Field;
use crate::emit::Kind;
use crate::recorder::{Origin, Recorded, Recorder};
use object::layout;
use object::shape::{of_kind, of_variant};
use object::{IterKind, Kind as ObjectKind, Regs, Str, Value};
use trace::{Cond, Op, Ref};
use vm::Machine;

/// The address that a field holds for an object that it refers to without a tag.
pub(crate) fn address_of(object: Value) -> i64 {
    object.bits() as i64 - i64::from(layout::POINTER_TAG)
}

/// Displacement of item number `at` of those from `first` on.
pub(crate) fn item_at(first: i32, at: usize) -> u16 {
    (first as usize + at * 8) as u16
}

impl Recorder<'_> {
    pub(crate) fn unknown(word: Value) -> Recorded {
        Recorded { word, r: Ref::NONE }
    }

    /// Learns what a value is, by the guard that tells it, and says it.
    pub(crate) fn learn(&mut self, v: Recorded) -> Kind {
        if self.abort.is_some() || self.is_generic || v.r == Ref::NONE {
            return Kind::of(v.word);
        }
        let known = self.emitter.kind(v.r);
        if known != Kind::Unknown {
            return known;
        }
        let kind = Kind::of(v.word);
        match kind {
            Kind::Small => self.guard(Op::GuardSmall, &[v.r.0]),
            Kind::Float => self.guard(Op::GuardFloat, &[v.r.0]),
            Kind::Object => self.guard(Op::GuardObject, &[v.r.0]),
            Kind::Immediate | Kind::Unknown => {
                let constant = self.word_ref(v.word);
                self.guard(Op::GuardIs, &[v.r.0, constant.0])
            }
        };
        kind
    }

    /// The word of a value that is a constant of the trace.
    pub(crate) fn known(&self, v: Recorded) -> Option<Value> {
        if self.is_off() || v.r == Ref::NONE {
            return None;
        }
        self.emitter.known_word(v.r)
    }

    /// The unboxed float of a value known to be one.
    pub(crate) fn float(&mut self, v: Recorded) -> (f64, Ref) {
        let float = v.word.as_float().unwrap_or(f64::NAN);
        (float, self.emit(Op::Untag, &[v.r.0]))
    }

    pub(crate) fn float_op(
        &mut self,
        op: Op,
        a: Recorded,
        b: Recorded,
        f: fn(f64, f64) -> f64,
    ) -> Recorded {
        let ((x, a), (y, b)) = (self.float(a), self.float(b));
        let r = self.emit(op, &[a.0, b.0]);
        Recorded {
            word: Value::float(f(x, y)),
            r,
        }
    }

    pub(crate) fn small_op(
        &mut self,
        op: Op,
        a: Recorded,
        b: Recorded,
        word: Option<Value>,
    ) -> Option<Recorded> {
        // Without a result the op goes on with the runtime's function, whatever the operands.
        let word = word?;
        let r = if op.exits() {
            self.guard(op, &[a.r.0, b.r.0])
        } else {
            self.emit(op, &[a.r.0, b.r.0])
        };
        Some(Recorded { word, r })
    }

    /// Tests what an op would raise for even if no one wants its result: then it is dropped, with
    /// the test that it makes.
    pub(crate) fn expect_divisor(&mut self, divisor: Recorded, result: Option<Value>) {
        self.expect_of_operand(Cond::Ne, divisor, result);
    }

    /// The same of an amount to shift by.
    pub(crate) fn expect_amount(&mut self, amount: Recorded, result: Option<Value>) {
        self.expect_of_operand(Cond::Ge, amount, result);
    }

    fn expect_of_operand(&mut self, cond: Cond, operand: Recorded, result: Option<Value>) {
        if result.is_some() && !self.is_off() && !operand.r.is_constant() {
            let zero = self.word_ref(Value::small(0));
            self.guard(Op::GuardInt, &[cond as u16, operand.r.0, zero.0]);
        }
    }

    /// Learns that one of two values is no boxed float, if that is so: two of those are the same if
    /// what is in them is.
    pub(crate) fn is_one_unboxed(&mut self, a: Recorded, b: Recorded) -> bool {
        let boxed = of_kind(ObjectKind::Float);
        let is_known = |own: &Self, v: Recorded| match own.kind_of(v.r) {
            Kind::Unknown => false,
            Kind::Object if v.r.is_constant() => v.word.shape_id() != boxed,
            Kind::Object => ![0, boxed].contains(&own.emitter.shape(v.r)),
            _ => true,
        };
        if is_known(self, a) || is_known(self, b) {
            return true;
        }
        let other = [a, b].into_iter().find(|v| v.word.shape_id() != boxed);
        other.is_some_and(|v| {
            self.shape_of(v);
            true
        })
    }

    /// Must precede a store of a value into an object.
    pub(crate) fn barrier(&mut self, object: Ref, value: Ref) {
        if matches!(self.kind_of(value), Kind::Unknown | Kind::Object) {
            self.emit(Op::Barrier, &[object.0]);
        }
    }

    /// The same before a value is appended to a list's storage.
    pub(crate) fn barrier_growing(&mut self, storage: Ref, value: Ref) {
        if matches!(self.kind_of(value), Kind::Unknown | Kind::Object) {
            self.emit(Op::BarrierGrowing, &[storage.0]);
        }
    }

    pub(crate) fn write_field(&mut self, object: Ref, displacement: i32, value: Ref) {
        self.barrier(object, value);
        self.emit(Op::Store, &[object.0, displacement as u16, value.0]);
        self.effect = true;
    }

    pub(crate) fn kind_of(&self, r: Ref) -> Kind {
        if self.abort.is_some() || self.is_generic || r == Ref::NONE {
            Kind::Unknown
        } else {
            self.emitter.kind(r)
        }
    }

    /// A loaded word: if it was stored as a float, that float.
    pub(crate) fn loaded(&mut self, word: Value, r: Ref) -> Recorded {
        let r = if r == Ref::NONE || self.is_generic || self.abort.is_some() {
            r
        } else {
            self.emitter.untagged(r)
        };
        Recorded { word, r }
    }

    /// A float that comes in with the loop is unboxed where it is first seen, if only to be moved:
    /// what takes its place in the next time round may be one that was never boxed.
    #[inline]
    pub(crate) fn unboxed_at_entry(&mut self, place: usize, v: Recorded) -> Recorded {
        let is_loop = self.origin == Origin::Loop;
        if !is_loop || self.is_off() || v.r == Ref::NONE || v.r.is_constant() {
            return v;
        }
        let comes_in = self.emitter.kind(v.r) == Kind::Unknown
            && self
                .emitter
                .made_by(v.r)
                .is_some_and(|ins| ins.op == Op::Arg);
        if !comes_in || !v.word.is_inline_float() || self.effect {
            return v;
        }
        self.learn(v);
        let r = self.emit(Op::Untag, &[v.r.0]);
        if self.abort.is_none() {
            self.name_register(place, r);
        }
        Recorded { word: v.word, r }
    }

    pub(crate) fn length_of(&mut self, sequence: Recorded) -> Ref {
        let kind = sequence.word.kind();
        if let (true, Some(text)) = (sequence.r.is_constant(), sequence.word.cast::<Str>()) {
            return self.word_ref(Value::small(text.len() as i64));
        }
        let r = match kind {
            Some(ObjectKind::List) => {
                self.emit(Op::LoadRaw, &[sequence.r.0, layout::LIST_LENGTH as u16])
            }
            Some(ObjectKind::ByteArray) => {
                let field = layout::BYTE_ARRAY_LENGTH as u16;
                self.emit(Op::LoadRaw, &[sequence.r.0, field])
            }
            Some(ObjectKind::Tuple) => self.emit(
                Op::LoadFixedRaw,
                &[sequence.r.0, layout::TUPLE_LENGTH as u16],
            ),
            Some(ObjectKind::Str) => {
                self.emit(Op::LoadFixedRaw, &[sequence.r.0, layout::STR_LENGTH as u16])
            }
            // Sets begin as dictionaries do.
            Some(ObjectKind::Dict | ObjectKind::Set | ObjectKind::FrozenSet) => {
                self.emit(Op::LoadRaw, &[sequence.r.0, layout::DICT_LIVE as u16])
            }
            _ => self.emit(
                Op::LoadFixedRaw,
                &[sequence.r.0, layout::BYTES_LENGTH as u16],
            ),
        };
        self.emit(Op::TagInt, &[r.0])
    }

    /// Records that an index lies within a length; the index from the start. `None`: it does not.
    pub(crate) fn checked_index(
        &mut self,
        sequence: Recorded,
        index: Recorded,
        length: i64,
    ) -> Option<Ref> {
        let at = index.word.small_unchecked();
        let from_start = if at < 0 { at + length } else { at };
        if !(0..length).contains(&from_start) {
            return None;
        }
        let length = self.length_of(sequence);
        let mut r = index.r;
        if at < 0 {
            r = self.guard(Op::AddInt, &[r.0, length.0]);
        }
        self.guard(Op::GuardBelow, &[r.0, length.0]);
        Some(r)
    }

    /// Allocates; the fields are written by the caller at once.
    pub(crate) fn new_object(&mut self, bytes: usize, kind: ObjectKind, shape: u32) -> Ref {
        self.new_flagged(bytes, kind, shape, 0)
    }

    pub(crate) fn new_flagged(
        &mut self,
        bytes: usize,
        kind: ObjectKind,
        shape: u32,
        flags: u16,
    ) -> Ref {
        let header = self.raw_ref(layout::header_bits(kind, shape, flags) as i64);
        self.emit(Op::New, &[bytes as u16, header.0])
    }

    pub(crate) fn init(&mut self, object: Ref, displacement: i32, value: Ref) {
        self.emit(Op::Store, &[object.0, displacement as u16, value.0]);
    }

    pub(crate) fn init_raw(&mut self, object: Ref, displacement: i32, n: i64) {
        let n = self.raw_ref(n);
        self.emit(Op::StoreRaw, &[object.0, displacement as u16, n.0]);
    }

    /// Writes item number `at` of a new object and remembers it as an item.
    pub(crate) fn init_item(&mut self, object: Ref, first: i32, at: usize, value: Ref) {
        self.emit(Op::Store, &[object.0, item_at(first, at), value.0]);
        if self.abort.is_none() && !self.is_generic {
            let index = self.word_ref(Value::small(at as i64));
            self.emitter
                .remember(object, Field::Item(index, first as u16), value);
        }
    }

    pub(crate) fn boxed_registers(&mut self, regs: Regs, from: u16, count: u16) -> Vec<Ref> {
        (from..from + count)
            .map(|at| {
                let value = self.get(regs, at);
                self.boxed(value.r)
            })
            .collect()
    }

    pub(crate) fn is_off(&self) -> bool {
        self.abort.is_some() || self.is_generic
    }

    pub(crate) fn new_iter(&mut self, kind: IterKind, source: Option<Ref>) -> Ref {
        let shape = of_variant(ObjectKind::Iter, kind as u8);
        let r = self.new_flagged(layout::ITER_BYTES, ObjectKind::Iter, shape, kind as u16);
        let unbound = self.word_ref(Value::UNBOUND);
        self.init(r, layout::ITER_SOURCE, source.unwrap_or(unbound));
        self.init(r, layout::ITER_EXTRA, unbound);
        r
    }
}
