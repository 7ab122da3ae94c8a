//! Random loops, executed before and after all passes.
//!
//! A *round* is a list of steps on a few variables: integers, raw integers, floats, objects whose first field is
//! an integer and whose second is a float, and objects that hold such an object. It is written
//! twice, the way a loop is recorded: as the preamble, and as the body, joined by a phi for each
//! variable. Objects are made, loaded from, mutated, copied between variables, tested, and now and
//! then given to a call, which changes them.

use super::model::run;
use crate::Optimizer;
use object::{Kind, Value, layout};
use trace::{Cond, Const, Entry, Fact, NO_SNAPSHOT, Op, Ref, Rt, Snapshot, Trace};

/// A generator of numbers (xorshift with a multiplication).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % limit
    }
}

/// Variables of each sort.
const COUNT: usize = 3;
const SHAPE: u32 = 0x77;
const NEW_SHAPE: i64 = 0x78;

/// One step of a round; numbers are those of variables.
#[derive(Clone, Copy, Debug)]
enum Step {
    AddInt(usize, usize, usize),
    AddFloat(usize, usize, usize),
    /// Object, its integer, its float.
    Make(usize, usize, usize),
    /// Owner, the object that it holds.
    Hold(usize, usize),
    LoadInt(usize, usize),
    LoadFloat(usize, usize),
    LoadHeld(usize, usize),
    StoreInt(usize, usize),
    StoreFloat(usize, usize),
    StoreHeld(usize, usize),
    Reshape(usize),
    TestShape(usize),
    Differ(usize, usize),
    Below(usize, i64),
    /// Condition, two integers.
    Test(usize, usize, usize),
    TestRaw(usize, usize, usize),
    /// Two integers, of which the second is a positive constant.
    Index(usize, i64),
    SubInt(usize, usize, usize),
    Mask(usize, usize, i64),
    Rest(usize, usize, i64),
    AddRaw(usize, usize, usize),
    TagRaw(usize, usize),
    Untag(usize, usize),
    CopyInt(usize, usize),
    CopyFloat(usize, usize),
    Copy(usize, usize),
    CopyOwner(usize, usize),
    Call(usize),
    CallOwner(usize),
    Register(usize),
}

fn step(random: &mut Random) -> Step {
    let (a, b, c) = (
        random.below(COUNT),
        random.below(COUNT),
        random.below(COUNT),
    );
    match random.below(62) {
        0..4 => Step::AddInt(a, b, c),
        4..8 => Step::AddFloat(a, b, c),
        8..13 => Step::Make(a, b, c),
        13..16 => Step::Hold(a, b),
        16..19 => Step::LoadInt(a, b),
        19..22 => Step::LoadFloat(a, b),
        22..24 => Step::LoadHeld(a, b),
        24..26 => Step::StoreInt(a, b),
        26..28 => Step::StoreFloat(a, b),
        28..29 => Step::StoreHeld(a, b),
        29 => Step::Reshape(a),
        30..32 => Step::TestShape(a),
        32 => Step::Differ(a, b),
        33..36 => Step::Below(a, random.below(4000) as i64),
        36 => Step::CopyInt(a, b),
        37 => Step::CopyFloat(a, b),
        38..40 => Step::Copy(a, b),
        40 => Step::CopyOwner(a, b),
        41 if random.below(6) == 0 => Step::Call(a),
        42 if random.below(6) == 0 => Step::CallOwner(a),
        44..47 => Step::Test(random.below(6), a, b),
        47..49 => Step::TestRaw(random.below(6), a, b),
        49..51 => Step::Index(a, random.below(300) as i64),
        51..53 => Step::SubInt(a, b, c),
        53 => Step::Mask(a, b, random.below(64) as i64),
        54 => Step::Rest(a, b, 1 + random.below(9) as i64),
        55..58 => Step::AddRaw(a, b, c),
        58..60 => Step::TagRaw(a, b),
        60 => Step::Untag(a, b),
        _ if random.below(4) == 0 => Step::Register(a),
        _ => Step::TestShape(b),
    }
}

#[derive(Clone, Debug)]
struct Variables {
    counter: Ref,
    ints: [Ref; COUNT],
    raws: [Ref; COUNT],
    floats: [Ref; COUNT],
    objects: [Ref; COUNT],
    owners: [Ref; COUNT],
}

impl Variables {
    /// What changes from round to round.
    fn all(&self) -> Vec<Ref> {
        let mut all = self.values();
        all.extend(self.raws);
        all
    }

