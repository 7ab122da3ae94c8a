//! Surroundings that both the executor and machine code can run in: a register stack, a few words
//! of memory that stand for an object, runtime functions that do something reproducible and note
//! that they were called.

use crate::{Assembled, Assembler, Env, ExitKind, Loc, Start, State, Status};
use object::{Regs, Stack, Value, layout};
use std::arch::asm;
use std::cell::{Cell, RefCell};
use trace::{Const, Datum, FloatFn, Outcome, Part, RAISED, Ref, Repr, Rt, Surroundings, Trace};

/// Registers of the entry frame that runtime functions may write.
pub(super) const REGISTERS: usize = 12;
/// Words of the object, its header included.
pub(super) const WORDS: usize = 40;

/// The shape of the object.
pub(super) const SHAPE: u32 = 0x77;
/// After so many ops an execution is given up.
const LIMIT_OPS: usize = 100_000;

/// One call as it was made.
pub(super) type Call = (Rt, i64, Vec<u64>);

/// What a run did that others can see.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Seen {
    /// The op that left, or where it went instead.
    pub(super) end: End,
    /// What the exit restores, as words.
    pub(super) restored: Vec<(usize, Vec<u64>)>,
    pub(super) calls: Vec<Call>,
    pub(super) registers: Vec<u64>,
    pub(super) memory: Vec<u64>,
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum End {
    Left(usize),
    Finished(u64),
    Jumped(i64, u16),
    Limit,
    Stale,
}

/// What the runs of this thread work on.
pub(super) struct World {
    pub(super) stack: Stack,
    pub(super) memory: Box<[Cell<u64>; WORDS]>,
    calls: RefCell<Vec<Call>>,
    /// Those of the object, before a run.
    pub(super) collector_bits: Cell<u8>,
    look_up: Cell<u8>,
    epoch: Cell<u32>,
    /// Where float functions and operations leave several results.
    results: Cell<crate::FloatResults>,
    /// What calls are to do, so that a case can ask for an exception.
    pub(super) raise_at: Cell<usize>,
    left: RefCell<Option<Left>>,
    /// Code by number, for exits.
    codes: RefCell<Vec<(*const Trace, *const Assembled)>>,
}

/// What an exit handler found.
#[derive(Clone, Debug)]
struct Left {
    trace: u32,
    exit: u32,
    bits: Vec<u64>,
    regs_advanced: isize,
}

thread_local! {
    static WORLD: Cell<*const World> = const { Cell::new(std::ptr::null()) };
}

fn world() -> &'static World {
    // SAFETY: `Bench` sets the pointer and keeps what it points to while anything runs.
    unsafe { &*WORLD.get() }
}

