//! A process's own memory: looked through, and replaced.
//!
//! *The region.* A range of addresses that is reserved before the first fork, so it lies at the same
//! place in every process. It belongs to no image. The thread goes onto a stack there while memory is
//! read or replaced, and all tables lie there, in parts of fixed places. Nothing on that stack calls
//! the allocator: the state of that is part of the image.
//!
//! *What belongs to an image.* Private memory that can be written: the heap, the stack, the data of the
//! executable. Pages that hold nothing but zeros are left out, and so is what lies below the
//! thread's place on its stack. Pages of a file that were never written to are what the file is.
//!
//! *Which pages there are* the system tells (`/proc/self/pagemap`), which saves looking at each page of
//! what is only reserved. Under an emulator it may speak of other addresses, or in the host's byte order; so
//! it is asked about pages that are known to be there, and disbelieved if it does not know them.
//!
//! What is proven: nothing. A process that has become another is compared with one that ran there by
//! the tests of the debugger, which move back and forth and compare all that is shown.

mod present;

use super::List;
use super::maps::{Mapping, for_each_part, mapping_of};
use super::page::{Page, hash, page_bytes};
use present::Present;
use std::fs::File;
use std::io;
use std::mem::{MaybeUninit, size_of};
use std::ops::Range;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::ptr;
use std::slice;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The offset of a page that is yet to be written.
const PENDING: u64 = u64::MAX - 1;

const MEGABYTE: usize = 1 << 20;
/// Where the parts of the region begin, and its end. The first page is the head; the next is not
/// accessible, so that a stack that is too small is noticed.
const STACK_END: usize = 2 * MEGABYTE;
const TEXT: usize = STACK_END;
const TEXT_BYTES: usize = 30 * MEGABYTE;
const BITS: usize = TEXT + TEXT_BYTES;
const BITS_BYTES: usize = 4 * MEGABYTE;
const OWN_MAPPINGS: usize = BITS + BITS_BYTES;
const MAPPINGS: usize = OWN_MAPPINGS + 14 * MEGABYTE;
const MAPPINGS_MAX: usize = 14 * MEGABYTE / size_of::<Mapping>();
const OLD: usize = MAPPINGS + 14 * MEGABYTE;
const PAGES: usize = OLD + 1024 * MEGABYTE;
const PAGES_MAX: usize = 1024 * MEGABYTE / size_of::<Page>();
const PLACES: usize = PAGES + 1024 * MEGABYTE;
const COPIES: usize = PLACES + 512 * MEGABYTE;
const COPIES_BYTES: usize = 12 << 30;
const REGION_BYTES: usize = COPIES + COPIES_BYTES;

/// What is to be done on the other stack, and what came of it.
#[repr(C)]
struct Head {
    task: Task,
    outcome: Told,
}

#[derive(Clone, Copy)]
enum Task {
    Save {
        table: RawFd,
        old_pages: usize,
        registers: usize,
        /// What lies below this on its stack is nothing.
        stack: usize,
    },
    Load {
        file: RawFd,
        channel: RawFd,
        brk: usize,
        registers: usize,
        mappings: usize,
        pages: usize,
    },
}

/// As [`Outcome`], in the region.
#[derive(Clone, Copy)]
enum Told {
    Saved(Found),
    Loaded(RawFd),
    Failed(i32),
}

/// How one comes back from the other stack.
pub(super) enum Outcome {
    Saved(Found),
    /// As another process, with its channel.
    Loaded(OwnedFd),
    /// With this error of the system.
    Failed(i32),
}

/// What was found of this process; the tables lie in the region until [`Region::forget`].
#[derive(Clone, Copy)]
pub(super) struct Found {
    base: usize,
    pub(super) brk: u64,
    pub(super) registers: u64,
    old_pages: usize,
    mappings: usize,
    pages: usize,
    changed: usize,
}

