//! Binary files: `FileIO`, `BufferedReader`, `BufferedWriter` and `BufferedRandom`.
//!
//! All four are one structure over the world's file numbers: bytes read ahead, and bytes not yet
//! written. At most one of the two is not empty.

use super::base::{base_class, readlines, shown_name, size_of, writelines};
use super::{BUFFER_BYTES, Mode, class, unsupported};
use crate::types::bytes::required;
use crate::types::exception::os_error;
use object::{Bytes, Class, Dict, Foreign, Gc, Marker, Payload, Value, intern};
use std::cell::{Cell, RefCell};
use vm::{Def, PyResult, Vm, getter, method, setter, static_method, string};
use world::{Piece, Whence};

/// How much is asked of the system at once.
const CHUNK_BYTES: usize = 1 << 16;

#[derive(Default)]
struct Buffers {
    ahead: Vec<u8>,
    /// How much of `ahead` has been handed out.
    at: usize,
    behind: Vec<u8>,
}

/// The payload of a binary file.
pub struct File {
    pub number: i32,
    mode: Mode,
    raw: bool,
    closes: Cell<bool>,
    closed: Cell<bool>,
    name: Cell<Value>,
    /// The raw file beneath a buffer, once a program asked for it.
    beneath: Cell<Value>,
    buffers: RefCell<Buffers>,
}

impl Payload for File {
    fn trace(&self, marker: &mut Marker) {
        marker.visit(self.name.get());
        marker.visit(self.beneath.get());
    }
}

const METHODS: &[Def] = &[
    method("read(self, size=-1, /)", read),
    method("read1(self, size=-1, /)", read1),
    method("readall(self, /)", |vm, args| {
        read(vm, &[args[0], Value::UNBOUND])
    }),
    method("readinto(self, buffer, /)", super::base::readinto),
    method("readline(self, size=-1, /)", readline),
    method("readlines(self, hint=-1, /)", readlines),
    method("peek(self, size=0, /)", peek),
    method("write(self, b, /)", write),
    method("writelines(self, lines, /)", writelines),
    method("flush(self, /)", flush_method),
    method("seek(self, offset, whence=0, /)", seek),
    method("tell(self, /)", tell),
    method("truncate(self, size=None, /)", truncate),
    method("close(self, /)", close),
    method("detach(self, /)", detach),
    method("fileno(self, /)", fileno),
    method("isatty(self, /)", isatty),
    method("readable(self, /)", readable),
    method("writable(self, /)", writable),
    method("seekable(self, /)", seekable),
    method("__iter__(self, /)", iter),
    method("__next__(self, /)", next),
    method("__enter__(self, /)", enter),
    method("__exit__(self, /, *args)", exit),
    method("__repr__(self, /)", repr),
    getter("closed", closed),
    getter("name", name),
    getter("mode", mode_text),
    getter("raw", raw),
    getter("closefd", closefd),
];

const FILE_IO: &[Def] = &[
    static_method(
        "__new__(cls, file, mode='r', closefd=True, opener=None)",
        new_raw,
    ),
    getter("name", name),
    setter("name", set_name),
];
const BUFFERED: &[Def] = &[static_method(
    "__new__(cls, raw, buffer_size=131072)",
    new_buffered,
)];
const PAIR: &[Def] = &[static_method(
    "__new__(cls, reader, writer, buffer_size=131072, /)",
    over_any,
)];

/// A binary file over a number.
pub fn make(vm: &mut Vm, number: i32, mode: Mode, raw: bool, name: Value, closes: bool) -> Value {
    let class_name = match (raw, mode.flags.read, mode.flags.write) {
        (true, ..) => "io.FileIO",
        (_, true, true) => "io.BufferedRandom",
        (_, false, true) => "io.BufferedWriter",
        _ => "io.BufferedReader",
    };
    let class = vm
        .kept(class_name)
        .and_then(|c| c.cast::<Class>())
        .unwrap_or(vm.types.object);
    make_as(class, number, mode, raw, name, closes)
}

fn make_as(
    class: Gc<Class>,
    number: i32,
    mode: Mode,
    raw: bool,
    name: Value,
    closes: bool,
) -> Value {
    let file = File {
        number,
        mode,
        raw,
        closes: Cell::new(closes),
        closed: Cell::new(false),
        name: Cell::new(name),
        beneath: Cell::new(Value::UNBOUND),
        buffers: RefCell::default(),
    };
    let made = Foreign::new(class.new_instance_shape(), file).into();
    // Raw ones share their number with a buffer; who makes one to stand alone registers it.
    if !raw {
        object::heap::register_finalizable(made);
    }
    made
}

