//! Descriptors: properties, static and class methods, `super`, and those of `__slots__` members
//! and computed attributes.

use object::{
    CellBox, Class, Dict, Function, Gc, GetSet, Kind, Member, MethodWrapper, Property, Super,
    Value, Wrapper, attributes, intern,
};
use vm::{Def, PyResult, Vm, getter, method, setter, static_method, string, types as reserved};

// ---- property

const PROPERTY: &[Def] = &[
    static_method("__new__(cls, /, *args, **kwargs)", property_new),
    method(
        "__init__(self, fget=None, fset=None, fdel=None, doc=None)",
        property_init,
    ),
    method("__get__(self, instance, owner=None, /)", property_get),
    method("__set__(self, instance, value, /)", property_set),
    method("__delete__(self, instance, /)", property_delete),
    method("__set_name__(self, owner, name, /)", property_set_name),
    method("getter(self, fget, /)", property_getter),
    method("setter(self, fset, /)", property_setter),
    method("deleter(self, fdel, /)", property_deleter),
    getter("fget", fget),
    getter("fset", fset),
    getter("fdel", fdel),
    getter("__doc__", property_doc),
    setter("__doc__", set_property_doc),
    getter("__name__", property_name),
    setter("__name__", set_property_name),
    getter("__isabstractmethod__", property_abstract),
];

fn property_new(vm: &mut Vm, args: &[Value]) -> PyResult {
    let none = Value::NONE;
    let payload = Property::new(none, none, none, none, Value::UNBOUND, Value::FALSE);
    super::wrap(vm, args[0], payload.into())
}

fn property_init(vm: &mut Vm, args: &[Value]) -> PyResult {
    let property = vm.receiver::<Property>(args[0])?;
    let given = |at: usize| args[at].bound().unwrap_or(Value::NONE);
    property.write(|p| &p.getter, given(1));
    property.write(|p| &p.setter, given(2));
    property.write(|p| &p.deleter, given(3));
    let (doc, from_getter) = match given(4) {
        Value::NONE => (getter_doc(vm, given(1))?, true),
        doc => (doc, false),
    };
    let from_getter = from_getter && !doc.is_none();
    property.write(|p| &p.doc_from_getter, Value::bool(from_getter));
    property.write(|p| &p.doc, doc);
    if !args[0].is::<Wrapper>() {
        return Ok(Value::NONE);
    }
    // The class of the object has a `__doc__` of its own, which stands before the property's.
    match vm.set_attr(args[0], vm.names.doc, doc) {
        Err(raised) if !from_getter && raised.matches(vm, vm.types.attribute_error) => {
            Ok(Value::NONE)
        }
        done => done.map(|()| Value::NONE),
    }
}

fn getter_doc(vm: &mut Vm, getter: Value) -> PyResult {
    match getter {
        Value::NONE => Ok(Value::NONE),
        getter => Ok(vm.find_attr(getter, vm.names.doc)?.unwrap_or(Value::NONE)),
    }
}

fn property_get(vm: &mut Vm, args: &[Value]) -> PyResult {
    let property = vm.receiver::<Property>(args[0])?;
    if args[1].is_none() {
        refuse_nothing(vm, args)?;
        return Ok(args[0]);
    }
    let class = vm.class_of(args[1]);
    vm.bind_descriptor(property.into(), args[1], class)
}

/// A descriptor's `__get__` needs an object or a class.
pub fn refuse_nothing(vm: &mut Vm, args: &[Value]) -> PyResult<()> {
    if args[1].is_none() && args[2].bound().is_none_or(|owner| owner.is_none()) {
        return Err(vm.type_error("__get__(None, None) is invalid"));
    }
    Ok(())
}

fn property_set(vm: &mut Vm, args: &[Value]) -> PyResult {
    let property = vm.receiver::<Property>(args[0])?;
    let function = property.setter.get();
    if function.is_none() {
        return Err(vm.property_error(property.into(), args[1], "setter"));
    }
    vm.call(function, &[args[1], args[2]])?;
    Ok(Value::NONE)
}

fn property_delete(vm: &mut Vm, args: &[Value]) -> PyResult {
    let property = vm.receiver::<Property>(args[0])?;
    let function = property.deleter.get();
    if function.is_none() {
        return Err(vm.property_error(property.into(), args[1], "deleter"));
    }
    vm.call(function, &[args[1]])?;
    Ok(Value::NONE)
}

fn property_set_name(vm: &mut Vm, args: &[Value]) -> PyResult {
    let property = vm.receiver::<Property>(args[0])?;
    property.write(|p| &p.name, args[2]);
    Ok(Value::NONE)
}

