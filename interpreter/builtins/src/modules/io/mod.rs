//! Module `io`: files as Python has them, and the standard streams.
//!
//! A binary file keeps its own buffers over the world's file numbers (`file`); a text file
//! encodes and decodes at the byte level over a binary one (`text`); `StringIO` and `BytesIO`
//! live in memory (`memory`). What classes written in Python inherit is in `base`.

pub mod base;
pub mod file;
pub mod memory;
mod newline;
pub mod text;

use crate::types::exception::os_error;
use object::{Class, ClassFlags, Dict, Gc, List, Module, Str, Tuple, Value, intern};
use vm::{Def, PyResult, Raised, Vm, method, string};
use world::OpenFlags;

const FUNCTIONS: &[Def] = &[
    method(
        "open(file, mode='r', buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None)",
        open,
    ),
    method("open_code(path)", open_code),
    method("text_encoding(encoding, stacklevel=2, /)", text_encoding),
];

/// Bytes that a buffer holds, as `io.DEFAULT_BUFFER_SIZE`.
pub const BUFFER_BYTES: usize = 1 << 17;

fn open_code(vm: &mut Vm, args: &[Value]) -> PyResult {
    let mut all = [Value::UNBOUND; 8];
    all[0] = args[0];
    all[1] = string("rb");
    open(vm, &all)
}

fn text_encoding(_vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(if args[0].is_none() {
        string("utf-8")
    } else {
        args[0]
    })
}

/// How a file was asked to be opened.
#[derive(Clone, Copy, Default, Debug)]
pub struct Mode {
    pub flags: OpenFlags,
    pub binary: bool,
}

fn parse_mode(vm: &mut Vm, text: &str) -> PyResult<Mode> {
    let mut mode = Mode::default();
    let (mut basic, mut plus, mut textual) = (0, false, false);
    for (i, letter) in text.char_indices() {
        if text[..i].contains(letter) {
            return Err(vm.value_error(format!("invalid mode: '{text}'")));
        }
        match letter {
            'r' => mode.flags.read = true,
            'w' => (mode.flags.write, mode.flags.create, mode.flags.truncate) = (true, true, true),
            'a' => (mode.flags.write, mode.flags.create, mode.flags.append) = (true, true, true),
            'x' => (mode.flags.write, mode.flags.exclusive) = (true, true),
            '+' => plus = true,
            'b' => mode.binary = true,
            't' => textual = true,
            _ => return Err(vm.value_error(format!("invalid mode: '{text}'"))),
        }
        basic += usize::from("rwax".contains(letter));
    }
    if mode.binary && textual {
        return Err(vm.value_error("can't have text and binary mode at once"));
    }
    if basic > 1 {
        return Err(vm.value_error("must have exactly one of create/read/write/append mode"));
    }
    if basic == 0 {
        return Err(vm.value_error(
            "Must have exactly one of create/read/write/append mode and at most one plus",
        ));
    }
    if plus {
        mode.flags.read = true;
        mode.flags.write = true;
    }
    Ok(mode)
}

/// What a path is called: an object with `__fspath__` by what that gives.
pub fn path_name(vm: &mut Vm, value: Value) -> PyResult {
    match vm.lookup_special(value, vm.names.fspath) {
        Some(method) => vm.call_special(method, value, &[]),
        None => Ok(value),
    }
}

/// The bytes of a path given as str, bytes, or an object with `__fspath__`.
pub fn path_of(vm: &mut Vm, value: Value) -> PyResult<Vec<u8>> {
    if let Some(text) = value.to::<Str>() {
        let bytes = vm::path_bytes(text);
        if bytes.contains(&0) {
            return Err(vm.value_error("embedded null byte"));
        }
        return Ok(bytes);
    }
    if let Some(bytes) = value.to::<object::Bytes>() {
        return match bytes.as_slice().contains(&0) {
            true => Err(vm.value_error("embedded null byte")),
            false => Ok(bytes.as_slice().to_vec()),
        };
    }
    if let Some(method) = vm.lookup_special(value, vm.names.fspath) {
        let path = vm.call_special(method, value, &[])?;
        if path.to::<Str>().is_some() || path.to::<object::Bytes>().is_some() {
            return path_of(vm, path);
        }
    }
    let given = vm.type_name(value);
    Err(vm.type_error(format!(
        "expected str, bytes or os.PathLike object, not {given}"
    )))
}

fn option(value: Value) -> Option<Value> {
    value.bound().filter(|v| !v.is_none())
}

fn text_of(vm: &mut Vm, value: Value, name: &str) -> PyResult<Option<String>> {
    match option(value) {
        None => Ok(None),
        Some(value) => match value.to::<Str>() {
            Some(text) => Ok(Some(text.to_text_escaped())),
            None => {
                let given = vm.type_name(value);
                Err(vm.type_error(format!(
                    "open() argument '{name}' must be str or None, not {given}"
                )))
            }
        },
    }
}