impl Found {
    fn part<T>(&self, at: usize, count: usize) -> &'static mut [T] {
        Region { base: self.base }.part(at, count)
    }

    fn add(&mut self, page: Page) -> Result<(), i32> {
        let pages: &mut [Page] = self.part(PAGES, PAGES_MAX);
        *pages.get_mut(self.pages).ok_or(libc::ENOMEM)? = page;
        self.pages += 1;
        Ok(())
    }

    /// Adds a page that is to be written, and copies it.
    fn add_changed(&mut self, address: usize, hash: u64) -> Result<(), i32> {
        let words = page_bytes() / 8;
        let copies: &mut [u64] = self.part(COPIES, COPIES_BYTES / 8);
        let room = copies.get_mut(self.changed * words..(self.changed + 1) * words);
        room.ok_or(libc::ENOMEM)?.copy_from_slice(contents(address));
        let places: &mut [u64] = self.part(PLACES, PAGES_MAX);
        *places.get_mut(self.changed).ok_or(libc::ENOMEM)? = self.pages as u64;
        self.changed += 1;
        self.add(Page {
            address: address as u64,
            hash,
            offset: PENDING,
            bytes: 0,
        })
    }

    pub(super) fn mappings(&self) -> &[Mapping] {
        self.part(MAPPINGS, self.mappings)
    }

    /// The pages of the image before.
    pub(super) fn old(&self) -> &[Page] {
        self.part(OLD, self.old_pages)
    }

    /// By address; those that changed have no place in the file yet.
    #[allow(clippy::mut_from_ref)]
    pub(super) fn pages(&self) -> &mut [Page] {
        self.part(PAGES, self.pages)
    }

    /// The places in [`Found::pages`] of those that changed, and what they hold.
    pub(super) fn changed(&self) -> impl Iterator<Item = (usize, &'static [u8])> {
        let places: &[u64] = self.part(PLACES, self.changed);
        let size = page_bytes();
        let copies: &'static [u8] = self.part(COPIES, self.changed * size);
        let places = places.iter().map(|place| *place as usize);
        places.zip(copies.chunks_exact(size))
    }
}

/// The address of a variable that every process has.
fn address_of_base() -> usize {
    &raw const BASE as usize
}

/// Where the region lies, for who comes onto its stack without an argument.
static BASE: AtomicUsize = AtomicUsize::new(0);

// What `libc` does not declare for all targets.
unsafe extern "C" {
    fn getcontext(context: *mut libc::ucontext_t) -> i32;
    fn setcontext(context: *const libc::ucontext_t) -> i32;
    fn swapcontext(from: *mut libc::ucontext_t, to: *const libc::ucontext_t) -> i32;
    fn makecontext(context: *mut libc::ucontext_t, begin: extern "C" fn(), count: i32, ...);
}

#[derive(Clone, Copy)]
pub(super) struct Region {
    base: usize,
}

impl Region {
    /// Where it lies, once it is reserved.
    pub(super) fn base() -> usize {
        BASE.load(Ordering::Relaxed)
    }

    /// The first time; then it is there.
    pub(super) fn reserve() -> io::Result<Region> {
        let known = BASE.load(Ordering::Relaxed);
        if known != 0 {
            return Ok(Region { base: known });
        }
        // SAFETY: a mapping at an address of the system's choice; one of its pages, which nothing
        // uses, is made inaccessible.
        unsafe {
            let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
            let both = libc::PROT_READ | libc::PROT_WRITE;
            let start = libc::mmap(ptr::null_mut(), REGION_BYTES, both, flags, -1, 0);
            if start == libc::MAP_FAILED {
                return Err(io::Error::last_os_error());
            }
            let base = start as usize;
            libc::mprotect(
                (base + page_bytes()) as *mut _,
                page_bytes(),
                libc::PROT_NONE,
            );
            BASE.store(base, Ordering::Relaxed);
            Ok(Region { base })
        }
    }

    fn range(&self) -> Range<u64> {
        self.base as u64..(self.base + REGION_BYTES) as u64
    }

