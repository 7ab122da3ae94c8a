//! Statements from nodes.

use super::{Item, Kind, Made, NONE, Parts, Restore, filled, invalid, mistyped};
use ruff_python_ast::{self as ast, Expr, ExprContext, Stmt};
use ruff_text_size::{Ranged, TextRange};

impl Restore {
    pub(super) fn body(&mut self, items: Vec<Item>) -> Made<ast::Suite> {
        self.each(items, Self::stmt)
    }

    /// The body of a statement, which is not empty.
    fn block(&mut self, parts: &mut Parts) -> Made<ast::Suite> {
        let items = filled(parts.list(), "body", parts.kind.node().name)?;
        self.body(items)
    }

    fn stmt(&mut self, item: Item) -> Made<Stmt> {
        let Item::Node(id) = item else {
            return invalid("None disallowed in statement list");
        };
        let mut parts = self.parts(id);
        self.deeper(|restore| match parts.kind {
            Kind::FunctionDef | Kind::AsyncFunctionDef => restore.function_def(&mut parts),
            Kind::ClassDef => restore.class_def(&mut parts),
            Kind::Assign | Kind::AugAssign | Kind::AnnAssign | Kind::TypeAlias => {
                restore.assignment(&mut parts)
            }
            Kind::For | Kind::AsyncFor | Kind::While | Kind::If => restore.branching(&mut parts),
            Kind::With | Kind::AsyncWith | Kind::Try | Kind::TryStar | Kind::Match => {
                restore.guarded(&mut parts)
            }
            Kind::Import | Kind::ImportFrom | Kind::Global | Kind::Nonlocal => {
                restore.naming(&mut parts)
            }
            _ => restore.simple(&mut parts),
        })
    }

    fn simple(&mut self, parts: &mut Parts) -> Made<Stmt> {
        let (node_index, range) = (NONE, parts.range);
        Ok(match parts.kind {
            Kind::Expr => Stmt::Expr(ast::StmtExpr {
                node_index,
                range,
                value: self.boxed(parts.next())?,
            }),
            Kind::Return => Stmt::Return(ast::StmtReturn {
                node_index,
                range,
                value: self.optional(parts.next())?,
            }),
            Kind::Delete => {
                let targets = filled(parts.list(), "targets", "Delete")?;
                Stmt::Delete(ast::StmtDelete {
                    node_index,
                    range,
                    targets: self.exprs_in(targets, ExprContext::Del)?,
                })
            }
            Kind::Raise => {
                let exc = self.optional(parts.next())?;
                let cause = self.optional(parts.next())?;
                if exc.is_none() && cause.is_some() {
                    return invalid("Raise with cause but no exception");
                }
                Stmt::Raise(ast::StmtRaise {
                    node_index,
                    range,
                    exc,
                    cause,
                })
            }
            Kind::Assert => Stmt::Assert(ast::StmtAssert {
                node_index,
                range,
                test: self.boxed(parts.next())?,
                msg: self.optional(parts.next())?,
            }),
            Kind::Break => Stmt::Break(ast::StmtBreak { node_index, range }),
            Kind::Continue => Stmt::Continue(ast::StmtContinue { node_index, range }),
            _ => Stmt::Pass(ast::StmtPass { node_index, range }),
        })
    }

    fn naming(&mut self, parts: &mut Parts) -> Made<Stmt> {
        let (node_index, range) = (NONE, parts.range);
        let owner = parts.kind.node().name;
        Ok(match parts.kind {
            Kind::Import => Stmt::Import(ast::StmtImport {
                node_index,
                range,
                names: self.aliases(filled(parts.list(), "names", owner)?)?,
                is_lazy: false,
            }),
            Kind::ImportFrom => {
                let module = parts.optional_name()?;
                let names = self.aliases(filled(parts.list(), "names", owner)?)?;
                let level = match parts.next() {
                    Item::Int(level) => level,
                    _ => 0,
                };
                let Ok(level) = u32::try_from(level) else {
                    return invalid("Negative ImportFrom level");
                };
                Stmt::ImportFrom(ast::StmtImportFrom {
                    node_index,
                    range,
                    module,
                    names,
                    level,
                    is_lazy: false,
                })
            }
            kind => {
                let names = filled(parts.list(), "names", owner)?;
                let names = names.iter().map(|item| match item {
                    Item::Name(name) => super::identifier(name, range),
                    _ => invalid("None disallowed in identifier list"),
                });
                let names = names.collect::<Made<_>>()?;
                if kind == Kind::Global {
                    Stmt::Global(ast::StmtGlobal {
                        node_index,
                        range,
                        names,
                    })
                } else {
                    Stmt::Nonlocal(ast::StmtNonlocal {
                        node_index,
                        range,
                        names,
                    })
                }
            }
        })
    }

