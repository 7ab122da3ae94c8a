//! `ci test`: everything that protects main, in order.
//!
//! Cheap checks come first. A step that fails stops only the steps that need
//! what it makes, so that one run tells all it can.

use crate::place::Place;
use crate::shell::Shell;
use crate::steps::Steps;
use crate::verbs::setup;
use crate::verbs::{build, cross, lint, report};

/// The seed of the fuzz check: the same programs in every run, so that a change
/// is to blame for a failure.
const FUZZ_SEED: &str = "20";
const FUZZ_SECONDS: &str = "10";

pub const CPYTHON: &str = "/usr/bin/python3.11";
pub const PYPY: &str = "/usr/bin/pypy3";

/// The crates whose tests run with debug assertions: they decide what a program
/// computes. The harness's crates are tested in the profile that `bin/` is
/// built with, which saves compiling their dependencies twice.
const INTERPRETER: &[&str] = &[
    "bytecode",
    "compile",
    "object",
    "world",
    "vm",
    "builtins",
    "krait",
    "filetests",
    "ci",
];

pub fn run(place: &Place) -> Result<(), String> {
    let mut steps = Steps::default();
    steps.step("set-up", &[], |_| {
        place.prune()?;
        setup::run(place)
    });
    lint::into_steps(place, &mut steps);
    steps.step("filetests", &[], |_| build::tool(place, "filetests"));
    steps.step("kraitbench", &[], |_| build::tool(place, "kraitbench"));
    steps.step("krait", &["kraitbench"], |_| build::krait(place));
    steps.step("tests of the interpreter's crates", &[], |counts| {
        let packages = INTERPRETER.iter().flat_map(|name| ["-p", name]);
        build::cargo(place)
            .args(["test", "--locked", "--no-fail-fast", "--quiet"])
            .args(packages)
            .env("SLOW", "1")
            .run_counted(counts)
    });
    steps.step("tests of the harness's crates", &[], |counts| {
        let others = INTERPRETER.iter().flat_map(|name| ["--exclude", name]);
        build::cargo(place)
            .args([
                "test",
                "--locked",
                "--no-fail-fast",
                "--quiet",
                "--profile",
                "harness",
            ])
            .arg("--workspace")
            .args(others)
            .env("SLOW", "1")
            .run_counted(counts)
    });
    steps.step("file tests", &["krait", "filetests"], |counts| {
        filetests(place, &["run"])
            .arg("--krait")
            .arg(place.executable("krait-nojit"))
            .run_counted(counts)
    });
    steps.step(
        "suite programs against CPython and PyPy",
        &["krait", "filetests"],
        |counts| {
            filetests(place, &["suites", "--cpython", CPYTHON, "--pypy", PYPY])
                .arg("--krait")
                .arg(place.executable("krait-nojit"))
                .run_counted(counts)
        },
    );
    steps.step("fuzz", &["krait", "filetests"], |counts| {
        filetests(
            place,
            &["fuzz", "--seed", FUZZ_SEED, "--seconds", FUZZ_SECONDS],
        )
        .args(["--python", CPYTHON, "--krait"])
        .arg(place.executable("krait-nojit"))
        .run_counted(counts)
    });
    steps.step("the main job, small", &["krait"], |_| {
        report::experiment(place, "suites/tiny.yaml")
            .limit_minutes(10)
            .run()
    });
    cross::into_steps(place, &mut steps, &["filetests"]);
    steps.close()
}

/// The file tests' runner.
pub fn filetests(place: &Place, words: &[&str]) -> Shell {
    Shell::new(&place.root, place.executable("filetests"))
        .args(words)
        .limit_minutes(20)
}
