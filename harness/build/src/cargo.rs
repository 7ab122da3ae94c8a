//! Building krait's configurations with cargo, for the host and for foreign targets, of the tree
//! at hand and of commits.
//!
//! What cannot be built is no error: a matrix of configurations and targets has holes, and one
//! hole must not cost the night. It is noted beside where the executable would be, and every
//! invocation that it was to run says so. Recipes are built one after another: each cargo uses
//! all processors, and two in one build folder would wait for each other. But those that differ in
//! nothing but their foreign target are compiled by one cargo before: where crates wait for one another in
//! one target, those of the others fill the processors. What is compiled together is not given to cargo again:
//! alone, a target may have other features of a dependency, and all above it would be compiled twice. All are
//! built before anything is measured.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use model::{Configuration, Executor, Provenance, Target};

use crate::recipe::{Recipe, short};
use crate::{pgo, revision, written};

/// Why building cannot go on at all.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    #[error(
        "cargo could not be started: {0}\n  install Rust, or put existing executables into bin/"
    )]
    NoCargo(std::io::Error),
    #[error("{}: {error}\n  check that the folder is yours to write", path.display())]
    Io {
        path: PathBuf,
        error: std::io::Error,
    },
    #[error("`{revision}` is no commit here\n  `git log` lists what there is")]
    Revision { revision: String },
    #[error(
        "git could not check {commit} out into {} (its messages are above)\n  free the disk or the folder",
        tree.display()
    )]
    Sources { commit: String, tree: PathBuf },
}

/// What became of one executable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Built {
    pub path: PathBuf,
    pub outcome: Outcome,
}

/// How building one executable ended.
pub type Outcome = Result<Freshness, NotBuilt>;

/// Whether there was anything to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    Made,
    /// It was there, from the same commit by the same compiler with the same flags.
    Cached,
}

/// Why there is no new executable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotBuilt {
    /// The sources do not have it, or the machine lacks the tools.
    Unavailable(String),
    /// Cargo failed: the sources are wrong.
    Failed(String),
}

impl NotBuilt {
    pub fn reason(&self) -> &str {
        match self {
            NotBuilt::Unavailable(reason) | NotBuilt::Failed(reason) => reason,
        }
    }
}

/// Builds the executables of all krait executors that name no path, of the tree at `root` and in
/// cargo's `folder`. Cargo's own messages go to stderr.
///
/// # Errors
/// Building is not possible here at all.
pub fn build(
    root: &Path,
    folder: &Path,
    executors: &[Executor],
    host: Target,
) -> Result<Vec<Built>, BuildError> {
    let mut seen = HashSet::new();
    let recipes = executors.iter().filter_map(|one| Recipe::of(one, host));
    let looks = recipes
        .filter(|recipe| seen.insert(recipe.clone()))
        .map(|recipe| Ok((look(root, &recipe)?, recipe)))
        .collect::<Result<Vec<(Look, Recipe)>, _>>()?;
    let to_make = looks.iter().filter_map(|(look, recipe)| match look {
        Look::Tree(State::ToMake(_)) => Some(recipe),
        Look::Tree(State::Settled(_) | State::Compiled(_)) | Look::Commit(_) => None,
    });
    // What fails here is told where each is built alone: there cargo finds done what was done.
    let mut compiled = HashSet::new();
    for group in targets_together(to_make) {
        if group.len() > 1 && cargo(root, &folder_of(folder, group[0]), &group)? {
            compiled.extend(group.into_iter().cloned());
        }
    }
    looks
        .into_iter()
        .map(|(look, recipe)| {
            let look = match look {
                Look::Tree(State::ToMake(now)) if compiled.contains(&recipe) => {
                    Look::Tree(State::Compiled(now))
                }
                other => other,
            };
            build_one(root, folder, &recipe, look)
        })
        .collect()
}

/// What is known of a recipe before anything is compiled.
enum Look {
    Tree(State),
    /// It is of this commit, whose sources have to be got first.
    Commit(String),
}

/// How an executable stands to the sources that it is of.
enum State {
    /// There is nothing to do, or nothing that can be done.
    Settled(Outcome),
    /// What it is to be made from.
    ToMake(Box<Provenance>),
    /// What it has been made from: it lies in cargo's folder.
    Compiled(Box<Provenance>),
}

fn look(root: &Path, recipe: &Recipe) -> Result<Look, BuildError> {
    if let Some(lacking) = recipe.lacking(&crate::find::is_there) {
        let outcome = Err(NotBuilt::Unavailable(lacking));
        return Ok(Look::Tree(State::Settled(outcome)));
    }
    let path = recipe.executable(root);
    let Some(commit) = &recipe.commit else {
        return state(root, recipe, &path).map(Look::Tree);
    };
    // The sources of a commit never change: no need to check them out to see that.
    Ok(if written::is_of_commit(commit, root, recipe, &path) {
        Look::Tree(State::Settled(Ok(Freshness::Cached)))
    } else {
        Look::Commit(commit.clone())
    })
}

