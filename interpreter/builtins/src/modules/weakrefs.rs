//! Module `_weakrefs`: weak references, on which `_weakref` and `weakref` are built.
//!
//! An object dies when the collector finds it, not when the last name for it goes away, so a
//! reference may live on for a while. Callbacks are called at the next safepoint after that.

use object::{
    Class, ClassFlags, Foreign, Gc, Kind, List, Marker, Payload, Shared, Value, Weak, intern,
};
use std::cell::Cell;
use std::cmp::Reverse;
use std::collections::HashMap;
use vm::{Def, PyResult, Vm, class_method, getter, method, static_method, string};

const METHODS: &[Def] = &[
    static_method(
        "__new__(cls, object, callback=None, /, *args, **kwargs)",
        new,
    ),
    method("__init__(self, object, callback=None, /)", |_, _| {
        Ok(Value::NONE)
    }),
    method("__call__(self, /)", call),
    method("__eq__(self, value, /)", eq),
    method("__ne__(self, value, /)", ne),
    method("__hash__(self, /)", hash),
    method("__repr__(self, /)", repr),
    class_method(
        "__class_getitem__(cls, item, /)",
        crate::types::class_getitem,
    ),
    getter("__callback__", callback),
];

const FUNCTIONS: &[Def] = &[
    method("getweakrefcount(object, /)", count),
    method("getweakrefs(object, /)", references),
    method("shared_proxy(object, /)", |_, args| {
        let shared = args[0]
            .is_object()
            .then(|| Weak::new(args[0]).shared(Shared::Proxy))
            .flatten();
        Ok(shared.unwrap_or(Value::NONE))
    }),
    method("share_proxy(object, proxy, /)", |_, args| {
        Weak::new(args[0]).share(Shared::Proxy, args[1]);
        Ok(Value::NONE)
    }),
    method("_run_callbacks()", |vm, _| {
        run_callbacks(vm).map(|()| Value::NONE)
    }),
];

/// The payload of a reference.
struct Reference {
    target: Weak,
    callback: Cell<Value>,
    /// The target's hash, once asked for.
    hash: Cell<Option<i64>>,
}

impl Payload for Reference {
    fn trace(&self, marker: &mut Marker) {
        marker.visit(self.callback.get());
    }
}

fn reference(vm: &mut Vm, value: Value) -> PyResult<&'static Reference> {
    match value
        .cast::<Foreign>()
        .and_then(|f| f.payload::<Reference>())
    {
        Some(reference) => Ok(reference),
        None => Err(vm.type_error("a weak reference is required")),
    }
}

/// Whether Python lets programs refer weakly to objects of this kind.
fn is_referable(vm: &mut Vm, value: Value) -> bool {
    match value.kind() {
        None => false,
        Some(Kind::Instance) => {
            let class = vm.class_of(value);
            class.flags.get().has_dict
                || vm.lookup_type(class, vm.names.weakref).is_some()
                || class.get().lookup(intern("__slots__")).is_none()
        }
        Some(kind) => !matches!(
            kind,
            Kind::BigInt
                | Kind::Float
                | Kind::Complex
                | Kind::Decimal
                | Kind::Str
                | Kind::Bytes
                | Kind::ByteArray
                | Kind::Tuple
                | Kind::List
                | Kind::Dict
                | Kind::Slice
                | Kind::Range
                | Kind::Cell
        ),
    }
}

fn new(vm: &mut Vm, args: &[Value]) -> PyResult {
    let Some(class) = args[0].cast::<Class>() else {
        return Err(vm.type_error("a class was expected"));
    };
    if !is_referable(vm, args[1]) {
        let given = vm.type_name(args[1]);
        return Err(vm.type_error(format!("cannot create weak reference to '{given}' object")));
    }
    let callback = args[2].bound().unwrap_or(Value::NONE);
    let target = Weak::new(args[1]);
    // Classes of programs can be changed, so an immutable one is the reference's own.
    let is_shared = callback.is_none() && class.flags.get().immutable;
    if let Some(shared) = target.shared(Shared::Reference).filter(|_| is_shared) {
        return Ok(shared);
    }
    let made = Foreign::new(
        class.new_instance_shape(),
        Reference {
            target: target.clone(),
            callback: Cell::new(callback),
            hash: Cell::new(None),
        },
    );
    if is_shared {
        target.share(Shared::Reference, made.into());
    }
    if !callback.is_none() {
        waiting(vm, WAITING[0]).push(made.into());
    }
    Ok(made.into())
}

/// References whose callbacks have not been called: those that may be told at any time, and those
/// that only a full collection concerns.
const WAITING: [&str; 2] = ["weakref.waiting", "weakref.waiting_old"];

fn waiting(vm: &mut Vm, key: &'static str) -> Gc<List> {
    match vm.kept(key).and_then(|w| w.cast::<List>()) {
        Some(list) => list,
        None => {
            let list = List::new();
            vm.keep(key, list.into());
            list
        }
    }
}

