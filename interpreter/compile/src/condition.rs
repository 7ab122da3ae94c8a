//! Conditions: jumps on an expression's truth, without computing the truth as a value.

use crate::compiler::Compiler;
use crate::errors::Outcome;
use crate::fold::truth;
use crate::unit::Label;
use bytecode::Op;
use ruff_python_ast::{self as ast, BoolOp, CmpOp, Expr, UnaryOp};
use ruff_text_size::Ranged;

impl<'a> Compiler<'a, '_> {
    /// Jumps to `target` if the truth of `expr` is `sense`, otherwise goes on.
    pub fn condition(&mut self, expr: &'a Expr, target: Label, sense: bool) -> Outcome<()> {
        let outer = self.unit.at(expr.range());
        let mark = self.unit.mark();
        self.condition_here(expr, target, sense)?;
        self.unit.release(mark);
        self.unit.at(outer);
        Ok(())
    }

    fn condition_here(&mut self, expr: &'a Expr, target: Label, sense: bool) -> Outcome<()> {
        if let Some(constant) = self.constant_value(expr) {
            self.line(expr.range());
            if truth(&constant) == sense {
                self.unit.jump(target);
            }
            return Ok(());
        }
        match expr {
            Expr::UnaryOp(op) if op.op == UnaryOp::Not => {
                self.condition(&op.operand, target, !sense)
            }
            Expr::BoolOp(op) => self.chain(op, target, sense),
            Expr::Compare(compare) => self.compare_and_jump(compare, target, sense),
            Expr::If(choice) => {
                let (orelse, end) = (self.unit.label(), self.unit.label());
                self.condition(&choice.test, orelse, false)?;
                self.condition(&choice.body, target, sense)?;
                self.unit.jump(end);
                self.unit.place(orelse);
                self.condition(&choice.orelse, target, sense)?;
                self.unit.place(end);
                Ok(())
            }
            _ => {
                let value = self.operand(expr)?;
                let op = if sense {
                    Op::JumpIfTrue
                } else {
                    Op::JumpIfFalse
                };
                self.unit.branch(op, value, target);
                Ok(())
            }
        }
    }

    fn chain(&mut self, op: &'a ast::ExprBoolOp, target: Label, sense: bool) -> Outcome<()> {
        let Some((last, firsts)) = op.values.split_last() else {
            return Ok(());
        };
        // The truth of one operand that decides the whole.
        let decisive = op.op == BoolOp::Or;
        if decisive == sense {
            for value in firsts {
                self.condition(value, target, sense)?;
            }
            return self.condition(last, target, sense);
        }
        let end = self.unit.label();
        for value in firsts {
            self.condition(value, end, decisive)?;
        }
        self.condition(last, target, sense)?;
        self.unit.place(end);
        Ok(())
    }

    fn compare_and_jump(
        &mut self,
        compare: &'a ast::ExprCompare,
        target: Label,
        sense: bool,
    ) -> Outcome<()> {
        self.warn_identity(compare);
        let later: Vec<&Expr> = compare.comparators.iter().collect();
        if compare.ops.len() == 1 {
            let right = &compare.comparators[0];
            return self.compare_pair(&compare.left, compare.ops[0], right, target, sense);
        }
        let end = self.unit.label();
        let fail = if sense { end } else { target };
        let mut left = self.held(&compare.left, &later)?;
        let last = compare.ops.len() - 1;
        for (at, (op, comparator)) in compare.ops.iter().zip(&compare.comparators).enumerate() {
            if at == last {
                let right = self.membership_operand(*op, comparator)?;
                let (op, negated) = fused(*op);
                self.unit
                    .fused(op, sense as u8 ^ negated, left, right, target);
            } else {
                let right = self.held(comparator, &later[at + 1..])?;
                let (op, negated) = fused(*op);
                self.unit.fused(op, negated, left, right, fail);
                left = right;
            }
        }
        self.unit.place(end);
        Ok(())
    }

    fn compare_pair(
        &mut self,
        left: &'a Expr,
        op: CmpOp,
        right: &'a Expr,
        target: Label,
        sense: bool,
    ) -> Outcome<()> {
        if right.is_none_literal_expr() && matches!(op, CmpOp::Is | CmpOp::IsNot) {
            let value = self.operand(left)?;
            let jump = if (op == CmpOp::Is) == sense {
                Op::JumpIfNone
            } else {
                Op::JumpIfNotNone
            };
            self.unit.branch(jump, value, target);
            return Ok(());
        }
        let left = self.held(left, &[right])?;
        if let Some(jump) = immediate(op)
            && let Some(value) = self.immediate(right)
        {
            self.unit
                .fused(jump, sense as u8, left, value as u16, target);
            return Ok(());
        }
        let right = self.membership_operand(op, right)?;
        let (jump, negated) = fused(op);
        self.unit
            .fused(jump, sense as u8 ^ negated, left, right, target);
        Ok(())
    }
}

/// The jump of a comparison, and 1 if it tests the opposite.
fn fused(op: CmpOp) -> (Op, u8) {
    match op {
        CmpOp::Lt => (Op::JumpLt, 0),
        CmpOp::LtE => (Op::JumpLe, 0),
        CmpOp::Eq => (Op::JumpEq, 0),
        CmpOp::NotEq => (Op::JumpNe, 0),
        CmpOp::Gt => (Op::JumpGt, 0),
        CmpOp::GtE => (Op::JumpGe, 0),
        CmpOp::Is => (Op::JumpIs, 0),
        CmpOp::IsNot => (Op::JumpIs, 1),
        CmpOp::In => (Op::JumpIn, 0),
        CmpOp::NotIn => (Op::JumpIn, 1),
    }
}

fn immediate(op: CmpOp) -> Option<Op> {
    match op {
        CmpOp::Lt => Some(Op::JumpLtImm),
        CmpOp::LtE => Some(Op::JumpLeImm),
        CmpOp::Eq => Some(Op::JumpEqImm),
        CmpOp::NotEq => Some(Op::JumpNeImm),
        CmpOp::Gt => Some(Op::JumpGtImm),
        CmpOp::GtE => Some(Op::JumpGeImm),
        _ => None,
    }
}
