//! Finding, splitting, joining, replacing, stripping and padding of strings.

use super::{both_by_width, by_width, piece, str_arg, text_of};
use crate::search::{self, Unit};
use crate::unicode;
use object::{Dict, Gc, List, Str, StrBuilder, Tuple, Units, Value};
use std::ops::Range;
use vm::room;
use vm::{Def, PyResult, Vm, method, static_method, tuple};

pub(super) const METHODS: &[Def] = &[
    method("find(self, sub, start=None, end=None, /)", |vm, args| {
        let at = find_in(vm, args, "find", false)?;
        Ok(Value::int(at.map_or(-1, |at| at as i64)))
    }),
    method("rfind(self, sub, start=None, end=None, /)", |vm, args| {
        let at = find_in(vm, args, "rfind", true)?;
        Ok(Value::int(at.map_or(-1, |at| at as i64)))
    }),
    method("index(self, sub, start=None, end=None, /)", |vm, args| {
        index(vm, args, false)
    }),
    method("rindex(self, sub, start=None, end=None, /)", |vm, args| {
        index(vm, args, true)
    }),
    method("count(self, sub, start=None, end=None, /)", count),
    method(
        "startswith(self, prefix, start=None, end=None, /)",
        |vm, args| edge(vm, args, "startswith", false),
    ),
    method(
        "endswith(self, suffix, start=None, end=None, /)",
        |vm, args| edge(vm, args, "endswith", true),
    ),
    method("split(self, /, sep=None, maxsplit=-1)", |vm, args| {
        split(vm, args, false)
    }),
    method("rsplit(self, /, sep=None, maxsplit=-1)", |vm, args| {
        split(vm, args, true)
    }),
    method("splitlines(self, /, keepends=False)", splitlines),
    method("partition(self, sep, /)", |vm, args| {
        partition(vm, args, false)
    }),
    method("rpartition(self, sep, /)", |vm, args| {
        partition(vm, args, true)
    }),
    method("join(self, iterable, /)", join),
    method("replace(self, old, new, /, count=-1)", replace),
    method("strip(self, chars=None, /)", |vm, args| {
        strip(vm, args, "strip", true, true)
    }),
    method("lstrip(self, chars=None, /)", |vm, args| {
        strip(vm, args, "lstrip", true, false)
    }),
    method("rstrip(self, chars=None, /)", |vm, args| {
        strip(vm, args, "rstrip", false, true)
    }),
    method("removeprefix(self, prefix, /)", |vm, args| {
        remove_edge(vm, args, false)
    }),
    method("removesuffix(self, suffix, /)", |vm, args| {
        remove_edge(vm, args, true)
    }),
    method("center(self, width, fillchar=' ', /)", |vm, args| {
        justify(vm, args, |missing, width| {
            missing / 2 + (missing & width & 1)
        })
    }),
    method("ljust(self, width, fillchar=' ', /)", |vm, args| {
        justify(vm, args, |_, _| 0)
    }),
    method("rjust(self, width, fillchar=' ', /)", |vm, args| {
        justify(vm, args, |missing, _| missing)
    }),
    method("zfill(self, width, /)", zfill),
    method("expandtabs(self, /, tabsize=8)", expandtabs),
    method("translate(self, table, /)", translate),
    static_method("maketrans(x, y=None, z=None, /)", maketrans),
];

/// The range that optional arguments `start` and `end` select; `None` if it begins after the
/// end of the text, where not even the empty string is found.
pub fn span(
    vm: &mut Vm,
    start: Value,
    end: Value,
    length: usize,
) -> PyResult<Option<Range<usize>>> {
    let mut bound = |value: Value, default: usize| -> PyResult<i64> {
        match value {
            Value::UNBOUND | Value::NONE => Ok(default as i64),
            _ if value.is_small() => Ok(value.small_unchecked()),
            _ => slice_index(vm, value),
        }
    };
    let (start, end) = (bound(start, 0)?, bound(end, length)?);
    let from_end = |n: i64| {
        if n < 0 {
            n.saturating_add(length as i64).max(0)
        } else {
            n
        }
    };
    let end = from_end(end).min(length as i64);
    let start = from_end(start);
    Ok((start <= end).then_some(start as usize..end as usize))
}

