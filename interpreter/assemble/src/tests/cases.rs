//! The conformance list: one list of cases for every target.

use super::harness::{Bench, End};
use crate::{Loc, Start};
use object::{Value, layout};
use trace::{Trace, parse};

fn parsed(text: &str) -> Trace {
    match parse(text) {
        Ok(trace) => trace,
        Err(error) => panic!("{error}: {text}"),
    }
}

fn same(bench: &mut Bench, text: &str, registers: &[Value]) -> End {
    bench.same(&parsed(text), registers).end
}

const SMALL: [i64; 12] = [
    0,
    1,
    -1,
    5,
    -8,
    63,
    64,
    1 << 31,
    -(1 << 33) + 7,
    (1 << 60) - 1,
    -(1 << 60),
    (1 << 59) + 3,
];
const FLOATS: [f64; 12] = [
    0.0,
    -0.0,
    1.0,
    -2.5,
    1e-40,
    f64::INFINITY,
    f64::NAN,
    1.7e308,
    -1152921504606846976.0,
    1152921504606846976.0,
    2e18,
    -0.999,
];

fn pairs<T: Copy>(all: &[T]) -> impl Iterator<Item = (T, T)> + '_ {
    all.iter()
        .flat_map(move |&a| all.iter().map(move |&b| (a, b)))
}

/// A loop that computes something of registers 0 and 1 once in each part, and leaves after a few
/// times round.
fn around(operation: &str, operand: &str) -> String {
    let second = operation.replace("v5", "v9").replace("v6", "v10");
    format!(
        "  v0 = arg 0
  v1 = arg 1
  v2 = arg 2
@0 pc 1 r0=v0 r1=v1 r2=v2
  v3 = {operand} v0{zero}
  v4 = {operand} v1{zero}
  v5 = {operation}
  v6 = add_int v2 1 @0
  loop
@1 pc 2 r0=v5 r1=v3 r2=v6 r3=v4
  guard_int lt v6 24 @1
  v9 = {second}
  v10 = add_int v6 1 @1
  phi v6 v10
  phi v5 v9
",
        zero = if operand == "untag" { "" } else { " 0" },
    )
}

#[test]
fn integer_operations() {
    let mut bench = Bench::new();
    let checked = [
        "add_int",
        "sub_int",
        "mul_int",
        "floor_div_int",
        "mod_int",
        "shl_int",
        "shr_int",
    ];
    let mut operations = Vec::new();
    for op in checked {
        for operands in [
            "v3 v4", "v3 v3", "v3 3", "v3 -3", "v3 8", "v3 1", "v3 0", "7 v4", "-9 v4",
        ] {
            operations.push(format!("{op} {operands} @0"));
        }
        operations.push(format!("{op} v3 1099511627776 @0"));
        operations.push(format!("{op} 1099511627777 v4 @0"));
        operations.push(format!("{op} 40 -7 @0"));
    }
    for op in ["floor_div_int", "mod_int"] {
        for divisor in [
            5,
            7,
            10,
            641,
            614_125,
            2_147_483_647,
            2_147_483_649,
            (1i64 << 59) + 1,
        ] {
            operations.push(format!("{op} v3 {divisor} @0"));
        }
        operations.push(format!("{op} v3 {} @0", (1i64 << 60) - 1));
    }
    for op in ["and_int", "or_int", "xor_int"] {
        for operands in [
            "v3 v4",
            "v3 v3",
            "v3 7",
            "-9 v4",
            "v3 1099511627776",
            "12 10",
        ] {
            operations.push(format!("{op} {operands}"));
        }
    }
    for operation in operations {
        // `or 0` leaves the word as it is and makes it a result.
        let text = around(&operation, "or_int");
        for (a, b) in pairs(&SMALL) {
            same(&mut bench, &text, &[a, b, 0].map(Value::small));
        }
    }
}

