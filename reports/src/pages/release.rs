//! What a maintainer pastes into release notes: means by configuration and target, the best and
//! the worst rows, what is missing, and the verdict.

use crate::analyse::incomparable;
use crate::figure_text::{interval, mean_sentence, number};
use crate::view::{Column, Mean, MeanOf, View};

/// How many rows of either end are named.
const ROWS: usize = 5;

/// Markdown of a few paragraphs.
pub fn render_release(view: &View) -> String {
    let mut text = format!("## Speed of {}\n\n", plain(&view.title));
    let columns: Vec<&Column> = view
        .columns
        .iter()
        .filter(|c| c.not_built.is_none())
        .collect();
    if let Some(baseline) = view.baseline_column() {
        for column in columns.iter().filter(|c| c.id != baseline.id) {
            if incomparable(column, baseline).is_none() {
                against(view, column, baseline, &mut text);
            }
        }
    }
    by_target(view, &mut text);
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
            text.push_str(&format!(
                "- {}\n",
                plain(&mean_sentence(mean, baseline.name()))
            ));
        }
    }
    let mut rows: Vec<(f64, &str)> = view
        .sections
        .iter()
        .flat_map(|section| &section.benchmarks)
        .filter_map(|benchmark| {
            let figures = benchmark.cell(&column.id)?.figures.as_ref()?;
            Some((figures.speedup?.value, benchmark.name.as_str()))
        })
        .collect();
    rows.sort_by(|a, b| b.0.total_cmp(&a.0));
    let list = |rows: &[(f64, &str)]| {
        let each = rows
            .iter()
            .map(|(speed, name)| format!("{} {}×", plain(name), number(*speed)));
        each.collect::<Vec<_>>().join(", ")
    };
    if rows.len() > 2 * ROWS {
        text.push_str(&format!("- Best: {}.\n", list(&rows[..ROWS])));
        text.push_str(&format!("- Worst: {}.\n", list(&rows[rows.len() - ROWS..])));
    } else if !rows.is_empty() {
        text.push_str(&format!("- Of each: {}.\n", list(&rows)));
    }
    text.push('\n');
}

fn by_target(view: &View, text: &mut String) {
    if view.jit_speedups.is_empty() {
        return;
    }
    text.push_str("### What the JIT brings, by target\n\n");
    for pair in &view.jit_speedups {
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

fn missing(view: &View, text: &mut String) {
    let mut lines = Vec::new();
    for column in &view.columns {
        if let Some(reason) = &column.not_built {
            lines.push(format!("{}: not built: {}", column.name(), reason));
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
    let before = view
        .earlier
        .as_ref()
        .map_or("", |earlier| earlier.run.as_str());
    text.push_str(&format!(
        "Against {}: {} faster, {} slower, {} failed, of {} series.\n",
        plain(if before.is_empty() {
            "the earlier run"
        } else {
            before
        }),
        count("faster"),
        count("slower"),
        count("failed"),
        view.verdicts.len()
    ));
}

/// Text that Markdown takes for nothing else, on one line.
fn plain(text: &str) -> String {
    crate::markdown::escape(text)
}
