//! Emission: every op goes through here on its way into the trace, and most of what an optimiser
//! would do for straight code happens at once.
//!
//! An op whose result is known, or whose test is known to hold, is not emitted. What is known:
//! the kind, shape or very word of a value, from the guards so far; the results of pure ops; the
//! contents of fields and of interpreter registers, from the loads and stores so far. Tagging and
//! untagging of floats meet here and vanish, so a float lives unboxed from the op that makes it
//! to the store that needs a word.
//!
//! What fields hold is dealt with in `fields`.

use crate::abort::Abort;
use crate::by_op::{Counts, Sharing, by_op};
use crate::contents::{Contents, Field};
use crate::seen::Seen;
use object::{Gc, List, Value};
use rustc_hash::FxHashMap;
use trace::{
    Cond, Const, Entry, Extent, Fact, Ins, NO_SNAPSHOT, Op, Operands, Ref, Repr, Rt, TooLong, Trace,
};

impl From<TooLong> for Abort {
    fn from(_: TooLong) -> Abort {
        Abort::TooLong
    }
}

/// In place of a snapshot that has not been made yet.
const UNMADE: u16 = NO_SNAPSHOT - 1;

/// Why an op was not emitted.
pub(crate) enum Stop {
    Abort(Abort),
    /// It has to be, and its snapshot must be made first.
    Unmade,
}

impl From<Abort> for Stop {
    fn from(abort: Abort) -> Stop {
        Stop::Abort(abort)
    }
}

impl From<TooLong> for Stop {
    fn from(too_long: TooLong) -> Stop {
        Stop::Abort(too_long.into())
    }
}

/// What a word is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Kind {
    Unknown,
    Small,
    Float,
    Object,
    Immediate,
}

impl Kind {
    pub fn of(word: Value) -> Kind {
        if word.is_small() {
            Kind::Small
        } else if word.is_inline_float() {
            Kind::Float
        } else if word.is_object() {
            Kind::Object
        } else {
            Kind::Immediate
        }
    }

    pub fn from_number(number: u8) -> Kind {
        match number {
            1 => Kind::Small,
            2 => Kind::Float,
            3 => Kind::Object,
            4 => Kind::Immediate,
            _ => Kind::Unknown,
        }
    }
}

/// What is known of one result.
#[derive(Clone, Copy)]
pub(crate) struct Known {
    kind: Kind,
    /// 0: not known.
    pub(crate) shape: u32,
    /// No object ever gets another shape than this.
    is_final: bool,
    /// The constant that holds the shape, if there is one.
    shape_constant: Ref,
    /// The constant that it is known to be.
    word: Ref,
    /// An object of this trace that nothing else refers to.
    pub(crate) private: bool,
    /// Of an object of this trace: how often a collection may have happened before it was made.
    pub(crate) made: u32,
    /// How often objects may have got other shapes before it was found to have its own.
    pub(crate) shaped: u32,
}

impl Known {
    /// Notes a shape, and the constant that holds it or [`Ref::NONE`].
    fn has_shape(&mut self, shape: u32, constant: Ref, reshaped: u32) {
        (self.shape, self.shape_constant, self.shaped) = (shape, constant, reshaped);
        self.is_final = !may_change(shape);
    }
}

/// No object was made at this time.
pub(crate) const NEVER: u32 = u32::MAX;

fn halves(n: u32) -> [u16; 2] {
    [n as u16, (n >> 16) as u16]
}

/// A key of four words as a number.
#[inline(always)]
pub(crate) fn packed(key: [u16; 4]) -> u64 {
    key.iter().fold(0, |all, &word| all << 16 | u64::from(word))
}

/// An exit goes back by no more ops than these, as its bridge has to do them again.
const SHARED_OPS_MAX: usize = 8;

/// A trace in the making.
#[derive(Default)]
pub struct Emitter {
    pub trace: Trace,
    pub(crate) facts: Vec<Known>,
    pub(crate) known: Seen,
    pub(crate) memory: Contents,
    /// Room for values that contents which are forgotten had.
    pub(crate) lost: Vec<Ref>,
    /// What interpreter registers of the entry frame and those above it are known to hold.
    registers: Vec<Ref>,
    /// What was known of results from the start, by their places.
    promises: FxHashMap<u16, (Kind, u32)>,
    /// The ops are to be emitted once more as a loop's body.
    pub(crate) comes_round: bool,
    /// The snapshot that guards may share, and how many ops there were when it was first used.
    shared: Option<(u16, usize)>,
    /// How often a collection may have happened so far, and how often objects that others know may
    /// have got other shapes.
    collected: u32,
    pub(crate) reshaped: u32,
    /// Where the part begins that is being emitted: the trace, or its loop's body.
    pub(crate) part: usize,
    /// Ops asked for, emitted or not; and those that were emitted, by what they are.
    pub(crate) asked: usize,
    pub(crate) counts: Counts,
    limit_ops: usize,
    /// Room for the facts of a mark.
    marked: Vec<Known>,
    /// What constants refer to.
    held: Option<Gc<List>>,
}

