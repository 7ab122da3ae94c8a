//! The whole way on the command line, on small programs that behave well or badly in known ways.
//!
//! Each test has a tree of its own with programs, an experiment, a store and a site. The executor
//! is a `command` that starts CPython, so what is tested is the harness and nothing else.

mod tree;

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::Command;

use tree::{Ended, Tree, name, signal, wait_for};

#[test]
fn from_an_experiment_to_a_report_that_is_rendered_again_without_measuring() {
    let tree = Tree::of(&[("quick", "pass"), ("other", "pass")], 2);
    tree.go(&["check", "test.yaml"])
        .expect(0, &["2 benchmarks on 1 executors", "4 processes"]);
    let planned = tree
        .go(&["plan", "test.yaml"])
        .expect(0, &["invocation 2 of 2"]);
    assert_eq!(planned.out.lines().count(), 5);
    let index = tree.path("site").join("index.html").canonicalize();
    assert!(index.is_err(), "nothing is there before");
    let all = tree
        .go(&["all", "test.yaml"])
        .expect(0, &["4 of 4 invocations", "report: "]);
    let place = all
        .out
        .lines()
        .find_map(|line| line.strip_prefix("report: "))
        .unwrap();
    assert!(
        Path::new(place).is_absolute() && Path::new(place).is_file(),
        "{place}"
    );
    let kept = tree.kept();
    assert_eq!(kept.len(), 4);

    fs::remove_dir_all(tree.path("site")).unwrap();
    let again = tree
        .go(&["report", "test.yaml", "--markdown"])
        .expect(0, &["quick", "1.00 ms"]);
    assert!(again.err.is_empty(), "{}", again.err);
    assert!(tree.path("site").join("index.html").is_file());
    assert!(tree.path("site").join("report.md").is_file());
    assert_eq!(tree.kept(), kept, "nothing was measured");
}

#[test]
fn every_kind_of_failure_is_recorded_with_its_cause_and_the_run_goes_on() {
    let programs = [
        ("crash", "sys.exit('broken')"),
        ("abort", "os.abort()"),
        ("hang", "time.sleep(60)"),
        ("eat", "x = bytearray(10**9); time.sleep(60)"),
        ("wrong", "digest = 'bad' if index == 2 else 'good'"),
        ("garbage", "print('@krait {oops')"),
        ("chatty", "print('hello ' * 1000)"),
    ];
    let tree = Tree::of(&programs, 1);
    let causes = [
        "crash on one: exit status 1: broken",
        "abort on one: killed by signal 6 (SIGABRT)",
        "hang on one: killed after its limit of 2 s",
        "its limit is 200 MB",
        "wrong on one: iteration 2 gave bad, expected good",
        "garbage on one: a record is no JSON object",
        "7 of 7 invocations, 6 of them failed",
        "report: ",
    ];
    tree.go(&["all", "test.yaml"]).expect(1, &causes);
    let report = fs::read_to_string(tree.path("site").join("report.md")).unwrap();
    assert!(
        report.contains("wrong result") && report.contains("timeout"),
        "{report}"
    );
}

#[test]
fn a_missing_executor_is_recorded_and_the_others_run() {
    let tree = Tree::of(&[("quick", "pass")], 1);
    let path = tree.path("test.yaml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(
        &path,
        text + "  - {name: gone, kind: cpython, path: no-such-python}\n",
    )
    .unwrap();
    let ended = tree.go(&["run", "test.yaml"]);
    ended.expect(
        1,
        &[
            "warning: executor gone",
            "no-such-python",
            "2 of 2 invocations, 1 of them",
        ],
    );
}

