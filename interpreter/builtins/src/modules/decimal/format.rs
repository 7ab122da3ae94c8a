//! `format(number, specification)`.
//!
//! Numbers are rounded by the context's rounding, to as many digits as asked for; without a type they
//! stay as they are. Only specifications that say something of decimal numbers are taken. The locale is
//! the one without grouping; another comes as an argument.

use super::{arguments, context, number_of};
use crate::unicode;
use ::decimal::{Context, MAX_PREC, Number, Rounding, finish, nat};
use object::{Dict, Gc, Str, StrBuilder, Value, intern};
use vm::{PyResult, Vm, string};

/// Points and separators are no longer than this.
const MARK_MAX: usize = 4;
/// Ends a list of lengths of groups: no more of them.
const NO_MORE_GROUPS: u32 = 127;

struct Spec {
    fill: u32,
    align: u8,
    sign: u8,
    no_negative_zero: bool,
    alternate: bool,
    zero_padded: bool,
    width: usize,
    precision: Option<usize>,
    /// `e`, `E`, `f`, `F`, `g`, `G`, `n`, `%` or 0.
    kind: u8,
    separator: Vec<u32>,
    fraction_separator: Option<u32>,
    point: Vec<u32>,
    /// Lengths of groups from the right; the last one goes on.
    grouping: Vec<u32>,
}

impl Spec {
    /// Whether the text is digits, point and exponent alone.
    fn is_bare(&self) -> bool {
        self.width == 0
            && self.sign == b'-'
            && !self.alternate
            && self.separator.is_empty()
            && self.fraction_separator.is_none()
            && self.point == [u32::from(b'.')]
    }
}

/// Reads a specification.
struct Reader {
    points: Vec<u32>,
    at: usize,
}

impl Reader {
    fn peek(&self) -> Option<u8> {
        self.points
            .get(self.at)
            .and_then(|&point| u8::try_from(point).ok())
    }

    fn accept(&mut self, any: &[u8]) -> Option<u8> {
        let found = self.peek().filter(|byte| any.contains(byte));
        self.at += usize::from(found.is_some());
        found
    }

    /// Digits; `None`: without any, or too many.
    fn number(&mut self) -> Option<usize> {
        let mut n = None;
        while let Some(&point) = self.points.get(self.at) {
            let Some(digit) = unicode::decimal_value(point) else {
                break;
            };
            let next = n.unwrap_or(0usize).checked_mul(10)?;
            n = Some(next.checked_add(digit as usize)?);
            self.at += 1;
        }
        n.filter(|&n| n <= i32::MAX as usize)
    }
}

const ALIGNMENTS: &[u8] = b"<>=^";

fn parse(text: &Str) -> Option<Spec> {
    let mut reader = Reader {
        points: text.to_points(),
        at: 0,
    };
    let is_align = |at: usize| {
        reader
            .points
            .get(at)
            .and_then(|&point| u8::try_from(point).ok())
            .filter(|byte| ALIGNMENTS.contains(byte))
    };
    let (fill, align) = match (is_align(1), is_align(0)) {
        (Some(align), _) => (Some(reader.points[0]), Some(align)),
        (None, align) => (None, align),
    };
    reader.at = usize::from(fill.is_some()) + usize::from(align.is_some());
    let sign = reader.accept(b"+- ").unwrap_or(b'-');
    let no_negative_zero = reader.accept(b"z").is_some();
    let alternate = reader.accept(b"#").is_some();
    let zero_padded = reader.accept(b"0").is_some();
    if zero_padded && align.is_some() {
        return None;
    }
    let has_width = reader
        .points
        .get(reader.at)
        .is_some_and(|&point| unicode::decimal_value(point).is_some());
    let width = if has_width { reader.number()? } else { 0 };
    let separator = reader.accept(b",_").map(u32::from);
    let (mut precision, mut fraction_separator) = (None, None);
    if reader.accept(b".").is_some() {
        let from = reader.at;
        precision = reader.number();
        if precision.is_none() && reader.at > from {
            return None;
        }
        fraction_separator = reader.accept(b",_").map(u32::from);
        if precision.is_none() && fraction_separator.is_none() {
            return None;
        }
    }
    let kind = reader.accept(b"eEfFgGnN%").unwrap_or(0);
    if reader.at < reader.points.len() || matches!(kind, b'n' | b'N') && separator.is_some() {
        return None;
    }
    Some(Spec {
        fill: fill.unwrap_or(u32::from(b' ')),
        align: align.unwrap_or(b'>'),
        sign,
        no_negative_zero,
        alternate,
        zero_padded,
        width,
        precision,
        kind,
        grouping: if separator.is_some() {
            vec![3]
        } else {
            Vec::new()
        },
        separator: separator.into_iter().collect(),
        fraction_separator,
        point: vec![u32::from(b'.')],
    })
}

