//! Measures the loop that the design was proved with: the interpreter against a dispatch loop
//! written by hand over the same bytecode, and the loop's machine code.
//!
//! `cargo run --profile fast -p jit --example proof -- [iterations]`. The Python text is in
//! `proof.py`, so that other interpreters can be measured with it.

#[cfg(not(target_arch = "x86_64"))]
fn main() {
    eprintln!("there is no assembler for this target yet");
}

#[cfg(target_arch = "x86_64")]
fn main() {
    let base = 0usize;
    object::heap::set_stack_base(&raw const base as *const u8);
    proof::main();
}

#[cfg(target_arch = "x86_64")]
mod proof {
    use bytecode::{Instr, Op};
    use compile::{Mode, Options};
    use object::shape::of_kind;
    use object::{
        Class, CodeObject, CodePointer, Dict, Function, Gc, Instance, Kind, List, Regs, Stack,
        Value, intern,
    };
    use std::sync::atomic::Ordering;
    use std::time::Instant;
    use vm::{PyResult, Vm};

    const ROUNDS: usize = 20;

    pub(crate) fn main() {
        let count = std::env::args()
            .nth(1)
            .and_then(|n| n.parse().ok())
            .unwrap_or(2_000_000i64);
        let Ok(mut vm) = Vm::new(world::World::new(), vm::Options::default()) else {
            return eprintln!("no room for the register stack");
        };
        builtins::install(&mut vm);
        let globals = Dict::new();
        globals.set_str(intern("__name__"), intern("proof").into());
        let ran = vm
            .compile_source(
                include_str!("proof.py"),
                "proof.py",
                Mode::Exec,
                Options::default(),
            )
            .and_then(|code| vm.run_code(code, globals, globals.into(), Value::NONE));
        let parts = (
            globals.get_str(intern("run")),
            globals.get_str(intern("make")),
        );
        let (Ok(_), (Some(run), Some(make))) = (ran, parts) else {
            return eprintln!("proof.py does not run");
        };
        let stack = match Stack::new(1 << 16) {
            Ok(stack) => stack,
            Err(error) => return eprintln!("no room for registers: {error}"),
        };
        let arguments = |vm: &mut Vm| match vm.call(make, &[]) {
            Ok(pair) => match pair.cast::<object::Tuple>().map(|pair| pair.items()) {
                Some(&[particle, weights]) => [particle, weights, Value::small(count)],
                _ => [Value::NONE; 3],
            },
            Err(_) => [Value::NONE; 3],
        };
        let mut results = Vec::new();
        let (mut by_hand, mut concrete, mut traced) = (Vec::new(), Vec::new(), Vec::new());
        // Thread time, which waiting for other programs does not lengthen; the order alternates, so
        // that neither always comes first.
        let mut ratios = Vec::new();
        for round in 0..ROUNDS {
            let mut times = [0.0; 2];
            for which in [round % 2, (round + 1) % 2] {
                let args = arguments(&mut vm);
                let start = vm.world.clock_ns(world::Clock::Thread);
                if which == 0 {
                    let result = vm.call(run, &args);
                    results.push(result.ok().map(|r| vm.repr_text(r).unwrap_or_default()));
                } else {
                    let _ = by_hand_loop(&mut vm, run.known(), &stack, &args);
                }
                let spent = vm.world.clock_ns(world::Clock::Thread) - start;
                times[which] = spent as f64;
                let times = if which == 0 {
                    &mut concrete
                } else {
                    &mut by_hand
                };
                times.push(std::time::Duration::from_nanos(spent.unsigned_abs()));
            }
            // The hand-written loop finds its caches filled only after the interpreter's first run.
            ratios.push(times[0] / times[1]);
        }
        ratios.sort_by(f64::total_cmp);
        println!(
            "interpreter to by hand, of {ROUNDS} pairs: least {:.3}, quartiles {:.3} {:.3} {:.3}, most {:.3}",
            ratios[0],
            ratios[ROUNDS / 4],
            ratios[ROUNDS / 2],
            ratios[ROUNDS * 3 / 4],
            ratios[ROUNDS - 1]
        );
        let jit = jit::install(&mut vm, jit::Parameters::default());
        for _ in 0..ROUNDS {
            let args = arguments(&mut vm);
            let start = Instant::now();
            let result = vm.call(run, &args);
            traced.push(start.elapsed());
            results.push(result.ok().map(|r| vm.repr_text(r).unwrap_or_default()));
        }
        results.dedup();
        println!("results: {results:?}");
        for (name, mut times) in [
            ("by hand", by_hand),
            ("interpreter", concrete),
            ("machine code", traced),
        ] {
            times.sort();
            let median = times[times.len() / 2].as_nanos() as f64 / count as f64;
            let least = times[0].as_nanos() as f64 / count as f64;
            println!("{name:>12}: median {median:.2} ns an iteration, least {least:.2}");
        }
        let now = vm.world.clock_ns(world::Clock::Monotonic);
        println!("{}{}", jit.summary(now), jit.memory());
    }

