//! One pass over the trace, from its end to its start, that finds out what is live, gives it
//! registers, and emits code.
//!
//! Going backward, a value's first appearance is its last use: it gets a register there, and gives
//! it up where it is defined. An op whose result no one has asked for by then is dead and is not
//! emitted. Where registers run out, the victim's reload is emitted on the spot (it executes after
//! what is emitted next), and its definition will store it.
//!
//! *The loop.* Values that live where the body begins have a fixed place there, chosen before the
//! pass from how often the body uses them: a register, or a slot. At the body's end each must be
//! in its place, which for a phi's is where the copy goes; at the body's start the places that the
//! pass arrived at are reconciled with the fixed ones by moves, of which there are mostly none,
//! since both ends hint.
//!
//! *Exits.* A guard's exit finds values where they are at the guard: a register, a slot, or the
//! interpreter's register they came from. An addition that overflows may have taken its operand's
//! register; its exit undoes it.

use crate::x64::{Alu, Backward, Gpr, REGS, SCRATCH, SCRATCH_XMM, STATE, Sse, Xmm, cc};
use crate::{EXIT_NUMBER, Error, FIRST_SLOT, Loc, SLOTS};
use object::layout;
use trace::{Cond, Const, NO_SNAPSHOT, Op, Ref, Repr, Trace};

/// A general register 0–15 or a floating-point one 16–31.
type Reg = u8;
const NO_REG: Reg = u8::MAX;
const XMM: Reg = 16;
/// Those that values may live in.
const GPRS: u32 = 0xffff & !(1 << REGS | 1 << 4 | 1 << STATE | 1 << SCRATCH);
const XMMS: u32 = 0x7fff << XMM;
/// How many registers of a class values may hold across the loop's back edge.
const HEADER_GPRS: usize = 8;
const HEADER_XMMS: usize = 11;

/// How an exit undoes an addition or subtraction.
#[derive(Clone, Copy)]
enum Undo {
    No,
    Register(Alu, Gpr, Gpr),
    Immediate(Alu, Gpr, i32),
}

struct Exit {
    snapshot: u16,
    first: usize,
    undo: Undo,
}

/// What the pass gives.
pub(crate) struct Code {
    pub(crate) bytes: Vec<u8>,
    /// For each exit its snapshot and where its places begin.
    pub(crate) exits: Vec<(u16, u32)>,
    pub(crate) places: Vec<Loc>,
}

pub(crate) struct Pass<'t> {
    trace: &'t Trace,
    flags: [*const u8; 2],
    out: Backward,
    /// By value: its register, its slot from 1 (0: none), the register it would like.
    reg: Vec<Reg>,
    slot: Vec<u16>,
    hint: Vec<Reg>,
    is_phi: Vec<bool>,
    content: [Ref; 32],
    /// Registers that are fixed places of the loop.
    fixed: u32,
    slots: u16,
    exits: Vec<Exit>,
    places: Vec<Loc>,
    jumps: Vec<(usize, usize)>,
    floats: Vec<(usize, u64)>,
}

/// A value that lives where the loop's body begins.
struct Header {
    value: Ref,
    /// Its fixed register, if it has one.
    place: Reg,
}

/// Generates code for a verified trace.
pub(crate) fn generate(trace: &Trace, flags: [*const u8; 2]) -> Result<Code, Error> {
    let count = trace.len();
    let mut pass = Pass {
        trace,
        flags,
        out: Backward::default(),
        reg: vec![NO_REG; count],
        slot: vec![0; count],
        hint: vec![NO_REG; count],
        is_phi: vec![false; count],
        content: [Ref::NONE; 32],
        fixed: 0,
        slots: 0,
        exits: Vec::new(),
        places: Vec::new(),
        jumps: Vec::new(),
        floats: Vec::new(),
    };
    let Some(body) = trace.loop_start() else {
        return Err(Error::NoLoop);
    };
    let phis = (body..count)
        .find(|&at| trace.get(at).op == Op::Phi)
        .unwrap_or(count);
    let headers = pass.headers(body, phis);
    let back = pass.out.jump();
    pass.loop_end(&headers, phis)?;
    for at in (body + 1..phis).rev() {
        pass.instruction(at)?;
    }
    pass.loop_start(&headers);
    let here = pass.out.to_end();
    pass.out.patch(back, (back - 4) as i32 - here as i32);
    for at in (0..body).rev() {
        pass.instruction(at)?;
    }
    pass.finish()
}

