//! How a trace enters a loop's body instead of its preamble.
//!
//! A bridge that ends where the loop comes round could begin the loop anew: write everything that
//! lives into the frame's registers and let the preamble load and test it all again. Where a loop
//! branches, every other time round would go that way, and peeling it would have been for nothing.
//!
//! The body takes for granted what the preamble found: values in machine registers, and tests that
//! hold of them. Which, peeling knows: they are the ops whose copies it did not emit. So those ops
//! are kept ([`Body`]), in their order, and a bridge emits them in terms of its own values, most of
//! which it knows so well that little is left. What a kept op gives is what the body has in place
//! of its copy's result; the bridge carries it there ([`trace::Op::Carry`]) and jumps.
//!
//! *Why it is sound.* Each test that the body does without was one of the preamble's, on a value
//! that a kept op gives, and the bridge makes it on its own. Loads among the kept ops are of fields
//! whose contents the body knows from before it begins; a bridge finds there what is there now.
//! What the body has under one name must be one value in the bridge too, and what it takes for a
//! constant is tested to be that one. All that is known of a value where the body begins, by the op
//! that gave it in the preamble, is tested of the one that takes its place. An object that the
//! preamble makes is known to be unlike all older ones; as that is nowhere tested, a body that uses
//! one is not entered so. Nor is one with a test of a value of its own against one from before it
//! that needs no op: what that relies on is not told.
//!
//! What can be read of an object may hang on what else is in it: a function has cells if its code has
//! free variables, a generator registers if it is suspended. The code and the state may change, so the
//! body can have a test of them that is its own, and no step, while what the test allows to be read is
//! known from before, and a step. Before anything is read, a bridge therefore makes all tests of single
//! values, the body's own included, that the preamble made of the same object and of what it leads to.
//! An item of a sequence is there only if its index is within the length, which is a test of two values;
//! where that is the body's own the body is not entered so, and no item is read for a test alone.
//!
//! *When it is not worth it.* A test that fails now would fail again, so a bridge whose registers are
//! not what the body wants begins the loop anew. So does one that has done nothing yet: it begins
//! where a bridge before it could not enter the body.
//!
//! *Whose loop it is.* All of a tree is valid at once, so a bridge of the loop's own tree asks no
//! more. Another trace, that of a function which comes to its loop or a loop around this one, first tests that
//! the loop's tree is valid ([`trace::Op::GuardValidFor`]), which its preamble would have done. If it never is
//! again, that test's exit gets a bridge, which begins the loop that there is then.

use crate::emit::{Assumed, Emitter, Kind};
use crate::recorder::{End, Recorder, Target};
use bytecode::LiveSet;
use object::liveness::live_before;
use object::{CodePointer, Value};
use trace::{Cond, Const, Ins, NO_SNAPSHOT, Op, Ref, Repr, Role, Trace};

/// What peeling found out of the preamble's ops, by their numbers.
pub(crate) struct Round {
    /// No copy of it was emitted.
    pub(crate) folded: Vec<bool>,
    /// What stands for its result in the body.
    pub(crate) copies: Vec<Ref>,
    /// The body uses its result, at least by giving it a successor.
    pub(crate) used: Vec<bool>,
    pub(crate) assumed: Assumed,
}

/// A value where the body begins.
#[derive(Clone, Copy, Debug)]
pub struct Given {
    /// What the recorded trace calls it, and the step that gives it.
    pub value: Ref,
    step: Ref,
    /// What the body knows of it; of the shape 0 if that is not known.
    kind: Kind,
    shape: u32,
    word: Option<Value>,
}

/// The ops of a preamble that the loop's body does without.
#[derive(Clone, Debug)]
pub struct Body {
    /// Without snapshots; tests of constants among them.
    steps: Trace,
    /// By step: what is known of its result without a test.
    promises: Vec<(Ref, Kind, u32)>,
    pub gives: Vec<Given>,
    /// Registers that the body takes to lie where they lay when the loop was entered.
    homes: Vec<u16>,
}

