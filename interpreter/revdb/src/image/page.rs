//! Pages as tables have them: an address, a hash of what lies there, and where in the file that is.

use std::sync::OnceLock;

/// The offset of a page that an image does not have any more.
pub(super) const ABSENT: u64 = u64::MAX;

/// A page: its contents' hash, and where in the file they are. Its words are its layout, so that a table
/// of pages can be read in one piece where there is no allocator.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(C)]
pub(super) struct Page {
    pub(super) address: u64,
    pub(super) hash: u64,
    pub(super) offset: u64,
    /// As many as a page has if they are not compressed.
    pub(super) bytes: u64,
}

impl Page {
    pub(super) fn words(&self) -> [u64; 4] {
        [self.address, self.hash, self.offset, self.bytes]
    }

    pub(super) fn from_words([address, hash, offset, bytes]: [u64; 4]) -> Page {
        Page {
            address,
            hash,
            offset,
            bytes,
        }
    }

    pub(super) fn absent(&self) -> Page {
        Page {
            offset: ABSENT,
            bytes: 0,
            hash: 0,
            ..*self
        }
    }
}

pub(super) fn page_bytes() -> usize {
    static SIZE: OnceLock<usize> = OnceLock::new();
    *SIZE.get_or_init(rustix::param::page_size)
}

/// Rounds of the hash, and what mixes.
const LANES: usize = 4;
const MIX: u64 = 0x9e37_79b9_7f4a_7c15;

/// A hash of a page. Each step is a bijection of its lane, and no bit stays where it is.
pub(super) fn hash(page: &[u64]) -> u64 {
    let mut lanes: [u64; LANES] = [1, 2, 3, 4];
    for words in page.chunks_exact(LANES) {
        for (lane, word) in lanes.iter_mut().zip(words) {
            *lane = (*lane ^ word).rotate_left(29).wrapping_mul(MIX);
        }
    }
    lanes.iter().fold(0, |all, lane| {
        (all ^ lane ^ lane >> 32).rotate_left(29).wrapping_mul(MIX)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_tell_pages_apart() {
        let mut page = vec![0u64; 512];
        let mut seen = vec![hash(&page)];
        for at in [0, 1, 4, 511] {
            for bit in [0, 1, 31, 63] {
                page[at] ^= 1 << bit;
                seen.push(hash(&page));
                // The same bit of another word of the lane.
                page[(at + 4) % 512] ^= 1 << bit;
                seen.push(hash(&page));
            }
        }
        let count = seen.len();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), count);
    }
}
