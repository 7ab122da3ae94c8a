//! Items of plain lists and tuples at small indices.

use crate::machine::Machine;
use object::shape::of_kind;
use object::{Kind, List, Regs, Tuple};

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
    } else if M::RECORDS && shape == of_kind(Kind::Str) {
        m.str_item(a, b)
    } else if M::RECORDS && (shape == of_kind(Kind::Bytes) || shape == of_kind(Kind::ByteArray)) {
        m.bytes_item(a, b)
    } else {
        None
    }
}

/// `a[b] = value`; false: not done.
#[inline(always)]
pub(crate) fn store_item<M: Machine>(m: &mut M, a: M::V, b: M::V, value: M::V) -> bool {
    if !m.is_small(b) {
        return false;
    }
    let shape = m.shape(a);
    if shape == of_kind(Kind::List) {
        m.set_list_item(a, b, value)
    } else {
        M::RECORDS
            && shape == of_kind(Kind::ByteArray)
            && m.is_small(value)
            && m.set_byte(a, b, value)
    }
}

/// Unpacks a list or tuple of `count` items into registers; false: not done.
#[inline(always)]
pub(crate) fn unpack<M: Machine>(m: &mut M, source: M::V, regs: Regs, to: u16, count: u16) -> bool {
    let shape = m.shape(source);
    let word = m.word(source);
    let length = if shape == of_kind(Kind::Tuple) {
        word.known::<Tuple>().len()
    } else if shape == of_kind(Kind::List) {
        word.known::<List>().len()
    } else {
        return false;
    };
    if length != count as usize {
        return false;
    }
    m.unpack(source, regs, to, count);
    true
}
