//! Rules about which of our crates may use which.
//!
//! The edges are read from the manifests by line, which is all that our
//! manifests need: a dependency on a crate of this tree is written
//! `name.workspace = true` or `name = { workspace = true, … }`.

use std::collections::{BTreeMap, BTreeSet};

use super::Tree;

/// The checked-in list of edges.
pub const LIST: &str = "ci/edges.txt";

const LIST_HEAD: &str = "\
# Which crate uses which: `user -> used`, `~>` for its tests only.
# Written by `cargo run -p ci -- ratchet`; a new line is a design decision.
";

/// What only the JIT configuration links.
const JIT: &[&str] = &["trace", "record", "optimize", "assemble", "jit"];

/// What a crate must not reach, directly or through others, and why.
const FORBIDDEN: &[(&str, &[&str], &str)] = &[
    ("vm", JIT, "running without a JIT is a link decision"),
    ("builtins", JIT, "running without a JIT is a link decision"),
    ("optimize", &["assemble"], "the optimiser knows no target"),
    ("plan", IO, "the crate does no I/O"),
    ("stats", IO, "the crate does no I/O"),
    ("regress", IO, "the crate does no I/O"),
    ("reports", IO, "the crate does no I/O"),
];

const IO: &[&str] = &["build", "isolate", "run", "store", "kraitbench"];

/// Edges of the manifests: user, used, and whether for tests only.
type Edges = BTreeSet<(String, String, bool)>;

/// The edges are those of the list.
pub fn listed(tree: &Tree) -> Vec<String> {
    let actual = lines(&edges(tree));
    let expected: BTreeSet<String> = tree
        .text(LIST)
        .unwrap_or_default()
        .lines()
        .filter(|line| !line.starts_with('#') && !line.trim().is_empty())
        .map(str::to_string)
        .collect();
    let new = actual
        .difference(&expected)
        .map(|edge| format!("{edge} is not in {LIST}"));
    let gone = expected
        .difference(&actual)
        .map(|edge| format!("{edge} is in {LIST} only"));
    new.chain(gone).collect()
}

pub fn list(tree: &Tree) -> String {
    let lines: Vec<String> = lines(&edges(tree)).into_iter().collect();
    format!("{LIST_HEAD}{}\n", lines.join("\n"))
}

fn lines(edges: &Edges) -> BTreeSet<String> {
    let line = |(user, used, tests): &(String, String, bool)| {
        format!("{user} {} {used}", if *tests { "~>" } else { "->" })
    };
    edges.iter().map(line).collect()
}

/// Nothing reaches what it must not, and the two halves do not meet.
pub fn layers(tree: &Tree) -> Vec<String> {
    let folders = crates(tree);
    let edges = edges(tree);
    let mut found = Vec::new();
    for (user, forbidden, why) in FORBIDDEN {
        for used in reached(&edges, user) {
            if forbidden.contains(&used.as_str()) {
                found.push(format!("{user} reaches {used}: {why}"));
            }
        }
    }
    for (user, used, _) in &edges {
        let half = |name: &String| folders[name].starts_with("interpreter/");
        if half(user) != half(used) {
            found.push(format!(
                "{user} uses {used}: interpreter and harness meet in processes only"
            ));
        }
    }
    found
}

/// Everything a crate links, without what only tests use.
fn reached(edges: &Edges, from: &str) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    let mut open = vec![from.to_string()];
    while let Some(user) = open.pop() {
        for (_, used, _) in edges
            .iter()
            .filter(|(from, _, tests)| *from == user && !tests)
        {
            if reached.insert(used.clone()) {
                open.push(used.clone());
            }
        }
    }
    reached
}

/// Our crates' names and folders.
fn crates(tree: &Tree) -> BTreeMap<String, String> {
    tree.texts("/Cargo.toml")
        .filter_map(|(path, text)| {
            let name = text.lines().find_map(|line| line.strip_prefix("name = "))?;
            Some((name.trim_matches('"').to_string(), path.to_string()))
        })
        .collect()
}

fn edges(tree: &Tree) -> Edges {
    let crates = crates(tree);
    let mut edges = Edges::new();
    for (user, path) in &crates {
        let mut section = "";
        for line in tree.text(path).unwrap_or_default().lines().map(str::trim) {
            if let Some(name) = line.strip_prefix('[') {
                section = name.trim_matches(['[', ']']);
                continue;
            }
            let used: String = line
                .chars()
                .take_while(|&c| super::source::is_word(c) || c == '-')
                .collect();
            if section.ends_with("dependencies") && crates.contains_key(&used) {
                edges.insert((user.clone(), used, section.ends_with("dev-dependencies")));
            }
        }
    }
    edges
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(name: &str, rest: &str) -> String {
        format!("[package]\nname = \"{name}\"\n\n{rest}")
    }

    fn tree_with(vm: &str, list: &str) -> Tree {
        Tree::of(&[
            ("interpreter/vm/Cargo.toml", &manifest("vm", vm)),
            ("interpreter/object/Cargo.toml", &manifest("object", "")),
            ("interpreter/jit/Cargo.toml", &manifest("jit", "")),
            ("harness/plan/Cargo.toml", &manifest("plan", "")),
            (LIST, list),
        ])
    }

    #[test]
    fn an_edge_that_is_not_listed_is_found_and_so_is_one_too_many() {
        let tree = tree_with("[dependencies]\nobject.workspace = true\n", "vm -> plan\n");
        assert_eq!(
            listed(&tree),
            [
                "vm -> object is not in ci/edges.txt",
                "vm -> plan is in ci/edges.txt only"
            ]
        );
        assert!(list(&tree).ends_with("vm -> object\n"));
    }

    #[test]
    fn a_layer_that_reaches_too_far_is_found() {
        let tree = tree_with("[dependencies]\njit = { workspace = true }\n", "");
        assert_eq!(
            layers(&tree),
            ["vm reaches jit: running without a JIT is a link decision"]
        );
        let tree = tree_with("[dev-dependencies]\nplan.workspace = true\n", "");
        assert_eq!(layers(&tree).len(), 1);
        let tree = tree_with("[dev-dependencies]\njit.workspace = true\n", "");
        assert!(layers(&tree).is_empty());
    }
}
