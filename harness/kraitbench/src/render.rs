//! `kraitbench report`: from the store to files. Measures nothing, so it can be repeated at will.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use model::{Run, RunId};
use reports::View;
use store::{Store, StoreError, Stored};

use crate::cli::{Reporting, StoreFolder};
use crate::compare;
use crate::failure::{Failure, Verdict};
use crate::history;
use crate::input::Input;
use crate::parallel::in_parallel;
use crate::past;
use crate::view;

/// Reports on the run that was asked for, or the latest.
pub fn report(
    experiment: Option<&Path>,
    reporting: &Reporting,
    store: &StoreFolder,
) -> Result<Verdict, Failure> {
    let name = match experiment {
        Some(path) => Some(Input::read(path)?.experiment.name.to_string()),
        None => None,
    };
    let opened = open(store)?;
    let runs = runs(&opened)?;
    let of_name = |run: &&Run| {
        name.as_deref()
            .is_none_or(|name| run.experiment.name.as_str() == name)
    };
    let run = match &reporting.run {
        Some(id) => find(&runs, id)?,
        None => runs
            .iter()
            .rev()
            .find(of_name)
            .ok_or_else(|| nothing(store, name.as_deref()))?,
    };
    render(&opened, &runs, &run.id, reporting)
}

/// Reports on a run that was just made.
pub fn report_run(
    run: &RunId,
    reporting: &Reporting,
    store: &StoreFolder,
) -> Result<Verdict, Failure> {
    let opened = open(store)?;
    let runs = runs(&opened)?;
    render(&opened, &runs, run, reporting)
}

pub(crate) fn open(store: &StoreFolder) -> Result<Store, Failure> {
    if !store.folder.is_dir() {
        return Err(nothing(store, None));
    }
    Ok(Store::open(&store.folder)?)
}

pub(crate) fn nothing(store: &StoreFolder, name: Option<&str>) -> Failure {
    let what = name.map_or_else(|| "a run".to_owned(), |name| format!("a run of `{name}`"));
    Failure::Asked(format!(
        "{}: there is not {what} in this store\n  measure first: `kraitbench run EXPERIMENT`",
        store.folder.display()
    ))
}

pub(crate) fn runs(store: &Store) -> Result<Vec<Run>, Failure> {
    let (ids, mut damage) = store.listed()?;
    let mut runs = Vec::new();
    for (id, found) in ids.iter().zip(in_parallel(&ids, |id| store.header(id))) {
        match found {
            Ok(run) if run.id == *id => runs.push(run),
            // What else it is, the store says.
            Ok(_) => damage.extend(store.runs()?.1),
            Err(StoreError::Damaged(found)) => damage.push(found),
            Err(error) => return Err(error.into()),
        }
    }
    match damage.is_empty() {
        true => Ok(runs),
        false => Err(Failure::Damaged(damage)),
    }
}

fn find<'a>(runs: &'a [Run], id: &str) -> Result<&'a Run, Failure> {
    runs.iter().find(|run| run.id.0 == id).ok_or_else(|| {
        let known: Vec<&str> = runs
            .iter()
            .rev()
            .take(10)
            .map(|run| run.id.0.as_str())
            .collect();
        Failure::Asked(format!(
            "there is no run `{id}` in the store\n  the latest are: {}",
            known.join(", ")
        ))
    })
}

pub(crate) fn load(store: &Store, id: &RunId) -> Result<Stored, Failure> {
    match store.load(id)? {
        (stored, damage) if damage.is_empty() => Ok(stored),
        (_, damage) => Err(Failure::Damaged(damage)),
    }
}

fn render(
    store: &Store,
    runs: &[Run],
    id: &RunId,
    reporting: &Reporting,
) -> Result<Verdict, Failure> {
    let stored = load(store, id)?;
    let (view, gate) = viewed(store, runs, &stored, reporting.against.as_deref())?;
    let index = write_site(&view, &reporting.site)?;
    let failed = tell(&stored, &view, reporting);
    println!("report: {}", index.display());
    Ok(match (failed, gate) {
        (0, Some(gate)) => compare::verdict(gate),
        (0, None) => Verdict::Fine,
        _ => Verdict::BenchmarkFailed,
    })
}

