//! Globals through the cache of a site.

use crate::machine::Machine;
use object::{Dict, DictIndex, Gc};

/// Where a global is: in the namespace it was asked of, or in a second one of builtins because the
/// first has no such key.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) globals: Gc<Dict>,
    pub(crate) builtins: Option<Gc<Dict>>,
    pub(crate) at: DictIndex,
}

/// The value at a place.
#[inline(always)]
pub(crate) fn load<M: Machine>(m: &mut M, place: Place) -> M::V {
    m.settle_keys(place.globals);
    match place.builtins {
        None => m.dict_value(place.globals, place.at),
        Some(builtins) => {
            m.settle_keys(builtins);
            m.dict_value(builtins, place.at)
        }
    }
}
