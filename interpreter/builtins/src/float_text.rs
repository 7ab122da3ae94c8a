//! Floats as text and text as floats.
//!
//! The shortest digits that read back as the same float come from crate `zmij`, digits to a
//! precision from Rust's exact formatting. How digits, point and exponent are laid out is
//! Python's.

use std::io::Write;

/// More digits than any float has: beyond them there are only zeros.
const DIGITS_MAX: usize = 1200;

/// How to write a float.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Style {
    /// The shortest text that reads back, with an exponent where `repr` has one.
    Shortest,
    /// `precision` digits after the point.
    Fixed,
    /// One digit before the point, `precision` after it, and an exponent.
    Exponent,
    /// `precision` digits in all, fixed or with exponent by magnitude.
    General,
}

/// Details of the layout.
#[derive(Clone, Copy, Default)]
pub struct Layout {
    /// Keep the point, and the zeros of `General`.
    pub alternate: bool,
    /// Write whole numbers with `.0`.
    pub point_zero: bool,
    pub upper: bool,
}

/// The decimal digits of a number `0.digits * 10^point`.
struct Digits {
    digits: Vec<u8>,
    point: i64,
}

/// The shortest digits of a finite, not negative float.
fn shortest(f: f64) -> Digits {
    if f == 0.0 {
        return Digits {
            digits: vec![b'0'],
            point: 1,
        };
    }
    let mut buffer = zmij::Buffer::new();
    read_digits(buffer.format_finite(f).as_bytes())
}

/// Takes `12.5`, `1.25e-7` and the like apart: digits without zeros at either end.
fn read_digits(text: &[u8]) -> Digits {
    let (mantissa, exponent) = match text.iter().position(|&b| b == b'e') {
        Some(at) => (&text[..at], parse_exponent(&text[at + 1..])),
        None => (text, 0),
    };
    let whole = mantissa
        .iter()
        .position(|&b| b == b'.')
        .unwrap_or(mantissa.len());
    let mut digits: Vec<u8> = mantissa.iter().copied().filter(|&b| b != b'.').collect();
    let zeros = digits.iter().take_while(|&&b| b == b'0').count();
    digits.drain(..zeros);
    while digits.last() == Some(&b'0') {
        digits.pop();
    }
    Digits {
        digits,
        point: whole as i64 - zeros as i64 + exponent,
    }
}

fn parse_exponent(text: &[u8]) -> i64 {
    let (negative, text) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    let n = text
        .iter()
        .fold(0, |n, &b| n * 10 + i64::from(b.wrapping_sub(b'0')));
    if negative { -n } else { n }
}

/// `count` significant digits of a finite, not negative float, rounded half to even.
fn rounded(f: f64, count: usize) -> Digits {
    let text = format!("{:.*e}", count.clamp(1, DIGITS_MAX) - 1, f);
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let digits = mantissa.bytes().filter(|&b| b != b'.').collect();
    Digits {
        digits,
        point: parse_exponent(exponent.as_bytes()) + 1,
    }
}

/// Appends the digits at places `from..to`, counted from the first digit; zeros where the number
/// has none.
fn put_digits(out: &mut Vec<u8>, digits: &[u8], from: i64, to: i64) {
    for at in from..to {
        let digit = usize::try_from(at).ok().and_then(|at| digits.get(at));
        out.push(digit.copied().unwrap_or(b'0'));
    }
}

