//! The parts of the executable that can be tested without running it: the experiments that are
//! shipped, the view of a run, and the time that is left.

use std::path::PathBuf;
use std::time::Duration;

use model::{
    ClockKind, Criterion, Environment, ExperimentName, Host, Invocation, InvocationId, Isolation,
    Outcome, Provenance, Reported, Run, RunExecutor, RunId, Sample, SeriesKey, Target,
};
use reports::view::OutcomeKind;
use store::Stored;

use crate::cli::Narrowing;
use crate::input::Input;
use crate::joint::Measurements;
use crate::progress::{Foresight, brief};
use crate::view::{outcome_view, view};

const EXPERIMENT: &str = "\
experiment: small
seed: 1
invocations: 2
baseline: x
programs: p
timeout_s: 1
memory_mb: 1
suites:
  - {name: s, title: The suite, benchmarks: [{name: b, size: 3, iterations: 2, unchecked: true}]}
executors:
  - {name: x, kind: command, command: [x]}
  - {name: pypy, label: PyPy, kind: pypy, path: pypy3}
";

fn suites() -> PathBuf {
    PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo tells it"))
        .join("../../suites")
}

#[test]
fn the_shipped_experiments_are_sound() {
    for name in [
        "quick.yaml",
        "tiny.yaml",
        "full.yaml",
        "targets.yaml",
        "counts.yaml",
        "nightly.yaml",
        "trial.yaml",
    ] {
        if let Err(failure) = Input::read(&suites().join(name)) {
            panic!("{}", failure.text());
        }
    }
}

#[test]
fn counts_that_are_asked_for_make_a_part() {
    let read = || Input::read(&suites().join("nightly.yaml")).expect("it is sound");
    let whole = read().experiment;
    let asked = Narrowing {
        invocations: Some(2),
        iterations: Some(30),
        ..Narrowing::default()
    };
    let part = read().narrowed(&asked).expect("it is there").experiment;
    assert_eq!((part.name.as_str(), part.invocations), ("nightly.part", 2));
    let benchmarks = |of: &model::Experiment| -> Vec<u32> {
        let all = of.suites.iter().flat_map(|suite| &suite.benchmarks);
        all.map(|one| one.iterations).collect()
    };
    let fewer: Vec<u32> = benchmarks(&whole).iter().map(|own| *own.min(&30)).collect();
    assert_eq!(benchmarks(&part), fewer, "at most so many, never more");
    let same = read().narrowed(&Narrowing::default()).expect("all of it");
    assert_eq!(same.experiment, whole, "and nothing asked is the whole");
}

#[test]
fn the_quick_experiment_holds_the_whole_catalogue() {
    let input = Input::read(&suites().join("quick.yaml")).expect("it is sound");
    let mut names: Vec<String> = input
        .experiment
        .suites
        .iter()
        .flat_map(|suite| {
            suite
                .benchmarks
                .iter()
                .map(|benchmark| benchmark.name.to_string())
        })
        .collect();
    names.sort();
    let text = std::fs::read_to_string(suites().join("expected/digests.yaml")).unwrap();
    let catalogue = model::yaml::Catalogue::parse("digests.yaml", &text).unwrap();
    let mut known: Vec<&str> = catalogue.names().collect();
    known.sort_unstable();
    assert_eq!(names, known);
}

fn invocation(run: &Run, executor: usize, index: u32, seconds: f64) -> Invocation {
    let found = &run.executors[executor];
    let sample = |criterion, iteration, value| Sample {
        criterion,
        iteration,
        value,
    };
    Invocation {
        id: InvocationId(format!("{executor}-{index}")),
        run: run.id.clone(),
        key: SeriesKey {
            suite: run.experiment.suites[0].name.clone(),
            suite_version: 1,
            benchmark: run.experiment.suites[0].benchmarks[0].name.clone(),
            benchmark_version: 7,
            size: 3,
            arguments: String::new(),
            executor: found.name.clone(),
            configuration: run.experiment.executors[executor].configuration,
            target: found.target,
            host: "h".into(),
            clock: found.clock,
            build: String::new(),
        },
        index,
        position: index,
        started_at: String::new(),
        command: vec![],
        outcome: Outcome::Ok,
        isolation: Isolation {
            missed: vec!["niceness".into()],
            ..Isolation::default()
        },
        reported: Reported {
            implementation: "mock".into(),
            python: "3.14.0".into(),
            ..Reported::default()
        },
        stdout_tail: String::new(),
        absent: vec![],
        stderr_tail: String::new(),
        samples: vec![
            sample(Criterion::Wall, Some(0), 2e6),
            sample(Criterion::Jit("OPS".into()), Some(0), 5.0),
            sample(Criterion::Wall, Some(1), 1e6),
            sample(Criterion::Jit("OPS".into()), Some(1), 9.0),
            sample(Criterion::ProcessWall, None, seconds * 1e9),
            sample(Criterion::PeakMemory, None, 8e6),
        ],
    }
}

