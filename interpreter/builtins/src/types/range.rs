//! `range`.

use super::slice;
use dashu_int::IBig;
use object::{BigInt, Class, Gc, Iter, IterKind, Range, Slice, Value};
use vm::{Comparison, Def, PyResult, Vm, getter, method, setter, static_method, tuple};

const METHODS: &[Def] = &[
    static_method("__new__(cls, /, *args)", new),
    getter("start", |vm, args| {
        Ok(vm.receiver::<Range>(args[0])?.start.get())
    }),
    setter("start", super::read_only),
    getter("stop", |vm, args| {
        Ok(vm.receiver::<Range>(args[0])?.stop.get())
    }),
    setter("stop", super::read_only),
    getter("step", |vm, args| {
        Ok(vm.receiver::<Range>(args[0])?.step.get())
    }),
    setter("step", super::read_only),
    method("count(self, value, /)", count),
    method("index(self, value, /)", index),
    method("__contains__(self, key, /)", contains),
    method("__getitem__(self, key, /)", get_item),
    method("__eq__(self, value, /)", |vm, args| {
        compare(vm, Comparison::Eq, args)
    }),
    method("__ne__(self, value, /)", |vm, args| {
        compare(vm, Comparison::Ne, args)
    }),
    method("__hash__(self, /)", hash),
    method("__bool__(self, /)", |vm, args| {
        Ok(Value::bool(
            vm.receiver::<Range>(args[0])?.length.get() != Value::small(0),
        ))
    }),
    method("__iter__(self, /)", iter),
    method("__reversed__(self, /)", reversed),
    method("__len__(self, /)", len),
    method("__repr__(self, /)", repr),
    method("__reduce__(self, /)", reduce),
];

pub fn install(vm: &mut Vm) {
    vm.define_methods(vm.types.range, METHODS);
}

fn new(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (start, stop, step) = match args[1..] {
        [stop] => (Value::small(0), stop, Value::small(1)),
        [start, stop] => (start, stop, Value::small(1)),
        [start, stop, step] => (start, stop, step),
        [] => return Err(vm.type_error("range expected at least 1 argument, got 0")),
        ref many => {
            let given = many.len();
            return Err(vm.type_error(format!("range expected at most 3 arguments, got {given}")));
        }
    };
    let start = vm.index_value(start)?;
    let stop = vm.index_value(stop)?;
    let step = vm.index_value(step)?;
    if step == Value::small(0) {
        return Err(vm.value_error("range() arg 3 must not be zero"));
    }
    let range = make(vm, start, stop, step);
    super::wrap(vm, args[0], range.into())
}

/// A range of plain integers; `step` is not zero.
pub fn make(vm: &Vm, start: Value, stop: Value, step: Value) -> Gc<Range> {
    let length = match (start.as_small(), stop.as_small(), step.as_small()) {
        (Some(start), Some(stop), Some(step)) => Value::int(Range::small_length(start, stop, step)),
        _ => {
            let (start, stop, step) = (vm.big(start), vm.big(stop), vm.big(step));
            let (low, high, stride) = if step > IBig::ZERO {
                (start, stop, step)
            } else {
                (stop, start, -step)
            };
            if low >= high {
                Value::small(0)
            } else {
                BigInt::value_of(&((high - low - IBig::ONE) / stride + IBig::ONE))
            }
        }
    };
    Range::new(start, stop, step, length)
}

/// Item number `at`, which exists.
fn item(vm: &Vm, range: Gc<Range>, at: Value) -> Value {
    if let (Some(start), Some(step), Some(at)) = (
        range.start.get().as_small(),
        range.step.get().as_small(),
        at.as_small(),
    ) && let Some(offset) = at.checked_mul(step)
        && let Some(number) = start.checked_add(offset)
    {
        return Value::int(number);
    }
    let (start, step, at) = (
        vm.big(range.start.get()),
        vm.big(range.step.get()),
        vm.big(at),
    );
    BigInt::value_of(&(start + step * at))
}

