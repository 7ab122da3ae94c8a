//! A connection to a database.

use crate::callbacks::{self, Freed, Registered};
use crate::host::{Host, lend};
use crate::{Blob, Failure, Statement, misuse, taped};
use libsqlite3_sys as ffi;
use std::cell::{Cell, RefCell};
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::ptr::{null, null_mut};
use std::rc::Rc;
use std::sync::Once;

/// What names files may be a URI.
pub const OPEN_URI: i32 = ffi::SQLITE_OPEN_URI;

static CONFIGURED: Once = Once::new();

/// The version of SQLite.
pub fn version() -> String {
    // SAFETY: SQLite gives a text that lasts.
    let text = unsafe { CStr::from_ptr(ffi::sqlite3_libversion()) };
    text.to_string_lossy().into_owned()
}

/// Whether a text ends a statement.
pub fn is_complete(text: &CStr) -> bool {
    // SAFETY: the text ends with a zero.
    unsafe { ffi::sqlite3_complete(text.as_ptr()) != 0 }
}

/// What statements, blobs and backups share with their database.
pub(crate) struct Shared {
    /// Null once it is closed.
    pub(crate) raw: Cell<*mut ffi::sqlite3>,
    /// How many operations are under way: others begin while a function that SQLite calls runs.
    pub(crate) depth: Cell<u32>,
    /// Statements that no one can use any more.
    pub(crate) dead: RefCell<Vec<*mut ffi::sqlite3_stmt>>,
    pub(crate) blobs: RefCell<Vec<Rc<Cell<*mut ffi::sqlite3_blob>>>>,
    freed: Freed,
    is_taped: bool,
}

impl Shared {
    /// Runs an operation; `None` if the database is closed.
    pub(crate) fn run<R>(
        &self,
        host: &mut dyn Host,
        operation: impl FnOnce(*mut ffi::sqlite3) -> R,
    ) -> Option<R> {
        let raw = self.raw.get();
        if raw.is_null() {
            return None;
        }
        self.depth.set(self.depth.get() + 1);
        let result = lend(host, || operation(raw));
        self.depth.set(self.depth.get() - 1);
        Some(result)
    }

    /// What went wrong last.
    pub(crate) fn failure(&self) -> Failure {
        let raw = self.raw.get();
        if raw.is_null() {
            return closed();
        }
        // SAFETY: the database is open; its text stays until the next operation.
        unsafe {
            let text = CStr::from_ptr(ffi::sqlite3_errmsg(raw));
            Failure {
                code: ffi::sqlite3_extended_errcode(raw),
                message: text.to_string_lossy().into_owned(),
            }
        }
    }

    pub(crate) fn check(&self, code: c_int) -> Result<(), Failure> {
        if code == ffi::SQLITE_OK {
            return Ok(());
        }
        let failure = self.failure();
        // What is found wrong before anything is done is not kept with the database.
        Err(match failure.code & 0xFF == code & 0xFF {
            true => failure,
            false => Failure {
                code,
                message: crate::text_of(code),
            },
        })
    }
}

pub(crate) fn closed() -> Failure {
    misuse("Cannot operate on a closed database.")
}

/// A statement that was prepared, and how many bytes of the text it took.
pub struct Prepared {
    /// `None`: there was nothing but comments.
    pub statement: Option<Statement>,
    pub taken: usize,
}

/// A connection.
pub struct Database(pub(crate) Rc<Shared>);

impl Drop for Database {
    fn drop(&mut self) {
        // What a recording knows nothing of must not happen: one that dies open stays open in it.
        if !self.0.is_taped && self.0.depth.get() == 0 {
            self.close_all();
        }
    }
}

