//! From the command line to an exit code.

use crate::jit;
use crate::log::Log;
use crate::options::{self, Program, Typed, USAGE};
use crate::revdb::{self, Part};
use crate::session;
use builtins::modules::sys;
use compile::Mode;
use object::{Kind, Module, Value, intern};
use vm::{PyResult, Raised, Vm, string, tuple};
use world::World;

/// What CPython returns when standard output cannot be flushed at the end.
const EXIT_FLUSH_FAILED: u8 = 120;
/// What a shell shows for a program that SIGINT ended.
const EXIT_INTERRUPTED: u8 = 130;
/// The same on all targets.
const SIGINT: i32 = 2;

/// Runs the program that the command line names.
pub fn run(mut world: World, part: &Part) -> u8 {
    let words: Vec<String> = world
        .command_line()
        .into_iter()
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    let own_name = words
        .first()
        .cloned()
        .unwrap_or_else(|| String::from("krait"));
    let typed = match options::parse(words.get(1..).unwrap_or(&[])) {
        Ok(typed) => typed,
        Err(refused) => {
            say(
                &mut world,
                2,
                &format!(
                    "{}\nusage: {own_name} [option] ... [-c cmd | -m mod | file | -] [arg] ...\n\
                 Try `krait -h' for more information.\n",
                    refused.0
                ),
            );
            return 2;
        }
    };
    if let Some(code) = answer(&mut world, &typed, &own_name) {
        return code;
    }
    let seed = if typed.ignore_environment {
        0
    } else {
        world.hash_seed()
    };
    object::set_hash_seed(seed);
    let options = machine_options(&mut world, &typed, &own_name);
    let mut vm = match Vm::new(world, options) {
        Ok(vm) => vm,
        Err(error) => {
            // There is no world left to ask; the standard stream is all there is.
            eprintln!("krait: cannot reserve the register stack: {error}");
            return 71;
        }
    };
    part.made(&mut vm);
    builtins::install(&mut vm);
    sys::set_command_line(&mut vm, &words);
    let flags = vm.interrupt_flags();
    if let Err(error) = vm.world.watch_signal(SIGINT, flags) {
        vm.write_stderr(&format!("krait: interrupts are not caught: {error}\n"));
    }
    let log = Log::wanted(&mut vm);
    if let Err(text) = jit::attach(&mut vm, &typed.jit, &log) {
        vm.write_stderr(&text);
        return 2;
    }
    part.begins(&mut vm);
    let code = execute(&mut vm, &typed, &own_name);
    let code = finish(&mut vm, code);
    log.write(&mut vm);
    jit::detach();
    vm.end_run(code.into(), true);
    code
}

/// Standard streams that are closed are nobody to complain to.
fn say(world: &mut World, stream: i32, text: &str) {
    let _ = world.write_all(stream, text.as_bytes());
}

/// What needs no machine: help, version, dumps.
fn answer(world: &mut World, typed: &Typed, own_name: &str) -> Option<u8> {
    match &typed.program {
        Program::Help => say(world, 1, USAGE),
        Program::Parameters => say(world, 1, &jit::parameters()),
        Program::Version { long } => {
            say(world, 1, &format!("Python {}\n", sys::VERSION));
            if *long {
                let configuration = revdb::CONFIGURATION.unwrap_or(jit::CONFIGURATION);
                let architecture = world.architecture();
                say(
                    world,
                    1,
                    &format!(
                        "krait {} ({configuration}, {}-endian {architecture})\n",
                        env!("CARGO_PKG_VERSION"),
                        if cfg!(target_endian = "big") {
                            "big"
                        } else {
                            "little"
                        }
                    ),
                );
            }
        }
        Program::DumpBytecode(file) => match world.read_file(file.as_bytes()) {
            Ok(bytes) => {
                let text = compile::dump(&String::from_utf8_lossy(&bytes), file);
                say(world, 1, &text);
            }
            Err(error) => {
                say(world, 2, &cannot_open(own_name, file, &error));
                return Some(2);
            }
        },
        _ => return None,
    }
    Some(0)
}

