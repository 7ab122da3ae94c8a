//! Sequences: tuples, lists, byte arrays, slices and ranges.

use super::array::{Array, Bytes, copy_words};
use super::bare::{all_floats, begins_bare, storage_of};
use super::iter::Iter;
use crate::header::{Gc, Header, Kind, Layout, Slot};
use crate::heap::{self, Marker};
use crate::shape::of_kind;
use crate::value::Value;
use std::cell::Cell;

/// A tuple; its items lie in the object.
#[repr(C)]
pub struct Tuple {
    header: Header,
    pub(crate) length: usize,
    pub(crate) items: [Slot; 0],
}

impl Layout for Tuple {
    fn trace(&self, marker: &mut Marker) {
        marker.items(self.slots());
    }
}

impl Tuple {
    /// A tuple of two, as iterators over pairs make them all the time.
    #[inline]
    pub fn pair(first: Value, second: Value) -> Gc<Tuple> {
        // SAFETY: the tail is filled right here.
        let tuple = unsafe {
            heap::allocate_with_tail(of_kind(Kind::Tuple), 2 * 8, |header| Tuple {
                header,
                length: 2,
                items: [],
            })
        };
        let slots = tuple.get().slots();
        slots[0].set_quietly(first);
        slots[1].set_quietly(second);
        tuple
    }

    pub fn new(items: &[Value]) -> Gc<Tuple> {
        // SAFETY: the tail is filled right here.
        let tuple = unsafe {
            heap::allocate_with_tail(of_kind(Kind::Tuple), items.len() * 8, |header| Tuple {
                header,
                length: items.len(),
                items: [],
            })
        };
        // SAFETY: `Slot` is a transparent cell of a word, and no one else has the new tuple.
        unsafe {
            let to = tuple.get().items.as_ptr() as *mut Value;
            copy_words(items, to);
        }
        tuple
    }

    /// The items of a list.
    pub fn of_list(list: Gc<List>) -> Gc<Tuple> {
        match list.floats() {
            Some(_) => Tuple::new(&list.to_vec()),
            None => Tuple::new(list.items()),
        }
    }

    #[inline(always)]
    fn slots(&self) -> &[Slot] {
        // SAFETY: the object was allocated with `length` words after its head.
        unsafe { std::slice::from_raw_parts(self.items.as_ptr(), self.length) }
    }

    #[inline(always)]
    pub fn len(&self) -> usize {
        self.length
    }

    pub fn is_empty(&self) -> bool {
        self.length == 0
    }
}

impl Gc<Tuple> {
    #[inline(always)]
    pub fn items(self) -> &'static [Value] {
        let slots = self.get().slots();
        // SAFETY: `Slot` is a transparent cell of a word; tuples do not change.
        unsafe { std::slice::from_raw_parts(slots.as_ptr() as *const Value, slots.len()) }
    }
}

/// A list: a length and storage that grows by half. Storage beyond the length is *unbound*, and
/// a length that shrinks is one of the writes that the collector is told of: both so that appending
/// need only tell it once from which place on storage grows. The storage of a list of floats holds
/// them bare: see `bare`.
#[repr(C)]
pub struct List {
    header: Header,
    pub(crate) length: Cell<usize>,
    pub(crate) storage: Slot,
}

impl Layout for List {
    fn trace(&self, marker: &mut Marker) {
        marker.field(&self.storage);
    }
}

impl List {
    pub fn new() -> Gc<List> {
        List::with_capacity(0)
    }

    pub fn with_capacity(capacity: usize) -> Gc<List> {
        List::with_storage(0, Array::new(capacity.max(2)).into())
    }

    pub fn from_slice(items: &[Value]) -> Gc<List> {
        List::of_registers(items)
    }

    /// The same where a call would cost more than it saves in code.
    #[inline(always)]
    pub fn of_registers(items: &[Value]) -> Gc<List> {
        let storage = if all_floats(items) {
            storage_of(items, &[]).into()
        } else {
            Array::of_slices(items, &[], 2).into()
        };
        List::with_storage(items.len(), storage)
    }

    /// The items of two lists, one after the other.
    pub fn concat(first: Gc<List>, second: Gc<List>) -> Gc<List> {
        let length = first.len() + second.len();
        match (first.floats(), second.floats()) {
            (Some(first), Some(second)) => List::from_floats(first, second),
            (None, None) => {
                let storage = Array::of_slices(first.items(), second.items(), 2);
                List::with_storage(length, storage.into())
            }
            _ => List::from_exact((0..length).map(|at| {
                let item = first.item(at).or_else(|| second.item(at - first.len()));
                item.unwrap_or(Value::NONE)
            })),
        }
    }

