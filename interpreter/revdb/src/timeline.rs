//! The timeline: kept moments of a replay, and how to come to any other from them.
//!
//! A kept moment is a process that stands at its stop point. To come to a time, the latest kept
//! moment before it is forked, and the copy runs on. A long run is cut into stretches of about
//! [`STRETCH`], and at the end of each a moment is kept, so nowhere is far from one. There is room
//! for [`KEPT_MAX`]: beyond that the one goes that is missed least, which is the one in the smallest
//! gap for its distance from where the user is. So moments are dense near the user and sparse far
//! away.
//!
//! Searching backwards is searching forwards in windows, the last first: each window three times the
//! one after it, and in each it is the last stop that counts.

use crate::play::End;
use crate::protocol::{Channel, Hit, Pick, Reply, Request, Run, Time};
use rustix::process::{Pid, Signal, kill_process};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// How long a run may be without keeping a moment.
const STRETCH: Duration = Duration::from_millis(200);
/// The first stretch, in stop points; later ones follow from how long it took.
const STRETCH_STOPS: Time = 100_000;
const KEPT_MAX: usize = 24;
/// The first window of a search backwards, in stop points; and where expressions are watched.
const WINDOW_STOPS: Time = 1000;
const WINDOW_GROWS: Time = 3;

/// A process that stands at a stop point.
pub(crate) struct Moment {
    channel: Channel,
    process: i32,
    pub(crate) time: Time,
}

/// Why a moment cannot be come to.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Lost {
    #[error("a replaying process ended unexpectedly ({0})")]
    Io(#[from] io::Error),
    #[error("interrupted: you are where you were")]
    Interrupted,
    #[error("{0}")]
    Failed(String),
    #[error("Attempted to do I/O: {0}")]
    Refused(String),
}

/// The process that runs; 0: none.
static RUNNING: AtomicI32 = AtomicI32::new(0);
static INTERRUPTED: AtomicBool = AtomicBool::new(false);
/// How soon an interrupt is heeded.
const INTERRUPT_POLL: Duration = Duration::from_millis(30);

/// From now on an interrupt from the keyboard ends what runs, and nothing else.
pub(crate) fn heed_interrupts() -> io::Result<()> {
    let came = Arc::new(AtomicBool::new(false));
    signal_hook::flag::register(signal_hook::consts::SIGINT, came.clone())?;
    let listen = move || {
        loop {
            thread::sleep(INTERRUPT_POLL);
            if came.swap(false, Ordering::SeqCst) {
                interrupt();
            }
        }
    };
    thread::Builder::new()
        .name(String::from("interrupts"))
        .spawn(listen)?;
    Ok(())
}

/// Ends what runs, if anything does.
pub(crate) fn interrupt() {
    if let Some(process) = Pid::from_raw(RUNNING.load(Ordering::SeqCst)) {
        INTERRUPTED.store(true, Ordering::SeqCst);
        // It may have stopped in this very moment.
        let _ = kill_process(process, Signal::KILL);
    }
}

/// Where a run came to.
pub(crate) enum Arrived {
    At(Moment, Option<Hit>),
    /// The run ended; the last stop point was at this time.
    End(Time, Option<Hit>),
}

impl Moment {
    pub(crate) fn new(channel: Channel, process: i32, time: Time) -> Moment {
        Moment {
            channel,
            process,
            time,
        }
    }

    /// Waits for a process to stop at its first stop point.
    pub(crate) fn first(mut channel: Channel, process: i32) -> Result<Arrived, Lost> {
        match channel.receive()? {
            Reply::Stopped { time, .. } => {
                Ok(Arrived::At(Moment::new(channel, process, time), None))
            }
            Reply::Ended { time, end, .. } => match end {
                End::Diverged { .. } | End::Damaged { .. } => Err(Lost::Failed(end.text())),
                _ => Ok(Arrived::End(time, None)),
            },
            other => Err(unexpected(&other)),
        }
    }

