//! Natural numbers in decimal limbs: eighteen digits a limb, least significant limb first, the
//! highest limb not zero. Zero has no limbs.
//!
//! Ten to the eighteenth leaves room: the sum of two limbs fits 64 bits, and 256 products of limbs
//! fit 128, so a column of a product is added up before it is split once.

use crate::transform;
use smallvec::SmallVec;
use std::cmp::Ordering;

/// The digits of a number, in limbs. Six need no memory of their own: as many as a division with the
/// precision that programs begin with has in its dividend.
pub type Nat = SmallVec<[u64; 6]>;

pub const LIMB_DIGITS: u64 = 18;
pub const BASE: u64 = 1_000_000_000_000_000_000;

/// Powers of ten that fit a limb.
pub const POW10: [u64; 20] = {
    let mut powers = [1; 20];
    let mut at = 1;
    while at < 20 {
        powers[at] = powers[at - 1] * 10;
        at += 1;
    }
    powers
};

/// Powers of ten that fit 128 bits.
pub const POW10_WIDE: [u128; 39] = {
    let mut powers = [1; 39];
    let mut at = 1;
    while at < 39 {
        powers[at] = powers[at - 1] * 10;
        at += 1;
    }
    powers
};

/// From so many limbs in the shorter factor on, Karatsuba's method pays.
const KARATSUBA_LIMBS: usize = 40;
/// From so many on, the transform does.
const TRANSFORM_LIMBS: usize = 400;

/// How far the divisor is shifted up for the reciprocal.
const SHIFT: u32 = BASE.leading_zeros();
/// N. Möller, T. Granlund, "Improved Division by Invariant Integers" (2011): the reciprocal of the
/// shifted base.
const RECIPROCAL: u64 = (u128::MAX / ((BASE << SHIFT) as u128) - (1 << 64)) as u64;

/// Quotient and remainder by the base.
#[inline(always)]
pub fn split(n: u128) -> (u128, u64) {
    let high = (n >> 64) as u64;
    let above = high / BASE;
    let (quotient, rest) = split_product(((high % BASE) as u128) << 64 | (n as u64) as u128);
    (((above as u128) << 64) + quotient as u128, rest)
}

/// The same of a number below the base times 2^64, such as a product of two limbs with a limb added.
#[inline(always)]
pub fn split_product(n: u128) -> (u64, u64) {
    let n = n << SHIFT;
    let (u1, u0) = ((n >> 64) as u64, n as u64);
    let divisor = BASE << SHIFT;
    let estimate = (RECIPROCAL as u128 * u1 as u128).wrapping_add(n);
    let mut quotient = ((estimate >> 64) as u64).wrapping_add(1);
    let mut rest = u0.wrapping_sub(quotient.wrapping_mul(divisor));
    if rest > estimate as u64 {
        quotient = quotient.wrapping_sub(1);
        rest = rest.wrapping_add(divisor);
    }
    if rest >= divisor {
        quotient = quotient.wrapping_add(1);
        rest -= divisor;
    }
    (quotient, rest >> SHIFT)
}

/// The digits of a number of 128 bits; zero has one.
#[inline]
pub fn count_digits(n: u128) -> u32 {
    // 1233/4096 is a little more than the logarithm of two.
    let bits = 128 - (n | 1).leading_zeros();
    let guess = (bits * 1233) >> 12;
    guess + u32::from((guess as usize) < 39 && n >= POW10_WIDE[guess as usize]) + u32::from(n == 0)
}

/// Takes zeros off the high end.
pub fn trim(n: &mut Nat) {
    while n.last() == Some(&0) {
        n.pop();
    }
}

fn trimmed(n: &[u64]) -> &[u64] {
    let used = n.iter().rposition(|&limb| limb != 0).map_or(0, |at| at + 1);
    &n[..used]
}

pub fn from_u128(mut n: u128) -> Nat {
    let mut limbs = Nat::new();
    while n != 0 {
        let low;
        (n, low) = split(n);
        limbs.push(low);
    }
    limbs
}

/// The number, if it fits 128 bits.
#[inline]
pub fn to_u128(n: &[u64]) -> Option<u128> {
    match *n {
        [] => Some(0),
        [a] => Some(a as u128),
        [a, b] => Some(b as u128 * BASE as u128 + a as u128),
        [a, b, c] if c < 100 => {
            Some((c as u128 * BASE as u128 + b as u128) * BASE as u128 + a as u128)
        }
        _ => None,
    }
}

/// The number, if it fits 64 bits.
pub fn to_u64(n: &[u64]) -> Option<u64> {
    u64::try_from(to_u128(n)?).ok()
}

/// How many digits; zero has one.
pub fn digits(n: &[u64]) -> u64 {
    match n.split_last() {
        None => 1,
        Some((&top, lower)) => lower.len() as u64 * LIMB_DIGITS + count_digits(top as u128) as u64,
    }
}

pub fn compare(a: &[u64], b: &[u64]) -> Ordering {
    a.len()
        .cmp(&b.len())
        .then_with(|| a.iter().rev().cmp(b.iter().rev()))
}

