//! Objects whose death a program notices: those with `__del__`, generators that are suspended
//! inside a `try`, coroutines that were never awaited.
//!
//! The collector cannot run Python code, and what that code will see must still be there. So an
//! object that is registered here and found dead is kept once more, with all that it refers to,
//! and put on a list of those that are *due*; the machine takes them from it at its next
//! safepoint and runs what is to be run. Registration ends with that: each object is finalised
//! once. If it is then unreachable it dies silently in a later collection.
//!
//! Order among the due is that of registration. Cycles need no thought: all of a cycle is kept.

use super::{Heap, Marker};
use crate::header::Gc;
use crate::kinds::{Generator, GeneratorState, List};
use crate::value::Value;

#[derive(Default)]
pub(super) struct Finalizers {
    pub(super) young: Vec<Value>,
    pub(super) old: Vec<Value>,
    pub(super) due: Vec<Value>,
}

impl Heap {
    /// After marking from the roots: keeps the registered objects that were found dead, and makes
    /// them due.
    pub(super) fn keep_finalizable(&mut self, full: bool, marker: &mut Marker) {
        let mut lists = std::mem::take(&mut self.finalizers);
        lists.due.iter().for_each(|&object| marker.visit(object));
        marker.drain();
        let found = lists.due.len();
        let is_live = |object: &Value| object.header().is_none_or(|h| self.is_marked(h));
        if full {
            lists.old.retain(|object| !is_over(*object));
            let (live, dead): (Vec<_>, Vec<_>) = lists.old.drain(..).partition(is_live);
            lists.old = live;
            lists.due.extend(dead);
        }
        lists.young.retain(|object| !is_over(*object));
        let (live, dead): (Vec<_>, Vec<_>) = lists.young.drain(..).partition(is_live);
        lists.old.extend(live);
        lists.due.extend(dead);
        #[cfg(feature = "revdb")]
        for object in &lists.due[found..] {
            super::deaths::note(super::deaths::Death::Finalized, *object);
        }
        lists.due[found..]
            .iter()
            .for_each(|&object| marker.visit(object));
        marker.drain();
        self.finalizers = lists;
    }

    pub(super) fn has_due_finalizers(&self) -> bool {
        !self.finalizers.due.is_empty()
    }
}

/// Whether an object is a generator that has ended, whose death makes no difference. It may be dead: its memory
/// is still as it was.
fn is_over(object: Value) -> bool {
    let generator = object.cast::<Generator>();
    generator.is_some_and(|generator| generator.state.get() == GeneratorState::Finished)
}

/// Registers an object that is to become due when it is found dead.
pub fn register_finalizable(object: Value) {
    // SAFETY: the heap is this thread's own.
    unsafe { (*super::heap()).finalizers.young.push(object) }
}

/// All registered objects, dead or alive, which are registered no longer: for the end. Which of the generators
/// that have ended are still among them depends on when a collection was, so they are left out.
pub fn take_finalizable() -> Gc<List> {
    // SAFETY: the heap is this thread's own.
    let lists = unsafe { std::mem::take(&mut (*super::heap()).finalizers) };
    let all = List::from_slice(&lists.due);
    let registered = lists.old.into_iter().chain(lists.young);
    for object in registered.filter(|object| !is_over(*object)) {
        all.push(object);
    }
    all
}

/// The objects that are due, which are so no longer.
pub fn take_due_finalizers() -> Gc<List> {
    // SAFETY: the heap is this thread's own.
    let due = unsafe { std::mem::take(&mut (*super::heap()).finalizers.due) };
    List::from_slice(&due)
}
