//! What patterns are applied to, and how.
//!
//! Strings and bytes are searched where they lie. Of other objects with a buffer a copy is
//! searched, since they may change while a replacement is computed.

use super::Pattern;
use super::engine::{Machine, NOWHERE, Program, Scratch, Unit};
use object::{Bytes, Gc, Kind, Marker, Str, Units, Value};
use std::cell::Cell;
use vm::{PyResult, Vm};

/// What is searched.
pub enum Text {
    Str(Gc<Str>),
    Bytes(Gc<Bytes>),
    Copy(Vec<u8>),
}

impl Text {
    pub fn new(vm: &mut Vm, pattern: &Pattern, value: Value) -> PyResult<Text> {
        if let Some(text) = value.to::<Str>() {
            if pattern.is_bytes {
                return Err(vm.type_error("cannot use a bytes pattern on a string-like object"));
            }
            return Ok(Text::Str(text));
        }
        let inner = value.inner();
        let text = if inner.kind() == Some(Kind::Bytes) {
            Text::Bytes(inner.known::<Bytes>())
        } else {
            match crate::types::bytes::contents(vm, value)? {
                Some(data) => Text::Copy(data),
                None => {
                    let given = vm.type_name(value);
                    let message = format!("expected string or bytes-like object, got '{given}'");
                    return Err(vm.type_error(message));
                }
            }
        };
        if !pattern.is_bytes && !pattern.pattern.get().is_none() {
            return Err(vm.type_error("cannot use a string pattern on a bytes-like object"));
        }
        Ok(text)
    }

    pub fn len(&self) -> usize {
        match self {
            Text::Str(text) => text.len(),
            Text::Bytes(data) => data.as_slice().len(),
            Text::Copy(data) => data.len(),
        }
    }

    pub fn trace(&self, marker: &mut Marker) {
        match self {
            Text::Str(text) => marker.visit((*text).into()),
            Text::Bytes(data) => marker.visit((*data).into()),
            Text::Copy(_) => {}
        }
    }

    /// The bytes, or the characters if all are below 256.
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match self {
            Text::Str(text) => text.as_latin1(),
            Text::Bytes(data) => Some(data.as_slice()),
            Text::Copy(data) => Some(data),
        }
    }
}

/// How a pattern is applied.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum How {
    Match,
    Full,
    Search,
}

/// A place in the text: start and end.
pub type Span = (usize, usize);

/// Where a pattern matched, as long as the next match is not looked for.
#[derive(Clone, Copy)]
pub struct Hit<'a> {
    pub whole: Span,
    scratch: &'a Scratch,
}

impl Hit<'_> {
    /// The place of a group; group zero is the whole.
    pub fn span(&self, group: usize) -> Option<Span> {
        match group.checked_sub(1) {
            None => Some(self.whole),
            Some(group) => {
                let marks = self.scratch.marks.get(2 * group..2 * group + 2)?;
                (marks[0] != NOWHERE && marks[1] != NOWHERE).then_some((marks[0], marks[1]))
            }
        }
    }

    /// How many groups there are.
    pub fn groups(&self) -> usize {
        self.scratch.marks.len() / 2
    }

    /// The number of the group that ended last; zero if none did.
    pub fn last_group(&self) -> u32 {
        self.scratch.last_group
    }
}

thread_local! {
    static SPARE: Cell<Option<Box<Scratch>>> = const { Cell::new(None) };
}

/// Finds matches of a pattern, with scratch space that goes from one finder to the next.
pub struct Finder {
    program: &'static Program,
    /// There while the finder is.
    scratch: Option<Box<Scratch>>,
}

impl Drop for Finder {
    fn drop(&mut self) {
        SPARE.set(self.scratch.take());
    }
}

impl Finder {
    pub fn new(vm: &mut Vm, pattern: &'static Pattern) -> PyResult<Finder> {
        let program = pattern.program(vm)?;
        let mut scratch = SPARE.take().unwrap_or_default();
        scratch.fit(program);
        let scratch = Some(scratch);
        Ok(Finder { program, scratch })
    }

    /// The next match in a range of the text; it is not empty at its start if it must advance.
    pub fn find(
        &mut self,
        text: &Text,
        range: Span,
        how: How,
        must_advance: bool,
    ) -> Option<Hit<'_>> {
        let whole = match text {
            Text::Str(text) => match text.units() {
                Units::One(units) => self.find_in(units, range, how, must_advance),
                Units::Two(units) => self.find_in(units, range, how, must_advance),
                Units::Four(units) => self.find_in(units, range, how, must_advance),
            },
            Text::Bytes(data) => self.find_in(data.as_slice(), range, how, must_advance),
            Text::Copy(data) => self.find_in(data, range, how, must_advance),
        }?;
        let scratch = self.scratch.as_deref()?;
        Some(Hit { whole, scratch })
    }

    fn find_in<C: Unit>(
        &mut self,
        text: &[C],
        (start, end): Span,
        how: How,
        must_advance: bool,
    ) -> Option<Span> {
        let mut machine = Machine {
            program: self.program,
            text: &text[..end],
            scratch: self.scratch.as_deref_mut()?,
            full: how == How::Full,
            forbidden: if must_advance { start } else { NOWHERE },
        };
        match how {
            How::Search => machine.search(start),
            How::Match | How::Full => machine.match_at(start),
        }
    }
}

/// Calls `f` with every match in order; it says whether to go on.
pub fn each_match(
    vm: &mut Vm,
    pattern: &'static Pattern,
    text: &Text,
    (start, end): Span,
    mut f: impl FnMut(&mut Vm, Hit) -> PyResult<bool>,
) -> PyResult<()> {
    let mut finder = Finder::new(vm, pattern)?;
    let (mut at, mut must_advance) = (start, false);
    while at <= end {
        let Some(hit) = finder.find(text, (at, end), How::Search, must_advance) else {
            break;
        };
        let (from, to) = hit.whole;
        must_advance = from == to;
        at = to;
        if !f(vm, hit)? {
            break;
        }
    }
    Ok(())
}
