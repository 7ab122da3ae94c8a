//! Dead code: ops whose results no one wants, phis that only feed themselves, sunk objects that no
//! exit makes.
//!
//! The assembler emits nothing for an op without use, but it cannot see round the loop: a phi counts
//! as a use of both its sides, and gets a register. Here a value lives if a guard, a store, a call
//! or an exit wants it, or a value that lives; a phi's right side lives if its left one does. That
//! is a marking with a worklist, each value once. An op that may leave the trace only for want of a
//! result (`add_int` on overflow) goes with its result, which the reference executor calls
//! *unwanted*.
//!
//! A trace that does not come round and has no sunk objects, as most bridges are, is left as it is:
//! there the assembler sees all.

use crate::Buffers as All;
use crate::rewrite::Copier;
use trace::{NO_SNAPSHOT, Op, Ref, Role, Rt, TooLong, Trace};

#[derive(Default)]
pub(crate) struct Buffers {
    live: Vec<bool>,
    /// By snapshot: its values have been marked.
    seen: Vec<bool>,
    work: Vec<u16>,
    /// By op: what its phi gives it.
    next: Vec<Ref>,
}

/// Whether an op is executed for more than its result.
fn has_effect(trace: &Trace, at: usize) -> bool {
    let ins = trace.get(at);
    match ins.op.role() {
        Role::Guard | Role::Structure => ins.op != Op::Phi,
        Role::Store if ins.op == Op::StoreReg => true,
        Role::Store => trace.sunk_object(ins.operand(0)).is_none(),
        Role::Call => !Rt::from_number(ins.operands[0]).is_some_and(Rt::is_dead_without_result),
        Role::Pure | Role::Checked | Role::Load | Role::Alloc => false,
    }
}

impl Buffers {
    fn want(&mut self, r: Ref) {
        if !r.is_constant() && !std::mem::replace(&mut self.live[r.index()], true) {
            self.work.push(r.0);
        }
    }

    fn want_snapshot(&mut self, trace: &Trace, snapshot: u16) {
        let mut at = snapshot;
        while at != NO_SNAPSHOT && !std::mem::replace(&mut self.seen[usize::from(at)], true) {
            for (_, value) in trace.frame_values(at) {
                self.want(value);
            }
            at = trace.frame(at).parent;
        }
    }

    /// Marks what an op needs.
    fn want_operands(&mut self, trace: &Trace, at: usize) {
        let ins = trace.get(at);
        for r in ins.refs() {
            self.want(r);
        }
        if let Some(snapshot) = ins.snapshot() {
            self.want_snapshot(trace, snapshot);
        }
    }

    fn mark(&mut self, trace: &Trace) {
        self.live.clear();
        self.live.resize(trace.len(), false);
        self.seen.clear();
        self.seen.resize(trace.snapshot_count(), false);
        self.next.clear();
        self.next.resize(trace.len(), Ref::NONE);
        for at in 0..trace.len() {
            let ins = trace.get(at);
            if ins.op == Op::Phi {
                self.next[ins.operand(0).index()] = ins.operand(1);
            } else if has_effect(trace, at) {
                self.live[at] = true;
                self.want_operands(trace, at);
            }
        }
        while let Some(at) = self.work.pop() {
            self.want_operands(trace, usize::from(at));
            let next = self.next[usize::from(at)];
            if next != Ref::NONE {
                self.want(next);
            }
            if let Some(object) = trace.sunk_object(Ref(at)) {
                for &store in &object.stores {
                    self.live[usize::from(store)] = true;
                    self.want_operands(trace, usize::from(store));
                }
            }
        }
    }
}

/// The pass.
pub(crate) fn run(all: &mut All, from: &Trace, to: &mut Trace) -> Result<bool, TooLong> {
    let ends = from.len().checked_sub(1).map(|last| from.op(last).ends());
    if ends != Some(false) && from.sunk().is_empty() {
        return Ok(false);
    }
    let buffers = &mut all.dead;
    buffers.mark(from);
    let phi_lives = |at: usize| {
        let ins = from.get(at);
        ins.op == Op::Phi && buffers.live[ins.operand(0).index()]
    };
    if (0..from.len()).all(|at| buffers.live[at] || phi_lives(at)) {
        return Ok(false);
    }
    let mut copier = Copier::new(from, to, &mut all.maps);
    for at in 0..from.len() {
        if buffers.live[at] || phi_lives(at) {
            copier.copy(at)?;
        } else {
            copier.drop_op();
        }
    }
    copier.copy_sunk();
    Ok(true)
}
