//! `"…%s…%5d…" % values` of a constant, as a recorder takes it: as the f-string that it is where the
//! values are strings and small numbers.
//!
//! Taken are fields that mean the same in both: no `*`, no precision of integers, no zeros before
//! what is no integer. Their values come from the tuple on the right, are what stands there, or are
//! a dictionary's. Any other format, and values of other kinds, are the runtime's as a whole.

use super::build;
use crate::PyResult;
use crate::machine::{Machine, Runtime};
use object::shape::of_kind;
use object::{Dict, Kind, Str, Tuple, Value};
use std::fmt::Write;

/// What has more fields is made as a whole by the runtime.
const FIELDS_MAX: usize = 6;
/// What has a greater width or precision, likewise.
const WIDTH_MAX: usize = 1000;
/// How a field of an f-string is converted first.
const AS_REPR: i64 = 2;

/// Which values a field takes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Takes {
    /// Anything, as `str` shows it, or as `repr` does.
    Shown,
    Repr,
    Integer,
    Real,
}

struct Field {
    takes: Takes,
    /// How an f-string says the same; empty where there is nothing to say.
    spec: String,
    /// The name in parentheses.
    key: Option<Vec<u32>>,
}

/// Part of a format.
enum Part {
    Text(Vec<u32>),
    Field(Field),
}

/// What stands between the percent sign and the letter.
#[derive(Default)]
struct Flags {
    left: bool,
    zero: bool,
    plus: bool,
    space: bool,
    alternate: bool,
    width: String,
    precision: Option<String>,
}

/// A format that is read from the front.
struct Reader {
    points: Vec<u32>,
    at: usize,
}

impl Reader {
    fn next(&mut self) -> Option<char> {
        let point = self.points.get(self.at).copied()?;
        self.at += 1;
        char::from_u32(point)
    }

    fn accept(&mut self, c: char) -> bool {
        let found = self.points.get(self.at) == Some(&u32::from(c));
        self.at += usize::from(found);
        found
    }

    /// Digits; `None` of a number that is too large.
    fn digits(&mut self) -> Option<String> {
        let mut digits = String::new();
        while let Some(digit) = self.points.get(self.at).and_then(|&p| char::from_u32(p))
            && digit.is_ascii_digit()
        {
            digits.push(digit);
            self.at += 1;
        }
        let fits = digits.is_empty() || digits.parse::<usize>().is_ok_and(|n| n <= WIDTH_MAX);
        fits.then_some(digits)
    }

    /// The name in parentheses, if there is one; `None` if it does not end.
    fn key(&mut self) -> Option<Option<Vec<u32>>> {
        if !self.accept('(') {
            return Some(None);
        }
        let start = self.at;
        loop {
            match self.next()? {
                ')' => return Some(Some(self.points[start..self.at - 1].to_vec())),
                '(' => return None,
                _ => {}
            }
        }
    }

    fn flags(&mut self) -> Option<Flags> {
        let mut flags = Flags::default();
        loop {
            match () {
                () if self.accept('-') => flags.left = true,
                () if self.accept('0') => flags.zero = true,
                () if self.accept('+') => flags.plus = true,
                () if self.accept(' ') => flags.space = true,
                () if self.accept('#') => flags.alternate = true,
                () => break,
            }
        }
        flags.width = self.digits()?;
        if self.accept('.') {
            let precision = self.digits()?;
            let is_given = !precision.is_empty();
            flags.precision = Some(if is_given { precision } else { "0".into() });
        }
        Some(flags)
    }

    /// What follows a percent sign that begins a field.
    fn field(&mut self) -> Option<Field> {
        let key = self.key()?;
        let flags = self.flags()?;
        let letter = self.next()?;
        let takes = match letter {
            's' => Takes::Shown,
            'r' => Takes::Repr,
            'd' | 'i' | 'u' | 'x' | 'X' | 'o' => Takes::Integer,
            'e' | 'E' | 'f' | 'F' | 'g' | 'G' => Takes::Real,
            _ => return None,
        };
        let spec = flags.spec(takes, letter)?;
        Some(Field { takes, spec, key })
    }

    /// The parts of a format, if all of its fields are such.
    fn parts(mut self) -> Option<Vec<Part>> {
        let (mut found, mut text, mut fields) = (Vec::new(), Vec::new(), 0);
        while let Some(&point) = self.points.get(self.at) {
            self.at += 1;
            if point != u32::from('%') || self.accept('%') {
                text.push(point);
                continue;
            }
            if !text.is_empty() {
                found.push(Part::Text(std::mem::take(&mut text)));
            }
            found.push(Part::Field(self.field()?));
            fields += 1;
        }
        if !text.is_empty() {
            found.push(Part::Text(text));
        }
        (1..=FIELDS_MAX).contains(&fields).then_some(found)
    }
}

