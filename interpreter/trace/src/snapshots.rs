//! The snapshots of a trace.
//!
//! A snapshot is the state of one frame and the snapshot of the frame below it. Frames below do
//! not change while a call is inlined, so all guards in the callee share them. What else is the
//! same for a frame as long as it is there (its function, where its result goes) is a *line* of a
//! table. Its registers stand in ascending order, and those that were assigned last are mostly the
//! temporaries at the end: a snapshot names as many of the first registers of the last snapshot
//! with its line as are still as they were, and has only the others itself.
//!
//! A register is two words: one of its number with what kind its value is known to be, the value;
//! and a third with its shape, if that is known.

use crate::buffer::{Entry, Fact, NO_SNAPSHOT, Ref, Snapshot, TooLong};

/// What all snapshots of a frame share.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Line {
    parent: u16,
    function: Ref,
    base: u16,
    dst: u16,
    then: u8,
    pushed: bool,
    /// The newest snapshot.
    last: u16,
}

/// A frame's place and registers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Own {
    line: u16,
    pc: u16,
    /// Where its own registers begin.
    first: u16,
    /// The snapshot whose first registers come before them, and how many words those are.
    shared: u16,
    shared_words: u16,
    /// How many words its own registers are.
    words: u16,
}

#[derive(Clone, Default, PartialEq, Debug)]
pub(crate) struct Snapshots {
    lines: Vec<Line>,
    all: Vec<Own>,
    words: Vec<u16>,
}

/// A register's number, and above it the kind of its value, and whether its shape follows.
const REGISTER_BITS: u32 = 12;
const REGISTER_MAX: u16 = (1 << REGISTER_BITS) - 1;
const SHAPED: u16 = 1 << 15;
/// Registers that stand for something else begin here, and here in a word.
const SPECIAL: u16 = 0xfff0;
const SPECIAL_IN_WORD: u16 = REGISTER_MAX & SPECIAL;
/// A snapshot is put together from no more pieces than these.
const RUNS_MAX: usize = 6;
/// A line is looked for among the newest ones.
const LINES_SEARCHED: usize = 16;

/// Pieces of the words, the last one first.
#[derive(Clone, Copy, Default)]
struct Runs {
    runs: [(u16, u16); RUNS_MAX],
    count: usize,
}

impl Snapshots {
    pub(crate) fn clear(&mut self) {
        self.lines.clear();
        self.all.clear();
        self.words.clear();
    }

    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    pub(crate) fn bytes(&self) -> usize {
        size_of_val(&*self.lines) + size_of_val(&*self.all) + size_of_val(&*self.words)
    }

    /// Goes back to the first snapshots.
    pub(crate) fn truncate(&mut self, count: usize) {
        if let Some(first) = self.all.get(count).map(|own| own.first) {
            self.words.truncate(usize::from(first));
            self.all.truncate(count);
        }
        for line in &mut self.lines {
            if usize::from(line.last) >= count {
                line.last = NO_SNAPSHOT;
            }
        }
    }

    pub(crate) fn frame(&self, snapshot: u16) -> Snapshot {
        let own = &self.all[usize::from(snapshot)];
        let line = &self.lines[usize::from(own.line)];
        Snapshot {
            parent: line.parent,
            function: line.function,
            base: line.base,
            dst: line.dst,
            pc: u32::from(own.pc),
            then: line.then,
            pushed: line.pushed,
        }
    }

    pub(crate) fn parent(&self, snapshot: u16) -> u16 {
        self.lines[usize::from(self.all[usize::from(snapshot)].line)].parent
    }

