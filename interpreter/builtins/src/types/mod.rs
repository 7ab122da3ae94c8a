//! The methods of the builtin types, a file each.

use object::{Class, Value, Wrapper};
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
    Ok(Wrapper::with_shape(class.new_instance_shape().id.0, Value::UNBOUND, payload).into())
}

/// Gives every builtin type its methods.
pub fn install(vm: &mut Vm) {
    let _ = vm;
}
