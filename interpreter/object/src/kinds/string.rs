//! Strings: 1, 2 or 4 bytes a character, always the narrowest that holds all of them, so that
//! equal strings have equal representations. Code points may be lone surrogates.
//!
//! The characters lie in the object, except in a string that grows: a program that appends to a
//! string again and again would copy all of it each time. There is no count of references that
//! would tell that no one else has the old string, so it cannot be changed; instead old and new
//! string share a buffer with room to spare (`string/growing.rs`), and each is a prefix of it.

mod growing;

use crate::header::{Gc, Header, Kind, Layout};
use crate::heap::{self, Marker};
use crate::shape::of_kind;
use crate::value::Value;
use std::borrow::Cow;
use std::cell::Cell;
use std::cmp::Ordering;

/// Bytes a character.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Width {
    One = 1,
    Two = 2,
    Four = 4,
}

impl Width {
    fn flag(self) -> u16 {
        match self {
            Width::One => 0,
            Width::Two => FLAG_TWO,
            Width::Four => FLAG_FOUR,
        }
    }
}

const FLAG_TWO: u16 = 1;
const FLAG_FOUR: u16 = 2;
const FLAG_ASCII: u16 = 4;
const FLAG_INTERNED: u16 = 8;
/// The characters lie in a buffer, whose word is the first of `data`.
const FLAG_SHARED: u16 = 16;
/// It was made by adding one string to another, so that a further addition is likely.
const FLAG_ADDED: u16 = 32;

/// A string.
#[repr(C)]
pub struct Str {
    header: Header,
    pub(crate) hash: Cell<u64>,
    pub(crate) length: usize,
    pub(crate) data: [u32; 0],
}

impl Layout for Str {
    fn trace(&self, marker: &mut Marker) {
        if let Some(buffer) = self.buffer() {
            marker.visit(buffer.into());
        }
    }
}

thread_local! {
    static SEED: Cell<u64> = const { Cell::new(0x9e37_79b9_7f4a_7c15) };
    static SINGLE: [Cell<Value>; 256] = const { [const { Cell::new(Value::UNBOUND) }; 256] };
}

/// Sets the seed of string and bytes hashes; before the first string is made.
pub fn set_hash_seed(seed: u64) {
    SEED.set(seed.wrapping_mul(0xd6e8_feb8_6659_fd93) ^ 0x9e37_79b9_7f4a_7c15);
}

#[inline(always)]
fn mix(a: u64, b: u64) -> u64 {
    let product = (a as u128).wrapping_mul(b as u128);
    product as u64 ^ (product >> 64) as u64
}

/// A multiply-and-fold hash of 64-bit chunks. Not cryptographic; the seed makes collisions hard
/// to prepare from outside.
fn hash_chunks(length: usize, chunks: impl Iterator<Item = u64>) -> u64 {
    // Programs see that the hash of the empty text is zero.
    if length == 0 {
        return 0;
    }
    let mut state = SEED.get() ^ length as u64;
    for chunk in chunks {
        state = mix(state ^ chunk, 0xa076_1d64_78bd_642f);
    }
    // Zero means "not computed yet"; the top bits stay clear so that a hash is a small integer.
    (mix(state, 0xe703_7ed1_a0b4_28db) >> 4) | 1 << 59
}

pub(super) fn hash_bytes(data: &[u8]) -> u64 {
    let (whole, rest) = data.as_chunks::<8>();
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    let chunks = whole.iter().chain((!rest.is_empty()).then_some(&last));
    hash_chunks(data.len(), chunks.map(|chunk| u64::from_le_bytes(*chunk)))
}

impl Str {
    /// # Safety
    /// The caller fills `length` characters of the width in before anyone reads them.
    unsafe fn allocate(length: usize, width: Width, flags: u16) -> Gc<Str> {
        // SAFETY: by the contract.
        unsafe { Str::with_tail(length, length * width as usize, width.flag() | flags) }
    }

    /// # Safety
    /// The caller fills the tail in before anyone reads it: characters, or the word of a buffer.
    unsafe fn with_tail(length: usize, tail_bytes: usize, flags: u16) -> Gc<Str> {
        // SAFETY: the tail is filled before `trace` reads it.
        let string = unsafe {
            heap::allocate_with_tail(of_kind(Kind::Str), tail_bytes, |header| Str {
                header,
                hash: Cell::new(0),
                length,
                data: [],
            })
        };
        string.header().flags.set(flags);
        string
    }

