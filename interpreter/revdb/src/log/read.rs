//! Reading a log.
//!
//! A log is read where a process stands in it. Forked processes share the file but not their places:
//! each reads at an offset of its own.

use super::item::{self, Item};
use super::{
    BLOCK, BLOCK_HEAD_BYTES, END_MAGIC, Header, INDEX, Index, MAGIC, STORED_DEFLATE, STORED_LZ4,
    STORED_RAW, VERSION, block_crc,
};
use crate::{LogError, build_id, target};
use miniz_oxide::inflate::decompress_to_vec_with_limit;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use world::Ending;

/// Blocks hold one item more than fits; a file read as a whole is one item.
const BLOCK_BYTES_MAX: u32 = 1 << 31;

/// A log and a place in it.
#[derive(Clone)]
pub struct Log {
    path: PathBuf,
    file: Arc<File>,
    header: Header,
    /// The log was closed: whatever ends before its index is damaged.
    is_closed: bool,
    /// Where the next block begins.
    offset: u64,
    block: Vec<u8>,
    at: usize,
}

/// What comes next.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Next {
    Item(Item),
    /// Nothing: the log was closed here, or its recorder killed.
    End,
    /// Nothing that can be read; damaged at this offset.
    Damaged(u64),
}

impl Log {
    /// Opens a log, whoever made it.
    pub fn open(path: &Path) -> Result<Log, LogError> {
        let read = |error| LogError::read(path, error);
        let file = File::open(path).map_err(read)?;
        let length = file.metadata().map_err(read)?.len();
        if length == 0 {
            return Err(LogError::Empty {
                path: path.to_owned(),
            });
        }
        let mut fixed = [0; 16];
        if file.read_exact_at(&mut fixed, 0).is_err() || !fixed.starts_with(MAGIC) {
            return Err(LogError::Foreign {
                path: path.to_owned(),
            });
        }
        let number = |at: usize| u32::from_le_bytes([0, 1, 2, 3].map(|i| fixed[at + i]));
        let (version, header_bytes) = (number(8), number(12));
        if version != VERSION {
            return Err(LogError::Version {
                path: path.to_owned(),
                version,
                own: VERSION,
            });
        }
        let damaged = || LogError::Header {
            path: path.to_owned(),
        };
        if u64::from(header_bytes) > length {
            return Err(damaged());
        }
        let mut text = vec![0; header_bytes as usize + 4];
        file.read_exact_at(&mut text, 16).map_err(|_| damaged())?;
        let crc = text.split_off(header_bytes as usize);
        if crc32fast::hash(&text).to_le_bytes() != crc[..] {
            return Err(damaged());
        }
        let header = serde_json::from_slice(&text).map_err(|_| damaged())?;
        let mut last = [0; END_MAGIC.len()];
        let last_at = length.saturating_sub(last.len() as u64);
        file.read_exact_at(&mut last, last_at).map_err(read)?;
        Ok(Log {
            is_closed: last == *END_MAGIC,
            path: path.to_owned(),
            file: Arc::new(file),
            header,
            offset: 16 + u64::from(header_bytes) + 4,
            block: Vec::new(),
            at: 0,
        })
    }

    /// Opens a log that this very build made.
    pub fn open_own(path: &Path) -> Result<Log, LogError> {
        let log = Log::open(path)?;
        let own = build_id();
        if log.header.build != own || log.header.target != target() {
            return Err(LogError::Build {
                path: path.to_owned(),
                recorded: log.header.build,
                recorded_target: log.header.target,
                own,
                own_target: target().to_owned(),
            });
        }
        Ok(log)
    }

    /// The same log with its file at a number that is the same in all processes.
    pub(crate) fn numbered(self, number: impl Fn(&File) -> io::Result<File>) -> io::Result<Log> {
        Ok(Log {
            file: Arc::new(number(&self.file)?),
            ..self
        })
    }

