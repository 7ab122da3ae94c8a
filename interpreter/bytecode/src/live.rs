//! Which registers are live before each instruction: the table of the resume points, filled up.
//!
//! A code object carries the live registers of its resume points only. Who asks for other places,
//! and often, has all of them made at once: between two resume points code is straight but for
//! jumps forward, whose targets stand in the table, so one walk backward does it. A set is a row of
//! bits.

use crate::{Code, Op, Pc, Reg, jump_target, reads, writes};

const BITS: usize = u64::BITS as usize;

/// The live registers before each instruction of a code object.
#[derive(Clone, Debug, Default)]
pub struct Liveness {
    /// Words of a row.
    width: usize,
    /// From row to row; 0 if one stands for all.
    stride: usize,
    rows: Box<[u64]>,
}

/// A set of registers, to be filled again and again: a row of bits.
#[derive(Clone, Debug, Default)]
pub struct LiveSet {
    words: Vec<u64>,
}

impl LiveSet {
    pub fn insert(&mut self, reg: Reg) {
        let words = usize::from(reg) / BITS + 1;
        if self.words.len() < words {
            self.words.resize(words, 0);
        }
        add(&mut self.words, reg);
    }

    pub fn remove(&mut self, reg: Reg) {
        if self.contains(reg) {
            remove(&mut self.words, reg);
        }
    }

    #[inline]
    pub fn contains(&self, reg: Reg) -> bool {
        has(&self.words, reg)
    }

    /// The registers, ascending.
    #[inline]
    pub fn iter(&self) -> impl Iterator<Item = Reg> {
        self.iter_from(0)
    }

    /// The same without those below one.
    #[inline]
    pub fn iter_from(&self, start: Reg) -> impl Iterator<Item = Reg> {
        let skipped = usize::from(start) / BITS;
        let mut words = self.words.iter().copied().skip(skipped);
        let mut word = words.next().unwrap_or(0) & (!0 << (usize::from(start) % BITS));
        let mut first = (skipped * BITS) as Reg;
        std::iter::from_fn(move || {
            while word == 0 {
                word = words.next()?;
                first += BITS as Reg;
            }
            let reg = first + word.trailing_zeros() as Reg;
            word &= word - 1;
            Some(reg)
        })
    }

    /// Adds those of a row.
    #[inline]
    fn insert_row(&mut self, row: &[u64]) {
        if self.words.len() < row.len() {
            self.words.resize(row.len(), 0);
        }
        add_all(&mut self.words, row);
    }
}

/// The live registers at some places of a code object, ascending.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LiveTable {
    /// A place, and where its registers end among all.
    points: Vec<(Pc, u32)>,
    registers: Vec<Reg>,
}

impl LiveTable {
    /// Adds a place behind the others.
    pub fn push(&mut self, pc: Pc, registers: impl IntoIterator<Item = Reg>) {
        self.registers.extend(registers);
        self.points.push((pc, self.registers.len() as u32));
    }

    pub fn len(&self) -> usize {
        self.points.len()
    }

    pub fn is_empty(&self) -> bool {
        self.points.is_empty()
    }

    /// The place with a number.
    fn pc(&self, at: usize) -> Pc {
        self.points[at].0
    }

    /// The same, and its registers.
    fn at(&self, at: usize) -> (Pc, &[Reg]) {
        let start = at.checked_sub(1).map_or(0, |before| self.points[before].1);
        let (pc, end) = self.points[at];
        (pc, &self.registers[start as usize..end as usize])
    }

    pub fn iter(&self) -> impl Iterator<Item = (Pc, &[Reg])> {
        (0..self.points.len()).map(|at| self.at(at))
    }

    /// The registers at a place, if it is one of them.
    pub fn get(&self, pc: Pc) -> Option<&[Reg]> {
        let at = self
            .points
            .binary_search_by_key(&pc, |point| point.0)
            .ok()?;
        Some(self.at(at).1)
    }
}

/// Code that would need more words has one row with all registers: a table of data, which is not
/// hot, and whose resume points have no table either.
const WORDS_MAX: usize = 1 << 24;

/// Builtin functions that show the variables of the frame that calls them.
pub const FRAME_READERS: [&str; 7] = [
    "locals",
    "vars",
    "dir",
    "eval",
    "exec",
    "_getframe",
    "breakpoint",
];

/// A row of the variables that code may ask for by name, which no instruction reads: all of them if
/// the name of such a function stands in it. After an exit of compiled code, a function that goes by
/// another name, or that looks at frames above its own, may miss what is dead there.
pub fn shown_variables(code: &Code) -> Vec<u64> {
    let mut shown = vec![0; usize::from(code.registers).div_ceil(BITS).max(1)];
    let reads_frame = code.sites.iter().any(|site| {
        let name = code.constants.get(site.name as usize);
        let name = name.and_then(|name| name.as_text());
        name.is_some_and(|name| FRAME_READERS.contains(&name.as_str()))
    });
    if reads_frame {
        (0..code.local_names.len()).for_each(|reg| add(&mut shown, reg as Reg));
    }
    shown
}

