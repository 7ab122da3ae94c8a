//! Runs the parser.

use crate::Mode;
use crate::diagnose;
use crate::errors::Outcome;
use crate::source::Source;
use ruff_python_ast as ast;
use ruff_python_parser::{ParseOptions, parse_unchecked};

pub fn parse(source: &Source<'_>, mode: Mode) -> Outcome<ast::Mod> {
    let kind = match mode {
        Mode::Eval => ruff_python_parser::Mode::Expression,
        Mode::Exec | Mode::Single => ruff_python_parser::Mode::Module,
    };
    let options = ParseOptions::from(kind).with_target_version(ast::PythonVersion::PY314);
    let parsed = parse_unchecked(source.text, options);
    if parsed.errors().is_empty() && parsed.unsupported_syntax_errors().is_empty() {
        return Ok(parsed.into_syntax());
    }
    let fault = diagnose::diagnose(source, &parsed);
    // Dropping a tree recurses as deep as the tree is, and this one was never measured.
    std::mem::forget(parsed);
    Err(fault)
}
