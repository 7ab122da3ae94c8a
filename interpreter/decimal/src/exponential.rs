//! The exponential function and logarithms, correctly rounded.
//!
//! All three are computed in fixed point, a whole number of limbs behind the point, so that shifts
//! move limbs. A result with some digits more than asked for decides the rounding unless those
//! digits lie near a half; then it is computed anew with twice as many more (A. Ziv, "Fast Evaluation
//! of Elementary Mathematical Functions with Correctly Rounded Last Bit", 1991). It never lies on a
//! half: where results are exact, that is known beforehand.
//!
//! - e^x: multiples of ln 10 become the exponent; the rest is halved some times, goes through the
//!   power series, and is squared as often.
//! - ln x: the solution of e^y = x by Halley's iteration, y + 2 (x - e^y) / (x + e^y), which triples
//!   the digits that are right, beginning with those of a float.
//! - ln 10 = 46 atanh 1/31 + 34 atanh 1/49 + 20 atanh 1/161.

use crate::arithmetic::nan_of;
use crate::compare::magnitudes;
use crate::divide::div_rem;
use crate::finish::finish;
use crate::nat::{self, LIMB_DIGITS, Nat};
use crate::{Context, MEMORY_DIGITS, Number, Rounding, Status, signal};
use std::cell::RefCell;
use std::cmp::Ordering;

/// Digits beyond the precision at the first attempt.
const EXTRA_DIGITS: i64 = 10;
/// Arguments from ten to this on overflow in every context.
const HUGE_EXPONENT: i64 = 19;

thread_local! {
    /// The logarithm of ten with the number of its limbs behind the point, as many as were asked for.
    static LN_TEN: RefCell<(usize, Nat)> = RefCell::new((0, Nat::new()));
}

/// Drops the lowest limbs.
fn down(n: &[u64], limbs: usize) -> Nat {
    Nat::from_slice(n.get(limbs..).unwrap_or(&[]))
}

fn up(n: &[u64], limbs: usize) -> Nat {
    nat::shift_left(n, limbs as u64 * LIMB_DIGITS)
}

/// The inverse hyperbolic tangent of `1/n`.
fn atanh_inverse(n: u64, limbs: usize) -> Nat {
    let mut power = up(&[1], limbs);
    nat::divide_small(&mut power, n);
    let mut sum = power.clone();
    for odd in (3..).step_by(2) {
        nat::divide_small(&mut power, n * n);
        if power.is_empty() {
            break;
        }
        let mut term = power.clone();
        nat::divide_small(&mut term, odd);
        sum = nat::add(&sum, &term);
    }
    sum
}

fn ln_ten(limbs: usize) -> Nat {
    LN_TEN.with_borrow_mut(|(known, value)| {
        if *known < limbs {
            let work = limbs + 1;
            let sum = [(46, 31), (34, 49), (20, 161)]
                .iter()
                .map(|&(factor, n)| nat::multiply_small(&atanh_inverse(n, work), factor, 0))
                .fold(Nat::new(), |sum, term| nat::add(&sum, &term));
            (*known, *value) = (limbs, down(&sum, 1));
        }
        down(value, *known - limbs)
    })
}

/// `e^r`, both with `limbs` limbs behind the point; `r` is at most ln 10.
fn exp_fixed(r: &[u64], limbs: usize) -> Nat {
    let bits = limbs * 60;
    let halvings = (bits / 2).isqrt();
    let guard = 1 + halvings / 40;
    let work = limbs + guard;
    let mut r = up(r, guard);
    let mut left = halvings;
    while left > 0 {
        let step = left.min(59);
        nat::divide_small(&mut r, 1 << step);
        left -= step;
    }
    let mut sum = nat::add(&up(&[1], work), &r);
    let mut term = r.clone();
    for n in 2.. {
        term = down(&nat::multiply(&term, &r), work);
        nat::divide_small(&mut term, n);
        if term.is_empty() {
            break;
        }
        sum = nat::add(&sum, &term);
    }
    for _ in 0..halvings {
        sum = down(&nat::multiply(&sum, &sum), work);
    }
    down(&sum, guard)
}

/// A magnitude with so many limbs behind the point.
fn fixed(coefficient: &[u64], exponent: i64, limbs: usize) -> Nat {
    let shift = exponent + (limbs as u64 * LIMB_DIGITS) as i64;
    if shift >= 0 {
        nat::shift_left(coefficient, shift as u64)
    } else {
        nat::shift_right(coefficient, shift.unsigned_abs())
    }
}

