//! Modules as objects, and the singletons None, Ellipsis and NotImplemented.

use object::{Dict, List, Module, Str, Value, intern};
use vm::{Def, PyResult, Vm, getter, method, setter, static_method, string};

const MODULE: &[Def] = &[
    static_method("__new__(cls, /, *args, **kwargs)", new),
    method("__init__(self, name, doc=None)", init),
    method("__repr__(self, /)", repr),
    method("__dir__(self, /)", dir),
    getter("__dict__", namespace),
    getter("__annotations__", annotations),
    setter("__annotations__", set_annotations),
];

fn new(vm: &mut Vm, args: &[Value]) -> PyResult {
    let payload = Module::new(Dict::new().into(), Value::NONE);
    super::wrap(vm, args[0], payload.into())
}

fn init(vm: &mut Vm, args: &[Value]) -> PyResult {
    let module = vm.receiver::<Module>(args[0])?;
    let Some(name) = vm.as_str(args[1]) else {
        let given = vm.type_name(args[1]);
        return Err(vm.type_error(format!(
            "module.__init__() argument 'name' must be str, not {given}"
        )));
    };
    module.write(|m| &m.name, name.into());
    let fields = [
        (vm.names.dunder_name, name.into()),
        (vm.names.doc, args[2].bound().unwrap_or(Value::NONE)),
        (vm.names.package, Value::NONE),
        (vm.names.loader, Value::NONE),
        (vm.names.spec, Value::NONE),
    ];
    for (field, value) in fields {
        module.namespace().set_str(field, value);
        // An object of a subclass has attributes of its own.
        if !args[0].is::<Module>() {
            vm.set_own(args[0], field, value);
        }
    }
    Ok(Value::NONE)
}

fn repr(vm: &mut Vm, args: &[Value]) -> PyResult {
    let field = |vm: &mut Vm, name: &str| vm.own_attr(args[0], intern(name));
    let name = match field(vm, "__name__") {
        Some(name) => vm.repr_text(name)?,
        None => String::from("'?'"),
    };
    if let Some(file) = field(vm, "__file__").filter(|f| !f.is_none()) {
        let file = vm.repr_text(file)?;
        return Ok(string(&format!("<module {name} from {file}>")));
    }
    let spec = field(vm, "__spec__").filter(|s| !s.is_none());
    let origin = match spec {
        Some(spec) => vm
            .find_attr(spec, intern("origin"))?
            .filter(|o| !o.is_none()),
        None => None,
    };
    if let Some(origin) = origin {
        let origin = vm.str_text(origin)?;
        return Ok(string(&format!("<module {name} ({origin})>")));
    }
    if spec.is_some() {
        return Ok(string(&format!("<module {name} (namespace)>")));
    }
    let native = match vm
        .own_attr(args[0], vm.names.dunder_name)
        .and_then(|n| n.to::<Str>())
    {
        Some(key) => vm.modules.get_str(key) == Some(args[0]),
        None => false,
    };
    let is_main = name == "'__main__'";
    Ok(string(&if native && !is_main {
        format!("<module {name} (built-in)>")
    } else {
        format!("<module {name}>")
    }))
}

fn dir(vm: &mut Vm, args: &[Value]) -> PyResult {
    let module = vm.receiver::<Module>(args[0])?;
    // That of a subclass has a dictionary of its own.
    let space = vm.own_dict(args[0]).unwrap_or(module.namespace());
    if let Some(own) = space.get_str(vm.names.dir) {
        return vm.call(own, &[]);
    }
    let list = List::new();
    space.get().iter().for_each(|(name, _)| list.push(name));
    Ok(list.into())
}

fn namespace(vm: &mut Vm, args: &[Value]) -> PyResult {
    if !args[0].is::<Module>()
        && let Some(own) = vm.own_dict(args[0])
    {
        return Ok(own.into());
    }
    Ok(vm.receiver::<Module>(args[0])?.namespace().into())
}

