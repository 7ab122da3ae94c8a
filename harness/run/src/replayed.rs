//! A recording that a process left is replayed at once, to measure that too: its time beside that of
//! the process is the speed of replay.
//!
//! The replay is a process like any other, with the same limits and surroundings. It compares what it
//! does with what was recorded, and its exit code tells; a replay that differs has no time, but a reason
//! why not. Only where time is the system's: what a tool counts of a process it does not count of two.

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use model::{ClockKind, Criterion};
use rustix::process::{Pid, Signal, kill_process_group};
use wait4::Wait4;

use crate::launch::{End, Job};
use crate::process::{Process, end, watch};

/// What was measured of a replay, or why it was not.
pub(crate) type Replayed = [(Criterion, Result<f64, String>); 2];

impl Process {
    /// Replays what a job that ended like this has recorded, by the option that its executable has
    /// for that.
    pub(crate) fn replay(
        &self,
        job: &Job,
        recorded: &End,
        option: &str,
        stop: &AtomicBool,
    ) -> Option<Replayed> {
        if job.clock != ClockKind::Native {
            return None;
        }
        let measured = self.replay_once(job, recorded, option, stop);
        let (wall, peak) = match measured {
            Ok((wall_ns, peak_bytes)) => (Ok(wall_ns), Ok(peak_bytes)),
            Err(why) => (Err(why.clone()), Err(why)),
        };
        Some([
            (Criterion::ReplayWall, wall),
            (Criterion::ReplayMemory, peak),
        ])
    }

    /// Wall time in nanoseconds and greatest resident memory in bytes.
    fn replay_once(
        &self,
        job: &Job,
        recorded: &End,
        option: &str,
        stop: &AtomicBool,
    ) -> Result<(f64, f64), String> {
        let executable = job.command.first().cloned().unwrap_or_default();
        let file = self.recording().display().to_string();
        let again = Job {
            command: vec![executable, option.to_owned(), file],
            jit_log: None,
            recording: None,
            ..job.clone()
        };
        let begin = Instant::now();
        let mut child = self
            .spawn(&again, &PathBuf::new())
            .map_err(|end| format!("its replay was not started: {end:?}"))?;
        // Nobody reads what it says; a closed pipe ends no replay.
        drop((child.stdout.take(), child.stderr.take()));
        let pid = Pid::from_child(&child);
        let watched = watch(pid, begin, &again, stop);
        // It may have left nothing behind.
        kill_process_group(pid, Signal::KILL).ok();
        let waited = child.wait4();
        let ended = end(watched.stopped.clone(), waited.as_ref());
        if ended != *recorded {
            return Err(format!(
                "it ended with {recorded:?} and its replay with {ended:?}"
            ));
        }
        Ok((watched.wall.as_nanos() as f64, watched.peak_bytes as f64))
    }
}
