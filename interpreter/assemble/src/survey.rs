//! What is looked at before the pass, once, from the first op to the last: what values are, where
//! calls stand, where homes are lost; and what the trace begins with, which is brought to its
//! places at the pass's end.

use crate::allocate::{FLOAT, NEVER, NEW_VALUE, NO_REG, OWNED, Pass, SUNK};
use crate::check::Event;
use crate::isa::Isa;
use crate::{Error, Loc, Start};
use trace::{Op, Ref, Repr};

impl<I: Isa> Pass<'_, I> {
    /// Looks once at every op for what the pass must know beforehand.
    pub(crate) fn survey(&mut self) -> Result<(), Error> {
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
            if ins.op.result() == Repr::Float {
                b.values[at].flags |= FLOAT;
            }
            match ins.op {
                Op::Arg | Op::Inherit | Op::InheritFloat | Op::InheritRaw => b.entries.push(number),
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
        let last = count.checked_sub(1).map(|at| trace.op(at));
        if !last.is_some_and(Op::ends) {
            self.body = Some(body.ok_or(Error::NoEnd)?);
        }
        for sunk in trace.sunk() {
            b.values[usize::from(sunk.new)].flags |= SUNK;
        }
        self.survey_entries(lost)
    }

    /// Finds the homes of what the trace begins with, and the slots that are its parent's.
    pub(crate) fn survey_entries(&mut self, lost: u16) -> Result<(), Error> {
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
    pub(crate) fn entry_loc(&self, at: usize) -> Option<Loc> {
        let ins = self.trace.get(at);
        match (ins.op, self.start) {
            (Op::Arg, _) => Some(Loc::Home(ins.operands[0])),
            (_, Start::Bridge(inherited)) => inherited.get(usize::from(ins.operands[0])).copied(),
            (_, Start::Entry) => None,
        }
    }

    /// Reaches the op of a value that the trace begins with.
    pub(crate) fn entry_value(&mut self, at: usize) {
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
    pub(crate) fn enter(&mut self) {
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
}
