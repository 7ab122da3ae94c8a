//! The recording machine: executes an op's semantics and records them at once.
//!
//! A value is its word and what the trace calls it. A test is made on the word, and recorded as
//! the guard that the word passes; an operation is done on the words and recorded as an op. What
//! a register of the frames holds is known by its distance from the first frame's registers.

use crate::abort::Abort;
use crate::emit::{Emitter, Kind};
use crate::liveness::live_before;
use object::{Class, CodePointer, Function, Gc, Iter, List, Regs, Value};
use trace::{Cond, NO_SNAPSHOT, Op, Ref, Repr, Snapshot, Trace};
use vm::machine::Runtime;
use vm::{Comparison, Machine, PyResult, Then, Vm};

/// A value and its place in the trace. A float may stand for itself, unboxed.
#[derive(Clone, Copy)]
pub struct Recorded {
    word: Value,
    r: Ref,
}

/// A call that is being inlined.
struct Inlined {
    /// Its function, a constant.
    function: Ref,
    base: u16,
    dst: u16,
    /// Where the frame below goes on after it.
    return_pc: u32,
    /// The snapshot of the frame below, once a guard needed it.
    parent: Option<u16>,
}

/// What a recording came to.
pub enum Outcome {
    /// The loop came round: its trace.
    Trace(Trace),
    Aborted(Abort),
}

/// Figures of a recording.
#[derive(Clone, Copy, Default, Debug)]
pub struct Figures {
    /// Bytecode ops executed while recording.
    pub instructions: usize,
    /// Trace ops asked for, whether or not they had to be emitted.
    pub asked: usize,
    /// Trace ops of the preamble, before the loop was closed.
    pub recorded: usize,
}

/// The machine that records.
pub struct Recorder<'a> {
    vm: &'a mut Vm,
    emitter: Emitter,
    header: CodePointer,
    entry: Regs,
    entry_depth: usize,
    /// What the trace calls the content of each register from the first frame's on.
    registers: Vec<Option<Ref>>,
    inlined: Vec<Inlined>,
    pc: CodePointer,
    regs: Regs,
    snapshot: Option<u16>,
    effect: bool,
    started: bool,
    closed: bool,
    abort: Option<Abort>,
    figures: Figures,
}

/// Executes the frame on top, which stands at a loop's header, until the loop comes round or
/// recording must be given up, and gives what was recorded. Whatever happens, the program has gone
/// on by what was executed, and the frame on top stands where it goes on.
pub fn record(vm: &mut Vm, limit_ops: usize) -> (PyResult<Outcome>, Figures) {
    let Some(frame) = vm.frames().last().copied() else {
        return (Ok(Outcome::Aborted(Abort::FrameKind)), Figures::default());
    };
    let entry_depth = vm.frames().len();
    let mut recorder = Recorder {
        vm,
        emitter: Emitter::new(limit_ops),
        header: frame.pc,
        entry: frame.base,
        entry_depth,
        registers: Vec::new(),
        inlined: Vec::new(),
        pc: frame.pc,
        regs: frame.base,
        snapshot: None,
        effect: false,
        started: false,
        closed: false,
        abort: None,
        figures: Figures::default(),
    };
    let result = vm::run_with(&mut recorder);
    let mut figures = recorder.figures;
    figures.asked = recorder.emitter.asked;
    figures.recorded = recorder.emitter.trace.len();
    let outcome = match (result, recorder.abort, recorder.closed) {
        (Err(raised), _, _) => Err(raised),
        (Ok(_), Some(abort), _) => Ok(Outcome::Aborted(abort)),
        (Ok(_), None, false) => Ok(Outcome::Aborted(Abort::LeavesLoop)),
        (Ok(_), None, true) => {
            let last = recorder.last_values(&frame);
            match crate::peel::close(recorder.emitter, &last) {
                Ok(trace) => Ok(Outcome::Trace(trace)),
                Err(abort) => Ok(Outcome::Aborted(abort)),
            }
        }
    };
    (outcome, figures)
}

