//! A case: a file below `cases/` whose header says how it is tested.
//!
//! The header is the run of `# key: value` lines at the top of the file:
//!
//! ```text
//! # test: run            what is done with the file; see `Kind`
//! # target: s390x x86_64 on these targets only; without it, on all
//! # configuration: jit   with krait of these configurations only (nojit, jit, revdb)
//! # set: -X dev          options for krait, before the script
//! # args: one two        arguments, after the script
//! # env: NAME=VALUE      a variable of the environment; may be repeated
//! # stdin: a line        a line of standard input; may be repeated
//! # exit: 1              the exit code, 0 without it
//! ```
//!
//! What must be printed stands in a file beside the case with the ending
//! `.out`, or in the case itself in comments `# expect: a line`, which may
//! follow the statement that prints. What must be on standard error stands in
//! the file `.err`; without it, nothing must be. `{path}` in it stands for the
//! script's path. A file that only serves others has a name that begins with
//! `_`, and no header.
//!
//! The first line that is not of this form ends the header; a header's line
//! further down is an error, since it would not be obeyed.

use std::fs;
use std::path::{Path, PathBuf};

/// What is done with a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Krait runs it; what it prints and how it ends is compared.
    Run,
    /// Krait records it and debugs the recording; see `debug`. For a krait that can.
    Debug,
    /// The compiler compiles it; the text form of the bytecode is compared.
    Bytecode,
}

impl Kind {
    const ALL: &[(&str, Kind)] = &[
        ("run", Kind::Run),
        ("debug", Kind::Debug),
        ("bytecode", Kind::Bytecode),
    ];

    fn parse(word: &str) -> Result<Kind, String> {
        let known = Kind::ALL.iter().find(|(name, _)| *name == word);
        known.map(|(_, kind)| *kind).ok_or_else(|| {
            let names: Vec<&str> = Kind::ALL.iter().map(|(name, _)| *name).collect();
            format!(
                "no kind of test is called {word:?}; there are: {}",
                names.join(", ")
            )
        })
    }
}

const KEYS: &[&str] = &[
    "test",
    "target",
    "configuration",
    "set",
    "args",
    "env",
    "stdin",
    "exit",
];

/// The targets that a header may name.
pub const TARGETS: &[&str] = &["x86_64", "aarch64", "s390x", "riscv64", "ppc64le"];

/// The configurations that a header may name, as `krait -VV` says them.
pub const CONFIGURATIONS: &[&str] = &["nojit", "jit", "revdb"];

/// What the header says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    pub kind: Kind,
    /// Empty: all.
    pub targets: Vec<String>,
    /// Empty: all.
    pub configurations: Vec<String>,
    pub options: Vec<String>,
    pub args: Vec<String>,
    pub variables: Vec<(String, String)>,
    pub stdin: String,
    pub exit: i32,
}

/// A case that was read.
#[derive(Clone, Debug)]
pub struct Case {
    /// Relative to the folder of cases; also its name.
    pub path: String,
    pub header: Header,
    /// The lines of `# expect:`, if there are any.
    pub inline: Option<String>,
    /// The file with the ending `.out`, if it is there.
    pub out: Option<String>,
    pub err: Option<String>,
}

/// All cases below a folder in the order of their names; a file that cannot
/// be read as a case is an error with its name.
pub fn read_all(folder: &Path) -> Result<Vec<Result<Case, (String, String)>>, String> {
    let mut paths = Vec::new();
    walk(folder, &mut paths)?;
    paths.sort();
    let mut cases = Vec::new();
    for path in paths {
        let name = path
            .strip_prefix(folder)
            .unwrap_or(&path)
            .to_string_lossy()
            .into_owned();
        if is_case(&path) {
            cases.push(read(folder, &name).map_err(|message| (name, message)));
        } else if let Some(message) = orphan(&path) {
            cases.push(Err((name, message)));
        }
    }
    Ok(cases)
}

fn walk(folder: &Path, paths: &mut Vec<PathBuf>) -> Result<(), String> {
    let explain = |e: std::io::Error| format!("cannot read the cases in {}: {e}", folder.display());
    for entry in fs::read_dir(folder).map_err(explain)? {
        let path = entry.map_err(explain)?.path();
        if path.is_dir() {
            if path.file_name().is_some_and(|name| name != "__pycache__") {
                walk(&path, paths)?;
            }
        } else {
            paths.push(path);
        }
    }
    Ok(())
}

fn is_case(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.ends_with(".py") && !name.starts_with('_')
}

/// An expectation whose case was renamed or removed would never be compared.
fn orphan(path: &Path) -> Option<String> {
    let ending = path.extension()?.to_str()?;
    let expectation = matches!(ending, "out" | "err" | "commands");
    (expectation && !path.with_extension("py").is_file())
        .then(|| "is an expectation without a case".to_string())
}