impl Database {
    /// Opens a database. `path` may be a URI if `flags` say so.
    pub fn open(host: &mut dyn Host, path: &CStr, flags: i32) -> Result<Database, Failure> {
        CONFIGURED.call_once(|| {
            // SAFETY: SQLite is not in use before; of the two, one takes a number.
            unsafe {
                ffi::sqlite3_config(ffi::SQLITE_CONFIG_URI, 0 as c_int);
                ffi::sqlite3_initialize();
            }
        });
        let is_taped = host.is_taped();
        if is_taped {
            taped::install();
        }
        let mut raw = null_mut();
        // SAFETY: the path ends with a zero; there is a handle even where it says why there is no database.
        let code = lend(host, || unsafe {
            ffi::sqlite3_open_v2(path.as_ptr(), &raw mut raw, flags, null())
        });
        if raw.is_null() {
            let code = ffi::SQLITE_NOMEM;
            let message = crate::text_of(code);
            return Err(Failure { code, message });
        }
        let database = Database(Rc::new(Shared {
            raw: Cell::new(raw),
            depth: Cell::new(0),
            dead: RefCell::default(),
            blobs: RefCell::default(),
            freed: Freed::default(),
            is_taped,
        }));
        if code != ffi::SQLITE_OK {
            let failure = database.0.failure();
            lend(host, || database.close_all());
            return Err(failure);
        }
        // SAFETY: the database is open. Foreign keys are not heeded unless a program says so.
        unsafe {
            ffi::sqlite3_extended_result_codes(raw, 1);
            ffi::sqlite3_db_config(
                raw,
                ffi::SQLITE_DBCONFIG_ENABLE_FKEY,
                0 as c_int,
                null_mut::<c_int>(),
            );
        }
        Ok(database)
    }

    pub fn is_open(&self) -> bool {
        !self.0.raw.get().is_null()
    }

    /// Whether a function that this database has called is running.
    pub fn is_busy(&self) -> bool {
        self.0.depth.get() > 0
    }

    /// The keys of functions and orders that were replaced since.
    pub fn take_freed(&self) -> Vec<u32> {
        std::mem::take(&mut self.0.freed.borrow_mut())
    }

    fn close_all(&self) {
        let raw = self.0.raw.replace(null_mut());
        if raw.is_null() {
            return;
        }
        self.0.dead.borrow_mut().clear();
        // SAFETY: all that belongs to the database is ended with it: blobs and statements look whether it is open
        // before they touch what is theirs.
        unsafe {
            for blob in self.0.blobs.borrow_mut().drain(..) {
                let open = blob.replace(null_mut());
                if !open.is_null() {
                    ffi::sqlite3_blob_close(open);
                }
            }
            loop {
                let statement = ffi::sqlite3_next_stmt(raw, null_mut());
                if statement.is_null() {
                    break;
                }
                ffi::sqlite3_finalize(statement);
            }
            ffi::sqlite3_close(raw);
        }
    }

    /// Closes the database with all that belongs to it.
    pub fn close(&self, host: &mut dyn Host) -> Result<(), Failure> {
        if self.is_busy() {
            return Err(misuse("Cannot close a database that runs a callback."));
        }
        lend(host, || self.close_all());
        Ok(())
    }

    /// Prepares the first statement of a text.
    pub fn prepare(&self, host: &mut dyn Host, sql: &[u8]) -> Result<Prepared, Failure> {
        let (mut statement, mut tail) = (null_mut(), null());
        let code = self.0.run(host, |raw| {
            self.end_dead();
            // SAFETY: so many bytes are there; SQLite writes to the two places.
            unsafe {
                ffi::sqlite3_prepare_v2(
                    raw,
                    sql.as_ptr().cast(),
                    sql.len() as c_int,
                    &raw mut statement,
                    &raw mut tail,
                )
            }
        });
        self.0.check(code.ok_or_else(closed)?)?;
        let taken = match tail.is_null() {
            true => sql.len(),
            false => (tail as usize - sql.as_ptr() as usize).min(sql.len()),
        };
        let statement =
            (!statement.is_null()).then(|| Statement::new(Rc::clone(&self.0), statement));
        Ok(Prepared { statement, taken })
    }

    /// Ends statements that died. A recording has no say in when they die, so in one they stay.
    fn end_dead(&self) {
        if self.0.is_taped {
            return;
        }
        for statement in self.0.dead.take() {
            // SAFETY: nothing else has it.
            unsafe { ffi::sqlite3_finalize(statement) };
        }
    }

    /// Ends the statements that died with what they had locked.
    pub fn forget_dead(&self, host: &mut dyn Host) {
        self.0.run(host, |_| self.end_dead());
    }

    fn raw(&self) -> Result<*mut ffi::sqlite3, Failure> {
        match self.is_open() {
            true => Ok(self.0.raw.get()),
            false => Err(closed()),
        }
    }

    /// Whether a transaction was begun.
    pub fn in_transaction(&self) -> Result<bool, Failure> {
        // SAFETY: the database is open.
        Ok(unsafe { ffi::sqlite3_get_autocommit(self.raw()?) } == 0)
    }

