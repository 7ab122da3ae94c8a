//! Who is told of each compiled trace while the program runs: the section `jit-log-opt` of
//! `KRAITLOG`, and the map by which `perf` names machine code (Linux: tools/perf, `jit-interface`).
//! And who measures what compiling costs is given the recordings themselves.

use crate::exit::Taken;
use assemble::{Assembled, Loc};
use object::{Gc, List};
use record::Recording;
use std::fmt::Write;
use trace::Trace;
use vm::Vm;
use world::OpenFlags;

/// What copied recordings refer to.
const COPIED: &str = "copied recordings";

/// Those who want to be told.
#[derive(Default)]
pub(crate) struct Told {
    /// The text of `jit-log-opt` so far.
    log: Option<String>,
    /// The number of the map's file.
    map: Option<i32>,
    costs: Option<Costs>,
}

/// What recordings took, and what they recorded: for measurements.
#[derive(Clone, Default, Debug)]
pub struct Costs {
    /// Of each recording that gave a trace.
    pub recordings: Vec<Spent>,
    /// The traces before their optimisation, and for bridges what they inherit.
    pub traces: Vec<(Trace, Option<Vec<Loc>>)>,
}

/// What a recording took.
#[derive(Clone, Copy, Debug)]
pub struct Spent {
    /// Ops before a loop is closed.
    pub ops: usize,
    /// Nanoseconds, without the time of what the trace calls.
    pub ns: i64,
    /// How often it called something, for which the clock was looked at twice; one of these looks is in
    /// the time.
    pub calls: usize,
}

impl Told {
    pub(crate) fn keep_log(&mut self) {
        self.log.get_or_insert_default();
    }

    pub(crate) fn log(&self) -> &str {
        self.log.as_deref().unwrap_or_default()
    }

    /// Begins the map of this process. Error: its file and what is wrong.
    pub(crate) fn open_map(&mut self, vm: &mut Vm) -> Result<(), String> {
        let path = format!("/tmp/perf-{}.map", vm.world.process_id());
        let flags = OpenFlags {
            write: true,
            create: true,
            truncate: true,
            ..OpenFlags::default()
        };
        let number = vm
            .world
            .open(path.as_bytes(), flags, 0o600)
            .map_err(|error| format!("cannot write {path}: {error}"))?;
        self.map = Some(number);
        Ok(())
    }

    pub(crate) fn keep_costs(&mut self) {
        self.costs.get_or_insert_default();
    }

    pub(crate) fn keeps_costs(&self) -> bool {
        self.costs.is_some()
    }

    pub(crate) fn costs(&self) -> Costs {
        self.costs.clone().unwrap_or_default()
    }

    /// A recording has come to its end.
    pub(crate) fn recorded(&mut self, figures: &record::Figures, ns: i64) {
        if let Some(costs) = &mut self.costs {
            costs.recordings.push(Spent {
                ops: figures.recorded,
                ns,
                calls: figures.times_away,
            });
        }
    }

    /// A trace is about to be optimised.
    pub(crate) fn keep(&mut self, vm: &mut Vm, trace: &Trace, inherited: Option<&[Loc]>) {
        let Some(costs) = &mut self.costs else {
            return;
        };
        costs
            .traces
            .push((trace.clone(), inherited.map(<[Loc]>::to_vec)));
        // The copy will be looked at when the trace and its constants are long gone.
        let held = vm.kept(COPIED).and_then(|held| held.cast());
        let held: Gc<List> = held.unwrap_or_else(List::new);
        trace.objects().for_each(|object| held.push(object));
        vm.keep(COPIED, held.into());
    }

    pub(crate) fn compiled(
        &mut self,
        vm: &mut Vm,
        recording: &Recording,
        trace: &Trace,
        code: &Assembled,
        from: Option<Taken>,
    ) {
        if self.log.is_none() && self.map.is_none() {
            return;
        }
        let details = recording.code.get().code();
        let name = match from {
            Some(taken) => format!(
                "bridge {} of trace {} exit {}, {}",
                code.id, taken.trace, taken.exit, details.qualname
            ),
            None => format!("trace {} of {}", code.id, details.qualname),
        };
        if let Some(log) = &mut self.log {
            let _ = writeln!(
                log,
                "# {name} ({}): {} ops, {} exits, {} bytes of code at {:#x}",
                details.filename,
                trace.len(),
                code.exits().len(),
                code.code_bytes(),
                code.entry
            );
            log.push_str(&trace::print(trace));
            log.push('\n');
        }
        if let Some(map) = self.map {
            let line = format!("{:x} {:x} krait {name}\n", code.entry, code.code_bytes());
            if vm.world.write_all(map, line.as_bytes()).is_err() {
                // A full disk must not end the program.
                self.map = None;
            }
        }
    }
}
