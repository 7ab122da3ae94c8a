//! A trace's life: hot → recorded → assembled → entered; an exit that is taken often gets a bridge;
//! what a trace relies on changes, and it is given up.
//!
//! Traces hang together in *trees*: a root that a loop or function is entered by, and bridges from
//! its exits. All of a tree relies on what any of it relies on, so one look at the root's entry
//! (an epoch, compared by the code itself) covers all.

use crate::entry::{Active, ROOM, Ways};
use crate::exit::{self, Taken};
use crate::exit_table::LeftAt;
use crate::figures::Figure;
use crate::key::Key;
use crate::kin::{Clan, Kin};
use crate::ledger::{Ledger, Sampling};
use crate::parameters::Parameters;
use crate::resume::{Decoded, Resume, Sink, Source, Writer};
use crate::statistics::Statistics;
use crate::tell::{Costs, Told};
use crate::{dump, free, runtime};
use assemble::{Assembled, Assembler, CallEnv, Env, Error, ExitKind, Loc, Twin};
use object::{CodeObject, CodePointer, Dict, Gc, Value};
use optimize::Optimizer;
use record::{
    Abort, BodyEntry, Dependency, Kind, Limits, Origin, Outcome, Recording, Scratch, Start,
    StartFrame, StartObject, StartValue, Target, Targets,
};
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use trace::{
    Const, FUNCTION_REGISTER, FloatFn, HANDLED_REGISTER, LOCALS_REGISTER, Repr, Rt, Trace,
};
use vm::hook::Entered;
use vm::{PyResult, Raised, Then, Vm};
use world::Clock;

/// A function's trace with fewer ops that goes nowhere but back is not worth the way into machine
/// code and out of it.
const FUNCTION_OPS_MIN: usize = 24;
/// Nor is one of a loop with fewer that does not come round, but leaves by the `yield` in it: what
/// comes behind that goes through the loop's header as well.
const YIELDING_OPS_MIN: usize = 64;
/// Recordings one in what another executes: a call that is recorded as a whole may run for long.
const RECORDINGS_MAX: usize = 8;
/// Attempts at an exit after which it is left alone.
const ATTEMPTS_MAX: u8 = 4;
/// Penalty at which a place is left alone, and what an attempt adds to it. That a loop was on its
/// last time round says little against it.
const PENALTY_MAX: u32 = 16;
const PENALTY: u32 = 4;
const PENALTY_LAST_ROUND: u32 = 1;
/// A function's shortest way says little against its others.
const PENALTY_SHORT: u32 = 1;
/// Copies whose twins were too short are asked about every so many thresholds.
const SHORT_PATIENCE: u16 = 16;
/// How many times round a recording may have that could not be repeated after one: something alternates.
const ROUNDS_MAX: usize = 3;
/// Copies that are held back are asked about every so many thresholds.
const HELD_BACK: u16 = 64;
/// Bridges of one tree.
const BRIDGES_MAX: usize = 400;

/// A filter in front of the map of places: a recording asks at each op of a followed call whether a
/// compiled loop begins there.
pub(crate) struct Headers(Box<[Cell<u64>; HEADER_WORDS]>);

const HEADER_WORDS: usize = 128;

impl Default for Headers {
    fn default() -> Headers {
        Headers(Box::new([const { Cell::new(0) }; HEADER_WORDS]))
    }
}

impl Headers {
    fn word(&self, place: CodePointer) -> (&Cell<u64>, u64) {
        let key = place.key();
        (&self.0[key / 64 % HEADER_WORDS], 1 << (key % 64))
    }

    fn add(&self, place: CodePointer) {
        let (word, bit) = self.word(place);
        word.set(word.get() | bit);
    }

    #[inline]
    fn may_have(&self, place: CodePointer) -> bool {
        let (word, bit) = self.word(place);
        word.get() & bit != 0
    }
}

/// What the JIT knows of a place that was hot.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Place {
    /// Seen so often; of which clan it is, if its code is a copy.
    Cold(u32, Option<Clan>),
    Compiled(u32),
    Failed(u32),
}

/// An exit: how often it was taken, and what came of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ExitCount {
    taken: u16,
    attempts: u8,
    pub(crate) kind: ExitKind,
    /// Ever, if someone asked.
    pub(crate) total: u32,
}

/// Instead of a number of attempts: one of them gave a bridge.
const BRIDGED: u8 = u8::MAX;

impl ExitCount {
    fn new(kind: ExitKind) -> ExitCount {
        ExitCount {
            taken: 0,
            attempts: 0,
            kind,
            total: 0,
        }
    }

    pub(crate) fn is_bridged(self) -> bool {
        self.attempts == BRIDGED
    }

    /// Attempts that gave no bridge.
    pub(crate) fn attempts(self) -> u8 {
        if self.is_bridged() { 0 } else { self.attempts }
    }
}

/// A compiled trace.
pub(crate) struct Compiled {
    pub(crate) code: Assembled,
    pub(crate) resume: Resume,
    /// By exit, where exits are forced to be taken: where they are.
    forced: Box<[u32]>,
    /// The tree's root.
    pub(crate) root: u32,
    pub(crate) counts: Box<[ExitCount]>,
    /// Roots that it jumps to.
    pub(crate) links: Box<[u32]>,
    /// Of a root: how many traces there had been when it was entered last.
    pub(crate) used: Cell<u64>,
    /// Of a root: how bridges enter its loop's body.
    body: Option<Rc<BodyEntry>>,
    /// Of a root: whose its time is, and how that is measured.
    pub(crate) clan: Clan,
    pub(crate) sampling: Sampling,
    /// Of a root: what it saves, in times of the time that it runs.
    pub(crate) saves: i64,
}

