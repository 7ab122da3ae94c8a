//! Arithmetic of integers and floats with Python's rules, as plain functions: what the methods
//! of `int`, `bool`, `float` and `complex` are made of.
//!
//! Operands called *plain integers* are small integers or objects of kind `BigInt`, as
//! `Vm::as_int` gives them.

use dashu_int::ops::{Abs, BitTest, DivRem, UnsignedAbs};
use dashu_int::{IBig, Sign, UBig};
use object::limbs;
use object::value::SMALL_MAX;
use object::{BigInt, Value};
use std::cmp::Ordering;
use vm::{BinaryOp, Comparison, PyResult, Raised, Vm};

/// Integers of more bits than this are not made: the memory would not be there.
const BITS_MAX: u64 = 1 << 37;

/// MemoryError for an integer of too many bits.
fn check_bits(vm: &mut Vm, bits: u64) -> PyResult<()> {
    let bytes = bits.min(BITS_MAX + 8) / 8;
    if bits > BITS_MAX || !vm::room::has_room(bytes as usize) {
        return Err(vm.raise_with(vm.types.memory_error, &[]));
    }
    Ok(())
}

/// The number of a plain integer.
#[inline]
pub fn ibig(value: Value) -> IBig {
    match value.as_small() {
        Some(n) => IBig::from(n),
        None => value.cast::<BigInt>().map_or(IBig::ZERO, |b| b.to_ibig()),
    }
}

#[inline]
fn from_i128(n: i128) -> Value {
    match i64::try_from(n) {
        Ok(n) => Value::int(n),
        Err(_) => BigInt::from_i128(n).into(),
    }
}

#[cold]
fn division_by_zero(vm: &mut Vm) -> Raised {
    vm.zero_division_error("division by zero")
}

/// `a op b` for plain integers.
pub fn int_binary(vm: &mut Vm, op: BinaryOp, a: Value, b: Value) -> PyResult {
    Ok(match op {
        BinaryOp::Add => add(a, b),
        BinaryOp::Sub => subtract(a, b),
        BinaryOp::Mul => multiply(a, b),
        BinaryOp::TrueDiv => return true_divide(vm, a, b),
        BinaryOp::FloorDiv => return floor_divide(vm, a, b),
        BinaryOp::Mod => return modulo(vm, a, b),
        BinaryOp::Pow => return power(vm, a, b),
        BinaryOp::LShift => return shift_left(vm, a, b),
        BinaryOp::RShift => return shift_right(vm, a, b),
        BinaryOp::And | BinaryOp::Or | BinaryOp::Xor => bitwise(op, a, b),
        BinaryOp::MatMul => Value::NOT_IMPLEMENTED,
    })
}

pub fn add(a: Value, b: Value) -> Value {
    if let (Some(x), Some(y)) = (a.as_small(), b.as_small()) {
        return Value::int(x + y);
    }
    let (mut x, mut y) = ([0], [0]);
    limbs::add(&limbs::parts(&a, &mut x), &limbs::parts(&b, &mut y), false)
}

pub fn subtract(a: Value, b: Value) -> Value {
    if let (Some(x), Some(y)) = (a.as_small(), b.as_small()) {
        return Value::int(x - y);
    }
    let (mut x, mut y) = ([0], [0]);
    limbs::add(&limbs::parts(&a, &mut x), &limbs::parts(&b, &mut y), true)
}

pub fn multiply(a: Value, b: Value) -> Value {
    if let (Some(x), Some(y)) = (a.as_small(), b.as_small()) {
        return from_i128(x as i128 * y as i128);
    }
    let (mut x, mut y) = ([0], [0]);
    if let Some(product) = limbs::multiply(&limbs::parts(&a, &mut x), &limbs::parts(&b, &mut y)) {
        return product;
    }
    if a == b {
        return BigInt::value_of(&ibig(a).sqr().into());
    }
    BigInt::value_of(&(ibig(a) * ibig(b)))
}

