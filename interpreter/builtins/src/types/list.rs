//! `list`.

use super::sequence;
use super::slice;
use object::{Class, Dict, Gc, Iter, IterKind, Kind, List, Slice, Str, Tuple, Value};
use vm::{Comparison, Def, PyResult, Vm, class_method, method, slicing, static_method};

const METHODS: &[Def] = &[
    static_method("__new__(cls, /, *args, **kwargs)", new),
    method("__init__(self, iterable=(), /)", init),
    method("append(self, object, /)", append),
    method("clear(self, /)", clear),
    method("copy(self, /)", copy),
    method("count(self, value, /)", count),
    method("extend(self, iterable, /)", extend),
    method(
        "index(self, value, start=0, stop=9223372036854775807, /)",
        index,
    ),
    method("insert(self, index, object, /)", insert),
    method("pop(self, index=-1, /)", pop),
    method("remove(self, value, /)", remove),
    method("reverse(self, /)", reverse),
    method("sort(self, /, *, key=None, reverse=False)", sort),
    method("__add__(self, value, /)", add),
    method("__iadd__(self, value, /)", iadd),
    method("__mul__(self, value, /)", mul),
    method("__rmul__(self, value, /)", mul),
    method("__imul__(self, value, /)", imul),
    method("__contains__(self, key, /)", contains),
    method("__getitem__(self, index, /)", get_item),
    method("__setitem__(self, key, value, /)", set_item),
    method("__delitem__(self, key, /)", del_item),
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
    method("__iter__(self, /)", iter),
    method("__reversed__(self, /)", reversed),
    method("__len__(self, /)", len),
    method("__repr__(self, /)", repr),
    method("__sizeof__(self, /)", sizeof),
    class_method("__class_getitem__(cls, object, /)", super::class_getitem),
];

pub fn install(vm: &mut Vm) {
    let class = vm.types.list;
    vm.define_methods(class, METHODS);
    super::set_unhashable(vm, class);
}

fn new(vm: &mut Vm, args: &[Value]) -> PyResult {
    let exact = args[0].cast::<Class>() == Some(vm.types.list);
    if exact
        && args[1]
            .cast::<Dict>()
            .is_some_and(|kwargs| !kwargs.is_empty())
    {
        return Err(vm.type_error("list() takes no keyword arguments"));
    }
    super::wrap(vm, args[0], List::new().into())
}

fn init(vm: &mut Vm, args: &[Value]) -> PyResult {
    let list = vm.receiver::<List>(args[0])?;
    if !list.is_empty() {
        list.clear();
    }
    if let Some(iterable) = args[1].bound() {
        extend_list(vm, list, iterable)?;
    }
    Ok(Value::NONE)
}

/// Appends every item of an iterable.
pub fn extend_list(vm: &mut Vm, list: Gc<List>, iterable: Value) -> PyResult<()> {
    match iterable.kind() {
        Some(Kind::List) => list.extend_by(iterable.known::<List>()),
        Some(Kind::Tuple) => list.extend(iterable.known::<Tuple>().items()),
        _ => {
            let iter = vm.iter(iterable)?;
            if let Some(builtin) = iter.cast::<Iter>() {
                if let Some(hint) = builtin.remaining() {
                    list.reserve(hint);
                }
                while let Some(item) = vm.next_builtin(builtin)? {
                    list.push(item);
                }
                return Ok(());
            }
            while let Some(item) = vm.next(iter)? {
                list.push(item);
            }
        }
    }
    Ok(())
}

fn append(vm: &mut Vm, args: &[Value]) -> PyResult {
    vm.receiver::<List>(args[0])?.push(args[1]);
    Ok(Value::NONE)
}

fn clear(vm: &mut Vm, args: &[Value]) -> PyResult {
    vm.receiver::<List>(args[0])?.clear();
    Ok(Value::NONE)
}

fn copy(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(List::copy_of(vm.receiver::<List>(args[0])?).into())
}

fn count(vm: &mut Vm, args: &[Value]) -> PyResult {
    let list = vm.receiver::<List>(args[0])?;
    sequence::count(vm, list, args[1])
}

fn extend(vm: &mut Vm, args: &[Value]) -> PyResult {
    let list = vm.receiver::<List>(args[0])?;
    extend_list(vm, list, args[1])?;
    Ok(Value::NONE)
}

fn index(vm: &mut Vm, args: &[Value]) -> PyResult {
    let list = vm.receiver::<List>(args[0])?;
    match sequence::index_of(vm, list, args[1], args[2], args[3])? {
        Some(at) => Ok(Value::int(at as i64)),
        None => Err(vm.value_error("list.index(x): x not in list")),
    }
}

fn insert(vm: &mut Vm, args: &[Value]) -> PyResult {
    let list = vm.receiver::<List>(args[0])?;
    let at = vm.index(args[1])?;
    let len = list.len() as i64;
    let at = if at < 0 {
        at.saturating_add(len).max(0)
    } else {
        at.min(len)
    };
    list.insert(at as usize, args[2]);
    Ok(Value::NONE)
}

