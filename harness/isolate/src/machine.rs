//! What is changed on the machine itself for a run, and how it is put back.
//!
//! A processor that changes its frequency, or that shares its core with another, blurs figures. To
//! set that right is to change settings that outlive whoever changed them: a harness that is killed
//! in the middle would leave the machine otherwise than it found it, and nobody would know. So
//! everything is written down before it is done, in a journal that any later start finds, and a
//! start that finds the journal of a process that is gone undoes what stands in it.
//!
//! The journal lies in `/run`, which is empty after a boot, as are the settings.
//!
//! *Invariants.*
//! - At every moment nothing is changed but what the journal names, with the value from before.
//! - Undoing can be repeated, and be interrupted anywhere: it writes back only where the value is
//!   still the one that was set. What somebody else changed since is told and left.
//! - One process at a time changes the machine. The journal is also the lock.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// Below the machine's root.
const JOURNAL: &str = "run/kraitbench-changed.json";
const CPUS: &str = "sys/devices/system/cpu";
const BOOT_ID: &str = "/proc/sys/kernel/random/boot_id";

/// Names the folder that stands for the machine's root; tests and containers have one of their own.
pub const ROOT_VARIABLE: &str = "KRAITBENCH_MACHINE";

#[derive(Debug, thiserror::Error)]
pub enum MachineError {
    #[error(
        "the process {process} has changed this machine's settings for a run of its own ({path}); \
         wait for its end, or measure without --steady"
    )]
    Held { process: u32, path: PathBuf },
    #[error(
        "{path} cannot be written, so nothing was changed: {error}; run as root, or without --steady"
    )]
    NoJournal { path: PathBuf, error: io::Error },
    #[error(
        "{path} is no journal of kraitbench ({why}); look what it is, put back by hand what it \
         names, and remove it"
    )]
    Foreign { path: PathBuf, why: String },
    #[error(
        "{path} could not be put back to `{before}`: {error}; write it as root, the journal {journal} \
         stays until then"
    )]
    NotUndone {
        path: PathBuf,
        before: String,
        error: io::Error,
        journal: PathBuf,
    },
}

/// One setting: its file below the root, its value before, and the one that it was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub path: String,
    pub before: String,
    pub set: String,
}

impl Change {
    /// Whether it is of a file that this may change, wherever the journal came from.
    fn is_of_a_setting(&self) -> bool {
        let below = Path::new(&self.path).strip_prefix(CPUS);
        below.is_ok_and(|rest| {
            let plain = |part| matches!(part, std::path::Component::Normal(_));
            rest.components().all(plain) && rest != Path::new("")
        })
    }
}

/// Who changed what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Journal {
    process: u32,
    /// When it began, as the kernel counts: numbers of processes are used again.
    began: u64,
    boot: String,
    changes: Vec<Change>,
}

/// What became of a change that was to be undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undone {
    /// It has its value from before again.
    PutBack(Change),
    /// It had it already.
    NothingToDo(Change),
    /// It has neither value; it was left.
    ChangedSince { change: Change, now: String },
}

/// The machine whose settings these are.
#[derive(Clone, Debug)]
pub struct Machine {
    root: PathBuf,
}

impl Machine {
    pub fn here() -> Machine {
        let root = std::env::var_os(ROOT_VARIABLE).unwrap_or_else(|| "/".into());
        Machine::at(PathBuf::from(root))
    }

    pub fn at(root: PathBuf) -> Machine {
        Machine { root }
    }

    fn journal(&self) -> PathBuf {
        self.root.join(JOURNAL)
    }

    /// Sets the machine so that `cpu` runs evenly: at a constant frequency, alone on its core. What
    /// is there and as it should be is left; what is not there, the machine does not have.
    ///
    /// # Errors
    /// Another process did so and lives, or the journal cannot be written; nothing is changed then.
    pub fn steady(&self, cpu: u32) -> Result<Steady, MachineError> {
        let journal = Journal {
            process: std::process::id(),
            began: began(std::process::id()).unwrap_or(0),
            boot: boot_id(),
            changes: self.wanted(cpu),
        };
        let mut steady = Steady {
            machine: self.clone(),
            changes: Vec::new(),
            refused: Vec::new(),
            is_held: false,
        };
        if journal.changes.is_empty() {
            return Ok(steady);
        }
        self.write_down(&journal)?;
        // From here on: a journal that is another's is not ours to undo.
        steady.is_held = true;
        for change in journal.changes {
            match fs::write(self.root.join(&change.path), &change.set) {
                Ok(()) => steady.changes.push(change),
                Err(error) => steady.refused.push(format!(
                    "/{} stays `{}`: {error}",
                    change.path, change.before
                )),
            }
        }
        Ok(steady)
    }

