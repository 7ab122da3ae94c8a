//! Into compiled code from the interpreter and from other machine code, and what follows when it
//! comes back.
//!
//! Code is found by its place in a small table in front of the map of all places, because short
//! functions are entered very often.

use crate::exit::{self, Left};
use crate::life::{Jit, Key, Place};
use assemble::STALE;
use object::{CodePointer, Dict, Gc, Value};
use vm::{PyResult, Vm};

/// Registers above a frame that followed calls may take; code is not entered where there are
/// fewer.
const ROOM: usize = 1 << 14;
/// Native frames of machine code, one in another.
const ACTIVATIONS_MAX: usize = 1500;
const WAYS: usize = 1024;

/// How to enter a tree's code.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Way {
    key: Key,
    /// The root.
    id: u32,
    entry: usize,
    globals: Gc<Dict>,
}

/// The ways that were looked up, by their keys.
pub(crate) struct Ways(Box<[Option<Way>; WAYS]>);

impl Default for Ways {
    fn default() -> Ways {
        Ways(Box::new([None; WAYS]))
    }
}

impl Ways {
    pub(crate) fn forget(&mut self, key: Key) {
        self.0[key.slot(WAYS)] = None;
    }
}

/// A frame has returned a value, by the op at a place, and is only to be taken off.
pub(crate) type Returned = (CodePointer, Value);

impl Jit {
    /// How to enter what is compiled for a place.
    pub(crate) fn way(&self, key: Key) -> Option<Way> {
        let slot = key.slot(WAYS);
        if let Some(way) = self.ways.borrow().0[slot]
            && way.key == key
        {
            return Some(way);
        }
        let traces = self.traces.borrow();
        let Some(Place::Compiled(id)) = traces.places.get(&key).copied() else {
            return None;
        };
        let way = Way {
            key,
            id,
            entry: traces.compiled[id as usize].as_ref()?.code.entry,
            globals: traces.trees.get(&id)?.globals,
        };
        self.ways.borrow_mut().0[slot] = Some(way);
        Some(way)
    }

    /// Whether the frame on top may run a tree's code.
    pub(crate) fn may_enter(&self, vm: &Vm, way: &Way) -> bool {
        vm.frames().last().is_some_and(|frame| {
            way.globals == frame.globals()
                && frame.generator.is_unbound()
                && vm.has_room_for(frame.base, ROOM)
                && self.active.borrow().len() < ACTIVATIONS_MAX
        })
    }

    /// Runs a tree's code, and what it goes on to, until it comes back to the interpreter: whose
    /// frame on top has then returned, or stands where it goes on.
    pub(crate) fn enter(&self, vm: &mut Vm, way: Way) -> PyResult<Option<Returned>> {
        let Way {
            mut id, mut entry, ..
        } = way;
        if let Some(Some(root)) = self.traces.borrow().compiled.get(id as usize) {
            root.used.set(self.statistics.borrow().backend);
        }
        loop {
            self.active.borrow_mut().push(id);
            let left = exit::run(self, vm, entry);
            self.active.borrow_mut().pop();
            let taken = match left {
                Left::Returned(place, value) => return Ok(Some((place, value))),
                Left::Exit(taken) => taken,
            };
            self.statistics.borrow_mut().exits += 1;
            if taken.exit != STALE {
                return self.after_exit(vm, taken).map(|()| None);
            }
            // Other code may have jumped here, so the frame's record says nothing yet.
            let Some((key, start)) = self.traces.borrow().start_of(taken.trace) else {
                return Ok(None);
            };
            vm.resume_at(start);
            self.revalidate(taken.trace);
            // It is valid again, or another may have taken its place.
            match self.way(key) {
                Some(way) if self.may_enter(vm, &way) => (id, entry) = (way.id, way.entry),
                _ => return Ok(None),
            }
        }
    }

    /// Runs the frame on top, which stands at `place`, to its end, by compiled code where there is
    /// some, and takes it off; the result of the op that had opened it.
    pub(crate) fn run_frame(&self, vm: &mut Vm, place: CodePointer, begins: bool) -> PyResult {
        vm.resume_at(place);
        vm.check_depth()?;
        let at = vm.frames().len() - 1;
        let key = if begins {
            Key::of_function(place)
        } else {
            Key::of_loop(place)
        };
        match self.way(key) {
            Some(way) if self.may_enter(vm, &way) => match self.enter(vm, way) {
                Ok(Some((_, value))) => vm.finish_frame(value),
                Ok(None) => vm.run_frame(at, None),
                Err(raised) => vm.run_frame(at, Some(raised)),
            },
            _ => {
                let raised = if begins {
                    vm.count_function().err()
                } else {
                    None
                };
                vm.run_frame(at, raised)
            }
        }
    }
}
