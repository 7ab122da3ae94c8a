//! `binascii`: bytes as text in base 16, 64 and uuencode, and checksums.

use crate::types::byte_methods::{hex_options, hex_text};
use crate::types::bytes;
use object::{Bytes, Class, ClassFlags, Str, Value, intern};
use std::borrow::Cow;
use vm::{Def, PyResult, Raised, Vm, method};

const FUNCTIONS: &[Def] = &[
    method("hexlify(data, sep='', bytes_per_sep=1)", to_hex),
    method("b2a_hex(data, sep='', bytes_per_sep=1)", to_hex),
    method("unhexlify(hexstr, /)", from_hex),
    method("a2b_hex(hexstr, /)", from_hex),
    method("b2a_base64(data, /, *, newline=True)", to_base64),
    method("a2b_base64(data, /, *, strict_mode=False)", from_base64),
    method("b2a_uu(data, /, *, backtick=False)", to_uu),
    method("a2b_uu(data, /)", from_uu),
    method("crc32(data, crc=0, /)", crc32),
    method("crc_hqx(data, crc, /)", crc_hqx),
];

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

#[cold]
fn error(vm: &mut Vm, message: impl AsRef<str>) -> Raised {
    let class = vm
        .kept("binascii.Error")
        .and_then(|class| class.cast::<Class>());
    let class = class.unwrap_or(vm.types.value_error);
    vm.raise(class, message.as_ref())
}

/// The bytes of a bytes-like object or of a text in ASCII.
fn ascii(vm: &mut Vm, value: Value) -> PyResult<Cow<'static, [u8]>> {
    if let Some(bytes) = value.cast::<Bytes>() {
        return Ok(Cow::Borrowed(bytes.as_slice()));
    }
    if let Some(text) = value.to::<Str>() {
        return match text.as_ascii() {
            Some(text) => Ok(Cow::Owned(text.as_bytes().to_vec())),
            None => Err(vm.value_error("string argument should contain only ASCII characters")),
        };
    }
    match bytes::contents(vm, value)? {
        Some(data) => Ok(Cow::Owned(data)),
        None => {
            let given = vm.type_name(value);
            Err(vm.type_error(format!(
                "argument should be bytes, buffer or ASCII string, not '{given}'"
            )))
        }
    }
}

fn to_hex(vm: &mut Vm, args: &[Value]) -> PyResult {
    let data = bytes::required(vm, args[0])?;
    let (separator, group) = hex_options(vm, args[1], args[2])?;
    Ok(Bytes::new(&hex_text(&data, separator, group)).into())
}

fn from_hex(vm: &mut Vm, args: &[Value]) -> PyResult {
    let text = ascii(vm, args[0])?;
    let (pairs, rest) = text.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(error(vm, "Odd-length string"));
    }
    let digit = |byte: u8| (byte as char).to_digit(16);
    let pair = |&[high, low]: &[u8; 2]| Some((digit(high)? << 4 | digit(low)?) as u8);
    match pairs.iter().map(pair).collect::<Option<Vec<u8>>>() {
        Some(data) => Ok(Bytes::new(&data).into()),
        None => Err(error(vm, "Non-hexadecimal digit found")),
    }
}

fn to_base64(vm: &mut Vm, args: &[Value]) -> PyResult {
    let data = bytes::lent(vm, args[0])?;
    let newline = match args[1].bound() {
        Some(newline) => vm.truth(newline)?,
        None => true,
    };
    let length = data.len().div_ceil(3) * 4;
    let out = Bytes::filled(length + usize::from(newline), b'\n');
    let (groups, _) = out.as_mut_slice()[..length].as_chunks_mut::<4>();
    let (whole, rest) = data.as_chunks::<3>();
    let digit = |bits: u32, at: u32| ALPHABET[(bits >> (18 - 6 * at) & 63) as usize];
    for (group, &[a, b, c]) in groups.iter_mut().zip(whole) {
        let bits = u32::from_be_bytes([0, a, b, c]);
        *group = [
            digit(bits, 0),
            digit(bits, 1),
            digit(bits, 2),
            digit(bits, 3),
        ];
    }
    if let (Some(group), Some(&first)) = (groups.last_mut(), rest.first()) {
        let second = rest.get(1).copied();
        let bits = u32::from_be_bytes([0, first, second.unwrap_or(0), 0]);
        let third = second.map_or(b'=', |_| digit(bits, 2));
        *group = [digit(bits, 0), digit(bits, 1), third, b'='];
    }
    Ok(out.into())
}

