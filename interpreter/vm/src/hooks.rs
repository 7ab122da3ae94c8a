//! Who is told of lines, calls and exceptions: `sys.settrace`, `sys.setprofile`, `sys.monitoring`.
//!
//! The plain loop knows nothing of it. While a hook is *active* another machine runs the loop
//! ([`Telling`]), which looks before each instruction whether something is to be told, and enters no
//! compiled code. A hook's own code is run by the plain machine again.
//!
//! The difficulty are loops under way when the first hook is set: those below native functions on the
//! native stack. Each is about to go on behind the op that it executes, which nothing tests. So where
//! control comes back to one, the instruction that it will fetch next (or those: an op may jump) is
//! replaced by one that asks for the other machine ([`Vm::await_loop`]). These are put back as soon as
//! one is met, or other Python code runs: while they are there only native code does. An exception and a
//! safepoint lead to the other machine as well. Compiled code leaves after the call in which a hook was set, since
//! the epoch has moved on (`object::watch`).
//!
//! What is told of a frame is told from a note ([`Told`]) beside its record: notes are made for frames that
//! have none, which are thus new, and go where frames are left. So nothing is kept while no one is told.

mod jump;

use crate::shown::{copy_variables, variables, with_seen};
use crate::{PyResult, Raised, Vm, eval};
use bytecode::{Instr, Op};
use object::{
    Builtin, CellBox, Chain, CodeObject, CodePointer, Dict, FrameObject, Gc, Marker, Tuple, Value,
    intern,
};
use std::collections::BTreeMap;

/// Kinds of events, by the numbers of `sys.monitoring`.
pub mod event {
    pub const PY_START: u32 = 0;
    pub const PY_RESUME: u32 = 1;
    pub const PY_RETURN: u32 = 2;
    pub const PY_YIELD: u32 = 3;
    pub const CALL: u32 = 4;
    pub const LINE: u32 = 5;
    pub const INSTRUCTION: u32 = 6;
    pub const JUMP: u32 = 7;
    pub const BRANCH_LEFT: u32 = 8;
    pub const BRANCH_RIGHT: u32 = 9;
    pub const STOP_ITERATION: u32 = 10;
    pub const RAISE: u32 = 11;
    pub const EXCEPTION_HANDLED: u32 = 12;
    pub const PY_UNWIND: u32 = 13;
    pub const PY_THROW: u32 = 14;
    pub const RERAISE: u32 = 15;
    pub const C_RETURN: u32 = 16;
    pub const C_RAISE: u32 = 17;
}

/// What was told of a frame in progress.
#[derive(Clone, Copy)]
struct Told {
    code: Gc<CodeObject>,
    /// The line that was told last.
    line: u32,
    /// The instruction that was executed last, and the one that raised last.
    pc: u32,
    raised_pc: u32,
    /// What was called that is no Python function, and its first argument, until it has returned; else
    /// *unbound*.
    called: [Value; 2],
}

/// What each thread has for itself.
pub(crate) struct Own {
    /// What `sys.settrace` and `sys.setprofile` were given, or None.
    tracer: Value,
    profiler: Value,
    /// A hook runs: no one is told anything.
    is_inside: bool,
    /// The innermost loop is run by the machine that tells.
    is_telling: bool,
    told: Vec<Told>,
    /// What the generator returned that was left last; else *unbound*.
    returned: Value,
}

impl Default for Own {
    fn default() -> Own {
        Own {
            tracer: Value::NONE,
            profiler: Value::NONE,
            is_inside: false,
            is_telling: false,
            told: Vec::new(),
            returned: Value::UNBOUND,
        }
    }
}

/// Why the loop was left that tells.
enum Otherwise {
    Raise(Raised),
    Jump(u32),
}

/// Who is told what.
#[derive(Default)]
pub(crate) struct Hooks {
    /// Someone is told of what the running thread does now.
    pub(crate) active: bool,
    own: Own,
    /// What says who is told of an event and what is done with the answer, and a bit for each event that is wanted.
    monitor: Option<[Value; 2]>,
    wanted: u32,
    /// An exception that a hook raised, or that is to be raised when the other machine has taken over.
    otherwise: Option<Otherwise>,
    /// The event that a hook is being told of, and the frame's number.
    telling: Option<(&'static str, usize)>,
    /// Instructions that were replaced.
    replaced: Vec<(CodePointer, Instr)>,
    /// Objects of frames in progress, by number.
    shown: BTreeMap<u32, Gc<FrameObject>>,
    last_shown: u32,
    /// Generators that yielded, and the objects of their frames.
    suspended: Vec<(Value, Gc<FrameObject>)>,
    /// Objects whose variables a hook has looked at, and may have changed.
    lent: Vec<Gc<FrameObject>>,
}

impl Own {
    pub(crate) fn trace(&self, marker: &mut Marker) {
        marker.visit(self.tracer);
        marker.visit(self.profiler);
        marker.visit(self.returned);
        for told in &self.told {
            marker.visit(told.code.into());
            told.called.iter().for_each(|&value| marker.visit(value));
        }
    }
}

impl Hooks {
    pub(crate) fn trace(&self, marker: &mut Marker) {
        self.own.trace(marker);
        for &function in self.monitor.iter().flatten() {
            marker.visit(function);
        }
        for &(generator, frame) in &self.suspended {
            marker.visit(generator);
            marker.visit(frame.into());
        }
        if let Some(Otherwise::Raise(raised)) = self.otherwise {
            marker.visit(raised.0);
        }
        for &frame in self.shown.values().chain(&self.lent) {
            marker.visit(frame.into());
        }
    }