    /// The registers of a snapshot.
    pub(crate) fn entries(&self, snapshot: u16) -> impl Iterator<Item = Entry> + '_ {
        let own = &self.all[usize::from(snapshot)];
        // None has more runs than the array.
        let runs = self.runs(snapshot, own.shared_words + own.words);
        let runs = runs.unwrap_or_default();
        (0..runs.count).rev().flat_map(move |at| {
            let (first, count) = runs.runs[at];
            let words = &self.words[usize::from(first)..][..usize::from(count)];
            Entries { words }
        })
    }

    /// Where the first so many words of a snapshot's registers are; `None` if in too many places.
    fn runs(&self, snapshot: u16, mut words: u16) -> Option<Runs> {
        let mut runs = Runs::default();
        let mut at = snapshot;
        while words > 0 {
            let own = &self.all[usize::from(at)];
            if words > own.shared_words {
                *runs.runs.get_mut(runs.count)? = (own.first, words - own.shared_words);
                runs.count += 1;
                words = own.shared_words;
            }
            at = own.shared;
        }
        Some(runs)
    }

    /// Appends a snapshot; its registers ascend but for those that stand for something else.
    pub(crate) fn push(
        &mut self,
        frame: Snapshot,
        entries: impl Iterator<Item = Entry>,
    ) -> Result<u16, TooLong> {
        let number = self.all.len();
        let first = u16::try_from(self.words.len()).map_err(|_| TooLong)?;
        let pc = u16::try_from(frame.pc).map_err(|_| TooLong)?;
        if number + 1 >= usize::from(NO_SNAPSHOT) {
            return Err(TooLong);
        }
        for entry in entries {
            self.push_entry(entry)?;
        }
        let words = u16::try_from(self.words.len() - usize::from(first)).map_err(|_| TooLong)?;
        let line = self.line(&frame)?;
        let mut own = Own {
            line,
            pc,
            first,
            shared: NO_SNAPSHOT,
            shared_words: 0,
            words,
        };
        self.share(&mut own);
        self.lines[usize::from(line)].last = number as u16;
        self.all.push(own);
        Ok(number as u16)
    }

    fn push_entry(&mut self, entry: Entry) -> Result<(), TooLong> {
        let register = match entry.register {
            SPECIAL.. => entry.register - SPECIAL + SPECIAL_IN_WORD,
            register if register < SPECIAL_IN_WORD => register,
            _ => return Err(TooLong),
        };
        let kind = u16::from(entry.fact.kind()) << REGISTER_BITS;
        let shape = entry.fact.shape();
        let shaped = if shape.is_some() { SHAPED } else { 0 };
        self.words.extend([register | kind | shaped, entry.value.0]);
        self.words.extend(shape.map(|shape| shape.0));
        Ok(())
    }

    /// The line of a frame.
    fn line(&mut self, frame: &Snapshot) -> Result<u16, TooLong> {
        let line = Line {
            parent: frame.parent,
            function: frame.function,
            base: frame.base,
            dst: frame.dst,
            then: frame.then,
            pushed: frame.pushed,
            last: NO_SNAPSHOT,
        };
        let newest = self.lines.iter().enumerate().rev().take(LINES_SEARCHED);
        let mut same = newest.filter(|(_, own)| {
            Line {
                last: NO_SNAPSHOT,
                ..**own
            } == line
        });
        if let Some((at, _)) = same.next() {
            return Ok(at as u16);
        }
        self.lines.push(line);
        u16::try_from(self.lines.len() - 1).map_err(|_| TooLong)
    }

    /// Lets the newest registers begin with those of the snapshot before, as far as they are the
    /// same.
    fn share(&mut self, own: &mut Own) {
        let mut before = self.lines[usize::from(own.line)].last;
        if before == NO_SNAPSHOT {
            return;
        }
        let mine = Entries {
            words: &self.words[usize::from(own.first)..],
        };
        let mut same: u16 = 0;
        for (entry, other) in mine.zip(self.entries(before)) {
            if entry != other {
                break;
            }
            same += if entry.fact.shape().is_some() { 3 } else { 2 };
        }
        if same == 0 {
            return;
        }
        // The snapshot that has the last of them itself.
        while self.all[usize::from(before)].shared_words >= same {
            before = self.all[usize::from(before)].shared;
        }
        match self.runs(before, same) {
            Some(runs) if runs.count < RUNS_MAX => {}
            _ => return,
        }
        let first = usize::from(own.first);
        self.words.drain(first..first + usize::from(same));
        (own.shared, own.shared_words) = (before, same);
        own.words -= same;
    }
}

