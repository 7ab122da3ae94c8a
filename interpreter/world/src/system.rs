//! What the system does for a process that no library has a safe way to ask for: calls that take numbers
//! and give one, copies of the process, what is done between a fork and an execution.

use crate::{FileAction, Op, Start, World};
use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::Command;

/// What a call's first argument, or its result, stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum About {
    /// Numbers alone.
    Numbers,
    /// An open file comes first.
    File,
    /// The result is a new file.
    Makes,
}

macro_rules! calls {
    ($($name:ident $text:literal $about:ident |$a:pat_param, $b:pat_param, $c:pat_param, $d:pat_param| $call:expr;)*) => {
        /// A call of the system.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Call { $($name,)* }

        impl Call {
            pub const ALL: &'static [Call] = &[$(Call::$name,)*];

            /// How programs name it.
            pub fn name(self) -> &'static str {
                match self { $(Call::$name => $text,)* }
            }

            fn about(self) -> About {
                match self { $(Call::$name => About::$about,)* }
            }

            /// What the C library says to it.
            fn answer(self, args: [i64; 4]) -> i64 {
                match self {
                    $(Call::$name => {
                        let [$a, $b, $c, $d] = args;
                        // SAFETY: the calls take numbers, whatever they are, and touch no memory of
                        // the program's.
                        #[allow(unused_unsafe)]
                        let answer = unsafe { $call };
                        answer as i64
                    })*
                }
            }
        }
    };
}

calls! {
    GetSession "getsid" Numbers |a, _, _, _| libc::getsid(a as _);
    NewSession "setsid" Numbers |_, _, _, _| libc::setsid();
    SetGroup "setpgid" Numbers |a, b, _, _| libc::setpgid(a as _, b as _);
    OwnGroup "setpgrp" Numbers |_, _, _, _| libc::setpgid(0, 0);
    Nice "nice" Numbers |a, _, _, _| marked(|| libc::nice(a as _));
    Priority "getpriority" Numbers |a, b, _, _| marked(|| libc::getpriority(a as _, b as _));
    SetPriority "setpriority" Numbers |a, b, c, _| libc::setpriority(a as _, b as _, c as _);
    Yield "sched_yield" Numbers |_, _, _, _| libc::sched_yield();
    Scheduler "sched_getscheduler" Numbers |a, _, _, _| libc::sched_getscheduler(a as _);
    PriorityMax "sched_get_priority_max" Numbers |a, _, _, _| libc::sched_get_priority_max(a as _);
    PriorityMin "sched_get_priority_min" Numbers |a, _, _, _| libc::sched_get_priority_min(a as _);
    SetUser "setuid" Numbers |a, _, _, _| libc::setuid(a as _);
    SetUserGroup "setgid" Numbers |a, _, _, _| libc::setgid(a as _);
    SetEffectiveUser "seteuid" Numbers |a, _, _, _| libc::seteuid(a as _);
    SetEffectiveGroup "setegid" Numbers |a, _, _, _| libc::setegid(a as _);
    SetUsers "setreuid" Numbers |a, b, _, _| libc::setreuid(a as _, b as _);
    SetUserGroups "setregid" Numbers |a, b, _, _| libc::setregid(a as _, b as _);
    SetAllUsers "setresuid" Numbers |a, b, c, _| libc::setresuid(a as _, b as _, c as _);
    SetAllGroups "setresgid" Numbers |a, b, c, _| libc::setresgid(a as _, b as _, c as _);
    ChangeMode "fchmod" File |a, b, _, _| libc::fchmod(a as _, b as _);
    ChangeOwner "fchown" File |a, b, c, _| libc::fchown(a as _, b as _, c as _);
    ChangeFolder "fchdir" File |a, _, _, _| libc::fchdir(a as _);
    LockPart "lockf" File |a, b, c, _| libc::lockf(a as _, b as _, c as _);
    Allocate "posix_fallocate" File |a, b, c, _| numbered(libc::posix_fallocate(a as _, b as _, c as _));
    Advise "posix_fadvise" File |a, b, c, d| numbered(libc::posix_fadvise(a as _, b as _, c as _, d as _));
    Foreground "tcgetpgrp" File |a, _, _, _| libc::tcgetpgrp(a as _);
    SetForeground "tcsetpgrp" File |a, b, _, _| libc::tcsetpgrp(a as _, b as _);
    MakeEvent "eventfd" Makes |a, b, _, _| libc::eventfd(a as _, b as _);
    OpenProcess "pidfd_open" Makes |a, b, _, _| libc::syscall(libc::SYS_pidfd_open, a, b);
}

