//! Runs the cases and compares what they leave with what is expected.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::case::{self, Case, Kind};
use crate::debug;
use crate::diff;
use crate::expected_failures;
use crate::launch::{End, Finished, Interpreter, Launch};
use crate::snapshot;

/// How many cases passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub passed: usize,
    pub failed: usize,
}

/// Which cases are meant.
pub struct Selection {
    pub folder: PathBuf,
    /// Only cases whose path contains one of these; empty: all.
    pub filters: Vec<String>,
    pub target: String,
    /// Whether the krait under test records and debugs.
    pub debugs: bool,
    /// The configuration of the krait under test; empty for another interpreter, which runs only
    /// the cases of all configurations.
    pub configuration: String,
}

/// What a run of the cases is given.
pub struct Setup {
    pub selection: Selection,
    pub jobs: usize,
    pub interpreter: Interpreter,
    /// Options that krait gets in every case.
    pub options: Vec<OsString>,
}

/// The cases of a selection: those for its target that its filters let through,
/// and the files that cannot be read as a case.
pub fn select(selection: &Selection) -> Result<Vec<Result<Case, (String, String)>>, String> {
    let wanted = |path: &str| lets_through(&selection.filters, path);
    let mut cases = case::read_all(&selection.folder)?;
    cases.retain(|case| match case {
        Ok(case) => wanted(&case.path) && is_for(case, selection),
        Err((path, _)) => wanted(path),
    });
    Ok(cases)
}

/// Whether a case is one of a target's. Bytecode is the same on all of them and
/// is looked at on the host, with its own compiler.
fn is_for(case: &Case, selection: &Selection) -> bool {
    let target = selection.target.as_str();
    let targets = &case.header.targets;
    match case.header.kind {
        Kind::Bytecode if target != host() => false,
        Kind::Debug if !selection.debugs => false,
        _ => names(targets, target) && names(&case.header.configurations, &selection.configuration),
    }
}

/// Whether a line of a header names something; without the line, all are named.
fn names(listed: &[String], name: &str) -> bool {
    listed.is_empty() || listed.iter().any(|own| own == name)
}

/// The configuration that krait itself says it is.
pub fn configuration(interpreter: &Interpreter) -> Result<String, String> {
    // No program runs, so nothing is recorded.
    let finished = interpreter.run_once(&Launch {
        args: vec!["-VV".into()],
        stdin: Vec::new(),
        variables: Vec::new(),
        folder: PathBuf::from("."),
    })?;
    let text = String::from_utf8_lossy(&finished.stdout);
    let named = text
        .split_once('(')
        .and_then(|(_, rest)| rest.split_once(','));
    match named {
        Some((name, _)) if case::CONFIGURATIONS.contains(&name) => Ok(name.to_string()),
        _ => Err(format!(
            "`krait -VV` names no configuration that there is ({}): {text:?}",
            case::CONFIGURATIONS.join(", ")
        )),
    }
}

/// The target that this runner was built for.
pub fn host() -> &'static str {
    match std::env::consts::ARCH {
        "powerpc64" => "ppc64le",
        other => other,
    }
}

/// Runs the cases, prints each failure as it is found and the counts at the end.
pub fn run(setup: &Setup) -> Result<Counts, String> {
    let cases = select(&setup.selection)?;
    if cases.is_empty() {
        return Err(format!(
            "no case in {} is wanted",
            setup.selection.folder.display()
        ));
    }
    let expected = expected_failures::read(&setup.selection.folder, &setup.selection.target)?;
    let mut counts = Counts::default();
    for missing in unknown(&expected, &cases, &setup.selection.filters) {
        println!("FAILED {missing}: is listed as an expected failure and is no case\n");
        counts.failed += 1;
    }
    let counts = Mutex::new(counts);
    in_parallel(&cases, setup.jobs, |case| {
        let (path, verdict) = match case {
            Ok(case) => (&case.path, verdict(setup, case)),
            Err((path, message)) => (path, Err(message.clone())),
        };
        let failure = judge(verdict, expected.contains(path));
        // The lock also keeps the messages of two cases apart.
        let mut counts = counts
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        match failure {
            None => counts.passed += 1,
            Some(message) => {
                counts.failed += 1;
                println!("FAILED {path}: {message}\n");
            }
        }
    });
    Ok(counts
        .into_inner()
        .unwrap_or_else(std::sync::PoisonError::into_inner))
}