fn state(tree: &Path, recipe: &Recipe, path: &Path) -> Result<State, BuildError> {
    if let Some(absent) = absent(tree, recipe)? {
        return Ok(State::Settled(Err(NotBuilt::Unavailable(absent))));
    }
    let now = written::provenance_now(tree, recipe, path);
    Ok(if written::is_current(&now, path) {
        State::Settled(Ok(Freshness::Cached))
    } else {
        State::ToMake(Box::new(now))
    })
}

/// Those that differ in nothing but their foreign targets, and that one cargo makes.
fn targets_together<'a>(recipes: impl Iterator<Item = &'a Recipe>) -> Vec<Vec<&'a Recipe>> {
    let mut groups: Vec<Vec<&Recipe>> = Vec::new();
    for recipe in recipes.filter(|recipe| recipe.foreign.is_some() && !recipe.pgo) {
        let is_kin = |group: &&mut Vec<&Recipe>| {
            let foreign = recipe.foreign;
            *recipe
                == Recipe {
                    foreign,
                    ..group[0].clone()
                }
        };
        match groups.iter_mut().find(is_kin) {
            Some(group) => group.push(recipe),
            None => groups.push(vec![recipe]),
        }
    }
    groups
}

fn build_one(root: &Path, folder: &Path, recipe: &Recipe, look: Look) -> Result<Built, BuildError> {
    let path = recipe.executable(root);
    let outcome = match look {
        Look::Tree(state) => make(root, &folder_of(folder, recipe), recipe, &path, state)?,
        Look::Commit(commit) => {
            let sources = revision::sources(root, folder, &commit)?;
            let state = state(&sources.tree, recipe, &path)?;
            make(&sources.tree, &sources.target(), recipe, &path, state)?
        }
    };
    if let Err(not_built) = &outcome {
        written::write_reason(&path, not_built.reason()).map_err(|error| BuildError::Io {
            path: path.clone(),
            error,
        })?;
    }
    Ok(Built { path, outcome })
}

/// Makes an executable from this tree, if there is something to do.
fn make(
    tree: &Path,
    folder: &Path,
    recipe: &Recipe,
    path: &Path,
    state: State,
) -> Result<Outcome, BuildError> {
    let (now, made) = match state {
        State::Settled(outcome) => return Ok(outcome),
        State::Compiled(now) => (now, Ok(left_by_cargo(folder, recipe))),
        State::ToMake(now) if recipe.pgo => (now, pgo::make(tree, folder, recipe)?),
        State::ToMake(now) if cargo(tree, folder, &[recipe])? => {
            (now, Ok(left_by_cargo(folder, recipe)))
        }
        State::ToMake(now) => (now, Err(failed(recipe))),
    };
    match made {
        Ok(executable) => put(&executable, path)?,
        Err(not_built) => return Ok(Err(not_built)),
    }
    written::write(*now, path).map_err(|error| BuildError::Io {
        path: path.to_owned(),
        error,
    })?;
    Ok(Ok(Freshness::Made))
}

/// Where cargo leaves the executable in its folder.
fn left_by_cargo(folder: &Path, recipe: &Recipe) -> PathBuf {
    let mut from = folder.to_owned();
    from.extend(recipe.foreign.map(Target::triple));
    from.join(recipe.profile()).join("krait")
}

/// That cargo could not make what is asked for.
pub(crate) fn failed(recipe: &Recipe) -> NotBuilt {
    let name = recipe.configuration;
    NotBuilt::Failed(format!(
        "cargo could not build the configuration `{name}`{}; `kraitbench build` shows why",
        of_commit(recipe)
    ))
}

/// Whether cargo succeeds. The recipes differ in their targets at most.
fn cargo(tree: &Path, folder: &Path, recipes: &[&Recipe]) -> Result<bool, BuildError> {
    let Some(first) = recipes.first() else {
        return Ok(true);
    };
    let targets = recipes.iter().filter_map(|recipe| recipe.foreign);
    let status = command(tree, folder, first)
        .args(first.library())
        .args(targets.flat_map(|target| ["--target".to_owned(), target.triple()]))
        .envs(recipes.iter().flat_map(|recipe| recipe.toolchain()))
        .status();
    Ok(status.map_err(BuildError::NoCargo)?.success())
}

/// What builds a recipe in cargo's folder, but for its target.
pub(crate) fn command(tree: &Path, folder: &Path, recipe: &Recipe) -> Command {
    let mut command = Command::new(recipe.cargo());
    command
        .current_dir(tree)
        .args(["build", "--locked", "-p", "krait", "--profile"])
        .args([recipe.profile(), "--features", &recipe.features()])
        .env("CARGO_TARGET_DIR", folder);
    command
}

