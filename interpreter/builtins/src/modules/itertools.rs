//! Module `itertools`.
//!
//! Every class of the module is one kind of object: a [`Walker`], which holds its state in a list,
//! and the function that makes the next item of it. The list begins with a number: which function of
//! bytecode does the same ([`Walk`]), for traces. Both find and leave all in the list, so
//! either may make any item; so nothing in it is *unbound*, and what is not there yet or no more is
//! None, where that cannot be a value, or told by a number beside it. The combinatoric iterators are
//! in `itertools_combine`.

use super::itertools_combine;
use object::{Class, ClassFlags, Foreign, Gc, Kind, List, Module, Payload, Tuple, Value, intern};
use std::cell::RefCell;
use vm::{BinaryOp, Def, PyResult, Vm, Walk, class_method, method, static_method, tuple};

/// Makes the next item; `None` at the end.
pub type NextFn = fn(&mut Vm, &Walker) -> PyResult<Option<Value>>;

/// An iterator.
pub struct Walker {
    steps: &'static Steps,
    /// The number of its walk, and its state.
    list: Gc<List>,
}

/// How an iterator goes on.
struct Steps {
    next: NextFn,
    /// What only the native function knows.
    numbers: RefCell<Vec<i64>>,
}

impl Payload for Steps {}

thread_local! {
    /// What all iterators without numbers of their own share, by their function.
    static SHARED: RefCell<Vec<&'static Steps>> = const { RefCell::new(Vec::new()) };
}

/// The steps of iterators that know nothing but what is in their list.
fn shared_steps(next: NextFn) -> &'static Steps {
    SHARED.with_borrow_mut(|all| {
        let known = all.iter().find(|own| std::ptr::fn_addr_eq(own.next, next));
        if let Some(known) = known {
            return *known;
        }
        let numbers = RefCell::new(Vec::new());
        let made: &'static Steps = Box::leak(Box::new(Steps { next, numbers }));
        all.push(made);
        made
    })
}

impl Walker {
    pub fn value(&self, at: usize) -> Value {
        self.list.item(at + 1).unwrap_or(Value::NONE)
    }

    pub fn set_value(&self, at: usize, value: Value) {
        self.list.set_item(at + 1, value);
    }

    /// All values; they may change when Python code runs.
    pub fn values(&self) -> &[Value] {
        &self.list.items()[1..]
    }

    /// Works on the numbers that only the native function knows; no Python code may run in `f`.
    pub fn with_numbers<R>(&self, f: impl FnOnce(&mut [i64]) -> R) -> R {
        f(&mut self.steps.numbers.borrow_mut())
    }

    pub fn number(&self, at: usize) -> i64 {
        self.value(at).as_small().unwrap_or(LARGE)
    }

    pub fn set_number(&self, at: usize, number: i64) {
        self.set_value(at, Value::small(number));
    }
}

/// What stands for numbers beyond it: no iterator gets there.
const LARGE: i64 = 1 << 58;

/// A new iterator of class `cls`.
pub fn make(vm: &mut Vm, cls: Value, walk: Walk, next: NextFn, state: &[Value]) -> PyResult {
    let (class, list) = prepared(vm, cls, walk, state)?;
    let shape = class.new_instance_shape();
    Ok(Foreign::with_shared(shape, list.into(), shared_steps(next)).into())
}

/// The same, with numbers that only the native function knows.
pub fn make_numbered(
    vm: &mut Vm,
    cls: Value,
    (walk, next): (Walk, NextFn),
    state: &[Value],
    numbers: Vec<i64>,
) -> PyResult {
    let (class, list) = prepared(vm, cls, walk, state)?;
    let numbers = RefCell::new(numbers);
    let shape = class.new_instance_shape();
    Ok(Foreign::with_state(shape, list.into(), Steps { next, numbers }).into())
}

