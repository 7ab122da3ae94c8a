//! Exceptions: `BaseException` and what its subclasses add.
//!
//! Fields such as `OSError.errno` lie among the exception's own attributes; a computed attribute
//! of the class reads them, and gives None where nothing was set.

use crate::modules::io::path_name;
use object::{Class, Dict, Exception, Gc, GetSet, List, Str, Traceback, Tuple, Value, intern};
use std::io;
use vm::{Def, PyResult, Raised, Vm, getter, method, setter, static_method, string, tuple};

const BASE: &[Def] = &[
    static_method("__new__(cls, /, *args, **kwargs)", new),
    method("__init__(self, /, *args, **kwargs?)", init),
    method("__repr__(self, /)", repr),
    method("__str__(self, /)", str),
    method("with_traceback(self, tb, /)", with_traceback),
    method("add_note(self, note, /)", add_note),
    method("__reduce__(self, /)", reduce),
    method("__setstate__(self, state, /)", setstate),
    getter("args", args_of),
    setter("args", set_args),
    getter("__traceback__", traceback),
    setter("__traceback__", set_traceback),
    getter("__cause__", cause),
    setter("__cause__", set_cause),
    getter("__context__", context),
    setter("__context__", set_context),
    getter("__suppress_context__", suppress_context),
    setter("__suppress_context__", set_suppress_context),
];

/// The exception object of a receiver.
pub fn exception(vm: &mut Vm, value: Value) -> PyResult<Gc<Exception>> {
    vm.receiver::<Exception>(value)
}

/// `cls.__new__`: an exception with its arguments.
pub fn new(vm: &mut Vm, args: &[Value]) -> PyResult {
    let class = exception_class(vm, args[0])?;
    Ok(Exception::new(class.new_instance_shape(), tuple(&args[2..])).into())
}

/// The class given to `__new__`, if it is one of exceptions.
pub fn exception_class(vm: &mut Vm, value: Value) -> PyResult<Gc<Class>> {
    match value.cast::<Class>() {
        Some(class) if class.is_subclass_of(vm.types.base_exception) => {
            if class.flags.get().no_instances {
                super::object::allocate(vm, class)?;
            }
            Ok(class)
        }
        _ => {
            let given = vm.repr_text(value)?;
            Err(vm.type_error(format!("{given} is not a class of exceptions")))
        }
    }
}

fn init(vm: &mut Vm, args: &[Value]) -> PyResult {
    no_keywords(vm, args[0], args[1])?;
    let exception = exception(vm, args[0])?;
    exception.write(|e| &e.args, tuple(&args[2..]));
    Ok(Value::NONE)
}

fn no_keywords(vm: &mut Vm, exception: Value, keywords: Value) -> PyResult<()> {
    if keywords.cast::<Dict>().is_some_and(|d| !d.is_empty()) {
        let class = vm.type_name(exception);
        return Err(vm.type_error(format!("{class}() takes no keyword arguments")));
    }
    Ok(())
}

/// The arguments as a slice.
pub fn arguments(exception: Gc<Exception>) -> &'static [Value] {
    exception
        .args
        .get()
        .cast::<Tuple>()
        .map_or(&[], |args| args.items())
}

fn repr(vm: &mut Vm, args: &[Value]) -> PyResult {
    let exception = exception(vm, args[0])?;
    let class = vm.type_name(args[0]);
    let text = match arguments(exception) {
        [one] => format!("({})", vm.repr_text(*one)?),
        _ => vm.repr_text(exception.args.get())?,
    };
    Ok(string(&format!("{class}{text}")))
}

fn str(vm: &mut Vm, args: &[Value]) -> PyResult {
    let exception = exception(vm, args[0])?;
    match arguments(exception) {
        [] => Ok(Str::empty().into()),
        [one] => vm.str(*one).map(Value::from),
        _ => vm.str(exception.args.get()).map(Value::from),
    }
}

fn with_traceback(vm: &mut Vm, args: &[Value]) -> PyResult {
    set_traceback(vm, args)?;
    Ok(args[0])
}

