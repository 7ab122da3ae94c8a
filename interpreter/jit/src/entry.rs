//! Into compiled code from the interpreter and from other machine code, and what follows when it
//! comes back.
//!
//! Code is found by its place in a small table in front of the map of all places, because short
//! functions are entered very often.

use crate::exit::{self, Left, Taken};
use crate::free::Dead;
use crate::key::Key;
use crate::life::{Compiled, Jit, Place};
use assemble::{ACTIVATIONS_MAX, Callee, STALE, UnderWay};
use object::{CodePointer, Dict, Gc, Generator, Value};
use record::Origin;
use rustc_hash::FxHashMap;
use std::cell::{Cell, RefCell};
use std::io;
use std::ops::Range;
use vm::hook::{Entered, Hook};
use vm::{PyResult, Then, Vm, driven};
use world::Clock;

/// Registers above a frame that followed calls may take; code is not entered where there are
/// fewer.
pub(crate) const ROOM: usize = 1 << 14;
/// Ways that are found at once.
const WAYS: usize = 512;

/// How to enter a tree's code.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Way {
    key: Key,
    /// The root.
    id: u32,
    entry: usize,
    globals: Gc<Dict>,
}

/// A way that traces refer to by its address. It is never freed, but may become another's when the
/// code has died that its place is in, and with it the traces that called it.
#[repr(C)]
pub(crate) struct WayCell {
    /// Machine code's part, which it finds at the cell's own address.
    callee: Callee,
    key: Cell<Key>,
    globals: Cell<Gc<Dict>>,
    /// Whether the place was tried again for being called.
    retried: Cell<bool>,
}

/// The ways that were looked up, by their keys; and those that traces refer to.
#[derive(Default)]
pub(crate) struct Ways {
    /// Empty until something is compiled.
    table: RefCell<Vec<Option<Way>>>,
    cells: RefCell<FxHashMap<Key, Vec<&'static WayCell>>>,
    /// Those of dead code.
    spare: RefCell<Vec<&'static WayCell>>,
}

impl Ways {
    /// What is compiled for a place has changed.
    pub(crate) fn forget(&self, key: Key) {
        if let Some(way) = self.table.borrow_mut().get_mut(key.slot(WAYS)) {
            *way = None;
        }
        if let Some(cells) = self.cells.borrow().get(&key) {
            cells.iter().for_each(|cell| cell.callee.entry.set(0));
        }
    }

    /// The cell for a place and a namespace of globals.
    pub(crate) fn cell(&self, key: Key, globals: Gc<Dict>) -> &'static WayCell {
        let mut cells = self.cells.borrow_mut();
        let own = cells.entry(key).or_default();
        if let Some(cell) = own.iter().find(|cell| cell.globals.get() == globals) {
            return cell;
        }
        let cell = match self.spare.borrow_mut().pop() {
            Some(cell) => {
                cell.key.set(key);
                cell.globals.set(globals);
                cell.callee.used.set(0);
                cell.retried.set(false);
                cell
            }
            None => Box::leak(Box::new(WayCell {
                callee: Callee::default(),
                key: Cell::new(key),
                globals: Cell::new(globals),
                retried: Cell::new(false),
            })),
        };
        own.push(cell);
        cell
    }

    /// Forgets the cells of dead code.
    pub(crate) fn bury(&self, dead: &Dead) {
        let mut spare = self.spare.borrow_mut();
        self.cells.borrow_mut().retain(|key, own| {
            let is_dead = dead.has(key.place());
            if is_dead {
                own.iter().for_each(|cell| cell.callee.entry.set(0));
                spare.append(own);
            }
            !is_dead
        });
    }

    /// Whether traces call the place.
    pub(crate) fn is_called(&self, key: Key) -> bool {
        self.cells.borrow().contains_key(&key)
    }

    /// When the place was last called from a trace.
    pub(crate) fn used(&self, key: Key) -> u64 {
        let cells = self.cells.borrow();
        let own = cells.get(&key).into_iter().flatten();
        own.map(|cell| cell.callee.used.get()).max().unwrap_or(0)
    }
}

