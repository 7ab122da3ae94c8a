//! `str`: construction, operators, items. Its other methods are in the files beside this one.

mod case;
pub mod methods;
mod percent;
mod predicates;
mod repr;
mod template;

pub use percent::{format_builtin as percent_builtin, format_bytes, format_str as percent_format};
pub use repr::{ascii, escape, repr, repr_bytes};

use crate::codec;
use crate::types::{list, sequence, slice};
use object::{Bytes, Gc, Iter, IterKind, Slice, Str, StrBuilder, Units, Value};
use vm::room;
use vm::{Comparison, Def, PyResult, Vm, method, static_method, tuple};

/// Runs code on a string's units, however wide they are.
macro_rules! by_width {
    ($string:expr, $text:ident => $body:expr) => {
        match $string.get().units() {
            Units::One($text) => $body,
            Units::Two($text) => $body,
            Units::Four($text) => $body,
        }
    };
}

/// Runs code on the units of two strings, the second of which is looked for in the first; if it
/// has characters that the first cannot have, gives `$absent`.
macro_rules! both_by_width {
    ($string:expr, $needle:expr, ($text:ident, $sought:ident) => $body:expr, $absent:expr) => {
        by_width!($string, $text => match crate::search::in_units_of($text, &$needle) {
            Some(sought) => {
                let $sought = &*sought;
                $body
            }
            None => $absent,
        })
    };
}
use {both_by_width, by_width};

const METHODS: &[Def] = &[
    static_method(
        "__new__(cls, object='', encoding='utf-8', errors='strict')",
        new,
    ),
    method("__repr__(self, /)", |vm, args| {
        Ok(repr(text_of(vm, args[0])?).into())
    }),
    method("__str__(self, /)", |vm, args| {
        Ok(text_of(vm, args[0])?.into())
    }),
    method("__hash__(self, /)", |vm, args| {
        Ok(Value::int(text_of(vm, args[0])?.hash() as i64))
    }),
    method("__len__(self, /)", |vm, args| {
        Ok(Value::int(text_of(vm, args[0])?.len() as i64))
    }),
    method("__iter__(self, /)", |vm, args| {
        let text = text_of(vm, args[0])?;
        Ok(Iter::new(IterKind::Str, text.into(), 0, 0, 0).into())
    }),
    method("__add__(self, value, /)", add),
    method("__mul__(self, value, /)", repeat),
    method("__rmul__(self, value, /)", repeat),
    method("__mod__(self, value, /)", |vm, args| {
        let text = text_of(vm, args[0])?;
        Ok(percent_format(vm, text, args[1])?.into())
    }),
    method("__rmod__(self, value, /)", |vm, args| {
        text_of(vm, args[0])?;
        match vm.as_str(args[1]) {
            Some(template) => Ok(percent_format(vm, template, args[0])?.into()),
            None => Ok(Value::NOT_IMPLEMENTED),
        }
    }),
    method("__getitem__(self, key, /)", get_item),
    method("__contains__(self, key, /)", contains),
    method("__eq__(self, value, /)", |vm, args| {
        compare(vm, Comparison::Eq, args)
    }),
    method("__ne__(self, value, /)", |vm, args| {
        compare(vm, Comparison::Ne, args)
    }),
    method("__lt__(self, value, /)", |vm, args| {
        compare(vm, Comparison::Lt, args)
    }),
    method("__le__(self, value, /)", |vm, args| {
        compare(vm, Comparison::Le, args)
    }),
    method("__gt__(self, value, /)", |vm, args| {
        compare(vm, Comparison::Gt, args)
    }),
    method("__ge__(self, value, /)", |vm, args| {
        compare(vm, Comparison::Ge, args)
    }),
    method("__format__(self, format_spec, /)", format),
    method("__getnewargs__(self, /)", |vm, args| {
        Ok(tuple(&[text_of(vm, args[0])?.into()]))
    }),
    method("__sizeof__(self, /)", size_of),
    method("format(self, /, *args, **kwargs)", template::format),
    method("format_map(self, mapping, /)", template::format_map),
    method("encode(self, /, encoding='utf-8', errors='strict')", encode),
];

pub fn install(vm: &mut Vm) {
    let class = vm.types.str;
    vm.define_methods(class, METHODS);
    vm.define_methods(class, methods::METHODS);
    vm.define_methods(class, case::METHODS);
    vm.define_methods(class, predicates::METHODS);
    vm.percent_formatter = Some(percent_builtin);
}