fn add_note(vm: &mut Vm, args: &[Value]) -> PyResult {
    if vm.as_str(args[1]).is_none() {
        let given = vm.type_name(args[1]);
        return Err(vm.type_error(format!("note must be a str, not '{given}'")));
    }
    let notes = match vm.find_attr(args[0], vm.names.notes)? {
        Some(notes) => match notes.cast::<List>() {
            Some(notes) => notes,
            None => return Err(vm.type_error("Cannot add note: __notes__ is not a list")),
        },
        None => {
            let notes = List::new();
            vm.set_attr(args[0], vm.names.notes, notes.into())?;
            notes
        }
    };
    notes.push(args[1]);
    Ok(Value::NONE)
}

fn reduce(vm: &mut Vm, args: &[Value]) -> PyResult {
    let exception = exception(vm, args[0])?;
    let class = vm.class_of(args[0]);
    reduced(vm, args[0], class, exception.args.get(), &[])
}

/// What `__reduce__` gives: the class, its arguments, and the attributes that the arguments say
/// nothing of: not those named, nor those that cannot be assigned to.
fn reduced(
    vm: &mut Vm,
    exception: Value,
    class: Gc<Class>,
    arguments: Value,
    known: &[&str],
) -> PyResult {
    let state = Dict::new();
    for (name, value) in vm.own_attributes(exception) {
        let text = name.cast::<Str>();
        let is_known = text.is_some_and(|text| {
            let on_class = vm
                .lookup_type(class, text)
                .and_then(|found| found.cast::<GetSet>());
            let is_fixed = on_class.is_some_and(|found| found.setter == u32::MAX);
            is_fixed || known.iter().any(|known| text.equals_text(known))
        });
        if !is_known {
            vm.dict_set(state, name, value)?;
        }
    }
    if state.is_empty() {
        return Ok(tuple(&[class.into(), arguments]));
    }
    Ok(tuple(&[class.into(), arguments, state.into()]))
}

fn setstate(vm: &mut Vm, args: &[Value]) -> PyResult {
    if args[1].is_none() {
        return Ok(Value::NONE);
    }
    let Some(state) = args[1].to::<Dict>() else {
        return Err(vm.type_error("state is not a dictionary"));
    };
    for (name, value) in state.copy().get().iter() {
        if let Some(name) = vm.as_str(name) {
            vm.set_attr(args[0], name, value)?;
        }
    }
    Ok(Value::NONE)
}

fn args_of(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(exception(vm, args[0])?.args.get())
}

fn set_args(vm: &mut Vm, args: &[Value]) -> PyResult {
    let exception = exception(vm, args[0])?;
    if args[1].is_unbound() {
        return Err(vm.type_error("args may not be deleted"));
    }
    let items = vm.collect(args[1])?;
    exception.write(|e| &e.args, tuple(items.items()));
    Ok(Value::NONE)
}

fn traceback(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(exception(vm, args[0])?.traceback.get())
}

fn set_traceback(vm: &mut Vm, args: &[Value]) -> PyResult {
    let exception = exception(vm, args[0])?;
    let value = args[1];
    if value.is_unbound() {
        return Err(vm.type_error("__traceback__ may not be deleted"));
    }
    if !value.is_none() && !value.is::<Traceback>() {
        return Err(vm.type_error("__traceback__ must be a traceback or None"));
    }
    exception.write(|e| &e.traceback, value);
    Ok(Value::NONE)
}

fn cause(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(exception(vm, args[0])?.cause.get())
}

fn set_cause(vm: &mut Vm, args: &[Value]) -> PyResult {
    let exception = exception(vm, args[0])?;
    if args[1].is_unbound() {
        return Err(vm.type_error("__cause__ may not be deleted"));
    }
    if !args[1].is_none() && !args[1].is::<Exception>() {
        return Err(vm.type_error("exception cause must be None or derive from BaseException"));
    }
    exception.write(|e| &e.cause, args[1]);
    exception.suppress_context.set(true);
    Ok(Value::NONE)
}

fn context(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(exception(vm, args[0])?.context.get())
}

fn set_context(vm: &mut Vm, args: &[Value]) -> PyResult {
    let exception = exception(vm, args[0])?;
    if args[1].is_unbound() {
        return Err(vm.type_error("__context__ may not be deleted"));
    }
    if !args[1].is_none() && !args[1].is::<Exception>() {
        return Err(vm.type_error("exception context must be None or derive from BaseException"));
    }
    exception.write(|e| &e.context, args[1]);
    Ok(Value::NONE)
}

