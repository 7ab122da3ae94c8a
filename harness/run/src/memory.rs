//! Resident memory of a process that runs, and of the group it leads, as the kernel tells it.
//!
//! To count a group is to read a line of every process of the machine, which on one with a thousand
//! costs more than all else that is done while a benchmark runs. The kernel tells the number it gave
//! out last: a leader that was found alone is alone for as long as that stays the same.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::Path;

use rustix::process::Pid;

/// Resident memory of a process.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Memory {
    pub(crate) now_bytes: u64,
    pub(crate) peak_bytes: u64,
}

/// `None` once the process is gone.
pub(crate) fn resident(folder: &Path) -> Option<Memory> {
    let status = fs::read_to_string(folder.join("status")).ok()?;
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        let kib: u64 = line.trim_end_matches("kB").trim().parse().ok()?;
        Some(kib * 1024)
    };
    Some(Memory {
        now_bytes: field("VmRSS:")?,
        peak_bytes: field("VmHWM:")?,
    })
}

/// Resident memory now, from a process' `statm`: a line of numbers, which costs the kernel a tenth of
/// the readable form. The file stays open, since to open it costs more than to read it; once the
/// process is gone nothing is read.
pub(crate) fn resident_now(pages: &File) -> Option<u64> {
    let mut line = [0; 128];
    let length = pages.read_at(&mut line, 0).ok()?;
    let text = std::str::from_utf8(&line[..length]).ok()?;
    let pages: u64 = text.split_whitespace().nth(1)?.parse().ok()?;
    Some(pages * rustix::param::page_size() as u64)
}

/// The processes of a group, its leader's descendants unless they left it.
#[derive(Debug)]
pub(crate) struct Group {
    leader: Pid,
    /// The number the kernel had given out last when the leader was last seen to be alone.
    alone_at: Option<u32>,
}

impl Group {
    pub(crate) fn led_by(leader: Pid) -> Group {
        Group {
            leader,
            alone_at: None,
        }
    }

    /// Resident memory of all of them; zero if the leader is known to be alone still.
    pub(crate) fn resident_bytes(&mut self) -> u64 {
        let newest = newest_process();
        if newest.is_some() && newest == self.alone_at {
            return 0;
        }
        let members = self.members();
        self.alone_at = newest.filter(|_| members.len() <= 1);
        members.iter().map(|memory| memory.now_bytes).sum()
    }

    fn members(&self) -> Vec<Memory> {
        let Ok(processes) = fs::read_dir("/proc") else {
            return Vec::new();
        };
        let is_number = |name: &str| name.starts_with(|c: char| c.is_ascii_digit());
        processes
            .flatten()
            .filter(|entry| is_number(&entry.file_name().to_string_lossy()))
            .filter(|entry| group_of(&entry.path()) == Some(self.leader.as_raw_nonzero().get()))
            .filter_map(|entry| resident(&entry.path()))
            .collect()
    }
}

/// The number of the process or thread that was started last on this machine: the last field of
/// `loadavg`.
fn newest_process() -> Option<u32> {
    let line = fs::read_to_string("/proc/loadavg").ok()?;
    line.split_whitespace().next_back()?.parse().ok()
}

/// The fifth field of `stat`; the second, a name in parentheses, may hold anything.
fn group_of(folder: &Path) -> Option<i32> {
    let stat = fs::read_to_string(folder.join("stat")).ok()?;
    stat.rsplit_once(')')?
        .1
        .split_whitespace()
        .nth(2)?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::CommandExt;
    use std::process::{Child, Command, Stdio};
    use std::thread;
    use std::time::{Duration, Instant};

    use super::*;

    /// A shell that leads a group and does this.
    fn leader(script: &str) -> (Child, Group) {
        let child = Command::new("/bin/sh")
            .args(["-c", script])
            .process_group(0)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let group = Group::led_by(Pid::from_child(&child));
        (child, group)
    }

    /// Asks until the group has so many members, for ten seconds at most.
    fn await_members(group: &Group, count: usize) -> bool {
        let begin = Instant::now();
        while begin.elapsed() < Duration::from_secs(10) {
            if group.members().len() == count {
                return true;
            }
            thread::sleep(Duration::from_millis(5));
        }
        false
    }

    #[test]
    fn a_leader_that_starts_a_process_later_is_alone_no_more() {
        let (mut child, mut group) = leader("read line; sleep 60 & wait");
        assert!(await_members(&group, 1));
        let alone_bytes = group.resident_bytes();
        assert!(alone_bytes > 0, "counted when it is not known to be alone");
        drop(child.stdin.take());
        assert!(await_members(&group, 2));
        assert!(group.resident_bytes() > alone_bytes, "both are counted");
        assert_eq!(group.alone_at, None);
        rustix::process::kill_process_group(group.leader, rustix::process::Signal::KILL).unwrap();
        child.wait().unwrap();
    }

    #[test]
    fn a_new_process_anywhere_has_the_group_counted_again() {
        let (mut child, mut group) = leader("read line");
        assert!(await_members(&group, 1));
        group.resident_bytes();
        let told = group.alone_at.expect("it is alone");
        Command::new("/bin/true").status().unwrap();
        assert_ne!(newest_process(), Some(told));
        assert!(group.resident_bytes() > 0);
        drop(child.stdin.take());
        child.wait().unwrap();
    }
}
