//! Known answers, then properties: figures scale with the unit and forget the order where they
//! should.

use proptest::prelude::*;

use crate::bootstrap::Bootstrap;
use crate::breakeven::{BreakEven, break_even};
use crate::changepoint::segments;
use crate::warmup::{Class, Method, classify, combine};
use crate::*;

fn close(left: f64, right: f64) -> bool {
    (left - right).abs() <= 1e-9 * left.abs().max(right.abs()).max(1e-300)
}

/// A reproducible stand-in for measurement noise: ±`part` around 1.
fn noise(i: usize, part: f64) -> f64 {
    let mixed = (i as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    1.0 + part * (((mixed >> 40) % 2001) as f64 / 1000.0 - 1.0)
}

fn series(levels: &[(usize, f64)], part: f64) -> Vec<f64> {
    let all = levels
        .iter()
        .flat_map(|&(count, level)| std::iter::repeat_n(level, count));
    all.enumerate()
        .map(|(i, level)| level * noise(i, part))
        .collect()
}

#[test]
fn order_statistics_have_known_answers() {
    assert_eq!(median(&[3.0, 1.0, 2.0]), Ok(2.0));
    assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), Ok(2.5));
    assert_eq!(median(&[7.0]), Ok(7.0));
    assert_eq!(median(&[f64::MAX, f64::MAX]), Ok(f64::MAX));
    assert_eq!(quantile(&[1.0, 2.0, 3.0, 4.0], 0.25), Ok(1.75));
    assert_eq!(quantile(&[1.0, 2.0, 3.0, 4.0], 2.0), Ok(4.0));
    assert_eq!(mad(&[1.0, 1.0, 2.0, 2.0, 4.0, 6.0, 9.0]), Ok(1.0));
    assert_eq!(mad(&[5.0]), Ok(0.0));
    // Squares around the mean of 5: 32, over 7.
    let found = deviation(&[2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]).unwrap();
    assert!(close(found, (32.0f64 / 7.0).sqrt()));
    assert_eq!(deviation(&[5.0]), Err(NoFigure::Empty));
    assert_eq!(geometric_mean(&[2.0, 8.0]).map(|v| close(v, 4.0)), Ok(true));
}

#[test]
fn a_mean_of_many_small_ratios_does_not_underflow() {
    let ratios = vec![1e-9; 400];
    assert!(close(geometric_mean(&ratios).unwrap(), 1e-9));
}

#[test]
fn bad_samples_are_named_not_computed_with() {
    let boot = Bootstrap::new(1);
    assert_eq!(median(&[]), Err(NoFigure::Empty));
    assert_eq!(median(&[1.0, f64::NAN]), Err(NoFigure::NotFinite));
    assert_eq!(quantile(&[1.0], f64::NAN), Err(NoFigure::NotFinite));
    assert_eq!(geometric_mean(&[1.0, 0.0]), Err(NoFigure::NotPositive));
    assert_eq!(relative_spread(&[1.0]), Err(NoFigure::Empty));
    assert_eq!(boot.centre(&["x"], &[]), Err(NoFigure::Empty));
    assert_eq!(
        boot.centre(&["x"], &[vec![1.0], vec![]]),
        Err(NoFigure::Empty)
    );
    let one = vec![vec![1.0]];
    assert_eq!(
        boot.ratio(&["x"], &one, &[vec![0.0]]),
        Err(NoFigure::NotPositive)
    );
    assert_eq!(
        boot.ratio(&["x"], &one, &[vec![f64::INFINITY]]),
        Err(NoFigure::NotFinite)
    );
    assert_eq!(boot.geometric_mean(&["x"], &[]), Err(NoFigure::Empty));
    assert_eq!(classify(&[]), Err(NoFigure::Empty));
    assert_eq!(classify(&[1.0, f64::NAN]), Err(NoFigure::NotFinite));
    assert_eq!(classify(&[1.0, 0.0]), Err(NoFigure::NotPositive));
    assert_eq!(segments(&[0.0, 0.0]), Err(NoFigure::NotPositive));
    assert_eq!(break_even(&[], &one), Err(NoFigure::Empty));
    assert_eq!(break_even(&one, &[vec![]]), Err(NoFigure::Empty));
}

