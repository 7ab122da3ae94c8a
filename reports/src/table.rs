//! The table of all figures: one row for each benchmark and column.

use serde::Serialize;

use crate::charts::cause;
use crate::figure_text::{
    break_even, interval, main_figure, main_interval, mebibytes, number, seconds, seconds_interval,
};
use crate::sheet::{Head, Sheet, SheetCell, SheetRow};
use crate::view::{Benchmark, BreakEvenView, Column, Figures, Section, View};

/// Heading, what it means, and whether its column holds numbers.
pub(crate) const HEADINGS: [(&str, &str, bool); 11] = [
    ("Outcome", "how its processes ended", false),
    (
        "Steady",
        "time of a warm iteration: mean over processes of their medians; where instructions are counted, those of a process",
        true,
    ),
    (
        "Speed",
        "baseline's steady time (or instructions) / this one; above 1 is faster",
        true,
    ),
    (
        "First",
        "time of the first iteration in a new process",
        true,
    ),
    ("First speed", "baseline's first iteration / this one", true),
    (
        "Break-even",
        "iteration from which the summed time stays below the baseline's",
        true,
    ),
    ("Warm-up", "how the processes warmed up, together", false),
    ("To steady", "time spent before the steady state", true),
    ("Peak RSS", "largest resident memory of the process", true),
    ("RSS ratio", "peak memory / the baseline's", true),
    ("Samples", "processes × iterations of each", true),
];

#[derive(Serialize)]
pub(crate) struct Row {
    pub benchmark: String,
    pub href: String,
    pub column: String,
    pub colour: String,
    pub failed: bool,
    pub cells: Vec<TableCell>,
}

#[derive(Serialize)]
pub(crate) struct TableCell {
    pub text: String,
    /// Second line, smaller: an interval, a method.
    pub note: String,
    /// What sorts it: a number, or the text itself if there is none.
    pub sort: Option<f64>,
}

impl TableCell {
    fn none() -> TableCell {
        TableCell {
            text: "–".to_owned(),
            note: String::new(),
            sort: None,
        }
    }

    fn text(text: impl Into<String>, note: impl Into<String>) -> TableCell {
        TableCell {
            text: text.into(),
            note: note.into(),
            sort: None,
        }
    }

    fn value(sort: f64, text: String, note: String) -> TableCell {
        TableCell {
            text,
            note,
            sort: Some(sort),
        }
    }
}

pub(crate) fn rows(
    section: &Section,
    columns: &[(&Column, String)],
    name: impl Fn(&Benchmark) -> String,
    href: impl Fn(&Benchmark) -> String,
) -> Vec<Row> {
    let pairs = section
        .benchmarks
        .iter()
        .flat_map(|b| columns.iter().map(move |c| (b, c)))
        .filter(|(_, (column, _))| section.is_for(&column.id));
    pairs
        .map(|(benchmark, (column, colour))| {
            let failure = benchmark.failure(&column.id);
            let figures = benchmark
                .cell(&column.id)
                .and_then(|cell| cell.figures.as_ref());
            let mut cells = vec![match &failure {
                Some(outcome) => TableCell::text(outcome.kind.label(), outcome.detail.clone()),
                None => TableCell::text("ok", ""),
            }];
            match figures {
                Some(figures) => cells.extend(figure_cells(figures)),
                None => cells.extend(HEADINGS[1..].iter().map(|_| TableCell::none())),
            }
            Row {
                benchmark: name(benchmark),
                href: href(benchmark),
                column: column.name().to_owned(),
                colour: colour.clone(),
                failed: failure.as_ref().map(cause).is_some(),
                cells,
            }
        })
        .collect()
}

