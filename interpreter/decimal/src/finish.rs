//! Fitting results to a context: rounding, overflow, underflow, clamping.

use crate::nat::{self, Nat};
use crate::{Context, Kind, Number, Rounding, Status, signal};

/// Whether a magnitude whose last kept digit is `last` grows by one when digits are cut off. `cut`
/// is the first of them, one more if it is 0 or 5 and any after it is not zero.
#[inline]
pub(crate) fn goes_up(rounding: Rounding, negative: bool, last: u8, cut: u8) -> bool {
    match rounding {
        Rounding::Up => cut != 0,
        Rounding::Down => false,
        Rounding::Ceiling => cut != 0 && !negative,
        Rounding::Floor => cut != 0 && negative,
        Rounding::HalfUp => cut >= 5,
        Rounding::HalfDown => cut > 5,
        Rounding::HalfEven => cut > 5 || cut == 5 && last & 1 == 1,
        Rounding::ZeroFiveUp => cut != 0 && (last == 0 || last == 5),
    }
}

/// Cuts digits off; what they were, as [`goes_up`] takes it.
pub(crate) fn cut(n: &mut Nat, digits: u64) -> u8 {
    if digits == 0 {
        return 0;
    }
    let first = nat::digit(n, digits - 1);
    let sticky = first.is_multiple_of(5) && !nat::is_zero_below(n, digits - 1);
    *n = nat::shift_right(n, digits);
    first + u8::from(sticky)
}

/// Cuts digits off and rounds what is left; whether anything but zeros was cut off.
pub(crate) fn round_off(n: &mut Nat, digits: u64, rounding: Rounding, negative: bool) -> bool {
    let off = cut(n, digits);
    if goes_up(rounding, negative, nat::digit(n, 0), off) {
        nat::increment(n);
    }
    off != 0
}

/// The largest finite number.
pub(crate) fn largest_finite(negative: bool, context: &Context) -> Number {
    Number::finite(
        negative,
        nat::nines(context.precision as u64),
        context.etop(),
    )
}

fn overflow(negative: bool, context: &Context, status: &mut Status) -> Number {
    *status |= signal::OVERFLOW | signal::INEXACT | signal::ROUNDED;
    let stays_finite = match context.rounding {
        Rounding::Ceiling => negative,
        Rounding::Floor => !negative,
        Rounding::Down | Rounding::ZeroFiveUp => true,
        _ => false,
    };
    if !stays_finite {
        return Number::infinity(negative);
    }
    if context.precision as u64 > crate::MEMORY_DIGITS {
        return Number::invalid(status, signal::MEMORY);
    }
    largest_finite(negative, context)
}

/// Brings the exponent into the context's range.
fn fit_exponent(n: &mut Number, context: &Context, status: &mut Status) {
    let is_zero = n.coefficient.is_empty();
    let adjusted = n.adjusted();
    if adjusted > context.emax {
        if is_zero {
            n.exponent = if context.clamp {
                context.etop()
            } else {
                context.emax
            };
            *status |= signal::CLAMPED;
        } else {
            *n = overflow(n.negative, context, status);
        }
    } else if context.clamp && n.exponent > context.etop() {
        let shift = n.exponent - context.etop();
        n.coefficient = nat::shift_left(&n.coefficient, shift as u64);
        n.exponent -= shift;
        *status |= signal::CLAMPED;
        if !is_zero && adjusted < context.emin {
            *status |= signal::SUBNORMAL;
        }
    } else if adjusted < context.emin {
        fit_subnormal(n, context, status);
    }
}

fn fit_subnormal(n: &mut Number, context: &Context, status: &mut Status) {
    let etiny = context.etiny();
    let is_zero = n.coefficient.is_empty();
    if !is_zero {
        *status |= signal::SUBNORMAL;
    }
    if n.exponent >= etiny {
        return;
    }
    let shift = (etiny - n.exponent) as u64;
    n.exponent = etiny;
    if is_zero {
        *status |= signal::CLAMPED;
        return;
    }
    *status |= signal::ROUNDED;
    if round_off(&mut n.coefficient, shift, context.rounding, n.negative) {
        *status |= signal::INEXACT | signal::UNDERFLOW;
        if n.coefficient.is_empty() {
            *status |= signal::CLAMPED;
        }
    }
}

/// Cuts what a NaN says to what has room in it.
fn fit_payload(n: &mut Number, context: &Context) {
    if !n.payload_fits(context) {
        let room = context.precision - i64::from(context.clamp);
        n.coefficient = nat::low_digits(&n.coefficient, room.max(0) as u64);
    }
}

/// The number as the context has it.
pub fn finish(mut n: Number, context: &Context, status: &mut Status) -> Number {
    match n.kind {
        Kind::Infinite => return n,
        Kind::Quiet | Kind::Signaling => {
            fit_payload(&mut n, context);
            return n;
        }
        Kind::Finite => fit_exponent(&mut n, context, status),
    }
    let digits = n.digits();
    if n.is_finite() && digits > context.precision {
        let shift = digits - context.precision;
        n.exponent += shift;
        *status |= signal::ROUNDED;
        if round_off(
            &mut n.coefficient,
            shift as u64,
            context.rounding,
            n.negative,
        ) {
            *status |= signal::INEXACT;
        }
        if n.digits() > context.precision {
            // All nines went up to a power of ten.
            n.coefficient = nat::shift_right(&n.coefficient, 1);
            n.exponent += 1;
            fit_exponent(&mut n, context, status);
        }
    }
    n
}

/// The magnitude of a finite number without its fraction. `None`: it is too long for memory.
pub fn integer_of(n: &Number) -> Option<Nat> {
    if n.exponent < 0 {
        return Some(nat::shift_right(&n.coefficient, n.exponent.unsigned_abs()));
    }
    let digits = n.exponent as u64;
    (n.is_zero() || digits <= crate::MEMORY_DIGITS).then(|| nat::shift_left(&n.coefficient, digits))
}
