//! What the JIT did: counters, and the `jit-summary` section in PyPy's labels and layout.

use assemble::{Assembled, Error};
use record::{Abort, Figures};
use std::fmt::Write;

/// Counters since the start.
#[derive(Clone, Debug, Default)]
pub struct Statistics {
    /// Recordings begun.
    pub tracing: u64,
    pub tracing_ns: u64,
    /// Traces handed to the assembler.
    pub backend: u64,
    pub backend_ns: u64,
    pub ops: u64,
    pub recorded_ops: u64,
    pub calls: u64,
    pub guards: u64,
    pub opt_ops: u64,
    pub opt_guards: u64,
    /// Allocations that traces do without, and those that they make.
    pub virtuals: u64,
    pub forcings: u64,
    pub loops: u64,
    pub bridges: u64,
    pub freed_loops: u64,
    pub freed_bridges: u64,
    /// How often machine code came back to the interpreter.
    pub exits: u64,
    pub aborts: Vec<(Abort, u64)>,
    pub not_assembled: u64,
    pub machine_bytes: u64,
    pub resume_bytes: u64,
    /// What recordings took while they were made, in memory that they use one after the other; how
    /// much the largest of them took, which is what that memory is; and what is kept of them.
    pub op_bytes: u64,
    pub snapshot_bytes: u64,
    pub room_bytes: u64,
    pub kept_bytes: u64,
    /// When the first recording began, in the monotonic clock.
    pub since_ns: Option<i64>,
}

impl Statistics {
    pub(crate) fn recorded(&mut self, figures: &Figures, spent_ns: i64) {
        self.tracing += 1;
        self.tracing_ns += spent_ns.max(0) as u64;
        self.ops += figures.asked as u64;
        self.recorded_ops += figures.recorded as u64;
        self.calls += figures.calls as u64;
        self.guards += figures.guards as u64;
        self.op_bytes += figures.op_bytes as u64;
        self.snapshot_bytes += figures.snapshot_bytes as u64;
        let room = figures.op_bytes + figures.snapshot_bytes;
        self.room_bytes = self.room_bytes.max(room as u64);
    }

    pub(crate) fn aborted(&mut self, abort: Abort) {
        match self.aborts.iter_mut().find(|(own, _)| *own == abort) {
            Some((_, count)) => *count += 1,
            None => self.aborts.push((abort, 1)),
        }
    }

    pub(crate) fn not_assembled(&mut self, _error: Error, spent_ns: i64) {
        self.backend += 1;
        self.backend_ns += spent_ns.max(0) as u64;
        self.not_assembled += 1;
    }

    pub(crate) fn compiled(
        &mut self,
        bridge: bool,
        spent_ns: i64,
        code: &Assembled,
        resume_bytes: usize,
    ) {
        self.backend += 1;
        self.backend_ns += spent_ns.max(0) as u64;
        if bridge {
            self.bridges += 1;
        } else {
            self.loops += 1;
        }
        self.machine_bytes += code.code_bytes() as u64;
        self.resume_bytes += resume_bytes as u64;
    }

    /// Counts what is left of a trace after its optimisation.
    pub(crate) fn optimized(&mut self, figures: &optimize::Figures) {
        self.opt_ops += figures.ops as u64;
        self.opt_guards += figures.guards as u64;
        self.virtuals += figures.virtuals as u64;
        self.forcings += figures.forced as u64;
    }

    /// A tree was freed.
    pub(crate) fn freed(&mut self, members: usize) {
        self.freed_loops += 1;
        self.freed_bridges += members.saturating_sub(1) as u64;
    }

    /// How often recordings were given up for a reason.
    pub fn count(&self, abort: Abort) -> u64 {
        self.aborts
            .iter()
            .find(|(own, _)| *own == abort)
            .map_or(0, |&(_, count)| count)
    }

