//! What compiling costs, an op: recording, optimising and assembling the traces that the suite's
//! programs give.
//!
//! Each program of the suite runs in this process for a few iterations of its test size (see
//! `suites/expected/digests.yaml`), with the usual thresholds, and every trace is kept as it was
//! recorded. So the traces are those of the programs as they are today, and the
//! same in each run.
//!
//! - *Recording*: the time from where recording begins to where the trace is complete, closing of
//!   the loop included, divided by the ops recorded until then. The interpreter's own work on the
//!   recorded instructions is part of it; what the trace only calls (runtime functions, ops executed
//!   as a whole, frames that run by code of their own) is not, as the clock stands still for those.
//!   Nor are the looks at the clock that this takes: what one takes is measured before.
//! - *Optimising*: the passes, an op of the trace that they are given.
//! - *Assembling*: from the optimised trace to code in its place and back to free memory, an op of
//!   the optimised trace.
//!
//! What is shown is the median over all traces, for a thousand ops. Bounds: 150, 100 and 80 µs.

#[cfg(not(target_arch = "x86_64"))]
fn main() {
    eprintln!("there is no assembler for this target yet");
}

#[cfg(target_arch = "x86_64")]
fn main() {
    let base = 0usize;
    object::heap::set_stack_base(&raw const base as *const u8);
    cost::main();
}

#[cfg(target_arch = "x86_64")]
mod cost {
    use assemble::{Assembler, CallEnv, Env, Loc, Start};
    use compile::{Mode, Options};
    use criterion::{BenchmarkGroup, Criterion, SamplingMode, measurement::WallTime};
    use jit::{Costs, Parameters};
    use object::{Dict, Value, intern};
    use optimize::Optimizer;
    use std::fs::read_to_string;
    use std::hint::black_box;
    use std::path::PathBuf;
    use std::time::{Duration, Instant};
    use trace::Trace;
    use vm::Vm;
    use world::Clock;

    /// Iterations of each program.
    const ROUNDS: usize = 8;
    /// What is shown is for so many ops.
    const OPS: f64 = 1000.0;
    /// Times that a trace is optimised and assembled for one measurement.
    const TIMES: u32 = 20;
    const CODE_BYTES: usize = 32 << 20;

    /// Stands in for the harness's protocol.
    const DRIVER: &str = "
import sys
class Protocol:
    def main(name, version, size, iterate, prepare=lambda size: size, iterations=10):
        work = prepare(SIZE)
        for _ in range(ROUNDS):
            iterate(work)
sys.path.insert(0, FOLDER)
sys.modules['harness_protocol'] = Protocol
sys.argv = [NAME]
";

    struct Program {
        name: String,
        size: i64,
    }

    fn suites() -> PathBuf {
        PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo tells it"))
            .join("../../suites")
    }

    /// The programs with their test sizes.
    fn programs() -> Vec<Program> {
        let path = suites().join("expected/digests.yaml");
        let text = read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let mut programs: Vec<Program> = Vec::new();
        for line in text.lines() {
            if let (Some(size), Some(program)) =
                (line.strip_prefix("  test_size: "), programs.last_mut())
            {
                program.size = size.parse().unwrap_or(1);
            } else if let Some(name) = line.strip_suffix(':').filter(|l| !l.starts_with(' ')) {
                programs.push(Program {
                    name: name.to_owned(),
                    size: 1,
                });
            }
        }
        programs
    }

    /// Runs a program, and hands over what its recordings cost while the objects are there that
    /// they refer to.
    fn run<T>(program: &Program, look: impl FnOnce(&Costs) -> T) -> T {
        let mut vm = Vm::new(world::World::new(), vm::Options::default())
            .unwrap_or_else(|error| panic!("no register stack: {error}"));
        builtins::install(&mut vm);
        let parameters = Parameters {
            pays: false,
            ..Parameters::default()
        };
        let jit = jit::install(&mut vm, parameters);
        jit.keep_costs();
        let folder = suites().join("programs");
        let path = folder.join(format!("{}.py", program.name));
        let text = read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let globals = Dict::new();
        let set = |name: &str, value: Value| globals.set_str(intern(name), value);
        set("__name__", intern("__main__").into());
        set("NAME", intern(&program.name).into());
        set("FOLDER", intern(&folder.to_string_lossy()).into());
        set("SIZE", Value::small(program.size));
        set("ROUNDS", Value::small(ROUNDS as i64));
        for (source, name) in [(DRIVER, "driver"), (&text, &*path.to_string_lossy())] {
            let ran = vm
                .compile_source(source, name, Mode::Exec, Options::default())
                .and_then(|code| vm.run_code(code, globals, globals.into(), Value::NONE));
            assert!(ran.is_ok(), "{} raised", program.name);
        }
        look(&jit.costs())
    }

    fn median(mut figures: Vec<f64>) -> f64 {
        figures.sort_unstable_by(f64::total_cmp);
        figures.get(figures.len() / 2).copied().unwrap_or(0.0)
    }

    /// Nanoseconds an op of each recording; so many are a look at the clock.
    fn recording(costs: &Costs, look_ns: f64) -> Vec<f64> {
        let all = costs.recordings.iter();
        all.map(|spent| (spent.ns as f64 - spent.calls as f64 * look_ns) / spent.ops.max(1) as f64)
            .collect()
    }

