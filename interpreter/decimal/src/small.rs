//! The common case: numbers of up to 38 digits, in 128 bits and without memory of their own.
//!
//! Each operation gives what the general one gives, or nothing where that takes more room or meets
//! the ends of the exponent's range; then the general one is asked.

use crate::finish::goes_up;
use crate::nat::{POW10_WIDE, count_digits};
use crate::{Context, Rounding, Status, signal};
use std::cmp::Ordering;

/// A finite number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Small {
    pub negative: bool,
    pub exponent: i64,
    pub coefficient: u128,
}

/// Digits that any coefficient here can have.
const DIGITS_MAX: u32 = 38;

/// Quotient and remainder, by narrow division where that will do.
#[inline(always)]
fn div_rem(a: u128, b: u128) -> (u128, u128) {
    if a >> 64 == 0 && b >> 64 == 0 {
        let (a, b) = (a as u64, b as u64);
        return ((a / b) as u128, (a % b) as u128);
    }
    let quotient = a / b;
    (quotient, a - quotient * b)
}

/// `n * 10^digits`, if there is room.
#[inline(always)]
fn scaled(n: u128, digits: u64) -> Option<u128> {
    let power = *POW10_WIDE.get(usize::try_from(digits).ok()?)?;
    if n >> 64 == 0 && power >> 64 == 0 {
        return Some((n as u64 as u128) * (power as u64 as u128));
    }
    n.checked_mul(power)
}

/// What is left of a coefficient when its lowest digits are cut off, and what was signalled.
#[inline]
fn rounded(coefficient: u128, digits: u32, rounding: Rounding, negative: bool) -> (u128, Status) {
    let power = POW10_WIDE[digits as usize];
    let (mut kept, rest) = div_rem(coefficient, power);
    if rest == 0 {
        return (kept, signal::ROUNDED);
    }
    let off = match rest.cmp(&(power / 2)) {
        Ordering::Less => 1,
        Ordering::Equal => 5,
        Ordering::Greater => 6,
    };
    // Which digits stand for "less" and "more" makes no difference to rounding.
    if goes_up(rounding, negative, (kept % 10) as u8, off) {
        kept += 1;
    }
    (kept, signal::ROUNDED | signal::INEXACT)
}

impl Small {
    /// The number as the context has it.
    #[inline]
    fn finish(mut self, context: &Context, status: &mut Status) -> Option<Small> {
        let mut own = 0;
        let mut digits = count_digits(self.coefficient) as i64;
        let before = self.exponent + digits - 1;
        if digits > context.precision {
            let surplus = digits - context.precision;
            (self.coefficient, own) = rounded(
                self.coefficient,
                surplus as u32,
                context.rounding,
                self.negative,
            );
            self.exponent += surplus;
            digits = context.precision;
            if self.coefficient == POW10_WIDE[digits as usize] {
                self.coefficient /= 10;
                self.exponent += 1;
            }
        }
        // What is subnormal before it is rounded counts as such.
        let adjusted = self.exponent + digits - 1;
        let in_range = adjusted <= context.emax
            && adjusted >= context.emin
            && before >= context.emin
            && !(context.clamp && self.exponent > context.etop());
        if !in_range {
            return None;
        }
        *status |= own;
        Some(self)
    }

    #[inline]
    pub fn add(self, other: Small, context: &Context, status: &mut Status) -> Option<Small> {
        let (a, b, exponent) = self.aligned(other)?;
        let (negative, coefficient) = if self.negative == other.negative {
            (self.negative, a.checked_add(b)?)
        } else if a > b {
            (self.negative, a - b)
        } else if a < b {
            (other.negative, b - a)
        } else {
            (context.rounding == Rounding::Floor, 0)
        };
        if count_digits(coefficient) > DIGITS_MAX {
            return None;
        }
        let sum = Small {
            negative,
            exponent,
            coefficient,
        };
        sum.finish(context, status)
    }

    #[inline]
    pub fn subtract(self, other: Small, context: &Context, status: &mut Status) -> Option<Small> {
        let other = Small {
            negative: !other.negative,
            ..other
        };
        self.add(other, context, status)
    }

