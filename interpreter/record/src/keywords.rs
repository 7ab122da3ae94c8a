//! Dictionaries that keywords are gathered in and spread from: `def f(*args, **kwargs)` around
//! `g(*args, **kwargs)`.
//!
//! A dictionary of a few keywords, or a display with names as its keys, is made by the trace itself, in the layout
//! of one that has no index table. It is an object like any other that a trace makes: as long as no one else knows
//! it, what it holds is known, and where it is only gathered and spread again it is not made at all, or by exits.
//! Of any other dictionary of a few strings, keys are tested and values read in their places.
//!
//! Who changes such a dictionary makes it known first (`Emitter::publish`): calls do so with their
//! arguments, and what writes a value in its place does (`lookup`).

use crate::recorder::{Recorded, Recorder};
use object::shape::of_kind;
use object::{Dict, DictIndex, Gc, Kind, Str, Value, layout};
use trace::{Cond, Op, Ref};

/// Dictionaries of more keys are the runtime's.
const KEYS_MAX: usize = layout::ENTRIES_LINEAR;

/// Whether a dictionary has a key that is a string.
fn has(dict: Gc<Dict>, key: Value) -> bool {
    key.cast::<Str>()
        .is_some_and(|key| dict.find_str(key).is_some())
}

/// The displacement of a part of entry number `at`, by that of the first one's.
fn entry_field(first: i32, at: usize) -> i32 {
    first + layout::ENTRY_BYTES * at as i32
}

