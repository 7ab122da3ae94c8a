//! `kraitbench doctor`: is this machine fit to measure on, and what is to be done about it?
//!
//! Every check reads what the kernel tells and judges it by one rule; the rules are functions of
//! text, so that they are tested without a machine that has the fault. Nothing is changed here (but
//! what a killed run has left changed is put back, where that is asked for): what is advised
//! outlives this program, and is its owner's to decide.

use std::fs;
use std::path::Path;

use isolate::machine::{Change, Machine, MachineError};
use serde_json::json;

use crate::failure::{Failure, Verdict};

/// What a check came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grade {
    Fine,
    /// Figures vary more than they need, or some cannot be taken.
    Worse,
    /// Figures would be wrong or runs would fail.
    Unfit,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub name: &'static str,
    pub grade: Grade,
    pub found: String,
    /// What to do; empty if nothing.
    pub advice: String,
}

impl Finding {
    fn new(name: &'static str, grade: Grade, found: impl Into<String>, advice: &str) -> Finding {
        Finding {
            name,
            grade,
            found: found.into(),
            advice: if grade == Grade::Fine { "" } else { advice }.to_owned(),
        }
    }
}

pub fn print(as_json: bool, restore: bool) -> Result<Verdict, Failure> {
    if restore {
        crate::steadied::restore()?;
    }
    let findings = findings();
    let unfit = findings.iter().any(|one| one.grade == Grade::Unfit);
    if as_json {
        let list: Vec<_> = findings
            .iter()
            .map(|one| {
                let grade = word(one.grade);
                json!({"check": one.name, "grade": grade, "found": one.found, "advice": one.advice})
            })
            .collect();
        println!("{:#}", json!({"fit": !unfit, "findings": list}));
    } else {
        for one in &findings {
            println!("{:<6} {:<22} {}", word(one.grade), one.name, one.found);
            if !one.advice.is_empty() {
                println!("{:<29} {}", "", one.advice);
            }
        }
        println!(
            "{}",
            if unfit {
                "not fit to measure on"
            } else {
                "fit to measure on"
            }
        );
    }
    Ok(if unfit {
        Verdict::BenchmarkFailed
    } else {
        Verdict::Fine
    })
}

fn word(grade: Grade) -> &'static str {
    match grade {
        Grade::Fine => "fine",
        Grade::Worse => "worse",
        Grade::Unfit => "unfit",
    }
}

fn findings() -> Vec<Finding> {
    let cpu = isolate::processor();
    let of_cpu = |file: &str| {
        read(&format!(
            "/sys/devices/system/cpu/cpu{}/{file}",
            cpu.unwrap_or(0)
        ))
    };
    let turbo = read("/sys/devices/system/cpu/intel_pstate/no_turbo")
        .map(|off| off == "1")
        .or_else(|| read("/sys/devices/system/cpu/cpufreq/boost").map(|on| on == "0"));
    vec![
        processors(cpu),
        load(&read("/proc/loadavg").unwrap_or_default()),
        governor(of_cpu("cpufreq/scaling_governor").as_deref()),
        boost(turbo),
        siblings(of_cpu("topology/thread_siblings_list").as_deref()),
        randomisation(read("/proc/sys/kernel/randomize_va_space").as_deref()),
        counters(
            read("/proc/sys/kernel/perf_event_paranoid").as_deref(),
            crate::host::has_counters(),
        ),
        clock(read("/sys/devices/system/clocksource/clocksource0/current_clocksource").as_deref()),
        memory(&read("/proc/meminfo").unwrap_or_default()),
        emulators(),
        counting(&is_in_path),
        left(Machine::here().left()),
    ]
}

fn processors(cpu: Option<u32>) -> Finding {
    let advice = "measure on a machine with two: the harness then keeps off the measured one";
    match cpu {
        Some(cpu) => Finding::new(
            "processors",
            Grade::Fine,
            format!("{cpu} is measured on"),
            "",
        ),
        None => Finding::new("processors", Grade::Worse, "one only", advice),
    }
}

fn load(text: &str) -> Finding {
    let advice = "end other programs; figures taken meanwhile vary more and are slower";
    match text
        .split_whitespace()
        .next()
        .and_then(|word| word.parse::<f64>().ok())
    {
        Some(load) if load > 1.0 => Finding::new(
            "load",
            Grade::Unfit,
            format!("{load} in the last minute"),
            advice,
        ),
        Some(load) if load > 0.3 => Finding::new(
            "load",
            Grade::Worse,
            format!("{load} in the last minute"),
            advice,
        ),
        Some(load) => Finding::new("load", Grade::Fine, load.to_string(), ""),
        None => Finding::new("load", Grade::Worse, "not told by the kernel", advice),
    }
}