fn annotations(vm: &mut Vm, args: &[Value]) -> PyResult {
    let space = vm.receiver::<Module>(args[0])?.namespace();
    if let Some(found) = space.get_str(vm.names.annotations) {
        return Ok(found);
    }
    let result = match space.get_str(vm.names.annotate).filter(|a| !a.is_none()) {
        Some(annotate) => vm.call(annotate, &[Value::small(1)])?,
        None => Dict::new().into(),
    };
    space.set_str(vm.names.annotations, result);
    Ok(result)
}

fn set_annotations(vm: &mut Vm, args: &[Value]) -> PyResult {
    let space = vm.receiver::<Module>(args[0])?.namespace();
    match args[1].bound() {
        Some(value) => space.set_str(vm.names.annotations, value),
        None => {
            space.remove_str(vm.names.annotations);
        }
    }
    Ok(Value::NONE)
}

// ---- singletons

const NONE: &[Def] = &[
    static_method("__new__(cls, /)", none_new),
    method("__repr__(self, /)", none_repr),
    method("__bool__(self, /)", none_bool),
    method("__hash__(self, /)", none_hash),
    method("__eq__(self, value, /)", same),
    method("__or__(self, value, /)", union),
    method("__ror__(self, value, /)", reflected_union),
];

const ELLIPSIS: &[Def] = &[
    static_method("__new__(cls, /)", ellipsis_new),
    method("__repr__(self, /)", ellipsis_repr),
    method("__reduce__(self, /)", ellipsis_repr),
];

const NOT_IMPLEMENTED: &[Def] = &[
    static_method("__new__(cls, /)", not_implemented_new),
    method("__repr__(self, /)", not_implemented_repr),
    method("__bool__(self, /)", not_implemented_bool),
    method("__reduce__(self, /)", not_implemented_repr),
];

fn none_new(_vm: &mut Vm, _args: &[Value]) -> PyResult {
    Ok(Value::NONE)
}

fn none_repr(_vm: &mut Vm, _args: &[Value]) -> PyResult {
    Ok(intern("None").into())
}

fn none_bool(_vm: &mut Vm, _args: &[Value]) -> PyResult {
    Ok(Value::FALSE)
}

fn none_hash(vm: &mut Vm, args: &[Value]) -> PyResult {
    vm.hash(args[0]).map(Value::int)
}

fn same(_vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(if args[0] == args[1] {
        Value::TRUE
    } else {
        Value::NOT_IMPLEMENTED
    })
}

/// `None | X` is a union if `X` is a class.
fn union(vm: &mut Vm, args: &[Value]) -> PyResult {
    union_with_none(vm, args[1], &[args[0], args[1]])
}

fn reflected_union(vm: &mut Vm, args: &[Value]) -> PyResult {
    union_with_none(vm, args[1], &[args[1], args[0]])
}

fn union_with_none(vm: &mut Vm, other: Value, both: &[Value; 2]) -> PyResult {
    if !other.is::<object::Class>() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let module = vm.import_module("_generic_alias")?;
    let make = vm.get_attr_text(module, "union_of")?;
    vm.call(make, both)
}

fn ellipsis_new(_vm: &mut Vm, _args: &[Value]) -> PyResult {
    Ok(Value::ELLIPSIS)
}

fn ellipsis_repr(_vm: &mut Vm, _args: &[Value]) -> PyResult {
    Ok(intern("Ellipsis").into())
}

fn not_implemented_new(_vm: &mut Vm, _args: &[Value]) -> PyResult {
    Ok(Value::NOT_IMPLEMENTED)
}

fn not_implemented_repr(_vm: &mut Vm, _args: &[Value]) -> PyResult {
    Ok(intern("NotImplemented").into())
}

fn not_implemented_bool(vm: &mut Vm, _args: &[Value]) -> PyResult {
    Err(vm.type_error("NotImplemented should not be used in a boolean context"))
}

pub fn install(vm: &mut Vm) {
    let types = [
        (vm.types.module, MODULE),
        (vm.types.none_type, NONE),
        (vm.types.ellipsis, ELLIPSIS),
        (vm.types.not_implemented, NOT_IMPLEMENTED),
    ];
    for (class, methods) in types {
        vm.define_methods(class, methods);
    }
}
