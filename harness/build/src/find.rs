//! Finding an executor's executable and asking it what it is.

use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use model::{ClockKind, Configuration, Executor, ExecutorKind, Provenance, RunExecutor, Target};

use crate::recipe::Recipe;
use crate::tool::Tool;
use crate::written;

/// How long an executable may take to say its version.
const PATIENCE: Duration = Duration::from_secs(20);
/// How much of it is kept.
const VERSION_BYTES: u64 = 2000;

/// Looks an executor up. `root` is what relative paths with a `/` are relative to; a bare name is
/// looked up in `PATH`.
pub fn find(executor: &Executor, root: &Path, host: Target) -> RunExecutor {
    let target = executor.target.unwrap_or(host);
    let clock = ClockKind::of(executor.clock, target, host);
    let found = look_up(executor, root, host, clock);
    let (command, provenance, not_built) = match found {
        Ok((command, provenance)) => (command, Ok(provenance), false),
        Err(Absent::Missing(message)) => (Vec::new(), Err(message), false),
        Err(Absent::NotBuilt(reason)) => (Vec::new(), Err(reason), true),
    };
    RunExecutor {
        name: executor.name.clone(),
        target,
        clock,
        command,
        provenance,
        not_built,
    }
}

/// Why there is no executable.
enum Absent {
    Missing(String),
    /// It is ours to build.
    NotBuilt(String),
}

impl From<String> for Absent {
    fn from(message: String) -> Absent {
        Absent::Missing(message)
    }
}

fn look_up(
    executor: &Executor,
    root: &Path,
    host: Target,
    clock: ClockKind,
) -> Result<(Vec<String>, Provenance), Absent> {
    let (path, mut options) = match &executor.kind {
        ExecutorKind::Krait { path: None } => (ours(executor, root, host)?, vec![]),
        ExecutorKind::Krait { path: Some(path) } | ExecutorKind::Cpython { path } => {
            (path.clone(), vec![])
        }
        ExecutorKind::Pypy { path } => (path.clone(), jit_options(executor.configuration)),
        ExecutorKind::Command { command } => {
            let (first, rest) = command
                .split_first()
                .ok_or_else(|| "its command is empty".to_owned())?;
            (PathBuf::from(first), rest.to_vec())
        }
    };
    options.extend(executor.arguments.iter().cloned());
    let path = resolve(&path, root).ok_or_else(|| missing(executor, &path))?;
    let tool = Tool::of(executor, executor.target.unwrap_or(host), clock)?;
    let path_word = path.to_string_lossy().into_owned();
    // Asked without what counts: a count of that would be nobody's.
    let asked = [tool.plain, vec![path_word.clone()]].concat();
    let provenance = provenance(&asked, &path)?;
    let mut command = [tool.measuring, vec![path_word]].concat();
    command.extend(options);
    Ok((command, provenance))
}

/// Where the executable of an executor that is ours to build lies, whether it is there or not.
pub fn executable(executor: &Executor, root: &Path, host: Target) -> PathBuf {
    let recipe = Recipe::of(executor, host);
    recipe.map_or_else(|| root.to_owned(), |recipe| recipe.executable(root))
}

/// The folder of executables that it lies in: what is below it is below `bin/` where it runs.
pub fn executable_folder(executor: &Executor, root: &Path, host: Target) -> PathBuf {
    let recipe = Recipe::of(executor, host);
    recipe.map_or_else(|| root.to_owned(), |recipe| recipe.folder(root))
}

/// Where our own executable is, unless it is known why there is none.
fn ours(executor: &Executor, root: &Path, host: Target) -> Result<PathBuf, Absent> {
    let recipe = Recipe::of(executor, host).ok_or_else(|| "it is not ours to build".to_owned())?;
    let path = recipe.executable(root);
    match written::reason(&path) {
        Some(reason) => Err(Absent::NotBuilt(reason)),
        None => Ok(path),
    }
}

/// PyPy is told to do without its JIT by an option, not by another build.
fn jit_options(configuration: Configuration) -> Vec<String> {
    match configuration {
        Configuration::Nojit => vec!["--jit".to_owned(), "off".to_owned()],
        _ => Vec::new(),
    }
}

fn missing(executor: &Executor, path: &Path) -> Absent {
    let path = path.display();
    match &executor.kind {
        ExecutorKind::Krait { path: None } => Absent::NotBuilt(format!(
            "there is no {path}; `kraitbench build EXPERIMENT` makes it"
        )),
        _ => Absent::Missing(format!(
            "there is no executable `{path}`; install it, correct the path of the executor `{}`, \
             or remove it from the experiment",
            executor.name
        )),
    }
}

fn resolve(path: &Path, root: &Path) -> Option<PathBuf> {
    if path.components().count() > 1 || path.is_absolute() {
        let path = root.join(path);
        return is_executable(&path).then_some(path);
    }
    in_path(path)
}

/// Whether there is such a file, or an executable of that name in `PATH`.
pub(crate) fn is_there(name: &Path) -> bool {
    name.is_absolute() && name.exists() || in_path(name).is_some()
}

pub(crate) fn in_path(name: &Path) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders)
        .map(|folder| folder.join(name))
        .find(|path| is_executable(path))
}

fn is_executable(path: &Path) -> bool {
    path.metadata()
        .is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

fn provenance(command: &[String], path: &Path) -> Result<Provenance, String> {
    let version = version(command).unwrap_or_default();
    let sha256 = crate::digest(path, &version)
        .map_err(|error| format!("`{}` cannot be read: {error}", path.display()))?;
    let written = written::read(path).unwrap_or_default();
    Ok(Provenance {
        path: path.to_string_lossy().into_owned(),
        sha256,
        version,
        ..written
    })
}

/// What `--version` prints, on one line. An executable that knows no such option has none.
fn version(command: &[String]) -> Option<String> {
    let (executable, options) = command.split_first()?;
    let mut child = Command::new(executable)
        .args(options)
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let begin = Instant::now();
    let status = loop {
        match child.try_wait().ok()? {
            Some(status) => break status,
            None if begin.elapsed() > PATIENCE => {
                child.kill().ok();
                child.wait().ok();
                return None;
            }
            None => std::thread::sleep(Duration::from_millis(2)),
        }
    };
    let mut bytes = Vec::new();
    child
        .stdout
        .take()?
        .take(VERSION_BYTES)
        .read_to_end(&mut bytes)
        .ok()?;
    let text = String::from_utf8_lossy(&bytes);
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    status.success().then_some(line)
}