/// Adds a register to a row.
fn add(row: &mut [u64], reg: Reg) {
    row[usize::from(reg) / BITS] |= 1 << (usize::from(reg) % BITS);
}

/// Adds the registers of a row to another one, as far as that goes.
fn add_all(row: &mut [u64], other: &[u64]) {
    row.iter_mut()
        .zip(other)
        .for_each(|(own, word)| *own |= word);
}

#[inline]
fn has(row: &[u64], reg: Reg) -> bool {
    let word = row.get(usize::from(reg) / BITS);
    word.is_some_and(|word| word >> (usize::from(reg) % BITS) & 1 != 0)
}

fn remove(row: &mut [u64], reg: Reg) {
    row[usize::from(reg) / BITS] &= !(1 << (usize::from(reg) % BITS));
}

impl Liveness {
    pub fn of(code: &Code) -> Liveness {
        let width = usize::from(code.registers).div_ceil(BITS).max(1);
        if code.instrs.len().saturating_mul(width) > WORDS_MAX {
            let mut all = vec![0; width];
            (0..code.registers).for_each(|reg| add(&mut all, reg));
            return Liveness {
                width,
                stride: 0,
                rows: all.into(),
            };
        }
        // Behind the last row is that of the end, where nothing is live.
        let mut rows = vec![0; (code.instrs.len() + 1) * width];
        let shown = shown_variables(code);
        let mut points = code.liveness.len();
        for pc in (0..code.instrs.len()).rev() {
            let (own, after) = rows[pc * width..].split_at_mut(width);
            while points > 0 && code.liveness.pc(points - 1) as usize > pc {
                points -= 1;
            }
            match points.checked_sub(1).map(|last| code.liveness.at(last)) {
                Some((point, live)) if point as usize == pc => {
                    live.iter().for_each(|&reg| add(own, reg));
                }
                _ => before(code, pc as Pc, after, own),
            }
            add_all(own, &shown);
        }
        Liveness {
            width,
            stride: width,
            rows: rows.into(),
        }
    }

    /// Past the end nothing is live.
    fn row(&self, pc: Pc) -> &[u64] {
        let first = pc as usize * self.stride;
        self.rows.get(first..first + self.width).unwrap_or_default()
    }

    /// Fills a set with the registers live before the instruction at `pc`.
    #[inline]
    pub fn before(&self, pc: Pc, into: &mut LiveSet) {
        into.words.clear();
        into.words.extend_from_slice(self.row(pc));
    }

    /// Adds them to a set.
    #[inline]
    pub fn add_before(&self, pc: Pc, into: &mut LiveSet) {
        into.insert_row(self.row(pc));
    }

    /// Whether a register is live before the instruction at `pc`.
    pub fn is_live(&self, pc: Pc, reg: Reg) -> bool {
        has(self.row(pc), reg)
    }
}

/// Fills the row of an instruction, that of no resume point, from those of the instructions after it.
fn before(code: &Code, pc: Pc, after: &[u64], row: &mut [u64]) {
    let instr = code.instrs[pc as usize];
    let info = instr.op().info();
    if info.falls {
        row.copy_from_slice(&after[..row.len()]);
    }
    // Only where a loop goes on is there a next item.
    let skips_write = instr.op() == Op::ForIter;
    let target = jump_target(pc, instr);
    if let Some(target) = target.filter(|_| !skips_write) {
        add_row(code, pc, target, after, row);
    }
    writes(instr, &mut |reg| remove(row, reg));
    if let Some(target) = target.filter(|_| skips_write) {
        add_row(code, pc, target, after, row);
    }
    if info.raises
        && let Some(handler) = code.handler(pc)
    {
        let lives = has(row, handler.reg);
        add_row(code, pc, handler.target, after, row);
        if !lives {
            remove(row, handler.reg);
        }
    }
    reads(instr, &mut |reg| add(row, reg));
}

/// Adds the row of an instruction that another one goes on at: it is there already if it comes later.
fn add_row(code: &Code, pc: Pc, target: Pc, after: &[u64], row: &mut [u64]) {
    match target.checked_sub(pc + 1) {
        Some(distance) => add_all(row, &after[distance as usize * row.len()..]),
        None => {
            let live = code.liveness.get(target).unwrap_or_default();
            live.iter().for_each(|&reg| add(row, reg));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_tells_its_registers_in_order_wherever_they_lie() {
        let mut set = LiveSet::default();
        let all = [0, 5, 63, 64, 130, 200];
        all.iter().rev().for_each(|&reg| set.insert(reg));
        assert!(set.iter().eq(all));
        for start in 0..=201 {
            let from = all.iter().copied().filter(|&reg| reg >= start);
            assert!(set.iter_from(start).eq(from), "from {start}");
        }
        set.remove(64);
        set.remove(7);
        set.remove(999);
        assert!(set.iter().eq([0, 5, 63, 130, 200]));
        assert!(set.contains(130) && !set.contains(64) && !set.contains(999));
        set.insert_row(&[1 << 3, 1]);
        assert!(set.iter().eq([0, 3, 5, 63, 64, 130, 200]));
        assert_eq!(LiveSet::default().iter_from(70).next(), None);
    }
}
