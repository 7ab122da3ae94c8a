//! Reading JSON: `scanstring`, and the scanner that reads one value from a place of a text.
//!
//! Texts of characters below 256 are read where they lie, wider ones from a copy of their code
//! points; one generic reader serves both.
//!
//! Objects of one sort have the same keys in the same order. So for each first key the scanner knows the keys of an
//! object that began with it, its *form*: as long as the text goes on as the form does, keys are compared where
//! they lie, and the dictionary is made of the form and the values, without looking for places. A form is
//! replaced where objects differ from it, ever more rarely when that is of no use.

use crate::{float_text, int_text};
use object::{Class, Dict, DictIndex, Foreign, Gc, List, Marker, Payload, Str, Value};
use rustc_hash::{FxBuildHasher, FxHashMap};
use std::cell::Cell;
use std::hash::{BuildHasher, Hash};
use vm::{Def, PyResult, Raised, Vm, getter, method, tuple};

/// What a text is made of.
trait Unit: Copy + Eq + Hash + Into<u32> {
    fn string(units: &[Self]) -> Gc<Str>;

    /// Whether a string is known to consist of these units.
    fn is_string(units: &[Self], string: Gc<Str>) -> bool;

    /// Whether a text is known to begin with a string.
    fn begins(text: &[Self], string: Gc<Str>) -> bool;

    /// Where the first unit is that is a quote, a backslash or a control character.
    fn plain(text: &[Self]) -> Option<usize>;
}

/// Whether a unit is no part of a string as it is.
fn ends_plain<T: Unit>(unit: T) -> bool {
    let point: u32 = unit.into();
    point == 0x22 || point == 0x5c || point < 0x20
}

impl Unit for u8 {
    fn string(units: &[u8]) -> Gc<Str> {
        Str::from_latin1(units)
    }

    fn is_string(units: &[u8], string: Gc<Str>) -> bool {
        string.get().as_latin1() == Some(units)
    }

    #[inline]
    fn begins(text: &[u8], string: Gc<Str>) -> bool {
        let string = string.get().as_latin1();
        string.is_some_and(|string| text.starts_with(string))
    }

    /// Eight units at a time: in a word the lowest byte that is below a bound, or zero, is found by a subtraction.
    #[inline]
    fn plain(text: &[u8]) -> Option<usize> {
        const ONES: u64 = 0x0101_0101_0101_0101;
        const TOPS: u64 = 0x8080_8080_8080_8080;
        let below = |word: u64, bound: u64| word.wrapping_sub(ONES * bound) & !word & TOPS;
        let (words, rest) = text.as_chunks::<8>();
        for (at, &word) in words.iter().enumerate() {
            let word = u64::from_le_bytes(word);
            let (quote, backslash) = (word ^ (ONES * 0x22), word ^ (ONES * 0x5c));
            let found = below(word, 0x20) | below(quote, 1) | below(backslash, 1);
            if found != 0 {
                return Some(at * 8 + found.trailing_zeros() as usize / 8);
            }
        }
        let last = rest.iter().position(|&unit| ends_plain(unit));
        last.map(|at| words.len() * 8 + at)
    }
}

impl Unit for u32 {
    fn string(units: &[u32]) -> Gc<Str> {
        Str::from_points(units)
    }

    fn is_string(_: &[u32], _: Gc<Str>) -> bool {
        false
    }

    fn begins(text: &[u32], string: Gc<Str>) -> bool {
        let Some(string) = string.get().as_latin1() else {
            return false;
        };
        let mut pairs = text.iter().zip(string);
        string.len() <= text.len() && pairs.all(|(&unit, &byte)| unit == u32::from(byte))
    }

    fn plain(text: &[u32]) -> Option<usize> {
        text.iter().position(|&unit| ends_plain(unit))
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
    let plain = |from: usize| T::plain(&text[from..]);
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
    /// In each place the form of the objects that begin with such a key, a dictionary of `None`, or `None`.
    forms: Gc<List>,
    patience: [Cell<Patience>; RECENT],
}

const RECENT: usize = 64;

/// A form has at most so many keys.
const FORM_KEYS: usize = 64;

/// How many more objects may differ from a form until it is replaced, and how many may when it has been.
#[derive(Clone, Copy)]
struct Patience {
    left: u8,
    next: u8,
}

impl Patience {
    const FRESH: Patience = Patience { left: 0, next: 1 };
}

impl Recent {
    fn new() -> Recent {
        Recent {
            keys: List::from_slice(&[Value::NONE; RECENT]),
            seen: [const { Cell::new(0) }; RECENT],
            document: Cell::new(0),
            forms: List::from_slice(&[Value::NONE; RECENT]),
            patience: [const { Cell::new(Patience::FRESH) }; RECENT],
        }
    }

    /// The form of objects that begin with a key.
    fn form(&self, place: usize, key: Gc<Str>) -> Option<Gc<Dict>> {
        let form = self.forms.item(place)?.cast::<Dict>()?;
        let first = form.key_at(DictIndex(0)).known::<Str>();
        let is_its = first == key
            || first
                .get()
                .as_latin1()
                .is_some_and(|first| key.get().as_latin1() == Some(first));
        is_its.then_some(form)
    }