/// A body that is compiled.
#[derive(Debug)]
pub struct BodyEntry {
    body: Body,
    /// Where the body wants what is given (by its number): in which representation, and the
    /// assembler's number of the place.
    places: Vec<(usize, Repr, u16)>,
    address: usize,
}

impl BodyEntry {
    /// What is kept of the recording: bytes.
    pub fn bytes(&self) -> usize {
        let steps = &self.body.steps;
        let (ops, _) = steps.bytes();
        ops + size_of_val(steps.pool())
            + size_of_val(&*self.body.promises)
            + size_of_val(&*self.body.gives)
            + size_of_val(&*self.body.homes)
            + size_of_val(&*self.places)
    }

    /// Whether some object may have the shapes that the body takes for granted: not if the class of
    /// one has died since.
    fn shapes_exist(&self) -> bool {
        let Body {
            steps,
            promises,
            gives,
            ..
        } = &self.body;
        let guards = (0..steps.len()).map(|at| steps.get(at));
        let mut guards = guards.filter(|ins| ins.op == Op::GuardShape);
        let exists = |shape: u32| shape == 0 || object::shape::exists(shape);
        gives.iter().all(|given| exists(given.shape))
            && promises.iter().all(|&(.., shape)| exists(shape))
            && guards.all(|ins| match steps.constant_of(ins.operand(1)) {
                Some(Const::Raw(shape)) => exists(shape as u32),
                _ => true,
            })
    }
}

impl Body {
    /// Says where the code begins and what it wants where, as `places` of [`BodyEntry`].
    pub fn at(self, address: usize, places: Vec<(usize, Repr, u16)>) -> BodyEntry {
        BodyEntry {
            body: self,
            places,
            address,
        }
    }
}

/// Whether a bridge can do an op of a preamble, which has no effect.
fn can_repeat(op: Op) -> bool {
    match op.role() {
        Role::Pure | Role::Checked => true,
        Role::Guard => !matches!(op, Op::Poll | Op::GuardValid | Op::GuardValidFor),
        Role::Load => !matches!(
            op,
            Op::LoadReg | Op::Inherit | Op::InheritFloat | Op::InheritRaw
        ),
        Role::Store | Role::Alloc | Role::Call | Role::Structure => false,
    }
}

/// Finds the steps to a body that was just emitted, `None` if there are none that are sure.
pub(crate) fn find(emitter: &Emitter, round: &Round) -> Option<Body> {
    let mut finder = Finder {
        emitter,
        round,
        steps: vec![Ref::NONE; round.copies.len()],
        own_tests: own_tests(&emitter.trace, round),
        body: Body {
            steps: Trace::new(),
            promises: Vec::new(),
            gives: Vec::new(),
            homes: Vec::new(),
        },
    };
    for at in 0..round.copies.len() {
        finder.op(at)?;
    }
    finder.complete()?;
    Some(finder.body)
}

struct Finder<'a> {
    emitter: &'a Emitter,
    round: &'a Round,
    /// By op of the preamble: its step.
    steps: Vec<Ref>,
    /// In their order.
    own_tests: Vec<OwnTest>,
    body: Body,
}

/// A test of the preamble of a single value, which the body makes again.
#[derive(Clone, Copy)]
struct OwnTest {
    at: usize,
    value: Ref,
    /// The object from which the value was read, by however many steps.
    root: Ref,
    is_step: bool,
}

/// Whether an op reads an object, its first operand.
fn reads(op: Op) -> bool {
    let is_load = op.role() == Role::Load || matches!(op, Op::LoadFixed | Op::LoadFixedRaw);
    is_load && op.info().operands.starts_with('r') && op != Op::LoadAbs
}

/// Whether an op reads an item whose number is a value.
fn reads_item(ins: &Ins) -> bool {
    let is_read = matches!(ins.op, Op::LoadItem | Op::LoadItemFloat | Op::LoadByteAt);
    is_read && !ins.operand(1).is_constant()
}

