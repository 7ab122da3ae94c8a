//! Frames and tracebacks as objects.
//!
//! A frame object is a picture taken when it is asked for: the machine's own frames are windows
//! on the register stack, and no program keeps one. Its locals are therefore a copy. Those of a frame
//! that an exception has left are in the exception's traceback. Most who ask want
//! no more than a line or a namespace of the frame nearest by, so of the frames below only the registers
//! are copied, and objects are made of them when someone goes there.

use object::{
    CellBox, Chain, Class, ClassFlags, CodeObject, Dict, Foreign, Gc, Marker, Payload, Traceback,
    Tuple, Value, intern,
};
use std::cell::Cell;
use std::ops::Range;
use std::rc::Rc;
use vm::{Def, Frame, PyResult, Vm, getter, method, setter, static_method, string};

const TRACEBACK: &[Def] = &[
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
    getter("f_code", |vm, args| Ok(me(vm, args[0])?.seen().code.into())),
    getter("f_lineno", |vm, args| {
        Ok(Value::small(me(vm, args[0])?.seen().line() as i64))
    }),
    getter("f_lasti", |vm, args| {
        Ok(Value::small(me(vm, args[0])?.seen().pc as i64 * 2))
    }),
    getter("f_globals", |vm, args| Ok(me(vm, args[0])?.seen().globals)),
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

const CLASS: &str = "types.FrameType";

/// What was seen of a frame: names for values are found when someone asks.
struct Seen {
    code: Gc<CodeObject>,
    pc: u32,
    globals: Value,
    /// A namespace; *unbound* where the locals are in registers.
    locals: Value,
    /// Where its registers are among those of all.
    registers: Range<usize>,
    closure: Value,
}

/// What was seen of the frames of a stack, the one on top first.
struct SeenStack {
    frames: Vec<Seen>,
    registers: Vec<Value>,
}

/// How many registers of a frame there is room for before it is known.
const REGISTERS_EACH: usize = 8;

impl SeenStack {
    /// Of so many frames at most.
    fn of<'a>(frames: impl Iterator<Item = &'a Frame>, at_most: usize) -> SeenStack {
        let mut stack = SeenStack {
            frames: Vec::with_capacity(at_most),
            registers: Vec::with_capacity(at_most * REGISTERS_EACH),
        };
        frames.take(at_most).for_each(|frame| stack.push(frame));
        stack
    }

    fn push(&mut self, frame: &Frame) {
        let (code, globals) = (frame.code, Value::from(frame.globals()));
        let has_namespace = !frame.locals.is_unbound() && frame.locals.to::<Dict>().is_some();
        let is_optimized = code.code().flags.optimized;
        let locals = match () {
            () if has_namespace => frame.locals,
            () if !is_optimized => globals,
            () => Value::UNBOUND,
        };
        let (first, mut closure) = (self.registers.len(), Value::UNBOUND);
        if locals.is_unbound() {
            let count = code.code().local_names.len();
            match frame.as_generator().filter(|_| frame.chain == Chain::Link) {
                Some(generator) => {
                    let saved = generator.registers();
                    self.registers.extend_from_slice(saved.values(count));
                }
                None => self.registers.extend_from_slice(frame.base.slice(0, count)),
            }
            let function = frame.function.cast::<object::Function>();
            closure = function.map_or(Value::UNBOUND, |function| function.closure.get());
        }
        self.frames.push(Seen {
            code,
            pc: frame.current_pc(),
            globals,
            locals,
            registers: first..self.registers.len(),
            closure,
        });
    }

    /// The local variables of a frame: the namespace, or a copy of the registers by name.
    fn locals(&self, at: usize) -> Value {
        let seen = &self.frames[at];
        seen.locals(&self.registers[seen.registers.clone()])
    }
}

impl Seen {
    /// The source line being executed.
    fn line(&self) -> u32 {
        self.code.code().location(self.pc).line
    }

    fn locals(&self, registers: &[Value]) -> Value {
        if !self.locals.is_unbound() {
            return self.locals;
        }
        let code = self.code.get().code();
        let dict = Dict::new();
        let in_cell = |value: Value| value.cast::<CellBox>().map(|cell| cell.content.get());
        for (at, (name, &value)) in code.local_names.iter().zip(registers).enumerate() {
            let has_cell = code.cell_registers.contains(&(at as u16));
            let value = in_cell(value).filter(|_| has_cell).unwrap_or(value);
            if let Some(value) = value.bound() {
                dict.set_str(intern(name), value);
            }
        }
        if let Some(cells) = self.closure.cast::<Tuple>() {
            for (name, &cell) in code.free_names.iter().zip(cells.items()) {
                if let Some(value) = in_cell(cell).and_then(Value::bound) {
                    dict.set_str(intern(name), value);
                }
            }
        }
        dict.into()
    }
}

