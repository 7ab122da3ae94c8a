//! The static site: one page for the whole, one for each benchmark, a style sheet, a script and
//! the data.
//!
//! Nothing is fetched from anywhere: the pages work from a folder, a mail attachment or a web
//! server. The script sorts tables, switches the theme and checks the page; without it all
//! figures are still there, and the choice between axes is plain CSS.

use std::collections::HashSet;

use minijinja::value::Serde;
use minijinja::{Environment, Value};
use serde::Serialize;

use crate::bars::BarChart;
use crate::charts::{Charts, cause};
use crate::colours;
use crate::curves::{self, Axes, CurveChart};
use crate::figure_text::{
    Direction, direction, interval, mean_sentence, mebibytes, number, seconds,
};
use crate::jit;
use crate::table::{self, HEADINGS};
use crate::view::{
    Benchmark, Column, Mean, MeanOf, OutcomeKind, Section, VerdictRow, View, WarmupView,
};

/// Files of the site as (path relative to its folder, content).
pub fn render_site(view: &View) -> Vec<(String, Vec<u8>)> {
    let environment = environment();
    let colours = colours::assign(view);
    let addresses = Addresses::of(view);
    let site = Site {
        view,
        environment,
        colours,
        addresses,
    };
    let mut files = vec![
        ("index.html".to_owned(), site.index().into_bytes()),
        (
            "style.css".to_owned(),
            include_bytes!("../assets/style.css").to_vec(),
        ),
        (
            "report.js".to_owned(),
            include_bytes!("../assets/report.js").to_vec(),
        ),
    ];
    for section in &view.sections {
        for benchmark in &section.benchmarks {
            let path = site.addresses.page(section, benchmark);
            files.push((path, site.benchmark(section, benchmark).into_bytes()));
        }
    }
    if let Ok(data) = serde_json::to_vec(view) {
        files.push(("view.json".to_owned(), data));
    }
    files
}

struct Site<'a> {
    view: &'a View,
    environment: Environment<'static>,
    colours: Vec<(&'a Column, String)>,
    addresses: Addresses,
}

#[derive(Serialize)]
struct IndexPage<'a> {
    /// What leads from the page to the site's folder.
    root: &'a str,
    title: &'a str,
    view: &'a View,
    baseline: Option<&'a str>,
    legend: Vec<Legend>,
    headlines: Vec<Headline>,
    has_memory: bool,
    has_jit: bool,
    has_scale: bool,
    headings: [(&'a str, &'a str, bool); HEADINGS.len()],
    failures: usize,
    single: bool,
    verdicts: Vec<VerdictLine<'a>>,
    rows: Vec<table::Row>,
    sections: Vec<SectionPart>,
}

#[derive(Serialize)]
struct BenchmarkPage<'a> {
    root: &'a str,
    title: &'a str,
    view: &'a View,
    section: &'a str,
    benchmark: &'a Benchmark,
    legend: Vec<Legend>,
    linear: Option<CurveChart>,
    log: Option<CurveChart>,
    log_both: Option<CurveChart>,
    headings: [(&'a str, &'a str, bool); HEADINGS.len()],
    jit: Option<jit::JitTable>,
    invocations: Vec<ProcessLine>,
    rows: Vec<table::Row>,
}

#[derive(Serialize)]
struct VerdictLine<'a> {
    row: &'a VerdictRow,
    column: String,
    change: Option<String>,
    sort: Option<f64>,
}

#[derive(Serialize)]
struct ProcessLine {
    column: String,
    colour: String,
    number: usize,
    failed: bool,
    outcome: String,
    iterations: usize,
    first: Option<String>,
    last: Option<String>,
    warmup: Option<WarmupView>,
    time_to_steady: Option<String>,
    wall: Option<String>,
    peak: Option<String>,
}

#[derive(Serialize)]
struct Legend {
    colour: String,
    name: String,
    version: String,
    baseline: bool,
}

#[derive(Serialize)]
struct SectionPart {
    id: String,
    title: String,
    note: String,
    sentences: Vec<Sentence>,
    time: Option<BarChart>,
    speed: Option<BarChart>,
    absolute: Option<BarChart>,
    memory: Option<BarChart>,
    memory_sentences: Vec<Sentence>,
    thumbnails: Vec<Thumbnail>,
    jit: Option<jit::JitTable>,
}

