//! Slices of sequences: which items they name, and what lists do with plain ones.
//!
//! A slice whose parts are small integers or `None` is resolved without running any Python code.
//! What programs slice most is read and written here by such slices, so that neither the
//! interpreter nor a trace goes through the method of the class.

use object::{Bytes, Gc, Kind, List, Slice, Str, Tuple, Value};

/// A slice resolved against a sequence: `count` indices, from `start` on, `step` apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bounds {
    pub start: i64,
    pub stop: i64,
    pub step: i64,
    pub count: usize,
}

impl Bounds {
    /// Index number `i` of the slice.
    #[inline(always)]
    pub fn at(self, i: usize) -> usize {
        self.start.wrapping_add((i as i64).wrapping_mul(self.step)) as usize
    }

    /// The indices in order.
    pub fn indices(self) -> impl ExactSizeIterator<Item = usize> {
        (0..self.count).map(move |i| self.at(i))
    }
}

/// Start, stop and step, each clamped to 64 bits, against a sequence of length `len`. The step is
/// not 0.
#[inline]
pub fn clamp((start, stop, step): (i64, i64, i64), len: usize) -> Bounds {
    let len = len as i64;
    let place = |at: i64| {
        let at = if at < 0 { at.saturating_add(len) } else { at };
        if at < 0 {
            if step < 0 { -1 } else { 0 }
        } else if at >= len {
            if step < 0 { len - 1 } else { len }
        } else {
            at
        }
    };
    let (start, stop) = (place(start), place(stop));
    let count = match step {
        1 => (stop - start).max(0),
        -1 => (start - stop).max(0),
        _ if step < 0 && stop < start => (start - stop - 1) / -step + 1,
        _ if step > 0 && start < stop => (stop - start - 1) / step + 1,
        _ => 0,
    };
    Bounds {
        start,
        stop,
        step,
        count: count as usize,
    }
}

/// The parts of a slice as integers: those left out are what they stand for. `None` for parts of
/// other kinds and a step of 0.
#[inline]
pub fn plain_parts(start: Value, stop: Value, step: Value) -> Option<(i64, i64, i64)> {
    let part = |value: Value, default: i64| match value {
        Value::NONE => Some(default),
        value => value.as_small(),
    };
    let step = part(step, 1)?;
    let (first, last) = if step < 0 {
        (i64::MAX, i64::MIN)
    } else {
        (0, i64::MAX)
    };
    (step != 0).then_some((part(start, first)?, part(stop, last)?, step))
}

/// A plain slice's parts.
#[inline]
fn parts_of(slice: Value) -> Option<(i64, i64, i64)> {
    let slice = slice.cast::<Slice>()?;
    plain_parts(slice.start.get(), slice.stop.get(), slice.step.get())
}

/// `list[bounds]`
#[inline]
pub fn list_part(list: Gc<List>, bounds: Bounds) -> Gc<List> {
    let (start, count) = (bounds.start as usize, bounds.count);
    if count == 0 {
        return List::new();
    }
    if let Some(floats) = list.floats() {
        return match bounds.step {
            1 => List::from_floats(&floats[start..][..count], &[]),
            _ => list.selected(bounds.indices(), count),
        };
    }
    let items = list.items();
    match bounds.step {
        1 => List::from_slice(&items[start..][..count]),
        -1 => {
            let back = &items[..=start];
            let last = back.len() - 1;
            List::from_exact((0..count).map(|at| back[last - at]))
        }
        _ => List::from_exact(bounds.indices().map(|at| items[at])),
    }
}

/// `list[bounds] = items`, for a step of 1.
#[inline]
pub fn set_list_part(list: Gc<List>, bounds: Bounds, items: &[Value]) {
    let start = bounds.start as usize;
    list.splice(start, start.max(bounds.stop as usize), items);
}

/// `container[key]` of a list, string, tuple or bytes object by a plain slice; of the latter three by
/// one of step 1. `None` for everything else.
#[inline]
pub fn get(container: Value, key: Value) -> Option<Value> {
    part(container, parts_of(key)?)
}