/// What a trace was made into.
struct Made {
    code: Assembled,
    resume: Resume,
    forced: Box<[u32]>,
    counts: Box<[ExitCount]>,
    body: Option<Rc<BodyEntry>>,
    saves: i64,
}

impl Made {
    fn of(
        mut code: Assembled,
        resume: Resume,
        forces_exits: bool,
        body: Option<Rc<BodyEntry>>,
        saves: i64,
    ) -> Made {
        let exits = code.exits().iter();
        let counts = exits.map(|exit| ExitCount::new(exit.kind)).collect();
        let forced = match forces_exits {
            true => code.exits().iter().map(|exit| exit.forced).collect(),
            false => Box::default(),
        };
        code.forget_exits();
        Made {
            code,
            resume,
            forced,
            counts,
            body,
            saves,
        }
    }
}

/// What all traces of a tree share.
pub(crate) struct Tree {
    pub(crate) key: Key,
    /// The place that its code begins at.
    start: CodePointer,
    pub(crate) globals: Gc<Dict>,
    /// There was other code with the same text.
    pub(crate) is_copy: bool,
    dependencies: Vec<Dependency>,
    pub(crate) members: Vec<u32>,
    pub(crate) valid: bool,
    /// What compiling all of it has cost.
    pub(crate) cost_ns: i64,
}

impl Tree {
    /// A trace that has cost so much is one of it.
    fn add(&mut self, id: u32, recording: &Recording, cost: i64) {
        self.members.push(id);
        self.cost_ns += cost;
        for dependency in &recording.dependencies {
            if !self.dependencies.contains(dependency) {
                self.dependencies.push(*dependency);
            }
        }
    }
}

#[derive(Default)]
pub(crate) struct Traces {
    pub(crate) places: FxHashMap<Key, Place>,
    pub(crate) compiled: Vec<Option<Box<Compiled>>>,
    pub(crate) trees: FxHashMap<u32, Tree>,
    /// Numbers of traces that were freed.
    pub(crate) free: Vec<u32>,
}

impl Traces {
    /// A number for a new trace.
    fn new_number(&mut self) -> u32 {
        self.free.pop().unwrap_or_else(|| {
            self.compiled.push(None);
            self.compiled.len() as u32 - 1
        })
    }

    /// The place whose tree has this root, and where the root's code begins.
    pub(crate) fn start_of(&self, id: u32) -> Option<(Key, CodePointer)> {
        self.trees.get(&id).map(|tree| (tree.key, tree.start))
    }
}

/// The JIT, as the machine's hook.
pub struct Jit {
    pub(crate) assembler: RefCell<Assembler>,
    /// While the process is copied.
    pub(crate) twin: Cell<Option<Twin>>,
    scratch: Cell<Scratch>,
    writer: RefCell<Writer>,
    optimizer: RefCell<Optimizer>,
    pub(crate) taken: Cell<Taken>,
    pub(crate) traces: RefCell<Traces>,
    pub(crate) ways: Ways,
    pub(crate) parameters: RefCell<Parameters>,
    pub(crate) statistics: RefCell<Statistics>,
    pub(crate) ledger: Ledger,
    pub(crate) kin: Kin,
    pub(crate) dump: RefCell<Option<dump::Dump>>,
    pub(crate) told: RefCell<Told>,
    /// Recordings under way, one in what another executes.
    pub(crate) recordings: Cell<usize>,
    /// There was no room for code.
    pub(crate) memory_is_short: Cell<bool>,
    /// Loops that are or were compiled.
    headers: Headers,
    /// Generators not to be followed, by the key of their code's start.
    pub(crate) refused: RefCell<FxHashSet<usize>>,
    /// Namespaces and their keys that machine code gives values. One that is collected leaves its
    /// address here, which then makes another's value no constant.
    varying: RefCell<FxHashSet<(u64, u64)>>,
    pub(crate) active: Active,
    /// Where machine code was left, if the section `jit-exits` is asked for.
    pub(crate) left: RefCell<Option<LeftAt>>,
    /// See [`Jit::changes`].
    pub(crate) told_figures: RefCell<Vec<Figure>>,
}

