//! What the recording machine knows: frames, registers, what the trace calls their contents, and
//! what the trace relies on.
//!
//! *Frames.* A call that is followed opens no frame in the trace. Its registers are named by their
//! distance from the entry frame's, and a snapshot tells exits how to open it. Only where a
//! runtime function may look at frames are they opened for it, and then closed when the call
//! returns.
//!
//! *Snapshots.* A guard resumes at the start of an op, but not needfully of its own: as long as the
//! trace has done nothing that cannot be done again, it takes the snapshot of the guard before it.
//! So snapshots are as many as there are effects, not as there are tests; LuaJIT does the same. A
//! call's snapshot is its own, since exceptions tell where they were raised.
//!
//! *An op that is not expressed in the machine's operations* is recorded as the execution of that
//! bytecode op on the interpreter's registers: what it reads is stored there, what it writes is
//! loaded from there.

use crate::abort::Abort;
use crate::body::{Body, BodyEntry};
use crate::by_op::Counted;
use crate::emit::{Emitter, Kind};
use crate::holding;
use crate::peel;
use crate::raise::Raising;
use bytecode::LiveSet;
use object::liveness::{live_before, live_while_calling};
use object::{Class, CodeObject, CodePointer, Dict, Function, Gc, Regs, Value};
use std::rc::Rc;
use trace::{
    FUNCTION_REGISTER, HANDLED_REGISTER, LOCALS_REGISTER, NO_SNAPSHOT, Op, Operands, Ref, Repr, Rt,
    Snapshot, Trace, Width,
};
use vm::{Raised, Then, Vm};
use world::Clock;

/// A value and its place in the trace. A float may stand for itself, unboxed.
#[derive(Clone, Copy, Debug)]
pub struct Recorded {
    pub(crate) word: Value,
    pub(crate) r: Ref,
}

/// A call that is being followed.
pub(crate) struct Inlined {
    pub(crate) function: Ref,
    pub(crate) code: Gc<CodeObject>,
    pub(crate) base: usize,
    pub(crate) dst: u16,
    pub(crate) then: Then,
    /// The frame's `locals`; of a generator's that an op resumed, the generator.
    pub(crate) locals: Option<Ref>,
    /// How often a generator's loop has come round since it was resumed.
    pub(crate) rounds: u16,
    /// Where the frame below goes on after it.
    pub(crate) return_pc: u32,
    /// The snapshot of the frame below, once a guard needed it.
    pub(crate) parent: Option<u16>,
    /// What exception was being handled when the frame below called it.
    pub(crate) handled_below: Ref,
    pub(crate) pushed: bool,
}

/// Something that the trace relies on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dependency {
    Class(Gc<Class>, u32),
    Keys(Gc<Dict>, u32),
    /// A settled value of a namespace: dictionary, key, value.
    Global(Gc<Dict>, usize, Value),
    /// A function with its code, defaults and keyword defaults.
    Function(Gc<Function>, Gc<CodeObject>, Value, Value),
    /// That nothing in a class goes before a slot which it did not go before then.
    Slots(u32),
}

impl Dependency {
    /// Whether it is still as it was.
    pub fn holds(self) -> bool {
        match self {
            Dependency::Class(class, version) => class.version.get() == version,
            Dependency::Keys(dict, version) => dict.has_keys_version(version),
            Dependency::Global(dict, at, value) => {
                at < dict.end() && dict.value_at(object::DictIndex(at)) == value
            }
            Dependency::Function(function, code, defaults, named) => {
                function.code() == code
                    && function.defaults.get() == defaults
                    && function.keyword_defaults.get() == named
            }
            Dependency::Slots(version) => object::watch::slots_version() == version,
        }
    }

    /// What must stay alive lest another object take its place.
    pub fn object(self) -> Value {
        match self {
            Dependency::Class(class, _) => class.into(),
            Dependency::Keys(dict, _) | Dependency::Global(dict, ..) => dict.into(),
            Dependency::Function(function, ..) => function.into(),
            Dependency::Slots(_) => Value::NONE,
        }
    }

    /// A number that most others do not share.
    #[inline(always)]
    fn some_number(self) -> usize {
        let own = match self {
            Dependency::Keys(..) | Dependency::Slots(_) => 1,
            Dependency::Global(_, at, _) => 2 + at,
            Dependency::Class(..) | Dependency::Function(..) => 0,
        };
        (self.object().bits() >> 4) as usize + own
    }

    /// Asks to be told of its change.
    pub fn watch(self) {
        match self {
            Dependency::Class(class, _) => class.watch(),
            Dependency::Keys(dict, _) | Dependency::Global(dict, ..) => dict.watch(),
            Dependency::Function(..) | Dependency::Slots(_) => {}
        }
    }
}

/// Where recording begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Origin {
    /// At a loop's header: the trace ends where that is reached again.
    Loop,
    /// At a function's start.
    Function,
    /// At an exit of another trace.
    Bridge,
}

