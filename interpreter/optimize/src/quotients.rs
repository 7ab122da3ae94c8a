//! Three quotients of one divisor: the processor makes them in the time of one.
//!
//! A vector is brought to length one by as many divisions as it has components, each by the same root. Divisions
//! do not overlap: on an AMD processor of 2022 a loop with a square root and three divisions takes 6.4 ns a round,
//! and 3.8 if the three are one operation on a wide register. So a division becomes one of three dividends, if two
//! others by its divisor stand behind it, in the same part of the trace, whose dividends are there already. Each
//! quotient is what it would be by itself, bit by bit. Two are left alone: what they gain (5.1 ns in place of 6.4)
//! is lost where the divider is not what a loop waits for, as the second result comes by way of memory.
//!
//! The others are computed sooner than the program asks for them, and perhaps where an exit is taken before that:
//! they cost nothing then. But they are kept in registers until they are wanted, so none is made far ahead.

use crate::Buffers as All;
use crate::rewrite::Copier;
use trace::{Op, Ref, TooLong, Trace};

/// So many ops a quotient may be made ahead.
const AHEAD_MAX: usize = 48;
/// Quotients that one op makes.
const GROUP: usize = 3;

/// Divisions by the same divisor.
struct Group {
    divisor: Ref,
    divisions: [u16; GROUP],
    count: usize,
}

#[derive(Default)]
pub(crate) struct Buffers {
    /// In the order of their first divisions.
    groups: Vec<Group>,
    /// Other divisions, and what stands for them; in no order.
    made: Vec<(u16, Ref)>,
}

impl Buffers {
    /// Finds the groups; whether there are any.
    fn find(&mut self, trace: &Trace) -> bool {
        self.groups.clear();
        self.made.clear();
        // Those of this part of the trace begin here.
        let mut own = 0;
        for at in 0..trace.len() {
            match trace.op(at) {
                Op::Loop => own = self.groups.len(),
                Op::DivFloat => self.meet(trace, at, own),
                _ => {}
            }
        }
        self.groups.retain(|group| group.count == GROUP);
        !self.groups.is_empty()
    }

    fn meet(&mut self, trace: &Trace, at: usize, own: usize) {
        let ins = trace.get(at);
        let (dividend, divisor) = (ins.operand(0), ins.operand(1));
        if dividend.is_constant() || divisor.is_constant() {
            return;
        }
        let takes = |group: &&mut Group| {
            let first = usize::from(group.divisions[0]);
            group.divisor == divisor
                && group.count < GROUP
                && dividend.index() < first
                && at - first <= AHEAD_MAX
        };
        match self.groups[own..].iter_mut().find(takes) {
            Some(group) => {
                group.divisions[group.count] = at as u16;
                group.count += 1;
            }
            None => self.groups.push(Group {
                divisor,
                divisions: [at as u16; GROUP],
                count: 1,
            }),
        }
    }
}

/// The pass.
pub(crate) fn run(all: &mut All, from: &Trace, to: &mut Trace) -> Result<bool, TooLong> {
    if !all.quotients.find(from) {
        return Ok(false);
    }
    let Buffers { groups, made } = &mut all.quotients;
    let mut copier = Copier::new(from, to, &mut all.maps);
    let mut groups = groups.iter().peekable();
    for at in 0..from.len() {
        if let Some(group) = groups.next_if(|group| usize::from(group.divisions[0]) == at) {
            let first = divide(&mut copier, group, made)?;
            copier.stands(first, first);
        } else if let Some(&(_, other)) = made.iter().find(|&&(own, _)| usize::from(own) == at) {
            copier.stands(other, other);
        } else {
            copier.copy(at)?;
        }
    }
    copier.copy_sunk();
    Ok(true)
}

/// Appends the division of a group's dividends, and notes what stands for the others; the first quotient.
fn divide(
    copier: &mut Copier<'_>,
    group: &Group,
    made: &mut Vec<(u16, Ref)>,
) -> Result<Ref, TooLong> {
    let dividend = |at: u16| copier.value(copier.from.get(at.into()).operand(0)).0;
    let [a, b, c] = group.divisions.map(dividend);
    let divisor = copier.value(group.divisor).0;
    let first = copier.to.push(Op::DivThree, &[a, b, c, divisor])?;
    for (number, &other) in group.divisions.iter().enumerate().skip(1) {
        let result = copier.to.push(Op::OtherFloat, &[first.0, number as u16])?;
        made.push((other, result));
    }
    Ok(first)
}
