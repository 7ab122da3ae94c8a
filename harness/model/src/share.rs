//! Other machines that an experiment names, and the shares that they and this machine have of it.
//!
//! A host is named because its name is what its series are found by: machines change their network
//! names, and two of them may have the same. A share is what one machine measures, and is a run of
//! its own; the runs of all shares together are the experiment.

use crate::{BadName, HostName, Target};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// What this machine's share is called; no host may have the name.
pub const THIS: &str = "this";

/// A machine that an experiment names, and how it is reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedHost {
    pub name: HostName,
    /// As people say it.
    pub label: String,
    /// What it runs natively.
    pub target: Target,
    /// `[user@]host`, as ssh knows it. Without one it is not reached from here: an engine measures
    /// on it.
    pub ssh: Option<String>,
    /// How ssh is started: itself with its options.
    pub command: Vec<String>,
    /// The folder there, below the home folder unless it begins with a slash.
    pub folder: String,
    /// The kraitbench that runs there, where this one cannot.
    pub executable: Option<PathBuf>,
}

/// Whose part of an experiment: the machine's that it is begun on, or a named host's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Share {
    #[default]
    This,
    Of(HostName),
}

impl Share {
    pub fn is_this(&self) -> bool {
        *self == Share::This
    }

    pub fn as_str(&self) -> &str {
        match self {
            Share::This => THIS,
            Share::Of(host) => host.as_str(),
        }
    }
}

impl FromStr for Share {
    type Err = BadName;
    fn from_str(text: &str) -> Result<Share, BadName> {
        match text {
            THIS => Ok(Share::This),
            name => HostName::new(name).map(Share::Of),
        }
    }
}

impl TryFrom<String> for Share {
    type Error = BadName;
    fn try_from(text: String) -> Result<Share, BadName> {
        text.parse()
    }
}

impl From<Share> for String {
    fn from(share: Share) -> String {
        share.as_str().to_owned()
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
