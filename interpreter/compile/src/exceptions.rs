//! `try`, `with`, and jumps that leave them.
//!
//! A `finally` body is compiled once for each way out: the normal one, each `return`, `break` and
//! `continue`, and the exceptional one. While such a copy is emitted, the protected ranges which
//! it leaves are interrupted, so that an exception in it is not handled by what it has left.
//!
//! Every handler first makes its exception the handled one and keeps the one before in a
//! register; every way out of the handler puts that one back.

use crate::compiler::Compiler;
use crate::errors::Outcome;
use crate::scope::Sym;
use crate::unit::Block;
use bytecode::{CommonConst, Op, Reg, SpecialMethod};
use ruff_python_ast::{self as ast, ExceptHandler, Stmt};
use ruff_text_size::{Ranged, TextRange};

/// What a jump left, to be put back for the code behind it.
pub struct Way<'a> {
    /// Statements were emitted that are run on the way.
    pub ran: bool,
    blocks: Vec<Block<'a>>,
    suspended: Vec<usize>,
}

impl<'a> Compiler<'a, '_> {
    // ---- leaving

    /// Emits what has to run before the blocks from `down_to` on are left.
    pub fn unwind(&mut self, down_to: usize) -> Outcome<Way<'a>> {
        let mut way = Way {
            ran: false,
            blocks: Vec::new(),
            suspended: Vec::new(),
        };
        let span = self.unit.at(TextRange::default());
        self.unit.at(span);
        while self.unit.blocks.len() > down_to {
            let Some(block) = self.unit.blocks.pop() else {
                break;
            };
            way.blocks.push(block);
            match block {
                Block::Loop { .. } => {}
                Block::Handler {
                    previous,
                    name,
                    protections,
                } => {
                    self.unit.suspend(protections, &mut way.suspended);
                    if let Some(sym) = name {
                        self.forget(sym);
                    }
                    self.unit.op(Op::PopHandled, 0, previous, 0, 0);
                }
                Block::Finally { body, protections } => {
                    way.ran = true;
                    self.unit.suspend(protections, &mut way.suspended);
                    let mark = self.unit.mark();
                    self.body(body)?;
                    self.unit.release(mark);
                }
                Block::With {
                    exit,
                    is_async,
                    range,
                    protections,
                } => {
                    way.ran = true;
                    self.unit.suspend(protections, &mut way.suspended);
                    self.unit.at(range);
                    self.call_exit(exit, is_async);
                }
            }
            self.unit.at(span);
        }
        Ok(way)
    }

    /// Goes on behind the jump as if nothing had been left.
    pub fn rewind(&mut self, way: Way<'a>) {
        self.unit.blocks.extend(way.blocks.into_iter().rev());
        self.unit.resume(&way.suspended);
    }

    /// Ends a handler's name: it becomes None and then unbound.
    fn forget(&mut self, sym: Sym) {
        let mark = self.unit.mark();
        let none = self.unit.temp();
        self.load_none(none);
        self.store_name(sym, none);
        self.delete_name(sym);
        self.unit.release(mark);
    }

    /// The handler that every handler has: puts the previous exception back and goes on raising.
    fn restore_and_reraise(&mut self, handler: crate::unit::Label, reg: Reg, previous: Reg) {
        self.unit.place(handler);
        self.unit.at(TextRange::default());
        self.unit.op(Op::PopHandled, 0, previous, 0, 0);
        self.unit.op(Op::Reraise, 0, reg, 0, 0);
    }

    // ---- try

    pub fn try_stmt(&mut self, attempt: &'a ast::StmtTry) -> Outcome<()> {
        self.warn_leaving_finally(&attempt.finalbody, false);
        self.line(attempt.range);
        if attempt.finalbody.is_empty() {
            return self.try_except(attempt);
        }
        self.with_finally(attempt, Self::try_except)
    }

    pub fn try_star(&mut self, attempt: &'a ast::StmtTry) -> Outcome<()> {
        self.line(attempt.range);
        if attempt.finalbody.is_empty() {
            return self.try_except_star(attempt);
        }
        self.with_finally(attempt, Self::try_except_star)
    }

    fn with_finally(
        &mut self,
        attempt: &'a ast::StmtTry,
        inner: fn(&mut Self, &'a ast::StmtTry) -> Outcome<()>,
    ) -> Outcome<()> {
        let (handler, end) = (self.unit.label(), self.unit.label());
        let exception = self.unit.temps(3);
        let previous = exception + 1;
        let protections = self.unit.protections();
        self.unit.protect(handler, exception);
        self.unit.blocks.push(Block::Finally {
            body: &attempt.finalbody,
            protections,
        });
        if attempt.handlers.is_empty() {
            self.body(&attempt.body)?;
        } else {
            inner(self, attempt)?;
        }
        self.unit.blocks.pop();
        self.unit.unprotect();
        self.body(&attempt.finalbody)?;
        self.unit.jump(end);
        self.exceptional_finally(&attempt.finalbody, handler, exception, previous)?;
        self.unit.place(end);
        Ok(())
    }

    fn exceptional_finally(
        &mut self,
        body: &'a [Stmt],
        handler: crate::unit::Label,
        exception: Reg,
        previous: Reg,
    ) -> Outcome<()> {
        self.unit.place(handler);
        self.unit.at(TextRange::default());
        self.unit.op(Op::PushHandled, 0, previous, exception, 0);
        let cleanup = self.unit.label();
        let protections = self.unit.protections();
        self.unit.protect(cleanup, exception + 2);
        self.unit.blocks.push(Block::Handler {
            previous,
            name: None,
            protections,
        });
        self.body(body)?;
        self.unit.blocks.pop();
        self.unit.unprotect();
        self.unit.stay();
        self.unit.op(Op::PopHandled, 0, previous, 0, 0);
        self.unit.op(Op::Reraise, 0, exception, 0, 0);
        self.restore_and_reraise(cleanup, exception + 2, previous);
        Ok(())
    }

    fn try_except(&mut self, attempt: &'a ast::StmtTry) -> Outcome<()> {
        let (handler, end) = (self.unit.label(), self.unit.label());
        let exception = self.unit.temps(3);
        let (previous, second) = (exception + 1, exception + 2);
        self.unit.protect(handler, exception);
        self.body(&attempt.body)?;
        self.unit.unprotect();
        self.body(&attempt.orelse)?;
        self.unit.jump(end);

        self.unit.place(handler);
        self.unit.at(TextRange::default());
        self.unit.op(Op::PushHandled, 0, previous, exception, 0);
        let cleanup = self.unit.label();
        let protections = self.unit.protections();
        self.unit.protect(cleanup, second);
        for clause in &attempt.handlers {
            let ExceptHandler::ExceptHandler(clause) = clause;
            let next = self.unit.label();
            if let Some(class) = clause.type_.as_deref() {
                let mark = self.unit.mark();
                let class_reg = self.operand(class)?;
                let matches = self.unit.temp();
                self.unit.at(class.range());
                self.unit
                    .op(Op::MatchException, 0, matches, exception, class_reg);
                self.unit.branch(Op::JumpIfFalse, matches, next);
                self.unit.release(mark);
            } else {
                self.line(clause.range);
            }
            self.handler_body(clause, exception, previous, protections)?;
            self.unit.jump(end);
            self.unit.place(next);
            if let Some(class) = clause.type_.as_deref() {
                self.unit.at(class.range());
            }
        }
        self.unit.unprotect();
        self.unit.op(Op::PopHandled, 0, previous, 0, 0);
        self.unit.op(Op::Reraise, 0, exception, 0, 0);
        self.restore_and_reraise(cleanup, second, previous);
        self.unit.place(end);
        Ok(())
    }

    /// One clause's body, up to where the previous exception is the handled one again.
    fn handler_body(
        &mut self,
        clause: &'a ast::ExceptHandlerExceptHandler,
        exception: Reg,
        previous: Reg,
        protections: usize,
    ) -> Outcome<()> {
        let mut suspended = Vec::new();
        let Some(name) = &clause.name else {
            self.unit.blocks.push(Block::Handler {
                previous,
                name: None,
                protections,
            });
            self.body(&clause.body)?;
            self.unit.blocks.pop();
            self.unit.stay();
            self.unit.suspend(protections, &mut suspended);
            self.unit.op(Op::PopHandled, 0, previous, 0, 0);
            self.unit.resume(&suspended);
            return Ok(());
        };
        let sym = self.mangle(name.as_str());
        let outer = self.unit.at(name.range);
        self.store_name(sym, exception);
        self.unit.at(outer);
        let forget = self.unit.label();
        let second = self.unit.temp();
        self.unit.protect(forget, second);
        self.unit.blocks.push(Block::Handler {
            previous,
            name: Some(sym),
            protections,
        });
        self.body(&clause.body)?;
        self.unit.blocks.pop();
        self.unit.unprotect();
        self.unit.stay();
        self.unit.suspend(protections, &mut suspended);
        self.forget(sym);
        self.unit.op(Op::PopHandled, 0, previous, 0, 0);
        self.unit.resume(&suspended);
        // The way of an exception: here nothing is handled further, so the outer ranges are cut
        // again around it.
        let end = self.unit.label();
        self.unit.jump(end);
        suspended.clear();
        self.unit.suspend(protections, &mut suspended);
        self.unit.place(forget);
        let last = self.unit.at(TextRange::default());
        self.forget(sym);
        self.unit.op(Op::PopHandled, 0, previous, 0, 0);
        self.unit.op(Op::Reraise, 0, second, 0, 0);
        self.unit.resume(&suspended);
        self.unit.place(end);
        self.unit.at(last);
        Ok(())
    }

    /// `except*`: every clause takes its part of the group; what they raise and what is left is
    /// raised together at the end.
    fn try_except_star(&mut self, attempt: &'a ast::StmtTry) -> Outcome<()> {
        let (handler, end) = (self.unit.label(), self.unit.label());
        // Original, previous, exception of the cleanup; part, rest; list of what is to be raised.
        let exception = self.unit.temps(6);
        let (previous, second, part, list) =
            (exception + 1, exception + 2, exception + 3, exception + 5);
        self.unit.protect(handler, exception);
        self.body(&attempt.body)?;
        self.unit.unprotect();
        self.body(&attempt.orelse)?;
        self.unit.jump(end);

        self.unit.place(handler);
        self.unit.at(TextRange::default());
        self.unit.op(Op::PushHandled, 0, previous, exception, 0);
        let cleanup = self.unit.label();
        self.unit.protect(cleanup, second);
        self.unit.op(Op::BuildList, 0, list, list, 0);
        self.unit.movement(part + 1, exception);
        for clause in &attempt.handlers {
            let ExceptHandler::ExceptHandler(clause) = clause;
            self.star_clause(clause, part, list)?;
        }
        self.unit.at(TextRange::default());
        let matched = self.unit.label();
        self.unit.branch(Op::JumpIfNone, part + 1, matched);
        self.unit.op(Op::ListAppend, 0, list, part + 1, 0);
        self.unit.place(matched);
        self.unit
            .op(Op::PrepareReraiseStar, 0, part, exception, list);
        self.unit.unprotect();
        let raise = self.unit.label();
        self.unit.branch(Op::JumpIfNotNone, part, raise);
        self.unit.op(Op::PopHandled, 0, previous, 0, 0);
        self.unit.jump(end);
        self.unit.place(raise);
        self.unit.op(Op::PopHandled, 0, previous, 0, 0);
        self.unit.op(Op::Reraise, 0, part, 0, 0);
        self.restore_and_reraise(cleanup, second, previous);
        self.unit.place(end);
        Ok(())
    }

    fn star_clause(
        &mut self,
        clause: &'a ast::ExceptHandlerExceptHandler,
        part: Reg,
        list: Reg,
    ) -> Outcome<()> {
        let Some(class) = clause.type_.as_deref() else {
            return Ok(());
        };
        let rest = part + 1;
        let next = self.unit.label();
        self.unit.at(class.range());
        self.unit.branch(Op::JumpIfNone, rest, next);
        let mark = self.unit.mark();
        let class_reg = self.operand(class)?;
        self.unit.at(class.range());
        self.unit
            .op(Op::MatchExceptionStar, 0, part, rest, class_reg);
        self.unit.release(mark);
        self.unit.branch(Op::JumpIfNone, part, next);

        let previous = self.unit.temps(2);
        let raised = previous + 1;
        let caught = self.unit.label();
        self.unit.op(Op::PushHandled, 0, previous, part, 0);
        let sym = clause.name.as_ref().map(|name| self.mangle(name.as_str()));
        let protections = self.unit.protections();
        self.unit.protect(caught, raised);
        if let Some(sym) = sym {
            self.store_name(sym, part);
        }
        self.unit.blocks.push(Block::Handler {
            previous,
            name: sym,
            protections,
        });
        self.body(&clause.body)?;
        self.unit.blocks.pop();
        self.unit.unprotect();
        self.unit.stay();
        if let Some(sym) = sym {
            self.forget(sym);
        }
        self.unit.op(Op::PopHandled, 0, previous, 0, 0);
        self.unit.jump(next);
        self.unit.place(caught);
        let last = self.unit.at(TextRange::default());
        if let Some(sym) = sym {
            self.forget(sym);
        }
        self.unit.op(Op::PopHandled, 0, previous, 0, 0);
        self.unit.op(Op::ListAppend, 0, list, raised, 0);
        self.unit.at(last);
        self.unit.place(next);
        self.unit.release(mark);
        Ok(())
    }

    // ---- with

    pub fn with_stmt(&mut self, with: &'a ast::StmtWith) -> Outcome<()> {
        self.with_items(&with.items, with)
    }

    fn with_items(&mut self, items: &'a [ast::WithItem], with: &'a ast::StmtWith) -> Outcome<()> {
        let Some((item, rest)) = items.split_first() else {
            return self.body(&with.body);
        };
        let range = item.context_expr.range();
        let (enter_kind, exit_kind) = if with.is_async {
            (SpecialMethod::AsyncEnter, SpecialMethod::AsyncExit)
        } else {
            (SpecialMethod::Enter, SpecialMethod::Exit)
        };
        // The exit method and its receiver, the exception, the one handled before, the one of the
        // cleanup.
        let exit = self.unit.temps(5);
        let (exception, previous, second) = (exit + 2, exit + 3, exit + 4);
        let mark = self.unit.mark();
        let manager = self.operand(&item.context_expr)?;
        self.unit.at(range);
        self.unit
            .op(Op::LoadSpecial, exit_kind as u8, exit, manager, 0);
        let window = self.unit.temps(2);
        self.unit
            .op(Op::LoadSpecial, enter_kind as u8, window, manager, 0);
        self.unit.op(Op::Call, 0, window, window, 0);
        if with.is_async {
            self.delegate(window, window, 2);
        }
        let (handler, end) = (self.unit.label(), self.unit.label());
        let protections = self.unit.protections();
        self.unit.protect(handler, exception);
        self.unit.blocks.push(Block::With {
            exit,
            is_async: with.is_async,
            range,
            protections,
        });
        if let Some(target) = item.optional_vars.as_deref() {
            self.store(target, window)?;
        }
        self.unit.release(mark);
        self.with_items(rest, with)?;
        self.unit.blocks.pop();
        self.unit.unprotect();
        self.unit.at(range);
        self.call_exit(exit, with.is_async);
        self.unit.jump(end);

        self.unit.place(handler);
        self.unit.op(Op::PushHandled, 0, previous, exception, 0);
        let cleanup = self.unit.label();
        self.unit.protect(cleanup, second);
        let suppressed = self.exceptional_exit(exit, exception, with.is_async);
        let leave = self.unit.label();
        self.unit.branch(Op::JumpIfTrue, suppressed, leave);
        self.unit.unprotect();
        self.unit.op(Op::PopHandled, 0, previous, 0, 0);
        self.unit.op(Op::Reraise, 0, exception, 0, 0);
        self.restore_and_reraise(cleanup, second, previous);
        self.unit.place(leave);
        self.unit.op(Op::PopHandled, 0, previous, 0, 0);
        self.unit.place(end);
        self.unit.release(mark);
        Ok(())
    }

    /// Calls the exit method with three times None.
    fn call_exit(&mut self, exit: Reg, is_async: bool) {
        let mark = self.unit.mark();
        let window = self.unit.temps(5);
        self.unit.movement(window, exit);
        self.unit.movement(window + 1, exit + 1);
        for at in 2..5 {
            self.unit.common(window + at, CommonConst::None);
        }
        self.unit.op(Op::Call, 0, window, window, 3);
        if is_async {
            self.delegate(window, window, 3);
        }
        self.unit.release(mark);
    }

    /// Calls the exit method with the exception; the register says whether it is swallowed.
    fn exceptional_exit(&mut self, exit: Reg, exception: Reg, is_async: bool) -> Reg {
        let window = self.unit.temps(5);
        self.unit.movement(window, exit);
        self.unit.movement(window + 1, exit + 1);
        let class = self.attribute_site("__class__");
        let traceback = self.attribute_site("__traceback__");
        self.unit.op(Op::LoadAttr, 0, window + 2, exception, class);
        self.unit.movement(window + 3, exception);
        self.unit
            .op(Op::LoadAttr, 0, window + 4, exception, traceback);
        self.unit.op(Op::Call, 0, window, window, 3);
        if is_async {
            self.delegate(window, window, 3);
        }
        window
    }
}
