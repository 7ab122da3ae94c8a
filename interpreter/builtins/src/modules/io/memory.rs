//! Files in memory: `StringIO` and `BytesIO`.

use super::base::{base_class, readlines, size_of, writelines};
use super::class;
use super::file::whence;
use super::newline::{Newline, Seen};
use crate::types::bytes::required;
use object::{Bytes, Class, Dict, Foreign, Gc, Payload, Str, StrBuilder, Value};
use std::cell::{Cell, RefCell};
use vm::{Def, PyResult, Vm, getter, method, static_method};
use world::Whence;

/// The name that the class `BytesIO` is kept by.
const BYTES_CLASS: &str = "io.BytesIO";

/// How many units there is room for after the first write.
const ROOM_FIRST: usize = 128;

/// A sequence of units (bytes or code points) with a position.
struct Memory<T> {
    data: RefCell<Vec<T>>,
    at: Cell<usize>,
    closed: Cell<bool>,
    newline: Cell<Newline>,
    seen: Seen,
}

impl Payload for Memory<u8> {}
impl Payload for Memory<u32> {}

impl<T: Copy + Default + PartialEq + From<u8>> Memory<T> {
    fn new() -> Memory<T> {
        Memory {
            data: RefCell::default(),
            at: Cell::new(0),
            closed: Cell::new(false),
            newline: Cell::default(),
            seen: Seen::default(),
        }
    }

    /// Makes something of the next units, and stands behind them.
    fn take(&self, count: Option<usize>, make: impl FnOnce(&[T]) -> Value) -> Value {
        let data = self.data.borrow();
        let start = self.at.get().min(data.len());
        let end = count.map_or(data.len(), |n| start.saturating_add(n).min(data.len()));
        self.at.set(self.at.get().max(end));
        make(&data[start..end])
    }

    /// The length of the next line, with its end.
    fn line_ahead(&self) -> usize {
        let data = self.data.borrow();
        let rest = &data[self.at.get().min(data.len())..];
        self.newline.get().line_end(rest).unwrap_or(rest.len())
    }

    /// Puts so many units behind all others; false if that is not where the file stands.
    fn append(&self, length: usize, units: impl Iterator<Item = T>) -> bool {
        let mut data = self.data.borrow_mut();
        if self.at.get() != data.len() {
            return false;
        }
        data.reserve(length);
        data.extend(units);
        self.at.set(data.len());
        true
    }

    /// MemoryError if there is no room for what lies between the end and the place.
    fn check_gap(&self, vm: &mut Vm) -> PyResult<()> {
        let at = self.at.get();
        if at <= self.data.borrow().len() {
            return Ok(());
        }
        vm::room::check(vm, at.saturating_mul(std::mem::size_of::<T>()))
    }

    fn put(&self, units: &[T]) {
        let mut data = self.data.borrow_mut();
        let at = self.at.get();
        if at == data.len() {
            if data.capacity() == 0 {
                data.reserve(units.len().max(ROOM_FIRST));
            }
            data.extend_from_slice(units);
        } else {
            if at > data.len() {
                data.resize(at, T::default());
            }
            let covered = units.len().min(data.len() - at);
            data[at..at + covered].copy_from_slice(&units[..covered]);
            data.extend_from_slice(&units[covered..]);
        }
        self.at.set(at + units.len());
    }
}

fn memory<T: 'static>(vm: &mut Vm, value: Value) -> PyResult<&'static Memory<T>>
where
    Memory<T>: Payload,
{
    let Some(memory) = value
        .cast::<Foreign>()
        .and_then(|f| f.payload::<Memory<T>>())
    else {
        let given = vm.type_name(value);
        return Err(vm.type_error(format!("a file in memory is required, not '{given}'")));
    };
    if memory.closed.get() {
        return Err(vm.value_error("I/O operation on closed file"));
    }
    Ok(memory)
}

fn string_of(points: &[u32]) -> Value {
    let mut builder = StrBuilder::with_capacity(points.len());
    points.iter().for_each(|&p| builder.push_point(p));
    builder.finish().into()
}

// ---- what both share

