//! Threads of a program: strands (`object::strand`) that take turns at safepoints and where they wait.
//!
//! The machine has one register stack and one stack of frames. A thread that stops leaves its part of them as
//! a copy and has it back, in the same places, when it goes on: so native functions and machine code that are
//! under way in it find what they refer to. A stop is for compiled code what a call is that runs any
//! Python code; it happens at a safepoint that may run some, or in a native function that waits.
//!
//! A thread that waits says until when, or for which files, or for a call of [`Vm::unpark`]. Locks and
//! all that is made of them are Python code on that (`builtins/lib/_thread.py`). Nothing waits
//! in the system but the machine as a whole, when no thread can go on.
//!
//! Signals are the first thread's. When one comes, that thread is the next to run. In a copy of the
//! process (`fork`), the thread that made it is there alone and the first.

use crate::{Frame, Raised, Vm};
use object::strand::{self, Strands};
use object::{Marker, Value};
use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use world::{Clock, Metronome};

/// The first thread's number.
pub const MAIN: u64 = 1;
/// How long a thread may go on while others wait to, in nanoseconds, unless a program says otherwise.
const TURN_NS: u64 = 5_000_000;
/// The machine waits no longer than so long without looking for signals, in nanoseconds: one may
/// come to another system thread and end no waiting here.
const SLICE_NS: u64 = 50_000_000;
/// As if Rust code had called back so often when a thread begins: its native stack is as much smaller.
const DEPTH_AT_FIRST: usize = crate::vm::NATIVE_DEPTH_MAX / 4 * 3;
/// Where a native module keeps the namespace that has the context of context variables.
pub const CONTEXT_HOLDER: &str = "namespace of the context";
const CONTEXT: &str = "_current";
/// Poll's bit for a file that is not open.
const NOT_OPEN: u16 = 32;

/// Files by number, and for each the events that are waited for, which are poll's bits.
pub type Files = Vec<(i32, u16)>;

/// Why a thread that waited goes on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Woken {
    /// Another thread said so.
    Called,
    /// It is time.
    Late,
    /// Files are ready.
    Ready(Files),
    /// A signal came, whose handler is to run now.
    Signal,
}

/// The threads of a program that has started some.
pub(crate) struct Threads {
    strands: Strands,
    all: BTreeMap<u64, Thread>,
    first: u64,
    running: u64,
    last: u64,
    /// Those that could go on, in order.
    ready: VecDeque<u64>,
    /// Strands on which nothing runs any more.
    ended: Vec<usize>,
    metronome: Metronome,
    /// Set by the metronome: the running thread has had its turn.
    beat: Arc<AtomicBool>,
    /// A signal came that the first thread has yet to see to.
    signal_waits: bool,
    /// Turns end where a recording says.
    is_replayed: bool,
    /// The running thread has had its turn, and who records or replays knows it.
    #[cfg(feature = "revdb")]
    pub(crate) turn_is_noted: bool,
}

struct Thread {
    strand: usize,
    /// What it calls, until it does.
    task: Value,
    /// What it left of the machine's state when it stopped.
    left: Left,
    waiting: Option<Waiting>,
    woken: Woken,
    /// It was woken before it waited.
    is_called: bool,
    /// It has nothing left to do but to end, and is not counted any more.
    leaves: bool,
}

/// What a thread waits for.
#[derive(Default)]
struct Waiting {
    /// By the monotonic clock.
    until_ns: Option<i64>,
    files: Files,
}

/// The part of the machine's state that each thread has for itself.
struct Left {
    registers: Vec<Value>,
    frames: Vec<Frame>,
    handled: Value,
    generator_result: Value,
    decimal_context: Value,
    context: Value,
    recording: Value,
    repr_active: Vec<Value>,
    native_depth: usize,
    due_is_held: bool,
    hooks: crate::hooks::Own,
}

impl Default for Left {
    fn default() -> Left {
        Left {
            registers: Vec::new(),
            frames: Vec::new(),
            handled: Value::NONE,
            generator_result: Value::NONE,
            decimal_context: Value::UNBOUND,
            context: Value::NONE,
            recording: Value::NONE,
            repr_active: Vec::new(),
            native_depth: DEPTH_AT_FIRST,
            due_is_held: false,
            hooks: crate::hooks::Own::default(),
        }
    }
}

