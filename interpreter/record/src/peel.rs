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
//! known content of the preamble has its copy. If one has not, the body is emitted again knowing
//! no contents.

use crate::abort::Abort;
use crate::contents::{Content, Contents, Field};
use crate::emit::{Assumed, Emitter, Mark};
use trace::{Entry, NO_SNAPSHOT, Op, Ref, Repr, Role};

/// Closes the loop. `last` gives the value of each of the first frame's registers at the end of
/// the recorded time round, where it is not what it was at the start.
pub(crate) fn close(emitter: &mut Emitter, last: &[Option<Ref>]) -> Result<(), Abort> {
    let mark = emitter.mark();
    let kept = emitter.memory.clone();
    match body(emitter, &mark, last, &kept) {
        Err(Abort::Unstable) => {
            emitter.go_back(&mark);
            body(emitter, &mark, last, &Contents::default())
        }
        closed => closed,
    }
}

fn body(
    emitter: &mut Emitter,
    preamble: &Mark,
    last: &[Option<Ref>],
    contents: &Contents,
) -> Result<(), Abort> {
    emitter.emit(Op::Loop, &[])?;
    let assumed = emitter.begin_body();
    let mut copies: Vec<Ref> = Vec::with_capacity(preamble.ops);
    let mut snapshots: Vec<u16> = vec![NO_SNAPSHOT; preamble.snapshots];
    let mut entries = Vec::new();
    let mut operands = [0u16; 8];
    for at in 0..preamble.ops {
        let ins = emitter.trace.get(at);
        let op = ins.op;
        if op == Op::Arg {
            let register = ins.operands[0] as usize;
            let end = last.get(register).copied().flatten();
            copies.push(end.unwrap_or(Ref(at as u16)));
            continue;
        }
        let count = ins.operands.len();
        operands[..count].copy_from_slice(&ins.operands);
        let mut snapshot = ins.snapshot();
        for (place, letter) in op.info().operands.bytes().enumerate() {
            if letter == b'r' {
                let old = Ref(operands[place]);
                let copy = copied(&copies, old);
                if changes_repr(emitter, op, old, copy) {
                    return Err(Abort::Unstable);
                }
                operands[place] = copy.0;
            }
        }
        let is_made = |&s: &u16| s != NO_SNAPSHOT && snapshots[usize::from(s)] != NO_SNAPSHOT;
        // Most guards are known to hold, and need no snapshot.
        if op.info().role != Role::Call && snapshot.is_some_and(|s| !is_made(&s)) {
            let own = &operands[..count - 1];
            if let Some(folded) = emitter.fold(op, own) {
                let copy = folded?;
                emitter.assume_as(at, copy);
                copies.push(copy);
                continue;
            }
        }
        if let Some(snapshot) = snapshot.take_if(|snapshot| *snapshot != NO_SNAPSHOT) {
            let copied = (&copies[..], &mut snapshots[..]);
            operands[count - 1] = copy_snapshot(emitter, copied, &mut entries, snapshot)?;
        }
        let copy = emitter.emit(op, &operands[..count])?;
        emitter.assume_as(at, copy);
        copies.push(copy);
    }
    for content in contents.iter() {
        let field = match content.field {
            Field::Item(index, first) => Field::Item(copied(&copies, index), first),
            Field::Byte(index, first) => Field::Byte(copied(&copies, index), first),
            field => field,
        };
        let copy = Content {
            object: copied(&copies, content.object),
            field,
            value: copied(&copies, content.value),
        };
        if !emitter.memory.contains(copy) {
            return Err(Abort::Unstable);
        }
    }
    phis(emitter, &assumed, preamble.ops, &copies)
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

/// Whether an op would get a float where it works on a word. Guards and `untag` fold.
fn changes_repr(emitter: &Emitter, op: Op, old: Ref, new: Ref) -> bool {
    let folds = matches!(
        op,
        Op::GuardSmall
            | Op::GuardFloat
            | Op::GuardObject
            | Op::GuardIs
            | Op::GuardIsNot
            | Op::Untag
    );
    !folds && emitter.repr(old) != emitter.repr(new)
}

/// Copies a snapshot, given what was copied so far: values, and snapshots.
fn copy_snapshot(
    emitter: &mut Emitter,
    (copies, snapshots): (&[Ref], &mut [u16]),
    entries: &mut Vec<Entry>,
    at: u16,
) -> Result<u16, Abort> {
    let done = snapshots[at as usize];
    if done != NO_SNAPSHOT {
        return Ok(done);
    }
    let mut frame = emitter.trace.frame(at);
    if frame.parent != NO_SNAPSHOT {
        frame.parent = copy_snapshot(emitter, (copies, &mut *snapshots), entries, frame.parent)?;
    }
    frame.function = copied_or_none(copies, frame.function);
    entries.clear();
    entries.extend(emitter.trace.frame_entries(at));
    for entry in &mut *entries {
        entry.value = emitter.untagged(copied(copies, entry.value));
        entry.fact = emitter.fact(entry.value)?;
    }
    let made = emitter.trace.snapshot(frame, entries.iter().copied())?;
    snapshots[at as usize] = made;
    Ok(made)
}

/// Appends a phi for each value of the preamble that the body uses and that has a copy of its own.
fn phis(
    emitter: &mut Emitter,
    assumed: &Assumed,
    body: usize,
    copies: &[Ref],
) -> Result<(), Abort> {
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
                    if !trace.is_in_place(snapshot, register, value) {
                        add(value);
                    }
                }
            }
        }
    }
    let mut pairs = Vec::new();
    while let Some(left) = work.pop() {
        let right = copies[left];
        if right == Ref(left as u16) {
            if !assumed.shape_holds(emitter, left) {
                return Err(Abort::Unstable);
            }
            continue;
        }
        let both = (emitter.repr(Ref(left as u16)), emitter.repr(right));
        if both.0 != both.1 || both.0 == Repr::None {
            return Err(Abort::Unstable);
        }
        if !assumed.holds(emitter, left, right) {
            return Err(Abort::Unstable);
        }
        pairs.push((left as u16, right.0));
        if !right.is_constant()
            && right.index() < body
            && !std::mem::replace(&mut used[right.index()], true)
        {
            work.push(right.index());
        }
    }
    if !assumed.constants_hold(emitter) {
        return Err(Abort::Unstable);
    }
    pairs.sort_unstable();
    for (left, right) in pairs {
        emitter.emit(Op::Phi, &[left, right])?;
    }
    Ok(())
}
