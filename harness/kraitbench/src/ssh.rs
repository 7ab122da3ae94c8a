//! A machine at the other end of ssh: shell scripts are run there, files go there and come back.
//!
//! The system's own `ssh` is used, so that whatever its owner set up (keys, agents, jumps, names of
//! hosts) holds here. A link that drops is not the end: ssh says so by its status 255, and the same
//! is tried again until the link has been down for longer than the patience that was asked for. So
//! every script must be one that can be run twice.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::failure::Failure;

/// The status with which ssh tells that it is the link that failed.
const NO_LINK: i32 = 255;
/// Between two attempts: at first, and at most.
const PAUSE_FIRST: Duration = Duration::from_millis(500);
const PAUSE_LATER: Duration = Duration::from_secs(15);

/// How a machine is reached.
#[derive(Debug)]
pub struct Link<'a> {
    /// `ssh` with its options.
    pub command: Vec<String>,
    pub destination: String,
    pub patience: Duration,
    pub stop: &'a AtomicBool,
}

/// What a script there came to.
#[derive(Debug)]
pub struct Said {
    pub status: i32,
    pub out: String,
    pub err: String,
}

impl Link<'_> {
    /// Runs a script of `sh`, again and again while there is no link.
    pub fn say(&self, script: &str) -> Result<Said, Failure> {
        self.while_down(|| {
            let output = self.command(script).stdin(Stdio::null()).output();
            let output = output.map_err(|error| self.no_ssh(&error))?;
            Ok(match output.status.code() {
                Some(NO_LINK) | None => Err(text(&output.stderr)),
                Some(status) => Ok(Said {
                    status,
                    out: text(&output.stdout),
                    err: text(&output.stderr),
                }),
            })
        })
    }

    /// Sends files into a folder there, which is made; each as (folder here, name below it).
    pub fn send(&self, files: &[(PathBuf, PathBuf)], folder: &str) -> Result<(), Failure> {
        let folder = quoted(folder);
        let script = format!("mkdir -p {folder} && tar -x -f - -C {folder}");
        self.while_down(|| {
            let mut tar = Command::new("tar");
            tar.args(["-c", "-h", "-f", "-"]);
            for (below, name) in files {
                tar.arg("-C").arg(below).arg(name);
            }
            let mut tar = tar
                .stdout(Stdio::piped())
                .spawn()
                .map_err(|error| Failure::Machine(format!("`tar` cannot be started: {error}")))?;
            let from = tar.stdout.take().map_or_else(Stdio::null, Stdio::from);
            let sent = self.command(&script).stdin(from).output();
            let packed = tar.wait();
            let sent = sent.map_err(|error| self.no_ssh(&error))?;
            match (
                sent.status.code(),
                packed.is_ok_and(|status| status.success()),
            ) {
                (Some(0), true) => Ok(Ok(())),
                (Some(NO_LINK) | None, _) => Ok(Err(text(&sent.stderr))),
                _ => Err(self.failed("take the files", &text(&sent.stderr))),
            }
        })
    }

    /// Brings a folder from below another one there into a folder here.
    pub fn fetch(&self, below: &str, name: &str, to: &Path) -> Result<(), Failure> {
        let script = format!("tar -c -f - -C {} {}", quoted(below), quoted(name));
        self.while_down(|| {
            let mut ssh = self
                .command(&script)
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .map_err(|error| self.no_ssh(&error))?;
            let from = ssh.stdout.take().map_or_else(Stdio::null, Stdio::from);
            let unpacked = Command::new("tar")
                .args(["-x", "-f", "-", "-C"])
                .arg(to)
                .stdin(from)
                .stderr(Stdio::null())
                .status();
            let sent = ssh
                .wait_with_output()
                .map_err(|error| self.no_ssh(&error))?;
            let whole = unpacked.is_ok_and(|status| status.success());
            match sent.status.code() {
                Some(0) if whole => Ok(Ok(())),
                Some(NO_LINK) | None => Ok(Err(text(&sent.stderr))),
                _ => Err(self.failed("send its samples", &text(&sent.stderr))),
            }
        })
    }

    fn command(&self, script: &str) -> Command {
        let mut words = self.command.iter();
        let mut command = Command::new(words.next().map_or("ssh", String::as_str));
        command.args(words);
        // No question can be answered here, and a dead link is to be noticed.
        command.args(["-o", "BatchMode=yes", "-o", "ConnectTimeout=10"]);
        command.args(["-o", "ServerAliveInterval=5", "-o", "ServerAliveCountMax=3"]);
        command.arg("--").arg(&self.destination);
        command.arg(format!("sh -c {}", quoted(script)));
        command
    }

    /// Repeats what fails for want of a link (the inner error says why) until it does not.
    fn while_down<T>(
        &self,
        mut attempt: impl FnMut() -> Result<Result<T, String>, Failure>,
    ) -> Result<T, Failure> {
        let begin = Instant::now();
        let mut pause = PAUSE_FIRST;
        loop {
            let why = match attempt()? {
                Ok(done) => return Ok(done),
                Err(why) => why,
            };
            if self.stop.load(Ordering::Relaxed) {
                return Err(Failure::Interrupted);
            }
            let last = why.lines().last().unwrap_or("no reason given").to_owned();
            if begin.elapsed() + pause > self.patience {
                return Err(Failure::Machine(format!(
                    "{}: no link for {} s: {last}\n  what was measured there stays there; the same \
                     command goes on",
                    self.destination,
                    self.patience.as_secs()
                )));
            }
            eprintln!("{}: no link, trying again: {last}", self.destination);
            thread::sleep(pause);
            pause = (pause * 2).min(PAUSE_LATER);
        }
    }

    fn no_ssh(&self, error: &std::io::Error) -> Failure {
        let command = self.command.first().map_or("ssh", String::as_str);
        Failure::Machine(format!(
            "`{command}` cannot be started: {error}\n  install Debian's openssh-client"
        ))
    }

    /// What went wrong there, in its own words.
    pub fn failed(&self, what: &str, why: &str) -> Failure {
        Failure::Machine(format!(
            "{} could not {what}: {}",
            self.destination,
            why.trim()
        ))
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A word that a shell takes as it is.
pub fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_words_reach_a_shell_as_they_are() {
        for word in ["plain", "two words", "it's; $(id) `id`\n\\", "-x", ""] {
            let script = format!("printf %s {}", quoted(word));
            let output = Command::new("sh").args(["-c", &script]).output().unwrap();
            assert_eq!(text(&output.stdout), word);
        }
    }
}
