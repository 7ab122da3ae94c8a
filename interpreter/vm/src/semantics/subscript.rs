//! Items of plain lists and tuples at small indices.

use crate::machine::Machine;
use object::Kind;
use object::shape::of_kind;

/// `a[b]`
#[inline(always)]
pub(crate) fn load_item<M: Machine>(m: &mut M, a: M::V, b: M::V) -> Option<M::V> {
    if !m.is_small(b) {
        return None;
    }
    let shape = m.shape(a);
    if shape == of_kind(Kind::List) {
        m.list_item(a, b)
    } else if shape == of_kind(Kind::Tuple) {
        m.tuple_item(a, b)
    } else {
        None
    }
}

/// `a[b] = value`; false: not done.
#[inline(always)]
pub(crate) fn store_item<M: Machine>(m: &mut M, a: M::V, b: M::V, value: M::V) -> bool {
    m.is_small(b) && m.shape(a) == of_kind(Kind::List) && m.set_list_item(a, b, value)
}
