//! The machine's state.

use crate::enter::{OPERATOR_PLACES, OperatorPlace};
use crate::names::Names;
use crate::native::Native;
use crate::operator::BinaryOp;
use crate::semantics::attribute::{EMPTY_CACHE, SHARED_PLACES};
use crate::types::{self, Types};
use object::liveness::live_while_calling;
use object::{Class, Dict, Frames, Gc, Kind, Marker, Stack, Value, shape};
use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use world::World;

/// The next item of a native module's iterator, or its end.
pub type StepNative = fn(&mut Vm, Gc<object::Foreign>) -> Option<crate::PyResult<Option<Value>>>;

/// How many registers the stack has room for: 512 MiB of address space, committed on use.
const STACK_REGISTERS: usize = 1 << 26;
/// `sys.getrecursionlimit()` at first.
const RECURSION_LIMIT: usize = 1000;
/// How deep Rust code may call back into Python before RecursionError: what fits the native stack
/// that the executable provides, with a wide margin.
pub(crate) const NATIVE_DEPTH_MAX: usize = 4000;

/// What the command line decides.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// `sys.argv`.
    pub argv: Vec<String>,
    /// Directories searched for modules, in order.
    pub path: Vec<String>,
    /// `-O`: how often.
    pub optimize: u8,
    /// `-X` options, as given.
    pub x_options: Vec<String>,
    pub executable: String,
    /// `-u`
    pub unbuffered: bool,
    /// `-W` options
    pub warnings: Vec<String>,
    pub isolated: bool,
    pub ignore_environment: bool,
    pub verbose: bool,
    pub quiet: bool,
    pub inspect: bool,
    pub dont_write_bytecode: bool,
    /// `-X dev`
    pub dev_mode: bool,
}

/// One entry of the cache of attributes looked up on types.
#[derive(Clone, Copy)]
pub(crate) struct TypeCacheEntry {
    pub(crate) version: u32,
    pub(crate) name: Value,
    /// *Unbound*: the type does not have it.
    pub(crate) found: Value,
}

impl TypeCacheEntry {
    const EMPTY: TypeCacheEntry = TypeCacheEntry {
        version: 0,
        name: Value::NONE,
        found: Value::NONE,
    };
}

pub(crate) const TYPE_CACHE_SIZE: usize = 4096;

/// How many names of kept values are found at once.
const KEPT_NEAR: usize = 64;
/// How many shapes there are dictionaries of at a time.
pub(crate) const DICT_MODELS: usize = 64;

