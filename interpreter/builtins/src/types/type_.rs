//! `type`: classes as objects.

use super::object::{add_class_names, attribute_name, full_name};
use object::{Builtin, Class, Dict, Gc, Kind, List, Set, Tuple, Value, View, intern};
use vm::{Def, PyResult, Vm, class_method, getter, method, setter, static_method, string, tuple};

const METHODS: &[Def] = &[
    static_method("__new__(cls, /, *args, **kwargs)", new),
    method("__init__(self, /, *args, **kwargs)", init),
    method("__call__(self, /, *args, **kwargs)", call),
    method("__repr__(self, /)", repr),
    method("__getattribute__(self, name, /)", getattribute),
    method("__setattr__(self, name, value, /)", setattr),
    method("__delattr__(self, name, /)", delattr),
    method("__instancecheck__(self, instance, /)", instancecheck),
    method("__subclasscheck__(self, subclass, /)", subclasscheck),
    method("__subclasses__(self, /)", subclasses),
    method("__dir__(self, /)", dir),
    method("__sizeof__(self, /)", sizeof),
    method("__or__(self, value, /)", or),
    method("__ror__(self, value, /)", ror),
    method("mro(self, /)", mro),
    class_method("__prepare__(cls, /, *args, **kwargs)", prepare),
    getter("__name__", name),
    setter("__name__", set_name),
    getter("__qualname__", qualname),
    setter("__qualname__", set_qualname),
    getter("__module__", module),
    setter("__module__", set_module),
    getter("__doc__", doc),
    setter("__doc__", set_doc),
    getter("__bases__", bases),
    setter("__bases__", set_bases),
    getter("__base__", base),
    getter("__mro__", mro_tuple),
    getter("__dict__", dict),
    getter("__abstractmethods__", abstract_methods),
    setter("__abstractmethods__", set_abstract_methods),
    getter("__annotations__", annotations),
    setter("__annotations__", set_annotations),
    getter("__annotate__", annotate),
    setter("__annotate__", set_annotate),
    getter("__type_params__", type_params),
    setter("__type_params__", set_type_params),
    getter("__text_signature__", text_signature),
    getter("__flags__", flags),
    getter("__basicsize__", basic_size),
    getter("__itemsize__", item_size),
    getter("__dictoffset__", item_size),
    getter("__weakrefoffset__", item_size),
];

fn class_arg(vm: &mut Vm, value: Value) -> PyResult<Gc<Class>> {
    match value.cast::<Class>() {
        Some(class) => Ok(class),
        None => {
            let given = vm.type_name(value);
            Err(vm.type_error(format!(
                "descriptor requires a 'type' object but received a '{given}'"
            )))
        }
    }
}

/// `type.__new__(cls, name, bases, namespace, **kwargs)`
fn new(vm: &mut Vm, args: &[Value]) -> PyResult {
    let Some(meta) = args[0].cast::<Class>() else {
        let given = vm.type_name(args[0]);
        return Err(vm.type_error(format!("type.__new__(X): X is not a type object ({given})")));
    };
    if !meta.is_subclass_of(vm.types.type_) {
        let name = meta.name_text();
        return Err(vm.type_error(format!(
            "type.__new__({name}): {name} is not a subtype of type"
        )));
    }
    let kwargs = args[1].cast::<Dict>();
    let (name, bases, namespace) = match &args[2..] {
        [name, bases, namespace] => (*name, *bases, *namespace),
        rest => {
            let given = rest.len();
            return Err(vm.type_error(if meta == vm.types.type_ {
                String::from("type() takes 1 or 3 arguments")
            } else {
                format!("type.__new__() takes exactly 3 arguments ({given} given)")
            }));
        }
    };
    let Some(name) = vm.as_str(name) else {
        return Err(wrong(vm, 1, "str", name));
    };
    let Some(bases) = bases.to::<Tuple>() else {
        return Err(wrong(vm, 2, "tuple", bases));
    };
    let Some(namespace) = namespace.to::<Dict>() else {
        return Err(wrong(vm, 3, "dict", namespace));
    };
    if name.points().any(|p| p == 0) {
        return Err(vm.value_error("type name must not contain null characters"));
    }
    let winner = vm.most_derived_meta(meta, bases.items())?;
    let own = vm.types.type_.dict().get_str(vm.names.new);
    if winner != meta && vm.lookup_type(winner, vm.names.new) != own {
        let new = vm.get_attr(winner.into(), vm.names.new)?;
        let mut all = vec![winner.into(), name.into(), bases.into(), namespace.into()];
        let (names, values) = kwargs.map_or_else(Default::default, |d| vm.keyword_items(d));
        all.extend(values);
        let (all, names) = (Tuple::new(&all), Tuple::new(&names));
        return vm.call_with(new, all.items(), names.items());
    }
    vm.new_class(winner, name, bases, namespace, kwargs)
        .map(Value::from)
}