/// The object from which a value was read, by however many steps; a value that was not is its own.
fn root(trace: &Trace, mut value: Ref) -> Ref {
    while !value.is_constant() {
        let ins = trace.get(value.index());
        let mut operands = ins.refs().filter(|r| !r.is_constant());
        match (operands.next(), operands.next()) {
            (Some(from), None) if ins.op.role() == Role::Pure => value = from,
            (Some(from), _) if reads(ins.op) => value = from,
            _ => break,
        }
    }
    value
}

/// The tests of single values that are not folded.
fn own_tests(trace: &Trace, round: &Round) -> Vec<OwnTest> {
    let ops = (0..round.copies.len()).filter(|&at| !round.folded[at]);
    ops.filter_map(|at| {
        let ins = trace.get(at);
        let mut tested = ins.refs().filter(|r| !r.is_constant());
        let (value, other) = (tested.next()?, tested.next());
        let is_test = ins.op.role() == Role::Guard && can_repeat(ins.op) && other.is_none();
        is_test.then(|| OwnTest {
            at,
            value,
            root: root(trace, value),
            is_step: false,
        })
    })
    .collect()
}

/// Where the operands of an op come from in the body.
enum From {
    Before,
    Body,
    Both,
}

impl Finder<'_> {
    /// What stands for an op's result in the body was there before.
    fn is_before(&self, copy: Ref) -> bool {
        copy.is_constant() || copy.index() < self.round.copies.len()
    }

    fn operands(&self, at: usize) -> From {
        let refs = self.emitter.trace.get(at).refs();
        let copies = refs
            .filter(|r| !r.is_constant())
            .map(|r| self.is_before(self.round.copies[r.index()]));
        let (mut before, mut in_body) = (false, false);
        copies.for_each(|is_before| {
            before |= is_before;
            in_body |= !is_before;
        });
        match (before, in_body) {
            (true, true) => From::Both,
            (false, true) => From::Body,
            (_, false) => From::Before,
        }
    }

    fn push(&mut self, op: Op, operands: &[u16]) -> Option<Ref> {
        self.body.steps.push(op, operands).ok()
    }

    fn constant(&mut self, constant: Const) -> Option<Ref> {
        self.body.steps.constant(constant).ok()
    }

    fn op(&mut self, at: usize) -> Option<()> {
        let ins = self.emitter.trace.get(at);
        if ins.op == Op::Arg {
            self.steps[at] = self.push(ins.op, &ins.operands)?;
            if self.round.copies[at] == Ref(at as u16) {
                self.body.homes.push(ins.operands[0]);
            }
            return self.gives(at);
        }
        let is_test = ins.op.role() == Role::Guard;
        if !self.round.folded[at] || !is_test && !can_repeat(ins.op) {
            return Some(());
        }
        match self.operands(at) {
            From::Before => {}
            From::Both if is_test => return None,
            From::Both | From::Body => return Some(()),
        }
        if reads(ins.op) {
            self.test_before(ins.operand(0), at)?;
        }
        if reads_item(&ins) && !self.is_bounded(ins.operand(1), at) {
            return None;
        }
        self.push_step(at)?;
        self.gives(at)
    }

    /// Whether a step compares a number with another before op number `at`.
    fn is_bounded(&self, number: Ref, at: usize) -> bool {
        let trace = &self.emitter.trace;
        (number.index()..at).any(|test| {
            let ins = trace.get(test);
            let compares = match ins.op {
                Op::GuardBelow => ins.operand(0) == number,
                Op::GuardInt => ins.refs().any(|r| r == number),
                _ => false,
            };
            compares && self.steps[test] != Ref::NONE
        })
    }

    /// Whether the steps to a value that was read in the preamble can be added: none is to an item that
    /// is not read anyway.
    fn can_read(&self, value: Ref) -> bool {
        if value.is_constant() || self.steps[value.index()] != Ref::NONE {
            return true;
        }
        let ins = self.emitter.trace.get(value.index());
        !reads_item(&ins) && ins.refs().all(|r| self.can_read(r))
    }

    /// Adds an op of the preamble to the steps.
    fn push_step(&mut self, at: usize) -> Option<()> {
        let ins = self.emitter.trace.get(at);
        let mut operands = [0; 8];
        let count = ins.operands.len();
        operands[..count].copy_from_slice(&ins.operands);
        for (place, letter) in ins.op.info().operands.bytes().enumerate() {
            match letter {
                b'r' => {
                    let step = self.operand(ins.operand(place))?;
                    if step == Ref::NONE {
                        return None;
                    }
                    operands[place] = step.0;
                }
                b's' => operands[place] = NO_SNAPSHOT,
                _ => {}
            }
        }
        self.steps[at] = self.push(ins.op, &operands[..count])?;
        Some(())
    }

    /// Adds those tests of the preamble before op number `at` that the body makes on its own, of the
    /// object from which a value was read and of what was read from that: of what was tested again,
    /// the last test.
    fn test_before(&mut self, value: Ref, at: usize) -> Option<()> {
        let trace = &self.emitter.trace;
        let root = root(trace, value);
        let before = self.own_tests.partition_point(|test| test.at < at);
        let mut seen: Vec<(Op, Ins)> = Vec::new();
        let mut wanted = Vec::new();
        for (number, test) in self.own_tests[..before].iter().enumerate().rev() {
            let op = trace.op(test.at);
            let what = (op, trace.get(test.value.index()));
            if test.root != root || seen.contains(&what) {
                continue;
            }
            seen.push(what);
            if !test.is_step && self.can_read(test.value) {
                wanted.push(number);
            }
        }
        for number in wanted.into_iter().rev() {
            let test = &mut self.own_tests[number];
            test.is_step = true;
            let (value, at) = (test.value, test.at);
            self.push_read(value)?;
            self.push_step(at)?;
        }
        Some(())
    }

    /// Adds the steps to a value that was read in the preamble, if it has none.
    fn push_read(&mut self, value: Ref) -> Option<()> {
        let at = value.index();
        if self.steps[at] != Ref::NONE {
            return Some(());
        }
        let ins = self.emitter.trace.get(at);
        if !can_repeat(ins.op) {
            return None;
        }
        for r in ins.refs().filter(|r| !r.is_constant()) {
            self.push_read(r)?;
        }
        self.push_step(at)
    }

    fn operand(&mut self, r: Ref) -> Option<Ref> {
        match self.emitter.trace.constant_of(r) {
            Some(constant) => self.constant(constant),
            None => Some(self.steps[r.index()]),
        }
    }

    /// Notes what a step's result is in the body.
    fn gives(&mut self, at: usize) -> Option<()> {
        let (step, copy) = (self.steps[at], self.round.copies[at]);
        let info = self.emitter.trace.op(at).info();
        if info.result == Repr::None {
            return Some(());
        }
        if let Some((kind, shape)) = self.emitter.promise(at) {
            self.body.promises.push((step, kind, shape));
        }
        if !copy.is_constant() {
            if self.round.used.get(copy.index()) == Some(&true) {
                self.give(copy, step);
            }
            return Some(());
        }
        // Of an op that computes, its operands are tested.
        if info.role != Role::Load {
            return Some(());
        }
        let constant = match self.emitter.trace.constant_of(copy)? {
            Const::Float(bits) => {
                let word = Value::float(f64::from_bits(bits));
                word.is_inline_float().then_some(Const::Word(word))?
            }
            other => other,
        };
        let expected = self.constant(constant)?;
        match constant {
            Const::Word(_) => self.push(Op::GuardIs, &[step.0, expected.0, NO_SNAPSHOT])?,
            _ => {
                let equal = Cond::Eq as u16;
                self.push(Op::GuardInt, &[equal, step.0, expected.0, NO_SNAPSHOT])?
            }
        };
        Some(())
    }

    fn give(&mut self, value: Ref, step: Ref) {
        let (kind, shape, word) = self.round.assumed.of(self.emitter, value);
        self.body.gives.push(Given {
            value,
            step,
            kind,
            shape,
            word,
        });
    }

    /// Whether every value that the body uses is given.
    fn complete(&mut self) -> Option<()> {
        let trace = &self.emitter.trace;
        for at in 0..self.round.used.len() {
            let value = Ref(at as u16);
            if !self.round.used[at] {
                continue;
            }
            if trace.op(at) == Op::New {
                return None;
            }
            if self.body.gives.iter().any(|given| given.value == value) {
                continue;
            }
            // An exit wants the float of a word that was made of it.
            let is_word = |copy: Ref| {
                !copy.is_constant()
                    && trace.op(copy.index()) == Op::Tag
                    && trace.get(copy.index()).operand(0) == value
            };
            let word = self.round.copies.iter().position(|&copy| is_word(copy))?;
            let step = self.steps[word];
            if step == Ref::NONE {
                return None;
            }
            self.give(value, step);
        }
        Some(())
    }
}