/// Dividends around the multiples of a known divisor, where a reciprocal is first wrong.
#[test]
fn quotients_by_known_divisors() {
    let mut bench = Bench::new();
    let ends = [0, 1, 2, 1 << 30, (1 << 60) - 1, 1 << 59];
    let large = (0..40).map(|n| ((1 << 59) / (n * 7919 + 1)) | 1);
    for divisor in (3..260).chain(large) {
        let text = format!(
            "  v0 = arg 0\n  v1 = or_int v0 0\n@0 pc 1 r0=v1\n  v2 = floor_div_int v1 {divisor} @0\n  \
             v3 = mod_int v1 {divisor} @0\n@1 pc 1 r0=v1 r1=v2 r2=v3\n  guard_int lt v3 -1 @1\n  \
             finish v2 raw:64\n"
        );
        let multiples = ends.map(|end| end / divisor * divisor);
        let near = multiples
            .iter()
            .flat_map(|n| [n - 1, *n, n + 1, n + divisor - 1]);
        for n in near.chain(ends).filter(|n| *n < 1 << 60) {
            same(&mut bench, &text, &[Value::small(n)]);
            same(&mut bench, &text, &[Value::small(-n - 1)]);
        }
    }
}

#[test]
fn raw_operations() {
    let mut bench = Bench::new();
    for op in ["add_raw", "sub_raw", "and_raw", "mul_raw"] {
        for operands in [
            "v2 v3",
            "v2 raw:5",
            "raw:-9 v3",
            "v2 v2",
            "raw:81985529216486895 v3",
            "raw:-3 raw:81985529216486895",
        ] {
            let text = format!(
                "  v0 = arg 0\n  v1 = arg 1\n  v2 = untag_int v0\n  v3 = untag_int v1\n  \
                 v4 = {op} {operands}\n  v5 = tag_int v4\n@0 pc 1 r0=v5 r1=v0\n  \
                 guard_int lt v4 raw:7 @0\n  guard_below v2 v3 @0\n  finish v5 raw:64\n"
            );
            for (a, b) in pairs(&SMALL) {
                same(&mut bench, &text, &[a, b].map(Value::small));
            }
        }
    }
}

#[test]
fn float_operations() {
    let mut bench = Bench::new();
    for op in [
        "add_float v3 v4",
        "sub_float v3 v4",
        "mul_float v3 v4",
        "div_float v3 v4",
        "neg_float v3",
        "abs_float v3",
        "sqrt_float v4",
        "sqrt_float f:2.25",
        "add_float v3 v3",
        "add_float f:1.5 f:0.5",
        "sub_float v3 f:0.75",
        "div_float f:3.5 v4",
        "call_float floor v3",
        "call_float sin_cos v3",
        "call_float2 hypot v4 v3",
        "call_float2 hypot v3 v3",
        "call_float2 pow f:1.5 v3",
    ] {
        let text = around(op, "untag");
        for (a, b) in pairs(&FLOATS).map(|(a, b)| (Value::float(a), Value::float(b))) {
            if Value::both_inline_float(a, b) {
                same(&mut bench, &text, &[a, b, Value::small(0)]);
            }
        }
    }
}

/// Both results of a function that has two, one of them, either where it is wanted later.
#[test]
fn second_results() {
    let mut bench = Bench::new();
    for wanted in ["v3 v4", "v3 v3", "v4 v4"] {
        let text = format!(
            "  v0 = arg 0\n  v1 = arg 1\n  v2 = untag v0\n  v3 = call_float sin_cos v2\n  \
             v4 = other_float v3 1\n  v5 = add_float {wanted}\n@0 pc 1 r0=v5 r1=v1\n  \
             v6 = call_float floor v5\n  v7 = add_float v5 v6\n  v8 = tag v7 @0\n  \
             finish v8 raw:64\n"
        );
        for float in FLOATS {
            let word = Value::float(float);
            if word.is_inline_float() {
                same(&mut bench, &text, &[word, Value::small(0)]);
            }
        }
    }
}