/// A copy with one function replaced.
fn changed(vm: &mut Vm, own: Value, at: usize, function: Value) -> PyResult {
    let old = vm.receiver::<Property>(own)?;
    let mut parts = [old.getter.get(), old.setter.get(), old.deleter.get()];
    parts[at] = function;
    // A documentation string that came from the getter is taken from the new one.
    let class = vm.class_of(own);
    let is_subclass = class != vm.types.property;
    let doc = if old.doc_from_getter.get() == Value::TRUE || is_subclass {
        Value::NONE
    } else {
        old.doc.get()
    };
    let made = vm.call(class.into(), &[parts[0], parts[1], parts[2], doc])?;
    if let Some(property) = made.to::<Property>() {
        property.write(|p| &p.name, old.name.get());
    }
    Ok(made)
}

fn property_getter(vm: &mut Vm, args: &[Value]) -> PyResult {
    changed(vm, args[0], 0, args[1])
}

fn property_setter(vm: &mut Vm, args: &[Value]) -> PyResult {
    changed(vm, args[0], 1, args[1])
}

fn property_deleter(vm: &mut Vm, args: &[Value]) -> PyResult {
    changed(vm, args[0], 2, args[1])
}

fn fget(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(vm.receiver::<Property>(args[0])?.getter.get())
}

fn fset(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(vm.receiver::<Property>(args[0])?.setter.get())
}

fn fdel(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(vm.receiver::<Property>(args[0])?.deleter.get())
}

fn property_doc(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(vm.receiver::<Property>(args[0])?.doc.get())
}

fn set_property_doc(vm: &mut Vm, args: &[Value]) -> PyResult {
    let property = vm.receiver::<Property>(args[0])?;
    property.write(|p| &p.doc, args[1].bound().unwrap_or(Value::NONE));
    Ok(Value::NONE)
}

fn property_name(vm: &mut Vm, args: &[Value]) -> PyResult {
    let property = vm.receiver::<Property>(args[0])?;
    if let Some(name) = property.name.get().bound() {
        return Ok(name);
    }
    match vm.find_attr(property.getter.get(), vm.names.dunder_name)? {
        Some(name) => Ok(name),
        None => Err(vm.no_attribute(args[0], vm.names.dunder_name)),
    }
}

fn set_property_name(vm: &mut Vm, args: &[Value]) -> PyResult {
    let property = vm.receiver::<Property>(args[0])?;
    property.write(|p| &p.name, args[1]);
    Ok(Value::NONE)
}

/// Whether a callable is marked as abstract.
fn is_abstract(vm: &mut Vm, function: Value) -> PyResult<bool> {
    if function.is_none() {
        return Ok(false);
    }
    match vm.find_attr(function, intern("__isabstractmethod__"))? {
        Some(mark) => vm.truth(mark),
        None => Ok(false),
    }
}

fn property_abstract(vm: &mut Vm, args: &[Value]) -> PyResult {
    let property = vm.receiver::<Property>(args[0])?;
    for function in [
        property.getter.get(),
        property.setter.get(),
        property.deleter.get(),
    ] {
        if is_abstract(vm, function)? {
            return Ok(Value::TRUE);
        }
    }
    Ok(Value::FALSE)
}

// ---- static and class methods

const STATIC: &[Def] = &[
    static_method("__new__(cls, /, *args, **kwargs)", static_new),
    method("__init__(self, function, /)", wrapper_init),
    method("__get__(self, instance, owner=None, /)", static_get),
    method("__call__(self, /, *args, **kwargs)", static_call),
    method("__repr__(self, /)", wrapper_repr),
    getter("__func__", wrapper_function),
    getter("__wrapped__", wrapper_function),
    getter("__isabstractmethod__", wrapper_abstract),
    getter("__dict__", wrapper_dict),
    getter("__annotations__", wrapper_annotations),
    setter("__annotations__", set_wrapper_annotations),
];

const CLASS: &[Def] = &[
    static_method("__new__(cls, /, *args, **kwargs)", class_new),
    method("__init__(self, function, /)", wrapper_init),
    method("__get__(self, instance, owner=None, /)", class_get),
    method("__repr__(self, /)", wrapper_repr),
    getter("__func__", wrapper_function),
    getter("__wrapped__", wrapper_function),
    getter("__isabstractmethod__", wrapper_abstract),
    getter("__dict__", wrapper_dict),
    getter("__annotations__", wrapper_annotations),
    setter("__annotations__", set_wrapper_annotations),
];

fn static_new(vm: &mut Vm, args: &[Value]) -> PyResult {
    let payload = MethodWrapper::with_shape(reserved::STATIC_METHOD, Value::NONE, Value::NONE);
    super::wrap(vm, args[0], payload.into())
}

