//! Module `_heapq`: heaps in lists. What `heapq` has besides is Python, in `lib/heapq.py`.
//!
//! Comparisons may run Python code that changes the list, so the list's length is asked for
//! anew after each.

use object::{Gc, List, Value};
use vm::{Def, PyResult, Raised, Vm, method};

const FUNCTIONS: &[Def] = &[
    method("heappush(heap, item, /)", |vm, args| push(vm, args, false)),
    method("heappop(heap, /)", |vm, args| pop(vm, args, false)),
    method("heapify(heap, /)", |vm, args| heapify(vm, args, false)),
    method("heapreplace(heap, item, /)", |vm, args| {
        replace(vm, args, false)
    }),
    method("heappushpop(heap, item, /)", |vm, args| {
        push_pop(vm, args, false)
    }),
    method("heappush_max(heap, item, /)", |vm, args| {
        push(vm, args, true)
    }),
    method("heappop_max(heap, /)", |vm, args| pop(vm, args, true)),
    method("heapify_max(heap, /)", |vm, args| heapify(vm, args, true)),
    method("heapreplace_max(heap, item, /)", |vm, args| {
        replace(vm, args, true)
    }),
    method("heappushpop_max(heap, item, /)", |vm, args| {
        push_pop(vm, args, true)
    }),
];

pub fn install(vm: &mut Vm) {
    vm.define_module("_heapq", FUNCTIONS);
}

fn heap(vm: &mut Vm, value: Value) -> PyResult<Gc<List>> {
    match value.to::<List>() {
        Some(list) => Ok(list),
        None => {
            let given = vm.type_name(value);
            Err(vm.type_error(format!("heap argument must be a list, not {given}")))
        }
    }
}

#[cold]
fn changed(vm: &mut Vm) -> Raised {
    vm.runtime_error("list changed size during iteration")
}

fn item(vm: &mut Vm, heap: Gc<List>, at: usize) -> PyResult {
    match heap.item(at) {
        Some(item) => Ok(item),
        None => Err(changed(vm)),
    }
}

/// Whether `a` belongs above `b`.
#[inline]
fn above(vm: &mut Vm, a: Value, b: Value, max: bool) -> PyResult<bool> {
    if max { vm.less(b, a) } else { vm.less(a, b) }
}

/// Moves the item at `at` up, not beyond `top`.
fn sift_up(vm: &mut Vm, heap: Gc<List>, top: usize, at: usize, max: bool) -> PyResult<()> {
    let length = heap.len();
    let moving = item(vm, heap, at)?;
    let mut at = at;
    while at > top {
        let parent_at = (at - 1) / 2;
        let parent = item(vm, heap, parent_at)?;
        if !above(vm, moving, parent, max)? {
            break;
        }
        if heap.len() != length {
            return Err(changed(vm));
        }
        // Exchanged step by step, so that the list stays whole if a comparison raises.
        heap.set_item(at, parent);
        heap.set_item(parent_at, moving);
        at = parent_at;
    }
    Ok(())
}

/// Moves the item at `at` down to a leaf and from there up to its place: fewer comparisons
/// than stopping on the way down (Knuth, "The Art of Computer Programming" 3, 5.2.3,
/// exercise 18).
fn sift_down(vm: &mut Vm, heap: Gc<List>, top: usize, max: bool) -> PyResult<()> {
    let length = heap.len();
    let mut at = top;
    loop {
        let mut child = 2 * at + 1;
        if child >= length {
            break;
        }
        if child + 1 < length {
            let (left, right) = (item(vm, heap, child)?, item(vm, heap, child + 1)?);
            if !above(vm, left, right, max)? {
                child += 1;
            }
            if heap.len() != length {
                return Err(changed(vm));
            }
        }
        let (upper, lower) = (item(vm, heap, at)?, item(vm, heap, child)?);
        heap.set_item(at, lower);
        heap.set_item(child, upper);
        at = child;
    }
    sift_up(vm, heap, top, at, max)
}

fn push(vm: &mut Vm, args: &[Value], max: bool) -> PyResult {
    let heap = heap(vm, args[0])?;
    heap.push(args[1]);
    sift_up(vm, heap, 0, heap.len() - 1, max)?;
    Ok(Value::NONE)
}

fn pop(vm: &mut Vm, args: &[Value], max: bool) -> PyResult {
    let heap = heap(vm, args[0])?;
    let Some(last) = heap.pop() else {
        return Err(vm.index_error("index out of range"));
    };
    let Some(first) = heap.item(0) else {
        return Ok(last);
    };
    heap.set_item(0, last);
    sift_down(vm, heap, 0, max)?;
    Ok(first)
}

fn heapify(vm: &mut Vm, args: &[Value], max: bool) -> PyResult {
    let heap = heap(vm, args[0])?;
    for at in (0..heap.len() / 2).rev() {
        sift_down(vm, heap, at, max)?;
    }
    Ok(Value::NONE)
}

fn replace(vm: &mut Vm, args: &[Value], max: bool) -> PyResult {
    let heap = heap(vm, args[0])?;
    let Some(first) = heap.item(0) else {
        return Err(vm.index_error("index out of range"));
    };
    heap.set_item(0, args[1]);
    sift_down(vm, heap, 0, max)?;
    Ok(first)
}

fn push_pop(vm: &mut Vm, args: &[Value], max: bool) -> PyResult {
    let heap = heap(vm, args[0])?;
    let Some(first) = heap.item(0) else {
        return Ok(args[1]);
    };
    if !above(vm, first, args[1], max)? {
        return Ok(args[1]);
    }
    let Some(first) = heap.item(0) else {
        return Err(vm.index_error("index out of range"));
    };
    heap.set_item(0, args[1]);
    sift_down(vm, heap, 0, max)?;
    Ok(first)
}
