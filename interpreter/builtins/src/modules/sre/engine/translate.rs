//! Translates the words of a compiled pattern into a program.
//!
//! The words are walked once, in order: a construct's parts follow one another there as they do
//! in the program. What is open is on a stack of its own, so that no nesting is too deep. Words
//! that are no pattern are found out here; the machine relies on what was translated. Then what
//! the machine looks ahead for is computed (`reach.rs`).

use super::classes::Fold;
use super::codes::{Code, MAX_REPEAT, Place};
use super::program::{Branch, Item, Loop, One, Op, Pc, Program};
use super::search::Search;
use super::sets::Set;

/// The words are no pattern.
#[derive(Clone, Copy, Debug)]
pub struct Invalid;

type Done<T = ()> = Result<T, Invalid>;

/// Translates words with a number of groups.
pub fn translate(words: &[u32], groups: usize) -> Done<Program> {
    let mut translator = Translator::new(words, groups);
    while translator.at < words.len() {
        translator.step()?;
    }
    let mut program = translator.link()?;
    super::reach::look_ahead(&mut program);
    program.search = Search::of(&program);
    Ok(program)
}

/// Where a program names a place in the words.
enum Fix {
    Op(usize),
    Target(usize, usize),
}

struct Translator<'a> {
    words: &'a [u32],
    at: usize,
    program: Program,
    /// The operation at each word that begins one.
    starts: Vec<Option<Pc>>,
    /// Words that something jumps to.
    aimed: Vec<bool>,
    fixes: Vec<(Fix, usize)>,
    /// What is open: the word that ends it and the operation for that.
    open: Vec<(usize, Op)>,
    /// Words between alternatives; the next one is last.
    between: Vec<usize>,
}

