//! SQLite for the module `_sqlite`: databases, statements, blobs and backups as safe values. It knows no
//! Python. What SQLite calls while it works (functions of SQL, orders of text, handlers) is a [`Host`]'s,
//! which is lent to each operation that may come to call it.
//!
//! A run that is recorded has its files, time and random bytes from a file system of our own (`taped`),
//! whose answers are recorded; SQLite itself runs again in a replay, and so do all functions that it calls.

mod backup;
mod blob;
mod callbacks;
mod database;
mod host;
mod statement;
mod taped;

pub use backup::Backup;
pub use blob::Blob;
pub use database::{Database, FunctionKind, OPEN_URI, Prepared, c_text, is_complete, version};
pub use host::{Answer, Fault, Host, Item, Outcome, Step};
pub use statement::Statement;

use std::ffi::CStr;

/// The number of what went well.
pub const OK: i32 = libsqlite3_sys::SQLITE_OK;
pub const ROW: i32 = libsqlite3_sys::SQLITE_ROW;
pub const DONE: i32 = libsqlite3_sys::SQLITE_DONE;
pub const BUSY: i32 = libsqlite3_sys::SQLITE_BUSY;
pub const LOCKED: i32 = libsqlite3_sys::SQLITE_LOCKED;
pub const TOO_BIG: i32 = libsqlite3_sys::SQLITE_TOOBIG;

/// Why an operation did not go well: SQLite's extended number of it, and in words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    pub code: i32,
    pub message: String,
}

/// What SQLite is not asked: to use what was closed, or what is in use. It has no number of SQLite's.
fn misuse(message: &str) -> Failure {
    Failure {
        code: -1,
        message: message.to_owned(),
    }
}

/// What a number means, in SQLite's words.
pub fn text_of(code: i32) -> String {
    // SAFETY: SQLite gives a text that lasts, whatever the number.
    let text = unsafe { CStr::from_ptr(libsqlite3_sys::sqlite3_errstr(code)) };
    text.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests;