fn pop(vm: &mut Vm, args: &[Value]) -> PyResult {
    let list = vm.receiver::<List>(args[0])?;
    let at = match args[1] {
        Value::UNBOUND => -1,
        at => vm.index(at)?,
    };
    let len = list.len() as i64;
    if len == 0 {
        return Err(vm.index_error("pop from empty list"));
    }
    let at = if at < 0 { at.saturating_add(len) } else { at };
    if at == len - 1
        && let Some(item) = list.pop()
    {
        return Ok(item);
    }
    if at < 0 || at >= len {
        return Err(vm.index_error("pop index out of range"));
    }
    Ok(list.remove(at as usize))
}

fn remove(vm: &mut Vm, args: &[Value]) -> PyResult {
    let list = vm.receiver::<List>(args[0])?;
    match sequence::index_of(vm, list, args[1], Value::UNBOUND, Value::UNBOUND)? {
        Some(at) if at < list.len() => {
            list.remove(at);
            Ok(Value::NONE)
        }
        Some(_) => Ok(Value::NONE),
        None => Err(vm.value_error("list.remove(x): x not in list")),
    }
}

fn reverse(vm: &mut Vm, args: &[Value]) -> PyResult {
    let list = vm.receiver::<List>(args[0])?;
    match list.floats_mut() {
        Some(floats) => floats.reverse(),
        None => list.items_mut().reverse(),
    }
    Ok(Value::NONE)
}

fn sort(vm: &mut Vm, args: &[Value]) -> PyResult {
    let list = vm.receiver::<List>(args[0])?;
    let key = args[1].bound().unwrap_or(Value::NONE);
    let reverse = match args[2] {
        Value::UNBOUND => false,
        reverse => vm.truth(reverse)?,
    };
    super::sort::sort(vm, list, key, reverse)?;
    Ok(Value::NONE)
}

fn add(vm: &mut Vm, args: &[Value]) -> PyResult {
    let list = vm.receiver::<List>(args[0])?;
    let Some(other) = args[1].to::<List>() else {
        let given = vm.type_name(args[1]);
        return Err(vm.type_error(format!(
            "can only concatenate list (not \"{given}\") to list"
        )));
    };
    Ok(List::concat(list, other).into())
}

fn iadd(vm: &mut Vm, args: &[Value]) -> PyResult {
    let list = vm.receiver::<List>(args[0])?;
    extend_list(vm, list, args[1])?;
    Ok(args[0])
}

fn mul(vm: &mut Vm, args: &[Value]) -> PyResult {
    let list = vm.receiver::<List>(args[0])?;
    match sequence::repeat_count_of_values(vm, args[1], list.len())? {
        Some(times) => Ok(sequence::repeated_list(list, times).into()),
        None => not_an_integer(vm, args[1]),
    }
}

fn imul(vm: &mut Vm, args: &[Value]) -> PyResult {
    let list = vm.receiver::<List>(args[0])?;
    let Some(times) = sequence::repeat_count_of_values(vm, args[1], list.len())? else {
        return not_an_integer(vm, args[1]);
    };
    let all = sequence::repeated_list(list, times);
    list.take_from(all);
    Ok(args[0])
}

/// `[1] * "a"`
pub fn not_an_integer(vm: &mut Vm, times: Value) -> PyResult {
    let given = vm.type_name(times);
    Err(vm.type_error(format!(
        "can't multiply sequence by non-int of type '{given}'"
    )))
}

fn contains(vm: &mut Vm, args: &[Value]) -> PyResult {
    let list = vm.receiver::<List>(args[0])?;
    Ok(Value::bool(sequence::contains(vm, list, args[1])?))
}

/// The place that an index names, if it is within the list.
fn place(vm: &mut Vm, list: Gc<List>, index: Value) -> PyResult<Option<usize>> {
    let at = vm.item_index(index)?;
    let len = list.len() as i64;
    let at = if at < 0 { at.saturating_add(len) } else { at };
    Ok((at >= 0 && at < len).then_some(at as usize))
}

/// Whether the value can stand in brackets after a list at all.
fn check_index(vm: &mut Vm, index: Value) -> PyResult<()> {
    if vm.as_int(index).is_some() {
        return Ok(());
    }
    let name = vm.names.index;
    if vm.lookup_special(index, name).is_some() {
        return Ok(());
    }
    let given = vm.type_name(index);
    Err(vm.type_error(format!(
        "list indices must be integers or slices, not {given}"
    )))
}

fn get_item(vm: &mut Vm, args: &[Value]) -> PyResult {
    let list = vm.receiver::<List>(args[0])?;
    if let Some(slice) = args[1].cast::<Slice>() {
        let parts = slice::unpack(vm, slice)?;
        return Ok(slicing::list_part(list, slice::clamp(parts, list.len())).into());
    }
    check_index(vm, args[1])?;
    match place(vm, list, args[1])?.and_then(|at| list.item(at)) {
        Some(item) => Ok(item),
        None => Err(vm.index_error("list index out of range")),
    }
}

