//! A checker of the allocator's work.
//!
//! While the allocator goes backward it logs what it promises: that an op finds a value in a
//! place, that it leaves its result in one, that a move was emitted, that a call destroyed
//! registers. [`check`] walks the log forward, the way the code executes, with nothing but a set
//! of values for each place, and finds every use of a place that does not hold what it must. It
//! goes through the loop twice, with phis renamed on the way back, so that what the second time
//! round finds is checked as well.
//!
//! This proves the bookkeeping: places, evictions, reloads, moves at the loop's ends, homes and
//! calls. It does not prove that a sequence of instructions does what its op says; that is for
//! the cases that are run against the executor. The idea is that of regalloc2's checker.

use crate::Loc;
use trace::Ref;
#[cfg(debug_assertions)]
use trace::{Op, Trace};

/// Something the allocator says it emitted, or relies on.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(
    not(debug_assertions),
    expect(dead_code, reason = "only the checker reads what events say")
)]
pub(crate) enum Event {
    /// A value must be here.
    Use(Ref, Loc),
    /// A value comes to be here, and nothing else is any more.
    Define(Ref, Loc),
    Move(Loc, Loc),
    /// Registers lose their contents.
    Clobber(u32),
    /// An interpreter's register, or all of them, are written.
    HomeLost(u16),
    HomesLost,
    LoopStart,
    LoopEnd,
}

/// What the allocator said, last thing first. It is kept in debug builds only.
#[derive(Default)]
pub(crate) struct Log {
    #[cfg(debug_assertions)]
    events: Vec<Event>,
}

#[cfg(not(debug_assertions))]
impl Log {
    #[inline(always)]
    pub(crate) fn event(&mut self, _event: Event) {}
    pub(crate) fn clear(&mut self) {}
}

#[cfg(debug_assertions)]
impl Log {
    pub(crate) fn event(&mut self, event: Event) {
        self.events.push(event);
    }

    pub(crate) fn clear(&mut self) {
        self.events.clear();
    }

    /// Finds the first broken promise.
    pub(crate) fn check(&self, trace: &Trace) -> Result<(), String> {
        let mut places = Places {
            trace,
            contents: Vec::new(),
        };
        let body = self
            .events
            .iter()
            .rposition(|e| matches!(e, Event::LoopStart));
        for event in self.events.iter().rev() {
            places.step(event)?;
        }
        if let Some(body) = body {
            places.go_round();
            for event in self.events[..body].iter().rev() {
                places.step(event)?;
            }
        }
        Ok(())
    }
}

/// Which values are where.
#[cfg(debug_assertions)]
struct Places<'t> {
    trace: &'t Trace,
    contents: Vec<(Loc, Vec<Ref>)>,
}