/// An index as slices take them.
fn slice_index(vm: &mut Vm, value: Value) -> PyResult<i64> {
    if vm.as_int(value).is_none() && vm.lookup_special(value, vm.names.index).is_none() {
        return Err(
            vm.type_error("slice indices must be integers or None or have an __index__ method")
        );
    }
    vm.index_clamped(value)
}

fn find_in(vm: &mut Vm, args: &[Value], name: &str, from_right: bool) -> PyResult<Option<usize>> {
    let text = text_of(vm, args[0])?;
    let needle = str_arg(vm, args[1], &format_prefix(vm, args[1], name))?;
    let Some(range) = span(vm, args[2], args[3], text.len())? else {
        return Ok(None);
    };
    let start = range.start;
    let at = both_by_width!(text, needle, (t, n) => {
        let t = &t[range];
        if from_right { search::rfind(t, n) } else { search::find(t, n) }
    }, None);
    Ok(at.map(|at| at + start))
}

/// The start of the message for an argument that is no string; not made for one that is.
fn format_prefix(vm: &Vm, value: Value, name: &str) -> String {
    match vm.as_str(value) {
        Some(_) => String::new(),
        None => format!("{name}() argument 1 "),
    }
}

fn index(vm: &mut Vm, args: &[Value], from_right: bool) -> PyResult {
    let name = if from_right { "rindex" } else { "index" };
    match find_in(vm, args, name, from_right)? {
        Some(at) => Ok(Value::int(at as i64)),
        None => Err(vm.value_error("substring not found")),
    }
}

fn count(vm: &mut Vm, args: &[Value]) -> PyResult {
    let text = text_of(vm, args[0])?;
    let needle = str_arg(vm, args[1], &format_prefix(vm, args[1], "count"))?;
    let Some(range) = span(vm, args[2], args[3], text.len())? else {
        return Ok(Value::small(0));
    };
    let count = both_by_width!(text, needle, (t, n) => search::count(&t[range], n), 0);
    Ok(Value::int(count as i64))
}

/// Whether a range of a string begins or ends with another string.
fn has_edge(text: Gc<Str>, range: &Range<usize>, edge: Gc<Str>, at_end: bool) -> bool {
    let length = edge.len();
    if range.end - range.start < length {
        return false;
    }
    let from = if at_end {
        range.end - length
    } else {
        range.start
    };
    match (text.get().as_latin1(), edge.get().as_latin1()) {
        (Some(t), Some(e)) => &t[from..from + length] == e,
        _ => (0..length).all(|i| text.point(from + i) == edge.point(i)),
    }
}

fn edge(vm: &mut Vm, args: &[Value], name: &str, at_end: bool) -> PyResult {
    let text = text_of(vm, args[0])?;
    let range = span(vm, args[2], args[3], text.len())?;
    if let Some(edge) = vm.as_str(args[1]) {
        return Ok(range
            .is_some_and(|range| has_edge(text, &range, edge, at_end))
            .into());
    }
    let Some(edges) = args[1].to::<Tuple>() else {
        let class = vm.type_name(args[1]);
        return Err(vm.type_error(format!(
            "{name} first arg must be str or a tuple of str, not {class}"
        )));
    };
    for &edge in edges.items() {
        let Some(edge) = vm.as_str(edge) else {
            let class = vm.type_name(edge);
            return Err(vm.type_error(format!(
                "tuple for {name} must only contain str, not {class}"
            )));
        };
        if range
            .as_ref()
            .is_some_and(|range| has_edge(text, range, edge, at_end))
        {
            return Ok(Value::TRUE);
        }
    }
    Ok(Value::FALSE)
}

// ---- splitting and joining

/// A limit on the number of splits; negative: none.
pub fn limit_of(vm: &mut Vm, value: Value) -> PyResult<usize> {
    match value.bound() {
        None => Ok(usize::MAX),
        Some(limit) => Ok(usize::try_from(vm.index(limit)?).unwrap_or(usize::MAX)),
    }
}

