//! The static site: the pages of the navigation, two for each benchmark, a style sheet, scripts,
//! every table as Markdown, CSV and JSON, and all data.
//!
//! Nothing is fetched from anywhere: the pages work from a folder, a mail attachment or a web
//! server. The script sorts tables, switches the theme and checks the page; without it all
//! figures are still there, and the choice between axes is plain CSS. Only the comparison of any
//! columns with any needs a script, and says so.

use std::collections::HashSet;

use minijinja::value::Serde;
use minijinja::{Environment, Value};
use serde::Serialize;

use crate::bars::BarChart;
use crate::charts::{Charts, cause};
use crate::colours;
use crate::curves::{self, Axes, CurveChart};
use crate::figure_text::{
    Direction, direction, main_figure, mean_sentence, mebibytes, number, seconds,
};
use crate::jit;
use crate::left_out::{self, LeftOut};
use crate::pages::{
    Comparison, Evolution, Extremes, HOME, JitPage, MemoryPage, Mini, PLACES, PastIndex, Place,
    Source, TargetsPage, Timeline, release,
};
use crate::sheet::Sheet;
use crate::strips::{self, Strip};
use crate::table::{self, HEADINGS};
use crate::view::{
    Benchmark, Column, Mean, MeanOf, OutcomeKind, Provenance, Section, View, WarmupView,
};

/// Files of the site as (path relative to its folder, content).
pub fn render_site(view: &View) -> Vec<(String, Vec<u8>)> {
    let environment = environment();
    let colours = colours::present(view);
    let addresses = Addresses::of(view);
    let site = Site {
        view,
        past: PastIndex::of(&view.past),
        environment,
        colours,
        addresses,
    };
    let mut files: Vec<(String, Vec<u8>)> = ASSETS
        .iter()
        .map(|(name, content)| ((*name).to_owned(), content.as_bytes().to_vec()))
        .collect();
    site.pages(&mut files);
    files.extend(site.benchmarks());
    files.push((
        "release.md".to_owned(),
        release::render_release(view).into_bytes(),
    ));
    if let Ok(data) = serde_json::to_vec(view) {
        files.push(("view.json".to_owned(), data));
    }
    files
}

const ASSETS: [(&str, &str); 3] = [
    ("style.css", include_str!("../assets/style.css")),
    ("report.js", include_str!("../assets/report.js")),
    ("comparison.js", include_str!("../assets/comparison.js")),
];

struct Site<'a> {
    view: &'a View,
    past: PastIndex<'a>,
    environment: Environment<'static>,
    colours: Vec<(&'a Column, String)>,
    addresses: Addresses,
}

/// What every page has.
#[derive(Serialize)]
struct Frame<'a> {
    /// What leads from the page to the site's folder.
    root: &'a str,
    title: &'a str,
    /// Name of its place in the navigation.
    here: &'a str,
    places: &'a [Place],
    view: About<'a>,
    /// What is compared with, by name.
    against: Option<String>,
    legend: Vec<Legend>,
    /// What could not be built, with the reason.
    holes: Vec<(&'a str, &'a str)>,
}

/// What templates take from the view itself. A template gets a copy of all that it is given, so
/// this is not the view: that holds every sample and every run of the past.
#[derive(Serialize)]
struct About<'a> {
    title: &'a str,
    generated_at: &'a str,
    seed: u64,
    columns: &'a [Column],
    provenance: &'a Provenance,
    earlier: Option<Before<'a>>,
}

/// The run that this one is compared with.
#[derive(Serialize)]
struct Before<'a> {
    run: &'a str,
    build: &'a str,
}

impl<'a> About<'a> {
    fn of(view: &'a View) -> About<'a> {
        About {
            title: &view.title,
            generated_at: &view.generated_at,
            seed: view.seed,
            columns: &view.columns,
            provenance: &view.provenance,
            earlier: view.earlier.as_ref().map(|earlier| Before {
                run: &earlier.run,
                build: &earlier.build,
            }),
        }
    }
}

#[derive(Serialize)]
struct Page<'a, T> {
    #[serde(flatten)]
    frame: Frame<'a>,
    #[serde(flatten)]
    content: T,
}

#[derive(Serialize)]
struct Home {
    headlines: Vec<Headline>,
    /// Where there are many benchmarks.
    extremes: Vec<Extremes>,
    evolution: Evolution,
    has_scale: bool,
    failures: usize,
    series: usize,
    single: bool,
    /// Columns that no baseline can be compared with, and why.
    apart: Vec<(String, String)>,
    changes: Option<Counts>,
    sections: Vec<SectionPart>,
}