fn governor(governor: Option<&str>) -> Finding {
    let advice = "as root: `cpupower frequency-set -g performance`; put it back afterwards";
    match governor {
        None => Finding::new(
            "frequency",
            Grade::Fine,
            "not ours to set (virtual, or fixed)",
            "",
        ),
        Some("performance") => Finding::new("frequency", Grade::Fine, "performance", ""),
        Some(other) => Finding::new("frequency", Grade::Worse, other, advice),
    }
}

fn boost(off: Option<bool>) -> Finding {
    let advice = "as root: write 1 to /sys/devices/system/cpu/intel_pstate/no_turbo, or 0 to \
                  cpufreq/boost; put it back afterwards";
    match off {
        None => Finding::new("turbo", Grade::Fine, "not ours to set", ""),
        Some(true) => Finding::new("turbo", Grade::Fine, "off", ""),
        Some(false) => Finding::new("turbo", Grade::Worse, "on: speed follows the heat", advice),
    }
}

fn siblings(list: Option<&str>) -> Finding {
    let advice = "as root: write `off` to /sys/devices/system/cpu/smt/control; put it back \
                  afterwards";
    match list {
        Some(list) if list.contains([',', '-']) => {
            let found = format!("threads {list} share a core: one slows the other");
            Finding::new("hardware threads", Grade::Worse, found, advice)
        }
        Some(_) => Finding::new("hardware threads", Grade::Fine, "one a core", ""),
        None => Finding::new("hardware threads", Grade::Fine, "not told", ""),
    }
}

fn randomisation(level: Option<&str>) -> Finding {
    let advice = "as root: write 2 to /proc/sys/kernel/randomize_va_space; one layout would be \
                  measured for all";
    match level {
        Some("2") => Finding::new("address randomisation", Grade::Fine, "on", ""),
        Some(other) => Finding::new("address randomisation", Grade::Worse, other, advice),
        None => Finding::new("address randomisation", Grade::Fine, "not told", ""),
    }
}

fn counters(paranoid: Option<&str>, has_any: bool) -> Finding {
    let advice = "as root: write 2 or less to /proc/sys/kernel/perf_event_paranoid; without it \
                  the criteria of hardware counters are absent";
    if !has_any {
        let found = "the processor offers none here, as in most virtual machines";
        let advice =
            "measure on the machine itself; times and the kernel's counts are all there is";
        return Finding::new("hardware counters", Grade::Worse, found, advice);
    }
    match paranoid.and_then(|level| level.parse::<i32>().ok()) {
        Some(level) if level <= 2 => Finding::new(
            "hardware counters",
            Grade::Fine,
            format!("allowed (level {level})"),
            "",
        ),
        Some(level) => Finding::new(
            "hardware counters",
            Grade::Worse,
            format!("level {level}"),
            advice,
        ),
        None => Finding::new(
            "hardware counters",
            Grade::Worse,
            "the kernel has none",
            advice,
        ),
    }
}

fn clock(source: Option<&str>) -> Finding {
    let advice = "every reading is a system call here; use long iterations";
    match source {
        Some(slow @ ("hpet" | "acpi_pm" | "jiffies")) => {
            Finding::new("clock", Grade::Worse, slow, advice)
        }
        Some(source) => Finding::new("clock", Grade::Fine, source, ""),
        None => Finding::new("clock", Grade::Fine, "not told", ""),
    }
}

/// Less than this and benchmarks of 2 GB push each other out.
const FREE_KIB: u64 = 2_000_000;

fn memory(meminfo: &str) -> Finding {
    let field = |name: &str| -> Option<u64> {
        let line = meminfo.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim_start_matches(':')
            .trim()
            .trim_end_matches("kB")
            .trim()
            .parse()
            .ok()
    };
    let advice = "free memory: what is written out to disk and back is measured as well";
    let Some(free) = field("MemAvailable") else {
        return Finding::new("memory", Grade::Worse, "not told by the kernel", advice);
    };
    let swapped = field("SwapTotal")
        .unwrap_or(0)
        .saturating_sub(field("SwapFree").unwrap_or(0));
    let found = format!("{} MB free, {} MB swapped out", free / 1000, swapped / 1000);
    let grade = match (free < FREE_KIB, swapped > 100_000) {
        (true, _) => Grade::Unfit,
        (false, true) => Grade::Worse,
        (false, false) => Grade::Fine,
    };
    Finding::new("memory", grade, found, advice)
}