/// Reads registers.
struct Entries<'w> {
    words: &'w [u16],
}

impl Iterator for Entries<'_> {
    type Item = Entry;

    #[inline]
    fn next(&mut self) -> Option<Entry> {
        let (&[head, value], rest) = self.words.split_first_chunk()?;
        self.words = rest;
        let mut shape = None;
        if head & SHAPED != 0 {
            let (&word, rest) = self.words.split_first()?;
            self.words = rest;
            shape = Some(Ref(word));
        }
        let register = match head & REGISTER_MAX {
            special @ SPECIAL_IN_WORD.. => special - SPECIAL_IN_WORD + SPECIAL,
            register => register,
        };
        Some(Entry {
            register,
            value: Ref(value),
            fact: Fact::new((head >> REGISTER_BITS & 7) as u8, shape),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(register: u16, value: u16, shape: Option<usize>) -> Entry {
        Entry {
            register,
            value: Ref(value),
            fact: Fact::new(3, shape.map(Ref::constant)),
        }
    }

    fn frame(parent: u16, pc: u32) -> Snapshot {
        Snapshot::of_frame(parent, Ref::constant(1), 4, 2, pc)
    }

    #[test]
    fn registers_come_back_whatever_they_share() {
        let mut snapshots = Snapshots::default();
        let mut expected: Vec<Vec<Entry>> = Vec::new();
        let mut state = 7u32;
        for pc in 0..200 {
            let mut entries = expected.last().cloned().unwrap_or_default();
            for _ in 0..3 {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let (register, value) = ((state >> 24) as u16 % 12, (state >> 8) as u16 % 900);
                let shape = (state & 64 != 0).then_some(usize::from(value % 5));
                entries.retain(|e| e.register != register);
                if state & 128 == 0 {
                    entries.push(entry(register, value, shape));
                }
            }
            entries.sort_by_key(|e| e.register);
            let made = snapshots.push(frame(NO_SNAPSHOT, pc), entries.iter().copied());
            assert_eq!(made, Ok(pc as u16));
            expected.push(entries);
        }
        for (at, entries) in expected.iter().enumerate() {
            let found: Vec<Entry> = snapshots.entries(at as u16).collect();
            assert_eq!(&found, entries);
            assert_eq!(snapshots.frame(at as u16).pc, at as u32);
        }
        snapshots.truncate(100);
        let again = snapshots.push(frame(NO_SNAPSHOT, 5), expected[99].iter().copied());
        assert_eq!(again, Ok(100));
        let found: Vec<Entry> = snapshots.entries(100).collect();
        assert_eq!(found, expected[99]);
        let found: Vec<Entry> = snapshots.entries(99).collect();
        assert_eq!(found, expected[99]);
    }

    #[test]
    fn special_registers_and_far_places() {
        let mut snapshots = Snapshots::default();
        let entries = [
            entry(0xfff0, 3, None),
            entry(0xfff1, 4, Some(2)),
            entry(4000, 1, None),
        ];
        let made = snapshots.push(frame(NO_SNAPSHOT, 9), entries.into_iter());
        assert_eq!(made, Ok(0));
        assert!(snapshots.entries(0).eq(entries));
        let far = [entry(5000, 1, None)];
        let none = snapshots.push(frame(NO_SNAPSHOT, 9), far.into_iter());
        assert_eq!(none, Err(TooLong));
        let none = snapshots.push(frame(NO_SNAPSHOT, 1 << 16), entries.into_iter());
        assert_eq!(none, Err(TooLong));
    }
}
