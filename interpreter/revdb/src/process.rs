//! A replaying process: it runs to where it is told, stops, answers, and becomes two.
//!
//! What a user looks at is computed in a copy of the process, which ends when it has answered. So
//! side effects vanish, a crash harms nobody, and what runs too long is ended by the system. The one
//! exception are watched expressions: they are evaluated at every stop point, which is too often for
//! copies; so they run in the process itself, with the counts of objects, ticks and time put back
//! afterwards. That is why the debugger searches in processes that it throws away: what a watched
//! expression may have changed changes nothing that is shown.

use crate::debugger::Origin;
use crate::evaluate::{self, Evaluated};
use crate::fork::fork;
use crate::image::{self, Images, Record, Saved};
use crate::log::Log;
use crate::places::{self, Change};
use crate::play::{Audience, End};
use crate::protocol::{
    Breakpoint, Channel, Depth, FineEnd, Form, FrameLine, Hit, Output, Pick, Place, Position,
    Reply, Request, Run, Text, Time, Watchpoint, Why, Written,
};
use crate::variables;
use bytecode::Location;
use object::heap::{self, numbers, watched};
use object::{Class, CodeObject, Exception, Gc, Str, Traceback, Value};
use rustix::process::{
    Resource, Rlimit, Signal, getrlimit, set_parent_process_death_signal, setrlimit,
};
use std::cell::{Cell, RefCell};
use std::process;
use vm::stops::{self, THROWN, TRAP, UNWOUND, Watcher};
use vm::{Frame, Vm};

/// Processor time that an expression may take, in seconds.
const EVALUATION_LIMIT_S: u64 = 20;
/// Address space that an expression may take beyond what the process has: this part of what is free on
/// the machine, and never more than so much.
const EVALUATION_FREE_PART: u64 = 4;
const EVALUATION_LIMIT_BYTES: u64 = 4 << 30;

thread_local! {
    /// The breakpoints in force, for code that is yet to be linked.
    static BREAKPOINTS: RefCell<Vec<Breakpoint>> = const { RefCell::new(Vec::new()) };
}

/// One replaying process, as its machine and its tape see it.
pub struct Replayer {
    state: RefCell<State>,
    /// None, if the system does not allow what they need.
    images: Option<Images>,
    /// What alone can stop a run before its end.
    only_depth: Cell<Option<Depth>>,
    /// Code of the debugger's user runs.
    is_diverted: Cell<bool>,
}

struct State {
    channel: Channel,
    run: Run,
    hit: Option<Hit>,
    /// The texts of the watched expressions at the stop point before.
    watched: Vec<String>,
    output: Vec<Output>,
    /// Instructions executed since the last stop point.
    steps: u64,
    changed: Option<Changed>,
    /// The instruction that is executed.
    executed: Option<(Gc<CodeObject>, Location)>,
    has_traps: bool,
}

/// The last change of a watched place that a run by instructions has seen.
#[derive(Clone, Copy)]
struct Changed {
    /// Instructions executed since the stop point, the one that wrote included.
    steps: u64,
    change: Change,
    by: Option<(Gc<CodeObject>, Location)>,
}

impl Replayer {
    /// A process that replays a log, and stops at its first stop point; and the log.
    pub fn new(origin: Origin) -> (Log, Replayer) {
        let Origin {
            log,
            channel,
            images,
        } = origin;
        let replayer = Replayer {
            images: images.and_then(|files| Images::new(files).ok()),
            only_depth: Cell::new(None),
            state: RefCell::new(State {
                channel,
                run: Run::to(1),
                hit: None,
                watched: Vec::new(),
                output: Vec::new(),
                steps: 0,
                changed: None,
                executed: None,
                has_traps: false,
            }),
            is_diverted: Cell::new(false),
        };
        (log, replayer)
    }

