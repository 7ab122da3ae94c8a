//! Says the parser's errors the way CPython says them.
//!
//! The parser recovers and reports many errors; Python reports one. What CPython's tokenizer
//! would refuse comes first, then the first error of the grammar, whose text is chosen by the
//! parser's own classification and, where that is too coarse, by the tokens and the tree around
//! the place.

mod strings;
mod targets;
mod tokens;

use crate::errors::{ErrorKind, Fault};
use crate::lexical;
use crate::source::Source;
use ruff_python_ast as ast;
use ruff_python_ast::token::{Token, TokenKind};
use ruff_python_parser::{ParseError, ParseErrorType as Type, Parsed};
use ruff_text_size::{Ranged, TextRange, TextSize};
use targets::{first_bad_target, kind_of};
use tokens::*;

pub fn diagnose(source: &Source<'_>, parsed: &Parsed<ast::Mod>) -> Fault {
    let found = lexical::scan(source);
    let first = parsed
        .errors()
        .iter()
        .min_by_key(|error| error.location.start());
    if let Some(lexical) = found.error {
        let indented = first.is_some_and(|first| {
            first.error == Type::UnexpectedIndentation
                && first.location.start() < lexical.range.start()
        });
        if !indented {
            return lexical;
        }
    }
    let Some(first) = first else {
        return match parsed.unsupported_syntax_errors().first() {
            Some(error) => unsupported(error),
            None => Fault::new("invalid syntax", TextRange::default()),
        };
    };
    let context = Context {
        source,
        tokens: significant(parsed),
        parsed,
    };
    if let Some((open, at)) = found.unclosed {
        let broken = source.line(first.location.start());
        let at_end = context.rest_is_empty(first.location.start());
        if at_end || broken > source.line(TextSize::from(at)) {
            let message = format!("'{open}' was never closed");
            let fault = Fault::new(message, TextRange::empty(TextSize::from(at)));
            return Fault {
                ends: Some(0),
                ..fault
            };
        }
    }
    context.explain(first)
}

fn significant(parsed: &Parsed<ast::Mod>) -> Vec<Token> {
    let trivia = |kind| matches!(kind, TokenKind::Comment | TokenKind::NonLogicalNewline);
    parsed
        .tokens()
        .iter()
        .filter(|token| !trivia(token.kind()))
        .copied()
        .collect()
}

fn unsupported(error: &ruff_python_parser::UnsupportedSyntaxError) -> Fault {
    use ruff_python_parser::UnsupportedSyntaxErrorKind as Kind;
    let message = match error.kind {
        Kind::UnpackingInComprehension(kind) => {
            if format!("{kind:?}") == "DictInDict" {
                "dict unpacking cannot be used in dict comprehension"
            } else {
                "iterable unpacking cannot be used in comprehension"
            }
        }
        _ => "invalid syntax",
    };
    Fault::new(message, error.range)
}

struct Context<'c> {
    source: &'c Source<'c>,
    tokens: Vec<Token>,
    parsed: &'c Parsed<ast::Mod>,
}

