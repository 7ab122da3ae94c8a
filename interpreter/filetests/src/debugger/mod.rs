//! The debugger as those meet it who use it otherwise than the transcripts do (`debug`): at a
//! terminal, from an editor, with interrupts, and with recordings and notes that are damaged.
//!
//! A check is a function that makes what it needs and says what was wrong. Each gets a folder of its
//! own. All of them hold the debugger to one promise: it never alters a recording.

mod damage;
mod editor;
mod expressions;
mod images;
mod notes;
mod talk;
mod terminal;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::launch::{End, Finished, Interpreter, Launch};
use crate::run::{Counts, lets_through};

/// What the checks run on.
pub struct Setup {
    /// The words that start the krait that records.
    pub words: Vec<OsString>,
    pub interpreter: Interpreter,
    /// A Python with a client of the Debug Adapter Protocol.
    pub python: Option<PathBuf>,
    /// How many logs of killed recorders are replayed.
    pub kills: u32,
    /// Only checks whose name contains one of these; empty: all.
    pub filters: Vec<String>,
}

type Outcome = Result<(), String>;

/// A check's surroundings.
struct Bench<'a> {
    setup: &'a Setup,
    folder: tempfile::TempDir,
}

/// Every check by its name.
const CHECKS: &[(&str, fn(&Bench) -> Outcome)] = &[
    (
        "a recording that is cut replays to where it is cut",
        damage::cut,
    ),
    (
        "a recorder that is killed leaves all that was seen but its last line",
        damage::killed,
    ),
    (
        "a flipped bit is told and nothing wrong is replayed",
        damage::flipped,
    ),
    ("what is no recording is refused", damage::foreign),
    (
        "another build's recording is refused with both builds",
        damage::other_build,
    ),
    (
        "a disk that fills ends the recording, not the program",
        damage::disk_full,
    ),
    (
        "sources that changed or vanished are shown as recorded",
        damage::sources,
    ),
    (
        "an expression may recurse, raise, ask for too much or for what is outside",
        expressions::hostile,
    ),
    (
        "an interrupt ends what runs and one is where one was",
        expressions::interrupts,
    ),
    (
        "a watched expression with side effects changes nothing",
        expressions::watched_effects,
    ),
    (
        "input that is no command harms nothing",
        expressions::no_commands,
    ),
    (
        "moments that are images are as they were",
        images::back_and_forth,
    ),
    (
        "moments of an earlier session are as they were, or are made anew",
        images::in_later_sessions,
    ),
    ("a session goes on where it was left", notes::go_on),
    ("a damaged file of notes is set aside", notes::damaged),
    ("notes outlive a debugger that is killed", notes::killed),
    (
        "a terminal has completion, history and colours",
        terminal::line_editor,
    ),
    ("a terminal without colours", terminal::no_colour),
    (
        "an editor that sends nonsense is answered",
        editor::nonsense,
    ),
    (
        "an editor is told what is wrong with a log",
        editor::bad_logs,
    ),
    ("an editor connects to a port", editor::port),
    ("a real client goes through a recording", editor::client),
];

/// Runs the checks.
pub fn run(setup: &Setup) -> Result<Counts, String> {
    let mut counts = Counts::default();
    for (name, check) in CHECKS {
        if !lets_through(&setup.filters, name) {
            continue;
        }
        let folder = tempfile::tempdir().map_err(|e| format!("cannot make a folder: {e}"))?;
        match check(&Bench { setup, folder }) {
            Ok(()) => counts.passed += 1,
            Err(message) => {
                println!("FAILED {name}\n{message}\n");
                counts.failed += 1;
            }
        }
    }
    Ok(counts)
}

/// A recording, and its bytes, which stay as they are.
struct Recording {
    log: PathBuf,
    script: PathBuf,
    bytes: Vec<u8>,
}

/// A program that goes through a list, and its output tells how far it came.
const COUNTING: &str = "\
class Box:
    value = 0


def fill(boxes, more):
    for box in boxes:
        box.value += more
        print('filled', box.value, flush=True)


boxes = [Box() for _ in range(20)]
fill(boxes, 3)
fill(boxes, 4)
print('done', flush=True)
";

/// The last lines of its output.
const COUNTED: &str = "filled 7\ndone\n";

impl Bench<'_> {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> Result<PathBuf, String> {
        let path = self.path(name);
        let written = fs::write(&path, bytes);
        written.map_err(|e| format!("cannot write {}: {e}", path.display()))?;
        Ok(path)
    }

    fn launch(&self, args: &[&str]) -> Result<Finished, String> {
        self.launch_within(args, self.setup.interpreter.limit)
    }

    fn launch_within(&self, args: &[&str], limit: Duration) -> Result<Finished, String> {
        let interpreter = self.setup.interpreter.with_limit(limit);
        interpreter.run_once(&Launch {
            args: args.iter().map(OsString::from).collect(),
            folder: self.folder.path().to_path_buf(),
            ..Launch::default()
        })
    }

    /// Records a program that ends well.
    fn record(&self, name: &str, program: &str) -> Result<Recording, String> {
        let script = self.write(&format!("{name}.py"), program)?;
        let log = self.path(&format!("{name}.rdb"));
        let finished = self.launch(&["--record", text(&log), text(&script)])?;
        if finished.end != End::Exit(0) {
            return Err(format!(
                "{} while recording\n{}",
                finished.end,
                told(&finished)
            ));
        }
        Recording::of(log, script)
    }

    /// What the debugger says to commands; it leaves well, with nothing on its standard error.
    fn session(&self, recording: &Recording, commands: &[&str]) -> Result<String, String> {
        let finished = self.session_with(recording, commands)?;
        match (finished.end, finished.stderr.as_slice()) {
            (End::Exit(0), b"") => Ok(String::from_utf8_lossy(&finished.stdout).into_owned()),
            _ => Err(format!(
                "{} of the debugger\n{}",
                finished.end,
                told(&finished)
            )),
        }
    }

    fn session_with(&self, recording: &Recording, commands: &[&str]) -> Result<Finished, String> {
        let file = self.write("commands", commands.join("\n"))?;
        let words = ["--replay", text(&recording.log), "--commands", text(&file)];
        let finished = self.launch_within(&words, self.setup.interpreter.limit * 6)?;
        recording.unaltered()?;
        Ok(finished)
    }
}

impl Recording {
    fn of(log: PathBuf, script: PathBuf) -> Result<Recording, String> {
        let bytes = fs::read(&log).map_err(|e| format!("no log at {}: {e}", log.display()))?;
        Ok(Recording { log, script, bytes })
    }

    fn unaltered(&self) -> Outcome {
        match fs::read(&self.log) {
            Ok(bytes) if bytes == self.bytes => Ok(()),
            _ => Err(String::from("the log was altered")),
        }
    }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap_or("not UTF-8")
}

/// Everything that a process said.
fn told(finished: &Finished) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    format!("{}\n{}", text(&finished.stdout), text(&finished.stderr))
}

/// A text has all these parts, in this order.
fn has(text: &str, parts: &[&str]) -> Outcome {
    let mut rest = text;
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return Err(format!("no '{part}' (in order) in:\n{text}")),
        }
    }
    Ok(())
}

fn has_not(text: &str, part: &str) -> Outcome {
    match text.contains(part) {
        true => Err(format!("'{part}' in:\n{text}")),
        false => Ok(()),
    }
}
