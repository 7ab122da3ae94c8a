//! What can be wrong with a store, where, and what to do about it.

use std::io;
use std::path::{Path, PathBuf};

/// A file in the store that is not what should be there. It is left as it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {what}\n  {advice}", path.display())]
pub struct Damage {
    pub path: PathBuf,
    pub what: String,
    pub advice: String,
}

impl Damage {
    pub(crate) fn foreign(path: &Path, what: &str) -> Damage {
        Damage {
            path: path.to_owned(),
            what: format!("does not belong into the store ({what})"),
            advice: "move it elsewhere; nothing in the store refers to it".to_owned(),
        }
    }

    pub(crate) fn torn(path: &Path, what: &str) -> Damage {
        Damage {
            path: path.to_owned(),
            what: format!("is torn ({what})"),
            advice: "move it out of the store and run the experiment again: what it held is \
                     measured again, everything else is kept"
                .to_owned(),
        }
    }

    pub(crate) fn version(path: &Path, found: &str, known: &str) -> Damage {
        Damage {
            path: path.to_owned(),
            what: format!("has schema version {found}; this kraitbench reads {known}"),
            advice: "read it with the kraitbench that wrote it, or use another store with \
                     `--store FOLDER`"
                .to_owned(),
        }
    }
}

/// Why the store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error(
        "{}: the disk is full; what was stored is whole\n  \
         free some space and run the experiment again: it goes on where it was", path.display()
    )]
    Full { path: PathBuf },
    #[error("{}: cannot {what}: {error}\n  check that the folder is there and yours to write, \
             or use another with `--store FOLDER`", path.display())]
    Io {
        path: PathBuf,
        what: &'static str,
        error: String,
    },
    #[error("{}: another run is adding to this store\n  wait for its end; two runs at a time would \
             disturb each other's figures", root.display())]
    Busy { root: PathBuf },
    #[error("{}: there is a run of this name already\n  start again: a new name has a new time in it",
            path.display())]
    Exists { path: PathBuf },
    #[error(transparent)]
    Damaged(Damage),
    #[error("a record could not be put into Parquet: {0}")]
    Encode(String),
    #[error("the store could not be queried: {0}")]
    Query(String),
}

impl StoreError {
    pub(crate) fn of(path: &Path, what: &'static str, error: &io::Error) -> StoreError {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreError::Full {
                path: path.to_owned(),
            },
            _ => StoreError::Io {
                path: path.to_owned(),
                what,
                error: error.to_string(),
            },
        }
    }
}
