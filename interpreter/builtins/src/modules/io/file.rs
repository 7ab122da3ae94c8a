//! Binary files: `FileIO`, `BufferedReader`, `BufferedWriter` and `BufferedRandom`.
//!
//! All four are one structure over the world's file numbers: bytes read ahead, and bytes not yet
//! written. At most one of the two is not empty. A buffer over a raw stream that is not one of these
//! files is written in Python (`_bufferedio`): an object of these classes then passes on all that it is
//! asked to such a buffer.

use super::super::select::wait_to_read;
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
    /// [`UNOPENED`] until the file is initialized, which a subclass does when it likes.
    number: Cell<i32>,
    mode: Cell<Mode>,
    raw: bool,
    closes: Cell<bool>,
    closed: Cell<bool>,
    name: Cell<Value>,
    /// The raw file beneath a buffer, once a program asked for it.
    beneath: Cell<Value>,
    /// The buffer written in Python that does the work; unbound if there is none.
    inner: Cell<Value>,
    buffers: RefCell<Buffers>,
}

const UNOPENED: i32 = -1;

impl Payload for File {
    fn trace(&self, marker: &mut Marker) {
        marker.visit(self.name.get());
        marker.visit(self.beneath.get());
        marker.visit(self.inner.get());
    }
}

/// A method or attribute that an object passes on if another does its work.
macro_rules! passed {
    (method, $name:literal, $signature:literal, $own:expr) => {
        method($signature, |vm, args| match inner(args[0]) {
            None => $own(vm, args),
            Some(inner) => {
                let method = vm.get_attr_text(inner, $name)?;
                let given = args[1..].iter().filter_map(|value| value.bound());
                vm.call(method, &given.collect::<Vec<Value>>())
            }
        })
    };
    (getter, $name:literal, $own:expr) => {
        getter($name, |vm, args| match inner(args[0]) {
            None => $own(vm, args),
            Some(inner) => vm.get_attr_text(inner, $name),
        })
    };
}

fn inner(value: Value) -> Option<Value> {
    let file = value.cast::<Foreign>()?.payload::<File>()?;
    file.inner.get().bound()
}

const METHODS: &[Def] = &[
    passed!(method, "read", "read(self, size=-1, /)", read),
    passed!(method, "read1", "read1(self, size=-1, /)", read1),
    method("readall(self, /)", readall),
    passed!(
        method,
        "readinto",
        "readinto(self, buffer, /)",
        super::base::readinto
    ),
    passed!(method, "readline", "readline(self, size=-1, /)", readline),
    passed!(
        method,
        "readlines",
        "readlines(self, hint=-1, /)",
        readlines
    ),
    passed!(method, "peek", "peek(self, size=0, /)", peek),
    passed!(method, "write", "write(self, b, /)", write),
    passed!(
        method,
        "writelines",
        "writelines(self, lines, /)",
        writelines
    ),
    passed!(method, "flush", "flush(self, /)", flush_method),
    passed!(method, "seek", "seek(self, offset, whence=0, /)", seek),
    passed!(method, "tell", "tell(self, /)", tell),
    passed!(method, "truncate", "truncate(self, size=None, /)", truncate),
    passed!(method, "close", "close(self, /)", close),
    passed!(method, "detach", "detach(self, /)", detach),
    passed!(method, "fileno", "fileno(self, /)", fileno),
    passed!(method, "isatty", "isatty(self, /)", isatty),
    passed!(method, "readable", "readable(self, /)", readable),
    passed!(method, "writable", "writable(self, /)", writable),
    passed!(method, "seekable", "seekable(self, /)", seekable),
    method("__iter__(self, /)", iter),
    passed!(method, "__next__", "__next__(self, /)", next),
    method("__enter__(self, /)", enter),
    method("__exit__(self, /, *args)", exit),
    method("__repr__(self, /)", repr),
    passed!(getter, "closed", closed),
    passed!(getter, "name", name),
    passed!(getter, "mode", mode_text),
    passed!(getter, "raw", raw),
    getter("closefd", closefd),
];

