//! The snapshots of a trace.
//!
//! A snapshot is the state of one frame and the snapshot of the frame below it. Frames below do
//! not change while a call is inlined, so all guards in the callee share them. Its registers stand in
//! ascending order behind those of the snapshot before, but for those that stand for something else, which
//! come first.
//!
//! They are written where they stay: a register at a time, then the frame whose registers those were.

use crate::buffer::{Entry, NO_SNAPSHOT, Snapshot, TooLong};

/// A snapshot's frame, and where its registers end, which begin where those of the one before end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Framed {
    frame: Snapshot,
    end: u32,
}

#[derive(Clone, Default, PartialEq, Debug)]
pub(crate) struct Snapshots {
    all: Vec<Framed>,
    entries: Vec<Entry>,
}

/// How many snapshots and registers there are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Extent {
    pub(crate) count: usize,
    entries: usize,
}

impl Snapshots {
    pub(crate) fn clear(&mut self) {
        self.all.clear();
        self.entries.clear();
    }

    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    /// Bytes that they take.
    pub(crate) fn bytes(&self) -> usize {
        size_of_val(&*self.all) + size_of_val(&*self.entries)
    }

    /// How far they go.
    pub(crate) fn extent(&self) -> Extent {
        Extent {
            count: self.all.len(),
            entries: self.entries.len(),
        }
    }

    /// Goes back to where they went once.
    pub(crate) fn go_back(&mut self, to: Extent) {
        self.all.truncate(to.count);
        self.entries.truncate(to.entries);
    }

    #[inline]
    pub(crate) fn frame(&self, snapshot: u16) -> Snapshot {
        self.all[usize::from(snapshot)].frame
    }

    #[inline]
    pub(crate) fn parent(&self, snapshot: u16) -> u16 {
        self.all[usize::from(snapshot)].frame.parent
    }

    /// The registers of a snapshot.
    #[inline]
    pub(crate) fn entries(&self, snapshot: u16) -> &[Entry] {
        let at = usize::from(snapshot);
        let first = match at.checked_sub(1) {
            Some(before) => self.all[before].end as usize,
            None => 0,
        };
        &self.entries[first..self.all[at].end as usize]
    }

    /// Appends a register of the snapshot that [`Snapshots::push`] will complete; they ascend but for
    /// those that stand for something else.
    #[inline(always)]
    pub(crate) fn add(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    /// Appends some.
    #[inline]
    pub(crate) fn add_all(&mut self, entries: &[Entry]) {
        self.entries.extend_from_slice(entries);
    }

    /// Completes the snapshot with the registers that were appended since the last one.
    #[inline]
    pub(crate) fn push(&mut self, frame: Snapshot) -> Result<u16, TooLong> {
        let number = self.all.len();
        if number + 1 >= usize::from(NO_SNAPSHOT) {
            return Err(TooLong);
        }
        let end = self.entries.len() as u32;
        self.all.push(Framed { frame, end });
        Ok(number as u16)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::buffer::{Fact, Ref};

    fn entry(register: u16, value: u16) -> Entry {
        Entry {
            register,
            value: Ref(value),
            fact: Fact::new(3, None),
        }
    }

    fn frame(pc: u32) -> Snapshot {
        Snapshot::of_frame(NO_SNAPSHOT, Ref::constant(1), 4, 2, pc)
    }

    #[test]
    fn registers_come_back() {
        let mut snapshots = Snapshots::default();
        let of = |pc: u16| (0..pc % 5).map(move |at| entry(at, pc + at));
        let mut extents = Vec::new();
        for pc in 0..20 {
            of(pc).for_each(|entry| snapshots.add(entry));
            assert_eq!(snapshots.push(frame(pc.into())), Ok(pc));
            extents.push(snapshots.extent());
        }
        let same = |snapshots: &Snapshots, pc: u16| {
            snapshots.entries(pc).iter().copied().eq(of(pc))
                && snapshots.frame(pc) == frame(pc.into())
        };
        assert!((0..20).all(|pc| same(&snapshots, pc)));
        // What was begun and not completed goes, too.
        snapshots.add(entry(7, 7));
        snapshots.go_back(extents[9]);
        assert_eq!(snapshots.len(), 10);
        snapshots.add_all(&of(14).collect::<Vec<Entry>>());
        assert_eq!(snapshots.push(frame(14)), Ok(10));
        assert!((0..10).all(|pc| same(&snapshots, pc)));
        assert!(snapshots.entries(10).iter().copied().eq(of(14)));
    }
}
