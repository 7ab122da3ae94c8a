//! Lists of cases that are known to fail: `expected-failures.txt` for all
//! targets and `expected-failures.TARGET.txt` for one.
//!
//! A line is a case's path and, after `#`, why it fails. A listed case that
//! passes is an error, as is one that is not there, so the lists stay true.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The cases that are expected to fail on a target.
pub fn read(folder: &Path, target: &str) -> Result<BTreeSet<String>, String> {
    let mut listed = BTreeSet::new();
    for name in [
        "expected-failures.txt".to_string(),
        format!("expected-failures.{target}.txt"),
    ] {
        match fs::read_to_string(folder.join(&name)) {
            Ok(text) => listed.extend(parse(&text)),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
            Err(e) => return Err(format!("cannot read {name}: {e}")),
        }
    }
    Ok(listed)
}

fn parse(text: &str) -> impl Iterator<Item = String> {
    text.lines()
        .map(|line| line.split('#').next().unwrap_or(line).trim())
        .filter(|line| !line.is_empty())
        .map(str::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_and_empty_lines_are_left_out() {
        let listed: Vec<String> = parse("# head\n\na/b.py  # no such method yet\nc.py\n").collect();
        assert_eq!(listed, ["a/b.py", "c.py"]);
    }
}
