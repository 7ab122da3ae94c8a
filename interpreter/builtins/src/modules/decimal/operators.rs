//! Operators and comparisons.

use super::context::{self, Settings};
use super::{RATIONAL, arguments, convert, number_of, object_of, object_of_small, small_of};
use ::decimal::small::Small;
use ::decimal::{Context, Number, Status, order, power, power_mod, signal};
use object::{Complex, Decimal, Value};
use std::cmp::Ordering;
use vm::{BinaryOp, Comparison, DecimalOperators, Def, PyResult, Vm, method, tuple};

pub(super) const OPERATORS: DecimalOperators = DecimalOperators {
    binary: |vm, op, a, b| binary(vm, op, a, b),
    compare: |vm, op, a, b| compare(vm, op, a, b),
};

/// A short operand.
#[inline(always)]
fn small_operand(value: Value) -> Option<Small> {
    if let Some(n) = value.as_small() {
        return Some(Small {
            negative: n < 0,
            exponent: 0,
            coefficient: n.unsigned_abs() as u128,
        });
    }
    small_of(value.cast::<Decimal>()?)
}

/// `a op b` of numbers and integers; NotImplemented for anything else.
pub(super) fn binary(vm: &mut Vm, op: BinaryOp, a: Value, b: Value) -> PyResult {
    if let (Some(x), Some(y)) = (small_operand(a), small_operand(b)) {
        let settings = context::current(vm)?;
        let fits = settings.fits.get();
        let mut status = 0;
        let result = match op {
            BinaryOp::Add => x.add(y, &fits, &mut status),
            BinaryOp::Sub => x.subtract(y, &fits, &mut status),
            BinaryOp::Mul => x.multiply(y, &fits, &mut status),
            BinaryOp::TrueDiv => x.divide(y, &fits, &mut status),
            _ => None,
        };
        if let Some(result) = result {
            settings.conclude(vm, status)?;
            return Ok(object_of_small(result));
        }
    }
    general(vm, op, a, b)
}

fn general(vm: &mut Vm, op: BinaryOp, a: Value, b: Value) -> PyResult {
    type Function = fn(&Number, &Number, &Context, &mut Status) -> Number;
    let function: Function = match op {
        BinaryOp::Add => Number::add,
        BinaryOp::Sub => Number::subtract,
        BinaryOp::Mul => Number::multiply,
        BinaryOp::TrueDiv => Number::divide,
        BinaryOp::FloorDiv => Number::divide_integer,
        BinaryOp::Mod => Number::remainder,
        BinaryOp::Pow => power,
        _ => return Ok(Value::NOT_IMPLEMENTED),
    };
    let (Some(x), Some(y)) = (arguments::operand(vm, a), arguments::operand(vm, b)) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let settings = context::current(vm)?;
    let mut status = 0;
    let result = function(&x, &y, &settings.fits.get(), &mut status);
    settings.conclude(vm, status)?;
    Ok(object_of(&result))
}

/// An operator's method: receiver and other operand.
fn direct(vm: &mut Vm, op: BinaryOp, args: &[Value]) -> PyResult {
    let own = arguments::receiver(vm, args[0])?;
    binary(vm, op, own.into(), args[1])
}

fn reflected(vm: &mut Vm, op: BinaryOp, args: &[Value]) -> PyResult {
    let own = arguments::receiver(vm, args[0])?;
    binary(vm, op, args[1], own.into())
}

fn pow(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = arguments::receiver(vm, args[0])?;
    match args[2] {
        Value::UNBOUND | Value::NONE => binary(vm, BinaryOp::Pow, own.into(), args[1]),
        modulus => {
            let operands = (
                arguments::operand(vm, args[1]),
                arguments::operand(vm, modulus),
            );
            let (Some(exponent), Some(modulus)) = operands else {
                return Ok(Value::NOT_IMPLEMENTED);
            };
            let settings = context::current(vm)?;
            power_modulo(vm, settings, &number_of(own), &exponent, &modulus)
        }
    }
}

/// `pow(base, exponent, modulus)`
pub(super) fn power_modulo(
    vm: &mut Vm,
    settings: &Settings,
    base: &Number,
    exponent: &Number,
    modulus: &Number,
) -> PyResult {
    let mut status = 0;
    let result = power_mod(base, exponent, modulus, &settings.fits.get(), &mut status);
    settings.conclude(vm, status)?;
    Ok(object_of(&result))
}

