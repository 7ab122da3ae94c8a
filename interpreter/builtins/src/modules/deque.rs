//! `collections.deque`: a ring of values.

use crate::types::sequence;
use object::{
    Class, ClassFlags, Foreign, Gc, Kind, List, Marker, Module, Payload, StrBuilder, Value, intern,
};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use vm::{
    Comparison, Def, PyResult, Raised, Vm, class_method, getter, method, static_method, tuple,
};

struct Deque {
    items: RefCell<VecDeque<Value>>,
    bound: Cell<Option<usize>>,
    /// Counts changes of length, for iterators.
    changes: Cell<u64>,
}

impl Payload for Deque {
    fn trace(&self, marker: &mut Marker) {
        self.items
            .borrow()
            .iter()
            .for_each(|&item| marker.visit(item));
    }

    fn length(&self) -> Option<usize> {
        Some(self.len())
    }
}

impl Deque {
    fn len(&self) -> usize {
        self.items.borrow().len()
    }

    fn item(&self, at: usize) -> Option<Value> {
        self.items.borrow().get(at).copied()
    }

    /// Works on the items; no Python code may run in `f`.
    fn change<R>(&self, f: impl FnOnce(&mut VecDeque<Value>) -> R) -> R {
        self.changes.set(self.changes.get() + 1);
        f(&mut self.items.borrow_mut())
    }

    fn push(&self, item: Value) {
        self.change(|items| {
            items.push_back(item);
            if self.bound.get().is_some_and(|bound| items.len() > bound) {
                items.pop_front();
            }
        });
    }

    fn push_left(&self, item: Value) {
        self.change(|items| {
            items.push_front(item);
            if self.bound.get().is_some_and(|bound| items.len() > bound) {
                items.pop_back();
            }
        });
    }
}