fn cannot_open(own_name: &str, file: &str, error: &std::io::Error) -> String {
    let number = error.raw_os_error().unwrap_or(5);
    let text = builtins::types::exception::error_text(error);
    format!("{own_name}: can't open file '{file}': [Errno {number}] {text}\n")
}

fn machine_options(world: &mut World, typed: &Typed, own_name: &str) -> vm::Options {
    let variable = |world: &mut World, name: &str| {
        if typed.ignore_environment {
            None
        } else {
            world.variable(name)
        }
    };
    let mut path = Vec::new();
    if !typed.safe_path {
        match &typed.program {
            Program::Script(file) => path.push(script_folder(world, file)),
            Program::Module(_) => path.push(current_dir(world)),
            _ => path.push(String::new()),
        }
    }
    if let Some(folders) = variable(world, "PYTHONPATH") {
        path.extend(folders.split(':').map(str::to_owned));
    }
    let mut argv = vec![match &typed.program {
        Program::Script(file) => file.clone(),
        Program::Command(_) => String::from("-c"),
        Program::Module(_) => String::from("-m"),
        _ => String::new(),
    }];
    if typed.program == Program::Stdin && !typed.rest.is_empty() {
        argv[0] = String::from("-");
    }
    argv.extend(typed.rest.iter().cloned());
    let level = variable(world, "PYTHONOPTIMIZE").map_or(0, |v| v.parse().unwrap_or(1));
    let unbuffered = variable(world, "PYTHONUNBUFFERED").is_some();
    let inspect = variable(world, "PYTHONINSPECT").is_some();
    let dev_mode = typed.x_options.iter().any(|option| option == "dev")
        || variable(world, "PYTHONDEVMODE").is_some_and(|v| !v.is_empty());
    let mut warnings: Vec<String> = if dev_mode {
        vec!["default".into()]
    } else {
        Vec::new()
    };
    let told = variable(world, "PYTHONWARNINGS");
    let told = told.unwrap_or_default();
    warnings.extend(told.split(',').filter(|w| !w.is_empty()).map(str::to_owned));
    warnings.extend(typed.warnings.iter().cloned());
    vm::Options {
        argv,
        path,
        optimize: typed.optimize.max(level),
        x_options: typed.x_options.clone(),
        executable: world.executable().unwrap_or_else(|| own_name.to_owned()),
        unbuffered: typed.unbuffered || unbuffered,
        warnings,
        isolated: typed.isolated,
        ignore_environment: typed.ignore_environment,
        verbose: typed.verbose,
        quiet: typed.quiet,
        inspect: typed.inspect || inspect,
        dont_write_bytecode: true,
        dev_mode,
    }
}

/// The folder of a script, without symbolic links.
fn script_folder(world: &mut World, file: &str) -> String {
    let real = match world.real_path(file.as_bytes()) {
        Ok(real) => String::from_utf8_lossy(&real).into_owned(),
        Err(_) => file.to_owned(),
    };
    match real.rsplit_once('/') {
        Some(("", _)) => String::from("/"),
        Some((folder, _)) => folder.to_owned(),
        None => String::new(),
    }
}

fn current_dir(world: &mut World) -> String {
    world.current_dir().map_or_else(
        |_| String::new(),
        |path| String::from_utf8_lossy(&path).into_owned(),
    )
}

