//! One code object under construction: instructions, labels, registers, constants, protected
//! ranges, and which locals are surely bound at the present point.
//!
//! Code is emitted in one pass. What cannot be reached is not emitted at all: after an
//! instruction that never falls through nothing is until a label is placed that something jumps
//! to. The set of surely bound locals travels the same way: each jump leaves its set at the
//! label, where the sets meet. Only `del` unbinds, so at a loop's head and at a handler it is
//! enough to forget the locals that the function deletes anywhere.
//!
//! A line that has no instruction of its own (`try:`, `pass`) gets a `nop`, so that debuggers see it.
//! Whether it needs one shows only with the next instruction, so the line *waits* for that.

use crate::regset::RegSet;
use crate::scope::{ScopeId, Sym};
use bytecode::{CommonConst, Const, Instr, Op, Pc, Reg, Site};
use ruff_python_ast::Stmt;
use ruff_text_size::TextRange;
use rustc_hash::FxHashMap;
use std::ops::Range;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Label(u32);

#[derive(Default)]
struct LabelState {
    pc: Option<Pc>,
    bound: Option<RegSet>,
}

/// A range that is being protected.
struct Protection {
    handler: Label,
    reg: Reg,
    /// None while code is emitted that leaves the range.
    start: Option<Pc>,
    bound: RegSet,
}

/// A finished piece of a protected range.
pub struct Protected {
    pub depth: usize,
    pub start: Pc,
    pub end: Pc,
    pub handler: Label,
    pub reg: Reg,
}

/// What a jump out of the present statement has to pass, innermost last.
#[derive(Clone, Copy)]
pub enum Block<'a> {
    Loop {
        next: Label,
        end: Label,
    },
    /// Inside a handler: the exception handled before, and the name to delete.
    Handler {
        previous: Reg,
        name: Option<Sym>,
        protections: usize,
    },
    Finally {
        body: &'a [Stmt],
        protections: usize,
    },
    With {
        exit: Reg,
        is_async: bool,
        range: TextRange,
        protections: usize,
    },
}

/// A line that is to have an instruction.
pub struct Line {
    pub span: TextRange,
    /// The offsets of its text.
    pub text: Range<u32>,
}

impl Line {
    fn holds(&self, span: TextRange) -> bool {
        !span.is_empty() && self.text.contains(&span.start().to_u32())
    }
}

/// Where a variable lives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Home {
    pub reg: Reg,
    pub cell: bool,
}

pub struct Unit<'a> {
    pub scope: ScopeId,
    pub qualname: String,
    pub instrs: Vec<Instr>,
    pub fixups: Vec<(Pc, Label)>,
    labels: Vec<LabelState>,
    /// Where the last label was placed, and whether execution also falls into it.
    label_pc: Pc,
    falls_into_label: bool,
    /// A line that is to have an instruction if the next one is of another line.
    waiting: Option<Line>,
    pub spans: Vec<(Pc, TextRange)>,
    span: TextRange,
    pub constants: Vec<Const>,
    constant_index: FxHashMap<u64, u32>,
    name_index: FxHashMap<Sym, u32>,
    pub sites: Vec<Site>,
    global_sites: FxHashMap<Sym, u32>,
    shared_sites: FxHashMap<u32, u16>,
    protections: Vec<Protection>,
    pub protected: Vec<Protected>,
    pub blocks: Vec<Block<'a>>,
    pub reachable: bool,
    pub bound: RegSet,
    /// Locals that are deleted somewhere in the function.
    pub deleted: RegSet,
    pub homes: FxHashMap<Sym, Home>,
    /// Registers that hold the cells of free variables, in closure order.
    pub free: Vec<(Sym, Reg)>,
    /// Variables of the comprehensions that surround the present point, innermost last.
    pub comprehensions: Vec<(ScopeId, FxHashMap<Sym, Home>)>,
    /// Registers below are variables.
    pub first_temp: Reg,
    next_temp: u32,
    highest: u32,
    /// Temporaries that are variables of a comprehension.
    pub variable_temps: RegSet,
    /// An operand did not fit its field; the whole code is refused.
    pub overflow: bool,
}

