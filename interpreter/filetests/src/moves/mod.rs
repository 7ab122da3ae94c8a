//! How fast one moves in a recording, and what recording costs: all bounds of the debugger in one
//! table.
//!
//! A program that computes is recorded, and its log gone through. Each move is typed into the
//! debugger, which answers in JSON, and timed from the line sent to the line received (`session`). The
//! debugger's processes are in one group of processes, whose proportional sizes (`size`) are added up
//! after each move. A program that reads is recorded as well (`programs`), and, if they are given, the
//! programs of the suite (`suite`). Bounds are those for a log of ten minutes; a shorter log is held
//! to them as well, and no slower machine is excused.
//!
//! What was measured when the time limit passed, or something failed, is told; the rest counts as
//! missed.
//!
//! What it does not prove: that an arbitrary program's recording is moved in as fast. A program that
//! keeps changing much of its memory leaves room for fewer moments.

mod limit;
mod programs;
mod session;
mod size;
mod suite;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use limit::Limit;
use programs::{Executables, How};
use session::{Session, time_of};

const PROGRAM: &str = include_str!("moves.py");
/// How large the file is that is read, by how long the other program runs, and at most.
const READ_BYTES_A_SECOND: f64 = 20e6;
const READ_BYTES_MAX: f64 = 1e9;
/// Rounds of the runs whose difference tells how long a round takes: what both do before the first
/// round, which is as much as many rounds, cancels out.
const TRIAL_ROUNDS: [u64; 2] = [500, 5000];
/// What recording costs is found by short runs in turn: so long, and this part of the long one at most.
const COST_SECONDS: f64 = 20.0;
const COST_PART: f64 = 0.3;
/// The mark is last written to so much before the end, of a long and of a short log.
const SEARCH_SECONDS: f64 = 60.0;
const SEARCH_PART: f64 = 0.5;
/// Random times that are gone to.
const TIMES: u64 = 24;
/// How often what is short is run, recorded and not in turn.
const ROUNDS: usize = 3;
/// The same of what takes a part of a second.
const READING_ROUNDS: usize = 9;

/// What to measure.
pub struct Setup {
    /// The executable that records.
    pub krait: PathBuf,
    /// The one that recorded runs are compared with.
    pub plain: PathBuf,
    /// How long the recorded program runs, about.
    pub seconds: f64,
    pub limit_seconds: Option<u64>,
    /// The folder of the suites, if their programs are to be measured, and for how long each.
    pub suites: Option<PathBuf>,
    pub suite_seconds: f64,
}

/// What was measured, and what it should be.
pub struct Figure {
    pub what: &'static str,
    pub value: f64,
    pub unit: &'static str,
    pub bound: f64,
}

impl Figure {
    pub fn is_met(&self, slack: f64) -> bool {
        self.value <= self.bound * slack
    }
}

/// The figures, as far as they came, and why no further if that is so.
#[derive(Default)]
pub struct Table {
    pub figures: Vec<Figure>,
    pub broken: Option<String>,
}

impl Table {
    fn add(&mut self, what: &'static str, value: f64, unit: &'static str, bound: f64) {
        eprintln!("{value:9.3} {unit:4} {what} (at most {bound})");
        self.figures.push(Figure {
            what,
            value,
            unit,
            bound,
        });
    }
}

/// Measures; all figures are to be at most their bounds.
pub fn run(setup: &Setup) -> Table {
    let mut table = Table::default();
    table.broken = measure(setup, &mut table).err();
    table
}

