//! Lists of bare floats: storage that holds doubles as they are, and lists with such storage.
//!
//! A self-tagged float takes a test and two instructions to become a double, and as many to become a
//! word again. Where a list has nothing but floats, as in all numeric code, that is most of what its
//! items cost. So its storage is of another kind then, and machine code, which tests the storage's
//! shape, loads and stores doubles.
//!
//! *What is bare.* A list becomes bare where it is made of floats only, and where an empty list gets a
//! float as its first item. It becomes *plain* when it gets an item that is no float, or when someone
//! asks for its items as a slice of words ([`Gc::<List>::items`]), and is so for good. Both replace
//! the storage: a storage never changes its kind, so who knows the storage knows the kind.
//!
//! *Identity.* Few floats have no inline word, and are boxed. Read from a bare list, each gets a box of
//! its own, so floats are the same (`is`, `id`) if their bits are. A NaN has a box where it is to be
//! told from others ([`FloatBox::by_bits`]); a list with such a one is plain.

use super::array::Array;
use super::list::{List, roomier};
use super::number::FloatBox;
use crate::header::{Gc, Header, Kind, Layout};
use crate::heap::{self, Marker};
use crate::shape::of_kind;
use crate::value::Value;
use std::cell::Cell;

/// A fixed number of doubles. It begins as an [`Array`] does.
#[repr(C)]
pub struct Floats {
    header: Header,
    pub(crate) capacity: Cell<usize>,
    pub(crate) items: [Cell<f64>; 0],
}

const _: () = {
    use std::mem::offset_of;
    assert!(offset_of!(Floats, capacity) == offset_of!(Array, capacity));
    assert!(offset_of!(Floats, items) == offset_of!(Array, items));
};

impl Layout for Floats {
    fn trace(&self, _marker: &mut Marker) {}
}

impl Floats {
    /// Room for at least `capacity` doubles, all zero.
    pub(crate) fn new(capacity: usize) -> Gc<Floats> {
        // SAFETY: the tail is filled right here.
        let floats = unsafe {
            heap::allocate_with_room(of_kind(Kind::Floats), capacity * 8, |header, bytes| {
                Floats {
                    header,
                    capacity: Cell::new(bytes / 8),
                    items: [],
                }
            })
        };
        floats.slots(floats.capacity()).fill(0.0);
        floats
    }

    #[inline(always)]
    pub(crate) fn capacity(&self) -> usize {
        self.capacity.get()
    }

    /// An element that the caller has checked to exist, as a value.
    #[inline(never)]
    pub(crate) fn value_unchecked(&self, at: usize) -> Value {
        debug_assert!(at < self.capacity.get());
        // SAFETY: by the caller.
        Value::float(unsafe { (*self.items.as_ptr().add(at)).get() })
    }
}

impl Gc<Floats> {
    /// The first `count` doubles, until the list changes or the next safepoint.
    #[inline(always)]
    pub(crate) fn slots(self, count: usize) -> &'static mut [f64] {
        let floats = self.get();
        assert!(count <= floats.capacity.get());
        // SAFETY: the object was allocated with `capacity` doubles after its head; the interpreter
        // runs on one thread, and the caller holds no other slice while it writes.
        unsafe { std::slice::from_raw_parts_mut(floats.items.as_ptr() as *mut f64, count) }
    }

    /// To be called before a write. The collector has no interest in it, the debugger has.
    #[inline(always)]
    pub(crate) fn told(self) {
        #[cfg(feature = "revdb")]
        heap::barrier(self.header());
    }

    /// Stores an element that the caller has checked to exist.
    #[inline(always)]
    pub(crate) fn set_unchecked(self, at: usize, value: f64) {
        debug_assert!(at < self.get().capacity.get());
        self.told();
        // SAFETY: by the caller.
        unsafe { (*self.get().items.as_ptr().add(at)).set(value) };
    }

    /// The same contents with room for `capacity` doubles; the old storage must not be used after.
    pub(super) fn grown(self, capacity: usize, used: usize) -> Gc<Floats> {
        let bytes = size_of::<Floats>() + capacity * 8;
        if let Some(floats) = heap::resize_large(self, bytes) {
            let old = floats.capacity.get();
            floats.get().capacity.set(capacity);
            floats.slots(capacity)[old.min(capacity)..].fill(0.0);
            return floats;
        }
        let floats = Floats::new(capacity);
        floats.slots(used).copy_from_slice(self.slots(used));
        floats
    }
}

