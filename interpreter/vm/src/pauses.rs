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
    /// Measures each collection from now on.
    pub fn time_collections(&mut self) {
        self.collector_times = Some(CollectorTimes::default());
    }

    /// What was measured, if it was asked for. A build that records measures nothing: the clock
    /// would be asked at other moments when the recording is replayed.
    pub fn collector_times(&self) -> Option<CollectorTimes> {
        self.collector_times
    }

    pub(crate) fn collect_heap(&mut self, full: bool) {
        if cfg!(feature = "revdb") || self.collector_times.is_none() {
            return self.collect_untimed(full);
        }
        let full_before = object::heap::stats().full_collections;
        let begun_ns = self.world.clock_ns(Clock::Monotonic);
        self.collect_untimed(full);
        let spent_ns = self.world.clock_ns(Clock::Monotonic) - begun_ns;
        if let Some(times) = &mut self.collector_times {
            let was_full = object::heap::stats().full_collections > full_before;
            let pauses = if was_full {
                &mut times.full
            } else {
                &mut times.minor
            };
            pauses.add(spent_ns);
        }
    }
}
