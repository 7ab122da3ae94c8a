//! The `%` operator of strings and bytes.
//!
//! Both templates are read by the same code; of bytes, the result is built as a string of
//! characters below 256 and taken as bytes at the end.

use crate::float_text::{self, Layout, Style};
use crate::int_text::{Decimal, decimal_text, magnitude_in_radix};
use crate::number;
use crate::search::Unit;
use crate::types::bytes;
use crate::types::float::from_object;
use object::{Bytes, Dict, Gc, Kind, Str, StrBuilder, Tuple, Value};
use vm::plain::is_plain;
use vm::room;
use vm::{PyResult, Raised, Vm};

/// `template % args` for strings.
pub fn format_str(vm: &mut Vm, template: Gc<Str>, args: Value) -> PyResult<Gc<Str>> {
    format_text(vm, template, args, Wants::Anything)
}

/// The same, for operands of builtin kinds; where it is to run no Python code, it fails for values that might.
pub fn format_builtin(vm: &mut Vm, template: Gc<Str>, args: Value, only_plain: bool) -> PyResult {
    let wants = if only_plain {
        Wants::Plain
    } else {
        Wants::Anything
    };
    Ok(format_text(vm, template, args, wants)?.into())
}

fn format_text(vm: &mut Vm, template: Gc<Str>, args: Value, wants: Wants) -> PyResult<Gc<Str>> {
    let out = match template.get().as_latin1() {
        Some(latin1) => Run::new(latin1, args, wants).run(vm)?,
        None => Run::new(&template.to_points(), args, wants).run(vm)?,
    };
    Ok(out.finish())
}

/// `template % args` for bytes.
pub fn format_bytes(vm: &mut Vm, template: &[u8], args: Value) -> PyResult<Vec<u8>> {
    match Run::new(template, args, Wants::Bytes).run(vm)? {
        StrBuilder::One(bytes) => Ok(bytes),
        StrBuilder::Wide(_) => Err(vm.system_error("bytes formatting gave wide characters")),
    }
}

/// One `%…` of a template.
#[derive(Default)]
struct Directive {
    left: bool,
    plus: bool,
    space: bool,
    alternate: bool,
    zero: bool,
    width: usize,
    precision: Option<usize>,
}

impl Directive {
    fn is_plain(&self) -> bool {
        self.width == 0 && self.precision.is_none() && !self.plus && !self.space && !self.alternate
    }
}

/// What a template is filled with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wants {
    /// Strings, of any values.
    Anything,
    /// Strings, of values that run no Python code when they are shown: others fail.
    Plain,
    Bytes,
}

struct Run<'a, T> {
    template: &'a [T],
    at: usize,
    /// What the operator got on its right.
    given: Value,
    /// Where arguments come from now: the tuple given, or nothing.
    tuple: Option<Gc<Tuple>>,
    /// A single argument that was not used yet.
    single: Option<Value>,
    next: usize,
    is_bytes: bool,
    only_plain: bool,
    out: StrBuilder,
}