impl Jit {
    /// For a machine that stays where it is.
    pub fn new(vm: &mut Vm, parameters: Parameters) -> Jit {
        let active = Active::default();
        let env = Env {
            vm: std::ptr::from_mut(vm) as usize,
            functions: Rt::ALL.iter().map(|&rt| runtime::address(rt)).collect(),
            float_functions: FloatFn::ALL
                .iter()
                .map(|&function| runtime::float_address(function))
                .collect(),
            float_results: runtime::float_results(),
            look_up: vm.look_up_byte(),
            epoch: object::watch::epoch_pointer(),
            frames: vm.frames().words() as usize,
            handled: &raw const vm.handled as usize,
            exit_handler: exit::handler as *const () as usize,
            calls: CallEnv {
                under_way: active.address(),
                last_base: vm.last_base_for(ROOM),
                finish: runtime::finish_called as *const () as usize,
                rest: runtime::rest_of_called as *const () as usize,
            },
        };
        Jit {
            assembler: RefCell::new(Assembler::new(env, parameters.code_limit)),
            twin: Cell::new(None),
            scratch: Cell::default(),
            writer: RefCell::default(),
            optimizer: RefCell::default(),
            taken: Cell::new(Taken { trace: 0, exit: 0 }),
            traces: RefCell::default(),
            ways: Ways::default(),
            parameters: RefCell::new(parameters),
            statistics: RefCell::default(),
            ledger: Ledger::new(vm.world.clock_ns(Clock::Monotonic)),
            kin: Kin::default(),
            dump: RefCell::new(None),
            told: RefCell::default(),
            recordings: Cell::new(0),
            memory_is_short: Cell::new(false),
            headers: Headers::default(),
            refused: RefCell::default(),
            varying: RefCell::default(),
            active,
            left: RefCell::new(None),
            told_figures: RefCell::default(),
        }
    }

    /// Decodes what an exit restores.
    #[inline]
    pub(crate) fn decode<S: Sink>(&self, taken: Taken, into: &mut S) {
        let traces = self.traces.borrow();
        if let Some(Some(compiled)) = traces.compiled.get(taken.trace as usize) {
            compiled.resume.decode(taken.exit as u16, into);
            if compiled.counts[taken.exit as usize].kind == ExitKind::Raise {
                into.fetched();
            }
        }
    }

    fn limits(&self) -> Limits {
        let parameters = self.parameters.borrow();
        Limits {
            ops: parameters.trace_limit,
            depth: 24,
            recursion: parameters.max_unroll_recursion,
            unrolled: parameters.max_unroll_loops,
            random_abort: parameters.random_abort,
            times_calls: self.told.borrow().keeps_costs(),
        }
    }

    /// The place of the frame on top, if code for it may be run or made; else how the place is counted
    /// from now on. (Other frames at that place may run such code.)
    pub(crate) fn hot_place(&self, vm: &Vm, origin: Origin) -> Result<CodePointer, Entered> {
        let parameters = self.parameters.borrow();
        match vm.frames().last() {
            Some(frame) if parameters.enabled && frame.has_own_namespace() => {
                Err(Entered::later(parameters.of(origin)))
            }
            Some(frame) if parameters.enabled => Ok(frame.pc),
            _ => Err(Entered::NOTHING),
        }
    }

    /// A place was counted down: runs its code, or makes it.
    pub(crate) fn hot(
        &self,
        vm: &mut Vm,
        key: Key,
        origin: Origin,
        counted: u16,
    ) -> PyResult<Entered> {
        if let Some(way) = self.way(key) {
            let returns = match self.may_enter(vm, &way) {
                true => self.enter(vm, way)?,
                false => None,
            };
            return Ok(Entered {
                patience: 1,
                returns,
            });
        }
        self.make(vm, key, origin, counted)
    }

    /// Makes code for a place that was counted down. By itself, because what its native frame is left with would be
    /// seen by the collector for as long as a loop runs that is entered with such a frame below it.
    #[inline(never)]
    fn make(&self, vm: &mut Vm, key: Key, origin: Origin, counted: u16) -> PyResult<Entered> {
        let Some(frame) = vm.frames().last().copied() else {
            return Ok(Entered::NOTHING);
        };
        let known = self.traces.borrow().places.get(&key).copied();
        let threshold = self.parameters.borrow().of(origin);
        match known {
            Some(Place::Failed(penalty)) if penalty >= PENALTY_MAX => return Ok(Entered::NOTHING),
            Some(Place::Failed(_) | Place::Compiled(_)) => {}
            None | Some(Place::Cold(..)) => {
                if let Some(entered) = self.is_cold(vm, key, known, (counted, threshold)) {
                    return Ok(entered);
                }
            }
        }
        if self.recordings.get() >= RECORDINGS_MAX {
            return Ok(Entered::later(threshold));
        }
        // What machine code calls is best machine code, however short.
        let is_called = self.ways.is_called(key);
        if origin == Origin::Function && !is_called && self.kin.passes(frame.code) {
            return Ok(Entered::later(threshold.saturating_mul(SHORT_PATIENCE)));
        }
        let penalty = match known {
            Some(Place::Failed(penalty)) => penalty,
            _ => 0,
        };
        self.set_place(key, Place::Failed(penalty + PENALTY));
        let start = start_of_root(origin, is_called, penalty >= PENALTY);
        let mut short = false;
        let made = self.record(vm, &start, frame.globals(), |jit, vm, recording| {
            short = !is_called && is_too_short(recording, origin);
            if short {
                return false;
            }
            jit.install(vm, recording, key, frame.globals(), None)
        })?;
        if origin == Origin::Function && (short || made == Ok(true)) {
            self.kin.recorded(frame.code, short);
        }
        let patience = match made {
            Ok(true) => 1,
            made => self.patience(key, penalty, threshold, (short, made.err())),
        };
        Ok(Entered::later(patience))
    }

    /// By what thresholds are multiplied.
    fn factor(&self) -> u32 {
        match self.parameters.borrow().pays {
            true => self.ledger.factor(),
            false => 1,
        }
    }

