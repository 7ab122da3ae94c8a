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
use crate::{Env, Error, ExitKind, Loc, SLOTS, Start};
use trace::{Const, NO_SNAPSHOT, Op, Part, Ref, Repr, Trace};

/// A general register 0–15 or a floating-point one 16–31.
pub(crate) type Reg = u8;
pub(crate) const NO_REG: Reg = u8::MAX;
pub(crate) const XMM: Reg = 16;

/// A value's home is never lost.
const NEVER: u16 = u16::MAX;
/// The weight from which on a value gets a register in the loop.
const WEIGHT_OF_REGISTER: u32 = 6;

#[derive(Clone, Copy)]
struct ValueState {
    reg: Reg,
    /// The register it would like.
    hint: Reg,
    flags: u8,
    /// Its slot, from 1; 0 for none.
    slot: u16,
    /// The first op at which its home may no longer hold it; 0 if it has none.
    home_until: u16,
    /// The register of an `arg`, from 1; 0 for other ops.
    argument: u16,
}

const FLOAT: u8 = 1;
const PHI: u8 = 2;
const SUNK: u8 = 4;
/// Its slot is the parent's: it is there on entry, and is not given back.
const OWNED: u8 = 8;

const NEW_VALUE: ValueState = ValueState {
    reg: NO_REG,
    hint: NO_REG,
    flags: 0,
    slot: 0,
    home_until: 0,
    argument: 0,
};

/// A value that lives where the loop's body begins.
#[derive(Clone, Copy)]
struct Header {
    value: Ref,
    /// Its fixed register, if it has one.
    place: Reg,
}

/// Memory that passes use one after the other.
#[derive(Default)]
pub(crate) struct Buffers {
    pub(crate) out: Backward,
    pub(crate) tail: Forward,
    values: Vec<ValueState>,
    /// The ops that clobber registers, in order.
    calls: Vec<u16>,
    /// The ops that values come into being with the trace at.
    entries: Vec<u16>,
    /// By register of the entry frame: the first op that stores into it.
    stored: Vec<u16>,
    pub(crate) exits: Vec<Exit>,
    pub(crate) places: Vec<Loc>,
    leaves: Vec<Ref>,
    /// Constants in the tail, with their offsets.
    pub(crate) floats: Vec<(u64, u32)>,
    /// Fields of the tail (by their end) and of the body (by the distance of their end) that hold
    /// the distance to an address.
    pub(crate) tail_links: Vec<(u32, usize)>,
    pub(crate) body_links: Vec<(u32, usize)>,
    /// Distance of each op's first instruction from the body's end.
    pub(crate) starts: Vec<u32>,
    headers: Vec<Header>,
    weights: Vec<u32>,
    order: Vec<u16>,
    seen_frames: Vec<bool>,
    moves: Vec<(Loc, Loc)>,
    pub(crate) log: Log,
}

impl Buffers {
    pub(crate) fn clear(&mut self) {
        self.out.clear();
        self.tail.clear();
        self.exits.clear();
        self.places.clear();
        self.floats.clear();
        self.tail_links.clear();
        self.body_links.clear();
        self.log.clear();
    }
}

