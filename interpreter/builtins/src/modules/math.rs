//! `math`: functions of floats, and the integer functions that live beside them.
//!
//! Domain errors and overflow follow the rule that Python documents: NaN out of numbers is
//! "expected …" (a ValueError), infinity out of finite numbers is "math range error".

use crate::number;
use dashu_int::ops::{BitTest, Gcd, SquareRoot, UnsignedAbs};
use dashu_int::{IBig, UBig};
use object::{BigInt, List, Str, Tuple, Value, intern};
use vm::{BinaryOp, Def, PyResult, Raised, Vm, method};

/// The float of an argument: a float, or what `__float__` or `__index__` give.
pub(super) fn real(vm: &mut Vm, value: Value) -> PyResult<f64> {
    if let Some(f) = value.as_float() {
        return Ok(f);
    }
    if let Some(n) = value.as_small() {
        return Ok(n as f64);
    }
    if let Some(f) = vm.as_float(value) {
        return Ok(f);
    }
    if let Some(method) = vm.lookup_special(value, vm.names.float) {
        let result = vm.call_special(method, value, &[])?;
        return match vm.as_float(result) {
            Some(f) => Ok(f),
            None => {
                let (own, given) = (vm.type_name(value), vm.type_name(result));
                Err(vm.type_error(format!(
                    "{own}.__float__() must return a float, not {given}"
                )))
            }
        };
    }
    if vm.as_int(value).is_none() && vm.lookup_special(value, vm.names.index).is_none() {
        let given = vm.type_name(value);
        return Err(vm.type_error(format!("must be real number, not {given}")));
    }
    let n = vm.index_value(value)?;
    number::to_float(vm, n)
}

#[cold]
fn domain(vm: &mut Vm, expectation: &str, given: f64) -> Raised {
    let shown = crate::float_text::repr(given);
    vm.value_error(format!(
        "{expectation}, got {}",
        String::from_utf8_lossy(&shown)
    ))
}

#[cold]
fn range(vm: &mut Vm) -> Raised {
    vm.overflow_error("math range error")
}

/// A function that is defined everywhere and stays finite.
macro_rules! total {
    ($($name:ident $f:expr;)*) => {
        $(fn $name(vm: &mut Vm, args: &[Value]) -> PyResult {
            let x = real(vm, args[0])?;
            let f: fn(f64) -> f64 = $f;
            Ok(Value::float(f(x)))
        })*
    };
}

total! {
    fabs f64::abs;
    atan f64::atan;
    asinh libm::asinh;
    tanh f64::tanh;
    cbrt f64::cbrt;
    degrees |x| x * (180.0 / std::f64::consts::PI);
    radians |x| x * (std::f64::consts::PI / 180.0);
    erf libm::erf;
    erfc libm::erfc;
}

/// A function that may leave its domain or overflow.
fn partial(vm: &mut Vm, value: Value, f: impl Fn(f64) -> f64, expectation: &str) -> PyResult {
    let x = real(vm, value)?;
    let y = f(x);
    if y.is_nan() && !x.is_nan() {
        return Err(domain(vm, expectation, x));
    }
    if y.is_infinite() && x.is_finite() {
        return Err(range(vm));
    }
    Ok(Value::float(y))
}

macro_rules! partial {
    ($($name:ident $f:expr, $expectation:literal;)*) => {
        $(fn $name(vm: &mut Vm, args: &[Value]) -> PyResult {
            partial(vm, args[0], $f, $expectation)
        })*
    };
}

partial! {
    exp f64::exp, "expected a finite input";
    exp2 f64::exp2, "expected a finite input";
    expm1 f64::exp_m1, "expected a finite input";
    sinh f64::sinh, "expected a finite input";
    cosh f64::cosh, "expected a finite input";
    sin f64::sin, "expected a finite input";
    cos f64::cos, "expected a finite input";
    tan f64::tan, "expected a finite input";
    asin f64::asin, "expected a number in range from -1 up to 1";
    acos f64::acos, "expected a number in range from -1 up to 1";
    acosh libm::acosh, "expected argument value not less than 1";
}