/// Three quotients of one divisor, all of them wanted or not, behind calls or at once.
#[test]
fn quotients() {
    let mut bench = Bench::new();
    for operands in ["v2 v4 v5 v3", "v3 v3 v2 v3"] {
        for wanted in ["v6 v7 v8", "v8 v7 v6", "v6 v6 v6", "v7 v7 v7", "v8 v8 v8"] {
            let [a, b, c] = [0, 1, 2].map(|at| wanted.split(' ').nth(at).unwrap_or_default());
            let text = format!(
                "  v0 = arg 0\n  v1 = arg 1\n  v2 = untag v0\n  v3 = untag v1\n  \
                 v4 = add_float v2 v3\n  v5 = sub_float v2 v3\n  v6 = div_three {operands}\n  \
                 v7 = other_float v6 1\n  v8 = other_float v6 2\n  \
                 v9 = add_float {a} {b}\n  v10 = call_float floor v9\n  \
                 v11 = mul_float v10 {c}\n  v12 = add_float v11 v2\n@0 pc 1 r0=v12 r1=v9 r2={c}\n  \
                 v13 = tag v12 @0\n  finish v13 raw:64\n"
            );
            for (a, b) in pairs(&FLOATS).map(|(a, b)| (Value::float(a), Value::float(b))) {
                if Value::both_inline_float(a, b) {
                    same(&mut bench, &text, &[a, b, Value::small(0)]);
                }
            }
        }
    }
}

#[test]
fn comparisons() {
    let mut bench = Bench::new();
    for cond in trace::Cond::NAMES {
        let text = format!(
            "  v0 = arg 0\n  v1 = arg 1\n  v2 = untag v0\n  v3 = untag v1\n@0 pc 1 r0=v2\n  \
             guard_floats {cond} v2 v3 @0\n  guard_floats {cond} v2 f:1.0 @0\n  \
             guard_floats {cond} f:2.0 v3 @0\n@1 pc 2 r0=v3\n  leave @1\n"
        );
        for (a, b) in pairs(&FLOATS).map(|(a, b)| (Value::float(a), Value::float(b))) {
            if Value::both_inline_float(a, b) {
                same(&mut bench, &text, &[a, b]);
            }
        }
        let text = format!(
            "  v0 = arg 0\n  v1 = arg 1\n@0 pc 1 r0=v1 r1=v0\n  guard_int {cond} v0 v1 @0\n  \
             guard_int {cond} 5 v1 @0\n  guard_int {cond} v0 0 @0\n@1 pc 2 r0=v1\n  \
             guard_int {cond} v0 1099511627776 @1\n  guard_int {cond} 3 4 @1\n  finish v1 raw:64\n"
        );
        for (a, b) in pairs(&SMALL) {
            same(&mut bench, &text, &[a, b].map(Value::small));
        }
    }
}

#[test]
fn kinds_of_words() {
    let mut bench = Bench::new();
    let words = [
        Value::small(3),
        Value::float(1.5),
        Value::NONE,
        Value::TRUE,
        Value::small(-1),
        bench.object(),
    ];
    for word in words {
        for guard in [
            "guard_small v0",
            "guard_float v0",
            "guard_object v0",
            "guard_is v0 w:0x4",
            "guard_is_not v0 w:0x4",
            "guard_is w:0x4 v0",
            "guard_below v0 100",
            "guard_below 2 v0",
            "guard_is v0 v1",
            "guard_is v0 w:0x123456789abcdef0",
            "guard_small 3",
            "guard_small w:0x4",
            "guard_float 3",
            "guard_object 3",
            "guard_is 3 4",
            "guard_below 3 4",
        ] {
            let text = format!(
                "  v0 = arg 0\n  v1 = arg 1\n@0 pc 1 r0=v1\n  {guard} @0\n@1 pc 2 r0=v0\n  leave @1\n"
            );
            same(&mut bench, &text, &[word, Value::small(3)]);
        }
    }
}

#[test]
fn floats_in_words() {
    let mut bench = Bench::new();
    for float in FLOATS.into_iter().chain([1e-100, 1e100, -1e-200, 5e-324]) {
        let text = "  v0 = arg 0\n  v1 = untag v0\n@0 pc 1 r0=v1\n  v2 = mul_float v1 v1\n  \
                    v3 = tag v2 @0\n@1 pc 2 r0=v3 r1=v2\n  v4 = trunc_float v1 @1\n  \
                    v5 = int_to_float v4\n  v6 = tag v5 @1\n  v7 = tag f:1.5 @1\n@2 pc 3 r0=v6 r1=v7\n  \
                    leave @2\n";
        let word = Value::float(float);
        if word.is_inline_float() {
            same(&mut bench, text, &[word]);
        }
    }
    for n in SMALL {
        let text = "  v0 = arg 0\n  v1 = int_to_float v0\n@0 pc 2 r0=v1\n  leave @0\n";
        same(&mut bench, text, &[Value::small(n)]);
    }
}

