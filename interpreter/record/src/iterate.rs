//! Iterators over builtin containers, read field by field.
//!
//! An iterator is *peeked* first: what its next item is, by guards and loads alone. Only when
//! everything is known are the places of all iterators that take part moved on. So a `zip` whose
//! second iterator leaves the trace has not yet taken an item of the first.
//!
//! The end of an iterator is found in the same way: every test first, then what the end leaves
//! behind. Iterators of other kinds, and states that are not told here, are the runtime's.

use crate::recorder::{Recorded, Recorder};
use object::layout;
use object::shape::{of_kind, of_variant};
use object::{
    ByteArray, Bytes, Dict, DictIndex, Gc, Iter, IterKind, Kind, List, Str, Tuple, Value,
};
use trace::{Cond, Op, Ref};
use vm::Machine;

/// A `zip` of more iterators is left to the runtime.
const ZIPPED_MAX: usize = 4;

/// What a step leaves behind in an iterator, once all is known.
pub(crate) enum Effect {
    /// A field is to be written: iterator, displacement, raw number.
    Advance(Ref, i32, Ref),
    /// The iterator is finished.
    Finish(Ref),
}

/// The kind of an iterator that is one of a builtin class itself.
fn own_kind(word: Value) -> Option<IterKind> {
    let kind = word.cast::<Iter>()?.variant();
    (word.shape_id() == of_variant(Kind::Iter, kind as u8)).then_some(kind)
}

/// The next item of an iterator that is no composite of others, if it has one.
fn next_of(word: Value) -> Option<Value> {
    let iter = word.cast::<Iter>()?;
    let (source, at) = (iter.source.get(), iter.at.get());
    let place = usize::try_from(at).ok();
    match own_kind(word)? {
        IterKind::Range => {
            let (end, step) = (iter.end.get(), iter.step.get());
            let more = if step > 0 { at < end } else { at > end };
            more.then(|| Value::small(at))
        }
        IterKind::List | IterKind::ListReverse => source.cast::<List>()?.item(place?),
        IterKind::Tuple => source.cast::<Tuple>()?.items().get(place?).copied(),
        IterKind::Str => {
            let text = source.cast::<Str>()?;
            let narrow = layout::header_word(text.header()) & layout::wide_mask() == 0;
            (narrow && place? < text.len()).then(|| Str::char(text.point(at as usize)).into())
        }
        IterKind::Bytes => {
            let byte = source.cast::<Bytes>()?.as_slice().get(place?);
            byte.map(|&byte| Value::small(i64::from(byte)))
        }
        IterKind::ByteArray => {
            let byte = source.cast::<ByteArray>()?.as_slice().get(place?);
            byte.map(|&byte| Value::small(i64::from(byte)))
        }
        IterKind::DictKeys => next_entry(iter).map(|(key, _)| key),
        IterKind::DictValues => next_entry(iter).map(|(_, value)| value),
        IterKind::DictItems => next_entry(iter).map(|(key, _)| key),
        _ => None,
    }
}

/// Key and value at the very place where an iterator over a dictionary stands.
fn next_entry(iter: Gc<Iter>) -> Option<(Value, Value)> {
    let dict = iter.source.get().cast::<Dict>()?;
    let at = usize::try_from(iter.at.get()).ok()?;
    let steady = dict.len() as i64 == iter.end.get() && iter.step.get() < iter.end.get();
    if !steady || at >= dict.end() {
        return None;
    }
    let (key, value) = (dict.key_at(DictIndex(at)), dict.value_at(DictIndex(at)));
    (key != Value::DELETED).then_some((key, value))
}

/// Whether an iterator has a next item that can be read field by field.
fn can_peek(word: Value) -> bool {
    let Some(iter) = word.cast::<Iter>() else {
        return false;
    };
    match own_kind(word) {
        Some(IterKind::Enumerate) => {
            let small = (0..1 << 40).contains(&iter.at.get()) && iter.extra.get().is_unbound();
            small && can_peek(iter.source.get())
        }
        Some(IterKind::Zip) => iter.source.get().cast::<Tuple>().is_some_and(|parts| {
            let parts = parts.items();
            let apart = (1..parts.len()).all(|at| !parts[..at].contains(&parts[at]));
            let simple = parts.iter().all(|&part| next_of(part).is_some());
            (1..=ZIPPED_MAX).contains(&parts.len()) && apart && simple
        }),
        _ => next_of(word).is_some(),
    }
}

