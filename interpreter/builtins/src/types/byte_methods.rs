//! The methods that `bytes` and `bytearray` share. What gives a new object gives one of the
//! receiver's type.

use crate::codec;
use crate::search::{self, TooLarge};
use crate::types::bytes::{
    byte_of, contents, in_place, is_plain_bytes, lent, required, together, view,
};
use crate::types::str::methods::{limit_of, span};
use crate::types::str::{codec_names, needs_no_codec, repr_bytes};
use crate::types::{sequence, slice};
use object::{ByteArray, Bytes, Iter, IterKind, Kind, List, Slice, Str, Tuple, Value};
use std::borrow::Cow;
use std::ops::Range;
use vm::room;
use vm::{Comparison, Def, PyResult, Vm, method, static_method, tuple};

pub(super) const METHODS: &[Def] = &[
    method("__repr__(self, /)", repr),
    method("__str__(self, /)", repr),
    method("__len__(self, /)", |vm, args| {
        Ok(Value::int(me(vm, args[0])?.data.len() as i64))
    }),
    method("__iter__(self, /)", iter),
    method("__getitem__(self, key, /)", get_item),
    method("__contains__(self, key, /)", contains),
    method("__add__(self, value, /)", add),
    method("__mul__(self, value, /)", repeat),
    method("__rmul__(self, value, /)", repeat),
    method("__mod__(self, value, /)", modulo),
    method("__rmod__(self, value, /)", |vm, args| {
        me(vm, args[0])?;
        match is_plain_bytes(args[1]) {
            true => modulo(vm, &[args[1], args[0]]),
            false => Ok(Value::NOT_IMPLEMENTED),
        }
    }),
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
    method("decode(self, /, encoding='utf-8', errors='strict')", decode),
    method("hex(self, /, sep=None, bytes_per_sep=1)", hex),
    method("find(self, sub, start=None, end=None, /)", |vm, args| {
        Ok(Value::int(
            find_in(vm, args, false)?.map_or(-1, |at| at as i64),
        ))
    }),
    method("rfind(self, sub, start=None, end=None, /)", |vm, args| {
        Ok(Value::int(
            find_in(vm, args, true)?.map_or(-1, |at| at as i64),
        ))
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
        |vm, args| edge(vm, args, "startswith", <[u8]>::starts_with),
    ),
    method(
        "endswith(self, suffix, start=None, end=None, /)",
        |vm, args| edge(vm, args, "endswith", <[u8]>::ends_with),
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
    method("join(self, iterable_of_bytes, /)", join),
    method("replace(self, old, new, count=-1, /)", replace),
    method("strip(self, bytes=None, /)", |vm, args| {
        strip(vm, args, true, true)
    }),
    method("lstrip(self, bytes=None, /)", |vm, args| {
        strip(vm, args, true, false)
    }),
    method("rstrip(self, bytes=None, /)", |vm, args| {
        strip(vm, args, false, true)
    }),
    method("removeprefix(self, prefix, /)", |vm, args| {
        let prefix = required(vm, args[1])?;
        let me = me(vm, args[0])?;
        Ok(me.make(me.data.strip_prefix(&prefix[..]).unwrap_or(me.data)))
    }),
    method("removesuffix(self, suffix, /)", |vm, args| {
        let suffix = required(vm, args[1])?;
        let me = me(vm, args[0])?;
        Ok(me.make(me.data.strip_suffix(&suffix[..]).unwrap_or(me.data)))
    }),
    method("center(self, width, fillchar=b' ', /)", |vm, args| {
        justify(vm, args, "center", |missing, width| {
            missing / 2 + (missing & width & 1)
        })
    }),
    method("ljust(self, width, fillchar=b' ', /)", |vm, args| {
        justify(vm, args, "ljust", |_, _| 0)
    }),
    method("rjust(self, width, fillchar=b' ', /)", |vm, args| {
        justify(vm, args, "rjust", |missing, _| missing)
    }),
    method("zfill(self, width, /)", zfill),
    method("expandtabs(self, /, tabsize=8)", expandtabs),
    method("translate(self, table, /, delete=b'')", translate),
    static_method("maketrans(frm, to, /)", maketrans),
    method("lower(self, /)", |vm, args| {
        let me = me(vm, args[0])?;
        Ok(me.make(&me.data.to_ascii_lowercase()))
    }),
    method("upper(self, /)", |vm, args| {
        let me = me(vm, args[0])?;
        Ok(me.make(&me.data.to_ascii_uppercase()))
    }),
    method("swapcase(self, /)", |vm, args| {
        mapped(vm, args, |byte, _| swapped(byte))
    }),
    method("title(self, /)", |vm, args| {
        mapped(vm, args, |byte, before| match before {
            Some(before) if before.is_ascii_alphabetic() => byte.to_ascii_lowercase(),
            _ => byte.to_ascii_uppercase(),
        })
    }),
    method("capitalize(self, /)", |vm, args| {
        mapped(vm, args, |byte, before| match before {
            Some(_) => byte.to_ascii_lowercase(),
            None => byte.to_ascii_uppercase(),
        })
    }),
    method("isascii(self, /)", |vm, args| {
        Ok(me(vm, args[0])?.data.is_ascii().into())
    }),
    method("isalpha(self, /)", |vm, args| {
        all(vm, args, |b| b.is_ascii_alphabetic())
    }),
    method("isalnum(self, /)", |vm, args| {
        all(vm, args, |b| b.is_ascii_alphanumeric())
    }),
    method("isdigit(self, /)", |vm, args| {
        all(vm, args, |b| b.is_ascii_digit())
    }),
    method("isspace(self, /)", |vm, args| all(vm, args, is_space)),
    method("islower(self, /)", |vm, args| {
        let data = me(vm, args[0])?.data;
        let lower = data.iter().any(u8::is_ascii_lowercase);
        Ok((lower && !data.iter().any(u8::is_ascii_uppercase)).into())
    }),
    method("isupper(self, /)", |vm, args| {
        let data = me(vm, args[0])?.data;
        let upper = data.iter().any(u8::is_ascii_uppercase);
        Ok((upper && !data.iter().any(u8::is_ascii_lowercase)).into())
    }),
    method("istitle(self, /)", is_title),
    method("__sizeof__(self, /)", |vm, args| {
        let me = me(vm, args[0])?;
        Ok(Value::int(
            me.data.len() as i64 + if me.mutable { 57 } else { 33 },
        ))
    }),
];

/// A receiver: its contents, until it changes or Python code runs.
struct Receiver {
    data: &'static [u8],
    mutable: bool,
    object: Value,
}

impl Receiver {
    /// A new object of the receiver's type.
    fn make(&self, data: &[u8]) -> Value {
        if self.mutable {
            ByteArray::new(data).into()
        } else if data.len() == self.data.len() && data == self.data {
            self.object
        } else {
            Bytes::new(data).into()
        }
    }
}

fn me(vm: &mut Vm, value: Value) -> PyResult<Receiver> {
    let object = value.inner();
    if let Some(bytes) = object.cast::<Bytes>() {
        return Ok(Receiver {
            data: bytes.as_slice(),
            mutable: false,
            object,
        });
    }
    let array = vm.receiver::<ByteArray>(value)?;
    Ok(Receiver {
        data: array.as_slice(),
        mutable: true,
        object,
    })
}

#[inline(always)]
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | 0x09..=0x0d)
}

