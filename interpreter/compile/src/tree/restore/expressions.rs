//! Expressions from nodes.

use super::{Item, Kind, Made, NONE, Parts, Restore, invalid, mistyped};
use crate::tree::expressions::{to_boolean, to_comparison, to_operator, to_unary};
use ruff_python_ast::{self as ast, Expr, ExprContext};
use ruff_text_size::{Ranged, TextRange, TextSize};

impl Restore {
    pub(super) fn expr(&mut self, item: Item) -> Made<Expr> {
        self.expr_in(item, ExprContext::Load)
    }

    /// The expression, which must be one for the context.
    pub(super) fn expr_in(&mut self, item: Item, context: ExprContext) -> Made<Expr> {
        let Item::Node(id) = item else {
            return invalid("None disallowed in expression list");
        };
        let mut parts = self.parts(id);
        self.deeper(|restore| {
            if let Some(made) = restore.reference(&mut parts, context)? {
                return Ok(made);
            }
            if context != ExprContext::Load {
                let name = context_name(context);
                return invalid(format!(
                    "expression which can't be assigned to in {name} context"
                ));
            }
            if let Some(made) = restore.operation(&mut parts)? {
                return Ok(made);
            }
            if let Some(made) = restore.display(&mut parts)? {
                return Ok(made);
            }
            restore.literal(&mut parts)
        })
    }

    /// What has a context of its own.
    fn reference(&mut self, parts: &mut Parts, wanted: ExprContext) -> Made<Option<Expr>> {
        let (node_index, range) = (NONE, parts.range);
        Ok(Some(match parts.kind {
            Kind::Name => {
                let id = parts.name()?.id;
                let ctx = context(parts, wanted)?;
                Expr::Name(ast::ExprName {
                    node_index,
                    range,
                    id,
                    ctx,
                })
            }
            Kind::Attribute => {
                let value = self.boxed(parts.next())?;
                let attr = parts.text();
                Expr::Attribute(ast::ExprAttribute {
                    node_index,
                    range,
                    value,
                    attr: ast::Identifier::new(&*attr, name_at_end(&attr, range)),
                    ctx: context(parts, wanted)?,
                })
            }
            Kind::Subscript => {
                let value = self.boxed(parts.next())?;
                let slice = self.boxed(parts.next())?;
                Expr::Subscript(ast::ExprSubscript {
                    node_index,
                    range,
                    value,
                    slice,
                    ctx: context(parts, wanted)?,
                })
            }
            Kind::Starred => {
                let value = parts.next();
                let ctx = context(parts, wanted)?;
                let value = Box::new(self.expr_in(value, ctx)?);
                Expr::Starred(ast::ExprStarred {
                    node_index,
                    range,
                    value,
                    ctx,
                })
            }
            Kind::List | Kind::Tuple => self.sequence(parts, wanted)?,
            _ => return Ok(None),
        }))
    }

    fn sequence(&mut self, parts: &mut Parts, wanted: ExprContext) -> Made<Expr> {
        let (node_index, range) = (NONE, parts.range);
        let elts = parts.list();
        let ctx = context(parts, wanted)?;
        let elts = self.exprs_in(elts, ctx)?;
        Ok(if parts.kind == Kind::List {
            Expr::List(ast::ExprList {
                node_index,
                range,
                elts,
                ctx,
            })
        } else {
            Expr::Tuple(ast::ExprTuple {
                node_index,
                range,
                elts,
                ctx,
                parenthesized: true,
            })
        })
    }

    fn operation(&mut self, parts: &mut Parts) -> Made<Option<Expr>> {
        let (node_index, range) = (NONE, parts.range);
        Ok(Some(match parts.kind {
            Kind::BoolOp => {
                let Some(op) = parts.leaf().and_then(to_boolean) else {
                    return missing("op", parts.kind);
                };
                let values = parts.list();
                if values.len() < 2 {
                    return invalid("BoolOp with less than 2 values");
                }
                Expr::BoolOp(ast::ExprBoolOp {
                    node_index,
                    range,
                    op,
                    values: self.exprs(values)?,
                })
            }
            Kind::BinOp => Expr::BinOp(ast::ExprBinOp {
                node_index,
                range,
                left: self.boxed(parts.next())?,
                op: self.operator(parts)?,
                right: self.boxed(parts.next())?,
            }),
            Kind::UnaryOp => {
                let Some(op) = parts.leaf().and_then(to_unary) else {
                    return missing("op", parts.kind);
                };
                Expr::UnaryOp(ast::ExprUnaryOp {
                    node_index,
                    range,
                    op,
                    operand: self.boxed(parts.next())?,
                })
            }
            Kind::Compare => self.compare(parts)?,
            Kind::IfExp => Expr::If(ast::ExprIf {
                node_index,
                range,
                test: self.boxed(parts.next())?,
                body: self.boxed(parts.next())?,
                orelse: self.boxed(parts.next())?,
            }),
            Kind::NamedExpr => {
                let target = self.target(parts.next())?;
                if !target.is_name_expr() {
                    return mistyped("NamedExpr target must be a Name");
                }
                Expr::Named(ast::ExprNamed {
                    node_index,
                    range,
                    target,
                    value: self.boxed(parts.next())?,
                })
            }
            _ => return self.calling(parts),
        }))
    }

