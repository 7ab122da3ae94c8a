//! The JIT: it listens at the machine's hook, records what is hot, has it assembled and enters it.
//!
//! `life` is a trace's life from being hot to being given up; `exit` the way into machine code and
//! out of it; `resume` what exits restore, compactly; `runtime` what machine code calls;
//! `parameters`, `statistics` and `dump` what can be set and seen.

#![cfg(target_arch = "x86_64")]

mod annotate;
mod dump;
mod entry;
mod exit;
mod exit_table;
mod figures;
mod free;
mod key;
mod kin;
mod ledger;
mod life;
mod parameters;
mod places;
mod resume;
mod runtime;
mod statistics;
mod tell;

pub use dump::Dump;
pub use figures::Figure;
pub use life::Jit;
pub use parameters::{Parameters, TABLE, help};
pub use statistics::Statistics;
pub use tell::{Costs, Spent};

use std::rc::Rc;
use vm::Vm;

#[cfg(test)]
mod tests;

/// Lets a JIT listen on a machine, which must stay where it is from now on.
pub fn install(vm: &mut Vm, parameters: Parameters) -> Rc<Jit> {
    let jit = Rc::new(Jit::new(vm, parameters));
    let threshold = parameters.threshold.min(parameters.function_threshold);
    vm.install_hook(jit.clone(), threshold);
    jit
}