fn suppress_context(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(Value::bool(exception(vm, args[0])?.suppress_context.get()))
}

fn set_suppress_context(vm: &mut Vm, args: &[Value]) -> PyResult {
    let exception = exception(vm, args[0])?;
    match args[1].as_bool() {
        Some(suppress) => exception.suppress_context.set(suppress),
        None => return Err(vm.type_error("attribute value type must be bool")),
    }
    Ok(Value::NONE)
}

// ---- fields of subclasses

macro_rules! fields {
    ($($get:ident $set:ident $name:literal;)*) => {
        $(
            fn $get(vm: &mut Vm, args: &[Value]) -> PyResult {
                Ok(vm.own_attr(args[0], intern($name)).unwrap_or(Value::NONE))
            }

            fn $set(vm: &mut Vm, args: &[Value]) -> PyResult {
                vm.set_own(args[0], intern($name), args[1].bound().unwrap_or(Value::NONE));
                Ok(Value::NONE)
            }
        )*
    };
}

fields! {
    name set_name "name";
    obj set_obj "obj";
    path set_path "path";
    name_from set_name_from "name_from";
    msg set_msg "msg";
    code set_code "code";
    errno set_errno "errno";
    strerror set_strerror "strerror";
    filename set_filename "filename";
    filename2 set_filename2 "filename2";
    lineno set_lineno "lineno";
    offset set_offset "offset";
    text set_text "text";
    end_lineno set_end_lineno "end_lineno";
    end_offset set_end_offset "end_offset";
    print_file set_print_file "print_file_and_line";
    encoding set_encoding "encoding";
    object set_object "object";
    start set_start "start";
    end set_end "end";
    reason set_reason "reason";
}

/// Takes keyword arguments of the given names into fields; others are refused.
fn take_keywords(vm: &mut Vm, args: &[Value], allowed: &[Gc<Str>]) -> PyResult<()> {
    let keywords = args[1].cast::<Dict>();
    for (key, _) in keywords.iter().flat_map(|keywords| keywords.get().iter()) {
        let key_text = vm.str_text(key)?;
        if !allowed.iter().any(|name| name.equals_text(&key_text)) {
            let class = vm.type_name(args[0]);
            return Err(vm.type_error(format!(
                "{class}() got an unexpected keyword argument '{key_text}'"
            )));
        }
    }
    // One that is not given is forgotten, should the object have been made before.
    for &name in allowed {
        let given = keywords.and_then(|keywords| keywords.get_str(name));
        if given.is_some() || vm.own_attr(args[0], name).is_some() {
            vm.set_own(args[0], name, given.unwrap_or(Value::NONE));
        }
    }
    Ok(())
}

fn init_args(vm: &mut Vm, args: &[Value]) -> PyResult<Gc<Exception>> {
    let exception = exception(vm, args[0])?;
    exception.write(|e| &e.args, tuple(&args[2..]));
    Ok(exception)
}

const NAME_ERROR: &[Def] = &[
    method("__init__(self, /, *args, **kwargs)", name_error_init),
    getter("name", name),
    setter("name", set_name),
];

fn name_error_init(vm: &mut Vm, args: &[Value]) -> PyResult {
    init_args(vm, args)?;
    let allowed = [vm.names.name];
    take_keywords(vm, args, &allowed)?;
    Ok(Value::NONE)
}

const ATTRIBUTE_ERROR: &[Def] = &[
    method("__init__(self, /, *args, **kwargs)", attribute_error_init),
    getter("name", name),
    setter("name", set_name),
    getter("obj", obj),
    setter("obj", set_obj),
];

fn attribute_error_init(vm: &mut Vm, args: &[Value]) -> PyResult {
    init_args(vm, args)?;
    let allowed = [vm.names.name, vm.names.obj];
    take_keywords(vm, args, &allowed)?;
    Ok(Value::NONE)
}

const IMPORT_ERROR: &[Def] = &[
    method("__init__(self, /, *args, **kwargs)", import_error_init),
    method("__str__(self, /)", import_error_str),
    getter("name", name),
    setter("name", set_name),
    getter("path", path),
    setter("path", set_path),
    getter("name_from", name_from),
    setter("name_from", set_name_from),
    getter("msg", import_error_msg),
    setter("msg", set_msg),
];

