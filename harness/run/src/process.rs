//! The launcher that starts real processes.
//!
//! *Waiting.* A pidfd tells the end of the process at once, so its wall time is exact and it is
//! reaped only here: its number cannot be taken by another process while it is being watched.
//!
//! *Memory limit.* An interpreter may reserve address space that it never touches, so a limit on
//! address space would kill the innocent. Instead the resident memory of the process group is
//! looked at every few milliseconds, and the group is killed when it is over. What a process takes
//! between two looks is not prevented.
//!
//! *Peak memory.* The kernel's figure for a finished child includes what its parent had resident
//! when it forked (`exec` folds the old image's peak into the new one's) and, of a process that
//! waited for children, is the greatest of them all. Where either may be so, the peak of the image
//! itself, as last seen, is taken instead; a process that ended before it was looked at has none.
//!
//! *Killing.* The whole process group is killed, also after a normal end: what a benchmark leaves
//! behind must not disturb the next. A process that leaves its group escapes.

use std::fs::{self, File};
use std::io::Read;
use std::os::fd::OwnedFd;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use model::{ClockKind, Criterion, Fact};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process_group, pidfd_open};
use wait4::{ResUse, Wait4};

use crate::counted;
use crate::counters::Counters;
use crate::jit_summary::FILE_BYTES;
use crate::memory::{Group, resident, resident_now};
use crate::transcript::Transcript;
use crate::{End, Ended, Events, Job, Launcher, Usage};

/// How often memory, time and `stop` are looked at: often at first, when memory grows fastest, and
/// in the long run so seldom that looking costs less than a hundredth of a processor.
const LOOK_FIRST: Duration = Duration::from_millis(10);
const LOOK_LATER: Duration = Duration::from_millis(100);
/// Between two looks lies such a part of the time so far.
const PART_OF_TIME: u32 = 12;
/// The peak as the kernel knows it is asked for at the first looks, then at one in so many:
/// it matters for small processes only.
const PEAK_LOOKS: u32 = 8;
/// The whole group is counted, not its leader alone, at these intervals: a third of the time so
/// far, within bounds.
const GROUP_FIRST: Duration = Duration::from_millis(500);
const GROUP_LATER: Duration = Duration::from_secs(5);
/// How long the pipes of a dead process are waited for: a process that left the group may hold
/// them open.
const PIPES_CLOSE: Duration = Duration::from_secs(2);

/// What a process writes into the scratch folder, if it makes a recording, and of its JIT.
const RECORDING: &str = "recording";
const JIT_LOG: &str = "jit-summary";

/// Starts processes with a folder for what they write.
#[derive(Debug)]
pub struct Process {
    scratch: PathBuf,
}

impl Process {
    /// `scratch` is an existing folder; the processes run in it.
    pub fn new(scratch: PathBuf) -> Process {
        Process { scratch }
    }
}

impl Launcher for Process {
    fn launch(&mut self, job: &Job, stop: &AtomicBool) -> Ended {
        let jit_log = self.scratch.join(JIT_LOG);
        for file in [JIT_LOG, ClockKind::COUNTED, RECORDING] {
            fs::remove_file(self.scratch.join(file)).ok();
        }
        let before_bytes = resident(Path::new("/proc/self")).map_or(0, |memory| memory.now_bytes);
        let counters = Counters::for_the_next(job.clock);
        let begin = Instant::now();
        let mut child = match self.spawn(job, &jit_log) {
            Ok(child) => child,
            Err(end) => return Ended::of(end),
        };
        let pid = Pid::from_child(&child);
        let isolation = isolate::applied(pid, &job.wishes);
        let stdout = child.stdout.take().map(Listener::to);
        let stderr = child.stderr.take().map(Listener::to);
        let watched = watch(pid, begin, job, stop);
        kill_process_group(pid, Signal::KILL).ok();
        let events = events(&PathBuf::from(format!("/proc/{pid}")));
        let waited = child.wait4();
        let (stdout, stderr) = (Listener::finish(stdout), Listener::finish(stderr));
        let (mut counts, mut absent) = self.counts(job, counters);
        let end = end(watched.stopped.clone(), waited.as_ref());
        let replay = job.recording.and_then(|recording| recording.replay);
        let replayed = replay.filter(|_| self.recording().exists());
        let replayed = replayed.and_then(|option| self.replay(job, &end, option, stop));
        for (criterion, found) in replayed.into_iter().flatten() {
            match found {
                Ok(count) => counts.push((criterion, count)),
                Err(why) => absent.push(Fact::new(criterion.name(), why)),
            }
        }
        Ended {
            counts,
            absent,
            usage: waited
                .as_ref()
                .ok()
                .map(|used| usage(used, &watched, before_bytes, events)),
            end,
            stdout_tail: stdout.tail(),
            records: stdout.records,
            records_cut: stdout.records_cut,
            stderr_tail: stderr.tail(),
            isolation,
            jit_summary: summary_in(&jit_log),
        }
    }
}