fn measure(setup: &Setup, table: &mut Table) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|e| format!("cannot make a folder: {e}"))?;
    let folder = folder.path();
    let executables = Executables {
        krait: setup.krait.clone(),
        plain: setup.plain.clone(),
        limit: Limit::of(setup.limit_seconds),
    };
    let read_bytes = (setup.seconds * READ_BYTES_A_SECOND).min(READ_BYTES_MAX) as usize;
    let reading = programs::reading(&executables, folder, read_bytes, READING_ROUNDS)?;
    table.add(
        "a reader recorded, times the plain run",
        reading.times,
        "",
        1.5,
    );
    table.add("its log, times the bytes read", reading.log_part, "", 1.1);
    if let Some(suites) = &setup.suites {
        let costs = suite::costs(&executables, suites, folder, setup.suite_seconds, ROUNDS)?;
        table.add(
            "the suite recorded, times the plain run",
            costs.recording,
            "",
            1.15,
        );
        table.add(
            "the suite replayed, times the plain run",
            costs.replaying,
            "",
            1.25,
        );
        let log = costs.log_bytes_a_second / 1000.0;
        table.add("the suite's logs", log, "kB/s", 20.0);
    }
    in_long_log(setup, &executables, folder, table)
}

/// How fast the long program runs.
struct Pace {
    /// Seconds of a round, plainly.
    round_s: f64,
    /// What it takes recorded, times that.
    recording: f64,
    /// The rounds of a run that is short beside the long one.
    short: u64,
}

impl Pace {
    fn rounds_in(&self, seconds: f64) -> u64 {
        (seconds / self.round_s).max(100.0) as u64
    }
}

fn words(rounds: u64, last_write: u64) -> [OsString; 2] {
    [rounds, last_write].map(|number| number.to_string().into())
}

/// Finds out how fast the program runs, plainly and recorded, by runs that are short beside one of so
/// many seconds; the fastest count.
fn pace(
    executables: &Executables,
    script: &Path,
    seconds: f64,
    log: &Path,
) -> Result<Pace, String> {
    let mut trial = TRIAL_ROUNDS.map(|_| f64::INFINITY);
    for _ in 0..ROUNDS {
        for (least, rounds) in trial.iter_mut().zip(TRIAL_ROUNDS) {
            let taken = executables.run(script, &words(rounds, 0), How::Plainly)?;
            *least = least.min(taken);
        }
    }
    let more = (TRIAL_ROUNDS[1] - TRIAL_ROUNDS[0]) as f64;
    let about = Pace {
        round_s: (trial[1] - trial[0]).max(trial[1] / 10.0) / more,
        recording: 1.0,
        short: 0,
    };
    let rounds = about.rounds_in(COST_SECONDS.min(seconds * COST_PART));
    let (mut plain, mut recorded) = (f64::INFINITY, f64::INFINITY);
    for _ in 0..ROUNDS {
        let taken = executables.run(script, &words(rounds, 0), How::Plainly)?;
        plain = plain.min(taken);
        let taken = executables.run(script, &words(rounds, 0), How::Recorded(log))?;
        recorded = recorded.min(taken);
        eprintln!("{plain:9.3} s plainly, {recorded:.3} s recorded: {rounds} rounds");
    }
    Ok(Pace {
        round_s: plain / rounds as f64,
        recording: recorded / plain,
        short: rounds,
    })
}

