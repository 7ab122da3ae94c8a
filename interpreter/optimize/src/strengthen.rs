//! Guards on lengths: the first one that an index needs does for those that come after it.
//!
//! `p[0] - q[0]`, `p[1] - q[1]`, `p[2] - q[2]` tests `p`'s length three times. That it is above 2 says
//! the rest, but recording meets that test last. Here the first test of a length gets the largest
//! constant that any later one has, and the later ones go. A guard that leaves earlier than it had
//! to is never wrong: its snapshot is one from which the interpreter does the ops between by itself.
//! The body keeps its own tests, as what leaves in the preamble is not what leaves in each round.
//!
//! A test of a length with a constant needs no tag. If such tests are all that a tagged length is
//! for, they take the raw one and a raw constant, and the tagging goes, so that a target finds the
//! load right before its only use. That alone is not worth a copy of a trace that does not go round.

use crate::Buffers as All;
use crate::rewrite::Copier;
use object::layout::SMALL_SHIFT;
use trace::{Const, NO_SNAPSHOT, Op, Ref, Role, TooLong, Trace};

/// What becomes of an op.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Fate {
    Kept,
    /// A test of a length that an earlier one includes; a tag that no one wants.
    Gone,
    /// A test of a length with a larger constant.
    Stronger(Ref),
}

/// What is known of a value while the ops are looked at.
#[derive(Clone, Copy)]
struct Length {
    /// The first test that it is above a constant in this part of the trace.
    first: Option<u16>,
    /// Whether anything but tests with constants wants it.
    wanted: bool,
}

#[derive(Default)]
pub(crate) struct Buffers {
    fates: Vec<Fate>,
    lengths: Vec<Length>,
    seen: Vec<bool>,
}

/// The value that a guard compares with a constant, and the constant's place among the operands.
fn tested(trace: &Trace, at: usize) -> Option<(Ref, usize)> {
    let ins = trace.get(at);
    let (left, right) = match ins.op {
        Op::GuardBelow => (0, 1),
        Op::GuardInt => (1, 2),
        _ => return None,
    };
    match (ins.operand(left), ins.operand(right)) {
        (constant, value) if constant.is_constant() && !value.is_constant() => Some((value, left)),
        (value, constant) if constant.is_constant() && !value.is_constant() => Some((value, right)),
        _ => None,
    }
}

fn bits(trace: &Trace, constant: Ref) -> Option<u64> {
    match trace.constant_of(constant)? {
        Const::Word(word) => Some(word.bits()),
        Const::Raw(n) => Some(n as u64),
        Const::Float(_) => None,
    }
}

impl Buffers {
    /// Says what becomes of each op; whether anything changes.
    fn decide(&mut self, trace: &Trace) -> bool {
        let comes_round = !trace.is_empty() && !trace.op(trace.len() - 1).ends();
        let concerns = |op: Op| op == Op::GuardBelow || op == Op::TagInt && comes_round;
        if !(0..trace.len()).any(|at| concerns(trace.op(at))) {
            return false;
        }
        self.fates.clear();
        self.fates.resize(trace.len(), Fate::Kept);
        self.lengths.clear();
        let none = Length {
            first: None,
            wanted: false,
        };
        self.lengths.resize(trace.len(), none);
        self.seen.clear();
        self.seen.resize(trace.snapshot_count(), false);
        let (mut changes, mut tags) = (false, false);
        for at in 0..trace.len() {
            match trace.op(at) {
                Op::Loop => self.lengths.iter_mut().for_each(|l| l.first = None),
                Op::GuardBelow => changes |= self.include(trace, at),
                Op::TagInt => tags = true,
                _ => {}
            }
        }
        if tags && (changes || comes_round) {
            self.find_wanted(trace);
            for at in 0..trace.len() {
                let taken = trace.op(at) == Op::TagInt && !self.lengths[at].wanted;
                if taken && !trace.get(at).operand(0).is_constant() {
                    self.fates[at] = Fate::Gone;
                    changes = true;
                }
            }
        }
        changes
    }

