//! What the debugger and the replaying processes say to each other: JSON behind its length, over a
//! socket. A forked process gets a socket of its own, whose other end travels over the old one.

use crate::hits::HitRule;
use crate::image::{self, Record};
use crate::play::End;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;

/// Stop points since the program's first line, which is 1.
pub type Time = u64;

/// Where to break.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Place {
    /// Functions by name or qualified name.
    Function(String),
    /// A line of a file, which is named by the end of its path.
    Line { file: String, line: u32 },
    /// Wherever an exception of this class leaves the frame that raised it, or is taken in it; any, if
    /// it is empty.
    Raised(String),
    /// Where an exception leaves the outermost frame.
    Uncaught,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Breakpoint {
    pub number: u32,
    pub place: Place,
    pub condition: Option<Text>,
    /// Which of the hits count; all, if there is no rule.
    #[serde(default)]
    pub hits: Option<HitRule>,
    /// Says this and does not stop: an expression whose text is said.
    #[serde(default)]
    pub log: Option<Text>,
}

/// An expression of the user.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Text {
    /// As typed, with `$N`.
    pub typed: String,
    /// The same with names that Python has.
    pub python: String,
    /// What those names stand for.
    pub objects: Vec<(String, Named)>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Watchpoint {
    pub number: u32,
    /// As typed, with `$N`.
    pub expression: String,
    /// The same with names that Python has.
    pub python: String,
    /// The numbers of the objects that it names, by the names.
    pub objects: Vec<(String, Named)>,
    /// The place that it is, to be watched by its writes.
    #[serde(default)]
    pub place: Option<Path>,
    /// The places that its value is computed from, if it is nothing else.
    #[serde(default)]
    pub inputs: Option<Vec<Path>>,
}

/// A place in the program's data: what attributes and items lead to from an object.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Path {
    /// Its creation number.
    pub object: u64,
    pub steps: Vec<Step>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Step {
    Attribute(String),
    /// An item of a list or tuple, or of a dictionary.
    Index(i64),
    /// An item of a dictionary.
    Key(String),
}

/// What a `$N`, or a name in a watched expression, stands for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Named {
    /// The object of a creation number.
    Object(u64),
    /// A value that is no object: its text as an expression.
    Immediate(String),
    /// The variable of that name in the namespace of a creation number.
    Variable(u64),
}

/// What a name means in a frame.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Meaning {
    /// A variable of the module, and whether it has a value.
    Global {
        named: Named,
        is_bound: bool,
    },
    /// A variable of the function, and what it holds; whether that is a number, a text or the like.
    Local {
        held: Named,
        is_constant: bool,
    },
    Builtin,
    /// None of these, and the module's variables are not the program's.
    Unknown,
}

/// Where a run stops besides its last moment, by the depth of calls.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Depth {
    /// At most this many frames.
    AtMost(usize),
    /// At most this many, and where there are as many, on a later line than this.
    Beyond(usize, u32),
    /// This frame is about to be left.
    Leaving(usize),
    /// This frame was just entered.
    Entered(usize),
}

impl Depth {
    /// Whether there may be such a stop point where there were never fewer frames than this.
    pub(crate) fn may_be_at(self, shallowest: usize) -> bool {
        let (Depth::AtMost(most)
        | Depth::Beyond(most, _)
        | Depth::Leaving(most)
        | Depth::Entered(most)) = self;
        shallowest <= most
    }
}

/// How a value is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Form {
    /// By `repr`.
    Repr,
    /// By `pprint`.
    Pretty,
    /// By `str`, and without a name.
    Plain,
}

/// Where the values begin that are shown with what they hold.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Root {
    /// The variables of a frame.
    Locals { frame: usize },
    /// Those of its module.
    Globals { frame: usize },
    /// The object of a creation number.
    Object(u64),
    /// The value of an expression, which is computed each time.
    Value { frame: usize, text: Text },
}

/// A value within another.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Child {
    pub name: String,
    pub value: Described,
    /// What is written behind an expression for the one that holds it, to have it.
    pub access: Option<String>,
}

/// What is said of a value that may be looked into.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Described {
    pub text: String,
    pub class: String,
    /// Its number, if the program created it.
    pub number: Option<u64>,
    /// How many named parts it has, and how many with an index.
    pub named: usize,
    pub indexed: usize,
}

/// Which of the stops in a stretch is meant.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Pick {
    /// The first: the process stops there.
    First,
    /// The last: the process goes to the end and tells of it.
    Last,
}

/// A stretch to run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Run {
    pub until: Time,
    pub pick: Pick,
    pub breakpoints: Vec<Breakpoint>,
    pub watchpoints: Vec<Watchpoint>,
    pub depth: Option<Depth>,
    /// Instruction by instruction, to the next stop point at most.
    pub fine: Option<Fine>,
    /// Notes what is written to (see `object::heap::watched`), and tells of it.
    pub notes: bool,
}

