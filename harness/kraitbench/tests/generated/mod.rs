//! Stores whose truth is known: nights of benchmarks on executors, with given levels and a
//! reproducible noise.

use std::path::Path;

use model::yaml::{self, Catalogue};
use model::{
    ClockKind, Criterion, Environment, Host, Invocation, InvocationId, Isolation, Outcome,
    Provenance, Reported, Run, RunExecutor, RunId, Sample, SeriesKey, Target,
};
use store::Store;

/// What the nights of a store look like.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    pub benchmarks: usize,
    pub executors: usize,
    pub invocations: u32,
    pub iterations: u32,
}

#[allow(dead_code, reason = "likewise")]
pub const SMALL: Shape = Shape {
    benchmarks: 3,
    executors: 1,
    invocations: 3,
    iterations: 8,
};

impl Shape {
    /// The experiment that such nights are of.
    pub fn yaml(&self) -> String {
        let benchmark = |i| {
            let iterations = self.iterations;
            format!("{{name: b{i}, size: 3, iterations: {iterations}, unchecked: true}}")
        };
        let executor = |i| format!("{{name: x{i}, kind: command, command: [x]}}");
        let benchmarks: Vec<String> = (0..self.benchmarks).map(benchmark).collect();
        let executors: Vec<String> = (0..self.executors).map(executor).collect();
        format!(
            "{{experiment: nights, seed: 1, invocations: {}, programs: p, timeout_s: 1, \
             memory_mb: 1, suites: [{{name: s, benchmarks: [{}]}}], executors: [{}]}}",
            self.invocations,
            benchmarks.join(", "),
            executors.join(", ")
        )
    }

    /// The header of night `number`, of a commit of its own.
    pub fn run(&self, number: usize) -> Run {
        let text = self.yaml();
        let experiment = yaml::experiment("e", &text, &Catalogue::default()).unwrap();
        let executors = experiment.executors.iter().map(|executor| RunExecutor {
            not_built: false,
            name: executor.name.clone(),
            target: Target::X86_64,
            clock: ClockKind::Native,
            command: vec!["x".to_owned()],
            provenance: Ok(Provenance {
                sha256: format!("{number:064x}"),
                commit: Some(format!("{number:040x}")),
                ..Provenance::default()
            }),
        });
        let (year, day) = (2024 + number / 336, number % 336);
        let (month, day) = (1 + day / 28, 1 + day % 28);
        Run {
            id: RunId(format!("{year}{month:02}{day:02}T010000.000Z-nights")),
            started_at: format!("{year}-{month:02}-{day:02}T01:00:00Z"),
            plan: format!("{number}"),
            planned: (self.benchmarks * self.executors) as u32 * self.invocations,
            share: model::Share::This,
            executors: executors.collect(),
            experiment_text: text,
            experiment,
            host: Host {
                name: "host".to_owned(),
                ..Host::default()
            },
            environment: Environment::default(),
        }
    }

    /// A night's invocations; `level` gives the factor of each benchmark's time.
    pub fn night(&self, run: &Run, level: &dyn Fn(usize) -> f64) -> Vec<Invocation> {
        let mut all = Vec::new();
        for index in 0..self.invocations {
            for benchmark in 0..self.benchmarks {
                for executor in 0..self.executors {
                    let position = all.len() as u32;
                    let made = self.invocation(run, benchmark, executor, index, position);
                    let factor = level(benchmark);
                    all.push(scaled(made, factor));
                }
            }
        }
        all
    }

