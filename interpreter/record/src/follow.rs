//! From op to op: frames that come and go, and where a trace ends.

use crate::abort::Abort;
use crate::recorder::{End, Origin, Recorder};
use object::{CodePointer, Regs};
use trace::Op;

impl Recorder<'_> {
    /// Between two ops: frames, results of what the runtime did, validity.
    pub(crate) fn begin_op(&mut self, pc: CodePointer, regs: Regs) {
        let frames_moved = self.vm.frames().len() != self.entry_depth + self.inlined.len();
        if self.is_generic && !frames_moved {
            self.after_step();
        }
        self.is_generic = false;
        (self.snapshot, self.effect) = (None, false);
        self.follow_frames();
        (self.pc, self.regs) = (pc, regs);
        if self.abort.is_none() && std::mem::replace(&mut self.revalidate, false) {
            self.guard(Op::GuardValid, &[]);
            if !self.dependencies.iter().all(|d| d.holds()) {
                self.give_up(Abort::Settled);
            }
        }
    }

    /// Whether the trace ends before the op at `pc`.
    pub(crate) fn ends_here(&mut self, pc: CodePointer) -> bool {
        let instr = pc.fetch();
        let at_entry = self.inlined.is_empty();
        if self.origin == Origin::Loop && self.started && at_entry && pc == self.header {
            self.end = Some(End::Loop);
            return true;
        }
        let begins = at_entry && !self.started && self.origin == Origin::Bridge;
        if begins && pc.key() != self.root && self.link(pc) {
            return true;
        }
        match instr.op() {
            bytecode::Op::Return if at_entry && self.origin == Origin::Loop => {
                self.give_up(Abort::LeavesLoop);
                false
            }
            bytecode::Op::Return if at_entry => {
                // The interpreter takes the frame off.
                self.guard(Op::Leave, &[]);
                self.end = Some(End::Other);
                true
            }
            bytecode::Op::JumpBack => {
                self.guard(Op::Poll, &[]);
                let target = pc.offset(1 + instr.bc() as isize);
                if !at_entry {
                    self.give_up(Abort::InnerLoop);
                    return false;
                }
                if self.origin == Origin::Loop && target == self.header {
                    return false;
                }
                if self.origin == Origin::Loop && target.address() < self.header.address() {
                    self.give_up(Abort::LeavesLoop);
                    return false;
                }
                if self.link(target) {
                    return true;
                }
                self.count_inner(target);
                false
            }
            _ => false,
        }
    }

    /// Ends the trace by a jump to compiled code that begins at `target`, if there is any.
    pub(crate) fn link(&mut self, target: CodePointer) -> bool {
        let Some(code) = (self.targets)(target) else {
            return false;
        };
        self.settle_registers(target);
        let entry = self.raw_ref(code.entry as i64);
        self.emit(Op::Jump, &[entry.0, 0]);
        self.links.push(code.id);
        self.end = Some(End::Other);
        true
    }

    pub(crate) fn count_inner(&mut self, target: CodePointer) {
        let key = target.key();
        let times = match self.unrolled.iter_mut().find(|(own, _)| *own == key) {
            Some((_, times)) => {
                *times += 1;
                *times
            }
            None => {
                self.unrolled.push((key, 1));
                1
            }
        };
        if times > self.limits.unrolled {
            self.inner = Some(key);
            self.give_up(Abort::InnerLoop);
        }
    }
}