fn sqrt(vm: &mut Vm, args: &[Value]) -> PyResult {
    let x = real(vm, args[0])?;
    if x < 0.0 {
        return Err(domain(vm, "expected a nonnegative input", x));
    }
    Ok(Value::float(x.sqrt()))
}

fn atanh(vm: &mut Vm, args: &[Value]) -> PyResult {
    let x = real(vm, args[0])?;
    if x.abs() >= 1.0 {
        return Err(domain(vm, "expected a number between -1 and 1", x));
    }
    Ok(Value::float(libm::atanh(x)))
}

fn log1p(vm: &mut Vm, args: &[Value]) -> PyResult {
    let x = real(vm, args[0])?;
    if x <= -1.0 {
        return Err(domain(vm, "expected argument value > -1", x));
    }
    Ok(Value::float(x.ln_1p()))
}

fn gamma(vm: &mut Vm, args: &[Value]) -> PyResult {
    let x = real(vm, args[0])?;
    if x == f64::NEG_INFINITY || (x <= 0.0 && x == x.floor()) {
        let expectation = "expected a noninteger or positive integer";
        return Err(domain(vm, expectation, x));
    }
    // Small factorials are exact.
    if x == x.floor() && x <= 23.0 {
        return Ok(Value::float(
            (1..x as u64).fold(1.0, |product, n| product * n as f64),
        ));
    }
    let y = libm::tgamma(x);
    if y.is_infinite() && x.is_finite() {
        Err(range(vm))
    } else {
        Ok(Value::float(y))
    }
}

fn lgamma(vm: &mut Vm, args: &[Value]) -> PyResult {
    let x = real(vm, args[0])?;
    if x.is_finite() && x <= 0.0 && x == x.floor() {
        let expectation = "expected a noninteger or positive integer";
        return Err(domain(vm, expectation, x));
    }
    let y = if x.is_infinite() {
        f64::INFINITY
    } else {
        libm::lgamma(x)
    };
    if y.is_infinite() && x.is_finite() {
        Err(range(vm))
    } else {
        Ok(Value::float(y))
    }
}

/// A logarithm that takes integers of any size.
fn logarithm(vm: &mut Vm, value: Value, f: fn(f64) -> f64) -> PyResult<f64> {
    if let Some(n) = vm.as_int(value).filter(|n| n.as_small().is_none()) {
        let big = vm.big(n);
        if big < IBig::ZERO {
            return Err(vm.value_error("expected a positive input"));
        }
        let magnitude = big.unsigned_abs();
        let bits = magnitude.bit_len();
        if bits > 1000 {
            let shift = bits - 64;
            let top: f64 = match u64::try_from(&(magnitude >> shift)) {
                Ok(top) => top as f64,
                Err(_) => f64::INFINITY,
            };
            return Ok(f(top) + f(2.0) * shift as f64);
        }
    }
    let x = real(vm, value)?;
    if x <= 0.0 {
        let is_int = vm.as_int(value).is_some();
        return Err(if is_int {
            vm.value_error("expected a positive input")
        } else {
            domain(vm, "expected a positive input", x)
        });
    }
    Ok(f(x))
}

fn log(vm: &mut Vm, args: &[Value]) -> PyResult {
    let x = logarithm(vm, args[0], f64::ln)?;
    if args[1].is_unbound() {
        return Ok(Value::float(x));
    }
    let base = logarithm(vm, args[1], f64::ln)?;
    if base == 0.0 {
        return Err(vm.zero_division_error("division by zero"));
    }
    Ok(Value::float(x / base))
}

fn log2(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(Value::float(logarithm(vm, args[0], f64::log2)?))
}

fn log10(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(Value::float(logarithm(vm, args[0], f64::log10)?))
}

fn pow(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (x, y) = (real(vm, args[0])?, real(vm, args[1])?);
    let z = x.powf(y);
    if x.is_finite() && y.is_finite() {
        if z.is_nan() || (x == 0.0 && y < 0.0) {
            return Err(vm.value_error("math domain error"));
        }
        if z.is_infinite() {
            return Err(range(vm));
        }
    }
    Ok(Value::float(z))
}

fn atan2(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (y, x) = (real(vm, args[0])?, real(vm, args[1])?);
    Ok(Value::float(y.atan2(x)))
}

