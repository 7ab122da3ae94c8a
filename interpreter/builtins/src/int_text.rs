//! Integers as text in any base, and text as integers.

use crate::number::{bit_length, ibig, is_negative};
use crate::unicode;
use dashu_int::{IBig, UBig};
use object::{BigInt, Gc, Str, Value};
use vm::{PyResult, Raised, Vm};

/// How many digits a text may have, unless the program says otherwise; 0 means no limit.
pub const DEFAULT_DIGITS_MAX: usize = 4300;
/// The lowest limit that a program can set.
pub const LIMIT_MIN: usize = 640;
/// The name under which the machine keeps a limit that the program has set.
pub const DIGITS_MAX: &str = "int_max_str_digits";

/// The limit on the digits of conversions that take more than linear time.
pub fn digits_max(vm: &Vm) -> usize {
    let kept = vm.kept(DIGITS_MAX).and_then(|v| v.as_small());
    kept.map_or(DEFAULT_DIGITS_MAX, |n| n as usize)
}

/// The digits of a machine integer, in a buffer on the stack.
pub struct Decimal {
    buffer: [u8; 20],
    from: usize,
}

impl Decimal {
    pub fn new(n: i64) -> Decimal {
        let mut decimal = Decimal {
            buffer: [0; 20],
            from: 20,
        };
        let mut rest = n.unsigned_abs();
        while rest >= 10 {
            decimal.push((rest % 10) as u8 + b'0');
            rest /= 10;
        }
        decimal.push(rest as u8 + b'0');
        if n < 0 {
            decimal.push(b'-');
        }
        decimal
    }

    #[inline(always)]
    fn push(&mut self, byte: u8) {
        self.from -= 1;
        self.buffer[self.from] = byte;
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.buffer[self.from..]
    }
}

/// The most that a machine integer takes in base 2, with sign and prefix.
const BASED_MAX: usize = 67;

/// Writes the digits of a machine integer in base 2, 8 or 16 to the end of a buffer: where they begin.
fn put_based(n: u64, radix: u32, buffer: &mut [u8; BASED_MAX]) -> usize {
    let (shift, mask) = (radix.trailing_zeros(), u64::from(radix - 1));
    let (mut at, mut rest) = (BASED_MAX, n);
    loop {
        at -= 1;
        buffer[at] = b"0123456789abcdef"[(rest & mask) as usize];
        rest >>= shift;
        if rest == 0 {
            return at;
        }
    }
}

/// The decimal text of a plain integer as a string object.
pub fn decimal(vm: &mut Vm, a: Value) -> PyResult<Gc<Str>> {
    match a.as_small() {
        Some(n) => Ok(Str::decimal(n)),
        None => Ok(Str::from_latin1(decimal_text(vm, a)?.as_bytes())),
    }
}

/// The decimal text of a plain integer.
pub fn decimal_text(vm: &mut Vm, a: Value) -> PyResult<String> {
    if let Some(n) = a.as_small() {
        return Ok(n.to_string());
    }
    let limit = digits_max(vm);
    let too_long = |digits: usize| limit > 0 && digits > limit;
    // A number of b bits has at least 0.301 b digits; one far too long is not converted at all.
    let least = (bit_length(a) as f64 * (std::f64::consts::LOG10_2 - 1e-9)) as usize;
    if !too_long(least) {
        let text = ibig(a).to_string();
        if !too_long(text.len() - usize::from(is_negative(a))) {
            return Ok(text);
        }
    }
    Err(vm.value_error(format!(
        "Exceeds the limit ({limit} digits) for integer string conversion; use \
         sys.set_int_max_str_digits() to increase the limit"
    )))
}

/// The digits of a plain integer's magnitude in base 2, 8 or 16, in lower case.
pub fn magnitude_in_radix(a: Value, radix: u32) -> String {
    if let Some(n) = a.as_small() {
        let mut buffer = [0; BASED_MAX];
        let at = put_based(n.unsigned_abs(), radix, &mut buffer);
        return buffer[at..]
            .iter()
            .map(|&digit| char::from(digit))
            .collect();
    }
    let magnitude = ibig(crate::number::absolute(a));
    match radix {
        2 => format!("{magnitude:b}"),
        8 => format!("{magnitude:o}"),
        _ => format!("{magnitude:x}"),
    }
}