    /// Both coefficients at the lower exponent.
    #[inline(always)]
    fn aligned(self, other: Small) -> Option<(u128, u128, i64)> {
        let apart = self.exponent - other.exponent;
        Some(match apart.cmp(&0) {
            Ordering::Equal => (self.coefficient, other.coefficient, self.exponent),
            Ordering::Greater => (
                scaled(self.coefficient, apart as u64)?,
                other.coefficient,
                other.exponent,
            ),
            Ordering::Less => (
                self.coefficient,
                scaled(other.coefficient, apart.unsigned_abs())?,
                self.exponent,
            ),
        })
    }

    #[inline]
    pub fn multiply(self, other: Small, context: &Context, status: &mut Status) -> Option<Small> {
        let (a, b) = (self.coefficient, other.coefficient);
        let coefficient = if a >> 64 == 0 && b >> 64 == 0 {
            (a as u64 as u128) * (b as u64 as u128)
        } else {
            a.checked_mul(b)?
        };
        if count_digits(coefficient) > DIGITS_MAX {
            return None;
        }
        let product = Small {
            negative: self.negative != other.negative,
            exponent: self.exponent + other.exponent,
            coefficient,
        };
        product.finish(context, status)
    }

    #[inline]
    pub fn divide(self, other: Small, context: &Context, status: &mut Status) -> Option<Small> {
        if self.coefficient == 0 || other.coefficient == 0 {
            return None;
        }
        let (own, others) = (
            count_digits(self.coefficient),
            count_digits(other.coefficient),
        );
        let shift = i64::from(others) - i64::from(own) + context.precision + 1;
        let dividend = scaled(self.coefficient, u64::try_from(shift).ok()?)?;
        let ideal = self.exponent - other.exponent;
        let mut exponent = ideal - shift;
        let (mut coefficient, rest) = div_rem(dividend, other.coefficient);
        if count_digits(coefficient) > DIGITS_MAX - 1 {
            return None;
        }
        if rest != 0 {
            coefficient += u128::from(coefficient.is_multiple_of(5));
        } else {
            while exponent < ideal {
                let (tenth, digit) = div_rem(coefficient, 10);
                if digit != 0 {
                    break;
                }
                coefficient = tenth;
                exponent += 1;
            }
        }
        let quotient = Small {
            negative: self.negative != other.negative,
            exponent,
            coefficient,
        };
        quotient.finish(context, status)
    }

    /// The value with another exponent.
    #[inline]
    pub fn rescale(self, exponent: i64, context: &Context, status: &mut Status) -> Option<Small> {
        let shift = self.exponent - exponent;
        let (coefficient, own) = if shift >= 0 {
            (scaled(self.coefficient, shift as u64)?, 0)
        } else {
            let digits = u32::try_from(shift.unsigned_abs()).ok()?;
            if digits > DIGITS_MAX {
                return None;
            }
            rounded(self.coefficient, digits, context.rounding, self.negative)
        };
        let digits = i64::from(count_digits(coefficient));
        let adjusted = exponent + digits - 1;
        let fits = self.coefficient != 0
            && digits <= context.precision
            && digits <= i64::from(DIGITS_MAX)
            && adjusted <= context.emax
            && adjusted >= context.emin
            && !(context.clamp && exponent > context.etop());
        if !fits {
            return None;
        }
        *status |= own;
        Some(Small {
            coefficient,
            exponent,
            ..self
        })
    }

    /// The order of the values.
    #[inline]
    pub fn order(self, other: Small) -> Option<Ordering> {
        if self.coefficient == 0 && other.coefficient == 0 {
            return Some(Ordering::Equal);
        }
        let (a, b, _) = self.aligned(other)?;
        let (a_below, b_below) = (self.negative && a != 0, other.negative && b != 0);
        Some(match (a_below, b_below) {
            (false, false) => a.cmp(&b),
            (true, true) => b.cmp(&a),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        })
    }
}
