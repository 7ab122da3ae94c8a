//! Dictionaries: compact and in order of insertion.
//!
//! Entries lie in one array in the order in which they were inserted; an index table of 1, 2 or
//! 4 bytes a place, with open addressing and linear probing, leads from a hash to an entry. Up to
//! eight entries there is no table at all: comparing eight hashes in a row is faster than
//! probing. Deleted entries leave a mark and are squeezed out when the storage grows.
//!
//! Comparing keys may run Python code, which may change the dictionary under the search.
//! [`Dict::find`] therefore takes the comparison as a function and starts anew when the storage
//! is not what it was.

use super::array::{Bytes, Entries, Entry};
use super::string::Str;
use crate::header::{Gc, Header, Kind, Layout, Slot};
use crate::heap::{self, Marker};
use crate::shape::of_kind;
use crate::value::Value;
use crate::watch;
use std::cell::Cell;

/// Up to this many entries there is no index table.
pub(crate) const LINEAR_MAX: usize = 8;

/// The place of an entry in a dictionary.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DictIndex(pub usize);

impl DictIndex {
    /// The number of words that the entries before it take, a small integer; of no place, a negative
    /// one.
    #[inline(always)]
    pub fn in_words(at: Option<DictIndex>) -> Value {
        const WORDS: usize = size_of::<Entry>() / size_of::<Value>();
        Value::small(at.map_or(-1, |at| (at.0 * WORDS) as i64))
    }
}

/// A key that a search came upon is not of the kind that is searched for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OtherKind;

/// A dictionary. Sets have the same layout and do not use the values.
#[repr(C)]
pub struct Dict {
    header: Header,
    pub(crate) entries: Slot,
    pub(crate) table: Slot,
    pub(crate) live: Cell<usize>,
    /// Identifies the set of keys and their places; 0: no one has asked for it since it changed.
    pub(crate) keys_version: Cell<u32>,
    /// No live entry lies before this place: taking entries from the front stays cheap.
    first: Cell<u32>,
    /// Machine code relies on the keys and on settled values.
    pub(crate) watched: Cell<bool>,
}

impl Layout for Dict {
    fn trace(&self, marker: &mut Marker) {
        marker.field(&self.entries);
        marker.field(&self.table);
    }
}

thread_local! {
    static LAST_KEYS_VERSION: Cell<u32> = const { Cell::new(0) };
}

/// The bits of an index table's places, by its size.
fn place_bytes(capacity: usize) -> usize {
    match capacity {
        0..=0xff => 1,
        0x100..=0xffff => 2,
        _ => 4,
    }
}

#[inline(always)]
fn read_place(table: &[u8], at: usize, width: usize) -> usize {
    match width {
        1 => table[at] as usize,
        2 => u16::from_ne_bytes([table[at * 2], table[at * 2 + 1]]) as usize,
        _ => {
            let b = &table[at * 4..at * 4 + 4];
            u32::from_ne_bytes([b[0], b[1], b[2], b[3]]) as usize
        }
    }
}

fn write_place(table: &mut [u8], at: usize, width: usize, place: usize) {
    match width {
        1 => table[at] = place as u8,
        2 => table[at * 2..at * 2 + 2].copy_from_slice(&(place as u16).to_ne_bytes()),
        _ => table[at * 4..at * 4 + 4].copy_from_slice(&(place as u32).to_ne_bytes()),
    }
}