#[test]
fn values_that_change_places_on_the_way_back() {
    let mut bench = Bench::new();
    let text = "  v0 = arg 0\n  v1 = arg 1\n  v2 = arg 2\n  v3 = arg 3\n@0 pc 1 r0=v0 r1=v1 r2=v2\n  \
                v4 = add_int v3 0 @0\n  v5 = or_int v0 0\n  v6 = or_int v1 0\n  v7 = or_int v2 0\n  \
                loop\n@1 pc 2 r0=v5 r1=v6 r2=v7 r3=v4\n  guard_int lt v4 17 @1\n  \
                v10 = add_int v4 1 @1\n  phi v4 v10\n  phi v5 v6\n  phi v6 v7\n  phi v7 v5\n";
    same(&mut bench, text, &[10, 20, 30, 0].map(Value::small));
}

#[test]
fn more_phis_than_registers() {
    let mut bench = Bench::new();
    for call in ["", "  v30 = call1 truth raw:9 v3 @1\n"] {
        let count = 24;
        let mut text = String::new();
        for at in 0..count {
            text += &format!("  v{at} = arg {}\n", at % 10);
        }
        text += "@0 pc 1\n@1 pc 2";
        for at in 0..count {
            text += &format!(" r{at}=v{at}");
        }
        text += "\n  loop\n  guard_int lt v0 15 @1\n";
        let mut at = count + 2;
        if !call.is_empty() {
            text += &call.replace("v30", &format!("v{at}"));
            at += 1;
        }
        text += &format!("  v{at} = add_int v0 1 @1\n  phi v0 v{at}\n");
        for left in 1..count {
            let right = 1 + left % (count - 1);
            text += &format!("  phi v{left} v{right}\n");
        }
        let text = text.replace("@0 pc 1\n@1", "@0").replace("@1", "@0");
        let registers: Vec<Value> = (0..10).map(Value::small).collect();
        same(&mut bench, &text, &registers);
    }
}

#[test]
fn a_poll_leaves_when_a_flag_is_set() {
    let mut bench = Bench::new();
    let text = "  v0 = arg 0\n@0 pc 7 r0=v0 r1=v0\n  poll @0\n@1 pc 8\n  leave @1\n";
    assert_eq!(same(&mut bench, text, &[Value::small(1)]), End::Left(2));
    bench.set_due(true);
    assert_eq!(same(&mut bench, text, &[Value::small(1)]), End::Left(1));
}

#[test]
fn code_of_another_epoch_is_not_entered() {
    let mut bench = Bench::new();
    let trace = parsed("  v0 = arg 0\n@0 pc 7 r1=v0\n  guard_valid @0\n  finish v0 raw:64\n");
    let code = bench.assembled(&trace, 0, Start::Entry);
    let one = [Value::small(1)];
    let end = |bench: &Bench| bench.run(&[(&trace, &code)], &one).end;
    assert_eq!(end(&bench), End::Finished(one[0].bits()));
    bench.set_epoch(8);
    assert_eq!(end(&bench), End::Stale);
    bench.assembler.set_epoch(&code, 8);
    assert_eq!(end(&bench), End::Finished(one[0].bits()));
    assert_eq!(code.exits()[0].kind, crate::ExitKind::Invalid);
}

#[test]
fn other_code_may_be_of_another_epoch() {
    let mut bench = Bench::new();
    let parse = |text: &str| {
        parsed(&format!(
            "  v0 = arg 0\n@0 pc 7 r1=v0\n{text}  finish v0 raw:64\n"
        ))
    };
    let other = parse("");
    let other = bench.assembled(&other, 1, Start::Entry);
    let text = format!("  guard_valid_for raw:{} @0\n", other.epoch_word());
    let trace = parse(&text);
    let code = bench.assembled(&trace, 0, Start::Entry);
    let one = [Value::small(1)];
    let end = |bench: &Bench| bench.run(&[(&trace, &code)], &one).end;
    assert_eq!(end(&bench), End::Finished(one[0].bits()));
    bench.set_epoch(8);
    bench.assembler.set_epoch(&code, 8);
    assert_eq!(end(&bench), End::Left(1));
    bench.assembler.set_epoch(&other, 8);
    assert_eq!(end(&bench), End::Finished(one[0].bits()));
    assert_eq!(code.exits()[0].kind, crate::ExitKind::Guard);
}

