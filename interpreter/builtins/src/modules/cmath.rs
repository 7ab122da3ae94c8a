//! `cmath`: functions of complex numbers.
//!
//! The branch cuts, signs of zeros and values at infinities are those of C's Annex G. The formulas
//! for finite numbers are W. Kahan's ("Branch Cuts for Complex Elementary Functions", 1987), which
//! lose no digits near the cuts and do not overflow before their results do. A function of the
//! circle is the hyperbolic one a quarter turn away. Infinity out of finite numbers is an
//! OverflowError; what has no value, as the logarithm of zero or the cosine of infinity, a
//! ValueError.

use super::math::real;
use crate::types::complex::{by_method, divide};
use object::{Complex, Value, intern};
use std::f64::consts::{FRAC_PI_2, LN_2, LN_10, PI, TAU};
use vm::{Def, PyResult, Vm, method, tuple};

type Pair = (f64, f64);

/// Why there is no result.
enum Failure {
    Domain,
    Range,
}

type Answer = Result<Pair, Failure>;

const INF: f64 = f64::INFINITY;
const NAN: f64 = f64::NAN;
/// From here on sums of parts, and squares of square roots, could overflow.
const LARGE: f64 = f64::MAX / 4.0;
/// The exponential of more could overflow.
const LOG_LARGE: f64 = 708.396_418_532_264_1;
/// Scales numbers too small for their squares up, by an odd power so that roots come out even.
const UP: i32 = 53;

/// Arguments on which the formulas for finite numbers fail.
fn is_special((x, y): Pair) -> bool {
    !x.is_finite() || !y.is_finite()
}

/// A result is too large if finite numbers gave it an infinite part.
fn in_range(result: Pair) -> Answer {
    if result.0.is_infinite() || result.1.is_infinite() {
        return Err(Failure::Range);
    }
    Ok(result)
}

/// `i z` and back: how functions of the circle come out of hyperbolic ones.
fn turned(f: fn(Pair) -> Answer, (x, y): Pair) -> Answer {
    let (re, im) = f((-y, x))?;
    Ok((im, -re))
}

// ---- the exponential and the hyperbolic functions

fn exp(z: Pair) -> Answer {
    let (x, y) = z;
    if !is_special(z) {
        // Near the end of the range the factor is taken in two steps.
        let (length, rest) = if x > LOG_LARGE {
            ((x - 1.0).exp(), std::f64::consts::E)
        } else {
            (x.exp(), 1.0)
        };
        return in_range((length * y.cos() * rest, length * y.sin() * rest));
    }
    match (x, y) {
        _ if x.is_nan() => Ok((NAN, if y == 0.0 { y } else { NAN })),
        _ if y.is_infinite() && x != -INF => Err(Failure::Domain),
        _ if x.is_finite() => Ok((NAN, NAN)),
        _ if y == 0.0 => Ok((x.exp(), y)),
        _ if y.is_finite() => Ok((x.exp().copysign(y.cos()), x.exp().copysign(y.sin()))),
        _ if x < 0.0 => Ok((0.0, 0.0)),
        _ => Ok((INF, NAN)),
    }
}

/// Hyperbolic cosine (an even function) or sine (an odd one) where a part is infinite or no number.
fn special_hyperbolic((x, y): Pair, is_odd: bool) -> Answer {
    match (x, y) {
        _ if y.is_infinite() && !x.is_nan() => Err(Failure::Domain),
        _ if x.is_nan() => {
            let im = if is_odd { y } else { 0.0 };
            Ok((NAN, if y == 0.0 { im } else { NAN }))
        }
        _ if x == 0.0 && is_odd => Ok((0.0, NAN)),
        _ if x == 0.0 => Ok((NAN, 0.0)),
        _ if x.is_finite() => Ok((NAN, NAN)),
        _ if y.is_nan() => Ok((INF, NAN)),
        _ => {
            // The even one's imaginary part changes sign with x, the odd one's real part.
            let sine = if y == 0.0 { y } else { INF.copysign(y.sin()) };
            let cosine = INF.copysign(if y == 0.0 { 1.0 } else { y.cos() });
            let sign = 1.0_f64.copysign(x);
            Ok(if is_odd {
                (cosine * sign, sine)
            } else {
                (cosine, sine * sign)
            })
        }
    }
}

