//! One pass over the trace, from its end to its start, that finds out what is live, gives it
//! registers, and emits code.
//!
//! Going backward, a value's first appearance is its last use: it gets a register there, and gives
//! it up where it is defined. An op whose result no one has asked for by then is dead and is not
//! emitted. Where registers run out, the victim's reload is emitted on the spot (it executes after
//! what is emitted next), and its definition will store it into a slot of the native stack, where
//! the collector sees it.
//!
//! *The loop.* Values that live where the body begins have a fixed place there, chosen before the
//! pass from how often the body uses them: a register, or a slot. At the body's end each must be
//! in its place, which for a phi's is where the copy goes; at the body's start the places that the
//! pass arrived at are reconciled with the fixed ones by moves, of which there are mostly none,
//! since both ends hint.
//!
//! *Slots.* A slot is taken where a value is first found to need one and given back at its
//! definition. A value from before the loop that gets its slot inside the body needs one that
//! nothing in the body has used: on the next way round its content must still be there.
//!
//! *Homes.* A value that came from an interpreter's register need not be stored as long as
//! nothing writes that register; after the first op that may, it is treated as any other value.
//!
//! *Calls.* Nothing lives in a register across a call but in those that calls leave alone. Values
//! that cross a call prefer them; for one that is in another, the move or reload is emitted when
//! the call is reached.
//!
//! *Entry.* What a trace begins with (registers of the frame; for a bridge, what the parent's exit
//! has) exists from the first instruction on, wherever its op stands; all of it is brought to
//! where the pass arrived by one parallel move.

use crate::check::{Event, Log};
use crate::code::{Backward, Code, Forward};
use crate::exits::Exit;
use crate::isa::Isa;
use crate::moves::sequence;
use crate::{Env, Error, Loc, SLOTS, Start};
use trace::{Const, Op, Ref, Trace};

/// A general register 0–15 or a floating-point one 16–31.
pub(crate) type Reg = u8;
pub(crate) const NO_REG: Reg = u8::MAX;
pub(crate) const XMM: Reg = 16;

/// A value's home is never lost.
pub(crate) const NEVER: u16 = u16::MAX;

#[derive(Clone, Copy)]
pub(crate) struct ValueState {
    pub(crate) reg: Reg,
    /// The register it would like.
    pub(crate) hint: Reg,
    pub(crate) flags: u8,
    /// Its slot, from 1; 0 for none.
    pub(crate) slot: u16,
    /// The first op at which its home may no longer hold it; 0 if it has none.
    pub(crate) home_until: u16,
}

pub(crate) const FLOAT: u8 = 1;
pub(crate) const PHI: u8 = 2;
pub(crate) const SUNK: u8 = 4;
/// Its slot is the parent's: it is there on entry, and is not given back.
pub(crate) const OWNED: u8 = 8;

pub(crate) const NEW_VALUE: ValueState = ValueState {
    reg: NO_REG,
    hint: NO_REG,
    flags: 0,
    slot: 0,
    home_until: 0,
};

/// A value that lives where the loop's body begins.
#[derive(Clone, Copy)]
pub(crate) struct Header {
    pub(crate) value: Ref,
    /// Its fixed register, if it has one.
    pub(crate) place: Reg,
}

/// Memory that passes use one after the other.
#[derive(Default)]
pub(crate) struct Buffers {
    pub(crate) out: Backward,
    pub(crate) tail: Forward,
    pub(crate) values: Vec<ValueState>,
    /// The ops that clobber registers, in order.
    pub(crate) calls: Vec<u16>,
    /// The ops that values come into being with the trace at.
    pub(crate) entries: Vec<u16>,
    /// By register of the entry frame: the first op that stores into it.
    pub(crate) stored: Vec<u16>,
    pub(crate) exits: Vec<Exit>,
    pub(crate) places: Vec<Loc>,
    pub(crate) leaves: Vec<Ref>,
    /// Constants in the tail, with their offsets.
    pub(crate) floats: Vec<(u64, u32)>,
    /// Fields of the tail (by their end) and of the body (by the distance of their end) that hold
    /// the distance to an address.
    pub(crate) tail_links: Vec<(u32, usize)>,
    pub(crate) body_links: Vec<(u32, usize)>,
    /// Distance of each op's first instruction from the body's end.
    pub(crate) starts: Vec<u32>,
    pub(crate) headers: Vec<Header>,
    /// What lives where the body begins, and where it then is.
    pub(crate) label: Vec<(Ref, Loc)>,
    pub(crate) weights: Vec<u32>,
    pub(crate) order: Vec<u16>,
    pub(crate) seen_frames: Vec<bool>,
    pub(crate) seen_sunk: Vec<bool>,
    pub(crate) moves: Vec<(Loc, Loc)>,
    pub(crate) log: Log,
}