/// The same for the executor and for machine code.
fn runtime(function: Rt, place: i64, arguments: &[u64]) -> u64 {
    let world = world();
    let number = world.calls.borrow().len();
    let mut mix = (function as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ place as u64;
    for &word in arguments {
        mix = (mix.rotate_left(17) ^ word).wrapping_mul(0xff51_afd7_ed55_8ccd);
    }
    mix ^= mix >> 31;
    if !function.is_dead_without_result() {
        // The others are made or not as it pleases.
        world
            .calls
            .borrow_mut()
            .push((function, place, arguments.to_vec()));
    }
    if function.writes_registers() {
        let regs = world.stack.window(16);
        regs.set(
            (mix % REGISTERS as u64) as u16,
            Value::small((mix >> 40) as i64),
        );
    }
    if function.effects().writes {
        world.memory[2 + (mix >> 8) as usize % (WORDS - 2)].set(mix >> 32 << 3);
    }
    if function.effects().raises && number == world.raise_at.get() {
        return RAISED;
    }
    Value::small((mix >> 16) as i64 & 0xffff_ffff).bits()
}

fn float_function(function: FloatFn, a: f64, b: f64) -> f64 {
    match function {
        FloatFn::Floor => a.floor(),
        FloatFn::Hypot => (a * a + b * b).sqrt(),
        _ => a * 0.5 + b + f64::from(function as u16),
    }
}

/// Destroys every register that a function may destroy.
fn destroy_registers() {
    // SAFETY: it changes nothing but the registers that it names.
    unsafe {
        asm!(
            "mov rcx, 0x5a5a5a5a5a5a", "mov rdx, rcx", "mov rsi, rcx", "mov rdi, rcx",
            "mov r8, rcx", "mov r9, rcx", "mov r10, rcx", "mov r11, rcx",
            "movq xmm0, rcx", "movq xmm1, rcx", "movq xmm2, rcx", "movq xmm3, rcx",
            "movq xmm4, rcx", "movq xmm5, rcx", "movq xmm6, rcx", "movq xmm7, rcx",
            "movq xmm8, rcx", "movq xmm9, rcx", "movq xmm10, rcx", "movq xmm11, rcx",
            "movq xmm12, rcx", "movq xmm13, rcx", "movq xmm14, rcx", "movq xmm15, rcx",
            out("rcx") _, out("rdx") _, out("rsi") _, out("rdi") _, out("r8") _, out("r9") _,
            out("r10") _, out("r11") _, out("xmm0") _, out("xmm1") _, out("xmm2") _,
            out("xmm3") _, out("xmm4") _, out("xmm5") _, out("xmm6") _, out("xmm7") _,
            out("xmm8") _, out("xmm9") _, out("xmm10") _, out("xmm11") _, out("xmm12") _,
            out("xmm13") _, out("xmm14") _, out("xmm15") _,
        );
    }
}

const VM: usize = 0x1234_5678_9abc;

extern "sysv64" fn entry_of<const N: usize>(
    vm: usize,
    place: i64,
    a: u64,
    b: u64,
    c: u64,
    d: u64,
) -> u64 {
    assert_eq!(vm, VM);
    let aligned = 0u128;
    assert!((&raw const aligned as usize).is_multiple_of(16));
    let function = Rt::ALL[N];
    let result = runtime(function, place, &[a, b, c, d][..function.arguments()]);
    destroy_registers();
    result
}

extern "sysv64" fn float_entry_of<const N: usize>(
    a: f64,
    b: f64,
    first: *mut f64,
    second: *mut f64,
) -> f64 {
    let function = FloatFn::ALL[N];
    let b = if function.arguments() == 2 { b } else { 0.0 };
    let result = float_function(function, a, b);
    if let Some(also) = function.second() {
        assert_eq!(first.addr(), world().results.as_ptr().addr());
        // SAFETY: code passes the places of the two results, whose first is the one that was compared.
        unsafe {
            first.write(result);
            second.write(float_function(also, a, b));
        }
    }
    destroy_registers();
    // What has two results gives none in a register.
    function.second().map_or(result, |_| f64::NAN)
}

macro_rules! table {
    ($entry:ident: $($n:literal)*) => { vec![$($entry::<$n> as *const () as usize,)*] };
}

fn functions() -> Vec<usize> {
    let mut table = table!(entry_of: 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23
        24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54
        55 56 57 58 59 60 61 62 63 64 65 66 67 68 69 70 71 72 73 74 75 76 77 78 79 80 81 82 83 84 85
        86 87 88 89 90 91 92 93 94 95 96 97 98 99 100 101 102 103 104 105 106 107 108 109 110 111);
    assert!(table.len() >= Rt::ALL.len(), "the table is too short");
    table.truncate(Rt::ALL.len());
    table
}

fn float_functions() -> Vec<usize> {
    let table = table!(float_entry_of: 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16);
    assert_eq!(table.len(), FloatFn::ALL.len());
    table
}

extern "sysv64" fn handle_exit(state: *mut State) {
    let world = world();
    // SAFETY: the shared code passes its state, which lives while the assembler does.
    let state = unsafe { &*state };
    let mut bits = Vec::new();
    if state.exit != crate::STALE {
        let (_, code) = world.codes.borrow()[state.trace as usize];
        // SAFETY: the bench keeps the code while it runs.
        let code = unsafe { &*code };
        for &place in code.places(state.exit as usize) {
            bits.push(state.bits(place).unwrap_or(0));
        }
    }
    *world.left.borrow_mut() = Some(Left {
        trace: state.trace,
        exit: state.exit,
        bits,
        regs_advanced: state.regs().distance_from(world.stack.window(16)),
    });
}

/// Both, side by side.
pub(super) struct Bench {
    pub(super) world: Box<World>,
    pub(super) assembler: Assembler,
}

impl Bench {
    pub(super) fn new() -> Bench {
        let stack = match Stack::new(4096) {
            Ok(stack) => stack,
            Err(error) => panic!("{error}"),
        };
        let world = Box::new(World {
            stack,
            memory: Box::new([const { Cell::new(0) }; WORDS]),
            calls: RefCell::default(),
            collector_bits: Cell::new(0),
            look_up: Cell::new(0),
            epoch: Cell::new(7),
            results: Cell::new([0.0; 4]),
            raise_at: Cell::new(usize::MAX),
            left: RefCell::default(),
            codes: RefCell::default(),
        });
        WORLD.set(&raw const *world);
        let env = Env {
            vm: VM,
            functions: functions(),
            float_functions: float_functions(),
            float_results: world.results.as_ptr(),
            look_up: world.look_up.as_ptr(),
            epoch: world.epoch.as_ptr(),
            frames: 0,
            handled: 0,
            exit_handler: handle_exit as *const () as usize,
            calls: crate::CallEnv::default(),
        };
        let mut assembler = Assembler::new(env, 16 << 20);
        assembler.keep_starts = true;
        Bench { world, assembler }
    }

    /// The word of the object that the memory stands for.
    pub(super) fn object(&self) -> Value {
        let address = self.world.memory.as_ptr() as u64;
        Value::from_bits(address + layout::POINTER_TAG as u64)
    }

    pub(super) fn set_due(&self, due: bool) {
        self.world.look_up.set(u8::from(due));
    }

    pub(super) fn set_epoch(&self, epoch: u32) {
        self.world.epoch.set(epoch);
    }

    fn prepare(&self, registers: &[Value]) -> Regs {
        let regs = self.world.stack.window(16);
        regs.unbind(0, REGISTERS + 64);
        regs.fill_from(0, registers);
        let collector = u64::from(self.world.collector_bits.get());
        let byte = layout::COLLECTOR_BITS as u32;
        self.world.memory[0].set(u64::from(SHAPE) | collector << (8 * byte));
        for (at, cell) in self.world.memory.iter().enumerate().skip(1) {
            cell.set(Value::small(at as i64 * 3 - 20).bits());
        }
        self.world.calls.borrow_mut().clear();
        regs
    }

    fn seen(&self, end: End, restored: Vec<(usize, Vec<u64>)>) -> Seen {
        let regs = self.world.stack.window(16);
        Seen {
            end,
            restored,
            calls: self.world.calls.borrow().clone(),
            registers: (0..REGISTERS as u16 + 8)
                .map(|at| regs.get(at).bits())
                .collect(),
            memory: self.world.memory.iter().map(Cell::get).collect(),
        }
    }

    /// What the executor makes of a trace. Where its code has no exit, it leaves at no op that
    /// gives a result.
    pub(super) fn execute(&self, trace: &Trace, code: &Assembled, registers: &[Value]) -> Seen {
        self.prepare(registers);
        let mut surroundings = Model::new(&self.world, code);
        self.execute_in(trace, &mut surroundings)
    }

    fn execute_in(&self, trace: &Trace, surroundings: &mut Model<'_>) -> Seen {
        match trace::execute(trace, surroundings, LIMIT_OPS) {
            Outcome::Left(exit) => {
                let words = exit.restored(trace, surroundings);
                let words = words.into_iter().map(|(at, word)| (at, flatten(word)));
                self.seen(End::Left(exit.at), words.collect())
            }
            Outcome::Finished(word) => self.seen(End::Finished(word.bits()), Vec::new()),
            Outcome::Jumped(to, by) => self.seen(End::Jumped(to, by), Vec::new()),
            Outcome::Limit => self.seen(End::Limit, Vec::new()),
        }
    }

    /// Goes on with a bridge where the executor left its parent at an exit.
    pub(super) fn execute_bridge(
        &self,
        parent: (&Trace, &Assembled),
        bridge: (&Trace, &Assembled),
        registers: &[Value],
    ) -> Option<Seen> {
        self.prepare(registers);
        let mut surroundings = Model::new(&self.world, parent.1);
        let parent = parent.0;
        let Outcome::Left(exit) = trace::execute(parent, &mut surroundings, LIMIT_OPS) else {
            return None;
        };
        parent.exit_parts(exit.at, exit.snapshot, &mut |part| {
            if let Part::Leaf(r) = part {
                surroundings.inherited.push(exit.value(parent, r).bits());
            }
        });
        surroundings.exits = exits(bridge.1);
        Some(self.execute_in(bridge.0, &mut surroundings))
    }

    pub(super) fn assemble(
        &mut self,
        trace: &Trace,
        id: u32,
        start: Start<'_>,
    ) -> Result<Assembled, crate::Error> {
        assert_eq!(trace::verify(trace), Ok(()), "{}", trace::print(trace));
        self.assembler.assemble(trace, id, start, 7)
    }

    /// The same of a trace that can be assembled.
    pub(super) fn assembled(&mut self, trace: &Trace, id: u32, start: Start<'_>) -> Assembled {
        match self.assemble(trace, id, start) {
            Ok(code) => code,
            Err(error) => panic!("not assembled: {error:?}"),
        }
    }

    /// Runs code; `codes` are those that it may leave from, by number.
    pub(super) fn run(&self, codes: &[(&Trace, &Assembled)], registers: &[Value]) -> Seen {
        let regs = self.prepare(registers);
        let pointers = codes
            .iter()
            .map(|(trace, code)| (&raw const **trace, &raw const **code));
        *self.world.codes.borrow_mut() = pointers.collect();
        *self.world.left.borrow_mut() = None;
        // SAFETY: the code was assembled from a trace that touches the registers and the memory
        // of this bench only.
        let status = unsafe { self.assembler.run(codes[0].1.entry, regs) };
        let left = self.world.left.borrow().clone();
        match (status, left) {
            (Status::Finished(word, _), None) => self.seen(End::Finished(word.bits()), Vec::new()),
            (Status::Exited, Some(left)) if left.exit == crate::STALE => {
                self.seen(End::Stale, Vec::new())
            }
            (Status::Exited, Some(left)) => {
                assert_eq!(left.regs_advanced, 0);
                let (trace, code) = codes[left.trace as usize];
                self.restore(trace, code, &left)
            }
            other => panic!("{other:?}"),
        }
    }

    fn restore(&self, trace: &Trace, code: &Assembled, left: &Left) -> Seen {
        let exit = code.exits()[left.exit as usize];
        let at = usize::from(exit.at);
        let raises = matches!(trace.op(at).info().role, trace::Role::Call);
        assert_eq!(exit.kind == ExitKind::Raise, raises);
        // The executor's way of restoring, with the values that the code left.
        let mut values = vec![Datum::Nothing; trace.len()];
        let places = code.places(left.exit as usize);
        let mut next = left.bits.iter().zip(places);
        trace.exit_parts(at, exit.snapshot, &mut |part| {
            if let Part::Leaf(r) = part {
                match next.next() {
                    Some((_, Loc::Constant(constant))) => assert_eq!(*constant, r),
                    Some((&bits, _)) => values[r.index()] = Datum::from_bits(repr(trace, r), bits),
                    None => panic!("a place is missing"),
                }
            }
        });
        assert!(next.next().is_none(), "there are too many places");
        let exit = trace::Exit {
            at,
            snapshot: exit.snapshot,
            values,
        };
        let words = exit.restored(trace, &mut Model::new(&self.world, code));
        let words = words.into_iter().map(|(at, word)| (at, flatten(word)));
        self.seen(End::Left(at), words.collect())
    }

    /// Assembles a trace in both forms, as `same_in_form` does.
    pub(super) fn same(&mut self, trace: &Trace, registers: &[Value]) -> Seen {
        self.assembler.set_three_operands(false);
        self.same_in_form(trace, registers);
        self.assembler.set_three_operands(true);
        self.same_in_form(trace, registers)
    }

    /// Assembles a trace and compares what machine code does with what the executor does.
    fn same_in_form(&mut self, trace: &Trace, registers: &[Value]) -> Seen {
        let code = match self.assemble(trace, 0, Start::Entry) {
            Ok(code) => code,
            Err(error) => panic!("{error:?}: {}", trace::print(trace)),
        };
        let expected = self.execute(trace, &code, registers);
        assert_ne!(expected.end, End::Limit, "{}", trace::print(trace));
        let found = self.run(&[(trace, &code)], registers);
        self.compare(trace, registers, &expected, &found);
        self.assembler.free(code);
        found
    }

    pub(super) fn compare(&self, trace: &Trace, registers: &[Value], a: &Seen, b: &Seen) {
        if a != b {
            let text = trace::print(trace);
            panic!("with {registers:?}\nexpected {a:x?}\nfound    {b:x?}\n{text}");
        }
    }
}

fn repr(trace: &Trace, r: Ref) -> Repr {
    match trace.constant_of(r) {
        Some(Const::Word(_)) => Repr::Word,
        Some(Const::Float(_)) => Repr::Float,
        _ => trace.repr(r),
    }
}

/// The header of objects of four words; others have three.
const LONG: u64 = 120;

/// A word, or of an object that was allocated meanwhile what it holds.
fn flatten(word: Value) -> Vec<u64> {
    if !word.is_object() || word == world_object() {
        return match word.as_float() {
            Some(float) if !float.is_nan() => vec![float.to_bits()],
            _ => vec![word.bits()],
        };
    }
    if let Some(float) = word.as_float() {
        return vec![float.to_bits()];
    }
    let address = (word.bits() - layout::POINTER_TAG as u64) as usize;
    let mut found = vec![load(address, 8)];
    for at in 1..if found[0] == LONG { 4 } else { 3 } {
        let field = Value::from_bits(load(address + at * 8, 8));
        if field.is_object() && field != word {
            found.extend(flatten(field));
        } else if !field.is_object() {
            found.push(field.bits());
        }
    }
    found
}

fn world_object() -> Value {
    Value::from_bits(world().memory.as_ptr() as u64 + layout::POINTER_TAG as u64)
}

/// Reads memory that a trace of a test addresses.
fn load(address: usize, bytes: u32) -> u64 {
    // SAFETY: traces of tests address the bench's memory and objects that were allocated.
    unsafe {
        match bytes {
            1 => u64::from((address as *const u8).read()),
            4 => u64::from((address as *const u32).read()),
            _ => (address as *const u64).read(),
        }
    }
}

/// What the executor runs in.
struct Model<'w> {
    world: &'w World,
    inherited: Vec<u64>,
    /// The ops that machine code has exits for.
    exits: Vec<u16>,
}

