//! What the harness itself costs, over the whole way from one process to the next: at most 20 ms for
//! each invocation, and at most a hundredth of a benchmark's time while it runs.
//!
//! Between two invocations kraitbench judges, stores and starts. How long that takes is the time from
//! one stored file to the next without the process between them, and the processor time of a run of
//! short processes. What is spent while a benchmark runs is processor time: of a run of long processes,
//! without that of as many short ones. There are few of either, so that the difference is not lost in
//! how differently the same work between processes takes its time.
//!
//! The machine that tests is not the machine that measures: what else it does adds to every time, so
//! the least of all rounds counts. What kraitbench waits for by itself is in each.

mod tree;

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::Path;
use std::time::{Duration, SystemTime};

use model::Criterion;
use store::Store;
use tree::Tree;

const INVOCATIONS: u32 = 7;
/// Measured once more, at most so many times, where something else took the machine's caches.
const ROUNDS: usize = 4;
const MOST_BETWEEN: Duration = Duration::from_millis(20);
const MOST_WHILE: f64 = 0.01;

/// A run of one program: what was spent between and while its processes ran.
#[derive(Clone, Copy)]
struct Spent {
    /// From one process to the next, at the least and in the median.
    between: (Duration, Duration),
    /// Processor time of kraitbench from the first stored file to the last.
    processor: Duration,
    /// The processes' own time, all but the first.
    processes: Duration,
}

/// Measures a program with this body, three iterations a process.
fn spent(body: &str) -> Spent {
    let tree = Tree::of(&[("one", body)], INVOCATIONS);
    let mut child = tree.command(&["run", "test.yaml"]).spawn().unwrap();
    let mut seen: Vec<Duration> = Vec::new();
    let mut threads = HashMap::new();
    while child.try_wait().unwrap().is_none() {
        look(child.id(), &mut threads);
        if tree.kept().len() > seen.len() {
            seen.resize(tree.kept().len(), threads.values().sum());
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    let at: Vec<SystemTime> = tree.kept().iter().map(|path| written(path)).collect();
    assert_eq!(at.len(), INVOCATIONS as usize, "all are kept");
    let walls = walls(&tree.path("store"));
    let mut between: Vec<Duration> = at
        .windows(2)
        .zip(&walls[1..])
        .map(|(two, wall)| two[1].duration_since(two[0]).unwrap().saturating_sub(*wall))
        .collect();
    between.sort_unstable();
    Spent {
        between: (between[0], between[between.len() / 2]),
        processor: seen[seen.len() - 1].saturating_sub(seen[0]),
        processes: walls[1..].iter().sum(),
    }
}

impl Spent {
    /// The less of each in two runs of one program.
    fn or_less(self, other: Spent) -> Spent {
        Spent {
            between: (
                self.between.0.min(other.between.0),
                self.between.1.min(other.between.1),
            ),
            processor: self.processor.min(other.processor),
            processes: self.processes.min(other.processes),
        }
    }
}

fn written(path: &Path) -> SystemTime {
    std::fs::metadata(path).unwrap().modified().unwrap()
}

/// How long each process took, in the order in which they ran.
fn walls(folder: &Path) -> Vec<Duration> {
    let store = Store::open(folder).unwrap();
    let (stored, _) = store.load(&store.ids().unwrap()[0]).unwrap();
    let wall = |one: &model::Invocation| {
        let mut samples = one.samples.iter();
        let found = samples.find(|sample| sample.criterion == Criterion::ProcessWall);
        Duration::from_nanos(found.unwrap().value as u64)
    };
    stored.invocations.iter().map(wall).collect()
}

/// Notes the processor time of each thread of a process, as the scheduler knows it: what the kernel
/// tells in ticks is off by more than what is asked here. A thread that has gone keeps what was noted.
fn look(process: u32, threads: &mut HashMap<OsString, Duration>) {
    let Ok(entries) = std::fs::read_dir(format!("/proc/{process}/task")) else {
        return;
    };
    for entry in entries.flatten() {
        let text = std::fs::read_to_string(entry.path().join("schedstat")).unwrap_or_default();
        let ran_ns = text.split_whitespace().next().map(str::parse);
        if let Some(Ok(ran_ns)) = ran_ns {
            threads.insert(entry.file_name(), Duration::from_nanos(ran_ns));
        }
    }
}

/// What is over its bound, in words.
fn judged(short: &Spent, long: &Spent) -> Result<(), String> {
    let each = short.processor / (INVOCATIONS - 1);
    let more = long.processor.saturating_sub(short.processor);
    eprintln!(
        "from process to process {:.1?} at the least, {:.1?} in the median, {each:.1?} of a \
         processor; {more:.1?} more while benchmarks ran for {:.1?}",
        short.between.0, short.between.1, long.processes,
    );
    let most = long.processes.mul_f64(MOST_WHILE);
    let least = short.between.0.max(long.between.0);
    if least > MOST_BETWEEN {
        Err(format!("{least:?} from one process to the next"))
    } else if each > MOST_BETWEEN {
        Err(format!("{each:?} of a processor for each"))
    } else if more > most {
        Err(format!(
            "{more:?} of a processor while benchmarks ran, at most {most:?}"
        ))
    } else {
        Ok(())
    }
}

#[test]
fn an_invocation_and_a_benchmark_s_time_cost_little() {
    let mut least: Option<(Spent, Spent)> = None;
    let mut found = Ok(());
    for _ in 0..ROUNDS {
        let (short, long) = (spent("pass"), spent("time.sleep(0.35)"));
        assert!(
            short.processor > Duration::ZERO,
            "the kernel tells what threads ran"
        );
        let (short, long) = match least {
            None => (short, long),
            Some(before) => (short.or_less(before.0), long.or_less(before.1)),
        };
        least = Some((short, long));
        found = judged(&short, &long);
        if found.is_ok() {
            return;
        }
    }
    if let Err(over) = found {
        panic!("{over}");
    }
}
