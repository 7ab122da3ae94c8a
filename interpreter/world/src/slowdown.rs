//! A slow-down for tests of the harness: does its gate find that krait became slower by this much?
//!
//! Only with the feature of that name, which nothing that ships has. Work is a part of the time
//! that ran since the last work, so every program becomes slower by the same part, whatever it
//! does; a fixed amount of work at each safepoint would slow some loops by half and others not at
//! all. The clock is read at one safepoint of many, as reading it costs as much as many ops. Machine
//! code has its own safepoints, which do not come here: this is for the interpreter.

use std::cell::Cell;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// How much slower.
pub const PART: f64 = 0.05;

/// The clock is read at one in so many safepoints.
const TURNS: u32 = 1024;
/// Less than this is left to grow, so that reading the clock is a small part of it.
const LEAST: Duration = Duration::from_micros(200);

#[derive(Debug)]
pub struct Slowdown {
    turn: Cell<u32>,
    /// When the last work ended.
    since: Cell<Duration>,
}

impl Default for Slowdown {
    fn default() -> Slowdown {
        Slowdown {
            turn: Cell::new(0),
            since: Cell::new(ran()),
        }
    }
}

impl Slowdown {
    /// To be called at every safepoint.
    #[inline]
    pub fn step(&self) {
        let turn = self.turn.get() + 1;
        self.turn.set(turn % TURNS);
        if turn == TURNS {
            self.work();
        }
    }

    #[cold]
    fn work(&self) {
        let now = ran();
        let since = now.saturating_sub(self.since.get());
        if since < LEAST {
            return;
        }
        let until = now + since.mul_f64(PART);
        while ran() < until {
            std::hint::spin_loop();
        }
        self.since.set(ran());
    }
}

/// Processor time of the thread: while others ran, nothing was slowed.
fn ran() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let whole = u64::try_from(time.tv_sec).unwrap_or(0);
    Duration::new(whole, u32::try_from(time.tv_nsec).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_a_part_of_what_ran() {
        let slowdown = Slowdown::default();
        let begin = ran();
        while ran() < begin + Duration::from_millis(40) {
            std::hint::spin_loop();
        }
        let begin = ran();
        (0..TURNS).for_each(|_| slowdown.step());
        assert!(ran() - begin >= Duration::from_millis(2), "5 % of 40 ms");
    }
}
