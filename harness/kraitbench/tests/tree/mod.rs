//! A tree with programs, an experiment, a store and a site, in which tests run kraitbench.
//!
//! Its executor is a `command` that starts CPython, so what is tested is the harness and nothing
//! else.

// Each file of tests has its own copy, and uses a part of it.
#![allow(dead_code)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

pub const PYTHON: &str = "/usr/bin/python3.11";

/// A program that follows the protocol; `BODY` is run in each iteration.
const PROGRAM: &str = r#"
import json, os, sys, time
size, iterations = int(sys.argv[2]), int(sys.argv[4])
def say(**record): print("@krait " + json.dumps(record), flush=True)
say(kind="start", protocol=1, benchmark=os.path.basename(__file__)[:-3], version=1, size=size,
    iterations=iterations, implementation="test", python="3.99.0", platform="linux")
digest = "good"
for index in range(iterations):
    BODY
    say(kind="iteration", index=index, wall_ns=WALL, digest=digest)
say(kind="end", digest="good", environment={})
"#;

pub struct Tree {
    pub folder: tempfile::TempDir,
}

impl Tree {
    /// A tree whose experiment runs these programs (name, body) in so many invocations.
    pub fn of(programs: &[(&str, &str)], invocations: u32) -> Tree {
        let tree = Tree {
            folder: tempfile::tempdir().unwrap(),
        };
        fs::create_dir(tree.path("programs")).unwrap();
        let mut benchmarks = String::new();
        for (name, body) in programs {
            tree.program(name, body, "1000000 + 1000 * index");
            benchmarks.push_str(&format!(
                "      - {{name: {name}, size: 1, iterations: 3, digest: good}}\n"
            ));
        }
        let experiment = format!(
            "experiment: test\nseed: 1\ninvocations: {invocations}\nbaseline: one\n\
             programs: programs\ntimeout_s: 2\nmemory_mb: 200\nsuites:\n  - name: all\n    \
             benchmarks:\n{benchmarks}executors:\n  \
             - {{name: one, kind: command, command: [{PYTHON}]}}\n"
        );
        fs::write(tree.path("test.yaml"), experiment).unwrap();
        tree
    }

    pub fn program(&self, name: &str, body: &str, wall: &str) {
        let text = PROGRAM.replace("BODY", body).replace("WALL", wall);
        fs::write(self.path("programs").join(format!("{name}.py")), text).unwrap();
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kraitbench"));
        command.args(words).current_dir(self.folder.path());
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub fn go(&self, words: &[&str]) -> Ended {
        Ended::from(&self.command(words).output().unwrap())
    }

    /// Files of invocations in the store, oldest run first.
    pub fn kept(&self) -> Vec<PathBuf> {
        let mut runs: Vec<PathBuf> = folder(&self.path("store"));
        runs.retain(|path| path.is_dir());
        let files = runs.iter().flat_map(|run| folder(run));
        let is_whole = |path: &PathBuf| path.extension().is_some_and(|name| name == "parquet");
        files
            .filter(|path| is_whole(path) && !name(path).starts_with("run-"))
            .collect()
    }
}

pub fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

pub fn folder(path: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(path) else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

#[derive(Debug)]
pub struct Ended {
    pub status: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Ended {
    pub fn from(output: &Output) -> Ended {
        Ended {
            status: output.status.code(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    #[track_caller]
    pub fn expect(self, status: i32, said: &[&str]) -> Ended {
        assert_eq!(self.status, Some(status), "{}\n{}", self.out, self.err);
        for text in said {
            let found = self.err.contains(text) || self.out.contains(text);
            assert!(found, "{text:?} is not said:\n{}\n{}", self.out, self.err);
        }
        self
    }
}

/// Waits for as many kept invocations.
pub fn wait_for(tree: &Tree, count: usize) {
    let begin = Instant::now();
    while tree.kept().len() < count {
        assert!(
            begin.elapsed() < Duration::from_secs(30),
            "{count} invocations in time"
        );
        std::thread::sleep(Duration::from_millis(5));
    }
}

pub fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill")
        .args([name, &child.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
}
