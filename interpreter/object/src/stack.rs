//! The register stack of the virtual machine: one contiguous reservation of words on which the
//! frames of all calls are windows.
//!
//! The reservation never moves, so windows can be held as plain pointers ([`Regs`]) and lent to
//! native functions as slices. Memory is committed by the system as it is first touched.

use crate::value::Value;

/// The machine's registers.
pub struct Stack {
    base: *mut Value,
    end: *mut Value,
    capacity: usize,
}

impl Stack {
    /// Reserves room for `capacity` registers.
    pub fn new(capacity: usize) -> std::io::Result<Stack> {
        let base = reserve(capacity * size_of::<Value>())? as *mut Value;
        Ok(Stack {
            base,
            end: base.wrapping_add(capacity),
            capacity,
        })
    }

    /// The window whose first register is number `at`.
    #[inline(always)]
    pub fn window(&self, at: usize) -> Regs {
        debug_assert!(at <= self.capacity);
        // SAFETY: `at` is within the reservation.
        Regs(unsafe { self.base.add(at) })
    }

    /// The number of a window's first register.
    #[inline(always)]
    pub fn position(&self, window: Regs) -> usize {
        (window.0 as usize - self.base as usize) / size_of::<Value>()
    }

    /// Whether `count` registers from the start of `window` are within the reservation.
    #[inline(always)]
    pub fn has_room(&self, window: Regs, count: usize) -> bool {
        window.0 as usize + count * size_of::<Value>() <= self.end as usize
    }

    /// The address of the last window that has so many registers within the reservation.
    pub fn last_base(&self, count: usize) -> usize {
        self.end as usize - count * size_of::<Value>()
    }

    #[inline(always)]
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// All registers below number `top`.
    pub fn below(&self, top: usize) -> &[Value] {
        // SAFETY: the reservation is readable; never touched words read as zero, a small
        // integer.
        unsafe { std::slice::from_raw_parts(self.base, top.min(self.capacity)) }
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        // SAFETY: `new` made the reservation with this size.
        unsafe { release(self.base as *mut _, self.capacity * size_of::<Value>()) };
    }
}

/// What a reservation takes beyond what it was asked for. Two that lie next to each other must not
/// be a power of two apart: a frame's record and its registers would then have the same place in
/// caches and predictors that go by low bits of addresses (binary_trees took 24 % longer).
const APART: usize = 4096;

/// Address space of `bytes` bytes, whose memory is committed as it is first touched and then zero.
pub(crate) fn reserve(bytes: usize) -> std::io::Result<*mut libc::c_void> {
    // SAFETY: an anonymous private mapping at an address of the system's choice.
    let base = unsafe {
        libc::mmap(
            std::ptr::null_mut(),
            bytes + APART,
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE,
            -1,
            0,
        )
    };
    if base == libc::MAP_FAILED {
        return Err(std::io::Error::last_os_error());
    }
    Ok(base)
}

/// Gives a reservation back.
///
/// # Safety
/// [`reserve`] gave it for so many bytes, and nothing refers to it any more.
pub(crate) unsafe fn release(base: *mut libc::c_void, bytes: usize) {
    // SAFETY: as the caller promises.
    unsafe { libc::munmap(base, bytes + APART) };
}

/// A window on the register stack. Its registers are named by offset; verified code names none
/// outside the window, and the machine checks for room before it opens one.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct Regs(*mut Value);

impl Regs {
    /// No window: nothing may be asked of it.
    pub const NOWHERE: Regs = Regs(std::ptr::null_mut());

    #[inline(always)]
    pub fn get(self, at: u16) -> Value {
        // SAFETY: see the type's text.
        unsafe { *self.0.add(at as usize) }
    }

    #[inline(always)]
    pub fn set(self, at: u16, value: Value) {
        // SAFETY: see the type's text.
        unsafe { *self.0.add(at as usize) = value }
    }

    /// The window that begins `by` registers further on.
    #[inline(always)]
    pub fn advance(self, by: usize) -> Regs {
        // SAFETY: see the type's text.
        Regs(unsafe { self.0.add(by) })
    }

    /// How many registers further on than `other` this window begins; both are on one stack.
    #[inline(always)]
    pub fn distance_from(self, other: Regs) -> isize {
        (self.0 as isize - other.0 as isize) / size_of::<Value>() as isize
    }

    /// The window's address, for machine code.
    #[inline(always)]
    pub fn as_ptr(self) -> *mut Value {
        self.0
    }

    /// `count` registers from `from` on. They stay what they are until the machine runs a frame
    /// above this one's, which native functions see to.
    #[inline(always)]
    pub fn slice(self, from: usize, count: usize) -> &'static [Value] {
        // SAFETY: see the type's text; the stack lives as long as the thread's machine.
        unsafe { std::slice::from_raw_parts(self.0.add(from), count) }
    }

    /// The same, to be written; the caller holds no other slice of them.
    #[inline(always)]
    pub fn slice_mut(self, from: usize, count: usize) -> &'static mut [Value] {
        // SAFETY: as above.
        unsafe { std::slice::from_raw_parts_mut(self.0.add(from), count) }
    }

    /// Copies values into registers from `from` on; the ranges may overlap.
    #[inline(always)]
    pub fn fill_from(self, from: usize, values: &[Value]) {
        // SAFETY: see the type's text.
        unsafe { std::ptr::copy(values.as_ptr(), self.0.add(from), values.len()) }
    }

    /// Sets `count` registers from `from` on to *unbound*.
    #[inline(always)]
    pub fn unbind(self, from: usize, count: usize) {
        for i in 0..count {
            // SAFETY: see the type's text.
            unsafe { *self.0.add(from + i) = Value::UNBOUND }
        }
    }
}