    /// Each figure by PyPy's label in the `jit-summary` section and PyPy's name of the counter.
    /// What krait's JIT does not have is zero there, as it is with PyPy where an optimisation is
    /// off.
    pub fn figures(&self) -> [(&'static str, &'static str, u64); 25] {
        let too_long = self.count(Abort::TooLong);
        let settled = self.count(Abort::Settled);
        let bad_loop = self.all_aborts() - too_long - settled;
        [
            ("ops:", "OPS", self.ops),
            (
                "heapcached ops:",
                "HEAPCACHED_OPS",
                self.ops.saturating_sub(self.recorded_ops),
            ),
            ("recorded ops:", "RECORDED_OPS", self.recorded_ops),
            ("  calls:", "CALLS", self.calls),
            ("guards:", "GUARDS", self.guards),
            ("opt ops:", "OPT_OPS", self.opt_ops),
            ("opt guards:", "OPT_GUARDS", self.opt_guards),
            ("opt guards shared:", "OPT_GUARDS_SHARED", 0),
            ("forcings:", "OPT_FORCINGS", self.forcings),
            ("abort: trace too long:", "ABORT_TOO_LONG", too_long),
            ("abort: compiling:", "ABORT_BRIDGE", self.not_assembled),
            ("abort: vable escape:", "ABORT_ESCAPE", 0),
            ("abort: bad loop:", "ABORT_BAD_LOOP", bad_loop),
            (
                "abort: force quasi-immut:",
                "ABORT_FORCE_QUASIIMMUT",
                settled,
            ),
            ("abort: segmenting trace:", "ABORT_SEGMENTED_TRACE", 0),
            ("virtualizables forced:", "FORCE_VIRTUALIZABLES", 0),
            ("nvirtuals:", "NVIRTUALS", self.virtuals),
            ("nvholes:", "NVHOLES", 0),
            ("nvreused:", "NVREUSED", 0),
            ("vecopt tried:", "OPT_VECTORIZE_TRY", 0),
            ("vecopt success:", "OPT_VECTORIZED", 0),
            ("Total # of loops:", "TOTAL_COMPILED_LOOPS", self.loops),
            (
                "Total # of bridges:",
                "TOTAL_COMPILED_BRIDGES",
                self.bridges,
            ),
            ("Freed # of loops:", "TOTAL_FREED_LOOPS", self.freed_loops),
            (
                "Freed # of bridges:",
                "TOTAL_FREED_BRIDGES",
                self.freed_bridges,
            ),
        ]
    }

    fn all_aborts(&self) -> u64 {
        self.aborts.iter().map(|&(_, count)| count).sum()
    }

    /// The `jit-summary` section, between its brace lines; `stamp` is a counter of time.
    pub fn summary(&self, total_ns: u64, stamp: u64) -> String {
        let seconds = |ns: u64| ns as f64 / 1e9;
        let mut text = String::new();
        let _ = writeln!(text, "[{stamp:x}] {{jit-summary");
        let times = [
            ("Tracing:", self.tracing, self.tracing_ns),
            ("Backend:", self.backend, self.backend_ns),
        ];
        for (label, count, ns) in times {
            let _ = writeln!(text, "{label:<13}\t{count}\t{:.6}", seconds(ns));
        }
        let _ = writeln!(text, "{:<13}\t\t{:.6}", "TOTAL:", seconds(total_ns));
        for (label, _, count) in self.figures() {
            let _ = writeln!(text, "{label:<17}\t{count}");
        }
        let memory = [
            ("recorded bytes:", self.op_bytes + self.snapshot_bytes),
            ("room bytes:", self.room_bytes),
            ("kept bytes:", self.kept_bytes),
            ("resume bytes:", self.resume_bytes),
        ];
        for (label, bytes) in memory {
            let _ = writeln!(text, "{label:<17}\t{bytes}");
        }
        let _ = writeln!(text, "[{:x}] jit-summary}}", stamp + 1);
        text
    }

    /// The `jit-mem` section: bytes.
    pub fn memory(&self, code_bytes: usize) -> String {
        let per = |bytes: u64, count: u64| bytes as f64 / count.max(1) as f64;
        format!(
            "machine code: {code_bytes} in use, {} made\nresume data: {} ({:.1} a guard)\n\
             recorded op: {:.1} kept, {:.1} of the room that recordings take in turn; \
             while recording {:.1}, snapshots {:.1}\n",
            self.machine_bytes,
            self.resume_bytes,
            per(self.resume_bytes, self.opt_guards),
            per(self.kept_bytes, self.recorded_ops),
            per(self.room_bytes, self.recorded_ops),
            per(self.op_bytes, self.recorded_ops),
            per(self.snapshot_bytes, self.recorded_ops),
        )
    }

    /// The `jit-abort` section.
    pub fn abort_table(&self) -> String {
        let mut text = String::new();
        for (abort, count) in &self.aborts {
            let _ = writeln!(text, "{count}\t{}", abort.text());
        }
        text
    }
}