/// All that a report says of a run, and what the gate makes of it if it was asked to be compared.
pub(crate) fn viewed(
    store: &Store,
    runs: &[Run],
    stored: &Stored,
    against: Option<&str>,
) -> Result<(View, Option<regress::Gate>), Failure> {
    let now = Timestamp::now().strftime("%Y-%m-%d %H:%M UTC").to_string();
    let mut view = view::view(stored, &now);
    let before = past::runs_before(runs, &stored.run);
    let kept = history::said(store.root())?;
    view.release = kept.release_of(&stored.run.id.0).map(str::to_owned);
    (view.past, view.changes) = past::past(store, &before, &stored.run, &kept)?;
    let old = match against {
        Some(against) => earlier(runs, &stored.run, against)?,
        None => before.last().copied(),
    };
    let mut gate = None;
    if let Some(old) = old {
        let old = load(store, &old.id)?;
        let found = compare::compare(stored, &old);
        // A hole in the matrix is no change.
        let is_hole = |id: &str| {
            let column = view.columns.iter().find(|column| column.id == id);
            column.is_some_and(|column| column.not_built.is_some())
        };
        let rows = found.rows.into_iter();
        view.verdicts = rows.filter(|row| !is_hole(&row.column)).collect();
        view.earlier = Some(reports::view::Earlier {
            means: found.means,
            gone: found.gone,
            ..past::earlier(&old, &kept)
        });
        // What was not asked for is shown and decides nothing.
        gate = against.map(|_| found.gate);
    } else if against.is_some() {
        eprintln!(
            "there is no earlier run of `{}`",
            stored.run.experiment.name
        );
        gate = Some(regress::Gate::NoBaseline);
    }
    Ok((reports::analyse(view), gate))
}

/// The run to compare with; `None` if `last` has nothing before it.
fn earlier<'a>(runs: &'a [Run], new: &Run, against: &str) -> Result<Option<&'a Run>, Failure> {
    if against != "last" {
        return find(runs, against).map(Some);
    }
    Ok(past::runs_before(runs, new).pop())
}

/// Writes all files of the site and `report.md`; gives the place of `index.html`.
fn write_site(view: &View, site: &Path) -> Result<PathBuf, Failure> {
    let mut files = reports::render_site(view);
    files.push((
        "report.md".to_owned(),
        reports::render_markdown(view).into_bytes(),
    ));
    for (name, content) in files {
        let path = site.join(name);
        let write = || -> std::io::Result<()> {
            fs::create_dir_all(path.parent().unwrap_or(site))?;
            fs::write(&path, content)
        };
        write().map_err(|error| {
            Failure::Machine(format!(
                "{}: {error}\n  write the report elsewhere with `--site FOLDER`; the samples are \
                 stored, nothing need be measured again",
                path.display()
            ))
        })?;
    }
    let index = site.join("index.html");
    Ok(index.canonicalize().unwrap_or(index))
}

/// Says what the report does not say by itself; gives how many invocations failed.
fn tell(stored: &Stored, view: &View, reporting: &Reporting) -> usize {
    if reporting.markdown {
        println!("{}", reports::render_markdown(view));
    }
    let done = stored.invocations.len();
    if done < stored.run.planned as usize {
        eprintln!(
            "the run {} is not whole: {done} of {} invocations; `kraitbench run` goes on with it",
            stored.run.id, stored.run.planned
        );
    }
    let failed: Vec<_> = stored
        .invocations
        .iter()
        .filter(|one| one.outcome.is_failure())
        .collect();
    let mut told = Vec::new();
    for one in &failed {
        let line = format!(
            "failed: {} on {}: {}",
            one.key.benchmark, one.key.executor, one.outcome
        );
        if !told.contains(&line) {
            eprintln!("{line}");
            told.push(line);
        }
    }
    failed.len()
}
