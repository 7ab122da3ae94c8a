//! The named methods of `Decimal`, and those of `Context`, which are the same functions with all
//! operands as arguments.

use super::context::{self, Settings};
use super::convert::{self, Fit};
use super::{arguments, format, number_of, object_of, object_of_small, operators, small_of, text};
use ::decimal::{
    Bitwise, Context, Kind, Neighbour, Number, Rounding, Status, bitwise, compare_signal,
    compare_total, compare_total_mag, exp, invert, ln, log10, max, min, neighbour, next_toward,
    power, rotate, same_quantum, scaleb, shift,
};
use object::{Complex, Decimal, Value};
use std::cmp::Ordering;
use vm::{Def, PyResult, Vm, class_method, getter, method, static_method, string, tuple};

type One = fn(&Number, &Context, &mut Status) -> Number;
type Two = fn(&Number, &Number, &Context, &mut Status) -> Number;

pub(super) fn ten() -> Value {
    object_of(&Number::from_i64(10))
}

/// Applies a function of a context.
fn apply(
    vm: &mut Vm,
    settings: &Settings,
    f: impl FnOnce(&Context, &mut Status) -> Number,
) -> PyResult {
    let mut status = 0;
    let result = f(&settings.fits.get(), &mut status);
    settings.conclude(vm, status)?;
    Ok(object_of(&result))
}

/// A method of a number with an optional context: receiver, context.
fn one(vm: &mut Vm, args: &[Value], f: One) -> PyResult {
    let settings = context::chosen(vm, args[1])?;
    let own = number_of(arguments::receiver(vm, args[0])?);
    apply(vm, settings, |fits, status| f(&own, fits, status))
}

/// Receiver, another number, context.
fn two(vm: &mut Vm, args: &[Value], f: Two) -> PyResult {
    let settings = context::chosen(vm, args[2])?;
    let own = number_of(arguments::receiver(vm, args[0])?);
    let other = arguments::number(vm, args[1])?;
    apply(vm, settings, |fits, status| f(&own, &other, fits, status))
}

/// A method of a context: receiver, a number.
fn one_of(vm: &mut Vm, args: &[Value], f: One) -> PyResult {
    let settings = context::own(vm, args[0])?;
    let x = arguments::number(vm, args[1])?;
    apply(vm, settings, |fits, status| f(&x, fits, status))
}

/// Receiver, two numbers.
fn two_of(vm: &mut Vm, args: &[Value], f: Two) -> PyResult {
    let settings = context::own(vm, args[0])?;
    let x = arguments::number(vm, args[1])?;
    let y = arguments::number(vm, args[2])?;
    apply(vm, settings, |fits, status| f(&x, &y, fits, status))
}

/// A question that a number answers in a context.
type Question = fn(&Number, &Context) -> bool;

fn asked(vm: &mut Vm, args: &[Value], question: Question) -> PyResult {
    let own = number_of(arguments::receiver(vm, args[0])?);
    Ok(Value::bool(question(&own, &Context::largest())))
}

fn asked_in_context(vm: &mut Vm, args: &[Value], question: Question) -> PyResult {
    let settings = context::chosen(vm, args[1])?;
    let own = number_of(arguments::receiver(vm, args[0])?);
    Ok(Value::bool(question(&own, &settings.fits.get())))
}

fn asked_of(vm: &mut Vm, args: &[Value], question: Question) -> PyResult {
    let settings = context::own(vm, args[0])?;
    let x = arguments::number(vm, args[1])?;
    Ok(Value::bool(question(&x, &settings.fits.get())))
}

const IS_CANONICAL: Question = |_, _| true;
const IS_FINITE: Question = |n, _| n.is_finite();
const IS_INFINITE: Question = |n, _| n.is_infinite();
const IS_NAN: Question = |n, _| n.is_nan();
const IS_QNAN: Question = |n, _| n.kind == Kind::Quiet;
const IS_SNAN: Question = |n, _| n.kind == Kind::Signaling;
const IS_SIGNED: Question = |n, _| n.negative;
const IS_ZERO: Question = |n, _| n.is_zero();
const IS_NORMAL: Question = Number::is_normal;
const IS_SUBNORMAL: Question = Number::is_subnormal;

