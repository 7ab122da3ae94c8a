//! What is done to a process so that its figures can be compared, and to whom it is undone.
//!
//! - It is pinned to one processor, and the harness keeps off that processor ([`Aside`]).
//! - It gets a higher priority where that is allowed.
//! - Its environment is cleared to a list; a variable of random length shifts its stack, because
//!   addresses that depend on the environment's length move figures by several percent (Mytkowicz
//!   et al., "Producing Wrong Data Without Doing Anything Obviously Wrong!", ASPLOS 2009).
//! - For timings address randomisation is on, and the hash seed varies by plan: a program has a set
//!   of speeds, and several processes sample it. What is fixed is measured precisely and wrongly.
//!   For counts both are fixed ([`AddressSpace`]): one count is to be compared with another.
//! - It dies with the harness, so that a killed run leaves nothing behind that computes.
//!
//! What was applied is read back from the kernel and recorded, not assumed. The machine itself is
//! changed only where that is asked for, by [`machine`], which puts it back.

use std::os::unix::process::CommandExt;
use std::process::Command;

use model::{AddressSpace, Isolation};
use rustix::io;
use rustix::process::{
    Pid, Signal, getpriority_process, set_parent_process_death_signal, setpriority_process,
};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

pub mod machine;

#[cfg(test)]
mod tests;

/// Variables that a measured process keeps from the harness's own environment.
const KEPT: [&str; 6] = [
    "PATH",
    "HOME",
    "TMPDIR",
    "LD_LIBRARY_PATH",
    "QEMU_LD_PREFIX",
    "TZDIR",
];

/// Variables that are the same for all.
const FIXED: [(&str, &str); 3] = [
    ("LANG", "C.UTF-8"),
    ("LC_ALL", "C.UTF-8"),
    ("PYTHONDONTWRITEBYTECODE", "1"),
];

/// Niceness that is asked for. Negative ones need a privilege; without it the wish is recorded
/// as missed.
const NICE: i32 = -10;

/// What is wished for one process.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    pub cpu: Option<u32>,
    pub pad_bytes: u32,
    pub hash_seed: u32,
    pub address_space: AddressSpace,
    /// Added last, so an executor's own variables win.
    pub environment: Vec<(String, String)>,
}

/// The processor for measured processes: the last that this process may use, because the first
/// ones serve most interrupts. `None` with a single one: pinning there helps nobody.
pub fn processor() -> Option<u32> {
    let allowed = sched_getaffinity(None).ok()?;
    if allowed.count() < 2 {
        return None;
    }
    (0..CpuSet::MAX_CPU)
        .rev()
        .find(|&cpu| allowed.is_set(cpu))
        .map(|cpu| cpu as u32)
}

/// Prepares a command that is about to be spawned.
pub fn prepare(command: &mut Command, wishes: &Wishes) {
    command
        .env_clear()
        .envs(environment(wishes))
        .process_group(0);
    let (cpu, address_space) = (wishes.cpu, wishes.address_space);
    // SAFETY: between fork and exec only async-signal-safe calls are allowed. The closure makes
    // system calls alone, through rustix's linux_raw backend and libc's bare wrapper of
    // `personality`, on values that it owns; it neither allocates nor locks, and it ignores
    // failures, so it builds no error either.
    unsafe {
        command.pre_exec(move || {
            lay_out(address_space);
            set_parent_process_death_signal(Some(Signal::KILL)).ok();
            if let Some(cpu) = cpu {
                sched_setaffinity(None, &only(cpu)).ok();
            }
            setpriority_process(None, NICE).ok();
            Ok(())
        });
    }
}

/// The bit of a process's personality that fixes its addresses from the next exec on.
const FIXED_ADDRESSES: u32 = libc::ADDR_NO_RANDOMIZE as u32;
/// Asks for the personality without changing it.
const ASK: libc::c_ulong = 0xffff_ffff;

