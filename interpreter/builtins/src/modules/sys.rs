//! Module `sys`.

use super::async_hooks;
use crate::int_text;
use crate::types::frame;
use object::{
    Class, ClassFlags, Dict, Exception, FrozenSet, Gc, List, Module, Str, Tuple, Value, intern,
};
use vm::{Def, PyResult, Vm, method, string, tuple};

/// The language version that krait implements.
pub const VERSION: &str = "3.14.0";
/// As `sys.hexversion`: final release.
const HEX_VERSION: i64 = 0x030e_00f0;

const FUNCTIONS: &[Def] = &[
    method("exit(status=None, /)", exit),
    // No option or variable says how many processors there are.
    method("_get_cpu_count_config()", |_, _| Ok(Value::small(-1))),
    method("getrecursionlimit()", get_recursion_limit),
    method("setrecursionlimit(limit, /)", set_recursion_limit),
    method("intern(string, /)", intern_text),
    method("exc_info()", exc_info),
    method("exception()", exception),
    method("_getframe(depth=0, /)", get_frame),
    method("_getframemodulename(depth=0)", get_frame_module_name),
    method("_current_frames()", current_frames),
    method("getsizeof(object, default=None)", getsizeof),
    method("getrefcount(object, /)", getrefcount),
    method("getdefaultencoding()", |_, _| Ok(intern("utf-8").into())),
    method("getfilesystemencoding()", |_, _| Ok(intern("utf-8").into())),
    method("getfilesystemencodeerrors()", |_, _| {
        Ok(intern("surrogateescape").into())
    }),
    method("displayhook(object, /)", displayhook),
    method("__displayhook__(object, /)", displayhook),
    method("excepthook(exctype, value, traceback, /)", excepthook),
    method("__excepthook__(exctype, value, traceback, /)", excepthook),
    method("unraisablehook(unraisable, /)", unraisablehook),
    method("__unraisablehook__(unraisable, /)", unraisablehook),
    method("breakpointhook(*args, **kws)", breakpoint_hook),
    method("__breakpointhook__(*args, **kws)", breakpoint_hook),
    method("settrace(function, /)", set_trace),
    method("gettrace()", |vm, _| Ok(vm.tracer())),
    method("setprofile(function, /)", set_profile),
    method("getprofile()", |vm, _| Ok(vm.profiler())),
    method("_set_monitor(tell, answered, events, /)", set_monitor),
    method("getswitchinterval()", |vm, _| {
        Ok(vm.kept("sys.switchinterval").unwrap_or(Value::float(0.005)))
    }),
    method("setswitchinterval(interval, /)", set_switch_interval),
    method("call_tracing(func, args, /)", call_tracing),
    method("is_finalizing()", |_, _| Ok(Value::FALSE)),
    method("_is_gil_enabled()", |_, _| Ok(Value::TRUE)),
    method("_is_interned(string, /)", |_, args| {
        Ok(Value::bool(
            args[0]
                .cast::<Str>()
                .is_some_and(|s| object::intern::intern_string(s) == s),
        ))
    }),
    method("_clear_type_cache()", nothing),
    method("_clear_internal_caches()", nothing),
    method("audit(event, /, *args)", nothing),
    method("addaudithook(hook)", nothing),
    method("get_asyncgen_hooks()", async_hooks::get),
    method(
        "set_asyncgen_hooks(firstiter=None, finalizer=None)",
        async_hooks::set,
    ),
    method("set_int_max_str_digits(maxdigits)", set_int_max_str_digits),
    method("get_int_max_str_digits()", |vm, _| {
        Ok(vm.kept(int_text::DIGITS_MAX).unwrap_or(Value::small(4300)))
    }),
    method("get_coroutine_origin_tracking_depth()", |vm, _| {
        Ok(Value::small(vm.origin_depth()))
    }),
    method("set_coroutine_origin_tracking_depth(depth)", |vm, args| {
        let depth = vm.index(args[0])?;
        if depth < 0 {
            return Err(vm.value_error("depth must be >= 0"));
        }
        vm.set_origin_depth(depth);
        Ok(Value::NONE)
    }),
];

