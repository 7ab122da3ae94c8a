//! Module `_threads`: starting threads, and waiting to be called, on which `_thread` is built.

use super::time::seconds_to_ns;
use object::{Dict, Value};
use vm::threads::{CONTEXT_HOLDER, MAIN, Woken};
use vm::{Def, PyResult, Vm, method};
use world::Clock;

const FUNCTIONS: &[Def] = &[
    method("start(function, /)", start),
    method("ident()", |vm, _| Ok(Value::small(vm.thread() as i64))),
    method("count()", |vm, _| {
        Ok(Value::small(vm.thread_count() as i64))
    }),
    method("park(seconds, /)", park),
    method("unpark(ident, /)", unpark),
    method("keep_context(namespace, /)", keep_context),
];

/// Starts a thread that calls a function without arguments.
fn start(vm: &mut Vm, args: &[Value]) -> PyResult {
    if cfg!(feature = "revdb") {
        let text = "can't start new thread: a build that records has one";
        return Err(vm.runtime_error(text));
    }
    match vm.start_thread(args[0]) {
        Ok(number) => Ok(Value::small(number as i64)),
        Err(_) => Err(vm.runtime_error("can't start new thread")),
    }
}

/// Waits to be called, for so long at most, or without limit for None; whether it was called. Signals'
/// handlers run meanwhile.
fn park(vm: &mut Vm, args: &[Value]) -> PyResult {
    let until = match args[0].is_none() {
        true => None,
        false => {
            let left = seconds_to_ns(vm, args[0])?;
            let now = vm.world.clock_ns(Clock::Monotonic);
            Some(now.saturating_add(left))
        }
    };
    loop {
        match vm.park(until, Vec::new()) {
            Woken::Called | Woken::Ready(_) => return Ok(Value::TRUE),
            Woken::Late => return Ok(Value::FALSE),
            Woken::Signal => vm.check_interrupt()?,
        }
    }
}

fn unpark(vm: &mut Vm, args: &[Value]) -> PyResult {
    let number = vm.index(args[0])?;
    vm.unpark(number as u64);
    Ok(Value::NONE)
}

/// Says in which namespace `_current` is the context of context variables, of which each thread has
/// one.
fn keep_context(vm: &mut Vm, args: &[Value]) -> PyResult {
    match args[0].to::<Dict>() {
        Some(_) => vm.keep(CONTEXT_HOLDER, args[0]),
        None => return Err(vm.type_error("a namespace is a dict")),
    }
    Ok(Value::NONE)
}

pub fn install(vm: &mut Vm) {
    let module = vm.define_module("_threads", FUNCTIONS);
    let main = Value::small(MAIN as i64);
    module.namespace().set_str(object::intern("MAIN"), main);
}