pub fn add(a: &[u64], b: &[u64]) -> Nat {
    let (long, short) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    let mut sum = Nat::from_slice(long);
    if add_to(&mut sum, short) {
        sum.push(1);
    }
    sum
}

/// Adds a number that is not longer; whether there is a carry out.
pub fn add_to(to: &mut [u64], n: &[u64]) -> bool {
    let mut carry = 0;
    for (at, limb) in to.iter_mut().enumerate() {
        let other = match n.get(at) {
            Some(&other) => other,
            None if carry == 0 => return false,
            None => 0,
        };
        let sum = *limb + other + carry;
        carry = u64::from(sum >= BASE);
        *limb = if carry == 1 { sum - BASE } else { sum };
    }
    carry == 1
}

/// Subtracts a number that is not larger, and not longer; whether there is a borrow out.
pub fn subtract_from(from: &mut [u64], n: &[u64]) -> bool {
    let mut borrow = 0;
    for (at, limb) in from.iter_mut().enumerate() {
        let other = match n.get(at) {
            Some(&other) => other + borrow,
            None if borrow == 0 => return false,
            None => borrow,
        };
        borrow = u64::from(*limb < other);
        *limb = if borrow == 1 {
            *limb + BASE - other
        } else {
            *limb - other
        };
    }
    borrow == 1
}

/// `a - b`, which is not negative.
pub fn subtract(a: &[u64], b: &[u64]) -> Nat {
    let mut difference = Nat::from_slice(a);
    subtract_from(&mut difference, b);
    trim(&mut difference);
    difference
}

/// Adds one.
pub fn increment(n: &mut Nat) {
    if add_to(n, &[1]) || n.is_empty() {
        n.push(1);
    }
}

/// `n * factor + addend`, both less than the base.
pub fn multiply_small(n: &[u64], factor: u64, addend: u64) -> Nat {
    let mut product = Nat::from_elem(0, n.len() + 1);
    let mut carry = addend;
    for (to, &limb) in product.iter_mut().zip(n) {
        (carry, *to) = split_product(limb as u128 * factor as u128 + carry as u128);
    }
    product[n.len()] = carry;
    trim(&mut product);
    product
}

/// Divides in place by a number that is not zero; the remainder.
pub fn divide_small(n: &mut Nat, divisor: u64) -> u64 {
    let mut rest = 0u64;
    for limb in n.iter_mut().rev() {
        let part = rest as u128 * BASE as u128 + *limb as u128;
        let quotient = part / divisor as u128;
        rest = (part - quotient * divisor as u128) as u64;
        *limb = quotient as u64;
    }
    trim(n);
    rest
}

pub fn multiply(a: &[u64], b: &[u64]) -> Nat {
    let (long, short) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    if short.is_empty() {
        return Nat::new();
    }
    let mut product = Nat::from_elem(0, long.len() + short.len());
    multiply_into(&mut product, long, short);
    trim(&mut product);
    product
}

/// Writes the product of `long` and `short`, which is neither empty nor longer, into `out`, which
/// has exactly the room.
fn multiply_into(out: &mut [u64], long: &[u64], short: &[u64]) {
    if short.len() < KARATSUBA_LIMBS {
        return columns(out, long, short);
    }
    if short.len() >= TRANSFORM_LIMBS && transform::fits(long.len() + short.len()) {
        return transform::multiply(out, long, short);
    }
    if long.len() >= 2 * short.len() {
        return by_pieces(out, long, short);
    }
    karatsuba(out, long, short);
}

/// Schoolbook multiplication, a column at a time.
fn columns(out: &mut [u64], long: &[u64], short: &[u64]) {
    let mut carry = 0u128;
    for (at, to) in out.iter_mut().enumerate() {
        let end = short.len().min(at + 1);
        let from = (at + 1).saturating_sub(long.len()).min(end);
        let others = long[at + 1 - end..=at - from.min(at)].iter().rev();
        for (&a, &b) in short[from..end].iter().zip(others) {
            carry += a as u128 * b as u128;
        }
        (carry, *to) = split(carry);
    }
}

/// A long factor, in pieces as long as the short one.
fn by_pieces(out: &mut [u64], long: &[u64], short: &[u64]) {
    let mut product = vec![0; 2 * short.len()];
    for (at, piece) in long.chunks(short.len()).enumerate() {
        let room = &mut product[..piece.len() + short.len()];
        multiply_into(room, short, piece);
        add_to(&mut out[at * short.len()..], trimmed(room));
        room.fill(0);
    }
}

/// A. Karatsuba's method: three products of halves.
fn karatsuba(out: &mut [u64], long: &[u64], short: &[u64]) {
    let half = long.len().div_ceil(2);
    let (a0, a1) = long.split_at(half);
    let (b0, b1) = short.split_at(half.min(short.len()));
    let low = multiply(trimmed(a0), trimmed(b0));
    let high = multiply(a1, b1);
    let (sum_a, sum_b) = (add(a1, trimmed(a0)), add(b1, trimmed(b0)));
    let mut middle = multiply(&sum_a, &sum_b);
    subtract_from(&mut middle, &low);
    subtract_from(&mut middle, &high);
    trim(&mut middle);
    out[..low.len()].copy_from_slice(&low);
    out[2 * half..][..high.len()].copy_from_slice(&high);
    add_to(&mut out[half..], &middle);
}

