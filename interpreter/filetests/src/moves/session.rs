//! The debugger as it is measured: lines typed, answers in JSON, each timed.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

use super::limit::Limit;
use super::size::group_bytes;

/// How long the debugger may take to leave.
const LEAVING: Duration = Duration::from_secs(60);

/// The debugger, and what its last answer took.
pub(super) struct Session {
    child: Child,
    stdin: Option<ChildStdin>,
    /// Its lines, as they come.
    answers: Receiver<String>,
    limit: Limit,
    pub(super) took: Duration,
    /// The most that all its processes were seen to take.
    pub(super) bytes_max: u64,
}

impl Session {
    pub(super) fn open(krait: &Path, log: &Path, limit: Limit) -> Result<Session, String> {
        let began = Instant::now();
        let mut child = Command::new(krait)
            .arg("--replay")
            .arg(log)
            .arg("--json")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .process_group(0)
            .spawn()
            .map_err(|e| format!("cannot start the debugger: {e}"))?;
        let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(String::from("the debugger has no pipes"));
        };
        let (tell, answers) = channel();
        thread::spawn(move || {
            // Who does not listen any more wants no more.
            let lines = BufReader::new(stdout).lines().map_while(Result::ok);
            let _ = lines
                .map(|line| tell.send(line))
                .take_while(Result::is_ok)
                .count();
        });
        let mut session = Session {
            child,
            stdin: Some(stdin),
            answers,
            limit,
            took: Duration::ZERO,
            bytes_max: 0,
        };
        session.answer(began, "opening")?;
        Ok(session)
    }

    /// A command, and the line that answers it.
    pub(super) fn type_in(&mut self, line: &str) -> Result<String, String> {
        let began = Instant::now();
        let gone = || String::from("the debugger is gone");
        let stdin = self.stdin.as_mut().ok_or_else(gone)?;
        let sent = writeln!(stdin, "{line}").and_then(|()| stdin.flush());
        sent.map_err(|e| format!("{}: {e}", gone()))?;
        let answer = self.answer(began, line)?;
        eprintln!("{:9.3} s  {line}", self.took.as_secs_f64());
        self.bytes_max = self.bytes_max.max(group_bytes(self.child.id()));
        Ok(answer)
    }

    fn answer(&mut self, began: Instant, what: &str) -> Result<String, String> {
        let answer = self.answers.recv_timeout(self.limit.left(what)?);
        self.took = began.elapsed();
        answer.map_err(|error| match error {
            RecvTimeoutError::Timeout => format!("the time limit passed ({what})"),
            RecvTimeoutError::Disconnected => {
                format!("the debugger answers no more ({what})")
            }
        })
    }

    /// Leaves, and waits until the debugger has ended.
    pub(super) fn quit(mut self) -> Result<(), String> {
        // The end of its input is the end of the session.
        self.stdin = None;
        let end = Instant::now() + LEAVING;
        while self.child.try_wait().map_err(|e| e.to_string())?.is_none() {
            if Instant::now() > end {
                return Err(String::from("the debugger does not leave"));
            }
            thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if let Some(group) = Pid::from_raw(self.child.id() as i32) {
            // It may have ended.
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = self.child.wait();
    }
}

/// The time in an answer.
pub(super) fn time_of(answer: &str) -> Result<u64, String> {
    let time = answer.split("\"time\":").nth(1).map(|rest| {
        let digits = rest.trim_start();
        let end = digits.find(|c: char| !c.is_ascii_digit());
        &digits[..end.unwrap_or(digits.len())]
    });
    let time = time.and_then(|digits| digits.parse().ok());
    time.ok_or_else(|| format!("an answer without a time: {answer}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_from_answers() {
        assert_eq!(time_of("{\"a\": 1, \"time\": 12, \"b\": 3}"), Ok(12));
        assert_eq!(time_of("{\"time\":7}"), Ok(7));
        assert!(time_of("{}").is_err() && time_of("{\"time\":null}").is_err());
    }

    /// A debugger that is a shell script.
    fn pretended(script: &str, seconds: u64) -> Result<Session, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("krait");
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        let done = Command::new("chmod").arg("+x").arg(&path).status().unwrap();
        assert!(done.success());
        // A file just written may still be open in another test's child.
        for _ in 0..100 {
            match Session::open(&path, Path::new("log"), Limit::of(Some(seconds))) {
                Err(told) if told.contains("busy") => thread::sleep(Duration::from_millis(20)),
                opened => return opened,
            }
        }
        Err(String::from("the script is busy"))
    }

    #[test]
    fn who_does_not_answer_is_given_up() {
        let mut session = pretended("echo begin; read line; sleep 30", 2).unwrap();
        let told = session.type_in("go 7").unwrap_err();
        assert!(told.contains("limit") && told.contains("go 7"), "{told}");
        let told = pretended("exit 0", 20).err().unwrap();
        assert!(told.contains("answers no more"), "{told}");
    }

    #[test]
    fn leaving_waits_for_the_end() {
        let mut session = pretended("echo begin; read line; echo $line; read line", 20).unwrap();
        assert_eq!(session.type_in("when").unwrap(), "when");
        session.quit().unwrap();
    }
}