#[test]
fn one_sample_has_a_value_and_no_interval() {
    let boot = Bootstrap::new(1);
    let one = vec![vec![2.0]];
    assert_eq!(
        boot.centre(&["x"], &one),
        Ok(Estimate {
            value: 2.0,
            interval: None
        })
    );
    assert_eq!(
        boot.ratio(&["x"], &one, &one),
        Ok(Estimate {
            value: 1.0,
            interval: None
        })
    );
    let warmup = classify(&[2.0]).unwrap();
    assert_eq!(
        (warmup.class, warmup.method),
        (Class::TooShort, Method::None)
    );
    assert_eq!((warmup.steady_time, warmup.steady_from), (2.0, None));
}

#[test]
fn the_interval_covers_what_invocations_differ_by() {
    let boot = Bootstrap::new(7);
    let tight = vec![series(&[(50, 1.0)], 0.001); 4];
    let spread: Vec<Vec<f64>> = [0.9, 1.0, 1.1, 1.2]
        .iter()
        .map(|&level| series(&[(50, level)], 0.001))
        .collect();
    let narrow = boot.centre(&["a"], &tight).unwrap().interval.unwrap();
    let wide = boot.centre(&["a"], &spread).unwrap().interval.unwrap();
    assert!(narrow.high - narrow.low < 0.002);
    assert!(wide.low < 0.98 && wide.high > 1.12, "{wide:?}");
}

#[test]
fn an_interval_depends_on_seed_and_label_only() {
    let left: Vec<Vec<f64>> = (0..3)
        .map(|i| series(&[(20, 1.0 + 0.1 * i as f64)], 0.05))
        .collect();
    let right = vec![series(&[(20, 2.0)], 0.05)];
    let first = Bootstrap::new(1).ratio(&["a", "b"], &left, &right).unwrap();
    assert_eq!(
        first,
        Bootstrap::new(1).ratio(&["a", "b"], &left, &right).unwrap()
    );
    assert_ne!(
        first,
        Bootstrap::new(2).ratio(&["a", "b"], &left, &right).unwrap()
    );
    assert_ne!(
        first,
        Bootstrap::new(1).ratio(&["ab", ""], &left, &right).unwrap()
    );
    // The stream is the same on every host: a known answer from a big-endian one too.
    let known = Bootstrap {
        resamples: 200,
        ..Bootstrap::new(42)
    };
    let interval = known
        .centre(&["known"], &[vec![1.0, 2.0, 3.0, 4.0, 5.0]])
        .unwrap()
        .interval;
    assert_eq!(
        interval,
        Some(Interval {
            low: 1.0,
            high: 5.0
        })
    );
}

#[test]
fn the_mean_covers_the_intersection_and_says_so() {
    let boot = Bootstrap::new(1);
    let entry = |name: &str, numerator, denominator| Entry {
        benchmark: name.to_owned(),
        numerator,
        denominator,
    };
    let entries = [
        entry("fast", Ok(vec![vec![4.0]]), Ok(vec![vec![1.0]])),
        entry("even", Ok(vec![vec![1.0]]), Ok(vec![vec![1.0]])),
        entry("died", Ok(vec![vec![1.0]]), Err("krait: crash".to_owned())),
        entry(
            "both",
            Err("A: timeout".to_owned()),
            Err("B: crash".to_owned()),
        ),
        entry("zero", Ok(vec![vec![1.0]]), Ok(vec![vec![0.0]])),
    ];
    let mean = mean_over_intersection(&boot, &["m"], &entries);
    assert!(close(mean.estimate.unwrap().value, 2.0));
    assert_eq!((mean.n, mean.m), (2, 5));
    let causes: Vec<&str> = mean
        .dropped
        .iter()
        .map(|(_, cause)| cause.as_str())
        .collect();
    assert_eq!(
        causes,
        [
            "krait: crash",
            "A: timeout; B: crash",
            "a sample is zero or negative"
        ]
    );
    let nothing = mean_over_intersection(&boot, &["m"], &entries[2..]);
    assert_eq!((nothing.estimate, nothing.n, nothing.m), (None, 0, 3));
}