    /// Asks; an interrupt ends the process.
    pub(crate) fn ask(&mut self, request: &Request) -> Result<Reply, Lost> {
        RUNNING.store(self.process, Ordering::SeqCst);
        let sent = self.channel.send(request);
        let reply = sent.and_then(|()| self.channel.receive());
        RUNNING.store(0, Ordering::SeqCst);
        if reply.is_err() && INTERRUPTED.swap(false, Ordering::SeqCst) {
            return Err(Lost::Interrupted);
        }
        Ok(reply?)
    }

    pub(crate) fn fork(&mut self) -> Result<Moment, Lost> {
        match self.ask(&Request::Fork)? {
            Reply::Forked { process } => {
                let channel = self.channel.receive_channel()?;
                Ok(Moment::new(channel, process, self.time))
            }
            Reply::Failed(text) => Err(Lost::Failed(text)),
            other => Err(unexpected(&other)),
        }
    }

    fn run(mut self, run: Run, ending: &mut Option<(Time, End)>) -> Result<Arrived, Lost> {
        match self.ask(&Request::Run(run))? {
            Reply::Stopped { time, hit } => {
                self.time = time;
                Ok(Arrived::At(self, hit))
            }
            Reply::Ended { time, end, hit } => {
                *ending = Some((time, end));
                Ok(Arrived::End(time, hit))
            }
            Reply::Refused(what) => Err(Lost::Refused(what)),
            other => Err(unexpected(&other)),
        }
    }
}

fn unexpected(reply: &Reply) -> Lost {
    Lost::Failed(format!("a replaying process answered {reply:?}"))
}

impl Drop for Moment {
    fn drop(&mut self) {
        // One that waits sees its socket closed; one that runs is ended.
        if let Some(process) = Pid::from_raw(self.process) {
            let _ = kill_process(process, Signal::KILL);
        }
    }
}

/// All kept moments of one replay.
pub(crate) struct Timeline {
    /// By time; the first stands at the start and stays.
    kept: Vec<Moment>,
    /// The last stop point's time, once known, and how the replay ended there.
    pub(crate) ending: Option<(Time, End)>,
    stretch_stops: Time,
    /// Told of each window of a search.
    pub(crate) searching: fn(Time, Time),
}

impl Timeline {
    pub(crate) fn new(start: Moment, searching: fn(Time, Time)) -> Timeline {
        Timeline {
            kept: vec![start],
            ending: None,
            stretch_stops: STRETCH_STOPS,
            searching,
        }
    }

    pub(crate) fn start(&self) -> Time {
        self.kept[0].time
    }

    /// The time of the last stop point.
    pub(crate) fn end(&mut self) -> Result<Time, Lost> {
        if let Some((time, _)) = &self.ending {
            return Ok(*time);
        }
        let latest = self.kept.len() - 1;
        let from = self.kept[latest].fork()?;
        match self.forward(from, &Run::to(Time::MAX))? {
            Arrived::End(time, _) => Ok(time),
            Arrived::At(moment, _) => Ok(moment.time),
        }
    }

    pub(crate) fn kept_count(&self) -> usize {
        self.kept.len()
    }

    /// A process at a time; at the last stop point if there is no such time.
    pub(crate) fn at(&mut self, time: Time) -> Result<Moment, Lost> {
        let time = time.max(self.start());
        let latest = self.kept.partition_point(|moment| moment.time <= time) - 1;
        let from = self.kept[latest].fork()?;
        match self.forward(from, &Run::to(time))? {
            Arrived::At(moment, _) => Ok(moment),
            Arrived::End(last, _) if last < time => self.at(last),
            Arrived::End(last, _) => Err(Lost::Failed(format!(
                "the replay ended at {last} on its way to {time}"
            ))),
        }
    }