    /// What exits restore.
    fn values(&self) -> Vec<Ref> {
        let mut all = vec![self.counter];
        for group in [&self.ints, &self.floats, &self.objects, &self.owners] {
            all.extend(group);
        }
        all
    }
}

struct Maker {
    trace: Trace,
    now: Variables,
}

impl Maker {
    fn push(&mut self, op: Op, operands: &[u16]) -> Ref {
        match self.trace.push(op, operands) {
            Ok(r) => r,
            Err(_) => panic!("the trace is too long"),
        }
    }

    fn constant(&mut self, constant: Const) -> Ref {
        match self.trace.constant(constant) {
            Ok(r) => r,
            Err(_) => panic!("too many constants"),
        }
    }

    fn small(&mut self, n: i64) -> Ref {
        self.constant(Const::Word(Value::small(n)))
    }

    /// A snapshot of all variables.
    fn snapshot(&mut self) -> u16 {
        let pc = self.trace.snapshot_count() as u32;
        let frame = Snapshot::of_frame(NO_SNAPSHOT, Ref::NONE, 0, 0, pc);
        let all = self.now.values();
        let entries = all.iter().enumerate();
        let entries = entries.map(|(at, &value)| Entry {
            // Far from those of the arguments, which would be left in place.
            register: at as u16 + 32,
            value,
            fact: Fact::default(),
        });
        match self.trace.snapshot(frame, &entries.collect::<Vec<Entry>>()) {
            Ok(snapshot) => snapshot,
            Err(_) => panic!("too many snapshots"),
        }
    }

    fn tag(&mut self, float: Ref) -> Ref {
        let snapshot = self.snapshot();
        self.push(Op::Tag, &[float.0, snapshot])
    }

    fn make(&mut self, int: Ref, float: Ref) -> Ref {
        let word = self.tag(float);
        let header = layout::header_bits(Kind::Instance, SHAPE, 0);
        let header = self.constant(Const::Raw(header as i64));
        let object = self.push(Op::New, &[24, header.0]);
        self.push(Op::Store, &[object.0, 8, int.0]);
        self.push(Op::Store, &[object.0, 16, word.0]);
        object
    }

    fn hold(&mut self, held: Ref) -> Ref {
        let header = layout::header_bits(Kind::Instance, SHAPE, 0);
        let header = self.constant(Const::Raw(header as i64));
        let owner = self.push(Op::New, &[32, header.0]);
        let count = self.constant(Const::Raw(1));
        self.push(Op::StoreRaw, &[owner.0, 8, count.0]);
        let (first, index) = (self.small(0), 16);
        self.push(Op::StoreItem, &[owner.0, first.0, held.0, index]);
        self.push(Op::Store, &[owner.0, 24, first.0]);
        owner
    }