fn import_error_init(vm: &mut Vm, args: &[Value]) -> PyResult {
    init_args(vm, args)?;
    let allowed = [vm.names.name, vm.names.path_attr, intern("name_from")];
    take_keywords(vm, args, &allowed)?;
    Ok(Value::NONE)
}

fn import_error_msg(vm: &mut Vm, args: &[Value]) -> PyResult {
    if let Some(own) = vm.own_attr(args[0], vm.names.msg) {
        return Ok(own);
    }
    let exception = exception(vm, args[0])?;
    Ok(match arguments(exception) {
        [message] => *message,
        _ => Value::NONE,
    })
}

fn import_error_str(vm: &mut Vm, args: &[Value]) -> PyResult {
    let message = import_error_msg(vm, args)?;
    if message.is::<Str>() {
        Ok(message)
    } else {
        str(vm, args)
    }
}

const STOP_ITERATION: &[Def] = &[getter("value", stop_value), setter("value", set_stop_value)];

fn stop_value(vm: &mut Vm, args: &[Value]) -> PyResult {
    if let Some(own) = vm.own_attr(args[0], vm.names.value) {
        return Ok(own);
    }
    let exception = exception(vm, args[0])?;
    Ok(arguments(exception).first().copied().unwrap_or(Value::NONE))
}

fn set_stop_value(vm: &mut Vm, args: &[Value]) -> PyResult {
    vm.set_own(
        args[0],
        vm.names.value,
        args[1].bound().unwrap_or(Value::NONE),
    );
    Ok(Value::NONE)
}

const SYSTEM_EXIT: &[Def] = &[
    method("__init__(self, /, *args, **kwargs)", system_exit_init),
    getter("code", code),
    setter("code", set_code),
];

fn system_exit_init(vm: &mut Vm, args: &[Value]) -> PyResult {
    no_keywords(vm, args[0], args[1])?;
    let exception = init_args(vm, args)?;
    let code = match &args[2..] {
        [] => return Ok(Value::NONE),
        [one] => *one,
        _ => exception.args.get(),
    };
    vm.set_own(args[0], vm.names.code, code);
    Ok(Value::NONE)
}

const KEY_ERROR: &[Def] = &[method("__str__(self, /)", key_error_str)];

fn key_error_str(vm: &mut Vm, args: &[Value]) -> PyResult {
    let exception = exception(vm, args[0])?;
    match arguments(exception) {
        [key] => vm.repr(*key).map(Value::from),
        _ => str(vm, args),
    }
}

// ---- OSError

const OS_ERROR: &[Def] = &[
    static_method("__new__(cls, /, *args, **kwargs)", os_error_new),
    method("__init__(self, /, *args, **kwargs)", os_error_init),
    method("__str__(self, /)", os_error_str),
    method("__reduce__(self, /)", os_error_reduce),
    getter("errno", errno),
    setter("errno", set_errno),
    getter("strerror", strerror),
    setter("strerror", set_strerror),
    getter("filename", filename),
    setter("filename", set_filename),
    getter("filename2", filename2),
    setter("filename2", set_filename2),
];

/// How much was written before a write would have waited.
const WRITTEN: &str = "characters_written";

const BLOCKING_IO_ERROR: &[Def] = &[
    getter(WRITTEN, |vm, args| {
        match vm.own_attr(args[0], intern(WRITTEN)) {
            Some(own) => Ok(own),
            None => Err(vm.attribute_error(WRITTEN)),
        }
    }),
    setter(WRITTEN, |vm, args| {
        match args[1].bound() {
            Some(value) => {
                let count = vm.index(value)?;
                vm.set_own(args[0], intern(WRITTEN), Value::int(count));
            }
            None if vm.own_attr(args[0], intern(WRITTEN)).is_some() => {
                vm.own_dict(args[0])
                    .and_then(|own| own.remove_str(intern(WRITTEN)));
            }
            None => return Err(vm.attribute_error(WRITTEN)),
        }
        Ok(Value::NONE)
    }),
];