impl Emitter {
    #[cfg(test)]
    pub(crate) fn new(limit_ops: usize) -> Emitter {
        Emitter {
            limit_ops,
            ..Emitter::default()
        }
    }

    /// Forgets everything but the memory it has. What constants are to refer to goes into `held`.
    pub(crate) fn clear(&mut self, limit_ops: usize, held: Option<Gc<List>>) {
        self.held = held;
        self.trace.clear();
        self.facts.clear();
        self.known.clear();
        self.memory.clear();
        self.registers.clear();
        self.promises.clear();
        (self.collected, self.reshaped) = (0, 0);
        (self.comes_round, self.asked, self.shared) = (false, 0, None);
        self.part = 0;
        self.counts = Counts::default();
        self.limit_ops = limit_ops;
    }

    pub(crate) fn word(&mut self, word: Value) -> Result<Ref, Abort> {
        self.constant(Const::Word(word))
    }

    /// A constant; what a new one refers to is held.
    pub(crate) fn constant(&mut self, constant: Const) -> Result<Ref, Abort> {
        let known = self.trace.pool().len();
        let r = self.trace.constant(constant)?;
        if let Const::Word(word) = constant
            && self.trace.pool().len() > known
        {
            self.hold(word);
        }
        Ok(r)
    }

    /// Keeps an object alive until the trace does, lest another take its place meanwhile.
    pub(crate) fn hold(&mut self, value: Value) {
        if value.is_object()
            && let Some(held) = self.held
        {
            held.push(value);
        }
    }

    pub(crate) fn raw(&mut self, n: i64) -> Result<Ref, Abort> {
        Ok(self.trace.constant(Const::Raw(n))?)
    }

    #[inline]
    pub(crate) fn repr(&self, r: Ref) -> Repr {
        self.trace.repr(r)
    }

    /// The op that gives a value.
    #[inline]
    pub(crate) fn made_by(&self, r: Ref) -> Option<Ins> {
        (!r.is_constant()).then(|| self.trace.get(r.index()))
    }

    /// Whether an op behind the one that gives a value may leave the trace.
    pub(crate) fn exits_since(&self, r: Ref) -> bool {
        (r.index() + 1..self.trace.len()).any(|at| self.trace.op(at).exits())
    }

    /// What an op has made a value of, if it was this one.
    #[inline]
    fn undone(&self, r: Ref, op: Op) -> Option<Ref> {
        let is_made = !r.is_constant() && self.trace.op(r.index()) == op;
        is_made.then(|| self.trace.get(r.index()).operand(0))
    }

    pub(crate) fn kind(&self, r: Ref) -> Kind {
        match self.trace.constant_of(r) {
            Some(Const::Word(word)) => Kind::of(word),
            Some(Const::Float(_)) => Kind::Float,
            Some(Const::Raw(_)) => Kind::Unknown,
            None => self.facts[r.index()].kind,
        }
    }

    /// The shape of a value, 0 if it is not known.
    pub(crate) fn shape(&self, r: Ref) -> u32 {
        match self.trace.constant_of(r) {
            Some(Const::Word(word)) if has_fixed_shape(word) => word.shape_id(),
            // Another constant object's shape may change; only a guard tells it.
            Some(Const::Word(word)) if word.is_object() => match self.known.find(self.shape_key(r))
            {
                Ok(shape) => match self.trace.constant_of(shape) {
                    Some(Const::Raw(shape)) => shape as u32,
                    _ => 0,
                },
                Err(_) => 0,
            },
            Some(_) => 0,
            None => {
                let fact = &self.facts[r.index()];
                if self.keeps_shape(fact) {
                    fact.shape
                } else {
                    0
                }
            }
        }
    }

    /// Whether the shape that a value was found to have is still its own.
    pub(crate) fn keeps_shape(&self, fact: &Known) -> bool {
        fact.shape != 0 && (fact.shaped == self.reshaped || fact.private || fact.is_final)
    }

    /// Under what the shape of a constant is known, until objects may have got other shapes.
    pub(crate) fn shape_key(&self, constant: Ref) -> u64 {
        let [low, high] = halves(self.reshaped);
        packed([Op::GuardShape as u16, constant.0, low, high])
    }

    /// Appends a value in a register to the snapshot being made, with what is known of it.
    #[inline(always)]
    pub(crate) fn add_entry(&mut self, register: u16, value: Ref) -> Result<(), Abort> {
        let value = self.untagged(value);
        let fact = self.fact(value)?;
        self.trace.add_entry(Entry {
            register,
            value,
            fact,
        });
        Ok(())
    }

    #[inline(always)]
    fn fact(&mut self, r: Ref) -> Result<Fact, Abort> {
        if r.is_constant() {
            return Ok(Fact::new(self.kind(r) as u8, None));
        }
        let known = &self.facts[r.index()];
        let (kind, mut constant) = (known.kind as u8, known.shape_constant);
        if !self.keeps_shape(known) {
            return Ok(Fact::new(kind, None));
        }
        if constant == Ref::NONE {
            constant = self.shape_constant(r)?;
        }
        // The place must fit the bits that a fact has for it.
        Ok(Fact::new(
            kind,
            (constant.index() < 0x1ffe).then_some(constant),
        ))
    }

