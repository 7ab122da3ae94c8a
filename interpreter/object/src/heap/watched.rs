//! Objects whose writes are told: how a debugger finds the very write.
//!
//! Every write into an object passes the barrier, which tests a bit of the object's header. A second
//! bit sends the writes to *watched* objects the same slow way, where a listener is called, before
//! the write. So what is watched costs nothing anywhere else, however many writes there are.
//!
//! An object's contents may lie in storage of its own (the slots beyond the first, a list's items, a
//! dictionary's entries), which is replaced as it grows; so storage is watched with its owner, and
//! [`renew`] is to be called after writes, because what replaced a storage is not yet watched. The
//! old owner was written to when that happened, so nothing is missed that `renew` comes after.
//!
//! An object that does not exist yet is watched from its first moment: the allocator compares
//! creation numbers with one that is waited for.
//!
//! The same barrier tells what was *not* written: between two moments at which all objects are old
//! and clean, those that were written to are in the collector's log. [`note_written`] collects their
//! numbers, of which a search needs no more than *not among them*.

use super::numbers::number_of;
use super::{Heap, Marker, heap};
use crate::header::{GC_WATCHED, Gc, Header};
use crate::kinds::{Class, Dict, DictIndex, List, Module, Set, attributes};
use crate::value::Value;
use std::cell::{Cell, RefCell};
use std::collections::HashSet;

thread_local! {
    static OBJECTS: RefCell<Vec<Value>> = const { RefCell::new(Vec::new()) };
    /// Kept alive, but not watched.
    static KEPT: RefCell<Vec<Value>> = const { RefCell::new(Vec::new()) };
    static LISTENER: Cell<Option<fn()>> = const { Cell::new(None) };
    static WRITTEN: RefCell<Option<HashSet<u64>>> = const { RefCell::new(None) };
}

/// Calls this before each write to a watched object, and after the birth of one that was waited for.
/// It may read the heap, and not write or allocate in it.
pub fn listen(listener: fn()) {
    LISTENER.set(Some(listener));
}

/// Watches an object and its storage, and keeps it alive.
pub fn watch(object: Value) {
    OBJECTS.with_borrow_mut(|all| {
        if !all.contains(&object) {
            all.push(object);
        }
    });
    mark(object);
}

/// Watches again what is watched, with the storage that it has now.
pub fn renew() {
    OBJECTS.with_borrow(|all| all.iter().for_each(|&object| mark(object)));
}

/// Watches nothing any more.
pub fn forget() {
    KEPT.take();
    let objects = OBJECTS.take();
    for object in objects {
        for_each_part(object, &mut |part| {
            if let Some(header) = part.header() {
                header.gc.set(header.gc.get() & !GC_WATCHED);
            }
        });
    }
    wait_for(0);
}

/// The object of this number is watched from its birth on; 0: none is waited for.
pub fn wait_for(number: u64) {
    // SAFETY: the heap is this thread's own.
    unsafe { (*heap()).awaited = number }
}

fn mark(object: Value) {
    for_each_part(object, &mut |part| {
        if let Some(header) = part.header() {
            header.gc.set(header.gc.get() | GC_WATCHED);
        }
    });
}

/// Calls `f` with the object and with what holds its contents.
pub fn for_each_part(object: Value, f: &mut dyn FnMut(Value)) {
    f(object);
    let dict = if let Some(list) = object.cast::<List>() {
        return f(list.storage.get());
    } else if let Some(class) = object.cast::<Class>() {
        class.dict()
    } else if let Some(module) = object.cast::<Module>() {
        module.namespace()
    } else if let Some(dict) = object.cast::<Dict>() {
        dict
    } else if let Some(set) = object.cast::<Set>() {
        return f(set.table().entries.get());
    } else {
        match attributes::storage(object) {
            Some(storage) => match storage.cast::<Dict>() {
                Some(dict) => dict,
                None => return f(storage),
            },
            None => return,
        }
    };
    f(dict.into());
    f(dict.entries.get());
}

/// Gives memory back that holds no object: for a process that is only to be forked. To be called
/// after a collection.
pub fn give_back() {
    // SAFETY: the heap is this thread's own; between two runs its blocks are in order.
    unsafe {
        (*heap()).retire_runs();
        (*heap()).blocks.give_back_pages();
    }
}

