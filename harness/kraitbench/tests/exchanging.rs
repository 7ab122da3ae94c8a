//! What is exported and imported, against the tools that the forms are of: pyperf, ReBench, and a
//! Codespeed server on loopback.
//!
//! They are in the environment that `KRAIT_PYTHON_TOOLS` names; `make setup` makes one. A test
//! without it says on standard error that it saw nothing; with `KRAIT_REQUIRE_PYTHON_TOOLS=1` it
//! fails.

mod generated;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use generated::{SMALL, fill};
use serde_json::Value;

/// The interpreter of the environment with the tools.
fn python() -> Option<PathBuf> {
    let named = std::env::var_os("KRAIT_PYTHON_TOOLS")
        .map(|folder| PathBuf::from(folder).join("bin/python"));
    let found = named.filter(|path| path.exists());
    if found.is_none() {
        let required = std::env::var("KRAIT_REQUIRE_PYTHON_TOOLS").is_ok_and(|v| v == "1");
        assert!(
            !required,
            "no tools: `make setup`, and name them with KRAIT_PYTHON_TOOLS"
        );
        // Straight to the stream: what is printed by macros would be captured and lost.
        writeln!(
            std::io::stderr(),
            "NOT CHECKED against other tools: KRAIT_PYTHON_TOOLS names none"
        )
        .ok();
    }
    found
}

#[track_caller]
fn run(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let out = String::from_utf8_lossy(&output.stdout).into_owned();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{command:?}: {}\n{out}\n{told}",
        output.status
    );
    out
}

#[track_caller]
fn kraitbench(folder: &Path, words: &[&str]) -> String {
    run(Command::new(env!("CARGO_BIN_EXE_kraitbench"))
        .args(words)
        .current_dir(folder))
}

/// Two nights: in the second, benchmark 1 is a half slower.
fn nights() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fill(
        &folder.path().join("store"),
        SMALL,
        2,
        &|night, benchmark| {
            if night == 1 && benchmark == 1 {
                1.5
            } else {
                1.0
            }
        },
    );
    folder
}

fn export(folder: &Path, night: usize, form: &str, file: &str) -> PathBuf {
    let id = SMALL.run(night).id.0;
    let words = [
        "store",
        "export",
        "--run",
        &id,
        "--form",
        form,
        "--environment",
        "bench",
    ];
    let path = folder.join(file);
    fs::write(&path, kraitbench(folder, &words)).unwrap();
    path
}

fn script(name: &str) -> PathBuf {
    Path::new(&std::env::var_os("CARGO_MANIFEST_DIR").unwrap())
        .join("tests/python")
        .join(name)
}

/// pyperf on files of a folder.
#[track_caller]
fn pyperf(python: &Path, folder: &Path, words: &[&str]) -> String {
    let mut command = Command::new(python);
    run(command
        .args(["-m", "pyperf"])
        .args(words)
        .current_dir(folder))
}

#[test]
fn pyperf_compares_what_is_exported() {
    let Some(python) = python() else { return };
    let folder = nights();
    let here = folder.path();
    export(here, 0, "pyperf", "old.json");
    export(here, 1, "pyperf", "new.json");
    let compared = pyperf(
        &python,
        here,
        &["compare_to", "--table", "old.json", "new.json"],
    );
    let row = compared
        .lines()
        .find(|line| line.contains("s/b1"))
        .expect("a row of the benchmark that changed");
    let times = ["1.49x slower", "1.50x slower", "1.51x slower"];
    assert!(times.iter().any(|times| row.contains(times)), "{compared}");
    let stats = pyperf(&python, here, &["stats", "new.json"]);
    assert!(
        stats.contains("Number of warmup"),
        "it is a whole file: {stats}"
    );
    pyperf(&python, here, &["check", "new.json"]);
}

/// All values of the first benchmark in a file of pyperf, warm-ups first.
fn pyperf_values(text: &str) -> Vec<f64> {
    let file: Value = serde_json::from_str(text).unwrap();
    let runs = file["benchmarks"][0]["runs"].as_array().unwrap();
    let of = |run: &Value| {
        let warm = run["warmups"].as_array().cloned().unwrap_or_default();
        let warm = warm.into_iter().map(|pair| pair[1].as_f64().unwrap());
        let values = run["values"].as_array().cloned().unwrap();
        let values = values.into_iter().map(|value| value.as_f64().unwrap());
        warm.chain(values).collect::<Vec<f64>>()
    };
    runs.iter().flat_map(of).collect()
}

