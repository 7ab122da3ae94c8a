//! Which objects of a trace nothing but the trace ever sees.
//!
//! An object that a trace makes *escapes* if it is passed to a call, stored in an interpreter's
//! register or in an object that was there before or itself escapes, or is returned. One that does
//! not need not be made: its fields are values of the trace, its loads are those values, and only
//! an exit that restores a register with it makes it.
//!
//! *Straight code* takes one walk. For each object, a chain of the stores into it so far; a load
//! must find its field there (then its result is another name for the stored value), a test of
//! the shape must agree with it, or the object counts as escaping. A store of one such object into
//! another is an edge, along which escaping spreads.
//!
//! *The loop.* Where the body uses an object of the time round before, a phi replaces it by this
//! time's. Neither need be made if the two are alike when they meet: of one size and shape, with
//! the same fields, and each field either a value with a phi of its own (there mostly is one
//! already; one is planned where there is not) or again a pair of such objects. A value without
//! phi is the same in all times round, so a field can get one only if the body uses the value for
//! nothing else. One object may replace only one other: two names for it would be two objects.
//!
//! The rules depend on each other, so they are applied until nothing changes. All start from *does
//! not escape* and each escape is final, so that ends; a trace on which it takes long is left as it is.
//!
//! What an exit at the trace's end (`leave`) restores counts as escaping: it is always made, and
//! machine code makes it faster.

use crate::rewrite::float_of;
use object::layout;
use std::collections::VecDeque;
use trace::{Const, Ins, NO_SNAPSHOT, Op, Ref, Trace};

/// After so many rounds a trace is left as it is.
const ROUNDS_MAX: usize = 12;

/// No object, store or partner.
const NONE: u16 = u16::MAX;
/// In place of an object: the op takes the float out of a word that the trace made of it.
const UNBOXED: u16 = u16::MAX - 1;

/// An object that the trace makes.
pub(crate) struct Object {
    pub(crate) new: u16,
    pub(crate) escapes: bool,
    /// The newest store into it, and the newest before the loop's body.
    newest: u16,
    at_loop: u16,
    /// The object that takes its place in the next time round, and the one whose place it takes.
    next: u16,
    before: u16,
}

/// A store into an object of the trace.
#[derive(Clone, Copy)]
struct Stored {
    displacement: u16,
    op: Op,
    value: Ref,
    /// The store before it into the same object.
    older: u16,
}

/// What the analysis finds, and its memory.
#[derive(Default)]
pub(crate) struct Analysis {
    pub(crate) objects: Vec<Object>,
    /// How many of them escape.
    escaped: usize,
    /// By op: the object that it makes.
    object_of: Vec<u16>,
    /// By op that loads from an object: the object, and the value found there, which its result
    /// is another name for as long as the object does not escape. By `untag`: [`UNBOXED`], and the
    /// word, whose float it is another name for.
    source: Vec<u16>,
    alias: Vec<Ref>,
    /// By op: what its phi gives it, found or planned.
    pub(crate) next: Vec<Ref>,
    /// By op before the loop: the body names it; it has a phi.
    named: Vec<bool>,
    has_phi: Vec<bool>,
    /// Phis to add.
    pub(crate) planned: Vec<(Ref, Ref)>,
    stores: Vec<Stored>,
    edges: Vec<(u16, u16)>,
    seen: Vec<bool>,
    pairs: VecDeque<(u16, u16)>,
    changed: bool,
    /// The place of `loop`, or past the end.
    pub(crate) body: usize,
}

impl Analysis {
    /// Analyses a trace; whether there is an object that does not escape.
    pub(crate) fn run(&mut self, trace: &Trace) -> bool {
        let Some(first) = (0..trace.len()).find(|&at| trace.op(at) == Op::New) else {
            return false;
        };
        self.clear(trace);
        if !self.walk(trace, first) {
            return false;
        }
        for _ in 0..ROUNDS_MAX {
            if !self.round(trace) {
                return self.escaped < self.objects.len();
            }
        }
        false
    }

