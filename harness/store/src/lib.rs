//! The store: a folder of Parquet files to which runs are added and from which nothing is taken.
//!
//! ```text
//! STORE/
//!   RUN/run-SUM.parquet        what was planned, on what, with what
//!   RUN/00000-ID-SUM.parquet   one invocation: a row for itself and a row for each sample
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
//! Rows hold their whole series key (it compresses to nothing), so any Parquet reader can query a
//! store without this crate; [`Store::series`] does so with Polars.

mod damage;
mod rows;
mod series;
mod write;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use model::{Invocation, Run, RunId};

pub use damage::{Damage, StoreError};

#[cfg(test)]
mod tests;

/// What the name of a run's header begins with.
const HEADER: &str = "run-";
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

    /// The headers of all runs, oldest first, and what else lies in the store.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn runs(&self) -> Result<(Vec<Run>, Vec<Damage>), StoreError> {
        let (mut runs, mut damage) = (BTreeMap::new(), Vec::new());
        for path in entries(&self.root)? {
            let name = name_of(&path);
            if name == LOCK_FILE || name.ends_with(UNFINISHED) {
                continue;
            }
            if !path.is_dir() {
                damage.push(Damage::foreign(&path, "a store holds folders of runs only"));
                continue;
            }
            match header(&path) {
                Ok(run) if run.id.0 == name => drop(runs.insert(run.id.clone(), run)),
                Ok(run) => damage.push(Damage::foreign(
                    &path,
                    &format!("it holds the run {}", run.id),
                )),
                Err(found) => damage.push(found),
            }
        }
        Ok((runs.into_values().collect(), damage))
    }

    /// A run with its invocations, and what else lies in its folder.
    ///
    /// # Errors
    /// The folder or the run's header cannot be read.
    pub fn load(&self, id: &RunId) -> Result<(Stored, Vec<Damage>), StoreError> {
        let folder = self.folder(id);
        let run = header(&folder).map_err(StoreError::Damaged)?;
        let (mut invocations, mut damage) = (Vec::new(), Vec::new());
        for path in entries(&folder)? {
            let name = name_of(&path);
            if name.starts_with(HEADER) || name.ends_with(UNFINISHED) {
                continue;
            }
            match rows::decode_invocation(&path) {
                Ok(invocation) if invocation.run == *id => invocations.push(invocation),
                Ok(invocation) => {
                    let found = format!("it is of the run {}", invocation.run);
                    damage.push(Damage::foreign(&path, &found));
                }
                Err(found) => damage.push(found),
            }
        }
        invocations.sort_by_key(|invocation| invocation.position);
        Ok((Stored { run, invocations }, damage))
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
        self.root.join(&id.0)
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
