//! The moments that are kept, and which of them go when there is no room.
//!
//! A moment is kept as a *process* that waits, or as an *image* in a file (`image`), or as both. A
//! process is at hand at once, and takes memory; an image takes some hundredths of a second to load,
//! and none. So images lie all along the recording, and processes where the user is.
//!
//! A kept moment is worth what coming to the times behind it would cost without it. Costs are
//! measured: each moment has the seconds of replay that lead to it. When a process must go, it is the
//! one whose going makes the least gap, where gaps near the user count more ([`Kept::weight`]). So
//! where there are no images, far away moments are evenly spread, which bounds the longest way to any
//! time, and near the user they are dense, which makes steps back short.
//!
//! How many processes there may be follows from memory. Forked processes share what neither has
//! written since, so what one of them costs is known only by asking the system for their
//! *proportional* sizes, in which each page counts once. That is done now and then, and the number
//! adapted.

use crate::moment::{Lost, Moment};
use crate::protocol::Time;
use crate::shelf::Moments;
use crate::stored::{ImageId, Stored};
use std::fs;

/// How much denser moments are where the user is, and from how far away, in seconds, half as much.
const NEAR_WEIGHT: f64 = 30.0;
const NEAR_S: f64 = 1.0;
/// Never fewer, whatever they take.
const COUNT_MIN: usize = 3;
/// A process and a socket each.
const COUNT_MAX: usize = 900;
/// How many come in before memory is measured again; a fourth, if there are many.
const MEASURE_EVERY: usize = 4;
/// All processes together may be so many times as large as one that replays.
const TIMES_OF_ONE: f64 = 2.8;
/// The part of the machine's free memory that may be taken.
const FREE_PART: u64 = 4;
/// About what it takes to load an image.
const LOAD_S: f64 = 0.03;
/// Images lie so far apart, in seconds of replay.
const IMAGES_APART_S: f64 = 0.13;

/// One kept moment: a process, or an image, or both.
struct Keep {
    time: Time,
    /// Seconds of replay from the start to here.
    cost_s: f64,
    process: Option<Moment>,
    image: Option<ImageId>,
}

/// By time; the first stands at the start and stays.
pub(crate) struct Kept {
    all: Vec<Keep>,
    stored: Stored,
    /// So many of the images are of an earlier session.
    restored: usize,
    is_damaged: bool,
    /// How many processes there may be, as far as is known.
    room: usize,
    came: usize,
    /// In bytes; else it follows from free memory.
    pub(crate) limit: Option<u64>,
}

impl Kept {
    /// With images in a file that may become so long.
    pub(crate) fn new(start: Moment, limit_bytes: u64) -> Kept {
        let first = Keep {
            time: start.time,
            cost_s: 0.0,
            process: Some(start),
            image: None,
        };
        Kept {
            all: vec![first],
            stored: Stored::new(limit_bytes),
            restored: 0,
            is_damaged: false,
            room: COUNT_MAX,
            came: 0,
            limit: None,
        }
    }

    pub(crate) fn start(&self) -> Time {
        self.all[0].time
    }

    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    /// Bytes that images take in their file.
    pub(crate) fn image_bytes(&self) -> u64 {
        self.stored.bytes()
    }

    /// The place of the latest that is not after a time.
    fn latest(&self, time: Time) -> usize {
        self.all.partition_point(|keep| keep.time <= time).max(1) - 1
    }

    /// The time of the latest that is not after this one.
    pub(crate) fn time_before(&self, time: Time) -> Time {
        self.all[self.latest(time)].time
    }

    /// A process that stands at the latest that is not after a time.
    pub(crate) fn fork_before(&mut self, time: Time) -> Result<Moment, Lost> {
        loop {
            let latest = self.latest(time);
            if let Some(process) = &mut self.all[latest].process {
                return process.fork();
            }
            match self.load(latest) {
                Err(Lost::Interrupted) => return Err(Lost::Interrupted),
                Ok(Some(moment)) => return Ok(moment),
                // It cannot be had: another will do.
                Ok(None) | Err(_) => self.forget_image(latest),
            }
        }
    }

