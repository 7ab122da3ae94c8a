//! Executables: building our own, finding all, and saying where each comes from.
//!
//! - [`build`] has cargo make the krait executables that an experiment wants, of the tree at hand
//!   or of commits, puts them into `bin/` and writes down beside each what it was made from, or
//!   why it could not be made.
//! - [`find`] looks an executor's executable up and says what is known about it. A missing one is
//!   no error here: it is recorded with every invocation that it was to run.

mod cargo;
mod find;
mod pgo;
mod recipe;
mod revision;
mod tool;
mod written;

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use sha2::{Digest, Sha256};

pub use cargo::{BuildError, Built, Freshness, NotBuilt, build, target_folder};
pub use find::{executable, executable_folder, find};
pub use revision::commit_of;
pub use written::tree_facts;

#[cfg(test)]
mod tests;

/// SHA-256 of files' contents and of other texts, in hexadecimal.
pub(crate) fn digest(file: &Path, more: &str) -> io::Result<String> {
    let mut hash = Sha256::new();
    let mut file = fs::File::open(file)?;
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            count => hash.update(&buffer[..count]),
        }
    }
    hash.update(more.as_bytes());
    Ok(hex(&hash.finalize()))
}

/// Digest of all programs in a folder, of their names and contents, and of what pins what they
/// import: what an invocation's result depends on besides its executor.
///
/// # Errors
/// The folder or a file in it cannot be read.
pub fn digest_of_programs(folder: &Path, pins: &str) -> io::Result<String> {
    let mut paths = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<Vec<_>>>()?;
    paths.retain(|path| path.is_file());
    paths.sort();
    let mut hash = Sha256::new();
    for path in paths {
        let contents = fs::read(&path)?;
        hash.update(path.file_name().unwrap_or_default().as_encoded_bytes());
        hash.update((contents.len() as u64).to_le_bytes());
        hash.update(&contents);
    }
    hash.update(pins.as_bytes());
    Ok(hex(&hash.finalize()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
