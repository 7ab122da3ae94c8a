//! The median of a resample, drawn at once.
//!
//! The problem: a bootstrap over iterations draws n values with replacement and takes their
//! median, thousands of times for each invocation; nearly all of an analysis is spent there. But
//! which of the n sorted values becomes the median of a resample has a distribution that depends
//! on n alone (Efron, "Bootstrap methods: another look at the jackknife", Annals of Statistics
//! 7(1), 1979, section 3): the k-th smallest of n draws is at most the c-th value exactly if at
//! least k of the draws are, which is binomial. So one random number and a look into a table give
//! the same median that n draws and a selection would. The table is one of aliases (Walker, "An
//! efficient method for generating discrete random variables with general distributions", ACM
//! Transactions on Mathematical Software 3(3), 1977; made as Vose did in 1991): each of its cells
//! holds at most two outcomes, so that no search is needed.
//!
//! For even n the median is the mean of two middle draws, and the table is over pairs: the lower
//! is value i and the upper a later value j if exactly n/2 draws are at most i, not all of them
//! below it, and the least of the others is j.
//!
//! Tables grow with n², so beyond [`LARGEST`] values are drawn one by one.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use rand_chacha::ChaCha8Rng;

use crate::bootstrap::index;
use crate::describe::median_in_place;

/// The greatest number of values for which there is a table.
const LARGEST: usize = 64;

/// The values of one invocation, ready for drawing medians.
#[derive(Clone, Debug)]
pub(crate) struct Values {
    sorted: Vec<f64>,
    table: Option<Rc<Table>>,
}

impl Values {
    /// `values` must be finite and at least one.
    pub(crate) fn of(values: &[f64]) -> Values {
        let mut sorted = values.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        let table = (2..=LARGEST)
            .contains(&sorted.len())
            .then(|| table_of(sorted.len()));
        Values { sorted, table }
    }

    /// The median of as many values, drawn with replacement. `dice` are random bits that nothing
    /// else is drawn from; `rng` is for what they do not suffice.
    #[inline]
    pub(crate) fn draw(&self, dice: u32, rng: &mut ChaCha8Rng, scratch: &mut Vec<f64>) -> f64 {
        let n = self.sorted.len();
        if n == 1 {
            return self.sorted[0];
        }
        if let Some(table) = &self.table {
            let (low, high) = table.pick(dice);
            // Halves first: the sum of two large values must not overflow.
            return self.sorted[low] / 2.0 + self.sorted[high] / 2.0;
        }
        scratch.clear();
        scratch.extend((0..n).map(|_| self.sorted[index(rng, n)]));
        median_in_place(scratch)
    }
}

/// Which two of n sorted values the median of a resample lies between.
#[derive(Debug)]
struct Table(Vec<Cell>);

/// One of equally likely cells.
#[derive(Clone, Copy, Debug)]
struct Cell {
    /// The chance of `own` in this cell, of 2³²; `alias` has the rest.
    share: u64,
    own: (u8, u8),
    alias: (u8, u8),
}

impl Table {
    /// The cell comes from the high part of a product with so many cells, and which of its two
    /// outcomes it is from the low part: with 2,080 cells at most, that still has 21 random bits.
    #[inline]
    fn pick(&self, dice: u32) -> (usize, usize) {
        let product = u64::from(dice) * self.0.len() as u64;
        let cell = self.0[(product >> 32) as usize];
        let (low, high) = match product & 0xffff_ffff < cell.share {
            true => cell.own,
            false => cell.alias,
        };
        (usize::from(low), usize::from(high))
    }

    fn of(n: usize) -> Table {
        let outcomes: Vec<(f64, (u8, u8))> = chances(n)
            .into_iter()
            .filter(|(chance, ..)| *chance > 0.0)
            .map(|(chance, low, high)| (chance, (low as u8, high as u8)))
            .collect();
        let whole: f64 = outcomes.iter().map(|(chance, _)| chance).sum();
        let count = outcomes.len() as f64;
        // Chances in units of a cell: those below one are filled up from those above.
        let mut left: Vec<f64> = outcomes.iter().map(|(c, _)| c / whole * count).collect();
        let mut cells: Vec<Cell> = outcomes
            .iter()
            .map(|(_, own)| Cell {
                share: 1 << 32,
                own: *own,
                alias: *own,
            })
            .collect();
        let (mut small, mut large): (Vec<usize>, Vec<usize>) =
            (0..left.len()).partition(|at| left[*at] < 1.0);
        while let (Some(poor), Some(rich)) = (small.pop(), large.pop()) {
            cells[poor].share = (left[poor] * (1u64 << 32) as f64).round() as u64;
            cells[poor].alias = cells[rich].own;
            left[rich] -= 1.0 - left[poor];
            match left[rich] < 1.0 {
                true => small.push(rich),
                false => large.push(rich),
            }
        }
        Table(cells)
    }
}

