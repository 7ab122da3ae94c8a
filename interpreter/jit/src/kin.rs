//! Kin: code that a program makes again and again of the same text, and what compiling the like of it
//! has come to.
//!
//! Counters begin anew with each code object. A program that executes fresh source in every round thus
//! shows the JIT code that it has never seen, hot at the 60th turn of its loop; whether that will go on
//! for long nothing in the code can tell. But what its *twins* came to can: code objects with the same
//! instructions, name and first line. So the trees of one namespace, and of all namespaces that have a
//! twin in common, form a *clan* with an account: what recording and compiling for it has cost, and what
//! machine code of it has earned. While a clan has lost more than a small part of the time that the
//! program has run, a copy has to be hot for longer than the first of its kind; with the time that
//! passes the loss becomes small beside it, and the next copy is tried again. So what such a program
//! loses in the long run is that part, however many copies it makes, and a clan that earns is compiled
//! as early as any.
//!
//! The account is a clan's and not a text's, because one function's machine code runs within another's:
//! who was entered from the interpreter has the time of all that it called.
//!
//! Only copies are held back. Code that is met for the first time is judged by the whole program's
//! account alone (`ledger`); so is what has one namespace and no twin, whatever its clan has lost.
//!
//! *What was too short* for its twins will be for a copy: a function whose recordings have all been given
//! up as too short, as often as one is tried, is tried in copies more and more seldom.
//!
//! *What is earned* is an estimate: the time in machine code, times what the interpreter would have
//! needed beyond it, less the ways out. How many times that is, a trace tells by how many bytecode ops it
//! stands for and what it does for them: a tree of calls of which next to nothing is left saves a
//! hundred times as long as it runs, a loop around a call that takes long hardly once. An exit takes a third of
//! a microsecond until the program is in machine code again, and the part of it that lies within a
//! measured stay has not saved anything.

use crate::free::Dead;
use object::{CodeObject, Dict, Gc, Value};
use rustc_hash::{FxHashMap, FxHasher};
use std::cell::RefCell;
use std::hash::{Hash, Hasher};
use trace::{Role, Trace};

/// About what the interpreter needs for a bytecode op, and machine code for an op of a trace and for one
/// that calls a function, in picoseconds.
const INSTRUCTION_PS: usize = 2000;
const OP_PS: usize = 500;
const CALL_PS: usize = 12_000;
/// What the interpreter would have needed beyond the time that machine code took, in times of that: no
/// less and no more than so many.
const SAVED_LEAST: i64 = 1;
const SAVED_MOST: i64 = 500;
/// What an exit takes: outside of the measured stay, and of that.
const EXIT_OUTSIDE_NS: i64 = 300;
const EXIT_WITHIN_NS: i64 = 200;
/// The part of the time since the start that a clan may have lost.
const LOST_PART: i64 = 128;
/// By what thresholds of copies are multiplied where what was spent is more than what was earned; more
/// than twice; more than four times that.
const FACTORS: [u32; 3] = [64, 256, 1024];
/// Recordings of a text that were too short, after which copies are passed over so many times; which is doubled
/// with each that is too short again, this many times.
const SHORTS_MAX: u32 = 16;
const PASSES_DOUBLED_MAX: u32 = 16;
/// Namespaces, and texts, that are remembered.
const CLANS_MAX: usize = 1 << 10;
const TEXTS_MAX: usize = 1 << 12;

/// A clan by its number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Clan(u64);

/// What is remembered of code with the same text.
#[derive(Clone, Copy, Debug)]
struct Text {
    clan: Clan,
    /// The code that was met last, by its start; 0 if that has died.
    last: usize,
    /// There was another before.
    copied: bool,
    /// How many recordings were too short since one was long enough.
    shorts: u32,
    /// How often none was made for that since one was.
    passed: u32,
}

/// In nanoseconds.
#[derive(Clone, Copy, Default, Debug)]
struct Account {
    spent: i64,
    earned: i64,
}

impl Account {
    fn factor(self, elapsed: i64) -> u32 {
        if self.spent - self.earned <= elapsed / LOST_PART {
            return 1;
        }
        let [more, twice, often] = FACTORS;
        let earned = self.earned.max(0);
        match () {
            () if self.spent >= 4 * earned => often,
            () if self.spent >= 2 * earned => twice,
            () => more,
        }
    }
}

/// What a trace saves, in times of the time that it runs: it stands for so many bytecode ops.
pub(crate) fn saved_times(instructions: usize, trace: &Trace) -> i64 {
    let turn = trace.loop_start().unwrap_or(0)..trace.len();
    let cost = |at: usize| match trace.op(at).role() {
        Role::Call => CALL_PS,
        _ => OP_PS,
    };
    let runs: usize = turn.map(cost).sum();
    let interpreted = instructions * INSTRUCTION_PS;
    let times = (interpreted / runs.max(1)) as i64 - 1;
    times.clamp(SAVED_LEAST, SAVED_MOST)
}

