//! CPython's own tests, interpreted and compiled.
//!
//! They ask for much that krait does in other words or not at all, so how many of them pass says little
//! here. But what a test comes to must not hang on whether its code was compiled: the tests of each
//! module run twice, with the JIT off and with the options that are given, and the same ones must fail.
//! Code that was not written with a JIT in mind, and that goes into every corner of the language, meets
//! what generated programs and our own cases do not.
//!
//! The list names the modules, a line each. A line `- TEST # REASON` below a module names a test that may
//! come to something else, such as one that asks what has been collected by now. The tests themselves
//! are those of the installed CPython; Debian has them in a package of their own.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use crate::launch::{End, Interpreter, Launch};
use crate::printed::last_lines;
use crate::run::{Counts, check_in_parallel, lets_through};

/// What to run, and on what.
pub struct Setup {
    pub krait: Interpreter,
    /// The folder of CPython's package `test`.
    pub tests: PathBuf,
    /// The list of modules.
    pub list: PathBuf,
    /// The options that compile.
    pub options: Vec<OsString>,
    /// Only modules whose name contains one of these; empty: all.
    pub filters: Vec<String>,
    pub jobs: usize,
}

/// A module of the list, and the tests of it that may come to something else.
#[derive(Debug, PartialEq, Eq)]
struct Module {
    name: String,
    unsteady: BTreeSet<String>,
}

/// What the tests of a module came to.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    end: End,
    /// The line that says how many ran.
    ran: String,
    /// Those that failed or raised, by name and class.
    failed: BTreeSet<String>,
    /// The end of what was said of them.
    last: String,
}

/// Runs the tests of each module twice, and says where they differ. A module counts as one test.
pub fn run(setup: &Setup) -> Result<Counts, String> {
    let text = fs::read_to_string(&setup.list)
        .map_err(|e| format!("cannot read {}: {e}", setup.list.display()))?;
    let mut modules = parse(&text).map_err(|e| format!("{}: {e}", setup.list.display()))?;
    modules.retain(|module| lets_through(&setup.filters, &module.name));
    if modules.is_empty() {
        return Err("no module is wanted".into());
    }
    let folder = tempfile::tempdir().map_err(|e| format!("cannot make a folder: {e}"))?;
    let tests = setup.tests.canonicalize().map_err(|e| {
        format!(
            "no tests of CPython in {} (on Debian: apt-get install libpython3.11-testsuite): {e}",
            setup.tests.display()
        )
    })?;
    // The package alone, and not the library that it lies in.
    std::os::unix::fs::symlink(&tests, folder.path().join("test"))
        .map_err(|e| format!("cannot link to {}: {e}", tests.display()))?;
    Ok(check_in_parallel(
        &modules,
        setup.jobs,
        |module| module.name.clone(),
        |module| check(setup, module, folder.path()),
    ))
}

fn parse(text: &str) -> Result<Vec<Module>, String> {
    let mut modules: Vec<Module> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or(line).trim();
        match (line.strip_prefix("- "), modules.last_mut()) {
            _ if line.is_empty() => {}
            (Some(test), Some(module)) => {
                module.unsteady.insert(test.trim().to_string());
            }
            (Some(_), None) => {
                return Err(format!("line {}: a test before any module", number + 1));
            }
            (None, _) => modules.push(Module {
                name: line.to_string(),
                unsteady: BTreeSet::new(),
            }),
        }
    }
    Ok(modules)
}

fn check(setup: &Setup, module: &Module, folder: &Path) -> Result<(), String> {
    let interpreted = outcome(setup, module, folder, &["--jit=off".into()])?;
    if !matches!(interpreted.end, End::Exit(_)) || interpreted.ran.is_empty() {
        return Err(format!(
            "without the JIT: {}\n{}",
            interpreted.end, interpreted.last
        ));
    }
    let compiled = outcome(setup, module, folder, &setup.options)?;
    difference(&interpreted, &compiled).map_or(Ok(()), Err)
}

/// How one outcome differs from the other, which is that without the JIT.
fn difference(interpreted: &Outcome, compiled: &Outcome) -> Option<String> {
    if !matches!(compiled.end, End::Exit(_)) {
        return Some(format!("{}\n{}", compiled.end, compiled.last));
    }
    // The exit code says whether any failed; so it may differ if only that does which may.
    if compiled.failed == interpreted.failed && compiled.ran == interpreted.ran {
        return None;
    }
    let mut message = format!("{}, expected {}", compiled.ran, interpreted.ran);
    for test in compiled.failed.difference(&interpreted.failed) {
        message += &format!("\n  only with the JIT fails {test}");
    }
    for test in interpreted.failed.difference(&compiled.failed) {
        message += &format!("\n  only without it fails {test}");
    }
    Some(message)
}

