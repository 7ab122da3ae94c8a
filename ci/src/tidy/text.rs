//! Rules about files as text: headers, lengths, words, sizes.

use super::source::{is_word, line_of};
use super::{Tree, against_list, shrunk_list};

/// The checked-in list of source files that may be longer than the limit.
pub const EXEMPT: &str = "ci/exempt.txt";

const EXEMPT_HEAD: &str = "\
# Files over 1200 lines: op tables, encoders and generated code. May only shrink.
# path lines
";

const LIMIT_LINES: usize = 1200;
const LIMIT_BYTES: u64 = 200_000;

/// Words that may not stand in the tree. In halves, so that this file may.
const WORDS: &[&str] = &[
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("XX", "X"),
    concat!("db", "g!"),
    concat!("to", "do!"),
    concat!("unimple", "mented!"),
    concat!("#[ign", "ore"),
];

/// Beginnings of paths that exist on one machine only.
const MACHINE_PATHS: &[&str] = &[
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("/fa", "rm/"),
];

/// Endings and folders of files that a build or a run makes.
const GENERATED_ENDINGS: &[&str] = &[
    ".pyc", ".parquet", ".profraw", ".o", ".a", ".so", ".rlib", ".class", ".log",
];
const GENERATED_FOLDERS: &[&str] = &["target", "bin", "site", "node_modules", "__pycache__"];

/// Every Rust file opens with a `//!` line that says what it is for.
pub fn headers(tree: &Tree) -> Vec<String> {
    tree.texts(".rs")
        .filter(|(_, text)| !text.starts_with("//! "))
        .map(|(path, _)| format!("{path} does not open with a `//!` line"))
        .collect()
}

pub fn lengths(tree: &Tree) -> Vec<String> {
    let list = tree.text(EXEMPT).unwrap_or_default();
    against_list(&over_length(tree), list, EXEMPT, "lines")
}

pub fn exempt_list(tree: &Tree) -> String {
    shrunk_list(&over_length(tree), tree.text(EXEMPT), EXEMPT_HEAD)
}

fn over_length(tree: &Tree) -> Vec<(String, usize)> {
    let sources = tree.texts(".rs").chain(tree.texts(".py"));
    sources
        .map(|(path, text)| (path.to_string(), text.lines().count()))
        .filter(|(_, lines)| *lines > LIMIT_LINES)
        .collect()
}

pub fn banned(tree: &Tree) -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in tree.texts("") {
        for word in WORDS {
            for (at, _) in text.match_indices(word) {
                if stands_alone(text, at, word) {
                    found.push(format!("{path}:{} has `{word}`", line_of(text, at)));
                }
            }
        }
        for prefix in MACHINE_PATHS {
            for (at, _) in text.match_indices(prefix) {
                if !text[..at].chars().next_back().is_some_and(is_path) {
                    found.push(format!(
                        "{path}:{} names a path of one machine, `{prefix}…`",
                        line_of(text, at)
                    ));
                }
            }
        }
    }
    found
}

/// Not a part of a longer word, on those sides where the word has letters.
fn stands_alone(text: &str, at: usize, word: &str) -> bool {
    let before = text[..at].chars().next_back();
    let after = text[at + word.len()..].chars().next();
    let open = |edge: Option<char>, next: Option<char>| {
        !(edge.is_some_and(is_word) && next.is_some_and(is_word))
    };
    open(word.chars().next(), before) && open(word.chars().next_back(), after)
}

fn is_path(c: char) -> bool {
    is_word(c) || matches!(c, '.' | '-' | '~' | '}' | '>' | '*' | '/')
}

pub fn sizes(tree: &Tree) -> Vec<String> {
    tree.files
        .iter()
        .filter(|file| file.size_bytes > LIMIT_BYTES && !file.path.starts_with("suites/"))
        .map(|file| {
            format!(
                "{} has {} kB; 200 is the limit",
                file.path,
                file.size_bytes / 1000
            )
        })
        .collect()
}

/// What a build makes is built, not kept.
pub fn generated(tree: &Tree) -> Vec<String> {
    tree.files
        .iter()
        .filter(|file| {
            let mut parts: Vec<&str> = file.path.split('/').collect();
            parts.pop();
            // A cargo crate may keep further executables' sources in `src/bin`.
            GENERATED_ENDINGS
                .iter()
                .any(|ending| file.path.ends_with(ending))
                || parts.iter().enumerate().any(|(depth, part)| {
                    GENERATED_FOLDERS.contains(part) && (depth == 0 || parts[depth - 1] != "src")
                })
        })
        .map(|file| format!("{} is made by a build or a run", file.path))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_a_header_is_found() {
        let tree = Tree::of(&[("a.rs", "//! What.\n"), ("b.rs", "use x;\n//! Late.\n")]);
        assert_eq!(headers(&tree), ["b.rs does not open with a `//!` line"]);
    }

    #[test]
    fn a_long_file_is_found_unless_listed() {
        let long = "\n".repeat(1201);
        let tree = Tree::of(&[("a.rs", &long), ("b.rs", &long), (EXEMPT, "b.rs 1201\n")]);
        assert_eq!(lengths(&tree), ["a.rs has 1201 lines: split it"]);
        let tree = Tree::of(&[("b.rs", ""), (EXEMPT, "b.rs 1201\n")]);
        assert_eq!(lengths(&tree).len(), 1);
        assert_eq!(exempt_list(&tree), EXEMPT_HEAD);
    }

    #[test]
    fn banned_words_and_machine_paths_are_found() {
        for word in WORDS {
            let tree = Tree::of(&[("a.rs", &format!("x\n {word} y"))]);
            assert_eq!(banned(&tree), [format!("a.rs:2 has `{word}`")]);
        }
        let part = format!("\\U{0}{0}", WORDS[2]);
        assert!(banned(&Tree::of(&[("a.rs", &part)])).is_empty());
        for path in MACHINE_PATHS {
            assert_eq!(
                banned(&Tree::of(&[("a", &format!("at {path}main"))])).len(),
                1
            );
            assert!(banned(&Tree::of(&[("a", &format!("suites{path}main"))])).is_empty());
        }
    }

    #[test]
    fn large_and_generated_files_are_found() {
        let large = "x".repeat(200_001);
        let tree = Tree::of(&[("docs/a.svg", &large), ("suites/b.json", &large)]);
        assert_eq!(sizes(&tree).len(), 1);
        let tree = Tree::of(&[
            ("a/x.pyc", ""),
            ("bin/krait", ""),
            ("a/src/bin/x.rs", ""),
            ("b", ""),
        ]);
        assert_eq!(generated(&tree).len(), 2);
    }
}
