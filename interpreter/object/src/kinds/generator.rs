//! Generators, coroutines and asynchronous generators: a suspended frame.

use super::array::Array;
use super::callable::Function;
use super::list::List;
use crate::header::{Gc, Header, Kind, Layout, Slot};
use crate::heap::{self, Marker};
use crate::shape::of_variant;
use crate::stack::Regs;
use crate::value::Value;
use std::cell::Cell;

/// Where a generator is in its life.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u32)]
pub enum GeneratorState {
    /// Not started.
    Created,
    Running,
    Suspended,
    Finished,
    /// Suspended in a delegation, in the midst of a chain of such (`chain`): who runs its last generator
    /// leaves this one alone, so it runs if the chain does.
    Linked,
}

/// A generator. While it is not running, its registers lie in `registers`.
#[repr(C)]
pub struct Generator {
    header: Header,
    pub function: Slot,
    pub(crate) registers: Slot,
    /// The exception being handled inside it.
    pub handled: Slot,
    pub name: Slot,
    pub qualname: Slot,
    /// The chain of delegations that it is in the midst of or that begins with it, else *unbound*: a list
    /// of whether the chain runs and of the generators behind its first.
    pub chain: Slot,
    /// Of a coroutine, the calls that made it, if they are noted.
    pub origin: Slot,
    /// Where it goes on, as an instruction index.
    pub pc: Cell<u32>,
    pub state: Cell<GeneratorState>,
}

/// Variants of the kind, in the order of their reserved shapes.
pub const GENERATOR: u8 = 0;
pub const COROUTINE: u8 = 1;
pub const ASYNC_GENERATOR: u8 = 2;

impl Layout for Generator {
    fn trace(&self, marker: &mut Marker) {
        for slot in [
            &self.function,
            &self.registers,
            &self.handled,
            &self.name,
            &self.qualname,
            &self.chain,
            &self.origin,
        ] {
            marker.field(slot);
        }
    }
}

impl Generator {
    pub fn new(variant: u8, function: Gc<Function>, registers: usize) -> Gc<Generator> {
        let storage = Array::for_registers(registers);
        heap::allocate(of_variant(Kind::Generator, variant), |header| Generator {
            header,
            function: Slot::new(function.into()),
            registers: Slot::new(storage.into()),
            handled: Slot::new(Value::NONE),
            name: Slot::new(function.name.get()),
            qualname: Slot::new(function.qualname.get()),
            chain: Slot::new(Value::UNBOUND),
            origin: Slot::new(Value::NONE),
            pc: Cell::new(0),
            state: Cell::new(GeneratorState::Created),
        })
    }

    #[inline(always)]
    pub fn function(&self) -> Gc<Function> {
        self.function.get().known::<Function>()
    }

    /// Where the registers of the suspended frame lie; not to be asked of a finished one.
    #[inline(always)]
    pub fn registers(&self) -> Gc<Array> {
        self.registers.get().known::<Array>()
    }
}

impl Generator {
    /// Whether it can go on.
    #[inline(always)]
    pub fn is_resumable(&self) -> bool {
        matches!(
            self.state.get(),
            GeneratorState::Created | GeneratorState::Suspended | GeneratorState::Linked
        )
    }

    /// Whether it has not begun.
    pub fn is_fresh(&self) -> bool {
        self.state.get() == GeneratorState::Created
    }

    pub fn is_running(&self) -> bool {
        match self.state.get() {
            GeneratorState::Linked => self.is_in_running_chain(),
            state => state == GeneratorState::Running,
        }
    }

    /// Whether it is suspended.
    pub fn is_suspended(&self) -> bool {
        match self.state.get() {
            GeneratorState::Linked => !self.is_in_running_chain(),
            state => state == GeneratorState::Suspended,
        }
    }

    /// The chain of delegations that it is in the midst of or begins.
    #[inline(always)]
    pub fn chain(&self) -> Option<Gc<List>> {
        self.chain.get().cast::<List>()
    }

    fn is_in_running_chain(&self) -> bool {
        let runs = self.chain().and_then(|chain| chain.item(0));
        runs == Some(Value::TRUE)
    }

    /// Whether it is an asynchronous generator.
    pub fn is_async(&self) -> bool {
        self.function().code().code().flags.async_generator
    }
}

impl Gc<Generator> {
    /// Ends it; what its frame held is let go.
    pub fn finish(self) {
        self.state.set(GeneratorState::Finished);
        self.write(|g| &g.registers, Value::UNBOUND);
    }

    /// Loads the registers of its frame, so many or as many as there are.
    #[inline(always)]
    pub fn load(self, base: Regs, count: usize) {
        let saved = self.registers();
        let count = saved.capacity().min(count);
        copy_words(saved.values(count), base.slice_mut(0, count));
    }

    /// Saves the registers of its frame.
    #[inline(always)]
    pub fn save(self, registers: &[Value]) {
        let saved = self.registers();
        let count = saved.capacity().min(registers.len());
        copy_words(&registers[..count], saved.values_mut(count));
    }
}

/// Copies words one by one: most were written a moment ago, and a wide load over several of those stores would
/// wait until they have retired.
#[inline(always)]
fn copy_words(from: &[Value], to: &mut [Value]) {
    const AT_ONCE: usize = 4;
    let copy = |(to, from): (&mut Value, &Value)| {
        // SAFETY: a reference can be read; volatile, so that it is one load.
        *to = unsafe { std::ptr::read_volatile(from) };
    };
    let (fours, rest) = from.as_chunks::<AT_ONCE>();
    let (to_fours, to_rest) = to.as_chunks_mut::<AT_ONCE>();
    for (to, from) in to_fours.iter_mut().zip(fours) {
        to.iter_mut().zip(from).for_each(copy);
    }
    to_rest.iter_mut().zip(rest).for_each(copy);
}
