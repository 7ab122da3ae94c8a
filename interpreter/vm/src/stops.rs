//! Stop points: the time of a replay, and where a debugger can stop in it.
//!
//! A replayed run is stopped at line starts, at entries and at exits of functions. Which
//! instructions these are, `bytecode::stops` finds; code that is linked while stop points are on
//! has them replaced by stop instructions, behind which the originals lie. The loop meets one
//! in its ordinary fetch, so between stop points nothing is tested but the op's number.
//!
//! Between two stop points there is no time. Where the very instruction is looked for that wrote
//! something, *traps* take the place of the instructions that are no stop points, in a stretch that
//! is known to be the right one.
//!
//! A recording needs none of this: it is the plain loop over plain code.

use crate::Vm;
use bytecode::{Code, Instr, Op};
use object::{CodePointer, Value};
use std::cell::Cell;
use std::rc::Rc;

/// An exception leaves the frame; beside the kinds of `bytecode::stops`.
pub const UNWOUND: u8 = 8;

/// An exception was raised and is about to be taken by a handler of its frame; beside the kinds of
/// `bytecode::stops`.
pub const CAUGHT: u8 = 32;

/// An exception is there.
pub const THROWN: u8 = UNWOUND | CAUGHT;

/// The kind of what is no stop point: between two of them an instruction begins. Those are told of
/// only where traps were set, and are not counted.
pub const TRAP: u8 = 0;

/// What is told of stop points.
pub trait Watcher {
    /// The frame on top stands at a stop point of these kinds, its record in step.
    fn stop(&self, vm: &mut Vm, kinds: u8);
}

/// The time, and when the watcher is next told: what passes most often is counted down to that time,
/// so that it is one subtraction, which also tells whether it is there.
struct Clock {
    left: Cell<i64>,
    until: Cell<i64>,
}

/// No time is later.
const NEVER: i64 = i64::MAX;

thread_local! {
    /// Not the machine's own, because what happens to the world, and who writes to what, is told to
    /// those who have no machine at hand. The machine has a reference, to come to it at once.
    static CLOCK: &'static Clock = Box::leak(Box::new(Clock {
        left: Cell::new(NEVER),
        until: Cell::new(NEVER),
    }));
}

impl Default for &'static Clock {
    fn default() -> &'static Clock {
        CLOCK.with(|clock| *clock)
    }
}

impl Clock {
    /// One more; whether the watcher is to be told.
    #[inline(always)]
    fn pass(&self) -> bool {
        let left = self.left.get() - 1;
        self.left.set(left);
        left <= 0
    }

    fn time(&self) -> i64 {
        self.until.get() - self.left.get()
    }

    fn set(&self, time: i64, until: i64) {
        self.until.set(until);
        self.left.set(until - time);
    }
}

/// The watcher is told of stop points from this time on, and of those with a breakpoint.
pub fn until() -> u64 {
    CLOCK.with(|clock| clock.until.get().unsigned_abs())
}

pub fn set_until(time: u64) {
    let until = i64::try_from(time).unwrap_or(NEVER);
    CLOCK.with(|clock| clock.set(clock.time(), until));
}

/// Stop points so far.
pub fn time() -> u64 {
    CLOCK.with(|clock| clock.time().unsigned_abs())
}

/// Sets the count, after a debugger ran code of its own.
pub fn set_time(time: u64) {
    let time = i64::try_from(time).unwrap_or(NEVER);
    CLOCK.with(|clock| clock.set(time, clock.until.get()));
}

/// Who is told of which stop points.
#[derive(Default)]
pub struct Stops {
    watching: bool,
    clock: &'static Clock,
    /// The fewest frames that there were since it was set.
    shallowest: usize,
    /// The watcher is told of each exception that leaves a frame, or is taken in it.
    pub tell_thrown: bool,
    leaving: Option<Value>,
    /// When a function's first instruction was last come to by going back.
    round_time: Option<u64>,
    watcher: Option<Rc<dyn Watcher>>,
}

impl Stops {
    /// The exception at a stop point that is [`THROWN`].
    pub fn leaving(&self) -> Value {
        self.leaving.unwrap_or(Value::NONE)
    }

