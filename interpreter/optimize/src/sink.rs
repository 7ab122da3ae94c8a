//! Allocation removal with sinking: objects that do not escape ([`crate::escape`]) are made by
//! exits alone.
//!
//! Their loads become the values stored, tests of what they are disappear, their stores stay as
//! notes for exits. What was loaded is known better now than it was while recording (`load` of a
//! field that a call might have changed), so tests of a value's kind and unboxing of floats that
//! were just boxed vanish along with them: a float that lives in an object from one time round to
//! the next stays in a register.
//!
//! At the loop's end, the phi of an object is replaced by phis of its fields. Whether a float's
//! phi or its word's is wanted shows only when all is done; both are written, and dead code takes
//! the needless one away.
//!
//! What is known of a value's kind holds in the body only if what replaces the value is known to be
//! of the kind by its op; recording has seen to the rest already.

use crate::Buffers as All;
use crate::escape::{Analysis, place_of};
use crate::rewrite::{Copier, float_of};
use object::Value;
use trace::{Const, Op, Ref, TooLong, Trace};

/// What a word is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Unknown,
    Small,
    Float,
    Object,
}

#[derive(Default)]
pub(crate) struct Buffers {
    /// By number in the new trace.
    kinds: Vec<Kind>,
    /// Object and store, by numbers of the analysis and of the new trace.
    stores: Vec<(u16, u16)>,
}

/// The kind of an op's result, whatever its operands are.
fn kind_by_op(trace: &Trace, r: Ref) -> Kind {
    match trace.constant_of(r) {
        Some(Const::Word(word)) => return kind_of_word(word),
        Some(_) => return Kind::Unknown,
        None => {}
    }
    match trace.op(r.index()) {
        Op::AddInt | Op::SubInt | Op::MulInt | Op::FloorDivInt | Op::ModInt => Kind::Small,
        Op::ShlInt | Op::ShrInt | Op::AndInt | Op::OrInt | Op::XorInt => Kind::Small,
        Op::TagInt | Op::TruncFloat => Kind::Small,
        Op::Tag => Kind::Float,
        Op::New => Kind::Object,
        _ => Kind::Unknown,
    }
}

fn kind_of_word(word: Value) -> Kind {
    if word.is_small() {
        Kind::Small
    } else if word.is_inline_float() {
        Kind::Float
    } else if word.is_object() {
        Kind::Object
    } else {
        Kind::Unknown
    }
}

struct Pass<'t> {
    copier: Copier<'t>,
    analysis: &'t Analysis,
    buffers: &'t mut Buffers,
}

/// The pass.
pub(crate) fn run(all: &mut All, from: &Trace, to: &mut Trace) -> Result<bool, TooLong> {
    if !all.escape.run(from) {
        return Ok(false);
    }
    all.sink.kinds.clear();
    all.sink.stores.clear();
    let mut pass = Pass {
        copier: Copier::new(from, to, &mut all.maps),
        analysis: &all.escape,
        buffers: &mut all.sink,
    };
    let mut at = 0;
    while at < from.len() && from.op(at) != Op::Phi {
        pass.op(at)?;
        at += 1;
    }
    pass.phis(at)?;
    pass.note_sunk();
    Ok(true)
}