fn copysign(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (x, y) = (real(vm, args[0])?, real(vm, args[1])?);
    Ok(Value::float(x.copysign(y)))
}

fn fmod(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (x, y) = (real(vm, args[0])?, real(vm, args[1])?);
    if !x.is_nan() && !y.is_nan() && (x.is_infinite() || y == 0.0) {
        return Err(vm.value_error("math domain error"));
    }
    Ok(Value::float(x % y))
}

fn remainder(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (x, y) = (real(vm, args[0])?, real(vm, args[1])?);
    if !x.is_nan() && !y.is_nan() && (x.is_infinite() || y == 0.0) {
        return Err(vm.value_error("math domain error"));
    }
    Ok(Value::float(libm::remainder(x, y)))
}

fn fma(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (x, y, z) = (real(vm, args[0])?, real(vm, args[1])?, real(vm, args[2])?);
    let result = x.mul_add(y, z);
    if result.is_nan() && !x.is_nan() && !y.is_nan() && !z.is_nan() {
        return Err(vm.value_error("invalid operation in fma"));
    }
    if result.is_infinite() && x.is_finite() && y.is_finite() && z.is_finite() {
        return Err(vm.overflow_error("overflow in fma"));
    }
    Ok(Value::float(result))
}

fn frexp(vm: &mut Vm, args: &[Value]) -> PyResult {
    let x = real(vm, args[0])?;
    let (mantissa, exponent) = if x == 0.0 || !x.is_finite() {
        (x, 0)
    } else {
        libm::frexp(x)
    };
    Ok(Tuple::new(&[Value::float(mantissa), Value::small(exponent as i64)]).into())
}

fn ldexp(vm: &mut Vm, args: &[Value]) -> PyResult {
    let x = real(vm, args[0])?;
    if vm.as_int(args[1]).is_none() {
        return Err(vm.type_error("Expected an int as second argument to ldexp."));
    }
    let exponent = vm.index_clamped(args[1])?;
    if x == 0.0 || !x.is_finite() {
        return Ok(Value::float(x));
    }
    let y = libm::ldexp(x, exponent.clamp(-5000, 5000) as i32);
    if y.is_infinite() {
        Err(range(vm))
    } else {
        Ok(Value::float(y))
    }
}

fn modf(vm: &mut Vm, args: &[Value]) -> PyResult {
    let x = real(vm, args[0])?;
    let whole = x.trunc();
    let part = if x.is_infinite() {
        0.0f64.copysign(x)
    } else {
        (x - whole).copysign(x)
    };
    Ok(Tuple::new(&[Value::float(part), Value::float(whole)]).into())
}

fn nextafter(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (x, y) = (real(vm, args[0])?, real(vm, args[1])?);
    let steps = if args[2].is_unbound() || args[2].is_none() {
        1
    } else {
        let steps = vm.index_clamped(args[2])?;
        if steps < 0 {
            return Err(vm.value_error("steps must be a non-negative integer"));
        }
        steps as u64
    };
    if x.is_nan() || y.is_nan() {
        return Ok(Value::float(f64::NAN));
    }
    // Floats are in the order of their bits once the sign is taken apart.
    let place = |f: f64| {
        let bits = f.to_bits();
        let magnitude = (bits & !(1 << 63)) as i128;
        if bits >> 63 == 0 {
            magnitude
        } else {
            -magnitude
        }
    };
    let (from, to) = (place(x), place(y));
    if from == to {
        return Ok(Value::float(y));
    }
    let reached = if from < to {
        (from + steps as i128).min(to)
    } else {
        (from - steps as i128).max(to)
    };
    if reached == to {
        // A zero has the sign of where it was reached from.
        return Ok(Value::float(if y == 0.0 { y.copysign(x) } else { y }));
    }
    let bits = reached.unsigned_abs() as u64;
    let sign = if reached < 0 || (reached == 0 && from < 0) {
        1 << 63
    } else {
        0
    };
    Ok(Value::float(f64::from_bits(bits | sign)))
}