/// The class and the list of a new iterator.
fn prepared(
    vm: &mut Vm,
    cls: Value,
    walk: Walk,
    state: &[Value],
) -> PyResult<(Gc<Class>, Gc<List>)> {
    let class = match cls.cast::<Class>() {
        Some(class) if class.instance_kind.get() == Kind::Foreign => class,
        _ => return Err(vm.type_error("__new__(X): X is not a type of this module")),
    };
    let list = List::with_capacity(state.len() + 1);
    list.push(walk.number());
    list.extend(state);
    Ok((class, list))
}

const ZERO: Value = Value::small(0);

/// The state of an iterator of this module.
pub fn walker(vm: &mut Vm, value: Value) -> PyResult<Walker> {
    match known_walker(value) {
        Some(walker) => Ok(walker),
        None => {
            let given = vm.type_name(value);
            Err(vm.type_error(format!("an itertools object is required, not '{given}'")))
        }
    }
}

fn known_walker(value: Value) -> Option<Walker> {
    let object = value.to::<Foreign>()?;
    let steps = object.payload::<Steps>()?;
    let list = object.state().cast::<List>()?;
    Some(Walker { steps, list })
}

const COMMON: &[Def] = &[
    method("__iter__(self, /)", |_, args| Ok(args[0])),
    method("__next__(self, /)", |vm, args| {
        let walker = walker(vm, args[0])?;
        match (walker.steps.next)(vm, &walker)? {
            Some(item) => Ok(item),
            None => Err(vm.stop_iteration(Value::NONE)),
        }
    }),
];

const CLASSES: &[(&str, &[Def])] = &[
    (
        "accumulate",
        &[static_method(
            "__new__(cls, iterable, func=None, *, initial=None)",
            new_accumulate,
        )],
    ),
    (
        "batched",
        &[static_method(
            "__new__(cls, iterable, n, *, strict=False)",
            new_batched,
        )],
    ),
    (
        "chain",
        &[
            static_method("__new__(cls, /, *iterables)", new_chain),
            class_method("from_iterable(cls, iterable, /)", chain_from_iterable),
            class_method(
                "__class_getitem__(cls, object, /)",
                crate::types::class_getitem,
            ),
        ],
    ),
    (
        "compress",
        &[static_method("__new__(cls, data, selectors)", new_compress)],
    ),
    (
        "count",
        &[
            static_method("__new__(cls, start=0, step=1)", new_count),
            method("__repr__(self, /)", count_repr),
        ],
    ),
    (
        "cycle",
        &[static_method("__new__(cls, iterable, /)", new_cycle)],
    ),
    (
        "dropwhile",
        &[static_method(
            "__new__(cls, predicate, iterable, /)",
            new_dropwhile,
        )],
    ),
    (
        "filterfalse",
        &[static_method(
            "__new__(cls, function, iterable, /)",
            new_filterfalse,
        )],
    ),
    (
        "groupby",
        &[static_method(
            "__new__(cls, iterable, key=None)",
            new_groupby,
        )],
    ),
    ("_grouper", &[]),
    (
        "islice",
        &[static_method(
            "__new__(cls, iterable, /, *args)",
            new_islice,
        )],
    ),
    (
        "pairwise",
        &[static_method("__new__(cls, iterable, /)", new_pairwise)],
    ),
    (
        "repeat",
        &[
            static_method("__new__(cls, object, times=None)", new_repeat),
            method("__repr__(self, /)", repeat_repr),
            method("__length_hint__(self, /)", repeat_hint),
        ],
    ),
    (
        "starmap",
        &[static_method(
            "__new__(cls, function, iterable, /)",
            new_starmap,
        )],
    ),
    (
        "takewhile",
        &[static_method(
            "__new__(cls, predicate, iterable, /)",
            new_takewhile,
        )],
    ),
    (
        "_tee",
        &[
            static_method("__new__(cls, iterable, /)", new_tee),
            method("__copy__(self, /)", copy_tee),
        ],
    ),
    (
        "zip_longest",
        &[static_method(
            "__new__(cls, /, *iterables, fillvalue=None)",
            new_zip_longest,
        )],
    ),
];