impl Buffers {
    pub(crate) fn clear(&mut self) {
        self.out.clear();
        self.tail.clear();
        self.exits.clear();
        self.places.clear();
        self.label.clear();
        self.floats.clear();
        self.tail_links.clear();
        self.body_links.clear();
        self.log.clear();
    }
}

pub(crate) struct Pass<'t, I> {
    pub(crate) trace: &'t Trace,
    pub(crate) env: &'t Env,
    pub(crate) start: Start<'t>,
    pub(crate) buffers: Buffers,
    /// The word that holds the code's epoch.
    pub(crate) epoch_word: usize,
    /// Addresses of the code that all traces share.
    pub(crate) shared: I,
    pub(crate) content: [Ref; 32],
    pub(crate) occupied: u32,
    /// Registers that are fixed places of the loop.
    pub(crate) fixed: u32,
    /// Registers that exits may give to values that have no place yet.
    pub(crate) exit_registers: u32,
    pub(crate) free_slots: [u64; SLOTS.div_ceil(64)],
    /// How many slots have ever been used.
    pub(crate) slots: u16,
    pub(crate) too_many: bool,
    /// The op at hand, and the call before it.
    pub(crate) at: usize,
    pub(crate) call_before: u16,
    pub(crate) has_call: bool,
    /// Whether guards' exits are taken once, whatever the guards say.
    pub(crate) force: bool,
    /// The place of `loop`, if the trace goes round.
    pub(crate) body: Option<usize>,
    /// The snapshot whose leaves are in the buffer, as they are at the op at hand.
    pub(crate) leaves_of: Option<u16>,
    /// How far the body's end the loop's start is.
    pub(crate) loop_start: Option<usize>,
}