    /// The constant that holds a value's shape.
    #[cold]
    #[inline(never)]
    fn shape_constant(&mut self, r: Ref) -> Result<Ref, Abort> {
        let shape = self.facts[r.index()].shape;
        let constant = self.raw(i64::from(shape))?;
        self.facts[r.index()].shape_constant = constant;
        Ok(constant)
    }

    /// Notes what is known of a value without a test.
    pub(crate) fn assume(&mut self, r: Ref, kind: Kind, shape: u32) {
        if !r.is_constant() {
            self.promises.insert(r.0, (kind, shape));
            let fact = &mut self.facts[r.index()];
            if fact.kind == Kind::Unknown {
                fact.kind = kind;
            }
            if shape != 0 {
                fact.has_shape(shape, Ref::NONE, self.reshaped);
            }
        }
    }

    /// What was assumed of the result of an op is so of the op's copy too.
    pub(crate) fn assume_as(&mut self, original: usize, copy: Ref) {
        if let Some(&(kind, shape)) = self.promises.get(&(original as u16)) {
            self.assume(copy, kind, shape);
        }
    }

    /// What was assumed of the result of an op.
    pub(crate) fn promise(&self, at: usize) -> Option<(Kind, u32)> {
        self.promises.get(&(at as u16)).copied()
    }

    /// The constant word that a value is known to be.
    pub(crate) fn known_word(&self, r: Ref) -> Option<Value> {
        let r = if r.is_constant() {
            r
        } else {
            self.facts[r.index()].word
        };
        match self.trace.constant_of(r) {
            Some(Const::Word(word)) => Some(word),
            _ => None,
        }
    }

    /// Appends an op as it is.
    #[inline]
    pub(crate) fn push(&mut self, op: Op, operands: &Operands) -> Result<Ref, Stop> {
        let by_op = by_op(op);
        if by_op.exits && operands.last() == Some(&UNMADE) {
            return Err(Stop::Unmade);
        }
        if self.trace.len() >= self.limit_ops {
            return Err(Abort::TooLong.into());
        }
        self.end_sharing(by_op.sharing, operands);
        let r = self.trace.push_ins(Ins {
            op,
            operands: *operands,
        })?;
        self.counts.add(by_op.counted);
        // Made where it lies: to copy what has just been written in smaller pieces stalls the processor.
        self.facts.push(Known {
            kind: by_op.kind,
            shape: 0,
            is_final: false,
            shape_constant: Ref::NONE,
            word: Ref::NONE,
            private: false,
            made: NEVER,
            shaped: self.reshaped,
        });
        if op == Op::New {
            self.note_new(r, operands);
        }
        Ok(r)
    }

    /// Notes what an object that is made is known to be.
    fn note_new(&mut self, r: Ref, operands: &Operands) {
        let header = self.trace.constant_of(Ref(operands[1]));
        let (reshaped, collected) = (self.reshaped, self.collected);
        let fact = &mut self.facts[r.index()];
        if let Some(Const::Raw(header)) = header {
            let shape = object::layout::shape_in(header as u64);
            fact.has_shape(shape, Ref::NONE, reshaped);
        }
        (fact.private, fact.made) = (true, collected);
    }

    /// The snapshot that a guard may use instead of one of its own: nothing has happened since that
    /// cannot happen again.
    pub(crate) fn shared(&self) -> Option<u16> {
        let (snapshot, ops) = self.shared?;
        (self.trace.len() - ops <= SHARED_OPS_MAX).then_some(snapshot)
    }

    /// Lets guards share a snapshot.
    pub(crate) fn share(&mut self, snapshot: Option<u16>) {
        self.shared = snapshot.map(|snapshot| (snapshot, self.trace.len()));
    }

    /// An op that is about to be appended may be one that must not be executed twice. What is stored
    /// in an object that is made after the snapshot is no effect: it will be another object.
    #[inline(always)]
    fn end_sharing(&mut self, sharing: Sharing, operands: &Operands) {
        let Some((_, ops)) = self.shared else {
            return;
        };
        let ends = match sharing {
            Sharing::GoesOn => false,
            Sharing::Ends => true,
            Sharing::EndsForOld => !self.is_made_since(Ref(operands[0]), ops),
        };
        if ends {
            self.shared = None;
        }
    }

    /// Whether an object was made by one of the ops from number `ops` on.
    fn is_made_since(&self, r: Ref, ops: usize) -> bool {
        !r.is_constant() && r.index() >= ops && self.trace.op(r.index()) == Op::New
    }

    /// Appends an op unless one with the same key is there.
    pub(crate) fn push_once(
        &mut self,
        key: [u16; 4],
        op: Op,
        operands: &Operands,
    ) -> Result<Ref, Stop> {
        let key = packed(key);
        let slot = match self.known.find(key) {
            Ok(r) => return Ok(r),
            Err(slot) => slot,
        };
        let r = self.push(op, operands)?;
        self.known.fill(slot, key, r);
        Ok(r)
    }