/// The answer of a call that may give -1 without having failed, for which [`MINUS_ONE`] stands then.
fn marked(call: impl FnOnce() -> libc::c_int) -> i64 {
    // SAFETY: the address is that of this thread's own.
    unsafe { *libc::__errno_location() = 0 };
    match call() {
        -1 if io::Error::last_os_error().raw_os_error() == Some(0) => MINUS_ONE,
        answer => answer.into(),
    }
}

const MINUS_ONE: i64 = i64::MIN;

/// The answer of a call that gives its error: as others have it.
fn numbered(error: libc::c_int) -> i64 {
    if error == 0 {
        return 0;
    }
    // SAFETY: the address is that of this thread's own.
    unsafe { *libc::__errno_location() = error };
    -1
}

impl World {
    /// Makes a call of the system.
    pub fn call(&mut self, call: Call, args: [i64; 4]) -> io::Result<i64> {
        self.tap(
            Op::Call,
            |q| {
                q.number(call as i64);
                args.iter().for_each(|&arg| _ = q.number(arg));
            },
            |world| world.carry_out(call, args),
        )
    }

    fn carry_out(&mut self, call: Call, mut args: [i64; 4]) -> io::Result<i64> {
        if call.about() == About::File {
            let number = i32::try_from(args[0]).unwrap_or(-1);
            args[0] = self.with_file(number, |file| file.as_raw_fd())?.into();
        }
        match call.answer(args) {
            -1 => Err(io::Error::last_os_error()),
            MINUS_ONE => Ok(-1),
            number if call.about() == About::Makes => {
                // SAFETY: the call has just opened it.
                let file = unsafe { OwnedFd::from_raw_fd(number as i32) };
                rustix::io::fcntl_setfd(&file, rustix::io::FdFlags::CLOEXEC)?;
                Ok(self.keep(file).into())
            }
            number => Ok(number),
        }
    }

    /// The groups that the process is in besides its own.
    pub fn groups(&mut self) -> io::Result<Vec<u32>> {
        self.tap(
            Op::Groups,
            |_| (),
            |_| {
                let groups = rustix::process::getgroups()?;
                Ok(groups.iter().map(|group| group.as_raw()).collect())
            },
        )
    }

    /// The numbers of the processors that a process may use; 0 stands for this one.
    pub fn affinity(&mut self, process: i32) -> io::Result<Vec<u32>> {
        self.tap(
            Op::Affinity,
            |q| _ = q.number(process),
            |_| {
                let process = rustix::process::Pid::from_raw(process);
                let set = rustix::thread::sched_getaffinity(process)?;
                let numbers = 0..rustix::thread::CpuSet::MAX_CPU;
                let own = numbers.filter(|&number| set.is_set(number));
                Ok(own.map(|number| number as u32).collect())
            },
        )
    }

    /// Lets a process use these processors only.
    pub fn set_affinity(&mut self, process: i32, processors: &[u32]) -> io::Result<()> {
        self.tap(
            Op::SetAffinity,
            |q| {
                q.number(process);
                processors.iter().for_each(|&number| _ = q.number(number));
            },
            |_| {
                let mut set = rustix::thread::CpuSet::new();
                for &number in processors {
                    if number as usize >= rustix::thread::CpuSet::MAX_CPU {
                        return Err(io::Error::from_raw_os_error(libc::EINVAL));
                    }
                    set.set(number as usize);
                }
                let process = rustix::process::Pid::from_raw(process);
                Ok(rustix::thread::sched_setaffinity(process, &set)?)
            },
        )
    }
}

/// Copies the process; the child's number, 0 in the child.
pub(crate) fn fork() -> io::Result<i32> {
    // SAFETY: the system's other threads wait or sleep and hold no locks; the C library sees to its
    // own.
    match unsafe { libc::fork() } {
        ..=-1 => Err(io::Error::last_os_error()),
        child => Ok(child),
    }
}

/// Lets a process that is to carry out another program do first what is wanted of it, and close other files.
pub(crate) fn prepare(command: &mut Command, start: &Start, closes: bool) {
    let own = start.clone();
    // SAFETY: it makes system calls alone.
    unsafe { command.pre_exec(move || be_prepared(&own, closes)) };
}