/// The index of a plain integer in the range.
fn index_of(vm: &Vm, range: Gc<Range>, number: Value) -> Option<Value> {
    if let (Some(start), Some(step), Some(length), Some(number)) = (
        range.start.get().as_small(),
        range.step.get().as_small(),
        range.length.get().as_small(),
        number.as_small(),
    ) {
        let distance = number - start;
        if distance % step != 0 {
            return None;
        }
        let at = distance / step;
        return (at >= 0 && at < length).then(|| Value::int(at));
    }
    let (start, step, length) = (
        vm.big(range.start.get()),
        vm.big(range.step.get()),
        vm.big(range.length.get()),
    );
    let distance = vm.big(number) - start;
    let at = &distance / &step;
    let exact = &at * &step == distance;
    (exact && at >= IBig::ZERO && at < length).then(|| BigInt::value_of(&at))
}

/// Whether the value is an int or bool itself, so that equality with items is arithmetic.
fn is_plain_int(vm: &Vm, value: Value) -> bool {
    let class = vm.class_of(value);
    class == vm.types.int || class == vm.types.bool
}

fn contains(vm: &mut Vm, args: &[Value]) -> PyResult {
    let range = vm.receiver::<Range>(args[0])?;
    Ok(Value::bool(find(vm, range, args[1])?.is_some()))
}

fn find(vm: &mut Vm, range: Gc<Range>, value: Value) -> PyResult<Option<Value>> {
    if is_plain_int(vm, value)
        && let Some(number) = vm.as_int(value)
    {
        return Ok(index_of(vm, range, number));
    }
    let iter = vm.range_iter(range);
    let mut at = 0;
    while let Some(item) = vm.next(iter)? {
        if vm.eq(item, value)? {
            return Ok(Some(Value::int(at)));
        }
        at += 1;
    }
    Ok(None)
}

fn count(vm: &mut Vm, args: &[Value]) -> PyResult {
    let range = vm.receiver::<Range>(args[0])?;
    if is_plain_int(vm, args[1]) {
        return Ok(Value::small(i64::from(find(vm, range, args[1])?.is_some())));
    }
    let iter = vm.range_iter(range);
    let mut count = 0;
    while let Some(item) = vm.next(iter)? {
        count += i64::from(vm.eq(item, args[1])?);
    }
    Ok(Value::int(count))
}

fn index(vm: &mut Vm, args: &[Value]) -> PyResult {
    let range = vm.receiver::<Range>(args[0])?;
    match find(vm, range, args[1])? {
        Some(at) => Ok(at),
        None if is_plain_int(vm, args[1]) => {
            let shown = vm.repr_text(args[1])?;
            Err(vm.value_error(format!("{shown} is not in range")))
        }
        None => Err(vm.value_error("sequence.index(x): x not in sequence")),
    }
}

fn get_item(vm: &mut Vm, args: &[Value]) -> PyResult {
    let range = vm.receiver::<Range>(args[0])?;
    if let Some(slice) = args[1].cast::<Slice>() {
        return get_slice(vm, range, slice);
    }
    if vm.as_int(args[1]).is_none() {
        let name = vm.names.index;
        if vm.lookup_special(args[1], name).is_none() {
            let given = vm.type_name(args[1]);
            return Err(vm.type_error(format!(
                "range indices must be integers or slices, not {given}"
            )));
        }
    }
    let at = vm.index_value(args[1])?;
    let length = range.length.get();
    if let (Some(at), Some(length)) = (at.as_small(), length.as_small()) {
        let at = if at < 0 { at + length } else { at };
        return if at >= 0 && at < length {
            Ok(item(vm, range, Value::int(at)))
        } else {
            Err(vm.index_error("range object index out of range"))
        };
    }
    let (mut at, length) = (vm.big(at), vm.big(length));
    if at < IBig::ZERO {
        at += &length;
    }
    if at >= IBig::ZERO && at < length {
        Ok(item(vm, range, BigInt::value_of(&at)))
    } else {
        Err(vm.index_error("range object index out of range"))
    }
}

