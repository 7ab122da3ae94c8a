//! Sunk objects, and what exits restore.
//!
//! An object that nothing but exits and its own initialisation refers to can be *sunk*: its
//! allocation and the stores into it are not executed, and exits make it where they need it. As no
//! store is executed, it may store a float as it is: what an exit makes holds the float's word.

use crate::buffer::{Fact, Ref, Trace};
use crate::ops::Op;

/// An object that is not allocated, and the stores, in order, that give it its fields.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sunk {
    /// The number of its `new`.
    pub new: u16,
    pub stores: Vec<u16>,
    /// If some field is stored more than once, so that what it has depends on the exit: by store, the place
    /// among them of the next one into its field.
    later: Vec<Later>,
}

/// Of a store into an object with fields that change.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Later {
    /// No store before it is into its field.
    is_first: bool,
    next: Option<u16>,
}

/// A part of what an exit restores, in the one order that all who walk it keep to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// What follows is of the frame of this snapshot; the frame on top comes first.
    Frame(u16),
    /// A register, and what is known of its value, which follows: `Leaf`, `Object` or `Again`.
    Register(u16, Fact),
    /// A value that the trace computes, or a constant.
    Leaf(Ref),
    /// A sunk object, seen for the first time, by the number of its `new`; `count` fields follow.
    Object { new: u16, count: u16 },
    /// A field: the number of the store that holds its displacement and width. Its value follows.
    Field(u16),
    /// A sunk object that was there before.
    Again(u16),
}

impl Trace {
    /// Says that the object is sunk whose `new` has a number, with its stores.
    pub fn sink(&mut self, new: u16, stores: Vec<u16>) {
        let later = self.later_stores(&stores);
        self.sunk.push(Sunk { new, stores, later });
    }

    /// By store, the next one into its field; nothing if no field has two.
    fn later_stores(&self, stores: &[u16]) -> Vec<Later> {
        let field = |&store: &u16| self.field_of(store);
        // Fields mostly are stored in the order in which they lie.
        if stores.is_sorted_by(|one, other| field(one) < field(other)) {
            return Vec::new();
        }
        let mut newest: Vec<(u16, usize)> = Vec::with_capacity(stores.len());
        let mut later: Vec<Later> = Vec::with_capacity(stores.len());
        for (place, store) in stores.iter().enumerate() {
            let own = field(store);
            let before = newest.iter_mut().find(|(other, _)| *other == own);
            later.push(Later {
                is_first: before.is_none(),
                next: None,
            });
            match before {
                Some((_, last)) => later[std::mem::replace(last, place)].next = Some(place as u16),
                None => newest.push((own, place)),
            }
        }
        if newest.len() == stores.len() {
            later.clear();
        }
        later
    }

    /// The displacement of the field that a store is into.
    fn field_of(&self, store: u16) -> u16 {
        self.get(usize::from(store)).operands[1]
    }

    /// The sunk objects, ascending by the number of their `new`.
    pub fn sunk(&self) -> &[Sunk] {
        &self.sunk
    }

    /// The sunk object that a value is.
    pub fn sunk_object(&self, value: Ref) -> Option<&Sunk> {
        // Most values are results of something else.
        if value.is_constant() || self.op(value.index()) != Op::New {
            return None;
        }
        let at = self
            .sunk
            .binary_search_by_key(&value.0, |object| object.new)
            .ok()?;
        Some(&self.sunk[at])
    }

    /// Walks what the exit at op number `at` restores. A register whose content is in place is
    /// left out. A sunk object's field has the value of the last store before the exit.
    pub fn exit_parts(&self, at: usize, snapshot: u16, visit: &mut impl FnMut(Part)) {
        let mut seen = Vec::new();
        for number in self.chain(snapshot) {
            visit(Part::Frame(number));
            self.frame_parts(at, number, &mut seen, visit);
        }
    }

    /// The parts of one frame, the sunk objects having been seen that are part of those before.
    pub fn frame_parts(
        &self,
        at: usize,
        number: u16,
        seen: &mut Vec<u16>,
        visit: &mut impl FnMut(Part),
    ) {
        for entry in self.frame_entries(number) {
            if !self.is_in_place(number, entry.register, entry.value) {
                visit(Part::Register(entry.register, entry.fact));
                self.value_parts(at, entry.value, seen, visit);
            }
        }
    }

    fn value_parts(
        &self,
        at: usize,
        value: Ref,
        seen: &mut Vec<u16>,
        visit: &mut impl FnMut(Part),
    ) {
        let Some(object) = self.sunk_object(value) else {
            return visit(Part::Leaf(value));
        };
        if seen.contains(&object.new) {
            return visit(Part::Again(object.new));
        }
        seen.push(object.new);
        // They ascend.
        let before = object
            .stores
            .partition_point(|&store| usize::from(store) < at);
        let stores = &object.stores[..before];
        let new = object.new;
        if object.later.is_empty() {
            let count = stores.len() as u16;
            visit(Part::Object { new, count });
            for &store in stores {
                self.field_parts(at, store, seen, visit);
            }
            return;
        }
        // A field stands where its first store does.
        let later = &object.later[..before];
        let count = later.iter().filter(|later| later.is_first).count() as u16;
        visit(Part::Object { new, count });
        for (place, own) in later.iter().enumerate().filter(|(_, own)| own.is_first) {
            let (mut place, mut own) = (place, own);
            while let Some(next) = own.next.map(usize::from).filter(|&next| next < before) {
                (place, own) = (next, &later[next]);
            }
            self.field_parts(at, stores[place], seen, visit);
        }
    }

    fn field_parts(
        &self,
        at: usize,
        store: u16,
        seen: &mut Vec<u16>,
        visit: &mut impl FnMut(Part),
    ) {
        visit(Part::Field(store));
        let held = self.get(usize::from(store)).operand(2);
        self.value_parts(at, held, seen, visit);
    }
}
