//! Units of other tools: what each is of, and how much of ours.

use model::Criterion;

/// Name, criterion, and how many of its units (nanoseconds, bytes) one is.
const TABLE: [(&str, Criterion, f64); 14] = [
    ("s", Criterion::Wall, 1e9),
    ("sec", Criterion::Wall, 1e9),
    ("second", Criterion::Wall, 1e9),
    ("seconds", Criterion::Wall, 1e9),
    ("ms", Criterion::Wall, 1e6),
    ("msec", Criterion::Wall, 1e6),
    ("milliseconds", Criterion::Wall, 1e6),
    ("us", Criterion::Wall, 1e3),
    ("microseconds", Criterion::Wall, 1e3),
    ("ns", Criterion::Wall, 1.0),
    ("nanoseconds", Criterion::Wall, 1.0),
    ("byte", Criterion::PeakMemory, 1.0),
    ("bytes", Criterion::PeakMemory, 1.0),
    ("kb", Criterion::PeakMemory, 1024.0),
];

/// What a unit measures; `None` for one that is not known here.
pub(crate) fn unit(name: &str) -> Option<(Criterion, f64)> {
    let name = name.trim().to_ascii_lowercase();
    let row = TABLE.iter().find(|row| row.0 == name)?;
    Some((row.1.clone(), row.2))
}