fn set_item(vm: &mut Vm, args: &[Value]) -> PyResult {
    let list = vm.receiver::<List>(args[0])?;
    let (key, value) = (args[1], args[2]);
    if let Some(slice) = key.cast::<Slice>() {
        set_slice(vm, list, slice, value)?;
        return Ok(Value::NONE);
    }
    check_index(vm, key)?;
    match place(vm, list, key)? {
        Some(at) if list.set_item(at, value) => Ok(Value::NONE),
        _ => Err(vm.index_error("list assignment index out of range")),
    }
}

fn set_slice(vm: &mut Vm, list: Gc<List>, slice: Gc<Slice>, value: Value) -> PyResult<()> {
    let parts = slice::unpack(vm, slice)?;
    // Collected before the bounds are taken: the iterable may change the list.
    let items = match vm.collect(value) {
        Ok(items) => items,
        Err(raised) if raised.matches(vm, vm.types.type_error) && !is_iterable(vm, value) => {
            return Err(vm.type_error("must assign iterable to extended slice"));
        }
        Err(raised) => return Err(raised),
    };
    let bounds = slice::clamp(parts, list.len());
    if bounds.step == 1 {
        slicing::set_list_part(list, bounds, items.items());
        return Ok(());
    }
    if items.len() != bounds.count {
        let message = format!(
            "attempt to assign sequence of size {} to extended slice of size {}",
            items.len(),
            bounds.count
        );
        return Err(vm.value_error(message));
    }
    for (at, &item) in bounds.indices().zip(items.items()) {
        list.set_item(at, item);
    }
    Ok(())
}

fn is_iterable(vm: &mut Vm, value: Value) -> bool {
    let (iter, getitem) = (vm.names.iter, vm.names.getitem);
    vm.lookup_special(value, iter).is_some() || vm.lookup_special(value, getitem).is_some()
}

fn del_item(vm: &mut Vm, args: &[Value]) -> PyResult {
    let list = vm.receiver::<List>(args[0])?;
    if let Some(slice) = args[1].cast::<Slice>() {
        let parts = slice::unpack(vm, slice)?;
        delete_slice(list, slice::clamp(parts, list.len()));
        return Ok(Value::NONE);
    }
    check_index(vm, args[1])?;
    match place(vm, list, args[1])? {
        Some(at) if at < list.len() => {
            list.remove(at);
            Ok(Value::NONE)
        }
        _ => Err(vm.index_error("list assignment index out of range")),
    }
}

fn delete_slice(list: Gc<List>, bounds: slice::Bounds) {
    if bounds.count == 0 {
        return;
    }
    if bounds.step == 1 {
        let start = bounds.start as usize;
        return list.splice(start, start + bounds.count, &[]);
    }
    // The same indices in ascending order.
    let (first, stride) = if bounds.step > 0 {
        (bounds.start as usize, bounds.step as usize)
    } else {
        (
            bounds.at(bounds.count - 1),
            bounds.step.unsigned_abs() as usize,
        )
    };
    let last = first + (bounds.count - 1) * stride;
    let is_kept = |at: &usize| *at < first || *at > last || !(at - first).is_multiple_of(stride);
    let kept = (0..list.len()).filter(is_kept);
    list.take_from(list.selected(kept, list.len() - bounds.count));
}

fn compare(vm: &mut Vm, op: Comparison, args: &[Value]) -> PyResult {
    let list = vm.receiver::<List>(args[0])?;
    match args[1].to::<List>() {
        Some(other) => sequence::compare(vm, op, list, other),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn iter(vm: &mut Vm, args: &[Value]) -> PyResult {
    let list = vm.receiver::<List>(args[0])?;
    Ok(Iter::new(IterKind::List, list.into(), 0, 0, 0).into())
}

fn reversed(vm: &mut Vm, args: &[Value]) -> PyResult {
    let list = vm.receiver::<List>(args[0])?;
    Ok(Iter::new(
        IterKind::ListReverse,
        list.into(),
        list.len() as i64 - 1,
        0,
        0,
    )
    .into())
}

fn len(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(Value::int(vm.receiver::<List>(args[0])?.len() as i64))
}

fn repr(vm: &mut Vm, args: &[Value]) -> PyResult {
    let list = vm.receiver::<List>(args[0])?;
    if list.is_empty() {
        return Ok(vm::string("[]"));
    }
    match vm.guard_repr(args[0], |vm| sequence::repr(vm, list, "[", "]"))? {
        Some(text) => Ok(text.into()),
        None => Ok(Str::new("[...]").into()),
    }
}

fn sizeof(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(Value::int(
        40 + 8 * vm.receiver::<List>(args[0])?.len() as i64,
    ))
}
