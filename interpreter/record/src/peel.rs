//! The loop: the recorded time round becomes the preamble, and is emitted a second time as the
//! body.
//!
//! What changes from one time round to the next need not be found by an analysis of the loop. The
//! recorded ops go through emission once more, with every register's entry value replaced by its
//! value at the end of the first time round. Emission knows what the preamble established, so a
//! test of something that does not change is found to hold, a load of it found to be known, and
//! neither is emitted again: what is left is the loop's true work. The technique is that of
//! LuaJIT's copy-substitution, by Mike Pall.
//!
//! *Why it is sound.* A value `p` of the preamble that the body uses stands, in the n-th time
//! round of the body, for what `p` was in the time round before; a phi moves the copy of `p` into
//! its place on the way back. Each test on `p` in the preamble has its copy on the copy of `p`, so
//! what is known of `p` holds again when the loop comes round. That is not so for the contents of
//! fields, as copies may alias where the originals did not; so it is checked at the end that every
//! known content of the preamble has its copy. Nor is it so for what the preamble knows of `p`
//! without a test, by the op that gives it. If a content or a fact has no copy, the body is emitted
//! again, knowing no contents and not that fact.
//!
//! *Floats.* A register that comes in with a word may go round with a float that has none. Where the
//! loop uses the word (passes it to a call), the recording ends by making one ([`wants_words`]).

use crate::abort::Abort;
use crate::body::{self, Body, Round};
use crate::contents::{Content, Contents, Field};
use crate::emit::{Assumed, Emitter, Mark};
use trace::{NO_SNAPSHOT, Op, Ref, Repr, Role};

/// How often a body is emitted before the loop is given up.
const ATTEMPTS_MAX: usize = 4;

/// Closes the loop. `last` gives the value of each of the first frame's registers at the end of
/// the recorded time round, where it is not what it was at the start; what was recorded goes up to `mark`.
/// Gives how bridges enter the body, if they can.
pub(crate) fn close(
    emitter: &mut Emitter,
    mark: &Mark,
    last: &[Option<Ref>],
) -> Result<Option<Body>, Abort> {
    let mut contents = emitter.memory.clone();
    let mut doubted = Vec::new();
    let mut attempts = 1;
    loop {
        match body(emitter, mark, last, &contents, &mut doubted) {
            Ok(round) => return Ok(body::find(emitter, &round)),
            Err(Abort::Unstable) if attempts < ATTEMPTS_MAX => {}
            Err(abort) => return Err(abort),
        }
        attempts += 1;
        contents = Contents::default();
        emitter.go_back(mark);
        doubted.iter().for_each(|&r| emitter.doubt(r));
    }
}

/// The ends of registers that are floats although the loop uses the word that the register came in
/// with.
pub(crate) fn wants_words(emitter: &Emitter, last: &[Option<Ref>]) -> Vec<Ref> {
    let trace = &emitter.trace;
    let is_float = |end: &Ref| emitter.repr(*end) == Repr::Float;
    let floats: Vec<(Ref, Ref)> = (0..trace.len())
        .filter(|&at| trace.op(at) == Op::Arg)
        .filter_map(|at| {
            let register = usize::from(trace.get(at).operands[0]);
            let end = last.get(register).copied().flatten().filter(is_float)?;
            Some((Ref(at as u16), end))
        })
        .filter(|&(argument, end)| !emitter.is_float_of(end, argument))
        .collect();
    let mut wanted = Vec::new();
    if floats.is_empty() {
        return wanted;
    }
    for at in 0..trace.len() {
        let ins = trace.get(at);
        if folds_floats(ins.op) {
            continue;
        }
        for r in ins.refs() {
            let ends = floats.iter().filter(|(argument, _)| *argument == r);
            wanted.extend(ends.map(|&(_, end)| end));
        }
    }
    wanted
}

