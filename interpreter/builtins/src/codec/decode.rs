//! Bytes to text.

use super::{Codec, Order, by_lookup, errors, escape};
use object::{Bytes, Gc, Str, StrBuilder, Value};
use std::ops::Range;
use vm::{PyResult, Vm};

/// How far the next character goes, or which bytes are wrong and why.
type Step = Result<usize, (Range<usize>, &'static str)>;

/// `data.decode(encoding, errors)`
pub fn decode(vm: &mut Vm, data: &[u8], encoding: &str, errors: &str) -> PyResult {
    match Codec::find(encoding) {
        Some(codec) => Ok(decode_with(vm, data, codec, errors)?.into()),
        None => {
            let input: Value = Bytes::new(data).into();
            let result = by_lookup(vm, encoding, 1, input, errors)?;
            if vm.as_str(result).is_none() {
                let class = vm.type_name(result);
                return Err(vm.type_error(format!(
                    "'{encoding}' decoder returned '{class}' instead of 'str'; use \
                     codecs.decode() to decode to arbitrary types"
                )));
            }
            Ok(result)
        }
    }
}

/// The text of bytes by a codec that is built in.
pub fn decode_with(vm: &mut Vm, data: &[u8], codec: Codec, errors: &str) -> PyResult<Gc<Str>> {
    let (codec, data) = without_mark(codec, data);
    match codec {
        Codec::Latin1 => return Ok(Str::from_latin1(data)),
        Codec::Utf8 | Codec::Ascii if data.is_ascii() => return Ok(Str::from_latin1(data)),
        Codec::Utf8 => {
            if let Ok(text) = std::str::from_utf8(data) {
                return Ok(Str::new(text));
            }
        }
        _ => {}
    }
    // Handlers see the bytes as an object; it also keeps them while Python code runs.
    let object = Bytes::new(data);
    let data = object.as_slice();
    let mut out = StrBuilder::with_capacity(data.len());
    let mut at = 0;
    while at < data.len() {
        match step(codec, data, at, &mut out) {
            Ok(next) => at = next,
            Err((wrong, reason)) => {
                at = errors::decode_error(vm, object, codec, errors, wrong, reason, &mut out)?;
            }
        }
    }
    Ok(out.finish())
}

/// Takes a byte order mark off and settles the order of bytes.
fn without_mark(codec: Codec, data: &[u8]) -> (Codec, &[u8]) {
    match codec {
        Codec::Utf8Signature => (
            Codec::Utf8,
            data.strip_prefix(b"\xef\xbb\xbf").unwrap_or(data),
        ),
        Codec::Utf16(None) => match data {
            [0xff, 0xfe, rest @ ..] => (Codec::Utf16(Some(Order::Little)), rest),
            [0xfe, 0xff, rest @ ..] => (Codec::Utf16(Some(Order::Big)), rest),
            _ => (Codec::Utf16(Some(Order::NATIVE)), data),
        },
        Codec::Utf32(None) => match data {
            [0xff, 0xfe, 0, 0, rest @ ..] => (Codec::Utf32(Some(Order::Little)), rest),
            [0, 0, 0xfe, 0xff, rest @ ..] => (Codec::Utf32(Some(Order::Big)), rest),
            _ => (Codec::Utf32(Some(Order::NATIVE)), data),
        },
        codec => (codec, data),
    }
}

fn step(codec: Codec, data: &[u8], at: usize, out: &mut StrBuilder) -> Step {
    let by_escape = |result: Result<usize, (usize, &'static str)>| {
        result.map_err(|(end, reason)| (at..end, reason))
    };
    match codec {
        Codec::Utf8 | Codec::Utf8Signature => utf8(data, at, out),
        Codec::Ascii if data[at] >= 0x80 => Err((at..at + 1, "ordinal not in range(128)")),
        Codec::Ascii | Codec::Latin1 => {
            out.push_point(data[at] as u32);
            Ok(at + 1)
        }
        Codec::Utf16(order) => utf16(data, at, order.unwrap_or(Order::NATIVE), out),
        Codec::Utf32(order) => utf32(data, at, order.unwrap_or(Order::NATIVE), out),
        Codec::UnicodeEscape => by_escape(escape::step(data, at, out)),
        Codec::RawUnicodeEscape => by_escape(escape::step_raw(data, at, out)),
    }
}

/// All characters up to the next error.
fn utf8(data: &[u8], at: usize, out: &mut StrBuilder) -> Step {
    let error = match std::str::from_utf8(&data[at..]) {
        Ok(text) => {
            out.push_text(text);
            return Ok(data.len());
        }
        Err(error) => error,
    };
    let wrong = at + error.valid_up_to();
    if wrong > at {
        out.push_text(&String::from_utf8_lossy(&data[at..wrong]));
        return Ok(wrong);
    }
    Err(match error.error_len() {
        None => (at..data.len(), "unexpected end of data"),
        Some(_) if matches!(data[at], 0x80..=0xc1 | 0xf5..) => (at..at + 1, "invalid start byte"),
        Some(length) => (at..at + length, "invalid continuation byte"),
    })
}

fn u16_at(data: &[u8], at: usize, order: Order) -> Option<u16> {
    let bytes = *data.get(at..)?.first_chunk::<2>()?;
    Some(match order {
        Order::Little => u16::from_le_bytes(bytes),
        Order::Big => u16::from_be_bytes(bytes),
    })
}

fn utf16(data: &[u8], at: usize, order: Order, out: &mut StrBuilder) -> Step {
    let Some(unit) = u16_at(data, at, order) else {
        return Err((at..data.len(), "truncated data"));
    };
    match unit {
        0xd800..=0xdbff => match u16_at(data, at + 2, order) {
            None => Err((at..data.len(), "unexpected end of data")),
            Some(low @ 0xdc00..=0xdfff) => {
                let point = 0x10000 + ((unit as u32 & 0x3ff) << 10 | low as u32 & 0x3ff);
                out.push_point(point);
                Ok(at + 4)
            }
            Some(_) => Err((at..at + 2, "illegal UTF-16 surrogate")),
        },
        0xdc00..=0xdfff => Err((at..at + 2, "illegal encoding")),
        _ => {
            out.push_point(unit as u32);
            Ok(at + 2)
        }
    }
}

fn utf32(data: &[u8], at: usize, order: Order, out: &mut StrBuilder) -> Step {
    let Some(bytes) = data[at..].first_chunk::<4>() else {
        return Err((at..data.len(), "truncated data"));
    };
    let point = match order {
        Order::Little => u32::from_le_bytes(*bytes),
        Order::Big => u32::from_be_bytes(*bytes),
    };
    match point {
        0xd800..=0xdfff => Err((
            at..at + 4,
            "code point in surrogate code point range(0xd800, 0xe000)",
        )),
        0x110000.. => Err((at..at + 4, "code point not in range(0x110000)")),
        _ => {
            out.push_point(point);
            Ok(at + 4)
        }
    }
}
