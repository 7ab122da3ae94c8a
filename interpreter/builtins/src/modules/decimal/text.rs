//! The texts of numbers.

use super::{arguments, context, number_of, small_of};
use ::decimal::small::Small;
use ::decimal::{write_engineering, write_scientific};
use object::{Str, Value};
use vm::{PyResult, Vm};

/// Room for the texts of most numbers.
const TEXT_BYTES: usize = 48;

/// The digits of a short number with a point among them or in front, at the end of a buffer; `None` if
/// it takes an exponent.
fn plain_text(number: Small, buffer: &mut [u8; TEXT_BYTES]) -> Option<&[u8]> {
    const LEAST_EXPONENT: i64 = -30;
    if !(LEAST_EXPONENT..=0).contains(&number.exponent) || number.coefficient >> 64 != 0 {
        return None;
    }
    let places = number.exponent.unsigned_abs() as usize;
    let mut rest = number.coefficient as u64;
    let mut at = buffer.len();
    let mut digits = 0;
    while rest != 0 || digits == 0 || digits <= places {
        // At most five zeros stand in front of the digits.
        if rest == 0 && digits != 0 && places - digits.min(places) >= 6 {
            return None;
        }
        if digits == places && places != 0 {
            at -= 1;
            buffer[at] = b'.';
        }
        at -= 1;
        buffer[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        digits += 1;
    }
    if number.negative {
        at -= 1;
        buffer[at] = b'-';
    }
    Some(&buffer[at..])
}

/// `str(number)`
pub(super) fn str(vm: &mut Vm, args: &[Value]) -> PyResult {
    let object = arguments::receiver(vm, args[0])?;
    let mut buffer = [0; TEXT_BYTES];
    if let Some(text) = small_of(object).and_then(|small| plain_text(small, &mut buffer)) {
        return Ok(Str::from_latin1(text).into());
    }
    let letter = context::current(vm)?.exponent_letter();
    let mut text = Vec::with_capacity(TEXT_BYTES);
    write_scientific(&number_of(object), letter, &mut text);
    Ok(Str::from_latin1(&text).into())
}

/// `repr(number)`
pub(super) fn repr(vm: &mut Vm, args: &[Value]) -> PyResult {
    let object = arguments::receiver(vm, args[0])?;
    let letter = context::current(vm)?.exponent_letter();
    let mut text = b"Decimal('".to_vec();
    write_scientific(&number_of(object), letter, &mut text);
    text.extend_from_slice(b"')");
    Ok(Str::from_latin1(&text).into())
}

/// `to_eng_string`, `to_sci_string` with the letter of a context.
pub(super) fn shown(vm: &mut Vm, value: Value, context: Value, engineering: bool) -> PyResult {
    let letter = context::chosen(vm, context)?.exponent_letter();
    let number = arguments::number(vm, value)?;
    let mut text = Vec::with_capacity(TEXT_BYTES);
    if engineering {
        write_engineering(&number, letter, &mut text);
    } else {
        write_scientific(&number, letter, &mut text);
    }
    Ok(Str::from_latin1(&text).into())
}