fn new_raw(vm: &mut Vm, args: &[Value]) -> PyResult {
    let mode = match args[2].bound() {
        Some(mode) => vm.str_text(mode)?.replace('b', ""),
        None => String::from("r"),
    };
    let mut all = [Value::UNBOUND; 8];
    all[0] = args[1];
    all[1] = string(&format!("{mode}b"));
    all[2] = Value::small(0);
    all[6] = args[3];
    all[7] = args[4];
    let made = super::open(vm, &all)?;
    let Some(class) = args[0].cast::<Class>() else {
        return Ok(made);
    };
    let file = file(vm, made)?;
    let closes = file.closes.replace(false);
    let made = make_as(class, file.number, file.mode, true, args[1], closes);
    object::heap::register_finalizable(made);
    Ok(made)
}

fn new_buffered(vm: &mut Vm, args: &[Value]) -> PyResult {
    let Some(raw) = args[1].cast::<Foreign>().and_then(|f| f.payload::<File>()) else {
        return over_any(vm, args);
    };
    let Some(class) = args[0].cast::<Class>() else {
        return Err(vm.type_error("a class was expected"));
    };
    let name = raw.name.get();
    Ok(make_as(
        class,
        raw.number,
        raw.mode,
        false,
        name,
        raw.closes.replace(false),
    ))
}

/// A buffer over a raw stream that is no file, or over a pair of streams.
fn over_any(vm: &mut Vm, args: &[Value]) -> PyResult {
    let module = vm.import_module("_bufferedio")?;
    let name = args[0].cast::<Class>().map(|class| class.name_text());
    let class = vm.get_attr_text(module, &name.unwrap_or_default())?;
    let given = args[1..].iter().filter_map(|value| value.bound());
    vm.call(class, &given.collect::<Vec<Value>>())
}

/// The payload of a receiver.
pub fn file(vm: &mut Vm, value: Value) -> PyResult<&'static File> {
    match value.cast::<Foreign>().and_then(|f| f.payload::<File>()) {
        Some(file) => Ok(file),
        None => {
            let given = vm.type_name(value);
            Err(vm.type_error(format!("a binary file is required, not '{given}'")))
        }
    }
}

fn open_file(vm: &mut Vm, value: Value) -> PyResult<&'static File> {
    let file = file(vm, value)?;
    if file.closed.get() {
        return Err(vm.value_error("I/O operation on closed file."));
    }
    Ok(file)
}

impl File {
    fn failed<T>(&self, vm: &mut Vm, error: &std::io::Error) -> PyResult<T> {
        Err(os_error(vm, error, None))
    }

    /// Writes what is held back.
    pub fn flush(&self, vm: &mut Vm) -> PyResult<()> {
        let data = std::mem::take(&mut self.buffers.borrow_mut().behind);
        if data.is_empty() {
            return Ok(());
        }
        self.write_now(vm, &data)
    }

    fn write_now(&self, vm: &mut Vm, mut data: &[u8]) -> PyResult<()> {
        while !data.is_empty() {
            match vm.world.write(self.number, data) {
                Ok(count) => data = &data[count..],
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return self.failed(vm, &error),
            }
        }
        Ok(())
    }

    /// Takes bytes to be written.
    pub fn write(&self, vm: &mut Vm, data: &[u8]) -> PyResult<()> {
        self.drop_ahead(vm)?;
        if self.raw {
            return self.write_now(vm, data);
        }
        let held = self.buffers.borrow().behind.len();
        if held + data.len() > BUFFER_BYTES {
            self.flush(vm)?;
            if data.len() > BUFFER_BYTES {
                return self.write_now(vm, data);
            }
        }
        self.buffers.borrow_mut().behind.extend_from_slice(data);
        Ok(())
    }

    /// Forgets what was read ahead, going back in the file.
    fn drop_ahead(&self, vm: &mut Vm) -> PyResult<()> {
        let left = {
            let mut buffers = self.buffers.borrow_mut();
            let left = buffers.ahead.len() - buffers.at;
            buffers.ahead.clear();
            buffers.at = 0;
            left
        };
        if left > 0
            && let Err(error) = vm.world.seek(self.number, -(left as i64), Whence::Current)
        {
            return self.failed(vm, &error);
        }
        Ok(())
    }

