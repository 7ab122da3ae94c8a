//! Builtin functions about code and namespaces: `compile`, `eval`, `exec`, `globals`, `locals`,
//! `vars`, `dir`, `__import__`, `__build_class__`.

use super::syntax;
use compile::{Mode, Options};
use object::{
    ByteArray, Bytes, CellBox, CodeObject, Dict, Function, Gc, Str, Tuple, Value, intern,
};
use vm::{Def, PyResult, Vm, method, string};

pub const FUNCTIONS: &[Def] = &[
    method(
        "__build_class__(func, name, /, *bases, **kwds)",
        build_class,
    ),
    method(
        "__import__(name, globals=None, locals=None, fromlist=(), level=0)",
        import,
    ),
    method(
        "compile(source, filename, mode, flags=0, dont_inherit=False, optimize=-1, *, _feature_version=-1)",
        compile_function,
    ),
    method("dir(object=None, /)", dir),
    method("eval(source, /, globals=None, locals=None)", eval),
    method(
        "exec(source, /, globals=None, locals=None, *, closure=None)",
        exec,
    ),
    method("globals()", globals),
    method("locals()", locals),
    method("vars(object=None, /)", vars),
];

fn build_class(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (names, values) = match args[2].cast::<Dict>() {
        Some(keywords) => vm.keyword_items(keywords),
        None => (Vec::new(), Vec::new()),
    };
    let mut all = vec![args[0], args[1]];
    all.extend_from_slice(&args[3..]);
    all.extend_from_slice(&values);
    // Tuples, because the collector does not see Rust vectors.
    let (all, names) = (Tuple::new(&all), Tuple::new(&names));
    vm.build_class(all.items(), names.items())
}

fn import(vm: &mut Vm, args: &[Value]) -> PyResult {
    let Some(name) = args[0].to::<Str>() else {
        let given = vm.type_name(args[0]);
        return Err(vm.type_error(format!("__import__() argument 1 must be str, not {given}")));
    };
    let globals = match args[1].to::<Dict>() {
        Some(globals) => globals,
        None => vm.visible_globals().unwrap_or_else(Dict::new),
    };
    let fromlist = args[3].bound().unwrap_or(Value::NONE);
    let level = match args[4] {
        Value::UNBOUND => 0,
        level => vm.index(level)?,
    };
    let Ok(level) = u32::try_from(level) else {
        return Err(vm.value_error("level must be >= 0"));
    };
    vm.import_from_level(name, globals, fromlist, level)
}

// ---- namespaces

fn globals(vm: &mut Vm, _: &[Value]) -> PyResult {
    let globals = vm.visible_globals().map_or(Value::NONE, Value::from);
    // Of code that a subclass of dict was given for, that is its namespace.
    let named = vm
        .visible_frame()
        .filter(|frame| frame.has_own_namespace())
        .map(|frame| frame.locals)
        .filter(|namespace| namespace.inner() == globals);
    Ok(named.unwrap_or(globals))
}

fn locals(vm: &mut Vm, _: &[Value]) -> PyResult {
    Ok(local_names(vm))
}

/// What `locals()` gives: the namespace of a module or class body, or a new dictionary of a
/// function's variables.
pub fn local_names(vm: &mut Vm) -> Value {
    let Some(frame) = vm.visible_frame() else {
        return Dict::new().into();
    };
    let code = frame.code.get().code();
    if !frame.locals.is_unbound() {
        return frame.locals;
    }
    if !code.flags.optimized {
        return frame.globals().into();
    }
    let (base, function) = (frame.base, frame.function);
    let names = Dict::new();
    let put = |name: &str, value: Value| {
        let value = match value.cast::<CellBox>() {
            Some(cell) => cell.content.get(),
            None => value,
        };
        if !value.is_unbound() && !name.starts_with('.') {
            names.set_str(intern(name), value);
        }
    };
    for (at, name) in code.local_names.iter().enumerate() {
        put(name, base.get(at as u16));
    }
    let closure = function
        .cast::<Function>()
        .and_then(|f| f.closure.get().cast::<Tuple>());
    if let Some(closure) = closure {
        for (name, &cell) in code.free_names.iter().zip(closure.items()) {
            put(name, cell);
        }
    }
    names.into()
}

fn vars(vm: &mut Vm, args: &[Value]) -> PyResult {
    let Some(object) = args[0].bound() else {
        return Ok(local_names(vm));
    };
    let name = vm.names.dict;
    match vm.find_attr(object, name)? {
        Some(dict) => Ok(dict),
        None => Err(vm.type_error("vars() argument must have __dict__ attribute")),
    }
}