/// Limbs for so many digits behind the point, and some more.
fn limbs_for(digits: i64) -> usize {
    digits as usize / LIMB_DIGITS as usize + 2
}

/// The exponential of a number below ten to the nineteenth, with about so many digits.
fn exp_near(x: &Number, digits: i64) -> Number {
    // Multiples of ln 10 have up to nineteen digits, for which two limbs more are used.
    const FOR_MULTIPLE: usize = 2;
    let limbs = limbs_for(digits);
    let wide = limbs + FOR_MULTIPLE;
    let unit = ln_ten(wide);
    let (multiple, mut rest) = div_rem(&fixed(&x.coefficient, x.exponent, wide), &unit);
    let mut multiple = nat::to_u64(&multiple).map_or(i64::MAX / 2, |n| n as i64);
    if x.negative {
        multiple = -multiple - 1;
        rest = nat::subtract(&unit, &rest);
    }
    let power = exp_fixed(&down(&rest, FOR_MULTIPLE), limbs);
    let behind = (limbs as u64 * LIMB_DIGITS) as i64;
    Number::finite(false, power, multiple - behind)
}

/// The logarithm of a number from one to below ten, `10^-places` times the coefficient.
fn ln_fixed(coefficient: &[u64], places: i64, limbs: usize) -> Nat {
    const FLOAT_DIGITS: usize = 14;
    let first = fixed(coefficient, -places, 1);
    let first = nat::to_u128(&first).map_or(1.0, |n| n as f64 / nat::BASE as f64);
    let mut y = nat::from_u128((first.ln().max(0.0) * nat::BASE as f64) as u128);
    let mut y_limbs = 1;
    let mut right = FLOAT_DIGITS;
    loop {
        right *= 3;
        let work = (right / LIMB_DIGITS as usize + 2).min(limbs + 1);
        y = up(&y, work.saturating_sub(y_limbs));
        y_limbs = work;
        let x = fixed(coefficient, -places, work);
        let power = exp_fixed(&y, work);
        let sum = nat::add(&x, &power);
        let step = |larger: &Nat, smaller: &Nat| {
            let difference = nat::multiply_small(&nat::subtract(larger, smaller), 2, 0);
            div_rem(&up(&difference, work), &sum).0
        };
        y = match nat::compare(&x, &power) {
            Ordering::Less => {
                let step = step(&power, &x);
                if nat::compare(&step, &y).is_gt() {
                    Nat::new()
                } else {
                    nat::subtract(&y, &step)
                }
            }
            _ => nat::add(&y, &step(&x, &power)),
        };
        if right > limbs * LIMB_DIGITS as usize {
            return down(&y, work - limbs);
        }
    }
}

/// Sign and magnitude of the logarithm of a positive number.
fn ln_signed(x: &Number, limbs: usize) -> (bool, Nat) {
    const FOR_MULTIPLE: usize = 2;
    let multiple = x.adjusted();
    let part = ln_fixed(&x.coefficient, x.digits() - 1, limbs);
    let whole = nat::multiply(
        &ln_ten(limbs + FOR_MULTIPLE),
        &nat::from_u128(multiple.unsigned_abs() as u128),
    );
    let whole = down(&whole, FOR_MULTIPLE);
    if multiple >= 0 {
        (false, nat::add(&whole, &part))
    } else if nat::compare(&whole, &part).is_ge() {
        (true, nat::subtract(&whole, &part))
    } else {
        (false, nat::subtract(&part, &whole))
    }
}

/// A logarithm with at least so many digits that are right: near one it begins with zeros.
fn ln_near(x: &Number, digits: i64, ten: bool) -> Number {
    /// The last digits, which may be wrong.
    const WRONG: i64 = 6;
    let mut limbs = limbs_for(digits);
    loop {
        let (negative, mut value) = ln_signed(x, limbs);
        if ten {
            value = div_rem(&up(&value, limbs), &ln_ten(limbs)).0;
        }
        let found = if value.is_empty() {
            0
        } else {
            nat::digits(&value) as i64
        };
        if found >= digits + WRONG {
            let behind = (limbs as u64 * LIMB_DIGITS) as i64;
            return Number::finite(negative, value, -behind);
        }
        limbs += ((digits + WRONG - found) / LIMB_DIGITS as i64 + 1) as usize;
    }
}