fn outcome(
    setup: &Setup,
    module: &Module,
    folder: &Path,
    options: &[OsString],
) -> Result<Outcome, String> {
    // Tests leave files where they run.
    let own = tempfile::tempdir().map_err(|e| format!("cannot make a folder: {e}"))?;
    let name = format!("test.{}", module.name);
    let words = ["-m", "unittest", "-q", &name];
    let finished = setup.krait.run(&Launch {
        args: options
            .iter()
            .cloned()
            .chain(words.iter().map(OsString::from))
            .collect(),
        variables: vec![
            ("PYTHONPATH".into(), folder.display().to_string()),
            ("PYTHONHASHSEED".into(), "0".into()),
        ],
        folder: own.path().to_path_buf(),
        ..Launch::default()
    })?;
    let said = String::from_utf8_lossy(&finished.stderr);
    Ok(read(&said, finished.end, &module.unsteady))
}

/// Reads what `unittest` says at its end.
fn read(said: &str, end: End, unsteady: &BTreeSet<String>) -> Outcome {
    let name = |line: &str| {
        let failed = line
            .strip_prefix("FAIL: ")
            .or_else(|| line.strip_prefix("ERROR: "))?;
        // Behind the name may stand what a part of the test was given.
        let test = match failed.split_once(')') {
            Some((test, _)) => format!("{test})"),
            None => failed.to_string(),
        };
        let short = test.split(' ').next().unwrap_or(&test);
        (!unsteady.contains(short)).then_some(test)
    };
    let ran = said.lines().rev().find(|line| line.starts_with("Ran "));
    Outcome {
        end,
        ran: ran
            .and_then(|line| line.split(" in ").next())
            .unwrap_or_default()
            .to_string(),
        failed: said.lines().filter_map(name).collect(),
        last: last_lines(said, 8),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAID: &str = "\
F..\n\
======================================================================\n\
FAIL: test_one (test.test_it.Its.test_one) (part='x')\n\
----------------------------------------------------------------------\n\
AssertionError: 1 != 2\n\
ERROR: test_two (test.test_it.Its.test_two)\n\
Ran 3 tests in 0.012s\n\n\
FAILED (failures=1, errors=1)\n";

    #[test]
    fn what_unittest_says_is_read() {
        let found = read(SAID, End::Exit(1), &BTreeSet::from(["test_two".into()]));
        assert_eq!(found.ran, "Ran 3 tests");
        assert_eq!(
            found.failed,
            BTreeSet::from(["test_one (test.test_it.Its.test_one)".into()])
        );
        assert!(found.last.ends_with("FAILED (failures=1, errors=1)"));
    }

    #[test]
    fn a_test_that_fails_only_compiled_is_told_and_so_is_a_crash() {
        let nothing = BTreeSet::new();
        let interpreted = read(SAID, End::Exit(1), &nothing);
        assert_eq!(
            difference(&interpreted, &read(SAID, End::Exit(1), &nothing)),
            None
        );
        let more = SAID.replace(
            "ERROR: test_two",
            "ERROR: test_two (of.it)\nFAIL: test_three",
        );
        let told = difference(&interpreted, &read(&more, End::Exit(1), &nothing)).unwrap();
        assert!(
            told.contains("only with the JIT fails test_three"),
            "{told}"
        );
        let told = difference(&interpreted, &read(SAID, End::Signal(11), &nothing)).unwrap();
        assert!(told.contains("signal 11"), "{told}");
        let told = difference(&interpreted, &read("", End::Exit(1), &nothing)).unwrap();
        assert!(told.contains("only without it fails test_one"), "{told}");
    }

    #[test]
    fn the_list_names_modules_and_tests_that_are_unsteady() {
        let modules = parse("# head\ntest_a\ntest_b # why\n- test_x # collected when?\n").unwrap();
        let unsteady = BTreeSet::from(["test_x".to_string()]);
        assert_eq!(
            (modules[0].name.as_str(), modules[0].unsteady.len()),
            ("test_a", 0)
        );
        assert_eq!(
            (modules[1].name.as_str(), &modules[1].unsteady),
            ("test_b", &unsteady)
        );
        assert!(parse("- test_x\n").is_err());
    }
}
