//! `bytearray`: construction and what changes it in place.

use crate::types::byte_methods::{self, place};
use crate::types::bytes::{byte_of, bytes_of_object, construct, contents, parse_hex, view};
use crate::types::list::not_an_integer;
use crate::types::memoryview;
use crate::types::{sequence, set_unhashable, slice};
use object::{ByteArray, Bytes, Gc, Slice, Value};
use vm::room;
use vm::{Def, PyResult, Vm, class_method, method, static_method, tuple};

const METHODS: &[Def] = &[
    static_method("__new__(cls, *args, **kwargs)", |vm, args| {
        let empty = ByteArray::new(&[]);
        crate::types::wrap(vm, args[0], empty.into())
    }),
    method(
        "__init__(self, source=b'', encoding='utf-8', errors='strict')",
        init,
    ),
    method("__setitem__(self, key, value, /)", set_item),
    method("__delitem__(self, key, /)", del_item),
    method("__iadd__(self, value, /)", add_in_place),
    method("__imul__(self, value, /)", repeat_in_place),
    method("__reduce__(self, /)", reduce),
    method("__alloc__(self, /)", |vm, args| {
        Ok(Value::int(
            vm.receiver::<ByteArray>(args[0])?.len() as i64 + 1,
        ))
    }),
    method("append(self, item, /)", append),
    method("extend(self, iterable_of_ints, /)", extend),
    method("insert(self, index, item, /)", insert),
    method("pop(self, index=-1, /)", pop),
    method("remove(self, value, /)", remove),
    method("reverse(self, /)", |vm, args| {
        vm.receiver::<ByteArray>(args[0])?.as_mut_slice().reverse();
        Ok(Value::NONE)
    }),
    method("clear(self, /)", |vm, args| {
        let array = resizable(vm, args[0])?;
        array.splice(0, array.len(), &[]);
        Ok(Value::NONE)
    }),
    method("copy(self, /)", |vm, args| {
        let array = vm.receiver::<ByteArray>(args[0])?;
        Ok(ByteArray::new(array.as_slice()).into())
    }),
    method("resize(self, size, /)", resize),
    class_method("fromhex(cls, string, /)", from_hex),
];

const BYTE_RANGE: &str = "byte must be in range(0, 256)";

pub fn install(vm: &mut Vm) {
    let class = vm.types.bytearray;
    vm.define_methods(class, byte_methods::METHODS);
    vm.define_methods(class, METHODS);
    set_unhashable(vm, class);
}

fn array(vm: &mut Vm, value: Value) -> PyResult<Gc<ByteArray>> {
    vm.receiver::<ByteArray>(value)
}

/// A receiver whose length is about to change.
fn resizable(vm: &mut Vm, value: Value) -> PyResult<Gc<ByteArray>> {
    let array = vm.receiver::<ByteArray>(value)?;
    memoryview::check_resizable(vm, array)?;
    Ok(array)
}

fn init(vm: &mut Vm, args: &[Value]) -> PyResult {
    let data = construct(vm, args[1], args[2], args[3], "bytearray")?;
    let array = resizable(vm, args[0])?;
    array.splice(0, array.len(), &data);
    Ok(Value::NONE)
}

fn from_hex(vm: &mut Vm, args: &[Value]) -> PyResult {
    let data: Value = ByteArray::new(&parse_hex(vm, args[1])?).into();
    if args[0] == Value::from(vm.types.bytearray) {
        Ok(data)
    } else {
        vm.call(args[0], &[data])
    }
}

fn reduce(vm: &mut Vm, args: &[Value]) -> PyResult {
    let array = array(vm, args[0])?;
    let class = vm.class_of(args[0]);
    let bytes = object::Bytes::new(array.as_slice());
    let state = super::state_of(vm, args[0])?;
    Ok(tuple(&[class.into(), tuple(&[bytes.into()]), state]))
}

fn append(vm: &mut Vm, args: &[Value]) -> PyResult {
    let byte = byte_of(vm, args[1], BYTE_RANGE)?;
    resizable(vm, args[0])?.extend(&[byte]);
    Ok(Value::NONE)
}

/// The bytes of an argument: bytes-like, or an iterable of integers.
fn bytes_from(vm: &mut Vm, value: Value, what: &str) -> PyResult<Vec<u8>> {
    if let Some(data) = contents(vm, value)? {
        return Ok(data);
    }
    if vm.as_str(value).is_some() {
        return Err(vm.type_error("expected iterable of integers; got: 'str'"));
    }
    if vm.lookup_special(value, vm.names.iter).is_none()
        && vm.lookup_special(value, vm.names.getitem).is_none()
    {
        let class = vm.type_name(value);
        return Err(vm.type_error(format!("{what} {class}")));
    }
    let mut data = Vec::new();
    vm.for_each(value, |vm, item| {
        data.push(byte_of(vm, item, BYTE_RANGE)?);
        Ok(())
    })?;
    Ok(data)
}

fn extend(vm: &mut Vm, args: &[Value]) -> PyResult {
    let data = bytes_from(vm, args[1], "can't extend bytearray with")?;
    resizable(vm, args[0])?.extend(&data);
    Ok(Value::NONE)
}

fn insert(vm: &mut Vm, args: &[Value]) -> PyResult {
    let at = vm.index(args[1])?;
    let byte = byte_of(vm, args[2], BYTE_RANGE)?;
    let array = resizable(vm, args[0])?;
    let length = array.len() as i64;
    let at = if at < 0 {
        (at + length).max(0)
    } else {
        at.min(length)
    } as usize;
    array.splice(at, at, &[byte]);
    Ok(Value::NONE)
}

