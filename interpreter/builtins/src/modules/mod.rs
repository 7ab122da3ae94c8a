//! The native modules, a file each.

mod builtins_code;
mod builtins_fold;
pub mod builtins_module;

use vm::Vm;

/// Makes every native module.
pub fn install(vm: &mut Vm) {
    builtins_module::install(vm);
}
