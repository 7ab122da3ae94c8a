//! Slices of lists, strings, tuples and bytes objects in a trace.
//!
//! A slice that is only used as a key need not be made: its parts are what the trace has stored in
//! it, and the runtime's function takes those. It runs no Python code and does not raise, since
//! the parts are small integers or `None` and the step is a constant. The slice object is then wanted
//! by exits alone, and the optimiser takes it away.

use crate::recorder::{Recorded, Recorder};
use object::{Kind, Slice, Value, layout};
use trace::{Op, Ref, Rt};
use vm::machine::Runtime;
use vm::slicing;

impl Recorder<'_> {
    /// The function and its arguments for `container[slice]`, or for an assignment to it, if that
    /// runs no Python code. `None` for everything else.
    pub(crate) fn plain_slice(
        &mut self,
        what: Runtime,
        args: &[Recorded],
    ) -> Option<(Rt, Vec<Ref>)> {
        let value = match (what, args) {
            (Runtime::GetItem, _) => None,
            (Runtime::SetItem, &[.., value]) => Some(value),
            _ => return None,
        };
        let (container, key) = (args[0], args[1]);
        let slice = key.word.cast::<Slice>()?;
        let parts = [slice.start.get(), slice.stop.get(), slice.step.get()];
        let [start, stop, step] = parts;
        let (_, _, stride) = slicing::plain_parts(start, stop, step)?;
        let is_sequence =
            |value: Recorded| matches!(value.word.kind(), Some(Kind::List | Kind::Tuple));
        let is_plain = match (container.word.kind()?, value) {
            (Kind::List, None) => true,
            (Kind::Str | Kind::Tuple | Kind::Bytes, None) => stride == 1,
            (Kind::List, Some(value)) => stride == 1 && is_sequence(value),
            _ => false,
        };
        if !is_plain {
            return None;
        }
        self.shape_of(container);
        self.shape_of(key);
        let mut words = vec![container.r];
        for (field, word) in layout::SLICE_FIELDS.into_iter().zip(parts) {
            let r = self.emit(Op::Load, &[key.r.0, field as u16]);
            self.learn(Recorded { word, r });
            words.push(r);
        }
        self.hold_step(words[3], step);
        match value {
            None => Some((Rt::Part, words)),
            Some(value) => {
                self.shape_of(value);
                words[3] = value.r;
                Some((Rt::SetListSlice, words))
            }
        }
    }

    /// Sees to it that the step is a constant.
    fn hold_step(&mut self, r: Ref, step: Value) {
        if self.is_off() || r.is_constant() {
            return;
        }
        let constant = self.word_ref(step);
        self.guard(Op::GuardIs, &[r.0, constant.0]);
    }
}