impl Recorder<'_> {
    fn give_up(&mut self, abort: Abort) {
        self.abort.get_or_insert(abort);
    }

    /// The values, at the end of the time round, of the registers that live on.
    fn last_values(&self, frame: &vm::Frame) -> Vec<Option<Ref>> {
        let code = frame.code.get().code();
        let live = live_before(code, self.header.index(frame.code));
        let mut last = vec![None; code.registers as usize];
        for reg in live {
            last[reg as usize] = self.registers.get(reg as usize).copied().flatten();
        }
        last
    }

    /// Emits an op; after the recording was given up, nothing.
    fn emit(&mut self, op: Op, operands: &[u16]) -> Ref {
        if self.abort.is_some() {
            return Ref::NONE;
        }
        match self.emitter.emit(op, operands) {
            Ok(r) => r,
            Err(abort) => {
                self.give_up(abort);
                Ref::NONE
            }
        }
    }

    /// Emits an op that may leave the trace.
    fn guard(&mut self, op: Op, operands: &[u16]) -> Ref {
        if self.abort.is_some() {
            return Ref::NONE;
        }
        assert!(!self.effect, "a guard follows a side effect within one op");
        let snapshot = match self.snapshot {
            Some(snapshot) => snapshot,
            None => match self.take_snapshot() {
                Ok(snapshot) => *self.snapshot.insert(snapshot),
                Err(abort) => {
                    self.give_up(abort);
                    return Ref::NONE;
                }
            },
        };
        let mut all = [0u16; 4];
        all[..operands.len()].copy_from_slice(operands);
        all[operands.len()] = snapshot;
        self.emit(op, &all[..=operands.len()])
    }

    fn take_snapshot(&mut self) -> Result<u16, Abort> {
        let depth = self.inlined.len();
        let mut parent = NO_SNAPSHOT;
        for level in 0..depth {
            parent = match self.inlined[level].parent {
                Some(parent) => parent,
                None => {
                    let (pc, dst) = (self.inlined[level].return_pc, self.inlined[level].dst);
                    let made = self.frame_snapshot(level, pc, Some(dst), parent)?;
                    self.inlined[level].parent = Some(made);
                    made
                }
            };
        }
        let code = self.vm.frames()[self.entry_depth - 1 + depth].code;
        self.frame_snapshot(depth, self.pc.index(code), None, parent)
    }

    /// The snapshot of the frame at an inlining level; `without` is a register not restored.
    fn frame_snapshot(
        &mut self,
        level: usize,
        pc: u32,
        without: Option<u16>,
        parent: u16,
    ) -> Result<u16, Abort> {
        let frame = self.vm.frames()[self.entry_depth - 1 + level];
        let (function, base, dst) = match level.checked_sub(1).map(|at| &self.inlined[at]) {
            Some(inlined) => (inlined.function, inlined.base, inlined.dst),
            None => (Ref::NONE, 0, 0),
        };
        let mut values = Vec::new();
        for reg in live_before(frame.code.get().code(), pc) {
            if Some(reg) != without {
                let value = self.register(base as usize + reg as usize, level == 0)?;
                values.push((reg, self.emitter.untagged(value)));
            }
        }
        let frame = Snapshot::of_frame(parent, function, base, dst, pc);
        Ok(self.emitter.trace.snapshot(frame, values.into_iter())?)
    }

    /// What the trace calls a register's content.
    fn register(&mut self, at: usize, first_frame: bool) -> Result<Ref, Abort> {
        if let Some(Some(r)) = self.registers.get(at) {
            return Ok(*r);
        }
        if !first_frame {
            return Err(Abort::Unknown);
        }
        let r = self.emitter.emit(Op::Arg, &[at as u16])?;
        self.set_register(at, r);
        Ok(r)
    }

    fn set_register(&mut self, at: usize, r: Ref) {
        if self.registers.len() <= at {
            self.registers.resize(at + 8, None);
        }
        self.registers[at] = Some(r);
    }

    /// A float that comes in with the loop is unboxed where it is first seen, if only to be moved:
    /// what takes its place in the next time round may be one that was never boxed.
    fn unboxed_at_entry(&mut self, place: usize, v: Recorded) -> Recorded {
        let comes_in = !v.r.is_constant()
            && self.emitter.kind(v.r) == Kind::Unknown
            && self.emitter.trace.get(v.r.index()).op == Op::Arg;
        if !comes_in || !v.word.is_inline_float() || self.effect {
            return v;
        }
        self.learn(v);
        let r = self.emit(Op::Untag, &[v.r.0]);
        if self.abort.is_none() {
            self.set_register(place, r);
        }
        Recorded { word: v.word, r }
    }

    fn place(&self, regs: Regs, at: u16) -> usize {
        regs.distance_from(self.entry) as usize + at as usize
    }

    /// Follows calls and returns.
    fn follow_frames(&mut self) {
        let depth = self.vm.frames().len();
        if depth < self.entry_depth {
            return self.give_up(Abort::LeavesLoop);
        }
        let level = depth - self.entry_depth;
        if level < self.inlined.len() {
            self.inlined.truncate(level);
        }
        if level > self.inlined.len() {
            let frame = self.vm.frames()[depth - 1];
            let below = self.vm.frames()[depth - 2];
            if frame.then != Then::Store || frame.function.cast::<Function>().is_none() {
                return self.give_up(Abort::FrameKind);
            }
            let Ok(function) = self.emitter.word(frame.function) else {
                return self.give_up(Abort::TooLong);
            };
            let base = frame.base.distance_from(self.entry);
            let Ok(base) = u16::try_from(base) else {
                return self.give_up(Abort::TooLong);
            };
            self.inlined.push(Inlined {
                function,
                base,
                dst: frame.dst,
                return_pc: below.pc.index(below.code),
                parent: None,
            });
        }
    }

    /// Learns what a value is, by the guard that tells it, and says it.
    fn learn(&mut self, v: Recorded) -> Kind {
        if self.abort.is_some() || v.r == Ref::NONE {
            return Kind::of(v.word);
        }
        let known = self.emitter.kind(v.r);
        if known != Kind::Unknown {
            return known;
        }
        let kind = Kind::of(v.word);
        match kind {
            Kind::Small => self.guard(Op::GuardSmall, &[v.r.0]),
            Kind::Float => self.guard(Op::GuardFloat, &[v.r.0]),
            Kind::Object => self.guard(Op::GuardObject, &[v.r.0]),
            Kind::Immediate | Kind::Unknown => {
                let constant = self.word_ref(v.word);
                self.guard(Op::GuardIs, &[v.r.0, constant.0])
            }
        };
        kind
    }

    fn word_ref(&mut self, word: Value) -> Ref {
        match self.emitter.word(word) {
            Ok(r) => r,
            Err(abort) => {
                self.give_up(abort);
                Ref::NONE
            }
        }
    }

    fn raw_ref(&mut self, n: i64) -> Ref {
        match self.emitter.raw(n) {
            Ok(r) => r,
            Err(abort) => {
                self.give_up(abort);
                Ref::NONE
            }
        }
    }

    /// The unboxed float of a value known to be one.
    fn float(&mut self, v: Recorded) -> (f64, Ref) {
        let float = v.word.as_float().unwrap_or(f64::NAN);
        (
            float,
            if self.abort.is_some() {
                Ref::NONE
            } else {
                self.emit(Op::Untag, &[v.r.0])
            },
        )
    }

    fn float_op(&mut self, op: Op, a: Recorded, b: Recorded, f: fn(f64, f64) -> f64) -> Recorded {
        let ((x, a), (y, b)) = (self.float(a), self.float(b));
        let r = self.emit(op, &[a.0, b.0]);
        Recorded {
            word: Value::float(f(x, y)),
            r,
        }
    }

    fn small_op(
        &mut self,
        op: Op,
        a: Recorded,
        b: Recorded,
        word: Option<Value>,
    ) -> Option<Recorded> {
        let Some(word) = word else {
            self.give_up(Abort::Operation);
            return None;
        };
        let r = if op.exits() {
            self.guard(op, &[a.r.0, b.r.0])
        } else {
            self.emit(op, &[a.r.0, b.r.0])
        };
        Some(Recorded { word, r })
    }

    /// A value as a word that can be stored, with what the store needs of its object.
    fn stored(&mut self, object: Recorded, value: Recorded) -> Ref {
        if self.abort.is_some() {
            return Ref::NONE;
        }
        if self.emitter.repr(value.r) == Repr::Float {
            return self.guard(Op::Tag, &[value.r.0]);
        }
        if matches!(self.emitter.kind(value.r), Kind::Unknown | Kind::Object) {
            self.guard(Op::GuardYoung, &[object.r.0]);
        }
        value.r
    }

    /// Records that an index lies within a list; the index from the start, the list's storage.
    fn checked_index(&mut self, list: Recorded, index: Recorded) -> Option<(Ref, Ref)> {
        let at = index.word.small_unchecked();
        let length = list.word.known::<List>().len() as i64;
        let from_start = if at < 0 { at + length } else { at };
        if !(0..length).contains(&from_start) {
            self.give_up(Abort::Operation);
            return None;
        }
        let length = self.emit(Op::ListLength, &[list.r.0]);
        let mut r = index.r;
        if at < 0 {
            r = self.guard(Op::AddInt, &[r.0, length.0]);
        }
        self.guard(Op::GuardBelow, &[r.0, length.0]);
        let storage = self.emit(Op::ListStorage, &[list.r.0]);
        Some((storage, r))
    }
}