fn class_new(vm: &mut Vm, args: &[Value]) -> PyResult {
    let payload = MethodWrapper::with_shape(reserved::CLASS_METHOD, Value::NONE, Value::NONE);
    super::wrap(vm, args[0], payload.into())
}

fn wrapper_init(vm: &mut Vm, args: &[Value]) -> PyResult {
    let wrapper = vm.receiver::<MethodWrapper>(args[0])?;
    wrapper.write(|w| &w.function, args[1]);
    let names = [
        vm.names.module,
        vm.names.dunder_name,
        vm.names.qualname,
        vm.names.doc,
    ];
    for name in names {
        if let Some(value) = vm.find_attr(args[1], name)? {
            vm.set_own(wrapper.into(), name, value);
        }
    }
    Ok(Value::NONE)
}

fn static_get(vm: &mut Vm, args: &[Value]) -> PyResult {
    refuse_nothing(vm, args)?;
    Ok(vm.receiver::<MethodWrapper>(args[0])?.function.get())
}

fn class_get(vm: &mut Vm, args: &[Value]) -> PyResult {
    refuse_nothing(vm, args)?;
    let wrapper = vm.receiver::<MethodWrapper>(args[0])?;
    let class = match args[2].bound().filter(|c| !c.is_none()) {
        Some(class) => class,
        None => vm.class_of(args[1]).into(),
    };
    match class.cast::<Class>() {
        Some(class) => vm.bind_to_class(wrapper.into(), class),
        None => Ok(vm.bound_method(wrapper.function.get(), class)),
    }
}

fn static_call(vm: &mut Vm, args: &[Value]) -> PyResult {
    let wrapper = vm.receiver::<MethodWrapper>(args[0])?;
    let (names, values) = match args[1].cast::<Dict>() {
        Some(dict) if !dict.is_empty() => vm.keyword_items(dict),
        _ => Default::default(),
    };
    let mut all = args[2..].to_vec();
    all.extend(values);
    let (all, names) = (object::Tuple::new(&all), object::Tuple::new(&names));
    vm.call_with(wrapper.function.get(), all.items(), names.items())
}

fn wrapper_repr(vm: &mut Vm, args: &[Value]) -> PyResult {
    let wrapper = vm.receiver::<MethodWrapper>(args[0])?;
    let function = vm.repr_text(wrapper.function.get())?;
    let class = vm.type_name(args[0]);
    Ok(string(&format!("<{class}({function})>")))
}

fn wrapper_function(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(vm.receiver::<MethodWrapper>(args[0])?.function.get())
}

fn wrapper_abstract(vm: &mut Vm, args: &[Value]) -> PyResult {
    let function = vm.receiver::<MethodWrapper>(args[0])?.function.get();
    is_abstract(vm, function).map(Value::bool)
}

/// The annotations of the function, unless others were set.
fn wrapper_annotations(vm: &mut Vm, args: &[Value]) -> PyResult {
    let wrapper = vm.receiver::<MethodWrapper>(args[0])?;
    let name = vm.names.annotations;
    match vm.own_attr(wrapper.into(), name) {
        Some(own) => Ok(own),
        None => vm.get_attr(wrapper.function.get(), name),
    }
}

fn set_wrapper_annotations(vm: &mut Vm, args: &[Value]) -> PyResult {
    let wrapper = vm.receiver::<MethodWrapper>(args[0])?;
    let name = vm.names.annotations;
    if let Some(value) = args[1].bound() {
        vm.set_own(wrapper.into(), name, value);
    } else if let Some(dict) = vm.own_dict(wrapper.into()) {
        dict.remove_str(name);
    }
    Ok(Value::NONE)
}

fn wrapper_dict(vm: &mut Vm, args: &[Value]) -> PyResult {
    let wrapper = vm.receiver::<MethodWrapper>(args[0])?;
    Ok(vm.own_dict(wrapper.into()).map_or(Value::NONE, Value::from))
}

// ---- super

const SUPER: &[Def] = &[
    static_method("__new__(cls, /, *args, **kwargs)", super_new),
    method(
        "__init__(self, type=None, object_or_type=None, /)",
        super_init,
    ),
    method("__get__(self, instance, owner=None, /)", super_get),
    method("__repr__(self, /)", super_repr),
    getter("__thisclass__", super_class),
    getter("__self__", super_self),
    getter("__self_class__", super_self_class),
];

fn super_new(vm: &mut Vm, args: &[Value]) -> PyResult {
    let none = Value::NONE;
    let payload = Super::new(none, none, none);
    super::wrap(vm, args[0], payload.into())
}

