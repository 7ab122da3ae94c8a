//! Attributes of objects: in slots inside, and beyond what an object has room for in itself, in an array
//! that its overflow word holds, which the first of them brings.

use crate::abort::Abort;
use crate::recorder::{Dependency, Recorded, Recorder};
use crate::values::item_at;
use object::{Array, Kind, Value, layout};
use trace::{Cond, Op};
use vm::Machine;

/// How many slots beyond the inline ones an object may get at once.
const FAR_SLOTS_MAX: usize = 8;

/// The field of an object that holds what lies beyond its inline slots.
fn overflow_of(object: Value) -> Option<i32> {
    match object.kind()? {
        Kind::Instance => {
            let inline = object::shape::get(object.shape_id()).inline_slots;
            Some(item_at(layout::INSTANCE_SLOTS, inline.into()).into())
        }
        Kind::Wrapper => Some(layout::WRAPPER_OVERFLOW),
        Kind::Exception => Some(layout::EXCEPTION_OVERFLOW),
        _ => None,
    }
}

impl Recorder<'_> {
    /// A slot is read and written as long as nothing of the class goes before it.
    pub(crate) fn rely_on_slots(&mut self) {
        if !self.relies_on_slots && !self.is_off() {
            self.relies_on_slots = true;
            self.depend(Dependency::Slots(object::watch::slots_version()));
        }
    }

    /// Loads an inline slot.
    pub(crate) fn read_slot(&mut self, object: Recorded, slot: u16) -> Recorded {
        self.rely_on_slots();
        let word = self.vm.load_slot(object.word, slot);
        let field = item_at(layout::INSTANCE_SLOTS, slot.into());
        let r = self.emit(Op::Load, &[object.r.0, field]);
        self.loaded(word, r)
    }

    /// Writes one, after which the shape is `next`, if that is another.
    pub(crate) fn write_slot(
        &mut self,
        object: Recorded,
        slot: u16,
        value: Recorded,
        next: Option<u32>,
    ) {
        self.rely_on_slots();
        let r = self.boxed(value.r);
        let field = i32::from(item_at(layout::INSTANCE_SLOTS, slot.into()));
        self.write_field(object.r, field, r);
        match next {
            None => self.vm.store_slot(object.word, slot, value.word),
            Some(shape) => {
                let new = self.raw_ref(i64::from(shape));
                self.emit(Op::StoreHalf, &[object.r.0, layout::SHAPE as u16, new.0]);
                self.vm.add_slot(object.word, slot, value.word, shape);
            }
        }
    }

    /// Loads a slot beyond the inline ones.
    pub(crate) fn far_slot(&mut self, object: Recorded, slot: u16) -> Recorded {
        self.rely_on_slots();
        let word = self.vm.load_far_slot(object.word, slot);
        if self.is_off() {
            return Self::unknown(word);
        }
        let inline = object::shape::get(object.word.shape_id()).inline_slots;
        let (Some(overflow), false) = (overflow_of(object.word), word.is_unbound()) else {
            self.give_up(Abort::Operation);
            return Self::unknown(word);
        };
        let at = usize::from(slot - inline);
        let array = self.emit(Op::Load, &[object.r.0, overflow as u16]);
        let r = self.emit(Op::Load, &[array.0, item_at(layout::ARRAY_ITEMS, at)]);
        self.loaded(word, r)
    }

    /// Loads a slot of `__slots__` beyond the inline ones, *unbound* if there is no room for it yet.
    pub(crate) fn far_member(&mut self, object: Recorded, slot: u16) -> Recorded {
        self.rely_on_slots();
        let found = self.vm.load_far_member(object.word, slot);
        if self.is_off() {
            return Self::unknown(found);
        }
        let Some(overflow) = overflow_of(object.word) else {
            self.give_up(Abort::Operation);
            return Self::unknown(found);
        };
        let word = object::attributes::storage(object.word).unwrap_or(Value::UNBOUND);
        let inline = object::shape::get(object.word.shape_id()).inline_slots;
        let at = usize::from(slot - inline);
        let r = self.emit(Op::Load, &[object.r.0, overflow as u16]);
        let storage = self.loaded(word, r);
        let Some(array) = word.cast::<Array>() else {
            self.is_word(storage, Value::UNBOUND);
            return self.constant(Value::UNBOUND);
        };
        self.shape_of(storage);
        let room = self.emit(Op::LoadRaw, &[storage.r.0, layout::ARRAY_CAPACITY as u16]);
        let wanted = self.raw_ref(at as i64);
        if at >= array.capacity() {
            self.guard(Op::GuardInt, &[Cond::Le as u16, room.0, wanted.0]);
            return self.constant(Value::UNBOUND);
        }
        self.guard(Op::GuardInt, &[Cond::Gt as u16, room.0, wanted.0]);
        let r = self.emit(Op::Load, &[storage.r.0, item_at(layout::ARRAY_ITEMS, at)]);
        self.loaded(found, r)
    }

    /// Loads the dictionary that an object's attributes are in, as its shape says; a function's may be None.
    pub(crate) fn dict_of_object(&mut self, object: Recorded) -> Recorded {
        let word = self.vm.load_dict(object.word);
        let field = match object.word.kind() {
            Some(Kind::Function) => Some(layout::FUNCTION_DICT),
            _ => overflow_of(object.word),
        };
        let (Some(overflow), false) = (field, self.is_off()) else {
            return Self::unknown(word);
        };
        self.shape_of(object);
        let r = self.emit(Op::Load, &[object.r.0, overflow as u16]);
        self.loaded(word, r)
    }

    /// Writes one, after which the shape is `shape`. False: nothing has happened.
    pub(crate) fn write_far_slot(
        &mut self,
        object: Recorded,
        slot: u16,
        value: Recorded,
        shape: u32,
    ) -> bool {
        self.rely_on_slots();
        let current = object.word.shape_id();
        let (Some(overflow), Some(word)) = (
            overflow_of(object.word),
            object::attributes::storage(object.word).or(Some(Value::UNBOUND)),
        ) else {
            return false;
        };
        if self.is_off() {
            return self.vm.store_far_slot(object.word, slot, value.word, shape);
        }
        let at = usize::from(slot - object::shape::get(current).inline_slots);
        let r = self.emit(Op::Load, &[object.r.0, overflow as u16]);
        let storage = Recorded { word, r };
        match word.cast::<Array>().map(|array| array.capacity()) {
            Some(capacity) if at < capacity => {
                self.shape_of(storage);
                let room = self.emit(Op::LoadRaw, &[r.0, layout::ARRAY_CAPACITY as u16]);
                let wanted = self.raw_ref(at as i64);
                self.guard(Op::GuardInt, &[Cond::Gt as u16, room.0, wanted.0]);
                let value = self.boxed(value.r);
                self.write_field(r, i32::from(item_at(layout::ARRAY_ITEMS, at)), value);
            }
            None if word.is_unbound() && at < FAR_SLOTS_MAX => {
                self.is_word(storage, Value::UNBOUND);
                let unbound = self.word_ref(Value::UNBOUND);
                let mut items = vec![unbound; at];
                items.push(self.boxed(value.r));
                let made = self.new_words(&items);
                self.write_field(object.r, overflow, made);
            }
            _ => return false,
        }
        if shape != current {
            let new = self.raw_ref(i64::from(shape));
            self.emit(Op::StoreHalf, &[object.r.0, layout::SHAPE as u16, new.0]);
        }
        self.vm.store_far_slot(object.word, slot, value.word, shape)
    }
}
