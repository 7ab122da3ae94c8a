//! Builtin types and native modules.

pub mod codec;
pub mod float_text;
pub mod format_spec;
pub mod frozen;
pub mod int_text;
pub mod modules;
pub mod number;
mod search;
pub mod types;
pub mod unicode;

use vm::Vm;

/// Fills a new machine: methods of the builtin types, then the native modules.
pub fn install(vm: &mut Vm) {
    vm.frozen = Some(frozen::find);
    types::install(vm);
    modules::install(vm);
}