/// The message of a case that did not do as expected.
fn judge(verdict: Result<(), String>, expected_to_fail: bool) -> Option<String> {
    match (verdict, expected_to_fail) {
        (Ok(()), false) | (Err(_), true) => None,
        (Ok(()), true) => {
            Some("passes, and is listed as an expected failure: take it off the list".into())
        }
        (Err(message), false) => Some(message),
    }
}

/// Listed failures that are not among the cases; with a filter, none can be told.
fn unknown(
    expected: &BTreeSet<String>,
    cases: &[Result<Case, (String, String)>],
    filters: &[String],
) -> Vec<String> {
    let known = |path: &&String| {
        cases.iter().any(|case| match case {
            Ok(case) => case.path == **path,
            Err((broken, _)) => broken == *path,
        })
    };
    let missing = expected
        .iter()
        .filter(|path| filters.is_empty() && !known(path));
    missing.cloned().collect()
}

/// Whether filters let a name through: it contains one of them, or there are none.
pub(crate) fn lets_through(filters: &[String], name: &str) -> bool {
    filters.is_empty() || filters.iter().any(|filter| name.contains(filter.as_str()))
}

/// Checks each item, on as many threads as there are jobs, and tells of those that fail by name.
pub(crate) fn check_in_parallel<T: Sync>(
    items: &[T],
    jobs: usize,
    name: impl Fn(&T) -> String + Sync,
    check: impl Fn(&T) -> Result<(), String> + Sync,
) -> Counts {
    let counts = Mutex::new(Counts::default());
    in_parallel(items, jobs, |item| {
        let verdict = check(item);
        let mut counts = counts.lock().unwrap_or_else(PoisonError::into_inner);
        match verdict {
            Ok(()) => counts.passed += 1,
            Err(message) => {
                counts.failed += 1;
                println!("FAILED {}: {message}\n", name(item));
            }
        }
    });
    counts.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// Does the work for each item, on as many threads as there are jobs.
pub fn in_parallel<T: Sync>(items: &[T], jobs: usize, work: impl Fn(&T) + Sync) {
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..jobs.max(1) {
            scope.spawn(|| {
                while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
                    work(item);
                }
            });
        }
    });
}

fn verdict(setup: &Setup, case: &Case) -> Result<(), String> {
    match case.header.kind {
        Kind::Run => {
            let finished = execute(
                &setup.interpreter,
                &setup.selection.folder,
                case,
                &setup.options,
            )?;
            compare(
                case,
                &finished,
                &script_path(&setup.selection.folder, case)?,
            )
        }
        Kind::Debug => {
            let script = script_path(&setup.selection.folder, case)?;
            let text = debug::transcript(&setup.interpreter, case, &script)?;
            let want = case
                .out
                .as_deref()
                .ok_or("has no file .out with the session")?;
            let diff = diff::unified(want, &text, "session");
            if diff.is_empty() { Ok(()) } else { Err(diff) }
        }
        Kind::Bytecode => {
            let text = snapshot::text(&setup.selection.folder, &case.path)?;
            let want = case
                .out
                .as_deref()
                .ok_or("has no file .out with its bytecode")?;
            let diff = diff::unified(want, &text, "bytecode");
            if diff.is_empty() { Ok(()) } else { Err(diff) }
        }
    }
}

/// The script's path as the interpreter is given it and as it shows it: whole,
/// since tracebacks name the main script so however it was started.
fn script_path(folder: &Path, case: &Case) -> Result<String, String> {
    let path = folder.join(&case.path);
    let path = path
        .canonicalize()
        .map_err(|e| format!("cannot find {}: {e}", path.display()))?;
    Ok(path.to_string_lossy().into_owned())
}