    /// To be called before anything is linked.
    pub fn prepare(vm: &mut Vm, replayer: std::rc::Rc<Replayer>) {
        object::tell_of_linked(|code| {
            BREAKPOINTS.with_borrow(|all| mark(code, all));
        });
        vm.watch_stops(replayer);
    }

    fn send(&self, reply: &Reply) {
        // Without a debugger there is nothing to go on for.
        if self.state.borrow_mut().channel.send(reply).is_err() {
            process::exit(0);
        }
    }

    /// What the stop point is a stop for.
    fn examine(&self, vm: &mut Vm, kinds: u8, time: Time) -> Option<Hit> {
        let (has_breakpoints, depth, until, pick) = {
            let state = self.state.borrow();
            let run = &state.run;
            (!run.breakpoints.is_empty(), run.depth, run.until, run.pick)
        };
        let mut why = Vec::new();
        let (hit, inputs_changed) = self.examine_places(pick);
        let each = self.state.borrow().run.evaluates_always() || places::are_deep();
        if let Some(hit) = hit {
            if pick == Pick::First {
                return Some(hit);
            }
            self.state.borrow_mut().hit = Some(hit);
        }
        let is_inside = pick == Pick::First || time < until;
        if has_breakpoints && is_inside {
            self.examine_breakpoints(vm, kinds, &mut why);
        }
        if is_inside && depth.is_some_and(|depth| is_at_depth(vm, kinds, depth)) {
            why.push(Why::Depth);
        }
        let mut at = time;
        let watchpoints = self.evaluated();
        if !watchpoints.is_empty() && (each || inputs_changed) {
            let now = self.watch(vm, &watchpoints);
            let before = std::mem::replace(&mut self.state.borrow_mut().watched, now.clone());
            for ((watchpoint, old), new) in watchpoints.iter().zip(before).zip(now) {
                if old != new {
                    // Going back one stops before what changed it.
                    if pick == Pick::Last && at == time {
                        at = time - 1;
                    }
                    why.push(Why::Watchpoint(watchpoint.number, old, new));
                }
            }
        }
        (!why.is_empty()).then_some(Hit {
            time: at,
            steps: 0,
            why,
        })
    }

    /// What changed in watched places since the stop point before, and whether an input of a watched
    /// expression did. The texts are found out where
    /// the instruction is.
    fn examine_places(&self, pick: Pick) -> (Option<Hit>, bool) {
        let (changes, inputs_changed) = places::take_changes();
        let change = match pick {
            Pick::First => changes.first(),
            Pick::Last => changes.last(),
        };
        let hit = change.map(|change| Hit {
            time: change.time,
            steps: 0,
            why: vec![Why::Watchpoint(change.number, String::new(), String::new())],
        });
        (hit, inputs_changed)
    }

    /// At a stop point or trap of a run by instructions: whether it stops here, and for what.
    fn examine_finely(&self, vm: &mut Vm, kinds: u8) -> Option<FineEnd> {
        let fine = self.state.borrow().run.fine?;
        let (changes, _) = places::take_changes();
        let mut state = self.state.borrow_mut();
        state.steps += 1;
        let steps = state.steps;
        let mut is_stop = kinds != TRAP || steps >= fine.until;
        if let Some(change) = changes.last()
            && steps > fine.after
        {
            state.changed = Some(Changed {
                steps,
                change: *change,
                by: state.executed,
            });
            is_stop |= fine.stops;
        }
        if !is_stop {
            state.executed = executing(vm);
            return None;
        }
        Some(FineEnd {
            steps,
            changed: state.changed.map(|changed| changed.steps),
        })
    }

    /// The hit of the last change that a run by instructions has seen.
    fn fine_hit(&self, vm: &mut Vm, kinds: u8) -> Option<Hit> {
        let change = self.state.borrow().changed?.change;
        let mut why = Vec::new();
        if let Reply::Changed {
            old,
            new,
            line,
            writer,
        } = self.in_copy(vm, kinds, &Request::Changed)
        {
            why.push(Why::Watchpoint(change.number, old, new));
            if !writer.is_empty() {
                why.push(Why::Written(line, writer));
            }
        }
        Some(Hit {
            time: change.time,
            steps: self.state.borrow().steps,
            why,
        })
    }

