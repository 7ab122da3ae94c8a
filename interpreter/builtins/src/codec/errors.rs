//! What to do with characters that cannot be encoded and bytes that cannot be decoded: the error
//! handlers.

use super::{Codec, Order};
use crate::types::str::escape;
use object::{Bytes, Dict, Gc, Kind, Str, StrBuilder, Tuple, Value};
use std::ops::Range;
use vm::{PyResult, Raised, Vm};

/// The name under which the machine keeps the dictionary of handlers that a program has
/// registered.
pub const HANDLERS: &str = "codecs.error_handlers";

/// Deals with the characters in `wrong`; appends what stands for them and gives the place where
/// to go on.
pub(super) fn encode_error(
    vm: &mut Vm,
    string: Gc<Str>,
    codec: Codec,
    errors: &str,
    wrong: Range<usize>,
    out: &mut Vec<u8>,
) -> PyResult<usize> {
    let text = string.get();
    let put_text = |replacement: &str, out: &mut Vec<u8>| {
        replacement.bytes().all(|b| codec.put(b as u32, out));
    };
    match errors {
        "strict" => {}
        "ignore" => return Ok(wrong.end),
        "replace" => {
            wrong.clone().for_each(|_| put_text("?", out));
            return Ok(wrong.end);
        }
        "xmlcharrefreplace" | "backslashreplace" | "namereplace" => {
            for at in wrong.clone() {
                put_text(&written_out(text.point(at), errors), out);
            }
            return Ok(wrong.end);
        }
        "surrogateescape" if text.point(wrong.start) & !0x7f == 0xdc80 => {
            let mut at = wrong.start;
            while at < wrong.end && text.point(at) & !0x7f == 0xdc80 {
                out.push((text.point(at) & 0xff) as u8);
                at += 1;
            }
            return Ok(at);
        }
        "surrogatepass" if passes_surrogates(codec) => {
            let mut at = wrong.start;
            while at < wrong.end {
                codec.put_unchecked(text.point(at), out);
                at += 1;
            }
            return Ok(at);
        }
        "surrogateescape" | "surrogatepass" => {}
        name => {
            let raised = encode_exception(vm, string, codec, wrong)?;
            let (replacement, at) = call_handler(vm, name, raised, text.len())?;
            return put_replacement(vm, codec, replacement, raised, at, out);
        }
    }
    Err(encode_exception(vm, string, codec, wrong)?)
}

fn passes_surrogates(codec: Codec) -> bool {
    matches!(
        codec,
        Codec::Utf8 | Codec::Utf8Signature | Codec::Utf16(_) | Codec::Utf32(_)
    )
}

/// What stands for a character, by a handler that writes it out in ASCII.
fn written_out(point: u32, errors: &str) -> String {
    match errors {
        "xmlcharrefreplace" => format!("&#{point};"),
        "namereplace" => match char::from_u32(point).and_then(unicode_names2::name) {
            Some(name) => format!("\\N{{{name}}}"),
            None => escape(point),
        },
        _ => escape(point),
    }
}

fn put_replacement(
    vm: &mut Vm,
    codec: Codec,
    replacement: Value,
    raised: Raised,
    at: usize,
    out: &mut Vec<u8>,
) -> PyResult<usize> {
    let inner = replacement.inner();
    match inner.kind() {
        Some(Kind::Bytes) => out.extend_from_slice(inner.known::<Bytes>().as_slice()),
        Some(Kind::Str) => {
            let text = inner.known::<Str>();
            if !text.get().points().all(|point| codec.put(point, out)) {
                return Err(raised);
            }
        }
        _ => {
            return Err(vm.type_error("encoding error handler must return (str/bytes, int) tuple"));
        }
    }
    Ok(at)
}

/// `UnicodeEncodeError(encoding, object, start, end, reason)`, made by its class.
fn encode_exception(
    vm: &mut Vm,
    string: Gc<Str>,
    codec: Codec,
    wrong: Range<usize>,
) -> PyResult<Raised> {
    let class = vm.types.unicode_encode_error;
    let args = [
        vm::string(codec.name()),
        string.into(),
        Value::int(wrong.start as i64),
        Value::int(wrong.end as i64),
        vm::string(codec.reason()),
    ];
    Ok(Raised(vm.call(class.into(), &args)?))
}

/// The exception for bytes that cannot be decoded.
pub(super) fn decode_exception(
    vm: &mut Vm,
    data: Gc<Bytes>,
    encoding: &str,
    wrong: Range<usize>,
    reason: &str,
) -> PyResult<Raised> {
    let class = vm.types.unicode_decode_error;
    let args = [
        vm::string(encoding),
        data.into(),
        Value::int(wrong.start as i64),
        Value::int(wrong.end as i64),
        vm::string(reason),
    ];
    Ok(Raised(vm.call(class.into(), &args)?))
}

