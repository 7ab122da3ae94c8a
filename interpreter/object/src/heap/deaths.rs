//! Deaths that a program can notice, as events of a recording.
//!
//! When an object is found dead depends on what stale words lie on the native stack, which two
//! runs of one program do not share. Most deaths nobody notices. Those that a program does notice
//! are three: an object becomes due for finalisation, the target of a weak reference dies, a class
//! is no longer among the subclasses of its bases. A recording notes them; a replay *dictates*
//! them: its collector takes all such objects for alive, however dead they look, until it is told
//! that they died. Memory that only a dead object keeps is thus freed later in a replay than in the
//! recording, never earlier.
//!
//! An object is named by its creation number. A number that a replay does not know is of an object
//! whose last weak reference was itself collected there: nobody can ask for it any more.

use super::finalize::Finalizers;
use super::numbers::number_of;
use super::{Marker, heap, python_due};
use crate::value::Value;
use std::cell::{Cell, RefCell};
use std::collections::HashSet;

/// What a program may notice of a death.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Death {
    Finalized,
    Target,
    Class,
}

const DEATHS: [Death; 3] = [Death::Finalized, Death::Target, Death::Class];

/// A death in one number: the object's number and what of it is noticed.
pub type Noted = u64;

thread_local! {
    static DICTATED: Cell<bool> = const { Cell::new(false) };
    static NOTED: RefCell<Vec<Noted>> = const { RefCell::new(Vec::new()) };
}

/// From now on nothing that matters dies but by [`dictate`].
pub fn are_dictated() {
    DICTATED.set(true);
}

pub(crate) fn note(death: Death, object: Value) {
    if let Some(number) = number_of(object) {
        NOTED.with_borrow_mut(|all| all.push(number * 4 + death as u64));
    }
}

/// What the collections since the last call found dead.
pub fn take_noted() -> Vec<Noted> {
    NOTED.take()
}

/// Marks what must not die of itself.
pub(super) fn keep_dictated(finalizers: &Finalizers, marker: &mut Marker) {
    if !DICTATED.get() {
        return;
    }
    for &object in finalizers.young.iter().chain(&finalizers.old) {
        marker.visit(object);
    }
    for object in crate::weak::targets() {
        marker.visit(object);
    }
    for object in crate::kinds::entered_classes() {
        marker.visit(object);
    }
    marker.drain();
}

/// Has objects die that died here in the recording.
pub fn dictate(noted: &[Noted]) {
    let of = |death: Death| -> HashSet<u64> {
        noted
            .iter()
            .filter(|&noted| DEATHS[(noted % 4) as usize % DEATHS.len()] == death)
            .map(|noted| noted / 4)
            .collect()
    };
    let [finalized, targets, classes] = DEATHS.map(of);
    let is_in = |set: &HashSet<u64>, object: Value| {
        number_of(object).is_some_and(|number| set.contains(&number))
    };
    if !finalized.is_empty() {
        // The order among the due is that of the recording, which is the order of the numbers noted.
        // SAFETY: the heap is this thread's own, and nothing below allocates in it.
        let lists = unsafe { &mut (*heap()).finalizers };
        let mut due = Vec::new();
        for list in [&mut lists.old, &mut lists.young] {
            list.retain(|&object| {
                let dead = is_in(&finalized, object);
                if dead {
                    due.push(object);
                }
                !dead
            });
        }
        let place = |object: &Value| {
            let number = number_of(*object).unwrap_or(0) * 4 + Death::Finalized as u64;
            noted.iter().position(|&n| n == number)
        };
        due.sort_by_cached_key(place);
        lists.due.extend(due);
    }
    if !targets.is_empty() {
        crate::weak::clear(|object| is_in(&targets, object));
    }
    if !classes.is_empty() {
        crate::kinds::forget_classes(|object| is_in(&classes, object));
    }
    if python_due() {
        // SAFETY: the heap is this thread's own.
        unsafe { (*heap()).ask_to_look_up() };
    }
}
