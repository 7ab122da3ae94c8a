//! Signals: what the process does when one comes, sending them, and the alarm clock.
//!
//! A handler in Python cannot run when a signal comes; what comes sets a flag of its own and those
//! that wake the interpreter, which then asks for [`World::arrived_signals`]. Once a signal is
//! watched the system's disposition stays with us: *default* is then emulated, *ignore* is an
//! empty action. There is one real-time alarm, and a thread waits for it, which costs nothing as
//! long as no program sets one.

use crate::{Op, World};
use rustix::process::{Pid, Signal};
use signal_hook::consts::FORBIDDEN;
use signal_hook::{flag, low_level};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

/// One more than the highest signal number.
pub const SIGNALS: usize = 65;
const INVALID: i32 = 22;

/// What is known of one watched signal.
struct Watched {
    number: i32,
    arrived: Arc<AtomicBool>,
    /// It does what the system does with it.
    is_default: Arc<AtomicBool>,
}

/// The signals that are watched, and the alarm.
#[derive(Default)]
pub(crate) struct Signals {
    watched: Vec<Watched>,
    alarm: Option<Alarm>,
}

struct Alarm {
    due: Instant,
    interval: Duration,
    cancelled: Arc<AtomicBool>,
    waiter: Thread,
}

/// A file that may not grow ends no program from now on: writing says so. Nothing of a program, so
/// nothing that is recorded.
pub fn heed_file_limit() -> io::Result<()> {
    flag::register(Signal::XFSZ.as_raw(), Arc::default()).map(|_| ())
}

impl World {
    /// From now on a signal sets `wakes`, in their order, and is among [`World::arrived_signals`],
    /// instead of what the system does with it.
    pub fn watch_signal(&mut self, number: i32, wakes: [Arc<AtomicBool>; 2]) -> io::Result<()> {
        self.tap(
            Op::WatchSignal,
            |q| _ = q.number(number),
            |world| world.register_signal(number, wakes),
        )
    }

    fn register_signal(&mut self, number: i32, wakes: [Arc<AtomicBool>; 2]) -> io::Result<()> {
        if let Some(watched) = self.watched(number) {
            watched.is_default.store(false, Ordering::SeqCst);
            return Ok(());
        }
        if FORBIDDEN.contains(&number) {
            return Err(io::Error::from_raw_os_error(INVALID));
        }
        let (arrived, is_default) = (Arc::default(), Arc::default());
        flag::register_conditional_default(number, Arc::clone(&is_default))?;
        flag::register(number, Arc::clone(&arrived))?;
        for wake in wakes {
            flag::register(number, wake)?;
        }
        self.signals.watched.push(Watched {
            number,
            arrived,
            is_default,
        });
        Ok(())
    }

    /// A watched signal does again what the system does with it.
    pub fn default_signal(&mut self, number: i32) {
        if let Some(watched) = self.watched(number) {
            watched.is_default.store(true, Ordering::SeqCst);
        }
    }

    fn watched(&self, number: i32) -> Option<&Watched> {
        self.signals.watched.iter().find(|w| w.number == number)
    }

    /// The watched signals that came since this was last asked for, in order of their numbers.
    pub fn arrived_signals(&mut self) -> Vec<i32> {
        self.tap(
            Op::ArrivedSignals,
            |_| (),
            |world| {
                let watched = world.signals.watched.iter();
                let arrived = watched.filter(|w| w.arrived.swap(false, Ordering::SeqCst));
                let mut numbers: Vec<i32> = arrived.map(|w| w.number).collect();
                numbers.sort_unstable();
                numbers
            },
        )
    }

    /// Sends a signal to a process: 0 is the own group, a negative number the group with that
    /// number. Signal 0 only asks whether it could be sent.
    pub fn send_signal(&mut self, process: i32, number: i32) -> io::Result<()> {
        self.tap(
            Op::SendSignal,
            |q| _ = q.number(process).number(number),
            |world| world.signal(process, number),
        )
    }