/// How many series have which verdict.
#[derive(Serialize)]
struct Counts {
    faster: usize,
    slower: usize,
    failed: usize,
    all: usize,
}

#[derive(Serialize)]
struct Changes {
    counts: Option<Counts>,
    sheet: Option<Sheet>,
    /// Where levels moved for good.
    steps: Option<Sheet>,
}

#[derive(Serialize)]
struct Timelines {
    sections: Vec<(String, Vec<Mini>)>,
    runs: usize,
    changes: usize,
}

#[derive(Serialize)]
struct ComparisonPage {
    data: String,
}

#[derive(Serialize)]
struct WarmUp {
    sections: Vec<SectionPart>,
    /// What runs of each length cost; none without a JIT.
    lengths: Vec<Sheet>,
    sheet: Sheet,
}

#[derive(Serialize)]
struct Jit {
    jit: JitPage,
}

#[derive(Serialize)]
struct Memory {
    memory: MemoryPage,
    sections: Vec<SectionPart>,
}

#[derive(Serialize)]
struct Targets {
    targets: TargetsPage,
}

#[derive(Serialize)]
struct Release {
    text: String,
}

#[derive(Serialize)]
struct Figures<'a> {
    headings: [(&'a str, &'a str, bool); HEADINGS.len()],
    rows: Vec<table::Row>,
}

#[derive(Serialize)]
struct OneTimeline {
    timeline: Timeline,
}

#[derive(Serialize)]
struct BenchmarkPage<'a> {
    section: &'a str,
    benchmark: &'a Benchmark,
    timeline: String,
    linear: Option<CurveChart>,
    log: Option<CurveChart>,
    log_both: Option<CurveChart>,
    strips: Vec<Strip>,
    strip_height: f64,
    headings: [(&'a str, &'a str, bool); HEADINGS.len()],
    jit: Option<jit::JitTable>,
    invocations: Vec<ProcessLine>,
    rows: Vec<table::Row>,
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
    /// One for each baseline that there is something to compare with.
    comparisons: Vec<Compared>,
    /// Where there is none.
    absolute: Option<BarChart>,
    /// Of columns whose clock counts instructions.
    counts: Option<BarChart>,
    memory: Option<BarChart>,
    memory_sentences: Vec<Sentence>,
    thumbnails: Vec<Thumbnail>,
}

/// Charts of what is compared with one baseline.
#[derive(Serialize)]
struct Compared {
    time: BarChart,
    speed: Option<BarChart>,
    /// What the two scales are called.
    what: &'static str,
    inverse: &'static str,
}

impl Compared {
    fn of(charts: &Charts<'_>, section: &Section, baseline: &Column) -> Option<Compared> {
        let (what, inverse) = match baseline.counts() {
            true => ("instructions", "baseline / its own"),
            false => ("time", "speed"),
        };
        Some(Compared {
            time: charts.relative_time(section, baseline)?,
            speed: charts.relative_speed(section, baseline),
            what,
            inverse,
        })
    }
}

#[derive(Serialize)]
struct Sentence {
    colour: String,
    column: String,
    text: String,
    left_out: Vec<LeftOut>,
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
    left_out: Vec<LeftOut>,
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
    /// The pages of all benchmarks, in their order, made on all processors: with a long history
    /// they are most of the site.
    fn benchmarks(&self) -> Vec<(String, Vec<u8>)> {
        let sections = self.view.sections.iter();
        let all: Vec<(&Section, &Benchmark)> = sections
            .flat_map(|section| section.benchmarks.iter().map(move |one| (section, one)))
            .collect();
        let threads = std::thread::available_parallelism().map_or(1, |count| count.get());
        let part = all.len().div_ceil(threads).max(1);
        let pages = |part: &[(&Section, &Benchmark)]| {
            let mut files = Vec::new();
            for (section, benchmark) in part {
                let path = self.addresses.page(section, benchmark);
                files.push((path, self.benchmark(section, benchmark).into_bytes()));
                self.timeline(section, benchmark, &mut files);
            }
            files
        };
        let pages = &pages;
        std::thread::scope(|scope| {
            let parts = all
                .chunks(part)
                .map(|part| scope.spawn(move || pages(part)));
            let running: Vec<_> = parts.collect();
            let made = running.into_iter().map(|one| match one.join() {
                Ok(files) => files,
                Err(panic) => std::panic::resume_unwind(panic),
            });
            made.flatten().collect()
        })
    }

