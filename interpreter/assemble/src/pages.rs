//! The pages of the code region: where code is executed, and how it gets there.
//!
//! No address can be both written to and executed. The obvious way, to turn a page's protection to
//! *writable* and back, costs two system calls for each trace and two more for each exit that is
//! patched, which is as much as a short trace takes to record; and the system has to split and join
//! mappings, and to empty the processor's table of them.
//!
//! So the memory has two mappings of one file that exists in memory alone: one that is executable and
//! never writable, and one elsewhere, at an address of the system's choice, that is writable and never
//! executable. Code is written through the second and executed in the first; neither ever changes. What
//! this gives up, compared with turning pages: someone who can write anywhere *and* knows the second
//! address could write code. Virtual machines that guard against more than that turn pages; most
//! that compile have two mappings.
//!
//! x86-64 keeps what it fetches coherent with what is written at the same physical address. What may
//! be stale is what has been fetched but not executed, and there are thousands of instructions,
//! indirect jumps among them, between the writing of code and its first execution.
//!
//! Where the system gives no such file, or does not let it be executed, pages are turned as described:
//! those that hold no code yet are writable, those before them executable, so code that is new
//! moves the border between the two and splits no mapping.
//!
//! A process that forks would share the file with its child, and each would write over the other's code. So
//! the code is copied to a file for the child before, which puts that in place of its parent's.
//!
//! Words that code reads and that change lie at the region's start, in pages that are never executable.

use crate::Error;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

pub(crate) const PAGE: usize = 4096;
/// Pages that are to be written to are asked for so many bytes at a time: one system call instead
/// of a fault for each of them in either mapping.
const AHEAD_BYTES: usize = 16 << 10;

/// How code gets into its pages.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Way {
    /// By a second mapping, which begins so far from the first one (in either direction). There is
    /// memory in both before this address of the first.
    Twice { distance: usize, present: usize },
    /// By turning pages. Those before this one are executable, from it on writable.
    Turning { border: usize },
}

/// The code as it was when the process was to be copied, for the copy.
#[derive(Default, Debug)]
pub struct Twin(Option<OwnedFd>);

/// A region of addresses: data, and behind it code.
#[derive(Debug)]
pub(crate) struct Pages {
    pub(crate) start: usize,
    bytes: usize,
    data_bytes: usize,
    way: Way,
}

impl Pages {
    /// Reserves a region of so many bytes; the first of them are for data.
    pub(crate) fn new(bytes: usize, data_bytes: usize) -> Result<Pages, Error> {
        let start = map(None, bytes, libc::PROT_READ | libc::PROT_WRITE, PRIVATE, -1)?;
        let code = start + data_bytes;
        let way = match map_twice(code, bytes - data_bytes) {
            Some(writable) => Way::Twice {
                distance: writable.wrapping_sub(code),
                present: code,
            },
            None => Way::Turning { border: code },
        };
        Ok(Pages {
            start,
            bytes,
            data_bytes,
            way,
        })
    }

    /// Copies the code for a copy of the process. Pages that are turned are the process's own anyway.
    pub(crate) fn copy(&self) -> Result<Twin, Error> {
        let Way::Twice { present, .. } = self.way else {
            return Ok(Twin(None));
        };
        let (code, bytes) = (self.start + self.data_bytes, self.bytes - self.data_bytes);
        let file = memory_file(bytes).ok_or(Error::Memory)?;
        let copy = map_file(None, bytes, WRITABLE, file.as_raw_fd())?;
        // SAFETY: both are mapped, the one can be read and the other is new and written to.
        unsafe {
            std::ptr::copy_nonoverlapping(code as *const u8, copy as *mut u8, present - code);
            libc::munmap(copy as *mut _, bytes);
        }
        Ok(Twin(Some(file)))
    }

    /// In a copy of the process: the code is that of the twin from now on, at the same addresses.
    pub(crate) fn go_on_with(&mut self, twin: &Twin) -> Result<(), Error> {
        if let (Some(file), Way::Twice { distance, .. }) = (&twin.0, self.way) {
            let (code, bytes) = (self.start + self.data_bytes, self.bytes - self.data_bytes);
            let file = file.as_raw_fd();
            map_file(Some(code.wrapping_add(distance)), bytes, WRITABLE, file)?;
            map_file(Some(code), bytes, EXECUTABLE, file)?;
        }
        Ok(())
    }

