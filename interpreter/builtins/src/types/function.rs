//! Functions, methods, builtin functions, cells and code objects.

use super::object::address;
use bytecode::{Code, Op};
use object::{
    BoundMethod, Builtin, CellBox, Class, CodeObject, Dict, Function, Gc, Kind, Str, Tuple, Value,
    intern,
};
use vm::hooks::{beginning_line, offset_of};
use vm::{Def, PyResult, Vm, field, getter, method, setter, static_method, string, tuple};

const FUNCTION: &[Def] = &[
    static_method(
        "__new__(cls, code, globals, name=None, argdefs=None, closure=None, kwdefaults=None)",
        function_new,
    ),
    method("__repr__(self, /)", function_repr),
    method("__call__(self, /, *args, **kwargs)", call_through),
    method("__get__(self, instance, owner=None, /)", function_get),
    getter("__code__", function_code),
    setter("__code__", set_function_code),
    getter("__defaults__", function_defaults),
    setter("__defaults__", set_function_defaults),
    getter("__kwdefaults__", function_kwdefaults),
    setter("__kwdefaults__", set_function_kwdefaults),
    getter("__name__", function_name),
    setter("__name__", set_function_name),
    getter("__qualname__", function_qualname),
    setter("__qualname__", set_function_qualname),
    field("__module__", function_module),
    setter("__module__", set_function_module),
    field("__doc__", function_doc),
    setter("__doc__", set_function_doc),
    getter("__dict__", function_dict),
    setter("__dict__", set_function_dict),
    field("__closure__", function_closure),
    field("__globals__", function_globals),
    field("__builtins__", function_builtins),
    getter("__annotations__", function_annotations),
    setter("__annotations__", set_function_annotations),
    getter("__annotate__", function_annotate),
    setter("__annotate__", set_function_annotate),
    getter("__type_params__", function_type_params),
    setter("__type_params__", set_function_type_params),
];

fn function(vm: &mut Vm, value: Value) -> PyResult<Gc<Function>> {
    vm.receiver::<Function>(value)
}

fn function_new(vm: &mut Vm, args: &[Value]) -> PyResult {
    let Some(code) = args[1].cast::<CodeObject>() else {
        let given = vm.type_name(args[1]);
        return Err(vm.type_error(format!(
            "function() argument 'code' must be code, not {given}"
        )));
    };
    let Some(globals) = args[2].cast::<Dict>() else {
        let given = vm.type_name(args[2]);
        return Err(vm.type_error(format!(
            "function() argument 'globals' must be dict, not {given}"
        )));
    };
    let free = code.code().free_names.len();
    let closure = args[5].bound().unwrap_or(Value::NONE);
    let cells = closure.cast::<Tuple>().map_or(0, |c| c.len());
    if free != cells {
        let name = vm.str_text(code.name.get())?;
        return Err(if closure.is_none() {
            vm.type_error("arg 5 (closure) must be tuple")
        } else {
            vm.value_error(format!(
                "{name} requires closure of length {free}, not {cells}"
            ))
        });
    }
    let made = Function::new(code, globals, vm.builtins.into());
    made.write(|f| &f.closure, closure);
    if let Some(name) = args[3].bound().filter(|n| !n.is_none()) {
        made.write(|f| &f.name, name);
    }
    if let Some(defaults) = args[4].bound() {
        made.write(|f| &f.defaults, defaults);
    }
    if let Some(defaults) = args[6].bound() {
        made.write(|f| &f.keyword_defaults, defaults);
    }
    Ok(made.into())
}

fn function_repr(vm: &mut Vm, args: &[Value]) -> PyResult {
    let function = function(vm, args[0])?;
    let name = vm.str_text(function.qualname.get())?;
    Ok(string(&format!(
        "<function {name} at {:#x}>",
        address(args[0])
    )))
}

/// `f.__call__(…)`
fn call_through(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (names, values) = match args[1].cast::<Dict>() {
        Some(dict) if !dict.is_empty() => vm.keyword_items(dict),
        _ => Default::default(),
    };
    let mut all = args[2..].to_vec();
    all.extend(values);
    let (all, names) = (Tuple::new(&all), Tuple::new(&names));
    vm.call_with(args[0], all.items(), names.items())
}

