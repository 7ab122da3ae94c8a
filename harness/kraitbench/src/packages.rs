//! The Python packages that a suite's programs import: which there must be, and where they are.
//!
//! `ci setup` installs them into an environment in the user's cache folder and leaves in it the lists
//! that it was made from. Here the lists in the tree are read: an environment that is not made from
//! them is not used, so what is measured is what they pin, and their digest is part of a plan. No
//! package is installed by a run: that needs the network, and what a run measures should be there
//! before it begins.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use model::{Experiment, Packages, SuiteName};

use crate::failure::Failure;
use crate::input::Input;

/// In an environment: the lists that it was made from, as `ci setup` leaves them.
pub const MADE_FROM: &str = "made-from.txt";

/// An environment that is as its lists say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installed {
    /// The folder that environments are in.
    pub cache: PathBuf,
    /// Below it: the environment.
    pub environment: PathBuf,
    /// Below it: what Python imports from.
    pub imports: PathBuf,
}

impl Installed {
    pub fn path(&self) -> PathBuf {
        self.cache.join(&self.imports)
    }
}

/// What the packages of an experiment's suites are pinned to; empty if there are none.
pub fn pins(input: &Input) -> Result<String, Failure> {
    let each = packages(&input.experiment).map(|(_, packages)| lists(input, packages));
    each.collect()
}

/// What programs import packages from, by suite.
pub type Folders = HashMap<SuiteName, PathBuf>;

/// The folders of the packages of each suite that has some.
pub fn folders(input: &Input) -> Result<Folders, Failure> {
    let each = installed(input)?.into_iter();
    Ok(each.map(|(suite, found)| (suite, found.path())).collect())
}

/// Where the packages of each suite that has some are.
pub fn installed(input: &Input) -> Result<HashMap<SuiteName, Installed>, Failure> {
    let each = packages(&input.experiment).map(|(suite, packages)| {
        let found = find(&cache()?, packages, &lists(input, packages)?)
            .map_err(|why| Failure::Asked(advice(suite, &why)))?;
        Ok((suite.clone(), found))
    });
    each.collect()
}

fn packages(experiment: &Experiment) -> impl Iterator<Item = (&SuiteName, &Packages)> {
    let suites = experiment.suites.iter();
    suites.filter_map(|suite| Some((&suite.name, suite.packages.as_ref()?)))
}

/// The lists of an environment, one after another, as `ci setup` puts them together.
fn lists(input: &Input, packages: &Packages) -> Result<String, Failure> {
    let folder = input.path.parent().unwrap_or(Path::new("/"));
    let each = packages.lists.iter().map(|list| {
        let path = folder.join(list);
        fs::read_to_string(&path).map_err(|error| Failure::unreadable(&path, &error))
    });
    each.collect()
}

/// The environment, or why there is none that could be used.
fn find(cache: &Path, packages: &Packages, lists: &str) -> Result<Installed, String> {
    let environment = PathBuf::from(packages.environment.as_str());
    let folder = cache.join(&environment);
    let shown = folder.display();
    match fs::read_to_string(folder.join(MADE_FROM)) {
        Ok(made_from) if made_from == lists => {}
        Ok(_) => return Err(format!("{shown} was made from other lists of packages")),
        Err(_) if folder.exists() => return Err(format!("{shown} is not finished")),
        Err(_) => return Err(format!("there is no {shown}")),
    }
    let imports = imports(&folder).ok_or_else(|| format!("{shown} has no folder of packages"))?;
    let imports = environment.join(imports);
    let cache = cache.to_owned();
    Ok(Installed {
        cache,
        environment,
        imports,
    })
}

/// The folder of packages below a virtual environment: `lib/pythonX.Y/site-packages`.
fn imports(environment: &Path) -> Option<PathBuf> {
    let mut versions: Vec<PathBuf> = fs::read_dir(environment.join("lib"))
        .ok()?
        .filter_map(|entry| Some(Path::new("lib").join(entry.ok()?.file_name())))
        .map(|version| version.join("site-packages"))
        .filter(|packages| environment.join(packages).is_dir())
        .collect();
    versions.sort();
    versions.pop()
}

fn advice(suite: &SuiteName, why: &str) -> String {
    format!(
        "the Python packages of the suite `{suite}` are not installed: {why}\n  `make setup` in the \
         tree installs them, or leave the suite out with `--benchmark` or `--tag`"
    )
}

/// As `ci` names it, which makes environments there.
fn cache() -> Result<PathBuf, Failure> {
    let absolute = |name: &str| {
        let folder = std::env::var_os(name).map(PathBuf::from);
        folder.filter(|path| path.is_absolute())
    };
    absolute("XDG_CACHE_HOME")
        .or_else(|| absolute("HOME").map(|home| home.join(".cache")))
        .map(|cache| cache.join("krait"))
        .ok_or_else(|| {
            let message =
                "neither XDG_CACHE_HOME nor HOME names the folder that Python packages are in";
            Failure::Machine(message.to_owned())
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::EnvironmentName;

    #[test]
    fn an_environment_of_other_lists_is_none() {
        let cache = tempfile::tempdir().unwrap();
        let packages = Packages {
            environment: EnvironmentName::new("some").unwrap(),
            lists: vec!["list.txt".into()],
        };
        let find = |lists: &str| find(cache.path(), &packages, lists);
        let refused = |lists: &str| find(lists).unwrap_err();
        assert!(refused("six==1\n").starts_with("there is no "));
        let folder = cache.path().join("some");
        fs::create_dir_all(folder.join("lib")).unwrap();
        assert!(refused("six==1\n").ends_with("is not finished"));
        fs::write(folder.join(MADE_FROM), "six==1\n").unwrap();
        assert!(refused("six==1\n").ends_with("has no folder of packages"));
        fs::create_dir_all(folder.join("lib/python3.11/site-packages")).unwrap();
        let found = find("six==1\n").unwrap();
        assert_eq!(found.path(), folder.join("lib/python3.11/site-packages"));
        assert!(refused("six==2\n").ends_with("from other lists of packages"));
    }
}