/// Whether lists become bare in this build.
const BARE: bool = cfg!(feature = "bare-floats");

/// The number of a value that is a float itself, not of a subclass, and can be had bare.
#[inline(always)]
fn bare(value: Value) -> Option<f64> {
    if value.is_inline_float() {
        return Some(value.inline_float_unchecked());
    }
    boxed(value)
}

#[inline(never)]
fn boxed(value: Value) -> Option<f64> {
    value.cast::<FloatBox>()?.by_bits()
}

/// Whether all values are floats, and there are some. Of what is no list of floats, that is mostly
/// told by the first value, without a call.
#[inline(always)]
pub(super) fn all_floats(values: &[Value]) -> bool {
    let Some(first) = values.first() else {
        return false;
    };
    BARE && (first.is_inline_float() || first.is::<FloatBox>()) && all_bare(values)
}

#[inline(never)]
fn all_bare(values: &[Value]) -> bool {
    values.iter().all(|&value| bare(value).is_some())
}

/// Whether an empty list that gets a value first becomes bare: if that is an inline float. A boxed one
/// would not do, as machine code does not take it for a float.
#[inline(always)]
pub(super) fn begins_bare(value: Value) -> bool {
    BARE && value.is_inline_float()
}

/// The doubles of values that are floats, as a storage's contents.
#[inline(never)]
pub(super) fn storage_of(first: &[Value], second: &[Value]) -> Gc<Floats> {
    let floats = Floats::new((first.len() + second.len()).max(2));
    let values = first.iter().chain(second);
    for (slot, &value) in floats
        .slots(first.len() + second.len())
        .iter_mut()
        .zip(values)
    {
        *slot = bare(value).unwrap_or(0.0);
    }
    floats
}

impl List {
    /// A list of floats.
    pub fn from_floats(first: &[f64], second: &[f64]) -> Gc<List> {
        let count = first.len() + second.len();
        let floats = Floats::new(count.max(2));
        let (head, tail) = floats.slots(count).split_at_mut(first.len());
        head.copy_from_slice(first);
        tail.copy_from_slice(second);
        List::with_storage(count, floats.into())
    }

    /// A list of another one's items.
    pub fn copy_of(list: Gc<List>) -> Gc<List> {
        match list.floats() {
            Some(floats) => List::from_floats(floats, &[]),
            None => List::from_slice(list.items()),
        }
    }

    /// The storage, if it holds bare floats.
    #[inline(always)]
    pub(super) fn bare(&self) -> Option<Gc<Floats>> {
        if !BARE {
            return None;
        }
        let address = self.storage.get().address();
        // SAFETY: a list's storage is an object, of one of two kinds.
        let header = unsafe { &*(address as *const Header) };
        // SAFETY: the kind says what the layout is.
        (header.kind() == Kind::Floats).then(|| unsafe { Gc::from_address(address) })
    }

    /// Whether its items are bare floats.
    #[inline(always)]
    pub fn is_bare(&self) -> bool {
        self.bare().is_some()
    }

    /// The items if they are bare floats, until the list changes or the next safepoint.
    #[inline(always)]
    pub fn floats(&self) -> Option<&'static [f64]> {
        Some(self.bare()?.slots(self.length.get()))
    }
}