/// What is looked for: bytes, or one byte given as an integer.
fn needle(vm: &mut Vm, value: Value, message: &str) -> PyResult<Vec<u8>> {
    if let Some(data) = in_place(vm, value)? {
        return together(vm, data).map(Cow::into_owned);
    }
    if vm.as_int(value).is_some() || vm.lookup_special(value, vm.names.index).is_some() {
        return Ok(vec![byte_of(vm, value, "byte must be in range(0, 256)")?]);
    }
    let class = vm.type_name(value);
    Err(vm.type_error(format!("{message}, not '{class}'")))
}

const NEEDLE: &str = "argument should be integer or bytes-like object";

// ---- operators and items

fn repr(vm: &mut Vm, args: &[Value]) -> PyResult {
    let me = me(vm, args[0])?;
    let mut out = Vec::with_capacity(me.data.len() + 16);
    if me.mutable {
        let class = vm.type_name(args[0]);
        out.extend_from_slice(class.as_bytes());
        out.push(b'(');
    }
    out.push(b'b');
    let quoted = out.len();
    repr_bytes(me.data, &mut out);
    if me.mutable {
        // An array writes single quotes with a backslash in either kind of quotes.
        if out[quoted] == b'"' {
            let text = out.split_off(quoted);
            for byte in text {
                if byte == b'\'' {
                    out.push(b'\\');
                }
                out.push(byte);
            }
        }
        out.push(b')');
    }
    Ok(match std::str::from_utf8(&out) {
        Ok(text) => Str::new(text),
        Err(_) => Str::from_latin1(&out),
    }
    .into())
}

