//! Images that outlive a session: the file beside a log, `LOG.moments`.
//!
//! The first pass through a long recording takes as long as the recording did. What it leaves (images
//! of moments, what each stretch wrote to, where the end is) is the same for every session of the same
//! build on the same machine, so it is kept: the next session stands anywhere at once.
//!
//! ```text
//! file   = header, padded to 4096 bytes · pages and lists (`image`) · index
//! header = "KRAITIMG" version:u32 index_bytes:u32 index_at:u64 index_crc:u32 header_crc:u32
//! ```
//!
//! The index is JSON, compressed. A session writes what it adds behind the index that it found, then a
//! new index behind that, and the header last: whoever dies on the way leaves the file as it was.
//! While a session has the file, it is locked; a second one of the same log does without. A file that is
//! yet to be kept has no name, so a session that is killed leaves nothing.
//!
//! *What is believed.* Nothing without a checksum: the header's and the index's here, that of each list
//! and the hash of each page where they are loaded. The index says which build and log it is about, and
//! how memory lay (`image::layout`); an image is of use only where the executable, the libraries and the
//! thread's own memory lie at the same addresses, so the debugger begins itself anew without
//! randomised addresses (`fork`). A file that is stale or damaged is removed; one that is not krait's is
//! left alone.
//!
//! What it costs: the disk's room, which [`Shelf::limit_bytes`] bounds. Who wants it back removes the
//! file.

use crate::image::{Files, Placed};
use crate::play::End;
use crate::protocol::Time;
use crate::session::{Identity, with_ending};
use crate::written::Stretch;
use rustix::fs::{AtFlags, CWD, FlockOperation, flock, linkat};
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::{env, process};

const MAGIC: &[u8; 8] = b"KRAITIMG";
const VERSION: u32 = 1;
const HEADER_BYTES: usize = 32;
/// Where pages begin.
pub(crate) const BEGIN: u64 = 4096;
/// Of the room on the disk, images take at most this part.
const DISK_PART: u64 = 4;
const DISK_BYTES_MAX: u64 = 16 << 30;
/// An index is never so large.
const INDEX_BYTES_MAX: u32 = 1 << 30;

/// What a file holds besides pages and lists.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(crate) struct Index {
    pub(crate) of: Identity,
    /// How the memory of the processes lay.
    pub(crate) layout: String,
    pub(crate) moments: Moments,
}

/// What a session knows of its recording that another one can use.
#[derive(Clone, Default, PartialEq, Debug, Serialize, Deserialize)]
pub(crate) struct Moments {
    /// Where pages and lists end.
    pub(crate) end: u64,
    pub(crate) images: Vec<Placed>,
    /// Time, seconds of replay that lead there, number of the image.
    pub(crate) kept: Vec<(Time, f64, usize)>,
    pub(crate) stretches: Vec<Stretch>,
    pub(crate) stretch_stops: Time,
    pub(crate) ending: Option<(Time, End)>,
}

/// The file, as the debugger has it.
pub(crate) struct Shelf {
    file: File,
    /// Where the next session finds it; none: it vanishes.
    path: Option<PathBuf>,
    has_name: bool,
    /// How long it may become.
    pub(crate) limit_bytes: u64,
}

/// Why a file is of no use.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
enum Useless {
    #[error("is no file of krait's")]
    Foreign,
    #[error("is of another version of krait")]
    Version,
    #[error("is damaged")]
    Damaged,
    #[error("is about another recording")]
    Other,
}

/// A log's shelf, what is on it, and what the user should know of that.
pub(crate) struct Opened {
    pub(crate) shelf: Shelf,
    pub(crate) files: Files,
    pub(crate) index: Option<Index>,
    pub(crate) told: Option<String>,
}

/// The path of the file of a log.
pub(crate) fn file_of(log: &Path) -> PathBuf {
    with_ending(log, ".moments")
}

impl Shelf {
    /// Opens the file of a log; with `lasts` it may be one of an earlier session, and may be kept.
    pub(crate) fn open(log: &Path, of: &Identity, lasts: bool) -> io::Result<Opened> {
        let path = file_of(log);
        let (known, mut told) = match lasts {
            true => known(&path, of),
            false => (Known::InTheWay, None),
        };
        let (file, index, path, has_name) = match known {
            Known::Here(file, index) => (file, Some(*index), Some(path), true),
            Known::Nothing => match unnamed(log) {
                Ok(file) => (file, None, Some(path), false),
                Err(_) => (nameless(log, "pages")?, None, None, false),
            },
            Known::InTheWay => (nameless(log, "pages")?, None, None, false),
        };
        let room = rustix::fs::fstatvfs(&file)?;
        let free_bytes = room.f_bavail.saturating_mul(room.f_frsize);
        let own_bytes = file.metadata()?.len();
        if !has_name
            && path.is_some()
            && flock(&file, FlockOperation::NonBlockingLockExclusive).is_err()
        {
            told = told.or_else(|| Some(String::from("moments are not kept beyond this session")));
        }
        Ok(Opened {
            files: Files {
                pages: file.try_clone()?,
                table: nameless(log, "table")?,
            },
            shelf: Shelf {
                file,
                path,
                has_name,
                limit_bytes: DISK_BYTES_MAX.min((free_bytes + own_bytes) / DISK_PART),
            },
            index,
            told,
        })
    }

    /// Whether what is on it can be kept.
    pub(crate) fn lasts(&self) -> bool {
        self.path.is_some()
    }

