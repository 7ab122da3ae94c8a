//! Runs a program on a text.
//!
//! There is one stack, of what is to be done when a way through the program fails: try the next
//! way (`Entry::Branch` and its like), or undo what the failed one changed (a group's mark, a
//! loop's count). So going back restores all that was, and what holds no choice costs nothing to
//! leave. Nothing recurses, and the stack is kept from match to match.
//!
//! What is matched for itself (atomic groups, assertions, the rounds of possessive loops) puts a
//! barrier on the stack. When it has matched, all above its barrier is dropped but the marks'
//! old values, which whoever goes back further still needs. Counts of loops inside it are of no
//! use then: who comes back to them begins them anew.

use super::classes::{self, Fold, NEWLINE};
use super::codes::Place;
use super::program::{Item, Loop, One, Op, Pc, Program};
use super::sets::Reach;

/// No place in the text.
pub const NOWHERE: usize = usize::MAX;
/// How much of the stack is kept, in entries.
const KEPT: usize = 1 << 14;

/// A character as it lies in a text.
pub trait Unit: Copy + Eq {
    fn point(self) -> u32;

    /// The text as bytes, if that is what it is.
    fn as_bytes(_text: &[Self]) -> Option<&[u8]> {
        None
    }

    /// The first place of a character.
    #[inline(always)]
    fn find(text: &[Self], point: u32) -> Option<usize> {
        text.iter().position(|c| c.point() == point)
    }
}

impl Unit for u8 {
    #[inline(always)]
    fn point(self) -> u32 {
        self as u32
    }

    #[inline(always)]
    fn as_bytes(text: &[u8]) -> Option<&[u8]> {
        Some(text)
    }

    #[inline(always)]
    fn find(text: &[u8], point: u32) -> Option<usize> {
        memchr::memchr(u8::try_from(point).ok()?, text)
    }
}

impl Unit for u16 {
    #[inline(always)]
    fn point(self) -> u32 {
        self as u32
    }
}

impl Unit for u32 {
    #[inline(always)]
    fn point(self) -> u32 {
        self
    }
}

/// What is done when a way has failed.
#[derive(Clone, Copy, Debug)]
enum Entry {
    /// Undo a mark.
    Mark {
        mark: u32,
        last_group: u32,
        old: usize,
    },
    /// Undo the start of a loop.
    Start {
        number: u32,
        count: usize,
        last: usize,
    },
    /// Undo a round of a loop.
    Round {
        number: u32,
        last: usize,
    },
    /// The same, then go on after the loop.
    Leave {
        number: u32,
        last: usize,
        pos: usize,
    },
    /// Begin another round of a loop that was left as soon as it could be.
    Again {
        number: u32,
        pos: usize,
    },
    /// Try the alternatives that are left.
    Branch {
        number: u32,
        left: u64,
        pos: usize,
    },
    /// Give a character back, down to a least place.
    Shorter {
        one: u32,
        least: usize,
        pos: usize,
    },
    /// Take another character, up to a last place.
    Longer {
        one: u32,
        most: usize,
        pos: usize,
    },
    /// Barriers.
    Atomic,
    Look {
        pos: usize,
    },
    NotLook {
        to: Pc,
        pos: usize,
    },
    Possess {
        number: u32,
        pos: usize,
    },
}

const _: () = assert!(size_of::<Entry>() <= 24);

impl Entry {
    fn is_barrier(&self) -> bool {
        matches!(
            self,
            Entry::Atomic | Entry::Look { .. } | Entry::NotLook { .. } | Entry::Possess { .. }
        )
    }
}

/// A loop: how many rounds were begun, and where the last began of those that need not have been.
#[derive(Clone, Copy)]
struct Rounds {
    count: usize,
    last: usize,
}

/// What the machine writes on, kept from match to match.
#[derive(Default)]
pub struct Scratch {
    stack: Vec<Entry>,
    rounds: Vec<Rounds>,
    /// Where groups begin and end, in turn; `NOWHERE` for those that did not match.
    pub marks: Vec<usize>,
    /// The number of the group that ended last; zero if none did.
    pub last_group: u32,
}

impl Scratch {
    /// Makes it fit a program.
    pub fn fit(&mut self, program: &Program) {
        let unset = Rounds {
            count: 0,
            last: NOWHERE,
        };
        self.rounds.clear();
        self.rounds.resize(program.loops.len(), unset);
        self.clear(program);
    }