#[test]
fn bad_input_says_what_and_where_and_ends_with_5() {
    let tree = Tree::of(&[("quick", "pass")], 1);
    let good = fs::read_to_string(tree.path("test.yaml")).unwrap();
    let bad = |from: &str, to: &str, said: &[&str]| {
        assert!(good.contains(from));
        fs::write(tree.path("bad.yaml"), good.replace(from, to)).unwrap();
        tree.go(&["all", "bad.yaml"]).expect(5, said);
    };
    bad(
        "invocations: 1",
        "invocatoins: 1",
        &["unknown key", "bad.yaml:3", "`invocations`"],
    );
    bad(
        "baseline: one",
        "baseline: two",
        &["the baseline `two` is no executor", "`one`"],
    );
    bad(
        "name: quick",
        "name: slow",
        &["programs/slow.py", "no such program"],
    );
    bad(
        ", digest: good",
        "",
        &["unknown benchmark `quick`", "unchecked"],
    );
    bad("seed: 1", "seed: [", &["bad.yaml"]);
    tree.go(&["all", "none.yaml"]).expect(5, &["none.yaml"]);
    tree.go(&["check", "bad.yaml", "test.yaml"])
        .expect(5, &["test.yaml: 1 benchmarks"]);
    tree.go(&["run"]).expect(5, &["EXPERIMENT"]);
    tree.go(&["fly"]).expect(5, &["fly"]);
    tree.go(&["report"]).expect(5, &["measure first"]);
    tree.go(&["--help"]).expect(0, &["Exit codes"]);
    assert!(tree.kept().is_empty());
}

#[test]
fn an_interrupted_run_goes_on_where_it_was() {
    let tree = Tree::of(&[("slow", "time.sleep(0.03)")], 8);
    for (name, status) in [("-INT", Some(130)), ("-KILL", None), ("-TERM", Some(130))] {
        let before = tree.kept();
        let mut child = tree.command(&["all", "test.yaml"]).spawn().unwrap();
        wait_for(&tree, before.len() + 1);
        signal(&child, name);
        let ended = child.wait().unwrap();
        let mut said = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut said)
            .unwrap();
        assert_eq!(ended.code(), status, "{name}: {ended}\n{said}");
        assert!(
            before.is_empty() || said.contains("going on with the run"),
            "{said}"
        );
        let after = tree.kept();
        assert!(
            before.iter().all(|path| after.contains(path)),
            "{before:#?} {after:#?}\n{said}"
        );
    }
    assert!(!tree.path("site").exists());
    let before = tree.kept().len();
    assert!(before < 8, "there is something left to do");
    let ended = tree
        .go(&["all", "test.yaml"])
        .expect(0, &["8 of 8 invocations"]);
    let lines = ended
        .err
        .lines()
        .filter(|line| line.contains("] slow on one"))
        .count();
    assert_eq!(lines, 8 - before, "nothing was measured twice");
    assert_eq!(tree.kept().len(), 8);
    tree.go(&["run", "test.yaml"])
        .expect(0, &["8 of 8 invocations"]);
    assert_eq!(tree.kept().len(), 16, "after a whole run a new one begins");
}

#[test]
fn a_changed_program_is_another_run() {
    let tree = Tree::of(&[("slow", "time.sleep(0.03)")], 4);
    let mut child = tree.command(&["run", "test.yaml"]).spawn().unwrap();
    wait_for(&tree, 1);
    signal(&child, "-INT");
    child.wait().unwrap();
    let before = tree.kept().len();
    tree.program("slow", "pass", "5");
    tree.go(&["run", "test.yaml"])
        .expect(0, &["4 of 4 invocations"]);
    assert_eq!(tree.kept().len(), before + 4);
}

#[test]
fn torn_and_foreign_files_are_told_and_only_what_was_torn_is_measured_again() {
    let tree = Tree::of(&[("quick", "pass")], 3);
    tree.go(&["run", "test.yaml"]).expect(0, &[]);
    let torn = tree.kept().remove(1);
    let bytes = fs::read(&torn).unwrap();
    fs::write(&torn, &bytes[..bytes.len() / 2]).unwrap();
    let name = name(&torn);
    let said = [name.as_str(), "is torn", "move it out of the store"];
    tree.go(&["report", "test.yaml"]).expect(5, &said);
    tree.go(&["run", "test.yaml"]).expect(5, &said);
    assert!(torn.is_file(), "it is left as it is");
    fs::remove_file(&torn).unwrap();
    tree.go(&["run", "test.yaml"])
        .expect(0, &["2 of 3 invocations are there", "[3/3]"]);

    fs::write(tree.path("store").join("holiday.jpg"), "picture").unwrap();
    let ended = tree.go(&["report", "test.yaml"]);
    ended.expect(5, &["holiday.jpg", "does not belong into the store"]);
}