    /// The settings that are not as they should be, in the order in which they are to be set.
    fn wanted(&self, cpu: u32) -> Vec<Change> {
        let mut wanted = vec![
            (
                format!("{CPUS}/cpu{cpu}/cpufreq/scaling_governor"),
                "performance",
            ),
            (format!("{CPUS}/intel_pstate/no_turbo"), "1"),
            (format!("{CPUS}/cpufreq/boost"), "0"),
        ];
        let siblings = self.value(&format!("{CPUS}/cpu{cpu}/topology/thread_siblings_list"));
        for other in listed(&siblings.unwrap_or_default()) {
            if other != cpu {
                wanted.push((format!("{CPUS}/cpu{other}/online"), "0"));
            }
        }
        let differs = |(path, set): (String, &str)| {
            let before = self.value(&path).filter(|before| before != set)?;
            let set = set.to_owned();
            Some(Change { path, before, set })
        };
        wanted.into_iter().filter_map(differs).collect()
    }

    fn value(&self, path: &str) -> Option<String> {
        let text = fs::read_to_string(self.root.join(path)).ok()?;
        let text = text.trim().to_owned();
        (!text.is_empty()).then_some(text)
    }

    /// Gives the journal its name only when it is whole and on the disk, and only if there is none.
    fn write_down(&self, journal: &Journal) -> Result<(), MachineError> {
        let path = self.journal();
        let unfinished = path.with_extension(format!("{}.unfinished", journal.process));
        let text = serde_json::to_vec(journal).unwrap_or_default();
        let write = || -> io::Result<()> {
            let mut file = File::create(&unfinished)?;
            file.write_all(&text)?;
            file.sync_all()?;
            fs::hard_link(&unfinished, &path)
        };
        let written = write();
        fs::remove_file(&unfinished).ok();
        match written {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(MachineError::Held {
                process: self.read()?.map_or(0, |journal| journal.process),
                path,
            }),
            Err(error) => Err(MachineError::NoJournal { path, error }),
        }
    }

    fn read(&self) -> Result<Option<Journal>, MachineError> {
        let path = self.journal();
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => {
                let why = error.to_string();
                return Err(MachineError::Foreign { path, why });
            }
        };
        let journal: Journal = match serde_json::from_slice(&text) {
            Ok(journal) => journal,
            Err(error) => {
                let why = error.to_string();
                return Err(MachineError::Foreign { path, why });
            }
        };
        match journal
            .changes
            .iter()
            .find(|change| !change.is_of_a_setting())
        {
            None => Ok(Some(journal)),
            Some(change) => {
                let why = format!("`{}` is no setting of a processor", change.path);
                Err(MachineError::Foreign { path, why })
            }
        }
    }

    /// What a process that is gone has left changed; empty if nothing.
    ///
    /// # Errors
    /// There is a journal that cannot be read.
    pub fn left(&self) -> Result<Vec<Change>, MachineError> {
        let journal = self.read()?.filter(|journal| !journal.is_of_a_living());
        Ok(journal.map(|journal| journal.changes).unwrap_or_default())
    }

    /// Undoes what a process that is gone has left changed.
    ///
    /// # Errors
    /// A journal that cannot be read, or a value that cannot be written; the journal stays.
    pub fn undo_left(&self) -> Result<Vec<Undone>, MachineError> {
        match self.read()? {
            Some(journal) if !journal.is_of_a_living() => self.undo(&journal),
            _ => Ok(Vec::new()),
        }
    }

    fn undo(&self, journal: &Journal) -> Result<Vec<Undone>, MachineError> {
        let mut undone = Vec::new();
        // Since another boot nothing of it is left; what the values are now is that boot's.
        if journal.boot == boot_id() {
            for change in journal.changes.iter().rev() {
                undone.push(self.undo_one(change)?);
            }
        }
        let path = self.journal();
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(MachineError::NoJournal { path, error })
            }
            _ => Ok(undone),
        }
    }

    fn undo_one(&self, change: &Change) -> Result<Undone, MachineError> {
        let now = self.value(&change.path).unwrap_or_default();
        if now == change.before {
            return Ok(Undone::NothingToDo(change.clone()));
        }
        if now != change.set {
            let change = change.clone();
            return Ok(Undone::ChangedSince { change, now });
        }
        let path = self.root.join(&change.path);
        match fs::write(&path, &change.before) {
            Ok(()) => Ok(Undone::PutBack(change.clone())),
            Err(error) => Err(MachineError::NotUndone {
                path,
                before: change.before.clone(),
                error,
                journal: self.journal(),
            }),
        }
    }
}

