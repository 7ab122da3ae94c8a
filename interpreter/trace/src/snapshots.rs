//! The snapshots of a trace.
//!
//! A snapshot is the state of one frame and the snapshot of the frame below it. Frames below do
//! not change while a call is inlined, so all guards in the callee share them. What else is the
//! same for a frame as long as it is there (its function, where its result goes) is a *line* of a
//! table. Its registers stand in ascending order, and those that were assigned last are mostly the
//! temporaries at the end: a snapshot names as many of the first registers of the last snapshot
//! with its line as are still as they were, and has only the others itself.
//!
//! A register is bytes: the first says how far it is from the one before, what kind its value is known
//! to be, whether its shape follows, and how the value is written, which mostly takes one byte more.
//!
//! That is how they lie while a trace is recorded. Once it is complete they are walked through again
//! and again; then all are laid out plainly, each with all of its registers.

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

/// A frame's place and registers. Its own end where those of the next snapshot begin.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Own {
    line: u16,
    pc: u16,
    /// Where its own registers begin.
    first: u16,
    /// How far back the snapshot is whose first registers come before them, and how many bytes
    /// those are.
    shared: u8,
    shared_bytes: u8,
}

/// A snapshot that is laid out plainly. Its registers end where those of the next one begin.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Plain {
    frame: Snapshot,
    first: u32,
}

#[derive(Clone, Default, Debug)]
pub(crate) struct Snapshots {
    lines: Vec<Line>,
    all: Vec<Own>,
    bytes: Vec<u8>,
    plain: Vec<Plain>,
    entries: Vec<Entry>,
    is_plain: bool,
}

impl PartialEq for Snapshots {
    fn eq(&self, other: &Snapshots) -> bool {
        let same =
            |at: u16| self.frame(at) == other.frame(at) && self.entries(at).eq(other.entries(at));
        self.len() == other.len() && (0..self.len()).all(|at| same(at as u16))
    }
}

// The first byte of a register. Above these is how far it is from the one before; 0: it follows.
const KIND: u8 = 7;
const SHAPED: u8 = 8;
const FORM_BITS: u32 = 4;
const STEP_BITS: u32 = 6;
const STEP_MAX: u16 = 3;

// How a value is written: a result or a constant, in one byte or in two.
const TWO: u8 = 1;
const CONSTANT: u8 = 2;

/// A register that follows: in one byte up to here, with a byte more from here on.
const FAR: u8 = 0xe0;
const FAR_MAX: u16 = 0xfff;
/// Registers that stand for something else begin here, and here in a byte.
const SPECIAL: u16 = 0xfff0;
const SPECIAL_IN_BYTE: u8 = 0xf0;
/// A shape's place with this bit is the upper half; the lower one follows.
const TWO_BYTES: u8 = 0x80;
/// A snapshot is put together from no more pieces than these.
const RUNS_MAX: usize = 6;
/// A line is looked for among the newest ones.
const LINES_SEARCHED: usize = 16;

/// Pieces of the bytes, the last one first.
#[derive(Clone, Copy, Default)]
struct Runs {
    runs: [(u16, u16); RUNS_MAX],
    count: usize,
}

impl Snapshots {
    pub(crate) fn clear(&mut self) {
        self.lines.clear();
        self.all.clear();
        self.bytes.clear();
        self.plain.clear();
        self.entries.clear();
        self.is_plain = false;
    }

    /// Lays out plainly what there is, and what will be appended.
    pub(crate) fn unpack(&mut self) {
        if self.is_plain {
            return;
        }
        let mut entries = std::mem::take(&mut self.entries);
        self.plain.clear();
        entries.clear();
        for at in 0..self.all.len() as u16 {
            let (frame, first) = (self.frame(at), entries.len() as u32);
            self.plain.push(Plain { frame, first });
            entries.extend(self.entries(at));
        }
        self.entries = entries;
        self.is_plain = true;
    }

    pub(crate) fn len(&self) -> usize {
        match self.is_plain {
            true => self.plain.len(),
            false => self.all.len(),
        }
    }

