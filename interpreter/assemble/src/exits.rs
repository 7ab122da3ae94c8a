//! The exits of assembled code: why, with which snapshot, and where the values are that it
//! restores.

use crate::Loc;

/// Why an exit may be taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum ExitKind {
    Guard,
    /// A runtime function raised.
    Raise,
    Poll,
    /// `guard_valid`.
    Invalid,
    /// `leave`: always.
    Leave,
}

/// An exit of assembled code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Exit {
    /// The number of its op.
    pub at: u16,
    pub snapshot: u16,
    pub kind: ExitKind,
    /// How many places it has, and the first of them, which other exits may share.
    pub(crate) count: u16,
    pub(crate) first: u32,
    /// Where in the tail a jump to a bridge goes.
    pub(crate) patch: u32,
}

/// All exits of a trace's code, by number: the last op's come first.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Exits {
    pub(crate) exits: Box<[Exit]>,
    pub(crate) places: Box<[Loc]>,
}

impl Exits {
    pub(crate) fn places(&self, exit: usize) -> &[Loc] {
        let exit = &self.exits[exit];
        &self.places[exit.first as usize..][..usize::from(exit.count)]
    }

    pub(crate) fn bytes(&self) -> usize {
        size_of_val(&*self.exits) + size_of_val(&*self.places)
    }
}