/// The functions of real numbers at `x`, with the factor that is left where they would overflow.
fn halves(x: f64) -> (f64, f64, f64) {
    if x.abs() > LOG_LARGE {
        let nearer = x - 1.0_f64.copysign(x);
        (nearer.cosh(), nearer.sinh(), std::f64::consts::E)
    } else {
        (x.cosh(), x.sinh(), 1.0)
    }
}

fn cosh(z: Pair) -> Answer {
    if is_special(z) {
        return special_hyperbolic(z, false);
    }
    let (cosh, sinh, rest) = halves(z.0);
    in_range((z.1.cos() * cosh * rest, z.1.sin() * sinh * rest))
}

fn sinh(z: Pair) -> Answer {
    if is_special(z) {
        return special_hyperbolic(z, true);
    }
    let (cosh, sinh, rest) = halves(z.0);
    in_range((z.1.cos() * sinh * rest, z.1.sin() * cosh * rest))
}

fn tanh(z: Pair) -> Answer {
    let (x, y) = z;
    if is_special(z) {
        return match (x, y) {
            _ if y.is_infinite() && x.is_finite() => Err(Failure::Domain),
            _ if x.is_nan() => Ok((NAN, if y == 0.0 { y } else { NAN })),
            _ if x.is_finite() => Ok((NAN, NAN)),
            _ if y == 0.0 => Ok((1.0_f64.copysign(x), y)),
            _ if y.is_finite() => {
                let sign = 2.0 * y.sin() * y.cos();
                Ok((1.0_f64.copysign(x), 0.0_f64.copysign(sign)))
            }
            _ => Ok((1.0_f64.copysign(x), 0.0)),
        };
    }
    if x.abs() > LOG_LARGE {
        let im = 4.0 * y.sin() * y.cos() * (-2.0 * x.abs()).exp();
        return Ok((1.0_f64.copysign(x), im));
    }
    let (tx, ty) = (x.tanh(), y.tan());
    let over_cosh = 1.0 / x.cosh();
    let product = tx * ty;
    let below = 1.0 + product * product;
    Ok((
        tx * (1.0 + ty * ty) / below,
        ty / below * over_cosh * over_cosh,
    ))
}

// ---- roots, logarithms and the inverse functions

fn sqrt(z: Pair) -> Answer {
    let (x, y) = z;
    if is_special(z) {
        return Ok(match (x, y) {
            _ if y.is_infinite() => (INF, y),
            _ if x.is_nan() => (NAN, NAN),
            _ if x == INF => (INF, if y.is_nan() { NAN } else { 0.0_f64.copysign(y) }),
            _ if x == -INF && y.is_nan() => (NAN, INF),
            _ if x == -INF => (0.0, INF.copysign(y)),
            _ => (NAN, NAN),
        });
    }
    if x == 0.0 && y == 0.0 {
        return Ok((0.0, y));
    }
    let (ax, ay) = (x.abs(), y.abs());
    let s = if ax < f64::MIN_POSITIVE && ay < f64::MIN_POSITIVE {
        let ax = libm::ldexp(ax, UP);
        libm::ldexp((ax + ax.hypot(libm::ldexp(ay, UP))).sqrt(), -(UP + 1) / 2)
    } else {
        let ax = ax / 8.0;
        2.0 * (ax + ax.hypot(ay / 8.0)).sqrt()
    };
    let d = ay / (2.0 * s);
    Ok(if x >= 0.0 {
        (s, d.copysign(y))
    } else {
        (d, s.copysign(y))
    })
}

