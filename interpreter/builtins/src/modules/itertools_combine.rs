//! The combinatoric iterators of `itertools`: `product`, `permutations`, `combinations`,
//! `combinations_with_replacement`. Each keeps indices into its pools and steps them in
//! lexicographic order. The state is a stage, the indices (of most: the results' length), the pools.

use super::itertools::{NextFn, Walker, make, make_numbered};
use object::{List, Tuple, Value};
use vm::{Def, PyResult, Vm, Walk, static_method, tuple};

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
const STAGE: usize = 0;

/// How many numbers those have that functions of bytecode know, too: they are part of the state.
const FEW: usize = 5;

/// Works on the numbers.
fn with_numbers<R>(walker: &Walker, pools: usize, f: impl FnOnce(&mut [i64]) -> R) -> R {
    let count = walker.values().len() - pools;
    if count == 0 {
        return walker.with_numbers(f);
    }
    let mut few = [0; FEW];
    let numbers = &mut few[..count];
    for (at, number) in numbers.iter_mut().enumerate() {
        *number = walker.number(at);
    }
    let result = f(numbers);
    for (at, &number) in numbers.iter().enumerate() {
        walker.set_number(at, number);
    }
    result
}

/// An iterator of class `cls` that begins with a stage and indices.
fn made(
    vm: &mut Vm,
    cls: Value,
    (walk, next): (Walk, NextFn),
    numbers: impl IntoIterator<Item = i64>,
    pools: &[Value],
) -> PyResult {
    if walk == Walk::Native {
        let numbers = numbers.into_iter().collect();
        return make_numbered(vm, cls, (walk, next), pools, numbers);
    }
    let mut state: Vec<Value> = numbers.into_iter().map(Value::small).collect();
    state.extend_from_slice(pools);
    make(vm, cls, walk, next, &state)
}

/// The pool of what has just one: the last of the state.
fn single_pool(walker: &Walker) -> &'static [Value] {
    let pool = walker.values().last().copied().unwrap_or(Value::NONE);
    pool.known::<Tuple>().items()
}

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
    let walk = match all.len() {
        2 => Walk::Product2,
        3 => Walk::Product3,
        4 => Walk::Product4,
        _ => Walk::Native,
    };
    let numbers = std::iter::repeat_n(0, 1 + all.len());
    made(vm, args[0], (walk, next_product), numbers, all.items())
}

