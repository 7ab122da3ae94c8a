//! Frames and tracebacks as objects.
//!
//! A frame object is a picture taken when it is asked for: the machine's own frames are windows
//! on the register stack, and no program keeps one. Its locals are therefore a copy. Those of a frame
//! that an exception has left are in the exception's traceback. Pictures are taken of the frames below, too,
//! each of which leads to the next: so they keep nothing of a frame above alive. An object is made of one when
//! someone asks for it.

use object::{Array, Dict, FrameObject, Gc, Seen, Traceback, Value};
use std::cell::Cell;
use vm::hooks::offset_of;
use vm::shown::{Told, registers, variables, with_seen};
use vm::{Def, Frame, PyResult, Vm, getter, method, setter, static_method, string};

const TRACEBACK: &[Def] = &[
    static_method(
        "__new__(cls, tb_next, tb_frame, tb_lasti, tb_lineno)",
        new_traceback,
    ),
    getter("tb_next", tb_next),
    setter("tb_next", set_tb_next),
    getter("tb_lineno", tb_lineno),
    getter("tb_lasti", tb_lasti),
    getter("tb_frame", tb_frame),
];

const FRAME: &[Def] = &[
    static_method("__new__(cls, /, *args, **kwargs)", frame_new),
    method("__repr__(self, /)", frame_repr),
    method("clear(self, /)", frame_clear),
    getter("f_code", |vm, args| Ok(me(vm, args[0])?.seen.code.into())),
    getter("f_lineno", |vm, args| {
        let frame = me(vm, args[0])?;
        let line = line_at(vm, frame);
        Ok(line.map_or(Value::NONE, |line| Value::small(i64::from(line))))
    }),
    setter("f_lineno", set_line),
    getter("f_lasti", |vm, args| {
        let frame = me(vm, args[0])?;
        Ok(Value::small(match vm.frame_number(frame) {
            Some(at) => vm.offset_of_frame(at),
            None => offset_of(frame.pc.get()),
        }))
    }),
    getter("f_globals", |vm, args| Ok(me(vm, args[0])?.seen.globals)),
    getter("f_builtins", |vm, _| Ok(vm.builtins.into())),
    getter("f_locals", frame_locals),
    getter("f_back", frame_back),
    getter("f_trace", |vm, args| Ok(me(vm, args[0])?.trace.get())),
    setter("f_trace", set_trace),
    getter("f_trace_lines", |vm, args| {
        Ok(Value::bool(me(vm, args[0])?.traces_lines.get()))
    }),
    setter("f_trace_lines", |vm, args| {
        set_flag(vm, args, |p| &p.traces_lines)
    }),
    getter("f_trace_opcodes", |vm, args| {
        Ok(Value::bool(me(vm, args[0])?.traces_ops.get()))
    }),
    setter("f_trace_opcodes", |vm, args| {
        set_flag(vm, args, |p| &p.traces_ops)
    }),
];

/// The source line being executed.
fn line_at(vm: &Vm, frame: Gc<FrameObject>) -> Option<u32> {
    match vm.frame_number(frame) {
        Some(at) => vm.line_of_frame(at),
        None => {
            Some(frame.seen.code.code().location(frame.pc.get()).line).filter(|&line| line != 0)
        }
    }
}

fn me(vm: &mut Vm, value: Value) -> PyResult<Gc<FrameObject>> {
    vm.receiver::<FrameObject>(value)
}

fn frame_locals(vm: &mut Vm, args: &[Value]) -> PyResult {
    let frame = me(vm, args[0])?;
    if let Some(at) = vm.frame_number(frame) {
        return Ok(vm.lend_variables(frame, at));
    }
    if let Some(made) = frame.locals.get().bound() {
        return Ok(made);
    }
    let made = match frame.seen.entry.cast::<Traceback>() {
        Some(entry) => locals_of(entry, &frame.seen),
        None => variables(&frame.seen, frame.registers()),
    };
    frame.write(|frame| &frame.locals, made);
    Ok(made)
}