fn breakpoint_hook(vm: &mut Vm, args: &[Value]) -> PyResult {
    let module = vm.import_module("_breakpoint")?;
    let hook = vm.get_attr_text(module, "hook")?;
    // The debugger's function looks at the frame that calls it.
    let function = vm.call(hook, &[])?;
    match function.is_none() {
        true => Ok(Value::NONE),
        false => super::builtins_module::call_with_dict(vm, function, &args[1..], args[0]),
    }
}

fn set_trace(vm: &mut Vm, args: &[Value]) -> PyResult {
    vm.set_tracer(args[0]);
    Ok(Value::NONE)
}

fn set_profile(vm: &mut Vm, args: &[Value]) -> PyResult {
    vm.set_profiler(args[0]);
    Ok(Value::NONE)
}

/// Tells the functions that monitor whom to call, and of which events.
fn set_monitor(vm: &mut Vm, args: &[Value]) -> PyResult {
    let wanted = vm.index(args[2])?;
    vm.set_monitor([args[0], args[1]], u32::try_from(wanted).unwrap_or(0));
    Ok(Value::NONE)
}

fn nothing(_vm: &mut Vm, _args: &[Value]) -> PyResult {
    Ok(Value::NONE)
}

/// Raises what ends the program, with a status or without.
pub(super) fn exit(vm: &mut Vm, args: &[Value]) -> PyResult {
    let class = vm.types.system_exit.into();
    let status = args[0].bound().filter(|s| !s.is_none());
    let exception = match status {
        Some(status) => match status.cast::<Tuple>() {
            Some(several) => vm.call(class, several.items())?,
            None => vm.call(class, &[status])?,
        },
        None => vm.call(class, &[])?,
    };
    Err(vm::Raised(exception))
}

fn get_recursion_limit(vm: &mut Vm, _args: &[Value]) -> PyResult {
    Ok(Value::small(vm.recursion_limit() as i64))
}

fn set_recursion_limit(vm: &mut Vm, args: &[Value]) -> PyResult {
    let limit = vm.index(args[0])?;
    if limit < 1 {
        return Err(vm.value_error("recursion limit must be greater or equal than 1"));
    }
    let depth = vm.frames().len();
    if (limit as usize) <= depth {
        return Err(vm.recursion_error(format!(
            "cannot set the recursion limit to {limit} at the recursion depth {depth}: the \
             limit is too low"
        )));
    }
    // The register stack bounds it as well; what fits there is fine.
    vm.set_recursion_limit(limit as usize);
    Ok(Value::NONE)
}

fn set_switch_interval(vm: &mut Vm, args: &[Value]) -> PyResult {
    let interval_ns = super::time::seconds_to_ns(vm, args[0])?;
    if interval_ns <= 0 {
        return Err(vm.value_error("switch interval must be strictly positive"));
    }
    vm.set_turn(interval_ns as u64);
    vm.keep("sys.switchinterval", args[0]);
    Ok(Value::NONE)
}

fn set_int_max_str_digits(vm: &mut Vm, args: &[Value]) -> PyResult {
    let digits = vm.index(args[0])?;
    if digits != 0 && digits < int_text::LIMIT_MIN as i64 {
        return Err(vm.value_error("maxdigits must be 0 or larger than 640"));
    }
    vm.keep(int_text::DIGITS_MAX, Value::small(digits));
    Ok(Value::NONE)
}

fn intern_text(vm: &mut Vm, args: &[Value]) -> PyResult {
    match args[0].cast::<Str>() {
        Some(text) => Ok(object::intern::intern_string(text).into()),
        None => {
            let given = vm.type_name(args[0]);
            Err(vm.type_error(format!("can't intern {given}")))
        }
    }
}

fn exc_info(vm: &mut Vm, _args: &[Value]) -> PyResult {
    let handled = vm.handled;
    let Some(exception) = handled.cast::<Exception>() else {
        return Ok(tuple(&[Value::NONE; 3]));
    };
    let class = vm.class_of(handled).into();
    Ok(tuple(&[class, handled, exception.traceback.get()]))
}