/// Takes point, separator and grouping from a mapping.
fn overridden(vm: &mut Vm, spec: &mut Spec, given: Gc<Dict>) -> PyResult<()> {
    let part = |vm: &mut Vm, name: &str| {
        let found = given.get_str(intern(name));
        match found {
            None => Ok(None),
            Some(value) => match vm.as_str(value) {
                // Lengths of groups are small numbers.
                Some(text)
                    if name == "grouping" && text.points().any(|point| point > NO_MORE_GROUPS)
                        || name != "grouping" && text.len() > MARK_MAX =>
                {
                    Err(vm.value_error("invalid override dict"))
                }
                Some(text) => Ok(Some(text.to_points())),
                None => Err(vm.type_error("override dict values must be strings")),
            },
        }
    };
    let (point, separator, grouping) = (
        part(vm, "decimal_point")?,
        part(vm, "thousands_sep")?,
        part(vm, "grouping")?,
    );
    spec.point = point.unwrap_or_else(|| std::mem::take(&mut spec.point));
    spec.separator = separator.unwrap_or_else(|| std::mem::take(&mut spec.separator));
    spec.grouping = grouping.unwrap_or_else(|| std::mem::take(&mut spec.grouping));
    Ok(())
}

/// The length of a group, counted from the right.
fn group_length(grouping: &[u32], at: usize) -> Option<usize> {
    let last = grouping.len().checked_sub(1)?;
    match grouping[at.min(last)] {
        NO_MORE_GROUPS => None,
        // A zero means: as the one before it.
        0 if at > 0 => group_length(&grouping[..last], at.min(last).saturating_sub(1)),
        0 => None,
        length => Some(length as usize),
    }
}

/// Digits in groups, with zeros in front up to a width.
fn grouped(digits: &[u8], spec: &Spec, width: usize) -> Vec<u32> {
    let mut left = digits;
    let mut width = width as i64;
    let mut groups: Vec<Vec<u32>> = Vec::new();
    for at in 0.. {
        let wanted = (left.len() as i64).max(width).max(1) as usize;
        let length = group_length(&spec.grouping, at).map_or(wanted, |group| group.min(wanted));
        let (rest, own) = left.split_at(left.len().saturating_sub(length));
        let mut group = vec![u32::from(b'0'); length - own.len()];
        group.extend(own.iter().map(|&digit| u32::from(digit)));
        groups.push(group);
        left = rest;
        width -= length as i64;
        if left.is_empty() && width <= 0 {
            break;
        }
        width -= spec.separator.len() as i64;
    }
    groups.reverse();
    groups.join(&spec.separator[..])
}

/// Digits after the point in groups from the left.
fn grouped_fraction(digits: &[u8], separator: Option<u32>) -> Vec<u32> {
    const GROUP: usize = 3;
    let mut out = Vec::new();
    for (at, &digit) in digits.iter().enumerate() {
        if let Some(separator) = separator.filter(|_| at > 0 && at.is_multiple_of(GROUP)) {
            out.push(separator);
        }
        out.push(u32::from(digit));
    }
    out
}

