//! Numbers from Python's values, and back.

use super::context::{self, Settings};
use super::{TUPLE_CLASS, number_of, object_of, object_of_small};
use crate::{int_text, number};
use ::decimal::nat::{self, Nat};
use ::decimal::small::Small;
use ::decimal::{Kind, Number, Status, exact_from_text, finish, from_text, radix, signal};
use object::limbs::parts;
use object::{BigInt, Class, Decimal, List, Str, Tuple, Value};
use vm::{PyResult, Raised, Vm, string, tuple};

/// Five to the power of this fits a limb.
const FIVES: u32 = 25;

pub(super) fn from_int(n: Value) -> Number {
    let mut room = [0; 1];
    let parts = parts(&n, &mut room);
    Number::finite(parts.negative, radix::from_binary(parts.limbs), 0)
}

/// The integer of a magnitude.
fn int_of(negative: bool, magnitude: &Nat) -> Value {
    BigInt::value_of_limbs(negative, &radix::to_binary(magnitude))
}

/// The exact value of a float.
pub(super) fn from_float(f: f64) -> Number {
    if f.is_nan() {
        return Number::nan().with_sign(f.is_sign_negative());
    }
    if f.is_infinite() {
        return Number::infinity(f < 0.0);
    }
    let (numerator, denominator) = number::ratio(f);
    // A power of two in the denominator is as many fives above it and tens below.
    let twos = (number::bit_length(denominator) - 1) as u32;
    let mut exact = from_int(numerator);
    let mut left = twos;
    while left > 0 {
        let step = left.min(FIVES);
        exact.coefficient = nat::multiply_small(&exact.coefficient, 5u64.pow(step), 0);
        left -= step;
    }
    exact.exponent = -i64::from(twos);
    exact.negative = f.is_sign_negative();
    exact
}

/// A text as the parser takes it: no white space around it, digits of any script as ASCII, no
/// underscores.
fn plain_text(text: &Str) -> Vec<u8> {
    let mut plain = int_text::normalized(text.points());
    plain.retain(|&byte| byte != b'_');
    plain
}

/// How a value becomes a number: as it stands, or as a context has it.
#[derive(Clone, Copy)]
pub(super) enum Fit {
    Exact,
    ToContext,
}

fn parse(text: &[u8], fit: Fit, settings: &Settings, status: &mut Status) -> Number {
    match fit {
        Fit::Exact => exact_from_text(text, status),
        Fit::ToContext => from_text(text, &settings.fits.get(), status),
    }
}

fn of_text(text: &Str, fit: Fit, settings: &Settings, status: &mut Status) -> Number {
    match text.as_ascii() {
        // White space and underscores are rare.
        Some(ascii) if !ascii.bytes().any(|b| b == b'_' || b <= b' ') => {
            parse(ascii.as_bytes(), fit, settings, status)
        }
        _ if fit.is_exact() || !has_outer_space(text) => {
            parse(&plain_text(text), fit, settings, status)
        }
        _ => parse(b"", fit, settings, status),
    }
}

/// A context takes no white space and no underscores.
fn has_outer_space(text: &Str) -> bool {
    let mut points = text.points();
    points.any(|point| point == u32::from(b'_') || crate::unicode::is_space(point))
}

impl Fit {
    fn is_exact(self) -> bool {
        matches!(self, Fit::Exact)
    }
}

/// The number of a value, by `Decimal(value)` or `create_decimal`.
pub(super) fn from_value(
    vm: &mut Vm,
    value: Value,
    fit: Fit,
    settings: &'static Settings,
) -> PyResult<Number> {
    let mut status = 0;
    let number = if let Some(object) = value.to::<Decimal>() {
        let number = number_of(object);
        let fits = settings.fits.get();
        if fit.is_exact() {
            return Ok(number);
        }
        if number.is_nan() && !number.payload_fits(&fits) {
            status |= signal::CONVERSION_SYNTAX;
            Number::nan()
        } else {
            finish(number, &fits, &mut status)
        }
    } else if let Some(text) = vm.as_str(value) {
        of_text(&text, fit, settings, &mut status)
    } else if let Some(n) = vm.as_int(value) {
        fitted(from_int(n), fit, settings, &mut status)
    } else if let Some(f) = vm.as_float(value) {
        settings.conclude(vm, signal::FLOAT_OPERATION)?;
        fitted(from_float(f), fit, settings, &mut status)
    } else if value.to::<Tuple>().is_some() || value.to::<List>().is_some() {
        let text = text_of_parts(vm, value)?;
        parse(text.as_bytes(), fit, settings, &mut status)
    } else {
        let given = vm.type_name(value);
        return Err(vm.type_error(format!(
            "conversion from {given} to Decimal is not supported"
        )));
    };
    settings.conclude(vm, status)?;
    Ok(number)
}

fn fitted(number: Number, fit: Fit, settings: &Settings, status: &mut Status) -> Number {
    match fit {
        Fit::Exact => number,
        Fit::ToContext => finish(number, &settings.fits.get(), status),
    }
}

