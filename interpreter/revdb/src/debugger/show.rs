//! Texts of where one is: source lines, frames, why a move ended.

use super::colours::Role;
use super::moves::Stop;
use super::session::{Session, Trouble, refusal};
use crate::protocol::{Breakpoint, Form, Place, Reply, Request, Why};
use vm::stops::{CAUGHT, THROWN, UNWOUND};

/// Lines of source shown around the present one.
pub(super) const CONTEXT_LINES: u32 = 5;

/// What became of a file since it was recorded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kept {
    AsRecorded,
    Changed,
    Gone,
    /// No file of this machine: source that krait carries, or that was never in a file.
    Inside,
}

impl Kept {
    fn text(self) -> Option<&'static str> {
        match self {
            Kept::AsRecorded | Kept::Inside => None,
            Kept::Changed => Some("(the file has changed since; these are the recorded lines)"),
            Kept::Gone => Some("(the file is gone; these are the recorded lines)"),
        }
    }
}

impl Session {
    /// The present line in its surroundings.
    pub(super) fn show_position(&mut self) -> Result<(), Trouble> {
        self.show_around(CONTEXT_LINES)?;
        for (at, expression) in self.notes.displays.clone().into_iter().enumerate() {
            let text = match self.evaluate(&expression, Form::Repr) {
                Ok(text) | Err(Trouble::Text(text)) => text,
                Err(Trouble::Quit) => return Err(Trouble::Quit),
            };
            self.say(&format!("display {}: {expression} = {text}", at + 1));
        }
        Ok(())
    }

    /// Source lines around the present one of the frame that is looked at.
    pub(super) fn show_around(&mut self, lines: u32) -> Result<(), Trouble> {
        self.show_source(|line| (line.saturating_sub(lines), line.saturating_add(lines)))
    }

    /// Source lines of the frame that is looked at, with its present line marked. Which, follows
    /// from that line.
    pub(super) fn show_source(&mut self, range: impl Fn(u32) -> (u32, u32)) -> Result<(), Trouble> {
        let request = Request::Source { frame: self.frame };
        let (file, lines, line) = match self.ask(&request)? {
            Reply::Source { file, lines, line } => (file, lines, line),
            Reply::Refused(_) => (self.position.file.clone(), Vec::new(), self.position.line),
            other => return Err(refusal(other)),
        };
        let function = self.position.function.clone();
        let place = format!("File \"{file}\", line {line} in {function}:");
        self.say(&self.paint.text(Role::Remark, &place));
        if let Some(text) = self.kept(&file, &lines).text() {
            self.say(&self.paint.text(Role::Remark, text));
        }
        let (first, last) = range(line);
        let mark = self.mark();
        for (number, text) in (1..).zip(&lines) {
            if number < first || number > last {
                continue;
            }
            if number == line {
                let text = format!("{mark:2} {text}");
                self.say(&self.paint.text(Role::Present, text.trim_end()));
            } else {
                self.say(format!("   {text}").trim_end());
            }
        }
        if lines.is_empty() {
            self.say(&format!("{mark} (no source)"));
        }
        self.show_leaving(mark);
        Ok(())
    }

    fn show_leaving(&mut self, mark: &str) {
        if self.frame == 0
            && let Some(value) = self.position.leaving.clone()
        {
            let what = if self.position.kinds & UNWOUND != 0 {
                "leaves with exception"
            } else if self.position.kinds & CAUGHT != 0 {
                "raises and handles"
            } else {
                "returns"
            };
            self.say(&format!("{mark} {what} {value}"));
        }
    }

    /// What became of a file, by the lines that were recorded.
    pub(super) fn kept(&mut self, file: &str, lines: &[String]) -> Kept {
        if let Some(kept) = self.files.get(file) {
            return *kept;
        }
        let kept = if lines.is_empty() || file.starts_with('<') {
            Kept::Inside
        } else {
            match std::fs::read(file) {
                Err(_) => Kept::Gone,
                Ok(bytes) => {
                    let text = String::from_utf8_lossy(&bytes);
                    match text.lines().eq(lines.iter().map(String::as_str)) {
                        true => Kept::AsRecorded,
                        false => Kept::Changed,
                    }
                }
            }
        };
        self.files.insert(file.to_owned(), kept);
        kept
    }

    /// What stands before the present line: `<<` where the function returns, `!!` where there is an
    /// exception.
    fn mark(&self) -> &'static str {
        match self.position.kinds {
            _ if self.frame > 0 => ">",
            kinds if kinds & THROWN != 0 => "!!",
            kinds if kinds & bytecode::EXIT != 0 && kinds & bytecode::LINE == 0 => "<<",
            _ => ">",
        }
    }

    /// Why a move ended.
    pub(super) fn tell_stop(&mut self, stop: &Stop) {
        for line in self.reasons(stop) {
            self.say(&line);
        }
    }

    /// Why a move ended, a line each.
    pub(super) fn reasons(&self, stop: &Stop) -> Vec<String> {
        match stop {
            Stop::Start => vec![String::from("[start of the recording]")],
            Stop::End => match &self.timeline.ending {
                Some((_, end)) => vec![format!("[end of the recording: {}]", end.text())],
                None => Vec::new(),
            },
            Stop::Hit(hit) => {
                let told = hit.why.iter().filter_map(|why| self.reason(why));
                told.collect()
            }
        }
    }

    fn reason(&self, why: &Why) -> Option<String> {
        match why {
            Why::Depth => None,
            Why::Written(line, text) => Some(format!("written by line {line}: {text}")),
            Why::Breakpoint(u32::MAX) => None,
            Why::Breakpoint(number) => Some(format!("Hit breakpoint {number}")),
            Why::BadCondition(number, text) => Some(format!(
                "Breakpoint {number} has a condition that cannot be evaluated: {text}"
            )),
            Why::Watchpoint(number, old, new) => {
                let mut all = self.notes.watchpoints.iter();
                let expression = all.find(|w| w.number == *number);
                let expression = expression.map_or("", |w| &w.expression);
                Some(format!("Watchpoint {number}: {expression}: {old} => {new}"))
            }
        }
    }
}

pub(super) fn describe(breakpoint: &Breakpoint) -> String {
    let mut text = match &breakpoint.place {
        Place::Function(name) => format!("function {name}"),
        Place::Line { file, line } => format!("{file}:{line}"),
        Place::Raised(class) if class.is_empty() => String::from("where any exception is raised"),
        Place::Raised(class) => format!("where {class} is raised"),
        Place::Uncaught => String::from("where an exception ends the program"),
    };
    if let Some(condition) = &breakpoint.condition {
        text.push_str(&format!(" if {}", condition.typed));
    }
    if let Some(hits) = &breakpoint.hits {
        text.push_str(&format!(" hits {}", hits.typed()));
    }
    if let Some(message) = &breakpoint.log {
        text.push_str(&format!(" says '{}'", message.typed));
    }
    text
}
