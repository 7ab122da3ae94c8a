//! Blocks: 32 KiB of cells of one size, with two bitmaps.
//!
//! *Allocated* says that a cell holds an object (or lies in the allocator's present run); *marked*
//! that the last collections reached it. Bits are by cell number, which is found from an address
//! by a multiplication with a rounded reciprocal of the cell size: exact, because offsets are
//! below 2^15 and the reciprocal has 32 fractional bits.
//!
//! *Which block next.* Allocation is fast in long runs of free cells. Blocks that are full of old
//! objects have short ones, a cell here and there, and taking each costs more than filling it. So
//! after a collection a class begins with its blocks that are at least half free, the emptiest
//! first, goes on with free blocks that are in memory already, and only then takes the holes of
//! the others, before memory grows.

use std::alloc::{Layout, alloc, handle_alloc_error};
use std::collections::HashSet;
use std::ops::Range;

pub(super) const BLOCK_BYTES: usize = 32 << 10;
/// What the allocator asks the system for at a time: the size of a large page of most processors.
const CHUNK_BYTES: usize = 2 << 20;
/// Whether large pages are of use: not where processes are forked again and again, as a debugger's are.
const LARGE_PAGES: bool = cfg!(not(feature = "revdb"));
const GRANULE: usize = 16;
const MAP_WORDS: usize = BLOCK_BYTES / GRANULE / 64;
const HEADER_BYTES: usize = (size_of::<Block>() + GRANULE - 1) & !(GRANULE - 1);

/// The largest object that goes into a block, in bytes.
pub(super) const MAX_SMALL: usize = 8192;

/// Cell sizes in bytes: every 16 to 256, then eight steps to each doubling.
const SIZES: [usize; CLASSES] = sizes();
pub(super) const CLASSES: usize = 16 + 5 * 8;

const fn sizes() -> [usize; CLASSES] {
    let mut sizes = [0; CLASSES];
    let mut i = 0;
    while i < 16 {
        sizes[i] = (i + 1) * GRANULE;
        i += 1;
    }
    while i < CLASSES {
        let base = 256 << ((i - 16) / 8);
        sizes[i] = base + base / 8 * ((i - 16) % 8 + 1);
        i += 1;
    }
    sizes
}

const _: () = assert!(SIZES[CLASSES - 1] == MAX_SMALL);

/// The class of an object of `size` bytes, `size` between 1 and [`MAX_SMALL`].
#[inline(always)]
pub(super) fn class_of(size: usize) -> usize {
    if size <= 256 {
        return size.div_ceil(GRANULE) - 1;
    }
    let doubling = (usize::BITS - 1 - (size - 1).leading_zeros()) as usize;
    16 + (doubling - 8) * 8 + ((size - 1 - (1 << doubling)) >> (doubling - 3))
}

pub(super) fn size_of_class(class: usize) -> usize {
    SIZES[class]
}

/// How many cells of `size` bytes a block has.
fn cells_of(size: usize) -> u32 {
    ((BLOCK_BYTES - HEADER_BYTES) / size) as u32
}

/// The allocator's run of free cells in one class.
#[derive(Clone, Copy)]
#[repr(C)]
pub(super) struct Run {
    pub(super) cursor: usize,
    pub(super) limit: usize,
    pub(super) cell_size: usize,
}

impl Run {
    /// A run without room for anything.
    pub(super) const EMPTY: Run = Run {
        cursor: 1,
        limit: 0,
        cell_size: 0,
    };
}

/// The head of a block's memory.
#[repr(C)]
pub(super) struct Block {
    cell_size: u32,
    reciprocal: u32,
    cells: u32,
    allocated: [u64; MAP_WORDS],
    marked: [u64; MAP_WORDS],
}