fn execute(
    interpreter: &Interpreter,
    folder: &Path,
    case: &Case,
    options: &[OsString],
) -> Result<Finished, String> {
    let words = |list: &[String]| list.iter().map(OsString::from).collect::<Vec<_>>();
    let mut args = options.to_vec();
    args.extend(words(&case.header.options));
    args.push(script_path(folder, case)?.into());
    args.extend(words(&case.header.args));
    interpreter.run(&Launch {
        args,
        stdin: case.header.stdin.clone().into_bytes(),
        variables: case.header.variables.clone(),
        folder: folder.to_path_buf(),
    })
}

fn compare(case: &Case, finished: &Finished, script: &str) -> Result<(), String> {
    let stdout = String::from_utf8_lossy(&finished.stdout);
    let stderr = String::from_utf8_lossy(&finished.stderr);
    let mut wrong = Vec::new();
    if finished.end != End::Exit(case.header.exit) {
        wrong.push(format!(
            "{}, expected exit code {}\n",
            finished.end, case.header.exit
        ));
    }
    match case.inline.as_ref().or(case.out.as_ref()) {
        Some(want) => wrong.push(diff::unified(want, &stdout, "standard output")),
        None if case.err.is_some() => {
            wrong.push(diff::unified("", &stdout, "standard output"));
        }
        None => wrong.push("it says nowhere what must be printed: add .out or .err\n".into()),
    }
    let want = case
        .err
        .as_deref()
        .unwrap_or_default()
        .replace("{path}", script);
    wrong.push(diff::unified(&want, &stderr, "standard error"));
    let wrong = wrong.concat();
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(wrong.trim_end().to_string())
    }
}

/// Writes the expectations of those cases that do not do as they say, from
/// what the interpreter leaves; gives the files that were written. Inline
/// expectations and exit codes stay: a person wrote them next to the code.
pub fn bless(setup: &Setup) -> Result<Vec<PathBuf>, String> {
    let mut written = Vec::new();
    for case in select(&setup.selection)? {
        let case = case.map_err(|(path, message)| format!("{path}: {message}"))?;
        let script = setup.selection.folder.join(&case.path);
        if case.header.kind == Kind::Bytecode {
            let text = snapshot::text(&setup.selection.folder, &case.path)
                .map_err(|message| format!("{}: {message}", case.path))?;
            if case.out.as_deref() != Some(text.as_str()) {
                written.push(write(&script.with_extension("out"), &text)?);
            }
            continue;
        }
        if case.header.kind == Kind::Debug {
            let path = script_path(&setup.selection.folder, &case)?;
            let text = debug::transcript(&setup.interpreter, &case, &path)?;
            if case.out.as_deref() != Some(text.as_str()) {
                written.push(write(&script.with_extension("out"), &text)?);
            }
            continue;
        }
        let finished = execute(
            &setup.interpreter,
            &setup.selection.folder,
            &case,
            &setup.options,
        )?;
        if finished.end != End::Exit(case.header.exit) {
            println!("not blessed: {}: {}", case.path, finished.end);
            continue;
        }
        let shown = script_path(&setup.selection.folder, &case)?;
        let stdout = String::from_utf8_lossy(&finished.stdout);
        let stderr = String::from_utf8_lossy(&finished.stderr).replace(&shown, "{path}");
        if case.inline.is_none() && case.out.as_deref() != Some(stdout.as_ref()) {
            written.push(write(&script.with_extension("out"), &stdout)?);
        }
        if case.err.as_deref().unwrap_or_default() != stderr {
            written.push(write(&script.with_extension("err"), &stderr)?);
        }
    }
    Ok(written)
}