    /// The string of a Rust text.
    pub fn new(text: &str) -> Gc<Str> {
        if text.is_ascii() {
            return Str::from_ascii(text.as_bytes());
        }
        let points: Vec<u32> = text.chars().map(u32::from).collect();
        Str::from_points(&points)
    }

    fn from_ascii(bytes: &[u8]) -> Gc<Str> {
        Str::from_one_byte(bytes, FLAG_ASCII)
    }

    fn from_one_byte(bytes: &[u8], flags: u16) -> Gc<Str> {
        // SAFETY: filled right here.
        unsafe {
            let string = Str::allocate(bytes.len(), Width::One, flags);
            let to = string.get().data.as_ptr() as *mut u8;
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), to, bytes.len());
            string
        }
    }

    /// The string of characters below 256.
    pub fn from_latin1(bytes: &[u8]) -> Gc<Str> {
        if let [byte] = bytes {
            return Str::char(*byte as u32);
        }
        Str::from_one_byte(bytes, if bytes.is_ascii() { FLAG_ASCII } else { 0 })
    }

    fn from_units(units: &[u16]) -> Gc<Str> {
        let highest = units.iter().fold(0, |a, &b| a | b);
        if highest < 256 {
            let bytes: Vec<u8> = units.iter().map(|&u| u as u8).collect();
            return Str::from_latin1(&bytes);
        }
        // SAFETY: filled right here.
        unsafe {
            let string = Str::allocate(units.len(), Width::Two, 0);
            let to = string.get().data.as_ptr() as *mut u16;
            std::ptr::copy_nonoverlapping(units.as_ptr(), to, units.len());
            string
        }
    }

    /// The string of code points (below 0x110000).
    pub fn from_points(points: &[u32]) -> Gc<Str> {
        let highest = points.iter().fold(0, |a, &b| a | b);
        if highest < 256 {
            let bytes: Vec<u8> = points.iter().map(|&p| p as u8).collect();
            return Str::from_latin1(&bytes);
        }
        if highest < 0x10000 {
            let units: Vec<u16> = points.iter().map(|&p| p as u16).collect();
            return Str::from_units(&units);
        }
        // SAFETY: filled right here.
        unsafe {
            let string = Str::allocate(points.len(), Width::Four, 0);
            let to = string.get().data.as_ptr() as *mut u32;
            std::ptr::copy_nonoverlapping(points.as_ptr(), to, points.len());
            string
        }
    }

    /// The string of one character; those below 256 are made once.
    #[inline]
    pub fn char(point: u32) -> Gc<Str> {
        if point >= 256 {
            return Str::from_points(&[point]);
        }
        SINGLE.with(|table| {
            let slot = &table[point as usize];
            if slot.get().is_unbound() {
                let flags = if point < 128 { FLAG_ASCII } else { 0 };
                let string = Str::from_one_byte(&[point as u8], flags);
                slot.set(crate::intern::intern_string(string).into());
            }
            slot.get().known::<Str>()
        })
    }

    pub fn empty() -> Gc<Str> {
        crate::intern::intern("")
    }

    /// The flags of which one is set if characters are not bytes in the object itself.
    pub(crate) const WIDE_FLAGS: u16 = FLAG_TWO | FLAG_FOUR | FLAG_SHARED;

    /// Length in characters.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.length
    }

    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    #[inline(always)]
    pub fn width(&self) -> Width {
        match self.header.flags.get() & (FLAG_TWO | FLAG_FOUR) {
            0 => Width::One,
            FLAG_TWO => Width::Two,
            _ => Width::Four,
        }
    }

    #[inline(always)]
    pub fn is_ascii(&self) -> bool {
        self.header.flags.get() & FLAG_ASCII != 0
    }

    pub(crate) fn is_interned(&self) -> bool {
        self.header.flags.get() & FLAG_INTERNED != 0
    }

    pub(crate) fn set_interned(&self) {
        self.header
            .flags
            .set(self.header.flags.get() | FLAG_INTERNED);
    }

    /// The characters as they lie.
    pub fn units(&self) -> Units<'_> {
        let length = self.length;
        let data = match self.buffer() {
            None => self.data.as_ptr(),
            Some(buffer) => growing::characters(buffer) as *const u32,
        };
        // SAFETY: the object was allocated with `length` characters of its width, or its buffer
        // holds as many.
        unsafe {
            match self.width() {
                Width::One => Units::One(std::slice::from_raw_parts(data as *const u8, length)),
                Width::Two => Units::Two(std::slice::from_raw_parts(data as *const u16, length)),
                Width::Four => Units::Four(std::slice::from_raw_parts(data, length)),
            }
        }
    }

    /// The hash, computed once; zero for the empty string alone.
    #[inline(always)]
    pub fn hash(&self) -> u64 {
        let hash = self.hash.get();
        if hash != 0 { hash } else { self.compute_hash() }
    }

    #[cold]
    fn compute_hash(&self) -> u64 {
        let hash = match self.units() {
            Units::One(bytes) => hash_bytes(bytes),
            Units::Two(units) => hash_chunks(units.len(), units.iter().map(|&u| u as u64)),
            Units::Four(points) => hash_chunks(points.len(), points.iter().map(|&p| p as u64)),
        };
        self.hash.set(hash);
        hash
    }

    /// The characters as bytes, if all are below 256.
    #[inline(always)]
    pub fn as_latin1(&self) -> Option<&[u8]> {
        match self.units() {
            Units::One(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// The characters' memory: as many bytes a character as [`Str::width`] says, in the machine's
    /// order.
    pub fn bytes_of_units(&self) -> &[u8] {
        let (data, length) = match self.units() {
            Units::One(bytes) => return bytes,
            Units::Two(units) => (units.as_ptr() as *const u8, size_of_val(units)),
            Units::Four(points) => (points.as_ptr() as *const u8, size_of_val(points)),
        };
        // SAFETY: they are the bytes of a slice of integers, which may be looked at one by one.
        unsafe { std::slice::from_raw_parts(data, length) }
    }

    /// The text, if all characters are below 128.
    #[inline]
    pub fn as_ascii(&self) -> Option<&str> {
        if !self.is_ascii() {
            return None;
        }
        let bytes = self.as_latin1()?;
        debug_assert!(bytes.is_ascii());
        // SAFETY: a string is said to be ASCII when it is made, of what it is made of.
        Some(unsafe { std::str::from_utf8_unchecked(bytes) })
    }

    /// Code point number `at`.
    #[inline(always)]
    pub fn point(&self, at: usize) -> u32 {
        match self.units() {
            Units::One(bytes) => bytes[at] as u32,
            Units::Two(units) => units[at] as u32,
            Units::Four(points) => points[at],
        }
    }

    /// Whether a code point occurs.
    #[inline]
    pub fn has_point(&self, point: u32) -> bool {
        match self.units() {
            Units::One(bytes) => u8::try_from(point).is_ok_and(|byte| bytes.contains(&byte)),
            Units::Two(units) => u16::try_from(point).is_ok_and(|unit| units.contains(&unit)),
            Units::Four(points) => points.contains(&point),
        }
    }

    /// All code points in order.
    pub fn points(&self) -> impl DoubleEndedIterator<Item = u32> + ExactSizeIterator + '_ {
        (0..self.length).map(|at| self.point(at))
    }

    /// The code points as a vector: the simplest way for what is not hot.
    pub fn to_points(&self) -> Vec<u32> {
        match self.units() {
            Units::One(bytes) => bytes.iter().map(|&b| b as u32).collect(),
            Units::Two(units) => units.iter().map(|&u| u as u32).collect(),
            Units::Four(points) => points.to_vec(),
        }
    }

    /// The text as Rust knows it; `None` if there are lone surrogates.
    pub fn as_text(&self) -> Option<Cow<'_, str>> {
        if let Some(text) = self.as_ascii() {
            return Some(Cow::Borrowed(text));
        }
        self.points()
            .map(char::from_u32)
            .collect::<Option<String>>()
            .map(Cow::Owned)
    }

    /// The text with lone surrogates written as `\udXXX`, for messages.
    pub fn to_text_escaped(&self) -> String {
        match self.as_text() {
            Some(text) => text.into_owned(),
            None => self
                .points()
                .map(|p| match char::from_u32(p) {
                    Some(c) => c.to_string(),
                    None => format!("\\u{p:04x}"),
                })
                .collect(),
        }
    }

    #[inline]
    pub fn equals(&self, other: Gc<Str>) -> bool {
        let other = other.get();
        if std::ptr::eq(self, other) {
            return true;
        }
        if self.length != other.length {
            return false;
        }
        match (self.units(), other.units()) {
            (Units::One(a), Units::One(b)) => a == b,
            (Units::Two(a), Units::Two(b)) => a == b,
            (Units::Four(a), Units::Four(b)) => a == b,
            _ => false,
        }
    }

    pub fn equals_text(&self, text: &str) -> bool {
        match self.as_latin1() {
            Some(own) if self.is_ascii() => own == text.as_bytes(),
            _ => self.points().eq(text.chars().map(u32::from)),
        }
    }

    /// Order by code points.
    pub fn compare(&self, other: Gc<Str>) -> Ordering {
        match (self.units(), other.get().units()) {
            (Units::One(a), Units::One(b)) => a.cmp(b),
            _ => self.points().cmp(other.points()),
        }
    }

    /// `length` characters from `from` on; the range is within the string.
    pub fn substring(&self, from: usize, length: usize) -> Gc<Str> {
        if length == 1 {
            return Str::char(self.point(from));
        }
        match self.units() {
            Units::One(bytes) if self.is_ascii() => Str::from_ascii(&bytes[from..from + length]),
            Units::One(bytes) => Str::from_latin1(&bytes[from..from + length]),
            Units::Two(units) => Str::from_units(&units[from..from + length]),
            Units::Four(points) => Str::from_points(&points[from..from + length]),
        }
    }

    /// The concatenation of strings.
    pub fn concat(parts: &[Gc<Str>]) -> Gc<Str> {
        if let [part] = parts {
            return *part;
        }
        let mut sum = Sum::default();
        parts.iter().for_each(|part| sum.add(part, 1));
        // SAFETY: filled right here, `length` characters in all.
        unsafe {
            let string = sum.allocate();
            let mut at = 0;
            for part in parts {
                at = part.get().put(string, at);
            }
            string
        }
    }

    /// The strings among `items` with `separator` between them; the place of the first item that
    /// is no string, if there is one.
    pub fn join(separator: Gc<Str>, items: &[Value]) -> Result<Gc<Str>, usize> {
        let mut sum = Sum::default();
        for (at, item) in items.iter().enumerate() {
            sum.add(&item.to::<Str>().ok_or(at)?, 1);
        }
        let separates = !separator.is_empty() && items.len() > 1;
        if separates {
            sum.add(&separator, items.len() - 1);
        }
        // SAFETY: filled right here, `length` characters in all.
        unsafe {
            let string = sum.allocate();
            let mut at = 0;
            for (i, item) in items.iter().enumerate() {
                if separates && i > 0 {
                    at = separator.get().put(string, at);
                }
                at = item.inner().known::<Str>().get().put(string, at);
            }
            Ok(string)
        }
    }

    /// Copies the characters to place `at` of a string under construction; the place after them.
    ///
    /// # Safety
    /// `string` was allocated with room for them and is at least as wide.
    #[inline(always)]
    unsafe fn put(&self, string: Gc<Str>, at: usize) -> usize {
        // SAFETY: by the contract.
        unsafe {
            self.put_at(
                string.get().data.as_ptr() as *mut u8,
                string.get().width(),
                at,
            );
        };
        at + self.length
    }

    /// Copies the characters to memory that holds characters of the given width, to place `at`.
    ///
    /// # Safety
    /// There is room for them there, aligned for the width, which is at least this string's.
    #[inline(always)]
    unsafe fn put_at(&self, data: *mut u8, width: Width, at: usize) {
        // SAFETY: by the contract.
        unsafe {
            match (self.units(), width) {
                (Units::One(bytes), Width::One) => {
                    std::ptr::copy_nonoverlapping(bytes.as_ptr(), data.add(at), bytes.len());
                }
                (_, Width::Two) => {
                    for (i, point) in self.points().enumerate() {
                        (data as *mut u16).add(at + i).write(point as u16);
                    }
                }
                _ => {
                    for (i, point) in self.points().enumerate() {
                        (data as *mut u32).add(at + i).write(point);
                    }
                }
            }
        }
    }

    /// The decimal text of a number.
    pub fn decimal(n: i64) -> Gc<Str> {
        let mut digits = [0; 20];
        let mut from = digits.len();
        let mut rest = n.unsigned_abs();
        loop {
            from -= 1;
            digits[from] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        if n < 0 {
            from -= 1;
            digits[from] = b'-';
        }
        if digits.len() - from == 1 {
            return Str::char(digits[from] as u32);
        }
        Str::from_ascii(&digits[from..])
    }
}

/// What a string made of others will be like.
struct Sum {
    length: usize,
    /// The flags that any of them has, and those that all have.
    any: u16,
    all: u16,
}

impl Default for Sum {
    fn default() -> Sum {
        Sum {
            length: 0,
            any: 0,
            all: FLAG_ASCII,
        }
    }
}

impl Sum {
    #[inline(always)]
    fn add(&mut self, part: &Gc<Str>, times: usize) {
        let flags = part.get().header.flags.get();
        self.length += part.get().length * times;
        self.any |= flags;
        self.all &= flags;
    }

    /// # Safety
    /// As `Str::allocate`.
    unsafe fn allocate(&self) -> Gc<Str> {
        // SAFETY: by the contract.
        unsafe { Str::allocate(self.length, self.width(), self.all & FLAG_ASCII) }
    }

    fn width(&self) -> Width {
        match self.any & (FLAG_TWO | FLAG_FOUR) {
            0 => Width::One,
            FLAG_TWO => Width::Two,
            _ => Width::Four,
        }
    }
}

/// A string's characters, by width.
#[derive(Clone, Copy)]
pub enum Units<'a> {
    One(&'a [u8]),
    Two(&'a [u16]),
    Four(&'a [u32]),
}

/// Builds a string piece by piece, as narrow as possible.
pub enum StrBuilder {
    One(Vec<u8>),
    Wide(Vec<u32>),
}

impl Default for StrBuilder {
    fn default() -> StrBuilder {
        StrBuilder::One(Vec::new())
    }
}

impl StrBuilder {
    pub fn new() -> StrBuilder {
        StrBuilder::default()
    }

    pub fn with_capacity(capacity: usize) -> StrBuilder {
        StrBuilder::One(Vec::with_capacity(capacity))
    }

    fn widen(&mut self) -> &mut Vec<u32> {
        if let StrBuilder::One(bytes) = self {
            *self = StrBuilder::Wide(bytes.iter().map(|&b| b as u32).collect());
        }
        match self {
            StrBuilder::Wide(points) => points,
            StrBuilder::One(_) => unreachable!("the builder was widened above"),
        }
    }

    #[inline]
    pub fn push_point(&mut self, point: u32) {
        match self {
            StrBuilder::One(bytes) if point < 256 => bytes.push(point as u8),
            _ => self.widen().push(point),
        }
    }

    pub fn push_char(&mut self, c: char) {
        self.push_point(c as u32);
    }

    pub fn push_text(&mut self, text: &str) {
        match self {
            StrBuilder::One(bytes) if text.is_ascii() => bytes.extend_from_slice(text.as_bytes()),
            _ => text.chars().for_each(|c| self.push_char(c)),
        }
    }

    pub fn push_str(&mut self, string: Gc<Str>) {
        match (&mut *self, string.get().as_latin1()) {
            (StrBuilder::One(bytes), Some(latin1)) => bytes.extend_from_slice(latin1),
            _ => self.widen().extend(string.get().points()),
        }
    }

    /// Length in characters so far.
    pub fn len(&self) -> usize {
        match self {
            StrBuilder::One(bytes) => bytes.len(),
            StrBuilder::Wide(points) => points.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn finish(&self) -> Gc<Str> {
        match self {
            StrBuilder::One(bytes) => Str::from_latin1(bytes),
            StrBuilder::Wide(points) => Str::from_points(points),
        }
    }
}
