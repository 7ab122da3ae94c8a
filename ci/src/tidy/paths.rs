//! The rule that every path a document names exists.
//!
//! Looked at are the code spans of the documents that describe the tree. A
//! span is taken for a path when it has a slash and is made of nothing but a
//! path's characters; placeholders in capitals, and what only a build or a run
//! makes, are left out.

use super::Tree;
use super::source::line_of;

const DOCUMENTS: &[&str] = &["ARCHITECTURE.md", "GLOSSARY.md", "README.md"];

/// Folders that are not tracked.
const MADE: &[&str] = &["bin/", "site/", "store/", "target/"];

pub fn named(tree: &Tree) -> Vec<String> {
    let mut found = Vec::new();
    for document in DOCUMENTS {
        for (path, text) in tree.texts(document) {
            let folder = path.strip_suffix(document).unwrap_or_default();
            for (at, span) in code_spans(text) {
                let inside = format!("{folder}{}", span.trim_start_matches("./"));
                if is_path(span) && !tree.has(span) && !tree.has(&inside) {
                    found.push(format!("{path}:{} names {span}", line_of(text, at)));
                }
            }
        }
    }
    found
}

/// Inline code of a Markdown text; blocks between fences are left out.
fn code_spans(text: &str) -> Vec<(usize, &str)> {
    let mut spans = Vec::new();
    let mut fenced = false;
    let mut begin = 0;
    for line in text.split_inclusive('\n') {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            let mut at = begin;
            for (index, part) in line.split('`').enumerate() {
                if index % 2 == 1 {
                    spans.push((at, part));
                }
                at += part.len() + 1;
            }
        }
        begin += line.len();
    }
    spans
}

fn is_path(span: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '_' | '-');
    let capitals = |part: &str| {
        let stem = part.split('.').next().unwrap_or(part);
        stem.len() > 1
            && stem
                .chars()
                .all(|c| c.is_ascii_uppercase() || c == '-' || c == '_')
    };
    let placeholder = span
        .split('/')
        .any(|part| capitals(part) && !part.ends_with(".md"));
    span.contains('/')
        && span.chars().all(allowed)
        && !span.starts_with(['/', '-', '.'])
        && !placeholder
        && !MADE.iter().any(|folder| span.starts_with(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_is_not_there_is_found() {
        let text = "See `vm/src/frame.rs`, `interpreter/vm/` and\n`vm/src/gone.rs`.\n```\n`no/such`\n```\n";
        let tree = Tree::of(&[
            ("interpreter/ARCHITECTURE.md", text),
            ("interpreter/vm/src/frame.rs", ""),
        ]);
        assert_eq!(
            named(&tree),
            ["interpreter/ARCHITECTURE.md:2 names vm/src/gone.rs"]
        );
    }

    #[test]
    fn what_is_no_path_of_the_tree_is_left_alone() {
        for span in [
            "bin/krait",
            "suites/NAME.yaml",
            "/usr/bin/env",
            "a / b",
            "a::b",
            "krait -c",
        ] {
            assert!(!is_path(span), "{span}");
        }
        assert!(is_path("harness/GLOSSARY.md"));
    }
}
