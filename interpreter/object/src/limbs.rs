//! Arithmetic on the limbs of big integers, least significant first.
//!
//! The crate for arbitrary precision is built for numbers of thousands of digits; going through it
//! copies both operands and the result. Programs mostly work with numbers of a few limbs, for
//! which that costs several times the arithmetic. Here results are computed on the stack and copied
//! into their object once, or, if they are long, in their object. What is not linear in the operands, or small,
//! is left to the crate.

use crate::kinds::BigInt;
use crate::value::Value;
use std::cmp::Ordering;
use std::mem::MaybeUninit;

/// A limb of a result, until it is written.
type Limb = MaybeUninit<u64>;

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

/// The value whose limbs `fill` computes, each of them: on the stack if there are few, else where
/// they stay.
#[inline]
fn computed(negative: bool, limbs: usize, fill: impl FnOnce(&mut [Limb])) -> Value {
    if limbs > STACK_LIMBS {
        // SAFETY: `fill` writes each limb.
        return unsafe { BigInt::value_filled(negative, limbs, fill) };
    }
    let mut buffer = [Limb::uninit(); STACK_LIMBS];
    let buffer = &mut buffer[..limbs];
    fill(buffer);
    // SAFETY: `fill` has written each limb.
    BigInt::value_of_limbs(negative, unsafe { buffer.assume_init_ref() })
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
        return computed(a.negative, long.len() + 1, |out| {
            let (low, high) = long.split_at(short.len());
            let mut carry = false;
            for ((to, &limb), &other) in out.iter_mut().zip(low).zip(short) {
                let sum;
                (sum, carry) = limb.carrying_add(other, carry);
                to.write(sum);
            }
            let out = &mut out[short.len()..];
            let carried = ripple(out, high, carry, |limb| limb.overflowing_add(1));
            out[high.len()].write(u64::from(carried));
        });
    }
    let (large, small, negative) = match compare(a.limbs, b.limbs) {
        Ordering::Equal => return Value::small(0),
        Ordering::Greater => (a.limbs, b.limbs, a.negative),
        Ordering::Less => (b.limbs, a.limbs, b_negative),
    };
    computed(negative, large.len(), |out| {
        let (low, high) = large.split_at(small.len());
        let mut borrow = false;
        for ((to, &limb), &other) in out.iter_mut().zip(low).zip(small) {
            let difference;
            (difference, borrow) = limb.borrowing_sub(other, borrow);
            to.write(difference);
        }
        let out = &mut out[small.len()..];
        ripple(out, high, borrow, |limb| limb.overflowing_sub(1));
    })
}

/// Copies limbs, the lowest of which a carry or borrow still changes; whether one is left.
fn ripple(out: &mut [Limb], from: &[u64], carry: bool, step: impl Fn(u64) -> (u64, bool)) -> bool {
    let mut left = carry;
    let mut at = 0;
    while left && at < from.len() {
        let changed;
        (changed, left) = step(from[at]);
        out[at].write(changed);
        at += 1;
    }
    out[at..from.len()].write_copy_of_slice(&from[at..]);
    left
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
    let Some((&lowest, higher)) = short.split_first() else {
        return Some(Value::small(0));
    };
    let negative = a.negative != b.negative;
    Some(computed(negative, long.len() + short.len(), |out| {
        let mut carry = 0;
        for (to, &limb) in out.iter_mut().zip(long) {
            let product;
            (product, carry) = limb.carrying_mul(lowest, carry);
            to.write(product);
        }
        out[long.len()].write(carry);
        for (at, &factor) in (1..).zip(higher) {
            let mut carry = 0;
            for (to, &limb) in out[at..].iter_mut().zip(long) {
                let sum;
                // SAFETY: the row before has written as many limbs, and one more.
                (sum, carry) = limb.carrying_mul_add(factor, carry, unsafe { to.assume_init() });
                to.write(sum);
            }
            out[at + long.len()].write(carry);
        }
    }))
}

/// `a % divisor` with the divisor's sign, for one of up to 32 bits.
pub fn modulo_small(a: &Parts, divisor: i64) -> Option<Value> {
    let d = divisor.unsigned_abs();
    if d == 0 || d > u64::from(u32::MAX) {
        return None;
    }
    let step = |rest: u64, &limb: &u64| {
        let high = (rest << 32 | limb >> 32) % d;
        (high << 32 | limb & 0xffff_ffff) % d
    };
    let rest = a.limbs.iter().rev().fold(0, step);
    let rest = match a.negative != (divisor < 0) && rest != 0 {
        true => d - rest,
        false => rest,
    } as i64;
    Some(Value::small(if divisor < 0 { -rest } else { rest }))
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
