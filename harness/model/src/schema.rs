//! The JSON schema of experiments: editors complete keys and show what they mean.
//!
//! The reader in [`crate::yaml`] decides what is right. The schema says the same for a program
//! that cannot run it, so a test holds the two against each other: every key that one knows the
//! other knows.

use serde_json::{Value, json};

/// A schema (draft 2020-12) as text.
pub fn experiment() -> String {
    format!("{:#}", value())
}

pub(crate) fn value() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "An experiment of kraitbench",
        "type": "object",
        "additionalProperties": false,
        "required": ["experiment", "seed", "invocations", "programs", "timeout_s", "memory_mb"],
        "properties": {
            "experiment": text("Its name; runs are found by it"),
            "about": text("A sentence on what it is for"),
            "seed": whole(0, "Of the order of the processes and of the bootstrap"),
            "order": {
                "enum": ["interleaved", "shuffled", "batch"],
                "description": "In which order processes run; rounds that hold everything once, if left out"
            },
            "invocations": whole(1, "Processes per benchmark and executor"),
            "baseline": text("The executor that all others are compared with"),
            "baselines": list(text("An executor"), "In place of one: each executor is compared with the first of these of its clock, target and host"),
            "programs": text("The folder of the programs, relative to this file"),
            "expected": text("The catalogue of versions, sizes and digests, relative to this file"),
            "include": list(text("A file with `hosts`, `suites` and `executors`, relative to this one"), "Files whose hosts, suites and executors go before these"),
            "hosts": list(host(), "Other machines that executors run on"),
            "timeout_s": whole(1, "Limit of one process in seconds; suites and benchmarks may have their own"),
            "memory_mb": whole(1, "Limit of the resident memory of all that a process starts"),
            "iterations": whole(1, "Within one process, where neither suite nor benchmark say"),
            "suites": list(suite(), "Benchmarks that are averaged together"),
            "executors": list(executor(), "What runs them")
        }
    })
}

fn host() -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["name", "target"],
        "properties": {
            "name": text("Its name here, by which its series are found; not `this`"),
            "label": text("As people say it"),
            "target": target("What it runs natively"),
            "ssh": text("[user@]host, as ssh knows it; without one an engine measures on it"),
            "command": list(text("A word"), "How ssh is started, such as [ssh, -p, \"2222\"]"),
            "folder": text("The folder there; kraitbench in its home folder if left out"),
            "executable": text("The kraitbench that runs there, relative to the tree's root, if it is of another kind than this machine")
        }
    })
}

fn suite() -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["name", "benchmarks"],
        "properties": {
            "name": text("Its name"),
            "version": whole(0, "Another version is another series"),
            "title": text("The heading in the report"),
            "note": text("A sentence or two below it"),
            "executors": list(text("An executor or an entry that stands for several"), "Those that it runs on; all, if left out"),
            "expected": text("Its own catalogue of versions, sizes and digests, relative to the experiment's file"),
            "packages": packages(),
            "tags": list(text("A tag"), "Of all its benchmarks"),
            "iterations": whole(1, "Of its benchmarks that say none"),
            "timeout_s": whole(1, "Likewise"),
            "memory_mb": whole(1, "Likewise"),
            "benchmarks": list(benchmark(), "Programs with their arguments")
        }
    })
}

fn packages() -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["environment", "lists"],
        "description": "The Python packages that its programs import",
        "properties": {
            "environment": text("The folder of their environment, which `make setup` makes in the user's cache"),
            "lists": list(text("A list of pinned packages, relative to the experiment's file"), "What the environment is made from")
        }
    })
}

fn benchmark() -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["name"],
        "properties": {
            "name": text("As the program states it, and as the catalogue has it"),
            "program": text("Its file below the folder of programs; NAME.py if left out"),
            "summary": text("What it does; the catalogue's if left out"),
            "size": whole(0, "The catalogue's default if left out"),
            "iterations": whole(1, "Within one process"),
            "tags": list(text("A tag"), "What it is chosen by"),
            "arguments": list(text("An argument"), "After size and iterations"),
            "parameters": {
                "type": "object",
                "additionalProperties": { "type": "array", "items": { "type": ["integer", "string"] } },
                "description": "In place of one benchmark, one for each choice of values: of `size`, and of options `--NAME VALUE`"
            },
            "digest": text("What it must give; the catalogue's if left out"),
            "fails_on": list(text("An executor or an entry that stands for several"), "Those that cannot run it yet: its failure there is told, and fails no run"),
            "unchecked": { "type": "boolean", "description": "Whether its result is not to be checked" },
            "timeout_s": whole(1, "Limit of one process in seconds"),
            "memory_mb": whole(1, "Limit of its resident memory")
        }
    })
}

/// Of an executor's target.
const OTHERS: &str = "This machine's own if left out; others run under qemu";
/// Of an executor's host.
const HOST: &str = "One of `hosts`, whose target it then is for; `this` is the machine that the experiment is begun on";

fn executor() -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["name", "kind"],
        "properties": {
            "name": text("Its name; with lists of configurations, targets or hosts the beginning of their names"),
            "label": text("As people say it"),
            "kind": { "enum": ["krait", "cpython", "pypy", "command"] },
            "path": text("The executable; of kind krait what `kraitbench build` makes, if left out"),
            "command": list(text("A word"), "Of kind command: what takes a program and its arguments at its end"),
            "configuration": configuration(),
            "target": target(OTHERS),
            "host": text(HOST),
            "configurations": list(configuration(), "In place of one: an executor for each"),
            "targets": list(target(OTHERS), "In place of one: an executor for each"),
            "hosts": list(text(HOST), "In place of one: an executor for each"),
            "clock": {
                "enum": ["time", "instructions"],
                "description": "What it is measured by; instructions are counted by callgrind, for foreign targets by qemu"
            },
            "revision": text("Of kind krait: the commit that it is built from"),
            "features": list(text("A feature of cargo's"), "Of kind krait: what it is built with beside its configuration"),
            "pgo": {
                "type": "boolean",
                "description": "Of kind krait: built with a profile of what an instrumented build did in the tree's file tests (profile-guided optimisation)"
            },
            "arguments": list(text("An argument"), "Between the executable and the program"),
            "environment": {
                "type": "object",
                "additionalProperties": { "type": "string" },
                "description": "Added to the otherwise cleared environment"
            }
        }
    })
}

fn configuration() -> Value {
    json!({ "enum": ["stock", "nojit", "jit", "revdb"] })
}

fn target(description: &str) -> Value {
    let names: Vec<&str> = crate::Target::ALL
        .iter()
        .map(|target| target.as_str())
        .collect();
    json!({ "enum": names, "description": description })
}

fn text(description: &str) -> Value {
    json!({ "type": "string", "description": description })
}

fn whole(least: u64, description: &str) -> Value {
    json!({ "type": "integer", "minimum": least, "description": description })
}

fn list(items: impl Into<Value>, description: &str) -> Value {
    let items: Value = items.into();
    json!({ "type": "array", "items": items, "description": description })
}