impl<'w> Model<'w> {
    fn new(world: &'w World, code: &Assembled) -> Model<'w> {
        Model {
            world,
            inherited: Vec::new(),
            exits: exits(code),
        }
    }
}

fn exits(code: &Assembled) -> Vec<u16> {
    code.exits().iter().map(|exit| exit.at).collect()
}

impl Surroundings for Model<'_> {
    fn register(&self, number: u16) -> Value {
        self.world.stack.window(16).get(number)
    }

    fn set_register(&mut self, number: u16, value: Value) {
        self.world.stack.window(16).set(number, value);
    }

    fn inherited(&self, number: u16) -> u64 {
        self.inherited[usize::from(number)]
    }

    fn safepoint_due(&self) -> bool {
        self.world.look_up.get() != 0
    }

    fn is_valid(&self) -> bool {
        self.world.epoch.get() == 7
    }

    fn is_valid_for(&self, epoch_word: usize) -> bool {
        self.load(epoch_word, 4) == u64::from(self.world.epoch.get())
    }

    fn load(&self, address: usize, bytes: u32) -> u64 {
        load(address, bytes)
    }

    fn store(&mut self, address: usize, bytes: u32, value: u64) {
        // SAFETY: see `load`.
        unsafe {
            match bytes {
                1 => (address as *mut u8).write(value as u8),
                4 => (address as *mut u32).write(value as u32),
                _ => (address as *mut u64).write(value),
            }
        }
    }