/// A deque as a sequence that others may change.
#[derive(Clone, Copy)]
struct Items(&'static Deque);

impl sequence::Sequence for Items {
    fn length(self) -> usize {
        self.0.len()
    }
    fn at(self, at: usize) -> Option<Value> {
        self.0.item(at)
    }
}

/// An iterator: the deque (*unbound* at the end), the place, and the changes seen.
struct Walk {
    deque: Cell<Value>,
    at: Cell<usize>,
    changes: u64,
    backwards: bool,
}

impl Payload for Walk {
    fn trace(&self, marker: &mut Marker) {
        marker.visit(self.deque.get());
    }

    fn is_plain_iterator(&self) -> bool {
        true
    }

    fn next(&self) -> Option<Value> {
        let own = self.deque.get().to::<Foreign>()?.payload::<Deque>()?;
        self.step(own)
    }
}

impl Walk {
    /// The next item of the deque; `None` at its end, or if it has changed.
    fn step(&self, own: &Deque) -> Option<Value> {
        let at = self.at.get();
        let place = match self.backwards {
            true => own.len().checked_sub(at + 1)?,
            false => at,
        };
        let item = own
            .item(place)
            .filter(|_| own.changes.get() == self.changes)?;
        self.at.set(at + 1);
        Some(item)
    }
}

const METHODS: &[Def] = &[
    static_method("__new__(cls, /, *args, **kwargs)", new),
    method("__init__(self, iterable=(), maxlen=None)", init),
    method("append(self, item, /)", |vm, args| {
        writable(vm, args[0])?.push(args[1]);
        Ok(Value::NONE)
    }),
    method("appendleft(self, item, /)", |vm, args| {
        writable(vm, args[0])?.push_left(args[1]);
        Ok(Value::NONE)
    }),
    method("clear(self, /)", |vm, args| {
        writable(vm, args[0])?.change(VecDeque::clear);
        Ok(Value::NONE)
    }),
    method("copy(self, /)", copy),
    method("__copy__(self, /)", copy),
    method("count(self, value, /)", |vm, args| {
        let own = deque(vm, args[0])?;
        let changes = own.changes.get();
        let (mut count, mut at) = (0, 0);
        while let Some(item) = own.item(at) {
            count += i64::from(vm.eq(item, args[1])?);
            if own.changes.get() != changes {
                return Err(mutated(vm));
            }
            at += 1;
        }
        Ok(Value::small(count))
    }),
    method("extend(self, iterable, /)", |vm, args| {
        extend(vm, args[0], args[1], Deque::push)?;
        Ok(Value::NONE)
    }),
    method("extendleft(self, iterable, /)", |vm, args| {
        extend(vm, args[0], args[1], Deque::push_left)?;
        Ok(Value::NONE)
    }),
    method(
        "index(self, value, start=0, stop=9223372036854775807, /)",
        index,
    ),
    method("insert(self, index, value, /)", insert),
    method("pop(self, /)", |vm, args| {
        let own = writable(vm, args[0])?;
        own.change(VecDeque::pop_back).ok_or_else(|| empty(vm))
    }),
    method("popleft(self, /)", |vm, args| {
        let own = writable(vm, args[0])?;
        own.change(VecDeque::pop_front).ok_or_else(|| empty(vm))
    }),
    method("remove(self, value, /)", remove),
    method("reverse(self, /)", |vm, args| {
        writable(vm, args[0])?.change(|items| items.make_contiguous().reverse());
        Ok(Value::NONE)
    }),
    method("rotate(self, n=1, /)", rotate),
    getter("maxlen", |vm, args| {
        let bound = deque(vm, args[0])?.bound.get();
        Ok(bound.map_or(Value::NONE, |bound| Value::int(bound as i64)))
    }),
    method("__add__(self, value, /)", add),
    method("__iadd__(self, value, /)", |vm, args| {
        extend(vm, args[0], args[1], Deque::push)?;
        Ok(args[0])
    }),
    method("__mul__(self, value, /)", mul),
    method("__rmul__(self, value, /)", mul),
    method("__imul__(self, value, /)", imul),
    method("__contains__(self, key, /)", |vm, args| {
        let own = deque(vm, args[0])?;
        contains(vm, own, args[1])
    }),
    method("__getitem__(self, key, /)", |vm, args| {
        let own = deque(vm, args[0])?;
        let at = place(vm, own, args[1])?;
        own.item(at).ok_or_else(|| out_of_range(vm))
    }),
    method("__setitem__(self, key, value, /)", |vm, args| {
        let own = writable(vm, args[0])?;
        let at = place(vm, own, args[1])?;
        own.items.borrow_mut()[at] = args[2];
        Ok(Value::NONE)
    }),
    method("__delitem__(self, key, /)", |vm, args| {
        let own = writable(vm, args[0])?;
        let at = place(vm, own, args[1])?;
        own.change(|items| items.remove(at));
        Ok(Value::NONE)
    }),
    method("__eq__(self, value, /)", |vm, args| {
        compare(vm, Comparison::Eq, args)
    }),
    method("__ne__(self, value, /)", |vm, args| {
        compare(vm, Comparison::Ne, args)
    }),
    method("__lt__(self, value, /)", |vm, args| {
        compare(vm, Comparison::Lt, args)
    }),
    method("__le__(self, value, /)", |vm, args| {
        compare(vm, Comparison::Le, args)
    }),
    method("__gt__(self, value, /)", |vm, args| {
        compare(vm, Comparison::Gt, args)
    }),
    method("__ge__(self, value, /)", |vm, args| {
        compare(vm, Comparison::Ge, args)
    }),
    method("__iter__(self, /)", |vm, args| walk(vm, args[0], false)),
    method("__reversed__(self, /)", |vm, args| walk(vm, args[0], true)),
    method("__len__(self, /)", |vm, args| {
        Ok(Value::int(deque(vm, args[0])?.len() as i64))
    }),
    method("__repr__(self, /)", repr),
    method("__reduce__(self, /)", reduce),
    class_method(
        "__class_getitem__(cls, object, /)",
        crate::types::class_getitem,
    ),
];

const WALK: &[Def] = &[
    method("__iter__(self, /)", |_, args| Ok(args[0])),
    method("__next__(self, /)", next),
    static_method("__new__(cls, deque, index=0, /)", new_walk),
    method("__reduce__(self, /)", reduce_walk),
    method("__length_hint__(self, /)", |vm, args| {
        let (own, walk) = walk_of(vm, args[0])?;
        Ok(Value::int(own.map_or(0, |own| {
            own.len().saturating_sub(walk.at.get()) as i64
        })))
    }),
];

pub fn install(vm: &mut Vm, module: Gc<Module>) {
    let object = vm.types.object;
    let flags = ClassFlags {
        immutable: true,
        ..Default::default()
    };
    let class = vm.native_class("collections", "deque", object, flags, METHODS);
    crate::types::set_unhashable(vm, class);
    module.namespace().set_str(intern("deque"), class.into());
    vm.keep("collections.deque", class.into());
    let hidden = ClassFlags {
        immutable: true,
        ..Default::default()
    };
    for (name, kept) in [
        ("_deque_iterator", "collections._deque_iterator"),
        (
            "_deque_reverse_iterator",
            "collections._deque_reverse_iterator",
        ),
    ] {
        let class = vm.native_class("collections", name, object, hidden, WALK);
        module.namespace().set_str(intern(name), class.into());
        vm.keep(kept, class.into());
    }
}

fn deque(vm: &mut Vm, value: Value) -> PyResult<&'static Deque> {
    match value.to::<Foreign>().and_then(|f| f.payload::<Deque>()) {
        Some(deque) => Ok(deque),
        None => {
            let given = vm.type_name(value);
            Err(vm.type_error(format!(
                "descriptor requires a 'collections.deque' object but received a '{given}'"
            )))
        }
    }
}