impl Block {
    /// The block that the cell at `address` lies in.
    #[inline(always)]
    pub(super) fn of(address: usize) -> &'static mut Block {
        // SAFETY: callers pass addresses inside blocks, which begin at multiples of their size
        // and are never unmapped. The collector is the only one to hold such references, one at
        // a time.
        unsafe { &mut *((address & !(BLOCK_BYTES - 1)) as *mut Block) }
    }

    fn address(&self) -> usize {
        self as *const Block as usize
    }

    fn format(&mut self, class: usize) {
        let size = SIZES[class];
        self.cell_size = size as u32;
        self.reciprocal = ((1u64 << 32).div_ceil(size as u64)) as u32;
        self.cells = cells_of(size);
        self.allocated = [0; MAP_WORDS];
        self.marked = [0; MAP_WORDS];
    }

    #[inline(always)]
    fn cell_number(&self, address: usize) -> usize {
        let offset = (address & (BLOCK_BYTES - 1)) - HEADER_BYTES;
        ((offset as u64 * self.reciprocal as u64) >> 32) as usize
    }

    fn cell_address(&self, number: usize) -> usize {
        self.address() + HEADER_BYTES + number * self.cell_size as usize
    }

    /// Marks the object at `address`; whether it was unmarked before.
    #[inline(always)]
    pub(super) fn mark(&mut self, address: usize) -> bool {
        let n = self.cell_number(address);
        let word = &mut self.marked[n / 64];
        let bit = 1 << (n % 64);
        let fresh = *word & bit == 0;
        // What is as it should be is not written: forked processes share pages until then.
        if fresh {
            *word |= bit;
        }
        fresh
    }

    pub(super) fn unmark(&mut self, address: usize) {
        let n = self.cell_number(address);
        self.marked[n / 64] &= !(1 << (n % 64));
    }

    pub(super) fn is_marked(&self, address: usize) -> bool {
        let n = self.cell_number(address);
        self.marked[n / 64] >> (n % 64) & 1 != 0
    }

    /// The size of its cells.
    #[cfg(feature = "revdb")]
    pub(super) fn cell_bytes(&self) -> usize {
        self.cell_size as usize
    }

    /// The start of the allocated cell that `address` points into.
    pub(super) fn object_at(&self, address: usize) -> Option<usize> {
        if address & (BLOCK_BYTES - 1) < HEADER_BYTES || self.cells == 0 {
            return None;
        }
        let n = self.cell_number(address);
        let allocated = n < self.cells as usize && self.allocated[n / 64] >> (n % 64) & 1 != 0;
        allocated.then(|| self.cell_address(n))
    }

    /// Takes the bits of the cells in `from..to` back.
    pub(super) fn release(&mut self, from: usize, to: usize) {
        let first = self.cell_number(from);
        let count = (to - from) / self.cell_size as usize;
        for_each_word(first, first + count, |word, bits| {
            self.allocated[word] &= !bits;
        });
    }

    fn is_allocated(&self, n: usize) -> bool {
        self.allocated[n / 64] >> (n % 64) & 1 != 0
    }

    /// The first run of free cells at or after cell `from`, as cell numbers.
    fn free_run(&self, from: usize) -> Option<(usize, usize)> {
        let cells = self.cells as usize;
        let mut start = from;
        while start < cells {
            let rest = !self.allocated[start / 64] >> (start % 64);
            if rest == 0 {
                start = (start / 64 + 1) * 64;
                continue;
            }
            start += rest.trailing_zeros() as usize;
            break;
        }
        if start >= cells {
            return None;
        }
        let mut end = start;
        while end < cells {
            let taken = self.allocated[end / 64] >> (end % 64);
            if taken != 0 {
                end += taken.trailing_zeros() as usize;
                break;
            }
            end = (end / 64 + 1) * 64;
        }
        let end = end.min(cells);
        Some((start, end))
    }

    /// Frees the cells that are not marked. How many are.
    fn sweep(&mut self) -> u32 {
        if self.allocated != self.marked {
            self.allocated = self.marked;
        }
        self.marked.iter().map(|word| word.count_ones()).sum()
    }

    /// Whether a sweep would change nothing.
    fn is_swept(&self, live: u32) -> bool {
        let marked: u32 = self.marked.iter().map(|word| word.count_ones()).sum();
        self.allocated == self.marked && live == marked
    }

    fn take(&mut self, start: usize, end: usize) {
        for_each_word(start, end, |word, bits| self.allocated[word] |= bits);
    }
}

/// Calls `f` with each word of a bitmap that bits `from..to` touch, and the bits of them in it.
#[inline]
fn for_each_word(from: usize, to: usize, mut f: impl FnMut(usize, u64)) {
    let mut at = from;
    while at < to {
        let end = to.min((at / 64 + 1) * 64);
        f(at / 64, (!0 >> (64 - (end - at))) << (at % 64));
        at = end;
    }
}

/// A block of a class, and how many of its cells held objects after the last collection: beside the block's address,
/// as to look at each block is to wait for memory, and all blocks' first lines compete for the same few of a cache.
#[derive(Clone, Copy)]
struct Held {
    block: *mut Block,
    live: u32,
}

