//! What every trace must satisfy: operands are defined before they are used and are represented
//! as the op wants them, snapshots exist, a phi joins two values of one representation.

use crate::buffer::{NO_SNAPSHOT, Ref, Trace};
use crate::ops::{Cond, Op, Repr};

/// Checks a trace; the error names the op.
pub fn verify(trace: &Trace) -> Result<(), String> {
    let mut body = None;
    for at in 0..trace.len() {
        let ins = trace.get(at);
        let fail = |what: &str| Err(format!("v{at} {}: {what}", ins.op.info().name));
        for (place, r) in ins.refs().enumerate() {
            if !exists(trace, r, at) {
                return fail("an operand is not defined before it");
            }
            if !wanted(ins.op, place).contains(&trace.repr(r)) {
                return fail("an operand is not represented as it must be");
            }
        }
        if let Some(snapshot) = ins.snapshot()
            && let Err(what) = verify_snapshot(trace, snapshot, at)
        {
            return fail(what);
        }
        match ins.op {
            Op::Loop if body.replace(at).is_some() => return fail("there is one already"),
            Op::GuardInt | Op::GuardFloats if Cond::from_number(ins.operands[0]).is_none() => {
                return fail("there is no such condition");
            }
            Op::Phi => {
                let (left, right) = (ins.operand(0), ins.operand(1));
                let Some(body) = body else {
                    return fail("there is no loop");
                };
                if left.is_constant() || left.index() >= body {
                    return fail("its left side is not of before the loop");
                }
                if trace.repr(left) != trace.repr(right) {
                    return fail("its sides are represented differently");
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn exists(trace: &Trace, r: Ref, before: usize) -> bool {
    if r.is_constant() {
        r.index() < trace.pool().len()
    } else {
        r.index() < before
    }
}

fn verify_snapshot(trace: &Trace, snapshot: u16, at: usize) -> Result<(), &'static str> {
    let mut next = snapshot;
    while next != NO_SNAPSHOT {
        if next as usize >= trace.snapshot_count() {
            return Err("its snapshot does not exist");
        }
        for (_, value) in trace.frame_values(next) {
            if !exists(trace, value, at) {
                return Err("its snapshot names what is not defined before it");
            }
            if !matches!(trace.repr(value), Repr::Word | Repr::Float) {
                return Err("its snapshot names what is no value");
            }
        }
        let parent = trace.frame(next).parent;
        if parent != NO_SNAPSHOT && parent >= next {
            return Err("its snapshot's parent comes after it");
        }
        next = parent;
    }
    Ok(())
}

/// The representations that a reference operand may have.
fn wanted(op: Op, place: usize) -> &'static [Repr] {
    const WORD: &[Repr] = &[Repr::Word];
    const FLOAT: &[Repr] = &[Repr::Float];
    const RAW: &[Repr] = &[Repr::Raw];
    match op {
        Op::GuardShape | Op::GuardVersion if place == 1 => RAW,
        Op::StoreRange if place == 1 => RAW,
        Op::GuardInt => &[Repr::Word, Repr::Raw],
        Op::GuardFloats | Op::Tag => FLOAT,
        Op::AddFloat | Op::SubFloat | Op::MulFloat | Op::DivFloat | Op::NegFloat => FLOAT,
        Op::AddRaw | Op::TagInt => RAW,
        Op::Phi => &[Repr::Word, Repr::Float, Repr::Raw],
        _ => WORD,
    }
}