/// A value of a bridge's beginning.
#[derive(Clone, Copy, Debug)]
pub enum StartValue {
    Constant(Value),
    /// An integer without a tag; a register that holds one is *unbound*.
    Raw(i64),
    /// Number in the exit's order, representation, kind and shape (0: not known).
    Inherited(u16, Repr, Kind, u32),
    /// One of the start's objects.
    Object(u16),
}

/// An object that the exit makes, and that the bridge makes in its place.
#[derive(Clone, Debug)]
pub struct StartObject {
    pub bytes: u16,
    /// Its first 64 bits.
    pub header: u64,
    /// Displacement, whether it has 32 bits instead of 64, value.
    pub fields: Vec<(u16, Width, StartValue)>,
}

/// A frame of a bridge's beginning that its parent had inlined.
#[derive(Clone, Copy, Debug)]
pub struct StartFrame {
    pub function: StartValue,
    pub locals: Option<StartValue>,
    pub base: usize,
    pub dst: u16,
    pub then: Then,
    pub pushed: bool,
}

/// The state in which recording begins.
#[derive(Clone, Debug)]
pub struct Start {
    pub origin: Origin,
    /// Frames above the entry frame.
    pub frames: Vec<StartFrame>,
    pub objects: Vec<StartObject>,
    /// Registers, by their distance from the entry frame's.
    pub values: Vec<(usize, StartValue)>,
    /// What exception is being handled in a frame (0: the entry frame), where that is not what the
    /// machine says.
    pub handled: Vec<(usize, StartValue)>,
    /// The exception for which the exit was taken. The frame on top has fetched the op that raised.
    pub raised: Option<Value>,
    /// The key of the place where the bridge's own tree begins: a bridge that begins there and
    /// went on by jumping there would never get on.
    pub root: usize,
    /// Of a bridge: the number of its tree's root.
    pub tree: Option<u32>,
    /// Traces call the place, so one that returns before the loop comes round serves as well.
    pub called: bool,
    /// Whether it may go on into the loop around it: so it did in most attempts.
    pub leaves: bool,
    /// How often a loop may come round before it is closed, if no fewer rounds can be repeated.
    pub rounds: usize,
}

/// Compiled code that a trace may end in.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    pub entry: usize,
    pub id: u32,
    /// Where its epoch is, by which it is known to be valid.
    pub epoch_word: usize,
}

/// What is known of compiled code.
pub trait Targets {
    /// Whether machine code gives a key of a namespace values, of which none is then a constant.
    fn varies(&self, namespace: Gc<Dict>, key: Value) -> bool;
    /// From here on machine code does.
    fn let_vary(&self, namespace: Gc<Dict>, key: Value);
    /// The code for a loop's header, with such globals.
    fn loop_at(&self, place: CodePointer, globals: Gc<Dict>) -> Option<Target>;
    /// How bridges of the root with this number enter its loop's body, if they can.
    fn body_of(&self, root: u32) -> Option<Rc<BodyEntry>>;
    /// Whether a generator of this code is not to be followed.
    fn refuses(&self, code: Gc<CodeObject>) -> bool;
    /// The address by which [`Rt::RunFrame`] finds code for the rest of a frame that stands at a
    /// loop's header or, if it `begins`, at its function's start.
    fn way_to(&self, place: CodePointer, begins: bool, globals: Gc<Dict>) -> usize;
}

/// What recording may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub ops: usize,
    /// Calls followed one in another.
    pub depth: usize,
    /// Calls of one function followed one in another.
    pub recursion: usize,
    /// Times that an inner loop may come round.
    pub unrolled: usize,
    /// One in so many instructions gives up, 0 none: for tests.
    pub random_abort: u32,
    /// Whether [`Figures::away_ns`] is to hold all that the trace calls, not what may run Python code
    /// alone: for measurements, as it takes two looks at the clock each.
    pub times_calls: bool,
}

/// A finished recording.
pub struct Recording {
    pub trace: Trace,
    /// The entry frame's.
    pub code: Gc<CodeObject>,
    /// Where the entry frame stood.
    pub start: CodePointer,
    pub dependencies: Vec<Dependency>,
    /// Numbers of the traces that it jumps to.
    pub links: Vec<u32>,
    /// Bytecode ops that it stands for; of a loop, those of one turn.
    pub instructions: usize,
    /// The trace before its loop was closed, for dumps.
    pub preamble_ops: usize,
    /// How bridges enter the loop's body, if they can.
    pub body: Option<Body>,
}

/// What a recording came to.
pub enum Outcome {
    Trace(Box<Recording>),
    Aborted(Aborted),
}

/// A recording that was given up.
#[derive(Clone, Copy, Debug)]
pub struct Aborted {
    pub why: Abort,
    /// The key of an inner loop's header where that is why.
    pub inner: Option<usize>,
    /// The code of a generator that had better not be followed.
    pub refused: Option<Gc<CodeObject>>,
}

impl From<Abort> for Aborted {
    fn from(why: Abort) -> Aborted {
        Aborted {
            why,
            inner: None,
            refused: None,
        }
    }
}