    /// Takes everything off it; whoever finds it like that removes it.
    pub(crate) fn clear(&mut self) -> io::Result<()> {
        self.file.set_len(0)?;
        let mut head = header(b"", 0);
        head[HEADER_BYTES - 1] ^= 1;
        self.file.write_all_at(&head, 0)
    }

    /// Gives the lock back. Processes that are yet to end have the file as well, so it is not enough
    /// to close it.
    pub(crate) fn release(self) {
        // Who cannot has no lock.
        let _ = flock(&self.file, FlockOperation::Unlock);
    }

    /// Writes the index, and gives the file its name.
    pub(crate) fn keep(&mut self, index: &Index) -> io::Result<()> {
        let Some(path) = &self.path else {
            return Ok(());
        };
        let text = lz4_flex::compress_prepend_size(&serde_json::to_vec(index)?);
        let at = index.moments.end;
        self.file.write_all_at(&text, at)?;
        self.file.write_all_at(&header(&text, at), 0)?;
        if !self.has_name {
            let own = format!("/proc/self/fd/{}", self.file.as_raw_fd());
            linkat(CWD, own, CWD, path, AtFlags::SYMLINK_FOLLOW)?;
            self.has_name = true;
        }
        Ok(())
    }
}

/// What lies where the file should.
enum Known {
    Here(File, Box<Index>),
    Nothing,
    /// Something that is to stay as it is.
    InTheWay,
}

fn known(path: &Path, of: &Identity) -> (Known, Option<String>) {
    let shown = path.display();
    let without = "moments are not kept beyond this session";
    let file = match OpenOptions::new().read(true).write(true).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return (Known::Nothing, None),
        Err(error) => {
            let told = format!("cannot open {shown}: {error}; {without}");
            return (Known::InTheWay, Some(told));
        }
    };
    if flock(&file, FlockOperation::NonBlockingLockExclusive).is_err() {
        let told = format!("{shown} is in use by another session; {without}");
        return (Known::InTheWay, Some(told));
    }
    match read_index(&file, of) {
        Ok(index) => (Known::Here(file, Box::new(index)), None),
        Err(Useless::Foreign) => {
            let told = format!("{shown} {}; {without}", Useless::Foreign);
            (Known::InTheWay, Some(told))
        }
        Err(why) => match fs::remove_file(path) {
            Ok(()) => {
                let told = format!("{shown} {why}: it was removed, and is made anew");
                (Known::Nothing, Some(told))
            }
            Err(error) => {
                let told = format!("{shown} {why}, and cannot be removed ({error}); {without}");
                (Known::InTheWay, Some(told))
            }
        },
    }
}

fn header(index: &[u8], at: u64) -> [u8; HEADER_BYTES] {
    let mut header = [0; HEADER_BYTES];
    header[..8].copy_from_slice(MAGIC);
    header[8..12].copy_from_slice(&VERSION.to_le_bytes());
    header[12..16].copy_from_slice(&(index.len() as u32).to_le_bytes());
    header[16..24].copy_from_slice(&at.to_le_bytes());
    header[24..28].copy_from_slice(&crc32fast::hash(index).to_le_bytes());
    let crc = crc32fast::hash(&header[..28]);
    header[28..].copy_from_slice(&crc.to_le_bytes());
    header
}

fn read_index(file: &File, of: &Identity) -> Result<Index, Useless> {
    let mut header = [0; HEADER_BYTES];
    let is_whole = file.read_exact_at(&mut header, 0).is_ok();
    if !is_whole || !header.starts_with(MAGIC) {
        return Err(Useless::Foreign);
    }
    let number = |at: usize| u32::from_le_bytes([0, 1, 2, 3].map(|i| header[at + i]));
    if number(8) != VERSION {
        return Err(Useless::Version);
    }
    let bytes = number(12);
    if number(28) != crc32fast::hash(&header[..28]) || bytes > INDEX_BYTES_MAX {
        return Err(Useless::Damaged);
    }
    let at = u64::from(number(16)) | u64::from(number(20)) << 32;
    let mut text = vec![0; bytes as usize];
    let is_read = file.read_exact_at(&mut text, at).is_ok();
    if !is_read || crc32fast::hash(&text) != number(24) {
        return Err(Useless::Damaged);
    }
    let text = lz4_flex::decompress_size_prepended(&text).map_err(|_| Useless::Damaged)?;
    let index: Index = serde_json::from_slice(&text).map_err(|_| Useless::Damaged)?;
    match index.of == *of {
        // What is added must not lie on the index that is there.
        true => Ok(Index {
            moments: Moments {
                end: at + u64::from(bytes),
                ..index.moments
            },
            ..index
        }),
        false => Err(Useless::Other),
    }
}

/// A file beside a log that is yet to have a name.
fn unnamed(log: &Path) -> io::Result<File> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .custom_flags(libc::O_TMPFILE)
        .mode(0o600)
        .open(folder_of(log))
}

/// A file that vanishes with the last process that has it: beside the log, or in the folder for passing
/// files.
fn nameless(log: &Path, name: &str) -> io::Result<File> {
    let make = |folder: &Path| {
        let path = folder.join(format!(".krait-{name}-{}", process::id()));
        let mut how = OpenOptions::new();
        how.read(true).write(true).create_new(true).mode(0o600);
        let file = how.open(&path)?;
        fs::remove_file(&path)?;
        Ok(file)
    };
    make(folder_of(log)).or_else(|_: io::Error| make(&env::temp_dir()))
}

fn folder_of(log: &Path) -> &Path {
    let folder = log.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests;
