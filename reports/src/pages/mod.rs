//! The pages of the site, a file each: what a page shows, as data for its template.
//!
//! A page is there even when there is nothing to show on it: it then says what it would need.
//! So every link works, and a reader learns what the report could tell.

mod changes;
mod comparison;
mod extremes;
mod home;
mod jit;
mod lengths;
mod memory;
pub(crate) mod release;
mod targets;
mod timeline;

pub(crate) use comparison::Comparison;
pub(crate) use extremes::Extremes;
pub(crate) use home::Evolution;
pub(crate) use jit::JitPage;
pub(crate) use memory::{MemoryPage, code};
pub(crate) use targets::TargetsPage;
pub(crate) use timeline::{Mini, Timeline};

use std::collections::HashMap;

use serde::Serialize;

use crate::sheet::Sheet;
use crate::view::{Benchmark, Column, PastPoint, PastRun, Section, View};

/// What pages are made from.
pub(crate) struct Source<'a> {
    pub view: &'a View,
    /// Columns that were measured, each with its colour.
    pub columns: &'a [(&'a Column, String)],
    pub page_of: &'a dyn Fn(&Section, &Benchmark) -> String,
    pub slug_of: &'a dyn Fn(&Section, &Benchmark) -> String,
    pub past: &'a PastIndex<'a>,
}

/// By section, benchmark and column.
type BySeries<'a, T> = HashMap<&'a str, HashMap<&'a str, HashMap<&'a str, T>>>;

/// The points of the past by series, one for each run: a page of a benchmark asks for a handful of
/// the hundred thousands that a long history has.
pub(crate) struct PastIndex<'a> {
    by_series: BySeries<'a, Vec<Option<&'a PastPoint>>>,
    /// Of a series that was never measured before.
    none: Vec<Option<&'a PastPoint>>,
}

impl<'a> PastIndex<'a> {
    pub(crate) fn of(past: &'a [PastRun]) -> PastIndex<'a> {
        let none = vec![None; past.len()];
        let mut by_series: BySeries<'a, Vec<Option<&'a PastPoint>>> = HashMap::new();
        for (run, points) in past.iter().map(|run| &run.points).enumerate() {
            for point in points {
                let section = by_series.entry(&point.section).or_default();
                let benchmark = section.entry(&point.benchmark).or_default();
                let column = benchmark.entry(&point.column);
                column.or_insert_with(|| none.clone())[run] = Some(point);
            }
        }
        PastIndex { by_series, none }
    }

    /// One for each run of the past.
    fn points(
        &self,
        section: &Section,
        benchmark: &Benchmark,
        column: &Column,
    ) -> &[Option<&'a PastPoint>] {
        let section = self.by_series.get(section.id.as_str());
        let benchmark = section.and_then(|all| all.get(benchmark.name.as_str()));
        let found = benchmark.and_then(|all| all.get(column.id.as_str()));
        found.unwrap_or(&self.none)
    }
}

/// An entry of the navigation.
#[derive(Clone, Copy, Serialize)]
pub(crate) struct Place {
    pub name: &'static str,
    pub file: &'static str,
}

const fn place(name: &'static str, file: &'static str) -> Place {
    Place { name, file }
}

/// The page that a report opens with.
pub(crate) const HOME: &str = "Home";

/// All pages, in the order of the navigation.
pub(crate) const PLACES: [Place; 10] = [
    place(HOME, "index.html"),
    place("Changes", "changes.html"),
    place("Timeline", "timeline.html"),
    place("Comparison", "comparison.html"),
    place("Warm-up", "warmup.html"),
    place("JIT", "jit.html"),
    place("Memory", "memory.html"),
    place("Targets", "targets.html"),
    place("Release", "release.html"),
    place("Figures", "figures.html"),
];

impl Source<'_> {
    pub(crate) fn changes(&self) -> Option<Sheet> {
        changes::sheet(self)
    }

    /// Runs of each length, as many tables as there is something for.
    pub(crate) fn lengths(&self) -> Vec<Sheet> {
        let tables = [lengths::means(self), lengths::with_and_without(self)];
        tables.into_iter().flatten().collect()
    }

    pub(crate) fn steps(&self) -> Option<Sheet> {
        changes::steps(self)
    }

    pub(crate) fn comparison(&self) -> Comparison {
        comparison::page(self)
    }

    pub(crate) fn extremes(&self) -> Vec<Extremes> {
        extremes::extremes(self)
    }

    pub(crate) fn evolution(&self) -> Evolution {
        home::evolution(self)
    }

    pub(crate) fn jit(&self) -> JitPage {
        jit::page(self)
    }

    pub(crate) fn memory(&self) -> MemoryPage {
        memory::page(self)
    }

    pub(crate) fn targets(&self) -> TargetsPage {
        targets::page(self)
    }

    /// Each section's benchmarks.
    fn benchmarks(&self) -> impl Iterator<Item = (&Section, &Benchmark)> {
        let sections = self.view.sections.iter();
        sections.flat_map(|section| section.benchmarks.iter().map(move |one| (section, one)))
    }

    fn column(&self, id: &str) -> Option<(&Column, &str)> {
        let found = self.columns.iter().find(|(column, _)| column.id == id)?;
        Some((found.0, found.1.as_str()))
    }

    /// The runs of the past and this one, as an axis names them.
    fn run_names(&self) -> Vec<String> {
        let past = self.view.past.iter().map(|run| match &run.release {
            Some(release) => release.clone(),
            None => day(&run.at),
        });
        past.chain(["this run".to_owned()]).collect()
    }
}

/// `2026-11-23` of a whole time.
fn day(at: &str) -> String {
    at.split(['T', ' ']).next().unwrap_or(at).to_owned()
}