/// `open(…)`
pub fn open(vm: &mut Vm, args: &[Value]) -> PyResult {
    let file = path_name(vm, args[0])?;
    let mode_text = match args[1].bound() {
        None => String::from("r"),
        Some(mode) => match mode.to::<Str>() {
            Some(mode) => mode.to_text_escaped(),
            None => {
                let given = vm.type_name(mode);
                return Err(
                    vm.type_error(format!("open() argument 'mode' must be str, not {given}"))
                );
            }
        },
    };
    let mode = parse_mode(vm, &mode_text)?;
    let buffering = match args[2].bound() {
        Some(buffering) => vm.index(buffering)?,
        None => -1,
    };
    let encoding = text_of(vm, args[3], "encoding")?;
    let errors = text_of(vm, args[4], "errors")?;
    let newline = text_of(vm, args[5], "newline")?;
    if mode.binary {
        for (given, name) in [
            (&encoding, "encoding"),
            (&errors, "errors"),
            (&newline, "newline"),
        ] {
            if given.is_some() {
                return Err(vm.value_error(format!(
                    "binary mode doesn't take {} {name} argument",
                    if name == "newline" { "a" } else { "an" }
                )));
            }
        }
    } else if buffering == 0 {
        return Err(vm.value_error("can't have unbuffered text I/O"));
    }
    let close = match args[6].bound() {
        Some(close) => vm.truth(close)?,
        None => true,
    };
    let number = open_number(vm, file, mode, close, option(args[7]))?;
    let is_raw = mode.binary && buffering == 0;
    let binary = file::make(vm, number, mode, is_raw, file, close);
    if mode.binary {
        return Ok(binary);
    }
    let line_buffering = buffering == 1 || (buffering < 0 && vm.world.is_terminal(number));
    let settings = text::Settings::new(
        vm,
        encoding.as_deref(),
        errors,
        newline.as_deref(),
        line_buffering,
    )?;
    let made = text::make(vm, binary, settings);
    vm.set_own(made, intern("mode"), string(&mode_text));
    Ok(made)
}

/// Opens the file, or takes an open one's number.
fn open_number(
    vm: &mut Vm,
    file: Value,
    mode: Mode,
    close: bool,
    opener: Option<Value>,
) -> PyResult<i32> {
    if file.as_float().is_none()
        && let Some(number) = vm.as_int(file)
    {
        let number = vm.index(number)?;
        if number < 0 {
            return Err(vm.value_error("negative file descriptor"));
        }
        let number = i32::try_from(number).unwrap_or(i32::MAX);
        if let Err(error) = vm.world.stat_open(number) {
            return Err(os_error(vm, &error, Some(file)));
        }
        return Ok(number);
    }
    let path = path_of(vm, file)?;
    if !close {
        return Err(vm.value_error("Cannot use closefd=False with file name"));
    }
    if let Some(opener) = opener {
        let bits = flag_bits(mode.flags);
        let number = vm.call(opener, &[file, Value::small(bits)])?;
        let number = vm.index(number)?;
        return i32::try_from(number)
            .ok()
            .filter(|n| *n >= 0)
            .ok_or_else(|| vm.value_error(format!("opener returned {number}")));
    }
    if vm.world.is_dir(&path) {
        let error = std::io::Error::from_raw_os_error(21);
        return Err(os_error(vm, &error, Some(file)));
    }
    let mut opened = vm.world.open(&path, mode.flags, 0o666);
    if opened
        .as_ref()
        .is_err_and(|e| e.raw_os_error() == Some(TOO_MANY_FILES))
    {
        // Files that the program has let go are closed when they are found dead.
        vm.collect_garbage(true);
        vm.run_due()?;
        opened = vm.world.open(&path, mode.flags, 0o666);
    }
    opened.map_err(|error| os_error(vm, &error, Some(file)))
}

/// The system's number for it, the same on all targets.
const TOO_MANY_FILES: i32 = 24;

/// The flags as Linux numbers them, for `opener`.
fn flag_bits(flags: OpenFlags) -> i64 {
    let access = match (flags.read, flags.write) {
        (true, true) => 2,
        (false, true) => 1,
        _ => 0,
    };
    access
        | if flags.create || flags.exclusive {
            0o100
        } else {
            0
        }
        | if flags.exclusive { 0o200 } else { 0 }
        | if flags.truncate { 0o1000 } else { 0 }
        | if flags.append { 0o2000 } else { 0 }
}

/// `io.UnsupportedOperation(text)`
pub fn unsupported(vm: &mut Vm, text: &str) -> Raised {
    match vm
        .kept("io.UnsupportedOperation")
        .and_then(|c| c.cast::<Class>())
    {
        Some(class) => vm.raise(class, text),
        None => vm.value_error(text),
    }
}

