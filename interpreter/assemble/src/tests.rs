//! Machine code against the reference executor: the same trace with the same registers must leave
//! at the same place with the same values.

use crate::{Loc, State, assemble};
use object::{Regs, Stack, Value};
use trace::{Datum, Repr, Trace, execute, parse, verify};

static QUIET: [u8; 2] = [0, 0];
static DUE: [u8; 2] = [0, 1];

fn registers(values: &[Value]) -> (Stack, Regs) {
    let stack = match Stack::new(1024) {
        Ok(stack) => stack,
        Err(error) => panic!("{error}"),
    };
    let regs = stack.window(16);
    regs.fill_from(0, values);
    (stack, regs)
}

/// The snapshot with which machine code leaves, and its values as words.
fn machine(trace: &Trace, values: &[Value], flags: &'static [u8; 2]) -> (u16, Vec<Value>) {
    let (_stack, regs) = registers(values);
    let code = match assemble(trace, [&raw const flags[0], &raw const flags[1]]) {
        Ok(code) => code,
        Err(error) => panic!("{error:?}"),
    };
    let mut state = State::default();
    // SAFETY: the registers are there; the traces of these tests load from no object but those
    // that their registers hold.
    let number = unsafe { code.run(regs, &mut state) };
    let (snapshot, places) = code.exit(number);
    let mut places = places.iter();
    let mut found = Vec::new();
    for (register, value) in trace.frame_values(snapshot) {
        if trace.is_in_place(snapshot, register, value) {
            found.push(regs.get(register));
            continue;
        }
        let Some(&place) = places.next() else {
            panic!("a place is missing")
        };
        let bits = match place {
            Loc::Home(from) => regs.get(from).bits(),
            Loc::Constant(r) => match trace.constant_of(r) {
                Some(trace::Const::Word(word)) => word.bits(),
                Some(trace::Const::Float(bits)) => bits,
                other => panic!("{other:?} is no value"),
            },
            place => state.bits(place).unwrap_or(0),
        };
        found.push(match trace.repr(value) {
            Repr::Float => Value::float(f64::from_bits(bits)),
            _ => Value::from_bits(bits),
        });
    }
    (snapshot, found)
}

/// Compares both.
fn same(text: &str, values: &[Value]) {
    let trace = match parse(text) {
        Ok(trace) => trace,
        Err(error) => panic!("{error}"),
    };
    assert_eq!(verify(&trace), Ok(()), "{text}");
    let Some(exit) = execute(&trace, values, 1_000_000) else {
        panic!("it does not leave: {text}")
    };
    let expected: Vec<Value> = trace
        .frame_values(exit.snapshot)
        .map(|(_, value)| match exit.value(&trace, value) {
            Datum::Word(word) => word,
            Datum::Float(float) => Value::float(float),
            other => panic!("{other:?} is no value"),
        })
        .collect();
    let (snapshot, found) = machine(&trace, values, &QUIET);
    assert_eq!(snapshot, exit.snapshot, "{text} with {values:?}");
    for (expected, found) in expected.into_iter().zip(found) {
        // Two boxes of one float are two words.
        let same = match (expected.as_float(), found.as_float()) {
            (Some(a), Some(b)) => a.to_bits() == b.to_bits(),
            _ => expected == found,
        };
        assert!(same, "{text} with {values:?}: {found:?}, not {expected:?}");
    }
}

