//! Storage: arrays of words, dictionary entries, bytes. No Python program sees them, except
//! `bytes`, which is its own storage.

use crate::header::{Gc, Header, Kind, Layout, Slot};
use crate::heap::{self, Marker, barrier, barrier_growing};
use crate::shape::of_kind;
use crate::value::Value;
use std::cell::{Cell, UnsafeCell};

/// A fixed number of words.
#[repr(C)]
pub struct Array {
    header: Header,
    pub(crate) capacity: Cell<usize>,
    pub(crate) items: [Slot; 0],
}

/// Copies words to where a new object has room for them: a few of them, which is what it mostly
/// is, without a call.
///
/// # Safety
/// There is room for as many words, which overlap with none of these.
#[inline(always)]
pub(super) unsafe fn copy_words(words: &[Value], to: *mut Value) {
    const FEW: usize = 8;
    // SAFETY: by the caller.
    unsafe {
        if words.len() > FEW {
            std::ptr::copy_nonoverlapping(words.as_ptr(), to, words.len());
            return;
        }
        let (pairs, last) = words.as_chunks::<2>();
        for (at, &pair) in pairs.iter().enumerate() {
            (to as *mut [Value; 2]).add(at).write_unaligned(pair);
        }
        if let &[last] = last {
            to.add(words.len() - 1).write(last);
        }
    }
}

/// Copies bytes to where a new object has room for them: up to sixteen of them, which is what most
/// parts have, without a call, by two words that overlap.
///
/// # Safety
/// There is room for as many bytes, which overlap with none of these.
#[inline(always)]
unsafe fn copy_bytes(from: &[u8], to: *mut u8) {
    let (start, count) = (from.as_ptr(), from.len());
    // SAFETY: by the caller; both words lie within the `count` bytes.
    unsafe {
        match count {
            0 => {}
            1 => *to = *start,
            2..4 => {
                let last = start.add(count - 2).cast::<u16>().read_unaligned();
                to.cast::<u16>()
                    .write_unaligned(start.cast::<u16>().read_unaligned());
                to.add(count - 2).cast::<u16>().write_unaligned(last);
            }
            4..8 => {
                let last = start.add(count - 4).cast::<u32>().read_unaligned();
                to.cast::<u32>()
                    .write_unaligned(start.cast::<u32>().read_unaligned());
                to.add(count - 4).cast::<u32>().write_unaligned(last);
            }
            8..=16 => {
                let last = start.add(count - 8).cast::<u64>().read_unaligned();
                to.cast::<u64>()
                    .write_unaligned(start.cast::<u64>().read_unaligned());
                to.add(count - 8).cast::<u64>().write_unaligned(last);
            }
            _ => std::ptr::copy_nonoverlapping(start, to, count),
        }
    }
}

impl Layout for Array {
    fn trace(&self, marker: &mut Marker) {
        if self.header.flags.get() == STALE {
            for slot in self.slots() {
                marker.visit_words(&[slot.get()]);
            }
            return;
        }
        self.trace_from(0, marker);
    }
}

/// In the header's flags: some words may be stale, so they are visited like those of the stack.
pub(crate) const STALE: u16 = 1;

impl Array {
    /// An array for the registers of a suspended frame, some of which may be stale.
    pub fn for_registers(capacity: usize) -> Gc<Array> {
        let array = Array::new(capacity);
        array.header().flags.set(STALE);
        array
    }

    /// An array of at least `capacity` words, all *unbound*.
    pub fn new(capacity: usize) -> Gc<Array> {
        Array::with_values(std::iter::empty(), capacity)
    }

    /// An array that begins with what an iterator gives, which is as many words as it says, and has
    /// at least `capacity` words: what is left is *unbound*.
    #[inline]
    pub fn with_values(values: impl ExactSizeIterator<Item = Value>, capacity: usize) -> Gc<Array> {
        let array = Array::unfilled(capacity.max(values.len()));
        let (slots, mut filled) = (array.get().slots(), 0);
        for value in values.take(slots.len()) {
            slots[filled].set_quietly(value);
            filled += 1;
        }
        for slot in &slots[filled..] {
            slot.set_quietly(Value::UNBOUND);
        }
        array
    }