    /// Reads more ahead; false at the end of the file.
    fn fill(&self, vm: &mut Vm, wanted: usize) -> PyResult<bool> {
        loop {
            match vm
                .world
                .read(self.number, wanted.clamp(CHUNK_BYTES, 1 << 26))
            {
                Ok(chunk) => {
                    let mut buffers = self.buffers.borrow_mut();
                    if buffers.at > 0 {
                        let at = buffers.at;
                        buffers.ahead.drain(..at);
                        buffers.at = 0;
                    }
                    buffers.ahead.extend_from_slice(&chunk);
                    return Ok(!chunk.is_empty());
                }
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return self.failed(vm, &error),
            }
        }
    }

    fn ahead(&self) -> usize {
        let buffers = self.buffers.borrow();
        buffers.ahead.len() - buffers.at
    }

    fn take(&self, count: usize) -> Vec<u8> {
        let mut buffers = self.buffers.borrow_mut();
        let at = buffers.at;
        let end = (at + count).min(buffers.ahead.len());
        buffers.at = end;
        buffers.ahead[at..end].to_vec()
    }

    /// Reads `size` bytes or up to the end.
    pub fn read(&self, vm: &mut Vm, size: Option<usize>) -> PyResult<Piece> {
        self.flush(vm)?;
        if self.raw
            && let Some(size) = size
        {
            return match vm.world.read(self.number, size.min(1 << 30)) {
                Ok(data) => Ok(data),
                Err(error) => self.failed(vm, &error),
            };
        }
        let wanted = size.unwrap_or(usize::MAX);
        while self.ahead() < wanted {
            let missing = wanted - self.ahead();
            if !self.fill(vm, missing.min(1 << 20))? {
                break;
            }
        }
        Ok(self.take(wanted.min(self.ahead())).into())
    }

    /// Reads a line with its end, at most `limit` bytes.
    fn line(&self, vm: &mut Vm, limit: Option<usize>) -> PyResult<Vec<u8>> {
        self.flush(vm)?;
        let limit = limit.unwrap_or(usize::MAX);
        let mut searched = 0;
        loop {
            let found = {
                let buffers = self.buffers.borrow();
                let ahead = &buffers.ahead[buffers.at..];
                let start = searched.min(ahead.len());
                memchr::memchr(b'\n', &ahead[start..]).map(|at| start + at + 1)
            };
            if let Some(end) = found {
                return Ok(self.take(end.min(limit)));
            }
            searched = self.ahead();
            if searched >= limit {
                return Ok(self.take(limit));
            }
            if !self.fill(vm, 0)? {
                return Ok(self.take(searched));
            }
        }
    }

    pub fn is_closed(&self) -> bool {
        self.closed.get()
    }

    /// The position that the program sees.
    pub fn position(&self, vm: &mut Vm) -> PyResult<i64> {
        let at = match vm.world.seek(self.number, 0, Whence::Current) {
            Ok(at) => at as i64,
            Err(error) => return self.failed(vm, &error),
        };
        let held = self.buffers.borrow().behind.len() as i64;
        Ok(at + held - self.ahead() as i64)
    }

    pub fn seek(&self, vm: &mut Vm, offset: i64, whence: Whence) -> PyResult<i64> {
        self.flush(vm)?;
        self.drop_ahead(vm)?;
        match vm.world.seek(self.number, offset, whence) {
            Ok(at) => Ok(at as i64),
            Err(error) => self.failed(vm, &error),
        }
    }

    pub fn close(&self, vm: &mut Vm) -> PyResult<()> {
        if self.closed.get() {
            return Ok(());
        }
        let flushed = self.flush(vm);
        self.closed.set(true);
        if self.closes.get()
            && let Err(error) = vm.world.close(self.number)
        {
            return self.failed(vm, &error);
        }
        flushed
    }

    pub fn can_read(&self) -> bool {
        self.mode.flags.read
    }

    pub fn can_write(&self) -> bool {
        self.mode.flags.write
    }
}

fn for_reading(vm: &mut Vm, value: Value) -> PyResult<&'static File> {
    let file = file(vm, value)?;
    if file.closed.get() {
        return Err(vm.value_error(if file.raw {
            "I/O operation on closed file"
        } else {
            "read of closed file"
        }));
    }
    if !file.can_read() {
        return Err(unsupported(
            vm,
            if file.raw {
                "File not open for reading"
            } else {
                "read"
            },
        ));
    }
    Ok(file)
}