fn split(vm: &mut Vm, args: &[Value], from_right: bool) -> PyResult {
    let text = text_of(vm, args[0])?;
    let limit = limit_of(vm, args[2])?;
    let list = List::new();
    let names_empty = vm.names.empty;
    let mut push = |range: Range<usize>| {
        list.push(match range.end - range.start {
            0 => names_empty.into(),
            length if length == text.len() => text.into(),
            length => text.substring(range.start, length).into(),
        });
    };
    match args[1] {
        Value::UNBOUND | Value::NONE => by_width!(text, t => if from_right {
            search::rsplit_space(t, is_space, limit, &mut push);
        } else {
            search::split_space(t, is_space, limit, &mut push);
        }),
        separator => {
            let Some(separator) = vm.as_str(separator) else {
                let class = vm.type_name(separator);
                return Err(vm.type_error(format!("must be str or None, not {class}")));
            };
            if separator.is_empty() {
                return Err(vm.value_error("empty separator"));
            }
            both_by_width!(text, separator, (t, s) => if from_right {
                search::rsplit(t, s, limit, &mut push);
            } else {
                search::split(t, s, limit, &mut push);
            }, push(0..text.len()));
        }
    }
    if from_right {
        list.items_mut().reverse();
    }
    Ok(list.into())
}

#[inline(always)]
fn is_space<T: Unit>(unit: T) -> bool {
    unicode::is_space(unit.into())
}

fn is_line_end<T: Unit>(unit: T) -> bool {
    unicode::is_line_end(unit.into())
}

fn is_among<T: Unit>(chars: &[u32], unit: T) -> bool {
    chars.contains(&unit.into())
}

fn splitlines(vm: &mut Vm, args: &[Value]) -> PyResult {
    let text = text_of(vm, args[0])?;
    let keep_ends = match args[1].bound() {
        Some(keep) => vm.truth(keep)?,
        None => false,
    };
    let list = List::new();
    let push = |range: Range<usize>| list.push(piece(vm, text, range).into());
    by_width!(text, t => {
        search::lines(t, is_line_end, keep_ends, push);
    });
    Ok(list.into())
}

fn partition(vm: &mut Vm, args: &[Value], from_right: bool) -> PyResult {
    let text = text_of(vm, args[0])?;
    let separator = str_arg(vm, args[1], "")?;
    if separator.is_empty() {
        return Err(vm.value_error("empty separator"));
    }
    let at = both_by_width!(text, separator, (t, s) => {
        if from_right { search::rfind(t, s) } else { search::find(t, s) }
    }, None);
    let empty: Value = vm.names.empty.into();
    Ok(match at {
        Some(at) => {
            let head = piece(vm, text, 0..at);
            let tail = piece(vm, text, at + separator.len()..text.len());
            tuple(&[head.into(), separator.into(), tail.into()])
        }
        None if from_right => tuple(&[empty, empty, text.into()]),
        None => tuple(&[text.into(), empty, empty]),
    })
}

fn join(vm: &mut Vm, args: &[Value]) -> PyResult {
    let separator = text_of(vm, args[0])?;
    let held;
    let items = if let Some(list) = args[1].cast::<List>() {
        list.items()
    } else if let Some(tuple) = args[1].cast::<Tuple>() {
        tuple.items()
    } else {
        if vm.lookup_special(args[1], vm.names.iter).is_none()
            && vm.lookup_special(args[1], vm.names.getitem).is_none()
        {
            return Err(vm.type_error("can only join an iterable"));
        }
        held = vm.collect(args[1])?;
        held.items()
    };
    Ok(join_items(vm, separator, items)?.into())
}

/// `separator.join(items)`
pub fn join_items(vm: &mut Vm, separator: Gc<Str>, items: &[Value]) -> PyResult<Gc<Str>> {
    if let [item] = items
        && let Some(text) = item.cast::<Str>()
    {
        return Ok(text);
    }
    if items.is_empty() {
        return Ok(vm.names.empty);
    }
    // The widest there is of the separators alone; parts are there already.
    let separators = separator.len() * separator.width() as usize;
    room::check(vm, separators.saturating_mul(items.len() - 1))?;
    Str::join(separator, items).map_err(|at| {
        let class = vm.type_name(items[at]);
        vm.type_error(format!(
            "sequence item {at}: expected str instance, {class} found"
        ))
    })
}

// ---- changing