    /// Loads a field, and leaves if it is not of the kind that it was.
    fn load(&mut self, object: Ref, place: u16, guard: Op) -> Ref {
        let word = self.push(Op::Load, &[object.0, place]);
        let snapshot = self.snapshot();
        self.push(guard, &[word.0, snapshot]);
        word
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Make(a, b, c) => {
                let (b, c) = (self.now.ints[b], self.now.floats[c]);
                self.now.objects[a] = self.make(b, c);
            }
            Step::Hold(a, b) => self.now.owners[a] = self.hold(self.now.objects[b]),
            Step::LoadInt(a, b) => {
                self.now.ints[a] = self.load(self.now.objects[b], 8, Op::GuardSmall);
            }
            Step::LoadFloat(a, b) => {
                let word = self.load(self.now.objects[b], 16, Op::GuardFloat);
                self.now.floats[a] = self.push(Op::Untag, &[word.0]);
            }
            Step::LoadHeld(a, b) => {
                let (first, owner) = (self.small(0), self.now.owners[b]);
                let held = self.push(Op::LoadItem, &[owner.0, first.0, 16]);
                let snapshot = self.snapshot();
                self.push(Op::GuardObject, &[held.0, snapshot]);
                self.now.objects[a] = held;
            }
            Step::StoreInt(a, b) => {
                let (object, value) = (self.now.objects[a], self.now.ints[b]);
                self.push(Op::Store, &[object.0, 8, value.0]);
            }
            Step::StoreFloat(a, b) => {
                let word = self.tag(self.now.floats[b]);
                self.push(Op::Store, &[self.now.objects[a].0, 16, word.0]);
            }
            Step::StoreHeld(a, b) => {
                let (owner, held) = (self.now.owners[a], self.now.objects[b]);
                self.push(Op::Barrier, &[owner.0]);
                self.push(Op::Store, &[owner.0, 16, held.0]);
            }
            Step::Reshape(a) => {
                let shape = self.constant(Const::Raw(NEW_SHAPE));
                let object = self.now.objects[a];
                self.push(Op::StoreHalf, &[object.0, layout::SHAPE as u16, shape.0]);
            }
            Step::TestShape(a) => {
                let shape = self.constant(Const::Raw(i64::from(SHAPE)));
                let snapshot = self.snapshot();
                self.push(Op::GuardShape, &[self.now.objects[a].0, shape.0, snapshot]);
            }
            Step::Differ(a, b) => {
                let snapshot = self.snapshot();
                let (a, b) = (self.now.objects[a], self.now.objects[b]);
                self.push(Op::GuardIsNot, &[a.0, b.0, snapshot]);
            }
            Step::Copy(a, b) => self.now.objects[a] = self.now.objects[b],
            Step::CopyOwner(a, b) => self.now.owners[a] = self.now.owners[b],
            Step::Call(a) => self.call(self.now.objects[a]),
            Step::CallOwner(a) => self.call(self.now.owners[a]),
            other => self.number_step(other),
        }
    }

    /// The steps that touch no object.
    fn number_step(&mut self, step: Step) {
        match step {
            Step::AddInt(a, b, c) => {
                let one = self.small(c as i64 + 1);
                let snapshot = self.snapshot();
                let b = self.now.ints[b];
                self.now.ints[a] = self.push(Op::AddInt, &[b.0, one.0, snapshot]);
            }
            Step::AddFloat(a, b, c) => {
                let (b, c) = (self.now.floats[b], self.now.floats[c]);
                let sum = self.push(Op::AddFloat, &[b.0, c.0]);
                let half = self.constant(Const::Float(0.5f64.to_bits()));
                self.now.floats[a] = self.push(Op::MulFloat, &[sum.0, half.0]);
            }
            Step::Below(a, limit) => {
                let limit = self.small(limit);
                let snapshot = self.snapshot();
                let a = self.now.ints[a];
                self.push(Op::GuardInt, &[Cond::Lt as u16, a.0, limit.0, snapshot]);
            }
            Step::Test(cond, a, b) => {
                let snapshot = self.snapshot();
                let (a, b) = (self.now.ints[a], self.now.ints[b]);
                self.push(Op::GuardInt, &[cond as u16, a.0, b.0, snapshot]);
            }
            Step::Index(a, length) => {
                let length = self.small(length);
                let snapshot = self.snapshot();
                self.push(Op::GuardBelow, &[self.now.ints[a].0, length.0, snapshot]);
            }
            Step::SubInt(a, b, c) => {
                let (b, c) = (self.now.ints[b], self.small(c as i64));
                let snapshot = self.snapshot();
                self.now.ints[a] = self.push(Op::SubInt, &[b.0, c.0, snapshot]);
            }
            Step::Mask(a, b, mask) => {
                let (b, mask) = (self.now.ints[b], self.small(mask));
                self.now.ints[a] = self.push(Op::AndInt, &[b.0, mask.0]);
            }
            Step::Rest(a, b, divisor) => {
                let (b, divisor) = (self.now.ints[b], self.small(divisor));
                let snapshot = self.snapshot();
                self.now.ints[a] = self.push(Op::ModInt, &[b.0, divisor.0, snapshot]);
            }
            Step::CopyInt(a, b) => self.now.ints[a] = self.now.ints[b],
            Step::CopyFloat(a, b) => self.now.floats[a] = self.now.floats[b],
            Step::Register(a) => {
                let int = self.now.ints[a];
                self.push(Op::StoreReg, &[16 + a as u16, int.0]);
            }
            other => self.raw_step(other),
        }
    }

    /// The steps on raw integers.
    fn raw_step(&mut self, step: Step) {
        match step {
            Step::TestRaw(cond, a, b) => {
                let snapshot = self.snapshot();
                let (a, b) = (self.now.raws[a], self.now.raws[b]);
                self.push(Op::GuardInt, &[cond as u16, a.0, b.0, snapshot]);
            }
            Step::AddRaw(a, b, c) => {
                let c = self.constant(Const::Raw(c as i64 - 1));
                let b = self.now.raws[b];
                self.now.raws[a] = self.push(Op::AddRaw, &[b.0, c.0]);
            }
            Step::TagRaw(a, b) => {
                let b = self.now.raws[b];
                self.now.ints[a] = self.push(Op::TagInt, &[b.0]);
            }
            Step::Untag(a, b) => {
                let b = self.now.ints[b];
                self.now.raws[a] = self.push(Op::UntagInt, &[b.0]);
            }
            other => unreachable!("{other:?} is a step on objects"),
        }
    }

    fn call(&mut self, argument: Ref) {
        let place = self.constant(Const::Raw(1));
        let none = self.small(0);
        let operands = [Rt::Append as u16, place.0, argument.0, none.0, NO_SNAPSHOT];
        self.push(Op::Call2, &operands);
    }

    /// Ends every loop.
    fn count(&mut self) {
        let (one, limit) = (self.small(1), self.small(12));
        let snapshot = self.snapshot();
        let counter = self.now.counter;
        let operands = [Cond::Lt as u16, counter.0, limit.0, snapshot];
        self.push(Op::GuardInt, &operands);
        self.now.counter = self.push(Op::AddInt, &[counter.0, one.0, snapshot]);
    }
}

