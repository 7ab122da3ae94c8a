//! Dictionaries that keywords are gathered in and spread from: `def f(*args, **kwargs)` around
//! `g(*args, **kwargs)`.
//!
//! A dictionary that a call makes of its keywords is made by one call of the runtime, which names the
//! keys and gets the values. As long as no one else knows the dictionary, that call says what is in it:
//! its items are asked for without a look at it, so it is mostly not made at all. Of any other
//! dictionary of a few strings, keys are tested and values read in their places.
//!
//! Who changes such a dictionary makes it known first (`Emitter::publish`): calls do so with their
//! arguments, and what writes a value in its place does (`lookup`).

use crate::emit::Kind as WordKind;
use crate::recorder::{Recorded, Recorder};
use object::shape::of_kind;
use object::{Dict, DictIndex, Gc, Kind, Str, Value, layout};
use trace::{Cond, Op, Ref, Role, Rt};

/// Dictionaries of more keys are the runtime's.
const KEYS_MAX: usize = 8;

/// The functions that make a dictionary of so many keys.
const MAKING: [Rt; 4] = [Rt::NewDict, Rt::DictOf1, Rt::DictOf2, Rt::DictOf3];

/// Whether a dictionary has a key that is a string.
fn has(dict: Gc<Dict>, key: Value) -> bool {
    key.cast::<Str>()
        .is_some_and(|key| dict.find_str(key).is_some())
}

impl Recorder<'_> {
    /// A dictionary of a few keys that are strings.
    pub(crate) fn keywords_of(&mut self, items: &[(Value, Recorded)]) -> Option<Recorded> {
        let rt = *MAKING.get(items.len())?;
        let dict = Dict::new();
        for &(name, value) in items {
            dict.set_str(name.cast::<Str>()?, value.word);
        }
        if dict.len() != items.len() {
            return None;
        }
        let unknown = Recorded {
            word: dict.into(),
            r: Ref::NONE,
        };
        if self.is_off() {
            return Some(unknown);
        }
        let mut words = Vec::with_capacity(items.len() + 1);
        if !items.is_empty() {
            let keys = dict.with_values(&vec![Value::NONE; items.len()]);
            words.push(self.word_ref(keys.into()));
        }
        for &(_, value) in items {
            words.push(self.boxed(value.r));
        }
        let r = self.call(rt, &words);
        if self.abort.is_some() {
            return Some(unknown);
        }
        self.emitter
            .assume(r, WordKind::Object, of_kind(Kind::Dict));
        self.emitter.make_private(r);
        Some(Recorded { r, ..unknown })
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
        if own.len() + count >= MAKING.len() || !replaces && count < added.len() {
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
        if !self.emitter.is_private(dict.r) {
            return None;
        }
        let ins = self.emitter.made_by(dict.r)?;
        let count = MAKING.iter().position(|&rt| {
            ins.op.role() == Role::Call && Rt::from_number(ins.operands[0]) == Some(rt)
        })?;
        let own = dict.word.cast::<Dict>()?;
        let values = (0..count).map(|at| Recorded {
            word: own.value_at(DictIndex(at)),
            r: self.emitter.unboxed(ins.operand(3 + at)),
        });
        (own.len() == count && own.end() == count).then(|| values.collect())
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