    fn clear(&mut self, trace: &Trace) {
        let count = trace.len();
        self.objects.clear();
        self.escaped = 0;
        self.stores.clear();
        self.edges.clear();
        self.planned.clear();
        self.object_of.clear();
        self.object_of.resize(count, NONE);
        self.source.clear();
        self.source.resize(count, NONE);
        self.alias.clear();
        self.alias.resize(count, Ref::NONE);
        self.named.clear();
        self.named.resize(count, false);
        self.seen.clear();
        self.seen.resize(trace.snapshot_count(), false);
        self.body = count;
    }

    /// The value that a reference is a name for: mostly itself.
    #[inline(always)]
    pub(crate) fn resolve(&self, trace: &Trace, r: Ref) -> Ref {
        match r.is_constant() || self.source[r.index()] == NONE {
            true => r,
            false => self.resolve_name(trace, r),
        }
    }

    fn resolve_name(&self, trace: &Trace, mut r: Ref) -> Ref {
        while !r.is_constant() {
            let (source, named) = (self.source[r.index()], self.alias[r.index()]);
            r = match source {
                NONE => return r,
                UNBOXED => match float_of(trace, self.resolve(trace, named)) {
                    Some(float) => float,
                    None => return r,
                },
                object if self.objects[usize::from(object)].escapes => return r,
                _ => named,
            };
        }
        r
    }

    /// The object that a reference is, if the trace makes it and it is not known to escape.
    pub(crate) fn object(&self, trace: &Trace, r: Ref) -> Option<u16> {
        let r = self.resolve(trace, r);
        if r.is_constant() {
            return None;
        }
        let at = self.object_of[r.index()];
        (at != NONE && !self.objects[usize::from(at)].escapes).then_some(at)
    }

    fn escape(&mut self, trace: &Trace, r: Ref) {
        if let Some(object) = self.object(trace, r) {
            self.give_up(object);
        }
    }

    /// Says that an object escapes, and with it those that were stored into it.
    fn give_up(&mut self, object: u16) {
        let own = &mut self.objects[usize::from(object)];
        if std::mem::replace(&mut own.escapes, true) {
            return;
        }
        self.escaped += 1;
        for at in 0..self.edges.len() {
            let (owner, held) = self.edges[at];
            if owner == object {
                self.give_up(held);
            }
        }
    }

    /// The newest store of a chain at a displacement.
    fn find(&self, newest: u16, displacement: u16) -> Option<(u16, Stored)> {
        let mut at = newest;
        while at != NONE {
            let stored = self.stores[usize::from(at)];
            if stored.displacement == displacement {
                return Some((at, stored));
            }
            at = stored.older;
        }
        None
    }

    // ---- straight code

    /// Walks the ops; `first` is the first that makes an object. False: all objects are found to escape.
    fn walk(&mut self, trace: &Trace, first: usize) -> bool {
        let last = (first..trace.len()).rfind(|&at| trace.op(at) == Op::New);
        let last = last.unwrap_or(first);
        let begins = (0..first).find(|&at| trace.op(at) == Op::Loop);
        for at in begins.unwrap_or(first)..trace.len() {
            let ins = trace.get(at);
            if ins.op == Op::Phi {
                break;
            }
            if ins.op == Op::Loop {
                self.body = at;
                self.seen.fill(false);
                for object in &mut self.objects {
                    object.at_loop = object.newest;
                }
            }
            for r in ins.refs() {
                self.name(at, r);
            }
            if let Some(snapshot) = ins.snapshot() {
                self.snapshot(trace, at, snapshot, ins.op == Op::Leave);
            }
            self.op(trace, at, ins);
            if at >= last && self.escaped == self.objects.len() {
                return false;
            }
        }
        true
    }

    /// Notes that an op or its exit names a value.
    fn name(&mut self, at: usize, r: Ref) {
        if at > self.body && !r.is_constant() && r.index() < self.body {
            self.named[r.index()] = true;
        }
    }

    fn snapshot(&mut self, trace: &Trace, at: usize, snapshot: u16, escapes: bool) {
        let mut number = snapshot;
        while number != NO_SNAPSHOT {
            let done = std::mem::replace(&mut self.seen[usize::from(number)], true);
            if done && !escapes {
                return;
            }
            for (register, value) in trace.frame_values(number) {
                if escapes {
                    self.escape(trace, value);
                } else if !trace.is_in_place(number, register, value) {
                    self.name(at, value);
                }
            }
            number = trace.frame(number).parent;
        }
    }