    /// In a copy: the texts of the last change.
    fn changed_texts(&self, vm: &mut Vm, created: u64) -> Reply {
        let (change, by, watchpoint) = {
            let state = self.state.borrow();
            let Some(Changed { change, by, .. }) = state.changed else {
                return Reply::Failed(String::from("nothing changed"));
            };
            let mut all = state.run.watchpoints.iter();
            let watchpoint = all.find(|w| w.number == change.number).cloned();
            (change, by, watchpoint)
        };
        let mut text = |held| evaluate::held_text(vm, held, watchpoint.as_ref(), created);
        let (old, new) = (text(change.old), text(change.new));
        let (mut line, mut writer) = (0, String::new());
        if let Some((code, location)) = by {
            line = location.line;
            let lines = vm.source_lines(&text_of(code.filename.get()));
            let source = lines.get(location.line.saturating_sub(1) as usize);
            if let Some(source) = source
                && location.end_line == location.line
            {
                let range = location.column as usize..location.end_column as usize;
                writer = source.get(range).unwrap_or(source.trim()).to_owned();
            } else if let Some(source) = source {
                source.trim().clone_into(&mut writer);
            }
        }
        Reply::Changed {
            old,
            new,
            line,
            writer,
        }
    }

    fn examine_breakpoints(&self, vm: &mut Vm, kinds: u8, why: &mut Vec<Why>) {
        let Some(frame) = vm.frames().last().copied() else {
            return;
        };
        let breakpoints = self.state.borrow().run.breakpoints.clone();
        for breakpoint in breakpoints {
            let matches = match &breakpoint.place {
                Place::Raised(class) => kinds & THROWN != 0 && is_raised(vm, class),
                Place::Uncaught => kinds & UNWOUND != 0 && is_uncaught(vm),
                place => place_matches(frame.code, frame.current_pc(), kinds, place),
            };
            if !matches {
                continue;
            }
            let Some(condition) = &breakpoint.condition else {
                why.push(Why::Breakpoint(breakpoint.number));
                continue;
            };
            let request = Request::Evaluate {
                frame: 0,
                text: Text {
                    python: format!("bool({})", condition.python),
                    ..condition.clone()
                },
                imports: Vec::new(),
                form: Form::Repr,
            };
            match self.in_copy(vm, kinds, &request) {
                Reply::Value { text, .. } if text == "False" => {}
                Reply::Value { text, .. } if text == "True" => {
                    why.push(Why::Breakpoint(breakpoint.number));
                }
                Reply::Value { text, .. } | Reply::Failed(text) | Reply::Refused(text) => {
                    why.push(Why::BadCondition(breakpoint.number, text));
                }
                _ => {}
            }
        }
    }

    /// The texts of the watched expressions now.
    fn watch(&self, vm: &mut Vm, watchpoints: &[Watchpoint]) -> Vec<String> {
        let (time, until, ticks) = (stops::time(), stops::until(), vm.ticks());
        let created = numbers::set_created(numbers::FIRST_FOREIGN);
        stops::set_until(Time::MAX);
        vm.world.divert(true);
        self.is_diverted.set(true);
        let texts = watchpoints
            .iter()
            .map(|watchpoint| evaluate::watched(vm, watchpoint, created))
            .collect();
        self.is_diverted.set(false);
        vm.world.divert(false);
        stops::set_until(until);
        vm.set_ticks(ticks);
        stops::set_time(time);
        numbers::set_created(created);
        places::settle();
        texts
    }

    /// Has the machine tell of the next stop point that matters.
    fn arm(&self, vm: &mut Vm) {
        let state = self.state.borrow();
        let run = &state.run;
        let each = run.evaluates_always()
            || places::are_deep()
            || run.depth.is_some()
            || run.fine.is_some();
        stops::set_until(if each { stops::time() + 1 } else { run.until });
        vm.stops.tell_thrown = run
            .breakpoints
            .iter()
            .any(|b| matches!(b.place, Place::Raised(_) | Place::Uncaught));
    }

