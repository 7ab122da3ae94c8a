//! `ci cross`: krait for the four foreign targets, tested under qemu.
//!
//! Kraitbench builds them, as it builds what it measures: which toolchain makes a foreign
//! executable, and from what, is known in one place.

use crate::place::Place;
use crate::shell::{Counts, Shell};
use crate::steps::Steps;
use crate::verbs::setup::{self, Group};
use crate::verbs::{build, test};

/// A foreign target.
pub struct Target {
    /// The name used in file tests' headers and in experiments.
    pub name: &'static str,
    /// How Debian names the compiler and the folder of system libraries.
    gnu: &'static str,
    qemu: &'static str,
}

pub const TARGETS: &[Target] = &[
    Target {
        name: "aarch64",
        gnu: "aarch64-linux-gnu",
        qemu: "qemu-aarch64-static",
    },
    Target {
        name: "s390x",
        gnu: "s390x-linux-gnu",
        qemu: "qemu-s390x-static",
    },
    Target {
        name: "riscv64",
        gnu: "riscv64-linux-gnu",
        qemu: "qemu-riscv64-static",
    },
    Target {
        name: "ppc64le",
        gnu: "powerpc64le-linux-gnu",
        qemu: "qemu-ppc64le-static",
    },
];

/// The experiment that names every target.
const TARGETS_EXPERIMENT: &str = "suites/targets.yaml";

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
    steps.step("build of kraitbench", &[], |_| {
        build::tool(place, "kraitbench")
    });
    into_steps(
        place,
        &mut steps,
        &["build of filetests", "build of kraitbench"],
    );
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
    Shell::new(&place.root, place.executable("kraitbench"))
        .args(["build", TARGETS_EXPERIMENT])
        .env("CARGO_TARGET_DIR", &place.target_host)
        .run()?;
    match TARGETS
        .iter()
        .find(|target| !place.executable(&target.executable()).is_file())
    {
        None => Ok(()),
        Some(target) => Err(format!("krait was not built for {}", target.name)),
    }
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