#[test]
fn two_runs_keep_out_of_each_others_way() {
    let tree = Tree::of(&[("slow", "time.sleep(0.2)")], 3);
    let mut child = tree.command(&["run", "test.yaml"]).spawn().unwrap();
    wait_for(&tree, 1);
    tree.go(&["run", "test.yaml"])
        .expect(1, &["another run is adding to this store"]);
    signal(&child, "-INT");
    child.wait().unwrap();
}

#[test]
fn a_change_since_an_earlier_run_decides_the_exit_code() {
    let tree = Tree::of(&[("quick", "pass")], 5);
    tree.go(&["all", "test.yaml", "--against", "last"])
        .expect(4, &["no earlier run"]);
    tree.go(&["all", "test.yaml", "--against", "last"])
        .expect(0, &["report: "]);
    tree.program("quick", "pass", "2000000 + 1000 * index");
    tree.go(&["all", "test.yaml", "--against", "last", "--markdown"])
        .expect(3, &["slower"]);
    tree.go(&["report", "--against", "nobody"])
        .expect(5, &["there is no run `nobody`", "-test"]);
}

#[test]
fn what_editors_shells_and_readers_need_is_printed() {
    let tree = Tree::of(&[("quick", "pass")], 1);
    let schema = tree.go(&["schema"]).expect(0, &["json-schema.org"]);
    let committed = Path::new(&std::env::var_os("CARGO_MANIFEST_DIR").unwrap())
        .join("../../suites/experiment.schema.json");
    let committed = fs::read_to_string(committed).unwrap();
    assert_eq!(
        schema.out, committed,
        "`kraitbench schema > suites/experiment.schema.json`"
    );
    for shell in ["bash", "zsh", "fish"] {
        tree.go(&["completion", shell])
            .expect(0, &["kraitbench", "bisect"]);
    }
    tree.go(&["man"])
        .expect(0, &[".TH kraitbench", ".SH DOCTOR"]);
    let doctor = tree.go(&["doctor", "--json"]);
    let told: serde_json::Value = serde_json::from_str(&doctor.out).unwrap();
    let fit = told["fit"].as_bool().unwrap();
    assert_eq!(doctor.status, Some(if fit { 0 } else { 1 }), "{told}");
    assert_eq!(told["findings"].as_array().unwrap().len(), 12);
}

#[test]
fn where_only_parts_were_measured_the_report_says_which() {
    let tree = Tree::of(&[("quick", "pass"), ("other", "pass")], 1);
    tree.go(&["run", "test.yaml", "--benchmark", "quick"])
        .expect(0, &[]);
    let told = tree.go(&["report", "test.yaml"]).expect(
        5,
        &[
            "there is not a run of the whole `test`",
            "of parts of it there are: 2",
            "Z-test.part",
            "`--run 2",
        ],
    );
    let option = told.err.split("`--run ").nth(1).unwrap();
    let id = option.split('`').next().unwrap();
    tree.go(&["report", "--run", id]).expect(0, &["report: "]);
    tree.go(&["gate", "test.yaml"])
        .expect(5, &["of parts of it there are"]);
    // An old run of the whole does not hide that a part was measured since.
    tree.go(&["run", "test.yaml"]).expect(0, &[]);
    let told = tree.go(&["report", "test.yaml"]).expect(0, &[]);
    assert!(!told.err.contains("newer than"), "{}", told.err);
    tree.go(&["run", "test.yaml", "--benchmark", "other"])
        .expect(0, &[]);
    tree.go(&["report", "test.yaml"])
        .expect(0, &["newer than the run", "Z-test.part` looks at that"]);
}

#[test]
fn a_reader_that_goes_away_and_a_full_disk_are_told_by_the_exit_code() {
    let tree = Tree::of(&[("quick", "pass")], 1);
    let mut child = tree.command(&["schema"]).spawn().unwrap();
    drop(child.stdout.take());
    let ended = Ended::from(&child.wait_with_output().unwrap());
    assert_eq!((ended.status, ended.err.as_str()), (Some(141), ""));
    let full = fs::OpenOptions::new().write(true).open("/dev/full");
    let mut command = tree.command(&["schema"]);
    command.stdout(full.unwrap());
    let said = ["what was to be printed cannot be written", "No space left"];
    Ended::from(&command.output().unwrap()).expect(1, &said);
    // What is said beside the answers has nobody to miss it: the run goes on.
    let mut child = tree.command(&["run", "test.yaml"]).spawn().unwrap();
    drop(child.stderr.take());
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(0));
    assert_eq!(tree.kept().len(), 1);
}