const FUNCTIONS: &[Def] = &[method("tee(iterable, n=2, /)", tee)];

/// The next item of an iterator of this module.
fn step(vm: &mut Vm, iter: Gc<Foreign>) -> Option<PyResult<Option<Value>>> {
    let walker = known_walker(iter.into())?;
    Some((walker.steps.next)(vm, &walker))
}

pub fn install(vm: &mut Vm) {
    vm.step_native = Some(step);
    let module = vm.define_module("itertools", FUNCTIONS);
    let group = vm.native_function("_group(state, key, /)", new_group);
    vm.keep("itertools._group", group.into());
    for (name, defs) in CLASSES.iter().chain(itertools_combine::CLASSES) {
        add_class(vm, module, name, defs);
    }
}

fn add_class(vm: &mut Vm, module: Gc<Module>, name: &'static str, defs: &[Def]) {
    let object = vm.types.object;
    let flags = ClassFlags {
        immutable: true,
        ..Default::default()
    };
    let class = vm.native_class("itertools", name, object, flags, COMMON);
    vm.define_methods(class, defs);
    match name {
        "_grouper" => vm.keep("itertools._grouper", class.into()),
        "_tee" => vm.keep("itertools._tee", class.into()),
        _ => {}
    }
    module.namespace().set_str(intern(name), class.into());
}

fn kept(vm: &mut Vm, name: &str) -> PyResult {
    match vm.kept(name) {
        Some(value) => Ok(value),
        None => Err(vm.system_error("itertools is not installed")),
    }
}

// ---- one source

// Stages of an accumulation.
const EMPTY: i64 = 0;
const INITIAL: i64 = 1;
const TOTAL: i64 = 2;

fn new_accumulate(vm: &mut Vm, args: &[Value]) -> PyResult {
    let iter = vm.iter(args[1])?;
    let func = args[2].bound().unwrap_or(Value::NONE);
    let initial = args[3].bound().unwrap_or(Value::NONE);
    let stage = if initial.is_none() { EMPTY } else { INITIAL };
    let state = [iter, func, initial, Value::small(stage)];
    make(vm, args[0], Walk::Accumulate, next_accumulated, &state)
}

fn next_accumulated(vm: &mut Vm, walker: &Walker) -> PyResult<Option<Value>> {
    if walker.number(3) == INITIAL {
        walker.set_number(3, TOTAL);
        return Ok(Some(walker.value(2)));
    }
    let Some(item) = vm.next(walker.value(0))? else {
        return Ok(None);
    };
    let total = walker.value(2);
    let next = match (walker.number(3), walker.value(1)) {
        (EMPTY, _) => item,
        (_, Value::NONE) => vm.binary(BinaryOp::Add, total, item)?,
        (_, func) => vm.call(func, &[total, item])?,
    };
    walker.set_value(2, next);
    walker.set_number(3, TOTAL);
    Ok(Some(next))
}

fn new_batched(vm: &mut Vm, args: &[Value]) -> PyResult {
    let size = vm.index(args[2])?;
    if size < 1 {
        return Err(vm.value_error("n must be at least one"));
    }
    let strict = match args[3] {
        Value::UNBOUND => false,
        strict => vm.truth(strict)?,
    };
    let iter = vm.iter(args[1])?;
    let size = Value::small(size.min(LARGE));
    let state = [iter, size, Value::bool(strict)];
    make(vm, args[0], Walk::Batched, next_batch, &state)
}

fn next_batch(vm: &mut Vm, walker: &Walker) -> PyResult<Option<Value>> {
    let iter = walker.value(0);
    if iter.is_none() {
        return Ok(None);
    }
    let size = walker.number(1);
    let batch = List::new();
    while (batch.len() as i64) < size {
        match vm.next(iter)? {
            Some(item) => batch.push(item),
            None => {
                walker.set_value(0, Value::NONE);
                break;
            }
        }
    }
    if batch.is_empty() {
        return Ok(None);
    }
    if (batch.len() as i64) < size && walker.value(2) == Value::TRUE {
        return Err(vm.value_error("batched(): incomplete batch"));
    }
    Ok(Some(tuple(batch.items())))
}