/// Figures of a recording.
#[derive(Clone, Copy, Default, Debug)]
pub struct Figures {
    /// Bytecode ops executed while recording.
    pub instructions: usize,
    /// Trace ops asked for, whether or not they had to be emitted.
    pub asked: usize,
    /// Trace ops before the loop was closed.
    pub recorded: usize,
    pub calls: usize,
    pub guards: usize,
    pub snapshot_bytes: usize,
    pub op_bytes: usize,
    /// Time, in nanoseconds, for which code ran that the trace only calls, which would have run
    /// without a recording: what may run Python code, and what else [`Limits::times_calls`] asks for.
    pub away_ns: i64,
    /// How often that was: each time takes a look at the clock that is in neither time.
    pub times_away: usize,
}

/// How a recording ended well.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum End {
    Loop,
    Other,
}

/// Dependencies are looked for in so many places before all of them are.
const RELIED: usize = 32;

/// The machine that records.
pub(crate) struct Recorder<'a> {
    pub(crate) vm: &'a mut Vm,
    pub(crate) emitter: &'a mut Emitter,
    pub(crate) origin: Origin,
    pub(crate) limits: Limits,
    pub(crate) targets: &'a dyn Targets,
    pub(crate) header: CodePointer,
    /// Which registers the loop with that header writes, once someone has asked.
    changed: Vec<bool>,
    /// As in [`Start`].
    pub(crate) called: bool,
    pub(crate) leaves: bool,
    pub(crate) root: usize,
    pub(crate) tree: Option<u32>,
    pub(crate) entry: Regs,
    pub(crate) entry_depth: usize,
    /// What the trace calls the content of each register from the entry frame's on; [`Ref::NONE`] of
    /// those not seen yet.
    pub(crate) registers: Vec<Ref>,
    /// Of variables that were written to where the interpreter has them: what it has.
    pub(crate) shown: Vec<Ref>,
    /// Of the registers that the op at hand has written: what they held where it began.
    pub(crate) overwritten: Vec<(usize, Ref)>,
    /// The snapshot being made is of where the op at hand began.
    looks_back: bool,
    /// Room for a frame's registers.
    pub(crate) live: LiveSet,
    pub(crate) inlined: Vec<Inlined>,
    pub(crate) dependencies: Vec<Dependency>,
    /// By some bits of an object: the number of a dependency, which may be the one on it.
    relied: [u16; RELIED],
    /// Whether slots of objects are among it.
    pub(crate) relies_on_slots: bool,
    pub(crate) links: Vec<u32>,
    pub(crate) pc: CodePointer,
    pub(crate) regs: Regs,
    pub(crate) snapshot: Option<u16>,
    /// The place of a key, if whether there is one is what the op at hand decides by.
    pub(crate) undecided: Option<Ref>,
    /// The op has had a side effect.
    pub(crate) effect: bool,
    /// The op is recorded as its execution.
    pub(crate) is_generic: bool,
    /// Python code may have run: what is relied on is to be looked at before the next op.
    pub(crate) revalidate: bool,
    /// The frame that the op opens belongs to this function, with these `locals`.
    pub(crate) opening: Option<(Ref, Option<Ref>)>,
    pub(crate) started: bool,
    /// The op before has opened the frame on top.
    pub(crate) opened: bool,
    /// The op before was a followed call's jump back.
    pub(crate) came_round: bool,
    /// The trace calls compiled code for the frame on top, which is to be run now; what it calls
    /// its result.
    pub(crate) calling: Option<Ref>,
    /// What exception is being handled, and what the machine's field has: see `raise`.
    pub(crate) handled: Ref,
    pub(crate) handled_there: Ref,
    pub(crate) raising: Raising,
    pub(crate) end: Option<End>,
    /// See [`Start::rounds`]; and how the loop's body is entered once it is closed.
    rounds: usize,
    body: Option<Body>,
    pub(crate) abort: Option<Abort>,
    pub(crate) inner: Option<usize>,
    pub(crate) refuse: Option<Gc<CodeObject>>,
    pub(crate) unrolled: Vec<(usize, usize)>,
    /// Since when the interpreter has been executing an op as a whole, if that is to be known.
    away_since: Option<i64>,
    pub(crate) figures: Figures,
}

/// Memory that recordings use one after the other.
#[derive(Default)]
pub struct Scratch {
    emitter: Emitter,
    rooms: Rooms,
}

/// Lists of a recorder, empty.
#[derive(Default)]
struct Rooms {
    registers: Vec<Ref>,
    shown: Vec<Ref>,
    overwritten: Vec<(usize, Ref)>,
    live: LiveSet,
    inlined: Vec<Inlined>,
}

impl Rooms {
    /// The lists that a recorder no longer needs.
    fn of(recorder: &mut Recorder<'_>) -> Rooms {
        let mut rooms = Rooms {
            registers: std::mem::take(&mut recorder.registers),
            shown: std::mem::take(&mut recorder.shown),
            overwritten: std::mem::take(&mut recorder.overwritten),
            live: std::mem::take(&mut recorder.live),
            inlined: std::mem::take(&mut recorder.inlined),
        };
        rooms.registers.clear();
        rooms.shown.clear();
        rooms.overwritten.clear();
        rooms.inlined.clear();
        rooms
    }
}

