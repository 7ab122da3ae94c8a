//! From op to op: frames that come and go, and where a trace ends.

use crate::abort::Abort;
use crate::generator::ROUNDS_MAX;
use crate::raise::Raising;
use crate::recorder::{End, Origin, Recorded, Recorder, Target};
use bytecode::LiveSet;
use object::liveness::live_before;
use object::shape::of_variant;
use object::{CodePointer, Iter, IterKind, Kind, Regs, Tuple, Value, layout};
use trace::{Op, Ref, Rt};
use vm::{Machine, PyResult, Then, Vm};
use world::Clock;

/// How many instructions all rounds of a loop may take together that is recorded round by round.
const COUNTED_OUT_MAX: i64 = 160;

impl Recorder<'_> {
    /// Between two ops: frames, results of what the runtime did, validity.
    pub(crate) fn begin_op(&mut self, pc: CodePointer, regs: Regs) {
        self.come_back();
        let frames_moved = self.vm.frames().len() != self.entry_depth + self.inlined.len();
        if self.is_generic && !frames_moved {
            self.after_step();
        }
        self.is_generic = false;
        (self.snapshot, self.effect, self.opened) = (None, false, false);
        self.overwritten.clear();
        self.raising = Raising::Unknown;
        if frames_moved {
            self.follow_frames();
        }
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
            return self.close();
        }
        let begins = at_entry && !self.started && self.origin == Origin::Bridge;
        if begins && pc.key() != self.root && self.link(pc) {
            return true;
        }
        match instr.op() {
            bytecode::Op::Return if at_entry && self.origin == Origin::Loop && !self.called => {
                self.give_up(Abort::LeavesLoop);
                false
            }
            bytecode::Op::Yield if at_entry => {
                // Who resumed the generator saves its registers and takes its frame off.
                self.settle_registers(pc);
                self.finish_by(pc, instr.b());
                true
            }
            bytecode::Op::Return if at_entry => {
                self.finish_by(pc, instr.a());
                true
            }
            bytecode::Op::JumpBack => {
                self.emitter.share(None);
                self.guard(Op::Poll, &[]);
                let target = pc.offset(1 + instr.bc() as isize);
                if self.is_counted_out(target) {
                    return false;
                }
                if let Some(inlined) = self.inlined.last_mut() {
                    if !inlined.then.resumes() {
                        self.came_round = true;
                        return false;
                    }
                    inlined.rounds += 1;
                    if inlined.rounds > ROUNDS_MAX {
                        self.refuse = Some(inlined.code);
                        self.give_up(Abort::InnerLoop);
                    }
                    return false;
                }
                if self.origin == Origin::Loop && target == self.header {
                    return false;
                }
                let outwards = target.address() < self.header.address();
                if self.origin == Origin::Loop && outwards && !self.leaves {
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

    /// Ends the trace: the entry frame returns or yields, by the op at `pc`, what is in a register.
    fn finish_by(&mut self, pc: CodePointer, register: u16) {
        let result = self.register(register as usize);
        let r = self.or_give_up(result);
        let word = self.boxed(r);
        let place = self.raw_ref(pc.address() as i64);
        self.emit(Op::Finish, &[word.0, place.0]);
        self.end = Some(End::Other);
    }

    /// Whether the frame on top, a followed call's, is run from here on by code of its own: it has
    /// a loop that comes round or is compiled, or calls itself too deep.
    pub(crate) fn is_called_here(&mut self, pc: CodePointer) -> bool {
        let came_round = std::mem::replace(&mut self.came_round, false);
        let Some(called) = self.inlined.last() else {
            return false;
        };
        // A generator is followed from value to value, not to its end.
        if called.then.resumes() {
            return false;
        }
        let (code, level) = (called.code, self.inlined.len());
        let begins = pc == code.start() && self.opened;
        if begins && level > self.limits.depth {
            return true;
        }
        if begins {
            let same = self.inlined.iter().filter(|i| i.code == code).count();
            let entry = usize::from(self.code_at(0) == code);
            return same + entry > self.limits.recursion + 1;
        }
        (came_round || self.target_at(pc).is_some()) && !self.is_counted_out(pc)
    }

    /// Whether the loop with the header `pc` is short, and how often it comes round is known without a
    /// test: it goes over a tuple of known length, or over a range of known numbers. Such a loop
    /// is recorded round by round: what it does is mostly known, too.
    fn is_counted_out(&self, pc: CodePointer) -> bool {
        let instr = pc.fetch();
        if instr.op() != bytecode::Op::ForIter {
            return false;
        }
        let rounds = self.rounds_left(instr.b());
        rounds.is_some_and(|rounds| rounds * i64::from(instr.c()) <= COUNTED_OUT_MAX)
    }

    /// How many values the iterator in a register of the frame on top still has, if the trace knows.
    fn rounds_left(&self, register: u16) -> Option<i64> {
        let base = self.vm.frames().last()?.base;
        let word = base.get(register);
        let iter = word.cast::<Iter>()?;
        let r = *self.registers.get(self.place(base, register))?;
        if r.is_constant() || !self.emitter.is_private(r) {
            return None;
        }
        let raw = |field: i32| self.emitter.private_raw(r, field);
        let at = raw(layout::RANGE_FIELDS[0])?;
        if word.shape_id() == of_variant(Kind::Iter, IterKind::Range as u8) {
            let (end, step) = (raw(layout::RANGE_FIELDS[1])?, raw(layout::RANGE_FIELDS[2])?);
            let left = end.checked_sub(at)?;
            return Some(left.checked_div(step)?.max(0) + 1);
        }
        if word.shape_id() != of_variant(Kind::Iter, IterKind::Tuple as u8) {
            return None;
        }
        let source = self.emitter.private_field(r, layout::ITER_SOURCE)?;
        let length = match source.is_constant() {
            true => iter.source.get().cast::<Tuple>()?.items().len() as i64,
            false => self.emitter.fixed_raw(source, layout::TUPLE_LENGTH)?,
        };
        Some(length - at)
    }

    /// Calls compiled code for the frame on top, which opens it if need be: the trace goes on with
    /// the result of the op that the frame was opened by.
    pub(crate) fn call_frame(&mut self, pc: CodePointer) {
        let Some(called) = self.inlined.last() else {
            return;
        };
        let (base, code) = (called.base, called.code);
        let begins = pc == code.start() && self.opened;
        let mut live = LiveSet::default();
        live_before(code.get(), pc.index(code), &mut live);
        let mut stores = Vec::new();
        for reg in live.iter() {
            let result = self.register(base + reg as usize);
            let r = self.or_give_up(result);
            stores.push((base + reg as usize, self.boxed(r)));
        }
        let level = self.inlined.len();
        self.show_waiting(level);
        self.show_frame(level, &live);
        self.push_frames();
        self.snapshot = None;
        let snapshot = match self.snapshot_of_raising_call() {
            Ok(snapshot) => snapshot,
            Err(abort) => return self.give_up(abort),
        };
        for (place, r) in stores {
            self.emit(Op::StoreReg, &[place as u16, r.0]);
        }
        let way = match self.vm.frames().last() {
            Some(frame) => self.targets.way_to(pc, begins, frame.globals()),
            None => 0,
        };
        let (begins, way) = (self.word_ref(Value::bool(begins)), self.raw_ref(way as i64));
        let r = self.call_at(pc, Rt::RunFrame, &[begins, way], snapshot);
        self.revalidate = true;
        self.calling = self.abort.is_none().then_some(r);
    }

    /// Runs the frame on top to its end and goes on with the op that had opened it.
    pub(crate) fn run_frame(&mut self, r: Ref) -> PyResult<()> {
        let Some(frame) = self.vm.frames().last().copied() else {
            return Ok(());
        };
        let called = self.inlined.pop();
        let locals = called.as_ref().and_then(|called| called.locals);
        if let Some(called) = called {
            // The runtime takes the frame off.
            self.handled = called.handled_below;
            self.handled_there = called.handled_below;
        }
        let began = self.vm.world.clock_ns(Clock::Monotonic);
        let result = self.vm.run_frame(self.vm.frames().len() - 1, None);
        self.was_away(began);
        let Some(below) = self.vm.frames().last().copied() else {
            return result.map(drop);
        };
        let place = below.pc.offset(-1);
        (self.pc, self.regs) = (place, below.base);
        self.raising = Raising::Call(r);
        let word = result?;
        self.raising = Raising::Unknown;
        let result = Recorded { word, r };
        match (frame.then, locals) {
            // The new object: what is known of it is still known.
            (Then::Init, Some(r)) => self.set(below.base, frame.dst, Recorded { word, r }),
            (Then::Drop, _) => {}
            (Then::Operator | Then::Contains | Then::Truth | Then::TruthOfLength, _) => {
                match Vm::jumps_of(place) {
                    Some((yes, no)) => {
                        let truth = self.decide(result, Value::TRUE, yes, no);
                        self.vm.resume_at(if truth { yes } else { no });
                    }
                    None => self.set(below.base, frame.dst, result),
                }
            }
            (Then::Item, _) => {
                let more = place.offset(1);
                let end = more.offset(place.fetch().c() as isize);
                match self.decide(result, Value::UNBOUND, end, more) {
                    true => self.vm.resume_at(end),
                    false => self.set(below.base, frame.dst, result),
                }
            }
            _ => self.set(below.base, frame.dst, result),
        }
        Ok(())
    }

    /// The compiled code for a place of the frame on top.
    fn target_at(&self, place: CodePointer) -> Option<Target> {
        let frame = self.vm.frames().last()?;
        self.targets.loop_at(place, frame.globals())
    }

    /// Ends the trace by a jump to compiled code that begins at `target`, if there is any.
    pub(crate) fn link(&mut self, target: CodePointer) -> bool {
        let Some(code) = self.target_at(target) else {
            return false;
        };
        if let Some(body) = self.targets.body_of(code.id)
            && self.enter_body(target, code, &body)
        {
            return true;
        }
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
