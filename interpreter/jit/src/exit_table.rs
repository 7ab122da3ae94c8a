//! The section `jit-exits`: which exits were taken most often and where they lead, and which frames
//! that traces called the interpreter had to run. Who looks for what keeps a program in the
//! interpreter looks here first.

use crate::exit::Taken;
use crate::life::Jit;
use object::Frame;
use rustc_hash::FxHashMap;
use std::fmt::Write;
use vm::Vm;

/// Where machine code was left.
#[derive(Default)]
pub(crate) struct LeftAt {
    /// Where the interpreter went on behind an exit.
    exits: FxHashMap<Taken, String>,
    /// Frames that the interpreter ran for a trace, by their place in the code: how many, and
    /// where that is.
    frames: FxHashMap<usize, (u32, String)>,
}

/// A frame's place in words.
fn place_of(frame: &Frame) -> String {
    let details = frame.code.get().code();
    format!(
        "{}:{} {} at {} ({:?})",
        details.filename,
        frame.line(),
        details.qualname,
        frame.pc.index(frame.code),
        frame.pc.fetch().op(),
    )
}

impl Jit {
    /// Remembers where an exit leads, if that is to be told.
    pub(crate) fn note_exit(&self, vm: &Vm, taken: Taken) {
        let mut left = self.left.borrow_mut();
        let Some(left) = &mut *left else {
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
        left.exits.entry(taken).or_insert_with(|| place_of(frame));
    }

    /// Remembers that the interpreter runs the frame on top for a trace, if that is to be told.
    pub(crate) fn note_interpreted(&self, vm: &Vm) {
        if let (Some(left), Some(frame)) = (&mut *self.left.borrow_mut(), vm.frames().last()) {
            let place = left.frames.entry(frame.pc.key());
            place.or_insert_with(|| (0, place_of(frame))).0 += 1;
        }
    }

    /// Lets exits be counted one by one, for the section `jit-exits`.
    pub fn watch_exits(&self) {
        *self.left.borrow_mut() = Some(LeftAt::default());
    }

    /// The `jit-exits` section: the exits that were taken most often, with where the interpreter
    /// went on; then the frames that it ran for traces.
    pub fn exit_table(&self) -> String {
        const LINES_MAX: usize = 60;
        let left = self.left.borrow();
        let Some(left) = &*left else {
            return String::new();
        };
        let traces = self.traces.borrow();
        let mut lines: Vec<(u32, Taken, String)> = Vec::new();
        for (&taken, place) in &left.exits {
            // Another trace may have the number by now.
            if let Some(Some(compiled)) = traces.compiled.get(taken.trace as usize)
                && let Some(count) = compiled.counts.get(taken.exit as usize)
            {
                let (kind, attempts) = (count.kind, count.attempts());
                let state = if count.is_bridged() { ", bridged" } else { "" };
                let text = format!("{kind:?}{state}, {attempts} attempts\t{place}");
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
        let mut frames: Vec<&(u32, String)> = left.frames.values().collect();
        frames.sort_by_key(|(count, place)| (std::cmp::Reverse(*count), place));
        for (count, place) in frames.iter().take(LINES_MAX) {
            let _ = writeln!(text, "{count}\tinterpreted for a trace\t{place}");
        }
        text
    }
}
