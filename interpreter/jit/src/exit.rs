//! Into machine code and out of it: the only place where a trace's values become the
//! interpreter's again, and where machine code's words become references.

use crate::entry::WayCell;
use crate::life::Jit;
use crate::resume::{Field, Made, Restored, RestoredFrame, Sink, Source};
use assemble::{Loc, STALE, State, Status};
use object::{CodePointer, Function, Gc, Regs, Value, layout};
use std::cell::{Cell, RefCell};
use trace::{Const, FUNCTION_REGISTER, HANDLED_REGISTER, LOCALS_REGISTER, Repr, Width};
use vm::traced::Inlined;
use vm::{Raised, Then, Vm};

thread_local! {
    /// Whose code runs; null if none was ever made.
    static JIT: Cell<*const Jit> = const { Cell::new(std::ptr::null()) };
    static MACHINE: Cell<*mut Vm> = const { Cell::new(std::ptr::null_mut()) };
    /// What a runtime function raised, for the exit that follows.
    static RAISED: Cell<Option<Raised>> = const { Cell::new(None) };
    static ROOM: RefCell<Room> = RefCell::default();
}

/// The exit that was taken last.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct Taken {
    pub(crate) trace: u32,
    pub(crate) exit: u32,
}

/// How machine code left.
#[derive(Clone, Copy)]
pub(crate) enum Left {
    Exit(Taken),
    /// The frame on top has returned a value, by the op at the place.
    Returned(CodePointer, Value),
}

/// The machine that machine code passes to runtime functions.
#[inline(always)]
pub(crate) fn machine(vm: *mut Vm) -> &'static mut Vm {
    // SAFETY: the address is that of the machine whose code runs, which is borrowed by the hook
    // that entered the code and waits for it.
    unsafe { &mut *vm }
}

/// The place in the code that machine code passes to runtime functions.
#[inline(always)]
pub(crate) fn place_of(address: usize) -> CodePointer {
    // SAFETY: the recorder made the number of a place in code that the trace keeps alive.
    unsafe { CodePointer::from_address(address) }
}

/// Keeps an exception for the exit.
#[cold]
pub(crate) fn raise(raised: Raised) {
    RAISED.set(Some(raised));
}

/// The exception that an exit raises.
pub(crate) fn take_raised() -> Option<Raised> {
    RAISED.take()
}

/// Says whose code runs from now on.
pub(crate) fn set_current(jit: *const Jit, vm: *mut Vm) {
    JIT.set(jit);
    MACHINE.set(vm);
}

/// The JIT whose code runs.
#[inline(always)]
pub(crate) fn current() -> &'static Jit {
    // SAFETY: only machine code's runtime functions ask, and the JIT is alive while its code runs.
    unsafe { &*JIT.get() }
}

/// The way that a trace's call of a frame has the address of.
#[inline(always)]
pub(crate) fn way_of(address: usize) -> &'static WayCell {
    // SAFETY: the address was made by `Jit::way_to`, whose cells are never freed.
    unsafe { &*(address as *const WayCell) }
}

/// Called by the code that exits share.
pub(crate) extern "sysv64" fn handler(state: *mut State) {
    // SAFETY: the state is the assembler's own, and the code that exits share waits for the
    // handler; the JIT and the machine are alive while their code runs.
    let (jit, vm, state) = unsafe { (&*JIT.get(), &mut *MACHINE.get(), &*state) };
    let taken = Taken {
        trace: state.trace,
        exit: state.exit,
    };
    jit.taken.set(taken);
    if taken.exit == STALE {
        return;
    }
    ROOM.with_borrow_mut(|room| {
        room.frames.clear();
        room.words.clear();
        room.made.clear();
        jit.decode(taken, &mut Restoring { state, room });
        restore(vm, state.regs(), room);
    });
}

/// Runs code with the frame on top, from the interpreter.
pub(crate) fn run(jit: &Jit, vm: &mut Vm, entry: usize) -> Left {
    set_current(jit, vm);
    let regs = vm.frames().top().get().base;
    let assembler = jit.assembler.as_ptr();
    // SAFETY: the assembler lives as long as the JIT and is not moved; its code region is written
    // only between runs or, while code waits for a runtime function, beside it. The caller has
    // looked that the frame on top stands where the code begins.
    match unsafe { (*assembler).run(entry, regs) } {
        Status::Exited => Left::Exit(jit.taken.get()),
        Status::Finished(value, place) => Left::Returned(place_of(place), value),
    }
}

/// What a frame has apart from its registers; *unbound* where an exit does not say it.
struct Apart {
    function: Value,
    locals: Value,
    handled: Value,
}

/// What an exit restores, as far as it has been decoded: the room is reused from exit to exit.
#[derive(Default)]
struct Room {
    /// The one on top comes first.
    frames: Vec<(RestoredFrame, Apart)>,
    /// The words, by the distance of their registers from the entry frame's first.
    words: Vec<(usize, Value)>,
    /// The objects that the trace did without, and their sizes.
    made: Vec<(Value, u16)>,
}

/// Takes an exit's values from where machine code left them while they are decoded.
///
/// All are read before any is written: some are still in the frame's registers. An object is made
/// as soon as it is named, and filled as its fields are told, which refer to none that comes later.
/// Nothing is collected meanwhile, and no barrier is needed: it is younger than what it refers to.
struct Restoring<'a> {
    state: &'a State,
    room: &'a mut Room,
}

