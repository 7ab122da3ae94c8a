//! Decimal numbers.

use crate::header::{Gc, Header, Kind, Layout};
use crate::heap::{self, Marker};
use crate::shape::of_kind;

/// A decimal number: the coefficient in limbs of base 10^18, least significant first. What the flags
/// mean, which stand in the header, is the business of who makes them.
#[repr(C)]
pub struct Decimal {
    header: Header,
    pub exponent: i64,
    limbs: usize,
    items: [u64; 0],
}

impl Layout for Decimal {
    fn trace(&self, _marker: &mut Marker) {}
}

impl Decimal {
    #[inline]
    pub fn new(flags: u16, exponent: i64, limbs: &[u64]) -> Gc<Decimal> {
        // SAFETY: `trace` does not read the tail.
        let made = unsafe {
            heap::allocate_with_tail(of_kind(Kind::Decimal), limbs.len() * 8, |header| Decimal {
                header,
                exponent,
                limbs: limbs.len(),
                items: [],
            })
        };
        made.header().flags.set(flags);
        // SAFETY: the object has room for these limbs after its head.
        unsafe {
            let to = made.get().items.as_ptr() as *mut u64;
            std::ptr::copy_nonoverlapping(limbs.as_ptr(), to, limbs.len());
        }
        made
    }

    #[inline(always)]
    pub fn flags(&self) -> u16 {
        self.header.flags.get()
    }

    /// The highest limb is not zero.
    #[inline(always)]
    pub fn limbs(&self) -> &[u64] {
        // SAFETY: the object was allocated with this many limbs.
        unsafe { std::slice::from_raw_parts(self.items.as_ptr(), self.limbs) }
    }
}