/// Whether an iterator that is no composite of others is at its end, and that can be told field by
/// field.
fn ends(word: Value) -> bool {
    let Some(iter) = word.cast::<Iter>() else {
        return false;
    };
    let (source, at) = (iter.source.get(), iter.at.get());
    match own_kind(word) {
        Some(IterKind::Range) => next_of(word).is_none(),
        Some(
            IterKind::List
            | IterKind::ListReverse
            | IterKind::Tuple
            | IterKind::Str
            | IterKind::Bytes
            | IterKind::ByteArray
            | IterKind::DictKeys
            | IterKind::DictValues
            | IterKind::DictItems,
        ) if source.is_unbound() => true,
        Some(IterKind::List) => at >= source.known::<List>().len() as i64,
        Some(IterKind::ListReverse) => at < 0,
        Some(IterKind::Tuple) => at >= source.known::<Tuple>().items().len() as i64,
        Some(IterKind::Str) => at >= source.known::<Str>().len() as i64,
        Some(IterKind::Bytes) => at >= source.known::<Bytes>().as_slice().len() as i64,
        Some(IterKind::ByteArray) => at >= source.known::<ByteArray>().len() as i64,
        Some(IterKind::DictKeys | IterKind::DictValues | IterKind::DictItems) => source
            .cast::<Dict>()
            .is_some_and(|dict| dict.len() as i64 == iter.end.get() && at >= dict.end() as i64),
        _ => false,
    }
}

/// Whether an iterator has no next item, and that can be told field by field.
fn can_end(word: Value) -> bool {
    let Some(iter) = word.cast::<Iter>() else {
        return false;
    };
    match own_kind(word) {
        Some(IterKind::Enumerate) => can_end(iter.source.get()),
        Some(IterKind::Zip) => {
            iter.is_finished() || iter.step.get() == 0 && part_that_ends(iter).is_some()
        }
        _ => ends(word),
    }
}

/// Which part of a `zip` ends it, where that and the parts before it can be told.
fn part_that_ends(iter: Gc<Iter>) -> Option<usize> {
    let parts = iter.source.get().cast::<Tuple>()?;
    let parts = parts.items();
    let apart = (1..parts.len()).all(|at| !parts[..at].contains(&parts[at]));
    if !(1..=ZIPPED_MAX).contains(&parts.len()) || !apart {
        return None;
    }
    let at = parts.iter().position(|&part| next_of(part).is_none())?;
    ends(parts[at]).then_some(at)
}

