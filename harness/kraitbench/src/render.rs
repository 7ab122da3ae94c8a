//! `kraitbench report`: from the store to files. Measures nothing, so it can be repeated at will.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use model::{ExperimentName, RunId, Share};
use reports::View;
use store::{Store, Stored};

use crate::chosen::Chosen;
use crate::cli::{Reporting, StoreFolder};
use crate::compare;
use crate::failure::{Failure, Verdict};
use crate::history;
use crate::joint::{Joint, Measurements};
use crate::past;
use crate::progress::WORKS;
use crate::view;

/// Reports on the run that was asked for, or the latest, with those of the experiment's other hosts.
pub fn report(
    experiment: Option<&Path>,
    reporting: &Reporting,
    store: &StoreFolder,
) -> Result<Verdict, Failure> {
    let run = reporting.run.as_deref();
    let chosen = Chosen::of(experiment, run, reporting.joining, store)?;
    render(&chosen, reporting)
}

/// Reports on an experiment that was just measured: on this machine's run, if there is one.
pub fn report_run(
    experiment: &Path,
    run: Option<&RunId>,
    reporting: &Reporting,
    store: &StoreFolder,
) -> Result<Verdict, Failure> {
    let run = run.map(|id| id.0.as_str());
    let chosen = match run {
        Some(_) => Chosen::of(None, run, reporting.joining, store)?,
        None => Chosen::of(Some(experiment), None, reporting.joining, store)?,
    };
    render(&chosen, reporting)
}

pub(crate) fn open(store: &StoreFolder) -> Result<Store, Failure> {
    if !store.folder.is_dir() {
        return Err(Failure::Asked(format!(
            "{}: there is no store\n  name it with `--store FOLDER`, or measure first: `kraitbench run \
             EXPERIMENT`",
            store.folder.display()
        )));
    }
    Ok(Store::open(&store.folder)?)
}

/// There is no run of the experiment; of parts of it there may be.
pub(crate) fn nothing(
    store: &StoreFolder,
    name: Option<&ExperimentName>,
    parts: &[&RunId],
) -> Failure {
    let folder = store.folder.display();
    let Some(name) = name else {
        return Failure::Asked(format!(
            "{folder}: there is not a run in this store\n  measure first: `kraitbench run EXPERIMENT`"
        ));
    };
    let what = format!("{folder}: there is not a run of the whole `{name}` in this store");
    Failure::Asked(match parts {
        [] => format!("{what}\n  measure first: `kraitbench run EXPERIMENT`"),
        [latest, ..] => {
            let known: Vec<&str> = parts.iter().map(|id| id.0.as_str()).collect();
            format!(
                "{what}\n  of parts of it there are: {}\n  name one, in place of the experiment: \
                 `--run {latest}`; or measure the whole: `kraitbench run EXPERIMENT` without \
                 `--tag`, `--benchmark`, `--executor`, `--invocations` and `--iterations`",
                known.join(", ")
            )
        }
    })
}

pub(crate) fn load(store: &Store, id: &RunId) -> Result<Stored, Failure> {
    match store.load(id)? {
        (stored, damage) if damage.is_empty() => Ok(stored),
        (_, damage) => Err(Failure::Damaged(damage)),
    }
}

fn render(chosen: &Chosen, reporting: &Reporting) -> Result<Verdict, Failure> {
    let (_, damage) = chosen.store.listed()?;
    if !damage.is_empty() {
        return Err(Failure::Damaged(damage));
    }
    let measured = chosen.joint.load(&chosen.store)?;
    let against = reporting.against.as_deref();
    let old = chosen.against(against)?;
    if old.is_none() && against.is_some() {
        eprintln!(
            "there is no earlier run of `{}`",
            measured.experiment().name
        );
    }
    let (view, gate) = viewed(chosen, &measured, old.as_ref())?;
    // What was not asked for is shown and decides nothing.
    let gate = against.map(|_| gate);
    let index = write_site(&view, &reporting.site)?;
    let failed = tell(&measured, &view, reporting);
    println!("report: {}", index.display());
    Ok(match (failed, gate) {
        (0, Some(gate)) => compare::verdict(gate),
        (0, None) => Verdict::Fine,
        _ => Verdict::BenchmarkFailed,
    })
}

