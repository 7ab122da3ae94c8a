//! What is printed: answers on standard output, what is said beside them on standard error.
//!
//! The macros here stand in the place of the standard library's, which panic where nothing can be
//! written. A reader that goes away early (`kraitbench compare | head`) is no fault, and a full disk
//! is the machine's: both unwind to [`caught`], so that what was changed is put back on the way, and
//! end with an exit code. Where standard error cannot be written to, nobody can be told so, and the
//! work goes on.

use std::fmt::Arguments;
use std::io::{ErrorKind, Write};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::process::ExitCode;

use crate::failure::Failure;

/// What shells say of a program that a broken pipe ended.
const BROKEN_PIPE: u8 = 141;

macro_rules! print {
    ($($words:tt)*) => { $crate::out::answer(format_args!($($words)*)) };
}

macro_rules! println {
    () => { $crate::out::answer(format_args!("\n")) };
    ($($words:tt)*) => { $crate::out::answer(format_args!("{}\n", format_args!($($words)*))) };
}

macro_rules! eprintln {
    ($($words:tt)*) => { $crate::out::remark(format_args!($($words)*)) };
}

/// Standard output took no more.
struct Unwritable(std::io::Error);

pub fn answer(text: Arguments<'_>) {
    if let Err(error) = std::io::stdout().lock().write_fmt(text) {
        resume_unwind(Box::new(Unwritable(error)));
    }
}

pub fn remark(text: Arguments<'_>) {
    let _ = std::io::stderr().lock().write_fmt(format_args!("{text}\n"));
}

/// Does the work, and ends as it says or as what happened to its output says.
pub fn caught(work: impl FnOnce() -> ExitCode) -> ExitCode {
    let whole = || {
        let code = work();
        // What is left in the buffer would be written at the end, where nobody hears of a failure.
        if let Err(error) = std::io::stdout().lock().flush() {
            resume_unwind(Box::new(Unwritable(error)));
        }
        code
    };
    catch_unwind(AssertUnwindSafe(whole)).unwrap_or_else(|panic| {
        match panic.downcast::<Unwritable>() {
            Ok(stopped) => ended(&stopped.0),
            Err(other) => resume_unwind(other),
        }
    })
}

fn ended(error: &std::io::Error) -> ExitCode {
    match error.kind() {
        ErrorKind::BrokenPipe => ExitCode::from(BROKEN_PIPE),
        _ => Failure::Machine(format!("what was to be printed cannot be written: {error}")).tell(),
    }
}