impl Recorder<'_> {
    /// The next item of an iterator, or that there is none, if it can be told field by field; else
    /// nothing has happened.
    pub(crate) fn next_item(&mut self, iter: Recorded) -> Option<Option<Recorded>> {
        if self.is_off() {
            return None;
        }
        let mut effects = Vec::new();
        let item = if can_peek(iter.word) {
            Some(self.peek(iter, &mut effects)?)
        } else if can_end(iter.word) {
            self.peek_end(iter, &mut effects)?;
            None
        } else {
            return None;
        };
        for effect in effects {
            match effect {
                Effect::Advance(iter, field, n) => {
                    self.emit(Op::StoreRaw, &[iter.0, field as u16, n.0]);
                }
                Effect::Finish(iter) => {
                    let unbound = self.word_ref(Value::UNBOUND);
                    self.write_field(iter, layout::ITER_SOURCE, unbound);
                }
            }
        }
        self.effect = true;
        let next = self.vm.next_builtin(iter.word.known());
        debug_assert!(
            next.as_ref()
                .is_ok_and(|next| next.is_some() == item.is_some())
        );
        // The tuple that the item may be is the interpreter's own.
        let word = next.ok().flatten();
        Some(item.map(|item| Recorded {
            word: word.unwrap_or(item.word),
            r: item.r,
        }))
    }

    /// That an iterator has no next item: by tests alone.
    fn peek_end(&mut self, iter: Recorded, effects: &mut Vec<Effect>) -> Option<()> {
        self.shape_of(iter);
        let [at_field, _, step_field] = layout::RANGE_FIELDS;
        let fields = iter.word.known::<Iter>();
        let kind = own_kind(iter.word)?;
        if kind == IterKind::Range {
            self.range_stands(iter, false);
            return Some(());
        }
        let source = self.source_of(iter);
        if source.word.is_unbound() {
            let unbound = self.word_ref(Value::UNBOUND);
            self.guard(Op::GuardIs, &[source.r.0, unbound.0]);
            return Some(());
        }
        if kind == IterKind::Enumerate {
            return self.peek_end(source, effects);
        }
        self.shape_of(source);
        match kind {
            IterKind::List
            | IterKind::Tuple
            | IterKind::Str
            | IterKind::Bytes
            | IterKind::ByteArray => {
                let at = self.raw_field(iter, at_field);
                let index = self.emit(Op::TagInt, &[at.0]);
                let length = self.length_of(source);
                self.guard(Op::GuardInt, &[Cond::Ge as u16, index.0, length.0]);
            }
            IterKind::ListReverse => {
                let (at, zero) = (self.raw_field(iter, at_field), self.raw_ref(0));
                self.guard(Op::GuardInt, &[Cond::Lt as u16, at.0, zero.0]);
            }
            IterKind::DictKeys | IterKind::DictValues | IterKind::DictItems => {
                self.entries_stand(iter, source, Cond::Ge);
            }
            IterKind::Zip => {
                let strict = self.raw_field(iter, step_field);
                let zero = self.raw_ref(0);
                self.guard(Op::GuardInt, &[Cond::Eq as u16, strict.0, zero.0]);
                let last = part_that_ends(fields)?;
                let parts = self.parts_of(source, last + 1);
                for (at, part) in parts.into_iter().enumerate() {
                    if at < last {
                        self.peek(part, effects)?;
                    } else {
                        self.peek_end(part, effects)?;
                    }
                }
            }
            _ => return None,
        }
        effects.push(Effect::Finish(iter.r));
        Some(())
    }

    fn raw_field(&mut self, iter: Recorded, field: i32) -> Ref {
        self.emit(Op::LoadRaw, &[iter.r.0, field as u16])
    }

    fn source_of(&mut self, iter: Recorded) -> Recorded {
        let field = layout::ITER_SOURCE as u16;
        let r = self.emit(Op::Load, &[iter.r.0, field]);
        let word = iter.word.known::<Iter>().source.get();
        Recorded { word, r }
    }

    fn moved_on(&mut self, iter: Recorded, field: i32, n: Ref, by: i64) -> Effect {
        let by = self.raw_ref(by);
        let after = self.emit(Op::AddRaw, &[n.0, by.0]);
        Effect::Advance(iter.r, field, after)
    }

    fn peek(&mut self, iter: Recorded, effects: &mut Vec<Effect>) -> Option<Recorded> {
        self.shape_of(iter);
        let [at_field, ..] = layout::RANGE_FIELDS;
        let fields = iter.word.known::<Iter>();
        let kind = own_kind(iter.word)?;
        let at = self.raw_field(iter, at_field);
        match kind {
            IterKind::Range => {
                let (at, by) = self.range_stands(iter, true);
                let after = self.emit(Op::AddRaw, &[at.0, by.0]);
                effects.push(Effect::Advance(iter.r, at_field, after));
                let r = self.emit(Op::TagInt, &[at.0]);
                let word = Value::small(fields.at.get());
                Some(Recorded { word, r })
            }
            IterKind::List
            | IterKind::Tuple
            | IterKind::ListReverse
            | IterKind::Str
            | IterKind::Bytes
            | IterKind::ByteArray => {
                let source = self.source_of(iter);
                self.shape_of(source);
                let index = self.emit(Op::TagInt, &[at.0]);
                let index = Recorded {
                    word: Value::small(fields.at.get()),
                    r: index,
                };
                let length = self.length_of(source);
                self.guard(Op::GuardBelow, &[index.r.0, length.0]);
                let by = if kind == IterKind::ListReverse { -1 } else { 1 };
                let advance = self.moved_on(iter, at_field, at, by);
                effects.push(advance);
                if kind == IterKind::Str {
                    return self.character(source, index);
                }
                let word = next_of(iter.word)?;
                if matches!(kind, IterKind::Bytes | IterKind::ByteArray) {
                    return Some(self.byte_of(source, index.r, word));
                }
                Some(self.item_of(source, index.r, word))
            }
            IterKind::DictKeys | IterKind::DictValues | IterKind::DictItems => {
                self.peek_entry(iter, at, effects)
            }
            IterKind::Enumerate => {
                let limit = self.raw_ref(1 << 40);
                self.guard(Op::GuardBelow, &[at.0, limit.0]);
                let field = layout::ITER_EXTRA as u16;
                let extra = self.emit(Op::Load, &[iter.r.0, field]);
                let unbound = self.word_ref(Value::UNBOUND);
                self.guard(Op::GuardIs, &[extra.0, unbound.0]);
                let source = self.source_of(iter);
                let item = self.peek(source, effects)?;
                let advance = self.moved_on(iter, at_field, at, 1);
                effects.push(advance);
                let count = self.emit(Op::TagInt, &[at.0]);
                let item = self.boxed(item.r);
                Some(self.tuple_of(&[count, item]))
            }
            IterKind::Zip => self.peek_zipped(iter, effects),
            _ => None,
        }
    }

    fn peek_zipped(&mut self, iter: Recorded, effects: &mut Vec<Effect>) -> Option<Recorded> {
        let source = self.source_of(iter);
        self.shape_of(source);
        let count = source.word.known::<Tuple>().items().len();
        let parts = self.parts_of(source, count);
        let mut items = Vec::with_capacity(parts.len());
        for part in parts {
            let item = self.peek(part, effects)?;
            items.push(self.boxed(item.r));
        }
        Some(self.tuple_of(&items))
    }

    /// What the interpreter found as the next item of an iterator over a list or a tuple, told in
    /// operations; `source` is what the iterator went over before that.
    pub(crate) fn next_in_sequence(
        &mut self,
        iter: Recorded,
        source: Value,
        found: Option<Value>,
    ) -> Option<Recorded> {
        let field = layout::ITER_SOURCE as u16;
        let r = self.emit(Op::Load, &[iter.r.0, field]);
        let source = Recorded { word: source, r };
        if source.word.is_unbound() {
            self.is_word(source, Value::UNBOUND);
            return None;
        }
        self.shape_of(source);
        let at = layout::RANGE_FIELDS[0] as u16;
        let next = self.emit(Op::LoadRaw, &[iter.r.0, at]);
        let index = self.emit(Op::TagInt, &[next.0]);
        let length = self.length_of(source);
        if found.is_none() {
            self.guard(Op::GuardInt, &[Cond::Ge as u16, index.0, length.0]);
            let unbound = self.word_ref(Value::UNBOUND);
            self.write_field(iter.r, layout::ITER_SOURCE, unbound);
            return None;
        }
        debug_assert!(
            iter.word.known::<Iter>().at.get() > 0,
            "it has been moved on"
        );
        self.guard(Op::GuardInt, &[Cond::Lt as u16, index.0, length.0]);
        let item = found.map(|word| self.item_of(source, index, word));
        let one = self.raw_ref(1);
        let after = self.emit(Op::AddRaw, &[next.0, one.0]);
        self.emit(Op::StoreRaw, &[iter.r.0, at, after.0]);
        self.effect = true;
        item
    }

    /// Tests whether an iterator over a range has a next number, as it has or has not: that number,
    /// and the step.
    pub(crate) fn range_stands(&mut self, iter: Recorded, more: bool) -> (Ref, Ref) {
        let up = iter.word.known::<Iter>().step.get() > 0;
        let [at, last, by] = layout::RANGE_FIELDS.map(|field| self.raw_field(iter, field));
        let zero = self.raw_ref(0);
        let (sign, within) = match up {
            true => (Cond::Gt, Cond::Lt),
            false => (Cond::Le, Cond::Gt),
        };
        let side = match more {
            true => within,
            false => within.negated().of_integers(),
        };
        self.guard(Op::GuardInt, &[sign as u16, by.0, zero.0]);
        self.guard(Op::GuardInt, &[side as u16, at.0, last.0]);
        (at, by)
    }

    /// Tests that a dictionary has as many keys as when an iterator over it began, and on which
    /// side of its entries' end the iterator stands: the entries.
    fn entries_stand(&mut self, iter: Recorded, source: Recorded, side: Cond) -> Ref {
        let [at_field, end_field, _] = layout::RANGE_FIELDS;
        let live = self.raw_field(source, layout::DICT_LIVE);
        let end = self.raw_field(iter, end_field);
        self.guard(Op::GuardInt, &[Cond::Eq as u16, live.0, end.0]);
        let field = layout::DICT_ENTRIES as u16;
        let entries = self.emit(Op::Load, &[source.r.0, field]);
        let field = layout::ENTRIES_USED as u16;
        let used = self.emit(Op::LoadRaw, &[entries.0, field]);
        let at = self.raw_field(iter, at_field);
        self.guard(Op::GuardInt, &[side as u16, at.0, used.0]);
        entries
    }

    /// The first `wanted` parts of a `zip`, which are all different ones.
    fn parts_of(&mut self, source: Recorded, wanted: usize) -> Vec<Recorded> {
        let words = source.word.known::<Tuple>().items();
        let length = self.length_of(source);
        let count = self.word_ref(Value::small(words.len() as i64));
        self.guard(Op::GuardInt, &[Cond::Eq as u16, length.0, count.0]);
        let mut parts: Vec<Recorded> = Vec::with_capacity(wanted);
        for (at, &word) in words.iter().enumerate().take(wanted) {
            let index = self.word_ref(Value::small(at as i64));
            let part = self.item_of(source, index, word);
            self.learn(part);
            for other in &parts {
                self.guard(Op::GuardIsNot, &[part.r.0, other.r.0]);
            }
            parts.push(part);
        }
        parts
    }

    fn peek_entry(
        &mut self,
        iter: Recorded,
        at: Ref,
        effects: &mut Vec<Effect>,
    ) -> Option<Recorded> {
        let [at_field, end_field, step_field] = layout::RANGE_FIELDS;
        let kind = own_kind(iter.word)?;
        let (key, value) = next_entry(iter.word.known())?;
        let source = self.source_of(iter);
        self.shape_of(source);
        let entries = self.entries_stand(iter, source, Cond::Lt);
        let (end, step) = (
            self.raw_field(iter, end_field),
            self.raw_field(iter, step_field),
        );
        self.guard(Op::GuardInt, &[Cond::Lt as u16, step.0, end.0]);
        // An entry is three words.
        let twice = self.emit(Op::AddRaw, &[at.0, at.0]);
        let thrice = self.emit(Op::AddRaw, &[twice.0, at.0]);
        let index = self.emit(Op::TagInt, &[thrice.0]);
        let load = |m: &mut Self, first: i32, word: Value| {
            let r = m.emit(Op::LoadItem, &[entries.0, index.0, first as u16]);
            m.loaded(word, r)
        };
        let key = load(self, layout::ENTRIES_KEY, key);
        let deleted = self.word_ref(Value::DELETED);
        self.guard(Op::GuardIsNot, &[key.r.0, deleted.0]);
        let advance = self.moved_on(iter, at_field, at, 1);
        effects.push(advance);
        let advance = self.moved_on(iter, step_field, step, 1);
        effects.push(advance);
        if kind == IterKind::DictKeys {
            return Some(key);
        }
        let value = load(self, layout::ENTRIES_VALUE, value);
        if kind == IterKind::DictValues {
            return Some(value);
        }
        let items = [self.boxed(key.r), self.boxed(value.r)];
        Some(self.tuple_of(&items))
    }

    /// The character at an index below the length of a string whose characters are bytes: one of
    /// those that the machine keeps.
    pub(crate) fn character(&mut self, text: Recorded, index: Recorded) -> Option<Recorded> {
        let own = text.word.known::<Str>();
        let at = usize::try_from(index.word.as_small()?).ok()?;
        let word = Str::char(own.point(at)).into();
        self.expect_narrow(text);
        let field = layout::STR_DATA as u16;
        let byte = self.emit(Op::LoadByteAt, &[text.r.0, index.r.0, field]);
        let number = self.emit(Op::TagInt, &[byte.0]);
        let all: Value = self.vm.characters().into();
        let all = self.word_ref(all);
        let field = layout::TUPLE_ITEMS as u16;
        let r = self.emit(Op::LoadItem, &[all.0, number.0, field]);
        if self.abort.is_none() {
            self.emitter
                .assume(r, crate::emit::Kind::Object, of_kind(Kind::Str));
            let one = self.raw_ref(1);
            let field = layout::STR_LENGTH as u16;
            self.emitter.know_fixed(Op::LoadFixedRaw, r, field, one);
        }
        Some(Recorded { word, r })
    }

    /// Tests that the characters of a string are bytes in it.
    pub(crate) fn expect_narrow(&mut self, text: Recorded) {
        let flags = self.emit(Op::LoadFixedRaw, &[text.r.0, 0]);
        let mask = self.raw_ref(layout::wide_mask() as i64);
        let own = self.emit(Op::AndRaw, &[flags.0, mask.0]);
        let none = self.raw_ref(0);
        self.guard(Op::GuardInt, &[Cond::Eq as u16, own.0, none.0]);
    }

    /// The number of a character that was taken from those that the machine keeps.
    pub(crate) fn number_of_character(&mut self, r: Ref) -> Option<Ref> {
        let ins = self.emitter.made_by(r)?;
        let (from, number) = (ins.operand(0), ins.operand(1));
        let all: Value = self.vm.characters().into();
        let is_one = ins.op == Op::LoadItem && self.emitter.known_word(from) == Some(all);
        is_one.then_some(number)
    }

    /// A new `zip` of iterators.
    pub(crate) fn zip_of(&mut self, parts: &[Recorded]) -> Recorded {
        let words: Vec<Value> = parts.iter().map(|part| part.word).collect();
        let word = self.vm.new_zip(&words);
        if self.is_off() {
            return Self::unknown(word);
        }
        let items: Vec<Ref> = parts.iter().map(|part| part.r).collect();
        let tuple = self.tuple_of(&items);
        let r = self.new_iter(IterKind::Zip, Some(tuple.r));
        for field in layout::RANGE_FIELDS {
            self.init_raw(r, field, 0);
        }
        Recorded { word, r }
    }

    /// A new `enumerate` of an iterator, from a small number on.
    pub(crate) fn enumerate_of(&mut self, source: Recorded, from: Recorded) -> Recorded {
        let word = self.vm.new_enumerate(source.word, from.word);
        if self.is_off() {
            return Self::unknown(word);
        }
        let at = self.emit(Op::UntagInt, &[from.r.0]);
        let r = self.new_iter(IterKind::Enumerate, Some(source.r));
        let [at_field, end_field, step_field] = layout::RANGE_FIELDS;
        self.emit(Op::StoreRaw, &[r.0, at_field as u16, at.0]);
        self.init_raw(r, end_field, 0);
        self.init_raw(r, step_field, 0);
        Recorded { word, r }
    }

    /// A new tuple of words.
    pub(crate) fn tuple_of(&mut self, items: &[Ref]) -> Recorded {
        let bytes = layout::TUPLE_BYTES + items.len() * 8;
        let r = self.new_object(bytes, Kind::Tuple, of_kind(Kind::Tuple));
        self.init_raw(r, layout::TUPLE_LENGTH, items.len() as i64);
        if self.abort.is_none() {
            let length = self.raw_ref(items.len() as i64);
            let field = layout::TUPLE_LENGTH as u16;
            self.emitter.know_fixed(Op::LoadFixedRaw, r, field, length);
        }
        for (at, &item) in items.iter().enumerate() {
            self.init_item(r, layout::TUPLE_ITEMS, at, item);
        }
        // Which tuple the interpreter makes of them, the caller knows.
        let word = Value::UNBOUND;
        Recorded { word, r }
    }
}
