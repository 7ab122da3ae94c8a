//! What the report says, word by word, on fixed views.

use crate::figure_text::{comparison, number, seconds};
use crate::fixture::{self, invocation, small, warming};
use crate::view::*;
use crate::{analyse, render_markdown, render_site};

/// The template engine writes slashes as references, which browsers read as slashes.
fn unescaped(bytes: &[u8]) -> String {
    std::str::from_utf8(bytes)
        .expect("text")
        .replace("&#x2f;", "/")
}

fn file(view: &View, path: &str) -> String {
    let files = render_site(view);
    let found = files.into_iter().find(|(name, _)| name == path);
    unescaped(&found.expect("the file is there").1)
}

fn cell(column: &str, times: &[&[f64]], rss_mib: u64) -> Cell {
    let invocations = times
        .iter()
        .map(|t| invocation(t.to_vec(), rss_mib))
        .collect();
    Cell {
        column: column.to_owned(),
        invocations,
        figures: None,
    }
}

/// Three columns of round numbers: krait twice as fast, PyPy timed out.
fn round_numbers() -> View {
    let base: &[f64] = &[0.2; 5];
    let fast: &[f64] = &[0.1; 5];
    let timeout = Outcome::failed(OutcomeKind::Timeout, "after 60 s");
    let late = Invocation {
        outcome: timeout,
        ..Invocation::default()
    };
    let mut view = small(vec![
        cell("cpython311", &[base, base], 10),
        cell("krait", &[fast, fast], 15),
        Cell {
            column: "pypy39".to_owned(),
            invocations: vec![late],
            figures: None,
        },
    ]);
    view.title = "a | b".to_owned();
    analyse(view)
}

#[test]
fn numbers_have_three_significant_digits() {
    let shown = [
        0.0,
        0.012345,
        0.9996,
        1.0,
        9.996,
        35.79,
        358.4,
        12345.6,
        f64::NAN,
    ]
    .map(number);
    assert_eq!(
        shown,
        [
            "0", "0.0123", "1.00", "1.00", "10.0", "35.8", "358", "12346", "–"
        ]
    );
    let shown = [2.5, 0.0123, 1.5e-5, 2e-9, -0.0].map(seconds);
    assert_eq!(shown, ["2.50 s", "12.3 ms", "15.0 µs", "2.00 ns", "0 s"]);
}

#[test]
fn slower_is_the_inverse_and_doubt_is_said() {
    let say = |value, interval| comparison(&Estimate { value, interval }, "X");
    assert_eq!(
        say(2.0, Some((1.9, 2.1))),
        "2.00 times faster than X [1.90, 2.10]"
    );
    assert_eq!(
        say(0.5, Some((0.4, 0.8))),
        "2.00 times slower than X [1.25, 2.50]"
    );
    assert_eq!(say(0.5, None), "2.00 times slower than X");
    assert_eq!(say(1.001, None), "1.00 times the speed of X");
    let doubt = "1.01 times the speed of X [0.980, 1.04]: no difference is shown";
    assert_eq!(say(1.01, Some((0.98, 1.04))), doubt);
}

#[test]
fn markdown_says_it_all() {
    let expected = "\
# a \\| b

- **krait (no JIT)**: The geometric mean of 1 of 1 benchmarks is 2.00 times faster than CPython 3.11 [2.00, 2.00].
- **krait (no JIT)**: The geometric mean of the peak memory of 1 of 1 benchmarks is 1.50 times that of CPython 3.11 [1.50, 1.50].
- **PyPy 3.9**: No benchmark of 1 can be compared with CPython 3.11. Left out: nbody (PyPy 3.9: timeout).

## Programs

| benchmark |                |                  steady |    × CPython 3.11 |  first | break-even | warm-up | peak RSS |
| --------- | -------------- | ----------------------: | ----------------: | -----: | ---------: | ------- | -------: |
| nbody     | CPython 3.11   |                  200 ms |                   | 200 ms |          – | flat    | 10.0 MiB |
|           | krait (no JIT) |                  100 ms | 2.00 [2.00, 2.00] | 100 ms |          1 | flat    | 15.0 MiB |
|           | PyPy 3.9       | **timeout: after 60 s** |                   |        |            |         |          |

## Environment

- CPython 3.11: Python 3.11.2 (GCC 12.2.0)
- krait (no JIT): Python 3.14.0 (krait 0.1.0)
- PyPy 3.9: Python 3.9.16, PyPy 7.3.11
- host: bench, 2 cores, 8 GiB
- processor: a virtual x86-64
- kernel: Linux 6.1.0
- governor: not readable
- commit: 0123abc (clean)
- order: interleaved, seed 7
- bootstrap seed: 42
";
    assert_eq!(render_markdown(&round_numbers()), expected);
}