    fn wants(&self, event: u32) -> bool {
        self.wanted & 1 << event != 0
    }

    /// Whether someone is to be told of what the running thread does.
    fn tells(&self) -> bool {
        !self.own.is_inside && self.are_wanted()
    }

    fn are_wanted(&self) -> bool {
        !self.own.tracer.is_none() || !self.own.profiler.is_none() || self.wanted != 0
    }
}

/// The interpreter that tells.
pub(crate) struct Telling<'a> {
    pub(crate) vm: &'a mut Vm,
}

/// The offset in bytes by which programs know an instruction. At 0 they have one that begins the code and
/// is of its first line, as functions are entered there; here it is none.
pub fn offset_of(pc: u32) -> i64 {
    2 * i64::from(pc) + 2
}

/// The line of what programs know at offset 0. A module has none.
pub fn beginning_line(code: &bytecode::Code) -> u32 {
    match &*code.qualname {
        "<module>" if !code.flags.optimized => 0,
        _ => code.first_line,
    }
}

/// An instruction in place of another, where the other machine is to take over.
const SWITCH: Instr = Instr::wide(Op::Switch, 0, 0, 0);

impl Vm {
    /// Runs the frame on top until it exits, after raising in it if something is to be raised.
    #[inline]
    pub(crate) fn run_switching(&mut self, raised: Option<Raised>) -> PyResult {
        if self.hooks.active {
            return self.run_telling(raised);
        }
        match self.run_plainly(raised) {
            Err(raised) if raised.is_switch() => self.run_telling(None),
            done => done,
        }
    }

    #[inline(always)]
    fn run_plainly(&mut self, raised: Option<Raised>) -> PyResult {
        #[cfg(feature = "revdb")]
        if self.stops.is_watching() {
            let mut watching = crate::stops::Watching { vm: self };
            return match raised {
                Some(raised) => eval::run_raising(&mut watching, raised),
                None => eval::run(&mut watching),
            };
        }
        match raised {
            Some(raised) => eval::run_raising(self, raised),
            None => eval::run(self),
        }
    }

    /// The same where hooks are active, by whichever machine is wanted, time after time.
    #[cold]
    #[inline(never)]
    fn run_telling(&mut self, mut raised: Option<Raised>) -> PyResult {
        let was_telling = self.hooks.own.is_telling;
        let result = loop {
            self.put_back();
            let tells = self.hooks.active;
            self.hooks.own.is_telling = tells;
            if let Some(Otherwise::Raise(other)) = self.hooks.otherwise.take() {
                raised = Some(other);
            }
            let result = match (tells, raised.take()) {
                (false, raised) => self.run_plainly(raised),
                (true, Some(raised)) => eval::run_raising(&mut Telling { vm: self }, raised),
                (true, None) => eval::run(&mut Telling { vm: self }),
            };
            match result {
                Err(raised) if raised.is_switch() => {}
                done => break done,
            }
        };
        self.hooks.own.is_telling = was_telling;
        let left = self.frames.len();
        self.hooks.own.told.truncate(left);
        self.await_loop();
        result
    }

    /// Has the loop that is under way behind native functions go on with the machine that tells.
    fn await_loop(&mut self) {
        if self.hooks.own.is_telling || !self.hooks.active {
            return;
        }
        self.put_back();
        let Some(frame) = self.frames.last() else {
            return;
        };
        let (next, at) = (frame.pc, frame.current_pc());
        let (count, start) = (frame.code.code().instrs.len() as u32, frame.code.start());
        let mut places = vec![next];
        if next.index(frame.code) > 0
            && let Some(target) = bytecode::jump_target(at, frame.code.instr(at))
        {
            places.push(start.offset(target as isize));
        }
        places.retain(|place| place.index(frame.code) < count);
        places.dedup();
        for place in places {
            let before = place.replace(SWITCH);
            self.hooks.replaced.push((place, before));
        }
    }

    /// Whether there are instructions that were replaced.
    pub(crate) fn has_replaced(&self) -> bool {
        !self.hooks.replaced.is_empty()
    }

    /// Puts the instructions back that were replaced.
    fn put_back(&mut self) {
        while let Some((place, instr)) = self.hooks.replaced.pop() {
            place.replace(instr);
        }
    }

