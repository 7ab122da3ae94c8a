//! The native modules, a file each.

use vm::Vm;

/// Makes every native module.
pub fn install(vm: &mut Vm) {
    let _ = vm;
}
