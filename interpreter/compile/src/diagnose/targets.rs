//! Messages about what cannot be assigned to, by the kind of expression.

use super::Context;
use super::tokens::bracket_change;
use crate::errors::Fault;
use ruff_python_ast::token::TokenKind;
use ruff_python_ast::visitor::source_order::{SourceOrderVisitor, TraversalSignal, walk_expr};
use ruff_python_ast::{self as ast, AnyNodeRef, Expr};
use ruff_text_size::{Ranged, TextRange};

impl Context<'_> {
    pub fn expr_with(&self, range: TextRange) -> Option<&Expr> {
        let mut search = Search { range, found: None };
        match self.parsed.syntax() {
            ast::Mod::Module(module) => search.visit_body(&module.body),
            ast::Mod::Expression(expression) => search.visit_expr(&expression.body),
        }
        search.found
    }

    pub fn expr_kind(&self, range: TextRange) -> &'static str {
        self.expr_with(range).map_or("expression", kind_of)
    }

    pub fn named_kind(&self, range: TextRange, start: &str) -> Fault {
        Fault::new(format!("{start}{}", self.expr_kind(range)), range)
    }

    pub fn assignment_target(&self, range: TextRange) -> Fault {
        let kind = self.expr_kind(range);
        let at = self
            .tokens
            .partition_point(|token| token.start() < range.start());
        let begin = self.statement_start(at);
        let head = self.tokens.get(begin).map(|token| token.kind());
        if kind == "yield expression" && head == Some(TokenKind::Yield) && begin == at {
            return Fault::new("assignment to yield expression not possible", range);
        }
        // Only a target that is the whole left side may have been meant as a comparison.
        let behind = self
            .tokens
            .partition_point(|token| token.start() < range.end());
        let mut next = behind;
        while self
            .tokens
            .get(next)
            .is_some_and(|t| t.kind() == TokenKind::Rpar)
        {
            next += 1;
        }
        let mut first = at;
        while first > begin && self.tokens[first - 1].kind() == TokenKind::Lpar {
            first -= 1;
        }
        let whole = first == begin
            && self
                .tokens
                .get(next)
                .is_some_and(|t| t.kind() == TokenKind::Equal)
            && next - behind == at - first;
        let single = whole && {
            let rest = &self.tokens[next + 1..];
            let line = rest.iter().take_while(|t| t.kind() != TokenKind::Newline);
            let mut depth = 0i32;
            !line.into_iter().any(|t| {
                depth += bracket_change(t.kind());
                depth == 0 && matches!(t.kind(), TokenKind::Equal)
            }) && rest.first().is_none_or(|t| t.kind() != TokenKind::Yield)
        };
        let bitwise = !matches!(
            kind,
            "True"
                | "False"
                | "None"
                | "comparison"
                | "lambda"
                | "conditional expression"
                | "generator expression"
                | "named expression"
        ) && !self.is_boolean(range);
        if single && bitwise {
            let message =
                format!("cannot assign to {kind} here. Maybe you meant '==' instead of '='?");
            return Fault::new(message, range);
        }
        Fault::new(format!("cannot assign to {kind}"), range)
    }

    pub fn is_boolean(&self, range: TextRange) -> bool {
        match self.expr_with(range) {
            Some(Expr::BoolOp(_)) => true,
            Some(Expr::UnaryOp(op)) => op.op == ast::UnaryOp::Not,
            _ => false,
        }
    }

    pub fn starred(&self, range: TextRange) -> Fault {
        let at = self
            .tokens
            .partition_point(|token| token.start() < range.start());
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
pub fn kind_of(expr: &Expr) -> &'static str {
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
pub fn first_bad_target(expr: &Expr) -> Option<&Expr> {
    match expr {
        Expr::Name(_) | Expr::Attribute(_) | Expr::Subscript(_) => None,
        Expr::Tuple(tuple) => tuple.elts.iter().find_map(first_bad_target),
        Expr::List(list) => list.elts.iter().find_map(first_bad_target),
        Expr::Starred(starred) => first_bad_target(&starred.value),
        other => Some(other),
    }
}