/// A Python virtual machine. One thread has one.
pub struct Vm {
    pub types: Types,
    pub names: Names,
    pub natives: Vec<Native>,
    /// `sys.modules`.
    pub modules: Gc<Dict>,
    /// The namespace of `builtins`.
    pub builtins: Gc<Dict>,
    pub world: World,
    pub options: Options,
    /// The exception being handled, or None.
    pub handled: Value,
    /// What was asked for; [`Frames`] hold to it as far as there is room.
    pub(crate) recursion_limit: usize,
    /// Values that native modules need to keep, by name.
    pub kept: Vec<(&'static str, Value)>,
    /// By some bits of a name's address: the number of a kept value, which may be that name's.
    kept_near: [Cell<u16>; KEPT_NEAR],
    /// Runs what waits for a safepoint that may run Python code: finalisers, callbacks of weak
    /// references.
    pub run_due: Option<fn(&mut Vm) -> crate::PyResult<()>>,
    /// Tells who wants to know that an asynchronous generator is asked for its first item.
    pub async_asked: Option<fn(&mut Vm, Gc<object::Generator>) -> crate::PyResult<()>>,
    /// Of how many calls coroutines note which they were, if of any: nothing, or one key.
    pub(crate) origins: Gc<Dict>,
    /// Runs the handlers of the signals that came.
    pub on_signals: Option<fn(&mut Vm) -> crate::PyResult<()>>,
    /// Finalisers are running: those of their garbage wait.
    pub(crate) due_is_held: bool,
    /// A finder for modules that the executable carries.
    pub frozen: Option<fn(&str) -> Option<Frozen>>,
    /// `object.__new__` and `object.__init__`, once looked up.
    pub(crate) object_new: Value,
    pub(crate) object_init: Value,
    /// How long collections took, if that is to be told.
    pub(crate) collector_times: Option<crate::pauses::CollectorTimes>,
    /// What the generator that was resumed last returned.
    pub generator_result: Value,
    /// The context of decimal arithmetic, as long as no context variable has changed since it was
    /// looked for.
    pub decimal_context: Value,
    /// Operators of decimal numbers, for the general path to call at once.
    pub decimal_operators: Option<DecimalOperators>,
    /// An operator of two integers, small or large.
    pub integer_operator: Option<fn(&mut Vm, BinaryOp, Value, Value) -> crate::PyResult>,
    /// `format % values` of a string; whether it is to fail for values that are not plain.
    pub percent_formatter: Option<fn(&mut Vm, Gc<object::Str>, Value, bool) -> crate::PyResult>,
    /// The native getters of a tuple's items, in order; none before module `collections` is there.
    pub tuple_items: std::ops::Range<u32>,
    pub(crate) stack: Stack,
    pub(crate) frames: Frames,
    pub(crate) native_depth: usize,
    pub(crate) listener: Option<crate::hook::Listener>,
    pub(crate) type_cache: Box<[TypeCacheEntry]>,
    /// Attribute caches by shape and name, for sites that see many shapes.
    pub(crate) shared_loads: Box<[object::SiteCache]>,
    pub(crate) shared_stores: Box<[object::SiteCache]>,
    /// The methods that operators of objects begin with.
    pub(crate) operators: Box<[OperatorPlace; OPERATOR_PLACES]>,
    /// Functions that stand for builtins which drive generators.
    pub(crate) consumers: crate::consume::Consumers,
    /// The number of the native function by which traces make a hash of what `__hash__` has returned, once
    /// one has wanted it.
    pub(crate) hash_of_returned: Option<u32>,
    /// Dictionaries with the attributes of objects of a shape as keys, each with the shape.
    pub(crate) dict_models: [Option<(u32, Gc<Dict>)>; DICT_MODELS],
    /// Which characters constants contain.
    pub(crate) marks: crate::marks::Marks,
    /// Goes on with a sum: what it is so far, its rounding error, the next item, the iterator.
    pub sum_rest: Option<fn(&mut Vm, [Value; 4]) -> crate::PyResult>,
    /// Asks a native module's iterator for its next item, which its class does in no other way; `None`: it
    /// is not one of those that are known here.
    pub step_native: Option<StepNative>,
    /// Objects whose `repr` is being computed, against endless recursion.
    pub(crate) repr_active: Vec<Value>,
    /// None until a program has a second thread.
    pub(crate) threads: Option<Box<crate::threads::Threads>>,
    pub(crate) imports: crate::imports::Imports,
    /// Who is told of lines and calls.
    pub(crate) hooks: Box<crate::hooks::Hooks>,
    /// Set by the signal handler; looked at at the next safepoint.
    pub(crate) interrupted: Arc<AtomicBool>,
    /// Set by whoever wants a safepoint, the signal handler included.
    pub(crate) look_up: Arc<AtomicBool>,
    #[cfg(feature = "slowdown")]
    slowdown: world::Slowdown,
    #[cfg(feature = "gc-stress")]
    stress: crate::stress::Stress,
    #[cfg(feature = "revdb")]
    pub(crate) ticks: crate::events::Ticks,
    #[cfg(feature = "revdb")]
    pub stops: crate::stops::Stops,
}

/// What operators give for decimal numbers, and for one and a small integer; NotImplemented where
/// their methods are to be asked.
#[derive(Clone, Copy)]
pub struct DecimalOperators {
    pub binary: fn(&mut Vm, crate::BinaryOp, Value, Value) -> crate::PyResult,
    pub compare: fn(&mut Vm, crate::Comparison, Value, Value) -> crate::PyResult,
}

/// A module that the executable carries.
#[derive(Clone, Copy)]
pub struct Frozen {
    /// For tracebacks, and for compiling in another way than it was compiled ahead.
    pub source: &'static str,
    /// The code object in its compact form.
    pub code: &'static [u8],
    pub is_package: bool,
}

impl Vm {
    /// A machine without builtins; `builtins::install` fills it.
    pub fn new(world: World, options: Options) -> std::io::Result<Vm> {
        let types = Types::new();
        shape::define(
            types::STATIC_METHOD,
            Kind::MethodWrapper,
            types.static_method,
        );
        shape::define(types::FIELD, Kind::GetSet, types.member);
        shape::define(types::CLASS_METHOD, Kind::MethodWrapper, types.class_method);
        let names = Names::new();
        #[cfg(feature = "slowdown")]
        let slowdown = options.x_options.iter().any(|option| option == "slowdown");
        Ok(Vm {
            types,
            names,
            natives: Vec::new(),
            modules: Dict::new(),
            builtins: Dict::new(),
            world,
            options,
            handled: Value::NONE,
            recursion_limit: RECURSION_LIMIT,
            kept: Vec::new(),
            kept_near: [const { Cell::new(0) }; KEPT_NEAR],
            run_due: None,
            async_asked: None,
            origins: Dict::new(),
            on_signals: None,
            due_is_held: false,
            frozen: None,
            object_new: Value::UNBOUND,
            object_init: Value::UNBOUND,
            collector_times: None,
            generator_result: Value::NONE,
            decimal_context: Value::UNBOUND,
            decimal_operators: None,
            integer_operator: None,
            percent_formatter: None,
            tuple_items: 0..0,
            stack: Stack::new(STACK_REGISTERS)?,
            frames: Frames::new(RECURSION_LIMIT)?,
            native_depth: 0,
            listener: None,
            type_cache: vec![TypeCacheEntry::EMPTY; TYPE_CACHE_SIZE].into(),
            shared_loads: vec![EMPTY_CACHE; SHARED_PLACES].into(),
            shared_stores: vec![EMPTY_CACHE; SHARED_PLACES].into(),
            operators: Box::new([OperatorPlace::EMPTY; OPERATOR_PLACES]),
            consumers: crate::consume::Consumers::default(),
            hash_of_returned: None,
            dict_models: [None; DICT_MODELS],
            marks: crate::marks::Marks::default(),
            sum_rest: None,
            step_native: None,
            threads: None,
            imports: crate::imports::Imports::default(),
            hooks: Box::default(),
            repr_active: Vec::new(),
            interrupted: Arc::new(AtomicBool::new(false)),
            look_up: object::heap::look_up_flag(),
            #[cfg(feature = "slowdown")]
            slowdown: world::Slowdown::new(slowdown),
            #[cfg(feature = "gc-stress")]
            stress: crate::stress::Stress::new(),
            #[cfg(feature = "revdb")]
            ticks: crate::events::Ticks::default(),
            #[cfg(feature = "revdb")]
            stops: crate::stops::Stops::default(),
        })
    }