const COPY_ABS: One = |n, _, _| n.with_sign(false);
const COPY_NEGATE: One = |n, _, _| n.with_sign(!n.negative);
const COPY_SIGN: Two = |a, b, _, _| a.with_sign(b.negative);
const NORMALIZE: One = Number::reduce;
const NEXT_MINUS: One = |n, fits, status| neighbour(n, Neighbour::Below, fits, status);
const NEXT_PLUS: One = |n, fits, status| neighbour(n, Neighbour::Above, fits, status);
const MAX: Two = |a, b, fits, status| max(a, b, false, fits, status);
const MAX_MAG: Two = |a, b, fits, status| max(a, b, true, fits, status);
const MIN: Two = |a, b, fits, status| min(a, b, false, fits, status);
const MIN_MAG: Two = |a, b, fits, status| min(a, b, true, fits, status);
const AND: Two = |a, b, fits, status| bitwise(Bitwise::And, a, b, fits, status);
const OR: Two = |a, b, fits, status| bitwise(Bitwise::Or, a, b, fits, status);
const XOR: Two = |a, b, fits, status| bitwise(Bitwise::Xor, a, b, fits, status);
const COMPARE: Two = ::decimal::compare;
const COMPARE_TOTAL: Two = |a, b, _, _| of_order(compare_total(a, b));
const COMPARE_TOTAL_MAG: Two = |a, b, _, _| of_order(compare_total_mag(a, b));
const TO_INTEGRAL_EXACT: One = |n, fits, status| n.to_integral(fits.rounding, true, fits, status);
const TO_INTEGRAL_VALUE: One = |n, fits, status| n.to_integral(fits.rounding, false, fits, status);

const APPLY: One = |n, fits, status| ::decimal::finish(n.clone(), fits, status);

fn of_order(order: Ordering) -> Number {
    Number::from_i64(order as i64)
}

/// `quantize` in a context with a way of rounding.
fn quantize_in(
    vm: &mut Vm,
    settings: &Settings,
    rounding: Rounding,
    value: Value,
    like: Value,
) -> PyResult {
    let fits = Context {
        rounding,
        ..settings.fits.get()
    };
    if let (Some(value), Some(like)) = (value.cast::<Decimal>(), like.cast::<Decimal>())
        && let (Some(small), Some(wanted)) = (small_of(value), small_of(like))
    {
        let mut status = 0;
        if let Some(result) = small.rescale(wanted.exponent, &fits, &mut status) {
            settings.conclude(vm, status)?;
            return Ok(object_of_small(result));
        }
    }
    let value = arguments::number(vm, value)?;
    let like = arguments::number(vm, like)?;
    let mut status = 0;
    let result = value.quantize(&like, &fits, &mut status);
    settings.conclude(vm, status)?;
    Ok(object_of(&result))
}

fn quantize(vm: &mut Vm, args: &[Value]) -> PyResult {
    let settings = context::chosen(vm, args[3])?;
    let own = arguments::receiver(vm, args[0])?;
    let rounding = arguments::chosen_rounding(vm, args[2], settings)?;
    quantize_in(vm, settings, rounding, own.into(), args[1])
}

fn quantize_of(vm: &mut Vm, args: &[Value]) -> PyResult {
    let settings = context::own(vm, args[0])?;
    quantize_in(vm, settings, settings.fits.get().rounding, args[1], args[2])
}

fn to_integral(vm: &mut Vm, args: &[Value], tells: bool) -> PyResult {
    let settings = context::chosen(vm, args[2])?;
    let own = number_of(arguments::receiver(vm, args[0])?);
    let rounding = arguments::chosen_rounding(vm, args[1], settings)?;
    apply(vm, settings, |fits, status| {
        own.to_integral(rounding, tells, fits, status)
    })
}

/// The integer nearest by a way of rounding.
fn rounded_to_int(vm: &mut Vm, args: &[Value], rounding: Rounding) -> PyResult {
    let own = number_of(arguments::receiver(vm, args[0])?);
    let mut ignored = 0;
    let whole = own.to_integral(rounding, false, &Context::largest(), &mut ignored);
    convert::to_int(vm, &whole)
}

fn round(vm: &mut Vm, args: &[Value]) -> PyResult {
    let Some(places) = args[1].bound() else {
        return rounded_to_int(vm, args, Rounding::HalfEven);
    };
    if vm.as_int(places).is_none() {
        return Err(vm.type_error("optional arg must be an integer"));
    }
    let places = vm.index(places)?;
    let own = number_of(arguments::receiver(vm, args[0])?);
    let settings = context::current(vm)?;
    let like = Number::from_u128(false, 1, places.saturating_neg());
    apply(vm, settings, |fits, status| {
        own.quantize(&like, fits, status)
    })
}