fn body(
    emitter: &mut Emitter,
    preamble: &Mark,
    last: &[Option<Ref>],
    contents: &Contents,
    doubted: &mut Vec<Ref>,
) -> Result<Round, Abort> {
    emitter.emit(Op::Loop, &[])?;
    let assumed = emitter.begin_body();
    let mut copies: Vec<Ref> = Vec::with_capacity(preamble.ops());
    let mut folded = Vec::with_capacity(preamble.ops());
    let mut snapshots: Vec<u16> = vec![NO_SNAPSHOT; preamble.extent.snapshots()];
    for at in 0..preamble.ops() {
        let ins = emitter.trace.get(at);
        let op = ins.op;
        if op == Op::Arg {
            let register = ins.operands[0] as usize;
            let own = Ref(at as u16);
            let end = last.get(register).copied().flatten();
            let end = end.filter(|&end| !emitter.is_float_of(end, own));
            copies.push(end.unwrap_or(own));
            folded.push(false);
            continue;
        }
        let mut operands = ins.operands;
        let mut snapshot = ins.snapshot();
        for place in ins.ref_places() {
            let old = ins.operand(place);
            let copy = copied(&copies, old);
            let copy = match folds_floats(op) {
                true => copy,
                false => in_repr_of(emitter, old, copy)?,
            };
            operands.set(place, copy.0);
        }
        let is_made = |&s: &u16| s != NO_SNAPSHOT && snapshots[usize::from(s)] != NO_SNAPSHOT;
        // Most guards are known to hold, and need no snapshot.
        if op.role() != Role::Call
            && snapshot.is_some_and(|s| !is_made(&s))
            && let Some(copy) = emitter.fold(op, operands.without_snapshot())
        {
            let copy = copy?;
            folded.push(true);
            emitter.assume_as(at, copy);
            copies.push(copy);
            continue;
        }
        if let Some(snapshot) = snapshot.take_if(|snapshot| *snapshot != NO_SNAPSHOT) {
            let copied = (&copies[..], &mut snapshots[..]);
            operands.set_last(copy_snapshot(emitter, copied, snapshot)?);
        }
        let before = emitter.trace.len();
        let copy = emitter.emit_op(op, &operands)?;
        folded.push(emitter.trace.len() == before);
        emitter.assume_as(at, copy);
        copies.push(copy);
    }
    contents_hold(emitter, &copies, contents)?;
    let used = phis(emitter, &assumed, preamble.ops(), &copies, doubted)?;
    Ok(Round {
        folded,
        copies,
        used,
        assumed,
    })
}

/// Whether every known content of the preamble has its copy.
fn contents_hold(emitter: &mut Emitter, copies: &[Ref], contents: &Contents) -> Result<(), Abort> {
    for content in contents.iter() {
        let object = copied(copies, content.object);
        let value = copied(copies, content.value);
        let value = in_repr_of(emitter, content.value, value)?;
        let field = match content.field {
            Field::Item(index, first) => Field::Item(copied(copies, index), first),
            Field::Byte(index, first) => Field::Byte(copied(copies, index), first),
            Field::Found(key) => Field::Found(copied(copies, key)),
            field => field,
        };
        let copy = Content {
            object,
            field,
            value,
        };
        if !emitter.memory.contains(copy) {
            return Err(Abort::Unstable);
        }
    }
    Ok(())
}

fn copied(copies: &[Ref], r: Ref) -> Ref {
    if r.is_constant() {
        r
    } else {
        copies[r.index()]
    }
}

fn copied_or_none(copies: &[Ref], r: Ref) -> Ref {
    if r == Ref::NONE { r } else { copied(copies, r) }
}

/// Whether an op that takes a word takes a float in its place: guards and `untag` fold.
fn folds_floats(op: Op) -> bool {
    matches!(
        op,
        Op::GuardSmall
            | Op::GuardFloat
            | Op::GuardObject
            | Op::GuardIs
            | Op::GuardIsNot
            | Op::Untag
    )
}

/// A value's copy in the value's representation: the word of a float that has got one.
#[inline(always)]
fn in_repr_of(emitter: &mut Emitter, old: Ref, copy: Ref) -> Result<Ref, Abort> {
    if old == copy {
        return Ok(copy);
    }
    in_other_repr_of(emitter, old, copy)
}

