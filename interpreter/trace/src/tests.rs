//! Text form, verifier and executor at their own boundary.

use crate::{Datum, Exit, Outcome, Part, Trace, execute, parse, print, verify};
use object::Value;

/// A loop over a counter and a float, with an inlined call's snapshot.
const LOOP: &str = "  v0 = arg 0
@0 pc 4 r0=v0 r1=7
  guard_small v0 @0
  v2 = arg 2
  guard_float v2 @0
  v4 = untag v2
@1 pc 9 r0=v0:small r2=v4:float r3=7:object#91
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
    execute(&trace, &mut registers.to_vec()[..], 10_000).exit()
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
        (
            "  v0 = arg 0\n  finish v0 raw:64\n  loop\n",
            "after the end",
        ),
        (
            "  v0 = arg 0\n@0 pc 1\n  guard_int lt v0 raw:1 @0\n",
            "represented differently",
        ),
        (
            "  v0 = arg 0\n@0 pc 1\n  v1 = call1 binary raw:1 v0 @0\n",
            "no such function of so many",
        ),
        (
            "  v0 = call_float pow f:1.0\n",
            "no such function of so many",
        ),
        ("  v0 = new 60000 raw:1\n", "no objects of this size"),
        ("  v0 = arg 0\nsunk v0 1\n", "it is no allocation"),
        (
            "  v0 = new 16 raw:1\n  v1 = new 16 raw:1\n  store v1 8 5\nsunk v0 2\n",
            "a store that is none into it",
        ),
        (
            "  v0 = new 16 raw:1\n  v1 = new 16 raw:1\nsunk v1\nsunk v0\n",
            "out of order",
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
        (
            "  v0 = call0 fly raw:1 @0\n",
            "line 1: there is no function fly",
        ),
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

/// What stands in no other trace here.
const WHOLE: &str = "  v0 = inherit 0
  v1 = inherit_float 1
  v2 = call_float sin v1
  v3 = new 24 raw:119
  store v3 8 v0
  v5 = new 24 raw:120
  store v5 8 v3
  store v5 16 5
@0 pc 3 r4=v5 r5=v3 r6=v5
  v8 = call2 binary raw:7 v0 3 @0
  store v3 8 v8
  poll @0
  leave @0
sunk v3 4 9
sunk v5 6 7
";

#[test]
fn functions_and_sunk_objects_have_text() {
    let trace = parsed(WHOLE);
    assert_eq!(verify(&trace), Ok(()));
    assert_eq!(print(&trace), WHOLE);
    assert_eq!(parsed(&print(&trace)), trace);
}

#[test]
fn an_exit_restores_a_sunk_object_once() {
    let trace = parsed(WHOLE);
    let parts = |at: usize| {
        let mut text = String::new();
        trace.exit_parts(at, 0, &mut |part| {
            text += &match part {
                Part::Frame(number) => format!("@{number}"),
                Part::Register(register, _) => format!(" r{register}"),
                Part::Leaf(value) if value.is_constant() => "=c".into(),
                Part::Leaf(value) => format!("=v{}", value.0),
                Part::Object { new, count } => format!("=new{new}/{count}"),
                Part::Field(store) => format!(" .{store}"),
                Part::Again(new) => format!("=again{new}"),
            };
        });
        text
    };
    // The field has the value of the last store before the exit.
    let before = "@0 r4=new5/2 .6=new3/1 .4=v0 .7=c r5=again3 r6=again5";
    let after = "@0 r4=new5/2 .6=new3/1 .9=v8 .7=c r5=again3 r6=again5";
    assert_eq!((parts(8).as_str(), parts(10).as_str()), (before, after));
}

#[test]
fn doubles_in_storage_have_text_and_a_meaning() {
    let text = "  v0 = arg 0
  v1 = untag v0
  v2 = new 32 raw:120
  store_float v2 16 v1
  store_float v2 24 f:0.5
  store_item_float v2 1 v1 16
  v6 = load_item_float v2 0 16
@0 pc 3 r0=v2 r1=v6
  leave @0
sunk v2 3 4
";
    let trace = parsed(text);
    assert_eq!(verify(&trace), Ok(()));
    assert_eq!(print(&trace), text);
    assert_eq!(parsed(&print(&trace)), trace);
    for wrong in [
        "  v0 = arg 0\n  store_float v0 16 v0\n",
        "  v0 = arg 0\n  store_item_float v0 1 v0 16\n",
        "  v0 = arg 0\n  v1 = load_item_float v0 1 16\n  store v0 16 v1\n",
    ] {
        assert!(verify(&parsed(wrong)).is_err(), "{wrong}");
    }
}

#[test]
fn traces_end_in_several_ways() {
    let end = |text: &str| execute(&parsed(text), &mut [Value::small(4)][..], 100);
    assert!(matches!(
        end("  v0 = arg 0\n  finish v0 raw:64\n"),
        Outcome::Finished(word) if word == Value::small(4)
    ));
    assert!(matches!(
        end("  store_reg 0 7\n  jump raw:77 3\n"),
        Outcome::Jumped(77, 3)
    ));
    assert!(matches!(end("  loop\n"), Outcome::Limit));
}

#[test]
fn python_rounds_quotients_down() {
    use crate::{Op, fold_integers};
    for (a, b, quotient, rest) in [
        (7, 2, 3, 1),
        (-7, 2, -4, 1),
        (7, -2, -4, -1),
        (-7, -2, 3, -1),
    ] {
        assert_eq!(fold_integers(Op::FloorDivInt, a, b), Some(quotient));
        assert_eq!(fold_integers(Op::ModInt, a, b), Some(rest));
    }
    assert_eq!(fold_integers(Op::ModInt, 7, 0), None);
    assert_eq!(fold_integers(Op::ShlInt, 1, 59), Some(1 << 59));
    assert_eq!(fold_integers(Op::ShlInt, 1, 60), None);
    assert_eq!(fold_integers(Op::ShrInt, -9, 1000), Some(-1));
    assert_eq!(fold_integers(Op::ShrInt, 9, -1), None);
}
