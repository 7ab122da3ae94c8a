//! Large inputs: a folder of real programs where one is named, and programs that chance wrote.

use super::with_large_stack;
use crate::{Mode, Options, compile, tree};
use bytecode::{Code, Const, LiveSet, LiveTable, Liveness, Pc, Reg, jump_target};
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// Asked when the test runs: a folder of builds may outlive the tree that it was built from.
fn own_folder() -> PathBuf {
    std::env::var_os("CARGO_MANIFEST_DIR")
        .expect("cargo tells it")
        .into()
}

fn python_files(folder: &Path, to: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            python_files(&path, to);
        } else if path.extension().is_some_and(|ending| ending == "py") {
            to.push(path);
        }
    }
}

/// Everything below the folder that `KRAIT_PYTHON_FILES` names compiles, verifies and survives
/// being written and read, and its syntax tree gives the same code. Files that begin with `bad` are meant to be refused. Without the
/// variable, the programs beside this crate are the corpus.
#[test]
fn real_programs_compile() {
    let named = std::env::var_os("KRAIT_PYTHON_FILES").map(PathBuf::from);
    let beside = own_folder().join("../filetests/cases/language");
    let folder = named.unwrap_or(beside);
    with_large_stack(move || {
        let mut files = Vec::new();
        python_files(&folder, &mut files);
        assert!(!files.is_empty(), "{} has programs", folder.display());
        for path in files {
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let Ok(source) = std::fs::read_to_string(&path) else {
                continue;
            };
            match compile(&source, &name, Mode::Exec, Options::module()) {
                Ok(code) => {
                    check(&path, &code);
                    check_tree(&path, &source, &name, &code);
                }
                Err(_) if name.starts_with("bad") => {}
                Err(error) => {
                    panic!("{}:{}: {}", path.display(), error.line, error.message)
                }
            }
        }
    });
}

/// The program's syntax tree gives the same code as its text. Places differ a little: what is
/// between brackets or behind decorators has another one in Python's trees.
fn check_tree(path: &Path, source: &str, name: &str, code: &Code) {
    let (tree, _) = match tree::parse(source, name, Mode::Exec) {
        Ok(done) => done,
        Err(error) => panic!("{}:{}: {}", path.display(), error.line, error.message),
    };
    let of_tree = match tree::compile(tree, name, Mode::Exec, Options::module()) {
        Ok((code, _)) => bytecode::print(&code),
        Err(refusal) => panic!("{}: {refusal:?}", path.display()),
    };
    let of_text = bytecode::print(code);
    let without_place = |line: &str| line.split(" @").next().unwrap_or_default().to_owned();
    assert_eq!(of_tree.lines().count(), of_text.lines().count());
    for (a, b) in of_tree.lines().zip(of_text.lines()) {
        assert_eq!(without_place(a), without_place(b), "{}", path.display());
    }
}

/// What lives before each instruction, as filled up from the table, is at resume points what the table says,
/// also at those that nothing jumps to when they are taken out of it.
fn check_liveness(path: &Path, code: &Code) {
    let jumps = (0..).zip(&code.instrs);
    let mut targets: HashSet<Pc> = jumps.filter_map(|(pc, &i)| jump_target(pc, i)).collect();
    targets.extend(code.exceptions.iter().map(|entry| entry.target));
    let mut fewer = code.clone();
    fewer.liveness = LiveTable::default();
    for (pc, live) in code.liveness.iter().filter(|(pc, _)| targets.contains(pc)) {
        fewer.liveness.push(pc, live.iter().copied());
    }
    for liveness in [Liveness::of(code), Liveness::of(&fewer)] {
        for (pc, live) in code.liveness.iter() {
            let mut found = LiveSet::default();
            liveness.before(pc, &mut found);
            let found: Vec<Reg> = found.iter().collect();
            assert_eq!(found, live, "{}: {} at {pc}", path.display(), code.name);
        }
    }
    for constant in &code.constants {
        if let Const::Code(inner) = constant {
            check_liveness(path, inner);
        }
    }
}

