//! Powers.
//!
//! Whole exponents: repeated squaring with some digits more than the precision, as many as the
//! exponent has and two, three for a negative one. Others: by logarithm and exponential with
//! 23 digits more than the precision or the base. Neither is always correctly rounded; the digits
//! are what CPython's library computes with, so that results are the same.

use crate::arithmetic::nan_of;
use crate::compare::{magnitudes, order};
use crate::divide::div_rem;
use crate::exponential::{exp, ln, padded_one};
use crate::finish::finish;
use crate::nat::{self, Nat};
use crate::{Context, Number, Rounding, Status, signal};
use std::cmp::Ordering;

/// Digits beyond those of the operands for exponents that are not whole.
const EXTRA_DIGITS: i64 = 23;

pub fn power(base: &Number, exponent: &Number, context: &Context, status: &mut Status) -> Number {
    if let Some(nan) = nan_of(&[base, exponent], context, status) {
        return nan;
    }
    let is_whole = exponent.is_integer();
    let negative = base.negative && exponent.is_odd();
    let zero = || Number::finite(negative, Nat::new(), 0);
    if base.is_zero() {
        return match () {
            () if exponent.is_zero() => Number::invalid(status, signal::INVALID_OPERATION),
            () if exponent.negative => Number::infinity(negative),
            () => zero(),
        };
    }
    if base.negative && (!is_whole || exponent.is_infinite()) {
        return Number::invalid(status, signal::INVALID_OPERATION);
    }
    let one = Number::one();
    if exponent.is_infinite() {
        return match magnitudes(base, &one) {
            Ordering::Equal => padded_one(context, status).with_sign(negative),
            order if (order == Ordering::Greater) == exponent.negative => zero(),
            _ => Number::infinity(negative),
        };
    }
    if base.is_infinite() {
        return match () {
            () if exponent.is_zero() => one.with_sign(negative),
            () if exponent.negative => zero(),
            () => Number::infinity(negative),
        };
    }
    if exponent.is_zero() {
        return one.with_sign(negative);
    }
    let side = magnitudes(base, &one);
    if side == Ordering::Equal {
        return power_of_one(base, exponent, is_whole, negative, context, status);
    }
    if let Some(far) = out_of_range(base, exponent, context) {
        let far = Number::from_u128(negative, 1, far);
        return finish(far, context, status);
    }
    if is_whole {
        whole_power(base, exponent, negative, context, status)
    } else {
        real_power(base, exponent, context, status)
    }
}

/// A power of a number that equals one: with as many zeros as it has by multiplication.
fn power_of_one(
    base: &Number,
    exponent: &Number,
    is_whole: bool,
    negative: bool,
    context: &Context,
    status: &mut Status,
) -> Number {
    if !is_whole {
        return padded_one(context, status);
    }
    if exponent.negative {
        return Number::one().with_sign(negative);
    }
    let most = context.precision - 1;
    let mut ignored = 0;
    let own = Number::from_i64(-base.exponent);
    let places = exponent.multiply(&own, context, &mut ignored);
    let too_many = order(&places, &Number::from_i64(most)) == Some(Ordering::Greater);
    let places = if too_many || !places.is_integer() {
        *status |= signal::ROUNDED;
        most
    } else {
        crate::integer_of(&places)
            .and_then(|n| nat::to_u64(&n))
            .map_or(0, |n| n as i64)
    };
    if places as u64 > crate::MEMORY_DIGITS {
        return Number::invalid(status, signal::MEMORY);
    }
    Number::finite(negative, nat::power_of_ten(places as u64), -places)
}

/// A lower bound of the exponent of the logarithm's highest digit; the number is not one.
fn logarithm_exponent(base: &Number) -> i64 {
    let length = |n: i64| i64::from(n.unsigned_abs().ilog10());
    match base.adjusted() {
        up @ 1.. => length(up),
        down @ ..-1 => length(down + 1),
        _ => {
            // The logarithm is at least a tenth of the distance from one.
            let base = base.with_sign(false);
            let distance = base.subtract(&Number::one(), &Context::largest(), &mut 0);
            distance.adjusted() - 1
        }
    }
}

/// The exponent of a number that stands for the result if that is certainly too large or too small.
fn out_of_range(base: &Number, exponent: &Number, context: &Context) -> Option<i64> {
    let grows = (base.adjusted() < 0) == exponent.negative;
    let (limit, stand_in) = if grows {
        (context.emax, i64::MAX / 4)
    } else {
        (context.etiny(), context.etiny() - 1)
    };
    let digits = limit.unsigned_abs().max(1).ilog10() + 1;
    let reach = logarithm_exponent(base) + exponent.adjusted();
    (reach > i64::from(digits)).then_some(stand_in)
}

