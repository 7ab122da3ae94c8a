//! From an experiment to an ordered list of processes. Pure: the same input gives the same plan.
//!
//! Order matters. Machines drift (heat, other tenants, caches), and whoever runs first is
//! flattered; so the order is shuffled, by default in rounds that hold every benchmark on every
//! executor once ([`Order::Interleaved`]). The shuffle is seeded: an interrupted run plans again,
//! finds the same list with the same ids, and leaves out what it has.
//!
//! An id covers everything that a sample depends on: the experiment, the executables' hashes, the
//! programs, the host. When any of it changes, the ids change, and nothing old is taken for new.

use model::{
    Benchmark, ClockKind, Executor, ExecutorName, Experiment, InvocationId, Order, RunExecutor,
    SuiteName, Target,
};
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sha2::{Digest, Sha256};

#[cfg(test)]
mod tests;

/// The stack is shifted by a variable of up to so many bytes: a page, as what moves with the
/// length of the environment is alignment within pages and cache lines.
const PAD_LIMIT_BYTES: u32 = 4096;

/// For a process whose instructions are counted. 0 would tell CPython to leave hashing as it is
/// without a seed, and others to do as they like.
const COUNTED_HASH_SEED: u32 = 1;

/// All that a plan depends on.
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'a> {
    pub experiment: &'a Experiment,
    /// As found on this machine, in the order of the experiment.
    pub executors: &'a [RunExecutor],
    /// The host's name.
    pub host: &'a str,
    /// Digest of the folder of the programs and of what they import.
    pub programs: &'a str,
}

/// The processes of a run, in their order.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Digest of the inputs: runs are resumed only if theirs is the same.
    pub digest: String,
    pub steps: Vec<Step>,
}

/// One process to run.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub id: InvocationId,
    pub position: u32,
    /// Which of the invocations of this benchmark and executor, from 0.
    pub index: u32,
    pub suite: SuiteName,
    pub suite_version: u32,
    pub benchmark: Benchmark,
    pub executor: ExecutorName,
    pub target: Target,
    pub clock: ClockKind,
    /// For `PYTHONHASHSEED`. The same for all executors of a benchmark's n-th invocation, so
    /// that they face the same collisions; fixed where instructions are counted.
    pub hash_seed: u32,
    pub pad_bytes: u32,
}

/// Plans a run.
pub fn plan(inputs: Inputs<'_>) -> Plan {
    let digest = digest_of(inputs);
    let mut shuffler = ChaCha8Rng::seed_from_u64(inputs.experiment.seed);
    let mut steps = ordered(inputs, &mut shuffler);
    for (position, step) in steps.iter_mut().enumerate() {
        step.position = position as u32;
        step.id = id_of(&digest, step);
        (step.hash_seed, step.pad_bytes) = circumstances(inputs.experiment.seed, step);
    }
    Plan { digest, steps }
}

/// The steps in their order, still without ids.
fn ordered(inputs: Inputs<'_>, shuffler: &mut ChaCha8Rng) -> Vec<Step> {
    let experiment = inputs.experiment;
    let cells = cells(inputs);
    match experiment.order {
        Order::Batch => cells
            .iter()
            .flatten()
            .flat_map(|cell| (0..experiment.invocations).map(|index| cell.step(index)))
            .collect(),
        Order::Shuffled => {
            let mut steps: Vec<Step> = cells
                .iter()
                .flatten()
                .flat_map(|cell| (0..experiment.invocations).map(|index| cell.step(index)))
                .collect();
            steps.shuffle(shuffler);
            // Shuffling leaves the indices in disorder; the first to run is the first.
            renumber(&mut steps);
            steps
        }
        Order::Interleaved => (0..experiment.invocations)
            .flat_map(|index| round(&cells, index, shuffler))
            .collect(),
    }
}

