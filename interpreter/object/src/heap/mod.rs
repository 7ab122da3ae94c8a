//! The heap and its collector.
//!
//! *Allocation.* Objects up to [`block::MAX_SMALL`] bytes live in 32 KiB blocks, each block for
//! one size class; an allocator cursor moves through a run of free cells, so allocating is an
//! addition and a comparison. Size-segregated blocks were taken over lines with object-start
//! bits because finding the object of a conservative pointer is then one multiplication, and
//! because nothing need be recorded per object: a run's cells become *allocated* all at once when
//! the cursor takes the run. Larger objects come from the system allocator, which can grow
//! them in place.
//!
//! *Collection.* Non-moving, with sticky marks: a minor collection keeps the marks of the last
//! one, so marked objects are old and are not visited again unless they were written to (the
//! barrier logs them once). Storage that only grew, as that of a long list does to which a loop
//! appends, is logged with the place from which on it did, and no more of it is visited: a second
//! bit of the header, cleared with the first by other writes, sends appending there. After marking, a block's *allocated* bits become a copy of its mark
//! bits; that is all the sweeping there is. Roots are the native stack, scanned conservatively,
//! the registers of the virtual machine, scanned the same way, and what the machine names
//! itself. There are no collector threads, so `fork` is safe.
//!
//! *When.* Never inside an allocation: an allocation only asks for a collection, which the
//! machine runs at its next safepoint.

mod block;
#[cfg(feature = "revdb")]
pub mod deaths;
#[cfg(feature = "revdb")]
pub mod digest;
mod finalize;
pub mod graph;
mod large;
mod mark;
mod native;
#[cfg(feature = "revdb")]
pub mod numbers;
pub(crate) mod outside;
mod registers;
#[cfg(feature = "revdb")]
pub mod watched;

use crate::header::{GC_LARGE, GC_OLD_CLEAN, GC_OLD_UNGROWN, GC_WATCHED, Gc, Header, Kind, Layout};
use block::{Block, Blocks, CLASSES, Run};
use large::LargeSpace;
pub use mark::Marker;
use std::cell::{Cell, UnsafeCell};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

pub use finalize::{register_finalizable, take_due_finalizers, take_finalizable};
pub use large::GROWS_IN_PLACE;
pub use native::settle_native_allocator;

/// How much is allocated between two minor collections, in bytes. What is just being built up survives
/// the next collection, whenever it comes, so the more there is the less often it is gone through; and
/// the more memory a process takes that needs little.
const NURSERY_BYTES: usize = 8 << 20;
/// Below this much of live data no full collection is worth it.
const FULL_MIN_BYTES: usize = 8 << 20;
/// Nor below this much in blocks, whatever lives in them.
const FULL_MIN_BLOCK_BYTES: usize = FULL_MIN_BYTES + NURSERY_BYTES;
/// Nor below this much that objects hold outside of the heap.
const FULL_MIN_HELD_BYTES: usize = 16 << 20;

/// What a collection found, for `KRAITLOG=gc` and `gc.get_stats`.
#[derive(Clone, Copy, Default, Debug)]
pub struct HeapStats {
    pub minor_collections: u64,
    pub full_collections: u64,
    /// Bytes in live objects after the last collection.
    pub live_bytes: usize,
    /// The most that were live after a collection.
    pub peak_live_bytes: usize,
    /// Bytes allocated since the start.
    pub allocated_bytes: u64,
}

struct Heap {
    runs: [Run; CLASSES],
    blocks: Blocks,
    large: LargeSpace,
    /// Old objects written to since the last collection.
    remembered: Vec<*const Header>,
    /// Old storage that has grown since, and from which item on.
    grown: Vec<(*const Header, usize)>,
    /// The marker's stack, empty between collections: its memory is used again.
    pending: Vec<usize>,
    /// Objects whose Rust part must be dropped when they die.
    droppable_young: Vec<*const Header>,
    droppable_old: Vec<*const Header>,
    /// Those that a collection drops; kept for its room.
    dropping: Vec<*const Header>,
    finalizers: finalize::Finalizers,
    since_collection: usize,
    /// A collection is full if so many bytes may be live, or blocks take more than the second number:
    /// what outlived one young collection and died since holds few of their cells, but all of them.
    full_threshold: usize,
    full_blocks: usize,
    /// Or if objects hold more than this outside of the heap, and then it is due, too.
    full_held: usize,
    stats: HeapStats,
    /// Whether the next collection counts the containers that it frees, and how many the last one
    /// that did has found.
    counts_dead: bool,
    dead: usize,
    stack_base: usize,
    /// Set where the machine should look up at its next safepoint.
    look_up: Arc<AtomicBool>,
    /// How many objects were allocated.
    #[cfg(feature = "revdb")]
    created: u64,
    /// The number of an object to be watched from its birth on.
    #[cfg(feature = "revdb")]
    awaited: u64,
}

