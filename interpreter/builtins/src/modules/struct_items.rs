//! The formats of `struct`: their parsing, and each item as bytes.

use super::structs::error;
use crate::number::to_float;
use dashu_int::{IBig, Sign, UBig};
use object::{BigInt, Bytes, Complex, Value};
use vm::{PyResult, Vm};

/// A parsed format.
#[derive(Default)]
pub(super) struct Layout {
    pub(super) format: Vec<u8>,
    pub(super) items: Vec<Item>,
    pub(super) size: usize,
    /// How many Python values there are.
    pub(super) values: usize,
    pub(super) big: bool,
}

/// A run of items of one kind.
pub(super) struct Item {
    code: u8,
    pub(super) offset: usize,
    pub(super) size: usize,
    pub(super) times: usize,
}

/// The size of a kind, and whether it exists, by the rules of C or by those of `struct`.
fn size_of(code: u8, native: bool) -> Option<usize> {
    Some(match code {
        b'x' | b'c' | b'b' | b'B' | b'?' | b's' | b'p' => 1,
        b'h' | b'H' | b'e' => 2,
        b'i' | b'I' | b'f' => 4,
        b'l' | b'L' if !native => 4,
        b'l' | b'L' | b'q' | b'Q' | b'd' | b'F' => 8,
        b'n' | b'N' | b'P' if native => 8,
        b'D' => 16,
        _ => return None,
    })
}

pub(super) fn parse(format: &[u8]) -> Result<Layout, &'static str> {
    const TOO_LONG: &str = "total struct size too long";
    let (mark, body) = match format.first() {
        Some(b'@' | b'=' | b'<' | b'>' | b'!') => (format[0], &format[1..]),
        _ => (b'@', format),
    };
    let native = mark == b'@';
    // What these two marks mean is the byte order of the machine.
    let big = match mark {
        b'@' | b'=' => cfg!(target_endian = "big"),
        mark => mark != b'<',
    };
    let mut layout = Layout {
        format: format.to_vec(),
        big,
        ..Layout::default()
    };
    let mut rest = body.iter().copied().peekable();
    while let Some(byte) = rest.next() {
        if byte.is_ascii_whitespace() || byte == 0x0b {
            continue;
        }
        let (mut code, mut times) = (byte, 1usize);
        if byte.is_ascii_digit() {
            times = (byte - b'0') as usize;
            loop {
                let Some(next) = rest.next() else {
                    return Err("repeat count given without format specifier");
                };
                if !next.is_ascii_digit() {
                    code = next;
                    break;
                }
                let grown = times
                    .checked_mul(10)
                    .and_then(|n| n.checked_add((next - b'0') as usize));
                times = grown
                    .filter(|&n| n <= isize::MAX as usize)
                    .ok_or(TOO_LONG)?;
            }
        }
        let unit = size_of(code, native).ok_or("bad char in struct format")?;
        if native {
            let aligned = if code == b'F' || code == b'D' {
                unit / 2
            } else {
                unit
            };
            layout.size = layout
                .size
                .checked_next_multiple_of(aligned)
                .ok_or(TOO_LONG)?;
        }
        let offset = layout.size;
        let total = unit.checked_mul(times).and_then(|n| n.checked_add(offset));
        layout.size = total
            .filter(|&n| n <= isize::MAX as usize)
            .ok_or(TOO_LONG)?;
        let (size, times) = match code {
            b'x' => continue,
            b's' | b'p' => (times, 1),
            _ => (unit, times),
        };
        layout.values += times;
        if times > 0 {
            layout.items.push(Item {
                code,
                offset,
                size,
                times,
            });
        }
    }
    Ok(layout)
}

/// Copies bytes given from the least significant on.
fn place(little: &[u8], big: bool, to: &mut [u8]) {
    to.copy_from_slice(&little[..to.len()]);
    if big {
        to.reverse();
    }
}

