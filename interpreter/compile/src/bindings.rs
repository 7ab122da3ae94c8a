//! The symbol table's walk over what binds names: targets of assignments and patterns.

use crate::errors::{Fault, Outcome};
use crate::scope::*;
use crate::symbols::{Builder, DEPTH_LIMIT};
use ruff_python_ast::{self as ast, Expr, Pattern};
use ruff_text_size::{Ranged, TextRange};

impl<'a> Builder<'a> {
    pub fn target(&mut self, target: &'a Expr) -> Outcome<()> {
        match target {
            Expr::Name(name) => self.bind(name.id.as_str(), name.range),
            Expr::Tuple(tuple) => self.targets(&tuple.elts, tuple.range),
            Expr::List(list) => self.targets(&list.elts, list.range),
            Expr::Starred(starred) => self.target(&starred.value),
            Expr::Attribute(attribute) => {
                if attribute.attr.as_str() == "__debug__" {
                    return Err(Fault::new("cannot assign to __debug__", attribute.range));
                }
                self.note_self_attribute(attribute);
                self.expr(&attribute.value)?;
                Ok(())
            }
            other => {
                self.expr(other)?;
                Ok(())
            }
        }
    }

    fn targets(&mut self, targets: &'a [Expr], range: TextRange) -> Outcome<()> {
        self.depth += 1;
        if self.depth > DEPTH_LIMIT {
            return Err(Fault::too_deep(range));
        }
        let mut starred = 0;
        for target in targets {
            if target.is_starred_expr() {
                starred += 1;
                if starred > 1 {
                    return Err(Fault::new(
                        "multiple starred expressions in assignment",
                        range,
                    ));
                }
            }
            self.target(target)?;
        }
        self.depth -= 1;
        Ok(())
    }

    fn note_self_attribute(&mut self, attribute: &ast::ExprAttribute) {
        let Expr::Name(base) = &*attribute.value else {
            return;
        };
        let scope = &self.table.scopes[self.current];
        let Some(parent) = scope.parent else { return };
        if scope.kind != ScopeKind::Function || self.table.scopes[parent].kind != ScopeKind::Class {
            return;
        }
        let base = self.mangle(base.id.as_str());
        let scope = &self.table.scopes[self.current];
        let first = scope.vars.first().filter(|(_, var)| **var & PARAM != 0);
        if first.is_none_or(|(sym, _)| *sym != base) {
            return;
        }
        let name = self.mangle(attribute.attr.as_str());
        for id in [self.current, parent] {
            let names = &mut self.table.scopes[id].self_attributes;
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }

    pub fn delete_target(&mut self, target: &'a Expr) -> Outcome<()> {
        match target {
            Expr::Name(name) => {
                if name.id.as_str() == "__debug__" {
                    return Err(Fault::new("cannot delete __debug__", name.range));
                }
                self.bind(name.id.as_str(), name.range)?;
                let sym = self.mangle(name.id.as_str());
                self.add(sym, DELETED | USED);
            }
            Expr::Tuple(tuple) => {
                for element in &tuple.elts {
                    self.delete_target(element)?;
                }
            }
            Expr::List(list) => {
                for element in &list.elts {
                    self.delete_target(element)?;
                }
            }
            other => {
                self.expr(other)?;
            }
        }
        Ok(())
    }

    fn capture(&mut self, name: &'a ast::Identifier, bound: &mut Vec<&'a str>) -> Outcome<()> {
        if bound.contains(&name.as_str()) {
            let message = format!("multiple assignments to name '{name}' in pattern");
            return Err(Fault::new(message, name.range));
        }
        bound.push(name.as_str());
        self.bind(name.as_str(), name.range)
    }

    pub fn pattern(&mut self, pattern: &'a Pattern, bound: &mut Vec<&'a str>) -> Outcome<()> {
        self.depth += 1;
        if self.depth > DEPTH_LIMIT {
            return Err(Fault::too_deep(pattern.range()));
        }
        match pattern {
            Pattern::MatchValue(value) => {
                self.expr(&value.value)?;
            }
            Pattern::MatchSingleton(_) => {}
            Pattern::MatchSequence(sequence) => {
                let stars = sequence
                    .patterns
                    .iter()
                    .filter(|p| p.is_match_star())
                    .count();
                if stars > 1 {
                    return Err(Fault::new(
                        "multiple starred names in sequence pattern",
                        sequence.range,
                    ));
                }
                for inner in &sequence.patterns {
                    self.pattern(inner, bound)?;
                }
            }
            Pattern::MatchMapping(mapping) => {
                for key in &mapping.keys {
                    self.expr(key)?;
                }
                for inner in &mapping.patterns {
                    self.pattern(inner, bound)?;
                }
                if let Some(rest) = &mapping.rest {
                    self.capture(rest, bound)?;
                }
            }
            Pattern::MatchClass(class) => {
                self.expr(&class.cls)?;
                for inner in &class.arguments.patterns {
                    self.pattern(inner, bound)?;
                }
                let mut seen: Vec<&str> = Vec::new();
                for keyword in &class.arguments.keywords {
                    let name = keyword.attr.as_str();
                    if seen.contains(&name) {
                        let message = format!("attribute name repeated in class pattern: {name}");
                        return Err(Fault::new(message, keyword.pattern.range()));
                    }
                    seen.push(name);
                    self.pattern(&keyword.pattern, bound)?;
                }
            }
            Pattern::MatchStar(star) => {
                if let Some(name) = &star.name {
                    self.capture(name, bound)?;
                }
            }
            Pattern::MatchAs(as_pattern) => {
                if let Some(inner) = &as_pattern.pattern {
                    self.pattern(inner, bound)?;
                }
                if let Some(name) = &as_pattern.name {
                    self.capture(name, bound)?;
                }
            }
            Pattern::MatchOr(either) => self.or_pattern(either, bound)?,
        }
        self.depth -= 1;
        Ok(())
    }

    fn or_pattern(
        &mut self,
        either: &'a ast::PatternMatchOr,
        bound: &mut Vec<&'a str>,
    ) -> Outcome<()> {
        let before = bound.len();
        let mut first: Option<Vec<&str>> = None;
        let last = either.patterns.len();
        for (at, inner) in either.patterns.iter().enumerate() {
            if at + 1 < last {
                refuse_irrefutable(inner)?;
            }
            let mut names = bound[..before].to_vec();
            self.pattern(inner, &mut names)?;
            let mut own = names.split_off(before);
            own.sort_unstable();
            match &first {
                None => first = Some(own),
                Some(expected) if *expected == own => {}
                Some(_) => {
                    return Err(Fault::new(
                        "alternative patterns bind different names",
                        either.range,
                    ));
                }
            }
        }
        bound.extend(first.unwrap_or_default());
        Ok(())
    }
}

/// A pattern that always fits must come last.
pub fn refuse_irrefutable(pattern: &Pattern) -> Outcome<()> {
    let message = match pattern {
        Pattern::MatchAs(p) => match (&p.pattern, &p.name) {
            (None, None) => "wildcard makes remaining patterns unreachable".to_owned(),
            (None, Some(name)) => {
                format!("name capture '{name}' makes remaining patterns unreachable")
            }
            (Some(inner), _) => return refuse_irrefutable(inner),
        },
        Pattern::MatchOr(p) => match p.patterns.last() {
            Some(last) => return refuse_irrefutable(last),
            None => return Ok(()),
        },
        _ => return Ok(()),
    };
    Err(Fault::new(message, pattern.range()))
}
