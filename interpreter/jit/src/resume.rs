//! What exits restore, compactly: all that is kept of a trace once it is machine code.
//!
//! For each exit the parts that `Trace::exit_parts` gives, in that order, as numbers of variable
//! length: frames, their registers, and for each value where the machine code has it and what is
//! known of it. Constants are numbers in a pool of those that are used. An object that the exit
//! makes stands where it is first named, with its fields; after that it is a number.
//!
//! *What exits share.* Frames below the one on top are the same in many exits, and so is the one on
//! top where an op has several tests. If a frame's values are in the same places as in the exit that had
//! it last, the distance back to it stands in its place; if it has objects, their fields must have
//! the same values, and the frames above it must have brought the same objects. What is the same in all of a
//! frame's exits but its place and its registers (the function, where its result goes) is a line of
//! a table.
//!
//! *A register* mostly takes two bytes: how far it is from the one before, what is known of its
//! value and what kind of place that has, together; then the number of the place.

use crate::places::Starts;
use assemble::{Assembled, Exit, Loc};
use object::Value;
use record::{Kind, StartObject};
use std::ops::Range;
use trace::{Const, FUNCTION_REGISTER, Part, Ref, Repr, Trace, Width};

/// Where a restored value comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Source {
    Place(Loc),
    Constant(Const),
    /// The object of this number that the exit makes.
    Object(u16),
}

/// An object that an exit makes: its size, and its first 64 bits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Made {
    pub(crate) bytes: u16,
    pub(crate) header: u64,
}

impl From<&Made> for StartObject {
    fn from(made: &Made) -> StartObject {
        StartObject {
            bytes: made.bytes,
            header: made.header,
            fields: Vec::new(),
        }
    }
}

/// A field of an object that an exit makes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    /// Number of the object.
    pub(crate) object: u16,
    pub(crate) displacement: u16,
    /// 32 bits instead of 64.
    pub(crate) width: Width,
    pub(crate) source: Source,
    pub(crate) repr: Repr,
}

/// A value that an exit restores.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Restored {
    /// Number of the frame, the one on top being 0.
    pub(crate) frame: u16,
    pub(crate) register: u16,
    pub(crate) source: Source,
    pub(crate) repr: Repr,
    pub(crate) kind: u8,
    /// 0: not known.
    pub(crate) shape: u32,
}

/// A frame that an exit restores.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RestoredFrame {
    pub(crate) pc: u32,
    pub(crate) base: u16,
    pub(crate) dst: u16,
    pub(crate) then: u8,
    pub(crate) pushed: bool,
    pub(crate) entry: bool,
    pub(crate) function: Option<Const>,
}

/// Who wants to know what an exit restores, as it is decoded.
pub(crate) trait Sink {
    fn frame(&mut self, frame: RestoredFrame);
    /// A value of the newest frame.
    fn value(&mut self, value: Restored);
    /// An object: its number.
    fn object(&mut self, made: Made) -> u16;
    /// A field of an object, which may be that of an older one.
    fn field(&mut self, field: Field);
    /// The frame on top has fetched the op that it stands at.
    fn fetched(&mut self);
}

/// What an exit restores, decoded.
#[derive(Default, Debug)]
pub(crate) struct Decoded {
    pub(crate) frames: Vec<RestoredFrame>,
    pub(crate) values: Vec<Restored>,
    pub(crate) objects: Vec<Made>,
    pub(crate) fields: Vec<Field>,
}

impl Sink for Decoded {
    fn frame(&mut self, frame: RestoredFrame) {
        self.frames.push(frame);
    }

    fn value(&mut self, value: Restored) {
        self.values.push(value);
    }

    fn object(&mut self, made: Made) -> u16 {
        self.objects.push(made);
        self.objects.len() as u16 - 1
    }

    fn field(&mut self, field: Field) {
        self.fields.push(field);
    }

    fn fetched(&mut self) {
        if let Some(top) = self.frames.first_mut() {
            top.pc += 1;
        }
    }
}

/// What is the same in all exits of a frame.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Line {
    /// Number in the pool from 1; 0 if a register has it.
    function: u16,
    base: u16,
    dst: u16,
    then: u8,
    pushed: bool,
    entry: bool,
}

/// What the exits of one trace restore.
pub(crate) struct Resume {
    bytes: Box<[u8]>,
    starts: Starts,
    lines: Box<[Line]>,
    pool: Pool<Box<[u64]>>,
}