/// A loop; `None` if two variables that were the same would become different ones.
fn looped(random: &mut Random) -> Option<Trace> {
    let mut maker = Maker {
        trace: Trace::new(),
        now: Variables {
            counter: Ref(0),
            ints: [Ref(0); COUNT],
            raws: [Ref(0); COUNT],
            floats: [Ref(0); COUNT],
            objects: [Ref(0); COUNT],
            owners: [Ref(0); COUNT],
        },
    };
    maker.now.counter = maker.push(Op::Arg, &[0]);
    for at in 0..COUNT {
        maker.now.ints[at] = maker.push(Op::Arg, &[1 + at as u16]);
        let int = maker.now.ints[at];
        maker.now.raws[at] = maker.push(Op::UntagInt, &[int.0]);
        let word = maker.push(Op::Arg, &[1 + (COUNT + at) as u16]);
        maker.now.floats[at] = maker.push(Op::Untag, &[word.0]);
    }
    for at in 0..COUNT {
        let (int, float) = (maker.now.ints[at], maker.now.floats[at]);
        // What is not there yet stands for something that is.
        maker.now.objects[at..].fill(int);
        maker.now.owners.fill(int);
        maker.now.objects[at] = maker.make(int, float);
    }
    for at in 0..COUNT {
        maker.now.owners[at] = maker.hold(maker.now.objects[at]);
    }
    let count = 1 + random.below(14);
    let steps: Vec<Step> = (0..count).map(|_| step(random)).collect();
    maker.count();
    steps.iter().for_each(|&step| maker.step(step));
    let left = maker.now.all();
    maker.push(Op::Loop, &[]);
    maker.count();
    steps.iter().for_each(|&step| maker.step(step));
    let mut phis: Vec<(Ref, Ref)> = Vec::new();
    for (left, right) in left.into_iter().zip(maker.now.all()) {
        match phis.iter().find(|(other, _)| *other == left) {
            Some((_, other)) if *other != right => return None,
            Some(_) => {}
            None if left == right => {}
            None => phis.push((left, right)),
        }
    }
    for (left, right) in phis {
        maker.push(Op::Phi, &[left.0, right.0]);
    }
    Some(maker.trace)
}

fn same(seeds: std::ops::Range<u64>) -> (usize, usize) {
    let mut optimizer = Optimizer::default();
    let (mut sunk, mut checked) = (0, 0);
    for seed in seeds {
        let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        let Some(before) = looped(&mut random) else {
            continue;
        };
        if let Err(error) = trace::verify(&before) {
            panic!("seed {seed}: {error}");
        }
        let mut registers = vec![Value::UNBOUND; 24];
        registers[0] = Value::small(0);
        for at in 0..COUNT {
            registers[1 + at] = Value::small(random.below(50) as i64);
            registers[1 + COUNT + at] = Value::float(random.below(50) as f64 / 8.0 + 1.0);
        }
        let after = optimizer.run(&before);
        let (expected, found) = (run(&before, &registers), run(after, &registers));
        assert_eq!(
            expected,
            found,
            "seed {seed}:\n{}becomes\n{}",
            trace::print(&before),
            trace::print(after)
        );
        sunk += after.sunk().len();
        checked += 1;
    }
    (checked, sunk)
}

#[test]
fn random_loops_mean_the_same_after_all_passes() {
    let (checked, sunk) = same(1..1_200);
    assert!(checked > 400 && sunk > checked, "{checked} {sunk}");
}
