//! Runs that are recorded once and repeated as often as one likes.
//!
//! `record` writes what the world answered and what happened unasked into a log (`log`); `play`
//! answers from it. So a replay is the same run again, up to the memory's addresses, which no
//! program sees.
//!
//! This crate is not in the program's world: it stands outside, and so may use the system itself.

mod error;
pub mod log;
mod play;
mod record;

pub use error::LogError;
pub use play::{Audience, Check, End, Player};
pub use record::Recorder;

use std::env;
use std::fs;

/// What tells one build of the executable from another: the length and the checksum of its file.
pub fn build_id() -> String {
    let bytes = env::current_exe().and_then(fs::read);
    match bytes {
        Ok(bytes) => format!("{:x}-{:08x}", bytes.len(), crc32fast::hash(&bytes)),
        Err(_) => String::from("unknown"),
    }
}

/// The target that the executable was built for.
pub fn target() -> &'static str {
    env::consts::ARCH
}