impl Flags {
    /// The specification that says the same.
    fn spec(&self, takes: Takes, letter: char) -> Option<String> {
        let is_text = matches!(takes, Takes::Shown | Takes::Repr);
        let signed = self.plus || self.space || self.alternate;
        let refused = match takes {
            Takes::Shown | Takes::Repr => signed || self.zero,
            Takes::Integer => self.precision.is_some(),
            Takes::Real => self.zero,
        };
        if refused {
            return None;
        }
        let mut spec = String::new();
        let align = match (self.left, is_text && !self.width.is_empty()) {
            (true, _) => "<",
            (false, true) => ">",
            (false, false) => "",
        };
        let sign = match (self.plus, self.space) {
            (true, _) => "+",
            (false, true) => " ",
            (false, false) => "",
        };
        let alternate = if self.alternate { "#" } else { "" };
        let zero = if self.zero && !self.left { "0" } else { "" };
        let _ = write!(spec, "{align}{sign}{alternate}{zero}{}", self.width);
        if let Some(precision) = &self.precision {
            let _ = write!(spec, ".{precision}");
        }
        match letter {
            's' | 'r' => {}
            'd' | 'i' | 'u' if spec.is_empty() => {}
            'i' | 'u' => spec.push('d'),
            letter => spec.push(letter),
        }
        Some(spec)
    }
}

/// The values that fields without names are given, `wanted` of them.
fn given<M: Machine>(m: &mut M, values: M::V, wanted: usize) -> Option<Vec<M::V>> {
    let Some(tuple) = m.word(values).cast::<Tuple>() else {
        return (wanted == 1).then(|| vec![values]);
    };
    if tuple.len() != wanted || m.shape(values) != of_kind(Kind::Tuple) {
        return None;
    }
    let (length, expected) = (m.length(values), m.constant(Value::small(wanted as i64)));
    m.compare_small(crate::Comparison::Eq, length, expected);
    let item = |at: usize| {
        let at = m.constant(Value::small(at as i64));
        m.tuple_item(values, at)
    };
    (0..wanted).map(item).collect()
}

/// The values of a dictionary's keys, all of which it has.
fn named<M: Machine>(m: &mut M, values: M::V, keys: &[&Vec<u32>]) -> PyResult<Option<Vec<M::V>>> {
    let Some(dict) = m.word(values).cast::<Dict>() else {
        return Ok(None);
    };
    let keys: Vec<_> = keys
        .iter()
        .map(|key| object::intern::intern_string(Str::from_points(key)))
        .collect();
    if !keys.iter().all(|&key| dict.get_str(key).is_some()) {
        return Ok(None);
    }
    let mut found = Vec::with_capacity(keys.len());
    for key in keys {
        let own = m.constant(key.into());
        found.push(m.residual(Runtime::GetItem, &[values, own], |vm| {
            vm.get_item(dict.into(), key.into())
        })?);
    }
    Ok(Some(found))
}

/// Whether a field takes a value as it is here.
fn fits<M: Machine>(m: &mut M, field: &Field, value: M::V) -> bool {
    let word = m.word(value);
    match field.takes {
        _ if word.is_small() => m.is_small(value),
        Takes::Shown | Takes::Repr => word.is::<Str>() && m.shape(value) == of_kind(Kind::Str),
        Takes::Real => word.as_float().is_some() && m.is_float(value),
        Takes::Integer => false,
    }
}

/// A field's text.
fn text<M: Machine>(m: &mut M, field: &Field, value: M::V) -> PyResult<M::V> {
    let is_small = m.word(value).is_small();
    let value = match field.takes {
        Takes::Shown if is_small => build::text(m, value)?,
        _ => value,
    };
    match (field.takes, field.spec.is_empty()) {
        (Takes::Integer, true) => build::text(m, value),
        (Takes::Shown, true) => Ok(value),
        (takes, bare) => {
            let convert = if takes == Takes::Repr { AS_REPR } else { 0 };
            let spec = match bare {
                true => Value::UNBOUND,
                false => Str::new(&field.spec).into(),
            };
            let word = m.word(value);
            let (how, says) = (m.constant(Value::small(convert)), m.constant(spec));
            m.residual(Runtime::Format, &[value, how, says], |vm| {
                vm.format_field(word, convert as u8, spec)
            })
        }
    }
}

/// The string that a format and its values make. `None`: that is not expressed here, and nothing has
/// happened.
#[cold]
pub(crate) fn formatted<M: Machine>(
    m: &mut M,
    format: M::V,
    values: M::V,
) -> PyResult<Option<M::V>> {
    let Some(parts) = known_parts(m, format) else {
        return Ok(None);
    };
    let fields: Vec<&Field> = parts
        .iter()
        .filter_map(|part| match part {
            Part::Field(field) => Some(field),
            Part::Text(_) => None,
        })
        .collect();
    let keys: Vec<_> = fields.iter().filter_map(|f| f.key.as_ref()).collect();
    let given = match keys.len() {
        0 => given(m, values, fields.len()),
        named_fields if named_fields == fields.len() => named(m, values, &keys)?,
        _ => None,
    };
    let Some(given) = given else {
        return Ok(None);
    };
    // All tests come before the first piece is made.
    for (&field, &value) in fields.iter().zip(&given) {
        if !fits(m, field, value) {
            return Ok(None);
        }
    }
    let mut pieces = Vec::with_capacity(parts.len());
    let mut given = given.into_iter();
    for part in &parts {
        pieces.push(match part {
            Part::Text(points) => m.constant(Str::from_points(points).into()),
            Part::Field(field) => {
                let Some(value) = given.next() else {
                    unreachable!("there are as many values as fields")
                };
                text(m, field, value)?
            }
        });
    }
    build::joined(m, pieces).map(Some)
}

/// The parts of a format that is a constant of the trace.
fn known_parts<M: Machine>(m: &mut M, format: M::V) -> Option<Vec<Part>> {
    m.word(format).cast::<Str>()?;
    let format = m.constant_container(format)?.cast::<Str>()?;
    let points = format.to_points();
    Reader { points, at: 0 }.parts()
}