/// The variables of a frame that was left.
fn locals_of(entry: Gc<Traceback>, seen: &Seen) -> Value {
    let words: Vec<Value> = entry.words().iter().map(object::Slot::get).collect();
    match (seen.code.code().flags.optimized, words.first()) {
        (true, _) => variables(seen, &words),
        (false, Some(&namespace)) if !namespace.is_unbound() => namespace,
        (false, _) => seen.globals,
    }
}

fn set_trace(vm: &mut Vm, args: &[Value]) -> PyResult {
    let given = args[1].bound().unwrap_or(Value::NONE);
    let frame = me(vm, args[0])?;
    vm.attach_picture(frame);
    frame.write(|frame| &frame.trace, given);
    Ok(Value::NONE)
}

/// The frame below, as a program sees it.
fn frame_back(vm: &mut Vm, args: &[Value]) -> PyResult {
    let frame = me(vm, args[0])?;
    let Some(at) = vm.frame_number(frame) else {
        return Ok(pictured_below(frame));
    };
    let mut below = vm.frames()[..at].iter();
    let below = below.rposition(|frame| !frame.code.code().flags.hidden);
    Ok(below.map_or(Value::NONE, |below| vm.frame_object(below).into()))
}

/// Has a frame that a trace function is told of go on elsewhere.
fn set_line(vm: &mut Vm, args: &[Value]) -> PyResult {
    let frame = me(vm, args[0])?;
    if args[1].is_unbound() {
        return Err(vm.attribute_error("cannot delete attribute"));
    }
    if !args[1].is_small() {
        return Err(vm.value_error("lineno must be an integer"));
    }
    let line = vm.index(args[1])?;
    vm.jump_to_line(frame, line)?;
    Ok(Value::NONE)
}

fn set_flag(vm: &mut Vm, args: &[Value], place: fn(&FrameObject) -> &Cell<bool>) -> PyResult {
    let frame = me(vm, args[0])?;
    match args[1].as_bool() {
        Some(flag) => place(frame.get()).set(flag),
        None => return Err(vm.type_error("attribute value type must be bool")),
    }
    Ok(Value::NONE)
}

fn frame_new(vm: &mut Vm, _args: &[Value]) -> PyResult {
    Err(vm.type_error("cannot create 'frame' instances"))
}

fn frame_repr(vm: &mut Vm, args: &[Value]) -> PyResult {
    let frame = me(vm, args[0])?;
    let (seen, line) = (frame.seen, line_at(vm, frame).unwrap_or(0));
    let (file, name) = (
        vm.repr_text(seen.code.filename.get())?,
        vm.str_text(seen.code.name.get())?,
    );
    let at = super::object::address(args[0]);
    Ok(string(&format!(
        "<frame at {at:#x}, file {file}, line {line}, code {name}>"
    )))
}

/// Lets go of the variables of a frame that was left.
fn frame_clear(vm: &mut Vm, args: &[Value]) -> PyResult {
    let frame = me(vm, args[0])?;
    if vm.frame_number(frame).is_some() {
        return Err(vm.runtime_error("cannot clear an executing frame"));
    }
    let Some(entry) = frame.seen.entry.cast::<Traceback>() else {
        return Ok(Value::NONE);
    };
    if frame.seen.code.code().flags.optimized {
        for at in 0..entry.words().len() {
            entry.write(|entry| &entry.words()[at], Value::UNBOUND);
        }
        frame.write(|frame| &frame.locals, Dict::new().into());
    }
    Ok(Value::NONE)
}

/// The local variables of a frame: its namespace, or a copy of its registers by name.
pub fn locals(frame: &Frame) -> Value {
    with_seen(frame, |seen, registers| variables(&seen, registers))
}

/// The frame object of the call `depth` levels up; `None` if there is none.
pub fn of_depth(vm: &mut Vm, depth: usize) -> Option<Value> {
    of_all(vm, vm.frames().len(), depth)
}

/// How many frames are looked at. A long stack is cut off: who reads frames reads the nearest.
const NEAREST: usize = 201;

