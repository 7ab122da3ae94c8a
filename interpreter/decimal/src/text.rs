//! Numbers as text, by the specification's grammar and its two forms.

use crate::nat;
use crate::{Context, Kind, Number, Status, finish, signal};

/// Exponents beyond are as good as this one: no context has them.
const FAR_EXPONENT: i64 = i64::MAX / 4;

/// Parses a sign, digits with at most one point, and an exponent; or a special value. ASCII only, no
/// white space.
fn parse(text: &[u8]) -> Option<Number> {
    let (negative, rest) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    match rest.first()? {
        b'0'..=b'9' | b'.' => parse_finite(negative, rest),
        _ => parse_special(negative, rest),
    }
}

fn parse_special(negative: bool, text: &[u8]) -> Option<Number> {
    let is = |word: &[u8]| text.eq_ignore_ascii_case(word);
    if is(b"inf") || is(b"infinity") {
        return Some(Number::infinity(negative));
    }
    let after = |word: &[u8]| {
        let (start, rest) = text.split_at_checked(word.len())?;
        start.eq_ignore_ascii_case(word).then_some(rest)
    };
    let (kind, payload) = match after(b"nan") {
        Some(payload) => (Kind::Quiet, payload),
        None => (Kind::Signaling, after(b"snan")?),
    };
    if !payload.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(Number {
        kind,
        coefficient: nat::from_digits(payload),
        ..Number::infinity(negative)
    })
}

fn parse_finite(negative: bool, text: &[u8]) -> Option<Number> {
    let end = text
        .iter()
        .position(|byte| matches!(byte, b'e' | b'E'))
        .unwrap_or(text.len());
    let (mantissa, exponent) = text.split_at(end);
    let exponent = match exponent {
        [] => 0,
        [_, digits @ ..] => parse_exponent(digits)?,
    };
    let point = mantissa.iter().position(|&byte| byte == b'.');
    let (whole, fraction) = match point {
        None => (mantissa, &[][..]),
        Some(at) => (&mantissa[..at], &mantissa[at + 1..]),
    };
    let all_digits = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
    if whole.is_empty() && fraction.is_empty() || !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let coefficient = if fraction.is_empty() {
        nat::from_digits(whole)
    } else {
        nat::from_digits(&[whole, fraction].concat())
    };
    let exponent = exponent - fraction.len() as i64;
    Some(Number::finite(negative, coefficient, exponent))
}

fn parse_exponent(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let magnitude = digits.iter().fold(0i64, |n, digit| {
        n.saturating_mul(10).saturating_add(i64::from(digit - b'0'))
    });
    let magnitude = magnitude.min(FAR_EXPONENT);
    Some(if negative { -magnitude } else { magnitude })
}

/// A number as a context has it.
pub fn from_text(text: &[u8], context: &Context, status: &mut Status) -> Number {
    match parse(text) {
        None => Number::invalid(status, signal::CONVERSION_SYNTAX),
        Some(n) if n.is_nan() && !n.payload_fits(context) => {
            Number::invalid(status, signal::CONVERSION_SYNTAX)
        }
        Some(n) => finish(n, context, status),
    }
}

/// A number as it stands. One that no context has is invalid.
pub fn exact_from_text(text: &[u8], status: &mut Status) -> Number {
    let mut own = 0;
    let number = from_text(text, &Context::largest(), &mut own);
    if own & (signal::INEXACT | signal::ROUNDED | signal::CLAMPED) != 0 {
        return Number::invalid(status, signal::INVALID_OPERATION);
    }
    *status |= own & signal::INVALID;
    number
}

/// Scientific form, appended; `e` is how the exponent begins.
pub fn write_scientific(n: &Number, e: u8, text: &mut Vec<u8>) {
    write(n, e, text, |_| 1);
}

/// Engineering form: exponents are multiples of three.
pub fn write_engineering(n: &Number, e: u8, text: &mut Vec<u8>) {
    write(n, e, text, |left| {
        if n.coefficient.is_empty() {
            (left + 1).rem_euclid(3) - 1
        } else {
            (left - 1).rem_euclid(3) + 1
        }
    });
}

/// `point`: where the point stands if there is an exponent, given where it would stand without.
fn write(n: &Number, e: u8, text: &mut Vec<u8>, point: impl Fn(i64) -> i64) {
    if n.negative {
        text.push(b'-');
    }
    match n.kind {
        Kind::Finite => write_finite(n, e, text, point),
        Kind::Infinite => text.extend_from_slice(b"Infinity"),
        Kind::Quiet | Kind::Signaling => {
            let name: &[u8] = if n.kind == Kind::Quiet {
                b"NaN"
            } else {
                b"sNaN"
            };
            text.extend_from_slice(name);
            if !n.coefficient.is_empty() {
                nat::write_digits(&n.coefficient, text);
            }
        }
    }
}

fn write_finite(n: &Number, e: u8, text: &mut Vec<u8>, point: impl Fn(i64) -> i64) {
    let from = text.len();
    nat::write_digits(&n.coefficient, text);
    let length = (text.len() - from) as i64;
    let left = n.exponent + length;
    let point = if n.exponent <= 0 && left > -6 {
        left
    } else {
        point(left)
    };
    if point <= 0 {
        let mut zeros = b"0.".to_vec();
        zeros.resize(2 + point.unsigned_abs() as usize, b'0');
        text.splice(from..from, zeros);
    } else if point >= length {
        text.resize(from + point as usize, b'0');
    } else {
        text.insert(from + point as usize, b'.');
    }
    if left != point {
        let exponent = left - point;
        text.push(e);
        text.push(if exponent < 0 { b'-' } else { b'+' });
        nat::write_digits(&nat::from_u128(exponent.unsigned_abs() as u128), text);
    }
}
