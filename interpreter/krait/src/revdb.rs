//! The configuration that records runs and replays them: what the command line says of that.

use crate::options::{self, Program};
use revdb::debugger::{self, AdapterOptions, Origin, Side};
use revdb::log::Log;
use revdb::{Check, Player, Recorder, Replayer};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use vm::Vm;
use world::World;

/// The name of the configuration.
pub const CONFIGURATION: Option<&str> = Some("revdb");

/// The variable that names the file to record to.
const RECORD: &str = "KRAITRDB";
/// The variable with the names, comma between them, of variables that are left out of a recording:
/// the program does not have them either. `*` at a name's end stands for whatever follows.
const WITHOUT: &str = "KRAITRDB_WITHOUT";

/// What this process is for.
pub enum Role {
    Run,
    Record(PathBuf),
    /// Replay without stopping, and compare.
    Check(Log),
    /// Replay, and stop where a debugger says.
    Replay(Box<Origin>),
    /// Nothing more: this was the debugger, and ends with this exit code.
    Done(u8),
}

/// What the machine needs to know of a recording or replay.
pub struct Part {
    is_replay: bool,
    replayer: Option<Rc<Replayer>>,
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
    if typed.dap {
        return serve(&typed);
    }
    let named = match &typed.program {
        Program::Script(file) if is_log(&mut world, file) => Some(file.clone()),
        _ => None,
    };
    if let Some(path) = typed.replay.or(named) {
        let options = debugger::Options {
            log: PathBuf::from(path),
            commands: typed.commands.map(PathBuf::from),
            json: typed.json,
        };
        return match debugger::run(&options).map_err(|error| error.to_string())? {
            Side::Replay(origin) => Ok(Role::Replay(origin)),
            Side::Debugger(code) => Ok(Role::Done(code as u8)),
        };
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

/// Serves an editor; a log may be named as a program is.
fn serve(typed: &options::Typed) -> Result<Role, String> {
    let named = match &typed.program {
        Program::Script(file) => Some(file.clone()),
        _ => typed.replay.clone(),
    };
    let options = AdapterOptions {
        log: named.map(PathBuf::from),
        port: typed.dap_port,
    };
    Ok(match debugger::serve(&options)? {
        Side::Replay(origin) => Role::Replay(origin),
        Side::Debugger(code) => Role::Done(code as u8),
    })
}

/// Whether a file that is named as a program is a recording.
fn is_log(world: &mut World, file: &str) -> bool {
    let flags = world::OpenFlags {
        read: true,
        ..world::OpenFlags::default()
    };
    let Ok(number) = world.open(file.as_bytes(), flags, 0) else {
        return false;
    };
    let begin = world.read(number, revdb::log::MAGIC.len());
    // It was open a moment ago.
    let _ = world.close(number);
    begin.is_ok_and(|begin| *begin == *revdb::log::MAGIC)
}

/// Takes out of the environment what is not to be recorded; the names.
fn leave_out(world: &mut World) -> Vec<String> {
    let wanted = world.variable(WITHOUT).unwrap_or_default();
    world.unset_variable(WITHOUT.as_bytes());
    let mut left_out = Vec::new();
    for (name, _) in world.variables() {
        let shown = String::from_utf8_lossy(&name).into_owned();
        let is_meant = |wanted: &str| match wanted.trim().strip_suffix('*') {
            Some(begin) => shown.starts_with(begin),
            None => shown == wanted.trim(),
        };
        if wanted.split(',').any(is_meant) {
            world.unset_variable(&name);
            left_out.push(shown);
        }
    }
    left_out
}

impl Role {
    /// The exit code of a process that has nothing more to do.
    pub fn done(&self) -> Option<u8> {
        match self {
            Role::Done(code) => Some(*code),
            _ => None,
        }
    }

    /// Whether a debugger says how far it runs.
    pub fn is_debugged(&self) -> bool {
        matches!(self, Role::Replay(_))
    }

    /// The world of the role, in the interpreter's thread.
    pub fn enter(self) -> Result<(World, Part), String> {
        let mut world = World::of_program();
        let mut part = Part {
            is_replay: false,
            replayer: None,
        };
        match self {
            Role::Run | Role::Done(_) => {}
            Role::Record(path) => {
                let words = world.command_line();
                let words = words.iter().map(|w| w.to_string_lossy().into_owned());
                let folder = world.current_dir().unwrap_or_default();
                let folder = String::from_utf8_lossy(&folder).into_owned();
                let without = leave_out(&mut world);
                let recorder = Recorder::create(&path, words.collect(), folder, &without)
                    .map_err(|error| error.to_string())?;
                // What the program starts is not to record over it.
                world.unset_variable(RECORD.as_bytes());
                world.attach(Box::new(recorder));
            }
            Role::Check(log) => {
                part.is_replay = true;
                world.attach(Box::new(Player::new(log, Rc::new(Check))));
            }
            Role::Replay(origin) => {
                let (log, replayer) = Replayer::new(*origin);
                let replayer = Rc::new(replayer);
                part.is_replay = true;
                part.replayer = Some(replayer.clone());
                world.attach(Box::new(Player::new(log, replayer)));
            }
        }
        world.settle_variables();
        Ok((world, part))
    }
}

impl Part {
    /// A machine was made, and nothing runs on it yet.
    pub fn made(&self, vm: &mut Vm) {
        if self.is_replay {
            vm.replay_deaths();
        }
        if let Some(replayer) = &self.replayer {
            Replayer::prepare(vm, replayer.clone());
        }
    }

    /// The program itself begins.
    pub fn begins(&self, vm: &mut Vm) {
        vm.begin_time();
        if self.replayer.is_some() {
            vm::stops::set_until(1);
        }
    }
}
