//! The runs before one, as far as a report shows them: a point for each series, and the changes
//! that the history tells of.
//!
//! A point is the mean over processes of their steady medians, and the range of these medians. An
//! interval by resampling would cost seconds for every run of a long history, and the range shows
//! as well when a series became noisy.

use model::{Run, SeriesKey};
use regress::derived::{Figure, History};
use regress::history::{Finding, Kept, findings};
use regress::measure::Measure;
use reports::view::{self, ChangeView, Estimate, PastPoint, PastRun};
use stats::steps::Rule;
use store::{Store, Stored};

use crate::derive;
use crate::failure::Failure;
use crate::history;
use crate::parallel::in_parallel;

/// The runs of the same experiment on the same host before `run`, oldest first.
pub fn runs_before<'a>(runs: &'a [Run], run: &Run) -> Vec<&'a Run> {
    let same = |one: &&Run| {
        one.id < run.id && one.experiment.name == run.experiment.name && one.host == run.host
    };
    runs.iter().filter(same).collect()
}

/// What a report shows of the runs before one, and of the changes up to it.
pub fn past(
    store: &Store,
    before: &[&Run],
    run: &Run,
    kept: &Kept,
) -> Result<(Vec<PastRun>, Vec<ChangeView>), Failure> {
    let mut all = before.to_vec();
    all.push(run);
    let bytes: Result<Vec<Vec<u8>>, Failure> =
        in_parallel(&all, |run| derive::figures_of_what_is_left(store, &run.id))
            .into_iter()
            .collect();
    let bytes = bytes?;
    let mut history = History::default();
    for (at, bytes) in bytes.iter().enumerate() {
        // Their checksum was right, or they were derived just now.
        history.add(at, bytes);
    }
    Ok((
        past_runs(before, &history, kept),
        changes(&all, &history, kept),
    ))
}

fn past_runs(before: &[&Run], history: &History<'_>, kept: &Kept) -> Vec<PastRun> {
    let mut past: Vec<PastRun> = before
        .iter()
        .map(|run| PastRun {
            run: run.id.to_string(),
            at: run.started_at.clone(),
            build: build(run),
            release: kept.release_of(&run.id.0).map(str::to_owned),
            points: Vec::new(),
        })
        .collect();
    for (key, nights) in history.nights() {
        let of = |measure: Measure, run: usize| -> Option<Figure> {
            let nights = &nights[measure as usize];
            let at = nights.binary_search_by_key(&run, |(run, _)| *run).ok()?;
            Some(nights[at].1)
        };
        for (run, time) in &nights[Measure::Time as usize] {
            // The last index is the run that is reported on.
            let Some(past) = past.get_mut(*run) else {
                continue;
            };
            let peak = of(Measure::PeakMemory, *run);
            let code = of(Measure::TraceMemory, *run);
            past.points.push(point(key, time, peak, code));
        }
    }
    past
}

fn point(key: &SeriesKey, time: &Figure, peak: Option<Figure>, code: Option<Figure>) -> PastPoint {
    PastPoint {
        section: key.suite.to_string(),
        benchmark: key.benchmark.to_string(),
        column: key.executor.to_string(),
        steady_s: Estimate {
            value: time.centre / 1e9,
            interval: Some((time.low / 1e9, time.high / 1e9)),
        },
        peak_rss_bytes: peak.map(|figure| figure.middle.round() as u64),
        code_bytes: code.map(|figure| figure.middle),
    }
}

/// The changes of the times, oldest first.
fn changes(all: &[&Run], history: &History<'_>, kept: &Kept) -> Vec<ChangeView> {
    let names: Vec<String> = all.iter().map(|run| run.id.0.clone()).collect();
    let series = history.series(&[Measure::Time]);
    let rule = Rule::default();
    let mut found: Vec<Finding> = in_parallel(&series, |one| {
        findings(std::slice::from_ref(one), &names, kept, &rule)
    })
    .concat();
    found.sort_by_key(|one| one.after);
    let view = |one: &Finding| ChangeView {
        section: one.followed.key.suite.to_string(),
        benchmark: one.followed.key.benchmark.to_string(),
        column: one.followed.key.executor.to_string(),
        run: names[one.after].clone(),
        ratio: one.change.magnitude,
        state: one.state.label().to_owned(),
        commits: history::commits(all[one.before], all[one.after], &one.followed.key.executor)
            .map_or_else(String::new, |(before, after)| {
                format!("{}..{}", short(&before), short(&after))
            }),
    };
    found.iter().map(view).collect()
}

fn short(commit: &str) -> &str {
    commit.get(..12).unwrap_or(commit)
}

/// The commit that the run's own executables are of; empty if there are none or several.
pub fn build(run: &Run) -> String {
    let mut commits: Vec<&str> = run
        .executors
        .iter()
        .filter_map(|executor| executor.provenance.as_ref().ok()?.commit.as_deref())
        .collect();
    commits.sort_unstable();
    commits.dedup();
    match commits.as_slice() {
        [one] => short(one).to_owned(),
        _ => String::new(),
    }
}

/// A run to compare with, without its single iterations; what became of it is left to whoever
/// compares.
pub fn earlier(stored: &Stored, kept: &Kept) -> view::Earlier {
    let mut sections = reports::analyse(crate::view::view(stored, "")).sections;
    let cells = sections.iter_mut().flat_map(|s| &mut s.benchmarks);
    for run in cells
        .flat_map(|b| &mut b.cells)
        .flat_map(|c| &mut c.invocations)
    {
        run.iterations_s.clear();
        run.jit_curves.clear();
    }
    view::Earlier {
        run: stored.run.id.to_string(),
        at: stored.run.started_at.clone(),
        build: build(&stored.run),
        release: kept.release_of(&stored.run.id.0).map(str::to_owned),
        sections,
        ..view::Earlier::default()
    }
}
