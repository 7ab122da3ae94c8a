//! What the debugger and the replaying processes say to each other: JSON behind its length, over a
//! socket. A forked process gets a socket of its own, whose other end travels over the old one.

use crate::play::End;
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
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
    /// Wherever an exception of this class leaves a frame.
    Raised(String),
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Breakpoint {
    pub number: u32,
    pub place: Place,
    pub condition: Option<String>,
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
}

/// What a `$N` stands for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Named {
    /// The object of a creation number.
    Object(u64),
    /// A value that is no object: its text as an expression.
    Immediate(String),
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
        }
    }
}

/// Why a run stops at a time.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Hit {
    pub time: Time,
    pub why: Vec<Why>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Why {
    Breakpoint(u32),
    /// A condition cannot be evaluated.
    BadCondition(u32, String),
    /// From the first text to the second.
    Watchpoint(u32, String, String),
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
    /// `bytecode`'s kinds, and `vm::stops::UNWOUND`.
    pub kinds: u8,
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
    /// Become two.
    Fork,
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
        text: String,
        objects: Vec<(String, Named)>,
        pretty: bool,
    },
    /// What was written after so many pieces.
    Output {
        after: usize,
    },
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Reply {
    /// The copy's number; its socket follows.
    Forked {
        process: i32,
    },
    /// The run stopped; with [`Pick::Last`], for which stop.
    Stopped {
        time: Time,
        hit: Option<Hit>,
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
    },
    Output(Vec<Output>),
    /// An expression asked for something that only the world could do.
    Refused(String),
    Failed(String),
}

/// One end of a socket.
pub struct Channel {
    socket: UnixStream,
}

/// Longer messages are none of ours.
const MESSAGE_BYTES_MAX: u32 = 1 << 30;

impl Channel {
    pub fn pair() -> io::Result<(Channel, Channel)> {
        let (a, b) = UnixStream::pair()?;
        Ok((Channel { socket: a }, Channel { socket: b }))
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
            Some(file) => Ok(Channel {
                socket: UnixStream::from(file),
            }),
            None => Err(io::Error::from(io::ErrorKind::InvalidData)),
        }
    }
}
