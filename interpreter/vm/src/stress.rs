//! Where a build with `gc-stress` collects: at every safepoint, to find values that the collector does
//! not see.
//!
//! A place of a program that comes again and again is not worth as many collections: each place has
//! its first ones, and of those after them one in a while, so that a long loop takes seconds and not
//! minutes. The while is a prime: whatever a loop does in turn has its collections in the end.

/// So many collections each place has in any case.
const FIRST: u8 = 200;
/// And then one at so many safepoints.
const SELDOM: u32 = 61;
/// Every so many collections, one of the whole heap.
const WHOLE: u32 = 64;
/// Places are told apart by so many bits.
const PLACE_BITS: u32 = 16;

pub(crate) struct Stress {
    safepoints: u32,
    collections: u32,
    /// By place, how often there was a collection, up to `FIRST`.
    seen: Vec<u8>,
}

impl Stress {
    pub(crate) fn new() -> Stress {
        Stress {
            safepoints: 0,
            collections: 0,
            seen: vec![0; 1 << PLACE_BITS],
        }
    }

    /// Whether to collect at a safepoint of a place, and if so whether the whole heap.
    pub(crate) fn collects(&mut self, place: usize) -> Option<bool> {
        self.safepoints = self.safepoints.wrapping_add(1);
        let mixed = (place as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let seen = &mut self.seen[(mixed >> (u64::BITS - PLACE_BITS)) as usize];
        if *seen < FIRST {
            *seen += 1;
        } else if !self.safepoints.is_multiple_of(SELDOM) {
            return None;
        }
        self.collections = self.collections.wrapping_add(1);
        Some(self.collections.is_multiple_of(WHOLE))
    }
}
