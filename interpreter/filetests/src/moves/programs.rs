//! Programs that are run plainly, recorded and replayed, for what each takes.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::limit::Limit;
use super::size::size_of;

/// A program that reads a file in large pieces, and then a hundred thousand small ones, with a look at
/// the clock after each.
const READER: &str = "\
import sys, time
total = 0
with open(sys.argv[1], 'rb') as file:
    while piece := file.read(1 << 16):
        total += len(piece)
with open(sys.argv[1], 'rb', buffering=0) as file:
    for _ in range(100_000):
        total += len(file.read(100))
        time.perf_counter()
print(total)
";
/// What it reads in the small pieces.
const SMALL_BYTES: f64 = 100.0 * 100_000.0;

/// How often one looks whether a program has ended.
const PAUSE: Duration = Duration::from_millis(1);
/// How often its size is asked for: the system holds the program up meanwhile.
const SIZE_PAUSE: Duration = Duration::from_millis(50);

/// What a long run of a program took.
pub(super) struct Taken {
    pub(super) seconds: f64,
    /// Its greatest proportional size.
    pub(super) bytes: u64,
}

/// How a program is run.
#[derive(Clone, Copy)]
pub(super) enum How<'a> {
    Plainly,
    Recorded(&'a Path),
}

/// The executables: the one that records, and the one that its runs are compared with.
pub(super) struct Executables {
    pub(super) krait: PathBuf,
    pub(super) plain: PathBuf,
    pub(super) limit: Limit,
}

impl Executables {
    /// Runs a program to its end, in so many seconds.
    pub(super) fn run(
        &self,
        script: &Path,
        words: &[OsString],
        how: How<'_>,
    ) -> Result<f64, String> {
        self.finish(self.command(script, words, how), PAUSE, |_| ())
    }

    /// Runs a program that takes long, and asks for its size on the way.
    pub(super) fn run_sized(
        &self,
        script: &Path,
        words: &[OsString],
        how: How<'_>,
    ) -> Result<Taken, String> {
        let mut bytes = 0;
        let command = self.command(script, words, how);
        let seconds = self.finish(command, SIZE_PAUSE, |process| {
            bytes = bytes.max(size_of(process).unwrap_or(0));
        })?;
        Ok(Taken { seconds, bytes })
    }

    /// Replays without stopping, and compares; in so many seconds.
    pub(super) fn replay(&self, log: &Path) -> Result<f64, String> {
        let mut command = Command::new(&self.krait);
        command.arg("--check").arg(log);
        self.finish(command, PAUSE, |_| ())
    }

    fn command(&self, script: &Path, words: &[OsString], how: How<'_>) -> Command {
        let mut command = match how {
            How::Plainly => Command::new(&self.plain),
            How::Recorded(log) => {
                let mut command = Command::new(&self.krait);
                command.arg("--record").arg(log);
                command
            }
        };
        command.arg(script).args(words);
        command
    }

    /// Waits for a program's end, and has a look at the process every now and then.
    fn finish(
        &self,
        mut command: Command,
        pause: Duration,
        mut look: impl FnMut(u32),
    ) -> Result<f64, String> {
        let shown = format!("{command:?}");
        command.stdin(Stdio::null()).stdout(Stdio::null());
        let began = Instant::now();
        let mut child = command.spawn().map_err(|e| format!("{shown}: {e}"))?;
        let status = loop {
            look(child.id());
            if let Some(status) = child.try_wait().map_err(|e| e.to_string())? {
                break status;
            }
            if let Err(passed) = self.limit.left(&shown) {
                // Whatever comes of that, nobody waits any longer.
                let _ = child.kill();
                let _ = child.wait();
                return Err(passed);
            }
            std::thread::sleep(pause);
        };
        match status.success() {
            true => Ok(began.elapsed().as_secs_f64()),
            false => Err(format!("{shown} failed: {status}")),
        }
    }
}

/// What recording costs a program that reads.
pub(super) struct Reading {
    /// Times the plain run.
    pub(super) times: f64,
    /// The log's length, times the bytes read.
    pub(super) log_part: f64,
}

/// Records a program that reads a file of so many bytes, `rounds` times in turn with a plain run, of
/// which the fastest count. What was written before goes to the disk first: a file cannot be
/// written faster than the disk takes what others have left to be written.
pub(super) fn reading(
    executables: &Executables,
    folder: &Path,
    bytes: usize,
    rounds: usize,
) -> Result<Reading, String> {
    let explain = |e: std::io::Error| format!("cannot write what is to be read: {e}");
    let (script, data) = (folder.join("reader.py"), folder.join("data"));
    fs::write(&script, READER).map_err(explain)?;
    fs::write(&data, noise(bytes)).map_err(explain)?;
    let log = folder.join("reader.rdb");
    let words = [data.as_os_str().to_owned()];
    let (mut plain, mut recorded) = (f64::INFINITY, f64::INFINITY);
    let mut log_bytes = 0;
    for _ in 0..rounds {
        rustix::fs::sync();
        let taken = executables.run(&script, &words, How::Plainly)?;
        plain = plain.min(taken);
        let taken = executables.run(&script, &words, How::Recorded(&log))?;
        recorded = recorded.min(taken);
        eprintln!("{plain:9.3} s plainly, {recorded:.3} s recorded: a reader");
        log_bytes = fs::metadata(&log).map_or(0, |data| data.len());
        fs::remove_file(&log).map_err(explain)?;
    }
    fs::remove_file(data).map_err(explain)?;
    Ok(Reading {
        times: recorded / plain,
        log_part: log_bytes as f64 / (bytes as f64 + SMALL_BYTES),
    })
}

/// Bytes that nothing compresses.
fn noise(count: usize) -> Vec<u8> {
    let mut state: u64 = 1;
    let words = (0..count / 8).flat_map(|_| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state ^ state >> 29).to_le_bytes()
    });
    words.collect()
}