fn whole_power(
    base: &Number,
    exponent: &Number,
    negative: bool,
    context: &Context,
    status: &mut Status,
) -> Number {
    let inner = Context {
        precision: context.precision
            + exponent.digits()
            + exponent.exponent
            + 2
            + i64::from(exponent.negative),
        rounding: Rounding::HalfEven,
        clamp: false,
        ..*context
    };
    let mut factor = base.clone();
    if exponent.negative {
        let mut own = 0;
        factor = Number::one().divide(base, &inner, &mut own);
        *status |= own;
        if own & signal::INVALID != 0 {
            return Number::nan();
        }
    }
    let Some(times) = crate::integer_of(exponent) else {
        return Number::invalid(status, signal::MEMORY);
    };
    let mut result = repeated(&factor, &times, &inner, status);
    result.negative = negative;
    if result.is_infinite() {
        // The context may round to its largest number instead.
        result = Number::from_u128(negative, 1, i64::MAX / 4);
    }
    finish(result, context, status)
}

/// The bits of a number, highest first.
fn bits(n: &[u64]) -> Vec<bool> {
    let limbs = crate::radix::to_binary(n);
    let all = limbs.iter().rev();
    all.flat_map(|limb| (0..64).rev().map(move |bit| limb >> bit & 1 == 1))
        .skip_while(|&bit| !bit)
        .collect()
}

/// Multiplies by repeated squaring, from the highest bit down.
fn repeated(base: &Number, times: &[u64], context: &Context, status: &mut Status) -> Number {
    let mut own = 0;
    let mut result = base.clone();
    for bit in bits(times).into_iter().skip(1) {
        result = result.multiply(&result, context, &mut own);
        if bit {
            result = result.multiply(base, context, &mut own);
        }
        if !result.is_finite() || result.is_zero() && own & signal::CLAMPED != 0 {
            break;
        }
    }
    *status |= own;
    result
}

fn real_power(base: &Number, exponent: &Number, context: &Context, status: &mut Status) -> Number {
    let wide = Context {
        precision: base.digits().max(context.precision) + EXTRA_DIGITS,
        rounding: Rounding::HalfEven,
        ..Context::largest()
    };
    let mut ignored = 0;
    let logarithm = ln(base, &wide, &mut ignored);
    let scaled = logarithm.multiply(exponent, &wide, &mut ignored);
    let result = exp(&scaled, &wide, status);
    *status |= ignored & signal::MEMORY;
    if result.is_nan() {
        return result;
    }
    *status |= signal::INEXACT | signal::ROUNDED;
    if result.is_infinite() {
        return finish(Number::from_u128(false, 1, i64::MAX / 4), context, status);
    }
    let result = finish(result, context, status);
    if result.is_finite() && order(&result, &Number::one()) == Some(Ordering::Equal) {
        return padded_one(context, status);
    }
    result
}

/// `base ** exponent % modulus` of whole numbers.
pub fn power_mod(
    base: &Number,
    exponent: &Number,
    modulus: &Number,
    context: &Context,
    status: &mut Status,
) -> Number {
    if let Some(nan) = nan_of(&[base, exponent, modulus], context, status) {
        return nan;
    }
    let all_whole = [base, exponent, modulus].iter().all(|n| n.is_integer());
    if !all_whole
        || modulus.is_zero()
        || exponent.negative && !exponent.is_zero()
        || base.is_zero() && exponent.is_zero()
        || modulus.adjusted() >= context.precision
    {
        return Number::invalid(status, signal::INVALID_OPERATION);
    }
    let (Some(m), Some(times)) = (crate::integer_of(modulus), crate::integer_of(exponent)) else {
        return Number::invalid(status, signal::MEMORY);
    };
    let times_mod = |a: &[u64], b: &[u64]| div_rem(&nat::multiply(a, b), &m).1;
    let raised = |n: &[u64], times: &[u64]| {
        let mut result = div_rem(&[1], &m).1;
        for bit in bits(times) {
            result = times_mod(&result, &result);
            if bit {
                result = times_mod(&result, n);
            }
        }
        result
    };
    let own = if base.exponent > 0 {
        let tens = raised(&[10], &nat::from_u128(base.exponent as u128));
        times_mod(&base.coefficient, &tens)
    } else {
        crate::integer_of(base).unwrap_or_default()
    };
    let own = div_rem(&own, &m).1;
    let result = raised(&own, &times);
    Number::finite(base.negative && exponent.is_odd(), result, 0)
}
