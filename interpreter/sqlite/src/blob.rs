//! A cell of a table, read and written in place.

use crate::Failure;
use crate::database::{Shared, closed};
use crate::host::Host;
use crate::misuse;
use libsqlite3_sys as ffi;
use std::cell::Cell;
use std::ffi::c_int;
use std::ptr::null_mut;
use std::rc::Rc;

/// An open cell. It is closed with its database.
pub struct Blob {
    shared: Rc<Shared>,
    raw: Rc<Cell<*mut ffi::sqlite3_blob>>,
}

impl Blob {
    pub(crate) fn new(shared: Rc<Shared>, raw: *mut ffi::sqlite3_blob) -> Blob {
        let raw = Rc::new(Cell::new(raw));
        let mut blobs = shared.blobs.borrow_mut();
        blobs.retain(|blob| !blob.get().is_null());
        blobs.push(Rc::clone(&raw));
        drop(blobs);
        Blob { shared, raw }
    }

    pub fn is_open(&self) -> bool {
        !self.raw.get().is_null()
    }

    /// How many bytes it has.
    pub fn len(&self) -> usize {
        match self.is_open() {
            // SAFETY: the blob is open.
            true => unsafe { ffi::sqlite3_blob_bytes(self.raw.get()) as usize },
            false => 0,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn run(
        &self,
        host: &mut dyn Host,
        act: impl FnOnce(*mut ffi::sqlite3_blob) -> c_int,
    ) -> Result<(), Failure> {
        if !self.is_open() {
            return Err(misuse("Cannot operate on a closed blob."));
        }
        let code = self.shared.run(host, |_| act(self.raw.get()));
        self.shared.check(code.ok_or_else(closed)?)
    }

    /// Reads so many bytes, which are there.
    pub fn read(&self, host: &mut dyn Host, at: usize, count: usize) -> Result<Vec<u8>, Failure> {
        let mut data = vec![0; count];
        // SAFETY: SQLite writes so many bytes, or says that there are fewer.
        self.run(host, |raw| unsafe {
            ffi::sqlite3_blob_read(raw, data.as_mut_ptr().cast(), count as c_int, at as c_int)
        })?;
        Ok(data)
    }

    /// Writes within its length.
    pub fn write(&self, host: &mut dyn Host, at: usize, data: &[u8]) -> Result<(), Failure> {
        // SAFETY: so many bytes are there.
        self.run(host, |raw| unsafe {
            let count = data.len() as c_int;
            ffi::sqlite3_blob_write(raw, data.as_ptr().cast(), count, at as c_int)
        })
    }

    pub fn close(&self, host: &mut dyn Host) {
        let raw = self.raw.replace(null_mut());
        if !raw.is_null() {
            // SAFETY: it was open, and is not any more.
            self.shared
                .run(host, |_| unsafe { ffi::sqlite3_blob_close(raw) });
        }
    }
}
