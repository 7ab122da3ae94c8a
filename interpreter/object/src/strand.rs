//! Strands: native stacks beside the one that the machine began on, of which one runs at a time.
//!
//! A thread of a program is a strand, so that what all of this crate takes for granted stays true: one
//! system thread runs the machine, and between two safepoints nothing else happens. Going from one strand to
//! another is a call that comes back when someone goes to the first one again. It is the C library's
//! (`swapcontext`), which every target has.

use crate::heap::{self, Marker};
use std::cell::Cell;
use std::io;

unsafe extern "C" {
    // The crate `libc` leaves them out for riscv64.
    fn getcontext(context: *mut libc::ucontext_t) -> libc::c_int;
    fn makecontext(context: *mut libc::ucontext_t, begin: extern "C" fn(), count: libc::c_int, ...);
    fn swapcontext(from: *mut libc::ucontext_t, to: *const libc::ucontext_t) -> libc::c_int;
}

/// Address space for a strand's stack; memory is committed as it is first touched.
const STACK_BYTES: usize = 256 << 20;
/// At the end of a stack, where nothing may be touched.
const GUARD_BYTES: usize = 64 << 10;
/// What lies below the last variable whose address is known: what the compiler keeps of a function's own,
/// and what a target lets functions use below their stacks.
const BELOW_BYTES: usize = 4096;

/// The strands of a machine. The first is the one that it began on.
pub struct Strands {
    all: Vec<Option<Box<Strand>>>,
    running: usize,
}

struct Strand {
    /// Where it goes on; good while it does not run.
    context: libc::ucontext_t,
    /// None for the first.
    room: Option<Room>,
    /// Above all values that are on its stack.
    base: usize,
    /// Below all values that are on its stack; good while it does not run. 0: it has not begun.
    low: usize,
}

/// Where a strand goes on, in its box.
type Context = *mut libc::ucontext_t;

/// A native stack.
struct Room(*mut libc::c_void);

impl Room {
    fn new() -> io::Result<Room> {
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
        let rights = libc::PROT_READ | libc::PROT_WRITE;
        // SAFETY: an anonymous private mapping at an address of the system's choice, whose lowest
        // pages are then forbidden.
        unsafe {
            let low = libc::mmap(std::ptr::null_mut(), STACK_BYTES, rights, flags, -1, 0);
            if low == libc::MAP_FAILED {
                return Err(io::Error::last_os_error());
            }
            let room = Room(low);
            match libc::mprotect(low, GUARD_BYTES, libc::PROT_NONE) {
                0 => Ok(room),
                _ => Err(io::Error::last_os_error()),
            }
        }
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        // SAFETY: `new` made the mapping with this size; nothing runs on it.
        unsafe { libc::munmap(self.0, STACK_BYTES) };
    }
}

impl Strand {
    fn new(room: Option<Room>, base: usize) -> Box<Strand> {
        // SAFETY: a structure of integers and pointers, for which zero is a value.
        let context = unsafe { std::mem::zeroed() };
        Box::new(Strand {
            context,
            room,
            base,
            low: 0,
        })
    }

    fn trace(&self, marker: &mut Marker) {
        if self.low == 0 {
            return;
        }
        marker.visit_context(&self.context);
        // SAFETY: the part of a mapped stack that is in use.
        unsafe { marker.visit_memory(self.low, self.base) };
    }
}

/// What a new strand begins with.
#[derive(Clone, Copy)]
struct Beginning {
    machine: *mut (),
    begin: *const (),
}

thread_local! {
    static BEGINNING: Cell<Option<Beginning>> = const { Cell::new(None) };
}

impl Default for Strands {
    fn default() -> Strands {
        Strands {
            all: vec![Some(Strand::new(None, heap::stack_base()))],
            running: 0,
        }
    }
}

