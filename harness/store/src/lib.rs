//! The store: a folder of Parquet files to which runs are added and from which nothing is taken.
//!
//! ```text
//! STORE/
//!   RUN/run-SUM.parquet        what was planned, on what, with what
//!   RUN/00000-ID-SUM.parquet   one invocation: a row for itself and a row for each sample
//!   RUN/all-SUM.parquet        several invocations, after compaction
//!   month-2026-01/RUN/…        a run of a month that was compacted
//! ```
//!
//! *Why one file an invocation.* It is the unit that is kept whole or not at all. A file gets its
//! name only after all of it has reached the disk (write to another name, sync, rename, sync the
//! folder), so neither a killed harness nor a power cut leaves half an invocation behind a name
//! that counts. What is left behind is an `.unfinished` file, which reading passes over and
//! resuming removes. The name also holds a checksum of the contents, so that a disk that forgets
//! is found out, and the Parquet reader only ever sees what its writer wrote.
//!
//! *What is not there is not guessed.* A file that is torn, of another version, or not ours is
//! [`Damage`]: it is told with what to do about it, and neither skipped silently nor touched.
//!
//! *Compaction.* A night is hundreds of small files, and years of them are slow to list and to read.
//! [`Store::compact`] puts the invocations of a run into one file of the same rows, and the runs
//! of a month into one folder. What a run adds never touches what is there, so appending costs the
//! same however long the history is.
//!
//! *Derived things* are no part of it: [`Store::derived`] keeps them beside it.
//!
//! Rows hold their whole series key (it compresses to nothing), so any Parquet reader can query a
//! store without this crate; [`Store::series`] does so with Polars.

mod compact;
mod damage;
mod derived;
mod merge;
mod rows;
mod series;
mod verify;
mod write;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use model::{Invocation, Run, RunId};

pub use compact::Compacted;
pub use damage::{Damage, StoreError};
pub use derived::State;
pub use merge::Merged;
pub use verify::Verified;

#[cfg(test)]
mod keeping_tests;
#[cfg(test)]
mod tests;

/// What the name of a run's header begins with.
const HEADER: &str = "run-";
/// What the name of a file of several invocations begins with.
const SEVERAL: &str = "all-";
/// What the name of a folder of compacted runs begins with.
const MONTH: &str = "month-";
const LOCK_FILE: &str = ".lock";
const UNFINISHED: &str = ".unfinished";

/// A folder of runs.
#[derive(Clone, Debug)]
pub struct Store {
    root: PathBuf,
}

/// A run as far as it is in the store.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    pub run: Run,
    /// In the order in which they were run.
    pub invocations: Vec<Invocation>,
}

