//! The larger and the smaller of two numbers, and the neighbours of one.

use crate::arithmetic::nan_of;
use crate::compare::{compare_total, magnitudes, order};
use crate::finish::{finish, largest_finite};
use crate::{Context, Kind, Number, Rounding, Status, signal};
use std::cmp::Ordering;

/// The number that is to be taken, of which the other may be a quiet NaN.
fn either(
    a: &Number,
    b: &Number,
    by_magnitude: bool,
    wanted: Ordering,
    context: &Context,
    status: &mut Status,
) -> Number {
    let chosen = match (a.kind, b.kind) {
        (Kind::Quiet, Kind::Finite | Kind::Infinite) => b,
        (Kind::Finite | Kind::Infinite, Kind::Quiet) => a,
        _ => {
            if let Some(nan) = nan_of(&[a, b], context, status) {
                return nan;
            }
            let by_value = if by_magnitude {
                magnitudes(a, b)
            } else {
                order(a, b).unwrap_or(Ordering::Equal)
            };
            if by_value.then_with(|| compare_total(a, b)) == wanted.reverse() {
                b
            } else {
                a
            }
        }
    };
    finish(chosen.clone(), context, status)
}

pub fn max(
    a: &Number,
    b: &Number,
    by_magnitude: bool,
    context: &Context,
    status: &mut Status,
) -> Number {
    either(a, b, by_magnitude, Ordering::Greater, context, status)
}

pub fn min(
    a: &Number,
    b: &Number,
    by_magnitude: bool,
    context: &Context,
    status: &mut Status,
) -> Number {
    either(a, b, by_magnitude, Ordering::Less, context, status)
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Neighbour {
    Below,
    Above,
}

/// The next number of the context in a direction.
pub fn neighbour(a: &Number, side: Neighbour, context: &Context, status: &mut Status) -> Number {
    if let Some(nan) = nan_of(&[a], context, status) {
        return nan;
    }
    let down = side == Neighbour::Below;
    if a.is_infinite() {
        if a.negative == down {
            return a.clone();
        }
        if context.precision as u64 > crate::MEMORY_DIGITS {
            return Number::invalid(status, signal::MEMORY);
        }
        return largest_finite(!down, context);
    }
    let context = context.with_rounding(if down {
        Rounding::Floor
    } else {
        Rounding::Ceiling
    });
    let mut ignored = 0;
    let fitted = finish(a.clone(), &context, &mut ignored);
    if ignored & signal::INEXACT != 0 {
        return fitted;
    }
    let step = Number::from_u128(down, 1, context.etiny() - 1);
    ignored = 0;
    let next = a.add(&step, &context, &mut ignored);
    *status |= ignored & signal::MEMORY;
    next
}

/// The next number of the context in the direction of another.
pub fn next_toward(a: &Number, b: &Number, context: &Context, status: &mut Status) -> Number {
    if let Some(nan) = nan_of(&[a, b], context, status) {
        return nan;
    }
    let side = match order(a, b) {
        Some(Ordering::Less) => Neighbour::Above,
        Some(Ordering::Greater) => Neighbour::Below,
        _ => return a.with_sign(b.negative),
    };
    let next = neighbour(a, side, context, status);
    if next.is_infinite() {
        *status |= signal::OVERFLOW | signal::ROUNDED | signal::INEXACT;
    } else if next.is_finite() && next.adjusted() < context.emin {
        *status |= signal::UNDERFLOW | signal::SUBNORMAL | signal::ROUNDED | signal::INEXACT;
        if next.is_zero() {
            *status |= signal::CLAMPED;
        }
    }
    next
}
