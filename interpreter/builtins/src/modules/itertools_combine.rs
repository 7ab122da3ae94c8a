//! The combinatoric iterators of `itertools`: `product`, `permutations`, `combinations`,
//! `combinations_with_replacement`. Each keeps indices into its pools and steps them in
//! lexicographic order.

use super::itertools::{Walker, make};
use object::{List, Tuple, Value};
use vm::{Def, PyResult, Vm, static_method, tuple};

pub const CLASSES: &[(&str, &[Def])] = &[
    (
        "combinations",
        &[static_method("__new__(cls, iterable, r)", new_combinations)],
    ),
    (
        "combinations_with_replacement",
        &[static_method("__new__(cls, iterable, r)", new_replacing)],
    ),
    (
        "permutations",
        &[static_method(
            "__new__(cls, iterable, r=None)",
            new_permutations,
        )],
    ),
    (
        "product",
        &[static_method(
            "__new__(cls, /, *iterables, repeat=1)",
            new_product,
        )],
    ),
];

/// First number of every walker here: 0 before the first item, 1 within, 2 at the end.
const STATE: usize = 0;

/// The items of a pool at indices, as a tuple.
fn picked(pool: &[Value], indices: &[i64]) -> Value {
    let mut few = [Value::UNBOUND; 8];
    if indices.len() <= few.len() {
        for (to, &at) in few.iter_mut().zip(indices) {
            *to = pool[at as usize];
        }
        return tuple(&few[..indices.len()]);
    }
    let items: Vec<Value> = indices.iter().map(|&at| pool[at as usize]).collect();
    tuple(&items)
}

fn pool_of(vm: &mut Vm, iterable: Value) -> PyResult {
    if iterable.is::<Tuple>() {
        return Ok(iterable);
    }
    let items = vm.collect(iterable)?;
    Ok(tuple(items.items()))
}

/// Length of the results, where None means that of the pool.
fn result_length(vm: &mut Vm, value: Value, pool: usize) -> PyResult<i64> {
    match value {
        Value::UNBOUND | Value::NONE => Ok(pool as i64),
        value => {
            if vm.as_int(value).is_none() {
                return Err(vm.type_error("Expected int as r"));
            }
            match vm.index(value)? {
                r @ 0..=0x7fff_ffff => Ok(r),
                r if r < 0 => Err(vm.value_error("r must be non-negative")),
                _ => Err(vm.overflow_error("r is too large")),
            }
        }
    }
}

// ---- product

fn new_product(vm: &mut Vm, args: &[Value]) -> PyResult {
    let repeat = match args[1] {
        Value::UNBOUND => 1,
        repeat => vm.index(repeat)?,
    };
    if repeat < 0 {
        return Err(vm.value_error("repeat argument cannot be negative"));
    }
    let once = List::new();
    if repeat > 0 {
        for &iterable in &args[2..] {
            once.push(pool_of(vm, iterable)?);
        }
    }
    let pools = once.len() as i64 * repeat;
    if pools > 1 << 24 {
        return Err(vm.overflow_error("repeat argument too large"));
    }
    let all = List::new();
    for _ in 0..if once.is_empty() { 0 } else { repeat } {
        all.extend(once.items());
    }
    let numbers = vec![0; 1 + pools as usize];
    make(vm, args[0], next_product, all.items(), &numbers)
}

fn next_product(_: &mut Vm, walker: &Walker) -> PyResult<Option<Value>> {
    let pools = walker.values().items();
    let length = |pool: Value| pool.known::<Tuple>().len() as i64;
    let found = walker.with_numbers(|numbers| {
        let (state, indices) = numbers.split_at_mut(1);
        let state = &mut state[STATE];
        match *state {
            0 => {
                *state = if pools.iter().any(|&pool| length(pool) == 0) {
                    2
                } else {
                    1
                }
            }
            1 => {
                *state = 2;
                for (at, &pool) in indices.iter_mut().zip(pools).rev() {
                    *at += 1;
                    if *at < length(pool) {
                        *state = 1;
                        break;
                    }
                    *at = 0;
                }
            }
            _ => {}
        }
        (*state == 1).then(|| {
            let mut few = [Value::UNBOUND; 8];
            let item = |(&pool, &at): (&Value, &i64)| pool.known::<Tuple>().items()[at as usize];
            if pools.len() <= few.len() {
                for (to, from) in few.iter_mut().zip(pools.iter().zip(&*indices)) {
                    *to = item(from);
                }
                return tuple(&few[..pools.len()]);
            }
            let items: Vec<Value> = pools.iter().zip(&*indices).map(item).collect();
            tuple(&items)
        })
    });
    Ok(found)
}