pub(crate) struct Pass<'t, I> {
    pub(crate) trace: &'t Trace,
    pub(crate) env: &'t Env,
    start: Start<'t>,
    pub(crate) buffers: Buffers,
    /// The word that holds the code's epoch.
    pub(crate) epoch_word: usize,
    /// Addresses of the code that all traces share.
    pub(crate) shared: I,
    content: [Ref; 32],
    occupied: u32,
    /// Registers that are fixed places of the loop.
    fixed: u32,
    /// Registers that exits may give to values that have no place yet.
    exit_registers: u32,
    free_slots: [u64; SLOTS.div_ceil(64)],
    /// How many slots have ever been used.
    slots: u16,
    too_many: bool,
    /// The op at hand, and the call before it.
    at: usize,
    call_before: u16,
    has_call: bool,
    /// The place of `loop`, if the trace goes round.
    body: Option<usize>,
    /// The snapshot whose leaves are in the buffer, and the one op for which they are right.
    leaves_of: (u16, u16),
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
            leaves_of: (NO_SNAPSHOT, NEVER),
            loop_start: None,
        }
    }

    /// Generates the code.
    pub(crate) fn run(&mut self, id: u32) -> Result<(), Error> {
        let count = self.trace.len();
        self.survey()?;
        I::begin_tail(self, id);
        let (first, last) = match self.body {
            Some(body) => {
                let phis = (body..count).find(|&at| self.trace.get(at).op == Op::Phi);
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
            Op::Store | Op::StoreRaw | Op::StoreHalf | Op::Barrier
                if self.is_sunk(ins.operand(0)) => {}
            Op::New if self.is_sunk(Ref(at as u16)) => {}
            _ => return I::lower(self, at),
        }
        Ok(())
    }

    // ---- before the pass

    /// Looks once at every op for what the pass must know beforehand.
    fn survey(&mut self) -> Result<(), Error> {
        let trace = self.trace;
        let count = trace.len();
        let b = &mut self.buffers;
        b.values.clear();
        b.values.resize(count, NEW_VALUE);
        b.starts.clear();
        b.starts.resize(count, 0);
        b.calls.clear();
        b.entries.clear();
        b.stored.clear();
        let (mut lost, mut body) = (NEVER, None);
        for at in 0..count {
            let ins = trace.get(at);
            let number = at as u16;
            if ins.op.info().result == Repr::Float {
                b.values[at].flags |= FLOAT;
            }
            match ins.op {
                Op::Arg => {
                    b.values[at].argument = ins.operands[0] + 1;
                    b.entries.push(number);
                }
                Op::Inherit | Op::InheritFloat | Op::InheritRaw => b.entries.push(number),
                Op::Loop => body = Some(at),
                Op::StoreReg => {
                    let register = usize::from(ins.operands[0]);
                    if b.stored.len() <= register {
                        b.stored.resize(register + 1, NEVER);
                    }
                    b.stored[register] = b.stored[register].min(number);
                }
                Op::CallFloat | Op::CallFloat2 => b.calls.push(number),
                Op::Call0 | Op::Call1 | Op::Call2 | Op::Call3 | Op::Call4 => {
                    b.calls.push(number);
                    let function = trace::Rt::from_number(ins.operands[0]).ok_or(Error::Operand)?;
                    if lost == NEVER && function.writes_registers() {
                        lost = number;
                    }
                }
                _ => {}
            }
        }
        let last = count.checked_sub(1).map(|at| trace.get(at).op);
        if !last.is_some_and(Op::ends) {
            self.body = Some(body.ok_or(Error::NoEnd)?);
        }
        for sunk in trace.sunk() {
            b.values[usize::from(sunk.new)].flags |= SUNK;
        }
        self.survey_entries(lost)
    }

    /// Finds the homes of what the trace begins with, and the slots that are its parent's.
    fn survey_entries(&mut self, lost: u16) -> Result<(), Error> {
        if let Start::Bridge(inherited) = self.start {
            for loc in inherited {
                if let Loc::Slot(slot) = *loc {
                    self.slots = self.slots.max(slot + 1);
                }
            }
        }
        for place in 0..self.buffers.entries.len() {
            let at = usize::from(self.buffers.entries[place]);
            let loc = self.entry_loc(at).ok_or(Error::Operand)?;
            let b = &mut self.buffers;
            match loc {
                Loc::Home(register) => {
                    let stored = b.stored.get(usize::from(register));
                    let mut until = stored.map_or(lost, |&stored| stored.min(lost));
                    if let Some(body) = self.body
                        && until != NEVER
                    {
                        until = until.min(body as u16);
                    }
                    b.values[at].home_until = until;
                }
                Loc::Slot(slot) => {
                    b.values[at].slot = slot + 1;
                    b.values[at].flags |= OWNED;
                }
                Loc::Register(reg) => b.values[at].hint = reg,
                Loc::Constant(_) => {}
            }
        }
        Ok(())
    }

    /// Where the value of an `arg` or `inherit` is when the trace is entered.
    fn entry_loc(&self, at: usize) -> Option<Loc> {
        let ins = self.trace.get(at);
        match (ins.op, self.start) {
            (Op::Arg, _) => Some(Loc::Home(ins.operands[0])),
            (_, Start::Bridge(inherited)) => inherited.get(usize::from(ins.operands[0])).copied(),
            (_, Start::Entry) => None,
        }
    }

    // ---- the loop

    /// Chooses the fixed places.
    fn choose_headers(&mut self, body: usize, phis: usize) {
        let trace = self.trace;
        let mut weights = std::mem::take(&mut self.buffers.weights);
        let mut seen = std::mem::take(&mut self.buffers.seen_frames);
        weights.clear();
        weights.resize(body, 0);
        seen.clear();
        seen.resize(trace.snapshot_count(), false);
        for at in body..phis {
            let ins = trace.get(at);
            for r in ins.refs().filter(|r| !r.is_constant() && r.index() < body) {
                weights[r.index()] += 8;
            }
            for snapshot in ins.snapshot().into_iter().flat_map(|s| trace.chain(s)) {
                if std::mem::replace(&mut seen[usize::from(snapshot)], true) {
                    continue;
                }
                for (register, value) in trace.frame_values(snapshot) {
                    if !trace.is_in_place(snapshot, register, value) {
                        self.weigh(value, &mut weights);
                    }
                }
            }
        }
        for at in phis..trace.len() {
            let (left, right) = (trace.get(at).operand(0), trace.get(at).operand(1));
            let value = &mut self.buffers.values[left.index()];
            value.flags |= PHI;
            value.home_until = value.home_until.min(body as u16);
            if value.flags & OWNED != 0 {
                // The parent's slot may be another value's, too, which the loop must not change.
                value.flags &= !OWNED;
                value.slot = 0;
            }
            weights[left.index()] += WEIGHT_OF_REGISTER;
            if !right.is_constant() && right.index() < body {
                weights[right.index()] += 1;
            }
        }
        self.give_places(&weights);
        self.buffers.weights = weights;
        self.buffers.seen_frames = seen;
    }

    /// Counts a value that an exit restores, through the fields of sunk objects.
    fn weigh(&self, value: Ref, weights: &mut [u32]) {
        if value.is_constant() {
            return;
        }
        match self.trace.sunk_object(value) {
            Some(object) => {
                for &store in &object.stores {
                    self.weigh(self.trace.get(usize::from(store)).operand(2), weights);
                }
            }
            None => {
                if let Some(weight) = weights.get_mut(value.index()) {
                    *weight += 1;
                }
            }
        }
    }

    fn give_places(&mut self, weights: &[u32]) {
        let mut order = std::mem::take(&mut self.buffers.order);
        order.clear();
        order.extend((0..weights.len() as u16).filter(|&at| weights[usize::from(at)] > 0));
        order.sort_unstable_by_key(|&at| (std::cmp::Reverse(weights[usize::from(at)]), at));
        let calls = self.body.is_some_and(|body| {
            self.buffers
                .calls
                .last()
                .is_some_and(|&call| usize::from(call) > body)
        });
        let (mut general, mut floating) = (I::LOOP_GENERAL, I::LOOP_FLOATING);
        self.buffers.headers.clear();
        for &number in &order {
            let value = Ref(number);
            if self.is_sunk(value) {
                continue;
            }
            let at = usize::from(number);
            let float = self.is_float(value);
            let room = if float { &mut floating } else { &mut general };
            let is_phi = self.buffers.values[at].flags & PHI != 0;
            let free = self.class(value) & !self.fixed;
            // An invariant in a register that calls clobber would be reloaded after each.
            let candidates = match (calls, free & I::SAVED) {
                (true, 0) if is_phi => free,
                (true, saved) => saved,
                (false, _) => free,
            };
            let mut place = NO_REG;
            if weights[at] >= WEIGHT_OF_REGISTER && *room > 0 && candidates != 0 {
                *room -= 1;
                place = candidates.trailing_zeros() as Reg;
                self.fixed |= 1 << place;
                self.buffers.values[at].hint = place;
            } else if !self.has_home(value) {
                self.slot_of(value);
            }
            self.buffers.headers.push(Header { value, place });
        }
        self.buffers.order = order;
    }

    /// Requires every value in its place where the body ends.
    fn loop_end(&mut self, phis: usize) {
        self.buffers.log.event(Event::LoopEnd);
        let headers = std::mem::take(&mut self.buffers.headers);
        for header in &headers {
            if header.place != NO_REG && !self.is_phi(header.value) {
                self.assign(header.value, header.place);
            }
        }
        let mut moves = std::mem::take(&mut self.buffers.moves);
        moves.clear();
        let place_of = |value| {
            let header = headers.iter().find(|header| header.value == value);
            header.map_or(NO_REG, |header| header.place)
        };
        let phi = |pass: &Self, at: usize| {
            let ins = pass.trace.get(at);
            (ins.operand(0), ins.operand(1))
        };
        for at in phis..self.trace.len() {
            let (left, right) = phi(self, at);
            let place = place_of(left);
            if place == NO_REG {
                continue;
            }
            if right.is_constant() {
                moves.push((Loc::Register(place), Loc::Constant(right)));
            } else if self.reg(right) != NO_REG {
                moves.push((Loc::Register(place), Loc::Register(self.reg(right))));
            } else {
                self.buffers.values[right.index()].hint = place;
                self.assign(right, place);
            }
        }
        // These may take any register, so all fixed ones must have been given out before.
        for at in phis..self.trace.len() {
            let (left, right) = phi(self, at);
            if place_of(left) != NO_REG {
                continue;
            }
            let from = if right.is_constant() {
                Loc::Constant(right)
            } else {
                self.place(right, self.fixed)
            };
            let slot = Loc::Slot(self.slot_of(left));
            if from != slot {
                moves.push((slot, from));
            }
        }
        self.parallel(&mut moves);
        self.buffers.moves = moves;
        self.buffers.headers = headers;
    }

    /// Brings the places that the body begins with and the fixed ones together.
    fn begin_loop(&mut self) {
        let headers = std::mem::take(&mut self.buffers.headers);
        let mut moves = std::mem::take(&mut self.buffers.moves);
        moves.clear();
        for header in &headers {
            let reg = self.reg(header.value);
            self.release(header.value);
            if reg == NO_REG {
                continue;
            }
            if header.place == NO_REG {
                self.reload(header.value, reg);
            } else if header.place != reg {
                moves.push((Loc::Register(reg), Loc::Register(header.place)));
            }
        }
        self.parallel(&mut moves);
        for header in &headers {
            let value = self.buffers.values[header.value.index()];
            if header.place != NO_REG && value.flags & PHI != 0 && value.slot != 0 {
                self.store_slot(header.value, header.place);
            }
        }
        assert_eq!(self.occupied, 0, "a value lives that nothing defines");
        for header in headers.iter().filter(|header| header.place != NO_REG) {
            self.assign(header.value, header.place);
        }
        self.buffers.log.event(Event::LoopStart);
        self.buffers.headers = headers;
        self.buffers.moves = moves;
    }

    // ---- the start

    /// Reaches the op of a value that the trace begins with.
    fn entry_value(&mut self, at: usize) {
        let value = Ref(at as u16);
        if self.reg(value) == NO_REG {
            return;
        }
        // Short lives are better, but its own slot has to be filled on entry.
        let state = self.buffers.values[at];
        let owned = state.flags & OWNED != 0;
        if at < usize::from(state.home_until) && state.slot == 0 || owned && state.slot != 0 {
            let reg = self.reg(value);
            self.release(value);
            self.reload(value, reg);
        }
    }

    /// Brings what the trace begins with to where it is wanted.
    fn enter(&mut self) {
        let mut moves = std::mem::take(&mut self.buffers.moves);
        moves.clear();
        for place in 0..self.buffers.entries.len() {
            let at = usize::from(self.buffers.entries[place]);
            let value = Ref(at as u16);
            let state = self.buffers.values[at];
            let Some(from) = self.entry_loc(at) else {
                continue;
            };
            self.release(value);
            if state.reg != NO_REG && from != Loc::Register(state.reg) {
                moves.push((Loc::Register(state.reg), from));
            }
            if state.slot != 0 && state.flags & OWNED == 0 {
                moves.push((Loc::Slot(state.slot - 1), from));
            }
        }
        assert_eq!(self.occupied, 0, "a value lives that nothing defines");
        self.parallel(&mut moves);
        for place in 0..self.buffers.entries.len() {
            let at = usize::from(self.buffers.entries[place]);
            if let Some(from) = self.entry_loc(at) {
                self.buffers.log.event(Event::Define(Ref(at as u16), from));
            }
        }
        self.buffers.moves = moves;
        if matches!(self.start, Start::Entry) {
            I::entry(self);
        }
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

    fn is_phi(&self, r: Ref) -> bool {
        self.buffers.values[r.index()].flags & PHI != 0
    }

    fn is_sunk(&self, r: Ref) -> bool {
        !r.is_constant() && self.buffers.values[r.index()].flags & SUNK != 0
    }

    #[inline(always)]
    pub(crate) fn is_float(&self, r: Ref) -> bool {
        self.buffers.values[r.index()].flags & FLOAT != 0
    }

    #[inline(always)]
    fn class(&self, r: Ref) -> u32 {
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

    fn has_home(&self, r: Ref) -> bool {
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
    fn release(&mut self, r: Ref) {
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
    fn evict(&mut self, reg: Reg) {
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

    fn slot_of(&mut self, r: Ref) -> u16 {
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

    fn free_slot(&mut self) -> Option<u16> {
        let word = self.free_slots.iter().position(|&word| word != 0)?;
        let bit = self.free_slots[word].trailing_zeros();
        self.free_slots[word] &= !(1 << bit);
        Some((word * 64) as u16 + bit as u16)
    }

    fn give_slot_back(&mut self, slot: u16) {
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

    fn store_slot(&mut self, r: Ref, reg: Reg) {
        let slot = self.slot_of(r);
        self.move_one(Loc::Slot(slot), Loc::Register(reg));
    }

    /// Loads a value that is in no register.
    fn reload(&mut self, r: Ref, reg: Reg) {
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
    fn parallel(&mut self, moves: &mut Vec<(Loc, Loc)>) {
        sequence(moves);
        while let Some((to, from)) = moves.pop() {
            self.move_one(to, from);
        }
    }

    // ---- exits

    /// Makes an exit with the op's snapshot; where in the tail its stub begins. Values that have
    /// no place yet get none of the `locked` registers. `undo` is executed first.
    pub(crate) fn exit(&mut self, kind: ExitKind, locked: u32, undo: Option<Code>) -> usize {
        let snapshot = self.trace.get(self.at).snapshot().unwrap_or_default();
        if self.leaves_of != (snapshot, NEVER) {
            self.find_leaves(snapshot);
        }
        let first = self.buffers.places.len();
        for leaf in 0..self.buffers.leaves.len() {
            let value = self.buffers.leaves[leaf];
            let place = if value.is_constant() {
                Loc::Constant(value)
            } else {
                let place = self.place(value, locked);
                self.uses(value, place);
                place
            };
            self.buffers.places.push(place);
        }
        let first = self.share_places(first);
        let at = self.at;
        let number = self.buffers.exits.len() as u32;
        let (stub, patch) = I::stub(self, number, undo);
        self.buffers.exits.push(Exit {
            at: at as u16,
            snapshot,
            kind,
            count: self.buffers.leaves.len() as u16,
            first,
            patch,
        });
        stub as usize
    }

    /// Finds the leaves of what an exit of the op at hand restores. Those of a snapshot are the
    /// same at each op, but for the fields of sunk objects.
    fn find_leaves(&mut self, snapshot: u16) {
        let trace = self.trace;
        let mut leaves = std::mem::take(&mut self.buffers.leaves);
        leaves.clear();
        self.leaves_of = (snapshot, NEVER);
        'frames: for number in trace.chain(snapshot) {
            let is_first = trace.frame(number).parent == NO_SNAPSHOT;
            for (register, value) in trace.frame_values(number) {
                if !value.is_constant() {
                    let state = &self.buffers.values[value.index()];
                    if state.flags & SUNK != 0 {
                        self.leaves_of = (snapshot, self.at as u16);
                        break 'frames;
                    }
                    if is_first && state.argument == register + 1 {
                        continue;
                    }
                }
                leaves.push(value);
            }
        }
        if self.leaves_of.1 != NEVER {
            leaves.clear();
            trace.exit_parts(self.at, snapshot, &mut |part| {
                if let Part::Leaf(value) = part {
                    leaves.push(value);
                }
            });
        }
        self.buffers.leaves = leaves;
    }

    /// Drops the places of the newest exit, which begin at `first`, if those of the exit before it
    /// are the same; where they begin.
    fn share_places(&mut self, first: usize) -> u32 {
        let b = &mut self.buffers;
        let before = b.exits.last().map(|exit| exit.first as usize);
        if let Some(before) = before
            && b.places[before..first] == b.places[first..]
        {
            b.places.truncate(first);
            return before as u32;
        }
        first as u32
    }

    /// Lets exits give values only registers of a set.
    pub(crate) fn restrict_exits(&mut self, registers: u32) -> u32 {
        std::mem::replace(&mut self.exit_registers, registers)
    }

    /// Where a result is that an exit or a move at the loop's end wants, wherever that may be.
    fn place(&mut self, value: Ref, locked: u32) -> Loc {
        let state = self.buffers.values[value.index()];
        if state.reg != NO_REG {
            Loc::Register(state.reg)
        } else if let Some(register) = self.home(value) {
            Loc::Home(register)
        } else if state.slot != 0 {
            Loc::Slot(state.slot - 1)
        } else {
            let class = self.class(value) & self.exit_registers;
            let free = self.free(class, locked) & !self.fixed;
            let saved = free & I::SAVED;
            let chosen = if self.crosses_call(value) {
                saved
            } else {
                free & !I::SAVED
            };
            match [chosen, free].into_iter().find(|&set| set != 0) {
                Some(set) => {
                    let reg = set.trailing_zeros() as Reg;
                    self.assign(value, reg);
                    Loc::Register(reg)
                }
                None => Loc::Slot(self.slot_of(value)),
            }
        }
    }
}
