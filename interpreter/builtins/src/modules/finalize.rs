//! What happens when objects are found dead: `__del__`, the closing of suspended generators, the
//! callbacks of weak references. Errors are reported and go no further, as Python has it.

use object::{Generator, Value, heap};
use vm::{PyResult, Vm};

/// Runs all that is due; what `Vm::run_due` wants.
fn run(vm: &mut Vm) -> PyResult<()> {
    let due = heap::take_due_finalizers();
    for &object in due.items() {
        finalize(vm, object);
    }
    super::weakrefs::run_callbacks(vm)
}

fn finalize(vm: &mut Vm, object: Value) {
    if let Some(generator) = object.cast::<Generator>() {
        if let Err(raised) = vm.close_generator(generator) {
            let text = vm.repr_text(object).unwrap_or_default();
            vm.report_unraisable(raised, &format!("while closing generator {text}"));
        }
        return;
    }
    let class = vm.class_of(object);
    if let Some(method) = vm.lookup_type(class, vm.names.del)
        && let Err(raised) = vm.call_special(method, object, &[])
    {
        let text = vm.repr_text(method).unwrap_or_default();
        vm.report_unraisable(raised, &format!("while calling deallocator {text}"));
    }
}

pub fn install(vm: &mut Vm) {
    vm.run_due = Some(run);
}