fn new_compress(vm: &mut Vm, args: &[Value]) -> PyResult {
    let data = vm.iter(args[1])?;
    let selectors = vm.iter(args[2])?;
    let state = [data, selectors];
    make(vm, args[0], Walk::Compress, next_compressed, &state)
}

fn next_compressed(vm: &mut Vm, walker: &Walker) -> PyResult<Option<Value>> {
    loop {
        let Some(item) = vm.next(walker.value(0))? else {
            return Ok(None);
        };
        let Some(selector) = vm.next(walker.value(1))? else {
            return Ok(None);
        };
        if vm.truth(selector)? {
            return Ok(Some(item));
        }
    }
}

fn new_cycle(vm: &mut Vm, args: &[Value]) -> PyResult {
    let iter = vm.iter(args[1])?;
    let state = [iter, List::new().into(), ZERO];
    make(vm, args[0], Walk::Cycle, next_cycled, &state)
}

fn next_cycled(vm: &mut Vm, walker: &Walker) -> PyResult<Option<Value>> {
    let saved = walker.value(1).known::<List>();
    let iter = walker.value(0);
    if !iter.is_none() {
        if let Some(item) = vm.next(iter)? {
            saved.push(item);
            return Ok(Some(item));
        }
        walker.set_value(0, Value::NONE);
    }
    let at = walker.number(2) as usize;
    let Some(item) = saved.item(at) else {
        return Ok(None);
    };
    walker.set_number(
        2,
        if at + 1 == saved.len() {
            0
        } else {
            at as i64 + 1
        },
    );
    Ok(Some(item))
}

fn new_dropwhile(vm: &mut Vm, args: &[Value]) -> PyResult {
    let iter = vm.iter(args[2])?;
    let state = [args[1], iter, ZERO];
    make(vm, args[0], Walk::DropWhile, next_undropped, &state)
}

fn next_undropped(vm: &mut Vm, walker: &Walker) -> PyResult<Option<Value>> {
    loop {
        let Some(item) = vm.next(walker.value(1))? else {
            return Ok(None);
        };
        if walker.number(2) == 1 {
            return Ok(Some(item));
        }
        let drop = vm.call(walker.value(0), &[item])?;
        if !vm.truth(drop)? {
            walker.set_number(2, 1);
            return Ok(Some(item));
        }
    }
}

fn new_takewhile(vm: &mut Vm, args: &[Value]) -> PyResult {
    let iter = vm.iter(args[2])?;
    let state = [args[1], iter, ZERO];
    make(vm, args[0], Walk::TakeWhile, next_taken, &state)
}

fn next_taken(vm: &mut Vm, walker: &Walker) -> PyResult<Option<Value>> {
    if walker.number(2) == 1 {
        return Ok(None);
    }
    let Some(item) = vm.next(walker.value(1))? else {
        return Ok(None);
    };
    let take = vm.call(walker.value(0), &[item])?;
    if vm.truth(take)? {
        return Ok(Some(item));
    }
    walker.set_number(2, 1);
    Ok(None)
}

fn new_filterfalse(vm: &mut Vm, args: &[Value]) -> PyResult {
    let iter = vm.iter(args[2])?;
    let state = [args[1], iter];
    make(vm, args[0], Walk::FilterFalse, next_false, &state)
}

fn next_false(vm: &mut Vm, walker: &Walker) -> PyResult<Option<Value>> {
    while let Some(item) = vm.next(walker.value(1))? {
        let keep = match walker.value(0) {
            Value::NONE => item,
            predicate => vm.call(predicate, &[item])?,
        };
        if !vm.truth(keep)? {
            return Ok(Some(item));
        }
    }
    Ok(None)
}

