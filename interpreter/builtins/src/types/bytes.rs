//! `bytes`: its construction, and the contents of any object that has bytes.

use crate::codec;
use crate::types::byte_methods;
use crate::types::memoryview;
use crate::types::str::codec_names;
use object::{ByteArray, Bytes, Foreign, Gc, Kind, List, Tuple, Value, intern};
use std::borrow::Cow;
use vm::room;
use vm::{Def, PyResult, Vm, class_method, method, static_method};

const METHODS: &[Def] = &[
    static_method(
        "__new__(cls, source=b'', encoding='utf-8', errors='strict')",
        new,
    ),
    method("__hash__(self, /)", |vm, args| {
        Ok(Value::int(vm.receiver::<Bytes>(args[0])?.hash() as i64))
    }),
    method("__bytes__(self, /)", |vm, args| {
        Ok(vm.receiver::<Bytes>(args[0])?.into())
    }),
    method("__getnewargs__(self, /)", |vm, args| {
        let bytes = vm.receiver::<Bytes>(args[0])?;
        Ok(vm::tuple(&[bytes.into()]))
    }),
    class_method("fromhex(cls, string, /)", from_hex),
];

pub fn install(vm: &mut Vm) {
    let class = vm.types.bytes;
    vm.define_methods(class, byte_methods::METHODS);
    vm.define_methods(class, METHODS);
}

/// The bytes of a `bytes` or `bytearray` object, until it changes.
#[inline]
pub fn view(value: Value) -> Option<&'static [u8]> {
    let inner = value.inner();
    match inner.kind() {
        Some(Kind::Bytes) => Some(inner.known::<Bytes>().as_slice()),
        Some(Kind::ByteArray) => Some(inner.known::<ByteArray>().as_slice()),
        _ => None,
    }
}

/// Whether an object is of `bytes`, `bytearray` or a subclass.
pub fn is_plain_bytes(value: Value) -> bool {
    view(value).is_some()
}

/// The bytes of a bytes-like object, where they lie if they are together there: for who has read them before anything
/// can change them. `None` for other objects.
pub fn in_place(vm: &mut Vm, value: Value) -> PyResult<Option<Cow<'static, [u8]>>> {
    if let Some(data) = view(value) {
        return Ok(Some(Cow::Borrowed(data)));
    }
    if let Some(data) = memoryview::contents_of(value) {
        return Ok(Some(data));
    }
    // Objects of native modules that have a buffer say so by this method.
    if value.is::<Foreign>()
        && let Some(method) = vm.lookup_special(value, intern("tobytes"))
    {
        let result = vm.call_special(method, value, &[])?;
        return Ok(view(result).map(Cow::Borrowed));
    }
    Ok(memoryview::exported(vm, value)?.and_then(memoryview::contents_of))
}

/// A copy of the bytes of a bytes-like object; `None` for other objects.
pub fn contents(vm: &mut Vm, value: Value) -> PyResult<Option<Vec<u8>>> {
    Ok(in_place(vm, value)?.map(Cow::into_owned))
}

/// The bytes of what must be bytes-like: of `bytes`, which stay as they are, where they lie.
pub fn lent(vm: &mut Vm, value: Value) -> PyResult<Cow<'static, [u8]>> {
    match value.inner().cast::<Bytes>() {
        Some(bytes) => Ok(Cow::Borrowed(bytes.as_slice())),
        None => required(vm, value).map(Cow::Owned),
    }
}

/// The bytes of what must be bytes-like, without gaps.
pub fn required(vm: &mut Vm, value: Value) -> PyResult<Vec<u8>> {
    required_in_place(vm, value).map(Cow::into_owned)
}

/// The same where they lie; see [`in_place`].
pub fn required_in_place(vm: &mut Vm, value: Value) -> PyResult<Cow<'static, [u8]>> {
    match in_place(vm, value)? {
        Some(data) => together(vm, data),
        None => {
            let given = vm.type_name(value);
            Err(vm.type_error(format!("a bytes-like object is required, not '{given}'")))
        }
    }
}