    /// Runs until it stops, keeping moments on the way.
    pub(crate) fn forward(&mut self, from: Moment, run: &Run) -> Result<Arrived, Lost> {
        let mut moment = from;
        loop {
            if moment.time >= run.until {
                return Ok(Arrived::At(moment, None));
            }
            let begin = moment.time;
            let until = run.until.min(begin.saturating_add(self.stretch_stops));
            let began = Instant::now();
            let arrived = moment.run(
                Run {
                    until,
                    ..run.clone()
                },
                &mut self.ending,
            )?;
            match arrived {
                Arrived::At(mut there, None) if there.time < run.until => {
                    self.adapt(there.time - begin, began.elapsed());
                    // What a watched expression may have changed is not kept.
                    if run.watchpoints.is_empty() {
                        self.keep(&mut there)?;
                    }
                    moment = there;
                }
                Arrived::At(_, Some(hit)) if !run.watchpoints.is_empty() => {
                    let moment = self.at(hit.time)?;
                    return Ok(Arrived::At(moment, Some(hit)));
                }
                arrived => return Ok(arrived),
            }
        }
    }

    /// Stretches are as long as experience says.
    fn adapt(&mut self, stops: Time, took: Duration) {
        let wanted = stops as f64 * STRETCH.as_secs_f64() / took.as_secs_f64().max(1e-6);
        let wanted = wanted.clamp(STRETCH_STOPS as f64 / 100.0, 1e12) as Time;
        self.stretch_stops = wanted
            .min(self.stretch_stops * 4)
            .max(self.stretch_stops / 4);
    }

    /// Keeps the moment where a process stands.
    fn keep(&mut self, there: &mut Moment) -> Result<(), Lost> {
        let place = self.kept.partition_point(|moment| moment.time < there.time);
        if self.kept.get(place).is_some_and(|m| m.time == there.time) {
            return Ok(());
        }
        let copy = there.fork()?;
        self.kept.insert(place, copy);
        if self.kept.len() > KEPT_MAX {
            self.forget_one(there.time);
        }
        Ok(())
    }

    fn forget_one(&mut self, near: Time) {
        let cost = |at: usize| {
            let before = self.kept[at - 1].time;
            let after = self.kept.get(at + 1).map_or(near, |moment| moment.time);
            let gap = after.saturating_sub(before) as f64;
            gap / (near.abs_diff(self.kept[at].time) as f64 + 1.0)
        };
        let least = (1..self.kept.len()).min_by(|&a, &b| cost(a).total_cmp(&cost(b)));
        if let Some(least) = least {
            drop(self.kept.remove(least));
        }
    }

    /// Keeps a moment shortly before a time, where steps back will begin.
    pub(crate) fn settle(&mut self, time: Time) -> Result<(), Lost> {
        let before = time.saturating_sub(WINDOW_STOPS).max(self.start());
        let latest = self.kept.partition_point(|moment| moment.time <= time) - 1;
        if time - self.kept[latest].time > 4 * WINDOW_STOPS {
            let mut moment = self.at(before)?;
            self.keep(&mut moment)?;
        }
        Ok(())
    }

    /// The last stop before a time.
    pub(crate) fn search_back(&mut self, before: Time, run: &Run) -> Result<Option<Hit>, Lost> {
        let mut end = before;
        let mut window = WINDOW_STOPS;
        while end > self.start() {
            let begin = end.saturating_sub(window).max(self.start());
            if window > WINDOW_STOPS {
                (self.searching)(begin, end);
            }
            let from = self.at(begin)?;
            let stretch = Run {
                until: end,
                pick: Pick::Last,
                ..run.clone()
            };
            if let Some(hit) = self.last_hit(from, stretch)? {
                return Ok(Some(hit));
            }
            // The first stop point of a window is the last of the one before it.
            end = begin + u64::from(begin > self.start());
            if begin == self.start() {
                break;
            }
            window *= WINDOW_GROWS;
        }
        Ok(None)
    }

    /// Goes through a window; the last stop in it.
    fn last_hit(&mut self, from: Moment, run: Run) -> Result<Option<Hit>, Lost> {
        let mut ending = None;
        match from.run(run, &mut ending)? {
            Arrived::At(_, hit) | Arrived::End(_, hit) => Ok(hit),
        }
    }
}