fn new_pairwise(vm: &mut Vm, args: &[Value]) -> PyResult {
    let iter = vm.iter(args[1])?;
    let state = [iter, Value::NONE, ZERO];
    make(vm, args[0], Walk::Pairwise, next_pair, &state)
}

fn next_pair(vm: &mut Vm, walker: &Walker) -> PyResult<Option<Value>> {
    let iter = walker.value(0);
    if iter.is_none() {
        return Ok(None);
    }
    if walker.number(2) == 0 {
        let Some(first) = vm.next(iter)? else {
            walker.set_value(0, Value::NONE);
            return Ok(None);
        };
        walker.set_value(1, first);
        walker.set_number(2, 1);
    }
    let previous = walker.value(1);
    match vm.next(iter)? {
        Some(item) => {
            walker.set_value(1, item);
            Ok(Some(tuple(&[previous, item])))
        }
        None => {
            walker.set_value(0, Value::NONE);
            walker.set_value(1, Value::NONE);
            Ok(None)
        }
    }
}

fn new_starmap(vm: &mut Vm, args: &[Value]) -> PyResult {
    let iter = vm.iter(args[2])?;
    let state = [args[1], iter];
    make(vm, args[0], Walk::StarMap, next_starmapped, &state)
}

fn next_starmapped(vm: &mut Vm, walker: &Walker) -> PyResult<Option<Value>> {
    let Some(item) = vm.next(walker.value(1))? else {
        return Ok(None);
    };
    if let Some(args) = item.cast::<Tuple>() {
        return vm.call(walker.value(0), args.items()).map(Some);
    }
    let args = vm.collect(item)?;
    vm.call(walker.value(0), args.items()).map(Some)
}

// ---- islice

fn slice_number(vm: &mut Vm, value: Value, what: &str) -> PyResult<Option<i64>> {
    if value.is_none() {
        return Ok(None);
    }
    let error = format!("{what} for islice() must be None or an integer: 0 <= x <= sys.maxsize.");
    match vm.index(value) {
        Ok(n @ 0..) => Ok(Some(n)),
        _ => Err(vm.value_error(error)),
    }
}

fn new_islice(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (start, stop, step) = match args[2..] {
        [stop] => (Value::NONE, stop, Value::NONE),
        [start, stop] => (start, stop, Value::NONE),
        [start, stop, step] => (start, stop, step),
        _ => {
            let given = args.len() - 1;
            let bound = if given < 2 { "at least 2" } else { "at most 4" };
            return Err(vm.type_error(format!("islice expected {bound} arguments, got {given}")));
        }
    };
    let what = if args.len() == 3 {
        "Stop argument"
    } else {
        "Indices"
    };
    let stop = slice_number(vm, stop, what)?.unwrap_or(-1);
    let start = slice_number(vm, start, "Indices")?.unwrap_or(0);
    let step = match slice_number(vm, step, "Step") {
        Ok(None) => 1,
        Ok(Some(step @ 1..)) => step,
        _ => {
            return Err(vm.value_error("Step for islice() must be a positive integer or None."));
        }
    };
    let iter = vm.iter(args[1])?;
    let [start, stop, step] = [start, stop, step].map(|n| Value::small(n.min(LARGE)));
    let state = [iter, ZERO, start, stop, step];
    make(vm, args[0], Walk::ISlice, next_sliced, &state)
}

fn next_sliced(vm: &mut Vm, walker: &Walker) -> PyResult<Option<Value>> {
    let iter = walker.value(0);
    if iter.is_none() {
        return Ok(None);
    }
    let (mut at, wanted) = (walker.number(1), walker.number(2));
    let (stop, step) = (walker.number(3), walker.number(4));
    // Beyond the stop nothing is taken, but what lies before a start beyond it is skipped.
    let last = if stop >= 0 && wanted >= stop {
        stop
    } else {
        wanted
    };
    while at < last {
        if vm.next(iter)?.is_none() {
            walker.set_value(0, Value::NONE);
            return Ok(None);
        }
        at += 1;
        walker.set_number(1, at);
    }
    if stop >= 0 && wanted >= stop {
        walker.set_value(0, Value::NONE);
        return Ok(None);
    }
    let Some(item) = vm.next(iter)? else {
        walker.set_value(0, Value::NONE);
        return Ok(None);
    };
    let next = wanted + step;
    let next = if stop >= 0 { next.min(stop) } else { next };
    walker.set_number(1, at + 1);
    walker.set_number(2, next);
    Ok(Some(item))
}