/// The same by a slice's parts.
#[inline]
pub fn part(container: Value, parts: (i64, i64, i64)) -> Option<Value> {
    match container.kind()? {
        Kind::List => {
            let list = container.known::<List>();
            Some(list_part(list, clamp(parts, list.len())).into())
        }
        Kind::Str if parts.2 == 1 => {
            let text = container.known::<Str>();
            let bounds = clamp(parts, text.len());
            Some(match bounds.count {
                0 => Str::empty().into(),
                count if count == text.len() => container,
                count => text.substring(bounds.start as usize, count).into(),
            })
        }
        Kind::Tuple if parts.2 == 1 => {
            let items = container.known::<Tuple>().items();
            let bounds = clamp(parts, items.len());
            Some(match bounds.count {
                count if count == items.len() => container,
                count => Tuple::new(&items[bounds.start as usize..][..count]).into(),
            })
        }
        Kind::Bytes if parts.2 == 1 => {
            let data = container.known::<Bytes>().as_slice();
            let bounds = clamp(parts, data.len());
            Some(match bounds.count {
                count if count == data.len() => container,
                count => Bytes::new(&data[bounds.start as usize..][..count]).into(),
            })
        }
        _ => None,
    }
}

/// `container[key] = value` of a list by a plain slice of step 1, if the value is a list or a
/// tuple; whether it was done.
#[inline]
pub fn set(container: Value, key: Value, value: Value) -> bool {
    let Some(list) = container.cast::<List>() else {
        return false;
    };
    match parts_of(key) {
        Some(parts @ (_, _, 1)) => set_plain(list, parts, value),
        _ => false,
    }
}

/// The same with a slice of step 1 by its parts.
#[inline]
pub fn set_plain(list: Gc<List>, parts: (i64, i64, i64), value: Value) -> bool {
    let bounds = clamp(parts, list.len());
    match value.kind() {
        Some(Kind::List) => set_list_part_by(list, bounds, value.known::<List>()),
        Some(Kind::Tuple) => set_list_part(list, bounds, value.known::<Tuple>().items()),
        _ => return false,
    }
    true
}

/// `list[bounds] = other`, for a step of 1.
pub fn set_list_part_by(list: Gc<List>, bounds: Bounds, other: Gc<List>) {
    let start = bounds.start as usize;
    let end = start.max(bounds.stop as usize);
    match other.floats() {
        Some(floats) if list.is_bare() => {
            // It may be the same list.
            let floats = floats.to_vec();
            list.splice_floats(start, end, &floats);
        }
        // A list into itself is copied before it is changed.
        None if list != other => list.splice(start, end, other.items()),
        _ => list.splice(start, end, &other.to_vec()),
    }
}

#[cfg(test)]
mod tests {
    //! Bounds against what walking the indices gives.
    use super::*;

    /// Python's rule, step by step.
    fn walked(start: i64, stop: i64, step: i64, len: i64) -> Vec<usize> {
        let near = |at: i64| {
            let at = if at < 0 { at.saturating_add(len) } else { at };
            if step > 0 {
                at.clamp(0, len)
            } else {
                at.clamp(-1, len - 1)
            }
        };
        let (mut at, stop) = (near(start), near(stop));
        let mut found = Vec::new();
        while if step > 0 { at < stop } else { at > stop } {
            found.push(at as usize);
            at += step;
        }
        found
    }

    #[test]
    fn all_small_slices() {
        let ends = [i64::MIN, -9, -5, -4, -1, 0, 1, 3, 4, 5, 9, i64::MAX];
        for len in 0..5 {
            for (start, stop) in ends.iter().flat_map(|&a| ends.map(|b| (a, b))) {
                for step in [-3, -2, -1, 1, 2, 3] {
                    let bounds = clamp((start, stop, step), len);
                    let found: Vec<usize> = bounds.indices().collect();
                    let wanted = walked(start, stop, step, len as i64);
                    assert_eq!(found, wanted, "{start}:{stop}:{step} of {len}");
                }
            }
        }
    }

    #[test]
    fn parts_left_out() {
        let none = Value::NONE;
        assert_eq!(plain_parts(none, none, none), Some((0, i64::MAX, 1)));
        let back = Some((i64::MAX, i64::MIN, -1));
        assert_eq!(plain_parts(none, none, Value::small(-1)), back);
        assert_eq!(plain_parts(none, none, Value::small(0)), None);
        assert_eq!(plain_parts(Value::TRUE, none, none), None);
    }
}