/// Rounds an inexact value, of which `near` gives so many digits, to the nearest.
fn settle(context: &Context, status: &mut Status, near: impl Fn(i64) -> Number) -> Number {
    let context = context.with_rounding(Rounding::HalfEven);
    if context.precision as u64 > MEMORY_DIGITS / 16 {
        return Number::invalid(status, signal::MEMORY);
    }
    let mut extra = EXTRA_DIGITS;
    loop {
        let digits = context.precision + extra;
        let mut value = near(digits);
        let surplus = value.digits() - digits;
        value.coefficient = nat::shift_right(&value.coefficient, surplus.max(0) as u64);
        value.exponent += surplus.max(0);
        let going = (context.etiny() - value.exponent).max(extra);
        if going > digits + 1 || !is_near_half(&value.coefficient, going as u64) {
            // The last digit says that the value is not exact.
            value.coefficient = nat::multiply_small(&value.coefficient, 10, 1);
            value.exponent -= 1;
            return finish(value, &context, status);
        }
        extra *= 2;
    }
}

/// Whether the lowest digits are within a few units of a half.
fn is_near_half(n: &[u64], digits: u64) -> bool {
    let low = nat::low_digits(n, digits);
    let half = nat::multiply_small(&nat::power_of_ten(digits - 1), 5, 0);
    let apart = if nat::compare(&low, &half).is_ge() {
        nat::subtract(&low, &half)
    } else {
        nat::subtract(&half, &low)
    };
    nat::to_u64(&apart).is_some_and(|apart| apart <= 4)
}

/// `e^x`
pub fn exp(x: &Number, context: &Context, status: &mut Status) -> Number {
    if let Some(nan) = nan_of(&[x], context, status) {
        return nan;
    }
    if x.is_infinite() {
        return if x.negative {
            Number::from_i64(0)
        } else {
            Number::infinity(false)
        };
    }
    if x.is_zero() {
        return Number::one();
    }
    if x.adjusted() >= HUGE_EXPONENT {
        let exponent = if x.negative {
            -i64::MAX / 4
        } else {
            i64::MAX / 4
        };
        let far = Number::from_u128(false, 1, exponent);
        let context = context.with_rounding(Rounding::HalfEven);
        return finish(far, &context, status);
    }
    // Closer to one than a result with three digits more could show.
    let near = Number::from_u128(false, 9, -(context.precision + 4));
    if magnitudes(x, &near).is_le() {
        return padded_one(context, status);
    }
    settle(context, status, |digits| exp_near(x, digits))
}

/// One with all digits of the precision, not exact.
pub(crate) fn padded_one(context: &Context, status: &mut Status) -> Number {
    let places = context.precision - 1;
    if places as u64 > MEMORY_DIGITS {
        return Number::invalid(status, signal::MEMORY);
    }
    *status |= signal::INEXACT | signal::ROUNDED;
    Number::finite(false, nat::power_of_ten(places as u64), -places)
}

/// What logarithms have in common: where they are infinite or do not exist.
fn special_logarithm(x: &Number, context: &Context, status: &mut Status) -> Option<Number> {
    if let Some(nan) = nan_of(&[x], context, status) {
        return Some(nan);
    }
    if x.is_zero() {
        return Some(Number::infinity(true));
    }
    if x.negative {
        return Some(Number::invalid(status, signal::INVALID_OPERATION));
    }
    x.is_infinite().then(|| x.clone())
}

/// The exponent, if the number is a power of ten.
fn exact_exponent(x: &Number) -> Option<i64> {
    let zeros = nat::trailing_zeros(&x.coefficient) as i64;
    let is_power = zeros + 1 == x.digits() && nat::digit(&x.coefficient, zeros as u64) == 1;
    is_power.then(|| x.adjusted())
}

pub fn ln(x: &Number, context: &Context, status: &mut Status) -> Number {
    if let Some(special) = special_logarithm(x, context, status) {
        return special;
    }
    if exact_exponent(x) == Some(0) {
        return Number::from_i64(0);
    }
    settle(context, status, |digits| ln_near(x, digits, false))
}

pub fn log10(x: &Number, context: &Context, status: &mut Status) -> Number {
    if let Some(special) = special_logarithm(x, context, status) {
        return special;
    }
    if let Some(exponent) = exact_exponent(x) {
        let context = context.with_rounding(Rounding::HalfEven);
        return finish(Number::from_i64(exponent), &context, status);
    }
    settle(context, status, |digits| ln_near(x, digits, true))
}