/// The number of up to eight bytes.
fn number(data: &[u8], big: bool) -> u64 {
    let add = |n: u64, &byte: &u8| n << 8 | byte as u64;
    if big {
        data.iter().fold(0, add)
    } else {
        data.iter().rev().fold(0, add)
    }
}

impl Item {
    pub(super) fn write(
        &self,
        vm: &mut Vm,
        big: bool,
        value: Value,
        to: &mut [u8],
    ) -> PyResult<()> {
        match self.code {
            b'?' => to[0] = u8::from(vm.truth(value)?),
            b'c' => match value.to::<Bytes>() {
                Some(data) if data.len() == 1 => to[0] = data.as_slice()[0],
                _ => {
                    let message = "char format requires a bytes object of length 1";
                    return Err(error(vm, message));
                }
            },
            b's' | b'p' => {
                let Some(data) = crate::types::bytes::view(value) else {
                    let code = self.code as char;
                    return Err(error(
                        vm,
                        format!("argument for '{code}' must be a bytes object"),
                    ));
                };
                if self.code == b's' {
                    let used = data.len().min(to.len());
                    to[..used].copy_from_slice(&data[..used]);
                } else if !to.is_empty() {
                    let used = data.len().min(to.len() - 1);
                    to[1..=used].copy_from_slice(&data[..used]);
                    to[0] = used.min(255) as u8;
                }
            }
            b'e' | b'f' | b'd' => {
                let float = float_of(vm, value)?;
                write_float(vm, float, big, to)?;
            }
            b'F' | b'D' => {
                let (real, imaginary) = match value.to::<Complex>() {
                    Some(complex) => (complex.real, complex.imag),
                    None => match float_of(vm, value) {
                        Ok(real) => (real, 0.0),
                        Err(_) => return Err(error(vm, "required argument is not a complex")),
                    },
                };
                let half = to.len() / 2;
                write_float(vm, real, big, &mut to[..half])?;
                write_float(vm, imaginary, big, &mut to[half..])?;
            }
            _ => self.write_int(vm, big, value, to)?,
        }
        Ok(())
    }

    fn write_int(&self, vm: &mut Vm, big: bool, value: Value, to: &mut [u8]) -> PyResult<()> {
        let given = match vm.as_int(value) {
            Some(number) => number,
            None if vm.lookup_special(value, vm.names.index).is_some() => vm.index_value(value)?,
            None => return Err(error(vm, "required argument is not an integer")),
        };
        let bits = self.size as u32 * 8;
        let signed = self.code.is_ascii_lowercase();
        if let Some(small) = given.as_small()
            && bits <= 32
        {
            let shifted = if signed {
                small + (1 << (bits - 1))
            } else {
                small
            };
            if (0..1 << bits).contains(&shifted) {
                place(&small.to_le_bytes(), big, to);
                return Ok(());
            }
        }
        let (least, most) = match signed {
            true => (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1),
            false => (0, (1i128 << bits) - 1),
        };
        let wide = match given.as_small() {
            Some(small) => Some(small as i128),
            None => i128::try_from(&vm.big(given)).ok(),
        };
        let fits = |n: i128| {
            // A pointer may be given as a negative number.
            (least..=most).contains(&n) || (self.code == b'P' && n < 0 && n >= i64::MIN as i128)
        };
        match wide.filter(|&n| fits(n)) {
            Some(n) => {
                place(&n.to_le_bytes(), big, to);
                Ok(())
            }
            None if self.code == b'P' => Err(error(vm, "int too large to convert")),
            None => {
                let code = self.code as char;
                Err(error(
                    vm,
                    format!("'{code}' format requires {least} <= number <= {most}"),
                ))
            }
        }
    }

