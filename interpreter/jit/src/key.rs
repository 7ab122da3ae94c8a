//! The keys under which what is known of places is found.

use object::CodePointer;

/// A place by its key: a loop's header, or a function's start.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Key(pub(crate) usize);

impl Key {
    pub(crate) fn of_loop(header: CodePointer) -> Key {
        Key(header.key() * 2)
    }

    pub(crate) fn of_function(start: CodePointer) -> Key {
        Key(start.key() * 2 + 1)
    }

    /// The key of the [`CodePointer`].
    pub(crate) fn place(self) -> usize {
        self.0 / 2
    }

    /// Its place in a table of so many.
    #[inline]
    pub(crate) fn slot(self, size: usize) -> usize {
        (self.0 ^ self.0 >> 11) % size
    }
}
