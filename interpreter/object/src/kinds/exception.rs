//! Exceptions and tracebacks.

use super::callable::CodeObject;
use crate::header::{Gc, Header, Kind, Layout, Slot};
use crate::heap::{self, Marker};
use crate::shape::{self, Shape, of_kind};
use crate::value::Value;
use std::cell::Cell;

/// An object of a subclass of BaseException.
#[repr(C)]
pub struct Exception {
    header: Header,
    /// Further attributes; see `instance::attributes`.
    pub(crate) overflow: Slot,
    /// Tuple.
    pub args: Slot,
    pub traceback: Slot,
    pub cause: Slot,
    pub context: Slot,
    pub suppress_context: Cell<bool>,
}

impl Layout for Exception {
    fn trace(&self, marker: &mut Marker) {
        marker.visit(shape::class_of(&self.header).into());
        for slot in [
            &self.overflow,
            &self.args,
            &self.traceback,
            &self.cause,
            &self.context,
        ] {
            marker.field(slot);
        }
    }
}

impl Exception {
    pub fn new(shape: &Shape, args: Value) -> Gc<Exception> {
        heap::allocate(shape.id.0, |header| Exception {
            header,
            overflow: Slot::new(Value::UNBOUND),
            args: Slot::new(args),
            traceback: Slot::new(Value::NONE),
            cause: Slot::new(Value::NONE),
            context: Slot::new(Value::NONE),
            suppress_context: Cell::new(false),
        })
    }
}

/// One entry of a traceback: where a frame was when an exception passed through it.
#[repr(C)]
pub struct Traceback {
    header: Header,
    pub next: Slot,
    pub(crate) code: Gc<CodeObject>,
    pub pc: u32,
    /// The globals of the frame.
    pub globals: Slot,
}

impl Layout for Traceback {
    fn trace(&self, marker: &mut Marker) {
        marker.field(&self.next);
        marker.field(&self.globals);
        marker.visit(self.code.into());
    }
}

impl Traceback {
    pub fn new(next: Value, code: Gc<CodeObject>, pc: u32, globals: Value) -> Gc<Traceback> {
        heap::allocate(of_kind(Kind::Traceback), |header| Traceback {
            header,
            next: Slot::new(next),
            code,
            pc,
            globals: Slot::new(globals),
        })
    }

    pub fn code(&self) -> Gc<CodeObject> {
        self.code
    }
}
