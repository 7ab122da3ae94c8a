//! Traces made at random, with fixed seeds: values of every representation, exits that restore
//! many of them, calls that raise and calls that write registers, loops whose phis change places,
//! and bridges from where the executor left.

use super::harness::{Bench, End, REGISTERS, SHAPE, WORDS};
use crate::{Loc, Start};
use object::{Value, layout};
use trace::{Cond, Const, Entry, Fact, FloatFn, NO_SNAPSHOT, Op, Ref, Repr, Rt, Snapshot, Trace};

/// A generator of numbers (xorshift with a multiplication).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16
    }

    fn below(&mut self, limit: usize) -> usize {
        self.next() as usize % limit
    }

    fn pick<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

/// What is known of a value while a trace is made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Sort {
    Small,
    Word,
    Float,
    Raw,
    /// An object made by the trace, whose address is not always the same.
    Object,
}

struct Maker {
    random: Random,
    trace: Trace,
    values: Vec<(Ref, Sort)>,
    /// The snapshot that ops use until there is another.
    snapshot: u16,
    /// Their `new`, and their stores.
    sunk: Vec<(Ref, Vec<u16>)>,
    object: Value,
}

impl Maker {
    fn push(&mut self, op: Op, operands: &[u16]) -> Ref {
        match self.trace.push(op, operands) {
            Ok(r) => r,
            Err(_) => panic!("the trace is too long"),
        }
    }

    fn result(&mut self, op: Op, operands: &[u16], sort: Sort) {
        let r = self.push(op, operands);
        self.values.push((r, sort));
    }

    fn constant(&mut self, constant: Const) -> Ref {
        match self.trace.constant(constant) {
            Ok(r) => r,
            Err(_) => panic!("too many constants"),
        }
    }

    fn small(&mut self) -> i64 {
        let bits = self.random.below(61) as u32;
        let n = (self.random.next() << 14 ^ self.random.next()) as i64;
        n >> (63 - bits) >> 4
    }

    /// A value of a sort, now and then a constant.
    fn value(&mut self, sort: Sort) -> Ref {
        let fits = |&&(_, other): &&(Ref, Sort)| {
            other == sort || sort == Sort::Word && other == Sort::Small
        };
        let count = self.values.iter().filter(fits).count();
        if count == 0 || self.random.chance(12) {
            let n = self.small();
            return self.constant(match sort {
                Sort::Small | Sort::Word | Sort::Object => Const::Word(Value::small(n)),
                Sort::Float => Const::Float((n as f64 / 16.0).to_bits()),
                Sort::Raw => Const::Raw(n),
            });
        }
        // Rather a new one than an old one.
        let at = self.random.below(count).max(self.random.below(count));
        self.values
            .iter()
            .filter(fits)
            .nth(at)
            .map_or(Ref::NONE, |value| value.0)
    }

    fn take_snapshot(&mut self) {
        let count = self.random.below(14);
        let mut entries = Vec::new();
        for register in 0..count as u16 {
            let sorts = [Sort::Small, Sort::Word, Sort::Float, Sort::Object];
            let sort = self.random.pick(&sorts);
            let object = self.random.below(self.sunk.len() * 3 + 1);
            let value = match self.sunk.get(object) {
                Some(&(new, _)) => new,
                None => self.value(sort),
            };
            entries.push(Entry {
                register: register * 2 + REGISTERS as u16,
                value,
                fact: Fact::default(),
            });
        }
        let frame = Snapshot::of_frame(NO_SNAPSHOT, Ref::NONE, 0, 0, 1);
        let inlined = self.random.chance(30) && self.trace.snapshot_count() > 0;
        let frame = if inlined {
            let function = self.constant(Const::Word(Value::NONE));
            Snapshot::of_frame(self.snapshot, function, 100, 3, 2)
        } else {
            frame
        };
        self.snapshot = match self.trace.snapshot(frame, &entries) {
            Ok(snapshot) => snapshot,
            Err(_) => panic!("too many snapshots"),
        };
    }