struct Global(UnsafeCell<Option<Box<Heap>>>);

thread_local! {
    static HEAP: Global = const { Global(UnsafeCell::new(None)) };
    static HEAP_POINTER: Cell<*mut Heap> = const { Cell::new(std::ptr::null_mut()) };
}

#[inline(always)]
fn heap() -> *mut Heap {
    let pointer = HEAP_POINTER.get();
    if pointer.is_null() { create() } else { pointer }
}

#[cold]
fn create() -> *mut Heap {
    HEAP.with(|global| {
        let heap = Box::new(Heap {
            runs: [Run::EMPTY; CLASSES],
            blocks: Blocks::default(),
            large: LargeSpace::default(),
            remembered: Vec::new(),
            grown: Vec::new(),
            pending: Vec::new(),
            droppable_young: Vec::new(),
            droppable_old: Vec::new(),
            dropping: Vec::new(),
            finalizers: finalize::Finalizers::default(),
            since_collection: 0,
            full_threshold: FULL_MIN_BYTES,
            full_blocks: FULL_MIN_BLOCK_BYTES,
            full_held: FULL_MIN_HELD_BYTES,
            stats: HeapStats::default(),
            counts_dead: false,
            dead: 0,
            stack_base: 0,
            look_up: Arc::default(),
            #[cfg(feature = "revdb")]
            created: 0,
            #[cfg(feature = "revdb")]
            awaited: 0,
        });
        // SAFETY: the cell is this thread's own and no reference into it is alive here.
        let slot = unsafe { &mut *global.0.get() };
        let pointer: *mut Heap = &raw mut **slot.insert(heap);
        HEAP_POINTER.set(pointer);
        pointer
    })
}

/// The flag that is set where the machine should look up at its next safepoint: by an allocation that
/// asks for a collection, by what the collector has found, and by whoever else has a reason. Only
/// the machine takes it back, before it looks. This thread's own.
pub fn look_up_flag() -> Arc<AtomicBool> {
    // SAFETY: the heap is this thread's own.
    unsafe { (*heap()).look_up.clone() }
}

/// Room for an object of `size` bytes at least, not initialised; the collector bits of its header; and
/// how many bytes there are.
#[inline(always)]
fn allocate_raw(size: usize) -> (*mut u8, u8, usize) {
    let heap = heap();
    if size <= SMALL_BYTES_MAX {
        let class = block::class_of(size + NUMBER_BYTES);
        // SAFETY: the heap is this thread's own; `class_of` gives an index within `runs`, and a
        // run's cells are free memory of the class's size.
        unsafe {
            let run = &mut (&mut (*heap).runs)[class];
            let cell = run.cursor;
            let next = cell + run.cell_size;
            if next <= run.limit {
                run.cursor = next;
                let bytes = run.cell_size - NUMBER_BYTES;
                #[cfg(feature = "revdb")]
                return (cell as *mut u8, (*heap).number(cell, next), bytes);
                #[cfg(not(feature = "revdb"))]
                return (cell as *mut u8, 0, bytes);
            }
            let cell = (*heap).refill(class);
            let bytes = block::size_of_class(class) - NUMBER_BYTES;
            #[cfg(feature = "revdb")]
            let gc = (*heap).number(cell as usize, cell as usize + bytes + NUMBER_BYTES);
            #[cfg(not(feature = "revdb"))]
            let gc = 0;
            (cell, gc, bytes)
        }
    } else {
        // SAFETY: the heap is this thread's own.
        unsafe {
            let cell = (*heap).allocate_large(size);
            #[cfg(feature = "revdb")]
            let gc = (*heap).number(cell as usize, cell as usize - size_of::<u64>());
            #[cfg(not(feature = "revdb"))]
            let gc = 0;
            (cell, GC_LARGE | gc, size)
        }
    }
}

