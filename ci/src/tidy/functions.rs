//! The rule about the length of functions, with its list of the long ones.

use super::source::{code_only, line_of, words};
use super::{Tree, against_list, shrunk_list};

/// The checked-in list of functions that may be longer than the limit.
pub const EXEMPT: &str = "ci/long-functions.txt";

const EXEMPT_HEAD: &str = "\
# Functions over 70 lines. May only shrink: a new one is split instead.
# path::name lines
";

const LIMIT_LINES: usize = 70;

pub fn lengths(tree: &Tree) -> Vec<String> {
    let list = tree.text(EXEMPT).unwrap_or_default();
    against_list(&over_length(tree), list, EXEMPT, "lines")
}

pub fn exempt_list(tree: &Tree) -> String {
    shrunk_list(&over_length(tree), tree.text(EXEMPT), EXEMPT_HEAD)
}

fn over_length(tree: &Tree) -> Vec<(String, usize)> {
    let mut over: Vec<(String, usize)> = Vec::new();
    for (path, text) in tree.texts(".rs") {
        for (name, lines) in functions(text) {
            let name = format!("{path}::{name}");
            if lines <= LIMIT_LINES {
                continue;
            }
            // Two functions of one name in a file: the list knows the longer.
            match over.iter_mut().find(|(known, _)| *known == name) {
                Some((_, known)) => *known = lines.max(*known),
                None => over.push((name, lines)),
            }
        }
    }
    over
}

/// Name and number of lines of each function that has a body.
fn functions(text: &str) -> Vec<(String, usize)> {
    let code = code_only(text);
    let mut found = Vec::new();
    for at in words(&code, "fn") {
        let rest = code[at + 2..].trim_start();
        let name: String = rest
            .chars()
            .take_while(|&c| super::source::is_word(c))
            .collect();
        if name.is_empty() {
            continue;
        }
        if let Some(end) = body_end(&code, at) {
            found.push((name, line_of(&code, end) - line_of(&code, at) + 1));
        }
    }
    found
}

/// Where the body of the function that begins here closes; none for one that
/// is only declared. A `;` inside brackets is an array's length, not an end.
fn body_end(code: &str, at: usize) -> Option<usize> {
    let mut braces = 0;
    let mut brackets = 0;
    for (offset, byte) in code[at..].bytes().enumerate() {
        match byte {
            b'[' | b'(' if braces == 0 => brackets += 1,
            b']' | b')' if braces == 0 => brackets -= 1,
            b';' if braces == 0 && brackets == 0 => return None,
            b'{' if brackets == 0 => braces += 1,
            b'}' if brackets == 0 => {
                braces -= 1;
                if braces == 0 {
                    return Some(at + offset);
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_measured_with_their_signature() {
        let text =
            "trait T { fn declared(x: [u8; 3]); }\nfn one() {}\nfn three(\n) {\n  \"}\"; }\n";
        assert_eq!(
            functions(text),
            [("one".to_string(), 1), ("three".to_string(), 3)]
        );
    }

    #[test]
    fn a_long_function_is_found_unless_listed() {
        let long = format!("fn f() {{{}}}\n", "\n".repeat(70));
        assert_eq!(
            lengths(&Tree::of(&[("a.rs", &long)])),
            ["a.rs::f has 71 lines: split it"]
        );
        let tree = Tree::of(&[("a.rs", &long), (EXEMPT, "a.rs::f 71\n")]);
        assert!(lengths(&tree).is_empty());
        let tree = Tree::of(&[("a.rs", &long), (EXEMPT, "a.rs::f 70\n")]);
        assert_eq!(lengths(&tree).len(), 1);
    }
}
