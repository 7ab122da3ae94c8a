//! Where Rust's own allocator has its memory from, and with it the large objects.
//!
//! The interpreter runs in a thread of its own, for the size of the stack. The C library gives each
//! thread an *arena*, so that threads need not wait for each other, and lets one that is not the main
//! thread's grow a page at a time, by a change of protection: a program that starts and is done in
//! 20 ms made 600 system calls for that, each of which also has the processor forget what it knew of
//! the pages. But there is only one thread that allocates. With a single arena it is the main one,
//! which grows by 128 KiB.
//!
//! Nothing but time depends on it. Other C libraries have other ways and are left alone.

/// To be called before the first thread is started.
pub fn use_one_arena() {
    #[cfg(target_env = "gnu")]
    // SAFETY: sets a number in the C library's allocator, which it reads when a thread allocates for
    // the first time.
    let _ = unsafe { libc::mallopt(libc::M_ARENA_MAX, 1) };
}
