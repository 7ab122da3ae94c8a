//! The value word.
//!
//! 64 bits, the low three of which are a tag:
//!
//! | tag | meaning |
//! |---|---|
//! | 0 | small integer, 61 bits, in the upper bits |
//! | 1 | heap pointer plus one |
//! | 2, 3, 6, 7 | self-tagged float (bit 1 set) |
//! | 4 | immediate: None, booleans, Ellipsis, NotImplemented, unbound |
//! | 5 | not used |
//!
//! A float is rotated left by four, which brings its three top exponent bits into the tag, and
//! one is subtracted. The exponent patterns 000 (zero and the tiniest numbers), 011 and 100
//! (magnitudes from 2^-255 to 2^257) and 111 (the hugest, infinities, NaN) then carry tags
//! 7, 2, 3 and 6: all of those with bit 1 set and no other. Whether a word is a float is one
//! test, encoding and decoding are two instructions, and only magnitudes between 2^-767 and
//! 2^-256 or between 2^257 and 2^768 are boxed. The idea of self-tagging is from Melançon,
//! Serrano and Feeley, "Float Self-Tagging" (arXiv 2411.16544); the choice of patterns is ours.
//!
//! Nothing is assumed of the width of addresses.

use crate::header::{Gc, Header, Kind, Layout};
use crate::kinds::{BigInt, FloatBox};
use std::fmt;

/// A Python value in one word. Equality is identity of the word, not Python's `==`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct Value(u64);

const TAG_MASK: u64 = 7;
const TAG_POINTER: u64 = 1;
const TAG_IMMEDIATE: u64 = 4;
const FLOAT_BIT: u64 = 2;

/// The largest small integer, 2^60 - 1.
pub const SMALL_MAX: i64 = (1 << 60) - 1;
/// The smallest small integer, -2^60.
pub const SMALL_MIN: i64 = -(1 << 60);

impl Value {
    pub const NONE: Value = Value::immediate(0);
    pub const FALSE: Value = Value::immediate(1);
    pub const TRUE: Value = Value::immediate(2);
    pub const ELLIPSIS: Value = Value::immediate(3);
    pub const NOT_IMPLEMENTED: Value = Value::immediate(4);
    /// No value: an unbound variable, an absent attribute, a missing argument.
    pub const UNBOUND: Value = Value::immediate(5);
    /// The place of a deleted dictionary entry.
    pub const DELETED: Value = Value::immediate(6);

    const fn immediate(number: u64) -> Value {
        Value(number << 3 | TAG_IMMEDIATE)
    }

    /// The word itself.
    #[inline(always)]
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// A value of a word that `bits` gave.
    #[inline(always)]
    pub const fn from_bits(bits: u64) -> Value {
        Value(bits)
    }

    // ---- integers

    /// A small integer; the caller knows that it fits 61 bits.
    #[inline(always)]
    pub const fn small(n: i64) -> Value {
        debug_assert!(n >= SMALL_MIN && n <= SMALL_MAX);
        Value((n as u64) << 3)
    }

    /// A small integer if it fits.
    #[inline(always)]
    pub const fn try_small(n: i64) -> Option<Value> {
        let word = (n as u64) << 3;
        if (word as i64) >> 3 == n {
            Some(Value(word))
        } else {
            None
        }
    }

    /// An integer of any size, as a big integer where it must be.
    #[inline]
    pub fn int(n: i64) -> Value {
        match Value::try_small(n) {
            Some(v) => v,
            None => BigInt::from_i128(n as i128).into(),
        }
    }

    #[inline(always)]
    pub const fn is_small(self) -> bool {
        self.0 & TAG_MASK == 0
    }

    #[inline(always)]
    pub const fn both_small(a: Value, b: Value) -> bool {
        (a.0 | b.0) & TAG_MASK == 0
    }

    /// The integer of a small integer's word; of another word, nonsense.
    #[inline(always)]
    pub const fn small_unchecked(self) -> i64 {
        (self.0 as i64) >> 3
    }

    #[inline(always)]
    pub const fn as_small(self) -> Option<i64> {
        if self.is_small() {
            Some(self.small_unchecked())
        } else {
            None
        }
    }

    // ---- floats

    #[inline(always)]
    pub fn float(f: f64) -> Value {
        match Value::inline_float(f) {
            Some(value) => value,
            None => FloatBox::new(f).into(),
        }
    }

    /// A float that has an inline word.
    #[inline(always)]
    pub const fn inline_float(f: f64) -> Option<Value> {
        let word = f.to_bits().rotate_left(4).wrapping_sub(1);
        if word & FLOAT_BIT != 0 {
            Some(Value(word))
        } else {
            None
        }
    }

    /// Whether it is a float held in the word itself.
    #[inline(always)]
    pub const fn is_inline_float(self) -> bool {
        self.0 & FLOAT_BIT != 0
    }

    #[inline(always)]
    pub const fn both_inline_float(a: Value, b: Value) -> bool {
        a.0 & b.0 & FLOAT_BIT != 0
    }

    /// The float of an inline float's word; of another word, nonsense.
    #[inline(always)]
    pub const fn inline_float_unchecked(self) -> f64 {
        f64::from_bits(self.0.wrapping_add(1).rotate_right(4))
    }

    /// The number if this is a float, inline or boxed (not of a subclass).
    #[inline]
    pub fn as_float(self) -> Option<f64> {
        if self.is_inline_float() {
            return Some(self.inline_float_unchecked());
        }
        self.cast::<FloatBox>().map(|b| b.value.get())
    }

    // ---- immediates

    #[inline(always)]
    pub const fn bool(b: bool) -> Value {
        Value((1 + b as u64) << 3 | TAG_IMMEDIATE)
    }

