//! What is done to the machine and to processes for the sake of figures, on the command line.

mod tree;

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::Command;

use model::{AddressSpace, Criterion, Invocation};
use tree::{Ended, PYTHON, Tree, signal, wait_for};

/// A folder that stands for the machine's root, with a processor that could run more evenly.
fn machine(tree: &Tree) -> PathBuf {
    let root = tree.path("machine");
    let cpus = root.join("sys/devices/system/cpu");
    fs::create_dir_all(root.join("run")).unwrap();
    fs::create_dir_all(cpus.join("intel_pstate")).unwrap();
    fs::write(cpus.join("intel_pstate/no_turbo"), "0\n").unwrap();
    root
}

#[test]
fn the_machine_is_set_for_a_run_and_put_back_also_after_a_kill() {
    let tree = Tree::of(&[("slow", "time.sleep(0.05)")], 4);
    let root = machine(&tree);
    let turbo = root.join("sys/devices/system/cpu/intel_pstate/no_turbo");
    let value = || fs::read_to_string(&turbo).unwrap().trim().to_owned();
    let on_it = |words: &[&str]| {
        let mut command = tree.command(words);
        command.env("KRAITBENCH_MACHINE", &root);
        command
    };
    if std::thread::available_parallelism().unwrap().get() < 2 {
        return;
    }
    let mut child = on_it(&["run", "test.yaml", "--steady"]).spawn().unwrap();
    wait_for(&tree, 1);
    assert_eq!(value(), "1", "turbo is off while it measures");
    signal(&child, "-KILL");
    child.wait().unwrap();
    assert_eq!(value(), "1", "nobody could put it back");
    let output = on_it(&["doctor", "--json"]).output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        told.contains("left by a killed run: ") && told.contains("no_turbo was `0`"),
        "{told}"
    );
    assert_eq!(value(), "1", "the doctor only tells");
    let ended = Ended::from(&on_it(&["run", "test.yaml"]).output().unwrap());
    ended.expect(0, &["no_turbo is `0` again", "4 of 4 invocations"]);
    assert_eq!(value(), "0");
    // A run that ends, and one that is interrupted, leave nothing.
    let ended = Ended::from(&on_it(&["run", "test.yaml", "--steady"]).output().unwrap());
    ended.expect(0, &[]);
    assert_eq!(value(), "0");
    let mut child = on_it(&["run", "test.yaml", "--steady"]).spawn().unwrap();
    wait_for(&tree, 9);
    signal(&child, "-INT");
    child.wait().unwrap();
    assert_eq!(value(), "0");
    assert_eq!(fs::read_dir(root.join("run")).unwrap().count(), 0);
}

/// All invocations of the store's only run on an executor.
fn invocations(tree: &Tree, executor: &str) -> Vec<Invocation> {
    let store = store::Store::open(&tree.path("store")).unwrap();
    let ids = store.ids().unwrap();
    assert_eq!(ids.len(), 1);
    let (stored, damage) = store.load(&ids[0]).unwrap();
    assert!(damage.is_empty());
    let all = stored.invocations.into_iter();
    all.filter(|one| one.key.executor.as_str() == executor)
        .collect()
}

fn value(one: &Invocation, criterion: &Criterion) -> Option<f64> {
    let mut samples = one.samples.iter();
    let found = samples.find(|sample| sample.criterion == *criterion);
    found.map(|sample| sample.value)
}

#[test]
fn instructions_are_counted_alike_in_every_process() {
    let tree = Tree::of(
        &[("quick", "hash('text'); {str(i): i for i in range(300)}")],
        3,
    );
    let path = tree.path("test.yaml");
    let text = fs::read_to_string(&path).unwrap();
    let counted =
        format!("  - {{name: counted, kind: cpython, path: {PYTHON}, clock: instructions}}\n");
    let text = text.replace("timeout_s: 2", "timeout_s: 120") + &counted;
    fs::write(&path, text.replace("memory_mb: 200", "memory_mb: 1000")).unwrap();
    tree.go(&["run", "test.yaml"])
        .expect(0, &["6 of 6 invocations"]);
    let counts: Vec<f64> = invocations(&tree, "counted")
        .iter()
        .map(|one| {
            assert_eq!(
                one.isolation.address_space,
                Some(AddressSpace::Fixed),
                "{one:?}"
            );
            assert_eq!(
                (one.isolation.hash_seed, one.isolation.pad_bytes),
                (Some(1), 0)
            );
            assert_eq!(
                value(one, &Criterion::PeakMemory),
                None,
                "it would be valgrind's"
            );
            assert!(one.absent.iter().any(|fact| fact.name == "peak-memory"));
            value(one, &Criterion::Instructions).expect("a count")
        })
        .collect();
    let (least, most) = (
        counts.iter().copied().fold(f64::INFINITY, f64::min),
        counts.iter().copied().fold(0.0, f64::max),
    );
    assert!(counts.len() == 3 && least > 1e6, "{counts:?}");
    assert!(most / least < 1.001, "{counts:?}");
    let timed = invocations(&tree, "one");
    let seeds: BTreeSet<_> = timed.iter().map(|one| one.isolation.hash_seed).collect();
    assert_eq!(seeds.len(), 3, "a seed each, and recorded");
    for one in &timed {
        assert_eq!(one.isolation.address_space, Some(AddressSpace::Random));
        let counted = value(one, &Criterion::Instructions);
        let reason = one.absent.iter().find(|fact| fact.name == "instructions");
        assert!(
            counted != Some(0.0) && counted.is_some() != reason.is_some(),
            "{one:?}"
        );
    }
    tree.go(&["report", "test.yaml"]).expect(0, &["report: "]);
    // The count is what is judged, and no time of valgrind's.
    tree.go(&["run", "test.yaml"]).expect(0, &[]);
    let compared = tree.go(&["compare", "--json"]);
    let rows = compared.out.matches("\"instructions\"").count();
    assert!(rows >= 1, "{}\n{}", compared.out, compared.err);
    tree.go(&["report", "test.yaml"]).expect(0, &["report: "]);
    let page = |name: &str| fs::read_to_string(tree.path("site").join(name)).unwrap();
    let timeline = page("timeline/quick.html");
    assert!(
        timeline.matches(" instr.").count() >= 2,
        "a count of each run: {timeline}"
    );
    assert!(page("comparison.html").contains("counted, not timed"));
    assert!(page("report.md").contains(" instr."));
}

