//! What compilation can report: errors and warnings, with positions as Python shows them.

use crate::source::Source;
use ruff_text_size::TextRange;

/// Which exception class the error is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ErrorKind {
    Syntax,
    Indentation,
    Tab,
    /// The program nests deeper than the compiler goes; Python calls it MemoryError.
    TooDeep,
}

impl ErrorKind {
    /// The name of the Python class.
    pub const fn class_name(self) -> &'static str {
        match self {
            ErrorKind::Syntax => "SyntaxError",
            ErrorKind::Indentation => "IndentationError",
            ErrorKind::Tab => "TabError",
            ErrorKind::TooDeep => "MemoryError",
        }
    }
}

/// A refused program. Lines and columns count from 1, columns in characters.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SyntaxError {
    pub kind: ErrorKind,
    pub message: String,
    pub filename: String,
    pub line: u32,
    pub column: u32,
    pub end_line: u32,
    /// 0 or -1 where Python has no end to tell.
    pub end_column: i32,
    /// The source line, with its newline if it has one.
    pub text: Option<String>,
}

/// Something odd in a program that compiles: a SyntaxWarning.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Warning {
    pub message: String,
    pub line: u32,
    pub column: u32,
    pub end_line: u32,
    pub end_column: u32,
}

impl Warning {
    pub fn new(message: String, range: TextRange, source: &Source) -> Warning {
        let (line, column) = source.position(range.start());
        let (end_line, end_column) = source.position(range.end());
        Warning {
            message,
            line,
            column,
            end_line,
            end_column,
        }
    }

    /// The error that it becomes where warnings are errors.
    pub fn into_error(self, source: &str, filename: &str) -> SyntaxError {
        let line = source.lines().nth(self.line.saturating_sub(1) as usize);
        SyntaxError {
            kind: ErrorKind::Syntax,
            message: self.message.replace(FUTURE_OF_ESCAPES, ""),
            filename: filename.to_owned(),
            line: self.line,
            column: self.column,
            end_line: self.end_line,
            end_column: self.end_column as i32,
            text: line.map(|line| format!("{line}\n")),
        }
    }
}

/// What a warning of an escape says, and the error does not.
pub const FUTURE_OF_ESCAPES: &str = " Such sequences will not work in the future.";

/// An error by its place in the source; becomes a [`SyntaxError`] at the crate's edge.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    pub kind: ErrorKind,
    pub message: String,
    pub range: TextRange,
    /// The end column as Python shows it, where that is no position (0 or -1).
    pub ends: Option<i32>,
    /// The start may lie behind the last character.
    pub past_end: bool,
    /// The tree is too deep to be walked.
    pub too_deep: bool,
}

impl Fault {
    pub fn new(message: impl Into<String>, range: TextRange) -> Fault {
        Fault {
            kind: ErrorKind::Syntax,
            message: message.into(),
            range,
            ends: None,
            past_end: false,
            too_deep: false,
        }
    }

    pub fn indentation(message: impl Into<String>, range: TextRange) -> Fault {
        Fault {
            kind: ErrorKind::Indentation,
            ..Fault::new(message, range)
        }
    }

    pub fn too_deep(range: TextRange) -> Fault {
        Fault {
            kind: ErrorKind::TooDeep,
            too_deep: true,
            ..Fault::new(
                "Parser stack overflowed - Python source too complex to parse",
                range,
            )
        }
    }

    pub fn locate(self, source: &Source, filename: &str) -> SyntaxError {
        let (line, mut column) = source.position(self.range.start());
        let (mut end_line, end) = source.position(self.range.end());
        let mut end_column = end as i32;
        if let Some(shown) = self.ends {
            end_line = line;
            end_column = shown;
        }
        if self.past_end && self.range.start().to_usize() > source.text.len() {
            column += 1;
        }
        SyntaxError {
            kind: self.kind,
            message: self.message,
            filename: filename.to_owned(),
            line,
            column,
            end_line,
            end_column,
            text: source.line_text(line).map(str::to_owned),
        }
    }
}

pub type Outcome<T> = Result<T, Fault>;
