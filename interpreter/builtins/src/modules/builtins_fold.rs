//! Builtin functions that take an iterable apart: `sum`, `min`, `max`, `all`, `any`, `sorted`.
//!
//! Numbers of the builtin kinds are added and compared here without looking up methods.

use dashu_int::IBig;
use object::{BigInt, ByteArray, Bytes, Complex, Gc, Kind, List, Range, Str, Tuple, Value};
use vm::{BinaryOp, Comparison, Def, PyResult, Vm, method};

pub const FUNCTIONS: &[Def] = &[
    method("all(iterable, /)", |vm, args| {
        quantified(vm, args[0], false)
    }),
    method("any(iterable, /)", |vm, args| quantified(vm, args[0], true)),
    method("max(*args, key=None, default=None)", |vm, args| {
        extreme(vm, args, Comparison::Gt)
    }),
    method("min(*args, key=None, default=None)", |vm, args| {
        extreme(vm, args, Comparison::Lt)
    }),
    method("sorted(*args, key=None, reverse=False)", sorted),
    method("sum(iterable, /, start=0)", sum),
];

/// Walks over an iterable's items, those of lists and tuples without an iterator.
enum Items {
    List(Gc<List>, usize),
    Tuple(Gc<Tuple>, usize),
    Iter(Value),
    /// An item that was taken already, and the iterator that has the others.
    After(Option<Value>, Value),
    /// An iterator was at its end: it is not asked again.
    Ended,
}

impl Items {
    fn of(vm: &mut Vm, iterable: Value) -> PyResult<Items> {
        if let Some(list) = iterable.cast::<List>() {
            return Ok(Items::List(list, 0));
        }
        if let Some(tuple) = iterable.cast::<Tuple>() {
            return Ok(Items::Tuple(tuple, 0));
        }
        Ok(Items::Iter(vm.iter(iterable)?))
    }

    #[inline]
    fn next(&mut self, vm: &mut Vm) -> PyResult<Option<Value>> {
        let iter = match self {
            Items::List(list, at) => {
                *at += 1;
                return Ok(list.item(*at - 1));
            }
            Items::Tuple(tuple, at) => {
                *at += 1;
                return Ok(tuple.items().get(*at - 1).copied());
            }
            Items::Iter(iter) => *iter,
            Items::After(item, iter) => match item.take() {
                Some(item) => return Ok(Some(item)),
                None => *iter,
            },
            Items::Ended => return Ok(None),
        };
        let next = vm.next(iter)?;
        if next.is_none() {
            *self = Items::Ended;
        }
        Ok(next)
    }
}

/// `any` (stops at the first true item) and `all` (at the first false one).
fn quantified(vm: &mut Vm, iterable: Value, stop_at: bool) -> PyResult {
    let mut items = Items::of(vm, iterable)?;
    while let Some(item) = items.next(vm)? {
        if vm.truth(item)? == stop_at {
            return Ok(Value::bool(stop_at));
        }
    }
    Ok(Value::bool(!stop_at))
}

/// `min` and `max`: the first item that no other is beyond.
fn extreme(vm: &mut Vm, args: &[Value], op: Comparison) -> PyResult {
    let name = if op == Comparison::Gt { "max" } else { "min" };
    let key = args[0].bound().filter(|key| !key.is_none());
    let default = args[1].bound();
    let mut items = match &args[2..] {
        [] => {
            return Err(vm.type_error(format!("{name} expected at least 1 argument, got 0")));
        }
        [iterable] => {
            if let (None, Some(item)) = (key, extreme_number(vm, *iterable, op)) {
                return Ok(item);
            }
            Items::of(vm, *iterable)?
        }
        many => {
            if default.is_some() {
                return Err(vm.type_error(format!(
                    "Cannot specify a default for {name}() with multiple positional arguments"
                )));
            }
            if let (None, &[a, b]) = (key, many) {
                return Ok(if vm.test(op, b, a)? { b } else { a });
            }
            Items::Tuple(Tuple::new(many), 0)
        }
    };
    let mut best: Option<(Value, Value)> = None;
    while let Some(item) = items.next(vm)? {
        let rank = match key {
            Some(key) => vm.call(key, &[item])?,
            None => item,
        };
        let better = match best {
            Some((_, best_rank)) => vm.test(op, rank, best_rank)?,
            None => true,
        };
        if better {
            best = Some((item, rank));
        }
    }
    match best.map(|(item, _)| item).or(default) {
        Some(item) => Ok(item),
        None => Err(vm.value_error(format!("{name}() iterable argument is empty"))),
    }
}

