//! How long the program stood still for the collector, for the section `gc` of `KRAITLOG`.

use crate::Vm;
use world::Clock;

/// The collections of one kind since measuring began.
#[derive(Clone, Copy, Default, Debug)]
pub struct Pauses {
    pub count: u64,
    pub total_ns: i64,
    pub longest_ns: i64,
}

impl Pauses {
    fn add(&mut self, spent_ns: i64) {
        self.count += 1;
        self.total_ns += spent_ns;
        self.longest_ns = self.longest_ns.max(spent_ns);
    }
}

/// Minor collections, and full ones.
#[derive(Clone, Copy, Default, Debug)]
pub struct CollectorTimes {
    pub minor: Pauses,
    pub full: Pauses,
}

impl Vm {
    /// Measures each collection from now on. Not in a build that records: the clock would be asked
    /// at other moments when the recording is replayed.
    pub fn time_collections(&mut self) {
        self.collector_times = (!cfg!(feature = "revdb")).then(CollectorTimes::default);
    }

    /// What was measured, if anything was.
    pub fn collector_times(&self) -> Option<CollectorTimes> {
        self.collector_times
    }

    pub(crate) fn collect_heap(&mut self, full: bool) {
        let Some(mut times) = self.collector_times else {
            return self.collect_untimed(full);
        };
        let full_before = object::heap::stats().full_collections;
        let begun_ns = self.world.clock_ns(Clock::Monotonic);
        self.collect_untimed(full);
        let spent_ns = self.world.clock_ns(Clock::Monotonic) - begun_ns;
        match object::heap::stats().full_collections > full_before {
            true => times.full.add(spent_ns),
            false => times.minor.add(spent_ns),
        }
        self.collector_times = Some(times);
    }
}
