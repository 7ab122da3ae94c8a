//! Python 3.14 source to bytecode.
//!
//! `compile` parses (ruff's parser), builds the symbol table, and generates code in one walk; the
//! result is a tree of code objects. Errors carry what Python's SyntaxError shows.
//!
//! The walks recurse over the tree up to a fixed depth: run them on a thread with a stack of some
//! 64 MB.

mod assign;
mod bindings;
mod call;
mod compiler;
mod comprehension;
mod condition;
mod define;
mod diagnose;
mod errors;
mod exceptions;
mod expr;
mod fold;
mod generic;
mod iteration;
mod lexical;
mod link;
mod liveness;
mod parse;
mod pattern;
mod regset;
mod resolve;
mod scope;
mod source;
mod stmt;
mod symbols;
mod template;
pub mod tree;
mod unit;
mod unparse;
mod warnings;

#[cfg(test)]
mod tests;

pub use errors::{ErrorKind, SyntaxError, Warning};

use bytecode::{Code, Op, ParamSpec};
use compiler::Compiler;
use errors::Outcome;
use ruff_python_ast as ast;
use scope::SymbolTable;
use source::Source;
use std::borrow::Cow;
use unit::Unit;

/// What the source is, as for Python's `compile`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// A module; the code returns None.
    Exec,
    /// One expression; the code returns its value.
    Eval,
    /// An interactive statement; values of expressions go to `sys.displayhook`.
    Single,
}

/// How to compile.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Options {
    /// 0: all. 1: no assertions, `__debug__` is False. 2: no docstrings either.
    pub optimize: u8,
    /// The module's namespace is its globals, so that its names can be reached through sites.
    /// False for code that may be executed with separate locals.
    pub module_globals: bool,
    pub top_level_await: bool,
    /// As after `from __future__ import annotations`.
    pub future_annotations: bool,
    /// The functions are the machine's own: their frames are hidden, and `__add_up__(sum, item,
    /// iterator)`, of local variables, is the op of that name. `for item in __each__(iterator)` does not
    /// ask the iterator for its iterator.
    pub hidden: bool,
}

impl Options {
    /// For the main program and imported modules.
    pub fn module() -> Options {
        Options {
            module_globals: true,
            ..Options::default()
        }
    }
}

/// Compiles; warnings are dropped.
pub fn compile(
    source: &str,
    filename: &str,
    mode: Mode,
    options: Options,
) -> Result<Code, SyntaxError> {
    compile_with_warnings(source, filename, mode, options).map(|done| done.0)
}

/// Compiles; gives the warnings too, in source order.
pub fn compile_with_warnings(
    source: &str,
    filename: &str,
    mode: Mode,
    options: Options,
) -> Result<(Code, Vec<Warning>), SyntaxError> {
    let text = normalize(source);
    let source = Source::new(&text);
    compile_source(&source, filename, mode, options)
        .map_err(|fault| fault.locate(&source, filename))
}

/// The source without a byte order mark, its lines ended by newlines alone.
fn normalize(source: &str) -> Cow<'_, str> {
    let text = source.strip_prefix('\u{FEFF}').unwrap_or(source);
    if text.contains('\r') {
        text.replace("\r\n", "\n").replace('\r', "\n").into()
    } else {
        text.into()
    }
}

/// The bytecode of a module as text, or its error as text.
pub fn dump(source: &str, filename: &str) -> String {
    match compile(source, filename, Mode::Exec, Options::module()) {
        Ok(code) => bytecode::print(&code),
        Err(error) => {
            format!(
                "{}: {} ({}:{})\n",
                error.kind.class_name(),
                error.message,
                error.line,
                error.column
            )
        }
    }
}

fn compile_source(
    source: &Source<'_>,
    filename: &str,
    mode: Mode,
    options: Options,
) -> Outcome<(Code, Vec<Warning>)> {
    let module = parse::parse(source, mode)?;
    let done = generate(source, filename, &module, mode, options);
    if done.as_ref().is_err_and(|fault| fault.too_deep) {
        // Dropping a tree recurses as deep as the tree is.
        std::mem::forget(module);
    }
    done
}

fn generate(
    source: &Source<'_>,
    filename: &str,
    module: &ast::Mod,
    mode: Mode,
    options: Options,
) -> Outcome<(Code, Vec<Warning>)> {
    let table = SymbolTable::build(module, options.top_level_await);
    // The limits on brackets and indentation are the tokenizer's, and can matter here only.
    let deep = table.as_ref().map_or_else(
        |fault| fault.kind == ErrorKind::TooDeep,
        |table| table.deepest >= 100,
    );
    if deep && let Some(mut fault) = lexical::scan(source).error {
        fault.too_deep = table.is_err();
        return Err(fault);
    }
    let mut table = table?;
    table.future_annotations |= options.future_annotations;
    let mut compiler = Compiler {
        table,
        source,
        filename,
        options,
        interactive: mode == Mode::Single,
        unit: Unit::new(0, String::new()),
        outer: Vec::new(),
        warnings: Vec::new(),
    };
    compiler.lay_out_variables();
    let code = compiler.module(module)?;
    let mut warnings = compiler.warnings;
    warnings.sort_by_key(|warning| (warning.line, warning.column));
    Ok((code, warnings))
}

/// Whether what was typed so far may go on. A compound statement goes on until its last line has ended.
pub fn is_unfinished(text: &str, mode: Mode) -> bool {
    match compile(text, "<stdin>", mode, Options::module()) {
        Ok(_) => {
            let last = text.lines().last().unwrap_or("");
            let first = text.lines().next().unwrap_or("");
            let compound = first.trim_end().ends_with(':') || first.starts_with('@');
            !text.ends_with('\n') && (compound || last.starts_with([' ', '\t']))
        }
        Err(error) => {
            let unfinished = [
                "was never closed",
                "expected an indented block",
                "unterminated triple",
                "unexpected EOF",
            ];
            unfinished.iter().any(|part| error.message.contains(part))
        }
    }
}

impl<'a> Compiler<'a, '_> {
    fn module(&mut self, module: &'a ast::Mod) -> Outcome<Code> {
        let mut range = ruff_text_size::TextRange::default();
        match module {
            ast::Mod::Module(module) => {
                range = module.range;
                let (doc, body) = if self.interactive {
                    (None, &*module.body)
                } else {
                    self.split_docstring(&module.body)
                };
                self.begin_annotations();
                if let Some(doc) = doc {
                    let mark = self.unit.mark();
                    let first = module
                        .body
                        .first()
                        .map_or(range, ruff_text_size::Ranged::range);
                    self.unit.at(first);
                    let reg = self.unit.temp();
                    self.load_constant(doc, reg);
                    let sym = self.table.names.intern("__doc__");
                    self.store_name(sym, reg);
                    self.unit.release(mark);
                }
                self.body(body)?;
                self.end_annotations("__annotate__")?;
                self.return_none();
            }
            ast::Mod::Expression(expression) => {
                let value = self.operand(&expression.body)?;
                self.unit.at(expression.range);
                self.unit.op(Op::Return, 0, value, 0, 0);
            }
        }
        let mut flags = self.flags(0);
        flags.coroutine = self.table.scopes[0].has_await;
        let (mut code, _) = self.finish("<module>", flags, ParamSpec::default(), 1, range)?;
        code.qualname = "<module>".into();
        Ok(code)
    }
}