pub fn negate(a: Value) -> Value {
    match a.as_small() {
        Some(n) => Value::int(-n),
        None => BigInt::value_of(&-ibig(a)),
    }
}

pub fn absolute(a: Value) -> Value {
    match a.as_small() {
        Some(n) => Value::int(n.abs()),
        None if is_negative(a) => negate(a),
        None => a,
    }
}

pub fn invert(a: Value) -> Value {
    match a.as_small() {
        Some(n) => Value::small(!n),
        None => BigInt::value_of(&!ibig(a)),
    }
}

#[inline]
pub fn is_negative(a: Value) -> bool {
    match a.as_small() {
        Some(n) => n < 0,
        None => a.cast::<BigInt>().is_some_and(|b| b.is_negative()),
    }
}

/// Quotient and remainder of a division that rounds down. The divisor is not zero.
fn divide_big(a: &IBig, b: &IBig) -> (IBig, IBig) {
    let (quotient, remainder) = a.div_rem(b);
    if !remainder.is_zero() && (remainder.sign() != b.sign()) {
        (quotient - 1, remainder + b)
    } else {
        (quotient, remainder)
    }
}

/// `a // b` and `a % b`.
pub fn divide(vm: &mut Vm, a: Value, b: Value) -> PyResult<(Value, Value)> {
    if b == Value::small(0) {
        return Err(division_by_zero(vm));
    }
    if let (Some(x), Some(y)) = (a.as_small(), b.as_small()) {
        let (quotient, remainder) = (x / y, x % y);
        return Ok(if remainder != 0 && (remainder < 0) != (y < 0) {
            (Value::int(quotient - 1), Value::int(remainder + y))
        } else {
            (Value::int(quotient), Value::int(remainder))
        });
    }
    if let Some(divisor) = b.as_small() {
        let mut room = [0];
        if let Some(result) = limbs::divide_by_small(&limbs::parts(&a, &mut room), divisor) {
            return Ok(result);
        }
    }
    let (quotient, remainder) = divide_big(&ibig(a), &ibig(b));
    Ok((BigInt::value_of(&quotient), BigInt::value_of(&remainder)))
}

pub fn floor_divide(vm: &mut Vm, a: Value, b: Value) -> PyResult {
    if !(a.is_small() || b.is_small()) && is_negative(a) == is_negative(b) {
        // Signs that agree round towards zero: the remainder is not asked for.
        return Ok(BigInt::value_of(&(ibig(a) / ibig(b))));
    }
    Ok(divide(vm, a, b)?.0)
}

pub fn modulo(vm: &mut Vm, a: Value, b: Value) -> PyResult {
    if !(a.is_small() || b.is_small()) && is_negative(a) == is_negative(b) {
        return Ok(BigInt::value_of(&(ibig(a) % ibig(b))));
    }
    let mut room = [0];
    if let Some(divisor) = b.as_small()
        && let Some(rest) = limbs::modulo_small(&limbs::parts(&a, &mut room), divisor)
    {
        return Ok(rest);
    }
    Ok(divide(vm, a, b)?.1)
}

/// `a / b`, correctly rounded.
pub fn true_divide(vm: &mut Vm, a: Value, b: Value) -> PyResult {
    const EXACT: i64 = 1 << 53;
    if b == Value::small(0) {
        return Err(division_by_zero(vm));
    }
    if let (Some(x), Some(y)) = (a.as_small(), b.as_small())
        && x.abs() <= EXACT
        && y.abs() <= EXACT
    {
        return Ok(Value::float(x as f64 / y as f64));
    }
    let quotient = divide_to_float(&ibig(a), &ibig(b));
    if quotient.is_infinite() {
        return Err(vm.overflow_error("integer division result too large for a float"));
    }
    Ok(Value::float(quotient))
}