    /// Whether the loop is to be left for the other machine: it asked for that, or something was raised
    /// while the plain machine ran it that is to be told.
    pub(crate) fn is_to_switch(&mut self, raised: Raised, tells: bool) -> bool {
        if raised.is_switch() {
            return true;
        }
        let switches = !tells && self.hooks.active;
        if switches {
            self.hooks.otherwise = Some(Otherwise::Raise(raised));
        }
        switches
    }

    /// The loop that tells was left between two instructions.
    pub(crate) fn go_on_otherwise(&mut self) -> PyResult<()> {
        let frame = self.frames.top();
        match self.hooks.otherwise.take() {
            Some(Otherwise::Raise(raised)) => {
                frame.jump(1);
                self.unwind(raised)
            }
            Some(Otherwise::Jump(target)) => {
                frame.set_pc(frame.get().code.start().offset(target as isize));
                Ok(())
            }
            None => Err(Raised::SWITCH),
        }
    }

    /// Whether code may be recorded and compiled.
    pub fn is_told(&self) -> bool {
        self.hooks.active
    }

    /// Whether the running thread has hooks, whether or not one of them runs.
    pub fn has_hooks(&self) -> bool {
        self.hooks.are_wanted()
    }

    pub fn tracer(&self) -> Value {
        self.hooks.own.tracer
    }

    pub fn profiler(&self) -> Value {
        self.hooks.own.profiler
    }

    pub fn set_tracer(&mut self, function: Value) {
        self.hooks.own.tracer = function;
        self.see_hooks();
    }

    pub fn set_profiler(&mut self, function: Value) {
        self.hooks.own.profiler = function;
        self.see_hooks();
    }

    /// Who is told of events that have a bit in `wanted`, in all threads: the first function is given the event and what
    /// is known of it, and gives tuples of a function, its arguments and a place. It is not told itself, so that
    /// what it would be asked for, the frame that called it, is the frame of the event. The second is given the place and
    /// the answer.
    pub fn set_monitor(&mut self, functions: [Value; 2], wanted: u32) {
        self.hooks.monitor = Some(functions);
        self.hooks.wanted = wanted;
        self.see_hooks();
    }

    /// A hook was set or taken away.
    fn see_hooks(&mut self) {
        let hooks = &mut *self.hooks;
        let before = hooks.active;
        hooks.active = hooks.tells();
        match (before, hooks.active) {
            (false, true) if !hooks.own.is_inside => self.begin_telling(),
            (true, false) => {
                hooks.own.told.clear();
                if !hooks.own.is_inside {
                    hooks.suspended.clear();
                }
                self.put_back();
            }
            _ => {}
        }
    }

    fn begin_telling(&mut self) {
        let notes = self.frames.iter().map(|frame| Told {
            code: frame.code,
            line: frame.line(),
            pc: frame.current_pc(),
            raised_pc: frame.current_pc(),
            called: [Value::UNBOUND; 2],
        });
        self.hooks.own.told = notes.collect();
        object::watch::changed();
        self.look_up
            .store(true, std::sync::atomic::Ordering::Relaxed);
        self.await_loop();
    }

    /// Takes out what the running thread has for itself.
    pub(crate) fn leave_hooks(&mut self) -> Own {
        self.put_back();
        std::mem::take(&mut self.hooks.own)
    }

    /// Puts in what another thread has for itself.
    pub(crate) fn take_up_hooks(&mut self, own: Own) {
        self.hooks.own = own;
        self.hooks.active = self.hooks.tells();
        if self.hooks.active {
            match self.hooks.own.told.is_empty() {
                true => self.begin_telling(),
                false => self.await_loop(),
            }
        }
    }

    /// Before an instruction. False: the loop is to be left, [`Vm::go_on_otherwise`] says for what.
    pub(crate) fn before_instruction(&mut self, pc: CodePointer) -> bool {
        if !self.hooks.active {
            return false;
        }
        match self.tell_before(pc) {
            Ok(()) => self.hooks.otherwise.is_none(),
            Err(raised) => {
                self.hooks.otherwise = Some(Otherwise::Raise(raised));
                false
            }
        }
    }