/// Runs the program; its exit code.
fn execute(vm: &mut Vm, typed: &Typed, own_name: &str) -> u8 {
    // It says itself what is wrong with the filters that the command line names.
    if !vm.options.warnings.is_empty()
        && let Err(raised) = vm.import_module("warnings")
    {
        return report(vm, raised);
    }
    let result = match &typed.program {
        Program::Script(file) => {
            let mut source_file = absolute(vm, file);
            if vm.world.is_dir(file.as_bytes()) {
                source_file = format!("{}/__main__.py", source_file.trim_end_matches('/'));
            }
            match vm.world.read_file(source_file.as_bytes()) {
                Ok(bytes) if bytes.starts_with(vm::compiled::MAGIC) => {
                    run_compiled(vm, &bytes, &source_file)
                }
                Ok(bytes) => run_source(vm, &bytes, &source_file, true, typed.skip_first_line),
                Err(error) => {
                    let shown = absolute(vm, file);
                    let text = cannot_open(own_name, &shown, &error);
                    vm.write_stderr(&text);
                    return 2;
                }
            }
        }
        Program::Command(text) => {
            let mut text = text.clone();
            text.push('\n');
            run_source(vm, text.as_bytes(), "<string>", false, false)
        }
        Program::Module(name) => match run_module(vm, name) {
            Ok(true) => Ok(()),
            Ok(false) => {
                let executable = vm.options.executable.clone();
                vm.write_stderr(&format!("{executable}: No module named {name}\n"));
                return 1;
            }
            Err(raised) => Err(raised),
        },
        _ => {
            if vm.world.is_terminal(0) || typed.inspect {
                return session::run(vm, true);
            }
            match read_stdin(vm) {
                Ok(bytes) => run_source(vm, &bytes, "<stdin>", false, false),
                Err(text) => {
                    vm.write_stderr(&text);
                    return 1;
                }
            }
        }
    };
    let code = match result {
        Ok(()) => 0,
        Err(raised) => report(vm, raised),
    };
    if vm.options.inspect && !matches!(typed.program, Program::Stdin) {
        return session::run(vm, false);
    }
    code
}

fn absolute(vm: &mut Vm, file: &str) -> String {
    if file.starts_with('/') {
        return file.to_owned();
    }
    format!("{}/{file}", current_dir(&mut vm.world))
}

fn read_stdin(vm: &mut Vm) -> Result<Vec<u8>, String> {
    let mut all = Vec::new();
    loop {
        match vm.world.read(0, 1 << 16) {
            Ok(chunk) if chunk.is_empty() => return Ok(all),
            Ok(chunk) => all.extend(&*chunk),
            Err(error) => return Err(format!("krait: cannot read standard input: {error}\n")),
        }
    }
}

fn run_source(
    vm: &mut Vm,
    bytes: &[u8],
    filename: &str,
    is_file: bool,
    skip_first_line: bool,
) -> PyResult<()> {
    let module = vm.main_module();
    let namespace = module.namespace();
    if is_file {
        namespace.set_str(vm.names.dunder_file, vm::path_value(filename.as_bytes()));
        namespace.set_str(intern("__cached__"), Value::NONE);
    }
    if bytes.contains(&0) {
        return Err(vm.syntax_error("source code cannot contain null bytes"));
    }
    let mut text = vm.decode_source(bytes, filename)?;
    if skip_first_line && let Some(at) = text.find('\n') {
        text.replace_range(..at, "");
    }
    if !is_file {
        vm.keep("main source", tuple(&[string(filename), string(&text)]));
    }
    let mut options = compile::Options::module();
    options.optimize = vm.options.optimize;
    let code = vm.compile_source(&text, filename, Mode::Exec, options)?;
    vm.run_code(code, namespace, namespace.into(), Value::NONE)?;
    Ok(())
}

/// Runs a compiled file.
fn run_compiled(vm: &mut Vm, bytes: &[u8], filename: &str) -> PyResult<()> {
    let module = vm.main_module();
    let namespace = module.namespace();
    namespace.set_str(vm.names.dunder_file, vm::path_value(filename.as_bytes()));
    namespace.set_str(intern("__cached__"), Value::NONE);
    let code = vm.code_of_file(bytes, filename)?;
    vm.run_code(code, namespace, namespace.into(), Value::NONE)?;
    Ok(())
}

fn run_module(vm: &mut Vm, name: &str) -> PyResult<bool> {
    let ran = vm.run_module_as_main(name, &mut |vm: &mut Vm, origin: Value| {
        let argv = match vm
            .modules
            .get_str(vm.names.sys)
            .and_then(|m| m.cast::<Module>())
        {
            Some(sys) => sys.namespace().get_str(intern("argv")),
            None => None,
        };
        if let Some(argv) = argv.and_then(|a| a.cast::<object::List>()) {
            argv.set_item(0, origin);
        }
    })?;
    Ok(ran.is_some())
}

