//! Runs the parser, and says its errors the way CPython does.

use crate::errors::{Fault, Outcome};
use crate::source::Source;
use crate::Mode;
use ruff_python_ast as ast;
use ruff_python_parser::{parse_unchecked, ParseOptions};

pub fn parse(source: &Source<'_>, mode: Mode) -> Outcome<ast::Mod> {
    let kind = match mode {
        Mode::Eval => ruff_python_parser::Mode::Expression,
        Mode::Exec | Mode::Single => ruff_python_parser::Mode::Module,
    };
    let text = if mode == Mode::Eval { source.text.trim_start_matches([' ', '\t']) } else { source.text };
    let options = ParseOptions::from(kind).with_target_version(ast::PythonVersion::PY314);
    let parsed = parse_unchecked(text, options);
    if let Some(error) = parsed.errors().first() {
        return Err(Fault::new(error.error.to_string(), error.location));
    }
    if let Some(error) = parsed.unsupported_syntax_errors().first() {
        return Err(Fault::new(error.to_string(), error.range));
    }
    Ok(parsed.into_syntax())
}
