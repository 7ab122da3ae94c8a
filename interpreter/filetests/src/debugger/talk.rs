//! A conversation with a process, over pipes or a terminal: send, and wait for what it says.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use super::{Bench, Outcome};

/// What the process is connected to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Surface {
    Pipes,
    Terminal,
}

/// What it said and nobody waited for yet, and whether it will say no more.
#[derive(Default)]
struct Said {
    text: Vec<u8>,
    is_over: bool,
}

/// A process that one talks to.
pub(super) struct Talk {
    child: Child,
    input: Option<File>,
    said: Arc<(Mutex<Said>, Condvar)>,
    patience: Duration,
}

/// The two ends of a new terminal.
fn terminal() -> std::io::Result<(OwnedFd, OwnedFd)> {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY)?;
    grantpt(&ours)?;
    unlockpt(&ours)?;
    let name = ptsname(&ours, Vec::new())?;
    let path = name.to_string_lossy().into_owned();
    let theirs = File::options().read(true).write(true).open(path)?;
    Ok((ours, theirs.into()))
}

impl Talk {
    pub(super) fn start(bench: &Bench, args: &[&str], surface: Surface) -> Result<Talk, String> {
        Talk::start_with(bench, args, surface, &[("NO_COLOR", "1")])
    }

    pub(super) fn start_with(
        bench: &Bench,
        args: &[&str],
        surface: Surface,
        variables: &[(&str, &str)],
    ) -> Result<Talk, String> {
        let explain = |e: std::io::Error| format!("cannot start the debugger: {e}");
        let words = &bench.setup.words;
        let mut command = Command::new(&words[0]);
        command
            .args(&words[1..])
            .args(args)
            .current_dir(bench.folder.path())
            .env_remove("NO_COLOR")
            .env("TERM", "xterm")
            .env("XDG_STATE_HOME", bench.path("state"))
            .envs(variables.iter().copied())
            .process_group(0);
        let (mut child, input, output) = match surface {
            Surface::Pipes => {
                command.stdin(Stdio::piped()).stdout(Stdio::piped());
                command.stderr(Stdio::inherit());
                let mut child = command.spawn().map_err(explain)?;
                let input = child
                    .stdin
                    .take()
                    .map(|pipe| File::from(OwnedFd::from(pipe)));
                let output = child
                    .stdout
                    .take()
                    .map(|pipe| File::from(OwnedFd::from(pipe)));
                (child, input, output)
            }
            Surface::Terminal => {
                let (ours, theirs) = terminal().map_err(explain)?;
                let copy = |end: &OwnedFd| end.try_clone().map_err(explain);
                command.stdin(copy(&theirs)?).stdout(copy(&theirs)?);
                command.stderr(theirs);
                let child = command.spawn().map_err(explain)?;
                (child, Some(copy(&ours)?.into()), Some(File::from(ours)))
            }
        };
        let said = Arc::new((Mutex::new(Said::default()), Condvar::new()));
        let Some(output) = output else {
            let _ = child.kill();
            return Err(String::from("the debugger has no output"));
        };
        let listener = said.clone();
        thread::spawn(move || listen(output, &listener));
        Ok(Talk {
            child,
            input,
            said,
            patience: bench.setup.interpreter.limit * 3,
        })
    }

    pub(super) fn send(&mut self, text: &str) -> Outcome {
        self.send_bytes(text.as_bytes())
    }

    pub(super) fn send_bytes(&mut self, bytes: &[u8]) -> Outcome {
        let input = self.input.as_mut().ok_or("the input is closed")?;
        input
            .write_all(bytes)
            .map_err(|e| format!("cannot send to the debugger: {e}"))
    }

    /// What is said up to and with a text.
    pub(super) fn expect(&mut self, wanted: &str) -> Result<String, String> {
        let deadline = Instant::now() + self.patience;
        let (lock, change) = &*self.said;
        let mut said = lock.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let found = said
                .text
                .windows(wanted.len())
                .position(|part| part == wanted.as_bytes());
            if let Some(at) = found {
                let rest = said.text.split_off(at + wanted.len());
                let text = std::mem::replace(&mut said.text, rest);
                return Ok(String::from_utf8_lossy(&text).into_owned());
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if said.is_over || left.is_zero() {
                let text = String::from_utf8_lossy(&said.text);
                return Err(format!("no '{wanted}' in what was said:\n{text}"));
            }
            let waited = change.wait_timeout(said, left);
            said = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn number(&self) -> Result<Pid, String> {
        let number = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        number.ok_or_else(|| String::from("the debugger has no number"))
    }

    /// What Ctrl-C does: it tells all processes of the group.
    pub(super) fn interrupt(&mut self) -> Outcome {
        let group = self.number()?;
        kill_process_group(group, Signal::INT).map_err(|e| format!("cannot interrupt: {e}"))
    }

    /// Ends the debugger's own process, and nothing else.
    pub(super) fn kill(&mut self) -> Outcome {
        kill_process(self.number()?, Signal::KILL).map_err(|e| format!("cannot kill: {e}"))?;
        self.child.wait().map(|_| ()).map_err(|e| e.to_string())
    }

    /// Sends no more.
    pub(super) fn close(&mut self) -> Outcome {
        self.input = None;
        Ok(())
    }

    /// The process ends with an exit code.
    pub(super) fn left(mut self, code: i32) -> Outcome {
        let deadline = Instant::now() + self.patience;
        while Instant::now() < deadline {
            match self.child.try_wait() {
                Ok(Some(status)) if status.code() == Some(code) => return Ok(()),
                Ok(Some(status)) => return Err(format!("the debugger left with {status}")),
                Ok(None) => thread::sleep(Duration::from_millis(5)),
                Err(error) => return Err(error.to_string()),
            }
        }
        Err(String::from("the debugger does not leave"))
    }
}

impl Drop for Talk {
    fn drop(&mut self) {
        if let Ok(group) = self.number() {
            // Where all of them have left there is no group, which is the good case.
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = self.child.wait();
    }
}

fn listen(mut output: File, said: &(Mutex<Said>, Condvar)) {
    let mut bytes = [0; 4096];
    loop {
        // A terminal whose other end is closed is an error, and the end.
        let count = output.read(&mut bytes).unwrap_or(0);
        let mut now = said.0.lock().unwrap_or_else(PoisonError::into_inner);
        now.text.extend(&bytes[..count]);
        now.is_over = count == 0;
        said.1.notify_all();
        if count == 0 {
            return;
        }
    }
}