    /// A list of what an iterator gives, which is as many items as it says.
    #[inline]
    pub fn from_exact(items: impl ExactSizeIterator<Item = Value>) -> Gc<List> {
        let count = items.len();
        let storage = Array::with_values(items, 2);
        let values = storage.values(count);
        if all_floats(values) {
            return List::with_storage(count, storage_of(values, &[]).into());
        }
        List::with_storage(count, storage.into())
    }

    #[inline]
    pub(super) fn with_storage(length: usize, storage: Value) -> Gc<List> {
        heap::allocate(of_kind(Kind::List), |header| List {
            header,
            length: Cell::new(length),
            storage: Slot::new(storage),
        })
    }

    #[inline(always)]
    pub fn len(&self) -> usize {
        self.length.get()
    }

    pub fn is_empty(&self) -> bool {
        self.length.get() == 0
    }

    /// The storage of a plain list.
    #[inline(always)]
    fn storage(&self) -> Gc<Array> {
        self.storage.get().known::<Array>()
    }

    /// How many items there is room for.
    pub fn capacity(&self) -> usize {
        match self.bare() {
            Some(floats) => floats.capacity(),
            None => self.storage().capacity(),
        }
    }

    /// Item number `at`, if there is one.
    #[inline(always)]
    pub fn item(&self, at: usize) -> Option<Value> {
        // The storage has room for `length` items.
        if at >= self.length.get() {
            return None;
        }
        Some(match self.bare() {
            None => self.storage().item_unchecked(at),
            Some(floats) => floats.value_unchecked(at),
        })
    }

    /// The items, which this leaves as they are.
    pub fn to_vec(&self) -> Vec<Value> {
        match self.floats() {
            Some(floats) => floats.iter().map(|&number| Value::float(number)).collect(),
            None => self.storage().values(self.length.get()).to_vec(),
        }
    }
}

/// How many items storage that is full is grown to hold.
pub(super) fn roomier(capacity: usize) -> usize {
    capacity + (capacity / 2).max(4)
}

impl Gc<List> {
    /// The storage of the list, which is plain from now on.
    #[inline(always)]
    fn plain(self) -> Gc<Array> {
        if let Some(floats) = self.bare() {
            self.generalise(floats);
        }
        self.storage()
    }

    /// Replaces item number `at`; false if there is none.
    #[inline(always)]
    pub fn set_item(self, at: usize, value: Value) -> bool {
        if at >= self.length.get() {
            return false;
        }
        match self.bare() {
            None => self.storage().set_unchecked(at, value),
            Some(floats) => self.set_bare(floats, at, value),
        }
        true
    }

