//! Frames and tracebacks as objects.
//!
//! A frame object is a picture taken when it is asked for: the machine's own frames are windows
//! on the register stack, and no program keeps one. Its locals are therefore a copy. Those of a frame
//! that an exception has left are in the exception's traceback. Pictures are taken of the frames below, too,
//! each of which leads to the next: so they keep nothing of a frame above alive.

use object::{
    CellBox, Chain, CodeObject, Dict, FrameObject, Gc, Seen, Traceback, Tuple, Value, intern,
};
use std::cell::Cell;
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
    getter("f_code", |vm, args| Ok(me(vm, args[0])?.seen.code.into())),
    getter("f_lineno", |vm, args| {
        Ok(Value::small(line(&me(vm, args[0])?.seen) as i64))
    }),
    getter("f_lasti", |vm, args| {
        Ok(Value::small(me(vm, args[0])?.seen.pc as i64 * 2))
    }),
    getter("f_globals", |vm, args| Ok(me(vm, args[0])?.seen.globals)),
    getter("f_builtins", |vm, _| Ok(vm.builtins.into())),
    getter("f_locals", frame_locals),
    getter("f_back", |vm, args| Ok(me(vm, args[0])?.back.get())),
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

/// Calls a function with what is seen of a frame and with the registers of its variables, if it has
/// those in registers.
fn with_seen<T>(frame: &Frame, f: impl FnOnce(Seen, &[Value]) -> T) -> T {
    let (code, globals) = (frame.code, Value::from(frame.globals()));
    let has_namespace = !frame.locals.is_unbound() && frame.locals.to::<Dict>().is_some();
    let is_optimized = code.code().flags.optimized;
    let mut seen = Seen {
        code,
        pc: frame.current_pc(),
        globals,
        namespace: match () {
            () if has_namespace => frame.locals,
            () if !is_optimized => globals,
            () => Value::UNBOUND,
        },
        closure: Value::UNBOUND,
        entry: Value::UNBOUND,
    };
    if !seen.namespace.is_unbound() {
        return f(seen, &[]);
    }
    let function = frame.function.cast::<object::Function>();
    seen.closure = function.map_or(Value::UNBOUND, |function| function.closure.get());
    let count = code.code().local_names.len();
    match frame.as_generator().filter(|_| frame.chain == Chain::Link) {
        Some(generator) => f(seen, generator.registers().values(count)),
        None => f(seen, frame.base.slice(0, count)),
    }
}

/// The source line being executed.
fn line(seen: &Seen) -> u32 {
    seen.code.code().location(seen.pc).line
}

/// The local variables: the namespace, or a copy of the registers by name.
fn variables(seen: &Seen, registers: &[Value]) -> Value {
    if !seen.namespace.is_unbound() {
        return seen.namespace;
    }
    let code = seen.code.get().code();
    let dict = Dict::new();
    let in_cell = |value: Value| value.cast::<CellBox>().map(|cell| cell.content.get());
    for (at, (name, &value)) in code.local_names.iter().zip(registers).enumerate() {
        let has_cell = code.cell_registers.contains(&(at as u16));
        let value = in_cell(value).filter(|_| has_cell).unwrap_or(value);
        if let Some(value) = value.bound() {
            dict.set_str(intern(name), value);
        }
    }
    if let Some(cells) = seen.closure.cast::<Tuple>() {
        for (name, &cell) in code.free_names.iter().zip(cells.items()) {
            if let Some(value) = in_cell(cell).and_then(Value::bound) {
                dict.set_str(intern(name), value);
            }
        }
    }
    dict.into()
}

fn me(vm: &mut Vm, value: Value) -> PyResult<Gc<FrameObject>> {
    vm.receiver::<FrameObject>(value)
}

fn frame_locals(vm: &mut Vm, args: &[Value]) -> PyResult {
    let frame = me(vm, args[0])?;
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
    me(vm, args[0])?.write(|frame| &frame.trace, given);
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
    let seen = me(vm, args[0])?.seen;
    let line = line(&seen);
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

/// A frame object of code at a place, which no frame below is known of.
pub fn make(code: Gc<CodeObject>, pc: u32, globals: Value, namespace: Value) -> Value {
    let seen = Seen {
        code,
        pc,
        globals,
        namespace,
        closure: Value::UNBOUND,
        entry: Value::UNBOUND,
    };
    FrameObject::new(seen, &[]).into()
}

/// The frame object of the call `depth` levels up; `None` if there is none.
pub fn of_depth(vm: &mut Vm, depth: usize) -> Option<Value> {
    of_all(vm.frames_from_top().skip(depth))
}

/// How many frames are looked at. A long stack is cut off: who reads frames reads the nearest.
const NEAREST: usize = 201;

/// The object of the first of these frames, which leads to those of the others; `None` if there is none.
fn of_all(frames: impl Iterator<Item = Frame>) -> Option<Value> {
    let mut frames = frames
        .take(NEAREST)
        .map(|frame| with_seen(&frame, FrameObject::new));
    let first = frames.next()?;
    let mut above = first;
    for frame in frames {
        above.write(|above| &above.back, frame.into());
        above = frame;
    }
    Some(first.into())
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
        return Ok(of_all(vm.frames_below(at + 1)).unwrap_or(Value::NONE));
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