impl Left {
    fn trace(&self, marker: &mut Marker) {
        marker.visit_words(&self.registers);
        self.frames.iter().for_each(|frame| frame.trace(marker));
        self.hooks.trace(marker);
        let own = [
            self.handled,
            self.generator_result,
            self.decimal_context,
            self.context,
            self.recording,
        ];
        for value in own.iter().chain(&self.repr_active) {
            marker.visit(*value);
        }
    }
}

impl Thread {
    fn new(strand: usize, task: Value) -> Thread {
        Thread {
            strand,
            task,
            left: Left::default(),
            waiting: None,
            woken: Woken::Called,
            is_called: false,
            leaves: false,
        }
    }
}

impl Threads {
    fn new(look_up: Arc<AtomicBool>, is_replayed: bool) -> Threads {
        let beat = Arc::new(AtomicBool::new(false));
        let flags = [beat.clone(), look_up];
        Threads {
            strands: Strands::default(),
            all: BTreeMap::from([(MAIN, Thread::new(0, Value::NONE))]),
            first: MAIN,
            running: MAIN,
            last: MAIN,
            ready: VecDeque::new(),
            ended: Vec::new(),
            metronome: Metronome::new(flags, TURN_NS),
            beat,
            signal_waits: false,
            is_replayed,
            #[cfg(feature = "revdb")]
            turn_is_noted: false,
        }
    }

    /// Visits what the threads that do not run refer to. `stacks`: their native stacks too.
    pub(crate) fn trace(&self, marker: &mut Marker, stacks: bool) {
        for thread in self.all.values() {
            marker.visit(thread.task);
            thread.left.trace(marker);
        }
        if stacks {
            self.strands.trace(marker);
        }
    }

    fn wake(&mut self, number: u64, why: Woken) {
        let Some(thread) = self.all.get_mut(&number) else {
            return;
        };
        if thread.waiting.take().is_none() {
            thread.is_called |= why == Woken::Called;
            return;
        }
        match why {
            Woken::Signal => self.ready.push_front(number),
            _ => self.ready.push_back(number),
        }
        thread.woken = why;
        self.end_turns(true);
    }

    /// The running thread is the only one, and the first.
    fn be_alone(&mut self) {
        let own = self.running;
        self.all.retain(|&number, _| number == own);
        self.first = own;
        self.ready.clear();
        self.ended.clear();
        self.strands.forget_others();
        self.metronome = self.metronome.renewed();
        self.set_turn_over(false);
    }

    /// The first thread goes on next: a signal came.
    fn call_first(&mut self) {
        let first = self.first;
        if let Some(at) = self.ready.iter().position(|&number| number == first) {
            self.ready.remove(at);
            self.ready.push_front(first);
        }
        self.wake(first, Woken::Signal);
        self.set_turn_over(true);
    }

    fn set_turn_over(&mut self, is_over: bool) {
        #[cfg(feature = "revdb")]
        {
            self.turn_is_noted = is_over;
            self.beat.store(false, Ordering::Relaxed);
        }
        #[cfg(not(feature = "revdb"))]
        self.beat.store(is_over, Ordering::Relaxed);
    }

    /// Whether turns end after a time: whether others could go on.
    fn end_turns(&mut self, wanted: bool) {
        self.metronome.beat(wanted && !self.is_replayed);
    }

    /// Whether others than a thread could go on, at once or when their time has come or their files are
    /// ready: while it runs, that is found out where its turns end.
    fn others_may_go_on(&self, running: u64) -> bool {
        let awaits = |waiting: &Waiting| waiting.until_ns.is_some() || !waiting.files.is_empty();
        let mut all = self.all.iter();
        !self.ready.is_empty()
            || all.any(|(&number, thread)| {
                number != running && thread.waiting.as_ref().is_some_and(awaits)
            })
    }

    /// When the first of those that wait is to be woken, and all files that are waited for.
    fn awaited(&self) -> (Option<i64>, Files) {
        let waiting = || self.all.values().filter_map(|t| t.waiting.as_ref());
        let until = waiting().filter_map(|w| w.until_ns).min();
        (until, waiting().flat_map(|w| w.files.clone()).collect())
    }

