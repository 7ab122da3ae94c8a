//! The JIT as part of the executable: what the command line and the environment say of it, and its
//! sections of `KRAITLOG`: `jit-summary`, `jit-abort`, `jit-mem`, `jit-exits` (the exits that were
//! taken most often), `jit-log-opt` (the compiled traces). `-X perf` writes a map by which `perf`
//! names machine code.

use crate::log::Log;
use crate::pypyjit;
use ::jit::{Dump, Jit, Parameters};
use std::cell::RefCell;
use std::rc::Rc;
use vm::Vm;
use world::Clock;

thread_local! {
    static CURRENT: RefCell<Option<Rc<Jit>>> = const { RefCell::new(None) };
}

/// The name of the configuration.
pub const CONFIGURATION: &str = "jit";

/// The parameters that a command line gives, and the folder for dumps.
pub fn parse(given: &[String]) -> Result<(Parameters, Option<String>), String> {
    let mut parameters = Parameters::default();
    let mut folder = None;
    for part in given {
        match part.strip_prefix("dump=") {
            Some(name) => folder = Some(name.to_owned()),
            None => parameters
                .set_text(part)
                .map_err(|message| format!("krait: --jit: {message}\n"))?,
        }
    }
    Ok((parameters, folder))
}

/// The JIT of this process, while it is on.
pub fn current() -> Option<Rc<Jit>> {
    CURRENT.with_borrow(|current| current.clone())
}

/// Lets go of the JIT at the end of the program.
pub fn detach() {
    CURRENT.take();
}

/// What `--jit help` prints.
pub fn parameters() -> String {
    ::jit::help()
}

/// Lets the JIT listen on a machine that stays where it is.
pub fn attach(vm: &mut Vm, given: &[String], log: &Log) -> Result<(), String> {
    let (parameters, folder) = parse(given)?;
    if !parameters.enabled {
        return Ok(());
    }
    let jit = ::jit::install(vm, parameters);
    if let Some(folder) = folder {
        if let Err(error) = vm.world.make_dir(folder.as_bytes(), 0o777)
            && !vm.world.is_dir(folder.as_bytes())
        {
            return Err(format!(
                "krait: --jit dump: cannot make {folder}: {error}\n"
            ));
        }
        jit.dump_to(Dump::new(folder));
    }
    if log.has("jit-exits") {
        jit.watch_exits();
    }
    if log.has("jit-log-opt") {
        jit.keep_trace_log();
    }
    if vm.options.x_options.iter().any(|option| option == "perf")
        && let Err(message) = jit.map_for_perf(vm)
    {
        return Err(format!("krait: -X perf: {message}\n"));
    }
    pypyjit::define(vm);
    CURRENT.set(Some(jit));
    Ok(())
}

/// The sections of `KRAITLOG` that this build writes beside the collector's.
pub const SECTIONS: &[&str] = &[
    "jit-summary",
    "jit-abort",
    "jit-mem",
    "jit-exits",
    "jit-log-opt",
];

/// The text of a section; none if the JIT is off.
pub fn section(vm: &mut Vm, name: &str) -> Option<String> {
    let jit = current()?;
    match name {
        "jit-summary" => Some(jit.summary(vm.world.clock_ns(Clock::Monotonic))),
        "jit-abort" => Some(jit.abort_table()),
        "jit-mem" => Some(jit.memory()),
        "jit-exits" => Some(jit.exit_table()),
        "jit-log-opt" => Some(jit.trace_log()),
        _ => None,
    }
}