/// The text of a float without its sign: `inf`, `nan` or digits.
pub fn magnitude(f: f64, style: Style, precision: usize, layout: Layout) -> Vec<u8> {
    let f = f.abs();
    let mut out = Vec::with_capacity(24);
    if !f.is_finite() {
        out.extend_from_slice(match (f.is_nan(), layout.upper) {
            (true, false) => b"nan",
            (true, true) => b"NAN",
            (false, false) => b"inf",
            (false, true) => b"INF",
        });
        return out;
    }
    if style == Style::Fixed {
        write_fixed(&mut out, f, precision, layout.alternate);
        return out;
    }
    let mut number = match style {
        Style::Shortest => shortest(f),
        Style::Exponent => rounded(f, precision.saturating_add(1)),
        _ => rounded(f, precision.max(1)),
    };
    let precision = precision.max(1) as i64;
    let (with_exponent, mut end) = match style {
        Style::Shortest => (
            number.point > 16 || number.point <= -4,
            number.digits.len() as i64,
        ),
        Style::Exponent => (true, 0),
        _ => {
            while number.digits.len() > 1 && number.digits.last() == Some(&b'0') {
                number.digits.pop();
            }
            let most = precision - i64::from(layout.point_zero);
            let end = if layout.alternate {
                precision
            } else {
                number.digits.len() as i64
            };
            (number.point <= -4 || number.point > most, end)
        }
    };
    if style == Style::Exponent {
        end = number.digits.len() as i64;
    }
    let point = if with_exponent { 1 } else { number.point };
    let end = end.max(if layout.point_zero && !with_exponent {
        point + 1
    } else {
        point
    });
    put_digits(&mut out, &number.digits, point.min(1) - 1, point);
    if end > point || layout.alternate {
        out.push(b'.');
        put_digits(&mut out, &number.digits, point, end);
    }
    if with_exponent {
        let missing = if style == Style::Exponent {
            precision_beyond(precision, &number)
        } else {
            0
        };
        out.extend(std::iter::repeat_n(b'0', missing));
        let exponent = number.point - 1;
        let sign = if exponent < 0 { '-' } else { '+' };
        let letter = if layout.upper { 'E' } else { 'e' };
        // Writing to a vector does not fail.
        let _ = write!(out, "{letter}{sign}{:02}", exponent.abs());
    }
    out
}

/// How many zeros are missing after the digits that `rounded` gives at most.
fn precision_beyond(precision: i64, number: &Digits) -> usize {
    if number.digits.len() < DIGITS_MAX {
        return 0;
    }
    (precision as usize + 1).saturating_sub(DIGITS_MAX)
}

/// More digits after the point than this are left to the general way.
const SCALED_MAX: usize = 17;

/// A float that is not negative times a power of ten, rounded half to even, if that is not too large: all
/// of the product's bits are there to be rounded.
fn scaled(f: f64, precision: usize) -> Option<u64> {
    let power = 10u128.pow(u32::try_from(precision).ok()?);
    let bits = f.to_bits();
    let (exponent, fraction) = ((bits >> 52) as i32, bits & ((1 << 52) - 1));
    let (mantissa, exponent) = match exponent {
        0 => (fraction, -1074),
        _ => (fraction | 1 << 52, exponent - 1075),
    };
    let product = u128::from(mantissa) * power;
    if exponent >= 0 {
        let fits = product.leading_zeros() as i32 > exponent;
        return fits.then(|| product << exponent)?.try_into().ok();
    }
    let below = exponent.unsigned_abs();
    if below >= u128::BITS {
        // The product has fewer bits, so it is less than a half.
        return Some(0);
    }
    let (whole, rest) = (product >> below, product & ((1 << below) - 1));
    let half = 1 << (below - 1);
    let up = rest > half || rest == half && whole & 1 == 1;
    (whole + u128::from(up)).try_into().ok()
}