fn exception(vm: &mut Vm, _args: &[Value]) -> PyResult {
    Ok(vm.handled)
}

fn depth_of(vm: &mut Vm, value: Value) -> PyResult<usize> {
    match value.bound() {
        None => Ok(0),
        Some(depth) => Ok(usize::try_from(vm.index(depth)?).unwrap_or(0)),
    }
}

fn get_frame(vm: &mut Vm, args: &[Value]) -> PyResult {
    let depth = depth_of(vm, args[0])?;
    match frame::of_depth(vm, depth) {
        Some(frame) => Ok(frame),
        None => Err(vm.value_error("call stack is not deep enough")),
    }
}

fn get_frame_module_name(vm: &mut Vm, args: &[Value]) -> PyResult {
    let depth = depth_of(vm, args[0])?;
    let frames = vm.visible_frames();
    let found = frames
        .len()
        .checked_sub(depth + 1)
        .map(|at| frames[at].globals());
    Ok(found
        .and_then(|g| g.get_str(vm.names.dunder_name))
        .unwrap_or(Value::NONE))
}

fn current_frames(vm: &mut Vm, _args: &[Value]) -> PyResult {
    let dict = Dict::new();
    if let Some(frame) = frame::of_depth(vm, 0) {
        vm.dict_set(dict, Value::small(1), frame)?;
    }
    Ok(dict.into())
}

fn getsizeof(vm: &mut Vm, args: &[Value]) -> PyResult {
    match vm.lookup_special(args[0], intern("__sizeof__")) {
        Some(method) if !args[0].is::<Class>() => vm.call_special(method, args[0], &[]),
        _ => Ok(Value::small(size_of::<Class>() as i64)),
    }
}

/// Objects are not counted here; a program that looks sees a plausible number.
fn getrefcount(_vm: &mut Vm, _args: &[Value]) -> PyResult {
    Ok(Value::small(2))
}

fn displayhook(vm: &mut Vm, args: &[Value]) -> PyResult {
    if args[0].is_none() {
        return Ok(Value::NONE);
    }
    let underscore = intern("_");
    vm.builtins.set_str(underscore, Value::NONE);
    let text = vm.repr(args[0])?;
    let sys = vm.import_module("sys")?;
    let stdout = vm.get_attr(sys, vm.names.stdout)?;
    if stdout.is_none() {
        return Err(vm.runtime_error("lost sys.stdout"));
    }
    let line = Str::concat(&[text, Str::new("\n")]);
    vm.call_method(stdout, vm.names.write, &[line.into()])?;
    vm.builtins.set_str(underscore, args[0]);
    Ok(Value::NONE)
}

fn excepthook(vm: &mut Vm, args: &[Value]) -> PyResult {
    if let Some(exception) = args[1].cast::<Exception>()
        && exception.traceback.get().is_none()
    {
        exception.write(|e| &e.traceback, args[2]);
    }
    vm.print_exception(args[1]);
    Ok(Value::NONE)
}

fn unraisablehook(vm: &mut Vm, args: &[Value]) -> PyResult {
    let value = vm.get_attr_text(args[0], "exc_value")?;
    let message = vm.find_attr(args[0], intern("err_msg"))?;
    let message = match message.filter(|message| !message.is_none()) {
        Some(message) => vm.str_text(message)?,
        None => String::from("Exception ignored"),
    };
    let text = vm.format_exception(value);
    vm.write_stderr(&format!("{message}:\n{text}"));
    Ok(Value::NONE)
}

fn call_tracing(vm: &mut Vm, args: &[Value]) -> PyResult {
    let arguments = vm.collect(args[1])?;
    vm.call_told(args[0], arguments.items())
}

