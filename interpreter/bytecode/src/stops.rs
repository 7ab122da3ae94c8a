//! Stop points: the instructions before which a debugger can stop.
//!
//! These are a function's first instruction (its *entry*), the first of each line, the target of
//! each jump back (so that a loop on one line stops in each round), and what leaves the frame, to
//! return or to yield (an *exit*). [`stops`] puts a stop instruction in place of each and the
//! originals behind all code, so that a loop which knows nothing else of them finds the original at
//! a distance that the stop instruction names.

use crate::{Code, Instr, Op, jump_target};

/// A line begins, or a round of a loop.
pub const LINE: u8 = 1;
/// A function begins.
pub const ENTRY: u8 = 2;
/// The function is left, for good or until it is resumed.
pub const EXIT: u8 = 4;

/// The kinds of each instruction as a stop point; 0: none. A hidden frame has none.
pub fn kinds(code: &Code) -> Vec<u8> {
    let mut kinds = vec![0; code.instrs.len()];
    if code.flags.hidden {
        return kinds;
    }
    let mut line_before = 0;
    for (pc, instr) in (0..).zip(&code.instrs) {
        let line = code.location(pc).line;
        if line != 0 && line != line_before {
            kinds[pc as usize] |= LINE;
            line_before = line;
        }
        if matches!(instr.op(), Op::Return | Op::Yield) {
            kinds[pc as usize] |= EXIT;
        }
        if let Some(target) = jump_target(pc, *instr)
            && target <= pc
            && code.location(target).line != 0
        {
            kinds[target as usize] |= LINE;
        }
    }
    if let Some(first) = kinds.first_mut() {
        *first |= ENTRY;
    }
    kinds
}

/// The instructions with stops in them, and behind them the originals.
pub fn stops(code: &Code) -> Vec<Instr> {
    let distance = code.instrs.len() as i32;
    let with_stops = code.instrs.iter().zip(kinds(code));
    with_stops
        .map(|(&instr, kinds)| match kinds {
            0 => instr,
            kinds => Instr::stop(kinds, distance),
        })
        .chain(code.instrs.iter().copied())
        .collect()
}
