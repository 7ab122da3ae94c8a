//! The trace as recorded: an array of 16-bit words.
//!
//! An op is its number and its operands, a word each; how many follows from the op. Results are
//! numbered in the order of the ops, which is therefore written nowhere. A reference with the top
//! bit set is a constant, by its place in the pool. A trace that outgrows sixteen bits is given
//! up, which `push` tells; nothing panics.
//!
//! A snapshot is the state of one frame and the snapshot of the frame below it. Frames below do
//! not change while a call is inlined, so all guards in the callee share them.

use crate::ops::{Op, Repr};
use object::Value;

/// A result or a constant.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
pub struct Ref(pub u16);

const CONSTANT: u16 = 0x8000;

impl Ref {
    /// No reference.
    pub const NONE: Ref = Ref(0xffff);

    #[inline(always)]
    pub fn constant(at: usize) -> Ref {
        Ref(at as u16 | CONSTANT)
    }

    #[inline(always)]
    pub fn is_constant(self) -> bool {
        self.0 & CONSTANT != 0
    }

    /// Its place among the ops or in the pool.
    #[inline(always)]
    pub fn index(self) -> usize {
        (self.0 & !CONSTANT) as usize
    }
}

/// A constant of a trace.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Const {
    Word(Value),
    /// A float's bits.
    Float(u64),
    Raw(i64),
}

impl Const {
    pub fn repr(self) -> Repr {
        match self {
            Const::Word(_) => Repr::Word,
            Const::Float(_) => Repr::Float,
            Const::Raw(_) => Repr::Raw,
        }
    }
}

/// What a guard's failure restores of one frame.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Snapshot {
    /// The frame below; [`NO_SNAPSHOT`] for the frame in which the trace began.
    pub parent: u16,
    /// The function of an inlined frame, a constant; [`Ref::NONE`] for the first frame.
    pub function: Ref,
    /// Where its registers begin, from those of the first frame.
    pub base: u16,
    /// The register of the frame below that gets its result.
    pub dst: u16,
    /// Where it goes on.
    pub pc: u32,
    pub(crate) first: u32,
    pub(crate) count: u16,
}

/// The parent of the first frame's snapshot.
pub const NO_SNAPSHOT: u16 = u16::MAX;

/// The trace has outgrown its encoding.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TooLong;

/// A trace.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Trace {
    words: Vec<u16>,
    /// Where each op begins.
    starts: Vec<u32>,
    pool: Vec<Const>,
    snapshots: Vec<Snapshot>,
    /// Register and value in turn.
    entries: Vec<u16>,
}

/// One op, decoded.
#[derive(Clone, Copy, Debug)]
pub struct Ins<'a> {
    pub op: Op,
    pub operands: &'a [u16],
}

impl Ins<'_> {
    #[inline(always)]
    pub fn operand(&self, at: usize) -> Ref {
        Ref(self.operands[at])
    }

    /// The snapshot of an op that exits.
    #[inline(always)]
    pub fn snapshot(&self) -> Option<u16> {
        if self.op.exits() {
            self.operands.last().copied()
        } else {
            None
        }
    }

    /// The references among the operands.
    #[inline(always)]
    pub fn refs(&self) -> impl Iterator<Item = Ref> + '_ {
        let letters = self.op.info().operands.bytes();
        letters
            .zip(self.operands)
            .filter(|(letter, _)| *letter == b'r')
            .map(|(_, &word)| Ref(word))
    }
}

impl Trace {
    pub fn new() -> Trace {
        Trace::default()
    }

    /// Forgets everything but the memory it has.
    pub fn clear(&mut self) {
        self.words.clear();
        self.starts.clear();
        self.pool.clear();
        self.snapshots.clear();
        self.entries.clear();
    }

    #[inline(always)]
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// Appends an op.
    #[inline]
    pub fn push(&mut self, op: Op, operands: &[u16]) -> Result<Ref, TooLong> {
        debug_assert_eq!(operands.len(), op.operand_count());
        let number = self.starts.len();
        if number >= CONSTANT as usize {
            return Err(TooLong);
        }
        self.starts.push(self.words.len() as u32);
        self.words.push(op as u16);
        self.words.extend_from_slice(operands);
        Ok(Ref(number as u16))
    }