/// Records the long run and moves in its log.
fn in_long_log(
    setup: &Setup,
    executables: &Executables,
    folder: &Path,
    table: &mut Table,
) -> Result<(), String> {
    let script = folder.join("moves.py");
    fs::write(&script, PROGRAM).map_err(|e| format!("cannot write the program: {e}"))?;
    let log = folder.join("moves.rdb");
    let pace = pace(executables, &script, setup.seconds, &log)?;
    let rounds = pace.rounds_in(setup.seconds);
    let part = (SEARCH_SECONDS / setup.seconds).min(SEARCH_PART);
    let last_write = (rounds as f64 * (1.0 - part)) as u64;
    let recorded =
        executables.run_sized(&script, &words(rounds, last_write), How::Recorded(&log))?;
    table.add("recorded, times the plain run", pace.recording, "", 1.15);
    let log_bytes = fs::metadata(&log).map_or(0, |data| data.len());
    let log_rate = log_bytes as f64 / 1000.0 / recorded.seconds;
    table.add("log", log_rate, "kB/s", 20.0);
    let open = || Session::open(&setup.krait, &log, executables.limit);
    let mut session = open()?;
    table.add(
        "opening for the first time",
        session.took.as_secs_f64(),
        "s",
        2.0,
    );
    let times = first_pass(&mut session, || {
        let taken = executables.run(&script, &words(pace.short, 0), How::Plainly)?;
        Ok(taken / pace.short as f64 * rounds as f64)
    })?;
    table.add("first pass, times the plain run", times, "", 1.25);
    searches(&mut session, table)?;
    moves(&mut session, table, FIRST_SESSION)?;
    let mut bytes_max = session.bytes_max;
    // Somewhere far from start and end, so that coming back takes what it takes.
    let end = session.type_in("go end").map(|answer| time_of(&answer))??;
    session.type_in(&format!("go {}", end / 2))?;
    session.quit()?;
    let mut session = open()?;
    table.add(
        "opening after the first pass",
        session.took.as_secs_f64(),
        "s",
        2.0,
    );
    session.type_in("go end")?;
    moves(&mut session, table, LATER_SESSION)?;
    bytes_max = bytes_max.max(session.bytes_max);
    let times = bytes_max as f64 / recorded.bytes as f64;
    table.add(
        "memory of all processes, times the recording's",
        times,
        "",
        3.0,
    );
    Ok(())
}

/// How long the first pass takes, times a plain run. What a machine does in a second changes within the
/// ten minutes that this takes, so what a plain run takes (`plain_s`) is asked just before and just after.
fn first_pass(
    session: &mut Session,
    plain_s: impl Fn() -> Result<f64, String>,
) -> Result<f64, String> {
    let before = plain_s()?;
    session.type_in("go end")?;
    let taken = session.took.as_secs_f64();
    let after = plain_s()?;
    eprintln!("{before:9.3} s plainly by a run before, {after:.3} s by one after");
    Ok(taken / ((before + after) / 2.0))
}

/// Back from the end to where the mark was written to.
fn searches(session: &mut Session, table: &mut Table) -> Result<(), String> {
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
        table.add(what, session.took.as_secs_f64(), "s", bound);
        if !answer.contains("Watchpoint") {
            return Err(format!("the write of the mark was not found: {answer}"));
        }
        session.type_in(&format!("delete {}", numbers[1]))?;
    }
    Ok(())
}

const MOVES: [&str; 4] = ["go", "bstep", "bnext", "bfinish"];
/// What median and worst of each are called.
type Names = [(&'static str, &'static str); MOVES.len()];
const FIRST_SESSION: Names = [
    ("go to a random time, median", "the same, worst"),
    ("bstep, median", "bstep, worst"),
    ("bnext, median", "bnext, worst"),
    ("bfinish, median", "bfinish, worst"),
];
const LATER_SESSION: Names = [
    ("opened again: go, median", "opened again: go, worst"),
    ("opened again: bstep, median", "opened again: bstep, worst"),
    ("opened again: bnext, median", "opened again: bnext, worst"),
    (
        "opened again: bfinish, median",
        "opened again: bfinish, worst",
    ),
];

/// Random times, and from each a few moves back.
fn moves(session: &mut Session, table: &mut Table, names: Names) -> Result<(), String> {
    let end = session.type_in("go end").map(|answer| time_of(&answer))??;
    let mut took = MOVES.map(|_| Vec::new());
    let mut state: u64 = 20;
    for _ in 0..TIMES {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let time = 1 + (state >> 33) % end;
        for (name, took) in MOVES.iter().zip(&mut took) {
            let line = match *name {
                "go" => format!("go {time}"),
                name => name.to_owned(),
            };
            session.type_in(&line)?;
            took.push(session.took.as_secs_f64());
        }
    }
    for (took, (median, worst)) in took.iter_mut().zip(names) {
        took.sort_by(f64::total_cmp);
        table.add(median, took[took.len() / 2], "s", 0.2);
        table.add(worst, took[took.len() - 1], "s", 2.0);
    }
    Ok(())
}
