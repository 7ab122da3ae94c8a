//! `"…{}…{0:5d}…".format(…)` of a constant, as a recorder takes it: as the f-string that it is where
//! the values are strings and small numbers.
//!
//! Taken are fields that name an argument by its place or not at all, whose specification has no
//! fields of its own. Any other template, and values of other kinds, are the runtime's as a whole.

use super::build;
use crate::PyResult;
use crate::machine::{Machine, Runtime};
use object::shape::of_kind;
use object::{Kind, Regs, Str, Value};

/// What has more fields is made as a whole by the runtime.
const FIELDS_MAX: usize = 6;
const OPEN: u32 = b'{' as u32;
const CLOSE: u32 = b'}' as u32;

struct Field {
    /// Which argument is shown.
    argument: usize,
    /// As an instruction has it: 0 as it is, 1 by `str`, 2 by `repr`.
    convert: u8,
    spec: Vec<u32>,
}

/// Part of a template.
enum Part {
    Text(Vec<u32>),
    Field(Field),
}

/// How many arguments were named: by counting, or by their numbers.
#[derive(Default)]
struct Named {
    counted: usize,
    by_number: bool,
}

impl Named {
    /// The argument that the text before a field's conversion means; `None` if that is not a place.
    fn argument(&mut self, text: &[u32]) -> Option<usize> {
        match text {
            [] if !self.by_number => {
                self.counted += 1;
                Some(self.counted - 1)
            }
            &[digit] if self.counted == 0 => {
                self.by_number = true;
                Some(char::from_u32(digit)?.to_digit(10)? as usize)
            }
            _ => None,
        }
    }
}

/// The field between two braces.
fn field(text: &[u32], named: &mut Named) -> Option<Field> {
    if text.contains(&OPEN) {
        return None;
    }
    let colon = text.iter().position(|&p| p == u32::from(':'));
    let (before, spec) = match colon {
        Some(at) => (&text[..at], text[at + 1..].to_vec()),
        None => (text, Vec::new()),
    };
    let (name, convert) = match *before {
        [ref name @ .., bang, letter] if bang == u32::from('!') => match char::from_u32(letter)? {
            's' => (name, 1),
            'r' => (name, 2),
            _ => return None,
        },
        ref name => (name, 0),
    };
    let argument = named.argument(name)?;
    Some(Field {
        argument,
        convert,
        spec,
    })
}

/// The parts of a template, if all of its fields are simple ones.
fn parts(template: &[u32]) -> Option<Vec<Part>> {
    let (mut found, mut text) = (Vec::new(), Vec::new());
    let (mut named, mut fields, mut at) = (Named::default(), 0, 0);
    while let Some(&point) = template.get(at) {
        at += 1;
        let is_brace = matches!(point, OPEN | CLOSE);
        if !is_brace || template.get(at) == Some(&point) {
            text.push(point);
            at += usize::from(is_brace);
            continue;
        }
        if point == CLOSE {
            return None;
        }
        let end = at + template[at..].iter().position(|&p| p == CLOSE)?;
        if !text.is_empty() {
            found.push(Part::Text(std::mem::take(&mut text)));
        }
        found.push(Part::Field(field(&template[at..end], &mut named)?));
        fields += 1;
        at = end + 1;
    }
    if !text.is_empty() {
        found.push(Part::Text(text));
    }
    (1..=FIELDS_MAX).contains(&fields).then_some(found)
}

/// Whether a value is of a kind that is shown without Python code.
fn is_shown<M: Machine>(m: &mut M, value: M::V) -> bool {
    let word = m.word(value);
    match word.kind() {
        Some(Kind::Str) => m.shape(value) == of_kind(Kind::Str),
        _ if word.is_small() => m.is_small(value),
        _ => word.as_float().is_some() && m.is_float(value),
    }
}

/// A field's text.
fn text<M: Machine>(m: &mut M, field: &Field, value: M::V) -> PyResult<M::V> {
    let word = m.word(value);
    if field.spec.is_empty() && field.convert < 2 {
        match word.kind() {
            Some(Kind::Str) => return Ok(value),
            _ if word.is_small() => return build::text(m, value),
            _ => {}
        }
    }
    let spec = match field.spec.is_empty() {
        true => Value::UNBOUND,
        false => Str::from_points(&field.spec).into(),
    };
    let convert = m.constant(Value::small(field.convert.into()));
    let says = m.constant(spec);
    m.residual(Runtime::Format, &[value, convert, says], |vm| {
        vm.format_field(word, field.convert, spec)
    })
}

/// The string that a template makes, which is the first of `count` arguments. `None`: that is not
/// expressed here, and nothing has happened.
pub(super) fn formatted<M: Machine>(m: &mut M, base: Regs, count: usize) -> PyResult<Option<M::V>> {
    let template = m.get(base, 0);
    if !m.word(template).is::<Str>() {
        return Ok(None);
    }
    let known = m.constant_container(template);
    let Some(known) = known.and_then(|known| known.cast::<Str>()) else {
        return Ok(None);
    };
    let Some(parts) = parts(&known.to_points()) else {
        return Ok(None);
    };
    // All tests come before the first piece is made.
    for part in &parts {
        if let Part::Field(field) = part {
            if field.argument + 1 >= count {
                return Ok(None);
            }
            let value = m.get(base, field.argument as u16 + 1);
            if !is_shown(m, value) {
                return Ok(None);
            }
        }
    }
    let mut pieces = Vec::with_capacity(parts.len());
    for part in &parts {
        pieces.push(match part {
            Part::Text(points) => m.constant(Str::from_points(points).into()),
            Part::Field(field) => {
                let value = m.get(base, field.argument as u16 + 1);
                text(m, field, value)?
            }
        });
    }
    build::joined(m, pieces).map(Some)
}
