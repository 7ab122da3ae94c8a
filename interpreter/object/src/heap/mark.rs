//! Marking: a stack of objects that are still to be reached.
//!
//! Most of what a collection does is to wait: an object that survives is looked at once, and in a
//! heap that is larger than a cache that is a miss. So nothing looks at an object when a reference
//! to it is found. The reference goes on the stack; what comes off it first goes through a short
//! queue, whose length is the time that the processor has to fetch the object's header; and only
//! what leaves the queue is marked and, if no one was there before, visited. Both at once: an object
//! that was marked on one walk through a list and visited on another would be fetched twice.
//!
//! The price is that the stack holds references and not objects, to one object as many as there
//! are. Beyond a length that no ordinary heap needs, objects are therefore marked before they are
//! put there, and there is one entry for each again. Long storage is not copied to the stack at all:
//! it is walked through when the stack is empty, in its order, which mostly is that of the objects
//! in memory.

use super::block::{Block, Blocks};
use super::large::LargeSpace;
use crate::header::{GC_LARGE, GC_OLD_CLEAN, GC_OLD_UNGROWN, Header, Kind, Slot, trace_object};
use crate::kinds::{Array, Entries, Instance};
use crate::value::Value;
use std::ops::Range;

unsafe extern "C" {
    /// The C library has it on every target; the crate `libc` leaves it out for riscv64.
    fn getcontext(context: *mut libc::ucontext_t) -> libc::c_int;
}

/// What an object has that survived a collection.
const OLD: u8 = GC_OLD_CLEAN | GC_OLD_UNGROWN;

/// How many objects are being fetched at a time.
const QUEUE: usize = 8;
/// Entries of the stack from which on objects are marked first, and for which memory is kept.
const LONG: usize = 128 << 10;
/// In an entry of the stack, which is an object's address: the object has been marked.
const MARKED: usize = 1;
/// From so many items on, storage is walked through where it is, and so many at a time.
const STRETCH: usize = 64;

/// Asks the processor for the line of memory that an address is in.
#[inline(always)]
fn fetch(address: usize) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a hint, which does nothing for an address that is not mapped.
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(address as *const i8);
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = address;
}

/// Items of a list or tuple that are yet to be visited.
struct Stretch {
    next: *const Slot,
    end: *const Slot,
}

/// Visits values during a collection.
pub struct Marker {
    pending: Vec<usize>,
    stretches: Vec<Stretch>,
    /// Everything goes on the stack, for one who looks at that.
    stacks_all: bool,
    /// What was taken from the stack last, in a ring; 0: nothing.
    queue: [usize; QUEUE],
    oldest: usize,
    /// What many objects refer to and was marked last.
    common: Value,
    /// The shape of the last instance, whose class has been visited, and how many words its attributes take.
    last_shape: (u32, u16),
    blocks: *const Blocks,
    large: *mut LargeSpace,
}

impl Marker {
    /// A marker whose stack is in the memory of an earlier one's.
    pub(super) fn new(pending: Vec<usize>, blocks: &Blocks, large: &LargeSpace) -> Marker {
        // The marker lives within one collection, during which the heap's owner does not touch
        // the large objects.
        Marker {
            pending,
            stretches: Vec::new(),
            stacks_all: false,
            queue: [0; QUEUE],
            oldest: 0,
            common: Value::UNBOUND,
            last_shape: (u32::MAX, 0),
            blocks,
            large: large as *const LargeSpace as *mut LargeSpace,
        }
    }

    /// A marker for one who looks at what is put off.
    pub(super) fn for_looking(pending: Vec<usize>, blocks: &Blocks, large: &LargeSpace) -> Marker {
        let mut marker = Marker::new(pending, blocks, large);
        marker.stacks_all = true;
        marker
    }

    /// The memory of the stack, for the next marker, up to a bound.
    pub(super) fn into_stack(self) -> Vec<usize> {
        assert!(self.pending.is_empty() && self.stretches.is_empty());
        assert!(self.queue == [0; QUEUE]);
        let mut stack = self.pending;
        stack.clear();
        stack.shrink_to(LONG);
        stack
    }