#[test]
fn memory() {
    let mut bench = Bench::new();
    let object = bench.object();
    let text = "  v0 = arg 0\n  v1 = arg 1\n  v2 = load v0 16\n  v3 = load_raw v0 24\n  \
                v4 = load_half v0 32\n  v5 = load_byte v0 33\n  v6 = load_item v0 v1 40\n  \
                v7 = load_item v0 2 48\n  v8 = load_byte_at v0 v1 56\n  v9 = load_byte_at v0 3 56\n  \
                v10 = tag_int v3\n  v11 = tag_int v4\n  v12 = tag_int v5\n  v13 = tag_int v8\n  \
                v14 = tag_int v9\n  store v0 64 v2\n  store v0 72 5\n  \
                store v0 80 w:0x123456789abcdef0\n  store_raw v0 88 v3\n  store_raw v0 96 raw:-1\n  \
                store_half v0 104 v4\n  store_half v0 108 raw:4294967295\n  \
                store_item v0 v1 v2 112\n  store_item v0 2 9 144\n  store_item v0 v1 7 168\n  \
                store_item v0 v1 w:0x123456789abcdef0 208\n  store_byte_at v0 v1 v3 248\n  \
                store_byte_at v0 2 v5 253\n  store_byte_at v0 v1 raw:300 257\n  \
                store_byte_at v0 3 raw:7 265\n  barrier v0\n  store_reg 3 v2\n  \
                store_reg 4 6\n  store_reg 5 w:0x123456789abcdef0\n  v34 = load_reg 3\n\
                @0 pc 1 r0=v2 r1=v6 r2=v7 r6=v10 r7=v11 r8=v12 r9=v13 r10=v14 r11=v34\n  leave @0\n";
    for index in [0, 1, 2, 3] {
        same(&mut bench, text, &[object, Value::small(index)]);
    }
    let word = object;
    let object = format!("w:{:#x}", word.bits());
    let address = bench.world.memory.as_ptr() as i64 + 16;
    let text = text.replace(" v0 ", &format!(" {object} "));
    let text = text.replacen(&object, "v0", 1);
    same(&mut bench, &text, &[word, Value::small(2)]);
    let text = format!(
        "  v0 = arg 0\n  v1 = load_abs raw:{address}\n  store_abs raw:{} v0\n  \
         store_abs raw:{} 5\n  store_abs raw:{} w:0x123456789abcdef0\n  finish v1 raw:64\n",
        address + 8,
        address + 16,
        address + 24
    );
    same(&mut bench, &text, &[Value::small(4)]);
}

#[test]
fn fields_that_are_only_compared() {
    let mut bench = Bench::new();
    let object = bench.object();
    for load in ["load_raw", "load_fixed_raw"] {
        for guard in [
            "guard_below raw:2 v3",
            "guard_below v3 raw:2",
            "guard_int eq v3 raw:3",
            "guard_int lt v3 raw:-70000",
            "guard_int ge raw:3 v3",
            "guard_int ne v3 raw:0",
            "guard_int gt v3 raw:1099511627776",
        ] {
            for value in [0, 2, 3, 300, -1, -70001, 1i64 << 41] {
                // Once with no other use of the field, once with one.
                for rest in ["finish v1", "v5 = tag_int v3\n  finish v5"] {
                    let text = format!(
                        "  v0 = arg 0\n  v1 = arg 1\n  store_raw v0 24 raw:{value}\n  \
                         v3 = {load} v0 24\n@0 pc 1 r0=v0 r3=v1\n  {guard} @0\n  {rest} raw:64\n"
                    );
                    same(&mut bench, &text, &[object, Value::small(5)]);
                }
            }
        }
    }
}

