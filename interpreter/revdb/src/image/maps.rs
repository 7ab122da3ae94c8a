//! Ranges of a process's addresses: those that belong to its images, how two lists of them differ, and
//! how all else lies, which an image has to find as it was.

use super::memory::Region;
use std::fs;
use std::io;
use std::ops::Range;
use std::os::unix::fs::MetadataExt;

/// A range of addresses.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(C)]
pub(super) struct Mapping {
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) protection: u64,
    /// 1 if it is of a file.
    pub(super) is_file: u64,
}

impl Mapping {
    pub(super) fn words(&self) -> [u64; 4] {
        [self.start, self.end, self.protection, self.is_file]
    }

    pub(super) fn from_words([start, end, protection, is_file]: [u64; 4]) -> Mapping {
        Mapping {
            start,
            end,
            protection,
            is_file,
        }
    }

    pub(super) fn is_data(&self) -> bool {
        const BOTH: u64 = (libc::PROT_READ | libc::PROT_WRITE) as u64;
        self.protection & BOTH == BOTH
    }

    /// What of it lies below a range and above it.
    pub(super) fn without(&self, range: Range<u64>) -> [Option<Mapping>; 2] {
        let below = self.start..self.end.min(range.start);
        let above = self.start.max(range.end)..self.end;
        [below, above].map(|part| {
            (!part.is_empty()).then_some(Mapping {
                start: part.start,
                end: part.end,
                ..*self
            })
        })
    }
}

/// A hexadecimal number at the beginning of a text, and what follows.
fn number(text: &[u8]) -> (u64, &[u8]) {
    let digit = |c: &u8| (*c as char).to_digit(16);
    let length = text.iter().take_while(|c| digit(c).is_some()).count();
    let digits = text[..length].iter().filter_map(digit);
    let value = digits.fold(0, |value, digit| value << 4 | u64::from(digit));
    (value, &text[length..])
}

/// A line of `/proc/self/maps`, if it is of memory that belongs to images.
pub(super) fn mapping_of(line: &[u8]) -> Option<Mapping> {
    let (start, rest) = number(line);
    let (end, rest) = number(rest.get(1..)?);
    let [read, write, execute, kind] = *rest.get(1..)?.first_chunk()?;
    let mut words = rest.get(6..)?.split(|c| *c == b' ');
    let (_offset, _device, inode) = (words.next()?, words.next()?, words.next()?);
    let name = words.find(|word| !word.is_empty()).unwrap_or_default();
    let is_file = inode != b"0";
    let protection = [
        (read == b'r', libc::PROT_READ),
        (write == b'w', libc::PROT_WRITE),
        (execute == b'x', libc::PROT_EXEC),
    ];
    let protection = protection.into_iter().filter(|(has, _)| *has);
    let of_system = name.starts_with(b"[v");
    let is_ours = kind == b'p' && !of_system && (!is_file || write == b'w');
    is_ours.then_some(Mapping {
        start,
        end,
        protection: protection.fold(0, |all, (_, one)| all | one as u64),
        is_file: is_file.into(),
    })
}

/// Calls `f` with the longest ranges on which both lists are of one kind.
pub(super) fn for_each_part(
    own: &[Mapping],
    wanted: &[Mapping],
    f: &mut dyn FnMut(u64, u64, Option<&Mapping>, Option<&Mapping>) -> Result<(), i32>,
) -> Result<(), i32> {
    let (mut own, mut wanted) = (own.iter().peekable(), wanted.iter().peekable());
    let mut at = 0;
    loop {
        own.next_if(|mapping| mapping.end <= at);
        wanted.next_if(|mapping| mapping.end <= at);
        let both = [own.peek().copied(), wanted.peek().copied()];
        let bounds = both.iter().flatten().flat_map(|m| [m.start, m.end]);
        let Some(next) = bounds.filter(|bound| *bound > at).min() else {
            return Ok(());
        };
        let [own_here, wanted_here] = both.map(|mapping| mapping.filter(|m| m.start <= at));
        f(at, next, own_here, wanted_here)?;
        at = next;
    }
}

thread_local! {
    /// Lies in the thread's own memory, as the allocator's and the system library's variables do.
    static OWN: u8 = const { 0 };
}