    /// A part of the region; each has one use at a time.
    fn part<T>(&self, at: usize, count: usize) -> &'static mut [T] {
        // SAFETY: callers name parts that lie in the region and do not overlap, with counts that fit,
        // of types for which all bits are values.
        unsafe { slice::from_raw_parts_mut((self.base + at) as *mut T, count) }
    }

    fn head(&self) -> *mut Head {
        self.base as *mut Head
    }

    /// Looks through this process's memory. Comes back a second time in each process that loads what
    /// was found.
    pub(super) fn save(&self, table: &File, old_pages: usize) -> Outcome {
        self.go_aside(&|registers, stack| Task::Save {
            table: table.as_raw_fd(),
            old_pages,
            registers,
            stack,
        })
    }

    /// Becomes another process. Returns only if that one is too large.
    pub(super) fn load(&self, list: &List, file: RawFd, channel: RawFd) -> io::Error {
        if list.mappings.len() > MAPPINGS_MAX || list.pages.len() > PAGES_MAX {
            return io::ErrorKind::OutOfMemory.into();
        }
        self.part::<Mapping>(MAPPINGS, list.mappings.len())
            .copy_from_slice(&list.mappings);
        self.part::<Page>(PAGES, list.pages.len())
            .copy_from_slice(&list.pages);
        let outcome = self.go_aside(&|_, _| Task::Load {
            file,
            channel,
            brk: list.brk as usize,
            registers: list.registers as usize,
            mappings: list.mappings.len(),
            pages: list.pages.len(),
        });
        match outcome {
            Outcome::Failed(error) => io::Error::from_raw_os_error(error),
            Outcome::Saved(_) | Outcome::Loaded(_) => io::ErrorKind::Other.into(),
        }
    }

    /// Goes onto the other stack and does the task there; its registers stay saved on this one.
    #[inline(never)]
    fn go_aside(&self, task: &dyn Fn(usize, usize) -> Task) -> Outcome {
        // SAFETY: contexts are plain memory, which `getcontext` fills. The other stack is used by no
        // one else, since who is on it does not come here. Whoever comes back does so once in its
        // process: in this one when the task is done, in another that has made its memory the same.
        unsafe {
            let mut here = MaybeUninit::<libc::ucontext_t>::zeroed();
            let mut there = MaybeUninit::<libc::ucontext_t>::zeroed();
            if getcontext(there.as_mut_ptr()) != 0 {
                return Outcome::Failed(libc::ENOSYS);
            }
            let first = self.base + 2 * page_bytes();
            let stack = &mut (*there.as_mut_ptr()).uc_stack;
            stack.ss_sp = first as *mut _;
            stack.ss_size = STACK_END - 2 * page_bytes();
            (*there.as_mut_ptr()).uc_link = ptr::null_mut();
            makecontext(there.as_mut_ptr(), aside, 0);
            let registers = here.as_mut_ptr() as usize;
            // Frames and what the system's convention keeps below them lie close by.
            let lowest = registers.min(there.as_ptr() as usize) - 2048;
            (*self.head()).task = task(registers, lowest);
            swapcontext(here.as_mut_ptr(), there.as_ptr());
            match ptr::read_volatile(&raw const (*self.head()).outcome) {
                Told::Saved(found) => Outcome::Saved(found),
                Told::Loaded(channel) => Outcome::Loaded(OwnedFd::from_raw_fd(channel)),
                Told::Failed(error) => Outcome::Failed(error),
            }
        }
    }

    /// Gives the tables' memory back.
    pub(super) fn forget(&self) {
        // SAFETY: nobody has a reference into these parts any more.
        unsafe {
            let bytes = REGION_BYTES - STACK_END;
            libc::madvise(
                (self.base + STACK_END) as *mut _,
                bytes,
                libc::MADV_DONTNEED,
            );
        }
    }
}