/// Why a tree has no such configuration: asked of its manifests, so that a feature that comes or
/// goes with a commit needs no list here.
fn absent(tree: &Path, recipe: &Recipe) -> Result<Option<String>, BuildError> {
    let output = Command::new("cargo")
        .current_dir(tree)
        .args([
            "metadata",
            "--no-deps",
            "--offline",
            "--format-version",
            "1",
        ])
        .stderr(Stdio::null())
        .output()
        .map_err(BuildError::NoCargo)?;
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let packages = metadata["packages"].as_array();
    let krait = packages
        .into_iter()
        .flatten()
        .find(|package| package["name"] == "krait");
    let (feature, commit) = (recipe.feature(), of_commit(recipe));
    let lacks = |feature: &str| krait.is_some_and(|krait| krait["features"].get(feature).is_none());
    Ok(match krait {
        None => Some(format!("the tree{commit} has no crate `krait`")),
        Some(_) if recipe.further.iter().any(|one| lacks(one)) => {
            let further = recipe.further.join("`, `");
            Some(format!(
                "crate `krait`{commit} lacks one of the features `{further}`"
            ))
        }
        // What has no JIT needs no feature that says so.
        Some(_) if recipe.configuration == Configuration::Nojit => None,
        Some(krait) if krait["features"].get(feature).is_some() => {
            elsewhere(krait, feature, architecture(recipe)).map(|only| {
                format!("crate `krait`{commit} has its feature `{feature}` for {only} only so far")
            })
        }
        Some(_) => Some(format!(
            "crate `krait`{commit} has no feature `{feature}` yet"
        )),
    })
}

/// What cargo calls the architecture that a recipe is for.
fn architecture(recipe: &Recipe) -> &'static str {
    match recipe.foreign {
        None => std::env::consts::ARCH,
        // Our name says the byte order, too.
        Some(Target::Ppc64le) => "powerpc64",
        Some(other) => other.as_str(),
    }
}

/// The architectures that a feature's own dependencies are for, if this is none of them: a manifest
/// says so, and compiling would only fail.
fn elsewhere(krait: &serde_json::Value, feature: &str, architecture: &str) -> Option<String> {
    let list = |value: &serde_json::Value| value.as_array().cloned().unwrap_or_default();
    let needs: Vec<String> = list(&krait["features"][feature])
        .iter()
        .filter_map(|one| Some(one.as_str()?.strip_prefix("dep:")?.to_owned()))
        .collect();
    for dependency in list(&krait["dependencies"]) {
        let is_needed = needs.iter().any(|need| dependency["name"] == need.as_str());
        let condition = dependency["target"].as_str().unwrap_or_default();
        let only: Vec<&str> = condition
            .split("target_arch = \"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect();
        if is_needed && !only.is_empty() && !only.contains(&architecture) {
            return Some(only.join(", "));
        }
    }
    None
}

fn of_commit(recipe: &Recipe) -> String {
    let commit = recipe.commit.as_deref();
    commit.map_or_else(String::new, |commit| format!(" of {}", short(commit)))
}

/// Cargo's folder for a tree, as the environment gives it.
pub fn target_folder(root: &Path) -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root.join(folder),
        None => root.join("target"),
    }
}

/// Foreign targets are compiled by another toolchain and have a folder of their own: sharing one
/// would make each throw away the other's work.
fn folder_of(folder: &Path, recipe: &Recipe) -> PathBuf {
    match recipe.foreign {
        None => folder.to_owned(),
        Some(_) => beside(folder, "-cross"),
    }
}

/// A folder of the same name with an ending.
pub(crate) fn beside(folder: &Path, ending: &str) -> PathBuf {
    let mut name = folder.file_name().unwrap_or_default().to_owned();
    name.push(ending);
    folder.with_file_name(name)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feature_is_only_where_its_dependencies_are() {
        let krait = serde_json::json!({
            "features": {"jit": ["dep:jit", "vm/hook"], "revdb": []},
            "dependencies": [
                {"name": "vm", "target": null},
                {"name": "jit", "target": "cfg(any(target_arch = \"x86_64\", target_arch = \"s390x\"))"},
            ],
        });
        let only = |feature, architecture| elsewhere(&krait, feature, architecture);
        assert_eq!(only("jit", "x86_64"), None);
        assert_eq!(only("jit", "s390x"), None);
        assert_eq!(only("jit", "riscv64"), Some("x86_64, s390x".to_owned()));
        assert_eq!(only("revdb", "riscv64"), None);
        assert_eq!(only("other", "riscv64"), None);
    }

    #[test]
    fn what_differs_in_the_target_alone_is_compiled_together() {
        let recipe = |configuration, foreign| Recipe {
            configuration,
            foreign,
            is_for_host: false,
            commit: None,
            further: Vec::new(),
            pgo: false,
        };
        let (nojit, revdb) = (Configuration::Nojit, Configuration::Revdb);
        let recipes = [
            recipe(nojit, None),
            recipe(nojit, Some(Target::S390x)),
            recipe(revdb, Some(Target::S390x)),
            recipe(nojit, Some(Target::Riscv64)),
            recipe(revdb, Some(Target::Ppc64le)),
        ];
        let groups = targets_together(recipes.iter());
        let expected = [[&recipes[1], &recipes[3]], [&recipes[2], &recipes[4]]];
        assert_eq!(groups, expected);
    }
}
