//! Delegation: generators that are resumed while they delegate to another.
//!
//! Such a generator only passes on what that is sent and gives. So the frames of a chain of delegations
//! are put on the stack one after the other, and its last generator runs ([`Vm::enter_delegates`]); what
//! it yields takes them all off again ([`Vm::pass_yielded`]), and none of the ops between is executed.
//! Those between the first and the last get their registers only where a return or an exception finds
//! them ([`Vm::load_link`]), and are then frames as if each had come there by its own `send`: until then
//! they lie in the generator, and the frame's window begins where that of the frame above it does. A
//! build that stops at any op executes each.
//!
//! A walk through a tree resumes its last generator by way of as many others as the tree is deep, for
//! each value. So the first generator of a long chain keeps a list of those behind it, the next
//! resumption finds the last at the list's end, and those between get no frames at all (`Chain::Far`)
//! until one comes on top. They are *linked*: whoever else resumes one of them, or throws into it, undoes
//! the whole list first ([`unlink`]), so a list never tells what has changed; while the chain runs,
//! all of them do. A generator is linked by one list at most. What the last delegates to itself is
//! added at the next resumption, and who returns is taken off.

use crate::frame::{Chain, Frame, Then};
use crate::{PyResult, Vm};
use object::{CodeObject, Gc, Generator, GeneratorState, List, Regs, Top, Value};

/// So many generators between the first and the last make a chain long.
const LINKS_MIN: usize = 3;
/// More registers than a frame has.
const REGISTERS_MAX: usize = 1 << 16;

impl Vm {
    /// The generator whose frame is on top has just been resumed with a value: enters what it
    /// delegates to, and what that delegates to, as far as these are generators.
    pub fn enter_delegates(&mut self, value: Value) -> PyResult<()> {
        // Where someone is told of lines, each frame is told of by itself.
        if cfg!(feature = "revdb") || self.hooks.active {
            return Ok(());
        }
        let frame = self.frames.top();
        let at = frame.get();
        let (code, own) = (at.code, at.base);
        let pc = at.pc.index(code);
        let Some((send, mut inner)) = delegation(code.get(), pc, |reg| own.get(reg)) else {
            return Ok(());
        };
        frame.set_pc(code.start().offset(send as isize + 1));
        let mut dst = code.instr(send).a();
        let first = at.generator.known::<Generator>();
        if let Some(chain) = first.chain() {
            if let Some(last) = self.far_end(chain, inner) {
                chain.set_item(0, Value::TRUE);
                return self.enter_last(last, value, dst, self.top(), Chain::Far);
            }
            undo(chain);
        }
        let (top, depth) = (self.top(), self.frames.len());
        loop {
            unlink(inner);
            let code = inner.function().code();
            let found = passed_on(inner, code).filter(|_| !self.frames.is_full());
            let window = self.window_at(top, code.registers as usize);
            let (Some(next), Ok(base)) = (found, window) else {
                let place = match self.fold(first, depth, inner) {
                    true => Chain::Far,
                    false => Chain::Last,
                };
                return self.enter_last(inner, value, dst, top, place);
            };
            self.push_passing(inner, next.0, base, dst);
            dst = code.instr(next.0).a();
            inner = next.1;
        }
    }

    /// The last generator of a chain whose first, on top, delegates to `inner`; `None` if the list is not to
    /// be gone by.
    fn far_end(&mut self, chain: Gc<List>, inner: Gc<Generator>) -> Option<Gc<Generator>> {
        let is_own = chain.item(0) == Some(Value::FALSE) && chain.item(1) == Some(inner.into());
        if !is_own || self.frames.is_full_after(chain.len()) || !self.has_any_window() {
            return None;
        }
        let mut last = chain.items().last()?.known::<Generator>();
        loop {
            unlink(last);
            if !last.is_resumable() || last.is_running() {
                return None;
            }
            match passed_on(last, last.function().code()) {
                Some((_, next)) if !next.is_running() => {
                    link(last, chain);
                    chain.push(next.into());
                    last = next;
                }
                _ => return Some(last),
            }
        }
    }

    /// Whether any frame's registers would have room above those of the frame on top.
    fn has_any_window(&mut self) -> bool {
        self.top() + REGISTERS_MAX + crate::frame::WINDOW_MARGIN <= self.stack.capacity()
    }