/// Constants: their bits, and behind those of all others the kinds, sixteen to a word.
#[derive(Default)]
struct Pool<B> {
    bits: B,
    kinds: B,
}

const KINDS_IN_WORD: usize = 32;

impl Pool<Vec<u64>> {
    fn clear(&mut self) {
        self.bits.clear();
        self.kinds.clear();
    }

    /// Appends a constant; its number from 1.
    fn push(&mut self, constant: Const) -> usize {
        let (bits, kind) = match constant {
            Const::Word(word) => (word.bits(), 0),
            Const::Float(bits) => (bits, 1),
            Const::Raw(n) => (n as u64, 2),
        };
        let at = self.bits.len();
        if at.is_multiple_of(KINDS_IN_WORD) {
            self.kinds.push(0);
        }
        self.kinds[at / KINDS_IN_WORD] |= kind << (at % KINDS_IN_WORD * 2);
        self.bits.push(bits);
        at + 1
    }
}

impl Pool<Box<[u64]>> {
    /// The constant of a number from 1.
    fn get(&self, number: u64) -> Option<Const> {
        let at = usize::try_from(number).ok()?.checked_sub(1)?;
        let bits = *self.bits.get(at)?;
        Some(
            match self.kinds[at / KINDS_IN_WORD] >> (at % KINDS_IN_WORD * 2) & 3 {
                0 => Const::Word(Value::from_bits(bits)),
                1 => Const::Float(bits),
                _ => Const::Raw(bits as i64),
            },
        )
    }

    fn bytes(&self) -> usize {
        size_of_val(&*self.bits) + size_of_val(&*self.kinds)
    }
}

/// A frame that was written, and is told by its distance where it would be written the same again.
#[derive(Clone, Copy, Default)]
struct Written {
    is_there: bool,
    /// Where it begins.
    at: u32,
    /// Its places: the first, and how many.
    first: u32,
    count: u32,
    /// What else it depends on, if it has objects.
    objects: Option<WithObjects>,
}

/// What a frame with objects depends on.
#[derive(Clone, Copy)]
struct WithObjects {
    /// How many stores into objects there were before the exit.
    stores: u16,
    /// The objects of the frames above it, which have the first numbers, and behind them its own: the
    /// first in the writer's list, and how many.
    first: u32,
    above: u16,
    own: u16,
}

impl Written {
    /// Whether it has the places that begin with number `first`.
    #[inline]
    fn is_at(self, places: &[Loc], first: usize) -> bool {
        let own = self.first as usize;
        let range = |from: usize| &places[from..from + self.count as usize];
        self.is_there && (own == first || range(own) == range(first))
    }
}

/// Writes what exits restore; its memory is used for one trace after the other.
#[derive(Default)]
pub(crate) struct Writer {
    bytes: Vec<u8>,
    starts: Vec<u32>,
    lines: Vec<Line>,
    pool: Pool<Vec<u64>>,
    /// By number in the trace's pool, its number here.
    places: Vec<u16>,
    /// By snapshot: how its frame was written last.
    written: Vec<Written>,
    /// Room for a frame's parts.
    parts: Vec<Part>,
    /// The objects of the exit at hand, in their order.
    objects: Vec<u16>,
    /// Those of the exits whose frames were written.
    kept_objects: Vec<u16>,
    /// All stores into objects that exits make, ascending.
    stores: Vec<u16>,
}

// What a value is, in the low bits of its first byte; the number that follows is of the place, the
// constant, or how many fields the object has.
const WORD_IN_REGISTER: u8 = 0;
const FLOAT_IN_REGISTER: u8 = 1;
const WORD_IN_SLOT: u8 = 2;
const FLOAT_IN_SLOT: u8 = 3;
const HOME: u8 = 4;
const CONSTANT: u8 = 5;
const NEW: u8 = 6;
/// The number's low bits say what it is.
const RARE: u8 = 7;
const RAW_IN_REGISTER: u64 = 0;
const RAW_IN_SLOT: u64 = 1;
const AGAIN: u64 = 2;

// Above it, what is known of the value: a kind, or that it is an object of a shape, which follows.
const FACT_BITS: u32 = 3;
const SHAPED: u8 = 7;
// Above that, how far its register is from the one before; 0: the register follows.
const STEP_BITS: u32 = 6;
const STEP_MAX: u16 = 3;

impl Resume {
    pub(crate) fn bytes(&self) -> usize {
        self.bytes.len() + self.starts.bytes() + size_of_val(&*self.lines) + self.pool.bytes()
    }

