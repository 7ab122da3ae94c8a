//! What was computed of runs, kept beside the store so that it need not be computed again.
//!
//! ```text
//! STORE.derived/RUN.KIND-STATE     32 hexadecimal digits of a checksum, and what was derived
//! ```
//!
//! *Derived is no measurement.* It is a function of a run's files and of rules that KIND names.
//! STATE is a digest of these files' names, lengths and times, so whatever is added to a run or
//! changed in it has another state, under which nothing is found, and it is derived anew. The
//! folder can be removed at any time, and a store that was copied without it is whole. That a file
//! was damaged without a change of its time, only [`Store::verify`] finds out.
//!
//! *It never fails.* What cannot be read is not there; what cannot be written is computed again the
//! next time. A full disk or a store of somebody else's costs time, nothing else.

use std::fs;
use std::path::PathBuf;
use std::time::UNIX_EPOCH;

use model::RunId;
use sha2::{Digest, Sha256};

use crate::{Store, UNFINISHED, entries, name_of, write};

/// Length of the checksum that the file begins with.
const CHECKSUM_BYTES: usize = 32;

/// A run as its files are now: what is derived of it is kept under this.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    run: RunId,
    digest: String,
}

impl Store {
    /// The state of a run's files; `None` if they cannot be looked at.
    pub fn state(&self, id: &RunId) -> Option<State> {
        let mut digest = Sha256::new();
        for path in entries(&self.folder(id)).ok()? {
            let name = name_of(&path);
            if name.ends_with(UNFINISHED) {
                continue;
            }
            let found = fs::metadata(&path).ok()?;
            let changed = found.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
            digest.update(format!("{name}\0{}\0{}\n", found.len(), changed.as_nanos()));
        }
        Some(State {
            run: id.clone(),
            digest: write::short(&digest.finalize()),
        })
    }

    /// What was derived of a run in this state by the rules that `kind` names.
    pub fn derived(&self, state: &State, kind: &str) -> Option<Vec<u8>> {
        let mut bytes = fs::read(self.place(state, kind)).ok()?;
        let (stated, content) = bytes.split_at_checked(CHECKSUM_BYTES)?;
        let is_whole = stated == checksum(content);
        is_whole.then(|| bytes.split_off(CHECKSUM_BYTES))
    }

    /// Keeps what was derived, in place of what was derived of an earlier state.
    pub fn keep_derived(&self, state: &State, kind: &str, content: &[u8]) {
        let place = self.place(state, kind);
        let folder = self.derived_folder();
        if fs::create_dir_all(&folder).is_err() {
            return;
        }
        let unfinished = folder.join(format!("{}.{kind}{UNFINISHED}", state.run));
        let whole = [&checksum(content)[..], content].concat();
        let written = fs::write(&unfinished, whole).and_then(|()| fs::rename(&unfinished, &place));
        if written.is_err() {
            fs::remove_file(&unfinished).ok();
            return;
        }
        let older = format!("{}.{kind}-", state.run);
        for path in entries(&folder).unwrap_or_default() {
            if path != place && name_of(&path).starts_with(&older) {
                fs::remove_file(&path).ok();
            }
        }
    }

    /// Where derived things are: beside the store, which holds measurements alone.
    pub fn derived_folder(&self) -> PathBuf {
        let root = self
            .root
            .canonicalize()
            .unwrap_or_else(|_| self.root.clone());
        root.with_file_name(format!("{}.derived", name_of(&root)))
    }

    fn place(&self, state: &State, kind: &str) -> PathBuf {
        let name = format!("{}.{kind}-{}", state.run, state.digest);
        self.derived_folder().join(name)
    }
}

fn checksum(content: &[u8]) -> Vec<u8> {
    let digits = Sha256::digest(content);
    let digits = digits.iter().take(CHECKSUM_BYTES / 2);
    digits
        .flat_map(|byte| format!("{byte:02x}").into_bytes())
        .collect()
}
