//! Where iterators stand: for `copy` and `pickle`, which make them anew from what they go through.

use super::{int, range};
use object::{ByteArray, Bytes, Gc, Iter, IterKind, List, Range, Str, Tuple, Value};
use vm::{BinaryOp, PyResult, Vm, string, tuple};

/// Whether `__setstate__` tells an iterator of this kind where it stands.
pub fn has_state(kind: IterKind) -> bool {
    matches!(
        kind,
        IterKind::List
            | IterKind::Range
            | IterKind::BigRange
            | IterKind::Tuple
            | IterKind::Str
            | IterKind::Bytes
            | IterKind::ByteArray
            | IterKind::ListReverse
            | IterKind::Reversed
            | IterKind::Sequence
            | IterKind::Zip
    )
}

/// What makes an iterator of this kind that is exhausted.
fn nothing(kind: IterKind) -> Value {
    match kind {
        IterKind::List | IterKind::ListReverse => List::new().into(),
        IterKind::Str => string(""),
        _ => tuple(&[]),
    }
}

/// What an iterator over a dictionary or a set has yet to give; it stays where it is.
fn rest(vm: &mut Vm, iter: Gc<Iter>) -> PyResult<Value> {
    let (at, end, step) = (iter.at.get(), iter.end.get(), iter.step.get());
    let copy = Iter::new(iter.variant(), iter.source.get(), at, end, step);
    copy.write(|i| &i.extra, iter.extra.get());
    Ok(vm.collect(copy.into())?.into())
}

/// `__reduce__`: a callable, its arguments, and if need be where it stands.
pub fn reduce(vm: &mut Vm, args: &[Value]) -> PyResult {
    let iter = vm.receiver::<Iter>(args[0])?;
    let kind = iter.variant();
    match kind {
        IterKind::Enumerate | IterKind::Zip | IterKind::Map | IterKind::Filter => {
            return reduce_made(vm, args[0], iter);
        }
        _ => {}
    }
    let maker = match kind {
        IterKind::ListReverse | IterKind::Reversed => {
            vm.types.iters[IterKind::Reversed as usize].into()
        }
        _ => {
            let builtins = vm.import_module("builtins")?;
            vm.get_attr_text(builtins, "iter")?
        }
    };
    let source = match kind {
        IterKind::Range => {
            let [at, end, step] = [iter.at.get(), iter.end.get(), iter.step.get()];
            let parts = [at, end, step].map(Value::int);
            range::make(vm, parts[0], parts[1], parts[2]).into()
        }
        IterKind::BigRange if !iter.is_finished() => {
            let whole = iter.source.get().known::<Range>();
            range::make(vm, iter.extra.get(), whole.stop.get(), whole.step.get()).into()
        }
        IterKind::DictKeys
        | IterKind::DictValues
        | IterKind::DictItems
        | IterKind::DictReverse
        | IterKind::Set => rest(vm, iter)?,
        _ if iter.is_finished() => nothing(kind),
        IterKind::Callable => {
            let parts = [iter.source.get(), iter.extra.get()];
            return Ok(tuple(&[maker, tuple(&parts)]));
        }
        _ => {
            let at = Value::int(iter.at.get());
            return Ok(tuple(&[maker, tuple(&[iter.source.get()]), at]));
        }
    };
    Ok(tuple(&[maker, tuple(&[source])]))
}