/// The string of a receiver.
#[inline]
fn text_of(vm: &mut Vm, value: Value) -> PyResult<Gc<Str>> {
    match value.cast::<Str>() {
        Some(text) => Ok(text),
        None => vm.receiver::<Str>(value),
    }
}

/// An argument that must be a string: "must be str, not int".
fn str_arg(vm: &mut Vm, value: Value, before: &str) -> PyResult<Gc<Str>> {
    match vm.as_str(value) {
        Some(text) => Ok(text),
        None => {
            let class = vm.type_name(value);
            Err(vm.type_error(format!("{before}must be str, not {class}")))
        }
    }
}

// ---- construction

fn new(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (cls, object) = (args[0], args[1]);
    let payload = if args[2].is_unbound() && args[3].is_unbound() {
        match object.bound() {
            None => vm.names.empty,
            Some(object) => vm.str(object)?,
        }
    } else {
        from_bytes(vm, object, args[2], args[3])?
    };
    let payload = payload.value().inner();
    crate::types::wrap(vm, cls, payload)
}

fn from_bytes(vm: &mut Vm, object: Value, encoding: Value, errors: Value) -> PyResult<Gc<Str>> {
    if let Some(data) = crate::types::bytes::view(object)
        && data.is_ascii()
        && needs_no_codec(vm, encoding, errors)
    {
        return Ok(Str::from_latin1(data));
    }
    let (encoding, errors) = codec_names(vm, "str", encoding, errors)?;
    if object.is_unbound() {
        return Ok(vm.names.empty);
    }
    if vm.as_str(object).is_some() {
        return Err(vm.type_error("decoding str is not supported"));
    }
    let Some(data) = crate::types::bytes::contents(vm, object)? else {
        let class = vm.type_name(object);
        return Err(vm.type_error(format!(
            "decoding to str: need a bytes-like object, {class} found"
        )));
    };
    if data.is_empty() {
        return Ok(vm.names.empty);
    }
    let result = codec::decode(vm, &data, &encoding, &errors)?;
    vm.receiver::<Str>(result)
}

/// The names of an encoding and of an error handler, by default UTF-8 and strict.
pub fn codec_names(
    vm: &mut Vm,
    function: &str,
    encoding: Value,
    errors: Value,
) -> PyResult<(String, String)> {
    let mut name = |value: Value, which: &str, default: &str| match value.bound() {
        None => Ok(String::from(default)),
        Some(value) => match vm.as_str(value) {
            Some(text) => Ok(text.to_text_escaped()),
            None => {
                let class = vm.type_name(value);
                let message = format!("{function}() argument '{which}' must be str, not {class}");
                Err(vm.type_error(message))
            }
        },
    };
    let encoding = name(encoding, "encoding", "utf-8")?;
    let errors = name(errors, "errors", "strict")?;
    Ok((encoding, errors))
}

/// Whether an encoding, by default UTF-8, is one that has the characters of ASCII as they are. What is
/// all ASCII needs no codec then, and has no errors to be handled.
fn keeps_ascii(vm: &Vm, encoding: Value) -> bool {
    const NAMES: [&str; 6] = ["utf-8", "utf8", "UTF-8", "ascii", "latin-1", "latin1"];
    let is_one = |name: Gc<Str>| NAMES.iter().any(|known| name.equals_text(known));
    encoding.is_unbound() || vm.as_str(encoding).is_some_and(is_one)
}

/// Whether what is all ASCII needs no codec with these arguments, which are what they must be.
pub fn needs_no_codec(vm: &Vm, encoding: Value, errors: Value) -> bool {
    keeps_ascii(vm, encoding) && (errors.is_unbound() || vm.as_str(errors).is_some())
}

fn encode(vm: &mut Vm, args: &[Value]) -> PyResult {
    let text = text_of(vm, args[0])?;
    if needs_no_codec(vm, args[1], args[2])
        && let Some(ascii) = text.get().as_ascii()
    {
        return Ok(Bytes::new(ascii.as_bytes()).into());
    }
    let (encoding, errors) = codec_names(vm, "encode", args[1], args[2])?;
    codec::encode(vm, text, &encoding, &errors)
}

fn format(vm: &mut Vm, args: &[Value]) -> PyResult {
    let text = text_of(vm, args[0])?;
    let spec = crate::types::int::spec_of(vm, args[1])?;
    if spec.is_empty() {
        return Ok(vm.str(args[0])?.into());
    }
    Ok(crate::format_spec::format_str(vm, text, spec)?.into())
}

