//! Objects of Python classes, and modules.

use super::array::Array;
use super::callable::slots_kind;
use super::dict::Dict;
use super::exception::Exception;
use super::foreign::Foreign;
use crate::header::{Gc, Header, Kind, Layout, Slot};
use crate::heap::{self, Marker, barrier};
use crate::shape::{self, Shape, of_kind};
use crate::value::Value;

/// An object whose attributes lie in slots: the first of them in the object itself, the others
/// in an array. `overflow` is that array, or the dictionary if the shape says so, or *unbound*.
#[repr(C)]
pub struct Instance {
    header: Header,
    pub(crate) overflow: Slot,
    pub(crate) slots: [Slot; 0],
}

impl Layout for Instance {
    fn trace(&self, marker: &mut Marker) {
        let shape = shape::of(&self.header);
        marker.visit_common(shape.class().into());
        marker.note_inline_slots(self.header.shape.get(), shape.inline_slots);
        // SAFETY: the object's shape says that it has so many.
        unsafe { self.trace_slots(shape.inline_slots, marker) };
    }
}

impl Instance {
    /// Marks what lies in the slots.
    ///
    /// # Safety
    /// The object has so many inline slots.
    #[inline(always)]
    pub(crate) unsafe fn trace_slots(&self, inline: u16, marker: &mut Marker) {
        // SAFETY: the slots lie one after the other, by the caller as many.
        let slots = unsafe { std::slice::from_raw_parts(self.slots.as_ptr(), inline.into()) };
        marker.field(&self.overflow);
        slots.iter().for_each(|slot| marker.field(slot));
    }

    /// An object without attributes.
    #[inline(always)]
    pub fn new(shape: &Shape) -> Gc<Instance> {
        let inline = shape.inline_slots as usize;
        // SAFETY: the slots are filled right here.
        let instance = unsafe {
            heap::allocate_with_tail(shape.id.0, inline * 8, |header| Instance {
                header,
                overflow: Slot::new(Value::UNBOUND),
                slots: [],
            })
        };
        for at in 0..inline {
            // SAFETY: the object was allocated with `inline` slots.
            unsafe { (*instance.get().slots.as_ptr().add(at)).set_quietly(Value::UNBOUND) };
        }
        instance
    }

    /// Inline slot number `at`; the shape says that the object has it.
    #[inline(always)]
    pub fn slot(&self, at: u16) -> Value {
        debug_assert!(at < shape::of(&self.header).inline_slots);
        // SAFETY: by the shape.
        unsafe { (*self.slots.as_ptr().add(at as usize)).get() }
    }
}

impl Gc<Instance> {
    /// Writes inline slot number `at`; the shape says that the object has it.
    #[inline(always)]
    pub fn set_slot(self, at: u16, value: Value) {
        debug_assert!(at < shape::of(self.header()).inline_slots);
        barrier(self.header());
        // SAFETY: by the shape.
        unsafe { (*self.get().slots.as_ptr().add(at as usize)).set_quietly(value) };
    }
}

slots_kind! {
    /// An object of a subclass of a builtin type: its attributes, and the object of the builtin
    /// type that methods of that type work on.
    Wrapper { overflow, payload, }
}

slots_kind! {
    /// A module.
    Module { dict, name, }
}

impl Module {
    #[inline(always)]
    pub fn namespace(&self) -> Gc<Dict> {
        self.dict.get().known::<Dict>()
    }
}

/// The attribute part of an object: what its shape's slots and dictionary are about.
pub mod attributes {
    use super::*;

    /// The word that holds the array of further slots, or the dictionary.
    fn overflow(object: Value) -> Option<(&'static Header, &'static Slot)> {
        let header = object.header()?;
        let slot = match header.kind() {
            Kind::Instance => &object.known::<Instance>().get().overflow,
            Kind::Wrapper => &object.known::<Wrapper>().get().overflow,
            Kind::Exception => &object.known::<Exception>().get().overflow,
            Kind::Foreign => &object.known::<Foreign>().get().overflow,
            _ => return None,
        };
        Some((header, slot))
    }

    /// Whether objects of this kind have attribute slots.
    pub fn has_slots(kind: Kind) -> bool {
        matches!(
            kind,
            Kind::Instance | Kind::Wrapper | Kind::Exception | Kind::Foreign
        )
    }

    /// Slot number `at`, which the object's shape has.
    pub fn get(object: Value, at: u16) -> Value {
        let Some((header, overflow)) = overflow(object) else {
            return Value::UNBOUND;
        };
        let inline = shape::of(header).inline_slots;
        if at < inline {
            return object.known::<Instance>().slot(at);
        }
        match overflow.get().cast::<Array>() {
            Some(array) if ((at - inline) as usize) < array.capacity() => {
                array.item((at - inline) as usize)
            }
            _ => Value::UNBOUND,
        }
    }

    /// Writes slot number `at`, which the object's shape has or is about to have.
    pub fn set(object: Value, at: u16, value: Value) {
        let Some((header, overflow)) = overflow(object) else {
            return;
        };
        let inline = shape::of(header).inline_slots;
        if at < inline {
            return object.known::<Instance>().set_slot(at, value);
        }
        let at = (at - inline) as usize;
        let array = match overflow.get().cast::<Array>() {
            Some(array) if at < array.capacity() => array,
            Some(array) => array.grown((at + 1).max(array.capacity() * 2), array.capacity()),
            None => Array::new(at + 2),
        };
        array.set(at, value);
        barrier(header);
        overflow.set_quietly(array.into());
    }

    /// What holds the attributes that do not lie in the object itself.
    #[cfg(feature = "revdb")]
    pub(crate) fn storage(object: Value) -> Option<Value> {
        overflow(object)?.1.get().bound()
    }

    /// The dictionary of an object whose shape says that it has one.
    pub fn dict(object: Value) -> Option<Gc<Dict>> {
        overflow(object)?.1.get().cast::<Dict>()
    }

    /// Makes a dictionary the place of the object's attributes; its shape becomes that of its
    /// class's objects with dictionaries.
    pub fn set_dict(object: Value, shape: &Shape, dict: Gc<Dict>) {
        let Some((header, overflow)) = overflow(object) else {
            return;
        };
        barrier(header);
        overflow.set_quietly(dict.into());
        header.shape.set(shape.id.0);
    }
}
