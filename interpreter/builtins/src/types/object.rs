//! `object`: what every object can do.

use object::{
    BigInt, ByteArray, Bytes, Class, Dict, Exception, Gc, GetSet, Instance, Kind, List, Member,
    Module, Range, Set, Str, Tuple, Value, View, intern,
};
use vm::{
    Comparison, Def, PyResult, Vm, class_method, getter, method, setter, static_method, string,
    tuple,
};

const METHODS: &[Def] = &[
    static_method("__new__(cls, /, *args, **kwargs)", new),
    method("__init__(self, /, *args, **kwargs)", init),
    method("__repr__(self, /)", repr),
    method("__str__(self, /)", str),
    method("__hash__(self, /)", hash),
    method("__eq__(self, value, /)", eq),
    method("__ne__(self, value, /)", ne),
    method("__lt__(self, value, /)", not_implemented),
    method("__le__(self, value, /)", not_implemented),
    method("__gt__(self, value, /)", not_implemented),
    method("__ge__(self, value, /)", not_implemented),
    method("__getattribute__(self, name, /)", getattribute),
    method("__setattr__(self, name, value, /)", setattr),
    method("__delattr__(self, name, /)", delattr),
    method("__format__(self, format_spec, /)", format),
    method("__dir__(self, /)", dir),
    method("__sizeof__(self, /)", sizeof),
    method("__reduce__(self, /)", reduce),
    method("__reduce_ex__(self, protocol, /)", reduce_ex),
    method("__getstate__(self, /)", getstate),
    class_method("__init_subclass__(cls, /, *args, **kwargs)", init_subclass),
    class_method("__subclasshook__(cls, object, /)", subclasshook),
    getter("__class__", class),
    setter("__class__", set_class),
];

/// Attributes that `new_class` copies into classes whose instances have a dictionary.
const INSTANCE: &[Def] = &[
    getter("__dict__", instance_dict),
    setter("__dict__", set_instance_dict),
    getter("__weakref__", weakref),
];

/// `object.__new__(cls, …)`
fn new(vm: &mut Vm, args: &[Value]) -> PyResult {
    let Some(class) = args[0].cast::<Class>() else {
        let given = vm.type_name(args[0]);
        return Err(vm.type_error(format!(
            "object.__new__(X): X is not a type object ({given})"
        )));
    };
    let surplus = args.len() > 2 || args[1].cast::<Dict>().is_some_and(|d| !d.is_empty());
    if surplus {
        let own_new = vm.types.object.dict().get_str(vm.names.new);
        let own_init = vm.types.object.dict().get_str(vm.names.init);
        if vm.lookup_type(class, vm.names.new) != own_new {
            return Err(vm.type_error(
                "object.__new__() takes exactly one argument (the type to instantiate)",
            ));
        }
        if vm.lookup_type(class, vm.names.init) == own_init {
            let name = class.name_text();
            return Err(vm.type_error(format!("{name}() takes no arguments")));
        }
    }
    allocate(vm, class)
}

/// A new object of a class without builtin base.
pub fn allocate(vm: &mut Vm, class: Gc<Class>) -> PyResult {
    if class.flags.get().no_instances {
        check_abstract(vm, class)?;
        let name = full_name(vm, class)?;
        return Err(vm.type_error(format!("cannot create '{name}' instances")));
    }
    match class.instance_kind.get() {
        Kind::Instance => {
            let made = Instance::new(class.new_instance_shape()).into();
            vm.watch_death(class, made);
            Ok(made)
        }
        Kind::Exception => Ok(Exception::new(class.new_instance_shape(), tuple(&[])).into()),
        _ => {
            let own = class.name_text();
            let base = vm::solid_base(class).name_text();
            Err(vm.type_error(format!(
                "object.__new__({own}) is not safe, use {base}.__new__()"
            )))
        }
    }
}

fn check_abstract(vm: &mut Vm, class: Gc<Class>) -> PyResult<()> {
    let Some(names) = class.dict().get_str(intern("__abstractmethods__")) else {
        return Ok(());
    };
    let names = vm.collect(names)?;
    let mut texts = Vec::new();
    for &name in names.items() {
        texts.push(format!("'{}'", vm.str_text(name)?));
    }
    texts.sort();
    let plural = if texts.len() == 1 { "" } else { "s" };
    let (own, list) = (class.name_text(), texts.join(", "));
    Err(vm.type_error(format!(
        "Can't instantiate abstract class {own} without an implementation for abstract \
         method{plural} {list}"
    )))
}