/// The float nearest to `a / b`; infinite if it is too large.
///
/// The operands are shifted so that the integer quotient has at least 65 bits; a bit that says
/// whether anything was left over then decides ties, and the only rounding is the last step.
pub fn divide_to_float(a: &IBig, b: &IBig) -> f64 {
    if a.is_zero() {
        return if b.sign() == Sign::Negative {
            -0.0
        } else {
            0.0
        };
    }
    let negative = a.sign() != b.sign();
    let (a, b) = (a.unsigned_abs(), b.unsigned_abs());
    let shift = a.bit_len() as i64 - b.bit_len() as i64 - 66;
    let (quotient, remainder) = if shift < 0 {
        (a << (-shift) as usize).div_rem(b)
    } else {
        a.div_rem(b << shift as usize)
    };
    let bits = u128::try_from(&quotient).unwrap_or(u128::MAX) | u128::from(!remainder.is_zero());
    let magnitude = round_to_float(bits, shift);
    if negative { -magnitude } else { magnitude }
}

/// The float nearest to `bits * 2^exponent`, where `bits` has 65 or more binary digits.
pub fn round_to_float(bits: u128, exponent: i64) -> f64 {
    let top = 128 - bits.leading_zeros() as i64 + exponent;
    if top > 1024 {
        return f64::INFINITY;
    }
    let lowest = (top - 53).max(-1074);
    let dropped = lowest - exponent;
    if dropped > 126 {
        return 0.0;
    }
    let kept = bits >> dropped;
    let rest = bits & ((1 << dropped) - 1);
    let half = 1 << (dropped - 1);
    let up = rest > half || (rest == half && kept & 1 == 1);
    scale((kept + u128::from(up)) as f64, lowest)
}

/// `f * 2^exponent` where the result is a float (or too large), so that nothing is rounded.
pub fn scale(f: f64, exponent: i64) -> f64 {
    let power_of_two = |e: i64| f64::from_bits(((e + 1023) as u64) << 52);
    let mut f = f;
    let mut rest = exponent;
    while rest > 1023 {
        f *= power_of_two(1023);
        rest -= 1023;
        if f.is_infinite() || f == 0.0 {
            return f;
        }
    }
    while rest < -1022 {
        f *= power_of_two(-1022);
        rest += 1022;
        if f == 0.0 {
            return f;
        }
    }
    f * power_of_two(rest)
}

/// The float nearest to a plain integer; OverflowError if there is none.
pub fn to_float(vm: &mut Vm, a: Value) -> PyResult<f64> {
    if let Some(n) = a.as_small() {
        return Ok(n as f64);
    }
    let f = ibig(a).to_f64().value();
    if f.is_infinite() {
        return Err(vm.overflow_error("int too large to convert to float"));
    }
    Ok(f)
}

/// The integer part of a finite float.
pub fn truncate(f: f64) -> Value {
    if f.abs() <= SMALL_MAX as f64 {
        return Value::int(f as i64);
    }
    BigInt::value_of(&truncate_big(f))
}

fn truncate_big(f: f64) -> IBig {
    let bits = f.to_bits();
    let exponent = (bits >> 52 & 0x7ff) as i64 - 1075;
    let mantissa = bits & ((1 << 52) - 1) | 1 << 52;
    let magnitude = if exponent >= 0 {
        UBig::from(mantissa) << exponent as usize
    } else if exponent > -64 {
        UBig::from(mantissa >> -exponent)
    } else {
        UBig::ZERO
    };
    IBig::from_parts(
        if f < 0.0 {
            Sign::Negative
        } else {
            Sign::Positive
        },
        magnitude,
    )
}

