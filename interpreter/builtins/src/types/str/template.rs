//! `str.format` and `str.format_map`: templates with replacement fields in braces.

use super::text_of;
use crate::unicode;
use object::{Dict, Gc, Str, StrBuilder, Value};
use vm::{PyResult, Vm};

/// How deep replacement fields may stand within format specifications.
const DEPTH_MAX: usize = 2;

/// Where the values of fields come from.
struct Source<'a> {
    positional: &'a [Value],
    /// A dict of keyword arguments, or the mapping of `format_map`.
    named: Value,
    is_map: bool,
    /// The number of the next field without a name.
    next: usize,
    numbering: Numbering,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Numbering {
    Unknown,
    Automatic,
    Manual,
}

pub(super) fn format(vm: &mut Vm, args: &[Value]) -> PyResult {
    let template = text_of(vm, args[0])?;
    run(vm, template, args[1], &args[2..], false)
}

pub(super) fn format_map(vm: &mut Vm, args: &[Value]) -> PyResult {
    let template = text_of(vm, args[0])?;
    run(vm, template, args[1], &[], true)
}

fn run(
    vm: &mut Vm,
    template: Gc<Str>,
    named: Value,
    positional: &[Value],
    is_map: bool,
) -> PyResult {
    let mut source = Source {
        positional,
        named,
        is_map,
        next: 0,
        numbering: Numbering::Unknown,
    };
    let points = template.to_points();
    let mut out = StrBuilder::with_capacity(points.len() + 16);
    expand(vm, &points, &mut source, DEPTH_MAX, &mut out)?;
    Ok(out.finish().into())
}

const OPEN: u32 = b'{' as u32;
const CLOSE: u32 = b'}' as u32;

fn expand(
    vm: &mut Vm,
    template: &[u32],
    source: &mut Source,
    depth: usize,
    out: &mut StrBuilder,
) -> PyResult<()> {
    if depth == 0 {
        return Err(vm.value_error("Max string recursion exceeded"));
    }
    let mut at = 0;
    while at < template.len() {
        let point = template[at];
        at += 1;
        if point != OPEN && point != CLOSE {
            out.push_point(point);
        } else if template.get(at) == Some(&point) {
            out.push_point(point);
            at += 1;
        } else if point == CLOSE {
            return Err(vm.value_error("Single '}' encountered in format string"));
        } else {
            at = field(vm, template, at, source, depth, out)?;
        }
    }
    Ok(())
}

/// Deals with the field whose brace is before `at`; gives the place after it.
fn field(
    vm: &mut Vm,
    template: &[u32],
    at: usize,
    source: &mut Source,
    depth: usize,
    out: &mut StrBuilder,
) -> PyResult<usize> {
    if at == template.len() {
        return Err(vm.value_error("Single '{' encountered in format string"));
    }
    let Some(end) = field_end(template, at) else {
        let in_spec = template[at..].contains(&(b':' as u32));
        return Err(vm.value_error(if in_spec {
            "unmatched '{' in format spec"
        } else {
            "expected '}' before end of string"
        }));
    };
    let inside = &template[at..end];
    let (name, conversion, spec) = parts(vm, inside)?;
    let value = field_value(vm, name, source)?;
    let value = match conversion {
        None => value,
        Some(b'r') => vm.repr(value)?.into(),
        Some(b's') => vm.str(value)?.into(),
        Some(b'a') => super::percent::ascii_of(vm.repr(value)?).into(),
        Some(other) => {
            let shown = other as char;
            return Err(vm.value_error(if (b'!'..=b'~').contains(&other) {
                format!("Unknown conversion specifier {shown}")
            } else {
                format!("Unknown conversion specifier \\x{other:x}")
            }));
        }
    };
    let spec = if spec.iter().any(|&p| p == OPEN || p == CLOSE) {
        let mut expanded = StrBuilder::new();
        expand(vm, spec, source, depth - 1, &mut expanded)?;
        expanded.finish()
    } else if spec.is_empty() {
        vm.names.empty
    } else {
        Str::from_points(spec)
    };
    let text = vm.format(value, spec)?;
    out.push_str(text);
    Ok(end + 1)
}

