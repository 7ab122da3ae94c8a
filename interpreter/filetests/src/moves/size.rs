//! What processes take of memory: their *proportional* sizes, in which a page that several have counts
//! in parts.

use std::fs;

/// The proportional size of a process.
pub(super) fn size_of(process: u32) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{process}/smaps_rollup")).ok()?;
    let line = text.lines().find(|line| line.starts_with("Pss:"))?;
    let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes << 10)
}

/// The proportional sizes of a group's processes together.
pub(super) fn group_bytes(group: u32) -> u64 {
    let Ok(entries) = fs::read_dir("/proc") else {
        return 0;
    };
    let processes = entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    processes
        .filter(|&process| group_of(process) == Some(group))
        .filter_map(size_of)
        .sum()
}

fn group_of(process: u32) -> Option<u32> {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // Behind the name, which may hold anything: state, parent, group.
    let (_, behind) = text.rsplit_once(')')?;
    behind.split_whitespace().nth(2)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_in_its_group_and_has_a_size() {
        let own = std::process::id();
        assert!(size_of(own).is_some_and(|bytes| bytes > 100_000));
        assert!(group_of(own).is_some_and(|group| group_bytes(group) > 100_000));
    }
}
