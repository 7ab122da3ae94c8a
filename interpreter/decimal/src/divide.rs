//! Division and square roots of natural numbers.
//!
//! Short ones by D. Knuth's algorithm D ("The Art of Computer Programming", volume 2, 4.3.1); where
//! divisor and quotient are long, by halves, so that multiplication does the work: C. Burnikel,
//! J. Ziegler, "Fast Recursive Division" (1998). Roots by Newton's iteration, from the root of the
//! upper half of the digits.

use crate::nat::{self, BASE, Nat, split_product, trim};
use std::cmp::Ordering;

/// From so many limbs in divisor and quotient on, division goes by halves.
const RECURSIVE_LIMBS: usize = 80;

/// Quotient and remainder; the divisor is not zero.
pub fn div_rem(a: &[u64], b: &[u64]) -> (Nat, Nat) {
    if let (Some(x), Some(y)) = (nat::to_u128(a), nat::to_u128(b)) {
        return (nat::from_u128(x / y), nat::from_u128(x % y));
    }
    if nat::compare(a, b) == Ordering::Less {
        return (Nat::new(), Nat::from_slice(a));
    }
    if let [divisor] = *b {
        let mut quotient = Nat::from_slice(a);
        let rest = nat::divide_small(&mut quotient, divisor);
        return (quotient, nat::from_u128(rest as u128));
    }
    // Zeros at the low end of the divisor, as a power of ten has, need no division.
    let zeros = b.iter().take_while(|&&limb| limb == 0).count();
    if zeros > 0 {
        let (quotient, upper) = div_rem(&a[zeros..], &b[zeros..]);
        return (quotient, join(&upper, &a[..zeros], zeros));
    }
    let factor = BASE / (b[b.len() - 1] + 1);
    let (scaled_a, scaled_b);
    let (a, b) = if factor == 1 {
        (a, b)
    } else {
        scaled_a = nat::multiply_small(a, factor, 0);
        scaled_b = nat::multiply_small(b, factor, 0);
        (&scaled_a[..], &scaled_b[..])
    };
    let (quotient, mut rest) = if b.len() < RECURSIVE_LIMBS || a.len() - b.len() < RECURSIVE_LIMBS {
        schoolbook(a, b)
    } else {
        by_blocks(a, b)
    };
    if factor != 1 {
        nat::divide_small(&mut rest, factor);
    }
    (quotient, rest)
}

/// Algorithm D. The highest limb of the divisor, which has two or more, is at least half the base.
fn schoolbook(a: &[u64], b: &[u64]) -> (Nat, Nat) {
    let n = b.len();
    if nat::compare(a, b) == Ordering::Less {
        return (Nat::new(), Nat::from_slice(a));
    }
    let mut rest = Nat::from_slice(a);
    rest.push(0);
    let (first, second) = (b[n - 1] as u128, b[n - 2] as u128);
    let base = BASE as u128;
    let mut quotient = Nat::from_elem(0, a.len() - n + 1);
    for at in (0..quotient.len()).rev() {
        let high = rest[at + n] as u128 * base + rest[at + n - 1] as u128;
        let mut guess = (high / first).min(base - 1);
        let mut left = high - guess * first;
        while left < base && guess * second > left * base + rest[at + n - 2] as u128 {
            guess -= 1;
            left += first;
        }
        let mut guess = guess as u64;
        if subtract_multiple(&mut rest[at..=at + n], b, guess) {
            guess -= 1;
            nat::add_to(&mut rest[at..=at + n], b);
        }
        quotient[at] = guess;
    }
    trim(&mut quotient);
    trim(&mut rest);
    (quotient, rest)
}

/// Subtracts a multiple of `n`; whether the result is below zero, plus a power of the base then.
fn subtract_multiple(from: &mut [u64], n: &[u64], factor: u64) -> bool {
    let mut carry = 0;
    let mut borrow = 0;
    for (at, limb) in from.iter_mut().enumerate() {
        let product = n.get(at).map_or(0, |&m| m as u128 * factor as u128) + carry as u128;
        let low;
        (carry, low) = split_product(product);
        let other = low + borrow;
        borrow = u64::from(*limb < other);
        *limb = if borrow == 1 {
            *limb + BASE - other
        } else {
            *limb - other
        };
    }
    borrow == 1
}