impl Journal {
    fn is_of_a_living(&self) -> bool {
        self.boot == boot_id() && began(self.process) == Some(self.began)
    }
}

/// A machine that is set for a run. Dropped, it is put back.
#[derive(Debug)]
pub struct Steady {
    machine: Machine,
    /// What was changed.
    pub changes: Vec<Change>,
    /// What should have been and was refused.
    pub refused: Vec<String>,
    is_held: bool,
}

impl Steady {
    /// Puts everything back, and tells what became of it.
    ///
    /// # Errors
    /// A value cannot be written; the journal stays for the next start.
    pub fn put_back(mut self) -> Result<Vec<Undone>, MachineError> {
        self.undo()
    }

    fn undo(&mut self) -> Result<Vec<Undone>, MachineError> {
        if !std::mem::take(&mut self.is_held) {
            return Ok(Vec::new());
        }
        match self.machine.read()? {
            Some(journal) => self.machine.undo(&journal),
            None => Ok(Vec::new()),
        }
    }
}

impl Drop for Steady {
    fn drop(&mut self) {
        self.undo().ok();
    }
}

/// Numbers and ranges, such as `0,4-6`.
fn listed(text: &str) -> Vec<u32> {
    let range = |part: &str| -> Option<std::ops::RangeInclusive<u32>> {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        Some(first.trim().parse().ok()?..=last.trim().parse().ok()?)
    };
    text.split(',').filter_map(range).flatten().collect()
}

/// When a process began, in the kernel's ticks since the boot; `None` if it is gone or only its
/// status is left.
fn began(process: u32) -> Option<u64> {
    let stat =
        fs::read_to_string(Path::new("/proc").join(process.to_string()).join("stat")).ok()?;
    // The second field, a name in parentheses, may hold anything; the third is the state.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    match fields.first() {
        Some(&("Z" | "X")) => None,
        _ => fields.get(19)?.parse().ok(),
    }
}

