//! `match`: each pattern tests a register and jumps away if it does not fit. What it captures is
//! stored to names only when the whole pattern fits.

use crate::compiler::Compiler;
use crate::errors::{Fault, Outcome};
use crate::scope::Sym;
use crate::unit::{Label, nth};
use bytecode::{CommonConst, Const, Op, Reg};
use ruff_python_ast::{self as ast, Pattern, Singleton};
use ruff_text_size::{Ranged, TextRange};

struct Capture {
    sym: Sym,
    reg: Reg,
    span: TextRange,
}

impl<'a> Compiler<'a, '_> {
    pub fn match_stmt(&mut self, matching: &'a ast::StmtMatch) -> Outcome<()> {
        self.line(matching.range);
        let subject = self.fresh(&matching.subject)?;
        let end = self.unit.label();
        for case in &matching.cases {
            let mark = self.unit.mark();
            let next = self.unit.label();
            let mut captures = Vec::new();
            self.line(case.pattern.range());
            self.pattern(&case.pattern, subject, next, &mut captures)?;
            for capture in captures {
                self.unit.at(capture.span);
                self.store_name(capture.sym, capture.reg);
            }
            if let Some(guard) = &case.guard {
                self.condition(guard, next, false)?;
            }
            self.unit.release(mark);
            self.body(&case.body)?;
            self.unit.jump(end);
            self.unit.place(next);
        }
        self.unit.place(end);
        Ok(())
    }

    fn pattern(
        &mut self,
        pattern: &'a Pattern,
        subject: Reg,
        fail: Label,
        captures: &mut Vec<Capture>,
    ) -> Outcome<()> {
        self.unit.at(pattern.range());
        match pattern {
            Pattern::MatchValue(value) => {
                if let Some(immediate) = self.immediate(&value.value) {
                    self.unit
                        .fused(Op::JumpEqImm, 0, subject, immediate as u16, fail);
                    return Ok(());
                }
                let mark = self.unit.mark();
                let value = self.operand(&value.value)?;
                self.unit.fused(Op::JumpEq, 0, subject, value, fail);
                self.unit.release(mark);
            }
            Pattern::MatchSingleton(singleton) => {
                let constant = match singleton.value {
                    Singleton::None => {
                        self.unit.branch(Op::JumpIfNotNone, subject, fail);
                        return Ok(());
                    }
                    Singleton::True => CommonConst::True,
                    Singleton::False => CommonConst::False,
                };
                let mark = self.unit.mark();
                let value = self.unit.temp();
                self.unit.common(value, constant);
                self.unit.fused(Op::JumpIs, 0, subject, value, fail);
                self.unit.release(mark);
            }
            Pattern::MatchSequence(sequence) => {
                self.sequence_pattern(sequence, subject, fail, captures)?;
            }
            Pattern::MatchMapping(mapping) => {
                self.mapping_pattern(mapping, subject, fail, captures)?;
            }
            Pattern::MatchClass(class) => self.class_pattern(class, subject, fail, captures)?,
            Pattern::MatchStar(star) => self.capture(star.name.as_ref(), subject, captures),
            Pattern::MatchAs(as_pattern) => {
                if let Some(inner) = as_pattern.pattern.as_deref() {
                    self.pattern(inner, subject, fail, captures)?;
                }
                self.capture(as_pattern.name.as_ref(), subject, captures);
            }
            Pattern::MatchOr(either) => self.or_pattern(either, subject, fail, captures)?,
        }
        Ok(())
    }

    fn capture(
        &mut self,
        name: Option<&'a ast::Identifier>,
        reg: Reg,
        captures: &mut Vec<Capture>,
    ) {
        if let Some(name) = name {
            let sym = self.mangle(name.as_str());
            captures.push(Capture {
                sym,
                reg,
                span: name.range,
            });
        }
    }

    fn sequence_pattern(
        &mut self,
        sequence: &'a ast::PatternMatchSequence,
        subject: Reg,
        fail: Label,
        captures: &mut Vec<Capture>,
    ) -> Outcome<()> {
        let patterns = &sequence.patterns;
        let test = self.unit.temp();
        self.unit.op(Op::MatchSequence, 0, test, subject, 0);
        self.unit.branch(Op::JumpIfFalse, test, fail);
        let star = patterns.iter().position(Pattern::is_match_star);
        let least = patterns.len() - usize::from(star.is_some());
        let Ok(least) = i16::try_from(least) else {
            self.unit.overflow = true;
            return Ok(());
        };
        if star.is_none() || least > 0 {
            self.unit.op(Op::GetLen, 0, test, subject, 0);
            if star.is_some() {
                self.unit.fused(Op::JumpLtImm, 1, test, least as u16, fail);
            } else {
                self.unit.fused(Op::JumpNeImm, 1, test, least as u16, fail);
            }
        }
        if patterns.iter().all(is_wildcard) {
            return Ok(());
        }
        if let Some(star) = star.filter(|&at| is_wildcard(&patterns[at])) {
            return self.items_around(patterns, star, subject, test, fail, captures);
        }
        let base = self.unit.temps(patterns.len() as u32);
        match star {
            None => self
                .unit
                .op(Op::UnpackSequence, 0, subject, base, least as u16),
            Some(before) => {
                let Ok(after) = u8::try_from(patterns.len() - before - 1) else {
                    return Err(Fault::new(
                        "too many expressions in star-unpacking sequence pattern",
                        sequence.range,
                    ));
                };
                self.unit
                    .op(Op::UnpackEx, after, subject, base, before as u16);
            }
        }
        for (at, inner) in patterns.iter().enumerate() {
            self.pattern(inner, nth(base, at), fail, captures)?;
        }
        Ok(())
    }

    /// The items before and behind those that a `*_` passes over, each by its place in a sequence of
    /// that length: nobody goes through the others.
    fn items_around(
        &mut self,
        patterns: &'a [Pattern],
        star: usize,
        subject: Reg,
        length: Reg,
        fail: Label,
        captures: &mut Vec<Capture>,
    ) -> Outcome<()> {
        for (at, inner) in patterns.iter().enumerate() {
            if is_wildcard(inner) {
                continue;
            }
            let item = self.unit.temp();
            if at < star {
                self.unit.op(Op::LoadItemImm, 0, item, subject, at as u16);
            } else {
                let from_end = (patterns.len() - at) as u16;
                self.unit.op(Op::SubImm, 0, item, length, from_end);
                self.unit.op(Op::LoadItem, 0, item, subject, item);
            }
            self.pattern(inner, item, fail, captures)?;
        }
        Ok(())
    }

    fn mapping_pattern(
        &mut self,
        mapping: &'a ast::PatternMatchMapping,
        subject: Reg,
        fail: Label,
        captures: &mut Vec<Capture>,
    ) -> Outcome<()> {
        let test = self.unit.temp();
        self.unit.op(Op::MatchMapping, 0, test, subject, 0);
        self.unit.branch(Op::JumpIfFalse, test, fail);
        let count = mapping.keys.len();
        let keys = self.unit.temps(count as u32);
        if count > 0 {
            self.refuse_repeated_keys(mapping)?;
            self.unit.op(Op::GetLen, 0, test, subject, 0);
            self.unit.fused(Op::JumpLtImm, 1, test, count as u16, fail);
            for (at, key) in mapping.keys.iter().enumerate() {
                self.expr_to(key, nth(keys, at))?;
            }
            self.unit.op(Op::BuildTuple, 0, test, keys, count as u16);
            self.unit.op(Op::MatchKeys, 0, test, subject, test);
            self.unit.branch(Op::JumpIfNone, test, fail);
            let values = self.unit.temps(count as u32);
            self.unit
                .op(Op::UnpackSequence, 0, test, values, count as u16);
            for (at, inner) in mapping.patterns.iter().enumerate() {
                self.pattern(inner, nth(values, at), fail, captures)?;
            }
        }
        if let Some(rest) = &mapping.rest {
            self.unit.at(mapping.range);
            let dict = self.unit.temp();
            self.unit.op(Op::BuildDict, 0, dict, dict, 0);
            self.unit.op(Op::DictUpdate, 0, dict, subject, 0);
            for at in 0..count {
                self.unit.op(Op::DeleteItem, 0, dict, nth(keys, at), 0);
            }
            self.capture(Some(rest), dict, captures);
        }
        Ok(())
    }

    fn refuse_repeated_keys(&self, mapping: &ast::PatternMatchMapping) -> Outcome<()> {
        if mapping.keys.len() > 200 {
            return Ok(());
        }
        let mut seen: Vec<Const> = Vec::new();
        for key in &mapping.keys {
            let Some(value) = self.constant_value(key) else {
                continue;
            };
            if seen.contains(&value) {
                let text = self.source.slice(key.range());
                let message = format!("mapping pattern checks duplicate key ({text})");
                return Err(Fault::new(message, mapping.range));
            }
            seen.push(value);
        }
        Ok(())
    }

    fn class_pattern(
        &mut self,
        class: &'a ast::PatternMatchClass,
        subject: Reg,
        fail: Label,
        captures: &mut Vec<Capture>,
    ) -> Outcome<()> {
        let arguments = &class.arguments;
        let window = self.unit.temps(3);
        self.unit.movement(window, subject);
        self.expr_to(&class.cls, window + 1)?;
        let names = arguments
            .keywords
            .iter()
            .map(|k| Const::str(k.attr.as_str()))
            .collect();
        self.load_constant(Const::Tuple(names), window + 2);
        self.unit.at(class.range);
        let positional = arguments.patterns.len();
        let found = self.unit.temp();
        self.unit
            .op(Op::MatchClass, 0, found, window, positional as u16);
        self.unit.branch(Op::JumpIfNone, found, fail);
        let count = positional + arguments.keywords.len();
        if count == 0 {
            return Ok(());
        }
        let base = self.unit.temps(count as u32);
        self.unit
            .op(Op::UnpackSequence, 0, found, base, count as u16);
        let keyword_patterns = arguments.keywords.iter().map(|k| &k.pattern);
        for (at, inner) in arguments
            .patterns
            .iter()
            .chain(keyword_patterns)
            .enumerate()
        {
            self.pattern(inner, nth(base, at), fail, captures)?;
        }
        Ok(())
    }

    fn or_pattern(
        &mut self,
        either: &'a ast::PatternMatchOr,
        subject: Reg,
        fail: Label,
        captures: &mut Vec<Capture>,
    ) -> Outcome<()> {
        let found = self.unit.label();
        let Some((last, firsts)) = either.patterns.split_last() else {
            return Ok(());
        };
        // The captures of all alternatives go to the registers of one set.
        let mut agreed: Option<Vec<Capture>> = None;
        for alternative in firsts {
            let next = self.unit.label();
            self.alternative(alternative, subject, next, &mut agreed)?;
            self.unit.jump(found);
            self.unit.place(next);
        }
        self.alternative(last, subject, fail, &mut agreed)?;
        self.unit.place(found);
        captures.extend(agreed.unwrap_or_default());
        Ok(())
    }

    fn alternative(
        &mut self,
        pattern: &'a Pattern,
        subject: Reg,
        fail: Label,
        agreed: &mut Option<Vec<Capture>>,
    ) -> Outcome<()> {
        if let Some(agreed) = agreed {
            let mut own = Vec::new();
            self.pattern(pattern, subject, fail, &mut own)?;
            for capture in own {
                if let Some(home) = agreed.iter().find(|home| home.sym == capture.sym) {
                    self.unit.movement(home.reg, capture.reg);
                }
            }
            return Ok(());
        }
        let mut own = Vec::new();
        self.pattern(pattern, subject, fail, &mut own)?;
        let mut homes = Vec::with_capacity(own.len());
        for capture in own {
            let reg = self.unit.temp();
            self.unit.movement(reg, capture.reg);
            homes.push(Capture { reg, ..capture });
        }
        *agreed = Some(homes);
        Ok(())
    }
}

fn is_wildcard(pattern: &Pattern) -> bool {
    match pattern {
        Pattern::MatchAs(p) => p.pattern.is_none() && p.name.is_none(),
        Pattern::MatchStar(p) => p.name.is_none(),
        _ => false,
    }
}
