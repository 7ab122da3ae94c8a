//! `kraitbench remote` against a real sshd on loopback: the whole way, a link that drops in the
//! middle, and what cannot be done.

mod sshd;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use sshd::{Server, has_sshd};

const PROGRAM: &str = r#"
import json, sys, time
size, iterations = int(sys.argv[2]), int(sys.argv[4])
def say(**record): print("@krait " + json.dumps(record), flush=True)
say(kind="start", protocol=1, benchmark="slow", version=1, size=size, iterations=iterations,
    implementation="test", python="3.99.0", platform="linux")
for index in range(iterations):
    time.sleep(0.02)
    say(kind="iteration", index=index, wall_ns=20000000 + index, digest="good")
say(kind="end", digest="good", environment={})
"#;

/// An experiment here, and a folder that stands for the other machine's disk.
struct Place {
    server: Server,
    here: tempfile::TempDir,
    there: tempfile::TempDir,
}

impl Place {
    fn new(invocations: u32) -> Place {
        let here = tempfile::tempdir().unwrap();
        fs::create_dir(here.path().join("programs")).unwrap();
        fs::write(here.path().join("programs/slow.py"), PROGRAM).unwrap();
        let experiment = format!(
            "experiment: far\nseed: 1\ninvocations: {invocations}\nprograms: programs\ntimeout_s: 20\n\
             memory_mb: 200\nsuites:\n  - name: all\n    benchmarks:\n      - {{name: slow, size: 1, \
             iterations: 5, digest: good, tags: [far-away]}}\nexecutors:\n  - {{name: one, kind: command, \
             command: [/usr/bin/python3.11]}}\n"
        );
        fs::write(here.path().join("far.yaml"), experiment).unwrap();
        Place {
            server: Server::new(),
            here,
            there: tempfile::tempdir().unwrap(),
        }
    }

    fn folder(&self) -> PathBuf {
        self.there.path().join("a folder")
    }

    fn remote(&self, more: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kraitbench"));
        command.args([
            "remote",
            "127.0.0.1",
            "far.yaml",
            "--ssh",
            &self.server.ssh(),
        ]);
        command
            .arg("--folder")
            .arg(self.folder())
            .args(more)
            .current_dir(self.here.path());
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Invocations in a store.
    fn kept(&self, store: &Path) -> usize {
        let words = ["store", "verify", "--json", "--store"];
        let mut command = Command::new(env!("CARGO_BIN_EXE_kraitbench"));
        let output = command.args(words).arg(store).output().unwrap();
        let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        told["invocations"].as_u64().unwrap_or(0) as usize
    }
}

#[track_caller]
fn ended(output: &Output, status: i32, parts: &[&str]) -> String {
    let told = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(output.status.code(), Some(status), "{told}");
    for part in parts {
        assert!(told.contains(part), "`{part}` is not in: {told}");
    }
    told
}

#[test]
fn an_experiment_runs_there_and_its_samples_come_here() {
    if !has_sshd() {
        return;
    }
    let place = Place::new(3);
    let output = place.remote(&["--tag", "far-away"]).output().unwrap();
    ended(&output, 0, &["1 runs and 3 invocations added"]);
    let store = place.here.path().join("store");
    assert_eq!(place.kept(&store), 3);
    // Asked for again, it is measured again, and what is there already is not brought twice.
    let output = place.remote(&["--tag", "far-away"]).output().unwrap();
    ended(
        &output,
        0,
        &["1 runs and 3 invocations added, 3 were there"],
    );
    let report = Command::new(env!("CARGO_BIN_EXE_kraitbench"))
        .args(["report", "--site", "site"])
        .current_dir(place.here.path())
        .output()
        .unwrap();
    ended(&report, 0, &["report: "]);
    ended(
        &place.remote(&["--tag", "none"]).output().unwrap(),
        5,
        &["there is no tag `none`"],
    );
    ended(
        &place.remote(&["--rev", "HEAD"]).output().unwrap(),
        5,
        &["--rev"],
    );
}

#[test]
fn a_link_that_drops_loses_nothing() {
    if !has_sshd() {
        return;
    }
    let mut place = Place::new(30);
    let mut child = place.remote(&["--patience", "120"]).spawn().unwrap();
    let far = place.folder().join("store");
    let begin = Instant::now();
    while !far.is_dir() || place.kept(&far) < 2 {
        assert!(
            begin.elapsed() < Duration::from_secs(60),
            "the run begins there"
        );
        assert!(child.try_wait().unwrap().is_none(), "it is watched");
        thread::sleep(Duration::from_millis(100));
    }
    place.server.end();
    let before = place.kept(&far);
    thread::sleep(Duration::from_secs(2));
    assert!(place.kept(&far) > before, "the run goes on without a link");
    assert!(child.try_wait().unwrap().is_none(), "and is waited for");
    place.server.begin();
    let output = child.wait_with_output().unwrap();
    ended(
        &output,
        0,
        &["no link, trying again", "1 runs and 30 invocations added"],
    );
    assert_eq!(place.kept(&place.here.path().join("store")), 30);
}

#[test]
fn who_goes_away_and_comes_back_finds_the_run() {
    if !has_sshd() {
        return;
    }
    let place = Place::new(10);
    let mut child = place.remote(&[]).spawn().unwrap();
    let far = place.folder().join("store");
    let begin = Instant::now();
    while !far.is_dir() || place.kept(&far) < 1 {
        assert!(
            begin.elapsed() < Duration::from_secs(60),
            "the run begins there"
        );
        thread::sleep(Duration::from_millis(50));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let output = place.remote(&[]).output().unwrap();
    ended(
        &output,
        0,
        &["a run is there already", "1 runs and 10 invocations added"],
    );
}

#[test]
fn what_cannot_be_done_is_told() {
    if !has_sshd() {
        return;
    }
    let mut place = Place::new(1);
    let words = ["remote", "-oProxyCommand=touch x", "far.yaml"];
    let mut command = Command::new(env!("CARGO_BIN_EXE_kraitbench"));
    let output = command
        .args(["remote", "--", words[1], words[2]])
        .current_dir(place.here.path())
        .output();
    ended(&output.unwrap(), 5, &["a destination is"]);
    place.server.end();
    let begin = Instant::now();
    let output = place.remote(&["--patience", "2"]).output().unwrap();
    ended(&output, 1, &["no link for 2 s", "the same command goes on"]);
    assert!(begin.elapsed() < Duration::from_secs(30));
    assert!(!place.here.path().join("store").exists());
}
