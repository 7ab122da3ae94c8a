//! What exits restore, compactly: all that is kept of a trace once it is machine code.
//!
//! For each exit the parts that `Trace::exit_parts` gives, in that order, as bytes with variable
//! length: frames, their registers, and for each value where the machine code has it and what is
//! known of it. Constants are numbers in a pool of those that are used. An object that the exit
//! makes stands where it is first named, with its fields; after that it is a number.

use assemble::{Assembled, ExitKind, Loc};
use object::Value;
use record::StartObject;
use trace::{Const, Op, Part, Ref, Repr, Trace};

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
    pub(crate) half: bool,
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

/// What an exit restores, decoded: reused from exit to exit.
#[derive(Default, Debug)]
pub(crate) struct Decoded {
    pub(crate) frames: Vec<RestoredFrame>,
    pub(crate) values: Vec<Restored>,
    pub(crate) objects: Vec<Made>,
    pub(crate) fields: Vec<Field>,
    /// Room for the words, by the distance of their registers from the entry frame's first.
    pub(crate) words: Vec<(usize, Value)>,
}

/// What the exits of one trace restore.
pub(crate) struct Resume {
    bytes: Box<[u8]>,
    starts: Box<[u32]>,
    kinds: Box<[ExitKind]>,
    pool: Box<[Const]>,
}

struct Writer<'t> {
    bytes: Vec<u8>,
    trace: &'t Trace,
    pool: Vec<Const>,
    /// By number in the trace's pool, its number here plus one.
    places: Vec<u16>,
    /// The objects of the exit at hand, in their order.
    objects: Vec<u16>,
}

impl Writer<'_> {
    fn number(&mut self, mut n: u64) {
        while n >= 0x80 {
            self.bytes.push(n as u8 | 0x80);
            n >>= 7;
        }
        self.bytes.push(n as u8);
    }

    /// A constant's number from 1; 0 for none.
    fn constant(&mut self, r: Ref) -> u64 {
        let Some(constant) = self.trace.constant_of(r) else {
            return 0;
        };
        if self.places[r.index()] == 0 {
            self.pool.push(constant);
            self.places[r.index()] = self.pool.len() as u16;
        }
        u64::from(self.places[r.index()])
    }
}

const REGISTER: u64 = 0;
const SLOT: u64 = 1;
const HOME: u64 = 2;
const CONSTANT: u64 = 3;
/// In place of a representation: what follows is an object, new or seen before.
const OBJECT: u64 = 3;
const NEW: u64 = 0;
const AGAIN: u64 = 1;

impl Resume {
    /// Of a trace and its code; `None` if the trace has something that cannot be restored.
    pub(crate) fn new(trace: &Trace, code: &Assembled) -> Option<Resume> {
        let mut writer = Writer {
            bytes: Vec::new(),
            trace,
            pool: Vec::new(),
            places: vec![0; trace.pool().len()],
            objects: Vec::new(),
        };
        let mut starts = Vec::with_capacity(code.exits().len());
        for (number, exit) in code.exits().iter().enumerate() {
            starts.push(writer.bytes.len() as u32);
            let mut places = code.places(number).iter();
            let mut parts = Vec::new();
            trace.exit_parts(exit.at as usize, exit.snapshot, &mut |part| {
                parts.push(part);
            });
            let frames = parts.iter().filter(|p| matches!(p, Part::Frame(_))).count();
            writer.number(frames as u64);
            writer.objects.clear();
            let mut at = 0;
            while at < parts.len() {
                match parts[at] {
                    Part::Frame(snapshot) => {
                        let count = parts[at + 1..]
                            .iter()
                            .take_while(|p| !matches!(p, Part::Frame(_)))
                            .filter(|p| matches!(p, Part::Register(..)))
                            .count();
                        writer.frame(snapshot, count);
                    }
                    Part::Register(register, fact) => {
                        writer.number(u64::from(register));
                        let shape = fact.shape().map_or(0, |shape| writer.constant(shape));
                        writer.number(u64::from(fact.kind()) | shape << 3);
                    }
                    Part::Leaf(value) => writer.leaf(value, *places.next()?),
                    Part::Object { new, count } => writer.object(new, count),
                    Part::Field(store) => writer.field(store),
                    Part::Again(new) => writer.again(new)?,
                }
                at += 1;
            }
        }
        Some(Resume {
            bytes: writer.bytes.into(),
            starts: starts.into(),
            kinds: code.exits().iter().map(|exit| exit.kind).collect(),
            pool: writer.pool.into(),
        })
    }

    pub(crate) fn kind(&self, exit: u16) -> ExitKind {
        self.kinds[exit as usize]
    }

    pub(crate) fn len(&self) -> usize {
        self.kinds.len()
    }

    pub(crate) fn bytes(&self) -> usize {
        self.bytes.len() + self.starts.len() * 5 + size_of_val(&*self.pool)
    }

