//! Statements, but for definitions, exceptions and patterns.

use crate::compiler::Compiler;
use crate::errors::{Fault, Outcome};
use crate::fold::truth;
use crate::scope::*;
use crate::unit::Block;
use bytecode::{CommonConst, Const, Op};
use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange};

impl<'a> Compiler<'a, '_> {
    pub fn body(&mut self, body: &'a [Stmt]) -> Outcome<()> {
        for statement in body {
            if !self.unit.reachable {
                break;
            }
            let mark = self.unit.mark();
            self.unit.at(statement.range());
            let pc = self.unit.pc();
            self.stmt(statement)?;
            if self.unit.pc() == pc && is_executed(statement) {
                self.line(statement.range());
            }
            self.unit.release(mark);
        }
        Ok(())
    }

    fn stmt(&mut self, statement: &'a Stmt) -> Outcome<()> {
        match statement {
            Stmt::Expr(expression) => self.expression_statement(&expression.value),
            Stmt::Assign(assign) => self.assign(assign),
            Stmt::AugAssign(assign) => self.aug_assign(assign),
            Stmt::AnnAssign(assign) => self.ann_assign(assign),
            Stmt::Return(ret) => self.return_stmt(ret),
            Stmt::If(branch) => self.if_stmt(branch),
            Stmt::While(each) => self.while_stmt(each),
            Stmt::For(each) if each.is_async => self.async_for(each),
            Stmt::For(each) => self.for_stmt(each),
            Stmt::FunctionDef(def) => self.function_def(def),
            Stmt::ClassDef(def) => self.class_def(def),
            Stmt::Try(attempt) if attempt.is_star => self.try_star(attempt),
            Stmt::Try(attempt) => self.try_stmt(attempt),
            Stmt::With(with) => self.with_stmt(with),
            Stmt::Match(matching) => self.match_stmt(matching),
            Stmt::Raise(raise) => self.raise(raise),
            Stmt::Assert(assert) => self.assert(assert),
            Stmt::Delete(delete) => {
                for target in &delete.targets {
                    self.delete(target)?;
                }
                Ok(())
            }
            Stmt::Import(import) => self.import(import),
            Stmt::ImportFrom(import) => self.import_from(import),
            Stmt::TypeAlias(alias) => self.type_alias(alias),
            Stmt::Global(_) | Stmt::Nonlocal(_) => Ok(()),
            Stmt::Pass(_) => Ok(()),
            Stmt::Break(_) => self.leave_loop(true, statement.range()),
            Stmt::Continue(_) => self.leave_loop(false, statement.range()),
            Stmt::IpyEscapeCommand(at) => Err(Fault::new("invalid syntax", at.range)),
        }
    }

    fn expression_statement(&mut self, value: &'a Expr) -> Outcome<()> {
        if self.interactive && self.scope().kind == ScopeKind::Module {
            let window = self.unit.temps(3);
            let outer = self.unit.at(value.range());
            let hook = self.table.names.intern("displayhook");
            self.import_attribute("sys", hook, window);
            self.expr_to(value, window + 2)?;
            self.unit
                .op(Op::Call, crate::call::PLAIN, window, window, 1);
            self.unit.at(outer);
            return Ok(());
        }
        if self.constant_value(value).is_some() {
            self.warn_escapes(value);
            return Ok(());
        }
        if self.options.hidden && self.add_up(value)? {
            return Ok(());
        }
        self.discard(value)
    }

    /// `__add_up__(sum, item, iterator)`. False if it is anything else.
    fn add_up(&mut self, value: &'a Expr) -> Outcome<bool> {
        let Expr::Call(call) = value else {
            return Ok(false);
        };
        let (Expr::Name(name), [sum, item, iterator]) = (&*call.func, &*call.arguments.args) else {
            return Ok(false);
        };
        if name.id.as_str() != "__add_up__" {
            return Ok(false);
        }
        let (sum, item) = (self.operand(sum)?, self.operand(item)?);
        let iterator = self.operand(iterator)?;
        let outer = self.unit.at(value.range());
        self.unit.op(Op::AddUp, 0, sum, item, iterator);
        self.unit.at(outer);
        Ok(true)
    }

    /// `to` = attribute `name` of the top-level module `module`.
    pub fn import_attribute(&mut self, module: &str, name: Sym, to: u16) {
        let module = self.table.names.intern(module);
        let module = self.short_name(module);
        let from = self.unit.temp();
        self.load_none(from);
        self.unit.op(Op::ImportName, 0, to, from, module);
        let name = self.name_index(name);
        let site = self.unit.attribute_site(name);
        self.unit.op(Op::LoadAttr, 0, to, to, site);
    }

    fn return_stmt(&mut self, ret: &'a ast::StmtReturn) -> Outcome<()> {
        let constant = ret
            .value
            .as_deref()
            .map_or(Some(Const::None), |v| self.constant_value(v));
        if let Some(value) = ret.value.as_deref()
            && self.scope().is_async
            && self.scope().has_yield
        {
            return Err(Fault::new(
                "'return' with value in async generator",
                value_range(ret, value),
            ));
        }
        if self
            .unit
            .blocks
            .iter()
            .all(|b| matches!(b, Block::Loop { .. }))
        {
            let value = match ret.value.as_deref() {
                Some(value) => self.operand(value)?,
                None => {
                    let reg = self.unit.temp();
                    self.load_none(reg);
                    reg
                }
            };
            self.unit.at(ret.range);
            self.unit.op(Op::Return, 0, value, 0, 0);
            return Ok(());
        }
        let reg = self.unit.temp();
        // A constant is loaded after what has to be run on the way out.
        if let (None, Some(value)) = (&constant, ret.value.as_deref()) {
            self.expr_to(value, reg)?;
        }
        self.line(ret.range);
        self.unit.at(ret.range);
        let way = self.unwind(0)?;
        if way.ran {
            self.unit.stay();
        }
        if let Some(constant) = constant {
            self.load_constant(constant, reg);
        }
        self.unit.op(Op::Return, 0, reg, 0, 0);
        self.rewind(way);
        Ok(())
    }

    fn if_stmt(&mut self, branch: &'a ast::StmtIf) -> Outcome<()> {
        let end = self.unit.label();
        let mut next = self.unit.label();
        self.condition(&branch.test, next, false)?;
        self.body(&branch.body)?;
        for clause in &branch.elif_else_clauses {
            self.unit.jump(end);
            self.unit.place(next);
            next = self.unit.label();
            if let Some(test) = &clause.test {
                self.unit.at(test.range());
                self.condition(test, next, false)?;
            }
            self.body(&clause.body)?;
        }
        self.unit.place(next);
        self.unit.place(end);
        Ok(())
    }

    // ---- loops

    fn while_stmt(&mut self, each: &'a ast::StmtWhile) -> Outcome<()> {
        let (head, orelse, end) = (self.unit.label(), self.unit.label(), self.unit.label());
        self.unit.place_head(head);
        let forever = self
            .constant_value(&each.test)
            .is_some_and(|test| truth(&test));
        if forever {
            self.line(each.test.range());
        } else {
            self.condition(&each.test, orelse, false)?;
        }
        self.unit.blocks.push(Block::Loop { next: head, end });
        self.body(&each.body)?;
        self.unit.blocks.pop();
        self.unit.at(each.test.range());
        self.unit.jump_back(head);
        self.unit.place(orelse);
        self.body(&each.orelse)?;
        self.unit.place(end);
        Ok(())
    }

    fn for_stmt(&mut self, each: &'a ast::StmtFor) -> Outcome<()> {
        let iterator = self.unit.temp();
        self.iterate(&each.iter, iterator)?;
        let (head, orelse, end) = (self.unit.label(), self.unit.label(), self.unit.label());
        self.unit.at(each.iter.range());
        self.unit.place_head(head);
        self.next_into(&each.target, iterator, orelse)?;
        self.unit.blocks.push(Block::Loop { next: head, end });
        self.body(&each.body)?;
        self.unit.blocks.pop();
        self.unit.at(each.iter.range());
        self.unit.jump_back(head);
        self.unit.place(orelse);
        self.body(&each.orelse)?;
        self.unit.place(end);
        Ok(())
    }

    /// `to` = iterator over the expression. A literal list is iterated as a tuple.
    pub fn iterate(&mut self, iterable: &'a Expr, to: u16) -> Outcome<()> {
        if self.options.hidden
            && let Some(iterator) = each(iterable)
        {
            return self.expr_to(iterator, to);
        }
        let outer = self.unit.at(iterable.range());
        let items = match iterable {
            Expr::List(list) if crate::symbols::is_literal(&list.node_index) => {
                self.constant_items(&list.elts)
            }
            _ => None,
        };
        let value = match items {
            Some(items) => {
                self.load_constant(items, to);
                to
            }
            None if self.variable(iterable).is_some() => self.operand(iterable)?,
            None => {
                self.expr_to(iterable, to)?;
                to
            }
        };
        self.unit.op(Op::GetIter, 0, to, value, 0);
        self.unit.at(outer);
        Ok(())
    }

    /// Next item into the target, or a jump to `done`.
    pub fn next_into(
        &mut self,
        target: &'a Expr,
        iterator: u16,
        done: crate::unit::Label,
    ) -> Outcome<()> {
        if let Some(reg) = self.variable(target) {
            self.unit.fused(Op::ForIter, 0, reg, iterator, done);
            self.unit.bound.insert(reg);
            return Ok(());
        }
        let mark = self.unit.mark();
        let item = self.unit.temp();
        self.unit.fused(Op::ForIter, 0, item, iterator, done);
        self.store(target, item)?;
        self.unit.release(mark);
        Ok(())
    }

    fn async_for(&mut self, each: &'a ast::StmtFor) -> Outcome<()> {
        let iterator = self.unit.temps(2);
        self.expr_to(&each.iter, iterator)?;
        self.unit.at(each.iter.range());
        self.unit.op(Op::GetAsyncIter, 0, iterator, iterator, 0);
        let (head, orelse, end) = (self.unit.label(), self.unit.label(), self.unit.label());
        self.unit.place_head(head);
        self.async_next_into(&each.target, iterator, orelse)?;
        self.unit.blocks.push(Block::Loop { next: head, end });
        self.body(&each.body)?;
        self.unit.blocks.pop();
        self.unit.at(each.iter.range());
        self.unit.jump_back(head);
        self.end_async_for(orelse, iterator);
        self.body(&each.orelse)?;
        self.unit.place(end);
        Ok(())
    }

    /// Awaits the next item into the target, by way of the register behind the iterator's. The
    /// end of the iteration arrives at the handler.
    pub fn async_next_into(
        &mut self,
        target: &'a Expr,
        iterator: u16,
        handler: crate::unit::Label,
    ) -> Outcome<()> {
        let mark = self.unit.mark();
        let item = iterator + 1;
        self.unit.protect(handler, item);
        self.await_next(iterator, item);
        self.unit.unprotect();
        self.store(target, item)?;
        self.unit.release(mark);
        Ok(())
    }

    pub fn end_async_for(&mut self, handler: crate::unit::Label, iterator: u16) {
        self.unit.place(handler);
        self.unit.op(Op::EndAsyncFor, 0, iterator + 1, 0, 0);
    }

    fn leave_loop(&mut self, out: bool, range: TextRange) -> Outcome<()> {
        let found = self
            .unit
            .blocks
            .iter()
            .enumerate()
            .rev()
            .find_map(|(at, b)| match *b {
                Block::Loop { next, end } => Some((at, next, end)),
                _ => None,
            });
        let Some((at, next, end)) = found else {
            return Ok(());
        };
        self.line(range);
        let way = self.unwind(at + 1)?;
        if way.ran {
            self.unit.stay();
        }
        if out {
            self.unit.jump(end);
        } else {
            self.unit.jump_back(next);
        }
        self.rewind(way);
        Ok(())
    }

    // ---- the rest

    fn raise(&mut self, raise: &'a ast::StmtRaise) -> Outcome<()> {
        let span = raise.range;
        match (raise.exc.as_deref(), raise.cause.as_deref()) {
            (None, _) => self.unit.op(Op::Raise, 0, 0, 0, 0),
            (Some(exception), None) => {
                let exception = self.operand(exception)?;
                self.unit.at(span);
                self.unit.op(Op::Raise, 1, exception, 0, 0);
            }
            (Some(exception), Some(cause)) => {
                let exception = self.held(exception, &[cause])?;
                let cause = self.operand(cause)?;
                self.unit.at(span);
                self.unit.op(Op::Raise, 2, exception, cause, 0);
            }
        }
        Ok(())
    }

    fn assert(&mut self, assert: &'a ast::StmtAssert) -> Outcome<()> {
        if let Expr::Tuple(tuple) = &*assert.test
            && !tuple.elts.is_empty()
        {
            let message = "assertion is always true, perhaps remove parentheses?".to_owned();
            self.warn(message, assert.range);
        }
        if self.options.optimize > 0 {
            return Ok(());
        }
        let end = self.unit.label();
        self.condition(&assert.test, end, true)?;
        self.unit.at(assert.test.range());
        let exception;
        match assert.msg.as_deref() {
            None => {
                exception = self.unit.temp();
                self.unit.common(exception, CommonConst::AssertionError);
            }
            Some(message) => {
                exception = self.unit.temps(3);
                self.unit.common(exception, CommonConst::AssertionError);
                self.expr_to(message, exception + 2)?;
                self.unit
                    .op(Op::Call, crate::call::PLAIN, exception, exception, 1);
            }
        }
        self.unit.op(Op::Raise, 1, exception, 0, 0);
        self.unit.place(end);
        Ok(())
    }

    fn import(&mut self, import: &'a ast::StmtImport) -> Outcome<()> {
        for alias in &import.names {
            let mark = self.unit.mark();
            let module = self.unit.temp();
            let from = self.unit.temp();
            self.load_none(from);
            let full = self.table.names.intern(alias.name.as_str());
            let full = self.short_name(full);
            self.unit.op(Op::ImportName, 0, module, from, full);
            let mut parts = alias.name.as_str().split('.');
            let first = parts.next().unwrap_or("");
            match &alias.asname {
                None => {
                    let sym = self.mangle(first);
                    self.store_name(sym, module);
                }
                Some(name) => {
                    for part in parts {
                        let part = self.table.names.intern(part);
                        let part = self.short_name(part);
                        self.unit.op(Op::ImportFrom, 0, module, module, part);
                    }
                    let sym = self.mangle(name.as_str());
                    self.store_name(sym, module);
                }
            }
            self.unit.release(mark);
        }
        Ok(())
    }

    fn import_from(&mut self, import: &'a ast::StmtImportFrom) -> Outcome<()> {
        let names = import
            .names
            .iter()
            .map(|alias| Const::str(alias.name.as_str()))
            .collect::<Box<[_]>>();
        let from = self.unit.temp();
        self.load_constant(Const::Tuple(names), from);
        let module = self.unit.temp();
        let name = import.module.as_ref().map_or("", |m| m.as_str());
        let name = self.table.names.intern(name);
        let name = self.short_name(name);
        let level = u8::try_from(import.level).unwrap_or(u8::MAX);
        self.unit.op(Op::ImportName, level, module, from, name);
        for alias in &import.names {
            if alias.name.as_str() == "*" {
                self.unit.op(Op::ImportStar, 0, module, 0, 0);
                continue;
            }
            let name = self.table.names.intern(alias.name.as_str());
            let name = self.short_name(name);
            let target = alias.asname.as_ref().unwrap_or(&alias.name);
            let sym = self.mangle(target.as_str());
            if let crate::compiler::Place::Register(reg) = self.place(sym) {
                self.unit.op(Op::ImportFrom, 0, reg, module, name);
                self.unit.bound.insert(reg);
                continue;
            }
            let mark = self.unit.mark();
            let value = self.unit.temp();
            self.unit.op(Op::ImportFrom, 0, value, module, name);
            self.store_name(sym, value);
            self.unit.release(mark);
        }
        Ok(())
    }
}

/// Whether a statement that has no instruction is executed nevertheless.
fn is_executed(statement: &Stmt) -> bool {
    !matches!(
        statement,
        Stmt::Global(_) | Stmt::Nonlocal(_) | Stmt::AnnAssign(_) | Stmt::Assert(_)
    )
}

fn value_range(ret: &ast::StmtReturn, _value: &Expr) -> TextRange {
    ret.range
}

/// The argument of `__each__(iterator)`.
fn each(iterable: &Expr) -> Option<&Expr> {
    let Expr::Call(call) = iterable else {
        return None;
    };
    match (&*call.func, &*call.arguments.args) {
        (Expr::Name(name), [iterator]) if name.id.as_str() == "__each__" => Some(iterator),
        _ => None,
    }
}
