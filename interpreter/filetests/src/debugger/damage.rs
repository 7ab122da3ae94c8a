//! Recordings that are damaged, or whose surroundings are no longer what they were.

use std::fs;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use super::{Bench, COUNTED, COUNTING, Outcome, Recording, has, has_not, text, told};
use crate::launch::{End, Finished};

/// Where the header's text begins in a log.
const HEADER_AT: usize = 16;

impl Bench<'_> {
    /// A log with other bytes, beside its script.
    fn altered(&self, recording: &Recording, bytes: &[u8]) -> Result<Recording, String> {
        let log = self.write("altered.rdb", bytes)?;
        let _ = fs::remove_file(self.path("altered.rdb.session"));
        Recording::of(log, recording.script.clone())
    }

    fn check(&self, recording: &Recording) -> Result<Finished, String> {
        let finished = self.launch(&["--check", text(&recording.log)])?;
        recording.unaltered()?;
        Ok(finished)
    }
}

pub(super) fn cut(bench: &Bench) -> Outcome {
    let whole = bench.record("counting", COUNTING)?;
    let output = bench.check(&whole)?.stdout;
    has(&String::from_utf8_lossy(&output), &[COUNTED])?;
    let length = whole.bytes.len();
    let mut shown = 0;
    for part in 1..24 {
        let cut = bench.altered(&whole, &whole.bytes[..length * part / 24])?;
        let finished = bench.check(&cut)?;
        let text = told(&finished);
        match finished.end {
            // Within the header there is no recording yet.
            End::Exit(2) => has(&text, &["altered.rdb"])?,
            End::Exit(0) => {
                if !output.starts_with(&finished.stdout) {
                    return Err(format!("another output of a cut log:\n{text}"));
                }
                // Where all is shown, only the index may be cut, which serves no replay.
                if finished.stdout != output {
                    has(&text, &["the recording ends here"])?;
                }
                shown += usize::from(!finished.stdout.is_empty());
            }
            end => return Err(format!("{end} of a cut log\n{text}")),
        }
    }
    if shown == 0 {
        return Err(String::from("no cut log showed any output"));
    }
    let cut = bench.altered(&whole, &whole.bytes[..length * 3 / 4])?;
    let session = bench.session(&cut, &["go end", "p 6 * 7", "go start"])?;
    has(
        &session,
        &[
            "[end of the recording: the recording ends here",
            "42",
            "line 1 in",
        ],
    )
}

/// Reads much, so that blocks wait to be written when it is killed, and shows how far it is.
const READING: &str = "\
import sys
for number in range(10_000_000):
    with open(sys.argv[1], 'rb') as file:
        contents = file.read()
    print(number, len(contents), flush=True)
";
/// After how long the recorder is killed at most.
const KILL_MS: u32 = 900;

pub(super) fn killed(bench: &Bench) -> Outcome {
    let script = bench.write("reading.py", READING.as_bytes())?;
    let mut state: u32 = 7;
    let mut noise = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state >> 16
    };
    let contents: Vec<u8> = (0..300_000).map(|_| noise() as u8).collect();
    let file = bench.write("contents", &contents)?;
    let (mut shown, mut replayed) = (0, 0);
    let kills = bench.setup.kills;
    for _ in 0..2 * kills {
        if replayed == kills {
            break;
        }
        let log = bench.path("killed.rdb");
        // There may be one of the run before, or none.
        let _ = fs::remove_file(&log);
        let mut child = Command::new(&bench.setup.words[0])
            .args(&bench.setup.words[1..])
            .arg("--record")
            .args([&log, &script, &file])
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|e| format!("cannot start the recorder: {e}"))?;
        thread::sleep(Duration::from_millis(u64::from(noise() % KILL_MS)));
        child.kill().map_err(|e| format!("cannot kill: {e}"))?;
        let seen = child.wait_with_output().map_err(|e| e.to_string())?.stdout;
        if !log.exists() {
            continue;
        }
        let recording = Recording::of(log, script.clone())?;
        let finished = bench.check(&recording)?;
        let text = told(&finished);
        match finished.end {
            End::Exit(0) if finished.stdout.starts_with(but_the_last(&seen)) => {
                has(&text, &["the recording ends here"])?;
                shown += seen.len();
                replayed += 1;
            }
            // It was killed before it had written a header.
            End::Exit(2) if seen.is_empty() => {}
            end => {
                let seen = String::from_utf8_lossy(&seen);
                return Err(format!("{end} after this was seen:\n{seen}{text}"));
            }
        }
    }
    match (shown, replayed) {
        (0, _) => Err(String::from(
            "no recorder lived long enough to show anything",
        )),
        (_, replayed) if replayed < kills => Err(format!(
            "only {replayed} recorders lived long enough to leave a log"
        )),
        _ => Ok(()),
    }
}

