//! Module `builtins`: its functions, and the names of types, exceptions and constants.
//!
//! What folds an iterable is in `builtins_fold`, what deals with code and namespaces in
//! `builtins_code`.

use super::{builtins_code, builtins_fold};
use object::{
    BigInt, ByteArray, Bytes, ClassFlags, FloatBox, Foreign, Gc, Iter, IterKind, Kind, Module,
    Payload, Str, StrBuilder, Value, intern,
};
use vm::plain::is_plain;
use vm::{BinaryOp, Def, PyResult, Vm, method};

const FUNCTIONS: &[Def] = &[
    method("abs(x, /)", abs),
    method("aiter(async_iterable, /)", aiter),
    method("anext(async_iterator, default=None, /)", anext),
    method("ascii(obj, /)", ascii),
    method("bin(number, /)", |vm, args| based(vm, args[0], 2)),
    method("breakpoint(*args, **kws)", breakpoint),
    method("callable(obj, /)", callable),
    method("chr(i, /)", chr),
    method("delattr(obj, name, /)", delattr),
    method("divmod(x, y, /)", divmod),
    method("format(value, format_spec='', /)", format),
    method("getattr(object, name, default=None, /)", getattr),
    method("hasattr(obj, name, /)", hasattr),
    method("hash(obj, /)", hash),
    method("hex(number, /)", |vm, args| based(vm, args[0], 16)),
    method("id(obj, /)", id),
    method("input(prompt='', /)", input),
    method("isinstance(obj, class_or_tuple, /)", isinstance),
    method("issubclass(cls, class_or_tuple, /)", issubclass),
    method("iter(object, sentinel=None, /)", iter),
    method("len(obj, /)", len),
    method("next(iterator, default=None, /)", next),
    method("oct(number, /)", |vm, args| based(vm, args[0], 8)),
    method("open(*args, **kwargs)", open),
    method("ord(c, /)", ord),
    method("pow(base, exp, mod=None)", pow),
    method(
        "print(*args, sep=' ', end='\\n', file=None, flush=False)",
        print,
    ),
    method("repr(obj, /)", |vm, args| Ok(vm.repr(args[0])?.into())),
    method("round(number, ndigits=None)", round),
    method("setattr(obj, name, value, /)", setattr),
];

pub fn install(vm: &mut Vm) {
    let module = Module::new(vm.builtins.into(), intern("builtins").into());
    let names = vm.builtins;
    names.set_str(vm.names.dunder_name, intern("builtins").into());
    names.set_str(
        vm.names.doc,
        vm::string("Built-in functions, types, exceptions, and other objects."),
    );
    for name in [vm.names.package, vm.names.loader, vm.names.spec] {
        names.set_str(name, Value::NONE);
    }
    vm.add_functions(module, FUNCTIONS);
    vm.add_functions(module, builtins_fold::FUNCTIONS);
    vm.sum_rest = Some(builtins_fold::sum_rest);
    vm.add_functions(module, builtins_code::FUNCTIONS);
    vm.add_native_module("builtins", module);
    install_types(vm);
    install_site(vm);
    for (name, value) in [
        ("None", Value::NONE),
        ("True", Value::TRUE),
        ("False", Value::FALSE),
        ("Ellipsis", Value::ELLIPSIS),
        ("NotImplemented", Value::NOT_IMPLEMENTED),
        ("__debug__", Value::bool(vm.options.optimize == 0)),
    ] {
        names.set_str(intern(name), value);
    }
}

fn install_types(vm: &mut Vm) {
    let types = &vm.types;
    let mut classes = vec![
        types.object,
        types.type_,
        types.int,
        types.bool,
        types.float,
        types.complex,
        types.str,
        types.bytes,
        types.bytearray,
        types.tuple,
        types.list,
        types.dict,
        types.set,
        types.frozenset,
        types.slice,
        types.range,
        types.property,
        types.static_method,
        types.class_method,
        types.super_,
        types.base_exception,
    ];
    classes.extend(
        [
            IterKind::Enumerate,
            IterKind::Zip,
            IterKind::Map,
            IterKind::Filter,
            IterKind::Reversed,
        ]
        .map(|kind| types.iters[kind as usize]),
    );
    classes.extend(types.exceptions());
    for class in classes {
        vm.builtins
            .set_str(intern(&class.name_text()), class.into());
    }
    for alias in ["EnvironmentError", "IOError"] {
        vm.builtins.set_str(intern(alias), vm.types.os_error.into());
    }
}

// ---- what `site` adds

/// `exit`, `quit`, `copyright` …: objects that say something when shown.
struct Notice {
    name: &'static str,
    text: &'static str,
    /// Calling it ends the program.
    quits: bool,
}