    pub(super) fn operator(&mut self, parts: &mut Parts) -> Made<ast::Operator> {
        match parts.leaf().and_then(to_operator) {
            Some(op) => Ok(op),
            None => missing("op", parts.kind),
        }
    }

    fn compare(&mut self, parts: &mut Parts) -> Made<Expr> {
        let left = self.boxed(parts.next())?;
        let (ops, comparators) = (parts.list(), parts.list());
        if comparators.is_empty() {
            return invalid("Compare with no comparators");
        }
        if ops.len() != comparators.len() {
            return invalid("Compare has a different number of comparators and operands");
        }
        let ops = ops.iter().filter_map(|op| match op {
            Item::Leaf(kind) => to_comparison(*kind),
            _ => None,
        });
        Ok(Expr::Compare(ast::ExprCompare {
            node_index: NONE,
            range: parts.range,
            left,
            ops: ops.collect(),
            comparators: self.exprs(comparators)?.into(),
        }))
    }

    /// Calls, functions without a name, and what suspends one.
    fn calling(&mut self, parts: &mut Parts) -> Made<Option<Expr>> {
        let (node_index, range) = (NONE, parts.range);
        Ok(Some(match parts.kind {
            Kind::Lambda => Expr::Lambda(ast::ExprLambda {
                node_index,
                range,
                parameters: Some(Box::new(self.parameters(parts.next())?)),
                body: self.boxed(parts.next())?,
            }),
            Kind::Call => {
                let func = self.boxed(parts.next())?;
                let behind = func.end().clamp(range.start(), range.end());
                let behind = TextRange::new(behind, range.end());
                let (args, keywords) = (parts.list(), parts.list());
                Expr::Call(ast::ExprCall {
                    node_index,
                    range_start: range.start(),
                    func,
                    arguments: self.arguments(args, keywords, behind)?,
                })
            }
            Kind::Await => Expr::Await(ast::ExprAwait {
                node_index,
                range,
                value: self.boxed(parts.next())?,
            }),
            Kind::Yield => Expr::Yield(ast::ExprYield {
                node_index,
                range,
                value: self.optional(parts.next())?,
            }),
            Kind::YieldFrom => Expr::YieldFrom(ast::ExprYieldFrom {
                node_index,
                range,
                value: self.boxed(parts.next())?,
            }),
            Kind::Slice => Expr::Slice(ast::ExprSlice {
                node_index,
                range,
                lower: self.optional(parts.next())?,
                upper: self.optional(parts.next())?,
                step: self.optional(parts.next())?,
            }),
            _ => return Ok(None),
        }))
    }

    /// Displays of containers, and comprehensions.
    fn display(&mut self, parts: &mut Parts) -> Made<Option<Expr>> {
        let (node_index, range) = (NONE, parts.range);
        Ok(Some(match parts.kind {
            Kind::Set => Expr::Set(ast::ExprSet {
                node_index,
                range,
                elts: self.exprs(parts.list())?,
            }),
            Kind::Dict => {
                let (keys, values) = (parts.list(), parts.list());
                if keys.len() != values.len() {
                    return invalid("Dict doesn't have the same number of keys as values");
                }
                let mut items = Vec::with_capacity(keys.len());
                for (key, value) in keys.into_iter().zip(values) {
                    items.push(ast::DictItem {
                        key: self.optional(key)?.map(|key| *key),
                        value: self.expr(value)?,
                    });
                }
                Expr::Dict(ast::ExprDict {
                    node_index,
                    range,
                    items,
                })
            }
            Kind::ListComp => Expr::ListComp(ast::ExprListComp {
                node_index,
                range,
                elt: self.boxed(parts.next())?,
                generators: self.generators(parts)?,
            }),
            Kind::SetComp => Expr::SetComp(ast::ExprSetComp {
                node_index,
                range,
                elt: self.boxed(parts.next())?,
                generators: self.generators(parts)?,
            }),
            Kind::DictComp => Expr::DictComp(ast::ExprDictComp {
                node_index,
                range,
                key: Some(self.boxed(parts.next())?),
                value: self.boxed(parts.next())?,
                generators: self.generators(parts)?,
            }),
            Kind::GeneratorExp => Expr::Generator(ast::ExprGenerator {
                node_index,
                range,
                elt: self.boxed(parts.next())?,
                generators: self.generators(parts)?,
                parenthesized: true,
            }),
            _ => return Ok(None),
        }))
    }

