//! Addition, multiplication and division.

use crate::finish::finish;
use crate::nat::{self, Nat};
use crate::{Context, Kind, MEMORY_DIGITS, Number, Rounding, Status, divide, signal};

/// The NaN that an operation gives for operands of which one is a NaN: the first signaling one,
/// else the first.
pub(crate) fn nan_of(
    operands: &[&Number],
    context: &Context,
    status: &mut Status,
) -> Option<Number> {
    let signaling = operands.iter().find(|n| n.kind == Kind::Signaling);
    if signaling.is_some() {
        *status |= signal::INVALID_OPERATION;
    }
    let found = signaling.or_else(|| operands.iter().find(|n| n.is_nan()))?;
    let mut quiet = (*found).clone();
    quiet.kind = Kind::Quiet;
    Some(finish(quiet, context, status))
}

impl Number {
    pub fn add(&self, other: &Number, context: &Context, status: &mut Status) -> Number {
        sum(self, other, other.negative, context, status)
    }

    pub fn subtract(&self, other: &Number, context: &Context, status: &mut Status) -> Number {
        sum(self, other, !other.negative, context, status)
    }

    pub fn multiply(&self, other: &Number, context: &Context, status: &mut Status) -> Number {
        let product = product(self, other, context, status);
        finish(product, context, status)
    }

    /// `self * other + addend`, rounded once.
    pub fn multiply_add(
        &self,
        other: &Number,
        addend: &Number,
        context: &Context,
        status: &mut Status,
    ) -> Number {
        let has_no_product =
            self.is_infinite() && other.is_zero() || self.is_zero() && other.is_infinite();
        if has_no_product {
            return Number::invalid(status, signal::INVALID_OPERATION);
        }
        if let Some(nan) = nan_of(&[self, other, addend], context, status) {
            return nan;
        }
        product(self, other, context, status).add(addend, context, status)
    }

    pub fn divide(&self, other: &Number, context: &Context, status: &mut Status) -> Number {
        if let Some(nan) = nan_of(&[self, other], context, status) {
            return nan;
        }
        let negative = self.negative != other.negative;
        match (self.is_infinite(), other.is_infinite()) {
            (true, true) => return Number::invalid(status, signal::INVALID_OPERATION),
            (true, false) => return Number::infinity(negative),
            (false, true) => {
                *status |= signal::CLAMPED;
                return Number::finite(negative, Nat::new(), context.etiny());
            }
            _ => {}
        }
        if other.is_zero() {
            return self.over_zero(negative, status);
        }
        if self.is_zero() {
            let zero = Number::finite(negative, Nat::new(), self.exponent - other.exponent);
            return finish(zero, context, status);
        }
        if context.precision as u64 <= MEMORY_DIGITS {
            let (quotient, _) = quotient(self, other, context.precision);
            return finish(quotient, context, status);
        }
        // There is no memory for so many digits; the quotient may be exact with fewer. The divisor's
        // powers of two and five add at most four digits for each digit of it.
        let digits = (self.digits() - other.digits()).max(0) + 4 * other.digits() + 4;
        match quotient(self, other, digits) {
            (exact, true) => finish(exact, context, status),
            _ => Number::invalid(status, signal::MEMORY),
        }
    }

    /// What a quotient by zero is, by its sign.
    fn over_zero(&self, negative: bool, status: &mut Status) -> Number {
        if self.is_zero() {
            return Number::invalid(status, signal::DIVISION_UNDEFINED);
        }
        *status |= signal::DIVISION_BY_ZERO;
        Number::infinity(negative)
    }