/// Held while a run adds to the store.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Store {
    /// Opens a store, which need not exist yet.
    ///
    /// # Errors
    /// The folder cannot be made, or something that is no folder has its name.
    pub fn open(root: &Path) -> Result<Store, StoreError> {
        fs::create_dir_all(root)
            .map_err(|error| StoreError::of(root, "make the folder", &error))?;
        Ok(Store {
            root: root.to_owned(),
        })
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Keeps other runs out: they would disturb each other's figures as well as the store.
    ///
    /// # Errors
    /// Another run holds the lock.
    pub fn lock(&self) -> Result<Lock, StoreError> {
        let path = self.root.join(LOCK_FILE);
        let file = File::create(&path).map_err(|error| StoreError::of(&path, "write", &error))?;
        match file.try_lock() {
            Ok(()) => Ok(Lock { _file: file }),
            Err(fs::TryLockError::WouldBlock) => Err(StoreError::Busy {
                root: self.root.clone(),
            }),
            Err(fs::TryLockError::Error(error)) => Err(StoreError::of(&path, "lock", &error)),
        }
    }

    /// Adds a run without invocations.
    ///
    /// # Errors
    /// It cannot be written, or there is a run of that name.
    pub fn begin(&self, run: &Run) -> Result<(), StoreError> {
        let folder = self.folder(&run.id);
        if folder.exists() {
            return Err(StoreError::Exists { path: folder });
        }
        // The folder appears together with its header: first under another name.
        let unfinished = self.root.join(format!("{}{UNFINISHED}", run.id));
        fs::remove_dir_all(&unfinished).ok();
        fs::create_dir(&unfinished)
            .map_err(|error| StoreError::of(&unfinished, "make the folder", &error))?;
        write::whole(&unfinished, HEADER, &rows::encode_run(run)?)?;
        write::rename(&unfinished, &folder)
    }

    /// Adds an invocation to its run.
    ///
    /// # Errors
    /// It cannot be written; the store is as it was.
    pub fn keep(&self, invocation: &Invocation) -> Result<(), StoreError> {
        let name = format!("{:05}-{}-", invocation.position, invocation.id);
        let bytes = rows::encode_invocation(invocation)?;
        write::whole(&self.folder(&invocation.run), &name, &bytes)
    }

    /// The names of all runs, oldest first: cheap, nothing is opened.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn ids(&self) -> Result<Vec<RunId>, StoreError> {
        let (folders, _) = self.folders()?;
        Ok(folders.into_keys().collect())
    }

    /// A run's header.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn header(&self, id: &RunId) -> Result<Run, StoreError> {
        header(&self.folder(id)).map_err(StoreError::Damaged)
    }

    /// The names of all runs, oldest first, and what is no run's folder.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn listed(&self) -> Result<(Vec<RunId>, Vec<Damage>), StoreError> {
        let (folders, damage) = self.folders()?;
        Ok((folders.into_keys().collect(), damage))
    }

    /// The headers of all runs, oldest first, and what else lies in the store.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn runs(&self) -> Result<(Vec<Run>, Vec<Damage>), StoreError> {
        let (folders, mut damage) = self.folders()?;
        let mut runs = Vec::new();
        for (id, path) in folders {
            match header(&path) {
                Ok(run) if run.id == id => runs.push(run),
                Ok(run) => damage.push(Damage::foreign(
                    &path,
                    &format!("it holds the run {}", run.id),
                )),
                Err(found) => damage.push(found),
            }
        }
        Ok((runs, damage))
    }

    /// The folders of all runs by name, and what is no folder of a run. A run that is both in a
    /// month and beside it is the leftover of an interrupted compaction, and is read in its month.
    fn folders(&self) -> Result<(BTreeMap<RunId, PathBuf>, Vec<Damage>), StoreError> {
        let (mut folders, mut damage) = (BTreeMap::new(), Vec::new());
        let mut add = |path: PathBuf| {
            let name = name_of(&path);
            if name == LOCK_FILE || name.ends_with(UNFINISHED) {
                return;
            }
            match path.is_dir() {
                true => drop(folders.insert(RunId(name), path)),
                false => damage.push(Damage::foreign(&path, "a store holds folders of runs only")),
            }
        };
        let (months, others): (Vec<_>, Vec<_>) = entries(&self.root)?
            .into_iter()
            .partition(|path| path.is_dir() && name_of(path).starts_with(MONTH));
        others.into_iter().for_each(&mut add);
        for month in months {
            entries(&month)?.into_iter().for_each(&mut add);
        }
        Ok((folders, damage))
    }

    /// A run with its invocations, and what else lies in its folder.
    ///
    /// # Errors
    /// The folder or the run's header cannot be read.
    pub fn load(&self, id: &RunId) -> Result<(Stored, Vec<Damage>), StoreError> {
        load(&self.folder(id), id)
    }

    /// Removes what an interrupted write left in a run's folder; tells what that was.
    ///
    /// # Errors
    /// The folder cannot be read or a file not be removed.
    pub fn tidy(&self, id: &RunId) -> Result<Vec<PathBuf>, StoreError> {
        let left = entries(&self.folder(id))?;
        let left: Vec<PathBuf> = left
            .into_iter()
            .filter(|path| name_of(path).ends_with(UNFINISHED))
            .collect();
        for path in &left {
            fs::remove_file(path).map_err(|error| StoreError::of(path, "remove", &error))?;
        }
        Ok(left)
    }

    fn folder(&self, id: &RunId) -> PathBuf {
        let in_month = self.month(id).join(&id.0);
        match in_month.is_dir() {
            true => in_month,
            false => self.root.join(&id.0),
        }
    }

    /// Where a run goes when it is compacted: by the time in its name.
    fn month(&self, id: &RunId) -> PathBuf {
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let dated = match (id.0.get(..4), id.0.get(4..6)) {
            (Some(year), Some(month)) if digits(year) && digits(month) => {
                format!("{year}-{month}")
            }
            _ => "undated".to_owned(),
        };
        self.root.join(format!("{MONTH}{dated}"))
    }

    /// The files of a run's invocations.
    fn files(&self, id: &RunId) -> Result<Vec<PathBuf>, StoreError> {
        let files = entries(&self.folder(id))?;
        Ok(files
            .into_iter()
            .filter(|path| {
                path.extension()
                    .is_some_and(|extension| extension == "parquet")
            })
            .filter(|path| !name_of(path).starts_with(HEADER))
            .collect())
    }
}

/// What lies in a run's folder.
fn load(folder: &Path, id: &RunId) -> Result<(Stored, Vec<Damage>), StoreError> {
    let run = header(folder).map_err(StoreError::Damaged)?;
    let (mut invocations, mut damage) = (Vec::new(), Vec::new());
    for path in entries(folder)? {
        let name = name_of(&path);
        if name.starts_with(HEADER) || name.ends_with(UNFINISHED) {
            continue;
        }
        match rows::decode_invocations(&path) {
            Ok(found) => match found.iter().find(|one| one.run != *id) {
                None => invocations.extend(found),
                Some(other) => {
                    let found = format!("it is of the run {}", other.run);
                    damage.push(Damage::foreign(&path, &found));
                }
            },
            Err(found) => damage.push(found),
        }
    }
    invocations.sort_by_key(|invocation| invocation.position);
    Ok((Stored { run, invocations }, damage))
}

/// The header in a run's folder.
fn header(folder: &Path) -> Result<Run, Damage> {
    let paths = entries(folder).map_err(|error| Damage::torn(folder, &error.to_string()))?;
    match paths.iter().find(|path| name_of(path).starts_with(HEADER)) {
        Some(path) => rows::decode_run(path),
        None => Err(Damage::foreign(folder, "it has no header of a run")),
    }
}

/// What a folder holds, sorted.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let read = || -> std::io::Result<Vec<PathBuf>> {
        fs::read_dir(folder)?
            .map(|entry| Ok(entry?.path()))
            .collect()
    };
    let mut paths = read().map_err(|error| StoreError::of(folder, "read the folder", &error))?;
    paths.sort();
    Ok(paths)
}

fn name_of(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}
