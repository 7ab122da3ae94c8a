//! What ops fall back to where operations do not express them: names for a recording machine.

use crate::operator::{BinaryOp, Comparison};

/// Runtime functions that ops fall back to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Runtime {
    /// The arithmetic operator of the op, in place where the op says so.
    Binary(BinaryOp),
    /// The comparison of the op.
    Compare(Comparison),
    /// A boolean: the truth of the comparison of the op.
    Test(Comparison),
    /// A boolean.
    Truth,
    GetAttr,
    SetAttr,
    GetItem,
    SetItem,
    /// A boolean: whether the argument is not true.
    Not,
    /// A boolean: whether the first argument is in the second, or is not in it.
    Contains,
    ContainsNot,
    Iter,
    /// The next value, *unbound* at the end.
    Next,
    /// A boolean: whether an iterator has returned when a value was sent to it. What it gave is in
    /// the register that the op writes.
    Send,
    /// What is sent to for the next item of an asynchronous iterator.
    AsyncNext,
    /// The native function of a number, a small integer; its arguments.
    Native,
    /// A callee and its arguments.
    Call,
    /// `list.append`
    Append,
    /// The same for a list that gets an item for each of an iterator's: list, item, iterator.
    Collect,
    /// Adds the second argument to the first, a set.
    SetAdd,
    /// An empty set, an empty dictionary.
    NewSet,
    NewDict,
    /// The dictionary of an instance's attributes, which is their place from then on.
    OwnDict,
    /// A field of an f-string: value, conversion (a small integer), specification or *unbound*.
    Format,
    /// Two or three strings one after the other.
    Concat,
}
