//! Counts the instructions of a program under qemu's user mode, by qemu's interface for plugins
//! (version 1, "QEMU TCG Plugins" in its documentation), and writes the count into a file at the end.
//!
//! qemu translates a stretch of instructions at a time. When one is translated we ask to be called
//! whenever it is entered, with its length. A stretch that is left in its middle, by a fault, counts
//! whole; that is rare, and the same each time.
//!
//! The option `out=FILE` names the file. A child that the program forks is a copy of qemu, plugin
//! and count included; only the process in which the plugin was loaded writes.

use std::ffi::{CStr, c_char, c_int, c_uint, c_void};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// The version of the interface that this is written for; qemu looks for it by its name.
#[unsafe(no_mangle)]
pub static qemu_plugin_version: c_int = 1;

/// Of the flags for a callback: it looks at no register.
const NO_REGISTERS: c_int = 0;

unsafe extern "C" {
    fn qemu_plugin_register_vcpu_tb_trans_cb(
        id: u64,
        translated: extern "C" fn(u64, *mut c_void),
    );
    fn qemu_plugin_register_vcpu_tb_exec_cb(
        stretch: *mut c_void,
        entered: extern "C" fn(c_uint, *mut c_void),
        flags: c_int,
        length: *mut c_void,
    );
    fn qemu_plugin_register_atexit_cb(
        id: u64,
        ended: extern "C" fn(u64, *mut c_void),
        nothing: *mut c_void,
    );
    fn qemu_plugin_tb_n_insns(stretch: *const c_void) -> usize;
}

static COUNT: AtomicU64 = AtomicU64::new(0);
/// The process, and its file.
static OUT: OnceLock<(u32, String)> = OnceLock::new();

/// qemu calls this once, before the program begins. 0 means that all is well.
///
/// # Safety
/// `words` are as many texts as `count` says, as qemu gives them.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qemu_plugin_install(
    id: u64,
    _about: *const c_void,
    count: c_int,
    words: *const *const c_char,
) -> c_int {
    for at in 0..usize::try_from(count).unwrap_or(0) {
        // SAFETY: qemu gives so many pointers to texts that end with a zero and stay until the end.
        let word = unsafe { CStr::from_ptr(*words.add(at)) };
        if let Some(path) = word.to_str().ok().and_then(|word| word.strip_prefix("out=")) {
            let absolute = std::path::absolute(path).unwrap_or_else(|_| path.into());
            let path = absolute.to_string_lossy().into_owned();
            OUT.set((std::process::id(), path)).ok();
        }
    }
    if OUT.get().is_none() {
        eprintln!("guestcount: no `out=FILE`");
        return 1;
    }
    // SAFETY: `id` is what qemu gave; the functions live as long as the plugin.
    unsafe {
        qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
        qemu_plugin_register_atexit_cb(id, ended, std::ptr::null_mut());
    }
    0
}

extern "C" fn translated(_id: u64, stretch: *mut c_void) {
    // SAFETY: the stretch is qemu's and lives during this call. What is registered with it is a
    // number in a pointer's place, which nobody follows.
    unsafe {
        let length = qemu_plugin_tb_n_insns(stretch);
        let length = std::ptr::without_provenance_mut(length);
        qemu_plugin_register_vcpu_tb_exec_cb(stretch, entered, NO_REGISTERS, length);
    }
}

extern "C" fn entered(_processor: c_uint, length: *mut c_void) {
    COUNT.fetch_add(length.addr() as u64, Ordering::Relaxed);
}

extern "C" fn ended(_id: u64, _nothing: *mut c_void) {
    if let Some((process, path)) = OUT.get()
        && *process == std::process::id()
    {
        let count = COUNT.load(Ordering::Relaxed);
        if let Err(error) = std::fs::write(path, format!("{count}\n")) {
            eprintln!("guestcount: {path}: {error}");
        }
    }
}
