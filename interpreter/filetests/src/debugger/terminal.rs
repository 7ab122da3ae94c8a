//! The prompt at a terminal: editing, completion, history, colours.

use std::fs;

use super::talk::{Surface, Talk};
use super::{Bench, COUNTING, Outcome, has_not, text};

const CTRL_C: &str = "\x03";
const CTRL_D: &str = "\x04";
const TAB: &str = "\t";
const UP: &str = "\x1b[A";
const ENTER: &str = "\r";

pub(super) fn line_editor(bench: &Bench) -> Outcome {
    let recording = bench.record("counting", COUNTING)?;
    let words = ["--replay", text(&recording.log)];
    let mut talk = Talk::start_with(bench, &words, Surface::Terminal, &[])?;
    // Colours, by default.
    talk.expect("\x1b[36mFile ")?;
    talk.expect("\x1b[1;32m(1)$ ")?;
    // Commands, variables and attributes complete; what is typed on is part of the same line.
    talk.send(&format!("brea{TAB} fill{ENTER}"))?;
    talk.expect("Breakpoint 1: function fill")?;
    talk.expect("$ ")?;
    talk.send(&format!("continue{ENTER}"))?;
    talk.expect("Hit breakpoint 1")?;
    talk.expect("$ ")?;
    talk.send(&format!("p box{TAB}[0].val{TAB} + 60{ENTER}"))?;
    talk.expect("\n60")?;
    talk.expect("$ ")?;
    talk.send(&format!("info watchp{TAB}{ENTER}"))?;
    talk.expect("none")?;
    talk.expect("$ ")?;
    // Two ways to go on from a text are listed.
    talk.send(&format!("p mo{TAB}{ENTER}"))?;
    talk.expect("p more")?;
    talk.expect("= 3")?;
    talk.expect("$ ")?;
    // An interrupt throws the line away, and no more.
    talk.send(&format!("p nonsense{CTRL_C}"))?;
    talk.expect("Ctrl-D leaves")?;
    talk.send(&format!("p 6 * 7{ENTER}"))?;
    talk.expect("\n42")?;
    talk.expect("$ ")?;
    talk.send(&format!("p nowhere{ENTER}"))?;
    talk.expect("\x1b[31mNameError")?;
    talk.expect("$ ")?;
    talk.send(CTRL_D)?;
    talk.left(0)?;
    recording.unaltered()?;
    let history = bench.path("state/krait/debugger-history");
    let kept = fs::read_to_string(&history).map_err(|e| format!("no history: {e}"))?;
    if !kept.contains("p 6 * 7") {
        return Err(format!("no line in the history:\n{kept}"));
    }
    // The next session has the lines of this one.
    let mut talk = Talk::start_with(bench, &words, Surface::Terminal, &[])?;
    talk.expect("$ ")?;
    talk.send(&format!("{UP}{UP}{ENTER}"))?;
    talk.expect("\n42")?;
    talk.expect("$ ")?;
    talk.send(&format!("quit{ENTER}"))?;
    talk.left(0)
}

pub(super) fn no_colour(bench: &Bench) -> Outcome {
    let recording = bench.record("counting", COUNTING)?;
    let words = ["--replay", text(&recording.log)];
    for (name, value) in [("NO_COLOR", "1"), ("TERM", "dumb")] {
        let mut talk = Talk::start_with(bench, &words, Surface::Terminal, &[(name, value)])?;
        let before = talk.expect("(1)$ ")?;
        talk.send(&format!("p 6 * 7{ENTER}"))?;
        let answer = talk.expect("42")?;
        for colour in ["\x1b[36m", "\x1b[1m", "\x1b[1;32m"] {
            has_not(&before, colour)?;
            has_not(&answer, colour)?;
        }
        talk.expect("$ ")?;
        talk.send(CTRL_D)?;
        talk.left(0)?;
    }
    recording.unaltered()
}