    fn tell_before(&mut self, place: CodePointer) -> PyResult<()> {
        let frame = self.frames.top();
        let code = frame.get().code;
        let depth = self.frames.len();
        let pc = place.index(code);
        // What looks at the frame sees this instruction as the one that is executed.
        frame.set_pc(place.offset(1));
        let is_known = self.hooks.own.told.len() == depth
            && self.hooks.own.told.last().is_some_and(|t| t.code == code);
        let known = match is_known {
            true => self.hooks.own.told[depth - 1],
            false => {
                self.meet_frames(event::PY_RESUME, &[])?;
                match self.hooks.own.told.get(depth - 1) {
                    Some(&known) => known,
                    None => return Ok(()),
                }
            }
        };
        if code.code().flags.hidden {
            return Ok(());
        }
        if !known.called[0].is_unbound() {
            self.note(|told| told.called = [Value::UNBOUND; 2]);
            self.tell_native(event::C_RETURN, "c_return", known.called)?;
        }
        self.note(|told| told.pc = pc);
        let instr = place.fetch();
        if is_known && self.hooks.wanted != 0 {
            self.tell_jump(code, known.pc, pc)?;
        }
        if is_known {
            self.tell_end(code, known.pc, pc)?;
            self.tell_result(code, known.pc, pc)?;
        }
        let line = code.code().location(pc).line;
        // A delegation goes round in its line.
        let goes_back = is_known && pc <= known.pc && instr.op() != Op::Send;
        // Where a loop's end or a branch's goes on elsewhere is no line; a `continue` is one.
        let only_jumps = match (instr.op(), bytecode::jump_target(pc, instr)) {
            (Op::JumpBack, Some(head)) => code.code().location(head).line == line,
            (op, _) => op == Op::Jump,
        };
        if line != 0 && !only_jumps && (line != known.line || goes_back) {
            self.note(|told| told.line = line);
            self.tell_line(code, line)?;
        }
        if self.hooks.otherwise.is_some() || !self.hooks.active {
            return Ok(());
        }
        self.tell_instruction(code, pc)?;
        let regs = frame.get().base;
        match instr.op() {
            Op::Call | Op::CallKw | Op::CallEx => self.tell_call(instr)?,
            Op::Return => self.tell_left(event::PY_RETURN, regs.get(instr.a()))?,
            Op::Yield => self.tell_left(event::PY_YIELD, regs.get(instr.b()))?,
            _ => {}
        }
        Ok(())
    }

    /// Changes what was told of the frame on top.
    fn note(&mut self, change: impl FnOnce(&mut Told)) {
        let depth = self.frames.len();
        if let Some(told) = self.hooks.own.told.get_mut(depth - 1) {
            change(told);
        }
    }

    /// Tells of frames that were opened since something was told.
    fn meet_frames(&mut self, how: u32, about: &[Value]) -> PyResult<()> {
        let depth = self.frames.len();
        let told = &mut self.hooks.own.told;
        told.truncate(depth);
        while told
            .last()
            .is_some_and(|t| t.code != self.frames[told.len() - 1].code)
        {
            told.pop();
        }
        while self.hooks.own.told.len() < depth {
            let at = self.hooks.own.told.len();
            let frame = self.frames[at];
            let is_passed = at + 1 < depth && frame.chain != Chain::Link;
            let begins = !is_passed && frame.current_pc() == 0 && how == event::PY_RESUME;
            // One that is resumed is still at the `yield`.
            let is_next = !is_passed && !begins && at + 1 == depth && how == event::PY_RESUME;
            let at_pc = frame.current_pc() - u32::from(is_next);
            self.hooks.own.told.push(Told {
                code: frame.code,
                line: if begins {
                    0
                } else {
                    frame.code.code().location(at_pc).line
                },
                pc: at_pc,
                raised_pc: at_pc,
                called: [Value::UNBOUND; 2],
            });
            if is_passed || frame.code.code().flags.hidden {
                continue;
            }
            let kind = if begins { event::PY_START } else { how };
            let known = self.hooks.suspended.iter();
            let known = (!begins).then(|| known.rev().position(|&(own, _)| own == frame.generator));
            if let Some(from_end) = known.flatten() {
                let place = self.hooks.suspended.len() - 1 - from_end;
                let (_, object) = self.hooks.suspended.remove(place);
                if frame.shown == 0 {
                    self.attach(object, at);
                }
            }
            if is_next {
                self.frames.top().jump(-1);
            }
            let told = self
                .monitor(kind, frame.code, at_pc, about)
                .and_then(|()| self.call_hook(at, "call", Value::NONE));
            if is_next {
                self.frames.top().jump(1);
            }
            told?;
        }
        Ok(())
    }

    /// The frame on top is about to be left.
    fn tell_left(&mut self, how: u32, value: Value) -> PyResult<()> {
        let top = self.frames.len() - 1;
        let (code, pc) = self.here();
        let ends = how == event::PY_RETURN && !self.frames[top].generator.is_unbound();
        self.hooks.own.returned = if ends { value } else { Value::UNBOUND };
        if !code.code().flags.hidden {
            self.monitor(how, code, pc, &[value])?;
            self.call_hook(top, "return", value)?;
            self.let_go(top, how == event::PY_YIELD);
        }
        self.hooks.own.told.truncate(top);
        Ok(())
    }

    /// A frame is left: its object is a picture from now on.
    fn let_go(&mut self, at: usize, yields: bool) {
        let shown = self.frames[at].shown;
        if let Some(frame) = self.hooks.shown.remove(&shown) {
            self.hooks.lent.retain(|&lent| lent != frame);
            if frame.locals.get().bound().is_some() {
                self.copy_out(frame, at);
            }
            frame.pc.set(self.frames[at].current_pc());
            frame.number.set(0);
            self.frames[at].shown = 0;
            let generator = self.frames[at].generator;
            if yields && !generator.is_unbound() {
                self.hooks.suspended.push((generator, frame));
            }
        }
    }