impl Scratch {
    /// Takes back the memory of a recording that is no longer needed.
    pub fn give_back(&mut self, recording: Recording) {
        self.emitter.trace = recording.trace;
    }
}

/// Executes the frame on top until the trace is complete or must be given up, and gives what was
/// recorded. Whatever happens, the program has gone on by what was executed, and the frame on top
/// stands where it goes on.
pub fn record(
    vm: &mut Vm,
    start: &Start,
    limits: Limits,
    targets: &dyn Targets,
    scratch: &mut Scratch,
) -> (vm::PyResult<Outcome>, Figures) {
    let aborted = |why: Abort| {
        let outcome = match start.raised {
            Some(raised) => Err(Raised(raised)),
            None => Ok(Outcome::Aborted(why.into())),
        };
        (outcome, Figures::default())
    };
    let none = aborted(Abort::FrameKind);
    let depth = vm.frames().len();
    let Some(entry_at) = depth.checked_sub(1 + start.frames.len()) else {
        return none;
    };
    let entry = vm.frames()[entry_at];
    let Some(top) = vm.frames().last().copied() else {
        return none;
    };
    if entry.function.cast::<Function>().is_none() {
        return none;
    }
    scratch.emitter.clear(limits.ops, holding::list(vm));
    let depth = entry_at + 1;
    let mut recorder = Recorder::new(vm, scratch, start, limits, targets, depth);
    if let Err(abort) = recorder.begin(start) {
        return aborted(abort);
    }
    recorder.emitter.comes_round = start.origin == Origin::Loop;
    if let Some(raised) = start.raised {
        recorder.pc = top.pc.offset(-1);
        if let Err(raised) = recorder.begin_raised(raised) {
            return (Err(raised), recorder.figures);
        }
    }
    let result = recorder.run();
    let finished = recorder.finish(&entry, result);
    scratch.rooms = Rooms::of(&mut recorder);
    finished
}

impl<'a> Recorder<'a> {
    /// For the frame on top, and those above the first `depth` that a bridge begins with.
    fn new(
        vm: &'a mut Vm,
        scratch: &'a mut Scratch,
        start: &Start,
        limits: Limits,
        targets: &'a dyn Targets,
        depth: usize,
    ) -> Recorder<'a> {
        let (entry, top) = (vm.frames()[depth - 1], vm.frames()[vm.frames().len() - 1]);
        let rooms = std::mem::take(&mut scratch.rooms);
        Recorder {
            vm,
            emitter: &mut scratch.emitter,
            origin: start.origin,
            limits,
            targets,
            header: entry.pc,
            changed: Vec::new(),
            called: start.called,
            leaves: start.leaves,
            root: start.root,
            tree: start.tree,
            entry: entry.base,
            entry_depth: depth,
            registers: rooms.registers,
            shown: rooms.shown,
            overwritten: rooms.overwritten,
            looks_back: false,
            live: rooms.live,
            inlined: rooms.inlined,
            dependencies: Vec::new(),
            relied: [0; RELIED],
            relies_on_slots: false,
            links: Vec::new(),
            pc: top.pc,
            regs: top.base,
            snapshot: None,
            undecided: None,
            effect: false,
            is_generic: false,
            revalidate: false,
            opening: None,
            started: false,
            opened: false,
            came_round: false,
            calling: None,
            handled: Ref::NONE,
            handled_there: Ref::NONE,
            raising: Raising::Unknown,
            end: None,
            rounds: start.rounds,
            body: None,
            abort: None,
            inner: None,
            refuse: None,
            unrolled: Vec::new(),
            away_since: None,
            figures: Figures::default(),
        }
    }
}

