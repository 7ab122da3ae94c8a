//! Where the fields of objects lie, for machine code: the only place that gives offsets away.
//!
//! All are in bytes from an object's address; a value word with the pointer tag is that address
//! plus [`POINTER_TAG`].

use crate::header::Header;
use crate::heap;
use crate::kinds::{Array, Class, Instance, Iter, List};
use std::mem::offset_of;

/// What a pointer's word has more than its address.
pub const POINTER_TAG: i32 = 1;
/// The bits of a word that hold its tag.
pub const TAG_MASK: i32 = 7;
/// Set in the words of inline floats and in no others.
pub const FLOAT_BIT: i32 = 2;
/// Small integers stand this many bits up in their words.
pub const SMALL_SHIFT: u8 = 3;
/// A float's bits are rotated left by this, and one is subtracted.
pub const FLOAT_ROTATION: u8 = 4;

/// 32 bits: the shape.
pub const SHAPE: i32 = offset_of!(Header, shape) as i32;
/// A byte with [`OLD_CLEAN`] in it if a write must be told to the collector.
pub const COLLECTOR_BITS: i32 = offset_of!(Header, gc) as i32;
pub const OLD_CLEAN: u8 = crate::header::GC_OLD_CLEAN;

/// The first inline slot.
pub const INSTANCE_SLOTS: i32 = offset_of!(Instance, slots) as i32;
pub const LIST_LENGTH: i32 = offset_of!(List, length) as i32;
pub const LIST_STORAGE: i32 = offset_of!(List, storage) as i32;
/// The first item of a storage array.
pub const ARRAY_ITEMS: i32 = offset_of!(Array, items) as i32;
/// 32 bits.
pub const CLASS_VERSION: i32 = offset_of!(Class, version) as i32;
/// `at`, `end` and `step` of a range's iterator.
pub const RANGE_FIELDS: [i32; 3] = [
    offset_of!(Iter, at) as i32,
    offset_of!(Iter, end) as i32,
    offset_of!(Iter, step) as i32,
];

/// The largest object that machine code allocates itself, in bytes.
pub const SMALL_BYTES_MAX: usize = heap::SMALL_BYTES_MAX;

/// How machine code allocates objects of one size: the *cursor*, a word at `run`, is the next
/// object's address; it is moved on by `cell_bytes` as long as it does not pass the *limit*, a
/// word at `run + RUN_LIMIT`. Where it would, [`refill`] is asked instead.
#[derive(Clone, Copy, Debug)]
pub struct Allocation {
    /// The address, which stays what it is while the thread lives.
    pub run: usize,
    pub cell_bytes: usize,
    /// For [`refill`].
    pub class: usize,
}

/// From a run's cursor to its limit, in bytes.
pub const RUN_LIMIT: i32 = heap::RUN_LIMIT as i32;

/// How to allocate objects of `bytes` bytes, at most [`SMALL_BYTES_MAX`].
pub fn allocation(bytes: usize) -> Allocation {
    heap::allocation(bytes)
}

/// The address of a fresh object of a class, and a fresh run for those after it. It does not
/// collect.
pub extern "C" fn refill(class: usize) -> usize {
    heap::refill(class)
}

/// Logs an old object that is about to be written to: what a barrier does whose test was true.
pub extern "C" fn remember(address: usize) {
    heap::remember_at(address);
}
