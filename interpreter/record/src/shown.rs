//! What others see of a trace's frames.
//!
//! A trace keeps variables in machine registers. Python code that it calls may come to a function
//! that looks at the frames below its own (`sys._getframe().f_locals`, `locals()`), so before such
//! a call the variables are written to where the interpreter has them, also those that no
//! instruction wants any more. One is shown as unbound of which the trace knows nothing: it was
//! written in an earlier time round, after the call.

use crate::abort::Abort;
use crate::recorder::{Origin, Recorder};
use bytecode::LiveSet;
use object::Value;
use object::liveness::{live_before, live_while_calling};
use trace::{Op, Ref, Repr};

impl Recorder<'_> {
    /// Writes the variables of all frames, the one on top standing before the op at hand.
    pub(crate) fn show_variables(&mut self) {
        let depth = self.inlined.len();
        self.show_waiting(depth);
        let code = self.code_at(depth);
        let mut live = std::mem::take(&mut self.live);
        live_before(code.get(), self.pc.index(code), &mut live);
        self.show_frame(depth, &live);
        self.live = live;
    }

    /// Writes the variables of the frames below a level, each waiting for the one above it.
    pub(crate) fn show_waiting(&mut self, depth: usize) {
        let mut live = std::mem::take(&mut self.live);
        for level in 0..depth {
            let above = &self.inlined[level];
            let (pc, is_operator) = (above.return_pc, above.then.is_operator());
            live_while_calling(self.code_at(level).get(), pc, is_operator, &mut live);
            self.show_frame(level, &live);
        }
        self.live = live;
    }

    /// Writes the variables of the frame at a level, where these registers live.
    pub(crate) fn show_frame(&mut self, level: usize, live: &LiveSet) {
        let base = level.checked_sub(1).map_or(0, |at| self.inlined[at].base);
        let variables = self.code_at(level).code().local_names.len();
        for at in 0..variables {
            if self.is_off() {
                return;
            }
            let place = base + at;
            let lives = live.contains(at as bytecode::Reg);
            let known = self.registers.get(place).copied();
            let value = match known.filter(|&r| r != Ref::NONE) {
                Some(value) => value,
                None if lives => {
                    let value = self.register(place);
                    self.or_give_up(value)
                }
                // There is what the frame began with.
                None if level == 0 && self.origin != Origin::Loop => continue,
                None => self.word_ref(Value::UNBOUND),
            };
            self.show(place, value);
        }
    }

    fn show(&mut self, place: usize, value: Ref) {
        if self.shown.get(place) == Some(&value) {
            return;
        }
        // In the midst of an op nothing may leave the trace.
        let leaves =
            self.emitter.repr(value) == Repr::Float && self.emitter.tagged(value).is_none();
        if leaves && self.effect && self.emitter.trace.constant_of(value).is_none() {
            return self.give_up(Abort::Operation);
        }
        let word = self.boxed(value);
        if self.origin == Origin::Loop {
            // What is there now is there the first time round alone.
            self.emitter.forget_register(place);
        }
        self.emit(Op::StoreReg, &[place as u16, word.0]);
        if self.shown.len() <= place {
            self.shown.resize(place + 8, Ref::NONE);
        }
        self.shown[place] = value;
    }

    /// The registers from a place on are another frame's now.
    pub(crate) fn forget_shown(&mut self, from: usize) {
        self.shown.truncate(from);
    }
}