/// The logarithm of the length of a number that is not zero.
fn log_length(x: f64, y: f64) -> f64 {
    let (ax, ay) = (x.abs(), y.abs());
    if ax > LARGE || ay > LARGE {
        return (ax / 2.0).hypot(ay / 2.0).ln() + LN_2;
    }
    if ax < f64::MIN_POSITIVE && ay < f64::MIN_POSITIVE {
        let length = libm::ldexp(ax, UP).hypot(libm::ldexp(ay, UP));
        return length.ln() - f64::from(UP) * LN_2;
    }
    let length = ax.hypot(ay);
    // Near 1 the length itself has too few digits.
    if (0.71..=1.73).contains(&length) {
        let (more, less) = (ax.max(ay), ax.min(ay));
        return ((more - 1.0) * (more + 1.0) + less * less).ln_1p() / 2.0;
    }
    length.ln()
}

fn log((x, y): Pair) -> Answer {
    if x == 0.0 && y == 0.0 {
        return Err(Failure::Domain);
    }
    if x.is_infinite() || y.is_infinite() {
        return Ok((INF, y.atan2(x)));
    }
    Ok((log_length(x, y), y.atan2(x)))
}

fn log10(z: Pair) -> Answer {
    let (re, im) = log(z)?;
    Ok((re / LN_10, im / LN_10))
}

/// Whether the formulas would overflow on the way; infinities and NaN included.
fn is_far((x, y): Pair) -> bool {
    !(x.abs() <= LARGE && y.abs() <= LARGE)
}

/// The logarithm of twice the length of a number far out.
fn log_double(x: f64, y: f64) -> f64 {
    if x.is_infinite() || y.is_infinite() {
        return INF;
    }
    (x / 2.0).hypot(y / 2.0).ln() + 2.0 * LN_2
}

/// A length with the sign of `sign`; NaN has none.
fn with_sign(length: f64, sign: f64) -> f64 {
    if sign.is_nan() {
        length
    } else {
        length.copysign(sign)
    }
}

fn acos(z: Pair) -> Answer {
    let (x, y) = z;
    if is_far(z) {
        let re = if x == 0.0 {
            FRAC_PI_2
        } else {
            y.abs().atan2(x)
        };
        return Ok((re, with_sign(log_double(x, y), -y)));
    }
    let (s1, s2) = (sqrt((1.0 - x, -y))?, sqrt((1.0 + x, y))?);
    Ok((
        2.0 * s1.0.atan2(s2.0),
        libm::asinh(s2.0 * s1.1 - s2.1 * s1.0),
    ))
}

fn acosh(z: Pair) -> Answer {
    let (x, y) = z;
    if is_far(z) {
        return Ok((log_double(x, y), y.atan2(x)));
    }
    let (s1, s2) = (sqrt((x - 1.0, y))?, sqrt((x + 1.0, y))?);
    Ok((
        libm::asinh(s1.0 * s2.0 + s1.1 * s2.1),
        2.0 * s1.1.atan2(s2.0),
    ))
}

fn asinh(z: Pair) -> Answer {
    let (x, y) = z;
    if is_far(z) {
        let im = if y == 0.0 { y } else { y.atan2(x.abs()) };
        return Ok((with_sign(log_double(x, y), x), im));
    }
    let (s1, s2) = (sqrt((1.0 + y, -x))?, sqrt((1.0 - y, x))?);
    Ok((
        libm::asinh(s1.0 * s2.1 - s2.0 * s1.1),
        y.atan2(s1.0 * s2.0 - s1.1 * s2.1),
    ))
}