macro_rules! shared {
    ($unit:ty, $make:expr) => {
        fn read(vm: &mut Vm, args: &[Value]) -> PyResult {
            let memory = memory::<$unit>(vm, args[0])?;
            let size = size_of(vm, args[1])?;
            Ok(memory.take(size, $make))
        }

        fn readline(vm: &mut Vm, args: &[Value]) -> PyResult {
            let memory = memory::<$unit>(vm, args[0])?;
            let limit = size_of(vm, args[1])?;
            let length = memory.line_ahead();
            let length = limit.map_or(length, |limit| limit.min(length));
            Ok(memory.take(Some(length), $make))
        }

        fn next(vm: &mut Vm, args: &[Value]) -> PyResult {
            let memory = memory::<$unit>(vm, args[0])?;
            match memory.line_ahead() {
                0 => Err(vm.stop_iteration(Value::NONE)),
                length => Ok(memory.take(Some(length), $make)),
            }
        }

        fn getvalue(vm: &mut Vm, args: &[Value]) -> PyResult {
            let memory = memory::<$unit>(vm, args[0])?;
            Ok($make(&memory.data.borrow()))
        }

        fn tell(vm: &mut Vm, args: &[Value]) -> PyResult {
            Ok(Value::int(memory::<$unit>(vm, args[0])?.at.get() as i64))
        }

        fn truncate(vm: &mut Vm, args: &[Value]) -> PyResult {
            let memory = memory::<$unit>(vm, args[0])?;
            if let Some(given) = args[1].bound().filter(|v| !v.is_none())
                && vm.index(given)? < 0
            {
                let given = vm.str_text(given)?;
                return Err(vm.value_error(format!("negative size value {given}")));
            }
            let size = size_of(vm, args[1])?.unwrap_or(memory.at.get());
            memory.data.borrow_mut().truncate(size);
            Ok(Value::int(size as i64))
        }

        fn same(vm: &mut Vm, args: &[Value]) -> PyResult {
            memory::<$unit>(vm, args[0])?;
            Ok(args[0])
        }

        fn yes(vm: &mut Vm, args: &[Value]) -> PyResult {
            memory::<$unit>(vm, args[0])?;
            Ok(Value::TRUE)
        }

        fn isatty(vm: &mut Vm, args: &[Value]) -> PyResult {
            memory::<$unit>(vm, args[0])?;
            Ok(Value::FALSE)
        }

        fn flush(vm: &mut Vm, args: &[Value]) -> PyResult {
            memory::<$unit>(vm, args[0])?;
            Ok(Value::NONE)
        }

        fn close(_vm: &mut Vm, args: &[Value]) -> PyResult {
            if let Some(memory) = args[0]
                .cast::<Foreign>()
                .and_then(|f| f.payload::<Memory<$unit>>())
            {
                memory.closed.set(true);
                memory.data.borrow_mut().clear();
            }
            Ok(Value::NONE)
        }

        fn exit(vm: &mut Vm, args: &[Value]) -> PyResult {
            let name = vm.names.close;
            vm.call_method(args[0], name, &[])?;
            Ok(Value::NONE)
        }

        fn closed(_vm: &mut Vm, args: &[Value]) -> PyResult {
            let memory = args[0]
                .cast::<Foreign>()
                .and_then(|f| f.payload::<Memory<$unit>>());
            Ok(Value::bool(memory.is_some_and(|m| m.closed.get())))
        }

        fn new(vm: &mut Vm, args: &[Value]) -> PyResult {
            match args[0].cast::<Class>() {
                Some(class) => {
                    let payload = Memory::<$unit>::new();
                    Ok(Foreign::new(class.new_instance_shape(), payload).into())
                }
                None => Err(vm.type_error("a class was expected")),
            }
        }
    };
}

macro_rules! shared_methods {
    ($($own:expr,)*) => {
        &[
            static_method("__new__(cls, /, *args, **kwargs)", new),
            method("read(self, size=-1, /)", read),
            method("readline(self, size=-1, /)", readline),
            method("readlines(self, hint=-1, /)", readlines),
            method("writelines(self, lines, /)", writelines),
            method("getvalue(self, /)", getvalue),
            method("seek(self, pos, whence=0, /)", seek),
            method("tell(self, /)", tell),
            method("truncate(self, pos=None, /)", truncate),
            method("readable(self, /)", yes),
            method("writable(self, /)", yes),
            method("seekable(self, /)", yes),
            method("isatty(self, /)", isatty),
            method("flush(self, /)", flush),
            method("close(self, /)", close),
            method("__iter__(self, /)", same),
            method("__next__(self, /)", next),
            method("__enter__(self, /)", same),
            method("__exit__(self, /, *args)", exit),
            getter("closed", closed),
            $($own,)*
        ]
    };
}

mod bytes {
    use super::*;

    shared! { u8, |data: &[u8]| -> Value { Bytes::new(data).into() } }

    pub const METHODS: &[Def] = shared_methods! {
        method("__init__(self, initial_bytes=b'')", init),
        method("write(self, b, /)", write),
        method("read1(self, size=-1, /)", read),
        method("readinto(self, buffer, /)", super::super::base::readinto),
        method("getbuffer(self, /)", getbuffer),
    };

    fn init(vm: &mut Vm, args: &[Value]) -> PyResult {
        let memory = memory::<u8>(vm, args[0])?;
        let Some(initial) = args[1].bound().filter(|v| !v.is_none()) else {
            return Ok(Value::NONE);
        };
        let data = required(vm, initial)?;
        *memory.data.borrow_mut() = data;
        memory.at.set(0);
        Ok(Value::NONE)
    }

    fn write(vm: &mut Vm, args: &[Value]) -> PyResult {
        let memory = memory::<u8>(vm, args[0])?;
        memory.check_gap(vm)?;
        if let Some(data) = args[1].cast::<Bytes>() {
            memory.put(data.as_slice());
            return Ok(Value::int(data.len() as i64));
        }
        let data = required(vm, args[1])?;
        memory.put(&data);
        Ok(Value::int(data.len() as i64))
    }

