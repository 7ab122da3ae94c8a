//! Globals through the cache of a site.

use crate::PyResult;
use crate::machine::Machine;
use object::{CodeObject, Dict, DictIndex, Gc, Str};

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

/// The value of a global whose site does not know it: the site is filled.
pub(crate) fn load_missed<M: Machine>(m: &mut M, code: Gc<CodeObject>, at: u32) -> PyResult<M::V> {
    if M::RECORDS {
        let vm = m.vm();
        let globals = vm.frame_globals();
        if globals.is_some_and(|globals| vm.own_builtins(globals).is_some()) {
            // Those may be Python code.
            m.generic();
        }
    }
    match m.vm().load_global_miss(code, at)? {
        (Some(place), _) => Ok(load(m, place)),
        (None, value) => {
            m.generic();
            Ok(m.constant(value))
        }
    }
}

/// Gives a global a value.
#[inline(always)]
pub(crate) fn store<M: Machine>(m: &mut M, globals: Gc<Dict>, name: Gc<Str>, value: M::V) {
    match globals.find_str(name) {
        Some(at) => {
            m.settle_keys(globals);
            m.set_dict_value(globals, at, value);
        }
        None => {
            m.generic();
            globals.set_str(name, m.word(value));
        }
    }
}
