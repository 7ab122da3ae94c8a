//! Operations on digits: logical ones, shifts, and the exponent as an operand.

use crate::arithmetic::nan_of;
use crate::finish::finish;
use crate::nat::{self, LIMB_DIGITS, Nat, POW10};
use crate::{Context, Kind, Number, Status, signal};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Bitwise {
    And,
    Or,
    Xor,
}

/// Whether a number is an operand of logical operations: digits 0 and 1 only.
fn is_logical(n: &Number) -> bool {
    let binary = |limb: u64| {
        let mut rest = limb;
        while rest != 0 {
            if rest % 10 > 1 {
                return false;
            }
            rest /= 10;
        }
        true
    };
    n.is_finite()
        && !n.negative
        && n.exponent == 0
        && n.coefficient.iter().all(|&limb| binary(limb))
}

fn each_digit(a: u64, b: u64, of: impl Fn(u64, u64) -> u64) -> u64 {
    POW10[..LIMB_DIGITS as usize]
        .iter()
        .map(|place| of(a / place % 10, b / place % 10) * place)
        .sum()
}

fn whole(coefficient: Nat) -> Number {
    Number::finite(false, coefficient, 0)
}

pub fn bitwise(
    op: Bitwise,
    a: &Number,
    b: &Number,
    context: &Context,
    status: &mut Status,
) -> Number {
    if !is_logical(a) || !is_logical(b) {
        return Number::invalid(status, signal::INVALID_OPERATION);
    }
    let limb = |n: &Number, at: usize| n.coefficient.get(at).copied().unwrap_or(0);
    let limbs = a.coefficient.len().max(b.coefficient.len());
    let result: Nat = (0..limbs)
        .map(|at| {
            each_digit(limb(a, at), limb(b, at), |x, y| match op {
                Bitwise::And => x & y,
                Bitwise::Or => x | y,
                Bitwise::Xor => x ^ y,
            })
        })
        .collect();
    whole(nat::low_digits(&result, context.precision as u64))
}

/// All digits of the precision inverted.
pub fn invert(a: &Number, context: &Context, status: &mut Status) -> Number {
    if !is_logical(a) {
        return Number::invalid(status, signal::INVALID_OPERATION);
    }
    let digits = context.precision as u64;
    if digits > crate::MEMORY_DIGITS {
        return Number::invalid(status, signal::MEMORY);
    }
    let limbs = digits.div_ceil(LIMB_DIGITS) as usize;
    let inverted: Nat = (0..limbs)
        .map(|at| {
            let limb = a.coefficient.get(at).copied().unwrap_or(0);
            each_digit(limb, 0, |x, _| 1 - x)
        })
        .collect();
    whole(nat::low_digits(&inverted, digits))
}

/// A whole second operand of at most `most` in magnitude.
fn count_of(b: &Number, most: i64) -> Option<i64> {
    if b.kind != Kind::Finite || b.exponent != 0 {
        return None;
    }
    let magnitude = i64::try_from(nat::to_u64(&b.coefficient)?).ok()?;
    (magnitude <= most).then_some(if b.negative { -magnitude } else { magnitude })
}

/// Shifts digits up, or down for a negative count, within the precision.
pub fn shift(a: &Number, b: &Number, context: &Context, status: &mut Status) -> Number {
    if let Some(nan) = nan_of(&[a, b], context, status) {
        return nan;
    }
    let Some(count) = count_of(b, context.precision) else {
        return Number::invalid(status, signal::INVALID_OPERATION);
    };
    if a.is_infinite() {
        return a.clone();
    }
    let digits = context.precision as u64;
    let coefficient = if count >= 0 {
        if count as u64 > crate::MEMORY_DIGITS {
            return Number::invalid(status, signal::MEMORY);
        }
        nat::low_digits(&nat::shift_left(&a.coefficient, count as u64), digits)
    } else {
        nat::shift_right(
            &nat::low_digits(&a.coefficient, digits),
            count.unsigned_abs(),
        )
    };
    Number::finite(a.negative, coefficient, a.exponent)
}

/// Rotates the digits of the precision.
pub fn rotate(a: &Number, b: &Number, context: &Context, status: &mut Status) -> Number {
    if let Some(nan) = nan_of(&[a, b], context, status) {
        return nan;
    }
    let Some(count) = count_of(b, context.precision) else {
        return Number::invalid(status, signal::INVALID_OPERATION);
    };
    if a.is_infinite() {
        return a.clone();
    }
    let digits = context.precision as u64;
    if digits > crate::MEMORY_DIGITS {
        return Number::invalid(status, signal::MEMORY);
    }
    let own = nat::low_digits(&a.coefficient, digits);
    let up = count.rem_euclid(context.precision) as u64;
    let low = nat::shift_right(&own, digits - up);
    let high = nat::shift_left(&nat::low_digits(&own, digits - up), up);
    Number::finite(a.negative, nat::add(&high, &low), a.exponent)
}

/// Adds a whole number to the exponent.
pub fn scaleb(a: &Number, b: &Number, context: &Context, status: &mut Status) -> Number {
    if let Some(nan) = nan_of(&[a, b], context, status) {
        return nan;
    }
    let Some(count) = count_of(b, 2 * (context.emax + context.precision)) else {
        return Number::invalid(status, signal::INVALID_OPERATION);
    };
    if a.is_infinite() {
        return a.clone();
    }
    let scaled = Number {
        exponent: a.exponent + count,
        ..a.clone()
    };
    finish(scaled, context, status)
}