    /// The clan of the code of the frame on top, if it is a copy and that may hold it back.
    fn clan_of_copy(&self, vm: &Vm) -> Option<Clan> {
        let frame = vm.frames().last()?;
        let clan = self.kin.meet(frame.code, frame.globals());
        clan.filter(|_| self.parameters.borrow().pays)
    }

    /// Adds to how often a place was seen. If that does not make it worth a trace, how it goes on.
    fn is_cold(
        &self,
        vm: &mut Vm,
        key: Key,
        known: Option<Place>,
        (counted, threshold): (u16, u16),
    ) -> Option<Entered> {
        let (seen, clan) = match known {
            Some(Place::Cold(seen, clan)) => (seen, clan),
            _ => (0, self.clan_of_copy(vm)),
        };
        if self.factor() > 1 {
            self.ledger.balance(vm.world.clock_ns(Clock::Monotonic));
        }
        let held_back = clan.map_or(1, |clan| {
            let elapsed = self.ledger.elapsed(vm.world.clock_ns(Clock::Monotonic));
            self.kin.factor(clan, elapsed)
        });
        let wanted = u32::from(threshold) * self.factor().max(held_back);
        let seen = seen.saturating_add(u32::from(counted));
        if seen >= wanted {
            return None;
        }
        self.set_place(key, Place::Cold(seen, clan));
        let left = (wanted - seen).min(u32::from(u16::MAX)) as u16;
        let patience = match counted {
            _ if held_back > 1 => left.min(threshold.saturating_mul(HELD_BACK)),
            // A counter that is set to 1 belongs to a place that is compiled.
            1 => 1,
            _ => left.min(threshold),
        };
        Some(Entered::later(patience))
    }

    /// How often to count a place until the next attempt, when one has failed; `penalty` is what
    /// the place had before.
    fn patience(
        &self,
        key: Key,
        penalty: u32,
        threshold: u16,
        (short, abort): (bool, Option<Abort>),
    ) -> u16 {
        // Another number of times each time: a loop that always makes the same number of rounds
        // would else be met on its last one again and again.
        let turn = self.statistics.borrow().tracing as u16;
        let jitter = turn.wrapping_mul(7) % threshold.max(2) + 1;
        if short {
            // Another call may take another way: a recursion's may not end here.
            self.set_place(key, Place::Failed(penalty + PENALTY_SHORT));
            let patience = threshold.saturating_mul(penalty as u16 + 1);
            return patience.saturating_add(jitter);
        }
        if abort == Some(Abort::LeavesLoop) {
            self.set_place(key, Place::Failed(penalty + PENALTY_LAST_ROUND));
            return jitter;
        }
        let patience = threshold.saturating_mul(4u16.saturating_pow(penalty / PENALTY + 1));
        patience.saturating_add(jitter)
    }

    fn set_place(&self, key: Key, place: Place) {
        self.traces.borrow_mut().places.insert(key, place);
        self.ways.forget(key);
    }

    /// Records, and hands a finished trace on: whether it was taken. Or why there is none.
    fn record(
        &self,
        vm: &mut Vm,
        start: &Start,
        globals: Gc<Dict>,
        install: impl FnOnce(&Jit, &mut Vm, &Recording) -> bool,
    ) -> PyResult<Result<bool, Abort>> {
        record::holding::begin(vm);
        let made = self.record_and_install(vm, start, install);
        record::holding::end(vm);
        let lost = self.ledger.lose_cost();
        self.kin.spend(self.kin.clan_of(globals), lost);
        made
    }

    fn record_and_install(
        &self,
        vm: &mut Vm,
        start: &Start,
        install: impl FnOnce(&Jit, &mut Vm, &Recording) -> bool,
    ) -> PyResult<Result<bool, Abort>> {
        self.recordings.set(self.recordings.get() + 1);
        let began = vm.world.clock_ns(Clock::Monotonic);
        self.statistics.borrow_mut().since_ns.get_or_insert(began);
        // A recording in what this one executes finds none, and makes its own.
        let mut scratch = self.scratch.take();
        let (outcome, figures) = record::record(vm, start, self.limits(), self, &mut scratch);
        self.recordings.set(self.recordings.get() - 1);
        let spent = vm.world.clock_ns(Clock::Monotonic) - began - figures.away_ns;
        self.statistics.borrow_mut().recorded(&figures, spent);
        self.ledger
            .compiled(figures.asked, spent, began + spent + figures.away_ns);
        let recording = match outcome {
            Ok(Outcome::Trace(recording)) => recording,
            Ok(Outcome::Aborted(aborted)) => {
                let abort = aborted.why;
                if let Some(code) = aborted.refused {
                    self.refused.borrow_mut().insert(code.start().key());
                }
                self.statistics.borrow_mut().aborted(abort);
                if let Some(dump) = &mut *self.dump.borrow_mut() {
                    dump.abort(vm, abort);
                }
                if let Some(inner) = aborted.inner {
                    self.heat(inner);
                }
                self.scratch.set(scratch);
                return Ok(Err(abort));
            }
            Err(raised) => {
                self.statistics.borrow_mut().aborted(Abort::Raised);
                self.scratch.set(scratch);
                return Err(raised);
            }
        };
        self.told.borrow_mut().recorded(&figures, spent);
        let installed = install(self, vm, &recording);
        scratch.give_back(*recording);
        self.scratch.set(scratch);
        Ok(Ok(installed))
    }