fn write(path: &Path, text: &str) -> Result<PathBuf, String> {
    fs::write(path, text).map_err(|e| format!("cannot write {}: {e}", path.display()))?;
    Ok(path.to_path_buf())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    /// A folder of cases with `/bin/sh` as the interpreter under test.
    fn setup(files: &[(&str, &str)]) -> (tempfile::TempDir, Setup) {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let setup = Setup {
            selection: Selection {
                folder: folder.path().to_path_buf(),
                filters: Vec::new(),
                target: "x86_64".into(),
                debugs: false,
                configuration: "nojit".into(),
            },
            jobs: 2,
            interpreter: Interpreter::new(Path::new("/bin/sh"), None, Duration::from_secs(10))
                .unwrap(),
            options: Vec::new(),
        };
        (folder, setup)
    }

    #[test]
    fn each_way_to_fail_fails() {
        let files = [
            ("good.py", "# test: run\necho 1\n"),
            ("good.out", "1\n"),
            ("inline.py", "# test: run\necho 1 # expect: 1\n"),
            ("output.py", "# test: run\necho 2\n"),
            ("output.out", "1\n"),
            ("exit.py", "# test: run\nexit 2\n"),
            ("exit.out", ""),
            ("stderr.py", "# test: run\necho x >&2\n"),
            ("stderr.out", ""),
            ("nothing.py", "# test: run\n"),
            ("headless.py", "echo 1\n"),
            ("orphan.out", "1\n"),
        ];
        let (_folder, setup) = setup(&files);
        assert_eq!(
            run(&setup).unwrap(),
            Counts {
                passed: 2,
                failed: 6
            }
        );
    }

    #[test]
    fn an_error_is_compared_with_the_path_in_it() {
        let files = [
            ("e.py", "# test: run\n# exit: 1\necho $0 >&2; exit 1\n"),
            ("e.err", "{path}\n"),
        ];
        let (_folder, setup) = setup(&files);
        assert_eq!(
            run(&setup).unwrap(),
            Counts {
                passed: 1,
                failed: 0
            }
        );
    }

    #[test]
    fn expected_failures_must_fail_and_exist() {
        let files = [
            ("good.py", "# test: run\necho 1\n"),
            ("good.out", "1\n"),
            ("bad.py", "# test: run\necho 1\n"),
            ("bad.out", "2\n"),
            ("expected-failures.txt", "bad.py # known\n"),
            ("expected-failures.x86_64.txt", "good.py\ngone.py\n"),
        ];
        let (_folder, setup) = setup(&files);
        assert_eq!(
            run(&setup).unwrap(),
            Counts {
                passed: 1,
                failed: 2
            }
        );
    }

    #[test]
    fn targets_and_filters_select() {
        let files = [
            ("a.py", "# test: run\n# target: s390x\n"),
            ("b.py", "# test: run\n# target: x86_64\n"),
            ("c.py", "# test: run\n"),
        ];
        let (_folder, mut setup) = setup(&files);
        assert_eq!(select(&setup.selection).unwrap().len(), 2);
        setup.selection.filters = vec!["c.p".into()];
        assert_eq!(select(&setup.selection).unwrap().len(), 1);
        setup.selection.filters = vec!["nothing".into()];
        assert!(run(&setup).is_err());
    }

    #[test]
    fn bytecode_is_compared_on_the_host_only() {
        let files = [("a.py", "# test: bytecode\nx = 1\n"), ("a.out", "")];
        let (_folder, mut setup) = setup(&files);
        setup.selection.target = host().into();
        assert_eq!(
            run(&setup).unwrap(),
            Counts {
                passed: 0,
                failed: 1
            }
        );
        assert_eq!(bless(&setup).unwrap().len(), 1);
        assert_eq!(
            run(&setup).unwrap(),
            Counts {
                passed: 1,
                failed: 0
            }
        );
        setup.selection.target = "other".into();
        assert!(select(&setup.selection).unwrap().is_empty());
    }

    #[test]
    fn blessing_writes_what_differs() {
        let files = [("a.py", "# test: run\necho 1\n"), ("a.out", "2\n")];
        let (folder, setup) = setup(&files);
        assert_eq!(bless(&setup).unwrap(), [folder.path().join("a.out")]);
        assert_eq!(
            run(&setup).unwrap(),
            Counts {
                passed: 1,
                failed: 0
            }
        );
    }
}