/// Sets or clears the bit for the calling process, whatever the harness itself was started with.
fn lay_out(address_space: AddressSpace) {
    // SAFETY: `personality` takes a number and touches no memory of ours.
    unsafe {
        let now = libc::personality(ASK);
        if now < 0 {
            return;
        }
        let now = now as u32;
        let wanted = match address_space {
            AddressSpace::Random => now & !FIXED_ADDRESSES,
            AddressSpace::Fixed => now | FIXED_ADDRESSES,
        };
        libc::personality(libc::c_ulong::from(wanted));
    }
}

/// What addresses a process has, by its personality and the system's own setting.
fn laid_out(pid: Pid) -> Option<AddressSpace> {
    let system = std::fs::read_to_string("/proc/sys/kernel/randomize_va_space");
    if system.is_ok_and(|level| level.trim() == "0") {
        return Some(AddressSpace::Fixed);
    }
    let text = std::fs::read_to_string(format!("/proc/{pid}/personality")).ok()?;
    let bits = u32::from_str_radix(text.trim(), 16).ok()?;
    Some(match bits & FIXED_ADDRESSES {
        0 => AddressSpace::Random,
        _ => AddressSpace::Fixed,
    })
}

/// Reads back what a spawned process got.
pub fn applied(pid: Pid, wishes: &Wishes) -> Isolation {
    let mut isolation = Isolation {
        pad_bytes: wishes.pad_bytes,
        hash_seed: Some(wishes.hash_seed),
        address_space: laid_out(pid),
        ..Isolation::default()
    };
    if isolation
        .address_space
        .is_some_and(|found| found != wishes.address_space)
    {
        isolation.missed.push(
            match wishes.address_space {
                AddressSpace::Random => "addresses are not random: the system's setting is off",
                AddressSpace::Fixed => "addresses are not fixed: the kernel refused",
            }
            .to_owned(),
        );
    }
    match (wishes.cpu, sched_getaffinity(Some(pid))) {
        (Some(cpu), Ok(set)) if set == only(cpu) => isolation.cpu = Some(cpu),
        (Some(cpu), _) => isolation
            .missed
            .push(format!("not pinned to processor {cpu}")),
        (None, _) => isolation
            .missed
            .push("not pinned: there is one processor".to_owned()),
    }
    match getpriority_process(Some(pid)) {
        Ok(nice) => {
            isolation.nice = Some(nice);
            if nice != NICE {
                isolation
                    .missed
                    .push(format!("niceness {nice}, {NICE} was refused"));
            }
        }
        Err(error) => isolation.missed.push(format!("niceness unknown: {error}")),
    }
    isolation
}

/// The whole environment of a measured process.
pub fn environment(wishes: &Wishes) -> Vec<(String, String)> {
    let kept = KEPT
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), std::env::var(name).ok()?)));
    let fixed = FIXED
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let own = [
        ("PYTHONHASHSEED".to_owned(), wishes.hash_seed.to_string()),
        (
            "KRAITBENCH_PAD".to_owned(),
            "x".repeat(wishes.pad_bytes as usize),
        ),
    ];
    kept.chain(fixed)
        .chain(own)
        .chain(wishes.environment.iter().cloned())
        .collect()
}

fn only(cpu: u32) -> CpuSet {
    let mut set = CpuSet::new();
    if (cpu as usize) < CpuSet::MAX_CPU {
        set.set(cpu as usize);
    }
    set
}

/// Keeps the calling thread off the measured processor while it lives, and puts it back where it
/// was. Threads started meanwhile inherit that.
#[derive(Debug)]
pub struct Aside {
    before: Option<CpuSet>,
}

impl Aside {
    /// # Errors
    /// The kernel refuses; the caller goes on and says so.
    pub fn of(cpu: Option<u32>) -> io::Result<Aside> {
        let Some(cpu) = cpu else {
            return Ok(Aside { before: None });
        };
        let before = sched_getaffinity(None)?;
        let mut rest = before;
        rest.unset(cpu as usize);
        sched_setaffinity(None, &rest)?;
        Ok(Aside {
            before: Some(before),
        })
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        if let Some(before) = &self.before {
            sched_setaffinity(None, before).ok();
        }
    }
}