fn iter(vm: &mut Vm, args: &[Value]) -> PyResult {
    let me = me(vm, args[0])?;
    let kind = if me.mutable {
        IterKind::ByteArray
    } else {
        IterKind::Bytes
    };
    Ok(Iter::new(kind, me.object, 0, 0, 0).into())
}

/// IndexError unless `value` is the index of an item; the place.
pub fn place(vm: &mut Vm, value: Value, length: usize, message: &str) -> PyResult<usize> {
    let at = vm.item_index(value)?;
    let at = if at < 0 { at + length as i64 } else { at };
    match usize::try_from(at) {
        Ok(at) if at < length => Ok(at),
        _ => Err(vm.index_error(message)),
    }
}

fn get_item(vm: &mut Vm, args: &[Value]) -> PyResult {
    if let Some(slice) = args[1].cast::<Slice>() {
        let length = me(vm, args[0])?.data.len();
        let bounds = slice::bounds(vm, slice, length)?;
        let me = me(vm, args[0])?;
        if bounds.step == 1 {
            let from = (bounds.start as usize).min(me.data.len());
            let to = (from + bounds.count).min(me.data.len());
            return Ok(me.make(&me.data[from..to]));
        }
        let picked: Vec<u8> = bounds
            .indices()
            .filter_map(|at| me.data.get(at).copied())
            .collect();
        return Ok(me.make(&picked));
    }
    let me = me(vm, args[0])?;
    let owner = if me.mutable { "bytearray" } else { "byte" };
    if vm.as_int(args[1]).is_none() && vm.lookup_special(args[1], vm.names.index).is_none() {
        let class = vm.type_name(args[1]);
        return Err(vm.type_error(format!(
            "{owner} indices must be integers or slices, not {class}"
        )));
    }
    let message = if me.mutable {
        "bytearray index out of range"
    } else {
        "index out of range"
    };
    let at = place(vm, args[1], me.data.len(), message)?;
    Ok(Value::small(me.data.get(at).copied().unwrap_or(0) as i64))
}

fn contains(vm: &mut Vm, args: &[Value]) -> PyResult {
    let sought = if is_plain_bytes(args[1]) || vm.as_int(args[1]).is_some() {
        needle(vm, args[1], "")?
    } else {
        needle(vm, args[1], "a bytes-like object is required")?
    };
    let me = me(vm, args[0])?;
    Ok(search::find(me.data, &sought).is_some().into())
}

fn add(vm: &mut Vm, args: &[Value]) -> PyResult {
    let other = match view(args[1]) {
        Some(other) => other,
        None => match in_place(vm, args[1])? {
            Some(Cow::Borrowed(other)) => other,
            _ => {
                let (own, class) = (vm.type_name(args[0]), vm.type_name(args[1]));
                return Err(vm.type_error(format!("can't concat {class} to {own}")));
            }
        },
    };
    let me = me(vm, args[0])?;
    if me.mutable {
        let sum = ByteArray::new(me.data);
        sum.extend(other);
        return Ok(sum.into());
    }
    Ok(Bytes::concat(me.data, other).into())
}

fn repeat(vm: &mut Vm, args: &[Value]) -> PyResult {
    let length = me(vm, args[0])?.data.len();
    let Some(times) = sequence::repeat_count(vm, args[1], length)? else {
        return super::list::not_an_integer(vm, args[1]);
    };
    room::check(vm, length.saturating_mul(times))?;
    let me = me(vm, args[0])?;
    if let ([byte], false) = (me.data, me.mutable) {
        return Ok(Bytes::filled(times, *byte).into());
    }
    Ok(me.make(&me.data.repeat(times)))
}

