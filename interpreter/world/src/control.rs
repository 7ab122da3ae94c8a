//! What else is done with an open file, the terminal behind one, and the process itself: reading and
//! writing at a place, locks, flags, limits, another program in place of this one.

use crate::{Op, Piece, Start, World};
use rustix::fs::{FlockOperation, OFlags};
use rustix::process::{Resource, Rlimit};
use rustix::termios::{
    ControlModes, InputModes, LocalModes, OptionalActions, OutputModes, QueueSelector,
    SpecialCodeIndex, Termios,
};
use std::io;

/// A lock on a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lock {
    Shared,
    Exclusive,
    Open,
}

/// The state of a terminal: the four groups of its modes, its speeds, and its special characters in the
/// order of [`Terminal::CODES`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Terminal {
    pub input: u64,
    pub output: u64,
    pub control: u64,
    pub local: u64,
    pub input_speed: u64,
    pub output_speed: u64,
    pub codes: Vec<u8>,
}

/// What a change of a terminal's state waits for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum When {
    Now,
    /// All output is written.
    Drained,
    /// The same, and input that was not read is dropped.
    Flushed,
}

/// What [`World::flush_terminal`] drops.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Queue {
    Input,
    Output,
    Both,
}

/// What is limited.
const RESOURCES: [Resource; 16] = [
    Resource::Cpu,
    Resource::Fsize,
    Resource::Data,
    Resource::Stack,
    Resource::Core,
    Resource::Rss,
    Resource::Nproc,
    Resource::Nofile,
    Resource::Memlock,
    Resource::As,
    Resource::Locks,
    Resource::Sigpending,
    Resource::Msgqueue,
    Resource::Nice,
    Resource::Rtprio,
    Resource::Rttime,
];

/// EINVAL.
fn invalid() -> io::Error {
    io::Error::from_raw_os_error(22)
}

impl Terminal {
    /// The special characters, in the order in which Linux numbers them on most machines.
    pub const CODES: [SpecialCodeIndex; 17] = [
        SpecialCodeIndex::VINTR,
        SpecialCodeIndex::VQUIT,
        SpecialCodeIndex::VERASE,
        SpecialCodeIndex::VKILL,
        SpecialCodeIndex::VEOF,
        SpecialCodeIndex::VTIME,
        SpecialCodeIndex::VMIN,
        SpecialCodeIndex::VSWTC,
        SpecialCodeIndex::VSTART,
        SpecialCodeIndex::VSTOP,
        SpecialCodeIndex::VSUSP,
        SpecialCodeIndex::VEOL,
        SpecialCodeIndex::VREPRINT,
        SpecialCodeIndex::VDISCARD,
        SpecialCodeIndex::VWERASE,
        SpecialCodeIndex::VLNEXT,
        SpecialCodeIndex::VEOL2,
    ];

    fn of(state: &Termios) -> Terminal {
        Terminal {
            input: state.input_modes.bits().into(),
            output: state.output_modes.bits().into(),
            control: state.control_modes.bits().into(),
            local: state.local_modes.bits().into(),
            input_speed: state.input_speed().into(),
            output_speed: state.output_speed().into(),
            codes: Terminal::CODES.map(|at| state.special_codes[at]).to_vec(),
        }
    }

    fn write_to(&self, state: &mut Termios) -> io::Result<()> {
        state.input_modes = InputModes::from_bits_retain(self.input as _);
        state.output_modes = OutputModes::from_bits_retain(self.output as _);
        state.control_modes = ControlModes::from_bits_retain(self.control as _);
        state.local_modes = LocalModes::from_bits_retain(self.local as _);
        state.set_input_speed(self.input_speed.try_into().map_err(|_| invalid())?)?;
        state.set_output_speed(self.output_speed.try_into().map_err(|_| invalid())?)?;
        for (at, &code) in Terminal::CODES.iter().zip(&self.codes) {
            state.special_codes[*at] = code;
        }
        Ok(())
    }
}

impl World {
    /// Reads at most `most` bytes at a place of a file.
    pub fn read_at(&mut self, number: i32, most: usize, at: u64) -> io::Result<Piece> {
        self.tap(
            Op::ReadAt,
            |q| _ = q.number(number).number(most as i64).number(at as i64),
            |world| {
                let mut bytes = vec![0; most];
                let read =
                    world.with_file(number, |file| rustix::io::pread(file, &mut bytes, at))?;
                bytes.truncate(read?);
                Ok(Piece::from(bytes))
            },
        )
    }

    /// Writes at a place of a file; how many bytes.
    pub fn write_at(&mut self, number: i32, data: &[u8], at: u64) -> io::Result<usize> {
        self.tap(
            Op::WriteAt,
            |q| _ = q.number(number).bytes(data).number(at as i64),
            |world| {
                let wrote = world.with_file(number, |file| rustix::io::pwrite(file, data, at))?;
                Ok(wrote?)
            },
        )
    }

