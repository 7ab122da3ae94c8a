//! Rules about what code may use where.

use super::Tree;
use super::source::{code_only, is_word, line_of, words};

/// Where `unsafe` may stand: the value word and its heap, machine code, the
/// leap out of it, a library in C that brings its source along, the forking of replays and the images of
/// their processes, what the system does for a program that no library has a safe way to ask for, and the
/// system calls that confine a measured process.
const UNSAFE_FOLDERS: &[&str] = &[
    "interpreter/object/",
    "interpreter/sqlite/",
    "interpreter/assemble/",
    "interpreter/jit/src/exit",
    "interpreter/world/src/semaphores.rs",
    "interpreter/world/src/system.rs",
    "interpreter/revdb/src/fork.rs",
    "interpreter/revdb/src/image/memory",
    "harness/isolate/",
    "harness/guestcount/plugin.rs",
];

/// Modules of `std` through which a program's result could depend on the
/// machine, the clock or the day.
const OUTSIDE: &[&str] = &["time", "fs", "env", "net", "process"];

/// The parts of the interpreter that may use them: `world` is the one place
/// that recording and replay tap; recorder and debugger stand outside the
/// program's world; the executables read their own command line.
/// Build scripts, examples and benchmarks are executables too, and tests are not krait.
const OUTSIDE_FOLDERS: &[&str] = &[
    "interpreter/world/",
    "interpreter/revdb/",
    "interpreter/krait/",
    "interpreter/filetests/",
];

/// Crates that lead past `std` to the same.
const OUTSIDE_CRATES: &[&str] = &["rustix", "signal_hook", "getrandom", "rand", "jiff"];

/// Where in the interpreter those may be named: the heap and code memory ask the
/// system for memory, which no program sees.
const OUTSIDE_CRATE_FOLDERS: &[&str] = &["interpreter/object/", "interpreter/assemble/"];

/// The crates whose functions are functions of their arguments.
const PURE_FOLDERS: &[&str] = &[
    "harness/plan/src/",
    "harness/stats/src/",
    "harness/regress/src/",
    "reports/src/",
];

const ISA_FOLDER: &str = "interpreter/assemble/src/isa/";

pub fn unsafe_code(tree: &Tree) -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in tree.texts(".rs") {
        if !UNSAFE_FOLDERS.iter().any(|folder| path.starts_with(folder)) {
            let code = code_only(text);
            for at in words(&code, "unsafe") {
                found.push(format!(
                    "{path}:{} is no place for `unsafe`",
                    line_of(&code, at)
                ));
            }
        }
    }
    found
}

pub fn nondeterminism(tree: &Tree) -> Vec<String> {
    let bound = |path: &str| {
        path.starts_with("interpreter/")
            && !path.ends_with("/build.rs")
            && !path.contains("/examples/")
            && !path.contains("/benches/")
            && !is_test(path)
            && !OUTSIDE_FOLDERS
                .iter()
                .any(|folder| path.starts_with(folder))
    };
    let mut found = uses_of_outside(tree, &bound, "only `world` may");
    for (path, text) in tree.texts(".rs").filter(|(path, _)| bound(path)) {
        if OUTSIDE_CRATE_FOLDERS.iter().any(|f| path.starts_with(f)) {
            continue;
        }
        let code = code_only(text);
        for name in OUTSIDE_CRATES {
            for at in words(&code, name).filter(|&at| code[at + name.len()..].starts_with("::")) {
                let line = line_of(&code, at);
                found.push(format!("{path}:{line} uses {name}: only `world` may"));
            }
        }
        for at in words(&code, "RandomState") {
            let line = line_of(&code, at);
            found.push(format!("{path}:{line} hashes by a seed of its own"));
        }
    }
    found
}

pub fn pure_crates(tree: &Tree) -> Vec<String> {
    let bound =
        |path: &str| PURE_FOLDERS.iter().any(|folder| path.starts_with(folder)) && !is_test(path);
    uses_of_outside(tree, &bound, "this crate does no I/O")
}

fn is_test(path: &str) -> bool {
    path.ends_with("tests.rs") || path.contains("/tests/")
}

fn uses_of_outside(tree: &Tree, bound: &dyn Fn(&str) -> bool, why: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in tree.texts(".rs").filter(|(path, _)| bound(path)) {
        let code = code_only(text);
        for (at, module) in std_modules(&code) {
            if OUTSIDE.contains(&module.as_str()) {
                found.push(format!(
                    "{path}:{} uses std::{module}: {why}",
                    line_of(&code, at)
                ));
            }
        }
    }
    found
}