fn read(folder: &Path, name: &str) -> Result<Case, String> {
    let path = folder.join(name);
    let text = read_text(&path)?.ok_or("is gone")?;
    let header = parse_header(&text)?;
    let inline = inline_expectation(&text);
    let out = read_text(&path.with_extension("out"))?;
    let err = read_text(&path.with_extension("err"))?;
    if inline.is_some() && out.is_some() {
        return Err("has both `# expect:` lines and a file .out: keep one".into());
    }
    Ok(Case {
        path: name.to_string(),
        header,
        inline,
        out,
        err,
    })
}

fn read_text(path: &Path) -> Result<Option<String>, String> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(format!("cannot be read: {e}")),
    }
}

fn parse_header(text: &str) -> Result<Header, String> {
    let mut kind = None;
    let mut header = Header {
        kind: Kind::Run,
        targets: Vec::new(),
        configurations: Vec::new(),
        options: Vec::new(),
        args: Vec::new(),
        variables: Vec::new(),
        stdin: String::new(),
        exit: 0,
    };
    let words = |value: &str| {
        value
            .split_whitespace()
            .map(str::to_string)
            .collect::<Vec<_>>()
    };
    let mut lines = text.lines();
    for line in lines.by_ref() {
        let Some((key, value)) = header_line(line) else {
            break;
        };
        match key {
            "test" => kind = Some(Kind::parse(value)?),
            "target" => header.targets = known("target", TARGETS, words(value))?,
            "configuration" => {
                header.configurations = known(key, CONFIGURATIONS, words(value))?;
            }
            "set" => header.options = words(value),
            "args" => header.args = words(value),
            "env" => {
                let (name, value) = value.split_once('=').ok_or("`# env:` takes NAME=VALUE")?;
                header.variables.push((name.to_string(), value.to_string()));
            }
            "stdin" => {
                header.stdin.push_str(value);
                header.stdin.push('\n');
            }
            "exit" => {
                header.exit = value
                    .parse()
                    .map_err(|_| format!("`# exit:` takes a number, not {value:?}"))?;
            }
            _ => break,
        }
    }
    if let Some(late) =
        lines.find(|line| header_line(line).is_some_and(|(key, _)| KEYS.contains(&key)))
    {
        return Err(format!(
            "has a line of the header below the header's end: {late:?}"
        ));
    }
    header.kind = kind.ok_or(
        "has no header `# test: …`; a file that only serves others has a name beginning with `_`",
    )?;
    Ok(header)
}

/// The names, if each of them is one that there is.
fn known(what: &str, all: &[&str], names: Vec<String>) -> Result<Vec<String>, String> {
    match names.iter().find(|name| !all.contains(&name.as_str())) {
        None => Ok(names),
        Some(name) => Err(format!(
            "names an unknown {what} {name:?}; there are: {}",
            all.join(", ")
        )),
    }
}

/// `# key: value`, where the key is one lower-case word.
fn header_line(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.strip_prefix("# ")?.split_once(':')?;
    let plain = !key.is_empty() && key.chars().all(|c| c.is_ascii_lowercase());
    plain.then(|| (key, value.strip_prefix(' ').unwrap_or(value)))
}

const EXPECT: &str = "# expect:";

fn inline_expectation(text: &str) -> Option<String> {
    let mut expected = None;
    for line in text.lines() {
        if let Some((_, value)) = line.split_once(EXPECT) {
            let expected = expected.get_or_insert_with(String::new);
            expected.push_str(value.strip_prefix(' ').unwrap_or(value));
            expected.push('\n');
        }
    }
    expected
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_read_up_to_the_first_other_line() {
        let text = "# test: run\n# target: s390x\n# set: -X dev\n# args: a b\n# env: A=b c\n\
                    # stdin: one\n# stdin:  two\n# exit: 3\n# A comment: and no key.\nimport x\n";
        let header = parse_header(text).unwrap();
        assert_eq!(header.kind, Kind::Run);
        assert_eq!(header.targets, ["s390x"]);
        assert_eq!(header.options, ["-X", "dev"]);
        assert_eq!(header.args, ["a", "b"]);
        assert_eq!(header.variables, [("A".to_string(), "b c".to_string())]);
        assert_eq!(header.stdin, "one\n two\n");
        assert_eq!(header.exit, 3);
    }

    #[test]
    fn a_wrong_header_is_an_error() {
        for (text, word) in [
            ("import x\n", "has no header"),
            ("# test: walk\n", "no kind of test"),
            (
                "# test: run\n# tagret: s390x\n# exit: 1\n",
                "below the header's end",
            ),
            ("# test: run\n# target: mips\n", "unknown target"),
            (
                "# test: run\n# configuration: fast\n",
                "unknown configuration",
            ),
            ("# test: run\n# exit: one\n", "takes a number"),
        ] {
            let error = parse_header(text).unwrap_err();
            assert!(error.contains(word), "{error}");
        }
    }

    #[test]
    fn expected_lines_may_follow_code() {
        let text = "# test: run\nprint(1)  # expect: 1\n# expect:\n# expect:  x\n";
        assert_eq!(inline_expectation(text).unwrap(), "1\n\n x\n");
        assert_eq!(inline_expectation("print(1)\n"), None);
    }
}