const FILE_IO: &[Def] = &[
    static_method("__new__(cls, /, *args, **kwargs?)", |vm, args| {
        blank(vm, args[0], true)
    }),
    method(
        "__init__(self, file, mode='r', closefd=True, opener=None)",
        init_raw,
    ),
    getter("name", name),
    setter("name", set_name),
];
const BUFFERED: &[Def] = &[
    static_method("__new__(cls, /, *args, **kwargs?)", |vm, args| {
        blank(vm, args[0], false)
    }),
    method("__init__(self, raw, buffer_size=131072)", init_buffered),
];
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
        number: Cell::new(number),
        mode: Cell::new(mode),
        raw,
        closes: Cell::new(closes),
        closed: Cell::new(false),
        name: Cell::new(name),
        beneath: Cell::new(Value::UNBOUND),
        inner: Cell::new(Value::UNBOUND),
        buffers: RefCell::default(),
    };
    let made = Foreign::new(class.new_instance_shape(), file).into();
    // Raw ones share their number with a buffer; who makes one to stand alone registers it.
    if !raw {
        object::heap::register_finalizable(made);
    }
    made
}

/// A file that `__init__` is to open.
fn blank(vm: &mut Vm, class: Value, raw: bool) -> PyResult {
    match class.cast::<Class>() {
        Some(class) => {
            let mode = Mode::default();
            Ok(make_as(class, UNOPENED, mode, raw, Value::NONE, false))
        }
        None => Err(vm.type_error("a class was expected")),
    }
}

fn payload(vm: &mut Vm, value: Value) -> PyResult<&'static File> {
    match value.cast::<Foreign>().and_then(|f| f.payload::<File>()) {
        Some(file) => Ok(file),
        None => {
            let given = vm.type_name(value);
            Err(vm.type_error(format!("a binary file is required, not '{given}'")))
        }
    }
}

impl File {
    /// Takes over what another file is open for.
    fn adopt(&self, other: &File) {
        self.number.set(other.number.get());
        self.mode.set(other.mode.get());
        self.closes.set(other.closes.replace(false));
        self.closed.set(false);
        self.beneath.set(Value::UNBOUND);
        self.inner.set(Value::UNBOUND);
        *self.buffers.borrow_mut() = Buffers::default();
    }
}

fn init_raw(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = payload(vm, args[0])?;
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
    about_to_write(args[0]);
    own.adopt(file(vm, made)?);
    own.name.set(args[1]);
    object::heap::register_finalizable(args[0]);
    Ok(Value::NONE)
}

fn init_buffered(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = payload(vm, args[0])?;
    let raw_class = vm.kept("io.FileIO");
    let is_plain = raw_class.is_some_and(|class| class == vm.class_of(args[1]).into());
    if let Some(size) = args[2].bound()
        && vm.index(size)? <= 0
    {
        return Err(vm.value_error("buffer size must be strictly positive"));
    }
    about_to_write(args[0]);
    if is_plain {
        own.adopt(file(vm, args[1])?);
        own.name.set(payload(vm, args[1])?.name.get());
        return Ok(Value::NONE);
    }
    let mut class = vm.class_of(args[0]);
    let builtin = [
        "io.BufferedReader",
        "io.BufferedWriter",
        "io.BufferedRandom",
    ];
    let mut own_classes = builtin
        .iter()
        .filter_map(|name| vm.kept(name)?.cast::<Class>());
    if let Some(found) = own_classes.find(|own| class.is_subclass_of(*own)) {
        class = found;
    }
    let module = vm.import_module("_bufferedio")?;
    let class = vm.get_attr_text(module, &class.name_text())?;
    let given = args[1..].iter().filter_map(|value| value.bound());
    let inner = vm.call(class, &given.collect::<Vec<Value>>())?;
    about_to_write(args[0]);
    own.inner.set(inner);
    Ok(Value::NONE)
}

