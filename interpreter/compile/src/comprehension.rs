//! Comprehensions, which run in place, and generator expressions, which are functions.

use crate::call::PLAIN;
use crate::compiler::Compiler;
use crate::define::Parts;
use crate::errors::Outcome;
use crate::symbols::scope_of;
use bytecode::{Op, ParamSpec, Reg};
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::Ranged;

/// What is done with each element.
#[derive(Clone, Copy)]
enum Element<'a> {
    Append(&'a Expr),
    /// The same where each item of the only iterator makes an element.
    Collect(&'a Expr),
    Add(&'a Expr),
    Insert(&'a Expr, &'a Expr),
    Yield(&'a Expr, u8),
}

impl<'a> Compiler<'a, '_> {
    pub fn comprehension(&mut self, expr: &'a Expr, to: Reg) -> Outcome<()> {
        let (generators, scope, build, element) = match expr {
            Expr::ListComp(c) => {
                let one_each =
                    matches!(&c.generators[..], [only] if only.ifs.is_empty() && !only.is_async);
                let element = match one_each {
                    true => Element::Collect(&c.elt),
                    false => Element::Append(&c.elt),
                };
                (&c.generators, &c.node_index, Op::BuildList, element)
            }
            Expr::SetComp(c) => (
                &c.generators,
                &c.node_index,
                Op::BuildSet,
                Element::Add(&c.elt),
            ),
            Expr::DictComp(c) => {
                let key = c.key.as_deref().unwrap_or(&c.value);
                (
                    &c.generators,
                    &c.node_index,
                    Op::BuildDict,
                    Element::Insert(key, &c.value),
                )
            }
            _ => return Ok(()),
        };
        let Some(first) = generators.first() else {
            return Ok(());
        };
        let result = self.scratch(to);
        let iterator = self.unit.temps(2);
        self.first_iterator(first, iterator)?;
        self.unit.op(build, 0, result, result, 0);
        // Only a plain first target is certain to be bound before any of the variables is read.
        let certain = generators.len() == 1 && is_plain(&first.target);
        self.open_comprehension(scope_of(scope), !certain);
        let done = self.loops(generators, iterator, element, result);
        self.close_comprehension();
        done?;
        self.unit.movement(to, result);
        Ok(())
    }

    fn first_iterator(&mut self, first: &'a ast::Comprehension, to: Reg) -> Outcome<()> {
        if first.is_async {
            self.expr_to(&first.iter, to)?;
            self.unit.op(Op::GetAsyncIter, 0, to, to, 0);
            return Ok(());
        }
        self.iterate(&first.iter, to)
    }

    /// The loop of the first generator, and in it those of the others. `iterator` is followed by a
    /// free register.
    fn loops(
        &mut self,
        generators: &'a [ast::Comprehension],
        iterator: Reg,
        element: Element<'a>,
        result: Reg,
    ) -> Outcome<()> {
        let Some((first, rest)) = generators.split_first() else {
            return Ok(());
        };
        let (head, done, end) = (self.unit.label(), self.unit.label(), self.unit.label());
        let outer = self.unit.at(first.iter.range());
        self.unit.place_head(head);
        if first.is_async {
            self.async_next_into(&first.target, iterator, done)?;
        } else {
            self.next_into(&first.target, iterator, done)?;
        }
        self.unit.at(outer);
        for test in &first.ifs {
            self.condition(test, end, false)?;
        }
        match rest.first() {
            None => self.element(element, iterator, result)?,
            Some(next) => {
                let mark = self.unit.mark();
                let inner = self.unit.temps(2);
                self.first_iterator(next, inner)?;
                self.loops(rest, inner, element, result)?;
                self.unit.release(mark);
            }
        }
        self.unit.place(end);
        self.unit.at(first.iter.range());
        self.unit.jump_back(head);
        if first.is_async {
            self.end_async_for(done, iterator);
        } else {
            self.unit.place(done);
        }
        self.unit.at(outer);
        Ok(())
    }

    fn element(&mut self, element: Element<'a>, iterator: Reg, result: Reg) -> Outcome<()> {
        let mark = self.unit.mark();
        match element {
            Element::Append(value) => {
                let value = self.operand(value)?;
                self.unit.op(Op::ListAppend, 0, result, value, 0);
            }
            Element::Collect(value) => {
                let value = self.operand(value)?;
                self.unit.op(Op::ListCollect, 0, result, value, iterator);
            }
            Element::Add(value) => {
                let value = self.operand(value)?;
                self.unit.op(Op::SetAdd, 0, result, value, 0);
            }
            Element::Insert(key, value) => {
                let key = self.held(key, &[value])?;
                let value = self.operand(value)?;
                self.unit.op(Op::DictInsert, 0, result, key, value);
            }
            Element::Yield(value, x) => {
                let value = self.operand(value)?;
                let sent = self.unit.temp();
                self.unit.op(Op::Yield, x, sent, value, 0);
            }
        }
        self.unit.release(mark);
        Ok(())
    }

    pub fn generator(&mut self, generator: &'a ast::ExprGenerator, to: Reg) -> Outcome<()> {
        let Some(first) = generator.generators.first() else {
            return Ok(());
        };
        let window = self.unit.temps(3);
        self.first_iterator(first, window + 2)?;
        let qualname = self.child_qualname("<genexpr>", None);
        let scope = scope_of(&generator.node_index);
        self.enter(scope, qualname);
        self.unit.at(generator.range);
        let flags = self.flags(scope);
        // The argument is the iterator; the register for an asynchronous item must follow it.
        let iterator = if first.is_async {
            let pair = self.unit.temps(2);
            self.unit.movement(pair, 0);
            pair
        } else {
            0
        };
        let x = if flags.async_generator { 2 } else { 0 };
        let element = Element::Yield(&generator.elt, x);
        self.loops(&generator.generators, iterator, element, 0)?;
        self.return_none();
        let params = ParamSpec {
            positional_only: 1,
            positional: 1,
            ..ParamSpec::default()
        };
        let first_line = self.source.line(generator.range.start());
        let (code, free) = self.finish("<genexpr>", flags, params, first_line, generator.range)?;
        self.make_function(code, &free, Parts::default(), window);
        self.unit.op(Op::Call, PLAIN, to, window, 1);
        Ok(())
    }
}

fn is_plain(target: &Expr) -> bool {
    match target {
        Expr::Name(_) => true,
        Expr::Tuple(tuple) => tuple.elts.iter().all(is_plain),
        Expr::Starred(starred) => is_plain(&starred.value),
        _ => false,
    }
}
