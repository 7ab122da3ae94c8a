//! A moment of a replay: a process that stands at a stop point, or between two.
//!
//! Whoever holds one asks its process, forks it, or has it run on, which gives another moment. When it
//! is dropped its process ends.

use crate::play::End;
use crate::protocol::{Channel, FineEnd, Hit, Reply, Request, Run, Time, Written};
use rustix::process::{Pid, Signal, kill_process};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::thread;
use std::time::Duration;

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

/// What a run tells besides where it came to.
#[derive(Default)]
pub(crate) struct Told {
    pub(crate) ending: Option<(Time, End)>,
    pub(crate) fine: Option<FineEnd>,
    pub(crate) written: Option<Written>,
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
        self.fork_as(false)
    }

    /// A copy that is to be kept.
    pub(crate) fn fork_kept(&mut self) -> Result<Moment, Lost> {
        self.fork_as(true)
    }

    fn fork_as(&mut self, is_kept: bool) -> Result<Moment, Lost> {
        match self.ask(&Request::Fork { is_kept })? {
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
        RUNNING.store(self.process, Ordering::SeqCst);
        let reply = self.channel.receive();
        RUNNING.store(0, Ordering::SeqCst);
        if reply.is_err() && INTERRUPTED.swap(false, Ordering::SeqCst) {
            return Err(Lost::Interrupted);
        }
        self.arrived(reply?, told)
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
            } => {
                let is_between = fine.is_some() && time == self.time;
                self.steps = fine.filter(|_| is_between).map_or(0, |fine| fine.steps);
                self.time = time;
                told.fine = fine;
                told.written = written;
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
