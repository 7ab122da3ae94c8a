//! Encodings of text: which there are, and how a text becomes bytes and back.
//!
//! The encodings that Python code uses all the time are written here; a codec that a program has
//! registered is asked through the `codecs` module. What happens at a character or byte that
//! does not fit is in [`errors`].

mod decode;
mod errors;
mod escape;

pub use decode::{decode, decode_with};
pub use errors::HANDLERS;

use object::{Bytes, Gc, Str, Value};
use vm::{PyResult, Vm};

/// An order of bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Order {
    Little,
    Big,
}

impl Order {
    const NATIVE: Order = if cfg!(target_endian = "big") {
        Order::Big
    } else {
        Order::Little
    };
}

/// An encoding.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Codec {
    Utf8,
    Utf8Signature,
    Ascii,
    Latin1,
    /// Without an order: with a byte order mark.
    Utf16(Option<Order>),
    Utf32(Option<Order>),
    UnicodeEscape,
    RawUnicodeEscape,
}

impl Codec {
    /// The codec of a name, spelled as freely as Python allows.
    pub fn find(name: &str) -> Option<Codec> {
        let plain: String = name
            .chars()
            .map(|c| {
                if matches!(c, '-' | ' ') {
                    '_'
                } else {
                    c.to_ascii_lowercase()
                }
            })
            .collect();
        Some(match plain.as_str() {
            "utf_8" | "utf8" | "u8" | "utf" | "cp65001" | "utf8_ucs2" | "utf8_ucs4" => Codec::Utf8,
            "utf_8_sig" | "utf8_sig" => Codec::Utf8Signature,
            "ascii" | "us_ascii" | "646" | "us" | "ansi_x3.4_1968" | "iso646_us" => Codec::Ascii,
            "latin_1" | "latin1" | "latin" | "l1" | "iso_8859_1" | "iso8859_1" | "8859"
            | "iso8859" | "cp819" => Codec::Latin1,
            "utf_16" | "utf16" | "u16" => Codec::Utf16(None),
            "utf_16_le" | "utf_16le" | "utf16_le" | "utf16le" => Codec::Utf16(Some(Order::Little)),
            "utf_16_be" | "utf_16be" | "utf16_be" | "utf16be" => Codec::Utf16(Some(Order::Big)),
            "utf_32" | "utf32" | "u32" => Codec::Utf32(None),
            "utf_32_le" | "utf_32le" | "utf32_le" | "utf32le" => Codec::Utf32(Some(Order::Little)),
            "utf_32_be" | "utf_32be" | "utf32_be" | "utf32be" => Codec::Utf32(Some(Order::Big)),
            "unicode_escape" => Codec::UnicodeEscape,
            "raw_unicode_escape" => Codec::RawUnicodeEscape,
            _ => return None,
        })
    }

    /// The same behind the beginning of a text, where no byte order mark stands.
    pub fn without_mark(self) -> Codec {
        match self {
            Codec::Utf8Signature => Codec::Utf8,
            Codec::Utf16(None) => Codec::Utf16(Some(Order::NATIVE)),
            Codec::Utf32(None) => Codec::Utf32(Some(Order::NATIVE)),
            other => other,
        }
    }

