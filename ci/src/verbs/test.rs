//! `ci test`: everything that protects main, in order.
//!
//! Cheap checks come first. A step that fails stops only the steps that need
//! what it makes, so that one run tells all it can.

use crate::environment;
use crate::place::Place;
use crate::shell::Shell;
use crate::steps::Steps;
use crate::verbs::cross::{self, Extent};
use crate::verbs::{build, dispatch, lint, report, setup};

/// The seed of the fuzz check: the same programs in every run, so that a change
/// is to blame for a failure.
const FUZZ_SEED: &str = "20";
const FUZZ_SECONDS: &str = "10";

const CPYTHON: &str = "/usr/bin/python3.11";
const PYPY: &str = "/usr/bin/pypy3";

const KRAIT: &str = "krait-nojit";

/// Krait with the JIT.
const TRACING: &str = "krait";

/// What makes the JIT record nearly everything, and nearly every exit.
const EAGER: &str = "--option=--jit=threshold=1,function_threshold=2,trace_eagerness=1";
/// The same, with recordings that are given up at random.
const UNSTEADY: &str =
    "--option=--jit=threshold=1,function_threshold=2,trace_eagerness=1,random_abort=20";

/// Nearly everything, and each guard's exit is taken once whether or not the guard fails; traces
/// are freed as soon as nothing refers to them.
const FORCED: &str = "--option=--jit=threshold=3,function_threshold=2,trace_eagerness=1,force_exits=1,loop_longevity=0";

/// Exits taken once, as above, of traces of which few have bridges: what an exit restores is what
/// the interpreter goes on with.
const RESTORED: &str =
    "--option=--jit=threshold=7,function_threshold=5,trace_eagerness=5,force_exits=1";

/// Krait that records and replays.
const RECORDING: &str = "krait-revdb";

/// Krait that collects at every safepoint.
const STRESSED: &str = "krait-gc-stress";

/// Of the suite of pyperformance's programs: some of each kind (a function, one that times itself, one
/// that is awaited, what has packages), once, to see that they run and give what they should.
const SAMPLE: [&str; 18] = [
    "--benchmark",
    "fannkuch",
    "--benchmark",
    "crypto_pyaes",
    "--benchmark",
    "coroutines",
    "--benchmark",
    "django_template",
    "--executor",
    "cpython",
    "--executor",
    "krait-nojit",
    "--executor",
    "krait-jit",
    "--invocations",
    "1",
    "--iterations",
    "2",
];

pub fn run(place: &Place) -> Result<(), String> {
    within(place, Extent::Least)
}

/// The same with so much of foreign targets.
pub fn within(place: &Place, extent: Extent) -> Result<(), String> {
    let mut steps = Steps::default();
    steps.step("set-up", &[], |_| {
        place.prune()?;
        setup::run(place)
    });
    lint::into_steps(place, &mut steps);
    steps.step("filetests", &[], |_| build::tool(place, "filetests"));
    steps.step("kraitbench", &[], |_| build::tool(place, "kraitbench"));
    // Optimising at link time keeps one processor busy. The harness's tests measure: nothing may run beside them.
    let krait = steps.begin("krait", &["kraitbench"], build::krait(place));
    interpreter_tests(place, &mut steps);
    steps.end(krait);
    harness_tests(place, &mut steps);
    krait_tests(place, &mut steps);
    tracing_tests(place, &mut steps);
    replay_tests(place, &mut steps);
    stressed_tests(place, &mut steps);
    steps.step("the main job, small", &["krait"], |_| {
        report::experiment(place, "suites/tiny.yaml")
            .limit_minutes(10)
            .run()
    });
    steps.step("programs of pyperformance", &["set-up", "krait"], |_| {
        report::experiment(place, "suites/pyperformance.yaml")
            .args(SAMPLE)
            .limit_minutes(10)
            .run()
    });
    let needs = ["filetests", "kraitbench"];
    cross::into_steps(place, &mut steps, &needs, extent);
    steps.close()
}

