//! compare, gate, history and release on the command line, over stores whose truth is known.

mod generated;

use std::fs;
use std::path::Path;
use std::process::Command;

use generated::{SMALL, fill};
use serde_json::Value;

struct Ended {
    status: Option<i32>,
    out: String,
    err: String,
}

impl Ended {
    #[track_caller]
    fn with(self, status: i32, parts: &[&str]) -> Ended {
        let told = format!("{}\n{}", self.out, self.err);
        assert_eq!(self.status, Some(status), "{told}");
        for part in parts {
            assert!(told.contains(part), "`{part}` is not in:\n{told}");
        }
        self
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.out).expect("it printed JSON")
    }
}

fn go(folder: &Path, words: &[&str]) -> Ended {
    let output = Command::new(env!("CARGO_BIN_EXE_kraitbench"))
        .args(words)
        .current_dir(folder)
        .output()
        .unwrap();
    Ended {
        status: output.status.code(),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// A folder with a store of nights in it.
fn nights(count: usize, level: &dyn Fn(usize, usize) -> f64) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fill(&folder.path().join("store"), SMALL, count, level);
    folder
}

#[test]
fn compare_prints_every_series_and_the_mean() {
    let folder = nights(2, &|night, benchmark| match (night, benchmark) {
        (1, 0) => 1.5,
        (1, 1) => 0.5,
        _ => 1.0,
    });
    let told = go(folder.path(), &["compare"]).with(3, &["b0", "slower", "b1", "faster", "3 of 3"]);
    assert!(
        told.out.contains("+49") || told.out.contains("+50"),
        "{}",
        told.out
    );
    let json = go(folder.path(), &["compare", "--json", "--measure", "time"]).json();
    assert_eq!(json["exit"], 3);
    let series = json["series"].as_array().unwrap();
    assert_eq!(series.len(), 3);
    assert_eq!(series[0]["series"]["benchmark"], "b0");
    let change = series[0]["change"]["value"].as_f64().unwrap();
    assert!((change - 1.5).abs() < 0.05, "{change}");
    assert_eq!(json["means"][0]["n"], 3);
}

#[test]
fn without_an_earlier_run_there_is_no_baseline() {
    let folder = nights(1, &|_, _| 1.0);
    go(folder.path(), &["compare"]).with(4, &["there is no run before"]);
    go(folder.path(), &["release"]).with(4, &["there is no run before"]);
    go(folder.path(), &["gate"]).with(4, &["without a baseline"]);
    go(folder.path(), &["history"]).with(0, &["no open change"]);
    go(folder.path(), &["compare", "--measure", "mood"]).with(5, &["the measures are time"]);
    go(folder.path(), &["compare", "--run", "none"]).with(5, &["there is no run `none`"]);
}

#[test]
fn the_gate_passes_the_same_and_stops_what_is_slower() {
    let same = nights(15, &|_, _| 1.0);
    go(same.path(), &["gate", "--all"]).with(0, &["geometric mean, 3 of 3", "history", "same"]);
    let slower = nights(15, &|night, _| if night == 14 { 1.08 } else { 1.0 });
    go(slower.path(), &["gate"]).with(3, &["slower", "geometric mean, 3 of 3"]);
    let json = go(slower.path(), &["gate", "--json"]).json();
    assert_eq!(json["exit"], 3);
    assert_eq!(json["earlier"].as_array().unwrap().len(), 14);
}

#[test]
fn a_policy_is_obeyed_and_a_bad_one_is_shown_where_it_is_bad() {
    let folder = nights(15, &|night, _| if night == 14 { 1.08 } else { 1.0 });
    let policy = |text: &str| fs::write(folder.path().join("policy.yaml"), text).unwrap();
    let words = ["gate", "--policy", "policy.yaml"];
    policy("measures: {time: {floor: 0.2, least_effect: 0.2}}\ngeometric_mean: null\n");
    go(folder.path(), &words).with(0, &["3 judged"]);
    policy(
        "measures: {time: {floor: 0.01, least_effect: 0.01}}\nseries: [{benchmark: b0, ignore: true}]\n",
    );
    go(folder.path(), &words).with(3, &["3 judged: 3 slower"]);
    policy("measures:\n  tiem: {floor: 0.2, least_effect: 0.2}\n");
    go(folder.path(), &words).with(5, &["tiem", "time"]);
    policy("false_alarms: 7\n");
    go(folder.path(), &words).with(5, &["`false_alarms` is 7"]);
    policy("measures: &a [*a, *a]\n");
    go(folder.path(), &words).with(5, &[]);
}

#[test]
fn history_names_a_change_and_keeps_why_it_was_accepted() {
    let folder = nights(40, &|night, benchmark| {
        if night >= 25 && benchmark == 1 {
            1.1
        } else {
            1.0
        }
    });
    let since = SMALL.run(25).id.0;
    let told = go(folder.path(), &["history", "--measure", "time"])
        .with(3, &["b1", "confirmed", &since, "step"]);
    // Commits of the runs before and after.
    let commits = format!("{:040x}..{:040x}", 24, 25);
    assert!(told.out.contains(&commits), "{}", told.out);
    let json = go(folder.path(), &["history", "--json", "--measure", "time"]).json();
    let changes = json["changes"].as_array().unwrap();
    assert_eq!(changes.len(), 1, "{json}");
    let id = changes[0]["id"].as_str().unwrap();
    go(folder.path(), &["history", "--accept", id]).with(5, &["--reason"]);
    go(folder.path(), &["history", "--accept", id, "--reason", " "]).with(5, &["empty"]);
    go(
        folder.path(),
        &["history", "--accept", "nothing", "--reason", "x"],
    )
    .with(5, &["no change `nothing`"]);
    let reason = "checks overflow now";
    for measure in ["time", "time-to-steady"] {
        let words = ["history", "--json", "--measure", measure];
        let json = go(folder.path(), &words).json();
        let id = json["changes"][0]["id"].as_str().unwrap();
        go(
            folder.path(),
            &["history", "--accept", id, "--reason", reason],
        )
        .with(0, &["accepted"]);
    }
    go(folder.path(), &["history"]).with(0, &["no open change"]);
    go(folder.path(), &["history", "--all"]).with(0, &["accepted: checks overflow now"]);
    // It stands beside the store, and the store is as it was.
    let beside = folder.path().join("store.changes.json");
    assert!(fs::read_to_string(&beside).unwrap().contains(reason));
    go(folder.path(), &["report"]).with(0, &[]);
    fs::write(&beside, "{\"accepted\": [").unwrap();
    go(folder.path(), &["history"]).with(5, &["store.changes.json", "no measurement"]);
}

#[test]
fn release_notes_are_markdown_with_means_rows_and_a_verdict() {
    let folder = nights(2, &|night, benchmark| {
        if night == 1 && benchmark < 2 {
            0.8
        } else {
            1.0
        }
    });
    let words = ["release", "--name", "v2", "--old-name", "v1"];
    go(folder.path(), &words).with(
        0,
        &[
            "## Speed of v2",
            "### Since v1",
            "| x0       | x86_64 | time        | 1.1",
            "3 of 3",
            "- Fastest: b",
            "Against v1: no regression (2 faster, 0 slower",
        ],
    );
    let json = go(folder.path(), &["release", "--json"]).json();
    assert_eq!(json["rows"].as_array().unwrap().len(), 3);
    assert_eq!(json["means"][0]["n"], 3);
}

#[test]
fn a_release_is_labelled_and_a_change_stands_on_its_page() {
    let folder = nights(30, &|night, benchmark| {
        if night >= 20 && benchmark == 1 {
            1.2
        } else {
            1.0
        }
    });
    let released = SMALL.run(10).id.0;
    let words = ["history", "--run", &released, "--release"];
    go(folder.path(), &[&words[..], &["v1.0"]].concat()).with(0, &["is of v1.0"]);
    go(folder.path(), &[&words[..], &[" "]].concat()).with(5, &["1 to 64 characters"]);
    go(folder.path(), &[&words[..], &["v1.1"]].concat()).with(0, &["is of v1.1"]);
    go(folder.path(), &["report"]).with(0, &["report: "]);
    let page = |name: &str| fs::read_to_string(folder.path().join("site").join(name)).unwrap();
    let timeline = page("timeline/b1.html");
    assert!(
        timeline.contains(&SMALL.run(20).id.0),
        "the first run after the step"
    );
    assert!(timeline.contains("confirmed"));
    assert!(!page("timeline/b0.html").contains("confirmed"));
    let view = page("view.json");
    assert!(
        view.contains("v1.1") && !view.contains("v1.0"),
        "the last word counts"
    );
}

#[test]
fn a_trial_says_how_often_the_gate_is_wrong() {
    let shape = generated::Shape {
        invocations: 24,
        ..SMALL
    };
    let folder = tempfile::tempdir().unwrap();
    fill(&folder.path().join("store"), shape, 1, &|_, _| 1.0);
    let words = [
        "trial",
        "--executor",
        "x0",
        "--comparisons",
        "20",
        "--nights",
        "6",
    ];
    let three = ["--invocations", "3"];
    let told = go(folder.path(), &[&words[..], &three, &["--json"]].concat()).json();
    assert_eq!(told["false_alarms"]["comparisons"], 20);
    assert_eq!(told["false_alarms"]["failed"], 0, "{told}");
    go(
        folder.path(),
        &[&words[..], &three, &["--slower", "x0"]].concat(),
    )
    .with(0, &["x0 against itself: the gate fails in 0 of 20"]);
    // What is no slower is not found to be, and that was asked for.
    let bounds = ["--slower", "x0", "--at-most", "1", "--at-least", "95"];
    go(folder.path(), &[&words[..], &three, &bounds].concat()).with(3, &["fails in 0 of 20"]);
    go(
        folder.path(),
        &[&words[..], &three, &["--at-most", "1"]].concat(),
    )
    .with(0, &[]);
    go(folder.path(), &words).with(5, &["24 invocations, and 35 are needed"]);
    go(folder.path(), &["trial", "--executor", "y"]).with(5, &["no executor `y`", "x0"]);
}