    /// Forgets an image that cannot be loaded, and all of an earlier session if it is of one: what is
    /// wrong with its file need not be found out one by one.
    fn forget_image(&mut self, place: usize) {
        let restored = self.restored;
        let is_old = |keep: &Keep| keep.image.is_some_and(|image| image.0 < restored);
        if !is_old(&self.all[place]) {
            self.all.remove(place);
            return;
        }
        self.is_damaged = true;
        self.restored = 0;
        for keep in self.all.iter_mut().filter(|keep| is_old(keep)) {
            keep.image = None;
        }
        self.all
            .retain(|keep| keep.process.is_some() || keep.image.is_some());
    }

    /// Whether images of an earlier session turned out to be of no use; once.
    pub(crate) fn take_damage(&mut self) -> bool {
        std::mem::take(&mut self.is_damaged)
    }

    /// Takes over what an earlier session kept.
    pub(crate) fn restore(&mut self, moments: &Moments) {
        self.stored.restore(moments.images.clone(), moments.end);
        self.restored = moments.images.len();
        let start = self.start();
        let all = moments.kept.iter();
        let all = all.filter(|(time, _, image)| *time > start && *image < self.restored);
        self.all.extend(all.map(|&(time, cost_s, image)| Keep {
            time,
            cost_s,
            process: None,
            image: Some(ImageId(image)),
        }));
        self.all.sort_by_key(|keep| keep.time);
        self.all.dedup_by_key(|keep| keep.time);
    }

    /// Whether there are images that no earlier session wrote, or fewer of those.
    pub(crate) fn has_new_images(&mut self) -> bool {
        self.stored.all().0.len() != self.restored
    }

    /// What a later session can use of what is kept.
    pub(crate) fn moments(&mut self) -> Moments {
        let (images, end) = self.stored.all();
        let kept = self.all.iter().filter_map(|keep| {
            let image = keep.image.filter(|image| image.0 < images.len())?;
            Some((keep.time, keep.cost_s, image.0))
        });
        Moments {
            kept: kept.collect(),
            images,
            end,
            ..Moments::default()
        }
    }

    /// Seconds of replay to the last of all.
    pub(crate) fn reach_s(&self) -> f64 {
        self.all.last().map_or(0.0, |keep| keep.cost_s)
    }

    /// A process that has become an image, by way of the process that is nearest: they have most in
    /// common.
    fn load(&mut self, place: usize) -> Result<Option<Moment>, Lost> {
        let Some(chain) = self.all[place].image.and_then(|id| self.stored.chain(id)) else {
            return Ok(None);
        };
        let (time, cost_s) = (self.all[place].time, self.all[place].cost_s);
        let processes = self.all.iter_mut().filter(|keep| keep.process.is_some());
        let distance = |keep: &Keep| (keep.cost_s - cost_s).abs();
        let nearest = processes.min_by(|a, b| distance(a).total_cmp(&distance(b)));
        let Some(process) = nearest.and_then(|keep| keep.process.as_mut()) else {
            return Ok(None);
        };
        let loaded = process.fork()?.load(chain)?;
        Ok((loaded.time == time).then_some(loaded))
    }

    /// How many seconds of replay lead to a time, about, if a second has so many stop points.
    pub(crate) fn cost_s(&self, time: Time, stops_a_second: f64) -> f64 {
        let latest = self.latest(time);
        let before = &self.all[latest];
        let stops = time.saturating_sub(before.time) as f64;
        match self.all.get(latest + 1) {
            Some(after) => {
                let part = stops / (after.time - before.time) as f64;
                before.cost_s + (after.cost_s - before.cost_s) * part
            }
            None => before.cost_s + stops / stops_a_second,
        }
    }