/// Reports an exception that left the program; the exit code.
pub fn report(vm: &mut Vm, raised: Raised) -> u8 {
    if raised.matches(vm, vm.types.system_exit) {
        return exit_code(vm, raised);
    }
    flush_stdout(vm);
    let hook = match vm
        .modules
        .get_str(vm.names.sys)
        .and_then(|m| m.cast::<Module>())
    {
        Some(sys) => sys.namespace().get_str(intern("excepthook")),
        None => None,
    };
    match hook {
        Some(hook) if hook.kind() != Some(Kind::Builtin) && !hook.is_none() => {
            let class = vm.class_of(raised.0).into();
            let traceback = raised.exception().traceback.get();
            if let Err(second) = vm.call(hook, &[class, raised.0, traceback]) {
                if second.matches(vm, vm.types.system_exit) {
                    return exit_code(vm, second);
                }
                vm.write_stderr("Error in sys.excepthook:\n");
                vm.print_exception(second.0);
                vm.write_stderr("\nOriginal exception was:\n");
                vm.print_exception(raised.0);
            }
        }
        _ => vm.print_exception(raised.0),
    }
    if raised.matches(vm, vm.types.keyboard_interrupt) {
        let code = finish(vm, EXIT_INTERRUPTED);
        vm.end_run(code.into(), true);
        vm.world.die_of_interrupt();
        return EXIT_INTERRUPTED;
    }
    1
}

/// The exit code of a SystemExit; what is no number is printed.
fn exit_code(vm: &mut Vm, raised: Raised) -> u8 {
    let code = match vm.find_attr(raised.0, vm.names.code) {
        Ok(Some(code)) => code,
        _ => Value::NONE,
    };
    if code.is_none() {
        return 0;
    }
    if let Some(number) = vm.as_int(code) {
        return match number.as_small() {
            Some(number) => (number & 0xff) as u8,
            None => 255,
        };
    }
    flush_stdout(vm);
    if let Ok(text) = vm.str_text(code) {
        vm.write_stderr(&format!("{text}\n"));
    }
    1
}

fn stream(vm: &mut Vm, name: &str) -> Option<Value> {
    let sys = vm.modules.get_str(vm.names.sys)?.cast::<Module>()?;
    sys.namespace()
        .get_str(intern(name))
        .filter(|stream| !stream.is_none())
}

fn flush_stdout(vm: &mut Vm) {
    if let Some(stdout) = stream(vm, "stdout") {
        let name = vm.names.flush;
        // A failure is reported when the program ends.
        let _ = vm.call_method(stdout, name, &[]);
    }
}

/// Runs what the program left for its end, and flushes its streams.
fn finish(vm: &mut Vm, code: u8) -> u8 {
    let mut code = code;
    if let Some(threading) = vm.modules.get_str(intern("threading"))
        && let Ok(Some(wait)) = vm.find_attr(threading, intern("_shutdown"))
        && let Err(raised) = vm.call(wait, &[])
    {
        vm.report_unraisable(raised, "on threading shutdown", threading);
    }
    if let Some(atexit) = vm.modules.get_str(intern("atexit"))
        && let Ok(Some(run)) = vm.find_attr(atexit, intern("_run_exitfuncs"))
        && let Err(raised) = vm.call(run, &[])
    {
        vm.print_exception(raised.0);
    }
    builtins::modules::finalize::at_exit(vm);
    if let Some(stdout) = stream(vm, "stdout") {
        let name = vm.names.flush;
        if let Err(raised) = vm.call_method(stdout, name, &[])
            && !is_closed(vm, raised)
        {
            let text = vm.format_only(raised.0);
            vm.write_stderr(&format!(
                "Exception ignored while flushing sys.stdout:\n{text}"
            ));
            code = EXIT_FLUSH_FAILED;
        }
    }
    if let Some(stderr) = stream(vm, "stderr") {
        let name = vm.names.flush;
        // There is no one left to tell.
        let _ = vm.call_method(stderr, name, &[]);
    }
    code
}

/// A stream that the program closed needs no flushing.
fn is_closed(vm: &mut Vm, raised: Raised) -> bool {
    raised.matches(vm, vm.types.value_error)
}