fn read(vm: &mut Vm, args: &[Value]) -> PyResult {
    let file = for_reading(vm, args[0])?;
    let size = size_of(vm, args[1])?;
    let data = file.read(vm, size)?;
    Ok(Bytes::new(&data).into())
}

fn read1(vm: &mut Vm, args: &[Value]) -> PyResult {
    let file = for_reading(vm, args[0])?;
    let size = size_of(vm, args[1])?.unwrap_or(CHUNK_BYTES);
    file.flush(vm)?;
    if file.ahead() == 0 && size > 0 {
        file.fill(vm, 0)?;
    }
    Ok(Bytes::new(&file.take(size)).into())
}

fn readline(vm: &mut Vm, args: &[Value]) -> PyResult {
    let file = for_reading(vm, args[0])?;
    let limit = size_of(vm, args[1])?;
    let line = file.line(vm, limit)?;
    Ok(Bytes::new(&line).into())
}

fn peek(vm: &mut Vm, args: &[Value]) -> PyResult {
    let file = for_reading(vm, args[0])?;
    if file.ahead() == 0 {
        file.fill(vm, 0)?;
    }
    let buffers = file.buffers.borrow();
    Ok(Bytes::new(&buffers.ahead[buffers.at..]).into())
}

fn write(vm: &mut Vm, args: &[Value]) -> PyResult {
    let file = file(vm, args[0])?;
    let data = required(vm, args[1])?;
    if file.closed.get() {
        return Err(vm.value_error(if file.raw {
            "I/O operation on closed file"
        } else {
            "write to closed file"
        }));
    }
    if !file.can_write() {
        return Err(unsupported(
            vm,
            if file.raw {
                "File not open for writing"
            } else {
                "write"
            },
        ));
    }
    file.write(vm, &data)?;
    Ok(Value::int(data.len() as i64))
}

fn flush_method(vm: &mut Vm, args: &[Value]) -> PyResult {
    let file = file(vm, args[0])?;
    if file.closed.get() {
        return Err(vm.value_error("flush of closed file"));
    }
    file.flush(vm)?;
    Ok(Value::NONE)
}

/// The origin that a number stands for.
pub fn whence(vm: &mut Vm, value: Value) -> PyResult<Whence> {
    let number = match value.bound() {
        Some(value) => vm.index(value)?,
        None => 0,
    };
    match number {
        0 => Ok(Whence::Start),
        1 => Ok(Whence::Current),
        2 => Ok(Whence::End),
        other => Err(vm.value_error(format!("invalid whence ({other}, should be 0, 1 or 2)"))),
    }
}

fn seek(vm: &mut Vm, args: &[Value]) -> PyResult {
    let file = open_file(vm, args[0])?;
    let offset = vm.index(args[1])?;
    let whence = whence(vm, args[2])?;
    file.seek(vm, offset, whence).map(Value::int)
}

fn tell(vm: &mut Vm, args: &[Value]) -> PyResult {
    let file = open_file(vm, args[0])?;
    file.position(vm).map(Value::int)
}

fn truncate(vm: &mut Vm, args: &[Value]) -> PyResult {
    let file = open_file(vm, args[0])?;
    if !file.can_write() {
        return Err(unsupported(vm, "truncate"));
    }
    file.flush(vm)?;
    let size = match size_of(vm, args[1])? {
        Some(size) => size as i64,
        None => file.position(vm)?,
    };
    match vm.world.truncate(file.number, size as u64) {
        Ok(()) => Ok(Value::int(size)),
        Err(error) => file.failed(vm, &error),
    }
}

fn close(vm: &mut Vm, args: &[Value]) -> PyResult {
    let file = file(vm, args[0])?;
    file.close(vm)?;
    Ok(Value::NONE)
}

fn detach(vm: &mut Vm, args: &[Value]) -> PyResult {
    let file = open_file(vm, args[0])?;
    file.flush(vm)?;
    let raw = raw(vm, args)?;
    file.closed.set(true);
    Ok(raw)
}

fn fileno(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(Value::small(open_file(vm, args[0])?.number as i64))
}

fn isatty(vm: &mut Vm, args: &[Value]) -> PyResult {
    let file = open_file(vm, args[0])?;
    Ok(Value::bool(vm.world.is_terminal(file.number)))
}