impl Pass<'_> {
    // ---- the loop

    /// Chooses the fixed places.
    fn headers(&mut self, body: usize, phis: usize) -> Vec<Header> {
        let trace = self.trace;
        let mut weight = vec![0u32; body];
        let mut seen = vec![false; trace.snapshot_count()];
        for at in body..phis {
            let ins = trace.get(at);
            for r in ins.refs().filter(|r| !r.is_constant() && r.index() < body) {
                weight[r.index()] += 8;
            }
            for snapshot in ins.snapshot().into_iter().flat_map(|s| trace.chain(s)) {
                if std::mem::replace(&mut seen[snapshot as usize], true) {
                    continue;
                }
                for (register, value) in trace.frame_values(snapshot) {
                    let outside = !value.is_constant() && value.index() < body;
                    if outside && !trace.is_in_place(snapshot, register, value) {
                        weight[value.index()] += 1;
                    }
                }
            }
        }
        for at in phis..trace.len() {
            let (left, right) = (trace.get(at).operand(0), trace.get(at).operand(1));
            self.is_phi[left.index()] = true;
            weight[left.index()] += 6;
            if !right.is_constant() && right.index() < body {
                weight[right.index()] += 1;
            }
        }
        let mut order: Vec<usize> = (0..body).filter(|&at| weight[at] > 0).collect();
        order.sort_by_key(|&at| (std::cmp::Reverse(weight[at]), at));
        let (mut gprs, mut xmms) = (HEADER_GPRS, HEADER_XMMS);
        let mut headers = Vec::with_capacity(order.len());
        for at in order {
            let value = Ref(at as u16);
            let class = self.class(value);
            let room = if class == XMMS { &mut xmms } else { &mut gprs };
            let mut place = NO_REG;
            if weight[at] >= 6 && *room > 0 {
                *room -= 1;
                place = (class & !self.fixed).trailing_zeros() as Reg;
                self.fixed |= 1 << place;
                self.hint[at] = place;
            } else if !self.has_home(value) {
                self.slot_of(value);
            }
            headers.push(Header { value, place });
        }
        headers
    }

    /// Requires every value in its place where the body ends.
    fn loop_end(&mut self, headers: &[Header], phis: usize) -> Result<(), Error> {
        for header in headers {
            if header.place != NO_REG && !self.is_phi[header.value.index()] {
                self.assign(header.value, header.place);
            }
        }
        let place_of = |value| {
            headers
                .iter()
                .find(|h| h.value == value)
                .map_or(NO_REG, |h| h.place)
        };
        let mut in_slots = Vec::new();
        for at in phis..self.trace.len() {
            let (left, right) = (self.trace.get(at).operand(0), self.trace.get(at).operand(1));
            let place = place_of(left);
            if place == NO_REG {
                in_slots.push((left, right));
            } else if right.is_constant() {
                self.constant_to(right, place);
            } else if self.reg[right.index()] != NO_REG {
                let from = self.reg[right.index()];
                self.move_to(place, from);
            } else {
                self.hint[right.index()] = place;
                self.assign(right, place);
            }
        }
        // These may take any register, so all fixed ones must have been given out before.
        for (left, right) in in_slots {
            if !right.is_constant() && self.is_phi[right.index()] {
                return Err(Error::Pressure);
            }
            let slot = self.slot_at(left);
            if self.class(right) == XMMS {
                let (from, constant) = self.float_operand(right, 0);
                self.out.store_float(STATE, slot, from);
                self.load_float_constant(constant);
            } else {
                let (from, constant) = self.operand(right, 0);
                self.out.store(STATE, slot, from);
                self.materialise(constant);
            }
        }
        Ok(())
    }

    /// Brings the places that the body begins with and the fixed ones together.
    fn loop_start(&mut self, headers: &[Header]) {
        let mut moves = Vec::new();
        for header in headers {
            let reg = std::mem::replace(&mut self.reg[header.value.index()], NO_REG);
            if reg == NO_REG {
                continue;
            }
            self.content[reg as usize] = Ref::NONE;
            if header.place == NO_REG {
                self.reload(header.value, reg);
            } else if header.place != reg {
                moves.push((reg, header.place));
            }
        }
        for (to, from) in sequence(moves).into_iter().rev() {
            self.move_to(to, from);
        }
        for header in headers {
            let at = header.value.index();
            if header.place != NO_REG && self.is_phi[at] && self.slot[at] != 0 {
                self.store_slot(header.value, header.place);
            }
        }
        assert!(
            self.content.iter().all(|&r| r == Ref::NONE),
            "a value lives that nothing defines"
        );
        for header in headers.iter().filter(|h| h.place != NO_REG) {
            self.assign(header.value, header.place);
        }
    }

    // ---- registers

    fn class(&self, r: Ref) -> u32 {
        if self.trace.repr(r) == Repr::Float {
            XMMS
        } else {
            GPRS
        }
    }

    /// Whether a value can be had from the interpreter's register it came from.
    fn has_home(&self, r: Ref) -> bool {
        self.trace.get(r.index()).op == Op::Arg && !self.is_phi[r.index()]
    }

    fn assign(&mut self, r: Ref, reg: Reg) {
        assert_eq!(
            self.content[reg as usize],
            Ref::NONE,
            "a register is given out twice"
        );
        self.reg[r.index()] = reg;
        self.content[reg as usize] = r;
    }

    fn release(&mut self, r: Ref) {
        let reg = std::mem::replace(&mut self.reg[r.index()], NO_REG);
        if reg != NO_REG {
            self.content[reg as usize] = Ref::NONE;
        }
    }

    fn free(&self, class: u32, locked: u32) -> u32 {
        let mut free = class & !locked;
        for (reg, content) in self.content.iter().enumerate() {
            if *content != Ref::NONE {
                free &= !(1 << reg);
            }
        }
        free
    }

    /// A register of a class, emptied if need be.
    fn take(&mut self, class: u32, hint: Reg, locked: u32) -> Reg {
        let free = self.free(class, locked);
        if hint != NO_REG && free & 1 << hint != 0 {
            return hint;
        }
        if free & !self.fixed != 0 {
            return (free & !self.fixed).trailing_zeros() as Reg;
        }
        if free != 0 {
            return free.trailing_zeros() as Reg;
        }
        let candidates = (0..32u8).filter(|&reg| class & !locked & 1 << reg != 0);
        // The oldest value is mostly the one whose next use, going backward, is furthest.
        let victim = candidates.min_by_key(|&reg| self.content[reg as usize]);
        let Some(reg) = victim else {
            unreachable!("an op locks fewer registers than there are")
        };
        let value = self.content[reg as usize];
        self.release(value);
        if !self.has_home(value) {
            self.slot_of(value);
        }
        self.reload(value, reg);
        reg
    }

    /// The register in which an op finds an operand that is no constant.
    fn use_in(&mut self, r: Ref, hint: Reg, locked: u32) -> Reg {
        let reg = self.reg[r.index()];
        if reg != NO_REG {
            return reg;
        }
        let own = self.hint[r.index()];
        let reg = self.take(
            self.class(r),
            if own == NO_REG { hint } else { own },
            locked,
        );
        self.assign(r, reg);
        reg
    }

    /// The register in which an op leaves its result, which is free above the op; `None` if no one
    /// wants it.
    fn define(&mut self, at: usize) -> Option<Reg> {
        let value = Ref(at as u16);
        let mut reg = self.reg[at];
        if reg == NO_REG {
            if self.slot[at] == 0 {
                return None;
            }
            reg = self.take(self.class(value), self.hint[at], 0);
        }
        if self.slot[at] != 0 {
            self.store_slot(value, reg);
        }
        self.release(value);
        Some(reg)
    }

    fn slot_of(&mut self, r: Ref) -> u16 {
        let slot = &mut self.slot[r.index()];
        if *slot == 0 {
            self.slots += 1;
            *slot = self.slots;
        }
        *slot
    }

    /// A value's slot, in bytes from the state's start.
    fn slot_at(&mut self, r: Ref) -> i32 {
        ((FIRST_SLOT + self.slot_of(r) as usize - 1) * 8) as i32
    }

    fn store_slot(&mut self, r: Ref, reg: Reg) {
        let at = self.slot_at(r);
        if reg >= XMM {
            self.out.store_float(STATE, at, reg - XMM);
        } else {
            self.out.store(STATE, at, reg);
        }
    }

    /// Loads a value that is in no register.
    fn reload(&mut self, r: Ref, reg: Reg) {
        if self.has_home(r) {
            let register = self.trace.get(r.index()).operands[0];
            self.out.load(reg, REGS, register as i32 * 8);
        } else {
            let at = self.slot_at(r);
            if reg >= XMM {
                self.out.load_float(reg - XMM, STATE, at);
            } else {
                self.out.load(reg, STATE, at);
            }
        }
    }

    fn move_to(&mut self, to: Reg, from: Reg) {
        if to >= XMM {
            self.out.mov_float(to - XMM, from - XMM);
        } else {
            self.out.mov(to, from);
        }
    }

    // ---- operands

    fn bits(&self, r: Ref) -> Option<i64> {
        self.trace.constant_of(r).map(|constant| match constant {
            Const::Word(word) => word.bits() as i64,
            Const::Float(bits) => bits as i64,
            Const::Raw(n) => n,
        })
    }

    /// Where an op finds an operand; a constant is to be brought into the scratch register by
    /// `materialise` once the op is emitted.
    fn operand(&mut self, r: Ref, locked: u32) -> (Gpr, Option<i64>) {
        match self.bits(r) {
            Some(bits) => (SCRATCH, Some(bits)),
            None => (self.use_in(r, NO_REG, locked), None),
        }
    }

    fn materialise(&mut self, constant: Option<i64>) {
        if let Some(bits) = constant {
            self.out.mov_imm_keeping_flags(SCRATCH, bits);
        }
    }

    fn float_operand(&mut self, r: Ref, locked: u32) -> (Xmm, Option<u64>) {
        match self.bits(r) {
            Some(bits) => (SCRATCH_XMM, Some(bits as u64)),
            None => (self.use_in(r, NO_REG, locked) - XMM, None),
        }
    }

    fn load_float_constant(&mut self, constant: Option<u64>) {
        if let Some(bits) = constant {
            let at = self.out.float_near(0x10, SCRATCH_XMM);
            self.floats.push((at, bits));
        }
    }

    fn constant_to(&mut self, r: Ref, reg: Reg) {
        let bits = self.bits(r).unwrap_or(0);
        if reg >= XMM {
            let at = self.out.float_near(0x10, reg - XMM);
            self.floats.push((at, bits as u64));
        } else {
            self.out.mov_imm_keeping_flags(reg, bits);
        }
    }

    // ---- exits

    /// The exit of a guard: notes where its snapshot's values are.
    fn exit(&mut self, snapshot: u16, locked: u32, undo: Undo) -> usize {
        let first = self.places.len();
        let trace = self.trace;
        for frame in trace.chain(snapshot) {
            for (register, value) in trace.frame_values(frame) {
                if !trace.is_in_place(frame, register, value) {
                    let place = self.place(value, locked);
                    self.places.push(place);
                }
            }
        }
        self.exits.push(Exit {
            snapshot,
            first,
            undo,
        });
        self.exits.len() - 1
    }

    fn place(&mut self, value: Ref, locked: u32) -> Loc {
        if value.is_constant() {
            return Loc::Constant(value);
        }
        let reg = self.reg[value.index()];
        if reg != NO_REG {
            return Loc::Register(reg);
        }
        if self.has_home(value) {
            return Loc::Home(self.trace.get(value.index()).operands[0]);
        }
        if self.slot[value.index()] == 0 {
            let free = self.free(self.class(value), locked) & !self.fixed;
            if free != 0 {
                let reg = free.trailing_zeros() as Reg;
                self.assign(value, reg);
                return Loc::Register(reg);
            }
        }
        Loc::Slot(self.slot_of(value) - 1)
    }

    fn leave_if(&mut self, condition: u8, exit: usize) {
        let at = self.out.jump_if(condition);
        self.jumps.push((at, exit));
    }

    // ---- instructions

    fn instruction(&mut self, at: usize) -> Result<(), Error> {
        let ins = self.trace.get(at);
        let r = |place: usize| ins.operand(place);
        let snapshot = ins.snapshot().unwrap_or(NO_SNAPSHOT);
        match ins.op {
            Op::Arg => {
                if let Some(reg) = self.define(at) {
                    self.out.load(reg, REGS, ins.operands[0] as i32 * 8);
                }
            }
            Op::GuardSmall | Op::GuardFloat => {
                let (reg, constant) = self.operand(r(0), 0);
                let exit = self.exit(snapshot, 0, Undo::No);
                let small = ins.op == Op::GuardSmall;
                self.leave_if(if small { cc::NE } else { cc::E }, exit);
                self.out.test_imm(
                    reg,
                    if small {
                        layout::TAG_MASK
                    } else {
                        layout::FLOAT_BIT
                    },
                );
                self.materialise(constant);
            }
            Op::GuardObject => {
                let (reg, constant) = self.operand(r(0), 0);
                let exit = self.exit(snapshot, 0, Undo::No);
                self.leave_if(cc::NE, exit);
                self.out.alu_imm(Alu::Cmp, SCRATCH, layout::POINTER_TAG);
                self.out.alu_imm(Alu::And, SCRATCH, layout::TAG_MASK);
                self.out.mov(SCRATCH, reg);
                self.materialise(constant);
            }
            Op::GuardIs => self.compare(r(0), r(1), cc::NE, snapshot),
            Op::GuardIsNot => self.compare(r(0), r(1), cc::E, snapshot),
            Op::GuardBelow => self.compare(r(0), r(1), cc::AE, snapshot),
            Op::GuardInt => self.guard_int(ins.operands[0], r(1), r(2), snapshot)?,
            Op::GuardFloats => self.guard_floats(ins.operands[0], r(1), r(2), snapshot)?,
            Op::GuardShape | Op::GuardVersion => {
                let shape = ins.op == Op::GuardShape;
                let field = if shape {
                    layout::SHAPE
                } else {
                    layout::CLASS_VERSION
                };
                let expected = self.bits(r(1)).ok_or(Error::Operand)? as i32;
                let (reg, constant) = self.operand(r(0), 0);
                let exit = self.exit(snapshot, 0, Undo::No);
                self.leave_if(cc::NE, exit);
                self.out
                    .cmp_memory32(reg, field - layout::POINTER_TAG, expected);
                self.materialise(constant);
            }
            Op::GuardYoung => {
                let (reg, constant) = self.operand(r(0), 0);
                let exit = self.exit(snapshot, 0, Undo::No);
                self.leave_if(cc::NE, exit);
                let field = layout::COLLECTOR_BITS - layout::POINTER_TAG;
                self.out.test_memory8(reg, field, layout::OLD_CLEAN);
                self.materialise(constant);
            }
            Op::Poll => {
                let exit = self.exit(snapshot, 0, Undo::No);
                for flag in self.flags {
                    self.leave_if(cc::NE, exit);
                    self.out.cmp_memory8(SCRATCH, 0, 0);
                    self.out.mov_imm(SCRATCH, flag as i64);
                }
            }
            Op::AddInt => self.integers(at, Alu::Add, r(0), r(1), Some(snapshot))?,
            Op::SubInt => self.integers(at, Alu::Sub, r(0), r(1), Some(snapshot))?,
            Op::AndInt => self.integers(at, Alu::And, r(0), r(1), None)?,
            Op::OrInt => self.integers(at, Alu::Or, r(0), r(1), None)?,
            Op::XorInt => self.integers(at, Alu::Xor, r(0), r(1), None)?,
            Op::AddRaw => self.integers(at, Alu::Add, r(0), r(1), None)?,
            Op::MulInt => self.multiply(at, r(0), r(1), snapshot)?,
            Op::AddFloat => self.floats(at, Sse::Add, r(0), r(1)),
            Op::SubFloat => self.floats(at, Sse::Sub, r(0), r(1)),
            Op::MulFloat => self.floats(at, Sse::Mul, r(0), r(1)),
            Op::DivFloat => self.floats(at, Sse::Div, r(0), r(1)),
            Op::NegFloat | Op::Untag | Op::IntToFloat | Op::Tag | Op::TagInt => {
                self.conversion(at, ins.op, r(0), snapshot);
            }
            Op::LoadSlot => {
                let field = layout::INSTANCE_SLOTS + ins.operands[1] as i32 * 8;
                self.load(at, r(0), field);
            }
            Op::LoadRange => {
                self.load(
                    at,
                    r(0),
                    layout::RANGE_FIELDS[(ins.operands[1] as usize).min(2)],
                );
            }
            Op::ListLength | Op::ListStorage => {
                let length = ins.op == Op::ListLength;
                let field = if length {
                    layout::LIST_LENGTH
                } else {
                    layout::LIST_STORAGE
                };
                self.load_shifted(at, r(0), field, length);
            }
            Op::LoadItem => self.load_item(at, r(0), r(1)),
            Op::StoreItem => self.store_item(r(0), r(1), r(2)),
            Op::StoreSlot => {
                self.store(
                    r(0),
                    layout::INSTANCE_SLOTS + ins.operands[1] as i32 * 8,
                    r(2),
                );
            }
            Op::StoreRange => self.store(r(0), layout::RANGE_FIELDS[0], r(1)),
            Op::Loop | Op::Phi => return Err(Error::Operand),
        }
        Ok(())
    }

    fn load_shifted(&mut self, at: usize, object: Ref, field: i32, shifted: bool) {
        let Some(to) = self.define(at) else { return };
        let (base, constant) = match self.bits(object) {
            Some(bits) => (SCRATCH, Some(bits)),
            None => (self.use_in(object, to, 0), None),
        };
        if shifted {
            self.out.shl(to, layout::SMALL_SHIFT);
        }
        self.out.load(to, base, field - layout::POINTER_TAG);
        self.materialise(constant);
    }

    fn load(&mut self, at: usize, object: Ref, field: i32) {
        self.load_shifted(at, object, field, false);
    }

    fn load_item(&mut self, at: usize, storage: Ref, index: Ref) {
        let Some(to) = self.define(at) else { return };
        let items = layout::ARRAY_ITEMS - layout::POINTER_TAG;
        if let Some(offset) = self.bits(index).and_then(|bits| i32::try_from(bits).ok()) {
            let (base, constant) = self.operand(storage, 0);
            self.out.load(to, base, items + offset);
            self.materialise(constant);
            return;
        }
        let (base, constant) = self.operand(storage, 0);
        let index = self.use_in(index, NO_REG, 1 << base);
        self.out.load_indexed(to, base, index, items);
        self.materialise(constant);
    }

    fn store(&mut self, object: Ref, field: i32, value: Ref) {
        let field = field - layout::POINTER_TAG;
        let (base, constant) = self.operand(object, 0);
        let (from, value) = match self.bits(value) {
            // The scratch register holds the object's address already.
            Some(bits) if constant.is_some() => (self.take(GPRS, NO_REG, 0), Some(bits)),
            Some(bits) => (SCRATCH, Some(bits)),
            None => (self.use_in(value, NO_REG, 1 << base), None),
        };
        self.out.store(base, field, from);
        if let Some(bits) = value {
            self.out.mov_imm_keeping_flags(from, bits);
        }
        self.materialise(constant);
    }

    fn store_item(&mut self, storage: Ref, index: Ref, value: Ref) {
        let items = layout::ARRAY_ITEMS - layout::POINTER_TAG;
        if let Some(offset) = self.bits(index).and_then(|bits| i32::try_from(bits).ok()) {
            return self.store(storage, layout::ARRAY_ITEMS + offset, value);
        }
        let (base, constant) = self.operand(storage, 0);
        let index = self.use_in(index, NO_REG, 1 << base);
        let locked = 1 << base | 1 << index;
        let (from, value) = match self.bits(value) {
            Some(bits) if constant.is_some() => (self.take(GPRS, NO_REG, locked), Some(bits)),
            Some(bits) => (SCRATCH, Some(bits)),
            None => (self.use_in(value, NO_REG, locked), None),
        };
        self.out.store_indexed(base, index, items, from);
        if let Some(bits) = value {
            self.out.mov_imm_keeping_flags(from, bits);
        }
        self.materialise(constant);
    }

    /// Compares two words and leaves if the condition holds of the outcome.
    fn compare(&mut self, a: Ref, b: Ref, leave_if: u8, snapshot: u16) {
        if let Some(immediate) = self.bits(b).and_then(|bits| i32::try_from(bits).ok()) {
            let (reg, constant) = self.operand(a, 0);
            let exit = self.exit(snapshot, 0, Undo::No);
            self.leave_if(leave_if, exit);
            self.out.alu_imm(Alu::Cmp, reg, immediate);
            self.materialise(constant);
            return;
        }
        let (left, one) = self.operand(a, 0);
        let (right, other) = self.operand(b, 1 << left);
        let exit = self.exit(snapshot, 0, Undo::No);
        self.leave_if(leave_if, exit);
        self.out.alu(Alu::Cmp, left, right);
        self.materialise(one.or(other));
    }

    fn guard_int(&mut self, cond: u16, a: Ref, b: Ref, snapshot: u16) -> Result<(), Error> {
        let mut cond = Cond::from_number(cond).ok_or(Error::Operand)?.of_integers();
        let (mut a, mut b) = (a, b);
        if a.is_constant() {
            (a, b) = (b, a);
            cond = match cond {
                Cond::Lt => Cond::Gt,
                Cond::Le => Cond::Ge,
                Cond::Gt => Cond::Lt,
                Cond::Ge => Cond::Le,
                same => same,
            };
        }
        let leave = match cond {
            Cond::Lt => cc::GE,
            Cond::Le => cc::G,
            Cond::Eq => cc::NE,
            Cond::Ne => cc::E,
            Cond::Gt => cc::LE,
            _ => cc::L,
        };
        self.compare(a, b, leave, snapshot);
        Ok(())
    }

    fn guard_floats(&mut self, cond: u16, a: Ref, b: Ref, snapshot: u16) -> Result<(), Error> {
        let cond = Cond::from_number(cond).ok_or(Error::Operand)?;
        // Unordered sets carry, zero and parity; "above" is the test that NaN fails.
        let (swapped, leave) = match cond {
            Cond::Lt => (true, cc::BE),
            Cond::Le => (true, cc::B),
            Cond::Gt => (false, cc::BE),
            Cond::Ge => (false, cc::B),
            Cond::NotLt => (true, cc::A),
            Cond::NotLe => (true, cc::AE),
            Cond::NotGt => (false, cc::A),
            Cond::NotGe => (false, cc::AE),
            Cond::Eq => (false, cc::NE),
            Cond::Ne => (false, cc::E),
        };
        let (a, b) = if swapped { (b, a) } else { (a, b) };
        if a.is_constant() && b.is_constant() {
            return Err(Error::Operand);
        }
        let (left, one) = self.float_operand(a, 0);
        let (right, other) = self.float_operand(b, 1 << (left + XMM));
        let exit = self.exit(snapshot, 0, Undo::No);
        self.leave_if(leave, exit);
        match cond {
            Cond::Eq => self.leave_if(cc::P, exit),
            // A near jump takes six bytes.
            Cond::Ne => self.out.skip_if(cc::P, 6),
            _ => {}
        }
        self.out.compare_floats(left, right);
        self.load_float_constant(one.or(other));
        Ok(())
    }

    fn integers(
        &mut self,
        at: usize,
        op: Alu,
        a: Ref,
        b: Ref,
        snapshot: Option<u16>,
    ) -> Result<(), Error> {
        let (a, b) = if a.is_constant() && op != Alu::Sub {
            (b, a)
        } else {
            (a, b)
        };
        if a.is_constant() && b.is_constant() {
            return Err(Error::Operand);
        }
        let Some(to) = self.define(at) else {
            return Ok(());
        };
        let locked = 1 << to;
        let immediate = self.bits(b).and_then(|bits| i32::try_from(bits).ok());
        let (right, constant) = match immediate {
            Some(_) => (SCRATCH, None),
            None => self.operand(b, locked),
        };
        let mut undo = Undo::No;
        let left = if a.is_constant() {
            None
        } else if self.reg[a.index()] == NO_REG && a != b {
            self.assign(a, to);
            let back = if op == Alu::Add { Alu::Sub } else { Alu::Add };
            undo = match immediate {
                Some(value) => Undo::Immediate(back, to, value),
                None => Undo::Register(back, to, right),
            };
            Some(to)
        } else {
            Some(self.use_in(a, NO_REG, locked | 1 << right))
        };
        if let Some(snapshot) = snapshot {
            let exit = self.exit(snapshot, locked, undo);
            self.leave_if(cc::O, exit);
        }
        match immediate {
            Some(value) => self.out.alu_imm(op, to, value),
            None => self.out.alu(op, to, right),
        }
        match left {
            Some(left) => self.out.mov(to, left),
            None => self.constant_to(a, to),
        }
        self.materialise(constant);
        Ok(())
    }

    fn multiply(&mut self, at: usize, a: Ref, b: Ref, snapshot: u16) -> Result<(), Error> {
        let (a, b) = if a.is_constant() { (b, a) } else { (a, b) };
        if a.is_constant() {
            return Err(Error::Operand);
        }
        let Some(to) = self.define(at) else {
            return Ok(());
        };
        let locked = 1 << to;
        let left = self.use_in(a, NO_REG, locked);
        let factor = self.bits(b);
        let right = match factor {
            Some(_) => SCRATCH,
            None => self.use_in(b, NO_REG, locked | 1 << left),
        };
        let exit = self.exit(snapshot, locked, Undo::No);
        self.leave_if(cc::O, exit);
        self.out.imul(to, SCRATCH);
        self.out.mov(to, left);
        match factor {
            Some(bits) => self.out.mov_imm(SCRATCH, bits >> layout::SMALL_SHIFT),
            None => {
                self.out.sar(SCRATCH, layout::SMALL_SHIFT);
                self.out.mov(SCRATCH, right);
            }
        }
        Ok(())
    }

    fn floats(&mut self, at: usize, op: Sse, a: Ref, b: Ref) {
        let Some(to) = self.define(at) else { return };
        let locked = 1 << to;
        let wanted = |pass: &Self, r: Ref| !r.is_constant() && pass.reg[r.index()] == NO_REG;
        let commutes = matches!(op, Sse::Add | Sse::Mul);
        let swap = commutes && (a.is_constant() || !wanted(self, a) && wanted(self, b));
        let (a, b) = if swap { (b, a) } else { (a, b) };
        if a == b && wanted(self, a) {
            self.assign(a, to);
            self.out.sse(op, to - XMM, to - XMM);
            return;
        }
        let near = self.bits(b);
        let right = match near {
            Some(_) => SCRATCH_XMM,
            None => self.use_in(b, NO_REG, locked) - XMM,
        };
        let left = if a.is_constant() {
            None
        } else if wanted(self, a) {
            self.assign(a, to);
            Some(to)
        } else {
            Some(self.reg[a.index()])
        };
        match near {
            Some(bits) => {
                let field = self.out.float_near(op as u8, to - XMM);
                self.floats.push((field, bits as u64));
            }
            None => self.out.sse(op, to - XMM, right),
        }
        match left {
            Some(left) => self.move_to(to, left),
            None => self.constant_to(a, to),
        }
    }

    fn conversion(&mut self, at: usize, op: Op, a: Ref, snapshot: u16) {
        let Some(to) = self.define(at) else { return };
        match op {
            Op::Tag => {
                let (from, constant) = self.float_operand(a, 0);
                let exit = self.exit(snapshot, 1 << to, Undo::No);
                self.leave_if(cc::E, exit);
                self.out.test_imm(to, layout::FLOAT_BIT);
                self.out.alu_imm(Alu::Sub, to, 1);
                self.out.rol(to, layout::FLOAT_ROTATION);
                self.out.move_from_float(to, from);
                self.load_float_constant(constant);
            }
            Op::Untag => {
                let (from, constant) = self.operand(a, 0);
                self.out.move_to_float(to - XMM, SCRATCH);
                self.out.ror(SCRATCH, layout::FLOAT_ROTATION);
                self.out.alu_imm(Alu::Add, SCRATCH, 1);
                self.out.mov(SCRATCH, from);
                self.materialise(constant);
            }
            Op::IntToFloat => {
                let (from, constant) = self.operand(a, 0);
                self.out.int_to_float(to - XMM, SCRATCH);
                self.out.xor_floats(to - XMM, to - XMM);
                self.out.sar(SCRATCH, layout::SMALL_SHIFT);
                self.out.mov(SCRATCH, from);
                self.materialise(constant);
            }
            Op::NegFloat => {
                let (from, constant) = match self.bits(a) {
                    Some(_) => (NO_REG, true),
                    None => (self.use_in(a, to, 0), false),
                };
                self.out.xor_floats(to - XMM, SCRATCH_XMM);
                self.out.move_to_float(SCRATCH_XMM, SCRATCH);
                self.out.mov_imm(SCRATCH, i64::MIN);
                if constant {
                    self.constant_to(a, to);
                } else {
                    self.move_to(to, from);
                }
            }
            _ => {
                let (from, constant) = match self.bits(a) {
                    Some(bits) => (SCRATCH, Some(bits)),
                    None => (self.use_in(a, to, 0), None),
                };
                self.out.shl(to, layout::SMALL_SHIFT);
                self.out.mov(to, from);
                self.materialise(constant);
            }
        }
    }

    // ---- the frame around it

    /// The entry, the exits and the constants.
    fn finish(mut self) -> Result<Code, Error> {
        assert!(
            self.content.iter().all(|&r| r == Ref::NONE),
            "a value lives that nothing defines"
        );
        if self.slots as usize > SLOTS {
            return Err(Error::Pressure);
        }
        self.out.mov(STATE, 6);
        self.out.mov(REGS, 7);
        for reg in [3, 5, 12, 13, 14, 15] {
            self.out.push(reg);
        }
        let common = common_exit();
        let mut tail = Vec::with_capacity(self.exits.len() * 15 + common.len() + 64);
        let mut stubs = Vec::with_capacity(self.exits.len());
        // The common exit comes first, so that every stub's jump goes back a known way.
        tail.extend_from_slice(&common);
        for (number, exit) in self.exits.iter().enumerate() {
            stubs.push(tail.len());
            tail.extend(undo_bytes(exit.undo));
            tail.extend([0xc7, 0x85]);
            tail.extend((EXIT_NUMBER as i32 * 8).to_le_bytes());
            tail.extend((number as u32).to_le_bytes());
            tail.push(0xe9);
            let after = tail.len() as i32 + 4;
            tail.extend((-after).to_le_bytes());
        }
        for (field, exit) in std::mem::take(&mut self.jumps) {
            self.out.patch(field, (stubs[exit] + field - 4) as i32);
        }
        while !(self.out.to_end() + tail.len()).is_multiple_of(8) {
            tail.push(0xcc);
        }
        let mut pool: Vec<u64> = Vec::new();
        for (field, bits) in std::mem::take(&mut self.floats) {
            let at = pool.iter().position(|&b| b == bits).unwrap_or_else(|| {
                pool.push(bits);
                pool.len() - 1
            });
            self.out
                .patch(field, (tail.len() + at * 8 + field - 4) as i32);
        }
        let exits = self
            .exits
            .iter()
            .map(|exit| (exit.snapshot, exit.first as u32))
            .collect();
        let mut bytes = self.out.into_bytes();
        bytes.extend(tail);
        pool.iter()
            .for_each(|bits| bytes.extend(bits.to_le_bytes()));
        Ok(Code {
            bytes,
            exits,
            places: self.places,
        })
    }
}

