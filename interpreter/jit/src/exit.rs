//! Into machine code and out of it: the only place where a trace's values become the
//! interpreter's again.

use assemble::{Assembled, Loc, State};
use object::{Function, Value};
use trace::{Const, NO_SNAPSHOT, Repr, Trace};
use vm::Vm;

/// Runs a loop's code from its header, where the frame on top stands, and leaves the machine as
/// the interpreter would have it at the op at which the trace was left.
pub(crate) fn run(vm: &mut Vm, trace: &Trace, code: &Assembled, state: &mut State) {
    let Some(frame) = vm.frames().last().copied() else {
        return;
    };
    // SAFETY: the caller stands at the header of the trace's loop; its constants are kept with
    // the machine, whose flags the polls look at.
    let number = unsafe { code.run(frame.base, state) };
    resume(vm, trace, code, state, number);
}

/// Writes an exit's values back and pushes the frames of inlined calls.
fn resume(vm: &mut Vm, trace: &Trace, code: &Assembled, state: &State, number: usize) {
    let Some(frame) = vm.frames().last().copied() else {
        return;
    };
    let (snapshot, places) = code.exit(number);
    let mut places = places.iter();
    // All values are read before any is written: some are still in the registers.
    let mut writes = Vec::new();
    for at in trace.chain(snapshot) {
        let base = trace.frame(at).base;
        for (register, value) in trace.frame_values(at) {
            if trace.is_in_place(at, register, value) {
                continue;
            }
            let place = places.next().copied();
            let word = match place {
                Some(Loc::Home(from)) => frame.base.get(from),
                Some(Loc::Constant(constant)) => match trace.constant_of(constant) {
                    Some(Const::Word(word)) => word,
                    Some(Const::Float(bits)) => Value::float(f64::from_bits(bits)),
                    _ => Value::UNBOUND,
                },
                Some(place) => match (state.bits(place), trace.repr(value)) {
                    (Some(bits), Repr::Float) => Value::float(f64::from_bits(bits)),
                    (Some(bits), _) => Value::from_bits(bits),
                    (None, _) => Value::UNBOUND,
                },
                None => unreachable!("an exit has a place for each value"),
            };
            writes.push((base as usize + register as usize, word));
        }
    }
    for (at, word) in writes {
        frame.base.advance(at).set(0, word);
    }
    let mut frames: Vec<u16> = trace.chain(snapshot).collect();
    frames.reverse();
    for at in frames {
        let state = *trace.frame(at);
        if state.parent == NO_SNAPSHOT {
            vm.resume_at(frame.code.start().offset(state.pc as isize));
        } else if let Some(Const::Word(function)) = trace.constant_of(state.function) {
            let function = function.known::<Function>();
            let pc = function.code().start().offset(state.pc as isize);
            vm.push_inlined(
                function,
                frame.base.advance(state.base as usize),
                state.dst,
                pc,
            );
        }
    }
}
