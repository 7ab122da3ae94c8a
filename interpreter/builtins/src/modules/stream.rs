//! What modules of compressed streams have in common: classes that only the module makes objects of.

use object::{Class, ClassFlags, Foreign, Payload, Value, intern};
use vm::{Def, PyResult, Vm};

/// How much is written at a time, in bytes.
pub const PIECE_BYTES: usize = 32 << 10;

/// A class of streams: the name that it is kept by, its own name and its methods.
pub type StreamClass = (&'static str, &'static str, &'static [Def]);

/// A stream of the class that is kept by a name.
pub fn make(vm: &mut Vm, name: &str, payload: impl Payload) -> PyResult {
    match vm.kept(name).and_then(|class| class.cast::<Class>()) {
        Some(class) => Ok(Foreign::new(class.new_instance_shape(), payload).into()),
        None => Err(vm.system_error("streams are not installed")),
    }
}

/// The payload of a stream.
pub fn own<T: Payload>(vm: &mut Vm, value: Value) -> PyResult<&'static T> {
    match value.cast::<Foreign>().and_then(|f| f.payload::<T>()) {
        Some(own) => Ok(own),
        None => Err(vm.type_error("a stream is required")),
    }
}

pub fn install(
    vm: &mut Vm,
    name: &'static str,
    functions: &'static [Def],
    classes: &[StreamClass],
) {
    let module = vm.define_module(name, functions);
    let flags = ClassFlags {
        immutable: true,
        no_instances: true,
        ..ClassFlags::default()
    };
    for &(key, own, methods) in classes {
        let class = vm.native_class(name, own, vm.types.object, flags, methods);
        vm.keep(key, class.into());
        module.namespace().set_str(intern(own), class.into());
    }
}
