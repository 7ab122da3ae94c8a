//! The timeline: how to come to any moment of a replay, and to what stops one on the way.
//!
//! To come to a time, the latest kept moment before it (`kept`) is forked, and the copy runs on. A
//! long run is cut into stretches of about [`STRETCH`], and at the end of each a moment is kept. The
//! first time through, each stretch is also noted with what it wrote to (`written`).
//!
//! Searching backwards is searching forwards in windows, the last first: each window three times the
//! one after it, and in each it is the last stop that counts. Where only places are watched, the
//! windows are the stretches, and those that wrote to nothing on the way to the places are skipped.
//!
//! A change of a place is found between two stop points. A second run through them, instruction by
//! instruction, finds the one that wrote; going forward one stands behind it, going back before it.
//!
//! A process that evaluates watched expressions may have been changed by them. So none of those is
//! kept or stood at: a second process runs the same stretch without them, at the same time.

use crate::kept::Kept;
use crate::moment::{Arrived, Lost, Moment, Told, unexpected};
use crate::play::End;
use crate::protocol::{
    Depth, Fine, FineEnd, Hit, Pick, Reply, Request, Run, Time, Watchpoint, Why,
};
use crate::shelf::Moments;
use crate::written::Stretch;
use std::time::{Duration, Instant};

/// How long a run may be without keeping a moment.
const STRETCH: Duration = Duration::from_millis(150);
/// The first stretch, in stop points; later ones follow from how long it took.
const STRETCH_STOPS: Time = 100_000;
/// The first window of a search backwards, in stop points.
const WINDOW_STOPS: Time = 1000;
const WINDOW_GROWS: Time = 3;
/// Where processes are kept on the way to where the user will be, in stop points before it.
const LADDER_STOPS: [Time; 3] = [900_000, 30_000, WINDOW_STOPS];
/// A window may be longer by this to begin where a moment is kept, in seconds of replay.
const ALIGN_S: f64 = 0.5;
/// What takes less, in seconds of replay, is not kept for a later session.
const WORTH_KEEPING_S: f64 = 0.2;

/// A place in time: instructions executed after a stop point.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Point {
    pub(crate) time: Time,
    pub(crate) steps: u64,
}

impl From<Time> for Point {
    fn from(time: Time) -> Point {
        Point { time, steps: 0 }
    }
}

/// All of one replay.
pub(crate) struct Timeline {
    kept: Kept,
    /// The last stop point's time, once known, and how the replay ended there.
    pub(crate) ending: Option<(Time, End)>,
    stretch_stops: Time,
    /// From the start to as far as any run has come, without gaps.
    stretches: Vec<Stretch>,
    /// So many of them an earlier session knew.
    known_stretches: usize,
    /// The ticks of the whole run, if they are known.
    pub(crate) ticks: Option<u64>,
    /// How many of them had passed at the beginning of the last stretch that was noted.
    seen: Option<(Time, u64)>,
    /// Told of each window of a search.
    pub(crate) searching: fn(Time, Time),
}

impl Timeline {
    /// From its start; images may take so many bytes of the disk.
    pub(crate) fn new(
        start: Moment,
        searching: fn(Time, Time),
        limit_image_bytes: u64,
    ) -> Timeline {
        Timeline {
            kept: Kept::new(start, limit_image_bytes),
            ending: None,
            stretch_stops: STRETCH_STOPS,
            stretches: Vec::new(),
            known_stretches: 0,
            ticks: None,
            seen: None,
            searching,
        }
    }

    /// Takes over what an earlier session knew.
    pub(crate) fn restore(&mut self, moments: Moments) {
        self.kept.restore(&moments);
        self.known_stretches = moments.stretches.len();
        self.stretches = moments.stretches;
        self.stretch_stops = moments.stretch_stops.max(1);
        self.ending = moments.ending;
    }