    fn aliases(&mut self, items: Vec<Item>) -> Made<Vec<ast::Alias>> {
        self.each(items, |restore, item| {
            let mut parts = restore.known(item, "alias")?;
            Ok(ast::Alias {
                range: parts.range,
                node_index: NONE,
                name: parts.name()?,
                asname: parts.optional_name()?,
            })
        })
    }

    fn assignment(&mut self, parts: &mut Parts) -> Made<Stmt> {
        let (node_index, range) = (NONE, parts.range);
        Ok(match parts.kind {
            Kind::Assign => {
                let targets = filled(parts.list(), "targets", "Assign")?;
                Stmt::Assign(ast::StmtAssign {
                    node_index,
                    range,
                    targets: self.exprs_in(targets, ExprContext::Store)?,
                    value: self.boxed(parts.next())?,
                })
            }
            Kind::AugAssign => {
                let target = self.target(parts.next())?;
                Stmt::AugAssign(ast::StmtAugAssign {
                    node_index,
                    range,
                    target,
                    op: self.operator(parts)?,
                    value: self.boxed(parts.next())?,
                })
            }
            Kind::AnnAssign => {
                let target = self.target(parts.next())?;
                let annotation = self.boxed(parts.next())?;
                let value = self.optional(parts.next())?;
                let simple = parts.flag();
                if simple && !target.is_name_expr() {
                    return mistyped("AnnAssign with simple non-Name target");
                }
                Stmt::AnnAssign(ast::StmtAnnAssign {
                    node_index,
                    range,
                    target,
                    annotation,
                    value,
                    simple,
                })
            }
            _ => {
                let name = self.target(parts.next())?;
                if !name.is_name_expr() {
                    return mistyped("TypeAlias with non-Name name");
                }
                Stmt::TypeAlias(ast::StmtTypeAlias {
                    node_index,
                    range,
                    name,
                    type_params: self.type_params(parts)?,
                    value: self.boxed(parts.next())?,
                })
            }
        })
    }

    pub(super) fn target(&mut self, item: Item) -> Made<Box<Expr>> {
        self.expr_in(item, ExprContext::Store).map(Box::new)
    }

    // ---- definitions

    fn function_def(&mut self, parts: &mut Parts) -> Made<Stmt> {
        let name = parts.name()?;
        let parameters = Box::new(self.parameters(parts.next())?);
        let body = self.block(parts)?;
        let decorator_list = self.decorators(parts.list())?;
        let returns = self.optional(parts.next())?;
        parts.next();
        Ok(Stmt::FunctionDef(ast::StmtFunctionDef {
            node_index: NONE,
            range: decorated(&decorator_list, parts.range),
            is_async: parts.kind == Kind::AsyncFunctionDef,
            decorator_list,
            name,
            type_params: self.type_params(parts)?,
            parameters,
            returns,
            body,
        }))
    }

    fn class_def(&mut self, parts: &mut Parts) -> Made<Stmt> {
        let name = parts.name()?;
        let (bases, keywords) = (parts.list(), parts.list());
        let arguments = if bases.is_empty() && keywords.is_empty() {
            None
        } else {
            Some(Box::new(self.arguments(bases, keywords, parts.range)?))
        };
        let body = self.block(parts)?;
        let decorator_list = self.decorators(parts.list())?;
        Ok(Stmt::ClassDef(ast::StmtClassDef {
            node_index: NONE,
            range: decorated(&decorator_list, parts.range),
            decorator_list,
            name,
            type_params: self.type_params(parts)?,
            arguments,
            body,
        }))
    }

    fn decorators(&mut self, items: Vec<Item>) -> Made<ast::DecoratorList> {
        let expressions = self.exprs(items)?;
        let decorators = expressions.into_iter().map(|expression| ast::Decorator {
            range: expression.range(),
            node_index: NONE,
            expression,
        });
        Ok(decorators.collect())
    }

    fn type_params(&mut self, parts: &mut Parts) -> Made<Option<Box<ast::TypeParams>>> {
        let items = parts.list();
        if items.is_empty() {
            return Ok(None);
        }
        let type_params = self.each(items, Self::type_param)?;
        Ok(Some(Box::new(ast::TypeParams {
            range: parts.range,
            node_index: NONE,
            type_params,
        })))
    }

    fn type_param(&mut self, item: Item) -> Made<ast::TypeParam> {
        let mut parts = self.known(item, "type_param")?;
        let (node_index, range, name) = (NONE, parts.range, parts.name()?);
        Ok(match parts.kind {
            Kind::TypeVar => ast::TypeParam::TypeVar(ast::TypeParamTypeVar {
                node_index,
                range,
                name,
                bound: self.optional(parts.next())?,
                default: self.optional(parts.next())?,
            }),
            Kind::ParamSpec => ast::TypeParam::ParamSpec(ast::TypeParamParamSpec {
                node_index,
                range,
                name,
                default: self.optional(parts.next())?,
            }),
            _ => ast::TypeParam::TypeVarTuple(ast::TypeParamTypeVarTuple {
                node_index,
                range,
                name,
                default: self.optional(parts.next())?,
            }),
        })
    }

