//! The format specification mini-language: `[[fill]align][sign][z][#][0][width][grouping]`
//! `[.precision[grouping]][type]`, and what numbers and strings make of it.

use crate::float_text::{self, Layout, Style};
use crate::int_text::{Decimal, decimal_text, magnitude_in_radix};
use crate::number;
use crate::unicode;
use object::{Gc, Str, StrBuilder, Value};
use vm::{PyResult, Raised, Vm};

/// A specification as parsed. Characters are code points; 0 stands for *not given*.
#[derive(Clone, Copy, Debug)]
pub struct Spec {
    pub fill: u32,
    /// `<`, `>`, `=` or `^`.
    pub align: u8,
    /// `+`, `-` or a space.
    pub sign: u8,
    pub no_negative_zero: bool,
    pub alternate: bool,
    pub width: usize,
    /// `,` or `_` between groups of digits before the point.
    pub group: u8,
    pub precision: Option<usize>,
    /// The same after the point.
    pub fraction_group: u8,
    pub kind: u32,
}

impl Spec {
    fn plain() -> Spec {
        Spec {
            fill: b' ' as u32,
            align: 0,
            sign: 0,
            no_negative_zero: false,
            alternate: false,
            width: 0,
            group: 0,
            precision: None,
            fraction_group: 0,
            kind: 0,
        }
    }

    fn kind_byte(&self) -> u8 {
        u8::try_from(self.kind).unwrap_or(b'?')
    }

    /// The specification that pads to a width, for `%` formatting.
    pub fn padding(width: usize, align: u8) -> Spec {
        Spec {
            width,
            align,
            ..Spec::plain()
        }
    }
}

fn align_of(point: u32) -> Option<u8> {
    u8::try_from(point)
        .ok()
        .filter(|b| matches!(b, b'<' | b'>' | b'=' | b'^'))
}

struct Reader<'a> {
    points: &'a [u32],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u32> {
        self.points.get(self.at).copied()
    }

    fn accept(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte as u32);
        self.at += usize::from(found);
        found
    }

    /// Digits of any script; `None` without any.
    fn number(&mut self, vm: &mut Vm) -> PyResult<Option<usize>> {
        let mut n: Option<usize> = None;
        while let Some(digit) = self.peek().and_then(unicode::decimal_value) {
            let next = n
                .unwrap_or(0)
                .checked_mul(10)
                .and_then(|n| n.checked_add(digit as usize));
            match next.filter(|&n| n <= i64::MAX as usize) {
                Some(next) => n = Some(next),
                None => return Err(vm.value_error("Too many decimal digits in format string")),
            }
            self.at += 1;
        }
        Ok(n)
    }

    fn group(&mut self, vm: &mut Vm) -> PyResult<u8> {
        let mut group = 0;
        while let Some(next @ (0x2c | 0x5f)) = self.peek() {
            if group != 0 {
                return Err(vm.value_error(if group as u32 == next {
                    format!("Cannot specify '{0}' with '{0}'.", group as char)
                } else {
                    String::from("Cannot specify both ',' and '_'.")
                }));
            }
            group = next as u8;
            self.at += 1;
        }
        Ok(group)
    }
}

/// A number of at most two digits, and what follows it.
fn short_number(text: &[u8]) -> (Option<usize>, &[u8]) {
    let digit = |byte: &u8| usize::from(byte - b'0');
    match text {
        [a @ b'0'..=b'9', b @ b'0'..=b'9', rest @ ..] => (Some(digit(a) * 10 + digit(b)), rest),
        [a @ b'0'..=b'9', rest @ ..] => (Some(digit(a)), rest),
        rest => (None, rest),
    }
}

/// `[<>^][width][.precision][letter]`, which most specifications are.
fn short_spec(text: &[u8], is_text: bool) -> Option<Spec> {
    let (align, rest) = match text {
        [align @ (b'<' | b'>' | b'^'), rest @ ..] => (*align, rest),
        rest if is_text => (b'<', rest),
        rest => (b'>', rest),
    };
    if rest.first() == Some(&b'0') {
        return None;
    }
    let (width, rest) = short_number(rest);
    let (precision, rest) = match rest {
        [b'.', rest @ ..] => match short_number(rest) {
            (None, _) => return None,
            given => given,
        },
        rest => (None, rest),
    };
    let kind = match rest {
        [] => 0,
        [kind] if kind.is_ascii_alphabetic() => u32::from(*kind),
        _ => return None,
    };
    Some(Spec {
        align,
        width: width.unwrap_or(0),
        precision,
        kind,
        ..Spec::plain()
    })
}