fn boot_id() -> String {
    let text = fs::read_to_string(BOOT_ID).unwrap_or_default();
    text.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A machine with these settings.
    fn machine(settings: &[(&str, &str)]) -> (tempfile::TempDir, Machine) {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("run")).unwrap();
        for (path, value) in settings {
            let path = folder.path().join(CPUS).join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, format!("{value}\n")).unwrap();
        }
        let machine = Machine::at(folder.path().to_owned());
        (folder, machine)
    }

    const GOVERNOR: &str = "cpu1/cpufreq/scaling_governor";
    const SETTINGS: [(&str, &str); 5] = [
        (GOVERNOR, "powersave"),
        ("intel_pstate/no_turbo", "0"),
        ("cpu1/topology/thread_siblings_list", "0-1"),
        ("cpu0/online", "1"),
        ("cpu1/online", "1"),
    ];

    fn values(machine: &Machine) -> Vec<String> {
        let value = |(path, _): &(&str, &str)| machine.value(&format!("{CPUS}/{path}")).unwrap();
        SETTINGS.iter().map(value).collect()
    }

    #[test]
    fn what_is_set_is_put_back() {
        let (folder, machine) = machine(&SETTINGS);
        let before = values(&machine);
        let steady = machine.steady(1).unwrap();
        assert_eq!(values(&machine), ["performance", "1", "0-1", "0", "1"]);
        assert_eq!((steady.changes.len(), steady.refused.len()), (3, 0));
        assert!(machine.left().unwrap().is_empty(), "its holder lives");
        assert!(machine.undo_left().unwrap().is_empty());
        match machine.steady(1) {
            // Everything is as it should be: there is nothing to hold.
            Ok(second) => assert!(second.changes.is_empty()),
            Err(error) => panic!("{error}"),
        }
        fs::write(folder.path().join(CPUS).join(GOVERNOR), "ondemand").unwrap();
        let error = machine.steady(1).unwrap_err();
        assert!(
            matches!(error, MachineError::Held { process, .. } if process == std::process::id())
        );
        fs::write(folder.path().join(CPUS).join(GOVERNOR), "performance").unwrap();
        drop(steady);
        assert_eq!(values(&machine), before);
        assert!(!machine.journal().exists());
    }

    /// As a harness leaves it that was killed after so many of its changes.
    fn killed_after(machine: &Machine, done: usize) {
        let mut gone = std::process::Command::new("true").spawn().unwrap();
        let journal = Journal {
            process: gone.id(),
            began: began(gone.id()).unwrap_or(0),
            boot: boot_id(),
            changes: machine.wanted(1),
        };
        gone.wait().unwrap();
        machine.write_down(&journal).unwrap();
        for change in &journal.changes[..done] {
            fs::write(machine.root.join(&change.path), &change.set).unwrap();
        }
    }

    #[test]
    fn what_a_killed_harness_left_is_undone_wherever_it_was_killed() {
        for done in 0..=3 {
            let (_folder, machine) = machine(&SETTINGS);
            let before = values(&machine);
            killed_after(&machine, done);
            assert_eq!(machine.left().unwrap().len(), 3);
            let undone = machine.undo_left().unwrap();
            let put_back = undone
                .iter()
                .filter(|one| matches!(one, Undone::PutBack(_)));
            assert_eq!(put_back.count(), done);
            assert_eq!(values(&machine), before);
            assert_eq!(machine.undo_left().unwrap(), [], "once");
        }
    }

    #[test]
    fn what_somebody_changed_since_is_left_and_told() {
        let (folder, machine) = machine(&SETTINGS);
        killed_after(&machine, 3);
        fs::write(folder.path().join(CPUS).join(GOVERNOR), "schedutil").unwrap();
        let undone = machine.undo_left().unwrap();
        let now = undone.iter().find_map(|one| match one {
            Undone::ChangedSince { now, .. } => Some(now.as_str()),
            _ => None,
        });
        assert_eq!(now, Some("schedutil"));
        assert_eq!(values(&machine)[..2], ["schedutil", "0"]);
    }

    #[test]
    fn a_journal_of_another_boot_or_another_hand_changes_nothing() {
        let (_folder, machine) = machine(&SETTINGS);
        killed_after(&machine, 3);
        let text = fs::read_to_string(machine.journal()).unwrap();
        fs::write(machine.journal(), text.replace(&boot_id(), "another")).unwrap();
        let set = values(&machine);
        assert_eq!(machine.undo_left().unwrap(), []);
        assert_eq!(values(&machine), set);
        assert!(!machine.journal().exists());
        let climbing = r#"{"process":1,"began":1,"boot":"","changes":[{"path":"sys/devices/system/cpu/../x","before":"1","set":"2"}]}"#;
        for bad in [
            "",
            "{}",
            "[1]",
            climbing,
            "{\"process\":1,\"began\":1,\"boot\":\"\",\"changes\":3}",
        ] {
            fs::write(machine.journal(), bad).unwrap();
            let error = machine.undo_left().unwrap_err();
            assert!(
                error.to_string().contains("no journal of kraitbench"),
                "{error}"
            );
            assert!(machine.journal().exists());
        }
    }

    #[test]
    fn a_machine_without_settings_or_without_a_place_for_the_journal_is_left() {
        let (_folder, nothing) = machine(&[]);
        let steady = nothing.steady(1).unwrap();
        assert!(steady.changes.is_empty() && !nothing.journal().exists());
        let (folder, machine) = machine(&SETTINGS);
        fs::remove_dir(folder.path().join("run")).unwrap();
        let before = values(&machine);
        let error = machine.steady(1).unwrap_err();
        assert!(error.to_string().contains("nothing was changed"), "{error}");
        assert_eq!(values(&machine), before);
    }

    #[test]
    fn processors_are_listed_as_the_kernel_lists_them() {
        assert_eq!(listed("0,4-6"), [0, 4, 5, 6]);
        assert_eq!(listed("3"), [3]);
        assert!(listed("").is_empty());
        assert_eq!(listed("x-2,7"), [7]);
    }
}
