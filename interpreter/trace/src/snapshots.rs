//! The snapshots of a trace.
//!
//! A snapshot is the state of one frame and the snapshot of the frame below it. Frames below do
//! not change while a call is inlined, so all guards in the callee share them. What else is the
//! same for a frame as long as it is there (its function, where its result goes) is a *line* of a
//! table. Its registers stand in ascending order, and those that were assigned last are mostly the
//! temporaries at the end: a snapshot says how many of the first registers of the last snapshot
//! with its line are still as they were, and has only the others itself.
//!
//! A register is bytes: the first says how far it is from the one before, what kind its value is known
//! to be, whether its shape follows, and how the value is written, which mostly takes one byte more.
//!
//! That is how they lie while a trace is recorded; no one looks at them before it is complete, but that of
//! each line the newest is kept, for the next to be compared with. Then they are walked through again
//! and again; so all are laid out plainly, each with all of its registers.

use crate::buffer::{Entry, Fact, NO_SNAPSHOT, Ref, Snapshot, TooLong};
use crate::encode::Extent;

/// What all snapshots of a frame share.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Line {
    parent: u16,
    function: Ref,
    base: u16,
    dst: u16,
    then: u8,
    pushed: bool,
}

impl Line {
    fn of(frame: &Snapshot) -> Line {
        Line {
            parent: frame.parent,
            function: frame.function,
            base: frame.base,
            dst: frame.dst,
            then: frame.then,
            pushed: frame.pushed,
        }
    }

    fn snapshot(self, pc: u16) -> Snapshot {
        Snapshot {
            parent: self.parent,
            function: self.function,
            base: self.base,
            dst: self.dst,
            pc: pc.into(),
            then: self.then,
            pushed: self.pushed,
        }
    }
}

/// A frame's place and registers: how many begin as those of the last snapshot with its line, and how
/// many follow of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Own {
    line: u16,
    pc: u16,
    shared: u16,
    own: u16,
}

/// A snapshot that is laid out plainly. Its registers end where those of the next one begin.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Plain {
    frame: Snapshot,
    first: u32,
}

/// Snapshots as they are recorded.
#[derive(Clone, Default, Debug)]
struct Packed {
    lines: Vec<Line>,
    /// By line: the registers of its newest snapshot.
    newest: Vec<Vec<Entry>>,
    all: Vec<Own>,
    bytes: Vec<u8>,
    /// Where the bytes end. Behind them there is room for a register.
    end: usize,
}

#[derive(Clone, Default, Debug)]
pub(crate) struct Snapshots {
    packed: Packed,
    plain: Vec<Plain>,
    entries: Vec<Entry>,
    is_packed: bool,
    /// How many there were when they were decoded, and the bytes that those took.
    decoded: (usize, usize),
}

