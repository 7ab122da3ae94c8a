//! Exceptions and tracebacks.

use super::array::copy_words;
use super::callable::{CodeObject, Function};
use super::dict::Dict;
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

/// An exception, its context, that one's context and so on. Ends where a program has closed a circle of
/// contexts, after once around or a few times.
pub struct Contexts {
    next: Value,
    /// An earlier one, from which on so many steps are made before another takes its place.
    earlier: Value,
    steps: usize,
    until: usize,
}

/// The contexts from an exception on, which comes first; none of what is no exception.
pub fn contexts(exception: Value) -> Contexts {
    Contexts {
        next: exception,
        earlier: Value::UNBOUND,
        steps: 0,
        until: 1,
    }
}

impl Iterator for Contexts {
    type Item = Gc<Exception>;

    fn next(&mut self) -> Option<Gc<Exception>> {
        let exception = self.next.cast::<Exception>()?;
        if self.next == self.earlier {
            return None;
        }
        if self.steps == self.until {
            (self.earlier, self.steps) = (self.next, 0);
            self.until *= 2;
        }
        self.steps += 1;
        self.next = exception.context.get();
        Some(exception)
    }
}

/// One entry of a traceback: where a frame was when an exception passed through it.
///
/// Of a frame that the exception left, the entry has the variables: no one else has them any more.
/// One that caught the exception goes on, and its entry has none. Should that frame be left by this
/// or another exception later, the entry that has its variables then is this one's owner.
#[repr(C)]
pub struct Traceback {
    header: Header,
    pub next: Slot,
    pub(crate) code: Gc<CodeObject>,
    /// The instruction, and above its 32 bits how many words follow.
    pub(crate) place: Cell<u64>,
    /// The function of a frame that was left; of one that goes on, its globals or the entry that
    /// has its variables; once someone has asked, the frame object.
    pub owner: Slot,
    pub(crate) words: [Slot; 0],
}

impl Layout for Traceback {
    fn trace(&self, marker: &mut Marker) {
        marker.field(&self.next);
        marker.field(&self.owner);
        marker.visit(self.code.into());
        self.words().iter().for_each(|slot| marker.field(slot));
    }
}

impl Traceback {
    /// An entry with the variables of a frame, or with its namespace, or without any.
    pub fn new(
        next: Value,
        code: Gc<CodeObject>,
        pc: u32,
        owner: Value,
        words: &[Value],
    ) -> Gc<Traceback> {
        let place = Cell::new(Traceback::place_of(pc, words.len()));
        // SAFETY: the tail is filled right here.
        let entry = unsafe {
            heap::allocate_with_tail(of_kind(Kind::Traceback), words.len() * 8, |header| {
                Traceback {
                    header,
                    next: Slot::new(next),
                    code,
                    place,
                    owner: Slot::new(owner),
                    words: [],
                }
            })
        };
        // SAFETY: `Slot` is a transparent cell of a word, and no one else has the new entry.
        unsafe { copy_words(words, entry.get().words.as_ptr() as *mut Value) };
        entry
    }

    /// What [`Traceback`] has as its place.
    pub fn place_of(pc: u32, words: usize) -> u64 {
        u64::from(pc) | (words as u64) << 32
    }

    pub fn code(&self) -> Gc<CodeObject> {
        self.code
    }

    pub fn pc(&self) -> u32 {
        self.place.get() as u32
    }

    /// Takes the place of another entry, whose frame it is, too.
    pub fn set_pc(&self, pc: u32) {
        let words = self.words().len();
        self.place.set(Traceback::place_of(pc, words));
    }

    /// The variables of a frame that was left by their registers, or its namespace alone.
    pub fn words(&self) -> &[Slot] {
        let count = (self.place.get() >> 32) as usize;
        // SAFETY: the object was allocated with so many words after its head.
        unsafe { std::slice::from_raw_parts(self.words.as_ptr(), count) }
    }

    /// The globals of the frame.
    pub fn globals(&self) -> Option<Gc<Dict>> {
        let owner = self.owner.get();
        match owner.kind() {
            Some(Kind::Function) => Some(owner.known::<Function>().globals()),
            Some(Kind::Traceback) => owner.known::<Traceback>().globals(),
            _ => owner.cast::<Dict>(),
        }
    }

    /// Whether the frame has gone on when the entry was made, and nothing else is known of it yet.
    pub fn goes_on(&self) -> bool {
        self.owner.get().is::<Dict>()
    }
}