    /// Locks a file as a whole, for those who have it open (`of_process`: for the process), or waits
    /// for that.
    pub fn lock(
        &mut self,
        number: i32,
        lock: Lock,
        waits: bool,
        of_process: bool,
    ) -> io::Result<()> {
        self.tap(
            Op::Lock,
            |q| _ = q.number(number).number(lock as i32).number(waits),
            |world| {
                let how = match (lock, waits) {
                    (Lock::Shared, true) => FlockOperation::LockShared,
                    (Lock::Shared, false) => FlockOperation::NonBlockingLockShared,
                    (Lock::Exclusive, true) => FlockOperation::LockExclusive,
                    (Lock::Exclusive, false) => FlockOperation::NonBlockingLockExclusive,
                    (Lock::Open, _) => FlockOperation::Unlock,
                };
                let done = world.with_file(number, |file| match of_process {
                    true => rustix::fs::fcntl_lock(file, how),
                    false => rustix::fs::flock(file, how),
                })?;
                Ok(done?)
            },
        )
    }

    /// The flags of an open file, as `open` has them.
    pub fn file_flags(&mut self, number: i32) -> io::Result<u32> {
        self.tap(
            Op::FileFlags,
            |q| _ = q.number(number),
            |world| {
                Ok(world
                    .with_file(number, |file| rustix::fs::fcntl_getfl(file))??
                    .bits())
            },
        )
    }

    /// Sets those flags that can be set.
    pub fn set_file_flags(&mut self, number: i32, flags: u32) -> io::Result<()> {
        self.tap(
            Op::SetFileFlags,
            |q| _ = q.number(number).number(i64::from(flags)),
            |world| {
                let flags = OFlags::from_bits_retain(flags);
                let set = world.with_file(number, |file| rustix::fs::fcntl_setfl(file, flags))?;
                Ok(set?)
            },
        )
    }

    /// How many bytes lie ready to be read.
    pub fn unread(&mut self, number: i32) -> io::Result<u64> {
        self.tap(
            Op::Unread,
            |q| _ = q.number(number),
            |world| Ok(world.with_file(number, |file| rustix::io::ioctl_fionread(file))??),
        )
    }

    /// The size of a page of memory.
    pub fn page_bytes(&mut self) -> usize {
        self.tap(Op::PageBytes, |_| (), |_| rustix::param::page_size())
    }

    /// The soft and the hard limit of a resource, by Linux's number on most machines; `None` is no
    /// limit.
    pub fn limit(&mut self, resource: usize) -> io::Result<(Option<u64>, Option<u64>)> {
        self.tap(
            Op::Limit,
            |q| _ = q.number(resource as i64),
            |_| {
                let resource = *RESOURCES.get(resource).ok_or_else(invalid)?;
                let limit = rustix::process::getrlimit(resource);
                Ok((limit.current, limit.maximum))
            },
        )
    }

    pub fn set_limit(
        &mut self,
        resource: usize,
        current: Option<u64>,
        maximum: Option<u64>,
    ) -> io::Result<()> {
        self.tap(
            Op::SetLimit,
            |q| _ = q.number(resource as i64),
            |_| {
                let resource = *RESOURCES.get(resource).ok_or_else(invalid)?;
                Ok(rustix::process::setrlimit(
                    resource,
                    Rlimit { current, maximum },
                )?)
            },
        )
    }

    /// The state of the terminal behind a file.
    pub fn terminal(&mut self, number: i32) -> io::Result<Terminal> {
        self.tap(
            Op::Terminal,
            |q| _ = q.number(number),
            |world| {
                let state = world.with_file(number, |file| rustix::termios::tcgetattr(file))??;
                Ok(Terminal::of(&state))
            },
        )
    }

    pub fn set_terminal(&mut self, number: i32, when: When, to: &Terminal) -> io::Result<()> {
        self.tap(
            Op::SetTerminal,
            |q| _ = q.number(number).number(when as i32).bytes(&to.codes),
            |world| {
                let when = match when {
                    When::Now => OptionalActions::Now,
                    When::Drained => OptionalActions::Drain,
                    When::Flushed => OptionalActions::Flush,
                };
                let mut state =
                    world.with_file(number, |file| rustix::termios::tcgetattr(file))??;
                to.write_to(&mut state)?;
                let set = world.with_file(number, |file| {
                    rustix::termios::tcsetattr(file, when, &state)
                })?;
                Ok(set?)
            },
        )
    }

    /// Waits until a terminal's output is written.
    pub fn drain_terminal(&mut self, number: i32) -> io::Result<()> {
        self.tap(
            Op::DrainTerminal,
            |q| _ = q.number(number),
            |world| Ok(world.with_file(number, |file| rustix::termios::tcdrain(file))??),
        )
    }

    /// Drops what a terminal has not read or written yet.
    pub fn flush_terminal(&mut self, number: i32, queue: Queue) -> io::Result<()> {
        self.tap(
            Op::FlushTerminal,
            |q| _ = q.number(number).number(queue as i32),
            |world| {
                let queue = match queue {
                    Queue::Input => QueueSelector::IFlush,
                    Queue::Output => QueueSelector::OFlush,
                    Queue::Both => QueueSelector::IOFlush,
                };
                let done = world.with_file(number, |f| rustix::termios::tcflush(f, queue))?;
                Ok(done?)
            },
        )
    }

    /// Puts another program in this one's place. It comes back only if that fails; a recording ends
    /// here otherwise.
    pub fn execute(&mut self, start: &Start) -> io::Error {
        let failed: io::Result<()> = self.tap(
            Op::Execute,
            |q| {
                q.bytes(&start.program);
                start.arguments.iter().for_each(|word| _ = q.bytes(word));
            },
            |world| {
                use std::os::unix::process::CommandExt;
                Err(world.command(start)?.exec())
            },
        );
        match failed {
            Ok(()) => invalid(),
            Err(error) => error,
        }
    }
}
