//! Text before and after.

use crate::{Figures, Optimizer};
use trace::{parse, print, verify};

/// What is left of a trace.
fn left_of(text: &str) -> String {
    let trace = match parse(text) {
        Ok(trace) => trace,
        Err(error) => panic!("{error}"),
    };
    assert_eq!(verify(&trace), Ok(()), "{text}");
    print(Optimizer::default().run(&trace))
}

fn becomes(before: &str, after: &str) {
    let found = left_of(before);
    assert_eq!(found, after, "instead of {found}");
}

#[test]
fn an_object_that_only_exits_want_is_sunk() {
    becomes(
        "  v0 = arg 0
  v1 = new 24 raw:119
  store v1 8 v0
  store v1 16 5
  v4 = load v1 8
@0 pc 1 r0=v1 r1=v4
  v5 = add_int v4 1 @0
  finish v5 raw:9
",
        "  v0 = arg 0
  v1 = new 24 raw:119
  store v1 8 v0
  store v1 16 5
@0 pc 1 r0=v1 r1=v0
  v4 = add_int v0 1 @0
  finish v4 raw:9
sunk v1 2 3
",
    );
}

#[test]
fn a_list_of_doubles_is_its_doubles() {
    becomes(
        "  v0 = arg 0
  v1 = untag v0
  v2 = new 32 raw:120
  store_float v2 16 v1
  store_float v2 24 f:0.5
  v5 = load_item_float v2 1 16
  v6 = add_float v5 v1
  store_item_float v2 0 v6 16
@0 pc 1 r0=v2
  guard_floats lt v6 f:3.5 @0
  v9 = load_item_float v2 0 16
@1 pc 2 r1=v9
  guard_floats gt v9 f:0.5 @1
  finish v0 raw:9
",
        "  v0 = arg 0
  v1 = untag v0
  v2 = new 32 raw:120
  store_float v2 16 v1
  store_float v2 24 f:0.5
  v5 = add_float f:0.5 v1
  store_float v2 16 v5
@0 pc 1 r0=v2
  guard_floats lt v5 f:3.5 @0
@1 pc 2 r1=v5
  guard_floats gt v5 f:0.5 @1
  finish v0 raw:9
sunk v2 3 4 6
",
    );
}

#[test]
fn one_that_nothing_wants_is_gone() {
    becomes(
        "  v0 = arg 0
  v1 = new 24 raw:119
  store v1 8 v0
  v3 = new 16 raw:120
  store v3 8 v1
  v5 = load v3 8
@0 pc 1
  guard_object v5 @0
  guard_shape v5 raw:119 @0
  v8 = load v5 8
  finish v8 raw:9
",
        "  v0 = arg 0\n  finish v0 raw:9\n",
    );
}

#[test]
fn chains_of_floats_go_side_by_side_in_a_loop() {
    let head = "  v0 = arg 0
  v1 = arg 1
@0 pc 1 r0=v0 r1=v1
  guard_float v0 @0
  guard_float v1 @0
  v4 = untag v0
  v5 = untag v1
  loop
";
    let tail = "  phi v4 v11
  phi v5 v9
";
    becomes(
        &format!(
            "{head}  v7 = add_float v4 v4
  v8 = mul_float v7 v5
  v9 = add_float v8 f:0.5
  v10 = sub_float v4 v5
  v11 = add_float v10 f:0.25
@1 pc 2 r0=v9 r1=v11
  guard_floats lt v9 f:9.0 @1
{tail}"
        ),
        &format!(
            "{head}  v7 = add_float v4 v4
  v8 = sub_float v4 v5
  v9 = mul_float v7 v5
  v10 = add_float v8 f:0.25
  v11 = add_float v9 f:0.5
@1 pc 2 r0=v11 r1=v10
  guard_floats lt v11 f:9.0 @1
{}",
            "  phi v4 v10
  phi v5 v11
"
        ),
    );
    // Five at once are left to one after the other.
    let wide: String = (0..5)
        .map(|n| {
            let (at, last) = (8 + 2 * n, 9 + 2 * n);
            format!("  v{at} = add_float v4 f:{n}.5\n  v{last} = mul_float v{at} v5\n")
        })
        .collect();
    let wide = format!(
        "{head}  v7 = add_float v4 v5\n{wide}@1 pc 2 r0=v9 r1=v11 r2=v13 r3=v15 r4=v17\n  \
         guard_floats lt v7 f:9.0 @1\n{tail}"
    );
    becomes(&wide, &wide);
}