    fn integer_op(&mut self) {
        let (a, b) = (self.value(Sort::Small).0, self.value(Sort::Small).0);
        let s = self.snapshot;
        let op = self.random.pick(&[
            Op::AddInt,
            Op::AddInt,
            Op::SubInt,
            Op::SubInt,
            Op::MulInt,
            Op::FloorDivInt,
            Op::ModInt,
            Op::ShlInt,
            Op::ShrInt,
            Op::AndInt,
            Op::OrInt,
            Op::XorInt,
        ]);
        if matches!(op, Op::AndInt | Op::OrInt | Op::XorInt) {
            return self.result(op, &[a, b], Sort::Small);
        }
        // Mostly operands with which it does not leave.
        let small = self.random.below(9) as i64 + 1;
        let b = match op {
            _ if self.random.chance(10) => b,
            Op::AddInt | Op::SubInt => b,
            _ => self.constant(Const::Word(Value::small(small))).0,
        };
        let a = match op {
            Op::MulInt | Op::ShlInt | Op::AddInt | Op::SubInt if self.random.chance(80) => {
                let mask = self.constant(Const::Word(Value::small(0xff_ffff))).0;
                let masked = self.push(Op::AndInt, &[a, mask]);
                masked.0
            }
            _ => a,
        };
        self.result(op, &[a, b, s], Sort::Small);
    }

    fn float_op(&mut self) {
        let (a, b) = (self.value(Sort::Float).0, self.value(Sort::Float).0);
        match self.random.below(13) {
            0 => self.result(Op::NegFloat, &[a], Sort::Float),
            1 => self.result(Op::AbsFloat, &[a], Sort::Float),
            2 => {
                let n = self.value(Sort::Small).0;
                self.result(Op::IntToFloat, &[n], Sort::Float);
            }
            3 => self.result(Op::CallFloat, &[FloatFn::Sin as u16, a], Sort::Float),
            7 => {
                self.result(Op::CallFloat, &[FloatFn::SinCos as u16, a], Sort::Float);
                let first = Ref(self.trace.len() as u16 - 1);
                self.result(Op::OtherFloat, &[first.0, 1], Sort::Float);
            }
            8 => {
                let (c, d) = (self.value(Sort::Float).0, self.value(Sort::Float).0);
                let operands = [a, b, c, d];
                if operands.iter().any(|&r| Ref(r).is_constant()) {
                    return;
                }
                self.result(Op::DivThree, &operands, Sort::Float);
                let first = Ref(self.trace.len() as u16 - 1);
                for other in 1..=2 {
                    self.result(Op::OtherFloat, &[first.0, other], Sort::Float);
                }
            }
            4 => self.result(Op::CallFloat2, &[FloatFn::Pow as u16, a, b], Sort::Float),
            5 => self.result(Op::Tag, &[a, self.snapshot], Sort::Word),
            6 if self.random.chance(30) => {
                self.result(Op::TruncFloat, &[a, self.snapshot], Sort::Small);
            }
            _ => {
                let op = self.random.pick(&[Op::AddFloat, Op::SubFloat]);
                self.result(op, &[a, b], Sort::Float);
            }
        }
    }

    fn raw_op(&mut self) {
        let (a, b) = (self.value(Sort::Raw).0, self.value(Sort::Raw).0);
        match self.random.below(6) {
            0 => {
                let n = self.value(Sort::Small).0;
                self.result(Op::UntagInt, &[n], Sort::Raw);
            }
            1 => self.result(Op::TagInt, &[a], Sort::Small),
            2 => self.result(Op::AddRaw, &[a, b], Sort::Raw),
            3 => self.result(Op::SubRaw, &[a, b], Sort::Raw),
            4 => self.result(Op::MulRaw, &[a, b], Sort::Raw),
            _ => self.result(Op::AndRaw, &[a, b], Sort::Raw),
        }
    }

