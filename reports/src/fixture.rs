//! Views for tests: a measured-looking run with every kind of failure, and the small odd ones.

use crate::analyse;
use crate::view::*;

/// A reproducible stand-in for noise: ±`part` around 1.
fn noise(i: usize, part: f64) -> f64 {
    let mixed = (i as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    1.0 + part * (((mixed >> 40) % 2001) as f64 / 1000.0 - 1.0)
}

/// An invocation that starts at `first`, falls towards `steady`, and stays there.
pub(crate) fn warming(seed: usize, first: f64, steady: f64, count: usize) -> Vec<f64> {
    let fall = |i: usize| (first / steady).powf((-(i as f64) / 2.0).exp()) * steady;
    (0..count)
        .map(|i| fall(i) * noise(seed * 1000 + i, 0.02))
        .collect()
}

pub(crate) fn invocation(iterations_s: Vec<f64>, rss_mib: u64) -> Invocation {
    Invocation {
        wall_s: Some(iterations_s.iter().sum::<f64>() + 0.02),
        iterations_s,
        peak_rss_bytes: Some(rss_mib << 20),
        ..Invocation::default()
    }
}

fn failed(kind: OutcomeKind, detail: &str, iterations_s: Vec<f64>) -> Invocation {
    Invocation {
        outcome: Outcome::failed(kind, detail),
        ..invocation(iterations_s, 60)
    }
}

pub(crate) fn column(id: &str, label: &str, version: &str, has_jit: bool) -> Column {
    Column {
        id: id.to_owned(),
        label: label.to_owned(),
        version: version.to_owned(),
        command: format!("/opt/{id}/bin/python"),
        target: "x86_64".to_owned(),
        clock: "native".to_owned(),
        host: "bench".to_owned(),
        has_jit,
        ..Column::default()
    }
}

fn cell(column: &str, invocations: Vec<Invocation>) -> Cell {
    Cell {
        column: column.to_owned(),
        invocations,
        figures: None,
    }
}

/// A benchmark of three columns: the baseline's time, then first and steady of krait and PyPy.
fn benchmark(seed: usize, name: &str, base: f64, krait: (f64, f64), pypy: (f64, f64)) -> Benchmark {
    let runs = |at: usize, (first, steady): (f64, f64), count: usize, rss: u64| {
        let each = (0..3).map(|i| {
            let drift = noise(seed * 31 + at * 7 + i, 0.03);
            invocation(
                warming(seed + i, first * drift, steady * drift, count),
                rss + i as u64,
            )
        });
        each.collect()
    };
    Benchmark {
        name: name.to_owned(),
        version: "1".to_owned(),
        arguments: "10".to_owned(),
        summary: format!("The {name} program."),
        cells: vec![
            cell("cpython311", runs(0, (base * 1.05, base), 12, 14)),
            cell("krait", runs(1, krait, 30, 22)),
            cell("pypy39", runs(2, pypy, 60, 72)),
        ],
    }
}

pub(crate) fn base_view() -> View {
    View {
        title: "quick".to_owned(),
        generated_at: "2026-11-23 15:00 UTC".to_owned(),
        baselines: vec!["cpython311".to_owned()],
        columns: vec![
            column(
                "cpython311",
                "CPython 3.11",
                "Python 3.11.2 (GCC 12.2.0)",
                false,
            ),
            column(
                "krait",
                "krait (no JIT)",
                "Python 3.14.0 (krait 0.1.0)",
                false,
            ),
            column("pypy39", "PyPy 3.9", "Python 3.9.16, PyPy 7.3.11", true),
        ],
        provenance: Provenance {
            environment: vec![
                Fact::new("host", "bench, 2 cores, 8 GiB"),
                Fact::new("processor", "a virtual x86-64"),
                Fact::new("kernel", "Linux 6.1.0"),
                Fact::new("governor", "not readable"),
            ],
            session: vec![
                Fact::new("commit", "0123abc (clean)"),
                Fact::new("order", "interleaved, seed 7"),
            ],
            experiment_yaml: "experiment: quick\nbaseline: cpython311 # & <others>\n".to_owned(),
        },
        seed: 42,
        ..View::default()
    }
}

/// The programs of the first section; one of each kind of failure among them.
fn programs() -> Vec<Benchmark> {
    let mut programs = vec![
        benchmark(1, "richards", 0.122, (0.101, 0.0995), (0.080, 0.0034)),
        benchmark(2, "chaos", 0.157, (0.150, 0.149), (0.123, 0.0165)),
        benchmark(3, "deltablue", 0.171, (0.16, 0.158), (0.263, 0.0203)),
        benchmark(4, "float", 0.0996, (0.09, 0.0822), (0.066, 0.022)),
        benchmark(5, "nbody", 0.109, (0.098, 0.0973), (0.0218, 0.0119)),
        benchmark(6, "fannkuch", 0.229, (0.19, 0.188), (0.074, 0.0595)),
        benchmark(7, "spectral_norm", 0.144, (0.12, 0.119), (0.0194, 0.0041)),
        benchmark(8, "nqueens", 0.134, (0.126, 0.125), (0.069, 0.0273)),
        benchmark(9, "go", 0.104, (0.11, 0.109), (0.439, 0.0382)),
        benchmark(10, "hexiom", 0.134, (0.14, 0.139), (0.207, 0.0296)),
        benchmark(11, "meteor_contest", 0.15, (0.16, 0.158), (0.102, 0.0763)),
        benchmark(12, "pidigits", 0.172, (0.119, 0.118), (0.17, 0.145)),
        benchmark(13, "raytrace", 0.18, (0.17, 0.166), (0.229, 0.00622)),
        benchmark(14, "telco", 0.136, (0.2, 0.19), (0.482, 0.2)),
        benchmark(15, "crypto_aes", 0.0987, (0.1, 0.094), (0.0361, 0.0088)),
        benchmark(16, "json_dump", 0.126, (0.12, 0.115), (0.0912, 0.055)),
        benchmark(17, "template", 0.173, (0.2, 0.18), (0.0899, 0.0335)),
    ];
    let out_of_memory = failed(OutcomeKind::OutOfMemory, "limit of 512 MiB reached", vec![]);
    programs[8].cells[1].invocations[2] = failed(OutcomeKind::Crash, "SIGSEGV", vec![0.11; 4]);
    programs[10].cells[2].invocations =
        vec![failed(OutcomeKind::Timeout, "after 60 s", vec![0.1, 0.09])];
    programs[13].cells[1].invocations = vec![out_of_memory];
    programs[15].cells[1].invocations = vec![failed(
        OutcomeKind::WrongResult,
        "digest 1234 <not> 5678 & co",
        vec![0.12; 5],
    )];
    programs[16].cells.remove(2);
    programs
}

/// Gives PyPy's processes the counters of a JIT.
fn add_jit_counters(benchmark: &mut Benchmark) {
    let counter = |name: &str, value, unit: &str| Counter {
        name: name.to_owned(),
        value,
        unit: unit.to_owned(),
    };
    let pypy = benchmark.cells.iter_mut().filter(|c| c.column == "pypy39");
    for run in pypy.flat_map(|c| &mut c.invocations) {
        run.jit = vec![
            counter("Tracing", 96.0, ""),
            counter("Tracing seconds", 0.0424, "s"),
            counter("Backend", 94.0, ""),
            counter("Backend seconds", 0.017, "s"),
            counter("TOTAL seconds", 0.2035, "s"),
            counter("ops", 70_612.0, ""),
            counter("recorded ops", 21_157.0, ""),
            counter("opt ops", 8435.0, ""),
            counter("opt guards", 1644.0, ""),
            counter("abort: trace too long", 2.0, ""),
            counter("Total # of loops", 20.0, ""),
            counter("Total # of bridges", 78.0, ""),
            counter("Freed # of loops", 4.0, ""),
            counter("machine code", 81_920.0, "bytes"),
        ];
        let count = run.iterations_s.len();
        let curve = |name: &str, unit: &str, most: f64| CounterCurve {
            name: name.to_owned(),
            unit: unit.to_owned(),
            values: (0..count)
                .map(|i| (i > 0).then(|| most * (1.0 - 0.5f64.powi(i as i32))))
                .collect(),
        };
        run.jit_curves = vec![
            curve("TOTAL_COMPILED_LOOPS", "", 20.0),
            curve("TOTAL_COMPILED_BRIDGES", "", 78.0),
            curve("TRACING seconds", "s", 0.04),
            curve("RECORDED_OPS", "", 21_157.0),
            curve("machine code bytes", "bytes", 81_920.0),
        ];
    }
}

/// Two sections, three columns, failures of each kind, JIT counters, verdicts.
pub(crate) fn full() -> View {
    let mut programs = programs();
    let mut warmups = vec![
        benchmark(20, "function_call", 0.22, (0.25, 0.249), (2.4, 2.371)),
        benchmark(21, "function_call2", 0.288, (0.3, 0.299), (1.8, 1.785)),
        benchmark(22, "bridges", 0.251, (0.24, 0.239), (1.76, 1.752)),
    ];
    programs
        .iter_mut()
        .chain(&mut warmups)
        .for_each(add_jit_counters);
    let mut view = base_view();
    view.sections = vec![
        Section {
            id: "programs".to_owned(),
            title: "Programs".to_owned(),
            note: "Whole programs, each with a checked result.".to_owned(),
            columns: vec![],
            benchmarks: programs,
        },
        Section {
            id: "warm-up".to_owned(),
            title: "Warm-up programs".to_owned(),
            note: "Code that is new again and again: nothing ever gets warm.".to_owned(),
            columns: vec![],
            benchmarks: warmups,
        },
    ];
    let verdict = |benchmark: &str, verdict: &str, change, note: &str| VerdictRow {
        section: "programs".to_owned(),
        benchmark: benchmark.to_owned(),
        column: "krait".to_owned(),
        verdict: verdict.to_owned(),
        change,
        note: note.to_owned(),
    };
    let change = Estimate {
        value: 1.08,
        interval: Some((1.05, 1.11)),
    };
    view.verdicts = vec![
        verdict("richards", "slower", Some(change), ""),
        verdict("go", "failed", None, "crash: SIGSEGV"),
    ];
    let mut hole = column("krait-jit", "krait", "", true);
    hole.absent = Some("not built: crate `krait` has no feature `jit` yet".to_owned());
    hole.configuration = "jit".to_owned();
    hole.family = "krait".to_owned();
    view.columns.push(hole);
    view.columns[1].configuration = "nojit".to_owned();
    view.columns[1].family = "krait".to_owned();
    with_past(analyse(view), 3)
}

/// The view with so many runs before it, of which the last is what it is compared with, and with
/// a step in one series.
pub(crate) fn with_past(mut view: View, runs: usize) -> View {
    let points = crate::points(&view);
    view.past = (0..runs)
        .map(|run| PastRun {
            run: format!("run-{run}"),
            at: format!(
                "2026-{:02}-{:02}T01:00:00Z",
                1 + run / 28 % 12,
                1 + run % 28
            ),
            build: format!("{run:012x}"),
            release: (run == 0).then(|| "v0.1".to_owned()),
            points: points
                .iter()
                .map(|point| PastPoint {
                    main: Estimate {
                        value: point.main.value * noise(run, 0.1),
                        interval: point.main.interval,
                    },
                    ..point.clone()
                })
                .collect(),
        })
        .collect();
    view.changes = vec![ChangeView {
        section: "programs".to_owned(),
        benchmark: "richards".to_owned(),
        column: "krait".to_owned(),
        run: format!("run-{}", runs / 2),
        ratio: 1.08,
        state: "new".to_owned(),
        commits: "0123abc..4567def".to_owned(),
    }];
    view.earlier = Some(Earlier {
        run: format!("run-{}", runs - 1),
        at: "2026-11-22".to_owned(),
        build: "0123abc".to_owned(),
        release: None,
        sections: view.sections.clone(),
        means: vec![MeanChange {
            column: "krait".to_owned(),
            measure: "time".to_owned(),
            estimate: Some(Estimate {
                value: 0.97,
                interval: Some((0.95, 0.99)),
            }),
            n: 1,
            m: 2,
            reliability: Some(0.125),
        }],
        gone: vec!["old | one on krait".to_owned()],
    });
    view
}

/// A hundred benchmarks with names as long as they come, one of them longer than a chart has room
/// for; some of which one side or the other cannot run.
pub(crate) fn many() -> View {
    let families = [
        "async_tree_cpu_io_mixed_eager_tg",
        "go",
        "sqlglot_v2_transpile",
        "xml_etree_pure_python_iterparse",
        "typing_runtime_protocols",
        "scimark_sparse_mat_mult",
        "float",
    ];
    let mut view = base_view();
    let one = |i: usize| {
        let family = families[i % families.len()];
        let name = match i {
            0..7 => family.to_owned(),
            40 => format!("{family}_of_a_name_that_goes_on_and_on_for_no_good_reason_{i}"),
            i => format!("{family}_{i}"),
        };
        let speed = 0.02 * 1.07f64.powi(i as i32);
        let runs = |time: f64, rss| vec![invocation(vec![time * 1.2, time, time * 1.01], rss)];
        let of = |column, fails: Option<(OutcomeKind, &str)>, time| match fails {
            Some((kind, detail)) => cell(column, vec![failed(kind, detail, vec![])]),
            None => cell(column, runs(time, 20 + i as u64)),
        };
        let on_krait = (i % 9 == 5).then_some((OutcomeKind::Crash, "ImportError"));
        let on_pypy = (i % 11 == 3).then_some((OutcomeKind::Timeout, "after 60 s"));
        Benchmark {
            name,
            cells: vec![
                of("cpython311", None, 0.1),
                of("krait", on_krait, 0.1 / speed),
                of("pypy39", on_pypy, 0.3 * speed),
            ],
            ..Benchmark::default()
        }
    };
    view.sections = vec![Section {
        id: "many".to_owned(),
        title: "Many programs".to_owned(),
        benchmarks: (0..100).map(one).collect(),
        ..Section::default()
    }];
    analyse(view)
}

/// One section of one benchmark with these cells.
pub(crate) fn small(cells: Vec<Cell>) -> View {
    let mut view = base_view();
    let benchmark = Benchmark {
        name: "nbody".to_owned(),
        cells,
        ..Benchmark::default()
    };
    view.sections = vec![Section {
        id: "programs".to_owned(),
        title: "Programs".to_owned(),
        note: String::new(),
        columns: vec![],
        benchmarks: vec![benchmark],
    }];
    view
}

/// Views with something missing or extreme, each with a name.
pub(crate) fn odd() -> Vec<(&'static str, View)> {
    let runs = |column: &str, counts: &[usize]| {
        let each = counts.iter().enumerate();
        cell(
            column,
            each.map(|(i, n)| invocation(warming(i, 0.2, 0.1, *n), 20))
                .collect(),
        )
    };
    let mut alone = small(vec![runs("krait", &[10, 10])]);
    alone.baselines.clear();
    alone.columns.retain(|c| c.id == "krait");
    let mut missing = small(vec![runs("krait", &[10]), runs("pypy39", &[10])]);
    missing.baselines = vec!["cpython311".to_owned()];
    let mut unknown = small(vec![runs("krait", &[10])]);
    unknown.baselines = vec!["nobody".to_owned()];
    let mut elsewhere = small(vec![
        runs("cpython311", &[10]),
        runs("krait", &[10, 10]),
        runs("cpython-mule", &[10]),
        runs("krait-mule", &[10, 10]),
    ]);
    for of in ["cpython311", "krait"] {
        let column = elsewhere.columns.iter().find(|column| column.id == of);
        let mut there = column.expect("it is of the fixture").clone();
        there.id = format!("{}-mule", of.trim_end_matches("311"));
        there.label = format!("{} on mule", there.label);
        there.host = "mule".to_owned();
        elsewhere.columns.push(there);
    }
    elsewhere.baselines.push("cpython-mule".to_owned());
    let mut emulated = small(vec![runs("cpython311", &[10]), runs("krait", &[10])]);
    emulated.columns[1].clock = "qemu-wall".to_owned();
    let broken = Invocation {
        iterations_s: vec![0.1, f64::NAN, -1.0, 0.0],
        ..invocation(vec![], 0)
    };
    let views = vec![
        ("nothing", View::default()),
        ("no benchmarks", base_view()),
        ("one executor", alone),
        ("baseline not run", missing),
        ("unknown baseline", unknown),
        ("other clock", emulated),
        ("a baseline for each host", elsewhere),
        (
            "one iteration",
            small(vec![runs("cpython311", &[1]), runs("krait", &[1])]),
        ),
        (
            "400 iterations",
            small(vec![runs("cpython311", &[400]), runs("krait", &[400, 400])]),
        ),
        (
            "unusable samples",
            small(vec![runs("cpython311", &[5]), cell("krait", vec![broken])]),
        ),
        ("no cells", small(vec![])),
    ];
    views
        .into_iter()
        .map(|(name, view)| (name, analyse(view)))
        .collect()
}