fn modulo(vm: &mut Vm, args: &[Value]) -> PyResult {
    let receiver = me(vm, args[0])?;
    let template = receiver.data.to_vec();
    let out = crate::types::str::format_bytes(vm, &template, args[1])?;
    Ok(if receiver.mutable {
        ByteArray::new(&out).into()
    } else {
        Bytes::new(&out).into()
    })
}

fn compare(vm: &mut Vm, op: Comparison, args: &[Value]) -> PyResult {
    let is_bytes = |value: Value| value.inner().is::<Bytes>();
    let is_array = |value: Value| value.inner().is::<ByteArray>();
    // With views bytes leave it to those, which compare but do not order.
    if is_bytes(args[0]) && !is_bytes(args[1]) && !is_array(args[1]) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let held;
    let other = match view(args[1]) {
        Some(other) => other,
        None => match contents(vm, args[1])? {
            Some(other) => {
                held = other;
                &held[..]
            }
            None => return Ok(Value::NOT_IMPLEMENTED),
        },
    };
    let me = me(vm, args[0])?;
    Ok(match op {
        Comparison::Eq => me.data == other,
        Comparison::Ne => me.data != other,
        op => op.holds(me.data.cmp(other)),
    }
    .into())
}

// ---- text

fn decode(vm: &mut Vm, args: &[Value]) -> PyResult {
    if needs_no_codec(vm, args[1], args[2]) {
        let me = me(vm, args[0])?;
        if me.data.is_ascii() {
            return Ok(Str::from_latin1(me.data).into());
        }
    }
    let (encoding, errors) = codec_names(vm, "decode", args[1], args[2])?;
    let me = me(vm, args[0])?;
    if me.data.is_empty() {
        return Ok(vm.names.empty.into());
    }
    if me.mutable {
        // The array may change while a codec of the program runs.
        let data = me.data.to_vec();
        return codec::decode(vm, &data, &encoding, &errors);
    }
    codec::decode(vm, me.data, &encoding, &errors)
}

/// Pairs of hexadecimal digits, with a separator between groups counted from the right or, if
/// the group size is negative, from the left.
pub fn hex_text(data: &[u8], separator: Option<u8>, group: i64) -> Vec<u8> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let size = group.unsigned_abs() as usize;
    let mut out = Vec::with_capacity(data.len() * 3);
    for (at, &byte) in data.iter().enumerate() {
        if let Some(separator) = separator
            && at > 0
            && size > 0
        {
            let counted = if group > 0 { data.len() - at } else { at };
            if counted.is_multiple_of(size) {
                out.push(separator);
            }
        }
        out.push(DIGITS[(byte >> 4) as usize]);
        out.push(DIGITS[(byte & 15) as usize]);
    }
    out
}

fn hex(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (separator, group) = hex_options(vm, args[1], args[2])?;
    let me = me(vm, args[0])?;
    Ok(Str::from_latin1(&hex_text(me.data, separator, group)).into())
}

/// The optional arguments of `hex`.
pub fn hex_options(vm: &mut Vm, separator: Value, group: Value) -> PyResult<(Option<u8>, i64)> {
    let group = match group.bound() {
        Some(group) => vm.index(group)?,
        None => 1,
    };
    let separator = match separator {
        Value::UNBOUND => return Ok((None, group)),
        separator => separator,
    };
    if vm.len(separator)? != 1 {
        return Err(vm.value_error("sep must be length 1."));
    }
    let points: Vec<u32> = if let Some(text) = vm.as_str(separator) {
        text.to_points()
    } else if let Some(data) = separator.to::<Bytes>() {
        data.as_slice().iter().map(|&b| b as u32).collect()
    } else {
        return Err(vm.type_error("sep must be str or bytes."));
    };
    match points[..] {
        [point @ 0..0x80] => Ok((Some(point as u8), group)),
        [_] => Err(vm.value_error("sep must be ASCII.")),
        _ => Err(vm.value_error("sep must be length 1.")),
    }
}

// ---- searching

