//! A pattern as the machine runs it: operations of one size, with what is larger beside them.

use super::classes::Fold;
use super::codes::Place;
use super::search::Search;
use super::sets::{Reach, Set};

/// Number of an operation.
pub type Pc = u32;

/// What is to be done at a place of the text.
#[derive(Clone, Copy, Debug)]
pub enum Op {
    Literal(u32),
    /// Several literals: a part of `Program::literals`.
    Literals {
        from: u32,
        count: u32,
    },
    Not(u32),
    /// Any character but a line's end.
    Any,
    All,
    In(u32),
    At(Place),
    Mark(u32),
    Jump(Pc),
    Branch(u32),
    /// Repeats of one character: as many as possible, as few as possible, as many as there are.
    Greedy(u32),
    Lazy(u32),
    Possessive(u32),
    /// The start of a loop, and its end.
    Repeat(u32),
    Until(u32),
    LazyUntil(u32),
    Possess(u32),
    PossessEnd(u32),
    Atomic,
    AtomicEnd,
    Look {
        back: u32,
    },
    LookEnd,
    NotLook {
        back: u32,
        to: Pc,
    },
    NotLookEnd,
    Group {
        group: u32,
        fold: Fold,
    },
    GroupExists {
        group: u32,
        otherwise: Pc,
    },
    Fail,
    Success,
}

const _: () = assert!(size_of::<Op>() <= 12);

/// A single character that is repeated.
#[derive(Clone, Copy, Debug)]
pub enum Item {
    Literal(u32),
    Not(u32),
    Any,
    All,
    In(u32),
}

/// A repeat of a single character.
pub struct One {
    pub item: Item,
    pub min: usize,
    pub max: usize,
    /// The operation after it.
    pub next: Pc,
    /// What must come after it, if that is known.
    pub tail: Option<Reach>,
    /// What comes after it is none of what is repeated: only the longest run can match.
    pub exclusive: bool,
}

/// A repeat of anything else.
pub struct Loop {
    pub min: usize,
    pub max: usize,
    pub body: Pc,
    pub tail: Pc,
    pub body_reach: Option<Reach>,
    pub tail_reach: Option<Reach>,
}

/// Alternatives: at most 64; which of them may match is looked up by the next character.
pub struct Branch {
    pub targets: Vec<Pc>,
    pub low: [u64; 256],
    pub wide: u64,
    pub end: u64,
}

/// A translated pattern.
pub struct Program {
    pub ops: Vec<Op>,
    pub literals: Vec<u32>,
    pub sets: Vec<Set>,
    pub ones: Vec<One>,
    pub loops: Vec<Loop>,
    pub branches: Vec<Branch>,
    /// Number of groups.
    pub groups: usize,
    pub search: Search,
}

impl Program {
    pub fn item_reach(&self, item: Item) -> Reach {
        let mut reach = Reach::ALL;
        match item {
            Item::Literal(c) => {
                reach = Reach::default();
                reach.add(c);
            }
            Item::Not(c) => reach.remove(c),
            Item::Any => reach.remove(super::classes::NEWLINE),
            Item::All => {}
            Item::In(set) => reach = self.sets[set as usize].reach(),
        }
        reach
    }
}
