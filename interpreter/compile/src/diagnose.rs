//! Says the parser's errors the way CPython says them.
//!
//! The parser recovers and reports many errors; Python reports one. What CPython's tokenizer
//! would refuse comes first, then the first error of the grammar, whose text is chosen by the
//! parser's own classification and, where that is too coarse, by the tokens and the tree around
//! the place.

use crate::errors::{Fault, ErrorKind};
use crate::lexical;
use crate::source::Source;
use ruff_python_ast::token::{Token, TokenKind};
use ruff_python_ast::visitor::source_order::{walk_expr, SourceOrderVisitor, TraversalSignal};
use ruff_python_ast::{self as ast, AnyNodeRef, Expr};
use ruff_python_parser::{LexicalErrorType, ParseError, ParseErrorType as Type, Parsed};
use ruff_text_size::{Ranged, TextRange, TextSize};

pub fn diagnose(source: &Source<'_>, parsed: &Parsed<ast::Mod>) -> Fault {
    let found = lexical::scan(source);
    let first = parsed.errors().iter().min_by_key(|error| error.location.start());
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
    let context = Context { source, tokens: significant(parsed), parsed };
    if let Some((open, at)) = found.unclosed {
        let broken = source.line(first.location.start());
        let at_end = context.rest_is_empty(first.location.start());
        if at_end || broken > source.line(TextSize::from(at)) {
            let message = format!("'{open}' was never closed");
            let fault = Fault::new(message, TextRange::empty(TextSize::from(at)));
            return Fault { ends: Some(0), ..fault };
        }
    }
    context.explain(first)
}