#[test]
fn shapes_and_barriers() {
    let mut bench = Bench::new();
    let object = bench.object();
    for guard in ["v0 raw:119", "v0 raw:118", "v0 raw:70000"] {
        let text = format!(
            "  v0 = arg 0\n  v1 = arg 1\n@0 pc 1 r3=v1\n  guard_shape {guard} @0\n  finish v1 raw:64\n"
        );
        same(&mut bench, &text, &[object, Value::small(5)]);
        let text = text.replace(
            "guard_shape v0",
            &format!("guard_shape w:{:#x}", object.bits()),
        );
        same(&mut bench, &text, &[object, Value::small(5)]);
    }
    let ungrown = layout::OLD_CLEAN | layout::OLD_UNGROWN;
    for bits in [0, layout::OLD_CLEAN, layout::OLD_CLEAN | 2, 2, ungrown] {
        bench.world.collector_bits.set(bits);
        for barrier in ["v0".to_owned(), format!("w:{:#x}", object.bits())] {
            let text = format!(
                "  v0 = arg 0\n  v1 = arg 1\n  v2 = untag v1\n@0 pc 1 r2=v2 r3=v1\n  \
                 v3 = add_float v2 v2\n  barrier {barrier}\n  store v0 16 v1\n\
                 @1 pc 1 r2=v2 r3=v3 r4=v1 r5=v0\n  leave @1\n"
            );
            same(&mut bench, &text, &[object, Value::float(5.5)]);
            // The capacity is one that the collector's log may look at.
            let growing = format!("store_raw v0 8 raw:20\n  barrier_growing {barrier}");
            let text = text.replace(&format!("barrier {barrier}"), &growing);
            same(&mut bench, &text, &[object, Value::float(5.5)]);
        }
    }
}

#[test]
fn calls() {
    let mut bench = Bench::new();
    let text = "  v0 = arg 0\n  v1 = arg 1\n  v2 = untag v1\n@0 pc 1 r0=v0 r1=v1 r2=v2\n  \
                v3 = add_int v0 1 @0\n  v4 = add_float v2 f:0.5\n@1 pc 2 r0=v3 r1=v4 r2=7\n  \
                v5 = call2 binary raw:100 v3 v0 @1\n@2 pc 3 r0=v5 r1=v4 r5=v0\n  \
                v6 = call4 native3 raw:200 3 v5 v3 v5 @2\n@3 pc 4 r0=v6 r1=v4 r2=v5\n  \
                v7 = call1 box_float raw:0 v4 @3\n  v8 = call1 truth_plain raw:0 v6 @3\n  \
                v9 = call0 step raw:300 @3\n  v10 = call3 set_item raw:400 v6 v5 v3 @3\n\
                @4 pc 5 r0=v7 r1=v9 r2=v4 r3=v0 r4=v3 r6=v1\n  leave @4\n";
    let registers = [Value::small(41), Value::float(2.25)];
    for raise_at in 0..6 {
        bench.world.raise_at.set(raise_at);
        same(&mut bench, text, &registers);
    }
    bench.world.raise_at.set(usize::MAX);
    // What only reads is not called, since no one wants its result.
    let seen = bench.same(&parsed(text), &registers);
    assert_eq!(seen.calls.len(), 4);
}

#[test]
fn calls_in_loops() {
    let mut bench = Bench::new();
    let text = "  v0 = arg 0\n  v1 = arg 1\n  v2 = arg 2\n  v3 = untag v1\n@0 pc 1 r0=v0 r1=v1\n  \
                v4 = add_int v0 0 @0\n  v5 = add_float v3 f:1.0\n  loop\n@1 pc 2 r0=v4 r1=v5 r2=v2\n  \
                v7 = call2 binary raw:1 v4 v2 @1\n  v8 = call1 append raw:2 v7 @1\n  \
                v9 = add_float v5 v3\n  v10 = call_float floor v9\n  v11 = add_int v4 1 @1\n\
                @2 pc 3 r0=v11 r1=v10 r3=v2 r4=v3\n  guard_int lt v11 20 @2\n  \
                store_reg 1 v11\n  phi v4 v11\n  phi v5 v10\n";
    let text = text.replace("call1 append raw:2 v7", "call2 append raw:2 v7 v2");
    for raise_at in [0, 1, 2, 7, 8, 20, 1000] {
        bench.world.raise_at.set(raise_at);
        same(
            &mut bench,
            &text,
            &[Value::small(3), Value::float(0.5), Value::small(9)],
        );
    }
}