fn super_init(vm: &mut Vm, args: &[Value]) -> PyResult {
    let object = vm.receiver::<Super>(args[0])?;
    let (class, target) = match args[1].bound() {
        Some(class) => (class, args[2].bound().unwrap_or(Value::NONE)),
        None => from_caller(vm)?,
    };
    let Some(class) = class.cast::<Class>() else {
        let given = vm.type_name(class);
        return Err(vm.type_error(format!("super() argument 1 must be a type, not {given}")));
    };
    object.write(|s| &s.class, class.into());
    if !target.is_none() {
        let bound = bound_class(vm, class, target)?;
        object.write(|s| &s.object, target);
        object.write(|s| &s.object_class, bound.into());
    }
    Ok(Value::NONE)
}

/// Class and first argument of the function that calls `super()` without arguments.
fn from_caller(vm: &mut Vm) -> PyResult<(Value, Value)> {
    let Some(frame) = vm.visible_frame() else {
        return Err(vm.runtime_error("super(): no current frame"));
    };
    let code = frame.code.get().code();
    if code.params.positional == 0 && !code.params.varargs {
        return Err(vm.runtime_error("super(): no arguments"));
    }
    let mut first = frame.base.get(0);
    if code.cell_registers.contains(&0)
        && let Some(cell) = first.cast::<CellBox>()
    {
        first = cell.content.get();
    }
    if first.is_unbound() {
        return Err(vm.runtime_error("super(): arg[0] deleted"));
    }
    let at = code.free_names.iter().position(|n| &**n == "__class__");
    let closure = frame.function.cast::<Function>().map(|f| f.closure.get());
    let cell = match (at, closure.and_then(|c| c.cast::<object::Tuple>())) {
        (Some(at), Some(cells)) => cells.items().get(at).and_then(|c| c.cast::<CellBox>()),
        _ => None,
    };
    match cell {
        None => Err(vm.runtime_error("super(): __class__ cell not found")),
        Some(cell) => match cell.content.get().bound() {
            Some(class) => Ok((class, first)),
            None => Err(vm.runtime_error("super(): empty __class__ cell")),
        },
    }
}

/// The class whose method resolution order is searched.
fn bound_class(vm: &mut Vm, class: Gc<Class>, target: Value) -> PyResult<Gc<Class>> {
    if let Some(target) = target.cast::<Class>()
        && target.is_subclass_of(class)
    {
        return Ok(target);
    }
    let own = vm.class_of(target);
    if own.is_subclass_of(class) {
        return Ok(own);
    }
    if let Some(claimed) = vm.find_attr(target, vm.names.class)?
        && let Some(claimed) = claimed.cast::<Class>()
        && claimed.is_subclass_of(class)
    {
        return Ok(claimed);
    }
    Err(vm.super_error(class, target))
}

fn super_get(vm: &mut Vm, args: &[Value]) -> PyResult {
    let object = vm.receiver::<Super>(args[0])?;
    if args[1].is_none() || !object.object_class.get().is_none() {
        return Ok(args[0]);
    }
    let class = object.class.get();
    let own = vm.class_of(args[0]);
    vm.call(own.into(), &[class, args[1]])
}

fn class_text(value: Value) -> String {
    value
        .cast::<Class>()
        .map_or_else(|| String::from("NULL"), |c| c.name_text())
}

fn super_repr(vm: &mut Vm, args: &[Value]) -> PyResult {
    let object = vm.receiver::<Super>(args[0])?;
    let class = class_text(object.class.get());
    Ok(string(&match object.object_class.get().cast::<Class>() {
        Some(bound) => format!("<super: <class '{class}'>, <{} object>>", bound.name_text()),
        None => format!("<super: <class '{class}'>, NULL>"),
    }))
}

fn super_class(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(vm.receiver::<Super>(args[0])?.class.get())
}

fn super_self(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(vm.receiver::<Super>(args[0])?.object.get())
}

fn super_self_class(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(vm.receiver::<Super>(args[0])?.object_class.get())
}

// ---- members and computed attributes

const MEMBER: &[Def] = &[
    method("__get__(self, instance, owner=None, /)", attribute_get),
    method("__set__(self, instance, value, /)", attribute_set),
    method("__delete__(self, instance, /)", attribute_delete),
    method("__repr__(self, /)", member_repr),
    getter("__name__", attribute_name),
    getter("__qualname__", attribute_qualname),
    getter("__objclass__", attribute_class),
    getter("__doc__", no_doc),
];