/// The value of each base64 digit, and what no digit has.
const DIGITS: [u8; 256] = {
    let mut digits = [NO_DIGIT; 256];
    let mut value = 0;
    while value < ALPHABET.len() {
        digits[ALPHABET[value] as usize] = value as u8;
        value += 1;
    }
    digits
};
const NO_DIGIT: u8 = 0x80;

/// So many groups are decoded before there is room for the next ones: a line of text is as long.
const GROUPS_AT_ONCE: usize = 32;

/// Decodes the groups of four digits at the beginning of a text; how many characters they are.
fn whole_groups(text: &[u8], out: &mut Vec<u8>) -> usize {
    let (groups, _) = text.as_chunks::<4>();
    for (at, some) in groups.chunks(GROUPS_AT_ONCE).enumerate() {
        let start = out.len();
        out.resize(start + some.len() * 3, 0);
        let decoded = whole(some, out[start..].as_chunks_mut::<3>().0);
        if decoded < some.len() {
            out.truncate(start + decoded * 3);
            return (at * GROUPS_AT_ONCE + decoded) * 4;
        }
    }
    groups.len() * 4
}

/// Decodes groups up to the first one that is not of four digits; how many these are.
fn whole(groups: &[[u8; 4]], out: &mut [[u8; 3]]) -> usize {
    let digit = |byte: u8| DIGITS[usize::from(byte)];
    for (at, (&[a, b, c, d], three)) in groups.iter().zip(out).enumerate() {
        let (a, b, c, d) = (digit(a), digit(b), digit(c), digit(d));
        if (a | b | c | d) & NO_DIGIT != 0 {
            return at;
        }
        *three = [a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d];
    }
    groups.len()
}

fn from_base64(vm: &mut Vm, args: &[Value]) -> PyResult {
    let text = ascii(vm, args[0])?;
    let strict = match args[1].bound() {
        Some(strict) => vm.truth(strict)?,
        None => false,
    };
    if strict && text.first() == Some(&b'=') {
        return Err(error(vm, "Leading padding not allowed"));
    }
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    // Digits of the group being read, their bits, and the padding after them.
    let (mut count, mut bits, mut pads) = (0, 0u32, 0);
    let mut at = 0;
    loop {
        if count == 0 && pads == 0 {
            at += whole_groups(&text[at..], &mut out);
        }
        let Some(&byte) = text.get(at) else { break };
        at += 1;
        if byte == b'=' {
            if strict && count == 0 {
                return Err(error(vm, "Excess padding not allowed"));
            }
            pads += 1;
            if count >= 2 && count + pads >= 4 {
                if strict && at < text.len() {
                    return Err(error(vm, "Excess data after padding"));
                }
                return Ok(Bytes::new(&out).into());
            }
            continue;
        }
        let digit = DIGITS[usize::from(byte)];
        if digit == NO_DIGIT {
            if strict {
                return Err(error(vm, "Only base64 data is allowed"));
            }
            continue;
        }
        if strict && pads > 0 {
            return Err(error(vm, "Discontinuous padding not allowed"));
        }
        pads = 0;
        bits = bits << 6 | u32::from(digit);
        count = (count + 1) % 4;
        // Each digit after the first of a group completes a byte.
        if count != 1 {
            let unused = [0, 0, 4, 2][count];
            out.push((bits >> unused) as u8);
        }
    }
    match count {
        0 => Ok(Bytes::new(&out).into()),
        1 => {
            let digits = out.len() / 3 * 4 + 1;
            Err(error(
                vm,
                format!(
                    "Invalid base64-encoded string: number of data characters ({digits}) cannot \
                     be 1 more than a multiple of 4"
                ),
            ))
        }
        _ => Err(error(vm, "Incorrect padding")),
    }
}

