//! Old traces go: trees that are no longer valid, and trees that were not entered while many others
//! were compiled. A program that makes code of the same text again and again, and leaves it, keeps by its
//! traces what it has otherwise let go, so those of copies go sooner.
//!
//! A tree stays while machine code runs that was entered at its root, and while a tree that stays
//! jumps to it. So what an activation may yet come to is never freed under it.

use crate::exit::Taken;
use crate::life::{Jit, Place, Traces, Tree};
use object::{Dict, Gc, List, Value};
use record::Recording;
use rustc_hash::FxHashSet;
use std::ops::Range;
use vm::Vm;

/// After so many traces it is looked for old ones.
const EVERY: u64 = 64;
/// A copy stays for no more traces than these.
const COPY_LONGEVITY: u64 = 2 * EVERY;
/// Places that were tried or counted are forgotten when there are more.
const PLACES_MAX: usize = 1 << 13;
/// Part of the code limit that old traces may fill.
const FULL_PART: usize = 2;

const KEPT: &str = "constants of traces";

impl Jit {
    /// Frees old traces, if it is time. The recording that is about to be installed, and the trace
    /// that it is a bridge of, need what they refer to.
    pub(crate) fn sweep_at_times(&self, vm: &mut Vm, recording: &Recording, from: Option<Taken>) {
        // A recording that waits for this one refers to traces that nothing here knows of.
        if self.recordings.get() > 0 {
            return;
        }
        let made = self.active.made().get();
        let parameters = *self.parameters.borrow();
        let full = self.code_bytes() * FULL_PART > parameters.code_limit;
        let short = self.memory_is_short.replace(false);
        let every = EVERY.min(parameters.loop_longevity).max(1);
        if !short && (made == 0 || !made.is_multiple_of(every)) {
            return;
        }
        let longevity = match (short, full) {
            (true, _) => 0,
            (_, true) => every,
            _ => parameters.loop_longevity,
        };
        let mut pinned = recording.links.clone();
        if let Some(taken) = from
            && let Some(Some(parent)) = self.traces.borrow().compiled.get(taken.trace as usize)
        {
            pinned.push(parent.root);
        }
        self.sweep(vm, longevity, pinned);
        if made.is_multiple_of(EVERY) {
            self.note_idle();
        }
    }

    /// The trees that are valid and were entered within as many traces as `longevity` says, or that
    /// machine code may come to from there, or from `pinned` ones.
    fn in_use(
        &self,
        traces: &Traces,
        longevity: impl Fn(&Tree) -> u64,
        pinned: Vec<u32>,
    ) -> FxHashSet<u32> {
        let made = self.active.made().get();
        let mut staying: FxHashSet<u32> = FxHashSet::default();
        let mut waiting = pinned;
        self.active.each(|root| waiting.push(root));
        for (&root, tree) in &traces.trees {
            if let Some(compiled) = &traces.compiled[root as usize]
                && tree.valid
                && compiled.used.get().max(self.ways.used(tree.key)) + longevity(tree) >= made
            {
                waiting.push(root);
            }
        }
        while let Some(root) = waiting.pop() {
            if !staying.insert(root) {
                continue;
            }
            let Some(tree) = traces.trees.get(&root) else {
                continue;
            };
            for member in &tree.members {
                if let Some(compiled) = &traces.compiled[*member as usize] {
                    waiting.extend_from_slice(&compiled.links);
                }
            }
        }
        staying
    }

    /// Tells the ledger what was spent on trees that were not entered of late.
    fn note_idle(&self) {
        let traces = self.traces.borrow();
        let used = self.in_use(&traces, |_| EVERY, Vec::new());
        let idle = traces.trees.iter().filter(|(root, _)| !used.contains(root));
        self.ledger
            .set_idle(idle.map(|(_, tree)| tree.cost_ns).sum());
    }

    /// Frees trees that are not valid or were not entered within so many traces.
    fn sweep(&self, vm: &mut Vm, longevity: u64, pinned: Vec<u32>) {
        let mut traces = self.traces.borrow_mut();
        let traces = &mut *traces;
        let of_tree = |tree: &Tree| match tree.is_copy {
            true => longevity.min(COPY_LONGEVITY),
            false => longevity,
        };
        let staying = self.in_use(traces, of_tree, pinned);
        let gone: Vec<u32> = traces
            .trees
            .keys()
            .copied()
            .filter(|root| !staying.contains(root))
            .collect();
        let mut assembler = self.assembler.borrow_mut();
        let kept = vm.kept(KEPT).and_then(|kept| kept.cast::<List>());
        for root in gone {
            let Some(tree) = traces.trees.remove(&root) else {
                continue;
            };
            self.ledger.lose(tree.cost_ns);
            if let Some(Place::Compiled(own)) = traces.places.get(&tree.key)
                && *own == root
            {
                traces.places.remove(&tree.key);
                self.ways.forget(tree.key);
            }
            for member in &tree.members {
                if let Some(compiled) = traces.compiled[*member as usize].take() {
                    assembler.free(compiled.code);
                    traces.free.push(*member);
                }
                if let Some(kept) = kept {
                    kept.set_item(*member as usize, Value::NONE);
                }
            }
            self.statistics.borrow_mut().freed(tree.members.len());
        }
        if traces.places.len() > PLACES_MAX {
            traces
                .places
                .retain(|_, place| matches!(place, Place::Compiled(_)));
        }
    }

    /// Forgets what is known of places in code that has died. Nothing is compiled there: traces keep
    /// the code that they were made from.
    pub(crate) fn bury(&self, dead: &Dead) {
        let mut traces = self.traces.borrow_mut();
        traces
            .places
            .retain(|key, place| matches!(place, Place::Compiled(_)) || !dead.has(key.place()));
        self.refused.borrow_mut().retain(|&start| !dead.has(start));
        self.ways.bury(dead);
        self.kin.bury(dead);
    }
}

/// Places of dead code, by the keys of [`object::CodePointer`].
pub(crate) struct Dead(Vec<Range<usize>>);

impl Dead {
    pub(crate) fn new(mut places: Vec<Range<usize>>) -> Dead {
        places.sort_unstable_by_key(|range| range.start);
        Dead(places)
    }

    /// Whether a place is one of them. Ranges do not overlap: they lay there at the same time.
    pub(crate) fn has(&self, place: usize) -> bool {
        let after = self.0.partition_point(|range| range.start <= place);
        after > 0 && self.0[after - 1].contains(&place)
    }
}

/// Keeps, for a trace by its number, what its constants refer to and what it relies on.
pub(crate) fn keep(vm: &mut Vm, id: u32, recording: &Recording, globals: Gc<Dict>) {
    let all = match vm.kept(KEPT).and_then(|kept| kept.cast::<List>()) {
        Some(list) => list,
        None => {
            let list = List::new();
            vm.keep(KEPT, list.into());
            list
        }
    };
    let own = List::new();
    recording
        .trace
        .objects()
        .for_each(|object| own.push(object));
    for dependency in &recording.dependencies {
        own.push(dependency.object());
    }
    own.push(globals.into());
    own.push(recording.code.into());
    while all.len() <= id as usize {
        all.push(Value::NONE);
    }
    all.set_item(id as usize, own.into());
}
