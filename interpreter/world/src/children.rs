//! Processes that the program starts, copies of its own, and waiting for them.

use crate::{Op, World, system};
use rustix::process::{Pid, WaitOptions};
use std::ffi::{CString, OsStr};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

/// How to start a process.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Start {
    pub program: Vec<u8>,
    /// The first is what the process takes for its name.
    pub arguments: Vec<Vec<u8>>,
    /// Names and values; `None`: those of the program.
    pub environment: Option<Vec<(Vec<u8>, Vec<u8>)>>,
    pub folder: Option<Vec<u8>>,
    /// Files for its three standard streams; `None`: those of the program.
    pub streams: [Option<i32>; 3],
    /// The process group that it joins; 0: a new one of its own.
    pub group: Option<i32>,
    /// Further files that it has under their numbers.
    pub passed: Vec<i32>,
    /// Whether it has no others, even if programs inherit them.
    pub closes: bool,
    pub new_session: bool,
    pub umask: Option<u32>,
    pub user: Option<u32>,
    /// The user's group, and further ones.
    pub user_group: Option<u32>,
    pub user_groups: Option<Vec<u32>>,
    /// What is done with files before, in this order.
    pub actions: Vec<FileAction>,
    /// Whether the process takes its real user and group for those that count.
    pub resets_identity: bool,
    /// Signals that are held back.
    pub masked: Option<Vec<i32>>,
    /// Signals that do again what they do by default.
    pub defaults: Vec<i32>,
    /// How it is scheduled: the policy, unless that stays, and the priority.
    pub schedule: Option<(Option<i32>, i32)>,
}

/// What a process does with a file before it carries out its program.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FileAction {
    /// Opens a file under a number.
    Open {
        number: i32,
        path: CString,
        flags: i32,
        mode: u32,
    },
    Close(i32),
    /// Has the first number's file under the second, too.
    Duplicate(i32, i32),
}

impl Start {
    /// Whether anything is to be done in the process itself but closing files.
    fn has_preparations(&self) -> bool {
        !self.passed.is_empty()
            || self.new_session
            || self.umask.is_some()
            || self.user_groups.is_some()
            || !self.actions.is_empty()
            || self.resets_identity
            || self.masked.is_some()
            || !self.defaults.is_empty()
            || self.schedule.is_some()
    }
}

impl World {
    /// Starts a process; its number.
    pub fn start_process(&mut self, start: &Start) -> io::Result<i32> {
        self.tap(
            Op::StartProcess,
            |q| {
                q.bytes(&start.program);
                start.arguments.iter().for_each(|word| _ = q.bytes(word));
            },
            |world| world.spawn(start),
        )
    }

    /// Copies the process, with this thread of the system alone; the child's number, 0 in the child.
    ///
    /// # Errors
    /// The system has no room for another process. A program that is recorded is one process, and
    /// cannot do this: [`io::ErrorKind::Unsupported`].
    pub fn fork(&mut self) -> io::Result<i32> {
        if self.tape.is_some() {
            return Err(io::ErrorKind::Unsupported.into());
        }
        let child = system::fork()?;
        if child == 0 {
            self.process = None;
        }
        Ok(child)
    }

    fn spawn(&mut self, start: &Start) -> io::Result<i32> {
        let child = self.command(start)?.spawn()?;
        i32::try_from(child.id()).map_err(io::Error::other)
    }

    pub(crate) fn command(&mut self, start: &Start) -> io::Result<Command> {
        let mut command = Command::new(OsStr::from_bytes(&start.program));
        if let Some((name, rest)) = start.arguments.split_first() {
            command.arg0(OsStr::from_bytes(name));
            command.args(rest.iter().map(|word| OsStr::from_bytes(word)));
        }
        let environment = match &start.environment {
            Some(environment) => environment.clone(),
            None => self.variables(),
        };
        command.env_clear();
        for (name, value) in &environment {
            command.env(OsStr::from_bytes(name), OsStr::from_bytes(value));
        }
        if let Some(folder) = &start.folder {
            command.current_dir(OsStr::from_bytes(folder));
        }
        if let Some(group) = start.group {
            command.process_group(group);
        }
        if let Some(user) = start.user {
            command.uid(user);
        }
        if let Some(group) = start.user_group {
            command.gid(group);
        }
        // The system is quicker to start a process in which nothing is to be done first.
        let closes = start.closes && self.has_inheritable();
        if closes || start.has_preparations() {
            system::prepare(&mut command, start, closes);
        }
        let [input, output, errors] = start.streams;
        command.stdin(self.stream(input)?);
        command.stdout(self.stream(output)?);
        command.stderr(self.stream(errors)?);
        Ok(command)
    }

    /// Whether there are files besides the standard streams that programs inherit.
    fn has_inheritable(&self) -> bool {
        self.open.iter().any(|(&number, file)| {
            let flags = rustix::io::fcntl_getfd(file);
            number > 2 && flags.is_ok_and(|flags| !flags.contains(rustix::io::FdFlags::CLOEXEC))
        })
    }

    fn stream(&mut self, number: Option<i32>) -> io::Result<Stdio> {
        Ok(match number {
            None => Stdio::inherit(),
            Some(number) => Stdio::from(self.duplicate_owned(number)?),
        })
    }

    /// Waits for a child (-1: any) to end; its number and how it ended, as the system encodes it.
    /// `None` if it has not and `hang` is false.
    pub fn wait_process(&mut self, process: i32, hang: bool) -> io::Result<Option<(i32, i32)>> {
        self.tap(
            Op::WaitProcess,
            |q| _ = q.number(process).number(hang),
            |_| wait(process, hang),
        )
    }
}

fn wait(process: i32, hang: bool) -> io::Result<Option<(i32, i32)>> {
    let options = if hang {
        WaitOptions::empty()
    } else {
        WaitOptions::NOHANG
    };
    let ended = match process {
        ..=0 => rustix::process::wait(options)?,
        _ => rustix::process::waitpid(Pid::from_raw(process), options)?,
    };
    Ok(ended.map(|(pid, status)| (pid.as_raw_nonzero().get(), status.as_raw())))
}
