//! Pipes, copies of files' numbers, and waiting until files are ready.

use crate::{Op, World};
use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::io::FdFlags;
use rustix::pipe::PipeFlags;
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};

/// The event of a number that no open file has; poll's bits are the same on all targets, though
/// their type is not.
const NOT_OPEN: u16 = 32;

impl World {
    pub(crate) fn keep(&mut self, file: OwnedFd) -> i32 {
        let number = file.as_raw_fd();
        self.open.insert(number, File::from(file));
        number
    }

    /// The two ends of a pipe: to read from, to write to.
    pub fn pipe(&mut self) -> io::Result<(i32, i32)> {
        self.tap(
            Op::Pipe,
            |_| (),
            |world| {
                let (read, write) = rustix::pipe::pipe_with(PipeFlags::CLOEXEC)?;
                Ok((world.keep(read), world.keep(write)))
            },
        )
    }

    /// Another number for an open file.
    pub fn duplicate(&mut self, number: i32) -> io::Result<i32> {
        self.tap(
            Op::Duplicate,
            |q| _ = q.number(number),
            |world| {
                let copy = world.duplicate_owned(number)?;
                Ok(world.keep(copy))
            },
        )
    }

    /// Makes a number stand for the file of another; what it stood for is closed.
    pub fn duplicate_to(&mut self, number: i32, target: i32, inheritable: bool) -> io::Result<()> {
        self.tap(
            Op::DuplicateTo,
            |q| _ = q.number(number).number(target).number(inheritable),
            |world| world.replace_file(number, target, inheritable),
        )
    }

    fn replace_file(&mut self, number: i32, target: i32, inheritable: bool) -> io::Result<()> {
        if number == target {
            return self.with_file(number, |_| ());
        }
        let source = self.duplicate_owned(number)?;
        match (self.open.remove(&target), target) {
            (Some(old), _) => {
                let mut old = OwnedFd::from(old);
                let done = rustix::io::dup2(&source, &mut old);
                self.keep(old);
                done?;
            }
            (None, 0) => rustix::stdio::dup2_stdin(&source)?,
            (None, 1) => rustix::stdio::dup2_stdout(&source)?,
            (None, 2) => rustix::stdio::dup2_stderr(&source)?,
            _ => {
                drop(source);
                let copy =
                    self.with_file(number, |file| rustix::io::fcntl_dupfd_cloexec(file, target))??;
                if copy.as_raw_fd() != target {
                    return Err(io::Error::from_raw_os_error(9));
                }
                self.keep(copy);
            }
        }
        self.inherit(target, inheritable)
    }

    fn inherit(&self, number: i32, inheritable: bool) -> io::Result<()> {
        let flags = match inheritable {
            true => FdFlags::empty(),
            false => FdFlags::CLOEXEC,
        };
        self.with_file(number, |file| rustix::io::fcntl_setfd(file, flags))??;
        Ok(())
    }

    /// Whether programs that are started have the file too.
    pub fn inheritable(&mut self, number: i32) -> io::Result<bool> {
        self.tap(
            Op::Inheritable,
            |q| _ = q.number(number),
            |world| {
                let flags = world.with_file(number, |file| rustix::io::fcntl_getfd(file))??;
                Ok(!flags.contains(FdFlags::CLOEXEC))
            },
        )
    }

    pub fn set_inheritable(&mut self, number: i32, inheritable: bool) -> io::Result<()> {
        self.tap(
            Op::SetInheritable,
            |q| _ = q.number(number).number(inheritable),
            |world| world.inherit(number, inheritable),
        )
    }

    pub(crate) fn duplicate_owned(&mut self, number: i32) -> io::Result<OwnedFd> {
        self.with_file(number, |file| file.try_clone_to_owned())?
    }

    /// Calls `f` with an open file or standard stream.
    pub(crate) fn with_file<R>(
        &self,
        number: i32,
        f: impl FnOnce(std::os::fd::BorrowedFd<'_>) -> R,
    ) -> io::Result<R> {
        match (self.open.get(&number), number) {
            (Some(file), _) => Ok(f(file.as_fd())),
            (None, 0) => Ok(f(io::stdin().as_fd())),
            (None, 1) => Ok(f(io::stdout().as_fd())),
            (None, 2) => Ok(f(io::stderr().as_fd())),
            _ => Err(io::Error::from_raw_os_error(9)),
        }
    }

    /// Waits until one of the files is ready for one of its events, which are poll's bits, or until
    /// the time is over; `None` waits for ever. Gives the ready ones with what they are ready for.
    pub fn poll(
        &mut self,
        files: &[(i32, u16)],
        wait_ns: Option<u64>,
    ) -> io::Result<Vec<(i32, u16)>> {
        self.tap(
            Op::Poll,
            |q| {
                for file in files {
                    q.number(file.0).number(file.1);
                }
            },
            |world| world.wait_for(files, wait_ns),
        )
    }

    fn wait_for(
        &mut self,
        files: &[(i32, u16)],
        wait_ns: Option<u64>,
    ) -> io::Result<Vec<(i32, u16)>> {
        let mut ready = Vec::new();
        let mut copies = Vec::new();
        for &(number, events) in files {
            match self.duplicate_owned(number) {
                Ok(copy) => copies.push((number, copy, PollFlags::from_bits_retain(events as _))),
                Err(_) => ready.push((number, NOT_OPEN)),
            }
        }
        let mut polled: Vec<PollFd<'_>> = copies
            .iter()
            .map(|(_, file, events)| PollFd::new(file, *events))
            .collect();
        let wait_ns = if ready.is_empty() { wait_ns } else { Some(0) };
        let time = wait_ns.map(|ns| Timespec {
            tv_sec: (ns / 1_000_000_000) as i64,
            tv_nsec: (ns % 1_000_000_000) as i64,
        });
        rustix::event::poll(&mut polled, time.as_ref())?;
        for ((number, ..), polled) in copies.iter().zip(&polled) {
            if !polled.revents().is_empty() {
                // Signed bits on some targets, unsigned on others, and never the sign.
                #[allow(clippy::unnecessary_cast)]
                let events = polled.revents().bits() as u16;
                ready.push((*number, events));
            }
        }
        Ok(ready)
    }
}