    /// The watched expressions that are evaluated.
    fn evaluated(&self) -> Vec<Watchpoint> {
        let state = self.state.borrow();
        let all = state.run.watchpoints.iter();
        all.filter(|w| w.place.is_none()).cloned().collect()
    }

    fn begin(&self, vm: &mut Vm, run: Run) {
        BREAKPOINTS.with_borrow_mut(|all| {
            if *all != run.breakpoints {
                all.clone_from(&run.breakpoints);
                heap::for_each_code(&mut |code| mark(code, all));
            }
        });
        if run.notes {
            vm.collect_unseen();
            watched::note_written();
        }
        places::begin(&run.watchpoints);
        {
            let mut state = self.state.borrow_mut();
            if state.has_traps || run.fine.is_some() {
                state.has_traps = run.fine.is_some();
                heap::for_each_code(&mut |code| code.set_traps(run.fine.is_some()));
            }
            state.hit = None;
            state.changed = None;
            state.executed = executing(vm);
            let is_only =
                run.breakpoints.is_empty() && run.watchpoints.is_empty() && run.fine.is_none();
            self.only_depth.set(run.depth.filter(|_| is_only));
            state.run = run;
        }
        vm.stops.set_shallowest(vm.frames().len());
        let watched = self.watch(vm, &self.evaluated());
        self.state.borrow_mut().watched = watched;
        self.arm(vm);
    }

    /// Tells where the run came to, and serves there.
    fn stopped(&self, vm: &mut Vm, kinds: u8, hit: Option<Hit>, fine: Option<FineEnd>) {
        let notes = self.state.borrow().run.notes;
        let written = notes.then(|| Written::of(watched::take_written()));
        self.send(&Reply::Stopped {
            time: stops::time(),
            hit,
            fine,
            written,
            shallowest: vm.stops.shallowest().min(vm.frames().len()),
        });
        self.serve(vm, kinds);
    }

    /// Answers until it is told to run.
    fn serve(&self, vm: &mut Vm, kinds: u8) {
        loop {
            let request = self.state.borrow_mut().channel.receive();
            let Ok(request) = request else {
                process::exit(0);
            };
            match request {
                Request::Run(run) => return self.begin(vm, run),
                Request::Fork { is_kept } => self.become_two(vm, is_kept),
                Request::Store { end, is_full } => self.store(vm, end, is_full),
                Request::Load(chain) => self.load(&chain),
                Request::Layout => self.send(&match image::layout() {
                    Ok(layout) => Reply::Layout(layout),
                    Err(error) => Reply::Failed(error.to_string()),
                }),
                Request::Position if kinds & (bytecode::EXIT | THROWN) == 0 => {
                    let steps = self.state.borrow().steps;
                    let created = numbers::created();
                    self.send(&Reply::Position(position(vm, kinds, steps, created)));
                }
                Request::Progress => self.send(&Reply::Progress {
                    created: numbers::created(),
                    ticks: vm.ticks(),
                }),
                Request::CanFollow(path) => {
                    let reply = uncounted(|| places::can_follow(&path));
                    self.send(&Reply::Follows(reply));
                }
                Request::Ways(watchpoints) => {
                    let reply = uncounted(|| places::ways(&watchpoints));
                    self.send(&Reply::Ways(reply));
                }
                Request::Frames => {
                    let frames = vm.frames().iter().rev();
                    let lines = frames.map(|frame| frame_line(frame, String::new()));
                    let reply = Reply::Backtrace(lines.collect());
                    self.send(&reply);
                }
                Request::Lines { file } => self.send(&Reply::Lines(lines(&file))),
                Request::Output { after } => {
                    let output = self.state.borrow().output.get(after..).map(<[_]>::to_vec);
                    self.send(&Reply::Output(output.unwrap_or_default()));
                }
                request => {
                    let reply = self.in_copy(vm, kinds, &request);
                    self.send(&reply);
                }
            }
        }
    }

