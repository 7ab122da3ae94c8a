//! Arithmetic on small integers and inline floats, and mixtures of both.
//!
//! What the interpreter's loop has no place for is in [`rarer`]; a trace has all of it as its own ops.

use crate::machine::{FloatPair, Machine};
use crate::operator::{BinaryOp, Comparison};
use object::Value;

/// Both operands as floats, if one is a float and the other a float or small integer.
#[inline(always)]
fn as_floats<M: Machine>(m: &mut M, a: M::V, b: M::V) -> Option<(M::V, M::V)> {
    if m.both_float(a, b) {
        return Some((a, b));
    }
    if m.is_float(a) && m.is_small(b) {
        let b = m.small_to_float(b);
        return Some((a, b));
    }
    if m.is_small(a) && m.is_float(b) {
        let a = m.small_to_float(a);
        return Some((a, b));
    }
    None
}

macro_rules! with_floats {
    ($($(#[$doc:meta])* $name:ident $op:ident $small:ident $float:ident;)*) => {
        $(
            $(#[$doc])*
            #[inline(always)]
            pub(crate) fn $name<M: Machine>(m: &mut M, a: M::V, b: M::V) -> Option<M::V> {
                if M::RECORDS && let Some(large) = m.integer(BinaryOp::$op, a, b) {
                    return Some(large);
                }
                if m.both_small(a, b) {
                    return m.$small(a, b);
                }
                let (a, b) = as_floats(m, a, b)?;
                Some(m.$float(a, b))
            }
        )*
    };
}

with_floats! {
    /// `a + b`
    add Add add_small add_float;
    /// `a - b`
    sub Sub sub_small sub_float;
    /// `a * b`
    mul Mul mul_small mul_float;
}

/// An item added to a sum whose rounding error is carried along: both anew. `None` if these are no
/// numbers that can be added so.
///
/// The error of one addition is computed without comparing the operands' sizes (Knuth, "The Art of
/// Computer Programming", volume 2, section 4.2.2, theorem B), so that a trace has no test for it;
/// it is exact, as the error that Neumaier's method computes is.
pub(crate) fn add_up<M: Machine>(
    m: &mut M,
    sum: M::V,
    error: M::V,
    item: M::V,
) -> Option<(M::V, M::V)> {
    let item = as_number(m, item);
    if m.both_small(sum, item) {
        let sum = m.add_small(sum, item)?;
        return Some((sum, error));
    }
    let (sum, item) = as_floats(m, sum, item)?;
    if !m.is_float(error) {
        return None;
    }
    let total = m.add_float(sum, item);
    let of_item = m.sub_float(total, sum);
    let of_sum = m.sub_float(total, of_item);
    let left_of_sum = m.sub_float(sum, of_sum);
    let left_of_item = m.sub_float(item, of_item);
    let left = m.add_float(left_of_sum, left_of_item);
    // A rare exponent makes a float that the operations above do not take.
    let parts = [of_item, of_sum, left_of_sum, left_of_item, left];
    if !parts.into_iter().all(|part| m.is_float(part)) {
        return None;
    }
    let error = m.add_float(error, left);
    Some((total, error))
}

/// A boolean as the integer that it is.
fn as_number<M: Machine>(m: &mut M, item: M::V) -> M::V {
    match m.word(item).as_bool() {
        Some(true) if m.is_word(item, Value::TRUE) => m.constant(Value::small(1)),
        Some(false) if m.is_word(item, Value::FALSE) => m.constant(Value::small(0)),
        _ => item,
    }
}

/// Up to this size every integer has a float of its own.
const EXACT: i64 = 1 << 53;

/// A float, or a small integer as the float that is equal to it.
fn exact_float<M: Machine>(m: &mut M, a: M::V) -> Option<M::V> {
    if m.is_float(a) {
        return Some(a);
    }
    if !m.is_small(a) {
        return None;
    }
    let [least, most] = [-EXACT, EXACT].map(|limit| m.constant(Value::small(limit)));
    let fits =
        m.compare_small(Comparison::Le, a, most) && m.compare_small(Comparison::Ge, a, least);
    fits.then(|| m.small_to_float(a))
}

/// Two numbers as the floats that are equal to them.
pub(crate) fn exact_floats<M: Machine>(m: &mut M, a: M::V, b: M::V) -> Option<(M::V, M::V)> {
    Some((exact_float(m, a)?, exact_float(m, b)?))
}

/// Operators that are rarer, or of rarer operands, than what is done in place.
pub(crate) fn rarer<M: Machine>(m: &mut M, op: BinaryOp, a: M::V, b: M::V) -> Option<M::V> {
    match op {
        BinaryOp::TrueDiv => {
            let (a, b) = exact_floats(m, a, b)?;
            m.div_float(a, b)
        }
        BinaryOp::Pow => power(m, a, b),
        BinaryOp::FloorDiv => float_division(m, FloatPair::FloorDiv, a, b),
        BinaryOp::Mod => float_division(m, FloatPair::Mod, a, b),
        _ => with_boolean(m, op, a, b),
    }
}

fn float_division<M: Machine>(m: &mut M, op: FloatPair, a: M::V, b: M::V) -> Option<M::V> {
    let (a, b) = as_floats(m, a, b)?;
    let zero = m.constant(Value::float(0.0));
    m.compare_float(Comparison::Ne, b, zero)
        .then(|| m.float_pair(op, a, b))
}

/// `a ** b` where that is a square, or a float that needs no look at exceptions.
fn power<M: Machine>(m: &mut M, a: M::V, b: M::V) -> Option<M::V> {
    let exponent = m.word(b);
    if m.both_small(a, b) {
        let square = exponent == Value::small(2) && m.is_word(b, exponent);
        return square.then(|| m.mul_small(a, a)).flatten();
    }
    match exponent.as_small() {
        // A whole exponent above zero gives a real number of any base.
        Some(1..EXACT) if m.is_float(a) && m.is_word(b, exponent) => {
            let b = m.small_to_float(b);
            finite_power(m, a, b)
        }
        _ => {
            let (a, b) = as_floats(m, a, b)?;
            power_of_positive(m, a, b)
        }
    }
}

/// A power of a float, `None` if that is not above zero or the result is none.
pub(crate) fn power_of_positive<M: Machine>(m: &mut M, a: M::V, b: M::V) -> Option<M::V> {
    let zero = m.constant(Value::float(0.0));
    if !m.compare_float(Comparison::Gt, a, zero) {
        return None;
    }
    finite_power(m, a, b)
}

fn finite_power<M: Machine>(m: &mut M, a: M::V, b: M::V) -> Option<M::V> {
    let power = m.float_pair(FloatPair::Pow, a, b);
    // A rare exponent makes a float that the operations below do not take.
    if !m.is_float(power) {
        return None;
    }
    let (size, most) = (m.abs_float(power), m.constant(Value::float(f64::MAX)));
    m.compare_float(Comparison::Le, size, most).then_some(power)
}

/// An operator of a boolean and a small integer, which takes the boolean for the integer that it
/// is.
fn with_boolean<M: Machine>(m: &mut M, op: BinaryOp, a: M::V, b: M::V) -> Option<M::V> {
    let (left, right) = (m.word(a), m.word(b));
    let counts = |word: Value, other: Value| word.as_bool().is_some() && other.is_small();
    if !counts(left, right) && !counts(right, left) {
        return None;
    }
    let (a, b) = (as_number(m, a), as_number(m, b));
    match op {
        BinaryOp::Add => add(m, a, b),
        BinaryOp::Sub => sub(m, a, b),
        BinaryOp::Mul => mul(m, a, b),
        BinaryOp::And => and(m, a, b),
        BinaryOp::Or => or(m, a, b),
        BinaryOp::Xor => xor(m, a, b),
        BinaryOp::LShift => lshift(m, a, b),
        BinaryOp::RShift => rshift(m, a, b),
        _ => None,
    }
}

/// `a / b`
#[inline(always)]
pub(crate) fn true_div<M: Machine>(m: &mut M, a: M::V, b: M::V) -> Option<M::V> {
    let (a, b) = as_floats(m, a, b)?;
    m.div_float(a, b)
}

macro_rules! small_only {
    ($($(#[$doc:meta])* $name:ident $small:ident;)*) => {
        $(
            $(#[$doc])*
            #[inline(always)]
            pub(crate) fn $name<M: Machine>(m: &mut M, a: M::V, b: M::V) -> Option<M::V> {
                if m.both_small(a, b) { m.$small(a, b) } else { None }
            }
        )*
    };
}

small_only! {
    /// `a // b`
    floor_div floor_div_small;
    /// `a << b`
    lshift lshift_small;
    /// `a >> b`
    rshift rshift_small;
}

macro_rules! bitwise {
    ($($(#[$doc:meta])* $name:ident $small:ident;)*) => {
        $(
            $(#[$doc])*
            #[inline(always)]
            pub(crate) fn $name<M: Machine>(m: &mut M, a: M::V, b: M::V) -> Option<M::V> {
                if m.both_small(a, b) { Some(m.$small(a, b)) } else { None }
            }
        )*
    };
}

/// `a % b`
#[inline(always)]
pub(crate) fn modulo<M: Machine>(m: &mut M, a: M::V, b: M::V) -> Option<M::V> {
    if M::RECORDS
        && let Some(power) = m
            .word(b)
            .as_small()
            .filter(|b| b.count_ones() == 1 && *b > 0)
        && let Some(rest) = power_rest(m, a, b, power)
    {
        return Some(rest);
    }
    if m.both_small(a, b) {
        m.mod_small(a, b)
    } else {
        None
    }
}

/// The rest by a power of two of an integer that is known to be too large to be small.
fn power_rest<M: Machine>(m: &mut M, a: M::V, b: M::V, power: i64) -> Option<M::V> {
    let mask = m.constant(Value::small(power - 1));
    let rest = m.masked(a, mask)?;
    m.is_word(b, Value::small(power)).then_some(rest)
}

/// `a & b`
#[inline(always)]
pub(crate) fn and<M: Machine>(m: &mut M, a: M::V, b: M::V) -> Option<M::V> {
    if M::RECORDS
        && let Some(masked) = m.masked(a, b).or_else(|| m.masked(b, a))
    {
        return Some(masked);
    }
    if m.both_small(a, b) {
        Some(m.and_small(a, b))
    } else {
        None
    }
}

bitwise! {
    /// `a | b`
    or or_small;
    /// `a ^ b`
    xor xor_small;
}

/// `-a`
#[inline(always)]
pub(crate) fn neg<M: Machine>(m: &mut M, a: M::V) -> Option<M::V> {
    if m.is_small(a) {
        let zero = m.constant(object::Value::small(0));
        return m.sub_small(zero, a);
    }
    if m.is_float(a) {
        return Some(m.neg_float(a));
    }
    None
}