    pub fn header(&self) -> &Header {
        &self.header
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How the recorded run ended, if the log was closed; found without reading what comes before.
    pub(crate) fn ending(&self) -> Option<Ending> {
        let length = self.file.metadata().ok()?.len();
        let mut tail = [0; 16];
        let tail_at = length.checked_sub(tail.len() as u64)?;
        self.file.read_exact_at(&mut tail, tail_at).ok()?;
        let (offset, end) = tail.split_first_chunk()?;
        if end != END_MAGIC {
            return None;
        }
        let begin = u64::from_le_bytes(*offset).checked_add(BLOCK_HEAD_BYTES as u64)?;
        let mut text = vec![0; usize::try_from(tail_at.checked_sub(begin)?).ok()?];
        self.file.read_exact_at(&mut text, begin).ok()?;
        let index: Index = serde_json::from_slice(&text).ok()?;
        let mut last = Log {
            offset: *index.blocks.last()?,
            block: Vec::new(),
            at: 0,
            ..self.clone()
        };
        loop {
            match last.next() {
                Next::Item(Item::Ending(ending)) => return Some(ending),
                Next::Item(_) => {}
                Next::End | Next::Damaged(_) => return None,
            }
        }
    }

    /// Takes the next item.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Next {
        while self.at >= self.block.len() {
            if let Err(why) = self.read_block() {
                return why;
            }
        }
        let mut rest = &self.block[self.at..];
        match item::get(&mut rest) {
            Some(item) => {
                self.at = self.block.len() - rest.len();
                Next::Item(item)
            }
            None => Next::Damaged(self.offset),
        }
    }

    /// What ends where more is expected: in a log that was closed, damage; otherwise the end, for
    /// what is cut off was never finished.
    fn cut(&self) -> Next {
        match self.is_closed {
            true => Next::Damaged(self.offset),
            false => Next::End,
        }
    }

    fn read_block(&mut self) -> Result<(), Next> {
        let mut head = [0; BLOCK_HEAD_BYTES];
        if self.file.read_exact_at(&mut head, self.offset).is_err() {
            return Err(self.cut());
        }
        let number = |at: usize| u32::from_le_bytes([0, 1, 2, 3].map(|i| head[at + i]));
        let (raw_bytes, stored_bytes, crc) = (number(2), number(6), number(10));
        let damaged = Next::Damaged(self.offset);
        let is_known = matches!((head[0], head[1]), (BLOCK, _) | (INDEX, STORED_RAW));
        // What is compressed is shorter for it; what is not is as long as it was.
        let fits = match head[1] {
            STORED_RAW => stored_bytes == raw_bytes,
            STORED_LZ4 | STORED_DEFLATE => stored_bytes < raw_bytes,
            _ => false,
        };
        if !is_known || !fits || raw_bytes > BLOCK_BYTES_MAX {
            return Err(damaged);
        }
        let begin = self.offset + BLOCK_HEAD_BYTES as u64;
        let left = self.file.metadata().map_or(0, |data| data.len());
        if begin + u64::from(stored_bytes) > left {
            return Err(self.cut());
        }
        let mut stored = vec![0; stored_bytes as usize];
        if self.file.read_exact_at(&mut stored, begin).is_err() {
            return Err(self.cut());
        }
        if block_crc(raw_bytes, &[&stored]) != crc {
            return Err(damaged);
        }
        if head[0] == INDEX {
            return Err(Next::End);
        }
        self.block = match head[1] {
            STORED_RAW => stored,
            STORED_LZ4 => lz4_flex::block::decompress(&stored, raw_bytes as usize)
                .map_err(|_| damaged.clone())?,
            STORED_DEFLATE => decompress_to_vec_with_limit(&stored, raw_bytes as usize)
                .map_err(|_| damaged.clone())?,
            _ => return Err(damaged),
        };
        self.at = 0;
        self.offset = begin + u64::from(stored_bytes);
        Ok(())
    }
}