/// The number of code's text.
fn text_of(code: Gc<CodeObject>) -> u64 {
    let own = code.code();
    let mut hasher = FxHasher::default();
    own.instrs.hash(&mut hasher);
    own.name.hash(&mut hasher);
    own.first_line.hash(&mut hasher);
    hasher.finish()
}

#[derive(Default)]
struct Tables {
    texts: FxHashMap<u64, Text>,
    /// By namespace.
    clans: FxHashMap<u64, Clan>,
    accounts: FxHashMap<Clan, Account>,
    count: u64,
}

impl Tables {
    fn clan_of(&mut self, globals: u64) -> Clan {
        if let Some(&clan) = self.clans.get(&globals) {
            return clan;
        }
        if self.clans.len() >= CLANS_MAX || self.texts.len() >= TEXTS_MAX {
            self.texts.clear();
            self.clans.clear();
            self.accounts.clear();
        }
        self.count += 1;
        let clan = Clan(self.count);
        self.clans.insert(globals, clan);
        clan
    }

    /// Code has become hot: its clan, if it is a copy of other code that had.
    fn meet(&mut self, text: u64, code: usize, globals: u64) -> Option<Clan> {
        if let Some(known) = self.texts.get_mut(&text) {
            known.copied |= known.last != code;
            known.last = code;
            let Text { clan, copied, .. } = *known;
            self.clans.entry(globals).or_insert(clan);
            return copied.then_some(clan);
        }
        let text_of = Text {
            clan: self.clan_of(globals),
            last: code,
            copied: false,
            shorts: 0,
            passed: 0,
        };
        self.texts.insert(text, text_of);
        None
    }

    fn recorded(&mut self, text: u64, short: bool) {
        if let Some(text) = self.texts.get_mut(&text) {
            text.shorts = if short { text.shorts + 1 } else { 0 };
            text.passed = 0;
        }
    }

    fn passes(&mut self, text: u64) -> bool {
        let Some(text) = self.texts.get_mut(&text) else {
            return false;
        };
        if !text.copied || text.shorts < SHORTS_MAX {
            return false;
        }
        text.passed += 1;
        text.passed < SHORTS_MAX << (text.shorts - SHORTS_MAX).min(PASSES_DOUBLED_MAX)
    }
}

/// The clans.
#[derive(Default)]
pub(crate) struct Kin(RefCell<Tables>);

impl Kin {
    /// The clan of what is compiled for a namespace.
    pub(crate) fn clan_of(&self, globals: Gc<Dict>) -> Clan {
        let globals = Value::from(globals).bits();
        self.0.borrow_mut().clan_of(globals)
    }

    /// Code is about to become hot: its clan, if it is a copy of other code that was.
    pub(crate) fn meet(&self, code: Gc<CodeObject>, globals: Gc<Dict>) -> Option<Clan> {
        let start = code.start().key();
        let globals = Value::from(globals).bits();
        self.0.borrow_mut().meet(text_of(code), start, globals)
    }

    /// A recording of code was long enough, or too short.
    pub(crate) fn recorded(&self, code: Gc<CodeObject>, short: bool) {
        self.0.borrow_mut().recorded(text_of(code), short);
    }

    /// Whether code, a copy, is not worth a recording now, as those of its twins were too short.
    pub(crate) fn passes(&self, code: Gc<CodeObject>) -> bool {
        self.0.borrow_mut().passes(text_of(code))
    }

    /// Whether there was other code with the same text.
    pub(crate) fn is_copy(&self, code: Gc<CodeObject>) -> bool {
        let tables = self.0.borrow();
        let text = tables.texts.get(&text_of(code));
        text.is_some_and(|text| text.copied)
    }

    /// Code that comes to lie where dead code lay is another.
    pub(crate) fn bury(&self, dead: &Dead) {
        let mut tables = self.0.borrow_mut();
        let texts = tables.texts.values_mut();
        texts
            .filter(|text| dead.has(text.last))
            .for_each(|text| text.last = 0);
    }

    /// So much was spent on compiling.
    pub(crate) fn spend(&self, clan: Clan, spent: i64) {
        self.0.borrow_mut().accounts.entry(clan).or_default().spent += spent;
    }

    /// Machine code that saves so many times as long as it runs has run for so long.
    pub(crate) fn stayed(&self, clan: Clan, saves: i64, stay: i64) {
        self.earn(clan, stay * saves);
    }

    /// It was left by an exit.
    #[inline]
    pub(crate) fn exited(&self, clan: Clan, saves: i64) {
        self.earn(clan, -EXIT_OUTSIDE_NS - EXIT_WITHIN_NS * saves);
    }