#[test]
fn what_pyperf_measured_is_a_run_of_the_store() {
    let Some(python) = python() else { return };
    let folder = nights();
    let here = folder.path();
    export(here, 0, "pyperf", "old.json");
    export(here, 1, "pyperf", "new.json");
    let timeit = ["timeit", "-q", "-p2", "-n3", "-w1", "-l1000"];
    pyperf(
        &python,
        here,
        &[&timeit[..], &["-o", "own.json", "pass"]].concat(),
    );
    let import = ["store", "import", "own.json", "old.json", "new.json"];
    let words = [&import[..], &["--form", "pyperf", "--store", "other"]].concat();
    let told = kraitbench(here, &words);
    assert_eq!(told.matches("1 runs and").count(), 3, "{told}");
    let again = kraitbench(here, &words);
    assert!(again.contains("0 runs and 0 invocations added, 2 were there"));
    kraitbench(here, &["store", "verify", "--store", "other"]);
    kraitbench(here, &["report", "--store", "other"]);
    // The latest run is what pyperf has just measured; exported again, its values are the same.
    let words = ["store", "export", "--form", "pyperf", "--store", "other"];
    let again = pyperf_values(&kraitbench(here, &words));
    let own = pyperf_values(&fs::read_to_string(here.join("own.json")).unwrap());
    assert_eq!(again.len(), own.len());
    for (again, own) in again.iter().zip(&own) {
        assert!((again / own - 1.0).abs() < 1e-9, "{again} and {own}");
    }
}

#[test]
fn rebench_reads_what_is_exported_and_is_read_as_it_wrote() {
    let Some(python) = python() else { return };
    let folder = nights();
    let here = folder.path();
    let data = export(here, 1, "rebench", "krait.data");
    let read = |data: &Path| -> Value {
        let told = run(Command::new(&python)
            .arg(script("rebench_read.py"))
            .arg(data)
            .current_dir(here));
        serde_json::from_str(told.lines().last().unwrap()).unwrap()
    };
    let told = read(&data);
    let rows = told.as_array().unwrap();
    assert_eq!(rows.len(), 3, "{told}");
    let b1 = rows.iter().find(|row| row["benchmark"] == "b1").unwrap();
    assert_eq!(
        (b1["suite"].as_str(), b1["executor"].as_str()),
        (Some("s"), Some("x0"))
    );
    assert_eq!(b1["samples"], SMALL.invocations * SMALL.iterations);
    let mean = b1["mean_ms"].as_f64().unwrap();
    assert!((mean - 3.0).abs() < 0.1, "{mean}");

    // What it runs itself.
    let program =
        "import sys\nfor i in range(3): print(f'{sys.argv[1]}: iterations=1 runtime: {100+i}us')\n";
    fs::write(here.join("program.py"), program).unwrap();
    let configuration = format!(
        "default_experiment: all\ndefault_data_file: own.data\nbenchmark_suites:\n  Suite:\n    \
         command: {}/program.py %(benchmark)s\n    gauge_adapter: RebenchLog\n    invocations: 2\n    iterations: 3\n    \
         benchmarks: [one, two]\nexecutors:\n  Python: {{path: /usr/bin, executable: python3.11}}\n\
         experiments:\n  all: {{suites: [Suite], executions: [Python]}}\n",
        here.display()
    );
    fs::write(here.join("own.conf"), configuration).unwrap();
    run(Command::new(python.with_file_name("rebench"))
        .args(["-D", "own.conf"])
        .current_dir(here));
    let words = [
        "store", "import", "own.data", "--form", "rebench", "--store", "other",
    ];
    let told = kraitbench(here, &words);
    assert!(told.contains("1 runs and 4 invocations added"), "{told}");
    let again = kraitbench(
        here,
        &["store", "export", "--form", "rebench", "--store", "other"],
    );
    fs::write(here.join("again.data"), again).unwrap();
    let means = |told: &Value| -> Vec<(String, f64)> {
        let rows = told.as_array().unwrap().iter();
        let mut all: Vec<(String, f64)> = rows
            .map(|row| {
                (
                    row["benchmark"].to_string(),
                    row["mean_ms"].as_f64().unwrap(),
                )
            })
            .collect();
        all.sort_by(|a, b| a.0.cmp(&b.0));
        all
    };
    assert_eq!(
        means(&read(&here.join("again.data"))),
        means(&read(&here.join("own.data")))
    );
}

/// A Codespeed server, ended when it is dropped.
struct Server {
    child: Child,
    port: u16,
}

impl Server {
    fn begin(python: &Path, database: &Path) -> Server {
        let mut child = Command::new(python)
            .arg(script("codespeed_server.py"))
            .arg(database)
            .arg("bench")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let port = line.trim().parse().expect("the server prints its port");
        Server { child, port }
    }

    /// The status and the text of its answer.
    fn post(&self, json: &str) -> (String, String) {
        let mut body = String::from("json=");
        for byte in json.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => body.push(char::from(byte)),
                _ => body.push_str(&format!("%{byte:02X}")),
            }
        }
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        write!(
            stream,
            "POST /result/add/json/ HTTP/1.0\r\nHost: 127.0.0.1\r\nContent-Type: \
             application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, text) = answer.split_once("\r\n\r\n").unwrap();
        (head.lines().next().unwrap().to_owned(), text.to_owned())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        self.child.wait().ok();
    }
}

