//! Which registers are live at each resume point: a backward dataflow over the instructions.
//!
//! The table lets the runtime forget what no one will read and the JIT store only what matters.
//! Code is mostly straight and jumps mostly forward, so sweeping from the end to the start
//! settles in as many sweeps as loops are nested, plus one.
//!
//! What [`bytecode::shown_variables`] tells is live everywhere, as no instruction reads it.

use bytecode::{Code, Format, LiveTable, Op, Pc, Reg};

/// The table for `Code::liveness`.
pub fn table(code: &Code) -> LiveTable {
    let words = (code.registers as usize).div_ceil(64).max(1);
    let count = code.instrs.len();
    // A frame this large belongs to generated data tables; nothing hot, and the sets would take
    // more memory than the code.
    if count.saturating_mul(words) > 1 << 24 {
        return LiveTable::default();
    }
    let mut points = vec![false; count + 1];
    let mut back_edges = false;
    for (pc, instr) in code.instrs.iter().enumerate() {
        if let Some(target) = bytecode::jump_target(pc as Pc, *instr) {
            points[(target as usize).min(count)] = true;
            back_edges |= instr.op() == Op::JumpBack;
        }
        if is_resumed_after(instr.op()) {
            points[pc + 1] = true;
        }
    }
    for entry in &code.exceptions {
        points[(entry.target as usize).min(count)] = true;
    }
    let handlers = handlers(code, count);
    let mut live = vec![0u64; (count + 1) * words];
    let mut set = vec![0u64; words];
    let shown = bytecode::shown_variables(code);
    loop {
        let mut changed = false;
        for pc in (0..count).rev() {
            step(code, pc, words, &live, handlers.as_deref(), &mut set);
            for (word, shown) in set.iter_mut().zip(&shown) {
                *word |= shown;
            }
            let here = &mut live[pc * words..(pc + 1) * words];
            if here != set.as_slice() {
                changed = true;
                here.copy_from_slice(&set);
            }
        }
        if !changed || !back_edges {
            break;
        }
    }
    let mut found = LiveTable::default();
    let mut registers = Vec::new();
    for pc in (0..count).filter(|&pc| points[pc]) {
        let here = &live[pc * words..(pc + 1) * words];
        for (at, &word) in here.iter().enumerate() {
            let mut rest = word;
            while rest != 0 {
                registers.push((at * 64) as Reg + rest.trailing_zeros() as Reg);
                rest &= rest - 1;
            }
        }
        found.push(pc as Pc, registers.drain(..));
    }
    found
}

/// For each instruction the entry that protects it, from 1; none if nothing is protected.
fn handlers(code: &Code, count: usize) -> Option<Vec<u32>> {
    if code.exceptions.is_empty() {
        return None;
    }
    let mut found = vec![0u32; count];
    for (at, entry) in code.exceptions.iter().enumerate() {
        for slot in &mut found[entry.start as usize..(entry.end as usize).min(count)] {
            if *slot == 0 {
                *slot = at as u32 + 1;
            }
        }
    }
    Some(found)
}

/// Sets `set` to what is live before the instruction at `pc`.
fn step(
    code: &Code,
    pc: usize,
    words: usize,
    live: &[u64],
    handlers: Option<&[u32]>,
    set: &mut [u64],
) {
    let instr = code.instrs[pc];
    let info = instr.op().info();
    if info.falls {
        set.copy_from_slice(&live[(pc + 1) * words..(pc + 2) * words]);
    } else {
        set.fill(0);
    }
    let target = bytecode::jump_target(pc as Pc, instr).map(|t| t as usize);
    let join = |set: &mut [u64], at: usize| {
        for (word, other) in set.iter_mut().zip(&live[at * words..(at + 1) * words]) {
            *word |= other;
        }
    };
    // A jump of format DRJ writes its destination only where it goes on.
    let jump_skips_write = instr.op() == Op::ForIter;
    if let Some(target) = target
        && !jump_skips_write
    {
        join(set, target);
    }
    bytecode::writes(instr, &mut |reg| {
        set[reg as usize / 64] &= !(1 << (reg % 64));
    });
    if let Some(target) = target
        && jump_skips_write
    {
        join(set, target);
    }
    if info.raises
        && let Some(handlers) = handlers
        && handlers[pc] != 0
    {
        let entry = &code.exceptions[handlers[pc] as usize - 1];
        let at = entry.target as usize;
        let reg = entry.reg as usize;
        let base = at * words;
        for (word, value) in set.iter_mut().enumerate() {
            let mut other = live[base + word];
            if reg / 64 == word {
                other &= !(1 << (reg % 64));
            }
            *value |= other;
        }
    }
    bytecode::reads(instr, &mut |reg| {
        set[reg as usize / 64] |= 1 << (reg % 64);
    });
}

fn is_resumed_after(op: Op) -> bool {
    matches!(op.info().format, Format::Call) || matches!(op, Op::Yield)
}
