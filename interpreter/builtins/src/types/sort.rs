//! Sorting of lists: stable, and safe against comparisons that raise or change the list.
//!
//! Keys that are all small integers, all floats or all strings are compared without the
//! machine, by the standard library's stable sort. Other keys are ordered by a merge sort of our
//! own that makes use of runs already in order: a comparison may run Python code, so each step
//! can fail and must leave a permutation behind. It sorts indices; the keys stay in a list, which the
//! collector sees.

use object::{Gc, List, Str, Tuple, Value};
use vm::{Comparison, PyResult, Vm};

/// Runs shorter than this are filled up by insertion.
const MIN_RUN: usize = 24;

/// Sorts a list in place as `list.sort(key=key, reverse=reverse)` does; `key` may be None.
pub fn sort(vm: &mut Vm, list: Gc<List>, key: Value, reverse: bool) -> PyResult<()> {
    if list.len() < 2 && key.is_none() {
        return Ok(());
    }
    // Python code that looks at the list meanwhile sees it empty.
    let items = List::new();
    items.take_from(list);
    if key.is_none() && sort_floats(items, reverse) {
        list.take_from(items);
        return Ok(());
    }
    let was_bare = items.is_bare();
    let closed = list.close();
    let result = sort_items(vm, items, key, reverse);
    let items = if was_bare {
        List::copy_of(items)
    } else {
        items
    };
    let modified = !list.is_closed(closed);
    list.take_from(items);
    result?;
    if modified {
        return Err(vm.value_error("list modified during sort"));
    }
    Ok(())
}

/// Sorts bare floats none of which is NaN; false if that is not what they are.
fn sort_floats(items: Gc<List>, reverse: bool) -> bool {
    let Some(floats) = items.floats_mut() else {
        return false;
    };
    if floats.iter().any(|float| float.is_nan()) {
        return false;
    }
    let order = |a: &f64, b: &f64| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal);
    if reverse {
        floats.sort_by(|a, b| order(b, a));
    } else {
        floats.sort_by(order);
    }
    true
}

fn sort_items(vm: &mut Vm, items: Gc<List>, key: Value, reverse: bool) -> PyResult<()> {
    let keys = if key.is_none() {
        items
    } else {
        let keys = List::with_capacity(items.len());
        for &item in items.items() {
            keys.push(vm.call(key, &[item])?);
        }
        keys
    };
    if items.len() < 2 || sort_plain(items, keys, reverse) {
        return Ok(());
    }
    let mut order: Vec<u32> = (0..items.len() as u32).collect();
    if reverse {
        order.reverse();
    }
    let keys = List::from_slice(keys.items());
    let result = merge_sort(&mut order, &mut |a, b| {
        let keys = keys.items();
        less(vm, keys[a as usize], keys[b as usize])
    });
    if reverse {
        order.reverse();
    }
    let old = items.items();
    let sorted: Vec<Value> = order.iter().map(|&at| old[at as usize]).collect();
    items.items_mut().copy_from_slice(&sorted);
    result
}

/// Sorts by keys that need no Python code to compare; false if there are others.
fn sort_plain(items: Gc<List>, keys: Gc<List>, reverse: bool) -> bool {
    let all = keys.items();
    if all.iter().all(|key| key.is_small()) {
        sort_by(items, keys, reverse, |key| key.small_unchecked(), i64::cmp);
        return true;
    }
    if all
        .iter()
        .all(|key| key.as_float().is_some_and(|f| !f.is_nan()))
    {
        sort_by(
            items,
            keys,
            reverse,
            |key| key.as_float().unwrap_or(0.0),
            |a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal),
        );
        return true;
    }
    if all.iter().all(|key| key.is::<Str>()) {
        sort_by(
            items,
            keys,
            reverse,
            |key| key.known::<Str>(),
            |a, b| a.compare(*b),
        );
        return true;
    }
    false
}

/// Sorts by what `part` makes of the keys. No Python code runs, so nothing is collected.
fn sort_by<K>(
    items: Gc<List>,
    keys: Gc<List>,
    reverse: bool,
    part: impl Fn(Value) -> K,
    compare: impl Fn(&K, &K) -> std::cmp::Ordering,
) {
    if items == keys {
        let items = items.items_mut();
        if reverse {
            items.sort_by(|&a, &b| compare(&part(b), &part(a)));
        } else {
            items.sort_by(|&a, &b| compare(&part(a), &part(b)));
        }
        return;
    }
    let mut pairs: Vec<(K, Value)> = keys
        .items()
        .iter()
        .zip(items.items())
        .map(|(&key, &item)| (part(key), item))
        .collect();
    if reverse {
        pairs.sort_by(|a, b| compare(&b.0, &a.0));
    } else {
        pairs.sort_by(|a, b| compare(&a.0, &b.0));
    }
    for (slot, (_, item)) in items.items_mut().iter_mut().zip(pairs) {
        *slot = item;
    }
}