    fn op(&mut self, trace: &Trace, at: usize, ins: Ins) {
        match ins.op {
            Op::New => {
                self.object_of[at] = self.objects.len() as u16;
                self.objects.push(Object {
                    new: at as u16,
                    escapes: false,
                    newest: NONE,
                    at_loop: NONE,
                    next: NONE,
                    before: NONE,
                });
            }
            Op::Store
            | Op::StoreRaw
            | Op::StoreHalf
            | Op::StoreItem
            | Op::StoreFloat
            | Op::StoreItemFloat => self.store(trace, ins),
            Op::Load
            | Op::LoadFixed
            | Op::LoadRaw
            | Op::LoadFixedRaw
            | Op::LoadItem
            | Op::LoadItemFloat => self.load(trace, at, ins),
            Op::GuardShape => {
                if let Some(object) = self.object(trace, ins.operand(0))
                    && self.shape(trace, object) != trace.constant_of(ins.operand(1))
                {
                    self.escape(trace, ins.operand(0));
                }
            }
            Op::Untag => {
                let word = self.resolve(trace, ins.operand(0));
                if float_of(trace, word).is_some() {
                    (self.source[at], self.alias[at]) = (UNBOXED, ins.operand(0));
                }
                self.escape(trace, ins.operand(0));
            }
            // Two objects of the trace are the same only under the same name.
            Op::GuardIsNot
                if self.resolve(trace, ins.operand(0)) != self.resolve(trace, ins.operand(1)) => {}
            Op::GuardObject | Op::Barrier | Op::BarrierGrowing => {}
            Op::Loop | Op::Phi | Op::Jump | Op::Leave => {}
            _ => {
                for r in ins.refs() {
                    self.escape(trace, r);
                }
            }
        }
    }

    fn store(&mut self, trace: &Trace, ins: Ins) {
        let value = ins.operand(2);
        let Some(object) = self.object(trace, ins.operand(0)) else {
            return self.escape(trace, value);
        };
        let Some(displacement) = place_of(trace, ins) else {
            self.escape(trace, value);
            return self.escape(trace, ins.operand(0));
        };
        if let Some(held) = self.object(trace, value) {
            self.edges.push((object, held));
        }
        let owner = &mut self.objects[usize::from(object)];
        let op = match ins.op {
            Op::StoreItem => Op::Store,
            Op::StoreItemFloat => Op::StoreFloat,
            op => op,
        };
        self.stores.push(Stored {
            displacement,
            op,
            value,
            older: owner.newest,
        });
        owner.newest = (self.stores.len() - 1) as u16;
        if self.stores.len() >= usize::from(NONE) {
            // The last number is no store's.
            self.stores.pop();
            self.give_up(object);
        }
    }

    fn load(&mut self, trace: &Trace, at: usize, ins: Ins) {
        let Some(object) = self.object(trace, ins.operand(0)) else {
            return;
        };
        let wanted = match ins.op {
            Op::LoadRaw | Op::LoadFixedRaw => Op::StoreRaw,
            Op::LoadItemFloat => Op::StoreFloat,
            _ => Op::Store,
        };
        let newest = self.objects[usize::from(object)].newest;
        let found = place_of(trace, ins).and_then(|place| self.find(newest, place));
        match found {
            Some((_, stored)) if stored.op == wanted => {
                self.source[at] = object;
                self.alias[at] = stored.value;
            }
            _ => self.escape(trace, ins.operand(0)),
        }
    }

    /// The shape of an object where the walk stands.
    fn shape(&self, trace: &Trace, object: u16) -> Option<Const> {
        let object = &self.objects[usize::from(object)];
        if let Some((_, stored)) = self.find(object.newest, layout::SHAPE as u16) {
            return trace.constant_of(stored.value);
        }
        match trace.constant_of(trace.get(usize::from(object.new)).operand(1)) {
            Some(Const::Raw(header)) => {
                Some(Const::Raw(i64::from(layout::shape_in(header as u64))))
            }
            _ => None,
        }
    }

