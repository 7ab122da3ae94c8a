//! Profile-guided optimisation: an executable that is compiled with what an instrumented one did.
//!
//! CPython's releases are built so, and the order and size of code that this settles matters to a JIT
//! twice: what records and compiles runs seldom, and finds its code in no cache. *Training* are the
//! tree's own file tests, once with what holds by default, once with everything compiled early, once
//! without the JIT; so nothing that is measured takes part in it. 22 programs of the suite then take .96
//! to .99 of the time, their first iterations .93 to .96. (A profile of those programs themselves gives
//! .925 and .87, which would be no fair figures.)
//!
//! Of two such builds of one commit neither the profiles nor the executables are the same to the byte, as
//! what a JIT compiles depends on the clock: it is a build to measure before a release, and not one to
//! find a regression of a percent with.
//!
//! Both builds lie in one folder of cargo's beside the host's own. That they name their target keeps
//! build scripts and macros from being instrumented, too.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use model::Configuration;

use crate::cargo::{BuildError, NotBuilt, beside, command, failed};
use crate::recipe::Recipe;
use crate::written::said;

/// What else than the default an instrumented executable with a JIT is run with.
const OPTIONS: [&str; 2] = [
    "--option=--jit=threshold=2,function_threshold=3,trace_eagerness=2",
    "--option=--jit=off",
];

/// Makes the executable: where it lies, or why there is none.
pub(crate) fn make(
    tree: &Path,
    folder: &Path,
    recipe: &Recipe,
) -> Result<Result<PathBuf, NotBuilt>, BuildError> {
    let Some(tools) = Tools::of(tree) else {
        return Ok(Err(NotBuilt::Unavailable(
            "the toolchain has no llvm-profdata, which merges profiles; \
             `rustup component add llvm-tools` installs it"
                .to_owned(),
        )));
    };
    let own = beside(folder, "-pgo");
    let profiles = own.join("profiles");
    let merged = own.join("merged.profdata");
    clear(&profiles).map_err(|error| BuildError::Io {
        path: profiles.clone(),
        error,
    })?;
    let counting = format!("profile-generate={}", profiles.display());
    let Some(instrumented) = tools.cargo(tree, &own, recipe, &counting)? else {
        return Ok(Err(failed(recipe)));
    };
    train(tree, folder, recipe, &instrumented)?;
    let merge = Command::new(&tools.profdata)
        .args(["merge", "-o"])
        .args([&merged, &profiles])
        .status();
    if !merge.is_ok_and(|status| status.success()) {
        return Ok(Err(NotBuilt::Failed(format!(
            "the instrumented executable left no profile in {} that could be merged (is RUSTFLAGS set, \
             which takes the place of cargo's configuration?)",
            profiles.display()
        ))));
    }
    let using = format!("profile-use={}", merged.display());
    let made = tools.cargo(tree, &own, recipe, &using)?;
    Ok(made.ok_or_else(|| failed(recipe)))
}

/// Has the tree's file tests run by the instrumented executable. Whether they pass is no matter here: its
/// processes tell of full tables of values, and so print more than they should.
fn train(
    tree: &Path,
    folder: &Path,
    recipe: &Recipe,
    instrumented: &Path,
) -> Result<(), BuildError> {
    let options: &[&str] = match recipe.configuration {
        Configuration::Jit => &OPTIONS,
        _ => &[],
    };
    let each = options.iter().map(Some);
    for option in std::iter::once(None).chain(each) {
        Command::new("cargo")
            .current_dir(tree)
            .args(["run", "--quiet", "--locked", "--profile", "harness"])
            .args(["-p", "filetests", "--", "run", "--krait"])
            .arg(instrumented)
            .args(option)
            .env("CARGO_TARGET_DIR", folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .map_err(BuildError::NoCargo)?;
    }
    Ok(())
}

/// What is needed of the toolchain.
struct Tools {
    /// Merges raw profiles; of the component `llvm-tools`, as only the compiler's own version reads them.
    profdata: PathBuf,
    host: String,
}

impl Tools {
    fn of(tree: &Path) -> Option<Tools> {
        let about = said(tree, &["rustc", "--version", "--verbose"])?;
        let host = about.lines().find_map(|line| line.strip_prefix("host: "))?;
        let root = said(tree, &["rustc", "--print", "sysroot"])?;
        let profdata = Path::new(&root)
            .join("lib/rustlib")
            .join(host)
            .join("bin/llvm-profdata");
        let host = host.to_owned();
        profdata.exists().then_some(Tools { profdata, host })
    }

    /// Has cargo build with a further option of the compiler: the executable, if it succeeds.
    fn cargo(
        &self,
        tree: &Path,
        folder: &Path,
        recipe: &Recipe,
        option: &str,
    ) -> Result<Option<PathBuf>, BuildError> {
        let flags = serde_json::json!(["-C", option]);
        let status = command(tree, folder, recipe)
            .args(["--target", &self.host])
            .args(["--config", &format!("build.rustflags={flags}")])
            .status()
            .map_err(BuildError::NoCargo)?;
        let made = folder.join(&self.host).join(recipe.profile()).join("krait");
        Ok(status.success().then_some(made))
    }
}

fn clear(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => fs::create_dir_all(folder),
    }
}
