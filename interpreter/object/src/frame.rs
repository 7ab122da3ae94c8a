//! Frames: the record of a call in progress. Its registers are a window on the register stack.
//!
//! A record is 64 bytes, so that it fills a line of the processor's cache.

use crate::{CodeObject, CodePointer, Count, Dict, Function, Gc, Generator, Marker, Regs, Value};

/// What becomes of a frame's result in the frame below: an op that entered a Python function
/// goes on here when that function returns.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Then {
    /// It goes into the destination register. No generator's frame has this.
    Store,
    /// It goes back to the Rust code that called.
    Exit,
    /// It must be None (`__init__`); the destination gets the new object.
    Init,
    /// It is an operator's, from the left operand's method: NotImplemented sends the op to the
    /// right operand; a fused comparison jumps by its truth.
    Operator,
    /// The same, from the left operand's method that works in place: NotImplemented sends the op to the
    /// methods that do not.
    Inplace,
    /// The same, from the right operand's method, as the left operand is of a builtin type.
    Reflected,
    /// Yielding stores the value; returning ends the `for` loop, whose exit lies `for_iter`'s
    /// distance away.
    ForIter,
    /// Yielding stores the value; returning stores the result and jumps as `send` says.
    Send,
    /// It must be a string (`__str__`).
    Text,
    /// No one wants it.
    Drop,
    /// It must be an iterator (`__iter__`).
    Iter,
    /// It must be the length of something (`__len__`).
    Length,
    /// Its truth says whether something is contained (`__contains__`).
    Contains,
    /// It is a truth that the op asked for (`__bool__`): it must be a boolean.
    Truth,
    /// The same, as a length (`__len__`).
    TruthOfLength,
    /// Yielding stores the value; returning raises StopIteration: the frame is that of a generator
    /// which a call of `next` or `send` resumed.
    Next,
    /// It must be an integer (`__int__`), which `int` gives.
    Int,
    /// It must be a float (`__float__`), which `float` gives.
    Float,
    /// It must be a string (`__repr__`).
    Repr,
    /// It must be a string (`__str__`), which a field of an f-string gives as a plain one.
    Shown,
    /// It must be an integer (`__hash__`), which `hash` gives as a hash.
    Hash,
    /// It must be a boolean (`__bool__`), which `bool` gives.
    Bool,
    /// It is the next item of a `for` loop (`__next__`); a StopIteration ends the loop.
    Item,
}

impl Then {
    const ALL: [Then; 23] = [
        Then::Store,
        Then::Exit,
        Then::Init,
        Then::Operator,
        Then::Inplace,
        Then::Reflected,
        Then::ForIter,
        Then::Send,
        Then::Text,
        Then::Drop,
        Then::Iter,
        Then::Length,
        Then::Contains,
        Then::Truth,
        Then::TruthOfLength,
        Then::Next,
        Then::Int,
        Then::Float,
        Then::Repr,
        Then::Shown,
        Then::Hash,
        Then::Bool,
        Then::Item,
    ];

    /// Whether it is that of a generator's frame which the op below resumed.
    pub fn resumes(self) -> bool {
        matches!(self, Then::ForIter | Then::Send | Then::Next)
    }

    /// Whether it is that of an operator's method, which may decline.
    pub fn is_operator(self) -> bool {
        matches!(self, Then::Operator | Then::Inplace | Then::Reflected)
    }

    /// The one of a number that `as u8` gave.
    pub fn from_number(number: u8) -> Then {
        Then::ALL[number as usize]
    }
}

/// The place of a generator's frame in a chain of delegations of which only the last runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Chain {
    /// Nothing is said of the frame below.
    None,
    /// The frame below only passes on what this one yields: all of it is as it was saved.
    Last,
    /// The same, and so does this one, whose registers are still in its generator.
    Link,
    /// The frame below is the first of a chain that its generator knows: all between the two pass on, too,
    /// and have no frames.
    Far,
}

/// A call in progress.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Frame {
    /// Where it goes on; the instruction before is the one being executed.
    pub pc: CodePointer,
    pub base: Regs,
    pub code: Gc<CodeObject>,
    /// The function; a module's or class body's code has one too.
    pub function: Value,
    /// The exception that was being handled when the frame was entered or resumed.
    pub handled_below: Value,
    /// The namespace of a class body, or of other code with one that is not its globals; for
    /// [`Then::Init`] the new object; else *unbound*.
    pub locals: Value,
    /// The generator whose frame this is, else *unbound*.
    pub generator: Value,
    /// The register of the frame below that gets the result.
    pub dst: u16,
    pub then: Then,
    /// Its place in a chain of delegations.
    pub chain: Chain,
    /// The number of the object that programs see it as (`FrameObject::number`), or 0. Whoever opens a frame
    /// writes it as one word with the three fields before, so that no frame has another's.
    pub shown: u32,
}

const _: () = assert!(size_of::<Frame>() == 64);

impl Frame {
    /// Whether it stands where its code begins.
    #[inline(always)]
    pub fn is_at_start(&self) -> bool {
        self.pc == self.code.start()
    }

    pub fn trace(&self, marker: &mut Marker) {
        marker.visit(self.code.into());
        for value in [
            self.function,
            self.locals,
            self.generator,
            self.handled_below,
        ] {
            marker.visit(value);
        }
    }

    /// Whether names are looked up in a namespace before the globals.
    #[inline]
    pub fn has_own_namespace(&self) -> bool {
        !self.locals.is_unbound() && !self.code.code().flags.optimized
    }

    /// The function's module's namespace.
    #[inline(always)]
    pub fn globals(&self) -> Gc<Dict> {
        self.function.known::<Function>().globals()
    }

    /// How often the place was gone through at which it goes on, if a back edge jumps there or a generator goes
    /// on there.
    #[inline]
    pub fn count(&self) -> Option<&Count> {
        self.code.count_at(self.pc.index(self.code))
    }

    /// The same of the place as one that is entered, which may be where its code begins.
    #[inline(always)]
    pub fn entry_count(&self) -> Option<&Count> {
        match self.is_at_start() {
            true => Some(&self.code.entries),
            false => self.count(),
        }
    }

    /// The index of the instruction being executed.
    #[inline]
    pub fn current_pc(&self) -> u32 {
        self.pc.index(self.code).saturating_sub(1)
    }

    /// The source line being executed.
    pub fn line(&self) -> u32 {
        self.code.code().location(self.current_pc()).line
    }

    /// What the op below wants to know of the frame beside its result: the new object, or which method it was.
    pub fn kept_for_result(&self) -> Value {
        match self.then {
            Then::Init => self.locals,
            _ => self.function,
        }
    }

    /// The generator whose frame this is.
    #[inline]
    pub fn as_generator(&self) -> Option<Gc<Generator>> {
        self.generator.cast::<Generator>()
    }
}
