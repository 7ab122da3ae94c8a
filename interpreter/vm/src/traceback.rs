//! Printing exceptions as Python does: the chain of causes and contexts, a traceback with the
//! source of each frame and marks under the part that raised, notes, groups, and suggestions for
//! names that are nearly right.
//!
//! The marks follow the description of Python 3.13's `traceback` module: `^` under the part of
//! the line that was running, or, for operators, subscripts and calls, `^` under the operator or
//! brackets and `~` under the operands. None if the part is the whole line.

use crate::{PyResult, Raised, Vm};
use bytecode::Location;
use object::{
    Class, Dict, Exception, Gc, Kind, List, Module, Str, Traceback, Tuple, Value, intern,
};
use ruff_python_ast as ast;
use ruff_text_size::Ranged;
use std::collections::HashMap;
use std::fmt::Write;

/// How deep groups in groups, and how many exceptions of a group, are shown.
const GROUP_DEPTH_MAX: usize = 10;
const GROUP_WIDTH_MAX: usize = 15;
/// After so many equal lines a count stands for the rest.
const REPEATS_MAX: usize = 3;

const CAUSE: &str = "\nThe above exception was the direct cause of the following exception:\n\n";
const CONTEXT: &str = "\nDuring handling of the above exception, another exception occurred:\n\n";

/// What is carried along while an exception is printed.
#[derive(Default)]
struct Printer {
    out: String,
    /// How deep in exception groups.
    depth: usize,
    need_close: bool,
    seen: Vec<Value>,
    sources: HashMap<String, Vec<String>>,
}

impl Printer {
    fn indent(&self) -> String {
        " ".repeat(2 * self.depth)
    }

    /// Adds text, in a group with its margin before each line.
    fn emit(&mut self, text: &str, margin: char) {
        if self.depth == 0 {
            self.out.push_str(text);
            return;
        }
        let indent = self.indent();
        for line in text.split_inclusive('\n') {
            let _ = write!(self.out, "{indent}{margin} {line}");
        }
    }
}

impl Vm {
    /// What is printed for an uncaught exception.
    pub fn format_exception(&mut self, exception: Value) -> String {
        let mut printer = Printer::default();
        self.format_chain(&mut printer, exception);
        printer.out
    }

    /// Prints an exception to `sys.stderr`.
    pub fn print_exception(&mut self, exception: Value) {
        let text = self.format_exception(exception);
        self.write_stderr(&text);
    }

    /// The source lines of a place, with marks; empty if there is no source.
    pub fn format_place(&mut self, filename: &str, place: Location) -> String {
        let mut out = String::new();
        show_source(&mut out, &self.source_lines(filename), place);
        out
    }

    /// Writes to `sys.stderr`, or to the process's standard error where that is not to be had.
    pub fn write_stderr(&mut self, text: &str) {
        let stream = match self
            .modules
            .get_str(self.names.sys)
            .and_then(|m| m.cast::<Module>())
        {
            Some(sys) => sys.namespace().get_str(self.names.stderr),
            None => None,
        };
        if let Some(stream) = stream
            && !stream.is_none()
        {
            let name = self.names.write;
            if self
                .call_method(stream, name, &[Str::new(text).into()])
                .is_ok()
            {
                let name = self.names.flush;
                // A stream that cannot be flushed has still taken the text.
                let _ = self.call_method(stream, name, &[]);
                return;
            }
        }
        // There is no one left to tell of a failure.
        let _ = self.world.write_all(2, text.as_bytes());
    }

    fn format_chain(&mut self, printer: &mut Printer, exception: Value) {
        // The chain is walked first, because it may be longer than the native stack is deep.
        let mut chain: Vec<(Value, &str)> = Vec::new();
        let mut next = Some((exception, ""));
        while let Some((exception, link)) = next {
            let Some(object) = exception.cast::<Exception>() else {
                break;
            };
            printer.seen.push(exception);
            chain.push((exception, link));
            let (cause, context) = (object.cause.get(), object.context.get());
            next = if !cause.is_none() && !printer.seen.contains(&cause) {
                Some((cause, CAUSE))
            } else if cause.is_none()
                && !context.is_none()
                && !object.suppress_context.get()
                && !printer.seen.contains(&context)
            {
                Some((context, CONTEXT))
            } else {
                None
            };
        }
        let links: Vec<&str> = chain.iter().map(|&(_, link)| link).collect();
        for (i, &(exception, _)) in chain.iter().enumerate().rev() {
            self.format_one(printer, exception);
            if !links[i].is_empty() {
                printer.emit(links[i], '|');
            }
        }
    }

