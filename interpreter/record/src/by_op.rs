//! What emission asks of an op whenever it appends one, in a table that follows from the ops' own.

use crate::emit::Kind;
use trace::{OPS, Op, Repr, Role};

/// What an op that is appended does to the snapshot that guards share.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Sharing {
    /// It may be executed twice.
    GoesOn,
    Ends,
    /// It stores into an object, which may have been made since.
    EndsForOld,
}

/// How an op is counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Counted {
    Guard,
    Call,
    Other,
}

/// How many ops of a trace are counted as what.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Counts([usize; 3]);

impl Counts {
    #[inline(always)]
    pub(crate) fn add(&mut self, counted: Counted) {
        self.0[counted as usize] += 1;
    }

    pub(crate) fn of(&self, counted: Counted) -> usize {
        self.0[counted as usize]
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct ByOp {
    /// The kind of the result, whatever the operands are.
    pub(crate) kind: Kind,
    pub(crate) sharing: Sharing,
    /// Whether it has a snapshot.
    pub(crate) exits: bool,
    pub(crate) counted: Counted,
}

static TABLE: [ByOp; OPS.len()] = {
    let mut table = [ByOp {
        kind: Kind::Unknown,
        sharing: Sharing::GoesOn,
        exits: false,
        counted: Counted::Other,
    }; OPS.len()];
    let mut at = 0;
    while at < OPS.len() {
        table[at] = row(Op::ALL[at]);
        at += 1;
    }
    table
};

const fn row(op: Op) -> ByOp {
    let info = &OPS[op as usize];
    let sharing = match (op, info.role) {
        (Op::Barrier | Op::BarrierGrowing, _) => Sharing::GoesOn,
        (Op::StoreReg | Op::Loop, _) | (_, Role::Call) => Sharing::Ends,
        (_, Role::Store) => Sharing::EndsForOld,
        _ => Sharing::GoesOn,
    };
    let kind = match op {
        Op::AddInt | Op::SubInt | Op::MulInt | Op::FloorDivInt | Op::ModInt => Kind::Small,
        Op::ShlInt | Op::ShrInt | Op::AndInt | Op::OrInt | Op::XorInt => Kind::Small,
        Op::TagInt | Op::TruncFloat => Kind::Small,
        Op::New => Kind::Object,
        _ if matches!(info.result, Repr::Float) || matches!(op, Op::Tag) => Kind::Float,
        _ => Kind::Unknown,
    };
    let counted = match info.role {
        Role::Call => Counted::Call,
        Role::Guard | Role::Checked => Counted::Guard,
        _ => Counted::Other,
    };
    ByOp {
        kind,
        sharing,
        exits: op.exits(),
        counted,
    }
}

#[inline(always)]
pub(crate) fn by_op(op: Op) -> ByOp {
    TABLE[op as usize]
}