fn atanh(z: Pair) -> Answer {
    let (x, y) = z;
    if x.is_sign_negative() && !x.is_nan() {
        let (re, im) = atanh((-x, -y))?;
        return Ok((-re, -im));
    }
    if is_special(z) {
        let re = if y.is_infinite() || x.is_infinite() {
            0.0
        } else if x == 0.0 {
            x
        } else {
            NAN
        };
        let im = if y.is_infinite() || x.is_infinite() && !y.is_nan() {
            FRAC_PI_2.copysign(y)
        } else {
            NAN
        };
        return Ok((re, im));
    }
    let ay = y.abs();
    if x > LARGE.sqrt() || ay > LARGE.sqrt() {
        let half = (x / 2.0).hypot(y / 2.0);
        return Ok((x / 4.0 / half / half, FRAC_PI_2.copysign(y)));
    }
    if x == 1.0 && ay < f64::MIN_POSITIVE.sqrt() {
        if ay == 0.0 {
            return Err(Failure::Domain);
        }
        let re = -(ay.sqrt() / ay.hypot(2.0).sqrt()).ln();
        return Ok((re, (2.0_f64.atan2(-ay) / 2.0).copysign(y)));
    }
    Ok((
        (4.0 * x / ((1.0 - x) * (1.0 - x) + ay * ay)).ln_1p() / 4.0,
        -(-2.0 * y).atan2((1.0 - x) * (1.0 + x) - ay * ay) / 2.0,
    ))
}

// ---- polar coordinates

fn to_polar((x, y): Pair) -> Answer {
    let length = x.hypot(y);
    if length.is_infinite() && !is_special((x, y)) {
        return Err(Failure::Range);
    }
    Ok((length, y.atan2(x)))
}

fn from_polar((r, phi): Pair) -> Answer {
    if !is_special((r, phi)) {
        return Ok(if phi == 0.0 {
            (r, r * phi)
        } else {
            (r * phi.cos(), r * phi.sin())
        });
    }
    match (r, phi) {
        _ if r == 0.0 => Ok((0.0, 0.0)),
        _ if phi.is_infinite() && !r.is_nan() => Err(Failure::Domain),
        _ if r.is_nan() => Ok((NAN, if phi == 0.0 { 0.0 } else { NAN })),
        _ if r.is_finite() => Ok((NAN, NAN)),
        _ if phi.is_nan() => Ok((INF, NAN)),
        _ if phi == 0.0 => Ok((r, phi.copysign(r * phi.signum()))),
        _ => Ok((
            r * 1.0_f64.copysign(phi.cos()),
            r * 1.0_f64.copysign(phi.sin()),
        )),
    }
}

// ---- the module

/// The number of an argument: a complex number, what `__complex__` gives, or a real number.
fn number(vm: &mut Vm, value: Value) -> PyResult<Pair> {
    if let Some(z) = value.to::<Complex>() {
        return Ok((z.real, z.imag));
    }
    match by_method(vm, value)? {
        Some(pair) => Ok(pair),
        None => Ok((real(vm, value)?, 0.0)),
    }
}

fn told(vm: &mut Vm, answer: Answer) -> PyResult<Pair> {
    answer.map_err(|failure| match failure {
        Failure::Domain => vm.value_error("math domain error"),
        Failure::Range => vm.overflow_error("math range error"),
    })
}

fn apply(vm: &mut Vm, args: &[Value], f: impl FnOnce(Pair) -> Answer) -> PyResult {
    let z = number(vm, args[0])?;
    let (re, im) = told(vm, f(z))?;
    Ok(Complex::new(re, im).into())
}

