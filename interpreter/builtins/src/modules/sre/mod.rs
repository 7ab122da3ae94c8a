//! Module `_sre`: runs the patterns that `re` compiles.
//!
//! A pattern (here) is applied to a text (`subject.rs`) by the engine (`engine/mod.rs`). What it
//! finds becomes match objects (`matches.rs`), one after the other from a scanner (`scanner.rs`), or
//! is replaced (`substitute.rs`). Positions count characters throughout.

mod engine;
mod matches;
mod scanner;
mod subject;
mod substitute;

use engine::{CODE_SIZE, Invalid, MAGIC, MAX_GROUPS, MAX_REPEAT, Program, translate};
use object::{
    Bytes, Class, ClassFlags, Foreign, Gc, List, Marker, Payload, Str, Value, View, intern,
};
use std::cell::{Cell, OnceCell};
use subject::{Finder, How, Span, Text, each_match};
use vm::{Def, PyResult, Vm, class_method, getter, method, string, tuple};
const FUNCTIONS: &[Def] = &[
    method(
        "compile(pattern, flags, code, groups, groupindex, indexgroup)",
        compile,
    ),
    method("template(pattern, template, /)", |_, args| Ok(args[1])),
    method("getcodesize()", |_, _| Ok(Value::small(CODE_SIZE))),
    method("ascii_iscased(character, /)", ascii_iscased),
    method("unicode_iscased(character, /)", unicode_iscased),
    method("ascii_tolower(character, /)", ascii_tolower),
    method("unicode_tolower(character, /)", unicode_tolower),
];

fn code_point(vm: &mut Vm, value: Value) -> PyResult<u32> {
    Ok(u32::try_from(vm.index(value)?).unwrap_or(0))
}

fn lower(point: u32) -> u32 {
    match char::from_u32(point) {
        None => point,
        Some(c) => {
            let mut lowered = c.to_lowercase();
            match (lowered.next(), lowered.next()) {
                (Some(one), None) => one as u32,
                // İ is the one whose lower case is longer; `re` takes its first letter.
                (Some(first), Some(_)) => first as u32,
                _ => point,
            }
        }
    }
}

fn ascii_iscased(vm: &mut Vm, args: &[Value]) -> PyResult {
    let point = code_point(vm, args[0])?;
    Ok(Value::bool(
        point < 128 && (point as u8).is_ascii_alphabetic(),
    ))
}

fn unicode_iscased(vm: &mut Vm, args: &[Value]) -> PyResult {
    let point = code_point(vm, args[0])?;
    let cased =
        char::from_u32(point).is_some_and(|c| lower(point) != point || !c.to_uppercase().eq([c]));
    Ok(Value::bool(cased))
}

fn ascii_tolower(vm: &mut Vm, args: &[Value]) -> PyResult {
    let point = code_point(vm, args[0])?;
    let lowered = if point < 128 {
        (point as u8).to_ascii_lowercase() as u32
    } else {
        point
    };
    Ok(Value::small(lowered as i64))
}

fn unicode_tolower(vm: &mut Vm, args: &[Value]) -> PyResult {
    let point = code_point(vm, args[0])?;
    Ok(Value::small(lower(point) as i64))
}

// ---- patterns

/// The payload of a compiled pattern.
struct Pattern {
    pattern: Cell<Value>,
    flags: i64,
    groups: usize,
    /// Dict from name to number.
    names: Cell<Value>,
    /// Tuple of names by number.
    indices: Cell<Value>,
    codes: Vec<u32>,
    /// What the codes come to, once the pattern was used.
    program: OnceCell<Result<Program, Invalid>>,
    is_bytes: bool,
    match_class: Gc<Class>,
}

impl Pattern {
    fn program(&self, vm: &mut Vm) -> PyResult<&Program> {
        let program = self
            .program
            .get_or_init(|| translate(&self.codes, self.groups));
        match program {
            Ok(program) => Ok(program),
            Err(Invalid) => Err(vm.runtime_error("invalid SRE code")),
        }
    }
}

impl Payload for Pattern {
    fn trace(&self, marker: &mut Marker) {
        for cell in [&self.pattern, &self.names, &self.indices] {
            marker.visit(cell.get());
        }
        marker.visit(self.match_class.into());
    }
}

fn class_kept(vm: &Vm, key: &str) -> Gc<Class> {
    vm.kept(key)
        .and_then(|c| c.cast::<Class>())
        .unwrap_or(vm.types.object)
}

fn compile(vm: &mut Vm, args: &[Value]) -> PyResult {
    let flags = vm.index(args[1])?;
    let list = vm.collect(args[2])?;
    let mut codes = Vec::with_capacity(list.len());
    for &code in list.items() {
        codes.push(code_point(vm, code)?);
    }
    let groups = usize::try_from(vm.index(args[3])?).unwrap_or(0);
    let is_bytes = !args[0].is_none() && args[0].to::<Str>().is_none();
    let pattern = Pattern {
        pattern: Cell::new(args[0]),
        flags,
        groups,
        names: Cell::new(args[4]),
        indices: Cell::new(args[5]),
        codes,
        program: OnceCell::new(),
        is_bytes,
        match_class: class_kept(vm, "re.Match"),
    };
    let class = class_kept(vm, "re.Pattern");
    Ok(Foreign::new(class.new_instance_shape(), pattern).into())
}