#[derive(Serialize)]
struct Sentence {
    colour: String,
    column: String,
    text: String,
    dropped: Vec<String>,
}

#[derive(Serialize)]
struct Headline {
    colour: String,
    column: String,
    figure: String,
    word: String,
    /// What the mean is over, where that needs saying.
    over: String,
    sentence: String,
    dropped: Vec<String>,
}

#[derive(Serialize)]
struct Thumbnail {
    name: String,
    href: String,
    chart: Option<CurveChart>,
    lines: Vec<ThumbnailLine>,
}

#[derive(Serialize)]
struct ThumbnailLine {
    colour: String,
    column: String,
    text: String,
}

impl Site<'_> {
    fn index(&self) -> String {
        let view = self.view;
        let sections: Vec<SectionPart> = view.sections.iter().map(|s| self.section(s)).collect();
        let rows: Vec<_> = view
            .sections
            .iter()
            .flat_map(|s| table::rows(s, &self.colours, |b| self.addresses.page(s, b)))
            .collect();
        let has = |part: fn(&SectionPart) -> bool| sections.iter().any(part);
        self.render(
            "index.html",
            &IndexPage {
                root: "",
                title: &view.title,
                view,
                baseline: view.baseline_column().map(Column::name),
                legend: self.legend(),
                headlines: self.headlines(),
                has_memory: has(|s| s.memory.is_some()),
                has_jit: has(|s| s.jit.is_some()),
                has_scale: has(|s| s.time.is_some()),
                headings: HEADINGS,
                failures: rows.iter().filter(|row| row.failed).count(),
                single: self.single_invocation(),
                verdicts: self.verdicts(),
                rows,
                sections,
            },
        )
    }

    fn benchmark(&self, section: &Section, benchmark: &Benchmark) -> String {
        let chart = |id: &str, axes| {
            curves::layout(format!("curve-{id}"), benchmark, &self.colours, axes, false)
        };
        let only = Section {
            benchmarks: vec![benchmark.clone()],
            ..section.clone()
        };
        self.render(
            "benchmark.html",
            &BenchmarkPage {
                root: "../",
                title: &benchmark.name,
                view: self.view,
                section: &section.title,
                benchmark,
                legend: self.legend(),
                linear: chart("linear", Axes::Linear),
                log: chart("log", Axes::LogTime),
                log_both: chart("log-both", Axes::LogBoth),
                headings: HEADINGS,
                jit: jit::table(section, Some(benchmark), &self.colours),
                invocations: self.invocations(benchmark),
                rows: table::rows(&only, &self.colours, |_| String::new()),
            },
        )
    }

    fn render(&self, template: &str, page: &impl Serialize) -> String {
        let page = Value::from(Serde(page));
        let found = self
            .environment
            .get_template(template)
            .and_then(|t| t.render(page));
        found.expect("the templates are part of the program, and tests render every situation")
    }

    fn legend(&self) -> Vec<Legend> {
        let each = self.colours.iter().map(|(column, colour)| Legend {
            colour: colour.clone(),
            name: column.name().to_owned(),
            version: column.version.clone(),
            baseline: self.view.baseline.as_ref() == Some(&column.id),
        });
        each.collect()
    }

    /// The means over everything, as large figures.
    fn headlines(&self) -> Vec<Headline> {
        let Some(baseline) = self.view.baseline_column() else {
            return Vec::new();
        };
        let scope = match self.view.sections.as_slice() {
            [only] => Some(only.id.clone()),
            _ => None,
        };
        let titles: Vec<&str> = self
            .view
            .sections
            .iter()
            .map(|s| s.title.as_str())
            .collect();
        let over = if titles.len() > 1 {
            titles.join(" and ")
        } else {
            String::new()
        };
        let mut headlines = Vec::new();
        for (column, colour) in &self.colours {
            let found = self.mean(scope.as_deref(), &column.id, MeanOf::Steady);
            let Some(mean) = found else { continue };
            let (value, word) = match &mean.estimate {
                None => (None, "not comparable"),
                Some(e) => match direction(e) {
                    Direction::Even => (Some(e.value), "no difference shown"),
                    Direction::Faster => (Some(e.value), "faster"),
                    Direction::Slower => (Some(1.0 / e.value), "slower"),
                },
            };
            let figure = value.map_or("–".to_owned(), |v| format!("{}×", number(v)));
            headlines.push(Headline {
                colour: colour.clone(),
                column: column.name().to_owned(),
                figure,
                word: word.to_owned(),
                over: over.clone(),
                sentence: unbroken(&mean_sentence(mean, baseline.name())),
                dropped: dropped(mean),
            });
        }
        headlines
    }

    fn mean(&self, scope: Option<&str>, column: &str, of: MeanOf) -> Option<&Mean> {
        let same = |m: &&Mean| m.section.as_deref() == scope && m.column == column && m.of == of;
        self.view.means.iter().find(same)
    }

    fn section(&self, section: &Section) -> SectionPart {
        let href = |s: &Section, b: &Benchmark| self.addresses.page(s, b);
        let charts = Charts {
            view: self.view,
            columns: &self.colours,
            href: &href,
        };
        let time = charts.relative_time(section);
        let absolute = if time.is_none() {
            charts.absolute_time(section)
        } else {
            None
        };
        let sentences = |kinds: &[MeanOf]| {
            let columns = self.colours.iter();
            let each = columns.flat_map(|c| kinds.iter().map(move |kind| (c, *kind)));
            each.filter_map(|(c, kind)| self.sentence(section, c, kind))
                .collect::<Vec<_>>()
        };
        SectionPart {
            id: section.id.clone(),
            title: section.title.clone(),
            note: section.note.clone(),
            sentences: sentences(&[MeanOf::Steady, MeanOf::FirstIteration]),
            speed: charts.relative_speed(section),
            memory: charts.memory(section),
            memory_sentences: sentences(&[MeanOf::Memory]),
            thumbnails: section
                .benchmarks
                .iter()
                .map(|b| self.thumbnail(section, b))
                .collect(),
            jit: jit::table(section, None, &self.colours),
            time,
            absolute,
        }
    }

    fn sentence(
        &self,
        section: &Section,
        (column, colour): &(&Column, String),
        of: MeanOf,
    ) -> Option<Sentence> {
        let mean = self.mean(Some(&section.id), &column.id, of)?;
        if of != MeanOf::Steady && mean.estimate.is_none() {
            return None;
        }
        // What is left out is said once, with the steady times.
        let said = self.mean(Some(&section.id), &column.id, MeanOf::Steady);
        let repeats = of != MeanOf::Steady && said.is_some_and(|s| s.dropped == mean.dropped);
        Some(Sentence {
            colour: colour.clone(),
            column: column.name().to_owned(),
            text: unbroken(&mean_sentence(mean, self.view.baseline_column()?.name())),
            dropped: if repeats { Vec::new() } else { dropped(mean) },
        })
    }

    fn thumbnail(&self, section: &Section, benchmark: &Benchmark) -> Thumbnail {
        let id = format!("thumb-{}", self.addresses.slug(section, benchmark));
        let lines = self.colours.iter().map(|(column, colour)| ThumbnailLine {
            colour: colour.clone(),
            column: column.name().to_owned(),
            text: match (benchmark.failure(&column.id), benchmark.cell(&column.id)) {
                (Some(outcome), _) => outcome.kind.label().to_owned(),
                (None, cell) => cell
                    .and_then(|c| c.figures.as_ref())
                    .map_or_else(|| "–".to_owned(), |f| seconds(f.steady_s.value)),
            },
        });
        Thumbnail {
            name: benchmark.name.clone(),
            href: self.addresses.page(section, benchmark),
            chart: curves::layout(id, benchmark, &self.colours, Axes::LogTime, true),
            lines: lines.collect(),
        }
    }

    /// Whether intervals lack the variation between processes.
    fn single_invocation(&self) -> bool {
        let cells = self
            .view
            .sections
            .iter()
            .flat_map(|s| &s.benchmarks)
            .flat_map(|b| &b.cells);
        cells
            .filter_map(|cell| cell.figures.as_ref())
            .any(|figures| figures.invocations == 1)
    }

    fn verdicts(&self) -> Vec<VerdictLine<'_>> {
        let name = |id: &str| {
            let column = self.view.columns.iter().find(|c| c.id == id);
            column.map_or(id, Column::name).to_owned()
        };
        let each = self.view.verdicts.iter().map(|row| VerdictLine {
            row,
            column: name(&row.column),
            change: row
                .change
                .map(|c| format!("{} {}", number(c.value), interval(&c, number))),
            sort: row.change.map(|c| c.value),
        });
        each.collect()
    }

    /// One line for each process of a benchmark.
    fn invocations(&self, benchmark: &Benchmark) -> Vec<ProcessLine> {
        let mut lines = Vec::new();
        for (column, colour) in &self.colours {
            let Some(cell) = benchmark.cell(&column.id) else {
                continue;
            };
            for (i, invocation) in cell.invocations.iter().enumerate() {
                let warmup = invocation.warmup.as_ref();
                lines.push(ProcessLine {
                    column: column.name().to_owned(),
                    colour: colour.clone(),
                    number: i + 1,
                    failed: invocation.outcome.kind != OutcomeKind::Ok,
                    outcome: cause(&invocation.outcome),
                    iterations: invocation.iterations_s.len(),
                    first: invocation.iterations_s.first().map(|v| seconds(*v)),
                    last: invocation.iterations_s.last().map(|v| seconds(*v)),
                    warmup: warmup.cloned(),
                    time_to_steady: warmup.and_then(|w| w.time_to_steady_s).map(seconds),
                    wall: invocation.wall_s.map(seconds),
                    peak: invocation.peak_rss_bytes.map(mebibytes),
                });
            }
        }
        lines
    }
}

