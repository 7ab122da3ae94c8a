//! Calls: arguments are computed into the window in which the callee's frame will begin.

use crate::compiler::{Compiler, Place};
use crate::errors::Outcome;
use crate::scope::*;
use crate::unit::{doubled, nth};
use bytecode::{CommonConst, Const, Op, Reg};
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::{Ranged, TextRange};

/// `x` of a call op: the window has no receiver.
pub const PLAIN: u8 = 1;
/// `x` of `call_ex`: the positional arguments are any iterable.
const ANY_ITERABLE: u8 = 2;
/// More arguments than this are passed as a tuple.
const MOST_IN_WINDOW: usize = 250;

impl<'a> Compiler<'a, '_> {
    pub fn call(&mut self, call: &'a ast::ExprCall, to: Reg) -> Outcome<()> {
        self.warn_callee(&call.func);
        let arguments = &call.arguments;
        let spread = arguments.args.len() + arguments.keywords.len() > MOST_IN_WINDOW
            || arguments.args.iter().any(Expr::is_starred_expr)
            || arguments.keywords.iter().any(|k| k.arg.is_none());
        let mut span = call.range();
        if spread {
            let window = self.unit.temps(4);
            let plain = self.callee(call, window, &mut span)?;
            return self.call_spread(arguments, window, plain, to, span);
        }
        if arguments.is_empty() && self.super_of_here(&call.func) {
            let window = self.unit.temps(4);
            self.expr_to(&call.func, window)?;
            self.class_and_self(window + 2);
            self.unit.op(Op::Call, PLAIN, to, window, 2);
            return Ok(());
        }
        let names = !arguments.keywords.is_empty();
        let count = (arguments.args.len() + arguments.keywords.len()) as u32;
        let window = self.unit.temps(2 + count + names as u32);
        let plain = self.callee(call, window, &mut span)?;
        self.arguments(arguments, window + 2)?;
        self.unit.at(span);
        let op = if names { Op::CallKw } else { Op::Call };
        self.unit.op(op, plain, to, window, count as u16);
        Ok(())
    }

    /// Arguments without stars into registers from `at` on, with the tuple of names behind them.
    pub fn arguments(&mut self, arguments: &'a ast::Arguments, at: Reg) -> Outcome<()> {
        let mut reg = at;
        for argument in &arguments.args {
            self.expr_to(argument, reg)?;
            reg = reg.wrapping_add(1);
        }
        if arguments.keywords.is_empty() {
            return Ok(());
        }
        let mut names = Vec::with_capacity(arguments.keywords.len());
        for keyword in &arguments.keywords {
            self.expr_to(&keyword.value, reg)?;
            reg = reg.wrapping_add(1);
            if let Some(name) = &keyword.arg {
                names.push(self.argument_name(name));
            }
        }
        self.load_constant(Const::Tuple(names.into()), reg);
        Ok(())
    }

    fn argument_name(&mut self, name: &ast::Identifier) -> Const {
        let sym = self.mangle(name.as_str());
        Const::str(self.table.names.text(sym))
    }

    /// Puts the callee into the window; says whether there is no receiver.
    fn callee(
        &mut self,
        call: &'a ast::ExprCall,
        window: Reg,
        span: &mut TextRange,
    ) -> Outcome<u8> {
        let Expr::Attribute(attribute) = &*call.func else {
            self.expr_to(&call.func, window)?;
            return Ok(PLAIN);
        };
        let access = self.attribute_span(attribute, attribute.range);
        *span = self.attribute_span(attribute, *span);
        if self.super_call(&attribute.value) {
            self.class_and_self(window);
            let sym = self.mangle(attribute.attr.as_str());
            let name = self.short_name(sym);
            let outer = self.unit.at(access);
            self.unit.op(Op::LoadSuper, 1, window, window, name);
            self.unit.at(outer);
            return Ok(0);
        }
        let object = match self.variable(&attribute.value) {
            Some(_) => self.operand(&attribute.value)?,
            None => {
                self.expr_to(&attribute.value, window)?;
                window
            }
        };
        let site = self.attribute_site(attribute.attr.as_str());
        let outer = self.unit.at(access);
        self.unit.op(Op::LoadMethod, 0, window, object, site);
        self.unit.at(outer);
        Ok(0)
    }

    fn call_spread(
        &mut self,
        arguments: &'a ast::Arguments,
        window: Reg,
        plain: u8,
        to: Reg,
        span: TextRange,
    ) -> Outcome<()> {
        let mut x = plain;
        self.unit.at(span);
        let positional = window + 2;
        match &*arguments.args {
            [] => self.unit.common(positional, CommonConst::EmptyTuple),
            [Expr::Starred(only)] => {
                self.expr_to(&only.value, positional)?;
                x |= ANY_ITERABLE;
            }
            args if args.iter().any(Expr::is_starred_expr) => {
                self.star_arguments(args, positional, window)?;
                self.unit.op(Op::ListToTuple, 0, positional, positional, 0);
            }
            args => self.tuple(args, positional)?,
        }
        self.keyword_dict(&arguments.keywords, window + 3, window)?;
        self.unit.at(span);
        self.unit.op(Op::CallEx, x, to, window, 2);
        Ok(())
    }

    fn star_arguments(&mut self, args: &'a [Expr], list: Reg, callee: Reg) -> Outcome<()> {
        let mark = self.unit.mark();
        let head = args
            .iter()
            .take(PIECE)
            .take_while(|e| !e.is_starred_expr())
            .count();
        let base = self.run_of(&args[..head])?;
        self.unit.op(Op::BuildList, 0, list, base, head as u16);
        self.unit.release(mark);
        for argument in &args[head..] {
            match argument {
                Expr::Starred(starred) => {
                    let value = self.operand(&starred.value)?;
                    self.unit.op(Op::ListExtend, 1, list, value, callee);
                }
                plain => {
                    let value = self.operand(plain)?;
                    self.unit.op(Op::ListAppend, 0, list, value, 0);
                }
            }
            self.unit.release(mark);
        }
        Ok(())
    }

    pub fn keyword_dict(
        &mut self,
        keywords: &'a [ast::Keyword],
        dict: Reg,
        callee: Reg,
    ) -> Outcome<()> {
        if keywords.is_empty() {
            self.load_none(dict);
            return Ok(());
        }
        let mark = self.unit.mark();
        let head = keywords
            .iter()
            .take(PIECE / 2)
            .take_while(|k| k.arg.is_some())
            .count();
        let base = self.unit.temps(head as u32 * 2);
        for (at, keyword) in keywords[..head].iter().enumerate() {
            let reg = nth(base, at * 2);
            if let Some(name) = &keyword.arg {
                let name = self.argument_name(name);
                self.load_constant(name, reg);
            }
            self.expr_to(&keyword.value, reg + 1)?;
        }
        self.unit.op(Op::BuildDict, 0, dict, base, doubled(head));
        self.unit.release(mark);
        for keyword in &keywords[head..] {
            let value = match &keyword.arg {
                None => self.operand(&keyword.value)?,
                Some(name) => {
                    let pair = self.unit.temps(3);
                    let name = self.argument_name(name);
                    self.load_constant(name, pair);
                    self.expr_to(&keyword.value, pair + 1)?;
                    self.unit.op(Op::BuildDict, 0, pair + 2, pair, 2);
                    pair + 2
                }
            };
            self.unit.op(Op::DictMerge, 0, dict, value, callee);
            self.unit.release(mark);
        }
        Ok(())
    }

    // ---- super

    /// Whether `super` here means the builtin with the class and instance of this function.
    fn super_of_here(&mut self, callee: &Expr) -> bool {
        let Expr::Name(name) = callee else {
            return false;
        };
        if name.id.as_str() != "super" {
            return false;
        }
        let sym = self.table.names.intern("super");
        let class = self.table.names.intern("__class__");
        let own_scope = self.scope();
        self.unit.comprehensions.is_empty()
            && own_scope.kind == ScopeKind::Function
            && self.place(sym) == Place::Global
            && self.table.scopes[0].var(sym) & BOUND == 0
            && matches!(self.place(class), Place::Cell { free: true, .. })
            && own_scope.vars.first().is_some_and(|(first, var)| {
                let is_unbound = match self.place(*first) {
                    Place::Register(reg) => !self.unit.bound.contains(reg),
                    _ => var & DELETED != 0,
                };
                var & PARAM != 0 && !is_unbound
            })
    }

    pub fn super_call(&mut self, expr: &Expr) -> bool {
        match expr {
            Expr::Call(call) => call.arguments.is_empty() && self.super_of_here(&call.func),
            _ => false,
        }
    }

    /// The class of the running method and its first argument, into `at` and `at + 1`.
    pub fn class_and_self(&mut self, at: Reg) {
        let class = self.table.names.intern("__class__");
        self.load_name(class, at);
        let first = self.scope().vars.first().map(|(sym, _)| *sym);
        if let Some(first) = first {
            self.load_name(first, at + 1);
        }
    }

    fn warn_callee(&mut self, callee: &Expr) {
        // What a lambda gives may be called.
        let Some(kind) = made_type(callee).filter(|kind| *kind != "function") else {
            return;
        };
        let message = format!("'{kind}' object is not callable; perhaps you missed a comma?");
        self.warn(message, callee.range());
    }

    pub fn warn_subscript(&mut self, subscript: &ast::ExprSubscript) {
        let Some(kind) = made_type(&subscript.value) else {
            return;
        };
        match kind {
            "dict" => {}
            "tuple" | "list" | "str" | "bytes" => {
                let is_wrong = |index: &&str| !matches!(*index, "int" | "bool");
                let Some(index) = fixed_type(&subscript.slice).filter(is_wrong) else {
                    return;
                };
                let message = format!(
                    "{kind} indices must be integers or slices, not {index}; perhaps you missed \
                     a comma?"
                );
                self.warn(message, subscript.range);
            }
            _ => {
                let message =
                    format!("'{kind}' object is not subscriptable; perhaps you missed a comma?");
                self.warn(message, subscript.range);
            }
        }
    }
}