    /// Keeps an image of where a process stands, if there is none near it and none is being written.
    /// Whether images serve here, so that nothing else need be kept.
    /// `left_s` are the seconds of replay that are yet to come, if that is known.
    pub(crate) fn keep_image(
        &mut self,
        there: &mut Moment,
        cost_s: f64,
        left_s: Option<f64>,
    ) -> Result<bool, Lost> {
        let place = self.all.partition_point(|keep| keep.time < there.time);
        let coming = left_s.map(|left_s| left_s / IMAGES_APART_S);
        let apart_s = IMAGES_APART_S * self.stored.apart(coming);
        let is_apart = |keep: &Keep| (keep.cost_s - cost_s).abs() >= apart_s;
        let has_image = |keep: &&Keep| keep.image.is_some();
        let before = self.all[..place].iter().rev().find(has_image);
        let after = self.all[place..].iter().find(has_image);
        if before.is_some_and(|keep| !is_apart(keep)) || after.is_some_and(|keep| !is_apart(keep)) {
            return Ok(true);
        }
        // The start is a process always.
        let far = cost_s - before.map_or(0.0, |keep| keep.cost_s) > 8.0 * apart_s;
        if there.steps > 0 || self.stored.is_over() || !self.stored.is_ready() && !far {
            return Ok(!self.stored.is_over());
        }
        let Some(image) = self.stored.begin(there)? else {
            return Ok(false);
        };
        let at = self.all.get_mut(place);
        match at.filter(|keep| keep.time == there.time) {
            Some(keep) => keep.image = Some(image),
            None => self.all.insert(
                place,
                Keep {
                    time: there.time,
                    cost_s,
                    process: None,
                    image: Some(image),
                },
            ),
        }
        Ok(true)
    }

    /// Keeps a process where one stands; `near_s` is the cost of where the user is.
    pub(crate) fn keep(
        &mut self,
        there: &mut Moment,
        cost_s: f64,
        near_s: f64,
    ) -> Result<(), Lost> {
        let place = self.all.partition_point(|keep| keep.time < there.time);
        let at = self
            .all
            .get_mut(place)
            .filter(|keep| keep.time == there.time);
        if there.steps > 0 || at.as_ref().is_some_and(|keep| keep.process.is_some()) {
            return Ok(());
        }
        let process = Some(there.fork_kept()?);
        match at {
            Some(keep) => keep.process = process,
            None => self.all.insert(
                place,
                Keep {
                    time: there.time,
                    cost_s,
                    process,
                    image: None,
                },
            ),
        }
        self.came += 1;
        let count = self.processes();
        if self.came >= MEASURE_EVERY.max(count / 4) {
            self.came = 0;
            self.measure();
        }
        for _ in self.room..count {
            self.forget_one(near_s);
        }
        Ok(())
    }

    fn processes(&self) -> usize {
        let all = self.all.iter();
        all.filter(|keep| keep.process.is_some()).count()
    }

    /// How much a gap counts at so many seconds from the user.
    fn weight(distance_s: f64) -> f64 {
        1.0 + NEAR_WEIGHT / (1.0 + (distance_s / NEAR_S).powi(2))
    }

    /// Ends the process that is worth least.
    fn forget_one(&mut self, near_s: f64) {
        let worth = |at: usize| {
            let keep = &self.all[at];
            let after = self.all.get(at + 1).map(|after| after.cost_s);
            let end = after.unwrap_or_else(|| near_s.max(keep.cost_s));
            let gap_s = match keep.image {
                Some(_) => LOAD_S,
                None => end - self.all[at - 1].cost_s,
            };
            gap_s * Kept::weight(keep.cost_s - near_s)
        };
        let all = 1..self.all.len();
        let processes = all.filter(|&at| self.all[at].process.is_some());
        let least = processes.min_by(|&a, &b| worth(a).total_cmp(&worth(b)));
        if let Some(least) = least {
            self.all[least].process = None;
            if self.all[least].image.is_none() {
                self.all.remove(least);
            }
        }
    }

    /// Adapts how many there may be to what they take.
    fn measure(&mut self) {
        let processes = self.all.iter().filter_map(|keep| keep.process.as_ref());
        let sizes: Vec<Size> = processes.filter_map(|p| size_of(p.process())).collect();
        let own = size_of(std::process::id() as i32).map_or(0, |own| own.shared);
        let kept = sizes.iter().map(|size| size.shared).sum::<u64>();
        let taken = own + kept;
        let one = sizes.iter().map(|size| size.alone).max().unwrap_or(0);
        let limit = self.limit.unwrap_or_else(|| {
            let free = free_bytes().map_or(u64::MAX, |free| (free + taken) / FREE_PART);
            free.min((one as f64 * TIMES_OF_ONE) as u64)
        });
        // The debugger itself and the moment where the user stands, which may share nothing with those
        // that are kept, are there whatever the limit says.
        let fixed = own + one;
        let each = kept / sizes.len().max(1) as u64;
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

/// What of the machine's memory is free.
pub(crate) fn free_bytes() -> Option<u64> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let line = text
        .lines()
        .find(|line| line.starts_with("MemAvailable:"))?;
    let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes << 10)
}