fn to_uu(vm: &mut Vm, args: &[Value]) -> PyResult {
    let data = bytes::required(vm, args[0])?;
    if data.len() > 45 {
        return Err(error(vm, "At most 45 bytes at once"));
    }
    let backtick = match args[1].bound() {
        Some(backtick) => vm.truth(backtick)?,
        None => false,
    };
    let digit = |six: usize| match six {
        0 if backtick => b'`',
        six => six as u8 + b' ',
    };
    let mut out = vec![digit(data.len())];
    for chunk in data.chunks(3) {
        let byte = |at: usize| chunk.get(at).map_or(0, |&byte| byte as usize);
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        out.extend((0..4).map(|at| digit(bits >> (18 - 6 * at) & 63)));
    }
    out.push(b'\n');
    Ok(Bytes::new(&out).into())
}

fn from_uu(vm: &mut Vm, args: &[Value]) -> PyResult {
    let text = ascii(vm, args[0])?;
    let length = text
        .first()
        .map_or(0, |&byte| (byte.wrapping_sub(b' ') & 63) as usize);
    let mut out = Vec::with_capacity(length + 3);
    let mut rest = text.get(1..).unwrap_or(&[]);
    while out.len() < length {
        let mut bits = 0u32;
        for at in 0..4 {
            let six = match rest.get(at) {
                // What is missing at the end of a line were spaces, which mean zero.
                None | Some(b'\n' | b'\r') => 0,
                Some(&byte @ b' '..=b'`') => ((byte - b' ') & 63) as u32,
                Some(_) => return Err(error(vm, "Illegal char")),
            };
            bits = bits << 6 | six;
        }
        out.extend_from_slice(&bits.to_be_bytes()[1..]);
        rest = rest.get(4..).unwrap_or(&[]);
    }
    out.truncate(length);
    if rest
        .iter()
        .any(|byte| !matches!(byte, b' ' | b'`' | b'\n' | b'\r'))
    {
        return Err(error(vm, "Trailing garbage"));
    }
    Ok(Bytes::new(&out).into())
}

/// The remainders of all bytes, for the reflected polynomial of CRC-32.
const CRC32: [u32; 256] = {
    let mut table = [0; 256];
    let mut at = 0;
    while at < 256 {
        let mut word = at as u32;
        let mut bit = 0;
        while bit < 8 {
            word = word >> 1 ^ if word & 1 == 1 { 0xedb8_8320 } else { 0 };
            bit += 1;
        }
        table[at] = word;
        at += 1;
    }
    table
};

/// The low bits of an integer of any size.
fn low_bits(vm: &mut Vm, value: Value) -> PyResult<u32> {
    let number = vm.index_value(value)?;
    let mask = Value::int(u32::MAX as i64);
    let low = crate::number::bitwise(vm::BinaryOp::And, number, mask);
    Ok(low.as_small().unwrap_or(0) as u32)
}

fn crc32(vm: &mut Vm, args: &[Value]) -> PyResult {
    let data = bytes::required(vm, args[0])?;
    let start = match args[1].bound() {
        Some(start) => low_bits(vm, start)?,
        None => 0,
    };
    let sum = data.iter().fold(!start, |sum, &byte| {
        sum >> 8 ^ CRC32[((sum ^ byte as u32) & 255) as usize]
    });
    Ok(Value::int(!sum as i64))
}

fn crc_hqx(vm: &mut Vm, args: &[Value]) -> PyResult {
    let data = bytes::required(vm, args[0])?;
    let start = low_bits(vm, args[1])? as u16;
    let sum = data.iter().fold(start, |sum, &byte| {
        (0..8).fold(sum ^ (byte as u16) << 8, |sum, _| {
            sum << 1 ^ if sum >> 15 == 1 { 0x1021 } else { 0 }
        })
    });
    Ok(Value::int(sum as i64))
}

pub fn install(vm: &mut Vm) {
    let module = vm.define_module("binascii", FUNCTIONS);
    let flags = ClassFlags {
        has_dict: true,
        ..ClassFlags::default()
    };
    let (value_error, exception) = (vm.types.value_error, vm.types.exception);
    let error = vm.native_class("binascii", "Error", value_error, flags, &[]);
    let incomplete = vm.native_class("binascii", "Incomplete", exception, flags, &[]);
    vm.keep("binascii.Error", error.into());
    module.namespace().set_str(intern("Error"), error.into());
    module
        .namespace()
        .set_str(intern("Incomplete"), incomplete.into());
}