/// All lines but the last: the answer to its write is logged after it was seen.
fn but_the_last(lines: &[u8]) -> &[u8] {
    let body = lines.strip_suffix(b"\n").unwrap_or(lines);
    let end = body.iter().rposition(|&byte| byte == b'\n');
    &body[..end.map_or(0, |at| at + 1)]
}

pub(super) fn flipped(bench: &Bench) -> Outcome {
    let whole = bench.record("counting", COUNTING)?;
    let output = bench.check(&whole)?.stdout;
    let length = whole.bytes.len();
    let mut damaged = 0;
    for place in (0..length - 16).step_by((length / 60).max(1)) {
        let mut bytes = whole.bytes.clone();
        bytes[place] ^= 1 << (place % 8);
        let flipped = bench.altered(&whole, &bytes)?;
        let finished = bench.check(&flipped)?;
        let text = told(&finished);
        has_not(&text, "bug of krait")?;
        match finished.end {
            End::Exit(2) => has(&text, &["altered.rdb"])?,
            End::Exit(3) => {
                has(&text, &["the log is damaged at byte"])?;
                damaged += 1;
            }
            // The index serves no replay.
            End::Exit(0) if finished.stdout == output => {}
            end => return Err(format!("{end} where byte {place} is flipped\n{text}")),
        }
        if finished.end != End::Exit(2) && !output.starts_with(&finished.stdout) {
            return Err(format!(
                "another output where byte {place} is flipped\n{text}"
            ));
        }
    }
    match damaged {
        0 => Err(String::from("no flipped bit was found in the blocks")),
        _ => Ok(()),
    }
}

pub(super) fn foreign(bench: &Bench) -> Outcome {
    let folder = bench.path("folder");
    fs::create_dir(&folder).map_err(|e| e.to_string())?;
    let whole = bench.record("counting", COUNTING)?;
    // The version, then a header that its checksum does not fit.
    let mut header = whole.bytes[..12].to_vec();
    header.extend(b"\x04\0\0\0{}{}abcd");
    let cases = [
        (bench.write("empty.rdb", b"")?, "is empty"),
        (
            bench.write(
                "foreign.rdb",
                b"#!/bin/sh\necho not a log, and long enough\n",
            )?,
            "is no recording",
        ),
        (bench.write("short.rdb", b"KRAIT")?, "is no recording"),
        (
            bench.write("version.rdb", b"KRAITRDB\xff\0\0\0\0\0\0\0")?,
            "has format 255",
        ),
        (
            bench.write("header.rdb", header)?,
            "is damaged in its header",
        ),
        (bench.path("missing.rdb"), "cannot read"),
        (folder, "is no recording"),
    ];
    for (path, message) in cases {
        for option in ["--replay", "--check"] {
            let finished = bench.launch(&[option, text(&path)])?;
            let said = told(&finished);
            has(&said, &[text(&path)])?;
            has(&said, &[message])?;
            if finished.end != End::Exit(2) {
                return Err(format!("{} of {}\n{said}", finished.end, path.display()));
            }
        }
    }
    Ok(())
}

