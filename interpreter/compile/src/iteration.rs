//! The symbol table's walk over comprehensions, and over the assignment expressions that bind
//! outside of them.

use crate::errors::{Fault, Outcome};
use crate::scope::*;
use crate::symbols::{Builder, mark, refused_in};
use ruff_python_ast::{self as ast, AtomicNodeIndex, Expr};
use ruff_text_size::{Ranged, TextRange};

impl<'a> Builder<'a> {
    pub fn named(&mut self, named: &'a ast::ExprNamed) -> Outcome<()> {
        self.expr(&named.value)?;
        let Expr::Name(target) = &*named.target else {
            return Err(Fault::new(
                "cannot use assignment expressions here",
                named.target.range(),
            ));
        };
        let sym = self.mangle(target.id.as_str());
        if self.in_iterable > 0 {
            return Err(Fault::new(
                "assignment expression cannot be used in a comprehension iterable expression",
                named.range,
            ));
        }
        // Binds in the nearest scope that is no comprehension or generator expression.
        let mut home = self.current;
        let mut inside = Vec::new();
        while matches!(
            self.table.scopes[home].kind,
            ScopeKind::Comprehension | ScopeKind::Generator
        ) {
            if self.table.scopes[home].var(sym) & ITERATED != 0 {
                let message = format!(
                    "assignment expression cannot rebind comprehension iteration variable '{}'",
                    target.id
                );
                return Err(Fault::new(message, named.target.range()));
            }
            inside.push(home);
            self.table.scopes[home].has_walrus = true;
            *self.table.scopes[home].vars.entry(sym).or_insert(0) |= REBOUND;
            home = self.table.scopes[home].parent.unwrap_or(0);
        }
        let host = &self.table.scopes[home];
        if host.kind.is_lazy() {
            return Err(refused_in(host, "named expression", named.range));
        }
        if !inside.is_empty() && host.kind == ScopeKind::Class {
            return Err(Fault::new(
                "assignment expression within a comprehension cannot be used in a class body",
                named.range,
            ));
        }
        let here = std::mem::replace(&mut self.current, home);
        let bound = self.bind(target.id.as_str(), target.range);
        self.current = here;
        bound?;
        let host = &mut self.table.scopes[home];
        host.has_walrus = true;
        let global = host.kind == ScopeKind::Module || host.var(sym) & GLOBAL != 0;
        for id in inside {
            if self.table.scopes[id].kind == ScopeKind::Generator {
                let bits = if global {
                    GLOBAL | BOUND
                } else {
                    NONLOCAL | BOUND | USED
                };
                *self.table.scopes[id].vars.entry(sym).or_insert(0) |= bits;
            }
        }
        Ok(())
    }

    pub fn comprehension(
        &mut self,
        index: &AtomicNodeIndex,
        name: &str,
        generators: &'a [ast::Comprehension],
        parts: &[&'a Expr],
        range: TextRange,
    ) -> Outcome<()> {
        let Some((first, rest)) = generators.split_first() else {
            return Ok(());
        };
        self.in_iterable += 1;
        self.expr(&first.iter)?;
        self.in_iterable -= 1;
        let lazy = name == "<genexpr>";
        let outer = self.current;
        let kind = if lazy {
            ScopeKind::Generator
        } else {
            ScopeKind::Comprehension
        };
        let before = std::mem::take(&mut self.context);
        let scope = self.open(kind, name);
        mark(index, scope as u32);
        if lazy {
            let argument = self.table.names.intern(".0");
            self.add(argument, PARAM | BOUND);
            self.scope().has_yield = true;
        }
        let async_here = generators.iter().any(|g| g.is_async);
        self.iteration_target(first)?;
        for generator in rest {
            self.in_iterable += 1;
            self.expr(&generator.iter)?;
            self.in_iterable -= 1;
            self.iteration_target(generator)?;
        }
        for part in parts {
            if part.is_starred_expr() {
                return Err(Fault::new(
                    "iterable unpacking cannot be used in comprehension",
                    part.range(),
                ));
            }
            self.expr(part)?;
        }
        self.close();
        self.context = before;
        if async_here {
            self.table.scopes[scope].has_await = true;
        }
        if async_here && !lazy {
            let home = self.code_scope();
            let host = &mut self.table.scopes[home];
            host.has_await = true;
            let allowed = host.kind == ScopeKind::Function && host.is_async
                || host.kind == ScopeKind::Generator
                || host.kind == ScopeKind::Module && self.allow_top_level_await;
            if !allowed {
                return Err(Fault::new(
                    "asynchronous comprehension outside of an asynchronous function",
                    range,
                ));
            }
        }
        self.current = outer;
        Ok(())
    }

    fn iteration_target(&mut self, generator: &'a ast::Comprehension) -> Outcome<()> {
        self.in_target = true;
        self.target(&generator.target)?;
        self.in_target = false;
        if self.scope().kind == ScopeKind::Generator {
            self.mark_iterated(&generator.target);
        }
        self.exprs(&generator.ifs)?;
        Ok(())
    }

    fn mark_iterated(&mut self, target: &'a Expr) {
        match target {
            Expr::Name(name) => {
                let sym = self.mangle(name.id.as_str());
                self.add(sym, ITERATED);
            }
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|e| self.mark_iterated(e)),
            Expr::List(list) => list.elts.iter().for_each(|e| self.mark_iterated(e)),
            Expr::Starred(starred) => self.mark_iterated(&starred.value),
            _ => {}
        }
    }
}