    #[inline(always)]
    pub const fn as_bool(self) -> Option<bool> {
        match self {
            Value::TRUE => Some(true),
            Value::FALSE => Some(false),
            _ => None,
        }
    }

    #[inline(always)]
    pub const fn is_bool(self) -> bool {
        matches!(self, Value::TRUE | Value::FALSE)
    }

    #[inline(always)]
    pub const fn is_none(self) -> bool {
        self.0 == Value::NONE.0
    }

    #[inline(always)]
    pub const fn is_unbound(self) -> bool {
        self.0 == Value::UNBOUND.0
    }

    /// `None` for *unbound*.
    #[inline(always)]
    pub fn bound(self) -> Option<Value> {
        if self.is_unbound() { None } else { Some(self) }
    }

    // ---- objects

    #[inline(always)]
    pub const fn is_object(self) -> bool {
        self.0 & TAG_MASK == TAG_POINTER
    }

    /// The header if this is a heap object.
    #[inline(always)]
    pub fn header(self) -> Option<&'static Header> {
        if self.is_object() {
            // SAFETY: a word with the pointer tag was made from a live object, which stays alive
            // while its value is on a stack or in another object (see the crate's text).
            Some(unsafe { &*((self.0 - TAG_POINTER) as *const Header) })
        } else {
            None
        }
    }

    /// Whether two values are the same: `a is b`. Floats are if their bits are, as those of a list of
    /// floats have no box until they are read.
    #[inline(always)]
    pub fn is_same(a: Value, b: Value) -> bool {
        a == b || a.is_object() && b.is_object() && Value::same_boxes(a, b)
    }

    fn same_boxes(a: Value, b: Value) -> bool {
        match (a.cast::<FloatBox>(), b.cast::<FloatBox>()) {
            (Some(a), Some(b)) => match (a.by_bits(), b.by_bits()) {
                (Some(a), Some(b)) => a.to_bits() == b.to_bits(),
                _ => false,
            },
            _ => false,
        }
    }

    /// What tells an object from others, with the word's tag: the word itself, or in a build whose
    /// objects have creation numbers, the number. The program sees it as `id()`.
    #[inline]
    pub fn identity(self) -> u64 {
        #[cfg(feature = "revdb")]
        if let Some(number) = crate::heap::numbers::number_of(self) {
            return number << 4 | TAG_POINTER;
        }
        self.0
    }

    /// The hash of what equals itself alone.
    #[inline]
    pub fn identity_hash(self) -> i64 {
        (self.identity() >> 4) as i64
    }

    /// The object's address; only for words with the pointer tag.
    #[inline(always)]
    pub(crate) fn address(self) -> usize {
        (self.0 - TAG_POINTER) as usize
    }

    #[inline(always)]
    pub(crate) fn from_address(address: usize) -> Value {
        Value(address as u64 + TAG_POINTER)
    }

    /// The shape id of a heap object, 0 (which no object has) for anything else.
    #[inline(always)]
    pub fn shape_id(self) -> u32 {
        match self.header() {
            Some(h) => h.shape.get(),
            None => 0,
        }
    }

    #[inline(always)]
    pub fn kind(self) -> Option<Kind> {
        self.header().map(|h| h.kind())
    }

    #[inline(always)]
    pub fn is<T: Layout>(self) -> bool {
        self.kind() == Some(T::KIND)
    }

    /// A handle if this is an object of kind `T` (not a wrapper around one).
    #[inline(always)]
    pub fn cast<T: Layout>(self) -> Option<Gc<T>> {
        if self.is::<T>() {
            // SAFETY: the kind says that the object's layout is `T`.
            Some(unsafe { Gc::from_address(self.address()) })
        } else {
            None
        }
    }

    /// The object that methods of builtin types work on: the payload of an object of a subclass of
    /// a builtin type, otherwise the value itself.
    #[inline(always)]
    pub fn inner(self) -> Value {
        match self.cast::<crate::kinds::Wrapper>() {
            Some(wrapper) => wrapper.payload.get(),
            None => self,
        }
    }

    /// A handle if this is an object of kind `T` or of a subclass.
    #[inline(always)]
    pub fn to<T: Layout>(self) -> Option<Gc<T>> {
        self.inner().cast::<T>()
    }

    /// A handle, where the caller knows the kind from a guard on the shape or from construction.
    /// The kind is checked in debug builds.
    #[inline(always)]
    pub fn known<T: Layout>(self) -> Gc<T> {
        debug_assert!(
            self.is::<T>(),
            "kind is {:?}, not {:?}",
            self.kind(),
            T::KIND
        );
        // SAFETY: see above; callers establish the kind.
        unsafe { Gc::from_address(self.address()) }
    }
}

impl<T: Layout> From<Gc<T>> for Value {
    #[inline(always)]
    fn from(gc: Gc<T>) -> Value {
        Value::from_address(gc.address())
    }
}

impl From<bool> for Value {
    fn from(b: bool) -> Value {
        Value::bool(b)
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(n) = self.as_small() {
            return write!(f, "{n}");
        }
        if let Some(x) = self.as_float() {
            return write!(f, "{x:?}");
        }
        match *self {
            Value::NONE => f.write_str("None"),
            Value::TRUE => f.write_str("True"),
            Value::FALSE => f.write_str("False"),
            Value::UNBOUND => f.write_str("<unbound>"),
            _ => match self.kind() {
                Some(kind) => write!(f, "<{kind:?} {:#x}>", self.0),
                None => write!(f, "<immediate {}>", self.0 >> 3),
            },
        }
    }
}

#[cfg(test)]
#[path = "value_tests.rs"]
mod tests;