/// Where the other stack begins.
extern "C" fn aside() {
    let region = Region {
        base: BASE.load(Ordering::Relaxed),
    };
    // SAFETY: the head is written by who came here, and read by who goes back. The registers lie
    // where this process, or the one that it has become, saved them; a process that could not become
    // another as a whole must not go on.
    unsafe {
        let task = (*region.head()).task;
        let (outcome, registers) = match task {
            Task::Save {
                table,
                old_pages,
                registers,
                stack,
            } => {
                let found = region.look_through(table, old_pages, registers, stack);
                (found.map_or_else(Told::Failed, Told::Saved), registers)
            }
            Task::Load {
                file,
                channel,
                brk,
                registers,
                mappings,
                pages,
            } => {
                let done = region.replace(file, brk, mappings, pages);
                if done.is_err() {
                    libc::_exit(1);
                }
                (Told::Loaded(channel), registers)
            }
        };
        ptr::write_volatile(&raw mut (*region.head()).outcome, outcome);
        setcontext(registers as *const libc::ucontext_t);
        libc::_exit(1);
    }
}

/// The system's last error.
fn error() -> i32 {
    io::Error::last_os_error()
        .raw_os_error()
        .unwrap_or(libc::EIO)
}

/// Reads all of so many bytes.
fn read_at(file: RawFd, to: usize, bytes: usize, offset: u64) -> Result<(), i32> {
    let mut done = 0;
    while done < bytes {
        // SAFETY: callers name memory that nothing else refers to.
        let count = unsafe {
            let to = (to + done) as *mut libc::c_void;
            libc::pread(file, to, bytes - done, (offset + done as u64) as i64)
        };
        match count {
            -1 if error() == libc::EINTR => {}
            -1 => return Err(error()),
            0 => return Err(libc::EIO),
            count => done += count as usize,
        }
    }
    Ok(())
}

/// What a page holds.
fn contents(address: usize) -> &'static [u64] {
    // SAFETY: the page is mapped and readable, and nobody writes to it meanwhile.
    unsafe { slice::from_raw_parts(address as *const u64, page_bytes() / 8) }
}

impl Region {
    /// The memory that belongs to images, by address; how many there are.
    fn mappings(&self, at: usize) -> Result<usize, i32> {
        let text: &mut [u8] = self.part(TEXT, TEXT_BYTES);
        let mut length = 0;
        // SAFETY: a constant name; what is read is written into the part for it.
        unsafe {
            let file = libc::open(c"/proc/self/maps".as_ptr(), libc::O_RDONLY);
            if file < 0 {
                return Err(error());
            }
            loop {
                let room = &mut text[length..];
                let count = libc::read(file, room.as_mut_ptr().cast(), room.len());
                if count <= 0 {
                    break;
                }
                length += count as usize;
            }
            libc::close(file);
        }
        let all: &mut [Mapping] = self.part(at, MAPPINGS_MAX);
        let lines = text[..length].split(|c| *c == b'\n');
        let mut count = 0;
        // The system makes one mapping of what lies side by side and is of one kind.
        for mapping in lines.filter_map(mapping_of) {
            for part in mapping.without(self.range()).into_iter().flatten() {
                *all.get_mut(count).ok_or(libc::ENOMEM)? = part;
                count += 1;
            }
        }
        Ok(count)
    }

    fn look_through(
        &self,
        table: RawFd,
        old_pages: usize,
        registers: usize,
        stack: usize,
    ) -> Result<Found, i32> {
        let size = page_bytes();
        let mut found = Found {
            base: self.base,
            brk: brk(0) as u64,
            registers: registers as u64,
            old_pages,
            mappings: self.mappings(MAPPINGS)?,
            pages: 0,
            changed: 0,
        };
        if old_pages > PAGES_MAX {
            return Err(libc::ENOMEM);
        }
        let old: &mut [Page] = self.part(OLD, old_pages);
        read_at(table, old.as_mut_ptr() as usize, size_of_val(old), 0)?;
        let mut old = old.iter().copied().peekable();
        let nothing = hash(self.part(COPIES, size / 8));
        let mappings: &[Mapping] = self.part(MAPPINGS, found.mappings);
        let mut present = Present::open(*self);
        for mapping in mappings.iter().filter(|m| m.is_data()) {
            let range = mapping.start as usize..mapping.end as usize;
            let dead = match range.contains(&stack) {
                true => stack & !(size - 1),
                false => 0,
            };
            present.for_each(mapping, &mut |address| {
                let hash = match address < dead {
                    true => nothing,
                    false => hash(contents(address)),
                };
                if hash == nothing && (mapping.is_file == 0 || address < dead) {
                    return Ok(());
                }
                while old.next_if(|page| page.address < address as u64).is_some() {}
                let before = old.next_if(|page| page.address == address as u64);
                match before.filter(|page| page.hash == hash) {
                    Some(before) => found.add(before),
                    None => found.add_changed(address, hash),
                }
            })?;
        }
        present.close();
        Ok(found)
    }

