//! What this machine is, and what about its state may move a figure.
//!
//! Everything is read from `/proc` and `/sys`, and what is not there is not said: a virtual
//! machine has no governor.

use std::fs;

use model::{Environment, Fact, Host, Target};

use crate::failure::{Failure, Verdict};

/// What this machine runs.
pub fn target() -> Result<Target, Failure> {
    Target::of_this_program().ok_or_else(|| {
        Failure::Machine("this machine is of no kind that kraitbench measures on".to_owned())
    })
}

pub fn host() -> Host {
    let cpuinfo = read("/proc/cpuinfo").unwrap_or_default();
    let processors = std::thread::available_parallelism().map_or(1, |count| count.get() as u32);
    Host {
        name: network_name(),
        processor: processor(&cpuinfo),
        processors,
        memory_bytes: field(&read("/proc/meminfo").unwrap_or_default(), "MemTotal")
            .and_then(|value| value.trim_end_matches("kB").trim().parse::<u64>().ok())
            .map_or(0, |kib| kib * 1024),
        kernel: read("/proc/sys/kernel/osrelease").unwrap_or_default(),
        system: field(&read("/etc/os-release").unwrap_or_default(), "PRETTY_NAME")
            .map(|name| name.trim_matches('"').to_owned())
            .unwrap_or_default(),
    }
}

/// What the machine calls itself, whatever an experiment calls it.
pub fn network_name() -> String {
    read("/proc/sys/kernel/hostname").unwrap_or_else(|| "unnamed".to_owned())
}

/// The kernel names the processor in other fields on other architectures.
fn processor(cpuinfo: &str) -> String {
    [
        "model name",
        "cpu model",
        "cpu",
        "uarch",
        "processor 0",
        "CPU part",
    ]
    .iter()
    .find_map(|name| field(cpuinfo, name))
    .unwrap_or_else(|| "unknown".to_owned())
}

/// What the machine is doing now.
pub fn environment() -> Environment {
    let mut environment = Environment::default();
    let mut fact = |name: &str, value: Option<String>| {
        environment
            .facts
            .extend(value.map(|value| Fact::new(name, value)));
    };
    let load = read("/proc/loadavg");
    let governor = read("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
    let turbo_is_off = read("/sys/devices/system/cpu/intel_pstate/no_turbo");
    let aslr = read("/proc/sys/kernel/randomize_va_space");
    fact("load average", load.clone());
    fact("governor", governor.clone());
    fact("turbo off", turbo_is_off);
    fact("address randomisation", aslr.clone());
    fact(
        "measured processor",
        isolate::processor().map(|cpu| cpu.to_string()),
    );
    let absent = "not measured: the processor offers none here";
    fact(
        "hardware counters",
        (!has_counters()).then(|| absent.to_owned()),
    );
    fact("virtualised", virtualised().then(|| "yes".to_owned()));
    let mut warn = |holds: bool, text: &str| {
        if holds {
            environment.warnings.push(text.to_owned());
        }
    };
    let busy = load
        .as_deref()
        .and_then(|load| load.split_whitespace().next()?.parse::<f64>().ok())
        .is_some_and(|load| load > 0.5);
    warn(busy, "other programs are running: figures will vary more");
    warn(
        governor.is_some_and(|governor| governor != "performance"),
        "the processor changes its frequency; the governor `performance` would not",
    );
    warn(
        aslr.as_deref() == Some("0"),
        "address randomisation is off: one layout of many is measured, precisely",
    );
    warn(
        isolate::processor().is_none(),
        "one processor only: the harness runs on it as well",
    );
    environment
}

/// Whether the processor's own counters can be asked: the kernel lists them by names that begin
/// so.
pub fn has_counters() -> bool {
    let Ok(devices) = fs::read_dir("/sys/bus/event_source/devices") else {
        return false;
    };
    let names = devices.flatten().map(|device| device.file_name());
    names.into_iter().any(|name| {
        let name = name.to_string_lossy().into_owned();
        name.starts_with("cpu") || name.contains("pmuv") || name.starts_with("armv")
    })
}

fn virtualised() -> bool {
    read("/proc/cpuinfo").is_some_and(|cpuinfo| cpuinfo.contains(" hypervisor"))
}

/// `kraitbench env`.
pub fn print() -> Result<Verdict, Failure> {
    let (host, environment) = (host(), environment());
    for fact in host_facts(&host).iter().chain(&environment.facts) {
        println!("{:<22} {}", fact.name, fact.value);
    }
    for warning in &environment.warnings {
        println!("warning: {warning}");
    }
    Ok(Verdict::Fine)
}

/// A host as facts for readers.
pub fn host_facts(host: &Host) -> Vec<Fact> {
    vec![
        Fact::new("host", &host.name),
        Fact::new("processor", &host.processor),
        Fact::new("processors", host.processors.to_string()),
        Fact::new("memory", format!("{} MB", host.memory_bytes / 1_000_000)),
        Fact::new("kernel", &host.kernel),
        Fact::new("system", &host.system),
    ]
}

fn read(path: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?.trim().to_owned();
    (!text.is_empty()).then_some(text)
}

/// The value of the first line `NAME : VALUE` or `NAME=VALUE`.
fn field(text: &str, name: &str) -> Option<String> {
    text.lines().find_map(|line| {
        let (key, value) = line.split_once([':', '='])?;
        (key.trim() == name).then(|| value.trim().to_owned())
    })
}
