//! Verdicts on known changes, and which verdicts let a run pass.

use super::*;

fn estimate(value: f64, low: f64, high: f64) -> Estimate {
    Estimate {
        value,
        interval: Some(Interval { low, high }),
    }
}

fn verdict(value: f64, low: f64, high: f64) -> Verdict {
    judge(estimate(value, low, high), Floor(0.03)).0
}

#[test]
fn a_verdict_needs_size_and_certainty() {
    assert_eq!(verdict(1.10, 1.05, 1.15), Verdict::Slower);
    assert_eq!(verdict(0.90, 0.85, 0.95), Verdict::Faster);
    assert_eq!(verdict(1.10, 0.95, 1.25), Verdict::Undecided);
    assert_eq!(verdict(1.00, 0.98, 1.02), Verdict::Same);
    // Certain, but too small to matter.
    assert_eq!(verdict(1.02, 1.01, 1.04), Verdict::Same);
    // Wide around 1: sameness is not shown.
    assert_eq!(verdict(1.00, 0.90, 1.10), Verdict::Undecided);
}

fn times(new: &Side, old: Option<&Side>) -> Comparison {
    let boot = Bootstrap::new(1);
    compare(&boot, &["x"], Measure::Time, new, old, Floor::default())
}

#[test]
fn single_samples_decide_nothing() {
    let (new, old): (Side, Side) = (Ok(vec![vec![2.0]]), Ok(vec![vec![1.0]]));
    let comparison = times(&new, Some(&old));
    assert_eq!(comparison.verdict, Verdict::Undecided);
    assert_eq!(comparison.change.map(|c| c.value), Some(2.0));
}

#[test]
fn samples_twice_as_long_are_slower() {
    let new: Side = Ok(vec![vec![2.0, 2.1, 1.9], vec![2.0, 2.05, 2.0]]);
    let old: Side = Ok(vec![vec![1.0, 1.1, 0.9], vec![1.0, 1.05, 1.0]]);
    let comparison = times(&new, Some(&old));
    assert_eq!(comparison.verdict, Verdict::Slower);
    let back = times(&old, Some(&new));
    assert_eq!(back.verdict, Verdict::Faster);
}

#[test]
fn failures_are_verdicts_with_a_cause() {
    let good: Side = Ok(vec![vec![1.0]]);
    let bad: Side = Err("crash: SIGSEGV".to_owned());
    let of = |new: &Side, old: Option<&Side>| {
        let comparison = times(new, old);
        (comparison.verdict, comparison.note)
    };
    assert_eq!(
        of(&bad, Some(&good)),
        (Verdict::Failed, "crash: SIGSEGV".to_owned())
    );
    assert_eq!(of(&bad, Some(&bad)).0, Verdict::Failed);
    assert_eq!(of(&good, None), (Verdict::NoBaseline, String::new()));
    let note = "the baseline failed: crash: SIGSEGV".to_owned();
    assert_eq!(of(&good, Some(&bad)), (Verdict::NoBaseline, note));
    let garbage: Side = Ok(vec![vec![f64::NAN]]);
    assert_eq!(of(&garbage, Some(&good)).0, Verdict::Undecided);
}

#[test]
fn the_gate_takes_the_worst_and_never_returns_what_make_returns() {
    use Verdict::*;
    assert_eq!(gate([]), Gate::Pass);
    assert_eq!(gate([Same, Faster, Undecided]), Gate::Pass);
    assert_eq!(gate([Same, NoBaseline]), Gate::NoBaseline);
    assert_eq!(gate([NoBaseline, Slower]), Gate::Regression);
    assert_eq!(gate([Slower, Failed, NoBaseline]), Gate::BenchmarkFailed);
    let all = [
        Gate::Pass,
        Gate::NoBaseline,
        Gate::Regression,
        Gate::BenchmarkFailed,
    ];
    assert_eq!(all.map(Gate::exit_status), [0, 4, 3, 1]);
}