#[test]
fn sine_and_cosine_of_one_angle_are_one_call() {
    // The other half may come later, and either may be the first; each sine has one cosine.
    becomes(
        "  v0 = arg 0
  v1 = arg 1
@0 pc 1 r0=v0 r1=v1
  guard_float v0 @0
  v3 = untag v0
  v4 = call_float cos v3
  v5 = call_float sin f:0.5
  v6 = add_float v4 v5
@1 pc 2 r0=v6 r1=v4
  v7 = tag v6 @1
  v8 = call_float sin v3
  v9 = call_float cos v3
  v10 = add_float v8 v9
@2 pc 3 r0=v7 r1=v8
  v11 = tag v10 @2
  finish v11 raw:9
",
        "  v0 = arg 0
  v1 = arg 1
@0 pc 1 r0=v0 r1=v1
  guard_float v0 @0
  v3 = untag v0
  v4 = call_float sin_cos v3
  v5 = other_float v4 1
  v6 = call_float sin f:0.5
  v7 = add_float v5 v6
@1 pc 2 r0=v7 r1=v5
  v8 = tag v7 @1
  v9 = call_float cos v3
  v10 = add_float v4 v9
@2 pc 3 r0=v8 r1=v4
  v11 = tag v10 @2
  finish v11 raw:9
",
    );
    // What is before a loop and what is in it are no pair.
    let text = "  v0 = arg 0
  v1 = untag v0
  v2 = call_float sin v1
  loop
  v4 = call_float cos v1
  v5 = add_float v4 v2
@0 pc 1 r0=v5
  guard_floats lt v5 f:1.0 @0
";
    becomes(text, text);
}

#[test]
fn three_quotients_of_one_divisor_are_made_together() {
    let head = "  v0 = arg 0
  v1 = arg 1
  v2 = untag v0
  v3 = untag v1
  v4 = add_float v2 v3
  v5 = mul_float v2 v3
";
    // The fourth is one too many, the dividend of the fifth is not there yet, and a constant's quotient is alone.
    becomes(
        &format!(
            "{head}  v6 = div_float v2 v5
@0 pc 1 r0=v6
  guard_floats lt v6 f:9.0 @0
  v8 = div_float v4 v5
  v9 = div_float v2 v3
  v10 = div_float v3 v5
@1 pc 2 r0=v8 r1=v10
  guard_floats lt v8 f:9.0 @1
  v12 = div_float v9 v5
  v13 = div_float f:1.0 v5
@2 pc 3 r0=v12 r1=v13
  v14 = tag v12 @2
  finish v14 raw:9
"
        ),
        &format!(
            "{head}  v6 = div_three v2 v4 v3 v5
  v7 = other_float v6 1
  v8 = other_float v6 2
@0 pc 1 r0=v6
  guard_floats lt v6 f:9.0 @0
  v10 = div_float v2 v3
@1 pc 2 r0=v7 r1=v8
  guard_floats lt v7 f:9.0 @1
  v12 = div_float v10 v5
  v13 = div_float f:1.0 v5
@2 pc 3 r0=v12 r1=v13
  v14 = tag v12 @2
  finish v14 raw:9
"
        ),
    );
    // Two are left, and so are three of which one is behind the loop's beginning.
    let text = format!(
        "{head}  v6 = div_float v2 v5
  v7 = div_float v3 v5
  loop
  v9 = div_float v4 v5
  v10 = add_float v9 v7
@0 pc 1 r0=v10 r1=v6
  guard_floats lt v10 f:1.0 @0
"
    );
    becomes(&text, &text);
}

