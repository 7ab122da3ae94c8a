//! What a recording refers to stays alive until its trace keeps it: an object that only a register held,
//! such as the empty tuple that a call makes, dies at the next collection, while the recording has its
//! address as a constant. A recording may begin in what another one executes.

use object::{Gc, List, Value};
use vm::Vm;

/// The list of what the recording at hand refers to. Its first item is the list of the recording
/// that this one is within, or None.
const HELD: &str = vm::hook::RECORDING;

/// From here on there is a recording, to be ended with [`end`].
pub fn begin(vm: &mut Vm) {
    let own = List::new();
    own.push(vm.kept(HELD).unwrap_or(Value::NONE));
    vm.keep(HELD, own.into());
}

/// The trace is there and keeps what it refers to, or there will be none.
pub fn end(vm: &mut Vm) {
    let outer = list(vm).and_then(|own| own.items().first().copied());
    vm.keep(HELD, outer.unwrap_or(Value::NONE));
}

/// Where the recording at hand puts what it refers to.
pub(crate) fn list(vm: &Vm) -> Option<Gc<List>> {
    vm.kept(HELD).and_then(|own| own.cast())
}