/// All blocks, and for each class how far the allocator has looked.
pub(super) struct Blocks {
    by_class: [Vec<Held>; CLASSES],
    /// Per class: the block that runs come from (null: none yet), and the next cell in it.
    present: [*mut Block; CLASSES],
    next_cell: [usize; CLASSES],
    /// Per class: how many blocks the last collection left it, how many of them have room, which runs may come
    /// from, how many of those are at least half free, and which comes next.
    swept: [usize; CLASSES],
    holed: [usize; CLASSES],
    roomy: [usize; CLASSES],
    next_block: [usize; CLASSES],
    /// Per class: how many of those blocks, from the first, runs have come from since the last collection.
    used: [usize; CLASSES],
    free: Vec<*mut Block>,
    /// How many free blocks, from the end, are in memory.
    resident: usize,
    /// How many blocks were in use when collections began, the last ones counting most.
    peak: usize,
    chunks: HashSet<usize>,
    /// What is left of the newest chunk: no one has written to it.
    untouched: Range<usize>,
    lowest: usize,
    highest: usize,
}

impl Default for Blocks {
    fn default() -> Blocks {
        Blocks {
            by_class: [const { Vec::new() }; CLASSES],
            present: [std::ptr::null_mut(); CLASSES],
            next_cell: [0; CLASSES],
            swept: [0; CLASSES],
            holed: [0; CLASSES],
            roomy: [0; CLASSES],
            next_block: [0; CLASSES],
            used: [0; CLASSES],
            free: Vec::new(),
            resident: 0,
            peak: 0,
            chunks: HashSet::new(),
            untouched: 0..0,
            lowest: 0,
            highest: 0,
        }
    }
}

impl Blocks {
    /// The next run of free cells of `class`, its cells now counted as allocated.
    pub(super) fn next_run(&mut self, class: usize) -> Run {
        loop {
            let pointer = self.present[class];
            if !pointer.is_null() {
                // SAFETY: blocks are never unmapped; see `Block::of` for the uniqueness.
                let block = unsafe { &mut *pointer };
                if let Some((start, end)) = block.free_run(self.next_cell[class]) {
                    self.next_cell[class] = end;
                    return Self::run(block, start, end);
                }
            }
            self.present[class] = self.next_block(class);
            self.next_cell[class] = 0;
        }
    }

    /// The block of a class to go on with.
    fn next_block(&mut self, class: usize) -> *mut Block {
        let at = self.next_block[class];
        let has_holes = at < self.holed[class] && self.resident == 0;
        if at < self.roomy[class] || has_holes {
            self.next_block[class] = at + 1;
            self.used[class] = self.used[class].max(at + 1);
            return self.by_class[class][at].block;
        }
        let block = self.fresh_block();
        // SAFETY: the block is free memory of the right size and alignment.
        unsafe { (*block).format(class) };
        self.by_class[class].push(Held { block, live: 0 });
        block
    }

    fn run(block: &mut Block, start: usize, end: usize) -> Run {
        block.take(start, end);
        Run {
            cursor: block.cell_address(start),
            limit: block.cell_address(end),
            cell_size: block.cell_size as usize,
        }
    }

    fn fresh_block(&mut self) -> *mut Block {
        if let Some(block) = self.free.pop() {
            self.resident = self.resident.saturating_sub(1);
            return block;
        }
        if self.untouched.is_empty() {
            self.untouched = self.fresh_chunk();
        }
        let block = self.untouched.start;
        self.untouched.start += BLOCK_BYTES;
        block as *mut Block
    }

    /// Memory for more blocks.
    ///
    /// The first chunk has small pages, so that small programs stay small. Who needs a second one fills
    /// it soon, with garbage if with nothing else, and to fault in the pages of four megabytes one after
    /// the other took a tenth of a short run on a virtual machine; so the system is asked for large ones.
    fn fresh_chunk(&mut self) -> Range<usize> {
        let layout = match Layout::from_size_align(CHUNK_BYTES, CHUNK_BYTES) {
            Ok(layout) => layout,
            Err(_) => unreachable!("the chunk size is a power of two"),
        };
        // SAFETY: the layout has a size that is not zero.
        let chunk = unsafe { alloc(layout) };
        if chunk.is_null() {
            handle_alloc_error(layout);
        }
        if LARGE_PAGES && !self.chunks.is_empty() {
            // SAFETY: the chunk is ours. It is advice: what comes of it is of no consequence.
            unsafe { libc::madvise(chunk as *mut _, CHUNK_BYTES, libc::MADV_HUGEPAGE) };
        }
        let start = chunk as usize;
        self.chunks.insert(start);
        self.lowest = match self.lowest {
            0 => start,
            lowest => lowest.min(start),
        };
        self.highest = self.highest.max(start + CHUNK_BYTES);
        start..start + CHUNK_BYTES
    }