    /// Quotient without fraction, and remainder.
    pub fn div_rem(
        &self,
        other: &Number,
        context: &Context,
        status: &mut Status,
    ) -> (Number, Number) {
        if let Some(nan) = nan_of(&[self, other], context, status) {
            return (nan.clone(), nan);
        }
        let negative = self.negative != other.negative;
        if self.is_infinite() {
            *status |= signal::INVALID_OPERATION;
            let quotient = if other.is_infinite() {
                Number::nan()
            } else {
                Number::infinity(negative)
            };
            return (quotient, Number::nan());
        }
        if other.is_zero() {
            if self.is_zero() {
                *status |= signal::DIVISION_UNDEFINED;
                return (Number::nan(), Number::nan());
            }
            *status |= signal::DIVISION_BY_ZERO | signal::INVALID_OPERATION;
            return (Number::infinity(negative), Number::nan());
        }
        if other.is_infinite() {
            let zero = Number::finite(negative, Nat::new(), 0);
            return (zero, finish(self.clone(), context, status));
        }
        let (quotient, rest) = self.whole_quotient(other, context, status);
        (
            finish(quotient, context, status),
            finish(rest, context, status),
        )
    }

    /// The quotient without fraction.
    pub fn divide_integer(&self, other: &Number, context: &Context, status: &mut Status) -> Number {
        if let Some(nan) = nan_of(&[self, other], context, status) {
            return nan;
        }
        let negative = self.negative != other.negative;
        match (self.is_infinite(), other.is_infinite()) {
            (true, true) => return Number::invalid(status, signal::INVALID_OPERATION),
            (true, false) => return Number::infinity(negative),
            _ => {}
        }
        if other.is_zero() {
            return self.over_zero(negative, status);
        }
        if other.is_infinite() {
            return Number::finite(negative, Nat::new(), 0);
        }
        let (quotient, _) = self.whole_quotient(other, context, status);
        finish(quotient, context, status)
    }

    /// The remainder, with the sign of the dividend.
    pub fn remainder(&self, other: &Number, context: &Context, status: &mut Status) -> Number {
        if let Some(bad) = self.no_remainder(other, context, status) {
            return bad;
        }
        let (_, rest) = self.whole_quotient(other, context, status);
        finish(rest, context, status)
    }

    /// What both remainders give where there is none.
    fn no_remainder(
        &self,
        other: &Number,
        context: &Context,
        status: &mut Status,
    ) -> Option<Number> {
        if let Some(nan) = nan_of(&[self, other], context, status) {
            return Some(nan);
        }
        if self.is_infinite() {
            return Some(Number::invalid(status, signal::INVALID_OPERATION));
        }
        if other.is_zero() {
            let reason = if self.is_zero() {
                signal::DIVISION_UNDEFINED
            } else {
                signal::INVALID_OPERATION
            };
            return Some(Number::invalid(status, reason));
        }
        None
    }

    /// The remainder of the division whose quotient is the nearest whole number.
    pub fn remainder_near(&self, other: &Number, context: &Context, status: &mut Status) -> Number {
        if let Some(bad) = self.no_remainder(other, context, status) {
            return bad;
        }
        if other.is_infinite() {
            return finish(self.clone(), context, status);
        }
        let (mut quotient, mut rest) = match raw_div_rem(self, other, context) {
            Ok(both) => both,
            Err(reason) => return Number::invalid(status, reason),
        };
        let exact = Context::largest();
        let mut ignored = 0;
        let double = rest.add(&rest, &exact, &mut ignored);
        let order = crate::compare::magnitudes(&double, other);
        let is_odd = nat::digit(&quotient, 0) & 1 == 1;
        if order.is_gt() || order.is_eq() && is_odd {
            nat::increment(&mut quotient);
            let divisor = other.with_sign(self.negative);
            rest = rest.subtract(&divisor, &exact, &mut ignored);
            if rest.is_zero() {
                rest.negative = self.negative;
            }
        }
        if nat::digits(&quotient) as i64 > context.precision {
            return Number::invalid(status, signal::DIVISION_IMPOSSIBLE);
        }
        finish(rest, context, status)
    }

    /// Of a finite dividend and a divisor that is neither NaN nor zero; not yet fitted to the context.
    fn whole_quotient(
        &self,
        other: &Number,
        context: &Context,
        status: &mut Status,
    ) -> (Number, Number) {
        let negative = self.negative != other.negative;
        if other.is_infinite() {
            let zero = Number::finite(negative, Nat::new(), 0);
            return (zero, self.clone());
        }
        match raw_div_rem(self, other, context) {
            Ok((quotient, rest)) => (Number::finite(negative, quotient, 0), rest),
            Err(reason) => {
                *status |= reason;
                (Number::nan(), Number::nan())
            }
        }
    }