    // ---- statements with a body

    fn branching(&mut self, parts: &mut Parts) -> Made<Stmt> {
        let (node_index, range) = (NONE, parts.range);
        Ok(match parts.kind {
            Kind::While => Stmt::While(ast::StmtWhile {
                node_index,
                range,
                test: self.boxed(parts.next())?,
                body: self.block(parts)?,
                orelse: self.body(parts.list())?,
            }),
            Kind::If => {
                let test = self.boxed(parts.next())?;
                let body = self.block(parts)?;
                let orelse = self.body(parts.list())?;
                Stmt::If(ast::StmtIf {
                    node_index,
                    range,
                    test,
                    body,
                    elif_else_clauses: else_clause(orelse, range),
                })
            }
            kind => Stmt::For(ast::StmtFor {
                node_index,
                range,
                is_async: kind == Kind::AsyncFor,
                target: self.target(parts.next())?,
                iter: self.boxed(parts.next())?,
                body: self.block(parts)?,
                orelse: self.body(parts.list())?,
            }),
        })
    }

    fn guarded(&mut self, parts: &mut Parts) -> Made<Stmt> {
        let (node_index, range) = (NONE, parts.range);
        let owner = parts.kind.node().name;
        Ok(match parts.kind {
            Kind::Match => {
                let subject = self.boxed(parts.next())?;
                let cases = filled(parts.list(), "cases", owner)?;
                Stmt::Match(ast::StmtMatch {
                    node_index,
                    range,
                    subject,
                    cases: self.each(cases, Self::match_case)?,
                })
            }
            Kind::Try | Kind::TryStar => {
                let body = self.block(parts)?;
                let handlers = self.each(parts.list(), Self::handler)?;
                let orelse = self.body(parts.list())?;
                let finalbody = self.body(parts.list())?;
                if Vec::is_empty(&handlers) {
                    if finalbody.is_empty() {
                        return invalid(format!(
                            "{owner} has neither except handlers nor finalbody"
                        ));
                    }
                    if !orelse.is_empty() {
                        return invalid(format!("{owner} has orelse but no except handlers"));
                    }
                }
                Stmt::Try(ast::StmtTry {
                    node_index,
                    range,
                    body,
                    handlers,
                    orelse,
                    finalbody,
                    is_star: parts.kind == Kind::TryStar,
                })
            }
            kind => {
                let items = filled(parts.list(), "items", owner)?;
                Stmt::With(ast::StmtWith {
                    node_index,
                    range,
                    is_async: kind == Kind::AsyncWith,
                    items: self.each(items, Self::with_item)?,
                    body: self.block(parts)?,
                })
            }
        })
    }

    fn with_item(&mut self, item: Item) -> Made<ast::WithItem> {
        let mut parts = self.known(item, "withitem")?;
        let context_expr = self.expr(parts.next())?;
        let optional_vars = match parts.next() {
            Item::None => None,
            target => Some(self.target(target)?),
        };
        Ok(ast::WithItem {
            range: context_expr.range(),
            node_index: NONE,
            context_expr,
            optional_vars,
        })
    }

    fn handler(&mut self, item: Item) -> Made<ast::ExceptHandler> {
        let mut parts = self.known(item, "excepthandler")?;
        Ok(ast::ExceptHandler::ExceptHandler(
            ast::ExceptHandlerExceptHandler {
                range: parts.range,
                node_index: NONE,
                type_: self.optional(parts.next())?,
                name: parts.optional_name()?,
                body: self.block(&mut parts)?,
            },
        ))
    }

    /// A node that must be there.
    pub(super) fn known(&mut self, item: Item, family: &str) -> Made<Parts> {
        match item {
            Item::Node(id) => Ok(self.parts(id)),
            _ => invalid(format!("None disallowed in {family} list")),
        }
    }
}

/// The place of a definition with its decorators, from the sign before the first.
fn decorated(decorators: &[ast::Decorator], range: TextRange) -> TextRange {
    let first = decorators.first().map(|first| first.start());
    let start = first.and_then(|first| first.checked_sub(1.into()));
    TextRange::new(start.unwrap_or(range.start()).min(range.end()), range.end())
}

/// The statements of an `else`; an `elif` is an `If` among them.
fn else_clause(body: ast::Suite, range: TextRange) -> Vec<ast::ElifElseClause> {
    let Some(first) = body.first() else {
        return Vec::new();
    };
    let start = first.start().min(range.end());
    vec![ast::ElifElseClause {
        range: TextRange::new(start, range.end()),
        node_index: NONE,
        test: None,
        body,
    }]
}
