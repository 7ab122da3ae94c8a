//! Looking at everything that a store holds.

use std::collections::BTreeSet;

use crate::{Damage, Store, StoreError};

/// What there is, and what is wrong with it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Verified {
    pub runs: usize,
    pub whole_runs: usize,
    pub invocations: usize,
    pub samples: usize,
    pub damage: Vec<Damage>,
}

impl Store {
    /// Reads every file: its checksum, its form, whether it is where it belongs, and whether any
    /// invocation is there twice.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn verify(&self) -> Result<Verified, StoreError> {
        let (folders, damage) = self.folders()?;
        let mut verified = Verified {
            damage,
            ..Verified::default()
        };
        for (id, folder) in folders {
            let (stored, damage) = match self.load(&id) {
                Ok(loaded) => loaded,
                Err(StoreError::Damaged(damage)) => {
                    verified.damage.push(damage);
                    continue;
                }
                Err(error) => return Err(error),
            };
            verified.damage.extend(damage);
            if stored.run.id != id {
                let what = format!("it holds the run {}", stored.run.id);
                verified.damage.push(Damage::foreign(&folder, &what));
            }
            let ids: BTreeSet<_> = stored.invocations.iter().map(|one| &one.id).collect();
            if ids.len() < stored.invocations.len() {
                let what = "an invocation is in it twice";
                verified.damage.push(Damage::foreign(&folder, what));
            }
            verified.runs += 1;
            verified.whole_runs +=
                usize::from(stored.invocations.len() >= stored.run.planned as usize);
            verified.invocations += stored.invocations.len();
            verified.samples += stored
                .invocations
                .iter()
                .map(|one| one.samples.len())
                .sum::<usize>();
        }
        Ok(verified)
    }
}