    /// What a look at the clock takes that recordings are measured with: the least of some means.
    fn look_ns() -> f64 {
        const MEANS: usize = 20;
        const LOOKS: usize = 2000;
        let mut world = world::World::new();
        let mut mean = || {
            let began = world.clock_ns(Clock::Monotonic);
            for _ in 1..LOOKS {
                black_box(world.clock_ns(Clock::Monotonic));
            }
            (world.clock_ns(Clock::Monotonic) - began) as f64 / LOOKS as f64
        };
        (0..MEANS).map(|_| mean()).fold(f64::INFINITY, f64::min)
    }

    /// A program's traces with what optimising and assembling each takes.
    struct Compiler {
        optimizer: Optimizer,
        assembler: Assembler,
    }

    impl Compiler {
        fn new() -> Compiler {
            static NOTHING: u32 = 0;
            let address = (&raw const NOTHING) as usize;
            let env = Env {
                vm: address,
                functions: vec![address; trace::Rt::ALL.len()],
                float_functions: vec![address; trace::FloatFn::ALL.len()],
                float_results: address as *mut assemble::FloatResults,
                look_up: address as *const u8,
                epoch: &raw const NOTHING,
                frames: address,
                handled: address,
                exit_handler: address,
                calls: CallEnv::default(),
            };
            Compiler {
                optimizer: Optimizer::default(),
                assembler: Assembler::new(env, CODE_BYTES),
            }
        }

        /// Nanoseconds an op of each trace.
        fn optimising(&mut self, costs: &Costs) -> Vec<f64> {
            let traces = costs.traces.iter();
            traces.map(|(trace, _)| self.optimise(trace)).collect()
        }

        /// The same.
        fn assembling(&mut self, costs: &Costs) -> Vec<f64> {
            let traces = costs.traces.iter();
            traces
                .map(|(trace, inherited)| self.assemble(trace, inherited.as_deref()))
                .collect()
        }

        fn optimise(&mut self, trace: &Trace) -> f64 {
            let began = Instant::now();
            for _ in 0..TIMES {
                black_box(self.optimizer.run(black_box(trace)).len());
            }
            per_op(began.elapsed(), trace.len())
        }

        fn assemble(&mut self, trace: &Trace, inherited: Option<&[Loc]>) -> f64 {
            let start = inherited.map_or(Start::Entry, Start::Bridge);
            let optimised = self.optimizer.run(trace);
            let began = Instant::now();
            for _ in 0..TIMES {
                if let Ok(code) = self.assembler.assemble(black_box(optimised), 0, start, 0) {
                    self.assembler.free(code);
                }
            }
            per_op(began.elapsed(), optimised.len())
        }
    }

    fn per_op(spent: Duration, ops: usize) -> f64 {
        spent.as_nanos() as f64 / f64::from(TIMES) / ops.max(1) as f64
    }

    /// The figures of each program.
    fn tell(programs: &[Program], compiler: &mut Compiler, look_ns: f64) {
        eprintln!(
            "{:<20} traces   ops  record optimise assemble (ns an op, medians)",
            ""
        );
        for program in programs {
            run(program, |costs| {
                let ops: usize = costs.traces.iter().map(|(trace, _)| trace.len()).sum();
                let figures = [
                    recording(costs, look_ns),
                    compiler.optimising(costs),
                    compiler.assembling(costs),
                ];
                let [recording, optimising, assembling] = figures.map(median);
                eprintln!(
                    "{:<20} {:>6} {ops:>6} {recording:>6.0} {optimising:>8.0} {assembling:>8.0}",
                    program.name,
                    costs.traces.len(),
                );
            });
        }
    }

    /// Shows a figure that is measured anew for each iteration.
    fn show(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, mut figure: impl FnMut() -> f64) {
        group.bench_function(name, |bencher| {
            bencher.iter_custom(|times| {
                let ns: f64 = (0..times).map(|_| figure() * OPS).sum();
                Duration::from_nanos(ns as u64)
            });
        });
    }

    pub(crate) fn main() {
        let mut criterion = Criterion::default().configure_from_args();
        let programs = programs();
        let mut compiler = Compiler::new();
        let look_ns = look_ns();
        eprintln!("a look at the clock takes {look_ns:.1} ns");
        tell(&programs, &mut compiler, look_ns);
        let mut group = criterion.benchmark_group("cost of 1000 ops");
        group.sample_size(10).sampling_mode(SamplingMode::Flat);
        group.warm_up_time(Duration::from_millis(1));
        let over_all = |mut look: &mut dyn FnMut(&Costs) -> Vec<f64>| {
            let figures = programs.iter().flat_map(|program| run(program, &mut look));
            median(figures.collect())
        };
        show(&mut group, "recording", || {
            over_all(&mut |costs| recording(costs, look_ns))
        });
        show(&mut group, "optimising", || {
            over_all(&mut |costs| compiler.optimising(costs))
        });
        show(&mut group, "assembling", || {
            over_all(&mut |costs| compiler.assembling(costs))
        });
        group.finish();
        criterion.final_summary();
    }
}
