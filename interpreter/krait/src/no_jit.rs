//! A build without the JIT: its options are checked and have no effect.

use crate::log::Log;
use vm::Vm;

/// The name of the configuration.
pub const CONFIGURATION: &str = "nojit";

/// Refuses what a build with the JIT would refuse by its form.
pub fn attach(_vm: &mut Vm, given: &[String], _log: &Log) -> Result<(), String> {
    for part in given {
        let fine = match part.split_once('=') {
            None => part == "off" || part == "default",
            Some((_, value)) => !value.is_empty(),
        };
        if !fine {
            return Err(format!(
                "krait: --jit takes off, default, or name=value separated by commas, not '{part}'\n"
            ));
        }
    }
    Ok(())
}

/// The sections of `KRAITLOG` that this build writes beside the collector's.
pub const SECTIONS: &[&str] = &[];

/// There is nothing to tell.
pub fn section(_vm: &mut Vm, _name: &str) -> Option<String> {
    None
}

/// There is nothing to let go of.
pub fn detach() {}

/// What `--jit help` prints.
pub fn parameters() -> String {
    String::from("This build has no JIT; options of --jit have no effect.\n")
}
