//! The tap: a recording writes down what the world answered, a replay answers from that.
//!
//! Every public operation of [`World`] passes through [`World::tap`]. Without a tape that is one
//! test. With a recording tape the operation is carried out and its answer written down; with a
//! playing one nothing is carried out and the answer is read. What was asked is not written down,
//! but a checksum of it is: a replay that asks for something else is found out at once.
//!
//! Not all that happens is asked for: signals come, and the collector finds objects dead. Such
//! *events* are told apart from answers. Their time is a count of *ticks*, moments in which the
//! interpreter looks up and which come in the same order in each run (`vm/src/events.rs`).
//!
//! Operations within operations (`local_time` reads a file) are not tapped again.

use crate::answer::{Answer, Reader};
use crate::{Tail, World};

macro_rules! ops {
    ($($(#[$doc:meta])* $name:ident $text:literal $when:ident;)*) => {
        /// An operation, as a tape names it; its number is its place in the table.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(u8)]
        pub enum Op { $($(#[$doc])* $name,)* }

        impl Op {
            const ALL: &'static [Op] = &[$(Op::$name,)*];

            /// The operation of a number.
            pub fn from_number(number: u8) -> Option<Op> {
                Op::ALL.get(number as usize).copied()
            }

            /// What it does, for messages.
            pub fn text(self) -> &'static str {
                match self { $(Op::$name => $text,)* }
            }

            /// What a tape should have written down already when the operation begins.
            pub fn urgency(self) -> Urgency {
                match self { $(Op::$name => Urgency::$when,)* }
            }
        }
    };
}

/// Whether somebody may see what an operation does, or wait for it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Urgency {
    /// Nobody sees it.
    Later,
    /// It waits, perhaps for ever.
    Before,
    /// Others see its effect.
    After,
}

ops! {
    CommandLine "the command line" Later;
    Executable "the executable's path" Later;
    Variables "the environment" Later;
    CurrentDir "the current folder" Later;
    SetCurrentDir "changing the current folder" Later;
    Clock "reading a clock" Later;
    Sleep "sleeping" Before;
    LocalTime "local time" Later;
    Random "random bytes" Later;
    HashSeed "the seed of hashes" Later;
    ReadFile "reading a file as a whole" Later;
    WriteFile "writing a file as a whole" Later;
    Open "opening a file" Later;
    Read "reading" Later;
    /// From standard input.
    ReadInput "reading standard input" Before;
    Write "writing" Later;
    /// To standard output or error.
    WriteOutput "writing output" After;
    Close "closing a file" Later;
    Seek "seeking" Later;
    Truncate "truncating a file" Later;
    Sync "syncing a file" Later;
    IsTerminal "asking for a terminal" Later;
    TerminalSize "the terminal's size" Later;
    SetUmask "setting the umask" Later;
    Stat "asking for a file's state" Later;
    StatOpen "asking for an open file's state" Later;
    IsFile "asking for a file" Later;
    IsDir "asking for a folder" Later;
    ListDir "listing a folder" Later;
    MakeDir "making a folder" Later;
    RemoveFile "removing a file" Later;
    RemoveDir "removing a folder" Later;
    Rename "renaming" Later;
    SetMode "changing a file's rights" Later;
    ReadLink "reading a link" Later;
    Symlink "making a link" Later;
    RealPath "resolving a path" Later;
    Pipe "making a pipe" Later;
    Duplicate "duplicating a file" Later;
    Poll "waiting for files" Before;
    ProcessId "the process's number" Later;
    ParentId "the parent's number" Later;
    UserId "the user's number" Later;
    Processors "the number of processors" Later;
    StartProcess "starting a process" After;
    WaitProcess "waiting for a process" Before;
    WatchSignal "watching a signal" Later;
    ArrivedSignals "asking for signals" Later;
    SendSignal "sending a signal" Before;
    RaiseSignal "raising a signal" Before;
    SetAlarm "setting the alarm" Later;
    AlarmLeft "asking for the alarm" Later;
    /// Something that depends on when the collector ran.
    HeapFigure "a figure of the heap" Later;
    DieOfInterrupt "ending by an interrupt" Before;
    Socket "making a socket" Later;
    SocketPair "making a pair of sockets" Later;
    Bind "giving a socket an address" After;
    Listen "listening on a socket" After;
    Accept "accepting a connection" Before;
    Connect "connecting a socket" Before;
    Receive "receiving" Before;
    Send "sending" After;
    ShutDown "ending a connection" After;
    OwnAddress "a socket's address" Later;
    PeerAddress "a peer's address" Later;
    SocketOption "an option of a socket" Later;
    SetSocketOption "setting an option of a socket" Later;
    SetBlocking "setting whether a file waits" Later;
    Resolve "looking up a host" Before;
    HostName "the machine's name" Later;
    SetTimes "setting a file's times" Later;
    SetTimesOpen "setting an open file's times" Later;
    SetOwner "giving a file to another user" Later;
    Link "giving a file one more name" Later;
    SetLength "setting a file's length" Later;
    MakeFifo "making a pipe with a name" Later;
    Volume "asking for a volume's state" Later;
    SyncAll "syncing all files" Later;
    GroupId "the group's number" Later;
    ProcessGroup "the number of a group of processes" Later;
    LoadAverages "the load of the machine" Later;
    DuplicateTo "duplicating a file to a number" Later;
    Inheritable "asking whether programs inherit a file" Later;
    SetInheritable "setting whether programs inherit a file" Later;
    ReadAt "reading at a place" Later;
    WriteAt "writing at a place" Later;
    Lock "locking a file" Before;
    FileFlags "an open file's flags" Later;
    SetFileFlags "setting an open file's flags" Later;
    Unread "asking what can be read" Later;
    PageBytes "the size of a page" Later;
    Limit "a limit of the process" Later;
    SetLimit "limiting the process" Later;
    Terminal "a terminal's state" Later;
    SetTerminal "setting a terminal's state" Later;
    DrainTerminal "waiting for a terminal" Before;
    FlushTerminal "dropping a terminal's data" Later;
    Execute "executing another program" Before;
    ReceiveMessage "receiving a message" Before;
    SendMessage "sending a message" After;
    FilesEnd "the open files" Later;
    Call "a call of the system" Later;
    Groups "the process's groups" Later;
    Affinity "the processors that a process may use" Later;
    SetAffinity "choosing the processors of a process" Later;
    OpenSemaphore "opening a semaphore" Later;
    TakeSemaphore "taking a semaphore" Before;
    ReleaseSemaphore "releasing a semaphore" After;
    SemaphoreValue "a semaphore's value" Later;
    CloseSemaphore "closing a semaphore" Later;
    RemoveSemaphore "removing a semaphore's name" Later;
    Database "using a database's files" Later;
}

/// What happens without having been asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Event {
    /// Watched signals arrived.
    Signals,
    /// Objects died, as the collector notes them.
    Deaths(Vec<u64>),
    /// The running thread has had its turn.
    Turn,
    /// Nothing but that time has passed: how far a recording got that was killed.
    Alive,
}

/// How a run ended, and in what state.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ending {
    pub exit_code: i32,
    pub ticks: u64,
    /// Objects that were created.
    pub created: u64,
    /// Of what was reachable; 0 if the program ended the process itself.
    pub digest: u64,
}

/// What was asked: its checksum, and its beginning for messages.
pub struct Question {
    op: Op,
    sum: u64,
    /// For messages; a recording has none to give.
    shown: Option<Vec<u8>>,
}

const SHOWN_BYTES_MAX: usize = 100;

impl Question {
    fn new(op: Op, is_shown: bool) -> Question {
        Question {
            op,
            sum: 0xcbf2_9ce4_8422_2325,
            shown: is_shown.then(Vec::new),
        }
    }

    fn mix(&mut self, word: u64) {
        self.sum = (self.sum ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.sum ^= self.sum >> 29;
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> &mut Question {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.mix(u64::from_le_bytes(*word));
        }
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        self.mix(u64::from_le_bytes(last));
        self.mix(bytes.len() as u64);
        if let Some(shown) = &mut self.shown {
            let room = SHOWN_BYTES_MAX.saturating_sub(shown.len());
            shown.push(b' ');
            shown.extend(&bytes[..bytes.len().min(room)]);
        }
        self
    }

    pub(crate) fn number(&mut self, number: impl Into<i64>) -> &mut Question {
        let number = number.into();
        self.mix(number as u64);
        if let Some(shown) = &mut self.shown
            && shown.len() < SHOWN_BYTES_MAX
        {
            shown.extend(format!(" {number}").bytes());
        }
        self
    }

    /// The question for the contents of a file.
    pub fn for_file(name: &[u8]) -> Question {
        let mut question = Question::new(Op::ReadFile, false);
        question.bytes(name);
        question
    }

    /// The checksum at its full length.
    pub fn sum(&self) -> u64 {
        self.sum
    }

    pub fn op(&self) -> Op {
        self.op
    }

    pub fn check(&self) -> u16 {
        (self.sum ^ self.sum >> 32) as u16
    }

    /// The question in words.
    pub fn text(&self) -> String {
        let shown = String::from_utf8_lossy(self.shown.as_deref().unwrap_or_default());
        format!("{}{}", self.op.text(), shown.escape_debug())
    }
}

/// Where answers and events go to, or come from.
pub trait Tape {
    /// Whether it answers; else it writes down.
    fn plays(&self) -> bool;

    /// Recording: an operation is about to be carried out.
    fn asked(&mut self, question: &Question);
    /// Recording: what came of it, in two parts.
    fn answered(&mut self, question: &Question, head: &[u8], tail: Tail<'_>);
    /// Playing: what came of it in the recording.
    fn answer(&mut self, question: &Question) -> Vec<u8>;
    /// Playing: the answer cannot be understood.
    fn malformed(&mut self, question: &Question) -> !;
    /// What the program wrote to standard output or error.
    fn wrote(&mut self, stream: i32, bytes: &[u8]);
    /// The contents of a file that was read as a whole.
    fn has_read(&mut self, name: &[u8], contents: &[u8]);
    /// Playing: whether what follows is asked by code of a debugger's user, not by the program.
    fn divert(&mut self, on: bool);

    /// The tick at which to look for events; the world asks after every answer and event.
    fn event_tick(&self) -> u64;
    /// Recording: something happened.
    fn happened(&mut self, tick: u64, event: &Event);
    /// Playing: what happened, if it did at this tick or before.
    fn event(&mut self, tick: u64) -> Option<Event>;

    /// The program ends. A playing tape may not return.
    fn end(&mut self, ending: &Ending);
}

impl World {
    /// Records or replays from now on.
    pub fn attach(&mut self, tape: Box<dyn Tape>) {
        self.event_tick = tape.event_tick();
        self.tape = Some(tape);
    }

    pub fn tape(&mut self) -> Option<&mut Box<dyn Tape>> {
        self.tape.as_mut()
    }

    /// Whether answers come from a recording.
    pub fn is_replaying(&self) -> bool {
        self.tape.as_ref().is_some_and(|tape| tape.plays())
    }

    pub fn is_recording(&self) -> bool {
        self.tape.as_ref().is_some_and(|tape| !tape.plays())
    }

    /// The tick at which there may be an event.
    #[inline(always)]
    pub fn event_tick(&self) -> u64 {
        self.event_tick
    }

    /// Recording: notes what happened.
    pub fn happened(&mut self, tick: u64, event: &Event) {
        if let Some(tape) = &mut self.tape {
            tape.happened(tick, event);
            self.event_tick = tape.event_tick();
        }
    }

    /// Replaying: what happened at this tick or before and was not yet told.
    pub fn event(&mut self, tick: u64) -> Option<Event> {
        let tape = self.tape.as_mut()?;
        let event = tape.event(tick);
        self.event_tick = tape.event_tick();
        event
    }

    /// Whether what follows is asked by code of a debugger's user.
    pub fn divert(&mut self, on: bool) {
        if let Some(tape) = &mut self.tape {
            tape.divert(on);
            self.event_tick = tape.event_tick();
        }
    }

    /// The program ends in this state.
    pub fn end(&mut self, ending: &Ending) {
        if let Some(tape) = &mut self.tape {
            tape.end(ending);
        }
    }

    /// A number that depends on when the collector ran: what it was when it was recorded.
    pub fn heap_figure(&mut self, figure: i64) -> i64 {
        self.tap(Op::HeapFigure, |_| (), |_| figure)
    }

    /// Carries an operation out, or answers for it.
    #[inline]
    pub(crate) fn tap<T: Answer>(
        &mut self,
        op: Op,
        ask: impl FnOnce(&mut Question),
        carry_out: impl FnOnce(&mut World) -> T,
    ) -> T {
        match self.tape.take() {
            None => carry_out(self),
            Some(tape) => self.tap_tape(tape, op, ask, carry_out),
        }
    }

    /// Without its tape, the world taps no operation within the operation.
    fn tap_tape<T: Answer>(
        &mut self,
        mut tape: Box<dyn Tape>,
        op: Op,
        ask: impl FnOnce(&mut Question),
        carry_out: impl FnOnce(&mut World) -> T,
    ) -> T {
        let mut question = Question::new(op, tape.plays());
        ask(&mut question);
        let answer = if tape.plays() {
            let bytes = tape.answer(&question);
            match T::get(&mut Reader::new(&bytes)) {
                Some(answer) => answer,
                None => tape.malformed(&question),
            }
        } else {
            tape.asked(&question);
            let mut answer = carry_out(self);
            self.scratch.clear();
            answer.put_head(&mut self.scratch);
            tape.answered(&question, &self.scratch, answer.hand_tail());
            answer
        };
        self.event_tick = tape.event_tick();
        self.tape = Some(tape);
        answer
    }
}