fn dir(vm: &mut Vm, args: &[Value]) -> PyResult {
    let names = match args[0].bound() {
        None => {
            let locals = local_names(vm);
            let keys = vm.names.keys;
            let keys = vm.call_method(locals, keys, &[])?;
            vm.collect(keys)?
        }
        Some(object) => {
            let name = vm.names.dir;
            let Some(method) = vm.lookup_special(object, name) else {
                return Err(vm.type_error("object does not provide __dir__"));
            };
            let names = vm.call_special(method, object, &[])?;
            vm.collect(names)?
        }
    };
    crate::types::sort::sort(vm, names, Value::NONE, false)?;
    Ok(names.into())
}

// ---- code

/// Source text from whatever can be compiled.
fn source_text(vm: &mut Vm, function: &str, source: Value, filename: &str) -> PyResult<String> {
    let inner = source.inner();
    if let Some(text) = inner.cast::<Str>() {
        return match text.as_text() {
            Some(text) => Ok(text.into_owned()),
            None => {
                let points = text.to_points();
                let at = points
                    .iter()
                    .position(|p| (0xd800..0xe000).contains(p))
                    .unwrap_or(0);
                Err(vm.unicode_encode_error(format!(
                    "'utf-8' codec can't encode character '\\u{:04x}' in position {at}: surrogates not allowed",
                    points[at]
                )))
            }
        };
    }
    let bytes = match inner.cast::<Bytes>() {
        Some(bytes) => Some(bytes.as_slice().to_vec()),
        None => inner
            .cast::<ByteArray>()
            .map(|bytes| bytes.as_slice().to_vec()),
    };
    match bytes {
        Some(bytes) => vm.decode_source(&bytes, filename),
        None => {
            let other = if function == "compile" { "AST" } else { "code" };
            Err(vm.type_error(format!(
                "{function}() arg 1 must be a string, bytes or {other} object"
            )))
        }
    }
}

fn options(vm: &Vm, optimize: Option<u8>) -> Options {
    let mut options = Options::default();
    options.optimize = optimize.unwrap_or(vm.options.optimize);
    options
}

/// `compile`'s flag for a tree instead of code.
const ONLY_AST: i64 = 0x400;
const TOP_LEVEL_AWAIT: i64 = 0x2000;
const ALLOW_INCOMPLETE: i64 = 0x4000;
const FUTURE_ANNOTATIONS: i64 = 0x100_0000;

fn compile_function(vm: &mut Vm, args: &[Value]) -> PyResult {
    let filename = match args[1].inner().cast::<Str>() {
        Some(name) => name.to_text_escaped(),
        None => match args[1].inner().cast::<Bytes>() {
            Some(bytes) => String::from_utf8_lossy(bytes.as_slice()).into_owned(),
            None => {
                let given = vm.type_name(args[1]);
                return Err(vm.type_error(format!(
                    "expected str, bytes or os.PathLike object, not {given}"
                )));
            }
        },
    };
    let Some(mode) = args[2].to::<Str>() else {
        let given = vm.type_name(args[2]);
        return Err(vm.type_error(format!(
            "compile() argument 'mode' must be str, not {given}"
        )));
    };
    let mode = match mode.as_ascii() {
        Some("exec") => Mode::Exec,
        Some("eval") => Mode::Eval,
        Some("single") => Mode::Single,
        _ => {
            return Err(vm.value_error("compile() mode must be 'exec', 'eval' or 'single'"));
        }
    };
    let flags = match args[3] {
        Value::UNBOUND => 0,
        flags => vm.index(flags)?,
    };
    let optimize = match args[5] {
        Value::UNBOUND => -1,
        level => vm.index(level)?,
    };
    let optimize = match optimize {
        -1 => None,
        level @ 0..=2 => Some(level as u8),
        _ => return Err(vm.value_error("compile(): invalid optimize value")),
    };
    if args[0].is::<CodeObject>() {
        return Ok(args[0]);
    }
    let wants_tree = flags & ONLY_AST != 0;
    let mut options = options(vm, optimize);
    options.top_level_await = flags & TOP_LEVEL_AWAIT != 0;
    options.future_annotations = flags & FUTURE_ANNOTATIONS != 0;
    if syntax::is_node(vm, args[0]) {
        return match wants_tree {
            true => Ok(args[0]),
            false => syntax::compile_objects(vm, args[0], &filename, mode, options),
        };
    }
    let text = source_text(vm, "compile", args[0], &filename)?;
    if flags & ALLOW_INCOMPLETE != 0 && compile::is_unfinished(&text, mode) {
        let class = vm.types.incomplete_input_error;
        return Err(vm.raise_with(class, &[string("incomplete input")]));
    }
    if wants_tree {
        let tree = vm.parse_source(&text, &filename, mode)?;
        return syntax::tree_to_objects(vm, &tree);
    }
    Ok(vm.compile_source(&text, &filename, mode, options)?.into())
}

