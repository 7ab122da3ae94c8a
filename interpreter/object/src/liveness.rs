//! Which registers live where a frame waits.
//!
//! Before an instruction, the code object's table tells ([`bytecode::Liveness`]). A frame that
//! waits for a call or has been suspended stands in the midst of an op, and needs what follows from
//! both its ends.

use crate::CodeObject;
use bytecode::{LiveSet, Pc};

/// The registers live before the instruction at `pc`.
#[inline]
pub fn live_before(code: &CodeObject, pc: Pc, into: &mut LiveSet) {
    code.liveness().before(pc, into);
}

/// The registers that live while the op before `return_pc` waits for a frame that it has opened:
/// what lives after it but for what it writes, what its handler wants, what lives where it may
/// jump to, and the operands of an operator, which the other operand's method may get yet.
pub fn live_while_calling(code: &CodeObject, return_pc: Pc, is_operator: bool, into: &mut LiveSet) {
    live_before(code, return_pc, into);
    let Some(at) = return_pc.checked_sub(1) else {
        return;
    };
    let instr = code.instr(at);
    // That there is no receiver is written before the frame of a getter opens.
    let keeps_receiver = instr.op() == bytecode::Op::LoadMethod;
    bytecode::writes(instr, &mut |reg| {
        if !keeps_receiver || reg == instr.a() {
            into.remove(reg);
        }
    });
    if let Some(target) = bytecode::jump_target(at, instr) {
        code.liveness().add_before(target, into);
    }
    add_handler(code, at, into);
    if is_operator {
        bytecode::reads(instr, &mut |reg| into.insert(reg));
    }
}

/// The registers that a frame suspended at the `yield` at `pc` still needs: those live after it
/// but the one that gets what is sent, and those of the handler of an exception thrown there.
pub fn live_suspended(code: &CodeObject, pc: Pc, into: &mut LiveSet) {
    live_before(code, pc + 1, into);
    into.remove(code.instr(pc).a());
    add_handler(code, pc, into);
}

/// Adds what the handler of an op wants, but for the exception, which it gets.
fn add_handler(code: &CodeObject, pc: Pc, into: &mut LiveSet) {
    if let Some(handler) = code.code().handler(pc) {
        let lives = into.contains(handler.reg);
        code.liveness().add_before(handler.target, into);
        if !lives {
            into.remove(handler.reg);
        }
    }
}