    /// Emits an op with its operands as the trace has them; the result may be an older one.
    #[inline(always)]
    pub(crate) fn emit(&mut self, op: Op, operands: &[u16]) -> Result<Ref, Abort> {
        self.emit_op(op, &Operands::of(operands))
    }

    /// The same.
    pub(crate) fn emit_op(&mut self, op: Op, operands: &Operands) -> Result<Ref, Abort> {
        self.asked += 1;
        match self.try_emit(op, operands) {
            Ok(r) => Ok(r),
            Err(Stop::Abort(abort)) => Err(abort),
            Err(Stop::Unmade) => unreachable!("only a fold comes without a snapshot"),
        }
    }

    /// Emits an op that may leave the trace, given without its snapshot, if there is nothing to
    /// append. `None`: its snapshot is needed.
    pub(crate) fn fold(&mut self, op: Op, operands: Operands) -> Option<Result<Ref, Abort>> {
        let done = match self.try_emit(op, &operands.with_snapshot(UNMADE)) {
            Ok(r) => Ok(r),
            Err(Stop::Abort(abort)) => Err(abort),
            Err(Stop::Unmade) => return None,
        };
        self.asked += 1;
        Some(done)
    }

    fn try_emit(&mut self, op: Op, operands: &Operands) -> Result<Ref, Stop> {
        let r = |at: usize| Ref(operands[at]);
        match op {
            Op::GuardSmall
            | Op::GuardFloat
            | Op::GuardObject
            | Op::GuardIs
            | Op::GuardIsNot
            | Op::GuardShape
            | Op::GuardInt
            | Op::GuardBelow
            | Op::GuardFloats => self.guard(op, operands),
            Op::AddFloat
            | Op::SubFloat
            | Op::MulFloat
            | Op::DivFloat
            | Op::NegFloat
            | Op::AbsFloat
            | Op::SqrtFloat => self.floats(op, operands),
            Op::AddInt | Op::SubInt | Op::MulInt | Op::AndInt | Op::OrInt | Op::XorInt => {
                self.integers(op, operands)
            }
            Op::AddRaw => self.add_raw(operands),
            Op::Untag => self.untag(r(0)),
            Op::Tag => self.tag(operands),
            Op::TagInt | Op::UntagInt | Op::IntToFloat => self.conversion(op, operands),
            Op::Load | Op::LoadRaw | Op::LoadHalf | Op::LoadByte => {
                self.load(op, operands, Field::At(operands[1]))
            }
            Op::LoadItem | Op::LoadItemFloat => {
                self.load(op, operands, Field::Item(r(1), operands[2]))
            }
            Op::LoadByteAt => self.load(op, operands, Field::Byte(r(1), operands[2])),
            Op::LoadAbs => self.load(op, operands, Field::Absolute),
            Op::Store | Op::StoreRaw | Op::StoreHalf | Op::StoreFloat => {
                self.store(op, operands, Field::At(operands[1]), r(2))
            }
            Op::StoreItem | Op::StoreItemFloat => {
                self.store(op, operands, Field::Item(r(1), operands[3]), r(2))
            }
            Op::StoreByteAt => self.store(op, operands, Field::Byte(r(1), operands[3]), r(2)),
            Op::StoreAbs => self.store(op, operands, Field::Absolute, r(1)),
            Op::Barrier | Op::BarrierGrowing => self.barrier(op, operands),
            Op::StoreReg => self.store_register(operands),
            Op::LoadReg => self.load_register(operands),
            Op::Arg => self.argument(operands),
            Op::Call0 | Op::Call1 | Op::Call2 | Op::Call3 | Op::Call4 => self.call(op, operands),
            Op::Inherit | Op::InheritFloat | Op::InheritRaw => {
                self.push_once([op as u16, operands[0], 0, 0], op, operands)
            }
            Op::Finish | Op::Carry => {
                self.publish(r(usize::from(op == Op::Carry)));
                self.push(op, operands)
            }
            Op::Loop => {
                self.part = self.trace.len();
                self.push(op, operands)
            }
            Op::Phi | Op::Poll | Op::GuardValid | Op::GuardValidFor => self.push(op, operands),
            Op::New | Op::Jump | Op::Leave => self.push(op, operands),
            // Pure ops are known by their operands.
            _ => {
                let third = if op.exits() { 0 } else { operands[2] };
                let key = [op as u16, operands[0], operands[1], third];
                self.push_once(key, op, operands)
            }
        }
    }

    /// Guards of what may be known already.
    fn guard(&mut self, op: Op, operands: &Operands) -> Result<Ref, Stop> {
        match op {
            Op::GuardSmall => self.guard_kind(op, Kind::Small, operands),
            Op::GuardFloat => self.guard_kind(op, Kind::Float, operands),
            Op::GuardObject => self.guard_kind(op, Kind::Object, operands),
            Op::GuardIs => self.guard_is(operands),
            Op::GuardIsNot => self.guard_is_not(operands),
            Op::GuardShape => self.guard_shape(operands),
            Op::GuardInt => self.guard_int(operands),
            Op::GuardBelow => self.guard_below(operands),
            _ if self.holds_for_floats(operands) => Ok(Ref::NONE),
            _ => {
                let key = [op as u16, operands[0], operands[1], operands[2]];
                self.push_once(key, op, operands)
            }
        }
    }

