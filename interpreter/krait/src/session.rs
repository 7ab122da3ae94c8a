//! One run of the machine: set-up, the program, and what its end means for the exit status.

use crate::arguments::{Arguments, Program, VERSION};
use compile::Mode;
use object::{Dict, Gc, Module, Str, Value, intern};
use vm::{Options, PyResult, Raised, Vm};
use world::World;

/// Runs what the command line asks for; the exit status.
pub(crate) fn run(mut world: World, arguments: &Arguments) -> u8 {
    let base = 0usize;
    object::heap::set_stack_base(&raw const base as *const u8);
    object::set_hash_seed(hash_seed(&mut world, arguments));
    if let Program::DumpBytecode(file) = &arguments.program {
        return dump(&mut world, file);
    }
    let options = options(&mut world, arguments);
    let mut vm = match Vm::new(world, options) {
        Ok(vm) => vm,
        Err(error) => {
            eprintln!("krait: cannot reserve the register stack: {error}");
            return 1;
        }
    };
    let flag = vm.interrupt_flag();
    let _ = vm.world.catch_interrupts(flag);
    builtins::install(&mut vm);
    let outcome = program(&mut vm, arguments);
    let mut status = match outcome {
        Ok(status) => status,
        Err(raised) => uncaught(&mut vm, raised),
    };
    if arguments.inspect && !matches!(arguments.program, Program::Interactive) {
        status = interactive(&mut vm);
    }
    flush(&mut vm, status)
}

fn hash_seed(world: &mut World, arguments: &Arguments) -> u64 {
    if !arguments.ignore_environment
        && let Some(text) = world.variable("PYTHONHASHSEED")
        && let Ok(seed) = text.parse()
    {
        return seed;
    }
    world.hash_seed()
}

fn options(world: &mut World, arguments: &Arguments) -> Options {
    let mut path = Vec::new();
    if !arguments.safe_path {
        path.push(match &arguments.program {
            Program::File(file) => directory_of(world, file),
            Program::Module(_) => world
                .current_dir()
                .map(|dir| String::from_utf8_lossy(&dir).into_owned())
                .unwrap_or_default(),
            _ => String::new(),
        });
    }
    if !arguments.ignore_environment
        && let Some(more) = world.variable("PYTHONPATH")
    {
        path.extend(more.split(':').filter(|p| !p.is_empty()).map(String::from));
    }
    Options {
        argv: arguments.argv.clone(),
        path,
        optimize: arguments.optimize,
        x_options: arguments.x_options.clone(),
        executable: world.executable().unwrap_or_default(),
        unbuffered: arguments.unbuffered,
        warnings: arguments.warnings.clone(),
        isolated: arguments.isolated,
        verbose: arguments.verbose,
        quiet: arguments.quiet,
        inspect: arguments.inspect,
        dont_write_bytecode: arguments.dont_write_bytecode,
    }
}

/// The directory that a script's own modules are found in.
fn directory_of(world: &mut World, file: &str) -> String {
    if world.is_dir(file.as_bytes()) {
        return file.to_string();
    }
    let real = world.real_path(file.as_bytes()).unwrap_or_else(|_| file.as_bytes().to_vec());
    let real = String::from_utf8_lossy(&real).into_owned();
    match real.rsplit_once('/') {
        Some(("", _)) => String::from("/"),
        Some((directory, _)) => directory.to_string(),
        None => String::new(),
    }
}

fn program(vm: &mut Vm, arguments: &Arguments) -> PyResult<u8> {
    match &arguments.program {
        Program::Text(text) => run_source(vm, text, "<string>"),
        Program::Stdin => run_stdin(vm),
        Program::Interactive if vm.world.is_terminal(0) => Ok(interactive(vm)),
        Program::Interactive => run_stdin(vm),
        Program::Module(name) => run_module(vm, name),
        Program::File(file) => run_file(vm, file),
        Program::DumpBytecode(_) => Ok(0),
    }
}

/// The module `__main__`, made anew.
fn main_module(vm: &mut Vm) -> Gc<Dict> {
    let module: Gc<Module> = vm.new_module("__main__");
    let namespace = module.namespace();
    namespace.set_str(intern("__builtins__"), builtins_module(vm));
    vm.modules.set_str(intern("__main__"), module.into());
    namespace
}

