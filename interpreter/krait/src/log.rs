//! `KRAITLOG=SECTION,…:FILE`: at its end a process writes what is asked for, to a file or, for `-`, to
//! standard error. The section `gc` tells of the collector in every build; what else there is, the
//! JIT's part says.

use crate::jit;
use object::heap;
use vm::{CollectorTimes, Pauses, Vm};

const COLLECTOR: &str = "gc";

/// What the environment asks for.
pub struct Log {
    sections: Vec<String>,
    file: String,
}

impl Log {
    /// Reads the variable, says which sections there are not, and lets the machine measure what the
    /// others need.
    pub fn wanted(vm: &mut Vm) -> Log {
        let wanted = vm.world.variable("KRAITLOG").unwrap_or_default();
        let (sections, file) = wanted.split_once(':').unwrap_or((&wanted, "-"));
        let mut log = Log {
            sections: Vec::new(),
            file: file.to_owned(),
        };
        for section in sections.split(',').map(str::trim) {
            if section == COLLECTOR || jit::SECTIONS.contains(&section) {
                log.sections.push(section.to_owned());
            } else if !section.is_empty() {
                let known = [&[COLLECTOR], jit::SECTIONS].concat().join(", ");
                vm.write_stderr(&format!(
                    "krait: KRAITLOG: no section '{section}'; this build has {known}\n"
                ));
            }
        }
        if log.has(COLLECTOR) {
            vm.time_collections();
        }
        log
    }

    pub fn has(&self, section: &str) -> bool {
        self.sections.iter().any(|wanted| wanted == section)
    }

    /// Writes the sections, in the order in which they were asked for.
    pub fn write(&self, vm: &mut Vm) {
        let mut text = String::new();
        for section in &self.sections {
            if section == COLLECTOR {
                text.push_str(&collector(vm.collector_times().unwrap_or_default()));
            } else if let Some(part) = jit::section(vm, section) {
                text.push_str(&part);
            }
        }
        if text.is_empty() {
            return;
        }
        if self.file == "-" {
            vm.write_stderr(&text);
        } else if let Err(error) = vm.world.write_file(self.file.as_bytes(), text.as_bytes()) {
            vm.write_stderr(&format!(
                "krait: KRAITLOG: cannot write {}: {error}\n",
                self.file
            ));
        }
    }
}

/// The section `gc`: collections with their seconds, and bytes.
fn collector(times: CollectorTimes) -> String {
    let stats = heap::stats();
    let line = |label: &str, count: u64, pauses: Pauses| {
        let seconds = |ns: i64| ns as f64 / 1e9;
        // A build that records measures no times.
        if pauses.count == 0 {
            return format!("{label:<18}\t{count}\n");
        }
        format!(
            "{label:<18}\t{count}\t{:.6} s, the longest {:.6} s\n",
            seconds(pauses.total_ns),
            seconds(pauses.longest_ns)
        )
    };
    let mut text = line("minor collections:", stats.minor_collections, times.minor);
    text += &line("full collections:", stats.full_collections, times.full);
    for (label, bytes) in [
        ("allocated bytes:", stats.allocated_bytes),
        ("live bytes:", stats.live_bytes as u64),
        ("most live bytes:", stats.peak_live_bytes as u64),
    ] {
        text += &format!("{label:<18}\t{bytes}\n");
    }
    text
}
