//! What machine code relies on staying as it is.
//!
//! Code compiled for a class with its present attributes, or for a namespace with its present
//! functions, holds only until those change. Whoever relies on something *watches* it; when a
//! watched thing changes, the *epoch* goes on by one. Machine code compares the epoch with the one
//! that it is known to hold for, wherever Python code may have run in between. A new epoch says
//! only that something changed: what relied on other things is found to hold still, and goes on.

use crate::header::Kind;
use crate::value::Value;
use std::cell::Cell;

thread_local! {
    static EPOCH: Cell<u32> = const { Cell::new(1) };
    static SLOTS: Cell<u32> = const { Cell::new(0) };
}

/// The present epoch.
pub fn epoch() -> u32 {
    EPOCH.get()
}

/// Where the epoch lies; this thread's own.
pub fn epoch_pointer() -> *const u32 {
    EPOCH.with(Cell::as_ptr)
}

/// Something watched has changed.
#[cold]
pub fn changed() {
    EPOCH.set(EPOCH.get().wrapping_add(1));
}

/// How often it has changed what goes before the slots of objects, in any class.
pub fn slots_version() -> u32 {
    SLOTS.get()
}

/// Something else than before may go before the slots of objects.
#[cold]
pub fn slots_changed() {
    SLOTS.set(SLOTS.get().wrapping_add(1));
    changed();
}

/// Whether a value in a watched namespace is taken for a constant: what programs define once.
pub fn is_settled(value: Value) -> bool {
    matches!(
        value.kind(),
        Some(Kind::Function | Kind::Class | Kind::Builtin | Kind::Module)
    )
}
