//! The runs that together are an experiment: one for each share of it.
//!
//! An experiment that names hosts is measured in as many runs as machines have a share of it. Each is
//! a run like any other, and is interrupted, gone on with and kept by itself; only whoever looks at
//! the experiment joins them: to each run the newest of every other share. Their series differ in the
//! host, so joining puts columns side by side and compares nothing.
//!
//! *Nights.* Machines do not begin at the same moment, and one may be away for days. A run belongs to
//! the night of the run here that began nearest to it. So what is joined to a run of the past is what
//! was the newest in its night, not what came later; and to the newest run whatever is the newest.

use jiff::Timestamp;
use model::{Experiment, ExperimentName, Host, Run, RunId, Share};
use store::{Store, Stored};

use crate::failure::Failure;
use crate::parallel::in_parallel;
use crate::render;

/// How a run's name tells its time.
pub const TIME_IN_NAME: &str = "%Y%m%dT%H%M%S%.3fZ";
/// Stands before the host in the name of a run that is a host's share; no name has it.
const AT: char = '@';
/// So many headers are read before it is looked whether they are enough.
const AT_ONCE: usize = 64;

/// What the name of a run of a share ends in.
pub fn ending(name: &ExperimentName, share: &Share) -> String {
    match share {
        Share::This => format!("-{name}"),
        Share::Of(host) => format!("-{name}{AT}{host}"),
    }
}

/// Whether runs whose names end so are of any share of an experiment.
pub fn is_of(ending: &str, name: &ExperimentName) -> bool {
    let rest = ending
        .strip_prefix('-')
        .and_then(|rest| rest.strip_prefix(name.as_str()));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(AT))
}

/// Whether runs whose names end so are of a part of an experiment, which is an experiment of a longer
/// name.
fn is_of_part(ending: &str, name: &ExperimentName) -> bool {
    let rest = ending
        .strip_prefix('-')
        .and_then(|rest| rest.strip_prefix(name.as_str()));
    rest.is_some_and(|rest| rest.starts_with('.'))
}

/// The runs of parts of an experiment, the latest first.
pub fn parts_of<'a>(ids: &'a [RunId], name: &ExperimentName) -> impl Iterator<Item = &'a RunId> {
    let is_part = move |id: &&RunId| is_of_part(ending_of(id), name);
    ids.iter().rev().filter(is_part)
}

/// All of a run's name behind the time; nothing, if the name was given otherwise.
pub fn ending_of(id: &RunId) -> &str {
    id.0.find('-').map_or("", |at| &id.0[at..])
}

/// Whether a run's name ends so, and in nothing longer: another name may end in the same.
pub fn has_ending(id: &RunId, ending: &str) -> bool {
    ending_of(id) == ending
}

/// The time in a run's name.
pub fn time(id: &RunId) -> Option<Timestamp> {
    let (text, _) = id.0.split_once('-')?;
    let civil = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%S%.fZ", text).ok()?;
    jiff::tz::TimeZone::UTC.to_timestamp(civil).ok()
}

/// Runs of the same series: of one share, on one machine.
pub fn is_of_same_series(one: &Run, other: &Run) -> bool {
    let machine = |host: &Host| (host.name.clone(), host.processor.clone());
    one.experiment.name == other.experiment.name
        && one.share == other.share
        && machine(&one.host) == machine(&other.host)
}

/// A run and those of the other shares that stand beside it.
#[derive(Clone, Debug)]
pub struct Joint {
    pub main: Run,
    pub others: Vec<Run>,
    /// Shares that no run is there of.
    pub away: Vec<Share>,
}

/// The same with what was measured.
#[derive(Clone, Debug)]
pub struct Measurements {
    pub main: Stored,
    pub others: Vec<Stored>,
    pub away: Vec<Share>,
}

impl Joint {
    /// A run without the other shares.
    pub fn alone(main: Run) -> Joint {
        let (others, away) = (Vec::new(), Vec::new());
        Joint { main, others, away }
    }

    /// A run with what belongs to it; `ids` are the names of all runs, oldest first.
    pub fn of(store: &Store, ids: &[RunId], main: Run) -> Result<Joint, Failure> {
        let mut joint = Joint::alone(main);
        let main = &joint.main;
        let name = &main.experiment.name;
        let shares = main.experiment.shares();
        let wanted: Vec<Share> = shares
            .into_iter()
            .filter(|one| *one != main.share)
            .collect();
        if wanted.is_empty() {
            return Ok(joint);
        }
        let own = ending(name, &main.share);
        let next = ids.iter().find(|id| **id > main.id && has_ending(id, &own));
        for share in wanted {
            let ending = ending(name, &share);
            let in_time = |id: &&RunId| has_ending(id, &ending) && !is_nearer(id, next, &main.id);
            let mut found = None;
            for id in ids.iter().rev().filter(in_time) {
                let run = store.header(id)?;
                if run.experiment.name == *name && run.share == share {
                    found = Some(run);
                    break;
                }
            }
            match found {
                Some(run) => joint.others.push(run),
                None => joint.away.push(share),
            }
        }
        Ok(joint)
    }

    pub fn runs(&self) -> impl Iterator<Item = &Run> {
        std::iter::once(&self.main).chain(&self.others)
    }

    /// For each of its runs the headers of the last `count` of the same series before it, oldest
    /// first.
    pub fn earlier(
        &self,
        store: &Store,
        ids: &[RunId],
        count: usize,
    ) -> Result<Vec<Vec<Run>>, Failure> {
        let each = self.runs().map(|run| earlier(store, ids, run, count));
        each.collect()
    }

