//! Criteria: what is measured. One table; names, units, levels and directions derive from it.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What a sample is a sample of.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Criterion {
    /// Wall time of an iteration, taken by the program itself.
    Wall,
    /// Wall time of the whole process, from its start to its end.
    ProcessWall,
    /// Processor time in user mode of the process and the children it waited for.
    UserTime,
    /// Processor time in the kernel, likewise.
    SystemTime,
    /// Greatest resident memory of the process.
    PeakMemory,
    /// Pages that were there or only had to be made: faults without reading a disk.
    MinorFaults,
    /// Pages that had to be read from a disk.
    MajorFaults,
    /// How often the process waited of itself.
    VoluntarySwitches,
    /// How often the processor was taken from it: what disturbed it.
    InvoluntarySwitches,
    /// Instructions in user mode, of the process and its children: by the processor's own counter,
    /// or by whatever counts under the series' clock.
    Instructions,
    /// Cycles of the processor in user mode, by its counter.
    Cycles,
    /// Branches that were foretold wrongly, likewise.
    BranchMisses,
    /// Reads and writes that no cache could serve, likewise.
    CacheMisses,
    /// What a recording of the process takes, by which it can be replayed.
    LogSize,
    /// Wall time of a replay of the recording, from its start to its end.
    ReplayWall,
    /// Greatest resident memory of a replay.
    ReplayMemory,
    /// A counter of the JIT within one iteration, by the name that the program gave.
    Jit(String),
    /// A line of the JIT's summary at the end of the process, by its label.
    JitSummary(String),
    /// Anything else that a store may hold: kept, shown, not interpreted.
    Other(String),
}

/// Whether a criterion has one sample per iteration or one per process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    Iteration,
    Invocation,
}

/// Which direction is an improvement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    Lower,
    Neither,
}

struct Row {
    criterion: Criterion,
    name: &'static str,
    unit: &'static str,
    level: Level,
}

const TABLE: [Row; 16] = [
    Row {
        criterion: Criterion::Wall,
        name: "wall",
        unit: "ns",
        level: Level::Iteration,
    },
    Row {
        criterion: Criterion::ProcessWall,
        name: "process-wall",
        unit: "ns",
        level: Level::Invocation,
    },
    Row {
        criterion: Criterion::UserTime,
        name: "user-time",
        unit: "ns",
        level: Level::Invocation,
    },
    Row {
        criterion: Criterion::SystemTime,
        name: "system-time",
        unit: "ns",
        level: Level::Invocation,
    },
    Row {
        criterion: Criterion::PeakMemory,
        name: "peak-memory",
        unit: "bytes",
        level: Level::Invocation,
    },
    Row {
        criterion: Criterion::MinorFaults,
        name: "minor-faults",
        unit: "",
        level: Level::Invocation,
    },
    Row {
        criterion: Criterion::MajorFaults,
        name: "major-faults",
        unit: "",
        level: Level::Invocation,
    },
    Row {
        criterion: Criterion::VoluntarySwitches,
        name: "voluntary-switches",
        unit: "",
        level: Level::Invocation,
    },
    Row {
        criterion: Criterion::InvoluntarySwitches,
        name: "involuntary-switches",
        unit: "",
        level: Level::Invocation,
    },
    Row {
        criterion: Criterion::Instructions,
        name: "instructions",
        unit: "",
        level: Level::Invocation,
    },
    Row {
        criterion: Criterion::Cycles,
        name: "cycles",
        unit: "",
        level: Level::Invocation,
    },
    Row {
        criterion: Criterion::BranchMisses,
        name: "branch-misses",
        unit: "",
        level: Level::Invocation,
    },
    Row {
        criterion: Criterion::CacheMisses,
        name: "cache-misses",
        unit: "",
        level: Level::Invocation,
    },
    Row {
        criterion: Criterion::LogSize,
        name: "log-size",
        unit: "bytes",
        level: Level::Invocation,
    },
    Row {
        criterion: Criterion::ReplayWall,
        name: "replay-wall",
        unit: "ns",
        level: Level::Invocation,
    },
    Row {
        criterion: Criterion::ReplayMemory,
        name: "replay-memory",
        unit: "bytes",
        level: Level::Invocation,
    },
];

const JIT: &str = "jit:";
const JIT_SUMMARY: &str = "jit-summary:";

impl Criterion {
    fn row(&self) -> Option<&'static Row> {
        TABLE.iter().find(|row| row.criterion == *self)
    }

    /// The name in the store.
    pub fn name(&self) -> String {
        match self {
            Criterion::Jit(counter) => format!("{JIT}{counter}"),
            Criterion::JitSummary(label) => format!("{JIT_SUMMARY}{label}"),
            Criterion::Other(name) => name.clone(),
            _ => self
                .row()
                .map_or_else(String::new, |row| row.name.to_owned()),
        }
    }

    /// `ns`, `bytes`, `s`, or empty for a count.
    pub fn unit(&self) -> &'static str {
        match self {
            Criterion::Jit(name) | Criterion::JitSummary(name) if name.ends_with("seconds") => "s",
            Criterion::Jit(name) | Criterion::JitSummary(name) if name.ends_with("bytes") => {
                "bytes"
            }
            _ => self.row().map_or("", |row| row.unit),
        }
    }

    pub fn level(&self) -> Level {
        match self {
            Criterion::Jit(_) => Level::Iteration,
            _ => self.row().map_or(Level::Invocation, |row| row.level),
        }
    }

    pub fn better(&self) -> Better {
        if self.row().is_some() {
            Better::Lower
        } else {
            Better::Neither
        }
    }
}

impl From<String> for Criterion {
    fn from(name: String) -> Criterion {
        if let Some(row) = TABLE.iter().find(|row| row.name == name) {
            return row.criterion.clone();
        }
        if let Some(label) = name.strip_prefix(JIT_SUMMARY) {
            return Criterion::JitSummary(label.to_owned());
        }
        match name.strip_prefix(JIT) {
            Some(counter) => Criterion::Jit(counter.to_owned()),
            None => Criterion::Other(name),
        }
    }
}

impl From<Criterion> for String {
    fn from(criterion: Criterion) -> String {
        criterion.name()
    }
}

impl fmt::Display for Criterion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.name())
    }
}