fn readable(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(Value::bool(open_file(vm, args[0])?.can_read()))
}

fn writable(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(Value::bool(open_file(vm, args[0])?.can_write()))
}

fn seekable(vm: &mut Vm, args: &[Value]) -> PyResult {
    let file = open_file(vm, args[0])?;
    Ok(Value::bool(
        vm.world.seek(file.number, 0, Whence::Current).is_ok(),
    ))
}

fn iter(vm: &mut Vm, args: &[Value]) -> PyResult {
    open_file(vm, args[0])?;
    Ok(args[0])
}

fn next(vm: &mut Vm, args: &[Value]) -> PyResult {
    let file = for_reading(vm, args[0])?;
    let line = file.line(vm, None)?;
    if line.is_empty() {
        return Err(vm.stop_iteration(Value::NONE));
    }
    Ok(Bytes::new(&line).into())
}

fn enter(vm: &mut Vm, args: &[Value]) -> PyResult {
    open_file(vm, args[0])?;
    Ok(args[0])
}

fn exit(vm: &mut Vm, args: &[Value]) -> PyResult {
    let name = vm.names.close;
    vm.call_method(args[0], name, &[])?;
    Ok(Value::NONE)
}

fn repr(vm: &mut Vm, args: &[Value]) -> PyResult {
    let file = file(vm, args[0])?;
    let class = vm.type_name(args[0]);
    let name = shown_name(vm, args[0])?;
    let tail = if file.raw {
        format!(" mode='{}'", mode_of(file))
    } else {
        String::new()
    };
    Ok(string(&format!("<_io.{class}{name}{tail}>")))
}

fn closed(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(Value::bool(file(vm, args[0])?.closed.get()))
}

fn name(vm: &mut Vm, args: &[Value]) -> PyResult {
    let file = file(vm, args[0])?;
    match file.beneath.get().bound() {
        Some(raw) => vm.get_attr(raw, vm.names.name),
        None => Ok(file.name.get()),
    }
}

/// To be called before a value is put into a file.
pub(super) fn about_to_write(file: Value) {
    if let Some(object) = file.cast::<Foreign>() {
        object.about_to_write();
    }
}

/// A raw file may be called anything; what lies above it takes its name from there.
fn set_name(vm: &mut Vm, args: &[Value]) -> PyResult {
    let file = file(vm, args[0])?;
    let Some(name) = args[1].bound() else {
        return Err(vm.no_attribute(args[0], vm.names.name));
    };
    about_to_write(args[0]);
    file.name.set(name);
    Ok(Value::NONE)
}

fn mode_of(file: &File) -> &'static str {
    let flags = file.mode.flags;
    match (flags.exclusive, flags.append, flags.read && flags.write) {
        (true, _, true) => "xb+",
        (true, _, false) => "xb",
        (_, true, true) => "ab+",
        (_, true, false) => "ab",
        (_, _, true) => "rb+",
        _ if flags.write => "wb",
        _ => "rb",
    }
}

fn mode_text(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(string(mode_of(file(vm, args[0])?)))
}

fn raw(vm: &mut Vm, args: &[Value]) -> PyResult {
    let file = file(vm, args[0])?;
    if file.raw {
        return Err(vm.no_attribute(args[0], intern("raw")));
    }
    if let Some(raw) = file.beneath.get().bound() {
        return Ok(raw);
    }
    let closes = file.closes.get();
    let raw = make(vm, file.number, file.mode, true, file.name.get(), closes);
    about_to_write(args[0]);
    file.beneath.set(raw);
    Ok(raw)
}

fn closefd(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(Value::bool(file(vm, args[0])?.closes.get()))
}

pub fn install(vm: &mut Vm, space: Gc<Dict>) {
    let raw = base_class(vm, space, "_RawIOBase");
    let buffered = base_class(vm, space, "_BufferedIOBase");
    let table = [
        ("io.FileIO", "FileIO", raw, FILE_IO),
        ("io.BufferedReader", "BufferedReader", buffered, BUFFERED),
        ("io.BufferedWriter", "BufferedWriter", buffered, BUFFERED),
        ("io.BufferedRandom", "BufferedRandom", buffered, BUFFERED),
        ("io.BufferedRWPair", "BufferedRWPair", buffered, PAIR),
    ];
    for (key, name, base, constructor) in table {
        let made = class(vm, space, name, base, METHODS);
        vm.define_methods(made, constructor);
        vm.keep(key, made.into());
    }
}
