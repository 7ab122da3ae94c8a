//! Completing a line: commands by the table, and in expressions the names of variables and
//! attributes as they are at this moment, which a copy of the replay looks up.

use super::commands::{self, COMMANDS, Operand};
use super::session::Session;
use crate::protocol::{Reply, Request};
use rustyline::completion::Completer;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::validate::Validator;
use rustyline::{Context, Helper};
use std::cell::RefCell;
use std::rc::Rc;

/// Completes lines in a session.
pub(super) struct Completion {
    session: Rc<RefCell<Session>>,
}

impl Completion {
    pub(super) fn new(session: Rc<RefCell<Session>>) -> Completion {
        Completion { session }
    }
}

impl Helper for Completion {}
impl Highlighter for Completion {}
impl Validator for Completion {}

impl Hinter for Completion {
    type Hint = String;
}

impl Completer for Completion {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        at: usize,
        _context: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<String>)> {
        let mut session = self.session.borrow_mut();
        Ok(complete(&mut session, &line[..at]))
    }
}

/// Where the word begins that is completed, and what may stand there.
fn complete(session: &mut Session, line: &str) -> (usize, Vec<String>) {
    let (name, rest) = commands::split(line);
    let begin = line.len() - rest.len();
    if rest.is_empty() && name != "!" {
        let names = COMMANDS.iter().map(|command| command.names[0]);
        return (line.len() - name.len(), starting(name, names));
    }
    let Some(command) = commands::find(name) else {
        return (line.len(), Vec::new());
    };
    let word = rest.trim_start();
    let word_at = begin + rest.len() - word.len();
    match command.operand {
        Operand::Words(words) => (word_at, starting(word, words.iter().copied())),
        Operand::Command => {
            let names = COMMANDS.iter().map(|command| command.names[0]);
            (word_at, starting(word, names))
        }
        Operand::Mark => {
            let marks = session.notes.marks.iter().map(|(name, _)| name.as_str());
            (word_at, starting(word, marks.chain(["start", "end"])))
        }
        Operand::Expression | Operand::Place => {
            let word_at = line.len() - path(rest).len();
            session.names(&line[word_at..], word_at)
        }
        Operand::Nothing | Operand::Number | Operand::Text => (line.len(), Vec::new()),
    }
}

fn starting<'a>(begin: &str, all: impl Iterator<Item = &'a str>) -> Vec<String> {
    let fitting = all.filter(|word| word.starts_with(begin));
    fitting.map(str::to_owned).collect()
}

/// The names, dots and constant subscripts at the end of a text.
pub(super) fn path(text: &str) -> &str {
    let is_part = |c: char| c.is_alphanumeric() || "_.$".contains(c);
    let mut begin = text.len();
    let mut is_inside = false;
    for (at, c) in text.char_indices().rev() {
        match c {
            ']' if !is_inside => is_inside = true,
            '[' if is_inside => is_inside = false,
            _ if is_inside && (c.is_alphanumeric() || "'\"-_".contains(c)) => {}
            c if !is_inside && is_part(c) => {}
            _ => break,
        }
        if !is_inside {
            begin = at;
        }
    }
    &text[begin..]
}

impl Session {
    /// What goes on from a word that begins at a place, and where that is put.
    pub(super) fn names(&mut self, word: &str, word_at: usize) -> (usize, Vec<String>) {
        let begin = word.rfind('.').map_or(word_at, |dot| word_at + dot + 1);
        let Ok(text) = self.text(word) else {
            return (begin, Vec::new());
        };
        let request = Request::Names {
            frame: self.frame,
            text,
        };
        // Who completes wants no messages.
        match self.ask(&request) {
            Ok(Reply::Names(names)) => (begin, names),
            _ => (begin, Vec::new()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_found_at_the_end() {
        for (text, end) in [
            ("x + foo.ba", "foo.ba"),
            ("len(a.b[0].c", "a.b[0].c"),
            ("d['key'].", "d['key']."),
            ("$0.va", "$0.va"),
            ("f(x", "x"),
            ("f(x)", ""),
            ("a]", ""),
            ("", ""),
        ] {
            assert_eq!(path(text), end, "{text}");
        }
    }
}