/// What was counted of a process, and what was to be and was not.
type Counts = (Vec<(Criterion, f64)>, Vec<Fact>);

/// The text of the JIT's summary, if the process wrote one. Bytes that are no text spoil their
/// own lines only.
fn summary_in(path: &Path) -> Option<String> {
    let mut bytes = Vec::new();
    let file = fs::File::open(path).ok()?;
    file.take(FILE_BYTES).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

impl Process {
    /// What the processor, a tool and the process itself left in numbers, after its end.
    fn counts(&self, job: &Job, counters: Counters) -> Counts {
        let (mut counts, mut absent) = counters.read();
        let mut take = |criterion: Criterion, found: Result<f64, String>| match found {
            Ok(count) => counts.push((criterion, count)),
            Err(why) => absent.push(Fact::new(criterion.name(), why)),
        };
        if let Some(found) = counted::read(job.clock, &self.scratch.join(ClockKind::COUNTED)) {
            take(Criterion::Instructions, found);
        }
        if job.recording.is_some() {
            let log = fs::metadata(self.recording());
            let why = |error| format!("it left no recording where it was told to: {error}");
            take(
                Criterion::LogSize,
                log.map(|log| log.len() as f64).map_err(why),
            );
        }
        (counts, absent)
    }

    /// Where a process leaves its recording.
    pub(crate) fn recording(&self) -> PathBuf {
        self.scratch.join(RECORDING)
    }

    pub(crate) fn spawn(&self, job: &Job, jit_log: &Path) -> Result<Child, End> {
        let Some((executable, arguments)) = job.command.split_first() else {
            return Err(End::Missing("the command is empty".to_owned()));
        };
        let mut command = Command::new(executable);
        command.args(arguments).current_dir(&self.scratch);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        isolate::prepare(&mut command, &job.wishes);
        if let Some(variable) = job.jit_log {
            command.env(variable, format!("jit-summary:{}", jit_log.display()));
        }
        if let Some(recording) = job.recording
            && !job
                .wishes
                .environment
                .iter()
                .any(|(name, _)| name == recording.variable)
        {
            command.env(recording.variable, self.recording());
        }
        command.spawn().map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => End::Missing(format!(
                "there is no `{executable}`; install it or correct its path"
            )),
            _ => End::NotStarted(format!("`{executable}` could not be started: {error}")),
        })
    }
}

/// What was seen of a process until its end, or until it had to be killed.
pub(crate) struct Watched {
    pub(crate) stopped: Option<End>,
    pub(crate) wall: Duration,
    pub(crate) peak_bytes: u64,
}

pub(crate) fn watch(pid: Pid, begin: Instant, job: &Job, stop: &AtomicBool) -> Watched {
    let deadline = begin + Duration::from_secs(job.limits.time_s);
    let folder = PathBuf::from(format!("/proc/{pid}"));
    let mut watched = Watched {
        stopped: None,
        wall: Duration::ZERO,
        peak_bytes: 0,
    };
    let ending = match pidfd_open(pid, PidfdFlags::empty()) {
        Ok(ending) => ending,
        Err(error) => {
            let message =
                format!("its end cannot be watched ({error}); Linux 5.3 or later is needed");
            watched.stopped = Some(End::NotStarted(message));
            return watched;
        }
    };
    let pages = File::open(folder.join("statm")).ok();
    let mut group = Group::led_by(pid);
    let mut group_due = GROUP_FIRST;
    let mut looks = 0;
    while watched.stopped.is_none() {
        let pause = (begin.elapsed() / PART_OF_TIME).clamp(LOOK_FIRST, LOOK_LATER);
        if ends_within(&ending, pause) {
            break;
        }
        let mut seen_bytes = pages.as_ref().and_then(resident_now).unwrap_or(0);
        if looks < PEAK_LOOKS || looks % PEAK_LOOKS == 0 {
            let peak_bytes = resident(&folder).map_or(0, |memory| memory.peak_bytes);
            watched.peak_bytes = watched.peak_bytes.max(peak_bytes);
        }
        watched.peak_bytes = watched.peak_bytes.max(seen_bytes);
        looks += 1;
        let elapsed = begin.elapsed();
        if elapsed >= group_due {
            seen_bytes = seen_bytes.max(group.resident_bytes());
            group_due = elapsed + (elapsed / 3).clamp(GROUP_FIRST, GROUP_LATER);
        }
        watched.stopped = if seen_bytes > job.limits.memory_bytes {
            Some(End::OutOfMemory { seen_bytes })
        } else if Instant::now() >= deadline {
            Some(End::TimedOut)
        } else if stop.load(Ordering::Relaxed) {
            Some(End::Interrupted)
        } else {
            None
        };
    }
    watched.wall = begin.elapsed();
    watched
}

