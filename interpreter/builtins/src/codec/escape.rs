//! The encodings `unicode_escape` and `raw_unicode_escape`.

use crate::types::str::escape;
use object::StrBuilder;

/// Appends a code point as it stands in a string literal.
pub(super) fn put(point: u32, out: &mut Vec<u8>) {
    match point {
        0x5c => out.extend_from_slice(b"\\\\"),
        0x0a => out.extend_from_slice(b"\\n"),
        0x0d => out.extend_from_slice(b"\\r"),
        0x09 => out.extend_from_slice(b"\\t"),
        0x20..0x7f => out.push(point as u8),
        _ => out.extend_from_slice(escape(point).as_bytes()),
    }
}

/// Appends a code point, escaped if it is not in Latin-1.
pub(super) fn put_raw(point: u32, out: &mut Vec<u8>) {
    match u8::try_from(point) {
        Ok(byte) => out.push(byte),
        Err(_) => out.extend_from_slice(escape(point).as_bytes()),
    }
}

/// Reads one character or escape sequence at `at`: how far it goes, or the end of what is wrong
/// and why.
pub(super) fn step(
    data: &[u8],
    at: usize,
    out: &mut StrBuilder,
) -> Result<usize, (usize, &'static str)> {
    if data[at] != b'\\' {
        out.push_point(data[at] as u32);
        return Ok(at + 1);
    }
    let Some(&letter) = data.get(at + 1) else {
        return Err((data.len(), "\\ at end of string"));
    };
    let plain = match letter {
        b'\n' => return Ok(at + 2),
        b'\\' | b'\'' | b'"' => letter,
        b'a' => 7,
        b'b' => 8,
        b'f' => 12,
        b'n' => 10,
        b'r' => 13,
        b't' => 9,
        b'v' => 11,
        b'0'..=b'7' => {
            let digits = data[at + 1..]
                .iter()
                .take(3)
                .take_while(|b| matches!(b, b'0'..=b'7'));
            let digits: Vec<u8> = digits.copied().collect();
            out.push_point(digits.iter().fold(0, |n, b| n * 8 + u32::from(b - b'0')));
            return Ok(at + 1 + digits.len());
        }
        b'x' => return hex(data, at, 2, "truncated \\xXX escape", out),
        b'u' => return hex(data, at, 4, "truncated \\uXXXX escape", out),
        b'U' => return hex(data, at, 8, "truncated \\UXXXXXXXX escape", out),
        b'N' => return named(data, at, out),
        _ => {
            out.push_point(b'\\' as u32);
            letter
        }
    };
    out.push_point(plain as u32);
    Ok(at + 2)
}

/// The same for `raw_unicode_escape`, which knows `\u` and `\U` alone.
pub(super) fn step_raw(
    data: &[u8],
    at: usize,
    out: &mut StrBuilder,
) -> Result<usize, (usize, &'static str)> {
    if data[at] == b'\\' {
        let slashes = data[..at].iter().rev().take_while(|&&b| b == b'\\').count();
        match data.get(at + 1) {
            Some(b'u') if slashes.is_multiple_of(2) => {
                return hex(data, at, 4, "truncated \\uXXXX escape", out);
            }
            Some(b'U') if slashes.is_multiple_of(2) => {
                return hex(data, at, 8, "truncated \\UXXXXXXXX escape", out);
            }
            _ => {}
        }
    }
    out.push_point(data[at] as u32);
    Ok(at + 1)
}

fn hex(
    data: &[u8],
    at: usize,
    count: usize,
    truncated: &'static str,
    out: &mut StrBuilder,
) -> Result<usize, (usize, &'static str)> {
    let digits = data[at + 2..]
        .iter()
        .take(count)
        .take_while(|b| b.is_ascii_hexdigit())
        .count();
    let end = at + 2 + digits;
    if digits < count {
        return Err((end, truncated));
    }
    let value = data[at + 2..end]
        .iter()
        .fold(0u32, |n, &b| n << 4 | (b as char).to_digit(16).unwrap_or(0));
    if value > 0x10ffff {
        return Err((end, "illegal Unicode character"));
    }
    out.push_point(value);
    Ok(end)
}

fn named(data: &[u8], at: usize, out: &mut StrBuilder) -> Result<usize, (usize, &'static str)> {
    const MALFORMED: &str = "malformed \\N character escape";
    if data.get(at + 2) != Some(&b'{') {
        return Err(((at + 2).min(data.len()), MALFORMED));
    }
    let Some(length) = data[at + 3..]
        .iter()
        .position(|&b| b == b'}')
        .filter(|&n| n > 0)
    else {
        return Err((data.len(), MALFORMED));
    };
    let end = at + 3 + length + 1;
    let name: String = data[at + 3..end - 1].iter().map(|&b| b as char).collect();
    match unicode_names2::character(&name) {
        Some(c) => {
            out.push_char(c);
            Ok(end)
        }
        None => Err((end, "unknown Unicode character name")),
    }
}
