//! Where the records of calls in progress lie: one array that never moves, and a pointer to its
//! last record.
//!
//! A vector would be as good a stack, but its records are found through address, length and a
//! multiplication, they move as it grows, and a push has to be ready for that. Here the running
//! frame's record is one load away or, in the dispatch loop, a local variable; opening a frame is
//! one comparison, the record's own stores and one store of the pointer, which machine code can do
//! as well (`layout`). The array is a reservation: memory is committed by the system as it is
//! first touched.
//!
//! Record number 0 is never a frame: it is what the pointer names while no call is in progress, so
//! that the frame below another always has an address.

use crate::frame::Frame;
use std::ops::{Deref, DerefMut};

/// As many frames as there is room for, whatever the recursion limit says: 256 MiB of address
/// space.
const CAPACITY_FRAMES: usize = 1 << 22;
/// Frames at the end that the limit never allows: a trace's exit opens all of its own at once.
const MARGIN_FRAMES: usize = 256;

/// The calls in progress, as a slice of frames: the running one is the last.
#[repr(C)]
pub struct Frames {
    /// The running frame's record.
    pub(crate) top: *mut Frame,
    /// Where `top` may not go on from: the record of the last frame that the limit allows.
    pub(crate) last: *mut Frame,
    base: *mut Frame,
}

impl Frames {
    /// Room for frames, of which at first `limit` may be open at a time.
    pub fn new(limit: usize) -> std::io::Result<Frames> {
        let base = crate::stack::reserve(CAPACITY_FRAMES * size_of::<Frame>())? as *mut Frame;
        let mut frames = Frames {
            top: base,
            last: base,
            base,
        };
        frames.set_limit(limit);
        Ok(frames)
    }

    /// Lets so many frames be open at a time, or as many as there is room for.
    pub fn set_limit(&mut self, frames: usize) {
        let most = frames.min(CAPACITY_FRAMES - MARGIN_FRAMES);
        // SAFETY: the record is within the reservation.
        self.last = unsafe { self.base.add(most) };
    }

    /// Whether the limit allows no other frame.
    #[inline(always)]
    pub fn is_full(&self) -> bool {
        self.top >= self.last
    }

    /// Whether the limit leaves no room for `more` frames.
    pub fn is_full_after(&self, more: usize) -> bool {
        self.top as usize + more * size_of::<Frame>() >= self.last as usize
    }

    /// Opens a frame above the running one. The caller has looked whether there is room.
    #[inline(always)]
    pub fn push(&mut self, frame: Frame) {
        debug_assert!(self.len() < CAPACITY_FRAMES - 1);
        // SAFETY: `is_full` was asked, and behind `last` there is a margin. A limit that was
        // lowered below the frames that are open is tested against by address, so it holds too.
        unsafe {
            self.top = self.top.add(1);
            self.top.write(frame);
        }
    }

    /// Takes the last frame off, which there is. Its record keeps its content until another is pushed.
    #[inline(always)]
    pub fn drop_top(&mut self) {
        debug_assert!(self.top != self.base);
        // SAFETY: there is a frame, so the record below is in the array too.
        self.top = unsafe { self.top.sub(1) };
    }

    /// Takes all frames off but the first `count`.
    pub fn truncate(&mut self, count: usize) {
        if count < self.len() {
            // SAFETY: fewer frames than there are.
            self.top = unsafe { self.base.add(count) };
        }
    }

    /// The running frame, to be held while it runs.
    #[inline(always)]
    pub fn top(&self) -> Top {
        Top(self.top)
    }

    /// The number of the frame whose record lies at an address.
    pub fn number_at(&self, record: usize) -> usize {
        (record - self.base as usize) / size_of::<Frame>() - 1
    }

    /// The address of the pointer to the running frame's record, followed by the address of the
    /// record that the limit allows as the last.
    pub fn words(&self) -> *const usize {
        &raw const self.top as *const usize
    }
}

impl Deref for Frames {
    type Target = [Frame];

    #[inline(always)]
    fn deref(&self) -> &[Frame] {
        let bytes = self.top as usize - self.base as usize;
        // SAFETY: the records from number 1 to `top` were pushed.
        unsafe { std::slice::from_raw_parts(self.base.add(1), bytes / size_of::<Frame>()) }
    }
}

impl DerefMut for Frames {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [Frame] {
        let bytes = self.top as usize - self.base as usize;
        // SAFETY: as above, and the records are borrowed with the array.
        unsafe { std::slice::from_raw_parts_mut(self.base.add(1), bytes / size_of::<Frame>()) }
    }
}

impl Drop for Frames {
    fn drop(&mut self) {
        // SAFETY: `new` made the reservation with this size.
        unsafe { crate::stack::release(self.base as *mut _, CAPACITY_FRAMES * size_of::<Frame>()) };
    }
}

/// The record of the running frame, as the dispatch loop holds it: good until a frame is pushed, and
/// harmless after, since records stay where they are. A record that has just been written, field by
/// field, is better read by its fields than copied: wide loads wait until the stores have retired.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct Top(*mut Frame);

impl Top {
    /// The record as it is now.
    #[inline(always)]
    pub fn get(self) -> Frame {
        // SAFETY: the loop runs a frame, so one was pushed here; the memory stays mapped while the
        // machine lives.
        unsafe { *self.0 }
    }

    /// The window above the frame's registers.
    #[inline(always)]
    pub fn above(self) -> crate::Regs {
        let frame = self.get();
        frame.base.advance(frame.code.registers as usize)
    }

    /// The instruction that is being executed.
    #[inline(always)]
    pub fn op(self) -> bytecode::Instr {
        self.get().pc.offset(-1).fetch()
    }

    /// Moves the place where the frame goes on, by so many instructions.
    #[inline(always)]
    pub fn jump(self, distance: isize) {
        self.set_pc(self.get().pc.offset(distance));
    }

    /// Writes the place where the frame goes on.
    #[inline(always)]
    pub fn set_pc(self, pc: crate::CodePointer) {
        // SAFETY: as for `get`; no reference to the record is held while the loop runs.
        unsafe { (*self.0).pc = pc }
    }
}