/// The first, or last, of a set's elements, if they are small integers and there are any.
fn extreme_number(vm: &Vm, set: Value, op: Comparison) -> Option<Value> {
    // A subclass may iterate over others.
    let table = match set.kind()? {
        Kind::Set | Kind::FrozenSet => vm.set_table(set)?,
        _ => return None,
    };
    let mut elements = table.get().iter_hashed();
    let mut best = elements.next()?.1.as_small()?;
    for (_, element, _) in elements {
        let number = element.as_small()?;
        if op.test(number, best) {
            best = number;
        }
    }
    Some(Value::small(best))
}

fn sorted(vm: &mut Vm, args: &[Value]) -> PyResult {
    let &[key, reverse, ref given @ ..] = args else {
        return Ok(Value::NONE);
    };
    let &[iterable] = given else {
        let count = given.len();
        return Err(vm.type_error(format!("sorted expected 1 argument, got {count}")));
    };
    let list = vm.collect(iterable)?;
    let key = key.bound().unwrap_or(Value::NONE);
    let reverse = match reverse {
        Value::UNBOUND => false,
        reverse => vm.truth(reverse)?,
    };
    crate::types::sort::sort(vm, list, key, reverse)?;
    Ok(list.into())
}

// ---- sum

/// A running sum of floats with the error that rounding left out (Neumaier, "Rundungsfehleranalyse
/// einiger Verfahren zur Summation endlicher Summen", 1974).
#[derive(Clone, Copy, Default)]
struct Compensated {
    high: f64,
    low: f64,
}

impl Compensated {
    #[inline]
    fn add(&mut self, x: f64) {
        let total = self.high + x;
        self.low += if self.high.abs() >= x.abs() {
            (self.high - total) + x
        } else {
            (x - total) + self.high
        };
        self.high = total;
    }

    fn value(self) -> f64 {
        // The error of an infinite sum is NaN and says nothing.
        if self.low != 0.0 && self.low.is_finite() {
            self.high + self.low
        } else {
            self.high
        }
    }
}

fn sum(vm: &mut Vm, args: &[Value]) -> PyResult {
    let start = args[1].bound().unwrap_or(Value::small(0));
    check_start(vm, start)?;
    if let (Some(range), Some(start)) = (args[0].cast::<Range>(), start.as_small())
        && let Some(total) = sum_of_range(range, start)
    {
        return Ok(total);
    }
    let items = Items::of(vm, args[0])?;
    sum_items(vm, items, start, 0.0)
}

/// Goes on with a sum that a frame of bytecode has begun.
pub fn sum_rest(vm: &mut Vm, [total, error, item, iterator]: [Value; 4]) -> PyResult {
    let items = Items::After(Some(item), iterator);
    sum_items(vm, items, total, error.as_float().unwrap_or(0.0))
}

/// The sum of what there is already, with the error that rounding left out of it, and of items.
fn sum_items(vm: &mut Vm, mut items: Items, mut total: Value, low: f64) -> PyResult {
    let mut pending = None;
    if let Some(n) = total.as_small() {
        (total, pending) = sum_ints(vm, &mut items, n)?;
    }
    if let (Some(item), Some(x)) = (pending, exact_number(vm, total))
        && let Some(y) = item.as_float()
    {
        let mut sum = Compensated { high: x, low: 0.0 };
        sum.add(y);
        (total, pending) = sum_floats(vm, &mut items, sum)?;
    } else if pending.is_none()
        && let Some(x) = total.as_float()
    {
        (total, pending) = sum_floats(vm, &mut items, Compensated { high: x, low })?;
    }
    if let Some(item) = pending {
        if let (Some(x), Some(y)) = (exact_number(vm, total), item.cast::<Complex>()) {
            let (mut real, mut imag) = (Compensated { high: x, low: 0.0 }, Compensated::default());
            real.add(y.real);
            imag.add(y.imag);
            (total, pending) = sum_complexes(vm, &mut items, real, imag)?;
        }
    } else if let Some(z) = total.cast::<Complex>() {
        let real = Compensated {
            high: z.real,
            low: 0.0,
        };
        let imag = Compensated {
            high: z.imag,
            low: 0.0,
        };
        (total, pending) = sum_complexes(vm, &mut items, real, imag)?;
    }
    if let Some(item) = pending {
        total = vm.binary(BinaryOp::Add, total, item)?;
    }
    while let Some(item) = items.next(vm)? {
        total = vm.binary(BinaryOp::Add, total, item)?;
    }
    Ok(total)
}

