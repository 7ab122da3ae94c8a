//! Module `_tracebacks`: the interpreter's printer of exceptions, for `traceback`.

use object::{Class, Value};
use vm::{Def, PyResult, Vm, method, string};

const FUNCTIONS: &[Def] = &[
    method("format_exception(exception, /)", |vm, args| {
        check(vm, args[0])?;
        Ok(string(&vm.format_exception(args[0])))
    }),
    method("format_only(exception, /)", |vm, args| {
        check(vm, args[0])?;
        Ok(string(&vm.format_only(args[0])))
    }),
    method("format_stack(traceback, /)", |vm, args| {
        Ok(string(&vm.format_traceback(args[0])))
    }),
];

fn check(vm: &mut Vm, value: Value) -> PyResult<()> {
    let class = vm.class_of(value);
    if class.is_subclass_of(vm.types.base_exception) && !value.is::<Class>() {
        return Ok(());
    }
    let given = vm.type_name(value);
    Err(vm.type_error(format!("exception expected, got {given}")))
}

pub fn install(vm: &mut Vm) {
    vm.define_module("_tracebacks", FUNCTIONS);
}