    fn generators(&mut self, parts: &mut Parts) -> Made<Vec<ast::Comprehension>> {
        let items = parts.list();
        if items.is_empty() {
            return invalid("comprehension with no generators");
        }
        self.each(items, |restore, item| {
            let mut parts = restore.known(item, "comprehension")?;
            let target = *restore.target(parts.next())?;
            let iter = restore.expr(parts.next())?;
            Ok(ast::Comprehension {
                range: target.range().cover(iter.range()),
                node_index: NONE,
                target,
                iter,
                ifs: restore.exprs(parts.list())?,
                is_async: parts.flag(),
            })
        })
    }

    // ---- arguments and parameters

    pub(super) fn arguments(
        &mut self,
        args: Vec<Item>,
        keywords: Vec<Item>,
        range: TextRange,
    ) -> Made<ast::Arguments> {
        Ok(ast::Arguments {
            range,
            node_index: NONE,
            args: self.exprs(args)?.into(),
            keywords: self.each(keywords, |restore, item| {
                let mut parts = restore.known(item, "keyword")?;
                let arg = match parts.next() {
                    Item::Name(name) => Some(ast::Identifier::new(&*name, parts.range)),
                    _ => None,
                };
                Ok(ast::Keyword {
                    range: parts.range,
                    node_index: NONE,
                    arg,
                    value: restore.expr(parts.next())?,
                })
            })?,
        })
    }

    pub(super) fn parameters(&mut self, item: Item) -> Made<ast::Parameters> {
        let mut parts = self.known(item, "arguments")?;
        let (before, args) = (parts.list(), parts.list());
        let vararg = self.optional_parameter(parts.next())?;
        let (only, only_defaults) = (parts.list(), parts.list());
        let kwarg = self.optional_parameter(parts.next())?;
        let defaults = parts.list();
        let count = before.len() + args.len();
        if defaults.len() > count {
            return invalid("more positional defaults than args on arguments");
        }
        if only.len() != only_defaults.len() {
            return invalid("length of kwonlyargs is not the same as kw_defaults on arguments");
        }
        let mut all = vec![Item::None; count - defaults.len()];
        all.extend(defaults);
        let later = all.split_off(before.len());
        let range = parts.range;
        Ok(ast::Parameters {
            range,
            node_index: NONE,
            posonlyargs: self.with_defaults(before, all)?,
            args: self.with_defaults(args, later)?,
            vararg,
            kwonlyargs: self.with_defaults(only, only_defaults)?,
            kwarg,
        })
    }

    fn with_defaults(
        &mut self,
        args: Vec<Item>,
        defaults: Vec<Item>,
    ) -> Made<ast::ParameterWithDefaults> {
        let pairs = args.into_iter().zip(defaults);
        pairs
            .map(|(arg, default)| {
                let parameter = self.parameter(arg)?;
                Ok(ast::ParameterWithDefault {
                    range: parameter.range,
                    node_index: NONE,
                    parameter,
                    default: self.optional(default)?,
                })
            })
            .collect()
    }

    fn optional_parameter(&mut self, item: Item) -> Made<Option<Box<ast::Parameter>>> {
        match item {
            Item::None => Ok(None),
            item => Ok(Some(Box::new(self.parameter(item)?))),
        }
    }

    fn parameter(&mut self, item: Item) -> Made<ast::Parameter> {
        let mut parts = self.known(item, "arg")?;
        Ok(ast::Parameter {
            range: parts.range,
            node_index: NONE,
            name: parts.name()?,
            annotation: self.optional(parts.next())?,
        })
    }
}

/// Where the name of an attribute stands, at the end of the whole.
fn name_at_end(name: &str, range: TextRange) -> TextRange {
    let start = range.end().checked_sub(TextSize::of(name));
    TextRange::new(start.unwrap_or_default().max(range.start()), range.end())
}

fn missing<T>(field: &str, kind: Kind) -> Made<T> {
    let owner = kind.node().name;
    invalid(format!("field '{field}' is required for {owner}"))
}

fn context_name(context: ExprContext) -> &'static str {
    match context {
        ExprContext::Store => "Store",
        ExprContext::Del => "Del",
        ExprContext::Load | ExprContext::Invalid => "Load",
    }
}

/// The node's context, which must be the wanted one.
fn context(parts: &mut Parts, wanted: ExprContext) -> Made<ExprContext> {
    let given = match parts.leaf() {
        Some(Kind::Store) => ExprContext::Store,
        Some(Kind::Del) => ExprContext::Del,
        _ => ExprContext::Load,
    };
    if given == wanted {
        return Ok(given);
    }
    invalid(format!(
        "expression must have {} context but has {} instead",
        context_name(wanted),
        context_name(given)
    ))
}