    fn clear(&mut self, program: &Program) {
        self.stack.clear();
        self.stack.shrink_to(KEPT);
        self.marks.clear();
        self.marks.resize(2 * program.groups, NOWHERE);
        self.last_group = 0;
    }

    fn undo_round(&mut self, number: u32, last: usize) {
        let rounds = &mut self.rounds[number as usize];
        rounds.count -= 1;
        rounds.last = last;
    }

    /// Drops what lies above the last barrier, but old marks, and the barrier, which is returned.
    fn cut(&mut self) -> Entry {
        let stack = &mut self.stack;
        let barrier = stack.iter().rposition(Entry::is_barrier);
        let at = barrier.expect("what ends has begun");
        let barrier = stack[at];
        let mut kept = at;
        for index in at + 1..stack.len() {
            if let Entry::Mark { .. } = stack[index] {
                stack[kept] = stack[index];
                kept += 1;
            }
        }
        stack.truncate(kept);
        barrier
    }
}

/// A program on its way through a text.
pub struct Machine<'a, C> {
    pub program: &'a Program,
    /// The text up to where matches may extend.
    pub text: &'a [C],
    pub scratch: &'a mut Scratch,
    /// A match must extend to the text's end.
    pub full: bool,
    /// A match may not end here.
    pub forbidden: usize,
}