/// The subclass of OSError that stands for an error number (Python's library reference, "OS
/// exceptions"; the numbers are Linux's).
fn class_of_errno(vm: &Vm, number: i64) -> Option<Gc<Class>> {
    let types = &vm.types;
    Some(match number {
        11 | 114 | 115 => types.blocking_io_error,
        10 => types.child_process_error,
        32 | 108 => types.broken_pipe_error,
        103 => types.connection_aborted_error,
        111 => types.connection_refused_error,
        104 => types.connection_reset_error,
        17 => types.file_exists_error,
        2 => types.file_not_found_error,
        4 => types.interrupted_error,
        21 => types.is_a_directory_error,
        20 => types.not_a_directory_error,
        1 | 13 => types.permission_error,
        3 => types.process_lookup_error,
        110 => types.timeout_error,
        _ => return None,
    })
}

fn os_error_new(vm: &mut Vm, args: &[Value]) -> PyResult {
    let mut class = exception_class(vm, args[0])?;
    let given = &args[2..];
    if class == vm.types.os_error
        && (2..=5).contains(&given.len())
        && let Some(number) = given[0].as_small()
        && let Some(specific) = class_of_errno(vm, number)
    {
        class = specific;
    }
    let made: Value = Exception::new(class.new_instance_shape(), tuple(given)).into();
    // A subclass with an `__init__` of its own may not pass the arguments on.
    set_os_fields(vm, made, given);
    Ok(made)
}

fn os_error_init(vm: &mut Vm, args: &[Value]) -> PyResult {
    no_keywords(vm, args[0], args[1])?;
    set_os_fields(vm, args[0], &args[2..]);
    Ok(Value::NONE)
}

fn set_os_fields(vm: &mut Vm, value: Value, given: &[Value]) {
    let Some(exception) = value.cast::<Exception>() else {
        return;
    };
    exception.write(|e| &e.args, tuple(given));
    if !(2..=5).contains(&given.len()) {
        return;
    }
    vm.set_own(value, vm.names.errno, given[0]);
    vm.set_own(value, vm.names.strerror, given[1]);
    if let Some(&name) = given.get(2)
        && name.is_small()
        && vm
            .class_of(value)
            .is_subclass_of(vm.types.blocking_io_error)
    {
        vm.set_own(value, intern(WRITTEN), name);
    } else if let Some(&name) = given.get(2)
        && !name.is_none()
    {
        vm.set_own(value, vm.names.filename, name);
        if let Some(&second) = given.get(4) {
            vm.set_own(value, intern("filename2"), second);
        }
        exception.write(|e| &e.args, tuple(&given[..2]));
    }
}

fn os_error_str(vm: &mut Vm, args: &[Value]) -> PyResult {
    let field =
        |vm: &mut Vm, name: &str| vm.own_attr(args[0], intern(name)).filter(|v| !v.is_none());
    let (number, text) = (field(vm, "errno"), field(vm, "strerror"));
    let (first, second) = (field(vm, "filename"), field(vm, "filename2"));
    let shown = |vm: &mut Vm, value: Option<Value>| vm.str_text(value.unwrap_or(Value::NONE));
    if let Some(first) = first {
        let (number, text) = (shown(vm, number)?, shown(vm, text)?);
        let first = vm.repr_text(first)?;
        let tail = match second {
            Some(second) => format!(" -> {}", vm.repr_text(second)?),
            None => String::new(),
        };
        return Ok(string(&format!("[Errno {number}] {text}: {first}{tail}")));
    }
    if number.is_some() && text.is_some() {
        let (number, text) = (shown(vm, number)?, shown(vm, text)?);
        return Ok(string(&format!("[Errno {number}] {text}")));
    }
    str(vm, args)
}

fn os_error_reduce(vm: &mut Vm, args: &[Value]) -> PyResult {
    let exception = exception(vm, args[0])?;
    let mut all = arguments(exception).to_vec();
    if all.len() == 2
        && let Some(name) = vm.own_attr(args[0], vm.names.filename)
    {
        all.push(name);
        if let Some(second) = vm.own_attr(args[0], intern("filename2")) {
            all.extend([Value::NONE, second]);
        }
    }
    let class = vm.class_of(args[0]);
    let known = ["errno", "strerror", "filename", "filename2", WRITTEN];
    reduced(vm, args[0], class, tuple(&all), &known)
}

/// The system's text for an error, without Rust's addition.
pub fn error_text(error: &io::Error) -> String {
    let text = error.to_string();
    match text.find(" (os error") {
        Some(at) => text[..at].to_owned(),
        None => text,
    }
}