    /// What a later session can use, if there is anything new in it and it would take long to come to
    /// know it again.
    pub(crate) fn moments(&mut self) -> Option<Moments> {
        let is_new = self.kept.has_new_images() || self.stretches.len() > self.known_stretches;
        if !is_new || self.kept.reach_s() < WORTH_KEEPING_S {
            return None;
        }
        Some(Moments {
            stretches: self.stretches.clone(),
            stretch_stops: self.stretch_stops,
            ending: self.ending.clone(),
            ..self.kept.moments()
        })
    }

    /// Whether what an earlier session left turned out to be of no use; once.
    pub(crate) fn take_damage(&mut self) -> bool {
        self.kept.take_damage()
    }

    pub(crate) fn start(&self) -> Time {
        self.kept.start()
    }

    /// The time of the last stop point.
    pub(crate) fn end(&mut self) -> Result<Time, Lost> {
        if let Some((time, _)) = &self.ending {
            return Ok(*time);
        }
        let from = self.kept.fork_before(Time::MAX)?;
        match self.forward(from, &Run::to(Time::MAX))? {
            Arrived::End(time, _) => Ok(time),
            Arrived::At(moment, _) => Ok(moment.time),
        }
    }

    pub(crate) fn kept_count(&self) -> usize {
        self.kept.len()
    }

    /// Bytes that images take in their file.
    pub(crate) fn image_bytes(&self) -> u64 {
        self.kept.image_bytes()
    }

    /// Bounds the memory of all processes together, in bytes.
    pub(crate) fn limit_memory(&mut self, bytes: u64) {
        self.kept.limit = Some(bytes);
    }

    /// A process at a time; at the last stop point if there is no such time.
    pub(crate) fn at(&mut self, time: Time) -> Result<Moment, Lost> {
        self.on_to(None, time.max(self.start()))
    }

    /// The same of a process that stands before that time, if there is one.
    fn on_to(&mut self, from: Option<Moment>, time: Time) -> Result<Moment, Lost> {
        let from = match from {
            Some(from) => from,
            None => self.kept.fork_before(time)?,
        };
        match self.forward(from, &Run::to(time))? {
            Arrived::At(moment, _) => Ok(moment),
            Arrived::End(last, _) if last < time => self.at(last),
            Arrived::End(last, _) => Err(Lost::Failed(format!(
                "the replay ended at {last} on its way to {time}"
            ))),
        }
    }

    /// A process at the moment of a hit.
    pub(crate) fn at_hit(&mut self, hit: &Hit) -> Result<Moment, Lost> {
        let moment = self.at_to_stay(hit.time)?;
        if hit.steps == 0 {
            return Ok(moment);
        }
        let fine = Fine {
            after: 0,
            until: hit.steps,
            stops: false,
        };
        match finely(moment, &Run::to(Time::MAX), fine)? {
            (Arrived::At(moment, _), _) => Ok(moment),
            (Arrived::End(..), _) => self.at(hit.time),
        }
    }

    /// Runs until it stops, keeping moments on the way.
    pub(crate) fn forward(&mut self, from: Moment, run: &Run) -> Result<Arrived, Lost> {
        let origin = Point {
            time: from.time,
            steps: from.steps,
        };
        let mut moment = from;
        loop {
            if moment.time >= run.until {
                return Ok(Arrived::At(moment, None));
            }
            let begin = moment.time;
            let until = run.until.min(begin.saturating_add(self.stretch_stops));
            let began = Instant::now();
            let arrived = self.stretch(moment, run, until)?;
            match arrived {
                Arrived::At(mut there, None) if there.time < run.until => {
                    self.adapt(there.time - begin, began.elapsed());
                    self.keep_on_the_way(&mut there)?;
                    moment = there;
                }
                Arrived::At(_, Some(hit)) | Arrived::End(_, Some(hit)) if changes(run, &hit) => {
                    return self.behind_change(&hit, origin, run);
                }
                Arrived::At(_, Some(hit)) if run.evaluates() => {
                    let moment = self.at(hit.time)?;
                    return Ok(Arrived::At(moment, Some(hit)));
                }
                arrived => return Ok(arrived),
            }
        }
    }