/// A class of this module.
pub fn class(
    vm: &mut Vm,
    space: Gc<Dict>,
    name: &str,
    base: Gc<Class>,
    methods: &[Def],
) -> Gc<Class> {
    let flags = ClassFlags {
        has_dict: true,
        immutable: true,
        ..ClassFlags::default()
    };
    let class = vm.native_class("_io", name, base, flags, methods);
    space.set_str(intern(name), class.into());
    class
}

fn install_unsupported(vm: &mut Vm, space: Gc<Dict>) {
    let bases = Tuple::new(&[vm.types.os_error.into(), vm.types.value_error.into()]);
    let names = Dict::new();
    names.set_str(vm.names.module, intern("io").into());
    let (meta, name) = (vm.types.type_, intern("UnsupportedOperation"));
    // Nothing in making this class can be refused: its bases are fixed.
    if let Ok(class) = vm.new_class(meta, name, bases, names, None) {
        vm.keep("io.UnsupportedOperation", class.into());
        space.set_str(name, class.into());
    }
}

/// What `from io import *` gives.
const EXPORTED: &[&str] = &[
    "BlockingIOError",
    "open",
    "open_code",
    "IOBase",
    "RawIOBase",
    "FileIO",
    "BytesIO",
    "StringIO",
    "BufferedIOBase",
    "BufferedReader",
    "BufferedWriter",
    "BufferedRWPair",
    "BufferedRandom",
    "TextIOBase",
    "TextIOWrapper",
    "UnsupportedOperation",
    "SEEK_SET",
    "SEEK_CUR",
    "SEEK_END",
    "DEFAULT_BUFFER_SIZE",
    "IncrementalNewlineDecoder",
    "text_encoding",
];

pub fn install(vm: &mut Vm) {
    let module = vm.define_module("io", FUNCTIONS);
    let space = module.namespace();
    install_unsupported(vm, space);
    base::install(vm, space);
    file::install(vm, space);
    text::install(vm, space);
    memory::install(vm, space);
    let all = List::new();
    EXPORTED.iter().for_each(|name| all.push(string(name)));
    space.set_str(intern("__all__"), all.into());
    let constants = [("SEEK_SET", 0), ("SEEK_CUR", 1), ("SEEK_END", 2)];
    for (name, value) in constants {
        space.set_str(intern(name), Value::small(value));
    }
    space.set_str(
        intern("DEFAULT_BUFFER_SIZE"),
        Value::small(BUFFER_BYTES as i64),
    );
    let blocking = vm.types.blocking_io_error;
    space.set_str(intern("BlockingIOError"), blocking.into());
    let aliases = [
        ("IOBase", "_IOBase"),
        ("RawIOBase", "_RawIOBase"),
        ("BufferedIOBase", "_BufferedIOBase"),
        ("TextIOBase", "_TextIOBase"),
    ];
    for (name, own) in aliases {
        if let Some(class) = space.get_str(intern(own)) {
            space.set_str(intern(name), class);
        }
    }
    let getattr = vm.native_function("__getattr__(name, /)", getattr);
    space.set_str(vm.names.getattr, getattr.into());
    vm.add_native_module("_io", module);
    standard_streams(vm);
}

/// What is written in Python, made when it is first asked for.
const IN_PYTHON: &[&str] = &["IncrementalNewlineDecoder", "Reader", "Writer"];

fn getattr(vm: &mut Vm, args: &[Value]) -> PyResult {
    let name = vm.str_text(args[0])?;
    if !IN_PYTHON.contains(&name.as_str()) {
        return Err(vm.attribute_error(format!("module 'io' has no attribute '{name}'")));
    }
    let module = vm.import_module("_iomore")?;
    let made = vm.get_attr_text(module, &name)?;
    if let Some(io) = vm.modules.get_str(intern("io")) {
        vm.set_own(io, intern(&name), made);
    }
    Ok(made)
}

/// `sys.stdin`, `sys.stdout` and `sys.stderr`.
fn standard_streams(vm: &mut Vm) {
    let Some(sys) = vm
        .modules
        .get_str(vm.names.sys)
        .and_then(|m| m.cast::<Module>())
    else {
        return;
    };
    for (number, name) in [(0, "stdin"), (1, "stdout"), (2, "stderr")] {
        let mut mode = Mode {
            binary: true,
            ..Mode::default()
        };
        mode.flags.read = number == 0;
        mode.flags.write = number != 0;
        let shown = string(&format!("<{name}>"));
        let binary = file::make(vm, number, mode, false, shown, false);
        let lines = number == 2 || vm.world.is_terminal(number);
        let errors = match number {
            2 => "backslashreplace",
            _ => "strict",
        };
        let mut settings = text::Settings::standard(errors, lines && number != 0);
        settings.write_through = vm.options.unbuffered && number != 0;
        let stream = text::make(vm, binary, settings);
        let mode = if number == 0 { "r" } else { "w" };
        vm.set_own(stream, intern("mode"), string(mode));
        let space = sys.namespace();
        space.set_str(intern(name), stream);
        space.set_str(intern(&format!("__{name}__")), stream);
    }
}