    pub(super) fn read(&self, big: bool, data: &[u8]) -> Value {
        match self.code {
            b'?' => Value::bool(data[0] != 0),
            b'c' | b's' => Bytes::new(data).into(),
            b'p' => {
                let used = data.first().map_or(0, |&n| n as usize);
                let used = used.min(data.len().saturating_sub(1));
                Bytes::new(data.get(1..=used).unwrap_or(&[])).into()
            }
            b'e' | b'f' | b'd' => Value::float(read_float(data, big)),
            b'F' | b'D' => {
                let half = data.len() / 2;
                let (real, imaginary) = data.split_at(half);
                Complex::new(read_float(real, big), read_float(imaginary, big)).into()
            }
            code => {
                let n = number(data, big);
                if code.is_ascii_lowercase() {
                    let unused = 64 - 8 * data.len() as u32;
                    return Value::int((n << unused) as i64 >> unused);
                }
                match i64::try_from(n) {
                    Ok(n) => Value::int(n),
                    Err(_) => {
                        let magnitude = IBig::from_parts(Sign::Positive, UBig::from(n));
                        BigInt::value_of(&magnitude)
                    }
                }
            }
        }
    }
}

fn float_of(vm: &mut Vm, value: Value) -> PyResult<f64> {
    if let Some(float) = vm.as_float(value) {
        return Ok(float);
    }
    if let Some(number) = vm.as_int(value) {
        return to_float(vm, number);
    }
    if vm.lookup_special(value, vm.names.float).is_some()
        || vm.lookup_special(value, vm.names.index).is_some()
    {
        return crate::types::float::from_object(vm, value, "required argument is not a float");
    }
    Err(error(vm, "required argument is not a float"))
}

fn write_float(vm: &mut Vm, float: f64, big: bool, to: &mut [u8]) -> PyResult<()> {
    match to.len() {
        8 => place(&float.to_le_bytes(), big, to),
        4 => {
            let single = float as f32;
            if single.is_infinite() && float.is_finite() {
                return Err(vm.overflow_error("float too large to pack with f format"));
            }
            place(&single.to_le_bytes(), big, to);
        }
        _ => match half(float) {
            Some(half) => place(&half.to_le_bytes(), big, to),
            None => return Err(vm.overflow_error("float too large to pack with e format")),
        },
    }
    Ok(())
}

fn read_float(data: &[u8], big: bool) -> f64 {
    let bits = number(data, big);
    match data.len() {
        8 => f64::from_bits(bits),
        4 => f32::from_bits(bits as u32) as f64,
        _ => from_half(bits as u16),
    }
}

/// The nearest number of the half-width format, ties to even.
fn half(float: f64) -> Option<u16> {
    let sign = if float.is_sign_negative() { 1 << 15 } else { 0 };
    let magnitude = float.abs();
    if float.is_nan() {
        return Some(sign | 0x7e00);
    }
    if float.is_infinite() {
        return Some(sign | 0x7c00);
    }
    // Below 2^-14 all numbers are multiples of 2^-24; above, of 2^-10 times their power of two.
    let exponent = (magnitude.to_bits() >> 52) as i64 - 1023;
    if exponent < -14 {
        let units = (magnitude * 16_777_216.0).round_ties_even() as u16;
        return Some(sign | units);
    }
    if exponent > 15 {
        return None;
    }
    let scale = f64::from_bits(((1033 - exponent) as u64) << 52);
    let units = (magnitude * scale).round_ties_even() as u32;
    // A carry goes into the exponent by itself.
    let bits = (((exponent + 15) as u32) << 10) + (units - 1024);
    (bits < 0x7c00).then_some(sign | bits as u16)
}

fn from_half(bits: u16) -> f64 {
    let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
    let exponent = bits >> 10 & 31;
    let fraction = (bits & 1023) as f64;
    sign * match exponent {
        0 => fraction / 16_777_216.0,
        31 if bits & 1023 == 0 => f64::INFINITY,
        31 => f64::NAN,
        _ => {
            let scale = f64::from_bits((exponent as u64 + 1023 - 15) << 52);
            (1.0 + fraction / 1024.0) * scale
        }
    }
}