fn builtins_module(vm: &Vm) -> Value {
    vm.modules.get_str(intern("builtins")).unwrap_or(Value::NONE)
}

fn run_source(vm: &mut Vm, source: &str, filename: &str) -> PyResult<u8> {
    let globals = main_module(vm);
    let mut options = compile::Options::module();
    options.optimize = vm.options.optimize;
    let code = vm.compile_source(source, filename, Mode::Exec, options)?;
    vm.run_code(code, globals, globals.into(), Value::NONE)?;
    Ok(0)
}

fn run_stdin(vm: &mut Vm) -> PyResult<u8> {
    let mut bytes = Vec::new();
    loop {
        match vm.world.read(0, 1 << 16) {
            Ok(part) if part.is_empty() => break,
            Ok(part) => bytes.extend(part),
            Err(error) => {
                vm.write_stderr(&format!("krait: cannot read standard input: {error}\n"));
                return Ok(1);
            }
        }
    }
    let source = vm.decode_source(&bytes, "<stdin>")?;
    run_source(vm, &source, "<stdin>")
}

fn run_file(vm: &mut Vm, file: &str) -> PyResult<u8> {
    let mut path = file.to_string();
    if vm.world.is_dir(file.as_bytes()) {
        path = format!("{}/__main__.py", file.trim_end_matches('/'));
        if !vm.world.is_file(path.as_bytes()) {
            let program = vm.options.executable.clone();
            vm.write_stderr(&format!(
                "{program}: can't find '__main__' module in '{file}'\n"
            ));
            return Ok(1);
        }
    }
    let bytes = match vm.world.read_file(path.as_bytes()) {
        Ok(bytes) => bytes,
        Err(error) => {
            let number = error.raw_os_error().unwrap_or(0);
            let reason = reason_of(&error);
            let program = vm.options.executable.clone();
            vm.write_stderr(&format!(
                "{program}: can't open file '{path}': [Errno {number}] {reason}\n"
            ));
            return Ok(2);
        }
    };
    let source = vm.decode_source(&bytes, &path)?;
    let globals = main_module(vm);
    globals.set_str(intern("__file__"), Str::new(&path).into());
    globals.set_str(intern("__cached__"), Value::NONE);
    let mut options = compile::Options::module();
    options.optimize = vm.options.optimize;
    let code = vm.compile_source(&source, &path, Mode::Exec, options)?;
    vm.run_code(code, globals, globals.into(), Value::NONE)?;
    Ok(0)
}

/// What the system says of an error, without the number that Rust adds.
fn reason_of(error: &std::io::Error) -> String {
    let text = error.to_string();
    match text.split_once(" (os error") {
        Some((reason, _)) => reason.to_string(),
        None => text,
    }
}

fn run_module(vm: &mut Vm, name: &str) -> PyResult<u8> {
    let runpy = vm.import_module("runpy")?;
    let function = vm.get_attr_text(runpy, "_run_module_as_main")?;
    vm.call(function, &[Str::new(name).into()])?;
    Ok(0)
}

/// Reads statements from the terminal and runs them, until the end of input.
fn interactive(vm: &mut Vm) -> u8 {
    if !vm.options.quiet {
        vm.write_stderr(&format!(
            "{VERSION} (krait {})\nEnd with Ctrl-D.\n",
            env!("CARGO_PKG_VERSION")
        ));
    }
    let globals = match vm.modules.get_str(intern("__main__")).and_then(|m| m.cast::<Module>()) {
        Some(module) => module.namespace(),
        None => main_module(vm),
    };
    let mut pending = String::new();
    loop {
        let prompt = if pending.is_empty() { ">>> " } else { "... " };
        let _ = vm.world.write_all(1, prompt.as_bytes());
        let Some(line) = read_line(vm) else {
            let _ = vm.world.write_all(1, b"\n");
            return 0;
        };
        pending.push_str(&line);
        if is_incomplete(&pending, &line) {
            continue;
        }
        let source = std::mem::take(&mut pending);
        if source.trim().is_empty() {
            continue;
        }
        let options = compile::Options::module();
        let outcome = vm
            .compile_source(&source, "<stdin>", Mode::Single, options)
            .and_then(|code| vm.run_code(code, globals, globals.into(), Value::NONE));
        if let Err(raised) = outcome {
            if raised.matches(vm, vm.types.system_exit) {
                return uncaught(vm, raised);
            }
            vm.print_exception(raised.0);
        }
        flush_streams(vm);
    }
}

