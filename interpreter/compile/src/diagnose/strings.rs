//! Messages about what is inside strings: f-string fields and escapes.

use super::Context;
use crate::errors::Fault;
use ruff_python_ast::token::{Token, TokenKind};
use ruff_python_parser::{LexicalErrorType, ParseError};
use ruff_text_size::{Ranged, TextSize};

impl Context<'_> {
    pub fn f_string(&self, text: &str, error: &ParseError) -> Fault {
        let range = error.location;
        let message = match text {
            "expecting `}`" => {
                let at = self.tokens.partition_point(|t| t.start() < range.start());
                if let Some(fault) = self.missing_comma(at) {
                    return fault;
                }
                let token = self.tokens.get(at).copied();
                return self.at_token("f-string: expecting '}'", token, range);
            }
            "invalid conversion character" => {
                let token = self.token_at(range.start());
                let name = token.filter(|t| t.kind() == TokenKind::Name);
                return match name {
                    Some(name) => {
                        let text = self.text(name.range());
                        let message = format!(
                            "f-string: invalid conversion character '{text}': expected 's', 'r', \
                             or 'a'"
                        );
                        Fault::new(message, name.range())
                    }
                    None => {
                        let message = "f-string: missing conversion character";
                        self.at_token(message, token, range)
                    }
                };
            }
            "single `}` is not allowed" => "f-string: single '}' is not allowed",
            "lambda expressions are not allowed without parentheses" => {
                "f-string: lambda expressions are not allowed without parentheses"
            }
            _ => return self.generic(error),
        };
        Fault::new(message, range)
    }

    pub fn lexical(&self, kind: &LexicalErrorType, error: &ParseError) -> Fault {
        match kind {
            LexicalErrorType::UnicodeError
            | LexicalErrorType::MissingUnicodeLbrace
            | LexicalErrorType::MissingUnicodeRbrace
            | LexicalErrorType::StringError => self.bad_escape(error),
            LexicalErrorType::InvalidByteLiteral => {
                let token = self.enclosing_string(error.location.start());
                let range = token.map_or(error.location, |token| token.range());
                Fault::new("bytes can only contain ASCII literal characters", range)
            }
            LexicalErrorType::IndentationError => Fault::indentation(
                "unindent does not match any outer indentation level",
                error.location,
            ),
            LexicalErrorType::Eof => Fault::new("unexpected EOF while parsing", error.location),
            _ => self.generic(error),
        }
    }

    pub fn enclosing_string(&self, offset: TextSize) -> Option<Token> {
        let at = self.tokens.partition_point(|token| token.end() < offset);
        self.tokens
            .get(at)
            .copied()
            .filter(|token| matches!(token.kind(), TokenKind::String | TokenKind::FStringMiddle))
    }

    pub fn bad_escape(&self, error: &ParseError) -> Fault {
        let Some(token) = self.enclosing_string(error.location.start()) else {
            return self.generic(error);
        };
        let text = self.text(token.range());
        let quote = text.find(['\'', '"']).unwrap_or(0);
        let is_bytes = text[..quote].to_ascii_lowercase().contains('b');
        let triple = text[quote..].starts_with("\"\"\"") || text[quote..].starts_with("'''");
        let open = if token.kind() == TokenKind::String {
            quote + if triple { 3 } else { 1 }
        } else {
            0
        };
        let body = text.get(open..).unwrap_or("");
        let message = first_bad_escape(body, is_bytes)
            .unwrap_or_else(|| "(unicode error) 'unicodeescape' codec can't decode".to_owned());
        Fault::new(message, token.range())
    }
}

fn first_bad_escape(body: &str, is_bytes: bool) -> Option<String> {
    let bytes = body.as_bytes();
    let mut at = 0;
    let mut position = 0;
    while at < bytes.len() {
        if bytes[at] != b'\\' {
            // Positions count bytes of the UTF-8 text.
            at += 1;
            position += 1;
            continue;
        }
        let kind = bytes.get(at + 1).copied().unwrap_or(0);
        let width = match kind {
            b'x' => 2,
            b'u' if !is_bytes => 4,
            b'U' if !is_bytes => 8,
            b'N' if !is_bytes => 0,
            _ => {
                at += 2;
                position += 2;
                continue;
            }
        };
        if is_bytes {
            let digits = bytes[at + 2..]
                .iter()
                .take(2)
                .take_while(|b| b.is_ascii_hexdigit())
                .count();
            if digits < 2 {
                return Some(format!(
                    "(value error) invalid \\x escape at position {position}"
                ));
            }
            at += 4;
            position += 4;
            continue;
        }
        let start = position;
        if kind == b'N' {
            let close = body[at..].find('}');
            if bytes.get(at + 2) == Some(&b'{')
                && let Some(close) = close
            {
                return Some(format!(
                    "(unicode error) 'unicodeescape' codec can't decode bytes in position \
                     {start}-{}: unknown Unicode character name",
                    start + close
                ));
            }
            let tail = if bytes.get(at + 2) == Some(&b'{') {
                bytes[at + 2..]
                    .iter()
                    .take_while(|b| !matches!(b, b'"' | b'\''))
                    .count()
            } else {
                0
            };
            return Some(format!(
                "(unicode error) 'unicodeescape' codec can't decode bytes in position {start}-{}: \
                 malformed \\N character escape",
                start + 1 + tail
            ));
        }
        let digits = bytes[at + 2..]
            .iter()
            .take(width)
            .take_while(|b| b.is_ascii_hexdigit())
            .count();
        let shape = match width {
            2 => "\\xXX",
            4 => "\\uXXXX",
            _ => "\\UXXXXXXXX",
        };
        if digits < width {
            return Some(format!(
                "(unicode error) 'unicodeescape' codec can't decode bytes in position {start}-{}: \
                 truncated {shape} escape",
                start + 1 + digits
            ));
        }
        if width == 8 && u32::from_str_radix(&body[at + 2..at + 10], 16).is_ok_and(|v| v > 0x10FFFF)
        {
            return Some(format!(
                "(unicode error) 'unicodeescape' codec can't decode bytes in position {start}-{}: \
                 illegal Unicode character",
                start + 9
            ));
        }
        at += 2 + width;
        position += 2 + width;
    }
    None
}