/// Allocates an object of fixed layout.
#[inline(always)]
pub(crate) fn allocate<T: Layout>(shape: u32, make: impl FnOnce(Header) -> T) -> Gc<T> {
    let (cell, gc, _) = allocate_raw(size_of::<T>());
    // SAFETY: the cell is free, large enough and aligned to 16 bytes.
    unsafe {
        (cell as *mut T).write(make(Header::new(T::KIND, shape, gc)));
        Gc::from_address(cell as usize)
    }
}

/// Allocates an object whose layout `T` is followed by `tail_bytes` more, not initialised.
///
/// # Safety
/// The caller initialises the tail, as far as `T::trace` reads it, before the next safepoint.
#[inline(always)]
pub(crate) unsafe fn allocate_with_tail<T: Layout>(
    shape: u32,
    tail_bytes: usize,
    make: impl FnOnce(Header) -> T,
) -> Gc<T> {
    // SAFETY: by the contract, which is the same.
    unsafe { allocate_with_room(shape, tail_bytes, |header, _| make(header)) }
}

/// The same with at least `tail_bytes` more; `make` is told how many there are.
///
/// # Safety
/// As above.
#[inline(always)]
pub(crate) unsafe fn allocate_with_room<T: Layout>(
    shape: u32,
    tail_bytes: usize,
    make: impl FnOnce(Header, usize) -> T,
) -> Gc<T> {
    let (cell, gc, bytes) = allocate_raw(size_of::<T>() + tail_bytes);
    // SAFETY: the cell is free, large enough and aligned to 16 bytes.
    unsafe {
        let header = Header::new(T::KIND, shape, gc);
        (cell as *mut T).write(make(header, bytes - size_of::<T>()));
        Gc::from_address(cell as usize)
    }
}

/// The bytes there are for an object of `size` bytes, at least `size`.
pub(crate) fn rounded_size(size: usize) -> usize {
    if size <= SMALL_BYTES_MAX {
        block::size_of_class(block::class_of(size + NUMBER_BYTES)) - NUMBER_BYTES
    } else {
        size
    }
}

/// Gives a large object another size in place of or with a copy of its contents; `None` if the
/// object is not large. The old handle is dead after that, so the caller must own the only one.
pub(crate) fn resize_large<T: Layout>(object: Gc<T>, size: usize) -> Option<Gc<T>> {
    if object.header().gc.get() & GC_LARGE == 0 || size <= SMALL_BYTES_MAX {
        return None;
    }
    // SAFETY: the heap is this thread's own, the object is one of its large ones.
    unsafe {
        let heap = &mut *heap();
        let old = object.address();
        let (new, grown) = heap.large.resize(old, size);
        heap.count_allocation(grown);
        if new != old {
            let grown = heap.grown.iter_mut().map(|(entry, _)| entry);
            for entry in heap.remembered.iter_mut().chain(grown) {
                if *entry as usize == old {
                    *entry = new as *const Header;
                }
            }
        }
        Some(Gc::from_address(new))
    }
}

/// Registers an object whose Rust part is to be dropped with it.
pub(crate) fn register_droppable(header: &Header) {
    // SAFETY: the heap is this thread's own.
    unsafe { (*heap()).droppable_young.push(header) }
}

/// To be called before a value is written into an object: logs an old object, once between two
/// collections.
#[inline(always)]
pub fn barrier(header: &Header) {
    const TOLD: u8 = if cfg!(feature = "revdb") {
        GC_OLD_CLEAN | GC_WATCHED
    } else {
        GC_OLD_CLEAN
    };
    if header.gc.get() & TOLD != 0 {
        remember(header);
    }
}

#[cold]
#[inline(never)]
fn remember(header: &Header) {
    #[cfg(feature = "revdb")]
    if watched::is_watched(header) {
        watched::tell();
        if header.gc.get() & GC_OLD_CLEAN == 0 {
            return;
        }
    }
    let old = GC_OLD_CLEAN | GC_OLD_UNGROWN;
    header.gc.set(header.gc.get() & !old);
    // SAFETY: the heap is this thread's own.
    unsafe { (*heap()).remembered.push(header) }
}