fn check(path: &Path, code: &Code) {
    check_liveness(path, code);
    if let Err(error) = bytecode::verify(code) {
        panic!("{}: {error}", path.display());
    }
    assert!(
        Code::from_bytes(&code.to_bytes()).as_ref() == Ok(code),
        "{}",
        path.display()
    );
    let text = bytecode::print(code);
    assert!(
        bytecode::parse(&text).as_ref() == Ok(code),
        "{}",
        path.display()
    );
}

/// A small generator of numbers; the same on every target.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }
}

const PIECES: &[&str] = &[
    "def f(a, *b, c=1, **d):",
    "\n",
    "\n    ",
    "\n  ",
    "class A(B):",
    "x",
    "y",
    "=",
    "+",
    "-",
    "*",
    "**",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ":",
    ",",
    ".",
    "if ",
    "else",
    "elif ",
    "for ",
    " in ",
    "while ",
    "try:",
    "except ",
    "except* ",
    "finally:",
    "with ",
    " as ",
    "lambda ",
    "yield ",
    "await ",
    "async ",
    "return ",
    "break",
    "continue",
    "pass",
    "del ",
    "global ",
    "nonlocal ",
    "import ",
    "from ",
    "match ",
    "case ",
    "f'",
    "'",
    "\"\"\"",
    "{x!r:>{y}}",
    "\\",
    "1",
    "0x",
    "1e5",
    "1_",
    "'a'",
    "b'\\xff'",
    ":=",
    "->",
    "@",
    "not ",
    " is ",
    " and ",
    " or ",
    "#",
    ";",
    "\t",
    "é",
    "€",
    "\u{0}",
    "...",
    "None",
    "True",
    "_",
    "type X[T] = ",
    "assert ",
    "raise ",
];

#[test]
fn no_program_brings_the_compiler_down() {
    with_large_stack(|| {
        let mut chance = Chance(0x9E37_79B9_7F4A_7C15);
        let start = std::time::Instant::now();
        let mut accepted = 0;
        while start.elapsed().as_millis() < 800 {
            let mut source = String::new();
            for _ in 0..chance.below(24) {
                source.push_str(PIECES[chance.below(PIECES.len())]);
                if chance.below(3) == 0 {
                    source.push(' ');
                }
            }
            for mode in [Mode::Exec, Mode::Eval, Mode::Single] {
                if let Ok(code) = compile(&source, "t", mode, Options::default()) {
                    accepted += 1;
                    if let Err(error) = bytecode::verify(&code) {
                        panic!("{source:?}: {error}");
                    }
                }
            }
        }
        assert!(accepted > 0);
    });
}

/// Real programs with pieces cut out or doubled come nearer to the grammar than chance does.
#[test]
fn no_mutated_program_brings_the_compiler_down() {
    with_large_stack(|| {
        let folder = own_folder().join("../filetests/cases/bytecode");
        let mut files = Vec::new();
        python_files(&folder, &mut files);
        files.sort();
        let mut chance = Chance(1);
        let start = std::time::Instant::now();
        let programs: Vec<String> = files
            .iter()
            .filter_map(|path| std::fs::read_to_string(path).ok())
            .collect();
        assert!(!programs.is_empty());
        while start.elapsed().as_millis() < 1200 {
            let source = &programs[chance.below(programs.len())];
            let chars: Vec<char> = source.chars().collect();
            let from = chance.below(chars.len());
            let to = (from + chance.below(12)).min(chars.len());
            let mut mutated: String = chars[..from].iter().collect();
            match chance.below(3) {
                0 => {}
                1 => mutated.extend(chars[from..to].iter().chain(&chars[from..to])),
                _ => mutated.push_str(PIECES[chance.below(PIECES.len())]),
            }
            mutated.extend(&chars[to..]);
            if let Ok(code) = compile(&mutated, "t", Mode::Exec, Options::module())
                && let Err(error) = bytecode::verify(&code)
            {
                panic!("{mutated:?}: {error}");
            }
        }
    });
}