    fn reader(&self, exit: u16) -> Reader<'_> {
        Reader {
            bytes: &self.bytes,
            at: self.starts.get(usize::from(exit)),
        }
    }

    /// Where the exit's jump to a bridge goes.
    pub(crate) fn patch(&self, exit: u16) -> u32 {
        let mut reader = self.reader(exit);
        reader.number();
        reader.number() as u32
    }

    /// Decodes what an exit restores.
    #[inline]
    pub(crate) fn decode<S: Sink>(&self, exit: u16, into: &mut S) {
        let mut reader = self.reader(exit);
        let frames = reader.number();
        reader.number();
        for frame in 0..frames {
            let at = reader.at;
            let head = reader.number();
            if head & 1 == 0 {
                self.frame(frame as u16, head >> 1, &mut reader, into);
            } else {
                let mut shared = Reader {
                    bytes: &self.bytes,
                    at: at - (head >> 1) as usize,
                };
                let head = shared.number();
                self.frame(frame as u16, head >> 1, &mut shared, into);
            }
        }
    }

    /// Decodes a frame of so many registers.
    #[inline]
    fn frame<S: Sink>(&self, frame: u16, count: u64, reader: &mut Reader<'_>, into: &mut S) {
        let pc = reader.number() as u32;
        let line = self.lines[reader.number() as usize];
        into.frame(RestoredFrame {
            pc,
            base: line.base,
            dst: line.dst,
            then: line.then,
            pushed: line.pushed,
            entry: line.entry,
            function: self.pool.get(u64::from(line.function)),
        });
        let mut register = u16::MAX;
        for _ in 0..count {
            let head = reader.byte();
            register = match head >> STEP_BITS {
                0 => reader.number() as u16,
                step => register.wrapping_add(u16::from(step)),
            };
            let (kind, shape) = match head >> FACT_BITS & SHAPED {
                SHAPED => match self.pool.get(reader.number()) {
                    Some(Const::Raw(shape)) => (Kind::Object as u8, shape as u32),
                    _ => (Kind::Object as u8, 0),
                },
                kind => (kind, 0),
            };
            let (source, repr) = self.value(head, reader, into);
            into.value(Restored {
                frame,
                register,
                source,
                repr,
                kind,
                shape,
            });
            register = base_of(register);
        }
    }

    /// Decodes a value; an object's fields are decoded with it.
    #[inline]
    fn value<S: Sink>(&self, head: u8, reader: &mut Reader<'_>, into: &mut S) -> (Source, Repr) {
        let number = reader.number();
        let register = Source::Place(Loc::Register(number as u8));
        let slot = Source::Place(Loc::Slot(number as u16));
        match head & RARE {
            WORD_IN_REGISTER => (register, Repr::Word),
            FLOAT_IN_REGISTER => (register, Repr::Float),
            WORD_IN_SLOT => (slot, Repr::Word),
            FLOAT_IN_SLOT => (slot, Repr::Float),
            HOME => (Source::Place(Loc::Home(number as u16)), Repr::Word),
            CONSTANT => {
                let constant = self.pool.get(number).unwrap_or(Const::Raw(0));
                (Source::Constant(constant), Repr::Word)
            }
            NEW => (self.object(number, reader, into), Repr::Word),
            _ => match (number & 3, number >> 2) {
                (RAW_IN_REGISTER, reg) => (Source::Place(Loc::Register(reg as u8)), Repr::Raw),
                (RAW_IN_SLOT, slot) => (Source::Place(Loc::Slot(slot as u16)), Repr::Raw),
                (_, object) => (Source::Object(object as u16), Repr::Word),
            },
        }
    }

    /// Decodes an object of so many fields.
    #[inline(never)]
    fn object<S: Sink>(&self, count: u64, reader: &mut Reader<'_>, into: &mut S) -> Source {
        let bytes = reader.number() as u16;
        let header = match self.pool.get(reader.number()) {
            Some(Const::Raw(header)) => header as u64,
            _ => 0,
        };
        let object = into.object(Made { bytes, header });
        for _ in 0..count {
            let place = reader.number();
            let head = reader.byte();
            let (source, repr) = self.value(head, reader, into);
            into.field(Field {
                object,
                displacement: (place >> 2) as u16,
                width: Width::from_number(place as u8 & 3),
                source,
                repr,
            });
        }
        Source::Object(object)
    }
}