    /// Runs a stretch; where nothing stops it, the process that arrives is unchanged by what the
    /// user watches.
    fn stretch(&mut self, mut moment: Moment, run: &Run, until: Time) -> Result<Arrived, Lost> {
        let begin = moment.time;
        let notes = self.stretches.last().map_or(self.start(), |last| last.end) == begin
            && moment.steps == 0;
        let mut created = 0;
        if notes {
            let (objects, ticks) = progress(&mut moment)?;
            created = objects;
            self.seen = Some((begin, ticks));
        }
        let run = Run {
            until,
            ..run.clone()
        };
        let mut told = Told::default();
        let arrived = if run.evaluates() {
            let watching = moment.fork()?;
            moment.send_off(Run {
                notes,
                ..Run::to(until)
            })?;
            let found = watching.run(run, &mut Told::default())?;
            if let Arrived::At(_, Some(_)) | Arrived::End(_, Some(_)) = found {
                return Ok(found);
            }
            moment.await_arrival(&mut told)?
        } else {
            moment.run(Run { notes, ..run }, &mut told)?
        };
        if let Some(ending) = told.ending {
            self.ending = Some(ending);
        }
        if let (Some(written), Arrived::At(there, _)) = (told.written, &arrived)
            && there.time > begin
        {
            self.stretches.push(Stretch {
                begin,
                end: there.time,
                created,
                written,
                shallowest: told.shallowest,
            });
        }
        Ok(arrived)
    }

    /// Stretches are as long as experience says.
    fn adapt(&mut self, stops: Time, took: Duration) {
        let wanted = stops as f64 * STRETCH.as_secs_f64() / took.as_secs_f64().max(1e-6);
        let wanted = wanted.clamp(STRETCH_STOPS as f64 / 100.0, 1e12) as Time;
        self.stretch_stops = wanted
            .min(self.stretch_stops * 4)
            .max(self.stretch_stops / 4);
    }

    /// Keeps the moment where a process stands as an image, or, if there can be none, as the process.
    fn keep_on_the_way(&mut self, there: &mut Moment) -> Result<(), Lost> {
        let cost_s = self.cost_s(there.time);
        let left_s = self.left_s();
        if !self.kept.keep_image(there, cost_s, left_s)? {
            self.kept.keep(there, cost_s, cost_s)?;
        }
        Ok(())
    }

    /// Seconds of replay from as far as any run has come to the end, about, if that can be told.
    fn left_s(&self) -> Option<f64> {
        if self.ending.is_some() {
            return Some(0.0);
        }
        let (total, (time, ticks)) = (self.ticks?, self.seen?);
        let left = total.saturating_sub(ticks) as f64;
        (ticks > 0).then(|| self.cost_s(time) * left / ticks as f64)
    }

    /// Keeps the process that stands there.
    fn keep(&mut self, there: &mut Moment) -> Result<(), Lost> {
        let cost_s = self.cost_s(there.time);
        self.kept.keep(there, cost_s, cost_s)
    }

    /// Seconds of replay that lead to a time.
    fn cost_s(&self, time: Time) -> f64 {
        let stops_a_second = self.stretch_stops as f64 / STRETCH.as_secs_f64();
        self.kept.cost_s(time, stops_a_second)
    }

    /// A process at a time where the user will be; keeps some on the way, where steps back will begin.
    pub(crate) fn at_to_stay(&mut self, time: Time) -> Result<Moment, Lost> {
        let mut on_the_way = None;
        for distance in LADDER_STOPS {
            let before = time.saturating_sub(distance);
            let kept = self.kept.time_before(time);
            if before > self.start() && time - kept > 4 * distance {
                let mut there = self.on_to(on_the_way, before)?;
                self.keep(&mut there)?;
                on_the_way = Some(there);
            }
        }
        self.on_to(on_the_way, time)
    }

