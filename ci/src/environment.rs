//! Environments of Python packages in the user's cache folder.
//!
//! Each is a virtual environment of its own, because some need old packages and some new ones. What
//! is installed is named in lists with its hash, and nothing else is. In a finished environment lies
//! a copy of the lists that it was made from: by that it is known whether it is the one of this tree,
//! also to kraitbench, which lets benchmarks import from one.

use std::path::PathBuf;

use crate::place::Place;
use crate::shell::Shell;

const PYTHON: &str = "/usr/bin/python3.11";
/// In the finished environment: the lists that it was made from, one after another.
const MADE_FROM: &str = "made-from.txt";

pub struct Environment {
    /// The folder's name.
    pub name: &'static str,
    /// The lists, in the order in which they are installed.
    lists: &'static [&'static str],
    /// Whether several interpreters import from it, so that nothing in it may be compiled for one.
    is_pure: bool,
}

/// Tools that kraitbench is tested against.
pub const TOOLS: Environment = Environment {
    name: "python-tools",
    lists: &["ci/python/build.txt", "ci/python/tools.txt"],
    is_pure: false,
};

/// Buildbot's master and worker.
pub const BUILDBOT: Environment = Environment {
    name: "buildbot",
    lists: &["ci/python/buildbot.txt"],
    is_pure: false,
};

/// The programs of pyperformance and what they import; `suites/suite-pyperformance.yaml` names the
/// same folder and the same lists.
pub const PYPERFORMANCE: Environment = Environment {
    name: "pyperformance",
    lists: &[
        "ci/python/build.txt",
        "ci/python/pyperformance-sdists.txt",
        "ci/python/pyperformance.txt",
    ],
    is_pure: true,
};

impl Environment {
    pub fn folder(&self, place: &Place) -> PathBuf {
        place.cache.join(self.name)
    }

    /// Makes it, if the one that is there is of other lists or was not finished.
    pub fn make(&self, place: &Place) -> Result<(), String> {
        let mut lists = String::new();
        for list in self.lists {
            let text = std::fs::read_to_string(place.root.join(list));
            lists += &text.map_err(|e| format!("cannot read {list}: {e}"))?;
        }
        let folder = self.folder(place);
        let made_from = folder.join(MADE_FROM);
        if std::fs::read_to_string(&made_from).is_ok_and(|known| known == lists) {
            return Ok(());
        }
        if folder.exists() {
            std::fs::remove_dir_all(&folder)
                .map_err(|e| format!("cannot remove {}: {e}", folder.display()))?;
        }
        Shell::new(&place.root, PYTHON)
            .args(["-m", "venv"])
            .arg(&folder)
            .limit_minutes(5)
            .run()?;
        for list in self.lists {
            self.installing(place, list).run()?;
        }
        if self.is_pure {
            self.has_no_compiled(place)?;
        }
        std::fs::write(&made_from, lists)
            .map_err(|e| format!("cannot write {}: {e}", made_from.display()))
    }

    fn installing(&self, place: &Place, list: &str) -> Shell {
        let pip = Shell::new(&place.root, self.folder(place).join("bin/pip"))
            .args(["install", "-q", "--require-hashes", "--no-deps"])
            .args(["--no-build-isolation", "--disable-pip-version-check"])
            .args(["-r", list])
            .limit_minutes(10);
        match self.is_pure {
            // Packages whose extension modules are optional do without them then.
            true => pip.env("CC", "false"),
            false => pip,
        }
    }

    /// A module that one interpreter alone can load would make the others run another program.
    fn has_no_compiled(&self, place: &Place) -> Result<(), String> {
        match compiled_below(&self.folder(place).join("lib")) {
            None => Ok(()),
            Some(module) => Err(format!(
                "{} is compiled, and this environment is for several interpreters: pin a version that is \
                 pure Python",
                module.display()
            )),
        }
    }
}

fn compiled_below(folder: &std::path::Path) -> Option<PathBuf> {
    let entries = std::fs::read_dir(folder).ok()?.flatten();
    entries.into_iter().find_map(|entry| {
        let path = entry.path();
        match entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            true => compiled_below(&path),
            false => path
                .extension()
                .is_some_and(|end| end == "so")
                .then_some(path),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_suite_names_what_its_environment_is_made_from() {
        let place = Place::find().unwrap();
        let suite = place.root.join("suites/suite-pyperformance.yaml");
        let text = std::fs::read_to_string(suite).unwrap();
        assert!(text.contains(&format!("environment: {}", PYPERFORMANCE.name)));
        let lists: Vec<&str> = text
            .lines()
            .filter_map(|line| line.trim().strip_prefix("- ../"))
            .collect();
        assert_eq!(lists, PYPERFORMANCE.lists);
    }
}