    /// Forks; whether this is the copy, which has a channel of its own.
    fn fork(&self) -> bool {
        let made = Channel::pair().and_then(|pair| Ok((fork()?, pair)));
        match made {
            Ok((None, (mine, theirs))) => {
                drop(theirs);
                self.state.borrow_mut().channel = mine;
                return true;
            }
            Ok((Some(process), (mine, theirs))) => {
                drop(mine);
                self.send(&Reply::Forked { process });
                if self.state.borrow().channel.send_channel(&theirs).is_err() {
                    process::exit(0);
                }
            }
            Err(error) => self.send(&Reply::Failed(format!("cannot fork: {error}"))),
        }
        false
    }

    fn become_two(&self, vm: &mut Vm, is_kept: bool) {
        if self.fork() && is_kept {
            vm.collect_unseen();
            watched::give_back();
        }
    }

    /// Has a copy write its image. Those who load it come back from here.
    fn store(&self, vm: &mut Vm, end: u64, is_full: bool) {
        if !self.fork() {
            return;
        }
        let saved = match &self.images {
            Some(images) => {
                vm.collect_unseen();
                watched::wipe();
                images.save(end, is_full)
            }
            None => Err(std::io::ErrorKind::Unsupported.into()),
        };
        match saved {
            Ok(Saved::Loaded(file)) => {
                let mine = Channel::from(file);
                // The channel of the one who wrote the image is no file of this process.
                std::mem::forget(std::mem::replace(
                    &mut self.state.borrow_mut().channel,
                    mine,
                ));
                self.send(&Reply::Stopped {
                    time: stops::time(),
                    hit: None,
                    fine: None,
                    written: None,
                    shallowest: 0,
                });
            }
            Ok(Saved::Here(written)) => {
                self.send(&Reply::Stored(written));
                process::exit(0)
            }
            Err(error) => {
                self.send(&Reply::Failed(format!("an image is not kept: {error}")));
                process::exit(0)
            }
        }
    }

    /// Becomes another process. What comes after it is that one's.
    fn load(&self, chain: &[Record]) {
        let channel = self.state.borrow().channel.file();
        let error = match &self.images {
            Some(images) => images.load(chain, channel),
            None => std::io::ErrorKind::Unsupported.into(),
        };
        self.send(&Reply::Failed(format!(
            "an image cannot be loaded: {error}"
        )));
    }

    /// Answers in a copy of the process.
    fn in_copy(&self, vm: &mut Vm, kinds: u8, request: &Request) -> Reply {
        let made = Channel::pair().and_then(|pair| Ok((fork()?, pair)));
        match made {
            Ok((None, (mine, theirs))) => {
                drop(theirs);
                self.state.borrow_mut().channel = mine;
                // Whoever ends the process ends what it computes, too.
                let _ = set_parent_process_death_signal(Some(Signal::KILL));
                limit();
                let reply = self.look(vm, kinds, request);
                self.send(&reply);
                process::exit(0)
            }
            Ok((Some(_), (mine, mut theirs))) => {
                drop(mine);
                theirs.receive().unwrap_or_else(|_| {
                    Reply::Failed(format!(
                        "the expression was stopped: it took more than {EVALUATION_LIMIT_S} s, or \
                         all the memory that it may have, or crashed"
                    ))
                })
            }
            Err(error) => Reply::Failed(format!("cannot fork: {error}")),
        }
    }

