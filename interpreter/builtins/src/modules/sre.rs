//! Module `_sre`: runs the patterns that `re` compiles, on the engine of crate
//! `rustpython-sre_engine`.
//!
//! Strings and bytes are searched where they lie, so that a program may try patterns at one place
//! of a long text after the other. Positions count characters throughout.

use object::{
    Bytes, Class, ClassFlags, Dict, Foreign, Gc, Iter, IterKind, List, Marker, Payload, Str, Tuple,
    Value, View, Width, intern,
};
use rustpython_sre_engine::{
    CODESIZE, MAXGROUPS, MAXREPEAT, Request, SRE_MAGIC, State, StrDrive, StringCursor,
};
use std::cell::{Cell, RefCell};
use vm::{Def, PyResult, Vm, class_method, getter, method, string, tuple};

const FUNCTIONS: &[Def] = &[
    method(
        "compile(pattern, flags, code, groups, groupindex, indexgroup)",
        compile,
    ),
    method("template(pattern, template, /)", |_, args| Ok(args[1])),
    method("getcodesize()", |_, _| Ok(Value::small(CODESIZE as i64))),
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
    is_bytes: bool,
}

impl Payload for Pattern {
    fn trace(&self, marker: &mut Marker) {
        for cell in [&self.pattern, &self.names, &self.indices] {
            marker.visit(cell.get());
        }
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
        is_bytes,
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

// ---- subjects

/// What is searched.
enum Text {
    Str(Gc<Str>),
    Bytes(Gc<Bytes>),
    /// The bytes of an object that may change.
    Copied(Vec<u8>),
}

/// What is searched, and the engine's state, whose memory the next search uses again.
struct Subject {
    text: Text,
    state: RefCell<State>,
}

fn subject(vm: &mut Vm, pattern: &Pattern, value: Value) -> PyResult<Subject> {
    let text = searched_text(vm, pattern, value)?;
    Ok(Subject {
        text,
        state: RefCell::default(),
    })
}

/// The memory of a string whose characters take `WIDTH` bytes each. A cursor into it is the
/// engine's own for bytes, but counts characters.
#[derive(Clone, Copy)]
struct Units<'a, const WIDTH: usize>(&'a [u8]);

impl<'a, const WIDTH: usize> StrDrive for Units<'a, WIDTH> {
    fn count(&self) -> usize {
        self.0.len() / WIDTH
    }

    #[inline]
    fn create_cursor(&self, n: usize) -> StringCursor {
        let mut cursor = self.0.create_cursor(n * WIDTH);
        cursor.position = n;
        cursor
    }

    #[inline]
    fn adjust_cursor(&self, cursor: &mut StringCursor, n: usize) {
        *cursor = self.create_cursor(n);
    }

    #[inline]
    fn advance(cursor: &mut StringCursor) -> u32 {
        let point = Self::peek(cursor);
        Self::skip(cursor, 1);
        point
    }

    #[inline]
    fn peek(cursor: &StringCursor) -> u32 {
        let mut at = *cursor;
        let mut bytes = [0; 4];
        let used = if cfg!(target_endian = "big") {
            &mut bytes[4 - WIDTH..]
        } else {
            &mut bytes[..WIDTH]
        };
        for byte in used {
            *byte = <&'a [u8]>::peek(&at) as u8;
            <&'a [u8]>::skip(&mut at, 1);
        }
        u32::from_ne_bytes(bytes)
    }

    #[inline]
    fn skip(cursor: &mut StringCursor, n: usize) {
        let position = cursor.position + n;
        <&'a [u8]>::skip(cursor, n * WIDTH);
        cursor.position = position;
    }

    #[inline]
    fn back_advance(cursor: &mut StringCursor) -> u32 {
        Self::back_skip(cursor, 1);
        Self::peek(cursor)
    }

    #[inline]
    fn back_peek(cursor: &StringCursor) -> u32 {
        let mut before = *cursor;
        Self::back_advance(&mut before)
    }

