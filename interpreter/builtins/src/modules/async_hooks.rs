//! `sys.set_asyncgen_hooks`: what an event loop wants to know of asynchronous generators. It is told
//! of each when it is first asked for an item, and of those that are found dead before they ended,
//! which it can close as only a loop can.

use super::sys::named_tuple_class;
use object::{Class, Gc, Generator, Value, heap};
use vm::{PyResult, Vm, tuple};

const FIRST: &str = "sys.asyncgen_hooks.firstiter";
const LAST: &str = "sys.asyncgen_hooks.finalizer";
const CLASS: &str = "sys.asyncgen_hooks";

/// In the flags of a generator: it was first asked for an item.
const ASKED: u16 = 1;
/// So it was while there was a hook for those that are found dead.
const TOLD: u16 = 2;

fn hook(vm: &Vm, name: &str) -> Option<Value> {
    vm.kept(name).filter(|hook| !hook.is_none())
}

pub fn set(vm: &mut Vm, args: &[Value]) -> PyResult {
    let given = [(FIRST, "firstiter", args[0]), (LAST, "finalizer", args[1])];
    for (_, shown, value) in given {
        let fits = value
            .bound()
            .is_none_or(|hook| hook.is_none() || vm.is_callable(hook));
        if !fits {
            let class = vm.type_name(value);
            return Err(vm.type_error(format!("callable {shown} expected, got {class}")));
        }
    }
    for (name, _, value) in given {
        if let Some(hook) = value.bound() {
            vm.keep(name, hook);
        }
    }
    Ok(Value::NONE)
}

pub fn get(vm: &mut Vm, _args: &[Value]) -> PyResult {
    let class = match vm.kept(CLASS).and_then(|class| class.cast::<Class>()) {
        Some(class) => class,
        None => {
            let class =
                named_tuple_class(vm, "sys", "asyncgen_hooks", &["firstiter", "finalizer"])?;
            vm.keep(CLASS, class.into());
            class
        }
    };
    let hooks = [FIRST, LAST].map(|name| vm.kept(name).unwrap_or(Value::NONE));
    vm.call(class.into(), &[tuple(&hooks)])
}

/// A generator is asked for an item, or thrown into, or closed: perhaps for the first time.
pub fn asked(vm: &mut Vm, generator: Gc<Generator>) -> PyResult<()> {
    let flags = &generator.header().flags;
    if flags.get() & ASKED != 0 {
        return Ok(());
    }
    flags.set(flags.get() | ASKED);
    if hook(vm, LAST).is_some() {
        flags.set(flags.get() | TOLD);
        heap::register_finalizable(generator.into());
    }
    if let Some(first) = hook(vm, FIRST) {
        vm.call(first, &[generator.into()])?;
    }
    Ok(())
}

pub fn install(vm: &mut Vm) {
    vm.async_asked = Some(asked);
}

/// Hands a generator that was found dead to the hook for such; false if it is to be closed here.
pub fn found_dead(vm: &mut Vm, generator: Gc<Generator>) -> PyResult<bool> {
    if generator.header().flags.get() & TOLD == 0 || !generator.is_resumable() {
        return Ok(false);
    }
    match hook(vm, LAST) {
        Some(last) => vm.call(last, &[generator.into()]).map(|_| true),
        None => Ok(false),
    }
}
