//! Memory for machine code: one region of addresses, reserved once, so that any code can jump to
//! any other by a near jump.
//!
//! How code gets into the region's pages is a matter of `pages`. Words that code reads and that change
//! (each code's epoch) lie in pages of their own, at the start.
//!
//! Freed ranges are kept sorted, are joined with their neighbours, and are used again first fit.

use crate::Error;
use crate::pages::{Pages, Twin};

/// Addresses reserved for code.
const REGION_BYTES: usize = 64 << 20;
/// Of them, at the start, for words.
const DATA_BYTES: usize = 256 << 10;
const ALIGNMENT: usize = 16;

/// A range of the region that code occupies.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Range {
    pub(crate) start: usize,
    pub(crate) bytes: usize,
}

/// The region.
pub(crate) struct Memory {
    pages: Pages,
    limit_bytes: usize,
    /// Where no code has been yet.
    fresh: usize,
    free: Vec<Range>,
    used_bytes: usize,
    fresh_word: usize,
    free_words: Vec<usize>,
}

impl Memory {
    pub(crate) fn new(limit_bytes: usize) -> Result<Memory, Error> {
        let pages = Pages::new(REGION_BYTES, DATA_BYTES)?;
        let start = pages.start;
        Ok(Memory {
            pages,
            limit_bytes: limit_bytes.min(REGION_BYTES - DATA_BYTES),
            fresh: start + DATA_BYTES,
            free: Vec::new(),
            used_bytes: 0,
            fresh_word: start,
            free_words: Vec::new(),
        })
    }

    /// See [`Pages::copy`].
    pub(crate) fn copy(&self) -> Result<Twin, Error> {
        self.pages.copy()
    }

    /// See [`Pages::go_on_with`].
    pub(crate) fn go_on_with(&mut self, twin: &Twin) -> Result<(), Error> {
        self.pages.go_on_with(twin)
    }

    /// Bytes of code in use.
    pub(crate) fn used_bytes(&self) -> usize {
        self.used_bytes
    }

    /// Bytes that were ever taken, for code and for data.
    pub(crate) fn reserved_bytes(&self) -> usize {
        self.fresh - self.pages.start
    }

    /// Room for code. Within `bytes` there is slack for any alignment that the caller wants.
    pub(crate) fn allocate(&mut self, bytes: usize) -> Result<Range, Error> {
        let bytes = bytes.next_multiple_of(ALIGNMENT);
        if self.used_bytes + bytes > self.limit_bytes {
            return Err(Error::Memory);
        }
        let range = match self.free.iter().position(|range| range.bytes >= bytes) {
            Some(at) => {
                let found = &mut self.free[at];
                let start = found.start;
                found.start += bytes;
                found.bytes -= bytes;
                if found.bytes == 0 {
                    self.free.remove(at);
                }
                Range { start, bytes }
            }
            None => {
                let start = self.fresh;
                if start + bytes > self.pages.start + REGION_BYTES {
                    return Err(Error::Memory);
                }
                self.fresh += bytes;
                Range { start, bytes }
            }
        };
        self.used_bytes += bytes;
        Ok(range)
    }

    pub(crate) fn free(&mut self, range: Range) {
        self.used_bytes -= range.bytes;
        let at = self.free.partition_point(|other| other.start < range.start);
        self.free.insert(at, range);
        let joins = |a: Range, b: Range| a.start + a.bytes == b.start;
        if at + 1 < self.free.len() && joins(self.free[at], self.free[at + 1]) {
            self.free[at].bytes += self.free.remove(at + 1).bytes;
        }
        if at > 0 && joins(self.free[at - 1], self.free[at]) {
            self.free[at - 1].bytes += self.free.remove(at).bytes;
        }
        if let Some(last) = self.free.last().copied()
            && last.start + last.bytes == self.fresh
        {
            self.fresh = last.start;
            self.free.pop();
        }
    }

    /// Writes pieces one after the other at an address within an allocated range.
    pub(crate) fn write(&mut self, address: usize, pieces: &[&[u8]]) -> Result<(), Error> {
        let bytes: usize = pieces.iter().map(|piece| piece.len()).sum();
        assert!(
            address + bytes <= self.fresh,
            "code is written where no code belongs"
        );
        self.pages.write(address, pieces)
    }

    /// Code that was written.
    pub(crate) fn read(&self, range: Range) -> &[u8] {
        // SAFETY: ranges are made by `allocate`, and their owners ask for what they wrote.
        unsafe { std::slice::from_raw_parts(range.start as *const u8, range.bytes) }
    }

    /// A word that code can read by its distance.
    pub(crate) fn allocate_word(&mut self) -> Result<usize, Error> {
        if let Some(word) = self.free_words.pop() {
            return Ok(word);
        }
        if self.fresh_word == self.pages.start + DATA_BYTES {
            return Err(Error::Memory);
        }
        self.fresh_word += size_of::<u32>();
        Ok(self.fresh_word - size_of::<u32>())
    }

    pub(crate) fn free_word(&mut self, word: usize) {
        self.free_words.push(word);
    }

    pub(crate) fn set_word(&mut self, word: usize, value: u32) {
        assert!((self.pages.start..self.fresh_word).contains(&word));
        // SAFETY: the word is one that was given out, in pages that are always writable.
        unsafe { (word as *mut u32).write_volatile(value) };
    }
}
