//! Reading JSON: `scanstring`, and the scanner that reads one value from a place of a text.
//!
//! Texts of characters below 256 are read where they lie, wider ones from a copy of their code
//! points; one generic reader serves both.

use crate::{float_text, int_text};
use object::{Class, Dict, Foreign, Gc, List, Marker, Payload, Str, Value};
use rustc_hash::{FxBuildHasher, FxHashMap};
use std::cell::Cell;
use std::hash::{BuildHasher, Hash};
use vm::{Def, PyResult, Raised, Vm, getter, method, tuple};

/// What a text is made of.
trait Unit: Copy + Eq + Hash + Into<u32> {
    fn string(units: &[Self]) -> Gc<Str>;

    /// Whether a string is known to consist of these units.
    fn is_string(units: &[Self], string: Gc<Str>) -> bool;
}

impl Unit for u8 {
    fn string(units: &[u8]) -> Gc<Str> {
        Str::from_latin1(units)
    }

    fn is_string(units: &[u8], string: Gc<Str>) -> bool {
        string.get().as_latin1() == Some(units)
    }
}

impl Unit for u32 {
    fn string(units: &[u32]) -> Gc<Str> {
        Str::from_points(units)
    }

    fn is_string(_: &[u32], _: Gc<Str>) -> bool {
        false
    }
}

/// An object of a class of this module.
pub(super) fn new_object(vm: &mut Vm, class: &str, payload: impl Payload) -> PyResult {
    match vm.kept(class).and_then(|class| class.cast::<Class>()) {
        Some(class) => Ok(Foreign::new(class.new_instance_shape(), payload).into()),
        None => Err(vm.system_error("_json is not installed")),
    }
}

/// `JSONDecodeError(message, document, place)`
#[cold]
fn decode_error(vm: &mut Vm, message: &str, document: Gc<Str>, at: usize) -> Raised {
    let class = vm
        .import_module("json.decoder")
        .and_then(|module| vm.get_attr_text(module, "JSONDecodeError"));
    let made = class.and_then(|class| {
        vm.call(
            class,
            &[
                Str::new(message).into(),
                document.into(),
                Value::int(at as i64),
            ],
        )
    });
    match made {
        Ok(exception) => Raised(exception),
        Err(raised) => raised,
    }
}

/// The value of four hexadecimal digits.
fn hex_unit<T: Unit>(text: &[T], from: usize) -> Option<u32> {
    let digits = text.get(from..from + 4)?;
    digits.iter().try_fold(0, |unit, &digit| {
        let digit = char::from_u32(digit.into())?.to_digit(16)?;
        Some(unit << 4 | digit)
    })
}

/// Reads a string from behind its opening quote; also the place behind the closing one.
fn read_string<T: Unit>(
    vm: &mut Vm,
    document: Gc<Str>,
    text: &[T],
    from: usize,
    strict: bool,
) -> PyResult<(Option<Gc<Str>>, usize, usize)> {
    let plain = |from: usize| {
        text[from..].iter().position(|&unit| {
            let point: u32 = unit.into();
            point == 0x22 || point == 0x5c || point < 0x20
        })
    };
    // Most strings end before anything else has to be looked at.
    if let Some(length) = plain(from)
        && text[from + length].into() == 0x22
    {
        return Ok((None, from + length, from + length + 1));
    }
    let open = from.saturating_sub(1);
    let mut parts = object::StrBuilder::new();
    let mut at = from;
    loop {
        let Some(length) = plain(at) else {
            return Err(decode_error(
                vm,
                "Unterminated string starting at",
                document,
                open,
            ));
        };
        let end = at + length;
        match text[end].into() {
            0x22 => {
                text[at..end]
                    .iter()
                    .for_each(|&unit| parts.push_point(unit.into()));
                return Ok((Some(parts.finish()), end, end + 1));
            }
            0x5c => {
                text[at..end]
                    .iter()
                    .for_each(|&unit| parts.push_point(unit.into()));
                let (point, next) = read_escape(vm, document, text, end, open)?;
                parts.push_point(point);
                at = next;
            }
            _ if strict => {
                return Err(decode_error(
                    vm,
                    "Invalid control character at",
                    document,
                    end,
                ));
            }
            _ => {
                text[at..=end]
                    .iter()
                    .for_each(|&unit| parts.push_point(unit.into()));
                at = end + 1;
            }
        }
    }
}