#[test]
fn change_points_are_found_where_the_level_changes() {
    let values = series(&[(30, 2.0), (50, 1.0), (40, 1.5)], 0.01);
    let ends: Vec<usize> = segments(&values).unwrap().iter().map(|s| s.end).collect();
    assert_eq!(ends, [30, 80, 120]);
    assert_eq!(segments(&series(&[(100, 3.0)], 0.02)).unwrap().len(), 1);
    assert_eq!(segments(&vec![1.0; 60]).unwrap().len(), 1);
}

#[test]
fn long_series_are_classified_by_change_points() {
    let class = |levels: &[(usize, f64)]| {
        let warmup = classify(&series(levels, 0.01)).unwrap();
        assert_eq!(warmup.method, Method::ChangePoints);
        (warmup.class, warmup.steady_from)
    };
    assert_eq!(class(&[(100, 1.0)]), (Class::Flat, Some(0)));
    assert_eq!(class(&[(20, 3.0), (80, 1.0)]), (Class::WarmUp, Some(20)));
    assert_eq!(class(&[(20, 0.5), (80, 1.0)]), (Class::Slowdown, Some(20)));
    assert_eq!(
        class(&[(20, 3.0), (20, 0.5), (60, 1.0)]),
        (Class::Slowdown, Some(40))
    );
    assert_eq!(class(&[(90, 1.0), (10, 0.5)]), (Class::NoSteadyState, None));
}

#[test]
fn a_single_slow_first_iteration_is_a_warm_up_also_in_a_long_series() {
    let warmup = classify(&series(&[(1, 25.0), (99, 1.0)], 0.01)).unwrap();
    assert_eq!(warmup.class, Class::WarmUp);
    assert!(warmup.steady_from.unwrap() <= 2, "{warmup:?}");
    assert!(warmup.time_to_steady.unwrap() > 24.0);
    assert!((warmup.steady_time - 1.0).abs() < 0.02);
}

#[test]
fn an_outlier_in_the_middle_changes_nothing() {
    let mut values = series(&[(100, 1.0)], 0.01);
    values[50] = 9.0;
    assert_eq!(classify(&values).unwrap().class, Class::Flat);
}

#[test]
fn short_series_are_classified_by_their_last_half() {
    let class = |values: &[f64]| {
        let warmup = classify(values).unwrap();
        assert_eq!(warmup.method, Method::ShortSeries);
        (warmup.class, warmup.steady_from)
    };
    assert_eq!(class(&[1.0, 1.01, 0.99, 1.0, 1.0]), (Class::Flat, Some(0)));
    assert_eq!(
        class(&[9.0, 2.0, 1.0, 1.01, 0.99, 1.0, 1.0]),
        (Class::WarmUp, Some(2))
    );
    assert_eq!(
        class(&[0.5, 1.0, 1.01, 0.99, 1.0, 1.0]),
        (Class::Slowdown, Some(1))
    );
    assert_eq!(
        class(&[1.0, 2.0, 1.0, 2.0, 1.0, 1.0, 1.0, 3.0, 1.0, 4.0]).0,
        Class::NoSteadyState
    );
}

#[test]
fn invocations_combine_as_in_the_paper() {
    use Class::*;
    assert_eq!(combine(&[]), TooShort);
    assert_eq!(combine(&[Flat, Flat]), Flat);
    assert_eq!(combine(&[Flat, WarmUp]), GoodInconsistent);
    assert_eq!(combine(&[Flat, Slowdown]), Inconsistent);
    assert_eq!(combine(&[WarmUp, NoSteadyState]), NoSteadyState);
}

