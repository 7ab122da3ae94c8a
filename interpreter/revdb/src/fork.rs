//! Forking: how a moment of a replay is kept.
//!
//! The collector has no threads and a replay starts none, so the thread that forks is all that the
//! machine consists of, and its copy is whole.

use std::io;

/// Copies the process. `None` in the copy, the copy's number in the other.
pub(crate) fn fork() -> io::Result<Option<i32>> {
    // SAFETY: the copy goes on with the calling thread alone. Of the locks that other threads might
    // have held there are none: before the interpreter's thread starts there is one thread, and
    // afterwards the main thread only waits for it.
    match unsafe { libc::fork() } {
        -1 => Err(io::Error::last_os_error()),
        0 => Ok(None),
        process => Ok(Some(process)),
    }
}

/// Children that end leave nothing to wait for.
pub(crate) fn forget_children() {
    // SAFETY: ignoring a signal installs no code.
    unsafe { libc::signal(libc::SIGCHLD, libc::SIG_IGN) };
}

/// The keyboard's interrupt is not for this process.
pub(crate) fn ignore_interrupts() {
    // SAFETY: as above.
    unsafe { libc::signal(libc::SIGINT, libc::SIG_IGN) };
}
