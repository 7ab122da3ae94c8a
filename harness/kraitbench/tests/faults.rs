//! A harness that is killed at any moment: what it kept is whole, what it had begun is gone, and the
//! next start goes on from there.

mod tree;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use tree::{Tree, signal};

/// Kills are spread over the first so much of a run: its start, which prepares, and the stretches
/// between and within invocations.
const SPREAD_MS: u64 = 900;
const KILLS: u64 = 12;

/// Of each of two programs. The slow one sleeps 3 × 50 ms in each: longer altogether than all the
/// stretches before the kills, so that no machine is fast enough to be done before the last.
const INVOCATIONS: u32 = 40;

#[test]
fn a_kill_at_any_moment_loses_nothing_and_leaves_nothing() {
    let programs = [("slow", "time.sleep(0.05)"), ("other", "pass")];
    let tree = Tree::of(&programs, INVOCATIONS);
    let mut before = BTreeSet::new();
    for kill in 0..KILLS {
        let mut child = tree.command(&["run", "test.yaml"]).spawn().unwrap();
        // Not in order, so that early kills also meet a store that has something.
        let wait_ms = (kill * 7 % KILLS) * SPREAD_MS / KILLS;
        std::thread::sleep(Duration::from_millis(wait_ms));
        signal(&child, "-KILL");
        child.wait().unwrap();
        let after: BTreeSet<_> = tree.kept().into_iter().collect();
        assert!(
            after.is_superset(&before),
            "after {wait_ms} ms something is lost"
        );
        before = after;
        if !before.is_empty() {
            tree.go(&["store", "verify"]).expect(0, &[]);
        }
    }
    assert!((1..80).contains(&before.len()), "{} kept", before.len());
    tree.go(&["run", "test.yaml"])
        .expect(0, &["80 of 80 invocations"]);
    assert_eq!(tree.kept().len(), 80, "each once, in one run");
    tree.go(&["store", "verify"])
        .expect(0, &["1 runs (1 whole), 80 invocations"]);
    // Nobody is left who computes.
    let begin = Instant::now();
    let programs = tree.path("programs").to_string_lossy().into_owned();
    while processes(&programs) > 0 {
        assert!(
            begin.elapsed() < Duration::from_secs(5),
            "a benchmark goes on"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Processes whose command line names this folder.
fn processes(folder: &str) -> usize {
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let names = |entry: &std::fs::DirEntry| {
        let line = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&line).contains(folder)
    };
    entries.filter(names).count()
}