    /// Learns from an object whose `count` keys were all plain.
    fn learn(&self, place: usize, read: Gc<Dict>, count: usize, as_expected: bool) {
        let patience = &self.patience[place];
        let Patience { left, next } = patience.get();
        if as_expected {
            patience.set(Patience::FRESH);
        } else if left > 0 {
            patience.set(Patience {
                left: left - 1,
                next,
            });
        } else if count == read.len() && (1..=FORM_KEYS).contains(&count) {
            let form = read.with_values(&[Value::NONE; FORM_KEYS][..count]);
            self.forms.set_item(place, form.into());
            patience.set(Patience {
                left: next,
                next: next.saturating_mul(2),
            });
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
            self.recent.forms.into(),
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
        values: List::from_slice(&[Value::NONE]),
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
    /// The values so far of the objects being read that are as their forms, those of inner ones last. Its first item
    /// is no float, so it holds words.
    values: Gc<List>,
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

    /// Reads a key; also its place among the recent ones, if it stands in the text as it is.
    fn key(&mut self, vm: &mut Vm) -> PyResult<(Gc<Str>, Option<usize>)> {
        let from = self.at + 1;
        let (made, end, next) =
            read_string(vm, self.document, self.text, from, self.scanner.strict)?;
        self.at = next;
        if let Some(made) = made {
            return Ok((made, None));
        }
        let units = &self.text[from..end];
        let place = Recent::place_of(units);
        if let Some(key) = self.scanner.recent.find(place, units) {
            return Ok((key, Some(place)));
        }
        if let Some(key) = self.keys.get(units).and_then(|&at| self.kept.item(at)) {
            return Ok((key.known::<Str>(), Some(place)));
        }
        let key = T::string(units);
        if size_of::<T>() == 1 && self.scanner.recent.enter(place, key) {
            return Ok((key, Some(place)));
        }
        self.keys.insert(units, self.kept.len());
        self.kept.push(key.into());
        Ok((key, Some(place)))
    }

    /// Reads the key that a form has at a place, if it comes next.
    #[inline]
    fn key_of_form(&mut self, form: Gc<Dict>, at: usize) -> bool {
        if at >= form.len() {
            return false;
        }
        let key = form.key_at(DictIndex(at)).known::<Str>();
        let (from, length) = (self.at + 1, key.len());
        let comes = T::begins(&self.text[from..], key)
            && self
                .text
                .get(from + length)
                .is_some_and(|&unit| unit.into() == 0x22);
        if comes {
            self.at = from + length + 1;
        }
        comes
    }

    /// The dictionary of a form's first keys and the last values, which are taken.
    fn take_values(&mut self, form: Gc<Dict>, from: usize) -> Gc<Dict> {
        let made = form.with_values(&self.values.items()[from..]);
        self.values.splice(from, self.values.len(), &[]);
        made
    }

    fn object(&mut self, vm: &mut Vm) -> PyResult {
        let mut members = Members::new(self.values.len());
        let pairs = (!self.scanner.object_pairs_hook.is_none()).then(List::new);
        self.at += 1;
        self.skip_space();
        let mut more = self.peek() != 0x7d;
        while more {
            if self.peek() != 0x22 {
                let message = "Expecting property name enclosed in double quotes";
                return Err(self.error(vm, message, self.at));
            }
            let key = self.key_of_member(vm, &mut members, pairs.is_none())?;
            self.skip_space();
            if self.peek() != 0x3a {
                return Err(self.error(vm, "Expecting ':' delimiter", self.at));
            }
            self.at += 1;
            self.skip_space();
            let value = self.value(vm)?;
            match (key, pairs) {
                (Some(key), Some(pairs)) => pairs.push(tuple(&[key.into(), value])),
                (Some(key), None) => members.dict().set_str(key, value),
                (None, _) => self.values.push(value),
            }
            members.count += 1;
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
        let dict = self.finish(members);
        if !self.scanner.object_hook.is_none() {
            return vm.call(self.scanner.object_hook, &[dict.into()]);
        }
        Ok(dict.into())
    }

    /// Reads the key of an object's next member; `None` where it is the one that the object's form has there.
    fn key_of_member(
        &mut self,
        vm: &mut Vm,
        members: &mut Members,
        may_have_form: bool,
    ) -> PyResult<Option<Gc<Str>>> {
        if let Some(form) = members.form {
            if self.key_of_form(form, members.count) {
                return Ok(None);
            }
            members.dict = Some(self.take_values(form, members.values_from));
            members.form = None;
        }
        let (key, place) = self.key(vm)?;
        if members.count == 0 && may_have_form {
            members.place = place;
            members.form = place.and_then(|place| self.scanner.recent.form(place, key));
            if members.form.is_some() {
                return Ok(None);
            }
        } else if place.is_none() {
            members.place = None;
        }
        Ok(Some(key))
    }

    /// The dictionary of an object that has been read.
    fn finish(&mut self, mut members: Members) -> Gc<Dict> {
        let form = members.form;
        let dict = match form {
            Some(form) => self.take_values(form, members.values_from),
            None => members.dict(),
        };
        if let Some(place) = members.place {
            let as_expected = form.is_some_and(|form| form.len() == members.count);
            let recent = &self.scanner.recent;
            recent.learn(place, dict, members.count, as_expected);
        }
        dict
    }
}

/// What has been read of an object.
struct Members {
    count: usize,
    /// The form that all keys so far follow.
    form: Option<Gc<Dict>>,
    /// Where the values of those lie among the reader's.
    values_from: usize,
    /// Where there is no form, the dictionary so far.
    dict: Option<Gc<Dict>>,
    /// The place of the first key, if all keys stand in the text as they are.
    place: Option<usize>,
}

impl Members {
    fn new(values_from: usize) -> Members {
        Members {
            count: 0,
            form: None,
            values_from,
            dict: None,
            place: None,
        }
    }

    fn dict(&mut self) -> Gc<Dict> {
        *self.dict.get_or_insert_with(Dict::new)
    }
}
