//! A slow-down for tests of the harness: does its gate find that krait became slower by this much?
//!
//! Only with the feature of that name, which nothing that ships has, and there only where the
//! option `-X slowdown` asks for it: what is slowed and what it is compared with are one
//! executable, since a step in the interpreter's loop alone changes the machine code that a
//! compiler makes of it, and its speed by more than the part. Work is a part of the time
//! that ran since the last work, so every program becomes slower by the same part, whatever it
//! does; a fixed amount of work at each safepoint would slow some loops by half and others not at
//! all. Reading the clock costs as much as many ops, so how many safepoints go by between two looks
//! at it follows from how fast they come: about [`EVERY`] apart, so that looks are a thousandth of
//! what runs. Machine code has its own safepoints, which do not come here: this is for the
//! interpreter.

use std::cell::Cell;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// How much slower.
pub const PART: f64 = 0.05;

/// The time between two looks at the clock that is aimed at: long against a look, short against
/// an iteration of any benchmark.
const EVERY: Duration = Duration::from_millis(1);
/// Safepoints until the first look, and at most between two.
const FIRST_TURNS: u32 = 64;
const MOST_TURNS: u32 = 1 << 20;

#[derive(Debug)]
pub struct Slowdown {
    /// How much slower; 0: not.
    part: f64,
    /// Safepoints until the next look.
    left: Cell<u32>,
    turns: Cell<u32>,
    /// Up to when what ran is paid for by work.
    since: Cell<Duration>,
}

impl Slowdown {
    /// Slows by [`PART`] from now on, or not at all.
    pub fn new(is_wanted: bool) -> Slowdown {
        Slowdown {
            part: if is_wanted { PART } else { 0.0 },
            left: Cell::new(FIRST_TURNS),
            turns: Cell::new(FIRST_TURNS),
            since: Cell::new(ran()),
        }
    }

    /// To be called at every safepoint.
    #[inline(always)]
    pub fn step(&self) {
        let left = self.left.get() - 1;
        self.left.set(left);
        if left == 0 {
            self.look();
        }
    }

    #[cold]
    #[inline(never)]
    fn look(&self) {
        let since = ran().saturating_sub(self.since.get());
        let turns = self.turns.get();
        let turns = match since {
            short if short < EVERY / 2 => (turns * 2).min(MOST_TURNS),
            long if long > EVERY * 2 => (turns / 2).max(1),
            _ => turns,
        };
        self.turns.set(turns);
        self.left.set(turns);
        if since < EVERY / 2 {
            return;
        }
        // What runs until then is one part of its own and `part` of work.
        let until = self.since.get() + since.mul_f64(1.0 + self.part);
        while ran() < until {
            std::hint::spin_loop();
        }
        self.since.set(until);
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

    /// Work as a part of what ran, over steps that cost next to nothing and steps of a tenth of a
    /// millisecond.
    fn part_of(slowdown: &Slowdown) -> f64 {
        let begin = ran();
        let mut worked = Duration::ZERO;
        for step in 0..400_000u32 {
            if step % 1000 == 0 {
                let pause = ran() + Duration::from_micros(100);
                while ran() < pause {
                    std::hint::spin_loop();
                }
            }
            let before = (slowdown.left.get() == 1).then(ran);
            slowdown.step();
            worked += before.map_or(Duration::ZERO, |before| ran() - before);
        }
        let all = ran() - begin;
        worked.as_secs_f64() / (all - worked).as_secs_f64()
    }

    #[test]
    fn work_is_a_part_of_what_ran() {
        let part = part_of(&Slowdown::new(true));
        assert!((PART * 0.9..PART * 1.2).contains(&part), "{part}");
        let part = part_of(&Slowdown::new(false));
        assert!(part < PART * 0.2, "{part}");
    }
}