/// The roots that machine code was entered at and has not come back from.
#[derive(Default)]
pub(crate) struct Active {
    /// Of the thread that runs; machine code has the address.
    own: Box<UnderWay>,
    /// Those of threads that do not run.
    stopped: RefCell<FxHashMap<u64, Box<[u64]>>>,
}

impl Active {
    pub(crate) fn address(&self) -> *const UnderWay {
        &raw const *self.own
    }

    /// How many traces there have been.
    #[inline(always)]
    pub(crate) fn made(&self) -> &Cell<u64> {
        &self.own.made
    }

    fn roots(&self) -> &[Cell<u64>] {
        &self.own.roots[..self.own.count.get()]
    }

    #[inline(always)]
    fn has_room(&self) -> bool {
        self.own.count.get() < ACTIVATIONS_MAX
    }

    #[inline(always)]
    fn push(&self, root: u32) {
        let count = self.own.count.get();
        self.own.roots[count].set(root.into());
        self.own.count.set(count + 1);
    }

    #[inline(always)]
    fn pop(&self) {
        self.own.count.set(self.own.count.get() - 1);
    }

    fn is_any(&self) -> bool {
        self.own.count.get() != 0
    }

    /// What is under way in a thread that stops, which is under way no longer, is kept; what was under way
    /// in the one that goes on is so again.
    fn switch(&self, stops: u64, goes_on: u64) {
        let mut stopped = self.stopped.borrow_mut();
        let own = self.roots();
        if !own.is_empty() {
            stopped.insert(stops, own.iter().map(Cell::get).collect());
        }
        let other = stopped.remove(&goes_on).unwrap_or_default();
        for (place, &root) in self.own.roots.iter().zip(&*other) {
            place.set(root);
        }
        self.own.count.set(other.len());
    }

    /// The other threads are not there any more.
    fn forget_stopped(&self) {
        self.stopped.borrow_mut().clear();
    }

    pub(crate) fn each(&self, mut f: impl FnMut(u32)) {
        let own = self.roots().iter().map(Cell::get);
        let stopped = self.stopped.borrow();
        own.chain(stopped.values().flatten().copied())
            .for_each(|root| f(root as u32));
    }
}

/// A frame has returned a value, by the op at a place, and is only to be taken off.
pub(crate) type Returned = (CodePointer, Value);

impl Jit {
    /// How to enter what is compiled for a place.
    #[inline(always)]
    pub(crate) fn way(&self, key: Key) -> Option<Way> {
        if let Some(Some(way)) = self.ways.table.borrow().get(key.slot(WAYS))
            && way.key == key
        {
            return Some(*way);
        }
        self.way_anew(key)
    }

    /// The same, for what was not looked up a moment ago.
    #[inline(never)]
    fn way_anew(&self, key: Key) -> Option<Way> {
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
        let mut table = self.ways.table.borrow_mut();
        if table.is_empty() {
            table.resize(WAYS, None);
        }
        table[key.slot(WAYS)] = Some(way);
        Some(way)
    }

    /// Whether the frame on top may run a tree's code.
    pub(crate) fn may_enter(&self, vm: &Vm, way: &Way) -> bool {
        vm.frames().last().is_some_and(|frame| {
            way.globals == frame.globals()
                && !frame.has_own_namespace()
                && vm.has_room_for(frame.base, ROOM)
                && self.active.has_room()
        })
    }

    /// Runs a tree's code, and what it goes on to, until it comes back to the interpreter: whose
    /// frame on top has then returned, or stands where it goes on.
    pub(crate) fn enter(&self, vm: &mut Vm, way: Way) -> PyResult<Option<Returned>> {
        let Way {
            mut id, mut entry, ..
        } = way;
        loop {
            match self.run_measured(vm, id, entry) {
                Left::Returned(place, value) => return Ok(Some((place, value))),
                Left::Exit(taken) => match self.follow_exit(vm, taken)? {
                    Some(way) => (id, entry) = (way.id, way.entry),
                    None => return Ok(None),
                },
            }
        }
    }