/// See [`super::layout`]; an error where it is not known.
pub(crate) fn layout() -> io::Result<String> {
    let maps = fs::read("/proc/self/maps")?;
    let lines = maps.split(|c| *c == b'\n');
    let fixed = lines.filter(|line| !line.is_empty() && mapping_of(line).is_none());
    let mut layout = String::new();
    for line in fixed {
        let line = String::from_utf8_lossy(line);
        let words: Vec<&str> = line.split_whitespace().collect();
        layout.push_str(&words.join(" "));
        // The file may have been replaced in its place.
        if let Some(path) = words.get(5).filter(|name| name.starts_with('/'))
            && let Ok(data) = fs::metadata(path)
        {
            layout.push_str(&format!(" {} {}", data.len(), data.mtime()));
        }
        layout.push('\n');
    }
    let region = Region::base();
    let own = OWN.with(|own| &raw const *own as usize);
    layout.push_str(&format!("region {region:x} own {own:x}\n"));
    let system = rustix::system::uname();
    let system =
        [system.release(), system.version()].map(|text| text.to_string_lossy().into_owned());
    layout.push_str(&system.join(" "));
    let processor = fs::read_to_string("/proc/cpuinfo")?;
    const SAID: [&str; 8] = [
        "model name",
        "flags",
        "Features",
        "CPU part",
        "isa",
        "cpu",
        "features",
        "processor 0",
    ];
    for line in processor.lines() {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        if SAID.contains(&name.trim()) && !layout.contains(value) {
            layout.push_str(value);
        }
    }
    Ok(layout)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_maps_are_read() {
        let line = b"55d0a000-55d0c000 rw-p 00001000 fe:01 1234    /bin/krait";
        let mapping = mapping_of(line).unwrap();
        assert_eq!((mapping.start, mapping.end), (0x55d0_a000, 0x55d0_c000));
        assert!(mapping.is_data() && mapping.is_file == 1);
        assert!(mapping_of(b"1000-2000 r-xp 00000000 fe:01 1234    /bin/krait").is_none());
        assert!(mapping_of(b"1000-2000 r--p 00000000 00:00 0     [vvar]").is_none());
        assert!(mapping_of(b"1000-2000 rw-s 00000000 00:00 0").is_none());
        let heap = mapping_of(b"1000-2000 rw-p 00000000 00:00 0     [heap]").unwrap();
        assert!(heap.is_data() && heap.is_file == 0);
        let guard = mapping_of(b"1000-2000 ---p 00000000 00:00 0 ").unwrap();
        assert!(!guard.is_data());
        assert!(mapping_of(b"").is_none());
    }

    #[test]
    fn a_range_is_cut_out_of_mappings() {
        let mapping = |start, end| Mapping {
            start,
            end,
            protection: 3,
            is_file: 0,
        };
        let cut = |start, end| mapping(start, end).without(20..30);
        assert_eq!(cut(5, 10), [Some(mapping(5, 10)), None]);
        assert_eq!(cut(5, 20), [Some(mapping(5, 20)), None]);
        assert_eq!(cut(5, 25), [Some(mapping(5, 20)), None]);
        assert_eq!(cut(5, 35), [Some(mapping(5, 20)), Some(mapping(30, 35))]);
        assert_eq!(cut(20, 30), [None, None]);
        assert_eq!(cut(25, 35), [None, Some(mapping(30, 35))]);
        assert_eq!(cut(30, 35), [None, Some(mapping(30, 35))]);
    }

    #[test]
    fn ranges_are_parted_where_either_list_changes() {
        let range = |start, end, protection| Mapping {
            start,
            end,
            protection,
            is_file: 0,
        };
        let own = [range(10, 30, 3), range(30, 40, 0), range(60, 70, 3)];
        let wanted = [range(20, 35, 3), range(50, 80, 3)];
        let mut parts = Vec::new();
        for_each_part(&own, &wanted, &mut |start, end, own, wanted| {
            if own.is_some() || wanted.is_some() {
                parts.push((start, end, own.is_some(), wanted.is_some()));
            }
            Ok(())
        })
        .unwrap();
        let expected = [
            (10, 20, true, false),
            (20, 30, true, true),
            (30, 35, true, true),
            (35, 40, true, false),
            (50, 60, false, true),
            (60, 70, true, true),
            (70, 80, false, true),
        ];
        assert_eq!(parts, expected);
    }
}
