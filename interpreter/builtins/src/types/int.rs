//! `int`: its construction, operators and methods. The arithmetic is in [`crate::number`], the
//! text in [`crate::int_text`].

use crate::int_text;
use crate::number::{self, ibig, is_negative};
use dashu_int::{IBig, UBig};
use object::{BigInt, ByteArray, Bytes, Gc, Kind, Str, Value};
use vm::{
    BinaryOp, Comparison, Def, PyResult, Vm, class_method, getter, method, static_method, tuple,
};

const METHODS: &[Def] = &[
    static_method("__new__(cls, x=0, /, base=10)", new),
    method("__repr__(self, /)", repr),
    method("__hash__(self, /)", hash),
    method("__bool__(self, /)", |vm, args| {
        Ok((int_of(vm, args[0])? != Value::small(0)).into())
    }),
    method("__int__(self, /)", itself),
    method("__index__(self, /)", itself),
    method("__trunc__(self, /)", itself),
    method("__floor__(self, /)", itself),
    method("__ceil__(self, /)", itself),
    method("__pos__(self, /)", itself),
    method("conjugate(self, /)", itself),
    method("__float__(self, /)", float),
    method("__neg__(self, /)", |vm, args| {
        Ok(number::negate(int_of(vm, args[0])?))
    }),
    method("__abs__(self, /)", |vm, args| {
        Ok(number::absolute(int_of(vm, args[0])?))
    }),
    method("__invert__(self, /)", |vm, args| {
        Ok(number::invert(int_of(vm, args[0])?))
    }),
    method("__add__(self, value, /)", |vm, a| {
        binary(vm, BinaryOp::Add, a[0], a[1])
    }),
    method("__radd__(self, value, /)", |vm, a| {
        reflected(vm, BinaryOp::Add, a[0], a[1])
    }),
    method("__sub__(self, value, /)", |vm, a| {
        binary(vm, BinaryOp::Sub, a[0], a[1])
    }),
    method("__rsub__(self, value, /)", |vm, a| {
        reflected(vm, BinaryOp::Sub, a[0], a[1])
    }),
    method("__mul__(self, value, /)", |vm, a| {
        binary(vm, BinaryOp::Mul, a[0], a[1])
    }),
    method("__rmul__(self, value, /)", |vm, a| {
        reflected(vm, BinaryOp::Mul, a[0], a[1])
    }),
    method("__truediv__(self, value, /)", |vm, a| {
        binary(vm, BinaryOp::TrueDiv, a[0], a[1])
    }),
    method("__rtruediv__(self, value, /)", |vm, a| {
        reflected(vm, BinaryOp::TrueDiv, a[0], a[1])
    }),
    method("__floordiv__(self, value, /)", |vm, a| {
        binary(vm, BinaryOp::FloorDiv, a[0], a[1])
    }),
    method("__rfloordiv__(self, value, /)", |vm, a| {
        reflected(vm, BinaryOp::FloorDiv, a[0], a[1])
    }),
    method("__mod__(self, value, /)", |vm, a| {
        binary(vm, BinaryOp::Mod, a[0], a[1])
    }),
    method("__rmod__(self, value, /)", |vm, a| {
        reflected(vm, BinaryOp::Mod, a[0], a[1])
    }),
    method("__lshift__(self, value, /)", |vm, a| {
        binary(vm, BinaryOp::LShift, a[0], a[1])
    }),
    method("__rlshift__(self, value, /)", |vm, a| {
        reflected(vm, BinaryOp::LShift, a[0], a[1])
    }),
    method("__rshift__(self, value, /)", |vm, a| {
        binary(vm, BinaryOp::RShift, a[0], a[1])
    }),
    method("__rrshift__(self, value, /)", |vm, a| {
        reflected(vm, BinaryOp::RShift, a[0], a[1])
    }),
    method("__and__(self, value, /)", |vm, a| {
        binary(vm, BinaryOp::And, a[0], a[1])
    }),
    method("__rand__(self, value, /)", |vm, a| {
        reflected(vm, BinaryOp::And, a[0], a[1])
    }),
    method("__or__(self, value, /)", |vm, a| {
        binary(vm, BinaryOp::Or, a[0], a[1])
    }),
    method("__ror__(self, value, /)", |vm, a| {
        reflected(vm, BinaryOp::Or, a[0], a[1])
    }),
    method("__xor__(self, value, /)", |vm, a| {
        binary(vm, BinaryOp::Xor, a[0], a[1])
    }),
    method("__rxor__(self, value, /)", |vm, a| {
        reflected(vm, BinaryOp::Xor, a[0], a[1])
    }),
    method("__pow__(self, value, mod=None, /)", pow),
    method("__rpow__(self, value, mod=None, /)", rpow),
    method("__divmod__(self, value, /)", |vm, a| divmod(vm, a[0], a[1])),
    method("__rdivmod__(self, value, /)", |vm, a| {
        int_of(vm, a[0])?;
        if vm.as_int(a[1]).is_none() {
            Ok(Value::NOT_IMPLEMENTED)
        } else {
            divmod(vm, a[1], a[0])
        }
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
        Ok(tuple(&[int_of(vm, args[0])?]))
    }),
    method("__sizeof__(self, /)", size_of),
    method("bit_length(self, /)", |vm, args| {
        Ok(Value::int(number::bit_length(int_of(vm, args[0])?) as i64))
    }),
    method("bit_count(self, /)", bit_count),
    method("as_integer_ratio(self, /)", |vm, args| {
        Ok(tuple(&[int_of(vm, args[0])?, Value::small(1)]))
    }),
    method("is_integer(self, /)", |vm, args| {
        int_of(vm, args[0]).map(|_| Value::TRUE)
    }),
    method(
        "to_bytes(self, /, length=1, byteorder='big', *, signed=False)",
        to_bytes,
    ),
    class_method(
        "from_bytes(cls, /, bytes, byteorder='big', *, signed=False)",
        from_bytes,
    ),
    getter("real", itself),
    getter("imag", |_, _| Ok(Value::small(0))),
    getter("numerator", itself),
    getter("denominator", |_, _| Ok(Value::small(1))),
];