/// A program that follows the protocol, for another machine; its work grows with the size.
const FOREIGN: &str = r#"
#include <stdio.h>
#include <stdlib.h>
int main(int count, char **words) {
    long size = 0, iterations = 0;
    for (int at = 1; at + 1 < count; at++) {
        if (words[at][0] == '-' && words[at][2] == 's') size = atol(words[at + 1]);
        if (words[at][0] == '-' && words[at][2] == 'i') iterations = atol(words[at + 1]);
    }
    printf("@krait {\"kind\":\"start\",\"protocol\":1,\"benchmark\":\"quick\",\"version\":1,\"size\":%ld,"
           "\"iterations\":%ld,\"implementation\":\"c\"}\n", size, iterations);
    for (long index = 0; index < iterations; index++) {
        for (volatile long round = 0; round < 1000000; round++) {}
        printf("@krait {\"kind\":\"iteration\",\"index\":%ld,\"wall_ns\":1000,\"digest\":\"good\"}\n", index);
    }
    puts("@krait {\"kind\":\"end\",\"digest\":\"good\",\"environment\":{}}");
}
"#;

/// Whether there is what a foreign program is made with and counted by.
fn has_foreign_tools() -> bool {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let is_there = |name: &str| std::env::split_paths(&folders).any(|f| f.join(name).is_file());
    let found = is_there("s390x-linux-gnu-gcc") && is_there("qemu-s390x");
    if !found {
        let required = std::env::var("KRAIT_REQUIRE_QEMU").is_ok_and(|v| v == "1");
        assert!(
            !required,
            "no compiler for s390x or no qemu-user: `make setup` installs them"
        );
        // Straight to the stream: what is printed by macros would be captured and lost.
        let told = "NOT CHECKED under qemu: there is no s390x-linux-gnu-gcc or no qemu-s390x";
        writeln!(std::io::stderr(), "{told}").ok();
    }
    found
}

#[test]
fn instructions_of_a_foreign_program_are_counted_by_its_emulator() {
    if !has_foreign_tools() {
        return;
    }
    let tree = Tree::of(&[("quick", "pass")], 2);
    fs::write(tree.path("foreign.c"), FOREIGN).unwrap();
    let made = Command::new("s390x-linux-gnu-gcc")
        .args(["-O1", "-static", "-o", "foreign", "foreign.c"])
        .current_dir(tree.folder.path())
        .status();
    assert!(made.unwrap().success());
    let path = tree.path("test.yaml");
    let text = fs::read_to_string(&path).unwrap();
    let counted = "  - {name: counted, kind: command, command: [./foreign], target: s390x, \
                   clock: instructions}\n";
    fs::write(
        &path,
        text.replace("timeout_s: 2", "timeout_s: 60") + counted,
    )
    .unwrap();
    tree.go(&["run", "test.yaml"])
        .expect(0, &["4 of 4 invocations"]);
    let all = invocations(&tree, "counted");
    let counts: Vec<f64> = all
        .iter()
        .map(|one| value(one, &Criterion::Instructions).unwrap_or_else(|| panic!("{one:?}")))
        .collect();
    assert_eq!(all[0].key.clock.as_str(), "guest-instructions");
    // Three iterations of a million rounds of some instructions each.
    assert!((6e6..60e6).contains(&counts[0]), "{counts:?}");
    assert!((counts[0] / counts[1] - 1.0).abs() < 1e-3, "{counts:?}");
}
