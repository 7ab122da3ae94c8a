//! The JIT as part of the executable: what the command line and the environment say of it, and the
//! sections of `KRAITLOG` at the end.
//!
//! `KRAITLOG=SECTION,…:FILE` writes sections to a file, or to standard error for `-`:
//! `jit-summary`, `jit-abort`, `jit-mem`, `jit-exits` (the exits that were taken most often),
//! `jit-log-opt` (the compiled traces). `-X perf` writes a map by which `perf` names machine code.

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

/// What `--jit help` prints.
pub fn parameters() -> String {
    ::jit::help()
}

/// Lets the JIT listen on a machine that stays where it is.
pub fn attach(vm: &mut Vm, given: &[String]) -> Result<(), String> {
    let (parameters, folder) = parse(given)?;
    if !parameters.enabled {
        return Ok(());
    }
    let jit = ::jit::install(vm, parameters).map_err(|message| format!("krait: {message}\n"))?;
    if let Some(folder) = folder {
        jit.dump_to(Dump::new(folder));
    }
    for section in sections(vm).0 {
        match section.as_str() {
            "jit-exits" => jit.watch_exits(),
            "jit-log-opt" => jit.keep_trace_log(),
            _ => {}
        }
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

const SECTIONS: &[&str] = &[
    "jit-summary",
    "jit-abort",
    "jit-mem",
    "jit-exits",
    "jit-log-opt",
];

/// The sections that `KRAITLOG` asks for, and where they go.
fn sections(vm: &mut Vm) -> (Vec<String>, String) {
    let wanted = vm.world.variable("KRAITLOG").unwrap_or_default();
    let (sections, file) = wanted.split_once(':').unwrap_or((&wanted, "-"));
    let sections = sections.split(',').map(str::trim);
    let sections = sections.filter(|section| !section.is_empty());
    (sections.map(str::to_owned).collect(), file.to_owned())
}

/// Writes what `KRAITLOG` asks for.
pub fn log(vm: &mut Vm) {
    let Some(jit) = CURRENT.take() else {
        return;
    };
    let (sections, file) = sections(vm);
    let now = vm.world.clock_ns(Clock::Monotonic);
    let mut text = String::new();
    for section in sections {
        match section.as_str() {
            "jit-summary" => text.push_str(&jit.summary(now)),
            "jit-abort" => text.push_str(&jit.abort_table()),
            "jit-mem" => text.push_str(&jit.memory()),
            "jit-exits" => text.push_str(&jit.exit_table()),
            "jit-log-opt" => text.push_str(&jit.trace_log()),
            _ => {
                let known = SECTIONS.join(", ");
                vm.write_stderr(&format!(
                    "krait: KRAITLOG: no section '{section}'; there are {known}\n"
                ));
            }
        }
    }
    if text.is_empty() {
        return;
    }
    if file == "-" {
        vm.write_stderr(&text);
    } else if let Err(error) = vm.world.write_file(file.as_bytes(), text.as_bytes()) {
        vm.write_stderr(&format!("krait: KRAITLOG: cannot write {file}: {error}\n"));
    }
}