const FUNCTIONS: &[Def] = &[
    method("acos(z, /)", |vm, a| apply(vm, a, acos)),
    method("acosh(z, /)", |vm, a| apply(vm, a, acosh)),
    method("asin(z, /)", |vm, a| apply(vm, a, |z| turned(asinh, z))),
    method("asinh(z, /)", |vm, a| apply(vm, a, asinh)),
    method("atan(z, /)", |vm, a| apply(vm, a, |z| turned(atanh, z))),
    method("atanh(z, /)", |vm, a| apply(vm, a, atanh)),
    method("cos(z, /)", |vm, a| apply(vm, a, |(x, y)| cosh((-y, x)))),
    method("cosh(z, /)", |vm, a| apply(vm, a, cosh)),
    method("exp(z, /)", |vm, a| apply(vm, a, exp)),
    method("log(z, base=None, /)", logarithm),
    method("log10(z, /)", |vm, a| apply(vm, a, log10)),
    method("phase(z, /)", |vm, a| {
        let (x, y) = number(vm, a[0])?;
        Ok(Value::float(y.atan2(x)))
    }),
    method("polar(z, /)", polar),
    method("rect(r, phi, /)", rect),
    method("sin(z, /)", |vm, a| apply(vm, a, |z| turned(sinh, z))),
    method("sinh(z, /)", |vm, a| apply(vm, a, sinh)),
    method("sqrt(z, /)", |vm, a| apply(vm, a, sqrt)),
    method("tan(z, /)", |vm, a| apply(vm, a, |z| turned(tanh, z))),
    method("tanh(z, /)", |vm, a| apply(vm, a, tanh)),
    method("isfinite(z, /)", |vm, a| {
        Ok(Value::bool(!is_special(number(vm, a[0])?)))
    }),
    method("isinf(z, /)", |vm, a| {
        let (x, y) = number(vm, a[0])?;
        Ok(Value::bool(x.is_infinite() || y.is_infinite()))
    }),
    method("isnan(z, /)", |vm, a| {
        let (x, y) = number(vm, a[0])?;
        Ok(Value::bool(x.is_nan() || y.is_nan()))
    }),
    method("isclose(a, b, *, rel_tol=1e-09, abs_tol=0.0)", isclose),
];

fn logarithm(vm: &mut Vm, args: &[Value]) -> PyResult {
    let base = match args[1].bound() {
        None => return apply(vm, args, log),
        Some(base) => number(vm, base)?,
    };
    apply(vm, args, |z| {
        let (z, base) = (log(z)?, log(base)?);
        if base == (0.0, 0.0) {
            return Err(Failure::Domain);
        }
        Ok(divide(z, base))
    })
}

fn polar(vm: &mut Vm, args: &[Value]) -> PyResult {
    let z = number(vm, args[0])?;
    let (length, angle) = told(vm, to_polar(z))?;
    Ok(tuple(&[Value::float(length), Value::float(angle)]))
}

fn rect(vm: &mut Vm, args: &[Value]) -> PyResult {
    let place = (real(vm, args[0])?, real(vm, args[1])?);
    let (x, y) = told(vm, from_polar(place))?;
    Ok(Complex::new(x, y).into())
}

fn isclose(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (a, b) = (number(vm, args[0])?, number(vm, args[1])?);
    let tolerance = |vm: &mut Vm, value: Value, default: f64| match value.bound() {
        Some(value) => real(vm, value),
        None => Ok(default),
    };
    let relative = tolerance(vm, args[2], 1e-9)?;
    let absolute = tolerance(vm, args[3], 0.0)?;
    if relative < 0.0 || absolute < 0.0 {
        return Err(vm.value_error("tolerances must be non-negative"));
    }
    let is_infinite = |z: Pair| z.0.is_infinite() || z.1.is_infinite();
    if a == b || is_infinite(a) || is_infinite(b) {
        return Ok(Value::bool(a == b));
    }
    let length = |z: Pair| z.0.hypot(z.1);
    let apart = length((a.0 - b.0, a.1 - b.1));
    let near = apart <= relative * length(b) || apart <= relative * length(a) || apart <= absolute;
    Ok(Value::bool(near))
}

pub fn install(vm: &mut Vm) {
    let module = vm.define_module("cmath", FUNCTIONS);
    let namespace = module.namespace();
    for (name, number) in [
        ("pi", PI),
        ("e", std::f64::consts::E),
        ("tau", TAU),
        ("inf", INF),
        ("nan", NAN),
    ] {
        namespace.set_str(intern(name), Value::float(number));
    }
    for (name, imag) in [("infj", INF), ("nanj", NAN)] {
        namespace.set_str(intern(name), Complex::new(0.0, imag).into());
    }
}
