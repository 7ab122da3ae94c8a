//! Decimal floating-point arithmetic of any precision.
//!
//! Numbers, contexts and operations are those of the General Decimal Arithmetic Specification, version
//! 1.70 (M. F. Cowlishaw); where it leaves a choice, results are those of CPython's `decimal`, whose
//! programs expect them to the last digit: the precision within an integer power, the exponents
//! of remainders, and what is tried where a precision is too high for memory. Nothing here knows Python.
//!
//! An operation takes a context and adds to a status what it had to signal. It never fails: what is
//! invalid gives a NaN and says so.

mod arithmetic;
mod compare;
pub mod divide;
mod exponential;
mod finish;
mod logical;
mod minmax;
pub mod nat;
mod power;
mod quantize;
pub mod radix;
pub mod small;
mod text;
mod transform;

#[cfg(test)]
mod tests;

pub use compare::{compare, compare_signal, compare_total, compare_total_mag, order, same_quantum};
pub use exponential::{exp, ln, log10};
pub use finish::{finish, integer_of};
pub use logical::{Bitwise, bitwise, invert, rotate, scaleb, shift};
pub use minmax::{Neighbour, max, min, neighbour, next_toward};
pub use power::{power, power_mod};
pub use text::{exact_from_text, from_text, write_engineering, write_scientific};

use nat::Nat;

/// The largest precision and exponent that a context can have.
pub const MAX_PREC: i64 = 999_999_999_999_999_999;
pub const MAX_EMAX: i64 = 999_999_999_999_999_999;
pub const MIN_EMIN: i64 = -999_999_999_999_999_999;
pub const MIN_ETINY: i64 = MIN_EMIN - (MAX_PREC - 1);

/// More digits than this are not asked of memory.
const MEMORY_DIGITS: u64 = 2_000_000_000;

/// What an operation signals: bits of a status, those that CPython's `Context` shows.
pub mod signal {
    pub const CLAMPED: u32 = 1;
    pub const CONVERSION_SYNTAX: u32 = 1 << 1;
    pub const DIVISION_BY_ZERO: u32 = 1 << 2;
    pub const DIVISION_IMPOSSIBLE: u32 = 1 << 3;
    pub const DIVISION_UNDEFINED: u32 = 1 << 4;
    pub const INEXACT: u32 = 1 << 6;
    pub const INVALID_CONTEXT: u32 = 1 << 7;
    pub const INVALID_OPERATION: u32 = 1 << 8;
    /// There is not enough memory: no condition of the specification.
    pub const MEMORY: u32 = 1 << 9;
    pub const FLOAT_OPERATION: u32 = 1 << 10;
    pub const OVERFLOW: u32 = 1 << 11;
    pub const ROUNDED: u32 = 1 << 12;
    pub const SUBNORMAL: u32 = 1 << 13;
    pub const UNDERFLOW: u32 = 1 << 14;
    /// All that are reasons for InvalidOperation.
    pub const INVALID: u32 = CONVERSION_SYNTAX
        | DIVISION_IMPOSSIBLE
        | DIVISION_UNDEFINED
        | INVALID_CONTEXT
        | INVALID_OPERATION
        | MEMORY;
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Rounding {
    Up,
    Down,
    Ceiling,
    Floor,
    HalfUp,
    HalfDown,
    HalfEven,
    /// Away from zero if the last digit would be 0 or 5.
    ZeroFiveUp,
}

impl Rounding {
    pub const ALL: [Rounding; 8] = [
        Rounding::Up,
        Rounding::Down,
        Rounding::Ceiling,
        Rounding::Floor,
        Rounding::HalfUp,
        Rounding::HalfDown,
        Rounding::HalfEven,
        Rounding::ZeroFiveUp,
    ];

    pub const fn name(self) -> &'static str {
        [
            "ROUND_UP",
            "ROUND_DOWN",
            "ROUND_CEILING",
            "ROUND_FLOOR",
            "ROUND_HALF_UP",
            "ROUND_HALF_DOWN",
            "ROUND_HALF_EVEN",
            "ROUND_05UP",
        ][self as usize]
    }
}

/// What results are fitted to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Context {
    pub precision: i64,
    pub emin: i64,
    pub emax: i64,
    pub rounding: Rounding,
    pub clamp: bool,
}

impl Context {
    /// The exponent of the least subnormal number.
    pub fn etiny(&self) -> i64 {
        self.emin - (self.precision - 1)
    }