const SMALL: [i64; 8] = [0, 1, -1, 5, -8, 1 << 31, (1 << 60) - 1, -(1 << 60)];
const FLOATS: [f64; 8] = [
    0.0,
    -0.0,
    1.0,
    -2.5,
    1e-40,
    f64::INFINITY,
    f64::NAN,
    1.7e308,
];

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
    for op in [
        "add_int v3 v4 @0",
        "sub_int v3 v4 @0",
        "mul_int v3 v4 @0",
        "mul_int v3 -3 @0",
    ]
    .into_iter()
    .chain([
        "and_int v3 v4",
        "or_int v3 v4",
        "xor_int v3 v4",
        "and_int v3 7",
        "sub_int 7 v3 @0",
    ])
    .chain(["add_int v3 1099511627776 @0", "add_int v3 v3 @0"])
    {
        for (a, b) in SMALL
            .iter()
            .flat_map(|&a| SMALL.iter().map(move |&b| (a, b)))
        {
            // `or 0` leaves the word as it is and makes it a result.
            let text = around(op, "or_int");
            same(&text, &[Value::small(a), Value::small(b), Value::small(0)]);
        }
    }
}

#[test]
fn float_operations() {
    for op in [
        "add_float v3 v4",
        "sub_float v3 v4",
        "mul_float v3 v4",
        "div_float v3 v4",
    ]
    .into_iter()
    .chain([
        "neg_float v3",
        "add_float v3 v3",
        "sub_float v3 f:0.75",
        "div_float f:3.5 v4",
    ]) {
        for (a, b) in FLOATS
            .iter()
            .flat_map(|&a| FLOATS.iter().map(move |&b| (a, b)))
        {
            if op.contains("neg") && a.is_nan() {
                continue;
            }
            let (a, b) = (Value::float(a), Value::float(b));
            if Value::both_inline_float(a, b) {
                // A NaN's sign is not specified by arithmetic, so it is not compared.
                let sum = a.inline_float_unchecked() + b.inline_float_unchecked();
                let other = a.inline_float_unchecked() * b.inline_float_unchecked();
                let quotient = a.inline_float_unchecked() / b.inline_float_unchecked();
                let difference = a.inline_float_unchecked() - b.inline_float_unchecked();
                if [sum, other, quotient, difference]
                    .iter()
                    .any(|f| f.is_nan())
                {
                    continue;
                }
                same(&around(op, "untag"), &[a, b, Value::small(0)]);
            }
        }
    }
}

#[test]
fn comparisons() {
    for cond in trace::Cond::NAMES {
        for (a, b) in FLOATS
            .iter()
            .flat_map(|&a| FLOATS.iter().map(move |&b| (a, b)))
        {
            let (a, b) = (Value::float(a), Value::float(b));
            if !Value::both_inline_float(a, b) {
                continue;
            }
            let text = format!(
                "  v0 = arg 0\n  v1 = arg 1\n  v2 = untag v0\n  v3 = untag v1\n@0 pc 1 r0=v2\n  \
                 guard_floats {cond} v2 v3 @0\n  guard_floats {cond} v2 f:1.0 @0\n@1 pc 2 r0=v3\n  \
                 loop\n  guard_is v1 0 @1\n"
            );
            same(&text, &[a, b]);
        }
        for (a, b) in SMALL
            .iter()
            .flat_map(|&a| SMALL.iter().map(move |&b| (a, b)))
        {
            let text = format!(
                "  v0 = arg 0\n  v1 = arg 1\n@0 pc 1 r0=v1 r1=v0\n  guard_int {cond} v0 v1 @0\n  \
                 guard_int {cond} 5 v1 @0\n@1 pc 2 r0=v1\n  loop\n  guard_is v1 4 @1\n"
            );
            same(&text, &[Value::small(a), Value::small(b)]);
        }
    }
}

#[test]
fn kinds_of_words() {
    let words = [
        Value::small(3),
        Value::float(1.5),
        Value::NONE,
        Value::TRUE,
        Value::small(-1),
    ];
    let list: Value = object::List::from_slice(&words).into();
    for word in words.into_iter().chain([list]) {
        for guard in [
            "guard_small v0",
            "guard_float v0",
            "guard_object v0",
            "guard_is v0 w:0x4",
        ]
        .into_iter()
        .chain([
            "guard_is_not v0 w:0x4",
            "guard_below v0 100",
            "guard_is v0 v1",
        ]) {
            let text = format!(
                "  v0 = arg 0\n  v1 = arg 1\n@0 pc 1 r0=v1\n  {guard} @0\n@1 pc 2 r0=v0\n  loop\n  \
                 guard_is v1 0 @1\n"
            );
            same(&text, &[word, Value::small(3)]);
        }
    }
}