/// The object of a frame below number `end`, the one that comes after `skipped` others that a program sees. It leads to
/// those of the others; `None` if there is none. Where someone is told of lines, each frame has one object.
fn of_all(vm: &mut Vm, end: usize, skipped: usize) -> Option<Value> {
    let mut shown = vm.numbered_frames_below(end).skip(skipped);
    if vm.has_hooks()
        && let (Some(at), _) = shown.next()?
    {
        drop(shown);
        return Some(vm.frame_object(at).into());
    }
    let shown = vm.numbered_frames_below(end).skip(skipped);
    let mut picture = Picture::with_room(end.min(NEAREST));
    for (at, frame) in shown.take(NEAREST) {
        match at.and_then(|at| vm.known_object(at)) {
            Some(known) => {
                known.depth.set(depth_of(at));
                picture.add_object(known);
            }
            None => picture.add(&frame, depth_of(at)),
        }
    }
    picture.finish();
    picture.first.map(Value::from)
}

/// A picture of the stack that is being taken, from the top.
struct Picture {
    first: Option<Gc<FrameObject>>,
    /// The last frame that has an object, which those that have only words lie below.
    above: Option<Gc<FrameObject>>,
    /// For each of those how many words it has, and these: what its record tells, its depth, its registers.
    words: Vec<Value>,
}

/// How many words a frame has before its registers.
const HEAD: usize = 6;

/// The number by which an object finds its frame.
fn depth_of(at: Option<usize>) -> u32 {
    at.map_or(u32::MAX, |at| at as u32)
}

impl Picture {
    fn with_room(frames: usize) -> Picture {
        const MOSTLY: usize = HEAD + 8;
        Picture {
            first: None,
            above: None,
            words: Vec::with_capacity(frames * MOSTLY),
        }
    }

    #[inline]
    fn add(&mut self, frame: &Frame, depth: u32) {
        if self.first.is_none() {
            let frame = with_seen(frame, FrameObject::new);
            frame.depth.set(depth);
            return self.add_object(frame);
        }
        let (told, registers) = (Told::of(frame), registers(frame));
        let number = |number: u32| Value::small(i64::from(number));
        self.words.reserve(HEAD + registers.len());
        self.words.push(number((HEAD + registers.len()) as u32));
        self.words.push(told.code.into());
        self.words.push(number(told.pc));
        self.words.push(number(depth));
        self.words.push(told.function);
        self.words.push(told.locals);
        self.words.extend_from_slice(registers);
    }

    fn add_object(&mut self, frame: Gc<FrameObject>) {
        self.words.push(frame.into());
        self.finish();
        self.words.clear();
        self.first.get_or_insert(frame);
        self.above = Some(frame);
    }

    /// Says what is below the last frame that has an object.
    fn finish(&self) {
        let Some(above) = self.above else { return };
        let back = match self.words[..] {
            [] => Value::NONE,
            [frame] => frame,
            _ => Array::of_slices(&self.words, &[], 0).into(),
        };
        above.write(|above| &above.back, back);
        above.back_at.set(0);
    }
}

/// The frame below one in a picture. Its object is made the first time, and takes its words out of the array: no frame
/// keeps variables of one above.
fn pictured_below(frame: Gc<FrameObject>) -> Value {
    let back = frame.back.get();
    let Some(words) = back.cast::<Array>() else {
        return back;
    };
    let from = frame.back_at.get() as usize;
    let number = |word: Value| word.as_small().unwrap_or_default();
    let below = match words.item(from).as_small() {
        None => words.item(from),
        Some(count) => {
            let end = from + count as usize;
            let [_, code, pc, depth, function, locals, registers @ ..] = &words.values(end)[from..]
            else {
                unreachable!("a frame has more words")
            };
            let told = Told {
                code: code.known(),
                pc: number(*pc) as u32,
                function: *function,
                locals: *locals,
            };
            let made = FrameObject::new(told.seen(), registers);
            made.depth.set(number(*depth) as u32);
            (from..end).for_each(|at| words.set(at, Value::UNBOUND));
            if end < words.capacity() && !words.item(end).is_unbound() {
                made.write(|made| &made.back, back);
                made.back_at.set(end as u32);
            }
            made.into()
        }
    };
    frame.write(|frame| &frame.back, below);
    below
}

fn traceback(vm: &mut Vm, value: Value) -> PyResult<Gc<Traceback>> {
    vm.receiver::<Traceback>(value)
}

