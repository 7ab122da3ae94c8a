//! A frame goes on at another line because a hook says so (`frame.f_lineno = 7`).
//!
//! Where blocks begin and end is not kept. But what a block needs lies in registers without a name (a loop's
//! iterator, the exit of a `with`, the exception handled before), so whether code can go on at a place is
//! whether those that are live there are there now. That proves nothing of variables: those that are
//! unbound become None, as no one looks at them again.

use super::Otherwise;
use crate::{PyResult, Vm};
use bytecode::Op;
use object::{CodeObject, FrameObject, Gc, Value};

impl Vm {
    /// Has the frame that a hook is told of go on at a line.
    ///
    /// # Errors
    /// ValueError where that is not possible.
    pub fn jump_to_line(&mut self, frame: Gc<FrameObject>, line: i64) -> PyResult<()> {
        let at = self.frame_number(frame);
        let (Some((name, told)), Some(at)) = (self.hooks.telling, at) else {
            return Err(self.value_error("f_lineno can only be set in a trace function"));
        };
        if told != at {
            return Err(self.value_error("f_lineno can only be set by a line trace function"));
        }
        if name != "line" {
            return Err(self.value_error(match name {
                "call" => "can't jump from the 'call' trace event of a new frame",
                _ => "can only jump from a 'line' trace event",
            }));
        }
        let record = self.frames[at];
        let code = record.code.get();
        let here = record.current_pc();
        let body = code.code();
        let lines =
            || (0..body.instrs.len() as u32).map(|pc| (pc, i64::from(body.location(pc).line)));
        if line < i64::from(body.first_line) {
            return Err(
                self.value_error(format!("line {line} comes before the current code block"))
            );
        }
        let Some(wanted) = lines().map(|(_, l)| l).filter(|&l| l >= line).min() else {
            return Err(self.value_error(format!("line {line} comes after the current code block")));
        };
        let places = lines().filter(|&(pc, l)| {
            l == wanted && (pc == 0 || i64::from(body.location(pc - 1).line) != wanted)
        });
        let places: Vec<u32> = places.map(|(pc, _)| pc).collect();
        // Code may return from its end at several places, each of the line that leads there.
        let ends = |pc: u32| {
            let next = body.instrs.get(pc as usize + 1).map(|instr| instr.op());
            body.instrs[pc as usize].op() == Op::LoadCommon && next == Some(Op::Return)
        };
        let fitting = |&(at, &pc): &(usize, &u32)| (at == 0 || !ends(pc)) && fits(code, here, pc);
        let Some((_, &target)) = places.iter().enumerate().find(fitting) else {
            let reason = misfit(code, here, places[0]);
            return Err(self.value_error(reason));
        };
        // What is read from there on was not looked at to be bound.
        let is_unbound =
            |reg: &u16| record.base.get(*reg).is_unbound() && !body.cell_registers.contains(reg);
        let unbound: Vec<u16> = (0..body.local_names.len() as u16)
            .filter(is_unbound)
            .collect();
        if !unbound.is_empty() {
            let (count, s) = (unbound.len(), if unbound.len() == 1 { "" } else { "s" });
            let class = self.types.runtime_warning;
            self.warn(
                class,
                &format!("assigning None to {count} unbound local{s}"),
            )?;
        }
        for reg in unbound {
            record.base.set(reg, Value::NONE);
        }
        self.hooks.otherwise = Some(Otherwise::Jump(target));
        Ok(())
    }
}

/// Whether what the code keeps in registers without a name at one place is what it keeps there at
/// another, so that it can go on there: what is live at `to` was written last, in the order of the code, by the
/// same instruction.
fn fits(code: &CodeObject, from: u32, to: u32) -> bool {
    unfitting(code, from, to).is_empty()
}

/// The instructions that wrote what is live at `to` and is not there at `from`.
fn unfitting(code: &CodeObject, from: u32, to: u32) -> Vec<u32> {
    let body = code.code();
    let writer = |reg: u16, pc: u32| {
        (0..pc).rev().find(|&at| {
            let mut found = false;
            bytecode::writes(body.instrs[at as usize], &mut |r| found |= r == reg);
            found
        })
    };
    // Cells of free variables lie behind the variables.
    let kept = (body.local_names.len() + body.free_names.len()) as u16;
    let live = |reg: &u16| code.liveness().is_live(to, *reg);
    // Of what these write one is as good as another: it is what a block of its kind needs.
    let kind = |pc: Option<u32>| {
        let op = pc.map(|pc| body.instrs[pc as usize].op());
        op.filter(|op| matches!(op, Op::LoadSpecial | Op::GetIter | Op::GetAsyncIter))
    };
    let is_missing = |reg: &u16| {
        let (here, there) = (writer(*reg, from), writer(*reg, to));
        let is_same = here == there || kind(here).is_some() && kind(here) == kind(there);
        !code.liveness().is_live(from, *reg) || !is_same
    };
    let missing = (kept..body.registers).filter(live).filter(is_missing);
    missing.map(|reg| writer(reg, to).unwrap_or(0)).collect()
}

/// Why code cannot go on at `to`, where more is kept than at `from`.
fn misfit(code: &CodeObject, from: u32, to: u32) -> &'static str {
    let body = code.code();
    let writers = unfitting(code, from, to);
    let is_of = |op| move |&pc: &u32| body.instrs[pc as usize].op() == op;
    if writers.iter().any(is_of(Op::PushHandled))
        || body.instrs[to as usize].op() == Op::PushHandled
    {
        return "can't jump into an 'except' block as there's no exception";
    }
    let makes_iterator = |pc: &u32| is_of(Op::GetIter)(pc) || is_of(Op::GetAsyncIter)(pc);
    match writers.iter().all(makes_iterator) {
        true => "can't jump into the body of a for loop",
        false => "incompatible stacks",
    }
}
