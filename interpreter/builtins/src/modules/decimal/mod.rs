//! `_decimal_numbers`: what `_decimal` is made of: `Decimal` and `Context`. Arithmetic is the crate
//! `decimal`'s; here it meets Python's objects. The exceptions and the mapping of signals are Python, in
//! `lib/_decimal_classes.py`, and are handed over by `set_up`.
//!
//! Numbers are objects of a kind of their own. Operators of numbers of up to 36 digits take a short
//! way without memory but the result's ([`operators`]); all others copy the operands.

mod arguments;
mod block;
mod context;
mod convert;
mod format;
mod methods;
mod operators;
mod text;

use ::decimal::{Kind, Number, small::Small};
use object::{Decimal, Gc, Tuple, Value, intern};
use vm::{Def, PyResult, Vm, method};

/// Flags of a number's object: its sign, and above it its kind.
const NEGATIVE: u16 = 1;
const KIND_SHIFT: u16 = 1;
/// Coefficients of so many limbs fit the short way.
const SMALL_LIMBS: usize = 2;

/// Names under which the machine keeps what `set_up` got.
const SIGNAL_CLASSES: &str = "decimal.signals";
const SIGNAL_DICT: &str = "decimal.SignalDict";
const TUPLE_CLASS: &str = "decimal.DecimalTuple";
const VARIABLE: &str = "decimal.variable";
const RATIONAL: &str = "decimal.Rational";
const DEFAULT_CONTEXT: &str = "decimal.DefaultContext";
const TEMPLATES: &str = "decimal.templates";

fn flags_of(kind: Kind, negative: bool) -> u16 {
    (kind as u16) << KIND_SHIFT | if negative { NEGATIVE } else { 0 }
}

/// The number of an object.
fn number_of(object: Gc<Decimal>) -> Number {
    let flags = object.flags();
    let kind = match flags >> KIND_SHIFT {
        0 => Kind::Finite,
        1 => Kind::Infinite,
        2 => Kind::Quiet,
        _ => Kind::Signaling,
    };
    Number {
        kind,
        negative: flags & NEGATIVE != 0,
        exponent: object.exponent,
        coefficient: object.limbs().into(),
    }
}

/// An object of a number.
fn object_of(number: &Number) -> Value {
    let flags = flags_of(number.kind, number.negative);
    Decimal::new(flags, number.exponent, &number.coefficient).into()
}

/// The number of an object, if it is finite and short.
#[inline(always)]
fn small_of(object: Gc<Decimal>) -> Option<Small> {
    let flags = object.flags();
    if flags > NEGATIVE {
        return None;
    }
    let coefficient = match *object.get().limbs() {
        [] => 0,
        [low] => low as u128,
        [low, high] => high as u128 * ::decimal::nat::BASE as u128 + low as u128,
        _ => return None,
    };
    Some(Small {
        negative: flags & NEGATIVE != 0,
        exponent: object.exponent,
        coefficient,
    })
}

#[inline(always)]
fn object_of_small(small: Small) -> Value {
    let flags = u16::from(small.negative) * NEGATIVE;
    let mut limbs = [0; SMALL_LIMBS + 1];
    let mut used = 0;
    let mut rest = small.coefficient;
    while rest != 0 {
        if rest < ::decimal::nat::BASE as u128 {
            limbs[used] = rest as u64;
            used += 1;
            break;
        }
        (rest, limbs[used]) = ::decimal::nat::split(rest);
        used += 1;
    }
    Decimal::new(flags, small.exponent, &limbs[..used]).into()
}

/// Gets from the Python part: the exception classes (nine signals, then four conditions), the mapping
/// of signals, the class of `as_tuple`, the context variable, and `numbers.Rational`.
fn set_up(vm: &mut Vm, args: &[Value]) -> PyResult {
    if !args[0].is::<Tuple>() {
        return Err(vm.type_error("a tuple of exception classes was expected"));
    }
    let names = [
        SIGNAL_CLASSES,
        SIGNAL_DICT,
        TUPLE_CLASS,
        VARIABLE,
        RATIONAL,
        DEFAULT_CONTEXT,
        TEMPLATES,
    ];
    for (name, &value) in names.into_iter().zip(args) {
        vm.keep(name, value);
    }
    Ok(Value::NONE)
}

const FUNCTIONS: &[Def] = &[
    method(
        "set_up(signals, signal_dict, decimal_tuple, variable, rational, default, templates, /)",
        set_up,
    ),
    method("getcontext()", |vm, _| context::current_object(vm)),
    method("setcontext(context, /)", context::set_current),
    method("block(context, /)", block::make),
    method("variables_changed(object, /)", |vm, _| {
        vm.decimal_context = Value::UNBOUND;
        Ok(Value::NONE)
    }),
];

pub fn install(vm: &mut Vm) {
    let module = vm.define_module("_decimal_numbers", FUNCTIONS);
    let class = vm.types.decimal;
    class
        .dict()
        .set_str(vm.names.module, intern("decimal").into());
    for methods in [methods::METHODS, methods::WITH_CONTEXT, operators::METHODS] {
        vm.define_methods(class, methods);
    }
    let context = context::install(vm);
    block::install(vm);
    for (name, class) in [("Decimal", class), ("Context", context)] {
        module.namespace().set_str(intern(name), class.into());
    }
    vm.decimal_operators = Some(operators::OPERATORS);
}