impl<C: Unit> Machine<'_, C> {
    /// The first match that begins at `from` or later: its start and end.
    pub fn search(&mut self, from: usize) -> Option<(usize, usize)> {
        let program = self.program;
        let mut at = from;
        self.scratch.clear(program);
        loop {
            let start = program.search.next(self.text, at)?;
            if start > from {
                self.forbidden = NOWHERE;
            }
            if let Some(end) = self.run(start) {
                return Some((start, end));
            }
            at = start + 1;
        }
    }

    /// The match that begins at `from`.
    pub fn match_at(&mut self, from: usize) -> Option<(usize, usize)> {
        self.scratch.clear(self.program);
        let end = self.run(from)?;
        Some((from, end))
    }

    /// The end of the match that begins at a place. Without one all marks are as before.
    #[inline(never)]
    fn run(&mut self, start: usize) -> Option<usize> {
        let (program, text) = (self.program, self.text);
        let mut pos = start;
        let mut pc = 0;
        // An operation that succeeds continues; those that come to the end have failed.
        loop {
            match program.ops[pc as usize] {
                Op::Literal(c) => {
                    if text.get(pos).is_some_and(|u| u.point() == c) {
                        (pc, pos) = (pc + 1, pos + 1);
                        continue;
                    }
                }
                Op::Literals { from, count } => {
                    let literals = &program.literals[from as usize..][..count as usize];
                    let same =
                        |units: &[C]| literals.iter().zip(units).all(|(&c, u)| u.point() == c);
                    if text.get(pos..pos + literals.len()).is_some_and(same) {
                        (pc, pos) = (pc + 1, pos + literals.len());
                        continue;
                    }
                }
                Op::In(set) => {
                    let set = &program.sets[set as usize];
                    if text.get(pos).is_some_and(|u| set.has(u.point())) {
                        (pc, pos) = (pc + 1, pos + 1);
                        continue;
                    }
                }
                Op::Not(c) => {
                    if text.get(pos).is_some_and(|u| u.point() != c) {
                        (pc, pos) = (pc + 1, pos + 1);
                        continue;
                    }
                }
                Op::Any => {
                    if text.get(pos).is_some_and(|u| u.point() != NEWLINE) {
                        (pc, pos) = (pc + 1, pos + 1);
                        continue;
                    }
                }
                Op::All => {
                    if pos < text.len() {
                        (pc, pos) = (pc + 1, pos + 1);
                        continue;
                    }
                }
                Op::At(place) => {
                    if is_at(place, text, pos) {
                        pc += 1;
                        continue;
                    }
                }
                Op::Mark(mark) => {
                    self.mark(mark, pos);
                    pc += 1;
                    continue;
                }
                Op::Jump(to) => {
                    pc = to;
                    continue;
                }
                Op::Branch(number) => {
                    let branch = &program.branches[number as usize];
                    let left = match text.get(pos) {
                        None => branch.end,
                        Some(u) => *branch.low.get(u.point() as usize).unwrap_or(&branch.wide),
                    };
                    if left != 0 {
                        pc = self.alternative(number, left, pos);
                        continue;
                    }
                }
                Op::Greedy(number) => {
                    let one = &program.ones[number as usize];
                    let end = self.extent(one.item, pos, one.max);
                    if end - pos >= one.min {
                        pc = one.next;
                        if one.exclusive {
                            pos = end;
                            continue;
                        }
                        let least = pos + one.min;
                        if let Some(at) = self.shorter(number, one, least, end) {
                            pos = at;
                            continue;
                        }
                    }
                }
                Op::Lazy(number) => {
                    let one = &program.ones[number as usize];
                    let least = self.extent(one.item, pos, one.min);
                    if least - pos >= one.min {
                        let most = pos.saturating_add(one.max);
                        if let Some(at) = self.longer(number, one, least, most) {
                            (pc, pos) = (one.next, at);
                            continue;
                        }
                    }
                }
                Op::Possessive(number) => {
                    let one = &program.ones[number as usize];
                    let end = self.extent(one.item, pos, one.max);
                    if end - pos >= one.min {
                        (pc, pos) = (one.next, end);
                        continue;
                    }
                }
                Op::Repeat(number) => {
                    self.start_loop(number);
                    pc = program.loops[number as usize].tail - 1;
                    continue;
                }
                Op::Until(number) => {
                    pc = self.until(number, pos);
                    if pc != NO_WAY {
                        continue;
                    }
                }
                Op::LazyUntil(number) => {
                    pc = self.lazy_until(number, pos);
                    continue;
                }
                Op::Possess(number) => {
                    self.start_loop(number);
                    pc = self.possess(number, pos);
                    continue;
                }
                Op::PossessEnd(number) => {
                    let rounds = &mut self.scratch.rounds[number as usize];
                    rounds.count += 1;
                    pc = match self.scratch.cut() {
                        // A round that took nothing would be followed by others like it.
                        Entry::Possess { pos: began, .. } if began == pos => {
                            program.loops[number as usize].tail
                        }
                        _ => self.possess(number, pos),
                    };
                    continue;
                }
                Op::Atomic => {
                    self.scratch.stack.push(Entry::Atomic);
                    pc += 1;
                    continue;
                }
                Op::AtomicEnd => {
                    self.scratch.cut();
                    pc += 1;
                    continue;
                }
                Op::Look { back } => {
                    if let Some(from) = pos.checked_sub(back as usize) {
                        self.scratch.stack.push(Entry::Look { pos });
                        (pc, pos) = (pc + 1, from);
                        continue;
                    }
                }
                Op::LookEnd => {
                    if let Entry::Look { pos: from } = self.scratch.cut() {
                        pos = from;
                    }
                    pc += 1;
                    continue;
                }
                Op::NotLook { back, to } => {
                    match pos.checked_sub(back as usize) {
                        Some(from) => {
                            self.scratch.stack.push(Entry::NotLook { to, pos });
                            (pc, pos) = (pc + 1, from);
                        }
                        None => pc = to,
                    }
                    continue;
                }
                Op::NotLookEnd => {
                    // What should not match did: the barrier goes, and all fails before it.
                    self.scratch.cut();
                }
                Op::Group { group, fold } => {
                    if let Some(length) = self.repeats_group(group, fold, pos) {
                        (pc, pos) = (pc + 1, pos + length);
                        continue;
                    }
                }
                Op::GroupExists { group, otherwise } => {
                    pc = match self.group(group) {
                        Some(_) => pc + 1,
                        None => otherwise,
                    };
                    continue;
                }
                Op::Fail => {}
                Op::Success => {
                    if !(self.full && pos != text.len() || pos == self.forbidden) {
                        return Some(pos);
                    }
                }
            }
            (pc, pos) = self.go_back()?;
        }
    }

    /// The next way after one has failed.
    #[inline]
    fn go_back(&mut self) -> Option<(Pc, usize)> {
        let program = self.program;
        loop {
            match self.scratch.stack.pop()? {
                Entry::Mark {
                    mark,
                    last_group,
                    old,
                } => {
                    self.scratch.marks[mark as usize] = old;
                    self.scratch.last_group = last_group;
                }
                Entry::Start {
                    number,
                    count,
                    last,
                } => self.scratch.rounds[number as usize] = Rounds { count, last },
                Entry::Round { number, last } => self.scratch.undo_round(number, last),
                Entry::Leave { number, last, pos } => {
                    self.scratch.undo_round(number, last);
                    return Some((program.loops[number as usize].tail, pos));
                }
                Entry::Again { number, pos } => {
                    let inner = &program.loops[number as usize];
                    let rounds = self.scratch.rounds[number as usize];
                    if rounds.count < inner.max && pos != rounds.last {
                        self.begin_round(number, pos);
                        return Some((inner.body, pos));
                    }
                }
                Entry::Branch { number, left, pos } => {
                    return Some((self.alternative(number, left, pos), pos));
                }
                Entry::Shorter { one, least, pos } => {
                    let inner = &program.ones[one as usize];
                    if let Some(at) = self.shorter(one, inner, least, pos - 1) {
                        return Some((inner.next, at));
                    }
                }
                Entry::Longer { one, most, pos } => {
                    let inner = &program.ones[one as usize];
                    if self.extent(inner.item, pos, 1) > pos
                        && let Some(at) = self.longer(one, inner, pos + 1, most)
                    {
                        return Some((inner.next, at));
                    }
                }
                Entry::Atomic | Entry::Look { .. } => {}
                Entry::NotLook { to, pos } => return Some((to, pos)),
                Entry::Possess { number, pos } => {
                    let inner = &program.loops[number as usize];
                    if self.scratch.rounds[number as usize].count >= inner.min {
                        return Some((inner.tail, pos));
                    }
                }
            }
        }
    }

    #[inline(always)]
    fn mark(&mut self, mark: u32, pos: usize) {
        let scratch = &mut *self.scratch;
        let old = std::mem::replace(&mut scratch.marks[mark as usize], pos);
        let last_group = scratch.last_group;
        scratch.stack.push(Entry::Mark {
            mark,
            last_group,
            old,
        });
        if mark & 1 != 0 {
            scratch.last_group = mark / 2 + 1;
        }
    }

    /// Takes the first of the alternatives that are left.
    #[inline(always)]
    fn alternative(&mut self, number: u32, left: u64, pos: usize) -> Pc {
        let first = left.trailing_zeros();
        let left = left & (left - 1);
        if left != 0 {
            self.scratch.stack.push(Entry::Branch { number, left, pos });
        }
        self.program.branches[number as usize].targets[first as usize]
    }

    /// Whether what is known of the next character admits that at a place.
    #[inline(always)]
    fn admits(&self, reach: &Option<Reach>, pos: usize) -> bool {
        match (reach, self.text.get(pos)) {
            (None, _) => true,
            (Some(reach), Some(u)) => reach.has(u.point()),
            (Some(_), None) => false,
        }
    }

    /// The last place from `end` down to `least` where what follows a repeat may match.
    #[inline(always)]
    fn shorter(&mut self, number: u32, one: &One, least: usize, end: usize) -> Option<usize> {
        let mut pos = end;
        while !self.admits(&one.tail, pos) {
            if pos == least {
                return None;
            }
            pos -= 1;
        }
        if pos > least {
            self.scratch.stack.push(Entry::Shorter {
                one: number,
                least,
                pos,
            });
        }
        Some(pos)
    }

    /// The first place from `least` up to `most` where what follows a repeat may match.
    #[inline(always)]
    fn longer(&mut self, number: u32, one: &One, least: usize, most: usize) -> Option<usize> {
        let mut pos = least;
        while !self.admits(&one.tail, pos) {
            if pos >= most || self.extent(one.item, pos, 1) == pos {
                return None;
            }
            pos += 1;
        }
        if pos < most {
            self.scratch.stack.push(Entry::Longer {
                one: number,
                most,
                pos,
            });
        }
        Some(pos)
    }

    /// How far a character repeats from a place on, at most a number of times.
    #[inline(always)]
    fn extent(&self, item: Item, pos: usize, most: usize) -> usize {
        let end = self.text.len().min(pos.saturating_add(most));
        let text = &self.text[pos..end];
        let length = match item {
            Item::All => None,
            Item::Any => C::find(text, NEWLINE),
            Item::Not(c) => C::find(text, c),
            Item::Literal(c) => text.iter().position(|u| u.point() != c),
            Item::In(set) => {
                let set = &self.program.sets[set as usize];
                text.iter().position(|u| !set.has(u.point()))
            }
        };
        length.map_or(end, |length| pos + length)
    }

    fn start_loop(&mut self, number: u32) {
        let new = Rounds {
            count: 0,
            last: NOWHERE,
        };
        let Rounds { count, last } =
            std::mem::replace(&mut self.scratch.rounds[number as usize], new);
        self.scratch.stack.push(Entry::Start {
            number,
            count,
            last,
        });
    }

    /// Begins a round that need not be: if it takes nothing it is the last.
    #[inline(always)]
    fn begin_round(&mut self, number: u32, pos: usize) {
        let rounds = &mut self.scratch.rounds[number as usize];
        let last = std::mem::replace(&mut rounds.last, pos);
        rounds.count += 1;
        self.scratch.stack.push(Entry::Round { number, last });
    }

    /// Begins a round that must be.
    fn begin_due_round(&mut self, number: u32) {
        let rounds = &mut self.scratch.rounds[number as usize];
        rounds.count += 1;
        let last = rounds.last;
        self.scratch.stack.push(Entry::Round { number, last });
    }

    /// Where a loop goes on that has as many rounds as possible.
    #[inline(always)]
    fn until(&mut self, number: u32, pos: usize) -> Pc {
        let Loop {
            min,
            max,
            body,
            tail,
            ref body_reach,
            ref tail_reach,
        } = self.program.loops[number as usize];
        let rounds = self.scratch.rounds[number as usize];
        if rounds.count < min {
            self.begin_due_round(number);
            return body;
        }
        let goes_on = rounds.count < max && pos != rounds.last && self.admits(body_reach, pos);
        let may_leave = self.admits(tail_reach, pos);
        if !goes_on {
            return if may_leave { tail } else { NO_WAY };
        }
        if may_leave {
            let rounds = &mut self.scratch.rounds[number as usize];
            let last = std::mem::replace(&mut rounds.last, pos);
            rounds.count += 1;
            self.scratch.stack.push(Entry::Leave { number, last, pos });
        } else {
            self.begin_round(number, pos);
        }
        body
    }

    /// Where a loop goes on that has as few rounds as possible.
    fn lazy_until(&mut self, number: u32, pos: usize) -> Pc {
        let inner = &self.program.loops[number as usize];
        if self.scratch.rounds[number as usize].count < inner.min {
            self.begin_due_round(number);
            return inner.body;
        }
        self.scratch.stack.push(Entry::Again { number, pos });
        inner.tail
    }

    /// Where a possessive loop goes on.
    fn possess(&mut self, number: u32, pos: usize) -> Pc {
        let inner = &self.program.loops[number as usize];
        if self.scratch.rounds[number as usize].count >= inner.max {
            return inner.tail;
        }
        self.scratch.stack.push(Entry::Possess { number, pos });
        inner.body
    }

    /// The place of a group that has matched.
    fn group(&self, group: u32) -> Option<(usize, usize)> {
        let mark = 2 * group as usize;
        let (from, to) = (self.scratch.marks[mark], self.scratch.marks[mark + 1]);
        (from <= to && to != NOWHERE).then_some((from, to))
    }

    /// The length of a group, if its text is found again at a place.
    fn repeats_group(&self, group: u32, fold: Fold, pos: usize) -> Option<usize> {
        let (from, to) = self.group(group)?;
        let there = self.text.get(pos..pos + (to - from))?;
        let first = &self.text[from..to];
        let same = match fold {
            Fold::Exact => first == there,
            fold => {
                let pairs = &mut first.iter().zip(there);
                pairs.all(|(a, b)| fold.lower(a.point()) == fold.lower(b.point()))
            }
        };
        same.then_some(to - from)
    }
}

