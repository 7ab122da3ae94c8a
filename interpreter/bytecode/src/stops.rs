//! Stop points: the instructions before which a debugger can stop.
//!
//! These are a function's first instruction (its *entry*), the first of each line, what a loop goes
//! back to in each *round*, and what leaves the frame, to return or to yield (an *exit*). A loop's
//! header is one stop in each round, the first included: the jump back stands on the header's line
//! and is none, and where the header's line begins before the place that is jumped back to (a `for`
//! makes its iterator first), that place is a stop only for those who jump.
//!
//! [`stops`] puts a stop instruction in place of each and the originals behind all code, so that a
//! loop which knows nothing else of them finds the original at a distance that the stop instruction
//! names:
//!
//! ```text
//! code with stops · originals · a stop for each round · its original: a jump to the header
//! ```
//!
//! Jumps back lead to the third part where the header itself is no stop. A place there is never a
//! frame's: who stops there takes the header's for it. Where a function begins with a loop, its
//! header is entry and round: the place in the third part is then no stop, but tells of the jump.

use crate::{Code, Format, Instr, Op, Pc, jump_target};

/// A line begins, or a round of a loop.
pub const LINE: u8 = 1;
/// A function begins.
pub const ENTRY: u8 = 2;
/// The function is left, for good or until it is resumed.
pub const EXIT: u8 = 4;
/// In the third part: the original is a jump to where one is.
pub const ROUND: u8 = 16;

/// The kinds of each instruction as a stop point; 0: none. A hidden frame has none.
pub fn kinds(code: &Code) -> Vec<u8> {
    let mut kinds = kinds_by_way(code);
    for kinds in &mut kinds {
        if *kinds & ROUND != 0 {
            *kinds = *kinds & !ROUND | LINE;
        }
    }
    kinds
}

/// The kinds of each instruction, with [`ROUND`] for what is a stop for those who jump back to it.
fn kinds_by_way(code: &Code) -> Vec<u8> {
    let mut kinds = vec![0; code.instrs.len()];
    if code.flags.hidden {
        return kinds;
    }
    let mut line_before = 0;
    for (pc, instr) in (0..).zip(&code.instrs) {
        let line = code.location(pc).line;
        let back = jump_target(pc, *instr).filter(|&target| target <= pc);
        let only_goes_back = instr.op() == Op::JumpBack
            && back.is_some_and(|target| target < pc && code.location(target).line == line);
        // A line that does nothing is no stop.
        if line != 0 && line != line_before && instr.op() != Op::Nop {
            if !only_goes_back {
                kinds[pc as usize] |= LINE;
            }
            line_before = line;
        }
        if matches!(instr.op(), Op::Return | Op::Yield) {
            kinds[pc as usize] |= EXIT;
        }
        if let Some(target) = back
            && code.location(target).line != 0
            && !begins_before_line(code, &kinds, target)
        {
            let target_kinds = &mut kinds[target as usize];
            if *target_kinds & LINE == 0 || target == 0 {
                *target_kinds |= ROUND;
            }
        }
    }
    // A short jump does not reach the third part.
    for (pc, instr) in (0..).zip(&code.instrs) {
        if let Some(target) = jump_target(pc, *instr)
            && target <= pc
            && kinds[target as usize] & ROUND != 0
            && !matches!(instr.op().info().format, Format::J | Format::RJ)
        {
            kinds[target as usize] = kinds[target as usize] & !ROUND | LINE;
        }
    }
    if let Some(first) = kinds.first_mut() {
        *first |= ENTRY;
    }
    kinds
}

/// Whether a loop begins with a line that does nothing, before one that is a stop in each round.
fn begins_before_line(code: &Code, kinds: &[u8], head: Pc) -> bool {
    let next = kinds.get(head as usize + 1);
    code.instrs[head as usize].op() == Op::Nop && next.is_some_and(|kinds| kinds & LINE != 0)
}

/// The four parts.
pub fn stops(code: &Code) -> Vec<Instr> {
    let count = code.instrs.len();
    let kinds = kinds_by_way(code);
    let is_round = |&pc: &usize| kinds[pc] & ROUND != 0;
    let headers: Vec<usize> = (0..count).filter(is_round).collect();
    let round_of = |target: Pc| {
        let at = headers.binary_search(&(target as usize)).ok()?;
        Some((2 * count + at) as i32)
    };
    let originals = (0..).zip(&code.instrs).map(|(pc, &instr)| {
        let back = jump_target(pc, instr).filter(|&target| target <= pc);
        match back.and_then(round_of) {
            Some(round) => Instr::wide(instr.op(), instr.x(), instr.a(), round - (pc as i32 + 1)),
            None => instr,
        }
    });
    let originals: Vec<Instr> = originals.collect();
    let with_stops = originals.iter().zip(&kinds);
    let with_stops = with_stops.map(|(&instr, &kinds)| match kinds & !ROUND {
        0 => instr,
        kinds => Instr::stop(kinds, count as i32),
    });
    let rounds = headers.iter();
    let rounds = rounds.map(|&header| match header {
        // The header is a stop itself, which has to be told that it is no entry.
        0 => Instr::stop(ROUND, headers.len() as i32).with_a(1),
        _ => Instr::stop(LINE | ROUND, headers.len() as i32),
    });
    let jumps = headers.iter().enumerate().map(|(at, &header)| {
        let distance = header as i32 - (2 * count + at + 1) as i32;
        Instr::wide(Op::Jump, 0, 0, distance)
    });
    with_stops
        .chain(originals.iter().copied())
        .chain(rounds)
        .chain(jumps)
        .collect()
}

/// The places that are stops at `pc` in what [`stops`] made of `count` instructions: it has `length`,
/// and `at` gives those.
pub fn places_of(
    (length, count): (usize, usize),
    pc: Pc,
    at: impl Fn(usize) -> Instr,
) -> Vec<usize> {
    let pc = pc as usize;
    let rounds = (length - 2 * count) / 2;
    let leads_here = |round: &usize| {
        let jump = at(*round + rounds);
        at(*round).x() & LINE != 0 && *round as i64 + 1 + i64::from(jump.bc()) == pc as i64
    };
    let jumped_to = (2 * count..2 * count + rounds).filter(leads_here);
    let here = (pc < count && at(pc).is_stop()).then_some(pc);
    here.into_iter().chain(jumped_to).collect()
}
