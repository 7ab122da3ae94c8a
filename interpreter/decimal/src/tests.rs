//! Arithmetic of natural numbers against its own inverse, functions against known digits, the short ways
//! against the general ones.

use crate::nat::{self, Nat};
use crate::*;

fn context(precision: i64) -> Context {
    Context {
        precision,
        emin: -999_999,
        emax: 999_999,
        rounding: Rounding::HalfEven,
        clamp: false,
    }
}

fn number(text: &str) -> Number {
    let mut status = 0;
    let number = exact_from_text(text.as_bytes(), &mut status);
    assert_eq!(status, 0, "{text}");
    number
}

fn shown(n: &Number) -> String {
    let mut text = Vec::new();
    write_scientific(n, b'E', &mut text);
    String::from_utf8(text).unwrap()
}

/// Digits without a pattern.
fn digits(seed: u64, length: usize) -> Nat {
    let mut state = seed | 1;
    let text: Vec<u8> = (0..length)
        .map(|_| {
            state = state
                .wrapping_mul(6364136223846793005)
                .wrapping_add(1442695040888963407);
            b'0' + ((state >> 33) % 10) as u8
        })
        .collect();
    nat::from_digits(&text)
}

#[test]
fn the_base_divides_any_sum_of_products() {
    for n in [
        0,
        1,
        nat::BASE as u128,
        u128::MAX,
        u128::MAX / 3,
        (nat::BASE as u128).pow(2) - 1,
    ] {
        let (quotient, rest) = nat::split(n);
        assert_eq!(
            (quotient, rest as u128),
            (n / nat::BASE as u128, n % nat::BASE as u128)
        );
    }
    for power in 0..38 {
        let n = 10u128.pow(power);
        assert_eq!(nat::count_digits(n), power + 1);
        assert_eq!(nat::count_digits(n - 1), power.max(1));
    }
}

#[test]
fn long_products_are_those_of_their_parts() {
    // Columns, halves and the transform must agree: each splits where the others do not.
    for (a, b) in [
        (30, 900),
        (900, 900),
        (2_000, 1_700),
        (9_000, 7_500),
        (20_000, 9_000),
    ] {
        let (x, y) = (digits(a as u64, a), digits(b as u64 + 7, b));
        let whole = nat::multiply(&x, &y);
        let mut sum = Nat::new();
        for (at, &limb) in y.iter().enumerate() {
            let row = nat::multiply_small(&x, limb, 0);
            sum = nat::add(&sum, &nat::shift_left(&row, at as u64 * nat::LIMB_DIGITS));
        }
        assert_eq!(whole, sum, "{a} by {b} digits");
    }
}

#[test]
fn quotient_times_divisor_and_remainder_is_the_dividend() {
    for (a, b) in [
        (40, 19),
        (100, 37),
        (3_000, 1_500),
        (6_000, 2_000),
        (40_000, 9_000),
        (9_000, 40),
    ] {
        for b in [
            digits(b as u64, b),
            nat::nines(b as u64),
            nat::power_of_ten(b as u64 - 1),
        ] {
            for a in [
                digits(a as u64 + 3, a),
                nat::nines(a as u64),
                nat::power_of_ten(a as u64),
            ] {
                let (quotient, rest) = divide::div_rem(&a, &b);
                assert!(nat::compare(&rest, &b).is_lt());
                assert_eq!(nat::add(&nat::multiply(&quotient, &b), &rest), a);
            }
        }
    }
}

#[test]
fn roots_are_the_largest_whose_square_fits() {
    for length in [1, 20, 39, 77, 500, 3_000] {
        let n = digits(length as u64, length);
        let (root, exact) = divide::square_root(&n);
        let square = nat::multiply(&root, &root);
        let next = nat::add(&root, &[1]);
        assert!(nat::compare(&square, &n).is_le());
        assert!(nat::compare(&nat::multiply(&next, &next), &n).is_gt());
        assert_eq!(exact, square == n);
        assert!(divide::square_root(&square).1);
    }
}