fn pop(vm: &mut Vm, args: &[Value]) -> PyResult {
    let index = match args[1].bound() {
        Some(index) => vm.index(index)?,
        None => -1,
    };
    let array = resizable(vm, args[0])?;
    if array.is_empty() {
        return Err(vm.index_error("pop from empty bytearray"));
    }
    let at = place(vm, Value::int(index), array.len(), "pop index out of range")?;
    let byte = array.as_slice()[at];
    array.splice(at, at + 1, &[]);
    Ok(Value::small(byte as i64))
}

fn remove(vm: &mut Vm, args: &[Value]) -> PyResult {
    let byte = byte_of(vm, args[1], BYTE_RANGE)?;
    let array = resizable(vm, args[0])?;
    match array.as_slice().iter().position(|&b| b == byte) {
        Some(at) => {
            array.splice(at, at + 1, &[]);
            Ok(Value::NONE)
        }
        None => Err(vm.value_error("value not found in bytearray")),
    }
}

fn resize(vm: &mut Vm, args: &[Value]) -> PyResult {
    let size = vm.index(args[1])?;
    let array = resizable(vm, args[0])?;
    let Ok(size) = usize::try_from(size) else {
        return Err(vm.value_error("bytearray.resize(): new size must be >= 0"));
    };
    room::check(vm, size)?;
    if size < array.len() {
        array.splice(size, array.len(), &[]);
    } else {
        array.extend(&vec![0; size - array.len()]);
    }
    Ok(Value::NONE)
}

fn add_in_place(vm: &mut Vm, args: &[Value]) -> PyResult {
    if let Some(more) = args[1].cast::<Bytes>() {
        resizable(vm, args[0])?.extend(more.as_slice());
        return Ok(args[0]);
    }
    let Some(data) = contents(vm, args[1])? else {
        let (own, class) = (vm.type_name(args[0]), vm.type_name(args[1]));
        return Err(vm.type_error(format!("can't concat {class} to {own}")));
    };
    resizable(vm, args[0])?.extend(&data);
    Ok(args[0])
}

fn repeat_in_place(vm: &mut Vm, args: &[Value]) -> PyResult {
    let length = array(vm, args[0])?.len();
    let Some(times) = sequence::repeat_count(vm, args[1], length)? else {
        return not_an_integer(vm, args[1]);
    };
    room::check(vm, length.saturating_mul(times))?;
    let array = resizable(vm, args[0])?;
    let repeated = array.as_slice().repeat(times);
    array.splice(0, array.len(), &repeated);
    Ok(args[0])
}

fn check_key(vm: &mut Vm, key: Value) -> PyResult<()> {
    if vm.as_int(key).is_some() || vm.lookup_special(key, vm.names.index).is_some() {
        return Ok(());
    }
    let class = vm.type_name(key);
    Err(vm.type_error(format!(
        "bytearray indices must be integers or slices, not {class}"
    )))
}

fn set_item(vm: &mut Vm, args: &[Value]) -> PyResult {
    let Some(slice) = args[1].cast::<Slice>() else {
        check_key(vm, args[1])?;
        let byte = byte_of(vm, args[2], BYTE_RANGE)?;
        let array = array(vm, args[0])?;
        let at = place(vm, args[1], array.len(), "bytearray index out of range")?;
        if let Some(place) = array.as_mut_slice().get_mut(at) {
            *place = byte;
        }
        return Ok(Value::NONE);
    };
    let data = match view(args[2]) {
        Some(data) => data.to_vec(),
        None if vm.as_int(args[2]).is_some() || vm.as_str(args[2]).is_some() => {
            return Err(vm.type_error(
                "can assign only bytes, buffers, or iterables of ints in range(0, 256)",
            ));
        }
        None => bytes_of_object(vm, args[2], "bytearray")?,
    };
    let parts = slice::unpack(vm, slice)?;
    let array = array(vm, args[0])?;
    let bounds = slice::clamp(parts, array.len());
    if bounds.step == 1 {
        if data.len() != bounds.count {
            memoryview::check_resizable(vm, array)?;
        }
        let from = bounds.start as usize;
        array.splice(from, from + bounds.count, &data);
        return Ok(Value::NONE);
    }
    if data.len() != bounds.count {
        let (given, wanted) = (data.len(), bounds.count);
        return Err(vm.value_error(format!(
            "attempt to assign bytes of size {given} to extended slice of size {wanted}"
        )));
    }
    let places = array.as_mut_slice();
    for (at, byte) in bounds.indices().zip(data) {
        places[at] = byte;
    }
    Ok(Value::NONE)
}

fn del_item(vm: &mut Vm, args: &[Value]) -> PyResult {
    let Some(slice) = args[1].cast::<Slice>() else {
        check_key(vm, args[1])?;
        let array = resizable(vm, args[0])?;
        let at = place(vm, args[1], array.len(), "bytearray index out of range")?;
        array.splice(at, at + 1, &[]);
        return Ok(Value::NONE);
    };
    let parts = slice::unpack(vm, slice)?;
    let array = resizable(vm, args[0])?;
    let bounds = slice::clamp(parts, array.len());
    if bounds.step == 1 {
        let from = bounds.start as usize;
        array.splice(from, from + bounds.count, &[]);
        return Ok(Value::NONE);
    }
    let mut removed = vec![false; array.len()];
    bounds.indices().for_each(|at| removed[at] = true);
    let kept: Vec<u8> = array
        .as_slice()
        .iter()
        .zip(removed)
        .filter(|(_, gone)| !gone)
        .map(|(&b, _)| b)
        .collect();
    array.splice(0, array.len(), &kept);
    Ok(Value::NONE)
}
