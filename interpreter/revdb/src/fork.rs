//! Forking, how a moment of a replay is kept; and beginning anew at addresses that are no accident.
//!
//! The collector has no threads and a replay starts none, so the thread that forks is all that the
//! machine consists of, and its copy is whole.

use std::ffi::CString;
use std::os::unix::ffi::OsStringExt;
use std::{env, io, ptr};

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

/// Asks for what is in force.
const ASK: libc::c_ulong = 0xffff_ffff;

fn personality() -> Option<libc::c_ulong> {
    // SAFETY: a question, which changes nothing.
    let known = unsafe { libc::personality(ASK) };
    (known >= 0).then_some(known as libc::c_ulong)
}

/// Whether another process of this executable has its memory at the same addresses.
pub(crate) fn are_addresses_settled() -> bool {
    personality().is_some_and(|known| known & libc::ADDR_NO_RANDOMIZE as libc::c_ulong != 0)
}

/// Begins this process anew without randomised addresses, for itself alone. Where the system
/// forbids that, it goes on as it is.
pub(crate) fn settle_addresses() {
    let Some(known) = personality() else { return };
    let wanted = known | libc::ADDR_NO_RANDOMIZE as libc::c_ulong;
    if wanted == known {
        return;
    }
    let texts = env::args_os().map(|word| CString::new(word.into_vec()));
    let texts: Result<Vec<CString>, _> = texts.collect();
    let own = env::current_exe().map(|own| CString::new(own.into_os_string().into_vec()));
    let (Ok(texts), Ok(Ok(own))) = (texts, own) else {
        return;
    };
    let words = texts.iter().map(|text| text.as_ptr());
    let words: Vec<_> = words.chain([ptr::null()]).collect();
    // SAFETY: what is set holds from the next executable on.
    if unsafe { libc::personality(wanted) } < 0 || !are_addresses_settled() {
        return;
    }
    // SAFETY: the words are texts, and the list of them ends with none. It returns only if it failed, as
    // where the system cannot run this executable by itself, which an emulator does; then what was set is
    // taken back. (The standard library would leave the file to a shell.)
    unsafe {
        libc::execv(own.as_ptr(), words.as_ptr());
        libc::personality(known);
    }
}
