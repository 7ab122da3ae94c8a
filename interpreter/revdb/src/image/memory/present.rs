//! Which pages of this process there are, as the system tells it.

use super::{BITS, BITS_BYTES, Region, address_of_base, read_at};
use crate::image::maps::Mapping;
use crate::image::page::page_bytes;
use std::os::fd::RawFd;

/// Which pages of this process there are.
pub(super) struct Present {
    /// `/proc/self/pagemap`, if it is to be believed.
    file: Option<RawFd>,
    region: Region,
}

const IS_PRESENT: u64 = 1 << 63;
const IS_SWAPPED: u64 = 1 << 62;
const IS_OF_FILE: u64 = 1 << 61;

impl Present {
    pub(super) fn open(region: Region) -> Present {
        // SAFETY: a constant name, and no memory is written.
        let file = unsafe { libc::open(c"/proc/self/pagemap".as_ptr(), libc::O_RDONLY) };
        let mut present = Present {
            file: (file >= 0).then_some(file),
            region,
        };
        let local = 0u8;
        let known = [region.base, &raw const local as usize, address_of_base()];
        let is_known = known.iter().all(|address| {
            let bits = present.bits(address & !(page_bytes() - 1), 1);
            bits.is_some_and(|bits| bits[0] & (IS_PRESENT | IS_SWAPPED) != 0)
        });
        if !is_known {
            present.close();
        }
        present
    }

    pub(super) fn close(&mut self) {
        if let Some(file) = self.file.take() {
            // SAFETY: the file is this one's own.
            unsafe { libc::close(file) };
        }
    }

    fn bits(&self, start: usize, count: usize) -> Option<&'static mut [u64]> {
        let bits: &mut [u64] = self.region.part(BITS, count);
        let at = start / page_bytes() * 8;
        let is_read = read_at(self.file?, bits.as_mut_ptr() as usize, count * 8, at as u64);
        is_read.ok().map(|()| bits)
    }

    /// Calls `f` with the addresses of the pages of a mapping.
    pub(super) fn for_each(
        &self,
        mapping: &Mapping,
        f: &mut dyn FnMut(usize) -> Result<(), i32>,
    ) -> Result<(), i32> {
        let size = page_bytes();
        let (mut start, end) = (mapping.start as usize, mapping.end as usize);
        while start < end {
            let count = ((end - start) / size).min(BITS_BYTES / 8);
            let bits = self.bits(start, count);
            for at in 0..count {
                let is_there = match &bits {
                    Some(bits) => {
                        let bits = bits[at];
                        let unwritten = mapping.is_file != 0 && bits & IS_OF_FILE != 0;
                        bits & (IS_PRESENT | IS_SWAPPED) != 0 && !unwritten
                    }
                    None => true,
                };
                if is_there {
                    f(start + at * size)?;
                }
            }
            start += count * size;
        }
        Ok(())
    }
}
