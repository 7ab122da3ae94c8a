//! Multiplication of long numbers by a number-theoretic transform.
//!
//! A product of numbers is a convolution of their digits, and a convolution a product of
//! transforms. The transform is over the integers modulo 2^64 - 2^32 + 1, which has roots of unity
//! of all orders up to 2^32 and a remainder that costs a few additions. Each limb is cut into three
//! digits of base 10^6; a column of n products of those is below the modulus for n up to 18
//! million, so the result is exact.
//!
//! Source: J. M. Pollard, "The Fast Fourier Transform in a Finite Field" (1971).

const MODULUS: u64 = 0xffff_ffff_0000_0001;
/// 2^64 modulo the modulus.
const EXCESS: u64 = 0xffff_ffff;
/// Generates all that are not zero.
const GENERATOR: u64 = 7;
const DIGIT: u64 = 1_000_000;
const DIGITS_IN_LIMB: usize = 3;
/// The longest transform whose columns stay exact.
const LENGTH_MAX: usize = 1 << 24;

/// Whether a product of so many limbs can be made.
pub(crate) fn fits(limbs: usize) -> bool {
    limbs * DIGITS_IN_LIMB <= LENGTH_MAX
}

#[inline(always)]
fn add(a: u64, b: u64) -> u64 {
    let (sum, over) = a.overflowing_add(b);
    let (less, under) = sum.overflowing_sub(MODULUS);
    if over || !under { less } else { sum }
}

#[inline(always)]
fn subtract(a: u64, b: u64) -> u64 {
    let (difference, under) = a.overflowing_sub(b);
    if under {
        difference.wrapping_add(MODULUS)
    } else {
        difference
    }
}

#[inline(always)]
fn multiply_mod(a: u64, b: u64) -> u64 {
    let product = a as u128 * b as u128;
    let (low, high) = (product as u64, (product >> 64) as u64);
    // 2^96 is -1 and 2^64 is 2^32 - 1.
    let (mut rest, under) = low.overflowing_sub(high >> 32);
    if under {
        rest = rest.wrapping_sub(EXCESS);
    }
    let (sum, over) = rest.overflowing_add((high & EXCESS) * EXCESS);
    let sum = if over { sum.wrapping_add(EXCESS) } else { sum };
    if sum >= MODULUS { sum - MODULUS } else { sum }
}

fn power_mod(mut base: u64, mut exponent: u64) -> u64 {
    let mut power = 1;
    while exponent != 0 {
        if exponent & 1 == 1 {
            power = multiply_mod(power, base);
        }
        base = multiply_mod(base, base);
        exponent >>= 1;
    }
    power
}

/// Powers of a root of unity of order `length`, half of them.
fn roots(length: usize, inverse: bool) -> Vec<u64> {
    let root = power_mod(GENERATOR, (MODULUS - 1) / length as u64);
    let root = if inverse {
        power_mod(root, MODULUS - 2)
    } else {
        root
    };
    let mut power = 1;
    (0..length / 2)
        .map(|_| {
            let this = power;
            power = multiply_mod(power, root);
            this
        })
        .collect()
}

/// Decimation in frequency: the results come in the order of reversed bits.
fn forward(data: &mut [u64], roots: &[u64]) {
    let mut half = data.len() / 2;
    let mut stride = 1;
    while half >= 1 {
        for block in data.chunks_exact_mut(2 * half) {
            let (first, second) = block.split_at_mut(half);
            let places = first
                .iter_mut()
                .zip(second)
                .zip(roots.iter().step_by(stride));
            for ((a, b), &root) in places {
                let (x, y) = (*a, *b);
                *a = add(x, y);
                *b = multiply_mod(subtract(x, y), root);
            }
        }
        half /= 2;
        stride *= 2;
    }
}

/// Decimation in time, from the order of reversed bits, by inverse roots.
fn backward(data: &mut [u64], roots: &[u64]) {
    let mut half = 1;
    let mut stride = data.len() / 2;
    while half < data.len() {
        for block in data.chunks_exact_mut(2 * half) {
            let (first, second) = block.split_at_mut(half);
            let places = first
                .iter_mut()
                .zip(second)
                .zip(roots.iter().step_by(stride));
            for ((a, b), &root) in places {
                let (x, y) = (*a, multiply_mod(*b, root));
                *a = add(x, y);
                *b = subtract(x, y);
            }
        }
        half *= 2;
        stride /= 2;
    }
}

fn spread(limbs: &[u64], length: usize) -> Vec<u64> {
    let mut data = Vec::with_capacity(length);
    for &limb in limbs {
        data.extend([limb % DIGIT, limb / DIGIT % DIGIT, limb / DIGIT / DIGIT]);
    }
    data.resize(length, 0);
    data
}

/// Writes the product of two numbers into `out`, which has exactly the room.
pub(crate) fn multiply(out: &mut [u64], a: &[u64], b: &[u64]) {
    let length = (out.len() * DIGITS_IN_LIMB).next_power_of_two();
    let powers = roots(length, false);
    let mut product = spread(a, length);
    forward(&mut product, &powers);
    if a == b {
        product.iter_mut().for_each(|x| *x = multiply_mod(*x, *x));
    } else {
        let mut other = spread(b, length);
        forward(&mut other, &powers);
        for (x, y) in product.iter_mut().zip(other) {
            *x = multiply_mod(*x, y);
        }
    }
    backward(&mut product, &roots(length, true));
    let scale = power_mod(length as u64, MODULUS - 2);
    let mut carry = 0u64;
    let mut next = |column: u64| {
        // A column and its carry stay below the modulus and 2^64 apart.
        let sum = multiply_mod(column, scale) as u128 + carry as u128;
        carry = (sum / DIGIT as u128) as u64;
        (sum % DIGIT as u128) as u64
    };
    for (to, columns) in out.iter_mut().zip(product.chunks(DIGITS_IN_LIMB)) {
        let mut scale = 1;
        *to = 0;
        for &column in columns {
            *to += next(column) * scale;
            scale *= DIGIT;
        }
    }
}
