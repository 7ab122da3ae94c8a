//! What a maintainer pastes into release notes: means by configuration and target, the best and
//! the worst rows, what became of them since the release before, what is missing, and the verdict.
//! The page of the report and `kraitbench release` print the same text.

use super::extremes::{SHOWN, fastest_first};
use crate::figure_text::{interval, mean_sentence, number};
use crate::markdown;
use crate::view::{Column, Mean, MeanChange, MeanOf, View};

/// Markdown of a few paragraphs.
pub fn render_release(view: &View) -> String {
    let title = view.release.as_ref().unwrap_or(&view.title);
    let mut text = format!("## Speed of {}\n\n", plain(title));
    let columns: Vec<&Column> = view.columns.iter().filter(|c| c.absent.is_none()).collect();
    for column in columns {
        if let Some(baseline) = view.reference(column) {
            against(view, column, baseline, &mut text);
        }
    }
    by_target(view, &mut text);
    since(view, &mut text);
    missing(view, &mut text);
    verdict(view, &mut text);
    text
}

fn whole<'a>(view: &'a View, column: &Column, of: MeanOf) -> Option<&'a Mean> {
    let section = match view.sections.as_slice() {
        [only] => Some(only.id.as_str()),
        _ => None,
    };
    view.means
        .iter()
        .find(|m| m.column == column.id && m.of == of && m.section.as_deref() == section)
}

fn against(view: &View, column: &Column, baseline: &Column, text: &mut String) {
    text.push_str(&format!("### {}\n\n", plain(column.name())));
    for of in [MeanOf::Steady, MeanOf::FirstIteration, MeanOf::Memory] {
        if let Some(mean) = whole(view, column, of).filter(|mean| mean.estimate.is_some()) {
            text.push_str(&format!("- {}\n", plain(&mean_sentence(mean, baseline))));
        }
    }
    let rows: Vec<(f64, String)> = fastest_first(view, column)
        .into_iter()
        .map(|(section, benchmark, ratio)| (ratio.value, view.called(section, benchmark)))
        .collect();
    let list = |rows: &[(f64, String)]| {
        let each = rows
            .iter()
            .map(|(speed, name)| format!("{} {}×", plain(name), number(*speed)));
        each.collect::<Vec<_>>().join(", ")
    };
    if rows.len() > 2 * SHOWN {
        text.push_str(&format!("- Best: {}.\n", list(&rows[..SHOWN])));
        text.push_str(&format!(
            "- Worst: {}.\n",
            list(&rows[rows.len() - SHOWN..])
        ));
    } else if !rows.is_empty() {
        text.push_str(&format!("- Of each: {}.\n", list(&rows)));
    }
    text.push('\n');
}

fn by_target(view: &View, text: &mut String) {
    // What is not there is told below, with its reason.
    let is_built = |id: &str| {
        let mut columns = view.columns.iter();
        columns.any(|column| column.id == id && column.absent.is_none())
    };
    let pairs = view.jit_speedups.iter();
    let pairs: Vec<_> = pairs
        .filter(|pair| is_built(&pair.jit) && is_built(&pair.nojit))
        .collect();
    if pairs.is_empty() {
        return;
    }
    text.push_str("### What the JIT brings, by target\n\n");
    for pair in pairs {
        let of = format!("{} of {} benchmarks", pair.n, pair.m);
        let clock = match pair.clock.as_str() {
            "native" => String::new(),
            clock => format!(" (clock: {clock}, not a speed)"),
        };
        let figure = match &pair.mean {
            Some(mean) => format!("{}× {}", number(mean.value), interval(mean, number)),
            None => "no figure".to_owned(),
        };
        let name = plain(&pair.name());
        text.push_str(&format!("- {name}: {}, {of}{clock}\n", figure.trim()));
    }
    text.push('\n');
}