    /// An inner loop was in the way of another: it is recorded as soon as it is met.
    fn heat(&self, inner: usize) {
        let mut traces = self.traces.borrow_mut();
        traces
            .places
            .entry(Key(inner * 2))
            .or_insert(Place::Cold(u32::MAX, None));
    }

    /// Assembles a recording and enters it among the traces; for a bridge, `from` is its exit.
    fn install(
        &self,
        vm: &mut Vm,
        recording: &Recording,
        key: Key,
        globals: Gc<Dict>,
        from: Option<(Taken, Vec<Loc>)>,
    ) -> bool {
        let inherited = from.as_ref().map(|(_, inherited)| inherited.as_slice());
        self.told.borrow_mut().keep(vm, &recording.trace, inherited);
        let began = vm.world.clock_ns(Clock::Monotonic);
        let mut optimizer = self.optimizer.borrow_mut();
        optimizer.run(&recording.trace);
        let trace = optimizer.last(&recording.trace);
        let epoch = object::watch::epoch();
        self.sweep_at_times(vm, recording, from.as_ref().map(|f| f.0));
        let id = self.traces.borrow_mut().new_number();
        self.active.made().set(self.active.made().get() + 1);
        let start = match &from {
            Some((_, inherited)) => assemble::Start::Bridge(inherited),
            None => assemble::Start::Entry,
        };
        let code = {
            let mut assembler = self.assembler.borrow_mut();
            assembler.keep_starts = self.dump.borrow().is_some();
            assembler.force_exits = self.parameters.borrow().force_exits;
            assembler.assemble(trace, id, start, epoch)
        };
        let resume = code
            .as_ref()
            .ok()
            .map(|code| self.writer.borrow_mut().write(trace, code));
        let spent = vm.world.clock_ns(Clock::Monotonic) - began;
        self.ledger.compiled(trace.len(), spent, began + spent);
        let code = match code {
            Ok(code) => code,
            Err(error) => {
                self.traces.borrow_mut().free.push(id);
                self.statistics.borrow_mut().not_assembled(error, spent);
                self.memory_is_short.set(error == Error::Memory);
                return false;
            }
        };
        let Some(resume) = resume.flatten() else {
            self.traces.borrow_mut().free.push(id);
            self.assembler.borrow_mut().free(code);
            return false;
        };
        self.statistics
            .borrow_mut()
            .compiled(from.is_some(), spent, &code, resume.bytes());
        let parent = from.map(|(taken, _)| taken);
        self.tell(vm, recording, trace, &code, parent);
        free::keep(vm, id, recording, globals);
        let body = match parent {
            None => body_of(recording, &code, &optimizer, trace),
            Some(_) => None,
        };
        if let Some(body) = &body {
            self.statistics.borrow_mut().kept_bytes += body.bytes() as u64;
        }
        let forces = self.parameters.borrow().force_exits;
        let saves = crate::kin::saved_times(recording.instructions, trace);
        let made = Made::of(code, resume, forces, body, saves);
        self.enlist(recording, made, key, globals, parent)
    }

    /// Tells whoever asked what a recording was compiled to.
    fn tell(
        &self,
        vm: &mut Vm,
        recording: &Recording,
        trace: &Trace,
        code: &Assembled,
        parent: Option<Taken>,
    ) {
        self.statistics
            .borrow_mut()
            .optimized(&optimize::Figures::of(trace));
        if let Some(dump) = &mut *self.dump.borrow_mut() {
            let assembler = self.assembler.borrow();
            dump.trace(vm, &assembler, recording, trace, code, parent);
        }
        self.told
            .borrow_mut()
            .compiled(vm, recording, trace, code, parent);
    }

    /// Enters a compiled trace among the others, and lets its parent's exit go on in it.
    fn enlist(
        &self,
        recording: &Recording,
        made: Made,
        key: Key,
        globals: Gc<Dict>,
        from: Option<Taken>,
    ) -> bool {
        let Made {
            code,
            resume,
            forced,
            counts,
            body,
            saves,
        } = made;
        let clan = self.kin.clan_of(globals);
        let mut traces = self.traces.borrow_mut();
        let traces = &mut *traces;
        let id = code.id;
        let mut root = id;
        if let Some(taken) = from {
            let Some(Some(parent)) = traces.compiled.get_mut(taken.trace as usize) else {
                traces.free.push(id);
                self.assembler.borrow_mut().free(code);
                return false;
            };
            root = parent.root;
            let mut assembler = self.assembler.borrow_mut();
            let patch = parent.resume.patch(taken.exit as u16);
            if assembler.patch(&parent.code, patch, &code).is_err() {
                traces.free.push(id);
                assembler.free(code);
                return false;
            }
            parent.counts[taken.exit as usize].attempts = BRIDGED;
        }
        traces.compiled[id as usize] = Some(Box::new(Compiled {
            code,
            resume,
            forced,
            root,
            counts,
            links: recording.links.as_slice().into(),
            used: Cell::new(self.active.made().get()),
            body,
            clan,
            sampling: Sampling::default(),
            saves,
        }));
        if from.is_none() {
            self.headers.add(recording.start);
            traces.places.insert(key, Place::Compiled(id));
            self.ways.forget(key);
        }
        let tree = traces.trees.entry(root).or_insert_with(|| Tree {
            key,
            start: recording.start,
            globals,
            is_copy: self.kin.is_copy(recording.code),
            dependencies: Vec::new(),
            members: Vec::new(),
            valid: true,
            cost_ns: 0,
        });
        let cost = self.ledger.take_cost();
        tree.add(id, recording, cost);
        self.kin.spend(clan, cost);
        true
    }

