//! Copies of the process: `fork` of module `posix`, and what is called around it.
//!
//! A copy has the thread that made it alone. What a module has to put in order then it says by
//! `register_at_fork`; the machine's own affairs are seen to by [`Vm::fork`].

use super::posix::failed;
use object::{Gc, List, Module, Tuple, Value};
use std::io;
use vm::{Def, PyResult, Vm, method, tuple};

/// Where the functions are kept that are called before, in the copy, and in the original.
const CALLED: &str = "posix: called around a fork";
const BEFORE: usize = 0;
const IN_CHILD: usize = 1;
const IN_PARENT: usize = 2;

const FUNCTIONS: &[Def] = &[
    method("fork()", fork),
    method(
        "register_at_fork(*, before=None, after_in_child=None, after_in_parent=None)",
        register,
    ),
];

/// The functions for a moment, in the order in which they were registered.
fn list(vm: &mut Vm, moment: usize) -> Gc<List> {
    let kept = match vm.kept(CALLED) {
        Some(kept) => kept,
        None => {
            let lists = tuple(&[0; 3].map(|_| List::from_slice(&[]).into()));
            vm.keep(CALLED, lists);
            lists
        }
    };
    kept.known::<Tuple>().items()[moment].known::<List>()
}

fn register(vm: &mut Vm, args: &[Value]) -> PyResult {
    let given = |&value: &Value| value.bound().is_some_and(|value| !value.is_none());
    if !args.iter().any(given) {
        return Err(vm.type_error("At least one argument is required."));
    }
    for (&function, name) in args
        .iter()
        .zip(["before", "after_in_child", "after_in_parent"])
    {
        if given(&function) && !vm.is_callable(function) {
            let kind = vm.type_name(function);
            return Err(vm.type_error(format!("'{name}' must be callable, not {kind}")));
        }
    }
    for (moment, &function) in args.iter().enumerate().filter(|(_, f)| given(f)) {
        list(vm, moment).push(function);
    }
    Ok(Value::NONE)
}

/// Calls the functions for a moment; what they raise is reported.
fn call_all(vm: &mut Vm, moment: usize) {
    let all = list(vm, moment).items().to_vec();
    let call = |function: Value| {
        if let Err(raised) = vm.call(function, &[]) {
            vm.report_unraisable(raised, "", function);
        }
    };
    match moment {
        BEFORE => all.into_iter().rev().for_each(call),
        _ => all.into_iter().for_each(call),
    }
}

/// Copies the process; the child's number, 0 in the child.
pub(super) fn fork(vm: &mut Vm, _: &[Value]) -> PyResult {
    call_all(vm, BEFORE);
    let child = vm.fork();
    call_all(
        vm,
        if matches!(child, Ok(0)) {
            IN_CHILD
        } else {
            IN_PARENT
        },
    );
    match child {
        Ok(child) => Ok(Value::small(child.into())),
        Err(error) if error.kind() == io::ErrorKind::Unsupported => Err(vm.runtime_error(
            "a recorded program cannot fork; it can start programs \
             (subprocess, or multiprocessing with the start method \"spawn\")",
        )),
        Err(error) => failed(vm, &error, None),
    }
}

/// Adds the functions to `posix`.
pub fn add(vm: &mut Vm, posix: Gc<Module>) {
    vm.add_functions(posix, FUNCTIONS);
}
