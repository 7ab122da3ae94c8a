//! Classes of tokens, as far as messages depend on them.

use ruff_python_ast::token::TokenKind;

pub fn skipped_before_block(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::Newline | TokenKind::Indent | TokenKind::Dedent
    )
}

pub fn bracket_change(kind: TokenKind) -> i32 {
    match kind {
        TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => 1,
        TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => -1,
        _ => 0,
    }
}

pub fn is_compound(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::If
            | TokenKind::Elif
            | TokenKind::Else
            | TokenKind::For
            | TokenKind::While
            | TokenKind::With
            | TokenKind::Try
            | TokenKind::Except
            | TokenKind::Finally
            | TokenKind::Def
            | TokenKind::Class
            | TokenKind::Match
            | TokenKind::Case
    )
}

/// Tokens with which a simple expression ends.
pub fn finishes_operand(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::Name
            | TokenKind::Int
            | TokenKind::Float
            | TokenKind::Complex
            | TokenKind::String
            | TokenKind::FStringEnd
            | TokenKind::Rpar
            | TokenKind::Rsqb
            | TokenKind::Rbrace
            | TokenKind::True
            | TokenKind::False
            | TokenKind::None
            | TokenKind::Ellipsis
    ) || kind.is_soft_keyword()
}

/// Tokens that begin an expression and cannot continue one.
pub fn begins_operand(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::Name
            | TokenKind::Int
            | TokenKind::Float
            | TokenKind::Complex
            | TokenKind::String
            | TokenKind::FStringStart
            | TokenKind::Lbrace
            | TokenKind::True
            | TokenKind::False
            | TokenKind::None
            | TokenKind::Ellipsis
            | TokenKind::Lambda
            | TokenKind::Await
            | TokenKind::Tilde
            | TokenKind::Not
    ) || kind.is_soft_keyword()
}

pub fn begins_expression(kind: TokenKind) -> bool {
    begins_operand(kind) || matches!(kind, TokenKind::Minus | TokenKind::Plus)
}

pub fn separates_operands(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::Comma
            | TokenKind::Colon
            | TokenKind::Equal
            | TokenKind::ColonEqual
            | TokenKind::Newline
            | TokenKind::Semi
            | TokenKind::Indent
            | TokenKind::Dedent
            | TokenKind::Star
            | TokenKind::DoubleStar
            | TokenKind::Return
            | TokenKind::Yield
            | TokenKind::Assert
            | TokenKind::Del
            | TokenKind::If
            | TokenKind::Elif
            | TokenKind::While
            | TokenKind::Else
            | TokenKind::For
            | TokenKind::In
            | TokenKind::Lambda
            | TokenKind::With
            | TokenKind::Raise
            | TokenKind::From
            | TokenKind::Import
            | TokenKind::As
            | TokenKind::Exclamation
    )
}

pub fn ends_operand(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::Comma
            | TokenKind::Colon
            | TokenKind::Equal
            | TokenKind::ColonEqual
            | TokenKind::Newline
            | TokenKind::Semi
            | TokenKind::For
            | TokenKind::EndOfFile
            | TokenKind::Exclamation
    )
}