/// The number of a short text or small integer.
#[inline]
fn short(value: Value) -> Option<Small> {
    if let Some(n) = value.as_small() {
        return Some(Small {
            negative: n < 0,
            exponent: 0,
            coefficient: n.unsigned_abs() as u128,
        });
    }
    Small::parse(value.cast::<Str>()?.get().as_ascii()?.as_bytes())
}

/// `Decimal.__new__`
pub(super) fn new(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (class, value) = (args[0], args[1]);
    let settings = context::chosen(vm, args[2])?;
    let is_plain = class == Value::from(vm.types.decimal);
    match value.bound() {
        None => wrap(vm, class, &Number::from_i64(0)),
        Some(value) if is_plain && value.is::<Decimal>() => Ok(value),
        Some(value) if is_plain && let Some(small) = short(value) => Ok(object_of_small(small)),
        Some(value) => {
            let number = from_value(vm, value, Fit::Exact, settings)?;
            wrap(vm, class, &number)
        }
    }
}

pub(super) fn wrap(vm: &mut Vm, class: Value, number: &Number) -> PyResult {
    crate::types::wrap(vm, class, object_of(number))
}

/// An object of a class, which may have a constructor of its own.
fn made_by(vm: &mut Vm, class: Value, number: &Number) -> PyResult {
    let object = object_of(number);
    if class == Value::from(vm.types.decimal) {
        Ok(object)
    } else {
        vm.call(class, &[object])
    }
}

/// `Decimal.from_float`
pub(super) fn class_from_float(vm: &mut Vm, args: &[Value]) -> PyResult {
    let number = match (vm.as_int(args[1]), vm.as_float(args[1])) {
        (Some(n), _) => from_int(n),
        (_, Some(f)) => from_float(f),
        _ => return Err(vm.type_error("argument must be int or float")),
    };
    made_by(vm, args[0], &number)
}

/// `Decimal.from_number`
pub(super) fn class_from_number(vm: &mut Vm, args: &[Value]) -> PyResult {
    let number = match (vm.as_int(args[1]), vm.as_float(args[1])) {
        (Some(n), _) => from_int(n),
        (_, Some(f)) => from_float(f),
        _ => match args[1].to::<Decimal>() {
            Some(object) => number_of(object),
            None => {
                let shown = vm.repr_text(args[1])?;
                return Err(vm.type_error(format!("Cannot convert {shown} to Decimal")));
            }
        },
    };
    made_by(vm, args[0], &number)
}

/// The text of sign, digits and exponent in a tuple or list.
fn text_of_parts(vm: &mut Vm, value: Value) -> PyResult<String> {
    let items = vm.collect(value)?;
    let items = items.to_vec();
    let [sign, digits, exponent] = items[..] else {
        return Err(vm.value_error("argument must be a sequence of length 3"));
    };
    let sign = match vm.as_int(sign).and_then(|n| n.as_small()) {
        Some(0) => "",
        Some(1) => "-",
        _ => return Err(vm.value_error("sign must be an integer with the value 0 or 1")),
    };
    let (prefix, suffix, is_infinite) = match vm.as_str(exponent) {
        Some(text) if text.equals_text("F") => ("Infinity", String::new(), true),
        Some(text) if text.equals_text("n") => ("NaN", String::new(), false),
        Some(text) if text.equals_text("N") => ("sNaN", String::new(), false),
        Some(_) => {
            return Err(
                vm.value_error("string argument in the third position must be 'F', 'n' or 'N'")
            );
        }
        None => match vm.as_int(exponent) {
            Some(_) => {
                let n = vm.index(exponent)?;
                ("", format!("E{n:+}"), false)
            }
            None => {
                return Err(vm.value_error("exponent must be an integer"));
            }
        },
    };
    if digits.to::<Tuple>().is_none() && digits.to::<List>().is_none() {
        return Err(vm.value_error("coefficient must be a tuple of digits"));
    }
    let mut text = format!("{sign}{prefix}");
    let digits = vm.collect(digits)?;
    for digit in digits.to_vec() {
        match vm.as_int(digit).and_then(|n| n.as_small()) {
            Some(n @ 0..=9) if !is_infinite => text.push((b'0' + n as u8) as char),
            Some(0..=9) => {}
            _ => return Err(vm.value_error("coefficient must be a tuple of digits")),
        }
    }
    if digits.is_empty() && prefix.is_empty() {
        text.push('0');
    }
    Ok(text + &suffix)
}