    /// The last stop before a point.
    pub(crate) fn search_back(
        &mut self,
        before: impl Into<Point>,
        run: &Run,
    ) -> Result<Option<Hit>, Lost> {
        let before = before.into();
        if before.steps > 0
            && let Some(hit) = self.search_between(before, run)?
        {
            return Ok(Some(hit));
        }
        let has_places = !run.watchpoints.is_empty();
        if !run.evaluates_always() && run.breakpoints.is_empty() {
            match run.depth {
                None if has_places => return self.search_stretches(before.time, run),
                Some(depth) if !has_places => return self.search_depths(before.time, depth, run),
                _ => {}
            }
        }
        self.search_windows(before.time, self.start(), run)
    }

    /// What there is between a point and its stop point: changes, or the stop point itself.
    fn search_between(&mut self, before: Point, run: &Run) -> Result<Option<Hit>, Lost> {
        if let Some(hit) = self.before_change(before.time, before.steps, run)? {
            return Ok(Some(hit));
        }
        Ok(run.depth.map(|_| Hit {
            time: before.time,
            steps: 0,
            why: vec![Why::Depth],
        }))
    }

    /// The last stop in a range of times, in windows.
    fn search_windows(
        &mut self,
        before: Time,
        first: Time,
        run: &Run,
    ) -> Result<Option<Hit>, Lost> {
        let mut end = before;
        let mut window = WINDOW_STOPS;
        while end > first {
            let mut begin = end.saturating_sub(window).max(first);
            // Where a moment is kept not far away, nothing need be run twice.
            let kept = self.kept.time_before(begin).max(first);
            if self.cost_s(begin) - self.cost_s(kept) < ALIGN_S {
                begin = kept;
            }
            if window > WINDOW_STOPS {
                (self.searching)(begin, end);
            }
            let from = self.at(begin)?;
            if let Some(hit) = self.last_hit(from, end, run)? {
                return self.backwards(hit, run);
            }
            // The first stop point of a window is the last of the one before it.
            end = begin + u64::from(begin > first);
            if begin == first {
                break;
            }
            window *= WINDOW_GROWS;
        }
        Ok(None)
    }

    /// The last stop point at a depth before a time. Stretches in which the calls never came back so
    /// far are left out.
    fn search_depths(
        &mut self,
        before: Time,
        depth: Depth,
        run: &Run,
    ) -> Result<Option<Hit>, Lost> {
        let mut last = before - 1;
        while last > self.start() {
            // The stop points of a stretch are those behind its beginning.
            let holder = self.stretches.partition_point(|stretch| stretch.end < last);
            let (begin, may_be) = match self.stretches.get(holder) {
                Some(stretch) => (stretch.begin, depth.may_be_at(stretch.shallowest)),
                None => (
                    self.stretches.last().map_or(self.start(), |all| all.end),
                    true,
                ),
            };
            if may_be && let Some(hit) = self.search_windows(last + 1, begin, run)? {
                return Ok(Some(hit));
            }
            last = begin;
        }
        Ok(None)
    }

    /// The last change of watched places before a time.
    fn search_stretches(&mut self, before: Time, run: &Run) -> Result<Option<Hit>, Lost> {
        let places = &run.watchpoints;
        let mut end = before;
        let mut ways: Option<Option<Vec<u64>>> = None;
        while end > self.start() {
            let stretch = self
                .stretches
                .partition_point(|stretch| stretch.begin < end);
            let known = stretch.checked_sub(1).map(|at| self.stretches[at].clone());
            let mut begin = self.start();
            if let Some(stretch) = known {
                begin = stretch.end;
                if stretch.end >= end {
                    begin = stretch.begin;
                    if ways.is_none() {
                        ways = Some(ways_of(&mut self.at(end)?, places)?);
                    }
                    if let Some(Some(ways)) = &ways
                        && !stretch.may_touch(ways)
                    {
                        end = begin;
                        continue;
                    }
                }
            }
            (self.searching)(begin, end);
            let mut from = self.at(begin)?;
            self.keep(&mut from)?;
            ways = Some(ways_of(&mut from, places)?);
            if let Some(hit) = self.last_hit(from, end, run)? {
                return self.backwards(hit, run);
            }
            end = begin;
        }
        Ok(None)
    }