/// In place of [`barrier`] before items are written into storage from place `from` on, where it has
/// held nothing since it was made, or since a write that the barrier was told of.
#[inline(always)]
pub(crate) fn barrier_growing(header: &Header, from: usize) {
    const TOLD: u8 = if cfg!(feature = "revdb") {
        GC_OLD_UNGROWN | GC_WATCHED
    } else {
        GC_OLD_UNGROWN
    };
    if header.gc.get() & TOLD != 0 {
        remember_growing(header, from);
    }
}

#[cold]
#[inline(never)]
fn remember_growing(header: &Header, from: usize) {
    #[cfg(feature = "revdb")]
    if watched::is_watched(header) {
        watched::tell();
        if header.gc.get() & GC_OLD_UNGROWN == 0 {
            return;
        }
    }
    header.gc.set(header.gc.get() & !GC_OLD_UNGROWN);
    // SAFETY: the heap is this thread's own.
    unsafe { (*heap()).grown.push((header, from)) }
}

/// The largest object that lies in a block, in bytes.
pub(crate) const SMALL_BYTES_MAX: usize = block::MAX_SMALL - NUMBER_BYTES;
/// At the end of each cell: room for the object's creation number, where objects have one.
const NUMBER_BYTES: usize = if cfg!(feature = "revdb") { 8 } else { 0 };
/// From a run's cursor to its limit, in bytes.
pub(crate) const RUN_LIMIT: usize = std::mem::offset_of!(Run, limit);

/// Where machine code finds the allocator's run for objects of a size.
pub(crate) fn allocation(bytes: usize) -> crate::layout::Allocation {
    let class = block::class_of(bytes.clamp(1, SMALL_BYTES_MAX) + NUMBER_BYTES);
    // SAFETY: the heap is this thread's own and is never freed while the thread lives.
    let run = unsafe { &raw const (&(*heap()).runs)[class] };
    crate::layout::Allocation {
        run: run as usize,
        cell_bytes: block::size_of_class(class),
        class,
    }
}

/// A fresh cell for a small object, not initialised.
pub(crate) fn allocate_small(bytes: usize) -> usize {
    assert!(bytes <= SMALL_BYTES_MAX);
    allocate_raw(bytes).0 as usize
}

/// A fresh cell of a class, from a fresh run.
pub(crate) fn refill(class: usize) -> usize {
    // SAFETY: the heap is this thread's own; a class outside the table panics.
    unsafe { (*heap()).refill(class) as usize }
}

/// Logs the object at an address that machine code has from a value's word.
pub(crate) fn remember_at(address: usize) {
    // SAFETY: there is an object at the address.
    remember(unsafe { &*(address as *const Header) });
}

/// Logs that the items of a list, whose storage is at an address that machine code has, grow.
pub(crate) fn remember_growing_at(address: usize) {
    // SAFETY: there is an array at the address.
    let storage: Gc<crate::kinds::Array> = unsafe { Gc::from_address(address) };
    remember_growing(storage.header(), storage.end());
}

/// Tells where the native stack begins: called once by a function below which no value lives.
pub fn set_stack_base(base: *const u8) {
    // SAFETY: the heap is this thread's own.
    unsafe { (*heap()).stack_base = base as usize }
}

/// What [`set_stack_base`] was told.
pub(crate) fn stack_base() -> usize {
    // SAFETY: the heap is this thread's own.
    unsafe { (*heap()).stack_base }
}

/// Figures of the heap so far.
pub fn stats() -> HeapStats {
    // SAFETY: the heap is this thread's own.
    unsafe { (*heap()).stats }
}

/// Collects. `roots` marks what the machine itself refers to. To be called at a safepoint only.
/// A minor collection becomes a full one when the heap has grown enough.
#[inline(never)]
pub fn collect(full: bool, roots: &mut dyn FnMut(&mut Marker)) {
    let heap = heap();
    // SAFETY: the heap is this thread's own, and no allocation happens while it is marked.
    unsafe {
        (*heap).collect(full, roots);
        if python_due() {
            (*heap).ask_to_look_up();
        }
    }
}

/// Whether the last collections found something that Python code waits for: an object to be
/// finalised, a weak reference to be told. Safepoints stay requested until that is done.
pub fn python_due() -> bool {
    // SAFETY: the heap is this thread's own.
    unsafe { (*heap()).has_due_finalizers() || crate::weak::has_news() }
}

