//! The order of float operations in a loop's body: chains that do not need each other, side by side.
//!
//! A program says one formula after the other, and where a loop's time is that of its float operations
//! in a row, the second formula waits: the processor begins the older operation first of those that
//! are ready. `zi = 2.0 * zr * zi + ci` and behind it `zr = rr - ii + cr` take 10.6 cycles a round on an AMD
//! processor of 2022, and 9.9 with their operations in turn. So operations that follow each other without a
//! test or a store between them are put in the order of how many of them each waits for. The results are the
//! same: each has the operands that it had.
//!
//! Wide code stays as it is, as all of its chains at once need more registers than there are.

use crate::Buffers as All;
use crate::rewrite::Copier;
use trace::{Op, TooLong, Trace};

/// Operations at one depth, beyond which the order is left.
const WIDTH_MAX: usize = 4;
/// Fewer operations in a row have an order of their own.
const LENGTH_MIN: usize = 3;

#[derive(Default)]
pub(crate) struct Buffers {
    /// The trace's ops in their new order.
    order: Vec<u16>,
    /// By operation of a sequence: how many others of it come before.
    depths: Vec<u16>,
}

fn is_free(op: Op) -> bool {
    let binary = matches!(
        op,
        Op::AddFloat | Op::SubFloat | Op::MulFloat | Op::DivFloat
    );
    binary || matches!(op, Op::NegFloat | Op::AbsFloat | Op::SqrtFloat)
}

impl Buffers {
    /// Finds the order of what comes behind number `body`; whether it is another one.
    fn find(&mut self, trace: &Trace, body: usize) -> bool {
        self.order.clear();
        let mut changes = false;
        let mut at = body;
        while at < trace.len() {
            let first = at;
            while at < trace.len() && is_free(trace.op(at)) {
                at += 1;
            }
            if at - first >= LENGTH_MIN && self.finds_depths(trace, first, at) {
                if !changes {
                    self.order.extend(0..trace.len() as u16);
                }
                changes = true;
                let depths = &self.depths;
                self.order[first..at].sort_by_key(|&own| depths[usize::from(own) - first]);
            }
            at += 1;
        }
        changes
    }

    /// Finds the depths of a sequence; whether it is to be put in their order.
    fn finds_depths(&mut self, trace: &Trace, first: usize, end: usize) -> bool {
        self.depths.clear();
        for at in first..end {
            let ins = trace.get(at);
            let within = ins
                .refs()
                .filter(|r| !r.is_constant() && r.index() >= first);
            let depth = within.map(|r| self.depths[r.index() - first] + 1).max();
            self.depths.push(depth.unwrap_or(0));
        }
        let depths = &self.depths;
        let is_wide = |depth: u16| depths.iter().filter(|&&d| d == depth).count() > WIDTH_MAX;
        !depths.is_sorted() && !depths.iter().any(|&depth| is_wide(depth))
    }
}

/// The pass.
pub(crate) fn run(all: &mut All, from: &Trace, to: &mut Trace) -> Result<bool, TooLong> {
    let Some(body) = from.loop_start() else {
        return Ok(false);
    };
    let buffers = &mut all.order;
    if !buffers.find(from, body) {
        return Ok(false);
    }
    let mut copier = Copier::new(from, to, &mut all.maps);
    for &at in &buffers.order {
        copier.copy_out_of_turn(at.into())?;
    }
    copier.copy_sunk();
    Ok(true)
}