/// Parses a specification. `type_name` is for messages; numbers align right by default.
pub fn parse(vm: &mut Vm, spec: Gc<Str>, type_name: &str, is_text: bool) -> PyResult<Spec> {
    // Specifications are short: most need no memory of their own.
    let mut few = [0; 24];
    let many;
    let short = spec.get().as_latin1().filter(|s| s.len() <= few.len());
    if let Some(parsed) = short.and_then(|units| short_spec(units, is_text)) {
        return Ok(parsed);
    }
    let points = if let Some(units) = short {
        for (to, &unit) in few.iter_mut().zip(units) {
            *to = unit.into();
        }
        &few[..units.len()]
    } else {
        many = spec.to_points();
        &many[..]
    };
    let mut reader = Reader { points, at: 0 };
    let mut parsed = Spec {
        align: if is_text { b'<' } else { b'>' },
        ..Spec::plain()
    };
    let mut align_given = false;
    let mut fill_given = false;
    if let Some(align) = points.get(1).and_then(|&p| align_of(p)) {
        parsed.fill = points[0];
        parsed.align = align;
        (align_given, fill_given) = (true, true);
        reader.at = 2;
    } else if let Some(align) = points.first().and_then(|&p| align_of(p)) {
        parsed.align = align;
        align_given = true;
        reader.at = 1;
    }
    if let Some(sign @ (0x20 | 0x2b | 0x2d)) = reader.peek() {
        parsed.sign = sign as u8;
        reader.at += 1;
    }
    parsed.no_negative_zero = reader.accept(b'z');
    parsed.alternate = reader.accept(b'#');
    if !fill_given && reader.accept(b'0') {
        parsed.fill = b'0' as u32;
        if !align_given && !is_text {
            parsed.align = b'=';
        }
    }
    parsed.width = reader.number(vm)?.unwrap_or(0);
    parsed.group = reader.group(vm)?;
    if reader.accept(b'.') {
        parsed.precision = reader.number(vm)?;
        parsed.fraction_group = reader.group(vm)?;
        if parsed.precision.is_none() && parsed.fraction_group == 0 {
            return Err(vm.value_error("Format specifier missing precision"));
        }
    }
    if let Some(kind) = reader.peek() {
        parsed.kind = kind;
        reader.at += 1;
    }
    if reader.at < points.len() {
        let shown = spec.to_text_escaped();
        return Err(vm.value_error(format!(
            "Invalid format specifier '{shown}' for object of type '{type_name}'"
        )));
    }
    check_group(vm, &parsed)?;
    Ok(parsed)
}

fn check_group(vm: &mut Vm, spec: &Spec) -> PyResult<()> {
    if spec.group == 0 {
        return Ok(());
    }
    let allowed = match spec.kind_byte() {
        0 | b'd' | b'e' | b'f' | b'g' | b'E' | b'G' | b'F' | b'%' => true,
        b'b' | b'o' | b'x' | b'X' => spec.group == b'_',
        _ => false,
    };
    if allowed {
        return Ok(());
    }
    let shown = show_kind(spec.kind);
    Err(vm.value_error(format!(
        "Cannot specify '{}' with '{shown}'.",
        spec.group as char
    )))
}

fn show_kind(kind: u32) -> String {
    match char::from_u32(kind) {
        Some(c) if (' '..='~').contains(&c) => c.to_string(),
        _ => format!("\\x{kind:x}"),
    }
}

#[cold]
fn unknown_code(vm: &mut Vm, spec: &Spec, type_name: &str) -> Raised {
    let shown = show_kind(spec.kind);
    vm.value_error(format!(
        "Unknown format code '{shown}' for object of type '{type_name}'"
    ))
}

/// Spaces or fill characters before and after a text of `length` characters.
fn margins(spec: &Spec, length: usize) -> (usize, usize) {
    let missing = spec.width.saturating_sub(length);
    match spec.align {
        b'<' => (0, missing),
        b'^' => (missing / 2, missing - missing / 2),
        _ => (missing, 0),
    }
}