    /// How many rows were changed since it was opened.
    pub fn total_changes(&self) -> Result<i64, Failure> {
        // SAFETY: the database is open.
        Ok(unsafe { ffi::sqlite3_total_changes64(self.raw()?) })
    }

    /// How many rows the last statement has changed.
    pub fn changes(&self) -> Result<i64, Failure> {
        // SAFETY: the database is open.
        Ok(unsafe { ffi::sqlite3_changes64(self.raw()?) })
    }

    /// The number of the row that was inserted last.
    pub fn last_row(&self) -> Result<i64, Failure> {
        // SAFETY: the database is open.
        Ok(unsafe { ffi::sqlite3_last_insert_rowid(self.raw()?) })
    }

    /// Ends what is under way.
    pub fn interrupt(&self) -> Result<(), Failure> {
        // SAFETY: the database is open.
        unsafe { ffi::sqlite3_interrupt(self.raw()?) };
        Ok(())
    }

    /// A limit; sets it if it is given a number that is not negative. Gives what it was.
    pub fn limit(&self, category: i32, limit: i32) -> Result<i32, Failure> {
        // SAFETY: the database is open.
        Ok(unsafe { ffi::sqlite3_limit(self.raw()?, category, limit) })
    }

    /// How long to wait for others.
    pub fn set_timeout(&self, timeout_ms: i32) -> Result<(), Failure> {
        // SAFETY: the database is open.
        let code = unsafe { ffi::sqlite3_busy_timeout(self.raw()?, timeout_ms) };
        self.0.check(code)
    }

    /// An option that is on or off, set to that unless it is `None`; what it is then.
    pub fn option(&self, option: i32, on: Option<bool>) -> Result<bool, Failure> {
        let raw = self.raw()?;
        let mut now: c_int = 0;
        let wanted = on.map_or(-1, c_int::from);
        // SAFETY: options that are on or off take a number and a place.
        let code = unsafe { ffi::sqlite3_db_config(raw, option, wanted, &raw mut now) };
        self.0.check(code)?;
        Ok(now != 0)
    }

    /// Sets a function of SQL, or removes it (no key). Windowed aggregates are aggregates.
    pub fn set_function(
        &self,
        host: &mut dyn Host,
        name: &CStr,
        count: i32,
        flags: i32,
        kind: FunctionKind,
        key: Option<u32>,
    ) -> Result<(), Failure> {
        let flags = flags | ffi::SQLITE_UTF8;
        let (word, drop) = self.word(key);
        let is_set = key.is_some();
        let code = self.0.run(host, |raw| {
            let name = name.as_ptr();
            // SAFETY: the name ends with a zero; the functions are those of `callbacks`, and their word is theirs.
            unsafe {
                match kind {
                    FunctionKind::Window => ffi::sqlite3_create_window_function(
                        raw,
                        name,
                        count,
                        flags,
                        word,
                        is_set.then_some(callbacks::add as _),
                        is_set.then_some(callbacks::last as _),
                        is_set.then_some(callbacks::value as _),
                        is_set.then_some(callbacks::remove as _),
                        drop,
                    ),
                    FunctionKind::Aggregate => ffi::sqlite3_create_function_v2(
                        raw,
                        name,
                        count,
                        flags,
                        word,
                        None,
                        is_set.then_some(callbacks::add as _),
                        is_set.then_some(callbacks::last as _),
                        drop,
                    ),
                    FunctionKind::Scalar => ffi::sqlite3_create_function_v2(
                        raw,
                        name,
                        count,
                        flags,
                        word,
                        is_set.then_some(callbacks::scalar as _),
                        None,
                        None,
                        drop,
                    ),
                }
            }
        });
        self.0.check(code.ok_or_else(closed)?)
    }

    fn word(&self, key: Option<u32>) -> (*mut c_void, Option<unsafe extern "C" fn(*mut c_void)>) {
        match key {
            Some(key) => (
                Registered::into_word(key, &self.0.freed),
                Some(callbacks::dropped),
            ),
            None => (null_mut(), None),
        }
    }

    /// Sets an order of texts, or removes it.
    pub fn set_collation(
        &self,
        host: &mut dyn Host,
        name: &CStr,
        key: Option<u32>,
    ) -> Result<(), Failure> {
        let (word, drop) = self.word(key);
        let compare = key.map(|_| callbacks::collate as _);
        // SAFETY: as in `set_function`.
        let code = self.0.run(host, |raw| unsafe {
            let code = ffi::sqlite3_create_collation_v2(
                raw,
                name.as_ptr(),
                ffi::SQLITE_UTF8,
                word,
                compare,
                drop,
            );
            // Unlike functions, orders that were not set are not let go of.
            if code != ffi::SQLITE_OK && !word.is_null() {
                callbacks::dropped(word);
            }
            code
        });
        self.0.check(code.ok_or_else(closed)?)
    }