    fn allocate(&mut self, bytes: usize, header: u64) -> Value {
        let cell = layout::refill(layout::allocation(bytes).class);
        self.store(cell, 8, header);
        for at in 1..layout::allocation(bytes).cell_bytes / 8 {
            self.store(cell + at * 8, 8, Value::UNBOUND.bits());
        }
        Value::from_bits(cell as u64 + layout::POINTER_TAG as u64)
    }

    fn barrier(&mut self, object: Value) {
        let address = (object.bits() - layout::POINTER_TAG as u64) as usize;
        let bits = load(address + layout::COLLECTOR_BITS as usize, 1) as u8;
        if bits & layout::OLD_CLEAN != 0 {
            layout::remember(address);
        }
    }

    fn barrier_growing(&mut self, storage: Value) {
        let address = (storage.bits() - layout::POINTER_TAG as u64) as usize;
        let bits = load(address + layout::COLLECTOR_BITS as usize, 1) as u8;
        if bits & layout::OLD_UNGROWN != 0 {
            layout::remember_growing(address);
        }
    }

    fn is_unwanted(&self, at: usize) -> bool {
        !self.exits.contains(&(at as u16))
    }

    fn call(&mut self, function: Rt, place: i64, arguments: &[u64]) -> u64 {
        runtime(function, place, arguments)
    }

    fn call_float(&mut self, function: FloatFn, arguments: &[f64]) -> f64 {
        float_function(
            function,
            arguments[0],
            arguments.get(1).copied().unwrap_or(0.0),
        )
    }
}