fn wrong(vm: &mut Vm, at: usize, wanted: &str, value: Value) -> vm::Raised {
    let given = vm.type_name(value);
    vm.type_error(format!(
        "type.__new__() argument {at} must be {wanted}, not {given}"
    ))
}

fn init(vm: &mut Vm, args: &[Value]) -> PyResult {
    let given = args.len() - 2;
    let keywords = args[1].cast::<Dict>().is_some_and(|d| !d.is_empty());
    if keywords && given == 1 {
        return Err(vm.type_error("type.__init__() takes no keyword arguments"));
    }
    if given != 1 && given != 3 {
        return Err(vm.type_error("type.__init__() takes 1 or 3 arguments"));
    }
    Ok(Value::NONE)
}

fn call(vm: &mut Vm, args: &[Value]) -> PyResult {
    let class = class_arg(vm, args[0])?;
    let (names, values) = match args[1].cast::<Dict>() {
        Some(dict) if !dict.is_empty() => vm.keyword_items(dict),
        _ => return vm.instantiate(class, &args[2..], &[]),
    };
    let mut all = args[2..].to_vec();
    all.extend(values);
    let (all, names) = (Tuple::new(&all), Tuple::new(&names));
    vm.instantiate(class, all.items(), names.items())
}

fn repr(vm: &mut Vm, args: &[Value]) -> PyResult {
    let class = class_arg(vm, args[0])?;
    let name = full_name(vm, class)?;
    Ok(string(&format!("<class '{name}'>")))
}

fn getattribute(vm: &mut Vm, args: &[Value]) -> PyResult {
    let name = attribute_name(vm, args[1])?;
    match vm.get_attr_default(args[0], name)? {
        Some(value) => Ok(value),
        None => Err(vm.no_attribute(args[0], name)),
    }
}

fn setattr(vm: &mut Vm, args: &[Value]) -> PyResult {
    let name = attribute_name(vm, args[1])?;
    vm.set_attr_default(args[0], name, args[2])?;
    Ok(Value::NONE)
}

fn delattr(vm: &mut Vm, args: &[Value]) -> PyResult {
    let name = attribute_name(vm, args[1])?;
    vm.del_attr_default(args[0], name)?;
    Ok(Value::NONE)
}

fn instancecheck(vm: &mut Vm, args: &[Value]) -> PyResult {
    let class = class_arg(vm, args[0])?;
    vm.is_instance_default(args[1], class).map(Value::bool)
}

fn subclasscheck(vm: &mut Vm, args: &[Value]) -> PyResult {
    let class = class_arg(vm, args[0])?;
    vm.is_subclass_default(args[1], class).map(Value::bool)
}

fn subclasses(vm: &mut Vm, args: &[Value]) -> PyResult {
    let class = class_arg(vm, args[0])?;
    let list = List::new();
    class
        .subclasses()
        .into_iter()
        .for_each(|c| list.push(c.into()));
    Ok(list.into())
}

fn dir(vm: &mut Vm, args: &[Value]) -> PyResult {
    let class = class_arg(vm, args[0])?;
    let names = Set::new();
    add_class_names(vm, class, names)?;
    let list = List::new();
    names.elements().for_each(|name| list.push(name));
    Ok(list.into())
}

fn sizeof(_vm: &mut Vm, _args: &[Value]) -> PyResult {
    Ok(Value::small(size_of::<Class>() as i64))
}

/// `X | Y`: a union, made by the module that knows unions.
fn or(vm: &mut Vm, args: &[Value]) -> PyResult {
    union_of(vm, args[0], args[1])
}

fn ror(vm: &mut Vm, args: &[Value]) -> PyResult {
    union_of(vm, args[1], args[0])
}

fn union_of(vm: &mut Vm, a: Value, b: Value) -> PyResult {
    let acceptable = |vm: &mut Vm, value: Value| {
        value.is_none()
            || value.is::<Class>()
            || vm
                .find_attr(value, intern("__origin__"))
                .is_ok_and(|found| found.is_some())
            || vm
                .find_attr(value, intern("__args__"))
                .is_ok_and(|found| found.is_some())
    };
    if !acceptable(vm, a) || !acceptable(vm, b) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let module = vm.import_module("_generic_alias")?;
    let make = vm.get_attr_text(module, "union_of")?;
    vm.call(make, &[a, b])
}

fn mro(vm: &mut Vm, args: &[Value]) -> PyResult {
    let class = class_arg(vm, args[0])?;
    let order = vm.linearize(class)?;
    Ok(List::from_slice(order.items()).into())
}

fn prepare(_vm: &mut Vm, _args: &[Value]) -> PyResult {
    Ok(Dict::new().into())
}

fn name(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(class_arg(vm, args[0])?.name.get())
}

