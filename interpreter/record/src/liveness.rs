//! Which registers are live before any instruction, from the table of the resume points.
//!
//! Between two resume points code is straight but for jumps forward, whose targets stand in the
//! table. So a walk from the instruction to the next entry is enough.

use bytecode::{Code, Op, Pc, Reg};

/// The registers live before the instruction at `pc`, ascending.
pub fn live_before(code: &Code, pc: Pc) -> Vec<Reg> {
    let mut live = Vec::new();
    let mut written: Vec<Reg> = Vec::new();
    let mut at = pc;
    while let Some(&instr) = code.instrs.get(at as usize) {
        if let Some(entry) = entry(code, at) {
            add(&mut live, &written, entry);
            break;
        }
        let info = instr.op().info();
        bytecode::reads(instr, &mut |reg| add(&mut live, &written, &[reg]));
        if info.raises
            && let Some(handler) = code.handler(at)
            && let Some(entry) = entry(code, handler.target)
        {
            let own = [handler.reg];
            let others: Vec<Reg> = entry
                .iter()
                .copied()
                .filter(|reg| !own.contains(reg))
                .collect();
            add(&mut live, &written, &others);
        }
        let skips_write = instr.op() == Op::ForIter;
        let target = bytecode::jump_target(at, instr).and_then(|target| entry(code, target));
        if skips_write && let Some(entry) = target {
            add(&mut live, &written, entry);
        }
        bytecode::writes(instr, &mut |reg| written.push(reg));
        if !skips_write && let Some(entry) = target {
            add(&mut live, &written, entry);
        }
        if !info.falls {
            break;
        }
        at += 1;
    }
    live.sort_unstable();
    live
}

/// The registers that live while the op before `return_pc` waits for a frame that it has opened:
/// what lives after it but for what it writes, what its handler wants, what lives where it may
/// jump to, and the operands of an operator, which the other operand's method may get yet.
pub fn live_while_calling(code: &Code, return_pc: Pc, is_operator: bool) -> Vec<Reg> {
    let mut live = live_before(code, return_pc);
    let Some(at) = return_pc.checked_sub(1) else {
        return live;
    };
    let instr = code.instrs[at as usize];
    bytecode::writes(instr, &mut |reg| live.retain(|&own| own != reg));
    let target = bytecode::jump_target(at, instr);
    if let Some(entry) = target.and_then(|target| entry(code, target)) {
        add(&mut live, &[], entry);
    }
    if let Some(handler) = code.handler(at)
        && let Some(entry) = entry(code, handler.target)
    {
        add(&mut live, &[handler.reg], entry);
    }
    if is_operator {
        bytecode::reads(instr, &mut |reg| add(&mut live, &[], &[reg]));
    }
    live.sort_unstable();
    live
}

/// The registers that a frame suspended at the `yield` at `pc` still needs: those live after it
/// but the one that gets what is sent, and those of the handler of an exception thrown there.
pub fn live_suspended(code: &Code, pc: Pc) -> Vec<Reg> {
    let sent = code.instrs[pc as usize].a();
    let mut live = live_before(code, pc + 1);
    live.retain(|&reg| reg != sent);
    if let Some(handler) = code.handler(pc)
        && let Some(entry) = entry(code, handler.target)
    {
        add(&mut live, &[handler.reg], entry);
    }
    live
}

/// The table's entry for `pc`.
fn entry(code: &Code, pc: Pc) -> Option<&[Reg]> {
    let at = code
        .liveness
        .binary_search_by_key(&pc, |entry| entry.0)
        .ok()?;
    Some(&code.liveness[at].1)
}

fn add(live: &mut Vec<Reg>, written: &[Reg], more: &[Reg]) {
    for reg in more {
        if !written.contains(reg) && !live.contains(reg) {
            live.push(*reg);
        }
    }
}
