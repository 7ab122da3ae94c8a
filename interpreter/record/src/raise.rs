//! Exceptions raised within a trace, and the way to their handlers.
//!
//! *Raised by an op* (`raise`, or the end of a handler that did not take it): the exception is a
//! value of the trace. From the raising op to the handler nothing is executed but what the unwinder
//! would note: a traceback entry for each frame, and the exception that was being handled as
//! context. For an exception that only the trace knows these are stores into it, so one that no
//! handler keeps is never made; for any other it is one call a frame.
//!
//! *Raised by a call of the runtime.* The call, whose exit would else be taken, gives its result as
//! it is, and a guard tests that it raised. If it did not, the exit goes on behind the op. Where a
//! trace was recorded on the other side, its exit gets a bridge when it is taken often; the bridge
//! begins where the exception is on its way to the handler.
//!
//! *What is being handled* is a field of the machine. The trace knows its value and writes it only
//! for those who may look, as with frames; exits restore it for each frame that they open.
//! [`Ref::NONE`] stands for what the field had when the trace began.
//!
//! Not followed is an exception that leaves the frame in which the trace began, and one that a call
//! raised and that leaves a generator: there its class would matter.

use crate::emit::Kind;
use crate::recorder::{Recorded, Recorder};
use crate::values::address_of;
use object::layout;
use object::shape::of_kind;
use object::{Class, CodeObject, CodePointer, Dict, Gc, Kind as ObjectKind, Value};
use trace::{Const, NO_SNAPSHOT, Op, RAISED, Ref, Rt};
use vm::{PyResult, Raised};

/// What the op at hand raises, should it raise.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Raising {
    /// Something that the trace knows nothing of.
    Unknown,
    Value(Ref),
    /// What the call raises, the newest op of the trace.
    Call(Ref),
}

