//! What the JIT has come to, by name: for the module `pypyjit`.

use crate::life::Jit;

/// A figure of what the JIT has done.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Figure {
    Count(u64),
    Seconds(f64),
}

impl Jit {
    /// Counters by name, PyPy's where it has the same: for `pypyjit.get_stats_snapshot`.
    pub fn counters(&self) -> Vec<(&'static str, u64)> {
        let s = self.statistics.borrow();
        let own = [
            ("TRACING", s.tracing),
            ("BACKEND", s.backend),
            ("EXITS", s.exits),
            ("RESUME_BYTES", s.resume_bytes),
        ];
        let figures = s.figures();
        let figures = figures.iter().map(|&(_, name, count)| (name, count));
        own.into_iter().chain(figures).collect()
    }

    /// Seconds spent.
    pub fn times(&self) -> [(&'static str, f64); 2] {
        let s = self.statistics.borrow();
        [
            ("TRACING", s.tracing_ns as f64 / 1e9),
            ("BACKEND", s.backend_ns as f64 / 1e9),
        ]
    }

    /// [`Jit::counters`], [`Jit::times`] and the size of the code, as far as they are not as they were when
    /// this was asked for last. Who asks after each of many short iterations pays for what has changed.
    pub fn changes(&self) -> Vec<(&'static str, Figure)> {
        let [tracing, backend] = self.times().map(|(_, seconds)| Figure::Seconds(seconds));
        let code = Figure::Count(self.code_bytes() as u64);
        let counters = self.counters().into_iter();
        let all = counters
            .map(|(name, count)| (name, Figure::Count(count)))
            .chain([
                ("TRACING seconds", tracing),
                ("BACKEND seconds", backend),
                ("machine code bytes", code),
            ]);
        let mut told = self.told_figures.borrow_mut();
        let changed = all
            .enumerate()
            .filter(|&(at, (_, figure))| match told.get_mut(at) {
                Some(known) => std::mem::replace(known, figure) != figure,
                None => {
                    told.push(figure);
                    true
                }
            });
        changed.map(|(_, named)| named).collect()
    }

    /// Loops and bridges compiled, and loops freed.
    pub fn totals(&self) -> (u64, u64, u64) {
        let s = self.statistics.borrow();
        (s.loops, s.bridges, s.freed_loops)
    }
}
