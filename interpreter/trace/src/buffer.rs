//! The trace: its ops, and beside them snapshots (`snapshots`).
//!
//! An op is its number and its operands, in eighteen bytes whatever it is: it is written once and looked
//! at a dozen times, by recording, the passes and the assembler, and lies in one of a few lists that all
//! traces use one after the other. Results are numbered in the
//! order of the ops, which is therefore written nowhere. A reference with the top bit set is a
//! constant, by its place in the pool. A trace that outgrows sixteen bits is given up, which `push`
//! tells; nothing panics.
//!
//! A snapshot is the state of one frame and the snapshot of the frame below it. Beside each value
//! stands what was known of it when the snapshot was taken: a bridge from there begins with it.

use crate::index::Interned;
use crate::operands::{Operands, references};
use crate::ops::{Op, Repr};
use crate::rt::FloatFn;
use crate::snapshots::{self, Snapshots};
use crate::sunk::Sunk;
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
    /// What becomes of its result: the machine's number for it.
    pub then: u8,
    /// Its frame is there already, on the machine's own stack of frames.
    pub pushed: bool,
}

/// The parent of the first frame's snapshot.
pub const NO_SNAPSHOT: u16 = u16::MAX;

/// How far a trace goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Extent {
    ops: usize,
    snapshots: snapshots::Extent,
}

impl Extent {
    /// How many ops.
    pub fn ops(&self) -> usize {
        self.ops
    }

    pub fn snapshots(&self) -> usize {
        self.snapshots.count
    }
}

/// The trace has outgrown its encoding.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TooLong;

/// A trace.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Trace {
    ops: Vec<Ins>,
    pool: Vec<Const>,
    interned: Interned,
    snapshots: Snapshots,
    pub(crate) sunk: Vec<Sunk>,
    /// A bit for each value that a phi gives another content from one time round to the next.
    turning: Vec<u64>,
    /// A bit for each register of the first frame that some op, be it taken back, gives another content than
    /// it had on entry.
    rewritten: Vec<u64>,
    /// One more than the last `arg` has as its number.
    args_end: usize,
}

/// What is known of a value: three bits of kind, and above them the place in the pool (from 1) of
/// its shape, 0 if that is not known. The kinds are the recorder's.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Fact(pub u16);

impl Fact {
    /// The names of the kinds in the text form; the first is that of no knowledge.
    pub const KINDS: [&str; 8] = ["any", "small", "float", "object", "k4", "k5", "k6", "k7"];

    pub fn new(kind: u8, shape: Option<Ref>) -> Fact {
        let place = shape.map_or(0, |r| r.index() as u16 + 1);
        Fact(u16::from(kind) | place << 3)
    }

    pub fn kind(self) -> u8 {
        (self.0 & 7) as u8
    }

    /// The constant that holds the shape.
    pub fn shape(self) -> Option<Ref> {
        (self.0 >> 3)
            .checked_sub(1)
            .map(|place| Ref::constant(place as usize))
    }
}

/// A register of a frame in a snapshot.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Entry {
    pub register: u16,
    pub value: Ref,
    pub fact: Fact,
}

/// One op.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ins {
    pub op: Op,
    pub operands: Operands,
}

impl Ins {
    #[inline(always)]
    pub fn new(op: Op, operands: &[u16]) -> Ins {
        let operands = Operands::of(operands);
        Ins { op, operands }
    }

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

    /// How many results an op has; those behind the first are for [`Op::OtherFloat`].
    pub fn results(&self) -> usize {
        match self.op {
            Op::CallFloat => {
                let function = FloatFn::from_number(self.operands[0]);
                1 + usize::from(function.and_then(FloatFn::second).is_some())
            }
            Op::DivThree => 3,
            _ => 1,
        }
    }

    /// Which operands are references.
    #[inline(always)]
    pub fn ref_places(self) -> impl Iterator<Item = usize> {
        let mut rest = references(self.op);
        std::iter::from_fn(move || {
            let place = rest.trailing_zeros() as usize;
            let is_one = rest != 0;
            rest &= rest.wrapping_sub(1);
            is_one.then_some(place)
        })
    }