    /// Makes this process's memory that of an image.
    fn replace(&self, file: RawFd, end: usize, mappings: usize, pages: usize) -> Result<(), i32> {
        if brk(end) != end {
            return Err(libc::ENOMEM);
        }
        let wanted: &[Mapping] = self.part(MAPPINGS, mappings);
        let count = self.mappings(OWN_MAPPINGS)?;
        self.arrange(self.part(OWN_MAPPINGS, count), wanted)?;
        let count = self.mappings(OWN_MAPPINGS)?;
        let own: &[Mapping] = self.part(OWN_MAPPINGS, count);
        let pages: &[Page] = self.part(PAGES, pages);
        let mut pages = pages.iter().peekable();
        let mut present = Present::open(*self);
        // Pages that the image has not, one behind the other, go at once.
        let mut gone = 0..0;
        for mapping in own.iter().filter(|m| m.is_data()) {
            present.for_each(mapping, &mut |address| {
                while let Some(page) = pages.next_if(|page| page.address < address as u64) {
                    self.take_page(file, page)?;
                }
                match pages.next_if(|page| page.address == address as u64) {
                    Some(page) if hash(contents(address)) == page.hash => Ok(()),
                    Some(page) => self.take_page(file, page),
                    None if gone.end == address => {
                        gone.end += page_bytes();
                        Ok(())
                    }
                    None => {
                        let before = std::mem::replace(&mut gone, address..address + page_bytes());
                        discard(before)
                    }
                }
            })?;
        }
        present.close();
        discard(gone)?;
        pages.try_for_each(|page| self.take_page(file, page))
    }

    /// Takes a page out of the file.
    fn take_page(&self, file: RawFd, page: &Page) -> Result<(), i32> {
        let size = page_bytes();
        let room: &mut [u8] = self.part(COPIES, 3 * size);
        let (packed, unpacked) = room.split_at_mut(size);
        let packed = packed.get_mut(..page.bytes as usize).ok_or(libc::EIO)?;
        read_at(
            file,
            packed.as_mut_ptr() as usize,
            packed.len(),
            page.offset,
        )?;
        let whole: &[u8] = if packed.len() == size {
            packed
        } else {
            match lz4_flex::block::decompress_into(packed, unpacked) {
                Ok(length) if length == size => &unpacked[..size],
                _ => return Err(libc::EIO),
            }
        };
        if hash(contents(whole.as_ptr() as usize)) != page.hash {
            return Err(libc::EIO);
        }
        // SAFETY: the page belongs to the image that this process becomes, and is mapped; what lay
        // there is needed no more. It is written in one piece, for the code that does it may need it.
        unsafe { ptr::copy_nonoverlapping(whole.as_ptr(), page.address as *mut u8, size) };
        Ok(())
    }