    /// Conversions of integers, of constants at once.
    fn conversion(&mut self, op: Op, operands: &Operands) -> Result<Ref, Stop> {
        let r = Ref(operands[0]);
        let small = self.known_word(r).and_then(Value::as_small);
        match (op, self.trace.constant_of(r), small) {
            (Op::TagInt, Some(Const::Raw(n)), _) => {
                let word = Value::try_small(n).ok_or(Abort::Operation)?;
                Ok(self.word(word)?)
            }
            (Op::TagInt, ..) => self.inverse(op, Op::UntagInt, operands),
            (Op::UntagInt, _, Some(n)) => Ok(self.raw(n)?),
            (Op::UntagInt, ..) => self.inverse(op, Op::TagInt, operands),
            (_, _, Some(n)) => Ok(self.trace.constant(Const::Float((n as f64).to_bits()))?),
            _ => self.push_once([op as u16, operands[0], 0, 0], op, operands),
        }
    }

    /// An op that undoes another one.
    fn inverse(&mut self, op: Op, of: Op, operands: &Operands) -> Result<Ref, Stop> {
        if let Some(before) = self.undone(Ref(operands[0]), of) {
            return Ok(before);
        }
        self.push_once([op as u16, operands[0], 0, 0], op, operands)
    }

    // ---- guards

    fn guard_kind(&mut self, op: Op, kind: Kind, operands: &Operands) -> Result<Ref, Stop> {
        let r = Ref(operands[0]);
        match self.kind(r) {
            Kind::Unknown => {
                self.push(op, operands)?;
                self.facts[r.index()].kind = kind;
                Ok(Ref::NONE)
            }
            known if known == kind => Ok(Ref::NONE),
            _ => Err(Abort::Contradiction.into()),
        }
    }

    fn guard_is(&mut self, operands: &Operands) -> Result<Ref, Stop> {
        let (a, b) = (Ref(operands[0]), Ref(operands[1]));
        if a == b {
            return Ok(Ref::NONE);
        }
        let (r, constant) = if a.is_constant() { (b, a) } else { (a, b) };
        let Some(word) = self.known_word(constant).filter(|_| constant.is_constant()) else {
            if self.kinds_differ(a, b) || self.are_distinct(a, b) {
                return Err(Abort::Contradiction.into());
            }
            let key = [Op::GuardIs as u16, a.0, b.0, 0];
            return self.push_once(key, Op::GuardIs, operands);
        };
        if let Some(known) = self.known_word(r) {
            return if known == word {
                Ok(Ref::NONE)
            } else {
                Err(Abort::Contradiction.into())
            };
        }
        let kind = self.kind(r);
        if kind != Kind::Unknown && kind != Kind::of(word) || self.are_distinct(r, constant) {
            return Err(Abort::Contradiction.into());
        }
        self.push(Op::GuardIs, operands)?;
        self.facts[r.index()].kind = Kind::of(word);
        self.facts[r.index()].word = constant;
        Ok(Ref::NONE)
    }

    fn kinds_differ(&self, a: Ref, b: Ref) -> bool {
        let (a, b) = (self.kind(a), self.kind(b));
        a != Kind::Unknown && b != Kind::Unknown && a != b
    }

    fn guard_is_not(&mut self, operands: &Operands) -> Result<Ref, Stop> {
        let (a, b) = (Ref(operands[0]), Ref(operands[1]));
        if a == b {
            return Err(Abort::Contradiction.into());
        }
        if let (Some(x), Some(y)) = (self.known_word(a), self.known_word(b)) {
            return if x != y {
                Ok(Ref::NONE)
            } else {
                Err(Abort::Contradiction.into())
            };
        }
        if self.kinds_differ(a, b) || self.are_distinct(a, b) {
            return Ok(Ref::NONE);
        }
        let key = [Op::GuardIsNot as u16, operands[0], operands[1], 0];
        self.push_once(key, Op::GuardIsNot, operands)
    }

    fn guard_shape(&mut self, operands: &Operands) -> Result<Ref, Stop> {
        let r = Ref(operands[0]);
        let Some(Const::Raw(shape)) = self.trace.constant_of(Ref(operands[1])) else {
            return Err(Abort::Operation.into());
        };
        match self.shape(r) {
            0 => {}
            known if i64::from(known) == shape => return Ok(Ref::NONE),
            _ => return Err(Abort::Contradiction.into()),
        }
        self.push(Op::GuardShape, operands)?;
        self.set_shape(r, Ref(operands[1]), shape as u32);
        Ok(Ref::NONE)
    }

    /// Notes that an object has a shape, given as a constant too.
    pub(crate) fn set_shape(&mut self, r: Ref, constant: Ref, shape: u32) {
        if r.is_constant() {
            self.known.set(self.shape_key(r), constant);
        } else {
            self.facts[r.index()].has_shape(shape, constant, self.reshaped);
        }
    }