/// `high * base^limbs + low`
fn join(high: &[u64], low: &[u64], limbs: usize) -> Nat {
    let mut joined = Nat::with_capacity(limbs + high.len());
    joined.extend_from_slice(low);
    joined.resize(limbs, 0);
    joined.extend_from_slice(high);
    trim(&mut joined);
    joined
}

/// The limbs from a place on, and those below it.
fn cut(n: &[u64], at: usize) -> (Nat, Nat) {
    let (low, high) = n.split_at(at.min(n.len()));
    let mut low = Nat::from_slice(low);
    trim(&mut low);
    (Nat::from_slice(high), low)
}

/// Long division whose digits are blocks as long as the divisor, which is brought to a length that
/// can be halved again and again.
fn by_blocks(a: &[u64], b: &[u64]) -> (Nat, Nat) {
    let pieces = (b.len() / RECURSIVE_LIMBS + 1).next_power_of_two();
    let block = b.len().div_ceil(pieces) * pieces;
    let below = block - b.len();
    let divisor = join(b, &[], below);
    let a = join(a, &[], below);
    let blocks = (a.len() / block + 1).max(2);
    let part = |at: usize| {
        let from = (at * block).min(a.len());
        let mut part = Nat::from_slice(&a[from..((at + 1) * block).min(a.len())]);
        trim(&mut part);
        part
    };
    let mut quotient = Nat::new();
    let mut rest = part(blocks - 1);
    for at in (0..blocks - 1).rev() {
        let (digit, left) = two_by_one(&join(&rest, &part(at), block), &divisor, block);
        quotient = join(&quotient, &digit, block);
        rest = left;
    }
    (quotient, Nat::from_slice(rest.get(below..).unwrap_or(&[])))
}

/// A number below `b * base^n` by one of `n` limbs.
fn two_by_one(a: &[u64], b: &[u64], n: usize) -> (Nat, Nat) {
    if !n.is_multiple_of(2) || n < RECURSIVE_LIMBS {
        return schoolbook(a, b);
    }
    let half = n / 2;
    let (upper, lowest) = cut(a, half);
    let (high, rest) = three_by_two(&upper, b, half);
    let (low, rest) = three_by_two(&join(&rest, &lowest, half), b, half);
    (join(&high, &low, half), rest)
}

/// A number below `b * base^half` by one of two halves.
fn three_by_two(a: &[u64], b: &[u64], half: usize) -> (Nat, Nat) {
    let (upper, lowest) = cut(a, half);
    let (high, low) = cut(b, half);
    let (top, _) = cut(&upper, half);
    let (mut quotient, rest) = if nat::compare(&top, &high) == Ordering::Less {
        two_by_one(&upper, &high, half)
    } else {
        let most = Nat::from_elem(BASE - 1, half);
        let rest = nat::subtract(&nat::add(&upper, &high), &join(&high, &[], half));
        (most, rest)
    };
    let product = nat::multiply(&quotient, &low);
    let mut rest = join(&rest, &lowest, half);
    while nat::compare(&rest, &product) == Ordering::Less {
        rest = nat::add(&rest, b);
        quotient = nat::subtract(&quotient, &[1]);
    }
    (quotient, nat::subtract(&rest, &product))
}

/// The square root, rounded down, and whether it is exact.
pub fn square_root(n: &[u64]) -> (Nat, bool) {
    if let Some(small) = nat::to_u128(n) {
        let root = small.isqrt();
        return (nat::from_u128(root), root * root == small);
    }
    let quarter = nat::digits(n) / 4;
    let (upper, _) = square_root(&nat::shift_right(n, 2 * quarter));
    // One more than the root of the upper digits is too much; the iteration falls from there.
    let mut root = nat::shift_left(&nat::add(&upper, &[1]), quarter);
    loop {
        let (quotient, rest) = div_rem(n, &root);
        if nat::compare(&quotient, &root) != Ordering::Less {
            let exact = rest.is_empty() && quotient == root;
            return (root, exact);
        }
        root = nat::add(&root, &quotient);
        nat::divide_small(&mut root, 2);
    }
}
