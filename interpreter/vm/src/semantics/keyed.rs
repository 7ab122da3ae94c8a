//! Keys of which a Python `__hash__` tells the hash.
//!
//! What looks such a key up is native, and in a trace a wall: it calls `__hash__` from outside, in the
//! dispatch loop. A recorder opens the frame of a hidden function of bytecode instead
//! (`builtins/lib/_consume.py`), which asks for the hash as a program would and looks up with what it was
//! given: first for the very same key, which needs no comparison. The interpreter goes the native way, which
//! is as fast there.

use crate::machine::{Machine, Runtime};
use crate::plain::Plain;
use crate::{PyResult, Vm};
use object::shape::of_kind;
use object::{BigInt, Function, Gc, Kind, Value};

/// What is done with a key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Lookup {
    Item,
    Get,
    Store,
    Contains,
    Add,
}

impl Lookup {
    /// The hidden function's name.
    fn function(self) -> &'static str {
        match self {
            Lookup::Item => "item_by_key",
            Lookup::Get => "get_by_key",
            Lookup::Store => "store_by_key",
            Lookup::Contains => "contains_key",
            Lookup::Add => "add_key",
        }
    }

    fn is_of(self, kind: Kind) -> bool {
        match self {
            Lookup::Item | Lookup::Get | Lookup::Store => kind == Kind::Dict,
            Lookup::Contains => matches!(kind, Kind::Dict | Kind::Set | Kind::FrozenSet),
            Lookup::Add => kind == Kind::Set,
        }
    }
}

/// The hidden function for a key in a dictionary or set. `None`: no Python function hashes the key, or the
/// container is another, and nothing has happened.
pub(crate) fn function<M: Machine>(
    m: &mut M,
    lookup: Lookup,
    container: M::V,
    key: M::V,
) -> PyResult<Option<Gc<Function>>> {
    if !M::RECORDS {
        return Ok(None);
    }
    let (own, word) = (m.word(container), m.word(key));
    let is_builtin = own
        .kind()
        .is_some_and(|kind| lookup.is_of(kind) && own.shape_id() == of_kind(kind));
    if !is_builtin || word.kind() != Some(Kind::Instance) {
        return Ok(None);
    }
    let name = m.vm().names.hash;
    let Some(method) = m.vm().own_method(word, name, 1) else {
        return Ok(None);
    };
    m.shape(container);
    m.settle(key);
    m.vm()
        .hidden_function(lookup.function(), method.code())
        .map(Some)
}

/// What a native function does with the key that it is called with, a method of a dictionary or set.
pub(crate) fn of_native(vm: &Vm, number: u32, count: usize) -> Option<Lookup> {
    match (vm.native_does(number)?, count) {
        (Plain::Finds, 2 | 3) => Some(Lookup::Get),
        (Plain::Adds, 2) => Some(Lookup::Add),
        _ => None,
    }
}

/// The hash that a large integer is which `__hash__` has returned: the same as a rule, but it may have more
/// bits than a hash has. `None`: it is none.
pub(crate) fn large_hash<M: Machine>(m: &mut M, value: M::V) -> PyResult<Option<M::V>> {
    let word = m.word(value);
    if !M::RECORDS || !word.is::<BigInt>() || m.shape(value) != of_kind(Kind::BigInt) {
        return Ok(None);
    }
    let number = m.vm().hash_of_returned();
    let number = m.constant(Value::small(i64::from(number)));
    let hash = m.residual(Runtime::Native, &[number, value], |vm| {
        vm.hash_returned(word).map(Value::int)
    });
    hash.map(Some)
}
