//! What is kept comes back; what is torn, foreign or cannot be written is told and left alone.

use std::fs;
use std::os::unix::fs::symlink;

use super::*;
use model::{
    ClockKind, Configuration, Criterion, Environment, Host, InvocationId, Isolation, Outcome,
    Reported, Sample, SeriesKey, Target,
};

const EXPERIMENT: &str = "\
{experiment: small, seed: 1, invocations: 2, programs: p, timeout_s: 1, memory_mb: 1,
 suites: [{name: s, benchmarks: [{name: b, size: 3, iterations: 2, unchecked: true}]}],
 executors: [{name: x, kind: command, command: [x]}]}";

pub(crate) fn run() -> Run {
    let catalogue = model::yaml::Catalogue::default();
    Run {
        id: RunId("20260101T000000Z-small".into()),
        started_at: "2026-01-01T00:00:00Z".into(),
        plan: "0123".into(),
        planned: 2,
        share: model::Share::This,
        experiment: model::yaml::experiment("e", EXPERIMENT, &catalogue).expect("it is good"),
        experiment_text: EXPERIMENT.into(),
        executors: vec![],
        host: Host {
            name: "h".into(),
            ..Host::default()
        },
        environment: Environment::default(),
    }
}

pub(crate) fn invocation(index: u32, walls: &[f64]) -> Invocation {
    let run = run();
    let samples = walls.iter().enumerate().map(|(iteration, value)| Sample {
        criterion: Criterion::Wall,
        iteration: Some(iteration as u32),
        value: *value,
    });
    let peak = Sample {
        criterion: Criterion::PeakMemory,
        iteration: None,
        value: 5e6,
    };
    Invocation {
        id: InvocationId(format!("id{index}")),
        run: run.id,
        key: SeriesKey {
            suite: run.experiment.suites[0].name.clone(),
            suite_version: 1,
            benchmark: run.experiment.suites[0].benchmarks[0].name.clone(),
            benchmark_version: 4,
            size: 3,
            arguments: "--more".into(),
            executor: run.experiment.executors[0].name.clone(),
            configuration: Configuration::Stock,
            target: Target::S390x,
            host: "h".into(),
            clock: ClockKind::QemuWall,
            build: "cafe".into(),
        },
        index,
        position: index,
        started_at: "2026-01-01T00:00:01Z".into(),
        command: vec!["x".into(), "b.py".into()],
        outcome: Outcome::Ok,
        isolation: Isolation {
            cpu: Some(1),
            ..Isolation::default()
        },
        reported: Reported {
            implementation: "mock".into(),
            ..Reported::default()
        },
        stdout_tail: "hello\n".into(),
        absent: vec![],
        stderr_tail: "ä\u{0}".into(),
        samples: samples.chain([peak]).collect(),
    }
}

pub(crate) fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("store")).unwrap();
    store.begin(&run()).unwrap();
    (folder, store)
}

/// The file of the invocation at a position.
fn file(store: &Store, position: u32) -> PathBuf {
    let files = store.files(&run().id).unwrap();
    let start = format!("{position:05}-");
    files
        .into_iter()
        .find(|path| name_of(path).starts_with(&start))
        .expect("it was kept")
}

#[test]
fn what_is_kept_comes_back_whole() {
    let (_folder, store) = store();
    let mut failed = invocation(1, &[]);
    failed.samples.clear();
    failed.outcome = Outcome::TimedOut { limit_s: 3 };
    let kept = vec![invocation(0, &[1.0, 2.0]), failed];
    kept.iter().rev().for_each(|one| store.keep(one).unwrap());
    let (stored, damage) = store.load(&run().id).unwrap();
    assert_eq!(damage, []);
    assert_eq!(stored.run, run());
    assert_eq!(stored.invocations, kept);
    let (runs, damage) = store.runs().unwrap();
    assert_eq!((runs.len(), damage.len()), (1, 0));
}

#[test]
fn series_hold_every_raw_sample_of_what_ended_well() {
    let (_folder, store) = store();
    assert_eq!(store.series(&run().id, &Criterion::Wall).unwrap(), []);
    let mut failed = invocation(2, &[9.0]);
    failed.outcome = Outcome::TimedOut { limit_s: 3 };
    for one in [
        invocation(1, &[3.0, 4.0]),
        invocation(0, &[1.0, 2.0]),
        failed,
    ] {
        store.keep(&one).unwrap();
    }
    let series = store.series(&run().id, &Criterion::Wall).unwrap();
    assert_eq!(series.len(), 1);
    assert_eq!(series[0].key, invocation(0, &[]).key);
    assert_eq!(series[0].values, [[1.0, 2.0], [3.0, 4.0]]);
    let memory = store.series(&run().id, &Criterion::PeakMemory).unwrap();
    assert_eq!(memory[0].values, [[5e6], [5e6]]);
}

