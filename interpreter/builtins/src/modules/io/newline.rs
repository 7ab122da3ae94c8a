//! Line ends of text files: what ends a line, what becomes of it on the way in and out, and which kinds of
//! them were seen.

use object::{Gc, Str, Value};
use std::cell::Cell;
use vm::{PyResult, Vm, string, tuple};

const FEED: u32 = b'\n' as u32;
const RETURN: u32 = b'\r' as u32;

/// What line ends are.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub enum Newline {
    /// `\n`, `\r` and `\r\n` all read as `\n`.
    Universal,
    /// All three end a line and are left as they are.
    Untranslated,
    /// `\n` alone.
    #[default]
    Feed,
    Return,
    Both,
}

impl Newline {
    /// What a parameter of this name says.
    pub fn named(vm: &mut Vm, name: Option<&str>) -> PyResult<Newline> {
        Ok(match name {
            None => Newline::Universal,
            Some("") => Newline::Untranslated,
            Some("\n") => Newline::Feed,
            Some("\r") => Newline::Return,
            Some("\r\n") => Newline::Both,
            Some(other) => {
                let shown = vm.repr_text(string(other))?;
                return Err(vm.value_error(format!("illegal newline value: {shown}")));
            }
        })
    }

    /// Text that was read, with line ends as the program wants them.
    pub fn read(self, text: Gc<Str>) -> Gc<Str> {
        if self != Newline::Universal || !text.points().any(|p| p == RETURN) {
            return text;
        }
        let mut points = Vec::with_capacity(text.len());
        let mut after_return = false;
        for point in text.points() {
            match point {
                RETURN => points.push(FEED),
                FEED if after_return => {}
                other => points.push(other),
            }
            after_return = point == RETURN;
        }
        Str::from_points(&points)
    }

    /// Text that is to be written, with line ends as the file wants them.
    pub fn written(self, text: Gc<Str>) -> Gc<Str> {
        let ends: &[u32] = match self {
            Newline::Return => &[RETURN],
            Newline::Both => &[RETURN, FEED],
            _ => return text,
        };
        if !text.points().any(|p| p == FEED) {
            return text;
        }
        let mut points = Vec::with_capacity(text.len() + 8);
        for point in text.points() {
            match point {
                FEED => points.extend_from_slice(ends),
                other => points.push(other),
            }
        }
        Str::from_points(&points)
    }

    /// The length of the first line of units that stay as they are, its end included.
    pub fn line_end<T: Copy + PartialEq + From<u8>>(self, units: &[T]) -> Option<usize> {
        let (feed, carriage) = (T::from(b'\n'), T::from(b'\r'));
        let first = |end: T| units.iter().position(|&unit| unit == end);
        match self {
            Newline::Universal | Newline::Feed => first(feed).map(|at| at + 1),
            Newline::Return => first(carriage).map(|at| at + 1),
            Newline::Both => {
                let at = units.windows(2).position(|w| w == [carriage, feed])?;
                Some(at + 2)
            }
            Newline::Untranslated => {
                let at = units.iter().position(|&u| u == feed || u == carriage)?;
                let is_both = units[at] == carriage && units.get(at + 1) == Some(&feed);
                Some(at + 1 + usize::from(is_both))
            }
        }
    }

    /// Whether the kinds of line ends that come are noted.
    fn is_noted(self) -> bool {
        matches!(self, Newline::Universal | Newline::Untranslated)
    }
}

/// Which line ends were seen in what was read.
#[derive(Default)]
pub struct Seen {
    returns: Cell<bool>,
    feeds: Cell<bool>,
    both: Cell<bool>,
    /// The last unit was a `\r`, whose `\n` may be yet to come.
    after_return: Cell<bool>,
}

impl Seen {
    pub fn clear(&self) {
        let all = [&self.returns, &self.feeds, &self.both, &self.after_return];
        all.iter().for_each(|seen| seen.set(false));
    }

    pub fn note_bytes(&self, newline: Newline, data: &[u8]) {
        if !newline.is_noted() {
            return;
        }
        let has_return = self.after_return.get() || memchr::memchr(b'\r', data).is_some();
        if has_return {
            self.note(newline, data.iter().map(|&byte| byte.into()));
        } else if !self.feeds.get() && memchr::memchr(b'\n', data).is_some() {
            self.feeds.set(true);
        }
    }

    pub fn note(&self, newline: Newline, points: impl Iterator<Item = u32>) {
        if !newline.is_noted() {
            return;
        }
        for point in points {
            match (self.after_return.replace(point == RETURN), point) {
                (true, FEED) => self.both.set(true),
                (after_return, _) => {
                    self.returns.set(self.returns.get() | after_return);
                    self.feeds.set(self.feeds.get() | (point == FEED));
                }
            }
        }
    }

    /// Nothing more comes that could make two of one.
    pub fn note_end(&self) {
        let after_return = self.after_return.replace(false);
        self.returns.set(self.returns.get() | after_return);
    }

    /// One of them or a tuple of several; None if there were none.
    pub fn shown(&self) -> Value {
        let kinds = [
            ("\r", &self.returns),
            ("\n", &self.feeds),
            ("\r\n", &self.both),
        ];
        let seen = kinds.iter().filter(|(_, seen)| seen.get());
        let seen: Vec<Value> = seen.map(|(text, _)| string(text)).collect();
        match seen.as_slice() {
            [] => Value::NONE,
            &[one] => one,
            several => tuple(several),
        }
    }
}