    /// A copy: writing to it does not write to the file.
    fn getbuffer(vm: &mut Vm, args: &[Value]) -> PyResult {
        let value = getvalue(vm, args)?;
        crate::types::memoryview::view_of(vm, value)
    }

    fn seek(vm: &mut Vm, args: &[Value]) -> PyResult {
        let memory = memory::<u8>(vm, args[0])?;
        let offset = vm.index(args[1])?;
        let base = match whence(vm, args[2])? {
            Whence::Start if offset < 0 => {
                return Err(vm.value_error(format!("negative seek value {offset}")));
            }
            Whence::Start => 0,
            Whence::Current => memory.at.get() as i64,
            Whence::End => memory.data.borrow().len() as i64,
        };
        let at = base.saturating_add(offset).max(0);
        memory.at.set(at as usize);
        Ok(Value::int(at))
    }
}

mod text {
    use super::*;

    shared! { u32, string_of }

    pub const METHODS: &[Def] = shared_methods! {
        method("__init__(self, initial_value='', newline='\\n')", init),
        method("write(self, s, /)", write),
        getter("encoding", nothing),
        getter("errors", nothing),
        getter("newlines", newlines),
        getter("line_buffering", no),
    };

    fn nothing(_vm: &mut Vm, _args: &[Value]) -> PyResult {
        Ok(Value::NONE)
    }

    fn newlines(vm: &mut Vm, args: &[Value]) -> PyResult {
        Ok(memory::<u32>(vm, args[0])?.seen.shown())
    }

    fn no(_vm: &mut Vm, _args: &[Value]) -> PyResult {
        Ok(Value::FALSE)
    }

    fn init(vm: &mut Vm, args: &[Value]) -> PyResult {
        let memory = memory::<u32>(vm, args[0])?;
        let newline = match args[2].bound() {
            None => Newline::default(),
            Some(Value::NONE) => Newline::Universal,
            Some(given) => match given.to::<Str>() {
                Some(name) => Newline::named(vm, Some(&name.to_text_escaped()))?,
                None => {
                    let given = vm.type_name(given);
                    return Err(vm.type_error(format!("newline must be str or None, not {given}")));
                }
            },
        };
        memory.newline.set(newline);
        memory.seen.clear();
        let Some(initial) = args[1].bound().filter(|v| !v.is_none()) else {
            return Ok(Value::NONE);
        };
        let Some(initial) = initial.to::<Str>() else {
            let given = vm.type_name(initial);
            return Err(vm.type_error(format!("initial_value must be str or None, not {given}")));
        };
        memory.data.borrow_mut().clear();
        memory.at.set(0);
        put_text(memory, initial);
        memory.at.set(0);
        Ok(Value::NONE)
    }

    fn put_text(memory: &Memory<u32>, text: Gc<Str>) {
        let newline = memory.newline.get();
        memory.seen.note(newline, text.points());
        memory.seen.note_end();
        let text = newline.written(newline.read(text));
        if !memory.append(text.len(), text.points()) {
            memory.put(&text.to_points());
        }
    }

    fn write(vm: &mut Vm, args: &[Value]) -> PyResult {
        let memory = memory::<u32>(vm, args[0])?;
        let Some(text) = args[1].to::<Str>() else {
            let given = vm.type_name(args[1]);
            return Err(vm.type_error(format!("string argument expected, got '{given}'")));
        };
        memory.check_gap(vm)?;
        put_text(memory, text);
        Ok(Value::int(text.len() as i64))
    }

    fn seek(vm: &mut Vm, args: &[Value]) -> PyResult {
        let memory = memory::<u32>(vm, args[0])?;
        let offset = vm.index(args[1])?;
        let from = whence(vm, args[2])?;
        let at = match from {
            Whence::Start if offset < 0 => {
                return Err(vm.value_error(format!("Negative seek position {offset}")));
            }
            Whence::Start => offset as usize,
            _ if offset != 0 => {
                return Err(vm.raise(vm.types.os_error, "Can't do nonzero cur-relative seeks"));
            }
            Whence::Current => memory.at.get(),
            Whence::End => memory.data.borrow().len(),
        };
        memory.at.set(at);
        Ok(Value::int(at as i64))
    }
}

/// Whether a `BytesIO` is closed; `None` of anything else, whose class may say otherwise.
pub fn is_closed(vm: &Vm, value: Value) -> Option<bool> {
    let memory = value.cast::<Foreign>()?.payload::<Memory<u8>>()?;
    let class = Value::from(vm.class_of(value));
    (vm.kept(BYTES_CLASS) == Some(class)).then(|| memory.closed.get())
}

pub fn install(vm: &mut Vm, space: Gc<Dict>) {
    let base = base_class(vm, space, "_BufferedIOBase");
    let made = class(vm, space, "BytesIO", base, bytes::METHODS);
    vm.keep(BYTES_CLASS, made.into());
    let base = base_class(vm, space, "_TextIOBase");
    class(vm, space, "StringIO", base, text::METHODS);
}
