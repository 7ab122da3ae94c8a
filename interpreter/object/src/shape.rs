//! Shapes: hidden classes.
//!
//! A shape stands for a class, a layout kind and a list of attribute names; adding an attribute
//! leads to a child shape. Objects hold a shape's number, so one 32-bit comparison tells all
//! three, and a cache that remembers a number needs no care of the shape's life: numbers are
//! never used again. Shapes belong to their class and are dropped with it.

use crate::header::{Gc, Header, Kind, Layout};
use crate::heap::barrier;
use crate::kinds::{Class, Str};
use crate::value::Value;
use rustc_hash::FxHashSet;
use std::cell::{Cell, RefCell, UnsafeCell};
use std::collections::HashMap;
use std::mem::ManuallyDrop;

/// A shape's number; 0 is no shape.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
#[repr(transparent)]
pub struct ShapeId(pub u32);

/// More attributes than this are kept in a dictionary.
pub const MAX_SLOTS: usize = 128;

/// Where objects of a shape have their attributes: see the fields of [`Shape`] that are called so.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Room {
    pub inline_slots: u16,
    pub overflows: bool,
    pub has_dict: bool,
}

/// What a shape's number stands for.
pub struct Shape {
    pub id: ShapeId,
    pub kind: Kind,
    /// How many attribute slots lie in the object itself.
    pub inline_slots: u16,
    /// The object has a word for what is beyond those.
    pub overflows: bool,
    /// The object keeps its attributes in a dictionary.
    pub has_dict: bool,
    class: Cell<Gc<Class>>,
    /// Attribute names, interned, by slot.
    names: Box<[Value]>,
    index: Option<HashMap<Value, u16>>,
    /// The shape without the last attribute, if that has been added to one.
    parent: Option<&'static Shape>,
    children: RefCell<Vec<(Value, &'static Shape)>>,
}

impl Shape {
    #[inline(always)]
    pub fn class(&self) -> Gc<Class> {
        self.class.get()
    }

    /// Where its objects have their attributes.
    pub fn room(&self) -> Room {
        Room {
            inline_slots: self.inline_slots,
            overflows: self.overflows,
            has_dict: self.has_dict,
        }
    }

    pub fn names(&self) -> &[Value] {
        &self.names
    }

    /// How many words the attributes of an [`Instance`](crate::kinds::Instance) take in the object.
    #[inline(always)]
    pub fn words(&self) -> u16 {
        self.inline_slots + u16::from(self.overflows)
    }

    /// The slot of an attribute; `name` is interned.
    pub fn lookup(&self, name: Gc<Str>) -> Option<u16> {
        let name = Value::from(name);
        match &self.index {
            Some(index) => index.get(&name).copied(),
            None => self.names.iter().position(|&n| n == name).map(|i| i as u16),
        }
    }

    /// The shape with one more attribute; `None` when there are too many.
    pub fn with(&'static self, name: Gc<Str>) -> Option<&'static Shape> {
        let name = Value::from(name);
        if let Some(&(_, child)) = self.children.borrow().iter().find(|&&(n, _)| n == name) {
            return Some(child);
        }
        if self.names.len() >= MAX_SLOTS {
            return None;
        }
        let mut names = self.names.to_vec();
        names.push(name);
        let child = add(
            None,
            self.kind,
            self.class(),
            self.room(),
            names,
            Some(self),
        );
        self.children.borrow_mut().push((name, child));
        barrier(self.class().header());
        Some(child)
    }

    /// The shape without the attribute in a slot: those behind it have a slot less each. `None` if the
    /// slot has no name.
    pub fn without(&'static self, slot: u16) -> Option<&'static Shape> {
        let slot = usize::from(slot);
        let mut before = self;
        while before.names.len() > slot {
            before = before.parent?;
        }
        let mut behind = self.names[slot + 1..].iter();
        behind.try_fold(before, |shape, name| shape.with(name.cast::<Str>()?))
    }
}

/// Never dropped, as its shapes are not: so to look into it, as is done all the time, asks nothing
/// about the thread's end.
struct Table(UnsafeCell<ManuallyDrop<Vec<Option<&'static Shape>>>>);

thread_local! {
    static SHAPES: Table = const { Table(UnsafeCell::new(ManuallyDrop::new(Vec::new()))) };
}

fn add(
    id: Option<u32>,
    kind: Kind,
    class: Gc<Class>,
    room: Room,
    names: Vec<Value>,
    parent: Option<&'static Shape>,
) -> &'static Shape {
    SHAPES.with(|table| {
        // SAFETY: the table is this thread's own; no reference to its elements is kept, they are
        // themselves references.
        let table = unsafe { &mut *table.0.get() };
        if table.is_empty() {
            table.resize(FIRST_FREE as usize, None);
        }
        let index = (names.len() > 8).then(|| {
            names
                .iter()
                .enumerate()
                .map(|(i, &n)| (n, i as u16))
                .collect()
        });
        let number = id.unwrap_or(table.len() as u32);
        let shape: &'static Shape = Box::leak(Box::new(Shape {
            id: ShapeId(number),
            kind,
            inline_slots: room.inline_slots,
            overflows: room.overflows,
            has_dict: room.has_dict,
            class: Cell::new(class),
            names: names.into(),
            index,
            parent,
            children: RefCell::new(Vec::new()),
        }));
        match id {
            Some(id) => table[id as usize] = Some(shape),
            None => table.push(Some(shape)),
        }
        shape
    })
}

