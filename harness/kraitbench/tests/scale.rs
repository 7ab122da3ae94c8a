//! How the harness bears a long history. By default a small one, whose figures must only be right;
//! with `KRAIT_SCALE=full` two years of nights with 35 million samples, whose times are bounded.
//! `KRAIT_SCALE_FOLDER` keeps the history, which takes long to generate, for the next time.

mod generated;

use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use generated::{Shape, fill_compact};
use store::Store;
use wait4::Wait4;

/// Two years of nights × 60 benchmarks × 8 configuration-targets × 5 invocations × 20 iterations.
const FULL: (Shape, usize) = (
    Shape {
        benchmarks: 60,
        executors: 8,
        invocations: 5,
        iterations: 20,
    },
    730,
);
const SMALL: (Shape, usize) = (
    Shape {
        benchmarks: 3,
        executors: 2,
        invocations: 5,
        iterations: 20,
    },
    60,
);

/// The least memory that a machine has which shows such a history.
const MOST_BYTES: u64 = 4 << 30;

/// How long it takes: by the clock, or by the processor's time where that is less, since what else the
/// machine does adds to the one, and a second processor to the other.
fn timed(folder: &Path, words: &[&str]) -> (Duration, Option<i32>, String) {
    let begin = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_kraitbench"))
        .args(words)
        .current_dir(folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut text = String::new();
    let mut out = child.stdout.take().unwrap();
    out.read_to_string(&mut text).unwrap();
    let ended = child.wait4().unwrap();
    let took = begin.elapsed();
    let (used, peak) = (ended.rusage.utime + ended.rusage.stime, ended.rusage.maxrss);
    eprintln!(
        "{words:?}: {took:.2?}, {used:.2?} of a processor, {} MB",
        peak / 1_000_000
    );
    assert!(peak < MOST_BYTES, "{words:?}: {peak} bytes");
    (took.min(used), ended.status.code(), text)
}

#[test]
fn a_long_history_is_read_in_bounded_time() {
    let full = std::env::var("KRAIT_SCALE").is_ok_and(|scale| scale == "full");
    let (shape, nights) = if full { FULL } else { SMALL };
    let kept = std::env::var_os("KRAIT_SCALE_FOLDER");
    let temporary = tempfile::tempdir().unwrap();
    let folder = kept.as_deref().map_or(temporary.path(), Path::new);
    let stored = folder.join("store");
    let step = nights / 2;
    if !stored.is_dir() {
        let begin = Instant::now();
        fill_compact(&stored, shape, nights, &|night, benchmark| {
            if night >= step && benchmark == 1 {
                1.05
            } else {
                1.0
            }
        });
        eprintln!("generated in {:.2?}", begin.elapsed());
    }
    // The first look derives what the others find: so does each night for itself at its end.
    let (first, status, told) = timed(folder, &["history", "--json", "--measure", "time"]);
    assert_eq!(status, Some(3));
    assert!(
        told.contains(&shape.run(step).id.0),
        "the step is found: {told}"
    );
    let (history, _, again) = timed(folder, &["history", "--json", "--measure", "time"]);
    assert_eq!(again, told, "what was derived says the same");
    let (compare, status, _) = timed(folder, &["compare"]);
    assert_eq!(status, Some(0));
    let (report, status, _) = timed(folder, &["report", "--site", "site"]);
    assert_eq!(status, Some(0));
    let page = std::fs::read_to_string(folder.join("site/timeline/b1.html")).unwrap();
    assert!(
        page.contains(&shape.run(step).id.0),
        "the page tells the step"
    );
    // Adding a night does not read the others.
    let store = Store::open(&stored).unwrap();
    let run = shape.run(nights);
    let begin = Instant::now();
    store.begin(&run).unwrap();
    for invocation in shape.night(&run, &|_| 1.0).iter().take(20) {
        store.keep(invocation).unwrap();
    }
    let append = begin.elapsed();
    eprintln!("20 invocations appended in {append:.2?}");
    std::fs::remove_dir_all(stored.join(&run.id.0)).unwrap();
    if full {
        assert!(append < Duration::from_secs(2), "{append:?}");
        assert!(first < Duration::from_secs(120), "{first:?}");
        assert!(compare < Duration::from_secs(1), "{compare:?}");
        assert!(history < Duration::from_secs(5), "{history:?}");
        assert!(report < Duration::from_secs(30), "{report:?}");
    }
}
