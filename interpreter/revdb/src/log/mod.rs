//! The log: what a recording writes.
//!
//! ```text
//! file    = "KRAITRDB" version:u32 length:u32 header:JSON crc:u32 block* [index]
//! block   = 'B' stored_as:u8 raw_length:u32 stored_length:u32 crc:u32 bytes
//! index   = 'I' 0 raw_length stored_length crc JSON  offset-of-index:u64 "KRAITEND"
//! ```
//!
//! A block's bytes are items, compressed where that makes them shorter; no item spans two blocks.
//! What a program begins with, its sources above all, is most of the log of one that computes: it is
//! compressed tightly (DEFLATE). What follows is compressed quickly (LZ4), if a sample of it gets much
//! shorter. An item is the answer of an operation, an event, or the ending (`item`). Blocks are
//! written when they are large enough, before the program waits, after it shows something, and
//! after some number of ticks; so a program that is killed leaves a log of all that anybody can
//! have seen. Such a log has no index; what follows its last whole block is left out.
//!
//! The checksum (CRC-32) is over the stored bytes and the lengths. All numbers are little-endian.

mod block;
mod item;
mod read;
mod write;

#[cfg(test)]
mod tests;

pub use item::Item;
pub use read::{Log, Next};
pub use write::Writer;

use serde::{Deserialize, Serialize};

/// How a log begins.
pub const MAGIC: &[u8; 8] = b"KRAITRDB";
const END_MAGIC: &[u8; 8] = b"KRAITEND";
pub(crate) const VERSION: u32 = 4;
const BLOCK: u8 = b'B';
const INDEX: u8 = b'I';
/// A kind, how it is stored, two lengths, a checksum.
const BLOCK_HEAD_BYTES: usize = 14;
const STORED_RAW: u8 = 0;
const STORED_LZ4: u8 = 1;
const STORED_DEFLATE: u8 = 2;

/// What a log says of itself.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Header {
    /// The build of the executable, [`crate::build_id`].
    pub build: String,
    pub target: String,
    /// The words of the command line.
    pub words: Vec<String>,
    pub folder: String,
    /// Which variables of the environment are written down: `all`, or `all but` some.
    pub environment: String,
}

/// The last part of a log that was closed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Index {
    /// Where each block begins.
    pub blocks: Vec<u64>,
    pub items: u64,
    pub raw_bytes: u64,
}

/// The checksum of a block, whose stored bytes come in parts.
fn block_crc(raw: u32, stored: &[&[u8]]) -> u32 {
    let mut crc = crc32fast::Hasher::new();
    crc.update(&raw.to_le_bytes());
    let length: usize = stored.iter().map(|part| part.len()).sum();
    crc.update(&(length as u32).to_le_bytes());
    stored.iter().for_each(|part| crc.update(part));
    crc.finalize()
}
