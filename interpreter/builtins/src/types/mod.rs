//! The methods of the builtin types, a file each.

pub mod async_generator;
pub mod bool;
pub mod byte_methods;
pub mod bytearray;
pub mod bytes;
pub mod complex;
pub mod descriptor;
pub mod dict;
pub mod exception;
pub mod exception_group;
pub mod float;
pub mod frame;
pub mod function;
pub mod generator;
pub mod int;
pub mod iter;
mod iter_state;
pub mod list;
pub mod memoryview;
pub mod module;
pub mod object;
pub mod range;
pub mod sequence;
pub mod set;
pub mod slice;
pub mod sort;
pub mod str;
pub mod tuple;
pub mod type_;
pub mod view;

use ::object::{Class, Gc, Value, Wrapper};
use vm::{PyResult, Vm};

/// The object that `cls.__new__` gives for the payload it made: the payload itself if `cls` is
/// the builtin class, otherwise an object of `cls` around it.
pub fn wrap(vm: &mut Vm, cls: Value, payload: Value) -> PyResult {
    let builtin = vm.class_of(payload);
    let Some(class) = cls.cast::<Class>() else {
        let (own, given) = (builtin.name_text(), vm.type_name(cls));
        return Err(vm.type_error(format!(
            "{own}.__new__(X): X is not a type object ({given})"
        )));
    };
    if class == builtin {
        return Ok(payload);
    }
    if !class.is_subclass_of(builtin) {
        let (own, given) = (builtin.name_text(), class.name_text());
        return Err(vm.type_error(format!(
            "{own}.__new__({given}): {given} is not a subtype of {own}"
        )));
    }
    let shape = class.new_instance_shape().id.0;
    let made = Wrapper::with_shape(shape, Value::UNBOUND, payload).into();
    vm.watch_death(class, made);
    Ok(made)
}

/// What an object's `__getstate__` gives, for its `__reduce__`.
pub fn state_of(vm: &mut Vm, object: Value) -> PyResult {
    let method = vm.get_attr_text(object, "__getstate__")?;
    vm.call(method, &[])
}

/// `cls[item]` as in annotations: a `types.GenericAlias`.
pub fn class_getitem(vm: &mut Vm, args: &[Value]) -> PyResult {
    vm.generic_alias(args[0], args[1])
}

/// The setter of an attribute that is there to be read.
pub fn read_only(vm: &mut Vm, _: &[Value]) -> PyResult {
    Err(vm.attribute_error("readonly attribute"))
}

/// Says that objects of a class have no hash.
pub fn set_unhashable(vm: &mut Vm, class: Gc<Class>) {
    class.dict().set_str(vm.names.hash, Value::NONE);
    class.changed();
}

/// Gives every builtin type its methods.
pub fn install(vm: &mut Vm) {
    object::install(vm);
    type_::install(vm);
    function::install(vm);
    descriptor::install(vm);
    exception::install(vm);
    frame::install(vm);
    generator::install(vm);
    async_generator::install(vm);
    module::install(vm);
    int::install(vm);
    bool::install(vm);
    float::install(vm);
    complex::install(vm);
    str::install(vm);
    bytes::install(vm);
    bytearray::install(vm);
    memoryview::install(vm);
    dict::install(vm);
    iter::install(vm);
    list::install(vm);
    range::install(vm);
    set::install(vm);
    slice::install(vm);
    tuple::install(vm);
    view::install(vm);
}