impl<'a, T: Unit> Run<'a, T> {
    fn new(template: &'a [T], given: Value, wants: Wants) -> Run<'a, T> {
        let tuple = given.to::<Tuple>();
        let texts = tuple.map_or(0, |tuple| {
            let lengths = tuple.items().iter().map(|item| match item.cast::<Str>() {
                Some(text) => text.len(),
                None => 0,
            });
            lengths.sum()
        });
        Run {
            template,
            at: 0,
            given,
            tuple,
            single: if tuple.is_some() { None } else { Some(given) },
            next: 0,
            is_bytes: wants == Wants::Bytes,
            only_plain: wants == Wants::Plain,
            out: StrBuilder::with_capacity(template.len() + texts.max(16)),
        }
    }

    fn run(mut self, vm: &mut Vm) -> PyResult<StrBuilder> {
        let percent = T::from_point(b'%' as u32);
        while self.at < self.template.len() {
            let rest = &self.template[self.at..];
            let literal = percent
                .and_then(|p| T::find_one(rest, p))
                .unwrap_or(rest.len());
            T::push_to(&rest[..literal], &mut self.out);
            self.at += literal;
            if self.at < self.template.len() {
                self.at += 1;
                self.directive(vm)?;
            }
        }
        let unused = match self.tuple {
            Some(tuple) => self.next < tuple.len(),
            None => self.single.is_some(),
        };
        if unused && !self.is_mapping(vm) {
            let kind = if self.is_bytes { "bytes" } else { "string" };
            return Err(vm.type_error(format!(
                "not all arguments converted during {kind} formatting"
            )));
        }
        Ok(self.out)
    }

    fn is_mapping(&self, vm: &mut Vm) -> bool {
        self.given.is::<Dict>()
            || self.given.to::<Tuple>().is_none()
                && vm.as_str(self.given).is_none()
                && !(self.is_bytes && bytes::is_plain_bytes(self.given))
                && vm.lookup_special(self.given, vm.names.getitem).is_some()
    }

    fn peek(&self) -> Option<u8> {
        let point: u32 = (*self.template.get(self.at)?).into();
        Some(u8::try_from(point).unwrap_or(b'?'))
    }

    fn argument(&mut self, vm: &mut Vm) -> PyResult {
        let next = match self.tuple {
            Some(tuple) => {
                let item = tuple.items().get(self.next).copied();
                self.next += 1;
                item
            }
            None => self.single.take(),
        };
        match next {
            // How decimal numbers look depends on their context.
            Some(value)
                if self.only_plain && (!is_plain(value) || value.kind() == Some(Kind::Decimal)) =>
            {
                Err(vm.type_error("a plain value is required"))
            }
            Some(value) => Ok(value),
            None => Err(vm.type_error("not enough arguments for format string")),
        }
    }

    /// Reads `(key)` and makes the item with this key the only argument.
    fn key(&mut self, vm: &mut Vm) -> PyResult<()> {
        if !self.is_mapping(vm) {
            return Err(vm.type_error("format requires a mapping"));
        }
        let start = self.at + 1;
        let mut depth = 0;
        loop {
            match self.peek() {
                Some(b'(') => depth += 1,
                Some(b')') => depth -= 1,
                Some(_) => {}
                None => return Err(vm.value_error("incomplete format key")),
            }
            self.at += 1;
            if depth == 0 {
                break;
            }
        }
        let mut name = StrBuilder::with_capacity(self.at - 1 - start);
        T::push_to(&self.template[start..self.at - 1], &mut name);
        let item = match (&name, self.given.cast::<Dict>()) {
            (StrBuilder::One(bytes), _) if self.is_bytes => {
                vm.get_item(self.given, Bytes::new(bytes).into())?
            }
            (_, Some(dict)) => self.item_of(vm, dict, name.finish())?,
            _ => vm.get_item(self.given, name.finish().into())?,
        };
        self.tuple = None;
        self.single = Some(item);
        Ok(())
    }

    fn item_of(&self, vm: &mut Vm, dict: Gc<Dict>, name: Gc<Str>) -> PyResult {
        match dict.find_text(name.hash(), name) {
            Ok(Some(at)) => Ok(dict.value_at(at)),
            Err(_) if self.only_plain => Err(vm.type_error("a plain key is required")),
            _ => vm.get_item(dict.into(), name.into()),
        }
    }

    /// A width or precision: digits, or `*` for an argument.
    fn number(&mut self, vm: &mut Vm, what: &str) -> PyResult<Option<i64>> {
        if self.peek() == Some(b'*') {
            self.at += 1;
            let value = self.argument(vm)?;
            let Some(n) = vm.as_int(value) else {
                return Err(vm.type_error("* wants int"));
            };
            return match n.as_small() {
                Some(n) => Ok(Some(n)),
                None => Err(vm.overflow_error(format!("{what} too big"))),
            };
        }
        let mut n: Option<i64> = None;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            let next = n.unwrap_or(0) * 10 + i64::from(digit - b'0');
            if next > i64::from(i32::MAX) {
                return Err(vm.value_error(format!("{what} too big")));
            }
            n = Some(next);
            self.at += 1;
        }
        Ok(n)
    }

