//! Generated programs, run on krait and on CPython and compared.
//!
//! A program holds many small cases, so that starting two processes is not
//! what takes the time; each case prints what it computes or the name of what
//! it raises. The two must agree on standard output, on the exit code and, for
//! a program that ends by an exception, on its name. A program on which they
//! do not is cut down while they still disagree, and saved as a case that can
//! be copied among the others.
//!
//! What this does not compare: texts of errors and warnings, which differ
//! between Python 3.11 and 3.14; anything that needs a module.

mod definitions;
mod expressions;
mod idioms;
mod minimise;
mod program;
mod random;
mod scope;
mod statements;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::diff;
use crate::launch::{End, Finished, Interpreter, Launch};
use crate::printed::{last_lines, without_addresses};
use crate::run::Counts;

use program::Program;

/// Cases in one program.
const CASES: usize = 16;

/// How long cutting down one program may take.
const LIMIT_MINIMISE: Duration = Duration::from_secs(60);

/// What a fuzz run is given.
pub struct Setup {
    pub krait: Interpreter,
    pub reference: Interpreter,
    /// The first program's seed; the next have the next numbers.
    pub seed: u64,
    pub time: Duration,
    /// Options for krait.
    pub options: Vec<OsString>,
    /// Variables for krait.
    pub variables: Vec<(String, String)>,
    /// Where programs that fail are left.
    pub folder: PathBuf,
    /// The run ends early after so many failures.
    pub limit_failures: usize,
}

/// One in so many programs may take the reference too long: numbers grow in some.
const ENDLESS_MIN: u64 = 50;

/// What running a program on both comes to.
enum Verdict {
    Agree,
    /// The two interpreters' results.
    Disagree(Finished, Finished),
    /// The reference does not end in time, so there is nothing to compare with.
    Endless,
}

/// Compares program after program until the time is over.
pub fn run(setup: &Setup) -> Result<Counts, String> {
    fs::create_dir_all(&setup.folder)
        .map_err(|e| format!("cannot make {}: {e}", setup.folder.display()))?;
    let begin = Instant::now();
    let mut counts = Counts::default();
    let (mut seed, mut endless) = (setup.seed, 0);
    while begin.elapsed() < setup.time && counts.failed < setup.limit_failures {
        let program = definitions::program(seed, CASES);
        match compare(setup, &program, seed)? {
            Verdict::Agree => counts.passed += CASES,
            Verdict::Disagree(want, got) => {
                counts.failed += 1;
                report(setup, &program, seed, (want, got))?;
            }
            Verdict::Endless => endless += 1,
        }
        seed += 1;
    }
    if endless > 1 + (seed - setup.seed) / ENDLESS_MIN {
        return Err(format!(
            "{endless} of {} programs do not end on the reference: see with --print what seeds from {} on make, or give more --timeout-seconds",
            seed - setup.seed,
            setup.seed
        ));
    }
    if endless > 0 {
        println!("passed over as too long for the reference: {endless}");
    }
    println!(
        "{} programs of {CASES} cases, seeds {} to {}",
        seed - setup.seed,
        setup.seed,
        seed - 1
    );
    Ok(counts)
}

/// The program's text, without comparing anything.
pub fn text(seed: u64) -> String {
    definitions::program(seed, CASES).text()
}

/// Runs a program on both.
fn compare(setup: &Setup, program: &Program, seed: u64) -> Result<Verdict, String> {
    let script = setup.folder.join(format!("fuzz-{seed}-running.py"));
    fs::write(&script, program.text())
        .map_err(|e| format!("cannot write {}: {e}", script.display()))?;
    let launch = |options: &[OsString], variables: &[(String, String)]| Launch {
        args: options
            .iter()
            .cloned()
            .chain([script.clone().into_os_string()])
            .collect(),
        variables: variables.to_vec(),
        folder: setup.folder.clone(),
        ..Launch::default()
    };
    let want = setup.reference.run(&launch(&[], &[]))?;
    if want.end == End::TimedOut {
        fs::remove_file(&script).ok();
        return Ok(Verdict::Endless);
    }
    let got = setup.krait.run(&launch(&setup.options, &setup.variables))?;
    fs::remove_file(&script).ok();
    if raised(&want.stderr).as_deref() == Some("SyntaxError") || want.stdout.is_empty() {
        return Err(format!(
            "the program of seed {seed} does not run on the reference"
        ));
    }
    let agree = comparable(&want.stdout) == comparable(&got.stdout)
        && want.end == got.end
        && raised(&want.stderr) == raised(&got.stderr);
    Ok(match agree {
        true => Verdict::Agree,
        false => Verdict::Disagree(want, got),
    })
}

/// What was printed. Whole programs print no addresses, but what is left when one is cut down may.
fn comparable(printed: &[u8]) -> String {
    without_addresses(&String::from_utf8_lossy(printed), " at 0x")
}

/// The name at the beginning of the last line of a traceback. A syntax error
/// has no traceback, only that line.
fn raised(stderr: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(stderr);
    let last = text.lines().rev().find(|line| !line.trim().is_empty())?;
    let traceback = text.contains("Traceback (most recent call last)");
    if !traceback && !last.starts_with("SyntaxError:") {
        return None;
    }
    let name = last.split(':').next().unwrap_or(last);
    Some(name.rsplit('.').next().unwrap_or(name).to_string())
}

/// Cuts a failing program down, saves it as a case and shows it. If it does not fail again, what is shown
/// is how it failed the first time.
fn report(
    setup: &Setup,
    program: &Program,
    seed: u64,
    first: (Finished, Finished),
) -> Result<(), String> {
    println!(
        "FAILED seed {seed}: cutting the program of {} statements down",
        program.len()
    );
    let deadline = Instant::now() + LIMIT_MINIMISE;
    let small = minimise::minimise(program, deadline, |candidate| {
        let verdict = compare(setup, candidate, seed)?;
        Ok(matches!(verdict, Verdict::Disagree(..)))
    });
    let (small, (want, got)) = match compare(setup, &small, seed)? {
        Verdict::Disagree(want, got) => (&small, (want, got)),
        _ => {
            println!("it disagrees in some runs only; the whole program is kept");
            (program, first)
        }
    };
    let expected = String::from_utf8_lossy(&want.stdout);
    let path = save(setup, small, seed, &expected)?;
    let printed = String::from_utf8_lossy(&got.stdout);
    print!("{}", diff::unified(&expected, &printed, "standard output"));
    if want.end != got.end {
        println!("{}, expected {}", got.end, want.end);
    }
    let stderr = String::from_utf8_lossy(&got.stderr);
    println!("{}", last_lines(&stderr, 8));
    println!("saved {} ({} statements)\n", path.display(), small.len());
    Ok(())
}

fn save(setup: &Setup, program: &Program, seed: u64, want: &str) -> Result<PathBuf, String> {
    let path = setup.folder.join(format!("fuzz-{seed}.py"));
    let write = |path: &Path, text: &str| {
        fs::write(path, text).map_err(|e| format!("cannot write {}: {e}", path.display()))
    };
    let text = format!(
        "# test: run\n# Found by fuzzing with seed {seed}.\n{}",
        program.text()
    );
    write(&path, &text)?;
    write(&path.with_extension("out"), want)?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_an_exception_is_read_from_its_last_line() {
        let text = b"Traceback (most recent call last):\n  File\n__main__.Worse: the end\n";
        assert_eq!(raised(text).unwrap(), "Worse");
        assert_eq!(raised(b"a: SyntaxWarning: x\n"), None);
        assert_eq!(raised(b"  File\nSyntaxError: x\n").unwrap(), "SyntaxError");
    }
}