    #[inline]
    fn back_skip(cursor: &mut StringCursor, n: usize) {
        let position = cursor.position - n;
        // The bytes' cursor may stand at a smaller number than the bytes that it goes back.
        cursor.position = usize::MAX;
        <&'a [u8]>::back_skip(cursor, n * WIDTH);
        cursor.position = position;
    }
}

fn searched_text(vm: &mut Vm, pattern: &Pattern, value: Value) -> PyResult<Text> {
    if let Some(text) = value.to::<Str>() {
        if pattern.is_bytes {
            return Err(vm.type_error("cannot use a bytes pattern on a string-like object"));
        }
        return Ok(Text::Str(text));
    }
    let data = match value.to::<Bytes>() {
        Some(data) => Some(Text::Bytes(data)),
        None => crate::types::bytes::contents(vm, value)?.map(Text::Copied),
    };
    match data {
        Some(_) if !pattern.is_bytes && !pattern.pattern.get().is_none() => {
            Err(vm.type_error("cannot use a string pattern on a bytes-like object"))
        }
        Some(data) => Ok(data),
        None => {
            let given = vm.type_name(value);
            Err(vm.type_error(format!(
                "expected string or bytes-like object, got '{given}'"
            )))
        }
    }
}

/// How a pattern is applied.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum How {
    Match,
    Full,
    Search,
}

/// Where a pattern matched: the whole, then its groups.
struct Found {
    spans: Vec<Option<(usize, usize)>>,
    last_index: isize,
}

fn apply<S: StrDrive>(
    string: S,
    state: &mut State,
    pattern: &Pattern,
    (start, end): (usize, usize),
    how: How,
    must_advance: bool,
) -> Option<Found> {
    let request = Request {
        string,
        start,
        end,
        pattern_codes: &pattern.codes,
        match_all: how == How::Full,
        must_advance,
    };
    state.reset(&request, request.start);
    let matched = match how {
        How::Search => state.search(request),
        _ => state.py_match(&request),
    };
    if !matched {
        // A search without result may leave the cursor nowhere, at a place other than zero.
        *state = State::default();
        return None;
    }
    let mut spans = Vec::with_capacity(pattern.groups + 1);
    spans.push(Some((state.start, state.cursor.position)));
    for group in 0..pattern.groups {
        let (from, to) = state.marks.get(group);
        spans.push(match (from.into_option(), to.into_option()) {
            (Some(from), Some(to)) => Some((from, to)),
            _ => None,
        });
    }
    Some(Found {
        spans,
        last_index: state.marks.last_index(),
    })
}

impl Subject {
    fn find(
        &self,
        pattern: &Pattern,
        range: (usize, usize),
        how: How,
        must_advance: bool,
    ) -> Option<Found> {
        let state = &mut *self.state.borrow_mut();
        match &self.text {
            Text::Str(text) => {
                let bytes = text.get().bytes_of_units();
                match text.width() {
                    Width::One => apply(bytes, state, pattern, range, how, must_advance),
                    Width::Two => {
                        let units = Units::<2>(bytes);
                        apply(units, state, pattern, range, how, must_advance)
                    }
                    Width::Four => {
                        let units = Units::<4>(bytes);
                        apply(units, state, pattern, range, how, must_advance)
                    }
                }
            }
            Text::Bytes(data) => apply(data.as_slice(), state, pattern, range, how, must_advance),
            Text::Copied(data) => {
                // The length was asked for after the copy was made, and may have changed.
                let range = (range.0.min(data.len()), range.1.min(data.len()));
                apply(data.as_slice(), state, pattern, range, how, must_advance)
            }
        }
    }
}

/// A piece of the subject as the program sees it.
fn piece(vm: &mut Vm, subject: Value, (from, to): (usize, usize)) -> PyResult {
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
    let copied;
    let data = match crate::types::bytes::view(subject) {
        Some(data) => data,
        None => {
            copied = crate::types::bytes::contents(vm, subject)?.unwrap_or_default();
            &copied
        }
    };
    let to = to.min(data.len());
    Ok(Bytes::new(data.get(from..to).unwrap_or(&[])).into())
}