fn size_of(vm: &mut Vm, args: &[Value]) -> PyResult {
    let text = text_of(vm, args[0])?;
    let head = if text.is_ascii() { 40 } else { 56 };
    let width = text.width() as i64;
    Ok(Value::int(head + (text.len() as i64 + 1) * width))
}

// ---- operators

fn add(vm: &mut Vm, args: &[Value]) -> PyResult {
    let a = text_of(vm, args[0])?;
    let Some(b) = vm.as_str(args[1]) else {
        let class = vm.type_name(args[1]);
        return Err(vm.type_error(format!("can only concatenate str (not \"{class}\") to str")));
    };
    Ok(Str::plus(a, b).into())
}

fn repeat(vm: &mut Vm, args: &[Value]) -> PyResult {
    let text = text_of(vm, args[0])?;
    let Some(times) = sequence::repeat_count(vm, args[1], text.len())? else {
        return list::not_an_integer(vm, args[1]);
    };
    if times == 0 || text.is_empty() {
        return Ok(vm.names.empty.into());
    }
    if times == 1 {
        return Ok(text.into());
    }
    room::check(
        vm,
        (text.len() * text.width() as usize).saturating_mul(times),
    )?;
    Ok(match text.get().as_latin1() {
        Some(latin1) => Str::from_latin1(&latin1.repeat(times)),
        None => Str::from_points(&text.get().to_points().repeat(times)),
    }
    .into())
}

fn compare(vm: &mut Vm, op: Comparison, args: &[Value]) -> PyResult {
    let a = text_of(vm, args[0])?;
    let Some(b) = vm.as_str(args[1]) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    Ok(match op {
        Comparison::Eq => a.equals(b),
        Comparison::Ne => !a.equals(b),
        op => op.holds(a.compare(b)),
    }
    .into())
}

fn contains(vm: &mut Vm, args: &[Value]) -> PyResult {
    let text = text_of(vm, args[0])?;
    let Some(needle) = vm.as_str(args[1]) else {
        let class = vm.type_name(args[1]);
        return Err(vm.type_error(format!(
            "'in <string>' requires string as left operand, not {class}"
        )));
    };
    Ok(holds(text, needle).into())
}

/// `needle in text`
pub fn holds(text: Gc<Str>, needle: Gc<Str>) -> bool {
    both_by_width!(text, needle, (t, n) => crate::search::find(t, n).is_some(), false)
}

fn get_item(vm: &mut Vm, args: &[Value]) -> PyResult {
    let text = text_of(vm, args[0])?;
    if let Some(slice) = args[1].cast::<Slice>() {
        return Ok(sliced(vm, text, slice)?.into());
    }
    if args[1].as_small().is_none() && vm.as_int(args[1]).is_none() {
        let class = vm.type_name(args[1]);
        if vm.lookup_special(args[1], vm.names.index).is_none() {
            return Err(vm.type_error(format!("string indices must be integers, not '{class}'")));
        }
    }
    let at = vm.item_index(args[1])?;
    let at = if at < 0 { at + text.len() as i64 } else { at };
    match usize::try_from(at) {
        Ok(at) if at < text.len() => Ok(Str::char(text.point(at)).into()),
        _ => Err(vm.index_error("string index out of range")),
    }
}

/// `text[slice]`
pub fn sliced(vm: &mut Vm, text: Gc<Str>, slice: Gc<Slice>) -> PyResult<Gc<Str>> {
    let bounds = slice::bounds(vm, slice, text.len())?;
    if bounds.count == 0 {
        return Ok(vm.names.empty);
    }
    if bounds.step == 1 {
        return Ok(piece(
            vm,
            text,
            bounds.start as usize..bounds.start as usize + bounds.count,
        ));
    }
    let mut out = StrBuilder::with_capacity(bounds.count);
    for at in bounds.indices() {
        out.push_point(text.point(at));
    }
    Ok(out.finish())
}

/// A part of a string; the string itself if it is all of it.
#[inline]
pub fn piece(vm: &Vm, text: Gc<Str>, range: std::ops::Range<usize>) -> Gc<Str> {
    match range.end - range.start {
        0 => vm.names.empty,
        length if length == text.len() => text,
        length => text.substring(range.start, length),
    }
}
