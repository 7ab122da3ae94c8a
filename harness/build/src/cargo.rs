//! Building krait's configurations with cargo.
//!
//! A build's provenance is only known while it is made: which commit, whether the tree was clean,
//! which compiler, which flags. It is written beside the executable, and believed later only if
//! the executable's hash is still the one that was written.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use model::{Configuration, Executor, ExecutorKind, Fact, Provenance, Target};

/// What ships is measured in the profile that ships.
const PROFILE: &str = "release";

/// Why there is no new executable.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    #[error(
        "cargo could not be started: {0}\n  install Rust, or put existing executables into bin/"
    )]
    NoCargo(std::io::Error),
    #[error(
        "cargo could not build krait's configuration `{configuration}` (its messages are above)\n  \
             correct the sources, or remove the executor from the experiment"
    )]
    Failed { configuration: Configuration },
    #[error("{}: {error}\n  check that the folder is yours to write", path.display())]
    Io {
        path: PathBuf,
        error: std::io::Error,
    },
}

/// Builds the executables of all krait executors that name no path and are for this machine.
/// `cargo`'s own messages go to stderr.
///
/// # Errors
/// The first build that fails.
pub fn build(root: &Path, executors: &[Executor]) -> Result<Vec<PathBuf>, BuildError> {
    let wanted = executors.iter().filter(|executor| {
        let is_native = executor.target.is_none() || executor.target == Target::of_this_program();
        executor.kind == ExecutorKind::Krait { path: None } && is_native
    });
    let mut built = Vec::new();
    for executor in wanted {
        let path = executable(root, executor.configuration, None);
        if !built.contains(&path) {
            build_one(root, executor.configuration, &path)?;
            built.push(path);
        }
    }
    Ok(built)
}

/// Where the executable of a configuration is.
pub(crate) fn executable(
    root: &Path,
    configuration: Configuration,
    target: Option<&str>,
) -> PathBuf {
    let mut name = match configuration {
        // What people call krait is the one with everything.
        Configuration::Jit => "krait".to_owned(),
        other => format!("krait-{other}"),
    };
    if let Some(target) = target {
        name.push('-');
        name.push_str(target);
    }
    root.join("bin").join(name)
}

fn features(configuration: Configuration) -> &'static str {
    match configuration {
        Configuration::Jit => "jit",
        Configuration::Revdb => "revdb",
        Configuration::Nojit | Configuration::Stock => "",
    }
}

fn build_one(root: &Path, configuration: Configuration, to: &Path) -> Result<(), BuildError> {
    let features = features(configuration);
    let mut cargo = Command::new("cargo");
    cargo
        .current_dir(root)
        .args(["build", "--locked", "-p", "krait", "--profile", PROFILE]);
    cargo.args(["--features", features]);
    if !cargo.status().map_err(BuildError::NoCargo)?.success() {
        return Err(BuildError::Failed { configuration });
    }
    let from = target_folder(root).join(PROFILE).join("krait");
    put(&from, to)?;
    write_provenance(root, features, to)
}

fn target_folder(root: &Path) -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root.join(folder),
        None => root.join("target"),
    }
}

/// Copies through another name, so that an executable that runs can be replaced.
fn put(from: &Path, to: &Path) -> Result<(), BuildError> {
    let unfinished = to.with_extension("unfinished");
    let copy = || -> std::io::Result<()> {
        fs::create_dir_all(to.parent().unwrap_or(to))?;
        fs::copy(from, &unfinished)?;
        fs::rename(&unfinished, to)
    };
    copy().map_err(|error| BuildError::Io {
        path: to.to_owned(),
        error,
    })
}

fn write_provenance(root: &Path, features: &str, executable: &Path) -> Result<(), BuildError> {
    let failed = |error| BuildError::Io {
        path: executable.to_owned(),
        error,
    };
    let provenance = Provenance {
        path: executable.to_string_lossy().into_owned(),
        sha256: crate::digest(executable, "").map_err(failed)?,
        version: String::new(),
        commit: said(root, &["git", "rev-parse", "HEAD"]),
        dirty: said(
            root,
            &["git", "status", "--porcelain", "--untracked-files=no"],
        )
        .map(|changes| !changes.is_empty()),
        rustc: said(root, &["rustc", "--version"]),
        profile: Some(PROFILE.to_owned()),
        features: Some(features.to_owned()).filter(|features| !features.is_empty()),
        flags: std::env::var("RUSTFLAGS")
            .ok()
            .filter(|flags| !flags.is_empty()),
    };
    let text = serde_json::to_string_pretty(&provenance).unwrap_or_default();
    fs::write(provenance_file(executable), text).map_err(failed)
}

fn provenance_file(executable: &Path) -> PathBuf {
    let mut name = executable.file_name().unwrap_or_default().to_owned();
    name.push(".provenance.json");
    executable.with_file_name(name)
}

/// What was written beside an executable, if it is about this very file.
pub(crate) fn written_provenance(executable: &Path) -> Option<Provenance> {
    let text = fs::read_to_string(provenance_file(executable)).ok()?;
    let provenance: Provenance = serde_json::from_str(&text).ok()?;
    (provenance.sha256 == crate::digest(executable, "").ok()?).then_some(provenance)
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
fn said(root: &Path, command: &[&str]) -> Option<String> {
    let (executable, arguments) = command.split_first()?;
    let output = Command::new(executable)
        .args(arguments)
        .current_dir(root)
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}
