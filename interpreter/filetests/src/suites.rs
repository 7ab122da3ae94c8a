//! Runs every program of the suite at its test size and compares digests.
//!
//! The list of programs, their test sizes and digests is
//! `suites/expected/digests.yaml`. Each interpreter that is named must print
//! the listed digest; agreeing among themselves is not enough.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;

use crate::launch::{End, Finished, Interpreter, Launch};
use crate::printed::last_lines;
use crate::run::{Counts, check_in_parallel, lets_through};

#[derive(Deserialize)]
struct Program {
    test_size: u64,
    digests: BTreeMap<String, String>,
}

/// Two, so that a program that spoils its own input is found.
const ITERATIONS: &str = "2";

/// Runs the programs on each of the named interpreters.
pub fn run(
    suites: &Path,
    interpreters: &[(&str, Interpreter)],
    filters: &[String],
    jobs: usize,
) -> Result<Counts, String> {
    let programs = read(&suites.join("expected/digests.yaml"))?;
    let mut pairs = Vec::new();
    for (name, program) in &programs {
        if lets_through(filters, name) {
            pairs.extend(
                interpreters
                    .iter()
                    .map(|interpreter| (name, program, interpreter)),
            );
        }
    }
    if pairs.is_empty() {
        return Err("no program is wanted".into());
    }
    Ok(check_in_parallel(
        &pairs,
        jobs,
        |(name, _, (who, _))| format!("{name} on {who}"),
        |(name, program, (_, interpreter))| check(suites, name, program, interpreter),
    ))
}

fn read(path: &Path) -> Result<BTreeMap<String, Program>, String> {
    let text =
        fs::read_to_string(path).map_err(|e| format!("cannot read {}: {e}", path.display()))?;
    serde_saphyr::from_str(&text).map_err(|e| format!("{}: {e}", path.display()))
}

fn check(
    suites: &Path,
    name: &str,
    program: &Program,
    interpreter: &Interpreter,
) -> Result<(), String> {
    let size = program.test_size.to_string();
    let want = program
        .digests
        .get(&size)
        .ok_or_else(|| format!("no digest is listed for its test size {size}"))?;
    let script = format!("{name}.py");
    let words = [&script, "--size", &size, "--iterations", ITERATIONS];
    let finished = interpreter.run(&Launch {
        args: words.map(Into::into).to_vec(),
        folder: suites.join("programs"),
        ..Launch::default()
    })?;
    let got = digest(&finished)?;
    if got == *want {
        Ok(())
    } else {
        Err(format!("its digest is {got}, expected {want}"))
    }
}

/// The digest in the last record, or how the run failed.
fn digest(finished: &Finished) -> Result<String, String> {
    let stderr = String::from_utf8_lossy(&finished.stderr);
    if finished.end != End::Exit(0) {
        return Err(format!("{}\n{}", finished.end, last_lines(&stderr, 12)));
    }
    let stdout = String::from_utf8_lossy(&finished.stdout);
    let last = stdout
        .lines()
        .rev()
        .find_map(|line| line.strip_prefix("@krait "));
    let record = last.ok_or("it printed no records")?;
    let (_, rest) = record
        .split_once("\"end\"")
        .ok_or("its last record is not the end")?;
    let (_, rest) = rest
        .split_once("\"digest\":")
        .ok_or("its end record has no digest")?;
    Ok(rest
        .trim_start()
        .trim_start_matches('"')
        .chars()
        .take_while(|&c| c != '"')
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finished(stdout: &str, end: End) -> Finished {
        Finished {
            stdout: stdout.into(),
            stderr: b"Traceback\nboom\n".to_vec(),
            end,
        }
    }

    #[test]
    fn the_digest_of_the_end_record_is_read() {
        let text = "x\n@krait {\"kind\":\"iteration\",\"digest\":\"aa\"}\n\
                    @krait {\"kind\":\"end\",\"digest\":\"bb\",\"environment\":{}}\nbye\n";
        assert_eq!(digest(&finished(text, End::Exit(0))).unwrap(), "bb");
    }

    #[test]
    fn a_run_without_an_end_fails() {
        let text = "@krait {\"kind\":\"iteration\",\"digest\":\"aa\"}\n";
        assert!(digest(&finished(text, End::Exit(0))).is_err());
        assert!(digest(&finished("", End::Exit(0))).is_err());
        let error = digest(&finished("", End::Exit(1))).unwrap_err();
        assert!(error.contains("boom"), "{error}");
    }
}