    /// The same of the words of two slices.
    #[inline(always)]
    pub fn of_slices(first: &[Value], second: &[Value], capacity: usize) -> Gc<Array> {
        let count = first.len() + second.len();
        let array = Array::unfilled(capacity.max(count));
        let (filled, rest) = array.get().slots().split_at(count);
        // SAFETY: `Slot` is a transparent cell of a word; the array is new, so no one else has it.
        unsafe {
            let to = filled.as_ptr() as *mut Value;
            copy_words(first, to);
            copy_words(second, to.add(first.len()));
        }
        for slot in rest {
            slot.set_quietly(Value::UNBOUND);
        }
        array
    }

    /// An array in which there is room for nothing, whatever its cell has.
    pub(crate) fn without_room() -> Gc<Array> {
        heap::allocate(of_kind(Kind::Array), |header| Array {
            header,
            capacity: Cell::new(0),
            items: [],
        })
    }

    /// An array of at least `capacity` words, which the caller fills in at once.
    #[inline(always)]
    fn unfilled(capacity: usize) -> Gc<Array> {
        // SAFETY: the tail is filled before a safepoint, by the caller.
        unsafe {
            heap::allocate_with_room(of_kind(Kind::Array), capacity * 8, |header, bytes| Array {
                header,
                capacity: Cell::new(bytes / 8),
                items: [],
            })
        }
    }

    #[inline(always)]
    pub fn capacity(&self) -> usize {
        self.capacity.get()
    }

    #[inline(always)]
    fn slots(&self) -> &[Slot] {
        // SAFETY: the object was allocated with `capacity` words after its head.
        unsafe { std::slice::from_raw_parts(self.items.as_ptr(), self.capacity.get()) }
    }

    /// Marks what the words from a place on refer to.
    pub(crate) fn trace_from(&self, from: usize, marker: &mut Marker) {
        marker.items(self.slots().get(from..).unwrap_or_default());
    }

    /// Where the *unbound* words begin that end a list's storage.
    pub(crate) fn end(&self) -> usize {
        self.slots()
            .partition_point(|slot| !slot.get().is_unbound())
    }

    #[inline(always)]
    pub fn item(&self, at: usize) -> Value {
        self.slots()[at].get()
    }

    /// An element that the caller has checked to exist.
    #[inline(always)]
    pub(crate) fn item_unchecked(&self, at: usize) -> Value {
        debug_assert!(at < self.capacity.get());
        // SAFETY: by the caller.
        unsafe { (*self.items.as_ptr().add(at)).get() }
    }
}

impl Gc<Array> {
    #[inline(always)]
    pub fn set(self, at: usize, value: Value) {
        barrier(self.header());
        self.get().slots()[at].set_quietly(value);
    }

    /// Stores an element that the caller has checked to exist.
    #[inline(always)]
    pub(crate) fn set_unchecked(self, at: usize, value: Value) {
        debug_assert!(at < self.capacity.get());
        barrier(self.header());
        // SAFETY: by the caller.
        unsafe { (*self.get().items.as_ptr().add(at)).set_quietly(value) };
    }

    /// Stores an element that the caller has checked to exist; it and those after it are *unbound*.
    #[inline(always)]
    pub(crate) fn append_unchecked(self, at: usize, value: Value) {
        debug_assert!(at < self.capacity.get() && self.get().item(at).is_unbound());
        barrier_growing(self.header(), at);
        // SAFETY: by the caller.
        unsafe { (*self.get().items.as_ptr().add(at)).set_quietly(value) };
    }

    /// Stores elements from a place on; they and those after them are *unbound*.
    pub(crate) fn append(self, at: usize, values: &[Value]) {
        barrier_growing(self.header(), at);
        let slots = &self.get().slots()[at..at + values.len()];
        for (slot, &value) in slots.iter().zip(values) {
            slot.set_quietly(value);
        }
    }

