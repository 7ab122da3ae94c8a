//! Files and folders. Paths are bytes, as the system has them.

use crate::{Op, Piece, World};
use std::ffi::OsStr;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::fd::AsRawFd;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

/// How to open a file.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct OpenFlags {
    pub read: bool,
    pub write: bool,
    pub append: bool,
    pub create: bool,
    pub truncate: bool,
    /// Refuse if it exists.
    pub exclusive: bool,
    /// Further flags, as the system has them.
    pub others: i32,
}

/// What seeking counts from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Whence {
    Start,
    Current,
    End,
}

/// What the system knows of a file.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Stat {
    pub mode: u32,
    pub inode: u64,
    pub device: u64,
    pub links: u64,
    pub user: u32,
    pub group: u32,
    pub size: u64,
    pub access_ns: i128,
    pub modify_ns: i128,
    pub change_ns: i128,
}

/// An entry of a folder.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    pub name: Vec<u8>,
    pub is_dir: bool,
    pub is_file: bool,
    pub is_symlink: bool,
}

pub(crate) fn path(bytes: &[u8]) -> &Path {
    Path::new(OsStr::from_bytes(bytes))
}

fn stat_of(data: &Metadata) -> Stat {
    let time = |seconds: i64, nanos: i64| seconds as i128 * 1_000_000_000 + nanos as i128;
    Stat {
        mode: data.mode(),
        inode: data.ino(),
        device: data.dev(),
        links: data.nlink(),
        user: data.uid(),
        group: data.gid(),
        size: data.size(),
        access_ns: time(data.atime(), data.atime_nsec()),
        modify_ns: time(data.mtime(), data.mtime_nsec()),
        change_ns: time(data.ctime(), data.ctime_nsec()),
    }
}

/// EBADF, as the system says for a number that is no open file.
fn bad_file() -> io::Error {
    io::Error::from_raw_os_error(9)
}

impl World {
    /// The contents of a file.
    pub fn read_file(&mut self, name: &[u8]) -> io::Result<Vec<u8>> {
        let read = self.tap(
            Op::ReadFile,
            |q| _ = q.bytes(name),
            |_| fs::read(path(name)).map(Piece::from),
        );
        let contents = read?;
        if let Some(tape) = self.tape() {
            tape.has_read(name, &contents);
        }
        Ok(contents.into_vec())
    }

    /// Makes a file with these contents, or replaces those of one.
    pub fn write_file(&mut self, name: &[u8], data: &[u8]) -> io::Result<()> {
        self.tap(
            Op::WriteFile,
            |q| _ = q.bytes(name).bytes(data),
            |_| fs::write(path(name), data),
        )
    }

    /// Opens a file; its number.
    pub fn open(&mut self, name: &[u8], flags: OpenFlags, mode: u32) -> io::Result<i32> {
        self.tap(
            Op::Open,
            |q| _ = q.bytes(name),
            |world| {
                let mut options = OpenOptions::new();
                options
                    .read(flags.read)
                    .write(flags.write && !flags.append)
                    .append(flags.append)
                    .mode(mode)
                    .custom_flags(flags.others);
                if flags.exclusive {
                    options.create_new(true);
                } else {
                    options.create(flags.create).truncate(flags.truncate);
                }
                let file = options.open(path(name))?;
                let number = file.as_raw_fd();
                world.open.insert(number, file);
                Ok(number)
            },
        )
    }

    pub(crate) fn file(&mut self, number: i32) -> io::Result<&mut File> {
        self.open.get_mut(&number).ok_or_else(bad_file)
    }

    /// Reads at most `most` bytes; none at the end.
    pub fn read(&mut self, number: i32, most: usize) -> io::Result<Piece> {
        let op = if number == 0 { Op::ReadInput } else { Op::Read };
        self.tap(
            op,
            |q| _ = q.number(number).number(most as i64),
            |world| world.read_some(number, most).map(Piece::from),
        )
    }

    fn read_some(&mut self, number: i32, most: usize) -> io::Result<Vec<u8>> {
        let mut buffer = vec![0; most];
        let count = if number == 0 && !self.open.contains_key(&0) {
            rustix::io::read(io::stdin(), &mut buffer)?
        } else {
            self.file(number)?.read(&mut buffer)?
        };
        buffer.truncate(count);
        Ok(buffer)
    }

    /// Writes; how many bytes were taken.
    pub fn write(&mut self, number: i32, data: &[u8]) -> io::Result<usize> {
        let is_output = matches!(number, 1 | 2);
        let op = if is_output {
            Op::WriteOutput
        } else {
            Op::Write
        };
        let taken = self.tap(
            op,
            |q| _ = q.number(number).bytes(data),
            |world| world.write_some(number, data),
        );
        if is_output
            && let Ok(count) = taken
            && let Some(tape) = self.tape()
        {
            tape.wrote(number, &data[..count.min(data.len())]);
        }
        taken.map(|count| count.min(data.len()))
    }