/// What became of everything since the run before.
fn since(view: &View, text: &mut String) {
    let Some(earlier) = view.earlier.as_ref().filter(|_| !view.verdicts.is_empty()) else {
        return;
    };
    text.push_str(&format!("### Since {}\n\n", plain(earlier.name())));
    let rows: Vec<Vec<String>> = earlier
        .means
        .iter()
        .map(|mean| mean_row(view, mean))
        .collect();
    if !rows.is_empty() {
        text.push_str(
            "Geometric means of old / new with their 95 % interval; above 1 is better. \
             Reliability: how sure it is that the suite is better at all.\n\n",
        );
        let heads = [
            "executor",
            "target",
            "of",
            "old / new",
            "benchmarks",
            "reliability",
        ];
        markdown::table(&heads, &[3, 5], &rows, text);
    }
    let mut changed: Vec<(f64, String)> = view
        .verdicts
        .iter()
        .filter_map(|row| {
            let name = format!("{} on {}", row.benchmark, column_name(view, &row.column));
            let speed = 1.0 / row.change?.value;
            let said = format!("{} {}× ({})", plain(&name), number(speed), row.verdict);
            Some((speed, said))
        })
        .collect();
    changed.sort_by(|a, b| b.0.total_cmp(&a.0));
    let each = SHOWN.min(changed.len().div_ceil(2));
    let mut list = |title: &str, rows: &[(f64, String)]| {
        if !rows.is_empty() {
            let said: Vec<&str> = rows.iter().map(|(_, said)| said.as_str()).collect();
            text.push_str(&format!("- {title}: {}.\n", said.join(", ")));
        }
    };
    let (fastest, rest) = changed.split_at(each);
    list("Fastest", fastest);
    let slowest: Vec<(f64, String)> = rest.iter().rev().take(SHOWN).cloned().collect();
    list("Slowest", &slowest);
    text.push('\n');
}

fn mean_row(view: &View, mean: &MeanChange) -> Vec<String> {
    let column = view.columns.iter().find(|c| c.id == mean.column);
    let target = column.map_or_else(String::new, |column| match column.clock.as_str() {
        "native" | "" => column.target.clone(),
        clock => format!("{} ({clock})", column.target),
    });
    vec![
        column_name(view, &mean.column).to_owned(),
        target,
        mean.measure.clone(),
        mean.estimate.map_or_else(String::new, |found| {
            format!("{}× {}", number(found.value), interval(&found, number))
        }),
        format!("{} of {}", mean.n, mean.m),
        mean.reliability
            .map_or_else(String::new, |sure| format!("{:.1} %", 100.0 * sure)),
    ]
}

fn column_name<'a>(view: &'a View, id: &'a str) -> &'a str {
    let column = view.columns.iter().find(|column| column.id == id);
    column.map_or(id, Column::name)
}

fn missing(view: &View, text: &mut String) {
    let mut lines = Vec::new();
    for column in &view.columns {
        if let Some(reason) = &column.absent {
            lines.push(format!("{}: {reason}", column.name()));
            continue;
        }
        let sections = view
            .sections
            .iter()
            .filter(|section| section.is_for(&column.id));
        for benchmark in sections.flat_map(|section| &section.benchmarks) {
            if let Some(failure) = benchmark.failure(&column.id) {
                lines.push(format!(
                    "{} on {}: {}",
                    benchmark.name,
                    column.name(),
                    crate::charts::cause(&failure)
                ));
            }
        }
    }
    if let Some(earlier) = &view.earlier {
        let name = earlier.name();
        lines.extend(
            earlier
                .gone
                .iter()
                .map(|what| format!("{what}: only in {name}")),
        );
    }
    if !lines.is_empty() {
        text.push_str("### Missing\n\n");
        lines
            .iter()
            .for_each(|line| text.push_str(&format!("- {}\n", plain(line))));
        text.push('\n');
    }
}

fn verdict(view: &View, text: &mut String) {
    if view.verdicts.is_empty() {
        text.push_str("There is no earlier run to compare with.\n");
        return;
    }
    let count = |verdict: &str| {
        view.verdicts
            .iter()
            .filter(|row| row.verdict == verdict)
            .count()
    };
    let before = view.earlier.as_ref().map_or("", |earlier| earlier.name());
    let word = match (count("failed"), count("slower")) {
        (0, 0) => "no regression",
        (0, _) => "there are regressions",
        _ => "benchmarks failed",
    };
    let parts = [
        "faster",
        "slower",
        "failed",
        "same",
        "undecided",
        "no baseline",
    ];
    let parts = parts.map(|verdict| format!("{} {verdict}", count(verdict)));
    text.push_str(&format!(
        "Against {}: {word} ({}, of {} series).\n",
        plain(before),
        parts.join(", "),
        view.verdicts.len()
    ));
}

/// Text that Markdown takes for nothing else, on one line.
fn plain(text: &str) -> String {
    markdown::escape(text)
}
