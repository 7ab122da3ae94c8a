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
    /// Whether some field is stored more than once: what it has then depends on the exit.
    changes: bool,
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
        let changes = self.has_repeated_field(&stores);
        self.sunk.push(Sunk {
            new,
            stores,
            changes,
        });
    }

    fn has_repeated_field(&self, stores: &[u16]) -> bool {
        let field = |&store: &u16| self.field_of(store);
        // Fields mostly are stored in the order in which they lie.
        if stores.is_sorted_by(|one, other| field(one) < field(other)) {
            return false;
        }
        let mut fields: Vec<u16> = stores.iter().map(field).collect();
        fields.sort_unstable();
        fields.windows(2).any(|pair| pair[0] == pair[1])
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
        if !object.changes {
            let count = stores.len() as u16;
            visit(Part::Object { new, count });
            for &store in stores {
                self.field_parts(at, store, seen, visit);
            }
            return;
        }
        // A field stands where its first store does.
        let is_first = |place: usize| {
            let own = self.field_of(stores[place]);
            stores[..place].iter().all(|&s| self.field_of(s) != own)
        };
        let fields = (0..stores.len()).filter(|&place| is_first(place));
        let count = fields.clone().count() as u16;
        visit(Part::Object { new, count });
        for place in fields {
            let own = self.field_of(stores[place]);
            let newest = stores[place..].iter().rfind(|&&s| self.field_of(s) == own);
            let store = newest.copied().unwrap_or(stores[place]);
            self.field_parts(at, store, seen, visit);
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
