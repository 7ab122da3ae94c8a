//! Where figures come from: the executable, the machine, and what was done to keep it quiet.

use serde::{Deserialize, Serialize};

/// A label and a value, in the order in which they are to be shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    pub name: String,
    pub value: String,
}

impl Fact {
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Fact {
        Fact {
            name: name.into(),
            value: value.into(),
        }
    }
}

/// How an executable came to be, as far as it can be known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Provenance {
    /// The executable that is started, absolute.
    pub path: String,
    /// SHA-256 of the executable and of what it says of itself: the file alone does not tell when
    /// the interpreter is in a library beside it.
    pub sha256: String,
    /// What it says of itself.
    pub version: String,
    /// Commit of the sources; for our own builds.
    pub commit: Option<String>,
    /// Whether the sources differed from that commit.
    pub dirty: Option<bool>,
    /// Digest of how they differed.
    pub changes: Option<String>,
    pub rustc: Option<String>,
    pub profile: Option<String>,
    pub features: Option<String>,
    pub flags: Option<String>,
}

impl Provenance {
    /// What stands for this build in a series key: 12 digits of the executable's hash.
    pub fn build_id(&self) -> &str {
        self.sha256.get(..12).unwrap_or(&self.sha256)
    }
}

/// The machine that runs are made on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Host {
    /// Its name in series keys.
    pub name: String,
    pub processor: String,
    pub processors: u32,
    pub memory_bytes: u64,
    pub kernel: String,
    pub system: String,
}

/// Everything about the machine's state that may move a figure, as found at the run's start.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Environment {
    pub facts: Vec<Fact>,
    /// What a reader should know before trusting the figures.
    pub warnings: Vec<String>,
}

/// What was done to one process to keep it comparable: what was applied, not what was wished.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Isolation {
    /// The processor that it was pinned to.
    pub cpu: Option<u32>,
    pub nice: Option<i32>,
    /// Length of the variable that shifts the stack.
    pub pad_bytes: u32,
    /// `PYTHONHASHSEED`, where set.
    pub hash_seed: Option<u32>,
    pub address_space: Option<AddressSpace>,
    /// What could not be applied, and why.
    pub missed: Vec<String>,
}

/// Where a process's stack, heap and libraries lie.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AddressSpace {
    /// Elsewhere in each process.
    #[default]
    Random,
    /// At the same addresses in each.
    Fixed,
}
