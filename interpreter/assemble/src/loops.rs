//! The loop: which values live across its back edge, where they live, and how both ends of the
//! body agree on it.

use crate::Loc;
use crate::allocate::{Header, NO_REG, OWNED, PHI, Pass, Reg};
use crate::check::Event;
use crate::isa::Isa;
use trace::{Op, Ref};

/// The weight from which on a value gets a register in the loop.
const WEIGHT_OF_REGISTER: u32 = 6;

impl<I: Isa> Pass<'_, I> {
    /// Chooses the fixed places.
    pub(crate) fn choose_headers(&mut self, body: usize, phis: usize) {
        let trace = self.trace;
        let mut weights = std::mem::take(&mut self.buffers.weights);
        let mut seen = std::mem::take(&mut self.buffers.seen_frames);
        let mut seen_sunk = std::mem::take(&mut self.buffers.seen_sunk);
        seen_sunk.clear();
        seen_sunk.resize(trace.sunk().len(), false);
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
                        self.weigh(value, &mut weights, &mut seen_sunk);
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
        self.buffers.seen_sunk = seen_sunk;
    }

    /// Counts a value that an exit restores; those of a sunk object's fields once.
    pub(crate) fn weigh(&self, value: Ref, weights: &mut [u32], seen_sunk: &mut [bool]) {
        if value.is_constant() {
            return;
        }
        let sunk = self.trace.sunk();
        match sunk.binary_search_by_key(&value.0, |object| object.new) {
            Ok(at) => {
                if std::mem::replace(&mut seen_sunk[at], true) {
                    return;
                }
                for &store in &sunk[at].stores {
                    let held = self.trace.get(usize::from(store)).operand(2);
                    self.weigh(held, weights, seen_sunk);
                }
            }
            Err(_) => {
                if let Some(weight) = weights.get_mut(value.index()) {
                    *weight += 1;
                }
            }
        }
    }

    /// Brings what is carried into a loop's body, by the ops before the jump at `at`, to its
    /// places.
    pub(crate) fn carry(&mut self, at: usize) {
        let mut moves = std::mem::take(&mut self.buffers.moves);
        moves.clear();
        let first = (0..at).rev().find(|&at| self.trace.op(at) != Op::Carry);
        let carried = first.map_or(0, |first| first + 1)..at;
        let carry = |pass: &Self, at: usize| {
            let ins = pass.trace.get(at);
            (Loc::of_number(ins.operands[0]), ins.operand(1))
        };
        for at in carried.clone() {
            let (to, value) = carry(self, at);
            if value.is_constant() {
                moves.push((to, Loc::Constant(value)));
                continue;
            }
            self.uses(value, to);
            if let Loc::Register(reg) = to
                && self.is_unplaced(value)
                && self.free_for_any(self.class(value)) & 1 << reg != 0
            {
                self.assign(value, reg);
            }
        }
        for at in carried {
            let (to, value) = carry(self, at);
            if !value.is_constant() {
                let from = self.place(value, 0);
                if from != to {
                    moves.push((to, from));
                }
            }
        }
        self.parallel(&mut moves);
        self.buffers.moves = moves;
    }

    pub(crate) fn give_places(&mut self, weights: &[u32]) {
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
    pub(crate) fn loop_end(&mut self, phis: usize) {
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
    pub(crate) fn begin_loop(&mut self) {
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
        for header in &headers {
            let value = self.buffers.values[header.value.index()];
            // A phi's slot is filled behind the label where its register is.
            let filled = header.place != NO_REG && value.flags & PHI != 0;
            let slot = if filled { 0 } else { value.slot };
            let label = &mut self.buffers.label;
            if header.place != NO_REG {
                label.push((header.value, Loc::Register(header.place)));
            }
            if slot != 0 {
                label.push((header.value, Loc::Slot(slot - 1)));
            }
        }
        self.buffers.headers = headers;
        self.buffers.moves = moves;
    }
}
