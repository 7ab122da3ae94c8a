//! What is done to a trace between its recording and its assembly, for every target alike.
//!
//! Recording folds, forwards and peels the loop as it goes, each op in the light of those before
//! it. What is left for here needs a look at the whole trace: whether an object is ever seen by
//! anything but the trace itself is known only at its end, and what a loop's value is in all times
//! round only once both its ends are there.
//!
//! A pass reads one trace and writes the next; the two change places from pass to pass, so that
//! nothing is allocated but for what outgrows the traces before. A pass that finds nothing to do
//! says so and writes nothing. Ops are numbered by their order, so a pass cannot take one out in
//! place: `rewrite` has the one way to copy ops and snapshots under new numbers.
//!
//! Debug builds verify what each pass leaves. That the trace still means the same is for the tests
//! to find out, which execute random traces before and after each pass.

mod dead;
mod escape;
mod order;
mod pairs;
mod quotients;
mod rewrite;
mod sink;
mod strengthen;

use rewrite::Maps;
use trace::{Op, Ref, Role, TooLong, Trace};

#[cfg(test)]
mod tests;

/// Rewrites a trace; whether it did.
type Pass = fn(&mut Buffers, &Trace, &mut Trace) -> Result<bool, TooLong>;

/// The passes, in the order in which they run.
pub const PASSES: &[(&str, Pass)] = &[
    ("sink", sink::run),
    ("dead", dead::run),
    ("pairs", pairs::run),
    ("quotients", quotients::run),
    ("strengthen", strengthen::run),
    ("order", order::run),
];

/// Memory that passes use one after the other.
#[derive(Default)]
pub struct Buffers {
    maps: Maps,
    escape: escape::Analysis,
    sink: sink::Buffers,
    dead: dead::Buffers,
    pairs: pairs::Buffers,
    quotients: quotients::Buffers,
    strengthen: strengthen::Buffers,
    order: order::Buffers,
}

/// What was done to a trace.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Figures {
    /// Ops that are left.
    pub ops: usize,
    /// Of those, the ones that may leave the trace.
    pub guards: usize,
    /// Objects that are made by exits alone.
    pub virtuals: usize,
    /// Allocations that are left.
    pub forced: usize,
}

/// Runs the passes.
#[derive(Default)]
pub struct Optimizer {
    buffers: Buffers,
    traces: [Trace; 2],
    /// Which of them is the last pass's, if one has written any.
    newest: Option<usize>,
    /// By value of the recorded trace, if it goes round: what stands for it as an operand, and at
    /// an exit.
    names: Vec<(Ref, Ref)>,
}

impl Optimizer {
    /// The trace that is left of a verified one.
    pub fn run<'a>(&'a mut self, recorded: &'a Trace) -> &'a Trace {
        self.newest = None;
        self.names.clear();
        if recorded.loop_start().is_some() {
            let ops = (0..recorded.len()).take_while(|&at| recorded.op(at) != Op::Phi);
            let values = ops.map(|at| Ref(at as u16));
            self.names.extend(values.map(|value| (value, value)));
        }
        for &(name, pass) in PASSES {
            let [first, second] = &mut self.traces;
            let (from, to, place) = match self.newest {
                None => (recorded, first, 0),
                Some(0) => (&*first, second, 1),
                Some(_) => (&*second, first, 0),
            };
            // What has become too long is left as it was before the pass.
            if pass(&mut self.buffers, from, to) != Ok(true) {
                continue;
            }
            debug_assert_eq!(
                trace::verify(to),
                Ok(()),
                "{name} of\n{}gives\n{}",
                trace::print(from),
                trace::print(to)
            );
            self.newest = Some(place);
            let maps = &self.buffers.maps;
            for (value, leaf) in &mut self.names {
                *value = maps.value_of(*value);
                *leaf = maps.leaf_of(*leaf);
            }
        }
        self.last(recorded)
    }

    /// The trace that was left of the one that was optimised last.
    pub fn last<'a>(&'a self, recorded: &'a Trace) -> &'a Trace {
        match self.newest {
            None => recorded,
            Some(place) => &self.traces[place],
        }
    }

    /// What stands for a value of the trace that was optimised last, one that goes round: as an
    /// operand, and at an exit.
    pub fn names(&self, recorded: Ref) -> (Ref, Ref) {
        let names = self.names.get(recorded.index());
        names.copied().unwrap_or((Ref::NONE, Ref::NONE))
    }
}

impl Figures {
    pub fn of(trace: &Trace) -> Figures {
        let mut figures = Figures {
            ops: trace.len(),
            virtuals: trace.sunk().len(),
            ..Figures::default()
        };
        for at in 0..trace.len() {
            let op = trace.op(at);
            figures.guards += usize::from(matches!(op.role(), Role::Guard | Role::Checked));
            figures.forced += usize::from(op == Op::New);
        }
        figures.forced -= figures.virtuals;
        figures
    }
}
