//! The rules of the tree that a machine can check.
//!
//! A rule is a function from the tree's files to findings. Files are read once
//! and handed to every rule, so a rule is tested on a tree made up in a few
//! lines, and each has a test that shows it can fail. Two rules have checked-in
//! lists of what was there before the rule or cannot follow it; an entry that
//! is no longer needed is itself a finding, so the lists can only shrink.

mod bounds;
mod edges;
mod functions;
mod paths;
mod source;
mod text;

use std::path::Path;
use std::process::Command;

use crate::place::Place;
use crate::shell::printed;

/// A file of the tree.
pub struct File {
    /// Relative to the root, with `/` between the parts.
    path: String,
    size_bytes: u64,
    /// The contents, unless they are not UTF-8.
    text: Option<String>,
}

/// The files that are tracked, or would be if they were added.
pub struct Tree {
    files: Vec<File>,
}

/// A rule's name and what it found.
pub type Findings = Vec<(&'static str, Vec<String>)>;

type Rule = (&'static str, fn(&Tree) -> Vec<String>);

const RULES: &[Rule] = &[
    ("header", text::headers),
    ("file length", text::lengths),
    ("words", text::banned),
    ("file size", text::sizes),
    ("generated", text::generated),
    ("function length", functions::lengths),
    ("unsafe", bounds::unsafe_code),
    ("nondeterminism", bounds::nondeterminism),
    ("pure crates", bounds::pure_crates),
    ("isa", bounds::isa),
    ("edges", edges::listed),
    ("layers", edges::layers),
    ("paths", paths::named),
];

pub fn check(root: &Path) -> Result<Findings, String> {
    let tree = Tree::read(root)?;
    Ok(RULES
        .iter()
        .map(|(name, rule)| (*name, rule(&tree)))
        .collect())
}

/// Rewrites the checked-in lists: exemptions lose what is no longer needed and
/// edges follow the manifests. The change is read in review.
pub fn ratchet(place: &Place) -> Result<(), String> {
    let tree = Tree::read(&place.root)?;
    let lists = [
        (text::EXEMPT, text::exempt_list(&tree)),
        (functions::EXEMPT, functions::exempt_list(&tree)),
        (edges::LIST, edges::list(&tree)),
    ];
    for (path, contents) in lists {
        let path = place.root.join(path);
        std::fs::write(&path, contents)
            .map_err(|e| format!("cannot write {}: {e}", path.display()))?;
    }
    Ok(())
}

impl Tree {
    fn read(root: &Path) -> Result<Tree, String> {
        let listing = [
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ];
        let names = printed(Command::new("git").args(listing).current_dir(root))
            .map_err(|e| format!("tidy asks git which files are the tree's: {e}"))?;
        let mut files = Vec::new();
        for path in names.split('\0').filter(|path| !path.is_empty()) {
            // A file that was deleted and not yet committed is still listed.
            let Ok(bytes) = std::fs::read(root.join(path)) else {
                continue;
            };
            files.push(File {
                path: path.to_string(),
                size_bytes: bytes.len() as u64,
                text: String::from_utf8(bytes).ok(),
            });
        }
        files.sort_by(|a, b| a.path.cmp(&b.path));
        files.dedup_by(|a, b| a.path == b.path);
        Ok(Tree { files })
    }

    /// Path and text of the files whose name ends so.
    fn texts<'t>(&'t self, ending: &'t str) -> impl Iterator<Item = (&'t str, &'t str)> {
        self.files
            .iter()
            .filter(move |file| file.path.ends_with(ending))
            .filter_map(|file| Some((file.path.as_str(), file.text.as_deref()?)))
    }

    fn text(&self, path: &str) -> Option<&str> {
        self.files
            .iter()
            .find(|file| file.path == path)?
            .text
            .as_deref()
    }

    /// Whether there is such a file, or a folder with files in it.
    fn has(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        self.files.iter().any(|file| {
            file.path
                .strip_prefix(path)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }
}

/// Reads a checked-in list: `#` begins a comment, a line is a name and,
/// after a space, a number.
fn read_list(text: &str) -> impl Iterator<Item = (&str, usize)> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| match line.rsplit_once(' ') {
            Some((name, number)) => (name.trim(), number.parse().unwrap_or(0)),
            None => (line, 0),
        })
}

/// Compares what is over a limit with a checked-in list of what may be.
fn against_list(over: &[(String, usize)], list: &str, list_path: &str, what: &str) -> Vec<String> {
    let allowed: Vec<(&str, usize)> = read_list(list).collect();
    let mut found = Vec::new();
    for (name, size) in over {
        match allowed.iter().find(|(allowed, _)| allowed == name) {
            None => found.push(format!("{name} has {size} {what}: split it")),
            Some((_, limit)) if size > limit => {
                found.push(format!(
                    "{name} has grown from {limit} to {size} {what}: split it"
                ));
            }
            Some(_) => {}
        }
    }
    for (name, _) in allowed {
        if !over.iter().any(|(over, _)| over == name) {
            found.push(format!(
                "{list_path} still lists {name}: `cargo run -p ci -- ratchet`"
            ));
        }
    }
    found
}

/// The list with only those entries that are still needed, no larger than they
/// are now. Where there is no list yet, the first one holds all.
fn shrunk_list(over: &[(String, usize)], list: Option<&str>, head: &str) -> String {
    let mut text = head.to_string();
    for (name, size) in over {
        let limit = match list {
            None => Some(*size),
            Some(list) => read_list(list)
                .find(|(allowed, _)| allowed == name)
                .map(|(_, limit)| limit.min(*size)),
        };
        if let Some(limit) = limit {
            text.push_str(&format!("{name} {limit}\n"));
        }
    }
    text
}

#[cfg(test)]
impl Tree {
    /// A made-up tree of paths and texts.
    fn of(files: &[(&str, &str)]) -> Tree {
        let file = |(path, text): &(&str, &str)| File {
            path: path.to_string(),
            size_bytes: text.len() as u64,
            text: Some(text.to_string()),
        };
        Tree {
            files: files.iter().map(file).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_tree_is_tidy() {
        let own = crate::place::own_folder();
        let findings = check(own.parent().unwrap()).unwrap();
        let found: Vec<String> = findings
            .into_iter()
            .flat_map(|(rule, found)| found.into_iter().map(move |text| format!("{rule}: {text}")))
            .collect();
        assert!(found.is_empty(), "{}", found.join("\n"));
    }

    #[test]
    fn a_list_may_not_grow_and_may_not_be_stale() {
        let over = [("a".to_string(), 90), ("b".to_string(), 80)];
        let found = against_list(&over, "# why\na 85\nc 100\n", "list.txt", "lines");
        assert_eq!(
            found,
            [
                "a has grown from 85 to 90 lines: split it",
                "b has 80 lines: split it",
                "list.txt still lists c: `cargo run -p ci -- ratchet`",
            ]
        );
        assert_eq!(
            shrunk_list(&over, Some("a 85\nc 100\n"), "# why\n"),
            "# why\na 85\n"
        );
    }
}
