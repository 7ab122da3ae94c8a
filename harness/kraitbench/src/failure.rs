//! How kraitbench ends: verdicts and failures, and their exit codes.

use std::path::Path;
use std::process::ExitCode;

use miette::{GraphicalReportHandler, GraphicalTheme};
use model::yaml::Problem;
use store::{Damage, StoreError};

pub const BAD_CONFIGURATION: u8 = 5;

/// What the work came to, once it could be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Fine,
    BenchmarkFailed,
    Regression,
    NoBaseline,
    Interrupted,
}

impl Verdict {
    pub fn exit_code(self) -> ExitCode {
        ExitCode::from(match self {
            Verdict::Fine => 0,
            Verdict::BenchmarkFailed => 1,
            Verdict::Regression => 3,
            Verdict::NoBaseline => 4,
            Verdict::Interrupted => 130,
        })
    }
}

/// Why the work could not be done. Each says what is wrong, where, and what to do.
#[derive(Debug)]
pub enum Failure {
    /// An experiment or a catalogue.
    Yaml(Box<Problem>),
    Store(StoreError),
    /// Files in the store that are not what should be there.
    Damaged(Vec<Damage>),
    /// Anything else that is wrong with what was asked for.
    Asked(String),
    /// What the machine would not do.
    Machine(String),
    /// A signal asked to stop in the middle of something that cannot be half done.
    Interrupted,
}

impl Failure {
    /// A file that should be read and cannot.
    pub fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
        Failure::Asked(format!(
            "{}: {error}\n  check the path; experiments are in suites/",
            path.display()
        ))
    }

    /// Prints itself; gives the exit code.
    pub fn tell(&self) -> ExitCode {
        eprintln!("{}", self.text());
        ExitCode::from(match self {
            Failure::Yaml(_) | Failure::Damaged(_) | Failure::Asked(_) => BAD_CONFIGURATION,
            Failure::Store(StoreError::Damaged(_)) => BAD_CONFIGURATION,
            Failure::Store(_) | Failure::Machine(_) => 1,
            Failure::Interrupted => 130,
        })
    }

    pub fn text(&self) -> String {
        match self {
            Failure::Yaml(problem) => snippet(problem),
            Failure::Store(error) => format!("kraitbench: {error}"),
            Failure::Damaged(damage) => {
                let list: Vec<String> = damage.iter().map(ToString::to_string).collect();
                format!(
                    "kraitbench: the store is not as it should be\n{}",
                    list.join("\n")
                )
            }
            Failure::Interrupted => {
                "kraitbench: interrupted; what was measured is stored".to_owned()
            }
            Failure::Asked(message) | Failure::Machine(message) => {
                format!("kraitbench: {message}")
            }
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Failure {
        Failure::Store(error)
    }
}

impl From<Box<Problem>> for Failure {
    fn from(problem: Box<Problem>) -> Failure {
        Failure::Yaml(problem)
    }
}

/// The problem with the lines that it is about. Colours only for eyes.
fn snippet(problem: &Problem) -> String {
    use std::io::IsTerminal;
    let theme = match std::io::stderr().is_terminal() {
        true => GraphicalTheme::unicode(),
        false => GraphicalTheme::unicode_nocolor(),
    };
    let mut text = String::new();
    match GraphicalReportHandler::new_themed(theme).render_report(&mut text, problem) {
        Ok(()) => text.trim_end().to_owned(),
        Err(_) => problem.to_string(),
    }
}