    /// For one who looks at what was put off instead of draining it: the object that entry number
    /// `at` leads to, which is marked now, and whether it is the first that does.
    pub(super) fn look_at(&mut self, at: usize) -> Option<(&'static Header, bool)> {
        let entry = *self.pending.get(at)?;
        // SAFETY: references lead to objects, which are not freed as long as the marker lives.
        let header = unsafe { &*((entry & !MARKED) as *const Header) };
        Some((
            header,
            entry & MARKED != 0 || Self::mark(self.large, header),
        ))
    }

    /// Drops what was put off.
    pub(super) fn forget(&mut self) {
        self.pending.clear();
    }

    /// Marks a value and what it refers to, in time: at the latest when all is drained.
    #[inline(always)]
    pub fn visit(&mut self, value: Value) {
        if value.is_object() {
            self.put_off(value.address());
        }
    }

    #[inline(always)]
    fn put_off(&mut self, address: usize) {
        if self.pending.len() < LONG {
            self.pending.push(address);
        } else {
            self.put_off_marked(address);
        }
    }

    #[cold]
    #[inline(never)]
    fn put_off_marked(&mut self, address: usize) {
        // SAFETY: references lead to objects.
        if Self::mark(self.large, unsafe { &*(address as *const Header) }) {
            self.pending.push(address | MARKED);
        }
    }

    /// Marks a value to which many objects refer that are visited one after the other, as objects
    /// do to their class.
    #[inline(always)]
    pub fn visit_common(&mut self, value: Value) {
        if value.bits() != self.common.bits() {
            self.common = value;
            self.visit(value);
        }
    }

    /// How many words instances of a shape have, if the last one was of that shape: its class is
    /// visited then.
    #[inline(always)]
    pub(crate) fn words_of(&self, shape: u32) -> Option<u16> {
        (self.last_shape.0 == shape).then_some(self.last_shape.1)
    }

    #[inline(always)]
    pub(crate) fn note_words(&mut self, shape: u32, words: u16) {
        self.last_shape = (shape, words);
    }

    /// Marks the values of a list's or tuple's items.
    #[inline(always)]
    pub(crate) fn items(&mut self, items: &[Slot]) {
        if items.len() < STRETCH || self.stacks_all {
            for item in items {
                self.field(item);
            }
        } else {
            let Range { start, end } = items.as_ptr_range();
            self.stretches.push(Stretch { next: start, end });
        }
    }

    /// Marks the value of a field.
    #[inline(always)]
    pub fn field(&mut self, slot: &Slot) {
        self.visit(slot.get());
    }

    /// Marks an object; whether it was not before.
    #[inline(always)]
    fn mark(large: *mut LargeSpace, header: &Header) -> bool {
        let fresh = if header.gc.get() & GC_LARGE != 0 {
            // SAFETY: see `new`.
            unsafe { (*large).mark(header.address()) }
        } else {
            Block::of(header.address()).mark(header.address())
        };
        if fresh && header.gc.get() & OLD != OLD {
            header.gc.set(header.gc.get() | OLD);
        }
        fresh
    }

    /// Visits the contents of an old object that was written to.
    pub(super) fn rescan(&mut self, header: *const Header) {
        // SAFETY: remembered objects are old, hence marked, hence not freed.
        let header = unsafe { &*header };
        header.gc.set(header.gc.get() | OLD);
        trace_object(header, self);
    }

    /// Visits what an old object has got from an item on, unless all of it is to be visited.
    pub(super) fn rescan_from(&mut self, header: *const Header, from: usize) {
        // SAFETY: as above.
        let header = unsafe { &*header };
        if header.gc.get() & GC_OLD_CLEAN == 0 {
            return;
        }
        header.gc.set(header.gc.get() | OLD);
        // SAFETY: the kind says what the layout is.
        unsafe {
            match header.kind() {
                Kind::Array => (*(header as *const Header as *const Array)).trace_from(from, self),
                Kind::Entries => {
                    (*(header as *const Header as *const Entries)).trace_from(from, self);
                }
                _ => trace_object(header, self),
            }
        }
    }

    /// Marks all that was put off, and what it refers to.
    pub(super) fn drain(&mut self) {
        loop {
            while let Some(entering) = self.pending.pop() {
                fetch(entering);
                self.pass(entering);
            }
            if self.walk() {
                continue;
            }
            // What is left in the queue may itself put something off.
            let mut empty = 0;
            while self.pending.is_empty() && self.stretches.is_empty() {
                if empty == QUEUE {
                    return;
                }
                self.pass(0);
                empty += 1;
            }
        }
    }