    /// Maps, unmaps and protects until the mappings are those wanted.
    fn arrange(&self, own: &[Mapping], wanted: &[Mapping]) -> Result<(), i32> {
        for_each_part(own, wanted, &mut |start, end, own, wanted| {
            let (address, bytes) = (start as *mut libc::c_void, (end - start) as usize);
            let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED;
            // SAFETY: what is mapped or unmapped is memory of this process that the image has not,
            // or has otherwise; the region is not among it.
            let done = unsafe {
                match (own, wanted) {
                    (Some(own), Some(wanted)) if own.protection == wanted.protection => 0,
                    (Some(_), Some(wanted)) => {
                        libc::mprotect(address, bytes, wanted.protection as i32)
                    }
                    (Some(_), None) => libc::munmap(address, bytes),
                    (None, Some(wanted)) => {
                        let protection = wanted.protection as i32;
                        let flags = flags | libc::MAP_NORESERVE;
                        match libc::mmap(address, bytes, protection, flags, -1, 0) {
                            libc::MAP_FAILED => -1,
                            _ => 0,
                        }
                    }
                    (None, None) => 0,
                }
            };
            if done == 0 { Ok(()) } else { Err(error()) }
        })
    }
}

/// Sets the end of the system's heap, unless it is 0; where it is.
fn brk(end: usize) -> usize {
    // SAFETY: what lies between the two ends is memory that the image has, or has not.
    unsafe { libc::syscall(libc::SYS_brk, end) as usize }
}

/// Has pages hold what they held when they were mapped.
fn discard(pages: Range<usize>) -> Result<(), i32> {
    if pages.is_empty() {
        return Ok(());
    }
    let start = pages.start as *mut libc::c_void;
    // SAFETY: what the pages hold is not part of the image that this process becomes.
    match unsafe { libc::madvise(start, pages.len(), libc::MADV_DONTNEED) } {
        0 => Ok(()),
        _ => Err(error()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In a process of its own, because other threads of this one change its memory.
    #[test]
    fn a_process_becomes_what_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let Some(process) = crate::fork::fork().unwrap() else {
            // SAFETY: nothing is to be done at the end of this process.
            unsafe { libc::_exit(i32::from(!returns(folder.path()))) }
        };
        let mut status = 0;
        // SAFETY: the process is a child of this one.
        unsafe { libc::waitpid(process, &raw mut status, 0) };
        assert_eq!(status, 0);
    }

    fn returns(folder: &std::path::Path) -> bool {
        use crate::image::{Files, Images, Saved};
        let file = |name| {
            let mut how = File::options();
            how.read(true).write(true).create_new(true);
            how.open(folder.join(name)).unwrap()
        };
        let files = Files {
            pages: file("pages"),
            table: file("table"),
        };
        let Ok(images) = Images::new(files) else {
            return false;
        };
        let mut data = std::hint::black_box(vec![7u8; 50_000]);
        let neighbour = below_the_region();
        neighbour[0] = 7;
        let Ok(Saved::Here(first)) = images.save(0, true) else {
            return false;
        };
        data[40_000] = 8;
        neighbour[0] = 8;
        let more = std::hint::black_box(vec![5u8; 9_000_000]);
        let second = match images.save(first.end, false) {
            Ok(Saved::Here(second)) => second,
            Ok(Saved::Loaded(channel)) => {
                std::mem::forget(channel);
                let is_same = data[40_000] == 8 && data[3] == 7 && neighbour[0] == 8;
                return is_same && more.iter().all(|byte| *byte == 5);
            }
            Err(_) => return false,
        };
        data.fill(1);
        neighbour[0] = 1;
        drop(more);
        images.load(&[first.record, second.record], 1000);
        false
    }
    /// A page that the system shows as one mapping with the region's first, unless something else
    /// lies there.
    fn below_the_region() -> &'static mut [u8] {
        let size = page_bytes();
        let start = (Region::base() - size) as *mut libc::c_void;
        let both = libc::PROT_READ | libc::PROT_WRITE;
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED_NOREPLACE;
        // SAFETY: new memory, where nothing lies yet.
        unsafe {
            match libc::mmap(start, size, both, flags, -1, 0) {
                libc::MAP_FAILED => vec![0; size].leak(),
                page => slice::from_raw_parts_mut(page.cast(), size),
            }
        }
    }
}