/// Spreads a hash over the table: integers hash to themselves, so neighbours must part.
#[inline(always)]
fn spread(hash: u64) -> usize {
    (hash.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize
}

/// The place of the first entry that is the wanted one, among those that an index table of places
/// of `BYTES` leads to from a hash.
#[inline(always)]
fn probe<const BYTES: usize, E>(
    table: &[[u8; BYTES]],
    entries: Gc<Entries>,
    hash: u64,
    is_wanted: impl Fn(Entry) -> Result<bool, E>,
) -> Result<Option<DictIndex>, E> {
    let mask = table.len() - 1;
    let mut at = spread(hash) & mask;
    loop {
        let place = read_place(&table[at], 0, BYTES);
        if place == 0 {
            return Ok(None);
        }
        if is_wanted(entries.entry(place - 1))? {
            return Ok(Some(DictIndex(place - 1)));
        }
        at = (at + 1) & mask;
    }
}

/// Notes in an index table where the entry of a hash is.
#[inline(always)]
fn enter(table: &mut [u8], width: usize, hash: u64, at: usize) {
    let mask = table.len() / width - 1;
    let mut probe = spread(hash) & mask;
    while read_place(table, probe, width) != 0 {
        probe = (probe + 1) & mask;
    }
    write_place(table, probe, width, at + 1);
}

impl Dict {
    pub fn new() -> Gc<Dict> {
        Dict::with_shape(of_kind(Kind::Dict), |header, entries| Dict {
            header,
            entries: Slot::new(entries),
            table: Slot::new(Value::NONE),
            live: Cell::new(0),
            keys_version: Cell::new(0),
            first: Cell::new(0),
            watched: Cell::new(false),
        })
    }

    /// A dictionary with room for so many entries.
    pub fn with_room(entries: usize) -> Gc<Dict> {
        let made = Dict::new();
        if entries > made.entries().capacity() {
            made.rebuild(entries);
        }
        made
    }

    fn with_shape<T: Layout>(shape: u32, make: impl FnOnce(Header, Value) -> T) -> Gc<T> {
        let entries = Entries::new(crate::layout::ENTRIES_MIN);
        heap::allocate(shape, |header| make(header, entries.into()))
    }

    /// The parts of an empty dictionary, for layouts that contain one.
    pub(super) fn parts(header: Header, capacity: usize) -> Dict {
        Dict {
            header,
            entries: Slot::new(Entries::new(capacity).into()),
            table: Slot::new(Value::NONE),
            live: Cell::new(0),
            keys_version: Cell::new(0),
            first: Cell::new(0),
            watched: Cell::new(false),
        }
    }

    /// The number of entries.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.live.get()
    }

    pub fn is_empty(&self) -> bool {
        self.live.get() == 0
    }

    #[inline(always)]
    fn entries(&self) -> Gc<Entries> {
        self.entries.get().known::<Entries>()
    }

    /// A number that stays the same as long as no key is added, removed or moved. Never 0.
    pub fn keys_version(&self) -> u32 {
        if self.keys_version.get() == 0 {
            let version = LAST_KEYS_VERSION.get().wrapping_add(1).max(1);
            LAST_KEYS_VERSION.set(version);
            self.keys_version.set(version);
        }
        self.keys_version.get()
    }

    /// Whether `keys_version` still gives this number (which is not 0).
    #[inline(always)]
    pub fn has_keys_version(&self, version: u32) -> bool {
        self.keys_version.get() == version
    }

    /// The value at a place that `find` gave and that `keys_version` vouches for.
    #[inline(always)]
    pub fn value_at(&self, at: DictIndex) -> Value {
        self.entries().entry(at.0).value
    }

    /// Whether this very key is at a place, of which nothing is known.
    #[inline(always)]
    pub fn is_at(&self, at: DictIndex, key: Value) -> bool {
        let entries = self.entries();
        at.0 < entries.used() && entries.entry(at.0).key == key
    }

    pub fn key_at(&self, at: DictIndex) -> Value {
        self.entries().entry(at.0).key
    }

    /// The first entry at or after a place: its place, hash, key and value.
    #[inline]
    pub fn next_entry(&self, from: usize) -> Option<(DictIndex, u64, Value, Value)> {
        let entries = self.entries();
        let first = self.first.get() as usize;
        let found = (from.max(first)..entries.used()).find_map(|at| {
            let entry = entries.entry(at);
            (entry.key != Value::DELETED).then_some((
                DictIndex(at),
                entry.hash,
                entry.key,
                entry.value,
            ))
        });
        if from <= first
            && let Some((at, ..)) = found
        {
            self.first.set(u32::try_from(at.0).unwrap_or(0));
        }
        found
    }

    /// The last entry before a place.
    pub fn previous_entry(&self, before: usize) -> Option<(DictIndex, u64, Value, Value)> {
        let entries = self.entries();
        (0..before.min(entries.used())).rev().find_map(|at| {
            let entry = entries.entry(at);
            (entry.key != Value::DELETED).then_some((
                DictIndex(at),
                entry.hash,
                entry.key,
                entry.value,
            ))
        })
    }

    /// One past the last place in use.
    pub fn end(&self) -> usize {
        self.entries().used()
    }

    /// All entries as (key, value), in order. The dictionary must not change meanwhile.
    pub fn iter(&self) -> impl Iterator<Item = (Value, Value)> + '_ {
        let mut from = 0;
        std::iter::from_fn(move || {
            let (at, _, key, value) = self.next_entry(from)?;
            from = at.0 + 1;
            Some((key, value))
        })
    }

    /// All entries with their hashes, for copying.
    pub fn iter_hashed(&self) -> impl Iterator<Item = (u64, Value, Value)> + '_ {
        let mut from = 0;
        std::iter::from_fn(move || {
            let (at, hash, key, value) = self.next_entry(from)?;
            from = at.0 + 1;
            Some((hash, key, value))
        })
    }

    /// The place of the key with this hash for which `equal` holds. Identity is checked before
    /// `equal` is asked.
    #[inline]
    pub fn find<E>(
        &self,
        hash: u64,
        key: Value,
        mut equal: impl FnMut(Value) -> Result<bool, E>,
    ) -> Result<Option<DictIndex>, E> {
        'anew: loop {
            let entries = self.entries();
            let unchanged = |entry: Entry, at: usize| {
                self.entries() == entries
                    && at < entries.used()
                    && entries.entry(at).key == entry.key
            };
            if self.table.get().is_none() {
                for at in 0..entries.used() {
                    let entry = entries.entry(at);
                    // The same key has the same hash, so most entries are passed by one test.
                    if entry.hash != hash {
                        continue;
                    }
                    if entry.key == key {
                        return Ok(Some(DictIndex(at)));
                    }
                    if entry.key != Value::DELETED {
                        let same = equal(entry.key)?;
                        if !unchanged(entry, at) {
                            continue 'anew;
                        }
                        if same {
                            return Ok(Some(DictIndex(at)));
                        }
                    }
                }
                return Ok(None);
            }
            let table = self.table.get().known::<Bytes>().as_slice();
            let width = place_bytes(entries.capacity());
            let mask = table.len() / width - 1;
            let mut probe = spread(hash) & mask;
            loop {
                let place = read_place(table, probe, width);
                if place == 0 {
                    return Ok(None);
                }
                let entry = entries.entry(place - 1);
                if entry.key == key {
                    return Ok(Some(DictIndex(place - 1)));
                }
                if entry.hash == hash && entry.key != Value::DELETED {
                    let same = equal(entry.key)?;
                    if !unchanged(entry, place - 1) {
                        continue 'anew;
                    }
                    if same {
                        return Ok(Some(DictIndex(place - 1)));
                    }
                }
                probe = (probe + 1) & mask;
            }
        }
    }

    /// As [`Dict::find`], where comparing changes nothing.
    #[inline(always)]
    fn find_plain<E>(
        &self,
        hash: u64,
        key: Value,
        equal: impl Fn(Value) -> Result<bool, E>,
    ) -> Result<Option<DictIndex>, E> {
        let entries = self.entries();
        let table = self.table.get();
        if table.is_none() {
            for at in 0..entries.used() {
                let entry = entries.entry(at);
                if entry.hash == hash
                    && (entry.key == key || entry.key != Value::DELETED && equal(entry.key)?)
                {
                    return Ok(Some(DictIndex(at)));
                }
            }
            return Ok(None);
        }
        let table = table.known::<Bytes>().as_slice();
        let equal = |entry: Entry| {
            let found = entry.hash == hash;
            Ok(found && (entry.key == key || entry.key != Value::DELETED && equal(entry.key)?))
        };
        match place_bytes(entries.capacity()) {
            1 => probe(table.as_chunks::<1>().0, entries, hash, equal),
            2 => probe(table.as_chunks::<2>().0, entries, hash, equal),
            _ => probe(table.as_chunks::<4>().0, entries, hash, equal),
        }
    }

    /// The place of a small integer. `Err`: a key of another kind has its hash, and who compares the
    /// two has to be asked.
    #[inline(never)]
    pub fn find_small(&self, hash: u64, key: Value) -> Result<Option<DictIndex>, OtherKind> {
        self.find_plain(hash, key, |other| match other.is_small() {
            true => Ok(false),
            false => Err(OtherKind),
        })
    }

    /// The place of an object of a Python class that equals itself alone. `Err`: another key has its
    /// hash, which no other object of such a class has.
    #[inline(always)]
    pub fn find_same(&self, hash: u64, key: Value) -> Result<Option<DictIndex>, OtherKind> {
        self.find_plain(hash, key, |_| Err(OtherKind))
    }

    /// The same, where it is one way of several.
    #[inline(never)]
    pub fn find_same_apart(&self, hash: u64, key: Value) -> Result<Option<DictIndex>, OtherKind> {
        self.find_same(hash, key)
    }

    /// The place of a string. `Err`: a key that is none has its hash, and who compares the two has
    /// to be asked.
    #[inline(never)]
    pub fn find_text(&self, hash: u64, key: Gc<Str>) -> Result<Option<DictIndex>, OtherKind> {
        self.find_plain(hash, key.into(), |other| match other.cast::<Str>() {
            Some(other) => Ok(key.equals(other)),
            None => Err(OtherKind),
        })
    }

    /// The place of a string key among keys whose comparison with a string runs no Python code.
    /// A key that is neither string nor builtin number is taken to be different, which is right
    /// for namespaces and attribute dictionaries.
    #[inline]
    pub fn find_str(&self, key: Gc<Str>) -> Option<DictIndex> {
        let found = self.find_plain(key.hash(), key.into(), |other| {
            Ok::<bool, std::convert::Infallible>(
                other.cast::<Str>().is_some_and(|other| key.equals(other)),
            )
        });
        match found {
            Ok(place) => place,
            Err(never) => match never {},
        }
    }

    pub fn get_str(&self, key: Gc<Str>) -> Option<Value> {
        self.find_str(key).map(|at| self.value_at(at))
    }
}

