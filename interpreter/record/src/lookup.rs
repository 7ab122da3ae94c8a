//! Keys of dictionaries: where a dictionary has a key is asked once, and what is there is read and
//! written field by field, as long as no key comes or goes.
//!
//! A place is known like the content of a field, and forgotten with those of the dictionary; a value
//! that is written in its place changes no places.

use crate::emit::Kind;
use crate::recorder::{Recorded, Recorder};
use object::{Dict, DictIndex, Gc, Kind as ObjectKind, Value, layout};
use trace::{Cond, Op, Ref, Role, Rt};
use vm::machine::Runtime;
use vm::plain::Plain;

/// A key's place, of which the trace knows whether there is one.
struct Place {
    r: Ref,
    at: Option<DictIndex>,
}

impl Recorder<'_> {
    /// Does what an op asks for by a key's place in a dictionary. `None`: nothing was done. What is
    /// written is left to the caller to write.
    pub(crate) fn by_place(&mut self, what: Runtime, args: &[Recorded]) -> Option<Recorded> {
        match (what, args) {
            (Runtime::GetItem, &[dict, key]) => {
                let own = dict.word.cast::<Dict>()?;
                if let Some(Some(value)) = self.keyword(dict, key) {
                    return Some(value);
                }
                // That there is none is an exception.
                if !self.vm.is_plain_key(key.word)
                    || self.vm.dict_find(own, key.word).ok()?.1.is_none()
                {
                    return None;
                }
                let place = self.place_of(dict, key)?;
                self.value_at(dict, &place)
            }
            (Runtime::Contains | Runtime::ContainsNot, &[key, dict]) => {
                if let Some(found) = self.keyword(dict, key) {
                    let contains = what == Runtime::Contains;
                    return Some(self.constant_word(Value::bool(found.is_some() == contains)));
                }
                let place = self.place_if_any(dict, key)?;
                let found = Value::bool(place.at.is_some() == (what == Runtime::Contains));
                if self.pc.fetch().op() == bytecode::Op::JumpIn {
                    // Its outcome is tested where it is known how the op goes on then.
                    self.undecided = Some(place.r);
                    return Some(Recorded {
                        word: found,
                        r: place.r,
                    });
                }
                self.expect(&place);
                Some(self.constant_word(found))
            }
            (Runtime::SetItem, &[dict, key, value]) => self.set_by_place(dict, key, value),
            (Runtime::Native, &[number, dict, key, ref default @ ..]) => {
                let words: Vec<Value> = args[1..].iter().map(|arg| arg.word).collect();
                let number = number.word.as_small()? as u32;
                if default.len() > 1 || self.vm.plain_native(number, &words) != Some(Plain::Finds) {
                    return None;
                }
                if let Some(found) = self.keyword(dict, key) {
                    let default = default.first().copied();
                    return Some(match found.or(default) {
                        Some(value) => value,
                        None => self.constant_word(Value::NONE),
                    });
                }
                let place = self.place_of(dict, key)?;
                match (place.at, default) {
                    (Some(_), _) => self.value_at(dict, &place),
                    (None, &[default]) => Some(default),
                    (None, _) => Some(self.constant_word(Value::NONE)),
                }
            }
            _ => None,
        }
    }

    fn constant_word(&mut self, word: Value) -> Recorded {
        let r = self.word_ref(word);
        Recorded { word, r }
    }

    /// Where a dictionary has a key, that it has it or has it not being tested.
    fn place_of(&mut self, dict: Recorded, key: Recorded) -> Option<Place> {
        let place = self.place_if_any(dict, key)?;
        self.expect(&place);
        Some(place)
    }

    /// Tests that there is a place, or that there is none.
    fn expect(&mut self, place: &Place) {
        let (cond, zero) = self.found_or_not(place.at.is_some());
        if !self.was_set(place.r) {
            self.guard(Op::GuardInt, &[cond as u16, place.r.0, zero.0]);
        }
        // What goes back from here on need not search again.
        self.emitter.share(None);
    }

    /// What a place is that was found, or one that was not: the condition, and with what.
    pub(crate) fn found_or_not(&mut self, found: bool) -> (Cond, Ref) {
        let cond = match found {
            true => Cond::Ge,
            false => Cond::Lt,
        };
        (cond, self.word_ref(Value::small(0)))
    }

    /// Where a dictionary has a key, if it has it.
    fn place_if_any(&mut self, dict: Recorded, key: Recorded) -> Option<Place> {
        let own = dict.word.cast::<Dict>()?;
        if !self.is_plain_key(key) {
            return None;
        }
        let (_, at) = self.vm.dict_find(own, key.word).ok()?;
        self.shape_of(dict);
        self.shape_of(key);
        let named = self.boxed(key.r);
        let r = match self.emitter.found(dict.r, named) {
            Some(r) => r,
            None => self.find(dict, own, Recorded { r: named, ..key }, at),
        };
        Some(Place { r, at })
    }

    /// Calls the function that finds a key.
    fn find(&mut self, dict: Recorded, own: Gc<Dict>, key: Recorded, at: Option<DictIndex>) -> Ref {
        let snapshot = self.snapshot_here();
        let r = if key.word.kind() == Some(ObjectKind::Instance) && !key.r.is_constant() {
            self.call_at(self.pc, Rt::DictFindSame, &[dict.r, key.r], snapshot)
        } else {
            let near = at.map_or(own.end(), |at| at.0);
            let near = self.word_ref(Value::small(near as i64));
            self.call_at(self.pc, Rt::DictFind, &[dict.r, key.r, near], snapshot)
        };
        if r != Ref::NONE && self.abort.is_none() {
            self.emitter.assume(r, Kind::Small, 0);
        }
        r
    }

    /// Whether a place is that of a key which was just set: it is there.
    fn was_set(&self, place: Ref) -> bool {
        let sets = [Rt::DictSet, Rt::DictAdd];
        !self.is_off()
            && self.emitter.made_by(place).is_some_and(|ins| {
                ins.op.role() == Role::Call
                    && Rt::from_number(ins.operands[0]).is_some_and(|rt| sets.contains(&rt))
            })
    }

    /// The value at a place where there is one.
    fn value_at(&mut self, dict: Recorded, place: &Place) -> Option<Recorded> {
        let word = dict.word.known::<Dict>().value_at(place.at?);
        let entries = self.emit(Op::Load, &[dict.r.0, layout::DICT_ENTRIES as u16]);
        let operands = [entries.0, place.r.0, layout::ENTRIES_VALUE as u16];
        let r = self.emit(Op::LoadItem, &operands);
        Some(self.loaded(word, r))
    }

    /// Writes a value in the place of a key, or adds the key, if the trace knows whether it is there.
    fn set_by_place(&mut self, dict: Recorded, key: Recorded, value: Recorded) -> Option<Recorded> {
        let own = dict.word.cast::<Dict>()?;
        let named = self.emitter.tagged(key.r).unwrap_or(key.r);
        self.emitter.found(dict.r, named)?;
        if own.is_watched() {
            return None;
        }
        let place = self.place_of(dict, key)?;
        if place.at.is_none() {
            let (named, r) = (self.boxed(key.r), self.boxed(value.r));
            let snapshot = self.snapshot_here();
            self.call_at(self.pc, Rt::DictAdd, &[dict.r, named, r], snapshot);
        } else {
            self.emitter.publish(dict.r);
            let watched = self.emit(Op::LoadByte, &[dict.r.0, layout::DICT_WATCHED as u16]);
            let not = self.raw_ref(0);
            self.guard(Op::GuardInt, &[Cond::Eq as u16, watched.0, not.0]);
            let r = self.boxed(value.r);
            let entries = self.emit(Op::Load, &[dict.r.0, layout::DICT_ENTRIES as u16]);
            self.barrier(entries, r);
            let operands = [entries.0, place.r.0, r.0, layout::ENTRIES_VALUE as u16];
            self.emit(Op::StoreItem, &operands);
        }
        self.effect = true;
        Some(self.constant_word(Value::NONE))
    }
}
