//! Every source of nondeterminism: the clock, files, the environment, random numbers.
//!
//! The interpreter asks the world for all that a second run of the same program might see
//! differently. This is where a recording is tapped and where a replay answers; so the methods of
//! [`World`] are few, take and give plain data, and nothing else in the interpreter touches the
//! operating system.

mod answer;
mod attributes;
mod children;
mod clock;
mod control;
mod environment;
mod files;
mod piece;
mod pipes;
mod process;
mod semaphores;
mod signals;
#[cfg(feature = "slowdown")]
mod slowdown;
mod sockets;
mod system;
mod tape;
mod zone;

pub use answer::{Answer, Reader};
pub use attributes::{Times, Volume};
pub use children::{FileAction, Start};
pub use clock::{Clock, Metronome};
pub use control::{Lock, Queue, Terminal, When};
pub use files::{Entry, OpenFlags, Stat, Whence};
pub use piece::{Piece, Tail};
pub use signals::{SIGNALS, heed_file_limit};
#[cfg(feature = "slowdown")]
pub use slowdown::Slowdown;
pub use sockets::{Address, DO_NOT_WAIT, Message};
pub use system::Call;
pub use tape::{Ending, Event, Op, Question, Tape, Urgency};
pub use zone::LocalTime;

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::time::Instant;

/// The world as the interpreter sees it.
pub struct World {
    start: Instant,
    /// Files that the program opened or was started with, by the system's number; of the standard streams
    /// only those that it has replaced.
    open: HashMap<i32, File>,
    /// The program's view of the environment; starts as that of the process.
    variables: Vec<(Vec<u8>, Vec<u8>)>,
    signals: signals::Signals,
    semaphores: semaphores::Table,
    zone: zone::Cached,
    /// This process's number, once someone has asked for it.
    process: Option<u32>,
    /// The recording that is made or replayed.
    tape: Option<Box<dyn Tape>>,
    event_tick: u64,
    /// Where answers are written before a tape takes them.
    scratch: Vec<u8>,
}

impl Default for World {
    fn default() -> World {
        World {
            start: Instant::now(),
            open: HashMap::new(),
            variables: environment::of_process(),
            signals: signals::Signals::default(),
            semaphores: semaphores::Table::default(),
            zone: zone::Cached::default(),
            process: None,
            tape: None,
            event_tick: u64::MAX,
            scratch: Vec::new(),
        }
    }
}

impl World {
    pub fn new() -> World {
        World::default()
    }

    /// The one that a program has: its are the files that the process was given.
    pub fn of_program() -> World {
        World {
            open: system::given(),
            ..World::default()
        }
    }

    /// Fills `bytes` from the system's random source.
    pub fn random(&mut self, bytes: &mut [u8]) -> io::Result<()> {
        let count = bytes.len();
        let drawn = self.tap(
            Op::Random,
            |q| _ = q.number(count as i64),
            |_| draw(count).map(Piece::from),
        );
        let drawn = drawn?;
        let filled = count.min(drawn.len());
        bytes[..filled].copy_from_slice(&drawn[..filled]);
        Ok(())
    }

    /// The seed of string hashes: from PYTHONHASHSEED if it is a number, 0 where it says so, else
    /// random.
    pub fn hash_seed(&mut self) -> u64 {
        self.tap(
            Op::HashSeed,
            |_| (),
            |world| {
                if let Some(seed) = world.variable("PYTHONHASHSEED")
                    && let Ok(seed) = seed.parse::<u32>()
                {
                    return seed as u64;
                }
                let mut bytes = [0; 8];
                match world.random(&mut bytes) {
                    Ok(()) => u64::from_le_bytes(bytes),
                    Err(_) => world.clock_ns(Clock::Real) as u64,
                }
            },
        )
    }
}

/// Bytes from the system's random source.
fn draw(count: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; count];
    let mut filled = 0;
    while filled < count {
        let flags = rustix::rand::GetRandomFlags::empty();
        filled += rustix::rand::getrandom(&mut bytes[filled..], flags)?;
    }
    Ok(bytes)
}