impl PartialEq for Snapshots {
    fn eq(&self, other: &Snapshots) -> bool {
        if self.is_packed || other.is_packed {
            let plain = |either: &Snapshots| {
                let mut either = either.clone();
                either.unpack();
                either
            };
            return plain(self) == plain(other);
        }
        (&self.plain, &self.entries) == (&other.plain, &other.entries)
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
/// No register takes more bytes.
const REGISTER_BYTES: usize = 8;
/// Room that is made at a time.
const ROOM: usize = 1 << 10;
/// A line is looked for among the newest ones.
const LINES_SEARCHED: usize = 16;

/// What the first register is counted from.
const BEFORE_FIRST: u16 = u16::MAX;

/// What the register after this one is counted from.
#[inline(always)]
fn base_of(register: u16) -> u16 {
    if register >= SPECIAL {
        BEFORE_FIRST
    } else {
        register
    }
}

impl Packed {
    fn clear(&mut self) {
        self.lines.clear();
        self.all.clear();
        self.end = 0;
    }

    /// The line of a frame, and its newest snapshot's registers.
    #[inline]
    fn line(&mut self, frame: &Snapshot) -> usize {
        let line = Line::of(frame);
        let first = self.lines.len().saturating_sub(LINES_SEARCHED);
        if let Some(at) = self.lines[first..].iter().rposition(|own| *own == line) {
            return first + at;
        }
        self.lines.push(line);
        let at = self.lines.len() - 1;
        match self.newest.get_mut(at) {
            Some(newest) => newest.clear(),
            None => self.newest.push(Vec::new()),
        }
        at
    }

    fn push(&mut self, frame: &Snapshot, entries: &[Entry]) -> Result<(), TooLong> {
        let line = self.line(frame);
        let newest = &self.newest[line];
        let both = newest.iter().zip(entries);
        let shared = both.take_while(|(old, new)| old == new).count();
        let number = |n: usize| u16::try_from(n).map_err(|_| TooLong);
        self.all.push(Own {
            line: number(line)?,
            pc: u16::try_from(frame.pc).map_err(|_| TooLong)?,
            shared: number(shared)?,
            own: number(entries.len() - shared)?,
        });
        let last = shared.checked_sub(1).map(|at| entries[at].register);
        let mut before = last.map_or(BEFORE_FIRST, base_of);
        for &entry in &entries[shared..] {
            self.push_entry(entry, before)?;
            before = base_of(entry.register);
        }
        let newest = &mut self.newest[line];
        newest.truncate(shared);
        newest.extend_from_slice(&entries[shared..]);
        Ok(())
    }

    fn push_entry(&mut self, entry: Entry, before: u16) -> Result<(), TooLong> {
        let (mut bytes, mut length) = (0u64, 1);
        let mut put = |byte: u8| {
            bytes |= u64::from(byte) << (8 * length);
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
        let head = entry.fact.kind() | shaped | form << FORM_BITS | step << STEP_BITS;
        let bytes = (bytes | u64::from(head)).to_le_bytes();
        if self.bytes.len() < self.end + REGISTER_BYTES {
            self.bytes.resize(self.end + ROOM, 0);
        }
        self.bytes[self.end..][..REGISTER_BYTES].copy_from_slice(&bytes);
        self.end += length;
        Ok(())
    }

    fn bytes(&self) -> usize {
        size_of_val(&*self.lines) + size_of_val(&*self.all) + self.end
    }

    /// Lays all out plainly.
    fn unpack(&self, plain: &mut Vec<Plain>, entries: &mut Vec<Entry>) {
        let mut rest = &self.bytes[..self.end];
        // Where the registers of each line's last snapshot begin.
        let mut last = vec![0; self.lines.len()];
        for own in &self.all {
            let line = usize::from(own.line);
            let first = entries.len();
            plain.push(Plain {
                frame: self.lines[line].snapshot(own.pc),
                first: first as u32,
            });
            let old = std::mem::replace(&mut last[line], first);
            entries.extend_from_within(old..old + usize::from(own.shared));
            let before = entries[first..].last();
            let mut before = before.map_or(BEFORE_FIRST, |entry| base_of(entry.register));
            for _ in 0..own.own {
                let Some(entry) = read(&mut rest, before) else {
                    unreachable!("a snapshot has as many registers as it says")
                };
                before = base_of(entry.register);
                entries.push(entry);
            }
        }
    }
}

/// Decodes a register; `before` is what it is counted from.
#[inline]
fn read(rest: &mut &[u8], before: u16) -> Option<Entry> {
    let mut byte = || {
        let (&byte, after) = rest.split_first()?;
        *rest = after;
        Some(byte)
    };
    let head = byte()?;
    let register = match head >> STEP_BITS {
        0 => match byte()? {
            special @ SPECIAL_IN_BYTE.. => u16::from(special - SPECIAL_IN_BYTE) + SPECIAL,
            high @ FAR.. => u16::from_le_bytes([byte()?, high - FAR]),
            register => u16::from(register),
        },
        step => before.wrapping_add(u16::from(step)),
    };
    let form = head >> FORM_BITS;
    let low = byte()?;
    let high = if form & TWO != 0 { byte()? } else { 0 };
    let value = u16::from_le_bytes([low, high]);
    let mut shape = None;
    if head & SHAPED != 0 {
        let place = match byte()? {
            high @ TWO_BYTES.. => u16::from_le_bytes([byte()?, high & !TWO_BYTES]),
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

impl Snapshots {
    pub(crate) fn clear(&mut self) {
        self.packed.clear();
        self.plain.clear();
        self.entries.clear();
        self.is_packed = false;
        self.decoded = (0, 0);
    }

    /// Lets the snapshots, of which there are none, be packed.
    pub(crate) fn pack(&mut self) {
        debug_assert_eq!(self.len(), 0);
        self.is_packed = true;
    }

    /// Lays out plainly what there is, and what will be appended.
    pub(crate) fn unpack(&mut self) {
        if !std::mem::replace(&mut self.is_packed, false) {
            return;
        }
        self.plain.clear();
        self.entries.clear();
        self.packed.unpack(&mut self.plain, &mut self.entries);
        self.decoded = (self.plain.len(), self.packed.bytes());
        self.packed.clear();
    }

    #[inline]
    pub(crate) fn len(&self) -> usize {
        match self.is_packed {
            true => self.packed.all.len(),
            false => self.plain.len(),
        }
    }

    /// Bytes that they take, those that were packed as they were then.
    pub(crate) fn bytes(&self) -> usize {
        if self.is_packed {
            return self.packed.bytes();
        }
        let (count, bytes) = self.decoded;
        let others = self.plain.get(count..).unwrap_or_default();
        let first = others
            .first()
            .map_or(self.entries.len(), |own| own.first as usize);
        bytes + size_of_val(others) + size_of_val(&self.entries[first..])
    }

    /// How far they go.
    pub(crate) fn extent(&self) -> Extent {
        Extent {
            count: self.len(),
            bytes: self.packed.end,
        }
    }

    /// Goes back to where they went once, in the same form.
    pub(crate) fn go_back(&mut self, to: Extent) {
        if self.is_packed {
            self.packed.all.truncate(to.count);
            self.packed.end = to.bytes;
            // What is kept of a line may be of a snapshot that is no more.
            self.packed.newest.iter_mut().for_each(Vec::clear);
        } else if let Some(first) = self.plain.get(to.count).map(|plain| plain.first) {
            self.entries.truncate(first as usize);
            self.plain.truncate(to.count);
        }
    }

    /// A snapshot, which is plain.
    #[inline]
    pub(crate) fn frame(&self, snapshot: u16) -> Snapshot {
        self.plain[usize::from(snapshot)].frame
    }

    #[inline]
    pub(crate) fn parent(&self, snapshot: u16) -> u16 {
        self.plain[usize::from(snapshot)].frame.parent
    }

    /// The registers of a snapshot, which is plain.
    #[inline]
    pub(crate) fn entries(&self, snapshot: u16) -> &[Entry] {
        let at = usize::from(snapshot);
        let next = self.plain.get(at + 1);
        let end = next.map_or(self.entries.len(), |next| next.first as usize);
        &self.entries[self.plain[at].first as usize..end]
    }

    /// Appends a snapshot; its registers ascend but for those that stand for something else.
    pub(crate) fn push(&mut self, frame: Snapshot, entries: &[Entry]) -> Result<u16, TooLong> {
        let number = self.len();
        if number + 1 >= usize::from(NO_SNAPSHOT) {
            return Err(TooLong);
        }
        if self.is_packed {
            self.packed.push(&frame, entries)?;
        } else {
            let first = self.entries.len() as u32;
            self.plain.push(Plain { frame, first });
            self.entries.extend_from_slice(entries);
        }
        Ok(number as u16)
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
        let mut snapshots = packed();
        let (mut expected, mut extents): (Vec<Vec<Entry>>, _) = (Vec::new(), Vec::new());
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
            let parent = (pc / 20 % 2) as u16;
            let made = snapshots.push(frame(parent, pc), &entries);
            assert_eq!(made, Ok(pc as u16));
            expected.push(entries);
            extents.push(snapshots.extent());
        }
        let mut plain = snapshots.clone();
        plain.unpack();
        assert_eq!(plain, snapshots);
        for (at, entries) in expected.iter().enumerate() {
            assert_eq!(plain.entries(at as u16), entries);
            assert_eq!(plain.frame(at as u16).pc, at as u32);
        }
        for mut either in [snapshots, plain] {
            either.go_back(extents[99]);
            assert_eq!(either.push(frame(0, 5), &expected[99]), Ok(100));
            either.unpack();
            assert_eq!(either.len(), 101);
            assert_eq!(either.entries(100), expected[99]);
            assert_eq!(either.entries(99), expected[99]);
            assert_eq!(either.frame(99).pc, 99);
        }
    }

    fn packed() -> Snapshots {
        let mut snapshots = Snapshots::default();
        snapshots.pack();
        snapshots
    }

    #[test]
    fn special_registers_and_far_places() {
        let mut snapshots = packed();
        let entries = [
            entry(0xfff0, 3, None),
            entry(0xfff1, 4, Some(2)),
            entry(4000, 1, None),
        ];
        assert_eq!(snapshots.push(frame(NO_SNAPSHOT, 9), &entries), Ok(0));
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
        assert_eq!(snapshots.push(frame(NO_SNAPSHOT, 10), &all), Ok(1));
        let mut plain = snapshots.clone();
        plain.unpack();
        assert_eq!(plain.entries(1), all);
        assert_eq!(plain.entries(0), entries);
        let far = [entry(5000, 1, None)];
        assert_eq!(snapshots.push(frame(NO_SNAPSHOT, 9), &far), Err(TooLong));
        let none = snapshots.push(frame(NO_SNAPSHOT, 1 << 16), &entries);
        assert_eq!(none, Err(TooLong));
    }
}