impl<'a> Translator<'a> {
    fn new(words: &'a [u32], groups: usize) -> Translator<'a> {
        let program = Program {
            ops: Vec::new(),
            literals: Vec::new(),
            sets: Vec::new(),
            ones: Vec::new(),
            loops: Vec::new(),
            branches: Vec::new(),
            groups,
            search: Search::Everywhere,
        };
        Translator {
            words,
            at: 0,
            program,
            starts: vec![None; words.len() + 1],
            aimed: vec![false; words.len() + 1],
            fixes: Vec::new(),
            open: Vec::new(),
            between: Vec::new(),
        }
    }

    fn word(&self, at: usize) -> Done<u32> {
        self.words.get(at).copied().ok_or(Invalid)
    }

    /// The word that the skip at another leads to.
    fn skip(&self, at: usize) -> Done<usize> {
        let to = at + self.word(at)? as usize;
        if to > at && to < self.words.len() {
            Ok(to)
        } else {
            Err(Invalid)
        }
    }

    fn emit(&mut self, op: Op, length: usize) {
        self.program.ops.push(op);
        self.at += length;
    }

    /// Notes that a part of the program leads to a word.
    fn aim(&mut self, fix: Fix, word: usize) {
        self.aimed[word] = true;
        self.fixes.push((fix, word));
    }

    fn step(&mut self) -> Done {
        let at = self.at;
        if self.between.last() == Some(&at) {
            self.between.pop();
            self.at += 1;
            return Ok(());
        }
        let code = Code::of(self.word(at)?).ok_or(Invalid)?;
        self.starts[at] = Some(self.program.ops.len() as Pc);
        if let Some((item, length)) = self.item(code)? {
            self.emit_item(item, length);
            return Ok(());
        }
        match code {
            Code::Failure => self.emit(Op::Fail, 1),
            Code::Success => {
                let op = self.close()?.unwrap_or(Op::Success);
                self.emit(op, 1);
            }
            Code::MaxUntil | Code::MinUntil => {
                let op = self.close()?.ok_or(Invalid)?;
                self.emit(op, 1);
            }
            Code::At => {
                let place = Place::of(self.word(at + 1)?).ok_or(Invalid)?;
                self.emit(Op::At(place), 2);
            }
            Code::Mark => {
                let mark = self.word(at + 1)?;
                if mark as usize >= 2 * self.program.groups {
                    return Err(Invalid);
                }
                self.emit(Op::Mark(mark), 2);
            }
            Code::Jump => {
                let to = self.skip(at + 1)?;
                self.aim(Fix::Op(self.program.ops.len()), to);
                self.emit(Op::Jump(0), 2);
            }
            Code::Info => self.at = self.skip(at + 1)?,
            Code::Branch => self.branch()?,
            Code::RepeatOne | Code::MinRepeatOne | Code::PossessiveRepeatOne => self.one(code)?,
            Code::Repeat | Code::PossessiveRepeat => self.repeat(code)?,
            Code::AtomicGroup | Code::Assert | Code::AssertNot => self.inner(code)?,
            Code::GroupRef => self.group(Fold::Exact)?,
            Code::GroupRefIgnore => self.group(Fold::Ascii)?,
            Code::GroupRefLocIgnore => self.group(Fold::Locale)?,
            Code::GroupRefUniIgnore => self.group(Fold::Unicode)?,
            Code::GroupRefExists => {
                let group = self.group_number()?;
                // The skip counts one word too many.
                let to = at + 1 + self.word(at + 2)? as usize;
                if to < at + 3 || to >= self.words.len() {
                    return Err(Invalid);
                }
                self.aim(Fix::Op(self.program.ops.len()), to);
                let otherwise = 0;
                self.emit(Op::GroupExists { group, otherwise }, 3);
            }
            _ => return Err(Invalid),
        }
        Ok(())
    }

    /// The operation that ends what is open, if it ends here; an error if it ends elsewhere.
    fn close(&mut self) -> Done<Option<Op>> {
        match self.open.last() {
            None => Ok(None),
            Some(&(end, op)) if end == self.at => {
                self.open.pop();
                Ok(Some(op))
            }
            Some(_) => Err(Invalid),
        }
    }

    fn set(&mut self, set: Set) -> Item {
        self.program.sets.push(set);
        Item::In(self.program.sets.len() as u32 - 1)
    }

    /// The single character that the words at the place ask for, and how many they are.
    fn item(&mut self, code: Code) -> Done<Option<(Item, usize)>> {
        let (fold, inverted) = match code {
            Code::Any => return Ok(Some((Item::Any, 1))),
            Code::AnyAll => return Ok(Some((Item::All, 1))),
            Code::Literal => return Ok(Some((Item::Literal(self.word(self.at + 1)?), 2))),
            Code::NotLiteral => return Ok(Some((Item::Not(self.word(self.at + 1)?), 2))),
            Code::In => return self.item_set(Fold::Exact),
            Code::InIgnore => return self.item_set(Fold::Ascii),
            Code::InLocIgnore => return self.item_set(Fold::Locale),
            Code::InUniIgnore => return self.item_set(Fold::Unicode),
            Code::LiteralIgnore => (Fold::Ascii, false),
            Code::NotLiteralIgnore => (Fold::Ascii, true),
            Code::LiteralLocIgnore => (Fold::Locale, false),
            Code::NotLiteralLocIgnore => (Fold::Locale, true),
            Code::LiteralUniIgnore => (Fold::Unicode, false),
            Code::NotLiteralUniIgnore => (Fold::Unicode, true),
            _ => return Ok(None),
        };
        let set = Set::literal(self.word(self.at + 1)?, fold, inverted);
        Ok(Some((self.set(set), 2)))
    }

    fn item_set(&mut self, fold: Fold) -> Done<Option<(Item, usize)>> {
        let end = self.skip(self.at + 1)?;
        let set = Set::read(&self.words[self.at + 2..end], fold).ok_or(Invalid)?;
        Ok(Some((self.set(set), end - self.at)))
    }

    /// Emits a single character. Literals that follow one another become one operation.
    fn emit_item(&mut self, item: Item, length: usize) {
        let op = match item {
            Item::Not(c) => Op::Not(c),
            Item::Any => Op::Any,
            Item::All => Op::All,
            Item::In(set) => Op::In(set),
            Item::Literal(c) => {
                let literals = &mut self.program.literals;
                let last = self.program.ops.last_mut().filter(|_| !self.aimed[self.at]);
                match last {
                    Some(op @ Op::Literal(_)) => {
                        let Op::Literal(first) = *op else { return };
                        let from = literals.len() as u32;
                        literals.extend([first, c]);
                        *op = Op::Literals { from, count: 2 };
                    }
                    Some(Op::Literals { count, .. }) => {
                        literals.push(c);
                        *count += 1;
                    }
                    _ => self.program.ops.push(Op::Literal(c)),
                }
                self.at += length;
                return;
            }
        };
        self.emit(op, length);
    }

    /// `BRANCH`, then for each alternative a skip and its words, then a zero.
    fn branch(&mut self) -> Done {
        let mut word = self.at + 1;
        let mut starts = Vec::new();
        let mut between = Vec::new();
        while self.word(word)? != 0 {
            starts.push(word + 1);
            word = self.skip(word)?;
            between.push(word);
        }
        self.between.extend(between.iter().rev());
        // More than 64 alternatives are a chain: the last of each is the rest.
        let mut rest = starts.as_slice();
        while rest.len() > 64 {
            let (now, later) = rest.split_at(63);
            self.alternatives(now);
            let next = self.program.ops.len() as Pc;
            let branch = self.program.branches.last_mut().ok_or(Invalid)?;
            branch.targets.push(next);
            rest = later;
        }
        self.alternatives(rest);
        self.at += 2;
        Ok(())
    }

    fn alternatives(&mut self, starts: &[usize]) {
        let branch = self.program.branches.len();
        self.program.branches.push(Branch {
            targets: vec![0; starts.len()],
            low: [0; 256],
            wide: 0,
            end: 0,
        });
        for (index, &word) in starts.iter().enumerate() {
            self.aim(Fix::Target(branch, index), word);
        }
        self.emit(Op::Branch(branch as u32), 0);
    }

    fn limits(&self) -> Done<(usize, usize)> {
        let (min, max) = (self.word(self.at + 2)?, self.word(self.at + 3)?);
        let max = if max == MAX_REPEAT {
            usize::MAX
        } else {
            max as usize
        };
        Ok((min as usize, max))
    }

    /// A repeat of one character: skip, bounds, the character, `SUCCESS`.
    fn one(&mut self, code: Code) -> Done {
        let end = self.skip(self.at + 1)?;
        let (min, max) = self.limits()?;
        self.at += 4;
        let inner = Code::of(self.word(self.at)?).ok_or(Invalid)?;
        let (item, length) = self.item(inner)?.ok_or(Invalid)?;
        if self.at + length + 1 != end || Code::of(self.word(end - 1)?) != Some(Code::Success) {
            return Err(Invalid);
        }
        let one = self.program.ones.len() as u32;
        self.program.ones.push(One {
            item,
            min,
            max,
            next: self.program.ops.len() as Pc + 1,
            tail: None,
            exclusive: false,
        });
        let op = match code {
            Code::RepeatOne => Op::Greedy(one),
            Code::MinRepeatOne => Op::Lazy(one),
            _ => Op::Possessive(one),
        };
        self.emit(op, length + 1);
        Ok(())
    }

    /// Any other repeat: skip, bounds, what is repeated, and the operation that repeats it.
    fn repeat(&mut self, code: Code) -> Done {
        let end = self.skip(self.at + 1)?;
        let (min, max) = self.limits()?;
        let number = self.program.loops.len() as u32;
        let (first, last) = match (code, Code::of(self.word(end)?)) {
            (Code::Repeat, Some(Code::MaxUntil)) => (Op::Repeat(number), Op::Until(number)),
            (Code::Repeat, Some(Code::MinUntil)) => (Op::Repeat(number), Op::LazyUntil(number)),
            (Code::PossessiveRepeat, Some(Code::Success)) => {
                (Op::Possess(number), Op::PossessEnd(number))
            }
            _ => return Err(Invalid),
        };
        self.program.loops.push(Loop {
            min,
            max,
            body: self.program.ops.len() as Pc + 1,
            tail: 0,
            body_reach: None,
            tail_reach: None,
        });
        self.open.push((end, last));
        self.emit(first, 4);
        Ok(())
    }

    /// What is matched for itself: a skip, for assertions how far to go back, and `SUCCESS`.
    fn inner(&mut self, code: Code) -> Done {
        let end = self.skip(self.at + 1)? - 1;
        if code == Code::AtomicGroup {
            self.open.push((end, Op::AtomicEnd));
            self.emit(Op::Atomic, 2);
            return Ok(());
        }
        let back = self.word(self.at + 2)?;
        if code == Code::Assert {
            self.open.push((end, Op::LookEnd));
            self.emit(Op::Look { back }, 3);
        } else {
            self.open.push((end, Op::NotLookEnd));
            self.aim(Fix::Op(self.program.ops.len()), end + 1);
            self.emit(Op::NotLook { back, to: 0 }, 3);
        }
        Ok(())
    }

    fn group_number(&self) -> Done<u32> {
        let group = self.word(self.at + 1)?;
        if (group as usize) < self.program.groups {
            Ok(group)
        } else {
            Err(Invalid)
        }
    }

    fn group(&mut self, fold: Fold) -> Done {
        let group = self.group_number()?;
        self.emit(Op::Group { group, fold }, 2);
        Ok(())
    }

    /// Puts the places in that jumps lead to.
    fn link(mut self) -> Done<Program> {
        let ends_well = matches!(self.program.ops.last(), Some(Op::Success));
        if !ends_well || !self.open.is_empty() || !self.between.is_empty() {
            return Err(Invalid);
        }
        let program = &mut self.program;
        for (fix, word) in self.fixes {
            // Between alternatives there is no operation: nothing leads there.
            let pc = self.starts[word].ok_or(Invalid)?;
            match fix {
                Fix::Target(branch, index) => program.branches[branch].targets[index] = pc,
                Fix::Op(at) => match &mut program.ops[at] {
                    Op::Jump(to)
                    | Op::NotLook { to, .. }
                    | Op::GroupExists { otherwise: to, .. } => *to = pc,
                    _ => return Err(Invalid),
                },
            }
        }
        for (pc, op) in program.ops.iter().enumerate() {
            if let Op::Until(l) | Op::LazyUntil(l) | Op::PossessEnd(l) = op {
                program.loops[*l as usize].tail = pc as Pc + 1;
            }
        }
        Ok(self.program)
    }
}
