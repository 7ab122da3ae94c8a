//! Frames and tracebacks as objects.
//!
//! A frame object is a picture taken when it is asked for: the machine's own frames are windows
//! on the register stack, and no program keeps one. Its locals are therefore a copy.

use object::{
    CellBox, Class, ClassFlags, CodeObject, Dict, Gc, Instance, Kind, Traceback, Value, intern,
};
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
];

fn frame_new(vm: &mut Vm, _args: &[Value]) -> PyResult {
    Err(vm.type_error("cannot create 'frame' instances"))
}

fn frame_repr(vm: &mut Vm, args: &[Value]) -> PyResult {
    let code = vm.get_attr_text(args[0], "f_code")?;
    let line = vm.get_attr_text(args[0], "f_lineno")?;
    let Some(code) = code.cast::<CodeObject>() else {
        return Ok(string("<frame>"));
    };
    let (file, name) = (
        vm.repr_text(code.filename.get())?,
        vm.str_text(code.name.get())?,
    );
    let line = vm.str_text(line)?;
    let at = super::object::address(args[0]);
    Ok(string(&format!(
        "<frame at {at:#x}, file {file}, line {line}, code {name}>"
    )))
}

fn frame_clear(_vm: &mut Vm, _args: &[Value]) -> PyResult {
    Ok(Value::NONE)
}

/// A frame object.
pub fn make(
    vm: &mut Vm,
    code: Gc<CodeObject>,
    line: u32,
    globals: Value,
    locals: Value,
    back: Value,
) -> Value {
    let Some(class) = vm.kept("types.FrameType").and_then(|c| c.cast::<Class>()) else {
        return Value::NONE;
    };
    let frame = Value::from(Instance::new(class.new_instance_shape()));
    let builtins = vm.builtins.into();
    let fields = [
        ("f_code", code.into()),
        ("f_lineno", Value::small(line as i64)),
        ("f_globals", globals),
        ("f_locals", locals),
        ("f_builtins", builtins),
        ("f_back", back),
        ("f_trace", Value::NONE),
        ("f_lasti", Value::small(0)),
    ];
    for (name, value) in fields {
        vm.set_own(frame, intern(name), value);
    }
    frame
}

/// The local variables of a frame: its namespace, or a copy of its registers by name.
pub fn locals(_vm: &mut Vm, frame: &Frame) -> Value {
    if !frame.locals.is_unbound() && frame.locals.to::<Dict>().is_some() {
        return frame.locals;
    }
    let code = frame.code.get().code();
    if !code.flags.optimized {
        return frame.globals().into();
    }
    let dict = Dict::new();
    for (at, name) in code.local_names.iter().enumerate() {
        let mut value = frame.base.get(at as u16);
        if code.cell_registers.contains(&(at as u16))
            && let Some(cell) = value.cast::<CellBox>()
        {
            value = cell.content.get();
        }
        if let Some(value) = value.bound() {
            dict.set_str(intern(name), value);
        }
    }
    let closure = frame
        .function
        .cast::<object::Function>()
        .map(|f| f.closure.get());
    if let Some(cells) = closure.and_then(|c| c.cast::<object::Tuple>()) {
        for (name, cell) in code.free_names.iter().zip(cells.items()) {
            if let Some(value) = cell.cast::<CellBox>().and_then(|c| c.content.get().bound()) {
                dict.set_str(intern(name), value);
            }
        }
    }
    dict.into()
}

/// The frame object of the call `depth` levels up; `None` if there is none.
pub fn of_depth(vm: &mut Vm, depth: usize) -> Option<Value> {
    let frames: Vec<Frame> = vm.visible_frames();
    let top = frames.len().checked_sub(depth + 1)?;
    let mut made = Value::NONE;
    // A long stack is cut off: who reads frames reads the nearest.
    for frame in &frames[top.saturating_sub(200)..=top] {
        let locals = locals(vm, frame);
        made = make(
            vm,
            frame.code,
            frame.line(),
            frame.globals().into(),
            locals,
            made,
        );
    }
    Some(made)
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
    entry.code().code().location(entry.pc).line
}

fn tb_lineno(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(Value::small(line_of(traceback(vm, args[0])?) as i64))
}

fn tb_lasti(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(Value::small(traceback(vm, args[0])?.pc as i64 * 2))
}

fn tb_frame(vm: &mut Vm, args: &[Value]) -> PyResult {
    let entry = traceback(vm, args[0])?;
    let locals = if entry.code().code().flags.optimized {
        Dict::new().into()
    } else {
        entry.globals.get()
    };
    Ok(make(
        vm,
        entry.code(),
        line_of(entry),
        entry.globals.get(),
        locals,
        Value::NONE,
    ))
}

pub fn install(vm: &mut Vm) {
    let class = vm.types.traceback;
    vm.define_methods(class, TRACEBACK);
    let namespace = Dict::new();
    namespace.set_str(vm.names.module, intern("builtins").into());
    let (meta, object) = (vm.types.type_, vm.types.object);
    let bases = object::Tuple::new(&[object.into()]);
    // Nothing in making this class can be refused: its base is fixed.
    if let Ok(frame) = vm.new_class(meta, intern("frame"), bases, namespace, None) {
        vm.define_methods(frame, FRAME);
        frame.flags.set(ClassFlags {
            has_dict: true,
            immutable: true,
            is_final: true,
            ..ClassFlags::default()
        });
        debug_assert!(frame.instance_kind.get() == Kind::Instance);
        vm.keep("types.FrameType", frame.into());
    }
}