    /// Lets the first test of a length do for the one at hand.
    fn include(&mut self, trace: &Trace, at: usize) -> bool {
        let Some((length, 0)) = tested(trace, at) else {
            return false;
        };
        let constant = trace.get(at).operand(0);
        let Some(first) = self.lengths[length.index()].first else {
            self.lengths[length.index()].first = Some(at as u16);
            return false;
        };
        let first = usize::from(first);
        let strongest = match self.fates[first] {
            Fate::Stronger(constant) => constant,
            _ => trace.get(first).operand(0),
        };
        if bits(trace, constant) > bits(trace, strongest) {
            self.fates[first] = Fate::Stronger(constant);
        }
        self.fates[at] = Fate::Gone;
        true
    }

    fn find_wanted(&mut self, trace: &Trace) {
        let mut part = 0;
        for at in 0..trace.len() {
            let ins = trace.get(at);
            if ins.op == Op::Loop {
                part = at;
            }
            // What the body finds in its places should be what recording knows of.
            let except = tested(trace, at).map(|(value, _)| value);
            let except = except.filter(|value| value.index() >= part);
            for r in ins.refs() {
                if !r.is_constant() && Some(r) != except {
                    self.lengths[r.index()].wanted = true;
                }
            }
            let mut snapshot = ins.snapshot().unwrap_or(NO_SNAPSHOT);
            while snapshot != NO_SNAPSHOT
                && !std::mem::replace(&mut self.seen[usize::from(snapshot)], true)
            {
                for (_, value) in trace.frame_values(snapshot) {
                    if !value.is_constant() {
                        self.lengths[value.index()].wanted = true;
                    }
                }
                snapshot = trace.frame(snapshot).parent;
            }
        }
    }
}

/// The raw constant of a small integer's word.
fn untagged(trace: &mut Trace, constant: Ref) -> Result<Ref, TooLong> {
    match trace.constant_of(constant) {
        Some(Const::Word(word)) => trace.constant(Const::Raw(word.bits() as i64 >> SMALL_SHIFT)),
        _ => Ok(constant),
    }
}

/// Copies a guard with another constant, or without tags.
fn copy_test(
    copier: &mut Copier<'_>,
    at: usize,
    constant: Option<Ref>,
    is_gone: impl Fn(Ref) -> bool,
) -> Result<(), TooLong> {
    let ins = copier.from.get(at);
    let Some((value, place)) = tested(copier.from, at) else {
        copier.copy(at)?;
        return Ok(());
    };
    let mut constant = constant.unwrap_or(ins.operand(place));
    let mut compared = copier.value(value);
    if is_gone(value) {
        compared = copier.value(copier.from.get(value.index()).operand(0));
        constant = untagged(copier.to, constant)?;
    }
    let other = match (ins.op, place) {
        (Op::GuardBelow, place) => 1 - place,
        (_, place) => 3 - place,
    };
    let mut ins = ins;
    ins.operands.set(place, constant.0);
    ins.operands.set(other, compared.0);
    if let Some(snapshot) = ins.snapshot() {
        ins.operands.set_last(copier.snapshot(snapshot)?);
    }
    let r = copier.to.push_ins(ins)?;
    copier.stands(r, r);
    Ok(())
}

/// The pass.
pub(crate) fn run(all: &mut All, from: &Trace, to: &mut Trace) -> Result<bool, TooLong> {
    let buffers = &mut all.strengthen;
    if !buffers.decide(from) {
        return Ok(false);
    }
    let fates = &buffers.fates;
    let is_gone = |r: Ref| fates[r.index()] == Fate::Gone;
    let mut copier = Copier::new(from, to, &mut all.maps);
    for (at, &fate) in fates.iter().enumerate() {
        match fate {
            Fate::Gone => copier.drop_op(),
            Fate::Stronger(constant) => copy_test(&mut copier, at, Some(constant), is_gone)?,
            Fate::Kept if from.op(at).role() == Role::Guard => {
                copy_test(&mut copier, at, None, is_gone)?;
            }
            Fate::Kept => {
                copier.copy(at)?;
            }
        }
    }
    copier.copy_sunk();
    Ok(true)
}