    pub(crate) fn bytes(&self) -> usize {
        if self.is_plain {
            return size_of_val(&*self.plain) + size_of_val(&*self.entries);
        }
        size_of_val(&*self.lines) + size_of_val(&*self.all) + self.bytes.len()
    }

    /// Goes back to the first snapshots.
    pub(crate) fn truncate(&mut self, count: usize) {
        if self.is_plain {
            if let Some(first) = self.plain.get(count).map(|plain| plain.first) {
                self.entries.truncate(first as usize);
                self.plain.truncate(count);
            }
            return;
        }
        if let Some(first) = self.all.get(count).map(|own| own.first) {
            self.bytes.truncate(usize::from(first));
            self.all.truncate(count);
        }
        for line in &mut self.lines {
            if usize::from(line.last) >= count {
                line.last = NO_SNAPSHOT;
            }
        }
    }

    pub(crate) fn frame(&self, snapshot: u16) -> Snapshot {
        if self.is_plain {
            return self.plain[usize::from(snapshot)].frame;
        }
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

    #[inline]
    pub(crate) fn parent(&self, snapshot: u16) -> u16 {
        if self.is_plain {
            return self.plain[usize::from(snapshot)].frame.parent;
        }
        self.lines[usize::from(self.all[usize::from(snapshot)].line)].parent
    }

    /// How many bytes a snapshot's own registers are.
    fn own_bytes(&self, snapshot: u16) -> u16 {
        let next = self.all.get(usize::from(snapshot) + 1);
        let end = next.map_or(self.bytes.len() as u16, |next| next.first);
        end - self.all[usize::from(snapshot)].first
    }

    /// The registers of a snapshot.
    #[inline]
    pub(crate) fn entries(&self, snapshot: u16) -> Entries<'_> {
        if !self.is_plain {
            return self.packed_entries(snapshot);
        }
        let at = usize::from(snapshot);
        let next = self.plain.get(at + 1);
        let end = next.map_or(self.entries.len(), |next| next.first as usize);
        Entries {
            plain: self.entries[self.plain[at].first as usize..end].iter(),
            all: &[],
            runs: Runs::default(),
            rest: &[],
            register: BEFORE_FIRST,
        }
    }

