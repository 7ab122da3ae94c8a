//! Assignments: names, attributes, items, unpacking, augmented and annotated ones; deletion.

use crate::compiler::{Compiler, Place};
use crate::errors::Outcome;
use crate::scope::ScopeKind;
use crate::unit::nth;
use bytecode::{Op, Reg};
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::Ranged;

impl<'a> Compiler<'a, '_> {
    pub fn assign(&mut self, assign: &'a ast::StmtAssign) -> Outcome<()> {
        if let [target] = assign.targets.as_slice() {
            if let Some(reg) = self.variable(target) {
                self.expr_to(&assign.value, reg)?;
                self.unit.bound.insert(reg);
                return Ok(());
            }
            if let Some(done) = self.assign_in_parallel(target, &assign.value) {
                return done;
            }
            let value = self.held(&assign.value, &[target])?;
            return self.store(target, value);
        }
        let value = self.operand(&assign.value)?;
        for (at, target) in assign.targets.iter().enumerate() {
            // A target that is assigned to must not be where the value itself lives.
            if at == 0 && self.variable(&assign.value).is_some() {
                let copy = self.unit.temp();
                self.unit.movement(copy, value);
                return self.store_all(&assign.targets, copy);
            }
            self.store(target, value)?;
        }
        Ok(())
    }

    fn store_all(&mut self, targets: &'a [Expr], value: Reg) -> Outcome<()> {
        for target in targets {
            self.store(target, value)?;
        }
        Ok(())
    }

    /// `a, b = x, y` without the tuple. Only where the counts agree and nothing is starred.
    fn assign_in_parallel(&mut self, target: &'a Expr, value: &'a Expr) -> Option<Outcome<()>> {
        let (Some(targets), Expr::Tuple(values)) = (elements(target), value) else {
            return None;
        };
        let values = &values.elts;
        if targets.len() != values.len()
            || targets.len() > crate::expr::PIECE
            || targets.is_empty()
            || targets.iter().chain(values).any(Expr::is_starred_expr)
        {
            return None;
        }
        Some(self.assign_pairs(targets, values))
    }

    fn assign_pairs(&mut self, targets: &'a [Expr], values: &'a [Expr]) -> Outcome<()> {
        let homes: Option<Vec<Reg>> = targets.iter().map(|t| self.variable(t)).collect();
        let distinct = homes.as_ref().is_some_and(|homes| {
            homes
                .iter()
                .enumerate()
                .all(|(at, reg)| !homes[..at].contains(reg))
        });
        let last = values.len() - 1;
        let mut held = Vec::with_capacity(values.len());
        for (at, value) in values.iter().enumerate() {
            if at == last
                && distinct
                && let Some(homes) = &homes
            {
                // All others are copied, and storing to registers cannot fail.
                self.expr_to(value, homes[at])?;
                self.unit.bound.insert(homes[at]);
                break;
            }
            held.push(self.fresh(value)?);
        }
        for (target, reg) in targets.iter().zip(held) {
            self.store(target, reg)?;
        }
        Ok(())
    }

    /// Stores a register into a target.
    pub fn store(&mut self, target: &'a Expr, from: Reg) -> Outcome<()> {
        let outer = self.unit.at(target.range());
        let mark = self.unit.mark();
        match target {
            Expr::Name(name) => {
                let sym = self.mangle(name.id.as_str());
                self.store_name(sym, from);
            }
            Expr::Attribute(attribute) => {
                let object = self.operand(&attribute.value)?;
                let site = self.attribute_site(attribute.attr.as_str());
                let span = self.attribute_span(attribute, attribute.range);
                self.unit.at(span);
                self.unit.op(Op::StoreAttr, 0, object, from, site);
            }
            Expr::Subscript(subscript) => {
                let object = self.held(&subscript.value, &[&subscript.slice])?;
                self.store_item(object, &subscript.slice, from)?;
            }
            Expr::Starred(starred) => self.store(&starred.value, from)?,
            other => {
                if let Some(targets) = elements(other) {
                    self.unpack(targets, from)?;
                }
            }
        }
        self.unit.release(mark);
        self.unit.at(outer);
        Ok(())
    }

    fn store_item(&mut self, object: Reg, index: &'a Expr, from: Reg) -> Outcome<()> {
        if let Some(index) = self.immediate(index) {
            self.unit
                .op(Op::StoreItemImm, 0, object, index as u16, from);
            return Ok(());
        }
        let index = self.index_operand(index)?;
        self.unit.op(Op::StoreItem, 0, object, index, from);
        Ok(())
    }

    fn unpack(&mut self, targets: &'a [Expr], from: Reg) -> Outcome<()> {
        let star = targets.iter().position(Expr::is_starred_expr);
        // Variables which lie side by side are unpacked into directly.
        let base = match self.adjacent_variables(targets) {
            Some(base) => base,
            None => self.unit.temps(targets.len() as u32),
        };
        match star {
            None => {
                self.unit
                    .op(Op::UnpackSequence, 0, from, base, targets.len() as u16);
            }
            Some(before) => {
                let after = targets.len() - before - 1;
                let Ok(after) = u8::try_from(after) else {
                    self.unit.overflow = true;
                    return Ok(());
                };
                self.unit.op(Op::UnpackEx, after, from, base, before as u16);
            }
        }
        for (at, target) in targets.iter().enumerate() {
            let reg = nth(base, at);
            if base < self.unit.first_temp {
                self.unit.bound.insert(reg);
            } else {
                self.store(target, reg)?;
            }
        }
        Ok(())
    }

    fn adjacent_variables(&mut self, targets: &'a [Expr]) -> Option<Reg> {
        let base = self.variable(targets.first()?)?;
        if base >= self.unit.first_temp {
            return None;
        }
        for (at, target) in targets.iter().enumerate() {
            if self.variable(target)? as usize != base as usize + at {
                return None;
            }
        }
        Some(base)
    }

    pub fn aug_assign(&mut self, assign: &'a ast::StmtAugAssign) -> Outcome<()> {
        let span = assign.range;
        match &*assign.target {
            Expr::Name(name) => {
                let sym = self.mangle(name.id.as_str());
                if let Place::Register(reg) = self.place(sym) {
                    let outer = self.unit.at(name.range);
                    self.check_bound(sym, reg);
                    self.unit.at(outer);
                    let left = self.held(&assign.target, &[&assign.value])?;
                    self.arithmetic(assign.op, 1, reg, left, &assign.value)?;
                    self.unit.bound.insert(reg);
                    return Ok(());
                }
                let value = self.fresh(&assign.target)?;
                self.unit.at(span);
                self.arithmetic(assign.op, 1, value, value, &assign.value)?;
                self.unit.at(name.range);
                self.store_name(sym, value);
            }
            Expr::Attribute(attribute) => {
                let object = self.held(&attribute.value, &[&assign.value])?;
                let value = self.unit.temp();
                let site = self.attribute_site(attribute.attr.as_str());
                let access = self.attribute_span(attribute, attribute.range);
                self.unit.at(access);
                self.unit.op(Op::LoadAttr, 0, value, object, site);
                self.unit.at(span);
                self.arithmetic(assign.op, 1, value, value, &assign.value)?;
                let site = self.attribute_site(attribute.attr.as_str());
                self.unit.at(access);
                self.unit.op(Op::StoreAttr, 0, object, value, site);
            }
            Expr::Subscript(subscript) => {
                let later = [&*subscript.slice, &*assign.value];
                let object = self.held(&subscript.value, &later)?;
                let value = self.unit.temp();
                if let Some(index) = self.immediate(&subscript.slice) {
                    self.unit.at(subscript.range);
                    self.unit
                        .op(Op::LoadItemImm, 0, value, object, index as u16);
                    self.unit.at(span);
                    self.arithmetic(assign.op, 1, value, value, &assign.value)?;
                    self.unit.at(subscript.range);
                    self.unit
                        .op(Op::StoreItemImm, 0, object, index as u16, value);
                    return Ok(());
                }
                let index = if subscript.slice.is_starred_expr() {
                    self.index_operand(&subscript.slice)?
                } else {
                    self.held(&subscript.slice, &later[1..])?
                };
                self.unit.at(subscript.range);
                self.unit.op(Op::LoadItem, 0, value, object, index);
                self.unit.at(span);
                self.arithmetic(assign.op, 1, value, value, &assign.value)?;
                self.unit.at(subscript.range);
                self.unit.op(Op::StoreItem, 0, object, index, value);
            }
            _ => {}
        }
        Ok(())
    }

    pub fn ann_assign(&mut self, assign: &'a ast::StmtAnnAssign) -> Outcome<()> {
        if let Some(value) = assign.value.as_deref() {
            match self.variable(&assign.target) {
                Some(reg) => {
                    self.expr_to(value, reg)?;
                    self.unit.bound.insert(reg);
                }
                None => {
                    let value = self.operand(value)?;
                    self.store(&assign.target, value)?;
                }
            }
        } else {
            match &*assign.target {
                Expr::Attribute(attribute) => self.discard(&attribute.value)?,
                Expr::Subscript(subscript) => {
                    self.discard(&subscript.value)?;
                    self.discard(&subscript.slice)?;
                }
                _ => {}
            }
        }
        if assign.simple && matches!(self.scope().kind, ScopeKind::Module | ScopeKind::Class) {
            self.note_conditional_annotation(assign);
        }
        Ok(())
    }

    pub fn delete(&mut self, target: &'a Expr) -> Outcome<()> {
        let outer = self.unit.at(target.range());
        let mark = self.unit.mark();
        match target {
            Expr::Name(name) => {
                let sym = self.mangle(name.id.as_str());
                self.delete_name(sym);
            }
            Expr::Attribute(attribute) => {
                let object = self.operand(&attribute.value)?;
                let sym = self.mangle(attribute.attr.as_str());
                let name = self.name_index(sym);
                self.unit.wide(Op::DeleteAttr, 0, object, name);
            }
            Expr::Subscript(subscript) => {
                let object = self.held(&subscript.value, &[&subscript.slice])?;
                let index = self.index_operand(&subscript.slice)?;
                self.unit.op(Op::DeleteItem, 0, object, index, 0);
            }
            other => {
                for inner in elements(other).unwrap_or_default() {
                    self.delete(inner)?;
                }
            }
        }
        self.unit.release(mark);
        self.unit.at(outer);
        Ok(())
    }
}

/// The parts of a tuple or list target.
fn elements(target: &Expr) -> Option<&[Expr]> {
    match target {
        Expr::Tuple(tuple) => Some(&tuple.elts),
        Expr::List(list) => Some(&list.elts),
        _ => None,
    }
}
