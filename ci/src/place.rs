//! Where things are: the tree, the executables, and the build folders.
//!
//! Build folders live in the user's cache directory and not in the tree, so
//! that a fresh clone finds what an earlier one has compiled. Foreign targets
//! are compiled by another toolchain and have a folder of their own; sharing
//! one would make each toolchain throw away the other's work.

use std::path::{Path, PathBuf};

/// Above this size a build folder is made smaller before a test run: every
/// clone at a new path adds its own copy of the workspace's crates.
const LIMIT_FOLDER_BYTES: u64 = 25_000_000_000;

pub struct Place {
    /// The root of the tree.
    pub root: PathBuf,
    /// Build folder of the host's toolchain.
    pub target_host: PathBuf,
    /// Build folder of the toolchain for foreign targets.
    pub target_cross: PathBuf,
    /// What else is made once for all clones: environments of Python packages.
    pub cache: PathBuf,
}

/// This crate's folder: the one that cargo names where it starts us, as clones share a build folder and
/// cargo may find nothing to build that another clone has built; else the one that we were built from.
pub fn own_folder() -> PathBuf {
    let told = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    told.filter(|folder| folder.join("src/place.rs").is_file())
        .unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")))
}

impl Place {
    pub fn find() -> Result<Place, String> {
        let root = own_folder()
            .parent()
            .ok_or("the crate's folder has no parent")?
            .to_path_buf();
        if !root.join("Cargo.toml").is_file() {
            return Err(format!(
                "the tree was moved from {} since ci was built: run `make` inside the tree",
                root.display()
            ));
        }
        let cache = cache_folder()?.join("krait");
        let target_host: PathBuf = match std::env::var_os("CARGO_TARGET_DIR") {
            Some(folder) => PathBuf::from(folder),
            None => cache.join("target"),
        };
        // As kraitbench names it, which builds there.
        let mut name = target_host.file_name().unwrap_or_default().to_owned();
        name.push("-cross");
        let target_cross = target_host.with_file_name(name);
        Ok(Place {
            root,
            target_host,
            target_cross,
            cache,
        })
    }

    /// The folder in which `make build` leaves the executables.
    pub fn bin(&self) -> PathBuf {
        self.root.join("bin")
    }

    /// An executable of that folder.
    pub fn executable(&self, name: &str) -> PathBuf {
        self.bin().join(name)
    }

    /// Throws away what has outgrown its use in build folders.
    pub fn prune(&self) -> Result<(), String> {
        keep_below(&self.target_host, LIMIT_FOLDER_BYTES)?;
        keep_below(&self.target_cross, LIMIT_FOLDER_BYTES)
    }
}

/// Removes from a build folder that is larger what speeds up compiling a crate again, and if that is not enough
/// all, compiled dependencies included.
fn keep_below(folder: &Path, limit_bytes: u64) -> Result<(), String> {
    if folder_bytes(folder) <= limit_bytes {
        return Ok(());
    }
    for profile in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        remove(&profile.path().join("incremental"))?;
    }
    if folder_bytes(folder) > limit_bytes {
        remove(folder)?;
    }
    Ok(())
}

/// Removes a folder, if it is there.
fn remove(folder: &Path) -> Result<(), String> {
    if !folder.is_dir() {
        return Ok(());
    }
    let size_bytes = folder_bytes(folder);
    eprintln!(
        "removing {}: {} GB",
        folder.display(),
        size_bytes / 1_000_000_000
    );
    std::fs::remove_dir_all(folder).map_err(|e| format!("cannot remove {}: {e}", folder.display()))
}

fn cache_folder() -> Result<PathBuf, String> {
    let absolute = |name: &str| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    absolute("XDG_CACHE_HOME")
        .or_else(|| absolute("HOME").map(|home| home.join(".cache")))
        .ok_or_else(|| "neither XDG_CACHE_HOME nor HOME names a folder for build results".into())
}

/// The size of everything below a folder; what cannot be read counts nothing.
fn folder_bytes(folder: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return 0;
    };
    entries
        .flatten()
        .filter_map(|entry| entry.metadata().ok().map(|meta| (entry.path(), meta)))
        .map(|(path, meta)| {
            if meta.is_dir() {
                folder_bytes(&path)
            } else {
                meta.len()
            }
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compiled_dependencies_go_only_if_nothing_else_helps() {
        let folder = std::env::temp_dir().join(format!("krait-ci-place-{}", std::process::id()));
        let fill = |below: &str| {
            let below = folder.join(below);
            std::fs::create_dir_all(&below).unwrap();
            std::fs::write(below.join("file"), [0; 1000]).unwrap();
        };
        fill("debug/deps");
        fill("debug/incremental");
        fill("release/incremental");
        keep_below(&folder, 10_000).unwrap();
        assert!(folder.join("debug/incremental/file").is_file());
        keep_below(&folder, 1_500).unwrap();
        assert!(!folder.join("release/incremental").exists());
        assert!(folder.join("debug/deps/file").is_file());
        keep_below(&folder, 10).unwrap();
        assert!(!folder.exists());
    }
}