impl Gc<List> {
    /// The same for changing them in place.
    pub fn floats_mut(self) -> Option<&'static mut [f64]> {
        let floats = self.bare()?;
        floats.told();
        Some(floats.slots(self.length.get()))
    }

    /// A list of `count` of the items, which are there.
    pub fn selected(self, places: impl Iterator<Item = usize>, count: usize) -> Gc<List> {
        if let Some(floats) = self.floats() {
            let chosen: Vec<f64> = places.map(|at| floats[at]).collect();
            return List::from_floats(&chosen, &[]);
        }
        let (items, chosen) = (self.items(), List::with_capacity(count));
        places.for_each(|at| chosen.push(items[at]));
        chosen
    }

    /// Replaces an item that there is of a bare list. This and its like are functions of their own, lest
    /// the interpreter, in which those of plain lists are expanded, be the slower for them.
    #[inline(never)]
    pub(super) fn set_bare(self, floats: Gc<Floats>, at: usize, value: Value) {
        match bare(value) {
            Some(number) => floats.set_unchecked(at, number),
            None => {
                self.generalise(floats);
                self.set_item(at, value);
            }
        }
    }

    /// Appends to a bare list.
    #[inline(never)]
    pub(super) fn push_bare(self, floats: Gc<Floats>, value: Value) {
        let Some(number) = bare(value) else {
            self.generalise(floats);
            return self.extend(&[value]);
        };
        let length = self.length.get();
        if length == floats.capacity() {
            self.reserve_bare(floats, length + 1);
        }
        if let Some(floats) = self.bare() {
            floats.set_unchecked(length, number);
            self.length.set(length + 1);
        }
    }

    /// An empty list gets its first item, which makes it bare.
    #[cold]
    #[inline(never)]
    pub(super) fn begin_bare(self, value: Value) {
        let floats = Floats::new(self.capacity());
        self.write(|l| &l.storage, floats.into());
        self.push_bare(floats, value);
    }

    /// Room for so many items.
    #[inline(never)]
    pub(super) fn reserve_bare(self, floats: Gc<Floats>, needed: usize) {
        let capacity = floats.capacity();
        if needed > capacity {
            self.set_capacity(needed.max(roomier(capacity)));
        }
    }

    /// Makes a bare list plain, with room for as many items.
    #[cold]
    #[inline(never)]
    pub(super) fn generalise(self, floats: Gc<Floats>) {
        let values = floats.slots(self.length.get()).iter();
        let values = values.map(|&number| Value::float(number));
        let storage = Array::with_values(values, floats.capacity());
        self.write(|l| &l.storage, storage.into());
    }

    /// [`Gc::<List>::splice`] of a bare list by values. False: not all are floats, nothing happened.
    pub(super) fn splice_bare(self, from: usize, to: usize, items: &[Value]) -> bool {
        if !items.iter().all(|&value| bare(value).is_some()) {
            return false;
        }
        let items: Vec<f64> = items.iter().filter_map(|&value| bare(value)).collect();
        self.splice_floats(from, to, &items)
    }

    /// The same by floats. False: the list is plain, nothing happened.
    pub fn splice_floats(self, from: usize, to: usize, items: &[f64]) -> bool {
        let Some(floats) = self.bare() else {
            return false;
        };
        let length = self.length.get();
        let new_length = length - (to - from) + items.len();
        self.reserve_bare(floats, new_length);
        let Some(floats) = self.bare() else {
            return false;
        };
        floats.told();
        let all = floats.slots(length.max(new_length));
        all.copy_within(to..length, from + items.len());
        all[from..from + items.len()].copy_from_slice(items);
        self.length.set(new_length);
        true
    }

    /// Appends the items of another list, which may be this one.
    pub fn extend_by(self, other: Gc<List>) {
        let length = self.length.get();
        match other.floats() {
            Some(items) if self.is_bare() => {
                // The storage that they are read from may be the one that grows.
                let items = items.to_vec();
                self.splice_floats(length, length, &items);
            }
            Some(items) if length == 0 => {
                let copy = List::from_floats(items, &[]);
                self.write(|l| &l.storage, copy.storage.get());
                self.length.set(items.len());
            }
            Some(items) => {
                self.reserve(items.len());
                for &number in items {
                    self.push(Value::float(number));
                }
            }
            // As above.
            None if other == self => self.extend(&other.to_vec()),
            None => self.extend(other.items()),
        }
    }
}