    /// Runs a tree's code, and now and then looks how long it runs.
    #[inline]
    fn run_measured(&self, vm: &mut Vm, id: u32, entry: usize) -> Left {
        let is_sample = self.of_root(id, |root| {
            root.used.set(self.active.made().get());
            self.ledger.is_sample(&root.sampling)
        });
        let left = match is_sample {
            Some(true) => self.run_sampled(vm, id, entry),
            _ => self.run_active(vm, id, entry),
        };
        // What has been entered is not freed meanwhile.
        if matches!(left, Left::Exit(_)) {
            self.of_root(id, |root| self.kin.exited(root.clan, root.saves));
        }
        left
    }

    /// Runs a tree's code, and looks how long.
    #[inline(never)]
    fn run_sampled(&self, vm: &mut Vm, id: u32, entry: usize) -> Left {
        let outer = self.ledger.enter(vm.world.clock_ns(Clock::Monotonic));
        let left = self.run_active(vm, id, entry);
        self.of_root(id, |root| {
            let now = vm.world.clock_ns(Clock::Monotonic);
            let stays = self.ledger.leave(&root.sampling, outer, now);
            self.kin.stayed(root.clan, root.saves, stays);
        });
        left
    }

    #[inline(always)]
    fn run_active(&self, vm: &mut Vm, id: u32, entry: usize) -> Left {
        self.active.push(id);
        let left = exit::run(self, vm, entry);
        self.active.pop();
        left
    }

    #[inline(always)]
    fn of_root<T>(&self, id: u32, f: impl FnOnce(&Compiled) -> T) -> Option<T> {
        let traces = self.traces.borrow();
        traces.compiled.get(id as usize)?.as_deref().map(f)
    }

    /// What follows an exit: another way to go on by, or else the interpreter does.
    fn follow_exit(&self, vm: &mut Vm, taken: Taken) -> PyResult<Option<Way>> {
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
        Ok(self.way(key).filter(|way| self.may_enter(vm, way)))
    }

    /// Runs frame number `at`, that code was called for and has left by an exit, to its end.
    pub(crate) fn run_rest(&self, vm: &mut Vm, at: usize) -> PyResult {
        match self.follow_exit(vm, self.taken.get()) {
            Ok(Some(way)) => self.finish_by(vm, at, way),
            Ok(None) => vm.run_frame(at, None),
            Err(raised) => vm.run_frame(at, Some(raised)),
        }
    }

    /// Runs the frame on top, which stands at `place`, to its end, by compiled code where there is
    /// some, and takes it off; the result of the op that had opened it. Where machine code calls, it has found
    /// no code, or no room for it.
    pub(crate) fn run_frame(
        &self,
        vm: &mut Vm,
        place: CodePointer,
        begins: bool,
        cell: &WayCell,
    ) -> PyResult {
        vm.resume_at(place);
        vm.check_depth()?;
        let at = vm.frames().len() - 1;
        match self.way(cell.key.get()) {
            Some(way) if self.may_enter(vm, &way) => {
                if way.globals == cell.globals.get() {
                    cell.callee.entry.set(way.entry);
                    cell.callee.id.set(way.id.into());
                }
                self.finish_by(vm, at, way)
            }
            _ => {
                self.note_interpreted(vm);
                if !begins && !cell.retried.replace(true) {
                    self.retry(vm, cell.key.get());
                }
                let counted = if begins {
                    vm.count_function()
                } else {
                    vm.count_loop()
                };
                vm.run_frame(at, counted.err())
            }
        }
    }

    /// Counts the loop anew at whose header the frame on top stands, and which could not be recorded while only
    /// the interpreter met it: it was always left on its first round, which is no obstacle to one that machine
    /// code calls.
    fn retry(&self, vm: &mut Vm, key: Key) {
        let mut traces = self.traces.borrow_mut();
        if let Some(Place::Failed(_)) = traces.places.get(&key) {
            traces.places.remove(&key);
            vm.count_anew();
        }
    }

