//! Changes over months: found, named, and followed until somebody has dealt with them.
//!
//! A change that nobody confirmed, fixed or accepted is told again every night; one that was is
//! not. So a finding has a state. It is *new* while only few nights support it, then *confirmed*;
//! it is *fixed* once a later change takes the level back; and a maintainer may *accept* it, with
//! a reason, which is kept beside the store. Samples stay as they are: a state is an opinion on
//! them, and removing the file removes no measurement.
//!
//! A finding is known by its series, its direction and the run that it begins with. More nights
//! may move that by a night or two; what was said of it counts within [`NEAR`] runs.

use serde::{Deserialize, Serialize};
use stats::steps::{Change, Kind, Rule, changes};

use crate::measure::{Followed, Measure};

/// Nights after a change from which on it is confirmed.
pub const CONFIRMED_NIGHTS: usize = 7;
/// Runs by which the beginning of a known change may move.
pub const NEAR: usize = 3;
/// A later change that takes back so much of it, in logarithms, has fixed it.
const TAKEN_BACK: f64 = 0.7;

/// The figures of one series, run by run, oldest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    pub followed: Followed,
    /// Which run, as an index into the history's runs, and its figure. Runs in which the series
    /// failed or was not measured are left out.
    pub nights: Vec<(usize, f64)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    Worse,
    Better,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "state")]
pub enum State {
    New,
    Confirmed,
    /// By the change that begins with this run.
    Fixed {
        by: String,
    },
    Accepted {
        reason: String,
    },
}

impl State {
    pub fn label(&self) -> &'static str {
        match self {
            State::New => "new",
            State::Confirmed => "confirmed",
            State::Fixed { .. } => "fixed",
            State::Accepted { .. } => "accepted",
        }
    }

    /// Whether somebody still has to look at it.
    pub fn is_open(&self) -> bool {
        matches!(self, State::New | State::Confirmed)
    }
}

/// A change in a series.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Short, for the command line.
    pub id: String,
    pub followed: Followed,
    pub kind: Kind,
    pub direction: Direction,
    /// The last run before it and the first after; commits between them are to blame.
    pub before: usize,
    pub after: usize,
    pub change: Change,
    /// How many nights support the new level.
    pub nights_after: usize,
    pub state: State,
}

/// What was said of findings.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    pub accepted: Vec<Accepted>,
    /// Runs that are of a release.
    #[serde(default)]
    pub released: Vec<Released>,
}

impl Kept {
    /// The release that a run is of.
    pub fn release_of(&self, run: &str) -> Option<&str> {
        let found = self.released.iter().find(|one| one.run == run)?;
        Some(&found.name)
    }
}

/// That a run measured what was released.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Released {
    pub run: String,
    /// As people call the release.
    pub name: String,
}

/// That a change is as it should be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Accepted {
    pub series: Followed,
    pub direction: Direction,
    /// The run that it begins with.
    pub run: String,
    pub reason: String,
    /// When it was accepted, RFC 3339.
    pub at: String,
}

/// All changes of all series, oldest first. `runs` are the runs' names.
pub fn findings(series: &[Series], runs: &[String], kept: &Kept, rule: &Rule) -> Vec<Finding> {
    let mut all: Vec<Finding> = series
        .iter()
        .flat_map(|one| of_series(one, runs, kept, rule))
        .collect();
    all.sort_by(|one, other| {
        let key = |finding: &Finding| (finding.after, finding.followed.clone());
        key(one).cmp(&key(other))
    });
    all
}

fn of_series(series: &Series, runs: &[String], kept: &Kept, rule: &Rule) -> Vec<Finding> {
    let figures: Vec<f64> = series.nights.iter().map(|(_, figure)| *figure).collect();
    let told = changes(&figures, rule).unwrap_or_default();
    let run_at = |at: usize| series.nights[at].0;
    told.iter()
        .enumerate()
        .map(|(i, change)| {
            let direction = match change.magnitude > 1.0 {
                true => Direction::Worse,
                false => Direction::Better,
            };
            let after = run_at(change.at);
            let nights_after = change.to - change.at;
            let fixed = taken_back(change, &told[i + 1..]).map(|by| runs[run_at(by.at)].clone());
            let reason = accepted(kept, series, direction, after, runs);
            Finding {
                id: id(&series.followed, &runs[after]),
                followed: series.followed.clone(),
                kind: change.kind,
                direction,
                before: run_at(change.at - 1),
                after,
                change: *change,
                nights_after,
                state: match (reason, fixed) {
                    (Some(reason), _) => State::Accepted { reason },
                    (None, Some(by)) => State::Fixed { by },
                    (None, None) if nights_after < CONFIRMED_NIGHTS => State::New,
                    (None, None) => State::Confirmed,
                },
            }
        })
        .collect()
}

/// The later change after which most of a change is gone.
fn taken_back<'a>(change: &Change, later: &'a [Change]) -> Option<&'a Change> {
    let size = change.magnitude.ln();
    let mut left = size;
    later.iter().find(|next| {
        left += next.magnitude.ln();
        left / size <= 1.0 - TAKEN_BACK
    })
}

fn accepted(
    kept: &Kept,
    series: &Series,
    direction: Direction,
    after: usize,
    runs: &[String],
) -> Option<String> {
    // Between two nights of the series may stand runs of other hosts.
    let night = |run: usize| series.nights.partition_point(|(known, _)| *known < run);
    let near = |entry: &&Accepted| {
        let at = runs.iter().position(|run| *run == entry.run);
        entry.series == series.followed
            && entry.direction == direction
            && at.is_some_and(|at| night(at).abs_diff(night(after)) <= NEAR)
    };
    kept.accepted.iter().find(near).map(|e| e.reason.clone())
}

/// Eight hexadecimal digits of FNV-1a over series and run.
fn id(followed: &Followed, run: &str) -> String {
    let key = &followed.key;
    let words = [
        key.suite.as_str(),
        key.benchmark.as_str(),
        key.executor.as_str(),
        key.target.as_str(),
        key.clock.as_str(),
        &key.host,
        &key.arguments,
        followed.measure.as_str(),
        run,
    ];
    let mut hash = 0x811c_9dc5u32;
    for byte in words.iter().flat_map(|word| word.bytes().chain([0xff])) {
        hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    }
    format!("{hash:08x}")
}

/// The figures of a history as series; `measures` are those wanted.
pub fn series_of(
    runs: &[std::collections::BTreeMap<Followed, f64>],
    measures: &[Measure],
) -> Vec<Series> {
    let mut all: std::collections::BTreeMap<&Followed, Vec<(usize, f64)>> = Default::default();
    for (at, run) in runs.iter().enumerate() {
        for (followed, figure) in run {
            if measures.contains(&followed.measure) {
                all.entry(followed).or_default().push((at, *figure));
            }
        }
    }
    let series = all.into_iter().map(|(followed, nights)| Series {
        followed: followed.clone(),
        nights,
    });
    series.collect()
}