/// The payload of a frame object.
struct Picture {
    stack: Rc<SeenStack>,
    at: usize,
    /// The entry of a traceback that has the variables, *unbound* where they are in the stack.
    entry: Value,
    /// What has been made of it, *unbound* before.
    locals: Cell<Value>,
    back: Cell<Value>,
    /// What a debugger has set: it is kept, and nothing more.
    trace: Cell<Value>,
    traces_lines: Cell<bool>,
    traces_ops: Cell<bool>,
}

impl Payload for Picture {
    fn trace(&self, marker: &mut Marker) {
        marker.visit(self.entry);
        marker.visit(self.trace.get());
        marker.visit(self.locals.get());
        marker.visit(self.back.get());
        // No one comes from here to a frame above.
        for seen in &self.stack.frames[self.at..] {
            marker.visit(seen.code.into());
            marker.visit(seen.globals);
            marker.visit(seen.locals);
            marker.visit(seen.closure);
        }
        let registers = &self.stack.registers[self.seen().registers.start..];
        registers.iter().for_each(|&value| marker.visit(value));
    }
}

impl Picture {
    fn seen(&self) -> &Seen {
        &self.stack.frames[self.at]
    }
}

fn me(vm: &mut Vm, value: Value) -> PyResult<&'static Picture> {
    let frame = vm.receiver::<Foreign>(value)?;
    match frame.payload::<Picture>() {
        Some(picture) => Ok(picture),
        None => {
            let given = vm.type_name(value);
            Err(vm.type_error(format!(
                "descriptor requires a 'frame' object, not '{given}'"
            )))
        }
    }
}

/// What a frame object gives once it has been made.
fn remembered(
    vm: &mut Vm,
    frame: Value,
    place: fn(&Picture) -> &Cell<Value>,
    make: impl FnOnce(&mut Vm, &Picture) -> Value,
) -> PyResult {
    let picture = me(vm, frame)?;
    if let Some(made) = place(picture).get().bound() {
        return Ok(made);
    }
    let made = make(vm, picture);
    vm.receiver::<Foreign>(frame)?.about_to_write();
    place(picture).set(made);
    Ok(made)
}

fn frame_locals(vm: &mut Vm, args: &[Value]) -> PyResult {
    remembered(
        vm,
        args[0],
        |picture| &picture.locals,
        |_, picture| match picture.entry.cast::<Traceback>() {
            Some(entry) => locals_of(entry, picture.seen()),
            None => picture.stack.locals(picture.at),
        },
    )
}

/// The variables of a frame that was left.
fn locals_of(entry: Gc<Traceback>, seen: &Seen) -> Value {
    let words: Vec<Value> = entry.words().iter().map(object::Slot::get).collect();
    match (seen.code.code().flags.optimized, words.first()) {
        (true, _) => seen.locals(&words),
        (false, Some(&namespace)) if !namespace.is_unbound() => namespace,
        (false, _) => seen.globals,
    }
}

fn frame_back(vm: &mut Vm, args: &[Value]) -> PyResult {
    let below = |vm: &mut Vm, picture: &Picture| match picture.at + 1 {
        at if at < picture.stack.frames.len() => object_of(vm, picture.stack.clone(), at),
        _ => Value::NONE,
    };
    remembered(vm, args[0], |picture| &picture.back, below)
}

fn set_trace(vm: &mut Vm, args: &[Value]) -> PyResult {
    me(vm, args[0])?;
    vm.receiver::<Foreign>(args[0])?.about_to_write();
    let given = args[1].bound().unwrap_or(Value::NONE);
    me(vm, args[0])?.trace.set(given);
    Ok(Value::NONE)
}

fn set_flag(vm: &mut Vm, args: &[Value], place: fn(&Picture) -> &Cell<bool>) -> PyResult {
    match args[1].as_bool() {
        Some(flag) => place(me(vm, args[0])?).set(flag),
        None => return Err(vm.type_error("attribute value type must be bool")),
    }
    Ok(Value::NONE)
}

fn frame_new(vm: &mut Vm, _args: &[Value]) -> PyResult {
    Err(vm.type_error("cannot create 'frame' instances"))
}

fn frame_repr(vm: &mut Vm, args: &[Value]) -> PyResult {
    let seen = me(vm, args[0])?.seen();
    let line = seen.line();
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
    let picture = me(vm, args[0])?;
    let Some(entry) = picture.entry.cast::<Traceback>() else {
        return Ok(Value::NONE);
    };
    if picture.seen().code.code().flags.optimized {
        for at in 0..entry.words().len() {
            entry.write(|entry| &entry.words()[at], Value::UNBOUND);
        }
        vm.receiver::<Foreign>(args[0])?.about_to_write();
        picture.locals.set(Dict::new().into());
    }
    Ok(Value::NONE)
}