fn find_in(vm: &mut Vm, args: &[Value], from_right: bool) -> PyResult<Option<usize>> {
    let sought = needle(vm, args[1], NEEDLE)?;
    let length = me(vm, args[0])?.data.len();
    let Some(range) = span(vm, args[2], args[3], length)? else {
        return Ok(None);
    };
    let start = range.start;
    let text = me(vm, args[0])?.data.get(range).unwrap_or(&[]);
    let at = if from_right {
        search::rfind(text, &sought)
    } else {
        search::find(text, &sought)
    };
    Ok(at.map(|at| at + start))
}

fn index(vm: &mut Vm, args: &[Value], from_right: bool) -> PyResult {
    match find_in(vm, args, from_right)? {
        Some(at) => Ok(Value::int(at as i64)),
        None => Err(vm.value_error("subsection not found")),
    }
}

fn count(vm: &mut Vm, args: &[Value]) -> PyResult {
    let sought = needle(vm, args[1], NEEDLE)?;
    let length = me(vm, args[0])?.data.len();
    let Some(range) = span(vm, args[2], args[3], length)? else {
        return Ok(Value::small(0));
    };
    let text = me(vm, args[0])?.data.get(range).unwrap_or(&[]);
    Ok(Value::int(search::count(text, &sought) as i64))
}

fn edge(vm: &mut Vm, args: &[Value], name: &str, holds: fn(&[u8], &[u8]) -> bool) -> PyResult {
    let length = me(vm, args[0])?.data.len();
    let range = span(vm, args[2], args[3], length)?;
    let wanted = match args[1].to::<Tuple>() {
        Some(tuple) => tuple.items(),
        None => &args[1..2],
    };
    for &edge in wanted {
        let Some(edge) = in_place(vm, edge)? else {
            let class = vm.type_name(edge);
            return Err(vm.type_error(if args[1].to::<Tuple>().is_some() {
                format!("a bytes-like object is required, not '{class}'")
            } else {
                format!("{name} first arg must be bytes or a tuple of bytes, not {class}")
            }));
        };
        let edge = together(vm, edge)?;
        if let Some(range) = range.clone()
            && me(vm, args[0])?
                .data
                .get(range)
                .is_some_and(|text| holds(text, &edge))
        {
            return Ok(Value::TRUE);
        }
    }
    Ok(Value::FALSE)
}

// ---- splitting and joining

fn split(vm: &mut Vm, args: &[Value], from_right: bool) -> PyResult {
    let limit = limit_of(vm, args[2])?;
    let separator = match args[1] {
        Value::UNBOUND | Value::NONE => None,
        separator => Some(required(vm, separator)?),
    };
    let me = me(vm, args[0])?;
    let list = List::new();
    let push = |range: Range<usize>| list.push(me.make(&me.data[range]));
    match separator {
        None if from_right => search::rsplit_space(me.data, is_space, limit, push),
        None => search::split_space(me.data, is_space, limit, push),
        Some(s) if s.is_empty() => return Err(vm.value_error("empty separator")),
        Some(s) if from_right => search::rsplit(me.data, &s, limit, push),
        Some(s) => search::split(me.data, &s, limit, push),
    }
    if from_right {
        list.items_mut().reverse();
    }
    Ok(list.into())
}

fn splitlines(vm: &mut Vm, args: &[Value]) -> PyResult {
    let keep_ends = match args[1].bound() {
        Some(keep) => vm.truth(keep)?,
        None => false,
    };
    let me = me(vm, args[0])?;
    let list = List::new();
    search::lines(
        me.data,
        |b| matches!(b, b'\n' | b'\r'),
        keep_ends,
        |range| {
            list.push(me.make(&me.data[range]));
        },
    );
    Ok(list.into())
}

fn partition(vm: &mut Vm, args: &[Value], from_right: bool) -> PyResult {
    let separator = required(vm, args[1])?;
    if separator.is_empty() {
        return Err(vm.value_error("empty separator"));
    }
    let me = me(vm, args[0])?;
    let at = if from_right {
        search::rfind(me.data, &separator)
    } else {
        search::find(me.data, &separator)
    };
    Ok(match at {
        Some(at) => tuple(&[
            me.make(&me.data[..at]),
            if me.mutable {
                ByteArray::new(&separator).into()
            } else {
                args[1]
            },
            me.make(&me.data[at + separator.len()..]),
        ]),
        None if from_right => tuple(&[me.make(b""), me.make(b""), me.make(me.data)]),
        None => tuple(&[me.make(me.data), me.make(b""), me.make(b"")]),
    })
}