fn tb_next(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(traceback(vm, args[0])?.next.get())
}

/// An entry that a program makes. Its place is that of the instruction, if the line is the same, or else where the
/// code's line begins.
fn new_traceback(vm: &mut Vm, args: &[Value]) -> PyResult {
    check_next(vm, args[1])?;
    let Some(frame) = args[2].cast::<FrameObject>() else {
        let given = vm.type_name(args[2]);
        return Err(vm.type_error(format!(
            "traceback() argument 'tb_frame' must be frame, not {given}"
        )));
    };
    let (at, line) = (vm.index(args[3])?, vm.index(args[4])?);
    let code = frame.seen.code;
    let count = code.code().instrs.len() as u32;
    let is_there = |pc: &u32| i64::from(code.code().location(*pc).line) == line;
    let given = u32::try_from(at / 2).ok().filter(|&pc| pc < count);
    let found = given.filter(is_there).or_else(|| (0..count).find(is_there));
    let pc = found.or(given).unwrap_or(0);
    Ok(Traceback::new(args[1], code, pc, args[2], &[]).into())
}

fn check_next(vm: &mut Vm, next: Value) -> PyResult<()> {
    if !next.is_none() && !next.is::<Traceback>() {
        let given = vm.type_name(next);
        return Err(vm.type_error(format!("expected traceback object or None, got '{given}'")));
    }
    Ok(())
}

fn set_tb_next(vm: &mut Vm, args: &[Value]) -> PyResult {
    let entry = traceback(vm, args[0])?;
    let next = args[1];
    check_next(vm, next)?;
    let mut at = next;
    while let Some(other) = at.cast::<Traceback>() {
        if other == entry {
            return Err(vm.value_error("traceback loop detected"));
        }
        at = other.next.get();
    }
    entry.write(|t| &t.next, next);
    Ok(Value::NONE)
}

fn line_of(entry: Gc<Traceback>) -> u32 {
    entry.code().code().location(entry.pc()).line
}

fn tb_lineno(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(Value::small(line_of(traceback(vm, args[0])?) as i64))
}

fn tb_lasti(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(Value::small(offset_of(traceback(vm, args[0])?.pc())))
}

fn tb_frame(vm: &mut Vm, args: &[Value]) -> PyResult {
    let asked = traceback(vm, args[0])?;
    if asked.owner.get().is::<FrameObject>() {
        return Ok(asked.owner.get());
    }
    // A frame that handled the exception may have been left by another one since.
    let mut entry = asked;
    while let Some(later) = entry.owner.get().cast::<Traceback>() {
        entry = later;
    }
    if entry.goes_on()
        && let Some(at) = frame_of(vm, entry)
    {
        return Ok(of_all(vm, at + 1, 0).unwrap_or(Value::NONE));
    }
    let function = entry.owner.get().cast::<object::Function>();
    let seen = Seen {
        code: entry.code(),
        pc: entry.pc(),
        globals: entry.globals().map_or(Value::NONE, Value::from),
        namespace: Value::UNBOUND,
        closure: function.map_or(Value::UNBOUND, |function| function.closure.get()),
        entry: entry.into(),
    };
    Ok(FrameObject::new(seen, &[]).into())
}

/// Which frame that has not ended an entry is of: the one that handles the exception. Where none
/// does any more, the nearest call of the same code is taken for it.
fn frame_of(vm: &Vm, entry: Gc<Traceback>) -> Option<usize> {
    let frames = vm.frames();
    let handles = |at: usize| {
        let below = frames[at].handled_below;
        let handled = frames.get(at + 1).map_or(vm.handled, |f| f.handled_below);
        let mut own = object::contexts(handled).take_while(|&exception| below != exception.into());
        own.any(|exception| exception.traceback.get() == entry.into())
    };
    let same = (0..frames.len())
        .rev()
        .filter(|&at| frames[at].code == entry.code());
    same.clone()
        .find(|&at| handles(at))
        .or_else(|| same.clone().next())
}

pub fn install(vm: &mut Vm) {
    let class = vm.types.traceback;
    vm.define_methods(class, TRACEBACK);
    vm.define_methods(vm.types.frame, FRAME);
}