    fn invocation(
        &self,
        run: &Run,
        benchmark: usize,
        executor: usize,
        index: u32,
        position: u32,
    ) -> Invocation {
        let found = &run.executors[executor];
        let build = found.provenance.as_ref().map_or("", |p| p.build_id());
        let night = noise(&[&run.id.0], benchmark as u64, executor as u64);
        let shift = noise(&[&run.id.0], u64::from(position), 77);
        let base = 1e6 * (1 + benchmark) as f64 * (1.0 + 0.004 * night + 0.003 * shift);
        let wall = (0..self.iterations).map(|iteration| Sample {
            criterion: Criterion::Wall,
            iteration: Some(iteration),
            value: (base
                * (1.0 + 0.003 * noise(&[&run.id.0], u64::from(position), u64::from(iteration))))
            .round(),
        });
        let of_process = |criterion, value| Sample {
            criterion,
            iteration: None,
            value,
        };
        let peak = of_process(Criterion::PeakMemory, 8e6 * (1.0 + 0.001 * night));
        let whole = of_process(Criterion::ProcessWall, base * f64::from(self.iterations));
        Invocation {
            id: InvocationId(format!("id{position}")),
            run: run.id.clone(),
            key: SeriesKey {
                suite: run.experiment.suites[0].name.clone(),
                suite_version: 1,
                benchmark: run.experiment.suites[0].benchmarks[benchmark].name.clone(),
                benchmark_version: 1,
                size: 3,
                arguments: String::new(),
                executor: found.name.clone(),
                configuration: run.experiment.executors[executor].configuration,
                target: found.target,
                host: run.host.name.clone(),
                clock: found.clock,
                build: build.to_owned(),
            },
            index,
            position,
            started_at: run.started_at.clone(),
            command: vec!["x".to_owned()],
            outcome: Outcome::Ok,
            isolation: Isolation::default(),
            reported: Reported::default(),
            stdout_tail: String::new(),
            absent: vec![],
            stderr_tail: String::new(),
            samples: wall.chain([whole, peak]).collect(),
        }
    }
}

fn scaled(mut invocation: Invocation, factor: f64) -> Invocation {
    for sample in &mut invocation.samples {
        if sample.criterion == Criterion::Wall {
            sample.value *= factor;
        }
    }
    invocation
}

/// About −1 to 1, bell-shaped, from words and numbers alone.
fn noise(words: &[&str], one: u64, two: u64) -> f64 {
    let mut hash = 0xcbf2_9ce4_8422_2325u64;
    let numbers = [one.to_le_bytes(), two.to_le_bytes()];
    for byte in words
        .iter()
        .flat_map(|word| word.bytes())
        .chain(numbers.into_iter().flatten())
    {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    let mut sum = 0.0;
    for _ in 0..4 {
        hash ^= hash >> 29;
        hash = hash.wrapping_mul(0xbf58_476d_1ce4_e5b9);
        hash ^= hash >> 32;
        sum += (hash % 2001) as f64 / 1000.0 - 1.0;
    }
    sum / 2.0
}

/// A store of so many nights; `level` is asked for night and benchmark.
#[allow(
    dead_code,
    reason = "not every test that has this module fills a store so"
)]
pub fn fill(folder: &Path, shape: Shape, nights: usize, level: &dyn Fn(usize, usize) -> f64) {
    let store = Store::open(folder).unwrap();
    for number in 0..nights {
        let run = shape.run(number);
        store.begin(&run).unwrap();
        for invocation in shape.night(&run, &|benchmark| level(number, benchmark)) {
            store.keep(&invocation).unwrap();
        }
    }
}

/// As [`fill`], a file a night instead of a file an invocation, from so many threads.
#[allow(
    dead_code,
    reason = "not every test that has this module fills a store so"
)]
pub fn fill_compact(
    folder: &Path,
    shape: Shape,
    nights: usize,
    level: &(dyn Fn(usize, usize) -> f64 + Sync),
) {
    let store = Store::open(folder).unwrap();
    let threads = std::thread::available_parallelism().map_or(1, |count| count.get());
    std::thread::scope(|scope| {
        for thread in 0..threads {
            let store = &store;
            scope.spawn(move || {
                for number in (thread..nights).step_by(threads) {
                    let run = shape.run(number);
                    let invocations = shape.night(&run, &|benchmark| level(number, benchmark));
                    store.add(&store::Stored { run, invocations }).unwrap();
                }
            });
        }
    });
}