/// What the register after this one is counted from: function and locals stand before the others.
fn base_of(register: u16) -> u16 {
    if register >= FUNCTION_REGISTER {
        u16::MAX
    } else {
        register
    }
}

impl Writer {
    /// What the exits of a trace's code restore; `None` if the trace has something that cannot be
    /// restored.
    pub(crate) fn write(&mut self, trace: &Trace, code: &Assembled) -> Option<Resume> {
        self.write_some(trace, code, 0..code.exits().len())
    }

    /// The same for some of the exits, which have the numbers from 0.
    fn write_some(
        &mut self,
        trace: &Trace,
        code: &Assembled,
        exits: Range<usize>,
    ) -> Option<Resume> {
        self.clear(trace);
        for number in exits {
            self.starts.push(self.bytes.len() as u32);
            let places = code.shared_places(number);
            self.exit(trace, &code.exits()[number], places)?;
        }
        Some(Resume {
            bytes: self.bytes.as_slice().into(),
            starts: Starts::of(&self.starts)?,
            lines: self.lines.as_slice().into(),
            pool: Pool {
                bits: self.pool.bits.as_slice().into(),
                kinds: self.pool.kinds.as_slice().into(),
            },
        })
    }

    /// What an exit of an op restores, its values being in these places.
    fn exit(
        &mut self,
        trace: &Trace,
        exit: &Exit,
        (places, own): (&[Loc], Range<usize>),
    ) -> Option<()> {
        self.number(trace.chain(exit.snapshot).count() as u64);
        self.number(exit.patch.into());
        self.objects.clear();
        let mut first = own.start;
        for frame in trace.chain(exit.snapshot) {
            let written = self.written[usize::from(frame)];
            if written.is_at(places, first)
                && let Some(own) = self.same_objects(written, exit)
            {
                self.objects.extend_from_slice(&self.kept_objects[own]);
                self.number(((self.bytes.len() - written.at as usize) as u64) << 1 | 1);
                first += written.count as usize;
                continue;
            }
            first = self.frame(trace, exit, frame, (places, first..own.end))?;
        }
        debug_assert_eq!(first, own.end, "an exit has a place for each leaf");
        Some(())
    }

    /// Which of the kept objects are a frame's own, if at an exit its objects are what they were when it was
    /// written.
    fn same_objects(&self, written: Written, exit: &Exit) -> Option<Range<usize>> {
        let Some(with) = written.objects else {
            return Some(0..0);
        };
        let own = with.first as usize + usize::from(with.above);
        let above = &self.kept_objects[with.first as usize..own];
        let is_same = with.stores == self.stores_before(exit) && above == self.objects;
        is_same.then_some(own..own + usize::from(with.own))
    }

    /// How many stores into objects there are before an exit.
    fn stores_before(&self, exit: &Exit) -> u16 {
        self.stores.partition_point(|&store| store < exit.at) as u16
    }

    /// Writes a frame of an exit whose values, and those of the frames below it, are in these places; where
    /// theirs begin.
    fn frame(
        &mut self,
        trace: &Trace,
        exit: &Exit,
        frame: u16,
        (places, own): (&[Loc], Range<usize>),
    ) -> Option<usize> {
        let at = self.bytes.len() as u32;
        let mut parts = std::mem::take(&mut self.parts);
        parts.clear();
        let above = self.objects.len();
        trace.frame_parts(exit.at.into(), frame, &mut self.objects, &mut |part| {
            parts.push(part);
        });
        let mut rest = places[own.clone()].iter();
        self.parts(trace, frame, &parts, &mut rest)?;
        let names_object = |part: &Part| matches!(part, Part::Object { .. } | Part::Again(_));
        let has_objects = parts.iter().any(names_object);
        self.parts = parts;
        let next = own.end - rest.len();
        self.written[usize::from(frame)] = Written {
            is_there: true,
            at,
            first: own.start as u32,
            count: (next - own.start) as u32,
            objects: has_objects.then(|| self.keep_objects(exit, above)),
        };
        Some(next)
    }

    /// Keeps what a frame depends on that has objects, of which those above it brought so many.
    fn keep_objects(&mut self, exit: &Exit, above: usize) -> WithObjects {
        let first = self.kept_objects.len() as u32;
        self.kept_objects.extend_from_slice(&self.objects);
        WithObjects {
            stores: self.stores_before(exit),
            first,
            above: above as u16,
            own: (self.objects.len() - above) as u16,
        }
    }