    /// In a copy, of which nothing remains.
    fn look(&self, vm: &mut Vm, kinds: u8, request: &Request) -> Reply {
        self.is_diverted.set(true);
        vm.world.divert(true);
        vm.stop_watching();
        let created = numbers::set_created(numbers::FIRST_FOREIGN);
        match request {
            Request::Backtrace => {
                let frames: Vec<Frame> = vm.frames().to_vec();
                let lines = frames.iter().rev().map(|frame| {
                    let arguments = evaluate::arguments(vm, frame);
                    frame_line(frame, arguments)
                });
                Reply::Backtrace(lines.collect())
            }
            Request::Owner { root } => Reply::Owner(variables::owner(vm, root, created)),
            Request::Source { frame } => match evaluate::frame_at(vm, *frame) {
                Some(frame) => {
                    let file = text_of(frame.code.filename.get());
                    let lines = vm.source_lines(&file);
                    Reply::Source {
                        file,
                        lines,
                        line: frame.line(),
                    }
                }
                None => Reply::Failed(String::from("there is no such frame")),
            },
            Request::Locals {
                frame,
                arguments_only,
            } => Reply::Text(evaluate::locals(vm, *frame, *arguments_only)),
            _ => self.look_at_value(vm, kinds, request, created),
        }
    }

    /// The same, of what is about values.
    fn look_at_value(&self, vm: &mut Vm, kinds: u8, request: &Request, created: u64) -> Reply {
        let written = self.state.borrow().output.len();
        match request {
            Request::Evaluate {
                frame,
                text,
                imports,
                form,
            } => match evaluate::evaluate(vm, *frame, text, imports, *form, created) {
                Ok(Evaluated { text, named, value }) => {
                    let mut shown = self.written_since(written);
                    shown.push_str(&text);
                    Reply::Value {
                        text: shown,
                        named,
                        value,
                    }
                }
                Err(text) => Reply::Failed(self.written_since(written) + &text),
            },
            Request::Children {
                root,
                path,
                first,
                count,
                cautious,
            } => match variables::children(vm, root, path, (*first, *count), *cautious, created) {
                Ok(children) => Reply::Children(children),
                Err(text) => Reply::Failed(text),
            },
            Request::Names { frame, text } => match evaluate::names(vm, *frame, text, created) {
                Ok(names) => Reply::Names(names),
                Err(text) => Reply::Failed(text),
            },
            Request::Meanings { frame, names } => {
                match evaluate::meanings(vm, *frame, names, created) {
                    Ok(meanings) => Reply::Meanings(meanings),
                    Err(text) => Reply::Failed(text),
                }
            }
            Request::Exception if kinds & THROWN != 0 => {
                let (class, text, trace) = evaluate::exception(vm, vm.stops.leaving());
                Reply::Exception { class, text, trace }
            }
            Request::Exception => Reply::Failed(String::from("no exception is raised here")),
            Request::Changed => self.changed_texts(vm, created),
            _ => {
                let steps = self.state.borrow().steps;
                Reply::Position(position(vm, kinds, steps, created))
            }
        }
    }

    fn written_since(&self, count: usize) -> String {
        self.state.borrow().output[count..]
            .iter()
            .map(|output| output.text.as_str())
            .collect()
    }
}

/// Bounds what the copy may take.
fn limit() {
    let used = getrlimit(Resource::As);
    let free_bytes = crate::kept::free_bytes().unwrap_or(u64::MAX);
    let room_bytes = EVALUATION_LIMIT_BYTES.min(free_bytes / EVALUATION_FREE_PART);
    for (resource, amount) in [
        (Resource::Cpu, EVALUATION_LIMIT_S),
        (Resource::As, address_space() + room_bytes),
    ] {
        let limit = Rlimit {
            current: Some(amount),
            maximum: used.maximum.and(Some(amount)),
        };
        // Without a limit an endless expression is ended by the user.
        let _ = setrlimit(resource, limit);
    }
}

/// What the process has mapped, in bytes.
fn address_space() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm");
    let pages = pages
        .ok()
        .and_then(|text| text.split(' ').next()?.parse().ok());
    pages.unwrap_or(1 << 20) * rustix::param::page_size() as u64
}

