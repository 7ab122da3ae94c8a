//! Replacing matches: `sub`, `subn` and the templates that `expand` shares with them.
//!
//! Where text and replacement have one byte a character, the result is written as such. Else its
//! pieces are collected and joined; so they are if a function makes them, which may return anything.

use super::subject::{Hit, Span, Text, each_match};
use super::{empty_like, group_or, most, pattern, piece};
use object::{Bytes, Gc, List, Str, Value};
use vm::{PyResult, Vm};

/// What stands in the place of a match.
pub enum Replacement {
    Literal(Value),
    /// Literals and group numbers in turn.
    Template(Gc<List>),
    Function(Value),
}

pub fn replacement(vm: &mut Vm, own: Value, given: Value) -> PyResult<Replacement> {
    let is_text = given.to::<Str>().is_some();
    let bytes = if is_text {
        None
    } else {
        crate::types::bytes::contents(vm, given)?
    };
    let has_escape = match (given.to::<Str>(), &bytes) {
        (Some(text), _) => text.points().any(|p| p == '\\' as u32),
        (None, Some(data)) => data.contains(&b'\\'),
        (None, None) => return Ok(Replacement::Function(given)),
    };
    if !has_escape {
        return Ok(Replacement::Literal(given));
    }
    let re = vm.import_module("re")?;
    let function = vm.get_attr_text(re, "_compile_template")?;
    let template = vm.call(function, &[own, given])?;
    match template.cast::<List>() {
        Some(parts) => Ok(Replacement::Template(parts)),
        None => Ok(Replacement::Literal(given)),
    }
}

/// The text of a template for a match.
pub fn expand_template(
    vm: &mut Vm,
    parts: Gc<List>,
    text: Value,
    span: impl Fn(usize) -> Option<Span>,
    out: Gc<List>,
) -> PyResult<()> {
    for (i, &part) in parts.items().iter().enumerate() {
        if i % 2 == 0 {
            out.push(part);
            continue;
        }
        let group = usize::try_from(vm.index(part)?).unwrap_or(0);
        let piece = group_or(vm, text, span(group), empty_like(text))?;
        out.push(piece);
    }
    Ok(())
}

pub fn join(vm: &mut Vm, text: Value, parts: Gc<List>) -> PyResult {
    let empty = empty_like(text);
    let name = vm.names.join;
    vm.call_method(empty, name, &[parts.into()])
}

/// A replacement that has one byte a character.
enum Part {
    Bytes(Vec<u8>),
    Group(usize),
}

/// The parts of a replacement for a text, if they have one byte a character.
fn plain_parts(replacement: &Replacement, text: &Text) -> Option<Vec<Part>> {
    let bytes = |value: Value| match text {
        Text::Str(_) => Some(Part::Bytes(value.to::<Str>()?.as_latin1()?.to_vec())),
        _ => Some(Part::Bytes(crate::types::bytes::view(value)?.to_vec())),
    };
    match replacement {
        Replacement::Literal(literal) => Some(vec![bytes(*literal)?]),
        Replacement::Template(parts) => {
            let parts = parts.items().iter().enumerate();
            let part = |(i, &part): (usize, &Value)| match i % 2 {
                0 => bytes(part),
                _ => Some(Part::Group(usize::try_from(part.as_small()?).ok()?)),
            };
            parts.map(part).collect()
        }
        Replacement::Function(_) => None,
    }
}

/// What is replaced, and where the result is collected.
struct Substitution {
    pattern: Value,
    value: Value,
    text: Text,
    most: i64,
}

impl Substitution {
    /// Replaces all matches: the result and the number of them, or `None` if there is none.
    fn plain(&self, vm: &mut Vm, source: &[u8], parts: &[Part]) -> PyResult<(Option<Value>, i64)> {
        let mut out = Vec::with_capacity(source.len());
        let last = self.each(vm, |_, last, hit| {
            out.extend_from_slice(&source[last..hit.whole.0]);
            for part in parts {
                match part {
                    Part::Bytes(bytes) => out.extend_from_slice(bytes),
                    Part::Group(group) => {
                        let span = hit.span(*group).unwrap_or_default();
                        out.extend_from_slice(source.get(span.0..span.1).unwrap_or_default());
                    }
                }
            }
            Ok(())
        })?;
        let (last, count) = last;
        if count == 0 {
            return Ok((None, 0));
        }
        out.extend_from_slice(&source[last..]);
        let result = match self.text {
            Text::Str(_) => Str::from_latin1(&out).into(),
            _ => Bytes::new(&out).into(),
        };
        Ok((Some(result), count))
    }

    fn joined(&self, vm: &mut Vm, replacement: &Replacement) -> PyResult<(Option<Value>, i64)> {
        let (value, length) = (self.value, self.text.len());
        let out = List::new();
        let (last, count) = self.each(vm, |vm, last, hit| {
            if last < hit.whole.0 {
                let part = piece(vm, value, (last, hit.whole.0))?;
                out.push(part);
            }
            match replacement {
                Replacement::Literal(literal) => out.push(*literal),
                Replacement::Template(parts) => {
                    expand_template(vm, *parts, value, |group| hit.span(group), out)?;
                }
                Replacement::Function(function) => {
                    let whole = (0, length);
                    let matched = super::matches::make(vm, self.pattern, value, whole, hit)?;
                    let part = vm.call(*function, &[matched])?;
                    if !part.is_none() {
                        out.push(part);
                    }
                }
            }
            Ok(())
        })?;
        if count == 0 {
            return Ok((None, 0));
        }
        if last < length {
            let part = piece(vm, value, (last, length))?;
            out.push(part);
        }
        Ok((Some(join(vm, value, out)?), count))
    }

    /// Calls `f` with the end of the match before and each match: the end of the last and the
    /// number of them.
    fn each(
        &self,
        vm: &mut Vm,
        mut f: impl FnMut(&mut Vm, usize, Hit) -> PyResult<()>,
    ) -> PyResult<(usize, i64)> {
        let (mut last, mut count) = (0, 0);
        let own = pattern(vm, self.pattern)?;
        let whole = (0, self.text.len());
        each_match(vm, own, &self.text, whole, |vm, hit| {
            f(vm, last, hit)?;
            last = hit.whole.1;
            count += 1;
            Ok(self.most <= 0 || count < self.most)
        })?;
        Ok((last, count))
    }
}

/// What `subn` returns.
pub fn substitute(vm: &mut Vm, args: &[Value]) -> PyResult<(Value, i64)> {
    let own = pattern(vm, args[0])?;
    let value = args[2];
    let most = most(vm, args[3])?;
    let replacement = replacement(vm, args[0], args[1])?;
    let text = Text::new(vm, own, value)?;
    let substitution = Substitution {
        pattern: args[0],
        value,
        text,
        most,
    };
    let text = &substitution.text;
    let plain = text.as_bytes().zip(plain_parts(&replacement, text));
    let (result, count) = match plain {
        Some((source, parts)) => substitution.plain(vm, source, &parts)?,
        None => substitution.joined(vm, &replacement)?,
    };
    match result {
        Some(result) => Ok((result, count)),
        None => Ok((piece(vm, value, (0, substitution.text.len()))?, 0)),
    }
}