    fn packed_entries(&self, snapshot: u16) -> Entries<'_> {
        let shared = u16::from(self.all[usize::from(snapshot)].shared_bytes);
        // None has more runs than the array.
        let runs = self.runs(snapshot, shared + self.own_bytes(snapshot));
        Entries {
            plain: [].iter(),
            all: &self.bytes,
            runs: runs.unwrap_or_default(),
            rest: &[],
            register: BEFORE_FIRST,
        }
    }

    /// Where the first so many bytes of a snapshot's registers are; `None` if in too many places.
    fn runs(&self, snapshot: u16, mut bytes: u16) -> Option<Runs> {
        let mut runs = Runs::default();
        let mut at = snapshot;
        while bytes > 0 {
            let own = &self.all[usize::from(at)];
            let shared = u16::from(own.shared_bytes);
            if bytes > shared {
                *runs.runs.get_mut(runs.count)? = (own.first, bytes - shared);
                runs.count += 1;
                bytes = shared;
            }
            at -= u16::from(own.shared);
        }
        Some(runs)
    }

    /// Appends a snapshot; its registers ascend but for those that stand for something else.
    pub(crate) fn push(
        &mut self,
        frame: Snapshot,
        entries: impl Iterator<Item = Entry>,
    ) -> Result<u16, TooLong> {
        let number = self.len();
        if number + 1 >= usize::from(NO_SNAPSHOT) {
            return Err(TooLong);
        }
        if self.is_plain {
            let first = self.entries.len() as u32;
            self.plain.push(Plain { frame, first });
            self.entries.extend(entries);
            return Ok(number as u16);
        }
        let first = u16::try_from(self.bytes.len()).map_err(|_| TooLong)?;
        let pc = u16::try_from(frame.pc).map_err(|_| TooLong)?;
        let mut before = BEFORE_FIRST;
        for entry in entries {
            self.push_entry(entry, before)?;
            before = base_of(entry.register);
        }
        if u16::try_from(self.bytes.len()).is_err() {
            return Err(TooLong);
        }
        let line = self.line(&frame)?;
        self.all.push(Own {
            line,
            pc,
            first,
            shared: 0,
            shared_bytes: 0,
        });
        self.share(number);
        self.lines[usize::from(line)].last = number as u16;
        Ok(number as u16)
    }

    fn push_entry(&mut self, entry: Entry, before: u16) -> Result<(), TooLong> {
        let mut bytes = [0; 8];
        let mut length = 1;
        let mut put = |byte: u8| {
            bytes[length] = byte;
            length += 1;
        };
        let step = match entry.register.wrapping_sub(before) {
            step @ 1..=STEP_MAX if entry.register < SPECIAL => step as u8,
            _ => {
                match entry.register {
                    SPECIAL.. => put((entry.register - SPECIAL) as u8 + SPECIAL_IN_BYTE),
                    register if register < u16::from(FAR) => put(register as u8),
                    register @ ..=FAR_MAX => {
                        put(FAR + (register >> 8) as u8);
                        put(register as u8);
                    }
                    _ => return Err(TooLong),
                }
                0
            }
        };
        let [low, high] = (entry.value.index() as u16).to_le_bytes();
        let mut form = if entry.value.is_constant() {
            CONSTANT
        } else {
            0
        };
        put(low);
        if high != 0 {
            form |= TWO;
            put(high);
        }
        let shape = entry.fact.shape();
        if let Some(shape) = shape {
            let [low, high] = (shape.index() as u16).to_le_bytes();
            if high != 0 || low >= TWO_BYTES {
                put(high | TWO_BYTES);
            }
            put(low);
        }
        let shaped = if shape.is_some() { SHAPED } else { 0 };
        bytes[0] = entry.fact.kind() | shaped | form << FORM_BITS | step << STEP_BITS;
        self.bytes.extend_from_slice(&bytes[..length]);
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

    /// Lets the newest snapshot's registers begin with those of the one before with its line, as
    /// far as they are the same.
    fn share(&mut self, newest: usize) {
        let Own { line, first, .. } = self.all[newest];
        let mut before = self.lines[usize::from(line)].last;
        if before == NO_SNAPSHOT {
            return;
        }
        let own = &self.bytes[usize::from(first)..];
        let mut mine = Entries {
            plain: [].iter(),
            all: own,
            runs: Runs::default(),
            rest: own,
            register: BEFORE_FIRST,
        };
        let mut same: u8 = 0;
        for other in self.entries(before) {
            if mine.next() != Some(other) {
                break;
            }
            match u8::try_from(own.len() - mine.rest.len()) {
                Ok(length) => same = length,
                Err(_) => break,
            }
        }
        let distance = |before: u16| u8::try_from(newest - usize::from(before));
        // The snapshot that has the last of them itself, if that is near enough.
        loop {
            let own = &self.all[usize::from(before)];
            let next = before - u16::from(own.shared);
            if own.shared_bytes < same || next == before || distance(next).is_err() {
                break;
            }
            before = next;
        }
        let (Ok(back), Some(runs)) = (distance(before), self.runs(before, u16::from(same))) else {
            return;
        };
        if same == 0 || runs.count >= RUNS_MAX {
            return;
        }
        let first = usize::from(first);
        self.bytes.drain(first..first + usize::from(same));
        let own = &mut self.all[newest];
        (own.shared, own.shared_bytes) = (back, same);
    }
}

/// What the first register is counted from.
const BEFORE_FIRST: u16 = u16::MAX;

/// What the register after this one is counted from.
fn base_of(register: u16) -> u16 {
    if register >= SPECIAL {
        BEFORE_FIRST
    } else {
        register
    }
}