    /// The items as words, until the list changes or the next safepoint. A list of floats becomes a
    /// plain one by this: who reads such lists often has [`List::floats`] and [`List::item`].
    #[inline(always)]
    pub fn items(self) -> &'static [Value] {
        match self.length.get() {
            0 => &[],
            length => self.plain().values(length),
        }
    }

    /// The items for sorting or reversing in place; a list of floats becomes a plain one.
    pub fn items_mut(self) -> &'static mut [Value] {
        self.plain().values_mut(self.length.get())
    }

    /// Room for `additional` more items.
    pub fn reserve(self, additional: usize) {
        let length = self.length.get();
        let needed = length + additional;
        if let Some(floats) = self.bare() {
            return self.reserve_bare(floats, needed);
        }
        let capacity = self.storage().capacity();
        if needed > capacity {
            self.set_capacity(needed.max(roomier(capacity)));
        }
    }

    /// Moves the items to storage with room for at least as many as there are.
    pub(super) fn set_capacity(self, capacity: usize) {
        let length = self.length.get();
        let grown: Value = match self.bare() {
            Some(floats) => floats.grown(capacity, length).into(),
            None => self.storage().grown(capacity, length).into(),
        };
        self.write(|l| &l.storage, grown);
    }

    /// Appends what was made of an iterator's last item to a list that gets an item for each.
    #[inline(always)]
    pub fn collect(self, value: Value, iter: Value) {
        if self.length.get() == self.capacity() {
            self.reserve_for_rest(iter);
        }
        self.push(value);
    }

    /// Room in a full list for one item and what an iterator has yet to give: for no more than that,
    /// and not for all at once where that is very much, since who makes the items may fail.
    #[cold]
    #[inline(never)]
    fn reserve_for_rest(self, iter: Value) {
        const AHEAD: usize = 1 << 17;
        let Some(rest) = iter.cast::<Iter>().and_then(|iter| iter.remaining()) else {
            return self.reserve(1);
        };
        let needed = self.length.get() + 1;
        let wanted = roomier(self.capacity()).max(needed + rest.min(AHEAD));
        self.set_capacity(wanted.min(needed.saturating_add(rest)));
    }

    #[inline(always)]
    pub fn push(self, value: Value) {
        let length = self.length.get();
        if let Some(floats) = self.bare() {
            return self.push_bare(floats, value);
        }
        if length == 0 && begins_bare(value) {
            return self.begin_bare(value);
        }
        if length == self.storage().capacity() {
            self.reserve(1);
        }
        self.storage().append_unchecked(length, value);
        self.length.set(length + 1);
    }

    pub fn pop(self) -> Option<Value> {
        let length = self.length.get().checked_sub(1)?;
        let value = self.item(length)?;
        self.length.set(length);
        if !self.is_bare() {
            // What lies above the length is not read, but the collector visits it.
            self.storage().set(length, Value::UNBOUND);
        }
        Some(value)
    }

    pub fn extend(self, items: &[Value]) {
        let length = self.length.get();
        if self.is_bare() {
            return self.splice(length, length, items);
        }
        if length == 0 && all_floats(items) {
            self.write(|l| &l.storage, storage_of(items, &[]).into());
            return self.length.set(items.len());
        }
        self.reserve(items.len());
        self.storage().append(length, items);
        self.length.set(length + items.len());
    }

    /// Replaces the items in `from..to` by others; the bounds are within the list and in order.
    pub fn splice(self, from: usize, to: usize, items: &[Value]) {
        if self.is_bare() && self.splice_bare(from, to, items) {
            return;
        }
        self.plain();
        let length = self.length.get();
        let removed = to - from;
        if items.len() > removed {
            self.reserve(items.len() - removed);
        }
        let new_length = length - removed + items.len();
        let all = self.storage().values_mut(length.max(new_length));
        if items.len() != removed {
            all.copy_within(to..length, from + items.len());
        }
        all[from..from + items.len()].copy_from_slice(items);
        if new_length < length {
            all[new_length..].fill(Value::UNBOUND);
        }
        self.length.set(new_length);
    }

    pub fn insert(self, at: usize, value: Value) {
        self.splice(at, at, &[value]);
    }

    /// Takes out an item that there is.
    pub fn remove(self, at: usize) -> Value {
        let value = self.item(at).unwrap_or(Value::NONE);
        self.splice(at, at + 1, &[]);
        value
    }

    pub fn clear(self) {
        if !self.is_bare() {
            // A word that lies stale on a stack may keep the storage; it keeps no item.
            self.items_mut().fill(Value::UNBOUND);
        }
        self.let_go();
    }

    /// Empties the list, and leaves its storage as it is.
    fn let_go(self) {
        // One that is closed stays so.
        if self.capacity() == 0 {
            return;
        }
        self.length.set(0);
        self.write(|l| &l.storage, Array::new(2).into());
    }

    /// Empties the list and leaves it no room: its storage, which is another as soon as something has been
    /// added, even if that is gone again.
    pub fn close(self) -> Value {
        self.length.set(0);
        let storage = Array::without_room();
        self.write(|l| &l.storage, storage.into());
        storage.into()
    }

    /// Whether the list is as [`Gc::<List>::close`] has left it, whose storage is given.
    pub fn is_closed(self, storage: Value) -> bool {
        self.length.get() == 0 && self.storage.get() == storage
    }

    /// Takes another list's items over, leaving that one empty.
    pub fn take_from(self, other: Gc<List>) {
        self.write(|l| &l.storage, other.storage.get());
        self.length.set(other.length.get());
        other.let_go();
    }
}

/// A mutable array of bytes.
#[repr(C)]
pub struct ByteArray {
    header: Header,
    pub(crate) length: Cell<usize>,
    pub(crate) storage: Slot,
}

