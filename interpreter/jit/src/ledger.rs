//! What compiling has cost for nothing, and what machine code is taken to have saved: the account that
//! decides how eager the JIT is.
//!
//! Thresholds alone cannot tell a program whose loops run for seconds from one that makes new code
//! again and again and leaves it, or from one that takes a new way at every turn. For the second and
//! third every trace is a loss: it is compiled, entered a few times, and never again. So each tree of
//! traces knows what it has cost. What was spent on trees that are idle (they were not entered while
//! some dozens of other traces were compiled), or gone, or on recordings that gave nothing, is held
//! against the time that machine code has run: that many times as long the interpreter would have
//! needed for the same. While the account is even, or a small allowance covers the rest, thresholds are
//! as they are set. When it is overdrawn they are multiplied, by more the further it is, and fall again
//! as machine code earns, or as idle trees are entered again. What a program can lose by compiling is
//! thus bounded by the allowance, which grows with the time that it runs; and what is compiled early is
//! what is entered most, since that reaches any threshold first. A program that warms up, whose traces
//! are all in use, is not slowed down, whatever they cost.
//!
//! *Measuring* the time in machine code takes two looks at the clock, as much as a short trace runs. So
//! where a tree's stays are short, one entry in a few is measured and stands for the others. Of entries one in
//! another, from what machine code has called, the inner one's time is taken off the outer's, as is what
//! was spent on compiling meanwhile.
//!
//! Decisions depend on the clock, so two runs of a program may compile different traces. What the
//! program does is the same. A threshold that someone sets is kept as it is: there the account is not
//! looked at.

use std::cell::Cell;

/// No fewer than one entry in so many is measured, and each while stays are this long.
const SAMPLE_MAX: u32 = 64;
const LONG_NS: i64 = 20_000;
/// What the interpreter would have needed beyond the time that machine code took, in times of that.
const SAVED_TIMES: i64 = 2;
/// What recording or making code may take: of a trace, and of each op.
const TRACE_NS_MAX: i64 = 50_000;
const OP_NS_MAX: i64 = 2_000;
/// What may be spent before anything is saved, and of each time that passes one part in so many.
const ALLOWANCE_NS: i64 = 1_000_000;
const ALLOWANCE_PART: i64 = 64;
/// Thresholds are multiplied by this when the account has just been overdrawn, and by no more than
/// that however far it is.
const FACTOR_LEAST: i64 = 4;
const FACTOR_MAX: i64 = 256;

/// The account. Times are in nanoseconds.
#[derive(Debug)]
pub(crate) struct Ledger {
    began: i64,
    compiling: Cell<i64>,
    native: Cell<i64>,
    /// The cost of what is being compiled, of trees that are idle, and of what has gone.
    pending: Cell<i64>,
    idle: Cell<i64>,
    gone: Cell<i64>,
    /// The entry that is being measured.
    sample: Cell<Option<Sample>>,
    factor: Cell<u32>,
}

/// Of a tree: for how many entries the next measured one stands, and how many are left until it. A
/// tree's first entry is always measured.
#[derive(Debug)]
pub(crate) struct Sampling {
    weight: Cell<u32>,
    left: Cell<u32>,
}

impl Default for Sampling {
    fn default() -> Sampling {
        Sampling {
            weight: Cell::new(1),
            left: Cell::new(1),
        }
    }
}

/// An entry that is measured: when it was, and what had been spent on compiling.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample {
    began: i64,
    compiling: i64,
}

impl Ledger {
    pub(crate) fn new(now: i64) -> Ledger {
        Ledger {
            began: now,
            compiling: Cell::new(0),
            native: Cell::new(0),
            pending: Cell::new(0),
            idle: Cell::new(0),
            gone: Cell::new(0),
            sample: Cell::new(None),
            factor: Cell::new(1),
        }
    }

    /// By what thresholds are to be multiplied.
    #[inline]
    pub(crate) fn factor(&self) -> u32 {
        self.factor.get()
    }

