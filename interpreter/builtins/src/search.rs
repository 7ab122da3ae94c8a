//! Finding, counting, splitting and replacing in sequences of bytes or code points: what the
//! methods of `str`, `bytes` and `bytearray` share. Results are ranges, so that each type cuts
//! its own pieces.

use object::{Str, StrBuilder, Units};
use std::borrow::Cow;
use std::ops::Range;

/// What a text is made of: bytes, or wider units where some characters do not fit a byte.
pub trait Unit: Copy + Eq + Into<u32> {
    /// A string in units of this width, if all its characters fit.
    fn units_of(string: &Str) -> Option<Cow<'_, [Self]>>;
    /// The place of the first occurrence of a needle of two or more units.
    fn find_long(text: &[Self], needle: &[Self]) -> Option<usize>;
    fn find_one(text: &[Self], unit: Self) -> Option<usize>;
    fn rfind_one(text: &[Self], unit: Self) -> Option<usize>;
    fn rfind_long(text: &[Self], needle: &[Self]) -> Option<usize>;
    /// The unit of a code point, if it has one.
    fn from_point(point: u32) -> Option<Self>;
    /// Calls `found` with each occurrence of a needle that is not empty, from the left and
    /// without overlaps, as long as it returns true.
    fn each(text: &[Self], needle: &[Self], found: impl FnMut(usize) -> bool);
    /// Appends units to a string under construction.
    fn push_to(units: &[Self], out: &mut StrBuilder);
}

/// Below this length, preparing a searcher for long texts costs more than it saves.
const SHORT: usize = 256;

/// Occurrences by one search after the other.
fn each_by_find<T: Unit>(text: &[T], needle: &[T], mut found: impl FnMut(usize) -> bool) {
    let mut from = 0;
    while let Some(at) = find(&text[from..], needle) {
        if !found(from + at) {
            return;
        }
        from += at + needle.len();
    }
}

impl Unit for u8 {
    fn units_of(string: &Str) -> Option<Cow<'_, [u8]>> {
        string.as_latin1().map(Cow::Borrowed)
    }
    #[inline]
    fn find_long(text: &[u8], needle: &[u8]) -> Option<usize> {
        if text.len() < SHORT {
            return find_by_first(text, needle);
        }
        memchr::memmem::find(text, needle)
    }
    #[inline]
    fn find_one(text: &[u8], unit: u8) -> Option<usize> {
        memchr::memchr(unit, text)
    }
    #[inline]
    fn rfind_one(text: &[u8], unit: u8) -> Option<usize> {
        memchr::memrchr(unit, text)
    }
    fn rfind_long(text: &[u8], needle: &[u8]) -> Option<usize> {
        memchr::memmem::rfind(text, needle)
    }
    fn from_point(point: u32) -> Option<u8> {
        u8::try_from(point).ok()
    }
    #[inline]
    fn each(text: &[u8], needle: &[u8], mut found: impl FnMut(usize) -> bool) {
        match needle {
            [unit] if text.len() < SHORT => {
                for (at, byte) in text.iter().enumerate() {
                    if byte == unit && !found(at) {
                        return;
                    }
                }
            }
            [unit] => {
                memchr::memchr_iter(*unit, text).all(found);
            }
            _ if text.len() < SHORT => each_by_find(text, needle, found),
            _ => {
                memchr::memmem::find_iter(text, needle).all(found);
            }
        }
    }
    fn push_to(units: &[u8], out: &mut StrBuilder) {
        match out {
            StrBuilder::One(bytes) => bytes.extend_from_slice(units),
            StrBuilder::Wide(points) => points.extend(units.iter().map(|&b| b as u32)),
        }
    }
}

/// Units of more than a byte.
macro_rules! wide_unit {
    ($unit:ty, $units_of:expr) => {
        impl Unit for $unit {
            fn units_of(string: &Str) -> Option<Cow<'_, [$unit]>> {
                let units_of: fn(Units<'_>) -> Option<Cow<'_, [$unit]>> = $units_of;
                units_of(string.units())
            }
            fn find_long(text: &[$unit], needle: &[$unit]) -> Option<usize> {
                find_by_first(text, needle)
            }
            fn find_one(text: &[$unit], unit: $unit) -> Option<usize> {
                find_in_blocks(text, unit)
            }
            fn rfind_one(text: &[$unit], unit: $unit) -> Option<usize> {
                text.iter().rposition(|&u| u == unit)
            }
            fn rfind_long(text: &[$unit], needle: &[$unit]) -> Option<usize> {
                (0..=text.len().checked_sub(needle.len())?)
                    .rev()
                    .find(|&at| text[at..].starts_with(needle))
            }
            fn from_point(point: u32) -> Option<$unit> {
                <$unit>::try_from(point).ok()
            }
            fn each(text: &[$unit], needle: &[$unit], found: impl FnMut(usize) -> bool) {
                each_by_find(text, needle, found);
            }
            fn push_to(units: &[$unit], out: &mut StrBuilder) {
                units.iter().for_each(|&unit| out.push_point(unit.into()));
            }
        }
    };
}