fn pattern(vm: &mut Vm, value: Value) -> PyResult<&'static Pattern> {
    match value.cast::<Foreign>().and_then(|f| f.payload::<Pattern>()) {
        Some(pattern) => Ok(pattern),
        None => Err(vm.type_error("a compiled pattern is required")),
    }
}

/// A piece of the subject as the program sees it.
fn piece(vm: &mut Vm, subject: Value, (from, to): Span) -> PyResult {
    if let Some(text) = subject.to::<Str>() {
        let length = to.saturating_sub(from);
        if length == 0 {
            return Ok(Str::empty().into());
        }
        if length == text.len() {
            return Ok(text.into());
        }
        return Ok(text.substring(from, length).into());
    }
    let part = |data: &[u8]| Bytes::new(data.get(from..to.min(data.len())).unwrap_or_default());
    if let Some(data) = crate::types::bytes::view(subject) {
        return Ok(part(data).into());
    }
    let data = crate::types::bytes::contents(vm, subject)?.unwrap_or_default();
    Ok(part(&data).into())
}

/// The range of a text that arguments name.
fn bounds(vm: &mut Vm, text: &Text, from: Value, to: Value) -> PyResult<Span> {
    let length = text.len();
    let clamp = |vm: &mut Vm, value: Value, default: usize| match value.bound() {
        None => Ok(default),
        Some(value) => {
            let at = vm.index_clamped(value)?;
            Ok(usize::try_from(at).unwrap_or(0).min(length))
        }
    };
    let start = clamp(vm, from, 0)?;
    let end = clamp(vm, to, length)?;
    Ok((start, end))
}

/// How many matches are wanted at most, if that is positive.
fn most(vm: &mut Vm, value: Value) -> PyResult<i64> {
    match value.bound() {
        Some(most) => vm.index(most),
        None => Ok(0),
    }
}

const PATTERN: &[Def] = &[
    method(
        "match(self, /, string, pos=0, endpos=9223372036854775807)",
        |vm, a| once(vm, a, How::Match),
    ),
    method(
        "fullmatch(self, /, string, pos=0, endpos=9223372036854775807)",
        |vm, a| once(vm, a, How::Full),
    ),
    method(
        "search(self, /, string, pos=0, endpos=9223372036854775807)",
        |vm, a| once(vm, a, How::Search),
    ),
    method(
        "findall(self, /, string, pos=0, endpos=9223372036854775807)",
        findall,
    ),
    method(
        "finditer(self, /, string, pos=0, endpos=9223372036854775807)",
        scanner::finditer,
    ),
    method(
        "scanner(self, /, string, pos=0, endpos=9223372036854775807)",
        scanner::scanner,
    ),
    method("split(self, /, string, maxsplit=0)", split),
    method("sub(self, /, repl, string, count=0)", sub),
    method("subn(self, /, repl, string, count=0)", subn),
    method("__repr__(self, /)", pattern_repr),
    method("__eq__(self, value, /)", pattern_eq),
    method("__hash__(self, /)", pattern_hash),
    method("__copy__(self, /)", |_, a| Ok(a[0])),
    method("__deepcopy__(self, memo, /)", |_, a| Ok(a[0])),
    method("__reduce__(self, /)", pattern_reduce),
    class_method(
        "__class_getitem__(cls, item, /)",
        crate::types::class_getitem,
    ),
    getter("pattern", |vm, a| Ok(pattern(vm, a[0])?.pattern.get())),
    getter("flags", |vm, a| Ok(Value::int(pattern(vm, a[0])?.flags))),
    getter("groups", |vm, a| {
        Ok(Value::int(pattern(vm, a[0])?.groups as i64))
    }),
    getter("groupindex", |vm, a| {
        let names = pattern(vm, a[0])?.names.get();
        Ok(View::new(View::PROXY, names).into())
    }),
];

fn once(vm: &mut Vm, args: &[Value], how: How) -> PyResult {
    let own = pattern(vm, args[0])?;
    let text = Text::new(vm, own, args[1])?;
    let range = bounds(vm, &text, args[2], args[3])?;
    if range.0 > range.1 {
        return Ok(Value::NONE);
    }
    let mut finder = Finder::new(vm, own)?;
    match finder.find(&text, range, how, false) {
        Some(hit) => matches::make(vm, args[0], args[1], range, hit),
        None => Ok(Value::NONE),
    }
}

fn group_or(vm: &mut Vm, value: Value, span: Option<(usize, usize)>, default: Value) -> PyResult {
    match span {
        Some(span) => piece(vm, value, span),
        None => Ok(default),
    }
}