impl Pass<'_> {
    fn is_virtual(&self, r: Ref) -> bool {
        self.analysis.object(self.copier.from, r).is_some()
    }

    fn kind(&self, r: Ref) -> Kind {
        match self.copier.to.constant_of(r) {
            Some(Const::Word(word)) => kind_of_word(word),
            Some(_) => Kind::Unknown,
            None => self.buffers.kinds[r.index()],
        }
    }

    /// Copies an op and knows its result's kind.
    fn copy(&mut self, at: usize) -> Result<(), TooLong> {
        let r = self.copier.copy(at)?;
        self.know_kinds(r);
        Ok(())
    }

    fn know_kinds(&mut self, newest: Ref) {
        let kind = kind_by_op(self.copier.to, newest);
        self.buffers.kinds.resize(newest.index(), Kind::Unknown);
        self.buffers.kinds.push(kind);
    }

    fn op(&mut self, at: usize) -> Result<(), TooLong> {
        let ins = self.copier.from.get(at);
        let named = self.analysis.resolve(self.copier.from, Ref(at as u16));
        if named != Ref(at as u16) {
            let (value, leaf) = (self.copier.value(named), self.copier.leaf(named));
            self.copier.stands(value, leaf);
            return Ok(());
        }
        match ins.op {
            Op::Store
            | Op::StoreRaw
            | Op::StoreHalf
            | Op::StoreItem
            | Op::StoreFloat
            | Op::StoreItemFloat
                if self.is_virtual(ins.operand(0)) =>
            {
                return self.store(at);
            }
            Op::GuardShape | Op::GuardObject | Op::Barrier | Op::BarrierGrowing
                if self.is_virtual(ins.operand(0)) =>
            {
                self.copier.drop_op();
            }
            Op::GuardIsNot if ins.refs().any(|r| self.is_virtual(r)) => self.copier.drop_op(),
            Op::GuardSmall => self.guard(at, Kind::Small)?,
            Op::GuardFloat => self.guard(at, Kind::Float)?,
            Op::GuardObject => self.guard(at, Kind::Object)?,
            Op::Untag => self.untag(at, self.copier.value(ins.operand(0)))?,
            Op::Tag | Op::Call1 if float_of(self.copier.from, named).is_some() => {
                let float = float_of(self.copier.from, named).unwrap_or(named);
                let float = self.copier.value(float);
                self.copy(at)?;
                if let Some(leaf) = self.copier.maps.leaves.last_mut() {
                    *leaf = float;
                }
            }
            Op::Loop => {
                self.copy(at)?;
                self.begin_body(at);
            }
            _ => self.copy(at)?,
        }
        Ok(())
    }

    fn untag(&mut self, at: usize, word: Ref) -> Result<(), TooLong> {
        // A constant of the first round may be followed by something else.
        let is_preamble = at < self.analysis.body && self.analysis.body < self.copier.from.len();
        if !is_preamble
            && let Some(Const::Word(word)) = self.copier.to.constant_of(word)
            && let Some(float) = word.as_float()
        {
            let float = self.copier.to.constant(Const::Float(float.to_bits()))?;
            self.copier.stands(float, float);
            return Ok(());
        }
        self.copy(at)
    }

    /// A test of a kind that is known is not needed.
    fn guard(&mut self, at: usize, kind: Kind) -> Result<(), TooLong> {
        let tested = self.copier.from.get(at).operand(0);
        let r = self.copier.value(tested);
        let leaf = self.copier.leaf(tested);
        if kind == Kind::Float && self.is_boxed(r) {
            // Whoever wants the word gets one that is known to fit; mostly nobody does.
            let snapshot = self.copier.from.get(at).operands[1];
            let snapshot = self.copier.snapshot(snapshot)?;
            let word = self.copier.to.push(Op::Tag, &[leaf.0, snapshot])?;
            self.know_kinds(word);
            self.copier.maps.values[tested.index()] = word;
            self.copier.drop_op();
            return Ok(());
        }
        if self.kind(r) == kind {
            self.copier.drop_op();
            return Ok(());
        }
        self.copy(at)?;
        if !r.is_constant() {
            self.buffers.kinds[r.index()] = kind;
        }
        Ok(())
    }

    /// Whether a word is that of a float boxed by a call, inline or not.
    fn is_boxed(&self, r: Ref) -> bool {
        !r.is_constant()
            && self.copier.to.op(r.index()) == Op::Call1
            && float_of(self.copier.to, r).is_some()
    }

    /// A store into an object that is not made, at its displacement.
    fn store(&mut self, at: usize) -> Result<(), TooLong> {
        let ins = self.copier.from.get(at);
        let op = match ins.op {
            Op::StoreItem => Op::Store,
            Op::StoreItemFloat => Op::StoreFloat,
            op => op,
        };
        let Some(object) = self.analysis.object(self.copier.from, ins.operand(0)) else {
            return self.copy(at);
        };
        let place = place_of(self.copier.from, ins).unwrap_or_default();
        let operands = [
            self.copier.value(ins.operand(0)).0,
            place,
            self.held(at, ins.operand(2)).0,
        ];
        let r = self.copier.to.push(op, &operands)?;
        self.know_kinds(r);
        self.copier.stands(r, r);
        self.buffers.stores.push((object, r.0));
        Ok(())
    }

    /// What a field holds: a float as it is, if it stands for its word in all times round.
    fn held(&self, at: usize, value: Ref) -> Ref {
        let from = self.copier.from;
        let named = self.analysis.resolve(self.copier.from, value);
        if at < self.analysis.body
            && self.analysis.body < from.len()
            && let Some(float) = float_of(from, named)
            && !self.analysis.float_follows(from, named, float)
        {
            return self.copier.value(named);
        }
        self.copier.leaf(value)
    }

    // ---- the loop

    /// Forgets what does not hold of what takes a value's place.
    fn begin_body(&mut self, body: usize) {
        let from = self.copier.from;
        self.copier.forget_snapshots();
        for at in 0..body {
            let old = self.analysis.resolve(self.copier.from, Ref(at as u16));
            if old.is_constant() {
                continue;
            }
            let next = self.analysis.next[old.index()];
            let new = self.copier.value(old);
            if next != Ref::NONE && next != old && !new.is_constant() && new != Ref::NONE {
                let kind = kind_by_op(from, old);
                if kind != kind_by_op(from, next) {
                    self.buffers.kinds[new.index()] = Kind::Unknown;
                } else {
                    self.buffers.kinds[new.index()] = kind;
                }
            }
            if let Some(float) = float_of(from, old)
                && !self.analysis.float_follows(from, old, float)
            {
                self.copier.maps.leaves[at] = self.copier.maps.values[at];
            }
        }
    }

    /// Writes the phis, found and planned.
    fn phis(&mut self, first: usize) -> Result<(), TooLong> {
        for at in first..self.copier.from.len() {
            let left = self.copier.from.get(at).operand(0);
            if self.is_virtual(left) || self.analysis.resolve(self.copier.from, left) != left {
                continue;
            }
            self.copy(at)?;
        }
        if self.analysis.body == self.copier.from.len() {
            return Ok(());
        }
        for place in 0..self.analysis.planned.len() {
            let (left, right) = self.analysis.planned[place];
            let (left, right) = (self.copier.value(left), self.copier.value(right));
            self.copier.to.push(Op::Phi, &[left.0, right.0])?;
        }
        Ok(())
    }

    fn note_sunk(&mut self) {
        for (number, object) in self.analysis.objects.iter().enumerate() {
            if object.escapes {
                continue;
            }
            let stores = self.buffers.stores.iter();
            let own = stores.filter(|(owner, _)| usize::from(*owner) == number);
            let new = self.copier.value(Ref(object.new)).0;
            let stores = own.map(|&(_, store)| store).collect();
            self.copier.to.sink(new, stores);
        }
    }
}