/// The OSError (or subclass) of a failed operation of the world.
pub fn os_error(vm: &mut Vm, error: &io::Error, name: Option<Value>) -> Raised {
    let number = error.raw_os_error().unwrap_or(5) as i64;
    let text = error_text(error);
    // Before anything is in a vector, which the collector does not see: this may run Python code.
    let name = match name.map(|name| path_name(vm, name)).transpose() {
        Ok(name) => name,
        Err(raised) => return raised,
    };
    let mut given = vec![Value::small(number), string(&text)];
    given.extend(name);
    let class = class_of_errno(vm, number).unwrap_or(vm.types.os_error);
    let made: Value = Exception::new(class.new_instance_shape(), tuple(&given)).into();
    set_os_fields(vm, made, &given);
    Raised(made)
}

// ---- SyntaxError

const SYNTAX_ERROR: &[Def] = &[
    method("__init__(self, /, *args, **kwargs)", syntax_error_init),
    method("__str__(self, /)", syntax_error_str),
    getter("msg", msg),
    setter("msg", set_msg),
    getter("filename", filename),
    setter("filename", set_filename),
    getter("lineno", lineno),
    setter("lineno", set_lineno),
    getter("offset", offset),
    setter("offset", set_offset),
    getter("text", text),
    setter("text", set_text),
    getter("end_lineno", end_lineno),
    setter("end_lineno", set_end_lineno),
    getter("end_offset", end_offset),
    setter("end_offset", set_end_offset),
    getter("print_file_and_line", print_file),
    setter("print_file_and_line", set_print_file),
];

fn syntax_error_init(vm: &mut Vm, args: &[Value]) -> PyResult {
    no_keywords(vm, args[0], args[1])?;
    init_args(vm, args)?;
    if let Some(&message) = args.get(2) {
        vm.set_own(args[0], vm.names.msg, message);
    }
    if let [_, _, _, place] = args {
        let place = vm.collect(*place)?;
        let fields = [
            "filename",
            "lineno",
            "offset",
            "text",
            "end_lineno",
            "end_offset",
        ];
        let given = place.len();
        let bound = match given {
            0..4 => Some("at least 4"),
            4..=6 => None,
            _ => Some("at most 6"),
        };
        if let Some(bound) = bound {
            return Err(vm.type_error(format!("function takes {bound} arguments ({given} given)")));
        }
        if place.len() == 5 {
            return Err(vm.type_error("end_offset must be provided when end_lineno is provided"));
        }
        for (field, &value) in fields.iter().zip(place.items()) {
            vm.set_own(args[0], intern(field), value);
        }
    }
    Ok(Value::NONE)
}

fn syntax_error_str(vm: &mut Vm, args: &[Value]) -> PyResult {
    let message = msg(vm, args)?;
    let message = vm.str_text(message)?;
    let (file, line) = (filename(vm, args)?, lineno(vm, args)?);
    let file = match file.to::<Str>() {
        Some(file) => {
            let file = file.to_text_escaped();
            Some(file.rsplit('/').next().unwrap_or(&file).to_owned())
        }
        None => None,
    };
    let line = vm.as_int(line);
    Ok(string(&match (file, line) {
        (Some(file), Some(line)) => {
            format!("{message} ({file}, line {})", vm.str_text(line)?)
        }
        (Some(file), None) => format!("{message} ({file})"),
        (None, Some(line)) => format!("{message} (line {})", vm.str_text(line)?),
        (None, None) => message,
    }))
}

// ---- UnicodeError

const UNICODE_ENCODE: &[Def] = &[
    method(
        "__init__(self, encoding, object, start, end, reason, /)",
        unicode_encode_init,
    ),
    method("__str__(self, /)", unicode_encode_str),
    getter("encoding", encoding),
    setter("encoding", set_encoding),
    getter("object", object),
    setter("object", set_object),
    getter("start", start),
    setter("start", set_start),
    getter("end", end),
    setter("end", set_end),
    getter("reason", reason),
    setter("reason", set_reason),
];

const UNICODE_DECODE: &[Def] = &[
    method(
        "__init__(self, encoding, object, start, end, reason, /)",
        unicode_decode_init,
    ),
    method("__str__(self, /)", unicode_decode_str),
    getter("encoding", encoding),
    setter("encoding", set_encoding),
    getter("object", object),
    setter("object", set_object),
    getter("start", start),
    setter("start", set_start),
    getter("end", end),
    setter("end", set_end),
    getter("reason", reason),
    setter("reason", set_reason),
];