impl Layout for ByteArray {
    fn trace(&self, marker: &mut Marker) {
        marker.field(&self.storage);
    }
}

/// Of an array of bytes: a view of it was made once.
const FLAG_VIEWED: u16 = 1;

impl ByteArray {
    pub(crate) const VIEWED_FLAGS: u16 = FLAG_VIEWED;

    pub fn new(data: &[u8]) -> Gc<ByteArray> {
        let storage = Bytes::new(data);
        heap::allocate(of_kind(Kind::ByteArray), |header| ByteArray {
            header,
            length: Cell::new(data.len()),
            storage: Slot::new(storage.into()),
        })
    }

    #[inline(always)]
    pub fn len(&self) -> usize {
        self.length.get()
    }

    pub fn is_empty(&self) -> bool {
        self.length.get() == 0
    }

    fn storage(&self) -> Gc<Bytes> {
        self.storage.get().known::<Bytes>()
    }

    /// How many bytes it can have without other storage.
    pub fn capacity(&self) -> usize {
        self.storage().len()
    }

    /// Whether a view of it was ever made, which may forbid to change its length.
    #[inline]
    pub fn was_viewed(&self) -> bool {
        self.header.flags.get() & FLAG_VIEWED != 0
    }

    /// A view of it is made.
    pub fn set_viewed(&self) {
        let flags = self.header.flags.get();
        self.header.flags.set(flags | FLAG_VIEWED);
    }
}

impl Gc<ByteArray> {
    /// The contents, until the array changes or the next safepoint.
    pub fn as_slice(self) -> &'static [u8] {
        &self.storage().as_slice()[..self.length.get()]
    }

    pub fn as_mut_slice(self) -> &'static mut [u8] {
        &mut self.storage().as_mut_slice()[..self.length.get()]
    }

    pub fn extend(self, data: &[u8]) {
        let length = self.length.get();
        let needed = length + data.len();
        if needed > self.storage().len() {
            let grown = Bytes::filled(needed.max(length + length / 2 + 8), 0);
            grown.as_mut_slice()[..length].copy_from_slice(self.as_slice());
            self.write(|b| &b.storage, grown.into());
        }
        self.storage().as_mut_slice()[length..needed].copy_from_slice(data);
        self.length.set(needed);
    }

    /// Replaces the bytes in `from..to` by others; the bounds are within the array and in order.
    pub fn splice(self, from: usize, to: usize, data: &[u8]) {
        let mut all = self.as_slice().to_vec();
        all.splice(from..to, data.iter().copied());
        self.write(|b| &b.storage, Bytes::new(&all).into());
        self.length.set(all.len());
    }
}

/// A slice object.
#[repr(C)]
pub struct Slice {
    header: Header,
    pub start: Slot,
    pub stop: Slot,
    pub step: Slot,
}

impl Layout for Slice {
    fn trace(&self, marker: &mut Marker) {
        marker.field(&self.start);
        marker.field(&self.stop);
        marker.field(&self.step);
    }
}

impl Slice {
    pub fn new(start: Value, stop: Value, step: Value) -> Gc<Slice> {
        heap::allocate(of_kind(Kind::Slice), |header| Slice {
            header,
            start: Slot::new(start),
            stop: Slot::new(stop),
            step: Slot::new(step),
        })
    }
}

/// A range; its bounds are integers of any size. The length is a Python integer too.
#[repr(C)]
pub struct Range {
    header: Header,
    pub start: Slot,
    pub stop: Slot,
    pub step: Slot,
    pub length: Slot,
}

impl Layout for Range {
    fn trace(&self, marker: &mut Marker) {
        marker.field(&self.start);
        marker.field(&self.stop);
        marker.field(&self.step);
        marker.field(&self.length);
    }
}

impl Range {
    pub fn new(start: Value, stop: Value, step: Value, length: Value) -> Gc<Range> {
        heap::allocate(of_kind(Kind::Range), |header| Range {
            header,
            start: Slot::new(start),
            stop: Slot::new(stop),
            step: Slot::new(step),
            length: Slot::new(length),
        })
    }

    /// How many numbers are in a range of small ones.
    pub fn small_length(start: i64, stop: i64, step: i64) -> i64 {
        if step > 0 {
            if start < stop {
                (stop - start - 1) / step + 1
            } else {
                0
            }
        } else if stop < start {
            (start - stop - 1) / -step + 1
        } else {
            0
        }
    }
}
