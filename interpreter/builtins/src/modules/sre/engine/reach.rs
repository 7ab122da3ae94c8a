//! What the next characters may be: computed once for each place where the machine would else try
//! in vain.
//!
//! From an operation on, all ways through the program are followed for as many characters as are
//! asked for. Where a way ends, gets too long or cannot be told (a group that is compared), the
//! answer ends with the characters before. Assertions are passed over: the answer may hold too
//! much, never too little.

use super::program::{Item, Op, Pc, Program};
use super::sets::Reach;

/// How many operations are followed at most.
const BUDGET_AHEAD: usize = 48;
const BUDGET_SEARCH: usize = 400;
/// How many characters a search looks at.
pub const DEPTH: usize = 8;

/// What the first characters of a match of the whole program may be, as far as that is known.
pub fn first(program: &Program) -> Vec<Reach> {
    let mut walk = Walk::new(program, DEPTH, BUDGET_SEARCH);
    walk.follow(0, 0, usize::MAX);
    walk.reach.truncate(walk.limit);
    walk.reach
}

/// What the next character may be, if it is known that there is one.
fn next(program: &Program, pc: Pc) -> Option<Reach> {
    let mut walk = Walk::new(program, 1, BUDGET_AHEAD);
    walk.follow(pc, 0, 0);
    (walk.limit == 1).then(|| walk.reach[0])
}

/// Fills in what the program's repeats and branches look ahead for.
pub fn look_ahead(program: &mut Program) {
    for index in 0..program.ones.len() {
        let one = &program.ones[index];
        let tail = next(program, one.next);
        let own = program.item_reach(one.item);
        let one = &mut program.ones[index];
        one.tail = tail;
        one.exclusive = tail.is_some_and(|tail| !tail.meets(&own));
    }
    for index in 0..program.loops.len() {
        let body = next(program, program.loops[index].body);
        let tail = next(program, program.loops[index].tail);
        program.loops[index].body_reach = body;
        program.loops[index].tail_reach = tail;
    }
    for index in 0..program.branches.len() {
        for target in 0..program.branches[index].targets.len() {
            let reach = next(program, program.branches[index].targets[target]);
            let branch = &mut program.branches[index];
            let bit = 1 << target;
            let known = reach.unwrap_or(Reach::ALL);
            known.low().for_each(|c| branch.low[c as usize] |= bit);
            if known.wide {
                branch.wide |= bit;
            }
            if reach.is_none() {
                branch.end |= bit;
            }
        }
    }
}

struct Walk<'a> {
    program: &'a Program,
    reach: Vec<Reach>,
    /// How many characters are known.
    limit: usize,
    budget: usize,
}

impl<'a> Walk<'a> {
    fn new(program: &'a Program, depth: usize, budget: usize) -> Walk<'a> {
        Walk {
            program,
            reach: vec![Reach::default(); depth],
            limit: depth,
            budget,
        }
    }

    /// Nothing is known from here on.
    fn end(&mut self, at: usize) {
        self.limit = self.limit.min(at);
    }

    fn item(&mut self, item: Item, at: usize) {
        let reach = self.program.item_reach(item);
        self.reach[at].unite(&reach);
    }

    /// Follows the program from an operation on, of which character number `at` is the next. It
    /// lies in `inside` atomic groups that may be left: those that the way went into. One that it
    /// began in decides before what follows is looked at.
    fn follow(&mut self, mut pc: Pc, mut at: usize, mut inside: usize) {
        while at < self.limit {
            if self.budget == 0 {
                return self.end(at);
            }
            self.budget -= 1;
            let op = self.program.ops[pc as usize];
            pc += 1;
            let item = match op {
                Op::Literal(c) => Item::Literal(c),
                Op::Not(c) => Item::Not(c),
                Op::Any => Item::Any,
                Op::All => Item::All,
                Op::In(set) => Item::In(set),
                Op::Literals { from, count } => {
                    at = self.literals(from, count, at);
                    continue;
                }
                Op::At(_) | Op::Mark(_) => continue,
                Op::Atomic => {
                    inside = inside.saturating_add(1);
                    continue;
                }
                Op::AtomicEnd if inside == 0 => return self.end(at),
                Op::AtomicEnd => {
                    inside -= 1;
                    continue;
                }
                Op::Jump(to) | Op::NotLook { to, .. } => {
                    pc = to;
                    continue;
                }
                Op::Look { .. } => {
                    pc = self.after_look(pc);
                    continue;
                }
                Op::Branch(branch) => {
                    for &target in &self.program.branches[branch as usize].targets {
                        self.follow(target, at, inside);
                    }
                    return;
                }
                Op::Greedy(one) | Op::Lazy(one) | Op::Possessive(one) => {
                    return self.one(one, at, inside);
                }
                Op::Repeat(l) | Op::Possess(l) => {
                    let inner = &self.program.loops[l as usize];
                    if inner.max > 0 {
                        self.follow(inner.body, at, inside);
                    }
                    if inner.min > 0 {
                        return;
                    }
                    pc = inner.tail;
                    continue;
                }
                Op::Fail => return,
                Op::Until(_)
                | Op::LazyUntil(_)
                | Op::PossessEnd(_)
                | Op::LookEnd
                | Op::NotLookEnd
                | Op::Group { .. }
                | Op::GroupExists { .. }
                | Op::Success => return self.end(at),
            };
            self.item(item, at);
            at += 1;
        }
    }

    /// A row of characters from a place on: the place behind.
    fn literals(&mut self, from: u32, count: u32, mut at: usize) -> usize {
        let literals = &self.program.literals[from as usize..][..count as usize];
        for &c in literals.iter().take(self.limit - at) {
            self.reach[at].add(c);
            at += 1;
        }
        at
    }

    /// A repeat of one character: from its least number on, it may be over after each.
    fn one(&mut self, one: u32, mut at: usize, inside: usize) {
        let one = &self.program.ones[one as usize];
        let mut count = 0;
        while at < self.limit {
            if count >= one.min {
                self.follow(one.next, at, inside);
            }
            if count >= one.max || at >= self.limit {
                return;
            }
            self.item(one.item, at);
            count += 1;
            at += 1;
        }
    }

    /// The operation after an assertion.
    fn after_look(&self, from: Pc) -> Pc {
        let mut depth = 1;
        let mut pc = from;
        while depth > 0 {
            match self.program.ops[pc as usize] {
                Op::Look { .. } => depth += 1,
                Op::LookEnd => depth -= 1,
                _ => {}
            }
            pc += 1;
        }
        pc
    }
}