    /// The joint of the runs before its runs; `None` if there are none.
    pub fn previous(&self, store: &Store, ids: &[RunId]) -> Result<Option<Joint>, Failure> {
        let before = self.earlier(store, ids, 1)?;
        let mut runs = before.into_iter().filter_map(|mut one| one.pop());
        let Some(main) = runs.next() else {
            return Ok(None);
        };
        let others = runs.collect();
        let away = Vec::new();
        Ok(Some(Joint { main, others, away }))
    }

    pub fn load(&self, store: &Store) -> Result<Measurements, Failure> {
        let others: Result<Vec<Stored>, Failure> = self
            .others
            .iter()
            .map(|run| render::load(store, &run.id))
            .collect();
        Ok(Measurements {
            main: render::load(store, &self.main.id)?,
            others: others?,
            away: self.away.clone(),
        })
    }
}

impl Measurements {
    pub fn shares(&self) -> impl Iterator<Item = &Stored> {
        std::iter::once(&self.main).chain(&self.others)
    }

    pub fn experiment(&self) -> &Experiment {
        &self.main.run.experiment
    }

    /// The run of a share.
    pub fn of(&self, share: &Share) -> Option<&Stored> {
        self.shares().find(|stored| stored.run.share == *share)
    }
}

/// Whether a run began nearer to `next` than to the run before that.
fn is_nearer(id: &RunId, next: Option<&RunId>, before: &RunId) -> bool {
    let times = (time(id), next.and_then(time), time(before));
    let (Some(at), Some(next), Some(before)) = times else {
        return next.is_some_and(|next| id >= next);
    };
    at >= next || at > before && at.duration_since(before) > next.duration_since(at)
}

/// Which of these nights, oldest first, a run belongs to.
pub fn night_of(id: &RunId, nights: &[RunId]) -> Option<usize> {
    let last = nights.len().checked_sub(1)?;
    let is_over = |at: &usize| is_nearer(id, nights.get(at + 1), &nights[*at]);
    (0..=last).find(|at| !is_over(at)).or(Some(last))
}

fn earlier(store: &Store, ids: &[RunId], run: &Run, count: usize) -> Result<Vec<Run>, Failure> {
    // A run's name tells its experiment and share: others need not be opened.
    let ending = ending(&run.experiment.name, &run.share);
    let named = |id: &&RunId| **id < run.id && has_ending(id, &ending);
    let ids: Vec<&RunId> = ids.iter().rev().filter(named).collect();
    let mut runs = Vec::new();
    // So many at a time that all processors are busy and not much is read in vain.
    for some in ids.chunks(count.clamp(1, AT_ONCE)) {
        for found in in_parallel(some, |id| store.header(id)) {
            let found = found?;
            if is_of_same_series(&found, run) && runs.len() < count {
                runs.push(found);
            }
        }
        if runs.len() == count {
            break;
        }
    }
    runs.reverse();
    Ok(runs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(all: &[&str]) -> Vec<RunId> {
        all.iter().map(|id| RunId((*id).to_owned())).collect()
    }

    #[test]
    fn a_run_belongs_to_the_night_that_began_nearest() {
        let nights = ids(&[
            "20260101T020000.000Z-n",
            "20260102T020000.000Z-n",
            "20260104T020000.000Z-n",
        ]);
        let of = |time: &str| night_of(&RunId(format!("{time}-n{AT}h")), &nights);
        assert_eq!(of("20251201T000000.000Z"), Some(0));
        assert_eq!(of("20260101T020001.000Z"), Some(0));
        assert_eq!(of("20260101T134000.000Z"), Some(0));
        assert_eq!(
            of("20260102T015900.000Z"),
            Some(1),
            "a minute before is the same night"
        );
        assert_eq!(of("20260103T010000.000Z"), Some(1));
        assert_eq!(of("20260103T030000.000Z"), Some(2));
        assert_eq!(
            of("20260201T000000.000Z"),
            Some(2),
            "the newest night goes on"
        );
        assert_eq!(night_of(&nights[0], &[]), None);
        for (at, night) in nights.iter().enumerate() {
            assert_eq!(night_of(night, &nights), Some(at));
        }
    }

    #[test]
    fn a_name_tells_time_and_share() {
        let name = ExperimentName::new("a-b").unwrap();
        let share: Share = "mule".parse().unwrap();
        assert_eq!(ending(&name, &Share::This), "-a-b");
        assert_eq!(ending(&name, &share), "-a-b@mule");
        let ids = ids(&[
            "20260101T020000.000Z-a-b",
            "20260101T020000.000Z-a-b@mule",
            "20260101T020000.000Z-a-b.jit@mule",
            "20260101T020000.000Z-x-a-b",
            "odd",
        ]);
        let of: Vec<(bool, bool)> = ids
            .iter()
            .map(|id| {
                let ending = ending_of(id);
                (is_of(ending, &name), is_of_part(ending, &name))
            })
            .collect();
        let (whole, part, none) = ((true, false), (false, true), (false, false));
        assert_eq!(of, [whole, whole, part, none, none]);
        assert!(time(&RunId("20260101T020000.250Z-a-b@mule".to_owned())).is_some());
        assert_eq!(time(&RunId("odd-a-b".to_owned())), None);
    }
}
