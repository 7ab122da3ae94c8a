//! Comparison of small integers and inline floats, and truth of what is a boolean already.

use crate::machine::Machine;
use crate::operator::Comparison;
use object::Value;

/// `a op b`
#[inline(always)]
pub(crate) fn compare<M: Machine>(m: &mut M, op: Comparison, a: M::V, b: M::V) -> Option<bool> {
    if m.both_small(a, b) {
        return Some(m.compare_small(op, a, b));
    }
    if m.both_float(a, b) {
        return Some(m.compare_float(op, a, b));
    }
    if M::RECORDS && matches!(op, Comparison::Eq | Comparison::Ne) {
        let same = m.same_characters(a, b)?;
        return Some(same == (op == Comparison::Eq));
    }
    None
}

/// Whether `a` is true.
#[inline(always)]
pub(crate) fn truth<M: Machine>(m: &mut M, a: M::V) -> Option<bool> {
    if m.is_word(a, Value::TRUE) {
        return Some(true);
    }
    if m.is_word(a, Value::FALSE) || m.is_word(a, Value::NONE) {
        return Some(false);
    }
    if m.is_small(a) {
        let zero = m.constant(Value::small(0));
        return Some(m.compare_small(Comparison::Ne, a, zero));
    }
    None
}