    fn format_one(&mut self, printer: &mut Printer, exception: Value) {
        let Some(object) = exception.cast::<Exception>() else {
            return;
        };
        let traceback = object.traceback.get();
        let group = self
            .class_of(exception)
            .is_subclass_of(self.types.base_exception_group)
            .then(|| self.own_attr(exception, self.names.exceptions))
            .flatten()
            .and_then(|members| members.cast::<Tuple>());
        let Some(members) = group else {
            if !traceback.is_none() {
                let mut text = String::from("Traceback (most recent call last):\n");
                text.push_str(&self.format_stack(printer, traceback));
                printer.emit(&text, '|');
            }
            let text = self.format_only(exception);
            printer.emit(&text, '|');
            return;
        };
        if printer.depth > GROUP_DEPTH_MAX {
            printer.emit(
                &format!("... (max_group_depth is {GROUP_DEPTH_MAX})\n"),
                '|',
            );
            return;
        }
        let outermost = printer.depth == 0;
        if outermost {
            printer.depth = 1;
        }
        if !traceback.is_none() {
            let margin = if outermost { '+' } else { '|' };
            printer.emit(
                "Exception Group Traceback (most recent call last):\n",
                margin,
            );
            let text = self.format_stack(printer, traceback);
            printer.emit(&text, '|');
        }
        let text = self.format_only(exception);
        printer.emit(&text, '|');
        self.format_members(printer, members.items());
        if outermost {
            printer.depth = 0;
        }
    }

    fn format_members(&mut self, printer: &mut Printer, members: &[Value]) {
        let shown = if members.len() <= GROUP_WIDTH_MAX {
            members.len()
        } else {
            GROUP_WIDTH_MAX + 1
        };
        printer.need_close = false;
        for i in 0..shown {
            let last = i + 1 == shown;
            if last {
                printer.need_close = true;
            }
            let truncated = i >= GROUP_WIDTH_MAX;
            let title = if truncated {
                String::from("...")
            } else {
                (i + 1).to_string()
            };
            let corner = if i == 0 { "+-" } else { "  " };
            let indent = printer.indent();
            let _ = writeln!(
                printer.out,
                "{indent}{corner}+---------------- {title} ----------------"
            );
            printer.depth += 1;
            if truncated {
                let rest = members.len() - GROUP_WIDTH_MAX;
                let plural = if rest > 1 { "s" } else { "" };
                printer.emit(&format!("and {rest} more exception{plural}\n"), '|');
            } else {
                self.format_chain(printer, members[i]);
            }
            if last && printer.need_close {
                let indent = printer.indent();
                let _ = writeln!(printer.out, "{indent}+------------------------------------");
                printer.need_close = false;
            }
            printer.depth -= 1;
        }
    }

    // ---- the last lines: class and message

    /// The lines that name the exception: class, message, notes; for a SyntaxError its place.
    pub fn format_only(&mut self, exception: Value) -> String {
        let (mut out, notes) = self.format_only_and_notes(exception);
        out.push_str(&notes);
        out
    }

    /// The same in two parts.
    pub fn format_only_and_notes(&mut self, exception: Value) -> (String, String) {
        let class = self.class_of(exception);
        let name = self.exception_class_name(class);
        let mut out = String::new();
        if class.is_subclass_of(self.types.syntax_error) {
            self.format_syntax_error(exception, &name, &mut out);
        } else {
            let mut text = match self.str_text(exception) {
                Ok(text) => text,
                Err(_) => String::from("<exception str() failed>"),
            };
            text.push_str(&self.suggestion(exception));
            if text.is_empty() {
                let _ = writeln!(out, "{name}");
            } else {
                let _ = writeln!(out, "{name}: {text}");
            }
        }
        let mut notes = String::new();
        self.format_notes(exception, &mut notes);
        (out, notes)
    }