fn bounds(vm: &mut Vm, subject: Value, from: Value, to: Value) -> PyResult<(usize, usize)> {
    let length = vm.len(subject)?;
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
        finditer,
    ),
    method(
        "scanner(self, /, string, pos=0, endpos=9223372036854775807)",
        scanner,
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
    let subject = subject(vm, own, args[1])?;
    let range = bounds(vm, args[1], args[2], args[3])?;
    if range.0 > range.1 {
        return Ok(Value::NONE);
    }
    match subject.find(own, range, how, false) {
        Some(found) => Ok(make_match(vm, args[0], args[1], range, found)),
        None => Ok(Value::NONE),
    }
}

/// Calls `f` with every match in order; it says whether to go on.
fn each_match(
    vm: &mut Vm,
    own: &Pattern,
    subject: &Subject,
    (start, end): (usize, usize),
    mut f: impl FnMut(&mut Vm, Found) -> PyResult<bool>,
) -> PyResult<()> {
    let (mut at, mut must_advance) = (start, false);
    while at <= end {
        let Some(found) = subject.find(own, (at, end), How::Search, must_advance) else {
            break;
        };
        let (from, to) = found.spans[0].unwrap_or((at, at));
        must_advance = from == to;
        at = to;
        if !f(vm, found)? {
            break;
        }
    }
    Ok(())
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
    let text = args[1];
    let subject = subject(vm, own, text)?;
    let range = bounds(vm, text, args[2], args[3])?;
    let list = List::new();
    each_match(vm, own, &subject, range, |vm, found| {
        let item = match own.groups {
            0 => group_or(vm, text, found.spans[0], Value::NONE)?,
            1 => group_or(vm, text, found.spans[1], empty_like(text))?,
            _ => {
                let parts = List::new();
                for &span in &found.spans[1..] {
                    let part = group_or(vm, text, span, empty_like(text))?;
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
    let text = args[1];
    let most = match args[2].bound() {
        Some(most) => vm.index(most)?,
        None => 0,
    };
    let subject = subject(vm, own, text)?;
    let length = vm.len(text)?;
    let list = List::new();
    let (mut last, mut count) = (0, 0);
    each_match(vm, own, &subject, (0, length), |vm, found| {
        if most > 0 && count >= most {
            return Ok(false);
        }
        let (from, to) = found.spans[0].unwrap_or((0, 0));
        let part = piece(vm, text, (last, from))?;
        list.push(part);
        for &span in &found.spans[1..] {
            let part = group_or(vm, text, span, Value::NONE)?;
            list.push(part);
        }
        last = to;
        count += 1;
        Ok(true)
    })?;
    let part = piece(vm, text, (last, length))?;
    list.push(part);
    Ok(list.into())
}

fn sub(vm: &mut Vm, args: &[Value]) -> PyResult {
    let result = substitute(vm, args)?;
    Ok(result.0)
}

fn subn(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (text, count) = substitute(vm, args)?;
    Ok(tuple(&[text, Value::int(count)]))
}

/// What stands in the place of a match.
enum Replacement {
    Literal(Value),
    /// Literals and group numbers in turn.
    Template(Gc<List>),
    Function(Value),
}

fn replacement(vm: &mut Vm, own: Value, given: Value) -> PyResult<Replacement> {
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
fn expand_template(
    vm: &mut Vm,
    parts: Gc<List>,
    text: Value,
    spans: &[Option<(usize, usize)>],
    out: Gc<List>,
) -> PyResult<()> {
    for (i, &part) in parts.items().iter().enumerate() {
        if i % 2 == 0 {
            out.push(part);
            continue;
        }
        let group = usize::try_from(vm.index(part)?).unwrap_or(0);
        let span = spans.get(group).copied().flatten();
        let piece = group_or(vm, text, span, empty_like(text))?;
        out.push(piece);
    }
    Ok(())
}

fn join(vm: &mut Vm, text: Value, parts: Gc<List>) -> PyResult {
    let empty = empty_like(text);
    let name = vm.names.join;
    vm.call_method(empty, name, &[parts.into()])
}

fn substitute(vm: &mut Vm, args: &[Value]) -> PyResult<(Value, i64)> {
    let own = pattern(vm, args[0])?;
    let text = args[2];
    let most = match args[3].bound() {
        Some(most) => vm.index(most)?,
        None => 0,
    };
    let replacement = replacement(vm, args[0], args[1])?;
    let subject = subject(vm, own, text)?;
    let length = vm.len(text)?;
    let out = List::new();
    let (mut last, mut count) = (0, 0);
    each_match(vm, own, &subject, (0, length), |vm, found| {
        let (from, to) = found.spans[0].unwrap_or((0, 0));
        if last < from {
            let part = piece(vm, text, (last, from))?;
            out.push(part);
        }
        match &replacement {
            Replacement::Literal(literal) => out.push(*literal),
            Replacement::Template(parts) => {
                expand_template(vm, *parts, text, &found.spans, out)?;
            }
            Replacement::Function(function) => {
                let matched = make_match(vm, args[0], text, (0, length), found);
                let part = vm.call(*function, &[matched])?;
                if !part.is_none() {
                    out.push(part);
                }
            }
        }
        last = to;
        count += 1;
        Ok(most <= 0 || count < most)
    })?;
    if count == 0 {
        return Ok((piece(vm, text, (0, length))?, 0));
    }
    if last < length {
        let part = piece(vm, text, (last, length))?;
        out.push(part);
    }
    Ok((join(vm, text, out)?, count))
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

// ---- scanners

/// The payload of a scanner: goes from match to match.
struct Scanner {
    pattern: Cell<Value>,
    text: Cell<Value>,
    subject: Subject,
    at: Cell<usize>,
    range: (usize, usize),
    must_advance: Cell<bool>,
}

impl Payload for Scanner {
    fn trace(&self, marker: &mut Marker) {
        // The subject, if it is a string of its own, is the text or what a subclass wraps.
        marker.visit(self.pattern.get());
        marker.visit(self.text.get());
        match &self.subject.text {
            Text::Str(text) => marker.visit((*text).into()),
            Text::Bytes(data) => marker.visit((*data).into()),
            Text::Copied(_) => {}
        }
    }
}

const SCANNER: &[Def] = &[
    method("match(self, /)", |vm, a| scan(vm, a[0], How::Match)),
    method("search(self, /)", |vm, a| scan(vm, a[0], How::Search)),
    getter("pattern", |vm, a| Ok(scanner_of(vm, a[0])?.pattern.get())),
];

fn scanner(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = pattern(vm, args[0])?;
    let subject = subject(vm, own, args[1])?;
    let range = bounds(vm, args[1], args[2], args[3])?;
    let scanner = Scanner {
        pattern: Cell::new(args[0]),
        text: Cell::new(args[1]),
        subject,
        at: Cell::new(range.0),
        range,
        must_advance: Cell::new(false),
    };
    let class = class_kept(vm, "re.Scanner");
    Ok(Foreign::new(class.new_instance_shape(), scanner).into())
}

fn finditer(vm: &mut Vm, args: &[Value]) -> PyResult {
    let scanner = scanner(vm, args)?;
    let search = vm.get_attr_text(scanner, "search")?;
    let iter = Iter::new(IterKind::Callable, search, 0, 0, 0);
    iter.write(|i| &i.extra, Value::NONE);
    Ok(iter.into())
}

fn scanner_of(vm: &mut Vm, value: Value) -> PyResult<&'static Scanner> {
    match value.cast::<Foreign>().and_then(|f| f.payload::<Scanner>()) {
        Some(scanner) => Ok(scanner),
        None => Err(vm.type_error("a scanner is required")),
    }
}

fn scan(vm: &mut Vm, value: Value, how: How) -> PyResult {
    let scanner = scanner_of(vm, value)?;
    let own = pattern(vm, scanner.pattern.get())?;
    let (at, end) = (scanner.at.get(), scanner.range.1);
    if at > end {
        return Ok(Value::NONE);
    }
    let Some(found) = scanner
        .subject
        .find(own, (at, end), how, scanner.must_advance.get())
    else {
        scanner.at.set(end + 1);
        return Ok(Value::NONE);
    };
    let (from, to) = found.spans[0].unwrap_or((at, at));
    scanner.must_advance.set(from == to);
    scanner.at.set(to);
    Ok(make_match(
        vm,
        scanner.pattern.get(),
        scanner.text.get(),
        scanner.range,
        found,
    ))
}

// ---- matches

/// The payload of a match.
struct Match {
    pattern: Cell<Value>,
    text: Cell<Value>,
    range: (usize, usize),
    found: Found,
}

impl Payload for Match {
    fn trace(&self, marker: &mut Marker) {
        marker.visit(self.pattern.get());
        marker.visit(self.text.get());
    }
}

const MATCH: &[Def] = &[
    method("group(self, /, *groups)", group),
    method("__getitem__(self, group, /)", |vm, a| {
        one_group(vm, a[0], a[1], Value::NONE)
    }),
    method("groups(self, /, default=None)", groups),
    method("groupdict(self, /, default=None)", groupdict),
    method("start(self, group=0, /)", |vm, a| {
        Ok(Value::int(span_of(vm, a)?.0))
    }),
    method("end(self, group=0, /)", |vm, a| {
        Ok(Value::int(span_of(vm, a)?.1))
    }),
    method("span(self, group=0, /)", |vm, a| {
        let (from, to) = span_of(vm, a)?;
        Ok(tuple(&[Value::int(from), Value::int(to)]))
    }),
    method("expand(self, /, template)", expand),
    method("__repr__(self, /)", match_repr),
    method("__copy__(self, /)", |_, a| Ok(a[0])),
    method("__deepcopy__(self, memo, /)", |_, a| Ok(a[0])),
    class_method(
        "__class_getitem__(cls, item, /)",
        crate::types::class_getitem,
    ),
    getter("re", |vm, a| Ok(matched(vm, a[0])?.pattern.get())),
    getter("string", |vm, a| Ok(matched(vm, a[0])?.text.get())),
    getter("pos", |vm, a| {
        Ok(Value::int(matched(vm, a[0])?.range.0 as i64))
    }),
    getter("endpos", |vm, a| {
        Ok(Value::int(matched(vm, a[0])?.range.1 as i64))
    }),
    getter("lastindex", last_index),
    getter("lastgroup", last_group),
    getter("regs", regs),
];

fn make_match(
    vm: &mut Vm,
    pattern: Value,
    text: Value,
    range: (usize, usize),
    found: Found,
) -> Value {
    let class = class_kept(vm, "re.Match");
    let made = Match {
        pattern: Cell::new(pattern),
        text: Cell::new(text),
        range,
        found,
    };
    Foreign::new(class.new_instance_shape(), made).into()
}

fn matched(vm: &mut Vm, value: Value) -> PyResult<&'static Match> {
    match value.cast::<Foreign>().and_then(|f| f.payload::<Match>()) {
        Some(matched) => Ok(matched),
        None => Err(vm.type_error("a match is required")),
    }
}

/// The number of a group given by number or name.
fn group_number(vm: &mut Vm, own: &Match, group: Value) -> PyResult<usize> {
    let number = match vm.as_int(group) {
        Some(number) => number.as_small(),
        None => {
            let pattern = pattern(vm, own.pattern.get())?;
            match pattern.names.get().to::<Dict>() {
                Some(names) => match vm.hash(group) {
                    Ok(_) => vm.dict_get(names, group)?.and_then(|n| n.as_small()),
                    Err(_) => None,
                },
                None => None,
            }
        }
    };
    match number.and_then(|n| usize::try_from(n).ok()) {
        Some(number) if number < own.found.spans.len() => Ok(number),
        _ => Err(vm.index_error("no such group")),
    }
}

fn one_group(vm: &mut Vm, value: Value, group: Value, default: Value) -> PyResult {
    let own = matched(vm, value)?;
    let number = group_number(vm, own, group)?;
    group_or(vm, own.text.get(), own.found.spans[number], default)
}

fn group(vm: &mut Vm, args: &[Value]) -> PyResult {
    match &args[1..] {
        [] => one_group(vm, args[0], Value::small(0), Value::NONE),
        [one] => one_group(vm, args[0], *one, Value::NONE),
        several => {
            let parts = List::new();
            for &group in several {
                let part = one_group(vm, args[0], group, Value::NONE)?;
                parts.push(part);
            }
            Ok(tuple(parts.items()))
        }
    }
}

fn groups(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = matched(vm, args[0])?;
    let default = args[1].bound().unwrap_or(Value::NONE);
    let parts = List::new();
    for &span in &own.found.spans[1..] {
        let part = group_or(vm, own.text.get(), span, default)?;
        parts.push(part);
    }
    Ok(tuple(parts.items()))
}

fn groupdict(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = matched(vm, args[0])?;
    let default = args[1].bound().unwrap_or(Value::NONE);
    let result = Dict::new();
    let names = pattern(vm, own.pattern.get())?.names.get();
    if let Some(names) = names.to::<Dict>() {
        for (name, number) in names.copy().get().iter() {
            let number = number
                .as_small()
                .and_then(|n| usize::try_from(n).ok())
                .unwrap_or(0);
            let span = own.found.spans.get(number).copied().flatten();
            let part = group_or(vm, own.text.get(), span, default)?;
            vm.dict_set(result, name, part)?;
        }
    }
    Ok(result.into())
}

fn span_of(vm: &mut Vm, args: &[Value]) -> PyResult<(i64, i64)> {
    let own = matched(vm, args[0])?;
    let number = match args[1].bound() {
        Some(group) => group_number(vm, own, group)?,
        None => 0,
    };
    Ok(own.found.spans[number].map_or((-1, -1), |(from, to)| (from as i64, to as i64)))
}

fn expand(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = matched(vm, args[0])?;
    match replacement(vm, own.pattern.get(), args[1])? {
        Replacement::Template(parts) => {
            let out = List::new();
            expand_template(vm, parts, own.text.get(), &own.found.spans, out)?;
            join(vm, own.text.get(), out)
        }
        Replacement::Literal(literal) => Ok(literal),
        Replacement::Function(given) => {
            let given = vm.type_name(given);
            Err(vm.type_error(format!("expected str, got {given}")))
        }
    }
}

fn match_repr(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = matched(vm, args[0])?;
    let (from, to) = own.found.spans[0].unwrap_or((0, 0));
    let text = piece(vm, own.text.get(), (from, to))?;
    let text = vm.repr_text(text)?;
    let text: String = text.chars().take(50).collect();
    Ok(string(&format!(
        "<re.Match object; span=({from}, {to}), match={text}>"
    )))
}

fn last_index(vm: &mut Vm, args: &[Value]) -> PyResult {
    let last = matched(vm, args[0])?.found.last_index;
    Ok(if last >= 1 {
        Value::int(last as i64)
    } else {
        Value::NONE
    })
}

fn last_group(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = matched(vm, args[0])?;
    let indices = pattern(vm, own.pattern.get())?.indices.get().to::<Tuple>();
    let last = usize::try_from(own.found.last_index)
        .ok()
        .filter(|&n| n >= 1);
    Ok(match (indices, last) {
        (Some(indices), Some(last)) => indices.items().get(last).copied().unwrap_or(Value::NONE),
        _ => Value::NONE,
    })
}

fn regs(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = matched(vm, args[0])?;
    let spans = List::new();
    for span in &own.found.spans {
        let (from, to) = span.map_or((-1, -1), |(from, to)| (from as i64, to as i64));
        spans.push(tuple(&[Value::int(from), Value::int(to)]));
    }
    Ok(tuple(spans.items()))
}

pub fn install(vm: &mut Vm) {
    let module = vm.define_module("_sre", FUNCTIONS);
    let space = module.namespace();
    let numbers = [
        ("MAGIC", SRE_MAGIC as i64),
        ("CODESIZE", CODESIZE as i64),
        ("MAXREPEAT", MAXREPEAT as i64),
        ("MAXGROUPS", MAXGROUPS as i64),
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
        ("re.Match", "re", "Match", MATCH),
        ("re.Scanner", "_sre", "SRE_Scanner", SCANNER),
    ];
    for (key, module, name, methods) in classes {
        let class = vm.native_class(module, name, object, flags, methods);
        vm.keep(key, class.into());
    }
}