/// The class, if its attribute may be set to a value (*unbound*: deleted).
fn changeable(vm: &mut Vm, args: &[Value], what: &str) -> PyResult<Gc<Class>> {
    let class = class_arg(vm, args[0])?;
    let shown = class.name_text();
    if class.flags.get().immutable {
        return Err(vm.type_error(format!(
            "cannot set '{what}' attribute of immutable type '{shown}'"
        )));
    }
    if args[1].is_unbound() {
        return Err(vm.type_error(format!(
            "cannot delete '{what}' attribute of immutable type '{shown}'"
        )));
    }
    Ok(class)
}

fn set_name(vm: &mut Vm, args: &[Value]) -> PyResult {
    let class = changeable(vm, args, "__name__")?;
    if vm.as_str(args[1]).is_none() {
        let (shown, given) = (class.name_text(), vm.type_name(args[1]));
        return Err(vm.type_error(format!(
            "can only assign string to {shown}.__name__, not '{given}'"
        )));
    }
    if vm
        .as_str(args[1])
        .is_some_and(|name| name.points().any(|p| p == 0))
    {
        return Err(vm.value_error("type name must not contain null characters"));
    }
    class.write(|c| &c.name, args[1].inner());
    class.changed();
    Ok(Value::NONE)
}

fn qualname(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(class_arg(vm, args[0])?.qualname.get())
}

fn set_qualname(vm: &mut Vm, args: &[Value]) -> PyResult {
    let class = changeable(vm, args, "__qualname__")?;
    if vm.as_str(args[1]).is_none() {
        let (shown, given) = (class.name_text(), vm.type_name(args[1]));
        return Err(vm.type_error(format!(
            "can only assign string to {shown}.__qualname__, not '{given}'"
        )));
    }
    class.write(|c| &c.qualname, args[1].inner());
    class.changed();
    Ok(Value::NONE)
}

fn module(vm: &mut Vm, args: &[Value]) -> PyResult {
    let class = class_arg(vm, args[0])?;
    match class.dict().get_str(vm.names.module) {
        // What the class computes for its objects says nothing of itself.
        Some(module) if !module.is::<object::GetSet>() => Ok(module),
        _ if class.flags.get().immutable => Ok(string("builtins")),
        _ => Err(vm.attribute_error("__module__")),
    }
}

fn set_module(vm: &mut Vm, args: &[Value]) -> PyResult {
    let class = changeable(vm, args, "__module__")?;
    vm.set_class_attr(class, vm.names.module, Some(args[1]))?;
    Ok(Value::NONE)
}

fn doc(vm: &mut Vm, args: &[Value]) -> PyResult {
    let class = class_arg(vm, args[0])?;
    match class.dict().get_str(vm.names.doc) {
        Some(doc) if !doc.is::<object::GetSet>() => vm.bind_to_class(doc, class),
        _ => Ok(Value::NONE),
    }
}

fn set_doc(vm: &mut Vm, args: &[Value]) -> PyResult {
    let class = changeable(vm, args, "__doc__")?;
    vm.set_class_attr(class, vm.names.doc, Some(args[1]))?;
    Ok(Value::NONE)
}

fn bases(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(class_arg(vm, args[0])?.bases.get())
}

fn set_bases(vm: &mut Vm, args: &[Value]) -> PyResult {
    let class = changeable(vm, args, "__bases__")?;
    vm.set_bases(class, args[1])?;
    Ok(Value::NONE)
}

fn base(vm: &mut Vm, args: &[Value]) -> PyResult {
    let class = class_arg(vm, args[0])?;
    if class.bases().is_empty() {
        return Ok(Value::NONE);
    }
    vm.best_base(class.bases()).map(Value::from)
}

fn mro_tuple(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(class_arg(vm, args[0])?.mro.get())
}

fn dict(vm: &mut Vm, args: &[Value]) -> PyResult {
    let class = class_arg(vm, args[0])?;
    Ok(View::new(View::PROXY, class.dict().into()).into())
}

/// An attribute that stands in the class's own namespace or is missing.
fn own(vm: &mut Vm, class: Value, name: &str) -> PyResult {
    let class = class_arg(vm, class)?;
    match class.dict().get_str(intern(name)) {
        Some(value) if !value.is::<object::GetSet>() => Ok(value),
        _ => Err(vm.no_attribute(class.into(), intern(name))),
    }
}

fn abstract_methods(vm: &mut Vm, args: &[Value]) -> PyResult {
    own(vm, args[0], "__abstractmethods__")
}

/// A class with abstract methods has no instances; a flag spares the look-up.
fn set_abstract_methods(vm: &mut Vm, args: &[Value]) -> PyResult {
    let class = class_arg(vm, args[0])?;
    let name = intern("__abstractmethods__");
    let is_abstract = !args[1].is_unbound() && vm.truth(args[1])?;
    vm.set_class_attr(class, name, args[1].bound())?;
    let mut flags = class.flags.get();
    flags.no_instances = is_abstract;
    class.flags.set(flags);
    Ok(Value::NONE)
}