    fn exception_class_name(&mut self, class: Gc<Class>) -> String {
        let qualname = class.qualname.get().cast::<Str>();
        let qualname = qualname.map_or_else(|| class.name_text(), |q| q.to_text_escaped());
        let module = class.dict().get_str(self.names.module);
        match module.and_then(|m| m.cast::<Str>()) {
            Some(module) if !module.equals_text("__main__") && !module.equals_text("builtins") => {
                format!("{}.{qualname}", module.to_text_escaped())
            }
            _ => qualname,
        }
    }

    fn format_notes(&mut self, exception: Value, out: &mut String) {
        let Ok(Some(notes)) = self.find_attr(exception, self.names.notes) else {
            return;
        };
        if notes.is_none() {
            return;
        }
        let items = match (notes.to::<List>(), notes.to::<Tuple>()) {
            (Some(list), _) => List::copy_of(list),
            (_, Some(tuple)) => List::from_slice(tuple.items()),
            _ => {
                let text = self.repr_text(notes).unwrap_or_default();
                let _ = writeln!(out, "{text}");
                return;
            }
        };
        for &note in items.items() {
            let text = match self.str_text(note) {
                Ok(text) => text,
                Err(_) => String::from("<note str() failed>"),
            };
            for line in text.split('\n') {
                let _ = writeln!(out, "{line}");
            }
        }
    }

    fn format_syntax_error(&mut self, exception: Value, class: &str, out: &mut String) {
        let names = [
            self.names.msg,
            self.names.filename,
            self.names.lineno,
            self.names.offset,
            self.names.text,
            self.names.end_lineno,
            self.names.end_offset,
        ];
        let fields = names.map(|name| match self.find_attr(exception, name) {
            Ok(Some(value)) => value,
            _ => Value::NONE,
        });
        let [msg, filename, line, offset, text, end_line, end_offset] = fields;
        let filename = filename.to::<Str>().map(|f| f.to_text_escaped());
        let mut suffix = String::new();
        match (line.as_small(), &filename) {
            (Some(line), filename) => {
                let filename = filename.as_deref().unwrap_or("<string>");
                let _ = writeln!(out, "  File \"{filename}\", line {line}");
            }
            (None, Some(filename)) => suffix = format!(" ({filename})"),
            (None, None) => {}
        }
        if let Some(text) = text.to::<Str>() {
            let text = text.to_text_escaped();
            let same_line = line == end_line;
            syntax_marks(
                out,
                &text,
                offset.as_small(),
                if same_line {
                    end_offset.as_small()
                } else {
                    Some(i64::MAX)
                },
            );
        }
        let msg = match msg {
            Value::NONE => String::from("<no detail available>"),
            msg => self.str_text(msg).unwrap_or_default(),
        };
        let _ = writeln!(out, "{class}: {msg}{suffix}");
    }

    // ---- frames

    fn format_stack(&mut self, printer: &mut Printer, traceback: Value) -> String {
        let mut out = String::new();
        let mut last: Option<(Value, u32, Value)> = None;
        let mut repeated = 0;
        let mut next = traceback;
        while let Some(entry) = next.cast::<Traceback>() {
            let code = entry.code();
            let place = code.get().code().location(entry.pc());
            let key = (code.filename.get(), place.line, code.name.get());
            if last != Some(key) {
                flush_repeats(&mut out, repeated);
                last = Some(key);
                repeated = 0;
            }
            repeated += 1;
            next = entry.next.get();
            if repeated > REPEATS_MAX {
                continue;
            }
            let filename = self.text_or_unknown(code.filename.get());
            let name = self.text_or_unknown(code.name.get());
            let _ = writeln!(out, "  File \"{filename}\", line {}, in {name}", place.line);
            if !printer.sources.contains_key(&filename) {
                let lines = self.source_lines(&filename);
                printer.sources.insert(filename.clone(), lines);
            }
            if let Some(lines) = printer.sources.get(&filename) {
                show_source(&mut out, lines, place);
            }
        }
        flush_repeats(&mut out, repeated);
        out
    }

    fn text_or_unknown(&self, value: Value) -> String {
        value
            .cast::<Str>()
            .map_or_else(|| String::from("<unknown>"), |s| s.to_text_escaped())
    }

