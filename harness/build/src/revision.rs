//! Sources of a commit: a worktree of their own, so that neither the tree at hand nor what is
//! changed in it gets into the executable.
//!
//! Each has a build folder of its own as well. Cargo names what it compiles by the package's place
//! within its workspace, so two trees of one project that share a folder are one to it, and a file
//! with an older date is taken for unchanged: an executable of another commit would be measured
//! under this one's name. Both go once the executable is there.
//!
//! Worktrees are detached: no branch is made or moved.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cargo::BuildError;
use crate::recipe::short;
use crate::written::said;

/// The commit that a revision names.
///
/// # Errors
/// There is none, or the tree is not one of git's.
pub fn commit_of(root: &Path, revision: &str) -> Result<String, BuildError> {
    let unknown = || BuildError::Revision {
        revision: revision.to_owned(),
    };
    // What begins with a dash would be an option.
    if revision.is_empty() || revision.starts_with('-') {
        return Err(unknown());
    }
    let named = format!("{revision}^{{commit}}");
    let found = said(root, &["git", "rev-parse", "--verify", "--quiet", &named]);
    found.ok_or_else(unknown)
}

/// A commit's sources with their build folder.
#[derive(Debug)]
pub(crate) struct Sources {
    root: PathBuf,
    folder: PathBuf,
    pub tree: PathBuf,
}

impl Sources {
    /// Cargo's folder for them.
    pub(crate) fn target(&self) -> PathBuf {
        self.folder.join("target")
    }
}

impl Drop for Sources {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.folder).ok();
        said(&self.root, &["git", "worktree", "prune"]);
    }
}

/// Checks a commit out below `folder`.
pub(crate) fn sources(root: &Path, folder: &Path, commit: &str) -> Result<Sources, BuildError> {
    let folder = folder.join("revisions").join(short(commit));
    let tree = folder.join("tree");
    std::fs::remove_dir_all(&folder).ok();
    said(root, &["git", "worktree", "prune"]);
    let made = Command::new("git")
        .args(["worktree", "add", "--quiet", "--force", "--detach"])
        .arg(&tree)
        .arg(commit)
        .current_dir(root)
        .status();
    match made {
        Ok(status) if status.success() => Ok(Sources {
            root: root.to_owned(),
            folder,
            tree,
        }),
        _ => Err(BuildError::Sources {
            commit: commit.to_owned(),
            tree,
        }),
    }
}