impl<'t, I: Isa> Pass<'t, I> {
    pub(crate) fn new(
        trace: &'t Trace,
        env: &'t Env,
        start: Start<'t>,
        buffers: Buffers,
        shared: I,
        epoch_word: usize,
    ) -> Pass<'t, I> {
        Pass {
            trace,
            env,
            start,
            buffers,
            epoch_word,
            shared,
            content: [Ref::NONE; 32],
            occupied: 0,
            fixed: 0,
            exit_registers: I::GENERAL | I::FLOATING,
            free_slots: [0; SLOTS.div_ceil(64)],
            slots: 0,
            too_many: false,
            at: trace.len(),
            call_before: 0,
            has_call: false,
            body: None,
            leaves_of: None,
            loop_start: None,
            force: false,
        }
    }

    /// Generates the code.
    pub(crate) fn run(&mut self, id: u32) -> Result<(), Error> {
        let count = self.trace.len();
        self.survey()?;
        I::begin_tail(self, id);
        let (first, last) = match self.body {
            Some(body) => {
                let phis = (body..count).find(|&at| self.trace.op(at) == Op::Phi);
                let phis = phis.unwrap_or(count);
                self.choose_headers(body, phis);
                let jump = I::open_loop(self);
                self.loop_end(phis);
                let end = self.buffers.out.to_end() as u32;
                self.buffers.starts[phis..].fill(end);
                self.ops(body + 1, phis)?;
                self.at = body;
                self.begin_loop();
                I::close_loop(self, jump);
                self.buffers.starts[body] = self.buffers.out.to_end() as u32;
                (0, body)
            }
            None => (0, count),
        };
        self.ops(first, last)?;
        self.at = 0;
        self.enter();
        if self.too_many {
            return Err(Error::Pressure);
        }
        Ok(())
    }

    /// Emits the ops of a range, the last one first.
    fn ops(&mut self, first: usize, last: usize) -> Result<(), Error> {
        for at in (first..last).rev() {
            self.at = at;
            while self
                .buffers
                .calls
                .last()
                .is_some_and(|&call| usize::from(call) >= at)
            {
                self.buffers.calls.pop();
            }
            let before = self.buffers.calls.last().copied();
            self.has_call = before.is_some();
            self.call_before = before.unwrap_or(0);
            self.op(at)?;
            self.buffers.starts[at] = self.buffers.out.to_end() as u32;
        }
        Ok(())
    }

    fn op(&mut self, at: usize) -> Result<(), Error> {
        let ins = self.trace.get(at);
        match ins.op {
            Op::Arg | Op::Inherit | Op::InheritFloat | Op::InheritRaw => self.entry_value(at),
            // Before it, the field is another.
            Op::Store | Op::StoreRaw | Op::StoreHalf | Op::StoreFloat
                if self.is_sunk(ins.operand(0)) =>
            {
                self.leaves_of = None;
            }
            Op::Barrier | Op::BarrierGrowing if self.is_sunk(ins.operand(0)) => {}
            Op::New if self.is_sunk(Ref(at as u16)) => {}
            _ => return I::lower(self, at),
        }
        Ok(())
    }

    // ---- values

    #[inline(always)]
    pub(crate) fn reg(&self, r: Ref) -> Reg {
        self.buffers.values[r.index()].reg
    }

    /// Whether a result lives in no register yet.
    #[inline(always)]
    pub(crate) fn is_unplaced(&self, r: Ref) -> bool {
        !r.is_constant() && self.reg(r) == NO_REG
    }

    /// The slot that a result has.
    pub(crate) fn slot(&self, r: Ref) -> Option<u16> {
        self.buffers.values[r.index()].slot.checked_sub(1)
    }

    pub(crate) fn is_phi(&self, r: Ref) -> bool {
        self.buffers.values[r.index()].flags & PHI != 0
    }

    pub(crate) fn is_sunk(&self, r: Ref) -> bool {
        !r.is_constant() && self.buffers.values[r.index()].flags & SUNK != 0
    }

    #[inline(always)]
    pub(crate) fn is_float(&self, r: Ref) -> bool {
        self.buffers.values[r.index()].flags & FLOAT != 0
    }

    #[inline(always)]
    pub(crate) fn class(&self, r: Ref) -> u32 {
        if self.is_float(r) {
            I::FLOATING
        } else {
            I::GENERAL
        }
    }

    /// The interpreter's register that a value can still be had from.
    #[inline(always)]
    pub(crate) fn home(&self, r: Ref) -> Option<u16> {
        let value = self.buffers.values[r.index()];
        if self.at >= usize::from(value.home_until) && value.home_until != NEVER {
            return None;
        }
        match self.entry_loc(r.index()) {
            Some(Loc::Home(register)) => Some(register),
            _ => None,
        }
    }

    pub(crate) fn has_home(&self, r: Ref) -> bool {
        self.home(r).is_some()
    }

    /// The bits of a constant.
    #[inline(always)]
    pub(crate) fn bits(&self, r: Ref) -> Option<u64> {
        self.trace.constant_of(r).map(|constant| match constant {
            Const::Word(word) => word.bits(),
            Const::Float(bits) => bits,
            Const::Raw(n) => n as u64,
        })
    }

    // ---- registers

    #[inline(always)]
    pub(crate) fn assign(&mut self, r: Ref, reg: Reg) {
        assert!(
            self.occupied & 1 << reg == 0,
            "a register is given out twice"
        );
        self.buffers.values[r.index()].reg = reg;
        self.content[reg as usize] = r;
        self.occupied |= 1 << reg;
    }

    #[inline(always)]
    pub(crate) fn release(&mut self, r: Ref) {
        let reg = std::mem::replace(&mut self.buffers.values[r.index()].reg, NO_REG);
        if reg != NO_REG {
            self.content[reg as usize] = Ref::NONE;
            self.occupied &= !(1 << reg);
        }
    }

    #[inline(always)]
    pub(crate) fn free(&self, class: u32, locked: u32) -> u32 {
        class & !locked & !self.occupied
    }

    /// The registers of a class that hold nothing and are no fixed places of the loop.
    pub(crate) fn free_for_any(&self, class: u32) -> u32 {
        self.free(class, self.fixed)
    }

    /// The registers that hold values.
    pub(crate) fn occupied(&self) -> u32 {
        self.occupied
    }

    /// Whether a value defined before the call before the op at hand.
    #[inline(always)]
    pub(crate) fn crosses_call(&self, r: Ref) -> bool {
        self.has_call && r.0 < self.call_before
    }

    /// A register of a class, emptied if need be.
    pub(crate) fn take(&mut self, class: u32, hint: Reg, locked: u32, saved: bool) -> Reg {
        let free = self.free(class, locked);
        if hint != NO_REG && free & 1 << hint != 0 && !(saved && I::SAVED & 1 << hint == 0) {
            return hint;
        }
        let open = free & !self.fixed;
        let wish = if saved { I::SAVED } else { !I::SAVED };
        for set in [open & wish, open, free] {
            if set != 0 {
                return set.trailing_zeros() as Reg;
            }
        }
        // The oldest value is mostly the one whose next use, going backward, is furthest.
        let mut victims = class & !locked;
        assert_ne!(victims, 0, "an op locks fewer registers than there are");
        let mut reg = victims.trailing_zeros() as Reg;
        while victims != 0 {
            let other = victims.trailing_zeros() as Reg;
            if self.content[other as usize] < self.content[reg as usize] {
                reg = other;
            }
            victims &= victims - 1;
        }
        self.evict(reg);
        reg
    }

    /// Takes a register from the value that lives in it after the op at hand.
    pub(crate) fn evict(&mut self, reg: Reg) {
        let value = self.content[reg as usize];
        self.release(value);
        if !self.has_home(value) {
            self.slot_of(value);
        }
        self.reload(value, reg);
    }

    /// Sees to it that a register holds nothing before the op at hand, by another register among
    /// `others` if one is free.
    pub(crate) fn vacate(&mut self, reg: Reg, others: u32) {
        let value = self.content[reg as usize];
        if value == Ref::NONE {
            return;
        }
        let free = self.free(self.class(value) & others, 1 << reg) & !self.fixed;
        if free == 0 {
            return self.evict(reg);
        }
        let other = free.trailing_zeros() as Reg;
        self.release(value);
        self.assign(value, other);
        self.move_register(reg, other);
    }

    /// The register in which an op finds an operand that is no constant.
    pub(crate) fn use_in(&mut self, r: Ref, hint: Reg, locked: u32) -> Reg {
        let mut reg = self.reg(r);
        if reg == NO_REG {
            let own = self.buffers.values[r.index()].hint;
            let hint = if own == NO_REG { hint } else { own };
            reg = self.take(self.class(r), hint, locked, self.crosses_call(r));
            self.assign(r, reg);
        }
        self.uses(r, Loc::Register(reg));
        reg
    }

    /// Lets a value that is in no register live in this one before the op at hand.
    pub(crate) fn live_in(&mut self, r: Ref, reg: Reg) {
        self.assign(r, reg);
        self.uses(r, Loc::Register(reg));
    }

    /// Notes that the op at hand finds a value somewhere.
    #[inline(always)]
    pub(crate) fn uses(&mut self, r: Ref, place: Loc) {
        self.buffers.log.event(Event::Use(r, place));
    }

    /// Whether anyone wants the result of the op at hand.
    pub(crate) fn is_wanted(&self, at: usize) -> bool {
        let value = self.buffers.values[at];
        value.reg != NO_REG || value.slot != 0
    }

    /// The register in which an op leaves its result, which is free above the op; `None` if no one
    /// wants it.
    pub(crate) fn define(&mut self, at: usize, hint: Reg) -> Option<Reg> {
        let value = Ref(at as u16);
        let state = self.buffers.values[at];
        let mut reg = state.reg;
        if reg == NO_REG {
            if state.slot == 0 {
                return None;
            }
            let hint = if hint == NO_REG { state.hint } else { hint };
            reg = self.take(self.class(value), hint, 0, false);
        }
        if state.slot != 0 {
            self.store_slot(value, reg);
            self.give_slot_back(state.slot - 1);
        }
        self.release(value);
        self.buffers
            .log
            .event(Event::Define(value, Loc::Register(reg)));
        Some(reg)
    }

    // ---- slots

    pub(crate) fn slot_of(&mut self, r: Ref) -> u16 {
        let has = self.buffers.values[r.index()].slot;
        if has != 0 {
            return has - 1;
        }
        let in_body = self
            .body
            .is_some_and(|body| self.at > body && r.index() < body);
        let slot = if in_body { None } else { self.free_slot() };
        let slot = slot.unwrap_or_else(|| {
            if usize::from(self.slots) == SLOTS {
                self.too_many = true;
                return 0;
            }
            self.slots += 1;
            self.slots - 1
        });
        self.buffers.values[r.index()].slot = slot + 1;
        slot
    }

    pub(crate) fn free_slot(&mut self) -> Option<u16> {
        let word = self.free_slots.iter().position(|&word| word != 0)?;
        let bit = self.free_slots[word].trailing_zeros();
        self.free_slots[word] &= !(1 << bit);
        Some((word * 64) as u16 + bit as u16)
    }

    pub(crate) fn give_slot_back(&mut self, slot: u16) {
        self.free_slots[usize::from(slot / 64)] |= 1 << (slot % 64);
    }

    /// How many slots the code uses.
    pub(crate) fn slot_count(&self) -> u16 {
        self.slots
    }

    // ---- moves

    pub(crate) fn put(&mut self, code: Code) {
        self.buffers.out.put(code);
    }

    pub(crate) fn store_slot(&mut self, r: Ref, reg: Reg) {
        let slot = self.slot_of(r);
        self.move_one(Loc::Slot(slot), Loc::Register(reg));
    }

    /// Loads a value that is in no register.
    pub(crate) fn reload(&mut self, r: Ref, reg: Reg) {
        let from = match self.home(r) {
            Some(register) => Loc::Home(register),
            None => Loc::Slot(self.slot_of(r)),
        };
        self.move_one(Loc::Register(reg), from);
    }

    pub(crate) fn move_register(&mut self, to: Reg, from: Reg) {
        if to != from {
            self.move_one(Loc::Register(to), Loc::Register(from));
        }
    }

    /// Emits one move.
    pub(crate) fn move_one(&mut self, to: Loc, from: Loc) {
        self.buffers.log.event(Event::Move(to, from));
        let reg = match to {
            Loc::Register(reg) => reg,
            _ => match from {
                Loc::Register(reg) => reg,
                _ => I::SCRATCH,
            },
        };
        if let Loc::Slot(slot) = to {
            I::store_slot(&mut self.buffers.out, slot, reg);
        }
        let out = &mut self.buffers.out;
        match from {
            Loc::Register(from) if from != reg => I::move_register(out, reg, from),
            Loc::Register(_) => {}
            Loc::Slot(slot) => I::load_slot(out, reg, slot),
            Loc::Home(register) => I::load_home(out, reg, register),
            Loc::Constant(constant) => {
                let bits = self.bits(constant).unwrap_or(0);
                I::constant(self, reg, bits);
            }
        }
    }

    /// Emits moves that happen at once.
    pub(crate) fn parallel(&mut self, moves: &mut Vec<(Loc, Loc)>) {
        sequence(moves);
        while let Some((to, from)) = moves.pop() {
            self.move_one(to, from);
        }
    }
}