#[test]
fn torn_and_foreign_files_are_told_and_left() {
    let (_folder, store) = store();
    store.keep(&invocation(0, &[1.0])).unwrap();
    store.keep(&invocation(1, &[1.0])).unwrap();
    let folder = store.root().join(&run().id.0);
    let whole = file(&store, 0);
    let bytes = fs::read(&whole).unwrap();
    fs::write(&whole, &bytes[..bytes.len() - 20]).unwrap();
    fs::write(folder.join("00002-empty-00.parquet"), "").unwrap();
    fs::write(folder.join("notes.txt"), "mine").unwrap();
    fs::copy(file(&store, 1), folder.join("00003.parquet")).unwrap();
    fs::write(store.root().join("stray"), "mine").unwrap();

    let (stored, damage) = store.load(&run().id).unwrap();
    assert_eq!(stored.invocations.len(), 1, "what is whole is read");
    let told: Vec<String> = damage.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 4, "{told:#?}");
    for (told, (name, what)) in told.iter().zip([
        ("00000-id0-", "is torn"),
        ("00002-empty", "is torn"),
        ("00003.parquet", "no file of kraitbench is named so"),
        ("notes.txt", "does not belong"),
    ]) {
        assert!(told.contains(name) && told.contains(what), "{told}");
    }
    assert!(told.iter().all(|one| one.contains("move it")));
    let (_, damage) = store.runs().unwrap();
    assert_eq!(damage.len(), 1);
    assert!(folder.join("notes.txt").exists() && whole.exists());
}

#[test]
fn every_way_to_tear_a_file_is_damage_and_no_panic() {
    let (_folder, store) = store();
    store.keep(&invocation(0, &[1.0, 2.0])).unwrap();
    let path = file(&store, 0);
    let bytes = fs::read(&path).unwrap();
    for length in (0..bytes.len()).step_by(37) {
        fs::write(&path, &bytes[..length]).unwrap();
        let (stored, damage) = store.load(&run().id).unwrap();
        assert_eq!(
            (stored.invocations.len(), damage.len()),
            (0, 1),
            "cut at {length}"
        );
    }
}

#[test]
fn every_flipped_bit_is_found_out() {
    let (_folder, store) = store();
    store.keep(&invocation(0, &[1.0, 2.0])).unwrap();
    let path = file(&store, 0);
    let bytes = fs::read(&path).unwrap();
    for at in (0..bytes.len()).step_by(7) {
        let mut flipped = bytes.clone();
        flipped[at] ^= 1 << (at % 8);
        fs::write(&path, &flipped).unwrap();
        let (stored, damage) = store.load(&run().id).unwrap();
        assert_eq!(
            (stored.invocations.len(), damage.len()),
            (0, 1),
            "flipped at {at}"
        );
    }
}

#[test]
fn an_interrupted_write_is_passed_over_and_tidied() {
    let (_folder, store) = store();
    let folder = store.root().join(&run().id.0);
    let left = write::unfinished(&folder, "00000-id0-");
    fs::write(&left, "PAR1 half").unwrap();
    fs::create_dir(
        store
            .root()
            .join(format!("20270101T000000Z-next{UNFINISHED}")),
    )
    .unwrap();
    let (stored, damage) = store.load(&run().id).unwrap();
    assert_eq!((stored.invocations.len(), damage.len()), (0, 0));
    assert_eq!(store.runs().unwrap().0.len(), 1);
    assert_eq!(store.tidy(&run().id).unwrap(), std::slice::from_ref(&left));
    assert!(!left.exists());
}

#[test]
fn a_full_disk_is_told_and_nothing_is_half() {
    let (_folder, store) = store();
    let folder = store.root().join(&run().id.0);
    // Writing to the device fails as on a full disk.
    symlink("/dev/full", write::unfinished(&folder, "00000-id0-")).unwrap();
    let error = store.keep(&invocation(0, &[1.0])).unwrap_err();
    assert!(matches!(error, StoreError::Full { .. }), "{error}");
    assert!(error.to_string().contains("free some space"), "{error}");
    assert!(store.files(&run().id).unwrap().is_empty());
    store.keep(&invocation(0, &[1.0])).unwrap();
    assert_eq!(store.load(&run().id).unwrap().0.invocations.len(), 1);
}

#[test]
fn another_version_is_told_as_such() {
    let (_folder, store) = store();
    store.keep(&invocation(0, &[1.0])).unwrap();
    let path = file(&store, 0);
    let mut bytes = fs::read(&path).unwrap();
    let key = b"kraitbench.schema";
    let at = bytes
        .windows(key.len())
        .rposition(|window| window == key)
        .unwrap();
    let value = at
        + key.len()
        + bytes[at + key.len()..]
            .iter()
            .position(|b| *b == b'1')
            .unwrap();
    bytes[value] = b'7';
    fs::remove_file(&path).unwrap();
    write::whole(path.parent().unwrap(), "00000-id0-", &bytes).unwrap();
    let (_, damage) = store.load(&run().id).unwrap();
    assert!(damage[0].what.contains("schema version 7"), "{}", damage[0]);
}

#[test]
fn one_run_at_a_time() {
    let (_folder, store) = store();
    let lock = store.lock().unwrap();
    assert!(matches!(store.lock(), Err(StoreError::Busy { .. })));
    drop(lock);
    assert!(store.lock().is_ok());
    assert!(matches!(
        store.begin(&run()),
        Err(StoreError::Exists { .. })
    ));
}

#[test]
fn a_store_that_cannot_be_made_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    assert!(matches!(Store::open(&file), Err(StoreError::Io { .. })));
}
