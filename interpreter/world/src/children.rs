//! Processes that the program starts, and waiting for them.

use crate::{Op, World};
use rustix::process::{Pid, WaitOptions};
use std::ffi::OsStr;
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
        let [input, output, errors] = start.streams;
        command.stdin(self.stream(input)?);
        command.stdout(self.stream(output)?);
        command.stderr(self.stream(errors)?);
        Ok(command)
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