/// The number with as many digits as asked for.
fn rounded(number: Number, spec: &Spec, rounding: Rounding) -> Number {
    let fits = |precision: i64| Context {
        precision,
        rounding,
        ..Context::largest()
    };
    let mut ignored = 0;
    let fixed = matches!(spec.kind, b'f' | b'F' | b'%');
    let place = match spec.precision {
        Some(places) if fixed => Some(-(places as i64)),
        None if fixed && number.is_zero() && number.exponent > 0 => Some(0),
        _ => None,
    };
    if let Some(exponent) = place {
        let like = Number::from_u128(false, 1, exponent);
        return number.quantize(&like, &fits(MAX_PREC), &mut ignored);
    }
    match (spec.precision, spec.kind) {
        (Some(digits), b'e' | b'E') => {
            if number.is_zero() {
                return number;
            }
            finish_digits(number, digits as i64 + 1, &fits, true)
        }
        (Some(digits), _) if !fixed => finish_digits(number, (digits as i64).max(1), &fits, false),
        _ => number,
    }
}

/// Rounds to a number of digits; `exactly`: adds zeros, too.
fn finish_digits(
    number: Number,
    digits: i64,
    fits: &impl Fn(i64) -> Context,
    exactly: bool,
) -> Number {
    let mut number = finish(number, &fits(digits), &mut 0);
    let missing = digits - number.digits();
    if exactly && missing > 0 {
        number.coefficient = nat::shift_left(&number.coefficient, missing as u64);
        number.exponent -= missing;
    }
    number
}

/// Whole digits, digits behind the point, and the exponent that is shown.
fn placed(number: &Number, spec: &Spec) -> (Vec<u8>, Vec<u8>, i64) {
    let mut digits = Vec::new();
    nat::write_digits(&number.coefficient, &mut digits);
    let length = digits.len() as i64;
    let left = number.exponent + length;
    let point = match spec.kind {
        b'e' | b'E' => match spec.precision {
            Some(places) if number.is_zero() => 1 - places as i64,
            _ => 1,
        },
        b'f' | b'F' | b'%' => left,
        _ if number.exponent <= 0 && left > -6 => left,
        _ => 1,
    };
    let (whole, fraction) = if point < 0 {
        let mut fraction = vec![b'0'; point.unsigned_abs() as usize];
        fraction.extend(&digits);
        (Vec::new(), fraction)
    } else if point > length {
        digits.resize(point as usize, b'0');
        (digits, Vec::new())
    } else {
        let fraction = digits.split_off(point as usize);
        (digits, fraction)
    };
    let whole = if whole.is_empty() {
        b"0".to_vec()
    } else {
        whole
    };
    (whole, fraction, left - point)
}

fn push_ascii(out: &mut Vec<u32>, text: &str) {
    out.extend(text.bytes().map(u32::from));
}

/// What follows the whole digits.
fn tail(fraction: &[u8], exponent: i64, spec: &Spec) -> Vec<u32> {
    let mut out = Vec::new();
    if !fraction.is_empty() || spec.alternate {
        out.extend(&spec.point);
        out.extend(grouped_fraction(fraction, spec.fraction_separator));
    }
    let is_scientific = matches!(spec.kind, b'e' | b'E');
    if exponent != 0 || is_scientific {
        let upper = matches!(spec.kind, b'E' | b'G' | b'N');
        push_ascii(
            &mut out,
            &format!("{}{exponent:+}", if upper { 'E' } else { 'e' }),
        );
    }
    if spec.kind == b'%' {
        push_ascii(&mut out, "%");
    }
    out
}

/// The whole text where the specification asks for nothing around it.
fn bare_text(whole: &[u8], fraction: &[u8], exponent: i64, spec: &Spec, negative: bool) -> Vec<u8> {
    let sign: &[u8] = if negative { b"-" } else { b"" };
    let point: &[u8] = if fraction.is_empty() { b"" } else { b"." };
    let mut text = [sign, whole, point, fraction].concat();
    if exponent != 0 || matches!(spec.kind, b'e' | b'E') {
        let upper = matches!(spec.kind, b'E' | b'G' | b'N');
        text.extend(format!("{}{exponent:+}", if upper { 'E' } else { 'e' }).bytes());
    }
    if spec.kind == b'%' {
        text.push(b'%');
    }
    text
}

fn sign_of(spec: &Spec, negative: bool) -> Vec<u32> {
    match (negative, spec.sign) {
        (true, _) => vec![u32::from(b'-')],
        (false, b'-') => Vec::new(),
        (false, sign) => vec![u32::from(sign)],
    }
}