    fn source<T>(&self, make: impl FnOnce(&Source<'_>) -> T) -> T {
        make(&Source {
            view: self.view,
            columns: &self.colours,
            page_of: &|section, benchmark| self.addresses.page(section, benchmark),
            slug_of: &|section, benchmark| self.addresses.slug(section, benchmark).to_owned(),
            past: &self.past,
        })
    }

    /// The pages of the navigation, each with its tables.
    fn pages(&self, files: &mut Vec<(String, Vec<u8>)>) {
        self.put(files, "index.html", self.home(), &[]);
        let changes = self.source(|s| s.changes());
        let steps = self.source(|s| s.steps());
        let sheets: Vec<Sheet> = changes.iter().chain(&steps).cloned().collect();
        let page = Changes {
            counts: self.counts(),
            sheet: changes,
            steps,
        };
        self.put(files, "changes.html", page, &sheets);
        self.put(files, "timeline.html", self.timelines(), &[]);
        self.put(files, "comparison.html", self.comparison(), &[]);
        let sections = || self.view.sections.iter().map(|s| self.section(s)).collect();
        let sheet = self.warmup_sheet();
        let lengths = self.source(|s| s.lengths());
        let sheets: Vec<Sheet> = lengths.iter().chain([&sheet]).cloned().collect();
        let page = WarmUp {
            sections: sections(),
            lengths,
            sheet,
        };
        self.put(files, "warmup.html", page, &sheets);
        let jit = self.source(|s| s.jit());
        let mut sheets = vec![jit.flow.clone(), jit.aborts.clone(), jit.loops.clone()];
        sheets.extend(jit.before_after.iter().map(|one| one.sheet.clone()));
        self.put(files, "jit.html", Jit { jit }, &sheets);
        let memory = self.source(|s| s.memory());
        let sheets = [memory.sheet.clone()];
        let page = Memory {
            memory,
            sections: sections(),
        };
        self.put(files, "memory.html", page, &sheets);
        let targets = self.source(|s| s.targets());
        let sheets = [targets.sheet.clone()];
        self.put(files, "targets.html", Targets { targets }, &sheets);
        let text = release::render_release(self.view);
        self.put(files, "release.html", Release { text }, &[]);
        let rows = self.rows();
        let sheets = [table::sheet(&rows)];
        let page = Figures {
            headings: HEADINGS,
            rows,
        };
        self.put(files, "figures.html", page, &sheets);
    }

    fn put(
        &self,
        files: &mut Vec<(String, Vec<u8>)>,
        file: &str,
        content: impl Serialize,
        sheets: &[Sheet],
    ) {
        let here = PLACES.iter().find(|place| place.file == file);
        let here = here.map_or("", |place| place.name);
        let title = match here {
            HOME => self.view.title.clone(),
            here => format!("{here} · {}", self.view.title),
        };
        let page = Page {
            frame: self.frame("", &title, here),
            content,
        };
        files.push((file.to_owned(), self.render(file, &page).into_bytes()));
        files.extend(sheets.iter().flat_map(Sheet::files));
    }

    fn frame<'a>(&'a self, root: &'a str, title: &'a str, here: &'a str) -> Frame<'a> {
        let columns = self.view.columns.iter();
        Frame {
            root,
            title,
            here,
            places: &PLACES,
            view: About::of(self.view),
            against: self.view.compared_with(),
            legend: self.legend(&|column| here != HOME || self.view.stands_apart(column).is_none()),
            holes: columns
                .filter_map(|column| Some((column.name(), column.absent.as_deref()?)))
                .collect(),
        }
    }

    fn home(&self) -> Home {
        let sections: Vec<SectionPart> =
            self.view.sections.iter().map(|s| self.section(s)).collect();
        let rows = self.rows();
        Home {
            headlines: self.headlines(),
            extremes: self.source(|s| s.extremes()),
            evolution: self.source(|s| s.evolution()),
            has_scale: sections
                .iter()
                .any(|section| !section.comparisons.is_empty()),
            failures: rows.iter().filter(|row| row.failed).count(),
            series: rows.len(),
            single: self.single_invocation(),
            apart: self.apart(),
            changes: self.counts(),
            sections,
        }
    }

    fn rows(&self) -> Vec<table::Row> {
        let sections = self.view.sections.iter();
        sections
            .flat_map(|s| {
                let name = |b: &Benchmark| self.view.called(s, b);
                table::rows(s, &self.colours, name, |b| self.addresses.page(s, b))
            })
            .collect()
    }

    /// Columns that no baseline can be compared with, and why.
    fn apart(&self) -> Vec<(String, String)> {
        let columns = self.colours.iter();
        columns
            .filter_map(|(column, _)| {
                let why = self.view.stands_apart(column)?;
                Some((column.name().to_owned(), why))
            })
            .collect()
    }

    fn counts(&self) -> Option<Counts> {
        let rows = &self.view.verdicts;
        let count = |verdict: &str| rows.iter().filter(|row| row.verdict == verdict).count();
        (!rows.is_empty()).then(|| Counts {
            faster: count("faster"),
            slower: count("slower"),
            failed: count("failed"),
            all: rows.len(),
        })
    }

    fn timelines(&self) -> Timelines {
        let sections = self.view.sections.iter();
        Timelines {
            sections: sections
                .map(|section| (section.title.clone(), self.source(|s| s.minis(section))))
                .collect(),
            runs: self.view.past.len() + 1,
            changes: self.view.changes.len(),
        }
    }

    fn timeline(
        &self,
        section: &Section,
        benchmark: &Benchmark,
        files: &mut Vec<(String, Vec<u8>)>,
    ) {
        let timeline = self.source(|s| s.timeline(section, benchmark));
        let path = format!("timeline/{}.html", timeline.slug);
        let mut sheets = vec![timeline.sheet.clone()];
        if !timeline.changes.rows.is_empty() {
            sheets.push(timeline.changes.clone());
        }
        let title = format!("{} over runs", benchmark.name);
        let page = Page {
            frame: Frame {
                legend: self.legend(&|column| section.is_for(&column.id)),
                ..self.frame("../", &title, "Timeline")
            },
            content: OneTimeline { timeline },
        };
        files.push((path, self.render("one-timeline.html", &page).into_bytes()));
        files.extend(sheets.iter().flat_map(Sheet::files));
    }

    fn comparison(&self) -> ComparisonPage {
        let data: Comparison = self.source(|s| s.comparison());
        let text = serde_json::to_string(&data).unwrap_or_default();
        // Inside of a script element nothing but its end tag ends it.
        let data = text.replace('<', "\\u003c");
        ComparisonPage { data }
    }

    fn benchmark(&self, section: &Section, benchmark: &Benchmark) -> String {
        let chart = |id: &str, axes| {
            curves::layout(format!("curve-{id}"), benchmark, &self.colours, axes, false)
        };
        let only = Section {
            benchmarks: vec![benchmark.clone()],
            ..section.clone()
        };
        let slug = self.addresses.slug(section, benchmark);
        let page = Page {
            frame: Frame {
                legend: self.legend(&|column| section.is_for(&column.id)),
                ..self.frame("../", &benchmark.name, "Warm-up")
            },
            content: BenchmarkPage {
                section: &section.title,
                benchmark,
                timeline: format!("../timeline/{slug}.html"),
                linear: chart("linear", Axes::Linear),
                log: chart("log", Axes::LogTime),
                log_both: chart("log-both", Axes::LogBoth),
                strips: self.strips(benchmark),
                strip_height: strips::HEIGHT,
                headings: HEADINGS,
                jit: jit::table(section, Some(benchmark), &self.colours),
                invocations: self.invocations(benchmark),
                rows: table::rows(&only, &self.colours, |b| b.name.clone(), |_| String::new()),
            },
        };
        self.render("benchmark.html", &page)
    }

    /// The JIT's counters under the curve, of the first process of each column that told any.
    fn strips(&self, benchmark: &Benchmark) -> Vec<Strip> {
        let runs = benchmark.cells.iter().flat_map(|cell| &cell.invocations);
        let most = runs.map(|run| run.iterations_s.len()).max().unwrap_or(0);
        let columns = self.colours.iter();
        columns
            .filter_map(|(column, colour)| {
                let cell = benchmark.cell(&column.id)?;
                let first = cell
                    .invocations
                    .iter()
                    .find(|run| !run.jit_curves.is_empty())?;
                Some(strips::of(first, column, colour, most))
            })
            .flatten()
            .collect()
    }

    /// How every series warmed up.
    fn warmup_sheet(&self) -> Sheet {
        table::warmup_sheet(self.view, &self.colours)
    }

    fn render(&self, template: &str, page: &impl Serialize) -> String {
        let page = Value::from(Serde(page));
        let found = self
            .environment
            .get_template(template)
            .and_then(|t| t.render(page));
        found.expect("the templates are part of the program, and tests render every situation")
    }

    fn legend(&self, is_shown: &dyn Fn(&Column) -> bool) -> Vec<Legend> {
        let columns = self.colours.iter().filter(|(column, _)| is_shown(column));
        let each = columns.map(|(column, colour)| Legend {
            colour: colour.clone(),
            name: column.name().to_owned(),
            version: column.version.clone(),
            baseline: self.view.is_baseline(column),
        });
        each.collect()
    }

    /// The means over everything, as large figures.
    fn headlines(&self) -> Vec<Headline> {
        let scope = match self.view.sections.as_slice() {
            [only] => Some(only.id.clone()),
            _ => None,
        };
        let mut headlines = Vec::new();
        for (column, colour) in &self.colours {
            let found = self.mean(scope.as_deref(), &column.id, MeanOf::Steady);
            let Some((mean, baseline)) = found.zip(self.view.reference(column)) else {
                continue;
            };
            let both = |s: &&Section| s.is_for(&column.id) && s.is_for(&baseline.id);
            let titles: Vec<&str> = self
                .view
                .sections
                .iter()
                .filter(both)
                .map(|s| s.title.as_str())
                .collect();
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
                over: match self.view.sections.len() {
                    1 => String::new(),
                    _ => titles.join(" and "),
                },
                sentence: unbroken(&mean_sentence(mean, baseline)),
                left_out: left_out::by_cause(mean),
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
        let comparisons: Vec<Compared> = self
            .view
            .baselines()
            .filter(|baseline| section.is_for(&baseline.id))
            .filter_map(|baseline| Compared::of(&charts, section, baseline))
            .collect();
        let absolute = match comparisons.as_slice() {
            [] => charts.absolute_time(section),
            _ => None,
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
            memory: charts.memory(section),
            memory_sentences: sentences(&[MeanOf::Memory]),
            thumbnails: section
                .benchmarks
                .iter()
                .map(|b| self.thumbnail(section, b))
                .collect(),
            comparisons,
            absolute,
            counts: charts.counts(section),
        }
    }

    fn sentence(
        &self,
        section: &Section,
        (column, colour): &(&Column, String),
        of: MeanOf,
    ) -> Option<Sentence> {
        let mean = self.mean(Some(&section.id), &column.id, of)?;
        // What stands apart as a whole has none, and is said once, for all sections.
        let baseline = self.view.reference(column)?;
        if of != MeanOf::Steady && mean.estimate.is_none() {
            return None;
        }
        // What is left out is said once, with the steady times.
        let said = self.mean(Some(&section.id), &column.id, MeanOf::Steady);
        let repeats = of != MeanOf::Steady && said.is_some_and(|s| s.dropped == mean.dropped);
        Some(Sentence {
            colour: colour.clone(),
            column: column.name().to_owned(),
            text: unbroken(&mean_sentence(mean, baseline)),
            left_out: match repeats {
                true => Vec::new(),
                false => left_out::by_cause(mean),
            },
        })
    }

    fn thumbnail(&self, section: &Section, benchmark: &Benchmark) -> Thumbnail {
        let id = format!("thumb-{}", self.addresses.slug(section, benchmark));
        let columns = self.colours.iter().filter(|one| section.is_for(&one.0.id));
        let lines = columns.map(|(column, colour)| ThumbnailLine {
            colour: colour.clone(),
            column: column.name().to_owned(),
            text: match (benchmark.failure(&column.id), benchmark.cell(&column.id)) {
                (Some(outcome), _) => outcome.kind.label().to_owned(),
                (None, cell) => cell
                    .and_then(|c| c.figures.as_ref())
                    .map_or_else(|| "–".to_owned(), main_figure),
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
        ("changes.html", include_str!("../templates/changes.html")),
        ("timeline.html", include_str!("../templates/timeline.html")),
        (
            "one-timeline.html",
            include_str!("../templates/one-timeline.html"),
        ),
        (
            "comparison.html",
            include_str!("../templates/comparison.html"),
        ),
        ("warmup.html", include_str!("../templates/warmup.html")),
        ("jit.html", include_str!("../templates/jit.html")),
        ("memory.html", include_str!("../templates/memory.html")),
        ("targets.html", include_str!("../templates/targets.html")),
        ("release.html", include_str!("../templates/release.html")),
        ("figures.html", include_str!("../templates/figures.html")),
        (
            "benchmark.html",
            include_str!("../templates/benchmark.html"),
        ),
        ("axes.html", include_str!("../templates/axes.html")),
        ("bars.html", include_str!("../templates/bars.html")),
        ("curves.html", include_str!("../templates/curves.html")),
        ("tables.html", include_str!("../templates/tables.html")),
        ("history.html", include_str!("../templates/history.html")),
    ];
    for (name, source) in templates {
        let added = environment.add_template(name, source);
        added.expect("the templates are part of the program, and tests compile them");
    }
    environment
}
