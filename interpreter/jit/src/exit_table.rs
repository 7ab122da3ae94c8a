//! The section `jit-exits`: which exits were taken most often, and where they lead. Who looks for
//! what keeps a program in the interpreter looks here first.

use crate::exit::Taken;
use crate::life::Jit;
use rustc_hash::FxHashMap;
use std::fmt::Write;
use vm::Vm;

impl Jit {
    /// Remembers where an exit leads, if that is to be told.
    pub(crate) fn note_exit(&self, vm: &Vm, taken: Taken) {
        let mut places = self.exit_places.borrow_mut();
        let Some(places) = &mut *places else {
            return;
        };
        let mut traces = self.traces.borrow_mut();
        let (Some(Some(compiled)), Some(frame)) = (
            traces.compiled.get_mut(taken.trace as usize),
            vm.frames().last(),
        ) else {
            return;
        };
        compiled.counts[taken.exit as usize].total += 1;
        places.entry(taken).or_insert_with(|| {
            let details = frame.code.get().code();
            format!(
                "{}:{} {} at {} ({:?})",
                details.filename,
                frame.line(),
                details.qualname,
                frame.pc.index(frame.code),
                frame.pc.fetch().op(),
            )
        });
    }

    /// Lets exits be counted one by one, for the section `jit-exits`.
    pub fn watch_exits(&self) {
        *self.exit_places.borrow_mut() = Some(FxHashMap::default());
    }

    /// The `jit-exits` section: the exits that were taken most often, with where the interpreter
    /// went on.
    pub fn exit_table(&self) -> String {
        const LINES_MAX: usize = 60;
        let places = self.exit_places.borrow();
        let Some(places) = &*places else {
            return String::new();
        };
        let traces = self.traces.borrow();
        let mut lines: Vec<(u32, Taken, String)> = Vec::new();
        for (&taken, place) in places {
            if let Some(Some(compiled)) = traces.compiled.get(taken.trace as usize) {
                let count = compiled.counts[taken.exit as usize];
                let kind = compiled.resume.kind(taken.exit as u16);
                let state = if count.bridged { ", bridged" } else { "" };
                let text = format!("{kind:?}{state}, {} attempts\t{place}", count.attempts);
                lines.push((count.total, taken, text));
            }
        }
        lines.sort_by_key(|&(total, taken, _)| (std::cmp::Reverse(total), taken));
        let mut text = String::new();
        for (total, taken, line) in lines.iter().take(LINES_MAX) {
            let _ = writeln!(
                text,
                "{total}\ttrace {} exit {}\t{line}",
                taken.trace, taken.exit
            );
        }
        text
    }
}
