//! Module `_imp`: what `importlib` asks about the modules that the executable carries.

use object::{Bytes, CodeObject, List, Str, Value};
use vm::{Def, Frozen, PyResult, Vm, method, string, tuple};

const FUNCTIONS: &[Def] = &[
    method("is_builtin(name, /)", is_builtin),
    method("is_frozen(name, /)", |vm, args| {
        Ok(Value::bool(frozen(vm, args[0])?.is_some()))
    }),
    method("is_frozen_package(name, /)", |vm, args| {
        Ok(Value::bool(
            frozen(vm, args[0])?.is_some_and(|f| f.is_package),
        ))
    }),
    method("_frozen_source(name, /)", |vm, args| {
        Ok(frozen(vm, args[0])?.map_or(Value::NONE, |f| string(f.source)))
    }),
    method("_frozen_names()", |_, _| {
        let list = List::new();
        crate::frozen::names().for_each(|name| list.push(Str::new(name).into()));
        Ok(list.into())
    }),
    // The library is in the executable and nowhere else, so there is nothing to choose.
    method("_override_frozen_modules_for_tests(override, /)", |_, _| {
        Ok(Value::NONE)
    }),
    method("_code_bytes(code, /)", |vm, args| {
        let code = vm.receiver::<CodeObject>(args[0])?;
        match vm::compiled::with_constants(code) {
            Some(code) => Ok(Bytes::new(&code.to_bytes()).into()),
            None => Err(vm.value_error("unmarshallable object")),
        }
    }),
    method("_code_of_bytes(data, /)", |vm, args| {
        let data = vm.receiver::<Bytes>(args[0])?;
        vm.code_of_bytes(data.as_slice()).map(Value::from)
    }),
    method("_op_names()", |_, _| {
        let list = List::new();
        let names = bytecode::OPS.iter().map(|info| info.name);
        names.for_each(|name| list.push(string(name)));
        Ok(list.into())
    }),
    method("_instructions(code, /)", instructions),
    method("extension_suffixes()", |_, _| Ok(List::new().into())),
    method("acquire_lock()", |_, _| Ok(Value::NONE)),
    method("release_lock()", |_, _| Ok(Value::NONE)),
    method("lock_held()", |_, _| Ok(Value::FALSE)),
];

/// Each instruction: its place, its op's number, it as text, and its constant if it has one.
fn instructions(vm: &mut Vm, args: &[Value]) -> PyResult {
    let code = vm.receiver::<CodeObject>(args[0])?;
    let details = code.get().code();
    let list = List::new();
    for (pc, &instr) in details.instrs.iter().enumerate() {
        let constant = bytecode::named_constant(details, instr).map(|at| code.constant(at));
        let text = bytecode::print_instruction(details, pc as u32, instr, &|at| {
            let constants = code.constants();
            vm::compiled::constant_of(*constants.items().get(at as usize)?)
        });
        let number = Value::small(instr.op() as i64);
        let mut entry = vec![Value::small(pc as i64), number, string(&text)];
        entry.extend(constant);
        list.push(tuple(&entry));
    }
    Ok(list.into())
}

fn frozen(vm: &mut Vm, name: Value) -> PyResult<Option<Frozen>> {
    let name = vm.str_text(name)?;
    Ok(vm.frozen.and_then(|find| find(&name)))
}

fn is_builtin(vm: &mut Vm, args: &[Value]) -> PyResult {
    let name = vm.str_text(args[0])?;
    let sys = vm.import_module("sys")?;
    let names = vm.get_attr_text(sys, "builtin_module_names")?;
    let found = vm.contains(names, string(&name))?;
    Ok(Value::small(found.into()))
}

pub fn install(vm: &mut Vm) {
    vm.define_module("_imp", FUNCTIONS);
}