fn ulp(vm: &mut Vm, args: &[Value]) -> PyResult {
    let x = real(vm, args[0])?.abs();
    if x.is_nan() || x.is_infinite() {
        return Ok(Value::float(x));
    }
    let next = f64::from_bits(x.to_bits() + 1);
    let step = if next.is_infinite() {
        x - f64::from_bits(x.to_bits() - 1)
    } else {
        next - x
    };
    Ok(Value::float(step))
}

fn isnan(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(Value::bool(real(vm, args[0])?.is_nan()))
}

fn isinf(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(Value::bool(real(vm, args[0])?.is_infinite()))
}

fn isfinite(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(Value::bool(real(vm, args[0])?.is_finite()))
}

fn isclose(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (a, b) = (real(vm, args[0])?, real(vm, args[1])?);
    let relative = if args[2].is_unbound() {
        1e-9
    } else {
        real(vm, args[2])?
    };
    let absolute = if args[3].is_unbound() {
        0.0
    } else {
        real(vm, args[3])?
    };
    if relative < 0.0 || absolute < 0.0 {
        return Err(vm.value_error("tolerances must be non-negative"));
    }
    if a == b {
        return Ok(Value::TRUE);
    }
    if a.is_infinite() || b.is_infinite() {
        return Ok(Value::FALSE);
    }
    let difference = (a - b).abs();
    let near = difference <= (relative * b).abs()
        || difference <= (relative * a).abs()
        || difference <= absolute;
    Ok(Value::bool(near))
}

/// Rounding to an integer by a special method, or of the float.
fn rounding(vm: &mut Vm, value: Value, name: object::Gc<Str>, f: fn(f64) -> f64) -> PyResult {
    if value.as_float().is_none()
        && let Some(method) = vm.lookup_special(value, name)
    {
        return vm.call_special(method, value, &[]);
    }
    let x = real(vm, value)?;
    integer_of(vm, f(x))
}

fn integer_of(vm: &mut Vm, x: f64) -> PyResult {
    if x.is_nan() {
        return Err(vm.value_error("cannot convert float NaN to integer"));
    }
    if x.is_infinite() {
        return Err(vm.overflow_error("cannot convert float infinity to integer"));
    }
    if x.abs() < 1e18 {
        return Ok(Value::int(x as i64));
    }
    Ok(number::truncate(x))
}

fn floor(vm: &mut Vm, args: &[Value]) -> PyResult {
    let name = vm.names.floor;
    rounding(vm, args[0], name, f64::floor)
}

fn ceil(vm: &mut Vm, args: &[Value]) -> PyResult {
    let name = vm.names.ceil;
    rounding(vm, args[0], name, f64::ceil)
}

fn trunc(vm: &mut Vm, args: &[Value]) -> PyResult {
    let name = vm.names.trunc;
    if args[0].as_float().is_none() && vm.lookup_special(args[0], name).is_none() {
        let given = vm.type_name(args[0]);
        return Err(vm.type_error(format!("type {given} doesn't define __trunc__ method")));
    }
    rounding(vm, args[0], name, f64::trunc)
}

/// The exact sum of floats: Shewchuk's non-overlapping partial sums ("Adaptive Precision
/// Floating-Point Arithmetic and Fast Robust Geometric Predicates", 1997), rounded once.
#[derive(Default)]
struct ExactSum {
    partials: Vec<f64>,
    special: f64,
    infinities: f64,
}

impl ExactSum {
    fn add(&mut self, x: f64) {
        if !x.is_finite() {
            if x.is_infinite() {
                self.infinities += x;
            }
            self.special += x;
            return;
        }
        let mut x = x;
        let mut used = 0;
        for i in 0..self.partials.len() {
            let mut y = self.partials[i];
            if x.abs() < y.abs() {
                std::mem::swap(&mut x, &mut y);
            }
            let high = x + y;
            let low = y - (high - x);
            if low != 0.0 {
                self.partials[used] = low;
                used += 1;
            }
            x = high;
        }
        self.partials.truncate(used);
        self.partials.push(x);
    }