#[test]
fn one_that_escapes_is_made() {
    // By a call, by a store into another object, by its return, by a register.
    for escape in [
        "  v3 = call2 append raw:1 v0 v1 @0\n",
        "  store v0 16 v1\n",
        "  finish v1 raw:9\n",
        "  store_reg 3 v1\n",
        "@1 pc 2 r0=v1\n  leave @1\n",
    ] {
        let text = format!(
            "  v0 = arg 0\n  v1 = new 16 raw:119\n  store v1 8 v0\n{}{escape}",
            if escape.contains("@0") {
                "@0 pc 1\n"
            } else if escape.contains("@1") {
                "@0 pc 3\n"
            } else {
                ""
            }
        );
        // Text that names a snapshot no op uses does not come back; the trace does.
        let found = left_of(&text);
        assert!(!found.contains("sunk"), "{found}");
        assert!(found.contains("store v1 8 v0"), "{found}");
    }
}

#[test]
fn a_float_stays_unboxed_from_round_to_round() {
    becomes(
        "  v0 = arg 0
  v1 = arg 1
@0 pc 1 r0=v0 r1=v1
  guard_float v1 @0
  v3 = untag v1
  v4 = add_float v3 f:0.5
  v5 = tag v4 @0
  v6 = new 16 raw:119
  store v6 8 v5
  loop
@1 pc 2 r0=v0 r1=v6
  guard_shape v6 raw:119 @1
  v10 = load v6 8
  guard_float v10 @1
  v12 = untag v10
  v13 = add_float v12 f:0.5
  guard_floats lt v13 f:100.0 @1
  v15 = tag v13 @1
  v16 = new 16 raw:119
  store v16 8 v15
  poll @1
  phi v6 v16
",
        "  v0 = arg 0
  v1 = arg 1
@0 pc 1 r0=v0 r1=v1
  guard_float v1 @0
  v3 = untag v1
  v4 = add_float v3 f:0.5
  v5 = new 16 raw:119
  store v5 8 v4
  loop
  v8 = add_float v4 f:0.5
@1 pc 2 r0=v0 r1=v5
  guard_floats lt v8 f:100.0 @1
  poll @1
  phi v4 v8
sunk v5 6
",
    );
}

#[test]
fn objects_that_do_not_meet_alike_are_made() {
    // Another shape; a field that is an object once; two names for one object.
    let round = |second: &str| {
        format!(
            "  v0 = arg 0
  v1 = new 16 raw:119
  store v1 8 v0
  v3 = new 16 raw:119
  store v3 8 v0
  loop
@0 pc 2 r0=v1 r1=v3
  poll @0
{second}"
        )
    };
    for second in [
        "  v7 = new 24 raw:119\n  store v7 8 v0\n  store v7 16 v0\n  phi v1 v7\n  phi v3 v3\n",
        "  v7 = new 16 raw:119\n  store v7 8 v1\n  phi v1 v7\n  phi v3 v3\n",
        "  v7 = new 16 raw:119\n  store v7 8 v0\n  phi v1 v7\n  phi v3 v7\n",
    ] {
        let found = left_of(&round(second));
        assert!(!found.contains("sunk"), "{found}");
    }
}

#[test]
fn two_objects_change_places() {
    // No object is made; their fields change places.
    let found = left_of(
        "  v0 = arg 0
  v1 = arg 1
  v2 = new 16 raw:119
  store v2 8 v0
  v4 = new 16 raw:119
  store v4 8 v1
  loop
@0 pc 2 r0=v2 r1=v4
  poll @0
  phi v2 v4
  phi v4 v2
",
    );
    assert!(
        found.contains("phi v0 v1") && found.contains("phi v1 v0"),
        "{found}"
    );
    assert_eq!(found.matches("sunk").count(), 2, "{found}");
}

