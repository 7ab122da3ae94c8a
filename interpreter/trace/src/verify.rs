//! What every trace must satisfy: operands are defined before they are used and are represented
//! as the op wants them, snapshots exist, a phi joins two values of one representation.

use crate::buffer::{NO_SNAPSHOT, Ref, Trace};
use crate::ops::{Cond, Op, Repr};
use crate::rt::{FloatFn, Rt};
use object::layout;

/// Checks a trace; the error names the op.
pub fn verify(trace: &Trace) -> Result<(), String> {
    verify_sunk(trace)?;
    let mut body = None;
    let mut last = None;
    for at in 0..trace.len() {
        let ins = trace.get(at);
        let fail = |what: &str| Err(format!("v{at} {}: {what}", ins.op.info().name));
        if last.is_some_and(Op::ends) || last == Some(Op::Phi) && ins.op != Op::Phi {
            return fail("it comes after the end");
        }
        if last == Some(Op::Carry) && !matches!(ins.op, Op::Carry | Op::Jump) {
            return fail("no jump follows what is carried");
        }
        last = Some(ins.op);
        for (place, r) in ins.refs().enumerate() {
            if !exists(trace, r, at) {
                return fail("an operand is not defined before it");
            }
            let sinks = ins.op == Op::Store && place == 1 && trace.repr(r) == Repr::Float;
            let sinks = sinks && trace.sunk_object(ins.operand(0)).is_some();
            if !sinks && !wanted(ins.op, place).contains(&trace.repr(r)) {
                return fail("an operand is not represented as it must be");
            }
        }
        if let Some(snapshot) = ins.snapshot()
            && let Err(what) = verify_snapshot(trace, snapshot, at)
        {
            return fail(what);
        }
        if ins.op == Op::Loop && body.replace(at).is_some() {
            return fail("there is one already");
        }
        if let Err(what) = verify_numbers(trace, at, body) {
            return fail(what);
        }
    }
    Ok(())
}

/// What only some ops ask for.
fn verify_numbers(trace: &Trace, at: usize, body: Option<usize>) -> Result<(), &'static str> {
    let ins = trace.get(at);
    let number = || ins.operands[0];
    let varies = |place: usize| !ins.operand(place).is_constant();
    match ins.op {
        Op::GuardInt | Op::GuardFloats if Cond::from_number(number()).is_none() => {
            return Err("there is no such condition");
        }
        Op::GuardInt | Op::GuardBelow => {
            let mut refs = ins.refs();
            if let (Some(a), Some(b)) = (refs.next(), refs.next())
                && trace.repr(a) != trace.repr(b)
            {
                return Err("its sides are represented differently");
            }
        }
        Op::GuardValidFor | Op::LoadAbs | Op::StoreAbs | Op::Jump if varies(0) => {
            return Err("an operand must be a constant");
        }
        Op::GuardShape | Op::New | Op::Finish if varies(1) => {
            return Err("an operand must be a constant");
        }
        Op::New if !(8..=layout::SMALL_BYTES_MAX).contains(&usize::from(number())) => {
            return Err("there are no objects of this size");
        }
        Op::Call0 | Op::Call1 | Op::Call2 | Op::Call3 | Op::Call4 => {
            if Rt::from_number(number()).is_none_or(|f| f.arguments() != ins.operands.len() - 3) {
                return Err("there is no such function of so many arguments");
            }
            if varies(1) {
                return Err("an operand must be a constant");
            }
        }
        Op::CallFloat | Op::CallFloat2 => {
            let arguments = ins.operands.len() - 1;
            if FloatFn::from_number(number()).is_none_or(|f| f.arguments() != arguments) {
                return Err("there is no such function of so many arguments");
            }
        }
        Op::DivThree if ins.refs().any(Ref::is_constant) => {
            return Err("one of several quotients has a constant as an operand");
        }
        Op::OtherFloat => {
            let first = ins.operand(0);
            let between = |first: usize| (first + 1..at).all(|o| trace.op(o) == Op::OtherFloat);
            if first.is_constant() || first.index() >= at || !between(first.index()) {
                return Err("it does not stand right behind the op whose result it is");
            }
            let wanted = usize::from(ins.operands[1]);
            if !(1..trace.get(first.index()).results()).contains(&wanted) {
                return Err("the op does not have so many results");
            }
        }
        Op::Phi => {
            let (left, right) = (ins.operand(0), ins.operand(1));
            let Some(body) = body else {
                return Err("there is no loop");
            };
            if left.is_constant() || left.index() >= body {
                return Err("its left side is not of before the loop");
            }
            if trace.repr(left) != trace.repr(right) {
                return Err("its sides are represented differently");
            }
        }
        _ => {}
    }
    Ok(())
}

fn verify_sunk(trace: &Trace) -> Result<(), String> {
    let mut before = None;
    for object in trace.sunk() {
        let fail = |what: &str| Err(format!("sunk v{}: {what}", object.new));
        let op = |at: u16| (usize::from(at) < trace.len()).then(|| trace.get(usize::from(at)));
        if op(object.new).is_none_or(|ins| ins.op != Op::New) {
            return fail("it is no allocation");
        }
        if before.replace(object.new) >= Some(object.new) {
            return fail("it is out of order");
        }
        for &store in &object.stores {
            let known = op(store).is_some_and(|ins| {
                matches!(
                    ins.op,
                    Op::Store | Op::StoreRaw | Op::StoreHalf | Op::StoreFloat
                ) && ins.operand(0) == Ref(object.new)
            });
            if !known {
                return fail("it has a store that is none into it");
            }
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
    const INTEGER: &[Repr] = &[Repr::Word, Repr::Raw];
    const ANY: &[Repr] = &[Repr::Word, Repr::Float, Repr::Raw];
    match op {
        Op::GuardShape | Op::StoreRaw | Op::StoreHalf if place == 1 => RAW,
        Op::StoreFloat if place == 1 => FLOAT,
        Op::StoreItemFloat if place == 2 => FLOAT,
        Op::StoreByteAt if place == 2 => RAW,
        Op::GuardValidFor => RAW,
        Op::LoadAbs | Op::StoreAbs | Op::New | Op::Jump if place == 0 => RAW,
        Op::Finish if place == 1 => RAW,
        Op::GuardInt | Op::GuardBelow => INTEGER,
        Op::GuardFloats | Op::Tag | Op::TruncFloat => FLOAT,
        Op::AddFloat | Op::SubFloat | Op::MulFloat | Op::DivFloat => FLOAT,
        Op::NegFloat | Op::AbsFloat | Op::SqrtFloat | Op::CallFloat | Op::CallFloat2 => FLOAT,
        Op::DivThree | Op::OtherFloat => FLOAT,
        Op::AddRaw | Op::SubRaw | Op::AndRaw | Op::MulRaw | Op::TagInt => RAW,
        Op::Call0 | Op::Call1 | Op::Call2 | Op::Call3 | Op::Call4 if place == 0 => RAW,
        Op::Call1 | Op::Call2 | Op::Call3 | Op::Call4 => ANY,
        Op::Phi | Op::Carry => ANY,
        _ => WORD,
    }
}