    /// Decodes what an exit restores.
    pub(crate) fn decode(&self, exit: u16, into: &mut Decoded) {
        into.frames.clear();
        into.values.clear();
        into.objects.clear();
        into.fields.clear();
        let mut reader = Reader {
            bytes: &self.bytes,
            at: self.starts[exit as usize] as usize,
        };
        let frames = reader.number();
        for frame in 0..frames {
            let pc = reader.number() as u32;
            let flags = reader.number();
            let base = reader.number() as u16;
            let dst = reader.number() as u16;
            let function = self.constant(reader.number());
            let count = reader.number();
            into.frames.push(RestoredFrame {
                pc,
                base,
                dst,
                then: (flags >> 2) as u8,
                pushed: flags & 1 != 0,
                entry: flags & 2 != 0,
                function,
            });
            for _ in 0..count {
                let register = reader.number() as u16;
                let fact = reader.number();
                let shape = match self.constant(fact >> 3) {
                    Some(Const::Raw(shape)) => shape as u32,
                    _ => 0,
                };
                let (source, repr) = self.value(&mut reader, into);
                into.values.push(Restored {
                    frame: frame as u16,
                    register,
                    source,
                    repr,
                    kind: (fact & 7) as u8,
                    shape,
                });
            }
        }
    }

    /// Decodes a value; an object's fields are decoded with it.
    fn value(&self, reader: &mut Reader<'_>, into: &mut Decoded) -> (Source, Repr) {
        let word = reader.number();
        let (class, number) = (word & 3, word >> 4);
        let repr = match word >> 2 & 3 {
            0 => Repr::Word,
            1 => Repr::Float,
            2 => Repr::Raw,
            _ if class == AGAIN => return (Source::Object(number as u16), Repr::Word),
            _ => return (self.object(number as usize, reader, into), Repr::Word),
        };
        let source = match class {
            REGISTER => Source::Place(Loc::Register(number as u8)),
            SLOT => Source::Place(Loc::Slot(number as u16)),
            HOME => Source::Place(Loc::Home(number as u16)),
            _ => match self.constant(number) {
                Some(constant) => Source::Constant(constant),
                None => Source::Constant(Const::Raw(0)),
            },
        };
        (source, repr)
    }

    fn object(&self, count: usize, reader: &mut Reader<'_>, into: &mut Decoded) -> Source {
        let bytes = reader.number() as u16;
        let header = match self.constant(reader.number()) {
            Some(Const::Raw(header)) => header as u64,
            _ => 0,
        };
        let object = into.objects.len() as u16;
        into.objects.push(Made { bytes, header });
        for _ in 0..count {
            let place = reader.number();
            let (source, repr) = self.value(reader, into);
            into.fields.push(Field {
                object,
                displacement: (place >> 1) as u16,
                half: place & 1 != 0,
                source,
                repr,
            });
        }
        Source::Object(object)
    }

    fn constant(&self, number: u64) -> Option<Const> {
        let at = number.checked_sub(1)?;
        self.pool.get(at as usize).copied()
    }
}

impl Writer<'_> {
    fn frame(&mut self, snapshot: u16, count: usize) {
        let frame = *self.trace.frame(snapshot);
        let entry = frame.parent == trace::NO_SNAPSHOT;
        self.number(u64::from(frame.pc));
        let flags = u64::from(frame.pushed) | u64::from(entry) << 1 | u64::from(frame.then) << 2;
        self.number(flags);
        self.number(u64::from(frame.base));
        self.number(u64::from(frame.dst));
        let function = self.constant(frame.function);
        self.number(function);
        self.number(count as u64);
    }

    fn object(&mut self, new: u16, count: u16) {
        let ins = self.trace.get(usize::from(new));
        let (bytes, header) = (ins.operands[0], ins.operand(1));
        self.objects.push(new);
        self.number(NEW | OBJECT << 2 | u64::from(count) << 4);
        self.number(u64::from(bytes));
        let header = self.constant(header);
        self.number(header);
    }

    fn again(&mut self, new: u16) -> Option<()> {
        let at = self.objects.iter().position(|&other| other == new)?;
        self.number(AGAIN | OBJECT << 2 | (at as u64) << 4);
        Some(())
    }

    fn field(&mut self, store: u16) {
        let ins = self.trace.get(usize::from(store));
        let half = ins.op == Op::StoreHalf;
        self.number(u64::from(half) | u64::from(ins.operands[1]) << 1);
    }

    fn leaf(&mut self, value: Ref, place: Loc) {
        let repr = match self.trace.repr(value) {
            Repr::Word => 0,
            Repr::Float => 1,
            Repr::Raw => 2,
            Repr::None => 3,
        };
        let (class, number) = match place {
            Loc::Register(reg) => (REGISTER, u64::from(reg)),
            Loc::Slot(slot) => (SLOT, u64::from(slot)),
            Loc::Home(register) => (HOME, u64::from(register)),
            Loc::Constant(r) => (CONSTANT, self.constant(r)),
        };
        self.number(class | repr << 2 | number << 4);
    }
}

struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl Reader<'_> {
    fn number(&mut self) -> u64 {
        let mut n = 0;
        let mut shift = 0;
        loop {
            let byte = self.bytes[self.at];
            self.at += 1;
            n |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return n;
            }
            shift += 7;
        }
    }
}