/// A run between two stop points.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Fine {
    /// What the watched places hold after so many instructions is what they held before.
    pub after: u64,
    /// It stops after so many instructions.
    pub until: u64,
    /// It stops at the first change; else it tells of the last one.
    pub stops: bool,
}

impl Run {
    /// Straight to a time.
    pub fn to(until: Time) -> Run {
        Run {
            until,
            pick: Pick::First,
            breakpoints: Vec::new(),
            watchpoints: Vec::new(),
            depth: None,
            fine: None,
            notes: false,
        }
    }

    /// Whether the very instruction can be found that changes one of the watchpoints.
    pub fn has_places(&self) -> bool {
        self.watchpoints.iter().any(|w| w.place.is_some())
    }

    /// Whether code of the user is evaluated in the running process, which may change it.
    pub fn evaluates(&self) -> bool {
        self.watchpoints.iter().any(|w| w.place.is_none())
    }

    /// Whether that is to be done at each stop point, because of what it looks at nothing is known.
    pub fn evaluates_always(&self) -> bool {
        let mut all = self.watchpoints.iter();
        all.any(|w| w.place.is_none() && w.inputs.is_none())
    }
}

/// Why a run stops at a time.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Hit {
    pub time: Time,
    /// Instructions executed since that stop point.
    #[serde(default)]
    pub steps: u64,
    pub why: Vec<Why>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Why {
    Breakpoint(u32),
    /// A condition cannot be evaluated.
    BadCondition(u32, String),
    /// From the first text to the second.
    Watchpoint(u32, String, String),
    /// What wrote it: a part of this line.
    Written(u32, String),
    Depth,
}

/// Where a process stands.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Position {
    pub time: Time,
    pub depth: usize,
    pub file: String,
    pub line: u32,
    pub function: String,
    /// `bytecode`'s kinds, and those of `vm::stops`.
    pub kinds: u8,
    /// Instructions that were executed since the stop point.
    #[serde(default)]
    pub steps: u64,
    /// The value that is returned or yielded, or the exception that leaves the frame.
    pub leaving: Option<String>,
    /// Objects created so far.
    pub created: u64,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FrameLine {
    pub file: String,
    pub line: u32,
    pub function: String,
    pub arguments: String,
}

/// What the program wrote.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Output {
    pub time: Time,
    pub stream: i32,
    pub text: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Request {
    /// Become two; one that is kept gives memory back that it does not need.
    Fork {
        is_kept: bool,
    },
    /// Become two; the copy writes its image behind this end of the file, tells of it, and ends. With
    /// `is_full` the list of its pages needs no other.
    Store {
        end: u64,
        is_full: bool,
    },
    /// Become the process whose image these lists make up, and stop there.
    Load(Vec<Record>),
    /// How its memory lies (`image::layout`).
    Layout,
    Run(Run),
    Position,
    Backtrace,
    /// The lines of the file of a frame, counted from the innermost.
    Source {
        frame: usize,
    },
    Locals {
        frame: usize,
        arguments_only: bool,
    },
    Evaluate {
        frame: usize,
        text: Text,
        /// Statements that go before it.
        imports: Vec<String>,
        form: Form,
    },
    /// What a value holds; the value is found from `root` by the places of parts in parts.
    Children {
        root: Root,
        path: Vec<usize>,
        first: usize,
        count: usize,
        /// Without code of the program: by class where `repr` would run some.
        cautious: bool,
    },
    /// The number of the object that holds the parts of a root.
    Owner {
        root: Root,
    },
    /// The calls in progress, without the arguments' texts.
    Frames,
    /// Names that go on from a text: variables, or attributes of what stands before the last dot.
    Names {
        frame: usize,
        text: Text,
    },
    /// The lines of a file, named by the end of its path, at which one can stop.
    Lines {
        file: String,
    },
    /// The exception that leaves the frame, in full.
    Exception,
    /// What was written after so many pieces.
    Output {
        after: usize,
    },
    /// How far the program is.
    Progress,
    /// What names mean in a frame.
    Meanings {
        frame: usize,
        names: Vec<String>,
    },
    /// Whether a place can be watched by its writes.
    CanFollow(Path),
    /// The numbers of the objects whose writing may change these.
    Ways(Vec<Watchpoint>),
    /// The texts of what changed last, and what wrote it: for the process itself.
    Changed,
}

impl Request {
    /// Whether code of the program or the user runs before the answer.
    pub(crate) fn may_take_long(&self) -> bool {
        !matches!(
            self,
            Request::Fork { .. }
                | Request::Store { .. }
                | Request::Layout
                | Request::Progress
                | Request::Frames
        )
    }
}

