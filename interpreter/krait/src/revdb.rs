//! The configuration that records runs and replays them: what the command line says of that.

use crate::options::{self, Program};
use revdb::log::Log;
use revdb::{Check, Player, Recorder};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use vm::Vm;
use world::World;

/// The variable that names the file to record to.
const RECORD: &str = "KRAITRDB";

/// What this process is for.
pub enum Role {
    Run,
    Record(PathBuf),
    /// Replay without stopping, and compare.
    Check(Log),
}

/// What the machine needs to know of a recording or replay.
pub struct Part {
    is_replay: bool,
}

/// Reads off the command line and the environment what the process is for.
pub fn role() -> Result<Role, String> {
    let mut world = World::new();
    let words: Vec<String> = world
        .command_line()
        .into_iter()
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    // What is wrong with the command line is told by who runs the program.
    let Ok(typed) = options::parse(words.get(1..).unwrap_or(&[])) else {
        return Ok(Role::Run);
    };
    let open = |path: &str| Log::open_own(Path::new(path)).map_err(|error| error.to_string());
    if let Some(path) = &typed.check {
        return Ok(Role::Check(open(path)?));
    }
    let variable = world.variable(RECORD);
    let needs_machine = !matches!(
        typed.program,
        Program::Help | Program::Version { .. } | Program::DumpBytecode(_)
    );
    match typed.record.or(variable) {
        Some(path) if needs_machine => Ok(Role::Record(PathBuf::from(path))),
        _ => Ok(Role::Run),
    }
}

impl Role {
    /// The world of the role, in the interpreter's thread.
    pub fn enter(self) -> Result<(World, Part), String> {
        let mut world = World::new();
        let mut is_replay = false;
        match self {
            Role::Run => {}
            Role::Record(path) => {
                let words = world.command_line();
                let words = words.iter().map(|w| w.to_string_lossy().into_owned());
                let folder = world.current_dir().unwrap_or_default();
                let folder = String::from_utf8_lossy(&folder).into_owned();
                let recorder = Recorder::create(&path, words.collect(), folder)
                    .map_err(|error| error.to_string())?;
                // What the program starts is not to record over it.
                world.unset_variable(RECORD.as_bytes());
                world.attach(Box::new(recorder));
            }
            Role::Check(log) => {
                is_replay = true;
                world.attach(Box::new(Player::new(log, Rc::new(Check))));
            }
        }
        world.settle_variables();
        Ok((world, Part { is_replay }))
    }
}

impl Part {
    /// A machine was made, and nothing runs on it yet.
    pub fn made(&self, vm: &mut Vm) {
        if self.is_replay {
            vm.replay_deaths();
        }
    }

    /// The program itself begins.
    pub fn begins(&self, vm: &mut Vm) {
        vm.begin_time();
    }
}
