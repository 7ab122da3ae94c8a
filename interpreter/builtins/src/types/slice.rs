//! `slice`: its methods, and how slices of sequences are resolved.

use object::{Class, Gc, Slice, Value};
use vm::{Comparison, Def, PyResult, Raised, Vm, getter, method, setter, static_method, tuple};

pub use vm::slicing::{Bounds, clamp};

/// Start, stop and step of a slice as integers, clamped to 64 bits.
pub fn unpack(vm: &mut Vm, slice: Gc<Slice>) -> PyResult<(i64, i64, i64)> {
    let step = match slice.step.get() {
        Value::NONE => 1,
        step => part(vm, step)?.max(-i64::MAX),
    };
    if step == 0 {
        return Err(vm.value_error("slice step cannot be zero"));
    }
    let start = match slice.start.get() {
        Value::NONE if step < 0 => i64::MAX,
        Value::NONE => 0,
        start => part(vm, start)?,
    };
    let stop = match slice.stop.get() {
        Value::NONE if step < 0 => i64::MIN,
        Value::NONE => i64::MAX,
        stop => part(vm, stop)?,
    };
    Ok((start, stop, step))
}

/// A slice resolved against a sequence of length `len`.
pub fn bounds(vm: &mut Vm, slice: Gc<Slice>, len: usize) -> PyResult<Bounds> {
    if let (Value::NONE, Some(start), Some(stop)) = (
        slice.step.get(),
        slice.start.get().as_small(),
        slice.stop.get().as_small(),
    ) {
        return Ok(clamp((start, stop, 1), len));
    }
    let parts = unpack(vm, slice)?;
    Ok(clamp(parts, len))
}

fn part(vm: &mut Vm, value: Value) -> PyResult<i64> {
    if let Some(n) = value.as_small() {
        return Ok(n);
    }
    if vm.as_int(value).is_none() {
        let index = vm.names.index;
        if vm.lookup_special(value, index).is_none() {
            return Err(
                vm.type_error("slice indices must be integers or None or have an __index__ method")
            );
        }
    }
    vm.index_clamped(value)
}

/// Start or stop as methods like `list.index` take them: clamped into `0..=len`.
pub fn position(vm: &mut Vm, value: Value, default: usize, len: usize) -> PyResult<usize> {
    if value.is_unbound() {
        return Ok(default.min(len));
    }
    let at = part(vm, value)?;
    let at = if at < 0 {
        at.saturating_add(len as i64).max(0)
    } else {
        at
    };
    Ok((at as usize).min(len))
}

const METHODS: &[Def] = &[
    static_method("__new__(cls, /, *args)", new),
    getter("start", start),
    setter("start", super::read_only),
    getter("stop", stop),
    setter("stop", super::read_only),
    getter("step", step),
    setter("step", super::read_only),
    method("indices(self, object, /)", indices),
    method("__repr__(self, /)", repr),
    method("__hash__(self, /)", hash),
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
    method("__reduce__(self, /)", reduce),
];

pub fn install(vm: &mut Vm) {
    vm.define_methods(vm.types.slice, METHODS);
}

fn new(vm: &mut Vm, args: &[Value]) -> PyResult {
    let slice = match args[1..] {
        [stop] => Slice::new(Value::NONE, stop, Value::NONE),
        [start, stop] => Slice::new(start, stop, Value::NONE),
        [start, stop, step] => Slice::new(start, stop, step),
        [] => return Err(vm.type_error("slice expected at least 1 argument, got 0")),
        ref many => {
            let given = many.len();
            return Err(vm.type_error(format!("slice expected at most 3 arguments, got {given}")));
        }
    };
    super::wrap(vm, args[0], slice.into())
}

fn start(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(vm.receiver::<Slice>(args[0])?.start.get())
}

fn stop(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(vm.receiver::<Slice>(args[0])?.stop.get())
}

fn step(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(vm.receiver::<Slice>(args[0])?.step.get())
}