impl<'a> Unit<'a> {
    pub fn new(scope: ScopeId, qualname: String) -> Unit<'a> {
        Unit {
            scope,
            qualname,
            instrs: Vec::with_capacity(32),
            fixups: Vec::new(),
            labels: Vec::new(),
            label_pc: 0,
            falls_into_label: true,
            waiting: None,
            spans: Vec::with_capacity(16),
            span: TextRange::default(),
            constants: Vec::new(),
            constant_index: FxHashMap::default(),
            name_index: FxHashMap::default(),
            sites: Vec::new(),
            global_sites: FxHashMap::default(),
            shared_sites: FxHashMap::default(),
            protections: Vec::new(),
            protected: Vec::new(),
            blocks: Vec::new(),
            reachable: true,
            bound: RegSet::default(),
            deleted: RegSet::default(),
            homes: FxHashMap::default(),
            free: Vec::new(),
            comprehensions: Vec::new(),
            first_temp: 0,
            next_temp: 0,
            highest: 0,
            variable_temps: RegSet::default(),
            overflow: false,
        }
    }

    // ---- registers

    /// Sets the number of variables; temporaries begin above.
    pub fn set_variables(&mut self, count: u32) {
        self.overflow |= count > 60_000;
        self.first_temp = count.min(60_000) as Reg;
        self.next_temp = self.first_temp as u32;
        self.highest = self.next_temp;
    }

    pub fn temp(&mut self) -> Reg {
        self.temps(1)
    }

    /// `count` consecutive fresh temporaries.
    pub fn temps(&mut self, count: u32) -> Reg {
        let at = self.next_temp;
        self.next_temp += count;
        if self.next_temp > 65_000 {
            self.overflow = true;
            self.next_temp = self.first_temp as u32 + count.min(1000);
            return self.first_temp;
        }
        self.highest = self.highest.max(self.next_temp);
        at as Reg
    }

    pub fn mark(&self) -> u32 {
        self.next_temp
    }

    /// Frees all temporaries taken since `mark`.
    pub fn release(&mut self, mark: u32) {
        self.next_temp = mark;
    }

    pub fn registers(&self) -> u16 {
        self.highest.min(65_100) as u16
    }

    /// Whether intermediate results may be put into `reg`: nothing else reads it.
    pub fn is_scratch(&self, reg: Reg) -> bool {
        reg >= self.first_temp && !self.variable_temps.contains(reg)
    }

    // ---- instructions

    pub fn pc(&self) -> Pc {
        self.instrs.len() as Pc
    }

    /// Sets the place which the next instructions come from; returns the one before.
    pub fn at(&mut self, span: TextRange) -> TextRange {
        std::mem::replace(&mut self.span, span)
    }

    /// Goes on at the place of the instruction before; nowhere, if there are several ways here. Returns
    /// the place so far.
    pub fn stay(&mut self) -> TextRange {
        let last = match &self.waiting {
            Some(line) => line.span,
            None if self.label_pc == self.pc() => TextRange::default(),
            None => self.span_of(self.pc()),
        };
        self.at(last)
    }

    /// The place which the instruction at `pc` comes from.
    fn span_of(&self, pc: Pc) -> TextRange {
        let at = self.spans.partition_point(|&(first, _)| first <= pc);
        at.checked_sub(1)
            .map_or(self.span, |last| self.spans[last].1)
    }

    /// Has a line get an instruction here, unless there is one right before or will be one.
    pub fn line(&mut self, line: Line) {
        self.settle(line.span);
        let follows = self.pc() > self.label_pc;
        if self.reachable && !(follows && line.holds(self.span_of(self.pc()))) {
            self.waiting = Some(line);
        }
    }

    /// Gives the line that waits its instruction, unless the next one, which is of `next`, is of the
    /// same line.
    fn settle(&mut self, next: TextRange) {
        if let Some(line) = self.waiting.take()
            && !line.holds(next)
        {
            let span = self.at(line.span);
            self.push_settled(Instr::wide(Op::Nop, 0, 0, 0), true);
            self.span = span;
        }
    }

    fn push(&mut self, instr: Instr, falls: bool) {
        self.settle(self.span);
        self.push_settled(instr, falls);
    }

    fn push_settled(&mut self, instr: Instr, falls: bool) {
        if !self.reachable {
            return;
        }
        if self.spans.last().is_none_or(|&(_, span)| span != self.span) {
            let pc = self.pc();
            self.spans.push((pc, self.span));
        }
        self.instrs.push(instr);
        self.reachable = falls;
    }

    pub fn op(&mut self, op: Op, x: u8, a: Reg, b: Reg, c: u16) {
        self.push(Instr::abc(op, x, a, b, c), op.info().falls);
    }

    pub fn wide(&mut self, op: Op, x: u8, a: Reg, bc: u32) {
        self.push(Instr::wide(op, x, a, bc as i32), op.info().falls);
    }

    pub fn movement(&mut self, to: Reg, from: Reg) {
        if to != from {
            self.op(Op::Move, 0, to, from, 0);
        }
    }

    pub fn common(&mut self, to: Reg, constant: CommonConst) {
        self.op(Op::LoadCommon, constant as u8, to, 0, 0);
    }

    // ---- labels and jumps

    pub fn label(&mut self) -> Label {
        self.labels.push(LabelState::default());
        Label(self.labels.len() as u32 - 1)
    }

    fn meet(&mut self, label: Label) {
        let state = &mut self.labels[label.0 as usize];
        match &mut state.bound {
            Some(bound) => bound.intersect(&self.bound),
            None => state.bound = Some(self.bound.clone()),
        }
    }

    pub fn place(&mut self, label: Label) {
        self.settle(TextRange::default());
        let pc = self.pc();
        if self.labels[label.0 as usize].bound.is_some() {
            self.come_from_elsewhere();
        }
        let state = &mut self.labels[label.0 as usize];
        state.pc = Some(pc);
        if let Some(bound) = &state.bound {
            if self.reachable {
                self.bound.intersect(bound);
            } else {
                self.bound.clone_from(bound);
                self.reachable = true;
            }
        }
    }

    /// A label is placed here that something jumps to.
    fn come_from_elsewhere(&mut self) {
        if self.label_pc != self.pc() {
            self.falls_into_label = self.reachable;
        }
        self.label_pc = self.pc();
    }

    /// Places the label of a loop's head, to which jumps go back.
    pub fn place_head(&mut self, label: Label) {
        self.place(label);
        self.come_from_elsewhere();
        self.bound.subtract(&self.deleted);
    }

    pub fn label_pc(&self, label: Label) -> Pc {
        self.labels[label.0 as usize].pc.unwrap_or(0)
    }

    fn jump_with(&mut self, instr: Instr, falls: bool, label: Label) {
        if self.reachable {
            // Where a jump alone stands, several lines may have led to it: it is of none of them.
            self.settle(match instr.op() {
                Op::Jump => TextRange::default(),
                _ => self.span,
            });
            let pc = self.pc();
            self.fixups.push((pc, label));
            self.meet(label);
            self.push(instr, falls);
        }
    }

    /// The places that lead to the present point: of the instruction before if that falls through, and
    /// of the jumps, those to other jumps included, each with its number among the fixups.
    pub fn ways_here(&self) -> (Option<TextRange>, Vec<(usize, TextRange)>) {
        let here = self.pc();
        if let Some(line) = &self.waiting {
            return (Some(line.span), Vec::new());
        }
        if self.label_pc != here {
            return (Some(self.span_of(here)), Vec::new());
        }
        let fallen = self.falls_into_label.then(|| self.span_of(here));
        let mut jumps = Vec::new();
        let mut targets = vec![here];
        while let Some(target) = targets.pop() {
            for (at, &(pc, label)) in self.fixups.iter().enumerate() {
                if self.labels[label.0 as usize].pc == Some(target) && pc < target {
                    jumps.push((at, self.span_of(pc)));
                    if self.instrs[pc as usize].op() == Op::Jump {
                        targets.push(pc);
                    }
                }
            }
        }
        (fallen, jumps)
    }

    /// Leads some jumps, by their numbers among the fixups, to the present point instead of where they led.
    pub fn lead_here(&mut self, jumps: &[usize]) {
        let label = self.label();
        for &jump in jumps {
            self.fixups[jump].1 = label;
        }
        self.labels[label.0 as usize].bound = Some(self.bound.clone());
        self.place(label);
    }

    pub fn jump(&mut self, label: Label) {
        self.jump_with(Instr::wide(Op::Jump, 0, 0, 0), false, label);
    }

    pub fn jump_back(&mut self, label: Label) {
        if self.reachable {
            self.settle(self.span);
            let pc = self.pc();
            self.fixups.push((pc, label));
            self.push(Instr::wide(Op::JumpBack, 0, 0, 0), false);
        }
    }

    /// A conditional jump on one register.
    pub fn branch(&mut self, op: Op, a: Reg, label: Label) {
        self.jump_with(Instr::wide(op, 0, a, 0), true, label);
    }

    /// A jump whose distance is in `c`.
    pub fn fused(&mut self, op: Op, x: u8, a: Reg, b: u16, label: Label) {
        self.jump_with(Instr::abc(op, x, a, b, 0), true, label);
    }

    // ---- protected ranges

    pub fn protections(&self) -> usize {
        self.protections.len()
    }

    pub fn protect(&mut self, handler: Label, reg: Reg) {
        self.settle(TextRange::default());
        let start = Some(self.pc());
        let mut bound = self.bound.clone();
        bound.subtract(&self.deleted);
        self.protections.push(Protection {
            handler,
            reg,
            start,
            bound,
        });
    }

    pub fn unprotect(&mut self) {
        self.settle(TextRange::default());
        let depth = self.protections.len().saturating_sub(1);
        self.suspend_one(depth);
        self.protections.pop();
    }

    fn suspend_one(&mut self, depth: usize) -> bool {
        let end = self.pc();
        let Some(protection) = self.protections.get_mut(depth) else {
            return false;
        };
        let Some(start) = protection.start.take() else {
            return false;
        };
        if start < end {
            let (handler, reg) = (protection.handler, protection.reg);
            self.protected.push(Protected {
                depth,
                start,
                end,
                handler,
                reg,
            });
            let state = &mut self.labels[handler.0 as usize];
            match &mut state.bound {
                Some(bound) => bound.intersect(&protection.bound),
                None => state.bound = Some(protection.bound.clone()),
            }
        }
        true
    }

    /// Interrupts the protections from `from` on; the ones that were in force go to `suspended`.
    pub fn suspend(&mut self, from: usize, suspended: &mut Vec<usize>) {
        for depth in (from..self.protections.len()).rev() {
            if self.suspend_one(depth) {
                suspended.push(depth);
            }
        }
    }

    pub fn resume(&mut self, suspended: &[usize]) {
        let pc = self.pc();
        for &depth in suspended {
            if let Some(protection) = self.protections.get_mut(depth) {
                protection.start = Some(pc);
            }
        }
    }

    // ---- constants, names, sites

    pub fn constant(&mut self, constant: Const) -> u32 {
        let key = hash(&constant);
        if let Some(&at) = self.constant_index.get(&key)
            && self.constants[at as usize] == constant
        {
            return at;
        }
        let at = self.constants.len() as u32;
        self.constants.push(constant);
        self.constant_index.entry(key).or_insert(at);
        at
    }

    /// Adds without looking for an equal one.
    pub fn unique_constant(&mut self, constant: Const) -> u32 {
        self.constants.push(constant);
        self.constants.len() as u32 - 1
    }

    pub fn name(&mut self, sym: Sym, text: &str) -> u32 {
        if let Some(&at) = self.name_index.get(&sym) {
            return at;
        }
        let at = self.constant(Const::str(text));
        self.name_index.insert(sym, at);
        at
    }

    /// An index that must fit 16 bits.
    pub fn short(&mut self, index: u32) -> u16 {
        u16::try_from(index).unwrap_or_else(|_| {
            self.overflow = true;
            0
        })
    }

    /// A cache for an attribute. Each place has its own until they become many; then places with
    /// the same name share.
    pub fn attribute_site(&mut self, name: u32) -> u16 {
        const SHARED_FROM: usize = 30_000;
        if self.sites.len() >= SHARED_FROM {
            if let Some(&at) = self.shared_sites.get(&name) {
                return at;
            }
            self.sites.push(Site { name });
            let at = self.short(self.sites.len() as u32 - 1);
            self.shared_sites.insert(name, at);
            return at;
        }
        self.sites.push(Site { name });
        self.short(self.sites.len() as u32 - 1)
    }

    pub fn global_site(&mut self, sym: Sym, name: u32) -> u32 {
        if let Some(&at) = self.global_sites.get(&sym) {
            return at;
        }
        let at = self.sites.len() as u32;
        self.sites.push(Site { name });
        self.global_sites.insert(sym, at);
        at
    }
}