// ---- without a source

fn new_count(vm: &mut Vm, args: &[Value]) -> PyResult {
    let start = args[1].bound().unwrap_or(Value::small(0));
    let step = args[2].bound().unwrap_or(Value::small(1));
    for value in [start, step] {
        let (index, float) = (vm.names.index, vm.names.float);
        let is_number = vm.lookup_special(value, index).is_some()
            || vm.lookup_special(value, float).is_some()
            || value.to::<object::Complex>().is_some();
        if !is_number {
            return Err(vm.type_error("a number is required"));
        }
    }
    make(vm, args[0], Walk::Count, next_counted, &[start, step])
}

fn next_counted(vm: &mut Vm, walker: &Walker) -> PyResult<Option<Value>> {
    let (current, step) = (walker.value(0), walker.value(1));
    let next = match (current.as_small(), step.as_small()) {
        (Some(a), Some(b)) => Value::int(a + b),
        _ => vm.binary(BinaryOp::Add, current, step)?,
    };
    walker.set_value(0, next);
    Ok(Some(current))
}

fn count_repr(vm: &mut Vm, args: &[Value]) -> PyResult {
    let walker = walker(vm, args[0])?;
    let class = vm.type_name(args[0]);
    let start = vm.repr_text(walker.value(0))?;
    let step = walker.value(1);
    if step == Value::small(1) {
        return Ok(vm::string(&format!("{class}({start})")));
    }
    let step = vm.repr_text(step)?;
    Ok(vm::string(&format!("{class}({start}, {step})")))
}

fn new_repeat(vm: &mut Vm, args: &[Value]) -> PyResult {
    let times = match args[2] {
        Value::UNBOUND => -1,
        times => vm.index(times)?.max(0),
    };
    let state = [args[1], Value::int(times)];
    make(vm, args[0], Walk::Repeat, next_repeated, &state)
}

/// How often an object is still given; -1: for ever.
fn left(vm: &mut Vm, walker: &Walker) -> PyResult<i64> {
    vm.index(walker.value(1))
}

fn next_repeated(vm: &mut Vm, walker: &Walker) -> PyResult<Option<Value>> {
    let left = left(vm, walker)?;
    if left == 0 {
        return Ok(None);
    }
    if left > 0 {
        walker.set_value(1, Value::int(left - 1));
    }
    Ok(Some(walker.value(0)))
}

fn repeat_repr(vm: &mut Vm, args: &[Value]) -> PyResult {
    let walker = walker(vm, args[0])?;
    let class = vm.type_name(args[0]);
    let object = vm.repr_text(walker.value(0))?;
    Ok(vm::string(&match left(vm, &walker)? {
        -1 => format!("{class}({object})"),
        left => format!("{class}({object}, {left})"),
    }))
}

fn repeat_hint(vm: &mut Vm, args: &[Value]) -> PyResult {
    let walker = walker(vm, args[0])?;
    match left(vm, &walker)? {
        -1 => Err(vm.type_error("len() of unsized object")),
        left => Ok(Value::int(left)),
    }
}

// ---- several sources

fn new_chain(vm: &mut Vm, args: &[Value]) -> PyResult {
    let sources = vm.iter(tuple(&args[1..]))?;
    chain_of(vm, args[0], sources)
}

fn chain_from_iterable(vm: &mut Vm, args: &[Value]) -> PyResult {
    let sources = vm.iter(args[1])?;
    chain_of(vm, args[0], sources)
}