impl Recorder<'_> {
    /// Executes and records until the trace ends.
    fn run(&mut self) -> vm::PyResult {
        loop {
            let ran = match self.calling.take() {
                Some(calling) => self.run_frame(calling).map(|()| None),
                None => vm::run_with(self).map(Some),
            };
            match ran {
                Ok(Some(result)) if self.calling.is_none() => return Ok(result),
                Ok(_) => {}
                Err(raised) => self.follow_raise(raised)?,
            }
        }
    }

    fn finish(
        &mut self,
        entry: &vm::Frame,
        result: vm::PyResult,
    ) -> (vm::PyResult<Outcome>, Figures) {
        if self.end != Some(End::Loop) {
            self.measure();
        }
        let figures = self.figures;
        let outcome = match (result, self.abort, self.end) {
            (Err(raised), _, _) => return (Err(raised), figures),
            (Ok(_), Some(why), _) => Outcome::Aborted(Aborted {
                why,
                inner: self.inner,
                refused: self.refuse,
            }),
            (Ok(_), None, None) => Outcome::Aborted(Abort::LeavesLoop.into()),
            (Ok(_), None, Some(_)) => Outcome::Trace(Box::new(Recording {
                trace: std::mem::take(&mut self.emitter.trace),
                code: entry.code,
                start: entry.pc,
                dependencies: std::mem::take(&mut self.dependencies),
                links: std::mem::take(&mut self.links),
                instructions: figures.instructions,
                preamble_ops: figures.recorded,
                body: self.body.take(),
            })),
        };
        (Ok(outcome), figures)
    }

    /// Counts what was recorded: without a loop's body, which is a copy.
    fn measure(&mut self) {
        self.figures.asked = self.emitter.asked;
        self.figures.recorded = self.emitter.trace.len();
        let (ops, snapshots) = self.emitter.trace.bytes();
        (self.figures.op_bytes, self.figures.snapshot_bytes) = (ops, snapshots);
        self.figures.calls = self.emitter.counts.of(Counted::Call);
        self.figures.guards = self.emitter.counts.of(Counted::Guard);
    }

    /// The trace has come back to the loop's header: ends it, with the loop closed. False: a test of what was
    /// recorded cannot hold in the next time round, as where something alternates, and that is recorded too.
    pub(crate) fn close(&mut self) -> bool {
        self.settle_handled(self.handled);
        let frame = self.vm.frames()[self.entry_depth - 1];
        let last = self.last_values(&frame);
        for float in peel::wants_words(self.emitter, &last) {
            self.boxed(float);
        }
        self.end = Some(End::Loop);
        self.measure();
        if self.abort.is_some() {
            return true;
        }
        let mark = self.emitter.mark();
        match peel::close(self.emitter, &mark, &last) {
            Ok(body) => self.body = body,
            Err(Abort::Contradiction) if self.rounds > 1 => {
                self.rounds -= 1;
                self.emitter.go_back(&mark);
                self.end = None;
                return false;
            }
            Err(abort) => self.give_up(abort),
        }
        self.emitter.unmark(mark);
        true
    }

    /// The interpreter goes on with what the trace only calls.
    pub(crate) fn go_away(&mut self, runs_python: bool) {
        if runs_python || self.limits.times_calls {
            self.away_since = Some(self.vm.world.clock_ns(Clock::Monotonic));
        }
    }

    /// Recording goes on.
    pub(crate) fn come_back(&mut self) {
        if let Some(since) = self.away_since.take() {
            self.was_away(since);
        }
    }

    pub(crate) fn was_away(&mut self, since: i64) {
        self.figures.away_ns += self.vm.world.clock_ns(Clock::Monotonic) - since;
        self.figures.times_away += 1;
    }

    pub(crate) fn give_up(&mut self, abort: Abort) {
        self.abort.get_or_insert(abort);
    }

    pub(crate) fn depend(&mut self, dependency: Dependency) {
        // What a call relies on, the next call of the same function does too.
        let place = &mut self.relied[dependency.some_number() % RELIED];
        if self.dependencies.get(usize::from(*place)) == Some(&dependency) {
            return;
        }
        let known = self.dependencies.iter().position(|own| *own == dependency);
        *place = known.unwrap_or(self.dependencies.len()) as u16;
        if known.is_none() {
            dependency.watch();
            self.emitter.hold(dependency.object());
            self.dependencies.push(dependency);
        }
    }

    /// The values, at the end of the time round, of the registers that live on.
    pub(crate) fn last_values(&self, frame: &vm::Frame) -> Vec<Option<Ref>> {
        let code = frame.code.get();
        let mut live = LiveSet::default();
        live_before(code, self.header.index(frame.code), &mut live);
        let mut last = vec![None; code.registers as usize];
        for reg in live.iter() {
            let seen = self.registers.get(reg as usize).copied();
            last[reg as usize] = seen.filter(|&r| r != Ref::NONE);
        }
        last
    }

    /// The result of something that may end the recording.
    pub(crate) fn or_give_up(&mut self, result: Result<Ref, Abort>) -> Ref {
        match result {
            Ok(r) => r,
            Err(abort) => {
                self.give_up(abort);
                Ref::NONE
            }
        }
    }

    /// Emits an op; after the recording was given up, nothing.
    #[inline(always)]
    pub(crate) fn emit(&mut self, op: Op, operands: &[u16]) -> Ref {
        self.emit_op(op, Operands::of(operands))
    }

    /// The same.
    pub(crate) fn emit_op(&mut self, op: Op, operands: Operands) -> Ref {
        if self.is_off() {
            return Ref::NONE;
        }
        let result = self.emitter.emit_op(op, &operands);
        self.or_give_up(result)
    }

    /// Emits an op that may leave the trace.
    #[inline(always)]
    pub(crate) fn guard(&mut self, op: Op, operands: &[u16]) -> Ref {
        self.guard_op(op, Operands::of(operands))
    }

    /// The same.
    pub(crate) fn guard_op(&mut self, op: Op, operands: Operands) -> Ref {
        if self.is_off() {
            return Ref::NONE;
        }
        assert!(!self.effect, "a guard follows a side effect within one op");
        let snapshot = match self.emitter.shared() {
            Some(snapshot) if op != Op::Leave => snapshot,
            _ => {
                // Most guards are known to hold, and need no snapshot.
                if let Some(folded) = self.emitter.fold(op, operands) {
                    return self.or_give_up(folded);
                }
                let own = self.snapshot_here();
                self.emitter.share(Some(own));
                own
            }
        };
        if self.abort.is_some() {
            return Ref::NONE;
        }
        self.emit_op(op, operands.with_snapshot(snapshot))
    }

    /// The snapshot of the start of this op.
    pub(crate) fn snapshot_here(&mut self) -> u16 {
        if let Some(snapshot) = self.snapshot {
            return snapshot;
        }
        self.looks_back = true;
        let made = self.take_snapshot(self.pc, None);
        self.looks_back = false;
        match made {
            Ok(snapshot) => *self.snapshot.insert(snapshot),
            Err(abort) => {
                self.give_up(abort);
                NO_SNAPSHOT
            }
        }
    }

    /// The snapshot of going on at a place of the running frame, one register having got a value.
    pub(crate) fn take_snapshot(
        &mut self,
        pc: CodePointer,
        with: Option<(u16, Ref)>,
    ) -> Result<u16, Abort> {
        let depth = self.inlined.len();
        let parent = self.callers(depth)?;
        let code = self.code_at(depth);
        let pc = pc.index(code);
        let mut live = std::mem::take(&mut self.live);
        live_before(code.get(), pc, &mut live);
        let made = self.frame_snapshot(depth, pc, &live, with, parent);
        self.live = live;
        made
    }

    /// The snapshot of the frames below a level, each waiting for the one above it.
    fn callers(&mut self, depth: usize) -> Result<u16, Abort> {
        let mut parent = NO_SNAPSHOT;
        for level in 0..depth {
            parent = match self.inlined[level].parent {
                Some(parent) => parent,
                None => {
                    let pc = self.inlined[level].return_pc;
                    let made = self.waiting_snapshot(level, pc, parent)?;
                    self.inlined[level].parent = Some(made);
                    made
                }
            };
        }
        Ok(parent)
    }

    /// The snapshot of the frame at a level that waits for the one above it.
    fn waiting_snapshot(&mut self, level: usize, pc: u32, parent: u16) -> Result<u16, Abort> {
        let called = &self.inlined[level];
        let (return_pc, is_operator) = (called.return_pc, called.then.is_operator());
        let code = self.code_at(level);
        let mut live = std::mem::take(&mut self.live);
        live_while_calling(code.get(), return_pc, is_operator, &mut live);
        let made = self.frame_snapshot(level, pc, &live, None, parent);
        self.live = live;
        made
    }

    /// The snapshot of an exception that leaves the frame on top, whose record is in place: the op
    /// below it raises.
    pub(crate) fn snapshot_of_raising_call(&mut self) -> Result<u16, Abort> {
        let at = self.inlined.len() - 1;
        let parent = self.callers(at)?;
        self.waiting_snapshot(at, self.inlined[at].return_pc - 1, parent)
    }

    pub(crate) fn code_at(&self, level: usize) -> Gc<CodeObject> {
        match level.checked_sub(1) {
            Some(at) => self.inlined[at].code,
            None => self.vm.frames()[self.entry_depth - 1].code,
        }
    }

    /// The snapshot of the frame at an inlining level, with the registers that live.
    fn frame_snapshot(
        &mut self,
        level: usize,
        pc: u32,
        live: &LiveSet,
        with: Option<(u16, Ref)>,
        parent: u16,
    ) -> Result<u16, Abort> {
        let (mut function, mut base, mut dst) = (Ref::NONE, 0, 0);
        let (mut then, mut pushed) = (Then::Store, false);
        let handled = match self.inlined.get(level) {
            Some(above) => above.handled_below,
            None => self.handled,
        };
        if self.is_elsewhere(handled) {
            self.emitter.add_entry(HANDLED_REGISTER, handled)?;
        }
        if let Some(inlined) = level.checked_sub(1).map(|at| &self.inlined[at]) {
            base = inlined.base;
            (dst, then, pushed) = (inlined.dst, inlined.then, inlined.pushed);
            let (own, locals) = (inlined.function, inlined.locals);
            if own.is_constant() {
                function = own;
            } else {
                self.emitter.add_entry(FUNCTION_REGISTER, own)?;
            }
            if let Some(locals) = locals {
                self.emitter.add_entry(LOCALS_REGISTER, locals)?;
            }
        }
        let looks_back = self.looks_back && !self.overwritten.is_empty();
        let variables = self.code_at(level).code().local_names.len() as u16;
        for reg in 0..variables {
            let lives = live.contains(reg);
            self.add_content(base, reg, lives, with, looks_back)?;
        }
        for reg in live.iter_from(variables) {
            self.add_content(base, reg, true, with, looks_back)?;
        }
        let base = u16::try_from(base).map_err(|_| Abort::TooLong)?;
        let frame = Snapshot::of_frame(parent, function, base, dst, pc).opened(then as u8, pushed);
        Ok(self.emitter.trace.end_snapshot(frame)?)
    }

    /// Adds a register to a snapshot; also a variable that no instruction wants any more, as far as the trace
    /// knows it: should an exception leave the frame, its traceback shows it.
    #[inline(always)]
    fn add_content(
        &mut self,
        base: usize,
        reg: u16,
        lives: bool,
        with: Option<(u16, Ref)>,
        looks_back: bool,
    ) -> Result<(), Abort> {
        let at = base + usize::from(reg);
        let old = match looks_back {
            true => self.overwritten.iter().find(|&&(own, _)| own == at),
            false => None,
        };
        let known = match (with, old) {
            (Some((own, value)), _) if lives && own == reg => value,
            (_, Some(&(_, old))) => old,
            _ => self.registers.get(at).copied().unwrap_or(Ref::NONE),
        };
        let value = match known {
            // What it held then has no name, as it has another content now.
            Ref::NONE if lives && old.is_some() => self.argument(at)?,
            Ref::NONE if lives => self.first_seen(at)?,
            // What the register has is of the time round in which the trace was entered.
            Ref::NONE if base == 0 && self.changes_in_loop(reg) => {
                self.emitter.word(Value::UNBOUND)?
            }
            Ref::NONE => return Ok(()),
            value => value,
        };
        self.emitter.add_entry(reg, value)
    }

    /// Whether the loop with whose header the trace begins writes a register.
    fn changes_in_loop(&mut self, reg: u16) -> bool {
        if self.origin != Origin::Loop {
            return false;
        }
        if self.changed.is_empty() {
            self.changed = self.written_in_loop();
        }
        self.changed[usize::from(reg)]
    }

    #[cold]
    fn written_in_loop(&self) -> Vec<bool> {
        let code = self.code_at(0);
        let mut written = vec![false; code.registers as usize];
        let header = self.header.index(code);
        let end = code.code().instrs.len() as u32;
        let comes_back = |&at: &u32| bytecode::jump_target(at, code.instr(at)) == Some(header);
        let Some(last) = (header..end).rev().find(comes_back) else {
            return written;
        };
        for at in header..=last {
            bytecode::writes(code.instr(at), &mut |reg| written[usize::from(reg)] = true);
        }
        written
    }

    /// What the trace calls a register's content.
    #[inline(always)]
    pub(crate) fn register(&mut self, at: usize) -> Result<Ref, Abort> {
        match self.registers.get(at) {
            Some(&r) if r != Ref::NONE => Ok(r),
            _ => self.first_seen(at),
        }
    }

    #[cold]
    #[inline(never)]
    fn first_seen(&mut self, at: usize) -> Result<Ref, Abort> {
        let r = self.argument(at)?;
        self.name_register(at, r);
        Ok(r)
    }

    /// What a register of the entry frame held where the trace began.
    fn argument(&mut self, at: usize) -> Result<Ref, Abort> {
        // What a bridge's exit does not restore is in place, or dead.
        let own = self.code_at(0).code().registers as usize;
        if at >= own {
            return Err(Abort::Unknown);
        }
        self.emitter.emit(Op::Arg, &[at as u16])
    }

    /// Says what the trace calls a register's content from here on, and gives what it called it.
    pub(crate) fn set_register(&mut self, at: usize, r: Ref) -> Ref {
        // The op's snapshot may be made later.
        let old = self.name_register(at, r);
        self.overwritten.push((at, old));
        old
    }

    /// Says what the trace calls what a register has had in it since this op began.
    #[inline(always)]
    pub(crate) fn name_register(&mut self, at: usize, r: Ref) -> Ref {
        match self.registers.get_mut(at) {
            Some(own) => std::mem::replace(own, r),
            None => self.name_far_register(at, r),
        }
    }

    #[cold]
    #[inline(never)]
    fn name_far_register(&mut self, at: usize, r: Ref) -> Ref {
        self.registers.resize(at + 8, Ref::NONE);
        std::mem::replace(&mut self.registers[at], r)
    }

    pub(crate) fn place(&self, regs: Regs, at: u16) -> usize {
        regs.distance_from(self.entry) as usize + at as usize
    }

    /// A value as a word: a float that has no word yet gets one, which may leave the trace.
    pub(crate) fn boxed(&mut self, r: Ref) -> Ref {
        if self.abort.is_some() || r == Ref::NONE || self.emitter.repr(r) != Repr::Float {
            return r;
        }
        if self.emitter.trace.constant_of(r).is_some() {
            return self.emit(Op::Tag, &[r.0, 0]);
        }
        if let Some(word) = self.emitter.tagged(r) {
            return word;
        }
        self.guard(Op::Tag, &[r.0])
    }

    // ---- frames

    /// Follows calls and returns, between two ops.
    pub(crate) fn follow_frames(&mut self) {
        let depth = self.vm.frames().len();
        if depth < self.entry_depth {
            return self.give_up(Abort::LeavesLoop);
        }
        let level = depth - self.entry_depth;
        while level < self.inlined.len() {
            self.leave_inlined();
        }
        if level == self.inlined.len() {
            return;
        }
        let Some((function, locals)) = self.opening.take() else {
            return self.give_up(Abort::FrameKind);
        };
        let frame = self.vm.frames()[depth - 1];
        let below = self.vm.frames()[depth - 2];
        self.opened = true;
        self.forget_shown(frame.base.distance_from(self.entry) as usize);
        self.inlined.push(Inlined {
            function,
            code: frame.code,
            base: frame.base.distance_from(self.entry) as usize,
            dst: frame.dst,
            then: frame.then,
            locals,
            rounds: 0,
            return_pc: below.pc.index(below.code),
            parent: None,
            handled_below: self.handled,
            pushed: false,
        });
    }

    /// Opens the frames of followed calls for a runtime function that may look at them.
    pub(crate) fn push_frames(&mut self) {
        for level in 0..self.inlined.len() {
            if self.inlined[level].pushed {
                continue;
            }
            let below = match level.checked_sub(1) {
                Some(at) => self.inlined[at].base,
                None => 0,
            };
            self.settle_handled(self.inlined[level].handled_below);
            let inlined = &self.inlined[level];
            let (function, locals) = (inlined.function, inlined.locals);
            let shift = (inlined.base - below) as i64;
            let kind = i64::from(inlined.dst) | (inlined.then as i64) << 16;
            let return_pc = inlined.return_pc;
            let place = self.code_at(level).start().offset(return_pc as isize);
            let words = [
                function,
                self.word_ref(Value::small(shift)),
                self.word_ref(Value::small(kind)),
                match locals {
                    Some(locals) => locals,
                    None => self.word_ref(Value::UNBOUND),
                },
            ];
            self.call_at(place, Rt::PushFrame, &words, NO_SNAPSHOT);
            self.inlined[level].pushed = true;
            // Snapshots made so far say that it is not there.
            for later in &mut self.inlined[level + 1..] {
                later.parent = None;
            }
        }
        self.settle_handled(self.handled);
    }

    /// Records this op as its execution by the interpreter.
    pub(crate) fn step(&mut self) {
        if self.abort.is_some() || self.is_generic {
            return;
        }
        assert!(
            !self.effect,
            "an op is executed after a side effect of its own"
        );
        let instr = self.pc.fetch();
        let mut reads = Vec::new();
        bytecode::reads(instr, &mut |reg| reads.push(reg));
        let mut stores = Vec::with_capacity(reads.len());
        for reg in reads {
            let place = self.place(self.regs, reg);
            let r = match self.register(place) {
                Ok(r) => self.boxed(r),
                // A window's register that the op does not look at.
                Err(_) => continue,
            };
            stores.push((place, r));
        }
        let snapshot = self.snapshot_here();
        self.show_variables();
        if self.abort.is_some() {
            return;
        }
        self.push_frames();
        self.snapshot = None;
        let snapshot = if self.inlined.is_empty() {
            snapshot
        } else {
            self.snapshot_here()
        };
        for (place, r) in stores {
            self.emit(Op::StoreReg, &[place as u16, r.0]);
        }
        let call = self.call_at(self.pc, Rt::Step, &[], snapshot);
        self.raising = Raising::Call(call);
        self.effect = true;
        self.revalidate = true;
        self.is_generic = true;
        self.go_away(true);
    }

    /// After an op that was recorded as its execution: what it wrote is in the registers.
    pub(crate) fn after_step(&mut self) {
        if !std::mem::replace(&mut self.is_generic, false) || self.abort.is_some() {
            return;
        }
        let mut writes = Vec::new();
        bytecode::writes(self.pc.fetch(), &mut |reg| writes.push(reg));
        for reg in writes {
            let place = self.place(self.regs, reg);
            let r = self.emit(Op::LoadReg, &[place as u16]);
            self.set_register(place, r);
            if let Some(shown) = self.shown.get_mut(place) {
                *shown = r;
            }
        }
    }

    /// Brings everything that lives at a place of the entry frame into its register, for code
    /// that goes on there.
    pub(crate) fn settle_registers(&mut self, pc: CodePointer) {
        let code = self.code_at(0);
        let mut live = LiveSet::default();
        live_before(code.get(), pc.index(code), &mut live);
        let mut stores = Vec::new();
        for reg in live.iter() {
            let result = self.register(reg as usize);
            let r = self.or_give_up(result);
            stores.push((reg, self.boxed(r)));
        }
        self.settle_variables(&live, &mut stores);
        for (reg, r) in stores {
            self.emit(Op::StoreReg, &[reg, r.0]);
        }
        self.settle_handled(self.handled);
    }

    /// Adds the variables that are not live, as no instruction wants them any more, as far as the trace has
    /// changed them and it costs no more than a store.
    pub(crate) fn settle_variables(&mut self, live: &LiveSet, stores: &mut Vec<(u16, Ref)>) {
        for reg in 0..self.code_at(0).code().local_names.len() as u16 {
            let r = self.registers.get(usize::from(reg)).copied();
            let Some(r) = r.filter(|&r| r != Ref::NONE) else {
                continue;
            };
            let made = self.emitter.made_by(r);
            let is_there = made.is_some_and(|ins| ins.op == Op::Arg && ins.operands[0] == reg);
            if is_there || live.contains(reg) {
                continue;
            }
            let word = match self.emitter.repr(r) {
                Repr::Word => r,
                _ => self.word_ref(Value::UNBOUND),
            };
            stores.push((reg, word));
        }
    }

    pub(crate) fn word_ref(&mut self, word: Value) -> Ref {
        let result = self.emitter.word(word);
        self.or_give_up(result)
    }

    pub(crate) fn raw_ref(&mut self, n: i64) -> Ref {
        let result = self.emitter.raw(n);
        self.or_give_up(result)
    }
}