    /// The flags that a signal handler sets, in this order, to raise KeyboardInterrupt at the next
    /// safepoint.
    pub fn interrupt_flags(&self) -> [Arc<AtomicBool>; 2] {
        [self.interrupted.clone(), self.look_up.clone()]
    }

    /// Keeps a value alive and findable by name, for a native module's state.
    pub fn keep(&mut self, name: &'static str, value: Value) {
        match self.place_of_kept(name) {
            Some(at) => self.kept[at].1 = value,
            None => self.kept.push((name, value)),
        }
    }

    /// The characters below 256, of which there is one string each.
    pub fn characters(&mut self) -> Gc<object::Tuple> {
        const NAME: &str = "characters";
        if let Some(kept) = self.kept(NAME) {
            return kept.known::<object::Tuple>();
        }
        let all: Vec<Value> = (0..256)
            .map(|point| object::Str::char(point).into())
            .collect();
        let all = object::Tuple::new(&all);
        self.keep(NAME, all.into());
        all
    }

    /// A value kept by [`Vm::keep`].
    pub fn kept(&self, name: &str) -> Option<Value> {
        self.place_of_kept(name).map(|at| self.kept[at].1)
    }

    #[inline]
    fn place_of_kept(&self, name: &str) -> Option<usize> {
        let near = &self.kept_near[name.as_ptr() as usize / 8 % KEPT_NEAR];
        let at = usize::from(near.get());
        if self.kept.get(at).is_some_and(|&(own, _)| own == name) {
            return Some(at);
        }
        let at = self.kept.iter().position(|&(own, _)| own == name)?;
        near.set(at as u16);
        Some(at)
    }