/// Refuses widths that no memory holds.
fn check_width(vm: &mut Vm, width: usize) -> PyResult<()> {
    vm::room::check(vm, width.saturating_mul(4))
}

fn fill(out: &mut StrBuilder, point: u32, count: usize) {
    match out {
        StrBuilder::One(bytes) if point < 256 => bytes.resize(bytes.len() + count, point as u8),
        _ => (0..count).for_each(|_| out.push_point(point)),
    }
}

fn push_bytes(out: &mut StrBuilder, bytes: &[u8]) {
    match out {
        StrBuilder::One(own) => own.extend_from_slice(bytes),
        StrBuilder::Wide(points) => points.extend(bytes.iter().map(|&b| b as u32)),
    }
}

// ---- strings

/// `format(string, spec)`.
pub fn format_str(vm: &mut Vm, string: Gc<Str>, spec: Gc<Str>) -> PyResult<Gc<Str>> {
    if spec.is_empty() {
        return Ok(string);
    }
    let spec = parse(vm, spec, "str", true)?;
    let refused = match spec {
        Spec { kind, .. } if kind != 0 && kind != b's' as u32 => {
            return Err(unknown_code(vm, &spec, "str"));
        }
        Spec { sign: b' ', .. } => Some("Space not allowed in string format specifier"),
        Spec { sign: 1.., .. } => Some("Sign not allowed in string format specifier"),
        Spec {
            no_negative_zero: true,
            ..
        } => Some("Negative zero coercion (z) not allowed in string format specifier"),
        Spec {
            alternate: true, ..
        } => Some("Alternate form (#) not allowed in string format specifier"),
        Spec { align: b'=', .. } => Some("'=' alignment not allowed in string format specifier"),
        Spec {
            group: group @ 1.., ..
        }
        | Spec {
            fraction_group: group @ 1..,
            ..
        } => {
            return Err(vm.value_error(format!("Cannot specify '{}' with 's'.", group as char)));
        }
        _ => None,
    };
    if let Some(message) = refused {
        return Err(vm.value_error(message));
    }
    pad(vm, string, &spec)
}

/// A string cut to the precision and padded to the width.
pub fn pad(vm: &mut Vm, string: Gc<Str>, spec: &Spec) -> PyResult<Gc<Str>> {
    let length = string.len().min(spec.precision.unwrap_or(usize::MAX));
    let shown = if length < string.len() {
        string.substring(0, length)
    } else {
        string
    };
    if spec.width <= length {
        return Ok(shown);
    }
    check_width(vm, spec.width)?;
    let (before, after) = margins(spec, length);
    if let (Some(text), true) = (shown.get().as_latin1(), spec.width <= QUICK_WIDTH_MAX)
        && let Ok(point) = u8::try_from(spec.fill)
    {
        let mut out = [point; QUICK_ROOM];
        out[before..before + length].copy_from_slice(text);
        return Ok(Str::from_latin1(&out[..spec.width]));
    }
    let mut out = StrBuilder::with_capacity(spec.width);
    fill(&mut out, spec.fill, before);
    out.push_str(shown);
    fill(&mut out, spec.fill, after);
    Ok(out.finish())
}

// ---- the layout of numbers

/// A number taken apart: sign, prefix such as `0x`, digits, and what follows them.
struct Parts<'a> {
    sign: &'a [u8],
    prefix: &'a [u8],
    digits: &'a [u8],
    rest: &'a [u8],
    group_size: usize,
}

/// The least number of digits that, with separators, fill a width.
fn digits_for(width: usize, size: usize) -> usize {
    let groups = width / (size + 1);
    groups * size + (width - groups * (size + 1))
}

fn push_grouped(out: &mut StrBuilder, digits: &[u8], least: usize, group: u8, size: usize) {
    let total = digits.len().max(least);
    let zeros = total - digits.len();
    for at in 0..total {
        if at > 0 && (total - at).is_multiple_of(size) {
            out.push_point(group as u32);
        }
        out.push_point(if at < zeros { b'0' } else { digits[at - zeros] } as u32);
    }
}

fn lay_out(vm: &mut Vm, spec: &Spec, parts: &Parts) -> PyResult<Gc<Str>> {
    let mut out = StrBuilder::with_capacity(spec.width.min(4096));
    push_laid_out(vm, &mut out, spec, parts)?;
    Ok(out.finish())
}

