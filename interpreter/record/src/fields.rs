//! What fields hold, and who may know of an object: the part of emission that deals with memory.
//!
//! A store makes the same field of all objects unknown that may be the same object. Two are not
//! the same if their shapes differ, or if one was allocated in the trace and the other was there
//! before. A call makes all fields unknown but those of objects that nothing outside the trace can
//! know of yet.

use crate::abort::Abort;
use crate::contents::{Content, Field, Place};
use crate::emit::{Emitter, NEVER, Stop, may_change, packed};
use trace::{Const, Op, Operands, Ref};

impl Emitter {
    /// Whether two values are certainly not the same object.
    pub(crate) fn are_distinct(&self, a: Ref, b: Ref) -> bool {
        if a == b {
            return false;
        }
        if let (Some(x), Some(y)) = (self.trace.constant_of(a), self.trace.constant_of(b)) {
            return x != y;
        }
        let made = |r: Ref| !r.is_constant() && self.facts[r.index()].made != NEVER;
        let before = |r: Ref, new: Ref| r.is_constant() || r < new;
        match (made(a), made(b)) {
            (true, true) => true,
            (true, false) => before(b, a) || self.facts[a.index()].private,
            (false, true) => before(a, b) || self.facts[b.index()].private,
            (false, false) => {
                let (x, y) = (self.shape(a), self.shape(b));
                x != 0 && y != 0 && x != y
            }
        }
    }

    /// Whether a place may be a field of an object.
    #[inline]
    fn may_overlap(&self, place: Place, object: Ref, field: Field) -> bool {
        let fields = match (place.field(), field) {
            (Field::At(one), Field::At(other)) => one == other,
            (Field::Item(one, from), Field::Item(other, other_from))
            | (Field::Byte(one, from), Field::Byte(other, other_from)) => {
                from == other_from && !(one != other && one.is_constant() && other.is_constant())
            }
            (Field::Absolute, Field::Absolute) => true,
            // Items of new arrays are stored at their displacements.
            (Field::Item(index, first), Field::At(at))
            | (Field::At(at), Field::Item(index, first)) => {
                place.object() == object && self.may_lie_at(index, first, at)
            }
            _ => false,
        };
        fields && (place.object() == object || !self.are_distinct(place.object(), object))
    }

    /// Whether an item, the first of which lies at `first`, may lie at a displacement.
    fn may_lie_at(&self, index: Ref, first: u16, at: u16) -> bool {
        match self.trace.constant_of(index) {
            Some(Const::Word(word)) => word.as_small().is_none_or(|index| {
                index
                    .checked_mul(8)
                    .and_then(|n| n.checked_add(first.into()))
                    == Some(at.into())
            }),
            _ => true,
        }
    }

    pub(crate) fn load(&mut self, op: Op, operands: &Operands, field: Field) -> Result<Ref, Stop> {
        let object = Ref(operands[0]);
        if let Some(value) = self.memory.find(object, field) {
            // A float that was boxed for an object of a bridge's beginning is used as it is.
            return Ok(self.unboxed(value));
        }
        let value = self.push(op, operands)?;
        self.remember(object, field, value);
        Ok(value)
    }

    /// Notes what a field that never changes holds.
    pub(crate) fn know_fixed(&mut self, op: Op, object: Ref, displacement: u16, value: Ref) {
        let key = packed([op as u16, object.0, displacement, 0]);
        self.known.set(key, value);
    }

    /// Whether a field is known to hold a value.
    pub(crate) fn field_is(&self, object: Ref, displacement: u16, value: Ref) -> bool {
        self.memory.find(object, Field::At(displacement)) == Some(value)
    }

    /// Where a dictionary is known to have a key.
    pub(crate) fn found(&self, dict: Ref, key: Ref) -> Option<Ref> {
        self.memory.find(dict, Field::Found(key))
    }

    /// What the field at a displacement of an object that only the trace knows is known to hold.
    pub(crate) fn private_field(&self, object: Ref, displacement: i32) -> Option<Ref> {
        let value = self.memory.find(object, Field::At(displacement as u16))?;
        self.is_private(object).then_some(value)
    }

    /// The number that such a field is known to hold.
    pub(crate) fn private_raw(&self, object: Ref, displacement: i32) -> Option<i64> {
        self.raw_constant(self.private_field(object, displacement)?)
    }

    /// The number that a field which never changes is known to hold.
    pub(crate) fn fixed_raw(&self, object: Ref, displacement: i32) -> Option<i64> {
        let key = packed([Op::LoadFixedRaw as u16, object.0, displacement as u16, 0]);
        self.raw_constant(self.known.find(key).ok()?)
    }

    fn raw_constant(&self, r: Ref) -> Option<i64> {
        match self.trace.constant_of(r)? {
            Const::Raw(n) => Some(n),
            _ => None,
        }
    }

    pub(crate) fn remember(&mut self, object: Ref, field: Field, value: Ref) {
        let gone = self.memory.push(Content {
            object,
            field,
            value,
        });
        if let Some(gone) = gone {
            self.publish(gone);
        }
    }