    /// An iterator's next value for the op at `place`, *unbound* at its end; a generator's by
    /// compiled code where there is some.
    pub(crate) fn next(&self, vm: &mut Vm, place: CodePointer, iter: Value) -> PyResult {
        let generator = driven::generator_of(iter).or_else(|| driven::driver_of(iter));
        let Some(generator) = generator else {
            return vm.next_at(place, iter);
        };
        vm.resume_at(place.offset(1));
        let next = self.resume(vm, generator, Value::NONE);
        let next = match iter.is::<Generator>() {
            true => next?,
            false => next.or_else(|raised| vm.unless_stopped(raised))?,
        };
        Ok(next.unwrap_or(Value::UNBOUND))
    }

    /// Sends a value to an iterator for the op at `place`, whose register gets what that gives;
    /// whether it has finished.
    pub(crate) fn send(
        &self,
        vm: &mut Vm,
        place: CodePointer,
        iter: Value,
        value: Value,
    ) -> PyResult {
        let (finished, value) = match iter.cast::<Generator>() {
            Some(generator) => {
                vm.resume_at(place.offset(1));
                vm.check_awaited(generator)?;
                let resumed = self.resume(vm, generator, value)?;
                vm.sent_into(generator, resumed)?
            }
            None => vm.send_at(place, iter, value)?,
        };
        Ok(vm.give_sent(place, finished, value))
    }

    /// Runs frame number `at`, which is on top, to its end, beginning with compiled code.
    fn finish_by(&self, vm: &mut Vm, at: usize, way: Way) -> PyResult {
        match self.enter(vm, way) {
            Ok(Some((_, value))) => vm.finish_frame(value),
            Ok(None) => vm.run_frame(at, None),
            Err(raised) => vm.run_frame(at, Some(raised)),
        }
    }
}

impl Hook for Jit {
    fn hot_loop(&self, vm: &mut Vm, counted: u16) -> PyResult<Entered> {
        match self.hot_place(vm, Origin::Loop) {
            Ok(place) => self.hot(vm, Key::of_loop(place), Origin::Loop, counted),
            Err(later) => Ok(later),
        }
    }

    fn resume(
        &self,
        vm: &mut Vm,
        generator: Gc<Generator>,
        value: Value,
    ) -> PyResult<Option<Value>> {
        if !vm.enter_generator(generator, value, Then::Exit, 0)? {
            vm.generator_result = Value::NONE;
            return Ok(None);
        }
        let entered = vm.enter_delegates(value);
        if entered.is_err() {
            return vm.run_counted(generator, entered);
        }
        let frame = vm.frames().top().get();
        let Some(way) = self.way(Key::of_function(frame.pc)) else {
            return vm.run_counted(generator, Ok(()));
        };
        let is_own = way.globals == frame.globals();
        if !is_own || !vm.has_room_to_enter(ROOM) || !self.active.has_room() {
            return vm.run_resumed(generator, None);
        }
        match self.enter(vm, way) {
            Ok(Some((place, value))) => vm.leave_delegates(generator, place, value),
            Ok(None) => vm.run_resumed(generator, None),
            Err(raised) => vm.run_resumed(generator, Some(raised)),
        }
    }

    fn is_under_way(&self) -> bool {
        self.active.is_any()
    }

    fn switch(&self, stops: u64, goes_on: u64) {
        self.active.switch(stops, goes_on);
    }

    fn before_fork(&self) -> io::Result<()> {
        let twin = self.assembler.borrow().copy_code();
        self.twin.set(Some(twin.map_err(no_memory)?));
        Ok(())
    }

    fn after_fork(&self, in_child: bool) -> io::Result<()> {
        let twin = self.twin.take();
        if let Some(twin) = twin.filter(|_| in_child) {
            self.active.forget_stopped();
            let mut assembler = self.assembler.borrow_mut();
            assembler.go_on_with(&twin).map_err(no_memory)?;
        }
        Ok(())
    }

    fn died(&self, places: Vec<Range<usize>>) {
        self.bury(&Dead::new(places));
    }

    fn hot_function(&self, vm: &mut Vm, counted: u16) -> PyResult<Entered> {
        match self.hot_place(vm, Origin::Function) {
            Ok(place) => self.hot(vm, Key::of_function(place), Origin::Function, counted),
            Err(later) => Ok(later),
        }
    }
}

fn no_memory(_: assemble::Error) -> io::Error {
    io::ErrorKind::OutOfMemory.into()
}
