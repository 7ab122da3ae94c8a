//! `complex`. Arithmetic follows C's Annex G: infinities survive multiplication and division,
//! and a real operand is not taken for a complex one with imaginary part zero.

use crate::types::float::{from_object, operand};
use crate::types::int::spec_of;
use crate::{float_text, format_spec, int_text};
use object::{Complex, Str, Value, hash_float};
use vm::{
    BinaryOp, Comparison, Def, PyResult, Vm, class_method, getter, method, static_method, tuple,
};

type Pair = (f64, f64);

const METHODS: &[Def] = &[
    static_method("__new__(cls, real=0, imag=0)", new),
    method("__repr__(self, /)", repr),
    method("__hash__(self, /)", hash),
    method("__bool__(self, /)", |vm, args| {
        let (real, imag) = pair_of(vm, args[0])?;
        Ok((real != 0.0 || imag != 0.0).into())
    }),
    method("__pos__(self, /)", itself),
    method("__complex__(self, /)", itself),
    method("__neg__(self, /)", |vm, args| {
        let (real, imag) = pair_of(vm, args[0])?;
        Ok(value((-real, -imag)))
    }),
    method("conjugate(self, /)", |vm, args| {
        let (real, imag) = pair_of(vm, args[0])?;
        Ok(value((real, -imag)))
    }),
    method("__abs__(self, /)", abs),
    method("__add__(self, value, /)", |vm, a| {
        binary(vm, BinaryOp::Add, a, false)
    }),
    method("__radd__(self, value, /)", |vm, a| {
        binary(vm, BinaryOp::Add, a, true)
    }),
    method("__sub__(self, value, /)", |vm, a| {
        binary(vm, BinaryOp::Sub, a, false)
    }),
    method("__rsub__(self, value, /)", |vm, a| {
        binary(vm, BinaryOp::Sub, a, true)
    }),
    method("__mul__(self, value, /)", |vm, a| {
        binary(vm, BinaryOp::Mul, a, false)
    }),
    method("__rmul__(self, value, /)", |vm, a| {
        binary(vm, BinaryOp::Mul, a, true)
    }),
    method("__truediv__(self, value, /)", |vm, a| {
        binary(vm, BinaryOp::TrueDiv, a, false)
    }),
    method("__rtruediv__(self, value, /)", |vm, a| {
        binary(vm, BinaryOp::TrueDiv, a, true)
    }),
    method("__pow__(self, value, mod=None, /)", |vm, a| {
        pow(vm, a, false)
    }),
    method("__rpow__(self, value, mod=None, /)", |vm, a| {
        pow(vm, a, true)
    }),
    method("__eq__(self, value, /)", |vm, a| {
        equal(vm, Comparison::Eq, a)
    }),
    method("__ne__(self, value, /)", |vm, a| {
        equal(vm, Comparison::Ne, a)
    }),
    method("__lt__(self, value, /)", |_, _| Ok(Value::NOT_IMPLEMENTED)),
    method("__le__(self, value, /)", |_, _| Ok(Value::NOT_IMPLEMENTED)),
    method("__gt__(self, value, /)", |_, _| Ok(Value::NOT_IMPLEMENTED)),
    method("__ge__(self, value, /)", |_, _| Ok(Value::NOT_IMPLEMENTED)),
    method("__format__(self, format_spec, /)", format),
    method("__getnewargs__(self, /)", |vm, args| {
        let (real, imag) = pair_of(vm, args[0])?;
        Ok(tuple(&[Value::float(real), Value::float(imag)]))
    }),
    class_method("from_number(cls, number, /)", from_number),
    getter("real", |vm, args| Ok(Value::float(pair_of(vm, args[0])?.0))),
    getter("imag", |vm, args| Ok(Value::float(pair_of(vm, args[0])?.1))),
];

pub fn install(vm: &mut Vm) {
    vm.define_methods(vm.types.complex, METHODS);
}

fn value((real, imag): Pair) -> Value {
    Complex::new(real, imag).into()
}

fn pair_of(vm: &mut Vm, value: Value) -> PyResult<Pair> {
    let complex = vm.receiver::<Complex>(value)?;
    Ok((complex.real, complex.imag))
}

fn itself(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(value(pair_of(vm, args[0])?))
}

/// An operand: complex, or real.
enum Operand {
    Complex(Pair),
    Real(f64),
}

impl Operand {
    fn pair(&self) -> Pair {
        match *self {
            Operand::Complex(pair) => pair,
            Operand::Real(real) => (real, 0.0),
        }
    }
}

fn operand_of(vm: &mut Vm, value: Value) -> PyResult<Option<Operand>> {
    if let Some(complex) = value.to::<Complex>() {
        return Ok(Some(Operand::Complex((complex.real, complex.imag))));
    }
    Ok(operand(vm, value)?.map(Operand::Real))
}