    /// What follows an exit: the interpreter stands as it should.
    pub(crate) fn after_exit(&self, vm: &mut Vm, taken: Taken) -> PyResult<()> {
        let kind = {
            let traces = self.traces.borrow();
            match &traces.compiled[taken.trace as usize] {
                Some(compiled) => compiled.counts[taken.exit as usize].kind,
                None => return Ok(()),
            }
        };
        self.note_exit(vm, taken);
        self.release_exit(taken);
        match kind {
            ExitKind::Raise => {
                let Some(raised) = exit::take_raised() else {
                    unreachable!("an exit that raises has an exception")
                };
                if self.recordings.get() >= RECORDINGS_MAX || !self.is_hot_exit(taken) {
                    return Err(raised);
                }
                self.bridge(vm, taken, Some(raised))
            }
            ExitKind::Poll | ExitKind::Invalid => Ok(()),
            ExitKind::Guard | ExitKind::Leave => {
                if self.recordings.get() >= RECORDINGS_MAX || !self.is_hot_exit(taken) {
                    return Ok(());
                }
                self.bridge(vm, taken, None)
            }
        }
    }

    /// An exit that is forced to be taken is so only once.
    fn release_exit(&self, taken: Taken) {
        if !self.parameters.borrow().force_exits {
            return;
        }
        if let Some(Some(compiled)) = self.traces.borrow().compiled.get(taken.trace as usize) {
            let mut assembler = self.assembler.borrow_mut();
            let forced = compiled.forced.get(taken.exit as usize).copied();
            let released = assembler.release(&compiled.code, forced.unwrap_or(0));
            debug_assert_eq!(released, Ok(()));
        }
    }

    /// Counts an exit. Whether a bridge is to be recorded there now.
    fn is_hot_exit(&self, taken: Taken) -> bool {
        let eagerness = self.parameters.borrow().trace_eagerness;
        let mut traces = self.traces.borrow_mut();
        let traces = &mut *traces;
        let Some(Some(compiled)) = traces.compiled.get_mut(taken.trace as usize) else {
            return false;
        };
        let count = &mut compiled.counts[taken.exit as usize];
        // There the interpreter goes on by intention.
        if count.kind == ExitKind::Leave || count.attempts >= ATTEMPTS_MAX {
            return false;
        }
        count.taken = count.taken.saturating_add(1);
        let wanted = u64::from(self.factor()) * u64::from(eagerness);
        if u64::from(count.taken) < wanted << (4 * u32::from(count.attempts)) {
            return false;
        }
        let tree = traces.trees.get(&compiled.root);
        if tree.is_none_or(|tree| tree.members.len() > BRIDGES_MAX) {
            return false;
        }
        count.attempts += 1;
        count.taken = 0;
        true
    }

    /// Records what follows an exit, which may have been taken for an exception.
    fn bridge(&self, vm: &mut Vm, taken: Taken, raised: Option<Raised>) -> PyResult<()> {
        let mut decoded = Decoded::default();
        self.decode(taken, &mut decoded);
        let (mut start, inherited) = start_of(&decoded);
        let (key, globals) = {
            let traces = self.traces.borrow();
            let Some(Some(compiled)) = traces.compiled.get(taken.trace as usize) else {
                return raised.map_or(Ok(()), Err);
            };
            start.tree = Some(compiled.root);
            match traces.trees.get(&compiled.root) {
                Some(tree) if tree.valid => (tree.key, tree.globals),
                _ => return raised.map_or(Ok(()), Err),
            }
        };
        start.root = key.0 / 2;
        start.raised = raised.map(|raised| raised.0);
        let made = self.record(vm, &start, globals, |jit, vm, recording| {
            jit.install(vm, recording, key, globals, Some((taken, inherited)))
        });
        made.map(drop)
    }

    /// Something has changed since the tree with this root was compiled. If all that it relies on
    /// is as it was, it is valid again; else it is given up.
    pub(crate) fn revalidate(&self, root: u32) {
        let mut traces = self.traces.borrow_mut();
        let traces = &mut *traces;
        let Some(tree) = traces.trees.get_mut(&root).filter(|tree| tree.valid) else {
            return;
        };
        if tree
            .dependencies
            .iter()
            .all(|dependency| dependency.holds())
        {
            let epoch = object::watch::epoch();
            for dependency in &tree.dependencies {
                dependency.watch();
            }
            let mut assembler = self.assembler.borrow_mut();
            for member in &tree.members {
                if let Some(compiled) = &traces.compiled[*member as usize] {
                    assembler.set_epoch(&compiled.code, epoch);
                }
            }
            return;
        }
        tree.valid = false;
        tree.dependencies.clear();
        traces.places.remove(&tree.key);
        self.ways.forget(tree.key);
        let mut assembler = self.assembler.borrow_mut();
        for member in &tree.members {
            if let Some(compiled) = &traces.compiled[*member as usize] {
                // No epoch has this number again before the count comes round.
                assembler.set_epoch(&compiled.code, 0);
            }
        }
    }