/// All but the outcome, in the order of [`HEADINGS`].
fn figure_cells(figures: &Figures) -> [TableCell; HEADINGS.len() - 1] {
    let time = |e| TableCell::value(e, seconds(e), String::new());
    let ratio =
        |e: &crate::view::Estimate| TableCell::value(e.value, number(e.value), interval(e, number));
    let first = &figures.first_s;
    let warmup = figures.warmup.as_ref();
    [
        TableCell::value(
            figures.main().value,
            main_figure(figures),
            main_interval(figures),
        ),
        figures.speedup.as_ref().map_or_else(TableCell::none, ratio),
        match figures.instructions {
            // Times under a tool that counts are the tool's.
            Some(_) => TableCell::none(),
            None => TableCell::value(first.value, seconds(first.value), seconds_interval(first)),
        },
        figures
            .first_speedup
            .as_ref()
            .map_or_else(TableCell::none, ratio),
        match figures.break_even {
            BreakEvenView::NotApplicable => TableCell::none(),
            BreakEvenView::At(n) => {
                TableCell::value(f64::from(n), break_even(figures.break_even), String::new())
            }
            // Sorts behind everything that did break even.
            BreakEvenView::NotWithin(_) => {
                TableCell::value(1e12, break_even(figures.break_even), String::new())
            }
        },
        warmup.map_or_else(TableCell::none, |w| TableCell::text(&w.class, &w.method)),
        warmup
            .and_then(|w| w.time_to_steady_s)
            .map_or_else(TableCell::none, time),
        figures
            .peak_rss_bytes
            .map_or_else(TableCell::none, |bytes| {
                TableCell::value(bytes as f64, mebibytes(bytes), String::new())
            }),
        figures.rss_ratio.map_or_else(TableCell::none, |r| {
            TableCell::value(r, number(r), String::new())
        }),
        TableCell::value(
            f64::from(figures.iterations),
            format!("{} × {}", figures.invocations, per_invocation(figures)),
            String::new(),
        ),
    ]
}

fn per_invocation(figures: &Figures) -> String {
    let each = f64::from(figures.iterations) / f64::from(figures.invocations.max(1));
    if each.fract() == 0.0 {
        format!("{each}")
    } else {
        format!("~{}", number(each))
    }
}

/// The rows as a table that can be carried away.
pub(crate) fn sheet(rows: &[Row]) -> Sheet {
    let mut heads = vec![Head::text("Benchmark"), Head::text("Executor")];
    heads.extend(HEADINGS.iter().map(|(name, hint, numeric)| match numeric {
        true => Head::number(name, hint),
        false => Head::text(name),
    }));
    let rows = rows.iter().map(|row| {
        let mut cells = vec![
            SheetCell::text(&row.benchmark),
            SheetCell::text(&row.column),
        ];
        cells.extend(row.cells.iter().map(|cell| SheetCell {
            text: cell.text.clone(),
            note: cell.note.clone(),
            sort: cell.sort,
            href: String::new(),
        }));
        SheetRow {
            cells,
            ..SheetRow::default()
        }
    });
    Sheet {
        id: "figures".to_owned(),
        title: "All figures".to_owned(),
        heads,
        rows: rows.collect(),
    }
}

/// How every series warmed up: class, when it was steady, and what the first iteration cost.
pub(crate) fn warmup_sheet(view: &View, columns: &[(&Column, String)]) -> Sheet {
    let heads = vec![
        Head::text("Benchmark"),
        Head::text("Executor"),
        Head::text("Class"),
        Head::number("Steady from", "iteration, median over processes"),
        Head::number("Seconds to steady", "median over processes"),
        Head::number("Steady", "time of a steady iteration"),
        Head::number("First / steady", "first iteration over a steady one"),
        Head::text("Method"),
    ];
    let mut rows = Vec::new();
    let sections = view.sections.iter();
    let all = sections.flat_map(|section| section.benchmarks.iter().map(move |one| (section, one)));
    for (section, benchmark) in all {
        for (column, colour) in columns {
            let cell = benchmark.cell(&column.id);
            let Some(figures) = cell.and_then(|cell| cell.figures.as_ref()) else {
                continue;
            };
            let warmup = figures.warmup.clone().unwrap_or_default();
            let steady = figures.steady_s.value;
            let ratio = (steady > 0.0).then(|| figures.first_s.value / steady);
            rows.push(SheetRow {
                colour: colour.clone(),
                state: String::new(),
                cells: vec![
                    SheetCell::text(view.called(section, benchmark)),
                    SheetCell::text(column.name()),
                    SheetCell::text(&warmup.class),
                    SheetCell::maybe(warmup.steady_from.map(f64::from), |v| v.to_string()),
                    SheetCell::maybe(warmup.time_to_steady_s, seconds),
                    SheetCell::number(steady, seconds(steady)),
                    SheetCell::maybe(ratio, number),
                    SheetCell::text(&warmup.method),
                ],
            });
        }
    }
    Sheet {
        id: "warm-up".to_owned(),
        title: "How every series warmed up".to_owned(),
        heads,
        rows,
    }
}