/// The modules named right after `std::`, alone or in braces. A duration is a
/// quantity and not a clock: `time::Duration` is left out.
fn std_modules(code: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for at in words(code, "std") {
        let Some(rest) = code[at + 3..].strip_prefix("::") else {
            continue;
        };
        for item in first_items(rest) {
            let module: String = item.chars().take_while(|&c| is_word(c)).collect();
            if item.trim_end() != "time::Duration" {
                found.push((at, module));
            }
        }
    }
    found
}

/// What stands after `std::`: one path, or the paths within its braces.
fn first_items(rest: &str) -> Vec<&str> {
    let Some(group) = rest.strip_prefix('{') else {
        let end = rest
            .find(|c: char| !is_word(c) && c != ':')
            .unwrap_or(rest.len());
        return vec![&rest[..end]];
    };
    let mut items = Vec::new();
    let mut depth = 0;
    let mut begin = 0;
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                items.push(group[begin..at].trim());
                begin = at + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    items
}

/// A target's files name no other target's.
pub fn isa(tree: &Tree) -> Vec<String> {
    let isa_of = |path: &str| -> Option<String> {
        let (isa, _) = path.strip_prefix(ISA_FOLDER)?.split_once('/')?;
        Some(isa.to_string())
    };
    let mut isas: Vec<String> = tree
        .files
        .iter()
        .filter_map(|file| isa_of(&file.path))
        .collect();
    isas.sort();
    isas.dedup();
    let mut found = Vec::new();
    for (path, text) in tree.texts(".rs") {
        let Some(own) = isa_of(path) else { continue };
        let code = code_only(text);
        for other in isas.iter().filter(|other| **other != own) {
            for at in words(&code, other) {
                found.push(format!("{path}:{} names {other}", line_of(&code, at)));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unsafe_outside_its_places_is_found() {
        let code = "//! a\nfn f() { unsafe { g() } }\n";
        let tree = Tree::of(&[
            ("interpreter/vm/src/a.rs", code),
            ("interpreter/object/src/a.rs", code),
        ]);
        assert_eq!(
            unsafe_code(&tree),
            ["interpreter/vm/src/a.rs:2 is no place for `unsafe`"]
        );
    }

    #[test]
    fn the_outside_is_found_however_it_is_imported() {
        for code in [
            "use std::fs;",
            "use std::{collections::HashMap, time::Instant};",
            "use std::{fmt, fs::{File, read}};",
            "fn f() { std::process::exit(1) }",
        ] {
            let tree = Tree::of(&[("interpreter/vm/src/a.rs", code)]);
            assert_eq!(nondeterminism(&tree).len(), 1, "{code}");
            let tree = Tree::of(&[("reports/src/a.rs", code)]);
            assert_eq!(pure_crates(&tree).len(), 1, "{code}");
        }
    }

    #[test]
    fn ways_round_std_are_found() {
        for code in [
            "fn f() { rustix::process::getpid(); }",
            "use jiff::Timestamp;",
            "use std::hash::RandomState;",
        ] {
            let tree = Tree::of(&[("interpreter/builtins/src/a.rs", code)]);
            assert_eq!(nondeterminism(&tree).len(), 1, "{code}");
            let tree = Tree::of(&[("interpreter/world/src/a.rs", code)]);
            assert_eq!(nondeterminism(&tree).len(), 0, "{code}");
        }
    }

    #[test]
    fn what_is_allowed_is_not_found() {
        let files = [
            ("interpreter/world/src/a.rs", "use std::fs;"),
            (
                "interpreter/vm/src/a.rs",
                "use std::time::Duration; // std::fs\nuse std::fmt;",
            ),
            ("interpreter/builtins/build.rs", "use std::env;"),
        ];
        assert!(nondeterminism(&Tree::of(&files)).is_empty());
    }

    #[test]
    fn a_target_that_names_another_is_found() {
        let files = [
            (
                "interpreter/assemble/src/isa/x64/emit.rs",
                "use super::super::s390x::Reg;",
            ),
            (
                "interpreter/assemble/src/isa/s390x/emit.rs",
                "use crate::isa::s390x::Reg;",
            ),
        ];
        assert_eq!(
            isa(&Tree::of(&files)),
            [format!("{}x64/emit.rs:1 names s390x", ISA_FOLDER)]
        );
    }
}
