//! Sets: a dictionary's table whose values no one uses. Iteration is in order of insertion.

use super::dict::Dict;
use crate::header::{Gc, Header, Kind, Layout};
use crate::heap::{self, Marker};
use crate::shape::of_kind;
use crate::value::Value;
use std::cell::Cell;

/// The elements that a new set has room for: most sets are made to gain some. Those that a program
/// makes by `set()` gain them later, if ever.
const SET_CAPACITY: usize = 8;

macro_rules! set_kind {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[repr(C)]
        pub struct $name {
            table: Dict,
            /// The hash of a frozen set, once computed; 0 before.
            pub hash: Cell<u64>,
        }

        impl Layout for $name {
            fn trace(&self, marker: &mut Marker) {
                self.table.trace(marker);
            }
        }

        impl $name {
            pub fn new() -> Gc<$name> {
                $name::with_room(SET_CAPACITY)
            }

            /// An empty set that has no storage to speak of until it gains an element.
            pub fn without_room() -> Gc<$name> {
                $name::with_room(0)
            }

            #[inline(always)]
            fn with_room(capacity: usize) -> Gc<$name> {
                heap::allocate(of_kind(Kind::$name), |header: Header| $name {
                    table: Dict::parts(header, capacity),
                    hash: Cell::new(0),
                })
            }
        }

        impl Gc<$name> {
            /// The table: its keys are the elements. Not to be seen by Python code, because its
            /// kind is that of the set.
            #[inline(always)]
            pub fn table(self) -> Gc<Dict> {
                // SAFETY: the layout begins with that of a dictionary.
                unsafe { Gc::from_address(self.address()) }
            }

            /// Adds an element that is not there.
            pub fn insert_new(self, hash: u64, element: Value) {
                self.table().insert_new(hash, element, Value::NONE);
            }

            /// Takes the elements of another set's table; this one is empty.
            pub fn copy_from(self, other: Gc<Dict>) {
                self.table().copy_entries_from(other);
            }

            /// The elements in order; the set must not change meanwhile.
            pub fn elements(self) -> impl Iterator<Item = Value> {
                self.get().table.iter().map(|(element, _)| element)
            }

            pub fn len(self) -> usize {
                self.get().table.len()
            }

            pub fn is_empty(self) -> bool {
                self.len() == 0
            }
        }
    };
}

set_kind! {
    /// A set.
    Set
}

set_kind! {
    /// A frozen set.
    FrozenSet
}
