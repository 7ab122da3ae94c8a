//! From what is left of a process to its outcome and its samples.
//!
//! Several things can be wrong at once; the outcome names the one that explains the others. A
//! limit that was enforced explains a missing end record. A wrong digest explains the status 1
//! that the program gives itself for it. A crash explains a record that was cut short.

use model::{Benchmark, Criterion, Expected, Outcome, Reported, Sample};

use crate::jit_summary;
use crate::protocol::{self, Malformed, Told};
use crate::{End, Ended};

pub(crate) struct Judged {
    pub outcome: Outcome,
    pub samples: Vec<Sample>,
    pub benchmark_version: u32,
    pub reported: Reported,
}

pub(crate) fn judge(benchmark: &Benchmark, ended: &Ended) -> Judged {
    let told = protocol::read(&ended.records, benchmark);
    Judged {
        outcome: outcome(benchmark, ended, &told),
        samples: samples(ended, &told),
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

fn samples(ended: &Ended, told: &Told) -> Vec<Sample> {
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
    let mut sample = |criterion, value| {
        samples.push(Sample {
            criterion,
            iteration: None,
            value,
        });
    };
    if let Some(usage) = &ended.usage {
        sample(Criterion::ProcessWall, usage.wall_ns as f64);
        sample(Criterion::UserTime, usage.user_ns as f64);
        sample(Criterion::SystemTime, usage.system_ns as f64);
        // 0 means that the kernel could not tell, which is no measurement.
        if usage.peak_memory_bytes > 0 {
            sample(Criterion::PeakMemory, usage.peak_memory_bytes as f64);
        }
    }
    if let Some(events) = ended.usage.and_then(|usage| usage.events) {
        sample(Criterion::MinorFaults, events.minor_faults as f64);
        sample(Criterion::MajorFaults, events.major_faults as f64);
        sample(
            Criterion::VoluntarySwitches,
            events.voluntary_switches as f64,
        );
        sample(
            Criterion::InvoluntarySwitches,
            events.involuntary_switches as f64,
        );
    }
    for (label, value) in ended
        .jit_summary
        .iter()
        .flat_map(|text| jit_summary::parse(text))
    {
        sample(Criterion::JitSummary(label), value);
    }
    samples
}