    /// So much time was spent on a trace of so many ops. What is more than any trace takes was
    /// another program's.
    pub(crate) fn compiled(&self, ops: usize, spent: i64, now: i64) {
        let spent = spent.clamp(0, TRACE_NS_MAX + OP_NS_MAX * ops as i64);
        self.compiling.set(self.compiling.get() + spent);
        self.pending.set(self.pending.get() + spent);
        self.balance(now);
    }

    /// What the trace has cost that is now one of a tree.
    pub(crate) fn take_cost(&self) -> i64 {
        self.pending.take()
    }

    /// There is no trace after all: what has been lost.
    pub(crate) fn lose_cost(&self) -> i64 {
        let cost = self.pending.take();
        self.lose(cost);
        cost
    }

    /// A tree that has cost so much is gone.
    pub(crate) fn lose(&self, cost: i64) {
        self.gone.set(self.gone.get() + cost);
    }

    /// So much was spent on trees that are idle now.
    pub(crate) fn set_idle(&self, cost: i64) {
        self.idle.set(cost);
    }

    /// Whether the entry that is about to be made is one to be measured, by `enter` and `leave`.
    #[inline]
    pub(crate) fn is_sample(&self, tree: &Sampling) -> bool {
        let left = tree.left.get() - 1;
        tree.left.set(left.max(1));
        left == 0
    }

    /// Begins to measure an entry; gives the one that it is in, if that is measured too.
    pub(crate) fn enter(&self, now: i64) -> Option<Sample> {
        self.sample.replace(Some(Sample {
            began: now,
            compiling: self.compiling.get(),
        }))
    }

    /// How long the program has run.
    pub(crate) fn elapsed(&self, now: i64) -> i64 {
        now - self.began
    }

    /// Machine code has been left that was entered for a sample: for how long the entries that it
    /// stands for have stayed.
    pub(crate) fn leave(&self, tree: &Sampling, outer: Option<Sample>, now: i64) -> i64 {
        let stay = self.stay(now);
        self.sample.set(outer.map(|outer| Sample {
            began: outer.began + stay,
            ..outer
        }));
        // A long one stands for itself alone: the system may have run others meanwhile.
        let (weight, next) = match tree.weight.get() {
            _ if stay > LONG_NS => (1, 1),
            weight => (weight, (weight * 2).min(SAMPLE_MAX)),
        };
        let stays = stay * i64::from(weight);
        self.native.set(self.native.get() + stays);
        tree.weight.set(next);
        tree.left.set(next);
        self.balance(now);
        stays
    }

    /// How long machine code has run for the sample at hand.
    fn stay(&self, now: i64) -> i64 {
        self.sample.get().map_or(0, |sample| {
            let compiling = self.compiling.get() - sample.compiling;
            (now - sample.began - compiling).max(0)
        })
    }

    /// The account in words, for the section `jit-mem`.
    pub(crate) fn text(&self) -> String {
        let ms = |ns: i64| ns as f64 / 1e6;
        format!(
            "compiling: {:.1} ms, of it {:.1} for idle trees, {:.1} for nothing; in machine code (by \
             samples): {:.1} ms\n",
            ms(self.compiling.get()),
            ms(self.idle.get()),
            ms(self.gone.get()),
            ms(self.native.get()),
        )
    }

