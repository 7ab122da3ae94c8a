//! Memory for machine code. It is written while it is not executable and executed when it is no
//! longer writable; there is no moment at which it is both.

use std::io;
use std::ptr::NonNull;

/// Machine code that can be run.
pub struct CodeMemory {
    start: NonNull<u8>,
    length: usize,
}

impl CodeMemory {
    /// Makes code executable.
    pub fn new(code: &[u8]) -> io::Result<CodeMemory> {
        let length = code.len().max(1).next_multiple_of(4096);
        // SAFETY: an anonymous private mapping at an address of the system's choice; it is
        // writable until the code is in it, and from then on executable only.
        unsafe {
            let start = libc::mmap(
                std::ptr::null_mut(),
                length,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
                -1,
                0,
            );
            let Some(start) = NonNull::new(start as *mut u8).filter(|_| start != libc::MAP_FAILED)
            else {
                return Err(io::Error::last_os_error());
            };
            let memory = CodeMemory { start, length };
            std::ptr::copy_nonoverlapping(code.as_ptr(), start.as_ptr(), code.len());
            let protection = libc::PROT_READ | libc::PROT_EXEC;
            if libc::mprotect(start.as_ptr() as *mut _, length, protection) != 0 {
                return Err(io::Error::last_os_error());
            }
            Ok(memory)
        }
    }

    /// The address of the code's first byte.
    pub(crate) fn start(&self) -> *const u8 {
        self.start.as_ptr()
    }
}

impl Drop for CodeMemory {
    fn drop(&mut self) {
        // SAFETY: the mapping was made by `new` with this length, and no one runs it any more:
        // whoever runs it holds the code.
        unsafe { libc::munmap(self.start.as_ptr() as *mut _, self.length) };
    }
}