/// The number of a float as a fraction in lowest terms; the float is finite.
pub fn ratio(f: f64) -> (Value, Value) {
    if f == 0.0 {
        return (Value::small(0), Value::small(1));
    }
    let bits = f.abs().to_bits();
    let raw = (bits >> 52) as i64;
    let fraction = bits & ((1 << 52) - 1);
    let (mut mantissa, mut exponent) = if raw == 0 {
        (fraction, -1074)
    } else {
        (fraction | 1 << 52, raw - 1075)
    };
    let zeros = mantissa.trailing_zeros();
    mantissa >>= zeros;
    exponent += zeros as i64;
    let signed = if f < 0.0 {
        -IBig::from(mantissa)
    } else {
        IBig::from(mantissa)
    };
    if exponent >= 0 {
        (
            BigInt::value_of(&(signed << exponent as usize)),
            Value::small(1),
        )
    } else {
        (
            BigInt::value_of(&signed),
            BigInt::value_of(&(IBig::ONE << (-exponent) as usize)),
        )
    }
}

/// `a ** b`: an integer, or a float for a negative exponent.
pub fn power(vm: &mut Vm, a: Value, b: Value) -> PyResult {
    if is_negative(b) {
        let (x, y) = (to_float(vm, a)?, to_float(vm, b)?);
        return float_power(vm, x, y);
    }
    match a.as_small() {
        Some(0) => return Ok(Value::small(i64::from(b == Value::small(0)))),
        Some(1) => return Ok(a),
        Some(-1) => {
            let odd = bitwise(BinaryOp::And, b, Value::small(1)) == Value::small(1);
            return Ok(Value::small(if odd { -1 } else { 1 }));
        }
        _ => {}
    }
    let Some(exponent) = b.as_small() else {
        return Err(vm.raise_with(vm.types.memory_error, &[]));
    };
    if let Some(base) = a.as_small()
        && let Ok(exponent) = u32::try_from(exponent)
        && let Some(result) = base.checked_pow(exponent)
    {
        return Ok(Value::int(result));
    }
    let base = ibig(a);
    let bits = (base.bit_len() as u64).saturating_mul(exponent as u64);
    check_bits(vm, bits)?;
    Ok(BigInt::value_of(&base.pow(exponent as usize)))
}

/// `pow(a, b, m)`.
pub fn power_modulo(vm: &mut Vm, a: Value, b: Value, m: Value) -> PyResult {
    if m == Value::small(0) {
        return Err(vm.value_error("pow() 3rd argument cannot be 0"));
    }
    let modulus = ibig(m);
    let (negative, modulus) = (modulus.sign() == Sign::Negative, modulus.unsigned_abs());
    let mut base = residue(&ibig(a), &modulus);
    let mut exponent = ibig(b);
    if exponent.sign() == Sign::Negative {
        base = match inverse(&base, &modulus) {
            Some(inverse) => inverse,
            None => return Err(vm.value_error("base is not invertible for the given modulus")),
        };
        exponent = -exponent;
    }
    let result = power_residue(&base, &exponent.unsigned_abs(), &modulus);
    let result = IBig::from(result);
    Ok(BigInt::value_of(&if negative && !result.is_zero() {
        result - IBig::from(modulus)
    } else {
        result
    }))
}

/// The remainder of a division by a positive number, never negative.
fn residue(a: &IBig, modulus: &UBig) -> UBig {
    let rest = a.unsigned_abs() % modulus;
    if a.sign() == Sign::Negative && !rest.is_zero() {
        modulus - rest
    } else {
        rest
    }
}

fn power_residue(base: &UBig, exponent: &UBig, modulus: &UBig) -> UBig {
    if let (Ok(m), Ok(b)) = (u64::try_from(modulus), u64::try_from(base)) {
        let mut result = 1 % m as u128;
        for at in (0..exponent.bit_len()).rev() {
            result = result * result % m as u128;
            if exponent.bit(at) {
                result = result * b as u128 % m as u128;
            }
        }
        return UBig::from(result as u64);
    }
    let mut result = UBig::ONE;
    // Four bits of the exponent at a time, from the top.
    let mut table = vec![UBig::ONE];
    for i in 0..15 {
        table.push(&table[i] * base % modulus);
    }
    for window in (0..exponent.bit_len().div_ceil(4)).rev() {
        for _ in 0..4 {
            result = result.sqr() % modulus;
        }
        let digit = (0..4).fold(0, |d, i| d | usize::from(exponent.bit(window * 4 + i)) << i);
        if digit != 0 {
            result = result * &table[digit] % modulus;
        }
    }
    result % modulus
}

