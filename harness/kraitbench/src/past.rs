//! The runs before one, as far as a report shows them: a point for each series, and the changes
//! that the history tells of.
//!
//! A point is the mean over processes of their steady medians, and the range of these medians. An
//! interval by resampling would cost seconds for every run of a long history, and the range shows
//! as well when a series became noisy.
//!
//! Of several hosts' runs those of a night stand together, under the name of this machine's.

use model::{Run, RunId, SeriesKey};
use regress::derived::{Figure, History};
use regress::history::{Finding, Kept, findings};
use regress::measure::Measure;
use reports::view::{self, ChangeView, Estimate, PastPoint, PastRun};
use stats::steps::Rule;

use crate::chosen::Chosen;
use crate::derive;
use crate::failure::Failure;
use crate::history;
use crate::joint::{Measurements, night_of};
use crate::parallel::in_parallel;

/// The runs of a history in their nights.
struct Nights<'a> {
    /// Of all shares, oldest first; also those that are reported on.
    runs: Vec<&'a Run>,
    /// The run that a night is called after; the last night is the one that is reported on.
    names: Vec<&'a Run>,
    /// By run: which night.
    of: Vec<usize>,
}

impl<'a> Nights<'a> {
    /// `earlier` has a list for each of the runs that are reported on.
    fn of(now: &[&'a Run], earlier: &'a [Vec<Run>]) -> Nights<'a> {
        let mut runs: Vec<&Run> = earlier
            .iter()
            .flatten()
            .chain(now.iter().copied())
            .collect();
        runs.sort_by_key(|run| &run.id);
        // What has no past lends its nights no names.
        let named = earlier
            .iter()
            .position(|runs| !runs.is_empty())
            .unwrap_or(0);
        let mut names: Vec<&Run> = earlier.get(named).into_iter().flatten().collect();
        names.push(now[named]);
        let ids: Vec<RunId> = names.iter().map(|run| run.id.clone()).collect();
        let last = names.len() - 1;
        let of = |run: &&Run| match now.iter().any(|one| one.id == run.id) {
            true => last,
            false => night_of(&run.id, &ids).unwrap_or(last),
        };
        let of = runs.iter().map(of).collect();
        names[last] = now[0];
        Nights { runs, names, of }
    }
}

/// What a report shows of the runs before those it is on, and of the changes up to them.
pub fn past(chosen: &Chosen, kept: &Kept) -> Result<(Vec<PastRun>, Vec<ChangeView>), Failure> {
    let earlier = chosen.earlier(usize::MAX)?;
    let now: Vec<&Run> = chosen.joint.runs().collect();
    let nights = Nights::of(&now, &earlier);
    let bytes: Result<Vec<Vec<u8>>, Failure> = in_parallel(&nights.runs, |run| {
        derive::figures_of_what_is_left(&chosen.store, &run.id)
    })
    .into_iter()
    .collect();
    let bytes = bytes?;
    let mut history = History::default();
    for (at, bytes) in bytes.iter().enumerate() {
        // Their checksum was right, or they were derived just now.
        history.add(at, bytes);
    }
    Ok((
        past_runs(&nights, &history, kept),
        changes(&nights, &history, kept),
    ))
}

fn past_runs(nights: &Nights<'_>, history: &History<'_>, kept: &Kept) -> Vec<PastRun> {
    let before = &nights.names[..nights.names.len() - 1];
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
    for (key, figures) in history.nights() {
        let of = |measure: Measure, run: usize| -> Option<Figure> {
            let figures = &figures[measure as usize];
            let at = figures.binary_search_by_key(&run, |(run, _)| *run).ok()?;
            Some(figures[at].1)
        };
        let mains = &figures[Measure::main(key.clock) as usize];
        for (at, (run, main)) in mains.iter().enumerate() {
            let night = nights.of[*run];
            // A machine may measure twice in a night: the later one is shown.
            let is_last = mains
                .get(at + 1)
                .is_none_or(|(next, _)| nights.of[*next] != night);
            // The last night is the one that is reported on.
            let Some(past) = past.get_mut(night).filter(|_| is_last) else {
                continue;
            };
            let peak = of(Measure::PeakMemory, *run);
            let code = of(Measure::TraceMemory, *run);
            past.points.push(point(key, main, peak, code));
        }
    }
    past
}

fn point(key: &SeriesKey, main: &Figure, peak: Option<Figure>, code: Option<Figure>) -> PastPoint {
    let unit = if key.clock.counts() { 1.0 } else { 1e9 };
    PastPoint {
        section: key.suite.to_string(),
        benchmark: key.benchmark.to_string(),
        column: key.executor.to_string(),
        main: Estimate {
            value: main.centre / unit,
            interval: Some((main.low / unit, main.high / unit)),
        },
        peak_rss_bytes: peak.map(|figure| figure.middle.round() as u64),
        code_bytes: code.map(|figure| figure.middle),
    }
}

/// The changes of the times, or of what is counted in place of them, oldest first.
fn changes(nights: &Nights<'_>, history: &History<'_>, kept: &Kept) -> Vec<ChangeView> {
    let all = &nights.runs;
    let names: Vec<String> = all.iter().map(|run| run.id.0.clone()).collect();
    let mut series = history.series(&[Measure::Time, Measure::Instructions]);
    // What a processor counts beside times says less than they do.
    series.retain(|one| one.followed.is_main());
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
        run: nights.names[nights.of[one.after]].id.to_string(),
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
pub fn earlier(measured: &Measurements, kept: &Kept) -> view::Earlier {
    let run = &measured.main.run;
    let mut sections = reports::analyse(crate::view::view(measured, "")).sections;
    let cells = sections.iter_mut().flat_map(|s| &mut s.benchmarks);
    for invocation in cells
        .flat_map(|b| &mut b.cells)
        .flat_map(|c| &mut c.invocations)
    {
        invocation.iterations_s.clear();
        invocation.jit_curves.clear();
    }
    view::Earlier {
        run: run.id.to_string(),
        at: run.started_at.clone(),
        build: build(run),
        release: kept.release_of(&run.id.0).map(str::to_owned),
        sections,
        ..view::Earlier::default()
    }
}
