//! `ci cross`: krait for the four foreign targets, tested under qemu.
//!
//! The pinned toolchain has a standard library for the host alone, and another
//! cannot be counted on to be fetched. Debian's Rust comes with the library's
//! source, so it builds the library together with the program. All targets are
//! one cargo invocation: build scripts and macros, which run on the host, are
//! then compiled once.

use crate::place::Place;
use crate::shell::{Counts, Shell};
use crate::steps::Steps;
use crate::verbs::setup::{self, Group};
use crate::verbs::{build, test};

/// A foreign target.
pub struct Target {
    /// The name used in file tests' headers and in experiments.
    pub name: &'static str,
    triple: &'static str,
    /// How Debian names the compiler and the folder of system libraries.
    gnu: &'static str,
    qemu: &'static str,
}

pub const TARGETS: &[Target] = &[
    Target {
        name: "aarch64",
        triple: "aarch64-unknown-linux-gnu",
        gnu: "aarch64-linux-gnu",
        qemu: "qemu-aarch64-static",
    },
    Target {
        name: "s390x",
        triple: "s390x-unknown-linux-gnu",
        gnu: "s390x-linux-gnu",
        qemu: "qemu-s390x-static",
    },
    Target {
        name: "riscv64",
        triple: "riscv64gc-unknown-linux-gnu",
        gnu: "riscv64-linux-gnu",
        qemu: "qemu-riscv64-static",
    },
    Target {
        name: "ppc64le",
        triple: "powerpc64le-unknown-linux-gnu",
        gnu: "powerpc64le-linux-gnu",
        qemu: "qemu-ppc64le-static",
    },
];

const PROFILE: &str = "cross";

impl Target {
    /// The command line that starts a program of this target on the host.
    fn emulator(&self) -> String {
        format!("{} -L /usr/{}", self.qemu, self.gnu)
    }

    fn executable(&self) -> String {
        format!("krait-nojit-{}", self.name)
    }
}

pub fn run(place: &Place) -> Result<(), String> {
    let mut steps = Steps::default();
    steps.step("build of filetests", &[], |_| {
        build::tool(place, "filetests")
    });
    into_steps(place, &mut steps, &["build of filetests"]);
    steps.close()
}

/// One step that builds all targets and one for each that tests it.
pub fn into_steps(place: &Place, steps: &mut Steps, needs: &[&'static str]) {
    steps.step("cross build", needs, |_| {
        setup::install(place, &[Group::Build, Group::Foreign])?;
        compile(place)
    });
    for target in TARGETS {
        steps.step(target.name, &["cross build"], |counts| {
            tests(place, target, counts)
        });
    }
}

fn compile(place: &Place) -> Result<(), String> {
    let mut cargo = Shell::new(&place.root, "/usr/bin/cargo")
        .args(["build", "--locked", "-p", "krait", "--profile", PROFILE])
        .arg("-Zbuild-std=std,panic_abort")
        .env("CARGO_TARGET_DIR", &place.target_cross)
        .env("RUSTC", "/usr/bin/rustc")
        .env("RUSTC_BOOTSTRAP", "1");
    for target in TARGETS {
        let triple = target.triple.to_uppercase().replace('-', "_");
        cargo = cargo
            .args(["--target", target.triple])
            .env(
                &format!("CARGO_TARGET_{triple}_LINKER"),
                format!("{}-gcc", target.gnu),
            )
            .env(
                &format!("CC_{}", target.triple.replace('-', "_")),
                format!("{}-gcc", target.gnu),
            );
    }
    cargo.run()?;
    for target in TARGETS {
        let built = place
            .target_cross
            .join(target.triple)
            .join(PROFILE)
            .join("krait");
        build::put(&built, &place.executable(&target.executable()))?;
    }
    Ok(())
}

/// The file tests and the suite's programs, under the emulator.
fn tests(place: &Place, target: &Target, counts: &mut Counts) -> Result<(), String> {
    let emulated = |words: &[&str]| {
        test::filetests(place, words, &target.executable()).args(["--wrapper", &target.emulator()])
    };
    let cases = emulated(&["run", "--target", target.name]).run_counted(counts);
    let programs = emulated(&["suites"]).run_counted(counts);
    cases.and(programs)
}