fn stored() -> Stored {
    let catalogue = model::yaml::Catalogue::default();
    let experiment = model::yaml::experiment("e", EXPERIMENT, &catalogue).expect("it is sound");
    let executors = experiment.executors.iter().map(|executor| RunExecutor {
        not_built: false,
        name: executor.name.clone(),
        target: Target::X86_64,
        clock: ClockKind::Native,
        command: vec![executor.name.to_string()],
        provenance: Ok(Provenance {
            sha256: "ab".into(),
            ..Provenance::default()
        }),
    });
    let run = Run {
        id: RunId("r".into()),
        started_at: "then".into(),
        plan: "p".into(),
        planned: 4,
        share: model::Share::This,
        executors: executors.collect(),
        experiment_text: EXPERIMENT.into(),
        experiment,
        host: Host {
            name: "h".into(),
            ..Host::default()
        },
        environment: Environment::default(),
    };
    let mut failed = invocation(&run, 1, 1, 1.0);
    failed.outcome = Outcome::TimedOut { limit_s: 4 };
    let invocations = vec![
        invocation(&run, 0, 1, 3.0),
        invocation(&run, 0, 0, 1.0),
        invocation(&run, 1, 0, 1.0),
        failed,
    ];
    Stored { run, invocations }
}

fn alone(main: Stored) -> Measurements {
    let (others, away) = (Vec::new(), Vec::new());
    Measurements { main, others, away }
}

#[test]
fn a_view_says_what_was_measured() {
    let view = view(&alone(stored()), "now");
    assert_eq!(view.baselines, ["x"]);
    assert_eq!(view.columns.len(), 2);
    assert_eq!(
        view.columns[0].version, "mock 3.14.0",
        "it told no version, its program did"
    );
    assert!(view.columns[1].has_jit && !view.columns[0].has_jit);
    assert_eq!(
        (
            view.columns[1].label.as_str(),
            view.columns[1].configuration.as_str()
        ),
        ("PyPy", "jit")
    );
    let benchmark = &view.sections[0].benchmarks[0];
    assert_eq!(
        (benchmark.version.as_str(), benchmark.cells.len()),
        ("7", 2)
    );
    assert_eq!(benchmark.arguments, "--size 3 --iterations 2");
    let first = &benchmark.cells[0].invocations[0];
    assert_eq!(first.iterations_s, [0.002, 0.001]);
    assert_eq!(
        (first.wall_s, first.peak_rss_bytes),
        (Some(1.0), Some(8_000_000)),
        "by index"
    );
    assert_eq!(
        (first.jit[0].name.as_str(), first.jit[0].value),
        ("OPS", 9.0),
        "the last total"
    );
    let failed = &benchmark.cells[1].invocations[1];
    assert_eq!(failed.outcome.kind, OutcomeKind::Timeout);
    assert_eq!(
        failed.iterations_s.len(),
        2,
        "what came before the failure is kept"
    );
    let not_isolated = view
        .provenance
        .environment
        .iter()
        .filter(|f| f.name == "not isolated");
    assert_eq!(not_isolated.count(), 1, "each miss is told once");
    let analysed = reports::analyse(view);
    assert!(
        analysed.sections[0].benchmarks[0].cells[0]
            .figures
            .is_some()
    );
}