    fn round(&self) -> f64 {
        let mut rest = self.partials.iter().rev();
        let Some(&first) = rest.next() else {
            return 0.0;
        };
        let (mut high, mut low) = (first, 0.0);
        let mut remaining = rest.peekable();
        for &y in remaining.by_ref() {
            let x = high;
            high = x + y;
            low = y - (high - x);
            if low != 0.0 {
                break;
            }
        }
        // A tie is broken by the sign of what lies below.
        if let Some(&&next) = remaining.peek()
            && ((low < 0.0 && next < 0.0) || (low > 0.0 && next > 0.0))
        {
            let doubled = low * 2.0;
            let x = high + doubled;
            if doubled == x - high {
                high = x;
            }
        }
        high
    }
}

fn fsum(vm: &mut Vm, args: &[Value]) -> PyResult {
    let mut sum = ExactSum::default();
    let mut overflowed = false;
    vm.for_each(args[0], |vm, item| {
        let x = real(vm, item)?;
        sum.add(x);
        overflowed |= x.is_finite() && sum.partials.last().is_some_and(|p| p.is_infinite());
        Ok(())
    })?;
    if overflowed {
        return Err(vm.overflow_error("intermediate overflow in fsum"));
    }
    if sum.special != 0.0 || sum.special.is_nan() {
        if sum.infinities.is_nan() {
            return Err(vm.value_error("-inf + inf in fsum"));
        }
        return Ok(Value::float(sum.special));
    }
    Ok(Value::float(sum.round()))
}

fn prod(vm: &mut Vm, args: &[Value]) -> PyResult {
    let mut product = if args[1].is_unbound() {
        Value::small(1)
    } else {
        args[1]
    };
    let iter = vm.iter(args[0])?;
    while let Some(item) = vm.next(iter)? {
        product = vm.binary(BinaryOp::Mul, product, item)?;
    }
    Ok(product)
}

fn sumprod(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (p, q) = (vm.collect(args[0])?, vm.collect(args[1])?);
    if p.len() != q.len() {
        return Err(vm.value_error("Inputs are not the same length"));
    }
    let all_float = |list: object::Gc<List>| {
        !list.is_empty()
            && list
                .items()
                .iter()
                .all(|v| v.as_float().is_some() || v.is_small())
    };
    let any_float = p
        .items()
        .iter()
        .chain(q.items())
        .any(|v| v.as_float().is_some());
    if all_float(p) && all_float(q) && any_float {
        let mut sum = ExactSum::default();
        for (&a, &b) in p.items().iter().zip(q.items()) {
            let (a, b) = (real(vm, a)?, real(vm, b)?);
            let product = a * b;
            sum.add(product);
            if product.is_finite() {
                sum.add(a.mul_add(b, -product));
            }
        }
        let special = sum.special != 0.0 || sum.special.is_nan();
        return Ok(Value::float(if special {
            sum.special
        } else {
            // The sum begins with a positive zero.
            sum.round() + 0.0
        }));
    }
    let mut total = Value::small(0);
    let mut at = 0;
    while let (Some(a), Some(b)) = (p.item(at), q.item(at)) {
        let product = vm.binary(BinaryOp::Mul, a, b)?;
        total = vm.binary(BinaryOp::Add, total, product)?;
        at += 1;
    }
    Ok(total)
}

/// The length of a vector, scaled so that squares do not overflow and summed exactly.
fn norm(values: &[f64]) -> f64 {
    let largest = values
        .iter()
        .fold(0.0f64, |m, v| if v.is_nan() { m } else { m.max(v.abs()) });
    if largest.is_infinite() {
        return largest;
    }
    if values.iter().any(|v| v.is_nan()) {
        return f64::NAN;
    }
    if largest == 0.0 {
        return 0.0;
    }
    if let [x] = values {
        return x.abs();
    }
    let (_, exponent) = libm::frexp(largest);
    let mut sum = ExactSum::default();
    for &v in values {
        let scaled = libm::ldexp(v, -exponent);
        let square = scaled * scaled;
        sum.add(square);
        sum.add(scaled.mul_add(scaled, -square));
    }
    let total = sum.round();
    let root = total.sqrt();
    // One step of Newton's method on the exact residue.
    let square = root * root;
    sum.add(-square);
    sum.add(-root.mul_add(root, -square));
    libm::ldexp(root + sum.round() / (2.0 * root), exponent)
}

