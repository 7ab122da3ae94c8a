//! The abstract classes of `io`, whose methods go through those that a subclass defines.

use super::{class, unsupported};
use object::{Class, Dict, Foreign, Gc, List, Payload, Value, intern};
use std::cell::Cell;
use vm::{Def, PyResult, Vm, getter, method, static_method};

/// The payload of an object of a class written in Python.
#[derive(Default)]
struct Plain {
    closed: Cell<bool>,
}

impl Payload for Plain {}

const BASE: &[Def] = &[
    static_method("__new__(cls, /, *args, **kwargs)", new),
    method("__init__(self, /, *args, **kwargs)", nothing),
    method("__iter__(self, /)", iter),
    method("__next__(self, /)", next),
    method("__enter__(self, /)", enter),
    method("__exit__(self, /, *args)", exit),
    method("close(self, /)", close),
    method("flush(self, /)", flush),
    method("readable(self, /)", no),
    method("writable(self, /)", no),
    method("seekable(self, /)", no),
    method("isatty(self, /)", isatty),
    method("fileno(self, /)", |vm, _| Err(unsupported(vm, "fileno"))),
    method("seek(self, offset, whence=0, /)", |vm, _| {
        Err(unsupported(vm, "seek"))
    }),
    method("truncate(self, size=None, /)", |vm, _| {
        Err(unsupported(vm, "truncate"))
    }),
    method("tell(self, /)", tell),
    method("readline(self, size=-1, /)", readline),
    method("readlines(self, hint=-1, /)", readlines),
    method("writelines(self, lines, /)", writelines),
    method("_checkClosed(self, msg=None, /)", check_closed),
    method("_checkReadable(self, msg=None, /)", check_readable),
    method("_checkWritable(self, msg=None, /)", check_writable),
    method("_checkSeekable(self, msg=None, /)", check_seekable),
    getter("closed", closed),
];

const RAW: &[Def] = &[
    method("read(self, size=-1, /)", raw_read),
    method("readall(self, /)", raw_readall),
];

const BUFFERED: &[Def] = &[
    method("readinto(self, buffer, /)", readinto),
    method("readinto1(self, buffer, /)", readinto),
    method("detach(self, /)", |vm, _| Err(unsupported(vm, "detach"))),
    method("read(self, size=-1, /)", |vm, _| {
        Err(unsupported(vm, "read"))
    }),
    method("read1(self, size=-1, /)", |vm, _| {
        Err(unsupported(vm, "read1"))
    }),
    method("write(self, b, /)", |vm, _| Err(unsupported(vm, "write"))),
];

const TEXT: &[Def] = &[
    method("read(self, size=-1, /)", |vm, _| {
        Err(unsupported(vm, "read"))
    }),
    method("write(self, s, /)", |vm, _| Err(unsupported(vm, "write"))),
    method("detach(self, /)", |vm, _| Err(unsupported(vm, "detach"))),
    getter("encoding", nothing),
    getter("errors", nothing),
    getter("newlines", nothing),
];

fn new(vm: &mut Vm, args: &[Value]) -> PyResult {
    let Some(class) = args[0].cast::<Class>() else {
        return Err(vm.type_error("a class was expected"));
    };
    if class.flags.get().no_instances {
        return crate::types::object::allocate(vm, class);
    }
    Ok(Foreign::new(class.new_instance_shape(), Plain::default()).into())
}

fn nothing(_vm: &mut Vm, _args: &[Value]) -> PyResult {
    Ok(Value::NONE)
}

fn no(vm: &mut Vm, args: &[Value]) -> PyResult {
    check_closed(vm, args)?;
    Ok(Value::FALSE)
}

fn isatty(vm: &mut Vm, args: &[Value]) -> PyResult {
    check_closed(vm, args)?;
    Ok(Value::FALSE)
}

fn iter(vm: &mut Vm, args: &[Value]) -> PyResult {
    check_closed(vm, args)?;
    Ok(args[0])
}

fn next(vm: &mut Vm, args: &[Value]) -> PyResult {
    let line = vm.call_method(args[0], intern("readline"), &[])?;
    if vm.len(line)? == 0 {
        return Err(vm.stop_iteration(Value::NONE));
    }
    Ok(line)
}