#[test]
fn the_summary_of_the_jit_is_shown_before_its_counters() {
    let mut stored = stored();
    stored.invocations[1].samples.push(Sample {
        criterion: Criterion::JitSummary("Tracing seconds".into()),
        iteration: None,
        value: 0.5,
    });
    let view = view(&alone(stored), "now");
    let jit = &view.sections[0].benchmarks[0].cells[0].invocations[0].jit;
    assert_eq!(jit.len(), 1);
    assert_eq!(
        (jit[0].name.as_str(), jit[0].unit.as_str()),
        ("Tracing seconds", "s")
    );
}

#[test]
fn outcomes_keep_their_kind_and_cause() {
    let crash = Outcome::Crashed {
        signal: None,
        exit: Some(3),
        stderr_tail: "no".into(),
    };
    let shown = outcome_view(&crash);
    assert_eq!(
        (shown.kind, shown.detail.as_str()),
        (OutcomeKind::Error, "exit status 3: no")
    );
    let killed = Outcome::Crashed {
        signal: Some(11),
        exit: None,
        stderr_tail: String::new(),
    };
    assert_eq!(outcome_view(&killed).kind, OutcomeKind::Crash);
    assert_eq!(outcome_view(&Outcome::Ok).kind, OutcomeKind::Ok);
}

#[test]
fn the_time_left_is_foreseen_by_cell_and_else_by_average() {
    let stored = stored();
    let plan = plan::plan(plan::Inputs {
        experiment: &stored.run.experiment,
        executors: &stored.run.executors,
        host: "h",
        programs: "p",
    });
    let mut foresight = Foresight::default();
    assert_eq!(foresight.left(plan.steps.iter()), None);
    foresight.learn(&stored.invocations[0]);
    assert_eq!(
        foresight.left(plan.steps.iter()),
        Some(Duration::from_secs(12))
    );
    foresight.learn(&stored.invocations[2]);
    assert_eq!(
        foresight.left(plan.steps.iter()),
        Some(Duration::from_secs(8))
    );
}

#[test]
fn durations_read_well() {
    let said = [
        (5, "5 s"),
        (89, "89 s"),
        (100, "2 min"),
        (3000, "50 min"),
        (9000, "2.5 h"),
    ];
    for (seconds, text) in said {
        assert_eq!(brief(Duration::from_secs(seconds)), text);
    }
}

#[test]
fn a_clock_that_jumps_back_does_not_put_a_run_before_older_ones() {
    let name = ExperimentName::new("nightly").unwrap();
    let ending = crate::joint::ending(&name, &model::Share::This);
    let ids =
        |all: &[&str]| -> Vec<RunId> { all.iter().map(|id| RunId((*id).to_owned())).collect() };
    let now = "2026-01-31T04:00:00.5Z".parse().unwrap();
    let id = |known: &[&str]| {
        let known = ids(known);
        let (id, after) = crate::measure::id_of(now, &ending, &known);
        (id.0, after.map(|id| id.0.clone()))
    };
    let by_clock = "20260131T040000.500Z-nightly".to_owned();
    let others = [
        "20990101T000000.000Z-weekly",
        "20990101T000000.000Z-x-nightly",
        "odd-nightly",
    ];
    assert_eq!(
        id(&others),
        (by_clock.clone(), None),
        "other experiments and odd names"
    );
    assert_eq!(id(&["20260130T040000.000Z-nightly"]), (by_clock, None));
    let known = [
        "20260130T040000.000Z-nightly",
        "20270130T235959.999Z-nightly",
    ];
    let later = "20270131T000000.000Z-nightly".to_owned();
    assert_eq!(
        id(&known),
        (later, Some(known[1].to_owned())),
        "the clock was set back"
    );
    let still = "20260131T040000.500Z-nightly";
    let next = "20260131T040000.501Z-nightly".to_owned();
    assert_eq!(
        id(&[still]),
        (next, Some(still.to_owned())),
        "it stands still"
    );
}

/// What the small experiment is with hosts.
const HOSTS: &str = "\
hosts:
  - {name: arm, target: aarch64, ssh: arm}
  - {name: big, target: s390x}
";

