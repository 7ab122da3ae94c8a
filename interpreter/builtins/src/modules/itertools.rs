//! Module `itertools`.
//!
//! Every class of the module is one kind of object: a [`Walker`], which holds its values in a
//! list, its numbers in a vector, and the function that makes the next item of them. The
//! combinatoric ones are in `itertools_combine`.

use super::itertools_combine;
use object::{
    Class, ClassFlags, Foreign, Gc, Kind, List, Marker, Module, Payload, Tuple, Value, intern,
};
use std::cell::RefCell;
use vm::{BinaryOp, Def, PyResult, Vm, class_method, method, static_method, tuple};

/// Makes the next item; `None` at the end.
pub type NextFn = fn(&mut Vm, &Walker) -> PyResult<Option<Value>>;

/// The state of an iterator.
pub struct Walker {
    next: NextFn,
    values: Gc<List>,
    numbers: RefCell<Vec<i64>>,
}

impl Payload for Walker {
    fn trace(&self, marker: &mut Marker) {
        marker.visit(self.values.into());
    }
}

impl Walker {
    pub fn value(&self, at: usize) -> Value {
        self.values.item(at).unwrap_or(Value::UNBOUND)
    }

    pub fn set_value(&self, at: usize, value: Value) {
        self.values.set_item(at, value);
    }

    /// All values; they may change when Python code runs.
    pub fn values(&self) -> Gc<List> {
        self.values
    }

    pub fn number(&self, at: usize) -> i64 {
        self.numbers.borrow()[at]
    }

    pub fn set_number(&self, at: usize, number: i64) {
        self.numbers.borrow_mut()[at] = number;
    }

    /// Works on the numbers; no Python code may run in `f`.
    pub fn with_numbers<R>(&self, f: impl FnOnce(&mut Vec<i64>) -> R) -> R {
        f(&mut self.numbers.borrow_mut())
    }
}

/// A new iterator of class `cls`.
pub fn make(vm: &mut Vm, cls: Value, next: NextFn, values: &[Value], numbers: &[i64]) -> PyResult {
    let class = match cls.cast::<Class>() {
        Some(class) if class.instance_kind.get() == Kind::Foreign => class,
        _ => return Err(vm.type_error("__new__(X): X is not a type of this module")),
    };
    let walker = Walker {
        next,
        values: List::from_slice(values),
        numbers: RefCell::new(numbers.to_vec()),
    };
    Ok(Foreign::new(class.new_instance_shape(), walker).into())
}

/// The state of an iterator of this module.
pub fn walker(vm: &mut Vm, value: Value) -> PyResult<&'static Walker> {
    match value.to::<Foreign>().and_then(|f| f.payload::<Walker>()) {
        Some(walker) => Ok(walker),
        None => {
            let given = vm.type_name(value);
            Err(vm.type_error(format!("an itertools object is required, not '{given}'")))
        }
    }
}