fn binary(vm: &mut Vm, op: BinaryOp, args: &[Value], reflected: bool) -> PyResult {
    let own = Operand::Complex(pair_of(vm, args[0])?);
    let Some(other) = operand_of(vm, args[1])? else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let (a, b) = if reflected {
        (other, own)
    } else {
        (own, other)
    };
    let result = match op {
        BinaryOp::Add => add(&a, &b),
        BinaryOp::Sub => subtract(&a, &b),
        BinaryOp::Mul => match (&a, &b) {
            (Operand::Real(r), Operand::Complex(z)) | (Operand::Complex(z), Operand::Real(r)) => {
                (z.0 * r, z.1 * r)
            }
            _ => multiply(a.pair(), b.pair()),
        },
        _ => {
            if b.pair() == (0.0, 0.0) {
                return Err(vm.zero_division_error("division by zero"));
            }
            match (&a, &b) {
                (Operand::Complex(z), Operand::Real(r)) => (z.0 / r, z.1 / r),
                _ => divide(a.pair(), b.pair()),
            }
        }
    };
    Ok(value(result))
}

fn add(a: &Operand, b: &Operand) -> Pair {
    match (a, b) {
        (Operand::Complex(z), Operand::Real(r)) | (Operand::Real(r), Operand::Complex(z)) => {
            (z.0 + r, z.1)
        }
        _ => (a.pair().0 + b.pair().0, a.pair().1 + b.pair().1),
    }
}

fn subtract(a: &Operand, b: &Operand) -> Pair {
    match (a, b) {
        (Operand::Complex(z), Operand::Real(r)) => (z.0 - r, z.1),
        (Operand::Real(r), Operand::Complex(z)) => (r - z.0, -z.1),
        _ => (a.pair().0 - b.pair().0, a.pair().1 - b.pair().1),
    }
}

/// One or zero with the sign of `f`: an infinite part counts, a finite one does not.
fn boxed(f: f64) -> f64 {
    (if f.is_infinite() { 1.0_f64 } else { 0.0 }).copysign(f)
}

fn zero_if_nan(f: f64) -> f64 {
    if f.is_nan() { 0.0_f64.copysign(f) } else { f }
}

fn multiply((a, b): Pair, (c, d): Pair) -> Pair {
    let (ac, bd, ad, bc) = (a * c, b * d, a * d, b * c);
    let product = (ac - bd, ad + bc);
    if !(product.0.is_nan() && product.1.is_nan()) {
        return product;
    }
    let (mut a, mut b, mut c, mut d) = (a, b, c, d);
    let mut recover = false;
    if a.is_infinite() || b.is_infinite() {
        (a, b, c, d) = (boxed(a), boxed(b), zero_if_nan(c), zero_if_nan(d));
        recover = true;
    }
    if c.is_infinite() || d.is_infinite() {
        (c, d, a, b) = (boxed(c), boxed(d), zero_if_nan(a), zero_if_nan(b));
        recover = true;
    }
    if !recover && [ac, bd, ad, bc].iter().any(|f| f.is_infinite()) {
        (a, b, c, d) = (
            zero_if_nan(a),
            zero_if_nan(b),
            zero_if_nan(c),
            zero_if_nan(d),
        );
        recover = true;
    }
    if recover {
        (
            f64::INFINITY * (a * c - b * d),
            f64::INFINITY * (a * d + b * c),
        )
    } else {
        product
    }
}

/// Smith's method: the larger part of the divisor scales the rest. The divisor is not zero.
pub fn divide((a, b): Pair, (c, d): Pair) -> Pair {
    let quotient = if c.abs() >= d.abs() {
        let ratio = d / c;
        let denominator = c + d * ratio;
        ((a + b * ratio) / denominator, (b - a * ratio) / denominator)
    } else if d.abs() >= c.abs() {
        let ratio = c / d;
        let denominator = c * ratio + d;
        ((a * ratio + b) / denominator, (b * ratio - a) / denominator)
    } else {
        (f64::NAN, f64::NAN)
    };
    if !(quotient.0.is_nan() && quotient.1.is_nan()) {
        return quotient;
    }
    if (a.is_infinite() || b.is_infinite()) && c.is_finite() && d.is_finite() {
        let (x, y) = (boxed(a), boxed(b));
        return (
            f64::INFINITY * (x * c + y * d),
            f64::INFINITY * (y * c - x * d),
        );
    }
    if (c.is_infinite() || d.is_infinite()) && a.is_finite() && b.is_finite() {
        let (x, y) = (boxed(c), boxed(d));
        return (0.0 * (a * x + b * y), 0.0 * (b * x - a * y));
    }
    quotient
}

