//! Emission and the closing of loops, on traces made by hand. Recording itself is tested where
//! programs can be run, in `jit`.

use crate::abort::Abort;
use crate::emit::Emitter;
use crate::peel::close;
use object::Value;
use trace::{Cond, Entry, Fact, NO_SNAPSHOT, Op, Ref, Snapshot, verify};

/// Registers from 0 on with these values, of which nothing is known.
fn entries(values: [Ref; 3]) -> Vec<Entry> {
    let entries = (0..).zip(values).map(|(register, value)| Entry {
        register,
        value,
        fact: Fact::default(),
    });
    entries.collect()
}

/// A loop over register 0 up to register 1 that stores a float, growing by half, into slot 0 of
/// the object in register 2.
fn counting() -> Result<(Emitter, Vec<Option<Ref>>), Abort> {
    let mut e = Emitter::new(1000);
    let [i, n, object] = [0, 1, 2].map(|at| e.emit(Op::Arg, &[at]));
    let (i, n, object) = (i?, n?, object?);
    let frame = Snapshot::of_frame(NO_SNAPSHOT, Ref::NONE, 0, 0, 3);
    let s = e.trace.snapshot(frame, &entries([i, n, object]))?;
    for r in [i, n] {
        e.emit(Op::GuardSmall, &[r.0, s])?;
    }
    e.emit(Op::GuardInt, &[Cond::Lt as u16, i.0, n.0, s])?;
    e.emit(Op::GuardObject, &[object.0, s])?;
    let shape = e.raw(100)?;
    e.emit(Op::GuardShape, &[object.0, shape.0, s])?;
    let old = e.emit(Op::Load, &[object.0, 16])?;
    e.emit(Op::GuardFloat, &[old.0, s])?;
    let old = e.emit(Op::Untag, &[old.0])?;
    let half = e.trace.constant(trace::Const::Float(0.5f64.to_bits()))?;
    let new = e.emit(Op::AddFloat, &[old.0, half.0])?;
    let word = e.emit(Op::Tag, &[new.0, s])?;
    e.emit(Op::Store, &[object.0, 16, word.0])?;
    let one = e.word(Value::small(1))?;
    let next = e.emit(Op::AddInt, &[i.0, one.0, s])?;
    Ok((e, vec![Some(next), Some(n), Some(object)]))
}

#[test]
fn a_body_keeps_only_what_changes() {
    let closed = counting().and_then(|(mut emitter, last)| {
        let mark = emitter.mark();
        close(&mut emitter, &mark, &last)?;
        Ok(emitter.trace)
    });
    let Ok(trace) = closed else {
        panic!("the loop is not closed")
    };
    assert_eq!(verify(&trace), Ok(()));
    let text = trace::print(&trace);
    let body = text.split("  loop\n").nth(1);
    let expected = "\
@1 pc 3 r0=v14:small r1=v1:small r2=v2:object#100
  guard_int lt v14 v1 @1
  v17 = add_float v11 f:0.5
  v18 = tag v17 @1
  store v2 16 v18
  v20 = add_int v14 1 @1
  phi v11 v17
  phi v14 v20
";
    assert_eq!(body, Some(expected), "{text}");
}

#[test]
fn a_test_that_cannot_hold_ends_the_recording() {
    let contradiction = counting().and_then(|(mut emitter, last)| {
        emitter.emit(Op::GuardFloat, &[last[0].map_or(0, |r| r.0), 0])
    });
    assert_eq!(contradiction, Err(Abort::Contradiction));
}

#[test]
fn what_is_constant_is_computed_once_and_not_emitted() {
    let mut e = Emitter::new(10);
    let sum = e.word(Value::small(2)).and_then(|two| {
        let three = e.word(Value::small(3))?;
        let product = e.emit(Op::MulInt, &[two.0, three.0, 0])?;
        e.emit(Op::SubInt, &[product.0, two.0, 0])
    });
    let Ok(sum) = sum else {
        panic!("it is not computed")
    };
    assert_eq!(
        e.trace.constant_of(sum),
        Some(trace::Const::Word(Value::small(4)))
    );
    assert!(e.trace.is_empty());
}

#[test]
fn a_trace_has_a_limit() {
    let mut e = Emitter::new(2);
    let made: Vec<bool> = (0..3).map(|at| e.emit(Op::Arg, &[at]).is_ok()).collect();
    assert_eq!(made, [true, true, false]);
}
