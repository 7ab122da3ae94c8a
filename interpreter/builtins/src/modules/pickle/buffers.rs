//! `PickleBuffer`: says of an object with a buffer that it may be pickled out of band.

use crate::types::memoryview::view_of;
use object::{Class, ClassFlags, Foreign, Gc, Kind, Marker, Module, Payload, Value, intern};
use std::cell::Cell;
use vm::{Def, PyResult, Vm, method, static_method};

pub const CLASS: &str = "_pickle.PickleBuffer";

/// The memory view of the object; *unbound* once released.
pub struct PickleBuffer(Cell<Value>);

impl Payload for PickleBuffer {
    fn trace(&self, marker: &mut Marker) {
        marker.visit(self.0.get());
    }
}

const METHODS: &[Def] = &[
    static_method("__new__(cls, object, /)", new),
    method("raw(self, /)", |vm, args| raw(vm, args[0])),
    method("release(self, /)", |vm, args| {
        let own = of(vm, args[0])?;
        if let Some(view) = own.0.replace(Value::UNBOUND).bound() {
            vm.call_method(view, intern("release"), &[])?;
        }
        Ok(Value::NONE)
    }),
    method("__buffer__(self, flags, /)", |vm, args| view(vm, args[0])),
];

pub fn is_buffer(value: Value) -> bool {
    payload(value).is_some()
}

fn payload(value: Value) -> Option<&'static PickleBuffer> {
    value.cast::<Foreign>()?.payload::<PickleBuffer>()
}

fn of(vm: &mut Vm, value: Value) -> PyResult<&'static PickleBuffer> {
    match payload(value) {
        Some(own) => Ok(own),
        None => {
            let given = vm.type_name(value);
            Err(vm.type_error(format!("expected PickleBuffer, {given} found")))
        }
    }
}

fn new(vm: &mut Vm, args: &[Value]) -> PyResult {
    let class = match args[0].cast::<Class>() {
        Some(class) if class.instance_kind.get() == Kind::Foreign => class,
        _ => return Err(vm.type_error("PickleBuffer.__new__(X): X is not a type object")),
    };
    let view = match payload(args[1]) {
        Some(_) => view(vm, args[1])?,
        None => view_of(vm, args[1])?,
    };
    let view = view_of(vm, view)?;
    Ok(Foreign::new(class.new_instance_shape(), PickleBuffer(Cell::new(view))).into())
}

/// The view that a buffer was made of.
pub fn view(vm: &mut Vm, value: Value) -> PyResult {
    match of(vm, value)?.0.get().bound() {
        Some(view) => Ok(view),
        None => Err(vm.value_error("operation forbidden on released PickleBuffer object")),
    }
}

/// Whether the buffer lies in one piece.
pub fn is_contiguous(vm: &mut Vm, view: Value) -> PyResult<bool> {
    let answer = vm.get_attr_text(view, "contiguous")?;
    vm.truth(answer)
}

/// Whether nobody may write to the buffer.
pub fn is_readonly(vm: &mut Vm, view: Value) -> PyResult<bool> {
    let answer = vm.get_attr_text(view, "readonly")?;
    vm.truth(answer)
}

/// The bytes as they lie, as a view of single bytes.
fn raw(vm: &mut Vm, value: Value) -> PyResult {
    let view = view(vm, value)?;
    if !is_contiguous(vm, view)? {
        let class = vm.types.buffer_error;
        return Err(vm.raise(
            class,
            "cannot extract raw buffer from non-contiguous buffer",
        ));
    }
    let format = vm::string("B");
    vm.call_method(view, intern("cast"), &[format])
}

pub fn install(vm: &mut Vm, module: Gc<Module>) {
    let flags = ClassFlags {
        immutable: true,
        is_final: true,
        ..ClassFlags::default()
    };
    let class = vm.native_class("pickle", "PickleBuffer", vm.types.object, flags, METHODS);
    vm.keep(CLASS, class.into());
    module
        .namespace()
        .set_str(intern("PickleBuffer"), class.into());
}
