//! The report as Markdown: compact tables for a terminal or a pull request.

use crate::charts::cause;
use crate::colours;
use crate::figure_text::{
    break_even, interval, main_figure, mean_sentence, mebibytes, number, seconds,
};
use crate::left_out;
use crate::view::{Benchmark, Column, Fact, Mean, MeanOf, Section, View};

/// The whole report in GitHub's dialect.
pub fn render_markdown(view: &View) -> String {
    let mut text = format!("# {}\n\n", escape(&view.title));
    let columns: Vec<&Column> = colours::present(view).into_iter().map(|(c, _)| c).collect();
    summary(view, &mut text);
    for section in &view.sections {
        figures(view, section, &columns, &mut text);
    }
    verdicts(view, &mut text);
    provenance(view, &mut text);
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

fn summary(view: &View, text: &mut String) {
    let Some(first) = view.baselines().next() else {
        text.push_str("No baseline: times are shown as they are.\n\n");
        return;
    };
    let told = |mean: &&Mean| match mean.of {
        MeanOf::Steady => true,
        MeanOf::FirstIteration => false,
        MeanOf::Memory => mean.estimate.is_some(),
    };
    // What all sections amount to comes first.
    let (whole, parts): (Vec<&Mean>, Vec<&Mean>) = view
        .means
        .iter()
        .filter(told)
        .partition(|mean| mean.section.is_none());
    for mean in whole.into_iter().chain(parts) {
        // With several sections the mean over all of them stands on its own.
        let title = match section_title(view, mean) {
            Some(title) if view.sections.len() > 1 => format!(" ({title})"),
            _ => String::new(),
        };
        let column = view.columns.iter().find(|c| c.id == mean.column);
        let baseline = column.and_then(|column| view.reference(column));
        let column = column.map_or("", Column::name);
        let sentence = mean_sentence(mean, baseline.unwrap_or(first));
        text.push_str(&format!(
            "- **{}**{}: {}",
            escape(column),
            escape(&title),
            escape(&sentence)
        ));
        if mean.of == MeanOf::Steady {
            text.push_str(&escape(&left_out::sentence(mean)));
        }
        text.push('\n');
    }
    text.push('\n');
}

fn section_title<'a>(view: &'a View, mean: &Mean) -> Option<&'a str> {
    let id = mean.section.as_ref()?;
    view.sections
        .iter()
        .find(|s| s.id == *id)
        .map(|s| s.title.as_str())
}

fn figures(view: &View, section: &Section, columns: &[&Column], text: &mut String) {
    text.push_str(&format!("## {}\n\n", escape(&section.title)));
    let mut rows = Vec::new();
    for benchmark in &section.benchmarks {
        let columns = columns.iter().filter(|column| section.is_for(&column.id));
        for (i, column) in columns.enumerate() {
            let name = if i == 0 { benchmark.name.as_str() } else { "" };
            rows.push(figure_row(name, benchmark, column));
        }
    }
    let mut baselines = view.baselines();
    let speed = match (baselines.next(), baselines.next()) {
        (Some(only), None) => format!("× {}", only.name()),
        _ => "× baseline".to_owned(),
    };
    let head = [
        "benchmark",
        "",
        "steady",
        &speed,
        "first",
        "break-even",
        "warm-up",
        "peak RSS",
    ];
    table(&head, &[2, 3, 4, 5, 7], &rows, text);
}

fn figure_row(name: &str, benchmark: &Benchmark, column: &Column) -> Vec<String> {
    let who = column.name().to_owned();
    if let Some(outcome) = benchmark.failure(&column.id) {
        let mut row = vec![name.to_owned(), who, format!("**{}**", cause(&outcome))];
        row.resize(8, String::new());
        return row;
    }
    let Some(figures) = benchmark.cell(&column.id).and_then(|c| c.figures.as_ref()) else {
        return vec![name.to_owned(), who];
    };
    let speed = figures.speedup.map_or_else(String::new, |s| {
        format!("{} {}", number(s.value), interval(&s, number))
            .trim_end()
            .to_owned()
    });
    vec![
        name.to_owned(),
        who,
        main_figure(figures),
        speed,
        seconds(figures.first_s.value),
        break_even(figures.break_even),
        figures
            .warmup
            .as_ref()
            .map_or_else(String::new, |w| w.class.clone()),
        figures.peak_rss_bytes.map_or_else(String::new, mebibytes),
    ]
}

fn verdicts(view: &View, text: &mut String) {
    if view.verdicts.is_empty() {
        return;
    }
    text.push_str("## Against the earlier session\n\n");
    let rows: Vec<Vec<String>> = view
        .verdicts
        .iter()
        .map(|row| {
            let column = view.columns.iter().find(|c| c.id == row.column);
            let change = row.change.map_or_else(String::new, |c| {
                format!("{} {}", number(c.value), interval(&c, number))
            });
            let who = column.map_or(row.column.as_str(), |c| c.name()).to_owned();
            vec![
                row.benchmark.clone(),
                who,
                row.verdict.clone(),
                change,
                row.note.clone(),
            ]
        })
        .collect();
    table(
        &["benchmark", "", "verdict", "new / old", "note"],
        &[3],
        &rows,
        text,
    );
}

fn provenance(view: &View, text: &mut String) {
    text.push_str("## Environment\n\n");
    let columns = view.columns.iter().map(|c| match &c.absent {
        Some(reason) => Fact::new(c.name(), reason),
        None => Fact::new(c.name(), c.version.as_str()),
    });
    let facts = view
        .provenance
        .environment
        .iter()
        .chain(&view.provenance.session)
        .cloned();
    let seed = Fact::new("bootstrap seed", view.seed.to_string());
    for fact in columns.chain(facts).chain([seed]) {
        text.push_str(&format!(
            "- {}: {}\n",
            escape(&fact.name),
            escape(&fact.value)
        ));
    }
}

/// A table whose source is aligned as well, for reading in a terminal.
pub(crate) fn table(head: &[&str], numeric: &[usize], rows: &[Vec<String>], text: &mut String) {
    let escaped: Vec<Vec<String>> = rows
        .iter()
        .map(|row| row.iter().map(|cell| escape(cell)).collect())
        .collect();
    let head: Vec<String> = head.iter().map(|cell| escape(cell)).collect();
    let widths: Vec<usize> = (0..head.len())
        .map(|i| {
            let cells = escaped.iter().filter_map(|row| row.get(i));
            cells
                .chain([&head[i]])
                .map(|cell| cell.chars().count())
                .max()
                .unwrap_or(0)
                .max(3)
        })
        .collect();
    let mut line = |row: &[String]| {
        for (i, width) in widths.iter().enumerate() {
            let cell = row.get(i).map_or("", String::as_str);
            let pad = " ".repeat(width.saturating_sub(cell.chars().count()));
            if numeric.contains(&i) {
                text.push_str(&format!("| {pad}{cell} "));
            } else {
                text.push_str(&format!("| {cell}{pad} "));
            }
        }
        text.push_str("|\n");
    };
    line(&head);
    let rule = widths.iter().enumerate().map(|(i, width)| {
        let dashes = "-".repeat(width - 1);
        if numeric.contains(&i) {
            format!("{dashes}:")
        } else {
            format!("{dashes}-")
        }
    });
    line(&rule.collect::<Vec<_>>());
    for row in &escaped {
        line(row);
    }
    text.push('\n');
}

/// Keeps text on one line and inside its cell.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '|' | '\\' | '`' | '<' => {
                out.push('\\');
                out.push(c);
            }
            '\n' | '\r' | '\t' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