    /// The lines of a source file, of a frozen module, or of the text of `-c` and standard input.
    pub fn source_lines(&mut self, filename: &str) -> Vec<String> {
        let split = |text: &str| text.lines().map(str::to_owned).collect();
        if filename.starts_with('<') {
            if let Some(kept) = self.kept("main source")
                && let Some(pair) = kept.cast::<Tuple>()
                && let [name, text] = pair.items()
                && name.to::<Str>().is_some_and(|n| n.equals_text(filename))
                && let Some(text) = text.to::<Str>()
            {
                return split(&text.to_text_escaped());
            }
            let frozen = filename
                .strip_prefix("<frozen ")
                .and_then(|n| n.strip_suffix('>'));
            return match (frozen, self.frozen) {
                (Some(name), Some(find)) => {
                    find(name).map_or(Vec::new(), |module| split(module.source))
                }
                _ => Vec::new(),
            };
        }
        match self.world.read_file(filename.as_bytes()) {
            Ok(bytes) => match self.decode_source(&bytes, filename) {
                Ok(text) => split(&text),
                Err(_) => Vec::new(),
            },
            Err(_) => Vec::new(),
        }
    }

    // ---- suggestions

    /// What to add to a message about a name that is nearly right.
    fn suggestion(&mut self, exception: Value) -> String {
        let class = self.class_of(exception);
        let types = &self.types;
        let (name_error, attribute_error, import_error) =
            (types.name_error, types.attribute_error, types.import_error);
        if class.is_subclass_of(import_error) {
            let wanted = self.own_attr(exception, intern("name_from"));
            let (Some(wanted), Some(module)) = (
                wanted.and_then(|w| w.to::<Str>()),
                self.own_attr(exception, self.names.name),
            ) else {
                return String::new();
            };
            let Some(module) = module.to::<Str>().and_then(|m| self.modules.get_str(m)) else {
                return String::new();
            };
            return self.suggest_attribute(module, &wanted.to_text_escaped());
        }
        let is_name = class.is_subclass_of(name_error);
        if !is_name && !class.is_subclass_of(attribute_error) {
            return String::new();
        }
        let name = self
            .own_attr(exception, self.names.name)
            .and_then(|n| n.to::<Str>());
        let Some(name) = name else {
            return String::new();
        };
        let name = name.to_text_escaped();
        if is_name {
            return self.suggest_name(exception, &name);
        }
        match self.own_attr(exception, self.names.obj) {
            Some(object) => self.suggest_attribute(object, &name),
            None => String::new(),
        }
    }

    fn suggest_attribute(&mut self, object: Value, name: &str) -> String {
        let Ok(mut names) = self.attribute_names(object) else {
            return String::new();
        };
        if !name.starts_with('_') {
            names.retain(|n| !n.starts_with('_'));
        }
        match closest(name, names.iter().map(|n| n.as_str())) {
            Some(near) => format!(". Did you mean: '{near}'?"),
            None => String::new(),
        }
    }

    /// The names that `dir` would give, as text.
    fn attribute_names(&mut self, object: Value) -> crate::PyResult<Vec<String>> {
        let Some(method) = self.lookup_special(object, self.names.dir) else {
            return Ok(Vec::new());
        };
        let names = match object.kind() {
            Some(Kind::Class) => {
                let meta = self.class_of(object);
                let bound = self.bind_descriptor(method, object, meta)?;
                self.call(bound, &[])?
            }
            _ => self.call_special(method, object, &[])?,
        };
        let names = self.collect(names)?;
        let texts = names.items().iter().filter_map(|n| n.to::<Str>());
        let mut texts: Vec<String> = texts.map(|n| n.to_text_escaped()).collect();
        texts.sort();
        Ok(texts)
    }

