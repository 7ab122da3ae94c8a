//! Which object refers to which, for `gc.get_referents` and `gc.get_referrers`: what marking one
//! object alone leaves on the marker's stack. Storage that belongs to an object counts as part of it,
//! so a list refers to its items and not to where they lie.

use super::block::Block;
use super::{Heap, Marker, heap};
use crate::header::{GC_LARGE, Header, Kind, trace_object};
use crate::value::Value;

/// What objects refer to directly, in the order in which the collector visits it; what one object
/// refers to twice comes once. Leaves the collector's marks in disorder: a full collection must
/// follow.
pub fn referents(objects: &[Value]) -> Vec<Value> {
    let mut found = Vec::new();
    let mut look = Look::begin();
    for object in objects.iter().filter_map(|object| object.header()) {
        look.at(object, &mut |value| found.push(value));
    }
    found
}

/// Those of some objects that refer to one of `targets` directly. Leaves the collector's marks in
/// disorder: a full collection must follow.
pub fn referrers(targets: &[Value], among: &[Value]) -> Vec<Value> {
    let mut look = Look::begin();
    let mut refers = |object: &Value| {
        let mut refers = false;
        if let Some(header) = object.header() {
            look.at(header, &mut |value| {
                refers |= targets.iter().any(|target| target.bits() == value.bits());
            });
        }
        refers
    };
    among.iter().copied().filter(|o| refers(o)).collect()
}

/// All that `roots` reach. Leaves the collector's marks in disorder: a full collection must follow.
pub fn reached(roots: &mut dyn FnMut(&mut Marker)) -> Vec<Value> {
    let Look { heap, stack } = Look::begin();
    let mut marker = Marker::new(stack, &heap.blocks, &heap.large);
    roots(&mut marker);
    marker.drain();
    drop(marker);
    let mut found = Vec::new();
    heap.blocks.for_each_object(|address| found.push(address));
    heap.large.for_each_object(|address| found.push(address));
    // SAFETY: allocated cells hold objects.
    found.retain(|&address| heap.is_marked(unsafe { &*(address as *const Header) }));
    found.into_iter().map(Value::from_address).collect()
}

/// A heap without marks, in which one object at a time is looked at.
struct Look {
    heap: &'static mut Heap,
    stack: Vec<usize>,
}

impl Look {
    fn begin() -> Look {
        // SAFETY: the heap is this thread's own and outlives its functions; nothing is allocated
        // while one looks.
        let heap = unsafe { &mut *heap() };
        heap.retire_runs();
        heap.blocks.clear_marks();
        heap.large.clear_marks();
        let stack = Vec::new();
        Look { heap, stack }
    }

    /// Calls `f` with what an object refers to, and clears the marks again.
    fn at(&mut self, object: &Header, f: &mut dyn FnMut(Value)) {
        let stack = std::mem::take(&mut self.stack);
        let mut marker = Marker::for_looking(stack, &self.heap.blocks, &self.heap.large);
        let owner = object.kind();
        trace_object(object, &mut marker);
        let mut next = 0;
        while let Some((found, is_first)) = marker.look_at(next) {
            next += 1;
            match found.kind() {
                _ if !is_first => {}
                Kind::Array | Kind::Entries => trace_object(found, &mut marker),
                Kind::Floats => {}
                Kind::Bytes if owns_bytes(owner) => {}
                _ => f(Value::from_address(found.address())),
            }
        }
        for at in 0..next {
            if let Some((found, _)) = marker.look_at(at) {
                self.heap.unmark(found);
            }
        }
        marker.forget();
        self.stack = marker.into_stack();
    }
}

impl Heap {
    fn unmark(&mut self, header: &Header) {
        if header.gc.get() & GC_LARGE != 0 {
            self.large.unmark(header.address());
        } else {
            Block::of(header.address()).unmark(header.address());
        }
    }
}

/// Whether the bytes that objects of a kind refer to are their own storage.
fn owns_bytes(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::ByteArray | Kind::Dict | Kind::Set | Kind::FrozenSet | Kind::Str
    )
}
