//! Frames as objects: what a call was like when someone asked for its frame.

use super::array::copy_words;
use super::callable::CodeObject;
use crate::header::{Gc, Header, Kind, Layout, Slot};
use crate::heap::{self, Marker};
use crate::shape::of_kind;
use crate::value::Value;
use std::cell::Cell;

/// What is seen of a frame, beside its registers.
#[derive(Clone, Copy)]
pub struct Seen {
    pub code: Gc<CodeObject>,
    pub pc: u32,
    pub globals: Value,
    /// The namespace of its variables; *unbound* where they are in registers.
    pub namespace: Value,
    /// The cells of outer functions, or *unbound*.
    pub closure: Value,
    /// The entry of a traceback that has the variables; *unbound* where they are in the frame's object.
    pub entry: Value,
}

/// A frame with a copy of its registers, and the frames below it in turn. Who asks for a frame reads it and one or
/// two below, so of the others there are only words at first, in one array.
#[repr(C)]
pub struct FrameObject {
    header: Header,
    pub seen: Seen,
    /// The frame below, or `None`; an array with the words of those below until someone asks.
    pub back: Slot,
    /// The dictionary of the variables, once someone has asked for it, else *unbound*.
    pub locals: Slot,
    /// What a debugger has set: the function that is told of its lines.
    pub trace: Slot,
    pub traces_lines: Cell<bool>,
    pub traces_ops: Cell<bool>,
    /// The number by which a frame in progress knows that this is its object; 0: it is a picture.
    pub number: Cell<u32>,
    /// Where that frame is, or was when the picture was taken.
    pub depth: Cell<u32>,
    /// The instruction that is, or was last, executed.
    pub pc: Cell<u32>,
    /// Where the words of the frame below begin in that array.
    pub back_at: Cell<u32>,
    count: u32,
    registers: [Value; 0],
}

impl Layout for FrameObject {
    fn trace(&self, marker: &mut Marker) {
        marker.visit(self.seen.code.into());
        for value in [
            self.seen.globals,
            self.seen.namespace,
            self.seen.closure,
            self.seen.entry,
        ] {
            marker.visit(value);
        }
        for slot in [&self.back, &self.locals, &self.trace] {
            marker.field(slot);
        }
        self.registers().iter().for_each(|&word| marker.visit(word));
    }
}

impl FrameObject {
    pub fn new(seen: Seen, registers: &[Value]) -> Gc<FrameObject> {
        // SAFETY: the tail is filled right here.
        let frame = unsafe {
            heap::allocate_with_tail(of_kind(Kind::Frame), registers.len() * 8, |header| {
                FrameObject {
                    header,
                    seen,
                    back: Slot::new(Value::NONE),
                    locals: Slot::new(Value::UNBOUND),
                    trace: Slot::new(Value::NONE),
                    traces_lines: Cell::new(true),
                    traces_ops: Cell::new(false),
                    number: Cell::new(0),
                    depth: Cell::new(u32::MAX),
                    pc: Cell::new(seen.pc),
                    back_at: Cell::new(0),
                    count: registers.len() as u32,
                    registers: [],
                }
            })
        };
        // SAFETY: there is room for as many words, and no one else has the new object.
        unsafe { copy_words(registers, frame.get().registers.as_ptr().cast_mut()) };
        frame
    }

    /// The registers of the variables, as far as they were copied.
    pub fn registers(&self) -> &[Value] {
        // SAFETY: the object was allocated with so many words after its head.
        unsafe { std::slice::from_raw_parts(self.registers.as_ptr(), self.count as usize) }
    }
}
