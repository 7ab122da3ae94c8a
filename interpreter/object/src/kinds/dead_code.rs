//! Where code lay that has died, for whoever remembers places in code by their addresses: other code
//! may come to lie there.

use std::cell::RefCell;
use std::ops::Range;

thread_local! {
    static DEAD: RefCell<Option<Vec<Range<usize>>>> = const { RefCell::new(None) };
}

/// Notes from now on where code lay that dies.
pub fn note_dead_code() {
    DEAD.with_borrow_mut(|dead| *dead = Some(Vec::new()));
}

/// Where the code lay that has died since the last call, as keys of places
/// ([`CodePointer::key`](crate::CodePointer::key)).
pub fn take_dead_code() -> Vec<Range<usize>> {
    DEAD.with_borrow_mut(|dead| dead.as_mut().map(std::mem::take).unwrap_or_default())
}

/// Code dies whose places have these keys.
pub(super) fn died(places: Range<usize>) {
    DEAD.with_borrow_mut(|dead| dead.iter_mut().for_each(|dead| dead.push(places.clone())));
}
