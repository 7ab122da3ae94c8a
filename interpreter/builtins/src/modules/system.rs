//! What `posix` has of calls of the system that take numbers and give one (`world::Call`), and the like.

use super::posix::{failed, number_of};
use object::{BigInt, Gc, List, Module, Set, Value, intern};
use vm::{Def, PyResult, Vm, method, string, tuple};
use world::Call;

const FUNCTIONS: &[Def] = &[
    method("getsid(pid, /)", |vm, args| {
        call(vm, Call::GetSession, args)
    }),
    method("setsid()", |vm, args| done(vm, Call::NewSession, args)),
    method("setpgid(pid, pgrp, /)", |vm, args| {
        done(vm, Call::SetGroup, args)
    }),
    method("setpgrp()", |vm, args| done(vm, Call::OwnGroup, args)),
    method("nice(increment, /)", |vm, args| call(vm, Call::Nice, args)),
    method("getpriority(which, who)", |vm, args| {
        call(vm, Call::Priority, args)
    }),
    method("setpriority(which, who, priority)", |vm, args| {
        done(vm, Call::SetPriority, args)
    }),
    method("sched_yield()", |vm, args| {
        vm.yield_thread();
        done(vm, Call::Yield, args)
    }),
    method("sched_getscheduler(pid, /)", |vm, args| {
        call(vm, Call::Scheduler, args)
    }),
    method("sched_get_priority_max(policy)", |vm, args| {
        call(vm, Call::PriorityMax, args)
    }),
    method("sched_get_priority_min(policy)", |vm, args| {
        call(vm, Call::PriorityMin, args)
    }),
    method("setuid(uid, /)", |vm, args| done(vm, Call::SetUser, args)),
    method("setgid(gid, /)", |vm, args| {
        done(vm, Call::SetUserGroup, args)
    }),
    method("seteuid(euid, /)", |vm, args| {
        done(vm, Call::SetEffectiveUser, args)
    }),
    method("setegid(egid, /)", |vm, args| {
        done(vm, Call::SetEffectiveGroup, args)
    }),
    method("setreuid(ruid, euid, /)", |vm, args| {
        done(vm, Call::SetUsers, args)
    }),
    method("setregid(rgid, egid, /)", |vm, args| {
        done(vm, Call::SetUserGroups, args)
    }),
    method("setresuid(ruid, euid, suid, /)", |vm, args| {
        done(vm, Call::SetAllUsers, args)
    }),
    method("setresgid(rgid, egid, sgid, /)", |vm, args| {
        done(vm, Call::SetAllGroups, args)
    }),
    method("fchmod(fd, mode)", |vm, args| {
        done(vm, Call::ChangeMode, args)
    }),
    method("fchown(fd, uid, gid)", |vm, args| {
        done(vm, Call::ChangeOwner, args)
    }),
    method("fchdir(fd)", |vm, args| done(vm, Call::ChangeFolder, args)),
    method("lockf(fd, command, length, /)", |vm, args| {
        done(vm, Call::LockPart, args)
    }),
    method("posix_fallocate(fd, offset, length, /)", |vm, args| {
        done(vm, Call::Allocate, args)
    }),
    method(
        "posix_fadvise(fd, offset, length, advice, /)",
        |vm, args| done(vm, Call::Advise, args),
    ),
    method("tcgetpgrp(fd, /)", |vm, args| {
        call(vm, Call::Foreground, args)
    }),
    method("tcsetpgrp(fd, pgid, /)", |vm, args| {
        done(vm, Call::SetForeground, args)
    }),
    method("eventfd(initval, flags=524288)", |vm, args| {
        call(vm, Call::MakeEvent, args)
    }),
    method("eventfd_read(fd, /)", |vm, args| {
        let number = number_of(vm, args[0])?;
        super::select::wait_to_read(vm, number)?;
        match vm.world.read(number, 8) {
            Ok(bytes) => match <[u8; 8]>::try_from(&bytes[..]) {
                Ok(bytes) => {
                    let value = u64::from_ne_bytes(bytes);
                    Ok(match i64::try_from(value) {
                        Ok(value) => Value::int(value),
                        Err(_) => BigInt::from_i128(value.into()).into(),
                    })
                }
                Err(_) => failed(vm, &std::io::ErrorKind::UnexpectedEof.into(), None),
            },
            Err(error) => failed(vm, &error, None),
        }
    }),
    method("eventfd_write(fd, value, /)", |vm, args| {
        let (number, value) = (number_of(vm, args[0])?, vm.index(args[1])? as u64);
        match vm.world.write_all(number, &value.to_ne_bytes()) {
            Ok(()) => Ok(Value::NONE),
            Err(error) => failed(vm, &error, None),
        }
    }),
    method("device_encoding(fd)", |vm, args| {
        let number = number_of(vm, args[0])?;
        Ok(match vm.world.is_terminal(number) {
            true => string("UTF-8"),
            false => Value::NONE,
        })
    }),
    method("pidfd_open(pid, flags=0)", |vm, args| {
        call(vm, Call::OpenProcess, args)
    }),
    method("getgroups()", |vm, _| match vm.world.groups() {
        Ok(groups) => {
            let groups: Vec<Value> = groups.iter().map(|&g| Value::small(g.into())).collect();
            Ok(List::from_slice(&groups).into())
        }
        Err(error) => failed(vm, &error, None),
    }),
    method("sched_getaffinity(pid, /)", affinity),
    method("sched_setaffinity(pid, mask, /)", set_affinity),
    method("closerange(fd_low, fd_high, /)", close_range),
    method("pipe2(flags, /)", pipe_with),
    method("get_blocking(fd, /)", |vm, args| {
        let number = number_of(vm, args[0])?;
        match vm.world.file_flags(number) {
            Ok(flags) => Ok(Value::bool(flags & NON_BLOCKING == 0)),
            Err(error) => failed(vm, &error, None),
        }
    }),
    method("set_blocking(fd, blocking, /)", |vm, args| {
        let number = number_of(vm, args[0])?;
        let waits = vm.truth(args[1])?;
        match vm.world.set_blocking(number, waits) {
            Ok(()) => Ok(Value::NONE),
            Err(error) => failed(vm, &error, None),
        }
    }),
    method("major(device, /)", |vm, args| {
        let device = vm.index(args[0])? as u64;
        let major = device >> 32 & 0xffff_f000 | device >> 8 & 0xfff;
        Ok(Value::small(major as i64))
    }),
    method("minor(device, /)", |vm, args| {
        let device = vm.index(args[0])? as u64;
        let minor = device >> 12 & 0xffff_ff00 | device & 0xff;
        Ok(Value::small(minor as i64))
    }),
    method("makedev(major, minor, /)", |vm, args| {
        let (major, minor) = (vm.index(args[0])? as u64, vm.index(args[1])? as u64);
        let high = (major & 0xffff_f000) << 32 | (minor & 0xffff_ff00) << 12;
        Ok(Value::int(
            (high | (major & 0xfff) << 8 | minor & 0xff) as i64,
        ))
    }),
];