fn push_laid_out(vm: &mut Vm, out: &mut StrBuilder, spec: &Spec, parts: &Parts) -> PyResult<()> {
    check_width(vm, spec.width)?;
    let around = parts.sign.len() + parts.prefix.len() + parts.rest.len();
    let zero_filled = spec.align == b'=' && spec.fill == b'0' as u32;
    let mut least = 0;
    let mut length = parts.digits.len();
    if spec.group != 0 && !parts.digits.is_empty() {
        if zero_filled {
            let room = spec.width.saturating_sub(around);
            least = digits_for(room, parts.group_size).max(1);
            // A separator never comes first: one more digit takes its place.
            if room.is_multiple_of(parts.group_size + 1) && room > 0 {
                least += 1;
            }
        }
        let total = length.max(least);
        length = total + (total - 1) / parts.group_size;
    }
    let (before, after) = margins(spec, around + length);
    if spec.align != b'=' {
        fill(out, spec.fill, before);
    }
    push_bytes(out, parts.sign);
    push_bytes(out, parts.prefix);
    if spec.align == b'=' {
        fill(out, spec.fill, before);
    }
    if spec.group != 0 {
        push_grouped(out, parts.digits, least, spec.group, parts.group_size);
    } else {
        push_bytes(out, parts.digits);
    }
    push_bytes(out, parts.rest);
    fill(out, spec.fill, after);
    Ok(())
}

fn sign_text(spec: &Spec, negative: bool) -> &'static [u8] {
    match (negative, spec.sign) {
        (true, _) => b"-",
        (false, b'+') => b"+",
        (false, b' ') => b" ",
        _ => b"",
    }
}

// ---- integers

/// The widest that a small integer is laid out by itself.
const QUICK_WIDTH_MAX: usize = 99;
/// Room for that, and for more digits than a small integer has.
const QUICK_ROOM: usize = QUICK_WIDTH_MAX + 2;

/// `[<>][0][width][dxob]` of a small integer, which most specifications of integers are.
pub fn quick_int(n: i64, spec: &[u8]) -> Option<Gc<Str>> {
    let (left, rest) = match spec {
        [b'<', rest @ ..] => (true, rest),
        [b'>', rest @ ..] => (false, rest),
        _ => (false, spec),
    };
    let zeros = rest.len() == spec.len() && rest.first() == Some(&b'0');
    let (width, kind) = match &rest[usize::from(zeros)..] {
        [a @ b'1'..=b'9', b @ b'0'..=b'9', kind @ ..] => {
            (usize::from(a - b'0') * 10 + usize::from(b - b'0'), kind)
        }
        [a @ b'1'..=b'9', kind @ ..] => (usize::from(a - b'0'), kind),
        kind => (0, kind),
    };
    let shift = match kind {
        [] | b"d" => 0,
        b"x" => 4,
        b"o" => 3,
        b"b" => 1,
        _ => return None,
    };
    let mut out = [b' '; QUICK_ROOM];
    let mut at = out.len();
    let mut put = |byte: u8| {
        at -= 1;
        out[at] = byte;
    };
    let mut left_over = n.unsigned_abs();
    let mut length = 0;
    loop {
        let (digit, next) = match shift {
            0 => (left_over % 10, left_over / 10),
            _ => (left_over & ((1 << shift) - 1), left_over >> shift),
        };
        put(b"0123456789abcdef"[digit as usize]);
        left_over = next;
        length += 1;
        if left_over == 0 {
            break;
        }
    }
    let sign = usize::from(n < 0);
    for _ in length + sign..if zeros { width } else { 0 } {
        put(b'0');
    }
    if n < 0 {
        put(b'-');
    }
    let length = out.len() - at;
    if left {
        out.copy_within(at.., 0);
        out[length..].fill(b' ');
        return Some(Str::from_latin1(&out[..length.max(width)]));
    }
    Some(Str::from_latin1(&out[out.len() - length.max(width)..]))
}

