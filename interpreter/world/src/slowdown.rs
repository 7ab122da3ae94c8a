//! A slow-down for tests of the harness: does its gate find that krait became slower by this much?
//!
//! Only with the feature of that name, which nothing that ships has. Work is a part of the time
//! that ran since the last work, so every program becomes slower by the same part, whatever it
//! does; a fixed amount of work at each safepoint would slow some loops by half and others not at
//! all. The clock is read at one safepoint of many, as reading it costs as much as an op. Machine
//! code has its own safepoints, which do not come here: this is for the interpreter.

use std::cell::Cell;
use std::time::{Duration, Instant};

/// How much slower.
pub const PART: f64 = 0.05;

/// The clock is read at one in so many safepoints.
const TURNS: u32 = 64;
/// Less than this is left to grow, so that reading the clock is a small part of it.
const LEAST: Duration = Duration::from_micros(200);

#[derive(Debug)]
pub struct Slowdown {
    turn: Cell<u32>,
    /// When the last work ended.
    since: Cell<Instant>,
}

impl Default for Slowdown {
    fn default() -> Slowdown {
        Slowdown {
            turn: Cell::new(0),
            since: Cell::new(Instant::now()),
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
        let now = Instant::now();
        let ran = now - self.since.get();
        if ran < LEAST {
            return;
        }
        let until = now + ran.mul_f64(PART);
        while Instant::now() < until {
            std::hint::spin_loop();
        }
        self.since.set(Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_a_part_of_what_ran() {
        let slowdown = Slowdown::default();
        std::thread::sleep(Duration::from_millis(40));
        let begin = Instant::now();
        (0..TURNS).for_each(|_| slowdown.step());
        assert!(begin.elapsed() >= Duration::from_millis(2), "5 % of 40 ms");
    }
}
