//! What an executable of ours is made of, and where it lies.
//!
//! A recipe is a configuration, a target and, if it is not the tree at hand, a commit. Whatever
//! follows from these three stands here: the features, the profile, the toolchain, the name.

use std::path::{Path, PathBuf};

use model::{Configuration, Executor, ExecutorKind, Target};

/// The folder of executables, below the tree's root.
const BIN: &str = "bin";
/// Those of given commits lie in folders of the commits' names below it.
const REVISIONS: &str = "at";
/// And those for hosts of other targets in folders of the targets' names, where they are called what
/// they are called there.
const HOSTS: &str = "for";

/// Debian's toolchain for foreign targets: the pinned one has a standard library for the host
/// alone, and Debian's has the library's source, so that it is built together with the program.
const FOREIGN_CARGO: &str = "/usr/bin/cargo";
const FOREIGN_RUSTC: &str = "/usr/bin/rustc";
const FOREIGN_LIBRARY: &str = "/usr/lib/rustlib/src/rust/library/std/src/lib.rs";

/// One executable of ours.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Recipe {
    pub configuration: Configuration,
    /// `None` for the host.
    pub foreign: Option<Target>,
    /// Whether it is foreign and for a host that runs it natively.
    pub is_for_host: bool,
    /// A whole commit; `None` for the tree as it is.
    pub commit: Option<String>,
    /// Features beside the configuration's.
    pub further: Vec<String>,
    /// Whether it is made with a profile ([`crate::pgo`]).
    pub pgo: bool,
}

impl Recipe {
    /// The recipe of an executor that is ours to build.
    pub(crate) fn of(executor: &Executor, host: Target) -> Option<Recipe> {
        let ours = executor.kind == ExecutorKind::Krait { path: None };
        let foreign = executor.target.filter(|target| *target != host);
        ours.then(|| Recipe {
            configuration: executor.configuration,
            foreign,
            is_for_host: foreign.is_some() && executor.host.is_some(),
            commit: executor.revision.clone(),
            further: executor.features.clone(),
            pgo: executor.pgo,
        })
    }

    /// Where its executable is.
    pub(crate) fn executable(&self, root: &Path) -> PathBuf {
        let mut name = match self.configuration {
            // What people call krait is the one with everything.
            Configuration::Jit => "krait".to_owned(),
            other => format!("krait-{other}"),
        };
        if let Some(target) = self.foreign.filter(|_| !self.is_for_host) {
            name.push('-');
            name.push_str(target.as_str());
        }
        for feature in &self.further {
            name.push('+');
            name.push_str(feature);
        }
        if self.pgo {
            name.push_str("+pgo");
        }
        let folder = self.folder(root);
        match &self.commit {
            Some(commit) => folder.join(REVISIONS).join(short(commit)).join(name),
            None => folder.join(name),
        }
    }

    /// What is below it is below `bin/` where it runs.
    pub(crate) fn folder(&self, root: &Path) -> PathBuf {
        let bin = root.join(BIN);
        match self.foreign.filter(|_| self.is_for_host) {
            Some(target) => bin.join(HOSTS).join(target.as_str()),
            None => bin,
        }
    }

    /// The feature of crate `krait` that makes the configuration.
    pub(crate) fn feature(&self) -> &'static str {
        match self.configuration {
            Configuration::Jit => "jit",
            Configuration::Revdb => "revdb",
            Configuration::Nojit | Configuration::Stock => "nojit",
        }
    }

    /// All features of crate `krait`, as cargo takes them.
    pub(crate) fn features(&self) -> String {
        let further = self.further.iter().map(String::as_str);
        let all: Vec<&str> = std::iter::once(self.feature()).chain(further).collect();
        all.join(",")
    }

    /// What ships is measured in the profile that ships; what runs under an emulator is about
    /// results, so it is built quickly.
    pub(crate) fn profile(&self) -> &'static str {
        match self.foreign {
            Some(_) if !self.is_for_host => "cross",
            _ => "release",
        }
    }

    /// The profile with what is told of it in a report.
    pub(crate) fn profile_told(&self) -> String {
        let pgo = if self.pgo { " with PGO" } else { "" };
        format!("{}{pgo}", self.profile())
    }

    pub(crate) fn cargo(&self) -> &'static str {
        match self.foreign {
            None => "cargo",
            Some(_) => FOREIGN_CARGO,
        }
    }

    pub(crate) fn rustc(&self) -> &'static str {
        match self.foreign {
            None => "rustc",
            Some(_) => FOREIGN_RUSTC,
        }
    }

    /// Where there is no standard library for the target, cargo builds it.
    pub(crate) fn library(&self) -> &'static [&'static str] {
        match self.foreign {
            None => &[],
            Some(_) => &["-Zbuild-std=std,panic_abort"],
        }
    }

    /// Variables of cargo's environment.
    pub(crate) fn toolchain(&self) -> Vec<(String, String)> {
        let Some(target) = self.foreign else {
            return Vec::new();
        };
        let triple = target.triple();
        let linker = linker(target);
        let upper = triple.to_uppercase().replace('-', "_");
        vec![
            ("RUSTC".to_owned(), FOREIGN_RUSTC.to_owned()),
            ("RUSTC_BOOTSTRAP".to_owned(), "1".to_owned()),
            (format!("CARGO_TARGET_{upper}_LINKER"), linker.clone()),
            (format!("CC_{}", triple.replace('-', "_")), linker),
        ]
    }

    /// What the machine lacks for it, with what to do.
    pub(crate) fn lacking(&self, is_there: &dyn Fn(&Path) -> bool) -> Option<String> {
        let target = self.foreign?;
        let linker = linker(target);
        let needs = [FOREIGN_CARGO, FOREIGN_RUSTC, FOREIGN_LIBRARY, &linker];
        let missing: Vec<&str> = needs
            .into_iter()
            .filter(|need| !is_there(Path::new(need)))
            .collect();
        (!missing.is_empty()).then(|| {
            format!(
                "the toolchain for {target} is not here ({} is missing); `make setup` installs it",
                missing.join(", ")
            )
        })
    }
}

fn linker(target: Target) -> String {
    format!("{}-gcc", target.gnu())
}

/// A commit as people write it.
pub(crate) fn short(commit: &str) -> &str {
    commit.get(..12).unwrap_or(commit)
}
