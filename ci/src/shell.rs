//! Commands and how they are run.
//!
//! Every command is shown before it runs, has a time limit, and starts from an
//! environment without what `cargo run` put there: Cargo's and rustup's
//! variables would make a second toolchain pick up parts of the first.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Variables that `cargo run` sets for its child and that a further cargo must not see.
const INHERITED: &[&str] = &[
    "CARGO",
    "CARGO_MANIFEST_DIR",
    "CARGO_MANIFEST_PATH",
    "LD_LIBRARY_PATH",
];
const INHERITED_PREFIXES: &[&str] = &["CARGO_PKG_", "CARGO_BIN_", "CARGO_CRATE_"];

/// How many tests a command said it ran, and the beginnings of what it said of those that failed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub passed: u64,
    pub failed: u64,
    pub failures: Vec<String>,
}

/// So many failures of a command are told once more at the end, each in so many lines.
const FAILURES: usize = 6;
const FAILURE_LINES: usize = 10;

impl Counts {
    /// Adds a line that a command has printed; `in_failure` more lines tell of the last failure.
    fn add_line(&mut self, line: &str, in_failure: &mut usize) {
        if line.starts_with("FAILED ") || line.starts_with("---- ") {
            *in_failure = FAILURE_LINES;
            if self.failures.len() < FAILURES {
                self.failures.push(String::new());
            } else {
                *in_failure = 0;
            }
        } else if line.trim().is_empty() {
            *in_failure = 0;
        }
        if let (Some(last), 1..) = (self.failures.last_mut(), *in_failure) {
            last.push_str(line);
            *in_failure -= 1;
        }
        let (passed, failed) = counts_of_line(line);
        self.passed += passed;
        self.failed += failed;
    }
}