    /// The elements as a slice, until the next write or safepoint.
    #[inline(always)]
    pub fn values(self, count: usize) -> &'static [Value] {
        let slots = &self.get().slots()[..count];
        // SAFETY: `Slot` is a transparent cell of a word; the interpreter runs on one thread and
        // the caller does not write while it reads.
        unsafe { std::slice::from_raw_parts(slots.as_ptr() as *const Value, count) }
    }

    /// The elements for sorting, reversing and moving within the array.
    #[inline(always)]
    pub fn values_mut(self, count: usize) -> &'static mut [Value] {
        barrier(self.header());
        let slots = &self.get().slots()[..count];
        // SAFETY: as `values`; the caller holds no other slice of the array.
        unsafe { std::slice::from_raw_parts_mut(slots.as_ptr() as *mut Value, count) }
    }

    /// The same contents with room for `capacity` words; the old array must not be used after.
    pub fn grown(self, capacity: usize, used: usize) -> Gc<Array> {
        let bytes = size_of::<Array>() + capacity * 8;
        if let Some(array) = heap::resize_large(self, bytes) {
            let old = array.capacity.get();
            array.get().capacity.set(capacity);
            for slot in &array.get().slots()[old.min(capacity)..] {
                slot.set_quietly(Value::UNBOUND);
            }
            return array;
        }
        let array = Array::new(capacity);
        array.values_mut(used).copy_from_slice(self.values(used));
        array
    }
}

/// One entry of a dictionary's storage.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Entry {
    pub hash: u64,
    pub key: Value,
    pub value: Value,
}

/// Storage of a dictionary or set: entries in order of insertion.
#[repr(C)]
pub struct Entries {
    header: Header,
    pub(crate) capacity: usize,
    pub(crate) used: Cell<usize>,
    pub(crate) items: [UnsafeCell<Entry>; 0],
}

impl Layout for Entries {
    fn trace(&self, marker: &mut Marker) {
        self.trace_from(0, marker);
    }
}

impl Entries {
    pub(crate) fn new(capacity: usize) -> Gc<Entries> {
        let shape = of_kind(Kind::Entries);
        // SAFETY: `trace` reads only the `used` first entries.
        unsafe {
            heap::allocate_with_room(shape, capacity * size_of::<Entry>(), |header, bytes| {
                Entries {
                    header,
                    capacity: bytes / size_of::<Entry>(),
                    used: Cell::new(0),
                    items: [],
                }
            })
        }
    }

    /// Marks what the entries from a place on refer to.
    pub(crate) fn trace_from(&self, from: usize, marker: &mut Marker) {
        for at in from..self.used.get() {
            let entry = self.entry(at);
            marker.visit(entry.key);
            marker.visit(entry.value);
        }
    }

    #[inline(always)]
    pub(crate) fn capacity(&self) -> usize {
        self.capacity
    }

    #[inline(always)]
    pub(crate) fn used(&self) -> usize {
        self.used.get()
    }

    /// Entry number `at`, below `used`.
    #[inline(always)]
    pub(crate) fn entry(&self, at: usize) -> Entry {
        debug_assert!(at < self.used.get());
        // SAFETY: entries below `used` were written; callers keep to them.
        unsafe { *(*self.items.as_ptr().add(at)).get() }
    }
}

impl Gc<Entries> {
    /// The address of the value of entry number `at`.
    pub(crate) fn value_address(self, at: usize) -> usize {
        let entry = self.get().items.as_ptr().wrapping_add(at) as usize;
        entry + std::mem::offset_of!(Entry, value)
    }

    #[inline(always)]
    pub(crate) fn set_entry(self, at: usize, entry: Entry) {
        debug_assert!(at < self.used.get());
        barrier(self.header());
        // SAFETY: as in `entry`.
        unsafe { *(*self.get().items.as_ptr().add(at)).get() = entry }
    }

    #[inline(always)]
    pub(crate) fn push(self, entry: Entry) {
        let at = self.used.get();
        assert!(at < self.capacity);
        barrier_growing(self.header(), at);
        self.used.set(at + 1);
        // SAFETY: there is room, as was just seen.
        unsafe { *(*self.get().items.as_ptr().add(at)).get() = entry }
    }

    /// Adds the `live` entries of other storage that are not deleted; there is room for them.
    pub(crate) fn push_live(self, from: Gc<Entries>, live: usize) {
        if from.used() != live {
            for at in 0..from.used() {
                let entry = from.entry(at);
                if entry.key != Value::DELETED {
                    self.push(entry);
                }
            }
            return;
        }
        let at = self.used.get();
        assert!(live <= self.capacity - at);
        barrier_growing(self.header(), at);
        self.used.set(at + live);
        let (from, to) = (from.get().items.as_ptr(), self.get().items.as_ptr());
        // SAFETY: `live` entries were written there, and there is room for as many here.
        unsafe { std::ptr::copy_nonoverlapping(from, to.add(at).cast_mut(), live) };
    }