/// Calls the callbacks of references whose targets have died.
pub fn run_callbacks(vm: &mut Vm) -> PyResult<()> {
    let [young, old] = WAITING.map(|key| waiting(vm, key));
    let dead = List::new();
    if object::take_old_news() {
        let stay = List::new();
        sort_out(old, dead, stay, stay);
        old.take_from(stay);
    }
    let stay = List::new();
    sort_out(young, dead, old, stay);
    young.take_from(stay);
    let dead = in_order_of_calls(dead.items());
    for &item in dead.items() {
        let callback = reference(vm, item)?.callback.replace(Value::NONE);
        if let Err(raised) = vm.call(callback, &[item]) {
            vm.report_unraisable(raised, "in a callback of a weak reference", callback);
        }
    }
    Ok(())
}

/// References in the order in which they are told: those of one target together, the youngest first.
fn in_order_of_calls(dead: &[Value]) -> Gc<List> {
    let mut first = HashMap::new();
    let mut order = Vec::new();
    for (at, &item) in dead.iter().enumerate() {
        let reference = item
            .cast::<Foreign>()
            .and_then(|f| f.payload::<Reference>());
        if let Some(reference) = reference {
            let group = *first.entry(reference.target.identity()).or_insert(at);
            order.push((group, Reverse(at)));
        }
    }
    order.sort_unstable();
    let ordered = List::new();
    order
        .iter()
        .for_each(|&(_, Reverse(at))| ordered.push(dead[at]));
    ordered
}

/// Where the references of a list belong now: to the dead, to the old ones, or to the others.
fn sort_out(list: Gc<List>, dead: Gc<List>, old: Gc<List>, young: Gc<List>) {
    for &item in list.items() {
        let reference = item
            .cast::<Foreign>()
            .and_then(|f| f.payload::<Reference>());
        match reference {
            Some(reference) if reference.target.get().is_none() => dead.push(item),
            Some(reference) if reference.target.is_old() => old.push(item),
            _ => young.push(item),
        }
    }
}

fn call(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(reference(vm, args[0])?.target.get().unwrap_or(Value::NONE))
}

fn eq(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (Ok(a), Ok(b)) = (reference(vm, args[0]), reference(vm, args[1])) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    match (a.target.get(), b.target.get()) {
        (Some(a), Some(b)) => vm.eq(a, b).map(Value::bool),
        _ => Ok(Value::bool(args[0] == args[1])),
    }
}

fn ne(vm: &mut Vm, args: &[Value]) -> PyResult {
    match eq(vm, args)? {
        Value::NOT_IMPLEMENTED => Ok(Value::NOT_IMPLEMENTED),
        equal => Ok(Value::bool(equal == Value::FALSE)),
    }
}

fn hash(vm: &mut Vm, args: &[Value]) -> PyResult {
    let reference = reference(vm, args[0])?;
    if let Some(hash) = reference.hash.get() {
        return Ok(Value::int(hash));
    }
    match reference.target.get() {
        Some(target) => {
            let hash = vm.hash(target)?;
            reference.hash.set(Some(hash));
            Ok(Value::int(hash))
        }
        None => Err(vm.type_error("weak object has gone away")),
    }
}

fn repr(vm: &mut Vm, args: &[Value]) -> PyResult {
    let reference = reference(vm, args[0])?;
    let at = crate::types::object::address(args[0]);
    Ok(string(&match reference.target.get() {
        None => format!("<weakref at {at:#x}; dead>"),
        Some(target) => {
            let class = vm.type_name(target);
            let place = crate::types::object::address(target);
            match vm.find_attr(target, vm.names.dunder_name)? {
                Some(name) => {
                    let name = vm.str_text(name)?;
                    format!("<weakref at {at:#x}; to '{class}' at {place:#x} ({name})>")
                }
                None => format!("<weakref at {at:#x}; to '{class}' at {place:#x}>"),
            }
        }
    }))
}

fn callback(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(reference(vm, args[0])?.callback.get())
}

fn count(vm: &mut Vm, args: &[Value]) -> PyResult {
    if !args[0].is_object() {
        return Ok(Value::small(0));
    }
    let count = Weak::new(args[0]).count() as i64 - 1;
    Ok(Value::small(vm.heap_figure(count)))
}

/// References are not listed by target; who asks gets those that all share and those that wait for a
/// callback, the youngest of these first.
fn references(vm: &mut Vm, args: &[Value]) -> PyResult {
    let found = List::new();
    if args[0].is_object() {
        let target = Weak::new(args[0]);
        for kind in [Shared::Reference, Shared::Proxy] {
            target.shared(kind).into_iter().for_each(|s| found.push(s));
        }
    }
    for key in WAITING {
        for &item in waiting(vm, key).items().iter().rev() {
            if reference(vm, item)?.target.get() == Some(args[0]) {
                found.push(item);
            }
        }
    }
    Ok(found.into())
}

pub fn install(vm: &mut Vm) {
    let module = vm.define_module("_weakrefs", FUNCTIONS);
    let object = vm.types.object;
    let flags = ClassFlags {
        immutable: true,
        ..ClassFlags::default()
    };
    let class = vm.native_class("weakref", "ReferenceType", object, flags, METHODS);
    module.namespace().set_str(intern("ref"), class.into());
}