fn hypot(vm: &mut Vm, args: &[Value]) -> PyResult {
    let mut values = Vec::with_capacity(args.len());
    for &arg in args {
        values.push(real(vm, arg)?);
    }
    Ok(Value::float(norm(&values)))
}

fn dist(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (p, q) = (vm.collect(args[0])?, vm.collect(args[1])?);
    if p.len() != q.len() {
        return Err(vm.value_error("both points must have the same number of dimensions"));
    }
    let mut values = Vec::with_capacity(p.len());
    let mut at = 0;
    while let (Some(a), Some(b)) = (p.item(at), q.item(at)) {
        values.push(real(vm, a)? - real(vm, b)?);
        at += 1;
    }
    Ok(Value::float(norm(&values)))
}

// ---- integers

/// An argument that must be an integer.
fn integer(vm: &mut Vm, value: Value) -> PyResult<IBig> {
    let n = vm.index_value(value)?;
    Ok(vm.big(n))
}

fn gcd(vm: &mut Vm, args: &[Value]) -> PyResult {
    let mut result = UBig::ZERO;
    for &arg in args {
        let n = integer(vm, arg)?.unsigned_abs();
        result = if result == UBig::ZERO {
            n
        } else if n == UBig::ZERO {
            result
        } else {
            result.gcd(n)
        };
    }
    Ok(BigInt::value_of(&IBig::from(result)))
}

fn lcm(vm: &mut Vm, args: &[Value]) -> PyResult {
    let mut result = UBig::ONE;
    for &arg in args {
        let n = integer(vm, arg)?.unsigned_abs();
        if n == UBig::ZERO || result == UBig::ZERO {
            result = UBig::ZERO;
        } else {
            let divisor = (&result).gcd(&n);
            result = result / divisor * n;
        }
    }
    Ok(BigInt::value_of(&IBig::from(result)))
}

fn isqrt(vm: &mut Vm, args: &[Value]) -> PyResult {
    let n = integer(vm, args[0])?;
    if n < IBig::ZERO {
        return Err(vm.value_error("isqrt() argument must be nonnegative"));
    }
    Ok(BigInt::value_of(&IBig::from(n.unsigned_abs().sqrt())))
}

/// The product of the integers in `from..=to`, by halves, so that factors stay of like size.
fn product(from: u64, to: u64) -> UBig {
    if from > to {
        return UBig::ONE;
    }
    if to - from < 16 {
        return (from..=to).fold(UBig::ONE, |p, n| p * n);
    }
    let middle = from + (to - from) / 2;
    product(from, middle) * product(middle + 1, to)
}

fn factorial(vm: &mut Vm, args: &[Value]) -> PyResult {
    let n = vm.index_value(args[0])?;
    let number = vm.big(n);
    if number < IBig::ZERO {
        return Err(vm.value_error("factorial() not defined for negative values"));
    }
    match u64::try_from(&number) {
        Ok(n) if n <= 100_000_000 => Ok(BigInt::value_of(&IBig::from(product(2, n)))),
        Ok(n) if n <= i64::MAX as u64 => Err(vm.memory_error("")),
        _ => Err(vm.overflow_error(format!(
            "factorial() argument should not exceed {}",
            i64::MAX
        ))),
    }
}

/// `n` and `k` of a combination, both non-negative; `None` where the result is 0.
fn n_and_k(vm: &mut Vm, args: &[Value]) -> PyResult<Option<(IBig, u64)>> {
    let n = integer(vm, args[0])?;
    let k = if args[1].is_unbound() || args[1].is_none() {
        n.clone()
    } else {
        integer(vm, args[1])?
    };
    if n < IBig::ZERO {
        return Err(vm.value_error("n must be a non-negative integer"));
    }
    if k < IBig::ZERO {
        return Err(vm.value_error("k must be a non-negative integer"));
    }
    if k > n {
        return Ok(None);
    }
    match u64::try_from(&k) {
        Ok(k) => Ok(Some((n, k))),
        Err(_) => Err(vm.overflow_error(format!("k must not exceed {}", i64::MAX))),
    }
}