/// Reads an escape from its backslash on.
fn read_escape<T: Unit>(
    vm: &mut Vm,
    document: Gc<Str>,
    text: &[T],
    at: usize,
    open: usize,
) -> PyResult<(u32, usize)> {
    let Some(&letter) = text.get(at + 1) else {
        return Err(decode_error(
            vm,
            "Unterminated string starting at",
            document,
            open,
        ));
    };
    let point = match char::from_u32(letter.into()) {
        Some(c @ ('"' | '\\' | '/')) => c as u32,
        Some('b') => 8,
        Some('f') => 12,
        Some('n') => 10,
        Some('r') => 13,
        Some('t') => 9,
        Some('u') => {
            // A string needs its closing quote, so the digits cannot be the last of the text.
            let Some(unit) = hex_unit(text, at + 2).filter(|_| at + 6 < text.len()) else {
                return Err(decode_error(vm, "Invalid \\uXXXX escape", document, at + 1));
            };
            let next = at + 6;
            let is_escape =
                |at: usize, letter: u32| text.get(at).is_some_and(|&unit| unit.into() == letter);
            if (0xd800..0xdc00).contains(&unit)
                && is_escape(next, 0x5c)
                && is_escape(next + 1, 0x75)
            {
                let Some(low) = hex_unit(text, next + 2) else {
                    return Err(decode_error(
                        vm,
                        "Invalid \\uXXXX escape",
                        document,
                        next + 1,
                    ));
                };
                if (0xdc00..0xe000).contains(&low) {
                    let joined = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
                    return Ok((joined, next + 6));
                }
            }
            return Ok((unit, next));
        }
        _ => return Err(decode_error(vm, "Invalid \\escape", document, at)),
    };
    Ok((point, at + 2))
}

pub(super) fn scan_string(vm: &mut Vm, args: &[Value]) -> PyResult {
    let Some(document) = args[0].to::<Str>() else {
        let given = vm.type_name(args[0]);
        return Err(vm.type_error(format!("first argument must be a string, not {given}")));
    };
    let from = vm.index(args[1])?;
    let strict = match args[2].bound() {
        Some(strict) => vm.truth(strict)?,
        None => true,
    };
    let from = match usize::try_from(from) {
        Ok(from) if from <= document.len() => from,
        _ => return Err(vm.value_error("end is out of bounds")),
    };
    let (string, next) = match document.get().as_latin1() {
        Some(text) => {
            let (made, end, next) = read_string(vm, document, text, from, strict)?;
            (made.unwrap_or_else(|| u8::string(&text[from..end])), next)
        }
        None => {
            let text = document.to_points();
            let (made, end, next) = read_string(vm, document, &text, from, strict)?;
            (made.unwrap_or_else(|| u32::string(&text[from..end])), next)
        }
    };
    Ok(tuple(&[string.into(), Value::int(next as i64)]))
}

// ---- the scanner

/// The payload of a scanner: the options of a `JSONDecoder`.
struct Scanner {
    strict: bool,
    object_hook: Value,
    object_pairs_hook: Value,
    parse_float: Value,
    parse_int: Value,
    parse_constant: Value,
    recent: Recent,
}

/// Keys of the documents that were read last: documents of one sort have the same keys, whose strings
/// and hashes need not be made anew for each.
struct Recent {
    /// In each place a key, or `None`.
    keys: Gc<List>,
    /// Which document a key was last seen in: within one, equal keys are one object, so none of its
    /// keys gives way to another.
    seen: [Cell<u32>; RECENT],
    /// The number of the document.
    document: Cell<u32>,
}

const RECENT: usize = 64;

impl Recent {
    fn new() -> Recent {
        Recent {
            keys: List::from_slice(&[Value::NONE; RECENT]),
            seen: [const { Cell::new(0) }; RECENT],
            document: Cell::new(0),
        }
    }

