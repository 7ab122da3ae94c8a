//! Copying a trace under new numbers: what every pass writes its result with.
//!
//! Two maps lead from an op of the old trace to what stands for its result in the new one: `values`
//! for operands, `leaves` for what exits restore and sunk objects hold, where a float needs no
//! word. Snapshots are copied when the first op that is kept asks for them, so those of ops that
//! were dropped cost nothing further on.

use trace::{Entry, Ins, NO_SNAPSHOT, Op, Ref, Rt, TooLong, Trace};

/// By number in the old trace.
#[derive(Default)]
pub(crate) struct Maps {
    pub(crate) values: Vec<Ref>,
    pub(crate) leaves: Vec<Ref>,
    snapshots: Vec<u16>,
}

impl Maps {
    /// What stands for a value of the old trace as an operand, once all of it is copied.
    #[inline(always)]
    pub(crate) fn value_of(&self, r: Ref) -> Ref {
        if r.is_constant() {
            r
        } else {
            self.values[r.index()]
        }
    }

    /// What stands for it at an exit.
    #[inline(always)]
    pub(crate) fn leaf_of(&self, r: Ref) -> Ref {
        if r.is_constant() {
            r
        } else {
            self.leaves[r.index()]
        }
    }
}

/// A copy in the making.
pub(crate) struct Copier<'t> {
    pub(crate) from: &'t Trace,
    pub(crate) to: &'t mut Trace,
    pub(crate) maps: &'t mut Maps,
}

impl<'t> Copier<'t> {
    pub(crate) fn new(from: &'t Trace, to: &'t mut Trace, maps: &'t mut Maps) -> Copier<'t> {
        to.begin_copy(from);
        maps.values.clear();
        maps.leaves.clear();
        maps.snapshots.clear();
        maps.snapshots.resize(from.snapshot_count(), NO_SNAPSHOT);
        Copier { from, to, maps }
    }

    /// What stands for a value of the old trace as an operand.
    #[inline(always)]
    pub(crate) fn value(&self, r: Ref) -> Ref {
        self.maps.value_of(r)
    }

    /// What stands for it at an exit.
    #[inline(always)]
    pub(crate) fn leaf(&self, r: Ref) -> Ref {
        self.maps.leaf_of(r)
    }

    /// Says what stands for the next op of the old trace.
    #[inline(always)]
    pub(crate) fn stands(&mut self, value: Ref, leaf: Ref) {
        self.maps.values.push(value);
        self.maps.leaves.push(leaf);
    }

    /// Nothing does.
    #[inline(always)]
    pub(crate) fn drop_op(&mut self) {
        self.stands(Ref::NONE, Ref::NONE);
    }

    /// Copies the next op of the old trace, number `at`.
    #[inline]
    pub(crate) fn copy(&mut self, at: usize) -> Result<Ref, TooLong> {
        let r = self.copied(at)?;
        self.stands(r, r);
        Ok(r)
    }

    /// Copies an op of the old trace, number `at`, which is not the next one.
    pub(crate) fn copy_out_of_turn(&mut self, at: usize) -> Result<(), TooLong> {
        let r = self.copied(at)?;
        for map in [&mut self.maps.values, &mut self.maps.leaves] {
            if map.len() <= at {
                map.resize(at + 1, Ref::NONE);
            }
            map[at] = r;
        }
        Ok(())
    }

    #[inline]
    fn copied(&mut self, at: usize) -> Result<Ref, TooLong> {
        let ins = self.from.get(at);
        let snapshot = match ins.snapshot() {
            Some(own) => Some(self.snapshot(own)?),
            None => None,
        };
        let operands = ins.renamed(|r| self.maps.value_of(r), snapshot);
        self.to.push_ins(Ins {
            op: ins.op,
            operands,
        })
    }

    /// A snapshot's number in the new trace.
    pub(crate) fn snapshot(&mut self, at: u16) -> Result<u16, TooLong> {
        if at == NO_SNAPSHOT {
            return Ok(at);
        }
        let done = self.maps.snapshots[usize::from(at)];
        if done != NO_SNAPSHOT {
            return Ok(done);
        }
        let mut frame = self.from.frame(at);
        frame.parent = self.snapshot(frame.parent)?;
        for entry in self.from.frame_entries(at) {
            self.to.add_entry(Entry {
                value: self.maps.leaf_of(entry.value),
                ..*entry
            });
        }
        let made = self.to.end_snapshot(frame)?;
        self.maps.snapshots[usize::from(at)] = made;
        Ok(made)
    }

    /// Snapshots copied so far are not the right ones for what follows.
    pub(crate) fn forget_snapshots(&mut self) {
        self.maps.snapshots.fill(NO_SNAPSHOT);
    }

    /// Copies what the old trace says of sunk objects; those whose allocation is gone are, too.
    pub(crate) fn copy_sunk(&mut self) {
        for object in self.from.sunk() {
            let new = self.value(Ref(object.new));
            if new == Ref::NONE {
                continue;
            }
            let stores = object.stores.iter().map(|&store| self.value(Ref(store)));
            let stores = stores.filter(|&store| store != Ref::NONE);
            let stores = stores.map(|store| store.0).collect();
            self.to.sink(new.0, stores);
        }
    }
}

/// The float that an op makes a word of.
pub(crate) fn float_of(trace: &Trace, r: Ref) -> Option<Ref> {
    if r.is_constant() {
        return None;
    }
    let ins = trace.get(r.index());
    match ins.op {
        Op::Tag => Some(ins.operand(0)),
        Op::Call1 if ins.operands[0] == Rt::BoxFloat as u16 => Some(ins.operand(2)),
        _ => None,
    }
}
