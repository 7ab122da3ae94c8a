//! What the optimiser costs for each op of traces that were recorded from programs of the suite:
//! `chaos` and `deltablue` are loops, the others end at a return, a jump or an exit.
//! The bound is 100 ns an op.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use optimize::Optimizer;
use std::hint::black_box;

const TRACES: &[(&str, &str)] = &[
    ("chaos", include_str!("traces/chaos.txt")),
    ("deltablue", include_str!("traces/deltablue.txt")),
    ("nbody", include_str!("traces/nbody.txt")),
    ("raytrace", include_str!("traces/raytrace.txt")),
    ("richards", include_str!("traces/richards.txt")),
];

fn passes(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("optimise");
    for (name, text) in TRACES {
        let trace = match trace::parse(text) {
            Ok(trace) => trace,
            Err(error) => panic!("{name}: {error}"),
        };
        let mut optimizer = Optimizer::default();
        group.throughput(Throughput::Elements(trace.len() as u64));
        group.bench_function(*name, |bencher| {
            bencher.iter(|| black_box(optimizer.run(black_box(&trace)).len()));
        });
    }
    group.finish();
}

criterion_group!(benches, passes);
criterion_main!(benches);
