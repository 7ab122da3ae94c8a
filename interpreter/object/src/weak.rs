//! Weak references: a table of values that the collector does not visit, and from which it takes
//! those that it found dead.
//!
//! A minor collection finds only young objects dead, so it looks at those entries alone that were
//! made since the collection before: who refers weakly to many objects that stay pays for them once.

use crate::header::Header;
#[cfg(feature = "revdb")]
use crate::heap::{Marker, deaths};
use crate::value::Value;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::rc::Rc;

#[derive(Default)]
struct Targets {
    all: HashMap<u64, Rc<Target>>,
    /// The keys of those that no collection has seen yet.
    young: Vec<u64>,
}

struct Target {
    /// *Unbound* once it was found dead.
    value: Cell<Value>,
    /// It has outlived a collection, so only a full one can find it dead.
    old: Cell<bool>,
    /// Its key is among the young ones.
    listed: Cell<bool>,
    /// What all share, a place for each of [`Shared`]; *unbound* where there is none that lives.
    shared: [Cell<Value>; 2],
}

/// What refers to a target without a callback, so that one does for all.
#[derive(Clone, Copy)]
pub enum Shared {
    Reference,
    Proxy,
}

thread_local! {
    static TARGETS: RefCell<Targets> = RefCell::default();
    /// A target died since somebody looked.
    static NEWS: Cell<bool> = const { Cell::new(false) };
    /// An old one did.
    static OLD_NEWS: Cell<bool> = const { Cell::new(false) };
}

/// When a collection finds what dead is not the same in a recording and its replay, and so is not what
/// has outlived one.
const TELLS_AGES: bool = !cfg!(feature = "revdb");

pub(crate) fn has_news() -> bool {
    NEWS.get()
}

pub(crate) fn clear_news() {
    NEWS.set(false);
}

/// Whether a target that is old by [`Weak::is_old`] died since this was asked last.
pub fn take_old_news() -> bool {
    OLD_NEWS.take() && TELLS_AGES
}

/// A reference that does not keep its target alive.
#[derive(Clone)]
pub struct Weak(Rc<Target>);

impl Weak {
    /// A weak reference to a heap object. All references to one object share an entry.
    pub fn new(target: Value) -> Weak {
        TARGETS.with_borrow_mut(|targets| {
            let Targets { all, young } = targets;
            let entry = all.entry(target.bits()).or_insert_with(|| {
                young.push(target.bits());
                Rc::new(Target {
                    value: Cell::new(target),
                    old: Cell::new(false),
                    listed: Cell::new(true),
                    shared: [const { Cell::new(Value::UNBOUND) }; 2],
                })
            });
            Weak(entry.clone())
        })
    }

    /// The target; `None` once the collector has found it dead.
    pub fn get(&self) -> Option<Value> {
        self.0.value.get().bound()
    }

    /// What all references to one target have in common, and no others.
    pub fn identity(&self) -> usize {
        Rc::as_ptr(&self.0).addr()
    }

    /// Whether the reference has outlived a collection, so that only a full one finds its target
    /// dead.
    pub fn is_old(&self) -> bool {
        TELLS_AGES && self.0.old.get()
    }

    /// What all share of this kind. It is held as weakly as the target is.
    pub fn shared(&self, kind: Shared) -> Option<Value> {
        self.0.shared[kind as usize].get().bound()
    }

    /// From now on all share `value`.
    pub fn share(&self, kind: Shared, value: Value) {
        self.0.shared[kind as usize].set(value);
        // It is young, whether the target is or not.
        if !self.0.listed.replace(true) {
            let key = self.0.value.get().bits();
            TARGETS.with_borrow_mut(|targets| targets.young.push(key));
        }
    }

    /// How many weak references there are to the target, this one included.
    pub fn count(&self) -> usize {
        // One more is in the table as long as the target lives.
        Rc::strong_count(&self.0) - usize::from(self.get().is_some())
    }
}

/// Clears the references to dead objects; in every collection, because freed memory is reused.
pub(crate) fn sweep(full: bool, is_live: impl Fn(&Header) -> bool) {
    TARGETS.with_borrow_mut(|targets| {
        let keep = |target: &mut Rc<Target>| keeps(target, &is_live);
        if full {
            targets.young.clear();
            targets.all.retain(|_, target| keep(target));
            return;
        }
        for key in targets.young.drain(..) {
            if let Entry::Occupied(mut entry) = targets.all.entry(key)
                && !keep(entry.get_mut())
            {
                entry.remove();
            }
        }
    });
}

/// Whether an entry stays: its target lives and is referred to.
fn keeps(target: &mut Rc<Target>, is_live: impl Fn(&Header) -> bool) -> bool {
    let value = target.value.get();
    let live = value.header().is_none_or(&is_live);
    if !live {
        #[cfg(feature = "revdb")]
        deaths::note(deaths::Death::Target, value);
        target.value.set(Value::UNBOUND);
        NEWS.set(true);
        if target.old.get() {
            OLD_NEWS.set(true);
        }
    }
    target.old.set(true);
    target.listed.set(false);
    for shared in &target.shared {
        if shared.get().header().is_some_and(|header| !is_live(header)) {
            shared.set(Value::UNBOUND);
        }
    }
    live && Rc::strong_count(target) > 1
}

/// Marks what is shared, which a recording and its replay are to find alive as long as its target.
#[cfg(feature = "revdb")]
pub(crate) fn trace(marker: &mut Marker) {
    TARGETS.with_borrow(|targets| {
        for target in targets.all.values() {
            target.shared.iter().for_each(|s| marker.visit(s.get()));
        }
    });
}

/// All targets, for a replay that keeps them until it is told of their death.
#[cfg(feature = "revdb")]
pub(crate) fn targets() -> Vec<Value> {
    let values = |targets: &Targets| targets.all.values().map(|t| t.value.get()).collect();
    TARGETS.with_borrow(values)
}

/// Clears the references to objects that a recording says are dead.
#[cfg(feature = "revdb")]
pub(crate) fn clear(is_dead: impl Fn(Value) -> bool) {
    TARGETS.with_borrow_mut(|targets| {
        targets.all.retain(|_, target| {
            let dead = is_dead(target.value.get());
            if dead {
                target.value.set(Value::UNBOUND);
            }
            !dead
        });
    });
    NEWS.set(true);
    OLD_NEWS.set(true);
}