impl Payload for Notice {}

const NOTICES: &[Notice] = &[
    Notice {
        name: "exit",
        text: "Use exit() or Ctrl-D (i.e. EOF) to exit",
        quits: true,
    },
    Notice {
        name: "quit",
        text: "Use quit() or Ctrl-D (i.e. EOF) to exit",
        quits: true,
    },
    Notice {
        name: "copyright",
        text: "krait is free software; see the licence file of its source.",
        quits: false,
    },
    Notice {
        name: "credits",
        text: "krait is written by its contributors.",
        quits: false,
    },
    Notice {
        name: "license",
        text: "The licence stands in the file LICENSE of krait's source.",
        quits: false,
    },
    Notice {
        name: "help",
        text: "Documentation of Python is at https://docs.python.org/3.14/.",
        quits: false,
    },
];

const NOTICE_METHODS: &[Def] = &[
    method("__repr__(self, /)", |vm, args| {
        let notice = notice(vm, args[0])?;
        Ok(vm::string(notice.text))
    }),
    method("__call__(self, code=None)", |vm, args| {
        let notice = notice(vm, args[0])?;
        if notice.quits {
            return super::sys::exit(vm, &args[1..]);
        }
        write_line(vm, notice.text)?;
        Ok(Value::NONE)
    }),
];

fn notice(vm: &mut Vm, value: Value) -> PyResult<&'static Notice> {
    match value.to::<Foreign>().and_then(|f| f.payload::<Notice>()) {
        Some(notice) => Ok(notice),
        None => Err(vm.type_error("a different object was expected")),
    }
}

fn install_site(vm: &mut Vm) {
    let object = vm.types.object;
    let flags = ClassFlags {
        immutable: true,
        no_instances: true,
        ..Default::default()
    };
    let class = vm.native_class("_sitebuiltins", "Quitter", object, flags, NOTICE_METHODS);
    for notice in NOTICES {
        let payload = Notice { ..*notice };
        let object = Foreign::new(class.new_instance_shape(), payload);
        vm.builtins.set_str(intern(notice.name), object.into());
    }
}

fn write_line(vm: &mut Vm, text: &str) -> PyResult<()> {
    let print = intern("print");
    match vm.builtins.get_str(print) {
        Some(print) => vm.call(print, &[vm::string(text)]).map(|_| ()),
        None => Ok(()),
    }
}

// ---- numbers

fn abs(vm: &mut Vm, args: &[Value]) -> PyResult {
    let value = args[0];
    if let Some(n) = value.as_small() {
        return Ok(Value::int(n.abs()));
    }
    if let Some(f) = value.as_float() {
        return Ok(Value::float(f.abs()));
    }
    let name = vm.names.abs;
    match vm.lookup_special(value, name) {
        Some(method) => vm.call_special(method, value, &[]),
        None => {
            let class = vm.type_name(value);
            Err(vm.type_error(format!("bad operand type for abs(): '{class}'")))
        }
    }
}

/// `bin`, `oct`, `hex`
fn based(vm: &mut Vm, value: Value, radix: u32) -> PyResult {
    let n = vm.index_value(value)?;
    let n = vm.as_int(n).unwrap_or(n);
    Ok(crate::int_text::prefixed(n, radix).into())
}

fn divmod(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (a, b) = (args[0], args[1]);
    let (name, reflected) = (vm.names.divmod, vm.names.rdivmod);
    let (left_class, right_class) = (vm.class_of(a), vm.class_of(b));
    let mut attempts = [(name, a, b), (reflected, b, a)];
    if left_class != right_class && right_class.is_subclass_of(left_class) {
        attempts.swap(0, 1);
    }
    for (name, receiver, other) in attempts {
        if name == reflected && left_class == right_class {
            continue;
        }
        if let Some(method) = vm.lookup_special(receiver, name) {
            let result = vm.call_special(method, receiver, &[other])?;
            if result != Value::NOT_IMPLEMENTED {
                return Ok(result);
            }
        }
    }
    let (left, right) = (left_class.name_text(), right_class.name_text());
    Err(vm.type_error(format!(
        "unsupported operand type(s) for divmod(): '{left}' and '{right}'"
    )))
}