fn function_get(_vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(if args[1].is_none() {
        args[0]
    } else {
        BoundMethod::new(args[0], args[1]).into()
    })
}

fn function_code(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(function(vm, args[0])?.code().into())
}

fn set_function_code(vm: &mut Vm, args: &[Value]) -> PyResult {
    let function = function(vm, args[0])?;
    let Some(code) = args[1].cast::<CodeObject>() else {
        return Err(vm.type_error("__code__ must be set to a code object"));
    };
    let closure = function
        .closure
        .get()
        .cast::<Tuple>()
        .map_or(0, |c| c.len());
    let free = code.code().free_names.len();
    if free != closure {
        let name = vm.str_text(function.name.get())?;
        return Err(vm.value_error(format!(
            "{name}() requires a code object with {closure} free vars, not {free}"
        )));
    }
    function.set_code(code);
    vm.flush_caches();
    Ok(Value::NONE)
}

fn function_defaults(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(function(vm, args[0])?.defaults.get())
}

fn set_function_defaults(vm: &mut Vm, args: &[Value]) -> PyResult {
    object::watch::changed();
    let function = function(vm, args[0])?;
    let value = args[1].bound().unwrap_or(Value::NONE);
    if !value.is_none() && !value.is::<Tuple>() {
        return Err(vm.type_error("__defaults__ must be set to a tuple object"));
    }
    function.write(|f| &f.defaults, value);
    vm.flush_caches();
    Ok(Value::NONE)
}

fn function_kwdefaults(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(function(vm, args[0])?.keyword_defaults.get())
}

fn set_function_kwdefaults(vm: &mut Vm, args: &[Value]) -> PyResult {
    object::watch::changed();
    let function = function(vm, args[0])?;
    let value = args[1].bound().unwrap_or(Value::NONE);
    if !value.is_none() && !value.is::<Dict>() {
        return Err(vm.type_error("__kwdefaults__ must be set to a dict object"));
    }
    function.write(|f| &f.keyword_defaults, value);
    Ok(Value::NONE)
}

fn function_name(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(function(vm, args[0])?.name.get())
}

fn set_function_name(vm: &mut Vm, args: &[Value]) -> PyResult {
    let function = function(vm, args[0])?;
    if args[1].to::<Str>().is_none() {
        return Err(vm.type_error("__name__ must be set to a string object"));
    }
    function.write(|f| &f.name, args[1].inner());
    Ok(Value::NONE)
}

fn function_qualname(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(function(vm, args[0])?.qualname.get())
}

fn set_function_qualname(vm: &mut Vm, args: &[Value]) -> PyResult {
    let function = function(vm, args[0])?;
    if args[1].to::<Str>().is_none() {
        return Err(vm.type_error("__qualname__ must be set to a string object"));
    }
    function.write(|f| &f.qualname, args[1].inner());
    Ok(Value::NONE)
}

fn function_module(vm: &mut Vm, args: &[Value]) -> PyResult {
    let function = function(vm, args[0])?;
    Ok(match function.module.get().bound() {
        Some(module) => module,
        None => function
            .globals()
            .get_str(vm.names.dunder_name)
            .unwrap_or(Value::NONE),
    })
}

fn set_function_module(vm: &mut Vm, args: &[Value]) -> PyResult {
    let function = function(vm, args[0])?;
    function.write(|f| &f.module, args[1].bound().unwrap_or(Value::NONE));
    Ok(Value::NONE)
}

fn function_doc(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(function(vm, args[0])?.doc.get())
}

fn set_function_doc(vm: &mut Vm, args: &[Value]) -> PyResult {
    let function = function(vm, args[0])?;
    function.write(|f| &f.doc, args[1].bound().unwrap_or(Value::NONE));
    Ok(Value::NONE)
}

fn function_dict(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(vm.own_dict(args[0]).map_or(Value::NONE, Value::from))
}

fn set_function_dict(vm: &mut Vm, args: &[Value]) -> PyResult {
    let function = function(vm, args[0])?;
    if args[1].cast::<Dict>().is_none() {
        return Err(vm.type_error("__dict__ must be set to a dictionary"));
    }
    function.write(|f| &f.dict, args[1]);
    Ok(Value::NONE)
}

fn function_closure(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(function(vm, args[0])?.closure.get())
}