    fn suggest_name(&mut self, exception: Value, name: &str) -> String {
        let mut candidates: Vec<String> = Vec::new();
        let mut entry = match exception.cast::<Exception>() {
            Some(exception) => exception.traceback.get().cast::<Traceback>(),
            None => None,
        };
        while let Some(next) = entry.and_then(|e| e.next.get().cast::<Traceback>()) {
            entry = Some(next);
        }
        if let Some(entry) = entry {
            let code = entry.code();
            let code = code.get().code();
            candidates.extend(code.local_names.iter().map(|n| n.to_string()));
            candidates.extend(code.free_names.iter().map(|n| n.to_string()));
            if let Some(globals) = entry.globals() {
                add_keys(globals, &mut candidates);
            }
        }
        add_keys(self.builtins, &mut candidates);
        candidates.sort();
        let near = closest(name, candidates.iter().map(|n| n.as_str()));
        let is_module = self.is_library_module(name);
        match (near, is_module) {
            (Some(near), false) => format!(". Did you mean: '{near}'?"),
            (Some(near), true) => {
                format!(". Did you mean: '{near}'? Or did you forget to import '{name}'?")
            }
            (None, true) => format!(". Did you forget to import '{name}'?"),
            (None, false) => String::new(),
        }
    }

    /// Whether `sys.stdlib_module_names` has the name.
    fn is_library_module(&mut self, name: &str) -> bool {
        let Some(sys) = self
            .modules
            .get_str(self.names.sys)
            .and_then(|m| m.cast::<Module>())
        else {
            return false;
        };
        let names = sys.namespace().get_str(intern("stdlib_module_names"));
        names.is_some_and(|names| self.contains(names, intern(name).into()).unwrap_or(false))
    }

    /// Reports an exception that cannot be raised to anyone, by `sys.unraisablehook`: what was being
    /// done, and for which object.
    pub fn report_unraisable(&mut self, raised: Raised, what: &str, object: Value) {
        let message = format!("Exception ignored {what}");
        let failed = match self.own_unraisable_hook() {
            None => raised,
            Some(hook) => match self.call_unraisable_hook(hook, raised, &message, object) {
                Ok(_) => return,
                Err(failed) => failed,
            },
        };
        let text = self.format_exception(failed.0);
        self.write_stderr(&format!("{message}:\n{text}"));
    }

    /// The hook that a program has put in place of the builtin one.
    fn own_unraisable_hook(&mut self) -> Option<Value> {
        let sys = self.modules.get_str(self.names.sys)?.cast::<Module>()?;
        let hook = |name: &str| sys.namespace().get_str(intern(name));
        let hook_now = hook("unraisablehook")?;
        (Some(hook_now) != hook("__unraisablehook__") && !hook_now.is_none()).then_some(hook_now)
    }

    fn call_unraisable_hook(
        &mut self,
        hook: Value,
        raised: Raised,
        message: &str,
        object: Value,
    ) -> PyResult {
        let fields = [
            ("exc_type", self.class_of(raised.0).into()),
            ("exc_value", raised.0),
            ("exc_traceback", raised.exception().traceback.get()),
            ("err_msg", Str::new(message).into()),
            ("object", object),
        ];
        let support = self.import_module("_structseq")?;
        let make = self.get_attr_text(support, "namespace")?;
        let names = fields.map(|(name, _)| intern(name).into());
        let report = self.call_with(make, &fields.map(|(_, value)| value), &names)?;
        self.call(hook, &[report])
    }
}

fn add_keys(dict: Gc<Dict>, names: &mut Vec<String>) {
    names.extend(
        dict.get()
            .iter()
            .filter_map(|(k, _)| k.cast::<Str>())
            .map(|k| k.to_text_escaped()),
    );
}

fn flush_repeats(out: &mut String, repeated: usize) {
    if repeated > REPEATS_MAX {
        let more = repeated - REPEATS_MAX;
        let plural = if more > 1 { "s" } else { "" };
        let _ = writeln!(out, "  [Previous line repeated {more} more time{plural}]");
    }
}

