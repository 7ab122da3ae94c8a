//! What a session of the debugger keeps beside its log: names of objects, named moments, where one
//! was.

use crate::protocol::{Breakpoint, Named, Time, Watchpoint};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::{fs, io};

/// What outlives a session.
#[derive(Clone, Default, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Notes {
    /// The build that recorded: another recording under the same name is another run.
    pub(crate) build: String,
    /// The first item's place tells recordings of one build apart: the log's length in bytes.
    pub(crate) log_bytes: u64,
    pub(crate) time: Time,
    /// What `$0`, `$1`, … stand for.
    pub(crate) names: Vec<Named>,
    pub(crate) marks: Vec<(String, Time)>,
    pub(crate) breakpoints: Vec<Breakpoint>,
    pub(crate) watchpoints: Vec<Watchpoint>,
    pub(crate) last_number: u32,
}

/// The file beside a log.
pub(crate) fn file_of(log: &Path) -> PathBuf {
    let mut name = log.as_os_str().to_owned();
    name.push(".session");
    PathBuf::from(name)
}

impl Notes {
    /// The notes of a log, or fresh ones.
    pub(crate) fn read(log: &Path, build: &str) -> Notes {
        let log_bytes = fs::metadata(log).map_or(0, |data| data.len());
        let kept: Option<Notes> = fs::read(file_of(log))
            .ok()
            .and_then(|text| serde_json::from_slice(&text).ok());
        match kept {
            Some(notes) if notes.build == build && notes.log_bytes == log_bytes => notes,
            _ => Notes {
                build: build.to_owned(),
                log_bytes,
                ..Notes::default()
            },
        }
    }

    pub(crate) fn write(&self, log: &Path) -> io::Result<()> {
        fs::write(file_of(log), serde_json::to_vec(self)?)
    }

    /// The number of a name, which it gets if it has none.
    pub(crate) fn number(&mut self, named: &Named) -> usize {
        match self.names.iter().position(|known| known == named) {
            Some(at) => at,
            None => {
                self.names.push(named.clone());
                self.names.len() - 1
            }
        }
    }

    /// An expression with `$N` as Python has it, and what it names.
    pub(crate) fn python(&self, text: &str) -> Result<(String, Vec<(String, Named)>), String> {
        let mut python = String::new();
        let mut objects: Vec<(String, Named)> = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            python.push_str(&rest[..at]);
            let digits = rest[at + 1..]
                .chars()
                .take_while(char::is_ascii_digit)
                .count();
            let number = &rest[at + 1..at + 1 + digits];
            let named = number.parse().ok().and_then(|n: usize| self.names.get(n));
            let Some(named) = named else {
                return Err(format!(
                    "there is no ${number}: `p` gives objects their names"
                ));
            };
            let name = format!("_revdb_{number}");
            python.push_str(&name);
            if !objects.iter().any(|(known, _)| *known == name) {
                objects.push((name, named.clone()));
            }
            rest = &rest[at + 1 + digits..];
        }
        python.push_str(rest);
        Ok((python, objects))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_pythons_and_keep_their_numbers() {
        let mut notes = Notes::default();
        assert_eq!(notes.number(&Named::Object(70)), 0);
        assert_eq!(notes.number(&Named::Immediate("7".into())), 1);
        assert_eq!(notes.number(&Named::Object(70)), 0);
        let (python, objects) = notes.python("$0.value + $1 + $0").unwrap();
        assert_eq!(python, "_revdb_0.value + _revdb_1 + _revdb_0");
        assert_eq!(objects.len(), 2);
        assert!(notes.python("$2").is_err() && notes.python("$").is_err());
    }

    #[test]
    fn notes_are_those_of_their_recording() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("a.rdb");
        fs::write(&log, b"one").unwrap();
        let mut notes = Notes::read(&log, "build");
        notes.marks.push(("here".into(), 12));
        notes.write(&log).unwrap();
        assert_eq!(Notes::read(&log, "build"), notes);
        assert_eq!(Notes::read(&log, "other").marks, []);
        fs::write(&log, b"another").unwrap();
        assert_eq!(Notes::read(&log, "build").marks, []);
        fs::write(file_of(&log), b"nonsense").unwrap();
        assert_eq!(Notes::read(&log, "build").marks, []);
    }
}
