//! `repr` and `ascii` of strings.

use crate::unicode;
use object::{Gc, Str, StrBuilder};
use std::fmt::Write;

/// `repr(string)`: single quotes unless there are single quotes and no double ones inside.
pub fn repr(string: Gc<Str>) -> Gc<Str> {
    quoted(string, false)
}

/// `ascii(string)`: the same with all other characters escaped.
pub fn ascii(string: Gc<Str>) -> Gc<Str> {
    quoted(string, true)
}

fn quote_for(points: impl Iterator<Item = u32>) -> u8 {
    let (mut single, mut double) = (false, false);
    for point in points {
        single |= point == b'\'' as u32;
        double |= point == b'"' as u32;
    }
    if single && !double { b'"' } else { b'\'' }
}

fn quoted(string: Gc<Str>, ascii_only: bool) -> Gc<Str> {
    let text = string.get();
    if let Some(plain) = text.as_ascii()
        && plain
            .bytes()
            .all(|b| (0x20..0x7f).contains(&b) && b != b'\\' && b != b'\'')
    {
        let mut out = Vec::with_capacity(plain.len() + 2);
        out.push(b'\'');
        out.extend_from_slice(plain.as_bytes());
        out.push(b'\'');
        return Str::from_latin1(&out);
    }
    let quote = quote_for(text.points());
    let mut out = StrBuilder::with_capacity(text.len() + 2);
    out.push_point(quote as u32);
    for point in text.points() {
        match point {
            0x5c => out.push_text("\\\\"),
            0x0a => out.push_text("\\n"),
            0x0d => out.push_text("\\r"),
            0x09 => out.push_text("\\t"),
            _ if point == quote as u32 => {
                out.push_point(0x5c);
                out.push_point(point);
            }
            0x20..0x7f => out.push_point(point),
            _ if !ascii_only && unicode::is_printable(point) => out.push_point(point),
            _ => push_escape(&mut out, point),
        }
    }
    out.push_point(quote as u32);
    out.finish()
}

/// `\x1f`, `\u20ac` or `\U0001f600`.
pub fn escape(point: u32) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = match point {
        0..0x100 => write!(text, "\\x{point:02x}"),
        0x100..0x10000 => write!(text, "\\u{point:04x}"),
        _ => write!(text, "\\U{point:08x}"),
    };
    text
}

fn push_escape(out: &mut StrBuilder, point: u32) {
    out.push_text(&escape(point));
}

/// `repr` of bytes, without the `b`: printable ASCII as it is, the rest escaped.
pub fn repr_bytes(bytes: &[u8], out: &mut Vec<u8>) {
    let quote = quote_for(bytes.iter().map(|&b| b as u32));
    out.push(quote);
    for &byte in bytes {
        match byte {
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            _ if byte == quote => out.extend_from_slice(&[b'\\', byte]),
            0x20..0x7f => out.push(byte),
            _ => out.extend_from_slice(escape(byte as u32).as_bytes()),
        }
    }
    out.push(quote);
}