    fn constant_bits(&self, r: Ref) -> Option<i64> {
        match self.trace.constant_of(r) {
            Some(Const::Word(word)) => Some(word.bits() as i64),
            Some(Const::Raw(n)) => Some(n),
            _ => self.known_word(r).map(|word| word.bits() as i64),
        }
    }

    fn guard_int(&mut self, operands: &Operands) -> Result<Ref, Stop> {
        let (a, b) = (Ref(operands[1]), Ref(operands[2]));
        if let (Some(a), Some(b)) = (self.constant_bits(a), self.constant_bits(b)) {
            let cond = Cond::from_number(operands[0]).ok_or(Abort::Operation)?;
            return if cond.test(a, b) {
                Ok(Ref::NONE)
            } else {
                Err(Abort::Contradiction.into())
            };
        }
        let key = [Op::GuardInt as u16, operands[0], operands[1], operands[2]];
        self.push_once(key, Op::GuardInt, operands)
    }

    fn guard_below(&mut self, operands: &Operands) -> Result<Ref, Stop> {
        let (a, b) = (Ref(operands[0]), Ref(operands[1]));
        if let (Some(a), Some(b)) = (self.constant_bits(a), self.constant_bits(b)) {
            return if (a as u64) < b as u64 {
                Ok(Ref::NONE)
            } else {
                Err(Abort::Contradiction.into())
            };
        }
        let key = [Op::GuardBelow as u16, operands[0], operands[1], 0];
        self.push_once(key, Op::GuardBelow, operands)
    }

    // ---- numbers

    fn integers(&mut self, op: Op, operands: &Operands) -> Result<Ref, Stop> {
        let (a, b) = (Ref(operands[0]), Ref(operands[1]));
        let small = |r| self.known_word(r).and_then(Value::as_small);
        let (left, right) = (small(a), small(b));
        if let (Some(x), Some(y)) = (left, right) {
            let result = match op {
                Op::AddInt => x.checked_add(y),
                Op::SubInt => x.checked_sub(y),
                Op::MulInt => x.checked_mul(y),
                Op::AndInt => Some(x & y),
                Op::OrInt => Some(x | y),
                _ => Some(x ^ y),
            };
            let word = result
                .and_then(Value::try_small)
                .ok_or(Abort::Contradiction)?;
            return Ok(self.word(word)?);
        }
        match (op, left, right) {
            (Op::AddInt | Op::SubInt | Op::OrInt | Op::XorInt, _, Some(0))
            | (Op::MulInt, _, Some(1)) => return Ok(a),
            (Op::AddInt, Some(0), _) | (Op::MulInt, Some(1), _) => return Ok(b),
            _ => {}
        }
        self.push_once([op as u16, a.0, b.0, 0], op, operands)
    }

    fn add_raw(&mut self, operands: &Operands) -> Result<Ref, Stop> {
        let (a, b) = (Ref(operands[0]), Ref(operands[1]));
        if let (Some(Const::Raw(x)), Some(Const::Raw(y))) =
            (self.trace.constant_of(a), self.trace.constant_of(b))
        {
            return Ok(self.raw(x.wrapping_add(y))?);
        }
        self.push_once([Op::AddRaw as u16, a.0, b.0, 0], Op::AddRaw, operands)
    }

    fn untag(&mut self, r: Ref) -> Result<Ref, Stop> {
        if self.repr(r) == Repr::Float {
            return Ok(r);
        }
        if let Some(word) = self.known_word(r) {
            let float = word.as_float().ok_or(Abort::Contradiction)?;
            return Ok(self.trace.constant(Const::Float(float.to_bits()))?);
        }
        if let Some(float) = self.undone(r, Op::Tag) {
            return Ok(float);
        }
        let operands = Operands::of(&[r.0]);
        self.push_once([Op::Untag as u16, r.0, 0, 0], Op::Untag, &operands)
    }

    /// The word of a float that has got one already.
    pub(crate) fn tagged(&self, r: Ref) -> Option<Ref> {
        self.undone(r, Op::Untag).or_else(|| {
            let key = packed([Op::Tag as u16, r.0, 0, 0]);
            self.known.find(key).ok()
        })
    }

    fn tag(&mut self, operands: &Operands) -> Result<Ref, Stop> {
        let r = Ref(operands[0]);
        if self.repr(r) == Repr::Word {
            return Ok(r);
        }
        match self.trace.constant_of(r) {
            Some(Const::Float(bits)) => {
                let word = Value::float(f64::from_bits(bits));
                if word.is_inline_float() {
                    Ok(self.word(word)?)
                } else {
                    Err(Abort::Operation.into())
                }
            }
            _ => match self.undone(r, Op::Untag) {
                Some(word) => Ok(word),
                None => self.push_once([Op::Tag as u16, r.0, 0, 0], Op::Tag, operands),
            },
        }
    }

