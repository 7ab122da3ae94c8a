//! What happens when objects are found dead: `__del__`, the closing of suspended generators, warnings of
//! coroutines that were never awaited, the
//! callbacks of weak references, the closing of files. Errors are reported and go no further, as
//! Python has it.

use super::async_hooks;
use crate::types::async_generator;
use object::{Foreign, Gc, Generator, Kind, List, Value, heap, intern, shape};
use vm::{PyResult, Vm};

/// Runs all that is due; what `Vm::run_due` wants.
fn run(vm: &mut Vm) -> PyResult<()> {
    let due = heap::take_due_finalizers();
    finalize_all(vm, due, "close");
    super::weakrefs::run_callbacks(vm)
}

/// Finalises what is still alive when the program ends. Files are flushed, not closed: the standard
/// streams are among them.
pub fn at_exit(vm: &mut Vm) {
    let all = heap::take_finalizable();
    finalize_all(vm, all, "flush");
}

/// The list is all that keeps the objects alive: no memory of Rust's is a root.
fn finalize_all(vm: &mut Vm, objects: Gc<List>, file_method: &str) {
    for at in 0..objects.items().len() {
        let object = objects.items()[at];
        if !object.is::<Foreign>() {
            finalize(vm, object);
        }
    }
    for at in 0..objects.items().len() {
        async_generator::warn_unawaited(vm, objects.items()[at]);
    }
    // Those made last first: a text file lies over a binary one.
    for at in (0..objects.items().len()).rev() {
        let file = objects.items()[at];
        if file.is::<Foreign>() && !async_generator::is_awaitable(file) {
            if file_method == "close" {
                vm.warn_unclosed(file);
            }
            // As Python has it, there is no one to tell.
            let _ = vm.call_method(file, intern(file_method), &[]);
        }
    }
}

fn finalize(vm: &mut Vm, object: Value) {
    if let Some(generator) = object.cast::<Generator>() {
        if generator.is_fresh() {
            warn_unawaited(vm, generator);
        }
        let closed = match async_hooks::found_dead(vm, generator) {
            Ok(false) => vm.close_generator(generator).map(|_| ()),
            Ok(true) => Ok(()),
            Err(raised) => Err(raised),
        };
        if let Err(raised) = closed {
            let text = vm.repr_text(object).unwrap_or_default();
            vm.report_unraisable(raised, &format!("while closing generator {text}"), object);
        }
        return;
    }
    let class = vm.class_of(object);
    if let Some(method) = vm.lookup_type(class, vm.names.del)
        && let Err(raised) = vm.call_special(method, object, &[])
    {
        let text = vm.repr_text(method).unwrap_or_default();
        vm.report_unraisable(raised, &format!("while calling deallocator {text}"), method);
    }
}

/// Warns of a coroutine that was never awaited.
fn warn_unawaited(vm: &mut Vm, generator: Gc<Generator>) {
    let object = Value::from(generator);
    if object.shape_id() != shape::of_variant(Kind::Generator, object::COROUTINE) {
        return;
    }
    vm.warn_unawaited(object);
}

pub fn install(vm: &mut Vm) {
    vm.run_due = Some(run);
}
