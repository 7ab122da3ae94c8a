//! What is written is read again as it was; what others write is read; what is wrong is said.

use model::{Criterion, ExperimentName, Invocation, Outcome, Provenance, Run, Sample, Target};
use proptest::prelude::*;

use crate::codespeed::Posting;
use crate::{Exported, Naming, NotRead, Reading, adopt, bencher, codespeed, pyperf, rebench};

const POSTING: Posting<'_> = Posting {
    project: "krait",
    branch: "main",
    environment: None,
};

fn naming() -> Naming {
    Naming {
        experiment: ExperimentName::new("nights").unwrap(),
        executor: None,
        host: None,
        at: None,
        target: Target::X86_64,
        source: "a test".to_owned(),
    }
}

fn wall(values: &[f64]) -> Vec<Sample> {
    let sample = |(at, value): (usize, &f64)| Sample {
        criterion: Criterion::Wall,
        iteration: Some(at as u32),
        value: *value,
    };
    values.iter().enumerate().map(sample).collect()
}

fn reading(benchmark: &str, invocations: &[&[f64]]) -> Reading {
    Reading {
        executor: "krait".to_owned(),
        suite: "classic".to_owned(),
        benchmark: benchmark.to_owned(),
        arguments: String::new(),
        host: Some("host".to_owned()),
        at: Some("2026-01-31T04:00:00Z".parse().unwrap()),
        commit: Some("abc".to_owned()),
        invocations: invocations.iter().map(|values| wall(values)).collect(),
    }
}

/// A run with these times.
fn measured(readings: &[Reading]) -> (Run, Vec<Invocation>) {
    let mut adopted = adopt(readings, &naming()).unwrap();
    assert_eq!(adopted.len(), 1);
    let one = adopted.remove(0);
    (one.run, one.invocations)
}

fn two() -> (Run, Vec<Invocation>) {
    let warming: Vec<f64> = (0..12).map(|i| if i < 3 { 9e6 } else { 2e6 }).collect();
    measured(&[
        reading("richards", &[&warming, &warming]),
        reading("nbody", &[&[5e6, 5.1e6, 5e6], &[5.2e6, 5.2e6, 5.2e6]]),
    ])
}

/// All iterations of all processes, by benchmark.
fn values(readings: &[Reading]) -> Vec<(String, Vec<Vec<f64>>)> {
    let of = |reading: &Reading| {
        let invocations = reading.invocations.iter().map(|samples| {
            let wall = samples.iter().filter(|s| s.criterion == Criterion::Wall);
            wall.map(|sample| sample.value).collect()
        });
        (reading.benchmark.clone(), invocations.collect())
    };
    let mut all: Vec<_> = readings.iter().map(of).collect();
    all.sort_by(|a: &(String, Vec<Vec<f64>>), b| a.0.cmp(&b.0));
    all
}

#[track_caller]
fn close(one: &[(String, Vec<Vec<f64>>)], other: &[(String, Vec<Vec<f64>>)]) {
    assert_eq!(one.len(), other.len());
    for ((name, a), (same, b)) in one.iter().zip(other) {
        assert_eq!(name, same);
        assert_eq!(a.len(), b.len(), "{name}");
        for (a, b) in a.iter().zip(b) {
            assert_eq!(a.len(), b.len(), "{name}");
            for (a, b) in a.iter().zip(b) {
                assert!(
                    (a - b).abs() <= 1.0,
                    "{name}: {a} and {b} are a nanosecond apart"
                );
            }
        }
    }
}

#[test]
fn pyperf_and_rebench_hold_every_iteration() {
    let (run, invocations) = two();
    let exported = Exported::of(&run, &invocations, "krait");
    let warming = [9e6, 9e6, 9e6, 2e6, 2e6, 2e6, 2e6, 2e6, 2e6, 2e6, 2e6, 2e6];
    let expected = values(&[
        reading("richards", &[&warming, &warming]),
        reading("nbody", &[&[5e6, 5.1e6, 5e6], &[5.2e6, 5.2e6, 5.2e6]]),
    ]);
    for again in [
        pyperf::read(&pyperf::write(&exported)).unwrap(),
        rebench::read(&rebench::write(&exported)).unwrap(),
    ] {
        close(&values(&again), &expected);
        for one in &again {
            assert_eq!(one.executor, "krait");
            assert_eq!(one.suite, "classic");
            assert_eq!(one.host.as_deref(), Some("host"));
            assert_eq!(one.commit.as_deref(), Some("abc"));
            assert_eq!(one.at, Some("2026-01-31T04:00:00Z".parse().unwrap()));
        }
    }
    let text = pyperf::write(&exported);
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let warm = json["benchmarks"][0]["runs"][0]["warmups"].as_array();
    assert_eq!(
        warm.map(Vec::len),
        Some(3),
        "what came before the steady state: {text}"
    );
}

