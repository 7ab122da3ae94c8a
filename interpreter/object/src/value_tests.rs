//! Tests of the value word.

use super::*;

#[test]
fn floats_survive_the_word() {
    let samples = [
        0.0,
        -0.0,
        1.0,
        -1.0,
        0.1,
        1e-300,
        -1e-300,
        1e300,
        5e-324,
        f64::MAX,
        f64::MIN_POSITIVE,
        f64::INFINITY,
        f64::NEG_INFINITY,
        1e-100,
        1e100,
        3.5e-77,
        2.3e77,
        1.2e-231,
        1.5e231,
    ];
    for f in samples {
        let v = Value::float(f);
        assert_eq!(v.as_float().map(f64::to_bits), Some(f.to_bits()), "{f}");
        assert!(!v.is_small());
    }
    assert!(Value::float(f64::NAN).as_float().is_some_and(f64::is_nan));
}

#[test]
fn every_exponent_has_one_reading() {
    for exponent in 0..2048u64 {
        for sign in 0..2u64 {
            let f = f64::from_bits(sign << 63 | exponent << 52 | 0x000f_1234_5678_9abc);
            let v = Value::float(f);
            assert_eq!(v.as_float().map(f64::to_bits), Some(f.to_bits()));
            let inline = matches!(exponent >> 8, 0 | 3 | 4 | 7);
            assert_eq!(v.is_inline_float(), inline, "exponent {exponent}");
        }
    }
}

#[test]
fn small_integers_end_at_61_bits() {
    assert_eq!(
        Value::try_small(SMALL_MAX).and_then(Value::as_small),
        Some(SMALL_MAX)
    );
    assert_eq!(
        Value::try_small(SMALL_MIN).and_then(Value::as_small),
        Some(SMALL_MIN)
    );
    assert_eq!(Value::try_small(SMALL_MAX + 1), None);
    assert_eq!(Value::try_small(SMALL_MIN - 1), None);
}

#[test]
fn immediates_are_neither_numbers_nor_objects() {
    for v in [
        Value::NONE,
        Value::TRUE,
        Value::FALSE,
        Value::ELLIPSIS,
        Value::UNBOUND,
    ] {
        assert!(!v.is_small() && !v.is_inline_float() && !v.is_object());
    }
}