/// `format(a, spec)` of a plain integer; `type_name` is for messages.
pub fn format_int(vm: &mut Vm, a: Value, spec: Gc<Str>, type_name: &str) -> PyResult<Gc<Str>> {
    let spec = parse(vm, spec, type_name, false)?;
    match spec.kind_byte() {
        0 | b'd' | b'n' | b'b' | b'o' | b'x' | b'X' => format_digits(vm, a, &spec),
        b'c' => format_char(vm, a, &spec),
        b'e' | b'E' | b'f' | b'F' | b'g' | b'G' | b'%' => {
            let f = number::to_float(vm, a)?;
            format_float_spec(vm, f, &spec, type_name)
        }
        _ => Err(unknown_code(vm, &spec, type_name)),
    }
}

fn check_int_spec(vm: &mut Vm, spec: &Spec) -> PyResult<()> {
    if spec.precision.is_some() || spec.fraction_group != 0 {
        return Err(vm.value_error("Precision not allowed in integer format specifier"));
    }
    if spec.no_negative_zero {
        return Err(
            vm.value_error("Negative zero coercion (z) not allowed in integer format specifier")
        );
    }
    Ok(())
}

fn format_digits(vm: &mut Vm, a: Value, spec: &Spec) -> PyResult<Gc<Str>> {
    check_int_spec(vm, spec)?;
    let kind = spec.kind_byte();
    let small;
    let text;
    let (digits, prefix): (&[u8], &[u8]) = match kind {
        b'b' | b'o' | b'x' | b'X' => {
            let radix = match kind {
                b'b' => 2,
                b'o' => 8,
                _ => 16,
            };
            let mut digits = magnitude_in_radix(a, radix);
            if kind == b'X' {
                digits.make_ascii_uppercase();
            }
            text = digits;
            let prefix: &[u8] = match kind {
                b'b' => b"0b",
                b'o' => b"0o",
                b'x' => b"0x",
                _ => b"0X",
            };
            (text.as_bytes(), if spec.alternate { prefix } else { b"" })
        }
        _ => match a.as_small() {
            Some(n) => {
                small = Decimal::new(n);
                let digits = small.as_bytes();
                (digits.strip_prefix(b"-").unwrap_or(digits), b"")
            }
            None => {
                text = decimal_text(vm, a)?;
                (text.trim_start_matches('-').as_bytes(), b"")
            }
        },
    };
    let parts = Parts {
        sign: sign_text(spec, number::is_negative(a)),
        prefix,
        digits,
        rest: b"",
        group_size: if matches!(kind, b'b' | b'o' | b'x' | b'X') {
            4
        } else {
            3
        },
    };
    lay_out(vm, spec, &parts)
}

fn format_char(vm: &mut Vm, a: Value, spec: &Spec) -> PyResult<Gc<Str>> {
    check_int_spec(vm, spec)?;
    if spec.sign != 0 {
        return Err(vm.value_error("Sign not allowed with integer format specifier 'c'"));
    }
    if spec.alternate {
        return Err(
            vm.value_error("Alternate form (#) not allowed with integer format specifier 'c'")
        );
    }
    match a.as_small() {
        Some(point @ 0..=0x10ffff) => pad(vm, Str::char(point as u32), spec),
        None => Err(vm.overflow_error("Python int too large to convert to C long")),
        _ => Err(vm.overflow_error("%c arg not in range(0x110000)")),
    }
}

// ---- floats

/// `format(f, spec)`.
pub fn format_float(vm: &mut Vm, f: f64, spec: Gc<Str>) -> PyResult<Gc<Str>> {
    let spec = parse(vm, spec, "float", false)?;
    format_float_spec(vm, f, &spec, "float")
}

/// The style, precision and layout that a float's type letter asks for.
fn float_style(spec: &Spec) -> Option<(Style, usize, Layout)> {
    let precision = spec.precision.unwrap_or(6);
    let mut layout = Layout {
        alternate: spec.alternate,
        ..Layout::default()
    };
    layout.upper = matches!(spec.kind_byte(), b'E' | b'F' | b'G');
    let style = match spec.kind_byte() {
        b'e' | b'E' => Style::Exponent,
        b'f' | b'F' | b'%' => Style::Fixed,
        b'g' | b'G' | b'n' => Style::General,
        0 => {
            layout.point_zero = true;
            if spec.precision.is_some() {
                Style::General
            } else {
                Style::Shortest
            }
        }
        _ => return None,
    };
    Some((style, precision, layout))
}