    fn write_some(&mut self, number: i32, data: &[u8]) -> io::Result<usize> {
        match number {
            1 if !self.open.contains_key(&1) => Ok(rustix::io::write(io::stdout(), data)?),
            2 if !self.open.contains_key(&2) => Ok(rustix::io::write(io::stderr(), data)?),
            _ => self.file(number)?.write(data),
        }
    }

    /// Writes all of it.
    pub fn write_all(&mut self, number: i32, mut data: &[u8]) -> io::Result<()> {
        while !data.is_empty() {
            match self.write(number, data) {
                Ok(0) => return Err(io::Error::from(io::ErrorKind::WriteZero)),
                Ok(count) => data = &data[count..],
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    pub fn close(&mut self, number: i32) -> io::Result<()> {
        self.tap(
            Op::Close,
            |q| _ = q.number(number),
            |world| {
                match world.open.remove(&number) {
                    Some(_) => Ok(()),
                    // The standard streams stay open for what is reported at the end.
                    None if (0..=2).contains(&number) => Ok(()),
                    None => Err(bad_file()),
                }
            },
        )
    }

    /// Above the numbers of all files that the program has open.
    pub fn files_end(&mut self) -> i32 {
        self.tap(
            Op::FilesEnd,
            |_| (),
            |world| world.open.keys().max().map_or(3, |&last| last.max(2) + 1),
        )
    }

    pub fn seek(&mut self, number: i32, offset: i64, whence: Whence) -> io::Result<u64> {
        self.tap(
            Op::Seek,
            |q| _ = q.number(number).number(offset),
            |world| {
                let target = match whence {
                    Whence::Start => match u64::try_from(offset) {
                        Ok(offset) => SeekFrom::Start(offset),
                        Err(_) => return Err(io::Error::from_raw_os_error(22)),
                    },
                    Whence::Current => SeekFrom::Current(offset),
                    Whence::End => SeekFrom::End(offset),
                };
                if (0..=2).contains(&number) && !world.open.contains_key(&number) {
                    let target = match target {
                        SeekFrom::Start(at) => rustix::fs::SeekFrom::Start(at),
                        SeekFrom::Current(by) => rustix::fs::SeekFrom::Current(by),
                        SeekFrom::End(by) => rustix::fs::SeekFrom::End(by),
                    };
                    return Ok(match number {
                        0 => rustix::fs::seek(io::stdin(), target)?,
                        1 => rustix::fs::seek(io::stdout(), target)?,
                        _ => rustix::fs::seek(io::stderr(), target)?,
                    });
                }
                world.file(number)?.seek(target)
            },
        )
    }

    pub fn truncate(&mut self, number: i32, size: u64) -> io::Result<()> {
        self.tap(
            Op::Truncate,
            |q| _ = q.number(number).number(size as i64),
            |world| world.file(number)?.set_len(size),
        )
    }

    pub fn sync(&mut self, number: i32) -> io::Result<()> {
        self.tap(
            Op::Sync,
            |q| _ = q.number(number),
            |world| world.file(number)?.sync_all(),
        )
    }

    pub fn is_terminal(&mut self, number: i32) -> bool {
        self.tap(
            Op::IsTerminal,
            |q| _ = q.number(number),
            |world| {
                use std::io::IsTerminal;
                match number {
                    0 => io::stdin().is_terminal(),
                    1 => io::stdout().is_terminal(),
                    2 => io::stderr().is_terminal(),
                    _ => world
                        .open
                        .get(&number)
                        .is_some_and(|file| file.is_terminal()),
                }
            },
        )
    }

    /// Columns and lines of the terminal behind a file.
    pub fn terminal_size(&mut self, number: i32) -> io::Result<(u16, u16)> {
        self.tap(
            Op::TerminalSize,
            |q| _ = q.number(number),
            |world| {
                let size = match number {
                    0 => rustix::termios::tcgetwinsize(io::stdin()),
                    1 => rustix::termios::tcgetwinsize(io::stdout()),
                    2 => rustix::termios::tcgetwinsize(io::stderr()),
                    _ => rustix::termios::tcgetwinsize(world.file(number)?),
                }?;
                Ok((size.ws_col, size.ws_row))
            },
        )
    }

    /// Sets which rights new files do not get; gives what was set before.
    pub fn set_umask(&mut self, mask: u32) -> u32 {
        self.tap(
            Op::SetUmask,
            |q| _ = q.number(mask),
            |_| {
                let mask = rustix::fs::Mode::from_raw_mode(mask & 0o777);
                rustix::process::umask(mask).as_raw_mode()
            },
        )
    }

    pub fn stat(&mut self, name: &[u8], follow: bool) -> io::Result<Stat> {
        self.tap(
            Op::Stat,
            |q| _ = q.bytes(name).number(follow),
            |_| {
                let data = if follow {
                    fs::metadata(path(name))?
                } else {
                    fs::symlink_metadata(path(name))?
                };
                Ok(stat_of(&data))
            },
        )
    }

    /// What the system knows of an open file.
    pub fn stat_open(&mut self, number: i32) -> io::Result<Stat> {
        self.tap(
            Op::StatOpen,
            |q| _ = q.number(number),
            |world| {
                if (0..=2).contains(&number) && !world.open.contains_key(&number) {
                    let stat = match number {
                        0 => rustix::fs::fstat(io::stdin())?,
                        1 => rustix::fs::fstat(io::stdout())?,
                        _ => rustix::fs::fstat(io::stderr())?,
                    };
                    return Ok(Stat {
                        mode: stat.st_mode,
                        size: stat.st_size as u64,
                        links: 1,
                        ..Stat::default()
                    });
                }
                Ok(stat_of(&world.file(number)?.metadata()?))
            },
        )
    }

    pub fn is_file(&mut self, name: &[u8]) -> bool {
        self.tap(
            Op::IsFile,
            |q| _ = q.bytes(name),
            |_| fs::metadata(path(name)).is_ok_and(|data| data.is_file()),
        )
    }

    pub fn is_dir(&mut self, name: &[u8]) -> bool {
        self.tap(
            Op::IsDir,
            |q| _ = q.bytes(name),
            |_| fs::metadata(path(name)).is_ok_and(|data| data.is_dir()),
        )
    }

    /// The entries of a folder, in the system's order.
    pub fn list_dir(&mut self, name: &[u8]) -> io::Result<Vec<Entry>> {
        self.tap(
            Op::ListDir,
            |q| _ = q.bytes(name),
            |_| {
                fs::read_dir(path(name))?
                    .map(|entry| {
                        let entry = entry?;
                        let kind = entry.file_type()?;
                        Ok(Entry {
                            name: entry.file_name().into_vec(),
                            is_dir: kind.is_dir(),
                            is_file: kind.is_file(),
                            is_symlink: kind.is_symlink(),
                        })
                    })
                    .collect()
            },
        )
    }

    pub fn make_dir(&mut self, name: &[u8], mode: u32) -> io::Result<()> {
        self.tap(
            Op::MakeDir,
            |q| _ = q.bytes(name),
            |_| fs::DirBuilder::new().mode(mode).create(path(name)),
        )
    }

    pub fn remove_file(&mut self, name: &[u8]) -> io::Result<()> {
        self.tap(
            Op::RemoveFile,
            |q| _ = q.bytes(name),
            |_| fs::remove_file(path(name)),
        )
    }

    pub fn remove_dir(&mut self, name: &[u8]) -> io::Result<()> {
        self.tap(
            Op::RemoveDir,
            |q| _ = q.bytes(name),
            |_| fs::remove_dir(path(name)),
        )
    }

    pub fn rename(&mut self, from: &[u8], to: &[u8]) -> io::Result<()> {
        self.tap(
            Op::Rename,
            |q| _ = q.bytes(from).bytes(to),
            |_| fs::rename(path(from), path(to)),
        )
    }

    pub fn set_mode(&mut self, name: &[u8], mode: u32) -> io::Result<()> {
        self.tap(
            Op::SetMode,
            |q| _ = q.bytes(name).number(mode),
            |_| fs::set_permissions(path(name), fs::Permissions::from_mode(mode)),
        )
    }

    pub fn read_link(&mut self, name: &[u8]) -> io::Result<Vec<u8>> {
        self.tap(
            Op::ReadLink,
            |q| _ = q.bytes(name),
            |_| Ok(fs::read_link(path(name))?.into_os_string().into_vec()),
        )
    }

    pub fn symlink(&mut self, target: &[u8], name: &[u8]) -> io::Result<()> {
        self.tap(
            Op::Symlink,
            |q| _ = q.bytes(target).bytes(name),
            |_| std::os::unix::fs::symlink(path(target), path(name)),
        )
    }

    /// The absolute path without symbolic links.
    pub fn real_path(&mut self, name: &[u8]) -> io::Result<Vec<u8>> {
        self.tap(
            Op::RealPath,
            |q| _ = q.bytes(name),
            |_| Ok(fs::canonicalize(path(name))?.into_os_string().into_vec()),
        )
    }

    /// What an engine of databases, which knows its files itself, asks of the system: an operation with numbers
    /// and bytes that go with it; gives a number, a further one, and bytes.
    pub fn database(
        &mut self,
        what: u8,
        numbers: [i64; 3],
        bytes: &[u8],
        act: &mut dyn FnMut() -> (i32, i64, Vec<u8>),
    ) -> (i32, i64, Vec<u8>) {
        let ((code, number), piece) = self.tap(
            Op::Database,
            |q| {
                q.number(what).bytes(bytes);
                for number in numbers {
                    q.number(number);
                }
            },
            |_| {
                let (code, number, bytes) = act();
                ((code, number), Piece::from(bytes))
            },
        );
        (code, number, piece.into_vec())
    }
}