    /// For tests: a region whose pages are turned.
    #[cfg(test)]
    pub(crate) fn turning(bytes: usize, data_bytes: usize) -> Result<Pages, Error> {
        let start = map(None, bytes, libc::PROT_READ | libc::PROT_WRITE, PRIVATE, -1)?;
        Ok(Pages {
            start,
            bytes,
            data_bytes,
            way: Way::Turning {
                border: start + data_bytes,
            },
        })
    }

    /// Writes pieces of code one after the other. No code runs meanwhile.
    pub(crate) fn write(&mut self, address: usize, pieces: &[&[u8]]) -> Result<(), Error> {
        let bytes: usize = pieces.iter().map(|piece| piece.len()).sum();
        assert!(
            address >= self.start + self.data_bytes && address + bytes <= self.start + self.bytes,
            "code is written where no code belongs"
        );
        let first = address & !(PAGE - 1);
        let end = (address + bytes).next_multiple_of(PAGE);
        let distance = match &mut self.way {
            Way::Twice { distance, present } => {
                if end > *present {
                    let limit = self.start + self.bytes;
                    let ahead = end.next_multiple_of(AHEAD_BYTES).min(limit);
                    populate(*present, ahead - *present, *distance);
                    *present = ahead;
                }
                *distance
            }
            Way::Turning { border } => {
                let end = end.min(*border);
                protect(first, end, libc::PROT_READ | libc::PROT_WRITE)?;
                0
            }
        };
        let mut at = address.wrapping_add(distance) as *mut u8;
        for piece in pieces {
            // SAFETY: the range is within the region (see above), where it is written its pages
            // are writable, and no code runs while this function does.
            unsafe {
                std::ptr::copy_nonoverlapping(piece.as_ptr(), at, piece.len());
                at = at.add(piece.len());
            }
        }
        if let Way::Turning { border } = &mut self.way {
            // From the border on, so that the pages before it are one mapping.
            let first = first.min(*border);
            *border = (*border).max(end);
            protect(first, end, libc::PROT_READ | libc::PROT_EXEC)?;
        }
        Ok(())
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        let code = self.start + self.data_bytes;
        // SAFETY: the mappings were made by `new` with these lengths, and who runs code holds the
        // assembler.
        unsafe {
            libc::munmap(self.start as *mut _, self.bytes);
            if let Way::Twice { distance, .. } = self.way {
                let writable = code.wrapping_add(distance);
                libc::munmap(writable as *mut _, self.bytes - self.data_bytes);
            }
        }
    }
}

const PRIVATE: i32 = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;

/// Maps memory at an address, or where the system likes.
fn map(
    at: Option<usize>,
    bytes: usize,
    access: i32,
    flags: i32,
    file: i32,
) -> Result<usize, Error> {
    let fixed = if at.is_some() { libc::MAP_FIXED } else { 0 };
    let at = at.unwrap_or(0) as *mut _;
    // SAFETY: a new mapping at an address of the system's choice, or in place of one that is the
    // caller's own and that nothing refers to yet.
    let start = unsafe { libc::mmap(at, bytes, access, flags | fixed, file, 0) };
    if start == libc::MAP_FAILED {
        return Err(Error::Memory);
    }
    Ok(start as usize)
}

const WRITABLE: i32 = libc::PROT_READ | libc::PROT_WRITE;
const EXECUTABLE: i32 = libc::PROT_READ | libc::PROT_EXEC;

/// Maps a file that is shared with its other mapping.
fn map_file(at: Option<usize>, bytes: usize, access: i32, file: i32) -> Result<usize, Error> {
    map(
        at,
        bytes,
        access,
        libc::MAP_SHARED | libc::MAP_NORESERVE,
        file,
    )
}

/// Maps a new file over the (reserved) code addresses to be executed, and elsewhere to be written;
/// where that is.
fn map_twice(code: usize, bytes: usize) -> Option<usize> {
    // The mappings keep the file.
    let file = memory_file(bytes)?;
    let file = file.as_raw_fd();
    let writable = map_file(None, bytes, WRITABLE, file).ok()?;
    if map_file(Some(code), bytes, EXECUTABLE, file).is_err() {
        // SAFETY: a mapping that no one is told of is nobody's.
        unsafe { libc::munmap(writable as *mut _, bytes) };
        return None;
    }
    Some(writable)
}

