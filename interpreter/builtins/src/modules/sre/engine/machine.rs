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
        loop {
            let op = program.ops[pc as usize];
            let next = match op {
                Op::Literal(_)
                | Op::Literals { .. }
                | Op::In(_)
                | Op::Not(_)
                | Op::Any
                | Op::All => {
                    let taken = self.characters(op, pos);
                    taken.map(|taken| (pc + 1, pos + taken))
                }
                Op::At(place) => is_at(place, text, pos).then_some((pc + 1, pos)),
                Op::Mark(mark) => {
                    self.mark(mark, pos);
                    Some((pc + 1, pos))
                }
                Op::Jump(to) => Some((to, pos)),
                Op::Branch(number) => self.first_alternative(number, pos),
                Op::Greedy(_) | Op::Lazy(_) | Op::Possessive(_) => self.repeat_one(op, pos),
                Op::Repeat(_)
                | Op::Until(_)
                | Op::LazyUntil(_)
                | Op::Possess(_)
                | Op::PossessEnd(_) => self.turn(op, pos).map(|pc| (pc, pos)),
                Op::Atomic
                | Op::AtomicEnd
                | Op::Look { .. }
                | Op::LookEnd
                | Op::NotLook { .. }
                | Op::NotLookEnd => self.fence(op, pc, pos),
                Op::Group { group, fold } => {
                    let length = self.repeats_group(group, fold, pos);
                    length.map(|length| (pc + 1, pos + length))
                }
                Op::GroupExists { group, otherwise } => {
                    let exists = self.group(group).is_some();
                    Some((if exists { pc + 1 } else { otherwise }, pos))
                }
                Op::Fail => None,
                Op::Success => {
                    if !(self.full && pos != text.len() || pos == self.forbidden) {
                        return Some(pos);
                    }
                    None
                }
            };
            (pc, pos) = match next {
                Some(next) => next,
                None => self.go_back()?,
            };
        }
    }

    /// How many characters at a place are what an op wants.
    #[inline(always)]
    fn characters(&self, op: Op, pos: usize) -> Option<usize> {
        let (program, text) = (self.program, self.text);
        let one = |wanted: &dyn Fn(u32) -> bool| {
            let is_wanted = text.get(pos).is_some_and(|u| wanted(u.point()));
            is_wanted.then_some(1)
        };
        match op {
            Op::Literal(c) => one(&|point| point == c),
            Op::In(set) => one(&|point| program.sets[set as usize].has(point)),
            Op::Not(c) => one(&|point| point != c),
            Op::Any => one(&|point| point != NEWLINE),
            Op::All => one(&|_| true),
            Op::Literals { from, count } => {
                let literals = &program.literals[from as usize..][..count as usize];
                let same = |units: &[C]| literals.iter().zip(units).all(|(&c, u)| u.point() == c);
                let is_there = text.get(pos..pos + literals.len()).is_some_and(same);
                is_there.then_some(literals.len())
            }
            _ => None,
        }
    }

    /// Where the first alternative of a branch begins that may match at a place.
    #[inline(always)]
    fn first_alternative(&mut self, number: u32, pos: usize) -> Option<(Pc, usize)> {
        let branch = &self.program.branches[number as usize];
        let left = match self.text.get(pos) {
            None => branch.end,
            Some(u) => *branch.low.get(u.point() as usize).unwrap_or(&branch.wide),
        };
        (left != 0).then(|| (self.alternative(number, left, pos), pos))
    }

    /// Where it goes on behind a repeat of one character.
    #[inline(always)]
    fn repeat_one(&mut self, op: Op, pos: usize) -> Option<(Pc, usize)> {
        let (Op::Greedy(number) | Op::Lazy(number) | Op::Possessive(number)) = op else {
            return None;
        };
        let one = &self.program.ones[number as usize];
        let is_lazy = matches!(op, Op::Lazy(_));
        let end = self.extent(one.item, pos, if is_lazy { one.min } else { one.max });
        if end - pos < one.min {
            return None;
        }
        let at = match op {
            Op::Lazy(_) => self.longer(number, one, end, pos.saturating_add(one.max))?,
            Op::Greedy(_) if !one.exclusive => self.shorter(number, one, pos + one.min, end)?,
            _ => end,
        };
        Some((one.next, at))
    }

    /// Where it goes on at the beginning or end of a round of a loop.
    #[inline(always)]
    fn turn(&mut self, op: Op, pos: usize) -> Option<Pc> {
        let program = self.program;
        Some(match op {
            Op::Repeat(number) => {
                self.start_loop(number);
                program.loops[number as usize].tail - 1
            }
            Op::Until(number) => match self.until(number, pos) {
                NO_WAY => return None,
                pc => pc,
            },
            Op::LazyUntil(number) => self.lazy_until(number, pos),
            Op::Possess(number) => {
                self.start_loop(number);
                self.possess(number, pos)
            }
            Op::PossessEnd(number) => {
                let rounds = &mut self.scratch.rounds[number as usize];
                rounds.count += 1;
                match self.scratch.cut() {
                    // A round that took nothing would be followed by others like it.
                    Entry::Possess { pos: began, .. } if began == pos => {
                        program.loops[number as usize].tail
                    }
                    _ => self.possess(number, pos),
                }
            }
            _ => return None,
        })
    }

    /// Where it goes on at the beginning or end of what is matched for itself.
    #[inline(always)]
    fn fence(&mut self, op: Op, pc: Pc, pos: usize) -> Option<(Pc, usize)> {
        match op {
            Op::Atomic => {
                self.scratch.stack.push(Entry::Atomic);
                Some((pc + 1, pos))
            }
            Op::AtomicEnd => {
                self.scratch.cut();
                Some((pc + 1, pos))
            }
            Op::Look { back } => {
                let from = pos.checked_sub(back as usize)?;
                self.scratch.stack.push(Entry::Look { pos });
                Some((pc + 1, from))
            }
            Op::LookEnd => match self.scratch.cut() {
                Entry::Look { pos: from } => Some((pc + 1, from)),
                _ => Some((pc + 1, pos)),
            },
            Op::NotLook { back, to } => match pos.checked_sub(back as usize) {
                Some(from) => {
                    self.scratch.stack.push(Entry::NotLook { to, pos });
                    Some((pc + 1, from))
                }
                None => Some((to, pos)),
            },
            _ => {
                // What should not match did: the barrier goes, and all fails before it.
                self.scratch.cut();
                None
            }
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
