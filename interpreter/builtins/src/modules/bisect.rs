//! Module `bisect`.

use object::{List, Value, intern};
use vm::{Def, PyResult, Vm, method};

const FUNCTIONS: &[Def] = &[
    method(
        "bisect_left(a, x, lo=0, hi=None, *, key=None)",
        |vm, args| Ok(Value::int(search(vm, args, false)?)),
    ),
    method(
        "bisect_right(a, x, lo=0, hi=None, *, key=None)",
        |vm, args| Ok(Value::int(search(vm, args, true)?)),
    ),
    method(
        "insort_left(a, x, lo=0, hi=None, *, key=None)",
        |vm, args| insort(vm, args, false),
    ),
    method(
        "insort_right(a, x, lo=0, hi=None, *, key=None)",
        |vm, args| insort(vm, args, true),
    ),
];

pub fn install(vm: &mut Vm) {
    let module = vm.define_module("bisect", FUNCTIONS);
    let names = module.namespace();
    for (alias, name) in [("bisect", "bisect_right"), ("insort", "insort_right")] {
        if let Some(function) = names.get_str(intern(name)) {
            names.set_str(intern(alias), function);
        }
    }
    vm.add_native_module("_bisect", module);
}

/// The place of `x` in a sorted sequence: behind equal items if `right`.
fn search(vm: &mut Vm, args: &[Value], right: bool) -> PyResult<i64> {
    let (sequence, x) = (args[0], args[1]);
    let key = args[4].bound().filter(|key| !key.is_none());
    let mut low = match args[2] {
        Value::UNBOUND => 0,
        low => vm.index(low)?,
    };
    if low < 0 {
        return Err(vm.value_error("lo must be non-negative"));
    }
    let mut high = match args[3] {
        Value::UNBOUND | Value::NONE => vm.len(sequence)? as i64,
        high => vm.index(high)?,
    };
    while low < high {
        let middle = low + (high - low) / 2;
        let item = match sequence
            .cast::<List>()
            .and_then(|list| list.item(middle as usize))
        {
            Some(item) => item,
            None => vm.get_item(sequence, Value::int(middle))?,
        };
        let item = match key {
            Some(key) => vm.call(key, &[item])?,
            None => item,
        };
        if right {
            if vm.less(x, item)? {
                high = middle;
            } else {
                low = middle + 1;
            }
        } else if vm.less(item, x)? {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}

fn insort(vm: &mut Vm, args: &[Value], right: bool) -> PyResult {
    let key = args[4].bound().filter(|key| !key.is_none());
    let wanted = match key {
        Some(key) => vm.call(key, &[args[1]])?,
        None => args[1],
    };
    let at = search(vm, &[args[0], wanted, args[2], args[3], args[4]], right)?;
    match args[0].cast::<List>() {
        Some(list) => list.insert((at as usize).min(list.len()), args[1]),
        None => {
            vm.call_method(args[0], intern("insert"), &[Value::int(at), args[1]])?;
        }
    }
    Ok(Value::NONE)
}
