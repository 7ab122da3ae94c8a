//! Objects too large for a block: each in memory of its own from the system allocator, behind a
//! prefix of sixteen bytes.

use super::block::MAX_SMALL;
use std::alloc::{Layout, alloc, dealloc, handle_alloc_error, realloc};
use std::collections::BTreeMap;

/// Storage above this many bytes is grown by the system allocator, most often in place.
pub const GROWS_IN_PLACE: usize = MAX_SMALL;

const PREFIX_BYTES: usize = 16;

#[derive(Clone, Copy)]
struct Entry {
    size: usize,
    marked: bool,
}

/// The large objects by address. What was allocated since the last collection and what that one
/// found alive are both here, so every entry is an object.
#[derive(Default)]
pub(super) struct LargeSpace {
    objects: BTreeMap<usize, Entry>,
}

fn layout(size: usize) -> Layout {
    match Layout::from_size_align(size + PREFIX_BYTES, 16) {
        Ok(layout) => layout,
        Err(_) => handle_alloc_error(Layout::new::<u8>()),
    }
}

impl LargeSpace {
    pub(super) fn allocate(&mut self, size: usize) -> *mut u8 {
        let layout = layout(size);
        // SAFETY: the layout has a size that is not zero.
        let memory = unsafe { alloc(layout) };
        if memory.is_null() {
            handle_alloc_error(layout);
        }
        let address = memory as usize + PREFIX_BYTES;
        self.objects.insert(
            address,
            Entry {
                size,
                marked: false,
            },
        );
        address as *mut u8
    }

    /// The new address, and by how many bytes the object has grown.
    pub(super) fn resize(&mut self, address: usize, size: usize) -> (usize, usize) {
        let Some(entry) = self.objects.remove(&address) else {
            unreachable!("a large object is in the table of large objects");
        };
        // SAFETY: the memory was allocated with this layout.
        let memory = unsafe {
            realloc(
                (address - PREFIX_BYTES) as *mut u8,
                layout(entry.size),
                layout(size).size(),
            )
        };
        if memory.is_null() {
            handle_alloc_error(layout(size));
        }
        let new = memory as usize + PREFIX_BYTES;
        self.objects.insert(
            new,
            Entry {
                size,
                marked: entry.marked,
            },
        );
        (new, size.saturating_sub(entry.size))
    }

    /// Marks the object at `address`; whether it was unmarked before.
    pub(super) fn mark(&mut self, address: usize) -> bool {
        match self.objects.get_mut(&address) {
            Some(entry) => !std::mem::replace(&mut entry.marked, true),
            None => false,
        }
    }

    pub(super) fn unmark(&mut self, address: usize) {
        if let Some(entry) = self.objects.get_mut(&address) {
            entry.marked = false;
        }
    }

    pub(super) fn is_marked(&self, address: usize) -> bool {
        self.objects.get(&address).is_some_and(|e| e.marked)
    }

    /// The object that a word might point into.
    pub(super) fn find(&self, address: usize) -> Option<usize> {
        let (&start, entry) = self.objects.range(..=address).next_back()?;
        (address < start + entry.size).then_some(start)
    }

    pub(super) fn clear_marks(&mut self) {
        self.objects.values_mut().for_each(|e| e.marked = false);
    }

    /// Frees what is not marked. Returns the bytes in live objects.
    pub(super) fn sweep(&mut self) -> usize {
        let mut live_bytes = 0;
        self.objects.retain(|&address, entry| {
            if entry.marked {
                live_bytes += entry.size;
            } else {
                // SAFETY: nothing reaches the object, and it was allocated with this layout.
                unsafe { dealloc((address - PREFIX_BYTES) as *mut u8, layout(entry.size)) };
            }
            entry.marked
        });
        live_bytes
    }

    /// The objects that the marker did not reach; between marking and sweeping.
    pub(super) fn for_each_dead(&self, mut f: impl FnMut(usize)) {
        let dead = self.objects.iter().filter(|(_, entry)| !entry.marked);
        dead.for_each(|(&address, _)| f(address));
    }

    pub(super) fn for_each_object(&self, mut f: impl FnMut(usize)) {
        self.objects.keys().for_each(|&address| f(address));
    }
}