fn init(vm: &mut Vm, args: &[Value]) -> PyResult {
    let surplus = args.len() > 2 || args[1].cast::<Dict>().is_some_and(|d| !d.is_empty());
    if surplus {
        let class = vm.class_of(args[0]);
        let own_new = vm.types.object.dict().get_str(vm.names.new);
        let own_init = vm.types.object.dict().get_str(vm.names.init);
        if vm.lookup_type(class, vm.names.init) != own_init {
            return Err(vm.type_error(
                "object.__init__() takes exactly one argument (the instance to initialize)",
            ));
        }
        if vm.lookup_type(class, vm.names.new) == own_new {
            let name = class.name_text();
            return Err(vm.type_error(format!(
                "{name}.__init__() takes exactly one argument (the instance to initialize)"
            )));
        }
    }
    Ok(Value::NONE)
}

/// The number that texts such as `<C object at 0x…>` show.
pub fn address(value: Value) -> u64 {
    value.identity() & !7
}

/// `module.qualname` of a class, without `builtins`.
pub fn full_name(vm: &mut Vm, class: Gc<Class>) -> PyResult<String> {
    let qualname = vm.str_text(class.qualname.get())?;
    let module = class
        .dict()
        .get_str(vm.names.module)
        .and_then(|m| m.to::<Str>());
    Ok(match module {
        Some(module) if !module.equals_text("builtins") => {
            format!("{}.{qualname}", module.to_text_escaped())
        }
        _ => qualname,
    })
}

fn repr(vm: &mut Vm, args: &[Value]) -> PyResult {
    let class = vm.class_of(args[0]);
    let name = full_name(vm, class)?;
    Ok(string(&format!(
        "<{name} object at {:#x}>",
        address(args[0])
    )))
}

fn str(vm: &mut Vm, args: &[Value]) -> PyResult {
    vm.repr(args[0]).map(Value::from)
}

fn hash(vm: &mut Vm, args: &[Value]) -> PyResult {
    if let Some(method) = vm.lookup_special(args[0], vm.names.hash)
        && method.is_none()
    {
        let class = vm.type_name(args[0]);
        return Err(vm.type_error(format!("unhashable type: '{class}'")));
    }
    Ok(Value::int(args[0].identity_hash()))
}

fn eq(_vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(if args[0] == args[1] {
        Value::TRUE
    } else {
        Value::NOT_IMPLEMENTED
    })
}

fn ne(vm: &mut Vm, args: &[Value]) -> PyResult {
    let name = Comparison::Eq.method(vm);
    let Some(method) = vm.lookup_special(args[0], name) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    match vm.call_special(method, args[0], &[args[1]])? {
        Value::NOT_IMPLEMENTED => Ok(Value::NOT_IMPLEMENTED),
        result => Ok(Value::bool(!vm.truth(result)?)),
    }
}

fn not_implemented(_vm: &mut Vm, _args: &[Value]) -> PyResult {
    Ok(Value::NOT_IMPLEMENTED)
}