/// What a command prints that is quickly done and whose output is wanted.
pub fn printed(command: &mut Command) -> Result<String, String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command
        .output()
        .map_err(|e| format!("cannot start {program}: {e}"))?;
    if !output.status.success() {
        let told = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{program}: {}", told.trim()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// A command to be run in the root of the tree.
pub struct Shell {
    root: PathBuf,
    /// The program and its arguments.
    words: Vec<OsString>,
    variables: Vec<(String, OsString)>,
    limit: Duration,
}

impl Shell {
    /// A command that is ended when it takes longer than an hour.
    pub fn new(root: &Path, program: impl AsRef<OsStr>) -> Shell {
        Shell {
            root: root.to_path_buf(),
            words: vec![program.as_ref().to_os_string()],
            variables: Vec::new(),
            limit: Duration::from_secs(3600),
        }
    }

    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Shell {
        self.words.push(arg.as_ref().to_os_string());
        self
    }

    pub fn args<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(self, args: I) -> Shell {
        args.into_iter().fold(self, Shell::arg)
    }

    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Shell {
        self.variables
            .push((name.to_string(), value.as_ref().to_os_string()));
        self
    }

    pub fn limit_minutes(mut self, minutes: u64) -> Shell {
        self.limit = Duration::from_secs(minutes * 60);
        self
    }

    /// Runs the command; what it prints goes where ours goes.
    pub fn run(self) -> Result<(), String> {
        self.run_counted(&mut Counts::default())
    }

    /// Runs the command and adds up the test counts among the lines it prints.
    pub fn run_counted(self, counts: &mut Counts) -> Result<(), String> {
        let text = self.text();
        println!("$ {text}");
        let mut child = self
            .command()
            .spawn()
            .map_err(|e| format!("cannot start `{text}`: {e}"))?;
        let stdout = child
            .stdout
            .take()
            .ok_or("the child has no standard output")?;
        pass_on(stdout, counts);
        let status = child
            .wait()
            .map_err(|e| format!("cannot wait for `{text}`: {e}"))?;
        outcome(&text, status, self.limit)
    }

    /// Starts the command; what it prints is kept until [`Running::finish`].
    pub fn start(self) -> Result<Running, String> {
        let text = self.text();
        let explain = |e: std::io::Error| format!("cannot start `{text}`: {e}");
        let printed = kept_output().map_err(explain)?;
        let both = [printed.try_clone(), printed.try_clone()];
        let [stdout, stderr] = both.map(|file| file.map_err(explain));
        let mut command = self.command();
        let child = command.stdout(stdout?).stderr(stderr?).spawn();
        Ok(Running {
            child: child.map_err(explain)?,
            limit: self.limit,
            printed,
            text,
        })
    }

    fn text(&self) -> String {
        let words: Vec<_> = self
            .words
            .iter()
            .map(|word| word.to_string_lossy())
            .collect();
        words.join(" ")
    }

    fn command(&self) -> Command {
        let mut command = Command::new("timeout");
        command
            .arg("--kill-after=10")
            .arg(self.limit.as_secs().to_string())
            .args(&self.words);
        command
            .current_dir(&self.root)
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        for (name, _) in std::env::vars_os() {
            let Some(text) = name.to_str() else { continue };
            let inherited = INHERITED.contains(&text)
                || INHERITED_PREFIXES
                    .iter()
                    .any(|prefix| text.starts_with(prefix));
            if inherited {
                command.env_remove(&name);
            }
        }
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }
}

/// A command that runs beside others.
pub struct Running {
    child: Child,
    limit: Duration,
    printed: File,
    text: String,
}

impl Running {
    /// Waits for the command, then prints what it has printed and adds up the test counts in it.
    pub fn finish(mut self, counts: &mut Counts) -> Result<(), String> {
        let text = &self.text;
        println!("$ {text}");
        let status = self.child.wait();
        let status = status.map_err(|e| format!("cannot wait for `{text}`: {e}"))?;
        let rewound = self.printed.rewind();
        rewound.map_err(|e| format!("cannot read what `{text}` has printed: {e}"))?;
        pass_on(&self.printed, counts);
        outcome(text, status, self.limit)
    }
}

/// A file without a name.
fn kept_output() -> std::io::Result<File> {
    static MADE: AtomicUsize = AtomicUsize::new(0);
    let number = MADE.fetch_add(1, Ordering::Relaxed);
    let name = format!("krait-ci-{}-{number}", std::process::id());
    let path = std::env::temp_dir().join(name);
    let mut options = File::options();
    let file = options
        .read(true)
        .append(true)
        .create_new(true)
        .open(&path)?;
    std::fs::remove_file(&path)?;
    Ok(file)
}

/// Prints what a command prints, and adds up the test counts among its lines.
fn pass_on(printed: impl Read, counts: &mut Counts) {
    let mut reader = BufReader::new(printed);
    let mut line = Vec::new();
    let mut in_failure = 0;
    while matches!(reader.read_until(b'\n', &mut line), Ok(read) if read > 0) {
        let printed = String::from_utf8_lossy(&line);
        print!("{printed}");
        counts.add_line(&printed, &mut in_failure);
        line.clear();
    }
}

/// What a command's end means.
fn outcome(text: &str, status: ExitStatus, limit: Duration) -> Result<(), String> {
    match status.code() {
        Some(0) => Ok(()),
        Some(124 | 137) => Err(format!(
            "`{text}` was ended: it took longer than {} minutes",
            limit.as_secs() / 60
        )),
        Some(code) => Err(format!("`{text}` exited with {code}")),
        None => Err(format!("`{text}` was ended by a signal: {status}")),
    }
}

/// Reads `test result: ok. 3 passed; 0 failed; …` of cargo's test runner and
/// the plain `3 passed, 0 failed` of ours.
fn counts_of_line(line: &str) -> (u64, u64) {
    let line = line.trim();
    let figures = match line.strip_prefix("test result: ") {
        Some(rest) => rest.split_once(". ").map_or("", |(_, figures)| figures),
        None => line,
    };
    let mut parts = figures.split([';', ',']).map(str::trim);
    let mut figure =
        |word: &str| -> Option<u64> { parts.next()?.strip_suffix(word)?.trim().parse().ok() };
    match (figure("passed"), figure("failed")) {
        (Some(passed), Some(failed)) => (passed, failed),
        _ => (0, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_read_from_both_runners() {
        let cargo =
            "test result: FAILED. 12 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out";
        assert_eq!(counts_of_line(cargo), (12, 1));
        assert_eq!(counts_of_line("7 passed, 2 failed\n"), (7, 2));
        assert_eq!(counts_of_line("7 passed of 9"), (0, 0));
    }

    #[test]
    fn what_was_said_of_failures_is_kept_from_its_beginning() {
        let said = "FAILED a: it is 1\n+1\n\nall else\nFAILED b\n\n1 passed, 2 failed\n";
        let mut counts = Counts::default();
        let shell = Shell::new(Path::new("."), "printf").arg(said);
        shell.run_counted(&mut counts).unwrap();
        assert_eq!((counts.passed, counts.failed), (1, 2));
        assert_eq!(counts.failures, ["FAILED a: it is 1\n+1\n", "FAILED b\n"]);
        let mut counts = Counts::default();
        let long = "FAILED a\n".to_string() + &"more\n".repeat(50) + &"FAILED b\n\n".repeat(50);
        let shell = Shell::new(Path::new("."), "printf").arg(long);
        shell.run_counted(&mut counts).unwrap();
        assert_eq!(counts.failures.len(), FAILURES);
        assert_eq!(counts.failures[0].lines().count(), FAILURE_LINES);
    }

    #[test]
    fn what_a_command_beside_others_says_is_told_at_its_end() {
        let said = "echo 2 passed, 1 failed; echo oh >&2; echo FAILED a";
        let shell = Shell::new(Path::new("."), "sh").args(["-c", said]);
        let mut counts = Counts::default();
        shell.start().unwrap().finish(&mut counts).unwrap();
        assert_eq!((counts.passed, counts.failed), (2, 1));
        assert_eq!(counts.failures, ["FAILED a\n"]);
        let shell = Shell::new(Path::new("."), "sh").args(["-c", "exit 3"]);
        let error = shell.start().unwrap().finish(&mut counts).unwrap_err();
        assert_eq!(error, "`sh -c exit 3` exited with 3");
    }

    #[test]
    fn a_failure_names_the_command_and_its_code() {
        let error = Shell::new(Path::new("."), "sh")
            .args(["-c", "exit 3"])
            .run()
            .unwrap_err();
        assert_eq!(error, "`sh -c exit 3` exited with 3");
    }
}
