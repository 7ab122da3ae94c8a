//! The moments that are kept, and which of them go when there is no room.
//!
//! A kept moment is worth what coming to the times behind it would cost without it. Costs are
//! measured: each moment has the seconds of replay that lead to it. When one must go, it is the one
//! whose going makes the least gap, where gaps near the user count more ([`Kept::weight`]). So far
//! away moments are evenly spread, which bounds the longest way to any time, and near the user they
//! are dense, which makes steps back short.
//!
//! How many there may be follows from memory. Forked processes share what neither has written since,
//! so what one of them costs is known only by asking the system for their *proportional* sizes, in
//! which each page counts once. That is done now and then, and the number adapted.

use crate::moment::{Lost, Moment};
use crate::protocol::Time;
use std::fs;

/// How much denser moments are where the user is, and from how far away, in seconds, half as much.
const NEAR_WEIGHT: f64 = 30.0;
const NEAR_S: f64 = 1.0;
/// Never fewer, whatever they take.
const COUNT_MIN: usize = 8;
/// A process and a socket each.
const COUNT_MAX: usize = 900;
/// How many come in before memory is measured again; a fourth, if there are many.
const MEASURE_EVERY: usize = 16;
/// All processes together may be so many times as large as one that replays.
const TIMES_OF_ONE: f64 = 2.6;
/// The part of the machine's free memory that may be taken.
const FREE_PART: u64 = 4;

/// One kept moment.
struct Keep {
    moment: Moment,
    /// Seconds of replay from the start to here.
    cost_s: f64,
}

/// By time; the first stands at the start and stays.
pub(crate) struct Kept {
    all: Vec<Keep>,
    /// How many there may be, as far as is known.
    room: usize,
    came: usize,
    /// In bytes; else it follows from free memory.
    pub(crate) limit: Option<u64>,
}

impl Kept {
    pub(crate) fn new(start: Moment) -> Kept {
        let first = Keep {
            moment: start,
            cost_s: 0.0,
        };
        Kept {
            all: vec![first],
            room: COUNT_MAX,
            came: 0,
            limit: None,
        }
    }

    pub(crate) fn start(&self) -> Time {
        self.all[0].moment.time
    }

    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    /// The place of the latest that is not after a time.
    fn latest(&self, time: Time) -> usize {
        self.all
            .partition_point(|keep| keep.moment.time <= time)
            .max(1)
            - 1
    }

    /// The time of the latest that is not after this one.
    pub(crate) fn time_before(&self, time: Time) -> Time {
        self.all[self.latest(time)].moment.time
    }

    /// A copy of the latest that is not after a time.
    pub(crate) fn fork_before(&mut self, time: Time) -> Result<Moment, Lost> {
        let latest = self.latest(time);
        self.all[latest].moment.fork()
    }

    /// How many seconds of replay lead to a time, about, if a second has so many stop points.
    pub(crate) fn cost_s(&self, time: Time, stops_a_second: f64) -> f64 {
        let latest = self.latest(time);
        let before = &self.all[latest];
        let stops = time.saturating_sub(before.moment.time) as f64;
        match self.all.get(latest + 1) {
            Some(after) => {
                let part = stops / (after.moment.time - before.moment.time) as f64;
                before.cost_s + (after.cost_s - before.cost_s) * part
            }
            None => before.cost_s + stops / stops_a_second,
        }
    }

    /// Keeps a moment where a process stands; `near_s` is the cost of where the user is.
    pub(crate) fn keep(
        &mut self,
        there: &mut Moment,
        cost_s: f64,
        near_s: f64,
    ) -> Result<(), Lost> {
        let place = self
            .all
            .partition_point(|keep| keep.moment.time < there.time);
        let is_there = self.all.get(place);
        if there.steps > 0 || is_there.is_some_and(|keep| keep.moment.time == there.time) {
            return Ok(());
        }
        let moment = there.fork_kept()?;
        self.all.insert(place, Keep { moment, cost_s });
        self.came += 1;
        if self.came >= MEASURE_EVERY.max(self.all.len() / 4) {
            self.came = 0;
            self.measure();
        }
        while self.all.len() > self.room {
            self.forget_one(near_s);
        }
        Ok(())
    }

    /// How much a gap counts at so many seconds from the user.
    fn weight(distance_s: f64) -> f64 {
        1.0 + NEAR_WEIGHT / (1.0 + (distance_s / NEAR_S).powi(2))
    }

    fn forget_one(&mut self, near_s: f64) {
        let costs: Vec<f64> = self.all.iter().map(|keep| keep.cost_s).collect();
        let gap = |at: usize| {
            let after = costs.get(at + 1).copied();
            let end = after.unwrap_or_else(|| near_s.max(costs[at]));
            (end - costs[at - 1]) * Kept::weight(costs[at] - near_s)
        };
        let least = (1..costs.len()).min_by(|&a, &b| gap(a).total_cmp(&gap(b)));
        if let Some(least) = least {
            self.all.remove(least);
        }
    }

    /// Adapts how many there may be to what they take.
    fn measure(&mut self) {
        let sizes: Vec<Size> = self
            .all
            .iter()
            .filter_map(|k| size_of(k.moment.process()))
            .collect();
        let own = size_of(std::process::id() as i32).map_or(0, |own| own.shared);
        let taken = own + sizes.iter().map(|size| size.shared).sum::<u64>();
        let one = sizes.iter().map(|size| size.alone).max().unwrap_or(0);
        let limit = self.limit.unwrap_or_else(|| {
            let free = free_bytes().map_or(u64::MAX, |free| (free + taken) / FREE_PART);
            free.min((one as f64 * TIMES_OF_ONE) as u64)
        });
        // The first and those that come are there whatever the limit says.
        let fixed = own + one;
        let each = taken.saturating_sub(fixed).max(1) / sizes.len().max(1) as u64;
        let room = limit.saturating_sub(fixed) / each.max(1);
        self.room = (room as usize).clamp(COUNT_MIN, COUNT_MAX);
    }
}

/// What a process takes of memory, in bytes.
struct Size {
    /// Its share, where pages that several have count in parts.
    shared: u64,
    /// All that it could not do without if it were alone.
    alone: u64,
}

fn size_of(process: i32) -> Option<Size> {
    let text = fs::read_to_string(format!("/proc/{process}/smaps_rollup")).ok()?;
    let kilobytes = |name: &str| {
        let line = text.lines().find(|line| line.starts_with(name))?;
        line.split_whitespace().nth(1)?.parse::<u64>().ok()
    };
    Some(Size {
        shared: kilobytes("Pss:")? << 10,
        alone: kilobytes("Rss:")? << 10,
    })
}

fn free_bytes() -> Option<u64> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let line = text
        .lines()
        .find(|line| line.starts_with("MemAvailable:"))?;
    let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes << 10)
}
