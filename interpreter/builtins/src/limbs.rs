//! Arithmetic on the limbs of big integers, least significant first.
//!
//! The crate for arbitrary precision is built for numbers of thousands of digits; going through it
//! copies both operands and the result. Programs mostly work with numbers of a few limbs, for
//! which that costs several times the arithmetic. Here results are computed on the stack, or in
//! one buffer, and copied into their object once. What is not linear in the operands, or small,
//! is left to the crate.

use object::{BigInt, Value};
use std::cmp::Ordering;

/// Results of up to this many limbs are computed on the stack.
const STACK_LIMBS: usize = 48;
/// Up to this many limbs in both operands together, multiplication is done here.
const PRODUCT_LIMBS: usize = STACK_LIMBS;

/// Sign and magnitude of a plain integer.
pub struct Parts<'a> {
    pub negative: bool,
    pub limbs: &'a [u64],
}

/// Takes a plain integer apart; `room` holds the limb of a small one.
#[inline]
pub fn parts<'a>(value: &'a Value, room: &'a mut [u64; 1]) -> Parts<'a> {
    if let Some(n) = value.as_small() {
        room[0] = n.unsigned_abs();
        let used = usize::from(n != 0);
        return Parts {
            negative: n < 0,
            limbs: &room[..used],
        };
    }
    match value.cast::<BigInt>() {
        Some(big) => Parts {
            negative: big.is_negative(),
            limbs: big.get().limbs(),
        },
        None => Parts {
            negative: false,
            limbs: &[],
        },
    }
}

/// Runs `f` with a buffer of zeros, on the stack if it is short.
#[inline]
fn with_buffer(limbs: usize, f: impl FnOnce(&mut [u64]) -> Value) -> Value {
    if limbs <= STACK_LIMBS {
        let mut buffer = [0; STACK_LIMBS];
        f(&mut buffer[..limbs])
    } else {
        f(&mut vec![0; limbs])
    }
}

fn compare(a: &[u64], b: &[u64]) -> Ordering {
    a.len()
        .cmp(&b.len())
        .then_with(|| a.iter().rev().cmp(b.iter().rev()))
}

/// `a + b`, or `a - b`.
pub fn add(a: &Parts, b: &Parts, subtract: bool) -> Value {
    let b_negative = b.negative != subtract;
    if a.negative == b_negative {
        let (long, short) = if a.limbs.len() >= b.limbs.len() {
            (a.limbs, b.limbs)
        } else {
            (b.limbs, a.limbs)
        };
        return with_buffer(long.len() + 1, |out| {
            let mut carry = false;
            for (at, &limb) in long.iter().enumerate() {
                let other = short.get(at).copied().unwrap_or(0);
                (out[at], carry) = limb.carrying_add(other, carry);
            }
            out[long.len()] = u64::from(carry);
            BigInt::value_of_limbs(a.negative, out)
        });
    }
    let (large, small, negative) = match compare(a.limbs, b.limbs) {
        Ordering::Equal => return Value::small(0),
        Ordering::Greater => (a.limbs, b.limbs, a.negative),
        Ordering::Less => (b.limbs, a.limbs, b_negative),
    };
    with_buffer(large.len(), |out| {
        let mut borrow = false;
        for (at, &limb) in large.iter().enumerate() {
            let other = small.get(at).copied().unwrap_or(0);
            (out[at], borrow) = limb.borrowing_sub(other, borrow);
        }
        BigInt::value_of_limbs(negative, out)
    })
}

/// `a * b`, if it is better done here.
pub fn multiply(a: &Parts, b: &Parts) -> Option<Value> {
    let (long, short) = if a.limbs.len() >= b.limbs.len() {
        (a.limbs, b.limbs)
    } else {
        (b.limbs, a.limbs)
    };
    if short.len() > 1 && long.len() + short.len() > PRODUCT_LIMBS {
        return None;
    }
    Some(with_buffer(long.len() + short.len(), |out| {
        for (at, &factor) in short.iter().enumerate() {
            let mut carry = 0;
            for (to, &limb) in out[at..].iter_mut().zip(long) {
                (*to, carry) = limb.carrying_mul_add(factor, carry, *to);
            }
            out[at + long.len()] = carry;
        }
        BigInt::value_of_limbs(a.negative != b.negative, out)
    }))
}

/// Quotient and remainder, rounded down, of a division by a number below 2^32 in magnitude;
/// `None` for a larger or zero divisor.
pub fn divide_by_small(a: &Parts, divisor: i64) -> Option<(Value, Value)> {
    let d = divisor.unsigned_abs();
    if d == 0 || d > u64::from(u32::MAX) || a.limbs.len() > STACK_LIMBS {
        return None;
    }
    let mut remainder = 0;
    let mut out = [0; STACK_LIMBS];
    for at in (0..a.limbs.len()).rev() {
        let high = remainder << 32 | a.limbs[at] >> 32;
        let low = (high % d) << 32 | a.limbs[at] & 0xffff_ffff;
        out[at] = ((high / d) << 32) | (low / d);
        remainder = low % d;
    }
    let quotient = &mut out[..a.limbs.len()];
    let negative = a.negative != (divisor < 0);
    if negative && remainder != 0 {
        // Rounded down is one further from zero; the quotient leaves room for it, because a
        // divisor of magnitude one leaves no remainder.
        for limb in quotient.iter_mut() {
            let overflow;
            (*limb, overflow) = limb.overflowing_add(1);
            if !overflow {
                break;
            }
        }
        remainder = d - remainder;
    }
    let remainder = if divisor < 0 {
        -(remainder as i64)
    } else {
        remainder as i64
    };
    Some((
        BigInt::value_of_limbs(negative, quotient),
        Value::small(remainder),
    ))
}
