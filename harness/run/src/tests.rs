//! The loop on a mock, the launcher on small shell programs, and what every kind of end is
//! judged to be.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use super::*;
use indexmap::IndexMap;
use model::{
    Benchmark, BenchmarkName, Clock, ClockKind, Criterion, Expected, Experiment, ExperimentName,
    Limits, Order, Outcome, Provenance, Suite, SuiteName, Target,
};
use proptest::prelude::*;

fn benchmark(name: &str) -> Benchmark {
    Benchmark {
        name: BenchmarkName::new(name).unwrap(),
        version: None,
        program: format!("{name}.py"),
        summary: String::new(),
        size: 4,
        iterations: 2,
        fails_on: Vec::new(),
        stated: None,
        tags: vec![],
        arguments: vec![],
        expected: Expected::Digest("mock".into()),
        limits: Limits {
            time_s: 5,
            memory_bytes: 200_000_000,
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

fn planned(present: &[&str], absent: &[&str]) -> (Plan, Context) {
    let names: Vec<&str> = present.iter().chain(absent).copied().collect();
    let executors: Vec<Executor> = names.iter().map(|name| executor(name)).collect();
    let found: Vec<RunExecutor> = names
        .iter()
        .map(|name| RunExecutor {
            not_built: false,
            name: ExecutorName::new(*name).unwrap(),
            target: Target::X86_64,
            clock: ClockKind::Native,
            command: vec![(*name).into()],
            provenance: if absent.contains(name) {
                Err(format!("there is no {name}"))
            } else {
                Ok(Provenance {
                    sha256: "0123456789abcdef".into(),
                    ..Provenance::default()
                })
            },
        })
        .collect();
    let experiment = Experiment {
        name: ExperimentName::new("e").unwrap(),
        about: String::new(),
        seed: 1,
        order: Order::Interleaved,
        invocations: 2,
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
            benchmarks: vec![benchmark("a"), benchmark("b")],
        }],
        executors: executors.clone(),
    };
    let inputs = plan::Inputs {
        experiment: &experiment,
        executors: &found,
        host: "h",
        programs: "p",
    };
    let context = Context {
        run: RunId("r".into()),
        host: "h".into(),
        programs: "/programs".into(),
        packages: HashMap::new(),
        cpu: None,
        executors: executors
            .into_iter()
            .zip(found.clone())
            .map(|(executor, found)| (executor.name.clone(), (executor, found)))
            .collect::<HashMap<_, _>>(),
        now: || "2026-01-01T00:00:00Z".into(),
    };
    (plan::plan(inputs), context)
}

#[derive(Default)]
struct Kept {
    invocations: Vec<Invocation>,
    room: Option<usize>,
}

impl Keeper for Kept {
    type Error = &'static str;
    fn keep(&mut self, invocation: &Invocation) -> Result<(), &'static str> {
        if self.room == Some(self.invocations.len()) {
            return Err("no room");
        }
        self.invocations.push(invocation.clone());
        Ok(())
    }
}

struct Quiet;

impl Observer for Quiet {
    fn begins(&mut self, _: &Step, _: usize, _: usize) {}
    fn ended(&mut self, _: &Step, _: &Invocation) {}
}

fn go(
    plan: &Plan,
    context: &Context,
    mock: &mut Mock,
    kept: &mut Kept,
) -> Result<Summary, &'static str> {
    let done: HashSet<InvocationId> = kept
        .invocations
        .iter()
        .map(|invocation| invocation.id.clone())
        .collect();
    run(
        plan,
        &done,
        context,
        mock,
        kept,
        &mut Quiet,
        &AtomicBool::new(false),
    )
}

#[test]
fn a_run_keeps_every_step_in_the_plans_order() {
    let (plan, context) = planned(&["x", "y"], &[]);
    let (mut mock, mut kept) = (Mock::default(), Kept::default());
    let summary = go(&plan, &context, &mut mock, &mut kept).unwrap();
    assert_eq!(
        summary,
        Summary {
            kept: 8,
            failed: 0,
            interrupted: false
        }
    );
    let ids: Vec<_> = kept
        .invocations
        .iter()
        .map(|invocation| &invocation.id)
        .collect();
    assert_eq!(
        ids,
        plan.steps.iter().map(|step| &step.id).collect::<Vec<_>>()
    );
    let first = &kept.invocations[0];
    assert_eq!(first.key.build, "0123456789ab");
    assert_eq!(first.key.benchmark_version, 1);
    let walls: Vec<f64> = first
        .samples
        .iter()
        .filter(|sample| sample.criterion == Criterion::Wall)
        .map(|sample| sample.value)
        .collect();
    assert_eq!(walls, [1e6, 1e6]);
    assert_eq!(
        mock.jobs[0].command[1..],
        [
            format!("/programs/{}.py", plan.steps[0].benchmark.name),
            "--size".into(),
            "4".into(),
            "--iterations".into(),
            "2".into(),
        ]
    );
}