    fn tell_line(&mut self, code: Gc<CodeObject>, line: u32) -> PyResult<()> {
        if self.hooks.wants(event::LINE) {
            let line = Value::small(i64::from(line));
            self.call_monitor(event::LINE, code, &[line])?;
        }
        if let Some(frame) = self.traced_object()
            && frame.traces_lines.get()
        {
            self.call_tracer(self.frames.len() - 1, "line", Value::NONE)?;
        }
        Ok(())
    }

    fn tell_instruction(&mut self, code: Gc<CodeObject>, pc: u32) -> PyResult<()> {
        self.monitor(event::INSTRUCTION, code, pc, &[])?;
        if let Some(frame) = self.traced_object()
            && frame.traces_ops.get()
        {
            self.call_tracer(self.frames.len() - 1, "opcode", Value::NONE)?;
        }
        Ok(())
    }

    /// The object of the frame on top, if it has a function of its own that is told.
    fn traced_object(&self) -> Option<Gc<FrameObject>> {
        if self.hooks.own.tracer.is_none() {
            return None;
        }
        let shown = self.frames.last()?.shown;
        let frame = *self.hooks.shown.get(&shown)?;
        (!frame.trace.get().is_none()).then_some(frame)
    }

    /// Tells of the jump that led from one instruction to another.
    fn tell_jump(&mut self, code: Gc<CodeObject>, from: u32, to: u32) -> PyResult<()> {
        let instr = code.instr(from);
        let Some(target) = bytecode::jump_target(from, instr) else {
            return Ok(());
        };
        // Handlers stand in the middle of the code: to pass over one is no jump.
        let is_handler = |pc| {
            code.code()
                .exceptions
                .iter()
                .any(|entry| entry.target == pc)
        };
        let kind = match instr.op() {
            Op::Send => return Ok(()),
            Op::Jump if is_handler(from + 1) => return Ok(()),
            Op::Jump | Op::JumpBack => event::JUMP,
            _ if to == from + 1 => event::BRANCH_LEFT,
            _ => event::BRANCH_RIGHT,
        };
        if kind != event::BRANCH_LEFT && to != target {
            return Ok(());
        }
        let to = Value::small(offset_of(to));
        self.monitor(kind, code, from, &[to])
    }

    /// Tells of an iterator that has ended, as if StopIteration were raised here, if that may have been: by a
    /// class's `__next__`, and by a generator that was delegated to or returned something.
    fn tell_end(&mut self, code: Gc<CodeObject>, from: u32, to: u32) -> PyResult<()> {
        let instr = code.instr(from);
        if !matches!(instr.op(), Op::ForIter | Op::Send)
            || bytecode::jump_target(from, instr) != Some(to)
        {
            return Ok(());
        }
        let traced = self.traced_object().is_some();
        let regs = self.frames.top().get().base;
        let returned = std::mem::replace(&mut self.hooks.own.returned, Value::UNBOUND);
        let is_generator = regs.get(instr.b()).is::<object::Generator>();
        let (kind, value) = match (is_generator, instr.op()) {
            (true, Op::Send) => (event::STOP_ITERATION, regs.get(instr.a())),
            // Without a value the end of a generator is no exception.
            (true, _) if !returned.is_none() && !returned.is_unbound() => (event::RAISE, returned),
            (true, _) => return Ok(()),
            (false, _) if self.class_of(regs.get(instr.b())).flags.get().immutable => return Ok(()),
            (false, _) => (event::RAISE, Value::NONE),
        };
        if !traced && !self.hooks.wants(kind) {
            return Ok(());
        }
        let raised = self.stop_iteration(value);
        self.as_if_at(code, from, to, |vm| {
            vm.monitor(kind, code, from, &[raised.0])?;
            match traced {
                true => vm.trace_exception(raised),
                false => Ok(()),
            }
        })
    }

    /// Tells the tracer that what a call gave is taken: no instruction does that alone. A debugger that is
    /// called by a program stops there, behind the call of it.
    fn tell_result(&mut self, code: Gc<CodeObject>, from: u32, to: u32) -> PyResult<()> {
        if to != from + 1 || !matches!(code.instr(from).op(), Op::Call | Op::CallKw | Op::CallEx) {
            return Ok(());
        }
        match self.traced_object() {
            Some(frame) if frame.traces_ops.get() => self.as_if_at(code, from, to, |vm| {
                vm.call_tracer(vm.frames.len() - 1, "opcode", Value::NONE)
            }),
            _ => Ok(()),
        }
    }

    /// Tells what belongs to the instruction before the one at `now`, as if the frame on top were still there.
    fn as_if_at(
        &mut self,
        code: Gc<CodeObject>,
        before: u32,
        now: u32,
        tell: impl FnOnce(&mut Vm) -> PyResult<()>,
    ) -> PyResult<()> {
        self.stand_behind(code, before);
        let told = tell(self);
        // An exception is raised where it belongs.
        if told.is_ok() {
            self.stand_behind(code, now);
        }
        told
    }

    /// Puts the frame on top, which is of this code, behind an instruction: it is the one that it executes.
    fn stand_behind(&mut self, code: Gc<CodeObject>, pc: u32) {
        let next = code.start().offset(pc as isize + 1);
        self.frames.top().set_pc(next);
    }

