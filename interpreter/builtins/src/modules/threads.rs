//! Module `_threads`: starting threads, and waiting to be called, on which `_thread` is built.

use super::time::seconds_to_ns;
use object::{Dict, Tuple, Value, intern};
use vm::threads::{CONTEXT_HOLDER, Woken};
use vm::{Def, PyResult, Vm, method, tuple};
use world::Clock;

/// How a `_local` says whose attributes it has, and is given those of the running thread.
const LOCALS: &str = "locals of threads";

const FUNCTIONS: &[Def] = &[
    method("start(function, /)", start),
    method("ident()", |vm, _| Ok(Value::small(vm.thread() as i64))),
    method("first()", |vm, _| {
        Ok(Value::small(vm.first_thread() as i64))
    }),
    method("count()", |vm, _| {
        Ok(Value::small(vm.thread_count() as i64))
    }),
    method("leave()", |vm, _| {
        vm.leave_threads();
        Ok(Value::NONE)
    }),
    method("park(seconds, /)", park),
    method("unpark(ident, /)", unpark),
    method("keep_context(namespace, /)", keep_context),
    method(
        "keep_locals(get_last, set_last, get_others, begin, /)",
        |vm, args| {
            vm.keep(LOCALS, tuple(args));
            Ok(Value::NONE)
        },
    ),
    method("get_in_local(local, name, /)", |vm, args| {
        in_local(vm, args, "__getattribute__")
    }),
    method("set_in_local(local, name, value, /)", |vm, args| {
        in_local(vm, args, "__setattr__")
    }),
    method("delete_in_local(local, name, /)", |vm, args| {
        in_local(vm, args, "__delattr__")
    }),
];

/// Starts a thread that calls a function without arguments.
fn start(vm: &mut Vm, args: &[Value]) -> PyResult {
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

/// Does what `object` does with an attribute of a `_local`, once that has the attributes of the running thread.
/// This is native because no other thread can come in between.
fn in_local(vm: &mut Vm, args: &[Value], method: &str) -> PyResult {
    while enter_local(vm, args[0])? {}
    by_object(vm, args, method)
}

/// Gives a `_local` the running thread's attributes in place of those of the thread that used it last. True:
/// the thread has not used it before, and other threads may have since.
fn enter_local(vm: &mut Vm, local: Value) -> PyResult<bool> {
    let kept = vm.kept(LOCALS).and_then(|kept| kept.cast::<Tuple>());
    let Some(&[get_last, set_last, get_others, begin]) = kept.as_ref().map(|kept| kept.items())
    else {
        return Ok(false);
    };
    let own = Value::small(vm.thread() as i64);
    let last = vm.call(get_last, &[local])?;
    if last == own {
        return Ok(false);
    }
    let name = intern("__dict__").into();
    let others = vm.call(get_others, &[local])?.known::<Dict>();
    let attributes = by_object(vm, &[local, name], "__getattribute__")?;
    vm.dict_set(others, last, attributes)?;
    let own_attributes = vm.dict_get(others, own)?;
    let attributes = own_attributes.unwrap_or_else(|| Dict::new().into());
    by_object(vm, &[local, name, attributes], "__setattr__")?;
    vm.call(set_last, &[local, own])?;
    if own_attributes.is_none() {
        vm.call(begin, &[local])?;
    }
    Ok(own_attributes.is_none())
}

fn by_object(vm: &mut Vm, args: &[Value], method: &str) -> PyResult {
    let object = vm.types.object;
    match vm.lookup_type(object, intern(method)) {
        Some(method) => vm.call(method, args),
        None => Ok(Value::NONE),
    }
}

pub fn install(vm: &mut Vm) {
    vm.define_module("_threads", FUNCTIONS);
}