    /// The exponent of the largest number.
    pub fn etop(&self) -> i64 {
        self.emax - (self.precision - 1)
    }

    /// One in which every number that there is stays as it is.
    pub const fn largest() -> Context {
        Context {
            precision: MAX_PREC,
            emin: MIN_EMIN,
            emax: MAX_EMAX,
            rounding: Rounding::HalfEven,
            clamp: false,
        }
    }

    fn with_rounding(self, rounding: Rounding) -> Context {
        Context { rounding, ..self }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Kind {
    Finite,
    Infinite,
    Quiet,
    Signaling,
}

/// A number: finite (coefficient times ten to the exponent), infinite, or not a number, whose
/// coefficient says more of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Number {
    pub kind: Kind,
    pub negative: bool,
    pub exponent: i64,
    pub coefficient: Nat,
}

/// What an operation signals beside its result, added up.
pub type Status = u32;

impl Number {
    pub fn finite(negative: bool, coefficient: Nat, exponent: i64) -> Number {
        Number {
            kind: Kind::Finite,
            negative,
            exponent,
            coefficient,
        }
    }

    pub fn from_u128(negative: bool, coefficient: u128, exponent: i64) -> Number {
        Number::finite(negative, nat::from_u128(coefficient), exponent)
    }

    pub fn one() -> Number {
        Number::from_u128(false, 1, 0)
    }

    pub fn from_i64(n: i64) -> Number {
        Number::from_u128(n < 0, n.unsigned_abs() as u128, 0)
    }

    pub fn infinity(negative: bool) -> Number {
        Number {
            kind: Kind::Infinite,
            negative,
            exponent: 0,
            coefficient: Nat::new(),
        }
    }

    pub fn nan() -> Number {
        Number {
            kind: Kind::Quiet,
            ..Number::infinity(false)
        }
    }

    /// What an invalid operation gives.
    fn invalid(status: &mut Status, reason: u32) -> Number {
        *status |= reason;
        Number::nan()
    }

    pub fn is_finite(&self) -> bool {
        self.kind == Kind::Finite
    }

    pub fn is_infinite(&self) -> bool {
        self.kind == Kind::Infinite
    }

    pub fn is_nan(&self) -> bool {
        matches!(self.kind, Kind::Quiet | Kind::Signaling)
    }

    pub fn is_zero(&self) -> bool {
        self.is_finite() && self.coefficient.is_empty()
    }

    pub fn digits(&self) -> i64 {
        nat::digits(&self.coefficient) as i64
    }

    /// Whether what a NaN says has room in a context.
    pub fn payload_fits(&self, context: &Context) -> bool {
        let room = context.precision - i64::from(context.clamp);
        self.coefficient.is_empty() || self.digits() <= room
    }

    /// The exponent of the highest digit.
    pub fn adjusted(&self) -> i64 {
        self.exponent + self.digits() - 1
    }

    pub fn is_integer(&self) -> bool {
        if !self.is_finite() {
            return false;
        }
        self.exponent >= 0
            || self.coefficient.is_empty()
            || nat::is_zero_below(&self.coefficient, self.exponent.unsigned_abs())
    }

    /// Whether it is an odd whole number.
    pub fn is_odd(&self) -> bool {
        self.is_integer()
            && self.exponent <= 0
            && nat::digit(&self.coefficient, self.exponent.unsigned_abs()) & 1 == 1
    }

    pub fn is_normal(&self, context: &Context) -> bool {
        self.is_finite() && !self.is_zero() && self.adjusted() >= context.emin
    }

    pub fn is_subnormal(&self, context: &Context) -> bool {
        self.is_finite() && !self.is_zero() && self.adjusted() < context.emin
    }

    /// The name of its class.
    pub fn class(&self, context: &Context) -> &'static str {
        let (plus, minus) = match self.kind {
            Kind::Quiet => return "NaN",
            Kind::Signaling => return "sNaN",
            Kind::Infinite => ("+Infinity", "-Infinity"),
            Kind::Finite if self.is_zero() => ("+Zero", "-Zero"),
            Kind::Finite if self.is_normal(context) => ("+Normal", "-Normal"),
            Kind::Finite => ("+Subnormal", "-Subnormal"),
        };
        if self.negative { minus } else { plus }
    }

    /// The same with another sign.
    pub fn with_sign(&self, negative: bool) -> Number {
        Number {
            negative,
            ..self.clone()
        }
    }
}