    /// Wakes those that wait for these files, or for no later a time.
    fn wake_due(&mut self, now_ns: i64, found: &Files) {
        let due: Vec<(u64, Woken)> = (self.all.iter())
            .filter_map(|(&number, thread)| {
                let waiting = thread.waiting.as_ref()?;
                let is_own = |file: &&(i32, u16)| {
                    (waiting.files.iter()).any(|wanted| {
                        // Errors are told unasked.
                        wanted.0 == file.0 && file.1 & (wanted.1 | 0x38) != 0
                    })
                };
                let own: Files = found.iter().filter(is_own).copied().collect();
                match waiting.until_ns.is_some_and(|until| until <= now_ns) {
                    _ if !own.is_empty() => Some((number, Woken::Ready(own))),
                    true => Some((number, Woken::Late)),
                    false => None,
                }
            })
            .collect();
        for (number, why) in due {
            self.wake(number, why);
        }
    }
}

impl Vm {
    /// The number of the running thread.
    pub fn thread(&self) -> u64 {
        self.threads
            .as_ref()
            .map_or(MAIN, |threads| threads.running)
    }

    /// The number of the thread that sees to signals.
    pub fn first_thread(&self) -> u64 {
        self.threads.as_ref().map_or(MAIN, |threads| threads.first)
    }

    /// Copies the process; the child's number, 0 in the child. That has the running thread alone.
    ///
    /// # Errors
    /// As [`world::World::fork`]; or there is no room for a copy of compiled code.
    pub fn fork(&mut self) -> io::Result<i32> {
        let hook = self.hook();
        if let Some(hook) = &hook {
            hook.before_fork()?;
        }
        let child = self.world.fork();
        let in_child = matches!(child, Ok(0));
        if let Some(hook) = &hook
            && let Err(error) = hook.after_fork(in_child)
        {
            // The child cannot go on with the code of its parent.
            eprintln!("krait: no memory for a forked process's code: {error}");
            self.world.exit(71);
        }
        if in_child {
            self.imports.keep_own(self.thread());
            if let Some(threads) = &mut self.threads {
                threads.be_alone();
            }
        }
        child
    }

    /// How many threads there are that have not ended.
    pub fn thread_count(&self) -> usize {
        let counted = |threads: &Threads| threads.all.values().filter(|own| !own.leaves).count();
        self.threads.as_deref().map_or(1, counted)
    }

    /// The running thread, which is not the first, is not counted from now on.
    pub fn leave_threads(&mut self) {
        let Some(threads) = self.threads.as_mut() else {
            return;
        };
        if let Some(thread) = threads.all.get_mut(&threads.running) {
            thread.leaves = true;
        }
    }

    /// The threads, of which there is one at first.
    fn begun_threads(&mut self) -> &mut Threads {
        let is_replayed = self.world.is_replaying();
        let look_up = &self.look_up;
        (self.threads).get_or_insert_with(|| Box::new(Threads::new(look_up.clone(), is_replayed)))
    }

    /// Starts a thread that calls a function without arguments; its number. It begins when others
    /// have had their turn.
    ///
    /// # Errors
    /// The system has no room for another stack.
    pub fn start_thread(&mut self, task: Value) -> io::Result<u64> {
        let threads = self.begun_threads();
        let strand = threads.strands.add()?;
        threads.last += 1;
        let number = threads.last;
        threads.all.insert(number, Thread::new(strand, task));
        threads.ready.push_back(number);
        threads.end_turns(true);
        Ok(number)
    }

    /// How long a thread may go on while others wait to.
    pub fn set_turn(&mut self, turn_ns: u64) {
        let threads = self.begun_threads();
        threads.metronome.set_interval(turn_ns);
    }

    /// Lets the others have their turn, if there are any that could go on.
    pub fn yield_thread(&mut self) {
        self.look_around(Some(0));
        let Some(threads) = &mut self.threads else {
            return;
        };
        if let Some(next) = threads.ready.pop_front() {
            let own = threads.running;
            threads.ready.push_back(own);
            self.switch(next);
        }
    }

    /// Whether the metronome has set its flag, which is taken back.
    pub(crate) fn hears_beat(&mut self) -> bool {
        let is_set = |threads: &Threads| threads.beat.swap(false, Ordering::Relaxed);
        self.threads.as_deref().is_some_and(is_set)
    }

    /// At a safepoint: lets others have their turn if this one's is over.
    #[inline]
    pub(crate) fn end_turn(&mut self) {
        if self.threads.is_some() && self.turn_is_over() {
            self.yield_thread();
        }
    }