fn perm(vm: &mut Vm, args: &[Value]) -> PyResult {
    let Some((n, k)) = n_and_k(vm, args)? else {
        return Ok(Value::small(0));
    };
    let mut result = IBig::ONE;
    for i in 0..k {
        result *= &n - IBig::from(i);
    }
    Ok(BigInt::value_of(&result))
}

fn comb(vm: &mut Vm, args: &[Value]) -> PyResult {
    let n = integer(vm, args[0])?;
    let k = integer(vm, args[1])?;
    // The smaller of both halves is as good and shorter.
    let mirrored = &n - &k;
    let shorter = if mirrored >= IBig::ZERO && mirrored < k {
        mirrored
    } else {
        k
    };
    let args = [BigInt::value_of(&n), BigInt::value_of(&shorter)];
    let Some((n, k)) = n_and_k(vm, &args)? else {
        return Ok(Value::small(0));
    };
    let mut result = IBig::ONE;
    for i in 0..k {
        result = result * (&n - IBig::from(i)) / IBig::from(i + 1);
    }
    Ok(BigInt::value_of(&result))
}

/// Everything that the module defines but its constants.
const FUNCTIONS: &[Def] = &[
    method("acos(x, /)", acos),
    method("acosh(x, /)", acosh),
    method("asin(x, /)", asin),
    method("asinh(x, /)", asinh),
    method("atan(x, /)", atan),
    method("atan2(y, x, /)", atan2),
    method("atanh(x, /)", atanh),
    method("cbrt(x, /)", cbrt),
    method("ceil(x, /)", ceil),
    method("comb(n, k, /)", comb),
    method("copysign(x, y, /)", copysign),
    method("cos(x, /)", cos),
    method("cosh(x, /)", cosh),
    method("degrees(x, /)", degrees),
    method("dist(p, q, /)", dist),
    method("erf(x, /)", erf),
    method("erfc(x, /)", erfc),
    method("exp(x, /)", exp),
    method("exp2(x, /)", exp2),
    method("expm1(x, /)", expm1),
    method("fabs(x, /)", fabs),
    method("factorial(n, /)", factorial),
    method("floor(x, /)", floor),
    method("fma(x, y, z, /)", fma),
    method("fmod(x, y, /)", fmod),
    method("frexp(x, /)", frexp),
    method("fsum(seq, /)", fsum),
    method("gamma(x, /)", gamma),
    method("gcd(*integers)", gcd),
    method("hypot(*coordinates)", hypot),
    method("isclose(a, b, *, rel_tol=1e-09, abs_tol=0.0)", isclose),
    method("isfinite(x, /)", isfinite),
    method("isinf(x, /)", isinf),
    method("isnan(x, /)", isnan),
    method("isqrt(n, /)", isqrt),
    method("lcm(*integers)", lcm),
    method("ldexp(x, i, /)", ldexp),
    method("lgamma(x, /)", lgamma),
    method("log(x, base=e, /)", log),
    method("log10(x, /)", log10),
    method("log1p(x, /)", log1p),
    method("log2(x, /)", log2),
    method("modf(x, /)", modf),
    method("nextafter(x, y, /, *, steps=None)", nextafter),
    method("perm(n, k=None, /)", perm),
    method("pow(x, y, /)", pow),
    method("prod(iterable, /, *, start=1)", prod),
    method("radians(x, /)", radians),
    method("remainder(x, y, /)", remainder),
    method("sin(x, /)", sin),
    method("sinh(x, /)", sinh),
    method("sqrt(x, /)", sqrt),
    method("sumprod(p, q, /)", sumprod),
    method("tan(x, /)", tan),
    method("tanh(x, /)", tanh),
    method("trunc(x, /)", trunc),
    method("ulp(x, /)", ulp),
];

/// Makes the module.
pub fn install(vm: &mut Vm) {
    let module = vm.define_module("math", FUNCTIONS);
    let namespace = module.namespace();
    for (name, number) in [
        ("pi", std::f64::consts::PI),
        ("e", std::f64::consts::E),
        ("tau", std::f64::consts::TAU),
        ("inf", f64::INFINITY),
        ("nan", f64::NAN),
    ] {
        namespace.set_str(intern(name), Value::float(number));
    }
}