    fn clear(&mut self, trace: &Trace) {
        self.kept_objects.clear();
        self.stores.clear();
        let sunk = trace.sunk().iter();
        self.stores.extend(sunk.flat_map(|object| &object.stores));
        self.stores.sort_unstable();
        self.bytes.clear();
        self.starts.clear();
        self.lines.clear();
        self.pool.clear();
        self.places.clear();
        self.places.resize(trace.pool().len(), 0);
        self.written.clear();
        self.written
            .resize(trace.snapshot_count(), Written::default());
    }

    fn number(&mut self, mut n: u64) {
        while n >= 0x80 {
            self.bytes.push(n as u8 | 0x80);
            n >>= 7;
        }
        self.bytes.push(n as u8);
    }

    /// A constant's number from 1; 0 for none.
    fn constant(&mut self, trace: &Trace, r: Ref) -> u64 {
        let Some(constant) = trace.constant_of(r) else {
            return 0;
        };
        if self.places[r.index()] == 0 {
            self.places[r.index()] = self.pool.push(constant) as u16;
        }
        u64::from(self.places[r.index()])
    }

    /// A frame's parts.
    fn parts(
        &mut self,
        trace: &Trace,
        snapshot: u16,
        parts: &[Part],
        places: &mut std::slice::Iter<'_, Loc>,
    ) -> Option<()> {
        self.frame_head(trace, snapshot, parts);
        let (mut head, mut register) = (0, u16::MAX);
        let mut shape = 0;
        for &part in parts {
            match part {
                Part::Register(own, fact) => {
                    let step = own.wrapping_sub(register);
                    let step = if step <= STEP_MAX { step } else { 0 };
                    shape = match fact.shape() {
                        Some(shape) if fact.kind() == Kind::Object as u8 => {
                            self.constant(trace, shape)
                        }
                        _ => 0,
                    };
                    let known = if shape == 0 { fact.kind() } else { SHAPED };
                    head = (step as u8) << STEP_BITS | known << FACT_BITS;
                    register = own;
                    continue;
                }
                Part::Field(store) => {
                    let ins = trace.get(usize::from(store));
                    let width = Width::of(ins.op);
                    self.number(width as u64 | u64::from(ins.operands[1]) << 2);
                    head = 1 << STEP_BITS;
                    shape = 0;
                    continue;
                }
                Part::Leaf(value) => {
                    let place = places.next();
                    debug_assert!(place.is_some(), "an exit has a place for each leaf");
                    let place = *place?;
                    let (class, number) = self.leaf(trace, value, place);
                    self.value(head | class, register, shape, number);
                }
                Part::Object { new, count } => {
                    let ins = trace.get(usize::from(new));
                    self.value(head | NEW, register, shape, u64::from(count));
                    self.number(u64::from(ins.operands[0]));
                    let header = self.constant(trace, ins.operand(1));
                    self.number(header);
                }
                Part::Again(new) => {
                    let at = self.objects.iter().position(|&other| other == new)?;
                    self.value(head | RARE, register, shape, AGAIN | (at as u64) << 2);
                }
                Part::Frame(_) => return None,
            }
            register = base_of(register);
        }
        Some(())
    }

    /// How many registers a frame has, where it goes on, and what it is.
    fn frame_head(&mut self, trace: &Trace, snapshot: u16, parts: &[Part]) {
        let registers = parts.iter().filter(|p| matches!(p, Part::Register(..)));
        self.number((registers.count() as u64) << 1);
        let frame = trace.frame(snapshot);
        let function = self.constant(trace, frame.function) as u16;
        let line = self.line(Line {
            function,
            base: frame.base,
            dst: frame.dst,
            then: frame.then,
            pushed: frame.pushed,
            entry: frame.parent == trace::NO_SNAPSHOT,
        });
        self.number(u64::from(frame.pc));
        self.number(line as u64);
    }

    /// The byte that a value begins with, what it announces, and the value's number.
    fn value(&mut self, head: u8, register: u16, shape: u64, number: u64) {
        self.bytes.push(head);
        if head >> STEP_BITS == 0 {
            self.number(u64::from(register));
        }
        if head >> FACT_BITS & SHAPED == SHAPED {
            self.number(shape);
        }
        self.number(number);
    }

