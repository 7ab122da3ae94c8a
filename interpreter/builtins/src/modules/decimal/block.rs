//! What `localcontext` gives: sets a context for a block.

use super::context;
use object::{Class, ClassFlags, Foreign, Gc, Marker, Payload, Value};
use std::cell::Cell;
use vm::{Def, PyResult, Vm, method};

/// The context of the block, and that around it while the block runs.
struct Block {
    inner: Value,
    outer: Cell<Value>,
}

impl Payload for Block {
    fn trace(&self, marker: &mut Marker) {
        marker.visit(self.inner);
        marker.visit(self.outer.get());
    }
}

const CLASS: &str = "decimal.ContextManager";

/// Makes one for a context.
pub(super) fn make(vm: &mut Vm, args: &[Value]) -> PyResult {
    if context::settings(args[0]).is_none() {
        return Err(vm.type_error("optional argument must be a context"));
    }
    let class = vm.kept(CLASS).and_then(|class| class.cast::<Class>());
    let Some(class) = class else {
        return Err(vm.system_error("decimal.ContextManager is not there"));
    };
    let block = Block {
        inner: args[0],
        outer: Cell::new(Value::UNBOUND),
    };
    Ok(Foreign::new(class.new_instance_shape(), block).into())
}

fn own(vm: &mut Vm, value: Value) -> PyResult<(Gc<Foreign>, &'static Block)> {
    let found = value.to::<Foreign>();
    match found.and_then(|object| Some((object, object.payload::<Block>()?))) {
        Some(found) => Ok(found),
        None => Err(vm.type_error("a 'decimal.ContextManager' object was expected")),
    }
}

fn enter(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (object, block) = own(vm, args[0])?;
    let outer = context::current_object(vm)?;
    object.about_to_write();
    block.outer.set(outer);
    context::set_current(vm, &[block.inner])?;
    Ok(block.inner)
}

fn exit(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (_, block) = own(vm, args[0])?;
    if let Some(outer) = block.outer.get().bound() {
        context::set_current(vm, &[outer])?;
    }
    Ok(Value::FALSE)
}

const METHODS: &[Def] = &[
    method("__enter__(self, /)", enter),
    method(
        "__exit__(self, exc_type=None, exc_value=None, traceback=None, /)",
        exit,
    ),
];

pub(super) fn install(vm: &mut Vm) {
    let flags = ClassFlags {
        immutable: true,
        is_final: true,
        no_instances: true,
        ..Default::default()
    };
    let object = vm.types.object;
    let class = vm.native_class("decimal", "ContextManager", object, flags, METHODS);
    vm.keep(CLASS, class.into());
}