    /// Makes a list of the chain whose links have the frames above the first `depth`, if they are many, and
    /// takes those off.
    fn fold(&mut self, first: Gc<Generator>, depth: usize, last: Gc<Generator>) -> bool {
        let count = self.frames.len() - depth;
        let is_short = count < LINKS_MIN || self.frames.is_full();
        if is_short || last.is_running() || !self.has_any_window() {
            return false;
        }
        let links = self.frames[depth..].iter();
        let links: Vec<Gc<Generator>> = links.filter_map(Frame::as_generator).collect();
        self.frames.truncate(depth);
        let chain = List::with_capacity(2 * count + 2);
        chain.push(Value::TRUE);
        for generator in links {
            link(generator, chain);
            chain.push(generator.into());
        }
        chain.push(last.into());
        first.write(|first| &first.chain, chain.into());
        true
    }

    /// Puts the frame of a generator that only passes on, by its op at `send`, on the stack without its
    /// registers: the frame above it begins where they would lie.
    fn push_passing(&mut self, generator: Gc<Generator>, send: u32, base: Regs, dst: u16) {
        let function = generator.function();
        let code = function.code();
        generator.state.set(GeneratorState::Running);
        self.frames.push(Frame {
            code,
            function: function.into(),
            locals: Value::UNBOUND,
            generator: generator.into(),
            handled_below: self.handled,
            base,
            pc: code.start().offset(send as isize + 1),
            then: Then::Send,
            dst,
            chain: Chain::Link,
            shown: 0,
        });
    }

    /// Enters the last generator of a chain of delegations, whose frame begins at `top`.
    fn enter_last(
        &mut self,
        generator: Gc<Generator>,
        value: Value,
        dst: u16,
        top: usize,
        place: Chain,
    ) -> PyResult<()> {
        let entered = self.enter_generator_above(top, generator, value, Then::Send, dst);
        if let Err(raised) = entered {
            // What raises is the frame below.
            self.load_link(place);
            return Err(raised);
        }
        if let Some(frame) = self.frames.last_mut() {
            frame.chain = place;
        }
        Ok(())
    }

    /// The frame above the one on top is gone, by a return or an exception, whose place in a chain of
    /// delegations this was: gives the one that delegated to it its registers, and its frame, too, if it had
    /// none.
    pub(crate) fn load_link(&mut self, place: Chain) {
        if place == Chain::Far {
            return self.open_link();
        }
        if let Some(frame) = self.frames.last_mut()
            && frame.chain == Chain::Link
            && let Some(generator) = frame.as_generator()
        {
            frame.chain = Chain::Last;
            generator.load(frame.base, frame.code.registers as usize);
        }
    }

    /// The last generator of the chain that begins with the one on top has left the stack: the one that
    /// delegated to it is its last now.
    fn open_link(&mut self) {
        let first = self.frames.top().get().generator.known::<Generator>();
        let Some(chain) = first.chain() else { return };
        chain.pop();
        let Some(&last) = chain.items().last() else {
            return;
        };
        let generator = last.known::<Generator>();
        generator.write(|generator| &generator.chain, Value::UNBOUND);
        let is_far = chain.len() > 2;
        if !is_far {
            chain.pop();
            chain.set_item(0, Value::FALSE);
        }
        let send = send_before(generator.function().code().get(), generator.pc.get());
        let dst = self.frames.top().op().a();
        let base = self.stack.window(self.top());
        self.push_passing(generator, send, base, dst);
        generator.load(base, generator.function().code().registers as usize);
        if let Some(frame) = self.frames.last_mut() {
            frame.chain = if is_far { Chain::Far } else { Chain::Last };
        }
    }

    /// The frame that was on top has yielded to a delegation below it, which passes that on: takes
    /// off all that only pass it on, and gives the record of the last.
    pub fn pass_yielded(&mut self, mut left: Top) -> Top {
        while left.get().then == Then::Send && !cfg!(feature = "revdb") {
            if left.get().chain != Chain::None {
                // All is still as it was saved.
                let is_far = left.get().chain == Chain::Far;
                left = self.leave_suspended();
                let generator = left.get().generator.known::<Generator>();
                generator.state.set(GeneratorState::Suspended);
                if is_far && let Some(chain) = generator.chain() {
                    chain.set_item(0, Value::FALSE);
                }
            } else if self.hooks.active {
                break;
            } else {
                // A `yield` stands behind each `send`.
                self.frames.top().jump(1);
                left = self.suspend();
            }
        }
        left
    }