    pub fn square_root(&self, context: &Context, status: &mut Status) -> Number {
        if let Some(nan) = nan_of(&[self], context, status) {
            return nan;
        }
        let ideal = self.exponent.div_euclid(2);
        if self.is_zero() {
            let zero = Number::finite(self.negative, Nat::new(), ideal);
            return finish(zero, context, status);
        }
        if self.negative {
            return Number::invalid(status, signal::INVALID_OPERATION);
        }
        if self.is_infinite() {
            return self.clone();
        }
        let odd = self.exponent.rem_euclid(2);
        let length = (self.digits() + odd + 1) / 2;
        let within_memory = context.precision as u64 <= MEMORY_DIGITS;
        let wanted = if within_memory {
            context.precision + 1
        } else {
            length
        };
        let shift = (wanted - length).max(0);
        let scaled = nat::shift_left(&self.coefficient, (2 * shift + odd) as u64);
        let (mut root, exact) = divide::square_root(&scaled);
        let mut exponent = ideal - shift;
        if exact {
            take_zeros(&mut root, &mut exponent, ideal);
        } else if within_memory {
            mark_inexact(&mut root);
        } else {
            return Number::invalid(status, signal::MEMORY);
        }
        let context = context.with_rounding(Rounding::HalfEven);
        finish(Number::finite(false, root, exponent), &context, status)
    }

    /// The number as the context has it, without a negative zero (unless it rounds down).
    pub fn plus(&self, context: &Context, status: &mut Status) -> Number {
        self.signed(self.negative, context, status)
    }

    pub fn minus(&self, context: &Context, status: &mut Status) -> Number {
        self.signed(!self.negative, context, status)
    }

    pub fn abs(&self, context: &Context, status: &mut Status) -> Number {
        self.signed(false, context, status)
    }

    fn signed(&self, negative: bool, context: &Context, status: &mut Status) -> Number {
        if let Some(nan) = nan_of(&[self], context, status) {
            return nan;
        }
        let negative = if self.is_zero() {
            context.rounding == Rounding::Floor && negative
        } else {
            negative
        };
        finish(self.with_sign(negative), context, status)
    }
}

/// Says in the last digit that others follow.
fn mark_inexact(n: &mut Nat) {
    if nat::digit(n, 0).is_multiple_of(5) {
        nat::increment(n);
    }
}

/// Takes zeros off the low end until the exponent is the ideal one.
fn take_zeros(n: &mut Nat, exponent: &mut i64, ideal: i64) {
    if *exponent < ideal {
        let zeros = (nat::trailing_zeros(n) as i64).min(ideal - *exponent);
        *n = nat::shift_right(n, zeros as u64);
        *exponent += zeros;
    }
}

/// `a + b`, `b` with a sign of its own.
fn sum(a: &Number, b: &Number, negative: bool, context: &Context, status: &mut Status) -> Number {
    if let Some(nan) = nan_of(&[a, b], context, status) {
        return nan;
    }
    match (a.is_infinite(), b.is_infinite()) {
        (true, true) if a.negative != negative => {
            return Number::invalid(status, signal::INVALID_OPERATION);
        }
        (true, _) => return a.clone(),
        (_, true) => return b.with_sign(negative),
        _ => {}
    }
    let (big, big_sign, small, small_sign) = if a.exponent >= b.exponent {
        (a, a.negative, b, negative)
    } else {
        (b, negative, a, a.negative)
    };
    let tiny;
    let mut small = small;
    let mut big_aligned = None;
    if big.exponent != small.exponent && !big.coefficient.is_empty() {
        // What is far below the last digit counts only for being there.
        let below = big.exponent - 1 + (big.digits() - context.precision - 1).min(0);
        if small.adjusted() < below {
            let coefficient = u128::from(!small.coefficient.is_empty());
            tiny = Number::from_u128(false, coefficient, below);
            small = &tiny;
        }
        let shift = (big.exponent - small.exponent) as u64;
        if shift > MEMORY_DIGITS {
            return Number::invalid(status, signal::MEMORY);
        }
        big_aligned = Some(nat::shift_left(&big.coefficient, shift));
    }
    let aligned = big_aligned.as_deref().unwrap_or(&big.coefficient);
    let (negative, coefficient) = add_signed(big_sign, aligned, small_sign, &small.coefficient);
    let negative = if !coefficient.is_empty() {
        negative
    } else if big_sign == small_sign {
        big_sign
    } else {
        context.rounding == Rounding::Floor
    };
    finish(
        Number::finite(negative, coefficient, small.exponent),
        context,
        status,
    )
}