    /// Tells the tracer of an exception in the frame on top.
    fn trace_exception(&mut self, raised: Raised) -> PyResult<()> {
        let class = self.class_of(raised.0).into();
        let traceback = raised.exception().traceback.get();
        let about = Tuple::new(&[class, raised.0, traceback]);
        self.call_tracer(self.frames.len() - 1, "exception", about.into())
    }

    /// A call is about to be made.
    fn tell_call(&mut self, instr: Instr) -> PyResult<()> {
        let profiles = !self.hooks.own.profiler.is_none();
        let events = [event::CALL, event::C_RETURN, event::C_RAISE];
        if !profiles && !events.iter().any(|&event| self.hooks.wants(event)) {
            return Ok(());
        }
        let window = self.frames.top().get().base.advance(instr.b() as usize);
        let callee = window.get(0);
        let receiver = match instr.x() & 1 {
            0 => window.get(1).bound(),
            _ => None,
        };
        let first = match (receiver, instr.op()) {
            (Some(receiver), _) => Some(receiver),
            (None, Op::CallEx) => {
                (window.get(2).cast::<Tuple>()).and_then(|args| args.items().first().copied())
            }
            (None, _) if instr.c() > 0 => window.get(2).bound(),
            _ => None,
        };
        if self.hooks.wants(event::CALL) {
            let (code, pc) = self.here();
            let first = first.unwrap_or(Value::UNBOUND);
            self.monitor(event::CALL, code, pc, &[callee, first])?;
        }
        let is_python = callee.is::<object::Function>() || callee.is::<object::BoundMethod>();
        if is_python {
            return Ok(());
        }
        let shown = match callee.cast::<Builtin>() {
            Some(builtin) if builtin.receiver.get().is_unbound() => match receiver {
                Some(receiver) => Builtin::new(
                    builtin.number,
                    builtin.name.get(),
                    builtin.owner.get(),
                    receiver,
                )
                .into(),
                None => callee,
            },
            _ => callee,
        };
        let called = [shown, first.unwrap_or(Value::UNBOUND)];
        self.note(|told| told.called = called);
        if profiles && shown.is::<Builtin>() {
            self.call_profiler(self.frames.len() - 1, "c_call", shown)?;
        }
        Ok(())
    }

    /// What a native function came to.
    fn tell_native(&mut self, kind: u32, name: &'static str, called: [Value; 2]) -> PyResult<()> {
        let (code, pc) = self.here();
        self.monitor(kind, code, pc, &called)?;
        if !self.hooks.own.profiler.is_none() && called[0].is::<Builtin>() {
            self.call_profiler(self.frames.len() - 1, name, called[0])?;
        }
        Ok(())
    }

    /// An exception has come to the frame on top: a handler there takes it, or it leaves the frame. The
    /// exception that goes on: a hook may have raised another.
    pub(crate) fn tell_raised(&mut self, raised: Raised, is_handled: bool) -> Raised {
        match self.tell_exception(raised, is_handled) {
            Ok(()) => raised,
            Err(other) => other,
        }
    }

    fn tell_exception(&mut self, raised: Raised, is_handled: bool) -> PyResult<()> {
        if !self.hooks.own.is_telling {
            return Ok(());
        }
        self.meet_frames(event::PY_THROW, &[raised.0])?;
        let top = self.frames.len() - 1;
        let (code, pc) = self.here();
        if !code.code().flags.hidden {
            let called = self.hooks.own.told[top].called;
            if !called[0].is_unbound() {
                self.note(|told| told.called = [Value::UNBOUND; 2]);
                self.tell_native(event::C_RAISE, "c_exception", called)?;
            }
            let instr = code.instr(pc);
            let is_again = match instr.op() {
                Op::Raise => instr.x() == 0,
                op => op == Op::Reraise,
            };
            let is_nowhere = code.code().location(pc).line == 0;
            if is_again && is_nowhere {
                // It leaves from where it was raised, by way of what no line stands for.
                let pc = self.hooks.own.told[top].raised_pc;
                self.stand_behind(code, pc);
            } else {
                self.note(|told| told.raised_pc = pc);
            }
            if is_again {
                self.monitor(event::RERAISE, code, pc, &[raised.0])?;
            } else {
                self.monitor(event::RAISE, code, pc, &[raised.0])?;
                if self.traced_object().is_some() {
                    self.trace_exception(raised)?;
                }
            }
            if is_handled {
                self.monitor(event::EXCEPTION_HANDLED, code, pc, &[raised.0])?;
            } else {
                self.monitor(event::PY_UNWIND, code, pc, &[raised.0])?;
                self.call_hook(top, "return", Value::NONE)?;
            }
        }
        if !is_handled {
            self.let_go(top, false);
            self.hooks.own.told.truncate(top);
        }
        Ok(())
    }