    /// The place of a key among the recent ones.
    fn place_of<T: Unit>(units: &[T]) -> usize {
        let mixed = FxBuildHasher
            .hash_one(units)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed >> 58) as usize
    }

    fn find<T: Unit>(&self, at: usize, units: &[T]) -> Option<Gc<Str>> {
        let key = self.keys.item(at)?.cast::<Str>()?;
        if !T::is_string(units, key) {
            return None;
        }
        self.seen[at].set(self.document.get());
        Some(key)
    }

    /// Whether a key that was not found takes a place from here on.
    fn enter(&self, at: usize, key: Gc<Str>) -> bool {
        if self.seen[at].get() == self.document.get() {
            return false;
        }
        self.seen[at].set(self.document.get());
        self.keys.set_item(at, key.into())
    }
}

impl Payload for Scanner {
    fn trace(&self, marker: &mut Marker) {
        for value in [
            self.object_hook,
            self.object_pairs_hook,
            self.parse_float,
            self.parse_int,
            self.parse_constant,
            self.recent.keys.into(),
        ] {
            marker.visit(value);
        }
    }
}

pub(super) const SCANNER: &[Def] = &[
    method("__call__(self, string, idx)", scan_once),
    getter("strict", |vm, args| {
        Ok(Value::bool(scanner_of(vm, args[0])?.strict))
    }),
    getter("object_hook", |vm, args| {
        Ok(scanner_of(vm, args[0])?.object_hook)
    }),
    getter("object_pairs_hook", |vm, args| {
        Ok(scanner_of(vm, args[0])?.object_pairs_hook)
    }),
    getter("parse_float", |vm, args| {
        Ok(scanner_of(vm, args[0])?.parse_float)
    }),
    getter("parse_int", |vm, args| {
        Ok(scanner_of(vm, args[0])?.parse_int)
    }),
    getter("parse_constant", |vm, args| {
        Ok(scanner_of(vm, args[0])?.parse_constant)
    }),
];

pub(super) fn make_scanner(vm: &mut Vm, args: &[Value]) -> PyResult {
    let strict = vm.get_attr_text(args[0], "strict")?;
    let scanner = Scanner {
        strict: vm.truth(strict)?,
        object_hook: vm.get_attr_text(args[0], "object_hook")?,
        object_pairs_hook: vm.get_attr_text(args[0], "object_pairs_hook")?,
        parse_float: vm.get_attr_text(args[0], "parse_float")?,
        parse_int: vm.get_attr_text(args[0], "parse_int")?,
        parse_constant: vm.get_attr_text(args[0], "parse_constant")?,
        recent: Recent::new(),
    };
    new_object(vm, "_json.Scanner", scanner)
}

fn scanner_of(vm: &mut Vm, value: Value) -> PyResult<&'static Scanner> {
    match value.cast::<Foreign>().and_then(|f| f.payload::<Scanner>()) {
        Some(scanner) => Ok(scanner),
        None => Err(vm.type_error("a scanner is required")),
    }
}

fn scan_once(vm: &mut Vm, args: &[Value]) -> PyResult {
    let scanner = scanner_of(vm, args[0])?;
    let Some(document) = args[1].to::<Str>() else {
        let given = vm.type_name(args[1]);
        return Err(vm.type_error(format!("first argument must be a string, not {given}")));
    };
    let Ok(from) = usize::try_from(vm.index(args[2])?) else {
        return Err(vm.value_error("idx cannot be negative"));
    };
    let (value, next) = match document.get().as_latin1() {
        Some(text) => read_document(vm, scanner, document, text, from)?,
        None => {
            let text = document.to_points();
            read_document(vm, scanner, document, &text, from)?
        }
    };
    Ok(tuple(&[value, Value::int(next as i64)]))
}

fn read_document<T: Unit>(
    vm: &mut Vm,
    scanner: &'static Scanner,
    document: Gc<Str>,
    text: &[T],
    from: usize,
) -> PyResult<(Value, usize)> {
    let recent = &scanner.recent;
    recent
        .document
        .set(recent.document.get().wrapping_add(1).max(1));
    let mut reader = Reader {
        scanner,
        document,
        text,
        at: from,
        keys: FxHashMap::default(),
        kept: List::new(),
        plain_int: scanner.parse_int == vm.types.int.into(),
        plain_float: scanner.parse_float == vm.types.float.into(),
    };
    let value = reader.value(vm)?;
    Ok((value, reader.at))
}

