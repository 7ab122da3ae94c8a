//! Writing so that a name stands for a whole file or for none.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::{StoreError, UNFINISHED};

/// Writes a file under another name, makes sure that it is on the disk, and renames it.
pub(crate) fn whole(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let unfinished = unfinished(path);
    let write = || -> std::io::Result<()> {
        let mut file = File::create(&unfinished)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    if let Err(error) = write() {
        // The space of the half file is what the next attempt may need.
        fs::remove_file(&unfinished).ok();
        return Err(StoreError::of(path, "write", &error));
    }
    rename(&unfinished, path)
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
pub(crate) fn unfinished(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(UNFINISHED);
    path.with_file_name(name)
}