impl Recorder<'_> {
    /// An op has raised. Goes on at the handler, if the trace can follow there.
    pub(crate) fn follow_raise(&mut self, raised: Raised) -> PyResult<()> {
        let raising = std::mem::replace(&mut self.raising, Raising::Unknown);
        if self.vm.frames().len() < self.entry_depth + self.inlined.len() {
            // A generator that was asked for one more value has returned.
            self.follow_frames();
        }
        if self.abort.is_some() || self.handler().is_none() {
            return Err(raised);
        }
        let exception = match raising {
            Raising::Unknown => None,
            Raising::Value(r) => Some(r),
            Raising::Call(call) => self.expect_raised(call),
        };
        self.is_generic = false;
        match exception {
            Some(exception) => self.go_to_handler(raised, exception),
            None => Err(raised),
        }
    }

    /// The exception with which a bridge begins, whose parent's exit was taken for it.
    pub(crate) fn begin_raised(&mut self, raised: Value) -> PyResult<()> {
        self.started = true;
        let exception = self.caught();
        self.go_to_handler(Raised(raised), exception)
    }

    /// The inlining level of the frame that handles what the frame on top raises, and its register
    /// that gets the exception.
    fn handler(&self) -> Option<(usize, u16)> {
        let frames = self.vm.frames();
        let levels = frames.len().checked_sub(self.entry_depth)?;
        if levels != self.inlined.len() {
            return None;
        }
        (0..=levels).rev().find_map(|level| {
            let frame = &frames[self.entry_depth - 1 + level];
            let handler = frame.code.get().code().handler(frame.current_pc())?;
            Some((level, handler.reg))
        })
    }

    /// Lets a call's result tell whether it raised, and tests that it did.
    fn expect_raised(&mut self, call: Ref) -> Option<Ref> {
        let trace = &self.emitter.trace;
        if call == Ref::NONE || call.is_constant() || call.index() + 1 != trace.len() {
            return None;
        }
        let instr = self.pc.fetch();
        let info = instr.op().info();
        let was_step = std::mem::replace(&mut self.is_generic, false);
        if info.falls {
            let code = self.code_at(self.inlined.len());
            if bytecode::jump_target(self.pc.index(code), instr).is_some() {
                return None;
            }
            let mut writes = Vec::new();
            bytecode::writes(instr, &mut |reg| writes.push(reg));
            if !was_step && writes.len() > 1 {
                return None;
            }
            let mut before = Vec::with_capacity(writes.len());
            for &reg in &writes {
                let place = self.place(self.regs, reg);
                let r = match was_step {
                    true => self.emit(Op::LoadReg, &[place as u16]),
                    false => call,
                };
                before.push((place, self.set_register(place, r)));
            }
            let snapshot = self.take_snapshot(self.pc.offset(1), None);
            for (place, r) in before {
                self.registers[place] = r;
            }
            let snapshot = match snapshot {
                Ok(snapshot) => snapshot,
                Err(abort) => {
                    self.give_up(abort);
                    return None;
                }
            };
            let raised = self.word_ref(Value::from_bits(RAISED));
            self.emit(Op::GuardIs, &[call.0, raised.0, snapshot]);
        }
        self.emitter.trace.keep_raised(call);
        Some(self.caught())
    }

    /// The exception that a call has raised.
    fn caught(&mut self) -> Ref {
        let r = self.call(Rt::Caught, &[]);
        if self.abort.is_none() {
            self.emitter.assume(r, Kind::Object, 0);
        }
        r
    }

    /// Takes an exception from the op that raised it to the handler.
    fn go_to_handler(&mut self, raised: Raised, exception: Ref) -> PyResult<()> {
        let Some((target, reg)) = self.handler() else {
            return Err(raised);
        };
        for level in (target..=self.inlined.len()).rev() {
            let frame = self.vm.frames()[self.entry_depth - 1 + level];
            let place = frame.pc.offset(-1);
            self.record_pass(exception, place, frame.code, frame.globals());
            if level > target && !self.record_leaving(raised, exception) {
                return Err(raised);
            }
        }
        if self.abort.is_some() {
            return Err(raised);
        }
        self.vm.raise_in_frame(raised)?;
        let Some(frame) = self.vm.frames().last().copied() else {
            return Ok(());
        };
        self.set_register(self.place(frame.base, reg), exception);
        Ok(())
    }

    /// The frame on top is left by an exception. False: the trace cannot tell what happens then.
    fn record_leaving(&mut self, raised: Raised, exception: Ref) -> bool {
        let Some(then) = self.inlined.last().map(|inlined| inlined.then) else {
            return false;
        };
        if then.resumes() {
            let types = &self.vm.types;
            let stops = [types.stop_iteration, types.stop_async_iteration];
            let stops = stops.iter().any(|&class| raised.matches(self.vm, class));
            if stops || self.emitter.shape(exception) == 0 {
                return false;
            }
            self.record_finish();
        }
        self.leave_inlined();
        true
    }

    /// The trace's frame on top is gone.
    pub(crate) fn leave_inlined(&mut self) {
        let Some(left) = self.inlined.pop() else {
            return;
        };
        if left.pushed {
            self.call(Rt::PopFrame, &[]);
            self.handled_there = left.handled_below;
        }
        self.handled = left.handled_below;
    }

    /// Notes in an exception that it passes through a frame.
    fn record_pass(
        &mut self,
        exception: Ref,
        place: CodePointer,
        code: Gc<CodeObject>,
        globals: Gc<Dict>,
    ) {
        let code_word = self.word_ref(code.into());
        let globals = self.word_ref(globals.into());
        if self.abort.is_none() && self.pass_private(exception, place, code, globals) {
            return;
        }
        self.show_handled();
        let words = [exception, code_word, globals];
        self.call_at(place, Rt::Passes, &words, NO_SNAPSHOT);
    }

    /// The same for one that only the trace knows. False: nothing has happened.
    fn pass_private(
        &mut self,
        exception: Ref,
        place: CodePointer,
        code: Gc<CodeObject>,
        globals: Ref,
    ) -> bool {
        let field = |m: &Self, at| m.emitter.private_field(exception, at);
        let Some(next) = field(self, layout::EXCEPTION_TRACEBACK) else {
            return false;
        };
        let none = self.word_ref(Value::NONE);
        let address = address_of(code.into());
        let instr = place.fetch();
        let is_first = next == none;
        if is_first {
            if field(self, layout::EXCEPTION_CONTEXT) != Some(none) {
                return false;
            }
            let handled = self.handled_ref();
            if handled != none && handled != exception {
                self.write_field(exception, layout::EXCEPTION_CONTEXT, handled);
            }
        }
        match instr.op() {
            bytecode::Op::Raise if instr.x() == 0 && !is_first => return true,
            bytecode::Op::Reraise if !is_first => {
                let own = self.emitter.private_field(next, layout::TRACEBACK_CODE);
                match own.and_then(|own| self.emitter.trace.constant_of(own)) {
                    Some(Const::Raw(own)) if own == address => return true,
                    Some(_) => {}
                    None => return false,
                }
            }
            _ => {}
        }
        let shape = of_kind(ObjectKind::Traceback);
        let entry = self.new_object(layout::TRACEBACK_BYTES, ObjectKind::Traceback, shape);
        self.init(entry, layout::TRACEBACK_NEXT, next);
        self.init_raw(entry, layout::TRACEBACK_CODE, address);
        let pc = place.index(code);
        self.store_half(entry, layout::TRACEBACK_PC, pc);
        self.init(entry, layout::TRACEBACK_GLOBALS, globals);
        self.write_field(exception, layout::EXCEPTION_TRACEBACK, entry);
        true
    }

    // ---- what an op asks for

    pub(crate) fn make_exception(&mut self, class: Gc<Class>, args: Recorded) -> Recorded {
        let word = vm::Machine::new_exception(self.vm, class, args.word);
        if self.is_off() {
            return Self::unknown(word);
        }
        let shape = class.new_instance_shape().id.0;
        let r = self.new_object(layout::EXCEPTION_BYTES, ObjectKind::Exception, shape);
        let (none, unbound) = (self.word_ref(Value::NONE), self.word_ref(Value::UNBOUND));
        self.init(r, layout::EXCEPTION_OVERFLOW, unbound);
        self.init(r, layout::EXCEPTION_ARGS, args.r);
        self.init(r, layout::EXCEPTION_TRACEBACK, none);
        self.init(r, layout::EXCEPTION_CAUSE, none);
        self.init(r, layout::EXCEPTION_CONTEXT, none);
        self.init_raw(r, layout::EXCEPTION_SUPPRESS, 0);
        Recorded { word, r }
    }

    /// Records what a `raise` does to its exception, before it is done.
    pub(crate) fn record_chain(&mut self, exception: Recorded, cause: Option<Recorded>) {
        let r = exception.r;
        let traceback = self.emitter.private_field(r, layout::EXCEPTION_TRACEBACK);
        let context = self.emitter.private_field(r, layout::EXCEPTION_CONTEXT);
        let none = self.word_ref(Value::NONE);
        let is_new = traceback == Some(none) && context == Some(none);
        if is_new || traceback.is_some() && self.handled == r {
            if let Some(cause) = cause {
                self.write_field(r, layout::EXCEPTION_CAUSE, cause.r);
                self.init_raw(r, layout::EXCEPTION_SUPPRESS, layout::SUPPRESSES);
            }
            return;
        }
        let cause = match cause {
            Some(cause) => cause.r,
            None => self.word_ref(Value::UNBOUND),
        };
        self.show_handled();
        self.call_at(self.pc, Rt::Chains, &[r, cause], NO_SNAPSHOT);
        self.effect = true;
    }

    // ---- the exception that is being handled

    fn handled_address(&mut self) -> Ref {
        let address = std::ptr::from_ref(&self.vm.handled) as i64;
        self.raw_ref(address)
    }

    /// What the trace calls the exception that is being handled.
    pub(crate) fn handled_ref(&mut self) -> Ref {
        if self.handled == Ref::NONE {
            let address = self.handled_address();
            self.handled = self.emit(Op::LoadAbs, &[address.0]);
            self.handled_there = self.handled;
        }
        self.handled
    }

    /// Lets the machine's field have what is handled, for a call that looks at it.
    fn show_handled(&mut self) {
        let mut below = self.inlined.iter().map(|inlined| inlined.handled_below);
        if self.is_elsewhere(self.handled) || below.any(|handled| self.is_elsewhere(handled)) {
            self.push_frames();
            self.snapshot = None;
        }
    }

    /// Whether the machine's field has something else.
    pub(crate) fn is_elsewhere(&self, handled: Ref) -> bool {
        handled != Ref::NONE && handled != self.handled_there
    }

    /// Writes what is handled into the machine's field, if it is not there.
    pub(crate) fn settle_handled(&mut self, handled: Ref) {
        if self.is_elsewhere(handled) {
            let address = self.handled_address();
            self.emit(Op::StoreAbs, &[address.0, handled.0]);
            self.handled_there = handled;
        }
    }
}