#[test]
fn objects_are_allocated() {
    let mut bench = Bench::new();
    let text = "  v0 = arg 0\n  v1 = new 24 raw:119\n  store v1 8 v0\n  store v1 16 5\n  \
                v4 = new 24 raw:1311768467463790320\n  store v4 8 v1\n  store v4 16 v0\n\
                @0 pc 1 r0=v4 r1=v1\n  leave @0\n";
    // Runs are short where other tests have left holes, so many are used up.
    for n in 0..3000 {
        let trace = parsed(text);
        bench.same(&trace, &[Value::small(n)]);
    }
}

#[test]
fn sunk_objects_are_made_by_exits() {
    let mut bench = Bench::new();
    let text = "  v0 = arg 0\n  v1 = new 24 raw:119\n  store v1 8 v0\n  store v1 16 5\n  \
                v4 = new 32 raw:120\n  store v4 8 v1\n  store v4 16 v0\n  store_raw v4 24 raw:77\n  \
                v8 = add_int v0 1 @0\n  store v1 16 v8\n  barrier v1\n\
                @1 pc 2 r0=v4 r1=v1 r2=v4\n  guard_int lt v8 10 @1\n  finish v8 raw:64\n\
                sunk v1 2 3 9\nsunk v4 5 6 7\n";
    let text = text.replace("  v8 = add_int", "@0 pc 1 r0=v1 r1=v0\n  v8 = add_int");
    for n in [3, 50, (1 << 60) - 1] {
        same(&mut bench, &text, &[Value::small(n)]);
    }
}

#[test]
fn doubles_are_stored_and_loaded_as_they_are() {
    let mut bench = Bench::new();
    let text = "  v0 = arg 0\n  v1 = arg 1\n  v2 = untag v0\n  v3 = new 32 raw:120\n  \
                store_float v3 8 v2\n  store_float v3 16 f:0.0\n  store_float v3 24 f:0.5\n  \
                v7 = load_item_float v3 v1 8\n  v8 = add_float v7 f:1.0\n  \
                store_item_float v3 v1 v8 16\n  store_item_float v3 0 f:2.0 8\n  \
                v11 = load_item_float v3 1 8\n  v12 = load_item_float v3 v1 16\n  \
                v13 = mul_float v11 v12\n  v14 = add_float v13 v2\n\
                @0 pc 1 r0=v3 r1=v14 r2=v7\n  leave @0\n";
    for (float, index) in [(4.5, 0), (-0.0, 1), (2.0, 1), (1e30, 0)] {
        let arguments = [Value::float(float), Value::small(index)];
        same(&mut bench, text, &arguments);
    }
}

#[test]
fn sunk_objects_of_doubles_are_made_by_exits() {
    let mut bench = Bench::new();
    let text = "  v0 = arg 0\n  v1 = untag v0\n  v2 = mul_float v1 f:0.5\n  \
                v3 = new 32 raw:120\n  store_float v3 8 v2\n  store_float v3 16 f:0.25\n  \
                store_raw v3 24 raw:80\n@0 pc 1 r0=v3 r1=v2\n  guard_floats lt v2 f:1.0 @0\n  \
                store_float v3 16 v1\n@1 pc 2 r0=v3\n  guard_floats lt v2 f:0.5 @1\n  \
                finish v0 raw:64\nsunk v3 4 5 6 8\n";
    for float in [0.125, 1.5, 64.0] {
        same(&mut bench, text, &[Value::float(float)]);
    }
}

#[test]
fn traces_that_jump() {
    let mut bench = Bench::new();
    let target = parsed("  v0 = arg 0\n@0 pc 7 r1=v0\n  guard_small v0 @0\n  finish v0 raw:64\n");
    let target_code = bench.assembled(&target, 0, Start::Entry);
    let text = format!(
        "  v0 = arg 0\n  store_reg 5 v0\n  jump raw:{} 5\n",
        target_code.entry
    );
    let trace = parsed(&text);
    let code = bench.assembled(&trace, 1, Start::Entry);
    let seen = bench.run(&[(&trace, &code)], &[Value::small(9)]);
    assert_eq!(seen.end, End::Finished(Value::small(9).bits()));
    assert_eq!(code.exits().len(), 0);
}

