//! The cases of `match` from nodes.

use super::{Item, Kind, Made, NONE, Parts, Restore, filled, invalid};
use bytecode::Const;
use ruff_python_ast::{self as ast, Expr, Pattern};

impl Restore {
    pub(super) fn match_case(&mut self, item: Item) -> Made<ast::MatchCase> {
        let mut parts = self.known(item, "match_case")?;
        let pattern = self.pattern(parts.next())?;
        let guard = self.optional(parts.next())?;
        let body = filled(parts.list(), "body", "match_case")?;
        Ok(ast::MatchCase {
            range: ruff_text_size::Ranged::range(&pattern),
            node_index: NONE,
            pattern,
            guard,
            body: self.body(body)?,
        })
    }

    fn pattern(&mut self, item: Item) -> Made<Pattern> {
        let mut parts = self.known(item, "pattern")?;
        self.deeper(|restore| restore.pattern_of(&mut parts))
    }

    fn pattern_of(&mut self, parts: &mut Parts) -> Made<Pattern> {
        let (node_index, range) = (NONE, parts.range);
        Ok(match parts.kind {
            Kind::MatchValue => Pattern::MatchValue(ast::PatternMatchValue {
                node_index,
                range,
                value: Box::new(self.pattern_value(parts.next())?),
            }),
            Kind::MatchSingleton => {
                let value = match parts.next() {
                    Item::Const(Const::Bool(true)) => ast::Singleton::True,
                    Item::Const(Const::Bool(false)) => ast::Singleton::False,
                    Item::Const(Const::None) | Item::None => ast::Singleton::None,
                    _ => {
                        return invalid("MatchSingleton can only contain True, False and None");
                    }
                };
                Pattern::MatchSingleton(ast::PatternMatchSingleton {
                    node_index,
                    range,
                    value,
                })
            }
            Kind::MatchSequence => Pattern::MatchSequence(ast::PatternMatchSequence {
                node_index,
                range,
                patterns: self.each(parts.list(), Self::pattern)?,
            }),
            Kind::MatchStar => Pattern::MatchStar(ast::PatternMatchStar {
                node_index,
                range,
                name: capture(parts)?,
            }),
            Kind::MatchOr => {
                let patterns = parts.list();
                if patterns.len() < 2 {
                    return invalid("MatchOr requires at least 2 patterns");
                }
                Pattern::MatchOr(ast::PatternMatchOr {
                    node_index,
                    range,
                    patterns: self.each(patterns, Self::pattern)?,
                })
            }
            Kind::MatchAs => self.capture_pattern(parts)?,
            _ => self.container_pattern(parts)?,
        })
    }

    fn capture_pattern(&mut self, parts: &mut Parts) -> Made<Pattern> {
        let pattern = match parts.next() {
            Item::None => None,
            inner => Some(Box::new(self.pattern(inner)?)),
        };
        let name = capture(parts)?;
        if name.is_none() && pattern.is_some() {
            return invalid("MatchAs must specify a target name if a pattern is given");
        }
        Ok(Pattern::MatchAs(ast::PatternMatchAs {
            node_index: NONE,
            range: parts.range,
            pattern,
            name,
        }))
    }

    fn container_pattern(&mut self, parts: &mut Parts) -> Made<Pattern> {
        let (node_index, range) = (NONE, parts.range);
        if parts.kind == Kind::MatchMapping {
            let (keys, patterns) = (parts.list(), parts.list());
            if keys.len() != patterns.len() {
                return invalid("MatchMapping doesn't have the same number of keys as patterns");
            }
            return Ok(Pattern::MatchMapping(ast::PatternMatchMapping {
                node_index,
                range,
                keys: self.each(keys, Self::pattern_value)?,
                patterns: self.each(patterns, Self::pattern)?,
                rest: capture(parts)?,
            }));
        }
        let cls = self.boxed(parts.next())?;
        if !is_dotted(&cls) {
            return invalid("MatchClass cls field can only contain Name or Attribute nodes.");
        }
        let patterns = self.each(parts.list(), Self::pattern)?;
        let (names, values) = (parts.list(), parts.list());
        if names.len() != values.len() {
            return invalid(
                "MatchClass doesn't have the same number of keyword attributes as patterns",
            );
        }
        let mut keywords = Vec::with_capacity(names.len());
        for (name, value) in names.into_iter().zip(values) {
            let Item::Name(name) = name else {
                return invalid("None disallowed in identifier list");
            };
            keywords.push(ast::PatternKeyword {
                range,
                node_index: NONE,
                attr: super::identifier(&name, range)?,
                pattern: self.pattern(value)?,
            });
        }
        Ok(Pattern::MatchClass(ast::PatternMatchClass {
            node_index,
            range,
            cls,
            arguments: ast::PatternArguments {
                range,
                node_index: NONE,
                patterns,
                keywords,
            },
        }))
    }

    /// A literal or a dotted name.
    fn pattern_value(&mut self, item: Item) -> Made<Expr> {
        let value = self.expr(item)?;
        let literal = match &value {
            Expr::UnaryOp(negated) => {
                negated.op == ast::UnaryOp::USub && is_number(&negated.operand)
            }
            Expr::BinOp(_) => true,
            Expr::Attribute(_) | Expr::FString(_) => true,
            other => other.is_literal_expr(),
        };
        if literal {
            return Ok(value);
        }
        invalid("patterns may only match literals and attribute lookups")
    }
}

fn is_number(value: &Expr) -> bool {
    matches!(value, Expr::NumberLiteral(_))
}

fn is_dotted(value: &Expr) -> bool {
    match value {
        Expr::Name(_) => true,
        Expr::Attribute(attribute) => is_dotted(&attribute.value),
        _ => false,
    }
}

/// The name that a pattern binds.
fn capture(parts: &mut Parts) -> Made<Option<ast::Identifier>> {
    let name = parts.optional_name()?;
    if name.as_ref().is_some_and(|name| name.as_str() == "_") {
        return invalid("can't capture name '_' in patterns");
    }
    Ok(name)
}