impl Context<'_> {
    pub fn token_at(&self, offset: TextSize) -> Option<Token> {
        let at = self.tokens.partition_point(|token| token.start() < offset);
        self.tokens.get(at).copied()
    }

    pub fn rest_is_empty(&self, offset: TextSize) -> bool {
        let at = self.tokens.partition_point(|token| token.start() < offset);
        let empty = [
            TokenKind::Newline,
            TokenKind::EndOfFile,
            TokenKind::Dedent,
            TokenKind::Unknown,
        ];
        self.tokens[at.min(self.tokens.len())..]
            .iter()
            .all(|t| empty.contains(&t.kind()))
    }

    pub fn text(&self, range: TextRange) -> &str {
        self.source.slice(range)
    }

    /// A token's place as CPython shows it: the end of a line is one column wide.
    pub fn at_token(&self, message: &str, token: Option<Token>, fallback: TextRange) -> Fault {
        let Some(token) = token else {
            return Fault::new(message, fallback);
        };
        let range = match token.kind() {
            TokenKind::Newline | TokenKind::EndOfFile => {
                let fault = Fault::new(message, TextRange::empty(token.start()));
                let (_, column) = self.source.position(token.start());
                return Fault {
                    ends: Some(column as i32 + 1),
                    ..fault
                };
            }
            // The old inequality sign is one token to Python.
            TokenKind::Greater if message == "invalid syntax" => {
                let before = token.start().checked_sub(1.into());
                let pair = before.map(|before| TextRange::at(before, 2.into()));
                pair.filter(|pair| self.text(*pair) == "<>")
                    .unwrap_or(token.range())
            }
            _ => token.range(),
        };
        Fault::new(message, range)
    }

    pub fn generic(&self, error: &ParseError) -> Fault {
        self.at_token(
            "invalid syntax",
            self.token_at(error.location.start()),
            error.location,
        )
    }

    pub fn explain(&self, error: &ParseError) -> Fault {
        let range = error.location;
        let plain = |message: &str| Fault::new(message, range);
        match &error.error {
            Type::UnexpectedIndentation => self.indent_fault(range),
            Type::ExpectedToken { expected, found } => self.expected(*expected, *found, error),
            Type::ExpectedExpression => self.expected_expression(error),
            Type::SimpleStatementsOnSameLine => self.second_statement(error),
            Type::InvalidAssignmentTarget => self.assignment_target(range),
            Type::InvalidDeleteTarget => self.named_kind(range, "cannot delete "),
            Type::InvalidAugmentedAssignmentTarget => {
                let kind = self.expr_kind(range);
                plain(&format!(
                    "'{kind}' is an illegal expression for augmented assignment"
                ))
            }
            Type::InvalidNamedAssignmentTarget => {
                let kind = self.expr_kind(range);
                plain(&format!("cannot use assignment expressions with {kind}"))
            }
            Type::InvalidAnnotatedAssignmentTarget => plain("illegal target for annotation"),
            Type::NonDefaultParamAfterDefaultParam => {
                plain("parameter without a default follows parameter with a default")
            }
            Type::ParamAfterVarKeywordParam => {
                plain("arguments cannot follow var-keyword argument")
            }
            Type::ExpectedKeywordParam => self.bare_star(range),
            Type::VarParameterWithDefault => {
                let before = self
                    .source
                    .text
                    .get(..range.start().to_usize())
                    .unwrap_or("");
                let double = before.trim_end().ends_with("**") || self.parameter_is_double(range);
                let kind = if double { "keyword" } else { "positional" };
                self.at_token(
                    &format!("var-{kind} argument cannot have default value"),
                    self.previous_equal(range),
                    range,
                )
            }
            Type::UnparenthesizedGeneratorExpression => {
                plain("Generator expression must be parenthesized")
            }
            Type::PositionalAfterKeywordArgument => {
                self.closing_of("positional argument follows keyword argument", range)
            }
            Type::PositionalAfterKeywordUnpacking => self.closing_of(
                "positional argument follows keyword argument unpacking",
                range,
            ),
            Type::InvalidArgumentUnpackingOrder => {
                plain("iterable argument unpacking follows keyword argument unpacking")
            }
            Type::IterableUnpackingInComprehension => {
                plain("iterable unpacking cannot be used in comprehension")
            }
            Type::InvalidStarredExpressionUsage => self.starred(range),
            Type::EmptyImportNames => {
                let token = self.token_at(range.start());
                if token
                    .is_some_and(|t| matches!(t.kind(), TokenKind::Newline | TokenKind::EndOfFile))
                {
                    return self.at_token(
                        "Expected one or more names after 'import'",
                        token,
                        range,
                    );
                }
                self.generic(error)
            }
            Type::EmptyTypeParams => plain("Type parameter list cannot be empty"),
            Type::InvalidStarPatternUsage => plain("cannot use starred expression here"),
            Type::ExpectedRealNumber => plain("real number required in complex literal"),
            Type::ExpectedImaginaryNumber => plain("imaginary number required in complex literal"),
            Type::FStringError(kind) | Type::TStringError(kind) => {
                self.f_string(&kind.to_string(), error)
            }
            Type::Lexical(kind) => self.lexical(kind, error),
            Type::OtherError(text) => self.other(text, error),
            _ => self.generic(error),
        }
    }

    // ---- lines and blocks

    pub fn indent_fault(&self, range: TextRange) -> Fault {
        let line = self.source.line(range.start());
        let start = self.source.line_start(line as usize - 1) as usize;
        let text = self.source.text.get(start..).unwrap_or("");
        let width = text
            .chars()
            .take_while(|c| matches!(c, ' ' | '\t' | '\x0c'))
            .count();
        let at = TextSize::from((start + width.saturating_sub(1)) as u32);
        Fault {
            ends: Some(-1),
            ..Fault::indentation("unexpected indent", TextRange::empty(at))
        }
    }

    /// `Expected an indented block after …`, with the line of what it should follow.
    pub fn missing_block(&self, clause: &str, error: &ParseError) -> Fault {
        let start = error.location.start();
        let mut at = self.tokens.partition_point(|token| token.start() < start);
        // Back over the newline to the start of the clause's line.
        while at > 0 && skipped_before_block(self.tokens[at - 1].kind()) {
            at -= 1;
        }
        while at > 0
            && !matches!(
                self.tokens[at - 1].kind(),
                TokenKind::Newline | TokenKind::Indent | TokenKind::Dedent
            )
        {
            at -= 1;
        }
        let header = self.tokens.get(at).copied();
        let line = header.map_or(1, |token| self.source.line(token.start()));
        let what = match clause {
            "function definition" => "function definition".to_owned(),
            "`class` definition" => "class definition".to_owned(),
            clause => clause.replace('`', "'").replace("clause", "statement"),
        };
        let message = format!("expected an indented block after {what} on line {line}");
        let mut fault = self.at_token(&message, self.next_real(start), error.location);
        fault.kind = ErrorKind::Indentation;
        if self.rest_is_empty(start) {
            fault.ends = Some(-1);
            // Python places it at the end of the last line.
            let last = self.tokens.iter().rev().find(|t| {
                !matches!(
                    t.kind(),
                    TokenKind::EndOfFile | TokenKind::Dedent | TokenKind::Newline
                )
            });
            if let Some(last) = last {
                fault.range = TextRange::empty(last.end());
            }
        }
        fault
    }

    pub fn next_real(&self, start: TextSize) -> Option<Token> {
        let at = self.tokens.partition_point(|token| token.start() < start);
        let skip = [TokenKind::Newline, TokenKind::Indent, TokenKind::Dedent];
        self.tokens[at.min(self.tokens.len())..]
            .iter()
            .find(|token| !skip.contains(&token.kind()))
            .copied()
    }

    pub fn token_after(&self, start: TextSize) -> Option<Token> {
        let at = self.tokens.partition_point(|token| token.start() <= start);
        self.tokens.get(at).copied()
    }

    pub fn second_statement(&self, error: &ParseError) -> Fault {
        let start = error.location.start();
        let at = self.tokens.partition_point(|token| token.start() < start);
        if let Some(fault) = self.legacy_statement(at) {
            return fault;
        }
        if let Some(fault) = self.reversed_import(at) {
            return fault;
        }
        // The parser may have ended the first statement before a token that cannot follow it.
        self.generic(error)
    }

    /// `print x` and `exec x`.
    pub fn legacy_statement(&self, second: usize) -> Option<Fault> {
        let first = self.tokens.get(second.checked_sub(1)?)?;
        let name = self.text(first.range());
        if first.kind() != TokenKind::Name || !matches!(name, "print" | "exec") {
            return None;
        }
        let starts = second < 2
            || matches!(
                self.tokens[second - 2].kind(),
                TokenKind::Newline
                    | TokenKind::Semi
                    | TokenKind::Colon
                    | TokenKind::Indent
                    | TokenKind::Dedent
            );
        if !starts || !begins_expression(self.tokens.get(second)?.kind()) {
            return None;
        }
        let end = self.tokens[second..]
            .iter()
            .take_while(|t| {
                !matches!(
                    t.kind(),
                    TokenKind::Newline | TokenKind::Semi | TokenKind::EndOfFile
                )
            })
            .last()?
            .end();
        let message = format!("Missing parentheses in call to '{name}'. Did you mean {name}(...)?");
        Some(Fault::new(message, TextRange::new(first.start(), end)))
    }

    /// `import a from b`.
    pub fn reversed_import(&self, at: usize) -> Option<Fault> {
        if self.tokens.get(at)?.kind() != TokenKind::From {
            return None;
        }
        let begin = self.tokens[..at]
            .iter()
            .rposition(|t| matches!(t.kind(), TokenKind::Newline | TokenKind::Semi))
            .map_or(0, |found| found + 1);
        let first = self.tokens.get(begin)?;
        if first.kind() != TokenKind::Import {
            return None;
        }
        let end = self.tokens[at..]
            .iter()
            .take_while(|t| !matches!(t.kind(), TokenKind::Newline | TokenKind::EndOfFile))
            .last()?
            .end();
        let message = "Did you mean to use 'from ... import ...' instead?";
        Some(Fault::new(message, TextRange::new(first.start(), end)))
    }

    // ---- missing tokens

    pub fn expected(&self, expected: TokenKind, found: TokenKind, error: &ParseError) -> Fault {
        let start = error.location.start();
        let at = self.tokens.partition_point(|token| token.start() < start);
        let token = self.tokens.get(at).copied();
        match expected {
            TokenKind::Colon => {
                let header = self.line_head(at);
                if found == TokenKind::Equal
                    && let Some(fault) = self.assignment_in_condition(at, header)
                {
                    return fault;
                }
                let forced = matches!(
                    header,
                    TokenKind::Def | TokenKind::Try | TokenKind::Finally | TokenKind::Else
                ) && !self.in_brackets(at);
                let newline = matches!(found, TokenKind::Newline | TokenKind::EndOfFile)
                    && is_compound(header);
                if forced || newline {
                    return self.at_token("expected ':'", token, error.location);
                }
                if self.in_dict(at)
                    && matches!(found, TokenKind::Rbrace | TokenKind::Comma)
                    && let Some(key) = at.checked_sub(1).and_then(|key| self.tokens.get(key))
                {
                    let last = key.end() - TextSize::from(1);
                    let message = "':' expected after dictionary key";
                    let fault = Fault::new(message, TextRange::empty(last));
                    return Fault {
                        ends: Some(0),
                        ..fault
                    };
                }
                self.missing_comma(at)
                    .unwrap_or_else(|| self.generic(error))
            }
            TokenKind::Lpar => self.at_token("expected '('", token, error.location),
            TokenKind::Else => {
                // A conditional expression without its other half.
                match self.incomplete_conditional(at) {
                    Some(fault) => fault,
                    None => self.generic(error),
                }
            }
            TokenKind::In if self.line_head(at) == TokenKind::For => self.generic(error),
            _ => {
                if found == TokenKind::For
                    && let Some(fault) = self.unparenthesized_target(at)
                {
                    return fault;
                }
                if found == TokenKind::Lpar && self.line_head(at) == TokenKind::Def {
                    return self.parenthesized_parameters(at);
                }
                if found == TokenKind::Equal
                    && let Some(fault) = self.assignment_in_brackets(at)
                {
                    return fault;
                }
                self.missing_comma(at)
                    .unwrap_or_else(|| self.generic(error))
            }
        }
    }

    /// The kind of the token that begins the statement of token `at`.
    pub fn line_head(&self, at: usize) -> TokenKind {
        let begin = self.statement_start(at);
        match self.tokens.get(begin).map(|token| token.kind()) {
            Some(TokenKind::Async) => self
                .tokens
                .get(begin + 1)
                .map_or(TokenKind::Async, |token| token.kind()),
            Some(kind) => kind,
            None => TokenKind::EndOfFile,
        }
    }

    pub fn statement_start(&self, at: usize) -> usize {
        let ends = [
            TokenKind::Newline,
            TokenKind::Indent,
            TokenKind::Dedent,
            TokenKind::Semi,
        ];
        self.tokens[..at.min(self.tokens.len())]
            .iter()
            .rposition(|token| ends.contains(&token.kind()))
            .map_or(0, |found| found + 1)
    }

    pub fn in_brackets(&self, at: usize) -> bool {
        let mut depth = 0i32;
        for token in &self.tokens[self.statement_start(at)..at.min(self.tokens.len())] {
            depth += bracket_change(token.kind());
        }
        depth > 0
    }

    /// Index of the first token of the operand that ends before token `at`.
    pub fn operand_start(&self, at: usize) -> usize {
        let mut depth = 0i32;
        let mut begin = at;
        while begin > 0 {
            let kind = self.tokens[begin - 1].kind();
            let change = bracket_change(kind);
            if depth == 0 && (change > 0 || separates_operands(kind)) {
                break;
            }
            depth -= change;
            begin -= 1;
        }
        begin
    }

    /// End of the expression that begins at token `at`.
    pub fn operand_end(&self, at: usize) -> Option<TextSize> {
        let mut depth = 0i32;
        let mut end = None;
        for token in &self.tokens[at.min(self.tokens.len())..] {
            let kind = token.kind();
            let change = bracket_change(kind);
            if depth == 0 && (change < 0 || ends_operand(kind)) {
                break;
            }
            // A second operand without an operator between is not part of it.
            if depth == 0
                && end.is_some_and(|end| end <= token.start())
                && begins_operand(kind)
                && self.tokens[at..]
                    .iter()
                    .take_while(|t| t.start() < token.start())
                    .last()
                    .is_some_and(|t| finishes_operand(t.kind()))
            {
                break;
            }
            depth += change;
            end = Some(token.end());
        }
        end
    }

    /// Two expressions side by side in brackets.
    pub fn missing_comma(&self, at: usize) -> Option<Fault> {
        let token = self.tokens.get(at)?;
        if !self.in_brackets(at) || !begins_operand(token.kind()) || at == 0 {
            return None;
        }
        let before = self.tokens[at - 1];
        if !finishes_operand(before.kind()) {
            return None;
        }
        let is_string = matches!(token.kind(), TokenKind::String | TokenKind::FStringStart);
        let begin = self.operand_start(at);
        if begin + 1 == at && before.kind() == TokenKind::Name && is_string
            || begin >= at
            || before.kind().is_soft_keyword()
        {
            return None;
        }
        let name = self.text(self.tokens[begin].range());
        if begin + 1 == at && matches!(name, "print" | "exec") {
            return None;
        }
        let end = self.operand_end(at)?;
        let range = TextRange::new(self.tokens[begin].start(), end);
        Some(Fault::new(
            "invalid syntax. Perhaps you forgot a comma?",
            range,
        ))
    }

    pub fn assignment_in_condition(&self, at: usize, header: TokenKind) -> Option<Fault> {
        if !matches!(header, TokenKind::If | TokenKind::While | TokenKind::Elif) {
            return None;
        }
        self.assignment_in_brackets(at)
    }

    /// `name = value` where an expression is wanted.
    pub fn assignment_in_brackets(&self, at: usize) -> Option<Fault> {
        let begin = self.operand_start(at);
        let first = self.tokens.get(begin)?;
        if begin >= at {
            return None;
        }
        let end = self.operand_end(at + 1)?;
        if begin + 1 == at && first.kind() == TokenKind::Name {
            let message = "invalid syntax. Maybe you meant '==' or ':=' instead of '='?";
            return Some(Fault::new(message, TextRange::new(first.start(), end)));
        }
        let range = TextRange::new(first.start(), self.tokens[at - 1].end());
        let kind = self.expr_kind(range);
        if matches!(
            kind,
            "True" | "False" | "None" | "list" | "tuple" | "name" | "generator expression"
        ) {
            return None;
        }
        let message = format!("cannot assign to {kind} here. Maybe you meant '==' instead of '='?");
        Some(Fault::new(message, range))
    }

    pub fn incomplete_conditional(&self, at: usize) -> Option<Fault> {
        let begin = self.operand_start(at);
        let mut first = begin;
        // The operand before `if` belongs to the expression.
        if first > 0 && self.tokens[first - 1].kind() == TokenKind::If {
            first = self.operand_start(first - 1);
        }
        let last = self.tokens.get(at.checked_sub(1)?)?;
        let range = TextRange::new(self.tokens.get(first)?.start(), last.end());
        Some(Fault::new("expected 'else' after 'if' expression", range))
    }

    pub fn unparenthesized_target(&self, at: usize) -> Option<Fault> {
        // Back to the bracket; there must be a comma on the way.
        let mut depth = 0i32;
        let mut comma = false;
        let mut begin = at;
        while begin > 0 {
            let kind = self.tokens[begin - 1].kind();
            let change = bracket_change(kind);
            if depth == 0 && change > 0 {
                break;
            }
            comma |= depth == 0 && kind == TokenKind::Comma;
            depth -= change;
            begin -= 1;
        }
        let open = self.tokens.get(begin.checked_sub(1)?)?;
        let is_display = matches!(open.kind(), TokenKind::Lsqb | TokenKind::Lbrace);
        if !comma || !is_display || begin >= at {
            return None;
        }
        let range = TextRange::new(self.tokens[begin].start(), self.tokens[at - 1].end());
        Some(Fault::new(
            "did you forget parentheses around the comprehension target?",
            range,
        ))
    }

    pub fn parenthesized_parameters(&self, at: usize) -> Fault {
        let mut depth = 0i32;
        let start = self.tokens[at].start();
        let mut end = self.tokens[at].end();
        for token in &self.tokens[at..] {
            depth += bracket_change(token.kind());
            end = token.end();
            if depth == 0 {
                break;
            }
        }
        Fault::new(
            "Function parameters cannot be parenthesized",
            TextRange::new(start, end),
        )
    }

    pub fn expected_expression(&self, error: &ParseError) -> Fault {
        let start = error.location.start();
        let at = self.tokens.partition_point(|token| token.start() < start);
        let before = at
            .checked_sub(1)
            .and_then(|before| self.tokens.get(before))
            .copied();
        let token = self.tokens.get(at).copied();
        let in_f_string = before.is_some_and(|b| b.kind() == TokenKind::Lbrace)
            && at >= 2
            && matches!(
                self.tokens[at - 2].kind(),
                TokenKind::FStringStart | TokenKind::FStringMiddle | TokenKind::Rbrace
            );
        if in_f_string && let Some(token) = token {
            let message = match token.kind() {
                TokenKind::Rbrace => "f-string: valid expression required before '}'",
                TokenKind::Exclamation => "f-string: valid expression required before '!'",
                TokenKind::Colon => "f-string: valid expression required before ':'",
                TokenKind::Equal => "f-string: valid expression required before '='",
                TokenKind::FStringEnd => "f-string: expecting '}'",
                _ => "f-string: expecting a valid expression after '{'",
            };
            return self.at_token(message, Some(token), error.location);
        }
        if let Some(before) = before
            && self.in_brackets(at)
        {
            if before.kind() == TokenKind::Colon && self.in_dict(at) {
                let message = "expression expected after dictionary key and ':'";
                return Fault::new(message, before.range());
            }
            if before.kind() == TokenKind::Equal {
                if self.line_head(at) == TokenKind::Def {
                    return Fault::new("expected default value expression", before.range());
                }
                if let Some(name) = at.checked_sub(2).and_then(|name| self.tokens.get(name))
                    && token.is_some_and(|t| matches!(t.kind(), TokenKind::Rpar | TokenKind::Comma))
                {
                    let range = TextRange::new(name.start(), before.end());
                    return Fault::new("expected argument value expression", range);
                }
            }
        }
        if let Some(fault) = self.dangling_assignment(at) {
            return fault;
        }
        self.at_token("invalid syntax", token, error.location)
    }

    /// `3 =` at the end of a line: the target is what is wrong.
    pub fn dangling_assignment(&self, at: usize) -> Option<Fault> {
        if self.tokens.get(at.checked_sub(1)?)?.kind() != TokenKind::Equal || self.in_brackets(at) {
            return None;
        }
        let begin = self.statement_start(at);
        let range = TextRange::new(
            self.tokens.get(begin)?.start(),
            self.tokens.get(at.checked_sub(2)?)?.end(),
        );
        let expr = self.expr_with(range)?;
        let bad = first_bad_target(expr)?;
        Some(Fault::new(
            format!("cannot assign to {}", kind_of(bad)),
            bad.range(),
        ))
    }

    /// Whether the innermost open bracket before token `at` is a brace.
    pub fn in_dict(&self, at: usize) -> bool {
        let mut depth = 0i32;
        for token in self.tokens[..at.min(self.tokens.len())].iter().rev() {
            depth -= bracket_change(token.kind());
            if depth < 0 {
                return token.kind() == TokenKind::Lbrace;
            }
        }
        false
    }

    // ---- parameters and arguments

    /// The closing parenthesis of the call, where Python complains about argument order.
    pub fn closing_of(&self, message: &str, range: TextRange) -> Fault {
        let at = self
            .tokens
            .partition_point(|token| token.start() < range.end());
        let mut depth = 0i32;
        for token in &self.tokens[at.min(self.tokens.len())..] {
            depth += bracket_change(token.kind());
            if depth < 0 {
                return Fault::new(message, token.range());
            }
        }
        Fault::new(message, range)
    }

    /// A `*` in a parameter list with no named parameter behind it.
    pub fn bare_star(&self, range: TextRange) -> Fault {
        let at = self
            .tokens
            .partition_point(|token| token.start() <= range.start());
        let star = self.tokens[..at]
            .iter()
            .rposition(|t| t.kind() == TokenKind::Star);
        let Some(star) = star else {
            return Fault::new("invalid syntax", range);
        };
        let mut next = star + 1;
        if self
            .tokens
            .get(next)
            .is_some_and(|token| token.kind() == TokenKind::Comma)
        {
            next += 1;
        }
        let message = "named arguments must follow bare *";
        match self.tokens.get(next).map(|token| token.kind()) {
            Some(TokenKind::Colon) => self.at_token(message, Some(self.tokens[next]), range),
            Some(TokenKind::Rpar | TokenKind::DoubleStar) => {
                Fault::new(message, self.tokens[star].range())
            }
            _ => self.at_token("invalid syntax", self.tokens.get(next).copied(), range),
        }
    }

    pub fn parameter_is_double(&self, range: TextRange) -> bool {
        let at = self
            .tokens
            .partition_point(|token| token.start() < range.start());
        self.tokens
            .get(at)
            .is_some_and(|token| token.kind() == TokenKind::DoubleStar)
            || at > 1
                && self.tokens[..at]
                    .iter()
                    .rev()
                    .take(3)
                    .any(|t| t.kind() == TokenKind::DoubleStar)
    }

    pub fn previous_equal(&self, range: TextRange) -> Option<Token> {
        let at = self
            .tokens
            .partition_point(|token| token.start() < range.end());
        let near = self.tokens[..at]
            .iter()
            .rev()
            .take(6)
            .find(|t| t.kind() == TokenKind::Equal);
        near.copied()
    }

    // ---- everything else

    pub fn other(&self, text: &str, error: &ParseError) -> Fault {
        if let Some(clause) = text.strip_prefix("Expected an indented block after ") {
            return self.missing_block(clause, error);
        }
        let plain = |message: &str| Fault::new(message, error.location);
        let here = |message: &str| {
            self.at_token(
                message,
                self.token_at(error.location.start()),
                error.location,
            )
        };
        match text {
            "Only one '/' separator allowed" => plain("/ may appear only once"),
            "'/' parameter must appear before '*' parameter" => plain("/ must be ahead of *"),
            "Only one '*' parameter allowed" | "Only one '*' separator allowed" => {
                let star = TextRange::at(error.location.start(), TextSize::from(1));
                Fault::new("* argument may appear only once", star)
            }
            "Position-only parameter separator not allowed as first parameter" => {
                let at = self
                    .tokens
                    .partition_point(|t| t.start() < error.location.start());
                let star = self.tokens[self.statement_start(at)..at]
                    .iter()
                    .any(|t| t.kind() == TokenKind::Star);
                plain(if star {
                    "/ must be ahead of *"
                } else {
                    "at least one argument must precede /"
                })
            }
            "Only one '**' parameter allowed" => {
                plain("arguments cannot follow var-keyword argument")
            }
            "Only single target (not tuple) can be annotated" => {
                plain("only single target (not tuple) can be annotated")
            }
            "Only single target (not list) can be annotated" => {
                plain("only single target (not list) can be annotated")
            }
            "Multiple exception types must be parenthesized when using `as`" => {
                let at = self
                    .tokens
                    .partition_point(|t| t.start() < error.location.start());
                let end = self.operand_list_end(at).unwrap_or(error.location.end());
                let range = TextRange::new(error.location.start(), end);
                Fault::new(
                    "multiple exception types must be parenthesized when using 'as'",
                    range,
                )
            }
            "Cannot have both 'except' and 'except*' on the same 'try'" => {
                let word = TextRange::at(error.location.start(), TextSize::from(6));
                Fault::new(
                    "cannot have both 'except' and 'except*' on the same 'try'",
                    word,
                )
            }
            "Expected `except` or `finally` after `try` block" => {
                let mut fault = self.at_token(
                    "expected 'except' or 'finally' block",
                    self.next_real(error.location.start()),
                    error.location,
                );
                if self.rest_is_empty(error.location.start()) {
                    fault.ends = Some(-1);
                }
                fault
            }
            "Expected one or more exception types" => here("expected one or more exception types"),
            "Positional patterns cannot follow keyword patterns" => {
                plain("positional patterns follow keyword patterns")
            }
            "Trailing comma not allowed" => {
                let token = self.token_after(error.location.start());
                let message = "trailing comma not allowed without surrounding parentheses";
                self.at_token(message, token, error.location)
            }
            "Boolean 'not' expression cannot be used here" => {
                plain("'not' after an operator must be parenthesized")
            }
            "Bytes literal cannot be mixed with non-bytes literals" => {
                plain("cannot mix bytes and nonbytes literals")
            }
            "Expected a parameter name" if self.in_call(error.location.start()) => {
                self.bad_keyword(error)
            }
            "Invalid decimal integer literal" => plain("invalid decimal literal"),
            "Expected an expression" | "Expected a statement" => self.expected_expression(error),
            _ => {
                let at = self
                    .tokens
                    .partition_point(|t| t.start() < error.location.start());
                self.missing_comma(at)
                    .unwrap_or_else(|| self.generic(error))
            }
        }
    }

    pub fn operand_list_end(&self, at: usize) -> Option<TextSize> {
        self.tokens[at.min(self.tokens.len())..]
            .iter()
            .take_while(|t| !matches!(t.kind(), TokenKind::Colon | TokenKind::Newline))
            .last()
            .map(|token| token.end())
    }

    pub fn in_call(&self, offset: TextSize) -> bool {
        let at = self.tokens.partition_point(|token| token.start() < offset);
        self.in_brackets(at) && self.line_head(at) != TokenKind::Def
    }

    /// `f(a.b=1)`: what stands before the `=` is no name.
    pub fn bad_keyword(&self, error: &ParseError) -> Fault {
        let range = error.location;
        let first = self.token_at(range.start());
        let kind = first.map_or("", |token| self.text(token.range()));
        if matches!(kind, "True" | "False" | "None") {
            let end = self
                .token_after(range.start())
                .map_or(range.end(), |equal| equal.end());
            return Fault::new(
                format!("cannot assign to {kind}"),
                TextRange::new(range.start(), end),
            );
        }
        let equal = self
            .tokens
            .partition_point(|token| token.start() < range.end());
        let end = self
            .tokens
            .get(equal)
            .map_or(range.end(), |token| token.end());
        Fault::new(
            "expression cannot contain assignment, perhaps you meant \"==\"?",
            TextRange::new(range.start(), end),
        )
    }
}
