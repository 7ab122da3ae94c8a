//! Resolution: where the names are bound that a scope uses but does not bind.

use crate::errors::{Fault, Outcome};
use crate::scope::*;
use crate::symbols::Builder;
use ruff_text_size::TextRange;

impl Builder<'_> {
    /// Finds for each name that a scope does not bind the scope that does.
    pub fn resolve(&mut self) -> Outcome<()> {
        let mut wanted: Vec<(Sym, Use)> = Vec::new();
        for id in 1..self.table.scopes.len() {
            wanted.clear();
            let scope = &self.table.scopes[id];
            wanted.extend(
                scope
                    .vars
                    .iter()
                    .map(|(sym, var)| (*sym, *var))
                    .filter(|(_, var)| {
                        var & GLOBAL == 0 && (var & BOUND == 0 || var & NONLOCAL != 0)
                    }),
            );
            for &(sym, var) in &wanted {
                let found = self.climb(id, sym);
                if var & NONLOCAL == 0 {
                    continue;
                }
                let name = self.table.names.text(sym);
                let message = match found {
                    None => format!("no binding for nonlocal '{name}' found"),
                    Some(binder) if self.table.scopes[binder].kind == ScopeKind::TypeParams => {
                        format!("nonlocal binding not allowed for type parameter '{name}'")
                    }
                    Some(_) => continue,
                };
                let range = self.nonlocal_range(id, sym);
                return Err(Fault::new(message, range));
            }
        }
        self.let_annotations_see_classes();
        Ok(())
    }

    fn nonlocal_range(&self, scope: ScopeId, sym: Sym) -> TextRange {
        let found = self
            .nonlocals
            .iter()
            .find(|entry| entry.0 == scope && entry.1 == sym);
        found.map_or(TextRange::default(), |entry| entry.2)
    }

    /// Annotations and type parameters inside a class look names up in its namespace, which
    /// reaches them through a cell.
    fn let_annotations_see_classes(&mut self) {
        let mut dict = None;
        for id in 1..self.table.scopes.len() {
            let mut at = id;
            while self.table.scopes[at].kind.is_lazy() {
                at = self.table.scopes[at].parent.unwrap_or(0);
            }
            if at == id || self.table.scopes[at].kind != ScopeKind::Class {
                continue;
            }
            let names = &mut self.table.names;
            let sym = *dict.get_or_insert_with(|| names.intern("__classdict__"));
            *self.table.scopes[at].vars.entry(sym).or_insert(0) |= CELL;
            let mut inner = id;
            while inner != at {
                *self.table.scopes[inner].vars.entry(sym).or_insert(0) |= FREE;
                inner = self.table.scopes[inner].parent.unwrap_or(at);
            }
        }
    }

    /// Marks the way from a use to the function scope that binds the name, if there is one.
    fn climb(&mut self, from: ScopeId, sym: Sym) -> Option<ScopeId> {
        let (mut crossed, mut crossed_function) = (false, false);
        // Whether the names of a class around it are seen, as they are by annotations and the like.
        let mut sees_class = true;
        let mut at = from;
        let binder = loop {
            let scope = &self.table.scopes[at];
            let parent = scope.parent?;
            sees_class &= scope.kind.is_lazy();
            crossed |= scope.kind != ScopeKind::Comprehension;
            crossed_function |= matches!(
                scope.kind,
                ScopeKind::Function | ScopeKind::Lambda | ScopeKind::Generator
            );
            at = parent;
            let scope = &mut self.table.scopes[at];
            match scope.kind {
                ScopeKind::Module => return None,
                ScopeKind::Class => {
                    if sym == self.class_name && crossed_function {
                        break at;
                    }
                    if sym == self.conditional_name && scope.has_conditional_annotations {
                        break at;
                    }
                    let var = scope.var(sym);
                    if sees_class && var & GLOBAL != 0 {
                        *self.table.scopes[from].vars.entry(sym).or_insert(0) |= GLOBAL;
                        return None;
                    }
                    // What the class does not have yet is the module's.
                    if sees_class && var & BOUND != 0 && var & NONLOCAL == 0 {
                        return None;
                    }
                    sees_class = false;
                }
                _ => {
                    let var = scope.var(sym);
                    if var & GLOBAL != 0 {
                        return None;
                    }
                    if var & BOUND != 0 && var & NONLOCAL == 0 {
                        break at;
                    }
                }
            }
        };
        if !crossed {
            return Some(binder);
        }
        *self.table.scopes[binder].vars.entry(sym).or_insert(0) |= CELL;
        let mut at = from;
        while at != binder {
            *self.table.scopes[at].vars.entry(sym).or_insert(0) |= FREE;
            at = self.table.scopes[at].parent.unwrap_or(binder);
        }
        Some(binder)
    }
}
