//! Copying a database into another, page by page.

use crate::Failure;
use crate::database::{Database, Shared, closed};
use crate::host::Host;
use libsqlite3_sys as ffi;
use std::cell::Cell;
use std::ffi::{CStr, c_int};
use std::ptr::null_mut;
use std::rc::Rc;

/// A copy in progress.
pub struct Backup {
    source: Rc<Shared>,
    target: Rc<Shared>,
    raw: Cell<*mut ffi::sqlite3_backup>,
}

impl Backup {
    pub fn new(
        host: &mut dyn Host,
        target: &Database,
        source: &Database,
        name: &CStr,
    ) -> Result<Backup, Failure> {
        let (source, target) = (Rc::clone(&source.0), Rc::clone(&target.0));
        if source.raw.get().is_null() {
            return Err(closed());
        }
        // SAFETY: both are open, and the names end with zeros.
        let raw = target.run(host, |raw| unsafe {
            ffi::sqlite3_backup_init(raw, c"main".as_ptr(), source.raw.get(), name.as_ptr())
        });
        let raw = raw.ok_or_else(closed)?;
        if raw.is_null() {
            return Err(target.failure());
        }
        // Neither may be closed meanwhile.
        for shared in [&source, &target] {
            shared.depth.set(shared.depth.get() + 1);
        }
        let raw = Cell::new(raw);
        Ok(Backup {
            source,
            target,
            raw,
        })
    }

    /// Copies so many pages, all if negative: the number of how it went.
    pub fn step(&self, host: &mut dyn Host, pages: i32) -> i32 {
        let raw = self.raw.get();
        // SAFETY: it has not ended, so both databases are open.
        let code = self
            .source
            .run(host, |_| unsafe { ffi::sqlite3_backup_step(raw, pages) });
        code.unwrap_or(ffi::SQLITE_MISUSE)
    }

    /// How many pages are left, and how many there are.
    pub fn pages(&self) -> (i32, i32) {
        let raw = self.raw.get();
        // SAFETY: as in `step`.
        unsafe {
            (
                ffi::sqlite3_backup_remaining(raw),
                ffi::sqlite3_backup_pagecount(raw),
            )
        }
    }

    /// Ends it.
    pub fn finish(&self, host: &mut dyn Host) -> Result<(), Failure> {
        let raw = self.raw.replace(null_mut());
        if raw.is_null() {
            return Ok(());
        }
        // SAFETY: it had not ended.
        let code: Option<c_int> = self
            .target
            .run(host, |_| unsafe { ffi::sqlite3_backup_finish(raw) });
        for shared in [&self.source, &self.target] {
            shared.depth.set(shared.depth.get() - 1);
        }
        self.target.check(code.unwrap_or(ffi::SQLITE_OK))
    }
}