impl Gc<Dict> {
    /// Replaces the value at a place.
    #[inline(always)]
    pub fn set_value_at(self, at: DictIndex, value: Value) {
        let entries = self.entries();
        let entry = entries.entry(at.0);
        if self.watched.get() && entry.value != value && watch::is_settled(entry.value) {
            watch::changed();
        }
        entries.set_entry(at.0, Entry { value, ..entry });
    }

    /// Whether machine code relies on the keys or on values.
    pub fn is_watched(self) -> bool {
        self.watched.get()
    }

    /// Moves the epoch on when a key comes or goes, or the value of one that is settled changes.
    pub fn watch(self) {
        self.watched.set(true);
    }

    /// The storage, and the address in it of the value at a place, which stays there as long as
    /// the keys do.
    pub fn value_address(self, at: DictIndex) -> (Value, usize) {
        (self.entries.get(), self.entries().value_address(at.0))
    }

    /// Lets all who know where its keys are look anew.
    pub fn forget_places(self) {
        self.keys_change();
    }

    fn keys_change(self) {
        self.keys_version.set(0);
        if self.watched.replace(false) {
            watch::changed();
        }
    }

    /// Adds a key that `find` did not find.
    #[inline]
    pub fn insert_new(self, hash: u64, key: Value, value: Value) {
        self.append(hash, key, value);
    }