fn next_product(_: &mut Vm, walker: &Walker) -> PyResult<Option<Value>> {
    let all = walker.values();
    // Those of two and three pools have as many indices and a stage before them.
    let indices = match all.first() {
        Some(stage) if stage.is_small() => all.len().div_ceil(2),
        _ => 0,
    };
    let pools = &all[indices..];
    let length = |pool: Value| pool.known::<Tuple>().len() as i64;
    Ok(with_numbers(walker, pools.len(), |numbers| {
        let (stage, indices) = numbers.split_at_mut(1);
        let stage = &mut stage[STAGE];
        match *stage {
            0 => {
                *stage = if pools.iter().any(|&pool| length(pool) == 0) {
                    2
                } else {
                    1
                }
            }
            1 => {
                *stage = 2;
                for (at, &pool) in indices.iter_mut().zip(pools).rev() {
                    *at += 1;
                    if *at < length(pool) {
                        *stage = 1;
                        break;
                    }
                    *at = 0;
                }
            }
            _ => {}
        }
        (*stage == 1).then(|| {
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
    }))
}

// ---- combinations

fn new_combinations(vm: &mut Vm, args: &[Value]) -> PyResult {
    let pool = pool_of(vm, args[1])?;
    let r = result_length(vm, args[2], 0)?;
    let n = pool.known::<Tuple>().len() as i64;
    let walk = match r {
        2 if n >= 2 => Walk::Combinations2,
        3 if n >= 3 => Walk::Combinations3,
        4 if n >= 4 => Walk::Combinations4,
        _ => Walk::Native,
    };
    let (stage, indices) = if r > n { (2, 0..0) } else { (0, 0..r) };
    let numbers = std::iter::once(stage).chain(indices);
    made(vm, args[0], (walk, next_combination), numbers, &[pool])
}

fn next_combination(_: &mut Vm, walker: &Walker) -> PyResult<Option<Value>> {
    let pool = single_pool(walker);
    let n = pool.len() as i64;
    Ok(with_numbers(walker, 1, |numbers| {
        let (stage, indices) = numbers.split_at_mut(1);
        let r = indices.len() as i64;
        match stage[STAGE] {
            0 => stage[STAGE] = 1,
            1 => {
                let movable = (0..indices.len())
                    .rev()
                    .find(|&i| indices[i] != i as i64 + n - r);
                match movable {
                    None => stage[STAGE] = 2,
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
        (stage[STAGE] == 1).then(|| picked(pool, indices))
    }))
}

fn new_replacing(vm: &mut Vm, args: &[Value]) -> PyResult {
    let pool = pool_of(vm, args[1])?;
    let r = result_length(vm, args[2], 0)?;
    let n = pool.known::<Tuple>().len();
    let (stage, indices) = match n == 0 && r > 0 {
        true => (2, 0),
        false => (0, r as usize),
    };
    let numbers = std::iter::once(stage).chain(std::iter::repeat_n(0, indices));
    made(
        vm,
        args[0],
        (Walk::Native, next_replacing),
        numbers,
        &[pool],
    )
}

fn next_replacing(_: &mut Vm, walker: &Walker) -> PyResult<Option<Value>> {
    let pool = single_pool(walker);
    let n = pool.len() as i64;
    Ok(with_numbers(walker, 1, |numbers| {
        let (stage, indices) = numbers.split_at_mut(1);
        match stage[STAGE] {
            0 => stage[STAGE] = 1,
            1 => match indices.iter().rposition(|&at| at != n - 1) {
                None => stage[STAGE] = 2,
                Some(i) => {
                    let next = indices[i] + 1;
                    indices[i..].fill(next);
                }
            },
            _ => {}
        }
        (stage[STAGE] == 1).then(|| picked(pool, indices))
    }))
}

// ---- permutations

/// Of two or three places the state is their indices. Of others it is the length of the results, the indices
/// of the whole pool, and for each place of the result how many exchanges are left there.
fn new_permutations(vm: &mut Vm, args: &[Value]) -> PyResult {
    let pool = pool_of(vm, args[1])?;
    let n = pool.known::<Tuple>().len() as i64;
    let r = result_length(vm, args[2], n as usize)?;
    if r > n {
        return made(
            vm,
            args[0],
            (Walk::Native, next_permutation),
            [2, r],
            &[pool],
        );
    }
    if let 2 | 3 = r {
        let walk = if r == 2 {
            Walk::Permutations2
        } else {
            Walk::Permutations3
        };
        let numbers = std::iter::once(0).chain(0..r);
        return made(vm, args[0], (walk, next_arrangement), numbers, &[pool]);
    }
    let head = [0, r].into_iter();
    let numbers = head.chain(0..n).chain((0..r).map(|i| n - i));
    made(
        vm,
        args[0],
        (Walk::Native, next_permutation),
        numbers,
        &[pool],
    )
}

/// The next permutation of a few places: the last place that can be given a higher index gets the next one
/// that is free, those behind it the lowest.
fn next_arrangement(_: &mut Vm, walker: &Walker) -> PyResult<Option<Value>> {
    let pool = single_pool(walker);
    let n = pool.len() as i64;
    Ok(with_numbers(walker, 1, |numbers| {
        let (stage, indices) = numbers.split_at_mut(1);
        match stage[STAGE] {
            0 => stage[STAGE] = 1,
            1 => {
                let free = |indices: &[i64], from: i64| (from..n).find(|at| !indices.contains(at));
                let places = 0..indices.len();
                let movable = places.rev().find_map(|place| {
                    let higher = free(&indices[..place], indices[place] + 1)?;
                    Some((place, higher))
                });
                match movable {
                    None => stage[STAGE] = 2,
                    Some((place, higher)) => {
                        indices[place] = higher;
                        for behind in place + 1..indices.len() {
                            indices[behind] = free(&indices[..behind], 0).unwrap_or(0);
                        }
                    }
                }
            }
            _ => {}
        }
        (stage[STAGE] == 1).then(|| picked(pool, indices))
    }))
}

fn next_permutation(_: &mut Vm, walker: &Walker) -> PyResult<Option<Value>> {
    let pool = single_pool(walker);
    Ok(with_numbers(walker, 1, |numbers| {
        if numbers[STAGE] == 2 {
            return None;
        }
        let r = numbers[1] as usize;
        let (head, rest) = numbers.split_at_mut(2);
        let (indices, cycles) = rest.split_at_mut(pool.len());
        if head[STAGE] == 0 {
            head[STAGE] = 1;
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
        head[STAGE] = 2;
        None
    }))
}