    pub(crate) fn store(
        &mut self,
        op: Op,
        operands: &Operands,
        field: Field,
        value: Ref,
    ) -> Result<Ref, Stop> {
        let object = Ref(operands[0]);
        self.forget_field(object, field);
        if !self.is_private(object) {
            self.publish(value);
        }
        self.push(op, operands)?;
        if op == Op::StoreHalf {
            if let Some(Const::Raw(shape)) = self.trace.constant_of(value)
                && operands[1] == object::layout::SHAPE as u16
            {
                self.forget_shape_of_others(object)?;
                self.set_shape(object, value, shape as u32);
            } else if matches!(self.trace.constant_of(value), Some(Const::Raw(n)) if u32::try_from(n).is_ok())
            {
                // Loaded again, it is the same: the upper half is zero.
                self.remember(object, field, value);
            }
        } else {
            self.remember(object, field, value);
        }
        Ok(Ref::NONE)
    }

    /// Before an object gets another shape: another value that may be the same object is not known to have
    /// its own any more.
    fn forget_shape_of_others(&mut self, object: Ref) -> Result<(), Abort> {
        if self.is_private(object) {
            return Ok(());
        }
        let may_be_it = |emitter: &Emitter, other: Ref| {
            let shape = emitter.shape(other);
            shape != 0
                && may_change(shape)
                && other != object
                && !emitter.are_distinct(other, object)
        };
        for other in (0..self.facts.len() as u16).map(Ref) {
            if may_be_it(self, other) {
                self.facts[other.index()].shape = 0;
            }
        }
        let unknown = self.raw(0)?;
        for other in (0..self.trace.pool().len()).map(Ref::constant) {
            if may_be_it(self, other) {
                self.known.set(self.shape_key(other), unknown);
            }
        }
        Ok(())
    }

    /// Forgets the contents of places that may be a field that is stored to.
    fn forget_field(&mut self, object: Ref, field: Field) {
        let stored = Place::new(object, field);
        // One that nothing else refers to is no other object.
        let of_object = self.is_private(object);
        let mut meeting = self.memory.meeting(stored, of_object);
        // Most stores meet nothing, or one thing.
        while let Some(at) = meeting.next(&self.memory) {
            let (place, value) = self.memory.get(at);
            // What the field itself held is not held any more.
            if place != stored {
                if !self.may_overlap(place, object, field) {
                    continue;
                }
                if self.is_private(value) {
                    self.lost.push(value);
                }
            }
            self.memory.remove(at);
        }
        self.publish_lost();
    }

    /// Of contents that were forgotten, the values that were private: their fields may still be as they
    /// were, so they must not be taken for private any more, as they would not be found when the object
    /// that holds them becomes known.
    fn publish_lost(&mut self) {
        while let Some(value) = self.lost.pop() {
            self.publish(value);
        }
    }

    pub(crate) fn is_private(&self, r: Ref) -> bool {
        !r.is_constant() && self.facts[r.index()].private
    }

    /// Something outside the trace may know of a value from now on, and of what its fields hold.
    pub(crate) fn publish(&mut self, r: Ref) {
        if !self.is_private(r) {
            return;
        }
        let reshaped = self.reshaped;
        let fact = &mut self.facts[r.index()];
        (fact.private, fact.shaped) = (false, reshaped);
        let mut from = 0;
        while let Some((at, value)) = self.memory.of_object(r, from) {
            self.publish(value);
            from = at + 1;
        }
    }

    /// Forgets the contents of all places but some, none of which is stored to.
    fn keep(&mut self, is_kept: impl Fn(&Emitter, Place) -> bool) {
        let (mut memory, mut lost) = (
            std::mem::take(&mut self.memory),
            std::mem::take(&mut self.lost),
        );
        memory.forget(|place, value| {
            let gone = !is_kept(self, place);
            if gone && self.is_private(value) {
                lost.push(value);
            }
            gone
        });
        (self.memory, self.lost) = (memory, lost);
        self.publish_lost();
    }

    /// Forgets what fields hold of objects that others know.
    pub(crate) fn forget_fields(&mut self) {
        self.keep(|own, place| own.is_private(place.object()));
    }

    /// Forgets what fields hold of objects that may be lists, dictionaries, their storage and the
    /// like, and that others know.
    pub(crate) fn forget_containers(&mut self) {
        self.keep(|own, place| {
            let shape = own.shape(place.object());
            own.is_private(place.object()) || shape != 0 && !object::layout::is_container(shape)
        });
    }

    /// Forgets which storage lists have that are bare, or may be: some may be plain now.
    pub(crate) fn forget_bare(&mut self) {
        let of_kind = object::shape::of_kind;
        let (words, lists) = (of_kind(object::Kind::Array), of_kind(object::Kind::List));
        let storage = Field::At(object::layout::LIST_STORAGE as u16);
        let mut memory = std::mem::take(&mut self.memory);
        memory.forget(|place, value| {
            let owner = self.shape(place.object());
            place.field() == storage
                && (owner == 0 || owner == lists)
                && self.shape(value) != words
                && !self.is_private(place.object())
        });
        self.memory = memory;
    }

    /// Forgets what fields hold of what may be an exception that others know.
    pub(crate) fn forget_exceptions(&mut self) {
        self.keep(|own, place| {
            let shape = own.shape(place.object());
            let is_other =
                || !may_change(shape) || object::shape::get(shape).kind != object::Kind::Exception;
            own.is_private(place.object()) || shape != 0 && is_other()
        });
    }

    /// Forgets what fields hold of what may be an iterator.
    pub(crate) fn forget_iterators(&mut self) {
        self.keep(|own, place| {
            let shape = own.shape(place.object());
            shape != 0 && !object::layout::is_iterator(shape)
        });
    }
}