#[test]
fn a_phi_that_feeds_itself_alone_is_dead() {
    becomes(
        "  v0 = arg 0
  v1 = arg 1
@0 pc 1 r0=v0
  v2 = add_int v1 1 @0
  loop
  v4 = add_int v2 1 @0
  poll @0
  phi v2 v4
",
        "  v0 = arg 0\n  loop\n@0 pc 1 r0=v0\n  poll @0\n",
    );
}

#[test]
fn a_register_has_the_number_of_an_object_by_chance() {
    let found = left_of(
        "  v0 = arg 0
  v1 = new 16 raw:119
  store v1 8 v0
  store_reg 1 v0
@0 pc 1 r0=v1
  poll @0
  finish v0 raw:9
",
    );
    assert!(
        found.contains("store_reg 1 v0") && found.contains("sunk v1 2"),
        "{found}"
    );
}

#[test]
fn figures_count_what_is_left() {
    let Ok(trace) = parse(
        "  v0 = arg 0\n@0 pc 1\n  guard_small v0 @0\n  v2 = add_int v0 1 @0\n  finish v2 raw:9\n",
    ) else {
        panic!("it does not parse")
    };
    let figures = Figures::of(&trace);
    assert_eq!((figures.ops, figures.guards, figures.forced), (4, 2, 0));
}

#[test]
fn the_first_test_of_a_length_does_for_the_later_ones() {
    becomes(
        "  v0 = arg 0
  v1 = load_raw v0 8
  v2 = tag_int v1
@0 pc 1 r0=v0
  guard_below 0 v2 @0
  v4 = load_item v0 0 16
  store_reg 1 v4
@1 pc 2 r0=v0
  guard_below 2 v2 @1
  guard_below 1 v2 @1
  v8 = load_item v0 2 16
  finish v8 raw:9
",
        "  v0 = arg 0
  v1 = load_raw v0 8
@0 pc 1 r0=v0
  guard_below raw:2 v1 @0
  v3 = load_item v0 0 16
  store_reg 1 v3
  v5 = load_item v0 2 16
  finish v5 raw:9
",
    );
}

#[test]
fn a_length_that_is_wanted_keeps_its_tag() {
    becomes(
        "  v0 = arg 0
  v1 = load_raw v0 8
  v2 = tag_int v1
@0 pc 1 r0=v0
  guard_below 0 v2 @0
  guard_below 1 v2 @0
@1 pc 2 r0=v0 r1=v2
  guard_int lt 5 v2 @1
  finish v0 raw:9
",
        "  v0 = arg 0
  v1 = load_raw v0 8
  v2 = tag_int v1
@0 pc 1 r0=v0
  guard_below 1 v2 @0
@1 pc 2 r0=v0 r1=v2
  guard_int lt 5 v2 @1
  finish v0 raw:9
",
    );
}

#[test]
fn a_tag_alone_is_not_worth_a_copy() {
    let text = "  v0 = arg 0
  v1 = load_raw v0 8
  v2 = tag_int v1
@0 pc 1 r0=v0
  guard_below 0 v2 @0
  finish v0 raw:9
";
    becomes(text, text);
}

#[test]
fn tests_of_a_preamble_are_none_of_the_body() {
    let text = "  v0 = arg 0
  v1 = load_raw v0 8
@0 pc 1 r0=v0
  guard_below raw:0 v1 @0
  loop
@1 pc 2 r0=v0
  guard_below raw:3 v1 @1
  poll @1
";
    becomes(text, text);
    becomes(
        "  v0 = arg 0
  loop
  v2 = load_raw v0 8
  v3 = tag_int v2
@0 pc 1 r0=v0
  guard_below 4 v3 @0
  guard_int eq v3 7 @0
  poll @0
",
        "  v0 = arg 0
  loop
  v2 = load_raw v0 8
@0 pc 1 r0=v0
  guard_below raw:4 v2 @0
  guard_int eq v2 raw:7 @0
  poll @0
",
    );
}