/// `divmod(a, b)` in a context.
pub(super) fn div_mod(vm: &mut Vm, settings: &Settings, a: &Number, b: &Number) -> PyResult {
    let mut status = 0;
    let (quotient, rest) = a.div_rem(b, &settings.fits.get(), &mut status);
    settings.conclude(vm, status)?;
    Ok(tuple(&[object_of(&quotient), object_of(&rest)]))
}

fn div_mod_operator(vm: &mut Vm, a: Value, b: Value) -> PyResult {
    let (Some(x), Some(y)) = (arguments::operand(vm, a), arguments::operand(vm, b)) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let settings = context::current(vm)?;
    div_mod(vm, settings, &x, &y)
}

type Unary = fn(&Number, &Context, &mut Status) -> Number;

/// The number with a sign that follows from its own.
fn unary(vm: &mut Vm, args: &[Value], sign: fn(bool) -> bool, function: Unary) -> PyResult {
    let own = arguments::receiver(vm, args[0])?;
    let settings = context::current(vm)?;
    let mut status = 0;
    if let Some(small) = small_of(own) {
        let fits = settings.fits.get();
        if let Some(result) = small.signed(sign(small.negative), &fits, &mut status) {
            settings.conclude(vm, status)?;
            return Ok(object_of_small(result));
        }
    }
    let result = function(&number_of(own), &settings.fits.get(), &mut status);
    settings.conclude(vm, status)?;
    Ok(object_of(&result))
}

// ---- comparisons

/// `a op b`, one of which is a number.
fn compare(vm: &mut Vm, op: Comparison, a: Value, b: Value) -> PyResult {
    if let (Some(x), Some(y)) = (small_operand(a), small_operand(b))
        && let Some(order) = x.order(y)
    {
        return Ok(Value::bool(op.holds(order)));
    }
    match a.cast::<Decimal>() {
        Some(own) => compare_number(vm, op, &number_of(own), b),
        None => match b.cast::<Decimal>() {
            Some(own) => compare_number(vm, op.swapped(), &number_of(own), a),
            None => Ok(Value::NOT_IMPLEMENTED),
        },
    }
}

fn compare_method(vm: &mut Vm, op: Comparison, args: &[Value]) -> PyResult {
    let own = arguments::receiver(vm, args[0])?;
    compare(vm, op, own.into(), args[1])
}

fn compare_number(vm: &mut Vm, op: Comparison, own: &Number, other: Value) -> PyResult {
    let is_equality = matches!(op, Comparison::Eq | Comparison::Ne);
    let Some((own, other)) = comparable(vm, is_equality, own, other)? else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    if let Some(order) = order(&own, &other) {
        return Ok(Value::bool(op.holds(order)));
    }
    let signals = [&own, &other]
        .iter()
        .any(|n| n.kind == ::decimal::Kind::Signaling);
    if signals || !is_equality {
        context::current(vm)?.conclude(vm, signal::INVALID_OPERATION)?;
    }
    Ok(Value::bool(op == Comparison::Ne))
}

/// Both sides of a comparison as numbers.
fn comparable(
    vm: &mut Vm,
    is_equality: bool,
    own: &Number,
    other: Value,
) -> PyResult<Option<(Number, Number)>> {
    if let Some(other) = arguments::operand(vm, other) {
        return Ok(Some((own.clone(), other)));
    }
    let float = match other.to::<Complex>() {
        Some(complex) if is_equality && complex.imag == 0.0 => Some(complex.real),
        Some(_) => return Ok(None),
        None => vm.as_float(other),
    };
    if let Some(f) = float {
        let settings = context::current(vm)?;
        if is_equality {
            settings
                .flags
                .set(settings.flags.get() | signal::FLOAT_OPERATION);
        } else {
            settings.conclude(vm, signal::FLOAT_OPERATION)?;
        }
        return Ok(Some((own.clone(), convert::from_float(f))));
    }
    if vm.as_str(other).is_some() || other.header().is_none() {
        return Ok(None);
    }
    let Some(rational) = vm.kept(RATIONAL) else {
        return Ok(None);
    };
    if !vm.is_instance(other, rational)? {
        return Ok(None);
    }
    let numerator = vm.get_attr_text(other, "numerator")?;
    let denominator = vm.get_attr_text(other, "denominator")?;
    let numerator = arguments::number(vm, numerator)?;
    let denominator = arguments::number(vm, denominator)?;
    if !own.is_finite() {
        return Ok(Some((own.clone(), numerator)));
    }
    let scaled = own.multiply(&denominator, &Context::largest(), &mut 0);
    Ok(Some((scaled, numerator)))
}