struct Reader<'a, T> {
    scanner: &'static Scanner,
    document: Gc<Str>,
    text: &'a [T],
    at: usize,
    /// The strings of keys seen, so that equal keys are one object: places in `kept`, which
    /// keeps them alive.
    keys: FxHashMap<&'a [T], usize>,
    kept: Gc<List>,
    plain_int: bool,
    plain_float: bool,
}

impl<T: Unit> Reader<'_, T> {
    /// The character at the present place; 0, which is no part of JSON, at the end.
    #[inline]
    fn peek(&self) -> u32 {
        self.text.get(self.at).map_or(0, |&unit| unit.into())
    }

    #[inline]
    fn skip_space(&mut self) {
        while matches!(self.peek(), 0x20 | 0x0a | 0x0d | 0x09) {
            self.at += 1;
        }
    }

    #[cold]
    fn error(&self, vm: &mut Vm, message: &str, at: usize) -> Raised {
        decode_error(vm, message, self.document, at)
    }

    /// What the decoder turns into "Expecting value".
    #[cold]
    fn nothing(&self, vm: &mut Vm, at: usize) -> Raised {
        vm.stop_iteration(Value::int(at as i64))
    }

    fn has_word(&self, word: &str) -> bool {
        let rest = &self.text[self.at.min(self.text.len())..];
        rest.len() >= word.len()
            && rest
                .iter()
                .zip(word.bytes())
                .all(|(&unit, byte)| unit.into() == byte as u32)
    }

    fn value(&mut self, vm: &mut Vm) -> PyResult {
        let (word, value) = match self.peek() {
            0x22 => {
                let from = self.at + 1;
                let (made, end, next) =
                    read_string(vm, self.document, self.text, from, self.scanner.strict)?;
                self.at = next;
                return Ok(made
                    .unwrap_or_else(|| T::string(&self.text[from..end]))
                    .into());
            }
            0x7b => return vm.nested(|vm| self.object(vm)),
            0x5b => return vm.nested(|vm| self.array(vm)),
            0x6e => ("null", Value::NONE),
            0x74 => ("true", Value::TRUE),
            0x66 => ("false", Value::FALSE),
            0x4e => ("NaN", Value::UNBOUND),
            0x49 => ("Infinity", Value::UNBOUND),
            0x2d if self.has_word("-Infinity") => ("-Infinity", Value::UNBOUND),
            _ => return self.number(vm),
        };
        if !self.has_word(word) {
            return Err(self.nothing(vm, self.at));
        }
        self.at += word.len();
        match value.bound() {
            Some(value) => Ok(value),
            None => vm.call(self.scanner.parse_constant, &[vm::string(word)]),
        }
    }

    fn digits(&self, from: usize) -> usize {
        let rest = self.text.get(from..).unwrap_or(&[]);
        rest.iter()
            .take_while(|&&unit| matches!(unit.into(), 0x30..=0x39))
            .count()
    }

    fn number(&mut self, vm: &mut Vm) -> PyResult {
        let point = |at: usize| self.text.get(at).map_or(0, |&unit| unit.into());
        let start = self.at;
        let first = start + usize::from(point(start) == 0x2d);
        let whole = match point(first) {
            0x30 => 1,
            0x31..=0x39 => self.digits(first),
            _ => return Err(self.nothing(vm, start)),
        };
        let mut end = first + whole;
        let mut is_float = false;
        if point(end) == 0x2e && self.digits(end + 1) > 0 {
            end += 1 + self.digits(end + 1);
            is_float = true;
        }
        if matches!(point(end), 0x65 | 0x45) {
            let signed = usize::from(matches!(point(end + 1), 0x2b | 0x2d));
            let exponent = self.digits(end + 1 + signed);
            if exponent > 0 {
                end += 1 + signed + exponent;
                is_float = true;
            }
        }
        self.at = end;
        if !is_float && self.plain_int && end - start <= 18 {
            let digits = self.text[first..end].iter();
            let number = digits.fold(0, |n: i64, &unit| n * 10 + (unit.into() as i64 - 0x30));
            return Ok(Value::int(if first > start { -number } else { number }));
        }
        let digits: Vec<u8> = self.text[start..end]
            .iter()
            .map(|&unit| unit.into() as u8)
            .collect();
        if is_float && self.plain_float {
            let number = float_text::parse(&digits).unwrap_or(f64::NAN);
            return Ok(Value::float(number));
        }
        if !is_float && self.plain_int {
            return match int_text::parse(&digits, 10, int_text::digits_max(vm)) {
                Ok(number) => Ok(number),
                Err(bad) => {
                    let shown = String::from_utf8_lossy(&digits).into_owned();
                    Err(int_text::raise(vm, bad, 10, &shown))
                }
            };
        }
        let function = if is_float {
            self.scanner.parse_float
        } else {
            self.scanner.parse_int
        };
        vm.call(function, &[Str::from_latin1(&digits).into()])
    }

    fn array(&mut self, vm: &mut Vm) -> PyResult {
        let list = List::new();
        self.at += 1;
        self.skip_space();
        if self.peek() == 0x5d {
            self.at += 1;
            return Ok(list.into());
        }
        loop {
            let item = self.value(vm)?;
            list.push(item);
            self.skip_space();
            match self.peek() {
                0x5d => {
                    self.at += 1;
                    return Ok(list.into());
                }
                0x2c => {}
                _ => return Err(self.error(vm, "Expecting ',' delimiter", self.at)),
            }
            let comma = self.at;
            self.at += 1;
            self.skip_space();
            if self.peek() == 0x5d {
                return Err(self.error(vm, "Illegal trailing comma before end of array", comma));
            }
        }
    }

    fn key(&mut self, vm: &mut Vm) -> PyResult<Gc<Str>> {
        let from = self.at + 1;
        let (made, end, next) =
            read_string(vm, self.document, self.text, from, self.scanner.strict)?;
        self.at = next;
        if let Some(made) = made {
            return Ok(made);
        }
        let units = &self.text[from..end];
        let place = Recent::place_of(units);
        if let Some(key) = self.scanner.recent.find(place, units) {
            return Ok(key);
        }
        if let Some(key) = self.keys.get(units).and_then(|&at| self.kept.item(at)) {
            return Ok(key.known::<Str>());
        }
        let key = T::string(units);
        if size_of::<T>() == 1 && self.scanner.recent.enter(place, key) {
            return Ok(key);
        }
        self.keys.insert(units, self.kept.len());
        self.kept.push(key.into());
        Ok(key)
    }

    fn object(&mut self, vm: &mut Vm) -> PyResult {
        let pairs = (!self.scanner.object_pairs_hook.is_none()).then(List::new);
        let dict = Dict::new();
        self.at += 1;
        self.skip_space();
        let mut more = self.peek() != 0x7d;
        while more {
            if self.peek() != 0x22 {
                let message = "Expecting property name enclosed in double quotes";
                return Err(self.error(vm, message, self.at));
            }
            let key = self.key(vm)?;
            self.skip_space();
            if self.peek() != 0x3a {
                return Err(self.error(vm, "Expecting ':' delimiter", self.at));
            }
            self.at += 1;
            self.skip_space();
            let value = self.value(vm)?;
            match pairs {
                Some(pairs) => pairs.push(tuple(&[key.into(), value])),
                None => dict.set_str(key, value),
            }
            self.skip_space();
            match self.peek() {
                0x7d => break,
                0x2c => {}
                _ => return Err(self.error(vm, "Expecting ',' delimiter", self.at)),
            }
            let comma = self.at;
            self.at += 1;
            self.skip_space();
            if self.peek() == 0x7d {
                let message = "Illegal trailing comma before end of object";
                return Err(self.error(vm, message, comma));
            }
            more = true;
        }
        self.at += 1;
        if let Some(pairs) = pairs {
            return vm.call(self.scanner.object_pairs_hook, &[pairs.into()]);
        }
        if !self.scanner.object_hook.is_none() {
            return vm.call(self.scanner.object_hook, &[dict.into()]);
        }
        Ok(dict.into())
    }
}