fn pow(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (base, exp) = (args[0], args[1]);
    let Some(modulus) = args[2].bound().filter(|m| !m.is_none()) else {
        return vm.binary(BinaryOp::Pow, base, exp);
    };
    let (name, reflected) = (vm.names.pow, vm.names.rpow);
    for (name, receiver, other) in [(name, base, exp), (reflected, exp, base)] {
        if name == reflected && vm.class_of(base) == vm.class_of(exp) {
            continue;
        }
        if let Some(method) = vm.lookup_special(receiver, name) {
            let result = vm.call_special(method, receiver, &[other, modulus])?;
            if result != Value::NOT_IMPLEMENTED {
                return Ok(result);
            }
        }
    }
    let (a, b, c) = (vm.type_name(base), vm.type_name(exp), vm.type_name(modulus));
    Err(vm.type_error(format!(
        "unsupported operand type(s) for ** or pow(): '{a}', '{b}', '{c}'"
    )))
}

fn round(vm: &mut Vm, args: &[Value]) -> PyResult {
    let name = vm.names.round;
    let Some(method) = vm.lookup_special(args[0], name) else {
        let class = vm.type_name(args[0]);
        return Err(vm.type_error(format!("type {class} doesn't define __round__ method")));
    };
    match args[1] {
        Value::UNBOUND | Value::NONE => vm.call_special(method, args[0], &[]),
        digits => vm.call_special(method, args[0], &[digits]),
    }
}

// ---- texts

fn ascii(vm: &mut Vm, args: &[Value]) -> PyResult {
    let text = vm.repr(args[0])?;
    if text.is_ascii() {
        return Ok(text.into());
    }
    let mut escaped = StrBuilder::new();
    for point in text.points() {
        match point {
            0..0x80 => escaped.push_point(point),
            0x80..0x100 => escaped.push_text(&format!("\\x{point:02x}")),
            0x100..0x10000 => escaped.push_text(&format!("\\u{point:04x}")),
            _ => escaped.push_text(&format!("\\U{point:08x}")),
        }
    }
    Ok(escaped.finish().into())
}

fn chr(vm: &mut Vm, args: &[Value]) -> PyResult {
    let plain = vm.index_value(args[0])?;
    match plain.as_small() {
        Some(point @ 0..0x11_0000) => Ok(Str::char(point as u32).into()),
        _ => Err(vm.value_error("chr() arg not in range(0x110000)")),
    }
}

fn ord(vm: &mut Vm, args: &[Value]) -> PyResult {
    let inner = args[0].inner();
    let length = match inner.kind() {
        Some(Kind::Str) => {
            let string = inner.known::<Str>();
            if string.len() == 1 {
                return Ok(Value::small(string.point(0) as i64));
            }
            string.len()
        }
        Some(Kind::Bytes) => match *inner.known::<Bytes>().as_slice() {
            [byte] => return Ok(Value::small(byte as i64)),
            ref bytes => bytes.len(),
        },
        Some(Kind::ByteArray) => match *inner.known::<ByteArray>().as_slice() {
            [byte] => return Ok(Value::small(byte as i64)),
            ref bytes => bytes.len(),
        },
        _ => {
            let given = vm.type_name(args[0]);
            return Err(vm.type_error(format!(
                "ord() expected string of length 1, but {given} found"
            )));
        }
    };
    Err(vm.type_error(format!(
        "ord() expected a character, but string of length {length} found"
    )))
}

fn format(vm: &mut Vm, args: &[Value]) -> PyResult {
    let spec = match args[1] {
        Value::UNBOUND => Str::empty(),
        spec => match spec.to::<Str>() {
            Some(spec) => spec,
            None => {
                let given = vm.type_name(spec);
                return Err(vm.type_error(format!("format() argument 2 must be str, not {given}")));
            }
        },
    };
    Ok(vm.format(args[0], spec)?.into())
}

// ---- objects

fn callable(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(Value::bool(vm.is_callable(args[0])))
}

fn hash(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(Value::int(vm.hash(args[0])?))
}

/// A number for the object's identity.
fn id(_: &mut Vm, args: &[Value]) -> PyResult {
    let boxed = args[0].cast::<FloatBox>();
    if let Some(float) = boxed.and_then(|boxed| boxed.by_bits()) {
        // It is the same as any other box of them: a tag that no word has.
        let bits = i128::from(float.to_bits());
        return Ok(BigInt::from_i128(bits << 3 | 5).into());
    }
    let bits = args[0].identity();
    Ok(match i64::try_from(bits) {
        Ok(bits) => Value::int(bits),
        Err(_) => BigInt::from_i128(i128::from(bits)).into(),
    })
}

fn isinstance(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(Value::bool(vm.is_instance(args[0], args[1])?))
}

fn issubclass(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(Value::bool(vm.is_subclass(args[0], args[1])?))
}

fn len(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(Value::int(vm.len(args[0])? as i64))
}