/// Whether the process has ended, after waiting for it so long. A signal to the harness ends the
/// wait early, which does no harm.
fn ends_within(ending: &OwnedFd, wait: Duration) -> bool {
    let wait = Timespec {
        tv_sec: 0,
        tv_nsec: wait.subsec_nanos().into(),
    };
    let mut polled = [PollFd::new(ending, PollFlags::IN)];
    poll(&mut polled, Some(&wait)).is_ok_and(|ready| ready > 0)
}

pub(crate) fn end(stopped: Option<End>, waited: Result<&ResUse, &std::io::Error>) -> End {
    match (stopped, waited) {
        (Some(stopped), _) => stopped,
        (None, Err(error)) => End::NotStarted(format!("its end could not be told: {error}")),
        (None, Ok(used)) => match (used.status.code(), used.status.signal()) {
            (Some(status), _) => End::Exited(status),
            (None, signal) => End::Signalled(signal.unwrap_or(0)),
        },
    }
}

/// Faults and switches of a process that has ended and is not reaped yet: the kernel keeps its
/// accounts until then.
fn events(folder: &Path) -> Option<Events> {
    let stat = fs::read_to_string(folder.join("stat")).ok()?;
    let fields: Vec<u64> = stat
        .rsplit_once(')')?
        .1
        .split_whitespace()
        .map(|word| word.parse().unwrap_or(0))
        .collect();
    // Counted from the field after the name, the third: faults are the tenth to the thirteenth.
    let field = |number: usize| fields.get(number - 3).copied();
    let status = fs::read_to_string(folder.join("status")).ok()?;
    let switches = |name: &str| -> Option<u64> {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim().parse().ok()
    };
    Some(Events {
        // Whatever was started had pages made for it.
        has_children: field(11)? > 0,
        minor_faults: field(10)? + field(11)?,
        major_faults: field(12)? + field(13)?,
        voluntary_switches: switches("voluntary_ctxt_switches:")?,
        involuntary_switches: switches("nonvoluntary_ctxt_switches:")?,
    })
}

fn usage(used: &ResUse, watched: &Watched, before_bytes: u64, events: Option<Events>) -> Usage {
    let accounted = used.rusage.maxrss;
    let is_its_own = events.is_none_or(|events| !events.has_children);
    let peak_memory_bytes = if accounted > before_bytes && is_its_own {
        accounted
    } else {
        watched.peak_bytes
    };
    Usage {
        wall_ns: nanoseconds(watched.wall),
        user_ns: nanoseconds(used.rusage.utime),
        system_ns: nanoseconds(used.rusage.stime),
        peak_memory_bytes,
        events,
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// A thread that reads a pipe, so that the process never waits for the harness.
struct Listener {
    transcript: Arc<Mutex<Transcript>>,
    /// Closed at the pipe's end.
    closed: Receiver<()>,
}

impl Listener {
    fn to(pipe: impl Read + Send + 'static) -> Listener {
        let transcript = Arc::new(Mutex::new(Transcript::default()));
        let (open, closed) = channel();
        let heard = Arc::clone(&transcript);
        thread::spawn(move || {
            let _open = open;
            listen(pipe, &heard);
        });
        Listener { transcript, closed }
    }

    /// What was heard by the pipe's end, or by now if something holds the pipe open.
    fn finish(listener: Option<Listener>) -> Transcript {
        let Some(listener) = listener else {
            return Transcript::default();
        };
        listener.closed.recv_timeout(PIPES_CLOSE).ok();
        std::mem::take(&mut *lock(&listener.transcript))
    }
}

fn listen(mut pipe: impl Read, heard: &Mutex<Transcript>) {
    let mut buffer = vec![0; 1 << 16];
    loop {
        match pipe.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => lock(heard).take(&buffer[..count]),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(_) => break,
        }
    }
    lock(heard).end_line();
}

/// A transcript is whole after every call, so one that a panic left is as good as any.
fn lock(transcript: &Mutex<Transcript>) -> MutexGuard<'_, Transcript> {
    transcript.lock().unwrap_or_else(PoisonError::into_inner)
}