#[test]
fn codespeed_and_bencher_hold_a_value_and_its_spread() {
    let (run, invocations) = two();
    let exported = Exported::of(&run, &invocations, "krait");
    let posted = codespeed::read(&codespeed::write(&exported, &POSTING)).unwrap();
    let measured = bencher::read(&bencher::write(&exported)).unwrap();
    let expected = values(&[
        reading("richards", &[&[2e6]]),
        reading("nbody", &[&[5.125e6]]),
    ]);
    close(&values(&posted), &expected);
    close(&values(&measured), &expected);
    let text = codespeed::write(&exported, &POSTING);
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json[0]["benchmark"], "classic/richards");
    assert_eq!(json[0]["environment"], "host");
    assert_eq!(json[0]["commitid"], "abc");
    assert_eq!(json[1]["result_date"], "2026-01-31 04:00:00");
    let deviation = json[1]["std_dev"].as_f64().unwrap();
    assert!(
        (deviation - 0.15e-3 / 2f64.sqrt()).abs() < 1e-9,
        "{deviation}"
    );
}

#[test]
fn a_benchmark_that_failed_is_left_out_and_said() {
    let (run, mut invocations) = two();
    invocations[0].outcome = Outcome::TimedOut { limit_s: 1 };
    let exported = Exported::of(&run, &invocations, "krait");
    assert_eq!(exported.left_out, ["classic/richards"]);
    assert_eq!(exported.series.len(), 1);
    let none = Exported::of(&run, &invocations, "another");
    assert!(none.series.is_empty() && none.left_out.is_empty());
}

#[test]
fn a_run_of_another_tool_is_a_run_with_names_of_ours() {
    let mut odd = reading("../<b>\n", &[&[1e6, 2e6]]);
    odd.executor = "CPython 3.13 (x)".to_owned();
    let mut other = reading("../<b>\t", &[&[3e6]]);
    other.executor.clone_from(&odd.executor);
    let naming = naming();
    let adopted = adopt(&[odd.clone(), other.clone()], &naming).unwrap();
    let [one] = adopted.as_slice() else {
        panic!("one run: {adopted:?}")
    };
    assert_eq!(one.run.id.0, "20260131T040000.000Z-nights");
    assert_eq!(one.run.planned, 2);
    let names: Vec<&str> = one.run.experiment.suites[0]
        .benchmarks
        .iter()
        .map(|benchmark| benchmark.name.as_str())
        .collect();
    assert_eq!(names.len(), 2, "they stay two: {names:?}");
    assert!(names[0].starts_with("x..__b__-"), "{names:?}");
    assert_ne!(one.invocations[0].id, one.invocations[1].id);
    assert_eq!(
        adopt(&[odd, other], &naming).unwrap(),
        adopted,
        "the same again"
    );
}

#[test]
fn commits_and_hosts_are_runs_of_their_own_and_arguments_benchmarks() {
    let first = reading("a", &[&[1.0]]);
    let mut second = reading("a", &[&[1.0]]);
    second.commit = Some("def".to_owned());
    let mut third = reading("a", &[&[1.0]]);
    third.arguments = "7".to_owned();
    let adopted = adopt(&[first, second, third], &naming()).unwrap();
    let ids: Vec<&str> = adopted.iter().map(|one| one.run.id.0.as_str()).collect();
    assert_eq!(
        ids,
        ["20260131T040000.000Z-nights", "20260131T040000.001Z-nights"]
    );
    assert_eq!(adopted[0].run.experiment.suites[0].benchmarks.len(), 2);
    let commit = |at: usize| {
        let known: &Provenance = adopted[at].run.executors[0].provenance.as_ref().unwrap();
        known.commit.clone()
    };
    assert_eq!(
        (commit(0), commit(1)),
        (Some("abc".into()), Some("def".into()))
    );
}