fn enter(vm: &mut Vm, args: &[Value]) -> PyResult {
    check_closed(vm, args)?;
    Ok(args[0])
}

fn exit(vm: &mut Vm, args: &[Value]) -> PyResult {
    let name = vm.names.close;
    vm.call_method(args[0], name, &[])?;
    Ok(Value::NONE)
}

fn plain(value: Value) -> Option<&'static Plain> {
    value.cast::<Foreign>()?.payload::<Plain>()
}

fn close(vm: &mut Vm, args: &[Value]) -> PyResult {
    if let Some(plain) = plain(args[0])
        && !plain.closed.get()
    {
        let name = vm.names.flush;
        let flushed = vm.call_method(args[0], name, &[]);
        plain.closed.set(true);
        flushed?;
    }
    Ok(Value::NONE)
}

fn flush(vm: &mut Vm, args: &[Value]) -> PyResult {
    check_closed(vm, args)?;
    Ok(Value::NONE)
}

fn closed(_vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(Value::bool(plain(args[0]).is_some_and(|p| p.closed.get())))
}

fn check_closed(vm: &mut Vm, args: &[Value]) -> PyResult {
    let closed = vm.get_attr_text(args[0], "closed")?;
    if vm.truth(closed)? {
        return Err(vm.value_error("I/O operation on closed file."));
    }
    Ok(Value::NONE)
}

fn check(vm: &mut Vm, object: Value, method: &str, text: &str) -> PyResult {
    let able = vm.call_method(object, intern(method), &[])?;
    if vm.truth(able)? {
        Ok(Value::TRUE)
    } else {
        Err(unsupported(vm, text))
    }
}

fn check_readable(vm: &mut Vm, args: &[Value]) -> PyResult {
    check(vm, args[0], "readable", "File or stream is not readable.")
}

fn check_writable(vm: &mut Vm, args: &[Value]) -> PyResult {
    check(vm, args[0], "writable", "File or stream is not writable.")
}

fn check_seekable(vm: &mut Vm, args: &[Value]) -> PyResult {
    check(vm, args[0], "seekable", "File or stream is not seekable.")
}

fn tell(vm: &mut Vm, args: &[Value]) -> PyResult {
    vm.call_method(args[0], intern("seek"), &[Value::small(0), Value::small(1)])
}

/// A line by reading byte for byte: all that can be done without knowing the buffer.
fn readline(vm: &mut Vm, args: &[Value]) -> PyResult {
    let limit = match args[1].bound() {
        Some(Value::NONE) | None => -1,
        Some(limit) => vm.index(limit)?,
    };
    let mut line: Vec<u8> = Vec::new();
    while limit < 0 || (line.len() as i64) < limit {
        let name = vm.names.read;
        let chunk = vm.call_method(args[0], name, &[Value::small(1)])?;
        let Some(chunk) = chunk.to::<object::Bytes>() else {
            let given = vm.type_name(chunk);
            return Err(vm.type_error(format!(
                "read() should have returned a bytes object, not '{given}'"
            )));
        };
        line.extend_from_slice(chunk.as_slice());
        if chunk.is_empty() || chunk.as_slice().ends_with(b"\n") {
            break;
        }
    }
    Ok(object::Bytes::new(&line).into())
}

/// All lines, or as many as have about `hint` characters together.
pub fn readlines(vm: &mut Vm, args: &[Value]) -> PyResult {
    let hint = match args[1].bound() {
        Some(Value::NONE) | None => -1,
        Some(hint) => vm.index(hint)?,
    };
    let lines = List::new();
    let iter = vm.iter(args[0])?;
    let mut total = 0;
    while let Some(line) = vm.next(iter)? {
        lines.push(line);
        total += vm.len(line)? as i64;
        if hint > 0 && total >= hint {
            break;
        }
    }
    Ok(lines.into())
}

pub fn writelines(vm: &mut Vm, args: &[Value]) -> PyResult {
    let name = vm.names.write;
    vm.for_each(args[1], |vm, line| {
        vm.call_method(args[0], name, &[line]).map(|_| ())
    })?;
    Ok(Value::NONE)
}

