//! The interactive session: reads statements, runs them, prints values.
//!
//! A statement of several lines goes on until an empty line, and anything that is not complete
//! goes on until it is: the compiler says so by where it fails.

use crate::run::report;
use compile::Mode;
use object::Value;
use vm::{PyResult, Vm};

/// Runs until the end of the input; the exit code.
pub fn run(vm: &mut Vm, banner: bool) -> u8 {
    if banner && !vm.options.quiet {
        let version = builtins::modules::sys::version_text();
        vm.write_stderr(&format!(
            "Python {version} on linux\nType \"help\", \"copyright\", \"credits\" or \"license\" \
             for more information.\n"
        ));
    }
    let mut pending = Vec::new();
    loop {
        let statement = match read_statement(vm, &mut pending) {
            Some(statement) => statement,
            None => {
                prompt(vm, "\n");
                return 0;
            }
        };
        if statement.trim().is_empty() {
            continue;
        }
        if let Err(raised) = execute(vm, &statement) {
            if raised.matches(vm, vm.types.system_exit) {
                return report(vm, raised);
            }
            vm.print_exception(raised.0);
        }
    }
}

fn execute(vm: &mut Vm, statement: &str) -> PyResult<()> {
    let namespace = vm.main_module().namespace();
    let options = compile::Options::module();
    let code = vm.compile_source(statement, "<stdin>", Mode::Single, options)?;
    vm.run_code(code, namespace, namespace.into(), Value::NONE)?;
    Ok(())
}

/// Writes to standard output at once.
fn prompt(vm: &mut Vm, text: &str) {
    let sys = vm.modules.get_str(vm.names.sys);
    let Some(sys) = sys.and_then(|m| m.cast::<object::Module>()) else {
        return;
    };
    let Some(stdout) = sys.namespace().get_str(vm.names.stdout) else {
        return;
    };
    let (write, flush) = (vm.names.write, vm.names.flush);
    // A session without output goes on all the same.
    let _ = vm.call_method(stdout, write, &[vm::string(text)]);
    let _ = vm.call_method(stdout, flush, &[]);
}

fn read_statement(vm: &mut Vm, pending: &mut Vec<u8>) -> Option<String> {
    let mut text = String::new();
    loop {
        prompt(vm, if text.is_empty() { ">>> " } else { "... " });
        let line = read_line(vm, pending)?;
        let empty = line.trim().is_empty();
        text.push_str(&line);
        if empty || !compile::is_unfinished(text.trim_end_matches('\n'), Mode::Single) {
            return Some(text);
        }
    }
}

fn read_line(vm: &mut Vm, pending: &mut Vec<u8>) -> Option<String> {
    loop {
        if let Some(at) = pending.iter().position(|&b| b == b'\n') {
            let rest = pending.split_off(at + 1);
            let line = std::mem::replace(pending, rest);
            return Some(String::from_utf8_lossy(&line).into_owned());
        }
        match vm.world.read(0, 4096) {
            Ok(chunk) if !chunk.is_empty() => pending.extend(&*chunk),
            _ if pending.is_empty() => return None,
            _ => return Some(String::from_utf8_lossy(&std::mem::take(pending)).into_owned()),
        }
    }
}
