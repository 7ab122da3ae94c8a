//! The exits of assembled code: why, with which snapshot, and where the values are that it
//! restores.

use crate::Loc;
use crate::allocate::{NO_REG, Pass, Reg, SUNK};
use crate::code::Code;
use crate::isa::Isa;
use trace::{Op, Part, Ref, Role};

/// Why an exit may be taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum ExitKind {
    Guard,
    /// A runtime function raised.
    Raise,
    Poll,
    /// `guard_valid`.
    Invalid,
    /// `leave`: always.
    Leave,
}

/// An exit of assembled code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Exit {
    /// The number of its op.
    pub at: u16,
    pub snapshot: u16,
    pub kind: ExitKind,
    /// How many places it has, and the first of them, which other exits may share.
    pub(crate) count: u16,
    pub(crate) first: u32,
    /// Where in the tail a jump to a bridge goes, for [`crate::Assembler::patch`].
    pub patch: u32,
    /// Where a jump stands, counted back from the end of the body, that takes the exit whatever
    /// the guard says, for [`crate::Assembler::release`]; 0: none.
    pub forced: u32,
}

/// All exits of a trace's code, by number: the last op's come first.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Exits {
    pub(crate) exits: Box<[Exit]>,
    pub(crate) places: Box<[Loc]>,
}

impl Exits {
    pub(crate) fn places(&self, exit: usize) -> &[Loc] {
        let exit = &self.exits[exit];
        &self.places[exit.first as usize..][..usize::from(exit.count)]
    }
}

impl<I: Isa> Pass<'_, I> {
    /// Makes an exit with the op's snapshot; where in the tail its stub begins. Values that have
    /// no place yet get none of the `locked` registers. `undo` is executed first.
    pub(crate) fn exit(&mut self, kind: ExitKind, locked: u32, undo: Option<Code>) -> usize {
        let snapshot = self.trace.get(self.at).snapshot().unwrap_or_default();
        if self.leaves_of != Some(snapshot) {
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
            forced: 0,
        });
        stub as usize
    }

    /// Whether an op tests what a runtime function gave: its exit may go on behind the function's
    /// effect, where only a failed test leads.
    pub(crate) fn decides(&self, at: usize) -> bool {
        let ins = self.trace.get(at);
        let tested = match ins.op {
            Op::GuardIs | Op::GuardIsNot => ins.operand(0),
            // Of small integers: where a dictionary has a key.
            Op::GuardInt => ins.operand(1),
            _ => return false,
        };
        !tested.is_constant() && self.trace.get(tested.index()).op.role() == Role::Call
    }

    /// Finds the leaves of what an exit of the op at hand restores. Those of a snapshot are the
    /// same at each op up to the last store before it into a sunk object.
    pub(crate) fn find_leaves(&mut self, snapshot: u16) {
        let trace = self.trace;
        let mut leaves = std::mem::take(&mut self.buffers.leaves);
        leaves.clear();
        self.leaves_of = Some(snapshot);
        let mut has_sunk = false;
        'frames: for number in trace.chain(snapshot) {
            for (register, value) in trace.frame_values(number) {
                let flags = match value.is_constant() {
                    true => 0,
                    false => self.buffers.values[value.index()].flags,
                };
                if flags & SUNK != 0 {
                    has_sunk = true;
                    break 'frames;
                }
                if !trace.is_in_place(number, register, value) {
                    leaves.push(value);
                }
            }
        }
        if has_sunk {
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
    pub(crate) fn share_places(&mut self, first: usize) -> u32 {
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
    pub(crate) fn place(&mut self, value: Ref, locked: u32) -> Loc {
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
            let (chosen, open) = if self.crosses_call(value) {
                (saved, saved)
            } else {
                (free & !I::SAVED, free)
            };
            // Where it already is, if it is one that a bridge begins with.
            let wished = 1u32.checked_shl(state.hint.into()).unwrap_or(0) & open;
            match [wished, chosen, free].into_iter().find(|&set| set != 0) {
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