pub(super) fn other_build(bench: &Bench) -> Outcome {
    let whole = bench.record("counting", COUNTING)?;
    let length = u32::from_le_bytes([12, 13, 14, 15].map(|at| whole.bytes[at])) as usize;
    let header = String::from_utf8_lossy(&whole.bytes[HEADER_AT..HEADER_AT + length]).into_owned();
    let value = |name: &str| {
        let begin = header.find(&format!("\"{name}\":\""))? + name.len() + 4;
        header[begin..].split('"').next().map(str::to_owned)
    };
    let (Some(build), Some(target)) = (value("build"), value("target")) else {
        return Err(format!("no build and target in {header}"));
    };
    for (old, new) in [(&build, "77-deadbeef"), (&target, "pdp11")] {
        let other = header.replace(old.as_str(), new);
        let mut bytes = whole.bytes[..12].to_vec();
        bytes.extend((other.len() as u32).to_le_bytes());
        bytes.extend(other.bytes());
        bytes.extend(crc32fast::hash(other.as_bytes()).to_le_bytes());
        bytes.extend(&whole.bytes[HEADER_AT + length + 4..]);
        let altered = bench.altered(&whole, &bytes)?;
        for option in ["--replay", "--check"] {
            let finished = bench.launch(&[option, text(&altered.log)])?;
            altered.unaltered()?;
            let said = told(&finished);
            if finished.end != End::Exit(2) {
                return Err(format!("{}\n{said}", finished.end));
            }
            has(&said, &["was recorded by another build", new])?;
            has(
                &said,
                &[
                    build.as_str(),
                    target.as_str(),
                    "use the krait that made it",
                ],
            )?;
        }
    }
    Ok(())
}

/// A program that asks for much that does not compress.
const THIRSTY: &str = "\
import os
for _ in range(400):
    os.urandom(1000)
    print('asked', flush=True)
print('done', flush=True)
";

pub(super) fn disk_full(bench: &Bench) -> Outcome {
    let finished = bench.launch(&["--record", "/dev/full", "-c", "print('ran')"])?;
    let said = told(&finished);
    has(&said, &["/dev/full", "choose another file"])?;
    has_not(&said, "ran\n")?;
    if finished.end != End::Exit(2) {
        return Err(format!("{} of /dev/full", finished.end));
    }
    // A file may not grow beyond so many blocks of 512 bytes: the same as a disk that is full.
    let script = bench.write("thirsty.py", THIRSTY)?;
    let log = bench.path("thirsty.rdb");
    let output = Command::new("/bin/sh")
        .args(["-c", "ulimit -f 300; exec \"$@\"", "sh"])
        .args(&bench.setup.words)
        .args(["--record", text(&log), text(&script)])
        .output()
        .map_err(|e| e.to_string())?;
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.code() != Some(0) || !output.stdout.ends_with(b"done\n") {
        return Err(format!(
            "{:?} where the disk is full\n{said}",
            output.status
        ));
    }
    has(
        &said,
        &[
            "the recording",
            "thirsty.rdb",
            "ends here, the program goes on",
        ],
    )?;
    let recording = Recording::of(log, script)?;
    let checked = bench.check(&recording)?;
    has(&told(&checked), &["the recording ends here"])?;
    let session = bench.session(&recording, &["go end", "p _", "p 6 * 7"])?;
    has(&session, &["[end of the recording", "42"])
}

pub(super) fn sources(bench: &Bench) -> Outcome {
    let recording = bench.record("counting", COUNTING)?;
    let line = "fill(boxes, 3)";
    let go = ["break fill", "continue", "up", "list"];
    let session = bench.session(&recording, &go)?;
    has(&session, &[line])?;
    has_not(&session, "recorded lines")?;
    bench.write("counting.py", "print('something else')\n")?;
    let changed = bench.session(&recording, &["list"])?;
    has(
        &changed,
        &[
            "the file has changed since; these are the recorded lines",
            line,
        ],
    )?;
    has_not(&changed, "something else")?;
    fs::remove_file(&recording.script).map_err(|e| e.to_string())?;
    let gone = bench.session(&recording, &["list"])?;
    has(
        &gone,
        &["the file is gone; these are the recorded lines", line],
    )
}
