//! `float`.

use crate::float_text::{self, BadHex};
use crate::number;
use crate::types::int::{spec_of, truncate_float};
use crate::{format_spec, int_text};
use object::{BigInt, ByteArray, Bytes, FloatBox, Kind, Str, Value};
use vm::{
    BinaryOp, Comparison, Def, PyResult, Vm, class_method, getter, method, static_method, tuple,
};

const METHODS: &[Def] = &[
    static_method("__new__(cls, x=0, /)", new),
    method("__repr__(self, /)", repr),
    method("__hash__(self, /)", hash),
    method("__bool__(self, /)", |vm, args| {
        Ok((float_of(vm, args[0])? != 0.0).into())
    }),
    method("__float__(self, /)", itself),
    method("__pos__(self, /)", itself),
    method("conjugate(self, /)", itself),
    method("__int__(self, /)", trunc),
    method("__trunc__(self, /)", trunc),
    method("__floor__(self, /)", |vm, args| {
        let f = float_of(vm, args[0])?;
        truncate_float(vm, f.floor())
    }),
    method("__ceil__(self, /)", |vm, args| {
        let f = float_of(vm, args[0])?;
        truncate_float(vm, f.ceil())
    }),
    method("__neg__(self, /)", |vm, args| {
        Ok(Value::float(-float_of(vm, args[0])?))
    }),
    method("__abs__(self, /)", |vm, args| {
        Ok(Value::float(float_of(vm, args[0])?.abs()))
    }),
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
    method("__floordiv__(self, value, /)", |vm, a| {
        binary(vm, BinaryOp::FloorDiv, a, false)
    }),
    method("__rfloordiv__(self, value, /)", |vm, a| {
        binary(vm, BinaryOp::FloorDiv, a, true)
    }),
    method("__mod__(self, value, /)", |vm, a| {
        binary(vm, BinaryOp::Mod, a, false)
    }),
    method("__rmod__(self, value, /)", |vm, a| {
        binary(vm, BinaryOp::Mod, a, true)
    }),
    method("__divmod__(self, value, /)", |vm, a| divmod(vm, a, false)),
    method("__rdivmod__(self, value, /)", |vm, a| divmod(vm, a, true)),
    method("__pow__(self, value, mod=None, /)", |vm, a| {
        power(vm, a, false)
    }),
    method("__rpow__(self, value, mod=None, /)", |vm, a| {
        power(vm, a, true)
    }),
    method("__lt__(self, value, /)", |vm, a| {
        compare(vm, Comparison::Lt, a)
    }),
    method("__le__(self, value, /)", |vm, a| {
        compare(vm, Comparison::Le, a)
    }),
    method("__eq__(self, value, /)", |vm, a| {
        compare(vm, Comparison::Eq, a)
    }),
    method("__ne__(self, value, /)", |vm, a| {
        compare(vm, Comparison::Ne, a)
    }),
    method("__gt__(self, value, /)", |vm, a| {
        compare(vm, Comparison::Gt, a)
    }),
    method("__ge__(self, value, /)", |vm, a| {
        compare(vm, Comparison::Ge, a)
    }),
    method("__round__(self, ndigits=None, /)", round),
    method("__format__(self, format_spec, /)", format),
    method("__getnewargs__(self, /)", |vm, args| {
        Ok(tuple(&[Value::float(float_of(vm, args[0])?)]))
    }),
    method("as_integer_ratio(self, /)", as_integer_ratio),
    method("is_integer(self, /)", |vm, args| {
        let f = float_of(vm, args[0])?;
        Ok((f.is_finite() && f == f.floor()).into())
    }),
    method("hex(self, /)", |vm, args| {
        Ok(vm::string(&float_text::hex(float_of(vm, args[0])?)))
    }),
    class_method("fromhex(cls, string, /)", from_hex),
    class_method("from_number(cls, number, /)", from_number),
    class_method("__getformat__(cls, typestr, /)", get_format),
    getter("real", itself),
    getter("imag", |_, _| Ok(Value::float(0.0))),
];

pub fn install(vm: &mut Vm) {
    vm.define_methods(vm.types.float, METHODS);
}

/// The float of a receiver.
fn float_of(vm: &mut Vm, value: Value) -> PyResult<f64> {
    match vm.as_float(value) {
        Some(f) => Ok(f),
        None => {
            let given = vm.type_name(value);
            Err(vm.type_error(format!(
                "descriptor requires a 'float' object but received a '{given}'"
            )))
        }
    }
}

/// The float of a real operand: a float or an integer; `None` for other objects.
pub fn operand(vm: &mut Vm, value: Value) -> PyResult<Option<f64>> {
    if let Some(f) = vm.as_float(value) {
        return Ok(Some(f));
    }
    match vm.as_int(value) {
        Some(n) => number::to_float(vm, n).map(Some),
        None => Ok(None),
    }
}