/// The deque, about to get new items.
fn writable(vm: &mut Vm, value: Value) -> PyResult<&'static Deque> {
    let deque = deque(vm, value)?;
    if let Some(object) = value.to::<Foreign>() {
        object.about_to_write();
    }
    Ok(deque)
}

fn empty(vm: &mut Vm) -> Raised {
    vm.index_error("pop from an empty deque")
}

fn out_of_range(vm: &mut Vm) -> Raised {
    vm.index_error("deque index out of range")
}

fn make(class: Gc<Class>, bound: Option<usize>) -> Gc<Foreign> {
    let payload = Deque {
        items: RefCell::new(VecDeque::new()),
        bound: Cell::new(bound),
        changes: Cell::new(0),
    };
    Foreign::new(class.new_instance_shape(), payload)
}

fn new(vm: &mut Vm, args: &[Value]) -> PyResult {
    match args[0].cast::<Class>() {
        Some(class) if class.instance_kind.get() == Kind::Foreign => Ok(make(class, None).into()),
        _ => Err(vm.type_error("deque.__new__(X): X is not a subtype of deque")),
    }
}

fn init(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = writable(vm, args[0])?;
    let bound = match args[2] {
        Value::UNBOUND | Value::NONE => None,
        bound => {
            if vm.as_int(bound).is_none() {
                return Err(vm.type_error("an integer is required"));
            }
            match usize::try_from(vm.index(bound)?) {
                Ok(bound) => Some(bound),
                Err(_) => return Err(vm.value_error("maxlen must be non-negative")),
            }
        }
    };
    own.bound.set(bound);
    own.change(VecDeque::clear);
    if let Some(iterable) = args[1].bound() {
        extend(vm, args[0], iterable, Deque::push)?;
    }
    Ok(Value::NONE)
}

fn extend(vm: &mut Vm, target: Value, iterable: Value, push: fn(&Deque, Value)) -> PyResult<()> {
    let own = writable(vm, target)?;
    if iterable == target {
        let items: Vec<Value> = own.items.borrow().iter().copied().collect();
        items.into_iter().for_each(|item| push(own, item));
        return Ok(());
    }
    vm.for_each(iterable, |vm, item| {
        push(writable(vm, target)?, item);
        Ok(())
    })
}

/// A deque of the class of another, with other items.
fn derived(vm: &mut Vm, like: Value, items: &[Value]) -> PyResult {
    let bound = deque(vm, like)?.bound.get();
    let class = vm.class_of(like);
    if Some(Value::from(class)) == vm.kept("collections.deque") {
        let result = make(class, bound);
        let own = deque(vm, result.into())?;
        items.iter().for_each(|&item| own.push(item));
        return Ok(result.into());
    }
    let items: Value = List::from_slice(items).into();
    match bound {
        Some(bound) => vm.call(class.into(), &[items, Value::int(bound as i64)]),
        None => vm.call(class.into(), &[items]),
    }
}

fn all_items(own: &Deque) -> Vec<Value> {
    own.items.borrow().iter().copied().collect()
}

fn copy(vm: &mut Vm, args: &[Value]) -> PyResult {
    let items = all_items(deque(vm, args[0])?);
    derived(vm, args[0], &items)
}