    fn directive(&mut self, vm: &mut Vm) -> PyResult<()> {
        if self.peek() == Some(b'(') {
            self.key(vm)?;
        }
        let mut d = Directive::default();
        while let Some(flag) = self.peek() {
            match flag {
                b'-' => d.left = true,
                b'+' => d.plus = true,
                b' ' => d.space = true,
                b'#' => d.alternate = true,
                b'0' => d.zero = true,
                _ => break,
            }
            self.at += 1;
        }
        if let Some(width) = self.number(vm, "width")? {
            d.left |= width < 0;
            d.width = width.unsigned_abs() as usize;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            let precision = self.number(vm, "precision")?.unwrap_or(0);
            d.precision = Some(usize::try_from(precision).unwrap_or(0));
        }
        room::check(vm, d.width.max(d.precision.unwrap_or(0)).saturating_mul(4))?;
        if let Some(b'h' | b'l' | b'L') = self.peek() {
            self.at += 1;
        }
        let Some(&unit) = self.template.get(self.at) else {
            return Err(vm.value_error("incomplete format"));
        };
        self.at += 1;
        self.convert(vm, &d, unit.into())
    }

    /// Whether the percent sign that was just read comes right after another.
    fn is_doubled(&self) -> bool {
        self.template[self.at - 2].into() == u32::from(b'%')
    }

    fn convert(&mut self, vm: &mut Vm, d: &Directive, kind: u32) -> PyResult<()> {
        let letter = u8::try_from(kind).unwrap_or(0);
        match letter {
            b'%' if self.is_doubled() => {
                self.out.push_point(kind);
                Ok(())
            }
            b's' | b'b' if self.is_bytes => {
                let value = self.argument(vm)?;
                let data = bytes_argument(vm, value)?;
                let text = Str::from_latin1(&data);
                self.push_padded(text, d);
                Ok(())
            }
            b's' => {
                let value = self.argument(vm)?;
                if d.is_plain()
                    && let Some(n) = value.as_small()
                {
                    self.push_ascii(Decimal::new(n).as_bytes());
                    return Ok(());
                }
                let text = vm.str(value)?;
                self.push_padded(text, d);
                Ok(())
            }
            b'r' | b'a' => {
                let value = self.argument(vm)?;
                let mut text = vm.repr(value)?;
                if letter == b'a' || self.is_bytes {
                    text = ascii_of(text);
                }
                self.push_padded(text, d);
                Ok(())
            }
            b'd' | b'i' | b'u' => {
                let value = self.argument(vm)?;
                if d.is_plain()
                    && let Some(n) = value.as_small()
                {
                    self.push_ascii(Decimal::new(n).as_bytes());
                    return Ok(());
                }
                let n = decimal_argument(vm, value, letter)?;
                let text = decimal_text(vm, n)?;
                self.push_int(d, number::is_negative(n), b"", text.trim_start_matches('-'));
                Ok(())
            }
            b'x' | b'X' | b'o' => {
                let value = self.argument(vm)?;
                self.radix(vm, d, value, letter)
            }
            b'e' | b'E' | b'f' | b'F' | b'g' | b'G' => {
                let value = self.argument(vm)?;
                self.float(vm, d, value, letter)
            }
            b'c' => {
                let value = self.argument(vm)?;
                let text = if self.is_bytes {
                    byte_argument(vm, value)?
                } else {
                    char_argument(vm, value)?
                };
                let d = Directive {
                    left: d.left,
                    width: d.width,
                    ..Directive::default()
                };
                self.push_padded(text, &d);
                Ok(())
            }
            _ => {
                self.argument(vm)?;
                let at = self.at - 1;
                let shown = char::from_u32(kind)
                    .filter(|c| (' '..='~').contains(c))
                    .unwrap_or('?');
                Err(vm.value_error(format!(
                    "unsupported format character '{shown}' (0x{kind:x}) at index {at}"
                )))
            }
        }
    }