    fn memory_op(&mut self) {
        let object = self.constant(Const::Word(self.object)).0;
        let at = (self.random.below(WORDS - 2) as u16 + 2) * 8;
        let s = self.snapshot;
        match self.random.below(8) {
            0 => {
                let word = self.value(Sort::Word).0;
                self.push(Op::Store, &[object, at, word]);
            }
            1 => {
                let raw = self.value(Sort::Raw).0;
                // A raw integer there must not look like an object.
                let eight = self.constant(Const::Raw(!7)).0;
                let masked = self.push(Op::AndRaw, &[raw, eight]).0;
                self.push(Op::StoreRaw, &[object, at, masked]);
            }
            2 => {
                let index = self.value(Sort::Small).0;
                let mask = self.constant(Const::Word(Value::small(15))).0;
                let index = self.push(Op::AndInt, &[index, mask]).0;
                let word = self.value(Sort::Word).0;
                self.push(Op::StoreItem, &[object, index, word, 16]);
                self.result(Op::LoadItem, &[object, index, 24], Sort::Word);
                self.result(Op::LoadByteAt, &[object, index, 16], Sort::Raw);
            }
            3 => self.result(Op::LoadRaw, &[object, at], Sort::Raw),
            4 => self.result(Op::LoadHalf, &[object, at], Sort::Raw),
            5 => {
                self.result(Op::Load, &[object, at], Sort::Word);
                let word = self.values[self.values.len() - 1].0;
                if self.random.chance(30) {
                    self.push(Op::GuardSmall, &[word.0, s]);
                    self.values.push((word, Sort::Small));
                }
            }
            6 => {
                let word = self.value(Sort::Word).0;
                let register = self.random.below(REGISTERS) as u16;
                self.push(Op::StoreReg, &[register, word]);
            }
            _ => {
                let register = self.random.below(REGISTERS) as u16;
                self.result(Op::LoadReg, &[register], Sort::Word);
            }
        }
    }

    fn call(&mut self) {
        let function = self.random.pick(&[
            Rt::Step,
            Rt::Binary,
            Rt::BinaryPlain,
            Rt::Append,
            Rt::Native3,
            Rt::TruthPlain,
            Rt::SetItem,
            Rt::BoxFloat,
        ]);
        let place = self.random.below(1000) as i64;
        let place = self.constant(Const::Raw(place)).0;
        let mut operands = vec![function as u16, place];
        for _ in 0..function.arguments() {
            let sort = match function {
                Rt::BoxFloat => Sort::Float,
                _ => self.random.pick(&[Sort::Word, Sort::Raw, Sort::Small]),
            };
            operands.push(self.value(sort).0);
        }
        operands.push(self.snapshot);
        if let Some(op) = Op::call(function.arguments()) {
            self.result(op, &operands, Sort::Small);
        }
    }

    fn guard(&mut self) {
        let s = self.snapshot;
        let cond = self.random.below(Cond::ALL.len()) as u16;
        match self.random.below(8) {
            0 => {
                let (a, b) = (self.value(Sort::Float).0, self.value(Sort::Float).0);
                self.push(Op::GuardFloats, &[cond, a, b, s]);
            }
            1 => {
                let sort = self.random.pick(&[Sort::Small, Sort::Raw]);
                let (a, b) = (self.value(sort).0, self.value(sort).0);
                self.push(Op::GuardInt, &[cond, a, b, s]);
            }
            2 => {
                self.push(Op::Poll, &[s]);
                let object = self.constant(Const::Word(self.object)).0;
                let shape = self.constant(Const::Raw(i64::from(SHAPE))).0;
                self.push(Op::GuardShape, &[object, shape, s]);
                self.push(Op::Barrier, &[object]);
            }
            3 => {
                self.push(Op::GuardValid, &[s]);
            }
            _ => {
                let (a, b) = (self.value(Sort::Word).0, self.value(Sort::Word).0);
                self.push(Op::GuardIsNot, &[a, b, s]);
            }
        }
    }

    fn object(&mut self) {
        // The harness knows the size of what it compares by the header.
        let long = self.random.chance(30);
        let header = self.constant(Const::Raw(if long { 120 } else { 119 })).0;
        let bytes = if long { 32 } else { 24 };
        let raw = self.value(Sort::Raw).0;
        let mask = self.constant(Const::Raw(!7)).0;
        let raw = self.push(Op::AndRaw, &[raw, mask]).0;
        let new = self.push(Op::New, &[bytes, header]);
        let mut stores = Vec::new();
        if long {
            stores.push(self.push(Op::StoreRaw, &[new.0, 24, raw]).0);
        }
        for at in [8, 16] {
            let sort = self.random.pick(&[Sort::Word, Sort::Object]);
            let word = self.value(sort).0;
            stores.push(self.push(Op::Store, &[new.0, at, word]).0);
        }
        if self.random.chance(60) {
            self.sunk.push((new, stores));
        } else {
            self.push(Op::Barrier, &[new.0]);
            self.values.push((new, Sort::Object));
        }
    }

    fn ops(&mut self, count: usize) {
        for _ in 0..count {
            match self.random.below(20) {
                0..=6 => self.integer_op(),
                7..=10 => self.float_op(),
                11 | 12 => self.raw_op(),
                13..=15 => self.memory_op(),
                16 => self.call(),
                17 => self.guard(),
                18 if self.random.chance(40) => self.object(),
                _ => self.take_snapshot(),
            }
        }
    }