fn undo_bytes(undo: Undo) -> Vec<u8> {
    let mut out = Backward::default();
    match undo {
        Undo::No => {}
        Undo::Register(op, to, from) => out.alu(op, to, from),
        Undo::Immediate(op, to, value) => out.alu_imm(op, to, value),
    }
    out.into_bytes()
}

/// Saves every register that values may be in, and returns.
fn common_exit() -> Vec<u8> {
    let mut out = Backward::default();
    out.put(&[0xc3]);
    // pop, in the order that undoes the pushes.
    out.put(&[0x5b, 0x5d, 0x41, 0x5c, 0x41, 0x5d, 0x41, 0x5e, 0x41, 0x5f]);
    for reg in (0..16u8).filter(|&reg| GPRS & 1 << reg != 0) {
        out.store(STATE, reg as i32 * 8, reg);
    }
    for reg in 0..15u8 {
        out.store_float(STATE, (XMM + reg) as i32 * 8, reg);
    }
    out.into_bytes()
}

/// Puts moves that happen at once into an order, with the scratch registers where they go round.
fn sequence(mut moves: Vec<(Reg, Reg)>) -> Vec<(Reg, Reg)> {
    let mut ordered = Vec::with_capacity(moves.len() + 1);
    while !moves.is_empty() {
        let ready = moves
            .iter()
            .position(|&(to, _)| !moves.iter().any(|&(_, from)| from == to));
        match ready {
            Some(at) => ordered.push(moves.swap_remove(at)),
            None => {
                let from = moves[0].1;
                let scratch = if from >= XMM {
                    XMM + SCRATCH_XMM
                } else {
                    SCRATCH
                };
                ordered.push((scratch, from));
                for entry in moves.iter_mut().filter(|entry| entry.1 == from) {
                    entry.1 = scratch;
                }
            }
        }
    }
    ordered
}