/// Reads through `readinto`.
fn raw_read(vm: &mut Vm, args: &[Value]) -> PyResult {
    let size = match args[1].bound() {
        Some(Value::NONE) | None => -1,
        Some(size) => vm.index(size)?,
    };
    if size < 0 {
        return vm.call_method(args[0], intern("readall"), &[]);
    }
    let Ok(size) = usize::try_from(size) else {
        return Err(vm.memory_error("too large"));
    };
    let buffer = object::ByteArray::new(&vec![0; size.min(1 << 30)]);
    let count = vm.call_method(args[0], intern("readinto"), &[buffer.into()])?;
    if count.is_none() {
        return Ok(Value::NONE);
    }
    let count = vm.index(count)?;
    let data = buffer.as_slice();
    let count = usize::try_from(count).unwrap_or(0).min(data.len());
    Ok(object::Bytes::new(&data[..count]).into())
}

fn raw_readall(vm: &mut Vm, args: &[Value]) -> PyResult {
    let mut all = Vec::new();
    loop {
        let name = vm.names.read;
        let chunk = vm.call_method(args[0], name, &[Value::small(8192)])?;
        let Some(chunk) = chunk.to::<object::Bytes>() else {
            if chunk.is_none() {
                break;
            }
            return Err(vm.type_error("read() should return bytes"));
        };
        if chunk.is_empty() {
            break;
        }
        all.extend_from_slice(chunk.as_slice());
    }
    Ok(object::Bytes::new(&all).into())
}

/// Fills a mutable buffer through `read`.
pub fn readinto(vm: &mut Vm, args: &[Value]) -> PyResult {
    let length = vm.len(args[1])?;
    let name = vm.names.read;
    let data = vm.call_method(args[0], name, &[Value::int(length as i64)])?;
    let Some(data) = data.to::<object::Bytes>() else {
        return Err(vm.type_error("read() should return bytes"));
    };
    fill(vm, args[1], data)
}

/// Writes data at the start of a mutable buffer of bytes, which is no shorter; how many bytes.
pub fn fill(vm: &mut Vm, buffer: Value, data: object::Gc<object::Bytes>) -> PyResult {
    match buffer.to::<object::ByteArray>() {
        Some(target) => {
            let count = data.len().min(target.len());
            target.as_mut_slice()[..count].copy_from_slice(&data.as_slice()[..count]);
            Ok(Value::int(count as i64))
        }
        None => {
            let end = Value::int(data.len() as i64);
            let slice = object::Slice::new(Value::small(0), end, Value::NONE);
            vm.set_item(buffer, slice.into(), data.into())?;
            Ok(end)
        }
    }
}

/// The name in a file's `repr`, if it has one.
pub fn shown_name(vm: &mut Vm, file: Value) -> PyResult<String> {
    match vm.find_attr(file, vm.names.name)? {
        Some(name) => Ok(format!(" name={}", vm.repr_text(name)?)),
        None => Ok(String::new()),
    }
}

/// Size or limit arguments: None and negative numbers mean *all*.
pub fn size_of(vm: &mut Vm, value: Value) -> PyResult<Option<usize>> {
    match value.bound() {
        None | Some(Value::NONE) => Ok(None),
        Some(value) if value.is_small() => Ok(usize::try_from(value.small_unchecked()).ok()),
        Some(value) => {
            if vm.as_int(value).is_none() && vm.lookup_special(value, vm.names.index).is_none() {
                let given = vm.type_name(value);
                return Err(
                    vm.type_error(format!("argument should be integer or None, not '{given}'"))
                );
            }
            Ok(usize::try_from(vm.index(value)?).ok())
        }
    }
}

pub fn install(vm: &mut Vm, space: Gc<Dict>) {
    let object = vm.types.object;
    let base = class(vm, space, "_IOBase", object, BASE);
    class(vm, space, "_RawIOBase", base, RAW);
    class(vm, space, "_BufferedIOBase", base, BUFFERED);
    class(vm, space, "_TextIOBase", base, TEXT);
}

/// One of the classes above.
pub fn base_class(vm: &Vm, space: Gc<Dict>, name: &str) -> Gc<Class> {
    match space.get_str(intern(name)).and_then(|c| c.cast::<Class>()) {
        Some(class) => class,
        None => vm.types.object,
    }
}