fn pow(vm: &mut Vm, args: &[Value], reflected: bool) -> PyResult {
    let own = pair_of(vm, args[0])?;
    let Some(other) = operand_of(vm, args[1])? else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    if !args[2].is_unbound() && !args[2].is_none() {
        return Err(vm.value_error("complex modulo"));
    }
    let other = other.pair();
    let (base, exponent) = if reflected {
        (other, own)
    } else {
        (own, other)
    };
    power(vm, base, exponent)
}

/// `base ** exponent`: by repeated multiplication for small whole exponents, else by polar
/// coordinates.
pub fn power(vm: &mut Vm, base: Pair, exponent: Pair) -> PyResult {
    let result = if exponent == (0.0, 0.0) {
        (1.0, 0.0)
    } else if base == (0.0, 0.0) {
        if exponent.1 != 0.0 || exponent.0 < 0.0 {
            return Err(vm.zero_division_error("zero to a negative or complex power"));
        }
        (0.0, 0.0)
    } else if exponent.1 == 0.0 && exponent.0 == exponent.0.floor() && exponent.0.abs() <= 100.0 {
        let whole = whole_power(base, exponent.0.abs() as u32);
        if exponent.0 < 0.0 {
            divide((1.0, 0.0), whole)
        } else {
            whole
        }
    } else {
        let radius = base.0.hypot(base.1);
        let angle = base.1.atan2(base.0);
        let mut length = radius.powf(exponent.0);
        let mut turn = angle * exponent.0;
        if exponent.1 != 0.0 {
            length *= (-angle * exponent.1).exp();
            turn += exponent.1 * radius.ln();
        }
        (length * turn.cos(), length * turn.sin())
    };
    let finite = |(x, y): Pair| x.is_finite() && y.is_finite();
    if !finite(result) && finite(base) && finite(exponent) {
        return Err(vm.overflow_error("complex exponentiation"));
    }
    Ok(value(result))
}

fn whole_power(base: Pair, exponent: u32) -> Pair {
    let (mut result, mut square) = ((1.0, 0.0), base);
    let mut rest = exponent;
    while rest > 0 {
        if rest & 1 == 1 {
            result = multiply(result, square);
        }
        rest >>= 1;
        if rest > 0 {
            square = multiply(square, square);
        }
    }
    result
}

fn equal(vm: &mut Vm, op: Comparison, args: &[Value]) -> PyResult {
    let (real, imag) = pair_of(vm, args[0])?;
    let same = if let Some(other) = args[1].to::<Complex>() {
        real == other.real && imag == other.imag
    } else if let Some(f) = vm.as_float(args[1]) {
        real == f && imag == 0.0
    } else if let Some(n) = vm.as_int(args[1]) {
        imag == 0.0 && crate::number::compare_int_float(n, real).is_some_and(|o| o.is_eq())
    } else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    Ok((same == (op == Comparison::Eq)).into())
}

fn abs(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (real, imag) = pair_of(vm, args[0])?;
    let length = real.hypot(imag);
    if length.is_infinite() && real.is_finite() && imag.is_finite() {
        return Err(vm.overflow_error("absolute value too large"));
    }
    Ok(Value::float(length))
}

fn hash(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (real, imag) = pair_of(vm, args[0])?;
    let combined = hash_float(real).wrapping_add(hash_float(imag).wrapping_mul(1000003));
    Ok(Value::int(if combined == -1 { -2 } else { combined }))
}

fn repr(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (real, imag) = pair_of(vm, args[0])?;
    let mut text = Vec::new();
    let imaginary = float_text::repr_part(imag);
    if real == 0.0 && real.is_sign_positive() {
        text.extend(imaginary);
        text.push(b'j');
    } else {
        text.push(b'(');
        text.extend(float_text::repr_part(real));
        if !imaginary.starts_with(b"-") {
            text.push(b'+');
        }
        text.extend(imaginary);
        text.extend(b"j)");
    }
    Ok(Str::from_latin1(&text).into())
}

fn format(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (real, imag) = pair_of(vm, args[0])?;
    let spec = spec_of(vm, args[1])?;
    if spec.is_empty() {
        return Ok(vm.str(args[0])?.into());
    }
    Ok(format_spec::format_complex(vm, real, imag, spec)?.into())
}

// ---- construction