    /// Waits until another thread calls [`Vm::unpark`], until a time by the monotonic clock, or until
    /// one of some files is ready; others run meanwhile. A call that came since this thread last
    /// waited counts. Signals are dealt with by who asked, if this is the first thread.
    pub fn park(&mut self, until_ns: Option<i64>, files: Files) -> Woken {
        let threads = self.begun_threads();
        let own = threads.running;
        if own == threads.first && threads.signal_waits {
            return Woken::Signal;
        }
        if let Some(thread) = threads.all.get_mut(&own) {
            if std::mem::take(&mut thread.is_called) {
                return Woken::Called;
            }
            thread.waiting = Some(Waiting { until_ns, files });
        }
        let next = self.next_thread();
        if next != own {
            self.switch(next);
        } else if let Some(threads) = &mut self.threads {
            threads.end_turns(threads.others_may_go_on(own));
        }
        let threads = self.threads.as_mut();
        let thread = threads.and_then(|threads| threads.all.get_mut(&own));
        let woken = thread.map(|thread| std::mem::replace(&mut thread.woken, Woken::Called));
        woken.unwrap_or(Woken::Called)
    }

    /// Wakes a thread that is parked, or will be.
    pub fn unpark(&mut self, number: u64) {
        if let Some(threads) = &mut self.threads {
            threads.wake(number, Woken::Called);
        }
    }

    /// Whether the running thread is to see to signals, one of which may have come now. If it is not the first
    /// thread, that one is the next to run.
    pub(crate) fn is_told_of_signal(&mut self, came: bool) -> bool {
        match &mut self.threads {
            None => came,
            Some(threads) if threads.running == threads.first => {
                std::mem::take(&mut threads.signal_waits) || came
            }
            Some(threads) => {
                if came {
                    threads.signal_waits = true;
                    threads.call_first();
                    self.look_up.store(true, Ordering::Relaxed);
                }
                false
            }
        }
    }

    /// Whether the next safepoint has something to do for threads: this is the first, and a signal came while
    /// others ran, or its turn is known to be over.
    pub(crate) fn threads_are_due(&self) -> bool {
        let is_due = |threads: &Threads| {
            #[cfg(feature = "revdb")]
            if threads.turn_is_noted {
                return true;
            }
            threads.running == threads.first && threads.signal_waits
        };
        self.threads.as_deref().is_some_and(is_due)
    }

    /// The next thread that goes on, taken from those that could. Waits until there is one.
    fn next_thread(&mut self) -> u64 {
        self.look_around(Some(0));
        loop {
            let Some(threads) = &mut self.threads else {
                return MAIN;
            };
            if let Some(next) = threads.ready.pop_front() {
                return next;
            }
            threads.end_turns(false);
            self.look_around(None);
            if self.is_interrupted()
                && let Some(threads) = &mut self.threads
            {
                threads.call_first();
            }
        }
    }

    /// Wakes threads whose time has come or whose files are ready; waits for that, if that is wanted
    /// (`None`), but not long.
    fn look_around(&mut self, wait_ns: Option<u64>) {
        let Some(threads) = &self.threads else {
            return;
        };
        let (until, files) = threads.awaited();
        if until.is_none() && files.is_empty() && wait_ns.is_some() {
            return;
        }
        let wait_ns = wait_ns.unwrap_or_else(|| match until {
            None => SLICE_NS,
            Some(until) => {
                let left = until - self.world.clock_ns(Clock::Monotonic);
                u64::try_from(left).unwrap_or(0).min(SLICE_NS)
            }
        });
        let found = match files.is_empty() {
            false => match self.world.poll(&files, Some(wait_ns)) {
                Ok(found) => found,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => Files::new(),
                // Those that wait find out what is wrong.
                Err(_) => files
                    .iter()
                    .map(|&(number, _)| (number, NOT_OPEN))
                    .collect(),
            },
            true => {
                if wait_ns > 0 {
                    self.world.sleep_ns(wait_ns);
                }
                Files::new()
            }
        };
        let now = self.world.clock_ns(Clock::Monotonic);
        if let Some(threads) = &mut self.threads {
            threads.wake_due(now, &found);
        }
    }

