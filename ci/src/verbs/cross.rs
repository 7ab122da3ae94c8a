//! `ci cross`: krait for the four foreign targets, tested under qemu.
//!
//! Kraitbench builds them, as it builds what it measures: which toolchain makes a foreign
//! executable, and from what, is known in one place.
//!
//! All cases run on each target. Those in which a target could differ are recorded and replayed as well: the
//! debugger's own transcripts, what programs ask of the system, moments as images, notes, builds.
//!
//! To compile is most of it. As the debugger's executable is the interpreter and what records it, it can stand for
//! both: [`Extent::Least`] builds the interpreter alone for but one target.

use crate::place::Place;
use crate::shell::{Counts, Shell};
use crate::steps::Steps;
use crate::verbs::setup::{self, Group};
use crate::verbs::{build, test};

/// Which executables are built and tested.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Each configuration for each target.
    All,
    /// The debugger for each, the interpreter alone for one.
    Least,
}

/// The target that has both in any case: its bytes are in another order.
const BOTH: &str = "s390x";

impl Extent {
    /// Whether the interpreter alone is built for a target.
    fn has_interpreter(self, target: &Target) -> bool {
        self == Extent::All || target.name == BOTH
    }
}

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

/// What names every target's interpreter, as `krait-TARGET`.
const INTERPRETERS: &str = "suites/targets.yaml";
/// What names every target's debugger.
const DEBUGGERS: &str = "interpreter/recording.yaml";
/// The cases that are recorded and replayed.
const RECORDED_CASES: &[&str] = &[
    "revdb/",
    "builtins/fn_input",
    "builtins/mod_os_sys_paths",
    "builtins/mod_random",
    "builtins/mod_sys_time",
    "builtins/finalizers",
    "builtins/processes",
    "builtins/signals",
    "builtins/sockets",
    "language/generator",
];
const RECORDED_PROGRAMS: &[&str] = &["richards", "json_dump", "pidigits"];
/// The debugger's checks.
const CHECKS: &[&str] = &[
    "a session goes on where it was left",
    "another build",
    "moments that are images",
];

impl Target {
    /// The command line that starts a program of this target on the host.
    fn emulator(&self) -> String {
        format!("{} -L /usr/{}", self.qemu, self.gnu)
    }

    fn executable(&self) -> String {
        format!("krait-nojit-{}", self.name)
    }

    fn debugger(&self) -> String {
        format!("krait-revdb-{}", self.name)
    }

    /// What its cases and programs run on.
    fn interpreter(&self, extent: Extent) -> String {
        if extent.has_interpreter(self) {
            self.executable()
        } else {
            self.debugger()
        }
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
        Extent::All,
    );
    steps.close()
}

/// One step that builds all targets and one for each that tests it.
pub fn into_steps(place: &Place, steps: &mut Steps, needs: &[&'static str], extent: Extent) {
    steps.step("cross build", needs, |_| {
        setup::install(place, &[Group::Build, Group::Foreign])?;
        compile(place, extent)
    });
    for target in TARGETS {
        steps.step(target.name, &["cross build"], |counts| {
            tests(place, target, extent, counts)
        });
    }
}

fn compile(place: &Place, extent: Extent) -> Result<(), String> {
    let build = |experiment: &str| {
        Shell::new(&place.root, place.executable("kraitbench"))
            .args(["build", experiment])
            .env("CARGO_TARGET_DIR", &place.target_host)
    };
    build(DEBUGGERS).run()?;
    let interpreted = TARGETS
        .iter()
        .filter(|target| extent.has_interpreter(target));
    let executors = interpreted.map(|target| format!("krait-{}", target.name));
    build(INTERPRETERS)
        .args(executors.flat_map(|name| ["--executor".to_owned(), name]))
        .run()?;
    let names = |target: &Target| [target.interpreter(extent), target.debugger()];
    let mut all = TARGETS.iter().flat_map(names);
    match all.find(|name| !place.executable(name).is_file()) {
        None => Ok(()),
        Some(name) => Err(format!("{name} was not built")),
    }
}

/// The file tests and the suite's programs, under the emulator.
fn tests(
    place: &Place,
    target: &Target,
    extent: Extent,
    counts: &mut Counts,
) -> Result<(), String> {
    let emulated = |krait: &str, words: &[&str]| {
        test::filetests(place, words, krait).args(["--wrapper", &target.emulator()])
    };
    let krait = target.interpreter(extent);
    let cases = emulated(&krait, &["run", "--target", target.name]).run_counted(counts);
    let programs = emulated(&krait, &["suites"]).run_counted(counts);
    let recording = target.debugger();
    let mut recorded = |words: &[&str], filters: &[&str]| {
        emulated(&recording, words)
            .args(filters.iter().copied())
            .run_counted(counts)
    };
    let replays = recorded(
        &["run", "--replay", "--target", target.name],
        RECORDED_CASES,
    );
    let digests = recorded(&["suites", "--replay"], RECORDED_PROGRAMS);
    let checks = recorded(&["debugger"], CHECKS);
    cases.and(programs).and(replays).and(digests).and(checks)
}