const NON_BLOCKING: u32 = 0o4000;
const CLOSE_ON_EXEC: i64 = 0o2000000;

const NUMBERS: &[(&str, i64)] = &[
    ("CLD_EXITED", 1),
    ("CLD_KILLED", 2),
    ("CLD_DUMPED", 3),
    ("CLD_TRAPPED", 4),
    ("CLD_STOPPED", 5),
    ("CLD_CONTINUED", 6),
    ("EFD_CLOEXEC", CLOSE_ON_EXEC),
    ("EFD_NONBLOCK", NON_BLOCKING as i64),
    ("EFD_SEMAPHORE", 1),
    ("EX_NOUSER", 67),
    ("EX_NOHOST", 68),
    ("EX_OSFILE", 72),
    ("EX_CANTCREAT", 73),
    ("EX_TEMPFAIL", 75),
    ("EX_PROTOCOL", 76),
    ("EX_NOPERM", 77),
    ("EX_CONFIG", 78),
    ("F_ULOCK", 0),
    ("F_LOCK", 1),
    ("F_TLOCK", 2),
    ("F_TEST", 3),
    ("NGROUPS_MAX", 65536),
    ("POSIX_FADV_NORMAL", 0),
    ("POSIX_FADV_RANDOM", 1),
    ("POSIX_FADV_SEQUENTIAL", 2),
    ("POSIX_FADV_WILLNEED", 3),
    ("PRIO_PROCESS", 0),
    ("PRIO_PGRP", 1),
    ("PRIO_USER", 2),
    ("P_ALL", 0),
    ("P_PID", 1),
    ("P_PGID", 2),
    ("P_PIDFD", 3),
    ("SCHED_OTHER", 0),
    ("SCHED_FIFO", 1),
    ("SCHED_RR", 2),
    ("SCHED_BATCH", 3),
    ("SCHED_IDLE", 5),
    ("SCHED_RESET_ON_FORK", 0x4000_0000),
    ("SEEK_DATA", 3),
    ("SEEK_HOLE", 4),
    ("ST_RDONLY", 1),
    ("ST_NOSUID", 2),
    ("ST_NODEV", 4),
    ("ST_NOEXEC", 8),
    ("ST_SYNCHRONOUS", 16),
    ("ST_MANDLOCK", 64),
    ("ST_WRITE", 128),
    ("ST_APPEND", 256),
    ("ST_NOATIME", 1024),
    ("ST_NODIRATIME", 2048),
    ("ST_RELATIME", 4096),
    ("TMP_MAX", 238_328),
    ("WSTOPPED", 2),
    ("WEXITED", 4),
    ("WNOWAIT", 0x0100_0000),
];