#[test]
fn what_a_file_does_not_say_is_asked_for() {
    let text = r#"{"a": {"latency": {"value": 5}}}"#;
    let readings = bencher::read(text).unwrap();
    let mut naming = naming();
    assert!(matches!(
        adopt(&readings, &naming),
        Err(NotRead::NoTime { .. })
    ));
    naming.at = Some("2026-01-31T04:00:00Z".parse().unwrap());
    assert_eq!(adopt(&readings, &naming), Err(NotRead::NoExecutor));
    naming.executor = Some(model::ExecutorName::new("krait").unwrap());
    let adopted = adopt(&readings, &naming).unwrap();
    assert_eq!(adopted[0].run.host.name, "unknown");
    assert_eq!(adopted[0].invocations[0].key.suite.as_str(), "imported");
    let mut other = readings[0].clone();
    other.executor = "b".to_owned();
    let several = adopt(&[readings[0].clone(), other], &naming);
    assert!(matches!(several, Err(NotRead::SeveralExecutors { .. })));
}

#[test]
fn bad_files_say_what_is_wrong_and_where() {
    let said = |result: Result<Vec<Reading>, NotRead>| result.unwrap_err().to_string();
    let cases = [
        (said(pyperf::read("{")), "no file of pyperf"),
        (said(pyperf::read("{}")), "no `version`"),
        (said(pyperf::read(r#"{"version": "0.9"}"#)), "version 0.9"),
        (
            said(pyperf::read(r#"{"version": "1.0", "benchmarks": []}"#)),
            "no sample",
        ),
        (
            said(pyperf::read(
                r#"{"version": "1.0", "benchmarks": [{"metadata": {"name": "a"}, "runs": [{"values": ["x"]}]}]}"#,
            )),
            "a: a value is no number",
        ),
        (
            said(pyperf::read(
                r#"{"version": "1.0", "benchmarks": [{"metadata": {"name": "a"}, "runs": [{"values": [-1]}]}]}"#,
            )),
            "a: -1 is no sample",
        ),
        (said(codespeed::read("7")), "no list of results"),
        (
            said(codespeed::read("[{}]")),
            "result 0: it has no `benchmark`",
        ),
        (said(bencher::read("[]")), "no object of benchmarks"),
        (
            said(bencher::read(r#"{"a": {"latency": {}}}"#)),
            "a, latency: it has no number",
        ),
        (said(rebench::read("")), "no sample"),
        (said(rebench::read("1\t2\t3\n")), "no heading"),
        (
            said(rebench::read(
                "invocation\titeration\tvalue\tunit\tcriterion\tbenchmark\texecutor\tsuite\n1\t0\t5\tms\ttotal\ta\tb\tc\n",
            )),
            "line 2: `iteration` is no number from 1 on",
        ),
    ];
    for (told, part) in cases {
        assert!(told.contains(part), "`{part}` is not in `{told}`");
    }
}

#[test]
fn what_others_write_is_read() {
    let pyperf = r#"{"version": "1.0", "metadata": {"name": "x", "unit": "byte", "hostname": "h",
        "python_implementation": "cpython", "python_version": "3.13.1"},
        "benchmarks": [{"runs": [
          {"metadata": {"calibrate_loops": 1, "date": "2026-01-31 04:00:00.123456"}, "warmups": [[1, 5]]},
          {"values": [100, 300, 200]}]}]}"#;
    let [one] = &pyperf::read(pyperf).unwrap()[..] else {
        panic!("one benchmark")
    };
    assert_eq!(one.executor, "cpython 3.13.1");
    assert_eq!(
        one.invocations.len(),
        1,
        "calibration is no process of ours"
    );
    assert_eq!(one.invocations[0][0].criterion, Criterion::PeakMemory);
    assert_eq!(one.invocations[0][0].value, 300.0);
    assert_eq!(one.at.unwrap().to_string(), "2026-01-31T04:00:00.123456Z");

    let rebench = "#!rebench x.conf\n# Execution Start: 2026-01-31T04:00:00.5+02:00\n\
        # Source: {\"commitId\":\"abc\"}\n\
        invocation\titeration\tvalue\tunit\tcriterion\tbenchmark\tvm\tsuite\textra_args\tcores\tinput_size\tvar_value\n\
        2\t1\t7\tkb\tmax-rss\tb\te\ts\t\t1\t10\t\n1\t1\t5.5\tms\ttotal\tb\te\ts\t\t1\t10\t\n\
        1\t2\t0.004\ts\ttotal\tb\te\ts\t\t1\t10\t\n";
    let [one] = &rebench::read(rebench).unwrap()[..] else {
        panic!("one benchmark")
    };
    assert_eq!(one.arguments, "10 1");
    assert_eq!(one.at.unwrap().to_string(), "2026-01-31T02:00:00.5Z");
    let of = |invocation: usize| &one.invocations[invocation];
    assert_eq!(
        of(0)[0].criterion,
        Criterion::Other("rebench:max-rss".into())
    );
    assert_eq!((of(1)[0].value, of(1)[1].value), (5.5e6, 4e6));

    let codespeed = r#"[{"commitid": 5, "x": 1}]"#;
    assert!(codespeed::read(codespeed).is_err());
    let codespeed = r#"{"commitid": "5", "branch": "default", "project": "p", "executable": "e",
        "benchmark": "b", "environment": "h", "result_value": "0.5", "revision_date": "2026-01-31 04:00"}"#;
    let [one] = &codespeed::read(codespeed).unwrap()[..] else {
        panic!("one result")
    };
    assert_eq!(one.invocations[0][0].value, 5e8);
    assert_eq!(one.at.unwrap().to_string(), "2026-01-31T04:00:00Z");
}

/// Text that begins like a file of one of the forms and goes wrong somewhere.
fn nearly(text: String) -> impl Strategy<Value = String> {
    let length = text.chars().count();
    (0..=length, ".{0,12}", 0..=8usize).prop_map(move |(at, inserted, removed)| {
        let before: String = text.chars().take(at).collect();
        let after: String = text.chars().skip(at + removed).collect();
        format!("{before}{inserted}{after}")
    })
}

fn written() -> [String; 4] {
    let (run, invocations) = two();
    let exported = Exported::of(&run, &invocations, "krait");
    [
        pyperf::write(&exported),
        rebench::write(&exported),
        codespeed::write(&exported, &POSTING),
        bencher::write(&exported),
    ]
}

fn read_all(text: &str) {
    for read in [pyperf::read, rebench::read, codespeed::read, bencher::read] {
        let Ok(readings) = read(text) else { continue };
        assert!(!readings.is_empty());
        let mut naming = naming();
        naming.at = Some("2026-01-31T04:00:00Z".parse().unwrap());
        for adopted in adopt(&readings, &naming).unwrap_or_default() {
            assert_eq!(adopted.run.planned as usize, adopted.invocations.len());
            for invocation in &adopted.invocations {
                let good = |s: &Sample| s.value.is_finite() && s.value >= 0.0;
                assert!(invocation.samples.iter().all(good));
            }
        }
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in ".{0,400}") {
        read_all(&text);
    }

    #[test]
    fn a_broken_file_is_read_or_refused(text in proptest::sample::select(written().to_vec()).prop_flat_map(nearly)) {
        read_all(&text);
    }

    #[test]
    fn what_is_written_is_read_again(times in proptest::collection::vec(proptest::collection::vec(1u32..4_000_000_000, 1..30), 1..5)) {
        let times: Vec<Vec<f64>> = times.iter().map(|one| one.iter().map(|v| f64::from(*v)).collect()).collect();
        let slices: Vec<&[f64]> = times.iter().map(Vec::as_slice).collect();
        let given = reading("a", &slices);
        let (run, invocations) = measured(std::slice::from_ref(&given));
        let exported = Exported::of(&run, &invocations, "krait");
        close(&values(&pyperf::read(&pyperf::write(&exported)).unwrap()), &values(std::slice::from_ref(&given)));
        close(&values(&rebench::read(&rebench::write(&exported)).unwrap()), &values(&[given]));
        codespeed::read(&codespeed::write(&exported, &POSTING)).unwrap();
        bencher::read(&bencher::write(&exported)).unwrap();
    }
}

#[test]
fn numbers_that_are_none_are_refused() {
    let with = |value: &str| {
        let text = format!(
            "invocation\titeration\tvalue\tunit\tcriterion\tbenchmark\texecutor\tsuite\n1\t1\t{value}\tms\ttotal\ta\tb\tc\n"
        );
        rebench::read(&text)
    };
    for value in ["NaN", "inf", "-1", "1e400", ""] {
        assert!(with(value).is_err(), "{value}");
    }
}
