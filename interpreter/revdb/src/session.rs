//! What a session of the debugger keeps beside its log: names of objects, named moments, where one
//! was.

use crate::protocol::{Breakpoint, Named, Text, Time, Watchpoint};
use serde::{Deserialize, Serialize};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// The form of the file; another one is set aside.
const VERSION: u32 = 2;

/// What outlives a session.
#[derive(Clone, Default, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Notes {
    version: u32,
    #[serde(flatten)]
    pub(crate) of: Identity,
    pub(crate) time: Time,
    /// What `$0`, `$1`, … stand for.
    pub(crate) names: Vec<Named>,
    pub(crate) marks: Vec<(String, Time)>,
    /// Remarks, and the moments that they are about.
    pub(crate) remarks: Vec<(Time, String)>,
    /// Import statements that go before each expression.
    pub(crate) imports: Vec<String>,
    pub(crate) displays: Vec<String>,
    pub(crate) breakpoints: Vec<Breakpoint>,
    pub(crate) watchpoints: Vec<Watchpoint>,
    pub(crate) last_number: u32,
}

/// What tells a recording from others.
#[derive(Clone, Default, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Identity {
    /// The build that recorded: another recording under the same name is another run.
    build: String,
    /// Recordings of one build are told apart by the log's length and how it ends.
    log_bytes: u64,
    log_tail: u32,
}

/// What of a file of notes is read first.
#[derive(Deserialize)]
struct Form {
    #[serde(default)]
    version: u32,
}

/// The file beside a log.
pub(crate) fn file_of(log: &Path) -> PathBuf {
    with_ending(log, ".session")
}

pub(crate) fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// So much of a log's end tells it from others: the index, which differs as soon as the blocks do.
const TAIL_BYTES: u64 = 4096;

impl Identity {
    /// That of a log.
    pub(crate) fn of(log: &Path, build: &str) -> io::Result<Identity> {
        let file = fs::File::open(log)?;
        let log_bytes = file.metadata()?.len();
        let begin = log_bytes.saturating_sub(TAIL_BYTES);
        let mut tail = vec![0; (log_bytes - begin) as usize];
        file.read_exact_at(&mut tail, begin)?;
        Ok(Identity {
            build: build.to_owned(),
            log_bytes,
            log_tail: crc32fast::hash(&tail),
        })
    }
}

impl Notes {
    /// The notes of a log, or fresh ones; and what the user should know of those that were there. A
    /// file that is not this log's is renamed, never overwritten.
    pub(crate) fn read(log: &Path, of: &Identity) -> (Notes, Option<String>) {
        let fresh = Notes {
            version: VERSION,
            of: of.clone(),
            ..Notes::default()
        };
        let file = file_of(log);
        let text = match fs::read(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return (fresh, None),
            Err(error) => {
                let told = format!("cannot read {}: {error}; it is set aside", file.display());
                return (fresh, Some(set_aside(&file, &told)));
            }
        };
        let why = match serde_json::from_slice::<Form>(&text) {
            Ok(form) if form.version != VERSION => String::from("is of another version of krait"),
            Ok(_) => match serde_json::from_slice::<Notes>(&text) {
                Ok(notes) if notes.of == fresh.of => return (notes, None),
                Ok(_) => String::from("is about another recording"),
                Err(error) => format!("is damaged ({error})"),
            },
            Err(error) => format!("is damaged ({error})"),
        };
        let told = format!("{} {why}", file.display());
        (fresh, Some(set_aside(&file, &told)))
    }

    /// Writes them in one step: whoever reads finds the old ones or these.
    pub(crate) fn write(&self, log: &Path) -> io::Result<()> {
        let file = file_of(log);
        let unfinished = with_ending(&file, ".unfinished");
        fs::write(&unfinished, serde_json::to_vec(self)?)?;
        fs::rename(&unfinished, &file)
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

    /// An expression with `$N`, as Python has it.
    pub(crate) fn text(&self, typed: &str) -> Result<Text, String> {
        let (python, objects) = self.python(typed)?;
        Ok(Text {
            typed: typed.to_owned(),
            python,
            objects,
        })
    }

    /// The same, and what it names.
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

/// Renames a file to a name that is free; what to tell of it.
fn set_aside(file: &Path, why: &str) -> String {
    let mut free = (1..).map(|at| with_ending(file, &format!(".aside-{at}")));
    let Some(aside) = free.find(|path| !path.exists()) else {
        return why.to_owned();
    };
    match fs::rename(file, &aside) {
        Ok(()) => format!("{why}: it was renamed to {}", aside.display()),
        Err(error) => format!("{why}, and cannot be renamed: {error}"),
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
        let (mut notes, told) = Notes::read(&log, &Identity::of(&log, "build").unwrap());
        assert_eq!(told, None);
        notes.marks.push(("here".into(), 12));
        notes.write(&log).unwrap();
        assert_eq!(
            Notes::read(&log, &Identity::of(&log, "build").unwrap()),
            (notes, None)
        );
    }

    /// What is told where a log's file of notes holds `text`, and where that went.
    fn refused(name: &str, text: &[u8], log_text: &[u8]) -> (String, Vec<u8>) {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join(name);
        fs::write(&log, log_text).unwrap();
        fs::write(file_of(&log), text).unwrap();
        let (notes, told) = Notes::read(&log, &Identity::of(&log, "build").unwrap());
        assert_eq!(notes.marks, []);
        let aside = with_ending(&file_of(&log), ".aside-1");
        (told.unwrap(), fs::read(aside).unwrap())
    }

    #[test]
    fn notes_that_are_not_the_logs_are_set_aside() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("a.rdb");
        fs::write(&log, b"one").unwrap();
        let (mut notes, _) = Notes::read(&log, &Identity::of(&log, "build").unwrap());
        notes.marks.push(("here".into(), 12));
        notes.write(&log).unwrap();
        let kept = fs::read(file_of(&log)).unwrap();
        // Of the same length, but another log.
        let (told, aside) = refused("a.rdb", &kept, b"two");
        assert!(told.contains("another recording"), "{told}");
        assert_eq!(aside, kept);
        for damaged in [&b"nonsense"[..], b"", &kept[..kept.len() / 2]] {
            let (told, aside) = refused("a.rdb", damaged, b"one");
            assert!(
                told.contains("is damaged") && told.contains(".aside-1"),
                "{told}"
            );
            assert_eq!(aside, damaged);
        }
        notes.version = 1;
        let old = serde_json::to_vec(&notes).unwrap();
        assert!(refused("a.rdb", &old, b"one").0.contains("another version"));
    }

    #[test]
    fn what_was_set_aside_before_stays() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("a.rdb");
        fs::write(&log, b"one").unwrap();
        for text in ["first", "second"] {
            fs::write(file_of(&log), text).unwrap();
            assert!(
                Notes::read(&log, &Identity::of(&log, "build").unwrap())
                    .1
                    .is_some()
            );
        }
        let aside = |at| fs::read(with_ending(&file_of(&log), &format!(".aside-{at}"))).unwrap();
        assert_eq!(
            (aside(1), aside(2)),
            (b"first".to_vec(), b"second".to_vec())
        );
    }
}