#[test]
fn a_run_goes_on_where_it_was() {
    let (plan, context) = planned(&["x", "y"], &[]);
    let mut mock = Mock::default();
    let mut kept = Kept {
        room: Some(3),
        ..Kept::default()
    };
    assert_eq!(go(&plan, &context, &mut mock, &mut kept), Err("no room"));
    assert_eq!(kept.invocations.len(), 3);
    kept.room = None;
    mock.jobs.clear();
    assert_eq!(go(&plan, &context, &mut mock, &mut kept).unwrap().kept, 5);
    assert_eq!(mock.jobs.len(), 5, "nothing is run twice");
    assert_eq!(kept.invocations.len(), 8);
    assert_eq!(go(&plan, &context, &mut mock, &mut kept).unwrap().kept, 0);
}

#[test]
fn an_interruption_keeps_nothing_half() {
    let (plan, context) = planned(&["x"], &[]);
    let mut mock = Mock::answering([
        Mock::well_behaved("a", 4, 2, "mock"),
        Ended::of(End::Interrupted),
    ]);
    let mut kept = Kept::default();
    let summary = go(&plan, &context, &mut mock, &mut kept).unwrap();
    assert!(summary.interrupted);
    assert_eq!(kept.invocations.len(), 1);
}

#[test]
fn a_missing_executor_is_recorded_and_the_run_goes_on() {
    let (plan, context) = planned(&["x"], &["gone"]);
    let (mut mock, mut kept) = (Mock::default(), Kept::default());
    let summary = go(&plan, &context, &mut mock, &mut kept).unwrap();
    assert_eq!(
        summary,
        Summary {
            kept: 8,
            failed: 4,
            interrupted: false
        }
    );
    assert_eq!(mock.jobs.len(), 4);
    for invocation in kept
        .invocations
        .iter()
        .filter(|i| i.key.executor.as_str() == "gone")
    {
        let message = "there is no gone".to_owned();
        assert_eq!(invocation.outcome, Outcome::MissingExecutor { message });
    }
}

/// What a process is judged to be that printed these records and ended so.
fn judged(end: End, change: impl FnOnce(&mut Vec<String>)) -> Outcome {
    let mut ended = Mock::well_behaved("a", 4, 2, "mock");
    change(&mut ended.records);
    ended.end = end;
    judge::judge(&benchmark("a"), ClockKind::Native, &ended).outcome
}