fn replace(vm: &mut Vm, args: &[Value]) -> PyResult {
    let text = text_of(vm, args[0])?;
    let prefix = |vm: &Vm, value, n| match vm.as_str(value) {
        Some(_) => String::new(),
        None => format!("replace() argument {n} "),
    };
    let old = str_arg(vm, args[1], &prefix(vm, args[1], 1))?;
    let new = str_arg(vm, args[2], &prefix(vm, args[2], 2))?;
    let limit = limit_of(vm, args[3])?;
    let narrow = (
        text.get().as_latin1(),
        old.get().as_latin1(),
        new.get().as_latin1(),
    );
    let result = match narrow {
        (Some(_), None, _) => return Ok(text.into()),
        (Some(t), Some([only]), _) if !t.contains(only) => return Ok(text.into()),
        (Some(t), Some(o), Some(n)) => {
            search::replace(t, o, n, limit).map(|r| r.map(|bytes| Str::from_latin1(&bytes)))
        }
        _ if !super::holds(text, old) => return Ok(text.into()),
        _ => {
            let (t, o, n) = (text.to_points(), old.to_points(), new.to_points());
            search::replace(&t, &o, &n, limit).map(|r| r.map(|points| Str::from_points(&points)))
        }
    };
    match result {
        Ok(Some(replaced)) => Ok(replaced.into()),
        Ok(None) => Ok(text.into()),
        Err(_) => Err(vm.overflow_error("replace string is too long")),
    }
}

fn strip(vm: &mut Vm, args: &[Value], name: &str, left: bool, right: bool) -> PyResult {
    let text = text_of(vm, args[0])?;
    let range = match args[1] {
        Value::UNBOUND | Value::NONE => {
            by_width!(text, t => search::strip(t, is_space, left, right))
        }
        chars => {
            let Some(chars) = vm.as_str(chars) else {
                return Err(vm.type_error(format!("{name} arg must be None or str")));
            };
            let chars = chars.to_points();
            by_width!(text, t => search::strip(t, |u| is_among(&chars, u), left, right))
        }
    };
    Ok(piece(vm, text, range).into())
}

fn remove_edge(vm: &mut Vm, args: &[Value], at_end: bool) -> PyResult {
    let text = text_of(vm, args[0])?;
    let before = match vm.as_str(args[1]) {
        Some(_) => "",
        None if at_end => "removesuffix() argument ",
        None => "removeprefix() argument ",
    };
    let edge = str_arg(vm, args[1], before)?;
    if edge.is_empty() || !has_edge(text, &(0..text.len()), edge, at_end) {
        return Ok(text.into());
    }
    let range = if at_end {
        0..text.len() - edge.len()
    } else {
        edge.len()..text.len()
    };
    Ok(piece(vm, text, range).into())
}

fn justify(vm: &mut Vm, args: &[Value], left: fn(usize, usize) -> usize) -> PyResult {
    let text = text_of(vm, args[0])?;
    let width = usize::try_from(vm.index(args[1])?).unwrap_or(0);
    let fill = match args[2].bound() {
        None => b' ' as u32,
        Some(fill) => match vm.as_str(fill) {
            Some(fill) if fill.len() == 1 => fill.point(0),
            Some(_) => {
                return Err(vm.type_error("The fill character must be exactly one character long"));
            }
            None => {
                let class = vm.type_name(fill);
                return Err(vm.type_error(format!(
                    "The fill character must be a unicode character, not {class}"
                )));
            }
        },
    };
    if width <= text.len() {
        return Ok(text.into());
    }
    let missing = width - text.len();
    let before = left(missing, width);
    padded(vm, text, fill, before, missing - before)
}

fn padded(vm: &mut Vm, text: Gc<Str>, fill: u32, before: usize, after: usize) -> PyResult {
    room::check(vm, (before + after).saturating_mul(4))?;
    let mut out = StrBuilder::with_capacity(text.len() + before + after);
    (0..before).for_each(|_| out.push_point(fill));
    out.push_str(text);
    (0..after).for_each(|_| out.push_point(fill));
    Ok(out.finish().into())
}