/// The inverse modulo a positive number, by the extended Euclidean algorithm.
fn inverse(a: &UBig, modulus: &UBig) -> Option<UBig> {
    if modulus.is_one() {
        return Some(UBig::ZERO);
    }
    let (mut r0, mut r1) = (IBig::from(modulus.clone()), IBig::from(a.clone()));
    let (mut t0, mut t1) = (IBig::ZERO, IBig::ONE);
    while !r1.is_zero() {
        let (quotient, rest) = (&r0).div_rem(&r1);
        (r0, r1) = (r1, rest);
        let next = t0 - quotient * &t1;
        (t0, t1) = (t1, next);
    }
    r0.is_one().then(|| residue(&t0, modulus))
}

pub fn shift_left(vm: &mut Vm, a: Value, b: Value) -> PyResult {
    if is_negative(b) {
        return Err(vm.value_error("negative shift count"));
    }
    if a == Value::small(0) {
        return Ok(a);
    }
    let Some(count) = b.as_small() else {
        return Err(vm.overflow_error("too many digits in integer"));
    };
    if let Some(n) = a.as_small()
        && count < 62
    {
        return Ok(from_i128((n as i128) << count));
    }
    check_bits(vm, count as u64)?;
    Ok(BigInt::value_of(&(ibig(a) << count as usize)))
}

pub fn shift_right(vm: &mut Vm, a: Value, b: Value) -> PyResult {
    if is_negative(b) {
        return Err(vm.value_error("negative shift count"));
    }
    let all_out = Value::small(if is_negative(a) { -1 } else { 0 });
    let Some(count) = b.as_small() else {
        return Ok(all_out);
    };
    if let Some(n) = a.as_small() {
        return Ok(Value::small(n >> count.min(63)));
    }
    Ok(BigInt::value_of(&(ibig(a) >> count as usize)))
}

/// `&`, `|` and `^`.
pub fn bitwise(op: BinaryOp, a: Value, b: Value) -> Value {
    if let (Some(x), Some(y)) = (a.as_small(), b.as_small()) {
        return Value::small(match op {
            BinaryOp::And => x & y,
            BinaryOp::Or => x | y,
            _ => x ^ y,
        });
    }
    let (x, y) = (ibig(a), ibig(b));
    BigInt::value_of(&match op {
        BinaryOp::And => x & y,
        BinaryOp::Or => x | y,
        _ => x ^ y,
    })
}

/// The order of plain integers.
pub fn compare_ints(a: Value, b: Value) -> Ordering {
    match (a.as_small(), b.as_small()) {
        (Some(x), Some(y)) => x.cmp(&y),
        (Some(_), None) if is_negative(b) => Ordering::Greater,
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) if is_negative(a) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => ibig(a).cmp(&ibig(b)),
    }
}

/// The exact order of a plain integer and a float; `None` for NaN.
pub fn compare_int_float(a: Value, f: f64) -> Option<Ordering> {
    if f.is_nan() {
        return None;
    }
    if f.is_infinite() {
        return Some(if f > 0.0 {
            Ordering::Less
        } else {
            Ordering::Greater
        });
    }
    if let Some(n) = a.as_small()
        && n.abs() <= 1 << 53
    {
        return (n as f64).partial_cmp(&f);
    }
    let whole = compare_ints(a, truncate(f));
    Some(match whole {
        Ordering::Equal => 0.0.partial_cmp(&f.fract())?,
        other => other,
    })
}