#[test]
fn codespeed_takes_what_is_exported() {
    let Some(python) = python() else { return };
    let folder = nights();
    let here = folder.path();
    let database = here.join("codespeed.db");
    let server = Server::begin(&python, &database);
    for night in [0, 1] {
        let file = export(here, night, "codespeed", "posted.json");
        let (status, text) = server.post(&fs::read_to_string(file).unwrap());
        assert!(status.contains("202"), "{status}: {text}");
    }
    // An environment that the server does not have is refused by it.
    let unknown = kraitbench(
        here,
        &[
            "store",
            "export",
            "--form",
            "codespeed",
            "--environment",
            "other",
        ],
    );
    let (status, text) = server.post(&unknown);
    assert!(
        status.contains("400") && text.contains("other"),
        "{status}: {text}"
    );
    let query = "import json, sqlite3, sys\n\
        rows = sqlite3.connect(sys.argv[1]).execute('select b.name, b.units, v.commitid, e.name, \
        r.value, r.val_min, r.val_max, r.std_dev from codespeed_result r \
        join codespeed_benchmark b on b.id = r.benchmark_id \
        join codespeed_revision v on v.id = r.revision_id \
        join codespeed_executable e on e.id = r.executable_id').fetchall()\n\
        print(json.dumps(rows))";
    let told = run(Command::new(&python).args(["-c", query]).arg(&database));
    let rows: Value = serde_json::from_str(&told).unwrap();
    let rows = rows.as_array().unwrap();
    assert_eq!(rows.len(), 6, "three benchmarks at two commits: {told}");
    let commit = format!("{:040x}", 1);
    let slow = rows
        .iter()
        .find(|row| row[0] == "s/b1" && row[2] == commit.as_str())
        .unwrap();
    assert_eq!(
        (slow[1].as_str(), slow[3].as_str()),
        (Some("seconds"), Some("x0"))
    );
    let value = |at: usize| slow[at].as_f64().unwrap();
    assert!((value(4) - 3e-3).abs() < 1e-4, "{slow}");
    assert!(
        value(5) <= value(4) && value(4) <= value(6) && value(7) >= 0.0,
        "{slow}"
    );
    // And what was posted is read again.
    let words = [
        "store",
        "import",
        "posted.json",
        "--form",
        "codespeed",
        "--store",
        "other",
    ];
    assert!(kraitbench(here, &words).contains("1 runs and 3 invocations added"));
}

#[test]
fn bencher_metrics_go_out_and_come_in_and_bad_files_are_refused() {
    let folder = nights();
    let here = folder.path();
    export(here, 1, "bencher", "metrics.json");
    let refused = |words: &[&str], part: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_kraitbench"))
            .args(["store", "import", "--store", "other"])
            .args(words)
            .current_dir(here)
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(5), "{words:?}: {told}");
        assert!(told.contains(part), "`{part}` is not in: {told}");
        assert!(!here.join("other").exists(), "nothing was begun");
    };
    let bencher = ["--form", "bencher"];
    refused(&["metrics.json", bencher[0], bencher[1]], "--at 2026");
    let at = ["--at", "2026-01-31T04:00:00Z"];
    refused(
        &["metrics.json", bencher[0], bencher[1], at[0], at[1]],
        "--executor NAME",
    );
    refused(
        &["metrics.json", bencher[0], bencher[1], "--at", "yesterday"],
        "2026-01-31T04:00:00Z",
    );
    refused(&["metrics.json", "--form", "pyperf"], "no `version`");
    refused(&["metrics.json", "--form", "rebench"], "no heading");
    refused(&["nothing.json", bencher[0], bencher[1]], "check the path");
    refused(
        &[
            "metrics.json",
            bencher[0],
            bencher[1],
            "--experiment",
            "../x",
        ],
        "`../x` cannot be a name",
    );
    fs::write(here.join("binary"), [0xff, 0xfe, 0x00]).unwrap();
    refused(&["binary", bencher[0], bencher[1]], "read as text");
    fs::write(here.join("deep"), "[".repeat(1_000_000)).unwrap();
    refused(&["deep", bencher[0], bencher[1]], "no file of Bencher");
    let words = [
        "store",
        "import",
        "metrics.json",
        "--form",
        "bencher",
        "--executor",
        "krait",
        "--host",
        "h",
    ];
    let told = kraitbench(here, &[&words[..], &at, &["--store", "other"]].concat());
    assert!(told.contains("1 runs and 3 invocations added"), "{told}");
    let again = kraitbench(
        here,
        &["store", "export", "--form", "bencher", "--store", "other"],
    );
    let (again, first): (Value, Value) = (
        serde_json::from_str(&again).unwrap(),
        serde_json::from_str(&fs::read_to_string(here.join("metrics.json")).unwrap()).unwrap(),
    );
    assert_eq!(
        again["s/b1"]["latency"]["value"],
        first["s/b1"]["latency"]["value"]
    );
}