/// The shape of the plain objects of a builtin kind has a number that follows from the kind, so
/// that allocating one and testing for one need no look-up.
pub const fn of_kind(kind: Kind) -> u32 {
    kind as u32 + 1
}

/// Likewise for the kinds of iterators and of views.
pub const fn of_variant(kind: Kind, variant: u8) -> u32 {
    match kind {
        Kind::Iter => 64 + variant as u32,
        Kind::View => 96 + variant as u32,
        Kind::Generator => 112 + variant as u32,
        _ => 120 + variant as u32,
    }
}

const FIRST_FREE: u32 = 128;

/// Whether a shape is one of a builtin kind, which says all of its number.
pub const fn is_fixed(id: u32) -> bool {
    id < FIRST_FREE
}

/// Makes `class` the class of the shape numbered `id` (see [`of_kind`] and [`of_variant`]).
pub fn define(id: u32, kind: Kind, class: Gc<Class>) -> &'static Shape {
    let room = Room {
        inline_slots: 0,
        overflows: true,
        has_dict: false,
    };
    add(Some(id), kind, class, room, Vec::new(), None)
}

/// A new shape without attributes. If they do not lie in a dictionary, the first `members` slots belong
/// to `__slots__` members; these have no name in the shape, the descriptors know their places.
pub fn root(kind: Kind, class: Gc<Class>, room: Room, members: u16) -> &'static Shape {
    let names = vec![Value::UNBOUND; unnamed(room, members)];
    add(None, kind, class, room, names, None)
}

/// How many slots of a shape without attributes have no name.
fn unnamed(room: Room, members: u16) -> usize {
    if room.has_dict { 0 } else { members.into() }
}

/// The root of a class's shapes for objects that have another number of slots inside than its new
/// instances have: objects that were made by another class.
pub fn family(kind: Kind, class: Gc<Class>, room: Room, members: u16) -> &'static Shape {
    let found = SHAPES.with(|table| {
        // SAFETY: as in `add`.
        let table = unsafe { &*table.0.get() };
        table.iter().flatten().copied().find(|shape| {
            shape.class() == class
                && shape.kind == kind
                && shape.room() == room
                && shape.names.len() == unnamed(room, members)
        })
    });
    found.unwrap_or_else(|| root(kind, class, room, members))
}

/// Whether objects of a class, or of one below it, may have a slot for a name: a shape names it, or has
/// slots of which the descriptors know the names.
pub fn may_have_slot(class: Gc<Class>, name: Gc<Str>) -> bool {
    let name = Value::from(name);
    let address = |class: Gc<Class>| Value::from(class).bits();
    // Shapes outlive classes that die young, which must not be looked at; addresses tell enough.
    let owners: FxHashSet<u64> = SHAPES.with(|table| {
        // SAFETY: as in `add`.
        let table = unsafe { &*table.0.get() };
        let names_it = |shape: &&&Shape| {
            let mut names = shape.names.iter();
            names.any(|&own| own == name || own.is_unbound())
        };
        let shapes = table.iter().flatten().filter(names_it);
        shapes.map(|shape| address(shape.class())).collect()
    });
    if owners.is_empty() {
        return false;
    }
    let mut left = vec![class];
    while let Some(class) = left.pop() {
        if owners.contains(&address(class)) {
            return true;
        }
        left.extend(class.subclasses());
    }
    false
}

#[inline(always)]
fn in_table(id: u32) -> Option<&'static Shape> {
    SHAPES.with(|table| {
        // SAFETY: as in `add`.
        let table = unsafe { &*table.0.get() };
        table.get(id as usize).copied().flatten()
    })
}

/// The shape with a number, which some object or cache has: it exists.
#[inline(always)]
pub fn get(id: u32) -> &'static Shape {
    match in_table(id) {
        Some(shape) => shape,
        None => unreachable!("shape {id} belongs to no object"),
    }
}

/// Whether objects may have the shape with a number: not if its class has died. A number is given once, so
/// a shape that is gone never comes back.
pub fn exists(id: u32) -> bool {
    // Not all of these are in the table.
    is_fixed(id) || in_table(id).is_some()
}

/// The shape of an object.
#[inline(always)]
pub fn of(header: &Header) -> &'static Shape {
    get(header.shape.get())
}

/// The class of a heap object.
#[inline(always)]
pub fn class_of(header: &Header) -> Gc<Class> {
    of(header).class()
}

/// Makes a shape belong to another class; for the first classes, whose own class does not exist
/// when they are made.
pub fn adopt<T: Layout>(object: Gc<T>, shape: &Shape) {
    object.header().shape.set(shape.id.0);
}

/// Drops the shapes of dead classes.
pub(crate) fn sweep(is_live: impl Fn(&Header) -> bool) {
    SHAPES.with(|table| {
        // SAFETY: as in `add`.
        let table = unsafe { &mut *table.0.get() };
        for slot in table.iter_mut() {
            if let Some(shape) = *slot
                && !is_live(shape.class().header())
            {
                *slot = None;
                // SAFETY: the shape was leaked from a box by `add`; its class is dead, and so is
                // every object of it, hence no one can name it again.
                drop(unsafe { Box::from_raw(shape as *const Shape as *mut Shape) });
            }
        }
    });
}