/// Reads registers, plain ones or piece by piece.
pub(crate) struct Entries<'t> {
    plain: std::slice::Iter<'t, Entry>,
    all: &'t [u8],
    runs: Runs,
    /// What is left of the piece at hand; no register lies in two.
    rest: &'t [u8],
    /// What the next register is counted from.
    register: u16,
}

impl Entries<'_> {
    #[inline(always)]
    fn byte(&mut self) -> Option<u8> {
        let (&byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(byte)
    }
}

impl Iterator for Entries<'_> {
    type Item = Entry;

    #[inline]
    fn next(&mut self) -> Option<Entry> {
        match self.plain.next() {
            Some(&entry) => Some(entry),
            None if self.runs.count == 0 && self.rest.is_empty() => None,
            None => self.unpack(),
        }
    }
}

impl Entries<'_> {
    /// Decodes the next register.
    fn unpack(&mut self) -> Option<Entry> {
        while self.rest.is_empty() {
            self.runs.count = self.runs.count.checked_sub(1)?;
            let (first, count) = self.runs.runs[self.runs.count];
            self.rest = &self.all[usize::from(first)..][..usize::from(count)];
        }
        let head = self.byte()?;
        let register = match head >> STEP_BITS {
            0 => match self.byte()? {
                special @ SPECIAL_IN_BYTE.. => u16::from(special - SPECIAL_IN_BYTE) + SPECIAL,
                high @ FAR.. => u16::from_le_bytes([self.byte()?, high - FAR]),
                register => u16::from(register),
            },
            step => self.register.wrapping_add(u16::from(step)),
        };
        self.register = base_of(register);
        let form = head >> FORM_BITS;
        let low = self.byte()?;
        let high = if form & TWO != 0 { self.byte()? } else { 0 };
        let value = u16::from_le_bytes([low, high]);
        let mut shape = None;
        if head & SHAPED != 0 {
            let place = match self.byte()? {
                high @ TWO_BYTES.. => u16::from_le_bytes([self.byte()?, high & !TWO_BYTES]),
                place => u16::from(place),
            };
            shape = Some(Ref::constant(usize::from(place)));
        }
        Some(Entry {
            register,
            value: match form & CONSTANT {
                0 => Ref(value),
                _ => Ref::constant(usize::from(value)),
            },
            fact: Fact::new(head & KIND, shape),
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
        let mut plain = snapshots.clone();
        plain.unpack();
        assert_eq!(plain, snapshots);
        for either in [&snapshots, &plain] {
            for (at, entries) in expected.iter().enumerate() {
                let found: Vec<Entry> = either.entries(at as u16).collect();
                assert_eq!(&found, entries);
                assert_eq!(either.frame(at as u16).pc, at as u32);
            }
        }
        for either in [&mut snapshots, &mut plain] {
            go_back_and_on(either, &expected);
        }
    }

    fn go_back_and_on(snapshots: &mut Snapshots, expected: &[Vec<Entry>]) {
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
        let all = [
            entry(0, 0x8000, Some(0)),
            entry(3, 255, Some(0x7f)),
            entry(7, 256, Some(0x80)),
            entry(0xdf, 0x80ff, Some(0xff)),
            entry(0xe0, 0x8100, Some(0x100)),
            entry(0xff, 0xffff, Some(0x1ffd)),
            entry(0x100, 0x7fff, None),
            entry(0xfff, 0, None),
        ];
        let made = snapshots.push(frame(NO_SNAPSHOT, 10), all.into_iter());
        assert_eq!(made, Ok(1));
        assert!(snapshots.entries(1).eq(all));
        assert!(snapshots.entries(0).eq(entries));
        let far = [entry(5000, 1, None)];
        let none = snapshots.push(frame(NO_SNAPSHOT, 9), far.into_iter());
        assert_eq!(none, Err(TooLong));
        let none = snapshots.push(frame(NO_SNAPSHOT, 1 << 16), entries.into_iter());
        assert_eq!(none, Err(TooLong));
    }
}