fn hash(constant: &Const) -> u64 {
    use std::hash::{Hash, Hasher};
    fn feed(constant: &Const, to: &mut rustc_hash::FxHasher) {
        std::mem::discriminant(constant).hash(to);
        match constant {
            Const::None | Const::Ellipsis => {}
            Const::Bool(b) => b.hash(to),
            Const::Int(i) => i.hash(to),
            Const::BigInt(digits) => digits.hash(to),
            Const::Float(bits) => bits.hash(to),
            Const::Complex(re, im) => (re, im).hash(to),
            Const::Str(points) => points.hash(to),
            Const::Bytes(bytes) => bytes.hash(to),
            Const::Tuple(items) | Const::FrozenSet(items) => {
                items.len().hash(to);
                items.iter().for_each(|item| feed(item, to));
            }
            Const::Code(code) => code.qualname.hash(to),
        }
    }
    let mut hasher = rustc_hash::FxHasher::default();
    feed(constant, &mut hasher);
    hasher.finish()
}

/// The register `at` places behind `base`. Too many of them are refused when the code is
/// finished, so running over is harmless.
pub fn nth(base: Reg, at: usize) -> Reg {
    base.wrapping_add(at as Reg)
}

/// Twice a number of pairs, as an operand.
pub fn doubled(pairs: usize) -> u16 {
    (pairs as u16).wrapping_mul(2)
}
