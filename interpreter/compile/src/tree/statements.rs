//! Statements as nodes.

use super::walk::{Walk, name, optional_name};
use super::{Item, Kind};
use crate::errors::Outcome;
use ruff_python_ast::{self as ast, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

impl Walk<'_> {
    pub fn body(&mut self, body: &[Stmt]) -> Outcome<Item> {
        self.list(body, Self::stmt)
    }

    fn stmt(&mut self, stmt: &Stmt) -> Outcome<Item> {
        self.deeper(stmt.range(), |walk| match stmt {
            Stmt::FunctionDef(def) => walk.function_def(def),
            Stmt::ClassDef(def) => walk.class_def(def),
            Stmt::If(branch) => walk.if_chain(branch),
            _ => {
                let (range, (kind, fields)) = match walk.compound(stmt)? {
                    Some(done) => (walk.with_semicolon(stmt.range()), done),
                    None => (stmt.range(), walk.simple(stmt)?),
                };
                Ok(walk.node(kind, range, fields))
            }
        })
    }

    /// The place of a statement with a body. A semicolon behind the last statement of the body
    /// belongs to it.
    fn with_semicolon(&self, range: TextRange) -> TextRange {
        let rest = self.source.text.get(range.end().to_usize()..);
        let rest = rest.unwrap_or_default();
        let trimmed = rest.trim_start_matches([' ', '\t', '\x0c']);
        if !trimmed.starts_with(';') {
            return range;
        }
        let more = TextSize::from((rest.len() - trimmed.len()) as u32 + 1);
        TextRange::new(range.start(), range.end() + more)
    }

    // ---- definitions

    fn function_def(&mut self, def: &ast::StmtFunctionDef) -> Outcome<Item> {
        let fields = vec![
            name(&def.name),
            self.parameters(Some(&def.parameters))?,
            self.body(&def.body)?,
            self.decorators(&def.decorator_list)?,
            self.optional(def.returns.as_deref())?,
            Item::None,
            self.type_params(def.type_params.as_deref())?,
        ];
        let kind = pick(def.is_async, Kind::AsyncFunctionDef, Kind::FunctionDef);
        let range = self.undecorated(&def.decorator_list, self.with_semicolon(def.range));
        Ok(self.node(kind, range, fields))
    }

    fn class_def(&mut self, def: &ast::StmtClassDef) -> Outcome<Item> {
        let (bases, keywords) = match &def.arguments {
            Some(arguments) => self.arguments(arguments)?,
            None => (Item::List(Vec::new()), Item::List(Vec::new())),
        };
        let fields = vec![
            name(&def.name),
            bases,
            keywords,
            self.body(&def.body)?,
            self.decorators(&def.decorator_list)?,
            self.type_params(def.type_params.as_deref())?,
        ];
        let range = self.undecorated(&def.decorator_list, self.with_semicolon(def.range));
        Ok(self.node(Kind::ClassDef, range, fields))
    }

    fn decorators(&mut self, decorators: &[ast::Decorator]) -> Outcome<Item> {
        self.exprs(decorators.iter().map(|decorator| &decorator.expression))
    }

    /// The place of a definition without its decorators: from behind the last of them, and the
    /// comments and empty lines after it.
    fn undecorated(&self, decorators: &[ast::Decorator], range: TextRange) -> TextRange {
        let Some(last) = decorators.last() else {
            return range;
        };
        let text = self.source.slice(TextRange::new(last.end(), range.end()));
        let mut rest = text.trim_start();
        loop {
            if let Some(comment) = rest.strip_prefix('#') {
                rest = comment.find('\n').map_or("", |end| &comment[end..]);
            } else if let Some(continued) = rest.strip_prefix('\\') {
                rest = continued;
            } else {
                break;
            }
            rest = rest.trim_start();
        }
        let skipped = TextSize::from((text.len() - rest.len()) as u32);
        TextRange::new(last.end() + skipped, range.end())
    }

    fn type_params(&mut self, params: Option<&ast::TypeParams>) -> Outcome<Item> {
        let params = params.map_or(&[][..], |params| &params.type_params);
        self.list(params, |walk, param| {
            let (kind, fields) = match param {
                ast::TypeParam::TypeVar(var) => {
                    let fields = vec![
                        name(&var.name),
                        walk.optional(var.bound.as_deref())?,
                        walk.optional(var.default.as_deref())?,
                    ];
                    (Kind::TypeVar, fields)
                }
                ast::TypeParam::ParamSpec(spec) => {
                    let default = walk.optional(spec.default.as_deref())?;
                    (Kind::ParamSpec, vec![name(&spec.name), default])
                }
                ast::TypeParam::TypeVarTuple(tuple) => {
                    let default = walk.optional(tuple.default.as_deref())?;
                    (Kind::TypeVarTuple, vec![name(&tuple.name), default])
                }
            };
            Ok(walk.node(kind, param.range(), fields))
        })
    }

    // ---- statements with a body

    /// An `elif` is an `If` that stands alone in the `orelse` of the one before.
    fn if_chain(&mut self, branch: &ast::StmtIf) -> Outcome<Item> {
        let mut orelse = Item::List(Vec::new());
        let whole = self.with_semicolon(branch.range);
        for clause in branch.elif_else_clauses.iter().rev() {
            let body = self.body(&clause.body)?;
            orelse = match &clause.test {
                None => body,
                Some(test) => {
                    let fields = vec![self.expr(test)?, body, orelse];
                    let range = TextRange::new(clause.start(), whole.end());
                    Item::List(vec![self.node(Kind::If, range, fields)])
                }
            };
        }
        let fields = vec![self.expr(&branch.test)?, self.body(&branch.body)?, orelse];
        Ok(self.node(Kind::If, whole, fields))
    }

    fn compound(&mut self, stmt: &Stmt) -> Outcome<Option<(Kind, Vec<Item>)>> {
        Ok(Some(match stmt {
            Stmt::For(looping) => {
                let fields = vec![
                    self.expr(&looping.target)?,
                    self.expr(&looping.iter)?,
                    self.body(&looping.body)?,
                    self.body(&looping.orelse)?,
                    Item::None,
                ];
                (pick(looping.is_async, Kind::AsyncFor, Kind::For), fields)
            }
            Stmt::While(looping) => {
                let fields = vec![
                    self.expr(&looping.test)?,
                    self.body(&looping.body)?,
                    self.body(&looping.orelse)?,
                ];
                (Kind::While, fields)
            }
            Stmt::With(with) => {
                let fields = vec![
                    self.list(&with.items, Self::with_item)?,
                    self.body(&with.body)?,
                    Item::None,
                ];
                (pick(with.is_async, Kind::AsyncWith, Kind::With), fields)
            }
            Stmt::Match(matching) => {
                let fields = vec![
                    self.expr(&matching.subject)?,
                    self.list(&matching.cases, Self::match_case)?,
                ];
                (Kind::Match, fields)
            }
            Stmt::Try(attempt) => {
                let fields = vec![
                    self.body(&attempt.body)?,
                    self.list(&attempt.handlers, Self::handler)?,
                    self.body(&attempt.orelse)?,
                    self.body(&attempt.finalbody)?,
                ];
                (pick(attempt.is_star, Kind::TryStar, Kind::Try), fields)
            }
            _ => return Ok(None),
        }))
    }

    fn with_item(&mut self, item: &ast::WithItem) -> Outcome<Item> {
        let fields = vec![
            self.expr(&item.context_expr)?,
            self.optional(item.optional_vars.as_deref())?,
        ];
        Ok(self.node(Kind::withitem, item.range, fields))
    }

    fn handler(&mut self, handler: &ast::ExceptHandler) -> Outcome<Item> {
        let ast::ExceptHandler::ExceptHandler(handler) = handler;
        let fields = vec![
            self.optional(handler.type_.as_deref())?,
            optional_name(handler.name.as_ref()),
            self.body(&handler.body)?,
        ];
        let range = self.with_semicolon(handler.range);
        Ok(self.node(Kind::ExceptHandler, range, fields))
    }

    // ---- statements of one line

    fn simple(&mut self, stmt: &Stmt) -> Outcome<(Kind, Vec<Item>)> {
        Ok(match stmt {
            Stmt::Expr(statement) => (Kind::Expr, vec![self.expr(&statement.value)?]),
            Stmt::Return(statement) => {
                let value = self.optional(statement.value.as_deref())?;
                (Kind::Return, vec![value])
            }
            Stmt::Delete(statement) => (Kind::Delete, vec![self.exprs(&statement.targets)?]),
            Stmt::Raise(statement) => {
                let fields = vec![
                    self.optional(statement.exc.as_deref())?,
                    self.optional(statement.cause.as_deref())?,
                ];
                (Kind::Raise, fields)
            }
            Stmt::Assert(statement) => {
                let fields = vec![
                    self.expr(&statement.test)?,
                    self.optional(statement.msg.as_deref())?,
                ];
                (Kind::Assert, fields)
            }
            Stmt::Import(statement) => {
                let names = self.list(&statement.names, Self::alias)?;
                (Kind::Import, vec![names])
            }
            Stmt::ImportFrom(statement) => {
                let fields = vec![
                    optional_name(statement.module.as_ref()),
                    self.list(&statement.names, Self::alias)?,
                    Item::Int(statement.level.into()),
                ];
                (Kind::ImportFrom, fields)
            }
            Stmt::Global(statement) => (Kind::Global, vec![names(&statement.names)]),
            Stmt::Nonlocal(statement) => (Kind::Nonlocal, vec![names(&statement.names)]),
            Stmt::Break(_) => (Kind::Break, Vec::new()),
            Stmt::Continue(_) => (Kind::Continue, Vec::new()),
            _ => return self.assignment(stmt),
        })
    }

    fn assignment(&mut self, stmt: &Stmt) -> Outcome<(Kind, Vec<Item>)> {
        Ok(match stmt {
            Stmt::Assign(assign) => {
                let fields = vec![
                    self.exprs(&assign.targets)?,
                    self.expr(&assign.value)?,
                    Item::None,
                ];
                (Kind::Assign, fields)
            }
            Stmt::AugAssign(assign) => {
                let fields = vec![
                    self.expr(&assign.target)?,
                    Item::Leaf(super::expressions::operator(assign.op)),
                    self.expr(&assign.value)?,
                ];
                (Kind::AugAssign, fields)
            }
            Stmt::AnnAssign(assign) => {
                let fields = vec![
                    self.expr(&assign.target)?,
                    self.expr(&assign.annotation)?,
                    self.optional(assign.value.as_deref())?,
                    Item::Int(assign.simple.into()),
                ];
                (Kind::AnnAssign, fields)
            }
            Stmt::TypeAlias(alias) => {
                let fields = vec![
                    self.expr(&alias.name)?,
                    self.type_params(alias.type_params.as_deref())?,
                    self.expr(&alias.value)?,
                ];
                (Kind::TypeAlias, fields)
            }
            _ => (Kind::Pass, Vec::new()),
        })
    }

    fn alias(&mut self, alias: &ast::Alias) -> Outcome<Item> {
        let fields = vec![name(&alias.name), optional_name(alias.asname.as_ref())];
        Ok(self.node(Kind::alias, alias.range, fields))
    }
}

fn names(identifiers: &[ast::Identifier]) -> Item {
    Item::List(identifiers.iter().map(name).collect())
}

fn pick(condition: bool, yes: Kind, no: Kind) -> Kind {
    if condition { yes } else { no }
}