/// The interned string of an attribute's name.
pub fn attribute_name(vm: &mut Vm, name: Value) -> PyResult<Gc<Str>> {
    match name.to::<Str>() {
        Some(name) => Ok(object::intern::intern_string(name)),
        None => {
            let given = vm.type_name(name);
            Err(vm.type_error(format!("attribute name must be string, not '{given}'")))
        }
    }
}

fn getattr(vm: &mut Vm, args: &[Value]) -> PyResult {
    let name = attribute_name(vm, args[1])?;
    match args[2].bound() {
        None => vm.get_attr(args[0], name),
        Some(default) => Ok(vm.find_attr(args[0], name)?.unwrap_or(default)),
    }
}

fn hasattr(vm: &mut Vm, args: &[Value]) -> PyResult {
    let name = attribute_name(vm, args[1])?;
    Ok(Value::bool(vm.find_attr(args[0], name)?.is_some()))
}

fn setattr(vm: &mut Vm, args: &[Value]) -> PyResult {
    let name = attribute_name(vm, args[1])?;
    vm.set_attr(args[0], name, args[2])?;
    Ok(Value::NONE)
}

fn delattr(vm: &mut Vm, args: &[Value]) -> PyResult {
    let name = attribute_name(vm, args[1])?;
    vm.del_attr(args[0], name)?;
    Ok(Value::NONE)
}

// ---- iteration

fn iter(vm: &mut Vm, args: &[Value]) -> PyResult {
    let Some(sentinel) = args[1].bound() else {
        return vm.iter(args[0]);
    };
    if callable(vm, args)? != Value::TRUE {
        return Err(vm.type_error("iter(v, w): v must be callable"));
    }
    let iter = Iter::new(IterKind::Callable, args[0], 0, 0, 0);
    iter.write(|i| &i.extra, sentinel);
    Ok(iter.into())
}

fn next(vm: &mut Vm, args: &[Value]) -> PyResult {
    let iter = args[0];
    let is_generator = vm::driven::generator_of(iter).is_some();
    if !iter.is::<Iter>() && !is_generator {
        return next_of_any(vm, iter, args[1]);
    }
    if let Some(item) = vm.next(iter)? {
        return Ok(item);
    }
    match args[1].bound() {
        Some(default) => Ok(default),
        None if is_generator => {
            let value = vm.generator_result;
            Err(vm.stop_iteration(value))
        }
        None => Err(vm.stop_iteration(Value::NONE)),
    }
}

/// As Python code raises StopIteration it is passed on, with its value.
fn next_of_any(vm: &mut Vm, iter: Value, default: Value) -> PyResult {
    let name = vm.names.next;
    let Some(method) = vm.lookup_special(iter, name) else {
        let class = vm.type_name(iter);
        return Err(vm.type_error(format!("'{class}' object is not an iterator")));
    };
    match vm.call_special(method, iter, &[]) {
        Err(raised) if raised.matches(vm, vm.types.stop_iteration) => default.bound().ok_or(raised),
        result => result,
    }
}

fn aiter(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (aiter, anext) = (vm.names.aiter, vm.names.anext);
    let Some(method) = vm.lookup_special(args[0], aiter) else {
        let class = vm.type_name(args[0]);
        return Err(vm.type_error(format!("'{class}' object is not an async iterable")));
    };
    let iter = vm.call_special(method, args[0], &[])?;
    if vm.lookup_special(iter, anext).is_none() {
        let class = vm.type_name(iter);
        return Err(vm.type_error(format!(
            "aiter() returned not an async iterator of type '{class}'"
        )));
    }
    Ok(iter)
}

fn anext(vm: &mut Vm, args: &[Value]) -> PyResult {
    let anext = vm.names.anext;
    let Some(method) = vm.lookup_special(args[0], anext) else {
        let class = vm.type_name(args[0]);
        return Err(vm.type_error(format!("'{class}' object is not an async iterator")));
    };
    let awaitable = vm.call_special(method, args[0], &[])?;
    match args[1].bound() {
        None => Ok(awaitable),
        Some(default) => {
            let module = vm.import_module("_anext")?;
            let function = vm.get_attr_text(module, "anext_or_default")?;
            vm.call(function, &[awaitable, default])
        }
    }
}

// ---- input and output

/// An attribute of module `sys`; None if there is none.
fn of_sys(vm: &mut Vm, name: Gc<Str>) -> Option<Value> {
    let sys = vm.modules.get_str(vm.names.sys)?;
    sys.cast::<Module>()?
        .namespace()
        .get_str(name)
        .filter(|value| !value.is_none())
}

