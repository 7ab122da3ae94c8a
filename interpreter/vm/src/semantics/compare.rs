//! Comparison of small integers, inline floats and (recorded) strings, and truth of what is a boolean
//! already or has a truth by its shape.

use crate::machine::Machine;
use crate::operator::Comparison;
use crate::semantics::intrinsic::MEASURED;
use object::shape::of_kind;
use object::{Gc, Instance, Kind, Str, Tuple, Value};
use std::cmp::Ordering;

/// `a op b`
#[inline(always)]
pub(crate) fn compare<M: Machine>(m: &mut M, op: Comparison, a: M::V, b: M::V) -> Option<bool> {
    if m.both_small(a, b) {
        return Some(m.compare_small(op, a, b));
    }
    if m.both_float(a, b) {
        return Some(m.compare_float(op, a, b));
    }
    if M::RECORDS {
        return super::text::compare(m, op, a, b);
    }
    None
}

/// `a op b` of a float and a small integer, by the float that is equal to it.
pub(crate) fn mixed<M: Machine>(m: &mut M, op: Comparison, a: M::V, b: M::V) -> Option<bool> {
    if m.word(a).is_small() == m.word(b).is_small() {
        return None;
    }
    let (a, b) = super::arithmetic::exact_floats(m, a, b)?;
    Some(m.compare_float(op, a, b))
}

/// How many items tuples may have that are compared item by item.
const ITEMS_MAX: usize = 4;

/// `a op b` of short tuples of small integers, floats and strings.
pub(crate) fn tuples<M: Machine>(m: &mut M, op: Comparison, a: M::V, b: M::V) -> Option<bool> {
    if !M::RECORDS {
        return None;
    }
    let length = |m: &mut M, tuple: M::V| {
        let items = m.word(tuple).cast::<Tuple>()?.items().len();
        if items > ITEMS_MAX || m.shape(tuple) != of_kind(Kind::Tuple) {
            return None;
        }
        let (length, known) = (m.length(tuple), m.constant(Value::small(items as i64)));
        m.compare_small(Comparison::Eq, length, known)
            .then_some(items)
    };
    let is_plain = |word: Value| word.is_small() || word.is_inline_float() || word.is::<Str>();
    let lengths = [m.word(a), m.word(b)].map(|word| word.cast::<Tuple>());
    let plain =
        |tuple: Option<Gc<Tuple>>| tuple.is_some_and(|t| t.items().iter().all(|&i| is_plain(i)));
    if !lengths.iter().all(|&tuple| plain(tuple)) {
        return None;
    }
    let (left, right) = (length(m, a)?, length(m, b)?);
    let orders = !matches!(op, Comparison::Eq | Comparison::Ne);
    for at in 0..left.min(right) {
        let at = m.constant(Value::small(at as i64));
        let (x, y) = (m.tuple_item(a, at)?, m.tuple_item(b, at)?);
        match order(m, x, y, orders)? {
            Ordering::Equal => {}
            other => return Some(op.holds(other)),
        }
    }
    Some(op.holds(left.cmp(&right)))
}

/// How two items stand to each other; of unequal ones that are not ordered, one of both ways.
fn order<M: Machine>(m: &mut M, a: M::V, b: M::V, orders: bool) -> Option<Ordering> {
    let (x, y) = (m.word(a), m.word(b));
    let is_small = Value::both_small(x, y);
    if is_small || x.is::<Str>() {
        if orders && is_small && compare(m, Comparison::Lt, a, b)? {
            return Some(Ordering::Less);
        }
        let equal = compare(m, Comparison::Eq, a, b)?;
        return match (equal, orders) {
            (true, _) => Some(Ordering::Equal),
            (false, false) => Some(Ordering::Less),
            (false, true) => is_small.then_some(Ordering::Greater),
        };
    }
    // What is no number is neither less nor greater, nor equal but to itself.
    for (op, found) in [
        (Comparison::Lt, Ordering::Less),
        (Comparison::Gt, Ordering::Greater),
        (Comparison::Eq, Ordering::Equal),
    ] {
        let holds = match compare(m, op, a, b) {
            None => mixed(m, op, a, b)?,
            Some(holds) => holds,
        };
        if holds {
            return Some(found);
        }
    }
    None
}

/// `a == b` or `a != b` of objects whose classes leave it to `object`: whether they are the same.
pub(crate) fn by_identity<M: Machine>(m: &mut M, op: Comparison, a: M::V, b: M::V) -> Option<bool> {
    let holds = match op {
        Comparison::Eq => true,
        Comparison::Ne => false,
        _ => return None,
    };
    let words = [m.word(a), m.word(b)];
    if !M::RECORDS
        || !words
            .iter()
            .all(|word| word.is::<Instance>() || word.is_none())
    {
        return None;
    }
    let vm = m.vm();
    let object = vm.types.object;
    for name in [vm.names.eq, vm.names.ne] {
        let own = vm.lookup_type(object, name);
        for word in words {
            let class = vm.class_of(word);
            if vm.lookup_type(class, name) != own {
                return None;
            }
        }
    }
    m.settle(a);
    m.settle(b);
    Some(m.same(a, b) == holds)
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
    if M::RECORDS {
        return shaped_truth(m, a);
    }
    None
}

/// The truth of floats, of sequences by their length, and of objects of Python classes that do not
/// say what it is.
#[cold]
fn shaped_truth<M: Machine>(m: &mut M, a: M::V) -> Option<bool> {
    if m.is_float(a) {
        let zero = m.constant(Value::float(0.0));
        return Some(m.compare_float(Comparison::Ne, a, zero));
    }
    let word = m.word(a);
    match word.kind()? {
        kind if MEASURED.contains(&kind) => {
            if m.shape(a) != of_kind(kind) {
                return None;
            }
            let (length, zero) = (m.length(a), m.constant(Value::small(0)));
            Some(m.compare_small(Comparison::Ne, length, zero))
        }
        Kind::Instance | Kind::Foreign => {
            m.settle(a);
            let vm = m.vm();
            let asked = [vm.names.bool, vm.names.len];
            let says = asked.map(|name| vm.lookup_special(word, name).is_some());
            (says == [false; 2]).then_some(true)
        }
        _ => None,
    }
}