/// In place of an operation: none can match.
const NO_WAY: Pc = Pc::MAX;

fn is_boundary<C: Unit>(text: &[C], pos: usize, is_word: fn(u32) -> bool) -> bool {
    let at = |at: usize| text.get(at).is_some_and(|u| is_word(u.point()));
    (pos > 0 && at(pos - 1)) != at(pos)
}

fn is_at<C: Unit>(place: Place, text: &[C], pos: usize) -> bool {
    let newline_at = |at: usize| text.get(at).is_some_and(|u| u.point() == NEWLINE);
    match place {
        Place::Beginning | Place::BeginningString => pos == 0,
        Place::BeginningLine => pos == 0 || newline_at(pos - 1),
        Place::End => pos == text.len() || pos + 1 == text.len() && newline_at(pos),
        Place::EndLine => pos == text.len() || newline_at(pos),
        Place::EndString => pos == text.len(),
        Place::Boundary | Place::LocBoundary => is_boundary(text, pos, classes::is_word),
        Place::NonBoundary | Place::LocNonBoundary => !is_boundary(text, pos, classes::is_word),
        Place::UniBoundary => is_boundary(text, pos, classes::is_unicode_word),
        Place::UniNonBoundary => !is_boundary(text, pos, classes::is_unicode_word),
    }
}
