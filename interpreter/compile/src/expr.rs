//! Expressions: each is computed straight into the register that wants it.
//!
//! A local variable is an operand where it stands; nothing is copied to be read. Two things need
//! care. An assignment expression in a later operand may rebind a local that was already taken as
//! an operand; then the earlier one is copied first. And a destination that is itself a variable
//! must stay untouched until the last instruction of the expression, since the expression may
//! still read it or raise; intermediate results then go to a temporary.

use crate::compiler::{Compiler, Place};
use crate::errors::{Fault, Outcome};
use crate::symbols::is_literal;
use crate::unit::{doubled, nth};
use bytecode::{CommonConst, Const, Convert, Op, Reg};
use ruff_python_ast::{self as ast, CmpOp, Expr, Operator, UnaryOp};
use ruff_text_size::{Ranged, TextRange};

/// Displays with more elements are built in pieces of this size.
pub const PIECE: usize = 64;

impl<'a> Compiler<'a, '_> {
    /// A register that holds the value, which is a variable's own if the expression is one.
    pub fn operand(&mut self, expr: &'a Expr) -> Outcome<Reg> {
        if let Expr::Name(name) = expr
            && name.id.as_str() != "__debug__"
        {
            let sym = self.mangle(name.id.as_str());
            if let Place::Register(reg) = self.place(sym) {
                let outer = self.unit.at(name.range);
                self.check_bound(sym, reg);
                self.unit.at(outer);
                return Ok(reg);
            }
        }
        self.fresh(expr)
    }

    /// As `operand`, for one that must keep its value while `later` is evaluated.
    pub fn held(&mut self, expr: &'a Expr, later: &[&'a Expr]) -> Outcome<Reg> {
        if self.scope().has_walrus
            && expr.is_name_expr()
            && later.iter().any(|later| may_rebind(later))
        {
            return self.fresh(expr);
        }
        self.operand(expr)
    }

    /// Computes into a new temporary.
    pub fn fresh(&mut self, expr: &'a Expr) -> Outcome<Reg> {
        let reg = self.unit.temp();
        self.expr_to(expr, reg)?;
        Ok(reg)
    }

    /// `to` if it may hold intermediate results, otherwise a new temporary.
    pub fn scratch(&mut self, to: Reg) -> Reg {
        if self.unit.is_scratch(to) {
            to
        } else {
            self.unit.temp()
        }
    }

    /// Computes for the effects only.
    pub fn discard(&mut self, expr: &'a Expr) -> Outcome<()> {
        let mark = self.unit.mark();
        if let Expr::Name(name) = expr {
            let sym = self.mangle(name.id.as_str());
            if let Place::Register(reg) = self.place(sym) {
                let outer = self.unit.at(name.range);
                self.check_bound(sym, reg);
                self.unit.at(outer);
                return Ok(());
            }
        }
        let reg = self.unit.temp();
        self.expr_to(expr, reg)?;
        self.unit.release(mark);
        Ok(())
    }

    pub fn expr_to(&mut self, expr: &'a Expr, to: Reg) -> Outcome<()> {
        let outer = self.unit.at(expr.range());
        let mark = self.unit.mark();
        self.expr_here(expr, to)?;
        self.unit.release(mark);
        self.unit.at(outer);
        Ok(())
    }

    fn expr_here(&mut self, expr: &'a Expr, to: Reg) -> Outcome<()> {
        if let Some(constant) = self.constant_value(expr) {
            self.warn_escapes(expr);
            self.load_constant(constant, to);
            return Ok(());
        }
        match expr {
            Expr::Name(name) => {
                let sym = self.mangle(name.id.as_str());
                self.load_name(sym, to);
                Ok(())
            }
            Expr::BinOp(op) => self.binary(op, to),
            Expr::UnaryOp(op) => self.unary(op, to),
            Expr::BoolOp(op) => self.bool_op(op, to),
            Expr::Named(named) => self.named(named, to),
            Expr::Compare(compare) => self.compare(compare, to),
            Expr::Call(call) => self.call(call, to),
            Expr::Attribute(attribute) => self.attribute(attribute, to),
            Expr::Subscript(subscript) => self.subscript(subscript, to),
            Expr::If(choice) => self.conditional(choice, to),
            Expr::Tuple(tuple) => self.tuple(&tuple.elts, to),
            Expr::List(list) => self.list(list, to),
            Expr::Set(set) => self.set(set, to),
            Expr::Dict(dict) => self.dict(dict, to),
            Expr::FString(string) => self.f_string(string, to),
            Expr::Lambda(lambda) => self.lambda(lambda, to),
            Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_) => {
                self.comprehension(expr, to)
            }
            Expr::Generator(generator) => self.generator(generator, to),
            Expr::Await(awaited) => {
                let value = self.operand(&awaited.value)?;
                self.await_value(value, to);
                Ok(())
            }
            Expr::Yield(y) => self.yield_value(y, to),
            Expr::YieldFrom(y) => {
                let value = self.operand(&y.value)?;
                self.delegate(value, to, 0);
                Ok(())
            }
            Expr::Slice(slice) => self.slice(slice, to),
            Expr::Starred(starred) => Err(Fault::new(
                "can't use starred expression here",
                starred.range,
            )),
            Expr::TString(string) => self.t_string(string, to),
            other => Err(Fault::new("invalid syntax", other.range())),
        }
    }

    pub fn load_constant(&mut self, constant: Const, to: Reg) {
        let common = match &constant {
            Const::None => CommonConst::None,
            Const::Bool(false) => CommonConst::False,
            Const::Bool(true) => CommonConst::True,
            Const::Ellipsis => CommonConst::Ellipsis,
            Const::Tuple(items) if items.is_empty() => CommonConst::EmptyTuple,
            Const::Int(value) => {
                if let Ok(small) = i32::try_from(*value) {
                    self.unit.wide(Op::LoadInt, 0, to, small as u32);
                    return;
                }
                let index = self.unit.constant(constant);
                self.unit.wide(Op::LoadConst, 0, to, index);
                return;
            }
            _ => {
                let index = self.unit.constant(constant);
                self.unit.wide(Op::LoadConst, 0, to, index);
                return;
            }
        };
        self.unit.common(to, common);
    }

    /// The value of a small integer literal.
    pub fn immediate(&self, expr: &Expr) -> Option<i16> {
        match expr {
            Expr::NumberLiteral(_) | Expr::UnaryOp(_) => match self.constant_value(expr)? {
                Const::Int(value) => i16::try_from(value).ok(),
                _ => None,
            },
            _ => None,
        }
    }

    // ---- operators

    /// `to = left op right`; `in_place` is 1 for an augmented assignment.
    pub fn arithmetic(
        &mut self,
        op: Operator,
        in_place: u8,
        to: Reg,
        left: Reg,
        right: &'a Expr,
    ) -> Outcome<()> {
        if let Some(op) = immediate_form(op)
            && let Some(value) = self.immediate(right)
        {
            self.unit.op(op, in_place, to, left, value as u16);
            return Ok(());
        }
        let right = self.operand(right)?;
        self.unit.op(operator(op), in_place, to, left, right);
        Ok(())
    }

    fn binary(&mut self, binary: &'a ast::ExprBinOp, to: Reg) -> Outcome<()> {
        let left = self.held_into(&binary.left, &[&binary.right], to)?;
        self.arithmetic(binary.op, 0, to, left, &binary.right)
    }

    /// As `held`, with `to` instead of a new temporary where that is allowed.
    fn held_into(&mut self, expr: &'a Expr, later: &[&'a Expr], to: Reg) -> Outcome<Reg> {
        if self.variable(expr).is_some() || !self.unit.is_scratch(to) {
            return self.held(expr, later);
        }
        self.expr_to(expr, to)?;
        Ok(to)
    }

    fn unary(&mut self, unary: &'a ast::ExprUnaryOp, to: Reg) -> Outcome<()> {
        let op = match unary.op {
            UnaryOp::Not => {
                return self.negation(&unary.operand, to);
            }
            UnaryOp::USub => Op::Neg,
            UnaryOp::UAdd => Op::Pos,
            UnaryOp::Invert => Op::Invert,
        };
        let operand = self.held_into(&unary.operand, &[], to)?;
        self.unit.op(op, 0, to, operand, 0);
        Ok(())
    }

    fn negation(&mut self, operand: &'a Expr, to: Reg) -> Outcome<()> {
        // `not a is b` and `not a in b` are the negated comparisons.
        if let Expr::Compare(compare) = operand
            && compare.ops.len() == 1
        {
            let (op, negated) = match compare.ops[0] {
                CmpOp::Is => (Op::Is, 1),
                CmpOp::IsNot => (Op::Is, 0),
                CmpOp::In => (Op::In, 1),
                CmpOp::NotIn => (Op::In, 0),
                _ => (Op::Nop, 0),
            };
            if op != Op::Nop {
                self.unit.at(compare.range);
                let right = &compare.comparators[0];
                let left = self.held(&compare.left, &[right])?;
                let right = self.membership_operand(compare.ops[0], right)?;
                self.unit.op(op, negated, to, left, right);
                return Ok(());
            }
        }
        let operand = self.held_into(operand, &[], to)?;
        self.unit.op(Op::Not, 0, to, operand, 0);
        Ok(())
    }

    fn bool_op(&mut self, op: &'a ast::ExprBoolOp, to: Reg) -> Outcome<()> {
        let target = self.scratch(to);
        let end = self.unit.label();
        let jump = match op.op {
            ast::BoolOp::And => Op::JumpIfFalse,
            ast::BoolOp::Or => Op::JumpIfTrue,
        };
        let Some((last, firsts)) = op.values.split_last() else {
            return Ok(());
        };
        for value in firsts {
            self.expr_to(value, target)?;
            self.unit.branch(jump, target, end);
        }
        self.expr_to(last, target)?;
        self.unit.place(end);
        self.unit.movement(to, target);
        Ok(())
    }

    fn conditional(&mut self, choice: &'a ast::ExprIf, to: Reg) -> Outcome<()> {
        let (orelse, end) = (self.unit.label(), self.unit.label());
        self.condition(&choice.test, orelse, false)?;
        self.expr_to(&choice.body, to)?;
        self.unit.jump(end);
        self.unit.place(orelse);
        self.expr_to(&choice.orelse, to)?;
        self.unit.place(end);
        Ok(())
    }

    fn named(&mut self, named: &'a ast::ExprNamed, to: Reg) -> Outcome<()> {
        let Expr::Name(target) = &*named.target else {
            return Err(Fault::new("invalid syntax", named.range));
        };
        let sym = self.mangle(target.id.as_str());
        // A comprehension's variables do not bind it, so look past them.
        let hidden = std::mem::take(&mut self.unit.comprehensions);
        let place = self.place(sym);
        self.unit.comprehensions = hidden;
        if let Place::Register(reg) = place {
            self.expr_to(&named.value, reg)?;
            self.unit.bound.insert(reg);
            self.unit.movement(to, reg);
            return Ok(());
        }
        let value = self.scratch(to);
        self.expr_to(&named.value, value)?;
        let hidden = std::mem::take(&mut self.unit.comprehensions);
        self.store_name(sym, value);
        self.unit.comprehensions = hidden;
        self.unit.movement(to, value);
        Ok(())
    }

    // ---- comparisons

    fn compare(&mut self, compare: &'a ast::ExprCompare, to: Reg) -> Outcome<()> {
        self.warn_identity(compare);
        let later: Vec<&Expr> = compare.comparators.iter().collect();
        let mut left = self.held(&compare.left, &later)?;
        let count = compare.ops.len();
        if count == 1 {
            let right = self.membership_operand(compare.ops[0], &compare.comparators[0])?;
            self.comparison(compare.ops[0], to, left, right);
            return Ok(());
        }
        let target = self.scratch(to);
        let end = self.unit.label();
        for (at, (op, comparator)) in compare.ops.iter().zip(&compare.comparators).enumerate() {
            if at + 1 == count {
                let right = self.membership_operand(*op, comparator)?;
                self.comparison(*op, target, left, right);
            } else {
                // Must not be `target`, which holds the intermediate truth.
                let right = self.held(comparator, &later[at + 1..])?;
                self.comparison(*op, target, left, right);
                self.unit.branch(Op::JumpIfFalse, target, end);
                left = right;
            }
        }
        self.unit.place(end);
        self.unit.movement(to, target);
        Ok(())
    }

    fn comparison(&mut self, op: CmpOp, to: Reg, left: Reg, right: Reg) {
        let (op, x) = comparison(op);
        self.unit.op(op, x, to, left, right);
    }

    /// The right operand of a comparison; of `in`, a literal list or set becomes constant.
    pub fn membership_operand(&mut self, op: CmpOp, right: &'a Expr) -> Outcome<Reg> {
        if matches!(op, CmpOp::In | CmpOp::NotIn) {
            let constant = match right {
                Expr::List(list) if is_literal(&list.node_index) => self.constant_items(&list.elts),
                Expr::Set(set) if is_literal(&set.node_index) => {
                    self.constant_items(&set.elts).map(|items| match items {
                        Const::Tuple(items) => Const::FrozenSet(distinct(&items)),
                        other => other,
                    })
                }
                _ => None,
            };
            if let Some(constant) = constant {
                let reg = self.unit.temp();
                self.load_constant(constant, reg);
                return Ok(reg);
            }
        }
        self.operand(right)
    }

    pub fn warn_identity(&mut self, compare: &ast::ExprCompare) {
        let mut left = &*compare.left;
        for (op, right) in compare.ops.iter().zip(&compare.comparators) {
            if let CmpOp::Is | CmpOp::IsNot = op
                && let Some(kind) = literal_kind(left).or_else(|| literal_kind(right))
            {
                let (word, better) = if *op == CmpOp::Is {
                    ("is", "==")
                } else {
                    ("is not", "!=")
                };
                let message =
                    format!("\"{word}\" with '{kind}' literal. Did you mean \"{better}\"?");
                self.warn(message, compare.range);
            }
            left = right;
        }
    }

    // ---- attributes and subscripts

    /// The span of an attribute access: of one that goes over several lines, the name alone.
    pub fn attribute_span(&self, attribute: &ast::ExprAttribute, whole: TextRange) -> TextRange {
        if self.source.spans_lines(attribute.range) {
            return TextRange::new(attribute.attr.range.start(), whole.end());
        }
        whole
    }

    fn attribute(&mut self, attribute: &'a ast::ExprAttribute, to: Reg) -> Outcome<()> {
        let value = self.held_into(&attribute.value, &[], to)?;
        let site = self.attribute_site(attribute.attr.as_str());
        let span = self.attribute_span(attribute, attribute.range);
        self.unit.at(span);
        self.unit.op(Op::LoadAttr, 0, to, value, site);
        Ok(())
    }

    fn subscript(&mut self, subscript: &'a ast::ExprSubscript, to: Reg) -> Outcome<()> {
        self.warn_subscript(subscript);
        let value = self.held_into(&subscript.value, &[&subscript.slice], to)?;
        if let Some(index) = self.immediate(&subscript.slice) {
            self.unit.op(Op::LoadItemImm, 0, to, value, index as u16);
            return Ok(());
        }
        let index = self.index_operand(&subscript.slice)?;
        self.unit.op(Op::LoadItem, 0, to, value, index);
        Ok(())
    }

    /// A subscript's index. A tuple in it may hold starred items and slices.
    pub fn index_operand(&mut self, index: &'a Expr) -> Outcome<Reg> {
        if index.is_starred_expr() {
            let reg = self.unit.temp();
            self.tuple(std::slice::from_ref(index), reg)?;
            return Ok(reg);
        }
        self.operand(index)
    }

    fn slice(&mut self, slice: &'a ast::ExprSlice, to: Reg) -> Outcome<()> {
        let parts = [&slice.lower, &slice.upper, &slice.step];
        let base = self.unit.temps(3);
        for (at, part) in parts.into_iter().enumerate() {
            let reg = base + at as Reg;
            match part {
                Some(part) => self.expr_to(part, reg)?,
                None => self.load_none(reg),
            }
        }
        self.unit.op(Op::BuildSlice, 0, to, base, 0);
        Ok(())
    }

    // ---- displays

    /// Computes the expressions into consecutive new temporaries.
    pub fn run_of(&mut self, exprs: &'a [Expr]) -> Outcome<Reg> {
        let base = self.unit.temps(exprs.len() as u32);
        for (at, expr) in exprs.iter().enumerate() {
            self.expr_to(expr, nth(base, at))?;
        }
        Ok(base)
    }

    pub fn tuple(&mut self, elts: &'a [Expr], to: Reg) -> Outcome<()> {
        if elts.is_empty() {
            self.unit.common(to, CommonConst::EmptyTuple);
            return Ok(());
        }
        if elts.len() <= PIECE && !elts.iter().any(Expr::is_starred_expr) {
            let base = self.run_of(elts)?;
            self.unit.op(Op::BuildTuple, 0, to, base, elts.len() as u16);
            return Ok(());
        }
        let list = self.scratch(to);
        self.collect_list(elts, list)?;
        self.unit.op(Op::ListToTuple, 0, to, list, 0);
        Ok(())
    }

    fn list(&mut self, list: &'a ast::ExprList, to: Reg) -> Outcome<()> {
        let elts = &list.elts;
        if elts.len() > 2
            && is_literal(&list.node_index)
            && let Some(items) = self.constant_items(elts)
        {
            let target = self.scratch(to);
            let items_reg = self.unit.temp();
            self.unit
                .op(Op::BuildList, 0, target, self.unit.first_temp, 0);
            self.load_constant(items, items_reg);
            self.unit.op(Op::ListExtend, 0, target, items_reg, 0);
            self.unit.movement(to, target);
            return Ok(());
        }
        if elts.len() <= PIECE && !elts.iter().any(Expr::is_starred_expr) {
            let base = self.run_of(elts)?;
            self.unit.op(Op::BuildList, 0, to, base, elts.len() as u16);
            return Ok(());
        }
        let target = self.scratch(to);
        self.collect_list(elts, target)?;
        self.unit.movement(to, target);
        Ok(())
    }

    /// Builds a list piece by piece, with starred elements unpacked.
    pub fn collect_list(&mut self, elts: &'a [Expr], list: Reg) -> Outcome<()> {
        let head = elts
            .iter()
            .take(PIECE)
            .take_while(|e| !e.is_starred_expr())
            .count();
        let mark = self.unit.mark();
        let base = self.run_of(&elts[..head])?;
        self.unit.op(Op::BuildList, 0, list, base, head as u16);
        self.unit.release(mark);
        for element in &elts[head..] {
            match element {
                Expr::Starred(starred) => {
                    let outer = self.unit.at(starred.range);
                    let value = self.operand(&starred.value)?;
                    self.unit.op(Op::ListExtend, 0, list, value, 0);
                    self.unit.at(outer);
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

    fn set(&mut self, set: &'a ast::ExprSet, to: Reg) -> Outcome<()> {
        let elts = &set.elts;
        if elts.len() <= PIECE && !elts.iter().any(Expr::is_starred_expr) {
            let base = self.run_of(elts)?;
            self.unit.op(Op::BuildSet, 0, to, base, elts.len() as u16);
            return Ok(());
        }
        let target = self.scratch(to);
        let none = self.unit.first_temp;
        self.unit.op(Op::BuildSet, 0, target, none, 0);
        let mark = self.unit.mark();
        for element in elts {
            let (op, value) = match element {
                Expr::Starred(starred) => (Op::SetUpdate, &*starred.value),
                plain => (Op::SetAdd, plain),
            };
            let value = self.operand(value)?;
            self.unit.op(op, 0, target, value, 0);
            self.unit.release(mark);
        }
        self.unit.movement(to, target);
        Ok(())
    }

    fn dict(&mut self, dict: &'a ast::ExprDict, to: Reg) -> Outcome<()> {
        let items = &dict.items;
        let head = items
            .iter()
            .take(PIECE / 2)
            .take_while(|item| item.key.is_some())
            .count();
        let whole = head == items.len();
        let target = if whole { to } else { self.scratch(to) };
        let mark = self.unit.mark();
        let base = self.unit.temps(head as u32 * 2);
        for (at, item) in items[..head].iter().enumerate() {
            let reg = nth(base, at * 2);
            if let Some(key) = &item.key {
                self.expr_to(key, reg)?;
            }
            self.expr_to(&item.value, reg + 1)?;
        }
        self.unit.op(Op::BuildDict, 0, target, base, doubled(head));
        self.unit.release(mark);
        for item in &items[head..] {
            match &item.key {
                Some(key) => {
                    let key = self.held(key, &[&item.value])?;
                    let value = self.operand(&item.value)?;
                    self.unit.op(Op::DictInsert, 0, target, key, value);
                }
                None => {
                    let value = self.operand(&item.value)?;
                    let outer = self.unit.at(item.value.range());
                    self.unit.op(Op::DictUpdate, 0, target, value, 0);
                    self.unit.at(outer);
                }
            }
            self.unit.release(mark);
        }
        if !whole {
            self.unit.movement(to, target);
        }
        Ok(())
    }

    // ---- f-strings

    fn f_string(&mut self, string: &'a ast::ExprFString, to: Reg) -> Outcome<()> {
        let mut pieces = Vec::new();
        for part in &string.value {
            match part {
                ast::FStringPart::Literal(literal) => {
                    if !literal.flags.prefix().is_raw() {
                        self.scan_escapes(literal.content_range(), false);
                    }
                    let mut points = Vec::new();
                    self.string_part(literal, &mut points);
                    push_text(&mut pieces, &points);
                }
                ast::FStringPart::FString(f_string) => {
                    let raw = f_string.flags.prefix().is_raw();
                    self.string_pieces(&f_string.elements, raw, &mut pieces);
                }
            }
        }
        self.join_pieces(pieces, to)
    }

    pub fn string_pieces(
        &mut self,
        elements: &'a ast::InterpolatedStringElements,
        raw: bool,
        pieces: &mut Vec<Piece<'a>>,
    ) {
        for element in elements {
            match element {
                ast::InterpolatedStringElement::Literal(literal) => {
                    if !raw {
                        self.scan_escapes(literal.range, false);
                    }
                    let mut points = Vec::new();
                    if literal.value.contains('\u{FFFD}') && !raw {
                        let source = self.source.slice(literal.range);
                        crate::fold::decode_escapes(source, &literal.value, &mut points);
                    } else {
                        points.extend(literal.value.chars().map(u32::from));
                    }
                    push_text(pieces, &points);
                }
                ast::InterpolatedStringElement::Interpolation(field) => {
                    if let Some(debug) = &field.debug_text {
                        let text = without_comments(debug.as_str());
                        let points: Vec<u32> = text.chars().map(u32::from).collect();
                        push_text(pieces, &points);
                    }
                    pieces.push(Piece::Field(field, raw));
                }
            }
        }
    }

    pub fn join_pieces(&mut self, mut pieces: Vec<Piece<'a>>, to: Reg) -> Outcome<()> {
        if pieces.is_empty() {
            self.load_constant(Const::Str(Box::default()), to);
            return Ok(());
        }
        if pieces.len() == 1
            && let Some(only) = pieces.pop()
        {
            return self.piece(only, to);
        }
        if pieces.len() > PIECE {
            let mut halves = pieces;
            let tail = halves.split_off(PIECE);
            let base = self.unit.temps(2);
            self.join_pieces(halves, base)?;
            self.join_pieces(tail, base + 1)?;
            self.unit.op(Op::BuildString, 0, to, base, 2);
            return Ok(());
        }
        let count = pieces.len() as u32;
        let base = self.unit.temps(count);
        for (at, piece) in pieces.into_iter().enumerate() {
            let mark = self.unit.mark();
            self.piece(piece, nth(base, at))?;
            self.unit.release(mark);
        }
        self.unit.op(Op::BuildString, 0, to, base, count as u16);
        Ok(())
    }

    fn piece(&mut self, piece: Piece<'a>, to: Reg) -> Outcome<()> {
        let (field, raw) = match piece {
            Piece::Text(points) => {
                self.load_constant(Const::Str(points.into()), to);
                return Ok(());
            }
            Piece::Field(field, raw) => (field, raw),
        };
        let outer = self.unit.at(field.range);
        let value = self.operand(&field.expression)?;
        let mut conversion = match field.conversion {
            ast::ConversionFlag::None => Convert::None,
            ast::ConversionFlag::Str => Convert::Str,
            ast::ConversionFlag::Repr => Convert::Repr,
            ast::ConversionFlag::Ascii => Convert::Ascii,
        } as u8;
        let mut spec_reg = 0;
        match &field.format_spec {
            Some(spec) => {
                let mut pieces = Vec::new();
                self.string_pieces(&spec.elements, raw, &mut pieces);
                let value_held = value;
                spec_reg = self.unit.temp();
                let mark = self.unit.mark();
                self.join_pieces(pieces, spec_reg)?;
                self.unit.release(mark);
                conversion |= 4;
                self.unit
                    .op(Op::FormatValue, conversion, to, value_held, spec_reg);
            }
            None => {
                // `{x=}` alone shows the representation.
                if field.debug_text.is_some() && conversion == 0 {
                    conversion = Convert::Repr as u8;
                }
                self.unit
                    .op(Op::FormatValue, conversion, to, value, spec_reg);
            }
        }
        self.unit.at(outer);
        Ok(())
    }

    // ---- generators and coroutines

    fn yield_value(&mut self, y: &'a ast::ExprYield, to: Reg) -> Outcome<()> {
        let value = match y.value.as_deref() {
            Some(value) => self.operand(value)?,
            None => {
                let reg = self.unit.temp();
                self.load_none(reg);
                reg
            }
        };
        let x = if self.scope().is_async { 2 } else { 0 };
        self.unit.op(Op::Yield, x, to, value, 0);
        Ok(())
    }

    pub fn await_value(&mut self, value: Reg, to: Reg) {
        self.delegate(value, to, 1);
    }

    /// Sends into the iterator of `value` what is sent here, and hands out what it yields, until
    /// it returns. `send`, `yield` and `jump_back` stand in this order without a gap. `awaiting` is the
    /// `x` of `get_yield_iter`.
    pub fn delegate(&mut self, value: Reg, to: Reg, awaiting: u8) {
        let iterator = self.unit.temp();
        self.unit.op(Op::GetYieldIter, awaiting, iterator, value, 0);
        self.delegate_to(iterator, to);
    }

    /// Awaits the next item of an asynchronous iterator.
    pub fn await_next(&mut self, iterator: Reg, to: Reg) {
        let waits = self.unit.temp();
        self.unit.op(Op::GetAsyncNext, 0, waits, iterator, 0);
        self.delegate_to(waits, to);
    }

    fn delegate_to(&mut self, iterator: Reg, to: Reg) {
        let sent = self.unit.temp();
        self.load_none(sent);
        let (next, done) = (self.unit.label(), self.unit.label());
        self.unit.place_head(next);
        self.unit.fused(Op::Send, 0, sent, iterator, done);
        self.unit.op(Op::Yield, 1, sent, sent, iterator);
        self.unit.jump_back(next);
        self.unit.place(done);
        self.unit.movement(to, sent);
    }
}

/// A part of an f-string.
pub enum Piece<'a> {
    Text(Vec<u32>),
    /// A replacement field, and whether the string is raw.
    Field(&'a ast::InterpolatedElement, bool),
}

fn push_text(pieces: &mut Vec<Piece<'_>>, points: &[u32]) {
    if points.is_empty() {
        return;
    }
    match pieces.last_mut() {
        Some(Piece::Text(text)) => text.extend_from_slice(points),
        _ => pieces.push(Piece::Text(points.to_vec())),
    }
}

/// The text of a self-documenting field as it is shown: comments are left out.
pub fn without_comments(text: &str) -> std::borrow::Cow<'_, str> {
    if !text.contains('#') {
        return text.into();
    }
    let mut shown = String::with_capacity(text.len());
    let mut quote = None;
    let mut in_comment = false;
    for c in text.chars() {
        match (in_comment, quote) {
            (true, _) => {
                in_comment = c != '\n';
                if !in_comment {
                    shown.push(c);
                }
                continue;
            }
            (false, None) if c == '#' => {
                in_comment = true;
                continue;
            }
            (false, None) if matches!(c, '"' | '\'') => quote = Some(c),
            (false, Some(open)) if c == open => quote = None,
            _ => {}
        }
        shown.push(c);
    }
    shown.into()
}

fn distinct(items: &[Const]) -> Box<[Const]> {
    let mut kept: Vec<Const> = Vec::with_capacity(items.len());
    for item in items {
        // Long sets are left as they are; the set that is built from them drops the repeats.
        if items.len() > PIECE || !kept.contains(item) {
            kept.push(item.clone());
        }
    }
    kept.into()
}

/// Whether evaluating the expression may assign to a local variable.
pub fn may_rebind(expr: &Expr) -> bool {
    match expr {
        Expr::Name(_)
        | Expr::NumberLiteral(_)
        | Expr::StringLiteral(_)
        | Expr::BytesLiteral(_)
        | Expr::BooleanLiteral(_)
        | Expr::NoneLiteral(_)
        | Expr::EllipsisLiteral(_)
        | Expr::Lambda(_) => false,
        Expr::Attribute(attribute) => may_rebind(&attribute.value),
        Expr::Subscript(subscript) => may_rebind(&subscript.value) || may_rebind(&subscript.slice),
        Expr::BinOp(op) => may_rebind(&op.left) || may_rebind(&op.right),
        Expr::UnaryOp(op) => may_rebind(&op.operand),
        Expr::Compare(op) => may_rebind(&op.left) || op.comparators.iter().any(may_rebind),
        Expr::Call(call) => {
            may_rebind(&call.func)
                || call.arguments.args.iter().any(may_rebind)
                || call.arguments.keywords.iter().any(|k| may_rebind(&k.value))
        }
        Expr::Tuple(tuple) => tuple.elts.iter().any(may_rebind),
        Expr::List(list) => list.elts.iter().any(may_rebind),
        _ => true,
    }
}

fn literal_kind(expr: &Expr) -> Option<&'static str> {
    match expr {
        Expr::NumberLiteral(number) => Some(match number.value {
            ast::Number::Int(_) => "int",
            ast::Number::Float(_) => "float",
            ast::Number::Complex { .. } => "complex",
        }),
        Expr::StringLiteral(_) => Some("str"),
        Expr::BytesLiteral(_) => Some("bytes"),
        Expr::Tuple(tuple) if is_literal(&tuple.node_index) => Some("tuple"),
        _ => None,
    }
}

/// The op of a comparison, and its `x`.
pub fn comparison(op: CmpOp) -> (Op, u8) {
    match op {
        CmpOp::Lt => (Op::Lt, 0),
        CmpOp::LtE => (Op::Le, 0),
        CmpOp::Eq => (Op::Eq, 0),
        CmpOp::NotEq => (Op::Ne, 0),
        CmpOp::Gt => (Op::Gt, 0),
        CmpOp::GtE => (Op::Ge, 0),
        CmpOp::Is => (Op::Is, 0),
        CmpOp::IsNot => (Op::Is, 1),
        CmpOp::In => (Op::In, 0),
        CmpOp::NotIn => (Op::In, 1),
    }
}

fn operator(op: Operator) -> Op {
    match op {
        Operator::Add => Op::Add,
        Operator::Sub => Op::Sub,
        Operator::Mult => Op::Mul,
        Operator::MatMult => Op::MatMul,
        Operator::Div => Op::TrueDiv,
        Operator::Mod => Op::Mod,
        Operator::Pow => Op::Pow,
        Operator::LShift => Op::LShift,
        Operator::RShift => Op::RShift,
        Operator::BitOr => Op::Or,
        Operator::BitXor => Op::Xor,
        Operator::BitAnd => Op::And,
        Operator::FloorDiv => Op::FloorDiv,
    }
}

fn immediate_form(op: Operator) -> Option<Op> {
    match op {
        Operator::Add => Some(Op::AddImm),
        Operator::Sub => Some(Op::SubImm),
        Operator::Mult => Some(Op::MulImm),
        Operator::FloorDiv => Some(Op::FloorDivImm),
        Operator::Mod => Some(Op::ModImm),
        Operator::BitAnd => Some(Op::AndImm),
        Operator::LShift => Some(Op::LShiftImm),
        Operator::RShift => Some(Op::RShiftImm),
        _ => None,
    }
}