wide_unit!(u16, |units| match units {
    Units::One(bytes) => Some(bytes.iter().map(|&b| b.into()).collect()),
    Units::Two(units) => Some(Cow::Borrowed(units)),
    Units::Four(_) => None,
});

wide_unit!(u32, |units| match units {
    Units::One(bytes) => Some(bytes.iter().map(|&b| b.into()).collect()),
    Units::Two(units) => Some(units.iter().map(|&u| u.into()).collect()),
    Units::Four(points) => Some(Cow::Borrowed(points)),
});

/// Looks at a block of units without leaving it early, which the compiler does many at a time.
fn find_in_blocks<T: Unit>(text: &[T], unit: T) -> Option<usize> {
    let (blocks, _) = text.as_chunks::<16>();
    let without = |block: &&[T; 16]| !block.iter().fold(false, |any, &u| any | (u == unit));
    let from = blocks.iter().take_while(without).count() * 16;
    let at = text[from..].iter().position(|&u| u == unit)?;
    Some(from + at)
}

/// A string in the units of a text in which it is looked for; `None` if it cannot occur there.
pub fn in_units_of<'s, T: Unit>(_text: &[T], sought: &'s Str) -> Option<Cow<'s, [T]>> {
    T::units_of(sought)
}

/// Looks for the first unit, then compares.
fn find_by_first<T: Unit>(text: &[T], needle: &[T]) -> Option<usize> {
    let last = text.len().checked_sub(needle.len())?;
    let mut from = 0;
    while from <= last {
        let at = from + T::find_one(&text[from..=last], needle[0])?;
        if text[at..].starts_with(needle) {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

/// The place of the first occurrence.
#[inline]
pub fn find<T: Unit>(text: &[T], needle: &[T]) -> Option<usize> {
    match needle {
        [] => Some(0),
        [unit] => T::find_one(text, *unit),
        _ if needle.len() > text.len() => None,
        _ => T::find_long(text, needle),
    }
}

/// The place of the last occurrence.
pub fn rfind<T: Unit>(text: &[T], needle: &[T]) -> Option<usize> {
    match needle {
        [] => Some(text.len()),
        [unit] => T::rfind_one(text, *unit),
        _ if needle.len() > text.len() => None,
        _ => T::rfind_long(text, needle),
    }
}

/// The number of occurrences that do not overlap; the empty needle occurs at every place.
pub fn count<T: Unit>(text: &[T], needle: &[T]) -> usize {
    if needle.is_empty() {
        return text.len() + 1;
    }
    if let [unit] = needle {
        return text.iter().filter(|&u| u == unit).count();
    }
    let mut count = 0;
    T::each(text, needle, |_| {
        count += 1;
        true
    });
    count
}

/// The pieces between separators, at most `limit` splits from the left.
pub fn split<T: Unit>(
    text: &[T],
    separator: &[T],
    limit: usize,
    mut piece: impl FnMut(Range<usize>),
) {
    let mut from = 0;
    let mut left = limit;
    if limit > 0 {
        T::each(text, separator, |at| {
            piece(from..at);
            from = at + separator.len();
            left -= 1;
            left > 0
        });
    }
    piece(from..text.len());
}

/// The pieces between separators from the right, the last one first.
pub fn rsplit<T: Unit>(
    text: &[T],
    separator: &[T],
    limit: usize,
    mut piece: impl FnMut(Range<usize>),
) {
    let mut to = text.len();
    let mut left = limit;
    while left > 0 {
        let Some(at) = rfind(&text[..to], separator) else {
            break;
        };
        piece(at + separator.len()..to);
        to = at;
        left -= 1;
    }
    piece(0..to);
}

/// The words between runs of space. What remains at the limit keeps the space after it.
pub fn split_space<T: Unit>(
    text: &[T],
    is_space: impl Fn(T) -> bool,
    limit: usize,
    mut piece: impl FnMut(Range<usize>),
) {
    let mut left = limit;
    let mut from = 0;
    loop {
        while from < text.len() && is_space(text[from]) {
            from += 1;
        }
        if from == text.len() {
            return;
        }
        if left == 0 {
            return piece(from..text.len());
        }
        let mut to = from + 1;
        while to < text.len() && !is_space(text[to]) {
            to += 1;
        }
        piece(from..to);
        from = to;
        left -= 1;
    }
}

/// The words between runs of space from the right, the last one first.
pub fn rsplit_space<T: Unit>(
    text: &[T],
    is_space: impl Fn(T) -> bool,
    limit: usize,
    mut piece: impl FnMut(Range<usize>),
) {
    let mut left = limit;
    let mut to = text.len();
    loop {
        while to > 0 && is_space(text[to - 1]) {
            to -= 1;
        }
        if to == 0 {
            return;
        }
        if left == 0 {
            return piece(0..to);
        }
        let mut from = to - 1;
        while from > 0 && !is_space(text[from - 1]) {
            from -= 1;
        }
        piece(from..to);
        to = from;
        left -= 1;
    }
}

/// The lines; a carriage return with a line feed after it ends one line.
pub fn lines<T: Unit>(
    text: &[T],
    is_end: impl Fn(T) -> bool,
    keep_ends: bool,
    mut piece: impl FnMut(Range<usize>),
) {
    let mut from = 0;
    while from < text.len() {
        let end = text[from..]
            .iter()
            .position(|&u| is_end(u))
            .map_or(text.len(), |at| from + at);
        let mut next = (end + 1).min(text.len());
        if end < text.len()
            && text[end].into() == b'\r' as u32
            && text.get(next).is_some_and(|&u| u.into() == b'\n' as u32)
        {
            next += 1;
        }
        piece(from..if keep_ends { next } else { end });
        from = next;
    }
}

/// The text with at most `limit` occurrences of `old` replaced; `None` if there are none. The
/// result may be too large for memory: its length is asked first.
pub fn replace<T: Unit>(
    text: &[T],
    old: &[T],
    new: &[T],
    limit: usize,
) -> Result<Option<Vec<T>>, TooLarge> {
    if limit == 0 || old == new {
        return Ok(None);
    }
    if old.is_empty() {
        return interleave(text, new, limit).map(Some);
    }
    let Some(first) = find(text, old) else {
        return Ok(None);
    };
    if let ([from], [to]) = (old, new) {
        let mut out = text.to_vec();
        let places = out[first..].iter_mut().filter(|unit| **unit == *from);
        places.take(limit).for_each(|unit| *unit = *to);
        return Ok(Some(out));
    }
    if new.len() > old.len() {
        check_size(text.len(), count(&text[first..], old).min(limit), new.len())?;
    }
    let mut out = Vec::with_capacity(text.len());
    let (mut from, mut left) = (0, limit);
    T::each(&text[first..], old, |at| {
        out.extend_from_slice(&text[from..first + at]);
        out.extend_from_slice(new);
        from = first + at + old.len();
        left -= 1;
        left > 0
    });
    out.extend_from_slice(&text[from..]);
    Ok(Some(out))
}

/// A result would not fit memory.
pub struct TooLarge;

fn check_size(length: usize, times: usize, each: usize) -> Result<(), TooLarge> {
    match times.checked_mul(each).and_then(|n| n.checked_add(length)) {
        Some(total) if vm::room::has_room(total.saturating_mul(4)) => Ok(()),
        _ => Err(TooLarge),
    }
}

/// Puts `new` before every unit and at the end.
fn interleave<T: Unit>(text: &[T], new: &[T], limit: usize) -> Result<Vec<T>, TooLarge> {
    let times = limit.min(text.len() + 1);
    check_size(text.len(), times, new.len())?;
    let mut out = Vec::with_capacity(text.len() + times * new.len());
    for (at, &unit) in text.iter().enumerate() {
        if at < times {
            out.extend_from_slice(new);
        }
        out.push(unit);
    }
    if times > text.len() {
        out.extend_from_slice(new);
    }
    Ok(out)
}

/// What remains when units that `strips` says are taken from the sides.
pub fn strip<T: Unit>(
    text: &[T],
    strips: impl Fn(T) -> bool,
    left: bool,
    right: bool,
) -> Range<usize> {
    let mut from = 0;
    let mut to = text.len();
    while left && from < to && strips(text[from]) {
        from += 1;
    }
    while right && to > from && strips(text[to - 1]) {
        to -= 1;
    }
    from..to
}

/// The text with tabs replaced by spaces up to the next multiple of `size`.
pub fn expand_tabs<T: Unit>(text: &[T], size: usize, space: T) -> Result<Vec<T>, TooLarge> {
    let mut out = Vec::with_capacity(text.len());
    let mut column: usize = 0;
    for &unit in text {
        match unit.into() {
            0x09 => {
                if let Some(rest) = column.checked_rem(size) {
                    let spaces = size - rest;
                    check_size(out.len(), 1, spaces)?;
                    out.resize(out.len() + spaces, space);
                    column += spaces;
                }
            }
            point => {
                column = if matches!(point, 0x0a | 0x0d) {
                    0
                } else {
                    column + 1
                };
                out.push(unit);
            }
        }
    }
    Ok(out)
}