    pub(crate) fn truncate(self, used: usize) {
        self.used.set(used.min(self.used.get()));
    }
}

/// Bytes: the immutable Python kind, and storage of dictionary indices and byte arrays.
#[repr(C)]
pub struct Bytes {
    header: Header,
    hash: Cell<u64>,
    pub(crate) length: usize,
    pub(crate) items: [Cell<u8>; 0],
}

impl Layout for Bytes {
    fn trace(&self, _marker: &mut Marker) {}
}

impl Bytes {
    /// Bytes of the given length, each of them `fill`.
    /// So many bytes, which are yet to be written.
    fn allocate(length: usize) -> Gc<Bytes> {
        // SAFETY: `trace` does not read the tail, which callers fill at once.
        unsafe {
            heap::allocate_with_tail(of_kind(Kind::Bytes), length, |header| Bytes {
                header,
                hash: Cell::new(0),
                length,
                items: [],
            })
        }
    }

    pub fn filled(length: usize, fill: u8) -> Gc<Bytes> {
        let bytes = Bytes::allocate(length);
        bytes.as_mut_slice().fill(fill);
        bytes
    }

    /// The bytes of slices, one after the other, which are so many together.
    pub fn of_parts<'a>(length: usize, parts: impl Iterator<Item = &'a [u8]>) -> Gc<Bytes> {
        let bytes = Bytes::allocate(length);
        let mut left = length;
        // SAFETY: the object has room for `length` bytes, and no part is copied that exceeds what
        // is left of it; what parts leave is filled.
        unsafe {
            let mut to = bytes.items.as_ptr().cast_mut().cast::<u8>();
            for part in parts {
                assert!(part.len() <= left);
                copy_bytes(part, to);
                to = to.add(part.len());
                left -= part.len();
            }
            if left > 0 {
                to.write_bytes(0, left);
            }
        }
        bytes
    }

    /// The bytes of a few slices, one after the other.
    #[inline]
    pub fn joined<const N: usize>(parts: [&[u8]; N]) -> Gc<Bytes> {
        let mut length = 0;
        for part in parts {
            length += part.len();
        }
        let bytes = Bytes::allocate(length);
        // SAFETY: the object has room for the length of all parts together.
        unsafe {
            let mut to = bytes.items.as_ptr().cast_mut().cast::<u8>();
            for part in parts {
                copy_bytes(part, to);
                to = to.add(part.len());
            }
        }
        bytes
    }

    pub fn new(data: &[u8]) -> Gc<Bytes> {
        Bytes::concat(data, &[])
    }

    /// The bytes of two slices, one after the other.
    pub fn concat(first: &[u8], second: &[u8]) -> Gc<Bytes> {
        Bytes::joined([first, second])
    }

    #[inline(always)]
    pub fn len(&self) -> usize {
        self.length
    }

    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// The hash, computed once.
    pub fn hash(&self) -> u64 {
        if self.hash.get() == 0 {
            // SAFETY: the bytes after the head are initialised and `bytes` objects immutable.
            let data = unsafe {
                std::slice::from_raw_parts(self.items.as_ptr() as *const u8, self.length)
            };
            self.hash.set(super::string::hash_bytes(data));
        }
        self.hash.get()
    }
}

impl Gc<Bytes> {
    #[inline(always)]
    pub fn as_slice(self) -> &'static [u8] {
        let bytes = self.get();
        // SAFETY: the object was allocated with `length` initialised bytes after its head.
        unsafe { std::slice::from_raw_parts(bytes.items.as_ptr() as *const u8, bytes.length) }
    }

    /// The contents for writing, while they are storage that only the caller knows.
    #[inline(always)]
    pub fn as_mut_slice(self) -> &'static mut [u8] {
        let bytes = self.get();
        // SAFETY: as `as_slice`; the caller holds no other slice.
        unsafe { std::slice::from_raw_parts_mut(bytes.items.as_ptr() as *mut u8, bytes.length) }
    }
}
