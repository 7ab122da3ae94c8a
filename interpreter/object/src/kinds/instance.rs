//! Objects of Python classes, and modules.

use super::array::Array;
use super::callable::slots_kind;
use super::dict::Dict;
use super::exception::Exception;
use super::foreign::Foreign;
use crate::header::{Gc, Header, Kind, Layout, Slot};
use crate::heap::{self, Marker, barrier};
use crate::shape::{self, Room, Shape, of_kind};
use crate::value::Value;

/// An object whose attributes lie in slots: the first of them in the object itself, the others
/// in an array. Behind the slots in the object is the word for that array, or for the dictionary if
/// the shape says so, or *unbound*; objects that have `__slots__` only have no such word.
#[repr(C)]
pub struct Instance {
    header: Header,
    pub(crate) words: [Slot; 0],
}

impl Layout for Instance {
    fn trace(&self, marker: &mut Marker) {
        let shape = shape::of(&self.header);
        marker.visit_common(shape.class().into());
        marker.note_words(self.header.shape.get(), shape.words());
        // SAFETY: the object's shape says that it has so many.
        unsafe { self.trace_words(shape.words(), marker) };
    }
}

impl Instance {
    /// Marks what lies in the words behind the header.
    ///
    /// # Safety
    /// The object has so many.
    #[inline(always)]
    pub(crate) unsafe fn trace_words(&self, count: u16, marker: &mut Marker) {
        // SAFETY: they lie one after the other, by the caller as many.
        let words = unsafe { std::slice::from_raw_parts(self.words.as_ptr(), count.into()) };
        words.iter().for_each(|word| marker.field(word));
    }

    /// An object without attributes.
    #[inline(always)]
    pub fn new(shape: &Shape) -> Gc<Instance> {
        let count = usize::from(shape.words());
        // SAFETY: the words are filled right here.
        let instance = unsafe {
            heap::allocate_with_tail(shape.id.0, count * 8, |header| Instance {
                header,
                words: [],
            })
        };
        for at in 0..count {
            // SAFETY: the object was allocated with so many words.
            unsafe { (*instance.get().words.as_ptr().add(at)).set_quietly(Value::UNBOUND) };
        }
        instance
    }

    /// What is behind the inline slots, of which there are so many; the shape says that there is such
    /// a word.
    #[inline(always)]
    fn overflow(&self, inline: u16) -> &Slot {
        // SAFETY: by the shape.
        unsafe { &*self.words.as_ptr().add(inline.into()) }
    }

    /// Inline slot number `at`; the shape says that the object has it.
    #[inline(always)]
    pub fn slot(&self, at: u16) -> Value {
        debug_assert!(at < shape::of(&self.header).inline_slots);
        // SAFETY: by the shape.
        unsafe { (*self.words.as_ptr().add(at as usize)).get() }
    }
}

impl Gc<Instance> {
    /// Writes inline slot number `at`; the shape says that the object has it.
    #[inline(always)]
    pub fn set_slot(self, at: u16, value: Value) {
        debug_assert!(at < shape::of(self.header()).inline_slots);
        barrier(self.header());
        // SAFETY: by the shape.
        unsafe { (*self.get().words.as_ptr().add(at as usize)).set_quietly(value) };
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
            Kind::Instance => {
                let shape = shape::of(header);
                if !shape.overflows {
                    return None;
                }
                object
                    .known::<Instance>()
                    .get()
                    .overflow(shape.inline_slots)
            }
            Kind::Wrapper => &object.known::<Wrapper>().get().overflow,
            Kind::Exception => &object.known::<Exception>().get().overflow,
            Kind::Foreign => &object.known::<Foreign>().get().overflow,
            _ => return None,
        };
        Some((header, slot))
    }

    /// The object if slot number `at` lies in it, and else how many slots after those in it that is.
    fn inside(object: Value, at: u16) -> Result<Gc<Instance>, usize> {
        let inline = object
            .header()
            .map_or(0, |header| shape::of(header).inline_slots);
        if at < inline {
            Ok(object.known::<Instance>())
        } else {
            Err((at - inline).into())
        }
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
        let beyond = match inside(object, at) {
            Ok(instance) => return instance.slot(at),
            Err(beyond) => beyond,
        };
        match overflow(object).and_then(|(_, word)| word.get().cast::<Array>()) {
            Some(array) if beyond < array.capacity() => array.item(beyond),
            _ => Value::UNBOUND,
        }
    }

    /// Reads the first slots, as many as there is room for; the object's shape has them.
    pub fn read_first(object: Value, room: &mut [Value]) {
        let inline = object
            .header()
            .map_or(0, |header| shape::of(header).inline_slots);
        let (inside, beyond) = room.split_at_mut(room.len().min(inline.into()));
        if !inside.is_empty() {
            let instance = object.known::<Instance>();
            for (at, place) in inside.iter_mut().enumerate() {
                *place = instance.slot(at as u16);
            }
        }
        if beyond.is_empty() {
            return;
        }
        let array = overflow(object).and_then(|(_, word)| word.get().cast::<Array>());
        for (at, place) in beyond.iter_mut().enumerate() {
            *place = match array {
                Some(array) if at < array.capacity() => array.item(at),
                _ => Value::UNBOUND,
            };
        }
    }

    /// Writes slot number `at`, which the object's shape has or is about to have.
    pub fn set(object: Value, at: u16, value: Value) {
        let beyond = match inside(object, at) {
            Ok(instance) => return instance.set_slot(at, value),
            Err(beyond) => beyond,
        };
        let Some((header, overflow)) = overflow(object) else {
            return;
        };
        let array = match overflow.get().cast::<Array>() {
            Some(array) if beyond < array.capacity() => array,
            Some(array) => array.grown((beyond + 1).max(array.capacity() * 2), array.capacity()),
            None => Array::new(beyond + 2),
        };
        array.set(beyond, value);
        barrier(header);
        overflow.set_quietly(array.into());
    }

    /// Takes a named attribute out of the object; those behind it have a slot less each. False if that
    /// cannot be.
    pub fn remove(object: Value, at: u16) -> bool {
        let Some(header) = object.header() else {
            return false;
        };
        let current = shape::of(header);
        let Some(next) = current.without(at) else {
            return false;
        };
        // First of all it has the attribute no more: whoever watches it sees no other in its place.
        header.shape.set(next.id.0);
        let last = current.names().len() as u16 - 1;
        for slot in at..last {
            set(object, slot, get(object, slot + 1));
        }
        set(object, last, Value::UNBOUND);
        true
    }

    /// What holds the attributes that do not lie in the object itself.
    pub fn storage(object: Value) -> Option<Value> {
        overflow(object)?.1.get().bound()
    }

    /// The dictionary of an object whose shape says that it has one.
    pub fn dict(object: Value) -> Option<Gc<Dict>> {
        overflow(object)?.1.get().cast::<Dict>()
    }

    /// Makes a dictionary the place of the object's attributes; its shape becomes that of its
    /// class's objects with dictionaries which have as many slots inside.
    pub fn set_dict(object: Value, dict: Gc<Dict>) {
        let Some((header, overflow)) = overflow(object) else {
            return;
        };
        barrier(header);
        overflow.set_quietly(dict.into());
        let current = shape::of(header);
        let room = Room {
            has_dict: true,
            ..current.room()
        };
        let mut shape = current.class().dictionary_instance_shape();
        if shape.room() != room {
            shape = shape::family(current.kind, current.class(), room, 0);
        }
        header.shape.set(shape.id.0);
    }
}