/// Makes a call with numbers; what it gives.
fn call(vm: &mut Vm, call: Call, args: &[Value]) -> PyResult {
    let mut numbers = [0; 4];
    for (number, &arg) in numbers.iter_mut().zip(args) {
        if let Some(arg) = arg.bound() {
            *number = vm.index(arg)?;
        }
    }
    match vm.world.call(call, numbers) {
        Ok(number) => Ok(Value::int(number)),
        Err(error) => failed(vm, &error, None),
    }
}

/// The same, for a call that gives nothing.
fn done(vm: &mut Vm, which: Call, args: &[Value]) -> PyResult {
    call(vm, which, args)?;
    Ok(Value::NONE)
}

fn affinity(vm: &mut Vm, args: &[Value]) -> PyResult {
    let process = number_of(vm, args[0])?;
    match vm.world.affinity(process) {
        Ok(processors) => {
            let set = Set::new();
            for number in processors {
                vm.set_add(set, Value::small(number.into()))?;
            }
            Ok(set.into())
        }
        Err(error) => failed(vm, &error, None),
    }
}

fn set_affinity(vm: &mut Vm, args: &[Value]) -> PyResult {
    let process = number_of(vm, args[0])?;
    let given = vm.collect(args[1])?;
    let mut processors = Vec::new();
    for &number in given.items() {
        match u32::try_from(vm.index(number)?) {
            Ok(number) => processors.push(number),
            Err(_) => return Err(vm.value_error("negative CPU number")),
        }
    }
    match vm.world.set_affinity(process, &processors) {
        Ok(()) => Ok(Value::NONE),
        Err(error) => failed(vm, &error, None),
    }
}

/// Closes the files of a range of numbers; those that are not open do not matter.
fn close_range(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (low, high) = (number_of(vm, args[0])?, number_of(vm, args[1])?);
    for number in low.max(0)..high.min(vm.world.files_end()) {
        let _ = vm.world.close(number);
    }
    Ok(Value::NONE)
}

fn pipe_with(vm: &mut Vm, args: &[Value]) -> PyResult {
    let flags = vm.index(args[0])?;
    let ends = match vm.world.pipe() {
        Ok((read, write)) => [read, write],
        Err(error) => return failed(vm, &error, None),
    };
    for end in ends {
        let inherits = flags & CLOSE_ON_EXEC == 0;
        let set = vm.world.set_inheritable(end, inherits);
        let set = match flags & i64::from(NON_BLOCKING) {
            0 => set,
            _ => set.and_then(|()| vm.world.set_blocking(end, false)),
        };
        if let Err(error) = set {
            return failed(vm, &error, None);
        }
    }
    Ok(tuple(&ends.map(|end| Value::small(end.into()))))
}

/// Adds the functions and their numbers to `posix`.
pub fn add(vm: &mut Vm, posix: Gc<Module>) {
    vm.add_functions(posix, FUNCTIONS);
    for &(name, number) in NUMBERS {
        posix.namespace().set_str(intern(name), Value::int(number));
    }
}