    // ---- what depends on each other

    /// Applies all rules once; whether an object was found to escape.
    fn round(&mut self, trace: &Trace) -> bool {
        let before = self.escaped;
        self.changed = false;
        if self.body < trace.len() {
            self.begin_pairs(trace);
            while let Some((left, right)) = self.pairs.pop_front() {
                if !self.alike(trace, left, right) {
                    self.give_up(left);
                    self.give_up(right);
                }
            }
            self.unpaired();
            self.floats_follow(trace);
        }
        self.changed || self.escaped != before
    }

    /// Pairs objects by the trace's phis.
    fn begin_pairs(&mut self, trace: &Trace) {
        self.planned.clear();
        self.pairs.clear();
        self.next.clear();
        self.next.resize(self.body, Ref::NONE);
        self.has_phi.clear();
        self.has_phi.resize(self.body, false);
        for object in &mut self.objects {
            (object.next, object.before) = (NONE, NONE);
        }
        let is_phi = |at: &usize| trace.op(*at) == Op::Phi;
        let phis = (self.body..trace.len()).rev().take_while(is_phi);
        for at in phis.clone() {
            let (left, right) = (trace.get(at).operand(0), trace.get(at).operand(1));
            self.has_phi[left.index()] = true;
            if self.object(trace, left).is_none() && self.resolve(trace, left) == left {
                self.next[left.index()] = self.resolve(trace, right);
                // What is found there is to stay what it is without a phi of its own.
                if !right.is_constant() && right.index() < self.body {
                    self.named[right.index()] = true;
                }
            }
        }
        self.names_without_phi(trace);
        for at in phis {
            let (left, right) = (trace.get(at).operand(0), trace.get(at).operand(1));
            if self.object(trace, left).is_none() && self.resolve(trace, left) == left {
                self.escape(trace, right);
            } else if !self.meet(trace, self.resolve(trace, left), self.resolve(trace, right)) {
                self.escape(trace, left);
                self.escape(trace, right);
                self.own(left);
            }
        }
    }

    /// Lets a result be a value of its own: the object that it was loaded from is given up.
    fn own(&mut self, r: Ref) {
        match self.source[r.index()] {
            NONE => {}
            UNBOXED => self.source[r.index()] = NONE,
            object => self.give_up(object),
        }
        self.changed = true;
    }

    /// A value that the body names by a load of before the loop, without a phi, stays the same.
    fn names_without_phi(&mut self, trace: &Trace) {
        for at in 0..self.body {
            let value = self.resolve(trace, Ref(at as u16));
            if !self.named[at] || self.has_phi[at] || value == Ref(at as u16) {
                continue;
            }
            if self.object(trace, value).is_some() || !self.follows(trace, value, value) {
                self.escape(trace, value);
                self.own(Ref(at as u16));
            }
        }
    }

    /// In the body, the float of a word of before the loop is its float only in the first round,
    /// unless both are followed alike.
    fn floats_follow(&mut self, trace: &Trace) {
        for at in self.body..trace.len() {
            if self.source[at] != UNBOXED {
                continue;
            }
            let word = self.resolve(trace, self.alias[at]);
            if let Some(float) = float_of(trace, word)
                && word.index() < self.body
                && !self.float_follows(trace, word, float)
            {
                self.own(Ref(at as u16));
            }
        }
    }

    /// An object of before the loop that the body names must be replaced, for what happens to it
    /// in the body has happened to it in the next time round.
    fn unpaired(&mut self) {
        for at in 0..self.objects.len() {
            let object = &self.objects[at];
            let new = usize::from(object.new);
            if new < self.body && self.named[new] && object.next == NONE {
                self.give_up(at as u16);
            }
        }
    }

