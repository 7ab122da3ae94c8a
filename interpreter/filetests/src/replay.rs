//! Record and replay as a test: whatever a program does, its replay does the same.
//!
//! A process is run once, recorded; its log is then replayed, in another folder and with nothing on
//! standard input. Output, errors and exit code of both must be the same. What the executable itself
//! compares besides (each operation with what was asked, the count of ticks and of objects, the
//! digest of what is reachable in the end) ends the replay with an error that is no program's.

use std::ffi::OsString;
use std::time::Duration;

use crate::diff;
use crate::launch::{Finished, Interpreter, Launch};

/// A replay also verifies, and reads what was compressed.
const SLOWER: u32 = 3;

/// Runs a process recorded, and replays it; gives what the first left.
pub(crate) fn run(interpreter: &Interpreter, launch: &Launch) -> Result<Finished, String> {
    let folder = tempfile::tempdir().map_err(|e| format!("cannot make a folder: {e}"))?;
    let log = folder.path().join("log.rdb");
    let mut recorded = launch.clone();
    recorded
        .args
        .splice(0..0, [OsString::from("--record"), log.clone().into()]);
    let first = interpreter.run_once(&recorded)?;
    if !log.exists() {
        return Err("the recording left no log".into());
    }
    let patient = interpreter.with_limit(interpreter.limit * SLOWER + Duration::from_secs(5));
    let second = patient.run_once(&Launch {
        args: vec!["--check".into(), log.into()],
        folder: folder.path().to_path_buf(),
        ..Launch::default()
    })?;
    let mut wrong = String::new();
    if first.end != second.end {
        wrong.push_str(&format!(
            "the recorded run: {}, its replay: {}\n",
            first.end, second.end
        ));
    }
    let parts = [
        (&first.stdout, &second.stdout, "replayed output"),
        (&first.stderr, &second.stderr, "replayed errors"),
    ];
    for (recorded, replayed, what) in parts {
        let recorded = String::from_utf8_lossy(recorded);
        let replayed = String::from_utf8_lossy(replayed);
        wrong.push_str(&diff::unified(&recorded, &replayed, what));
    }
    if wrong.is_empty() {
        Ok(first)
    } else {
        Err(wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    /// An executable that records and replays by these commands.
    fn executable(record: &str, check: &str) -> (tempfile::TempDir, Interpreter) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("krait");
        let script = format!("if [ \"$1\" = --record ]; then\n{record}\nelse\n{check}\nfi\n");
        fs::write(&path, script).unwrap();
        // Through the shell: a file just written may still be open in another test's child.
        let interpreter = Interpreter::new(&path, Some("sh"), Duration::from_secs(10)).unwrap();
        (folder, interpreter)
    }

    fn launch(folder: &tempfile::TempDir) -> Launch {
        Launch {
            folder: folder.path().to_path_buf(),
            ..Launch::default()
        }
    }

    #[test]
    fn a_replay_that_differs_in_anything_fails() {
        let record = "echo log > \"$2\"; echo out; echo err >&2; exit 3";
        let cases = [
            ("echo out; echo err >&2; exit 3", true),
            ("echo out; echo err >&2; exit 0", false),
            ("echo other; echo err >&2; exit 3", false),
            ("echo out; exit 3", false),
        ];
        for (check, same) in cases {
            let (folder, interpreter) = executable(record, check);
            let outcome = run(&interpreter, &launch(&folder)).map(|first| first.end);
            assert_eq!(outcome.is_ok(), same, "{check}: {outcome:?}");
        }
        let (folder, interpreter) = executable("exit 0", "exit 0");
        assert!(run(&interpreter, &launch(&folder)).is_err());
    }
}
