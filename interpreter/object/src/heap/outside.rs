//! Memory that objects hold outside of the heap, by their Rust parts, which go when they go. When there is
//! much more of it than after the last full collection, another is due: a program that makes code again and
//! again would else fill the memory before the heap itself has grown enough.

use std::cell::Cell;

thread_local! {
    static HELD: Cell<usize> = const { Cell::new(0) };
}

/// An object holds so many bytes more.
pub(crate) fn hold(bytes: usize) {
    HELD.set(HELD.get() + bytes);
    // SAFETY: the heap is this thread's own.
    unsafe { (*super::heap()).ask_if_due() }
}

/// An object that dies has held so many bytes.
pub(crate) fn release(bytes: usize) {
    HELD.set(HELD.get() - bytes);
}

/// Bytes held by objects that have not been dropped.
pub(super) fn held() -> usize {
    HELD.get()
}