    /// Goes on a little in the storage that was met last; false: there is none.
    #[inline(never)]
    fn walk(&mut self) -> bool {
        let Some(stretch) = self.stretches.last_mut() else {
            return false;
        };
        let next = stretch.next;
        // SAFETY: both lie in the same storage, which nobody writes to meanwhile.
        let count = STRETCH.min(unsafe { stretch.end.offset_from_unsigned(next) });
        // SAFETY: as above.
        stretch.next = unsafe { next.add(count) };
        if stretch.next == stretch.end {
            self.stretches.pop();
        }
        // SAFETY: as above.
        for item in unsafe { std::slice::from_raw_parts(next, count) } {
            let value = item.get();
            if value.is_object() {
                fetch(value.address());
                self.pass(value.address());
            }
        }
        true
    }

    /// Lets an entry into the queue, and reaches what leaves it.
    #[inline(always)]
    fn pass(&mut self, entering: usize) {
        let leaving = std::mem::replace(&mut self.queue[self.oldest], entering);
        self.oldest = (self.oldest + 1) % QUEUE;
        if leaving != 0 {
            self.reach(leaving);
        }
    }

    #[inline(always)]
    fn reach(&mut self, entry: usize) {
        // SAFETY: references lead to objects, and what is reachable is not freed meanwhile.
        let header = unsafe { &*((entry & !MARKED) as *const Header) };
        if entry & MARKED == 0 && !Self::mark(self.large, header) {
            return;
        }
        // Objects of one class mostly come together.
        match self.words_of(header.shape.get()) {
            // SAFETY: only instances have such shapes.
            Some(words) => unsafe {
                (*(header as *const Header as *const Instance)).trace_words(words, self);
            },
            None => trace_object(header, self),
        }
    }

    /// Marks the object that a word may point into, if it does.
    #[inline]
    pub fn visit_word(&mut self, word: usize) {
        // SAFETY: see `new`.
        let found = unsafe {
            (*self.blocks)
                .find(word)
                .or_else(|| (*self.large).find(word))
        };
        if let Some(address) = found {
            self.put_off(address);
        }
    }

    /// Marks what words that may be stale refer to: registers above the live ones of a frame,
    /// for instance.
    pub fn visit_words(&mut self, words: &[Value]) {
        for word in words {
            if word.is_object() {
                self.visit_word(word.address());
            }
        }
    }

    /// Marks what the native stack and the registers may refer to.
    #[inline(never)]
    pub(super) fn mark_native_stack(&mut self, base: usize) {
        if base == 0 {
            return;
        }
        let mut context = std::mem::MaybeUninit::<libc::ucontext_t>::zeroed();
        // SAFETY: `getcontext` fills the structure with this thread's registers, among them
        // those that callers of this function have left values in.
        unsafe { getcontext(context.as_mut_ptr()) };
        // SAFETY: zeros and what `getcontext` wrote make a context.
        let context = unsafe { context.assume_init_ref() };
        self.visit_context(context);
        let end = (&raw const *context).wrapping_add(1);
        // SAFETY: between here and `base` lies this thread's stack, which is mapped.
        unsafe { self.visit_memory(end as usize, base) };
        std::hint::black_box(context);
    }

    /// Marks what registers that the C library has saved may refer to.
    pub(crate) fn visit_context(&mut self, context: &libc::ucontext_t) {
        let saved = (&raw const *context) as usize;
        let mut from = saved;
        // SAFETY: the words of a structure, without some.
        unsafe {
            for left_out in super::registers::not_preserved(context) {
                if !left_out.is_empty() {
                    self.visit_memory(from, left_out.start);
                    from = left_out.end;
                }
            }
            self.visit_memory(from, saved + size_of_val(context));
        }
    }

    /// Marks what the words of a native stack, or of saved registers, may refer to.
    ///
    /// # Safety
    /// The memory is mapped. `at` is a word's address.
    pub(crate) unsafe fn visit_memory(&mut self, mut at: usize, end: usize) {
        while at < end {
            // SAFETY: as the caller promises; words are read as plain integers.
            let word = unsafe { (at as *const usize).read_volatile() };
            self.visit_word(word);
            at += size_of::<usize>();
        }
    }
}
