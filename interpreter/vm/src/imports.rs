//! The modules that are being imported, and by which threads: another thread that wants one of them
//! waits until it is whole.
//!
//! Threads that want each other's modules would wait for ever. The one that would close such a ring
//! takes a module as far as it has got, as CPython does.

use crate::{PyResult, Vm};
use object::{Gc, Str};

#[derive(Default)]
pub(crate) struct Imports {
    under_way: Vec<Import>,
    /// Who waits, for which module.
    waiting: Vec<Import>,
}

struct Import {
    thread: u64,
    name: Box<str>,
}

/// How waiting for another thread's import ended.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Awaited {
    /// No other thread is importing the module.
    Settled,
    /// Another is, and waits for what this one imports.
    Ring,
}

impl Imports {
    /// There are no other threads any more.
    pub(crate) fn keep_own(&mut self, own: u64) {
        self.under_way.retain(|import| import.thread == own);
        self.waiting.retain(|import| import.thread == own);
    }

    /// Who is importing a module besides one thread.
    fn other_importer(&self, name: &str, own: u64) -> Option<u64> {
        let mut imports = self.under_way.iter();
        let of_other = imports.find(|import| import.thread != own && *import.name == *name);
        of_other.map(|import| import.thread)
    }

    /// Whether a thread waits, by however many others, for what `own` imports.
    fn waits_for(&self, thread: u64, own: u64) -> bool {
        let mut at = thread;
        // A ring without this thread cannot be: whoever would have closed it did not wait.
        while let Some(wait) = self.waiting.iter().find(|wait| wait.thread == at) {
            match self.other_importer(&wait.name, at) {
                Some(next) if next == own => return true,
                Some(next) => at = next,
                None => return false,
            }
        }
        false
    }
}

impl Vm {
    /// Whether a thread other than the running one is importing a module.
    pub(crate) fn is_imported_elsewhere(&self, name: Gc<Str>) -> bool {
        let own = self.thread();
        let mut imports = self.imports.under_way.iter();
        imports.any(|import| import.thread != own && name.equals_text(&import.name))
    }

    /// Waits while another thread imports a module. Signals' handlers run meanwhile.
    pub(crate) fn await_import(&mut self, name: &str) -> PyResult<Awaited> {
        if self.imports.other_importer(name, self.thread()).is_none() {
            return Ok(Awaited::Settled);
        }
        let awaited = self.park_until_imported(name);
        // Some call may have been for what this thread was about to wait for.
        self.unpark(self.thread());
        awaited
    }

    fn park_until_imported(&mut self, name: &str) -> PyResult<Awaited> {
        let own = self.thread();
        while let Some(other) = self.imports.other_importer(name, own) {
            if self.imports.waits_for(other, own) {
                return Ok(Awaited::Ring);
            }
            let name = name.into();
            self.imports.waiting.push(Import { thread: own, name });
            self.park(None, Vec::new());
            self.imports.waiting.retain(|wait| wait.thread != own);
            self.check_interrupt()?;
        }
        Ok(Awaited::Settled)
    }

    pub(crate) fn begin_import(&mut self, name: &str) {
        let thread = self.thread();
        let name = name.into();
        self.imports.under_way.push(Import { thread, name });
    }

    /// The running thread is through with what it began last; who waits for that goes on.
    pub(crate) fn end_import(&mut self) {
        let own = self.thread();
        let under_way = &mut self.imports.under_way;
        let Some(at) = under_way.iter().rposition(|import| import.thread == own) else {
            return;
        };
        let ended = under_way.remove(at);
        let waiting = self.imports.waiting.iter();
        let wake: Vec<u64> = (waiting.filter(|wait| wait.name == ended.name))
            .map(|wait| wait.thread)
            .collect();
        wake.into_iter().for_each(|thread| self.unpark(thread));
    }
}