/// The offending line of a SyntaxError and the marks under it. Offsets count characters from 1;
/// `end` is `None` if unknown.
fn syntax_marks(out: &mut String, text: &str, offset: Option<i64>, end: Option<i64>) {
    let text = text.split('\n').next().unwrap_or(text);
    let stripped = text.trim_start_matches([' ', '\n', '\x0c']);
    let spaces = (text.chars().count() - stripped.chars().count()) as i64;
    let _ = writeln!(out, "    {stripped}");
    let Some(mut offset) = offset else { return };
    let length = text.chars().count() as i64;
    let mut end = match end {
        Some(i64::MAX) => length + 1,
        Some(end) if end != 0 => end,
        _ => offset,
    };
    if offset > length {
        offset = length + 1;
        end = end.max(offset);
    }
    if offset >= end || end < 0 {
        end = offset + 1;
    }
    let (column, end_column) = (offset - 1 - spaces, end - 1 - spaces);
    if column < 0 {
        return;
    }
    let before: String = stripped
        .chars()
        .take(column as usize)
        .map(|c| if c.is_whitespace() { c } else { ' ' })
        .chain(std::iter::repeat(' '))
        .take(column as usize)
        .collect();
    let marks = "^".repeat((end_column - column).clamp(1, 4096) as usize);
    let _ = writeln!(out, "    {before}{marks}");
}

/// How many columns of a terminal the first `count` characters take.
fn display_width(line: &[char], count: usize) -> usize {
    line[..count.min(line.len())]
        .iter()
        .map(|&c| 1 + usize::from(is_wide(c)))
        .sum()
}

/// Whether a character is wide (Unicode Annex 11, categories W and F, by block).
fn is_wide(c: char) -> bool {
    matches!(u32::from(c),
        0x1100..=0x115f | 0x2e80..=0x303e | 0x3041..=0xa4cf | 0xac00..=0xd7a3
        | 0xf900..=0xfaff | 0xfe30..=0xfe6f | 0xff00..=0xff60 | 0xffe0..=0xffe6
        | 0x1f300..=0x1f64f | 0x1f900..=0x1f9ff | 0x20000..=0x3fffd)
}

fn characters_before(line: &str, byte: u32) -> usize {
    line.char_indices()
        .take_while(|&(at, _)| at < byte as usize)
        .count()
}

fn indentation(line: &[char]) -> usize {
    line.iter().take_while(|c| c.is_whitespace()).count()
}

/// Where the operator or bracket of an expression lies: (line, column) of start and end.
struct Anchors {
    left: (usize, usize),
    right: (usize, usize),
}

/// The lines of a frame's place, with marks.
fn show_source(out: &mut String, lines: &[String], place: Location) {
    if place.line == 0 {
        return;
    }
    let first = place.line as usize - 1;
    let last = (place.end_line.max(place.line) as usize - 1).min(first + 200);
    let original: Vec<&str> = (first..=last)
        .map(|at| lines.get(at).map_or("", |l| l.trim_end()))
        .collect();
    if original.iter().all(|line| line.is_empty()) {
        return;
    }
    let chars: Vec<Vec<char>> = original.iter().map(|line| line.chars().collect()).collect();
    let margin = common_margin(&chars);
    let shown: Vec<Vec<char>> = chars
        .iter()
        .map(|line| line[margin.min(line.len())..].to_vec())
        .collect();
    let start = characters_before(original[0], place.column).saturating_sub(margin);
    let bottom = original.len() - 1;
    let end = characters_before(original[bottom], place.end_column).saturating_sub(margin);
    let (start, end) = (start.min(shown[0].len()), end.min(shown[bottom].len()));
    let segment = segment_of(&shown, start, end);
    let anchors = find_anchors(&segment);
    let show_marks = marks_are_useful(&shown, start, end, anchors.is_some());
    let anchors = anchors.map(|a| {
        let place = |(line, column): (usize, usize)| {
            let column = if line == 0 { column + start } else { column };
            (line, display_width(&shown[line.min(bottom)], column))
        };
        Anchors {
            left: place(a.left),
            right: place(a.right),
        }
    });
    let mut block: Vec<String> = Vec::new();
    let mut previous: Option<usize> = None;
    for line in significant_lines(&anchors, bottom) {
        let between = previous.map_or(0, |p| line - p - 1);
        if between == 1 {
            marked_line(
                &mut block,
                &shown,
                line - 1,
                (start, end),
                &anchors,
                show_marks,
            );
        } else if between > 1 {
            block.push(format!("...<{between} lines>..."));
        }
        marked_line(&mut block, &shown, line, (start, end), &anchors, show_marks);
        previous = Some(line);
    }
    for line in block {
        let _ = writeln!(out, "    {line}");
    }
}