    /// A hit as one comes to it going back.
    fn backwards(&mut self, hit: Hit, run: &Run) -> Result<Option<Hit>, Lost> {
        match changes(run, &hit) {
            true => self.before_change(hit.time, u64::MAX, run),
            false => Ok(Some(hit)),
        }
    }

    /// Goes through a window; the last stop in it.
    fn last_hit(&mut self, from: Moment, until: Time, run: &Run) -> Result<Option<Hit>, Lost> {
        let run = Run {
            until,
            pick: Pick::Last,
            ..run.clone()
        };
        match from.run(run, &mut Told::default())? {
            Arrived::At(_, hit) | Arrived::End(_, hit) => Ok(hit),
        }
    }

    /// Behind the instruction that made a change, which is not one of those before `origin`.
    fn behind_change(&mut self, hit: &Hit, origin: Point, run: &Run) -> Result<Arrived, Lost> {
        let fine = Fine {
            after: if origin.time == hit.time {
                origin.steps
            } else {
                0
            },
            until: u64::MAX,
            stops: true,
        };
        let moment = self.at(hit.time)?;
        Ok(finely(moment, run, fine)?.0)
    }

    /// Where the last instruction begins that made a change after a stop point, of so many at most.
    fn before_change(&mut self, time: Time, until: u64, run: &Run) -> Result<Option<Hit>, Lost> {
        if !run.has_places() {
            return Ok(None);
        }
        let fine = Fine {
            after: 0,
            until,
            stops: false,
        };
        let mut moment = self.at(time)?;
        // One comes back here.
        self.keep(&mut moment)?;
        let (arrived, end) = finely(moment, run, fine)?;
        let (Arrived::At(_, hit) | Arrived::End(_, hit)) = arrived;
        let changed = end.and_then(|end| end.changed);
        Ok(hit.map(|hit| Hit {
            time,
            steps: changed.map_or(0, |steps| steps - 1),
            ..hit
        }))
    }
}

/// Whether a hit is a change of a watched place.
fn changes(run: &Run, hit: &Hit) -> bool {
    let is_place = |number: u32| {
        let mut all = run.watchpoints.iter();
        all.any(|w| w.number == number && w.place.is_some())
    };
    let is_change = |why: &Why| matches!(why, Why::Watchpoint(number, ..) if is_place(*number));
    hit.why.iter().any(is_change)
}

/// Runs between two stop points.
fn finely(moment: Moment, run: &Run, fine: Fine) -> Result<(Arrived, Option<FineEnd>), Lost> {
    let mut told = Told::default();
    let run = Run {
        watchpoints: run
            .watchpoints
            .iter()
            .filter(|w| w.place.is_some())
            .cloned()
            .collect(),
        fine: Some(fine),
        ..Run::to(Time::MAX)
    };
    let arrived = moment.run(run, &mut told)?;
    Ok((arrived, told.fine))
}

/// How many objects were created, and the tick.
fn progress(moment: &mut Moment) -> Result<(u64, u64), Lost> {
    match moment.ask(&Request::Progress)? {
        Reply::Progress { created, ticks } => Ok((created, ticks)),
        other => Err(unexpected(&other)),
    }
}

fn ways_of(moment: &mut Moment, watched: &[Watchpoint]) -> Result<Option<Vec<u64>>, Lost> {
    match moment.ask(&Request::Ways(watched.to_vec()))? {
        Reply::Ways(numbers) => Ok(numbers),
        other => Err(unexpected(&other)),
    }
}
