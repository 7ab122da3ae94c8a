//! Creation numbers: what tells an object from all others of a run, and of every run that repeats
//! it.
//!
//! A run that is repeated allocates the same objects in the same order, but at other addresses.
//! So allocations are counted, and each object carries its number: in the last eight bytes of its
//! cell, or in the prefix of a large object, which stays when the object is resized. `id()`, the
//! hashes of objects and what `repr` shows as an address derive from it.
//!
//! What a debugger's expressions allocate must not move the count on: they count from
//! [`FIRST_FOREIGN`] meanwhile, and the count is put back afterwards.

use super::block::Block;
use super::{Heap, heap, watched};
use crate::header::{GC_LARGE, GC_WATCHED, Header};
use crate::value::Value;

/// Numbers from here on are of objects that the program did not create.
pub const FIRST_FOREIGN: u64 = 1 << 60;

impl Heap {
    /// Numbers the object at `cell`; its number lies in the eight bytes before `end`. Gives what
    /// its header has of collector bits: that it is watched, if it was waited for.
    ///
    /// # Safety
    /// Those bytes belong to the object's cell or prefix, and nothing else uses them.
    #[inline(always)]
    pub(super) unsafe fn number(&mut self, cell: usize, end: usize) -> u8 {
        self.created += 1;
        // SAFETY: by the contract; cells and prefixes end at multiples of eight.
        unsafe { ((end - size_of::<u64>()) as *mut u64).write(self.created) }
        if self.is_awaited() {
            watched::born(cell);
            return GC_WATCHED;
        }
        0
    }
}

/// Where an object's number ends.
fn end_of(header: &Header) -> usize {
    let address = header.address();
    if header.gc.get() & GC_LARGE != 0 {
        address - size_of::<u64>()
    } else {
        address + Block::of(address).cell_bytes()
    }
}

/// The creation number of a heap object.
pub fn number_of(value: Value) -> Option<u64> {
    let header = value.header()?;
    // SAFETY: every allocated object has its number there.
    Some(unsafe { ((end_of(header) - size_of::<u64>()) as *const u64).read() })
}

/// How many objects were created so far: the newest one's number.
pub fn created() -> u64 {
    // SAFETY: the heap is this thread's own.
    unsafe { (*heap()).created }
}

/// Sets the count that numbers objects; gives what it was.
pub fn set_created(count: u64) -> u64 {
    // SAFETY: the heap is this thread's own.
    unsafe { std::mem::replace(&mut (*heap()).created, count) }
}

/// The object of a number, if its memory still holds it.
pub fn find(number: u64) -> Option<Value> {
    let mut found = None;
    let mut look = |address: usize| {
        let value = Value::from_address(address);
        if number_of(value) == Some(number) {
            found = Some(value);
        }
    };
    // SAFETY: the heap is this thread's own; allocated cells hold objects.
    unsafe {
        (*heap()).retire_runs();
        (*heap()).blocks.for_each_object(&mut look);
        (*heap()).large.for_each_object(&mut look);
    }
    found
}