/// A class of tuples with names for their items, such as that of `sys.version_info`, and its one
/// object.
pub fn named_tuple(vm: &mut Vm, module: &str, name: &str, fields: &[(&str, Value)]) -> PyResult {
    let values: Vec<Value> = fields.iter().map(|f| f.1).collect();
    let class = named_tuple_class(
        vm,
        module,
        name,
        &fields.iter().map(|f| f.0).collect::<Vec<_>>(),
    )?;
    vm.call(class.into(), &[tuple(&values)])
}

/// An object of `types.SimpleNamespace`.
pub fn namespace(vm: &mut Vm, fields: &[(&str, Value)]) -> PyResult {
    let support = vm.import_module("_structseq")?;
    let make = vm.get_attr_text(support, "namespace")?;
    let names: Vec<_> = fields.iter().map(|f| intern(f.0).into()).collect();
    let values: Vec<Value> = fields.iter().map(|f| f.1).collect();
    vm.call_with(make, &values, &names)
}

/// The class alone: a subclass of tuple with a property for each item.
pub fn named_tuple_class(
    vm: &mut Vm,
    module: &str,
    name: &str,
    fields: &[&str],
) -> PyResult<Gc<Class>> {
    named_tuple_class_with(vm, module, name, fields, &[])
}

/// The same with attributes that are no items, given behind the items when an object is made.
pub fn named_tuple_class_with(
    vm: &mut Vm,
    module: &str,
    name: &str,
    fields: &[&str],
    hidden: &[&str],
) -> PyResult<Gc<Class>> {
    let support = vm.import_module("_structseq")?;
    let make = vm.get_attr_text(support, "make")?;
    let names: Vec<Value> = fields.iter().map(|f| intern(f).into()).collect();
    let hidden: Vec<Value> = hidden.iter().map(|f| intern(f).into()).collect();
    let args = [string(module), string(name), tuple(&names), tuple(&hidden)];
    let class = vm.call(make, &args)?;
    match class.cast::<Class>() {
        Some(class) => {
            class.flags.set(ClassFlags {
                immutable: true,
                ..class.flags.get()
            });
            Ok(class)
        }
        None => Err(vm.type_error("a class was expected")),
    }
}

fn texts(items: &[String]) -> Value {
    let list = List::new();
    items
        .iter()
        .for_each(|item| list.push(vm::path_value(item.as_bytes())));
    list.into()
}

fn flags(vm: &mut Vm) -> PyResult {
    let options = vm.options.clone();
    let bit = |on: bool| Value::small(i64::from(on));
    named_tuple(
        vm,
        "sys",
        "flags",
        &[
            ("debug", bit(false)),
            ("inspect", bit(options.inspect)),
            ("interactive", bit(options.inspect)),
            ("optimize", Value::small(options.optimize as i64)),
            ("dont_write_bytecode", bit(options.dont_write_bytecode)),
            ("no_user_site", bit(options.isolated)),
            ("no_site", bit(false)),
            ("ignore_environment", bit(options.ignore_environment)),
            ("verbose", bit(options.verbose)),
            ("bytes_warning", bit(false)),
            ("quiet", bit(options.quiet)),
            ("hash_randomization", bit(true)),
            ("isolated", bit(options.isolated)),
            ("dev_mode", Value::bool(options.dev_mode)),
            ("utf8_mode", bit(true)),
            ("warn_default_encoding", bit(false)),
            ("safe_path", Value::bool(options.isolated)),
            ("int_max_str_digits", Value::small(4300)),
            ("gil", Value::small(1)),
            ("thread_inherit_context", bit(false)),
            ("context_aware_warnings", bit(false)),
        ],
    )
}

fn implementation(vm: &mut Vm) -> PyResult {
    let version = vm.get_attr_text(
        vm.modules.get_str(vm.names.sys).unwrap_or(Value::NONE),
        "version_info",
    )?;
    namespace(
        vm,
        &[
            ("name", string("krait")),
            ("cache_tag", string("krait-314")),
            ("version", version),
            ("hexversion", Value::small(HEX_VERSION)),
        ],
    )
}