/// Calls a handler that the program has registered: the replacement and where to go on.
fn call_handler(
    vm: &mut Vm,
    name: &str,
    raised: Raised,
    length: usize,
) -> PyResult<(Value, usize)> {
    let registered = vm.kept(HANDLERS).and_then(|v| v.cast::<Dict>());
    let handler = match registered {
        Some(handlers) => vm.dict_get(handlers, vm::string(name))?,
        None => None,
    };
    let Some(handler) = handler else {
        return Err(vm.lookup_error(format!("unknown error handler name '{name}'")));
    };
    let result = vm.call(handler, &[raised.0])?;
    let pair = result.cast::<Tuple>().filter(|t| t.len() == 2);
    let Some(&[replacement, position]) = pair.map(|t| t.items()) else {
        return Err(vm.type_error("encoding error handler must return (str/bytes, int) tuple"));
    };
    let position = vm.index(position)?;
    let at = if position < 0 {
        position + length as i64
    } else {
        position
    };
    match usize::try_from(at) {
        Ok(at) if at <= length => Ok((replacement, at)),
        _ => Err(vm.index_error(format!(
            "position {position} from error handler out of bounds"
        ))),
    }
}

/// Deals with the bytes in `wrong`; appends what stands for them and gives the place where to go
/// on.
pub(super) fn decode_error(
    vm: &mut Vm,
    data: Gc<Bytes>,
    codec: Codec,
    errors: &str,
    wrong: Range<usize>,
    reason: &str,
    out: &mut StrBuilder,
) -> PyResult<usize> {
    let bytes = data.as_slice();
    match errors {
        "strict" => {}
        "ignore" => return Ok(wrong.end),
        "replace" => {
            out.push_point(0xfffd);
            return Ok(wrong.end);
        }
        "backslashreplace" => {
            for &byte in &bytes[wrong.clone()] {
                out.push_text(&escape(byte as u32));
            }
            return Ok(wrong.end);
        }
        "surrogateescape" if bytes[wrong.start] >= 0x80 => {
            let mut at = wrong.start;
            while at < wrong.end && bytes[at] >= 0x80 {
                out.push_point(0xdc00 + bytes[at] as u32);
                at += 1;
            }
            return Ok(at);
        }
        "surrogatepass" => {
            if let Some((point, size)) = surrogate_at(codec, &bytes[wrong.start..]) {
                out.push_point(point);
                return Ok(wrong.start + size);
            }
        }
        "surrogateescape" => {}
        "xmlcharrefreplace" | "namereplace" => {
            return Err(
                vm.type_error("don't know how to handle UnicodeDecodeError in error callback")
            );
        }
        name => {
            let raised = decode_exception(vm, data, codec.name(), wrong, reason)?;
            let (replacement, at) = call_handler(vm, name, raised, bytes.len())?;
            let Some(text) = vm.as_str(replacement) else {
                return Err(vm.type_error("decoding error handler must return (str, int) tuple"));
            };
            out.push_str(text);
            return Ok(at);
        }
    }
    Err(decode_exception(vm, data, codec.name(), wrong, reason)?)
}

/// A surrogate encoded as if it were a character, and its size in bytes.
fn surrogate_at(codec: Codec, bytes: &[u8]) -> Option<(u32, usize)> {
    let (point, size) = match codec {
        Codec::Utf8 | Codec::Utf8Signature => match *bytes {
            [0xed, b @ 0xa0..=0xbf, c @ 0x80..=0xbf, ..] => {
                (0xd000 | (b as u32 & 0x3f) << 6 | c as u32 & 0x3f, 3)
            }
            _ => return None,
        },
        Codec::Utf16(order) => {
            let unit = [*bytes.first()?, *bytes.get(1)?];
            let unit = match order.unwrap_or(Order::NATIVE) {
                Order::Little => u16::from_le_bytes(unit),
                Order::Big => u16::from_be_bytes(unit),
            };
            (unit as u32, 2)
        }
        Codec::Utf32(order) => {
            let unit = *bytes.first_chunk::<4>()?;
            let unit = match order.unwrap_or(Order::NATIVE) {
                Order::Little => u32::from_le_bytes(unit),
                Order::Big => u32::from_be_bytes(unit),
            };
            (unit, 4)
        }
        _ => return None,
    };
    (0xd800..0xe000).contains(&point).then_some((point, size))
}
