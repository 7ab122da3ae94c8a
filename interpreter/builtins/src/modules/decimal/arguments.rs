//! Arguments of methods: numbers, contexts, ways of rounding.

use super::context::Settings;
use super::{convert, number_of};
use ::decimal::{Number, Rounding};
use object::{Decimal, Gc, Value};
use vm::{PyResult, Vm};

/// The object of a receiver.
#[inline(always)]
pub(super) fn receiver(vm: &mut Vm, value: Value) -> PyResult<Gc<Decimal>> {
    vm.receiver::<Decimal>(value)
}

/// A number or an integer; `None`: something else.
pub(super) fn operand(vm: &mut Vm, value: Value) -> Option<Number> {
    if let Some(object) = value.to::<Decimal>() {
        return Some(number_of(object));
    }
    vm.as_int(value).map(convert::from_int)
}

/// The same where nothing else will do.
pub(super) fn number(vm: &mut Vm, value: Value) -> PyResult<Number> {
    match operand(vm, value) {
        Some(number) => Ok(number),
        None => {
            let given = vm.type_name(value);
            Err(vm.type_error(format!(
                "conversion from {given} to Decimal is not supported"
            )))
        }
    }
}

/// A way of rounding by its name.
pub(super) fn rounding(vm: &mut Vm, value: Value) -> PyResult<Rounding> {
    let text = vm.as_str(value);
    let found = text.and_then(|text| {
        let mut all = Rounding::ALL.into_iter();
        all.find(|rounding| text.equals_text(rounding.name()))
    });
    found.ok_or_else(|| {
        vm.type_error(
            "valid values for rounding are:\n  [ROUND_CEILING, ROUND_FLOOR, ROUND_UP, ROUND_DOWN,\n   \
             ROUND_HALF_UP, ROUND_HALF_DOWN, ROUND_HALF_EVEN,\n   ROUND_05UP]",
        )
    })
}

/// The same of an optional argument, else that of a context.
pub(super) fn chosen_rounding(
    vm: &mut Vm,
    argument: Value,
    settings: &Settings,
) -> PyResult<Rounding> {
    match argument {
        Value::UNBOUND | Value::NONE => Ok(settings.fits.get().rounding),
        given => rounding(vm, given),
    }
}
