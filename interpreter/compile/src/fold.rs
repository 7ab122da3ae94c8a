//! Constants: literals as data, and arithmetic on them at compile time.
//!
//! Results are limited in size the way CPython limits them, so that `2 ** 10 ** 9` costs nothing
//! until it runs.

use crate::compiler::Compiler;
use crate::source::Source;
use crate::symbols::is_literal;
use bytecode::Const;
use dashu_int::IBig;
use ruff_python_ast::{self as ast, Expr, Number, Operator, UnaryOp};
use std::str::FromStr;

/// Bits of an integer result.
const MAX_INT_BITS: usize = 128;
/// Characters or bytes of a repeated string.
const MAX_STR: usize = 4096;
/// Items of a repeated tuple.
const MAX_TUPLE: usize = 256;

impl Compiler<'_, '_> {
    /// The expression's value if it is constant.
    pub fn constant_value(&self, expr: &Expr) -> Option<Const> {
        match expr {
            Expr::NumberLiteral(number) => Some(number_constant(&number.value)),
            Expr::StringLiteral(string) => Some(self.string_constant(string)),
            Expr::BytesLiteral(bytes) => Some(Const::Bytes(bytes.value.bytes().collect())),
            Expr::BooleanLiteral(boolean) => Some(Const::Bool(boolean.value)),
            Expr::NoneLiteral(_) => Some(Const::None),
            Expr::EllipsisLiteral(_) => Some(Const::Ellipsis),
            Expr::Name(name) if name.id.as_str() == "__debug__" => {
                Some(Const::Bool(self.options.optimize == 0))
            }
            Expr::Tuple(tuple) if is_literal(&tuple.node_index) => self.constant_items(&tuple.elts),
            Expr::UnaryOp(op) if is_literal(&op.node_index) => {
                fold_unary(op.op, &self.constant_value(&op.operand)?)
            }
            Expr::BinOp(op) if is_literal(&op.node_index) => {
                let right = self.constant_value(&op.right)?;
                fold_binary(op.op, &self.constant_value(&op.left)?, &right)
            }
            _ => None,
        }
    }

    /// A tuple of the items' values if all are constant.
    pub fn constant_items(&self, items: &[Expr]) -> Option<Const> {
        let mut values = Vec::with_capacity(items.len());
        for item in items {
            values.push(self.constant_value(item)?);
        }
        Some(Const::Tuple(values.into()))
    }

    pub fn string_constant(&self, string: &ast::ExprStringLiteral) -> Const {
        let mut points = Vec::new();
        for part in &string.value {
            self.string_part(part, &mut points);
        }
        Const::Str(points.into())
    }

    /// Appends one literal's characters.
    pub fn string_part(&self, part: &ast::StringLiteral, to: &mut Vec<u32>) {
        string_part(self.source, part, to);
    }
}

/// Appends one literal's characters. The parser cannot represent lone surrogates and puts U+FFFD
/// in their place; where that shows up, the source is decoded here.
pub fn string_part(source: &Source<'_>, part: &ast::StringLiteral, to: &mut Vec<u32>) {
    if part.value.contains('\u{FFFD}') && !part.flags.prefix().is_raw() {
        decode_escapes(source.slice(part.content_range()), &part.value, to);
    } else {
        to.extend(part.value.chars().map(u32::from));
    }
}

/// Replaces each U+FFFD of `value` by what the escape in `source` says if that is a surrogate.
pub fn decode_escapes(source: &str, value: &str, to: &mut Vec<u32>) {
    let mut surrogates = source_replacements(source).into_iter();
    for point in value.chars() {
        if point == '\u{FFFD}' {
            to.push(surrogates.next().unwrap_or(0xFFFD));
        } else {
            to.push(u32::from(point));
        }
    }
}

/// Code points which the parser shows as U+FFFD, in order.
fn source_replacements(source: &str) -> Vec<u32> {
    let mut found = Vec::new();
    let mut rest = source.chars();
    while let Some(point) = rest.next() {
        if point == '\u{FFFD}' {
            found.push(0xFFFD);
        }
        if point != '\\' {
            continue;
        }
        let digits = match rest.next() {
            Some('u') => 4,
            Some('U') => 8,
            Some('N') => {
                let text = rest.as_str();
                if let Some(end) = text.find('}') {
                    if text[..end]
                        .trim_start_matches('{')
                        .eq_ignore_ascii_case("REPLACEMENT CHARACTER")
                    {
                        found.push(0xFFFD);
                    }
                    rest = text[end + 1..].chars();
                }
                continue;
            }
            _ => continue,
        };
        let text = rest.as_str();
        if let Some(value) = text
            .get(..digits)
            .and_then(|t| u32::from_str_radix(t, 16).ok())
        {
            if (0xD800..=0xDFFF).contains(&value) || value == 0xFFFD {
                found.push(value);
            }
            rest = text[digits..].chars();
        }
    }
    found
}