fn significant(parsed: &Parsed<ast::Mod>) -> Vec<Token> {
    let trivia = |kind| matches!(kind, TokenKind::Comment | TokenKind::NonLogicalNewline);
    parsed.tokens().iter().filter(|token| !trivia(token.kind())).copied().collect()
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
    fn token_at(&self, offset: TextSize) -> Option<Token> {
        let at = self.tokens.partition_point(|token| token.start() < offset);
        self.tokens.get(at).copied()
    }

    fn rest_is_empty(&self, offset: TextSize) -> bool {
        let at = self.tokens.partition_point(|token| token.start() < offset);
        let empty =
            [TokenKind::Newline, TokenKind::EndOfFile, TokenKind::Dedent, TokenKind::Unknown];
        self.tokens[at.min(self.tokens.len())..].iter().all(|t| empty.contains(&t.kind()))
    }

    fn text(&self, range: TextRange) -> &str {
        self.source.slice(range)
    }

    /// A token's place as CPython shows it: the end of a line is one column wide.
    fn at_token(&self, message: &str, token: Option<Token>, fallback: TextRange) -> Fault {
        let Some(token) = token else { return Fault::new(message, fallback) };
        let range = match token.kind() {
            TokenKind::Newline | TokenKind::EndOfFile => {
                let fault = Fault::new(message, TextRange::empty(token.start()));
                let (_, column) = self.source.position(token.start());
                return Fault { ends: Some(column as i32 + 1), ..fault };
            }
            // The old inequality sign is one token to Python.
            TokenKind::Greater if message == "invalid syntax" => {
                let before = token.start().checked_sub(1.into());
                let pair = before.map(|before| TextRange::at(before, 2.into()));
                pair.filter(|pair| self.text(*pair) == "<>").unwrap_or(token.range())
            }
            _ => token.range(),
        };
        Fault::new(message, range)
    }

    fn generic(&self, error: &ParseError) -> Fault {
        self.at_token("invalid syntax", self.token_at(error.location.start()), error.location)
    }

    fn explain(&self, error: &ParseError) -> Fault {
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
                plain(&format!("'{kind}' is an illegal expression for augmented assignment"))
            }
            Type::InvalidNamedAssignmentTarget => {
                let kind = self.expr_kind(range);
                plain(&format!("cannot use assignment expressions with {kind}"))
            }
            Type::InvalidAnnotatedAssignmentTarget => plain("illegal target for annotation"),
            Type::NonDefaultParamAfterDefaultParam => {
                plain("parameter without a default follows parameter with a default")
            }
            Type::ParamAfterVarKeywordParam => plain("arguments cannot follow var-keyword argument"),
            Type::ExpectedKeywordParam => {
                self.bare_star(range)
            }
            Type::VarParameterWithDefault => {
                let before = self.source.text.get(..range.start().to_usize()).unwrap_or("");
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
            Type::PositionalAfterKeywordUnpacking => {
                self.closing_of("positional argument follows keyword argument unpacking", range)
            }
            Type::InvalidArgumentUnpackingOrder => {
                plain("iterable argument unpacking follows keyword argument unpacking")
            }
            Type::IterableUnpackingInComprehension => {
                plain("iterable unpacking cannot be used in comprehension")
            }
            Type::InvalidStarredExpressionUsage => self.starred(range),
            Type::EmptyImportNames => {
                let token = self.token_at(range.start());
                if token.is_some_and(|t| matches!(t.kind(), TokenKind::Newline | TokenKind::EndOfFile)) {
                    return self.at_token("Expected one or more names after 'import'", token, range);
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

    fn indent_fault(&self, range: TextRange) -> Fault {
        let line = self.source.line(range.start());
        let start = self.source.line_start(line as usize - 1) as usize;
        let text = self.source.text.get(start..).unwrap_or("");
        let width = text.chars().take_while(|c| matches!(c, ' ' | '\t' | '\x0c')).count();
        let at = TextSize::from((start + width.saturating_sub(1)) as u32);
        Fault { ends: Some(-1), ..Fault::indentation("unexpected indent", TextRange::empty(at)) }
    }

    /// `Expected an indented block after …`, with the line of what it should follow.
    fn missing_block(&self, clause: &str, error: &ParseError) -> Fault {
        let start = error.location.start();
        let mut at = self.tokens.partition_point(|token| token.start() < start);
        // Back over the newline to the start of the clause's line.
        while at > 0 && skipped_before_block(self.tokens[at - 1].kind()) {
            at -= 1;
        }
        while at > 0 && !matches!(
            self.tokens[at - 1].kind(),
            TokenKind::Newline | TokenKind::Indent | TokenKind::Dedent
        ) {
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
                !matches!(t.kind(), TokenKind::EndOfFile | TokenKind::Dedent | TokenKind::Newline)
            });
            if let Some(last) = last {
                fault.range = TextRange::empty(last.end());
            }
        }
        fault
    }

    fn next_real(&self, start: TextSize) -> Option<Token> {
        let at = self.tokens.partition_point(|token| token.start() < start);
        let skip = [TokenKind::Newline, TokenKind::Indent, TokenKind::Dedent];
        self.tokens[at.min(self.tokens.len())..]
            .iter()
            .find(|token| !skip.contains(&token.kind()))
            .copied()
    }

    fn token_after(&self, start: TextSize) -> Option<Token> {
        let at = self.tokens.partition_point(|token| token.start() <= start);
        self.tokens.get(at).copied()
    }

    fn second_statement(&self, error: &ParseError) -> Fault {
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
    fn legacy_statement(&self, second: usize) -> Option<Fault> {
        let first = self.tokens.get(second.checked_sub(1)?)?;
        let name = self.text(first.range());
        if first.kind() != TokenKind::Name || !matches!(name, "print" | "exec") {
            return None;
        }
        let starts = second < 2 || matches!(
            self.tokens[second - 2].kind(),
            TokenKind::Newline | TokenKind::Semi | TokenKind::Colon | TokenKind::Indent
                | TokenKind::Dedent
        );
        if !starts || !begins_expression(self.tokens.get(second)?.kind()) {
            return None;
        }
        let end = self.tokens[second..]
            .iter()
            .take_while(|t| !matches!(
                t.kind(),
                TokenKind::Newline | TokenKind::Semi | TokenKind::EndOfFile
            ))
            .last()?
            .end();
        let message = format!("Missing parentheses in call to '{name}'. Did you mean {name}(...)?");
        Some(Fault::new(message, TextRange::new(first.start(), end)))
    }

    /// `import a from b`.
    fn reversed_import(&self, at: usize) -> Option<Fault> {
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

    fn expected(&self, expected: TokenKind, found: TokenKind, error: &ParseError) -> Fault {
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
                    return Fault { ends: Some(0), ..fault };
                }
                self.missing_comma(at).unwrap_or_else(|| self.generic(error))
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
                self.missing_comma(at).unwrap_or_else(|| self.generic(error))
            }
        }
    }

    /// The kind of the token that begins the statement of token `at`.
    fn line_head(&self, at: usize) -> TokenKind {
        let begin = self.statement_start(at);
        match self.tokens.get(begin).map(|token| token.kind()) {
            Some(TokenKind::Async) => {
                self.tokens.get(begin + 1).map_or(TokenKind::Async, |token| token.kind())
            }
            Some(kind) => kind,
            None => TokenKind::EndOfFile,
        }
    }

    fn statement_start(&self, at: usize) -> usize {
        let ends = [TokenKind::Newline, TokenKind::Indent, TokenKind::Dedent, TokenKind::Semi];
        self.tokens[..at.min(self.tokens.len())]
            .iter()
            .rposition(|token| ends.contains(&token.kind()))
            .map_or(0, |found| found + 1)
    }

    fn in_brackets(&self, at: usize) -> bool {
        let mut depth = 0i32;
        for token in &self.tokens[self.statement_start(at)..at.min(self.tokens.len())] {
            depth += bracket_change(token.kind());
        }
        depth > 0
    }

    /// Index of the first token of the operand that ends before token `at`.
    fn operand_start(&self, at: usize) -> usize {
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
    fn operand_end(&self, at: usize) -> Option<TextSize> {
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
    fn missing_comma(&self, at: usize) -> Option<Fault> {
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
        Some(Fault::new("invalid syntax. Perhaps you forgot a comma?", range))
    }

    fn assignment_in_condition(&self, at: usize, header: TokenKind) -> Option<Fault> {
        if !matches!(header, TokenKind::If | TokenKind::While | TokenKind::Elif) {
            return None;
        }
        self.assignment_in_brackets(at)
    }

    /// `name = value` where an expression is wanted.
    fn assignment_in_brackets(&self, at: usize) -> Option<Fault> {
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
        if matches!(kind, "True" | "False" | "None" | "list" | "tuple" | "name" | "generator expression") {
            return None;
        }
        let message = format!("cannot assign to {kind} here. Maybe you meant '==' instead of '='?");
        Some(Fault::new(message, range))
    }

    fn incomplete_conditional(&self, at: usize) -> Option<Fault> {
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

    fn unparenthesized_target(&self, at: usize) -> Option<Fault> {
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
        Some(Fault::new("did you forget parentheses around the comprehension target?", range))
    }

    fn parenthesized_parameters(&self, at: usize) -> Fault {
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
        Fault::new("Function parameters cannot be parenthesized", TextRange::new(start, end))
    }

    fn expected_expression(&self, error: &ParseError) -> Fault {
        let start = error.location.start();
        let at = self.tokens.partition_point(|token| token.start() < start);
        let before = at.checked_sub(1).and_then(|before| self.tokens.get(before)).copied();
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
    fn dangling_assignment(&self, at: usize) -> Option<Fault> {
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
        Some(Fault::new(format!("cannot assign to {}", kind_of(bad)), bad.range()))
    }

    /// Whether the innermost open bracket before token `at` is a brace.
    fn in_dict(&self, at: usize) -> bool {
        let mut depth = 0i32;
        for token in self.tokens[..at.min(self.tokens.len())].iter().rev() {
            depth -= bracket_change(token.kind());
            if depth < 0 {
                return token.kind() == TokenKind::Lbrace;
            }
        }
        false
    }

    // ---- targets

    fn expr_with(&self, range: TextRange) -> Option<&Expr> {
        let mut search = Search { range, found: None };
        match self.parsed.syntax() {
            ast::Mod::Module(module) => search.visit_body(&module.body),
            ast::Mod::Expression(expression) => search.visit_expr(&expression.body),
        }
        search.found
    }

    fn expr_kind(&self, range: TextRange) -> &'static str {
        self.expr_with(range).map_or("expression", kind_of)
    }

    fn named_kind(&self, range: TextRange, start: &str) -> Fault {
        Fault::new(format!("{start}{}", self.expr_kind(range)), range)
    }

    fn assignment_target(&self, range: TextRange) -> Fault {
        let kind = self.expr_kind(range);
        let at = self.tokens.partition_point(|token| token.start() < range.start());
        let begin = self.statement_start(at);
        let head = self.tokens.get(begin).map(|token| token.kind());
        if kind == "yield expression" && head == Some(TokenKind::Yield) && begin == at {
            return Fault::new("assignment to yield expression not possible", range);
        }
        // Only a target that is the whole left side may have been meant as a comparison.
        let behind = self.tokens.partition_point(|token| token.start() < range.end());
        let mut next = behind;
        while self.tokens.get(next).is_some_and(|t| t.kind() == TokenKind::Rpar) {
            next += 1;
        }
        let mut first = at;
        while first > begin && self.tokens[first - 1].kind() == TokenKind::Lpar {
            first -= 1;
        }
        let whole = first == begin
            && self.tokens.get(next).is_some_and(|t| t.kind() == TokenKind::Equal)
            && next - behind == at - first;
        let single = whole && {
            let rest = &self.tokens[next + 1..];
            let line = rest.iter().take_while(|t| t.kind() != TokenKind::Newline);
            let mut depth = 0i32;
            !line.into_iter().any(|t| {
                depth += bracket_change(t.kind());
                depth == 0 && matches!(t.kind(), TokenKind::Equal)
            }) && !rest.first().is_some_and(|t| t.kind() == TokenKind::Yield)
        };
        let bitwise = !matches!(
            kind,
            "True" | "False" | "None" | "comparison" | "lambda" | "conditional expression"
                | "generator expression" | "named expression"
        ) && !self.is_boolean(range);
        if single && bitwise {
            let message =
                format!("cannot assign to {kind} here. Maybe you meant '==' instead of '='?");
            return Fault::new(message, range);
        }
        Fault::new(format!("cannot assign to {kind}"), range)
    }

    fn is_boolean(&self, range: TextRange) -> bool {
        match self.expr_with(range) {
            Some(Expr::BoolOp(_)) => true,
            Some(Expr::UnaryOp(op)) => op.op == ast::UnaryOp::Not,
            _ => false,
        }
    }

    fn starred(&self, range: TextRange) -> Fault {
        let at = self.tokens.partition_point(|token| token.start() < range.start());
        let before = at.checked_sub(1).map(|before| self.tokens[before].kind());
        let message = match before {
            Some(TokenKind::Colon) if self.in_dict(at) => {
                "cannot use a starred expression in a dictionary value"
            }
            Some(TokenKind::Lpar) => "cannot use starred expression here",
            None | Some(TokenKind::Newline | TokenKind::Semi | TokenKind::Equal) => {
                "can't use starred expression here"
            }
            _ => {
                return self.at_token("invalid syntax", self.tokens.get(at).copied(), range);
            }
        };
        Fault::new(message, range)
    }

    // ---- parameters and arguments

    /// The closing parenthesis of the call, where Python complains about argument order.
    fn closing_of(&self, message: &str, range: TextRange) -> Fault {
        let at = self.tokens.partition_point(|token| token.start() < range.end());
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
    fn bare_star(&self, range: TextRange) -> Fault {
        let at = self.tokens.partition_point(|token| token.start() <= range.start());
        let star = self.tokens[..at].iter().rposition(|t| t.kind() == TokenKind::Star);
        let Some(star) = star else { return Fault::new("invalid syntax", range) };
        let mut next = star + 1;
        if self.tokens.get(next).is_some_and(|token| token.kind() == TokenKind::Comma) {
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

    fn parameter_is_double(&self, range: TextRange) -> bool {
        let at = self.tokens.partition_point(|token| token.start() < range.start());
        self.tokens.get(at).is_some_and(|token| token.kind() == TokenKind::DoubleStar)
            || at > 1 && self.tokens[..at].iter().rev().take(3).any(|t| t.kind() == TokenKind::DoubleStar)
    }

    fn previous_equal(&self, range: TextRange) -> Option<Token> {
        let at = self.tokens.partition_point(|token| token.start() < range.end());
        let near = self.tokens[..at].iter().rev().take(6).find(|t| t.kind() == TokenKind::Equal);
        near.copied()
    }

    // ---- strings

    fn f_string(&self, text: &str, error: &ParseError) -> Fault {
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

    fn lexical(&self, kind: &LexicalErrorType, error: &ParseError) -> Fault {
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
            LexicalErrorType::IndentationError => {
                Fault::indentation("unindent does not match any outer indentation level", error.location)
            }
            LexicalErrorType::Eof => Fault::new("unexpected EOF while parsing", error.location),
            _ => self.generic(error),
        }
    }

    fn enclosing_string(&self, offset: TextSize) -> Option<Token> {
        let at = self.tokens.partition_point(|token| token.end() < offset);
        self.tokens.get(at).copied().filter(|token| {
            matches!(token.kind(), TokenKind::String | TokenKind::FStringMiddle)
        })
    }

    fn bad_escape(&self, error: &ParseError) -> Fault {
        let Some(token) = self.enclosing_string(error.location.start()) else {
            return self.generic(error);
        };
        let text = self.text(token.range());
        let quote = text.find(['\'', '"']).unwrap_or(0);
        let is_bytes = text[..quote].to_ascii_lowercase().contains('b');
        let triple = text[quote..].starts_with("\"\"\"") || text[quote..].starts_with("'''");
        let open = if token.kind() == TokenKind::String { quote + if triple { 3 } else { 1 } } else { 0 };
        let body = text.get(open..).unwrap_or("");
        let message = first_bad_escape(body, is_bytes)
            .unwrap_or_else(|| "(unicode error) 'unicodeescape' codec can't decode".to_owned());
        Fault::new(message, token.range())
    }

    // ---- everything else

    fn other(&self, text: &str, error: &ParseError) -> Fault {
        if let Some(clause) = text.strip_prefix("Expected an indented block after ") {
            return self.missing_block(clause, error);
        }
        let plain = |message: &str| Fault::new(message, error.location);
        let here = |message: &str| {
            self.at_token(message, self.token_at(error.location.start()), error.location)
        };
        match text {
            "Only one '/' separator allowed" => plain("/ may appear only once"),
            "'/' parameter must appear before '*' parameter" => plain("/ must be ahead of *"),
            "Only one '*' parameter allowed" | "Only one '*' separator allowed" => {
                let star = TextRange::at(error.location.start(), TextSize::from(1));
                Fault::new("* argument may appear only once", star)
            }
            "Position-only parameter separator not allowed as first parameter" => {
                let at = self.tokens.partition_point(|t| t.start() < error.location.start());
                let star = self.tokens[self.statement_start(at)..at]
                    .iter()
                    .any(|t| t.kind() == TokenKind::Star);
                plain(if star { "/ must be ahead of *" } else { "at least one argument must precede /" })
            }
            "Only one '**' parameter allowed" => plain("arguments cannot follow var-keyword argument"),
            "Only single target (not tuple) can be annotated" => {
                plain("only single target (not tuple) can be annotated")
            }
            "Only single target (not list) can be annotated" => {
                plain("only single target (not list) can be annotated")
            }
            "Multiple exception types must be parenthesized when using `as`" => {
                let at = self.tokens.partition_point(|t| t.start() < error.location.start());
                let end = self.operand_list_end(at).unwrap_or(error.location.end());
                let range = TextRange::new(error.location.start(), end);
                Fault::new("multiple exception types must be parenthesized when using 'as'", range)
            }
            "Cannot have both 'except' and 'except*' on the same 'try'" => {
                let word = TextRange::at(error.location.start(), TextSize::from(6));
                Fault::new("cannot have both 'except' and 'except*' on the same 'try'", word)
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
                let at = self.tokens.partition_point(|t| t.start() < error.location.start());
                self.missing_comma(at).unwrap_or_else(|| self.generic(error))
            }
        }
    }

    fn operand_list_end(&self, at: usize) -> Option<TextSize> {
        self.tokens[at.min(self.tokens.len())..]
            .iter()
            .take_while(|t| !matches!(t.kind(), TokenKind::Colon | TokenKind::Newline))
            .last()
            .map(|token| token.end())
    }

    fn in_call(&self, offset: TextSize) -> bool {
        let at = self.tokens.partition_point(|token| token.start() < offset);
        self.in_brackets(at) && self.line_head(at) != TokenKind::Def
    }

    /// `f(a.b=1)`: what stands before the `=` is no name.
    fn bad_keyword(&self, error: &ParseError) -> Fault {
        let range = error.location;
        let first = self.token_at(range.start());
        let kind = first.map_or("", |token| self.text(token.range()));
        if matches!(kind, "True" | "False" | "None") {
            let end = self.token_after(range.start()).map_or(range.end(), |equal| equal.end());
            return Fault::new(
                format!("cannot assign to {kind}"),
                TextRange::new(range.start(), end),
            );
        }
        let equal = self.tokens.partition_point(|token| token.start() < range.end());
        let end = self.tokens.get(equal).map_or(range.end(), |token| token.end());
        Fault::new(
            "expression cannot contain assignment, perhaps you meant \"==\"?",
            TextRange::new(range.start(), end),
        )
    }
}

struct Search<'a> {
    range: TextRange,
    found: Option<&'a Expr>,
}

impl<'a> SourceOrderVisitor<'a> for Search<'a> {
    fn enter_node(&mut self, node: AnyNodeRef<'a>) -> TraversalSignal {
        let range = node.range();
        if self.found.is_none() && range.contains_range(self.range) {
            TraversalSignal::Traverse
        } else {
            TraversalSignal::Skip
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if self.found.is_some() || !expr.range().contains_range(self.range) {
            return;
        }
        if expr.range() == self.range {
            self.found = Some(expr);
            return;
        }
        walk_expr(self, expr);
    }
}

/// What CPython calls an expression in its messages.
fn kind_of(expr: &Expr) -> &'static str {
    match expr {
        Expr::Attribute(_) => "attribute",
        Expr::Subscript(_) => "subscript",
        Expr::Starred(_) => "starred",
        Expr::Name(name) if name.id.as_str() == "__debug__" => "__debug__",
        Expr::Name(_) => "name",
        Expr::List(_) => "list",
        Expr::Tuple(_) => "tuple",
        Expr::Lambda(_) => "lambda",
        Expr::Call(_) => "function call",
        Expr::BoolOp(_) | Expr::BinOp(_) | Expr::UnaryOp(_) => "expression",
        Expr::Generator(_) => "generator expression",
        Expr::Yield(_) | Expr::YieldFrom(_) => "yield expression",
        Expr::Await(_) => "await expression",
        Expr::ListComp(_) => "list comprehension",
        Expr::SetComp(_) => "set comprehension",
        Expr::DictComp(_) => "dict comprehension",
        Expr::Dict(_) => "dict literal",
        Expr::Set(_) => "set display",
        Expr::FString(_) => "f-string expression",
        Expr::TString(_) => "t-string expression",
        Expr::NumberLiteral(_) | Expr::StringLiteral(_) | Expr::BytesLiteral(_) => "literal",
        Expr::BooleanLiteral(literal) if literal.value => "True",
        Expr::BooleanLiteral(_) => "False",
        Expr::NoneLiteral(_) => "None",
        Expr::EllipsisLiteral(_) => "ellipsis",
        Expr::Compare(_) => "comparison",
        Expr::If(_) => "conditional expression",
        Expr::Named(_) => "named expression",
        _ => "expression",
    }
}

/// The first part of a target that cannot be assigned to.
fn first_bad_target(expr: &Expr) -> Option<&Expr> {
    match expr {
        Expr::Name(_) | Expr::Attribute(_) | Expr::Subscript(_) => None,
        Expr::Tuple(tuple) => tuple.elts.iter().find_map(first_bad_target),
        Expr::List(list) => list.elts.iter().find_map(first_bad_target),
        Expr::Starred(starred) => first_bad_target(&starred.value),
        other => Some(other),
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
            let digits = bytes[at + 2..].iter().take(2).take_while(|b| b.is_ascii_hexdigit()).count();
            if digits < 2 {
                return Some(format!("(value error) invalid \\x escape at position {position}"));
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
                bytes[at + 2..].iter().take_while(|b| !matches!(b, b'"' | b'\'')).count()
            } else {
                0
            };
            return Some(format!(
                "(unicode error) 'unicodeescape' codec can't decode bytes in position {start}-{}: \
                 malformed \\N character escape",
                start + 1 + tail
            ));
        }
        let digits =
            bytes[at + 2..].iter().take(width).take_while(|b| b.is_ascii_hexdigit()).count();
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
        if width == 8 && u32::from_str_radix(&body[at + 2..at + 10], 16).is_ok_and(|v| v > 0x10FFFF) {
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

fn skipped_before_block(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::Newline | TokenKind::Indent | TokenKind::Dedent)
}

fn bracket_change(kind: TokenKind) -> i32 {
    match kind {
        TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => 1,
        TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => -1,
        _ => 0,
    }
}

fn is_compound(kind: TokenKind) -> bool {
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
fn finishes_operand(kind: TokenKind) -> bool {
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
fn begins_operand(kind: TokenKind) -> bool {
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

fn begins_expression(kind: TokenKind) -> bool {
    begins_operand(kind) || matches!(kind, TokenKind::Minus | TokenKind::Plus)
}

fn separates_operands(kind: TokenKind) -> bool {
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

fn ends_operand(kind: TokenKind) -> bool {
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