const COMMON: &[Def] = &[
    method("__iter__(self, /)", |_, args| Ok(args[0])),
    method("__next__(self, /)", |vm, args| {
        let walker = walker(vm, args[0])?;
        match (walker.next)(vm, walker)? {
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
    let walker = iter.payload::<Walker>()?;
    Some((walker.next)(vm, walker))
}

pub fn install(vm: &mut Vm) {
    vm.step_native = Some(step);
    let module = vm.define_module("itertools", FUNCTIONS);
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

fn new_accumulate(vm: &mut Vm, args: &[Value]) -> PyResult {
    let iter = vm.iter(args[1])?;
    let func = args[2].bound().unwrap_or(Value::NONE);
    let initial = args[3]
        .bound()
        .filter(|v| !v.is_none())
        .unwrap_or(Value::UNBOUND);
    make(
        vm,
        args[0],
        next_accumulated,
        &[iter, func, Value::UNBOUND, initial],
        &[],
    )
}

fn next_accumulated(vm: &mut Vm, walker: &Walker) -> PyResult<Option<Value>> {
    let initial = walker.value(3);
    let total = walker.value(2);
    let next = if !initial.is_unbound() {
        walker.set_value(3, Value::UNBOUND);
        initial
    } else {
        let Some(item) = vm.next(walker.value(0))? else {
            return Ok(None);
        };
        match (total, walker.value(1)) {
            (Value::UNBOUND, _) => item,
            (total, Value::NONE) => vm.binary(BinaryOp::Add, total, item)?,
            (total, func) => vm.call(func, &[total, item])?,
        }
    };
    walker.set_value(2, next);
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
    make(vm, args[0], next_batch, &[iter], &[size, i64::from(strict)])
}

fn next_batch(vm: &mut Vm, walker: &Walker) -> PyResult<Option<Value>> {
    let iter = walker.value(0);
    if iter.is_unbound() {
        return Ok(None);
    }
    let size = walker.number(0);
    let batch = List::new();
    while (batch.len() as i64) < size {
        match vm.next(iter)? {
            Some(item) => batch.push(item),
            None => {
                walker.set_value(0, Value::UNBOUND);
                break;
            }
        }
    }
    if batch.is_empty() {
        return Ok(None);
    }
    if (batch.len() as i64) < size && walker.number(1) == 1 {
        return Err(vm.value_error("batched(): incomplete batch"));
    }
    Ok(Some(tuple(batch.items())))
}

fn new_compress(vm: &mut Vm, args: &[Value]) -> PyResult {
    let data = vm.iter(args[1])?;
    let selectors = vm.iter(args[2])?;
    make(vm, args[0], next_compressed, &[data, selectors], &[])
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
    make(vm, args[0], next_cycled, &[iter, List::new().into()], &[0])
}

fn next_cycled(vm: &mut Vm, walker: &Walker) -> PyResult<Option<Value>> {
    let saved = walker.value(1).known::<List>();
    let iter = walker.value(0);
    if !iter.is_unbound() {
        if let Some(item) = vm.next(iter)? {
            saved.push(item);
            return Ok(Some(item));
        }
        walker.set_value(0, Value::UNBOUND);
    }
    let at = walker.number(0) as usize;
    let Some(item) = saved.item(at) else {
        return Ok(None);
    };
    walker.set_number(
        0,
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
    make(vm, args[0], next_undropped, &[args[1], iter], &[0])
}

fn next_undropped(vm: &mut Vm, walker: &Walker) -> PyResult<Option<Value>> {
    loop {
        let Some(item) = vm.next(walker.value(1))? else {
            return Ok(None);
        };
        if walker.number(0) == 1 {
            return Ok(Some(item));
        }
        let drop = vm.call(walker.value(0), &[item])?;
        if !vm.truth(drop)? {
            walker.set_number(0, 1);
            return Ok(Some(item));
        }
    }
}

fn new_takewhile(vm: &mut Vm, args: &[Value]) -> PyResult {
    let iter = vm.iter(args[2])?;
    make(vm, args[0], next_taken, &[args[1], iter], &[0])
}

fn next_taken(vm: &mut Vm, walker: &Walker) -> PyResult<Option<Value>> {
    if walker.number(0) == 1 {
        return Ok(None);
    }
    let Some(item) = vm.next(walker.value(1))? else {
        return Ok(None);
    };
    let take = vm.call(walker.value(0), &[item])?;
    if vm.truth(take)? {
        return Ok(Some(item));
    }
    walker.set_number(0, 1);
    Ok(None)
}

fn new_filterfalse(vm: &mut Vm, args: &[Value]) -> PyResult {
    let iter = vm.iter(args[2])?;
    make(vm, args[0], next_false, &[args[1], iter], &[])
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
    make(vm, args[0], next_pair, &[iter, Value::UNBOUND], &[])
}

fn next_pair(vm: &mut Vm, walker: &Walker) -> PyResult<Option<Value>> {
    let iter = walker.value(0);
    if iter.is_unbound() {
        return Ok(None);
    }
    let mut previous = walker.value(1);
    if previous.is_unbound() {
        match vm.next(iter)? {
            Some(first) => previous = first,
            None => {
                walker.set_value(0, Value::UNBOUND);
                return Ok(None);
            }
        }
        walker.set_value(1, previous);
    }
    match vm.next(iter)? {
        Some(item) => {
            walker.set_value(1, item);
            Ok(Some(tuple(&[previous, item])))
        }
        None => {
            walker.set_value(0, Value::UNBOUND);
            walker.set_value(1, Value::UNBOUND);
            Ok(None)
        }
    }
}

fn new_starmap(vm: &mut Vm, args: &[Value]) -> PyResult {
    let iter = vm.iter(args[2])?;
    make(vm, args[0], next_starmapped, &[args[1], iter], &[])
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
    make(vm, args[0], next_sliced, &[iter], &[0, start, stop, step])
}

fn next_sliced(vm: &mut Vm, walker: &Walker) -> PyResult<Option<Value>> {
    let iter = walker.value(0);
    if iter.is_unbound() {
        return Ok(None);
    }
    let (mut at, wanted, stop, step) =
        walker.with_numbers(|numbers| (numbers[0], numbers[1], numbers[2], numbers[3]));
    // Beyond the stop nothing is taken, but what lies before a start beyond it is skipped.
    let last = if stop >= 0 && wanted >= stop {
        stop
    } else {
        wanted
    };
    while at < last {
        if vm.next(iter)?.is_none() {
            walker.set_value(0, Value::UNBOUND);
            return Ok(None);
        }
        at += 1;
        walker.set_number(0, at);
    }
    if stop >= 0 && wanted >= stop {
        walker.set_value(0, Value::UNBOUND);
        return Ok(None);
    }
    let Some(item) = vm.next(iter)? else {
        walker.set_value(0, Value::UNBOUND);
        return Ok(None);
    };
    let next = wanted.saturating_add(step);
    let next = if stop >= 0 { next.min(stop) } else { next };
    walker.with_numbers(|numbers| {
        numbers[0] = at + 1;
        numbers[1] = next;
    });
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
    make(vm, args[0], next_counted, &[start, step], &[])
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
    make(vm, args[0], next_repeated, &[args[1]], &[times])
}

fn next_repeated(_: &mut Vm, walker: &Walker) -> PyResult<Option<Value>> {
    let left = walker.number(0);
    if left == 0 {
        return Ok(None);
    }
    if left > 0 {
        walker.set_number(0, left - 1);
    }
    Ok(Some(walker.value(0)))
}

fn repeat_repr(vm: &mut Vm, args: &[Value]) -> PyResult {
    let walker = walker(vm, args[0])?;
    let class = vm.type_name(args[0]);
    let object = vm.repr_text(walker.value(0))?;
    Ok(vm::string(&match walker.number(0) {
        -1 => format!("{class}({object})"),
        left => format!("{class}({object}, {left})"),
    }))
}

fn repeat_hint(vm: &mut Vm, args: &[Value]) -> PyResult {
    match walker(vm, args[0])?.number(0) {
        -1 => Err(vm.type_error("len() of unsized object")),
        left => Ok(Value::int(left)),
    }
}

// ---- several sources

fn new_chain(vm: &mut Vm, args: &[Value]) -> PyResult {
    let sources = vm.iter(tuple(&args[1..]))?;
    make(vm, args[0], next_chained, &[sources, Value::UNBOUND], &[])
}

fn chain_from_iterable(vm: &mut Vm, args: &[Value]) -> PyResult {
    let sources = vm.iter(args[1])?;
    make(vm, args[0], next_chained, &[sources, Value::UNBOUND], &[])
}

fn next_chained(vm: &mut Vm, walker: &Walker) -> PyResult<Option<Value>> {
    loop {
        let active = walker.value(1);
        if !active.is_unbound() {
            if let Some(item) = vm.next(active)? {
                return Ok(Some(item));
            }
            walker.set_value(1, Value::UNBOUND);
        }
        let sources = walker.value(0);
        if sources.is_unbound() {
            return Ok(None);
        }
        match vm.next(sources)? {
            Some(source) => {
                let iter = vm.iter(source)?;
                walker.set_value(1, iter);
            }
            None => walker.set_value(0, Value::UNBOUND),
        }
    }
}

fn new_zip_longest(vm: &mut Vm, args: &[Value]) -> PyResult {
    let fill = args[1].bound().unwrap_or(Value::NONE);
    let values = List::from_slice(&[fill]);
    for &iterable in &args[2..] {
        values.push(vm.iter(iterable)?);
    }
    let count = args.len() as i64 - 2;
    make(vm, args[0], next_zipped_longest, values.items(), &[count])
}

fn next_zipped_longest(vm: &mut Vm, walker: &Walker) -> PyResult<Option<Value>> {
    if walker.number(0) == 0 {
        return Ok(None);
    }
    let fill = walker.value(0);
    let count = walker.values().len() - 1;
    let items = List::with_capacity(count);
    for at in 1..=count {
        let iter = walker.value(at);
        if iter.is_unbound() {
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
                walker.set_value(at, Value::UNBOUND);
                items.push(fill);
            }
        }
    }
    Ok(Some(tuple(items.items())))
}

// ---- groupby

// Places in the values of a `groupby`.
const SOURCE: usize = 0;
const KEY: usize = 1;
const CURRENT_KEY: usize = 2;
const CURRENT_VALUE: usize = 3;
const GROUP_KEY: usize = 4;
/// The group handed out last: a list that only it and its group know.
const GROUP: usize = 5;

fn new_groupby(vm: &mut Vm, args: &[Value]) -> PyResult {
    let iter = vm.iter(args[1])?;
    let key = args[2].bound().unwrap_or(Value::NONE);
    let none = Value::UNBOUND;
    make(
        vm,
        args[0],
        next_group,
        &[iter, key, none, none, none, none],
        &[],
    )
}

/// Reads one item of the source; false at its end.
fn step_groupby(vm: &mut Vm, values: Gc<List>) -> PyResult<bool> {
    let at = |place| values.item(place).unwrap_or(Value::UNBOUND);
    let Some(item) = vm.next(at(SOURCE))? else {
        return Ok(false);
    };
    let key = match at(KEY) {
        Value::NONE => item,
        function => vm.call(function, &[item])?,
    };
    values.set_item(CURRENT_VALUE, item);
    values.set_item(CURRENT_KEY, key);
    Ok(true)
}

fn next_group(vm: &mut Vm, walker: &Walker) -> PyResult<Option<Value>> {
    walker.set_value(GROUP, Value::UNBOUND);
    loop {
        let (current, group) = (walker.value(CURRENT_KEY), walker.value(GROUP_KEY));
        if !current.is_unbound() && (group.is_unbound() || !vm.eq(group, current)?) {
            break;
        }
        if !step_groupby(vm, walker.values())? {
            return Ok(None);
        }
    }
    let key = walker.value(CURRENT_KEY);
    walker.set_value(GROUP_KEY, key);
    let mark: Value = List::new().into();
    walker.set_value(GROUP, mark);
    let class = kept(vm, "itertools._grouper")?;
    let values: Value = walker.values().into();
    let group = make(vm, class, next_of_group, &[values, key, mark], &[])?;
    Ok(Some(tuple(&[key, group])))
}

fn next_of_group(vm: &mut Vm, walker: &Walker) -> PyResult<Option<Value>> {
    let values = walker.value(0).known::<List>();
    if values.item(GROUP) != Some(walker.value(2)) {
        return Ok(None);
    }
    if values.item(CURRENT_VALUE) == Some(Value::UNBOUND) && !step_groupby(vm, values)? {
        return Ok(None);
    }
    let current = values.item(CURRENT_KEY).unwrap_or(Value::UNBOUND);
    if !vm.eq(walker.value(1), current)? {
        return Ok(None);
    }
    let item = values.item(CURRENT_VALUE);
    values.set_item(CURRENT_VALUE, Value::UNBOUND);
    Ok(item)
}

// ---- tee

/// A link of the chain that the iterators of a `tee` walk along: the source, and once it was
/// read the item and the next link.
fn new_link(source: Value) -> Value {
    List::from_slice(&[source]).into()
}

fn new_tee(vm: &mut Vm, args: &[Value]) -> PyResult {
    if let Some(other) = args[1].to::<Foreign>().and_then(|f| f.payload::<Walker>())
        && Some(Value::from(vm.class_of(args[1]))) == vm.kept("itertools._tee")
    {
        let link = other.value(0);
        return make(vm, args[0], next_of_tee, &[link], &[]);
    }
    let source = vm.iter(args[1])?;
    make(vm, args[0], next_of_tee, &[new_link(source)], &[])
}

fn copy_tee(vm: &mut Vm, args: &[Value]) -> PyResult {
    let link = walker(vm, args[0])?.value(0);
    let class = vm.class_of(args[0]);
    make(vm, class.into(), next_of_tee, &[link], &[])
}

fn next_of_tee(vm: &mut Vm, walker: &Walker) -> PyResult<Option<Value>> {
    let link = walker.value(0).known::<List>();
    if link.len() == 1 {
        let source = link.items()[0];
        let Some(item) = vm.next(source)? else {
            return Ok(None);
        };
        // Reading the source may have moved another iterator of this tee.
        if link.len() == 1 {
            link.push(item);
            link.push(new_link(source));
        }
    }
    match *link.items() {
        [_, item, next] => {
            walker.set_value(0, next);
            Ok(Some(item))
        }
        _ => Ok(None),
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
    let class = kept(vm, "itertools._tee")?;
    let copies = List::new();
    let mut source = args[0];
    for _ in 0..count {
        source = new_tee(vm, &[class, source])?;
        copies.push(source);
    }
    Ok(tuple(copies.items()))
}