/// The place of the brace that closes a field. Within `[…]` braces do not count.
fn field_end(template: &[u32], from: usize) -> Option<usize> {
    let (mut depth, mut in_index, mut in_spec) = (1, false, false);
    for (at, &point) in template.iter().enumerate().skip(from) {
        match u8::try_from(point).unwrap_or(0) {
            b'[' if !in_spec => in_index = true,
            b']' if !in_spec => in_index = false,
            b':' | b'!' if !in_index => in_spec = true,
            b'{' if !in_index || in_spec => depth += 1,
            b'}' if !in_index || in_spec => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

/// A field's name, conversion letter and format specification.
fn parts<'a>(vm: &mut Vm, inside: &'a [u32]) -> PyResult<(&'a [u32], Option<u8>, &'a [u32])> {
    let mut in_index = false;
    let mut end = inside.len();
    for (at, &point) in inside.iter().enumerate() {
        match u8::try_from(point).unwrap_or(0) {
            b'[' => in_index = true,
            b']' => in_index = false,
            b'{' => return Err(vm.value_error("unexpected '{' in field name")),
            b':' | b'!' if !in_index => {
                end = at;
                break;
            }
            _ => {}
        }
    }
    let (name, rest) = inside.split_at(end);
    match rest {
        [] => Ok((name, None, &[])),
        [mark, spec @ ..] if *mark == b':' as u32 => Ok((name, None, spec)),
        [_, letter, tail @ ..] => {
            let letter = u8::try_from(*letter).unwrap_or(b'?');
            match tail {
                [] => Ok((name, Some(letter), &[])),
                [mark, spec @ ..] if *mark == b':' as u32 => Ok((name, Some(letter), spec)),
                _ => Err(vm.value_error("expected ':' after conversion specifier")),
            }
        }
        [_] => Err(vm.value_error("unmatched '{' in format spec")),
    }
}

/// The number that a text of digits is.
fn as_number(text: &[u32]) -> Option<usize> {
    if text.is_empty() {
        return None;
    }
    text.iter().try_fold(0usize, |n, &p| {
        let digit = unicode::decimal_value(p)?;
        n.checked_mul(10)?.checked_add(digit as usize)
    })
}

fn field_value(vm: &mut Vm, name: &[u32], source: &mut Source) -> PyResult {
    let is_mark = |&p: &u32| p == b'.' as u32 || p == b'[' as u32;
    let first_end = name.iter().position(is_mark).unwrap_or(name.len());
    let (first, mut rest) = name.split_at(first_end);
    let mut value = first_value(vm, first, source)?;
    while let [mark, tail @ ..] = rest {
        if *mark == b'.' as u32 {
            let end = tail.iter().position(is_mark).unwrap_or(tail.len());
            if end == 0 {
                return Err(vm.value_error("Empty attribute in format string"));
            }
            let attribute = object::intern::intern_string(Str::from_points(&tail[..end]));
            value = vm.get_attr(value, attribute)?;
            rest = &tail[end..];
        } else if *mark == b'[' as u32 {
            let Some(end) = tail.iter().position(|&p| p == b']' as u32) else {
                return Err(vm.value_error("Missing ']' in format string"));
            };
            if end == 0 {
                return Err(vm.value_error("Empty attribute in format string"));
            }
            let key = match as_number(&tail[..end]) {
                Some(n) => Value::int(n as i64),
                None => Str::from_points(&tail[..end]).into(),
            };
            value = vm.get_item(value, key)?;
            rest = &tail[end + 1..];
        } else {
            return Err(vm.value_error("Only '.' or '[' may follow ']' in format field specifier"));
        }
    }
    Ok(value)
}

fn first_value(vm: &mut Vm, name: &[u32], source: &mut Source) -> PyResult {
    let number = as_number(name);
    if name.is_empty() || number.is_some() {
        let wanted = if name.is_empty() {
            Numbering::Automatic
        } else {
            Numbering::Manual
        };
        match (source.numbering, wanted) {
            (Numbering::Manual, Numbering::Automatic) => {
                return Err(vm.value_error(
                    "cannot switch from manual field specification to automatic field numbering",
                ));
            }
            (Numbering::Automatic, Numbering::Manual) => {
                return Err(vm.value_error(
                    "cannot switch from automatic field numbering to manual field specification",
                ));
            }
            _ => source.numbering = wanted,
        }
        if source.is_map {
            return Err(vm.value_error("Format string contains positional fields"));
        }
        let at = number.unwrap_or(source.next);
        if number.is_none() {
            source.next += 1;
        }
        return match source.positional.get(at) {
            Some(&value) => Ok(value),
            None => Err(vm.index_error(format!(
                "Replacement index {at} out of range for positional args tuple"
            ))),
        };
    }
    let key: Value = Str::from_points(name).into();
    if source.is_map {
        return vm.get_item(source.named, key);
    }
    let found = match source.named.cast::<Dict>() {
        Some(named) => vm.dict_get(named, key)?,
        None => None,
    };
    match found {
        Some(value) => Ok(value),
        None => Err(vm.key_error(key)),
    }
}
