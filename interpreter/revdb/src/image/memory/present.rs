//! Which pages of this process there are, as the system tells it.

use super::{BITS, BITS_BYTES, Region, address_of_base, read_at};
use crate::image::maps::Mapping;
use crate::image::page::page_bytes;
use std::os::fd::RawFd;

/// Which pages of this process there are.
pub(super) struct Present {
    /// `/proc/self/pagemap`, if it is to be believed.
    file: Option<RawFd>,
    order: Order,
    region: Region,
}

const IS_PRESENT: u64 = 1 << 63;
const IS_SWAPPED: u64 = 1 << 62;
const IS_OF_FILE: u64 = 1 << 61;
/// Nothing, where a page is there.
const UNUSED: u64 = 7 << 58;

/// How the numbers lie in the file: as this process has them, or with their bytes the other way round, as
/// an emulator lets the system of a host of the other byte order write them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Order {
    Own,
    Other,
}

impl Order {
    fn number(self, bits: u64) -> u64 {
        match self {
            Order::Own => bits,
            Order::Other => bits.swap_bytes(),
        }
    }

    /// The one in which pages that are there are said to be there, if it is only one: by accident, numbers
    /// may say so in both, and then neither is believed.
    fn of(known: &[u64]) -> Option<Order> {
        let is_there = |bits: u64| bits & (IS_PRESENT | IS_SWAPPED) != 0 && bits & UNUSED == 0;
        let fits = |order: &Order| known.iter().all(|bits| is_there(order.number(*bits)));
        let mut orders = [Order::Own, Order::Other].into_iter().filter(fits);
        let first = orders.next();
        first.filter(|_| orders.next().is_none())
    }
}

impl Present {
    pub(super) fn open(region: Region) -> Present {
        // SAFETY: a constant name, and no memory is written.
        let file = unsafe { libc::open(c"/proc/self/pagemap".as_ptr(), libc::O_RDONLY) };
        let mut present = Present {
            file: (file >= 0).then_some(file),
            order: Order::Own,
            region,
        };
        let local = 0u8;
        let known = [region.base, &raw const local as usize, address_of_base()];
        let known = known.map(|address| {
            let bits = present.bits(address & !(page_bytes() - 1), 1);
            bits.map_or(0, |bits| bits[0])
        });
        match Order::of(&known) {
            Some(order) => present.order = order,
            None => present.close(),
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
                        let bits = self.order.number(bits[at]);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_either_order_are_read() {
        // As they lie in the file, read with the bytes in the file's order and in the other.
        let known = [
            0x8180_0000_000c_92f1,
            0x8080_0000_0000_0000,
            0xa100_0000_0013_8840,
        ];
        let swapped = known.map(u64::swap_bytes);
        assert_eq!(Order::of(&known), Some(Order::Own));
        assert_eq!(Order::of(&swapped), Some(Order::Other));
        assert_eq!(Order::Other.number(swapped[0]), known[0]);
        // One that is not there, though the rest are.
        assert_eq!(Order::of(&[known[0], 0, known[1]]), None);
        // Such as could be either.
        assert_eq!(Order::of(&[0x8180_0000_0000_0081; 3]), None);
    }
}