#[test]
fn binary_and_back() {
    for length in [1, 38, 60, 900, 30_000] {
        let n = digits(length as u64, length);
        assert_eq!(radix::from_binary(&radix::to_binary(&n)), n);
    }
}

#[test]
fn text_and_back() {
    for text in [
        "0", "-0", "0E+3", "1.5", "-1.2E-8", "1E+2", "0.000001", "1E-7", "NaN", "-sNaN12",
        "Infinity",
    ] {
        assert_eq!(shown(&number(text)), text);
    }
    for text in [
        "", ".", "1e", "+-1", "1.2.3", "in", "nanx", "1 ", "1e+", "0x1",
    ] {
        let mut status = 0;
        assert!(exact_from_text(text.as_bytes(), &mut status).is_nan());
        assert_eq!(status, signal::CONVERSION_SYNTAX, "{text}");
    }
}

#[test]
fn elementary_functions() {
    let mut status = 0;
    let c = context(50);
    let e = exp(&number("1"), &c, &mut status);
    assert_eq!(
        shown(&e),
        "2.7182818284590452353602874713526624977572470937000"
    );
    let ln2 = ln(&number("2"), &c, &mut status);
    assert_eq!(
        shown(&ln2),
        "0.69314718055994530941723212145817656807550013436026"
    );
    let ln10 = ln(&number("10"), &c, &mut status);
    assert_eq!(
        shown(&ln10),
        "2.3025850929940456840179914546843642076011014886288"
    );
    let log = log10(&number("2"), &c, &mut status);
    assert_eq!(
        shown(&log),
        "0.30102999566398119521373889472449302676818988146211"
    );
    assert_eq!(status, signal::INEXACT | signal::ROUNDED);
    let root = number("2").square_root(&c, &mut status);
    assert_eq!(
        shown(&root),
        "1.4142135623730950488016887242096980785696718753769"
    );
    let long = context(3_000);
    let there = exp(&number("3.7"), &long, &mut status);
    let back = ln(&there, &context(2_990), &mut status);
    assert_eq!(shown(&back).trim_end_matches('0'), "3.7");
}

#[test]
fn small_numbers_as_all_others() {
    let operands = [
        "0",
        "-0",
        "1",
        "-3",
        "0.001",
        "123456789.987654321",
        "-99999.5",
        "5E+7",
        "25E-3",
        "9999999999999999999999999999",
        "-3.141592653589793238462643383279502884",
        "500000000000000000000000000000000000E-20",
    ];
    for precision in [1, 3, 9, 20, 28, 35] {
        for rounding in Rounding::ALL {
            let c = Context {
                rounding,
                ..context(precision)
            };
            for (a, b) in operands
                .iter()
                .flat_map(|a| operands.iter().map(move |b| (a, b)))
            {
                check_small(&number(a), &number(b), &c);
            }
        }
    }
}

fn check_small(a: &Number, b: &Number, c: &Context) {
    let small = |n: &Number| small::Small {
        negative: n.negative,
        exponent: n.exponent,
        coefficient: nat::to_u128(&n.coefficient).unwrap(),
    };
    let (x, y) = (small(a), small(b));
    let check = |short: &dyn Fn(&mut Status) -> Option<small::Small>,
                 long: &dyn Fn(&mut Status) -> Number| {
        let (mut s, mut t) = (0, 0);
        if let Some(found) = short(&mut s) {
            assert_eq!(found, small(&long(&mut t)), "{a:?} {b:?} {c:?}");
            assert_eq!(s, t, "{a:?} {b:?} {c:?}");
        }
    };
    check(&|s| x.add(y, c, s), &|s| a.add(b, c, s));
    check(&|s| x.subtract(y, c, s), &|s| a.subtract(b, c, s));
    check(&|s| x.multiply(y, c, s), &|s| a.multiply(b, c, s));
    check(&|s| x.divide(y, c, s), &|s| a.divide(b, c, s));
    check(&|s| x.signed(!x.negative, c, s), &|s| a.minus(c, s));
    check(&|s| x.rescale(y.exponent, c, s), &|s| a.quantize(b, c, s));
    if let Some(found) = x.order(y) {
        assert_eq!(Some(found), order(a, b));
    }
}