fn add_signed(a_sign: bool, a: &[u64], b_sign: bool, b: &[u64]) -> (bool, Nat) {
    if a_sign == b_sign {
        (a_sign, nat::add(a, b))
    } else if nat::compare(a, b).is_ge() {
        (a_sign, nat::subtract(a, b))
    } else {
        (b_sign, nat::subtract(b, a))
    }
}

/// The exact product, or a NaN.
fn product(a: &Number, b: &Number, context: &Context, status: &mut Status) -> Number {
    if let Some(nan) = nan_of(&[a, b], context, status) {
        return nan;
    }
    let negative = a.negative != b.negative;
    if a.is_infinite() || b.is_infinite() {
        if a.is_zero() || b.is_zero() {
            return Number::invalid(status, signal::INVALID_OPERATION);
        }
        return Number::infinity(negative);
    }
    if (a.digits() + b.digits()) as u64 > MEMORY_DIGITS {
        return Number::invalid(status, signal::MEMORY);
    }
    let coefficient = nat::multiply(&a.coefficient, &b.coefficient);
    Number::finite(negative, coefficient, a.exponent + b.exponent)
}

/// The quotient of finite numbers that are not zero, with one digit more than the precision, and
/// whether it is exact.
fn quotient(a: &Number, b: &Number, precision: i64) -> (Number, bool) {
    let ideal = a.exponent - b.exponent;
    let shift = b.digits() - a.digits() + precision + 1;
    let mut exponent = ideal - shift;
    let (mut quotient, rest) = if shift >= 0 {
        divide::div_rem(
            &nat::shift_left(&a.coefficient, shift as u64),
            &b.coefficient,
        )
    } else {
        divide::div_rem(
            &a.coefficient,
            &nat::shift_left(&b.coefficient, shift.unsigned_abs()),
        )
    };
    let exact = rest.is_empty();
    if exact {
        take_zeros(&mut quotient, &mut exponent, ideal);
    } else {
        mark_inexact(&mut quotient);
    }
    let negative = a.negative != b.negative;
    (Number::finite(negative, quotient, exponent), exact)
}

/// Whole quotient and exact remainder of finite numbers, the divisor not zero; or what is signalled
/// where the quotient has more digits than the context, or than memory.
fn raw_div_rem(a: &Number, b: &Number, context: &Context) -> Result<(Nat, Number), Status> {
    let ideal = a.exponent.min(b.exponent);
    if a.is_zero() {
        return Ok((Nat::new(), Number::finite(a.negative, Nat::new(), ideal)));
    }
    if crate::compare::magnitudes(a, b).is_lt() {
        let shift = (a.exponent - ideal) as u64;
        let rest = nat::shift_left(&a.coefficient, shift);
        return Ok((Nat::new(), Number::finite(a.negative, rest, ideal)));
    }
    let apart = a.adjusted() - b.adjusted();
    if apart > context.precision {
        return Err(signal::DIVISION_IMPOSSIBLE);
    }
    if apart as u64 > MEMORY_DIGITS {
        return Err(signal::MEMORY);
    }
    let aligned = |n: &Number| nat::shift_left(&n.coefficient, (n.exponent - ideal) as u64);
    let (quotient, rest) = divide::div_rem(&aligned(a), &aligned(b));
    if nat::digits(&quotient) as i64 > context.precision {
        return Err(signal::DIVISION_IMPOSSIBLE);
    }
    Ok((quotient, Number::finite(a.negative, rest, ideal)))
}