#[test]
fn break_even_is_the_iteration_from_which_the_sum_stays_ahead() {
    let flat = vec![vec![1.0; 10]];
    let at = |candidate: Vec<f64>| break_even(&[candidate], &flat).unwrap();
    assert_eq!(at(vec![0.5; 10]), BreakEven::At(1));
    assert_eq!(
        at(vec![3.0, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]),
        BreakEven::At(5)
    );
    assert_eq!(at(vec![2.0; 4]), BreakEven::NotWithin(10));
    // Ahead at first, then lost again.
    assert_eq!(at(vec![0.5, 9.0, 1.0, 1.0]), BreakEven::NotWithin(10));
    // A baseline of few iterations goes on at its own pace.
    let long = vec![vec![5.0].into_iter().chain(vec![0.5; 29]).collect()];
    assert_eq!(break_even(&long, &[vec![1.0, 1.0]]), Ok(BreakEven::At(9)));
}

fn times() -> impl Strategy<Value = Vec<f64>> {
    proptest::collection::vec(0.001f64..10.0, 1..120)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn order_does_not_matter(mut values in times()) {
        let (middle, spread) = (median(&values), mad(&values));
        let mean = geometric_mean(&values).unwrap();
        values.reverse();
        let half = values.len() / 2;
        values.rotate_left(half);
        prop_assert_eq!(median(&values), middle);
        prop_assert_eq!(mad(&values), spread);
        prop_assert!(close(geometric_mean(&values).unwrap(), mean));
    }

    #[test]
    fn another_unit_changes_no_verdict(values in times(), power in -12i32..12) {
        // Powers of two scale without rounding.
        let unit = 2f64.powi(power);
        let scaled: Vec<f64> = values.iter().map(|v| v * unit).collect();
        prop_assert_eq!(median(&scaled).unwrap(), median(&values).unwrap() * unit);
        let (plain, other) = (classify(&values).unwrap(), classify(&scaled).unwrap());
        prop_assert_eq!((plain.class, plain.steady_from), (other.class, other.steady_from));
        prop_assert!(close(plain.steady_time * unit, other.steady_time));
        let base = vec![vec![1.0, 2.0, 1.0]];
        let scaled_base = vec![vec![unit, 2.0 * unit, unit]];
        let boot = Bootstrap { resamples: 50, ..Bootstrap::new(3) };
        let left = boot.ratio(&["r"], std::slice::from_ref(&values), &base).unwrap();
        let right = boot.ratio(&["r"], std::slice::from_ref(&scaled), &scaled_base).unwrap();
        prop_assert!(close(left.value, right.value));
        prop_assert_eq!(
            break_even(&[values], &base).unwrap(),
            break_even(&[scaled], &scaled_base).unwrap()
        );
    }

    #[test]
    fn a_mean_does_not_depend_on_the_baseline(pairs in proptest::collection::vec((0.01f64..9.0, 0.01f64..9.0), 1..30)) {
        let one: Vec<f64> = pairs.iter().map(|(a, b)| a / b).collect();
        let other: Vec<f64> = pairs.iter().map(|(a, b)| b / a).collect();
        let product = geometric_mean(&one).unwrap() * geometric_mean(&other).unwrap();
        prop_assert!((product - 1.0).abs() < 1e-9);
    }

    #[test]
    fn segments_cover_the_series_without_gaps(values in times()) {
        let parts = segments(&values).unwrap();
        prop_assert_eq!(parts[0].start, 0);
        prop_assert_eq!(parts[parts.len() - 1].end, values.len());
        prop_assert!(parts.windows(2).all(|w| w[0].end == w[1].start));
    }

    #[test]
    fn an_interval_is_ordered_and_finite(values in proptest::collection::vec(times(), 1..4)) {
        let boot = Bootstrap { resamples: 60, ..Bootstrap::new(5) };
        let estimate = boot.centre(&["p"], &values).unwrap();
        if let Some(interval) = estimate.interval {
            prop_assert!(interval.low <= interval.high && interval.low > 0.0);
        }
    }
}