    fn barrier(&mut self, op: Op, operands: &Operands) -> Result<Ref, Stop> {
        let r = Ref(operands[0]);
        if !r.is_constant() && self.facts[r.index()].made == self.collected {
            return Ok(Ref::NONE);
        }
        let [low, high] = halves(self.collected);
        // After one for any write there is none for appending.
        let any = [Op::Barrier as u16, r.0, low, high];
        if op == Op::BarrierGrowing && self.known.find(packed(any)).is_ok() {
            return Ok(Ref::NONE);
        }
        self.push_once([op as u16, r.0, low, high], op, operands)
    }

    /// A collection may have made every object an old one.
    fn forget_barriers(&mut self) {
        self.collected += 1;
    }

    // ---- registers

    fn argument(&mut self, operands: &Operands) -> Result<Ref, Stop> {
        let r = self.push_once([Op::Arg as u16, operands[0], 0, 0], Op::Arg, operands)?;
        // The next time round it is another value, which does not lie there.
        if self.comes_round {
            return Ok(r);
        }
        if self.registers.len() <= operands[0] as usize {
            self.registers.resize(operands[0] as usize + 8, Ref::NONE);
        }
        self.registers[operands[0] as usize] = r;
        Ok(r)
    }

    /// Nothing is known of an interpreter register.
    pub(crate) fn forget_register(&mut self, at: usize) {
        if let Some(known) = self.registers.get_mut(at) {
            *known = Ref::NONE;
        }
    }

    fn store_register(&mut self, operands: &Operands) -> Result<Ref, Stop> {
        let (at, value) = (operands[0] as usize, Ref(operands[1]));
        if self.registers.len() <= at {
            self.registers.resize(at + 8, Ref::NONE);
        }
        if self.registers[at] == value {
            return Ok(Ref::NONE);
        }
        self.publish(value);
        self.registers[at] = value;
        self.push(Op::StoreReg, operands)
    }

    fn load_register(&mut self, operands: &Operands) -> Result<Ref, Stop> {
        let at = operands[0] as usize;
        if let Some(&known) = self.registers.get(at)
            && known != Ref::NONE
        {
            return Ok(known);
        }
        let r = self.push(Op::LoadReg, operands)?;
        if self.registers.len() <= at {
            self.registers.resize(at + 8, Ref::NONE);
        }
        self.registers[at] = r;
        Ok(r)
    }

    // ---- calls

    fn call(&mut self, op: Op, operands: &Operands) -> Result<Ref, Stop> {
        let rt = Rt::from_number(operands[0]).ok_or(Abort::Operation)?;
        let effects = rt.effects();
        let all: &[u16] = operands;
        let arguments = &all[2..all.len() - 1];
        if matches!(rt, Rt::DictFind | Rt::DictFindSame)
            && let Some(found) = self.found(Ref(arguments[0]), Ref(arguments[1]))
        {
            return Ok(found);
        }
        if !rt.keeps_nothing() {
            for &argument in arguments {
                self.publish(Ref(argument));
            }
        }
        if !effects.writes
            && !effects.changes
            && !effects.iterates
            && !effects.reads
            && !effects.runs_python
            && !effects.raises
        {
            let operand = |at: usize| arguments.get(at).copied().unwrap_or(0);
            debug_assert!(arguments.len() <= 3);
            let key = [
                op as u16 | operands[0] << 8,
                operand(0),
                operand(1),
                operand(2),
            ];
            return self.push_once(key, op, operands);
        }
        let r = self.push(op, operands)?;
        if effects.writes && !rt.is_of_frames() && !rt.is_of_exceptions() {
            self.forget_fields();
        }
        if rt.is_of_exceptions() {
            self.forget_exceptions();
        }
        if rt.is_of_frames() {
            // The exception that was handled below is so again.
            self.memory
                .forget(|place, _| place.field() == Field::Absolute);
        }
        if rt == Rt::OwnDict {
            self.forget_shapes();
        }
        if effects.changes {
            self.forget_containers();
        }
        if rt.makes_lists_plain() {
            self.forget_bare();
        }
        if effects.iterates {
            self.forget_iterators();
        }
        if effects.runs_python {
            self.forget_barriers();
            self.registers.fill(Ref::NONE);
            self.forget_shapes();
        }
        if matches!(
            rt,
            Rt::DictFind | Rt::DictFindSame | Rt::DictSet | Rt::DictAdd
        ) {
            self.remember(Ref(arguments[0]), Field::Found(Ref(arguments[1])), r);
        }
        Ok(r)
    }

    /// Objects that others know may have got other shapes.
    pub(crate) fn forget_shapes(&mut self) {
        self.reshaped += 1;
    }

    /// What is known where the recorded time round ends.
    pub(crate) fn mark(&mut self) -> Mark {
        let mut facts = std::mem::take(&mut self.marked);
        facts.clone_from(&self.facts);
        Mark {
            extent: self.trace.extent(),
            part: self.part,
            counts: self.counts,
            facts,
        }
    }

    /// There is no going back any more.
    pub(crate) fn unmark(&mut self, mark: Mark) {
        self.marked = mark.facts;
    }