fn fma(vm: &mut Vm, args: &[Value]) -> PyResult {
    let settings = context::chosen(vm, args[3])?;
    let own = number_of(arguments::receiver(vm, args[0])?);
    let other = arguments::number(vm, args[1])?;
    let third = arguments::number(vm, args[2])?;
    apply(vm, settings, |fits, status| {
        own.multiply_add(&other, &third, fits, status)
    })
}

fn fma_of(vm: &mut Vm, args: &[Value]) -> PyResult {
    let settings = context::own(vm, args[0])?;
    let x = arguments::number(vm, args[1])?;
    let y = arguments::number(vm, args[2])?;
    let z = arguments::number(vm, args[3])?;
    apply(vm, settings, |fits, status| {
        x.multiply_add(&y, &z, fits, status)
    })
}

fn power_of(vm: &mut Vm, args: &[Value]) -> PyResult {
    let settings = context::own(vm, args[0])?;
    let base = arguments::number(vm, args[1])?;
    let exponent = arguments::number(vm, args[2])?;
    match args[3] {
        Value::UNBOUND | Value::NONE => apply(vm, settings, |fits, status| {
            power(&base, &exponent, fits, status)
        }),
        modulus => {
            let modulus = arguments::number(vm, modulus)?;
            operators::power_modulo(vm, settings, &base, &exponent, &modulus)
        }
    }
}

fn create(vm: &mut Vm, args: &[Value]) -> PyResult {
    let settings = context::own(vm, args[0])?;
    let number = match args[1].bound() {
        None => Number::from_i64(0),
        Some(value) => convert::from_value(vm, value, Fit::ToContext, settings)?,
    };
    Ok(object_of(&number))
}

fn create_from_float(vm: &mut Vm, args: &[Value]) -> PyResult {
    let settings = context::own(vm, args[0])?;
    let exact = match (vm.as_int(args[1]), vm.as_float(args[1])) {
        (Some(n), _) => convert::from_int(n),
        (_, Some(f)) => convert::from_float(f),
        _ => return Err(vm.type_error("argument must be int or float")),
    };
    apply(vm, settings, |fits, status| {
        ::decimal::finish(exact, fits, status)
    })
}

fn itself(vm: &mut Vm, args: &[Value]) -> PyResult {
    arguments::receiver(vm, args[0])?;
    Ok(args[0])
}

fn reduce(vm: &mut Vm, args: &[Value]) -> PyResult {
    let shown = text::str(vm, args)?;
    Ok(tuple(&[vm.class_of(args[0]).into(), tuple(&[shown])]))
}

fn class_name(vm: &mut Vm, args: &[Value]) -> PyResult {
    let settings = context::chosen(vm, args[1])?;
    let own = number_of(arguments::receiver(vm, args[0])?);
    Ok(string(own.class(&settings.fits.get())))
}

fn adjusted(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = number_of(arguments::receiver(vm, args[0])?);
    Ok(Value::int(if own.is_finite() { own.adjusted() } else { 0 }))
}

