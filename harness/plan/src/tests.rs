//! Plans are complete, repeatable and fair.

use super::*;
use indexmap::IndexMap;
use model::{
    BenchmarkName, Clock, Configuration, ExecutorKind, Expected, ExperimentName, Limits,
    Provenance, Suite,
};
use std::collections::HashSet;

fn benchmark(name: &str) -> Benchmark {
    Benchmark {
        name: BenchmarkName::new(name).unwrap(),
        version: None,
        program: format!("{name}.py"),
        summary: String::new(),
        size: 1,
        iterations: 1,
        fails_on: Vec::new(),
        stated: None,
        tags: vec![],
        arguments: vec![],
        expected: Expected::Unchecked,
        limits: Limits {
            time_s: 1,
            memory_bytes: 1,
        },
    }
}

fn executor(name: &str) -> Executor {
    Executor {
        name: ExecutorName::new(name).unwrap(),
        label: name.into(),
        kind: ExecutorKind::Command {
            command: vec![name.into()],
        },
        configuration: Configuration::Stock,
        target: None,
        host: None,
        clock: Clock::Time,
        revision: None,
        features: Vec::new(),
        pgo: false,
        arguments: vec![],
        environment: IndexMap::new(),
    }
}

fn found(name: &str, sha256: &str) -> RunExecutor {
    RunExecutor {
        not_built: false,
        name: ExecutorName::new(name).unwrap(),
        target: Target::X86_64,
        clock: ClockKind::Native,
        command: vec![name.into()],
        provenance: Ok(Provenance {
            sha256: sha256.into(),
            ..Provenance::default()
        }),
    }
}

fn experiment(order: Order) -> Experiment {
    Experiment {
        name: ExperimentName::new("e").unwrap(),
        about: String::new(),
        seed: 5,
        order,
        invocations: 4,
        baselines: Vec::new(),
        programs: "programs".into(),
        hosts: vec![],
        suites: vec![Suite {
            executors: vec![],
            packages: None,
            name: SuiteName::new("s").unwrap(),
            version: 1,
            title: "s".into(),
            note: String::new(),
            benchmarks: ["a", "b", "c"].map(benchmark).to_vec(),
        }],
        executors: ["x", "y"].map(executor).to_vec(),
    }
}

fn planned(experiment: &Experiment, sha256: &str) -> Plan {
    let executors = [found("x", sha256), found("y", "2")];
    plan(Inputs {
        experiment,
        executors: &executors,
        host: "h",
        programs: "p",
    })
}

fn name(step: &Step) -> (String, String, u32) {
    (
        step.benchmark.name.to_string(),
        step.executor.to_string(),
        step.index,
    )
}

#[test]
fn every_order_is_complete_and_repeatable() {
    for order in [Order::Batch, Order::Shuffled, Order::Interleaved] {
        let experiment = experiment(order);
        let plan = planned(&experiment, "1");
        assert_eq!(plan.steps.len(), experiment.invocation_count());
        let names: HashSet<_> = plan.steps.iter().map(name).collect();
        assert_eq!(names.len(), plan.steps.len(), "no step twice");
        let ids: HashSet<_> = plan.steps.iter().map(|step| &step.id).collect();
        assert_eq!(ids.len(), plan.steps.len(), "no id twice");
        assert!(
            plan.steps
                .iter()
                .enumerate()
                .all(|(at, step)| step.position == at as u32)
        );
        assert_eq!(plan, planned(&experiment, "1"));
    }
}

#[test]
fn another_executable_is_another_plan() {
    let experiment = experiment(Order::Interleaved);
    let (one, other) = (planned(&experiment, "1"), planned(&experiment, "9"));
    assert_ne!(one.digest, other.digest);
    assert!(
        one.steps
            .iter()
            .zip(&other.steps)
            .all(|(a, b)| a.id != b.id)
    );
}

#[test]
fn rounds_hold_every_cell_once_and_keep_executors_together() {
    let plan = planned(&experiment(Order::Interleaved), "1");
    for (index, round) in plan.steps.chunks(6).enumerate() {
        let cells: HashSet<_> = round.iter().map(name).collect();
        assert_eq!(cells.len(), 6);
        assert!(round.iter().all(|step| step.index == index as u32));
        for pair in round.chunks(2) {
            assert_eq!(pair[0].benchmark.name, pair[1].benchmark.name);
            assert_ne!(pair[0].executor, pair[1].executor);
            assert_eq!(
                pair[0].hash_seed, pair[1].hash_seed,
                "they face the same collisions"
            );
        }
    }
    let firsts: HashSet<_> = plan
        .steps
        .chunks(2)
        .map(|pair| pair[0].executor.to_string())
        .collect();
    assert_eq!(firsts.len(), 2, "neither executor always goes first");
}

#[test]
fn batches_keep_the_order_of_the_file() {
    let plan = planned(&experiment(Order::Batch), "1");
    let names: Vec<_> = plan.steps.iter().take(5).map(name).collect();
    let expected = [
        ("a", "x", 0),
        ("a", "x", 1),
        ("a", "x", 2),
        ("a", "x", 3),
        ("a", "y", 0),
    ];
    assert_eq!(
        names,
        expected.map(|(b, e, i)| (b.to_owned(), e.to_owned(), i))
    );
}

#[test]
fn pads_stay_within_a_page() {
    let plan = planned(&experiment(Order::Shuffled), "1");
    assert!(
        plan.steps
            .iter()
            .all(|step| step.pad_bytes < PAD_LIMIT_BYTES)
    );
    let pads: HashSet<_> = plan.steps.iter().map(|step| step.pad_bytes).collect();
    assert!(pads.len() > 12, "they differ");
}

#[test]
fn counts_have_fixed_circumstances() {
    let experiment = experiment(Order::Interleaved);
    let mut executors = [found("x", "1"), found("y", "2")];
    executors[1].clock = ClockKind::Callgrind;
    let plan = plan(Inputs {
        experiment: &experiment,
        executors: &executors,
        host: "h",
        programs: "p",
    });
    let of = |name: &str| {
        let steps = plan
            .steps
            .iter()
            .filter(|one| one.executor.as_str() == name);
        let all: HashSet<_> = steps.map(|one| (one.hash_seed, one.pad_bytes)).collect();
        all
    };
    assert!(of("x").len() > 6, "timings are drawn");
    assert_eq!(of("y"), HashSet::from([(COUNTED_HASH_SEED, 0)]));
}