fn text_of(value: Value) -> String {
    value
        .cast::<Str>()
        .map_or_else(|| String::from("?"), |text| text.to_text_escaped())
}

/// Whether an exception of a class, or of one derived from it, is in the frame in which it was
/// raised: its traceback has no other frame yet. Any class, if the name is empty.
fn is_raised(vm: &Vm, class: &str) -> bool {
    let leaving = vm.stops.leaving();
    let first = leaving
        .to::<Exception>()
        .and_then(|exception| exception.traceback.get().cast::<Traceback>());
    let is_first = first.is_none_or(|entry| entry.next.get().is_none());
    let mut classes = vm.class_of(leaving).mro().iter();
    is_first
        && (class.is_empty()
            || classes.any(|base| {
                base.cast::<Class>()
                    .is_some_and(|base| base.name_text() == class)
            }))
}

/// Whether an exception leaves the outermost frame, and is not meant to end the program.
fn is_uncaught(vm: &Vm) -> bool {
    vm.frames().len() == 1 && vm.type_name(vm.stops.leaving()) != "SystemExit"
}

/// Whether a stop point of a code object is one of a place.
fn place_matches(code: Gc<CodeObject>, pc: u32, kinds: u8, place: &Place) -> bool {
    match place {
        Place::Function(name) => {
            kinds & bytecode::ENTRY != 0
                && (text_of(code.name.get()) == *name || text_of(code.qualname.get()) == *name)
        }
        Place::Line { file, line } => {
            kinds & bytecode::LINE != 0
                && code.code().location(pc).line == *line
                && is_file(&text_of(code.filename.get()), file)
        }
        Place::Raised(_) | Place::Uncaught => false,
    }
}

/// Whether a path is meant by its end.
fn is_file(path: &str, end: &str) -> bool {
    path.strip_suffix(end)
        .is_some_and(|before| before.is_empty() || before.ends_with('/') || end.starts_with('/'))
}

/// The lines of a file at which a run can stop, as far as its code is there.
fn lines(file: &str) -> Vec<u32> {
    let mut lines = Vec::new();
    heap::for_each_code(&mut |code| {
        if is_file(&text_of(code.filename.get()), file) {
            let kinds = bytecode::stop_kinds(code.code());
            let begin = (0..).zip(kinds).filter(|(_, k)| k & bytecode::LINE != 0);
            lines.extend(begin.map(|(pc, _)| code.code().location(pc).line));
        }
    });
    lines.sort_unstable();
    lines.dedup();
    lines
}

/// Has the stop points of a code object tell of themselves that are breakpoints.
fn mark(code: Gc<CodeObject>, breakpoints: &[Breakpoint]) {
    for (pc, kinds) in (0..).zip(bytecode::stop_kinds(code.code())) {
        if kinds != 0 {
            let on = breakpoints
                .iter()
                .any(|breakpoint| place_matches(code, pc, kinds, &breakpoint.place));
            code.set_breakpoint(pc, on);
        }
    }
}

fn is_at_depth(vm: &Vm, kinds: u8, depth: Depth) -> bool {
    let now = vm.frames().len();
    match depth {
        Depth::AtMost(most) => now <= most,
        Depth::Beyond(most, line) => {
            now < most || now == most && vm.frames().last().is_some_and(|f| f.line() > line)
        }
        Depth::Entered(frame) => now == frame && kinds & bytecode::ENTRY != 0,
        Depth::Leaving(frame) => {
            now < frame || now == frame && kinds & (bytecode::EXIT | UNWOUND) != 0
        }
    }
}

/// The instruction that the running frame executes next.
fn executing(vm: &Vm) -> Option<(Gc<CodeObject>, Location)> {
    let frame = vm.frames().last()?;
    Some((frame.code, frame.code.code().location(frame.current_pc())))
}

/// What is allocated meanwhile is none of the program's.
fn uncounted<T>(work: impl FnOnce() -> T) -> T {
    let created = numbers::set_created(numbers::FIRST_FOREIGN);
    let result = work();
    numbers::set_created(created);
    result
}