/// One round: every benchmark once, and within each every executor once.
fn round(cells: &[Vec<Cell<'_>>], index: u32, shuffler: &mut ChaCha8Rng) -> Vec<Step> {
    let mut benchmarks: Vec<&Vec<Cell<'_>>> = cells.iter().collect();
    benchmarks.shuffle(shuffler);
    let mut steps = Vec::new();
    for benchmark in benchmarks {
        let mut executors: Vec<&Cell<'_>> = benchmark.iter().collect();
        executors.shuffle(shuffler);
        steps.extend(executors.into_iter().map(|cell| cell.step(index)));
    }
    steps
}

fn renumber(steps: &mut [Step]) {
    let mut seen = std::collections::HashMap::new();
    for step in steps {
        let key = (
            step.suite.clone(),
            step.benchmark.name.clone(),
            step.executor.clone(),
        );
        let next = seen.entry(key).or_insert(0);
        step.index = *next;
        *next += 1;
    }
}

/// A benchmark on an executor.
struct Cell<'a> {
    suite: &'a model::Suite,
    benchmark: &'a Benchmark,
    executor: &'a Executor,
    found: &'a RunExecutor,
}

impl Cell<'_> {
    fn step(&self, index: u32) -> Step {
        Step {
            id: InvocationId(String::new()),
            position: 0,
            index,
            suite: self.suite.name.clone(),
            suite_version: self.suite.version,
            benchmark: self.benchmark.clone(),
            executor: self.executor.name.clone(),
            target: self.found.target,
            clock: self.found.clock,
            hash_seed: 0,
            pad_bytes: 0,
        }
    }
}

/// `[benchmark][executor]`. An executor that the caller did not look for has no cells.
fn cells(inputs: Inputs<'_>) -> Vec<Vec<Cell<'_>>> {
    let executors: Vec<(&Executor, &RunExecutor)> = inputs
        .experiment
        .executors
        .iter()
        .filter_map(|executor| {
            let found = inputs
                .executors
                .iter()
                .find(|found| found.name == executor.name)?;
            Some((executor, found))
        })
        .collect();
    let mut cells = Vec::new();
    for suite in &inputs.experiment.suites {
        for benchmark in &suite.benchmarks {
            let row = executors
                .iter()
                .filter(|(executor, _)| suite.runs_on(&executor.name))
                .map(|(executor, found)| Cell {
                    suite,
                    benchmark,
                    executor,
                    found,
                })
                .collect();
            cells.push(row);
        }
    }
    cells
}

fn digest_of(inputs: Inputs<'_>) -> String {
    let builds: Vec<(&ExecutorName, &[String], &str)> = inputs
        .executors
        .iter()
        .map(|found| {
            let build = found
                .provenance
                .as_ref()
                .map_or("missing", |known| &known.sha256);
            (&found.name, &found.command[..], build)
        })
        .collect();
    let everything =
        serde_json::json!([inputs.experiment, builds, inputs.host, inputs.programs]).to_string();
    short_digest(&[everything.as_bytes()])
}

fn id_of(plan: &str, step: &Step) -> InvocationId {
    InvocationId(short_digest(&[
        plan.as_bytes(),
        step.suite.as_str().as_bytes(),
        step.benchmark.name.as_str().as_bytes(),
        step.executor.as_str().as_bytes(),
        &step.index.to_le_bytes(),
    ]))
}

/// Hash seed and pad length of a step: drawn for timings, which are to sample what a program's
/// speeds are; fixed for counts, which are to be the same each time.
fn circumstances(seed: u64, step: &Step) -> (u32, u32) {
    if step.clock.counts() {
        return (COUNTED_HASH_SEED, 0);
    }
    let draw = |parts: &[&[u8]]| {
        let mut hash = Sha256::new();
        hash.update(seed.to_le_bytes());
        parts.iter().for_each(|part| hash.update(part));
        ChaCha8Rng::from_seed(hash.finalize().into()).next_u32()
    };
    let benchmark = step.benchmark.name.as_str().as_bytes();
    let hash_seed = draw(&[benchmark, &step.index.to_le_bytes()]);
    let pad = draw(&[step.id.0.as_bytes()]) % PAD_LIMIT_BYTES;
    (hash_seed, pad)
}

/// 16 hexadecimal digits of SHA-256; each part is preceded by its length.
fn short_digest(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.finalize()
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
