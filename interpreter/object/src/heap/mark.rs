//! Marking: a stack of objects whose contents are still to be visited.

use super::block::{Block, Blocks};
use super::large::LargeSpace;
use crate::header::{GC_LARGE, GC_OLD_CLEAN, GC_OLD_UNGROWN, Header, Kind, Slot, trace_object};
use crate::kinds::{Array, Entries};
use crate::value::Value;

unsafe extern "C" {
    /// The C library has it on every target; the crate `libc` leaves it out for riscv64.
    fn getcontext(context: *mut libc::ucontext_t) -> libc::c_int;
}

/// What an object has that survived a collection.
const OLD: u8 = GC_OLD_CLEAN | GC_OLD_UNGROWN;

/// Visits values during a collection.
pub struct Marker {
    pending: Vec<*const Header>,
    /// What many objects refer to and was marked last.
    common: Value,
    blocks: *const Blocks,
    large: *mut LargeSpace,
}

impl Marker {
    /// A marker whose stack is in the memory of an earlier one's.
    pub(super) fn new(pending: Vec<*const Header>, blocks: &Blocks, large: &LargeSpace) -> Marker {
        // The marker lives within one collection, during which the heap's owner does not touch
        // the large objects.
        Marker {
            pending,
            common: Value::UNBOUND,
            blocks,
            large: large as *const LargeSpace as *mut LargeSpace,
        }
    }

    /// The memory of the stack, for the next marker, up to a bound.
    pub(super) fn into_stack(self) -> Vec<*const Header> {
        const KEPT: usize = 128 << 10;
        let mut stack = self.pending;
        stack.clear();
        stack.shrink_to(KEPT);
        stack
    }

    /// The objects that were marked and whose contents are still to be visited.
    pub(super) fn marked(&self) -> &[*const Header] {
        &self.pending
    }

    /// Marks a value and, in time, what it refers to.
    #[inline(always)]
    pub fn visit(&mut self, value: Value) {
        if let Some(header) = value.header() {
            self.mark(header);
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

    /// Marks the value of a field.
    #[inline(always)]
    pub fn field(&mut self, slot: &Slot) {
        self.visit(slot.get());
    }

    #[inline]
    fn mark(&mut self, header: &Header) {
        let fresh = if header.gc.get() & GC_LARGE != 0 {
            // SAFETY: see `new`.
            unsafe { (*self.large).mark(header.address()) }
        } else {
            Block::of(header.address()).mark(header.address())
        };
        if fresh {
            if header.gc.get() & OLD != OLD {
                header.gc.set(header.gc.get() | OLD);
            }
            self.pending.push(header);
        }
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

    pub(super) fn drain(&mut self) {
        while let Some(header) = self.pending.pop() {
            // SAFETY: pending objects are marked, hence not freed.
            trace_object(unsafe { &*header }, self);
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
            // SAFETY: both tables give addresses of objects.
            self.mark(unsafe { &*(address as *const Header) });
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
        let mut at = context.as_ptr() as usize & !(size_of::<usize>() - 1);
        while at < base {
            // SAFETY: between here and `base` lies this thread's stack, which is mapped; its
            // words are read as plain integers.
            let word = unsafe { (at as *const usize).read_volatile() };
            self.visit_word(word);
            at += size_of::<usize>();
        }
        std::hint::black_box(&context);
    }
}