    fn arguments(&mut self) {
        self.take_snapshot();
        for register in 0..REGISTERS as u16 {
            if self.random.chance(70) {
                let sort = match register % 3 {
                    0 => Sort::Small,
                    1 => Sort::Word,
                    _ => Sort::Float,
                };
                let arg = self.push(Op::Arg, &[register]);
                if sort == Sort::Float {
                    self.result(Op::Untag, &[arg.0], Sort::Float);
                } else {
                    self.values.push((arg, sort));
                }
            }
        }
    }

    /// A loop that goes round a few times at most.
    fn around(&mut self, preamble: usize, body: usize) {
        let zero = self.constant(Const::Word(Value::small(0))).0;
        let any = self.value(Sort::Small).0;
        let counter = self.push(Op::AndInt, &[any, zero]);
        self.ops(preamble);
        self.take_snapshot();
        let before = self.values.clone();
        self.push(Op::Loop, &[]);
        self.ops(body / 2);
        let limit = 2 + self.random.below(9) as i64;
        let limit = self.constant(Const::Word(Value::small(limit))).0;
        let one = self.constant(Const::Word(Value::small(1))).0;
        self.push(
            Op::GuardInt,
            &[Cond::Lt as u16, counter.0, limit, self.snapshot],
        );
        let next = self.push(Op::AddInt, &[counter.0, one, self.snapshot]);
        self.ops(body / 2);
        self.push(Op::Phi, &[counter.0, next.0]);
        for (left, sort) in before {
            let wanted = self.trace.repr(left);
            let percent = 35;
            if self.random.chance(percent) && self.trace.op(left.index()) != Op::New {
                let right = self.value(sort);
                assert_eq!(self.trace.repr(right), wanted);
                // One value has one phi.
                let phis = (0..self.trace.len()).rev().map(|at| self.trace.get(at));
                let mut phis = phis.take_while(|ins| ins.op == Op::Phi);
                if phis.all(|phi| phi.operand(0) != left) {
                    self.push(Op::Phi, &[left.0, right.0]);
                }
            }
        }
    }

    fn finish(mut self) -> Trace {
        for (new, stores) in std::mem::take(&mut self.sunk) {
            self.trace.sink(new.0, stores);
        }
        self.trace
    }
}

fn registers(random: &mut Random) -> Vec<Value> {
    let mut maker = |register: usize| match register % 3 {
        0 | 1 => Value::small((random.next() as i64) >> random.below(48)),
        _ => Value::float((random.next() as i64 >> 20) as f64 / 64.0),
    };
    (0..REGISTERS).map(&mut maker).collect()
}

fn maker(bench: &Bench, seed: u64) -> Maker {
    Maker {
        random: Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1),
        trace: Trace::new(),
        values: Vec::new(),
        snapshot: 0,
        sunk: Vec::new(),
        object: bench.object(),
    }
}

fn make(bench: &Bench, seed: u64) -> (Trace, Vec<Value>) {
    let mut maker = maker(bench, seed);
    maker.arguments();
    let (preamble, body) = (maker.random.below(40), maker.random.below(80));
    match seed % 3 {
        0 => {
            maker.ops(preamble + body);
            let word = maker.value(Sort::Word).0;
            let place = maker.constant(Const::Raw(64)).0;
            maker.push(Op::Finish, &[word, place]);
        }
        1 => {
            maker.ops(preamble + body);
            maker.push(Op::Leave, &[maker.snapshot]);
        }
        _ => maker.around(preamble, body),
    }
    let registers = registers(&mut maker.random);
    let raise_at = maker.random.pick(&[usize::MAX, 0, 1, 2, 5]);
    bench.world.raise_at.set(raise_at);
    let old = maker.random.chance(50);
    bench
        .world
        .collector_bits
        .set(u8::from(old) * layout::OLD_CLEAN);
    (maker.finish(), registers)
}

/// How many traces: more if the environment asks for them.
fn rounds(usual: u64) -> u64 {
    let factor = std::option_env!("KRAIT_FUZZ_ROUNDS").and_then(|n| n.parse().ok());
    usual * factor.unwrap_or(1)
}

