//! A build whose runs are not recorded: what `events.rs` counts and notes is nothing here.

use crate::{PyResult, Raised, Vm};
use object::{Value, heap};
use std::sync::atomic::Ordering;

impl Vm {
    #[inline(always)]
    pub(crate) fn tick(&self) -> bool {
        false
    }

    #[inline(always)]
    pub(crate) fn exchange_events(&mut self) {}

    /// Whether the running thread's turn is over; then it is no longer.
    pub(crate) fn turn_is_over(&mut self) -> bool {
        self.hears_beat()
    }

    /// Takes the flag that a signal sets.
    pub(crate) fn take_interrupt(&mut self) -> bool {
        self.interrupted.swap(false, Ordering::Relaxed)
    }

    /// Whether the flag is set that a signal sets, which stays as it is.
    pub(crate) fn see_interrupt(&mut self) -> bool {
        self.interrupted.load(Ordering::Relaxed)
    }

    /// The program ends.
    pub fn end_run(&mut self, _exit_code: i32, _is_orderly: bool) {}

    pub(crate) fn run_loop(&mut self) -> PyResult {
        self.run_switching(None)
    }

    pub(crate) fn run_loop_raising(&mut self, raised: Raised) -> PyResult {
        self.run_switching(Some(raised))
    }

    /// An exception is about to leave the frame on top.
    #[inline(always)]
    pub(crate) fn stop_leaving(&mut self, _exception: Value) {}

    /// An exception goes to a handler of the frame on top.
    #[inline(always)]
    pub(crate) fn stop_caught(&mut self, _exception: Value, _code: &bytecode::Code, _pc: u32) {}

    /// The objects that `gc.get_objects` lists.
    pub fn listed_objects(&mut self) -> Vec<Value> {
        self.collect_garbage(true);
        heap::containers()
    }

    /// A figure that depends on when the collector ran.
    pub fn heap_figure(&mut self, figure: i64) -> i64 {
        figure
    }

    /// Whether what waits for a safepoint came from the collector.
    pub(crate) fn python_is_due(&self) -> bool {
        heap::python_due() && !self.due_is_held
    }
}