fn check_start(vm: &mut Vm, start: Value) -> PyResult<()> {
    if start.to::<Str>().is_some() {
        return Err(vm.type_error("sum() can't sum strings [use ''.join(seq) instead]"));
    }
    if start.to::<Bytes>().is_some() {
        return Err(vm.type_error("sum() can't sum bytes [use b''.join(seq) instead]"));
    }
    if start.to::<ByteArray>().is_some() {
        return Err(vm.type_error("sum() can't sum bytearray [use b''.join(seq) instead]"));
    }
    Ok(())
}

/// The sum of an arithmetic progression, if it is within reach.
fn sum_of_range(range: Gc<Range>, start: i64) -> Option<Value> {
    let first = i128::from(range.start.get().as_small()?);
    let step = i128::from(range.step.get().as_small()?);
    let length = i128::from(range.length.get().as_small()?);
    if length == 0 {
        return Some(Value::int(start));
    }
    let twice = first
        .checked_mul(2)?
        .checked_add(step.checked_mul(length - 1)?)?;
    let total = twice.checked_mul(length)? / 2;
    let total = total.checked_add(i128::from(start))?;
    Some(match i64::try_from(total) {
        Ok(total) => Value::int(total),
        Err(_) => BigInt::from_i128(total).into(),
    })
}

/// An int or bool, not of a subclass.
fn as_exact_int(value: Value) -> Option<i64> {
    value.as_small().or_else(|| value.as_bool().map(i64::from))
}

/// A builtin number as a float, for going on with floats.
fn exact_number(vm: &Vm, value: Value) -> Option<f64> {
    if let Some(n) = as_exact_int(value) {
        return Some(n as f64);
    }
    match value.as_float() {
        Some(x) => Some(x),
        None if value.is::<BigInt>() => {
            let x = vm.big(value).to_f64().value();
            x.is_finite().then_some(x)
        }
        None => None,
    }
}

/// Adds as long as items are ints: the sum, and the first item that is none.
fn sum_ints(vm: &mut Vm, items: &mut Items, start: i64) -> PyResult<(Value, Option<Value>)> {
    let mut total = start;
    while let Some(item) = items.next(vm)? {
        let Some(n) = as_exact_int(item) else {
            if item.is::<BigInt>() {
                return sum_bigs(vm, items, IBig::from(total) + vm.big(item));
            }
            return Ok((Value::int(total), Some(item)));
        };
        match total.checked_add(n) {
            Some(sum) => total = sum,
            None => return sum_bigs(vm, items, IBig::from(total) + IBig::from(n)),
        }
    }
    Ok((Value::int(total), None))
}

fn sum_bigs(vm: &mut Vm, items: &mut Items, mut total: IBig) -> PyResult<(Value, Option<Value>)> {
    while let Some(item) = items.next(vm)? {
        if let Some(n) = as_exact_int(item) {
            total += n;
        } else if item.is::<BigInt>() {
            total += vm.big(item);
        } else {
            return Ok((BigInt::value_of(&total), Some(item)));
        }
    }
    Ok((BigInt::value_of(&total), None))
}

fn sum_floats(
    vm: &mut Vm,
    items: &mut Items,
    mut total: Compensated,
) -> PyResult<(Value, Option<Value>)> {
    while let Some(item) = items.next(vm)? {
        if let Some(x) = item.as_float() {
            total.add(x);
        } else if let Some(n) = as_exact_int(item) {
            total.add(n as f64);
        } else {
            return Ok((Value::float(total.value()), Some(item)));
        }
    }
    Ok((Value::float(total.value()), None))
}

fn sum_complexes(
    vm: &mut Vm,
    items: &mut Items,
    mut real: Compensated,
    mut imag: Compensated,
) -> PyResult<(Value, Option<Value>)> {
    let mut pending = None;
    while let Some(item) = items.next(vm)? {
        if let Some(z) = item.cast::<Complex>() {
            real.add(z.real);
            imag.add(z.imag);
        } else if let Some(x) = item.as_float() {
            real.add(x);
        } else if let Some(n) = as_exact_int(item) {
            real.add(n as f64);
        } else {
            pending = Some(item);
            break;
        }
    }
    Ok((Complex::new(real.value(), imag.value()).into(), pending))
}