    /// The code of the frame on top, and the instruction being executed.
    fn here(&self) -> (Gc<CodeObject>, u32) {
        let frame = self.frames.top().get();
        (frame.code, frame.current_pc())
    }

    /// Tells those that monitor of an event at an instruction.
    fn monitor(
        &mut self,
        kind: u32,
        code: Gc<CodeObject>,
        pc: u32,
        about: &[Value],
    ) -> PyResult<()> {
        if !self.hooks.wants(kind) {
            return Ok(());
        }
        let offset = match kind {
            event::PY_START => 0,
            _ => offset_of(pc),
        };
        let mut given = vec![Value::small(offset)];
        given.extend(about.iter().filter_map(|value| value.bound()));
        let given = Tuple::new(&given);
        self.call_monitor(kind, code, given.items())
    }

    fn call_monitor(&mut self, kind: u32, code: Gc<CodeObject>, about: &[Value]) -> PyResult<()> {
        let Some(monitor) = self.hooks.monitor else {
            return Ok(());
        };
        let mut given = vec![Value::small(i64::from(kind)), code.into()];
        given.extend(about);
        let given = Tuple::new(&given);
        self.inside(|vm| {
            let told = vm.call(monitor[0], given.items())?;
            let Some(told) = told.cast::<Tuple>() else {
                return Ok(Value::NONE);
            };
            for &one in told.items() {
                let Some(one) = one.cast::<Tuple>().filter(|one| one.items().len() == 3) else {
                    continue;
                };
                let (function, about, place) = (one.items()[0], one.items()[1], one.items()[2]);
                let about = vm.collect(about)?;
                let answer = vm.call(function, about.items())?;
                if !answer.is_none() {
                    vm.call(monitor[1], &[place, answer])?;
                }
            }
            Ok(Value::NONE)
        })?;
        Ok(())
    }

    /// Tells the tracer and the profiler of a call or return of frame number `at`.
    fn call_hook(&mut self, at: usize, name: &'static str, about: Value) -> PyResult<()> {
        if !self.hooks.own.tracer.is_none() && self.hooks.active {
            let shown = self.hooks.shown.get(&self.frames[at].shown);
            if name == "call" || shown.is_some_and(|frame| !frame.trace.get().is_none()) {
                self.call_tracer(at, name, about)?;
            }
        }
        if !self.hooks.own.profiler.is_none() && self.hooks.active {
            self.call_profiler(at, name, about)?;
        }
        Ok(())
    }

    /// Calls the function that a frame has of its own, or for a new one that of the thread; its result is
    /// the frame's from then on.
    fn call_tracer(&mut self, at: usize, name: &'static str, about: Value) -> PyResult<()> {
        let frame = self.frame_object(at);
        let function = match name {
            "call" => self.hooks.own.tracer,
            _ => frame.trace.get(),
        };
        let before = self.hooks.telling.replace((name, at));
        let told = self.inside(|vm| vm.call(function, &[frame.into(), intern(name).into(), about]));
        self.hooks.telling = before;
        match told {
            Ok(own) if own.is_none() => Ok(()),
            Ok(own) => {
                frame.write(|frame| &frame.trace, own);
                Ok(())
            }
            Err(raised) => {
                frame.write(|frame| &frame.trace, Value::NONE);
                self.set_tracer(Value::NONE);
                Err(raised)
            }
        }
    }

    fn call_profiler(&mut self, at: usize, name: &'static str, about: Value) -> PyResult<()> {
        let frame = self.frame_object(at);
        let function = self.hooks.own.profiler;
        let before = self.hooks.telling.replace((name, at));
        let told = self.inside(|vm| vm.call(function, &[frame.into(), intern(name).into(), about]));
        self.hooks.telling = before;
        if told.is_err() {
            self.set_profiler(Value::NONE);
        }
        told.map(|_| ())
    }

    /// Runs a hook: by the plain machine, as if nothing were being handled or raised.
    fn inside(&mut self, hook: impl FnOnce(&mut Vm) -> PyResult) -> PyResult {
        let was_telling = std::mem::replace(&mut self.hooks.own.is_telling, false);
        self.hooks.own.is_inside = true;
        self.hooks.active = false;
        let (handled, result) = (self.handled, self.generator_result);
        let told = hook(self);
        (self.handled, self.generator_result) = (handled, result);
        self.hooks.own.is_inside = false;
        self.hooks.own.is_telling = was_telling;
        self.hooks.active = self.hooks.tells();
        self.take_back();
        told
    }

    /// Calls a function whose code is told of although a hook runs (`sys.call_tracing`).
    pub fn call_told(&mut self, function: Value, args: &[Value]) -> PyResult {
        let inside = std::mem::replace(&mut self.hooks.own.is_inside, false);
        let told = std::mem::take(&mut self.hooks.own.told);
        self.see_hooks();
        let result = self.call(function, args);
        self.put_back();
        self.hooks.own.is_inside = inside;
        self.hooks.own.told = told;
        self.hooks.active = self.hooks.tells();
        result
    }