/// Chance, lower and upper value of all medians of n draws from n values.
fn chances(n: usize) -> Vec<(f64, usize, usize)> {
    let k = n.div_ceil(2);
    let part = |count: usize| count as f64 / n as f64;
    let single = |i: usize| at_least(n, k, part(i + 1)) - at_least(n, k, part(i));
    if n % 2 == 1 {
        return (0..n).map(|i| (single(i), i, i)).collect();
    }
    let ways = choose(n, k);
    let power = |base: f64| base.powi(k as i32);
    let mut all = Vec::new();
    for i in 0..n {
        let below = power(part(i + 1)) - power(part(i));
        let mut apart = 0.0;
        let start = all.len();
        for j in i + 1..n {
            let chance = ways * below * (power(part(n - j)) - power(part(n - 1 - j)));
            apart += chance;
            all.push((chance, i, j));
        }
        all.insert(start, ((single(i) - apart).max(0.0), i, i));
    }
    all
}

/// The chance that at least `k` of `n` draws hit what each hits with chance `p`.
fn at_least(n: usize, k: usize, p: f64) -> f64 {
    let of = |m: usize| choose(n, m) * p.powi(m as i32) * (1.0 - p).powi((n - m) as i32);
    (k..=n).map(of).sum()
}

fn choose(n: usize, k: usize) -> f64 {
    (0..k).map(|i| (n - i) as f64 / (k - i) as f64).product()
}

/// Tables are computed once a thread: they depend on n alone.
fn table_of(n: usize) -> Rc<Table> {
    thread_local! {
        static TABLES: RefCell<BTreeMap<usize, Rc<Table>>> = const { RefCell::new(BTreeMap::new()) };
    }
    TABLES.with_borrow_mut(|tables| {
        let table = tables.entry(n).or_insert_with(|| Rc::new(Table::of(n)));
        Rc::clone(table)
    })
}

#[cfg(test)]
mod tests {
    use rand_chacha::rand_core::{Rng, SeedableRng};

    use super::*;

    #[test]
    fn small_tables_are_as_counted_by_hand() {
        let close = |one: f64, other: f64| (one - other).abs() < 1e-12;
        // Two draws from two values: 1/4, 1/2, 1/4.
        let two = chances(2);
        let told: Vec<(usize, usize)> = two.iter().map(|(_, i, j)| (*i, *j)).collect();
        assert_eq!(told, [(0, 0), (0, 1), (1, 1)]);
        assert!(close(two[0].0, 0.25) && close(two[1].0, 0.5) && close(two[2].0, 0.25));
        // Of 27 draws of three from three values, 7 have the least one twice.
        let three = chances(3);
        assert!(close(three[0].0, 7.0 / 27.0) && close(three[1].0, 13.0 / 27.0));
        for n in 2..=LARGEST {
            let sum: f64 = chances(n).iter().map(|(chance, ..)| chance).sum();
            assert!((sum - 1.0).abs() < 1e-9, "{n}: {sum}");
        }
    }

    #[test]
    fn a_table_has_each_outcome_as_often_as_it_should() {
        for n in [2, 3, 8, 20, 21, LARGEST] {
            let table = Table::of(n);
            let cells = table.0.len() as f64;
            let mut found: BTreeMap<(u8, u8), f64> = BTreeMap::new();
            for cell in &table.0 {
                let own = cell.share as f64 / (1u64 << 32) as f64;
                *found.entry(cell.own).or_default() += own / cells;
                *found.entry(cell.alias).or_default() += (1.0 - own) / cells;
            }
            for (chance, low, high) in chances(n) {
                let got = found
                    .get(&(low as u8, high as u8))
                    .copied()
                    .unwrap_or_default();
                assert!(
                    (got - chance).abs() < 1e-8,
                    "{n}: {low} {high}: {got} for {chance}"
                );
            }
            assert!(table.0.len() <= 2_080, "{n}");
        }
    }

    #[test]
    fn medians_drawn_at_once_are_distributed_as_those_drawn_one_by_one() {
        let values: Vec<f64> = (0..12).map(|i| f64::from(i * i)).collect();
        let at_once = Values::of(&values);
        let one_by_one = Values {
            table: None,
            ..at_once.clone()
        };
        let (mut rng, mut scratch) = (ChaCha8Rng::seed_from_u64(5), Vec::new());
        let mut sample = |from: &Values| -> Vec<f64> {
            let mut drawn: Vec<f64> = (0..20_000)
                .map(|_| from.draw(rng.next_u32(), &mut rng, &mut scratch))
                .collect();
            drawn.sort_unstable_by(f64::total_cmp);
            drawn
        };
        let (one, other) = (sample(&at_once), sample(&one_by_one));
        // The greatest distance between the two distributions (Kolmogorov and Smirnov).
        let part = |drawn: &[f64], up_to: f64| {
            drawn.partition_point(|v| *v <= up_to) as f64 / drawn.len() as f64
        };
        let distance = one
            .iter()
            .map(|v| (part(&one, *v) - part(&other, *v)).abs())
            .fold(0.0, f64::max);
        assert!(distance < 0.02, "{distance}");
    }
}