/// Whether a text of digits says zero.
fn is_zero(text: &[u8]) -> bool {
    let mantissa = text
        .split(|b| matches!(b, b'e' | b'E'))
        .next()
        .unwrap_or(text);
    mantissa.iter().all(|b| matches!(b, b'0' | b'.' | b'%'))
}

fn format_float_spec(vm: &mut Vm, f: f64, spec: &Spec, type_name: &str) -> PyResult<Gc<Str>> {
    let Some((style, precision, layout)) = float_style(spec) else {
        return Err(unknown_code(vm, spec, type_name));
    };
    if precision > i32::MAX as usize {
        return Err(vm.value_error("precision too big"));
    }
    vm::room::check(vm, precision)?;
    let percent = spec.kind_byte() == b'%';
    let value = if percent { f * 100.0 } else { f };
    let mut text = float_text::magnitude(value, style, precision, layout);
    if percent {
        text.push(b'%');
    }
    let mut out = StrBuilder::with_capacity(spec.width.max(text.len() + 1).min(4096));
    push_float(vm, &mut out, spec, value, &text)?;
    Ok(out.finish())
}

/// Appends a float whose magnitude's text is known.
fn push_float(
    vm: &mut Vm,
    out: &mut StrBuilder,
    spec: &Spec,
    value: f64,
    text: &[u8],
) -> PyResult<()> {
    let negative =
        value.is_sign_negative() && !value.is_nan() && !(spec.no_negative_zero && is_zero(text));
    let whole = text
        .iter()
        .position(|b| !b.is_ascii_digit())
        .unwrap_or(text.len());
    let (digits, rest) = text.split_at(whole);
    let grouped;
    let rest = if spec.fraction_group != 0 && rest.first() == Some(&b'.') {
        grouped = group_fraction(rest, spec.fraction_group);
        &grouped[..]
    } else {
        rest
    };
    let parts = Parts {
        sign: sign_text(spec, negative),
        prefix: b"",
        digits,
        rest,
        group_size: 3,
    };
    push_laid_out(vm, out, spec, &parts)
}

/// Separates the digits after a point into groups of three, from the point on.
fn group_fraction(rest: &[u8], group: u8) -> Vec<u8> {
    let end = rest[1..]
        .iter()
        .position(|b| !b.is_ascii_digit())
        .map_or(rest.len(), |at| at + 1);
    let mut out = vec![b'.'];
    for (at, chunk) in rest[1..end].chunks(3).enumerate() {
        if at > 0 {
            out.push(group);
        }
        out.extend_from_slice(chunk);
    }
    out.extend_from_slice(&rest[end..]);
    out
}

// ---- complex numbers

/// `format(real + imag j, spec)`.
pub fn format_complex(vm: &mut Vm, real: f64, imag: f64, spec: Gc<Str>) -> PyResult<Gc<Str>> {
    let spec = parse(vm, spec, "complex", false)?;
    if spec.fill == b'0' as u32 && spec.align == b'=' {
        return Err(vm.value_error("Zero padding is not allowed in complex format specifier"));
    }
    if spec.align == b'=' {
        return Err(vm.value_error("'=' alignment flag is not allowed in complex format specifier"));
    }
    let Some((style, precision, mut layout)) =
        float_style(&spec).filter(|_| spec.kind_byte() != b'%')
    else {
        return Err(unknown_code(vm, &spec, "complex"));
    };
    layout.point_zero = false;
    // Without a type letter it looks like `str`: parentheses, and no real part that is plus zero.
    let bare = spec.kind == 0;
    let skip_real = bare && real == 0.0 && real.is_sign_positive();
    let inner = Spec {
        width: 0,
        align: b'<',
        ..spec
    };
    let mut out = StrBuilder::new();
    if bare && !skip_real {
        out.push_point(b'(' as u32);
    }
    if !skip_real {
        let text = float_text::magnitude(real, style, precision, layout);
        push_float(vm, &mut out, &inner, real, &text)?;
    }
    let text = float_text::magnitude(imag, style, precision, layout);
    let imaginary = if skip_real {
        inner
    } else {
        Spec {
            sign: b'+',
            ..inner
        }
    };
    push_float(vm, &mut out, &imaginary, imag, &text)?;
    out.push_point(b'j' as u32);
    if bare && !skip_real {
        out.push_point(b')' as u32);
    }
    let spec = Spec {
        precision: None,
        ..spec
    };
    pad(vm, out.finish(), &spec)
}