    /// Computes the factor anew.
    pub(crate) fn balance(&self, now: i64) {
        let spent = self.gone.get() + self.idle.get();
        let saved = (self.native.get() + self.stay(now)) * SAVED_TIMES;
        let allowed = ALLOWANCE_NS + (now - self.began) / ALLOWANCE_PART + saved;
        let factor = if spent <= allowed {
            1
        } else {
            // By the square of how many times too much it is.
            let times = spent.saturating_mul(16) / allowed;
            (FACTOR_LEAST * times / 16 * times / 16).clamp(FACTOR_LEAST, FACTOR_MAX)
        };
        self.factor.set(factor as u32);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: i64 = 1_000_000;
    /// More than any time here would be taken for another program's with.
    const OPS: usize = 1_000_000;

    /// Something is compiled that gives nothing.
    fn lost(ledger: &Ledger, spent: i64, now: i64) -> u32 {
        ledger.compiled(OPS, spent, now);
        ledger.lose_cost();
        ledger.balance(now);
        ledger.factor()
    }

    #[test]
    fn what_is_never_earned_is_spent_ever_more_slowly() {
        let ledger = Ledger::new(0);
        assert_eq!(lost(&ledger, MS / 2, MS), 1);
        let overdrawn = lost(&ledger, MS, 2 * MS);
        assert!(overdrawn >= FACTOR_LEAST as u32);
        assert!(lost(&ledger, 10 * MS, 12 * MS) > overdrawn);
        assert_eq!(lost(&ledger, 1000 * MS, 1012 * MS), FACTOR_MAX as u32);
    }

    #[test]
    fn only_what_is_idle_or_gone_counts() {
        let ledger = Ledger::new(0);
        ledger.compiled(OPS, 100 * MS, 100 * MS);
        assert_eq!((ledger.take_cost(), ledger.factor()), (100 * MS, 1));
        ledger.set_idle(100 * MS);
        ledger.balance(101 * MS);
        assert!(ledger.factor() > 1);
        ledger.set_idle(0);
        ledger.balance(102 * MS);
        assert_eq!(ledger.factor(), 1);
        ledger.lose(100 * MS);
        ledger.balance(103 * MS);
        assert!(ledger.factor() > 1);
    }

    #[test]
    fn machine_code_earns_what_compiling_costs() {
        let ledger = Ledger::new(0);
        assert!(lost(&ledger, 8 * MS, 9 * MS) > 1);
        let tree = Sampling::default();
        assert!(ledger.is_sample(&tree));
        assert!(ledger.enter(10 * MS).is_none());
        // Of four milliseconds three were for a trace that was compiled meanwhile.
        assert!(lost(&ledger, 3 * MS, 13 * MS) > 1);
        ledger.leave(&tree, None, 14 * MS);
        assert!(ledger.factor() > 1);
        assert!(ledger.enter(14 * MS).is_none());
        ledger.balance(19 * MS);
        assert_eq!(ledger.factor(), 1);
    }

    #[test]
    fn short_stays_are_measured_now_and_then_and_long_ones_always() {
        let ledger = Ledger::new(0);
        let tree = Sampling::default();
        let mut now = 0;
        let mut entries = |count: usize, stay: i64| {
            let entry = |_: &usize| {
                let is_sample = ledger.is_sample(&tree);
                if is_sample {
                    let outer = ledger.enter(now);
                    now += stay;
                    ledger.leave(&tree, outer, now);
                }
                is_sample
            };
            (0..count).filter(entry).count()
        };
        assert_eq!(entries(1024, 100), 6 + 15);
        assert_eq!(entries(SAMPLE_MAX as usize - 1, MS), 1);
        assert_eq!(entries(100, MS), 100);
        assert_eq!(ledger.native.get(), 1023 * 100 + 101 * MS);
    }

    #[test]
    fn the_time_of_one_entry_in_another_counts_once() {
        let ledger = Ledger::new(0);
        let (one, other) = (Sampling::default(), Sampling::default());
        assert!(ledger.is_sample(&one));
        let none = ledger.enter(0);
        assert!(ledger.is_sample(&other));
        let outer = ledger.enter(10 * MS);
        assert_eq!(ledger.leave(&other, outer, 40 * MS), 30 * MS);
        assert_eq!(ledger.leave(&one, none, 50 * MS), 20 * MS);
        assert_eq!(ledger.native.get(), 50 * MS);
    }

    #[test]
    fn what_no_trace_takes_is_not_its_cost() {
        let ledger = Ledger::new(0);
        ledger.compiled(100, 500 * MS, 500 * MS);
        assert_eq!(ledger.factor(), 1);
        assert_eq!(ledger.compiling.get(), MS / 4);
    }
}