const UNICODE_TRANSLATE: &[Def] = &[
    method(
        "__init__(self, object, start, end, reason, /)",
        unicode_translate_init,
    ),
    method("__str__(self, /)", unicode_translate_str),
    getter("object", object),
    setter("object", set_object),
    getter("start", start),
    setter("start", set_start),
    getter("end", end),
    setter("end", set_end),
    getter("reason", reason),
    setter("reason", set_reason),
];

fn unicode_encode_init(vm: &mut Vm, args: &[Value]) -> PyResult {
    expect_texts(vm, args, &[1, 2, 5])?;
    unicode_init(vm, args)
}

fn unicode_decode_init(vm: &mut Vm, args: &[Value]) -> PyResult {
    expect_texts(vm, args, &[1, 5])?;
    unicode_init(vm, args)?;
    let Some(bytes) = super::bytes::contents(vm, args[2])? else {
        let given = vm.type_name(args[2]);
        return Err(vm.type_error(format!("a bytes-like object is required, not '{given}'")));
    };
    if args[2].to::<object::Bytes>().is_none() {
        let bytes = object::Bytes::new(&bytes);
        vm.set_own(args[0], intern("object"), bytes.into());
    }
    Ok(Value::NONE)
}

fn expect_texts(vm: &mut Vm, args: &[Value], places: &[usize]) -> PyResult<()> {
    for &at in places {
        if vm.as_str(args[at]).is_none() {
            let given = vm.type_name(args[at]);
            return Err(vm.type_error(format!("argument {at} must be str, not {given}")));
        }
    }
    Ok(())
}

fn unicode_init(vm: &mut Vm, args: &[Value]) -> PyResult {
    let exception = exception(vm, args[0])?;
    for at in [3, 4] {
        vm.index(args[at])?;
    }
    exception.write(|e| &e.args, tuple(&args[1..]));
    let fields = ["encoding", "object", "start", "end", "reason"];
    for (field, &value) in fields.iter().zip(&args[1..]) {
        vm.set_own(args[0], intern(field), value);
    }
    Ok(Value::NONE)
}

fn unicode_translate_init(vm: &mut Vm, args: &[Value]) -> PyResult {
    let exception = exception(vm, args[0])?;
    exception.write(|e| &e.args, tuple(&args[1..]));
    let fields = ["object", "start", "end", "reason"];
    for (field, &value) in fields.iter().zip(&args[1..]) {
        vm.set_own(args[0], intern(field), value);
    }
    Ok(Value::NONE)
}

/// Start, end and reason of a UnicodeError.
fn unicode_place(vm: &mut Vm, args: &[Value]) -> PyResult<(i64, i64, String)> {
    let (start, end) = (start(vm, args)?, end(vm, args)?);
    let reason = reason(vm, args)?;
    let reason = vm.str_text(reason)?;
    Ok((
        start.as_small().unwrap_or(0),
        end.as_small().unwrap_or(0),
        reason,
    ))
}

fn character(object: Value, at: i64) -> Option<String> {
    let text = object.to::<Str>()?;
    let point = usize::try_from(at)
        .ok()
        .filter(|&at| at < text.len())
        .map(|at| text.point(at))?;
    Some(match point {
        0..=0xff => format!("\\x{point:02x}"),
        0x100..=0xffff => format!("\\u{point:04x}"),
        _ => format!("\\U{point:08x}"),
    })
}

fn unicode_encode_str(vm: &mut Vm, args: &[Value]) -> PyResult {
    let object = object(vm, args)?;
    if object.is_none() {
        return Ok(Str::empty().into());
    }
    let codec = encoding(vm, args)?;
    let codec = vm.str_text(codec)?;
    let (start, end, reason) = unicode_place(vm, args)?;
    Ok(string(&match character(object, start) {
        Some(shown) if end == start + 1 => format!(
            "'{codec}' codec can't encode character '{shown}' in position {start}: {reason}"
        ),
        _ => format!(
            "'{codec}' codec can't encode characters in position {start}-{}: {reason}",
            end - 1
        ),
    }))
}

