//! The cases of `match` as nodes.

use super::walk::{Walk, name, optional_name};
use super::{Item, Kind};
use crate::errors::Outcome;
use bytecode::Const;
use ruff_python_ast::{self as ast, Pattern};
use ruff_text_size::Ranged;

impl Walk<'_> {
    pub fn match_case(&mut self, case: &ast::MatchCase) -> Outcome<Item> {
        let fields = vec![
            self.pattern(&case.pattern)?,
            self.optional(case.guard.as_deref())?,
            self.body(&case.body)?,
        ];
        Ok(self.node(Kind::match_case, case.range, fields))
    }

    fn pattern(&mut self, pattern: &Pattern) -> Outcome<Item> {
        let range = pattern.range();
        self.deeper(range, |walk| {
            let (kind, fields) = walk.pattern_fields(pattern)?;
            Ok(walk.node(kind, range, fields))
        })
    }

    fn patterns<'a>(&mut self, patterns: impl IntoIterator<Item = &'a Pattern>) -> Outcome<Item> {
        self.list(patterns, Self::pattern)
    }

    fn pattern_fields(&mut self, pattern: &Pattern) -> Outcome<(Kind, Vec<Item>)> {
        Ok(match pattern {
            Pattern::MatchValue(value) => (Kind::MatchValue, vec![self.expr(&value.value)?]),
            Pattern::MatchSingleton(singleton) => {
                let value = match singleton.value {
                    ast::Singleton::None => Const::None,
                    ast::Singleton::True => Const::Bool(true),
                    ast::Singleton::False => Const::Bool(false),
                };
                (Kind::MatchSingleton, vec![Item::Const(value)])
            }
            Pattern::MatchSequence(sequence) => {
                let patterns = self.patterns(&sequence.patterns)?;
                (Kind::MatchSequence, vec![patterns])
            }
            Pattern::MatchMapping(mapping) => {
                let fields = vec![
                    self.exprs(&mapping.keys)?,
                    self.patterns(&mapping.patterns)?,
                    optional_name(mapping.rest.as_ref()),
                ];
                (Kind::MatchMapping, fields)
            }
            Pattern::MatchClass(class) => {
                let keywords = &class.arguments.keywords;
                let fields = vec![
                    self.expr(&class.cls)?,
                    self.patterns(&class.arguments.patterns)?,
                    Item::List(keywords.iter().map(|keyword| name(&keyword.attr)).collect()),
                    self.patterns(keywords.iter().map(|keyword| &keyword.pattern))?,
                ];
                (Kind::MatchClass, fields)
            }
            Pattern::MatchStar(star) => (Kind::MatchStar, vec![optional_name(star.name.as_ref())]),
            Pattern::MatchAs(capture) => {
                let inner = match &capture.pattern {
                    Some(inner) => self.pattern(inner)?,
                    None => Item::None,
                };
                (
                    Kind::MatchAs,
                    vec![inner, optional_name(capture.name.as_ref())],
                )
            }
            Pattern::MatchOr(either) => (Kind::MatchOr, vec![self.patterns(&either.patterns)?]),
        })
    }
}
