//! `ci build`: leaves in `bin/` each executable that the tree can build today.
//!
//! Executables are copied there through a temporary name and a rename, so that
//! one that is running can be replaced, and a copy cut short is never run.

use std::fs;
use std::path::Path;

use crate::place::Place;
use crate::shell::Shell;
use crate::verbs::setup::{self, Group};

/// An executable: its name in `bin/` and how cargo makes it.
struct Product {
    name: &'static str,
    package: &'static str,
    profile: &'static str,
}

const PRODUCTS: &[Product] = &[
    Product {
        name: "krait-nojit",
        package: "krait",
        profile: "release",
    },
    Product {
        name: "kraitbench",
        package: "kraitbench",
        profile: "harness",
    },
    Product {
        name: "filetests",
        package: "filetests",
        profile: "harness",
    },
];

pub fn run(place: &Place) -> Result<(), String> {
    setup::install(place, &[Group::Build])?;
    for product in PRODUCTS {
        make(place, product)?;
    }
    Ok(())
}

/// Builds one executable alone.
pub fn run_only(place: &Place, name: &str) -> Result<(), String> {
    let product = PRODUCTS.iter().find(|product| product.name == name);
    make(
        place,
        product.ok_or_else(|| format!("no executable is called {name:?}"))?,
    )
}

/// Cargo of the host's toolchain, with its build folder.
pub fn cargo(place: &Place) -> Shell {
    Shell::new(&place.root, "cargo").env("CARGO_TARGET_DIR", &place.target_host)
}

fn make(place: &Place, product: &Product) -> Result<(), String> {
    cargo(place)
        .args([
            "build",
            "--locked",
            "--profile",
            product.profile,
            "-p",
            product.package,
        ])
        .args(["--bin", product.package])
        .run()?;
    let built = place
        .target_host
        .join(product.profile)
        .join(product.package);
    put(&built, &place.executable(product.name))
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