    /// Bytes of machine code in use.
    pub fn code_bytes(&self) -> usize {
        self.assembler.borrow().code_bytes()
    }

    /// Bytes of memory that machine code may stand in, used or not.
    pub fn reserved_bytes(&self) -> usize {
        self.assembler.borrow().reserved_bytes()
    }

    /// Dumps each trace from now on.
    pub fn dump_to(&self, dump: dump::Dump) {
        *self.dump.borrow_mut() = Some(dump);
    }

    /// Keeps the text of each trace from now on, for [`Jit::trace_log`].
    pub fn keep_trace_log(&self) {
        self.told.borrow_mut().keep_log();
    }

    /// The `jit-log-opt` section: the traces that were compiled, as the trace parser reads them.
    pub fn trace_log(&self) -> String {
        self.told.borrow().log().to_owned()
    }

    /// Keeps each recording from now on, with what it took, for [`Jit::costs`].
    pub fn keep_costs(&self) {
        self.told.borrow_mut().keep_costs();
    }

    /// What recordings took, and what they recorded.
    pub fn costs(&self) -> Costs {
        self.told.borrow().costs()
    }

    /// Writes a map by which `perf` names machine code.
    pub fn map_for_perf(&self, vm: &mut Vm) -> Result<(), String> {
        self.told.borrow_mut().open_map(vm)
    }

    /// Sets parameters as `--jit` does.
    pub fn set_text(&self, vm: &mut Vm, text: &str) -> Result<(), String> {
        let mut parameters = *self.parameters.borrow();
        parameters.set_text(text)?;
        *self.parameters.borrow_mut() = parameters;
        vm.reset_counters(parameters.threshold.min(parameters.function_threshold));
        Ok(())
    }

    /// Gives all code up.
    pub fn release_all(&self, vm: &mut Vm) {
        let roots: Vec<u32> = self.traces.borrow().trees.keys().copied().collect();
        let mut traces = self.traces.borrow_mut();
        let traces = &mut *traces;
        for root in roots {
            if let Some(tree) = traces.trees.get_mut(&root)
                && tree.valid
            {
                tree.valid = false;
                traces.places.remove(&tree.key);
                self.ways.forget(tree.key);
                let mut assembler = self.assembler.borrow_mut();
                for member in &tree.members {
                    if let Some(compiled) = &traces.compiled[*member as usize] {
                        assembler.set_epoch(&compiled.code, 0);
                    }
                }
            }
        }
        let parameters = *self.parameters.borrow();
        vm.reset_counters(parameters.threshold.min(parameters.function_threshold));
    }

    /// The `jit-summary` section; `now_ns` is the monotonic clock. Empty if nothing was recorded.
    pub fn summary(&self, now_ns: i64) -> String {
        let statistics = self.statistics.borrow();
        let Some(since) = statistics.since_ns else {
            return String::new();
        };
        let total = (now_ns - since).max(0) as u64;
        statistics.summary(total, now_ns as u64)
    }

    pub fn abort_table(&self) -> String {
        self.statistics.borrow().abort_table()
    }

    pub fn memory(&self) -> String {
        self.statistics.borrow().memory(self.code_bytes()) + &self.ledger.text()
    }
}

fn varying_key(namespace: Gc<Dict>, key: Value) -> (u64, u64) {
    (Value::from(namespace).bits(), key.bits())
}

impl Targets for Jit {
    fn varies(&self, namespace: Gc<Dict>, key: Value) -> bool {
        self.varying.borrow().contains(&varying_key(namespace, key))
    }

    fn let_vary(&self, namespace: Gc<Dict>, key: Value) {
        let key = varying_key(namespace, key);
        self.varying.borrow_mut().insert(key);
    }

    fn loop_at(&self, place: CodePointer, globals: Gc<Dict>) -> Option<Target> {
        match self.headers.may_have(place) {
            true => self.known_loop_at(place, globals),
            false => None,
        }
    }

    fn body_of(&self, root: u32) -> Option<Rc<BodyEntry>> {
        let traces = self.traces.borrow();
        traces.compiled.get(root as usize)?.as_ref()?.body.clone()
    }

    fn refuses(&self, code: Gc<CodeObject>) -> bool {
        self.refused.borrow().contains(&code.start().key())
    }

    fn way_to(&self, place: CodePointer, begins: bool, globals: Gc<Dict>) -> usize {
        let key = if begins {
            Key::of_function(place)
        } else {
            Key::of_loop(place)
        };
        std::ptr::from_ref(self.ways.cell(key, globals)) as usize
    }
}

impl Jit {
    /// Of a place that probably is a header, what is compiled for it.
    #[inline(never)]
    fn known_loop_at(&self, place: CodePointer, globals: Gc<Dict>) -> Option<Target> {
        let traces = self.traces.borrow();
        let Some(Place::Compiled(id)) = traces.places.get(&Key::of_loop(place)) else {
            return None;
        };
        let tree = traces.trees.get(id)?;
        if !tree.valid || tree.globals != globals {
            return None;
        }
        let compiled = traces.compiled[*id as usize].as_ref()?;
        Some(Target {
            entry: compiled.code.entry,
            id: *id,
            epoch_word: compiled.code.epoch_word(),
        })
    }
}