#[test]
fn traces_at_random() {
    let mut bench = Bench::new();
    let mut ends = [0u32; 3];
    for seed in 1..=rounds(1500) {
        let (trace, registers) = make(&bench, seed);
        assert_eq!(
            trace::verify(&trace),
            Ok(()),
            "{seed}: {}",
            trace::print(&trace)
        );
        let code = match bench.assemble(&trace, 0, Start::Entry) {
            Ok(code) => code,
            Err(error) => panic!("seed {seed}: {error:?}\n{}", trace::print(&trace)),
        };
        let expected = bench.execute(&trace, &code, &registers);
        let found = bench.run(&[(&trace, &code)], &registers);
        bench.compare(&trace, &registers, &expected, &found);
        ends[match found.end {
            End::Left(at) if trace.loop_start().is_some_and(|body| at > body) => 0,
            End::Left(_) => 1,
            _ => 2,
        }] += 1;
        bench.assembler.free(code);
    }
    assert!(ends.iter().all(|&count| count > 100), "{ends:?}");
}

/// A bridge of the values that an exit restores.
fn bridge(bench: &Bench, seed: u64, parent: &Trace, places: &[(Ref, Loc)]) -> (Trace, Vec<Loc>) {
    let mut maker = maker(bench, seed);
    let mut inherited = Vec::new();
    for (number, &(value, place)) in places.iter().enumerate() {
        let place = match parent.constant_of(value) {
            Some(constant) => Loc::Constant(maker.constant(constant)),
            None => place,
        };
        inherited.push(place);
        let (op, sort) = match parent.repr(value) {
            Repr::Float => (Op::InheritFloat, Sort::Float),
            Repr::Raw => (Op::InheritRaw, Sort::Raw),
            _ if !value.is_constant() && parent.get(value.index()).op == Op::New => {
                (Op::Inherit, Sort::Object)
            }
            _ => (Op::Inherit, Sort::Word),
        };
        maker.result(op, &[number as u16], sort);
    }
    maker.take_snapshot();
    if maker.random.chance(50) {
        let register = maker.random.below(REGISTERS) as u16;
        maker.result(Op::Arg, &[register], Sort::Word);
    }
    let count = maker.random.below(60);
    if maker.random.chance(40) {
        maker.around(count / 2, count);
    } else {
        maker.ops(count);
        maker.push(Op::Leave, &[maker.snapshot]);
    }
    (maker.finish(), inherited)
}

#[test]
fn bridges_at_random() {
    let mut bench = Bench::new();
    let mut count = 0;
    for seed in 1..=rounds(1000) {
        let (parent, registers) = make(&bench, seed);
        let Ok(code) = bench.assemble(&parent, 0, Start::Entry) else {
            panic!("seed {seed}")
        };
        let End::Left(at) = bench.execute(&parent, &code, &registers).end else {
            bench.assembler.free(code);
            continue;
        };
        let Some(exit) = code
            .exits()
            .iter()
            .position(|exit| usize::from(exit.at) == at)
        else {
            panic!("seed {seed}: there is no exit at op {at}")
        };
        let mut leaves = Vec::new();
        let snapshot = code.exits()[exit].snapshot;
        parent.exit_parts(at, snapshot, &mut |part| {
            if let trace::Part::Leaf(value) = part {
                leaves.push(value);
            }
        });
        let places = code.places(exit).iter().copied();
        let places: Vec<(Ref, Loc)> = leaves.into_iter().zip(places).collect();
        let (bridge, inherited) = bridge(&bench, seed + 77, &parent, &places);
        assert_eq!(trace::verify(&bridge), Ok(()), "seed {seed}");
        let bridge_code = match bench.assemble(&bridge, 1, Start::Bridge(&inherited)) {
            Ok(code) => code,
            Err(error) => panic!("seed {seed}: {error:?}"),
        };
        let pair = (&parent, &code);
        let Some(expected) = bench.execute_bridge(pair, (&bridge, &bridge_code), &registers) else {
            panic!("seed {seed}")
        };
        assert_eq!(
            bench
                .assembler
                .patch(&code, code.exits()[exit].patch, &bridge_code),
            Ok(())
        );
        let found = bench.run(&[(&parent, &code), (&bridge, &bridge_code)], &registers);
        if expected != found {
            let parent = trace::print(&parent);
            println!("seed {seed}, from op {at} with {inherited:?}\n{parent}");
        }
        bench.compare(&bridge, &registers, &expected, &found);
        bench.assembler.free(code);
        bench.assembler.free(bridge_code);
        count += 1;
    }
    assert!(count > 300, "{count}");
}
