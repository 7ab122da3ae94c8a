//! Operations on the exponent: quantizing, whole numbers, trailing zeros.

use crate::arithmetic::nan_of;
use crate::finish::{finish, round_off};
use crate::nat::{self, Nat};
use crate::{Context, Number, Rounding, Status, signal};

impl Number {
    /// The value with the exponent of another number.
    pub fn quantize(&self, other: &Number, context: &Context, status: &mut Status) -> Number {
        if let Some(nan) = nan_of(&[self, other], context, status) {
            return nan;
        }
        match (self.is_infinite(), other.is_infinite()) {
            (true, true) => return self.clone(),
            (false, false) => {}
            _ => return Number::invalid(status, signal::INVALID_OPERATION),
        }
        self.rescale(other.exponent, context, status)
    }

    /// A finite number with another exponent, if it has room in the context.
    fn rescale(&self, exponent: i64, context: &Context, status: &mut Status) -> Number {
        if exponent > context.emax || exponent < context.etiny() {
            return Number::invalid(status, signal::INVALID_OPERATION);
        }
        if self.is_zero() {
            let zero = Number::finite(self.negative, Nat::new(), exponent);
            return finish(zero, context, status);
        }
        let shift = self.exponent - exponent;
        if self.digits() + shift > context.precision {
            return Number::invalid(status, signal::INVALID_OPERATION);
        }
        let mut own = 0;
        let coefficient = if shift >= 0 {
            if shift as u64 > crate::MEMORY_DIGITS {
                return Number::invalid(status, signal::MEMORY);
            }
            nat::shift_left(&self.coefficient, shift as u64)
        } else {
            let mut coefficient = self.coefficient.clone();
            own |= signal::ROUNDED;
            if round_off(
                &mut coefficient,
                shift.unsigned_abs(),
                context.rounding,
                self.negative,
            ) {
                own |= signal::INEXACT;
            }
            coefficient
        };
        let result = Number::finite(self.negative, coefficient, exponent);
        if result.digits() > context.precision || result.adjusted() > context.emax {
            return Number::invalid(status, signal::INVALID_OPERATION);
        }
        *status |= own;
        finish(result, context, status)
    }

    /// The nearest whole number. `tells`: whether it signals that it is another.
    pub fn to_integral(
        &self,
        rounding: Rounding,
        tells: bool,
        context: &Context,
        status: &mut Status,
    ) -> Number {
        if let Some(nan) = nan_of(&[self], context, status) {
            return nan;
        }
        if !self.is_finite() || self.exponent >= 0 {
            return self.clone();
        }
        if self.is_zero() {
            return Number::finite(self.negative, Nat::new(), 0);
        }
        let mut coefficient = self.coefficient.clone();
        let digits = self.exponent.unsigned_abs();
        let inexact = round_off(&mut coefficient, digits, rounding, self.negative);
        if tells {
            *status |= signal::ROUNDED | if inexact { signal::INEXACT } else { 0 };
        }
        Number::finite(self.negative, coefficient, 0)
    }

    /// Without trailing zeros.
    pub fn reduce(&self, context: &Context, status: &mut Status) -> Number {
        if let Some(nan) = nan_of(&[self], context, status) {
            return nan;
        }
        let mut result = finish(self.clone(), context, status);
        if result.is_zero() {
            return Number::finite(result.negative, Nat::new(), 0);
        }
        if result.is_finite() {
            let most = if context.clamp {
                context.etop()
            } else {
                context.emax
            };
            let zeros = nat::trailing_zeros(&result.coefficient) as i64;
            let zeros = zeros.min(most - result.exponent).max(0);
            result.coefficient = nat::shift_right(&result.coefficient, zeros as u64);
            result.exponent += zeros;
        }
        result
    }

    /// The exponent of the highest digit, as a number.
    pub fn logb(&self, context: &Context, status: &mut Status) -> Number {
        if let Some(nan) = nan_of(&[self], context, status) {
            return nan;
        }
        if self.is_infinite() {
            return Number::infinity(false);
        }
        if self.is_zero() {
            *status |= signal::DIVISION_BY_ZERO;
            return Number::infinity(true);
        }
        finish(Number::from_i64(self.adjusted()), context, status)
    }
}