/// Bytes objects of a list or tuple with others between them; `None` if there is anything else.
fn joined(separator: Value, items: Value) -> Option<Value> {
    let separator = separator.cast::<Bytes>()?.as_slice();
    let items = match items.kind()? {
        Kind::List => items.known::<List>().items(),
        Kind::Tuple => items.known::<Tuple>().items(),
        _ => return None,
    };
    let mut length = separator.len() * items.len().saturating_sub(1);
    for item in items {
        length += item.cast::<Bytes>()?.len();
    }
    if let [item] = items {
        return Some(*item);
    }
    let parts = items.iter().enumerate().flat_map(|(at, item)| {
        let before = if at == 0 { &[][..] } else { separator };
        [before, item.known::<Bytes>().as_slice()]
    });
    Some(Bytes::of_parts(length, parts).into())
}

fn join(vm: &mut Vm, args: &[Value]) -> PyResult {
    let separators = |items: usize| items.saturating_mul(view(args[0]).map_or(0, <[u8]>::len));
    let count = match args[1].kind() {
        Some(Kind::List) => args[1].known::<List>().len(),
        Some(Kind::Tuple) => args[1].known::<Tuple>().items().len(),
        _ => 0,
    };
    room::check(vm, separators(count))?;
    if let Some(joined) = joined(args[0], args[1]) {
        return Ok(joined);
    }
    let items = vm.collect(args[1]).map_err(|raised| {
        if raised.matches(vm, vm.types.type_error)
            && vm.lookup_special(args[1], vm.names.iter).is_none()
        {
            vm.type_error("can only join an iterable")
        } else {
            raised
        }
    })?;
    let mut out = Vec::new();
    for at in 0..items.len() {
        let Some(item) = items.item(at) else { break };
        if at > 0 {
            out.extend_from_slice(me(vm, args[0])?.data);
        }
        match view(item) {
            Some(data) => out.extend_from_slice(data),
            None => match contents(vm, item)? {
                Some(data) => out.extend_from_slice(&data),
                None => {
                    let class = vm.type_name(item);
                    return Err(vm.type_error(format!(
                        "sequence item {at}: expected a bytes-like object, {class} found"
                    )));
                }
            },
        }
    }
    let me = me(vm, args[0])?;
    if let ([item], false) = (items.items(), me.mutable)
        && item.is::<Bytes>()
    {
        return Ok(*item);
    }
    Ok(me.make(&out))
}

// ---- changing

fn too_long(vm: &mut Vm, result: Result<Option<Vec<u8>>, TooLarge>) -> PyResult<Option<Vec<u8>>> {
    result.map_err(|_| vm.overflow_error("replace bytes is too long"))
}

fn replace(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (old, new) = (required(vm, args[1])?, required(vm, args[2])?);
    let limit = limit_of(vm, args[3])?;
    let me = me(vm, args[0])?;
    let replaced = too_long(vm, search::replace(me.data, &old, &new, limit))?;
    Ok(match replaced {
        Some(data) => me.make(&data),
        None => me.make(me.data),
    })
}

fn strip(vm: &mut Vm, args: &[Value], left: bool, right: bool) -> PyResult {
    let chars = match args[1] {
        Value::UNBOUND | Value::NONE => None,
        chars => Some(required(vm, chars)?),
    };
    let me = me(vm, args[0])?;
    let range = match chars {
        None => search::strip(me.data, is_space, left, right),
        Some(chars) => search::strip(me.data, |b| chars.contains(&b), left, right),
    };
    Ok(me.make(&me.data[range]))
}

fn justify(vm: &mut Vm, args: &[Value], name: &str, left: fn(usize, usize) -> usize) -> PyResult {
    let width = usize::try_from(vm.index(args[1])?).unwrap_or(0);
    let fill = match args[2].bound() {
        None => b' ',
        Some(fill) => match view(fill) {
            Some(&[byte]) => byte,
            _ => {
                let class = vm.type_name(fill);
                return Err(vm.type_error(format!(
                    "{name}() argument 2 must be a byte string of length 1, not {class}"
                )));
            }
        },
    };
    let me = me(vm, args[0])?;
    let missing = width.saturating_sub(me.data.len());
    room::check(vm, missing)?;
    if missing == 0 {
        return Ok(me.make(me.data));
    }
    let before = left(missing, width);
    let mut out = vec![fill; before];
    out.extend_from_slice(me.data);
    out.resize(width, fill);
    Ok(me.make(&out))
}