/// How a run between two stop points ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FineEnd {
    /// Instructions executed since the stop point at which it began.
    pub steps: u64,
    /// How many there were when the last change was seen.
    pub changed: Option<u64>,
}

/// The objects that a stretch wrote to, of those that were older; maybe some more.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Written {
    /// By their numbers, ascending.
    Few(Vec<u64>),
    /// As a Bloom filter.
    Many(Vec<u64>),
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Reply {
    /// The copy's number; its socket follows.
    Forked {
        process: i32,
    },
    /// An image was written.
    Stored(image::Written),
    Layout(String),
    /// The run stopped; with [`Pick::Last`], for which stop.
    Stopped {
        time: Time,
        hit: Option<Hit>,
        fine: Option<FineEnd>,
        written: Option<Written>,
        /// The fewest frames at any stop point of the run.
        shallowest: usize,
    },
    /// There is no more to run; the last stop point was at this time.
    Ended {
        time: Time,
        end: End,
        hit: Option<Hit>,
    },
    Position(Position),
    Backtrace(Vec<FrameLine>),
    Source {
        file: String,
        lines: Vec<String>,
        line: u32,
    },
    Text(String),
    /// The value's text, and what to call it.
    Value {
        text: String,
        named: Option<Named>,
        value: Option<Described>,
    },
    Children(Vec<Child>),
    Owner(Option<u64>),
    Names(Vec<String>),
    Meanings(Vec<Meaning>),
    Lines(Vec<u32>),
    Exception {
        class: String,
        text: String,
        trace: String,
    },
    Output(Vec<Output>),
    /// How many objects were created, and the tick.
    Progress {
        created: u64,
        ticks: u64,
    },
    Follows(bool),
    /// None, if it cannot be told.
    Ways(Option<Vec<u64>>),
    Changed {
        old: String,
        new: String,
        line: u32,
        writer: String,
    },
    /// An expression asked for something that only the world could do.
    Refused(String),
    Failed(String),
}

/// One end of a socket.
pub struct Channel {
    socket: UnixStream,
}

impl From<OwnedFd> for Channel {
    fn from(file: OwnedFd) -> Channel {
        Channel {
            socket: UnixStream::from(file),
        }
    }
}

/// Longer messages are none of ours.
const MESSAGE_BYTES_MAX: u32 = 1 << 30;

impl Channel {
    pub fn pair() -> io::Result<(Channel, Channel)> {
        let (a, b) = UnixStream::pair()?;
        Ok((Channel { socket: a }, Channel { socket: b }))
    }

    /// The number of its file.
    pub(crate) fn file(&self) -> RawFd {
        self.socket.as_raw_fd()
    }

    /// Whether something can be received at once.
    pub(crate) fn has_news(&self) -> bool {
        let mut polled = [PollFd::new(&self.socket, PollFlags::IN)];
        poll(&mut polled, Some(&Timespec::default())).is_ok_and(|count| count > 0)
    }

    pub fn send<T: Serialize>(&mut self, message: &T) -> io::Result<()> {
        let text = serde_json::to_vec(message)?;
        let mut bytes = (text.len() as u32).to_le_bytes().to_vec();
        bytes.extend(text);
        self.socket.write_all(&bytes)
    }

    pub fn receive<T: DeserializeOwned>(&mut self) -> io::Result<T> {
        let mut length = [0; 4];
        self.socket.read_exact(&mut length)?;
        let length = u32::from_le_bytes(length);
        if length > MESSAGE_BYTES_MAX {
            return Err(io::Error::from(io::ErrorKind::InvalidData));
        }
        let mut text = vec![0; length as usize];
        self.socket.read_exact(&mut text)?;
        Ok(serde_json::from_slice(&text)?)
    }

    /// Sends an end of another socket along.
    pub fn send_channel(&self, other: &Channel) -> io::Result<()> {
        let files = [other.socket.as_fd()];
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut along = SendAncillaryBuffer::new(&mut space);
        along.push(SendAncillaryMessage::ScmRights(&files));
        sendmsg(
            &self.socket,
            &[IoSlice::new(b"s")],
            &mut along,
            SendFlags::empty(),
        )?;
        Ok(())
    }

    pub fn receive_channel(&self) -> io::Result<Channel> {
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut along = RecvAncillaryBuffer::new(&mut space);
        let mut byte = [0];
        recvmsg(
            &self.socket,
            &mut [IoSliceMut::new(&mut byte)],
            &mut along,
            RecvFlags::CMSG_CLOEXEC,
        )?;
        let mut found: Option<OwnedFd> = None;
        for message in along.drain() {
            if let RecvAncillaryMessage::ScmRights(mut files) = message {
                found = files.next();
            }
        }
        match found {
            Some(file) => Ok(Channel::from(file)),
            None => Err(io::Error::from(io::ErrorKind::InvalidData)),
        }
    }
}
