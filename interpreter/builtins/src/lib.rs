//! Builtin types and native modules.

pub mod frozen;
pub mod modules;
pub mod types;

use vm::Vm;

/// Fills a new machine: methods of the builtin types, then the native modules.
pub fn install(vm: &mut Vm) {
    vm.frozen = Some(frozen::find);
    types::install(vm);
    modules::install(vm);
}