    /// Whether the next safepoint has something to do.
    #[inline(always)]
    pub(crate) fn safepoint_due(&self) -> bool {
        #[cfg(feature = "slowdown")]
        self.slowdown.step();
        // First, because it counts.
        self.tick() || cfg!(feature = "gc-stress") || self.look_up.load(Ordering::Relaxed)
    }

    /// A safepoint, if one is due.
    #[inline(always)]
    pub fn safepoint_now(&mut self) -> crate::PyResult<()> {
        if self.safepoint_due() {
            self.safepoint()
        } else {
            Ok(())
        }
    }

    /// A safepoint that runs no Python code, if one is due.
    #[inline(always)]
    pub fn quiet_safepoint_now(&mut self) {
        if self.safepoint_due() {
            self.quiet_safepoint();
        }
    }

    /// Collects garbage if an allocation asked for it, then runs the Python code that waits for
    /// that; raises what a signal's handler raises.
    #[cold]
    #[inline(never)]
    pub(crate) fn safepoint(&mut self) -> crate::PyResult<()> {
        self.quiet_safepoint();
        if self.python_is_due() {
            self.run_due()?;
        }
        self.end_turn();
        self.handle_interrupt()
    }

    /// A safepoint in the middle of a call whose arguments lie above the running frame, where a
    /// frame would overwrite them: no Python code runs here. What is due stays so.
    #[cold]
    #[inline(never)]
    pub(crate) fn quiet_safepoint(&mut self) {
        #[cfg(feature = "gc-stress")]
        {
            let place = self.frames.last().map_or(0, |frame| frame.pc.key());
            if let Some(whole) = self.stress.collects(place) {
                self.collect_heap(whole);
            }
        }
        // First, so that what comes while this looks is not lost: no store of the handler's
        // may come between this one and what is looked at.
        self.look_up.swap(false, Ordering::SeqCst);
        if object::heap::collection_due() {
            self.collect_heap(false);
        }
        self.exchange_events();
        let is_interrupted = self.interrupted.load(Ordering::SeqCst);
        let waits = object::heap::python_due() || is_interrupted || self.threads_are_due();
        if waits || self.hooks.active {
            self.look_up.store(true, Ordering::Relaxed);
        }
    }

    /// Runs finalisers and callbacks that are due, now.
    pub fn run_due(&mut self) -> crate::PyResult<()> {
        let Some(run) = self.run_due else {
            return Ok(());
        };
        let held = std::mem::replace(&mut self.due_is_held, true);
        // What was being handled is none of their business.
        let handled = std::mem::replace(&mut self.handled, Value::NONE);
        object::heap::python_done();
        let result = run(self);
        self.handled = handled;
        self.due_is_held = held;
        if object::heap::python_due() {
            self.look_up.store(true, Ordering::Relaxed);
        }
        self.tick();
        result
    }

    /// Whether a signal came that no one has looked at.
    pub fn is_interrupted(&mut self) -> bool {
        self.see_interrupt()
    }

    /// Runs the handlers of signals that came, for safepoints and native functions that wait.
    /// Without handlers of its own, SIGINT raises KeyboardInterrupt.
    pub fn check_interrupt(&mut self) -> crate::PyResult<()> {
        self.tick();
        self.handle_interrupt()
    }

    fn handle_interrupt(&mut self) -> crate::PyResult<()> {
        let came = self.take_interrupt();
        if !self.is_told_of_signal(came) {
            return Ok(());
        }
        match self.on_signals {
            Some(run) => run(self),
            None => {
                let class = self.types.keyboard_interrupt;
                Err(self.raise_with(class, &[]))
            }
        }
    }

