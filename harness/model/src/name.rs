//! Names that a user gives: short, safe in a file name, an address and a command line.
//!
//! One rule for all of them: 1 to 64 characters, ASCII letters, digits, `_`, `-` and `.`, the
//! first a letter or a digit. So no name can climb out of a folder or look like an option.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A name that breaks the rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` cannot be a name: use 1 to 64 letters, digits, `_`, `-` or `.`, beginning with a letter or a digit"
)]
pub struct BadName(pub String);

fn check(text: &str) -> Result<(), BadName> {
    let first_is_fine = text
        .bytes()
        .next()
        .is_some_and(|b| b.is_ascii_alphanumeric());
    let rest_is_fine = text
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'));
    if first_is_fine && rest_is_fine && text.len() <= 64 {
        Ok(())
    } else {
        Err(BadName(text.to_owned()))
    }
}

macro_rules! name_type {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            pub fn new(text: impl Into<String>) -> Result<$name, BadName> {
                let text = text.into();
                check(&text)?;
                Ok($name(text))
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = BadName;
            fn from_str(text: &str) -> Result<$name, BadName> {
                $name::new(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = BadName;
            fn try_from(text: String) -> Result<$name, BadName> {
                $name::new(text)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> String {
                name.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }
    )*};
}

name_type! {
    /// The name of an experiment, by which its runs are found again.
    ExperimentName;
    /// The name of a suite: benchmarks that are averaged together.
    SuiteName;
    /// The name of a benchmark, as its program states it in the `start` record.
    BenchmarkName;
    /// The name of an executor within an experiment: one column of the report.
    ExecutorName;
    /// The name of a machine that an experiment names.
    HostName;
    /// The name of an environment of Python packages, and of its folder.
    EnvironmentName;
}