/// Whether enough was allocated for a collection.
pub fn collection_due() -> bool {
    // SAFETY: the heap is this thread's own.
    unsafe { (*heap()).is_due() }
}

/// The machine runs what waited.
pub fn python_done() {
    crate::weak::clear_news();
}

/// The live objects of one kind, for `gc.get_objects` and for tests.
pub fn count_objects(kind: Kind) -> usize {
    let mut count = 0;
    // SAFETY: the heap is this thread's own; allocated cells hold objects.
    unsafe {
        (*heap()).retire_runs();
        (*heap()).blocks.for_each_object(|address| {
            count += usize::from((*(address as *const Header)).kind() == kind);
        });
        (*heap()).large.for_each_object(|address| {
            count += usize::from((*(address as *const Header)).kind() == kind);
        });
    }
    count
}

/// Whether objects of a kind refer to others and can be seen by programs.
pub fn is_container(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Tuple
            | Kind::List
            | Kind::Dict
            | Kind::Set
            | Kind::FrozenSet
            | Kind::Instance
            | Kind::Function
            | Kind::BoundMethod
            | Kind::Class
            | Kind::Module
            | Kind::Exception
            | Kind::Generator
            | Kind::Wrapper
    )
}

/// Overwrites what earlier calls have left in so many words of the native stack below the caller's frame,
/// where a collection would find it between what later calls write.
#[inline(never)]
pub fn forget_stack_below<const WORDS: usize>() {
    let mut room = [0usize; WORDS];
    std::hint::black_box(&mut room);
}

/// Has the next collection count the containers that it frees.
pub fn count_next_dead() {
    // SAFETY: the heap is this thread's own.
    unsafe { (*heap()).counts_dead = true }
}

/// The containers that the last collection freed that was to count them.
pub fn counted_dead() -> usize {
    // SAFETY: the heap is this thread's own.
    unsafe { (*heap()).dead }
}

/// The live objects that refer to others and that programs can see, for `gc.get_objects`.
pub fn containers() -> Vec<crate::value::Value> {
    let mut found = Vec::new();
    let mut look = |address: usize| {
        // SAFETY: allocated cells hold objects.
        let kind = unsafe { (*(address as *const Header)).kind() };
        if is_container(kind) {
            found.push(crate::value::Value::from_address(address));
        }
    };
    // SAFETY: the heap is this thread's own.
    unsafe {
        (*heap()).retire_runs();
        (*heap()).blocks.for_each_object(&mut look);
        (*heap()).large.for_each_object(&mut look);
    }
    found
}

/// Calls `f` with every code object in the heap.
pub fn for_each_code(f: &mut dyn FnMut(Gc<crate::kinds::CodeObject>)) {
    // SAFETY: the heap is this thread's own; allocated cells hold objects, and `f` does not
    // allocate. Code objects are small enough to be in blocks.
    unsafe {
        (*heap()).retire_runs();
        (*heap()).blocks.for_each_object(|address| {
            if (*(address as *const Header)).kind() == Kind::Code {
                f(Gc::from_address(address));
            }
        });
    }
}

impl Heap {
    fn ask_to_look_up(&self) {
        self.look_up.store(true, Ordering::Relaxed);
    }

    fn count_allocation(&mut self, bytes: usize) {
        self.stats.allocated_bytes += bytes as u64;
        self.since_collection += bytes;
        self.ask_if_due();
    }

    fn is_due(&self) -> bool {
        self.since_collection >= NURSERY_BYTES || outside::held() > self.full_held
    }

    fn ask_if_due(&self) {
        if self.is_due() {
            self.ask_to_look_up();
        }
    }

    #[cold]
    #[inline(never)]
    fn refill(&mut self, class: usize) -> *mut u8 {
        let run = self.blocks.next_run(class);
        self.count_allocation(run.limit - run.cursor);
        self.runs[class] = run;
        let cell = run.cursor;
        self.runs[class].cursor += run.cell_size;
        cell as *mut u8
    }

    #[cold]
    #[inline(never)]
    fn allocate_large(&mut self, size: usize) -> *mut u8 {
        self.count_allocation(size);
        self.large.allocate(size)
    }