#[test]
fn the_page_says_the_mean_and_the_cause() {
    let page = file(&round_numbers(), "index.html");
    for piece in [
        "How fast against CPython 3.11?",
        "2.00× <span>faster</span>",
        "The geometric mean of 1 of 1 benchmarks is 2.00 times faster than CPython 3.11",
        "<summary>Left out: 1 (PyPy 3.9: timeout)</summary>",
        "<dt>PyPy 3.9: timeout</dt><dd>nbody</dd>",
        "<title>nbody, krait (no JIT): 0.500 [0.500, 0.500]; steady 100 ms</title>",
        "<title>nbody, PyPy 3.9: timeout: after 60 s</title>",
        "CPython 3.11 = 1.0",
    ] {
        assert!(page.contains(piece), "not on the page: {piece}");
    }
    let figures = file(&round_numbers(), "figures.html");
    for piece in [
        "<dt>bootstrap seed</dt><dd>42</dd>",
        "experiment: quick\nbaseline: cpython311 # &amp; &lt;others&gt;",
    ] {
        assert!(figures.contains(piece), "not on the page: {piece}");
    }
    let jit = file(&round_numbers(), "jit.html");
    assert!(jit.contains("No executor of this run told of a JIT."));
}

#[test]
fn of_a_hundred_benchmarks_the_ends_are_named_and_holes_are_counted() {
    let view = fixture::many();
    let page = file(&view, "index.html");
    let krait = view
        .means
        .iter()
        .find(|mean| mean.column == "krait" && mean.of == MeanOf::Steady)
        .expect("a mean");
    assert_eq!((krait.n, krait.m), (89, 100));
    for piece in [
        "<summary>Left out: 11 (krait (no JIT): crash)</summary>",
        "of 89 that ran on CPython 3.11 too",
        "comparison.html#c=krait&amp;n=cpython311&amp;o=worst",
        // The slowest comes first: a fiftieth of the baseline's speed.
        "<h4>Slowest</h4><ol><li><a href=\"benchmark/async_tree_cpu_io_mixed_eager_tg.html\">\
         async_tree_cpu_io_mixed_eager_tg</a>",
        "50.0× slower</span>",
    ] {
        assert!(page.contains(piece), "not on the page: {piece}");
    }
    let few = file(&round_numbers(), "index.html");
    assert!(
        !few.contains("Slowest"),
        "of one benchmark there are no ends"
    );
}

#[test]
fn jit_counters_are_shown_where_there_are_any() {
    let view = fixture::full();
    let index = file(&view, "jit.html");
    assert!(index.contains("What the JIT did"));
    assert!(index.contains("n/a, for want of a JIT: CPython 3.11, krait (no JIT)."));
    let page = file(&view, "benchmark/nbody.html");
    assert!(page.contains(">n/a</td>"));
    assert!(page.contains("80.0 KiB"));
}

#[test]
fn what_programs_say_is_escaped() {
    let page = file(&fixture::full(), "index.html");
    assert!(page.contains("digest 1234 &lt;not&gt; 5678 &amp; co"));
    assert!(!page.contains("<not>"));
}

#[test]
fn nothing_is_fetched_from_anywhere() {
    for (path, bytes) in render_site(&fixture::full()) {
        let text = String::from_utf8(bytes).expect("text");
        for foreign in [
            "http:",
            "https:",
            "url(",
            "@import",
            "src=\"//",
            "href=\"//",
        ] {
            assert!(!text.contains(foreign), "{path} contains {foreign}");
        }
    }
}