    /// The object of frame number `at`, which is that of the frame as long as the frame is in progress.
    pub fn frame_object(&mut self, at: usize) -> Gc<FrameObject> {
        let shown = self.frames[at].shown;
        if let Some(&frame) = self.hooks.shown.get(&shown) {
            return frame;
        }
        let frame = with_seen(&self.frames[at], FrameObject::new);
        self.attach(frame, at);
        frame
    }

    /// The object of frame number `at` if it has one that is more than a picture.
    #[inline]
    pub fn known_object(&self, at: usize) -> Option<Gc<FrameObject>> {
        match self.frames[at].shown {
            0 => None,
            shown => self.hooks.shown.get(&shown).copied(),
        }
    }

    /// Makes an object that of a frame in progress.
    fn attach(&mut self, frame: Gc<FrameObject>, at: usize) {
        const MANY: usize = 1000;
        if self.hooks.shown.len() > MANY + 2 * self.frames.len() && self.threads.is_none() {
            let live: Vec<u32> = self.frames.iter().map(|frame| frame.shown).collect();
            self.hooks.shown.retain(|number, _| live.contains(number));
        }
        self.hooks.last_shown += 1;
        let number = self.hooks.last_shown;
        self.frames[at].shown = number;
        frame.number.set(number);
        frame.depth.set(at as u32);
        self.hooks.shown.insert(number, frame);
    }

    /// Makes a picture the object of its frame, if that is still in progress and has none.
    pub fn attach_picture(&mut self, frame: Gc<FrameObject>) {
        let at = frame.depth.get() as usize;
        let is_its = |own: &crate::Frame| own.code == frame.seen.code && own.shown == 0;
        if frame.number.get() == 0 && self.frames.get(at).is_some_and(is_its) {
            self.attach(frame, at);
        }
    }

    /// The number of the frame in progress that an object is of; `None` if it is a picture.
    pub fn frame_number(&self, frame: Gc<FrameObject>) -> Option<usize> {
        let (number, at) = (frame.number.get(), frame.depth.get() as usize);
        let is_its = |own: &crate::Frame| own.shown == number;
        (number != 0 && self.frames.get(at).is_some_and(is_its)).then_some(at)
    }

    /// Writes a frame's variables to the dictionary that its object has of them.
    fn copy_out(&mut self, frame: Gc<FrameObject>, at: usize) {
        let record = self.frames[at];
        with_seen(&record, |seen, registers| {
            match frame.locals.get().cast::<Dict>() {
                Some(dict) if seen.namespace.is_unbound() => copy_variables(&seen, registers, dict),
                Some(_) => {}
                None => {
                    let made = variables(&seen, registers);
                    frame.write(|frame| &frame.locals, made);
                }
            }
        });
    }

    /// The dictionary of the variables of frame number `at`, as they are now. What a hook changes in it
    /// becomes the variables' when the hook returns.
    pub fn lend_variables(&mut self, frame: Gc<FrameObject>, at: usize) -> Value {
        if !self.hooks.lent.contains(&frame) {
            self.copy_out(frame, at);
            if self.hooks.own.is_inside && self.frames[at].code.code().flags.optimized {
                self.hooks.lent.push(frame);
            }
        }
        frame.locals.get()
    }

    /// Writes variables back that a hook may have changed.
    fn take_back(&mut self) {
        for frame in std::mem::take(&mut self.hooks.lent) {
            let (Some(at), Some(dict)) =
                (self.frame_number(frame), frame.locals.get().cast::<Dict>())
            else {
                continue;
            };
            let record = self.frames[at];
            if record.chain == Chain::Link {
                continue;
            }
            let code = record.code.get().code();
            for (reg, name) in code.local_names.iter().enumerate() {
                let Some(value) = dict.get_str(intern(name)) else {
                    continue;
                };
                let reg = reg as u16;
                let word = record.base.get(reg);
                match word.cast::<CellBox>() {
                    Some(cell) if code.cell_registers.contains(&reg) => {
                        cell.write(|cell| &cell.content, value);
                    }
                    _ => record.base.set(reg, value),
                }
            }
        }
    }

    /// Whether a hook is told that frame number `at` begins.
    fn is_beginning(&self, at: usize) -> bool {
        self.hooks.telling == Some(("call", at)) && self.frames[at].current_pc() == 0
    }

    /// The source line that frame number `at` is at: where it begins, that of its code, and where the
    /// instruction is of no line, the one that was told last.
    pub fn line_of_frame(&self, at: usize) -> Option<u32> {
        let frame = &self.frames[at];
        if self.is_beginning(at) {
            return Some(beginning_line(frame.code.code()));
        }
        let told = || self.hooks.own.told.get(at).map(|told| told.line);
        let line = Some(frame.line()).filter(|&line| line != 0);
        line.or_else(|| told().filter(|&line| line != 0))
    }

    /// The offset of the instruction that frame number `at` is at.
    pub fn offset_of_frame(&self, at: usize) -> i64 {
        match self.is_beginning(at) {
            true => 0,
            false => offset_of(self.frames[at].current_pc()),
        }
    }
}