fn number_infos(vm: &mut Vm, space: Gc<Dict>) -> PyResult<()> {
    let int = Value::int;
    let float = Value::float;
    let float_info = named_tuple(
        vm,
        "sys",
        "float_info",
        &[
            ("max", float(f64::MAX)),
            ("max_exp", int(f64::MAX_EXP as i64)),
            ("max_10_exp", int(f64::MAX_10_EXP as i64)),
            ("min", float(f64::MIN_POSITIVE)),
            ("min_exp", int(f64::MIN_EXP as i64)),
            ("min_10_exp", int(f64::MIN_10_EXP as i64)),
            ("dig", int(f64::DIGITS as i64)),
            ("mant_dig", int(f64::MANTISSA_DIGITS as i64)),
            ("epsilon", float(f64::EPSILON)),
            ("radix", int(2)),
            ("rounds", int(1)),
        ],
    )?;
    space.set_str(intern("float_info"), float_info);
    let int_info = named_tuple(
        vm,
        "sys",
        "int_info",
        &[
            ("bits_per_digit", int(64)),
            ("sizeof_digit", int(8)),
            ("default_max_str_digits", int(4300)),
            ("str_digits_check_threshold", int(640)),
        ],
    )?;
    space.set_str(intern("int_info"), int_info);
    let hash_info = named_tuple(
        vm,
        "sys",
        "hash_info",
        &[
            ("width", int(64)),
            ("modulus", int((1 << 61) - 1)),
            ("inf", int(314159)),
            ("nan", int(0)),
            ("imag", int(1000003)),
            ("algorithm", string("krait")),
            ("hash_bits", int(64)),
            ("seed_bits", int(64)),
            ("cutoff", int(0)),
        ],
    )?;
    space.set_str(intern("hash_info"), hash_info);
    let thread_info = named_tuple(
        vm,
        "sys",
        "thread_info",
        &[
            ("name", string("pthread")),
            ("lock", Value::NONE),
            ("version", Value::NONE),
        ],
    )?;
    space.set_str(intern("thread_info"), thread_info);
    Ok(())
}

/// What needs Python code to be made, once the frozen modules can be imported.
fn lazy_fields(vm: &mut Vm, space: Gc<Dict>) -> PyResult<()> {
    let int = Value::small;
    let version = named_tuple(
        vm,
        "sys",
        "version_info",
        &[
            ("major", int(3)),
            ("minor", int(14)),
            ("micro", int(0)),
            ("releaselevel", string("final")),
            ("serial", int(0)),
        ],
    )?;
    space.set_str(intern("version_info"), version);
    let flags = flags(vm)?;
    space.set_str(intern("flags"), flags);
    let implementation = implementation(vm)?;
    space.set_str(intern("implementation"), implementation);
    number_infos(vm, space)
}

/// `sys.__getattr__`: fields that are made when they are first asked for, so that they cost
/// nothing at start.
fn getattr(vm: &mut Vm, args: &[Value]) -> PyResult {
    let lazy = [
        "version_info",
        "flags",
        "implementation",
        "float_info",
        "int_info",
        "hash_info",
        "thread_info",
    ];
    let Some(sys) = vm
        .modules
        .get_str(vm.names.sys)
        .and_then(|m| m.cast::<Module>())
    else {
        return Err(vm.runtime_error("lost sys"));
    };
    let name = args[0]
        .to::<Str>()
        .map_or_else(String::new, |n| n.to_text_escaped());
    let space = sys.namespace();
    if lazy.contains(&name.as_str()) && space.get_str(intern(&name)).is_none() {
        lazy_fields(vm, space)?;
        if let Some(found) = space.get_str(intern(&name)) {
            return Ok(found);
        }
    }
    if name == "monitoring" {
        let module = vm.import_module("_monitoring")?;
        space.set_str(intern(&name), module);
        return Ok(module);
    }
    let raised = vm.attribute_error(format!("module 'sys' has no attribute '{name}'"));
    vm.set_own(raised.0, vm.names.name, args[0]);
    vm.set_own(raised.0, vm.names.obj, sys.into());
    Err(raised)
}

