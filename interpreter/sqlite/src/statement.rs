//! A prepared statement: its parameters, and the rows that it gives.

use crate::callbacks::bytes_at;
use crate::database::{Shared, closed};
use crate::host::{Host, Item};
use crate::{Failure, misuse};
use libsqlite3_sys as ffi;
use std::cell::Cell;
use std::ffi::{CStr, c_int};
use std::rc::Rc;

/// A statement. All of it fails once its database is closed.
pub struct Statement {
    shared: Rc<Shared>,
    raw: *mut ffi::sqlite3_stmt,
    /// It is being stepped through, and has called a function.
    is_stepping: Cell<bool>,
}

impl Drop for Statement {
    fn drop(&mut self) {
        // The end of a statement may write to files, which is not for a collector to do.
        if !self.shared.raw.get().is_null() {
            self.shared.dead.borrow_mut().push(self.raw);
        }
    }
}

impl Statement {
    pub(crate) fn new(shared: Rc<Shared>, raw: *mut ffi::sqlite3_stmt) -> Statement {
        let is_stepping = Cell::new(false);
        Statement {
            shared,
            raw,
            is_stepping,
        }
    }

    /// The statement while its database is open.
    fn raw(&self) -> Result<*mut ffi::sqlite3_stmt, Failure> {
        match self.shared.raw.get().is_null() {
            true => Err(closed()),
            false => Ok(self.raw),
        }
    }

    fn idle(&self) -> Result<*mut ffi::sqlite3_stmt, Failure> {
        match self.is_stepping.get() {
            true => Err(misuse("the statement is being executed")),
            false => self.raw(),
        }
    }

    /// Whether it was begun and has not ended.
    pub fn is_busy(&self) -> bool {
        // SAFETY: the statement is there while its database is open.
        self.raw()
            .is_ok_and(|raw| unsafe { ffi::sqlite3_stmt_busy(raw) } != 0)
    }

    /// Whether it leaves the database as it is.
    pub fn is_read_only(&self) -> bool {
        // SAFETY: as in `is_busy`.
        self.raw()
            .is_ok_and(|raw| unsafe { ffi::sqlite3_stmt_readonly(raw) } != 0)
    }

    /// Goes on to the next row: whether there is one.
    pub fn step(&self, host: &mut dyn Host) -> Result<bool, Failure> {
        let raw = self.idle()?;
        self.is_stepping.set(true);
        // SAFETY: the statement is there, and not in use.
        let code = self.shared.run(host, |_| unsafe { ffi::sqlite3_step(raw) });
        self.is_stepping.set(false);
        match code {
            Some(ffi::SQLITE_ROW) => Ok(true),
            Some(ffi::SQLITE_DONE) => Ok(false),
            Some(_) => Err(self.shared.failure()),
            None => Err(closed()),
        }
    }

    /// Goes back to its beginning.
    pub fn reset(&self, host: &mut dyn Host) -> Result<(), Failure> {
        let raw = self.idle()?;
        // SAFETY: as in `step`. What it gives is what the last step gave.
        self.shared
            .run(host, |_| unsafe { ffi::sqlite3_reset(raw) });
        Ok(())
    }

    /// How many parameters it has.
    pub fn parameter_count(&self) -> Result<usize, Failure> {
        // SAFETY: the statement is there.
        Ok(unsafe { ffi::sqlite3_bind_parameter_count(self.raw()?) } as usize)
    }

    /// The name of a parameter with what stands before it, counted from 1.
    pub fn parameter_name(&self, at: usize) -> Result<Option<String>, Failure> {
        let raw = self.raw()?;
        // SAFETY: the statement is there; it keeps its names.
        unsafe {
            let name = ffi::sqlite3_bind_parameter_name(raw, at as c_int);
            Ok((!name.is_null()).then(|| CStr::from_ptr(name).to_string_lossy().into_owned()))
        }
    }

    /// Forgets all parameters.
    pub fn clear(&self) -> Result<(), Failure> {
        // SAFETY: the statement is there.
        unsafe { ffi::sqlite3_clear_bindings(self.idle()?) };
        Ok(())
    }

