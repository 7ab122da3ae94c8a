//! `bool`: an integer whose texts and logical operators are its own.

use crate::types::int;
use object::{Value, intern};
use vm::{BinaryOp, Def, PyResult, Vm, method, static_method};

const METHODS: &[Def] = &[
    static_method("__new__(cls, object=False, /)", new),
    method("__repr__(self, /)", repr),
    method("__and__(self, value, /)", and),
    method("__rand__(self, value, /)", and),
    method("__or__(self, value, /)", or),
    method("__ror__(self, value, /)", or),
    method("__xor__(self, value, /)", xor),
    method("__rxor__(self, value, /)", xor),
    method("__invert__(self, /)", invert),
];

pub fn install(vm: &mut Vm) {
    vm.define_methods(vm.types.bool, METHODS);
}

fn new(vm: &mut Vm, args: &[Value]) -> PyResult {
    let truth = match args[1].bound() {
        Some(value) => vm.truth(value)?,
        None => false,
    };
    crate::types::wrap(vm, args[0], Value::bool(truth))
}

fn receiver(vm: &mut Vm, value: Value) -> PyResult<bool> {
    match value.as_bool() {
        Some(truth) => Ok(truth),
        None => {
            let given = vm.type_name(value);
            Err(vm.type_error(format!(
                "descriptor requires a 'bool' object but received a '{given}'"
            )))
        }
    }
}

fn repr(vm: &mut Vm, args: &[Value]) -> PyResult {
    let truth = receiver(vm, args[0])?;
    Ok(intern(if truth { "True" } else { "False" }).into())
}

/// Between two booleans the result is one; with another integer it is an integer.
fn logical(vm: &mut Vm, op: BinaryOp, args: &[Value]) -> PyResult {
    let a = receiver(vm, args[0])?;
    match args[1].as_bool() {
        Some(b) => Ok(Value::bool(match op {
            BinaryOp::And => a & b,
            BinaryOp::Or => a | b,
            _ => a ^ b,
        })),
        None => int::binary(vm, op, args[0], args[1]),
    }
}

fn and(vm: &mut Vm, args: &[Value]) -> PyResult {
    logical(vm, BinaryOp::And, args)
}

fn or(vm: &mut Vm, args: &[Value]) -> PyResult {
    logical(vm, BinaryOp::Or, args)
}

fn xor(vm: &mut Vm, args: &[Value]) -> PyResult {
    logical(vm, BinaryOp::Xor, args)
}

fn invert(vm: &mut Vm, args: &[Value]) -> PyResult {
    let class = vm.types.deprecation_warning;
    vm.warn(
        class,
        "Bitwise inversion '~' on bool is deprecated and will be removed in Python 3.16. \
         This returns the bitwise inversion of the underlying int object and is usually not \
         what you expect from the negation of a bool object. Use the 'not' operator for boolean \
         negation or ~int(x) for the bitwise inversion of the underlying int.",
    )?;
    let truth = receiver(vm, args[0])?;
    Ok(Value::small(if truth { -2 } else { -1 }))
}