fn chain_of(vm: &mut Vm, class: Value, sources: Value) -> PyResult {
    let state = [sources, Value::NONE];
    make(vm, class, Walk::Chain, next_chained, &state)
}

fn next_chained(vm: &mut Vm, walker: &Walker) -> PyResult<Option<Value>> {
    loop {
        let active = walker.value(1);
        if !active.is_none() {
            if let Some(item) = vm.next(active)? {
                return Ok(Some(item));
            }
            walker.set_value(1, Value::NONE);
        }
        let sources = walker.value(0);
        if sources.is_none() {
            return Ok(None);
        }
        match vm.next(sources)? {
            Some(source) => {
                let iter = vm.iter(source)?;
                walker.set_value(1, iter);
            }
            None => walker.set_value(0, Value::NONE),
        }
    }
}

fn new_zip_longest(vm: &mut Vm, args: &[Value]) -> PyResult {
    let fill = args[1].bound().unwrap_or(Value::NONE);
    let count = args.len() - 2;
    let state = List::with_capacity(count + 2);
    state.push(Value::small(count as i64));
    state.push(fill);
    for &iterable in &args[2..] {
        state.push(vm.iter(iterable)?);
    }
    let walk = if count == 2 {
        Walk::ZipLongest2
    } else {
        Walk::Native
    };
    make(vm, args[0], walk, next_zipped_longest, state.items())
}

fn next_zipped_longest(vm: &mut Vm, walker: &Walker) -> PyResult<Option<Value>> {
    if walker.number(0) == 0 {
        return Ok(None);
    }
    let fill = walker.value(1);
    let count = walker.values().len();
    let items = List::with_capacity(count);
    for at in 2..count {
        let iter = walker.value(at);
        if iter.is_none() {
            items.push(fill);
            continue;
        }
        match vm.next(iter)? {
            Some(item) => items.push(item),
            None => {
                let active = walker.number(0) - 1;
                walker.set_number(0, active);
                if active == 0 {
                    return Ok(None);
                }
                walker.set_value(at, Value::NONE);
                items.push(fill);
            }
        }
    }
    Ok(Some(tuple(items.items())))
}

// ---- groupby

// Places in the state of a `groupby`.
const SOURCE: usize = 1;
const KEY: usize = 2;
const CURRENT_KEY: usize = 3;
const CURRENT_VALUE: usize = 4;
const GROUP_KEY: usize = 5;
/// The group handed out last: a list that only it and its group know.
const GROUP: usize = 6;
/// Whether an item was read, whether the current one was not handed out yet, whether there was a group:
/// 0 or 1.
const HAS_READ: usize = 7;
const IS_FRESH: usize = 8;
const HAS_GROUPED: usize = 9;

fn new_groupby(vm: &mut Vm, args: &[Value]) -> PyResult {
    let iter = vm.iter(args[1])?;
    let key = args[2].bound().unwrap_or(Value::NONE);
    let none = Value::NONE;
    let state = [iter, key, none, none, none, none, ZERO, ZERO, ZERO];
    make(vm, args[0], Walk::GroupBy, next_group, &state)
}

fn item_of(state: Gc<List>, place: usize) -> Value {
    state.item(place).unwrap_or(Value::NONE)
}

fn holds(state: Gc<List>, place: usize) -> bool {
    item_of(state, place) != ZERO
}

/// Reads one item of the source; false at its end.
fn step_groupby(vm: &mut Vm, state: Gc<List>) -> PyResult<bool> {
    let Some(item) = vm.next(item_of(state, SOURCE))? else {
        return Ok(false);
    };
    let key = match item_of(state, KEY) {
        Value::NONE => item,
        function => vm.call(function, &[item])?,
    };
    state.set_item(CURRENT_VALUE, item);
    state.set_item(CURRENT_KEY, key);
    state.set_item(HAS_READ, Value::small(1));
    state.set_item(IS_FRESH, Value::small(1));
    Ok(true)
}

