//! How fast one moves in a recording: a program that computes is recorded, and its log gone through.
//!
//! Each move is typed into the debugger, which answers in JSON, and timed from the line sent to the
//! line received. The debugger's processes are in one group of processes, whose proportional sizes
//! are added up after each move. Bounds are those for a log of ten minutes; a shorter log is held to
//! them as well, and no slower machine is excused.
//!
//! What it does not prove: that an arbitrary program's recording is moved in as fast. A program that
//! keeps changing much of its memory leaves room for fewer moments.

use std::ffi::OsString;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

const PROGRAM: &str = include_str!("moves.py");
/// A program that reads a file in large pieces, and then a hundred thousand small ones, with a look at
/// the clock after each.
const READER: &str = "\
import sys, time
total = 0
with open(sys.argv[1], 'rb') as file:
    while piece := file.read(1 << 16):
        total += len(piece)
with open(sys.argv[1], 'rb', buffering=0) as file:
    for _ in range(100_000):
        total += len(file.read(100))
        time.perf_counter()
print(total)
";
/// How large the file is, by how long the other program runs, and at most.
const READ_BYTES_A_SECOND: f64 = 20e6;
const READ_BYTES_MAX: f64 = 1e9;
/// Rounds of the run that tells how long a round takes.
const TRIAL_ROUNDS: u64 = 300;
/// The mark is last written to so much before the end, of a long and of a short log.
const SEARCH_SECONDS: f64 = 60.0;
const SEARCH_PART: f64 = 0.5;
/// Random times that are gone to.
const TIMES: u64 = 24;

/// What to measure.
pub struct Setup {
    pub krait: PathBuf,
    pub seconds: f64,
}

/// What was measured, and what it should be.
pub struct Figure {
    pub what: &'static str,
    pub value: f64,
    pub unit: &'static str,
    pub bound: f64,
}

impl Figure {
    pub fn is_met(&self) -> bool {
        self.value <= self.bound
    }
}

/// Measures; all figures are to be at most their bounds.
pub fn run(setup: &Setup) -> Result<Vec<Figure>, String> {
    let folder = tempfile::tempdir().map_err(|e| format!("cannot make a folder: {e}"))?;
    let script = folder.path().join("moves.py");
    fs::write(&script, PROGRAM).map_err(|e| format!("cannot write the program: {e}"))?;
    let log = folder.path().join("moves.rdb");
    let trial = computing(setup, &script, TRIAL_ROUNDS, 0, None)?.seconds;
    let rounds = (TRIAL_ROUNDS as f64 * setup.seconds / trial).max(100.0) as u64;
    let part = (SEARCH_SECONDS / setup.seconds).min(SEARCH_PART);
    let last_write = (rounds as f64 * (1.0 - part)) as u64;
    let plain = computing(setup, &script, rounds, last_write, None)?;
    let recorded = computing(setup, &script, rounds, last_write, Some(&log))?;
    let log_bytes = fs::metadata(&log).map_or(0, |data| data.len());
    let mut figures = vec![
        figure(
            "recording, times the plain run",
            recorded.seconds / plain.seconds,
            "",
            1.15,
        ),
        figure(
            "log, kB a second",
            log_bytes as f64 / 1000.0 / recorded.seconds,
            "kB/s",
            20.0,
        ),
    ];
    reading(setup, folder.path(), &mut figures)?;
    let mut session = Session::open(setup, &log)?;
    let opened = session.took.as_secs_f64();
    session.type_in("go end")?;
    figures.push(figure(
        "first pass, times the plain run",
        session.took.as_secs_f64() / plain.seconds,
        "",
        1.25,
    ));
    figures.push(figure("opening", opened, "s", 2.0));
    searches(&mut session, &mut figures)?;
    moves(&mut session, &mut figures)?;
    figures.push(figure(
        "memory of all processes, times the program's",
        session.bytes_max as f64 / plain.bytes as f64,
        "",
        3.0,
    ));
    Ok(figures)
}

fn figure(what: &'static str, value: f64, unit: &'static str, bound: f64) -> Figure {
    Figure {
        what,
        value,
        unit,
        bound,
    }
}

