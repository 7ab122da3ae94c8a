//! Warnings about string literals: escapes that mean nothing.

use crate::Warn;
use crate::compiler::Compiler;
use ruff_python_ast::Expr;
use ruff_text_size::{TextRange, TextSize};

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

    fn scan_escapes(&mut self, range: TextRange, bytes: bool) {
        let source = self.source.slice(range);
        if !source.contains('\\') {
            return;
        }
        let mut rest = source.char_indices();
        while let Some((at, point)) = rest.next() {
            if point != '\\' {
                continue;
            }
            let Some((_, escaped)) = rest.next() else {
                break;
            };
            let known = match escaped {
                '\n' | '\\' | '\'' | '"' | 'a' | 'b' | 'f' | 'n' | 'r' | 't' | 'v' | 'x' => true,
                '0'..='7' => true,
                'N' | 'u' | 'U' => !bytes,
                _ => false,
            };
            if !known {
                let message = format!(
                    "\"\\{escaped}\" is an invalid escape sequence. Did you mean \
                     \"\\\\{escaped}\"? A raw string is also an option."
                );
                let start = range.start() + TextSize::from(at as u32);
                self.warn(Warn::Syntax, message, TextRange::at(start, 2.into()));
            }
        }
    }
}
