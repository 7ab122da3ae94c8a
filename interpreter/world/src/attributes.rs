//! What a file has besides its contents and its name: times, owners, other names; and the volume that it
//! lies on.

use crate::files::path;
use crate::{Op, World};
use rustix::fs::{AtFlags, CWD, FileType, Mode, Timespec, Timestamps, UTIME_NOW};
use std::fs::{self, OpenOptions};
use std::io;

/// When a file was last read and written, in nanoseconds since 1970; both now if there is none.
pub type Times = Option<(i128, i128)>;

fn timespec(nanoseconds: i128) -> io::Result<Timespec> {
    let seconds = nanoseconds.div_euclid(1_000_000_000);
    let invalid = |_| io::Error::from_raw_os_error(rustix::io::Errno::INVAL.raw_os_error());
    Ok(Timespec {
        tv_sec: i64::try_from(seconds).map_err(invalid)?,
        tv_nsec: nanoseconds.rem_euclid(1_000_000_000) as _,
    })
}

fn timestamps(times: Times) -> io::Result<Timestamps> {
    let now = Timespec {
        tv_sec: 0,
        tv_nsec: UTIME_NOW as _,
    };
    Ok(match times {
        None => Timestamps {
            last_access: now,
            last_modification: now,
        },
        Some((read, written)) => Timestamps {
            last_access: timespec(read)?,
            last_modification: timespec(written)?,
        },
    })
}

/// How a path's last part is looked up.
fn lookup(follow: bool) -> AtFlags {
    match follow {
        true => AtFlags::empty(),
        false => AtFlags::SYMLINK_NOFOLLOW,
    }
}

/// What is known of a volume, by the names of `statvfs`.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Volume {
    pub block_bytes: u64,
    pub fragment_bytes: u64,
    pub blocks: u64,
    pub free: u64,
    pub available: u64,
    pub files: u64,
    pub files_free: u64,
    pub files_available: u64,
    pub flags: u64,
    pub name_max: u64,
    pub id: u64,
}

impl World {
    /// Sets when a file was last read and written.
    pub fn set_times(&mut self, name: &[u8], times: Times, follow: bool) -> io::Result<()> {
        let (read, written) = times.unwrap_or_default();
        self.tap(
            Op::SetTimes,
            |q| _ = q.bytes(name).number(read as i64).number(written as i64),
            |_| {
                let times = timestamps(times)?;
                Ok(rustix::fs::utimensat(
                    CWD,
                    path(name),
                    &times,
                    lookup(follow),
                )?)
            },
        )
    }

    /// The same of an open file.
    pub fn set_times_open(&mut self, number: i32, times: Times) -> io::Result<()> {
        self.tap(
            Op::SetTimesOpen,
            |q| _ = q.number(number),
            |world| {
                let times = timestamps(times)?;
                Ok(rustix::fs::futimens(world.file(number)?, &times)?)
            },
        )
    }

    /// Gives a file to another user or group; none: it keeps its own.
    pub fn set_owner(
        &mut self,
        name: &[u8],
        user: Option<u32>,
        group: Option<u32>,
        follow: bool,
    ) -> io::Result<()> {
        self.tap(
            Op::SetOwner,
            |q| _ = q.bytes(name),
            |_| match follow {
                true => std::os::unix::fs::chown(path(name), user, group),
                false => std::os::unix::fs::lchown(path(name), user, group),
            },
        )
    }

    /// Gives a file one more name.
    pub fn link(&mut self, from: &[u8], to: &[u8]) -> io::Result<()> {
        self.tap(
            Op::Link,
            |q| _ = q.bytes(from).bytes(to),
            |_| fs::hard_link(path(from), path(to)),
        )
    }

    /// Cuts a file, or makes it longer by zeros.
    pub fn set_length(&mut self, name: &[u8], bytes: u64) -> io::Result<()> {
        self.tap(
            Op::SetLength,
            |q| _ = q.bytes(name).number(bytes as i64),
            |_| {
                OpenOptions::new()
                    .write(true)
                    .open(path(name))?
                    .set_len(bytes)
            },
        )
    }

    /// Makes a pipe with a name.
    pub fn make_fifo(&mut self, name: &[u8], mode: u32) -> io::Result<()> {
        self.tap(
            Op::MakeFifo,
            |q| _ = q.bytes(name),
            |_| {
                let mode = Mode::from_raw_mode(mode);
                Ok(rustix::fs::mknodat(
                    CWD,
                    path(name),
                    FileType::Fifo,
                    mode,
                    0,
                )?)
            },
        )
    }

    /// The volume that a file lies on.
    pub fn volume(&mut self, name: &[u8]) -> io::Result<Volume> {
        self.tap(
            Op::Volume,
            |q| _ = q.bytes(name),
            |_| {
                let found = rustix::fs::statvfs(path(name))?;
                Ok(Volume {
                    block_bytes: found.f_bsize,
                    fragment_bytes: found.f_frsize,
                    blocks: found.f_blocks,
                    free: found.f_bfree,
                    available: found.f_bavail,
                    files: found.f_files,
                    files_free: found.f_ffree,
                    files_available: found.f_favail,
                    flags: found.f_flag.bits(),
                    name_max: found.f_namemax,
                    id: found.f_fsid,
                })
            },
        )
    }

    /// Has the system write what it has yet to write to its disks.
    pub fn sync_all(&mut self) {
        self.tap(Op::SyncAll, |_| (), |_| rustix::fs::sync());
    }
}
