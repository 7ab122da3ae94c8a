//! The reverse debugger: a run is recorded once and replayed as often as one likes, to any moment
//! of it.
//!
//! `record` writes what the world answered and what happened unasked into a log (`log`); `play`
//! answers from it. So a replay is the same run again, up to the memory's addresses, which no
//! program sees. A replay stops at any of its stop points (`vm::stops`), and time is their count.
//!
//! Going back is going forward from an earlier moment. Replaying processes are forked at some
//! moments and kept (`timeline`); each waits at its stop point for requests (`process`, `protocol`)
//! and can be forked again. The process that talks to the user (`debugger`) holds no machine of its
//! own: what a replay does to itself, to crash included, ends only that process.
//!
//! This crate is not in the program's world: it stands outside, and so may use the system itself.

mod build;
pub mod debugger;
mod error;
mod evaluate;
mod fork;
mod hits;
mod image;
mod inputs;
mod kept;
pub mod log;
mod moment;
mod places;
mod play;
mod process;
mod protocol;
mod record;
mod session;
mod shelf;
mod stored;
mod timeline;
mod variables;
mod written;

pub use build::build_id;
pub use error::LogError;
pub use play::{Audience, Check, End, Player};
pub use process::Replayer;
pub use protocol::Channel;
pub use record::Recorder;

use std::env;

/// The target that the executable was built for.
pub fn target() -> &'static str {
    env::consts::ARCH
}