/// Back from the end to where the mark was written to.
fn searches(session: &mut Session, figures: &mut Vec<Figure>) -> Result<(), String> {
    for (what, watched, bound, numbers) in [
        ("back to a write, by the barrier", "$0.value", 5.0, [1, 2]),
        (
            "back to a change of an expression",
            "repr($0.value)",
            20.0,
            [3, 4],
        ),
    ] {
        session.type_in("go end")?;
        // Where the mark is at hand.
        session.type_in("break finished")?;
        session.type_in("bcontinue")?;
        session.type_in("p mark")?;
        session.type_in(&format!("delete {}", numbers[0]))?;
        session.type_in(&format!("watch {watched}"))?;
        let answer = session.type_in("bcontinue")?;
        figures.push(figure(what, session.took.as_secs_f64(), "s", bound));
        if !answer.contains("Watchpoint") {
            return Err(format!("the write of the mark was not found: {answer}"));
        }
        session.type_in(&format!("delete {}", numbers[1]))?;
    }
    Ok(())
}

fn moves(session: &mut Session, figures: &mut Vec<Figure>) -> Result<(), String> {
    let end = session.type_in("go end").map(|answer| time_of(&answer))??;
    let names = ["go", "bstep", "bnext", "bfinish"];
    let mut took = names.map(|_| Vec::new());
    let mut state: u64 = 20;
    for _ in 0..TIMES {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let time = 1 + (state >> 33) % end;
        for (name, took) in names.iter().zip(&mut took) {
            let line = match *name {
                "go" => format!("go {time}"),
                name => name.to_owned(),
            };
            session.type_in(&line)?;
            took.push(session.took.as_secs_f64());
        }
    }
    const WHAT: [(&str, &str); 4] = [
        ("go to a random time, median", "the same, worst"),
        ("bstep, median", "bstep, worst"),
        ("bnext, median", "bnext, worst"),
        ("bfinish, median", "bfinish, worst"),
    ];
    for (took, (median, worst)) in took.iter_mut().zip(WHAT) {
        took.sort_by(f64::total_cmp);
        figures.push(figure(median, took[took.len() / 2], "s", 0.2));
        figures.push(figure(worst, took[took.len() - 1], "s", 2.0));
    }
    Ok(())
}

/// What a run of the program took.
struct Taken {
    seconds: f64,
    bytes: u64,
}

/// What recording costs a program that reads.
fn reading(setup: &Setup, folder: &Path, figures: &mut Vec<Figure>) -> Result<(), String> {
    let explain = |e: std::io::Error| format!("cannot write what is to be read: {e}");
    let (script, data) = (folder.join("reader.py"), folder.join("data"));
    fs::write(&script, READER).map_err(explain)?;
    let count = (setup.seconds * READ_BYTES_A_SECOND).min(READ_BYTES_MAX) as usize / 8;
    let mut state: u64 = 1;
    let noise = (0..count).flat_map(|_| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state ^ state >> 29).to_le_bytes()
    });
    fs::write(&data, noise.collect::<Vec<u8>>()).map_err(explain)?;
    let log = folder.join("reader.rdb");
    let words = [data.as_os_str().to_owned()];
    let plain = program(setup, &script, &words, None)?;
    let recorded = program(setup, &script, &words, Some(&log))?;
    let log_bytes = fs::metadata(&log).map_or(0, |data| data.len()) as f64;
    // The hundred thousand small pieces are of a hundred bytes each.
    let read_bytes = count as f64 * 8.0 + 1e7;
    figures.push(figure(
        "recording a reader, times the plain run",
        recorded.seconds / plain.seconds,
        "",
        1.5,
    ));
    let part = log_bytes / read_bytes;
    figures.push(figure("its log, times the bytes read", part, "", 1.1));
    for file in [data, log] {
        fs::remove_file(file).map_err(explain)?;
    }
    Ok(())
}