fn add(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = deque(vm, args[0])?;
    let Some(other) = args[1].to::<Foreign>().and_then(|f| f.payload::<Deque>()) else {
        let given = vm.type_name(args[1]);
        return Err(vm.type_error(format!(
            "can only concatenate deque (not \"{given}\") to deque"
        )));
    };
    let mut items = all_items(own);
    items.extend(all_items(other));
    derived(vm, args[0], &items)
}

fn repeated(vm: &mut Vm, args: &[Value]) -> PyResult<Option<Vec<Value>>> {
    let items = all_items(deque(vm, args[0])?);
    let Some(times) = sequence::repeat_count(vm, args[1], items.len())? else {
        return Ok(None);
    };
    Ok(Some(items.repeat(times)))
}

fn mul(vm: &mut Vm, args: &[Value]) -> PyResult {
    match repeated(vm, args)? {
        Some(items) => derived(vm, args[0], &items),
        None => crate::types::list::not_an_integer(vm, args[1]),
    }
}

fn imul(vm: &mut Vm, args: &[Value]) -> PyResult {
    let Some(items) = repeated(vm, args)? else {
        return crate::types::list::not_an_integer(vm, args[1]);
    };
    let own = writable(vm, args[0])?;
    own.change(VecDeque::clear);
    items.into_iter().for_each(|item| own.push(item));
    Ok(args[0])
}

fn place(vm: &mut Vm, own: &Deque, index: Value) -> PyResult<usize> {
    if vm.as_int(index).is_none() {
        let name = vm.names.index;
        if vm.lookup_special(index, name).is_none() {
            let given = vm.type_name(index);
            return Err(vm.type_error(format!("sequence index must be integer, not '{given}'")));
        }
    }
    let at = vm.item_index(index)?;
    let len = own.len() as i64;
    let at = if at < 0 { at.saturating_add(len) } else { at };
    if at < 0 || at >= len {
        Err(out_of_range(vm))
    } else {
        Ok(at as usize)
    }
}

fn mutated(vm: &mut Vm) -> Raised {
    vm.runtime_error("deque mutated during iteration")
}

fn contains(vm: &mut Vm, own: &'static Deque, value: Value) -> PyResult {
    let changes = own.changes.get();
    let mut at = 0;
    while let Some(item) = own.item(at) {
        if vm.eq(item, value)? {
            return Ok(Value::TRUE);
        }
        if own.changes.get() != changes {
            return Err(mutated(vm));
        }
        at += 1;
    }
    Ok(Value::FALSE)
}

fn index(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = deque(vm, args[0])?;
    let changes = own.changes.get();
    let found = sequence::index_of(vm, Items(own), args[1], args[2], args[3])?;
    if own.changes.get() != changes {
        return Err(mutated(vm));
    }
    match found {
        Some(at) => Ok(Value::int(at as i64)),
        None => {
            let shown = vm.repr_text(args[1])?;
            Err(vm.value_error(format!("{shown} is not in deque")))
        }
    }
}

fn insert(vm: &mut Vm, args: &[Value]) -> PyResult {
    let at = vm.index(args[1])?;
    let own = writable(vm, args[0])?;
    let len = own.len() as i64;
    if own.bound.get() == Some(len as usize) {
        return Err(vm.index_error("deque already at its maximum size"));
    }
    let at = if at < 0 {
        at.saturating_add(len).max(0)
    } else {
        at.min(len)
    };
    own.change(|items| items.insert(at as usize, args[2]));
    Ok(Value::NONE)
}

fn remove(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = writable(vm, args[0])?;
    let changes = own.changes.get();
    let found = sequence::index_of(vm, Items(own), args[1], Value::UNBOUND, Value::UNBOUND)?;
    if own.changes.get() != changes {
        return Err(vm.index_error("deque mutated during remove()."));
    }
    match found {
        Some(at) => {
            own.change(|items| items.remove(at));
            Ok(Value::NONE)
        }
        None => {
            let shown = vm.repr_text(args[1])?;
            Err(vm.value_error(format!("{shown} is not in deque")))
        }
    }
}

fn rotate(vm: &mut Vm, args: &[Value]) -> PyResult {
    let steps = match args[1] {
        Value::UNBOUND => 1,
        steps => vm.index(steps)?,
    };
    let own = writable(vm, args[0])?;
    let len = own.len() as i64;
    if len > 1 {
        own.change(|items| items.rotate_right(steps.rem_euclid(len) as usize));
    }
    Ok(Value::NONE)
}