/// The same of those that go through other iterators.
fn reduce_made(vm: &mut Vm, own: Value, iter: Gc<Iter>) -> PyResult {
    let kind = iter.variant();
    // One that is driven has both beside its driver, which has the count.
    let (source, extra) = match iter.driver() {
        Some(_) if kind == IterKind::Enumerate => {
            return Err(vm.type_error("cannot pickle 'enumerate' object"));
        }
        Some(_) => {
            let pair = iter.extra.get().known::<Tuple>().items();
            (pair[0], pair[1])
        }
        None => (iter.source.get(), iter.extra.get()),
    };
    let mut parts = Vec::new();
    if matches!(kind, IterKind::Map | IterKind::Filter) {
        parts.push(extra);
    }
    match source.cast::<Tuple>() {
        Some(sources) => parts.extend_from_slice(sources.items()),
        // What is exhausted has let go of what it went through.
        None => parts.push(source.bound().unwrap_or_else(|| tuple(&[]))),
    }
    if kind == IterKind::Enumerate {
        let count = match extra.bound() {
            Some(count) => count,
            None => Value::int(iter.at.get()),
        };
        parts.push(count);
    }
    let class = vm.class_of(own).into();
    let made = tuple(&parts);
    if kind == IterKind::Zip && iter.driver().is_none() && iter.step.get() == 1 {
        return Ok(tuple(&[class, made, Value::TRUE]));
    }
    Ok(tuple(&[class, made]))
}

/// Leaves out so many numbers of those that an iterator over a range has yet to give.
fn skip(vm: &mut Vm, iter: Gc<Iter>, count: Value) -> PyResult {
    let Some(count) = vm.as_int(count) else {
        return Err(vm.type_error("an integer is required"));
    };
    let zero = Value::small(0);
    if vm.less(count, zero)? {
        return Ok(Value::NONE);
    }
    if iter.is_variant(IterKind::Range) {
        let left = iter.remaining().unwrap_or(0) as i64;
        let count = count.as_small().unwrap_or(left).min(left);
        iter.at.set(iter.at.get() + count * iter.step.get());
        return Ok(Value::NONE);
    }
    if iter.is_finished() {
        return Ok(Value::NONE);
    }
    let whole = iter.source.get().known::<Range>();
    let (stop, step) = (whole.stop.get(), whole.step.get());
    let distance = int::binary(vm, BinaryOp::Mul, count, step)?;
    let next = int::binary(vm, BinaryOp::Add, iter.extra.get(), distance)?;
    let (from, to) = match vm.less(step, zero)? {
        true => (next, stop),
        false => (stop, next),
    };
    let next = if vm.less(from, to)? { stop } else { next };
    iter.write(|i| &i.extra, next);
    Ok(Value::NONE)
}

/// `__setstate__`: where the iterator stands, or whether `zip` is strict.
pub fn set_state(vm: &mut Vm, args: &[Value]) -> PyResult {
    let iter = vm.receiver::<Iter>(args[0])?;
    if iter.is_variant(IterKind::Zip) {
        let is_strict = vm.truth(args[1])?;
        if iter.driver().is_none() {
            iter.step.set(is_strict.into());
        }
        return Ok(Value::NONE);
    }
    if matches!(iter.variant(), IterKind::Range | IterKind::BigRange) {
        return skip(vm, iter, args[1]);
    }
    let at = vm.index(args[1])?;
    if iter.is_finished() {
        return Ok(Value::NONE);
    }
    if iter.is_variant(IterKind::List) && at < 0 {
        iter.finish();
        return Ok(Value::NONE);
    }
    let source = iter.source.get();
    let length = match iter.variant() {
        IterKind::List | IterKind::ListReverse => source.known::<List>().len(),
        IterKind::Tuple => source.known::<Tuple>().len(),
        IterKind::Str => source.known::<Str>().len(),
        IterKind::Bytes => source.known::<Bytes>().as_slice().len(),
        IterKind::ByteArray => source.known::<ByteArray>().len(),
        IterKind::Reversed => vm.len(source)?,
        // By `__getitem__`, which says where the end is.
        _ => {
            iter.at.set(at.max(0));
            return Ok(Value::NONE);
        }
    } as i64;
    let is_backwards = matches!(iter.variant(), IterKind::ListReverse | IterKind::Reversed);
    iter.at.set(match is_backwards {
        true => at.clamp(-1, length - 1),
        false => at.clamp(0, length),
    });
    Ok(Value::NONE)
}