    /// What a value in a place is, and its number.
    fn leaf(&mut self, trace: &Trace, value: Ref, place: Loc) -> (u8, u64) {
        match (place, trace.repr(value)) {
            (Loc::Register(reg), Repr::Float) => (FLOAT_IN_REGISTER, u64::from(reg)),
            (Loc::Register(reg), Repr::Raw) => (RARE, RAW_IN_REGISTER | u64::from(reg) << 2),
            (Loc::Register(reg), _) => (WORD_IN_REGISTER, u64::from(reg)),
            (Loc::Slot(slot), Repr::Float) => (FLOAT_IN_SLOT, u64::from(slot)),
            (Loc::Slot(slot), Repr::Raw) => (RARE, RAW_IN_SLOT | u64::from(slot) << 2),
            (Loc::Slot(slot), _) => (WORD_IN_SLOT, u64::from(slot)),
            (Loc::Home(register), _) => (HOME, u64::from(register)),
            (Loc::Constant(r), _) => (CONSTANT, self.constant(trace, r)),
        }
    }

    /// The number of a line of the table.
    fn line(&mut self, line: Line) -> usize {
        if let Some(at) = self.lines.iter().rposition(|&other| other == line) {
            return at;
        }
        self.lines.push(line);
        self.lines.len() - 1
    }
}

struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl Reader<'_> {
    #[inline(always)]
    fn byte(&mut self) -> u8 {
        self.at += 1;
        self.bytes[self.at - 1]
    }

    #[inline(always)]
    fn number(&mut self) -> u64 {
        let mut n = 0;
        let mut shift = 0;
        loop {
            let byte = self.byte();
            n |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return n;
            }
            shift += 7;
        }
    }
}

const _: () = assert!(Kind::Immediate as u8 == 4 && SHAPED > 4);

#[cfg(test)]
mod tests {
    use super::*;
    use assemble::{Assembler, CallEnv, Env, Start};

    /// Two objects, one of which changes, in two frames.
    const OBJECTS: &str = "  v0 = arg 0
  v1 = arg 1
  v2 = new 24 raw:119
  store v2 8 v0
  store v2 16 5
  v5 = new 24 raw:120
  store v5 8 v2
  store v5 16 v0
@0 pc 4 r0=v5 r1=v0 r2=v2
@1 pc 9 in @0 function 0 base 3 to 2 r0=v2 r1=v5 r2=v0
  v8 = add_int v1 1 @1
  v9 = add_int v8 1 @1
  store v2 16 v9
  v11 = add_int v9 2 @1
  v12 = add_int v11 2 @1
  v13 = add_int v12 v11 @0
  finish v13 raw:64
sunk v2 3 4 10
sunk v5 6 7
";

    fn assembled(trace: &Trace) -> Assembled {
        let env = Env {
            vm: 0,
            functions: Vec::new(),
            float_functions: Vec::new(),
            float_results: std::ptr::null_mut(),
            look_up: std::ptr::null(),
            epoch: std::ptr::null(),
            frames: 0,
            handled: 0,
            exit_handler: 0,
            calls: CallEnv::default(),
        };
        let code = Assembler::new(env, 1 << 20).assemble(trace, 0, Start::Entry, 0);
        code.unwrap_or_else(|error| panic!("{error:?}"))
    }

    fn decoded(resume: &Resume, exit: u16) -> String {
        let mut decoded = Decoded::default();
        resume.decode(exit, &mut decoded);
        format!("{decoded:?}")
    }

    #[test]
    fn an_exit_that_shares_frames_restores_what_it_would_alone() {
        let trace = match trace::parse(OBJECTS) {
            Ok(trace) => trace,
            Err(error) => panic!("{error}"),
        };
        assert_eq!(trace::verify(&trace), Ok(()));
        let code = assembled(&trace);
        let count = code.exits().len();
        let mut writer = Writer::default();
        let Some(together) = writer.write(&trace, &code) else {
            panic!("an exit cannot be restored")
        };
        let mut bytes_alone = 0;
        for exit in 0..count {
            let Some(alone) = writer.write_some(&trace, &code, exit..exit + 1) else {
                panic!("exit {exit} cannot be restored")
            };
            bytes_alone += alone.bytes.len();
            assert_eq!(
                decoded(&together, exit as u16),
                decoded(&alone, 0),
                "exit {exit}"
            );
        }
        assert_eq!(count, 5);
        // Of those before the store and of those after it that have two frames, one each is written.
        assert!(
            together.bytes.len() * 10 < bytes_alone * 7,
            "{} bytes, {bytes_alone} alone",
            together.bytes.len()
        );
    }
}
