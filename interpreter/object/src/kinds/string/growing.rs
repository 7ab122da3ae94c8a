//! Strings that grow: prefixes of a shared buffer.
//!
//! Building a text with `s += piece` makes a new string each time. Copying makes that quadratic.
//! The second addition in a row to a string that is not short therefore makes a buffer with half
//! as much room again as the string needs. Strings in a buffer are prefixes of it; whoever is the
//! longest of them is extended by writing behind it, which no other prefix sees. Adding to one
//! that is not the longest copies, as adding to a plain string does. So characters are copied a
//! constant number of times on average, and memory is at most half again of what is needed as
//! long as the last string lives.
//!
//! A buffer is a `bytes` object that no program sees. Its first eight bytes count the characters
//! in use, the rest are characters, all of one width.

use super::{FLAG_ADDED, FLAG_ASCII, FLAG_INTERNED, FLAG_SHARED, Str, Sum, Width};
use crate::header::Gc;
use crate::kinds::array::Bytes;
use crate::value::Value;

/// Shorter strings are copied: that costs less than a buffer.
const SHARED_MIN_CHARACTERS: usize = 256;
const COUNT_BYTES: usize = size_of::<u64>();

/// Where the characters of a buffer begin.
#[inline(always)]
pub(super) fn characters(buffer: Gc<Bytes>) -> *mut u8 {
    // Indexing would test the length, which is never below the count's.
    buffer.as_mut_slice().as_mut_ptr().wrapping_add(COUNT_BYTES)
}

fn used(buffer: Gc<Bytes>) -> usize {
    let mut count = [0; COUNT_BYTES];
    count.copy_from_slice(&buffer.as_slice()[..COUNT_BYTES]);
    u64::from_ne_bytes(count) as usize
}

fn set_used(buffer: Gc<Bytes>, count: usize) {
    buffer.as_mut_slice()[..COUNT_BYTES].copy_from_slice(&(count as u64).to_ne_bytes());
}

fn capacity(buffer: Gc<Bytes>, width: Width) -> usize {
    (buffer.get().len() - COUNT_BYTES) / width as usize
}

impl Str {
    /// The buffer that the characters lie in, if they are not in the object.
    #[inline(always)]
    pub(super) fn buffer(&self) -> Option<Gc<Bytes>> {
        if self.header.flags.get() & FLAG_SHARED == 0 {
            return None;
        }
        // SAFETY: the flag says that the tail is the word of a buffer.
        let word = unsafe { *(self.data.as_ptr() as *const Value) };
        Some(word.known::<Bytes>())
    }

    /// `left + right`: one of the two if the other is empty.
    #[inline]
    pub fn plus(left: Gc<Str>, right: Gc<Str>) -> Gc<Str> {
        if left.is_empty() {
            right
        } else if right.is_empty() {
            left
        } else {
            Str::append(left, right)
        }
    }

    /// The string of `left`'s characters and those of `right` behind them.
    pub fn append(left: Gc<Str>, right: Gc<Str>) -> Gc<Str> {
        let mut sum = Sum::default();
        sum.add(&left, 1);
        sum.add(&right, 1);
        let flags = left.get().header.flags.get();
        if sum.length < SHARED_MIN_CHARACTERS || flags & (FLAG_ADDED | FLAG_SHARED) == 0 {
            let string = Str::concat(&[left, right]);
            let flags = &string.get().header.flags;
            flags.set(flags.get() | FLAG_ADDED);
            return string;
        }
        let (length, width) = (left.get().length, sum.width());
        let buffer = match left.get().buffer() {
            Some(buffer)
                if width == left.get().width()
                    && used(buffer) == length
                    && capacity(buffer, width) >= sum.length =>
            {
                buffer
            }
            _ => {
                let room = sum.length + sum.length / 2;
                let buffer = Bytes::filled(COUNT_BYTES + room * width as usize, 0);
                // SAFETY: there is room for more; the characters are behind the count, aligned
                // as words are.
                unsafe { left.get().put_at(characters(buffer), width, 0) };
                buffer
            }
        };
        // SAFETY: there is room for the sum's length, and the width is the wider one's.
        unsafe { right.get().put_at(characters(buffer), width, length) };
        set_used(buffer, sum.length);
        let flags = width.flag() | (sum.all & FLAG_ASCII) | FLAG_SHARED;
        // SAFETY: the tail is written right here.
        unsafe {
            let string = Str::with_tail(sum.length, size_of::<Value>(), flags);
            (string.get().data.as_ptr() as *mut Value).write(buffer.into());
            string
        }
    }
}

const _: () = assert!(std::mem::offset_of!(Str, data).is_multiple_of(align_of::<Value>()));
const _: () = assert!(FLAG_SHARED & (FLAG_ADDED | FLAG_ASCII | FLAG_INTERNED) == 0);
