//! From what is left of a process to its outcome and its samples.
//!
//! Several things can be wrong at once; the outcome names the one that explains the others. A
//! limit that was enforced explains a missing end record. A wrong digest explains the status 1
//! that the program gives itself for it. A crash explains a record that was cut short.

use model::{Benchmark, ClockKind, Criterion, Expected, Fact, Outcome, Reported, Sample};

use crate::jit_summary;
use crate::protocol::{self, Malformed, Told};
use crate::{End, Ended, Usage};

pub(crate) struct Judged {
    pub outcome: Outcome,
    pub samples: Vec<Sample>,
    pub absent: Vec<Fact>,
    pub benchmark_version: u32,
    pub reported: Reported,
}

pub(crate) fn judge(benchmark: &Benchmark, clock: ClockKind, ended: &Ended) -> Judged {
    let told = protocol::read(&ended.records, benchmark);
    let (samples, absent) = samples(clock, ended, &told);
    Judged {
        outcome: outcome(benchmark, ended, &told),
        samples,
        absent,
        benchmark_version: told.version,
        reported: told.reported,
    }
}

fn outcome(benchmark: &Benchmark, ended: &Ended, told: &Told) -> Outcome {
    limit_or_refusal(benchmark, ended)
        .or_else(|| wrong_result(benchmark, told))
        .or_else(|| crash(ended))
        .or_else(|| bad_protocol(benchmark, ended, told))
        .unwrap_or(Outcome::Ok)
}

fn limit_or_refusal(benchmark: &Benchmark, ended: &Ended) -> Option<Outcome> {
    match &ended.end {
        End::TimedOut => Some(Outcome::TimedOut {
            limit_s: benchmark.limits.time_s,
        }),
        End::OutOfMemory { seen_bytes } => Some(Outcome::OutOfMemory {
            limit_bytes: benchmark.limits.memory_bytes,
            seen_bytes: *seen_bytes,
        }),
        End::Missing(message) => Some(Outcome::MissingExecutor {
            message: message.clone(),
        }),
        End::NotBuilt(reason) => Some(Outcome::NotBuilt {
            reason: reason.clone(),
        }),
        End::NotStarted(message) => Some(Outcome::NotStarted {
            message: message.clone(),
        }),
        End::Exited(_) | End::Signalled(_) | End::Interrupted => None,
    }
}

/// All iterations agree, and with what is expected if that is known.
fn wrong_result(benchmark: &Benchmark, told: &Told) -> Option<Outcome> {
    let expected = match &benchmark.expected {
        Expected::Digest(digest) => digest,
        Expected::Unchecked => &told.iterations.first()?.digest,
    };
    let iterations = told.iterations.iter().map(|iteration| &iteration.digest);
    let wrong = |iteration, got: &String| Outcome::WrongResult {
        iteration,
        expected: expected.clone(),
        got: got.clone(),
    };
    for (index, got) in iterations.enumerate() {
        if got != expected {
            return Some(wrong(Some(index as u32), got));
        }
    }
    told.end
        .as_ref()
        .filter(|got| *got != expected)
        .map(|got| wrong(None, got))
}

fn crash(ended: &Ended) -> Option<Outcome> {
    let (signal, exit) = match ended.end {
        End::Exited(0) => return None,
        End::Exited(status) => (None, Some(status)),
        End::Signalled(signal) => (Some(signal), None),
        _ => (None, None),
    };
    Some(Outcome::Crashed {
        signal,
        exit,
        stderr_tail: ended.stderr_tail.clone(),
    })
}

fn bad_protocol(benchmark: &Benchmark, ended: &Ended, told: &Told) -> Option<Outcome> {
    let bad = |wrong: &Malformed| Outcome::BadProtocol {
        line: wrong.line.clone(),
        problem: wrong.problem.clone(),
    };
    if let Some(wrong) = &told.wrong {
        return Some(bad(wrong));
    }
    if ended.records_cut {
        return Some(Outcome::BadProtocol {
            line: String::new(),
            problem: "it printed more records than are read; ask for fewer iterations".to_owned(),
        });
    }
    protocol::missing(told, benchmark).as_ref().map(bad)
}

/// What was measured, and what was to be and was not.
fn samples(clock: ClockKind, ended: &Ended, told: &Told) -> (Vec<Sample>, Vec<Fact>) {
    let mut samples = Vec::new();
    for (index, iteration) in told.iterations.iter().enumerate() {
        let mut sample = |criterion, value| {
            samples.push(Sample {
                criterion,
                iteration: Some(index as u32),
                value,
            });
        };
        sample(Criterion::Wall, iteration.wall_ns as f64);
        for (name, value) in &iteration.jit {
            sample(Criterion::Jit(name.clone()), *value);
        }
    }
    let mut absent = ended.absent.clone();
    let mut whole = ended.counts.clone();
    match (&ended.usage, clock.counts()) {
        (Some(usage), false) => accounted(usage, &mut whole, &mut absent),
        (Some(usage), true) => {
            whole.push((Criterion::ProcessWall, usage.wall_ns as f64));
            for criterion in ACCOUNTED {
                let why = "the kernel would tell what the tool that counts takes";
                absent.push(Fact::new(criterion.name(), why));
            }
        }
        (None, _) => {}
    }
    let summary = ended.jit_summary.iter();
    let summary = summary.flat_map(|text| jit_summary::parse(text));
    whole.extend(summary.map(|(label, value)| (Criterion::JitSummary(label), value)));
    samples.extend(whole.into_iter().map(|(criterion, value)| Sample {
        criterion,
        iteration: None,
        value,
    }));
    (samples, absent)
}

/// What the kernel accounts of a process beside its wall time.
const ACCOUNTED: [Criterion; 7] = [
    Criterion::UserTime,
    Criterion::SystemTime,
    Criterion::PeakMemory,
    Criterion::MinorFaults,
    Criterion::MajorFaults,
    Criterion::VoluntarySwitches,
    Criterion::InvoluntarySwitches,
];

fn accounted(usage: &Usage, whole: &mut Vec<(Criterion, f64)>, absent: &mut Vec<Fact>) {
    whole.push((Criterion::ProcessWall, usage.wall_ns as f64));
    whole.push((Criterion::UserTime, usage.user_ns as f64));
    whole.push((Criterion::SystemTime, usage.system_ns as f64));
    match usage.peak_memory_bytes {
        0 => absent.push(Fact::new(
            Criterion::PeakMemory.name(),
            "it ended before its memory was looked at, and the kernel's figure is of others too",
        )),
        bytes => whole.push((Criterion::PeakMemory, bytes as f64)),
    }
    let [.., minor, major, voluntary, involuntary] = ACCOUNTED;
    match &usage.events {
        Some(events) => whole.extend([
            (minor, events.minor_faults as f64),
            (major, events.major_faults as f64),
            (voluntary, events.voluntary_switches as f64),
            (involuntary, events.involuntary_switches as f64),
        ]),
        None => absent.extend([minor, major, voluntary, involuntary].map(|criterion| {
            Fact::new(
                criterion.name(),
                "the kernel did not tell what became of it",
            )
        })),
    }
}
