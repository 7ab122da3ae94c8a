//! A moment of a replay: a process that stands at a stop point, or between two.
//!
//! Whoever holds one asks its process, forks it, or has it run on, which gives another moment. When it
//! is dropped its process ends.

use crate::image::Record;
use crate::play::End;
use crate::protocol::{Channel, FineEnd, Hit, Reply, Request, Run, Time, Written};
use rustix::process::{Pid, Signal, kill_process};
use signal_hook::consts::SIGINT;
use signal_hook::iterator::Signals;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::thread;

/// A process that stands at a stop point.
pub(crate) struct Moment {
    channel: Channel,
    process: i32,
    pub(crate) time: Time,
    /// Instructions executed since the stop point.
    pub(crate) steps: u64,
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
/// A command is carried out.
static HEEDS: AtomicBool = AtomicBool::new(false);
/// The keyboard's interrupt came, and is yet to be heeded. The system's handler sets it, so nothing
/// that begins afterwards can be taken for what was meant.
static CAME: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);
/// Held while an interrupt is heeded, and while a command begins: one comes after the other.
static GATE: Mutex<()> = Mutex::new(());

fn gate() -> MutexGuard<'static, ()> {
    GATE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// While it lives a command is carried out, and an interrupt ends what it runs or would run next.
pub(crate) struct Heeding;

impl Heeding {
    pub(crate) fn begin() -> Heeding {
        let _gate = gate();
        CAME.store(false, Ordering::SeqCst);
        INTERRUPTED.store(false, Ordering::SeqCst);
        HEEDS.store(true, Ordering::SeqCst);
        Heeding
    }
}

impl Drop for Heeding {
    fn drop(&mut self) {
        HEEDS.store(false, Ordering::SeqCst);
        INTERRUPTED.store(false, Ordering::SeqCst);
    }
}

/// From now on an interrupt from the keyboard ends what runs, and nothing else. One that comes while
/// nothing runs is heeded then, which is to say that it does nothing: it must not wait for what runs
/// next.
pub(crate) fn heed_interrupts() -> io::Result<()> {
    signal_hook::flag::register(SIGINT, CAME.clone())?;
    let mut signals = Signals::new([SIGINT])?;
    let listen = move || {
        for _ in signals.forever() {
            let _gate = gate();
            if CAME.swap(false, Ordering::SeqCst) {
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
    let running = Pid::from_raw(RUNNING.load(Ordering::SeqCst));
    if running.is_some() || HEEDS.load(Ordering::SeqCst) {
        INTERRUPTED.store(true, Ordering::SeqCst);
    }
    if let Some(process) = running {
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

/// What a run tells besides where it came to.
#[derive(Default)]
pub(crate) struct Told {
    pub(crate) ending: Option<(Time, End)>,
    pub(crate) fine: Option<FineEnd>,
    pub(crate) written: Option<Written>,
    /// The fewest frames at any stop point.
    pub(crate) shallowest: usize,
}

impl Moment {
    pub(crate) fn new(channel: Channel, process: i32, time: Time) -> Moment {
        Moment {
            channel,
            process,
            time,
            steps: 0,
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

    /// Asks; where the answer may take long, an interrupt ends the process.
    pub(crate) fn ask(&mut self, request: &Request) -> Result<Reply, Lost> {
        if !request.may_take_long() {
            self.channel.send(request)?;
            return Ok(self.channel.receive()?);
        }
        if INTERRUPTED.swap(false, Ordering::SeqCst) {
            return Err(Lost::Interrupted);
        }
        self.while_it_runs(|channel| {
            channel.send(request)?;
            channel.receive()
        })
    }

    /// An interrupt ends the process, even if it has just answered.
    fn while_it_runs(
        &mut self,
        work: impl FnOnce(&mut Channel) -> io::Result<Reply>,
    ) -> Result<Reply, Lost> {
        RUNNING.store(self.process, Ordering::SeqCst);
        let reply = work(&mut self.channel);
        RUNNING.store(0, Ordering::SeqCst);
        match INTERRUPTED.swap(false, Ordering::SeqCst) {
            true => Err(Lost::Interrupted),
            false => Ok(reply?),
        }
    }

    pub(crate) fn fork(&mut self) -> Result<Moment, Lost> {
        self.fork_as(false)
    }

    /// A copy that is to be kept.
    pub(crate) fn fork_kept(&mut self) -> Result<Moment, Lost> {
        self.fork_as(true)
    }

    fn fork_as(&mut self, is_kept: bool) -> Result<Moment, Lost> {
        self.copy_by(&Request::Fork { is_kept })
    }

    /// Has a copy write its image; the copy tells when it has, and ends.
    pub(crate) fn store(&mut self, end: u64, is_full: bool) -> Result<Moment, Lost> {
        self.copy_by(&Request::Store { end, is_full })
    }

    /// Whether its process has told something.
    pub(crate) fn has_news(&self) -> bool {
        self.channel.has_news()
    }

    /// What its process tells unasked.
    pub(crate) fn told(mut self) -> Result<Reply, Lost> {
        Ok(self.channel.receive()?)
    }

    /// The same process as another moment, which has an image.
    pub(crate) fn load(mut self, chain: Vec<Record>) -> Result<Moment, Lost> {
        match self.ask(&Request::Load(chain))? {
            Reply::Stopped { time, .. } => {
                self.time = time;
                self.steps = 0;
                Ok(self)
            }
            other => Err(unexpected(&other)),
        }
    }

    fn copy_by(&mut self, request: &Request) -> Result<Moment, Lost> {
        match self.ask(request)? {
            Reply::Forked { process } => {
                let channel = self.channel.receive_channel()?;
                let mut copy = Moment::new(channel, process, self.time);
                copy.steps = self.steps;
                Ok(copy)
            }
            Reply::Failed(text) => Err(Lost::Failed(text)),
            other => Err(unexpected(&other)),
        }
    }

    pub(crate) fn process(&self) -> i32 {
        self.process
    }

    /// Has it begin to run, without waiting for it.
    pub(crate) fn send_off(&mut self, run: Run) -> Result<(), Lost> {
        Ok(self.channel.send(&Request::Run(run))?)
    }

    /// Waits for one that was sent off.
    pub(crate) fn await_arrival(mut self, told: &mut Told) -> Result<Arrived, Lost> {
        let reply = self.while_it_runs(Channel::receive)?;
        self.arrived(reply, told)
    }

    pub(crate) fn run(mut self, run: Run, told: &mut Told) -> Result<Arrived, Lost> {
        let reply = self.ask(&Request::Run(run))?;
        self.arrived(reply, told)
    }

    fn arrived(mut self, reply: Reply, told: &mut Told) -> Result<Arrived, Lost> {
        match reply {
            Reply::Stopped {
                time,
                hit,
                fine,
                written,
                shallowest,
            } => {
                let is_between = fine.is_some() && time == self.time;
                self.steps = fine.filter(|_| is_between).map_or(0, |fine| fine.steps);
                self.time = time;
                told.fine = fine;
                told.written = written;
                told.shallowest = shallowest;
                Ok(Arrived::At(self, hit))
            }
            Reply::Ended { time, end, hit } => {
                told.ending = Some((time, end));
                Ok(Arrived::End(time, hit))
            }
            Reply::Refused(what) => Err(Lost::Refused(what)),
            other => Err(unexpected(&other)),
        }
    }
}

pub(crate) fn unexpected(reply: &Reply) -> Lost {
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