    /// Op number `at`.
    #[inline(always)]
    pub fn get(&self, at: usize) -> Ins<'_> {
        let start = self.starts[at] as usize;
        let op = Op::ALL[self.words[start] as usize];
        Ins {
            op,
            operands: &self.words[start + 1..start + 1 + op.operand_count()],
        }
    }

    /// A constant's reference; equal ones share a place.
    pub fn constant(&mut self, constant: Const) -> Result<Ref, TooLong> {
        // Pools are short, and the constants asked for again are mostly the newest.
        if let Some(at) = self.pool.iter().rposition(|&c| c == constant) {
            return Ok(Ref::constant(at));
        }
        if self.pool.len() >= CONSTANT as usize - 1 {
            return Err(TooLong);
        }
        self.pool.push(constant);
        Ok(Ref::constant(self.pool.len() - 1))
    }

    pub fn pool(&self) -> &[Const] {
        &self.pool
    }

    /// The constant that a reference names.
    #[inline(always)]
    pub fn constant_of(&self, r: Ref) -> Option<Const> {
        if r.is_constant() {
            self.pool.get(r.index()).copied()
        } else {
            None
        }
    }

    /// How a reference's value is represented.
    #[inline(always)]
    pub fn repr(&self, r: Ref) -> Repr {
        match self.constant_of(r) {
            Some(constant) => constant.repr(),
            None => self.get(r.index()).op.info().result,
        }
    }

    /// Appends a snapshot with its registers' values.
    pub fn snapshot(
        &mut self,
        frame: Snapshot,
        values: impl Iterator<Item = (u16, Ref)>,
    ) -> Result<u16, TooLong> {
        let number = self.snapshots.len();
        if number >= NO_SNAPSHOT as usize {
            return Err(TooLong);
        }
        let first = self.entries.len();
        for (register, value) in values {
            self.entries.extend([register, value.0]);
        }
        let count = ((self.entries.len() - first) / 2) as u16;
        self.snapshots.push(Snapshot {
            first: first as u32,
            count,
            ..frame
        });
        Ok(number as u16)
    }

    pub fn snapshot_count(&self) -> usize {
        self.snapshots.len()
    }

    pub fn frame(&self, snapshot: u16) -> &Snapshot {
        &self.snapshots[snapshot as usize]
    }

    /// The registers of one frame in a snapshot, with their values.
    pub fn frame_values(&self, snapshot: u16) -> impl Iterator<Item = (u16, Ref)> + '_ {
        let frame = &self.snapshots[snapshot as usize];
        let words = &self.entries[frame.first as usize..][..frame.count as usize * 2];
        words.chunks_exact(2).map(|pair| (pair[0], Ref(pair[1])))
    }

    /// A snapshot and those of the frames below it.
    pub fn chain(&self, snapshot: u16) -> impl Iterator<Item = u16> + '_ {
        let more = |at: u16| (at != NO_SNAPSHOT).then_some(at);
        std::iter::successors(more(snapshot), move |&at| more(self.frame(at).parent))
    }

    /// Whether a frame's entry says only that a register of the first frame is as it was on
    /// entry, where it still lies.
    pub fn is_in_place(&self, snapshot: u16, register: u16, value: Ref) -> bool {
        self.frame(snapshot).parent == NO_SNAPSHOT && !value.is_constant() && {
            let ins = self.get(value.index());
            ins.op == Op::Arg && ins.operands[0] == register
        }
    }

    /// The place of `loop`.
    pub fn loop_start(&self) -> Option<usize> {
        (0..self.len()).find(|&at| self.get(at).op == Op::Loop)
    }

    /// Bytes of ops, and of snapshots.
    pub fn bytes(&self) -> (usize, usize) {
        let snapshots = self.snapshots.len() * size_of::<Snapshot>() + self.entries.len() * 2;
        (self.words.len() * 2 + self.starts.len() * 4, snapshots)
    }
}