fn next_group(vm: &mut Vm, walker: &Walker) -> PyResult<Option<Value>> {
    let state = walker.list;
    state.set_item(GROUP, Value::NONE);
    loop {
        let (current, group) = (item_of(state, CURRENT_KEY), item_of(state, GROUP_KEY));
        if holds(state, HAS_READ) && !(holds(state, HAS_GROUPED) && vm.eq(group, current)?) {
            break;
        }
        if !step_groupby(vm, state)? {
            return Ok(None);
        }
    }
    let key = item_of(state, CURRENT_KEY);
    state.set_item(GROUP_KEY, key);
    state.set_item(HAS_GROUPED, Value::small(1));
    let group = new_group(vm, &[state.into(), key])?;
    Ok(Some(tuple(&[key, group])))
}

/// The group of a key, which is from now on the last of a `groupby`.
fn new_group(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (state, key) = (args[0], args[1]);
    let mark: Value = List::new().into();
    state.known::<List>().set_item(GROUP, mark);
    let class = kept(vm, "itertools._grouper")?;
    make(vm, class, Walk::Group, next_of_group, &[state, key, mark])
}

fn next_of_group(vm: &mut Vm, walker: &Walker) -> PyResult<Option<Value>> {
    let state = walker.value(0).known::<List>();
    if item_of(state, GROUP) != walker.value(2) {
        return Ok(None);
    }
    if !holds(state, IS_FRESH) && !step_groupby(vm, state)? {
        return Ok(None);
    }
    if !vm.eq(walker.value(1), item_of(state, CURRENT_KEY))? {
        return Ok(None);
    }
    let item = item_of(state, CURRENT_VALUE);
    state.set_item(CURRENT_VALUE, Value::NONE);
    state.set_item(IS_FRESH, ZERO);
    Ok(Some(item))
}

// ---- tee

/// A link of the chain that the iterators of a `tee` walk along: the source, and once it was
/// read the item and the next link. While it is read, there is something in the item's place alone.
fn new_link(source: Value) -> Value {
    List::from_slice(&[source]).into()
}

fn new_tee(vm: &mut Vm, args: &[Value]) -> PyResult {
    if let Some(other) = known_walker(args[1])
        && Some(Value::from(vm.class_of(args[1]))) == vm.kept("itertools._tee")
    {
        let link = other.value(0);
        return make(vm, args[0], Walk::Native, next_of_tee, &[link]);
    }
    let source = vm.iter(args[1])?;
    make(vm, args[0], Walk::Native, next_of_tee, &[new_link(source)])
}

fn copy_tee(vm: &mut Vm, args: &[Value]) -> PyResult {
    let link = walker(vm, args[0])?.value(0);
    let class = vm.class_of(args[0]);
    make(vm, class.into(), Walk::Native, next_of_tee, &[link])
}

fn next_of_tee(vm: &mut Vm, walker: &Walker) -> PyResult<Option<Value>> {
    let link = walker.value(0).known::<List>();
    if link.len() == 1 {
        let source = link.items()[0];
        link.push(Value::NONE);
        let item = vm.next(source);
        link.pop();
        let Some(item) = item? else {
            return Ok(None);
        };
        link.push(item);
        link.push(new_link(source));
    }
    match *link.items() {
        [_, item, next] => {
            walker.set_value(0, next);
            Ok(Some(item))
        }
        _ => Err(vm.runtime_error("cannot re-enter the tee iterator")),
    }
}

fn tee(vm: &mut Vm, args: &[Value]) -> PyResult {
    let count = match args[1] {
        Value::UNBOUND => 2,
        count => vm.index(count)?,
    };
    if count < 0 {
        return Err(vm.value_error("n must be >= 0"));
    }
    let room = (count as usize).saturating_mul(size_of::<Value>());
    vm::room::check(vm, room)?;
    let class = kept(vm, "itertools._tee")?;
    let copies = List::new();
    let mut source = args[0];
    for _ in 0..count {
        source = new_tee(vm, &[class, source])?;
        copies.push(source);
    }
    Ok(tuple(copies.items()))
}