fn position(vm: &mut Vm, kinds: u8, steps: u64, created: u64) -> Position {
    let depth = vm.frames().len();
    let frame = vm.frames().last().copied();
    let leaving = match frame {
        Some(_) if kinds & THROWN != 0 => Some(vm.stops.leaving()),
        Some(frame) if kinds & bytecode::EXIT != 0 => {
            let instr = frame.code.instr(frame.current_pc());
            let register = match instr.op() {
                bytecode::Op::Return => instr.a(),
                _ => instr.b(),
            };
            Some(frame.base.get(register))
        }
        _ => None,
    };
    let leaving = leaving.map(|value| evaluate::short_text(vm, value));
    let (file, line, function) = match frame {
        Some(frame) => (
            text_of(frame.code.filename.get()),
            frame.line(),
            text_of(frame.code.qualname.get()),
        ),
        None => (String::new(), 0, String::new()),
    };
    Position {
        time: stops::time(),
        depth,
        file,
        line,
        function,
        kinds,
        steps,
        leaving,
        created,
    }
}

fn frame_line(frame: &Frame, arguments: String) -> FrameLine {
    FrameLine {
        file: text_of(frame.code.filename.get()),
        line: frame.line(),
        function: text_of(frame.code.qualname.get()),
        arguments,
    }
}

impl Replayer {
    /// Where nothing but a depth can stop: whether it does not here. Most stop points are such.
    fn passes(&self, vm: &Vm, kinds: u8, depth: Depth, time: Time) -> bool {
        let passes = time < self.state.borrow().run.until && !is_at_depth(vm, kinds, depth);
        if passes {
            stops::set_until(time + 1);
        }
        passes
    }
}

impl Watcher for Replayer {
    fn stop(&self, vm: &mut Vm, kinds: u8) {
        if self.is_diverted.get() {
            return;
        }
        let time = stops::time();
        if let Some(depth) = self.only_depth.get()
            && self.passes(vm, kinds, depth, time)
        {
            return;
        }
        let (pick, until, is_fine) = {
            let state = self.state.borrow();
            (state.run.pick, state.run.until, state.run.fine.is_some())
        };
        if is_fine {
            let Some(end) = self.examine_finely(vm, kinds) else {
                return self.arm(vm);
            };
            let hit = self.fine_hit(vm, kinds);
            if kinds != TRAP {
                self.state.borrow_mut().steps = 0;
            }
            return self.stopped(vm, kinds, hit, Some(end));
        }
        self.state.borrow_mut().steps = 0;
        let hit = self.examine(vm, kinds, time);
        let is_stop = match (hit, pick) {
            (None, _) => time >= until,
            (Some(hit), Pick::First) => {
                self.state.borrow_mut().hit = Some(hit);
                true
            }
            (Some(hit), Pick::Last) => {
                self.state.borrow_mut().hit = Some(hit);
                time >= until
            }
        };
        if !is_stop {
            return self.arm(vm);
        }
        let hit = self.state.borrow_mut().hit.take();
        self.stopped(vm, kinds, hit, None);
    }
}

impl Audience for Replayer {
    fn output(&self, stream: i32, bytes: &[u8]) {
        self.state.borrow_mut().output.push(Output {
            time: stops::time(),
            stream,
            text: String::from_utf8_lossy(bytes).into_owned(),
        });
    }

    fn ended(&self, end: &End) -> ! {
        let pick = self.state.borrow().run.pick;
        let (last, _) = self.examine_places(pick);
        let hit = last.or_else(|| self.state.borrow_mut().hit.take());
        self.send(&Reply::Ended {
            time: stops::time(),
            end: end.clone(),
            hit,
        });
        process::exit(0)
    }

    fn refused(&self, what: &str) -> ! {
        self.send(&Reply::Refused(what.to_owned()));
        process::exit(0)
    }
}
