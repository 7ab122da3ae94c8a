//! Compaction: the runs of past months, each in one file of samples instead of hundreds.
//!
//! A run is written anew in its month's folder, read back, and compared with what it was made
//! from; only then does the old folder go. Killed in between, both are there and hold the same;
//! reading takes the new one, and compacting again removes the old. A run that is not whole is
//! left alone: it may be gone on with. So is one with anything in its folder that does not belong
//! there.

use std::fs;
use std::path::{Path, PathBuf};

use model::RunId;

use crate::{
    Damage, HEADER, MONTH, Store, StoreError, UNFINISHED, entries, load, name_of, rows, write,
};

/// What became of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Compacted {
    /// So many files became one.
    Done { run: RunId, files: usize },
    /// Left as it was, and why.
    Left { run: RunId, why: String },
}

impl Store {
    /// Compacts all runs that began before `month` (`2026-01`); those of the month itself may still
    /// be added to. The store must be locked.
    ///
    /// # Errors
    /// Something cannot be read or written; what was there is there still.
    pub fn compact(&self, before: &str) -> Result<Vec<Compacted>, StoreError> {
        let mut told = Vec::new();
        for path in entries(&self.root)? {
            let name = name_of(&path);
            if !path.is_dir() || name.starts_with(MONTH) || name.ends_with(UNFINISHED) {
                continue;
            }
            let run = RunId(name);
            let month = name_of(&self.month(&run));
            if month.trim_start_matches(MONTH) < before {
                told.push(self.compact_run(&path, run)?);
            }
        }
        Ok(told)
    }

    fn compact_run(&self, from: &Path, run: RunId) -> Result<Compacted, StoreError> {
        let (stored, damage) = match load(from, &run) {
            Ok(loaded) => loaded,
            Err(StoreError::Damaged(damage)) => return Ok(left(run, &damage)),
            Err(error) => return Err(error),
        };
        if let Some(damage) = damage.first() {
            return Ok(left(run, damage));
        }
        if stored.invocations.len() < stored.run.planned as usize {
            let why = format!(
                "it is not whole: {} of {} invocations",
                stored.invocations.len(),
                stored.run.planned
            );
            return Ok(Compacted::Left { run, why });
        }
        let month = self.month(&run);
        let to = month.join(&run.0);
        let files = entries(from)?.len();
        if !to.is_dir() {
            let unfinished = month.join(format!("{run}{UNFINISHED}"));
            fs::remove_dir_all(&unfinished).ok();
            fs::create_dir_all(&unfinished)
                .map_err(|error| StoreError::of(&unfinished, "make the folder", &error))?;
            write::whole(&unfinished, HEADER, &rows::encode_run(&stored.run)?)?;
            let bytes = rows::encode_invocations(&stored.invocations)?;
            write::whole(&unfinished, crate::SEVERAL, &bytes)?;
            write::rename(&unfinished, &to)?;
        }
        let (again, damage) = load(&to, &run)?;
        if again != stored || !damage.is_empty() {
            let why = format!("{} holds something else", to.display());
            return Ok(Compacted::Left { run, why });
        }
        remove(from)?;
        Ok(Compacted::Done { run, files })
    }
}

fn left(run: RunId, damage: &Damage) -> Compacted {
    Compacted::Left {
        run,
        why: damage.to_string(),
    }
}

/// Takes the name away first, so that half a folder is never taken for a run.
fn remove(folder: &Path) -> Result<(), StoreError> {
    let mut gone = folder.as_os_str().to_owned();
    gone.push(UNFINISHED);
    let gone = PathBuf::from(gone);
    write::rename(folder, &gone)?;
    fs::remove_dir_all(&gone).map_err(|error| StoreError::of(&gone, "remove", &error))
}