#[test]
fn floats_in_words() {
    for float in FLOATS.into_iter().chain([1e-100, 1e100, -1e-200, 5e-324]) {
        let text = "  v0 = arg 0\n  v1 = untag v0\n@0 pc 1 r0=v1\n  v2 = mul_float v1 v1\n  \
                    v3 = tag v2 @0\n@1 pc 2 r0=v3 r1=v2\n  loop\n  guard_is v3 0 @1\n";
        let word = Value::float(float);
        if word.is_inline_float() {
            same(text, &[word]);
        }
    }
    for n in SMALL {
        let text =
            "  v0 = arg 0\n  v1 = int_to_float v0\n@0 pc 2 r0=v1\n  loop\n  guard_is v0 4 @0\n";
        same(text, &[Value::small(n)]);
    }
}

#[test]
fn values_that_change_places_on_the_way_back() {
    let text = "  v0 = arg 0\n  v1 = arg 1\n  v2 = arg 2\n  v3 = arg 3\n@0 pc 1 r0=v0 r1=v1 r2=v2\n  \
                v4 = add_int v3 0 @0\n  v5 = or_int v0 0\n  v6 = or_int v1 0\n  v7 = or_int v2 0\n  \
                loop\n@1 pc 2 r0=v5 r1=v6 r2=v7 r3=v4\n  guard_int lt v4 17 @1\n  \
                v10 = add_int v4 1 @1\n  phi v4 v10\n  phi v5 v6\n  phi v6 v7\n  phi v7 v5\n";
    let values = [10, 20, 30, 0].map(Value::small);
    same(text, &values);
}

#[test]
fn a_poll_leaves_when_a_flag_is_set() {
    let text =
        "  v0 = arg 0\n@0 pc 7 r0=v0 r1=v0\n  poll @0\n  loop\n@1 pc 8\n  guard_is v0 4 @1\n";
    let trace = match parse(text) {
        Ok(trace) => trace,
        Err(error) => panic!("{error}"),
    };
    let one = [Value::small(1)];
    assert_eq!(machine(&trace, &one, &QUIET).0, 1);
    assert_eq!(machine(&trace, &one, &DUE), (0, vec![one[0], one[0]]));
}

#[test]
fn lists_and_iterators() {
    let items = [1, 2, 3, 4].map(Value::small);
    let text = "  v0 = arg 0\n  v1 = arg 1\n@0 pc 1 r0=v1\n  v2 = list_length v0\n  \
                guard_below v1 v2 @0\n  v4 = list_storage v0\n  v5 = load_item v4 v1\n  \
                store_item v4 v1 9\n  v7 = load_item v4 v1\n  v8 = load_item v4 2\n  loop\n\
                @1 pc 2 r0=v5 r1=v7 r2=v2 r3=v8\n  guard_is v1 8 @1\n  guard_is v1 0 @1\n";
    for index in [0i64, 1, 3, 4, -1] {
        // Each gets a list of its own, since the trace writes into it.
        let trace = match parse(text) {
            Ok(trace) => trace,
            Err(error) => panic!("{error}"),
        };
        let lists = [
            object::List::from_slice(&items),
            object::List::from_slice(&items),
        ];
        let index = Value::small(index);
        let exit = execute(&trace, &[lists[0].into(), index][..], 1000);
        let found = machine(&trace, &[lists[1].into(), index], &QUIET);
        assert_eq!(exit.map(|exit| exit.snapshot), Some(found.0));
        assert_eq!(lists[0].items(), lists[1].items());
    }
}