fn zfill(vm: &mut Vm, args: &[Value]) -> PyResult {
    let width = usize::try_from(vm.index(args[1])?).unwrap_or(0);
    let me = me(vm, args[0])?;
    let missing = width.saturating_sub(me.data.len());
    room::check(vm, missing)?;
    if missing == 0 {
        return Ok(me.make(me.data));
    }
    let sign = usize::from(matches!(me.data.first(), Some(b'+' | b'-')));
    let mut out = me.data[..sign].to_vec();
    out.resize(sign + missing, b'0');
    out.extend_from_slice(&me.data[sign..]);
    Ok(me.make(&out))
}

fn expandtabs(vm: &mut Vm, args: &[Value]) -> PyResult {
    let size = match args[1].bound() {
        Some(size) => usize::try_from(vm.index(size)?).unwrap_or(0),
        None => 8,
    };
    let me = me(vm, args[0])?;
    match search::expand_tabs(me.data, size, b' ') {
        Ok(out) => Ok(me.make(&out)),
        Err(_) => Err(vm.overflow_error("result too long")),
    }
}

fn translate(vm: &mut Vm, args: &[Value]) -> PyResult {
    let table = match args[1] {
        Value::NONE => None,
        table => Some(lent(vm, table)?),
    };
    let removed = match args[2].bound() {
        Some(removed) => lent(vm, removed)?,
        None => Cow::Borrowed(&[][..]),
    };
    let table = table.as_deref().map(|table| table.as_array::<256>());
    if table == Some(None) {
        return Err(vm.value_error("translation table must be 256 characters long"));
    }
    let table = table.flatten();
    let mut removes = [false; 256];
    removed
        .iter()
        .for_each(|&byte| removes[byte as usize] = true);
    let me = me(vm, args[0])?;
    let mut out = me.data.to_vec();
    if !removed.is_empty() {
        out.retain(|&byte| !removes[byte as usize]);
    }
    if let Some(table) = table {
        for byte in &mut out {
            *byte = table[*byte as usize];
        }
    }
    Ok(me.make(&out))
}

fn maketrans(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (from, to) = (required(vm, args[0])?, required(vm, args[1])?);
    if from.len() != to.len() {
        return Err(vm.value_error("maketrans arguments must have same length"));
    }
    let mut table: Vec<u8> = (0..=255).collect();
    for (&from, &to) in from.iter().zip(&to) {
        table[from as usize] = to;
    }
    Ok(Bytes::new(&table).into())
}

fn swapped(byte: u8) -> u8 {
    if byte.is_ascii_uppercase() {
        byte.to_ascii_lowercase()
    } else {
        byte.to_ascii_uppercase()
    }
}

/// Maps each byte, given also the one before it.
fn mapped(vm: &mut Vm, args: &[Value], map: fn(u8, Option<u8>) -> u8) -> PyResult {
    let me = me(vm, args[0])?;
    let mut before = None;
    let out: Vec<u8> = me
        .data
        .iter()
        .map(|&byte| map(byte, before.replace(byte)))
        .collect();
    Ok(me.make(&out))
}

fn all(vm: &mut Vm, args: &[Value], holds: fn(u8) -> bool) -> PyResult {
    let data = me(vm, args[0])?.data;
    Ok((!data.is_empty() && data.iter().all(|&byte| holds(byte))).into())
}

fn is_title(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (mut after_letter, mut found) = (false, false);
    for byte in me(vm, args[0])?.data {
        let wrong = if byte.is_ascii_uppercase() {
            after_letter
        } else {
            !after_letter
        };
        if byte.is_ascii_alphabetic() && wrong {
            return Ok(Value::FALSE);
        }
        after_letter = byte.is_ascii_alphabetic();
        found |= after_letter;
    }
    Ok(found.into())
}
