//! What SQLite calls, and how a call finds it.
//!
//! SQLite hands its callbacks one word, which was fixed when they were set. The host is only lent for as
//! long as an operation lasts, so it lies in a cell of the thread meanwhile. A host may run anything, other
//! operations on databases and changes to another native stack among it; so who called it puts itself
//! back afterwards.

use std::cell::Cell;
use std::ptr::NonNull;

/// A value that SQLite lends.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Item<'a> {
    Null,
    Int(i64),
    Float(f64),
    /// UTF-8, if who put it there kept to it.
    Text(&'a [u8]),
    Blob(&'a [u8]),
}

/// What a function of SQL gives.
#[derive(Clone, PartialEq, Debug)]
pub enum Outcome {
    Null,
    Int(i64),
    Float(f64),
    Text(Vec<u8>),
    Blob(Vec<u8>),
}

/// Why a function of SQL gives nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fault {
    Message(String),
    NoMemory,
    TooBig,
}

/// Which part of a function is called.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// A function of one row.
    Scalar,
    /// One more row of an aggregate.
    Add,
    /// One row less.
    Remove,
    /// What an aggregate comes to up to here.
    Value,
    /// What it came to; it is not called again.
    Last,
}

/// What the system answered: a number, a further one, and bytes.
pub type Answer = (i32, i64, Vec<u8>);

/// Whom SQLite calls. Functions and orders are told apart by the keys that they were set with.
pub trait Host {
    /// Calls a function of SQL. `instance` is 0 before an aggregate's first row, and what the host makes of
    /// it is kept until its last.
    fn function(
        &mut self,
        key: u32,
        step: Step,
        instance: &mut u32,
        args: &[Item<'_>],
    ) -> Result<Outcome, Fault>;
    /// Compares two texts: negative, zero or positive.
    fn collate(&mut self, key: u32, first: &[u8], second: &[u8]) -> i32;
    /// Whether an action may be done.
    fn authorize(&mut self, action: i32, about: [Option<&[u8]>; 4]) -> i32;
    /// Whether to go on.
    fn progress(&mut self) -> bool;
    /// A statement begins: as it was written, and with its parameters in it if there is room for them.
    fn trace(&mut self, statement: &[u8], expanded: Option<&[u8]>);
    /// Does what touches the system, or answers from a recording: which operation, on which file, numbers and
    /// bytes that go with it.
    fn outside(
        &mut self,
        what: u8,
        numbers: [i64; 3],
        bytes: &[u8],
        act: &mut dyn FnMut() -> Answer,
    ) -> Answer;
    /// Whether the run is recorded or replayed.
    fn is_taped(&mut self) -> bool;
}

thread_local! {
    static HOST: Cell<Option<NonNull<dyn Host>>> = const { Cell::new(None) };
}

/// Runs an operation for which SQLite may call a host.
pub(crate) fn lend<R>(host: &mut (dyn Host + '_), operation: impl FnOnce() -> R) -> R {
    let host = NonNull::from(host);
    // SAFETY: only the lifetime changes. The cell has the host while `operation` runs, for which it is borrowed;
    // what is put back afterwards is used by no one who does not put itself there before.
    let host = unsafe { std::mem::transmute::<NonNull<dyn Host + '_>, NonNull<dyn Host>>(host) };
    let before = HOST.replace(Some(host));
    let result = operation();
    HOST.set(before);
    result
}

/// Lets the host of the operation that is under way do something, if there is one.
pub(crate) fn ask<R>(question: impl FnOnce(&mut dyn Host) -> R) -> Option<R> {
    let mut host = HOST.get()?;
    // SAFETY: the operation that lent it has not come back, since SQLite calls from within it.
    let result = question(unsafe { host.as_mut() });
    HOST.set(Some(host));
    Some(result)
}