fn get_slice(vm: &mut Vm, range: Gc<Range>, part: Gc<Slice>) -> PyResult {
    let indices = if let Some(length) = range.length.get().as_small() {
        let b = slice::bounds(vm, part, length as usize)?;
        [Value::int(b.start), Value::int(b.stop), Value::int(b.step)]
    } else {
        let method = object::intern("indices");
        let all = vm.call_method(part.into(), method, &[range.length.get()])?;
        match *all.known::<object::Tuple>().items() {
            [start, stop, step] => [start, stop, step],
            _ => return Err(vm.system_error("slice.indices() gave no three numbers")),
        }
    };
    let [first, end, stride] = indices;
    let start = item(vm, range, first);
    let stop = item(vm, range, end);
    let step = BigInt::value_of(&(vm.big(range.step.get()) * vm.big(stride)));
    Ok(make(vm, start, stop, step).into())
}

fn compare(vm: &mut Vm, op: Comparison, args: &[Value]) -> PyResult {
    let range = vm.receiver::<Range>(args[0])?;
    let Some(other) = args[1].to::<Range>() else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let (own, other) = (identity(range), identity(other));
    let (own, other) = (tuple(&own), tuple(&other));
    Ok(Value::bool(vm.eq(own, other)? == (op == Comparison::Eq)))
}

/// What two equal ranges have in common: length, and as far as it matters start and step.
fn identity(range: Gc<Range>) -> [Value; 3] {
    let length = range.length.get();
    match length.as_small() {
        Some(0) => [length, Value::NONE, Value::NONE],
        Some(1) => [length, range.start.get(), Value::NONE],
        _ => [length, range.start.get(), range.step.get()],
    }
}

fn hash(vm: &mut Vm, args: &[Value]) -> PyResult {
    let range = vm.receiver::<Range>(args[0])?;
    Ok(Value::int(vm.hash(tuple(&identity(range)))?))
}

fn iter(vm: &mut Vm, args: &[Value]) -> PyResult {
    let range = vm.receiver::<Range>(args[0])?;
    Ok(vm.range_iter(range))
}

/// The iterator backwards over a range whose numbers, and one before the first, are small.
fn small_reversed(range: Gc<Range>) -> Option<Gc<Iter>> {
    let [start, step, length] =
        [&range.start, &range.step, &range.length].map(|part| part.get().as_small());
    let (start, step, length) = (start?, step?, length?);
    let last = start.checked_add(length.checked_sub(1)?.checked_mul(step)?)?;
    let (end, back) = (start.checked_sub(step)?, step.checked_neg()?);
    for part in [last, end, end.checked_add(back)?] {
        Value::try_small(part)?;
    }
    Some(Iter::new(IterKind::Range, range.into(), last, end, back))
}

fn reversed(vm: &mut Vm, args: &[Value]) -> PyResult {
    let range = vm.receiver::<Range>(args[0])?;
    if let Some(iter) = small_reversed(range) {
        return Ok(iter.into());
    }
    let (start, step) = (vm.big(range.start.get()), vm.big(range.step.get()));
    let last = &start + (vm.big(range.length.get()) - IBig::ONE) * &step;
    let backwards = make(
        vm,
        BigInt::value_of(&last),
        BigInt::value_of(&(start - &step)),
        BigInt::value_of(&-step),
    );
    Ok(vm.range_iter(backwards))
}

fn len(vm: &mut Vm, args: &[Value]) -> PyResult {
    let length = vm.receiver::<Range>(args[0])?.length.get();
    vm.index(length).map(Value::int)
}

fn repr(vm: &mut Vm, args: &[Value]) -> PyResult {
    let range = vm.receiver::<Range>(args[0])?;
    let start = vm.repr_text(range.start.get())?;
    let stop = vm.repr_text(range.stop.get())?;
    let text = if range.step.get() == Value::small(1) {
        format!("range({start}, {stop})")
    } else {
        let step = vm.repr_text(range.step.get())?;
        format!("range({start}, {stop}, {step})")
    };
    Ok(vm::string(&text))
}

fn reduce(vm: &mut Vm, args: &[Value]) -> PyResult {
    let range = vm.receiver::<Range>(args[0])?;
    let class: Gc<Class> = vm.types.range;
    let parts = tuple(&[range.start.get(), range.stop.get(), range.step.get()]);
    Ok(tuple(&[class.into(), parts]))
}