    /// Whether the host is asked what may be done.
    pub fn set_authorizer(&self, on: bool) -> Result<(), Failure> {
        let function = on.then_some(callbacks::authorize as _);
        // SAFETY: the function takes any word.
        let code = unsafe { ffi::sqlite3_set_authorizer(self.raw()?, function, null_mut()) };
        self.0.check(code)
    }

    /// After how many steps the host is asked whether to go on, if at all.
    pub fn set_progress(&self, steps: Option<i32>) -> Result<(), Failure> {
        let function = steps.map(|_| callbacks::progress as _);
        let steps = steps.unwrap_or(0);
        // SAFETY: the function takes any word.
        unsafe { ffi::sqlite3_progress_handler(self.raw()?, steps, function, null_mut()) };
        Ok(())
    }

    /// Whether the host is told of statements that begin.
    pub fn set_trace(&self, on: bool) -> Result<(), Failure> {
        let function = on.then_some(callbacks::trace as _);
        let mask = if on { ffi::SQLITE_TRACE_STMT } else { 0 };
        // SAFETY: the function takes any word.
        let code = unsafe { ffi::sqlite3_trace_v2(self.raw()?, mask as _, function, null_mut()) };
        self.0.check(code)
    }

    /// Opens a cell of a table as a file.
    pub fn open_blob(
        &self,
        host: &mut dyn Host,
        [name, table, column]: [&CStr; 3],
        row: i64,
        is_writable: bool,
    ) -> Result<Blob, Failure> {
        let mut blob = null_mut();
        // SAFETY: the names end with zeros; SQLite writes to the place.
        let code = self.0.run(host, |raw| unsafe {
            ffi::sqlite3_blob_open(
                raw,
                name.as_ptr(),
                table.as_ptr(),
                column.as_ptr(),
                row,
                c_int::from(is_writable),
                &raw mut blob,
            )
        });
        self.0.check(code.ok_or_else(closed)?)?;
        Ok(Blob::new(Rc::clone(&self.0), blob))
    }

    /// A database as the bytes of its file; `None` if there is none of the name.
    pub fn serialize(&self, host: &mut dyn Host, name: &CStr) -> Result<Option<Vec<u8>>, Failure> {
        let serialized = self.0.run(host, |raw| {
            let mut count = 0;
            // SAFETY: SQLite gives so many bytes, which are ours to free.
            unsafe {
                let data = ffi::sqlite3_serialize(raw, name.as_ptr(), &raw mut count, 0);
                if data.is_null() {
                    return None;
                }
                let bytes = callbacks::bytes_at(data.cast(), count as c_int).to_vec();
                ffi::sqlite3_free(data.cast());
                Some(bytes)
            }
        });
        serialized.ok_or_else(closed)
    }

    /// Puts the bytes of a file in place of a database.
    pub fn deserialize(
        &self,
        host: &mut dyn Host,
        name: &CStr,
        data: &[u8],
    ) -> Result<(), Failure> {
        // SAFETY: SQLite has room of its own for the bytes, which it frees whatever comes of it.
        let code = self.0.run(host, |raw| unsafe {
            let room = ffi::sqlite3_malloc64(data.len().max(1) as u64).cast::<u8>();
            if room.is_null() {
                return ffi::SQLITE_NOMEM;
            }
            room.copy_from_nonoverlapping(data.as_ptr(), data.len());
            let flags = ffi::SQLITE_DESERIALIZE_FREEONCLOSE | ffi::SQLITE_DESERIALIZE_RESIZEABLE;
            let size = data.len() as i64;
            let name: *const c_char = name.as_ptr();
            ffi::sqlite3_deserialize(raw, name, room, size, size, flags as _)
        });
        self.0.check(code.ok_or_else(closed)?)
    }
}

/// What a function of SQL is called for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FunctionKind {
    Scalar,
    Aggregate,
    Window,
}

/// A text for SQLite; `None` if it has a zero in it.
pub fn c_text(text: &[u8]) -> Option<CString> {
    CString::new(text).ok()
}