fn new(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (cls, real, imag) = (args[0], args[1].bound(), args[2].bound());
    if let Some(text) = real.and_then(|real| vm.as_str(real)) {
        if imag.is_some() {
            return Err(vm.type_error("complex() can't take second arg if first is a string"));
        }
        let points = int_text::normalized(text.get().points());
        return match parse(&points) {
            Some(pair) => crate::types::wrap(vm, cls, value(pair)),
            None if !separates_digits(&points) => {
                let shown = vm.repr_text(args[1].inner())?;
                Err(vm.value_error(format!("could not convert string to complex: {shown}")))
            }
            None => Err(vm.value_error("complex() arg is a malformed string")),
        };
    }
    if let Some(imag) = imag
        && vm.as_str(imag).is_some()
    {
        return Err(vm.type_error("complex() second arg can't be a string"));
    }
    let first = match real {
        Some(real) => part(vm, real, "real", imag.is_none())?,
        None => (0.0, 0.0),
    };
    let pair = match imag {
        Some(imag) => {
            let second = part(vm, imag, "imag", false)?;
            let complex = imag.to::<Complex>().is_some();
            let real = if complex { first.0 - second.1 } else { first.0 };
            let whole = real_is_complex(args[1]);
            (real, if whole { first.1 + second.0 } else { second.0 })
        }
        None => first,
    };
    if cls == Value::from(vm.types.complex)
        && imag.is_none()
        && let Some(real) = real
        && real.is::<Complex>()
    {
        return Ok(real);
    }
    crate::types::wrap(vm, cls, value(pair))
}

fn real_is_complex(real: Value) -> bool {
    !real.is_unbound() && real.to::<Complex>().is_some()
}

/// What `__complex__` gives, if a value has it.
pub fn by_method(vm: &mut Vm, value: Value) -> PyResult<Option<Pair>> {
    let Some(method) = vm.lookup_special(value, vm.names.complex) else {
        return Ok(None);
    };
    let result = vm.call_special(method, value, &[])?;
    match result.to::<Complex>() {
        Some(complex) => Ok(Some((complex.real, complex.imag))),
        None => {
            let (class, given) = (vm.type_name(value), vm.type_name(result));
            Err(vm.type_error(format!(
                "{class}.__complex__() must return a complex, not {given}"
            )))
        }
    }
}

/// An argument of `complex` as a pair.
fn part(vm: &mut Vm, x: Value, name: &str, alone: bool) -> PyResult<Pair> {
    if let Some(complex) = x.to::<Complex>() {
        return Ok((complex.real, complex.imag));
    }
    if name == "real"
        && let Some(pair) = by_method(vm, x)?
    {
        return Ok(pair);
    }
    let is_number = vm.as_float(x).is_some()
        || vm.lookup_special(x, vm.names.float).is_some()
        || vm.lookup_special(x, vm.names.index).is_some();
    if !is_number {
        let class = vm.type_name(x);
        return Err(vm.type_error(if alone {
            format!("complex() argument must be a string or a number, not {class}")
        } else if name == "real" {
            format!("complex() argument 'real' must be a real number, not {class}")
        } else {
            format!("complex() argument 'imag' must be a real number, not {class}")
        }));
    }
    Ok((from_object(vm, x, "must be real number")?, 0.0))
}

fn from_number(vm: &mut Vm, args: &[Value]) -> PyResult {
    if vm.as_str(args[1]).is_some() {
        return Err(vm.type_error("must be real number, not str"));
    }
    let pair = part(vm, args[1], "real", true)?;
    if args[0] == Value::from(vm.types.complex) {
        Ok(value(pair))
    } else {
        vm.call(args[0], &[value(pair)])
    }
}

/// Whether every underscore stands between digits.
fn separates_digits(text: &[u8]) -> bool {
    let digit_at = |at: usize| text.get(at).is_some_and(u8::is_ascii_digit);
    (0..text.len()).all(|at| text[at] != b'_' || (at > 0 && digit_at(at - 1) && digit_at(at + 1)))
}

/// Parses `1+2j` and the like, with or without parentheses.
fn parse(text: &[u8]) -> Option<Pair> {
    let inner = match text {
        [b'(', inner @ .., b')'] => inner.trim_ascii(),
        inner => inner,
    };
    let is_unit = |text: &[u8]| matches!(text, [b'j' | b'J']);
    let unit_of = |sign: u8| if sign == b'-' { -1.0 } else { 1.0 };
    let length = float_text::longest_start(inner);
    let (first, rest) = inner.split_at(length);
    if first.is_empty() {
        return match inner {
            rest if is_unit(rest) => Some((0.0, 1.0)),
            [sign @ (b'+' | b'-'), rest @ ..] if is_unit(rest) => Some((0.0, unit_of(*sign))),
            _ => None,
        };
    }
    let number = float_text::parse(first)?;
    match rest {
        [] => Some((number, 0.0)),
        rest if is_unit(rest) => Some((0.0, number)),
        [sign @ (b'+' | b'-'), tail @ ..] if is_unit(tail) => Some((number, unit_of(*sign))),
        [b'+' | b'-', ..] => {
            let (second, unit) = rest.split_at(float_text::longest_start(rest));
            if is_unit(unit) {
                Some((number, float_text::parse(second)?))
            } else {
                None
            }
        }
        _ => None,
    }
}
