//! A build that cannot record: a process is there to run a program.

use crate::options;
use vm::Vm;
use world::World;

/// The configuration is what the JIT's part says.
pub const CONFIGURATION: Option<&str> = None;

pub struct Role;

pub struct Part;

/// Refuses what only a build that records can do.
pub fn role() -> Result<Role, String> {
    let words = World::new().command_line();
    let words: Vec<String> = words
        .into_iter()
        .skip(1)
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    match options::parse(&words) {
        Ok(typed)
            if typed.record.is_some()
                || typed.check.is_some()
                || typed.replay.is_some()
                || typed.dap =>
        {
            Err(String::from(
                "this build does not record or replay: use krait-revdb",
            ))
        }
        _ => Ok(Role),
    }
}

impl Role {
    /// The exit code of a process that has nothing more to do.
    pub fn done(&self) -> Option<u8> {
        None
    }

    /// Whether a debugger says how far it runs.
    pub fn is_debugged(&self) -> bool {
        false
    }

    pub fn enter(self) -> Result<(World, Part), String> {
        Ok((World::of_program(), Part))
    }
}

impl Part {
    pub fn made(&self, _vm: &mut Vm) {}

    pub fn begins(&self, _vm: &mut Vm) {}
}