    /// The same; gives where the key is.
    pub fn append(self, hash: u64, key: Value, value: Value) -> DictIndex {
        self.keys_change();
        if self.entries().used() == self.entries().capacity() {
            self.grow();
        }
        let entries = self.entries();
        let at = entries.used();
        entries.push(Entry { hash, key, value });
        self.live.set(self.live.get() + 1);
        if !self.table.get().is_none() {
            self.enter(hash, at);
        }
        DictIndex(at)
    }

    /// Adds a small integer to a set of few elements with room for it; whether it was not there.
    /// `None`: the set is another, and nothing was done.
    #[inline]
    pub fn add_small(self, hash: u64, key: Value) -> Option<bool> {
        let entries = self.entries();
        if !self.table.get().is_none() || entries.used() == entries.capacity() {
            return None;
        }
        for at in 0..entries.used() {
            let entry = entries.entry(at);
            if entry.key == key {
                return Some(false);
            }
            if entry.hash == hash && !entry.key.is_small() {
                return None;
            }
        }
        self.keys_change();
        let value = Value::NONE;
        entries.push(Entry { hash, key, value });
        self.live.set(self.live.get() + 1);
        Some(true)
    }

    fn enter(self, hash: u64, at: usize) {
        let table = self.table.get().known::<Bytes>().as_mut_slice();
        enter(table, place_bytes(self.entries().capacity()), hash, at);
    }

    /// Fills an empty index table.
    fn enter_all(self) {
        let table = self.table.get().known::<Bytes>().as_mut_slice();
        let entries = self.entries();
        let width = place_bytes(entries.capacity());
        for at in 0..entries.used() {
            enter(table, width, entries.entry(at).hash, at);
        }
    }

    /// Moves the live entries to storage with room for more, and makes the table anew.
    fn grow(self) {
        let live = self.live.get();
        self.rebuild(if live < 4 { 8 } else { live * 2 });
    }

    fn rebuild(self, capacity: usize) {
        let old = self.entries();
        let new = Entries::new(capacity);
        new.push_live(old, self.live.get());
        self.write(|d| &d.entries, new.into());
        self.first.set(0);
        if new.capacity() <= LINEAR_MAX {
            self.write(|d| &d.table, Value::NONE);
            return;
        }
        let places = (new.capacity() * 3 / 2).next_power_of_two();
        let table = Bytes::filled(places * place_bytes(new.capacity()), 0);
        self.write(|d| &d.table, table.into());
        self.enter_all();
    }