fn compare(vm: &mut Vm, op: Comparison, args: &[Value]) -> PyResult {
    let own = deque(vm, args[0])?;
    match args[1].to::<Foreign>().and_then(|f| f.payload::<Deque>()) {
        Some(other) => sequence::compare(vm, op, Items(own), Items(other)),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn repr(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = deque(vm, args[0])?;
    let class = vm.type_name(args[0]);
    let text = vm.guard_repr(args[0], |vm| {
        let mut text = StrBuilder::new();
        text.push_text(&class);
        let items = sequence::repr(vm, Items(own), "([", "]")?;
        text.push_str(items);
        if let Some(bound) = own.bound.get() {
            text.push_text(&format!(", maxlen={bound}"));
        }
        text.push_char(')');
        Ok(text.finish())
    })?;
    Ok(text.map_or_else(|| vm::string("[...]"), Value::from))
}

fn reduce(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = deque(vm, args[0])?;
    let class: Value = vm.class_of(args[0]).into();
    let items = vm.iter(args[0])?;
    let make = match own.bound.get() {
        Some(bound) => tuple(&[tuple(&[]), Value::int(bound as i64)]),
        None => tuple(&[]),
    };
    let state = crate::types::state_of(vm, args[0])?;
    Ok(tuple(&[class, make, state, items]))
}

// ---- iterators

fn walk(vm: &mut Vm, value: Value, backwards: bool) -> PyResult {
    let own = deque(vm, value)?;
    let kept = if backwards {
        "collections._deque_reverse_iterator"
    } else {
        "collections._deque_iterator"
    };
    let Some(class) = vm.kept(kept).and_then(|class| class.cast::<Class>()) else {
        return Err(vm.system_error("collections is not installed"));
    };
    let payload = Walk {
        deque: Cell::new(value),
        at: Cell::new(0),
        changes: own.changes.get(),
        backwards,
    };
    Ok(Foreign::new(class.new_instance_shape(), payload).into())
}

/// An iterator that a program makes itself, or gets back from where it was kept.
fn new_walk(vm: &mut Vm, args: &[Value]) -> PyResult {
    let hidden = [
        "collections._deque_iterator",
        "collections._deque_reverse_iterator",
    ];
    let backwards = vm.kept(hidden[1]) == Some(args[0]);
    if !backwards && vm.kept(hidden[0]) != Some(args[0]) {
        return Err(vm.type_error("a class of deque iterators was expected"));
    }
    let made = walk(vm, args[1], backwards)?;
    let at = match args[2].bound() {
        Some(index) => vm.index(index)?,
        None => 0,
    };
    if let (Some(own), walk) = walk_of(vm, made)? {
        walk.at.set(usize::try_from(at).unwrap_or(0).min(own.len()));
    }
    Ok(made)
}

fn reduce_walk(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (own, walk) = walk_of(vm, args[0])?;
    let class: Value = vm.class_of(args[0]).into();
    let Some(own) = own else {
        let deque = vm.kept("collections.deque").unwrap_or(Value::NONE);
        let empty = vm.call(deque, &[])?;
        return Ok(tuple(&[class, tuple(&[empty])]));
    };
    let at = Value::int(walk.at.get().min(own.len()) as i64);
    Ok(tuple(&[class, tuple(&[walk.deque.get(), at])]))
}

fn walk_of(vm: &mut Vm, value: Value) -> PyResult<(Option<&'static Deque>, &'static Walk)> {
    let Some(walk) = value.to::<Foreign>().and_then(|f| f.payload::<Walk>()) else {
        return Err(vm.type_error("a deque iterator is required"));
    };
    let deque = walk
        .deque
        .get()
        .to::<Foreign>()
        .and_then(|f| f.payload::<Deque>());
    Ok((deque, walk))
}

fn next(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (own, walk) = walk_of(vm, args[0])?;
    let Some(own) = own else {
        return Err(vm.stop_iteration(Value::NONE));
    };
    match walk.step(own) {
        Some(item) => Ok(item),
        None => {
            walk.deque.set(Value::UNBOUND);
            Err(match own.changes.get() == walk.changes {
                true => vm.stop_iteration(Value::NONE),
                false => mutated(vm),
            })
        }
    }
}
