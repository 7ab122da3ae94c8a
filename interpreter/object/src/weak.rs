//! Weak references: a table of values that the collector does not visit, and from which it takes
//! those that it found dead.

use crate::header::Header;
#[cfg(feature = "revdb")]
use crate::heap::deaths;
use crate::value::Value;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

type Target = Rc<Cell<Value>>;

thread_local! {
    static TARGETS: RefCell<HashMap<u64, Target>> = RefCell::default();
    /// A target died since somebody looked.
    static NEWS: Cell<bool> = const { Cell::new(false) };
}

pub(crate) fn has_news() -> bool {
    NEWS.get()
}

pub(crate) fn clear_news() {
    NEWS.set(false);
}

/// A reference that does not keep its target alive.
#[derive(Clone)]
pub struct Weak(Target);

impl Weak {
    /// A weak reference to a heap object. All references to one object share an entry.
    pub fn new(target: Value) -> Weak {
        TARGETS.with_borrow_mut(|targets| {
            let entry = targets.entry(target.bits());
            Weak(entry.or_insert_with(|| Rc::new(Cell::new(target))).clone())
        })
    }

    /// The target; `None` once the collector has found it dead.
    pub fn get(&self) -> Option<Value> {
        self.0.get().bound()
    }

    /// How many weak references there are to the target, this one included.
    pub fn count(&self) -> usize {
        // One more is in the table as long as the target lives.
        Rc::strong_count(&self.0) - usize::from(self.get().is_some())
    }
}

/// Clears the references to dead objects; in every collection, because freed memory is reused.
pub(crate) fn sweep(is_live: impl Fn(&Header) -> bool) {
    TARGETS.with_borrow_mut(|targets| {
        targets.retain(|_, target| {
            let live = target.get().header().is_none_or(&is_live);
            if !live {
                #[cfg(feature = "revdb")]
                deaths::note(deaths::Death::Target, target.get());
                target.set(Value::UNBOUND);
                NEWS.set(true);
            }
            live && Rc::strong_count(target) > 1
        });
    });
}

/// All targets, for a replay that keeps them until it is told of their death.
#[cfg(feature = "revdb")]
pub(crate) fn targets() -> Vec<Value> {
    let targets = |targets: &HashMap<u64, Target>| targets.values().map(|t| t.get()).collect();
    TARGETS.with_borrow(targets)
}

/// Clears the references to objects that a recording says are dead.
#[cfg(feature = "revdb")]
pub(crate) fn clear(is_dead: impl Fn(Value) -> bool) {
    TARGETS.with_borrow_mut(|targets| {
        targets.retain(|_, target| {
            let dead = is_dead(target.get());
            if dead {
                target.set(Value::UNBOUND);
            }
            !dead
        });
    });
    NEWS.set(true);
}
