//! The processor's own counters, where the kernel lets them be asked.
//!
//! They are opened for the harness's own thread, asleep, to be inherited by the next process that it
//! starts and to wake there at its `exec`: so nothing of the harness is counted and nothing of the
//! process is missed, its children included. Threads of the harness inherit them too; they never
//! `exec`, and count nothing.
//!
//! A processor has few counters. Where more is asked for, the kernel takes turns and a count is of
//! part of the time; it is then left out, because what would be told is an estimate.

use std::io;

use model::{ClockKind, Criterion, Fact};
use perf_event::events::{Event, Hardware};
use perf_event::{Builder, Counter};

const EVENTS: [(Criterion, Hardware); 4] = [
    (Criterion::Instructions, Hardware::INSTRUCTIONS),
    (Criterion::Cycles, Hardware::CPU_CYCLES),
    (Criterion::BranchMisses, Hardware::BRANCH_MISSES),
    (Criterion::CacheMisses, Hardware::CACHE_MISSES),
];

/// Counters that wait for a process, and why there are no others.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    open: Vec<(Criterion, Counter)>,
    absent: Vec<Fact>,
}

impl Counters {
    /// For the next process that this thread starts. Under an emulator or a tool they would count
    /// that one's doing, so there are none.
    pub(crate) fn for_the_next(clock: ClockKind) -> Counters {
        match clock {
            ClockKind::Native => Counters::of(EVENTS),
            _ => Counters::default(),
        }
    }

    pub(crate) fn of<E: Into<Event>>(events: impl IntoIterator<Item = (Criterion, E)>) -> Counters {
        let mut counters = Counters::default();
        for (criterion, event) in events {
            let mut builder = Builder::new().kind(event);
            builder.inherit(true).enable_on_exec(true);
            match builder.build() {
                Ok(counter) => counters.open.push((criterion, counter)),
                Err(error) => counters
                    .absent
                    .push(Fact::new(criterion.name(), why_not(&error))),
            }
        }
        counters
    }

    /// What was counted, once the process has been waited for, and what was not.
    pub(crate) fn read(self) -> (Vec<(Criterion, f64)>, Vec<Fact>) {
        let (mut counts, mut absent) = (Vec::new(), self.absent);
        for (criterion, mut counter) in self.open {
            let read = counter.read_count_and_time();
            match read
                .map_err(|error| error.to_string())
                .and_then(|read| counted(read.count, read.time_enabled, read.time_running))
            {
                Ok(count) => counts.push((criterion, count)),
                Err(why) => absent.push(Fact::new(criterion.name(), why)),
            }
        }
        (counts, absent)
    }
}

/// A count that covers the whole time, or why it is none.
fn counted(count: u64, enabled_ns: u64, running_ns: u64) -> Result<f64, String> {
    match (enabled_ns, running_ns) {
        (_, 0) => Err("the kernel never gave it one of the processor's counters".to_owned()),
        (enabled, running) if running < enabled => {
            let percent = running as f64 / enabled as f64 * 100.0;
            Err(format!(
                "the kernel shared the processor's counters out; it counted {percent:.0} % of the time"
            ))
        }
        _ => Ok(count as f64),
    }
}

/// The kernel's error, in words that say what to do.
fn why_not(error: &io::Error) -> String {
    match error.raw_os_error() {
        Some(libc::ENOENT | libc::EOPNOTSUPP | libc::ENODEV) => {
            "the processor offers no such counter here, as in most virtual machines".to_owned()
        }
        Some(libc::EACCES | libc::EPERM) => {
            "the kernel does not allow it; write 2 or less to /proc/sys/kernel/perf_event_paranoid"
                .to_owned()
        }
        Some(libc::ENOSYS) => "this kernel has no counters".to_owned(),
        _ => format!("the kernel refuses: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use perf_event::events::Software;
    use std::process::Command;

    /// Events that every kernel has stand for those that few machines let us see.
    #[test]
    fn a_process_and_its_children_are_counted_and_the_harness_is_not() {
        let faults = |script: &str| {
            let events = [(Criterion::MinorFaults, Software::PAGE_FAULTS)];
            let counters = Counters::of(events);
            // Ours, which must not be among them.
            let own = vec![1_u8; 40_000_000];
            assert!(std::hint::black_box(own).len() > 1);
            Command::new("/bin/sh")
                .args(["-c", script])
                .status()
                .unwrap();
            let (counts, absent) = counters.read();
            assert_eq!((counts.len(), absent.len()), (1, 0), "{absent:?}");
            counts[0].1
        };
        let few = faults("exit 0");
        assert!((10.0..5_000.0).contains(&few), "{few}");
        let child = "python3.11 -c 'x = bytearray(60_000_000); x[::4096] = bytes(len(x[::4096]))'";
        let many = faults(&format!("{child}; exit 0"));
        assert!(many > few + 10_000.0, "{few} and {many}");
    }

    #[test]
    fn what_cannot_be_counted_has_a_reason_and_no_value() {
        let counters = Counters::for_the_next(ClockKind::Native);
        Command::new("/bin/true").status().unwrap();
        let (counts, absent) = counters.read();
        assert_eq!(counts.len() + absent.len(), EVENTS.len());
        assert!(counts.iter().all(|(_, count)| *count > 0.0), "{counts:?}");
        assert!(
            absent.iter().all(|fact| !fact.value.is_empty()),
            "{absent:?}"
        );
        let (counts, absent) = Counters::for_the_next(ClockKind::QemuWall).read();
        assert!(counts.is_empty() && absent.is_empty());
        assert_eq!(counted(7, 100, 100), Ok(7.0));
        assert!(counted(7, 100, 50).unwrap_err().contains("50 %"));
        assert!(counted(0, 0, 0).is_err());
        let refused = io::Error::from_raw_os_error(libc::EACCES);
        assert!(why_not(&refused).contains("perf_event_paranoid"));
    }
}
