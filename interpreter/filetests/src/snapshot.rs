//! The kind of case that looks at bytecode instead of running it.
//!
//! The script is compiled by the library, so nothing of krait runs, and its
//! text form is compared with the file `.out`. The text must also survive being
//! parsed back, and the code must pass the verifier: a snapshot that was
//! blessed without a look is still code that could be run.

use std::fs;
use std::path::Path;
use std::thread;

use compile::{Mode, Options};

/// The compiler recurses over the tree, and deep cases are among the cases.
const STACK_BYTES: usize = 64 << 20;

/// The text form of a script's bytecode, or of its syntax error.
pub fn text(folder: &Path, name: &str) -> Result<String, String> {
    let path = folder.join(name);
    let source = fs::read_to_string(&path).map_err(|e| format!("cannot be read: {e}"))?;
    let name = name.to_string();
    let thread = thread::Builder::new()
        .stack_size(STACK_BYTES)
        .spawn(move || checked_text(&source, &name))
        .map_err(|e| format!("cannot start a thread: {e}"))?;
    thread
        .join()
        .map_err(|_| "the compiler panicked".to_string())?
}

fn checked_text(source: &str, name: &str) -> Result<String, String> {
    let Ok(code) = compile::compile(source, name, Mode::Exec, Options::module()) else {
        return Ok(compile::dump(source, name));
    };
    bytecode::verify(&code).map_err(|e| format!("the verifier rejects its bytecode: {e}"))?;
    let text = bytecode::print(&code);
    let parsed = bytecode::parse(&text).map_err(|e| format!("its text cannot be parsed: {e}"))?;
    match bytecode::print(&parsed) == text {
        true => Ok(text),
        false => Err("its text, parsed back, is not the same code".into()),
    }
}