/// The name of an attribute, given by Python code.
pub fn attribute_name(vm: &mut Vm, name: Value) -> PyResult<Gc<Str>> {
    match vm.as_str(name) {
        Some(name) => Ok(object::intern::intern_string(name)),
        None => {
            let given = vm.type_name(name);
            Err(vm.type_error(format!("attribute name must be string, not '{given}'")))
        }
    }
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

fn format(vm: &mut Vm, args: &[Value]) -> PyResult {
    let Some(spec) = vm.as_str(args[1]) else {
        let given = vm.type_name(args[1]);
        return Err(vm.type_error(format!("__format__() argument must be str, not {given}")));
    };
    if !spec.is_empty() {
        let class = vm.type_name(args[0]);
        return Err(vm.type_error(format!(
            "unsupported format string passed to {class}.__format__"
        )));
    }
    vm.str(args[0]).map(Value::from)
}

fn dir(vm: &mut Vm, args: &[Value]) -> PyResult {
    let names = Set::new();
    match vm.find_attr(args[0], vm.names.dict)? {
        Some(dict) if dict.to::<Dict>().is_some() => {
            vm.for_each(dict, |vm, name| vm.set_add(names, name))?;
        }
        _ => {}
    }
    if let Some(class) = vm.find_attr(args[0], vm.names.class)?
        && let Some(class) = class.cast::<Class>()
    {
        add_class_names(vm, class, names)?;
    }
    let list = List::new();
    names.elements().for_each(|name| list.push(name));
    Ok(list.into())
}

/// Adds the names of attributes of a class and its bases.
pub fn add_class_names(vm: &mut Vm, class: Gc<Class>, names: Gc<Set>) -> PyResult<()> {
    for base in class.get().mro().iter().rev() {
        for (name, _) in base.known::<Class>().dict().copy().get().iter() {
            vm.set_add(names, name)?;
        }
    }
    Ok(())
}

/// Bytes that the object takes in this implementation, by its kind.
fn sizeof(vm: &mut Vm, args: &[Value]) -> PyResult {
    let value = args[0].inner();
    let bytes = match value.kind() {
        None => 8,
        Some(Kind::Str) => {
            let string = value.known::<Str>();
            let width = string.get().points().max().map_or(1, |p| match p {
                0..=0xff => 1,
                0x100..=0xffff => 2,
                _ => 4,
            });
            24 + string.len() * width
        }
        Some(Kind::Bytes) => 24 + value.known::<Bytes>().len(),
        Some(Kind::ByteArray) => 48 + value.known::<ByteArray>().len(),
        Some(Kind::Tuple) => 16 + 8 * value.known::<Tuple>().len(),
        Some(Kind::List) => 40 + 8 * value.known::<List>().len(),
        Some(Kind::Dict) => 64 + 24 * value.known::<Dict>().len(),
        Some(Kind::Set) => 64 + 24 * value.known::<Set>().len(),
        Some(Kind::BigInt) => 24 + 8 * value.known::<BigInt>().limbs().len(),
        Some(Kind::Decimal) => 24 + 8 * value.known::<::object::Decimal>().limbs().len(),
        Some(Kind::Range) => size_of::<Range>(),
        Some(_) => 32 + 8 * vm.own_attributes(args[0]).len(),
    };
    Ok(Value::int(bytes as i64))
}

/// What `copyreg` makes of an object: its class's `__new__`, arguments, state, items.
fn reduce_ex(vm: &mut Vm, args: &[Value]) -> PyResult {
    let protocol = vm.index(args[1])?;
    let own = vm.types.object.dict().get_str(intern("__reduce__"));
    let class = vm.class_of(args[0]);
    let found = vm.lookup_type(class, intern("__reduce__"));
    if found != own
        && let Some(method) = found
    {
        return vm.call_special(method, args[0], &[]);
    }
    if protocol < 2 {
        let copyreg = vm.import_module("copyreg")?;
        let reduce = vm.get_attr_text(copyreg, "_reduce_ex")?;
        return vm.call(reduce, args);
    }
    reduce_newobj(vm, args[0])
}

fn reduce(vm: &mut Vm, args: &[Value]) -> PyResult {
    let copyreg = vm.import_module("copyreg")?;
    let reduce = vm.get_attr_text(copyreg, "_reduce_ex")?;
    vm.call(reduce, &[args[0], Value::small(0)])
}

fn reduce_newobj(vm: &mut Vm, object: Value) -> PyResult {
    let class = vm.class_of(object);
    let copyreg = vm.import_module("copyreg")?;
    let (mut arguments, mut keywords) = (tuple(&[]), Value::NONE);
    if let Some(method) = vm.find_attr(object, intern("__getnewargs_ex__"))? {
        let pair = vm.call(method, &[])?;
        let pair = vm.collect(pair)?;
        if let [first, second] = pair.items() {
            (arguments, keywords) = (*first, *second);
        }
    } else if let Some(method) = vm.find_attr(object, intern("__getnewargs__"))? {
        arguments = vm.call(method, &[])?;
    } else if let Some(kind) = class.instance_kind.get().into()
        && needs_arguments(kind)
    {
        let name = class.name_text();
        return Err(vm.type_error(format!("cannot pickle '{name}' object")));
    }
    let has_keywords = keywords.to::<Dict>().is_some_and(|d| !d.is_empty());
    let (maker, made_from) = if has_keywords {
        let maker = vm.get_attr_text(copyreg, "__newobj_ex__")?;
        (maker, tuple(&[class.into(), arguments, keywords]))
    } else {
        let maker = vm.get_attr_text(copyreg, "__newobj__")?;
        let mut all = vec![Value::from(class)];
        let list = vm.collect(arguments)?;
        all.extend_from_slice(list.items());
        (maker, tuple(&all))
    };
    let method = vm.get_attr_text(object, "__getstate__")?;
    let state = vm.call(method, &[])?;
    let mut list_items = Value::NONE;
    if object.to::<List>().is_some() {
        list_items = vm.iter(object)?;
    }
    let mut dict_items = Value::NONE;
    if object.to::<Dict>().is_some() {
        let items = vm.call_method(object, vm.names.items, &[])?;
        dict_items = vm.iter(items)?;
    }
    Ok(tuple(&[maker, made_from, state, list_items, dict_items]))
}

/// Kinds whose objects say nothing when they are made without arguments.
fn needs_arguments(kind: Kind) -> bool {
    !matches!(
        kind,
        Kind::Instance | Kind::Wrapper | Kind::List | Kind::Dict | Kind::Exception
    )
}

fn getstate(vm: &mut Vm, args: &[Value]) -> PyResult {
    let object = args[0];
    let class = vm.class_of(object);
    let mut state = Value::NONE;
    if class.flags.get().has_dict {
        let attributes = vm.own_attributes(object);
        if !attributes.is_empty() {
            let dict = Dict::new();
            for (name, value) in attributes {
                vm.dict_set(dict, name, value)?;
            }
            state = dict.into();
        }
    }
    if class.members.get() == 0 {
        return Ok(state);
    }
    let slots = Dict::new();
    for base in class.get().mro() {
        for (name, value) in base.known::<Class>().dict().get().iter() {
            if let Some(member) = value.cast::<Member>()
                && let Some(held) = object::attributes::get(object, member.slot).bound()
            {
                slots.set_str(name.known(), held);
            }
        }
    }
    if slots.is_empty() {
        return Ok(state);
    }
    Ok(tuple(&[state, slots.into()]))
}

fn init_subclass(vm: &mut Vm, args: &[Value]) -> PyResult {
    let name = match args[0].cast::<Class>() {
        Some(class) => vm.str_text(class.qualname.get())?,
        None => String::new(),
    };
    if args[1].cast::<Dict>().is_some_and(|d| !d.is_empty()) {
        return Err(vm.type_error(format!(
            "{name}.__init_subclass__() takes no keyword arguments"
        )));
    }
    if args.len() > 2 {
        let given = args.len() - 2;
        return Err(vm.type_error(format!(
            "{name}.__init_subclass__() takes no arguments ({given} given)"
        )));
    }
    Ok(Value::NONE)
}

fn subclasshook(_vm: &mut Vm, _args: &[Value]) -> PyResult {
    Ok(Value::NOT_IMPLEMENTED)
}

fn class(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(vm.class_of(args[0]).into())
}

fn set_class(vm: &mut Vm, args: &[Value]) -> PyResult {
    if args[1].is_unbound() {
        return Err(vm.type_error("can't delete __class__ attribute"));
    }
    vm.set_class(args[0], args[1])?;
    Ok(Value::NONE)
}

fn instance_dict(vm: &mut Vm, args: &[Value]) -> PyResult {
    match vm.own_dict(args[0]) {
        Some(dict) => Ok(dict.into()),
        None => Err(vm.no_attribute(args[0], vm.names.dict)),
    }
}

fn set_instance_dict(vm: &mut Vm, args: &[Value]) -> PyResult {
    if args[1].is_unbound() {
        vm.set_own_dict(args[0], Dict::new());
        return Ok(Value::NONE);
    }
    // Of an object that is a dictionary by its class's base, the dictionary in it.
    match args[1].to::<Dict>() {
        Some(dict) => vm.set_own_dict(args[0], dict),
        None => {
            let given = vm.type_name(args[1]);
            return Err(vm.type_error(format!(
                "__dict__ must be set to a dictionary, not a '{given}'"
            )));
        }
    }
    Ok(Value::NONE)
}

fn weakref(_vm: &mut Vm, _args: &[Value]) -> PyResult {
    Ok(Value::NONE)
}

/// The namespace of a module or the attributes of an object, as `vars` gives it.
pub fn namespace_of(vm: &mut Vm, object: Value) -> Option<Value> {
    match object.kind() {
        Some(Kind::Module) => Some(object.known::<Module>().namespace().into()),
        Some(Kind::Class) => {
            Some(View::new(View::PROXY, object.known::<Class>().dict().into()).into())
        }
        _ => vm.own_dict(object).map(Value::from),
    }
}

pub fn install(vm: &mut Vm) {
    let class = vm.types.object;
    vm.define_methods(class, METHODS);
    let doc = "The class that every other class inherits from.";
    class.dict().set_str(vm.names.doc, string(doc));
    if let Some(init) = class.dict().get_str(vm.names.init) {
        vm.keep("object.__init__", init);
    }
    // The models of per-class attributes are made on a class of their own.
    let holder = vm.native_class("builtins", "instance", class, Default::default(), INSTANCE);
    for (key, name) in [
        ("object.__dict__", "__dict__"),
        ("object.__weakref__", "__weakref__"),
    ] {
        if let Some(model) = holder.dict().get_str(intern(name)) {
            vm.keep(key, model);
        }
    }
    add_dict_attribute(vm, vm.types.base_exception);
}

/// Gives a builtin class whose objects have attributes its `__dict__`.
pub fn add_dict_attribute(vm: &mut Vm, class: Gc<Class>) {
    if let Some(model) = vm.kept("object.__dict__").and_then(|m| m.cast::<GetSet>()) {
        let name = vm.names.dict;
        let own = GetSet::new(model.getter, model.setter, name.into(), class.into());
        class.dict().set_str(name, own.into());
        class.changed();
    }
}
