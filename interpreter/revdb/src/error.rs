//! What can be wrong with a log.

use std::io;
use std::path::{Path, PathBuf};

#[derive(Debug, thiserror::Error)]
pub enum LogError {
    #[error("cannot read {path}: {error}")]
    Read { path: PathBuf, error: io::Error },
    #[error("cannot write {path}: {error}; choose another file with --record or KRAITRDB")]
    Write { path: PathBuf, error: io::Error },
    #[error("{path} is empty: the recorder was killed before it wrote anything")]
    Empty { path: PathBuf },
    #[error("{path} is no recording: it does not begin as one")]
    Foreign { path: PathBuf },
    #[error("{path} is damaged in its header: record again")]
    Header { path: PathBuf },
    #[error(
        "{path} has format {version}, this build reads format {own}: use the krait that made it"
    )]
    Version {
        path: PathBuf,
        version: u32,
        own: u32,
    },
    #[error(
        "{path} was recorded by another build: it has build id {recorded} ({recorded_target}), this is {own} ({own_target}); use the krait that made it"
    )]
    Build {
        path: PathBuf,
        recorded: String,
        recorded_target: String,
        own: String,
        own_target: String,
    },
}

impl LogError {
    pub(crate) fn read(path: &Path, error: io::Error) -> LogError {
        LogError::Read {
            path: path.to_owned(),
            error,
        }
    }
}
