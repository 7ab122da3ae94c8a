//! `bisect` the whole way: a repository whose "krait" is a stand-in that a commit makes slow.
//!
//! The stand-in is a program in Rust that cargo builds in each commit's own worktree, like the
//! real one. It follows the protocol and says how long its iterations took; nothing is timed.

use std::fs;
use std::path::Path;
use std::process::Command;

const MANIFEST: &str = "\
[workspace]
members = [\"krait\"]
resolver = \"3\"
[profile.release]
debug = false
";

const CRATE: &str = "\
[package]
name = \"krait\"
version = \"0.1.0\"
edition = \"2024\"
[features]
nojit = []
jit = []
";

const LOCK: &str = "\
version = 4

[[package]]
name = \"krait\"
version = \"0.1.0\"
";

const PROGRAM: &str = r#"
fn main() {
    let words: Vec<String> = std::env::args().collect();
    if !words.iter().any(|word| word == "--iterations") {
        println!("krait stand-in");
        return;
    }
    let noise = std::process::id() as u64;
    println!("@krait {{\"kind\":\"start\",\"protocol\":1,\"benchmark\":\"b\",\"version\":1,\"size\":1,\"iterations\":6,\"implementation\":\"k\",\"python\":\"3.14.0\",\"platform\":\"linux\"}}");
    for index in 0..6u64 {
        let wall = LEVEL + (noise * 7919 + index * 104729) % 20000;
        println!("@krait {{\"kind\":\"iteration\",\"index\":{index},\"wall_ns\":{wall},\"digest\":\"d\"}}");
    }
    println!("@krait {{\"kind\":\"end\",\"digest\":\"d\",\"environment\":{{}}}}");
}
"#;

const EXPERIMENT: &str = "\
experiment: test
seed: 1
invocations: 3
programs: programs
timeout_s: 20
memory_mb: 500
suites:
  - name: all
    benchmarks: [{name: b, size: 1, iterations: 6, digest: d}]
executors:
  - {name: k, kind: krait, configuration: nojit}
  - {name: other, kind: command, command: [/bin/false]}
";

fn git(folder: &Path, words: &[&str]) -> String {
    let output = Command::new("git")
        .current_dir(folder)
        .args(["-c", "user.name=t", "-c", "user.email=t@t"])
        .args([
            "-c",
            "commit.gpgsign=false",
            "-c",
            "core.hooksPath=/dev/null",
        ])
        .args(words)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "git {words:?}: {told}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// Commits whose iterations take these times; gives their hashes.
fn repository(folder: &Path, levels: &[u32]) -> Vec<String> {
    fs::create_dir_all(folder.join("krait/src")).unwrap();
    fs::create_dir(folder.join("programs")).unwrap();
    fs::write(folder.join("Cargo.toml"), MANIFEST).unwrap();
    fs::write(folder.join("krait/Cargo.toml"), CRATE).unwrap();
    fs::write(folder.join("Cargo.lock"), LOCK).unwrap();
    fs::write(folder.join("programs/b.py"), "").unwrap();
    fs::write(folder.join("test.yaml"), EXPERIMENT).unwrap();
    fs::write(folder.join(".gitignore"), "target\nbin\nstore\n").unwrap();
    git(folder, &["init", "-q"]);
    let commit = |(i, level): (usize, &u32)| {
        let program = PROGRAM.replace("LEVEL", &level.to_string());
        fs::write(folder.join("krait/src/main.rs"), program).unwrap();
        fs::write(folder.join("number"), i.to_string()).unwrap();
        git(folder, &["add", "-A"]);
        git(folder, &["commit", "-q", "-m", &format!("commit {i}")]);
        git(folder, &["rev-parse", "HEAD"])
    };
    levels.iter().enumerate().map(commit).collect()
}

fn bisect(folder: &Path, words: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_kraitbench"))
        .args(["bisect", "test.yaml", "--benchmark", "b"])
        .args(words)
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (
        output.status.code(),
        text(&output.stdout),
        text(&output.stderr),
    )
}

#[test]
fn the_commit_is_found_by_building_and_measuring() {
    let folder = tempfile::tempdir().unwrap();
    let slow = 1_100_000;
    let commits = repository(folder.path(), &[1_000_000, 1_000_000, slow, slow, slow]);
    let words = ["--executor", "k", "--good", &commits[0], "--json"];
    let (status, out, err) = bisect(folder.path(), &words);
    assert_eq!(status, Some(3), "{out}\n{err}");
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(json["bad"], commits[2].as_str(), "{json}\n{err}");
    assert_eq!(json["good"], commits[1].as_str());
    let change = json["change"]["value"].as_f64().unwrap();
    assert!((change - 1.1).abs() < 0.02, "{change}");
    // Between the first two commits nothing changed.
    let words = [
        "--executor",
        "k",
        "--good",
        &commits[0],
        "--bad",
        &commits[1],
        "--rounds",
        "1",
    ];
    let (status, _, err) = bisect(folder.path(), &words);
    assert_eq!(status, Some(4), "{err}");
    assert!(err.contains("nothing to look for"), "{err}");
    for (words, part) in [
        (
            ["--executor", "other", "--good", "HEAD"],
            "no executor that can be built",
        ),
        (
            ["--executor", "k", "--good", "HEAD"],
            "there is no commit from",
        ),
        (["--executor", "k", "--good", "nowhere"], "nowhere"),
    ] {
        let (status, _, err) = bisect(folder.path(), &words);
        assert_eq!(status, Some(5), "{err}");
        assert!(err.contains(part), "{err}");
    }
}
