//! Into machine code and out of it: the only place where a trace's values become the
//! interpreter's again, and where machine code's words become references.

use crate::entry::WayCell;
use crate::life::Jit;
use crate::resume::{Apart, Decoded, Field, Made, Source};
use assemble::{Loc, STALE, State, Status};
use object::{CodePointer, Function, Regs, Value, layout};
use std::cell::{Cell, RefCell};
use trace::{Const, FUNCTION_REGISTER, HANDLED_REGISTER, LOCALS_REGISTER, Repr};
use vm::traced::Inlined;
use vm::{Raised, Then, Vm};

thread_local! {
    /// Whose code runs; null if none was ever made.
    static JIT: Cell<*const Jit> = const { Cell::new(std::ptr::null()) };
    static MACHINE: Cell<*mut Vm> = const { Cell::new(std::ptr::null_mut()) };
    /// What a runtime function raised, for the exit that follows.
    static RAISED: Cell<Option<Raised>> = const { Cell::new(None) };
    static DECODED: RefCell<Decoded> = RefCell::default();
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
pub(crate) fn machine(vm: *mut Vm) -> &'static mut Vm {
    // SAFETY: the address is that of the machine whose code runs, which is borrowed by the hook
    // that entered the code and waits for it.
    unsafe { &mut *vm }
}

/// The place in the code that machine code passes to runtime functions.
pub(crate) fn place_of(address: usize) -> CodePointer {
    // SAFETY: the recorder made the number of a place in code that the trace keeps alive.
    unsafe { CodePointer::from_address(address) }
}

/// Keeps an exception for the exit.
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
pub(crate) fn current() -> &'static Jit {
    // SAFETY: only machine code's runtime functions ask, and the JIT is alive while its code runs.
    unsafe { &*JIT.get() }
}

/// The way that a trace's call of a frame has the address of.
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
    DECODED.with_borrow_mut(|decoded| {
        jit.decode(taken, decoded);
        restore(vm, state, decoded);
    });
}

/// Runs code with the frame on top, from the interpreter.
pub(crate) fn run(jit: &Jit, vm: &mut Vm, entry: usize) -> Left {
    set_current(jit, vm);
    run_on(jit, vm, entry)
}

/// Runs code with the frame on top, in a runtime function that code has called.
#[inline]
pub(crate) fn run_on(jit: &Jit, vm: &mut Vm, entry: usize) -> Left {
    let Some(regs) = vm.frames().last().map(|frame| frame.base) else {
        unreachable!("code is entered with a frame on top")
    };
    let assembler = jit.assembler.as_ptr();
    // SAFETY: the assembler lives as long as the JIT and is not moved; its code region is written
    // only between runs or, while code waits for a runtime function, beside it. The caller has
    // looked that the frame on top stands where the code begins.
    match unsafe { (*assembler).run(entry, regs) } {
        Status::Exited => Left::Exit(jit.taken.get()),
        Status::Finished(value, place) => Left::Returned(place_of(place), value),
    }
}

fn word_of(state: &State, source: Source, repr: Repr, made: &[Value]) -> Value {
    match source {
        Source::Object(number) => made[usize::from(number)],
        Source::Constant(Const::Word(word)) => word,
        Source::Constant(Const::Float(bits)) => Value::float(f64::from_bits(bits)),
        Source::Constant(Const::Raw(_)) => Value::UNBOUND,
        Source::Place(place) => match (state.bits(place), repr) {
            (Some(bits), Repr::Float) => Value::float(f64::from_bits(bits)),
            (Some(bits), _) => Value::from_bits(bits),
            (None, _) => Value::UNBOUND,
        },
    }
}

/// The bits of a field.
fn bits_of(state: &State, field: &Field, made: &[Value]) -> u64 {
    match (field.source, field.repr) {
        (Source::Constant(Const::Raw(n)), _) => n as u64,
        (Source::Place(place), Repr::Raw) => state.bits(place).unwrap_or(0),
        (source, repr) => word_of(state, source, repr, made).bits(),
    }
}

/// Makes the objects that the trace did without. Nothing is collected meanwhile, and no barrier is
/// needed: they are younger than what they refer to.
fn make(state: &State, decoded: &Decoded) -> Vec<Value> {
    let cell = |made: &Made| {
        let address = layout::allocate(usize::from(made.bytes));
        // SAFETY: the allocator gives a free cell of at least so many bytes, aligned to words.
        unsafe { (address as *mut u64).write(made.header) };
        Value::from_bits((address + layout::POINTER_TAG as usize) as u64)
    };
    let made: Vec<Value> = decoded.objects.iter().map(cell).collect();
    for field in &decoded.fields {
        let own = usize::from(field.object);
        let (at, bytes) = (
            usize::from(field.displacement),
            if field.half { 4 } else { 8 },
        );
        assert!(at + bytes <= usize::from(decoded.objects[own].bytes));
        let address = made[own].bits() as usize - layout::POINTER_TAG as usize + at;
        let bits = bits_of(state, field, &made);
        // SAFETY: the field lies within the cell, as the line above asserts; the recorder stored
        // values of the field's type there.
        unsafe {
            if field.half {
                (address as *mut u32).write(bits as u32);
            } else {
                (address as *mut u64).write(bits);
            }
        }
    }
    made
}

/// Writes an exit's values back and opens the frames of inlined calls.
fn restore(vm: &mut Vm, state: &State, decoded: &mut Decoded) {
    let regs: Regs = state.regs();
    let count = decoded.frames.len();
    // All values are read before any is written: some are still in the registers.
    let made = if decoded.objects.is_empty() {
        Vec::new()
    } else {
        make(state, decoded)
    };
    decoded.apart.clear();
    decoded.apart.resize(count, Apart::default());
    decoded.words.clear();
    for value in &decoded.values {
        let word = word_of(state, value.source, value.repr, &made);
        let frame = value.frame as usize;
        let apart = &mut decoded.apart[frame];
        match value.register {
            FUNCTION_REGISTER => apart.function = word,
            LOCALS_REGISTER => apart.locals = word,
            HANDLED_REGISTER => apart.handled = word,
            register => {
                let place = decoded.frames[frame].base as usize + register as usize;
                decoded.words.push((place, word));
            }
        }
    }
    for &(place, word) in &decoded.words {
        regs.advance(place).set(0, word);
    }
    let there = decoded.frames.iter().filter(|f| f.pushed).count();
    let mut below = there;
    for (at, frame) in decoded.frames.iter().enumerate().rev() {
        // What a frame handles is what its record and those above it are opened with; one above
        // that is there already has its own.
        let apart = decoded.apart[at];
        let handles = !apart.handled.is_unbound() && (at == 0 || !decoded.frames[at - 1].pushed);
        if frame.entry || frame.pushed {
            vm.frame_resumes_at(below, frame.pc);
            below = below.saturating_sub(1);
            if handles {
                vm.handled = apart.handled;
            }
            continue;
        }
        let function = match frame.function {
            Some(Const::Word(function)) => function,
            _ => apart.function,
        };
        let function = function.known::<Function>();
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

/// Whether a place is one that a bridge can inherit from.
pub(crate) fn is_inherited(place: Loc) -> bool {
    !matches!(place, Loc::Constant(_))
}