/// The local variables of a frame: its namespace, or a copy of its registers by name.
pub fn locals(frame: &Frame) -> Value {
    SeenStack::of(std::iter::once(frame), 1).locals(0)
}

fn object_of(vm: &mut Vm, stack: Rc<SeenStack>, at: usize) -> Value {
    picture_of(vm, stack, at, Value::UNBOUND)
}

fn picture_of(vm: &mut Vm, stack: Rc<SeenStack>, at: usize, entry: Value) -> Value {
    let Some(class) = vm.kept(CLASS).and_then(|c| c.cast::<Class>()) else {
        return Value::NONE;
    };
    let picture = Picture {
        stack,
        at,
        entry,
        locals: Cell::new(Value::UNBOUND),
        back: Cell::new(Value::UNBOUND),
        trace: Cell::new(Value::NONE),
        traces_lines: Cell::new(true),
        traces_ops: Cell::new(false),
    };
    Foreign::new(class.new_instance_shape(), picture).into()
}

/// A frame object of code at a place, which no frame below is known of.
pub fn make(vm: &mut Vm, code: Gc<CodeObject>, pc: u32, globals: Value, locals: Value) -> Value {
    let seen = Seen {
        code,
        pc,
        globals,
        locals,
        registers: 0..0,
        closure: Value::UNBOUND,
    };
    let stack = SeenStack {
        frames: vec![seen],
        registers: Vec::new(),
    };
    object_of(vm, Rc::new(stack), 0)
}

/// The frame object of the call `depth` levels up; `None` if there is none.
pub fn of_depth(vm: &mut Vm, depth: usize) -> Option<Value> {
    let stack = SeenStack::of(vm.frames_from_top().skip(depth), nearest(vm));
    stack_object(vm, stack)
}

/// How many frames are looked at. A long stack is cut off: who reads frames reads the nearest.
fn nearest(vm: &Vm) -> usize {
    vm.frames().len().min(201)
}

/// The frame object of the first of these frames; `None` if there is none.
fn stack_object(vm: &mut Vm, stack: SeenStack) -> Option<Value> {
    let there_is_one = !stack.frames.is_empty();
    there_is_one.then(|| object_of(vm, Rc::new(stack), 0))
}

fn traceback(vm: &mut Vm, value: Value) -> PyResult<Gc<Traceback>> {
    vm.receiver::<Traceback>(value)
}

fn tb_next(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(traceback(vm, args[0])?.next.get())
}

fn set_tb_next(vm: &mut Vm, args: &[Value]) -> PyResult {
    let entry = traceback(vm, args[0])?;
    let next = args[1];
    if !next.is_none() && !next.is::<Traceback>() {
        let given = vm.type_name(next);
        return Err(vm.type_error(format!("expected traceback object or None, got '{given}'")));
    }
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
    Ok(Value::small(traceback(vm, args[0])?.pc() as i64 * 2))
}

fn tb_frame(vm: &mut Vm, args: &[Value]) -> PyResult {
    let asked = traceback(vm, args[0])?;
    // A frame that handled the exception may have been left by another one since.
    let mut entry = asked;
    while let Some(later) = entry.owner.get().cast::<Traceback>() {
        entry = later;
    }
    if entry.goes_on()
        && let Some(at) = frame_of(vm, entry)
    {
        let frames = vm.frames()[..=at].iter().rev();
        let shown = frames.filter(|frame| !frame.code.code().flags.hidden);
        let stack = SeenStack::of(shown, nearest(vm));
        return Ok(stack_object(vm, stack).unwrap_or(Value::NONE));
    }
    let function = entry.owner.get().cast::<object::Function>();
    let seen = Seen {
        code: entry.code(),
        pc: entry.pc(),
        globals: entry.globals().map_or(Value::NONE, Value::from),
        locals: Value::UNBOUND,
        registers: 0..0,
        closure: function.map_or(Value::UNBOUND, |function| function.closure.get()),
    };
    let stack = SeenStack {
        frames: vec![seen],
        registers: Vec::new(),
    };
    Ok(picture_of(vm, Rc::new(stack), 0, entry.into()))
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
    let flags = ClassFlags {
        immutable: true,
        is_final: true,
        ..ClassFlags::default()
    };
    let frame = vm.native_class("builtins", "frame", vm.types.object, flags, FRAME);
    vm.keep(CLASS, frame.into());
}
