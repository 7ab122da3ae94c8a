//! Objects of subclasses of builtin types, where the operation is still the builtin type's own.
//!
//! Such an object carries one of the builtin type, its payload, which the type's methods work on.
//! A recorder goes on with the payload, as for a plain list or dictionary; the interpreter's
//! runtime functions find it themselves.

use crate::machine::Machine;
use object::{Gc, Kind, Str, Value, Wrapper};

/// The payload of an object whose class has the special method of this name from the payload's
/// own class.
#[inline(always)]
pub(crate) fn of<M: Machine>(m: &mut M, object: M::V, name: Gc<Str>) -> Option<M::V> {
    if !M::RECORDS || !m.word(object).is::<Wrapper>() {
        return None;
    }
    inherited(m, object, name).then(|| m.payload(object))
}

/// Whether an object's class leaves the special method as the payload's class has it, which is
/// relied on then.
fn inherited<M: Machine>(m: &mut M, object: M::V, name: Gc<Str>) -> bool {
    let word = m.word(object);
    let payload = word.inner();
    let vm = m.vm();
    let (class, plain) = (vm.class_of(word), vm.class_of(payload));
    let missing = vm.names.missing;
    let asks_for_missing = name == vm.names.getitem
        && payload.kind() == Some(Kind::Dict)
        && vm.lookup_type(class, missing).is_some();
    let method = vm.lookup_type(class, name);
    if asks_for_missing || method.is_none() || method != vm.lookup_type(plain, name) {
        return false;
    }
    m.settle(object);
    true
}

/// The value of a key that an object of a subclass of `dict` with `__missing__` has; `None` if that
/// would be asked, or if the class gets items in a way of its own.
pub(crate) fn item_there<M: Machine>(m: &mut M, object: M::V, key: M::V) -> Option<M::V> {
    let word = m.word(object);
    if !M::RECORDS || !word.is::<Wrapper>() || word.inner().kind() != Some(Kind::Dict) {
        return None;
    }
    let vm = m.vm();
    let (class, name) = (vm.class_of(word), vm.names.getitem);
    if vm.lookup_type(class, name) != vm.lookup_type(vm.types.dict, name) {
        return None;
    }
    m.settle(object);
    let payload = m.payload(object);
    m.dict_item(payload, key)
}

/// A list that a method of lists is called with, which may be the payload of its receiver.
pub(crate) fn list<M: Machine>(m: &mut M, receiver: M::V) -> Option<M::V> {
    let of_kind = |word: Value| word.kind() == Some(Kind::List);
    let word = m.word(receiver);
    if of_kind(word) {
        return Some(receiver);
    }
    if !M::RECORDS || !word.is::<Wrapper>() || !of_kind(word.inner()) {
        return None;
    }
    m.shape(receiver);
    Some(m.payload(receiver))
}