    /// Its name in messages.
    pub fn name(self) -> &'static str {
        match self {
            Codec::Utf8 | Codec::Utf8Signature => "utf-8",
            Codec::Ascii => "ascii",
            Codec::Latin1 => "latin-1",
            Codec::Utf16(None) => "utf-16",
            Codec::Utf16(Some(Order::Little)) => "utf-16-le",
            Codec::Utf16(Some(Order::Big)) => "utf-16-be",
            Codec::Utf32(None) => "utf-32",
            Codec::Utf32(Some(Order::Little)) => "utf-32-le",
            Codec::Utf32(Some(Order::Big)) => "utf-32-be",
            Codec::UnicodeEscape => "unicodeescape",
            Codec::RawUnicodeEscape => "rawunicodeescape",
        }
    }

    /// Why a character cannot be encoded.
    fn reason(self) -> &'static str {
        match self {
            Codec::Ascii => "ordinal not in range(128)",
            Codec::Latin1 => "ordinal not in range(256)",
            _ => "surrogates not allowed",
        }
    }

    /// Appends a code point; false if the encoding does not have it.
    fn put(self, point: u32, out: &mut Vec<u8>) -> bool {
        match self {
            Codec::Ascii if point >= 0x80 => return false,
            Codec::Latin1 if point >= 0x100 => return false,
            Codec::Ascii | Codec::Latin1 => out.push(point as u8),
            Codec::UnicodeEscape => escape::put(point, out),
            Codec::RawUnicodeEscape => escape::put_raw(point, out),
            _ if (0xd800..0xe000).contains(&point) => return false,
            _ => self.put_unchecked(point, out),
        }
        true
    }

    /// Appends a code point in one of the UTF encodings, be it a surrogate.
    fn put_unchecked(self, point: u32, out: &mut Vec<u8>) {
        match self {
            Codec::Utf16(order) => {
                if point < 0x10000 {
                    put_u16(point as u16, order, out);
                } else {
                    let rest = point - 0x10000;
                    put_u16(0xd800 | (rest >> 10) as u16, order, out);
                    put_u16(0xdc00 | (rest & 0x3ff) as u16, order, out);
                }
            }
            Codec::Utf32(order) => out.extend(match order.unwrap_or(Order::NATIVE) {
                Order::Little => point.to_le_bytes(),
                Order::Big => point.to_be_bytes(),
            }),
            _ => match point {
                0..0x80 => out.push(point as u8),
                0x80..0x800 => out.extend([0xc0 | (point >> 6) as u8, tail(point)]),
                0x800..0x10000 => {
                    out.extend([0xe0 | (point >> 12) as u8, tail(point >> 6), tail(point)]);
                }
                _ => out.extend([
                    0xf0 | (point >> 18) as u8,
                    tail(point >> 12),
                    tail(point >> 6),
                    tail(point),
                ]),
            },
        }
    }
}

fn tail(bits: u32) -> u8 {
    0x80 | (bits & 0x3f) as u8
}

fn put_u16(unit: u16, order: Option<Order>, out: &mut Vec<u8>) {
    out.extend(match order.unwrap_or(Order::NATIVE) {
        Order::Little => unit.to_le_bytes(),
        Order::Big => unit.to_be_bytes(),
    });
}

/// `string.encode(encoding, errors)`
pub fn encode(vm: &mut Vm, string: Gc<Str>, encoding: &str, errors: &str) -> PyResult {
    match Codec::find(encoding) {
        Some(codec) => Ok(encode_with(vm, string, codec, errors)?.into()),
        None => by_lookup(vm, encoding, 0, string.into(), errors),
    }
}

/// The encoding of a string by a codec that is built in.
pub fn encode_with(
    vm: &mut Vm,
    string: Gc<Str>,
    codec: Codec,
    errors: &str,
) -> PyResult<Gc<Bytes>> {
    let text = string.get();
    if let Some(latin1) = text.as_latin1() {
        let same = match codec {
            Codec::Utf8 | Codec::Ascii => text.is_ascii(),
            Codec::Latin1 => true,
            _ => false,
        };
        if same {
            return Ok(Bytes::new(latin1));
        }
    }
    let mut out = Vec::with_capacity(text.len() + 8);
    match codec {
        Codec::Utf8Signature | Codec::Utf16(None) | Codec::Utf32(None) => {
            codec.put_unchecked(0xfeff, &mut out);
        }
        _ => {}
    }
    let mut at = 0;
    while at < text.len() {
        if codec.put(text.point(at), &mut out) {
            at += 1;
            continue;
        }
        let mut end = at + 1;
        let mark = out.len();
        while end < text.len() && !codec.put(text.point(end), &mut out) {
            end += 1;
        }
        out.truncate(mark);
        at = errors::encode_error(vm, string, codec, errors, at..end, &mut out)?;
    }
    Ok(Bytes::new(&out))
}

/// Asks the codecs that are Python, those that the program has registered first: `which` is 0 to encode, 1 to decode.
fn by_lookup(vm: &mut Vm, encoding: &str, which: i64, input: Value, errors: &str) -> PyResult {
    let unknown = format!("unknown encoding: {encoding}");
    let module = vm.import_module("codecs")?;
    let find = vm.get_attr_text(module, "_find")?;
    let codec = vm.call(find, &[vm::string(encoding), Value::small(which)])?;
    if codec.is_none() {
        return Err(vm.lookup_error(unknown));
    }
    let function = vm.get_item(codec, Value::small(which))?;
    let result = vm.call(function, &[input, vm::string(errors)])?;
    vm.get_item(result, Value::small(0))
}
