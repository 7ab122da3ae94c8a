//! `ci build`: leaves in `bin/` each executable that the tree can build today.
//!
//! Our own tools are built here. Krait is built by the harness, one executable
//! for each configuration that the full experiment measures: it writes beside
//! each what it was made from, which a report has to know.

use std::fs;
use std::path::Path;

use crate::place::Place;
use crate::shell::Shell;
use crate::verbs::setup::{self, Group};

/// The experiment that names every configuration.
const FULL: &str = "suites/full.yaml";

/// The profile of the tools; they wait on processes and need not be fast.
pub const PROFILE: &str = "harness";

pub fn run(place: &Place) -> Result<(), String> {
    setup::install(place, &[Group::Build])?;
    tool(place, "filetests")?;
    tool(place, "kraitbench")?;
    krait(place).run()
}

/// Builds one of our tools.
pub fn tool(place: &Place, name: &str) -> Result<(), String> {
    cargo(place)
        .args([
            "build",
            "--locked",
            "--profile",
            PROFILE,
            "-p",
            name,
            "--bin",
            name,
        ])
        .run()?;
    put(
        &place.target_host.join(PROFILE).join(name),
        &place.executable(name),
    )
}

/// What builds krait's configurations.
pub fn krait(place: &Place) -> Shell {
    Shell::new(&place.root, place.executable("kraitbench"))
        .args(["build", FULL])
        .env("CARGO_TARGET_DIR", &place.target_host)
}

/// Cargo of the host's toolchain, with its build folder.
pub fn cargo(place: &Place) -> Shell {
    Shell::new(&place.root, "cargo").env("CARGO_TARGET_DIR", &place.target_host)
}

/// Copies an executable to its place in one step that cannot be seen half done.
pub fn put(from: &Path, to: &Path) -> Result<(), String> {
    let explain =
        |e: std::io::Error| format!("cannot copy {} to {}: {e}", from.display(), to.display());
    let folder = to.parent().ok_or("an executable needs a folder")?;
    fs::create_dir_all(folder).map_err(explain)?;
    let unfinished = to.with_extension("unfinished");
    fs::copy(from, &unfinished).map_err(explain)?;
    fs::rename(&unfinished, to).map_err(explain)
}