/// What [`in_place`] gave, if that lies together: a view with gaps is no buffer to who asks for bytes.
pub fn together(vm: &mut Vm, data: Cow<'static, [u8]>) -> PyResult<Cow<'static, [u8]>> {
    match data {
        Cow::Borrowed(_) => Ok(data),
        Cow::Owned(_) => {
            let class = vm.types.buffer_error;
            Err(vm.raise(class, "memoryview: underlying buffer is not C-contiguous"))
        }
    }
}

/// A byte from an integer argument.
pub fn byte_of(vm: &mut Vm, value: Value, message: &str) -> PyResult<u8> {
    let n = vm.index_value(value)?;
    match n.as_small().map(u8::try_from) {
        Some(Ok(byte)) => Ok(byte),
        _ => Err(vm.value_error(message)),
    }
}

/// The bytes that `bytes(object)` has for an object that is no string and no number: those of a
/// bytes-like object, of `__bytes__`, or of an iterable of integers.
pub fn bytes_of_object(vm: &mut Vm, value: Value, owner: &str) -> PyResult<Vec<u8>> {
    if let Some(method) = vm.lookup_special(value, vm.names.bytes) {
        let result = vm.call_special(method, value, &[])?;
        return match result.to::<Bytes>() {
            Some(bytes) => Ok(bytes.as_slice().to_vec()),
            None => {
                let class = vm.type_name(result);
                Err(vm.type_error(format!("__bytes__ returned non-bytes (type {class})")))
            }
        };
    }
    if let Some(data) = contents(vm, value)? {
        return Ok(data);
    }
    from_iterable(vm, value, owner)
}

fn from_iterable(vm: &mut Vm, value: Value, owner: &str) -> PyResult<Vec<u8>> {
    if vm.as_str(value).is_some()
        || (vm.lookup_special(value, vm.names.iter).is_none()
            && vm.lookup_special(value, vm.names.getitem).is_none())
    {
        let class = vm.type_name(value);
        return Err(vm.type_error(format!("cannot convert '{class}' object to {owner}")));
    }
    let mut data = Vec::new();
    let items: Option<&[Value]> = match value.kind() {
        Some(Kind::List) => Some(value.known::<List>().items()),
        Some(Kind::Tuple) => Some(value.known::<Tuple>().items()),
        _ => None,
    };
    if let Some(items) = items {
        let bytes = items
            .iter()
            .map(|v| v.as_small().and_then(|n| u8::try_from(n).ok()));
        if let Some(data) = bytes.collect::<Option<Vec<u8>>>() {
            return Ok(data);
        }
    }
    let message = match owner {
        "bytes" => "bytes must be in range(0, 256)",
        _ => "byte must be in range(0, 256)",
    };
    vm.for_each(value, |vm, item| {
        data.push(byte_of(vm, item, message)?);
        Ok(())
    })?;
    Ok(data)
}

/// The contents that the arguments of `bytes` and `bytearray` describe.
pub fn construct(
    vm: &mut Vm,
    source: Value,
    encoding: Value,
    errors: Value,
    owner: &str,
) -> PyResult<Vec<u8>> {
    let has_codec = !encoding.is_unbound() || !errors.is_unbound();
    let Some(source) = source.bound() else {
        return match has_codec {
            false => Ok(Vec::new()),
            true => Err(vm.type_error(match encoding.is_unbound() {
                true => "errors without a string argument",
                false => "encoding without a string argument",
            })),
        };
    };
    if let Some(text) = vm.as_str(source) {
        if encoding.is_unbound() {
            return Err(vm.type_error(match errors.is_unbound() {
                true => "string argument without an encoding",
                false => "errors without a string argument",
            }));
        }
        let (encoding, errors) = codec_names(vm, owner, encoding, errors)?;
        let encoded = codec::encode(vm, text, &encoding, &errors)?;
        return Ok(view(encoded).unwrap_or(&[]).to_vec());
    }
    if has_codec {
        return Err(vm.type_error(match encoding.is_unbound() {
            true => "errors without a string argument",
            false => "encoding without a string argument",
        }));
    }
    let has_bytes = vm.lookup_special(source, vm.names.bytes).is_some();
    if !has_bytes
        && (vm.as_int(source).is_some()
            || (vm.lookup_special(source, vm.names.index).is_some() && !is_plain_bytes(source)))
    {
        return zeros(vm, source);
    }
    bytes_of_object(vm, source, owner)
}

fn zeros(vm: &mut Vm, count: Value) -> PyResult<Vec<u8>> {
    let n = vm.index_value(count)?;
    if crate::number::is_negative(n) {
        return Err(vm.value_error("negative count"));
    }
    let small = n.as_small();
    match small.or_else(|| i64::try_from(&vm.big(n)).ok()) {
        Some(n) => {
            room::check(vm, n as usize)?;
            Ok(vec![0; n as usize])
        }
        None => Err(vm.overflow_error("cannot fit 'int' into an index-sized integer")),
    }
}

fn new(vm: &mut Vm, args: &[Value]) -> PyResult {
    let cls = args[0];
    if cls == Value::from(vm.types.bytes)
        && args[1].is::<Bytes>()
        && args[2].is_unbound()
        && args[3].is_unbound()
    {
        return Ok(args[1]);
    }
    let data = construct(vm, args[1], args[2], args[3], "bytes")?;
    crate::types::wrap(vm, cls, Bytes::new(&data).into())
}

/// The bytes that pairs of hexadecimal digits spell, with white space between pairs.
pub fn parse_hex(vm: &mut Vm, value: Value) -> PyResult<Vec<u8>> {
    let text: Vec<u32> = if let Some(text) = vm.as_str(value) {
        text.to_points()
    } else if let Some(data) = contents(vm, value)? {
        data.iter().map(|&b| b as u32).collect()
    } else {
        let class = vm.type_name(value);
        return Err(vm.type_error(format!(
            "fromhex() argument must be str or bytes-like, not {class}"
        )));
    };
    let digit = |at: usize| {
        text.get(at)
            .and_then(|&p| char::from_u32(p))
            .and_then(|c| c.to_digit(16))
    };
    let mut data = Vec::with_capacity(text.len() / 2);
    let mut at = 0;
    while at < text.len() {
        if text[at] < 0x80 && (text[at] as u8 == 0x0b || (text[at] as u8).is_ascii_whitespace()) {
            at += 1;
            continue;
        }
        let wrong = match (digit(at), digit(at + 1)) {
            (Some(high), Some(low)) => {
                data.push((high << 4 | low) as u8);
                at += 2;
                continue;
            }
            (None, _) => at,
            (Some(_), None) if at + 1 == text.len() => {
                return Err(vm.value_error(
                    "fromhex() arg must contain an even number of hexadecimal digits",
                ));
            }
            (Some(_), None) => at + 1,
        };
        return Err(vm.value_error(format!(
            "non-hexadecimal number found in fromhex() arg at position {wrong}"
        )));
    }
    Ok(data)
}

fn from_hex(vm: &mut Vm, args: &[Value]) -> PyResult {
    let data: Gc<Bytes> = Bytes::new(&parse_hex(vm, args[1])?);
    if args[0] == Value::from(vm.types.bytes) {
        Ok(data.into())
    } else {
        vm.call(args[0], &[data.into()])
    }
}