    /// Whether value `left` of where the body begins may be `right` of its end in the next round.
    fn meet(&mut self, trace: &Trace, left: Ref, right: Ref) -> bool {
        match (self.object(trace, left), self.object(trace, right)) {
            (Some(left), Some(right)) => {
                let (a, b) = (usize::from(left), usize::from(right));
                if self.objects[a].next == right {
                    return true;
                }
                let new = |at: usize| trace.get(usize::from(self.objects[at].new));
                let free = self.objects[a].next == NONE && self.objects[b].before == NONE;
                // Where the body names it without a phi, it is the same in all times round.
                let own = usize::from(self.objects[a].new);
                let stays = own < self.body && self.named[own] && !self.has_phi[own];
                if a == b || !free || stays || new(a).operands != new(b).operands {
                    return false;
                }
                (self.objects[a].next, self.objects[b].before) = (right, left);
                self.pairs.push_back((left, right));
                true
            }
            (None, None) => {
                if !self.follows(trace, left, right) {
                    return false;
                }
                if let (Some(left), Some(right)) = (float_of(trace, left), float_of(trace, right)) {
                    // If the floats cannot meet, the words do.
                    self.follows(trace, left, right);
                }
                true
            }
            _ => false,
        }
    }

    /// Whether a plain value is or can be followed by another; plans a phi.
    fn follows(&mut self, trace: &Trace, left: Ref, right: Ref) -> bool {
        if left.is_constant() {
            return left == right;
        }
        if left.index() >= self.body {
            return false;
        }
        let next = self.next[left.index()];
        if next != Ref::NONE {
            return next == right;
        }
        if left == right {
            // It has to stay without a phi, which another field may want.
            self.next[left.index()] = right;
            return true;
        }
        if self.named[left.index()] || trace.repr(left) != trace.repr(right) {
            return false;
        }
        self.next[left.index()] = right;
        self.planned.push((left, right));
        true
    }

    /// Whether two objects are alike where one takes the other's place.
    fn alike(&mut self, trace: &Trace, left: u16, right: u16) -> bool {
        let start = self.objects[usize::from(left)].at_loop;
        let end = self.objects[usize::from(right)].newest;
        if self.field_count(start) != self.field_count(end) {
            return false;
        }
        let mut at = start;
        while at != NONE {
            let stored = self.stores[usize::from(at)];
            let current = self.find(start, stored.displacement);
            if current.is_some_and(|(newest, _)| newest == at) {
                let Some((_, other)) = self.find(end, stored.displacement) else {
                    return false;
                };
                let (a, b) = (
                    self.resolve(trace, stored.value),
                    self.resolve(trace, other.value),
                );
                if stored.op != other.op || !self.meet(trace, a, b) {
                    return false;
                }
            }
            at = stored.older;
        }
        true
    }

    /// How many fields a chain of stores fills.
    fn field_count(&self, newest: u16) -> usize {
        let mut count = 0;
        let mut at = newest;
        while at != NONE {
            let stored = self.stores[usize::from(at)];
            let current = self.find(newest, stored.displacement);
            count += usize::from(current.is_some_and(|(newest, _)| newest == at));
            at = stored.older;
        }
        count
    }

    /// Whether the float of a `tag` of before the loop stands for its word in the body as well:
    /// whatever replaces the word is the word of what replaces the float.
    pub(crate) fn float_follows(&self, trace: &Trace, tag: Ref, float: Ref) -> bool {
        let next_of = |r: Ref| match r.is_constant() || r.index() >= self.body {
            true => Ref::NONE,
            false => self.next[r.index()],
        };
        let (word, own) = (next_of(tag), next_of(float));
        let stays = own == Ref::NONE || own == float;
        if word == Ref::NONE || word == tag {
            return stays;
        }
        match float_of(trace, word) {
            Some(other) => own == other || stays && other == float,
            None => false,
        }
    }
}

/// The displacement that a store or load reaches, if it is the same in all times round.
pub(crate) fn place_of(trace: &Trace, ins: Ins) -> Option<u16> {
    let first = match ins.op {
        Op::LoadItem | Op::LoadItemFloat => ins.operands[2],
        Op::StoreItem | Op::StoreItemFloat => ins.operands[3],
        _ => return Some(ins.operands[1]),
    };
    let Some(Const::Word(index)) = trace.constant_of(ins.operand(1)) else {
        return None;
    };
    let bytes = index.as_small()?.checked_mul(8)?;
    u16::try_from(i64::from(first).checked_add(bytes)?).ok()
}