/// The order of two numbers, for `max` and `min` of the machine's own use.
pub(super) fn is_zero(number: &Number) -> bool {
    order(number, &Number::from_i64(0)) == Some(Ordering::Equal)
}

pub(super) const METHODS: &[Def] = &[
    method("__add__(self, value, /)", |vm, a| {
        direct(vm, BinaryOp::Add, a)
    }),
    method("__radd__(self, value, /)", |vm, a| {
        reflected(vm, BinaryOp::Add, a)
    }),
    method("__sub__(self, value, /)", |vm, a| {
        direct(vm, BinaryOp::Sub, a)
    }),
    method("__rsub__(self, value, /)", |vm, a| {
        reflected(vm, BinaryOp::Sub, a)
    }),
    method("__mul__(self, value, /)", |vm, a| {
        direct(vm, BinaryOp::Mul, a)
    }),
    method("__rmul__(self, value, /)", |vm, a| {
        reflected(vm, BinaryOp::Mul, a)
    }),
    method("__truediv__(self, value, /)", |vm, a| {
        direct(vm, BinaryOp::TrueDiv, a)
    }),
    method("__rtruediv__(self, value, /)", |vm, a| {
        reflected(vm, BinaryOp::TrueDiv, a)
    }),
    method("__floordiv__(self, value, /)", |vm, a| {
        direct(vm, BinaryOp::FloorDiv, a)
    }),
    method("__rfloordiv__(self, value, /)", |vm, a| {
        reflected(vm, BinaryOp::FloorDiv, a)
    }),
    method("__mod__(self, value, /)", |vm, a| {
        direct(vm, BinaryOp::Mod, a)
    }),
    method("__rmod__(self, value, /)", |vm, a| {
        reflected(vm, BinaryOp::Mod, a)
    }),
    method("__divmod__(self, value, /)", |vm, a| {
        let own = arguments::receiver(vm, a[0])?;
        div_mod_operator(vm, own.into(), a[1])
    }),
    method("__rdivmod__(self, value, /)", |vm, a| {
        let own = arguments::receiver(vm, a[0])?;
        div_mod_operator(vm, a[1], own.into())
    }),
    method("__pow__(self, value, mod=None, /)", pow),
    method("__rpow__(self, value, mod=None, /)", |vm, a| {
        reflected(vm, BinaryOp::Pow, a)
    }),
    method("__neg__(self, /)", |vm, a| {
        unary(vm, a, |negative| !negative, Number::minus)
    }),
    method("__pos__(self, /)", |vm, a| {
        unary(vm, a, |negative| negative, Number::plus)
    }),
    method("__abs__(self, /)", |vm, a| {
        unary(vm, a, |_| false, Number::abs)
    }),
    method("__bool__(self, /)", |vm, a| {
        let own = arguments::receiver(vm, a[0])?;
        Ok(Value::bool(!is_zero(&number_of(own))))
    }),
    method("__eq__(self, value, /)", |vm, a| {
        compare_method(vm, Comparison::Eq, a)
    }),
    method("__ne__(self, value, /)", |vm, a| {
        compare_method(vm, Comparison::Ne, a)
    }),
    method("__lt__(self, value, /)", |vm, a| {
        compare_method(vm, Comparison::Lt, a)
    }),
    method("__le__(self, value, /)", |vm, a| {
        compare_method(vm, Comparison::Le, a)
    }),
    method("__gt__(self, value, /)", |vm, a| {
        compare_method(vm, Comparison::Gt, a)
    }),
    method("__ge__(self, value, /)", |vm, a| {
        compare_method(vm, Comparison::Ge, a)
    }),
];