/// The three parts as a tuple.
fn parts(slice: Gc<Slice>) -> Value {
    tuple(&[slice.start.get(), slice.stop.get(), slice.step.get()])
}

fn indices(vm: &mut Vm, args: &[Value]) -> PyResult {
    let slice = vm.receiver::<Slice>(args[0])?;
    let len = vm.index_value(args[1])?;
    let Some(len) = len.as_small() else {
        return big_indices(vm, slice, len);
    };
    if len < 0 {
        return Err(negative_length(vm));
    }
    let all_small = [slice.start.get(), slice.stop.get(), slice.step.get()]
        .iter()
        .all(|part| part.is_none() || part.is_small());
    if !all_small {
        return big_indices(vm, slice, Value::small(len));
    }
    let b = bounds(vm, slice, len as usize)?;
    Ok(tuple(&[
        Value::int(b.start),
        Value::int(b.stop),
        Value::int(b.step),
    ]))
}

fn negative_length(vm: &mut Vm) -> Raised {
    vm.value_error("length should not be negative")
}

/// As `clamp`, without bounds on the numbers.
fn big_indices(vm: &mut Vm, slice: Gc<Slice>, len: Value) -> PyResult {
    use dashu_int::IBig;
    use object::BigInt;
    let len = vm.big(len);
    if len < IBig::ZERO {
        return Err(negative_length(vm));
    }
    let mut numbers: [Option<IBig>; 3] = [const { None }; 3];
    for (number, part) in
        numbers
            .iter_mut()
            .zip([slice.step.get(), slice.start.get(), slice.stop.get()])
    {
        if part.is_none() {
            continue;
        }
        if vm.as_int(part).is_none() {
            let index = vm.names.index;
            if vm.lookup_special(part, index).is_none() {
                return Err(vm.type_error(
                    "slice indices must be integers or None or have an __index__ method",
                ));
            }
        }
        let plain = vm.index_value(part)?;
        *number = Some(vm.big(plain));
    }
    let [step, start, stop] = numbers;
    let step = step.unwrap_or(IBig::ONE);
    if step == IBig::ZERO {
        return Err(vm.value_error("slice step cannot be zero"));
    }
    let backwards = step < IBig::ZERO;
    let lower = if backwards { IBig::NEG_ONE } else { IBig::ZERO };
    let upper = if backwards {
        &len - IBig::ONE
    } else {
        len.clone()
    };
    let place = |at: Option<IBig>, default: &IBig| match at {
        None => default.clone(),
        Some(at) if at < IBig::ZERO => (at + &len).max(lower.clone()),
        Some(at) => at.min(upper.clone()),
    };
    let (first, last) = if backwards {
        (&upper, &lower)
    } else {
        (&lower, &upper)
    };
    let (start, stop) = (place(start, first), place(stop, last));
    Ok(tuple(&[
        BigInt::value_of(&start),
        BigInt::value_of(&stop),
        BigInt::value_of(&step),
    ]))
}

fn repr(vm: &mut Vm, args: &[Value]) -> PyResult {
    let slice = vm.receiver::<Slice>(args[0])?;
    let start = vm.repr_text(slice.start.get())?;
    let stop = vm.repr_text(slice.stop.get())?;
    let step = vm.repr_text(slice.step.get())?;
    Ok(vm::string(&format!("slice({start}, {stop}, {step})")))
}

fn hash(vm: &mut Vm, args: &[Value]) -> PyResult {
    let slice = vm.receiver::<Slice>(args[0])?;
    Ok(Value::int(vm.hash(parts(slice))?))
}

fn compare(vm: &mut Vm, op: Comparison, args: &[Value]) -> PyResult {
    let slice = vm.receiver::<Slice>(args[0])?;
    match args[1].to::<Slice>() {
        Some(other) => vm.compare(op, parts(slice), parts(other)),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn reduce(vm: &mut Vm, args: &[Value]) -> PyResult {
    let slice = vm.receiver::<Slice>(args[0])?;
    let class: Gc<Class> = vm.class_of(args[0]);
    Ok(tuple(&[class.into(), parts(slice)]))
}