#[test]
fn a_bridge_inherits() {
    let mut bench = Bench::new();
    // Some values are in registers, some in slots because of the call, some in their homes.
    let parent = parsed(
        "  v0 = arg 0\n  v1 = arg 1\n  v2 = arg 2\n  v3 = untag v1\n@0 pc 1 r0=v0\n  \
         v4 = add_int v0 1 @0\n  v5 = call_float floor v3\n  v6 = add_float v5 v3\n\
         @1 pc 2 r5=v4 r6=v3 r7=v6 r8=v2 r9=12 r10=v5\n  guard_int lt v4 10 @1\n  finish v4 raw:64\n",
    );
    let bridge = parsed(
        "  v0 = inherit 0\n  v1 = inherit_float 1\n  v2 = inherit_float 2\n  v3 = inherit 3\n  \
         v4 = inherit_float 5\n  v5 = add_float v2 v1\n@0 pc 3 r5=v0 r6=v5 r7=v3 r8=v4\n  \
         v6 = call2 binary raw:3 v0 v3 @0\n  v7 = arg 2\n@1 pc 4 r0=v6 r1=v5 r2=v1 r3=v4 r5=v0 r6=v7\n  \
         leave @1\n",
    );
    let registers = [Value::small(20), Value::float(4.5), Value::small(6)];
    let code = bench.assembled(&parent, 0, Start::Entry);
    let exit = code.exits().iter().position(|exit| exit.at == 7);
    let exit = exit.unwrap_or_default();
    let places: Vec<Loc> = code.places(exit).to_vec();
    assert!(places.contains(&Loc::Home(2)), "{places:?}");
    let bridge_code = bench.assembled(&bridge, 1, Start::Bridge(&places));
    assert_eq!(
        bench
            .assembler
            .patch(&code, code.exits()[exit].patch, &bridge_code),
        Ok(())
    );
    let Some(expected) =
        bench.execute_bridge((&parent, &code), (&bridge, &bridge_code), &registers)
    else {
        panic!("the parent does not leave")
    };
    let found = bench.run(&[(&parent, &code), (&bridge, &bridge_code)], &registers);
    bench.compare(&bridge, &registers, &expected, &found);
}

#[test]
fn freed_memory_is_used_again() {
    let mut bench = Bench::new();
    let trace = parsed("  v0 = arg 0\n  finish v0 raw:64\n");
    assert_eq!(bench.assembler.reserved_bytes(), 0, "before the first code");
    let mut used = None;
    let mut entries = Vec::new();
    for _ in 0..50 {
        let mut codes = Vec::new();
        for _ in 0..20 {
            codes.push(bench.assembled(&trace, 0, Start::Entry));
        }
        entries.push(codes[0].entry);
        while !codes.is_empty() {
            // Freed out of order.
            let code = codes.swap_remove(codes.len() / 2);
            bench.assembler.free(code);
        }
        // What is left is the code that all share.
        let left = bench.assembler.code_bytes();
        assert_eq!(*used.get_or_insert(left), left);
    }
    assert!(entries.iter().all(|&entry| entry == entries[0]));
}

#[test]
fn what_cannot_be_assembled() {
    let mut bench = Bench::new();
    let cases = [
        ("  v0 = arg 0\n", crate::Error::NoEnd),
        (
            "  v0 = inherit 0\n  finish v0 raw:64\n",
            crate::Error::Operand,
        ),
    ];
    for (text, error) in cases {
        let result = bench.assemble(&parsed(text), 0, Start::Entry);
        assert_eq!(result.err(), Some(error));
    }
}

#[test]
fn a_listing_has_every_byte_once() {
    let mut bench = Bench::new();
    let trace = parsed(&around("mul_int v3 v4 @0", "or_int"));
    let code = bench.assembled(&trace, 0, Start::Entry);
    let lines = bench.assembler.listing(&code);
    let mut at = code.entry;
    for line in &lines {
        assert_eq!(line.address, at);
        at += line.bytes.len();
    }
    assert_eq!(at, code.entry + code.code_bytes());
    assert!(lines.iter().any(|line| line.part == crate::Part::Op(5)));
}