    /// The object that a word might point into.
    pub(super) fn find(&self, address: usize) -> Option<usize> {
        if address < self.lowest || address >= self.highest || self.untouched.contains(&address) {
            return None;
        }
        if !self.chunks.contains(&(address & !(CHUNK_BYTES - 1))) {
            return None;
        }
        Block::of(address).object_at(address)
    }

    /// Lets the allocator begin with the first block of each class again.
    pub(super) fn rewind(&mut self) {
        self.present = [std::ptr::null_mut(); CLASSES];
        self.next_block = [0; CLASSES];
    }

    pub(super) fn clear_marks(&mut self) {
        self.for_each(|block| block.marked = [0; MAP_WORDS]);
    }

    /// What is not marked becomes free. Returns the bytes in live cells. A minor collection, which takes what was
    /// marked before for alive, looks only at blocks that runs have come from since the collection before it.
    pub(super) fn sweep(&mut self, full: bool) -> usize {
        self.note_peak(full);
        let was_free = self.free.len();
        let mut live_bytes = 0;
        let free = &mut self.free;
        for (class, (blocks, size)) in self.by_class.iter_mut().zip(SIZES).enumerate() {
            let unused = match full {
                true => 0..0,
                false => self.used[class]..self.swept[class],
            };
            let mut live_cells = 0;
            let mut at = 0..;
            blocks.retain_mut(|held| {
                // SAFETY: blocks are never unmapped; see `Block::of` for the uniqueness.
                let block = unsafe { &mut *held.block };
                if at.next().is_some_and(|at| unused.contains(&at)) {
                    debug_assert!(block.is_swept(held.live), "no one has used the block");
                } else {
                    held.live = block.sweep();
                    if held.live == 0 {
                        block.cells = 0;
                        free.push(held.block);
                    }
                }
                live_cells += held.live as usize;
                held.live != 0
            });
            live_bytes += live_cells * size;
            blocks.sort_by_key(|held| held.live);
            self.used[class] = 0;
            let cells = cells_of(size);
            self.swept[class] = blocks.len();
            self.holed[class] = blocks.partition_point(|held| held.live < cells);
            self.roomy[class] = blocks.partition_point(|held| held.live * 2 <= cells);
        }
        self.resident += self.free.len() - was_free;
        self.give_back();
        live_bytes
    }

    /// Bytes of the blocks that hold objects or runs.
    pub(super) fn bytes_in_use(&self) -> usize {
        self.in_use() * BLOCK_BYTES
    }

    fn in_use(&self) -> usize {
        self.by_class.iter().map(Vec::len).sum()
    }

    /// What a program has needed it most often needs again, so the highest number of blocks is
    /// forgotten by a thirty-second with each full collection, and not at once.
    fn note_peak(&mut self, full: bool) {
        let kept = if full {
            self.peak - self.peak / 32
        } else {
            self.peak
        };
        self.peak = kept.max(self.in_use());
    }

    /// Returns the memory of free blocks to the system, but for a reserve and what is missing to
    /// the peak; they stay mapped. To fault a page in costs more than to fill it with objects.
    fn give_back(&mut self) {
        const RESERVE: usize = (4 << 20) / BLOCK_BYTES;
        const PAGE: usize = 4096;
        let kept = RESERVE.max(self.peak.saturating_sub(self.in_use()));
        let from = self.free.len() - self.resident;
        let to = self.free.len() - self.resident.min(kept);
        for &block in &self.free[from..to] {
            // SAFETY: the block is free; all but its first page, where its header is, loses its
            // contents, which no one reads.
            unsafe {
                let from = block as usize + PAGE;
                libc::madvise(from as *mut _, BLOCK_BYTES - PAGE, libc::MADV_DONTNEED);
            }
        }
        self.resident = self.free.len() - to;
    }

