//! What a session keeps beside its recording.

use std::fs;

use super::talk::{Surface, Talk};
use super::{Bench, COUNTING, Outcome, has, has_not, text, told};
use crate::launch::End;

const SESSION: [&str; 9] = [
    "break fill",
    "continue",
    "p boxes",
    "mark here",
    "note the boxes are empty",
    "display len(boxes)",
    "hits 1 2",
    "import sys",
    "step",
];

/// What a session shows that goes on from that one.
const ASKED: [&str; 7] = [
    "p $0[0].value",
    "info marks",
    "info notes",
    "info breakpoints",
    "info imports",
    "p sys.maxsize > 0",
    "go here",
];

fn goes_on(session: &str) -> Outcome {
    has(session, &["display 1: len(boxes) = 20"])?;
    has(
        session,
        &[
            "here: ",
            "the boxes are empty",
            "1: function fill hits 2",
            "import sys",
        ],
    )?;
    has(session, &["p sys.maxsize", "True"])
}

pub(super) fn go_on(bench: &Bench) -> Outcome {
    let recording = bench.record("counting", COUNTING)?;
    let first = bench.session(&recording, &SESSION)?;
    let second = bench.session(&recording, &ASKED)?;
    goes_on(&second)?;
    let last_prompt = |text: &str| {
        let at = text.rfind(")$ ").unwrap_or(0);
        let begin = text[..at].rfind('(').map_or(0, |begin| begin + 1);
        text[begin..at].to_owned()
    };
    has(&second, &[&format!("({})$ ", last_prompt(&first))])
}

pub(super) fn damaged(bench: &Bench) -> Outcome {
    let recording = bench.record("counting", COUNTING)?;
    bench.session(&recording, &SESSION)?;
    let file = bench.path("counting.rdb.session");
    let whole = fs::read(&file).map_err(|e| format!("no file of notes: {e}"))?;
    let cases = [
        (whole[..whole.len() / 2].to_vec(), "is damaged"),
        (Vec::new(), "is damaged"),
        (b"\xff\xfe\0".to_vec(), "is damaged"),
    ];
    for (at, (bytes, message)) in (1..).zip(cases) {
        fs::write(&file, &bytes).map_err(|e| e.to_string())?;
        let finished = bench.session_with(&recording, &["info marks", "p 6 * 7"])?;
        let said = told(&finished);
        let aside = format!("counting.rdb.session.aside-{at}");
        has(&said, &["none", "42"])?;
        has(&said, &[text(&file), message, "was renamed to", &aside])?;
        if finished.end != End::Exit(0) || fs::read(bench.path(&aside)).ok() != Some(bytes) {
            return Err(format!("{} and {aside} differs", finished.end));
        }
    }
    // Notes of another recording under the same name.
    fs::write(&file, &whole).map_err(|e| e.to_string())?;
    let another = bench.record("counting", &format!("{COUNTING}print('more')\n"))?;
    let finished = bench.session_with(&another, &["info marks"])?;
    has(&told(&finished), &["is about another recording", "aside-4"])?;
    // What cannot be kept is told, and hinders nothing.
    let _ = fs::remove_file(&file);
    fs::create_dir_all(bench.path("counting.rdb.session.unfinished")).map_err(|e| e.to_string())?;
    let finished = bench.session_with(&another, &["mark here", "p 6 * 7"])?;
    has(&told(&finished), &["42", "names and marks are not kept"])
}

pub(super) fn killed(bench: &Bench) -> Outcome {
    let recording = bench.record("counting", COUNTING)?;
    let words = ["--replay", text(&recording.log)];
    let mut talk = Talk::start(bench, &words, Surface::Pipes)?;
    talk.expect("(1)$ ")?;
    for command in SESSION {
        talk.send(&format!("{command}\n"))?;
        talk.expect("$ ")?;
    }
    talk.kill()?;
    recording.unaltered()?;
    let session = bench.session(&recording, &ASKED)?;
    goes_on(&session)?;
    has_not(&session, "aside")
}