/// Globals and locals for `eval` and `exec`, from their arguments or from the caller.
fn namespaces(
    vm: &mut Vm,
    function: &str,
    globals: Value,
    locals: Value,
) -> PyResult<(Gc<Dict>, Value)> {
    let globals = globals.bound().filter(|g| !g.is_none());
    let locals = locals.bound().filter(|l| !l.is_none());
    if let Some(locals) = locals {
        let name = vm.names.getitem;
        if vm.lookup_special(locals, name).is_none() {
            let given = vm.type_name(locals);
            return Err(vm.type_error(match function {
                "exec" => format!("locals must be a mapping or None, not {given}"),
                _ => String::from("locals must be a mapping"),
            }));
        }
    }
    let (globals, locals) = match globals {
        Some(given) => {
            let Some(dict) = given.to::<Dict>() else {
                let class = vm.type_name(given);
                return Err(vm.type_error(match function {
                    "exec" => format!("exec() globals must be a dict, not {class}"),
                    _ => String::from("globals must be a real dict; try eval(code, {}, mapping)"),
                }));
            };
            // What a subclass does for missing names, it does for these.
            (dict, locals.unwrap_or(given))
        }
        None => {
            let Some(dict) = vm.visible_globals() else {
                return Err(vm.system_error("globals and locals cannot be NULL"));
            };
            let locals = match locals {
                Some(locals) => locals,
                None => local_names(vm),
            };
            (dict, locals)
        }
    };
    let builtins = vm.names.builtins;
    if globals.get_str(builtins).is_none() {
        globals.set_str(builtins, vm.builtins.into());
    } else if vm.own_builtins(globals).is_some() {
        // They may be other ones than when the same code was run last.
        globals.forget_places();
    }
    Ok((globals, locals))
}

fn eval(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (globals, locals) = namespaces(vm, "eval", args[1], args[2])?;
    let code = match args[0].cast::<CodeObject>() {
        Some(code) => {
            if !code.code().free_names.is_empty() {
                return Err(
                    vm.type_error("code object passed to eval() may not contain free variables")
                );
            }
            code
        }
        None => {
            let text = source_text(vm, "eval", args[0], "<string>")?;
            let text = text.trim_start_matches([' ', '\t']);
            let options = options(vm, None);
            vm.compile_source(text, "<string>", Mode::Eval, options)?
        }
    };
    vm.run_code(code, globals, locals, Value::NONE)
}

fn exec(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (globals, locals) = namespaces(vm, "exec", args[1], args[2])?;
    let closure = args[3].bound().unwrap_or(Value::NONE);
    let code = match args[0].cast::<CodeObject>() {
        Some(code) => {
            check_closure(vm, code, closure)?;
            code
        }
        None => {
            if !closure.is_none() {
                return Err(vm.type_error(
                    "closure argument can only be used with code objects as first argument to exec()",
                ));
            }
            let text = source_text(vm, "exec", args[0], "<string>")?;
            let options = options(vm, None);
            vm.compile_source(&text, "<string>", Mode::Exec, options)?
        }
    };
    vm.run_code(code, globals, locals, closure)?;
    Ok(Value::NONE)
}

fn check_closure(vm: &mut Vm, code: Gc<CodeObject>, closure: Value) -> PyResult<()> {
    let wanted = code.code().free_names.len();
    if wanted == 0 {
        if closure.is_none() {
            return Ok(());
        }
        return Err(vm.type_error("cannot use a closure with this code object"));
    }
    let cells = closure
        .cast::<Tuple>()
        .map_or(&[][..], |cells| cells.items());
    if cells.len() == wanted && cells.iter().all(|cell| cell.is::<CellBox>()) {
        return Ok(());
    }
    Err(vm.type_error(format!(
        "code object requires a closure of exactly length {wanted}"
    )))
}