/// `a < b`, with a short way for tuples, the most frequent keys that are not plain.
fn less(vm: &mut Vm, a: Value, b: Value) -> PyResult<bool> {
    if let (Some(x), Some(y)) = (a.cast::<Tuple>(), b.cast::<Tuple>()) {
        for (&x, &y) in x.items().iter().zip(y.items()) {
            if Value::both_small(x, y) {
                if x == y {
                    continue;
                }
                return Ok(x.small_unchecked() < y.small_unchecked());
            }
            if !vm.eq(x, y)? {
                return vm.test(Comparison::Lt, x, y);
            }
        }
        return Ok(x.len() < y.len());
    }
    vm.less(a, b)
}

type Less<'a> = dyn FnMut(u32, u32) -> PyResult<bool> + 'a;

/// Sorts stably by `less`. If that fails, `order` is some permutation of what it was.
pub fn merge_sort(order: &mut [u32], less: &mut Less<'_>) -> PyResult<()> {
    let mut buffer = Vec::with_capacity(order.len() / 2);
    // Starts and lengths of runs not merged yet; each is longer than the two after it together.
    let mut runs: Vec<(usize, usize)> = Vec::new();
    let mut from = 0;
    while from < order.len() {
        let length = next_run(&mut order[from..], less)?;
        runs.push((from, length));
        from += length;
        while let Some(at) = unbalanced(&runs) {
            merge_at(order, &mut runs, at, &mut buffer, less)?;
        }
    }
    while runs.len() > 1 {
        let at = runs.len() - 2;
        merge_at(order, &mut runs, at, &mut buffer, less)?;
    }
    Ok(())
}

/// The first of the two neighbouring runs to be merged next, if the invariant asks for it.
fn unbalanced(runs: &[(usize, usize)]) -> Option<usize> {
    let n = runs.len();
    if n < 2 {
        return None;
    }
    let length = |back: usize| runs[n - back].1;
    if (n >= 3 && length(3) <= length(2) + length(1))
        || (n >= 4 && length(4) <= length(3) + length(2))
    {
        return Some(if length(3) < length(1) { n - 3 } else { n - 2 });
    }
    (length(2) <= length(1)).then_some(n - 2)
}

/// Makes the beginning of `order` a sorted run and gives its length.
fn next_run(order: &mut [u32], less: &mut Less<'_>) -> PyResult<usize> {
    let mut length = 1;
    if order.len() > 1 {
        let descending = less(order[1], order[0])?;
        length = 2;
        while length < order.len() && less(order[length], order[length - 1])? == descending {
            length += 1;
        }
        if descending {
            order[..length].reverse();
        }
    }
    let wanted = MIN_RUN.min(order.len());
    while length < wanted {
        let item = order[length];
        let (mut low, mut high) = (0, length);
        while low < high {
            let middle = (low + high) / 2;
            if less(item, order[middle])? {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        order[low..=length].rotate_right(1);
        length += 1;
    }
    Ok(length)
}

/// Merges runs number `at` and `at + 1`.
fn merge_at(
    order: &mut [u32],
    runs: &mut Vec<(usize, usize)>,
    at: usize,
    buffer: &mut Vec<u32>,
    less: &mut Less<'_>,
) -> PyResult<()> {
    let (start, first) = runs[at];
    let (_, second) = runs.remove(at + 1);
    runs[at].1 = first + second;
    let (left, right) = order[start..start + first + second].split_at(first);
    // Often the runs are in order already, as in a list that grew at its end.
    if !less(right[0], left[first - 1])? {
        return Ok(());
    }
    buffer.clear();
    let (mut i, mut j) = (0, 0);
    while i < left.len() && j < right.len() {
        if less(right[j], left[i])? {
            buffer.push(right[j]);
            j += 1;
        } else {
            buffer.push(left[i]);
            i += 1;
        }
    }
    buffer.extend_from_slice(&left[i..]);
    buffer.extend_from_slice(&right[j..]);
    order[start..start + first + second].copy_from_slice(buffer);
    Ok(())
}