fn bad(change: impl FnOnce(&mut Vec<String>)) -> String {
    match judged(End::Exited(0), change) {
        Outcome::BadProtocol { problem, .. } => problem,
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_way_to_break_the_protocol_is_named() {
    assert_eq!(judged(End::Exited(0), |_| {}), Outcome::Ok);
    assert!(bad(Vec::clear).starts_with("it printed no records"));
    assert_eq!(
        bad(|r| drop(r.remove(0))),
        "the first record is no start record"
    );
    assert_eq!(bad(|r| drop(r.pop())), "the end record is missing");
    assert_eq!(bad(|r| r.truncate(2)), "1 of 2 iterations were recorded");
    assert_eq!(bad(|r| drop(r.remove(1))), "iteration 1 where 0 was due");
    assert_eq!(bad(|r| r.insert(1, r[0].clone())), "a second start record");
    assert_eq!(
        bad(|r| r.push(r[1].clone())),
        "a record after the end record"
    );
    assert!(bad(|r| r[1] = "{\"kind\":".into()).starts_with("a record is no JSON object"));
    assert!(bad(|r| r[1] = "7".into()).starts_with("a record is no JSON object"));
    assert_eq!(bad(|r| r[1] = "{}".into()), "a record without `kind`");
    assert_eq!(
        bad(|r| r[1] = "{\"kind\":\"more\"}".into()),
        "a record of unknown kind `more`"
    );
    let replaced = |from: &'static str, to: &'static str| {
        bad(move |r| r.iter_mut().for_each(|line| *line = line.replace(from, to)))
    };
    assert_eq!(
        replaced("\"protocol\":1", "\"protocol\":2"),
        "protocol 2; this harness knows 1"
    );
    assert_eq!(
        replaced("\"size\":4", "\"size\":5"),
        "size 5, asked for was 4"
    );
    assert_eq!(
        replaced("\"a\"", "\"b\""),
        "the program is `b`, asked for was `a`"
    );
    assert_eq!(
        replaced("1000000", "-1"),
        "`wall_ns` is no whole number from 0 up"
    );
    assert_eq!(
        replaced("1000000", "1e3"),
        "`wall_ns` is no whole number from 0 up"
    );
}

#[test]
fn the_cause_that_explains_the_others_is_named() {
    let other = |r: &mut Vec<String>| r[2] = r[2].replace("mock\"", "else\"");
    let wrong = Outcome::WrongResult {
        iteration: Some(1),
        expected: "mock".into(),
        got: "else".into(),
    };
    assert_eq!(judged(End::Exited(1), other), wrong);
    assert_eq!(
        judged(End::TimedOut, other),
        Outcome::TimedOut { limit_s: 5 }
    );
    let cut = |r: &mut Vec<String>| {
        r.truncate(3);
        r[2].truncate(20);
    };
    assert!(matches!(
        judged(End::Signalled(11), cut),
        Outcome::Crashed {
            signal: Some(11),
            ..
        }
    ));
    assert!(matches!(
        judged(End::Exited(0), cut),
        Outcome::BadProtocol { .. }
    ));
}

#[test]
fn unchecked_iterations_must_still_agree() {
    let mut unchecked = benchmark("a");
    unchecked.expected = Expected::Unchecked;
    let mut ended = Mock::well_behaved("a", 4, 2, "anything");
    assert_eq!(
        judge::judge(&unchecked, ClockKind::Native, &ended).outcome,
        Outcome::Ok
    );
    ended.records[2] = ended.records[2].replace("anything", "nothing");
    let outcome = judge::judge(&unchecked, ClockKind::Native, &ended).outcome;
    assert!(matches!(
        outcome,
        Outcome::WrongResult {
            iteration: Some(1),
            ..
        }
    ));
}

/// Runs a shell program under limits.
fn shell(script: &str, time_s: u64, memory_bytes: u64) -> Ended {
    let scratch = tempfile::tempdir().unwrap();
    let job = Job {
        command: ["/bin/sh", "-c", script].map(str::to_owned).to_vec(),
        limits: Limits {
            time_s,
            memory_bytes,
        },
        wishes: isolate::Wishes::default(),
        clock: ClockKind::Native,
        jit_log: Some("TESTLOG"),
        recording: Some(Recording {
            variable: "TESTRECORDING",
            replay: Some("-e"),
        }),
    };
    Process::new(scratch.path().into()).launch(&job, &AtomicBool::new(false))
}

const MB: u64 = 1_000_000;

#[test]
fn a_process_is_heard_and_accounted() {
    let ended = shell(
        "echo '@krait {}'; echo other; echo oops >&2; sleep 0.05; exit 3",
        5,
        500 * MB,
    );
    assert_eq!(ended.end, End::Exited(3));
    assert_eq!(ended.records, ["{}"]);
    assert_eq!(
        (ended.stdout_tail.as_str(), ended.stderr_tail.as_str()),
        ("other\n", "oops\n")
    );
    let usage = ended.usage.unwrap();
    assert!(usage.wall_ns >= 50_000_000, "{usage:?}");
    assert!(usage.peak_memory_bytes > 100_000, "{usage:?}");
    let events = usage.events.unwrap();
    assert!(events.minor_faults > 10, "{events:?}");
    assert!(
        events.voluntary_switches > 0,
        "it waited for sleep: {events:?}"
    );
}

#[test]
fn a_recording_is_replayed_by_the_option_for_that() {
    // To a shell, `-e FILE` is a script.
    let replay = "sleep 0.05; exit 3";
    let ended = shell(
        &format!("echo '{replay}' > $TESTRECORDING; exit 3"),
        5,
        500 * MB,
    );
    let of = |wanted: Criterion| ended.counts.iter().find(|(c, _)| *c == wanted).map(|c| c.1);
    assert!(
        of(Criterion::ReplayWall).unwrap() >= 50e6,
        "{:?}",
        ended.counts
    );
    assert!(
        of(Criterion::ReplayMemory).unwrap() > 1e5,
        "{:?}",
        ended.counts
    );
    let ended = shell("echo 'exit 4' > $TESTRECORDING; exit 3", 5, 500 * MB);
    let reason = ended.absent.iter().find(|fact| fact.name == "replay-wall");
    assert!(reason.unwrap().value.contains("its replay with Exited(4)"));
}

#[test]
fn the_size_of_a_recording_is_told_and_a_missing_one_has_a_reason() {
    let ended = shell("head -c 12345 /dev/zero > $TESTRECORDING", 5, 500 * MB);
    assert!(ended.counts.contains(&(Criterion::LogSize, 12345.0)));
    let ended = shell("exit 0", 5, 500 * MB);
    assert!(
        ended
            .counts
            .iter()
            .all(|(criterion, _)| *criterion != Criterion::LogSize)
    );
    let reason = ended.absent.iter().find(|fact| fact.name == "log-size");
    assert!(
        reason.unwrap().value.contains("no recording"),
        "the old one is not taken for it"
    );
}

#[test]
fn a_process_that_hangs_is_killed_with_its_children() {
    let begin = Instant::now();
    let ended = shell("sleep 60 & echo $!; sleep 60", 1, 500 * MB);
    assert_eq!(ended.end, End::TimedOut);
    assert!(begin.elapsed() < Duration::from_secs(3));
    let child = ended.stdout_tail.trim();
    let state = std::fs::read_to_string(format!("/proc/{child}/stat")).unwrap_or_default();
    assert!(
        state.is_empty() || state.contains(") Z "),
        "the child is gone: {state}"
    );
}

#[test]
fn a_process_that_eats_memory_is_killed() {
    // A child of the shell, so that the group is what counts.
    let ended = shell(
        "python3.11 -c 'x = bytearray(10**9); import time; time.sleep(20)'; true",
        10,
        100 * MB,
    );
    assert!(matches!(ended.end, End::OutOfMemory { seen_bytes } if seen_bytes > 100 * MB));
}

#[test]
fn peak_memory_is_the_process_s_own_and_not_its_childrens() {
    let ended = shell(
        "python3.11 -c 'x = bytearray(150_000_000)'; sleep 0.2",
        10,
        500 * MB,
    );
    let usage = ended.usage.unwrap();
    assert!(usage.events.unwrap().has_children);
    let peak = usage.peak_memory_bytes;
    assert!((1..20 * MB).contains(&peak), "{peak} bytes, of a shell");
}

#[test]
fn under_a_clock_that_counts_the_count_is_what_is_told() {
    let mut ended = Mock::well_behaved("a", 4, 2, "mock");
    ended.counts = vec![(Criterion::Instructions, 9.0)];
    let judged = judge::judge(&benchmark("a"), ClockKind::Callgrind, &ended);
    let of = |criterion| {
        let mut samples = judged.samples.iter();
        samples
            .find(|one| one.criterion == criterion)
            .map(|one| one.value)
    };
    assert_eq!(of(Criterion::Instructions), Some(9.0));
    assert_eq!(of(Criterion::PeakMemory), None, "it is the tool's");
    let reason = judged.absent.iter().find(|fact| fact.name == "peak-memory");
    assert!(reason.unwrap().value.contains("tool"));
    assert!(
        of(Criterion::ProcessWall).is_some(),
        "by which the time left is foreseen"
    );
}

#[test]
fn garbage_is_read_to_its_end_and_kept_short() {
    let ended = shell(
        "head -c 3000000 /dev/zero; echo; yes | head -c 2000000",
        10,
        500 * MB,
    );
    assert_eq!(ended.end, End::Exited(0));
    assert_eq!(ended.stdout_tail.len(), 4096);
    assert!(ended.records.is_empty());
}

#[test]
fn a_signal_is_told() {
    assert_eq!(shell("kill -SEGV $$", 5, 500 * MB).end, End::Signalled(11));
}

#[test]
fn what_cannot_be_started_is_told() {
    let job = |command: &str| Job {
        command: vec![command.to_owned()],
        limits: Limits {
            time_s: 1,
            memory_bytes: 1,
        },
        wishes: isolate::Wishes::default(),
        clock: ClockKind::Native,
        jit_log: None,
        recording: None,
    };
    let mut process = Process::new("/tmp".into());
    let stop = AtomicBool::new(false);
    let missing = process.launch(&job("/nonexistent/x"), &stop).end;
    assert!(matches!(missing, End::Missing(message) if message.contains("/nonexistent/x")));
    let refused = process.launch(&job("/etc/passwd"), &stop).end;
    assert!(matches!(refused, End::NotStarted(_)), "{refused:?}");
}

#[test]
fn a_stop_ends_the_process_at_once() {
    let begin = Instant::now();
    let job = Job {
        command: ["/bin/sleep", "30"].map(str::to_owned).to_vec(),
        limits: Limits {
            time_s: 60,
            memory_bytes: 500 * MB,
        },
        wishes: isolate::Wishes::default(),
        clock: ClockKind::Native,
        jit_log: None,
        recording: None,
    };
    let ended = Process::new("/tmp".into()).launch(&job, &AtomicBool::new(true));
    assert_eq!(ended.end, End::Interrupted);
    assert!(begin.elapsed() < Duration::from_secs(5));
}

#[test]
fn the_summary_of_the_jit_is_read_by_label() {
    let ended = shell(
        "printf 'JIT starting (x86)\\n[1f] {jit-summary\\nTracing:      \\t30\\t0.060128\\nTOTAL:      \\t\\t4.55\\nabort: trace too long:\\t4\\nstrange line\\n[2f] jit-summary}\\n' > ${TESTLOG#jit-summary:}",
        5,
        500 * MB,
    );
    let values = jit_summary::parse(&ended.jit_summary.unwrap());
    let expected = [
        ("Tracing", 30.0),
        ("Tracing seconds", 0.060128),
        ("TOTAL seconds", 4.55),
        ("abort: trace too long", 4.0),
    ];
    assert_eq!(
        values,
        expected.map(|(label, value)| (label.to_owned(), value))
    );
}

#[test]
fn counters_that_a_record_does_not_tell_are_as_before() {
    let mut ended = Mock::well_behaved("a", 4, 3, "mock");
    let tell = |record: &mut String, counters: &str| {
        *record = record.replace(r#"mock"}"#, &format!(r#"mock","jit":{{{counters}}}}}"#));
    };
    tell(&mut ended.records[2], r#""OPS":7,"LOOPS":1"#);
    tell(&mut ended.records[3], r#""OPS":9"#);
    let three = Benchmark {
        iterations: 3,
        ..benchmark("a")
    };
    let judged = judge::judge(&three, ClockKind::Native, &ended);
    assert!(judged.outcome.is_ok(), "{:?}", judged.outcome);
    let told: Vec<_> = judged
        .samples
        .iter()
        .filter_map(|sample| match &sample.criterion {
            Criterion::Jit(name) => Some((name.as_str(), sample.iteration, sample.value)),
            _ => None,
        })
        .collect();
    let expected = [
        ("LOOPS", Some(1), 1.0),
        ("OPS", Some(1), 7.0),
        ("LOOPS", Some(2), 1.0),
        ("OPS", Some(2), 9.0),
    ];
    assert_eq!(told, expected);
}

/// Records, some of them almost right.
fn hostile_record() -> impl Strategy<Value = String> {
    let good = Mock::well_behaved("a", 4, 2, "mock").records;
    let cut = (0..good.len(), 0..200_usize).prop_map(move |(which, at)| {
        let record = &good[which];
        record[..at.min(record.len())].to_owned()
    });
    let changed = (0..4_usize, "[0-9eE.+-]{1,30}").prop_map(|(which, number)| {
        let record = &Mock::well_behaved("a", 4, 2, "mock").records[which];
        record
            .replace("1000000", &number)
            .replace(":4", &format!(":{number}"))
    });
    prop_oneof![cut, changed, ".{0,40}"]
}

proptest! {
    #[test]
    fn no_output_upsets_the_judge(records in prop::collection::vec(hostile_record(), 0..6)) {
        let mut ended = Mock::well_behaved("a", 4, 2, "mock");
        ended.records = records;
        let judged = judge::judge(&benchmark("a"), ClockKind::Native, &ended);
        let walls = judged.samples.iter().filter(|sample| sample.criterion == Criterion::Wall);
        prop_assert!(judged.outcome.is_ok() <= (walls.count() == 2));
    }

    #[test]
    fn no_summary_upsets_its_reader(text in "(\\[1f\\] \\{jit-summary\n|[A-Za-z: \t0-9.<]{0,30}\n|x:\t(nan|inf|-1|1e999|7)\n|jit-summary\\}\n){0,8}") {
        for (label, value) in jit_summary::parse(&text) {
            prop_assert!(!label.is_empty() && !label.contains('<'), "{label:?}");
            prop_assert!(value.is_finite() && value >= 0.0, "{label:?} {value}");
        }
    }

    #[test]
    fn no_output_upsets_the_transcript(chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..80), 0..20)) {
        let mut transcript = crate::transcript::Transcript::default();
        chunks.iter().for_each(|chunk| transcript.take(chunk));
        transcript.end_line();
        transcript.tail();
    }
}

/// A whole summary as PyPy 7.3 prints it, with its own run of `richards`.
const PYPY_SUMMARY: &str = "JIT starting (x86)\n[954672fef6d] {jit-summary\n\
    Tracing:      \t96\t0.042363\nBackend:      \t96\t0.017032\nTOTAL:      \t\t0.203502\n\
    ops:             \t70612\nheapcached ops:  \t85849\nrecorded ops:    \t21157\n\
    \x20 calls:         \t2670\nguards:          \t3064\nopt ops:         \t8435\n\
    abort: trace too long:\t2\nabort: force quasi-immut:\t1\nTotal # of loops:\t20\n\
    Total # of bridges:\t78\nFreed # of loops:\t0\n[9546731d90f] jit-summary}\n";

#[test]
fn every_figure_of_a_summary_is_a_sample_of_its_invocation() {
    let mut ended = Mock::well_behaved("one", 1, 1, "d");
    ended.jit_summary = Some(PYPY_SUMMARY.to_owned());
    let judged = judge::judge(&benchmark("one"), ClockKind::Native, &ended);
    let found: Vec<(String, f64)> = judged
        .samples
        .iter()
        .filter_map(|sample| match &sample.criterion {
            Criterion::JitSummary(label) => Some((label.clone(), sample.value)),
            _ => None,
        })
        .collect();
    let value = |name: &str| {
        found
            .iter()
            .find(|(label, _)| label == name)
            .map(|pair| pair.1)
    };
    for (label, expected) in [
        ("Tracing", 96.0),
        ("Tracing seconds", 0.042363),
        ("Backend seconds", 0.017032),
        ("TOTAL seconds", 0.203502),
        ("recorded ops", 21157.0),
        ("calls", 2670.0),
        ("abort: trace too long", 2.0),
        ("abort: force quasi-immut", 1.0),
        ("Total # of bridges", 78.0),
    ] {
        assert_eq!(value(label), Some(expected), "{label} in {found:?}");
    }
}

#[test]
fn a_malformed_summary_loses_its_bad_lines_only() {
    let long = "x".repeat(10_000);
    let text = format!(
        "[1] {{jit-summary\nops:\t1\n{long}:\t2\n<b>:\t3\nguards:\tnan\ncalls:\t-4\nforcings:\t1e999\n\
         nvirtuals:\t1\t2\t3\t4\n:\t5\nloops\nops:\t7\nnew in 2030:\t8\n"
    );
    let expected = [("ops".to_owned(), 7.0), ("new in 2030".to_owned(), 8.0)];
    assert_eq!(jit_summary::parse(&text), expected, "also without its end");
    assert!(
        jit_summary::parse("ops:\t1\n").is_empty(),
        "outside of a section"
    );
}

#[test]
fn a_gigabyte_of_output_is_heard_in_little_memory() {
    let own = || {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status
            .lines()
            .find(|line| line.starts_with("VmRSS"))
            .unwrap();
        let word = line.split_whitespace().nth(1).unwrap();
        word.parse::<u64>().unwrap() * 1024
    };
    let before = own();
    let ended = shell(
        "head -c 1000000000 /dev/zero; echo; echo '@krait {}'",
        60,
        500 * MB,
    );
    assert_eq!(ended.end, End::Exited(0));
    assert_eq!(ended.records, ["{}"]);
    assert!(ended.stdout_tail.len() < 10_000);
    let grown = own().saturating_sub(before);
    assert!(
        grown < 300 * MB,
        "grew by {grown} bytes, other tests' included"
    );
}

#[test]
fn a_million_records_are_read_or_refused_and_never_lost_silently() {
    let ended = shell(
        "yes '@krait {\"kind\":\"x\"}' | head -n 1000000",
        60,
        500 * MB,
    );
    assert_eq!(ended.end, End::Exited(0));
    assert!(ended.records.len() == 1_000_000 || ended.records_cut);
    let judged = judge::judge(&benchmark("one"), ClockKind::Native, &ended);
    assert!(matches!(judged.outcome, Outcome::BadProtocol { .. }));
    assert!(judged.outcome.to_string().len() < 1000);
}

#[test]
fn children_that_hang_hold_nothing_up_and_do_not_stay() {
    // Forks that outlive their parent, hold its pipes open and ignore what is polite.
    let script =
        "trap '' TERM HUP; for i in 1 2 3; do (trap '' TERM HUP; sleep 987) & done; exit 0";
    let begin = Instant::now();
    let ended = shell(script, 30, 500 * MB);
    assert_eq!(ended.end, End::Exited(0));
    assert!(
        begin.elapsed() < Duration::from_secs(10),
        "{:?}",
        begin.elapsed()
    );
    let begin = Instant::now();
    while sleepers("987") > 0 {
        assert!(
            begin.elapsed() < Duration::from_secs(5),
            "children are left"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Processes that sleep for so long and are no zombies.
fn sleepers(seconds: &str) -> usize {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let line = format!("sleep\0{seconds}\0");
    let is_one = |entry: &std::fs::DirEntry| {
        std::fs::read_to_string(entry.path().join("cmdline")).is_ok_and(|found| found == line)
    };
    processes.filter(is_one).count()
}

#[test]
fn an_executor_that_vanishes_is_an_outcome_and_the_next_is_tried() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("interpreter");
    std::fs::copy("/bin/true", &path).unwrap();
    let job = Job {
        command: vec![path.to_string_lossy().into_owned()],
        limits: Limits {
            time_s: 5,
            memory_bytes: 500 * MB,
        },
        wishes: isolate::Wishes::default(),
        clock: ClockKind::Native,
        jit_log: None,
        recording: None,
    };
    let mut launcher = Process::new(scratch.path().into());
    let stop = AtomicBool::new(false);
    assert_eq!(launcher.launch(&job, &stop).end, End::Exited(0));
    std::fs::remove_file(&path).unwrap();
    match launcher.launch(&job, &stop).end {
        End::Missing(message) => assert!(message.contains("install it"), "{message}"),
        other => panic!("{other:?}"),
    }
    std::fs::write(&path, "not a program").unwrap();
    assert!(matches!(
        launcher.launch(&job, &stop).end,
        End::NotStarted(_)
    ));
}

/// What launching costs beyond the process itself, in the median, and what watching costs while
/// it runs. Medians, because the machine that tests is not the machine that measures.
#[test]
fn the_harness_costs_little() {
    let mut beyond: Vec<u128> = (0..21)
        .map(|_| {
            let begin = Instant::now();
            let ended = shell("exit 0", 5, 500 * MB);
            let whole = begin.elapsed().as_nanos();
            whole.saturating_sub(u128::from(ended.usage.unwrap().wall_ns))
        })
        .collect();
    beyond.sort_unstable();
    let median_ms = beyond[10] as f64 / 1e6;
    assert!(median_ms <= 20.0, "{median_ms} ms an invocation");
    let spent_ns = |script: &str| {
        let now = || {
            let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
            time.tv_sec * 1_000_000_000 + time.tv_nsec
        };
        let before = now();
        shell(script, 9, 500 * MB);
        now() - before
    };
    let mut starts: Vec<i64> = (0..5).map(|_| spent_ns("exit 0")).collect();
    starts.sort_unstable();
    // The least of three: what else the machine does only adds to it.
    let watching = (0..3).map(|_| (spent_ns("sleep 2") - starts[2]).max(0));
    let percent = watching.min().unwrap_or(0) as f64 / 2e9 * 100.0;
    assert!(
        percent <= 1.0,
        "{percent} % of a processor while it watches"
    );
    eprintln!("{median_ms:.2} ms an invocation, {percent:.3} % while watching");
}
