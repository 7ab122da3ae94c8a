//! `krait`: the executable. It reads the command line, makes a machine, and runs a program in it.
//!
//! The interpreter runs on a thread of its own, because the size of the main thread's stack is
//! not ours to choose.

#[cfg(all(feature = "jit", not(target_arch = "x86_64")))]
compile_error!(
    "the JIT makes code for x86-64 only so far: build this target without feature `jit`"
);

#[cfg(feature = "jit")]
mod jit;
#[cfg(not(feature = "jit"))]
#[path = "no_jit.rs"]
mod jit;
mod log;
mod options;
#[cfg(feature = "jit")]
mod pypyjit;
#[cfg_attr(not(feature = "revdb"), path = "no_revdb.rs")]
mod revdb;
mod run;
mod session;

use std::process::ExitCode;
use std::thread;

/// Address space for the native stack; it is committed as it is used.
const STACK_BYTES: usize = 1 << 30;

fn main() -> ExitCode {
    // Where signals cannot be caught, the system's way of telling it is as good as any.
    let _ = world::heed_file_limit();
    let role = match revdb::role() {
        Ok(role) => role,
        Err(message) => {
            eprintln!("krait: {message}");
            return ExitCode::from(2);
        }
    };
    // What that does to the images that a debugger keeps of its processes is not known.
    if !role.is_debugged() {
        object::heap::settle_native_allocator();
    }
    match role.done() {
        Some(code) => ExitCode::from(code),
        None => run_in_thread(role),
    }
}

fn run_in_thread(role: revdb::Role) -> ExitCode {
    let started = thread::Builder::new()
        .name(String::from("interpreter"))
        .stack_size(STACK_BYTES)
        .spawn(|| {
            let original = std::process::id();
            let code = interpreter(role);
            if std::process::id() != original {
                // A copy of the process has no other thread that could end it.
                std::process::exit(code.into());
            }
            code
        });
    match started {
        Ok(thread) => match thread.join() {
            Ok(code) => ExitCode::from(code),
            Err(_) => ExitCode::from(70),
        },
        Err(error) => {
            eprintln!("krait: cannot start the interpreter's thread: {error}");
            ExitCode::from(71)
        }
    }
}

fn interpreter(role: revdb::Role) -> u8 {
    // Everything that the machine's values live in lies above this variable.
    let base = 0u8;
    object::heap::set_stack_base(&raw const base);
    match role.enter() {
        Ok((world, part)) => run::run(world, &part),
        Err(message) => {
            eprintln!("krait: {message}");
            2
        }
    }
}