    fn signal(&mut self, process: i32, number: i32) -> io::Result<()> {
        if process == std::process::id() as i32 && number != 0 {
            return self.raise_signal(number);
        }
        let invalid = || io::Error::from_raw_os_error(INVALID);
        let signal = match number {
            0 => None,
            _ => Some(Signal::from_named_raw(number).ok_or_else(invalid)?),
        };
        let group = process <= 0;
        let target = Pid::from_raw(process.saturating_abs());
        Ok(match (target, signal, group) {
            (None, Some(signal), _) => rustix::process::kill_current_process_group(signal),
            (None, None, _) => rustix::process::test_kill_current_process_group(),
            (Some(pid), Some(signal), false) => rustix::process::kill_process(pid, signal),
            (Some(pid), None, false) => rustix::process::test_kill_process(pid),
            (Some(pid), Some(signal), true) => rustix::process::kill_process_group(pid, signal),
            (Some(pid), None, true) => rustix::process::test_kill_process_group(pid),
        }?)
    }

    /// Sends a signal to this thread; it has come when this returns.
    pub fn raise_signal(&mut self, number: i32) -> io::Result<()> {
        self.tap(
            Op::RaiseSignal,
            |q| _ = q.number(number),
            |_| low_level::raise(number),
        )
    }

    /// Has SIGALRM come after a time, and then again in intervals if that is not zero; a time of
    /// zero cancels. Gives what was left of the alarm before, and its interval, in nanoseconds.
    pub fn set_alarm(&mut self, after_ns: u64, interval_ns: u64) -> io::Result<(u64, u64)> {
        self.tap(
            Op::SetAlarm,
            |_| (),
            |world| world.start_alarm(after_ns, interval_ns),
        )
    }

    fn start_alarm(&mut self, after_ns: u64, interval_ns: u64) -> io::Result<(u64, u64)> {
        let before = self.alarm_left();
        if let Some(alarm) = self.signals.alarm.take() {
            alarm.cancelled.store(true, Ordering::SeqCst);
            alarm.waiter.unpark();
        }
        if after_ns == 0 {
            return Ok(before);
        }
        let due = Instant::now() + Duration::from_nanos(after_ns);
        let interval = Duration::from_nanos(interval_ns);
        let cancelled = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&cancelled);
        let waiter = thread::Builder::new().name(String::from("alarm"));
        let waiter = waiter.spawn(move || wait_and_ring(due, interval, &seen))?;
        self.signals.alarm = Some(Alarm {
            due,
            interval,
            cancelled,
            waiter: waiter.thread().clone(),
        });
        Ok(before)
    }

    /// What is left of the alarm, and its interval, in nanoseconds; zeros if none is set.
    pub fn alarm_left(&mut self) -> (u64, u64) {
        self.tap(Op::AlarmLeft, |_| (), |world| world.time_to_alarm())
    }

    fn time_to_alarm(&self) -> (u64, u64) {
        let Some(alarm) = &self.signals.alarm else {
            return (0, 0);
        };
        let (now, interval) = (Instant::now(), alarm.interval.as_nanos() as u64);
        let left = alarm.due.saturating_duration_since(now).as_nanos() as u64;
        match (left, interval) {
            (0, 0) => (0, 0),
            (0, _) => {
                let late = now.saturating_duration_since(alarm.due).as_nanos() as u64;
                (interval - late % interval, interval)
            }
            _ => (left, interval),
        }
    }
}

fn wait_and_ring(mut due: Instant, interval: Duration, cancelled: &AtomicBool) {
    loop {
        loop {
            if cancelled.load(Ordering::SeqCst) {
                return;
            }
            let left = due.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            thread::park_timeout(left);
        }
        // The process is its own to signal.
        let _ = rustix::process::kill_process(rustix::process::getpid(), Signal::ALARM);
        if interval.is_zero() {
            return;
        }
        due += interval;
    }
}
