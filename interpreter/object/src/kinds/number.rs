//! Numbers that do not fit the value word, and the hashes of numbers.

use crate::header::{Gc, Header, Kind, Layout};
use crate::heap::{self, Marker};
use crate::shape::of_kind;
use crate::value::Value;
use dashu_int::{IBig, Sign, UBig};
use std::cell::Cell;
use std::mem::MaybeUninit;

unsafe extern "C" {
    /// Sine and cosine of an angle, written to two places. The C libraries of Linux have it; the crate
    /// `libc` does not.
    pub fn sincos(angle: f64, sine: *mut f64, cosine: *mut f64);
}

/// `x // y` and `x % y` of a divisor that is not zero: the remainder has the divisor's sign, and the
/// quotient is the whole number nearest to the exact one.
pub fn float_div_mod(x: f64, y: f64) -> (f64, f64) {
    let mut remainder = x % y;
    let mut quotient = (x - remainder) / y;
    if remainder != 0.0 {
        if (y < 0.0) != (remainder < 0.0) {
            remainder += y;
            quotient -= 1.0;
        }
    } else {
        remainder = 0.0_f64.copysign(y);
    }
    let whole = if quotient != 0.0 {
        let floor = quotient.floor();
        if quotient - floor > 0.5 {
            floor + 1.0
        } else {
            floor
        }
    } else {
        0.0_f64.copysign(x / y)
    };
    (whole, remainder)
}

/// A float whose exponent has no place in the tag.
#[repr(C)]
pub struct FloatBox {
    header: Header,
    pub value: Cell<f64>,
}

impl Layout for FloatBox {
    fn trace(&self, _marker: &mut Marker) {}
}

impl FloatBox {
    #[cold]
    #[inline(never)]
    pub fn new(value: f64) -> Gc<FloatBox> {
        heap::allocate(of_kind(Kind::Float), |header| FloatBox {
            header,
            value: Cell::new(value),
        })
    }

    /// The number, if it is the same as that of any other box of the same bits. A NaN is not: it has
    /// an inline word and was boxed to be told from others.
    pub fn by_bits(&self) -> Option<f64> {
        let value = self.value.get();
        (!value.is_nan()).then_some(value)
    }
}

/// A complex number.
#[repr(C)]
pub struct Complex {
    header: Header,
    pub real: f64,
    pub imag: f64,
}

impl Layout for Complex {
    fn trace(&self, _marker: &mut Marker) {}
}

impl Complex {
    pub fn new(real: f64, imag: f64) -> Gc<Complex> {
        heap::allocate(of_kind(Kind::Complex), |header| Complex {
            header,
            real,
            imag,
        })
    }
}

/// An integer beyond 61 bits: sign and magnitude, least significant limb first. Integers that
/// fit the value word are never of this kind.
#[repr(C)]
pub struct BigInt {
    header: Header,
    negative: bool,
    /// Those in use; a result that was shorter than expected leaves room behind them.
    limbs: Cell<usize>,
    items: [u64; 0],
}

impl Layout for BigInt {
    fn trace(&self, _marker: &mut Marker) {}
}

/// The low 64 bits of an integer, in two's complement; `None`: it is none.
pub fn low_bits(value: Value) -> Option<u64> {
    if let Some(small) = value.as_small() {
        return Some(small as u64);
    }
    let integer = value.cast::<BigInt>()?;
    let low = integer.get().limbs().first().copied().unwrap_or(0);
    Some(if integer.negative {
        low.wrapping_neg()
    } else {
        low
    })
}

impl BigInt {
    /// An object whose limbs are still to be written.
    fn allocate(negative: bool, limbs: usize) -> Gc<BigInt> {
        // SAFETY: `trace` does not read the tail.
        unsafe {
            heap::allocate_with_tail(of_kind(Kind::BigInt), limbs * 8, |header| BigInt {
                header,
                negative,
                limbs: Cell::new(limbs),
                items: [],
            })
        }
    }

    fn from_limbs(negative: bool, limbs: &[u64]) -> Gc<BigInt> {
        let big = BigInt::allocate(negative, limbs.len());
        // SAFETY: the object has room for these limbs after its head.
        unsafe {
            let to = big.get().items.as_ptr() as *mut u64;
            std::ptr::copy_nonoverlapping(limbs.as_ptr(), to, limbs.len());
        }
        big
    }

    /// A big integer of a number that does not fit the value word.
    pub fn from_i128(n: i128) -> Gc<BigInt> {
        let magnitude = n.unsigned_abs();
        let limbs = [magnitude as u64, (magnitude >> 64) as u64];
        let used = if limbs[1] == 0 { 1 } else { 2 };
        BigInt::from_limbs(n < 0, &limbs[..used])
    }

    /// The value of an arbitrary integer: small where it fits.
    pub fn value_of(n: &IBig) -> Value {
        if let Ok(small) = i64::try_from(n)
            && let Some(value) = Value::try_small(small)
        {
            return value;
        }
        let (sign, words) = n.as_sign_words();
        BigInt::from_limbs(sign == Sign::Negative, words).into()
    }

