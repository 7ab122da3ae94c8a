//! Reads what a process prints, and keeps of it what matters in bounded memory: records whole,
//! of everything else the end.
//!
//! A program may print gigabytes, lines without an end, or bytes that are no text. Nothing of
//! that may exhaust the harness or stop it from reading: a process whose pipe is full hangs.

use std::collections::VecDeque;

use crate::protocol::PREFIX;

/// Of other output, so much is kept.
const TAIL_BYTES: usize = 4096;
/// A line is cut here.
const LINE_BYTES: usize = 1 << 20;
/// All records together.
const RECORDS_BYTES: usize = 256 << 20;

#[derive(Debug, Default)]
pub(crate) struct Transcript {
    pub records: Vec<String>,
    pub records_cut: bool,
    record_bytes: usize,
    line: Vec<u8>,
    tail: VecDeque<u8>,
}

impl Transcript {
    /// More output.
    pub(crate) fn take(&mut self, bytes: &[u8]) {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            let room = LINE_BYTES.saturating_sub(self.line.len());
            self.line.extend_from_slice(&piece[..piece.len().min(room)]);
            if piece.ends_with(b"\n") {
                self.end_line();
            }
        }
    }

    /// The output is at its end, or at the end of a line.
    pub(crate) fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        if line.is_empty() {
            return;
        }
        match line.strip_prefix(PREFIX.as_bytes()) {
            Some(record) => self.keep_record(record),
            None => self.keep_tail(&line),
        }
    }

    fn keep_record(&mut self, record: &[u8]) {
        self.record_bytes += record.len();
        if self.record_bytes > RECORDS_BYTES {
            self.records_cut = true;
        } else {
            self.records
                .push(String::from_utf8_lossy(record).trim_end().to_owned());
        }
    }

    fn keep_tail(&mut self, line: &[u8]) {
        self.tail.extend(line);
        let excess = self.tail.len().saturating_sub(TAIL_BYTES);
        self.tail.drain(..excess);
    }

    pub(crate) fn tail(&self) -> String {
        let bytes: Vec<u8> = self.tail.iter().copied().collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}