#[test]
fn every_link_leads_to_a_file_or_a_place() {
    let files = render_site(&fixture::full());
    let paths: Vec<&str> = files.iter().map(|(path, _)| path.as_str()).collect();
    for (path, bytes) in files.iter().filter(|(path, _)| path.ends_with(".html")) {
        let text = unescaped(bytes);
        let places = |page: &str, place: &str| {
            let target = files
                .iter()
                .find(|(name, _)| name == page)
                .expect("the page");
            let marker = format!("id=\"{place}\"");
            String::from_utf8_lossy(&target.1).contains(&marker)
        };
        for link in text
            .split("href=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
        {
            let (target, place) = link.split_once('#').unwrap_or((link, ""));
            let inside = target.trim_start_matches("../");
            let page = if target.is_empty() {
                path.as_str()
            } else {
                inside
            };
            assert!(link == "data:," || paths.contains(&page), "{path}: {link}");
            // What has a value is no place but a choice, of the page that reads it.
            let choice = page == "comparison.html" && place.contains('=');
            let known = place.is_empty() || choice || places(page, place);
            assert!(known, "{path}: {link}");
        }
    }
}

#[test]
fn every_odd_view_renders() {
    for (name, view) in fixture::odd() {
        let files = render_site(&view);
        assert!(files.iter().any(|(path, _)| path == "index.html"), "{name}");
        let text = render_markdown(&view);
        for word in ["NaN", "inf", "None"] {
            assert!(!text.contains(word), "{name}: {word} in\n{text}");
        }
    }
}

#[test]
fn a_view_survives_being_written_as_json() {
    let view = fixture::full();
    let text = file(&view, "view.json");
    let back: View = serde_json::from_str(&text).expect("the same structure");
    assert_eq!(file(&back, "index.html"), file(&view, "index.html"));
}

#[test]
fn a_failed_invocation_leaves_no_figure() {
    let view = fixture::full();
    let go = view.sections[0]
        .benchmarks
        .iter()
        .find(|b| b.name == "go")
        .expect("go");
    let krait = go.cell("krait").expect("a cell");
    assert_eq!(krait.figures, None);
    let failure = krait.failure().expect("a failure");
    assert_eq!(
        (failure.kind, failure.detail.as_str()),
        (OutcomeKind::Crash, "SIGSEGV (1 of 3 invocations)")
    );
    let of = |mean: &&Mean| mean.column == "krait" && mean.of == MeanOf::Steady;
    let mean = view.means.iter().find(of).expect("a mean");
    assert_eq!((mean.n, mean.m), (14, 17));
    let dropped: Vec<&str> = mean.dropped.iter().map(|d| d.benchmark.as_str()).collect();
    assert_eq!(dropped, ["go", "telco", "json_dump"]);
}

#[test]
fn a_failed_baseline_is_said_for_the_others() {
    let crash = Outcome::failed(OutcomeKind::Crash, "SIGABRT");
    let dead = Invocation {
        outcome: crash,
        ..Invocation::default()
    };
    let baseline = Cell {
        column: "cpython311".into(),
        invocations: vec![dead],
        figures: None,
    };
    let view = analyse(small(vec![baseline, cell("krait", &[&[0.1; 5]], 10)]));
    let mean = &view.means[0];
    assert_eq!((mean.n, mean.m, mean.estimate), (0, 1, None));
    assert_eq!(mean.dropped[0].cause, "CPython 3.11: crash");
    let krait = view.sections[0].benchmarks[0]
        .cell("krait")
        .expect("a cell");
    assert!(krait.figures.as_ref().is_some_and(|f| f.speedup.is_none()));
}

#[test]
fn each_host_is_compared_with_its_own_baseline() {
    let (_, view) = fixture::odd()
        .into_iter()
        .find(|(n, _)| *n == "a baseline for each host")
        .expect("it");
    let column = |id: &str| view.columns.iter().find(|c| c.id == id).expect("a column");
    let reference = |id: &str| view.reference(column(id)).map(|c| c.id.as_str());
    assert_eq!(reference("krait"), Some("cpython311"));
    assert_eq!(reference("krait-mule"), Some("cpython-mule"));
    assert_eq!(reference("cpython-mule"), None);
    let speed = |id: &str| {
        let cell = view.sections[0].benchmarks[0].cell(id).expect("a cell");
        cell.figures.as_ref().expect("figures").speedup
    };
    assert!(speed("krait-mule").is_some());
    assert_eq!(speed("cpython-mule"), None);
    let steady = view.means.iter().filter(|mean| mean.of == MeanOf::Steady);
    let shown: Vec<(&str, bool)> = steady
        .map(|mean| (mean.column.as_str(), mean.estimate.is_some()))
        .collect();
    assert!(shown.contains(&("krait-mule", true)), "{shown:?}");
    assert!(
        shown.iter().all(|(id, _)| !id.starts_with("cpython")),
        "{shown:?}"
    );

    let home = file(&view, "index.html");
    assert!(home.contains("How fast against CPython 3.11 and CPython 3.11 on mule?"));
    assert!(home.contains("time relative to CPython 3.11 on mule"));
    assert!(!home.contains("not compared here"));
    let notes = crate::render_release(&view);
    assert!(notes.contains("of CPython 3.11 on mule"), "{notes}");
}

#[test]
fn other_clocks_are_never_compared() {
    let (_, view) = fixture::odd()
        .into_iter()
        .find(|(n, _)| *n == "other clock")
        .expect("it");
    let krait = view.sections[0].benchmarks[0]
        .cell("krait")
        .expect("a cell");
    let figures = krait.figures.as_ref().expect("its own figures are fine");
    assert_eq!(
        (figures.speedup, figures.break_even),
        (None, BreakEvenView::NotApplicable)
    );
    assert!(view.means[0].estimate.is_none());
    let cause = "krait (no JIT): another clock (qemu-wall, not native)";
    assert_eq!(view.means[0].dropped[0].cause, cause);
}

#[test]
fn figures_follow_from_the_samples() {
    let slow_start = warming(1, 1.0, 0.1, 60);
    let base: &[f64] = &[0.2; 20];
    let view = analyse(small(vec![
        cell("cpython311", &[base], 10),
        cell("krait", &[&slow_start], 20),
    ]));
    let krait = view.sections[0].benchmarks[0]
        .cell("krait")
        .expect("a cell");
    let figures = krait.figures.as_ref().expect("figures");
    assert!((figures.steady_s.value - 0.1).abs() < 0.01);
    assert!((figures.speedup.expect("a ratio").value - 2.0).abs() < 0.1);
    assert!(figures.first_speedup.expect("a ratio").value < 0.25);
    assert_eq!(figures.rss_ratio, Some(2.0));
    let warmup = figures.warmup.as_ref().expect("classified");
    assert_eq!(warmup.class, "warm-up");
    assert_eq!(warmup.method, "change points (PELT)");
    assert!(
        matches!(figures.break_even, BreakEvenView::At(5..40)),
        "{:?}",
        figures.break_even
    );
}

#[test]
fn what_was_not_built_is_named_with_its_reason_and_not_drawn() {
    let view = fixture::full();
    for page in ["index.html", "targets.html", "jit.html"] {
        let text = file(&view, page);
        assert!(
            text.contains("crate `krait` has no feature `jit` yet"),
            "{page}"
        );
    }
    assert!(!file(&view, "figures.html").contains(">not built<"));
    assert!(render_markdown(&view).contains("- krait: not built: crate"));
    assert!(crate::render_release(&view).contains("krait: not built: crate"));
}

#[test]
fn where_instructions_are_counted_they_stand_in_place_of_times() {
    let times: &[f64] = &[0.4; 6];
    let mut view = small(vec![
        cell("cpython311", &[times, times], 10),
        cell("krait", &[times, times], 10),
        cell("pypy39", &[times, times], 10),
    ]);
    for column in &mut view.columns {
        column.clock = "callgrind".to_owned();
    }
    for (index, configuration) in [(1, "nojit"), (2, "jit")] {
        view.columns[index].family = "krait".to_owned();
        view.columns[index].configuration = configuration.to_owned();
    }
    let cells = &mut view.sections[0].benchmarks[0].cells;
    for (cell, count) in cells.iter_mut().zip([8e9, 4e9, 1e9]) {
        for invocation in &mut cell.invocations {
            invocation.instructions = Some(count);
        }
    }
    let view = analyse(view);
    let figures = view.sections[0].benchmarks[0].cells[1].figures.clone();
    let figures = figures.expect("nothing failed");
    assert_eq!(figures.instructions.map(|count| count.value), Some(4e9));
    assert_eq!(figures.speedup.map(|ratio| ratio.value), Some(2.0));
    assert_eq!(figures.first_speedup, None, "the tool's times say nothing");
    let pair = &view.jit_speedups[0];
    assert_eq!(pair.mean.map(|mean| mean.value), Some(4.0));
    for (page, text) in [
        ("index.html", "instructions relative to"),
        ("index.html", "2.00 times fewer instructions than"),
        ("figures.html", "4.00 G instr."),
        ("comparison.html", "[4000000000.0,"),
        ("comparison.html", "counted, not timed"),
        (
            "targets.html",
            "instructions without JIT / instructions with JIT",
        ),
        ("targets.html", "4.00×"),
        ("timeline.html", "instructions"),
    ] {
        let found = file(&view, page);
        assert!(found.contains(text), "{page}: {text}\n{found}");
    }
    let slug = render_site(&view)
        .into_iter()
        .find(|(name, _)| name.starts_with("timeline/"));
    let (name, page) = slug.expect("a page for the benchmark");
    let page = String::from_utf8(page).expect("text");
    assert!(page.contains("4.00 G instr."), "{name}: {page}");
    let markdown = render_markdown(&view);
    assert!(markdown.contains("4.00 G instr."), "{markdown}");
    // A column that is timed stands beside them and is compared with none.
    let mut mixed = view.clone();
    mixed.columns[1].clock = "native".to_owned();
    let mixed = analyse(mixed);
    let timed = mixed.sections[0].benchmarks[0].cells[1]
        .figures
        .clone()
        .expect("it ran");
    assert_eq!((timed.instructions, timed.speedup), (None, None));
    assert!(file(&mixed, "comparison.html").contains("not counted"));
    assert!(mixed.jit_speedups.is_empty());
}

#[test]
fn the_speed_up_of_a_jit_is_taken_within_its_target() {
    let slow: &[f64] = &[0.4; 6];
    let fast: &[f64] = &[0.1; 6];
    let mut view = small(vec![
        cell("cpython311", &[slow], 10),
        cell("krait", &[slow, slow], 10),
        cell("pypy39", &[fast, fast], 10),
    ]);
    for (index, configuration) in [(1, "nojit"), (2, "jit")] {
        view.columns[index].family = "krait".to_owned();
        view.columns[index].configuration = configuration.to_owned();
        view.columns[index].target = "s390x".to_owned();
        view.columns[index].clock = "qemu-wall".to_owned();
    }
    let speedup = &analyse(view.clone()).jit_speedups[0];
    assert_eq!(
        (speedup.target.as_str(), speedup.n, speedup.m),
        ("s390x", 1, 1)
    );
    assert_eq!(speedup.mean.expect("a mean").value, 4.0);
    let page = file(&analyse(view.clone()), "targets.html");
    assert!(
        page.contains("4.00×") && page.contains("20.6×"),
        "ours and the published"
    );
    assert!(page.contains("where time is no speed"));
    view.columns[1].target = "x86_64".to_owned();
    assert!(
        analyse(view).jit_speedups.is_empty(),
        "never across targets"
    );
}

#[test]
fn a_jit_is_told_by_shares_flow_aborts_and_against_before() {
    let view = fixture::full();
    let page = file(&view, "jit.html");
    for piece in [
        "tracing: 42.4 ms, 20.8 %",
        "running: 144 ms",
        ">21157<",
        ">30 %<",
        "trace too long",
        "PyPy 3.9: before and after",
    ] {
        assert!(page.contains(piece), "not on the page: {piece}");
    }
    let aborts = file(&view, "tables/jit-aborts.csv");
    assert!(aborts.contains("richards,PyPy 3.9,96,2,2"), "{aborts}");
    let strips = file(&view, "benchmark/nbody.html");
    assert!(strips.contains("PyPy 3.9: loops and bridges compiled"));
    assert!(
        strips.contains("iteration 2: 49"),
        "half of 98 in the second iteration"
    );
}

#[test]
fn release_notes_name_means_ends_and_what_is_missing() {
    let text = crate::render_release(&fixture::full());
    for piece in [
        "### krait (no JIT)",
        "- Best: ",
        "- Worst: ",
        "go on krait (no JIT): crash: SIGSEGV",
        "### Since run-2",
        "| krait (no JIT) | x86_64 | time |",
        "0.970×",
        "12.5 %",
        "- Fastest: richards on krait (no JIT) 0.926× (slower).",
        "- old \\| one on krait: only in run-2",
        "Against run-2: benchmarks failed (0 faster, 1 slower, 1 failed, ",
    ] {
        assert!(text.contains(piece), "not in the notes: {piece}\n{text}");
    }
}

#[test]
fn a_section_is_only_about_the_columns_that_it_is_for() {
    let mut view = fixture::full();
    view.sections[1].columns = vec!["cpython311".to_owned(), "krait".to_owned()];
    for benchmark in &mut view.sections[1].benchmarks {
        benchmark.cells.retain(|cell| cell.column != "pypy39");
    }
    let view = analyse(view);
    let of = |section: Option<&str>| {
        let mut means = view.means.iter();
        means.find(|m| {
            m.column == "pypy39" && m.of == MeanOf::Steady && m.section.as_deref() == section
        })
    };
    assert!(
        of(Some("warm-up")).is_none(),
        "no mean of what it is not for"
    );
    assert_eq!(of(None).expect("a mean over the rest").m, 17);
    let figures = file(&view, "tables/figures.csv");
    assert!(!figures.contains("bridges,PyPy"), "{figures}");
}

#[test]
fn a_section_without_the_baseline_is_in_no_mean_and_no_hole_in_it() {
    let mut view = fixture::full();
    view.sections[1].columns = vec!["krait".to_owned(), "pypy39".to_owned()];
    for benchmark in &mut view.sections[1].benchmarks {
        benchmark.cells.retain(|cell| cell.column != "cpython311");
    }
    let programs = view.sections[0].benchmarks.len();
    let view = analyse(view);
    let over = |mean: &&Mean| mean.column == "pypy39" && mean.of == MeanOf::Steady;
    let found: Vec<(Option<&str>, u32)> = view
        .means
        .iter()
        .filter(over)
        .map(|mean| (mean.section.as_deref(), mean.m))
        .collect();
    let programs = programs as u32;
    assert_eq!(found, [(Some("programs"), programs), (None, programs)]);
    assert!(!file(&view, "index.html").contains("CPython 3.11: not run"));
    assert!(file(&view, "index.html").contains("absolute-warm-up"));
}

/// Krait with a JIT, whose first iteration costs four times what it costs without, and each later
/// one half of it; CPython is as fast as krait without.
fn slow_first() -> View {
    let plain: &[f64] = &[0.2; 10];
    let mut warming = vec![0.1; 10];
    warming[0] = 0.8;
    let mut view = small(vec![
        cell("cpython311", &[plain, plain], 10),
        cell("krait", &[plain, plain], 20),
        cell("krait-jit", &[&warming, &warming], 30),
    ]);
    view.columns = [
        ("cpython311", "", false),
        ("krait", "nojit", false),
        ("krait-jit", "jit", true),
    ]
    .map(|(id, configuration, has_jit)| Column {
        family: id.split('-').next().unwrap_or(id).to_owned(),
        configuration: configuration.to_owned(),
        ..fixture::column(id, id, "", has_jit)
    })
    .into();
    analyse(view)
}

#[test]
fn runs_of_each_length_are_sums_from_the_first_iteration() {
    let view = slow_first();
    let of = |against: &str| -> Vec<(Length, f64)> {
        let all = view.lengths.iter().filter(|one| one.against == against);
        all.map(|one| (one.length, one.mean.expect("a mean").value))
            .collect()
    };
    // Of the fixture's processes, start and end take 20 ms.
    let expected = [
        (Length::Process, 0.22 / 0.82),
        (Length::Iterations(1), 0.2 / 0.8),
        (Length::Iterations(3), 0.6 / 1.0),
        (Length::Iterations(10), 2.0 / 1.7),
    ];
    for against in ["cpython311", "krait"] {
        let found = of(against);
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for ((length, ratio), (wanted, value)) in found.into_iter().zip(expected) {
            assert_eq!(length, wanted);
            assert!((ratio - value).abs() < 1e-9, "{length:?}: {ratio}");
        }
    }
}

#[test]
fn a_run_that_is_slower_with_the_jit_is_marked() {
    let view = slow_first();
    let page = file(&view, "warmup.html");
    assert!(page.contains("Runs of each length"));
    let csv = file(&view, "tables/lengths-without-jit.csv");
    let row = csv.lines().nth(1).expect("a benchmark");
    assert!(row.contains("krait-jit"), "{row}");
    assert!(page.contains("worse\">"), "the row is marked");
}

#[test]
fn without_a_jit_there_are_no_lengths() {
    let none = small(vec![cell("cpython311", &[&[0.2; 5]], 10)]);
    let page = file(&analyse(none), "warmup.html");
    assert!(!page.contains("Runs of each length"));
}