pub(super) const METHODS: &[Def] = &[
    static_method("__new__(cls, value='0', context=None)", convert::new),
    class_method("from_float(cls, f, /)", convert::class_from_float),
    class_method("from_number(cls, number, /)", convert::class_from_number),
    method("__repr__(self, /)", text::repr),
    method("__str__(self, /)", text::str),
    method(
        "__format__(self, format_spec, override=None, /)",
        format::format,
    ),
    method("__hash__(self, /)", |vm, a| {
        Ok(Value::int(convert::hash(vm, a[0])?))
    }),
    method("__int__(self, /)", |vm, a| {
        rounded_to_int(vm, a, Rounding::Down)
    }),
    method("__trunc__(self, /)", |vm, a| {
        rounded_to_int(vm, a, Rounding::Down)
    }),
    method("__floor__(self, /)", |vm, a| {
        rounded_to_int(vm, a, Rounding::Floor)
    }),
    method("__ceil__(self, /)", |vm, a| {
        rounded_to_int(vm, a, Rounding::Ceiling)
    }),
    method("__round__(self, ndigits=None, /)", round),
    method("__float__(self, /)", |vm, a| {
        let own = number_of(arguments::receiver(vm, a[0])?);
        Ok(Value::float(convert::to_float(vm, &own)?))
    }),
    method("__complex__(self, /)", |vm, a| {
        let own = number_of(arguments::receiver(vm, a[0])?);
        Ok(Complex::new(convert::to_float(vm, &own)?, 0.0).into())
    }),
    method("__copy__(self, /)", itself),
    method("__deepcopy__(self, memo, /)", itself),
    method("__reduce__(self, /)", reduce),
    getter("real", itself),
    getter("imag", |vm, a| {
        arguments::receiver(vm, a[0])?;
        Ok(object_of(&Number::from_i64(0)))
    }),
    method("adjusted(self, /)", adjusted),
    method("as_tuple(self, /)", |vm, a| convert::as_tuple(vm, a[0])),
    method("as_integer_ratio(self, /)", |vm, a| {
        let own = number_of(arguments::receiver(vm, a[0])?);
        convert::as_integer_ratio(vm, &own)
    }),
    method("canonical(self, /)", itself),
    method("conjugate(self, /)", itself),
    method("radix(self, /)", |_, _| Ok(ten())),
    method("copy_abs(self, /)", |vm, a| {
        one(vm, &[a[0], Value::NONE], COPY_ABS)
    }),
    method("copy_negate(self, /)", |vm, a| {
        one(vm, &[a[0], Value::NONE], COPY_NEGATE)
    }),
    method("is_canonical(self, /)", |vm, a| asked(vm, a, IS_CANONICAL)),
    method("is_finite(self, /)", |vm, a| asked(vm, a, IS_FINITE)),
    method("is_infinite(self, /)", |vm, a| asked(vm, a, IS_INFINITE)),
    method("is_nan(self, /)", |vm, a| asked(vm, a, IS_NAN)),
    method("is_qnan(self, /)", |vm, a| asked(vm, a, IS_QNAN)),
    method("is_signed(self, /)", |vm, a| asked(vm, a, IS_SIGNED)),
    method("is_snan(self, /)", |vm, a| asked(vm, a, IS_SNAN)),
    method("is_zero(self, /)", |vm, a| asked(vm, a, IS_ZERO)),
];

pub(super) const WITH_CONTEXT: &[Def] = &[
    method("is_normal(self, context=None)", |vm, a| {
        asked_in_context(vm, a, IS_NORMAL)
    }),
    method("is_subnormal(self, context=None)", |vm, a| {
        asked_in_context(vm, a, IS_SUBNORMAL)
    }),
    method("number_class(self, context=None)", class_name),
    method("to_eng_string(self, context=None)", |vm, a| {
        text::shown(vm, a[0], a[1], true)
    }),
    method("exp(self, context=None)", |vm, a| one(vm, a, exp)),
    method("ln(self, context=None)", |vm, a| one(vm, a, ln)),
    method("log10(self, context=None)", |vm, a| one(vm, a, log10)),
    method("logb(self, context=None)", |vm, a| one(vm, a, Number::logb)),
    method("logical_invert(self, context=None)", |vm, a| {
        one(vm, a, invert)
    }),
    method("next_minus(self, context=None)", |vm, a| {
        one(vm, a, NEXT_MINUS)
    }),
    method("next_plus(self, context=None)", |vm, a| {
        one(vm, a, NEXT_PLUS)
    }),
    method("normalize(self, context=None)", |vm, a| {
        one(vm, a, NORMALIZE)
    }),
    method("sqrt(self, context=None)", |vm, a| {
        one(vm, a, Number::square_root)
    }),
    method("to_integral(self, rounding=None, context=None)", |vm, a| {
        to_integral(vm, a, false)
    }),
    method(
        "to_integral_value(self, rounding=None, context=None)",
        |vm, a| to_integral(vm, a, false),
    ),
    method(
        "to_integral_exact(self, rounding=None, context=None)",
        |vm, a| to_integral(vm, a, true),
    ),
    method("quantize(self, exp, rounding=None, context=None)", quantize),
    method("fma(self, other, third, context=None)", fma),
    method("compare(self, other, context=None)", |vm, a| {
        two(vm, a, COMPARE)
    }),
    method("compare_signal(self, other, context=None)", |vm, a| {
        two(vm, a, compare_signal)
    }),
    method("compare_total(self, other, context=None)", |vm, a| {
        two(vm, a, COMPARE_TOTAL)
    }),
    method("compare_total_mag(self, other, context=None)", |vm, a| {
        two(vm, a, COMPARE_TOTAL_MAG)
    }),
    method("copy_sign(self, other, context=None)", |vm, a| {
        two(vm, a, COPY_SIGN)
    }),
    method("logical_and(self, other, context=None)", |vm, a| {
        two(vm, a, AND)
    }),
    method("logical_or(self, other, context=None)", |vm, a| {
        two(vm, a, OR)
    }),
    method("logical_xor(self, other, context=None)", |vm, a| {
        two(vm, a, XOR)
    }),
    method("max(self, other, context=None)", |vm, a| two(vm, a, MAX)),
    method("max_mag(self, other, context=None)", |vm, a| {
        two(vm, a, MAX_MAG)
    }),
    method("min(self, other, context=None)", |vm, a| two(vm, a, MIN)),
    method("min_mag(self, other, context=None)", |vm, a| {
        two(vm, a, MIN_MAG)
    }),
    method("next_toward(self, other, context=None)", |vm, a| {
        two(vm, a, next_toward)
    }),
    method("remainder_near(self, other, context=None)", |vm, a| {
        two(vm, a, Number::remainder_near)
    }),
    method("rotate(self, other, context=None)", |vm, a| {
        two(vm, a, rotate)
    }),
    method("scaleb(self, other, context=None)", |vm, a| {
        two(vm, a, scaleb)
    }),
    method("shift(self, other, context=None)", |vm, a| {
        two(vm, a, shift)
    }),
    method("same_quantum(self, other, context=None)", |vm, a| {
        context::chosen(vm, a[2])?;
        let own = number_of(arguments::receiver(vm, a[0])?);
        let other = arguments::number(vm, a[1])?;
        Ok(Value::bool(same_quantum(&own, &other)))
    }),
];