fn emulators() -> Finding {
    let is_there = is_in_path;
    let missing: Vec<&str> = model::Target::ALL
        .iter()
        .filter(|target| Some(**target) != model::Target::of_this_program())
        .filter(|target| !is_there(&target.emulator()[0]))
        .map(|target| target.as_str())
        .collect();
    let advice = "install Debian's qemu-user-static to measure them";
    match missing.as_slice() {
        [] => Finding::new("foreign targets", Grade::Fine, "all have an emulator", ""),
        some => Finding::new(
            "foreign targets",
            Grade::Worse,
            format!("none for {}", some.join(", ")),
            advice,
        ),
    }
}

fn is_in_path(name: &str) -> bool {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&folders).any(|folder| folder.join(name).is_file())
}

/// What executors with `clock: instructions` need.
fn counting(is_there: &dyn Fn(&str) -> bool) -> Finding {
    let advice = "install Debian's valgrind and qemu-user; executors with `clock: instructions` \
                  need them, the latter for foreign targets";
    let foreign = model::Target::S390x.extensible_emulator();
    let tools = ["valgrind", &foreign[0]];
    let missing: Vec<&str> = tools.into_iter().filter(|tool| !is_there(tool)).collect();
    match missing.as_slice() {
        [] => Finding::new(
            "counting instructions",
            Grade::Fine,
            "by valgrind and qemu",
            "",
        ),
        some => {
            let found = format!("no {}", some.join(", no "));
            Finding::new("counting instructions", Grade::Worse, found, advice)
        }
    }
}

/// What a run that was killed has left changed on this machine.
fn left(left: Result<Vec<Change>, MachineError>) -> Finding {
    let advice = "`kraitbench doctor --restore` puts it back, as does the next run";
    match left {
        Ok(changes) if changes.is_empty() => {
            Finding::new("settings", Grade::Fine, "none left by a killed run", "")
        }
        Ok(changes) => {
            let list: Vec<String> = changes
                .iter()
                .map(|one| format!("/{} was `{}`", one.path, one.before))
                .collect();
            let found = format!("left by a killed run: {}", list.join(", "));
            Finding::new("settings", Grade::Worse, found, advice)
        }
        Err(error) => Finding::new("settings", Grade::Unfit, error.to_string(), advice),
    }
}

fn read(path: &str) -> Option<String> {
    let text = fs::read_to_string(Path::new(path)).ok()?.trim().to_owned();
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_graded_and_answered() {
        use Grade::{Fine, Unfit, Worse};
        let [path, before, set] = ["sys/x", "on", "off"].map(str::to_owned);
        let change = Change { path, before, set };
        let foreign = MachineError::Foreign {
            path: "/run/x".into(),
            why: "torn".into(),
        };
        let cases = [
            (load("0.05 0.1 0.2 1/99 4"), Fine),
            (load("0.60 0.1 0.2 1/99 4"), Worse),
            (load("7.10 3 2 1/99 4"), Unfit),
            (load("gibberish"), Worse),
            (governor(None), Fine),
            (governor(Some("performance")), Fine),
            (governor(Some("powersave")), Worse),
            (boost(Some(true)), Fine),
            (boost(Some(false)), Worse),
            (siblings(Some("3")), Fine),
            (siblings(Some("1,3")), Worse),
            (siblings(Some("2-3")), Worse),
            (randomisation(Some("2")), Fine),
            (randomisation(Some("0")), Worse),
            (counters(Some("2"), true), Fine),
            (counters(Some("-1"), true), Fine),
            (counters(Some("4"), true), Worse),
            (counters(None, true), Worse),
            (counters(Some("2"), false), Worse),
            (clock(Some("tsc")), Fine),
            (clock(Some("hpet")), Worse),
            (memory("MemAvailable: 8000000 kB\nSwapTotal: 0 kB\n"), Fine),
            (
                memory("MemAvailable: 8000000 kB\nSwapTotal: 900000 kB\nSwapFree: 1 kB\n"),
                Worse,
            ),
            (memory("MemAvailable: 800000 kB\n"), Unfit),
            (processors(Some(3)), Fine),
            (processors(None), Worse),
            (counting(&|_| true), Fine),
            (counting(&|_| false), Worse),
            (left(Ok(vec![])), Fine),
            (left(Ok(vec![change])), Worse),
            (left(Err(foreign)), Unfit),
        ];
        for (finding, grade) in cases {
            assert_eq!(finding.grade, grade, "{finding:?}");
            assert_eq!(finding.advice.is_empty(), grade == Fine, "{finding:?}");
        }
    }
}