impl Recorder<'_> {
    /// A dictionary of a few keys that are strings.
    pub(crate) fn keywords_of(&mut self, items: &[(Value, Recorded)]) -> Option<Recorded> {
        if items.len() > KEYS_MAX {
            return None;
        }
        let dict = Dict::new();
        for &(name, value) in items {
            dict.set_str(name.cast::<Str>()?, value.word);
        }
        if dict.len() != items.len() {
            return None;
        }
        let r = match self.is_off() {
            true => Ref::NONE,
            false => {
                let entries = self.new_entries(items);
                self.new_dict(entries, items.len())
            }
        };
        let word = dict.into();
        Some(Recorded { word, r })
    }

    /// The storage of a dictionary that is made of items.
    fn new_entries(&mut self, items: &[(Value, Recorded)]) -> Ref {
        // What they test goes before the object, which must not be left half made.
        let values: Vec<Ref> = items.iter().map(|(_, v)| self.boxed(v.r)).collect();
        let capacity = match items.len() {
            0..=layout::ENTRIES_MIN => layout::ENTRIES_MIN,
            _ => KEYS_MAX,
        };
        let shape = of_kind(Kind::Entries);
        let r = self.new_object(layout::entries_bytes(capacity), Kind::Entries, shape);
        self.init_raw(r, layout::ENTRIES_CAPACITY, capacity as i64);
        self.init_raw(r, layout::ENTRIES_USED, items.len() as i64);
        for (at, (&(name, _), value)) in items.iter().zip(values).enumerate() {
            let hash = name.cast::<Str>().map_or(0, |name| name.hash());
            let key = self.word_ref(name);
            self.init_raw(r, entry_field(layout::ENTRIES_HASH, at), hash as i64);
            self.init(r, entry_field(layout::ENTRIES_KEY, at), key);
            self.init(r, entry_field(layout::ENTRIES_VALUE, at), value);
        }
        r
    }

    fn new_dict(&mut self, entries: Ref, count: usize) -> Ref {
        let r = self.new_object(layout::DICT_BYTES, Kind::Dict, of_kind(Kind::Dict));
        let none = self.word_ref(Value::NONE);
        self.init(r, layout::DICT_ENTRIES, entries);
        self.init(r, layout::DICT_TABLE, none);
        self.init_raw(r, layout::DICT_LIVE, count as i64);
        self.init_raw(r, layout::DICT_KEYS, 0);
        self.init_raw(r, layout::DICT_WATCHED, 0);
        r
    }

    /// In place of a dictionary of keywords that no one else knows, one with another's keys, too.
    pub(crate) fn keywords_with(
        &mut self,
        dict: Recorded,
        from: Recorded,
        replaces: bool,
    ) -> Option<Recorded> {
        let values = self.values_of_own(dict)?;
        let own = dict.word.cast::<Dict>()?;
        let mut items: Vec<(Value, Recorded)> =
            own.iter().map(|(key, _)| key).zip(values).collect();
        let added = from.word.cast::<Dict>()?;
        let count = added.iter().filter(|(key, _)| !has(own, *key)).count();
        if own.len() + count > KEYS_MAX || !replaces && count < added.len() {
            return None;
        }
        for (key, value) in self.items_of_keywords(from)? {
            match own.find_str(key.cast::<Str>()?) {
                Some(at) => items[at.0].1 = value,
                None => items.push((key, value)),
            }
        }
        self.keywords_of(&items)
    }

    /// What a dictionary holds that the trace has made of keywords and no one else knows: its values.
    fn values_of_own(&self, dict: Recorded) -> Option<Vec<Recorded>> {
        let own = dict.word.cast::<Dict>()?;
        let count = self.emitter.private_raw(dict.r, layout::DICT_LIVE)?;
        if own.len() as i64 != count || own.end() != own.len() {
            return None;
        }
        let entries = self.emitter.private_field(dict.r, layout::DICT_ENTRIES)?;
        let value = |at: usize| {
            let field = entry_field(layout::ENTRIES_VALUE, at);
            let r = self.emitter.private_field(entries, field)?;
            let (word, r) = (own.value_at(DictIndex(at)), self.emitter.unboxed(r));
            Some(Recorded { word, r })
        };
        (0..own.len()).map(value).collect()
    }

    /// The value of a key in a dictionary of keywords, or that it has none. `None`: it is asked.
    pub(crate) fn keyword(&self, dict: Recorded, key: Recorded) -> Option<Option<Recorded>> {
        let values = self.values_of_own(dict)?;
        self.known(key)?;
        let at = dict.word.cast::<Dict>()?.find_str(key.word.cast::<Str>()?);
        Some(at.map(|at| values[at.0]))
    }

    /// Keys and values of a dictionary of a few strings.
    pub(crate) fn items_of_keywords(&mut self, dict: Recorded) -> Option<Vec<(Value, Recorded)>> {
        let own = dict.word.cast::<Dict>()?;
        let keys: Vec<Value> = own.iter().map(|(key, _)| key).collect();
        let in_place = own.end() == keys.len() && keys.iter().all(|key| key.is::<Str>());
        if self.is_off() || keys.len() > KEYS_MAX || !in_place {
            return None;
        }
        if let Some(values) = self.values_of_own(dict) {
            return Some(keys.into_iter().zip(values).collect());
        }
        if self.shape_of(dict) != of_kind(Kind::Dict) {
            return None;
        }
        let count = self.raw_ref(keys.len() as i64);
        let live = self.emit(Op::LoadRaw, &[dict.r.0, layout::DICT_LIVE as u16]);
        self.guard(Op::GuardInt, &[Cond::Eq as u16, live.0, count.0]);
        if keys.is_empty() {
            return Some(Vec::new());
        }
        let entries = self.emit(Op::Load, &[dict.r.0, layout::DICT_ENTRIES as u16]);
        let used = self.emit(Op::LoadRaw, &[entries.0, layout::ENTRIES_USED as u16]);
        self.guard(Op::GuardInt, &[Cond::Eq as u16, used.0, count.0]);
        let mut items = Vec::with_capacity(keys.len());
        for (at, key) in keys.into_iter().enumerate() {
            let index = self.word_ref(Value::small(3 * at as i64));
            let load = |m: &mut Self, first: i32| {
                m.emit(Op::LoadItem, &[entries.0, index.0, first as u16])
            };
            let (there, expected) = (load(self, layout::ENTRIES_KEY), self.word_ref(key));
            self.guard(Op::GuardIs, &[there.0, expected.0]);
            let value = load(self, layout::ENTRIES_VALUE);
            let value = self.loaded(own.value_at(DictIndex(at)), value);
            items.push((key, value));
        }
        Some(items)
    }
}