fn zfill(vm: &mut Vm, args: &[Value]) -> PyResult {
    let text = text_of(vm, args[0])?;
    let width = usize::try_from(vm.index(args[1])?).unwrap_or(0);
    if width <= text.len() {
        return Ok(text.into());
    }
    let missing = width - text.len();
    room::check(vm, missing.saturating_mul(4))?;
    let mut out = StrBuilder::with_capacity(width);
    let sign = usize::from(!text.is_empty() && matches!(text.point(0), 0x2b | 0x2d));
    if sign == 1 {
        out.push_point(text.point(0));
    }
    (0..missing).for_each(|_| out.push_point(b'0' as u32));
    out.push_str(piece(vm, text, sign..text.len()));
    Ok(out.finish().into())
}

fn expandtabs(vm: &mut Vm, args: &[Value]) -> PyResult {
    let text = text_of(vm, args[0])?;
    let size = match args[1].bound() {
        Some(size) => usize::try_from(vm.index(size)?).unwrap_or(0),
        None => 8,
    };
    let expanded = match text.get().as_latin1() {
        Some(latin1) => search::expand_tabs(latin1, size, b' ').map(|out| Str::from_latin1(&out)),
        None => search::expand_tabs(&text.to_points(), size, b' ' as u32)
            .map(|out| Str::from_points(&out)),
    };
    match expanded {
        Ok(expanded) => Ok(expanded.into()),
        Err(_) => Err(vm.overflow_error("new string is too long")),
    }
}

// ---- translation

fn translate(vm: &mut Vm, args: &[Value]) -> PyResult {
    let text = text_of(vm, args[0])?;
    let mut out = StrBuilder::with_capacity(text.len());
    for point in text.points() {
        let key = Value::small(point as i64);
        let found = match args[1].cast::<Dict>() {
            Some(table) => vm.dict_get(table, key)?,
            None => match vm.get_item(args[1], key) {
                Ok(found) => Some(found),
                Err(raised) if raised.matches(vm, vm.types.lookup_error) => None,
                Err(raised) => return Err(raised),
            },
        };
        match found {
            None => out.push_point(point),
            Some(Value::NONE) => {}
            Some(found) => push_translated(vm, &mut out, found)?,
        }
    }
    Ok(out.finish().into())
}

fn push_translated(vm: &mut Vm, out: &mut StrBuilder, found: Value) -> PyResult<()> {
    if let Some(replacement) = vm.as_str(found) {
        out.push_str(replacement);
        return Ok(());
    }
    match vm.as_int(found) {
        Some(n) => match n.as_small() {
            Some(point @ 0..=0x10ffff) => {
                out.push_point(point as u32);
                Ok(())
            }
            _ => Err(vm.value_error("character mapping must be in range(0x110000)")),
        },
        None => Err(vm.type_error("character mapping must return integer, None or str")),
    }
}

fn maketrans(vm: &mut Vm, args: &[Value]) -> PyResult {
    let table = Dict::new();
    if args[1].is_unbound() {
        let Some(mapping) = args[0].to::<Dict>() else {
            return Err(
                vm.type_error("if you give only one argument to maketrans it must be a dict")
            );
        };
        let entries: Vec<(Value, Value)> = mapping.get().iter().collect();
        for (key, value) in entries {
            let key = match vm.as_str(key) {
                Some(text) if text.len() == 1 => Value::small(text.point(0) as i64),
                Some(_) => {
                    return Err(
                        vm.value_error("string keys in translate table must be of length 1")
                    );
                }
                None if vm.as_int(key).is_some() => key,
                None => {
                    return Err(
                        vm.type_error("keys in translate table must be strings or integers")
                    );
                }
            };
            vm.dict_set(table, key, value)?;
        }
        return Ok(table.into());
    }
    let Some(from) = vm.as_str(args[0]) else {
        return Err(vm.type_error(
            "first maketrans argument must be a string if there is a second argument",
        ));
    };
    let to = str_arg(vm, args[1], "maketrans() argument 2 ")?;
    if from.len() != to.len() {
        return Err(vm.value_error("the first two maketrans arguments must have equal length"));
    }
    for (key, value) in from.points().zip(to.points()) {
        vm.dict_set(table, Value::small(key as i64), Value::small(value as i64))?;
    }
    if let Some(removed) = args[2].bound() {
        let removed = str_arg(vm, removed, "maketrans() argument 3 ")?;
        for key in removed.points() {
            vm.dict_set(table, Value::small(key as i64), Value::NONE)?;
        }
    }
    Ok(table.into())
}
