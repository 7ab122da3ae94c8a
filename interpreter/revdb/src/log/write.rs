//! Writing a log.

use super::item;
use super::{
    BLOCK, BLOCK_HEAD_BYTES, END_MAGIC, Header, INDEX, Index, MAGIC, STORED_LZ4, STORED_RAW,
    VERSION, block_crc,
};
use crate::LogError;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use world::{Ending, Event, Op};

/// A block is written when it is at least this long.
const BLOCK_BYTES: usize = 128 << 10;
const SAMPLE_BYTES: usize = 4 << 10;

/// A log that is being written. When writing fails (the disk is full), the log ends there and the
/// program goes on.
pub struct Writer {
    path: PathBuf,
    file: Option<File>,
    pending: Vec<u8>,
    written_bytes: u64,
    index: Index,
    failure: Option<io::Error>,
}

impl Writer {
    /// Makes a file and writes the header.
    pub fn create(path: &Path, header: &Header) -> Result<Writer, LogError> {
        let explain = |error| LogError::Write {
            path: path.to_owned(),
            error,
        };
        let mut file = File::create(path).map_err(explain)?;
        let text = serde_json::to_vec(header).map_err(|e| explain(io::Error::other(e)))?;
        let mut head = MAGIC.to_vec();
        head.extend(VERSION.to_le_bytes());
        head.extend((text.len() as u32).to_le_bytes());
        head.extend(&text);
        head.extend(crc32fast::hash(&text).to_le_bytes());
        file.write_all(&head).map_err(explain)?;
        Ok(Writer {
            path: path.to_owned(),
            file: Some(file),
            pending: Vec::with_capacity(2 * BLOCK_BYTES),
            written_bytes: head.len() as u64,
            index: Index {
                blocks: Vec::new(),
                items: 0,
                raw_bytes: 0,
            },
            failure: None,
        })
    }

    pub fn answer(&mut self, op: Op, check: u16, bytes: &[u8]) {
        item::put_answer(&mut self.pending, op, check, bytes);
        self.added();
    }

    pub fn event(&mut self, tick: u64, event: &Event) {
        item::put_event(&mut self.pending, tick, event);
        self.added();
    }

    /// The last item; closes the log.
    pub fn end(&mut self, ending: &Ending) {
        item::put_ending(&mut self.pending, ending);
        self.index.items += 1;
        self.flush();
        let Ok(text) = serde_json::to_vec(&self.index) else {
            return;
        };
        let offset = self.written_bytes;
        self.write_block(INDEX, STORED_RAW, text.len(), &text);
        let mut tail = offset.to_le_bytes().to_vec();
        tail.extend(END_MAGIC);
        self.write(&tail);
        self.file = None;
    }

    fn added(&mut self) {
        self.index.items += 1;
        if self.pending.len() >= BLOCK_BYTES {
            self.flush();
        }
    }

    /// Writes what was not yet written.
    pub fn flush(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        let raw = std::mem::take(&mut self.pending);
        self.index.blocks.push(self.written_bytes);
        self.index.raw_bytes += raw.len() as u64;
        let compressed = is_worth_compressing(&raw).then(|| lz4_flex::block::compress(&raw));
        match compressed {
            Some(bytes) if bytes.len() < raw.len() => {
                self.write_block(BLOCK, STORED_LZ4, raw.len(), &bytes);
            }
            _ => self.write_block(BLOCK, STORED_RAW, raw.len(), &raw),
        }
        self.pending = raw;
        self.pending.clear();
    }

    fn write_block(&mut self, kind: u8, stored_as: u8, raw_bytes: usize, stored: &[u8]) {
        let raw = raw_bytes as u32;
        let mut head = Vec::with_capacity(BLOCK_HEAD_BYTES);
        head.extend([kind, stored_as]);
        head.extend(raw.to_le_bytes());
        head.extend((stored.len() as u32).to_le_bytes());
        head.extend(block_crc(raw, stored).to_le_bytes());
        self.write(&head);
        self.write(stored);
    }

    fn write(&mut self, bytes: &[u8]) {
        let Some(file) = &mut self.file else { return };
        match file.write_all(bytes) {
            Ok(()) => self.written_bytes += bytes.len() as u64,
            Err(error) => {
                self.failure = Some(error);
                self.file = None;
            }
        }
    }

    /// Why the log ends early, told once.
    pub fn take_failure(&mut self) -> Option<String> {
        let error = self.failure.take()?;
        let path = self.path.display();
        Some(format!(
            "krait: the recording {path} ends here, the program goes on: {error}"
        ))
    }
}

/// Whether a sample from the middle gets shorter: a long block of what is compressed already, or
/// random, is not tried as a whole.
fn is_worth_compressing(raw: &[u8]) -> bool {
    let middle = raw.len() / 2;
    match raw.get(middle..middle + SAMPLE_BYTES) {
        Some(sample) if raw.len() > 4 * SAMPLE_BYTES => {
            lz4_flex::block::compress(sample).len() < SAMPLE_BYTES / 16 * 15
        }
        _ => true,
    }
}