fn computing(
    setup: &Setup,
    script: &Path,
    rounds: u64,
    last_write: u64,
    record: Option<&Path>,
) -> Result<Taken, String> {
    let words = [rounds, last_write].map(|number| number.to_string().into());
    program(setup, script, &words, record)
}

fn program(
    setup: &Setup,
    script: &Path,
    words: &[OsString],
    record: Option<&Path>,
) -> Result<Taken, String> {
    let mut command = Command::new(&setup.krait);
    if let Some(log) = record {
        command.arg("--record").arg(log);
    }
    command.arg(script).args(words);
    command.stdin(Stdio::null()).stdout(Stdio::null());
    let began = Instant::now();
    let start = command.spawn();
    let mut child = start.map_err(|e| format!("cannot start {}: {e}", setup.krait.display()))?;
    let mut bytes = 0;
    let status = loop {
        bytes = bytes.max(size_of(child.id()).unwrap_or(0));
        match child.try_wait().map_err(|e| e.to_string())? {
            Some(status) => break status,
            None => std::thread::sleep(Duration::from_millis(20)),
        }
    };
    if !status.success() {
        return Err(format!("the program failed: {status}"));
    }
    Ok(Taken {
        seconds: began.elapsed().as_secs_f64(),
        bytes,
    })
}

/// The debugger, and what its last answer took.
struct Session {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    took: Duration,
    bytes_max: u64,
}

impl Session {
    fn open(setup: &Setup, log: &Path) -> Result<Session, String> {
        let began = Instant::now();
        let mut child = Command::new(&setup.krait)
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
        let mut session = Session {
            child,
            stdin,
            stdout: BufReader::new(stdout),
            took: Duration::ZERO,
            bytes_max: 0,
        };
        session.answer(began)?;
        Ok(session)
    }

    /// A command, and the line that answers it.
    fn type_in(&mut self, line: &str) -> Result<String, String> {
        let began = Instant::now();
        let sent = writeln!(self.stdin, "{line}").and_then(|()| self.stdin.flush());
        sent.map_err(|e| format!("the debugger is gone: {e}"))?;
        let answer = self.answer(began)?;
        eprintln!("{:9.3} s  {line}", self.took.as_secs_f64());
        self.bytes_max = self.bytes_max.max(group_bytes(self.child.id()));
        Ok(answer)
    }

    fn answer(&mut self, began: Instant) -> Result<String, String> {
        let mut answer = String::new();
        let read = self.stdout.read_line(&mut answer);
        self.took = began.elapsed();
        match read {
            Ok(0) | Err(_) => Err(String::from("the debugger answers no more")),
            Ok(_) => Ok(answer),
        }
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
fn time_of(answer: &str) -> Result<u64, String> {
    let time = answer.split("\"time\":").nth(1).map(|rest| {
        let digits = rest.trim_start();
        let end = digits.find(|c: char| !c.is_ascii_digit());
        &digits[..end.unwrap_or(digits.len())]
    });
    let time = time.and_then(|digits| digits.parse().ok());
    time.ok_or_else(|| format!("an answer without a time: {answer}"))
}

/// The proportional size of a process.
fn size_of(process: u32) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{process}/smaps_rollup")).ok()?;
    let line = text.lines().find(|line| line.starts_with("Pss:"))?;
    let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes << 10)
}

/// The proportional sizes of a group's processes together.
fn group_bytes(group: u32) -> u64 {
    let Ok(entries) = fs::read_dir("/proc") else {
        return 0;
    };
    let processes = entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    processes
        .filter(|&process| group_of(process) == Some(group))
        .filter_map(size_of)
        .sum()
}

fn group_of(process: u32) -> Option<u32> {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // Behind the name, which may hold anything: state, parent, group.
    let (_, behind) = text.rsplit_once(')')?;
    behind.split_whitespace().nth(2)?.parse().ok()
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

    #[test]
    fn a_process_is_in_its_group_and_has_a_size() {
        let own = std::process::id();
        assert!(size_of(own).is_some_and(|bytes| bytes > 100_000));
        assert!(group_of(own).is_some_and(|group| group_bytes(group) > 100_000));
    }
}