fn read_line(vm: &mut Vm) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        let part = vm.world.read(0, 1).ok()?;
        if part.is_empty() {
            return if bytes.is_empty() { None } else { Some(lossy(&bytes)) };
        }
        bytes.extend_from_slice(&part);
        if part == b"\n" {
            return Some(lossy(&bytes));
        }
    }
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Whether an interactive statement goes on: an open bracket or string, or a block that an empty
/// line has not ended.
fn is_incomplete(source: &str, last_line: &str) -> bool {
    let in_block = source
        .lines()
        .next()
        .is_some_and(|first| first.trim_end().ends_with(':') || first.starts_with('@'));
    if in_block && !last_line.trim().is_empty() {
        return true;
    }
    match compile::compile(source, "<stdin>", Mode::Single, compile::Options::module()) {
        Ok(_) => false,
        Err(error) => {
            let text = &error.message;
            text.contains("was never closed")
                || text.contains("unterminated triple-quoted")
                || (text.contains("expected an indented block") && !last_line.trim().is_empty())
        }
    }
}

/// What an exception that no one caught means: its traceback on standard error and status 1, or
/// what SystemExit says.
fn uncaught(vm: &mut Vm, raised: Raised) -> u8 {
    if raised.matches(vm, vm.types.system_exit) {
        return exit_status(vm, raised);
    }
    flush_streams(vm);
    vm.print_exception(raised.0);
    if raised.matches(vm, vm.types.keyboard_interrupt) {
        vm.world.die_of_interrupt();
        return 130;
    }
    1
}

fn exit_status(vm: &mut Vm, raised: Raised) -> u8 {
    let code = vm.get_attr_text(raised.0, "code").unwrap_or(Value::NONE);
    if code.is_none() {
        return 0;
    }
    if let Some(number) = vm.as_int(code) {
        return number.as_small().map_or(255, |n| n as u8);
    }
    let text = vm.str_text(code).unwrap_or_default();
    flush_streams(vm);
    vm.write_stderr(&format!("{text}\n"));
    1
}

/// Flushes the standard streams as `sys` has them.
fn flush_streams(vm: &mut Vm) {
    let Some(sys) = vm.modules.get_str(intern("sys")) else { return };
    for name in ["stdout", "stderr"] {
        if let Ok(stream) = vm.get_attr_text(sys, name)
            && !stream.is_none()
        {
            let _ = vm.call_method(stream, intern("flush"), &[]);
        }
    }
}

/// The last flush; if standard output cannot be written the status says so.
fn flush(vm: &mut Vm, status: u8) -> u8 {
    if let Some(atexit) = vm.modules.get_str(intern("atexit"))
        && let Ok(run) = vm.get_attr_text(atexit, "_run_exitfuncs")
        && let Err(raised) = vm.call(run, &[])
    {
        vm.print_exception(raised.0);
    }
    let Some(sys) = vm.modules.get_str(intern("sys")) else { return status };
    if let Ok(stream) = vm.get_attr_text(sys, "stdout")
        && !stream.is_none()
        && let Err(raised) = vm.call_method(stream, intern("flush"), &[])
    {
        let text = vm.format_only(raised.0);
        vm.write_stderr(&format!("Exception ignored while flushing sys.stdout:\n{text}"));
        return 120;
    }
    status
}

/// `--dump bytecode FILE`
fn dump(world: &mut World, file: &str) -> u8 {
    let source = match world.read_file(file.as_bytes()) {
        Ok(bytes) => lossy(&bytes),
        Err(error) => {
            eprintln!("krait: cannot read '{file}': {}", reason_of(&error));
            return 2;
        }
    };
    match compile::compile(&source, file, Mode::Exec, compile::Options::module()) {
        Ok(code) => {
            let _ = world.write_all(1, bytecode::print(&code).as_bytes());
            0
        }
        Err(error) => {
            eprintln!("krait: {file}:{}: {}", error.line, error.message);
            1
        }
    }
}