/// All that a report says of an experiment, and what the gate makes of its comparison with earlier
/// runs.
pub(crate) fn viewed(
    chosen: &Chosen,
    measured: &Measurements,
    old: Option<&Joint>,
) -> Result<(View, regress::Gate), Failure> {
    let now = Timestamp::now().strftime("%Y-%m-%d %H:%M UTC").to_string();
    let mut view = view::view(measured, &now);
    let kept = history::said(chosen.store.root())?;
    view.release = kept.release_of(&chosen.run().id.0).map(str::to_owned);
    (view.past, view.changes) = past::past(chosen, &kept)?;
    let mut gate = regress::Gate::NoBaseline;
    if let Some(old) = old {
        let old = old.load(&chosen.store)?;
        let found = compare::compare(measured, &old);
        // A hole in the matrix is no change.
        let is_hole = |id: &str| {
            let column = view.columns.iter().find(|column| column.id == id);
            column.is_some_and(|column| column.absent.is_some())
        };
        let rows = found.rows.into_iter();
        view.verdicts = rows.filter(|row| !is_hole(&row.column)).collect();
        view.earlier = Some(reports::view::Earlier {
            means: found.means,
            gone: found.gone,
            ..past::earlier(&old, &kept)
        });
        gate = found.gate;
    }
    Ok((reports::analyse(view), gate))
}

/// The page of a site that leads to all others.
const INDEX: &str = "index.html";

/// Writes all files of the site and `report.md`; gives the place of `index.html`, which comes last. Each
/// is there as a whole or as it was: the folder may be one that is served.
fn write_site(view: &View, site: &Path) -> Result<PathBuf, Failure> {
    let mut files = reports::render_site(view);
    files.push((
        "report.md".to_owned(),
        reports::render_markdown(view).into_bytes(),
    ));
    files.sort_by_key(|(name, _)| name == INDEX);
    for (name, content) in files {
        let path = site.join(&name);
        let write = || -> std::io::Result<()> {
            fs::create_dir_all(path.parent().unwrap_or(site))?;
            let unfinished = site.join(format!("{name}.part"));
            fs::write(&unfinished, content)?;
            fs::rename(&unfinished, &path)
        };
        write().map_err(|error| {
            Failure::Machine(format!(
                "{}: {error}\n  write the report elsewhere with `--site FOLDER`; the samples are \
                 stored, nothing need be measured again",
                path.display()
            ))
        })?;
    }
    let index = site.join(INDEX);
    Ok(index.canonicalize().unwrap_or(index))
}

/// Says what the report does not say by itself; gives how many invocations failed.
fn tell(measured: &Measurements, view: &View, reporting: &Reporting) -> usize {
    if reporting.markdown {
        println!("{}", reports::render_markdown(view));
    }
    for stored in measured.shares() {
        let (run, done) = (&stored.run, stored.invocations.len());
        if done < run.planned as usize {
            let option = match &run.share {
                Share::This => String::new(),
                Share::Of(host) => format!(" --host {host}"),
            };
            eprintln!(
                "the run {} is not whole: {done} of {} invocations; `kraitbench run{option}` goes on \
                 with it",
                run.id, run.planned
            );
        }
    }
    for share in &measured.away {
        eprintln!("the share of {share} is not there: {}", view::away(share));
    }
    let experiment = measured.experiment();
    let invocations = measured.shares().flat_map(|stored| &stored.invocations);
    let failed = invocations.filter(|one| experiment.is_news(&one.key, &one.outcome));
    let failed: Vec<_> = failed.collect();
    let mut told = Vec::new();
    for one in &failed {
        let what = format!("{} on {}", one.key.benchmark, one.key.executor);
        let line = match one.outcome.is_failure() {
            true => format!("failed: {what}: {}", one.outcome),
            false => format!("{what}: {WORKS}"),
        };
        if !told.contains(&line) {
            eprintln!("{line}");
            told.push(line);
        }
    }
    failed.len()
}