#[cfg(debug_assertions)]
impl Places<'_> {
    fn at(&mut self, place: Loc) -> &mut Vec<Ref> {
        if let Some(at) = self.contents.iter().position(|(other, _)| *other == place) {
            return &mut self.contents[at].1;
        }
        self.contents.push((place, Vec::new()));
        match self.contents.last_mut() {
            Some((_, values)) => values,
            None => unreachable!("it was pushed just now"),
        }
    }

    fn found(&mut self, place: Loc) -> Vec<Ref> {
        let mut values = self.at(place).clone();
        if let Loc::Constant(constant) = place {
            values.push(constant);
        }
        values
    }

    fn step(&mut self, event: &Event) -> Result<(), String> {
        match *event {
            Event::Use(value, place) => {
                let found = self.found(place);
                if !found.contains(&value) {
                    return Err(format!("{value:?} is not in {place:?}, but {found:?}"));
                }
            }
            // What is there on entry may be several values.
            Event::Define(value, place) if self.is_entry(value) => self.at(place).push(value),
            Event::Define(value, place) => {
                for (_, values) in &mut self.contents {
                    values.retain(|&other| other != value);
                }
                *self.at(place) = vec![value];
            }
            Event::Move(to, from) => {
                let values = self.found(from);
                *self.at(to) = values;
            }
            Event::Clobber(registers) => self.contents.retain(|(place, _)| match place {
                Loc::Register(reg) => registers & 1 << reg == 0,
                _ => true,
            }),
            Event::HomeLost(register) => self.at(Loc::Home(register)).clear(),
            Event::HomesLost => self
                .contents
                .retain(|(place, _)| !matches!(place, Loc::Home(_))),
            Event::LoopStart | Event::LoopEnd => {}
        }
        Ok(())
    }

    fn is_entry(&self, value: Ref) -> bool {
        let op = self.trace.op(value.index());
        matches!(
            op,
            Op::Arg | Op::Inherit | Op::InheritFloat | Op::InheritRaw
        )
    }

    /// Renames the values of the phis, and forgets those of the body.
    fn go_round(&mut self) {
        let body = self.trace.loop_start().unwrap_or_default();
        let ops = (0..self.trace.len()).map(|at| self.trace.get(at));
        let phis: Vec<(Ref, Ref)> = ops
            .filter(|ins| ins.op == Op::Phi)
            .map(|ins| (ins.operand(0), ins.operand(1)))
            .collect();
        for (_, values) in &mut self.contents {
            let mut next: Vec<Ref> = values
                .iter()
                .copied()
                .filter(|value| value.is_constant() || value.index() < body)
                .filter(|value| phis.iter().all(|(left, _)| left != value))
                .collect();
            for &(left, right) in &phis {
                if values.contains(&right) {
                    next.push(left);
                }
            }
            *values = next;
        }
    }
}

#[cfg(test)]
mod tests {
    //! Promises that are broken are found.
    use super::*;

    const TRACE: &str = "  v0 = arg 0\n  v1 = add_raw raw:1 raw:2\n  v2 = add_raw v1 v1\n  loop\n  \
                         v4 = add_raw v1 v2\n  phi v1 v4\n";
    const A: Loc = Loc::Register(1);
    const B: Loc = Loc::Register(2);
    const SLOT: Loc = Loc::Slot(0);

    /// Events in the order in which the code executes.
    fn check(events: &[Event]) -> Result<(), String> {
        let trace = match trace::parse(TRACE) {
            Ok(trace) => trace,
            Err(error) => panic!("{error}"),
        };
        let mut log = Log::default();
        events.iter().rev().for_each(|&event| log.event(event));
        log.check(&trace)
    }

    #[test]
    fn straight_code() {
        use Event::{Clobber, Define, HomesLost, Move, Use};
        let (arg, one, two) = (Ref(0), Ref(1), Ref(2));
        let home = Loc::Home(0);
        let good = [
            Define(one, A),
            Move(SLOT, A),
            Clobber(2),
            Move(B, SLOT),
            Use(one, B),
        ];
        assert_eq!(check(&good), Ok(()));
        for bad in [
            &[Use(one, A)][..],
            &[Define(one, A), Clobber(2), Use(one, A)],
            &[Define(one, A), Define(two, A), Use(one, A)],
            &[Define(one, A), Define(two, B), Move(A, B), Use(one, A)],
            &[Define(arg, home), HomesLost, Move(A, home), Use(arg, A)],
        ] {
            assert!(check(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn the_way_back() {
        use Event::{Define, LoopEnd, LoopStart, Move, Use};
        let (one, two, four) = (Ref(1), Ref(2), Ref(4));
        let enter = [
            Define(one, A),
            Define(two, B),
            LoopStart,
            Use(one, A),
            Use(two, B),
        ];
        let good = [Define(four, A), LoopEnd];
        assert_eq!(check(&[&enter[..], &good].concat()), Ok(()));
        // The invariant is lost, or the phi's value is not where it must be.
        let lost = [Define(four, B), Move(A, B), LoopEnd];
        assert!(check(&[&enter[..], &lost].concat()).is_err());
        let elsewhere = [Define(four, SLOT), LoopEnd];
        assert!(check(&[&enter[..], &elsewhere].concat()).is_err());
    }
}
