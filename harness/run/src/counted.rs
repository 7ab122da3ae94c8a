//! What a tool that counts instructions wrote down of a process.
//!
//! The tool stands before the executable on the command line and writes into a file of a fixed name
//! in the folder in which the process runs. The text may be cut short, if the process was killed
//! while it was written, or be the process's own: a count is one that is there whole and above zero.

use std::fs;
use std::io::Read;
use std::path::Path;

use model::ClockKind;

/// Callgrind's log of a long run with many warnings is some kilobytes.
const FILE_BYTES: u64 = 1 << 20;

/// What begins callgrind's line of totals, after the number of the process.
const COLLECTED: &str = "Collected :";

/// The count, or why there is none; `None` under a clock that takes none.
pub(crate) fn read(clock: ClockKind, path: &Path) -> Option<Result<f64, String>> {
    let parse: fn(&str) -> Option<f64> = match clock {
        ClockKind::Native | ClockKind::QemuWall => return None,
        ClockKind::Callgrind => callgrind,
        ClockKind::GuestInstructions => number,
    };
    Some(match text_in(path) {
        Some(text) => parse(&text).ok_or_else(|| {
            let last = text.lines().next_back().unwrap_or_default();
            let last: String = last.chars().take(200).collect();
            format!("the tool that counts ended without a count; it said last: {last}")
        }),
        None => Err("the tool that counts wrote nothing".to_owned()),
    })
}

fn text_in(path: &Path) -> Option<String> {
    let mut bytes = Vec::new();
    let file = fs::File::open(path).ok()?;
    file.take(FILE_BYTES).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// The first total of the line: the instructions. Of several lines the last one counts.
fn callgrind(log: &str) -> Option<f64> {
    let mut lines = log.lines().rev();
    let (_, totals) = lines.find_map(|line| line.split_once(COLLECTED))?;
    number(totals.split_whitespace().next()?)
}

fn number(text: &str) -> Option<f64> {
    let count: u64 = text.trim().parse().ok()?;
    (count > 0).then_some(count as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_is_whole_or_absent_with_a_reason() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("counted");
        let of = |clock, text: &str| {
            fs::write(&path, text).unwrap();
            read(clock, &path).unwrap()
        };
        let log =
            "==7== Events    : Ir\n==7== Collected : 126233\n==7== \n==7== I   refs:  126,233\n";
        assert_eq!(of(ClockKind::Callgrind, log), Ok(126_233.0));
        assert_eq!(of(ClockKind::GuestInstructions, "42\n"), Ok(42.0));
        for cut in [
            "",
            "==7== Events    : Ir",
            "==7== Collected : ",
            "==7== Collected : 0\n",
        ] {
            let why = of(ClockKind::Callgrind, cut).unwrap_err();
            assert!(why.contains("without a count"), "{why}");
        }
        for bad in ["", "0", "-1", "NaN", "1e9", "99999999999999999999"] {
            assert!(of(ClockKind::GuestInstructions, bad).is_err(), "{bad}");
        }
        fs::write(&path, vec![0xff; 3_000_000]).unwrap();
        let why = read(ClockKind::Callgrind, &path).unwrap().unwrap_err();
        assert!(why.len() < 1_000, "{why}");
        fs::remove_file(&path).unwrap();
        assert!(read(ClockKind::Callgrind, &path).unwrap().is_err());
        assert_eq!(read(ClockKind::Native, &path), None);
    }
}