impl Restoring<'_> {
    #[inline(always)]
    fn word(&self, source: Source, repr: Repr) -> Value {
        match source {
            Source::Object(number) => self.room.made[usize::from(number)].0,
            Source::Constant(Const::Word(word)) => word,
            Source::Constant(Const::Float(bits)) => Value::float(f64::from_bits(bits)),
            Source::Constant(Const::Raw(_)) => Value::UNBOUND,
            Source::Place(place) => match (self.state.bits(place), repr) {
                (Some(bits), Repr::Float) => Value::float(f64::from_bits(bits)),
                (Some(bits), _) => Value::from_bits(bits),
                (None, _) => Value::UNBOUND,
            },
        }
    }
}

impl Sink for Restoring<'_> {
    #[inline(always)]
    fn frame(&mut self, frame: RestoredFrame) {
        let apart = Apart {
            function: Value::UNBOUND,
            locals: Value::UNBOUND,
            handled: Value::UNBOUND,
        };
        self.room.frames.push((frame, apart));
    }

    #[inline(always)]
    fn value(&mut self, value: Restored) {
        let word = self.word(value.source, value.repr);
        let Some((frame, apart)) = self.room.frames.last_mut() else {
            return;
        };
        match value.register {
            FUNCTION_REGISTER => apart.function = word,
            LOCALS_REGISTER => apart.locals = word,
            HANDLED_REGISTER => apart.handled = word,
            register => {
                let place = usize::from(frame.base) + usize::from(register);
                self.room.words.push((place, word));
            }
        }
    }

    fn object(&mut self, made: Made) -> u16 {
        let address = layout::allocate(usize::from(made.bytes));
        // SAFETY: the allocator gives a free cell of at least so many bytes, aligned to words.
        unsafe { (address as *mut u64).write(made.header) };
        let word = Value::from_bits((address + layout::POINTER_TAG as usize) as u64);
        self.room.made.push((word, made.bytes));
        self.room.made.len() as u16 - 1
    }

    fn field(&mut self, field: Field) {
        let bits = match (field.source, field.repr) {
            (Source::Constant(Const::Raw(n)), _) => n as u64,
            (Source::Constant(Const::Float(bits)), _) if field.width == Width::Float => bits,
            (Source::Place(place), Repr::Float) if field.width == Width::Float => {
                self.state.bits(place).unwrap_or(0)
            }
            (Source::Place(place), Repr::Raw) => self.state.bits(place).unwrap_or(0),
            (source, repr) => self.word(source, repr).bits(),
        };
        let (own, length) = self.room.made[usize::from(field.object)];
        let at = usize::from(field.displacement);
        let bytes = field.width.bytes();
        assert!(at + bytes <= usize::from(length));
        let address = own.bits() as usize - layout::POINTER_TAG as usize + at;
        // SAFETY: the field lies within the cell, as the line above asserts; the recorder stored
        // values of the field's type there.
        unsafe {
            if field.width == Width::Half {
                (address as *mut u32).write(bits as u32);
            } else {
                (address as *mut u64).write(bits);
            }
        }
    }

    fn fetched(&mut self) {
        if let Some((top, _)) = self.room.frames.first_mut() {
            top.pc += 1;
        }
    }
}

/// Writes an exit's values back and opens the frames of inlined calls.
fn restore(vm: &mut Vm, regs: Regs, room: &Room) {
    let frames = &room.frames;
    // A variable that is not restored is not to be seen with what another frame left there.
    for (frame, apart) in frames.iter().filter(|(f, _)| !f.entry && !f.pushed) {
        let window = regs.advance(frame.base as usize);
        let variables = function_of(frame, apart).code().code().local_names.len();
        (0..variables).for_each(|at| window.set(at as u16, Value::UNBOUND));
    }
    for &(place, word) in &room.words {
        regs.advance(place).set(0, word);
    }
    let mut below = frames.iter().filter(|(frame, _)| frame.pushed).count();
    for (at, (frame, apart)) in frames.iter().enumerate().rev() {
        // What a frame handles is what its record and those above it are opened with; one above
        // that is there already has its own.
        let handles = !apart.handled.is_unbound() && (at == 0 || !frames[at - 1].0.pushed);
        if frame.entry || frame.pushed {
            vm.frame_resumes_at(below, frame.pc);
            below = below.saturating_sub(1);
            if handles {
                vm.handled = apart.handled;
            }
            continue;
        }
        let function = function_of(frame, apart);
        vm.push_inlined(Inlined {
            function,
            base: regs.advance(frame.base as usize),
            pc: function.code().start().offset(frame.pc as isize),
            then: Then::from_number(frame.then),
            dst: frame.dst,
            locals: apart.locals,
        });
        if handles {
            vm.handled = apart.handled;
        }
    }
}

/// The function of a frame that an exit opens.
fn function_of(frame: &RestoredFrame, apart: &Apart) -> Gc<Function> {
    let function = match frame.function {
        Some(Const::Word(function)) => function,
        _ => apart.function,
    };
    function.known()
}

/// Whether a place is one that a bridge can inherit from.
pub(crate) fn is_inherited(place: Loc) -> bool {
    !matches!(place, Loc::Constant(_))
}
