//! Writing so that a name stands for a whole file or for none.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::{StoreError, UNFINISHED};

/// Writes a file under another name, makes sure that it is on the disk, and renames it to
/// `NAME` + checksum + `.parquet`.
pub(crate) fn whole(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
    let path = folder.join(format!("{name}{}.parquet", checksum(bytes)));
    let unfinished = unfinished(folder, name);
    let write = || -> std::io::Result<()> {
        let mut file = File::create(&unfinished)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    if let Err(error) = write() {
        // The space of the half file is what the next attempt may need.
        fs::remove_file(&unfinished).ok();
        return Err(StoreError::of(&path, "write", &error));
    }
    rename(&unfinished, &path)
}

/// Whether a file's name says what it holds; `None` if it says nothing.
pub(crate) fn is_as_named(path: &Path, bytes: &[u8]) -> Option<bool> {
    let stem = path.file_name()?.to_str()?.strip_suffix(".parquet")?;
    let (_, stated) = stem.rsplit_once('-')?;
    Some(stated == checksum(bytes))
}

/// 16 hexadecimal digits of SHA-256.
fn checksum(bytes: &[u8]) -> String {
    short(&Sha256::digest(bytes))
}

/// The first 16 hexadecimal digits.
pub(crate) fn short(digest: &[u8]) -> String {
    digest
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Gives a file or folder its name, and makes sure that the name is on the disk.
pub(crate) fn rename(from: &Path, to: &Path) -> Result<(), StoreError> {
    let rename = || -> std::io::Result<()> {
        fs::rename(from, to)?;
        match to.parent() {
            Some(folder) => File::open(folder)?.sync_all(),
            None => Ok(()),
        }
    };
    rename().map_err(|error| StoreError::of(to, "rename to this", &error))
}

/// The name that a file has until it is whole.
pub(crate) fn unfinished(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}{UNFINISHED}"))
}