impl Strands {
    /// The number of a new strand.
    ///
    /// # Errors
    /// The system has no room for its stack.
    pub fn add(&mut self) -> io::Result<usize> {
        let room = Room::new()?;
        let base = room.0 as usize + STACK_BYTES;
        let strand = Some(Strand::new(Some(room), base));
        if let Some(free) = self.all.iter().position(Option::is_none) {
            self.all[free] = strand;
            return Ok(free);
        }
        self.all.push(strand);
        Ok(self.all.len() - 1)
    }

    /// Gives a strand's stack back, on which nothing is waited for any more.
    pub fn remove(&mut self, number: usize) {
        assert!(number != self.running && number != 0);
        self.all[number] = None;
    }

    /// Nothing ever goes on with the others: a copy of the process has the running strand alone.
    pub fn forget_others(&mut self) {
        for number in (0..self.all.len()).filter(|&number| number != self.running) {
            match (number, &mut self.all[number]) {
                // Its stack is the system's.
                (0, Some(first)) => first.low = 0,
                (_, other) => *other = None,
            }
        }
    }

    /// Another strand than the running one, whose stack is in use down to `low`, is the running one from now
    /// on: the contexts of both, and whether the other has yet to begin.
    fn exchange(&mut self, number: usize, low: usize) -> Option<(Context, Context, bool)> {
        if number == self.running || self.all.get(number)?.is_none() {
            return None;
        }
        let from = self.all[self.running].as_mut()?;
        from.low = low;
        let from = &raw mut from.context;
        let to = self.all[number].as_mut()?;
        self.running = number;
        heap::set_stack_base(to.base as *const u8);
        let is_new = to.low == 0;
        if is_new {
            let room = to.room.as_ref()?;
            // SAFETY: it fills the structure with what this thread has, for a new one to differ from.
            unsafe { getcontext(&raw mut to.context) };
            to.context.uc_stack.ss_sp = room.0.wrapping_byte_add(GUARD_BYTES);
            to.context.uc_stack.ss_size = STACK_BYTES - GUARD_BYTES;
            to.context.uc_link = std::ptr::null_mut();
            to.low = to.base;
        }
        Some((from, &raw mut to.context, is_new))
    }

    /// Visits what lies on the stacks of those that do not run.
    pub fn trace(&self, marker: &mut Marker) {
        for (number, strand) in self.all.iter().enumerate() {
            if let Some(strand) = strand
                && number != self.running
            {
                strand.trace(marker);
            }
        }
    }
}

/// Leaves the running strand and goes on with another one, which begins with `begin` if it is new. Comes back
/// when someone goes to the one that is left. All strands are of the same machine, which is lent to
/// the other one meanwhile. `begin` must not return.
#[inline(never)]
pub fn go_to<T>(
    machine: &mut T,
    strands: impl Fn(&mut T) -> Option<&mut Strands>,
    number: usize,
    begin: fn(&mut T),
) {
    let Some(own) = strands(machine) else { return };
    let here = 0u8;
    let low = (&raw const here as usize - BELOW_BYTES) & !(size_of::<usize>() - 1);
    let Some((from, to, is_new)) = own.exchange(number, low) else {
        return;
    };
    if is_new {
        // SAFETY: the context is that of a strand with a stack of its own, on which nothing has run.
        unsafe { makecontext(to, enter::<T>, 0) };
        BEGINNING.set(Some(Beginning {
            machine: &raw mut *machine as *mut (),
            begin: begin as *const (),
        }));
    }
    // SAFETY: both contexts lie in boxes that stay where they are. `to` was left here or has just been
    // made. Whoever goes on there has the machine to himself until this call returns.
    unsafe { swapcontext(from, to) };
    std::hint::black_box(&here);
}

/// Where a new strand begins.
extern "C" fn enter<T>() {
    if let Some(beginning) = BEGINNING.take() {
        // SAFETY: `go_to` has put them there for the strand that begins, from a function of this type and
        // the machine that it lends.
        let (begin, machine) = unsafe {
            (
                std::mem::transmute::<*const (), fn(&mut T)>(beginning.begin),
                &mut *(beginning.machine as *mut T),
            )
        };
        begin(machine);
    }
    // There is nowhere to return to.
    // SAFETY: it has no requirements.
    unsafe { libc::abort() };
}