    /// Removes the entry at a place and gives its key and value.
    pub fn remove_at(self, at: DictIndex) -> (Value, Value) {
        self.keys_change();
        let entries = self.entries();
        let entry = entries.entry(at.0);
        // The hash stays: the table still leads through this place to others.
        entries.set_entry(
            at.0,
            Entry {
                hash: entry.hash,
                key: Value::DELETED,
                value: Value::UNBOUND,
            },
        );
        self.live.set(self.live.get() - 1);
        if self.live.get() == 0 {
            self.reset();
        } else if at.0 + 1 == entries.used() {
            self.drop_tail();
        }
        (entry.key, entry.value)
    }

    /// Gives up the deleted entries at the end, of which there is one at least, so that taking
    /// entries from there stays cheap. There is a live entry before them.
    fn drop_tail(self) {
        let entries = self.entries();
        let mut used = entries.used();
        while used > 0 && entries.entry(used - 1).key == Value::DELETED {
            used -= 1;
            if !self.table.get().is_none() {
                self.forget(used);
            }
            entries.truncate(used);
        }
    }

    /// Takes the place of an entry out of the index table and closes the gap: places behind it
    /// that were pushed on by it move up.
    fn forget(self, at: usize) {
        let entries = self.entries();
        let table = self.table.get().known::<Bytes>().as_mut_slice();
        let width = place_bytes(entries.capacity());
        let mask = table.len() / width - 1;
        let mut gap = spread(entries.entry(at).hash) & mask;
        while read_place(table, gap, width) != at + 1 {
            gap = (gap + 1) & mask;
        }
        let mut probe = gap;
        loop {
            probe = (probe + 1) & mask;
            let place = read_place(table, probe, width);
            if place == 0 {
                break;
            }
            let home = spread(entries.entry(place - 1).hash) & mask;
            if probe.wrapping_sub(home) & mask >= probe.wrapping_sub(gap) & mask {
                write_place(table, gap, width, place);
                gap = probe;
            }
        }
        write_place(table, gap, width, 0);
    }

    fn reset(self) {
        self.live.set(0);
        self.first.set(0);
        self.write(|d| &d.table, Value::NONE);
        self.write(|d| &d.entries, Entries::new(4).into());
    }

    pub fn clear(self) {
        self.keys_change();
        self.reset();
    }

    /// Sets a string key.
    pub fn set_str(self, key: Gc<Str>, value: Value) {
        match self.find_str(key) {
            Some(at) => self.set_value_at(at, value),
            None => self.insert_new(key.hash(), key.into(), value),
        }
    }

    /// Removes a string key and gives its value.
    pub fn remove_str(self, key: Gc<Str>) -> Option<Value> {
        self.find_str(key).map(|at| self.remove_at(at).1)
    }

    /// A dictionary with the same entries.
    pub fn copy(self) -> Gc<Dict> {
        let copy = Dict::new();
        copy.copy_entries_from(self);
        copy
    }

    /// A dictionary with the same keys, as many as there are values.
    pub fn with_values(self, values: &[Value]) -> Gc<Dict> {
        if self.end() == self.len() && values.len() == self.len() {
            let made = self.copy();
            for (at, &value) in values.iter().enumerate() {
                made.set_value_at(DictIndex(at), value);
            }
            return made;
        }
        let made = Dict::with_room(values.len());
        for ((hash, key, _), &value) in self.iter_hashed().zip(values) {
            made.append(hash, key, value);
        }
        made
    }

    /// Takes another dictionary's entries into storage that has room for as many, and its index table
    /// as it is: none of them was deleted.
    fn copy_layout(self, other: Gc<Dict>, entries: Gc<Entries>) {
        entries.push_live(other.entries(), other.len());
        let table = match other.table.get().cast::<Bytes>() {
            Some(table) => Bytes::new(table.as_slice()).into(),
            None => Value::NONE,
        };
        self.write(|d| &d.entries, entries.into());
        self.write(|d| &d.table, table);
        self.keys_version.set(0);
        self.live.set(other.len());
    }

    /// Takes another dictionary's entries; this one is empty.
    pub fn copy_entries_from(self, other: Gc<Dict>) {
        if other.len() > self.entries().capacity() {
            let entries = Entries::new(other.len());
            let (held, alike) = (other.entries(), other.end() == other.len());
            if alike && entries.capacity() == held.capacity() {
                return self.copy_layout(other, entries);
            }
            self.rebuild(other.len());
        }
        self.keys_version.set(0);
        self.entries().push_live(other.entries(), other.len());
        self.live.set(other.len());
        if !self.table.get().is_none() {
            self.enter_all();
        }
    }
}
