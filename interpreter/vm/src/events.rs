//! What happens without having been asked for, and when: the clock of a recording.
//!
//! Signals come and objects are found dead at moments that no second run hits again by itself. So
//! a recording notes the moment, and a replay has it happen at the same one. The moment is a count
//! of *ticks*. A tick is a place where the machine looks up: a safepoint is tested, a native
//! function looks for signals, a program asks for a collection. What is looked at differs from run
//! to run (whether a collection is due, whether a flag is set); that it is looked at does not, as
//! long as all that a program sees is the same.
//!
//! Two rules keep it so. A tick is counted before anything that may differ is tested, and exactly
//! once. What only a difference leads to (a collection that found nothing, a test that was
//! repeated) counts no tick.
//!
//! The tick after [`Vm::run_due`] is there because its Python code counts ticks of its own: what is
//! noted next must not have the time of the last of those.

use crate::{PyResult, Raised, Vm};
use object::Value;
use object::heap::{self, deaths, digest, numbers};
use std::cell::Cell;
use std::sync::atomic::Ordering;
use world::{Ending, Event};

/// Ticks so far.
#[derive(Default)]
pub(crate) struct Ticks(Cell<u64>);

impl Vm {
    /// Counts a tick. True: there may be an event to exchange.
    #[inline(always)]
    pub(crate) fn tick(&self) -> bool {
        let ticks = self.ticks.0.get() + 1;
        self.ticks.0.set(ticks);
        ticks >= self.world.event_tick()
    }

    pub fn ticks(&self) -> u64 {
        self.ticks.0.get()
    }

    /// Puts the count back to what it was before a debugger ran code of its own.
    pub fn set_ticks(&self, ticks: u64) {
        self.ticks.0.set(ticks);
    }

    /// Recording: notes what the last collections found. Replaying: has happen what is due.
    pub(crate) fn exchange_events(&mut self) {
        let now = self.ticks();
        if self.world.is_recording() {
            let noted = deaths::take_noted();
            if !noted.is_empty() {
                self.world.happened(now, &Event::Deaths(noted));
            }
            if now >= self.world.event_tick() {
                self.world.happened(now, &Event::Alive);
            }
        }
        if !self.world.is_replaying() || now < self.world.event_tick() {
            return;
        }
        while let Some(event) = self.world.event(now) {
            match event {
                Event::Signals => self.interrupted.store(true, Ordering::Relaxed),
                Event::Deaths(noted) => deaths::dictate(&noted),
                Event::Turn => self.note_turn(),
                Event::Alive => {}
            }
        }
    }

    /// Whether the running thread's turn is over, as the recording has it; then it is no longer. Asked where
    /// the turn would end, and nowhere else, so that a replay ends it there.
    pub(crate) fn turn_is_over(&mut self) -> bool {
        self.exchange_events();
        if !self.world.is_replaying() && self.hears_beat() {
            self.note_turn();
            if self.world.is_recording() {
                let now = self.ticks();
                self.world.happened(now, &Event::Turn);
            }
        }
        let threads = self.threads.as_mut();
        threads.is_some_and(|threads| std::mem::take(&mut threads.turn_is_noted))
    }

    fn note_turn(&mut self) {
        if let Some(threads) = &mut self.threads {
            threads.turn_is_noted = true;
            self.look_up.store(true, Ordering::Relaxed);
        }
    }

    /// Takes the flag that a signal sets.
    pub(crate) fn take_interrupt(&mut self) -> bool {
        self.exchange_events();
        let interrupted = self.interrupted.swap(false, Ordering::Relaxed);
        self.note_interrupt(interrupted);
        interrupted
    }

    /// Whether the flag is set that a signal sets, which stays as it is.
    pub(crate) fn see_interrupt(&mut self) -> bool {
        self.tick();
        self.exchange_events();
        let interrupted = self.interrupted.load(Ordering::Relaxed);
        self.note_interrupt(interrupted);
        interrupted
    }

    fn note_interrupt(&mut self, interrupted: bool) {
        if interrupted && self.world.is_recording() {
            let now = self.ticks();
            self.world.happened(now, &Event::Signals);
        }
    }

    /// The program ends. `is_orderly`: what it leaves is worth comparing.
    pub fn end_run(&mut self, exit_code: i32, is_orderly: bool) {
        if self.world.tape().is_none() {
            return;
        }
        let mut ending = Ending {
            exit_code,
            ticks: self.ticks(),
            created: numbers::created(),
            digest: 0,
        };
        if is_orderly {
            let modules = self.modules;
            ending.digest = digest::of(&mut |marker| marker.visit(modules.into()));
        }
        self.world.end(&ending);
    }

    /// The objects that `gc.get_objects` lists: those that the machine reaches, without what may
    /// lie on the native stack.
    pub fn listed_objects(&mut self) -> Vec<Value> {
        self.collect_garbage(true);
        let vm = &*self;
        let found = digest::containers(&mut |marker| vm.trace(marker));
        // Puts the marks in order; what was found is reachable and stays.
        self.collect_garbage(true);
        found
    }

    /// A collection that the program does not know of: it counts no tick.
    pub fn collect_unseen(&mut self) {
        self.collect_heap(false);
    }

    /// Replays from now on: objects die when the recording says so.
    pub fn replay_deaths(&mut self) {
        deaths::are_dictated();
    }

    /// Runs the frame on top until it exits, by the machine that this run wants.
    pub(crate) fn run_loop(&mut self) -> PyResult {
        self.run_switching(None)
    }

    /// As [`Vm::run_loop`], after raising in the frame on top.
    pub(crate) fn run_loop_raising(&mut self, raised: Raised) -> PyResult {
        self.run_switching(Some(raised))
    }

    /// A figure that depends on when the collector ran, as the recording has it.
    pub fn heap_figure(&mut self, figure: i64) -> i64 {
        self.world.heap_figure(figure)
    }

    /// Whether what waits for a safepoint came from the collector.
    pub(crate) fn python_is_due(&self) -> bool {
        heap::python_due() && !self.due_is_held
    }
}
