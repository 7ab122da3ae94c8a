//! What a trace begins with: for a bridge, what its parent's exit restores.
//!
//! Objects that the exit would make are made by the bridge, first of all. They are objects of the
//! trace like others, so what they hold is known, and the optimiser takes them away again where
//! the bridge has no more use for them than its parent had. A float that such an object holds has
//! no word yet; it gets one by a call that cannot fail, which is dropped with the object.

use crate::abort::Abort;
use crate::recorder::{Inlined, Recorder, Start, StartObject, StartValue};
use object::Value;
use trace::{NO_SNAPSHOT, Op, Ref, Repr, Rt, Width};

impl Recorder<'_> {
    /// Names what the trace begins with.
    pub(crate) fn begin(&mut self, start: &Start) -> Result<(), Abort> {
        let objects = self.start_objects(&start.objects)?;
        for (level, frame) in start.frames.iter().enumerate() {
            let below = self.vm.frames()[self.entry_depth - 1 + level];
            let own = self.vm.frames()[self.entry_depth + level];
            let function = self.start_value(frame.function, &objects)?;
            let locals = match frame.locals {
                Some(locals) => Some(self.start_value(locals, &objects)?),
                None => None,
            };
            self.inlined.push(Inlined {
                function,
                code: own.code,
                base: frame.base,
                dst: frame.dst,
                then: frame.then,
                locals,
                rounds: 0,
                return_pc: below.pc.index(below.code),
                parent: None,
                handled_below: Ref::NONE,
                pushed: frame.pushed,
            });
        }
        for &(level, value) in &start.handled {
            let handled = self.start_value(value, &objects)?;
            match self.inlined.get_mut(level) {
                Some(above) => above.handled_below = handled,
                None => self.handled = handled,
            }
        }
        for &(place, value) in &start.values {
            let r = match value {
                StartValue::Raw(_) => self.emitter.word(Value::UNBOUND)?,
                value => self.start_value(value, &objects)?,
            };
            self.set_register(place, r);
        }
        Ok(())
    }

    fn start_value(&mut self, value: StartValue, objects: &[Ref]) -> Result<Ref, Abort> {
        match value {
            StartValue::Constant(word) => self.emitter.word(word),
            StartValue::Raw(n) => self.emitter.raw(n),
            StartValue::Object(number) => Ok(objects[usize::from(number)]),
            StartValue::Inherited(number, repr, kind, shape) => {
                let op = match repr {
                    Repr::Float => Op::InheritFloat,
                    Repr::Raw => Op::InheritRaw,
                    _ => Op::Inherit,
                };
                let r = self.emitter.emit(op, &[number])?;
                self.emitter.assume(r, kind, shape);
                Ok(r)
            }
        }
    }

    /// Makes the objects: all of them before their fields, which may hold each other.
    fn start_objects(&mut self, objects: &[StartObject]) -> Result<Vec<Ref>, Abort> {
        // What the fields hold exists before the first object does: nothing may come between an
        // allocation and its stores.
        let mut held = Vec::new();
        for &(_, width, value) in objects.iter().flat_map(|object| &object.fields) {
            held.push(match (value, width) {
                (StartValue::Object(_), _) => Ref::NONE,
                (value, Width::Float) => {
                    let value = self.start_value(value, &[])?;
                    self.emitter.emit(Op::Untag, &[value.0])?
                }
                (value, _) => {
                    let value = self.start_value(value, &[])?;
                    self.word_for_field(value)?
                }
            });
        }
        let mut made = Vec::with_capacity(objects.len());
        for object in objects {
            let header = self.emitter.raw(object.header as i64)?;
            made.push(self.emitter.emit(Op::New, &[object.bytes, header.0])?);
        }
        let mut held = held.into_iter();
        for (object, &own) in objects.iter().zip(&made) {
            for &(displacement, width, value) in &object.fields {
                let value = match (value, held.next()) {
                    (StartValue::Object(number), _) => made[usize::from(number)],
                    (_, Some(held)) => held,
                    (_, None) => return Err(Abort::Operation),
                };
                let op = match (width, self.emitter.repr(value)) {
                    (Width::Half, _) => Op::StoreHalf,
                    (Width::Float, _) => Op::StoreFloat,
                    (Width::Word, Repr::Raw) => Op::StoreRaw,
                    (Width::Word, _) => Op::Store,
                };
                self.emitter.emit(op, &[own.0, displacement, value.0])?;
            }
        }
        Ok(made)
    }

    fn word_for_field(&mut self, value: Ref) -> Result<Ref, Abort> {
        if self.emitter.repr(value) != Repr::Float {
            return Ok(value);
        }
        let place = self.emitter.raw(self.pc.address() as i64)?;
        let operands = [Rt::BoxFloat as u16, place.0, value.0, NO_SNAPSHOT];
        self.emitter.emit(Op::Call1, &operands)
    }
}
