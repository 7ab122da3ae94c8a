//! Interned strings: one object for each text, so that names compare by identity.
//!
//! The table keeps its strings alive. Names come from code, which is finite; a program that
//! interns without bound keeps what it asked for.

use crate::header::Gc;
use crate::heap::Marker;
use crate::kinds::Str;
use crate::value::Value;
use std::cell::UnsafeCell;
use std::collections::HashMap;

#[derive(Default)]
struct Interned {
    by_hash: HashMap<u64, Vec<Value>>,
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
        let same_hash = table.by_hash.entry(hash).or_default();
        for &candidate in same_hash.iter() {
            let candidate = candidate.known::<Str>();
            if candidate.equals(string) {
                return candidate;
            }
        }
        string.set_interned();
        same_hash.push(string.into());
        table.young.push(string.into());
        string
    })
}

/// Marks the table's strings; in a minor collection those that may be new to it.
pub(crate) fn trace(marker: &mut Marker, full: bool) {
    with_table(|table| {
        if full {
            table
                .by_hash
                .values()
                .flatten()
                .for_each(|&s| marker.visit(s));
        } else {
            table.young.iter().for_each(|&s| marker.visit(s));
        }
        table.young.clear();
    });
}
