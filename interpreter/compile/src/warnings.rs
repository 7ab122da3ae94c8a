//! Warnings: escapes in literals that mean nothing, and `finally` blocks that swallow exceptions.

use crate::compiler::Compiler;
use crate::errors::FUTURE_OF_ESCAPES;
use crate::source::Source;
use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

impl Compiler<'_, '_> {
    /// Warns about the invalid escapes of a literal.
    pub fn warn_escapes(&mut self, expr: &Expr) {
        match expr {
            Expr::StringLiteral(string) => {
                for part in &string.value {
                    if !part.flags.prefix().is_raw() {
                        self.scan_escapes(part.content_range(), false);
                    }
                }
            }
            Expr::BytesLiteral(bytes) => {
                for part in &bytes.value {
                    if !part.flags.prefix().is_raw() {
                        self.scan_escapes(part.content_range(), true);
                    }
                }
            }
            _ => {}
        }
    }

    /// Warns about statements that leave a `finally` block, dropping what was on its way
    /// (PEP 765). Nested `finally` blocks are asked for themselves.
    pub fn warn_leaving_finally(&mut self, body: &[Stmt], in_loop: bool) {
        for statement in body {
            let what = match statement {
                Stmt::Return(_) => "return",
                Stmt::Break(_) if !in_loop => "break",
                Stmt::Continue(_) if !in_loop => "continue",
                Stmt::If(branch) => {
                    self.warn_leaving_finally(&branch.body, in_loop);
                    for clause in &branch.elif_else_clauses {
                        self.warn_leaving_finally(&clause.body, in_loop);
                    }
                    continue;
                }
                Stmt::While(looping) => {
                    self.warn_leaving_finally(&looping.body, true);
                    self.warn_leaving_finally(&looping.orelse, in_loop);
                    continue;
                }
                Stmt::For(looping) => {
                    self.warn_leaving_finally(&looping.body, true);
                    self.warn_leaving_finally(&looping.orelse, in_loop);
                    continue;
                }
                Stmt::With(with) => {
                    self.warn_leaving_finally(&with.body, in_loop);
                    continue;
                }
                Stmt::Match(matching) => {
                    for case in &matching.cases {
                        self.warn_leaving_finally(&case.body, in_loop);
                    }
                    continue;
                }
                Stmt::Try(attempt) => {
                    self.warn_leaving_finally(&attempt.body, in_loop);
                    for handler in &attempt.handlers {
                        let ruff_python_ast::ExceptHandler::ExceptHandler(handler) = handler;
                        self.warn_leaving_finally(&handler.body, in_loop);
                    }
                    self.warn_leaving_finally(&attempt.orelse, in_loop);
                    continue;
                }
                _ => continue,
            };
            let message = format!("'{what}' in a 'finally' block");
            self.warn(message, statement.range());
        }
    }

    pub fn scan_escapes(&mut self, content: TextRange, bytes: bool) {
        for (message, range) in invalid_escapes(self.source, content, bytes) {
            self.warn(message, range);
        }
    }
}

fn invalid(escaped: &str, sort: &str) -> String {
    format!(
        "\"\\{escaped}\" is an invalid{sort} escape sequence.{FUTURE_OF_ESCAPES} Did you mean \
         \"\\\\{escaped}\"? A raw string is also an option."
    )
}

/// What to say of the escapes in a literal's content that mean nothing.
pub fn invalid_escapes(
    source: &Source<'_>,
    content: TextRange,
    bytes: bool,
) -> Vec<(String, TextRange)> {
    let mut found = Vec::new();
    let text = source.slice(content);
    if !text.contains('\\') {
        return found;
    }
    let mut rest = text.char_indices();
    while let Some((at, point)) = rest.next() {
        if point != '\\' {
            continue;
        }
        let Some((_, escaped)) = rest.next() else {
            break;
        };
        let known = match escaped {
            '\n' | '\\' | '\'' | '"' | 'a' | 'b' | 'f' | 'n' | 'r' | 't' | 'v' | 'x' => true,
            '0'..='3' => true,
            '4'..='7' => {
                let digits = text[at + 1..].chars().take(3);
                let digits: String = digits.take_while(|c| ('0'..='7').contains(c)).collect();
                if digits.len() == 3 {
                    let range =
                        TextRange::at(content.start() + TextSize::from(at as u32), 4.into());
                    found.push((invalid(&digits, " octal"), range));
                }
                true
            }
            'N' | 'u' | 'U' => !bytes,
            _ => false,
        };
        if !known {
            let message = invalid(escaped.encode_utf8(&mut [0; 4]), "");
            let start = content.start() + TextSize::from(at as u32);
            found.push((message, TextRange::at(start, 2.into())));
        }
    }
    found
}