/// The text of `sys.version`: of the form that `platform` takes apart.
pub fn version_text() -> String {
    format!("{VERSION} (krait {}) [Rust]", env!("CARGO_PKG_VERSION"))
}

fn x_options(vm: &mut Vm) -> Value {
    let dict = Dict::new();
    for option in &vm.options.x_options {
        match option.split_once('=') {
            Some((name, value)) => dict.set_str(intern(name), string(value)),
            None => dict.set_str(intern(option), Value::TRUE),
        }
    }
    dict.into()
}

/// The names of the modules of the standard library that are here.
fn library_names(vm: &mut Vm) -> Value {
    let set = FrozenSet::new();
    let table = set.table();
    let natives = vm.modules.get().iter().filter_map(|(k, _)| k.cast::<Str>());
    let mut names: Vec<String> = natives.map(|n| n.to_text_escaped()).collect();
    names.extend(crate::frozen::names().map(str::to_owned));
    for name in names {
        if name != "__main__" && !name.contains('.') {
            let name = intern(&name);
            if table.find_str(name).is_none() {
                table.set_str(name, Value::NONE);
            }
        }
    }
    set.into()
}

pub fn install(vm: &mut Vm) {
    let module = vm.define_module("sys", FUNCTIONS);
    let space = module.namespace();
    let options = vm.options.clone();
    let executable = string(&options.executable);
    let fields: Vec<(&str, Value)> = vec![
        ("argv", texts(&options.argv)),
        ("path", texts(&options.path)),
        ("modules", vm.modules.into()),
        ("version", string(&version_text())),
        ("hexversion", Value::small(HEX_VERSION)),
        ("api_version", Value::small(1013)),
        (
            "copyright",
            string("Copyright (c) the krait authors. MIT or Apache-2.0."),
        ),
        ("maxsize", Value::int(i64::MAX)),
        ("maxunicode", Value::small(0x10_ffff)),
        (
            "byteorder",
            string(if cfg!(target_endian = "big") {
                "big"
            } else {
                "little"
            }),
        ),
        ("platform", string("linux")),
        ("executable", executable),
        ("_base_executable", executable),
        ("prefix", string("/usr/local")),
        ("base_prefix", string("/usr/local")),
        ("exec_prefix", string("/usr/local")),
        ("base_exec_prefix", string("/usr/local")),
        ("platlibdir", string("lib")),
        ("abiflags", string("")),
        ("float_repr_style", string("short")),
        ("pycache_prefix", Value::NONE),
        ("dont_write_bytecode", Value::TRUE),
        ("meta_path", List::new().into()),
        ("path_hooks", List::new().into()),
        ("path_importer_cache", Dict::new().into()),
        ("warnoptions", texts(&options.warnings)),
        ("_xoptions", x_options(vm)),
        ("_git", tuple(&[string("krait"), string(""), string("")])),
        ("_framework", string("")),
    ];
    for (name, value) in fields {
        space.set_str(intern(name), value);
    }
    let getattr = vm.native_function("__getattr__(name, /)", getattr);
    space.set_str(vm.names.getattr, getattr.into());
}

/// Lists the modules, once all native ones are there.
pub fn list_modules(vm: &mut Vm) {
    let Some(sys) = vm
        .modules
        .get_str(vm.names.sys)
        .and_then(|m| m.cast::<Module>())
    else {
        return;
    };
    let names: Vec<Value> = vm.modules.get().iter().map(|(name, _)| name).collect();
    let space = sys.namespace();
    space.set_str(intern("builtin_module_names"), Tuple::new(&names).into());
    let names = library_names(vm);
    space.set_str(intern("stdlib_module_names"), names);
}

/// Sets `sys.orig_argv`, which the command line's own reading knows.
pub fn set_command_line(vm: &mut Vm, words: &[String]) {
    if let Some(sys) = vm
        .modules
        .get_str(vm.names.sys)
        .and_then(|m| m.cast::<Module>())
    {
        sys.namespace().set_str(intern("orig_argv"), texts(words));
    }
}
