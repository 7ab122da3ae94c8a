//! Histories whose changes are plain to see.

use proptest::prelude::*;

use crate::NoFigure;
use crate::steps::{Change, Kind, Rule, changes};

/// Levels for so many nights each, with reproducible noise of about one per cent.
fn history(levels: &[(usize, f64)]) -> Vec<f64> {
    let nights = levels
        .iter()
        .flat_map(|&(n, level)| std::iter::repeat_n(level, n));
    nights
        .enumerate()
        .map(|(i, level)| {
            let mixed = (i as u64 + 7).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let even = ((mixed >> 40) % 4001) as f64 / 2000.0 - 1.0;
            level * (0.017 * even).exp()
        })
        .collect()
}

fn found(values: &[f64]) -> Vec<Change> {
    changes(values, &Rule::default()).unwrap()
}

fn places(values: &[f64]) -> Vec<usize> {
    found(values).iter().map(|change| change.at).collect()
}

#[test]
fn a_step_is_found_with_its_size() {
    let told = found(&history(&[(60, 1.0), (40, 1.1)]));
    assert_eq!(told.len(), 1);
    let step = told[0];
    assert_eq!((step.at, step.kind), (60, Kind::Step));
    assert!((step.magnitude - 1.1).abs() < 0.005, "{step:?}");
    assert!(step.sigmas > 5.0 && step.chance < 1e-6, "{step:?}");
}

#[test]
fn a_regression_that_was_fixed_is_two_steps() {
    assert_eq!(
        places(&history(&[(90, 1.0), (8, 1.06), (90, 1.0)])),
        [90, 98]
    );
}

#[test]
fn stairs_are_steps_and_a_slope_is_a_drift() {
    let stairs = history(&[(50, 1.0), (50, 1.05), (50, 1.1)]);
    assert!(
        found(&stairs)
            .iter()
            .all(|change| change.kind == Kind::Step)
    );
    assert_eq!(places(&stairs), [50, 100]);
    let slope: Vec<f64> = history(&[(200, 1.0)])
        .iter()
        .enumerate()
        .map(|(i, v)| v * (0.0004 * i as f64).exp())
        .collect();
    let told = found(&slope);
    assert!(!told.is_empty());
    assert!(
        told.iter().all(|change| change.kind == Kind::Drift),
        "{told:?}"
    );
}

#[test]
fn noise_a_bad_night_and_silence_are_no_changes() {
    assert_eq!(places(&history(&[(200, 1.0)])), []);
    assert_eq!(places(&history(&[(100, 1.0), (1, 5.0), (100, 1.0)])), []);
    assert_eq!(places(&[1.0; 100]), []);
    assert_eq!(places(&[1.0, 2.0]), []);
}

#[test]
fn a_step_between_silent_levels_is_found() {
    let silent: Vec<f64> = [vec![100.0; 30], vec![101.0; 30]].concat();
    assert_eq!(places(&silent), [30]);
}

#[test]
fn a_small_change_is_left_out_on_request() {
    let rule = Rule {
        least_magnitude: 0.2,
        ..Rule::default()
    };
    let values = history(&[(60, 1.0), (40, 1.1)]);
    assert_eq!(changes(&values, &rule), Ok(Vec::new()));
    assert_eq!(changes(&[], &rule), Err(NoFigure::Empty));
    assert_eq!(changes(&[1.0, 0.0], &rule), Err(NoFigure::NotPositive));
    assert_eq!(changes(&[1.0, f64::NAN], &rule), Err(NoFigure::NotFinite));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_unit_does_not_matter_and_places_are_in_order(
        values in proptest::collection::vec(0.1f64..3.0, 1..120),
        power in -9i32..9,
    ) {
        let told = found(&values);
        let scaled: Vec<f64> = values.iter().map(|v| v * 2f64.powi(power)).collect();
        let other = found(&scaled);
        prop_assert_eq!(told.len(), other.len());
        for (one, two) in told.iter().zip(&other) {
            prop_assert_eq!((one.at, one.kind), (two.at, two.kind));
            prop_assert!((one.magnitude - two.magnitude).abs() < 1e-6);
        }
        prop_assert!(told.windows(2).all(|two| two[0].at < two[1].at));
        prop_assert!(told.iter().all(|c| c.from < c.at && c.at < c.to && c.to <= values.len()));
    }

    #[test]
    fn a_larger_step_is_no_less_certain(size in 0.05f64..0.5) {
        let small = found(&history(&[(40, 1.0), (40, 1.0 + size)]));
        let large = found(&history(&[(40, 1.0), (40, 1.0 + 2.0 * size)]));
        prop_assert_eq!((small.len(), large.len()), (1, 1));
        prop_assert!(large[0].chance <= small[0].chance + 1e-12);
        prop_assert!(large[0].magnitude > small[0].magnitude);
    }
}