pub fn number_constant(number: &Number) -> Const {
    match number {
        Number::Int(int) => match int.as_i64() {
            Some(value) => Const::Int(value),
            None => integer(&parse_big(&int.to_string())),
        },
        Number::Float(value) => Const::Float(value.to_bits()),
        Number::Complex { real, imag } => Const::Complex(real.to_bits(), imag.to_bits()),
    }
}

/// An integer literal's text, with its prefix and underscores.
fn parse_big(text: &str) -> IBig {
    let digits: String = text.chars().filter(|&c| c != '_').collect();
    let parsed = match digits.get(..2) {
        Some("0x" | "0X") => IBig::from_str_radix(&digits[2..], 16).ok(),
        Some("0o" | "0O") => IBig::from_str_radix(&digits[2..], 8).ok(),
        Some("0b" | "0B") => IBig::from_str_radix(&digits[2..], 2).ok(),
        _ => IBig::from_str(&digits).ok(),
    };
    parsed.unwrap_or_default()
}

fn integer(value: &IBig) -> Const {
    match i64::try_from(value) {
        Ok(small) => Const::Int(small),
        Err(_) => Const::BigInt(value.to_string().into()),
    }
}

/// The value of an integer constant; a boolean counts as one.
fn as_integer(constant: &Const) -> Option<IBig> {
    match constant {
        Const::Int(value) => Some(IBig::from(*value)),
        Const::Bool(value) => Some(IBig::from(*value as i64)),
        Const::BigInt(digits) => IBig::from_str(digits).ok(),
        _ => None,
    }
}

fn as_float(constant: &Const) -> Option<f64> {
    match constant {
        Const::Float(bits) => Some(f64::from_bits(*bits)),
        // Exact up to 2^53; larger ones are left to run time.
        Const::Int(value) if value.unsigned_abs() <= 1 << 53 => Some(*value as f64),
        Const::Bool(value) => Some(*value as i64 as f64),
        _ => None,
    }
}

fn as_complex(constant: &Const) -> Option<(f64, f64)> {
    match constant {
        Const::Complex(re, im) => Some((f64::from_bits(*re), f64::from_bits(*im))),
        other => Some((as_float(other)?, 0.0)),
    }
}

/// The truth of a constant.
pub fn truth(constant: &Const) -> bool {
    match constant {
        Const::None => false,
        Const::Bool(value) => *value,
        Const::Ellipsis | Const::Code(_) | Const::BigInt(_) => true,
        Const::Int(value) => *value != 0,
        Const::Float(bits) => f64::from_bits(*bits) != 0.0,
        Const::Complex(re, im) => f64::from_bits(*re) != 0.0 || f64::from_bits(*im) != 0.0,
        Const::Str(points) => !points.is_empty(),
        Const::Bytes(bytes) => !bytes.is_empty(),
        Const::Tuple(items) | Const::FrozenSet(items) => !items.is_empty(),
    }
}

fn fold_unary(op: UnaryOp, operand: &Const) -> Option<Const> {
    match (op, operand) {
        (UnaryOp::Not, value) => Some(Const::Bool(!truth(value))),
        (UnaryOp::USub, Const::Float(bits)) => {
            Some(Const::Float((-f64::from_bits(*bits)).to_bits()))
        }
        (UnaryOp::USub, Const::Complex(re, im)) => Some(Const::Complex(
            (-f64::from_bits(*re)).to_bits(),
            (-f64::from_bits(*im)).to_bits(),
        )),
        (UnaryOp::UAdd, Const::Float(_) | Const::Complex(..)) => Some(operand.clone()),
        (UnaryOp::USub, value) => Some(integer(&-as_integer(value)?)),
        (UnaryOp::UAdd, value) => Some(integer(&as_integer(value)?)),
        // Inverting a boolean warns at run time.
        (UnaryOp::Invert, Const::Bool(_)) => None,
        (UnaryOp::Invert, value) => Some(integer(&!as_integer(value)?)),
    }
}

fn fold_binary(op: Operator, left: &Const, right: &Const) -> Option<Const> {
    if let (Some(a), Some(b)) = (as_integer(left), as_integer(right)) {
        if let (Const::Bool(x), Const::Bool(y)) = (left, right) {
            match op {
                Operator::BitAnd => return Some(Const::Bool(x & y)),
                Operator::BitOr => return Some(Const::Bool(x | y)),
                Operator::BitXor => return Some(Const::Bool(x ^ y)),
                _ => {}
            }
        }
        return fold_integers(op, a, b);
    }
    if matches!(left, Const::Complex(..)) || matches!(right, Const::Complex(..)) {
        return fold_complex(op, left, right);
    }
    if let (Some(a), Some(b)) = (as_float(left), as_float(right)) {
        return fold_floats(op, a, b).map(|value| Const::Float(value.to_bits()));
    }
    fold_sequences(op, left, right)
}