    /// The value of a sign and a magnitude, least significant limb first: small where it fits.
    pub fn value_of_limbs(negative: bool, limbs: &[u64]) -> Value {
        let used = limbs
            .iter()
            .rposition(|&limb| limb != 0)
            .map_or(0, |at| at + 1);
        if used <= 1 {
            let magnitude = limbs.first().copied().unwrap_or(0) as i128;
            let n = if negative { -magnitude } else { magnitude };
            if let Some(small) = i64::try_from(n).ok().and_then(Value::try_small) {
                return small;
            }
        }
        BigInt::from_limbs(negative, &limbs[..used]).into()
    }

    /// The value whose magnitude `fill` writes into so many limbs.
    ///
    /// # Safety
    /// `fill` writes each of the limbs.
    pub unsafe fn value_filled(
        negative: bool,
        limbs: usize,
        fill: impl FnOnce(&mut [MaybeUninit<u64>]),
    ) -> Value {
        let big = BigInt::allocate(negative, limbs);
        // SAFETY: the object has room for these limbs after its head, and no one else knows it.
        fill(unsafe {
            std::slice::from_raw_parts_mut(big.get().items.as_ptr() as *mut MaybeUninit<u64>, limbs)
        });
        match big.get().limbs().iter().rposition(|&limb| limb != 0) {
            Some(highest) if highest > 0 => {
                big.limbs.set(highest + 1);
                big.into()
            }
            _ => BigInt::value_of_limbs(negative, big.get().limbs()),
        }
    }

    pub fn is_negative(&self) -> bool {
        self.negative
    }

    /// The magnitude, least significant limb first; the highest is not zero.
    pub fn limbs(&self) -> &[u64] {
        // SAFETY: the object was allocated with this many limbs.
        unsafe { std::slice::from_raw_parts(self.items.as_ptr(), self.limbs.get()) }
    }

    pub fn to_ibig(&self) -> IBig {
        let sign = if self.negative {
            Sign::Negative
        } else {
            Sign::Positive
        };
        IBig::from_parts(sign, UBig::from_words(self.limbs()))
    }

    /// The number, if it fits 64 bits.
    pub fn as_i64(&self) -> Option<i64> {
        let [limb] = *self.limbs() else { return None };
        if self.negative {
            0i64.checked_sub_unsigned(limb)
        } else {
            i64::try_from(limb).ok()
        }
    }

    /// Python's hash: the residue modulo 2^61 - 1, with the sign.
    pub fn hash(&self) -> i64 {
        let mut rest: u128 = 0;
        for &limb in self.limbs().iter().rev() {
            rest = ((rest << 64) | limb as u128) % HASH_MODULUS as u128;
        }
        finish_hash(rest as i64, self.negative)
    }
}

/// The modulus of numeric hashes, the Mersenne prime 2^61 - 1 (Python reference, "Hashing of
/// numeric types").
const HASH_MODULUS: u64 = (1 << 61) - 1;

fn finish_hash(residue: i64, negative: bool) -> i64 {
    match if negative { -residue } else { residue } {
        -1 => -2,
        hash => hash,
    }
}

/// The hash of a small integer, which is below the modulus.
#[inline(always)]
pub fn hash_small(n: i64) -> i64 {
    if n == -1 { -2 } else { n }
}

/// The hash of an integer of 64 bits.
#[inline]
pub fn hash_i64(n: i64) -> i64 {
    let residue = (n.unsigned_abs() % HASH_MODULUS) as i64;
    finish_hash(residue, n < 0)
}

/// The hash of a float: that of the equal integer where there is one. NaN hashes by identity in
/// Python; the caller deals with it.
pub fn hash_float(f: f64) -> i64 {
    if f.is_infinite() {
        return if f > 0.0 { 314159 } else { -314159 };
    }
    if f.is_nan() || f == 0.0 {
        return 0;
    }
    let bits = f.to_bits();
    let raw_exponent = (bits >> 52 & 0x7ff) as i32;
    let fraction = bits & ((1 << 52) - 1);
    let (mantissa, exponent) = if raw_exponent == 0 {
        (fraction, -1074)
    } else {
        (fraction | 1 << 52, raw_exponent - 1075)
    };
    // Multiplication by a power of two modulo 2^61 - 1 is a rotation of 61 bits.
    let shift = exponent.rem_euclid(61) as u32;
    let m = mantissa % HASH_MODULUS;
    let rotated = ((m << shift) & HASH_MODULUS) | (m >> (61 - shift));
    let residue = if rotated == HASH_MODULUS { 0 } else { rotated };
    finish_hash(residue as i64, f < 0.0)
}

#[cfg(test)]
mod tests {
    use super::{hash_i64, hash_small};

    #[test]
    fn small_integers_hash_as_all_do() {
        let most = 1i64 << 60;
        for n in [0, 1, -1, -2, -3, 7, most - 1, -most, 1 - most] {
            assert_eq!(hash_small(n), hash_i64(n), "{n}");
        }
    }
}
