//! Lists in a trace: their storage holds words, or bare floats.
//!
//! Which of the two, a test of the storage's shape tells. A storage never changes its kind, so the
//! test holds as long as the storage is known to be the list's; whatever may replace it makes that
//! unknown, and what may make lists plain behind a trace's back is among it (see `fields`).
//!
//! Bare floats are loaded and stored as doubles, without a test. What is no inline float is the
//! runtime's: stored into a bare list, it makes the list plain; loaded from one, it is boxed.

use crate::contents::Field;
use crate::recorder::{Recorded, Recorder};
use crate::values::item_at;
use object::shape::of_kind;
use object::{Kind, List, Tuple, Value, layout};
use trace::{Cond, Op, Ref, Rt};
use vm::machine::Runtime;

/// An empty list with more room gets its storage for floats from the runtime.
const FIRST_ROOM_MAX: usize = 8;
/// What has more items is gathered by the runtime.
const GATHERED_MAX: usize = 16;

impl Recorder<'_> {
    /// A list's storage, whose kind is tested; whether it holds bare floats.
    pub(crate) fn storage_of(&mut self, list: Recorded) -> (Ref, bool) {
        let bare = list.word.known::<List>().is_bare();
        let storage = self.emit(Op::Load, &[list.r.0, layout::LIST_STORAGE as u16]);
        let kind = if bare { Kind::Floats } else { Kind::Array };
        if self.abort.is_none() && self.emitter.shape(storage) != of_kind(kind) {
            let shape = self.raw_ref(i64::from(of_kind(kind)));
            self.guard(Op::GuardShape, &[storage.0, shape.0]);
        }
        (storage, bare)
    }

    /// An item of a list or tuple at an index below its length.
    pub(crate) fn item_of(&mut self, sequence: Recorded, index: Ref, word: Value) -> Recorded {
        let first = layout::ARRAY_ITEMS as u16;
        let (from, first) = if !sequence.word.is::<List>() {
            (sequence.r, layout::TUPLE_ITEMS as u16)
        } else {
            let (storage, bare) = self.storage_of(sequence);
            if bare {
                let r = self.emit(Op::LoadItemFloat, &[storage.0, index.0, first]);
                return self.loaded_float(word, r);
            }
            (storage, first)
        };
        let r = self.emit(Op::LoadItem, &[from.0, index.0, first]);
        self.loaded(word, r)
    }

    /// A float that was loaded bare.
    fn loaded_float(&mut self, word: Value, float: Ref) -> Recorded {
        let r = if word.is_inline_float() || self.is_off() {
            float
        } else {
            self.call(Rt::BoxFloat, &[float])
        };
        Recorded { word, r }
    }

    /// Records that an item at an index below the length is replaced. False: that is the runtime's.
    pub(crate) fn store_item_of(&mut self, list: Recorded, index: Ref, value: Recorded) -> bool {
        let is_float = value.word.is_inline_float();
        if list.word.known::<List>().is_bare() && !is_float {
            return false;
        }
        let items = layout::ARRAY_ITEMS as u16;
        let (storage, bare) = self.storage_of(list);
        if bare {
            self.learn(value);
            let (_, float) = self.float(value);
            let operands = [storage.0, index.0, float.0, items];
            self.emit(Op::StoreItemFloat, &operands);
        } else {
            let r = self.boxed(value.r);
            self.barrier(storage, r);
            self.emit(Op::StoreItem, &[storage.0, index.0, r.0, items]);
        }
        self.effect = true;
        true
    }

    /// Records and executes that an item is appended: where there is room, by operations; if the list
    /// gets an item for each that an iterator gives, with the iterator at hand where there is none.
    pub(crate) fn append_item(&mut self, list: Recorded, item: Recorded, of: Option<Recorded>) {
        let gc = list.word.known::<List>();
        let (length, bare) = (gc.len(), gc.is_bare());
        let is_float = item.word.is_inline_float();
        let begins = length == 0 && !bare && is_float;
        if length >= gc.capacity() || bare && !is_float || begins && gc.capacity() > FIRST_ROOM_MAX
        {
            let result = match of {
                Some(iter) => self.residual_call(Runtime::Collect, &[list, item, iter], |_| {
                    gc.collect(item.word, iter.word);
                    Ok(Value::NONE)
                }),
                None => self.residual_call(Runtime::Append, &[list, item], |_| {
                    gc.push(item.word);
                    Ok(Value::NONE)
                }),
            };
            debug_assert!(result.is_ok());
            return;
        }
        if is_float && (bare || begins) {
            self.learn(item);
        }
        if begins {
            self.append_first(list, item, gc.capacity());
        } else {
            self.append_in_room(list, item);
        }
        self.effect = true;
        gc.push(item.word);
    }

    fn append_in_room(&mut self, list: Recorded, item: Recorded) {
        let (field, items) = (layout::LIST_LENGTH as u16, layout::ARRAY_ITEMS as u16);
        let bare = list.word.known::<List>().is_bare();
        let value = if bare {
            self.float(item).1
        } else {
            self.boxed(item.r)
        };
        let old = self.emit(Op::LoadRaw, &[list.r.0, field]);
        let (storage, _) = self.storage_of(list);
        let room = self.emit(Op::LoadRaw, &[storage.0, layout::ARRAY_CAPACITY as u16]);
        self.guard(Op::GuardInt, &[Cond::Lt as u16, old.0, room.0]);
        let index = self.emit(Op::TagInt, &[old.0]);
        let operands = [storage.0, index.0, value.0, items];
        if bare {
            self.emit(Op::StoreItemFloat, &operands);
        } else {
            self.barrier_growing(storage, value);
            self.emit(Op::StoreItem, &operands);
        }
        let one = self.raw_ref(1);
        let new = self.emit(Op::AddRaw, &[old.0, one.0]);
        self.emit(Op::StoreRaw, &[list.r.0, field, new.0]);
    }

    /// An empty plain list gets a float: from now on it is bare.
    fn append_first(&mut self, list: Recorded, item: Recorded, capacity: usize) {
        let field = layout::LIST_LENGTH as u16;
        let old = self.emit(Op::LoadRaw, &[list.r.0, field]);
        let (zero, one) = (self.raw_ref(0), self.raw_ref(1));
        self.storage_of(list);
        self.guard(Op::GuardInt, &[Cond::Eq as u16, old.0, zero.0]);
        let (_, float) = self.float(item);
        let storage = self.new_floats(&[float], capacity);
        self.write_field(list.r, layout::LIST_STORAGE, storage);
        self.emit(Op::StoreRaw, &[list.r.0, field, one.0]);
    }

    /// New storage with room for at least so many floats, that begins with some.
    fn new_floats(&mut self, floats: &[Ref], capacity: usize) -> Ref {
        let bytes = layout::rounded_size(layout::ARRAY_BYTES + capacity * 8);
        let capacity = (bytes - layout::ARRAY_BYTES) / 8;
        let zero = self.word_ref(Value::float(0.0));
        let zero = self.emit(Op::Untag, &[zero.0]);
        let storage = self.new_object(bytes, Kind::Floats, of_kind(Kind::Floats));
        self.init_raw(storage, layout::ARRAY_CAPACITY, capacity as i64);
        for at in 0..capacity {
            let float = floats.get(at).copied().unwrap_or(zero);
            let place = item_at(layout::ARRAY_ITEMS, at);
            self.emit(Op::StoreFloat, &[storage.0, place, float.0]);
            self.remember_item(storage, layout::ARRAY_ITEMS, at, float);
        }
        storage
    }

    /// New storage of words.
    pub(crate) fn new_words(&mut self, items: &[Ref]) -> Ref {
        let bytes = layout::rounded_size(layout::ARRAY_BYTES + items.len().max(2) * 8);
        let capacity = (bytes - layout::ARRAY_BYTES) / 8;
        let array = self.new_object(bytes, Kind::Array, of_kind(Kind::Array));
        self.init_raw(array, layout::ARRAY_CAPACITY, capacity as i64);
        let unbound = self.word_ref(Value::UNBOUND);
        for at in 0..capacity {
            let item = items.get(at).copied().unwrap_or(unbound);
            self.init_item(array, layout::ARRAY_ITEMS, at, item);
        }
        array
    }

    /// Records a new list, which the interpreter has made of some items. `None`: the runtime makes it.
    pub(crate) fn list_of(&mut self, items: &[Recorded], is_bare: bool) -> Option<Ref> {
        let bytes = layout::ARRAY_BYTES + items.len().max(2) * 8;
        let is_inline = |item: &Recorded| item.word.is_inline_float();
        if bytes > layout::SMALL_BYTES_MAX || is_bare && !items.iter().all(is_inline) {
            return None;
        }
        let storage = if is_bare {
            items.iter().for_each(|&item| {
                self.learn(item);
            });
            let floats: Vec<Ref> = items.iter().map(|&item| self.float(item).1).collect();
            self.new_floats(&floats, floats.len().max(2))
        } else {
            let words: Vec<Ref> = items.iter().map(|item| self.boxed(item.r)).collect();
            self.new_words(&words)
        };
        let list = of_kind(Kind::List);
        let r = self.new_object(layout::LIST_BYTES, Kind::List, list);
        self.init_raw(r, layout::LIST_LENGTH, items.len() as i64);
        self.init(r, layout::LIST_STORAGE, storage);
        Some(r)
    }

    /// The items of a list or tuple of tested shape, which has just so many.
    pub(crate) fn items_of(&mut self, source: Recorded) -> Vec<Recorded> {
        let words = match source.word.cast::<Tuple>() {
            Some(tuple) => tuple.items().to_vec(),
            None => source.word.known::<List>().to_vec(),
        };
        let length = self.length_of(source);
        let expected = self.word_ref(Value::small(words.len() as i64));
        self.guard(Op::GuardInt, &[Cond::Eq as u16, length.0, expected.0]);
        let mut items = Vec::with_capacity(words.len());
        for (at, &word) in words.iter().enumerate() {
            let index = self.word_ref(Value::small(at as i64));
            items.push(self.item_of(source, index, word));
        }
        items
    }

    /// The items of a list of the trace that no one else knows, such as the arguments of a call with
    /// `*` are gathered in.
    fn items_of_own(&mut self, list: Recorded) -> Option<Vec<Recorded>> {
        if self.is_off() || !self.emitter.is_private(list.r) {
            return None;
        }
        let few = list.word.cast::<List>()?.len() <= GATHERED_MAX;
        (few && self.shape_of(list) == of_kind(Kind::List)).then(|| self.items_of(list))
    }

    /// The items of a list or tuple of a few.
    fn few_items(&mut self, from: Recorded) -> Option<Vec<Recorded>> {
        let (kind, count) = match from.word.kind()? {
            Kind::Tuple => (Kind::Tuple, from.word.known::<Tuple>().len()),
            Kind::List => (Kind::List, from.word.known::<List>().len()),
            _ => return None,
        };
        let are_few = count <= GATHERED_MAX && self.shape_of(from) == of_kind(kind);
        are_few.then(|| self.items_of(from))
    }

    fn list_of_items(&mut self, items: &[Recorded]) -> Option<Recorded> {
        let words: Vec<Value> = items.iter().map(|item| item.word).collect();
        let made = List::from_slice(&words);
        let r = self.list_of(items, made.is_bare())?;
        let word = made.into();
        Some(Recorded { word, r })
    }

    /// In place of such a list, one with the items of a list or tuple behind its own.
    pub(crate) fn list_with(&mut self, list: Recorded, from: Recorded) -> Option<Recorded> {
        let mut items = self.items_of_own(list)?;
        items.extend(self.few_items(from)?);
        self.list_of_items(&items)
    }

    /// The items of a list or tuple of a few: so many first ones, a list of the rest, and so many last ones.
    pub(crate) fn starred(
        &mut self,
        source: Recorded,
        before: usize,
        after: usize,
    ) -> Option<Vec<Recorded>> {
        if self.is_off() {
            return None;
        }
        let mut items = self.few_items(source)?;
        let middle = items.len().checked_sub(after)?;
        let rest = self.list_of_items(items.get(before..middle)?)?;
        items.splice(before..middle, [rest]);
        Some(items)
    }

    /// The tuple of the items of such a list.
    pub(crate) fn tuple_of_list(&mut self, list: Recorded) -> Option<Recorded> {
        let items = self.items_of_own(list)?;
        let words: Vec<Value> = items.iter().map(|item| item.word).collect();
        let boxed: Vec<Ref> = items.iter().map(|item| self.boxed(item.r)).collect();
        let word = Tuple::new(&words).into();
        Some(Recorded {
            word,
            ..self.tuple_of(&boxed)
        })
    }

    fn remember_item(&mut self, object: Ref, first: i32, at: usize, value: Ref) {
        if self.is_off() {
            return;
        }
        let index = self.word_ref(Value::small(at as i64));
        self.emitter
            .remember(object, Field::Item(index, first as u16), value);
    }
}
