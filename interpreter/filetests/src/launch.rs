//! Runs one process with a time limit and takes what it prints.
//!
//! The process leads a group of its own, and at the limit the whole group is
//! ended: a case may start processes, and an emulator is one more. Output is
//! read while the process runs, up to a bound, so that a case that prints
//! without end neither blocks nor fills the memory.

use std::ffi::OsString;
use std::io::{Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::replay;

/// More output than this is a failure, whatever it says.
const LIMIT_OUTPUT_BYTES: u64 = 32_000_000;

/// How often a running process is asked whether it has ended.
const POLL: Duration = Duration::from_millis(2);

/// An interpreter: the words that start it, before any script or option.
#[derive(Clone, Debug)]
pub struct Interpreter {
    words: Vec<OsString>,
    /// How long a process of it may take.
    pub limit: Duration,
    /// Each process is recorded and replayed.
    replays: bool,
}

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Exit(i32),
    Signal(i32),
    TimedOut,
}

impl std::fmt::Display for End {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            End::Exit(code) => write!(f, "exit code {code}"),
            End::Signal(number) => write!(f, "ended by signal {number}"),
            End::TimedOut => write!(f, "time limit"),
        }
    }
}

/// What a process left.
#[derive(Clone, Debug)]
pub struct Finished {
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
    pub end: End,
}

/// What varies between two processes of one interpreter.
#[derive(Clone, Debug, Default)]
pub struct Launch {
    pub args: Vec<OsString>,
    pub stdin: Vec<u8>,
    pub variables: Vec<(String, String)>,
    pub folder: PathBuf,
}

impl Interpreter {
    /// An interpreter, perhaps started through a wrapper such as
    /// `qemu-s390x-static -L /usr/s390x-linux-gnu`.
    pub fn new(path: &Path, wrapper: Option<&str>, limit: Duration) -> Result<Interpreter, String> {
        let path = path
            .canonicalize()
            .map_err(|e| format!("no interpreter at {}: {e}", path.display()))?;
        let wrapper = wrapper
            .unwrap_or_default()
            .split_whitespace()
            .map(OsString::from);
        let words = wrapper.chain([path.into_os_string()]).collect();
        Ok(Interpreter {
            words,
            limit,
            replays: false,
        })
    }

    /// The words that start it.
    pub fn words(&self) -> &[OsString] {
        &self.words
    }

    /// The same, recording and replaying each process.
    pub fn replaying(self, replays: bool) -> Interpreter {
        Interpreter { replays, ..self }
    }

    /// The same with another time limit.
    pub(crate) fn with_limit(&self, limit: Duration) -> Interpreter {
        Interpreter {
            limit,
            ..self.clone()
        }
    }

    /// Runs it; an error means that it could not be started, or that its replay differs.
    pub fn run(&self, launch: &Launch) -> Result<Finished, String> {
        if self.replays {
            replay::run(self, launch)
        } else {
            self.run_once(launch)
        }
    }

    /// Runs it once; an error means that it could not be started.
    pub(crate) fn run_once(&self, launch: &Launch) -> Result<Finished, String> {
        let program = &self.words[0];
        let mut command = Command::new(program);
        command
            .args(&self.words[1..])
            .args(&launch.args)
            .current_dir(&launch.folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("PYTHON") {
                command.env_remove(name);
            }
        }
        command
            .env("LC_ALL", "C.UTF-8")
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("NO_COLOR", "1");
        command.envs(launch.variables.iter().map(|(name, value)| (name, value)));
        let child = command
            .spawn()
            .map_err(|e| format!("cannot start {}: {e}", program.to_string_lossy()))?;
        finish(child, &launch.stdin, self.limit)
    }
}

fn finish(mut child: Child, stdin: &[u8], limit: Duration) -> Result<Finished, String> {
    let deadline = Instant::now() + limit;
    let writer = child.stdin.take().map(|mut pipe| {
        let bytes = stdin.to_vec();
        // A process that ends without reading its input closes the pipe.
        thread::spawn(move || drop(pipe.write_all(&bytes)))
    });
    let stdout = child.stdout.take().map(drain);
    let stderr = child.stderr.take().map(drain);
    let status = wait(&mut child, deadline)?;
    // What the process started may hold the pipes open after it has ended.
    end_group(&child);
    let end = match status {
        None => End::TimedOut,
        Some(status) => end_of(status),
    };
    if let Some(writer) = writer {
        drop(writer.join());
    }
    let collect = |reader: Option<JoinHandle<Vec<u8>>>| {
        reader
            .and_then(|reader| reader.join().ok())
            .unwrap_or_default()
    };
    Ok(Finished {
        stdout: collect(stdout),
        stderr: collect(stderr),
        end,
    })
}

fn end_of(status: ExitStatus) -> End {
    match (status.code(), status.signal()) {
        (Some(code), _) => End::Exit(code),
        (None, Some(signal)) => End::Signal(signal),
        (None, None) => End::Exit(-1),
    }
}

/// Waits until the deadline; at the deadline ends the process and gives none.
fn wait(child: &mut Child, deadline: Instant) -> Result<Option<ExitStatus>, String> {
    let explain = |e: std::io::Error| format!("cannot wait for a process: {e}");
    loop {
        if let Some(status) = child.try_wait().map_err(explain)? {
            return Ok(Some(status));
        }
        if Instant::now() >= deadline {
            end_group(child);
            child.wait().map_err(explain)?;
            return Ok(None);
        }
        thread::sleep(POLL);
    }
}

/// Ends whatever is left of the process's group.
fn end_group(child: &Child) {
    let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    if let Some(group) = group {
        // An empty group is the good case, and an error.
        kill_process_group(group, Signal::KILL).ok();
    }
}

fn drain(pipe: impl Read + Send + 'static) -> JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // Past the bound the pipe is closed, and writing to it ends the process.
        pipe.take(LIMIT_OUTPUT_BYTES).read_to_end(&mut bytes).ok();
        bytes
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str, limit: Duration) -> Finished {
        let shell = Interpreter::new(Path::new("/bin/sh"), None, limit).unwrap();
        let args = vec!["-c".into(), script.into()];
        let launch = Launch {
            args,
            stdin: b"in".to_vec(),
            folder: "/".into(),
            ..Launch::default()
        };
        shell.run(&launch).unwrap()
    }

    #[test]
    fn output_exit_code_and_signal_are_told() {
        let finished = sh("cat; echo err >&2; exit 3", Duration::from_secs(10));
        assert_eq!(
            (finished.stdout.as_slice(), finished.end),
            (&b"in"[..], End::Exit(3))
        );
        assert_eq!(finished.stderr, b"err\n");
        assert_eq!(
            sh("kill -SEGV $$", Duration::from_secs(10)).end,
            End::Signal(11)
        );
    }

    #[test]
    fn the_limit_ends_the_whole_group() {
        let begin = Instant::now();
        let finished = sh("sleep 30 & sleep 30", Duration::from_millis(100));
        assert_eq!(finished.end, End::TimedOut);
        assert!(begin.elapsed() < Duration::from_secs(20));
    }

    #[test]
    fn endless_output_is_cut() {
        let finished = sh("yes", Duration::from_secs(20));
        assert_eq!(finished.stdout.len() as u64, LIMIT_OUTPUT_BYTES);
    }
}