fn common_margin(lines: &[Vec<char>]) -> usize {
    lines
        .iter()
        .filter(|l| !l.is_empty())
        .map(|l| indentation(l))
        .min()
        .unwrap_or(0)
}

fn segment_of(lines: &[Vec<char>], start: usize, end: usize) -> String {
    let bottom = lines.len() - 1;
    let mut segment = String::new();
    for (i, line) in lines.iter().enumerate() {
        let from = if i == 0 { start } else { 0 };
        let to = if i == bottom { end } else { line.len() };
        if from < to {
            segment.extend(&line[from..to]);
        }
        if i < bottom {
            segment.push('\n');
        }
    }
    segment
}

/// The first and the last line, and those around the anchors.
fn significant_lines(anchors: &Option<Anchors>, bottom: usize) -> Vec<usize> {
    let mut lines = vec![0, bottom];
    if let Some(anchors) = anchors {
        for at in [anchors.left.0, anchors.right.0] {
            lines.extend(at.saturating_sub(1)..=(at + 1).min(bottom));
        }
    }
    lines.sort_unstable();
    lines.dedup();
    lines
}

fn marked_line(
    block: &mut Vec<String>,
    lines: &[Vec<char>],
    at: usize,
    (start, end): (usize, usize),
    anchors: &Option<Anchors>,
    show_marks: bool,
) {
    let line = &lines[at];
    block.push(line.iter().collect());
    if !show_marks {
        return;
    }
    let is_last = at + 1 == lines.len();
    let width = display_width(line, if is_last { end } else { line.len() });
    let from = if at == 0 {
        display_width(line, start)
    } else {
        0
    };
    let spaces = indentation(line).max(from);
    let marks: String = (0..width)
        .map(|column| {
            let here = (at, column);
            match anchors {
                _ if column < spaces => ' ',
                Some(anchors) if here >= anchors.left && here < anchors.right => '^',
                Some(_) => '~',
                None => '^',
            }
        })
        .collect();
    block.push(marks);
}

/// Marks under all of a line say nothing; nor do they under a call whose value is returned or
/// assigned.
fn marks_are_useful(lines: &[Vec<char>], start: usize, end: usize, anchored: bool) -> bool {
    if is_plain_call(lines, start, end) {
        return false;
    }
    if anchored {
        return true;
    }
    let before = &lines[0][..start];
    let after = &lines[lines.len() - 1][end..];
    before.iter().any(|c| !c.is_whitespace()) || after.iter().any(|c| !c.is_whitespace())
}

fn is_plain_call(lines: &[Vec<char>], start: usize, end: usize) -> bool {
    let text: String = lines
        .iter()
        .map(|l| l.iter().collect::<String>())
        .collect::<Vec<_>>()
        .join("\n");
    let Ok(parsed) = ruff_python_parser::parse_module(&text) else {
        return false;
    };
    let call = match parsed.syntax().body.first() {
        Some(ast::Stmt::Return(statement)) => match statement.value.as_deref() {
            Some(ast::Expr::Call(call)) if call.func.is_name_expr() => call,
            _ => return false,
        },
        Some(ast::Stmt::Assign(statement)) => match &*statement.value {
            ast::Expr::Call(call) => call,
            _ => return false,
        },
        _ => return false,
    };
    let (from, to) = (
        call.range().start().to_usize(),
        call.range().end().to_usize(),
    );
    let first_line = lines[0].iter().collect::<String>();
    let last_start = text.rfind('\n').map_or(0, |at| at + 1);
    from <= first_line.len()
        && first_line[..from].chars().count() == start
        && to >= last_start
        && text[last_start..to].chars().count() == end
}

