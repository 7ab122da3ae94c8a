//! `store verify`, `merge` and `compact` on the command line; judging goes on as before.

mod generated;

use std::path::Path;
use std::process::Command;

use generated::{SMALL, fill};

#[track_caller]
fn go(folder: &Path, words: &[&str], status: i32, parts: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_kraitbench"))
        .args(words)
        .current_dir(folder)
        .output()
        .unwrap();
    let out = String::from_utf8_lossy(&output.stdout).into_owned();
    let told = format!("{out}\n{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(status), "{words:?}\n{told}");
    for part in parts {
        assert!(told.contains(part), "`{part}` is not in:\n{told}");
    }
    out
}

#[test]
fn a_store_is_verified_merged_and_compacted_and_says_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fill(&here.join("store"), SMALL, 12, &|night, _| {
        if night == 11 { 1.2 } else { 1.0 }
    });
    go(
        here,
        &["store", "verify"],
        0,
        &["12 runs (12 whole), 108 invocations"],
    );
    let before = go(here, &["gate", "--json"], 3, &[]);
    go(here, &["store", "compact"], 0, &["12 runs compacted"]);
    assert_eq!(go(here, &["gate", "--json"], 3, &[]), before);
    go(here, &["store", "compact", "--json"], 0, &["\"runs\":0"]);
    go(
        here,
        &["store", "verify", "--json"],
        0,
        &["\"invocations\":108"],
    );
    go(here, &["report"], 0, &[]);
    let words = ["store", "merge", "store", "--store", "other"];
    go(here, &words, 0, &["12 runs and 108 invocations added"]);
    go(
        here,
        &words,
        0,
        &["0 runs and 0 invocations added, 108 were there"],
    );
    assert_eq!(
        go(here, &["gate", "--json", "--store", "other"], 3, &[]),
        before
    );
    // A torn file ends in a message and the code of a bad store.
    let run = here.join("other").join(SMALL.run(3).id.0);
    let file = std::fs::read_dir(run)
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    std::fs::write(file, "torn").unwrap();
    go(
        here,
        &["store", "verify", "--store", "other"],
        5,
        &["is torn"],
    );
    go(here, &["history", "--store", "other"], 5, &["is torn"]);
    go(here, &["store", "merge", "nowhere"], 5, &["no such store"]);
    go(
        here,
        &["store", "compact", "--before", "soon"],
        5,
        &["2026-01"],
    );
}

#[test]
fn a_run_is_exported_in_the_form_of_other_tools() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fill(&here.join("store"), SMALL, 1, &|_, benchmark| {
        if benchmark == 1 { 2.0 } else { 1.0 }
    });
    let json = |form: &str| -> serde_json::Value {
        let told = go(here, &["store", "export", "--form", form], 0, &[]);
        serde_json::from_str(&told).unwrap()
    };
    let pyperf = json("pyperf");
    assert_eq!(pyperf["version"], "1.0");
    let benchmarks = pyperf["benchmarks"].as_array().unwrap();
    assert_eq!(benchmarks.len(), 3);
    assert_eq!(benchmarks[0]["metadata"]["name"], "s/b0");
    assert_eq!(benchmarks[0]["metadata"]["unit"], "second");
    let runs = benchmarks[0]["runs"].as_array().unwrap();
    assert_eq!(runs.len(), 3);
    let values = runs[0]["values"].as_array().unwrap();
    let value = values[0].as_f64().unwrap();
    assert!((value - 1e-3).abs() < 1e-4, "{value}");
    let bencher = json("bencher");
    let latency = &bencher["s/b1"]["latency"];
    let of = |name: &str| latency[name].as_f64().unwrap();
    assert!((of("value") - 4e6).abs() < 4e5, "{latency}");
    assert!(of("lower_value") <= of("value") && of("value") <= of("upper_value"));
    let words = ["store", "export", "--form", "pyperf", "--executor", "none"];
    go(here, &words, 5, &["names one of: x0"]);
}