fn itself(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(Value::float(float_of(vm, args[0])?))
}

fn trunc(vm: &mut Vm, args: &[Value]) -> PyResult {
    let f = float_of(vm, args[0])?;
    truncate_float(vm, f)
}

/// The operands in the order of the operation; `None` if the other one is no real number.
fn operands(vm: &mut Vm, args: &[Value], reflected: bool) -> PyResult<Option<(f64, f64)>> {
    let own = float_of(vm, args[0])?;
    let Some(other) = operand(vm, args[1])? else {
        return Ok(None);
    };
    Ok(Some(if reflected {
        (other, own)
    } else {
        (own, other)
    }))
}

fn binary(vm: &mut Vm, op: BinaryOp, args: &[Value], reflected: bool) -> PyResult {
    match operands(vm, args, reflected)? {
        Some((x, y)) => number::float_binary(vm, op, x, y),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn divmod(vm: &mut Vm, args: &[Value], reflected: bool) -> PyResult {
    let Some((x, y)) = operands(vm, args, reflected)? else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let (quotient, remainder) = number::float_divide(vm, x, y)?;
    Ok(tuple(&[Value::float(quotient), Value::float(remainder)]))
}

fn power(vm: &mut Vm, args: &[Value], reflected: bool) -> PyResult {
    if !args[2].is_unbound() && !args[2].is_none() {
        return Err(
            vm.type_error("pow() 3rd argument not allowed unless all arguments are integers")
        );
    }
    binary(vm, BinaryOp::Pow, args, reflected)
}

fn compare(vm: &mut Vm, op: Comparison, args: &[Value]) -> PyResult {
    let own = float_of(vm, args[0])?;
    let other = match vm.as_int(args[1]) {
        Some(n) => n,
        None => args[1].inner(),
    };
    Ok(
        match number::compare_numbers(op, Value::float(own), other) {
            Some(result) => result.into(),
            None => Value::NOT_IMPLEMENTED,
        },
    )
}

fn repr(vm: &mut Vm, args: &[Value]) -> PyResult {
    let f = float_of(vm, args[0])?;
    Ok(Str::from_latin1(&float_text::repr(f)).into())
}

fn hash(vm: &mut Vm, args: &[Value]) -> PyResult {
    let f = float_of(vm, args[0])?;
    let hash = vm.hash(Value::float(f))?;
    Ok(Value::int(hash))
}

fn round(vm: &mut Vm, args: &[Value]) -> PyResult {
    let f = float_of(vm, args[0])?;
    if args[1].is_unbound() || args[1].is_none() {
        return truncate_float(vm, f.round_ties_even());
    }
    let digits = vm.index_clamped(args[1])?;
    if !f.is_finite() || f == 0.0 {
        return Ok(Value::float(f));
    }
    let rounded = float_text::round_to(f, digits);
    if rounded.is_infinite() {
        return Err(vm.overflow_error("rounded value too large to represent"));
    }
    Ok(Value::float(rounded))
}

fn format(vm: &mut Vm, args: &[Value]) -> PyResult {
    let f = float_of(vm, args[0])?;
    let spec = spec_of(vm, args[1])?;
    if spec.is_empty() {
        return Ok(vm.str(args[0])?.into());
    }
    Ok(format_spec::format_float(vm, f, spec)?.into())
}

fn as_integer_ratio(vm: &mut Vm, args: &[Value]) -> PyResult {
    let f = float_of(vm, args[0])?;
    if f.is_nan() {
        return Err(vm.value_error("cannot convert NaN to integer ratio"));
    }
    if f.is_infinite() {
        return Err(vm.overflow_error("cannot convert Infinity to integer ratio"));
    }
    let (numerator, denominator) = number::ratio(f);
    Ok(tuple(&[numerator, denominator]))
}

fn get_format(vm: &mut Vm, args: &[Value]) -> PyResult {
    match vm.as_str(args[1]) {
        Some(text) if text.equals_text("double") || text.equals_text("float") => {
            let order = if cfg!(target_endian = "big") {
                "big"
            } else {
                "little"
            };
            Ok(vm::string(&format!("IEEE, {order}-endian")))
        }
        _ => Err(vm.value_error("__getformat__() argument 1 must be 'double' or 'float'")),
    }
}

// ---- construction

fn new(vm: &mut Vm, args: &[Value]) -> PyResult {
    let value = match args[1].bound() {
        None => Value::float(0.0),
        Some(x) if x.as_float().is_some() => x,
        Some(x) => match from_text(vm, x)? {
            // An object of its own: containers take a NaN to equal itself, but no other.
            Some(f) if f.is_nan() => FloatBox::new(f).into(),
            Some(f) => Value::float(f),
            None => Value::float(from_object(
                vm,
                x,
                "float() argument must be a string or a real number",
            )?),
        },
    };
    crate::types::wrap(vm, args[0], value)
}

/// The float that a string or bytes object spells; `None` for other objects.
fn from_text(vm: &mut Vm, x: Value) -> PyResult<Option<f64>> {
    let inner = x.inner();
    let text = match inner.kind() {
        Some(Kind::Str) => {
            let string = inner.known::<Str>();
            match string.get().as_latin1() {
                Some(bytes) if string.is_ascii() && is_bare(bytes) => {
                    if let Some(f) = float_text::parse(bytes) {
                        return Ok(Some(f));
                    }
                    bytes.to_vec()
                }
                _ => int_text::normalized(string.get().points()),
            }
        }
        Some(Kind::Bytes) => from_bytes(inner.known::<Bytes>().as_slice()),
        Some(Kind::ByteArray) => from_bytes(inner.known::<ByteArray>().as_slice()),
        _ => match super::bytes::contents(vm, x)? {
            Some(bytes) => from_bytes(&bytes),
            None => return Ok(None),
        },
    };
    match float_text::parse(&text) {
        Some(f) => Ok(Some(f)),
        None => {
            let shown = vm.repr_text(inner)?;
            Err(vm.value_error(format!("could not convert string to float: {shown}")))
        }
    }
}

/// Whether there is no white space around a text of ASCII characters.
fn is_bare(text: &[u8]) -> bool {
    let ends = [text.first(), text.last()];
    ends.iter().all(|end| end.is_some_and(|&byte| byte > b' '))
}

fn from_bytes(bytes: &[u8]) -> Vec<u8> {
    int_text::normalized(
        bytes
            .iter()
            .map(|&b| if b < 0x80 { b as u32 } else { b'?' as u32 }),
    )
}

/// The float of a number or of an object with `__float__` or `__index__`. The message is
/// continued with the type.
pub fn from_object(vm: &mut Vm, x: Value, message: &str) -> PyResult<f64> {
    if let Some(f) = x.as_float() {
        return Ok(f);
    }
    if let Some(method) = vm.lookup_special(x, vm.names.float) {
        let result = vm.call_special(method, x, &[])?;
        return match vm.as_float(result) {
            Some(f) => Ok(f),
            None => {
                let class = vm.type_name(x);
                Err(vm.float_expected(&class, result))
            }
        };
    }
    if vm.lookup_special(x, vm.names.index).is_some() {
        let n = vm.index_value(x)?;
        return number::to_float(vm, n);
    }
    let class = vm.type_name(x);
    Err(vm.type_error(format!("{message}, not '{class}'")))
}

fn from_number(vm: &mut Vm, args: &[Value]) -> PyResult {
    let class = vm.type_name(args[1]);
    let f = match vm.as_int(args[1]) {
        Some(n) if n.is_small() || n.is::<BigInt>() => number::to_float(vm, n)?,
        _ => match from_object(vm, args[1], "must be real number") {
            Ok(f) => f,
            Err(raised) if raised.matches(vm, vm.types.type_error) => {
                return Err(vm.type_error(format!("must be real number, not {class}")));
            }
            Err(raised) => return Err(raised),
        },
    };
    make(vm, args[0], f)
}

/// A float of class `cls`, through its constructor unless it is `float` itself.
fn make(vm: &mut Vm, cls: Value, f: f64) -> PyResult {
    if cls == Value::from(vm.types.float) {
        Ok(Value::float(f))
    } else {
        vm.call(cls, &[Value::float(f)])
    }
}

/// A text without white space around it; a vertical tab is some for Python.
fn trimmed(text: &[u8]) -> &[u8] {
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t'..=b'\r');
    let start = text.iter().position(|byte| !is_space(byte));
    let end = text.iter().rposition(|byte| !is_space(byte));
    match (start, end) {
        (Some(start), Some(end)) => &text[start..=end],
        _ => &[],
    }
}

fn from_hex(vm: &mut Vm, args: &[Value]) -> PyResult {
    let Some(text) = vm.as_str(args[1]) else {
        let class = vm.type_name(args[1]);
        return Err(vm.type_error(format!("fromhex() argument must be str, not {class}")));
    };
    let text: Vec<u8> = text
        .get()
        .points()
        .map(|p| if p < 0x80 { p as u8 } else { b'?' })
        .collect();
    match float_text::parse_hex(trimmed(&text)) {
        Ok(f) => make(vm, args[0], f),
        Err(BadHex::Malformed) => Err(vm.value_error("invalid hexadecimal floating-point string")),
        Err(BadHex::TooLarge) => {
            Err(vm.overflow_error("hexadecimal value too large to represent as a float"))
        }
    }
}