    /// The operands with other references, and with another snapshot if one is given.
    #[inline(always)]
    pub fn renamed(self, name: impl Fn(Ref) -> Ref, snapshot: Option<u16>) -> Operands {
        let mut operands = self.operands;
        for place in self.ref_places() {
            operands.set(place, name(self.operand(place)).0);
        }
        if let Some(snapshot) = snapshot {
            operands.set_last(snapshot);
        }
        operands
    }

    /// The references among the operands.
    #[inline(always)]
    pub fn refs(self) -> impl Iterator<Item = Ref> {
        self.ref_places().map(move |at| self.operand(at))
    }
}

/// Sets a bit.
fn mark(bits: &mut Vec<u64>, at: usize) {
    let (word, bit) = (at / 64, at % 64);
    if word >= bits.len() {
        bits.resize(word + 1, 0);
    }
    bits[word] |= 1 << bit;
}

#[inline]
fn is_marked(bits: &[u64], at: usize) -> bool {
    bits.get(at / 64)
        .is_some_and(|word| word >> (at % 64) & 1 != 0)
}

impl Trace {
    pub fn new() -> Trace {
        Trace::default()
    }

    /// Forgets everything but the memory it has.
    pub fn clear(&mut self) {
        self.ops.clear();
        self.pool.clear();
        self.interned.clear();
        self.snapshots.clear();
        self.sunk.clear();
        self.turning.clear();
        self.rewritten.clear();
        self.args_end = 0;
    }

    /// Forgets everything, and takes another trace's constants under their numbers.
    pub fn begin_copy(&mut self, of: &Trace) {
        self.clear();
        self.pool.extend_from_slice(&of.pool);
    }

    /// How far it goes, for [`Trace::go_back`].
    pub fn extent(&self) -> Extent {
        Extent {
            ops: self.ops.len(),
            snapshots: self.snapshots.extent(),
        }
    }

    /// Takes back all ops and snapshots since; constants stay.
    pub fn go_back(&mut self, to: Extent) {
        if to.ops() < self.len() {
            self.ops.truncate(to.ops);
            self.args_end = self.args_end.min(to.ops());
            // Phis are the last ops.
            self.turning.clear();
        }
        self.snapshots.go_back(to.snapshots);
    }

    #[inline(always)]
    pub fn len(&self) -> usize {
        self.ops.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Appends an op.
    #[inline(always)]
    pub fn push(&mut self, op: Op, operands: &[u16]) -> Result<Ref, TooLong> {
        self.push_ins(Ins::new(op, operands))
    }

    /// Appends an op that is put together.
    #[inline(always)]
    pub fn push_ins(&mut self, ins: Ins) -> Result<Ref, TooLong> {
        debug_assert_eq!(ins.operands.len(), ins.op.operand_count());
        let number = self.ops.len();
        if number >= CONSTANT as usize {
            return Err(TooLong);
        }
        self.ops.push(ins);
        match ins.op {
            Op::Arg => self.args_end = number + 1,
            Op::Phi => mark(&mut self.turning, ins.operand(0).index()),
            Op::StoreReg if !self.is_argument(ins.operand(1), ins.operands[0]) => {
                mark(&mut self.rewritten, ins.operands[0].into());
            }
            _ => {}
        }
        Ok(Ref(number as u16))
    }

    /// Whether a value is what a register held on entry.
    #[inline]
    fn is_argument(&self, value: Ref, register: u16) -> bool {
        // Most values are no arguments, which are asked for at the beginning.
        !value.is_constant()
            && value.index() < self.args_end
            && self.op(value.index()) == Op::Arg
            && self.get(value.index()).operands[0] == register
    }

    /// Whether a value has another content from one time round to the next.
    fn turns(&self, value: Ref) -> bool {
        is_marked(&self.turning, value.index())
    }

    /// Op number `at`.
    #[inline(always)]
    pub fn get(&self, at: usize) -> Ins {
        self.ops[at]
    }

    /// What op number `at` is.
    #[inline(always)]
    pub fn op(&self, at: usize) -> Op {
        self.ops[at].op
    }

    /// A constant's reference; equal ones share a place.
    #[inline]
    pub fn constant(&mut self, constant: Const) -> Result<Ref, TooLong> {
        match self.interned.first_look(&self.pool, constant) {
            Some(at) => Ok(Ref::constant(at)),
            None => self.constant_at_length(constant),
        }
    }

    #[inline(never)]
    fn constant_at_length(&mut self, constant: Const) -> Result<Ref, TooLong> {
        self.interned.catch_up(&self.pool);
        let slot = match self.interned.find(&self.pool, constant) {
            Ok(at) => return Ok(Ref::constant(at)),
            Err(slot) => slot,
        };
        if self.pool.len() >= CONSTANT as usize - 1 {
            return Err(TooLong);
        }
        self.pool.push(constant);
        self.interned.insert(&self.pool, slot);
        Ok(Ref::constant(self.pool.len() - 1))
    }

    pub fn pool(&self) -> &[Const] {
        &self.pool
    }

    /// The objects among the constants.
    pub fn objects(&self) -> impl Iterator<Item = Value> {
        self.pool.iter().filter_map(|constant| match constant {
            Const::Word(word) if word.is_object() => Some(*word),
            _ => None,
        })
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
            None => self.op(r.index()).result(),
        }
    }