    /// A call in progress.
    struct Frame {
        code: Gc<CodeObject>,
        function: Gc<Function>,
        globals: Gc<Dict>,
        pc: CodePointer,
        regs: Regs,
        handled: Value,
        locals: Value,
        generator: Value,
        dst: u16,
    }

    impl Frame {
        #[inline(always)]
        fn new(
            code: Gc<CodeObject>,
            function: Gc<Function>,
            regs: Regs,
            handled: Value,
            dst: u16,
        ) -> Frame {
            Frame {
                code,
                function,
                globals: function.globals(),
                pc: code.start(),
                regs,
                handled,
                locals: Value::UNBOUND,
                generator: Value::UNBOUND,
                dst,
            }
        }
    }

    /// What the dispatch loop would be without the Machine trait, for the ops that the loop has.
    /// Like the interpreter it goes on after each slow path, so that the compiler must keep its
    /// variables where calls leave them alone, and looks at the interrupt flag where that does.
    fn by_hand_loop(
        vm: &mut Vm,
        function: Gc<Function>,
        stack: &Stack,
        args: &[Value],
    ) -> PyResult {
        let [_, look_up] = vm.interrupt_flags();
        let due = || look_up.load(Ordering::Relaxed);
        let mut code = function.code();
        let mut pc = code.start();
        let mut regs = stack.window(0);
        regs.fill_from(0, args);
        let mut frames: Vec<Frame> = Vec::with_capacity(64);
        let mut handled = Value::NONE;
        frames.push(Frame::new(code, function, regs, handled, 0));
        /// Lets the runtime execute the op, and goes on behind it.
        macro_rules! slow {
            ($i:ident) => {{
                if let Some(frame) = frames.last_mut() {
                    frame.pc = pc;
                }
                let value = runtime(vm, $i, regs)?;
                regs.set($i.a(), value);
                continue;
            }};
        }
        macro_rules! numbers {
            ($i:ident, $a:expr, $b:expr, $checked:ident, $float:tt) => {{
                let (a, b) = ($a, $b);
                if Value::both_small(a, b) {
                    let Some(word) = (a.bits() as i64).$checked(b.bits() as i64) else {
                        slow!($i)
                    };
                    regs.set($i.a(), Value::from_bits(word as u64));
                } else if Value::both_inline_float(a, b) {
                    let (a, b) = (a.inline_float_unchecked(), b.inline_float_unchecked());
                    regs.set($i.a(), Value::float(a $float b));
                } else {
                    slow!($i)
                }
            }};
        }
        macro_rules! compared {
            ($i:ident, $a:expr, $b:expr, $op:tt) => {{
                let (a, b) = ($a, $b);
                let truth = if Value::both_small(a, b) {
                    (a.bits() as i64) $op (b.bits() as i64)
                } else if Value::both_inline_float(a, b) {
                    a.inline_float_unchecked() $op b.inline_float_unchecked()
                } else {
                    slow!($i)
                };
                if truth == ($i.x() != 0) {
                    pc = pc.offset($i.sc() as isize);
                }
            }};
        }
        loop {
            let (i, op) = pc.fetch_with_op();
            pc = pc.offset(1);
            match op {
                Op::Move => regs.set(i.a(), regs.get(i.b())),
                Op::LoadConst => regs.set(i.a(), code.constant(i.bc() as u32)),
                Op::LoadInt => regs.set(i.a(), Value::small(i.bc() as i64)),
                Op::Add => numbers!(i, regs.get(i.b()), regs.get(i.c()), checked_add, +),
                Op::Sub => numbers!(i, regs.get(i.b()), regs.get(i.c()), checked_sub, -),
                Op::Mul => {
                    let (a, b) = (regs.get(i.b()), regs.get(i.c()));
                    if Value::both_small(a, b) {
                        let Some(word) = (a.bits() as i64).checked_mul(b.small_unchecked()) else {
                            slow!(i)
                        };
                        regs.set(i.a(), Value::from_bits(word as u64));
                    } else if Value::both_inline_float(a, b) {
                        let product = a.inline_float_unchecked() * b.inline_float_unchecked();
                        regs.set(i.a(), Value::float(product));
                    } else {
                        slow!(i)
                    }
                }
                Op::AddImm => {
                    numbers!(i, regs.get(i.b()), Value::small(i.sc() as i64), checked_add, +);
                }
                Op::AndImm => {
                    let (a, b) = (regs.get(i.b()), Value::small(i.sc() as i64));
                    if !a.is_small() {
                        slow!(i)
                    }
                    regs.set(i.a(), Value::from_bits(a.bits() & b.bits()));
                }
                Op::JumpLt => compared!(i, regs.get(i.a()), regs.get(i.b()), <),
                Op::JumpGt => compared!(i, regs.get(i.a()), regs.get(i.b()), >),
                Op::LoadItem => {
                    let (a, b) = (regs.get(i.b()), regs.get(i.c()));
                    if !b.is_small() || a.shape_id() != of_kind(Kind::List) {
                        slow!(i)
                    }
                    let list = a.known::<List>();
                    let at = b.small_unchecked();
                    let at = if at < 0 { at + list.len() as i64 } else { at };
                    let Some(item) = list.item(at as usize) else {
                        slow!(i)
                    };
                    regs.set(i.a(), item);
                }
                Op::LoadAttr | Op::LoadMethod => {
                    let object = regs.get(i.b());
                    let cache = code.get().site_cell(i.c() as u32).get();
                    let shape = object.shape_id();
                    if shape != cache.shape || shape == 0 {
                        slow!(i)
                    }
                    if i.op() == Op::LoadAttr {
                        let value = object.known::<Instance>().slot(cache.slot);
                        if value.is_unbound() {
                            slow!(i)
                        }
                        regs.set(i.a(), value);
                    } else {
                        if cache.holder.known::<Class>().version.get() != cache.version {
                            slow!(i)
                        }
                        regs.set(i.a() + 1, object);
                        regs.set(i.a(), cache.value);
                    }
                }
                Op::StoreAttr => {
                    let (object, value) = (regs.get(i.a()), regs.get(i.b()));
                    let cache = code.get().site_cell(i.c() as u32).get();
                    let shape = object.shape_id();
                    if shape != cache.shape || shape == 0 {
                        slow!(i)
                    }
                    object.known::<Instance>().set_slot(cache.slot, value);
                }
                Op::JumpBack => {
                    pc = pc.offset(i.bc() as isize);
                    if due() {
                        slow!(i)
                    }
                }
                Op::Call => {
                    let window = regs.advance(i.b() as usize);
                    let receiver = i.x() & 1 == 0 && !window.get(1).is_unbound();
                    let (base, count) = if receiver {
                        (window.advance(1), i.c() as usize + 1)
                    } else {
                        (window.advance(2), i.c() as usize)
                    };
                    let Some(function) = window.get(0).cast::<Function>() else {
                        slow!(i)
                    };
                    let target = function.code();
                    if target.plain_arguments as usize != count
                        || !stack.has_room(base, target.registers as usize + 64)
                        || frames.len() > 1000
                        || due()
                    {
                        slow!(i)
                    }
                    if let Some(frame) = frames.last_mut() {
                        frame.pc = pc;
                    }
                    base.unbind(count, (target.locals as usize).saturating_sub(count));
                    frames.push(Frame::new(target, function, base, handled, i.a()));
                    (code, pc, regs) = (target, target.start(), base);
                }
                Op::Return => {
                    let value = regs.get(i.a());
                    let (Some(left), below) = (frames.pop(), frames.last()) else {
                        slow!(i)
                    };
                    handled = left.handled;
                    std::hint::black_box((left.function, left.globals, left.locals));
                    if !left.generator.is_unbound() {
                        slow!(i)
                    }
                    let Some(below) = below else { return Ok(value) };
                    (code, pc, regs) = (below.code, below.pc, below.regs);
                    regs.set(left.dst, value);
                }
                Op::LoadCommon => regs.set(i.a(), Value::NONE),
                Op::BuildTuple => return Ok(regs.get(i.b())),
                _ => slow!(i),
            }
        }
    }

    /// Stands for the runtime functions. The measured loop takes no slow path, which the compiler
    /// is not to know.
    #[inline(never)]
    fn runtime(vm: &mut Vm, i: Instr, regs: Regs) -> PyResult {
        if std::hint::black_box(true) {
            eprintln!(
                "the measured loop takes no slow path, but it did at {:?}",
                i.op()
            );
        }
        vm.unary(vm::UnaryOp::Neg, regs.get(i.b()))
    }
}