    /// The frames that there would be if each generator had its own, the running one first, of the
    /// first `count` on the stack; with their numbers, if they are there.
    #[inline]
    pub fn each_frame(&self, count: usize) -> impl Iterator<Item = (Option<usize>, EachFrame<'_>)> {
        let mut at = count;
        // Those of the frame that was told last, to be told from the end.
        let mut links = Vec::new();
        std::iter::from_fn(move || {
            if let Some(link) = links.pop() {
                return Some((None, EachFrame::Link(Box::new(link))));
            }
            at = at.checked_sub(1)?;
            let frame = &self.frames[at];
            if frame.chain == Chain::Far && at > 0 {
                links = links_of(&self.frames[at - 1], frame);
            }
            Some((Some(at), EachFrame::Own(frame)))
        })
    }
}

/// A frame that there is or would be. One that is on the stack is looked at there: it was often opened just
/// now, and a copy of it would wait for the stores.
pub enum EachFrame<'a> {
    Own(&'a Frame),
    /// That of a generator between the first of a chain and its last.
    Link(Box<Frame>),
}

impl std::ops::Deref for EachFrame<'_> {
    type Target = Frame;

    #[inline]
    fn deref(&self) -> &Frame {
        match self {
            EachFrame::Own(frame) => frame,
            EachFrame::Link(frame) => frame,
        }
    }
}

/// The frames of the generators between the first of a chain and its last, in this order.
fn links_of(first: &Frame, last: &Frame) -> Vec<Frame> {
    let chain = first.as_generator().and_then(|first| first.chain());
    let Some([_, links @ .., _]) = chain.map(Gc::<List>::items) else {
        return Vec::new();
    };
    let frame = |generator: Gc<Generator>| {
        let code = generator.function().code();
        let send = send_before(code.get(), generator.pc.get());
        Frame {
            code,
            function: generator.function.get(),
            generator: generator.into(),
            pc: code.start().offset(send as isize + 1),
            chain: Chain::Link,
            shown: 0,
            ..*last
        }
    };
    links.iter().map(|link| frame(link.known())).collect()
}

/// Makes a generator a link of a chain.
fn link(generator: Gc<Generator>, chain: Gc<List>) {
    generator.state.set(GeneratorState::Linked);
    generator.write(|generator| &generator.chain, chain.into());
}

/// Someone resumes a generator or throws into it: if it is a link of a chain of delegations that does not
/// run, that list is undone, and it is suspended like others.
#[inline(always)]
pub fn unlink(generator: Gc<Generator>) {
    if generator.state.get() == GeneratorState::Linked
        && !generator.is_running()
        && let Some(chain) = generator.chain()
    {
        undo(chain);
    }
}

#[cold]
fn undo(chain: Gc<List>) {
    let links = chain.items().get(1..).unwrap_or_default();
    for generator in links.iter().map(|link| link.known::<Generator>()) {
        if generator.state.get() == GeneratorState::Linked && generator.chain() == Some(chain) {
            generator.state.set(GeneratorState::Suspended);
            generator.write(|generator| &generator.chain, Value::UNBOUND);
        }
    }
    chain.clear();
}

/// The `send` of code that goes on behind the `yield` of a delegation, and what that delegates to, if it
/// is a generator that can be resumed.
fn delegation(
    code: &CodeObject,
    pc: u32,
    value_of: impl Fn(u16) -> Value,
) -> Option<(u32, Gc<Generator>)> {
    if code.instr(pc.checked_sub(1)?).x() != 1 {
        return None;
    }
    let send = send_before(code, pc);
    let inner = value_of(code.instr(send).b()).cast::<Generator>()?;
    inner.is_resumable().then_some((send, inner))
}

/// The same for a generator that is not resumed yet, if all that resuming it does is to resume another.
fn passed_on(generator: Gc<Generator>, code: Gc<CodeObject>) -> Option<(u32, Gc<Generator>)> {
    let passes =
        generator.state.get() == GeneratorState::Suspended && generator.handled.get().is_none();
    let saved = generator.registers();
    let found = delegation(code.get(), generator.pc.get(), |reg| {
        saved.item(reg as usize)
    });
    found.filter(|_| passes)
}

/// The `send` of a delegation whose `yield` stands before `back`: the jump back to the `send`, whose
/// exit is the way on.
pub(crate) fn send_before(code: &CodeObject, back: u32) -> u32 {
    (back as i64 + 1 + code.instr(back).bc() as i64) as u32
}