/// The type of what an expression makes, where its form says that.
fn made_type(expr: &Expr) -> Option<&'static str> {
    Some(match expr {
        Expr::NumberLiteral(n) => match n.value {
            ast::Number::Int(_) => "int",
            ast::Number::Float(_) => "float",
            ast::Number::Complex { .. } => "complex",
        },
        Expr::StringLiteral(_) | Expr::FString(_) => "str",
        Expr::TString(_) => "string.templatelib.Template",
        Expr::BytesLiteral(_) => "bytes",
        Expr::BooleanLiteral(_) => "bool",
        Expr::NoneLiteral(_) => "NoneType",
        Expr::EllipsisLiteral(_) => "ellipsis",
        Expr::Tuple(_) => "tuple",
        Expr::List(_) | Expr::ListComp(_) => "list",
        Expr::Dict(_) | Expr::DictComp(_) => "dict",
        Expr::Set(_) | Expr::SetComp(_) => "set",
        Expr::Generator(_) => "generator",
        Expr::Lambda(_) => "function",
        _ => return None,
    })
}

/// The same of an index, but not of those forms that nobody takes for one.
fn fixed_type(index: &Expr) -> Option<&'static str> {
    match index {
        Expr::Dict(_) | Expr::DictComp(_) | Expr::Set(_) | Expr::SetComp(_) => None,
        Expr::Generator(_) | Expr::Lambda(_) => None,
        // Of constants only texts and tuples are told of.
        Expr::NumberLiteral(_) | Expr::BooleanLiteral(_) | Expr::NoneLiteral(_) => None,
        Expr::EllipsisLiteral(_) => None,
        other => made_type(other),
    }
}

use crate::expr::PIECE;
