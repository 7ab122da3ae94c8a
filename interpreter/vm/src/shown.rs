//! What programs see of frames in progress: which code, where in it, with which variables.

use crate::Frame;
use object::{CellBox, Chain, CodeObject, Dict, Function, Gc, Seen, Tuple, Value, intern};

/// What a record says of its frame, beside its registers.
#[derive(Clone, Copy)]
pub struct Told {
    pub code: Gc<CodeObject>,
    pub pc: u32,
    pub function: Value,
    pub locals: Value,
}

impl Told {
    #[inline]
    pub fn of(frame: &Frame) -> Told {
        Told {
            code: frame.code,
            pc: frame.current_pc(),
            function: frame.function,
            locals: frame.locals,
        }
    }

    /// Whether the variables are in a namespace of their own.
    fn has_namespace(&self) -> bool {
        !self.locals.is_unbound() && self.locals.to::<Dict>().is_some()
    }

    pub fn seen(&self) -> Seen {
        let (code, function) = (self.code, self.function.known::<Function>());
        let globals = Value::from(function.globals());
        let namespace = match () {
            () if self.has_namespace() => self.locals,
            () if !code.code().flags.optimized => globals,
            () => Value::UNBOUND,
        };
        let closure = match namespace.is_unbound() {
            true => function.closure.get(),
            false => Value::UNBOUND,
        };
        Seen {
            code,
            pc: self.pc,
            globals,
            namespace,
            closure,
            entry: Value::UNBOUND,
        }
    }
}

/// The registers of a frame's variables, if it has those in registers.
#[inline]
pub fn registers(frame: &Frame) -> &[Value] {
    let code = frame.code.code();
    let in_registers = code.flags.optimized && !Told::of(frame).has_namespace();
    let count = if in_registers {
        code.local_names.len()
    } else {
        0
    };
    match frame.as_generator().filter(|_| frame.chain == Chain::Link) {
        Some(generator) => generator.registers().values(count),
        None => frame.base.slice(0, count),
    }
}

/// Calls a function with what is seen of a frame and with the registers of its variables, if it has
/// those in registers.
pub fn with_seen<T>(frame: &Frame, f: impl FnOnce(Seen, &[Value]) -> T) -> T {
    f(Told::of(frame).seen(), registers(frame))
}

/// The local variables: the namespace, or a copy of the registers by name.
pub fn variables(seen: &Seen, registers: &[Value]) -> Value {
    if !seen.namespace.is_unbound() {
        return seen.namespace;
    }
    let dict = Dict::new();
    copy_variables(seen, registers, dict);
    dict.into()
}

/// Writes the variables in registers to a dictionary of them, as they are now.
pub(crate) fn copy_variables(seen: &Seen, registers: &[Value], dict: Gc<Dict>) {
    let code = seen.code.get().code();
    let in_cell = |value: Value| value.cast::<CellBox>().map(|cell| cell.content.get());
    let put = |name: &str, value: Value| {
        let name = intern(name);
        match value.bound() {
            Some(value) => dict.set_str(name, value),
            None if dict.get_str(name).is_some() => {
                dict.remove_str(name);
            }
            None => {}
        }
    };
    for (at, (name, &value)) in code.local_names.iter().zip(registers).enumerate() {
        let has_cell = code.cell_registers.contains(&(at as u16));
        let value = in_cell(value).filter(|_| has_cell).unwrap_or(value);
        put(name, value);
    }
    if let Some(cells) = seen.closure.cast::<Tuple>() {
        for (name, &cell) in code.free_names.iter().zip(cells.items()) {
            if let Some(value) = in_cell(cell) {
                put(name, value);
            }
        }
    }
}