/// A buffer over a pair of streams.
fn over_any(vm: &mut Vm, args: &[Value]) -> PyResult {
    let module = vm.import_module("_bufferedio")?;
    let name = args[0].cast::<Class>().map(|class| class.name_text());
    let class = vm.get_attr_text(module, &name.unwrap_or_default())?;
    let given = args[1..].iter().filter_map(|value| value.bound());
    vm.call(class, &given.collect::<Vec<Value>>())
}

/// The payload of a receiver that is initialized.
pub fn file(vm: &mut Vm, value: Value) -> PyResult<&'static File> {
    let file = payload(vm, value)?;
    if file.number.get() == UNOPENED && file.inner.get().is_unbound() {
        return Err(vm.value_error("I/O operation on uninitialized object"));
    }
    Ok(file)
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
            match vm.world.write(self.number.get(), data) {
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
            && let Err(error) = vm
                .world
                .seek(self.number.get(), -(left as i64), Whence::Current)
        {
            return self.failed(vm, &error);
        }
        Ok(())
    }

    /// Reads more ahead; false at the end of the file.
    fn fill(&self, vm: &mut Vm, wanted: usize) -> PyResult<bool> {
        loop {
            wait_to_read(vm, self.number.get())?;
            match vm
                .world
                .read(self.number.get(), wanted.clamp(CHUNK_BYTES, 1 << 26))
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
            wait_to_read(vm, self.number.get())?;
            return match vm.world.read(self.number.get(), size.min(1 << 30)) {
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
        let at = match vm.world.seek(self.number.get(), 0, Whence::Current) {
            Ok(at) => at as i64,
            Err(error) => return self.failed(vm, &error),
        };
        let held = self.buffers.borrow().behind.len() as i64;
        Ok(at + held - self.ahead() as i64)
    }

    pub fn seek(&self, vm: &mut Vm, offset: i64, whence: Whence) -> PyResult<i64> {
        self.flush(vm)?;
        self.drop_ahead(vm)?;
        match vm.world.seek(self.number.get(), offset, whence) {
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
            && let Err(error) = vm.world.close(self.number.get())
        {
            return self.failed(vm, &error);
        }
        flushed
    }

    /// Whether the file does its work itself.
    pub fn is_own(&self) -> bool {
        self.number.get() != UNOPENED && self.inner.get().is_unbound()
    }

    pub fn can_read(&self) -> bool {
        self.mode.get().flags.read
    }

    pub fn can_write(&self) -> bool {
        self.mode.get().flags.write
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
    match vm.world.truncate(file.number.get(), size as u64) {
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
    Ok(Value::small(open_file(vm, args[0])?.number.get() as i64))
}

fn isatty(vm: &mut Vm, args: &[Value]) -> PyResult {
    let file = open_file(vm, args[0])?;
    Ok(Value::bool(vm.world.is_terminal(file.number.get())))
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
        vm.world.seek(file.number.get(), 0, Whence::Current).is_ok(),
    ))
}

fn iter(vm: &mut Vm, args: &[Value]) -> PyResult {
    open_file(vm, args[0])?;
    Ok(args[0])
}

fn readall(vm: &mut Vm, args: &[Value]) -> PyResult {
    read(vm, &[args[0], Value::UNBOUND])
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
    let closed = vm.get_attr_text(args[0], "closed")?;
    if vm.truth(closed)? {
        return Err(vm.value_error("I/O operation on closed file."));
    }
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
    let module = match vm.class_of(args[0]).flags.get().immutable {
        true => "_io.",
        false => "",
    };
    Ok(string(&format!("<{module}{class}{name}{tail}>")))
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
    let flags = file.mode.get().flags;
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
    let raw = make(
        vm,
        file.number.get(),
        file.mode.get(),
        true,
        file.name.get(),
        closes,
    );
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
