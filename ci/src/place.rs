//! Where things are: the tree, the executables, and the build folders.
//!
//! Build folders live in the user's cache directory and not in the tree, so
//! that a fresh clone finds what an earlier one has compiled. Foreign targets
//! are compiled by another toolchain and have a folder of their own; sharing
//! one would make each toolchain throw away the other's work.

use std::path::{Path, PathBuf};

/// Above this size a build folder is thrown away before a test run: every
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

impl Place {
    pub fn find() -> Result<Place, String> {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = manifest
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

    /// Throws away build folders that have outgrown their use.
    pub fn prune(&self) -> Result<(), String> {
        for folder in [&self.target_host, &self.target_cross] {
            let size_bytes = folder_bytes(folder);
            if size_bytes > LIMIT_FOLDER_BYTES {
                eprintln!(
                    "removing {}: {} GB",
                    folder.display(),
                    size_bytes / 1_000_000_000
                );
                std::fs::remove_dir_all(folder)
                    .map_err(|e| format!("cannot remove {}: {e}", folder.display()))?;
            }
        }
        Ok(())
    }
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