    /// The fewest frames at stop points since [`Stops::set_shallowest`], as far as frames were left.
    pub fn shallowest(&self) -> usize {
        self.shallowest
    }

    pub fn set_shallowest(&mut self, frames: usize) {
        self.shallowest = frames;
    }

    /// One of so many frames is left.
    #[inline(always)]
    fn leave(&mut self, frames: usize) {
        self.shallowest = self.shallowest.min(frames - 1);
    }

    pub(crate) fn is_watching(&self) -> bool {
        self.watching
    }
}

impl Vm {
    /// Code that is linked from now on has stop points, of which the watcher is told. To be called
    /// before anything is linked.
    pub fn watch_stops(&mut self, watcher: Rc<dyn Watcher>) {
        object::link_with_stops();
        self.stops.watching = true;
        self.stops.watcher = Some(watcher);
    }

    /// The program itself begins: time does.
    pub fn begin_time(&mut self) {
        set_time(0);
    }

    /// From now on nobody is told: code of the debugger's user runs.
    pub fn stop_watching(&mut self) {
        set_until(u64::MAX);
        self.stops.watcher = None;
    }

    /// An exception is about to leave the frame on top.
    #[inline(always)]
    pub(crate) fn stop_leaving(&mut self, exception: Value) {
        if self.stops.watching {
            self.stops.leave(self.frames.len());
            self.stop_thrown(exception, UNWOUND);
        }
    }

    /// An exception goes to a handler of the frame on top, which is at this instruction. Where a
    /// handler raises again what it has, nothing new happens.
    pub(crate) fn stop_caught(&mut self, exception: Value, code: &Code, pc: u32) {
        let is_again = code.instrs[pc as usize].op() == Op::Reraise;
        if self.stops.watching && !is_again && !code.flags.hidden {
            self.stop_thrown(exception, CAUGHT);
        }
    }

    fn stop_thrown(&mut self, exception: Value, kind: u8) {
        if self.stops.clock.pass() || self.stops.tell_thrown {
            self.stops.leaving = Some(exception);
            self.tell(kind);
            self.stops.leaving = None;
        }
    }

    fn stop_at(&mut self, pc: CodePointer, kinds: u8) {
        let mut place = pc;
        if kinds == bytecode::ROUND {
            // Only the header that follows is a stop.
            set_time(time() - 1);
            self.stops.round_time = Some(time() + 1);
            return;
        }
        if kinds == TRAP {
            set_time(time() - 1);
        } else if kinds & bytecode::ROUND != 0 {
            place = pc.offset(1 + pc.fetch().bc() as isize);
        }
        self.set_pc(place.offset(1));
        let mut kinds = kinds & !bytecode::ROUND;
        if kinds & bytecode::ENTRY != 0 && self.stops.round_time == Some(time()) {
            kinds &= !bytecode::ENTRY;
        }
        self.tell(kinds);
    }

    fn tell(&mut self, kinds: u8) {
        if let Some(watcher) = self.stops.watcher.clone() {
            watcher.stop(self, kinds);
        }
    }
}

/// The interpreter over code with stop points.
pub(crate) struct Watching<'a> {
    pub(crate) vm: &'a mut Vm,
}

impl Watching<'_> {
    /// Fetches; tells of a stop point that is met.
    #[inline(always)]
    pub(crate) fn fetch_watched(&mut self, pc: CodePointer) -> (Instr, Op) {
        let first = pc.first();
        if !first.is_stop() {
            return pc.fetch_with_op();
        }
        if first.is_marked_or_of(bytecode::EXIT) {
            if first.x() & bytecode::EXIT != 0 {
                self.vm.stops.leave(self.vm.frames.len());
            }
            if self.vm.stops.clock.pass() || first.a() != 0 {
                return self.fetch_told(pc, first);
            }
        } else if self.vm.stops.clock.pass() {
            return self.fetch_told(pc, first);
        }
        pc.offset(first.bc() as isize).fetch_with_op()
    }

    /// The same where the watcher is told, who may change the code.
    #[cold]
    #[inline(never)]
    fn fetch_told(&mut self, pc: CodePointer, first: Instr) -> (Instr, Op) {
        self.vm.stop_at(pc, first.x());
        let instr = pc.fetch();
        (instr, instr.op())
    }
}