fn with_hosts() -> model::Experiment {
    let x =
        "command: [x], hosts: [this, arm]}\n  - {name: y, kind: command, command: [y], host: big}";
    let text = EXPERIMENT
        .replace("command: [x]}", x)
        .replace("baseline: x", "baseline: x-this");
    let catalogue = model::yaml::Catalogue::default();
    model::yaml::experiment("e", &(text + HOSTS), &catalogue).expect("it is sound")
}

#[test]
fn a_workflow_has_a_job_for_each_share_and_joins_their_stores() {
    let machines = crate::workflow::machines(&with_hosts(), Target::X86_64);
    let path = "suites/nightly.yaml";
    let told = crate::workflow::workflow("small", path, &machines, "17 2 * * *");
    let read: serde_json::Value = model::yaml::parse("workflow", &told).unwrap();
    assert_eq!(read["on"]["schedule"][0]["cron"], "17 2 * * *");
    let rows = &read["jobs"]["measure"]["strategy"]["matrix"]["include"];
    let expected = serde_json::json!([
        {"host": "this", "runner": ["self-hosted", "Linux", "X64", "this"], "share": "--host this"},
        {"host": "arm", "runner": ["self-hosted", "Linux", "ARM64", "arm"], "share": "--as arm"},
        {"host": "big", "runner": ["self-hosted", "Linux", "S390X", "big"], "share": "--as big"},
    ]);
    assert_eq!(*rows, expected);
    let steps = |job: &str| read["jobs"][job]["steps"].as_array().unwrap();
    let runs = |job: &str, part: &str| {
        let lines = steps(job).iter().filter_map(|step| step["run"].as_str());
        lines.into_iter().any(|line| line.contains(part))
    };
    assert!(runs(
        "measure",
        "bin/kraitbench run suites/nightly.yaml --build ${{ matrix.share }}"
    ));
    assert!(runs("join", "store merge measured/store-*") && runs("join", "gate"));
    assert_eq!(read["jobs"]["join"]["needs"], "measure");
    let nightly = Input::read(&suites().join("nightly.yaml")).unwrap();
    let machines = crate::workflow::machines(&nightly.experiment, Target::X86_64);
    let alone = crate::workflow::workflow("nightly", path, &machines, "17 2 * * *");
    assert!(
        alone.contains("runner: [self-hosted, Linux, X64]\n"),
        "GitHub's own labels: {alone}"
    );
    let refused = crate::workflow::plain("a b.yaml".as_ref()).unwrap_err();
    assert!(refused.text().contains("rename the file"));
}

#[test]
fn shares_are_divided_as_is_asked() {
    let experiment = with_hosts();
    let divided = |only: &[&str], this_is: Option<&str>| {
        let asked = crate::cli::Hosts {
            only: only.iter().map(|one| one.parse().unwrap()).collect(),
            this_is: this_is.map(|name| model::HostName::new(name).unwrap()),
        };
        let found = crate::hosts::Division::of(&experiment, &asked).map_err(|why| why.text())?;
        let others: Vec<String> = found.others.iter().map(ToString::to_string).collect();
        Ok::<_, String>((found.own.map(|own| own.to_string()), others.join(" ")))
    };
    let this = || Some("this".to_owned());
    assert_eq!(divided(&[], None), Ok((this(), "arm big".to_owned())));
    assert_eq!(divided(&["this"], None), Ok((this(), String::new())));
    assert_eq!(divided(&["big"], None), Ok((None, "big".to_owned())));
    let unknown = divided(&["bug"], None).unwrap_err();
    assert!(
        unknown.contains("its hosts are: this, arm, big"),
        "{unknown}"
    );
    let (ours, theirs) = match crate::host::target().unwrap() {
        Target::Aarch64 => ("arm", "big"),
        Target::S390x => ("big", "arm"),
        _ => ("", "arm"),
    };
    let not_this = divided(&[], Some(theirs)).unwrap_err();
    assert!(
        not_this.contains("this machine is not the host"),
        "{not_this}"
    );
    if !ours.is_empty() {
        let own = Some(ours.to_owned());
        assert_eq!(divided(&[], Some(ours)), Ok((own, String::new())));
    }
}