/// The tests within the interpreter's crates.
///
/// They, which decide what a program computes, run in the
/// profile with debug assertions. The harness's crates are tested in the profile
/// that `bin/` is built with, which saves compiling their dependencies twice.
/// Each half leaves the other out: by name alone a crate of ours could not be
/// told from one of the same name among the dependencies.
fn interpreter_tests(place: &Place, steps: &mut Steps) {
    steps.step("tests of the interpreter's crates", &[], |counts| {
        let mut others = crates_below(place, "harness")?;
        others.push("reports".into());
        tests_without(place, &others).run_counted(counts)
    });
}

/// The tests within the harness's crates.
fn harness_tests(place: &Place, steps: &mut Steps) {
    steps.step("tests of the harness's crates", &[], |counts| {
        let mut others = crates_below(place, "interpreter")?;
        others.push("ci".into());
        tests_without(place, &others)
            .args(["--profile", build::PROFILE])
            .env("KRAIT_REQUIRE_CHROMIUM", "1")
            .env("KRAIT_PYTHON_TOOLS", environment::TOOLS.folder(place))
            .env("KRAIT_REQUIRE_PYTHON_TOOLS", "1")
            .env("KRAIT_REQUIRE_SSHD", "1")
            .env("KRAIT_BUILDBOT", environment::BUILDBOT.folder(place))
            .env("KRAIT_REQUIRE_BUILDBOT", "1")
            .env("KRAIT_REQUIRE_QEMU", "1")
            .run_counted(counts)
    });
}

fn tests_without(place: &Place, others: &[String]) -> Shell {
    build::cargo(place)
        .args([
            "test",
            "--locked",
            "--no-fail-fast",
            "--quiet",
            "--workspace",
        ])
        .args(others.iter().flat_map(|name| ["--exclude", name]))
}

/// The crates in a folder; each has its folder's name.
fn crates_below(place: &Place, folder: &str) -> Result<Vec<String>, String> {
    let folder = place.root.join(folder);
    let explain = |e: std::io::Error| format!("cannot read {}: {e}", folder.display());
    let mut names = Vec::new();
    for entry in std::fs::read_dir(&folder).map_err(explain)? {
        let path = entry.map_err(explain)?.path();
        if path.join("Cargo.toml").is_file() {
            names.extend(
                path.file_name()
                    .map(|name| name.to_string_lossy().into_owned()),
            );
        }
    }
    names.sort();
    Ok(names)
}

/// What tests the krait that ships, as a program.
fn krait_tests(place: &Place, steps: &mut Steps) {
    steps.step("each op's own jump", &["krait"], |_| {
        dispatch::has_own_jumps(place, KRAIT)?;
        dispatch::has_own_jumps(place, TRACING)
    });
    let needs = ["krait", "filetests"];
    steps.step("file tests", &needs, |counts| {
        filetests(place, &["run"], KRAIT).run_counted(counts)
    });
    steps.step(
        "suite programs against CPython and PyPy",
        &needs,
        |counts| {
            filetests(
                place,
                &["suites", "--cpython", CPYTHON, "--pypy", PYPY],
                KRAIT,
            )
            .run_counted(counts)
        },
    );
    steps.step("fuzz", &needs, |counts| {
        fuzz(place, &[], KRAIT).run_counted(counts)
    });
}

