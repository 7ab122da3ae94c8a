//! `"…%s…%d…" % values` of a constant, as a recorder takes it: as the f-string that it is where the
//! values are strings and small integers.
//!
//! Taken are fields without flags, width and precision. Any other format, and values of other kinds,
//! are the runtime's as a whole.

use super::build;
use crate::PyResult;
use crate::machine::Machine;
use object::shape::of_kind;
use object::{Kind, Str, Tuple, Value};

/// What has more fields is made as a whole by the runtime.
const FIELDS_MAX: usize = 6;

/// Part of a format.
enum Part {
    Text(Vec<u32>),
    /// `%s`, or a field that takes numbers alone.
    Field {
        number: bool,
    },
}

/// The parts of a format, if all of its fields are simple ones.
fn parts(format: &Str) -> Option<Vec<Part>> {
    let (mut found, mut text) = (Vec::new(), Vec::new());
    let mut points = format.points();
    while let Some(point) = points.next() {
        if point != u32::from('%') {
            text.push(point);
            continue;
        }
        let number = match char::from_u32(points.next()?)? {
            '%' => {
                text.push(u32::from('%'));
                continue;
            }
            's' => false,
            'd' | 'i' | 'u' => true,
            _ => return None,
        };
        if !text.is_empty() {
            found.push(Part::Text(std::mem::take(&mut text)));
        }
        found.push(Part::Field { number });
    }
    if !text.is_empty() {
        found.push(Part::Text(text));
    }
    let fields = found
        .iter()
        .filter(|part| matches!(part, Part::Field { .. }));
    (1..=FIELDS_MAX).contains(&fields.count()).then_some(found)
}

/// The values that a format is given, `wanted` of them.
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
    let fields: Vec<bool> = parts
        .iter()
        .filter_map(|part| match part {
            Part::Field { number } => Some(*number),
            Part::Text(_) => None,
        })
        .collect();
    let Some(given) = given(m, values, fields.len()) else {
        return Ok(None);
    };
    // All tests come before the first piece is made.
    for (&number, &value) in fields.iter().zip(&given) {
        let word = m.word(value);
        let fits = match word.kind() {
            Some(Kind::Str) => !number && m.shape(value) == of_kind(Kind::Str),
            _ => word.is_small() && m.is_small(value),
        };
        if !fits {
            return Ok(None);
        }
    }
    let mut pieces = Vec::with_capacity(parts.len());
    let mut given = given.into_iter();
    for part in parts {
        pieces.push(match part {
            Part::Text(points) => m.constant(Str::from_points(&points).into()),
            Part::Field { .. } => {
                let Some(value) = given.next() else {
                    unreachable!("there are as many values as fields")
                };
                match m.word(value).is_small() {
                    true => build::text(m, value)?,
                    false => value,
                }
            }
        });
    }
    build::joined(m, pieces).map(Some)
}

/// The parts of a format that is a constant of the trace.
fn known_parts<M: Machine>(m: &mut M, format: M::V) -> Option<Vec<Part>> {
    m.word(format).cast::<Str>()?;
    let format = m.constant_container(format)?.cast::<Str>()?;
    parts(&format)
}