/// The condition of a comparison's outcome.
fn condition(op: Comparison, outcome: bool) -> Cond {
    let cond = match op {
        Comparison::Lt => Cond::Lt,
        Comparison::Le => Cond::Le,
        Comparison::Eq => Cond::Eq,
        Comparison::Ne => Cond::Ne,
        Comparison::Gt => Cond::Gt,
        Comparison::Ge => Cond::Ge,
    };
    if outcome { cond } else { cond.negated() }
}

/// Whether the semantics of a bytecode op are all in the machine's operations, unless it says
/// otherwise while it executes.
fn is_recordable(op: bytecode::Op) -> bool {
    use bytecode::Op as B;
    let number = op as u8;
    let within = |from: B, to: B| (from as u8..=to as u8).contains(&number);
    within(B::Add, B::RShiftImm) && !matches!(op, B::Pow | B::MatMul)
        || within(B::Lt, B::Ge)
        || within(B::JumpLt, B::JumpGeImm)
        || matches!(
            op,
            B::Nop
                | B::Move
                | B::LoadConst
                | B::LoadInt
                | B::LoadCommon
                | B::CheckBound
                | B::LoadAttr
                | B::LoadMethod
                | B::StoreAttr
                | B::Neg
                | B::Not
                | B::Jump
                | B::JumpBack
                | B::JumpIfTrue
                | B::JumpIfFalse
                | B::JumpIfNone
                | B::JumpIfNotNone
                | B::ForIter
                | B::LoadItem
                | B::LoadItemImm
                | B::StoreItem
                | B::StoreItemImm
                | B::Call
                | B::Return
        )
}

