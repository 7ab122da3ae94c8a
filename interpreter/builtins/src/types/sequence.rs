//! What lists and tuples have in common.

use object::{Gc, List, Str, StrBuilder, Tuple, Value};
use vm::{Comparison, PyResult, Vm};

/// A sequence whose items can be read while Python code changes it.
pub trait Sequence: Copy {
    fn length(self) -> usize;
    fn at(self, at: usize) -> Option<Value>;
}

impl Sequence for Gc<List> {
    #[inline(always)]
    fn length(self) -> usize {
        self.len()
    }
    #[inline(always)]
    fn at(self, at: usize) -> Option<Value> {
        self.item(at)
    }
}

impl Sequence for Gc<Tuple> {
    #[inline(always)]
    fn length(self) -> usize {
        self.len()
    }
    #[inline(always)]
    fn at(self, at: usize) -> Option<Value> {
        self.items().get(at).copied()
    }
}

/// Compares item by item, then by length.
pub fn compare<S: Sequence>(vm: &mut Vm, op: Comparison, a: S, b: S) -> PyResult {
    match op {
        Comparison::Eq if a.length() != b.length() => return Ok(Value::FALSE),
        Comparison::Ne if a.length() != b.length() => return Ok(Value::TRUE),
        _ => {}
    }
    vm.nested(|vm| {
        let mut at = 0;
        while let (Some(x), Some(y)) = (a.at(at), b.at(at)) {
            if !vm.eq(x, y)? {
                return match op {
                    Comparison::Eq => Ok(Value::FALSE),
                    Comparison::Ne => Ok(Value::TRUE),
                    op => vm.compare(op, x, y),
                };
            }
            at += 1;
        }
        Ok(Value::bool(op.holds(a.length().cmp(&b.length()))))
    })
}

/// Whether `item` occurs.
pub fn contains<S: Sequence>(vm: &mut Vm, sequence: S, item: Value) -> PyResult<bool> {
    let mut at = 0;
    while let Some(other) = sequence.at(at) {
        if vm.eq(other, item)? {
            return Ok(true);
        }
        at += 1;
    }
    Ok(false)
}

/// How often `item` occurs.
pub fn count<S: Sequence>(vm: &mut Vm, sequence: S, item: Value) -> PyResult {
    let (mut at, mut count) = (0, 0);
    while let Some(other) = sequence.at(at) {
        count += i64::from(vm.eq(other, item)?);
        at += 1;
    }
    Ok(Value::int(count))
}

/// The index of `item` in `start..stop`.
pub fn index_of<S: Sequence>(
    vm: &mut Vm,
    sequence: S,
    item: Value,
    start: Value,
    stop: Value,
) -> PyResult<Option<usize>> {
    let start = super::slice::position(vm, start, 0, sequence.length())?;
    let stop = match stop {
        Value::UNBOUND => usize::MAX,
        stop => super::slice::position(vm, stop, 0, sequence.length())?,
    };
    let mut at = start;
    while at < stop
        && let Some(other) = sequence.at(at)
    {
        if vm.eq(other, item)? {
            return Ok(Some(at));
        }
        at += 1;
    }
    Ok(None)
}

/// The texts of the items, with separators, between `open` and `close`.
pub fn repr<S: Sequence>(vm: &mut Vm, sequence: S, open: &str, close: &str) -> PyResult<Gc<Str>> {
    let mut text = StrBuilder::new();
    text.push_text(open);
    let mut at = 0;
    while let Some(item) = sequence.at(at) {
        if at > 0 {
            text.push_text(", ");
        }
        let item = vm.repr(item)?;
        text.push_str(item);
        at += 1;
    }
    text.push_text(close);
    Ok(text.finish())
}

/// How often a sequence of length `len` is to be repeated by `times`; `None`: `times` is no
/// integer, so the operator is not implemented.
pub fn repeat_count(vm: &mut Vm, times: Value, len: usize) -> PyResult<Option<usize>> {
    if vm.as_int(times).is_none() {
        let index = vm.names.index;
        if vm.lookup_special(times, index).is_none() {
            return Ok(None);
        }
    }
    let plain = vm.index_value(times)?;
    let small = plain.as_small();
    let Some(times) = small.or_else(|| i64::try_from(&vm.big(plain)).ok()) else {
        let class = vm.types.overflow_error;
        let given = vm.type_name(times);
        return Err(vm.raise(
            class,
            &format!("cannot fit '{given}' into an index-sized integer"),
        ));
    };
    let times = times.max(0) as usize;
    // Eight bytes an item: beyond this no address space holds the result.
    match times.checked_mul(len) {
        Some(0) => Ok(Some(0)),
        Some(total) if total < 1 << 40 => Ok(Some(times)),
        _ => Err(vm.raise_with(vm.types.memory_error, &[])),
    }
}

/// As [`repeat_count`] for what takes eight bytes an item, which there must be memory for.
pub fn repeat_count_of_values(vm: &mut Vm, times: Value, len: usize) -> PyResult<Option<usize>> {
    let Some(times) = repeat_count(vm, times, len)? else {
        return Ok(None);
    };
    vm::room::check(vm, times * len * size_of::<Value>())?;
    Ok(Some(times))
}

/// The items, `times` over.
pub fn repeated(items: &[Value], times: usize) -> Gc<List> {
    let list = List::with_capacity(items.len() * times);
    for _ in 0..times {
        match items {
            [one] => list.push(*one),
            items => list.extend(items),
        }
    }
    list
}

/// The items of a list so many times over.
pub fn repeated_list(list: Gc<List>, times: usize) -> Gc<List> {
    match list.floats() {
        Some(floats) => List::from_floats(&floats.repeat(times), &[]),
        None => repeated(list.items(), times),
    }
}
