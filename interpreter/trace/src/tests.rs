//! Text form, verifier and executor at their own boundary.

use crate::{Datum, Exit, Trace, execute, parse, print, verify};
use object::Value;

/// A loop over a counter and a float, with an inlined call's snapshot.
const LOOP: &str = "  v0 = arg 0
@0 pc 4 r0=v0 r1=7
  guard_small v0 @0
  v2 = arg 2
  guard_float v2 @0
  v4 = untag v2
@1 pc 9 r0=v0 r2=v4
@2 pc 3 in @1 function w:0x2c base 10 to 5 r0=v4 r1=v0
  v5 = add_int v0 1 @2
  v6 = add_float v4 f:0.5
  loop
@3 pc 4 r0=v5 r1=7 r2=v6
  guard_int lt v5 10 @3
  v9 = add_int v5 1 @3
  v10 = add_float v6 f:0.5
  phi v5 v9
  phi v6 v10
";

fn parsed(text: &str) -> Trace {
    match parse(text) {
        Ok(trace) => trace,
        Err(error) => panic!("{error}"),
    }
}

fn run(text: &str, registers: &[Value]) -> Option<Exit> {
    let trace = parsed(text);
    assert_eq!(verify(&trace), Ok(()));
    execute(&trace, registers, 10_000)
}

#[test]
fn text_comes_back_as_it_was() {
    let trace = parsed(LOOP);
    assert_eq!(print(&trace), LOOP);
    assert_eq!(parsed(&print(&trace)), trace);
}

#[test]
fn the_verifier_takes_a_good_trace() {
    assert_eq!(verify(&parsed(LOOP)), Ok(()));
}

#[test]
fn the_verifier_rejects() {
    let cases = [
        ("  v0 = add_float v1 v1\n", "not defined before it"),
        ("  v0 = arg 0\n  v1 = add_float v0 v0\n", "not represented"),
        (
            "  v0 = arg 0\n  guard_small v0 @3\n",
            "snapshot does not exist",
        ),
        (
            "@0 pc 0 r0=v5\n  v0 = arg 0\n  guard_small v0 @0\n",
            "not defined before it",
        ),
        (
            "@0 pc 0 r0=raw:1\n  v0 = arg 0\n  guard_small v0 @0\n",
            "no value",
        ),
        ("  loop\n  loop\n", "one already"),
        ("  v0 = arg 0\n  phi v0 v0\n", "there is no loop"),
        (
            "  v0 = arg 0\n  v1 = untag v0\n  loop\n  phi v0 v1\n",
            "represented differently",
        ),
        (
            "  loop\n  v1 = arg 0\n  phi v1 v1\n",
            "not of before the loop",
        ),
    ];
    for (text, expected) in cases {
        let error = verify(&parsed(text)).err().unwrap_or_default();
        assert!(error.contains(expected), "{text}: {error}");
    }
}

#[test]
fn the_parser_names_the_line() {
    let cases = [
        (
            "  v0 = arg 0\n  v3 = arg 1\n",
            "line 2: the result is v1, not v3",
        ),
        ("  fly v0\n", "line 1: there is no op fly"),
        ("  v0 = arg\n", "line 1: arg takes 1 operands"),
        ("  v0 = arg x\n", "line 1: x is no number that fits"),
        ("  guard_int near 1 2 @0\n", "line 1: near is no condition"),
        ("@1 pc 3\n", "line 1: the snapshot is @0, not @1"),
    ];
    for (text, expected) in cases {
        assert_eq!(parse(text).err().as_deref(), Some(expected));
    }
}

#[test]
fn the_executor_goes_round_until_a_guard_fails() {
    let registers = [Value::small(1), Value::NONE, Value::float(0.25)];
    let Some(exit) = run(LOOP, &registers) else {
        panic!("it does not leave")
    };
    let trace = parsed(LOOP);
    assert_eq!(trace.frame(exit.snapshot).pc, 4);
    let values: Vec<Datum> = trace
        .frame_values(exit.snapshot)
        .map(|(_, value)| exit.value(&trace, value))
        .collect();
    let expected = [Value::small(10), Value::small(7)].map(Datum::Word);
    assert_eq!(values, [&expected[..], &[Datum::Float(4.75)]].concat());
}

#[test]
fn the_executor_leaves_at_the_first_guard_that_fails() {
    let registers = [Value::NONE, Value::NONE, Value::float(0.25)];
    assert_eq!(run(LOOP, &registers).map(|exit| exit.at), Some(1));
    let registers = [Value::small((1 << 60) - 1), Value::NONE, Value::float(0.25)];
    assert_eq!(run(LOOP, &registers).map(|exit| exit.at), Some(5));
}