impl Machine for Recorder<'_> {
    type V = Recorded;

    fn vm(&mut self) -> &mut Vm {
        self.vm
    }

    fn instruction(&mut self, pc: CodePointer, regs: Regs) -> bool {
        (self.pc, self.regs) = (pc, regs);
        (self.snapshot, self.effect) = (None, false);
        self.follow_frames();
        if self.abort.is_some() {
            return false;
        }
        if self.started && pc == self.header && self.inlined.is_empty() {
            self.closed = true;
            return false;
        }
        self.started = true;
        self.figures.instructions += 1;
        let instr = pc.fetch();
        match instr.op() {
            op if !is_recordable(op) => self.give_up(Abort::Op),
            bytecode::Op::Return if self.inlined.is_empty() => self.give_up(Abort::LeavesLoop),
            bytecode::Op::JumpBack => {
                if pc.offset(1 + instr.bc() as isize) != self.header || !self.inlined.is_empty() {
                    self.give_up(Abort::InnerLoop);
                } else {
                    self.guard(Op::Poll, &[]);
                }
            }
            _ => {}
        }
        self.abort.is_none()
    }

    fn opaque(&mut self) {
        self.give_up(Abort::Opaque);
    }

    fn promote(&mut self, v: Recorded) -> Value {
        if self.abort.is_none() && !v.r.is_constant() {
            let constant = self.word_ref(v.word);
            self.guard(Op::GuardIs, &[v.r.0, constant.0]);
        }
        v.word
    }

    fn get(&mut self, regs: Regs, at: u16) -> Recorded {
        let word = regs.get(at);
        if self.abort.is_some() {
            return Recorded { word, r: Ref::NONE };
        }
        let place = self.place(regs, at);
        match self.register(place, self.inlined.is_empty()) {
            Ok(r) => self.unboxed_at_entry(place, Recorded { word, r }),
            Err(abort) => {
                self.give_up(abort);
                Recorded { word, r: Ref::NONE }
            }
        }
    }

    fn set(&mut self, regs: Regs, at: u16, v: Recorded) {
        regs.set(at, v.word);
        self.set_register(self.place(regs, at), v.r);
    }

    fn unbind(&mut self, regs: Regs, from: usize, count: usize) {
        regs.unbind(from, count);
        let unbound = self.word_ref(Value::UNBOUND);
        for at in from..from + count {
            self.set_register(self.place(regs, at as u16), unbound);
        }
    }

    fn constant(&mut self, word: Value) -> Recorded {
        let r = self.word_ref(word);
        Recorded { word, r }
    }

    fn class_version(&mut self, class: Gc<Class>) -> u32 {
        let version = class.version.get();
        let (class, expected) = (self.word_ref(class.into()), self.raw_ref(version.into()));
        self.guard(Op::GuardVersion, &[class.0, expected.0]);
        version
    }

    fn word(&self, v: Recorded) -> Value {
        v.word
    }

    fn is_small(&mut self, a: Recorded) -> bool {
        self.learn(a) == Kind::Small
    }

    fn both_small(&mut self, a: Recorded, b: Recorded) -> bool {
        self.learn(a) == Kind::Small && self.learn(b) == Kind::Small
    }

    fn is_float(&mut self, a: Recorded) -> bool {
        self.learn(a) == Kind::Float
    }

    fn both_float(&mut self, a: Recorded, b: Recorded) -> bool {
        self.learn(a) == Kind::Float && self.learn(b) == Kind::Float
    }

    fn is_word(&mut self, a: Recorded, word: Value) -> bool {
        let same = a.word == word;
        if self.abort.is_none() && !a.r.is_constant() {
            // What the value is says more than what it is not, and costs the same.
            let kind = self.learn(a);
            if kind == Kind::of(word) && !(kind == Kind::Immediate) {
                let constant = self.word_ref(word);
                let op = if same { Op::GuardIs } else { Op::GuardIsNot };
                self.guard(op, &[a.r.0, constant.0]);
            }
        }
        same
    }

    fn shape(&mut self, a: Recorded) -> u32 {
        if self.learn(a) != Kind::Object {
            return 0;
        }
        let shape = a.word.shape_id();
        let expected = self.raw_ref(shape.into());
        self.guard(Op::GuardShape, &[a.r.0, expected.0]);
        shape
    }

    fn compare_small(&mut self, op: Comparison, a: Recorded, b: Recorded) -> bool {
        let outcome = op.test(a.word.bits() as i64, b.word.bits() as i64);
        let cond = condition(op, outcome).of_integers();
        self.guard(Op::GuardInt, &[cond as u16, a.r.0, b.r.0]);
        outcome
    }

    fn compare_float(&mut self, op: Comparison, a: Recorded, b: Recorded) -> bool {
        let ((x, a), (y, b)) = (self.float(a), self.float(b));
        let outcome = op.test(x, y);
        self.guard(Op::GuardFloats, &[condition(op, outcome) as u16, a.0, b.0]);
        outcome
    }

    fn add_small(&mut self, a: Recorded, b: Recorded) -> Option<Recorded> {
        let word = self.vm.add_small(a.word, b.word);
        self.small_op(Op::AddInt, a, b, word)
    }

    fn sub_small(&mut self, a: Recorded, b: Recorded) -> Option<Recorded> {
        let word = self.vm.sub_small(a.word, b.word);
        self.small_op(Op::SubInt, a, b, word)
    }

    fn mul_small(&mut self, a: Recorded, b: Recorded) -> Option<Recorded> {
        let word = self.vm.mul_small(a.word, b.word);
        self.small_op(Op::MulInt, a, b, word)
    }

    fn floor_div_small(&mut self, _: Recorded, _: Recorded) -> Option<Recorded> {
        self.give_up(Abort::Operation);
        None
    }

    fn mod_small(&mut self, _: Recorded, _: Recorded) -> Option<Recorded> {
        self.give_up(Abort::Operation);
        None
    }

    fn lshift_small(&mut self, _: Recorded, _: Recorded) -> Option<Recorded> {
        self.give_up(Abort::Operation);
        None
    }

    fn rshift_small(&mut self, _: Recorded, _: Recorded) -> Option<Recorded> {
        self.give_up(Abort::Operation);
        None
    }

    fn and_small(&mut self, a: Recorded, b: Recorded) -> Recorded {
        let r = self.emit(Op::AndInt, &[a.r.0, b.r.0]);
        Recorded {
            word: self.vm.and_small(a.word, b.word),
            r,
        }
    }

    fn or_small(&mut self, a: Recorded, b: Recorded) -> Recorded {
        let r = self.emit(Op::OrInt, &[a.r.0, b.r.0]);
        Recorded {
            word: self.vm.or_small(a.word, b.word),
            r,
        }
    }

    fn xor_small(&mut self, a: Recorded, b: Recorded) -> Recorded {
        let r = self.emit(Op::XorInt, &[a.r.0, b.r.0]);
        Recorded {
            word: self.vm.xor_small(a.word, b.word),
            r,
        }
    }

    fn small_to_float(&mut self, a: Recorded) -> Recorded {
        let r = self.emit(Op::IntToFloat, &[a.r.0]);
        Recorded {
            word: self.vm.small_to_float(a.word),
            r,
        }
    }

    fn add_float(&mut self, a: Recorded, b: Recorded) -> Recorded {
        self.float_op(Op::AddFloat, a, b, |a, b| a + b)
    }

    fn sub_float(&mut self, a: Recorded, b: Recorded) -> Recorded {
        self.float_op(Op::SubFloat, a, b, |a, b| a - b)
    }

    fn mul_float(&mut self, a: Recorded, b: Recorded) -> Recorded {
        self.float_op(Op::MulFloat, a, b, |a, b| a * b)
    }

    fn div_float(&mut self, a: Recorded, b: Recorded) -> Option<Recorded> {
        let (divisor, r) = self.float(b);
        if divisor == 0.0 {
            self.give_up(Abort::Operation);
            return None;
        }
        if self.abort.is_none() {
            match self.emitter.trace.constant(trace::Const::Float(0)) {
                Ok(zero) => self.guard(Op::GuardFloats, &[Cond::Ne as u16, r.0, zero.0]),
                Err(_) => Ref::NONE,
            };
        }
        Some(self.float_op(Op::DivFloat, a, b, |a, b| a / b))
    }

    fn neg_float(&mut self, a: Recorded) -> Recorded {
        let (float, r) = self.float(a);
        let r = self.emit(Op::NegFloat, &[r.0]);
        Recorded {
            word: Value::float(-float),
            r,
        }
    }

    fn load_slot(&mut self, object: Recorded, slot: u16) -> Recorded {
        let word = self.vm.load_slot(object.word, slot);
        let r = self.emit(Op::LoadSlot, &[object.r.0, slot]);
        let r = if r == Ref::NONE {
            r
        } else {
            self.emitter.untagged(r)
        };
        Recorded { word, r }
    }

    fn store_slot(&mut self, object: Recorded, slot: u16, value: Recorded) {
        let r = self.stored(object, value);
        self.emit(Op::StoreSlot, &[object.r.0, slot, r.0]);
        self.effect = true;
        self.vm.store_slot(object.word, slot, value.word);
    }

    fn add_slot(&mut self, object: Recorded, slot: u16, value: Recorded, shape: u32) {
        self.give_up(Abort::Operation);
        self.vm.add_slot(object.word, slot, value.word, shape);
    }

    fn list_item(&mut self, list: Recorded, index: Recorded) -> Option<Recorded> {
        let word = self.vm.list_item(list.word, index.word);
        if self.abort.is_some() {
            return word.map(|word| Recorded { word, r: Ref::NONE });
        }
        let (storage, index) = self.checked_index(list, index)?;
        let r = self.emit(Op::LoadItem, &[storage.0, index.0]);
        let r = if r == Ref::NONE {
            r
        } else {
            self.emitter.untagged(r)
        };
        Some(Recorded { word: word?, r })
    }

    fn set_list_item(&mut self, list: Recorded, index: Recorded, value: Recorded) -> bool {
        if self.abort.is_none()
            && let Some((storage, index)) = self.checked_index(list, index)
        {
            let storage_value = Recorded {
                word: list.word,
                r: storage,
            };
            let r = self.stored(storage_value, value);
            self.emit(Op::StoreItem, &[storage.0, index.0, r.0]);
            self.effect = true;
        }
        self.vm.set_list_item(list.word, index.word, value.word)
    }

    fn tuple_item(&mut self, tuple: Recorded, index: Recorded) -> Option<Recorded> {
        self.give_up(Abort::Operation);
        let word = self.vm.tuple_item(tuple.word, index.word)?;
        Some(Recorded { word, r: Ref::NONE })
    }

    fn range_next(&mut self, iter: Recorded) -> Option<Recorded> {
        let fields = iter.word.known::<Iter>();
        let (at, step) = (fields.at.get(), fields.step.get());
        let word = self.vm.range_next(iter.word);
        if self.abort.is_some() {
            return word.map(|word| Recorded { word, r: Ref::NONE });
        }
        if word.is_none() {
            self.give_up(Abort::LeavesLoop);
            return None;
        }
        let load = |m: &mut Self, field: u16| m.emit(Op::LoadRange, &[iter.r.0, field]);
        let (next, end, by) = (load(self, 0), load(self, 1), load(self, 2));
        let zero = self.raw_ref(0);
        let up = step > 0;
        let (sign, more) = if up {
            (Cond::Gt, Cond::Lt)
        } else {
            (Cond::Le, Cond::Gt)
        };
        self.guard(Op::GuardInt, &[sign as u16, by.0, zero.0]);
        self.guard(Op::GuardInt, &[more as u16, next.0, end.0]);
        let r = self.emit(Op::TagInt, &[next.0]);
        let after = self.emit(Op::AddRaw, &[next.0, by.0]);
        self.emit(Op::StoreRange, &[iter.r.0, after.0]);
        self.effect = true;
        Some(Recorded {
            word: Value::small(at),
            r,
        })
    }

    fn residual(
        &mut self,
        _what: Runtime,
        _args: &[Recorded],
        f: impl FnOnce(&mut Vm) -> PyResult,
    ) -> PyResult<Recorded> {
        self.give_up(Abort::Operation);
        f(self.vm).map(|word| Recorded { word, r: Ref::NONE })
    }
}
