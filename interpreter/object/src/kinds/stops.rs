//! Linking code with stop points, for replays.

use super::callable::CodeObject;
use crate::header::Gc;
use bytecode::{Code, Instr};
use std::cell::Cell;

thread_local! {
    static WANTED: Cell<bool> = const { Cell::new(false) };
    static LISTENER: Cell<Option<fn(Gc<CodeObject>)>> = const { Cell::new(None) };
}

/// Code that is linked from now on has stop points.
pub fn link_with_stops() {
    WANTED.set(true);
}

/// Who is told of each code object that is linked, before it runs.
pub fn tell_of_linked(listener: fn(Gc<CodeObject>)) {
    LISTENER.set(Some(listener));
}

pub(super) fn of(code: &Code) -> Option<Box<[Cell<Instr>]>> {
    WANTED
        .get()
        .then(|| bytecode::stops(code).into_iter().map(Cell::new).collect())
}

pub(super) fn linked(code: Gc<CodeObject>) {
    if let Some(listener) = LISTENER.get() {
        listener(code);
    }
}
