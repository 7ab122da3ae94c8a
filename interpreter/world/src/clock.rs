//! Time. All figures are nanoseconds.

use crate::{Op, World};
use rustix::time::{ClockId, clock_gettime};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A clock to read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Clock {
    /// Since 1970, as the system's clock is set.
    Real,
    /// Since some moment in the past; never goes back.
    Monotonic,
    /// Since the start of the interpreter, as finely as can be.
    Performance,
    /// Processor time of the process.
    Process,
    /// Processor time of the thread.
    Thread,
    /// Like the monotonic one, by the hardware alone: nobody slews it.
    Hardware,
    /// Since the machine was started, its sleep included.
    Boot,
}

impl World {
    pub fn clock_ns(&mut self, clock: Clock) -> i64 {
        self.tap(
            Op::Clock,
            |q| _ = q.number(clock as i64),
            |world| world.read_clock(clock),
        )
    }

    fn read_clock(&mut self, clock: Clock) -> i64 {
        let id = match clock {
            Clock::Real => {
                return match SystemTime::now().duration_since(UNIX_EPOCH) {
                    Ok(since) => since.as_nanos() as i64,
                    Err(before) => -(before.duration().as_nanos() as i64),
                };
            }
            Clock::Performance => return self.start.elapsed().as_nanos() as i64,
            Clock::Monotonic => ClockId::Monotonic,
            Clock::Process => ClockId::ProcessCPUTime,
            Clock::Thread => ClockId::ThreadCPUTime,
            Clock::Hardware => ClockId::MonotonicRaw,
            Clock::Boot => ClockId::Boottime,
        };
        let time = clock_gettime(id);
        (time.tv_sec as i64)
            .wrapping_mul(1_000_000_000)
            .wrapping_add(time.tv_nsec as i64)
    }

    /// Waits. A signal may end it before its time; the caller asks the clock.
    pub fn sleep_ns(&mut self, nanoseconds: u64) {
        self.tap(
            Op::Sleep,
            |_| (),
            |_| thread::sleep(Duration::from_nanos(nanoseconds)),
        );
    }
}

/// Sets flags again and again while it is wanted, from a system thread of its own.
pub struct Metronome {
    shared: Arc<Shared>,
    thread: Option<thread::Thread>,
    flags: [Arc<AtomicBool>; 2],
}

struct Shared {
    beats: AtomicBool,
    ended: AtomicBool,
    interval_ns: AtomicU64,
}

impl Metronome {
    /// One that does not beat yet.
    pub fn new(flags: [Arc<AtomicBool>; 2], interval_ns: u64) -> Metronome {
        Metronome {
            shared: Arc::new(Shared {
                beats: AtomicBool::new(false),
                ended: AtomicBool::new(false),
                interval_ns: AtomicU64::new(interval_ns),
            }),
            thread: None,
            flags,
        }
    }

    /// One with the same flags and interval, in a process that has none of its parent's threads.
    pub fn renewed(&self) -> Metronome {
        let interval = self.shared.interval_ns.load(Ordering::Relaxed);
        Metronome::new(self.flags.clone(), interval)
    }

    pub fn set_interval(&mut self, interval_ns: u64) {
        self.shared
            .interval_ns
            .store(interval_ns, Ordering::Relaxed);
    }

    /// Whether it is to beat from now on. Where the system has no thread for it, it does not.
    pub fn beat(&mut self, wanted: bool) {
        let before = self.shared.beats.swap(wanted, Ordering::Relaxed);
        if !wanted || before {
            return;
        }
        match &self.thread {
            Some(thread) => thread.unpark(),
            None => self.start(),
        }
    }

    fn start(&mut self) {
        let (shared, flags) = (self.shared.clone(), self.flags.clone());
        let started = thread::Builder::new()
            .name(String::from("metronome"))
            .spawn(move || {
                while !shared.ended.load(Ordering::Relaxed) {
                    if !shared.beats.load(Ordering::Relaxed) {
                        thread::park();
                        continue;
                    }
                    let interval = shared.interval_ns.load(Ordering::Relaxed);
                    thread::sleep(Duration::from_nanos(interval));
                    if shared.beats.load(Ordering::Relaxed) {
                        flags
                            .iter()
                            .for_each(|flag| flag.store(true, Ordering::Relaxed));
                    }
                }
            });
        self.thread = started.ok().map(|handle| handle.thread().clone());
    }
}

impl Drop for Metronome {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::Relaxed);
        if let Some(thread) = &self.thread {
            thread.unpark();
        }
    }
}