/// As [`give_back`], and what is left of memory without objects holds zeros: for a process of which
/// an image is made. To be called after a collection.
pub fn wipe() {
    give_back();
    // SAFETY: as above.
    unsafe { (*heap()).blocks.wipe() };
}

/// Keeps what is watched alive.
pub(super) fn trace(marker: &mut Marker) {
    for list in [&OBJECTS, &KEPT] {
        list.with_borrow(|all| all.iter().for_each(|&object| marker.visit(object)));
    }
    marker.drain();
}

/// Whether a write to an object is to be told.
pub(super) fn is_watched(header: &Header) -> bool {
    header.gc.get() & GC_WATCHED != 0
}

#[cold]
#[inline(never)]
pub(super) fn tell() {
    if let Some(listener) = LISTENER.get() {
        listener();
    }
}

/// The object that was waited for was allocated; its header is about to be written.
#[cold]
#[inline(never)]
pub(super) fn born(address: usize) {
    OBJECTS.with_borrow_mut(|all| all.push(Value::from_address(address)));
    tell();
}

impl Heap {
    /// Whether the newest object is the one that is waited for.
    #[inline(always)]
    pub(super) fn is_awaited(&self) -> bool {
        self.created == self.awaited
    }
}

/// From now on the numbers of objects that are written to are noted. All objects should be old and
/// clean, which a collection makes them, or younger than this moment.
pub fn note_written() {
    WRITTEN.set(Some(HashSet::new()));
}

/// The numbers of the objects, older than the last call of [`note_written`], that were written to
/// since then; and some of younger ones.
pub fn take_written() -> HashSet<u64> {
    // SAFETY: the heap is this thread's own.
    unsafe { note(&*heap()) }
    WRITTEN.take().unwrap_or_default()
}

/// The collector is about to clear its log.
pub(super) fn note(heap: &Heap) {
    WRITTEN.with_borrow_mut(|written| {
        if let Some(written) = written {
            let grown = heap.grown.iter().map(|&(header, _)| header);
            let all = heap.remembered.iter().copied().chain(grown);
            written
                .extend(all.filter_map(|header| number_of(Value::from_address(header as usize))));
        }
    });
}

/// The watched object of a number.
pub fn object_of(number: u64) -> Option<Value> {
    OBJECTS.with_borrow(|all| {
        let mut all = all.iter().copied();
        all.find(|&object| number_of(object) == Some(number))
    })
}

/// Keeps a value alive as long as something is watched.
pub fn keep(value: Value) {
    if value.is_object() {
        KEPT.with_borrow_mut(|all| all.push(value));
    }
}

/// Where a value lies, as long as the storage stays what it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Spot {
    Slot {
        object: Value,
        shape: u32,
        at: u16,
    },
    Item {
        list: Value,
        at: usize,
    },
    Entry {
        dict: Value,
        storage: Value,
        at: DictIndex,
    },
}

impl Spot {
    /// The value there now; `None` if it is to be looked for anew. This may be asked in the middle
    /// of whatever writes.
    pub fn read(self) -> Option<Value> {
        match self {
            Spot::Slot { object, shape, at } => {
                let is_same = object.header().is_some_and(|h| h.shape.get() == shape);
                is_same.then(|| attributes::get(object, at))
            }
            Spot::Item { list, at } => {
                let list = list.cast::<List>()?;
                // Some bare floats would have to be boxed.
                let number = list.floats().map(|floats| floats.get(at).copied());
                match number {
                    Some(number) => number.and_then(Value::inline_float),
                    None => list.item(at).filter(|_| at < list.capacity()),
                }
            }
            Spot::Entry { dict, storage, at } => {
                let dict = dict.cast::<Dict>()?;
                let is_same = dict.entries.get() == storage && at.0 < dict.end();
                is_same.then(|| dict.value_at(at))
            }
        }
    }

    pub fn entry(dict: Gc<Dict>, at: DictIndex) -> Spot {
        Spot::Entry {
            dict: dict.into(),
            storage: dict.entries.get(),
            at,
        }
    }
}
