//! The common case: numbers of up to 38 digits, in 128 bits and without memory of their own.
//!
//! Each operation gives what the general one gives, or nothing where that takes more room or meets
//! the ends of the exponent's range; then the general one is asked.

use crate::finish::goes_up;
use crate::nat::{BASE, LIMB_DIGITS, POW10_WIDE, count_digits, split};
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
    /// A text of a sign and digits, with a point among them or without, if it is short.
    #[inline]
    pub fn parse(text: &[u8]) -> Option<Small> {
        // What is longer may not fit 64 bits.
        const TEXT_MAX: usize = 20;
        let (negative, digits) = match text {
            [b'-', digits @ ..] => (true, digits),
            digits => (false, digits),
        };
        if digits.len() > TEXT_MAX {
            return None;
        }
        let (mut coefficient, mut exponent, mut point, mut count) = (0u64, 0, false, 0);
        for &byte in digits {
            match byte {
                b'0'..=b'9' => {
                    coefficient = coefficient.wrapping_mul(10) + u64::from(byte - b'0');
                    exponent -= i64::from(point);
                    count += 1;
                }
                b'.' if !point => point = true,
                _ => return None,
            }
        }
        (1..TEXT_MAX).contains(&count).then_some(Small {
            negative,
            exponent,
            coefficient: coefficient as u128,
        })
    }

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
            match a.checked_mul(b) {
                Some(product) => product,
                None => return self.multiply_long(other, context, status),
            }
        };
        if count_digits(coefficient) > DIGITS_MAX {
            return self.multiply_long(other, context, status);
        }
        let product = Small {
            negative: self.negative != other.negative,
            exponent: self.exponent + other.exponent,
            coefficient,
        };
        product.finish(context, status)
    }

    /// The same where only the rounded product fits: the product in four limbs.
    #[inline(never)]
    fn multiply_long(self, other: Small, context: &Context, status: &mut Status) -> Option<Small> {
        const LIMB: u32 = LIMB_DIGITS as u32;
        let halves = |n: u128| {
            let (high, low) = split(n);
            (high < BASE as u128).then_some((high, low as u128))
        };
        let ((a1, a0), (b1, b0)) = (halves(self.coefficient)?, halves(other.coefficient)?);
        let mut limbs = [0; 4];
        let mut carry;
        (carry, limbs[0]) = split(a0 * b0);
        (carry, limbs[1]) = split(a1 * b0 + a0 * b1 + carry);
        (carry, limbs[2]) = split(a1 * b1 + carry);
        limbs[3] = carry as u64;
        let top = limbs.iter().rposition(|&limb| limb != 0)?;
        let digits = count_digits(limbs[top] as u128) + top as u32 * LIMB;
        let surplus = u32::try_from(i64::from(digits) - context.precision).ok()?;
        // One digit more is kept for the rounding; what is below it says whether it is all.
        let drop = surplus.checked_sub(1)?;
        if digits - drop > DIGITS_MAX {
            return None;
        }
        let (whole, part) = ((drop / LIMB) as usize, drop % LIMB);
        let power = POW10_WIDE[part as usize] as u64;
        let mut kept = 0u128;
        for &limb in limbs[whole + 1..=top.max(whole)].iter().rev() {
            kept = kept * BASE as u128 + limb as u128;
        }
        let (low, rest) = (limbs[whole] / power, limbs[whole] % power);
        kept = kept * POW10_WIDE[(LIMB - part) as usize] + low as u128;
        let below = rest != 0 || limbs[..whole].iter().any(|&limb| limb != 0);
        let cut = (kept % 10) as u8;
        let cut = cut + u8::from(below && cut.is_multiple_of(5));
        kept /= 10;
        let negative = self.negative != other.negative;
        if goes_up(context.rounding, negative, (kept % 10) as u8, cut) {
            kept += 1;
        }
        let product = Small {
            negative,
            exponent: self.exponent + other.exponent + i64::from(surplus),
            coefficient: kept,
        };
        // All nines go up to a digit more; and what is subnormal was so before it was rounded.
        if product.exponent + context.precision - 1 <= context.emin {
            return None;
        }
        let product = product.finish(context, status)?;
        *status |= signal::ROUNDED | if cut == 0 { 0 } else { signal::INEXACT };
        Some(product)
    }

    /// The number as the context has it, with a sign; zero has one only if it rounds down.
    #[inline]
    pub fn signed(self, negative: bool, context: &Context, status: &mut Status) -> Option<Small> {
        let negative = if self.coefficient == 0 {
            context.rounding == Rounding::Floor && negative
        } else {
            negative
        };
        Small { negative, ..self }.finish(context, status)
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
