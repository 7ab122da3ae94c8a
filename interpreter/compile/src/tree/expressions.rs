//! Expressions as nodes.

use super::walk::{Walk, name, optional_name};
use super::{Item, Kind};
use crate::errors::Outcome;
use crate::fold::number_constant;
use bytecode::Const;
use ruff_python_ast::{self as ast, BoolOp, CmpOp, Expr, ExprContext, Operator, UnaryOp};
use ruff_text_size::{Ranged, TextRange};

type Fields = (Kind, Vec<Item>);

impl Walk<'_> {
    pub fn expr(&mut self, expr: &Expr) -> Outcome<Item> {
        self.expr_at(expr, expr.range())
    }

    /// The expression, with a place of its own.
    fn expr_at(&mut self, expr: &Expr, range: TextRange) -> Outcome<Item> {
        self.deeper(range, |walk| {
            let (kind, fields) = match walk.operation(expr)? {
                Some(done) => done,
                None => match walk.display(expr)? {
                    Some(done) => done,
                    None => match walk.reference(expr)? {
                        Some(done) => done,
                        None => walk.literal(expr)?,
                    },
                },
            };
            Ok(walk.node(kind, range, fields))
        })
    }

    fn operation(&mut self, expr: &Expr) -> Outcome<Option<Fields>> {
        Ok(Some(match expr {
            Expr::BoolOp(op) => {
                let kind = Item::Leaf(boolean(op.op));
                (Kind::BoolOp, vec![kind, self.exprs(&op.values)?])
            }
            Expr::BinOp(op) => {
                let fields = vec![
                    self.expr(&op.left)?,
                    Item::Leaf(operator(op.op)),
                    self.expr(&op.right)?,
                ];
                (Kind::BinOp, fields)
            }
            Expr::UnaryOp(op) => {
                let kind = Item::Leaf(unary(op.op));
                (Kind::UnaryOp, vec![kind, self.expr(&op.operand)?])
            }
            Expr::Compare(compare) => {
                let ops = compare.ops.iter().map(|&op| Item::Leaf(comparison(op)));
                let fields = vec![
                    self.expr(&compare.left)?,
                    Item::List(ops.collect()),
                    self.exprs(&compare.comparators)?,
                ];
                (Kind::Compare, fields)
            }
            Expr::If(choice) => {
                let fields = vec![
                    self.expr(&choice.test)?,
                    self.expr(&choice.body)?,
                    self.expr(&choice.orelse)?,
                ];
                (Kind::IfExp, fields)
            }
            Expr::Named(named) => {
                let fields = vec![self.expr(&named.target)?, self.expr(&named.value)?];
                (Kind::NamedExpr, fields)
            }
            Expr::Lambda(lambda) => {
                let fields = vec![
                    self.parameters(lambda.parameters.as_deref())?,
                    self.expr(&lambda.body)?,
                ];
                (Kind::Lambda, fields)
            }
            Expr::Await(awaiting) => (Kind::Await, vec![self.expr(&awaiting.value)?]),
            Expr::Yield(y) => (Kind::Yield, vec![self.optional(y.value.as_deref())?]),
            Expr::YieldFrom(y) => (Kind::YieldFrom, vec![self.expr(&y.value)?]),
            Expr::Call(call) => {
                let func = self.expr(&call.func)?;
                let (args, keywords) = self.arguments(&call.arguments)?;
                (Kind::Call, vec![func, args, keywords])
            }
            _ => return Ok(None),
        }))
    }

    /// Displays of containers, and comprehensions.
    fn display(&mut self, expr: &Expr) -> Outcome<Option<Fields>> {
        Ok(Some(match expr {
            Expr::List(list) => {
                let elts = self.exprs(&list.elts)?;
                (Kind::List, vec![elts, context(list.ctx)])
            }
            Expr::Tuple(tuple) => {
                let elts = self.exprs(&tuple.elts)?;
                (Kind::Tuple, vec![elts, context(tuple.ctx)])
            }
            Expr::Set(set) => (Kind::Set, vec![self.exprs(&set.elts)?]),
            Expr::Dict(dict) => {
                let fields = vec![
                    self.list(&dict.items, |walk, item| walk.optional(item.key.as_ref()))?,
                    self.list(&dict.items, |walk, item| walk.expr(&item.value))?,
                ];
                (Kind::Dict, fields)
            }
            Expr::ListComp(comp) => {
                let fields = vec![self.expr(&comp.elt)?, self.generators(&comp.generators)?];
                (Kind::ListComp, fields)
            }
            Expr::SetComp(comp) => {
                let fields = vec![self.expr(&comp.elt)?, self.generators(&comp.generators)?];
                (Kind::SetComp, fields)
            }
            Expr::Generator(comp) => {
                let fields = vec![self.expr(&comp.elt)?, self.generators(&comp.generators)?];
                (Kind::GeneratorExp, fields)
            }
            Expr::DictComp(comp) => {
                let fields = vec![
                    self.optional(comp.key.as_deref())?,
                    self.expr(&comp.value)?,
                    self.generators(&comp.generators)?,
                ];
                (Kind::DictComp, fields)
            }
            _ => return Ok(None),
        }))
    }

    fn generators(&mut self, generators: &[ast::Comprehension]) -> Outcome<Item> {
        self.list(generators, |walk, generator| {
            let fields = vec![
                walk.expr(&generator.target)?,
                walk.expr(&generator.iter)?,
                walk.exprs(&generator.ifs)?,
                Item::Int(generator.is_async.into()),
            ];
            Ok(walk.node(Kind::comprehension, generator.range, fields))
        })
    }

    /// What can be assigned to, and slices.
    fn reference(&mut self, expr: &Expr) -> Outcome<Option<Fields>> {
        Ok(Some(match expr {
            Expr::Name(reference) => {
                let id = Item::Name(reference.id.as_str().into());
                (Kind::Name, vec![id, context(reference.ctx)])
            }
            Expr::Attribute(attribute) => {
                let fields = vec![
                    self.expr(&attribute.value)?,
                    name(&attribute.attr),
                    context(attribute.ctx),
                ];
                (Kind::Attribute, fields)
            }
            Expr::Subscript(subscript) => {
                let fields = vec![
                    self.expr(&subscript.value)?,
                    self.expr(&subscript.slice)?,
                    context(subscript.ctx),
                ];
                (Kind::Subscript, fields)
            }
            Expr::Starred(starred) => {
                let value = self.expr(&starred.value)?;
                (Kind::Starred, vec![value, context(starred.ctx)])
            }
            Expr::Slice(slice) => {
                let fields = vec![
                    self.optional(slice.lower.as_deref())?,
                    self.optional(slice.upper.as_deref())?,
                    self.optional(slice.step.as_deref())?,
                ];
                (Kind::Slice, fields)
            }
            _ => return Ok(None),
        }))
    }

    fn literal(&mut self, expr: &Expr) -> Outcome<Fields> {
        let value = match expr {
            Expr::StringLiteral(string) => return Ok(self.string(string)),
            Expr::FString(string) => return self.f_string(string),
            Expr::TString(string) => return self.t_string(string),
            Expr::BytesLiteral(bytes) => {
                for part in &bytes.value {
                    if !part.flags.prefix().is_raw() {
                        self.warn_escapes(part.content_range(), true);
                    }
                }
                Const::Bytes(bytes.value.bytes().collect())
            }
            Expr::NumberLiteral(number) => number_constant(&number.value),
            Expr::BooleanLiteral(boolean) => Const::Bool(boolean.value),
            Expr::EllipsisLiteral(_) => Const::Ellipsis,
            _ => Const::None,
        };
        Ok((Kind::Constant, vec![Item::Const(value), Item::None]))
    }

    // ---- arguments and parameters

    /// Positional and keyword arguments. A generator that is the only argument has the call's
    /// parentheses for its own.
    pub fn arguments(&mut self, arguments: &ast::Arguments) -> Outcome<(Item, Item)> {
        let args = self.list(&arguments.args, |walk, arg| match arg {
            Expr::Generator(generator) if !generator.parenthesized => {
                walk.expr_at(arg, arguments.range)
            }
            _ => walk.expr(arg),
        })?;
        let keywords = self.list(&arguments.keywords, |walk, keyword| {
            let arg = optional_name(keyword.arg.as_ref());
            let fields = vec![arg, walk.expr(&keyword.value)?];
            Ok(walk.node(Kind::keyword, keyword.range, fields))
        })?;
        Ok((args, keywords))
    }

    pub fn parameters(&mut self, parameters: Option<&ast::Parameters>) -> Outcome<Item> {
        let none = ast::Parameters::default();
        let given = parameters.unwrap_or(&none);
        let positional = given.posonlyargs.iter().chain(&given.args);
        let fields = vec![
            self.list(&given.posonlyargs, |walk, p| walk.parameter(&p.parameter))?,
            self.list(&given.args, |walk, p| walk.parameter(&p.parameter))?,
            self.optional_parameter(given.vararg.as_deref())?,
            self.list(&given.kwonlyargs, |walk, p| walk.parameter(&p.parameter))?,
            self.list(&given.kwonlyargs, |walk, p| {
                walk.optional(p.default.as_deref())
            })?,
            self.optional_parameter(given.kwarg.as_deref())?,
            self.exprs(positional.filter_map(|p| p.default.as_deref()))?,
        ];
        Ok(self.node(Kind::arguments, given.range, fields))
    }

    fn optional_parameter(&mut self, parameter: Option<&ast::Parameter>) -> Outcome<Item> {
        parameter.map_or(Ok(Item::None), |parameter| self.parameter(parameter))
    }

    /// A parameter's place begins at its name, behind any stars.
    fn parameter(&mut self, parameter: &ast::Parameter) -> Outcome<Item> {
        let fields = vec![
            name(&parameter.name),
            self.optional(parameter.annotation.as_deref())?,
            Item::None,
        ];
        let range = super::walk::cover(parameter.name.range, parameter);
        Ok(self.node(Kind::arg, range, fields))
    }
}

fn context(context: ExprContext) -> Item {
    Item::Leaf(match context {
        ExprContext::Store => Kind::Store,
        ExprContext::Del => Kind::Del,
        ExprContext::Load | ExprContext::Invalid => Kind::Load,
    })
}

/// Pairs of the parser's operators and the kinds of node, read in one direction here and in the
/// other where nodes become the parser's tree.
macro_rules! pairs {
    ($to:ident $from:ident $operator:ident { $($name:ident)* }) => {
        pub fn $to(op: $operator) -> Kind {
            match op { $($operator::$name => Kind::$name),* }
        }

        pub fn $from(kind: Kind) -> Option<$operator> {
            match kind {
                $(Kind::$name => Some($operator::$name),)*
                _ => None,
            }
        }
    };
}

pairs! { operator to_operator Operator {
    Add Sub Mult MatMult Div Mod Pow LShift RShift BitOr BitXor BitAnd FloorDiv
} }
pairs! { boolean to_boolean BoolOp { And Or } }
pairs! { unary to_unary UnaryOp { Invert Not UAdd USub } }
pairs! { comparison to_comparison CmpOp { Eq NotEq Lt LtE Gt GtE Is IsNot In NotIn } }