/// `n * 10^digits`
pub fn shift_left(n: &[u64], digits: u64) -> Nat {
    if n.is_empty() {
        return Nat::new();
    }
    let whole = (digits / LIMB_DIGITS) as usize;
    let part = (digits % LIMB_DIGITS) as usize;
    let mut shifted = Nat::with_capacity(n.len() + whole + 1);
    shifted.resize(whole, 0);
    if part == 0 {
        shifted.extend_from_slice(n);
        return shifted;
    }
    let (up, down) = (POW10[part], POW10[LIMB_DIGITS as usize - part]);
    let mut carry = 0;
    for &limb in n {
        let above = limb / down;
        shifted.push((limb - above * down) * up + carry);
        carry = above;
    }
    if carry != 0 {
        shifted.push(carry);
    }
    shifted
}

/// `n / 10^digits`, without what is cut off.
pub fn shift_right(n: &[u64], digits: u64) -> Nat {
    let whole = (digits / LIMB_DIGITS) as usize;
    let part = (digits % LIMB_DIGITS) as usize;
    let Some(n) = n.get(whole..) else {
        return Nat::new();
    };
    if part == 0 {
        return Nat::from_slice(n);
    }
    let (down, up) = (POW10[part], POW10[LIMB_DIGITS as usize - part]);
    let mut shifted = Nat::from_slice(n);
    let mut above = 0;
    for limb in shifted.iter_mut().rev() {
        let whole = *limb / down;
        let rest = *limb - whole * down;
        *limb = whole + above * up;
        above = rest;
    }
    trim(&mut shifted);
    shifted
}

/// `n % 10^digits`
pub fn low_digits(n: &[u64], digits: u64) -> Nat {
    let whole = (digits / LIMB_DIGITS) as usize;
    let part = (digits % LIMB_DIGITS) as usize;
    let mut low = Nat::from_slice(&n[..n.len().min(whole + 1)]);
    if let Some(top) = low.get_mut(whole) {
        *top %= POW10[part];
    }
    trim(&mut low);
    low
}

/// The digit at a place, counted from the lowest.
pub fn digit(n: &[u64], at: u64) -> u8 {
    let limb = n.get((at / LIMB_DIGITS) as usize).copied().unwrap_or(0);
    (limb / POW10[(at % LIMB_DIGITS) as usize] % 10) as u8
}

/// Whether the lowest digits are all zero.
pub fn is_zero_below(n: &[u64], digits: u64) -> bool {
    let whole = (digits / LIMB_DIGITS) as usize;
    let part = (digits % LIMB_DIGITS) as usize;
    n.iter().take(whole).all(|&limb| limb == 0)
        && n.get(whole).is_none_or(|limb| limb % POW10[part] == 0)
}

/// How many zeros a number that is not zero ends in.
pub fn trailing_zeros(n: &[u64]) -> u64 {
    let Some(at) = n.iter().position(|&limb| limb != 0) else {
        return 0;
    };
    let mut limb = n[at];
    let mut zeros = at as u64 * LIMB_DIGITS;
    while limb.is_multiple_of(10) {
        limb /= 10;
        zeros += 1;
    }
    zeros
}

/// `10^digits`
pub fn power_of_ten(digits: u64) -> Nat {
    shift_left(&[1], digits)
}

/// As many nines.
pub fn nines(digits: u64) -> Nat {
    let mut all = power_of_ten(digits);
    subtract_from(&mut all, &[1]);
    trim(&mut all);
    all
}

/// The digits as text, appended.
pub fn write_digits(n: &[u64], text: &mut Vec<u8>) {
    let mut room = [0u8; LIMB_DIGITS as usize];
    let Some((&top, lower)) = n.split_last() else {
        text.push(b'0');
        return;
    };
    let used = limb_digits(top, &mut room);
    text.extend_from_slice(&room[LIMB_DIGITS as usize - used..]);
    for &limb in lower.iter().rev() {
        room.fill(b'0');
        limb_digits(limb, &mut room);
        text.extend_from_slice(&room);
    }
}

/// Writes a limb's digits at the end of the room; how many.
fn limb_digits(mut limb: u64, room: &mut [u8; LIMB_DIGITS as usize]) -> usize {
    let mut at = room.len();
    while limb >= 10 {
        let pair = limb % 100;
        limb /= 100;
        at -= 2;
        room[at] = b'0' + (pair / 10) as u8;
        room[at + 1] = b'0' + (pair % 10) as u8;
    }
    if limb != 0 {
        at -= 1;
        room[at] = b'0' + limb as u8;
    }
    room.len() - at
}

/// The number of digits in text, which are nothing else.
pub fn from_digits(text: &[u8]) -> Nat {
    let mut limbs: Nat = text
        .rchunks(LIMB_DIGITS as usize)
        .map(|part| {
            part.iter()
                .fold(0, |limb, &digit| limb * 10 + u64::from(digit - b'0'))
        })
        .collect();
    trim(&mut limbs);
    limbs
}