/// `as_tuple`
pub(super) fn as_tuple(vm: &mut Vm, object: Value) -> PyResult {
    let number = number_of(vm.receiver::<Decimal>(object)?);
    let mut text = Vec::new();
    if number.is_finite() || !number.coefficient.is_empty() {
        nat::write_digits(&number.coefficient, &mut text);
    } else if number.is_infinite() {
        text.push(b'0');
    }
    let digits: Vec<Value> = text
        .iter()
        .map(|digit| Value::small(i64::from(digit - b'0')))
        .collect();
    let exponent = match number.kind {
        Kind::Finite => Value::int(number.exponent),
        Kind::Infinite => string("F"),
        Kind::Quiet => string("n"),
        Kind::Signaling => string("N"),
    };
    let parts = [
        Value::small(i64::from(number.negative)),
        tuple(&digits),
        exponent,
    ];
    let class = vm.kept(TUPLE_CLASS).unwrap_or(Value::NONE);
    match class.cast::<Class>() {
        Some(_) => vm.call(class, &parts),
        None => Ok(tuple(&parts)),
    }
}

/// Why a special value is no number of another type.
fn special(vm: &mut Vm, number: &Number, what: &str) -> Raised {
    if number.is_infinite() {
        vm.overflow_error(format!("cannot convert Infinity to {what}"))
    } else {
        vm.value_error(format!("cannot convert NaN to {what}"))
    }
}

/// The integer of a whole number or of one without its fraction.
pub(super) fn to_int(vm: &mut Vm, number: &Number) -> PyResult {
    if !number.is_finite() {
        return Err(special(vm, number, "integer"));
    }
    match ::decimal::integer_of(number) {
        Some(magnitude) => Ok(int_of(number.negative, &magnitude)),
        None => Err(vm.memory_error("")),
    }
}

/// `as_integer_ratio`
pub(super) fn as_integer_ratio(vm: &mut Vm, number: &Number) -> PyResult {
    if !number.is_finite() {
        return Err(special(vm, number, "integer ratio"));
    }
    if number.exponent >= 0 || number.is_zero() {
        let numerator = if number.is_zero() {
            Value::small(0)
        } else {
            to_int(vm, number)?
        };
        return Ok(tuple(&[numerator, Value::small(1)]));
    }
    // Common factors of ten go first: a long tail of zeros is then no work.
    let zeros = nat::trailing_zeros(&number.coefficient).min(number.exponent.unsigned_abs());
    let coefficient = nat::shift_right(&number.coefficient, zeros);
    let places = number.exponent.unsigned_abs() - zeros;
    if places > 1 << 32 {
        return Err(vm.memory_error(""));
    }
    let numerator = number::ibig(int_of(number.negative, &coefficient));
    let ten = dashu_int::IBig::from(10);
    let denominator = ten.pow(places as usize);
    use dashu_int::ops::Gcd;
    let common = dashu_int::IBig::from((&numerator).gcd(&denominator));
    Ok(tuple(&[
        BigInt::value_of(&(numerator / &common)),
        BigInt::value_of(&(denominator / common)),
    ]))
}

/// The nearest float.
pub(super) fn to_float(vm: &mut Vm, number: &Number) -> PyResult<f64> {
    let sign = if number.negative { -1.0 } else { 1.0 };
    match number.kind {
        Kind::Signaling => Err(vm.value_error("cannot convert signaling NaN to float")),
        Kind::Quiet => Ok(f64::NAN.copysign(sign)),
        Kind::Infinite => Ok(f64::INFINITY * sign),
        Kind::Finite => {
            let mut text = Vec::new();
            ::decimal::write_scientific(number, b'E', &mut text);
            Ok(crate::float_text::parse(&text).unwrap_or(f64::NAN))
        }
    }
}

/// The hash: that of the equal integer, float or fraction.
pub(super) fn hash(vm: &mut Vm, value: Value) -> PyResult<i64> {
    const MODULUS: u128 = (1 << 61) - 1;
    /// The inverse of ten.
    const TENTH: u128 = (MODULUS * 9 + 1) / 10;
    const _: () = assert!(TENTH * 10 % MODULUS == 1);
    let object = vm.receiver::<Decimal>(value)?;
    let number = number_of(object);
    let signed = |n: i64| if number.negative { -n } else { n };
    match number.kind {
        Kind::Signaling => return Err(vm.type_error("Cannot hash a signaling NaN value")),
        Kind::Quiet => return Ok(value.identity_hash()),
        Kind::Infinite => return Ok(signed(314159)),
        Kind::Finite => {}
    }
    // 2^61 is one: the upper bits count like the lower ones.
    let product = |a: u128, b: u128, c: u128| {
        let n = a * b + c;
        let folded = (n & MODULUS) + (n >> 61);
        if folded >= MODULUS {
            folded - MODULUS
        } else {
            folded
        }
    };
    let residue = number.coefficient.iter().rev().fold(0, |rest, &limb| {
        product(rest, nat::BASE as u128, limb as u128)
    });
    let (mut factor, mut times) = match number.exponent {
        up @ 0.. => (10, up),
        down => (TENTH, -down),
    };
    let mut power = residue;
    while times > 0 {
        if times & 1 == 1 {
            power = product(power, factor, 0);
        }
        factor = product(factor, factor, 0);
        times >>= 1;
    }
    Ok(match signed(power as i64) {
        -1 => -2,
        hash => hash,
    })
}