    /// Gives a parameter its value, counted from 1.
    pub fn bind(&self, at: usize, item: Item<'_>) -> Result<(), Failure> {
        let (raw, at) = (self.idle()?, at as c_int);
        // SAFETY: SQLite copies what it is given.
        let code = unsafe {
            match item {
                Item::Null => ffi::sqlite3_bind_null(raw, at),
                Item::Int(n) => ffi::sqlite3_bind_int64(raw, at, n),
                Item::Float(f) => ffi::sqlite3_bind_double(raw, at, f),
                Item::Text(text) => ffi::sqlite3_bind_text64(
                    raw,
                    at,
                    text.as_ptr().cast(),
                    text.len() as u64,
                    ffi::SQLITE_TRANSIENT(),
                    ffi::SQLITE_UTF8 as u8,
                ),
                Item::Blob(blob) => ffi::sqlite3_bind_blob64(
                    raw,
                    at,
                    blob.as_ptr().cast(),
                    blob.len() as u64,
                    ffi::SQLITE_TRANSIENT(),
                ),
            }
        };
        self.shared.check(code)
    }

    /// How many columns its rows have.
    pub fn column_count(&self) -> usize {
        // SAFETY: the statement is there.
        self.raw()
            .map_or(0, |raw| unsafe { ffi::sqlite3_column_count(raw) } as usize)
    }

    /// How many values the row has that it stands at; none if it stands at none.
    pub fn row_length(&self) -> usize {
        // SAFETY: the statement is there.
        self.raw()
            .map_or(0, |raw| unsafe { ffi::sqlite3_data_count(raw) } as usize)
    }

    pub fn column_name(&self, at: usize) -> Result<Vec<u8>, Failure> {
        let raw = self.raw()?;
        // SAFETY: the statement is there, and its name stays until the next step.
        unsafe {
            let name = ffi::sqlite3_column_name(raw, at as c_int);
            match name.is_null() {
                true => Err(misuse("out of memory")),
                false => Ok(CStr::from_ptr(name).to_bytes().to_vec()),
            }
        }
    }

    /// The type that a column was declared with.
    pub fn declared_type(&self, at: usize) -> Result<Option<Vec<u8>>, Failure> {
        let raw = self.raw()?;
        // SAFETY: as in `column_name`.
        unsafe {
            let name = ffi::sqlite3_column_decltype(raw, at as c_int);
            Ok((!name.is_null()).then(|| CStr::from_ptr(name).to_bytes().to_vec()))
        }
    }

    /// A value of the row that it stands at, for someone to read before anything else is done to it.
    pub fn value<R>(&self, at: usize, read: impl FnOnce(Item<'_>) -> R) -> Result<R, Failure> {
        let (raw, at) = (self.idle()?, at as c_int);
        // SAFETY: the statement is there; bytes are lent until the next step, and `read` has no way to it.
        unsafe {
            Ok(match ffi::sqlite3_column_type(raw, at) {
                ffi::SQLITE_INTEGER => read(Item::Int(ffi::sqlite3_column_int64(raw, at))),
                ffi::SQLITE_FLOAT => read(Item::Float(ffi::sqlite3_column_double(raw, at))),
                ffi::SQLITE_TEXT => {
                    let text = ffi::sqlite3_column_text(raw, at);
                    let count = ffi::sqlite3_column_bytes(raw, at);
                    read(Item::Text(bytes_at(text.cast(), count)))
                }
                ffi::SQLITE_BLOB => {
                    let blob = ffi::sqlite3_column_blob(raw, at);
                    let count = ffi::sqlite3_column_bytes(raw, at);
                    read(Item::Blob(bytes_at(blob, count)))
                }
                _ => read(Item::Null),
            })
        }
    }

    /// The bytes of a value whatever its type; `None` if it has none, or is NULL.
    pub fn value_bytes(&self, at: usize) -> Result<Option<Vec<u8>>, Failure> {
        let (raw, at) = (self.idle()?, at as c_int);
        // SAFETY: as in `value`.
        unsafe {
            if ffi::sqlite3_column_type(raw, at) == ffi::SQLITE_NULL {
                return Ok(None);
            }
            let blob = ffi::sqlite3_column_blob(raw, at);
            let count = ffi::sqlite3_column_bytes(raw, at);
            Ok((!blob.is_null()).then(|| bytes_at(blob, count).to_vec()))
        }
    }
}