fn in_other_repr_of(emitter: &mut Emitter, old: Ref, copy: Ref) -> Result<Ref, Abort> {
    match (emitter.repr(old), emitter.repr(copy)) {
        (old, new) if old == new => Ok(copy),
        (Repr::Word, Repr::Float) if copy.is_constant() => {
            let word = emitter.emit(Op::Tag, &[copy.0, NO_SNAPSHOT]);
            word.map_err(|_| Abort::Unstable)
        }
        (Repr::Word, Repr::Float) => emitter.tagged(copy).ok_or(Abort::Unstable),
        _ => Err(Abort::Unstable),
    }
}

/// Copies a snapshot, given what was copied so far: values, and snapshots.
fn copy_snapshot(
    emitter: &mut Emitter,
    (copies, snapshots): (&[Ref], &mut [u16]),
    at: u16,
) -> Result<u16, Abort> {
    let done = snapshots[at as usize];
    if done != NO_SNAPSHOT {
        return Ok(done);
    }
    let mut frame = emitter.trace.frame(at);
    if frame.parent != NO_SNAPSHOT {
        frame.parent = copy_snapshot(emitter, (copies, &mut *snapshots), frame.parent)?;
    }
    frame.function = copied_or_none(copies, frame.function);
    for place in 0..emitter.trace.frame_entries(at).len() {
        let entry = emitter.trace.frame_entries(at)[place];
        emitter.add_entry(entry.register, copied(copies, entry.value))?;
    }
    let made = emitter.trace.end_snapshot(frame)?;
    snapshots[at as usize] = made;
    Ok(made)
}

/// Appends a phi for each value of the preamble that the body uses and that has a copy of its own.
/// Gives which values those are that it uses, with those that take their places.
fn phis(
    emitter: &mut Emitter,
    assumed: &Assumed,
    body: usize,
    copies: &[Ref],
    doubted: &mut Vec<Ref>,
) -> Result<Vec<bool>, Abort> {
    let trace = &emitter.trace;
    let mut used = vec![false; body];
    let mut work: Vec<usize> = Vec::new();
    let mut seen = vec![false; trace.snapshot_count()];
    {
        let mut add = |r: Ref| {
            if !r.is_constant()
                && r.index() < body
                && !std::mem::replace(&mut used[r.index()], true)
            {
                work.push(r.index());
            }
        };
        for at in body..trace.len() {
            let ins = trace.get(at);
            ins.refs().for_each(&mut add);
            for snapshot in ins.snapshot().into_iter().flat_map(|s| trace.chain(s)) {
                if std::mem::replace(&mut seen[snapshot as usize], true) {
                    continue;
                }
                for (register, value) in trace.frame_values(snapshot) {
                    let place = trace.is_in_place(snapshot, register, value);
                    if !place || copies[value.index()] != value {
                        add(value);
                    }
                }
            }
        }
    }
    let mut pairs = Vec::new();
    let doubts = doubted.len();
    while let Some(left) = work.pop() {
        let own = Ref(left as u16);
        let right = in_repr_of(emitter, own, copies[left])?;
        if right == own {
            if !assumed.shape_holds(emitter, left) {
                doubted.push(own);
            }
            continue;
        }
        if emitter.repr(own) == Repr::None {
            return Err(Abort::Unstable);
        }
        if !assumed.holds(emitter, left, right) {
            doubted.push(own);
        }
        pairs.push((own.0, right.0));
        if !right.is_constant()
            && right.index() < body
            && !std::mem::replace(&mut used[right.index()], true)
        {
            work.push(right.index());
        }
    }
    if doubted.len() > doubts || !assumed.constants_hold(emitter) {
        return Err(Abort::Unstable);
    }
    pairs.sort_unstable();
    for (left, right) in pairs {
        emitter.emit(Op::Phi, &[left, right])?;
    }
    Ok(used)
}