/// Annotations are computed when they are first asked for, by the class's annotate function.
fn annotations(vm: &mut Vm, args: &[Value]) -> PyResult {
    let class = class_arg(vm, args[0])?;
    let cache = intern("__annotations_cache__");
    for name in [vm.names.annotations, cache] {
        if let Some(found) = class.dict().get_str(name)
            && !found.is::<object::GetSet>()
        {
            return Ok(found);
        }
    }
    if class.flags.get().immutable {
        return Err(vm.no_attribute(class.into(), vm.names.annotations));
    }
    let annotate = annotate(vm, args)?;
    let result = if annotate.is_none() {
        Dict::new().into()
    } else {
        let result = vm.call(annotate, &[Value::small(1)])?;
        if result.to::<Dict>().is_none() {
            let given = vm.type_name(result);
            return Err(vm.type_error(format!("__annotate__ returned non-dict of type '{given}'")));
        }
        result
    };
    class.dict().set_str(cache, result);
    Ok(result)
}

fn set_annotations(vm: &mut Vm, args: &[Value]) -> PyResult {
    let class = class_arg(vm, args[0])?;
    class.dict().remove_str(intern("__annotations_cache__"));
    vm.set_class_attr(class, vm.names.annotations, args[1].bound())?;
    Ok(Value::NONE)
}

fn annotate(vm: &mut Vm, args: &[Value]) -> PyResult {
    let class = class_arg(vm, args[0])?;
    for name in [vm.names.annotate, intern("__annotate_func__")] {
        if let Some(found) = class.dict().get_str(name)
            && !found.is::<object::GetSet>()
        {
            return vm.bind_to_class(found, class);
        }
    }
    if class.flags.get().immutable {
        return Err(vm.no_attribute(class.into(), vm.names.annotate));
    }
    Ok(Value::NONE)
}

fn set_annotate(vm: &mut Vm, args: &[Value]) -> PyResult {
    let class = changeable(vm, args, "__annotate__")?;
    class.dict().remove_str(intern("__annotations_cache__"));
    vm.set_class_attr(class, intern("__annotate_func__"), Some(args[1]))?;
    Ok(Value::NONE)
}

fn type_params(vm: &mut Vm, args: &[Value]) -> PyResult {
    let class = class_arg(vm, args[0])?;
    match class.dict().get_str(vm.names.type_params) {
        Some(params) if !params.is::<object::GetSet>() => Ok(params),
        _ => Ok(tuple(&[])),
    }
}

fn set_type_params(vm: &mut Vm, args: &[Value]) -> PyResult {
    let class = changeable(vm, args, "__type_params__")?;
    vm.set_class_attr(class, vm.names.type_params, Some(args[1]))?;
    Ok(Value::NONE)
}

/// Of builtin classes: that of their own `__init__`, unless it takes what any class is called with.
fn text_signature(vm: &mut Vm, args: &[Value]) -> PyResult {
    let class = class_arg(vm, args[0])?;
    if class == vm.types.object {
        return Ok(string("()"));
    }
    let init = class.dict().get_str(vm.names.init);
    let Some(init) = init.filter(|init| class.flags.get().immutable && init.is::<Builtin>()) else {
        return Ok(Value::NONE);
    };
    let text = vm.get_attr_text(init, "__text_signature__")?;
    let text = vm.str_text(text)?;
    Ok(match text.contains("**") {
        true => Value::NONE,
        false => string(&text.replacen("($self, ", "(", 1)),
    })
}

/// The bits of CPython's type flags that programs look at: heap type, base type, abstract.
fn flags(vm: &mut Vm, args: &[Value]) -> PyResult {
    let flags = class_arg(vm, args[0])?.flags.get();
    let mut bits = 0;
    if !flags.immutable {
        bits |= 1 << 9;
    }
    if flags.immutable {
        bits |= 1 << 8;
    }
    if !flags.is_final {
        bits |= 1 << 10;
    }
    if flags.no_instances {
        bits |= 1 << 20;
    }
    Ok(Value::small(bits))
}

fn basic_size(vm: &mut Vm, args: &[Value]) -> PyResult {
    let class = class_arg(vm, args[0])?;
    let slots = match class.instance_kind.get() {
        Kind::Instance => class.expected_slots.get() as i64,
        _ => 0,
    };
    Ok(Value::small(16 + 8 * slots))
}

fn item_size(_vm: &mut Vm, _args: &[Value]) -> PyResult {
    Ok(Value::small(0))
}

pub fn install(vm: &mut Vm) {
    let class = vm.types.type_;
    vm.define_methods(class, METHODS);
}
