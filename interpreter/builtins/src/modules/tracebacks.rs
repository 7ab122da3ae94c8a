//! Module `_tracebacks`: the interpreter's printer of exceptions, for `traceback`.

use bytecode::Location;
use object::{Class, Traceback, Value};
use vm::{Def, PyResult, Vm, method, string, tuple};

const FUNCTIONS: &[Def] = &[
    method("format_only(exception, /)", format_only),
    method("position(traceback, /)", position),
    method(
        "show_source(filename, line, end_line, column, end_column, /)",
        show_source,
    ),
    method("source_line(filename, line, /)", source_line),
];

/// The lines that name an exception, and those of its notes.
fn format_only(vm: &mut Vm, args: &[Value]) -> PyResult {
    check(vm, args[0])?;
    let (name, notes) = vm.format_only_and_notes(args[0]);
    Ok(tuple(&[string(&name), string(&notes)]))
}

/// Line, last line, column and last column of where a traceback's frame was; columns count bytes.
fn position(vm: &mut Vm, args: &[Value]) -> PyResult {
    let entry = vm.receiver::<Traceback>(args[0])?;
    let place = entry.code().get().code().location(entry.pc());
    let numbers = [place.line, place.end_line, place.column, place.end_column];
    Ok(tuple(&numbers.map(|n| Value::small(n.into()))))
}

/// The source of a place, with marks.
fn show_source(vm: &mut Vm, args: &[Value]) -> PyResult {
    let filename = vm.str_text(args[0])?;
    let mut numbers = [0; 4];
    for (number, value) in numbers.iter_mut().zip(&args[1..]) {
        *number = u32::try_from(vm.index(*value)?).unwrap_or(0);
    }
    let [line, end_line, column, end_column] = numbers;
    let place = Location {
        line,
        end_line,
        column,
        end_column,
    };
    Ok(string(&vm.format_place(&filename, place)))
}

/// A line of a file, of a module that the executable carries, or of the text of `-c`; empty if there
/// is none.
fn source_line(vm: &mut Vm, args: &[Value]) -> PyResult {
    let filename = vm.str_text(args[0])?;
    let line = vm.index(args[1])?;
    let lines = vm.source_lines(&filename);
    let found = usize::try_from(line - 1).ok().and_then(|at| lines.get(at));
    Ok(string(found.map_or("", String::as_str)))
}

fn check(vm: &mut Vm, value: Value) -> PyResult<()> {
    let class = vm.class_of(value);
    if class.is_subclass_of(vm.types.base_exception) && !value.is::<Class>() {
        return Ok(());
    }
    let given = vm.type_name(value);
    Err(vm.type_error(format!("exception expected, got {given}")))
}

pub fn install(vm: &mut Vm) {
    vm.define_module("_tracebacks", FUNCTIONS);
}