    /// Takes what is left of earlier operations out of the registers, for a native function that asks what
    /// is garbage: those above the running frame, where no native function has anything that it still needs,
    /// and those of frames that are not read again before they are written.
    pub fn forget_dead_registers(&mut self) {
        let top = self.top();
        if let Ok(window) = self.window_at(top, 0) {
            window.unbind(0, crate::frame::WINDOW_MARGIN);
        }
        #[cfg(feature = "hook")]
        if self.hook_is_under_way() {
            return;
        }
        let mut live = bytecode::LiveSet::default();
        let mut end = top;
        for frame in self.frames.iter().rev() {
            let code = frame.code.get();
            live_while_calling(code, frame.pc.index(frame.code), true, &mut live);
            let first = self.stack.position(frame.base);
            // A variable keeps its value until the frame is left.
            let variables = code.code().local_names.len() as u16;
            for reg in (variables..(end - first) as u16).filter(|&reg| !live.contains(reg)) {
                frame.base.set(reg, Value::UNBOUND);
            }
            end = first;
        }
    }

    /// Collects garbage now; to be called where a safepoint could be.
    pub fn collect_garbage(&mut self, full: bool) {
        self.tick();
        self.collect_heap(full);
        self.exchange_events();
    }

    /// Whether the machine reaches an object of some sort: without what may lie on the native stack,
    /// or in registers that no frame has any more. Collects garbage.
    pub fn is_reachable(&mut self, wanted: &dyn Fn(Value) -> bool) -> bool {
        let vm = &*self;
        let roots = &mut |marker: &mut Marker| vm.trace_with(marker, 0);
        let mut reached = object::heap::graph::reached(roots).into_iter();
        let found = reached.any(wanted);
        // Puts the marks in order.
        self.collect_garbage(true);
        found
    }

    pub(crate) fn collect_untimed(&mut self, full: bool) {
        self.clear_shared_caches();
        let vm = &*self;
        object::heap::collect(full, &mut |marker| vm.trace(marker));
        self.forget_dead_code();
    }

    pub(crate) fn trace(&self, marker: &mut Marker) {
        self.trace_with(marker, crate::frame::WINDOW_MARGIN);
    }

    /// Visits all roots, and so many registers above those of the frame on top.
    fn trace_with(&self, marker: &mut Marker, margin: usize) {
        self.types.trace(marker);
        self.names.trace(marker);
        marker.visit(self.modules.into());
        marker.visit(self.builtins.into());
        marker.visit(self.origins.into());
        marker.visit(self.handled);
        marker.visit(self.generator_result);
        marker.visit(self.decimal_context);
        self.kept.iter().for_each(|&(_, value)| marker.visit(value));
        self.consumers.trace(marker);
        for (_, keys) in self.dict_models.iter().flatten() {
            marker.visit((*keys).into());
        }
        self.marks.trace(marker);
        self.hooks.trace(marker);
        self.repr_active
            .iter()
            .for_each(|&value| marker.visit(value));
        for frame in self.frames.iter() {
            frame.trace(marker);
        }
        marker.visit_words(self.stack.below(self.top() + margin));
        if let Some(threads) = &self.threads {
            threads.trace(marker, margin > 0);
        }
    }

    /// The number of the first register above the running frame.
    pub(crate) fn top(&self) -> usize {
        self.frames.last().map_or(0, |frame| {
            self.stack.position(frame.base) + frame.code.code().registers as usize
        })
    }

    /// The class of any value.
    #[inline]
    pub fn class_of(&self, value: Value) -> Gc<Class> {
        if let Some(header) = value.header() {
            return shape::class_of(header);
        }
        if value.is_small() {
            return self.types.int;
        }
        if value.is_inline_float() {
            return self.types.float;
        }
        match value {
            Value::NONE => self.types.none_type,
            Value::TRUE | Value::FALSE => self.types.bool,
            Value::ELLIPSIS => self.types.ellipsis,
            Value::NOT_IMPLEMENTED => self.types.not_implemented,
            _ => self.types.object,
        }
    }

    /// The name of a value's class, for messages.
    pub fn type_name(&self, value: Value) -> String {
        self.class_of(value).name_text()
    }

    /// The frames of the calls in progress, the running one last.
    pub fn frames(&self) -> &Frames {
        &self.frames
    }

    /// How many calls may be in progress at a time.
    pub fn recursion_limit(&self) -> usize {
        self.recursion_limit
    }

    pub fn set_recursion_limit(&mut self, limit_frames: usize) {
        self.recursion_limit = limit_frames;
        self.frames.set_limit(limit_frames);
    }
}
