//! The door through which a JIT enters: hot loops are counted here and handed to a hook.
//!
//! Nothing in this crate knows who listens. Only with feature `hook`, which the JIT asks for, does
//! a back edge look for one, so a build without the JIT pays nothing.

use crate::{PyResult, Vm};
use object::{CodePointer, Count, Gc, Generator, Value};
use std::io;
use std::ops::Range;
use std::rc::Rc;

/// The name by which a recording keeps alive what it refers to: each thread has its own.
pub const RECORDING: &str = "recording";

/// What listens for hot loops and functions.
pub trait Hook {
    /// A loop is hot; the frame on top stands at its header, its record in step. What has been
    /// counted since its counter was set last is at most `counted`.
    fn hot_loop(&self, vm: &mut Vm, counted: u16) -> PyResult<Entered>;

    /// A function is hot; its frame is on top, at its start.
    fn hot_function(&self, vm: &mut Vm, counted: u16) -> PyResult<Entered>;

    /// Resumes a generator as [`Vm::resume_generator`] does, by compiled code where there is some.
    fn resume(
        &self,
        vm: &mut Vm,
        generator: Gc<Generator>,
        value: Value,
    ) -> PyResult<Option<Value>>;

    /// Whether compiled code is under way below what the machine executes: it may keep what it needs in any
    /// register of a frame. (A recording is an execution like any other.)
    fn is_under_way(&self) -> bool;

    /// Another thread of the program goes on. What is under way in the one that stops stays so.
    fn switch(&self, stops: u64, goes_on: u64);

    /// The process is to be copied.
    ///
    /// # Errors
    /// There is no room for a copy of the code.
    fn before_fork(&self) -> io::Result<()>;

    /// The process has been copied, if that was possible, and this is the copy or the original.
    ///
    /// # Errors
    /// The copy cannot have code of its own, and must not go on.
    fn after_fork(&self, in_child: bool) -> io::Result<()>;

    /// Code has died whose places had these keys, in ranges: other code may come to lie there.
    fn died(&self, places: Vec<Range<usize>>);
}

/// What a hook did.
#[derive(Clone, Copy)]
pub struct Entered {
    /// How often to count the place until the next call.
    pub patience: u16,
    /// The frame that was on top, and is again, has only to return or yield a value, by the op at a place.
    pub returns: Option<(CodePointer, Value)>,
}

impl Entered {
    /// It does not want the place.
    pub const NOTHING: Entered = Entered::later(u16::MAX);

    /// It wants to be asked again when the place has been counted so often.
    pub const fn later(patience: u16) -> Entered {
        Entered {
            patience,
            returns: None,
        }
    }
}

/// A hook, and how often a place is gone through at first until it is asked.
pub(crate) struct Listener {
    hook: Rc<dyn Hook>,
    threshold: u16,
}

impl Vm {
    /// Lets a hook listen for what was gone through `threshold` times.
    pub fn install_hook(&mut self, hook: Rc<dyn Hook>, threshold: u16) {
        object::note_dead_code();
        self.listener = Some(Listener { hook, threshold });
    }

    /// Who listens.
    pub(crate) fn hook(&self) -> Option<Rc<dyn Hook>> {
        self.listener.as_ref().map(|listener| listener.hook.clone())
    }

    /// See [`Hook::is_under_way`].
    #[cfg(feature = "hook")]
    pub(crate) fn hook_is_under_way(&self) -> bool {
        let listener = self.listener.as_ref();
        listener.is_some_and(|listener| listener.hook.is_under_way())
    }

    /// Starts all counters anew.
    pub fn reset_counters(&mut self, threshold: u16) {
        if let Some(listener) = &mut self.listener {
            listener.threshold = threshold;
            object::heap::for_each_code(&mut |code| code.forget_counts());
        }
    }

    /// Counts the loop at whose header the frame on top stands as one that was never met.
    pub fn count_anew(&mut self) {
        if let Some(count) = self.frames.top().get().count() {
            count.forget();
        }
    }

    /// Forgets the places of code that has died.
    pub(crate) fn forget_dead_code(&mut self) {
        let Some(listener) = &self.listener else {
            return;
        };
        let places = object::take_dead_code();
        if !places.is_empty() {
            listener.hook.died(places);
        }
    }

    #[inline(always)]
    pub(crate) fn counts(&self) -> bool {
        cfg!(feature = "hook") && self.listener.is_some()
    }

    /// Counts the function whose frame is on top, at its start, or the place where a generator goes on, if a
    /// hook listens: whether it may be hot, and the hook is to be asked.
    #[inline(always)]
    pub(crate) fn top_is_hot(&self) -> bool {
        self.counts() && (self.frames.top().get().entry_count()).is_some_and(Count::count)
    }

    /// The same of the loop at whose header the frame on top stands.
    pub(crate) fn loop_is_hot(&self) -> bool {
        self.counts() && self.frames.top().get().count().is_some_and(Count::count)
    }

    /// Hands the loop at the place of the frame on top to the hook, after which frames and registers
    /// may be others.
    #[inline(never)]
    pub(crate) fn hot_loop(&mut self) -> PyResult<()> {
        let entered = self.ask(false, |hook, vm, counted| hook.hot_loop(vm, counted))?;
        self.go_on_after(entered);
        Ok(())
    }

    /// Hands the function whose frame is on top to the hook.
    #[inline(never)]
    pub(crate) fn hot_function(&mut self) -> PyResult<()> {
        let entered = self.ask(true, |hook, vm, counted| hook.hot_function(vm, counted))?;
        self.go_on_after(entered);
        Ok(())
    }

    /// Who resumes generators, if there is compiled code.
    #[inline(always)]
    pub(crate) fn resumer(&self) -> Option<Rc<dyn Hook>> {
        let wanted = self.counts() && !self.hooks.active;
        let listener = self.listener.as_ref().filter(|_| wanted)?;
        Some(listener.hook.clone())
    }

    /// Counts the place at which the frame on top, a generator's, has been resumed. What it returns or
    /// yields, by the op at a place, if compiled code has run it as far as that.
    pub(crate) fn count_resumed(&mut self) -> PyResult<Option<(CodePointer, Value)>> {
        if !self.top_is_hot() {
            return Ok(None);
        }
        let entered = self.ask(true, |hook, vm, counted| hook.hot_function(vm, counted))?;
        Ok(entered.returns)
    }

    /// Lets the interpreter execute the op that returns, if there is one.
    fn go_on_after(&mut self, entered: Entered) {
        if let Some((place, value)) = entered.returns {
            self.return_next(place, value);
        }
    }

    /// Asks the hook about the place of the frame on top, if that is due; `enters`: it has been entered there,
    /// not come to by a back edge.
    fn ask(
        &mut self,
        enters: bool,
        f: impl FnOnce(&dyn Hook, &mut Vm, u16) -> PyResult<Entered>,
    ) -> PyResult<Entered> {
        if self.hooks.active {
            // Compiled code tells no one anything.
            return Ok(Entered::NOTHING);
        }
        let (Some(listener), Some(&frame)) = (&self.listener, self.frames.last()) else {
            return Ok(Entered::NOTHING);
        };
        let count = match enters {
            true => frame.entry_count(),
            false => frame.count(),
        };
        let due = |count: &Count| count.due(listener.threshold);
        let Some((count, counted)) = count.and_then(|count| Some((count, due(count)?))) else {
            return Ok(Entered::NOTHING);
        };
        let hook = listener.hook.clone();
        let entered = f(&*hook, self, counted)?;
        count.set(entered.patience);
        Ok(entered)
    }
}