/// How bridges enter the body of a loop that was compiled of a recording: where the body wants what
/// recording has found that it takes for granted. `None` if it wants something else too.
fn body_of(
    recording: &Recording,
    code: &Assembled,
    optimizer: &Optimizer,
    trace: &Trace,
) -> Option<Rc<BodyEntry>> {
    let body = recording.body.as_ref().filter(|_| code.body != 0)?;
    let mut places = Vec::with_capacity(code.label.len());
    for &(wanted, loc) in &code.label {
        let before = places.len();
        let place = loc.number()?;
        for (number, given) in body.gives.iter().enumerate() {
            let (value, leaf) = optimizer.names(given.value);
            if value == wanted || leaf == wanted {
                places.push((number, trace.repr(wanted), place));
            }
        }
        if places.len() == before {
            return None;
        }
    }
    Some(Rc::new(body.clone().at(code.body, places)))
}

/// Whether a root's trace is not worth the way into machine code and out of it.
fn is_too_short(recording: &Recording, origin: Origin) -> bool {
    let ops = recording.trace.len();
    let leaves = ops > 0 && recording.trace.op(ops - 1) == trace::Op::Finish;
    let yields = leaves && recording.code.get().code().flags.generator;
    let least = match (yields, origin) {
        (true, Origin::Loop) => YIELDING_OPS_MIN,
        (_, Origin::Function) => FUNCTION_OPS_MIN,
        _ => 0,
    };
    ops < least && recording.links.is_empty()
}

/// How a root's recording begins; `again`: one has been given up.
fn start_of_root(origin: Origin, called: bool, again: bool) -> Start {
    Start {
        origin,
        frames: Vec::new(),
        objects: Vec::new(),
        values: Vec::new(),
        handled: Vec::new(),
        raised: None,
        root: 0,
        tree: None,
        called,
        leaves: again && called,
        rounds: if again { ROUNDS_MAX } else { 1 },
    }
}

/// The state in which a bridge begins, and where its values are.
fn start_of(decoded: &Decoded) -> (Start, Vec<Loc>) {
    let mut inherited = Vec::new();
    let mut start_value = |source: Source, repr: Repr, kind: u8, shape: u32| match source {
        Source::Constant(Const::Word(word)) => StartValue::Constant(word),
        Source::Constant(Const::Float(bits)) => {
            StartValue::Constant(Value::float(f64::from_bits(bits)))
        }
        Source::Constant(Const::Raw(n)) => StartValue::Raw(n),
        Source::Object(number) => StartValue::Object(number),
        Source::Place(place) => {
            debug_assert!(exit::is_inherited(place));
            // What is in one place is one value, whatever names it.
            let known = inherited.iter().position(|&own| own == (place, repr));
            let number = known.unwrap_or(inherited.len());
            if known.is_none() {
                inherited.push((place, repr));
            }
            StartValue::Inherited(number as u16, repr, Kind::from_number(kind), shape)
        }
    };
    let mut objects: Vec<StartObject> = decoded.objects.iter().map(StartObject::from).collect();
    for field in &decoded.fields {
        let value = start_value(field.source, field.repr, 0, 0);
        let fields = &mut objects[usize::from(field.object)].fields;
        fields.push((field.displacement, field.width, value));
    }
    let mut values = Vec::new();
    let count = decoded.frames.len();
    let mut functions: Vec<Option<StartValue>> = vec![None; count];
    let mut locals: Vec<Option<StartValue>> = vec![None; count];
    let mut handled = Vec::new();
    for value in &decoded.values {
        let start = start_value(value.source, value.repr, value.kind, value.shape);
        let frame = value.frame as usize;
        match value.register {
            FUNCTION_REGISTER => functions[frame] = Some(start),
            LOCALS_REGISTER => locals[frame] = Some(start),
            HANDLED_REGISTER => handled.push((count - 1 - frame, start)),
            register => {
                let base = decoded.frames[frame].base as usize;
                values.push((base + register as usize, start));
            }
        }
    }
    let start = Start {
        origin: Origin::Bridge,
        frames: frames_of(decoded, &functions, &locals),
        objects,
        values,
        handled,
        raised: None,
        root: 0,
        tree: None,
        called: false,
        leaves: false,
        rounds: 1,
    };
    let places = inherited.into_iter().map(|(place, _)| place);
    (start, places.collect())
}

/// The frames above the one in which the tree begins, the lowest first.
fn frames_of(
    decoded: &Decoded,
    functions: &[Option<StartValue>],
    locals: &[Option<StartValue>],
) -> Vec<StartFrame> {
    let frames = decoded.frames.iter().enumerate().rev();
    let above = frames.filter(|(_, frame)| !frame.entry);
    above
        .map(|(at, frame)| StartFrame {
            function: match (frame.function, functions[at]) {
                (Some(Const::Word(function)), _) => StartValue::Constant(function),
                (_, Some(function)) => function,
                _ => StartValue::Constant(Value::UNBOUND),
            },
            locals: locals[at],
            base: frame.base as usize,
            dst: frame.dst,
            then: Then::from_number(frame.then),
            pushed: frame.pushed,
        })
        .collect()
}