    fn radix(&mut self, vm: &mut Vm, d: &Directive, value: Value, letter: u8) -> PyResult<()> {
        let n = match vm.as_int(value) {
            Some(n) => n,
            None if vm.lookup_special(value, vm.names.index).is_some() => vm.index_value(value)?,
            None => {
                let class = vm.type_name(value);
                return Err(vm.type_error(format!(
                    "%{} format: an integer is required, not {class}",
                    letter as char
                )));
            }
        };
        let mut digits = magnitude_in_radix(n, if letter == b'o' { 8 } else { 16 });
        if letter == b'X' {
            digits.make_ascii_uppercase();
        }
        let prefix: &[u8] = match letter {
            _ if !d.alternate => b"",
            b'o' => b"0o",
            b'x' => b"0x",
            _ => b"0X",
        };
        self.push_int(d, number::is_negative(n), prefix, &digits);
        Ok(())
    }

    fn float(&mut self, vm: &mut Vm, d: &Directive, value: Value, letter: u8) -> PyResult<()> {
        let f = match value.as_float() {
            Some(f) => f,
            None => float_argument(vm, value, self.is_bytes)?,
        };
        let style = match letter {
            b'e' | b'E' => Style::Exponent,
            b'f' | b'F' => Style::Fixed,
            _ => Style::General,
        };
        let layout = Layout {
            alternate: d.alternate,
            upper: letter.is_ascii_uppercase(),
            point_zero: false,
        };
        let text = float_text::magnitude(f, style, d.precision.unwrap_or(6), layout);
        let negative = f.is_sign_negative() && !f.is_nan();
        self.push_number(d, negative, b"", 0, &text);
        Ok(())
    }

    // ---- output

    fn push_ascii(&mut self, bytes: &[u8]) {
        match &mut self.out {
            StrBuilder::One(own) => own.extend_from_slice(bytes),
            StrBuilder::Wide(points) => points.extend(bytes.iter().map(|&b| b as u32)),
        }
    }

    fn fill(&mut self, byte: u8, count: usize) {
        match &mut self.out {
            StrBuilder::One(own) => own.resize(own.len() + count, byte),
            StrBuilder::Wide(points) => points.resize(points.len() + count, byte as u32),
        }
    }

    fn push_padded(&mut self, text: Gc<Str>, d: &Directive) {
        let length = text.len().min(d.precision.unwrap_or(usize::MAX));
        let missing = d.width.saturating_sub(length);
        if !d.left {
            self.fill(b' ', missing);
        }
        if length == text.len() {
            self.out.push_str(text);
        } else if length > 0 {
            self.out.push_str(text.substring(0, length));
        }
        if d.left {
            self.fill(b' ', missing);
        }
    }

    fn push_int(&mut self, d: &Directive, negative: bool, prefix: &[u8], digits: &str) {
        let zeros = d.precision.unwrap_or(0).saturating_sub(digits.len());
        self.push_number(d, negative, prefix, zeros, digits.as_bytes());
    }

    /// Sign, prefix, zeros and digits, padded to the width.
    fn push_number(
        &mut self,
        d: &Directive,
        negative: bool,
        prefix: &[u8],
        zeros: usize,
        digits: &[u8],
    ) {
        let sign: &[u8] = match (negative, d.plus, d.space) {
            (true, ..) => b"-",
            (_, true, _) => b"+",
            (.., true) => b" ",
            _ => b"",
        };
        let length = sign.len() + prefix.len() + zeros + digits.len();
        let missing = d.width.saturating_sub(length);
        let zero_fill = d.zero && !d.left;
        if !d.left && !zero_fill {
            self.fill(b' ', missing);
        }
        self.push_ascii(sign);
        self.push_ascii(prefix);
        self.fill(b'0', zeros + if zero_fill { missing } else { 0 });
        self.push_ascii(digits);
        if d.left {
            self.fill(b' ', missing);
        }
    }
}