/// `0x1f`, `-0b10`: what `hex`, `bin` and `oct` give.
pub fn prefixed(a: Value, radix: u32) -> Gc<Str> {
    let letter = match radix {
        2 => b'b',
        8 => b'o',
        _ => b'x',
    };
    let Some(n) = a.as_small() else {
        let sign = if is_negative(a) { "-" } else { "" };
        let digits = magnitude_in_radix(a, radix);
        let text = format!("{sign}0{}{digits}", char::from(letter));
        return Str::from_latin1(text.as_bytes());
    };
    let mut buffer = [0; BASED_MAX];
    let mut at = put_based(n.unsigned_abs(), radix, &mut buffer) - 2;
    (buffer[at], buffer[at + 1]) = (b'0', letter);
    if n < 0 {
        at -= 1;
        buffer[at] = b'-';
    }
    Str::from_latin1(&buffer[at..])
}

/// Why a text is no integer.
#[derive(Clone, Copy)]
pub enum BadInt {
    Malformed,
    /// More digits than the limit; how many.
    TooLong(usize),
}

/// The text of a number with white space around it removed and digits of other scripts replaced
/// by ASCII ones; characters that no number has become `?`.
pub fn normalized(points: impl Iterator<Item = u32>) -> Vec<u8> {
    let mut text: Vec<u8> = points
        .map(|point| match point {
            0..0x80 if unicode::is_space(point) => b' ',
            0..0x80 => point as u8,
            _ if unicode::is_space(point) => b' ',
            _ => unicode::decimal_value(point).map_or(b'?', |d| d as u8 + b'0'),
        })
        .collect();
    let end = text.iter().rposition(|&b| b != b' ').map_or(0, |at| at + 1);
    text.truncate(end);
    let start = text.iter().position(|&b| b != b' ').unwrap_or(0);
    text.drain(..start);
    text
}

/// Parses a normalized text in base 2 to 36, or 0 for the base that its prefix says. Up to
/// `limit` digits (0: any number) in bases that are no powers of two.
pub fn parse(text: &[u8], base: u32, limit: usize) -> Result<Value, BadInt> {
    let (negative, rest) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    let (radix, rest) = radix_and_digits(rest, base)?;
    let mut small: i64 = 0;
    let mut digits = Vec::new();
    let mut fits = true;
    let mut after_digit = false;
    let mut count = 0;
    for (at, &byte) in rest.iter().enumerate() {
        if byte == b'_' {
            if !after_digit || at + 1 == rest.len() {
                return Err(BadInt::Malformed);
            }
            after_digit = false;
            continue;
        }
        let Some(digit) = (byte as char).to_digit(radix) else {
            return Err(BadInt::Malformed);
        };
        after_digit = true;
        count += 1;
        if fits {
            match small
                .checked_mul(radix as i64)
                .and_then(|n| n.checked_add(digit as i64))
            {
                Some(n) => {
                    small = n;
                    continue;
                }
                None => {
                    fits = false;
                    digits = rest[..at].iter().copied().filter(|&b| b != b'_').collect();
                }
            }
        }
        digits.push(byte);
    }
    if count == 0 || (base == 0 && radix == 10 && rest[0] == b'0' && !(fits && small == 0)) {
        return Err(BadInt::Malformed);
    }
    if limit > 0 && count > limit && !radix.is_power_of_two() {
        return Err(BadInt::TooLong(count));
    }
    if fits {
        return Ok(Value::int(if negative { -small } else { small }));
    }
    let text = std::str::from_utf8(&digits).map_err(|_| BadInt::Malformed)?;
    let magnitude = UBig::from_str_radix(text, radix).map_err(|_| BadInt::Malformed)?;
    let number = IBig::from(magnitude);
    Ok(BigInt::value_of(&if negative { -number } else { number }))
}

/// The base, and the digits after a prefix that says it. One underscore may follow the prefix.
fn radix_and_digits(text: &[u8], base: u32) -> Result<(u32, &[u8]), BadInt> {
    if let [b'0', letter, rest @ ..] = text {
        let radix = match letter.to_ascii_lowercase() {
            b'x' => 16,
            b'o' => 8,
            b'b' => 2,
            _ => 0,
        };
        if radix != 0 && (base == radix || base == 0) {
            return Ok((radix, rest.strip_prefix(b"_").unwrap_or(rest)));
        }
    }
    Ok((if base == 0 { 10 } else { base }, text))
}

/// The exception for a text that is no integer; `shown` is the `repr` of the text.
#[cold]
pub fn raise(vm: &mut Vm, bad: BadInt, base: u32, shown: &str) -> Raised {
    match bad {
        BadInt::Malformed => {
            let shown: String = shown.chars().take(200).collect();
            vm.value_error(format!(
                "invalid literal for int() with base {base}: {shown}"
            ))
        }
        BadInt::TooLong(digits) => {
            let limit = digits_max(vm);
            vm.value_error(format!(
                "Exceeds the limit ({limit} digits) for integer string conversion: value has \
                 {digits} digits; use sys.set_int_max_str_digits() to increase the limit"
            ))
        }
    }
}
