//! Module `gc`. The collector decides for itself when to run; `collect` runs it now.

use object::{Dict, Kind, List, Value, heap, intern};
use vm::{Def, PyResult, Vm, method, tuple};

const FUNCTIONS: &[Def] = &[
    method("collect(generation=2)", collect),
    method("enable()", |vm, _| switch(vm, true)),
    method("disable()", |vm, _| switch(vm, false)),
    method("isenabled()", |vm, _| {
        Ok(vm.kept("gc.enabled").unwrap_or(Value::TRUE))
    }),
    method("get_stats()", get_stats),
    method("get_count()", |_, _| Ok(tuple(&[Value::small(0); 3]))),
    method("get_threshold()", get_threshold),
    method(
        "set_threshold(threshold0, threshold1=None, threshold2=None, /)",
        set_threshold,
    ),
    method("get_objects(generation=None)", get_objects),
    method("get_referrers(*objs)", get_referrers),
    method("get_referents(*objs)", get_referents),
    method("is_tracked(obj, /)", |_, args| {
        Ok(Value::bool(args[0].kind().is_some_and(heap::is_container)))
    }),
    method("is_finalized(obj, /)", |_, _| Ok(Value::FALSE)),
    method("freeze()", |_, _| Ok(Value::NONE)),
    method("unfreeze()", |_, _| Ok(Value::NONE)),
    method("get_freeze_count()", |_, _| Ok(Value::small(0))),
    method("get_debug()", |_, _| Ok(Value::small(0))),
    method("set_debug(flags, /)", |_, _| Ok(Value::NONE)),
];

fn collect(vm: &mut Vm, args: &[Value]) -> PyResult {
    let full = match args[0].bound() {
        None => true,
        Some(generation) => match vm.index(generation)? {
            0 | 1 => false,
            2 => true,
            _ => return Err(vm.value_error("invalid generation")),
        },
    };
    let mut dead = collect_counting(vm, full);
    if heap::python_due() {
        vm.run_due()?;
        // What the finalisers let go: once more, as its weak references shall be dead as well.
        dead += collect_counting(vm, full);
        vm.run_due()?;
    }
    Ok(Value::int(vm.heap_figure(dead as i64)))
}

/// Collects. How many containers it freed, whether or not they were parts of cycles.
fn collect_counting(vm: &mut Vm, full: bool) -> usize {
    vm.forget_dead_registers();
    heap::forget_stack_below::<4096>();
    heap::count_next_dead();
    vm.collect_garbage(full);
    heap::counted_dead()
}

/// The live objects that hold others and that a program can get hold of.
fn get_objects(vm: &mut Vm, _args: &[Value]) -> PyResult {
    let mut objects = vm.listed_objects();
    objects.retain(|&object| !holds_storage(object));
    Ok(List::from_slice(&objects).into())
}

/// Whether a list is one of the machine's own, which may hold what is no object to a program.
fn holds_storage(object: Value) -> bool {
    let is_storage = |item: Value| {
        matches!(
            item.kind(),
            Some(Kind::Array | Kind::Entries | Kind::Floats)
        )
    };
    object
        .cast::<List>()
        .is_some_and(|list| (0..list.len()).any(|at| list.item(at).is_some_and(is_storage)))
}

/// The containers that refer to one of the objects.
fn get_referrers(vm: &mut Vm, args: &[Value]) -> PyResult {
    let among = vm.listed_objects();
    let found = heap::graph::referrers(args, &among);
    listed_after_looking(vm, &found)
}

/// What the objects refer to, each object's referents once.
fn get_referents(vm: &mut Vm, args: &[Value]) -> PyResult {
    let found = heap::graph::referents(args);
    listed_after_looking(vm, &found)
}

/// A list of what was found; then the collector's marks are put in order again.
fn listed_after_looking(vm: &mut Vm, found: &[Value]) -> PyResult {
    let list = List::from_slice(found);
    vm.collect_garbage(true);
    Ok(list.into())
}

/// What a program switched off stays off in what it sees; memory is collected all the same.
fn switch(vm: &mut Vm, on: bool) -> PyResult {
    vm.keep("gc.enabled", Value::bool(on));
    Ok(Value::NONE)
}

fn get_stats(vm: &mut Vm, _args: &[Value]) -> PyResult {
    let stats = heap::stats();
    let list = List::new();
    for count in [stats.minor_collections, 0, stats.full_collections] {
        let dict = Dict::new();
        dict.set_str(
            intern("collections"),
            Value::int(vm.heap_figure(count as i64)),
        );
        dict.set_str(intern("collected"), Value::small(0));
        dict.set_str(intern("uncollectable"), Value::small(0));
        list.push(dict.into());
    }
    Ok(list.into())
}

fn get_threshold(vm: &mut Vm, _args: &[Value]) -> PyResult {
    let default = tuple(&[Value::small(2000), Value::small(10), Value::small(0)]);
    Ok(vm.kept("gc.threshold").unwrap_or(default))
}

fn set_threshold(vm: &mut Vm, args: &[Value]) -> PyResult {
    let given: Vec<Value> = args
        .iter()
        .map(|a| a.bound().unwrap_or(Value::small(10)))
        .collect();
    vm.keep("gc.threshold", tuple(&given));
    Ok(Value::NONE)
}

pub fn install(vm: &mut Vm) {
    let module = vm.define_module("gc", FUNCTIONS);
    let space = module.namespace();
    space.set_str(intern("garbage"), List::new().into());
    space.set_str(intern("callbacks"), List::new().into());
    for (name, bits) in [
        ("DEBUG_STATS", 1),
        ("DEBUG_COLLECTABLE", 2),
        ("DEBUG_UNCOLLECTABLE", 4),
        ("DEBUG_SAVEALL", 32),
        ("DEBUG_LEAK", 38),
    ] {
        space.set_str(intern(name), Value::small(bits));
    }
}