    /// Takes back all that was emitted since, and forgets what fields hold and all shapes but of
    /// objects that no one else knows.
    pub(crate) fn go_back(&mut self, mark: &Mark) {
        self.trace.go_back(mark.extent);
        (self.part, self.counts) = (mark.part, mark.counts);
        let is_left = |&at: &u16, _: &mut _| usize::from(at) < mark.ops();
        self.promises.retain(is_left);
        self.facts.clone_from(&mark.facts);
        self.known
            .retain(|r| r.is_constant() || r.index() < mark.ops());
        self.memory.clear();
        self.forget_shapes();
        self.shared = None;
    }

    /// Forgets what is known of a value but by its representation.
    pub(crate) fn doubt(&mut self, r: Ref) {
        let is_float = self.repr(r) == Repr::Float;
        let fact = &mut self.facts[r.index()];
        if !is_float {
            fact.kind = Kind::Unknown;
        }
        (fact.shape, fact.word) = (0, Ref::NONE);
    }

    /// Whether a value is the float of a word.
    pub(crate) fn is_float_of(&self, float: Ref, word: Ref) -> bool {
        self.undone(float, Op::Untag) == Some(word)
    }

    /// Before a loop's body: objects of the preamble are like any other, interpreter registers
    /// hold what the last time round left.
    pub(crate) fn begin_body(&mut self) -> Assumed {
        let mut facts = std::mem::take(&mut self.facts);
        for fact in &mut facts {
            if !self.keeps_shape(fact) {
                fact.shape = 0;
            }
            (fact.private, fact.shaped) = (false, self.reshaped);
        }
        self.facts.clone_from(&facts);
        self.registers.fill(Ref::NONE);
        self.forget_barriers();
        let constants = (0..self.trace.pool().len()).map(Ref::constant);
        let shapes = constants
            .map(|constant| (constant, self.shape(constant)))
            .filter(|&(_, shape)| shape != 0)
            .collect();
        Assumed { facts, shapes }
    }

    /// The float that a word was boxed from by a call, or the value itself.
    pub(crate) fn unboxed(&self, r: Ref) -> Ref {
        match self.made_by(r) {
            Some(ins) if ins.op == Op::Call1 && ins.operands[0] == Rt::BoxFloat as u16 => {
                ins.operand(2)
            }
            _ => r,
        }
    }

    /// The float that a word was made of for a store, or the value itself.
    #[inline]
    pub(crate) fn untagged(&self, r: Ref) -> Ref {
        self.undone(r, Op::Tag).unwrap_or(r)
    }
}

/// What a loop's body takes for granted where it begins.
pub(crate) struct Assumed {
    facts: Vec<Known>,
    /// Of constants.
    shapes: Vec<(Ref, u32)>,
}

/// A place to go back to.
pub(crate) struct Mark {
    pub(crate) extent: Extent,
    part: usize,
    counts: Counts,
    facts: Vec<Known>,
}

impl Mark {
    /// How many ops there were.
    pub(crate) fn ops(&self) -> usize {
        self.extent.ops()
    }
}

impl Assumed {
    /// What was assumed of a value of before: its kind, its shape, the word that it is.
    pub(crate) fn of(&self, emitter: &Emitter, value: Ref) -> (Kind, u32, Option<Value>) {
        let fact = self.facts[value.index()];
        let by_op = by_op(emitter.trace.op(value.index())).kind;
        let kind = if by_op == Kind::Unknown {
            fact.kind
        } else {
            by_op
        };
        let word = match emitter.trace.constant_of(fact.word) {
            Some(Const::Word(word)) => Some(word),
            _ => None,
        };
        (kind, fact.shape, word)
    }

    /// Whether what was assumed of the value `left` of before is known of `right` at the end.
    pub(crate) fn holds(&self, emitter: &Emitter, left: usize, right: Ref) -> bool {
        let fact = self.facts[left];
        let same = |word: Ref| emitter.known_word(word) == emitter.known_word(right);
        (fact.kind == Kind::Unknown || fact.kind == emitter.kind(right))
            && (fact.shape == 0 || fact.shape == emitter.shape(right))
            && (fact.word == Ref::NONE || same(fact.word))
    }

    /// Whether the shapes of constants are what they were assumed to be, and those of values that
    /// do not change.
    pub(crate) fn constants_hold(&self, emitter: &Emitter) -> bool {
        let shapes = self.shapes.iter();
        let mut shapes = shapes.map(|&(constant, shape)| emitter.shape(constant) == shape);
        shapes.all(|same| same)
    }

    /// Whether the shape of a value that is the same in all times round still is as assumed.
    pub(crate) fn shape_holds(&self, emitter: &Emitter, at: usize) -> bool {
        let shape = self.facts[at].shape;
        shape == 0 || emitter.shape(Ref(at as u16)) == shape
    }
}

/// Whether objects of a shape may get another one.
pub(crate) fn may_change(shape: u32) -> bool {
    !object::shape::is_fixed(shape) && object::attributes::has_slots(object::shape::get(shape).kind)
}

/// Whether an object's shape never changes.
fn has_fixed_shape(word: Value) -> bool {
    word.kind()
        .is_some_and(|kind| !object::attributes::has_slots(kind))
}