/// The JIT against what the interpreter prints: every case with its usual thresholds, with
/// the least ones, and with recordings given up at random; CPython's own tests; the suite's programs;
/// the fuzz.
fn tracing_tests(place: &Place, steps: &mut Steps) {
    let needs = ["krait", "filetests"];
    steps.step("file tests, JIT", &needs, |counts| {
        filetests(place, &["run"], TRACING).run_counted(counts)
    });
    steps.step("file tests, JIT at once", &needs, |counts| {
        filetests(place, &["run", EAGER], TRACING).run_counted(counts)
    });
    steps.step(
        "file tests, JIT that gives up at random",
        &needs,
        |counts| filetests(place, &["run", UNSTEADY], TRACING).run_counted(counts),
    );
    steps.step("file tests, JIT whose guards fail once", &needs, |counts| {
        filetests(place, &["run", FORCED], TRACING).run_counted(counts)
    });
    steps.step("file tests, JIT whose exits go back", &needs, |counts| {
        filetests(place, &["run", RESTORED], TRACING).run_counted(counts)
    });
    steps.step("fuzz, JIT whose exits go back", &needs, |counts| {
        fuzz(place, &[RESTORED], TRACING).run_counted(counts)
    });
    steps.step("CPython's tests, JIT at once", &needs, |counts| {
        filetests(
            place,
            &["cpython", "--timeout-seconds", "120", EAGER],
            TRACING,
        )
        .run_counted(counts)
    });
    steps.step("suite programs, JIT", &needs, |counts| {
        filetests(place, &["suites"], TRACING).run_counted(counts)
    });
    steps.step("fuzz, JIT", &needs, |counts| {
        fuzz(place, &[], TRACING).run_counted(counts)
    });
}

/// Everything once more, recorded and replayed: cases, the suite's programs, generated programs.
fn replay_tests(place: &Place, steps: &mut Steps) {
    let needs = ["krait", "filetests"];
    steps.step("file tests, recorded and replayed", &needs, |counts| {
        filetests(place, &["run", "--replay"], RECORDING).run_counted(counts)
    });
    steps.step("suite programs, recorded and replayed", &needs, |counts| {
        filetests(place, &["suites", "--replay"], RECORDING).run_counted(counts)
    });
    steps.step(
        "the debugger at a terminal and from an editor",
        &needs,
        |counts| {
            let python = environment::TOOLS.folder(place).join("bin/python");
            let words = ["debugger", "--python", &python.to_string_lossy()];
            filetests(place, &words, RECORDING).run_counted(counts)
        },
    );
    steps.step("fuzz, recorded and replayed", &needs, |counts| {
        fuzz(place, &["--replay"], RECORDING).run_counted(counts)
    });
}

/// The file tests again, with a collection at every safepoint: what the
/// collector does not see does not survive that. The build also verifies what each pass leaves of a trace,
/// and checks each allocation of registers.
fn stressed_tests(place: &Place, steps: &mut Steps) {
    steps.step("krait that collects at every safepoint", &[], |_| {
        build::cargo(place)
            .args(["build", "--locked", "-p", "krait", "--profile", "checked"])
            .args(["--no-default-features", "--features", "jit,gc-stress"])
            .run()?;
        let built = place.target_host.join("checked/krait");
        build::put(&built, &place.executable(STRESSED))
    });
    let needs = ["krait that collects at every safepoint", "filetests"];
    steps.step(
        "file tests, collecting at every safepoint",
        &needs,
        |counts| {
            let words = ["run", "--timeout-seconds", "300", "--option=--jit=off"];
            filetests(place, &words, STRESSED).run_counted(counts)
        },
    );
    steps.step(
        "file tests, collecting at every safepoint, JIT at once",
        &needs,
        |counts| {
            let words = ["run", "--timeout-seconds", "300", EAGER];
            filetests(place, &words, STRESSED).run_counted(counts)
        },
    );
}

/// Generated programs on one of the executables in `bin/`, against CPython.
fn fuzz(place: &Place, more: &[&str], krait: &str) -> Shell {
    let seeded = ["--seed", FUZZ_SEED, "--seconds", FUZZ_SECONDS];
    filetests(place, &["fuzz", "--python", CPYTHON], krait)
        .args(seeded)
        .args(more)
}

/// The file tests' runner on one of the executables in `bin/`.
pub fn filetests(place: &Place, words: &[&str], krait: &str) -> Shell {
    Shell::new(&place.root, place.executable("filetests"))
        .args(words)
        .arg("--krait")
        .arg(place.executable(krait))
        .limit_minutes(20)
}
