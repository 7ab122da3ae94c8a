//! Merging: what another store holds comes into this one.
//!
//! Runs are told apart by name and invocations by id, so merging twice adds nothing, and what two
//! machines measured of one run becomes one run. Two invocations of one id with different samples
//! are a contradiction that nobody here can settle: the one that is there stays, and it is told.

use std::collections::BTreeMap;
use std::fs;

use model::{Invocation, InvocationId, RunId};

use crate::{Damage, Store, StoreError, Stored, UNFINISHED, rows, write};

/// What merging did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Merged {
    pub runs: usize,
    pub invocations: usize,
    /// Already there, and the same.
    pub known: usize,
    /// Runs and invocations that are there with other contents.
    pub contradictions: Vec<(RunId, Option<InvocationId>)>,
    /// What could not be read in the other store.
    pub damage: Vec<Damage>,
}

impl Store {
    /// Adds what `other` holds. This store must be locked.
    ///
    /// # Errors
    /// One of the stores cannot be read, or this one not be written; what was added until then is
    /// whole.
    pub fn merge(&self, other: &Store) -> Result<Merged, StoreError> {
        let mut merged = Merged::default();
        let (folders, damage) = other.folders()?;
        merged.damage = damage;
        for id in folders.keys() {
            match other.load(id) {
                Ok((stored, damage)) => {
                    merged.damage.extend(damage);
                    self.take(&stored, &mut merged)?;
                }
                Err(StoreError::Damaged(damage)) => merged.damage.push(damage),
                Err(error) => return Err(error),
            }
        }
        Ok(merged)
    }

    /// Adds what of a run is not here yet, and counts it. This store must be locked.
    ///
    /// # Errors
    /// As [`Store::merge`].
    pub fn take(&self, stored: &Stored, merged: &mut Merged) -> Result<(), StoreError> {
        let id = &stored.run.id;
        if !self.folder(id).is_dir() {
            self.add(stored)?;
            merged.runs += 1;
            merged.invocations += stored.invocations.len();
            return Ok(());
        }
        let (mine, damage) = self.load(id)?;
        if let Some(damage) = damage.into_iter().next() {
            return Err(StoreError::Damaged(damage));
        }
        if mine.run != stored.run {
            merged.contradictions.push((id.clone(), None));
            return Ok(());
        }
        let known: BTreeMap<&InvocationId, &Invocation> =
            mine.invocations.iter().map(|one| (&one.id, one)).collect();
        for invocation in &stored.invocations {
            match known.get(&invocation.id) {
                Some(mine) if *mine == invocation => merged.known += 1,
                Some(_) => {
                    let what = (id.clone(), Some(invocation.id.clone()));
                    merged.contradictions.push(what);
                }
                None => {
                    self.keep(invocation)?;
                    merged.invocations += 1;
                }
            }
        }
        Ok(())
    }

    /// Adds a whole run at once, its invocations in one file.
    ///
    /// # Errors
    /// It cannot be written, or there is a run of that name.
    pub fn add(&self, stored: &Stored) -> Result<(), StoreError> {
        let folder = self.folder(&stored.run.id);
        if folder.exists() {
            return Err(StoreError::Exists { path: folder });
        }
        let unfinished = self.root.join(format!("{}{UNFINISHED}", stored.run.id));
        fs::remove_dir_all(&unfinished).ok();
        fs::create_dir(&unfinished)
            .map_err(|error| StoreError::of(&unfinished, "make the folder", &error))?;
        write::whole(&unfinished, crate::HEADER, &rows::encode_run(&stored.run)?)?;
        if !stored.invocations.is_empty() {
            let bytes = rows::encode_invocations(&stored.invocations)?;
            write::whole(&unfinished, crate::SEVERAL, &bytes)?;
        }
        write::rename(&unfinished, &folder)
    }
}
