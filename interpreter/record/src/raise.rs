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
use object::{Class, CodeObject, CodePointer, Gc, Kind as ObjectKind, Traceback, Value};
use trace::{Const, NO_SNAPSHOT, Op, RAISED, Ref, Repr, Rt};
use vm::{PyResult, Raised, Then};

/// What the op at hand raises, should it raise.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Raising {
    /// Something that the trace knows nothing of.
    Unknown,
    Value(Ref),
    /// What the call raises, the newest op of the trace.
    Call(Ref),
}

/// An exception on its way through a frame of the trace.
struct Passing {
    exception: Ref,
    place: CodePointer,
    code: Gc<CodeObject>,
    /// What its entry has as owner: the function of a frame that is left, else its globals.
    owner: Ref,
    words: Vec<Ref>,
    leaves: bool,
}

impl Passing {
    fn place_word(&self) -> i64 {
        Traceback::place_of(self.place.index(self.code), self.words.len()) as i64
    }
}

/// What a frame's passing comes to in an exception.
enum Passed {
    /// The exception may be known to others.
    Unknown,
    /// It has an entry of the frame already, or gets none.
    Kept,
    Entry(Ref),
}

impl Recorder<'_> {
    /// An op has raised. Goes on at the handler, if the trace can follow there.
    pub(crate) fn follow_raise(&mut self, raised: Raised) -> PyResult<()> {
        let raising = std::mem::replace(&mut self.raising, Raising::Unknown);
        if self.vm.frames().len() < self.entry_depth + self.inlined.len() {
            // A generator that was asked for one more value has returned.
            self.follow_frames();
        }
        if self.abort.is_some() || self.handler(raised).is_none() {
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
    /// that gets the exception: none if that ends a loop.
    fn handler(&mut self, raised: Raised) -> Option<(usize, Option<u16>)> {
        let stop = self.vm.types.stop_iteration;
        let stops = raised.matches(self.vm, stop);
        let frames = self.vm.frames();
        let levels = frames.len().checked_sub(self.entry_depth)?;
        if levels != self.inlined.len() {
            return None;
        }
        (0..=levels).rev().find_map(|level| {
            let frame = &frames[self.entry_depth - 1 + level];
            match frame.code.get().code().handler(frame.current_pc()) {
                Some(handler) => Some((level, Some(handler.reg))),
                None if stops && frame.then == Then::Item => Some((level.checked_sub(1)?, None)),
                None => None,
            }
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
        let Some((target, reg)) = self.handler(raised) else {
            return Err(raised);
        };
        // Which class an exception is of that ends a loop must be known.
        if reg.is_none() && self.abort.is_none() && self.emitter.shape(exception) == 0 {
            return Err(raised);
        }
        for level in (target..=self.inlined.len()).rev() {
            if level > target || reg.is_some() {
                self.record_pass(exception, level, level > target);
            }
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
        if let Some(reg) = reg {
            self.set_register(self.place(frame.base, reg), exception);
        }
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

    /// Notes in an exception that it comes to the frame on top, at an inlining level, which it may
    /// leave.
    fn record_pass(&mut self, exception: Ref, level: usize, leaves: bool) {
        let frame = self.vm.frames()[self.entry_depth - 1 + level];
        if frame.code.code().flags.hidden {
            return;
        }
        let passing = Passing {
            exception,
            place: frame.pc.offset(-1),
            code: frame.code,
            owner: match level.checked_sub(1).filter(|_| leaves) {
                Some(at) => self.inlined[at].function,
                None => self.word_ref(frame.globals().into()),
            },
            words: match leaves {
                true => self.variables_at(level),
                false => Vec::new(),
            },
            leaves,
        };
        if self.abort.is_some() {
            return;
        }
        let entry = match self.pass_private(&passing) {
            Passed::Kept => return,
            Passed::Entry(entry) => entry,
            Passed::Unknown if leaves => {
                let (none, place) = (self.word_ref(Value::NONE), passing.place_word());
                let place = self.raw_ref(place);
                let entry = self.new_entry(&passing, none, place);
                self.show_handled();
                let unbound = self.word_ref(Value::UNBOUND);
                let words = [exception, entry, unbound];
                self.call_at(passing.place, Rt::Passes, &words, NO_SNAPSHOT);
                entry
            }
            Passed::Unknown => {
                self.show_handled();
                let code = self.word_ref(passing.code.into());
                let words = [exception, code, passing.owner];
                self.call_at(passing.place, Rt::Passes, &words, NO_SNAPSHOT);
                return;
            }
        };
        self.record_link(&passing, entry);
    }

    /// The variables of a frame that is left, as words.
    fn variables_at(&mut self, level: usize) -> Vec<Ref> {
        let frame = self.vm.frames()[self.entry_depth - 1 + level];
        let code = frame.code.code();
        let bytes = layout::TRACEBACK_BYTES + 8 * code.local_names.len();
        if !code.flags.optimized || bytes > layout::SMALL_BYTES_MAX {
            return Vec::new();
        }
        let base = level.checked_sub(1).map_or(0, |at| self.inlined[at].base);
        let places = base..base + code.local_names.len();
        places.map(|place| self.variable(place)).collect()
    }

    /// A variable as a word, without leaving the trace; *unbound* if the trace knows nothing of it.
    fn variable(&mut self, place: usize) -> Ref {
        let known = self.registers.get(place).copied();
        match known.filter(|&r| r != Ref::NONE) {
            Some(r) if self.emitter.repr(r) == Repr::Raw => self.word_ref(Value::UNBOUND),
            Some(r) if self.emitter.repr(r) == Repr::Float => {
                let is_constant = self.emitter.trace.constant_of(r).is_some();
                match is_constant || self.emitter.tagged(r).is_some() {
                    true => self.boxed(r),
                    false => self.call(Rt::BoxFloat, &[r]),
                }
            }
            Some(r) => r,
            None => self.word_ref(Value::UNBOUND),
        }
    }

    /// The same for an exception that only the trace knows.
    fn pass_private(&mut self, passing: &Passing) -> Passed {
        let exception = passing.exception;
        let field = |m: &Self, object, at| m.emitter.private_field(object, at);
        let Some(mut next) = field(self, exception, layout::EXCEPTION_TRACEBACK) else {
            return Passed::Unknown;
        };
        let none = self.word_ref(Value::NONE);
        let instr = passing.place.fetch();
        let is_first = next == none;
        if is_first {
            if field(self, exception, layout::EXCEPTION_CONTEXT) != Some(none) {
                return Passed::Unknown;
            }
            let handled = self.handled_ref();
            if handled != none && handled != exception {
                self.write_field(exception, layout::EXCEPTION_CONTEXT, handled);
            }
        }
        let mut place = self.raw_ref(passing.place_word());
        let is_bare = instr.op() == bytecode::Op::Raise && instr.x() == 0;
        let mut replaced = None;
        if !is_first && (is_bare || instr.op() == bytecode::Op::Reraise) {
            match self.is_entry_of(next, passing.code) {
                Some(false) if is_bare => return Passed::Kept,
                Some(false) => {}
                Some(true) if !passing.leaves => return Passed::Kept,
                Some(true) => {
                    let below = field(self, next, layout::TRACEBACK_NEXT);
                    let own = field(self, next, layout::TRACEBACK_PLACE);
                    let (Some(below), Some(own)) = (below, own.and_then(|r| self.raw_of(r))) else {
                        return Passed::Unknown;
                    };
                    // One that has variables already is of another call.
                    if own >> 32 != 0 {
                        return Passed::Unknown;
                    }
                    replaced = Some(next);
                    place = self.raw_ref(own | passing.place_word() & !0xffff_ffff);
                    next = below;
                }
                None if is_bare && !passing.leaves => return Passed::Kept,
                None => return Passed::Unknown,
            }
        }
        let entry = self.new_entry(passing, next, place);
        if let Some(replaced) = replaced {
            self.write_field(replaced, layout::TRACEBACK_OWNER, entry);
        }
        self.write_field(exception, layout::EXCEPTION_TRACEBACK, entry);
        Passed::Entry(entry)
    }

    /// Whether an entry that only the trace knows is of code.
    fn is_entry_of(&mut self, entry: Ref, code: Gc<CodeObject>) -> Option<bool> {
        let own = self
            .emitter
            .private_field(entry, layout::TRACEBACK_CODE)
            .and_then(|own| self.raw_of(own))?;
        Some(own == address_of(code.into()))
    }

    fn raw_of(&self, r: Ref) -> Option<i64> {
        match self.emitter.trace.constant_of(r) {
            Some(Const::Raw(n)) => Some(n),
            _ => None,
        }
    }

    fn new_entry(&mut self, passing: &Passing, next: Ref, place: Ref) -> Ref {
        let shape = of_kind(ObjectKind::Traceback);
        let bytes = layout::TRACEBACK_BYTES + 8 * passing.words.len();
        let entry = self.new_object(bytes, ObjectKind::Traceback, shape);
        self.init(entry, layout::TRACEBACK_NEXT, next);
        self.init_raw(
            entry,
            layout::TRACEBACK_CODE,
            address_of(passing.code.into()),
        );
        let operands = [entry.0, layout::TRACEBACK_PLACE as u16, place.0];
        self.emit(Op::StoreRaw, &operands);
        self.init(entry, layout::TRACEBACK_OWNER, passing.owner);
        for (at, &word) in passing.words.iter().enumerate() {
            let field = layout::TRACEBACK_WORDS + 8 * at as i32;
            self.init(entry, field, word);
        }
        entry
    }

    /// The frame on top has handled an exception: the entry that this has of the frame leads to
    /// the new one.
    fn record_link(&mut self, passing: &Passing, entry: Ref) {
        let below = self
            .inlined
            .last()
            .map_or(Ref::NONE, |own| own.handled_below);
        let handled = self.handled;
        // What the field had when the trace began is another frame's, if the frame began later.
        let made = |m: &Self, r| m.emitter.made_by(r).map(|ins| ins.op);
        if handled == Ref::NONE || below == Ref::NONE && made(self, handled) == Some(Op::LoadAbs) {
            return;
        }
        let none = self.word_ref(Value::NONE);
        if handled == below || handled == none || handled == passing.exception {
            return;
        }
        let first = self
            .emitter
            .private_field(handled, layout::EXCEPTION_TRACEBACK);
        let Some(first) = first else {
            self.call_at(passing.place, Rt::Links, &[handled, entry], NO_SNAPSHOT);
            return;
        };
        match self.is_entry_of(first, passing.code) {
            Some(false) => {}
            Some(true) => self.write_field(first, layout::TRACEBACK_OWNER, entry),
            None => {
                self.call_at(passing.place, Rt::Links, &[handled, entry], NO_SNAPSHOT);
            }
        }
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