    /// Lets a call's result say that it raised instead of leaving then.
    pub fn keep_raised(&mut self, call: Ref) {
        self.ops[call.index()].operands.set_last(NO_SNAPSHOT);
    }

    /// Appends a snapshot with its registers' values.
    pub fn snapshot(&mut self, frame: Snapshot, entries: &[Entry]) -> Result<u16, TooLong> {
        self.snapshots.add_all(entries);
        self.snapshots.push(frame)
    }

    /// Appends a register of the snapshot that [`Trace::end_snapshot`] will complete. They ascend but for
    /// those that stand for something else, which come first.
    #[inline(always)]
    pub fn add_entry(&mut self, entry: Entry) {
        self.snapshots.add(entry);
    }

    /// Completes the snapshot with the registers that were appended since the last one.
    #[inline]
    pub fn end_snapshot(&mut self, frame: Snapshot) -> Result<u16, TooLong> {
        self.snapshots.push(frame)
    }

    pub fn snapshot_count(&self) -> usize {
        self.snapshots.len()
    }

    pub fn frame(&self, snapshot: u16) -> Snapshot {
        self.snapshots.frame(snapshot)
    }

    /// The registers of one frame in a snapshot.
    #[inline]
    pub fn frame_entries(&self, snapshot: u16) -> &[Entry] {
        self.snapshots.entries(snapshot)
    }

    /// The registers of one frame in a snapshot, with their values.
    pub fn frame_values(&self, snapshot: u16) -> impl Iterator<Item = (u16, Ref)> + '_ {
        let entries = self.frame_entries(snapshot).iter();
        entries.map(|entry| (entry.register, entry.value))
    }

    /// A snapshot and those of the frames below it.
    pub fn chain(&self, snapshot: u16) -> impl Iterator<Item = u16> + '_ {
        let more = |at: u16| (at != NO_SNAPSHOT).then_some(at);
        std::iter::successors(more(snapshot), move |&at| more(self.snapshots.parent(at)))
    }

    /// Whether a frame's entry says only that a register of the first frame is as it was on
    /// entry, where it still lies. What a phi changes does not stay there, nor anything in a register that has
    /// held another value in between.
    #[inline]
    pub fn is_in_place(&self, snapshot: u16, register: u16, value: Ref) -> bool {
        self.is_argument(value, register)
            && !self.turns(value)
            && !is_marked(&self.rewritten, register.into())
            && self.snapshots.parent(snapshot) == NO_SNAPSHOT
    }

    /// The place of `loop`.
    pub fn loop_start(&self) -> Option<usize> {
        (0..self.len()).find(|&at| self.op(at) == Op::Loop)
    }

    /// Bytes of ops, and of snapshots.
    pub fn bytes(&self) -> (usize, usize) {
        (size_of_val(&*self.ops), self.snapshots.bytes())
    }
}