/// Finds the operator, the subscript's or the call's brackets in the text of an expression.
fn find_anchors(segment: &str) -> Option<Anchors> {
    let text = format!("(\n{segment}\n)");
    let parsed = ruff_python_parser::parse_expression(&text).ok()?;
    let bytes = text.as_bytes();
    let (left, right) = match &*parsed.syntax().body {
        ast::Expr::BinOp(expression) => {
            let mut at = expression.left.end().to_usize();
            while bytes
                .get(at)
                .is_some_and(|b| b.is_ascii_whitespace() || *b == b')' || *b == b'\\')
            {
                at += 1;
            }
            let right = expression.right.start().to_usize();
            let two = at + 1 < right
                && bytes
                    .get(at + 1)
                    .is_some_and(|b| !b.is_ascii_whitespace() && !b"\\#(".contains(b));
            (at, at + 1 + usize::from(two))
        }
        ast::Expr::Subscript(expression) => {
            let open = find_byte(bytes, expression.value.end().to_usize(), b'[')?;
            let close = find_byte(bytes, expression.slice.end().to_usize(), b']')?;
            (open, close + 1)
        }
        ast::Expr::Call(expression) => {
            let open = find_byte(bytes, expression.func.end().to_usize(), b'(')?;
            (open, expression.range().end().to_usize())
        }
        _ => return None,
    };
    Some(Anchors {
        left: position(&text, left)?,
        right: position(&text, right)?,
    })
}

fn find_byte(bytes: &[u8], from: usize, wanted: u8) -> Option<usize> {
    Some(from + bytes.get(from..)?.iter().position(|&b| b == wanted)?)
}

/// Line and column of a byte; the line of the opening parenthesis does not count.
fn position(text: &str, at: usize) -> Option<(usize, usize)> {
    let before = text.get(..at)?;
    let line = before.matches('\n').count().checked_sub(1)?;
    let start = before.rfind('\n')? + 1;
    Some((line, before[start..].chars().count()))
}

// ---- names that are nearly right

const MOVE_COST: usize = 2;
const CASE_COST: usize = 1;
const NAME_LENGTH_MAX: usize = 40;
const CANDIDATES_MAX: usize = 750;

/// The candidate most like `name`, if one is enough so: a weighted Levenshtein distance within a
/// third of the letters, as Python's suggestions have it.
pub fn closest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<String> {
    let wrong: Vec<char> = name.chars().collect();
    if wrong.len() > NAME_LENGTH_MAX {
        return None;
    }
    let mut best: Option<(usize, &str)> = None;
    for (count, candidate) in candidates.enumerate() {
        if count >= CANDIDATES_MAX {
            return None;
        }
        if candidate == name {
            continue;
        }
        let possible: Vec<char> = candidate.chars().collect();
        if possible.len() > NAME_LENGTH_MAX {
            continue;
        }
        let limit = (possible.len() + wrong.len() + 3) * MOVE_COST / 6;
        let limit = best.map_or(limit, |(distance, _)| limit.min(distance.saturating_sub(1)));
        let distance = distance(&wrong, &possible);
        if distance <= limit && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, name)| name.to_owned())
}

fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).map(|i| i * MOVE_COST).collect();
    for (i, &x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = (i + 1) * MOVE_COST;
        for (j, &y) in b.iter().enumerate() {
            let change = if x == y {
                0
            } else if x.to_lowercase().eq(y.to_lowercase()) {
                CASE_COST
            } else {
                MOVE_COST
            };
            let replaced = diagonal + change;
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + MOVE_COST).min(row[j] + MOVE_COST);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(source: &str, line: u32, columns: (u32, u32)) -> String {
        let lines: Vec<String> = source.lines().map(str::to_owned).collect();
        let mut out = String::new();
        let (column, end_column) = columns;
        show_source(
            &mut out,
            &lines,
            Location {
                line,
                end_line: line,
                column,
                end_column,
            },
        );
        out
    }

    #[test]
    fn marks_operators_and_brackets() {
        assert_eq!(shown("    a / b", 1, (4, 9)), "    a / b\n    ~~^~~\n");
        assert_eq!(
            shown("x = d['k']", 1, (4, 10)),
            "    x = d['k']\n        ~^^^^^\n"
        );
        assert_eq!(shown("1 + f(2)", 1, (4, 8)), "    1 + f(2)\n        ~^^^\n");
    }

    #[test]
    fn says_nothing_about_whole_lines() {
        assert_eq!(shown("  raise X", 1, (2, 9)), "    raise X\n");
        assert_eq!(shown("return f(1)", 1, (7, 11)), "    return f(1)\n");
    }

    #[test]
    fn finds_near_names() {
        assert_eq!(
            closest("pritn", ["print", "int"].into_iter()),
            Some(String::from("print"))
        );
        assert_eq!(closest("zzz", ["print"].into_iter()), None);
    }
}
