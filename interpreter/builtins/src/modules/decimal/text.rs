//! The texts of numbers.

use super::{arguments, context, number_of};
use ::decimal::{write_engineering, write_scientific};
use object::{Str, Value};
use vm::{PyResult, Vm};

/// Room for the texts of most numbers.
const TEXT_BYTES: usize = 48;

/// `str(number)`
pub(super) fn str(vm: &mut Vm, args: &[Value]) -> PyResult {
    let object = arguments::receiver(vm, args[0])?;
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