fn write_fixed(out: &mut Vec<u8>, f: f64, precision: usize, alternate: bool) {
    if precision <= SCALED_MAX
        && let Some(scaled) = scaled(f, precision)
    {
        let mut digits = [b'0'; 40];
        let (mut at, mut rest) = (digits.len(), scaled);
        while rest != 0 {
            at -= 1;
            digits[at] = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        let point = digits.len() - precision;
        out.extend_from_slice(&digits[at.min(point - 1)..point]);
        if precision != 0 || alternate {
            out.push(b'.');
        }
        out.extend_from_slice(&digits[point..]);
        return;
    }
    let exact = precision.min(DIGITS_MAX);
    // Writing to a vector does not fail.
    let _ = write!(out, "{f:.exact$}");
    out.extend(std::iter::repeat_n(b'0', precision - exact));
    if precision == 0 && alternate {
        out.push(b'.');
    }
}

/// `repr(f)`.
pub fn repr(f: f64) -> Vec<u8> {
    let layout = Layout {
        point_zero: true,
        ..Layout::default()
    };
    signed(f, magnitude(f, Style::Shortest, 0, layout))
}

/// The shortest text, without `.0`: for the parts of complex numbers.
pub fn repr_part(f: f64) -> Vec<u8> {
    signed(f, magnitude(f, Style::Shortest, 0, Layout::default()))
}

fn signed(f: f64, mut text: Vec<u8>) -> Vec<u8> {
    if f.is_sign_negative() && !f.is_nan() {
        text.insert(0, b'-');
    }
    text
}

/// `round(f, digits)` for a finite float: the float nearest to the decimal number nearest to it,
/// ties to even. Infinite if that is too large.
pub fn round_to(f: f64, digits: i64) -> f64 {
    // No float has digits beyond these, or is as large as that.
    if digits > 323 {
        return f;
    }
    if digits < -308 {
        return 0.0_f64.copysign(f);
    }
    if digits >= 0 {
        return format!("{:.*}", digits as usize, f).parse().unwrap_or(f);
    }
    let number = read_exact(f.abs());
    let keep = number.point + digits;
    let digits_kept = round_decimal(&number.digits, keep);
    let text = format!("{}e{}", digits_kept, -digits);
    text.parse::<f64>().unwrap_or(f).copysign(f)
}

/// All digits of a float's exact value before the point, and whether more follow.
fn read_exact(f: f64) -> Digits {
    let whole = format!("{:.0}", f.trunc());
    let mut digits: Vec<u8> = whole.into_bytes();
    let point = digits.len() as i64;
    if f.fract() != 0.0 {
        // Any digit that is not zero breaks ties the same way.
        digits.push(b'1');
    }
    Digits { digits, point }
}

/// The first `keep` digits of a decimal number as text, rounded half to even by what follows.
fn round_decimal(digits: &[u8], keep: i64) -> String {
    if keep < 0 {
        return String::from("0");
    }
    let keep = (keep as usize).min(digits.len());
    let (head, rest) = digits.split_at(keep);
    let mut head: Vec<u8> = [b"0", head].concat();
    let odd = head.last().is_some_and(|b| b & 1 == 1);
    let up = match rest {
        [] => false,
        [b'5', tail @ ..] if tail.iter().all(|&b| b == b'0') => odd,
        [first, ..] => *first >= b'5',
    };
    if up {
        for digit in head.iter_mut().rev() {
            if *digit < b'9' {
                *digit += 1;
                break;
            }
            *digit = b'0';
        }
    }
    head.iter().map(|&b| b as char).collect()
}

/// Parses a text that `int_text::normalized` gave: decimal floats, `inf`, `nan`, underscores
/// between digits.
pub fn parse(text: &[u8]) -> Option<f64> {
    let (negative, body) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    let magnitude = match body.first()? {
        b'0'..=b'9' | b'.' => parse_decimal(body)?,
        _ if body.eq_ignore_ascii_case(b"inf") || body.eq_ignore_ascii_case(b"infinity") => {
            f64::INFINITY
        }
        _ if body.eq_ignore_ascii_case(b"nan") => f64::NAN,
        _ => return None,
    };
    Some(if negative { -magnitude } else { magnitude })
}

fn parse_decimal(body: &[u8]) -> Option<f64> {
    if !body.contains(&b'_') {
        return std::str::from_utf8(body).ok()?.parse().ok();
    }
    let mut plain = String::with_capacity(body.len());
    for (at, &byte) in body.iter().enumerate() {
        if byte == b'_' {
            let digit_at = |at: usize| body.get(at).is_some_and(u8::is_ascii_digit);
            if at == 0 || !digit_at(at - 1) || !digit_at(at + 1) {
                return None;
            }
        } else {
            plain.push(byte as char);
        }
    }
    plain.parse().ok()
}

/// The length of the longest start of a text that is a float, sign included; for complex numbers.
pub fn longest_start(text: &[u8]) -> usize {
    let sign = usize::from(matches!(text.first(), Some(b'+' | b'-')));
    let body = &text[sign..];
    for word in [&b"infinity"[..], b"inf", b"nan"] {
        if body.len() >= word.len() && body[..word.len()].eq_ignore_ascii_case(word) {
            return sign + word.len();
        }
    }
    let digits = |from: usize| {
        body[from.min(body.len())..]
            .iter()
            .take_while(|b| b.is_ascii_digit() || **b == b'_')
            .count()
    };
    let mut at = digits(0);
    let mut any = at > 0;
    if body.get(at) == Some(&b'.') {
        let fraction = digits(at + 1);
        any |= fraction > 0;
        at += 1 + fraction;
    }
    if !any {
        return 0;
    }
    if let Some(b'e' | b'E') = body.get(at) {
        let signed = usize::from(matches!(body.get(at + 1), Some(b'+' | b'-')));
        let exponent = digits(at + 1 + signed);
        if exponent > 0 {
            at += 1 + signed + exponent;
        }
    }
    sign + at
}

/// `float.hex`.
pub fn hex(f: f64) -> String {
    if !f.is_finite() {
        return String::from_utf8_lossy(&repr(f)).into_owned();
    }
    let sign = if f.is_sign_negative() { "-" } else { "" };
    let bits = f.to_bits();
    let raw = (bits >> 52 & 0x7ff) as i64;
    let fraction = bits & ((1 << 52) - 1);
    if f == 0.0 {
        return format!("{sign}0x0.0p+0");
    }
    let (lead, exponent) = if raw == 0 {
        (0, -1022)
    } else {
        (1, raw - 1023)
    };
    format!("{sign}0x{lead}.{fraction:013x}p{exponent:+}")
}

/// Why a text is no hexadecimal float.
pub enum BadHex {
    Malformed,
    TooLarge,
}

/// `float.fromhex` of a text without white space around it.
pub fn parse_hex(text: &[u8]) -> Result<f64, BadHex> {
    let (negative, body) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    let magnitude = if body.eq_ignore_ascii_case(b"inf") || body.eq_ignore_ascii_case(b"infinity") {
        f64::INFINITY
    } else if body.eq_ignore_ascii_case(b"nan") {
        f64::NAN
    } else {
        parse_hex_digits(body)?
    };
    Ok(if negative { -magnitude } else { magnitude })
}

fn parse_hex_digits(body: &[u8]) -> Result<f64, BadHex> {
    let body = match body {
        [b'0', b'x' | b'X', rest @ ..] => rest,
        rest => rest,
    };
    let split = body
        .iter()
        .position(|b| matches!(b, b'p' | b'P'))
        .unwrap_or(body.len());
    let (mantissa, exponent) = body.split_at(split);
    let exponent = match exponent {
        [] => 0,
        [_, rest @ ..] => {
            let digits = rest
                .strip_prefix(b"-")
                .or(rest.strip_prefix(b"+"))
                .unwrap_or(rest);
            if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
                return Err(BadHex::Malformed);
            }
            if digits.len() > 15 {
                if rest[0] == b'-' { -(1 << 50) } else { 1 << 50 }
            } else {
                parse_exponent(rest)
            }
        }
    };
    let whole = mantissa
        .iter()
        .position(|&b| b == b'.')
        .unwrap_or(mantissa.len());
    let digits: Vec<u8> = [&mantissa[..whole], mantissa.get(whole + 1..).unwrap_or(&[])].concat();
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_hexdigit) {
        return Err(BadHex::Malformed);
    }
    let fraction = digits.len() as i64 - whole as i64;
    // Sixteen digits and a bit for what follows are more than rounding needs.
    let digits: Vec<u8> = digits.iter().copied().skip_while(|&b| b == b'0').collect();
    let used = digits.len().min(24);
    let mut bits: u128 = 0;
    for &digit in &digits[..used] {
        bits = bits << 4 | u128::from((digit as char).to_digit(16).unwrap_or(0));
    }
    if bits == 0 {
        return Ok(0.0);
    }
    let sticky = digits[used..].iter().any(|&b| b != b'0');
    let dropped = 4 * (digits.len() - used) as i64;
    // The rounding step wants 65 binary digits or more.
    let shift = i64::from(bits.leading_zeros().saturating_sub(8));
    let bits = bits << shift | u128::from(sticky);
    let scale = exponent.saturating_add(dropped - 4 * fraction - shift);
    let result = crate::number::round_to_float(bits, scale);
    if result.is_infinite() {
        Err(BadHex::TooLarge)
    } else {
        Ok(result)
    }
}