pub fn install(vm: &mut Vm) {
    vm.define_methods(vm.types.int, METHODS);
    vm.integer_operator = Some(number::int_binary);
}

/// The plain integer of a receiver.
pub fn int_of(vm: &mut Vm, value: Value) -> PyResult {
    match vm.as_int(value) {
        Some(n) => Ok(n),
        None => {
            let given = vm.type_name(value);
            Err(vm.type_error(format!(
                "descriptor requires a 'int' object but received a '{given}'"
            )))
        }
    }
}

fn itself(vm: &mut Vm, args: &[Value]) -> PyResult {
    int_of(vm, args[0])
}

/// `a op b` if both are integers, else `NotImplemented`.
pub fn binary(vm: &mut Vm, op: BinaryOp, a: Value, b: Value) -> PyResult {
    let x = int_of(vm, a)?;
    match vm.as_int(b) {
        Some(y) => number::int_binary(vm, op, x, y),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn reflected(vm: &mut Vm, op: BinaryOp, a: Value, b: Value) -> PyResult {
    let x = int_of(vm, a)?;
    match vm.as_int(b) {
        Some(y) => number::int_binary(vm, op, y, x),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn divmod(vm: &mut Vm, a: Value, b: Value) -> PyResult {
    let x = int_of(vm, a)?;
    let Some(y) = vm.as_int(b) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let (quotient, remainder) = number::divide(vm, x, y)?;
    Ok(tuple(&[quotient, remainder]))
}

fn power(vm: &mut Vm, base: Value, exponent: Value, modulus: Value) -> PyResult {
    let (Some(a), Some(b)) = (vm.as_int(base), vm.as_int(exponent)) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    if modulus.is_unbound() || modulus.is_none() {
        return number::power(vm, a, b);
    }
    match vm.as_int(modulus) {
        Some(m) => number::power_modulo(vm, a, b, m),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn pow(vm: &mut Vm, args: &[Value]) -> PyResult {
    int_of(vm, args[0])?;
    power(vm, args[0], args[1], args[2])
}

fn rpow(vm: &mut Vm, args: &[Value]) -> PyResult {
    int_of(vm, args[0])?;
    power(vm, args[1], args[0], args[2])
}

fn compare(vm: &mut Vm, op: Comparison, args: &[Value]) -> PyResult {
    let a = int_of(vm, args[0])?;
    Ok(match vm.as_int(args[1]) {
        Some(b) => op.holds(number::compare_ints(a, b)).into(),
        None => Value::NOT_IMPLEMENTED,
    })
}

fn repr(vm: &mut Vm, args: &[Value]) -> PyResult {
    let n = int_of(vm, args[0])?;
    Ok(int_text::decimal(vm, n)?.into())
}

fn hash(vm: &mut Vm, args: &[Value]) -> PyResult {
    let n = int_of(vm, args[0])?;
    Ok(Value::int(vm.hash(n)?))
}

fn float(vm: &mut Vm, args: &[Value]) -> PyResult {
    let n = int_of(vm, args[0])?;
    Ok(Value::float(number::to_float(vm, n)?))
}

fn round(vm: &mut Vm, args: &[Value]) -> PyResult {
    let n = int_of(vm, args[0])?;
    if args[1].is_unbound() || args[1].is_none() {
        return Ok(n);
    }
    let digits = vm.index_clamped(args[1])?;
    if digits >= 0 {
        Ok(n)
    } else {
        number::round_int(vm, n, digits.saturating_neg())
    }
}

fn format(vm: &mut Vm, args: &[Value]) -> PyResult {
    let n = int_of(vm, args[0])?;
    let spec = spec_of(vm, args[1])?;
    if spec.is_empty() {
        return Ok(match vm.class_of(args[0]) == vm.types.int {
            true => int_text::decimal(vm, n)?.into(),
            false => vm.str(args[0])?.into(),
        });
    }
    if let (Some(small), Some(text)) = (n.as_small(), spec.get().as_latin1())
        && let Some(quick) = crate::format_spec::quick_int(small, text)
    {
        return Ok(quick.into());
    }
    let class = vm.type_name(args[0]);
    Ok(crate::format_spec::format_int(vm, n, spec, &class)?.into())
}

/// The argument of `__format__`.
pub fn spec_of(vm: &mut Vm, value: Value) -> PyResult<Gc<Str>> {
    match vm.as_str(value) {
        Some(spec) => Ok(spec),
        None => {
            let given = vm.type_name(value);
            Err(vm.type_error(format!("__format__() argument must be str, not {given}")))
        }
    }
}

fn size_of(vm: &mut Vm, args: &[Value]) -> PyResult {
    let n = int_of(vm, args[0])?;
    // CPython keeps 30 bits in each 4 bytes, after 24 bytes of head.
    Ok(Value::int(
        24 + 4 * (number::bit_length(n).div_ceil(30).max(1)) as i64,
    ))
}

fn bit_count(vm: &mut Vm, args: &[Value]) -> PyResult {
    let n = int_of(vm, args[0])?;
    let count = match n.as_small() {
        Some(n) => n.unsigned_abs().count_ones(),
        None => n
            .cast::<BigInt>()
            .map_or(0, |b| b.limbs().iter().map(|limb| limb.count_ones()).sum()),
    };
    Ok(Value::small(count as i64))
}

// ---- construction

fn new(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (cls, x, base) = (args[0], args[1], args[2]);
    if cls == Value::from(vm.types.bool) {
        return Err(vm.type_error("int.__new__(bool) is not safe, use bool.__new__()"));
    }
    let payload = match (x.bound(), base.bound()) {
        (None, None) => Value::small(0),
        (None, Some(_)) => return Err(vm.type_error("int() missing string argument")),
        (Some(x), None) => from_object(vm, x)?,
        (Some(x), Some(base)) => with_base(vm, x, base)?,
    };
    crate::types::wrap(vm, cls, payload)
}

fn with_base(vm: &mut Vm, x: Value, base: Value) -> PyResult {
    let base = vm.index_clamped(base)?;
    if base != 0 && !(2..=36).contains(&base) {
        return Err(vm.value_error("int() base must be >= 2 and <= 36, or 0"));
    }
    match from_text(vm, x, base as u32)? {
        Some(n) => Ok(n),
        None => Err(vm.type_error("int() can't convert non-string with explicit base")),
    }
}

/// The integer that a string, bytes or bytearray spells; `None` for other objects.
fn from_text(vm: &mut Vm, x: Value, base: u32) -> PyResult<Option<Value>> {
    let inner = x.inner();
    let text = match inner.kind() {
        Some(Kind::Str) => {
            let string = inner.known::<Str>();
            match string.get().as_latin1() {
                Some(bytes) if string.is_ascii() && !bytes.is_empty() && trimmed(bytes) => {
                    return parsed(vm, bytes, base, inner).map(Some);
                }
                _ => int_text::normalized(string.get().points()),
            }
        }
        Some(Kind::Bytes) => normalized_bytes(inner.known::<Bytes>().as_slice()),
        Some(Kind::ByteArray) => normalized_bytes(inner.known::<ByteArray>().as_slice()),
        _ => return Ok(None),
    };
    parsed(vm, &text, base, inner).map(Some)
}

fn trimmed(bytes: &[u8]) -> bool {
    bytes[0] > b' ' && bytes[bytes.len() - 1] > b' '
}

/// Bytes beyond ASCII are no digits in any script.
fn normalized_bytes(bytes: &[u8]) -> Vec<u8> {
    int_text::normalized(
        bytes
            .iter()
            .map(|&b| if b < 0x80 { b as u32 } else { b'?' as u32 }),
    )
}

fn parsed(vm: &mut Vm, text: &[u8], base: u32, original: Value) -> PyResult {
    // A limit is never lower than this.
    let limit = match text.len() <= int_text::LIMIT_MIN {
        true => 0,
        false => int_text::digits_max(vm),
    };
    match int_text::parse(text, base, limit) {
        Ok(n) => Ok(n),
        Err(bad) => {
            let shown = vm.repr_text(original)?;
            Err(int_text::raise(vm, bad, base, &shown))
        }
    }
}

/// `int(x)`
pub fn from_object(vm: &mut Vm, x: Value) -> PyResult {
    if vm.class_of(x) == vm.types.int {
        return Ok(x);
    }
    if let Some(f) = x.as_float() {
        return truncate_float(vm, f);
    }
    if x.is::<Str>()
        && let Some(n) = from_text(vm, x, 10)?
    {
        return Ok(n);
    }
    if let Some(method) = vm.lookup_special(x, vm.names.int) {
        let result = vm.call_special(method, x, &[])?;
        return vm.int_returned(result);
    }
    if vm.lookup_special(x, vm.names.index).is_some() {
        return vm.index_value(x);
    }
    if let Some(n) = from_text(vm, x, 10)? {
        return Ok(n);
    }
    if let Some(bytes) = super::bytes::contents(vm, x)? {
        return parsed(vm, &normalized_bytes(&bytes), 10, x);
    }
    let class = vm.type_name(x);
    Err(vm.type_error(format!(
        "int() argument must be a string, a bytes-like object or a real number, not '{class}'"
    )))
}

/// The integer part of a float; OverflowError and ValueError for what has none.
pub fn truncate_float(vm: &mut Vm, f: f64) -> PyResult {
    if f.is_nan() {
        return Err(vm.value_error("cannot convert float NaN to integer"));
    }
    if f.is_infinite() {
        return Err(vm.overflow_error("cannot convert float infinity to integer"));
    }
    Ok(number::truncate(f))
}

// ---- bytes

fn is_big_endian(vm: &mut Vm, order: Value) -> PyResult<bool> {
    let Some(order) = order.bound() else {
        return Ok(true);
    };
    match vm.as_str(order) {
        Some(text) if text.equals_text("big") => Ok(true),
        Some(text) if text.equals_text("little") => Ok(false),
        Some(_) => Err(vm.value_error("byteorder must be either 'little' or 'big'")),
        None => {
            let class = vm.type_name(order);
            Err(vm.type_error(format!(
                "to_bytes() argument 'byteorder' must be str, not {class}"
            )))
        }
    }
}

fn to_bytes(vm: &mut Vm, args: &[Value]) -> PyResult {
    let n = int_of(vm, args[0])?;
    let length = match args[1].bound() {
        Some(length) => vm.index(length)?,
        None => 1,
    };
    let big_endian = is_big_endian(vm, args[2])?;
    let signed = match args[3].bound() {
        Some(signed) => vm.truth(signed)?,
        None => false,
    };
    let Ok(length) = usize::try_from(length) else {
        return Err(vm.value_error("length argument must be non-negative"));
    };
    if is_negative(n) && !signed {
        return Err(vm.overflow_error("can't convert negative int to unsigned"));
    }
    if let Some(bytes) = n.as_small().and_then(|n| bytes_of_small(n, length, signed)) {
        let result = Bytes::new(&bytes[..length]);
        if big_endian {
            result.as_mut_slice().reverse();
        }
        return Ok(result.into());
    }
    vm::room::check(vm, length)?;
    // The bits of -1 - n for a negative n are those of n, inverted.
    let magnitude = if is_negative(n) { number::invert(n) } else { n };
    let bits = number::bit_length(magnitude) as usize + usize::from(signed);
    if bits > length.saturating_mul(8) && !(length == 0 && magnitude == Value::small(0)) {
        return Err(vm.overflow_error("int too big to convert"));
    }
    let fill = if is_negative(n) { 0xff } else { 0 };
    let result = Bytes::filled(length, fill);
    let data = result.as_mut_slice();
    for (to, from) in data.iter_mut().zip(ibig(magnitude).to_le_bytes().iter()) {
        *to = from ^ fill;
    }
    if big_endian {
        data.reverse();
    }
    Ok(result.into())
}

/// The bytes of a small number, the lowest first, if a few hold it.
fn bytes_of_small(n: i64, length: usize, signed: bool) -> Option<[u8; 8]> {
    let bits = u32::try_from(length).ok().filter(|&length| length <= 8)? * 8;
    let own = 64 - (n ^ n >> 63).leading_zeros() + u32::from(signed);
    (own <= bits).then(|| n.to_le_bytes())
}

/// The number that so few bytes are that it is a small one.
fn small_of(data: &[u8], big_endian: bool, signed: bool) -> Option<Value> {
    const BYTES: usize = 7;
    if data.len() > BYTES {
        return None;
    }
    let with = |n: i64, &byte: &u8| n << 8 | i64::from(byte);
    let n = match big_endian {
        true => data.iter().fold(0, with),
        false => data.iter().rev().fold(0, with),
    };
    let bits = 8 * data.len() as u32;
    let negative = signed && bits > 0 && n >> (bits - 1) != 0;
    Some(Value::int(if negative { n - (1 << bits) } else { n }))
}

fn from_bytes(vm: &mut Vm, args: &[Value]) -> PyResult {
    let big_endian = is_big_endian(vm, args[2])?;
    let signed = match args[3].bound() {
        Some(signed) => vm.truth(signed)?,
        None => false,
    };
    if args[0] == Value::from(vm.types.int)
        && let Some(data) = args[1].cast::<Bytes>()
        && let Some(n) = small_of(data.as_slice(), big_endian, signed)
    {
        return Ok(n);
    }
    let mut data = crate::types::bytes::bytes_of_object(vm, args[1], "bytes")?;
    if big_endian {
        data.reverse();
    }
    let negative = signed && data.last().is_some_and(|b| b & 0x80 != 0);
    if negative {
        data.iter_mut().for_each(|b| *b = !*b);
    }
    let magnitude = IBig::from(UBig::from_le_bytes(&data));
    let n = BigInt::value_of(&if negative { !magnitude } else { magnitude });
    if args[0] == Value::from(vm.types.int) {
        Ok(n)
    } else {
        vm.call(args[0], &[n])
    }
}