fn empty_like(value: Value) -> Value {
    if value.to::<Str>().is_some() {
        Str::empty().into()
    } else {
        Bytes::new(b"").into()
    }
}

fn findall(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = pattern(vm, args[0])?;
    let value = args[1];
    let text = Text::new(vm, own, value)?;
    let range = bounds(vm, &text, args[2], args[3])?;
    let list = List::new();
    each_match(vm, own, &text, range, |vm, hit| {
        let item = match own.groups {
            0 => piece(vm, value, hit.whole)?,
            1 => group_or(vm, value, hit.span(1), empty_like(value))?,
            groups => {
                let parts = List::new();
                for group in 1..=groups {
                    let part = group_or(vm, value, hit.span(group), empty_like(value))?;
                    parts.push(part);
                }
                tuple(parts.items())
            }
        };
        list.push(item);
        Ok(true)
    })?;
    Ok(list.into())
}

fn split(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = pattern(vm, args[0])?;
    let value = args[1];
    let most = most(vm, args[2])?;
    let text = Text::new(vm, own, value)?;
    let list = List::new();
    let (mut last, mut count) = (0, 0);
    each_match(vm, own, &text, (0, text.len()), |vm, hit| {
        if most > 0 && count >= most {
            return Ok(false);
        }
        let (from, to) = hit.whole;
        let part = piece(vm, value, (last, from))?;
        list.push(part);
        for group in 1..=own.groups {
            let part = group_or(vm, value, hit.span(group), Value::NONE)?;
            list.push(part);
        }
        last = to;
        count += 1;
        Ok(true)
    })?;
    let part = piece(vm, value, (last, text.len()))?;
    list.push(part);
    Ok(list.into())
}

fn sub(vm: &mut Vm, args: &[Value]) -> PyResult {
    let result = substitute::substitute(vm, args)?;
    Ok(result.0)
}

fn subn(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (text, count) = substitute::substitute(vm, args)?;
    Ok(tuple(&[text, Value::int(count)]))
}

fn pattern_repr(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = pattern(vm, args[0])?;
    let names = [
        (2, "re.IGNORECASE"),
        (4, "re.LOCALE"),
        (8, "re.MULTILINE"),
        (16, "re.DOTALL"),
        (64, "re.VERBOSE"),
        (128, "re.DEBUG"),
        (256, "re.ASCII"),
    ];
    let mut flags = own.flags;
    // Text patterns are Unicode patterns unless they say otherwise.
    if !own.is_bytes && flags & (4 | 32 | 256) == 32 {
        flags &= !32;
    }
    let mut shown: Vec<&str> = Vec::new();
    for (bit, name) in names {
        if flags & bit != 0 {
            shown.push(name);
            flags &= !bit;
        }
    }
    let rest;
    if flags & !32 != 0 {
        rest = format!("{:#x}", flags & !32);
        shown.push(&rest);
    } else if flags & 32 != 0 {
        shown.push("re.UNICODE");
    }
    let source = vm.repr_text(own.pattern.get())?;
    let source: String = source.chars().take(200).collect();
    let tail = if shown.is_empty() {
        String::new()
    } else {
        format!(", {}", shown.join("|"))
    };
    Ok(string(&format!("re.compile({source}{tail})")))
}

fn pattern_eq(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (Ok(a), Ok(b)) = (pattern(vm, args[0]), pattern(vm, args[1])) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let same = a.flags == b.flags && a.codes == b.codes && a.is_bytes == b.is_bytes;
    Ok(Value::bool(
        same && vm.eq(a.pattern.get(), b.pattern.get())?,
    ))
}

fn pattern_hash(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = pattern(vm, args[0])?;
    let source = vm.hash(own.pattern.get())?;
    Ok(Value::int(source ^ own.flags))
}

fn pattern_reduce(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = pattern(vm, args[0])?;
    let re = vm.import_module("re")?;
    let compile = vm.get_attr_text(re, "_compile")?;
    Ok(tuple(&[
        compile,
        tuple(&[own.pattern.get(), Value::int(own.flags)]),
    ]))
}

pub fn install(vm: &mut Vm) {
    let module = vm.define_module("_sre", FUNCTIONS);
    let space = module.namespace();
    let numbers = [
        ("MAGIC", MAGIC),
        ("CODESIZE", CODE_SIZE),
        ("MAXREPEAT", MAX_REPEAT as i64),
        ("MAXGROUPS", MAX_GROUPS),
    ];
    for (name, number) in numbers {
        space.set_str(intern(name), Value::int(number));
    }
    let object = vm.types.object;
    let flags = ClassFlags {
        immutable: true,
        is_final: true,
        no_instances: true,
        ..ClassFlags::default()
    };
    let classes = [
        ("re.Pattern", "re", "Pattern", PATTERN),
        ("re.Match", "re", "Match", matches::MATCH),
        ("re.Scanner", "_sre", "SRE_Scanner", scanner::SCANNER),
    ];
    for (key, module, name, methods) in classes {
        let class = vm.native_class(module, name, object, flags, methods);
        vm.keep(key, class.into());
    }
}
