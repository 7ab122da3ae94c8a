//! What exits restore, compactly: all that is kept of a trace once it is machine code.
//!
//! For each exit the parts that `Trace::exit_parts` gives, in that order, as bytes with variable
//! length: frames, their registers, and for each value where the machine code has it and what is
//! known of it. Constants are numbers in a pool of those that are used.

use assemble::{Assembled, ExitKind, Loc};
use object::Value;
use trace::{Const, Part, Ref, Repr, Trace};

/// Where a restored value comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Source {
    Place(Loc),
    Constant(Const),
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

impl Resume {
    /// Of a trace and its code; `None` if the trace has something that cannot be restored.
    pub(crate) fn new(trace: &Trace, code: &Assembled) -> Option<Resume> {
        let mut writer = Writer {
            bytes: Vec::new(),
            trace,
            pool: Vec::new(),
            places: vec![0; trace.pool().len()],
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
                    Part::Object { .. } | Part::Field(_) | Part::Again(_) => return None,
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
                let place = reader.number();
                let repr =
                    [Repr::Word, Repr::Float, Repr::Raw, Repr::None][(place >> 2 & 3) as usize];
                let value = place >> 4;
                let source = match place & 3 {
                    REGISTER => Source::Place(Loc::Register(value as u8)),
                    SLOT => Source::Place(Loc::Slot(value as u16)),
                    HOME => Source::Place(Loc::Home(value as u16)),
                    _ => match self.constant(value) {
                        Some(constant) => Source::Constant(constant),
                        None => Source::Constant(Const::Raw(0)),
                    },
                };
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