fn be_prepared(start: &Start, closes: bool) -> io::Result<()> {
    // SAFETY: system calls with numbers, and a list with its length.
    unsafe {
        if let Some(umask) = start.umask {
            libc::umask(umask as libc::mode_t);
        }
        if let Some(groups) = &start.user_groups {
            done(libc::setgroups(groups.len() as _, groups.as_ptr()))?;
        }
        if start.new_session {
            done(libc::setsid())?;
        }
        if closes {
            // Systems before Linux 5.11 refuse it; all files that are opened here are so from the start.
            let flags = libc::CLOSE_RANGE_CLOEXEC;
            let (from, to) = (3 as libc::c_uint, libc::c_uint::MAX);
            libc::syscall(libc::SYS_close_range, from, to, flags);
        }
        for &file in &start.passed {
            done(libc::fcntl(file, libc::F_SETFD, 0))?;
        }
    }
    be_as_told(start)?;
    start.actions.iter().try_for_each(act)
}

fn done(result: libc::c_int) -> io::Result<()> {
    match result {
        0.. => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Takes on the identity, the schedule and the signals that are wanted.
fn be_as_told(start: &Start) -> io::Result<()> {
    // SAFETY: system calls with numbers, and structures of the C library that it fills itself before they
    // are read.
    unsafe {
        if let Some((policy, priority)) = start.schedule {
            let mut told: libc::sched_param = std::mem::zeroed();
            told.sched_priority = priority;
            done(match policy {
                Some(policy) => libc::sched_setscheduler(0, policy, &raw const told),
                None => libc::sched_setparam(0, &raw const told),
            })?;
        }
        if start.resets_identity {
            done(libc::setegid(libc::getgid()))?;
            done(libc::seteuid(libc::getuid()))?;
        }
        for &signal in &start.defaults {
            if libc::signal(signal, libc::SIG_DFL) == libc::SIG_ERR {
                return Err(io::Error::last_os_error());
            }
        }
        if let Some(signals) = &start.masked {
            let mut set: libc::sigset_t = std::mem::zeroed();
            done(libc::sigemptyset(&raw mut set))?;
            for &signal in signals {
                done(libc::sigaddset(&raw mut set, signal))?;
            }
            let nowhere = std::ptr::null_mut();
            done(libc::sigprocmask(
                libc::SIG_SETMASK,
                &raw const set,
                nowhere,
            ))?;
        }
    }
    Ok(())
}

fn act(action: &FileAction) -> io::Result<()> {
    // SAFETY: system calls with numbers, and a path that ends as the C library wants it.
    unsafe {
        match action {
            FileAction::Open {
                number,
                path,
                flags,
                mode,
            } => {
                let opened = libc::open(path.as_ptr(), *flags, *mode);
                done(opened)?;
                if opened != *number {
                    done(libc::dup2(opened, *number))?;
                    done(libc::close(opened))?;
                }
                Ok(())
            }
            FileAction::Close(number) => {
                // What is not open need not be closed.
                libc::close(*number);
                Ok(())
            }
            // A file that is to keep its number is one that the program is to have.
            FileAction::Duplicate(from, to) if from == to => {
                done(libc::fcntl(*from, libc::F_SETFD, 0))
            }
            FileAction::Duplicate(from, to) => done(libc::dup2(*from, *to)),
        }
    }
}

/// Numbers from which on a file that was given to the process is not looked for.
const GIVEN_MAX: i32 = 256;

/// The files beside the standard streams that the process was given by who started it: those whose
/// flags let them outlive the execution of a program, which none has that is opened here.
pub(crate) fn given() -> HashMap<i32, File> {
    let mut asked = [libc::pollfd {
        fd: 0,
        events: 0,
        revents: 0,
    }; GIVEN_MAX as usize - 3];
    for (file, number) in asked.iter_mut().zip(3..) {
        file.fd = number;
    }
    // SAFETY: the list has the length that is told.
    if unsafe { libc::poll(asked.as_mut_ptr(), asked.len() as libc::nfds_t, 0) } < 0 {
        return HashMap::new();
    }
    let is_given = |number: i32| {
        // SAFETY: it asks for the flags of a number, whatever that stands for.
        let flags = unsafe { libc::fcntl(number, libc::F_GETFD) };
        flags >= 0 && flags & libc::FD_CLOEXEC == 0
    };
    let open = asked
        .iter()
        .filter(|file| file.revents & libc::POLLNVAL == 0);
    open.map(|file| file.fd)
        .filter(|&number| is_given(number))
        // SAFETY: the file is open, and no one else knows of it.
        .map(|number| (number, unsafe { File::from_raw_fd(number) }))
        .collect()
}
