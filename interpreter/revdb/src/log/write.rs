//! Writing a log.
//!
//! Items gather in memory. A block that is full goes to a thread, which compresses it and writes it,
//! while the program runs on; when the thread is behind, it saves itself the compressing. What has to
//! be in the file before the program goes on (because it waits, or somebody has seen what it did) is
//! written at once by the program's own thread, after what the other one has still to write. So a
//! program that does little with the world never starts the thread, and one that is killed has lost
//! nothing that anybody could have seen, but for the answer to the write that it was killed after.
//!
//! A program that reads much is to be slowed by little more than the system's copy of what it read,
//! also where there is one core for both threads. So the room of a log that grows is reserved ahead
//! of it: the system then finds a place for each of its pages at half the price. And what hardly
//! gets shorter is not compressed.

use super::block::Block;
use super::item;
use super::{
    BLOCK, BLOCK_HEAD_BYTES, END_MAGIC, Header, INDEX, Index, MAGIC, STORED_DEFLATE, STORED_LZ4,
    STORED_RAW, VERSION, block_crc,
};
use crate::LogError;
use miniz_oxide::deflate::compress_to_vec;
use rustix::fs::{FallocateFlags, fallocate};
use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, IoSlice, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use world::{Ending, Event, Op, Tail};

/// A block is written when it is at least this long.
const BLOCK_BYTES: usize = 512 << 10;
const SAMPLE_BYTES: usize = 4 << 10;
/// What a compressed sample may have left of its length: less gain is not worth the compressing, which
/// takes longer than writing what it saves.
const SAMPLE_LEFT_MAX: usize = SAMPLE_BYTES / 4 * 3;
/// Room on the disk is reserved for a log that is at least so long, so much at a time. A recorder
/// that is killed leaves what it had reserved to the log's file, behind its end.
const RESERVE_FROM_BYTES: u64 = 1 << 20;
const RESERVED_BYTES: u64 = 32 << 20;
/// So much of a log's beginning is compressed tightly, which takes some 25 ns a byte, ten times as long
/// as doing it quickly; in blocks of at least so many bytes, since each costs some 50 µs whatever
/// its length.
const TIGHT_BYTES: u64 = 1 << 20;
const TIGHT_BLOCK_BYTES: usize = 4 << 10;
const TIGHT_LEVEL: u8 = 6;
/// Blocks that may wait for the thread.
const WAITING_MAX: usize = 2;
/// With so many waiting, blocks are not compressed.
const WAITING_MANY: usize = 1;

/// A log that is being written. When writing fails (the disk is full), the log ends there and the
/// program goes on.
pub struct Writer {
    path: PathBuf,
    pending: Block,
    items: u64,
    shared: Arc<Shared>,
    has_thread: bool,
}

/// What the program's thread and the one that writes have in common.
struct Shared {
    sink: Mutex<Sink>,
    line: Mutex<Line>,
    moved: Condvar,
}

/// The blocks that wait.
#[derive(Default)]
struct Line {
    waiting: VecDeque<Block>,
    /// The thread writes one that waits no more.
    is_writing: bool,
    /// Buffers to be used again.
    empty: Vec<Block>,
}

/// The file.
struct Sink {
    file: Option<File>,
    written_bytes: u64,
    /// How far there is room on the disk for sure; `None` where the system reserves none.
    reserved_bytes: Option<u64>,
    index: Index,
    failure: Option<io::Error>,
}

/// What a panic of the other thread left is as good as ever: nothing is changed in two steps.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
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
        let sink = Sink {
            file: Some(file),
            written_bytes: head.len() as u64,
            reserved_bytes: Some(0),
            index: Index {
                blocks: Vec::new(),
                items: 0,
                raw_bytes: 0,
            },
            failure: None,
        };
        Ok(Writer {
            path: path.to_owned(),
            pending: Block::with_capacity(64 << 10),
            items: 0,
            shared: Arc::new(Shared {
                sink: Mutex::new(sink),
                line: Mutex::default(),
                moved: Condvar::new(),
            }),
            has_thread: false,
        })
    }

    /// An answer in two parts.
    pub fn answer(&mut self, op: Op, check: u16, head: &[u8], tail: Tail<'_>) {
        self.pending.add_answer(op, check, head, tail);
        self.added();
    }

    pub fn event(&mut self, tick: u64, event: &Event) {
        self.pending.add(|out| item::put_event(out, tick, event));
        self.added();
    }

    /// The last item; closes the log.
    pub fn end(&mut self, ending: &Ending) {
        self.pending.add(|out| item::put_ending(out, ending));
        self.items += 1;
        self.flush();
        lock(&self.shared.sink).close(self.items);
    }

    fn added(&mut self) {
        self.items += 1;
        if self.pending.len() >= BLOCK_BYTES {
            self.hand_over();
        }
    }

    /// Leaves the block to the thread.
    fn hand_over(&mut self) {
        if !self.has_thread {
            let shared = Arc::clone(&self.shared);
            let writer = thread::Builder::new().name(String::from("log"));
            self.has_thread = writer.spawn(move || shared.write_blocks()).is_ok();
        }
        if !self.has_thread {
            return self.flush();
        }
        let mut line = lock(&self.shared.line);
        while line.waiting.len() >= WAITING_MAX {
            line = self.shared.wait(line);
        }
        let next = line.empty.pop();
        let next = next.unwrap_or_else(|| Block::with_capacity(64 << 10));
        line.waiting
            .push_back(std::mem::replace(&mut self.pending, next));
        self.shared.moved.notify_all();
    }

    /// Writes what was not yet written.
    pub fn flush(&mut self) {
        if self.has_thread {
            let mut line = lock(&self.shared.line);
            while line.is_writing || !line.waiting.is_empty() {
                line = self.shared.wait(line);
            }
        }
        if !self.pending.is_empty() {
            lock(&self.shared.sink).write_items(&self.pending, false);
            self.pending.clear();
        }
    }

    /// Why the log ends early, told once.
    pub fn take_failure(&mut self) -> Option<String> {
        let error = lock(&self.shared.sink).failure.take()?;
        let path = self.path.display();
        Some(format!(
            "krait: the recording {path} ends here, the program goes on: {error}"
        ))
    }
}

