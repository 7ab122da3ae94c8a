//! Which registers live where a frame waits.
//!
//! Before an instruction, the code object's table tells ([`bytecode::Liveness`]). A frame that
//! waits for a call or has been suspended stands in the midst of an op, and needs what follows from
//! both its ends.

use crate::CodeObject;
use bytecode::{Pc, Reg};

/// The registers live before the instruction at `pc`, ascending.
pub fn live_before(code: &CodeObject, pc: Pc, into: &mut Vec<Reg>) {
    into.clear();
    code.liveness().before(pc, into);
}

/// The registers that live while the op before `return_pc` waits for a frame that it has opened:
/// what lives after it but for what it writes, what its handler wants, what lives where it may
/// jump to, and the operands of an operator, which the other operand's method may get yet.
pub fn live_while_calling(
    code: &CodeObject,
    return_pc: Pc,
    is_operator: bool,
    into: &mut Vec<Reg>,
) {
    live_before(code, return_pc, into);
    let Some(at) = return_pc.checked_sub(1) else {
        return;
    };
    let instr = code.instr(at);
    // That there is no receiver is written before the frame of a getter opens.
    let keeps_receiver = instr.op() == bytecode::Op::LoadMethod;
    bytecode::writes(instr, &mut |reg| {
        if !keeps_receiver || reg == instr.a() {
            into.retain(|&own| own != reg);
        }
    });
    if let Some(target) = bytecode::jump_target(at, instr) {
        code.liveness().before(target, into);
    }
    add_handler(code, at, into);
    if is_operator {
        bytecode::reads(instr, &mut |reg| into.push(reg));
    }
    into.sort_unstable();
    into.dedup();
}

/// The registers that a frame suspended at the `yield` at `pc` still needs: those live after it
/// but the one that gets what is sent, and those of the handler of an exception thrown there.
pub fn live_suspended(code: &CodeObject, pc: Pc, into: &mut Vec<Reg>) {
    let sent = code.instr(pc).a();
    live_before(code, pc + 1, into);
    into.retain(|&reg| reg != sent);
    add_handler(code, pc, into);
    into.sort_unstable();
    into.dedup();
}

/// Adds what the handler of an op wants, but for the exception, which it gets.
fn add_handler(code: &CodeObject, pc: Pc, into: &mut Vec<Reg>) {
    if let Some(handler) = code.code().handler(pc) {
        let first = into.len();
        code.liveness().before(handler.target, into);
        let gets = |at: usize, reg: Reg| at >= first && reg == handler.reg;
        let mut at = 0;
        into.retain(|&reg| {
            at += 1;
            !gets(at - 1, reg)
        });
    }
}