    /// Gives back the rest of each allocator run, so that *allocated* bits are exact.
    fn retire_runs(&mut self) {
        for run in &mut self.runs {
            if run.cursor < run.limit {
                Block::of(run.cursor).release(run.cursor, run.limit);
            }
            *run = Run::EMPTY;
        }
        self.blocks.rewind();
    }

    fn collect(&mut self, full: bool, roots: &mut dyn FnMut(&mut Marker)) {
        self.retire_runs();
        let full = full
            || self.stats.live_bytes + self.since_collection > self.full_threshold
            || outside::held() > self.full_held
            || self.blocks.bytes_in_use() > self.full_blocks;
        let pending = std::mem::take(&mut self.pending);
        let mut marker = Marker::new(pending, &self.blocks, &self.large);
        #[cfg(feature = "revdb")]
        watched::note(self);
        if full {
            self.blocks.clear_marks();
            self.large.clear_marks();
            self.remembered.clear();
            self.grown.clear();
        }
        // Before the others, which may be among them, count as clean again.
        for (header, from) in self.grown.drain(..) {
            marker.rescan_from(header, from);
        }
        for header in self.remembered.drain(..) {
            marker.rescan(header);
        }
        roots(&mut marker);
        marker.mark_native_stack(self.stack_base);
        marker.drain();
        crate::intern::trace(&mut marker, full);
        marker.drain();
        #[cfg(feature = "revdb")]
        {
            crate::weak::trace(&mut marker);
            deaths::keep_dictated(&self.finalizers, &mut marker);
            watched::trace(&mut marker);
        }
        self.keep_finalizable(full, &mut marker);
        self.pending = marker.into_stack();
        if std::mem::take(&mut self.counts_dead) {
            self.count_dead();
        }
        self.drop_dead(full);
        crate::kinds::sweep_classes(|header| self.is_marked(header));
        crate::weak::sweep(full, |header| self.is_marked(header));
        if full {
            crate::shape::sweep(|header| self.is_marked(header));
        }
        let live = self.blocks.sweep(full) + self.large.sweep();
        self.stats.live_bytes = live;
        self.stats.peak_live_bytes = self.stats.peak_live_bytes.max(live);
        self.since_collection = 0;
        if full {
            self.stats.full_collections += 1;
            self.full_threshold = FULL_MIN_BYTES.max(live + live / 2 + NURSERY_BYTES);
            let blocks = self.blocks.bytes_in_use();
            self.full_blocks = FULL_MIN_BLOCK_BYTES.max(blocks + blocks / 2 + NURSERY_BYTES);
            self.full_held = FULL_MIN_HELD_BYTES.max(2 * outside::held());
        } else {
            self.stats.minor_collections += 1;
        }
    }

    fn is_marked(&self, header: &Header) -> bool {
        if header.gc.get() & GC_LARGE != 0 {
            self.large.is_marked(header.address())
        } else {
            Block::of(header.address()).is_marked(header.address())
        }
    }

    fn count_dead(&mut self) {
        let mut dead = 0;
        let mut look = |address: usize| {
            // SAFETY: what is allocated and not yet swept is an object.
            let kind = unsafe { (*(address as *const Header)).kind() };
            dead += usize::from(is_container(kind));
        };
        self.blocks.for_each_dead(&mut look);
        self.large.for_each_dead(&mut look);
        self.dead = dead;
    }

    fn drop_dead(&mut self, full: bool) {
        let mut young = std::mem::take(&mut self.droppable_young);
        let mut old = std::mem::take(&mut self.droppable_old);
        let mut dead = std::mem::take(&mut self.dropping);
        // SAFETY: the lists hold addresses of objects whose memory is not reused before `sweep`.
        unsafe {
            if full {
                old.retain(|&h| {
                    let live = self.is_marked(&*h);
                    if !live {
                        dead.push(h);
                    }
                    live
                });
            }
            for h in young.drain(..) {
                if self.is_marked(&*h) {
                    old.push(h);
                } else {
                    dead.push(h);
                }
            }
            for h in dead.drain(..) {
                crate::kinds::drop_payload(&*h);
            }
        }
        self.dropping = dead;
        self.droppable_old = old;
        self.droppable_young = young;
    }
}

#[cfg(test)]
mod tests;