/// Intervals do not break at the end of a line.
fn unbroken(sentence: &str) -> String {
    match sentence.split_once('[') {
        Some((before, after)) => format!("{before}[{}", after.replacen(", ", ",\u{a0}", 1)),
        None => sentence.to_owned(),
    }
}

fn dropped(mean: &Mean) -> Vec<String> {
    let each = mean
        .dropped
        .iter()
        .map(|d| format!("{} ({})", d.benchmark, d.cause));
    each.collect()
}

/// File names of the benchmarks' pages, made of letters that every file system takes.
struct Addresses {
    slugs: Vec<((String, String), String)>,
}

impl Addresses {
    fn of(view: &View) -> Addresses {
        let mut taken = HashSet::new();
        let mut slugs = Vec::new();
        for section in &view.sections {
            for benchmark in &section.benchmarks {
                let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
                let base: String = benchmark.name.chars().map(plain).take(80).collect();
                let mut slug = base.clone();
                let mut count = 1;
                while !taken.insert(slug.to_ascii_lowercase()) {
                    count += 1;
                    slug = format!("{base}-{count}");
                }
                slugs.push(((section.id.clone(), benchmark.name.clone()), slug));
            }
        }
        Addresses { slugs }
    }

    fn slug(&self, section: &Section, benchmark: &Benchmark) -> &str {
        let key = |entry: &&((String, String), String)| {
            entry.0.0 == section.id && entry.0.1 == benchmark.name
        };
        self.slugs
            .iter()
            .find(key)
            .map_or("unknown", |(_, slug)| slug)
    }

    fn page(&self, section: &Section, benchmark: &Benchmark) -> String {
        format!("benchmark/{}.html", self.slug(section, benchmark))
    }
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    let templates = [
        ("layout.html", include_str!("../templates/layout.html")),
        ("index.html", include_str!("../templates/index.html")),
        (
            "benchmark.html",
            include_str!("../templates/benchmark.html"),
        ),
        ("bars.html", include_str!("../templates/bars.html")),
        ("curves.html", include_str!("../templates/curves.html")),
        ("tables.html", include_str!("../templates/tables.html")),
    ];
    for (name, source) in templates {
        let added = environment.add_template(name, source);
        added.expect("the templates are part of the program, and tests compile them");
    }
    environment
}
