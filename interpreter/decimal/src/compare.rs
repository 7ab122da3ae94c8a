//! Comparisons.

use crate::arithmetic::nan_of;
use crate::nat;
use crate::{Context, Kind, Number, Status, signal};
use std::cmp::Ordering;

/// Compares magnitudes of numbers that are no NaN.
pub(crate) fn magnitudes(a: &Number, b: &Number) -> Ordering {
    match (a.is_infinite(), b.is_infinite()) {
        (false, false) => {}
        (x, y) => return x.cmp(&y),
    }
    match (a.is_zero(), b.is_zero()) {
        (false, false) => {}
        (x, y) => return y.cmp(&x),
    }
    let by_size = a.adjusted().cmp(&b.adjusted());
    if by_size.is_ne() || a.exponent == b.exponent {
        return by_size.then_with(|| nat::compare(&a.coefficient, &b.coefficient));
    }
    // With the highest digits at one place, exponents are apart by no more than the digits are.
    if a.exponent > b.exponent {
        let shift = (a.exponent - b.exponent) as u64;
        nat::compare(&nat::shift_left(&a.coefficient, shift), &b.coefficient)
    } else {
        let shift = (b.exponent - a.exponent) as u64;
        nat::compare(&a.coefficient, &nat::shift_left(&b.coefficient, shift))
    }
}

/// The order of the values; `None` if one is no number.
pub fn order(a: &Number, b: &Number) -> Option<Ordering> {
    if a.is_nan() || b.is_nan() {
        return None;
    }
    if a.is_zero() && b.is_zero() {
        return Some(Ordering::Equal);
    }
    // The sign of zero does not count.
    let sign = |n: &Number| match n.is_zero() {
        true => 0,
        false => 1 - 2 * i8::from(n.negative),
    };
    Some(match sign(a).cmp(&sign(b)) {
        Ordering::Equal if a.negative => magnitudes(b, a),
        Ordering::Equal => magnitudes(a, b),
        apart => apart,
    })
}

pub(crate) fn from_order(order: Ordering) -> Number {
    Number::from_i64(order as i64)
}

/// -1, 0 or 1 as a number; a NaN for a NaN.
pub fn compare(a: &Number, b: &Number, context: &Context, status: &mut Status) -> Number {
    match order(a, b) {
        Some(order) => from_order(order),
        None => nan_of(&[a, b], context, status).unwrap_or_else(Number::nan),
    }
}

/// The same; a quiet NaN signals, too.
pub fn compare_signal(a: &Number, b: &Number, context: &Context, status: &mut Status) -> Number {
    if a.is_nan() || b.is_nan() {
        *status |= signal::INVALID_OPERATION;
    }
    compare(a, b, context, status)
}

/// Order of magnitude among all representations: numbers, infinity, signaling NaNs, quiet ones.
fn total_magnitudes(a: &Number, b: &Number) -> Ordering {
    let rank = |n: &Number| match n.kind {
        Kind::Finite => 0,
        Kind::Infinite => 1,
        Kind::Signaling => 2,
        Kind::Quiet => 3,
    };
    rank(a).cmp(&rank(b)).then_with(|| match a.kind {
        Kind::Infinite => Ordering::Equal,
        Kind::Finite => magnitudes(a, b).then(a.exponent.cmp(&b.exponent)),
        _ => nat::compare(&a.coefficient, &b.coefficient),
    })
}

/// The order of representations.
pub fn compare_total(a: &Number, b: &Number) -> Ordering {
    match (a.negative, b.negative) {
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        (true, true) => total_magnitudes(b, a),
        (false, false) => total_magnitudes(a, b),
    }
}

pub fn compare_total_mag(a: &Number, b: &Number) -> Ordering {
    total_magnitudes(a, b)
}

/// Whether the exponents are the same, or both are infinite, or NaNs.
pub fn same_quantum(a: &Number, b: &Number) -> bool {
    match (a.kind, b.kind) {
        (Kind::Finite, Kind::Finite) => a.exponent == b.exponent,
        (Kind::Infinite, Kind::Infinite) => true,
        _ => a.is_nan() && b.is_nan(),
    }
}