// ---- combinations

fn new_combinations(vm: &mut Vm, args: &[Value]) -> PyResult {
    let pool = pool_of(vm, args[1])?;
    let r = result_length(vm, args[2], 0)?;
    let n = pool.known::<Tuple>().len() as i64;
    let mut numbers = vec![if r > n { 2 } else { 0 }];
    if r <= n {
        numbers.extend(0..r);
    }
    make(vm, args[0], next_combination, &[pool], &numbers)
}

fn next_combination(_: &mut Vm, walker: &Walker) -> PyResult<Option<Value>> {
    let pool = walker.value(0).known::<Tuple>().items();
    let n = pool.len() as i64;
    Ok(walker.with_numbers(|numbers| {
        let (state, indices) = numbers.split_at_mut(1);
        let r = indices.len() as i64;
        match state[STATE] {
            0 => state[STATE] = 1,
            1 => {
                let movable = (0..indices.len())
                    .rev()
                    .find(|&i| indices[i] != i as i64 + n - r);
                match movable {
                    None => state[STATE] = 2,
                    Some(i) => {
                        indices[i] += 1;
                        for j in i + 1..indices.len() {
                            indices[j] = indices[j - 1] + 1;
                        }
                    }
                }
            }
            _ => {}
        }
        (state[STATE] == 1).then(|| picked(pool, indices))
    }))
}

fn new_replacing(vm: &mut Vm, args: &[Value]) -> PyResult {
    let pool = pool_of(vm, args[1])?;
    let r = result_length(vm, args[2], 0)?;
    let n = pool.known::<Tuple>().len();
    let ended = n == 0 && r > 0;
    let mut numbers = vec![if ended { 2 } else { 0 }];
    if !ended {
        numbers.resize(1 + r as usize, 0);
    }
    make(vm, args[0], next_replacing, &[pool], &numbers)
}

fn next_replacing(_: &mut Vm, walker: &Walker) -> PyResult<Option<Value>> {
    let pool = walker.value(0).known::<Tuple>().items();
    let n = pool.len() as i64;
    Ok(walker.with_numbers(|numbers| {
        let (state, indices) = numbers.split_at_mut(1);
        match state[STATE] {
            0 => state[STATE] = 1,
            1 => match indices.iter().rposition(|&at| at != n - 1) {
                None => state[STATE] = 2,
                Some(i) => {
                    let next = indices[i] + 1;
                    indices[i..].fill(next);
                }
            },
            _ => {}
        }
        (state[STATE] == 1).then(|| picked(pool, indices))
    }))
}

// ---- permutations

/// Numbers: the state, the length of the results, the indices of the whole pool, and for each
/// place of the result how many exchanges are left there.
fn new_permutations(vm: &mut Vm, args: &[Value]) -> PyResult {
    let pool = pool_of(vm, args[1])?;
    let n = pool.known::<Tuple>().len() as i64;
    let r = result_length(vm, args[2], n as usize)?;
    let mut numbers = vec![if r > n { 2 } else { 0 }, r];
    if r <= n {
        numbers.extend(0..n);
        numbers.extend((0..r).map(|i| n - i));
    }
    make(vm, args[0], next_permutation, &[pool], &numbers)
}

fn next_permutation(_: &mut Vm, walker: &Walker) -> PyResult<Option<Value>> {
    let pool = walker.value(0).known::<Tuple>().items();
    Ok(walker.with_numbers(|numbers| {
        if numbers[STATE] == 2 {
            return None;
        }
        let r = numbers[1] as usize;
        let (head, rest) = numbers.split_at_mut(2);
        let (indices, cycles) = rest.split_at_mut(pool.len());
        if head[STATE] == 0 {
            head[STATE] = 1;
            return Some(picked(pool, &indices[..r]));
        }
        for i in (0..r).rev() {
            cycles[i] -= 1;
            if cycles[i] == 0 {
                indices[i..].rotate_left(1);
                cycles[i] = (pool.len() - i) as i64;
            } else {
                let other = pool.len() - cycles[i] as usize;
                indices.swap(i, other);
                return Some(picked(pool, &indices[..r]));
            }
        }
        head[STATE] = 2;
        None
    }))
}