fn function_globals(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(function(vm, args[0])?.globals().into())
}

fn function_builtins(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(function(vm, args[0])?.builtins.get())
}

/// Annotations are computed when they are first asked for.
fn function_annotations(vm: &mut Vm, args: &[Value]) -> PyResult {
    let function = function(vm, args[0])?;
    if let Some(found) = function.annotations.get().bound() {
        return Ok(found);
    }
    let annotate = function.annotate.get();
    let result = if annotate.is_none() {
        Dict::new().into()
    } else {
        vm.call(annotate, &[Value::small(1)])?
    };
    if result.to::<Dict>().is_none() {
        let given = vm.type_name(result);
        return Err(vm.type_error(format!("__annotate__ returned non-dict of type '{given}'")));
    }
    function.write(|f| &f.annotations, result);
    Ok(result)
}

fn set_function_annotations(vm: &mut Vm, args: &[Value]) -> PyResult {
    let function = function(vm, args[0])?;
    let value = args[1].bound().unwrap_or(Value::NONE);
    if !value.is_none() && value.to::<Dict>().is_none() {
        return Err(vm.type_error("__annotations__ must be set to a dict object"));
    }
    let value = if value.is_none() {
        Dict::new().into()
    } else {
        value
    };
    function.write(|f| &f.annotations, value);
    function.write(|f| &f.annotate, Value::NONE);
    Ok(Value::NONE)
}

fn function_annotate(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(function(vm, args[0])?.annotate.get())
}

fn set_function_annotate(vm: &mut Vm, args: &[Value]) -> PyResult {
    let function = function(vm, args[0])?;
    if args[1].is_unbound() {
        return Err(vm.type_error("__annotate__ cannot be deleted"));
    }
    function.write(|f| &f.annotate, args[1]);
    function.write(|f| &f.annotations, Value::UNBOUND);
    Ok(Value::NONE)
}

fn function_type_params(vm: &mut Vm, args: &[Value]) -> PyResult {
    let function = function(vm, args[0])?;
    let own = function.dict.get().cast::<Dict>();
    Ok(own
        .and_then(|d| d.get_str(intern("__type_params__ ")))
        .unwrap_or_else(|| tuple(&[])))
}

/// Kept under a name that no program can write.
fn set_function_type_params(vm: &mut Vm, args: &[Value]) -> PyResult {
    if args[1].cast::<Tuple>().is_none() {
        return Err(vm.type_error("__type_params__ must be set to a tuple"));
    }
    vm.set_own(args[0], intern("__type_params__ "), args[1]);
    Ok(Value::NONE)
}

// ---- methods

const METHOD: &[Def] = &[
    static_method("__new__(cls, function, instance, /)", method_new),
    method("__repr__(self, /)", method_repr),
    method("__call__(self, /, *args, **kwargs)", call_through),
    method("__eq__(self, value, /)", method_eq),
    method("__hash__(self, /)", method_hash),
    method("__get__(self, instance, owner=None, /)", method_get),
    method("__getattr__(self, name, /)", method_getattr),
    method("__reduce__(self, /)", method_reduce),
    getter("__func__", method_func),
    getter("__self__", method_self),
    getter("__doc__", method_doc),
];

fn bound(vm: &mut Vm, value: Value) -> PyResult<Gc<BoundMethod>> {
    vm.receiver::<BoundMethod>(value)
}

fn method_new(vm: &mut Vm, args: &[Value]) -> PyResult {
    if args[2].is_none() {
        return Err(vm.type_error("instance must not be None"));
    }
    let callable = args[1].kind().is_some() && vm.lookup_special(args[1], vm.names.call).is_some();
    if !callable {
        return Err(vm.type_error("first argument must be callable"));
    }
    Ok(BoundMethod::new(args[1], args[2]).into())
}

fn method_repr(vm: &mut Vm, args: &[Value]) -> PyResult {
    let bound = bound(vm, args[0])?;
    let function = bound.function.get();
    let name = match vm.find_attr(function, vm.names.qualname)? {
        Some(name) => vm.str_text(name)?,
        None => match vm.find_attr(function, vm.names.dunder_name)? {
            Some(name) => vm.str_text(name)?,
            None => String::from("?"),
        },
    };
    let receiver = vm.repr_text(bound.receiver.get())?;
    Ok(string(&format!("<bound method {name} of {receiver}>")))
}