    fn earn(&self, clan: Clan, earned: i64) {
        if let Some(account) = self.0.borrow_mut().accounts.get_mut(&clan) {
            account.earned += earned;
        }
    }

    /// By what the thresholds of a copy are multiplied when the program has run for so long.
    pub(crate) fn factor(&self, clan: Clan, elapsed: i64) -> u32 {
        let tables = self.0.borrow();
        tables
            .accounts
            .get(&clan)
            .map_or(1, |account| account.factor(elapsed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: i64 = 1_000_000;

    fn meet(kin: &Kin, text: u64, code: usize, globals: u64) -> Option<Clan> {
        kin.0.borrow_mut().meet(text, code, globals)
    }

    fn clan_of(kin: &Kin, globals: u64) -> Clan {
        kin.0.borrow_mut().clan_of(globals)
    }

    #[test]
    fn namespaces_with_a_twin_are_one_clan() {
        let kin = Kin::default();
        assert_eq!(meet(&kin, 7, 1, 100), None);
        assert_eq!(meet(&kin, 7, 1, 100), None, "it is no copy of itself");
        let first = clan_of(&kin, 100);
        assert_eq!(meet(&kin, 7, 2, 200), Some(first));
        assert_eq!(clan_of(&kin, 200), first);
        assert_eq!(meet(&kin, 8, 3, 200), None, "another function of it");
        assert_eq!(meet(&kin, 8, 4, 300), Some(first));
        assert_ne!(clan_of(&kin, 400), first);
    }

    #[test]
    fn a_clan_that_loses_waits_until_the_loss_is_small() {
        let kin = Kin::default();
        meet(&kin, 7, 1, 100);
        let clan = clan_of(&kin, 100);
        assert_eq!(kin.factor(clan, 10 * MS), 1);
        kin.spend(clan, 2 * MS);
        assert_eq!(kin.factor(clan, 10 * MS), FACTORS[2]);
        assert_eq!(kin.factor(clan, 2 * LOST_PART * MS), 1);
        kin.stayed(clan, 2, MS / 2);
        assert_eq!(kin.factor(clan, 10 * MS), FACTORS[1]);
        kin.stayed(clan, 2, MS / 4);
        assert_eq!(kin.factor(clan, 10 * MS), FACTORS[0]);
        kin.stayed(clan, 2, MS / 4);
        assert_eq!(kin.factor(clan, 10 * MS), 1);
        for _ in 0..2 * MS / (EXIT_OUTSIDE_NS + 3 * EXIT_WITHIN_NS) {
            kin.exited(clan, 3);
        }
        assert_eq!(kin.factor(clan, 10 * MS), FACTORS[2], "exits cost");
    }

    #[test]
    fn what_a_trace_saves_is_by_how_much_it_does_for_how_many_ops() {
        let turn = "  v0 = arg 0\n  v1 = arg 1\n  loop\n@0 pc 4 r0=v0 r1=v1\n  guard_int lt v0 10 @0\n  phi v0 v1\n";
        let trace = trace::parse(turn).unwrap_or_default();
        assert_eq!(trace.len(), 5);
        let of = |instructions| saved_times(instructions, &trace);
        assert!(of(100) > 5 * of(10).max(1));
        assert_eq!(of(1), SAVED_LEAST);
        assert_eq!(of(1 << 20), SAVED_MOST);
    }

    #[test]
    fn copies_of_what_was_too_short_are_tried_more_and_more_seldom() {
        let kin = Kin::default();
        let note = |short| kin.0.borrow_mut().recorded(7, short);
        let passes = || kin.0.borrow_mut().passes(7);
        let passes_before_a_try = || (0..).take_while(|_| passes()).count() as u32;
        assert!(!passes(), "of code that no one has met nothing is known");
        meet(&kin, 7, 1, 100);
        (0..SHORTS_MAX).for_each(|_| note(true));
        assert!(!passes(), "there is no other code like it");
        meet(&kin, 7, 2, 200);
        assert_eq!(passes_before_a_try(), SHORTS_MAX - 1);
        note(true);
        assert_eq!(passes_before_a_try(), 2 * SHORTS_MAX - 1);
        note(false);
        assert!(!passes(), "one was long enough");
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let kin = Kin::default();
        for at in 0..10 * CLANS_MAX {
            meet(&kin, at as u64, at, at as u64);
            kin.spend(clan_of(&kin, at as u64), MS);
        }
        let tables = kin.0.borrow();
        assert!(tables.clans.len() <= CLANS_MAX && tables.accounts.len() <= CLANS_MAX);
        assert!(tables.texts.len() <= TEXTS_MAX);
    }
}