    /// Goes on with a thread that was taken from those that could; comes back when this one goes on.
    fn switch(&mut self, next: u64) {
        let left = self.leave();
        let Some(threads) = &mut self.threads else {
            return;
        };
        let own = std::mem::replace(&mut threads.running, next);
        if let Some(thread) = threads.all.get_mut(&own) {
            thread.left = left;
        }
        let Some(thread) = threads.all.get_mut(&next) else {
            return;
        };
        let (strand, left) = (thread.strand, std::mem::take(&mut thread.left));
        threads.set_turn_over(false);
        threads.end_turns(threads.others_may_go_on(next));
        self.take_up(left);
        if self.threads_are_due() {
            self.look_up.store(true, Ordering::Relaxed);
        }
        if let Some(hook) = self.hook() {
            hook.switch(own, next);
        }
        strand::go_to(self, strands_of, strand, begin);
        self.bury_strands();
        // What is noted next has not the time of what another thread did.
        self.tick();
    }

    fn bury_strands(&mut self) {
        if let Some(threads) = &mut self.threads {
            while let Some(strand) = threads.ended.pop() {
                threads.strands.remove(strand);
            }
        }
    }

    /// Takes this thread's state out of the machine.
    fn leave(&mut self) -> Left {
        let top = self.top() + crate::frame::WINDOW_MARGIN;
        Left {
            registers: self.stack.below(top).to_vec(),
            frames: self.frames.to_vec(),
            handled: std::mem::replace(&mut self.handled, Value::NONE),
            generator_result: std::mem::replace(&mut self.generator_result, Value::NONE),
            decimal_context: std::mem::replace(&mut self.decimal_context, Value::UNBOUND),
            context: self.exchange_context(None),
            recording: self.kept(crate::hook::RECORDING).unwrap_or(Value::NONE),
            repr_active: std::mem::take(&mut self.repr_active),
            native_depth: self.native_depth,
            due_is_held: std::mem::replace(&mut self.due_is_held, false),
            hooks: self.leave_hooks(),
        }
    }

    /// Puts a thread's state into the machine.
    fn take_up(&mut self, left: Left) {
        self.stack.window(0).fill_from(0, &left.registers);
        self.frames.truncate(0);
        left.frames
            .iter()
            .for_each(|&frame| self.frames.push(frame));
        self.handled = left.handled;
        self.generator_result = left.generator_result;
        self.decimal_context = left.decimal_context;
        self.take_up_hooks(left.hooks);
        if !left.context.is_none() {
            self.exchange_context(Some(left.context));
        }
        if self.kept(crate::hook::RECORDING).is_some() {
            self.keep(crate::hook::RECORDING, left.recording);
        }
        self.repr_active = left.repr_active;
        self.native_depth = left.native_depth;
        self.due_is_held = left.due_is_held;
    }

    /// The context of context variables, which another takes the place of.
    fn exchange_context(&mut self, other: Option<Value>) -> Value {
        let name = object::intern(CONTEXT);
        let holder = self.kept(CONTEXT_HOLDER);
        let Some(space) = holder.and_then(|holder| holder.cast::<object::Dict>()) else {
            return Value::NONE;
        };
        let own = space.get_str(name).unwrap_or(Value::NONE);
        if let Some(other) = other {
            space.set_str(name, other);
        }
        own
    }
}

fn strands_of(vm: &mut Vm) -> Option<&mut Strands> {
    Some(&mut vm.threads.as_mut()?.strands)
}

/// Where a thread begins: calls its task, and goes on with another thread for good.
fn begin(vm: &mut Vm) {
    vm.bury_strands();
    let own = vm.thread();
    let threads = vm.threads.as_mut();
    let thread = threads.and_then(|threads| threads.all.get_mut(&own));
    let task = thread.map_or(Value::NONE, |thread| {
        std::mem::replace(&mut thread.task, Value::NONE)
    });
    if let Err(raised) = vm.call(task, &[]) {
        report(vm, raised, task);
    }
    if let Some(threads) = &mut vm.threads
        && let Some(thread) = threads.all.remove(&own)
    {
        threads.ended.push(thread.strand);
        if threads.all.is_empty() {
            // It was alone in a copy of the process.
            vm.world.exit(0);
        }
    }
    let next = vm.next_thread();
    vm.switch(next);
}

fn report(vm: &mut Vm, raised: Raised, task: Value) {
    if !raised.matches(vm, vm.types.system_exit) {
        vm.report_unraisable(raised, "in thread started by", task);
    }
}
