//! Objects with a payload in Rust: what native modules define.

use super::callable::{CodeObject, drop_code};
use crate::header::{Gc, Header, Kind, Layout, Slot};
use crate::heap::{self, Marker, barrier};
use crate::shape::{self, Shape};
use crate::value::Value;
use std::any::{Any, TypeId};
use std::ptr::NonNull;

/// The Rust part of a foreign object.
pub trait Payload: Any {
    /// Marks the values that the payload holds.
    fn trace(&self, _marker: &mut Marker) {}

    /// The item with an index, negative ones from the end, of what is a sequence and may not be
    /// subclassed: before its class is asked. `None`: the class knows.
    fn item(&self, _at: i64) -> Option<Value> {
        None
    }

    /// The length of what is a container, whose class is asked if it is one that Python code made. Either
    /// all objects of a class have one or none.
    fn length(&self) -> Option<usize> {
        None
    }

    /// Whether the next item of such a thing, and its end, are found without Python code; the same for all
    /// of its class.
    fn is_plain_iterator(&self) -> bool {
        false
    }

    /// The next item of what is an iterator and may not be subclassed. `None`: the class knows why.
    fn next(&self) -> Option<Value> {
        None
    }

    /// Replaces an item likewise. False: the class knows.
    fn set_item(&self, _at: i64, _value: Value) -> bool {
        false
    }
}

/// An object with a payload, which is dropped with the object unless objects share it.
#[repr(C)]
pub struct Foreign {
    header: Header,
    /// Further attributes; see `instance::attributes`.
    pub(super) overflow: Slot,
    /// What of its state lies in the heap: for compiled code that may know it a list that stays the same,
    /// or a tuple, or *unbound*.
    pub(crate) state: Slot,
    /// Its own in a box, if the object is registered as droppable, else shared.
    payload: NonNull<dyn Payload>,
}

impl Layout for Foreign {
    fn trace(&self, marker: &mut Marker) {
        marker.visit(shape::class_of(&self.header).into());
        marker.field(&self.overflow);
        marker.field(&self.state);
        self.own().trace(marker);
    }
}

impl Foreign {
    pub fn new(shape: &Shape, payload: impl Payload) -> Gc<Foreign> {
        Foreign::with_state(shape, Value::UNBOUND, payload)
    }

    /// An object whose state lies in a list.
    pub fn with_state(shape: &Shape, state: Value, payload: impl Payload) -> Gc<Foreign> {
        let own: Box<dyn Payload> = Box::new(payload);
        let object = Foreign::of(shape, state, NonNull::from(Box::leak(own)));
        heap::register_droppable(object.header());
        object
    }

    /// An object whose state lies in a list or tuple, with a payload that others have, too: it costs neither an
    /// allocation nor a drop.
    pub fn with_shared(shape: &Shape, state: Value, payload: &'static dyn Payload) -> Gc<Foreign> {
        Foreign::of(shape, state, NonNull::from(payload))
    }

    fn of(shape: &Shape, state: Value, payload: NonNull<dyn Payload>) -> Gc<Foreign> {
        heap::allocate(shape.id.0, |header| Foreign {
            header,
            overflow: Slot::new(Value::UNBOUND),
            state: Slot::new(state),
            payload,
        })
    }

    fn own(&self) -> &'static dyn Payload {
        // SAFETY: only shared references to the payload are ever given out, and the holder of
        // the handle keeps the object alive.
        unsafe { self.payload.as_ref() }
    }

    /// The list or tuple of its state, *unbound* if it has none.
    pub fn state(&self) -> Value {
        self.state.get()
    }

    /// The payload, if it is of type `T`. Payloads use cells for what changes.
    #[inline]
    pub fn payload<T: Payload>(&self) -> Option<&'static T> {
        let payload: &'static dyn Any = self.own();
        let is_one = bits(payload.type_id()) == bits(TypeId::of::<T>());
        // SAFETY: it is of this type.
        is_one.then(|| unsafe { &*std::ptr::from_ref(payload).cast::<T>() })
    }
}

/// A type's identity as a number. Compared as what it is, its halves would be written to memory one by one and read
/// as one word, which waits for the writes: half of the time that finding a payload took.
#[inline(always)]
fn bits(id: TypeId) -> u128 {
    // SAFETY: of the same size, without a gap, as this would not compile otherwise; every number is one.
    unsafe { std::mem::transmute::<TypeId, u128>(id) }
}

impl Foreign {
    /// As [`Payload::item`].
    pub fn item(&self, at: i64) -> Option<Value> {
        self.own().item(at)
    }

    /// As [`Payload::length`].
    pub fn length(&self) -> Option<usize> {
        self.own().length()
    }

    /// As [`Payload::is_plain_iterator`].
    pub fn is_plain_iterator(&self) -> bool {
        self.own().is_plain_iterator()
    }

    /// As [`Payload::next`].
    pub fn next(&self) -> Option<Value> {
        self.own().next()
    }

    /// As [`Payload::set_item`].
    pub fn set_item(&self, at: i64, value: Value) -> bool {
        self.own().set_item(at, value)
    }
}

impl Gc<Foreign> {
    /// To be called before a value is put into the payload.
    pub fn about_to_write(self) {
        barrier(self.header());
    }
}

/// Drops an object's Rust fields where it lies.
pub(super) fn drop_in_place<T: Layout>(header: &Header) {
    // SAFETY: the kind says that the layout is `T`; the object is dead, and its memory is not
    // looked at again before it is allocated anew.
    unsafe { std::ptr::drop_in_place(header as *const Header as *mut T) }
}

/// Drops the Rust part of a dead object that was registered as droppable.
pub(crate) fn drop_payload(header: &Header) {
    match header.kind() {
        Kind::Foreign => {
            // SAFETY: the kind says that the layout is `Foreign`; the object's memory is still its own.
            let foreign = unsafe { &*(header as *const Header).cast::<Foreign>() };
            // SAFETY: the object is registered, so its payload is one that `with_state` leaked from a
            // box; the object is dead, so no one refers to it.
            drop(unsafe { Box::from_raw(foreign.payload.as_ptr()) });
        }
        Kind::Code => drop_code(header),
        kind => unreachable!("{kind:?} has no Rust part"),
    }
}

const _: () = assert!(std::mem::needs_drop::<CodeObject>());