/// `a op b` of numbers, each a plain integer or a float; `None` if one is neither.
pub fn compare_numbers(op: Comparison, a: Value, b: Value) -> Option<bool> {
    let is_int = |v: Value| v.is_small() || v.is::<BigInt>();
    Some(match (a.as_float(), b.as_float()) {
        (Some(x), Some(y)) => op.test(x, y),
        (None, Some(y)) if is_int(a) => partial(op, compare_int_float(a, y)),
        (Some(x), None) if is_int(b) => partial(op.swapped(), compare_int_float(b, x)),
        (None, None) if is_int(a) && is_int(b) => op.holds(compare_ints(a, b)),
        _ => return None,
    })
}

fn partial(op: Comparison, order: Option<Ordering>) -> bool {
    order.map_or(op == Comparison::Ne, |order| op.holds(order))
}

/// `round(a, -digits)` for a positive number of digits: half to even.
pub fn round_int(vm: &mut Vm, a: Value, digits: i64) -> PyResult {
    // More digits than the number has give zero, and so large a power is never needed.
    let bits = ibig(a).bit_len() as i64;
    if digits > bits / 3 + 2 {
        return Ok(Value::small(0));
    }
    let ten = power(vm, Value::small(10), Value::small(digits))?;
    let (unit, number) = (ibig(ten), ibig(a));
    let (quotient, remainder) = divide_big(&number, &unit);
    let twice: IBig = &remainder * 2;
    let up = match twice.cmp(&unit) {
        Ordering::Greater => true,
        Ordering::Equal => quotient.bit(0),
        Ordering::Less => false,
    };
    let quotient = if up { quotient + 1 } else { quotient };
    Ok(BigInt::value_of(&(quotient * unit)))
}

/// The number of bits of a plain integer's magnitude.
pub fn bit_length(a: Value) -> u64 {
    match a.as_small() {
        Some(n) => u64::from(64 - n.unsigned_abs().leading_zeros()),
        None => ibig(a).abs().bit_len() as u64,
    }
}

// ---- floats

/// `x op y` for floats; `NOT_IMPLEMENTED` for operators that floats do not have. A negative
/// number to a fractional power gives a complex one.
pub fn float_binary(vm: &mut Vm, op: BinaryOp, x: f64, y: f64) -> PyResult {
    Ok(Value::float(match op {
        BinaryOp::Add => x + y,
        BinaryOp::Sub => x - y,
        BinaryOp::Mul => x * y,
        BinaryOp::TrueDiv if y == 0.0 => return Err(division_by_zero(vm)),
        BinaryOp::TrueDiv => x / y,
        BinaryOp::FloorDiv => float_divide(vm, x, y)?.0,
        BinaryOp::Mod => float_divide(vm, x, y)?.1,
        BinaryOp::Pow => return float_power(vm, x, y),
        _ => return Ok(Value::NOT_IMPLEMENTED),
    }))
}

/// `x // y` and `x % y`.
pub fn float_divide(vm: &mut Vm, x: f64, y: f64) -> PyResult<(f64, f64)> {
    if y == 0.0 {
        return Err(division_by_zero(vm));
    }
    Ok(object::float_div_mod(x, y))
}

/// `OverflowError: (34, 'Numerical result out of range')`, as the C library's errors are shown.
#[cold]
pub fn out_of_range(vm: &mut Vm) -> Raised {
    let class = vm.types.overflow_error;
    let text = vm::string("Numerical result out of range");
    vm.raise_with(class, &[Value::small(34), text])
}

pub fn float_power(vm: &mut Vm, x: f64, y: f64) -> PyResult {
    if y == 0.0 || x == 1.0 {
        return Ok(Value::float(1.0));
    }
    if x == 0.0 && y < 0.0 && y.is_finite() {
        return Err(vm.zero_division_error("zero to a negative power"));
    }
    if x < 0.0 && x.is_finite() && y.is_finite() && y != y.floor() {
        return crate::types::complex::power(vm, (x, 0.0), (y, 0.0));
    }
    let result = x.powf(y);
    if result.is_infinite() && x.is_finite() && y.is_finite() {
        return Err(out_of_range(vm));
    }
    Ok(Value::float(result))
}