fn aligned(vm: &mut Vm, spec: &Spec, sign: &[u32], body: &[u32]) -> PyResult {
    vm::room::check(vm, spec.width.saturating_mul(4))?;
    let missing = spec.width.saturating_sub(sign.len() + body.len());
    let (before, inside, after) = match spec.align {
        b'<' => (0, 0, missing),
        b'^' => (missing / 2, 0, missing - missing / 2),
        b'=' => (0, missing, 0),
        _ => (missing, 0, 0),
    };
    let mut out = StrBuilder::with_capacity(spec.width.min(4096));
    let fill = |out: &mut StrBuilder, count: usize| {
        (0..count).for_each(|_| out.push_point(spec.fill));
    };
    fill(&mut out, before);
    sign.iter().for_each(|&point| out.push_point(point));
    fill(&mut out, inside);
    body.iter().for_each(|&point| out.push_point(point));
    fill(&mut out, after);
    Ok(out.finish().into())
}

/// Says that `N` as a type is deprecated.
fn warn_of_old_name(vm: &mut Vm) -> PyResult<()> {
    let module = vm.import_module("warnings")?;
    let warn = vm.get_attr_text(module, "warn")?;
    let category = vm.types.deprecation_warning;
    let text = string("Format specifier 'N' is deprecated");
    vm.call(warn, &[text, category.into()])?;
    Ok(())
}

/// `Decimal.__format__`
pub(super) fn format(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = arguments::receiver(vm, args[0])?;
    let Some(text) = vm.as_str(args[1]) else {
        return Err(vm.type_error("format arg must be str"));
    };
    if text.is_empty() && args[2].is_unbound() {
        return super::text::str(vm, args);
    }
    let Some(mut spec) = parse(&text) else {
        return Err(vm.value_error("invalid format string"));
    };
    if spec.kind == b'N' {
        warn_of_old_name(vm)?;
    }
    match args[2] {
        Value::UNBOUND | Value::NONE => {}
        given => match given.to::<Dict>() {
            Some(given) => overridden(vm, &mut spec, given)?,
            None => return Err(vm.type_error("optional argument must be a dict")),
        },
    }
    let settings = context::current(vm)?;
    if spec.kind == 0 {
        spec.kind = if settings.capitals.get() { b'G' } else { b'g' };
    }
    let mut number = number_of(own);
    if !number.is_finite() {
        let mut text = Vec::new();
        ::decimal::write_scientific(&number.with_sign(false), b'E', &mut text);
        let mut body: Vec<u32> = text.into_iter().map(u32::from).collect();
        if spec.kind == b'%' {
            push_ascii(&mut body, "%");
        }
        let sign = sign_of(&spec, number.negative);
        return aligned(vm, &spec, &sign, &body);
    }
    if spec.kind == b'%' {
        number.exponent += 2;
    }
    let digits = number.exponent.max(0) as u64 + spec.precision.unwrap_or(0) as u64;
    if matches!(spec.kind, b'f' | b'F' | b'%') || spec.precision.is_some() {
        vm::room::check(vm, usize::try_from(digits).unwrap_or(usize::MAX))?;
    }
    let negative = number.negative;
    let number = rounded(number, &spec, settings.fits.get().rounding);
    if number.is_nan() {
        return Err(vm.memory_error(""));
    }
    let (whole, fraction, exponent) = placed(&number, &spec);
    let negative = negative && !(spec.no_negative_zero && number.is_zero());
    if spec.is_bare() {
        let text = bare_text(&whole, &fraction, exponent, &spec, negative);
        return Ok(Str::from_latin1(&text).into());
    }
    let sign = sign_of(&spec, negative);
    let tail = tail(&fraction, exponent, &spec);
    let width = if spec.zero_padded {
        spec.width.saturating_sub(tail.len() + sign.len())
    } else {
        0
    };
    vm::room::check(vm, width.saturating_mul(4))?;
    let mut body = grouped(&whole, &spec, width);
    body.extend(tail);
    aligned(vm, &spec, &sign, &body)
}