impl Recorder<'_> {
    /// Ends the trace by a jump into the body of a loop whose header is at `target`, of the tree with this
    /// code. False: it cannot be entered with these values.
    pub(crate) fn enter_body(
        &mut self,
        target: CodePointer,
        code: Target,
        entry: &BodyEntry,
    ) -> bool {
        if !self.started || !entry.shapes_exist() || !self.registers_fit(entry) {
            return false;
        }
        let mark = self.emitter.mark();
        let handled_there = self.handled_there;
        let is_own = self.tree == Some(code.id);
        if !is_own {
            let word = self.raw_ref(code.epoch_word as i64);
            self.guard(Op::GuardValidFor, &[word.0]);
        }
        // First, because the steps into the loop read it, as they read all memory.
        self.settle_handled(self.handled);
        let found = self.steps_into(entry);
        if found.is_none() {
            self.abort = None;
            self.snapshot = None;
            self.emitter.go_back(&mark);
            self.handled_there = handled_there;
        }
        self.emitter.unmark(mark);
        let Some((carried, mut homes)) = found else {
            return false;
        };
        if !is_own {
            let mut live = LiveSet::default();
            let own = self.code_at(0);
            live_before(own.get(), target.index(own), &mut live);
            self.settle_variables(&live, &mut homes);
            self.links.push(code.id);
        }
        for (register, word) in homes {
            self.emit(Op::StoreReg, &[register, word.0]);
        }
        for (place, value) in carried {
            self.emit(Op::Carry, &[place, value.0]);
        }
        let address = self.raw_ref(entry.address as i64);
        self.emit(Op::Jump, &[address.0, 0]);
        self.end = Some(End::Other);
        true
    }

    /// Whether what the registers hold passes the tests that the body does without.
    fn registers_fit(&self, entry: &BodyEntry) -> bool {
        let steps = &entry.body.steps;
        let word = |step: Ref| {
            let ins = (!step.is_constant()).then(|| steps.get(step.index()));
            let register = ins.filter(|ins| ins.op == Op::Arg)?.operands[0];
            Some(self.regs.get(register))
        };
        let given = entry.places.iter().all(|&(number, ..)| {
            let given = &entry.body.gives[number];
            word(given.step).is_none_or(|word| {
                (given.kind == Kind::Unknown || given.kind == Kind::of(word))
                    && (given.shape == 0 || given.shape == word.shape_id())
                    && given.word.is_none_or(|expected| expected == word)
            })
        });
        given
            && (0..steps.len()).all(|at| {
                let ins = steps.get(at);
                let constant = |place: usize| steps.constant_of(ins.operand(place));
                let passes = |test: &dyn Fn(Value) -> bool| word(ins.operand(0)).is_none_or(test);
                match ins.op {
                    Op::GuardSmall => passes(&|word| word.is_small()),
                    Op::GuardFloat => passes(&|word| word.is_inline_float()),
                    Op::GuardObject => passes(&|word| word.is_object()),
                    Op::GuardShape => {
                        passes(&|word| constant(1) == Some(Const::Raw(word.shape_id().into())))
                    }
                    Op::GuardIs => {
                        passes(&|word| constant(1).is_none_or(|other| other == Const::Word(word)))
                    }
                    // Others test no single word.
                    _ => true,
                }
            })
    }

    /// Emits the steps: what goes to which place, and which words into which registers.
    fn steps_into(&mut self, entry: &BodyEntry) -> Option<(Vec<(u16, Ref)>, Vec<(u16, Ref)>)> {
        let steps = &entry.body.steps;
        let mut results = Vec::with_capacity(steps.len());
        let mut promises = &entry.body.promises[..];
        for at in 0..steps.len() {
            let ins = steps.get(at);
            let result = self.step_into(ins, steps, &results)?;
            results.push(result);
            // They are in the order of the steps.
            while let Some((&(step, kind, shape), rest)) = promises.split_first()
                && usize::from(step.0) == at
            {
                if ins.op != Op::Arg {
                    self.emitter.assume(result, kind, shape);
                }
                promises = rest;
            }
        }
        let mut carried: Vec<(u16, Ref)> = Vec::with_capacity(entry.places.len());
        for &(number, repr, place) in &entry.places {
            let given = &entry.body.gives[number];
            let value = self.given(results[given.step.index()], given, repr)?;
            match carried.iter().find(|(other, _)| *other == place) {
                Some(&(_, other)) if other == value => {}
                Some(_) => return None,
                None => carried.push((place, value)),
            }
        }
        let mut homes = Vec::with_capacity(entry.body.homes.len());
        for &register in &entry.body.homes {
            let value = self.register(usize::from(register)).ok()?;
            homes.push((register, self.boxed(value)));
        }
        self.abort.is_none().then_some((carried, homes))
    }

    fn step_into(&mut self, ins: Ins, steps: &Trace, results: &[Ref]) -> Option<Ref> {
        let mut operands = ins.operands;
        if ins.op == Op::Arg {
            return self.register(usize::from(operands[0])).ok();
        }
        for place in ins.ref_places() {
            let r = ins.operand(place);
            let own = match steps.constant_of(r) {
                Some(constant) => self.emitter.constant(constant).ok()?,
                None => {
                    let value = results[r.index()];
                    match steps.repr(r) == Repr::Word && !takes_floats(ins.op) {
                        true => self.boxed(value),
                        false => value,
                    }
                }
            };
            operands.set(place, own.0);
        }
        let result = match ins.op.exits() {
            true => self.guard_op(ins.op, operands.without_snapshot()),
            false => self.emit_op(ins.op, operands),
        };
        self.abort.is_none().then_some(result)
    }

    /// A value as the body has it.
    fn given(&mut self, value: Ref, given: &Given, repr: Repr) -> Option<Ref> {
        let value = match (self.emitter.repr(value), repr) {
            (Repr::Word, Repr::Float) => {
                self.guard(Op::GuardFloat, &[value.0]);
                self.emit(Op::Untag, &[value.0])
            }
            (Repr::Float, Repr::Word) => self.boxed(value),
            (own, repr) if own == repr => value,
            _ => return None,
        };
        if self.abort.is_some() || repr != Repr::Word {
            return self.abort.is_none().then_some(value);
        }
        match given.kind {
            Kind::Small => self.guard(Op::GuardSmall, &[value.0]),
            Kind::Float => self.guard(Op::GuardFloat, &[value.0]),
            Kind::Object => self.guard(Op::GuardObject, &[value.0]),
            Kind::Immediate if given.word.is_none() && self.kind_of(value) != given.kind => {
                return None;
            }
            Kind::Immediate | Kind::Unknown => Ref::NONE,
        };
        if given.shape != 0 {
            let shape = self.raw_ref(i64::from(given.shape));
            self.guard(Op::GuardShape, &[value.0, shape.0]);
        }
        if let Some(word) = given.word {
            let word = self.word_ref(word);
            self.guard(Op::GuardIs, &[value.0, word.0]);
        }
        self.abort.is_none().then_some(value)
    }
}

/// Whether an op on a word takes the float of it as well.
fn takes_floats(op: Op) -> bool {
    matches!(
        op,
        Op::GuardSmall | Op::GuardFloat | Op::GuardObject | Op::Untag
    )
}