/// A file in memory alone, which may be executed. Its memory is taken as it is written to.
fn memory_file(bytes: usize) -> Option<OwnedFd> {
    // Systems that do not know the second flag refuse it, and let every such file be executed.
    let number = [libc::MFD_CLOEXEC | libc::MFD_EXEC, libc::MFD_CLOEXEC]
        .into_iter()
        // SAFETY: the name is a string with its end.
        .map(|flags| unsafe { libc::memfd_create(c"krait-code".as_ptr(), flags) })
        .find(|&number| number >= 0)?;
    // SAFETY: the number is that of a new file.
    let file = unsafe { OwnedFd::from_raw_fd(number) };
    // SAFETY: as above.
    let sized = unsafe { libc::ftruncate(number, bytes as libc::off_t) } == 0;
    sized.then_some(file)
}

/// Asks for memory in both mappings. Where the system does not do it, each page comes when it is
/// first touched.
fn populate(first: usize, bytes: usize, distance: usize) {
    let writable = first.wrapping_add(distance);
    // SAFETY: both ranges are mapped; nothing changes but when their pages come.
    unsafe {
        libc::madvise(writable as *mut _, bytes, libc::MADV_POPULATE_WRITE);
        libc::madvise(first as *mut _, bytes, libc::MADV_POPULATE_READ);
    }
}

/// Changes the protection of the pages of a range, if there are any.
fn protect(first: usize, end: usize, protection: i32) -> Result<(), Error> {
    if first >= end {
        return Ok(());
    }
    // SAFETY: the pages are within the region, which is the caller's own.
    let result = unsafe { libc::mprotect(first as *mut _, end - first, protection) };
    if result == 0 {
        Ok(())
    } else {
        Err(Error::Memory)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DATA: usize = 2 * PAGE;
    const BYTES: usize = 40 * PAGE;
    /// `mov eax, 7; ret`, and the same with 9.
    const SEVEN: &[u8] = &[0xb8, 7, 0, 0, 0, 0xc3];
    const NINE: &[u8] = &[0xb8, 9, 0, 0, 0, 0xc3];

    fn execute(address: usize) -> i32 {
        // SAFETY: what was written there is a function of this type.
        let function: extern "sysv64" fn() -> i32 = unsafe { std::mem::transmute(address) };
        function()
    }

    /// Whether a byte may be written at an address: the system writes one there that comes from a
    /// pipe, or says that it cannot.
    fn is_writable(address: usize) -> bool {
        let mut ends = [0; 2];
        // SAFETY: the pipe is this function's own, and what is written at the address is what is
        // there.
        unsafe {
            assert_eq!(libc::pipe(ends.as_mut_ptr()), 0);
            assert_eq!(libc::write(ends[1], address as *const _, 1), 1);
            let read = libc::read(ends[0], address as *mut _, 1);
            libc::close(ends[0]);
            libc::close(ends[1]);
            read == 1
        }
    }

    fn is_written_and_executed(mut pages: Pages) {
        let code = pages.start + DATA;
        assert!(is_writable(pages.start));
        for at in [code, code + PAGE - 3, code + 37 * PAGE] {
            assert_eq!(pages.write(at, &[&SEVEN[..2], &SEVEN[2..]]), Ok(()));
            assert_eq!(execute(at), 7);
            assert_eq!(pages.write(at, &[NINE]), Ok(()));
            assert_eq!(execute(at), 9);
            assert!(!is_writable(at));
        }
    }

    #[test]
    fn code_is_written_by_one_address_and_executed_at_another() {
        let Ok(pages) = Pages::new(BYTES, DATA) else {
            panic!("there is memory")
        };
        assert!(matches!(pages.way, Way::Twice { .. }), "{:?}", pages.way);
        is_written_and_executed(pages);
    }

    #[test]
    fn pages_are_turned_where_there_is_no_second_mapping() {
        let Ok(pages) = Pages::turning(BYTES, DATA) else {
            panic!("there is memory")
        };
        is_written_and_executed(pages);
    }
}