fn fold_integers(op: Operator, a: IBig, b: IBig) -> Option<Const> {
    let zero = IBig::ZERO;
    let bits = |value: &IBig| bit_length(value);
    let value = match op {
        Operator::Add => a + b,
        Operator::Sub => a - b,
        Operator::Mult if bits(&a) + bits(&b) <= MAX_INT_BITS => a * b,
        Operator::Div => {
            let (a, b) = (i64::try_from(&a).ok()?, i64::try_from(&b).ok()?);
            if b == 0 || a.unsigned_abs() > 1 << 53 || b.unsigned_abs() > 1 << 53 {
                return None;
            }
            return Some(Const::Float((a as f64 / b as f64).to_bits()));
        }
        Operator::FloorDiv if b != zero => floor_divide(&a, &b).0,
        Operator::Mod if b != zero => floor_divide(&a, &b).1,
        Operator::Pow => {
            let exponent = usize::try_from(&b).ok()?;
            if bits(&a).saturating_mul(exponent) > MAX_INT_BITS {
                return None;
            }
            a.pow(exponent)
        }
        Operator::LShift => {
            let by = usize::try_from(&b).ok()?;
            if bits(&a).saturating_add(by) > MAX_INT_BITS && a != zero {
                return None;
            }
            if by > MAX_INT_BITS { a } else { a << by }
        }
        Operator::RShift => {
            let by = usize::try_from(&b).ok()?;
            a >> by
        }
        Operator::BitAnd => a & b,
        Operator::BitOr => a | b,
        Operator::BitXor => a ^ b,
        _ => return None,
    };
    Some(integer(&value))
}

fn bit_length(value: &IBig) -> usize {
    use dashu_int::ops::{Abs, UnsignedAbs};
    let magnitude = value.clone().abs().unsigned_abs();
    dashu_int::ops::BitTest::bit_len(&magnitude)
}

/// Quotient towards minus infinity and the remainder with the divisor's sign.
fn floor_divide(a: &IBig, b: &IBig) -> (IBig, IBig) {
    let quotient = a / b;
    let remainder = a % b;
    let zero = IBig::ZERO;
    if remainder != zero && (remainder < zero) != (*b < zero) {
        (quotient - IBig::ONE, remainder + b)
    } else {
        (quotient, remainder)
    }
}

fn fold_floats(op: Operator, a: f64, b: f64) -> Option<f64> {
    match op {
        Operator::Add => Some(a + b),
        Operator::Sub => Some(a - b),
        Operator::Mult => Some(a * b),
        Operator::Div if b != 0.0 => Some(a / b),
        _ => None,
    }
}

fn fold_complex(op: Operator, left: &Const, right: &Const) -> Option<Const> {
    // A real operand leaves the other's imaginary part as it is, signed zero included.
    let real_left = !matches!(left, Const::Complex(..));
    let real_right = !matches!(right, Const::Complex(..));
    let (a, b) = (as_complex(left)?, as_complex(right)?);
    let (re, im) = match op {
        Operator::Add if real_left => (a.0 + b.0, b.1),
        Operator::Add if real_right => (a.0 + b.0, a.1),
        Operator::Add => (a.0 + b.0, a.1 + b.1),
        Operator::Sub if real_left => (a.0 - b.0, -b.1),
        Operator::Sub if real_right => (a.0 - b.0, a.1),
        Operator::Sub => (a.0 - b.0, a.1 - b.1),
        _ => return None,
    };
    Some(Const::Complex(re.to_bits(), im.to_bits()))
}

fn fold_sequences(op: Operator, left: &Const, right: &Const) -> Option<Const> {
    match (op, left, right) {
        (Operator::Add, Const::Str(a), Const::Str(b)) => Some(Const::Str(join(a, b))),
        (Operator::Add, Const::Bytes(a), Const::Bytes(b)) => Some(Const::Bytes(join(a, b))),
        (Operator::Add, Const::Tuple(a), Const::Tuple(b)) => Some(Const::Tuple(join(a, b))),
        (Operator::Mult, sequence, Const::Int(count))
        | (Operator::Mult, Const::Int(count), sequence) => repeat(sequence, *count),
        _ => None,
    }
}

fn join<T: Clone>(a: &[T], b: &[T]) -> Box<[T]> {
    a.iter().chain(b).cloned().collect()
}

fn repeat(sequence: &Const, count: i64) -> Option<Const> {
    let count = usize::try_from(count).unwrap_or(0);
    match sequence {
        Const::Str(points) if points.len().saturating_mul(count) <= MAX_STR => {
            Some(Const::Str(points.repeat(count).into()))
        }
        Const::Bytes(bytes) if bytes.len().saturating_mul(count) <= MAX_STR => {
            Some(Const::Bytes(bytes.repeat(count).into()))
        }
        Const::Tuple(items) if items.len().saturating_mul(count) <= MAX_TUPLE => {
            let mut all = Vec::with_capacity(items.len() * count);
            let rounds = if items.is_empty() { 0 } else { count };
            for _ in 0..rounds {
                all.extend(items.iter().cloned());
            }
            Some(Const::Tuple(all.into()))
        }
        _ => None,
    }
}