#[test]
fn a_plan_says_how_long_and_a_status_how_far() {
    let programs = [("quick", "time.sleep(0.05)"), ("bad", "sys.exit('broken')")];
    let tree = Tree::of(&programs, 2);
    tree.go(&["plan", "test.yaml"]).expect(0, &["is not known"]);
    tree.go(&["status"]).expect(5, &["there is no store"]);
    tree.go(&["run", "test.yaml"]).expect(1, &[]);
    let plan = tree.go(&["plan", "test.yaml", "--json"]).expect(0, &[]);
    let plan: serde_json::Value = serde_json::from_str(&plan.out).unwrap();
    assert_eq!(plan["hosts"][0]["steps"].as_array().unwrap().len(), 4);
    let seconds = plan["expected_s"].as_f64().unwrap();
    assert!(
        (0.3..60.0).contains(&seconds),
        "two of 0.15 s and two short ones: {seconds}"
    );
    let status = tree.go(&["status", "--json"]).expect(0, &[]);
    let status: serde_json::Value = serde_json::from_str(&status.out).unwrap();
    let run = &status["runs"][0];
    assert_eq!(
        (run["whole"].as_bool(), run["failed"].as_u64()),
        (Some(true), Some(2))
    );
    assert_eq!(run["causes"][0]["count"].as_u64(), Some(2));
    tree.go(&["status"]).expect(0, &["4 of 4", "whole"]);
    // A part is a run of its own and leaves the whole alone.
    tree.go(&["run", "test.yaml", "--benchmark", "quick"])
        .expect(0, &["2 of 2 invocations"]);
    tree.go(&["run", "test.yaml", "--benchmark", "quack"])
        .expect(5, &["there is no benchmark `quack`"]);
    tree.go(&["run", "test.yaml", "--rev", "HEAD"])
        .expect(5, &["is no commit here"]);
}

/// In a namespace of its own a small file system stands for the full disk.
#[test]
fn a_full_disk_ends_a_run_and_loses_nothing_that_was_kept() {
    let tree = Tree::of(&[("quick", "pass")], 40);
    fs::create_dir(tree.path("store")).unwrap();
    let script = format!(
        "mount -t tmpfs -o size=200k tmpfs store || exit 77\n\
         {0} run test.yaml; echo ended with $?\n\
         {0} status --json > status.json; echo status $?\n\
         mount -o remount,size=4m tmpfs store\n\
         {0} run test.yaml; echo then $?\n",
        env!("CARGO_BIN_EXE_kraitbench")
    );
    let output = Command::new("unshare")
        .args(["--map-root-user", "--mount", "sh", "-c", &script])
        .current_dir(tree.folder.path())
        .output()
        .unwrap();
    let ended = Ended::from(&output);
    assert_ne!(
        ended.status,
        Some(77),
        "no file system can be mounted: {}",
        ended.err
    );
    let said = [
        "ended with 1",
        "status 0",
        "then 0",
        "the disk is full",
        "going on with the run",
    ];
    ended.expect(0, &said);
    let status = fs::read_to_string(tree.path("status.json")).unwrap();
    let status: serde_json::Value = serde_json::from_str(&status).unwrap();
    let done = status["runs"][0]["done"].as_u64().unwrap();
    assert!((1..40).contains(&done), "{status}");
    assert_eq!(status["damage"].as_array().unwrap().len(), 0, "{status}");
}

#[test]
fn a_clock_that_jumps_moves_no_figure() {
    // The program's own wall clock goes back by a day between two iterations; what is asked for is
    // the monotonic one, and what a program says of itself is taken as it is.
    let body = "clock = getattr(time, 'time'); time.time = lambda: clock() - 86400";
    let tree = Tree::of(&[("jumps", body)], 2);
    tree.go(&["all", "test.yaml", "--markdown"])
        .expect(0, &["2 of 2 invocations", "1.00 ms"]);
}
