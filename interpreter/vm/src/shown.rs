//! What programs see of frames in progress: which code, where in it, with which variables.

use crate::Frame;
use object::{CellBox, Chain, Dict, Function, Gc, Seen, Tuple, Value, intern};

/// Calls a function with what is seen of a frame and with the registers of its variables, if it has
/// those in registers.
pub fn with_seen<T>(frame: &Frame, f: impl FnOnce(Seen, &[Value]) -> T) -> T {
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
    let function = frame.function.cast::<Function>();
    seen.closure = function.map_or(Value::UNBOUND, |function| function.closure.get());
    let count = code.code().local_names.len();
    match frame.as_generator().filter(|_| frame.chain == Chain::Link) {
        Some(generator) => f(seen, generator.registers().values(count)),
        None => f(seen, frame.base.slice(0, count)),
    }
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