    /// Returns the pages to the system on which no object lies; they stay mapped.
    #[cfg(feature = "revdb")]
    pub(super) fn give_back_pages(&mut self) {
        const PAGE: usize = 4096;
        let release = |from: usize, to: usize| {
            let (from, to) = (from.next_multiple_of(PAGE), to & !(PAGE - 1));
            if from < to {
                // SAFETY: no object lies in this part of a block, so no one reads it before it is
                // written.
                unsafe { libc::madvise(from as *mut _, to - from, libc::MADV_DONTNEED) };
            }
        };
        for &block in &self.free {
            let address = block as usize;
            release(address + HEADER_BYTES, address + BLOCK_BYTES);
        }
        self.for_each(|block| {
            let mut from = 0;
            while let Some((start, end)) = block.free_run(from) {
                release(block.cell_address(start), block.cell_address(end));
                from = end;
            }
        });
    }

    /// Fills the cells without objects with zeros, where they do not hold them already.
    #[cfg(feature = "revdb")]
    pub(super) fn wipe(&mut self) {
        self.for_each(|block| {
            let mut from = 0;
            while let Some((start, end)) = block.free_run(from) {
                let (start, stop) = (block.cell_address(start), block.cell_address(end));
                // SAFETY: the cells are free, so no one refers to them; they are whole words.
                let words = unsafe {
                    let count = (stop - start) / size_of::<u64>();
                    std::slice::from_raw_parts_mut(start as *mut u64, count)
                };
                words
                    .iter_mut()
                    .filter(|word| **word != 0)
                    .for_each(|word| *word = 0);
                from = end;
            }
        });
    }

    fn for_each(&mut self, mut f: impl FnMut(&mut Block)) {
        for class in &self.by_class {
            for held in class {
                // SAFETY: blocks are never unmapped; see `Block::of` for the uniqueness.
                f(unsafe { &mut *held.block });
            }
        }
    }

    /// The objects that the marker did not reach; between marking and sweeping.
    pub(super) fn for_each_dead(&mut self, mut f: impl FnMut(usize)) {
        self.for_each(|block| {
            for word in 0..MAP_WORDS {
                let mut dead = block.allocated[word] & !block.marked[word];
                while dead != 0 {
                    f(block.cell_address(word * 64 + dead.trailing_zeros() as usize));
                    dead &= dead - 1;
                }
            }
        });
    }

    pub(super) fn for_each_object(&mut self, mut f: impl FnMut(usize)) {
        self.for_each(|block| {
            for n in 0..block.cells as usize {
                if block.is_allocated(n) {
                    f(block.cell_address(n));
                }
            }
        });
    }
}

#[cfg(test)]
mod tests {
    //! Tests of the size classes.
    use super::*;

    #[test]
    fn classes_fit_their_sizes() {
        for size in 1..=MAX_SMALL {
            let class = class_of(size);
            assert!(SIZES[class] >= size, "{size}");
            assert!(class == 0 || SIZES[class - 1] < size, "{size}");
        }
    }

    #[test]
    fn cell_numbers_are_exact() {
        for size in SIZES.map(|size| size as u64) {
            let reciprocal = (1u64 << 32).div_ceil(size);
            for offset in 0..(BLOCK_BYTES - HEADER_BYTES) as u64 {
                assert_eq!((offset * reciprocal) >> 32, offset / size);
            }
        }
    }

    #[test]
    fn free_blocks_stay_in_memory_as_long_as_they_were_needed_lately() {
        let reserve = (4 << 20) / BLOCK_BYTES;
        let needed = 2 * reserve;
        let mut blocks = Blocks::default();
        for _ in 0..needed {
            blocks.next_run(0);
        }
        assert_eq!((blocks.in_use(), blocks.resident), (needed, 0));
        blocks.rewind();
        // Nothing is marked. Minor collections give nothing back, however many there are.
        for _ in 0..100 {
            assert_eq!(blocks.sweep(false), 0);
            assert_eq!((blocks.in_use(), blocks.resident), (0, needed));
        }
        let mut before = needed;
        for _ in 0..20 {
            blocks.sweep(true);
            assert!((reserve..=before).contains(&blocks.resident));
            before = blocks.resident;
        }
        assert!(before < needed);
        for _ in 0..200 {
            blocks.sweep(true);
        }
        assert_eq!(blocks.resident, reserve);
        // What is in memory is used before what is not.
        for taken in 1..=needed {
            blocks.next_run(1);
            assert_eq!(blocks.resident, reserve.saturating_sub(taken));
        }
    }
}