impl Shared {
    fn wait<'a>(&self, line: MutexGuard<'a, Line>) -> MutexGuard<'a, Line> {
        self.moved
            .wait(line)
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// What the thread does, until the process ends.
    fn write_blocks(&self) {
        let mut line = lock(&self.line);
        loop {
            let Some(mut block) = line.waiting.pop_front() else {
                line = self.wait(line);
                continue;
            };
            line.is_writing = true;
            let hurries = line.waiting.len() >= WAITING_MANY;
            drop(line);
            self.moved.notify_all();
            lock(&self.sink).write_items(&block, hurries);
            block.clear();
            line = lock(&self.line);
            line.is_writing = false;
            if block.capacity() <= 2 * BLOCK_BYTES {
                line.empty.push(block);
            }
            self.moved.notify_all();
        }
    }
}

impl Sink {
    /// Writes a block.
    fn write_items(&mut self, block: &Block, hurries: bool) {
        let is_tight = self.index.raw_bytes < TIGHT_BYTES && block.len() >= TIGHT_BLOCK_BYTES;
        self.index.blocks.push(self.written_bytes);
        self.index.raw_bytes += block.len() as u64;
        let compressed = (!hurries && is_worth_compressing(block)).then(|| match is_tight {
            true => (STORED_DEFLATE, compress_to_vec(&block.whole(), TIGHT_LEVEL)),
            false => (STORED_LZ4, lz4_flex::block::compress(&block.whole())),
        });
        match compressed {
            Some((stored_as, bytes)) if bytes.len() < block.len() => {
                self.write_block(BLOCK, stored_as, block.len(), &[&bytes]);
            }
            _ => {
                let parts: Vec<&[u8]> = block.parts().collect();
                self.write_block(BLOCK, STORED_RAW, block.len(), &parts);
            }
        }
    }

    fn close(&mut self, items: u64) {
        self.index.items = items;
        let Ok(text) = serde_json::to_vec(&self.index) else {
            return;
        };
        let offset = self.written_bytes;
        self.write_block(INDEX, STORED_RAW, text.len(), &[&text]);
        let mut tail = offset.to_le_bytes().to_vec();
        tail.extend(END_MAGIC);
        self.write(&[&tail]);
        self.give_back();
        self.file = None;
    }

    /// Reserves room for what is about to be written.
    fn reserve(&mut self, bytes: usize) {
        let end = self.written_bytes + bytes as u64;
        let (Some(file), Some(reserved)) = (&self.file, self.reserved_bytes) else {
            return;
        };
        if end < RESERVE_FROM_BYTES || end <= reserved {
            return;
        }
        let begin = self.written_bytes.max(reserved);
        let length = end - begin + RESERVED_BYTES;
        // The file's length is told by what was written alone: a log's last block is the last thing in it.
        let done = fallocate(file, FallocateFlags::KEEP_SIZE, begin, length);
        self.reserved_bytes = done.ok().map(|()| begin + length);
    }

    /// Gives back what was reserved and is not needed.
    fn give_back(&mut self) {
        if let Some(file) = &self.file
            && self.reserved_bytes.is_some_and(|bytes| bytes > 0)
        {
            // What is left is released with the file.
            let _ = file.set_len(self.written_bytes);
        }
    }

    fn write_block(&mut self, kind: u8, stored_as: u8, raw_bytes: usize, stored: &[&[u8]]) {
        let raw = raw_bytes as u32;
        let stored_bytes: usize = stored.iter().map(|part| part.len()).sum();
        let mut head = Vec::with_capacity(BLOCK_HEAD_BYTES);
        head.extend([kind, stored_as]);
        head.extend(raw.to_le_bytes());
        head.extend((stored_bytes as u32).to_le_bytes());
        head.extend(block_crc(raw, stored).to_le_bytes());
        self.reserve(head.len() + stored_bytes);
        let mut parts = vec![&head[..]];
        parts.extend(stored);
        self.write(&parts);
    }

    fn write(&mut self, parts: &[&[u8]]) {
        let Some(file) = &mut self.file else { return };
        match write_all(file, parts) {
            Ok(()) => self.written_bytes += parts.iter().map(|part| part.len() as u64).sum::<u64>(),
            Err(error) => {
                self.failure = Some(error);
                self.file = None;
            }
        }
    }
}

/// Writes parts with as few calls of the system as possible.
fn write_all(file: &mut File, parts: &[&[u8]]) -> io::Result<()> {
    let mut slices: Vec<IoSlice<'_>> = parts.iter().map(|part| IoSlice::new(part)).collect();
    let mut rest = &mut slices[..];
    // Takes away empty ones that come first: that nothing was written would be an error.
    IoSlice::advance_slices(&mut rest, 0);
    while !rest.is_empty() {
        match file.write_vectored(rest) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(count) => IoSlice::advance_slices(&mut rest, count),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Whether a sample from the middle gets much shorter: a long block of what is compressed already, or
/// random, is not tried as a whole.
fn is_worth_compressing(block: &Block) -> bool {
    block.len() <= 4 * SAMPLE_BYTES
        || lz4_flex::block::compress(&block.middle(SAMPLE_BYTES)).len() <= SAMPLE_LEFT_MAX
}