fn unicode_decode_str(vm: &mut Vm, args: &[Value]) -> PyResult {
    let object = object(vm, args)?;
    if object.is_none() {
        return Ok(Str::empty().into());
    }
    let codec = encoding(vm, args)?;
    let codec = vm.str_text(codec)?;
    let (start, end, reason) = unicode_place(vm, args)?;
    let byte = object
        .to::<object::Bytes>()
        .and_then(|bytes| bytes.as_slice().get(usize::try_from(start).ok()?).copied());
    Ok(string(&match byte {
        Some(byte) if end == start + 1 => {
            format!("'{codec}' codec can't decode byte 0x{byte:02x} in position {start}: {reason}")
        }
        _ => format!(
            "'{codec}' codec can't decode bytes in position {start}-{}: {reason}",
            end - 1
        ),
    }))
}

fn unicode_translate_str(vm: &mut Vm, args: &[Value]) -> PyResult {
    let object = object(vm, args)?;
    if object.is_none() {
        return Ok(Str::empty().into());
    }
    let (start, end, reason) = unicode_place(vm, args)?;
    Ok(string(&match character(object, start) {
        Some(shown) if end == start + 1 => {
            format!("can't translate character '{shown}' in position {start}: {reason}")
        }
        _ => format!(
            "can't translate characters in position {start}-{}: {reason}",
            end - 1
        ),
    }))
}

/// Raises a UnicodeEncodeError or UnicodeDecodeError with its five fields.
pub fn unicode_error(
    vm: &mut Vm,
    class: Gc<Class>,
    codec: &str,
    object: Value,
    range: (usize, usize),
    reason: &str,
) -> Raised {
    let number = |n: usize| Value::small(n as i64);
    let fields = [
        string(codec),
        object,
        number(range.0),
        number(range.1),
        string(reason),
    ];
    match vm.call(class.into(), &fields) {
        Ok(exception) => Raised(exception),
        Err(raised) => raised,
    }
}

/// The exception that `throw(type, value)` means: an exception as it is, or one made of a class.
pub fn exception_value(vm: &mut Vm, kind: Value, value: Option<Value>) -> PyResult {
    if kind.is::<Exception>() {
        if value.is_some() {
            return Err(vm.type_error("instance exception may not have a separate value"));
        }
        return Ok(kind);
    }
    let base = vm.types.base_exception;
    let Some(class) = kind.cast::<Class>().filter(|c| c.is_subclass_of(base)) else {
        let given = vm.type_name(kind);
        return Err(vm.type_error(format!(
            "exceptions must be classes or instances deriving from BaseException, not {given}"
        )));
    };
    let arguments = match &value {
        Some(value) if vm.is_instance(*value, kind)? => return Ok(*value),
        Some(value) => match value.cast::<Tuple>() {
            Some(arguments) => arguments.items(),
            None => std::slice::from_ref(value),
        },
        None => &[],
    };
    vm.exception_from(class, arguments).map(Value::from)
}

pub fn install(vm: &mut Vm) {
    let types = [
        (vm.types.base_exception, BASE),
        (vm.types.name_error, NAME_ERROR),
        (vm.types.attribute_error, ATTRIBUTE_ERROR),
        (vm.types.import_error, IMPORT_ERROR),
        (vm.types.stop_iteration, STOP_ITERATION),
        (vm.types.system_exit, SYSTEM_EXIT),
        (vm.types.key_error, KEY_ERROR),
        (vm.types.os_error, OS_ERROR),
        (vm.types.blocking_io_error, BLOCKING_IO_ERROR),
        (vm.types.syntax_error, SYNTAX_ERROR),
        (vm.types.unicode_encode_error, UNICODE_ENCODE),
        (vm.types.unicode_decode_error, UNICODE_DECODE),
        (vm.types.unicode_translate_error, UNICODE_TRANSLATE),
    ];
    for (class, methods) in types {
        vm.define_methods(class, methods);
    }
    for class in vm.types.exceptions() {
        let name = intern(&class.name_text());
        vm.builtins.set_str(name, class.into());
    }
    let os_error = vm.types.os_error.into();
    for alias in ["IOError", "EnvironmentError"] {
        vm.builtins.set_str(intern(alias), os_error);
    }
    let base = vm.types.base_exception.into();
    vm.builtins.set_str(intern("BaseException"), base);
    super::exception_group::install(vm);
}
