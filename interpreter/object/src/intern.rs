//! Interned strings: one object for each text, so that names compare by identity.
//!
//! The table keeps its strings alive. Names come from code, which is finite; a program that
//! interns without bound keeps what it asked for.

use crate::header::Gc;
use crate::heap::Marker;
use crate::kinds::Str;
use crate::value::Value;
use rustc_hash::FxHashMap;
use std::cell::UnsafeCell;
use std::collections::hash_map::Entry;

#[derive(Default)]
struct Interned {
    by_hash: FxHashMap<u64, Value>,
    /// Strings whose hash is that of another in the map: next to none.
    colliding: Vec<Value>,
    /// Interned since the last collection: perhaps not marked yet.
    young: Vec<Value>,
}

thread_local! {
    static TABLE: UnsafeCell<Option<Interned>> = const { UnsafeCell::new(None) };
}

fn with_table<R>(f: impl FnOnce(&mut Interned) -> R) -> R {
    TABLE.with(|table| {
        // SAFETY: the table is this thread's own, and the functions of this file do not call
        // each other while they hold it.
        f(unsafe { (*table.get()).get_or_insert_default() })
    })
}

/// The interned string of a text.
pub fn intern(text: &str) -> Gc<Str> {
    intern_string(Str::new(text))
}

/// The interned string equal to `string`, which becomes it if there is none.
pub fn intern_string(string: Gc<Str>) -> Gc<Str> {
    if string.is_interned() {
        return string;
    }
    let hash = string.hash();
    with_table(|table| {
        match table.by_hash.entry(hash) {
            Entry::Vacant(place) => {
                place.insert(string.into());
            }
            Entry::Occupied(known) => {
                let others = table.colliding.iter().copied();
                let mut same = std::iter::once(*known.get())
                    .chain(others)
                    .map(|candidate| candidate.known::<Str>());
                if let Some(same) = same.find(|candidate| candidate.equals(string)) {
                    return same;
                }
                table.colliding.push(string.into());
            }
        }
        string.set_interned();
        table.young.push(string.into());
        string
    })
}

/// Marks the table's strings; in a minor collection those that may be new to it.
pub(crate) fn trace(marker: &mut Marker, full: bool) {
    with_table(|table| {
        if full {
            let all = table.by_hash.values().chain(&table.colliding);
            all.for_each(|&s| marker.visit(s));
        } else {
            table.young.iter().for_each(|&s| marker.visit(s));
        }
        table.young.clear();
    });
}