const GETSET: &[Def] = &[
    method("__get__(self, instance, owner=None, /)", attribute_get),
    method("__set__(self, instance, value, /)", attribute_set),
    method("__delete__(self, instance, /)", attribute_delete),
    method("__repr__(self, /)", getset_repr),
    getter("__name__", attribute_name),
    getter("__qualname__", attribute_qualname),
    getter("__objclass__", attribute_class),
    getter("__doc__", getset_doc),
    setter("__doc__", set_getset_doc),
];

/// Name and class of a member or computed attribute.
fn parts(value: Value) -> (Value, Value) {
    match value.kind() {
        Some(Kind::Member) => {
            let member = value.known::<Member>();
            (member.name.get(), member.class.get())
        }
        Some(Kind::GetSet) => {
            let get_set = value.known::<GetSet>();
            (get_set.name.get(), get_set.class.get())
        }
        _ => (Value::NONE, Value::NONE),
    }
}

fn attribute_get(vm: &mut Vm, args: &[Value]) -> PyResult {
    if args[1].is_none() {
        return Ok(args[0]);
    }
    let class = vm.class_of(args[1]);
    vm.bind_descriptor(args[0], args[1], class)
}

/// The class's own attribute is set through the general path, which finds this descriptor.
fn attribute_set(vm: &mut Vm, args: &[Value]) -> PyResult {
    check(vm, args[0], args[1])?;
    match args[0].cast::<Member>() {
        Some(member) => attributes::set(args[1], member.slot, args[2]),
        None => {
            let (name, _) = parts(args[0]);
            vm.set_attr_default(args[1], name.known(), args[2])?;
        }
    }
    Ok(Value::NONE)
}

fn attribute_delete(vm: &mut Vm, args: &[Value]) -> PyResult {
    check(vm, args[0], args[1])?;
    let (name, _) = parts(args[0]);
    vm.del_attr_default(args[1], name.known())?;
    Ok(Value::NONE)
}

fn check(vm: &mut Vm, descriptor: Value, object: Value) -> PyResult<()> {
    let (name, class) = parts(descriptor);
    match class.cast::<Class>() {
        Some(class) => check_receiver(vm, name, class, object),
        None => Ok(()),
    }
}

/// Whether a descriptor of that name in a class may be applied to an object.
fn check_receiver(vm: &mut Vm, name: Value, class: Gc<Class>, object: Value) -> PyResult<()> {
    if vm.class_of(object).is_subclass_of(class) {
        return Ok(());
    }
    let (name, wanted) = (vm.str_text(name)?, class.name_text());
    let given = vm.type_name(object);
    Err(vm.type_error(format!(
        "descriptor '{name}' for '{wanted}' objects doesn't apply to a '{given}' object"
    )))
}

fn member_repr(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (name, class) = parts(args[0]);
    let name = vm.str_text(name)?;
    Ok(string(&format!(
        "<member '{name}' of '{}' objects>",
        class_text(class)
    )))
}

fn getset_repr(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (name, class) = parts(args[0]);
    let name = vm.str_text(name)?;
    Ok(string(&format!(
        "<attribute '{name}' of '{}' objects>",
        class_text(class)
    )))
}

fn attribute_name(_vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(parts(args[0]).0)
}

fn attribute_qualname(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (name, class) = parts(args[0]);
    let name = vm.str_text(name)?;
    Ok(string(&format!("{}.{name}", class_text(class))))
}

fn attribute_class(_vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(parts(args[0]).1)
}

fn getset_doc(vm: &mut Vm, args: &[Value]) -> PyResult {
    let doc = vm.receiver::<GetSet>(args[0])?.doc.get();
    Ok(doc.bound().unwrap_or(Value::NONE))
}

fn set_getset_doc(vm: &mut Vm, args: &[Value]) -> PyResult {
    let get_set = vm.receiver::<GetSet>(args[0])?;
    if get_set.doc.get().is_unbound() {
        return Err(vm.attribute_error(
            "attribute '__doc__' of 'getset_descriptor' objects is not writable",
        ));
    }
    get_set.write(|g| &g.doc, args[1].bound().unwrap_or(Value::NONE));
    Ok(Value::NONE)
}

fn no_doc(_vm: &mut Vm, _args: &[Value]) -> PyResult {
    Ok(Value::NONE)
}

pub fn install(vm: &mut Vm) {
    let types = [
        (vm.types.property, PROPERTY),
        (vm.types.static_method, STATIC),
        (vm.types.class_method, CLASS),
        (vm.types.super_, SUPER),
        (vm.types.member, MEMBER),
        (vm.types.get_set, GETSET),
    ];
    for (class, methods) in types {
        vm.define_methods(class, methods);
    }
}