/// A text that was given.
fn text_option(vm: &mut Vm, name: &str, value: Value) -> PyResult<Option<Gc<Str>>> {
    match value {
        Value::UNBOUND | Value::NONE => Ok(None),
        value => match value.to::<Str>() {
            Some(text) => Ok(Some(text)),
            None => {
                let given = vm.type_name(value);
                Err(vm.type_error(format!("{name} must be None or a string, not {given}")))
            }
        },
    }
}

fn print(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (sep, end, file, flush) = (args[0], args[1], args[2], args[3]);
    let file = match file {
        Value::UNBOUND | Value::NONE => {
            let name = vm.names.stdout;
            match of_sys(vm, name) {
                Some(file) => file,
                None => return Ok(Value::NONE),
            }
        }
        file => file,
    };
    let sep = text_option(vm, "sep", sep)?;
    let end = text_option(vm, "end", end)?;
    print_values(vm, file, &args[4..], sep, end)?;
    if let Some(flush) = flush.bound()
        && vm.truth(flush)?
    {
        let name = vm.names.flush;
        vm.call_method(file, name, &[])?;
    }
    Ok(Value::NONE)
}

/// Writes values to a file, `sep` between them and `end` after them.
///
/// A program's file sees each piece as it comes. A file of our own sees as few as one may: what
/// stands before a value whose text may run Python code, or may not come, is written before that.
fn print_values(
    vm: &mut Vm,
    file: Value,
    values: &[Value],
    sep: Option<Gc<Str>>,
    end: Option<Gc<Str>>,
) -> PyResult<()> {
    let push = |to: &mut StrBuilder, text: Option<Gc<Str>>, default: char| match text {
        Some(text) => to.push_str(text),
        None => to.push_char(default),
    };
    let write = vm.names.write;
    let is_own = vm.class_of(file).flags.get().immutable;
    let mut pending = StrBuilder::new();
    for (i, &value) in values.iter().enumerate() {
        if i > 0 {
            push(&mut pending, sep, ' ');
        }
        let comes = is_own && is_plain(value) && !value.is::<BigInt>();
        if i > 0 && !comes {
            let text = std::mem::take(&mut pending).finish();
            vm.call_method(file, write, &[text.into()])?;
        }
        let text = vm.str(value)?;
        pending.push_str(text);
        if !is_own {
            let text = std::mem::take(&mut pending).finish();
            vm.call_method(file, write, &[text.into()])?;
        }
    }
    push(&mut pending, end, '\n');
    let text = pending.finish();
    vm.call_method(file, write, &[text.into()]).map(|_| ())
}

fn input(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (stdout, flush, write) = (vm.names.stdout, vm.names.flush, vm.names.write);
    let Some(stdin) = of_sys(vm, intern("stdin")) else {
        return Err(vm.runtime_error("input(): lost sys.stdin"));
    };
    if let Some(file) = of_sys(vm, stdout) {
        if let Some(prompt) = args[0].bound() {
            let prompt = vm.str(prompt)?;
            vm.call_method(file, write, &[prompt.into()])?;
        }
        vm.call_method(file, flush, &[])?;
    }
    let line = vm.call_method(stdin, intern("readline"), &[])?;
    let Some(line) = line.to::<Str>() else {
        return Err(vm.type_error("object.readline() returned non-string"));
    };
    if line.is_empty() {
        return Err(vm.eof_error("EOF when reading a line"));
    }
    let length = line.len();
    if line.point(length - 1) == '\n' as u32 {
        return Ok(line.substring(0, length - 1).into());
    }
    Ok(line.into())
}

fn open(vm: &mut Vm, args: &[Value]) -> PyResult {
    let module = vm.import_module("io")?;
    let function = vm.get_attr_text(module, "open")?;
    call_with_dict(vm, function, &args[1..], args[0])
}

fn breakpoint(vm: &mut Vm, args: &[Value]) -> PyResult {
    match of_sys(vm, intern("breakpointhook")) {
        Some(hook) => call_with_dict(vm, hook, &args[1..], args[0]),
        None => Err(vm.runtime_error("lost sys.breakpointhook")),
    }
}

/// Calls with positional arguments and a dictionary of keyword arguments.
pub fn call_with_dict(vm: &mut Vm, callee: Value, args: &[Value], keywords: Value) -> PyResult {
    let Some(keywords) = keywords.cast::<object::Dict>().filter(|k| !k.is_empty()) else {
        return vm.call(callee, args);
    };
    let all = object::List::from_slice(args);
    let names = object::List::with_capacity(keywords.len());
    for (name, value) in keywords.get().iter() {
        names.push(name);
        all.push(value);
    }
    let (all, names) = (
        object::Tuple::new(all.items()),
        object::Tuple::new(names.items()),
    );
    vm.call_with(callee, all.items(), names.items())
}