/// A `repr` with what is not ASCII escaped.
pub fn ascii_of(text: Gc<Str>) -> Gc<Str> {
    if text.is_ascii() {
        return text;
    }
    let mut out = StrBuilder::with_capacity(text.len());
    for point in text.points() {
        if point < 0x80 {
            out.push_point(point);
        } else {
            out.push_text(&super::escape(point));
        }
    }
    out.finish()
}

fn decimal_argument(vm: &mut Vm, value: Value, letter: u8) -> PyResult {
    if let Some(n) = vm.as_int(value) {
        return Ok(n);
    }
    let is_real = vm.as_float(value).is_some()
        || vm.lookup_special(value, vm.names.int).is_some()
        || vm.lookup_special(value, vm.names.index).is_some();
    if is_real && vm.as_str(value).is_none() {
        return crate::types::int::from_object(vm, value.inner());
    }
    let class = vm.type_name(value);
    Err(vm.type_error(format!(
        "%{} format: a real number is required, not {class}",
        letter as char
    )))
}

fn float_argument(vm: &mut Vm, value: Value, is_bytes: bool) -> PyResult<f64> {
    let result = from_object(vm, value, "must be real number");
    match result {
        Err(raised) if raised.matches(vm, vm.types.type_error) => {
            let class = vm.type_name(value);
            Err(vm.type_error(if is_bytes {
                format!("float argument required, not {class}")
            } else {
                format!("must be real number, not {class}")
            }))
        }
        result => result,
    }
}

fn char_argument(vm: &mut Vm, value: Value) -> PyResult<Gc<Str>> {
    if let Some(text) = vm.as_str(value) {
        if text.len() == 1 {
            return Ok(text);
        }
        let length = text.len();
        return Err(vm.type_error(format!(
            "%c requires an int or a unicode character, not a string of length {length}"
        )));
    }
    if vm.as_int(value).is_none() && vm.lookup_special(value, vm.names.index).is_none() {
        let class = vm.type_name(value);
        return Err(vm.type_error(format!(
            "%c requires an int or a unicode character, not {class}"
        )));
    }
    let n = vm.index_value(value)?;
    match n.as_small() {
        Some(point @ 0..=0x10ffff) => Ok(Str::char(point as u32)),
        _ => Err(vm.overflow_error("%c arg not in range(0x110000)")),
    }
}

fn byte_argument(vm: &mut Vm, value: Value) -> PyResult<Gc<Str>> {
    if let Some(data) = bytes::contents(vm, value)? {
        if let [byte] = data[..] {
            return Ok(Str::char(byte as u32));
        }
        let length = data.len();
        let class = vm.type_name(value);
        return Err(vm.type_error(format!(
            "%c requires an integer in range(256) or a single byte, not a {class} object of \
             length {length}"
        )));
    }
    if vm.as_int(value).is_none() && vm.lookup_special(value, vm.names.index).is_none() {
        let class = vm.type_name(value);
        return Err(vm.type_error(format!(
            "%c requires an integer in range(256) or a single byte, not {class}"
        )));
    }
    let n = vm.index_value(value)?;
    match n.as_small() {
        Some(byte @ 0..=255) => Ok(Str::char(byte as u32)),
        _ => Err(vm.overflow_error("%c arg not in range(256)")),
    }
}

/// The argument of `%b`.
fn bytes_argument(vm: &mut Vm, value: Value) -> Result<Vec<u8>, Raised> {
    if let Some(data) = bytes::contents(vm, value)? {
        return Ok(data);
    }
    if let Some(method) = vm.lookup_special(value, vm.names.bytes) {
        let result = vm.call_special(method, value, &[])?;
        if let Some(data) = result.to::<Bytes>() {
            return Ok(data.as_slice().to_vec());
        }
        let class = vm.type_name(result);
        return Err(vm.type_error(format!("__bytes__ returned non-bytes (type {class})")));
    }
    let class = vm.type_name(value);
    Err(vm.type_error(format!(
        "%b requires a bytes-like object, or an object that implements __bytes__, not '{class}'"
    )))
}