fn method_eq(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (Some(a), Some(b)) = (args[0].cast::<BoundMethod>(), args[1].cast::<BoundMethod>()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    Ok(Value::bool(
        a.receiver.get() == b.receiver.get() && vm.eq(a.function.get(), b.function.get())?,
    ))
}

fn method_hash(vm: &mut Vm, args: &[Value]) -> PyResult {
    let bound = bound(vm, args[0])?;
    let function = vm.hash(bound.function.get())?;
    Ok(Value::int(bound.receiver.get().identity_hash() ^ function))
}

fn method_get(_vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(args[0])
}

fn method_getattr(vm: &mut Vm, args: &[Value]) -> PyResult {
    let bound = bound(vm, args[0])?;
    let name = super::object::attribute_name(vm, args[1])?;
    vm.get_attr(bound.function.get(), name)
}

fn method_reduce(vm: &mut Vm, args: &[Value]) -> PyResult {
    let bound = bound(vm, args[0])?;
    let name = vm.get_attr(bound.function.get(), vm.names.dunder_name)?;
    let getattr = vm
        .builtins
        .get_str(intern("getattr"))
        .unwrap_or(Value::NONE);
    Ok(tuple(&[getattr, tuple(&[bound.receiver.get(), name])]))
}

fn method_func(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(bound(vm, args[0])?.function.get())
}

fn method_self(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(bound(vm, args[0])?.receiver.get())
}

fn method_doc(vm: &mut Vm, args: &[Value]) -> PyResult {
    let function = bound(vm, args[0])?.function.get();
    vm.get_attr(function, vm.names.doc)
}

// ---- builtin functions

const BUILTIN: &[Def] = &[
    method("__repr__(self, /)", builtin_repr),
    method("__call__(self, /, *args, **kwargs)", call_through),
    method("__eq__(self, value, /)", builtin_eq),
    method("__hash__(self, /)", builtin_hash),
    method("__reduce__(self, /)", builtin_reduce),
    getter("__name__", builtin_name),
    getter("__qualname__", builtin_qualname),
    getter("__self__", builtin_self),
    getter("__module__", builtin_module),
    getter("__doc__", builtin_doc),
    getter("__objclass__", builtin_class),
    getter("__text_signature__", builtin_signature),
];

/// What methods that stand in a class have besides.
const DESCRIPTOR: &[Def] = &[method(
    "__get__(self, instance, owner=None, /)",
    descriptor_get,
)];

fn descriptor_get(vm: &mut Vm, args: &[Value]) -> PyResult {
    let function = builtin(vm, args[0])?;
    if args[1].is_none() {
        super::descriptor::refuse_nothing(vm, args)?;
        return Ok(args[0]);
    }
    let class = vm.class_of(args[1]);
    if let Some(owner) = function.owner.get().cast::<Class>()
        && !class.is_subclass_of(owner)
    {
        let (name, wanted) = (builtin_text(vm, args[0])?, owner.name_text());
        let given = class.name_text();
        return Err(vm.type_error(format!(
            "descriptor '{name}' for '{wanted}' objects doesn't apply to a '{given}' object"
        )));
    }
    vm.bind_descriptor(args[0], args[1], class)
}

fn builtin(vm: &mut Vm, value: Value) -> PyResult<Gc<Builtin>> {
    vm.receiver::<Builtin>(value)
}

fn builtin_text(vm: &mut Vm, value: Value) -> PyResult<String> {
    let builtin = builtin(vm, value)?;
    vm.str_text(builtin.name.get())
}

fn builtin_repr(vm: &mut Vm, args: &[Value]) -> PyResult {
    let function = builtin(vm, args[0])?;
    let name = vm.str_text(function.name.get())?;
    let special = name.starts_with("__") && name.ends_with("__") && name != "__new__";
    let owner = function.owner.get().cast::<Class>();
    Ok(string(&match (owner, function.receiver.get().bound()) {
        (Some(_), Some(receiver)) => {
            let class = vm.type_name(receiver);
            let at = address(receiver);
            if special && !receiver.is::<Class>() {
                format!("<method-wrapper '{name}' of {class} object at {at:#x}>")
            } else {
                format!("<built-in method {name} of {class} object at {at:#x}>")
            }
        }
        (Some(owner), None) if name == "__new__" => {
            format!(
                "<built-in method __new__ of type object at {:#x}>",
                address(owner.into())
            )
        }
        (Some(owner), None) if special => {
            format!("<slot wrapper '{name}' of '{}' objects>", owner.name_text())
        }
        (Some(owner), None) => format!("<method '{name}' of '{}' objects>", owner.name_text()),
        (None, _) => format!("<built-in function {name}>"),
    }))
}

fn builtin_eq(_vm: &mut Vm, args: &[Value]) -> PyResult {
    let (Some(a), Some(b)) = (args[0].cast::<Builtin>(), args[1].cast::<Builtin>()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    Ok(Value::bool(
        a.number == b.number && a.receiver.get() == b.receiver.get(),
    ))
}

fn builtin_hash(vm: &mut Vm, args: &[Value]) -> PyResult {
    let function = builtin(vm, args[0])?;
    Ok(Value::int(
        function.number as i64 ^ function.receiver.get().identity_hash(),
    ))
}

fn builtin_reduce(vm: &mut Vm, args: &[Value]) -> PyResult {
    let function = builtin(vm, args[0])?;
    let name = function.name.get();
    let owner = Some(function.owner.get()).filter(|owner| owner.is::<Class>());
    match function.receiver.get().bound().or(owner) {
        Some(receiver) => {
            let getattr = vm
                .builtins
                .get_str(intern("getattr"))
                .unwrap_or(Value::NONE);
            Ok(tuple(&[getattr, tuple(&[receiver, name])]))
        }
        None => Ok(name),
    }
}

fn builtin_name(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(builtin(vm, args[0])?.name.get())
}

fn builtin_qualname(vm: &mut Vm, args: &[Value]) -> PyResult {
    let name = builtin_text(vm, args[0])?;
    let function = builtin(vm, args[0])?;
    Ok(match function.owner.get().cast::<Class>() {
        Some(owner) => string(&format!("{}.{name}", owner.name_text())),
        None => string(&name),
    })
}

fn builtin_self(vm: &mut Vm, args: &[Value]) -> PyResult {
    let function = builtin(vm, args[0])?;
    if let Some(receiver) = function.receiver.get().bound() {
        return Ok(receiver);
    }
    match function.owner.get().to::<Str>() {
        Some(module) => Ok(vm.modules.get_str(module).unwrap_or(Value::NONE)),
        None => match function.owner.get().cast::<Class>() {
            Some(class) if vm.str_text(function.name.get())? == "__new__" => Ok(class.into()),
            Some(_) => Err(vm.no_attribute(args[0], vm.names.dunder_self)),
            None => Ok(Value::NONE),
        },
    }
}

fn builtin_module(vm: &mut Vm, args: &[Value]) -> PyResult {
    let owner = builtin(vm, args[0])?.owner.get();
    Ok(if owner.is::<Str>() {
        owner
    } else {
        Value::NONE
    })
}

fn builtin_doc(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(builtin(vm, args[0])?.doc.get())
}

fn builtin_class(vm: &mut Vm, args: &[Value]) -> PyResult {
    let function = builtin(vm, args[0])?;
    match function.owner.get() {
        owner if owner.is::<Class>() && function.receiver.get().is_unbound() => Ok(owner),
        _ => Err(vm.no_attribute(args[0], intern("__objclass__"))),
    }
}

/// The signature as declared, with `$` before the receiver.
fn builtin_signature(vm: &mut Vm, args: &[Value]) -> PyResult {
    let function = builtin(vm, args[0])?;
    let text = vm.natives[function.number as usize].text.replace('?', "");
    let Some(at) = text.find('(') else {
        return Ok(Value::NONE);
    };
    let parameters = &text[at..];
    let is_method = function.owner.get().is::<Class>();
    Ok(string(&if is_method {
        parameters.replacen('(', "($", 1)
    } else if parameters.contains(", /") {
        parameters.replacen('(', "($module, ", 1)
    } else {
        parameters
            .replacen('(', "($module, /, ", 1)
            .replace(", /, )", ", /)")
    }))
}

// ---- cells

const CELL: &[Def] = &[
    static_method("__new__(cls, contents=<absent>, /)", cell_new),
    method("__repr__(self, /)", cell_repr),
    method("__eq__(self, value, /)", cell_eq),
    getter("cell_contents", cell_contents),
    setter("cell_contents", set_cell_contents),
];

fn cell_new(_vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(CellBox::new(args[1]).into())
}

fn cell_repr(vm: &mut Vm, args: &[Value]) -> PyResult {
    let cell = vm.receiver::<CellBox>(args[0])?;
    let at = address(args[0]);
    Ok(string(&match cell.content.get().bound() {
        None => format!("<cell at {at:#x}: empty>"),
        Some(content) => {
            let class = vm.type_name(content);
            format!(
                "<cell at {at:#x}: {class} object at {:#x}>",
                address(content)
            )
        }
    }))
}

fn cell_eq(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (Some(a), Some(b)) = (args[0].cast::<CellBox>(), args[1].cast::<CellBox>()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    match (a.content.get().bound(), b.content.get().bound()) {
        (Some(a), Some(b)) => vm.eq(a, b).map(Value::bool),
        (a, b) => Ok(Value::bool(a == b)),
    }
}

fn cell_contents(vm: &mut Vm, args: &[Value]) -> PyResult {
    let cell = vm.receiver::<CellBox>(args[0])?;
    match cell.content.get().bound() {
        Some(content) => Ok(content),
        None => Err(vm.value_error("Cell is empty")),
    }
}

fn set_cell_contents(vm: &mut Vm, args: &[Value]) -> PyResult {
    let cell = vm.receiver::<CellBox>(args[0])?;
    cell.write(|c| &c.content, args[1]);
    Ok(Value::NONE)
}

// ---- code

const CODE: &[Def] = &[
    method("__repr__(self, /)", code_repr),
    method("__eq__(self, value, /)", code_eq),
    method("__hash__(self, /)", code_hash),
    method("co_lines(self, /)", code_lines),
    method("co_positions(self, /)", code_positions),
    method("replace(self, /, **changes)", code_replace),
    getter("co_name", code_name),
    getter("co_qualname", code_qualname),
    getter("co_filename", code_filename),
    getter("co_firstlineno", code_first_line),
    getter("co_argcount", code_arg_count),
    getter("co_posonlyargcount", code_positional_only),
    getter("co_kwonlyargcount", code_keyword_only),
    getter("co_nlocals", code_local_count),
    getter("co_varnames", code_variables),
    getter("co_cellvars", code_cells),
    getter("co_freevars", code_free),
    getter("co_names", code_names),
    getter("co_consts", code_constants),
    getter("co_flags", code_flags),
    getter("co_stacksize", code_registers),
    getter("co_code", code_bytes),
];

fn code(vm: &mut Vm, value: Value) -> PyResult<Gc<CodeObject>> {
    vm.receiver::<CodeObject>(value)
}

fn code_repr(vm: &mut Vm, args: &[Value]) -> PyResult {
    let code = code(vm, args[0])?;
    let (name, file) = (
        vm.str_text(code.name.get())?,
        vm.str_text(code.filename.get())?,
    );
    let line = code.code().first_line;
    Ok(string(&format!(
        "<code object {name} at {:#x}, file \"{file}\", line {line}>",
        address(args[0])
    )))
}

fn code_eq(_vm: &mut Vm, args: &[Value]) -> PyResult {
    let (Some(a), Some(b)) = (args[0].cast::<CodeObject>(), args[1].cast::<CodeObject>()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    Ok(Value::bool(a == b || is_same_code(a, b)))
}

/// Whether two code objects have the same instructions and constants, the types of these included.
fn is_same_code(a: Gc<CodeObject>, b: Gc<CodeObject>) -> bool {
    a.get().code() == b.get().code()
        && vm::compiled::with_constants(a).map(|code| code.constants)
            == vm::compiled::with_constants(b).map(|code| code.constants)
}

fn code_hash(vm: &mut Vm, args: &[Value]) -> PyResult {
    let code = code(vm, args[0])?;
    let name = vm.hash(code.name.get())?;
    Ok(Value::int(name ^ code.code().instrs.len() as i64))
}

/// (start, end, line) of runs of instructions; offsets count two bytes for an instruction, as
/// programs that read them expect. A function is entered at its first line, as far as they are concerned:
/// debuggers look for it.
fn code_lines(vm: &mut Vm, args: &[Value]) -> PyResult {
    let code = code(vm, args[0])?;
    let list = object::List::new();
    let details = code.get().code();
    let begins = Value::small(beginning_line(details).into());
    list.push(tuple(&[
        Value::small(0),
        Value::small(offset_of(0)),
        begins,
    ]));
    let ends = details
        .locations
        .iter()
        .skip(1)
        .map(|l| l.0)
        .chain([details.instrs.len() as u32]);
    for (&(start, place), end) in details.locations.iter().zip(ends) {
        let line = if place.line == 0 {
            Value::NONE
        } else {
            Value::small(place.line as i64)
        };
        list.push(tuple(&[
            Value::small(offset_of(start)),
            Value::small(offset_of(end)),
            line,
        ]));
    }
    vm.iter(list.into())
}

fn code_positions(vm: &mut Vm, args: &[Value]) -> PyResult {
    let code = code(vm, args[0])?;
    let list = object::List::new();
    let number = |n: u32| Value::small(n as i64);
    let begins = number(beginning_line(code.code()));
    list.push(tuple(&[begins, begins, number(0), number(0)]));
    for pc in 0..code.code().instrs.len() as u32 {
        let place = code.code().location(pc);
        list.push(tuple(&[
            number(place.line),
            number(place.end_line),
            number(place.column),
            number(place.end_column),
        ]));
    }
    vm.iter(list.into())
}

/// A copy of the code with other names, file or first line, or as a generator that may be awaited.
fn code_replace(vm: &mut Vm, args: &[Value]) -> PyResult {
    let code = code(vm, args[0])?;
    let mut details = code.get().code().clone();
    if let Some(changes) = args[1].cast::<Dict>() {
        for (name, value) in changes.copy().get().iter() {
            let name = vm.str_text(name)?;
            match name.as_str() {
                "co_name" => details.name = vm.str_text(value)?.into(),
                "co_qualname" => details.qualname = vm.str_text(value)?.into(),
                "co_filename" => details.filename = vm.str_text(value)?.into(),
                "co_firstlineno" => details.first_line = vm.index(value)? as u32,
                "co_flags" => {
                    let flags = vm.index(value)?;
                    if flags & !ITERABLE_COROUTINE != flag_bits(&details) & !ITERABLE_COROUTINE {
                        return Err(vm.value_error(
                            "replace() can change no flag of code but CO_ITERABLE_COROUTINE",
                        ));
                    }
                    details.flags.iterable_coroutine = flags & ITERABLE_COROUTINE != 0;
                }
                _ => {
                    return Err(vm.type_error(format!(
                        "replace() got an unexpected keyword argument '{name}'"
                    )));
                }
            }
        }
    }
    Ok(vm.link_with(details, code.constants()).into())
}

fn code_name(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(code(vm, args[0])?.name.get())
}

fn code_qualname(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(code(vm, args[0])?.qualname.get())
}

fn code_filename(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(code(vm, args[0])?.filename.get())
}

fn code_first_line(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(Value::small(code(vm, args[0])?.code().first_line as i64))
}

fn code_arg_count(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(Value::small(
        code(vm, args[0])?.code().params.positional as i64,
    ))
}

fn code_positional_only(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(Value::small(
        code(vm, args[0])?.code().params.positional_only as i64,
    ))
}

fn code_keyword_only(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(Value::small(
        code(vm, args[0])?.code().params.keyword_only as i64,
    ))
}

fn code_local_count(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(Value::small(
        code(vm, args[0])?.code().local_names.len() as i64
    ))
}

fn texts<'a>(names: impl Iterator<Item = &'a str>) -> Value {
    let names: Vec<Value> = names.map(|n| intern(n).into()).collect();
    tuple(&names)
}

fn code_variables(vm: &mut Vm, args: &[Value]) -> PyResult {
    let code = code(vm, args[0])?;
    let details = code.get().code();
    let params = details.params.count() as usize;
    let names = details.local_names.iter().enumerate();
    let shown = names
        .filter(|(i, _)| *i < params || !details.cell_registers.contains(&(*i as u16)))
        .map(|(_, n)| &**n);
    Ok(texts(shown))
}

fn code_cells(vm: &mut Vm, args: &[Value]) -> PyResult {
    let code = code(vm, args[0])?;
    let details = code.get().code();
    let cells = details.cell_registers.iter();
    Ok(texts(
        cells
            .filter_map(|&r| details.local_names.get(r as usize))
            .map(|n| &**n),
    ))
}

fn code_free(vm: &mut Vm, args: &[Value]) -> PyResult {
    let code = code(vm, args[0])?;
    Ok(texts(code.get().code().free_names.iter().map(|n| &**n)))
}

fn code_names(vm: &mut Vm, args: &[Value]) -> PyResult {
    let code = code(vm, args[0])?;
    let mut names: Vec<Value> = Vec::new();
    for site in &code.get().code().sites {
        let name = code.constant(site.name);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    Ok(tuple(&names))
}

fn code_constants(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(code(vm, args[0])?.constants().into())
}

/// What CPython calls CO_ITERABLE_COROUTINE.
const ITERABLE_COROUTINE: i64 = 256;

fn code_flags(vm: &mut Vm, args: &[Value]) -> PyResult {
    let code = code(vm, args[0])?;
    Ok(Value::small(flag_bits(code.code())))
}

/// CPython's flag bits: optimized 1, new locals 2, *args 4, **kwargs 8, nested 16, generator 32,
/// coroutine 128, iterable coroutine 256, async generator 512.
fn flag_bits(code: &Code) -> i64 {
    let (flags, params) = (code.flags, code.params);
    let bits = [
        (flags.optimized, 3),
        (params.varargs, 4),
        (params.varkw, 8),
        (flags.nested, 16),
        (flags.generator, 32),
        (flags.coroutine, 128),
        (flags.iterable_coroutine, ITERABLE_COROUTINE),
        (flags.async_generator, 512),
        (flags.has_docstring, 0x400_0000),
        (flags.method, 0x800_0000),
    ];
    let set = bits.iter().filter(|(set, _)| *set);
    set.map(|(_, bit)| bit).sum()
}

fn code_registers(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(Value::small(code(vm, args[0])?.code().registers as i64))
}

fn code_bytes(vm: &mut Vm, args: &[Value]) -> PyResult {
    let code = code(vm, args[0])?;
    Ok(object::Bytes::new(&shown_bytes(code.code())).into())
}

/// The instructions as programs know them that read such bytes: two bytes each, its number and, of a jump
/// without condition, its distance. Functions begin with a `resume` that is none here, and the instruction
/// behind a `yield` is shown as another; these have the argument 0 and another one. A jump too far for a
/// byte has a number of its own.
fn shown_bytes(code: &Code) -> Vec<u8> {
    let mut bytes = vec![RESUME, 0];
    let mut after_yield = false;
    for (pc, &instr) in (0..).zip(&code.instrs) {
        let op = instr.op();
        let distance = match op {
            Op::Jump | Op::JumpBack => {
                bytecode::jump_target(pc, instr).map_or(0, |target| target.abs_diff(pc + 1))
            }
            _ => u32::from(op == Op::Yield),
        };
        bytes.extend(match u8::try_from(distance) {
            _ if after_yield => [RESUME, 1],
            Ok(distance) => [op as u8, distance],
            Err(_) => [FAR_JUMP, 0],
        });
        after_yield = op == Op::Yield;
    }
    bytes
}

/// Numbers of what is shown, but is no op.
const RESUME: u8 = Op::COUNT;
const FAR_JUMP: u8 = Op::COUNT + 1;

pub fn install(vm: &mut Vm) {
    let types = [
        (vm.types.function, FUNCTION),
        (vm.types.method, METHOD),
        (vm.types.builtin_function, BUILTIN),
        (vm.types.method_descriptor, BUILTIN),
        (vm.types.wrapper_descriptor, BUILTIN),
        (vm.types.method_wrapper, BUILTIN),
        (vm.types.method_descriptor, DESCRIPTOR),
        (vm.types.wrapper_descriptor, DESCRIPTOR),
        (vm.types.cell, CELL),
        (vm.types.code, CODE),
    ];
    for (class, methods) in types {
        vm.define_methods(class, methods);
    }
    debug_assert!(vm.types.code.instance_kind.get() == Kind::Code);
}
