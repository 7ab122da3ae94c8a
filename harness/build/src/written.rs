//! What is written beside an executable: what it was made from, or why there is none.
//!
//! A build's provenance is only known while it is made: which commit, what differed from it,
//! which compiler, which flags. It is believed later only if the executable's hash is still the
//! one that was written. A recipe that cannot be built leaves a note instead, and an older
//! executable of that name is then no longer taken for today's.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use model::{Fact, Provenance};
use sha2::{Digest, Sha256};

use crate::recipe::Recipe;

/// What the build of a recipe would be made from, now: everything but the executable's hash.
pub(crate) fn provenance_now(tree: &Path, recipe: &Recipe, executable: &Path) -> Provenance {
    let changes = said(tree, &["git", "diff", "HEAD"]);
    let is_dirty = changes.as_deref().map(|changes| !changes.is_empty());
    Provenance {
        path: executable.to_string_lossy().into_owned(),
        sha256: String::new(),
        version: String::new(),
        commit: said(tree, &["git", "rev-parse", "HEAD"]),
        dirty: is_dirty,
        changes: changes
            .filter(|changes| !changes.is_empty())
            .map(|changes| {
                let digest = crate::hex(&Sha256::digest(changes.as_bytes()));
                digest[..12].to_owned()
            }),
        rustc: said(tree, &[recipe.rustc(), "--version"]),
        profile: Some(recipe.profile_told()),
        features: Some(recipe.features()),
        flags: std::env::var("RUSTFLAGS")
            .ok()
            .filter(|flags| !flags.is_empty()),
    }
}

/// Writes an executable's provenance with its hash, and removes a note that there is none.
pub(crate) fn write(mut provenance: Provenance, executable: &Path) -> io::Result<()> {
    provenance.sha256 = crate::digest(executable, "")?;
    let text = serde_json::to_string_pretty(&provenance).unwrap_or_default();
    fs::write(beside(executable, ".provenance.json"), text)?;
    match fs::remove_file(beside(executable, ".not-built")) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// What was written beside an executable, if it is about this very file.
pub(crate) fn read(executable: &Path) -> Option<Provenance> {
    let text = fs::read_to_string(beside(executable, ".provenance.json")).ok()?;
    let provenance: Provenance = serde_json::from_str(&text).ok()?;
    (provenance.sha256 == crate::digest(executable, "").ok()?).then_some(provenance)
}

/// Whether the executable there is what would be made now. Only of a clean commit: cargo knows
/// better than a digest of text whether a changed tree needs compiling.
pub(crate) fn is_current(now: &Provenance, executable: &Path) -> bool {
    let sources = |of: &Provenance| {
        let of = of.clone();
        (
            of.commit,
            of.dirty,
            of.rustc,
            of.profile,
            of.features,
            of.flags,
        )
    };
    now.dirty == Some(false)
        && read(executable).is_some_and(|written| sources(&written) == sources(now))
}

/// Whether the executable there is of this very commit, made as it would be made now.
pub(crate) fn is_of_commit(commit: &str, root: &Path, recipe: &Recipe, executable: &Path) -> bool {
    let mut now = provenance_now(root, recipe, executable);
    now.commit = Some(commit.to_owned());
    now.dirty = Some(false);
    is_current(&now, executable)
}

/// Notes why a recipe was not built.
pub(crate) fn write_reason(executable: &Path, reason: &str) -> io::Result<()> {
    fs::create_dir_all(executable.parent().unwrap_or(executable))?;
    fs::write(beside(executable, ".not-built"), reason)
}

/// Why a recipe was not built when that was last tried.
pub(crate) fn reason(executable: &Path) -> Option<String> {
    let text = fs::read_to_string(beside(executable, ".not-built")).ok()?;
    Some(text.trim().to_owned())
}

fn beside(executable: &Path, ending: &str) -> PathBuf {
    let mut name = executable.file_name().unwrap_or_default().to_owned();
    name.push(ending);
    executable.with_file_name(name)
}

/// The state of the source tree now: for executables whose provenance was not written.
pub fn tree_facts(root: &Path) -> Vec<Fact> {
    let mut facts = Vec::new();
    if let Some(commit) = said(root, &["git", "rev-parse", "HEAD"]) {
        let changes = said(
            root,
            &["git", "status", "--porcelain", "--untracked-files=no"],
        );
        let state = match changes.as_deref() {
            Some("") => "",
            _ => ", with changes",
        };
        facts.push(Fact::new("source tree", format!("{commit}{state}")));
    }
    if let Some(rustc) = said(root, &["rustc", "--version"]) {
        facts.push(Fact::new("compiler at hand", rustc));
    }
    facts
}

/// What a command prints, if it is there and succeeds.
pub(crate) fn said(root: &Path, command: &[&str]) -> Option<String> {
    let (executable, arguments) = command.split_first()?;
    let output = Command::new(executable)
        .args(arguments)
        .current_dir(root)
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}