pub(super) const OF_CONTEXT: &[Def] = &[
    method("create_decimal(self, num='0', /)", create),
    method("create_decimal_from_float(self, f, /)", create_from_float),
    method("_apply(self, x, /)", |vm, a| one_of(vm, a, APPLY)),
    method("abs(self, x, /)", |vm, a| one_of(vm, a, Number::abs)),
    method("canonical(self, x, /)", |vm, a| {
        context::own(vm, a[0])?;
        match a[1].to::<Decimal>() {
            Some(_) => Ok(a[1]),
            None => Err(vm.type_error("argument must be a Decimal")),
        }
    }),
    method("copy_abs(self, x, /)", |vm, a| one_of(vm, a, COPY_ABS)),
    method("copy_decimal(self, x, /)", |vm, a| {
        if a[1].to::<Decimal>().is_some() {
            return Ok(a[1]);
        }
        one_of(vm, a, |n, _, _| n.clone())
    }),
    method("copy_negate(self, x, /)", |vm, a| {
        one_of(vm, a, COPY_NEGATE)
    }),
    method("exp(self, x, /)", |vm, a| one_of(vm, a, exp)),
    method("is_canonical(self, x, /)", |vm, a| {
        match a[1].to::<Decimal>() {
            Some(_) => Ok(Value::TRUE),
            None => Err(vm.type_error("argument must be a Decimal")),
        }
    }),
    method("is_finite(self, x, /)", |vm, a| asked_of(vm, a, IS_FINITE)),
    method("is_infinite(self, x, /)", |vm, a| {
        asked_of(vm, a, IS_INFINITE)
    }),
    method("is_nan(self, x, /)", |vm, a| asked_of(vm, a, IS_NAN)),
    method("is_normal(self, x, /)", |vm, a| asked_of(vm, a, IS_NORMAL)),
    method("is_qnan(self, x, /)", |vm, a| asked_of(vm, a, IS_QNAN)),
    method("is_signed(self, x, /)", |vm, a| asked_of(vm, a, IS_SIGNED)),
    method("is_snan(self, x, /)", |vm, a| asked_of(vm, a, IS_SNAN)),
    method("is_subnormal(self, x, /)", |vm, a| {
        asked_of(vm, a, IS_SUBNORMAL)
    }),
    method("is_zero(self, x, /)", |vm, a| asked_of(vm, a, IS_ZERO)),
    method("ln(self, x, /)", |vm, a| one_of(vm, a, ln)),
    method("log10(self, x, /)", |vm, a| one_of(vm, a, log10)),
    method("logb(self, x, /)", |vm, a| one_of(vm, a, Number::logb)),
    method("logical_invert(self, x, /)", |vm, a| one_of(vm, a, invert)),
    method("minus(self, x, /)", |vm, a| one_of(vm, a, Number::minus)),
    method("next_minus(self, x, /)", |vm, a| one_of(vm, a, NEXT_MINUS)),
    method("next_plus(self, x, /)", |vm, a| one_of(vm, a, NEXT_PLUS)),
    method("normalize(self, x, /)", |vm, a| one_of(vm, a, NORMALIZE)),
    method("number_class(self, x, /)", |vm, a| {
        let settings = context::own(vm, a[0])?;
        let x = arguments::number(vm, a[1])?;
        Ok(string(x.class(&settings.fits.get())))
    }),
    method("plus(self, x, /)", |vm, a| one_of(vm, a, Number::plus)),
    method("sqrt(self, x, /)", |vm, a| {
        one_of(vm, a, Number::square_root)
    }),
    method("to_eng_string(self, x, /)", |vm, a| {
        text::shown(vm, a[1], a[0], true)
    }),
    method("to_sci_string(self, x, /)", |vm, a| {
        text::shown(vm, a[1], a[0], false)
    }),
    method("to_integral(self, x, /)", |vm, a| {
        one_of(vm, a, TO_INTEGRAL_VALUE)
    }),
    method("to_integral_exact(self, x, /)", |vm, a| {
        one_of(vm, a, TO_INTEGRAL_EXACT)
    }),
    method("to_integral_value(self, x, /)", |vm, a| {
        one_of(vm, a, TO_INTEGRAL_VALUE)
    }),
    method("add(self, x, y, /)", |vm, a| two_of(vm, a, Number::add)),
    method("compare(self, x, y, /)", |vm, a| two_of(vm, a, COMPARE)),
    method("compare_signal(self, x, y, /)", |vm, a| {
        two_of(vm, a, compare_signal)
    }),
    method("compare_total(self, x, y, /)", |vm, a| {
        two_of(vm, a, COMPARE_TOTAL)
    }),
    method("compare_total_mag(self, x, y, /)", |vm, a| {
        two_of(vm, a, COMPARE_TOTAL_MAG)
    }),
    method("copy_sign(self, x, y, /)", |vm, a| two_of(vm, a, COPY_SIGN)),
    method("divide(self, x, y, /)", |vm, a| {
        two_of(vm, a, Number::divide)
    }),
    method("divide_int(self, x, y, /)", |vm, a| {
        two_of(vm, a, Number::divide_integer)
    }),
    method("divmod(self, x, y, /)", |vm, a| {
        let settings = context::own(vm, a[0])?;
        let x = arguments::number(vm, a[1])?;
        let y = arguments::number(vm, a[2])?;
        operators::div_mod(vm, settings, &x, &y)
    }),
    method("fma(self, x, y, z, /)", fma_of),
    method("logical_and(self, x, y, /)", |vm, a| two_of(vm, a, AND)),
    method("logical_or(self, x, y, /)", |vm, a| two_of(vm, a, OR)),
    method("logical_xor(self, x, y, /)", |vm, a| two_of(vm, a, XOR)),
    method("max(self, x, y, /)", |vm, a| two_of(vm, a, MAX)),
    method("max_mag(self, x, y, /)", |vm, a| two_of(vm, a, MAX_MAG)),
    method("min(self, x, y, /)", |vm, a| two_of(vm, a, MIN)),
    method("min_mag(self, x, y, /)", |vm, a| two_of(vm, a, MIN_MAG)),
    method("multiply(self, x, y, /)", |vm, a| {
        two_of(vm, a, Number::multiply)
    }),
    method("next_toward(self, x, y, /)", |vm, a| {
        two_of(vm, a, next_toward)
    }),
    method("power(self, a, b, modulo=None)", power_of),
    method("quantize(self, x, y, /)", quantize_of),
    method("remainder(self, x, y, /)", |vm, a| {
        two_of(vm, a, Number::remainder)
    }),
    method("remainder_near(self, x, y, /)", |vm, a| {
        two_of(vm, a, Number::remainder_near)
    }),
    method("rotate(self, x, y, /)", |vm, a| two_of(vm, a, rotate)),
    method("same_quantum(self, x, y, /)", |vm, a| {
        context::own(vm, a[0])?;
        let x = arguments::number(vm, a[1])?;
        let y = arguments::number(vm, a[2])?;
        Ok(Value::bool(same_quantum(&x, &y)))
    }),
    method("scaleb(self, x, y, /)", |vm, a| two_of(vm, a, scaleb)),
    method("shift(self, x, y, /)", |vm, a| two_of(vm, a, shift)),
    method("subtract(self, x, y, /)", |vm, a| {
        two_of(vm, a, Number::subtract)
    }),
];
