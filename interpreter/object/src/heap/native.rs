//! Where Rust's own allocator has its memory from, and with it the large objects.
//!
//! *One arena.* The interpreter runs in a thread of its own, for the size of the stack. The C library
//! gives each thread an arena, so that threads need not wait for each other, and lets one that is not
//! the main thread's grow a page at a time, by a change of protection: a program that starts and is
//! done in 20 ms made 600 system calls for that, each of which also has the processor forget what it
//! knew of the pages. But there is only one thread that allocates. With a single arena it is the main
//! one, which grows by 128 KiB.
//!
//! *Memory is kept.* What a program frees it most often asks for again: a list of a hundred thousand
//! items is 800 KB, and to have each new one's pages given and cleared by the system costs more than
//! to fill them.
//!
//! Nothing but time depends on it. Other C libraries have other ways and are left alone.

/// What is freed at the end of the arena and kept, and what has a mapping of its own from this size
/// on, in bytes.
#[cfg(target_env = "gnu")]
const KEPT_BYTES: i32 = 8 << 20;
#[cfg(target_env = "gnu")]
const MAPPED_BYTES: i32 = 4 << 20;

/// To be called before the first thread is started.
pub fn settle_native_allocator() {
    #[cfg(target_env = "gnu")]
    for (parameter, value) in [
        (libc::M_ARENA_MAX, 1),
        (libc::M_TRIM_THRESHOLD, KEPT_BYTES),
        (libc::M_MMAP_THRESHOLD, MAPPED_BYTES),
    ] {
        // SAFETY: sets a number in the C library's allocator, which it reads when a thread allocates
        // for the first time.
        let _ = unsafe { libc::mallopt(parameter, value) };
    }
}
