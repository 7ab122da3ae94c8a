//! Views of dictionaries: keys, values, items, and the read-only proxy.

use crate::header::{Gc, Header, Kind, Layout, Slot};
use crate::heap::{self, Marker};
use crate::shape::of_variant;
use crate::value::Value;

/// A view of a mapping. Which, stands in the shape.
#[repr(C)]
pub struct View {
    header: Header,
    pub mapping: Slot,
}

impl Layout for View {
    fn trace(&self, marker: &mut Marker) {
        marker.field(&self.mapping);
    }
}

impl View {
    pub const KEYS: u8 = 0;
    pub const VALUES: u8 = 1;
    pub const ITEMS: u8 = 2;
    pub const PROXY: u8 = 3;

    pub fn new(variant: u8, mapping: Value) -> Gc<View> {
        let view = heap::allocate(of_variant(Kind::View, variant), |header| View {
            header,
            mapping: Slot::new(mapping),
        });
        view.header().flags.set(variant as u16);
        view
    }

    /// One of the constants above.
    pub fn variant(&self) -> u8 {
        self.header.flags.get() as u8
    }
}
