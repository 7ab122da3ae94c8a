//! Moves: from where one stands to somewhere else, forwards or backwards.
//!
//! What stops a move is found by the replaying processes. What they cannot know is decided here:
//! how often a breakpoint was hit since the move began, and that a hit which only says something is
//! no stop.

use super::session::{Session, Trouble};
use crate::hits::HitRule;
use crate::moment::{Arrived, Moment};
use crate::protocol::{Breakpoint, Depth, Form, Hit, Place, Reply, Request, Run, Text, Time, Why};
use crate::timeline::Point;
use std::collections::HashMap;
use vm::stops::UNWOUND;

/// How a move ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Stop {
    /// Where it was to go, or where something stopped it.
    Hit(Hit),
    /// There was nothing more in front of the first stop point.
    Start,
    /// Nor behind the last one.
    End,
}

/// How often each breakpoint was hit since the move began.
type Hits = HashMap<u32, u64>;

impl Session {
    pub(super) fn go(&mut self, time: Time) -> Result<(), Trouble> {
        let moment = self.timeline.at_to_stay(time)?;
        self.arrive(moment)?;
        Ok(())
    }

    /// Goes to a time, as far as the recording has it.
    pub(super) fn go_within(&mut self, time: Time) -> Result<Stop, Trouble> {
        self.go(time)?;
        Ok(match self.position.time {
            now if now < time => Stop::End,
            now if now > time => Stop::Start,
            _ => self.reached(),
        })
    }

    pub(super) fn go_end(&mut self) -> Result<Stop, Trouble> {
        match self.timeline.ending {
            // Images lead there at once.
            Some((time, _)) => {
                self.go(time)?;
                Ok(Stop::End)
            }
            None => self.forward(&Run::to(Time::MAX)),
        }
    }

    fn reached(&self) -> Stop {
        Stop::Hit(Hit {
            time: self.position.time,
            steps: self.position.steps,
            why: Vec::new(),
        })
    }

    /// Runs until something stops it.
    fn forward(&mut self, run: &Run) -> Result<Stop, Trouble> {
        let mut hits = Hits::new();
        let mut from = self.here.fork()?;
        loop {
            match self.timeline.forward(from, run)? {
                Arrived::At(moment, None) => {
                    self.arrive(moment)?;
                    return Ok(self.reached());
                }
                Arrived::At(mut moment, Some(hit)) => {
                    match self.sift(&mut moment, hit, &mut hits)? {
                        None if moment.time < run.until => from = moment,
                        sifted => {
                            self.arrive(moment)?;
                            return Ok(sifted.map_or_else(|| self.reached(), Stop::Hit));
                        }
                    }
                }
                Arrived::End(time, _) => {
                    self.go(time)?;
                    return Ok(Stop::End);
                }
            }
        }
    }

    /// Searches backwards for the last stop before this moment.
    fn backward(&mut self, run: &Run) -> Result<Stop, Trouble> {
        let mut hits = Hits::new();
        let mut before = self.point();
        while let Some(hit) = self.timeline.search_back(before, run)? {
            let time = hit.time;
            let mut moment = self.timeline.at_hit(&hit)?;
            if !self.needs_sifting(&hit) {
                self.arrive(moment)?;
                return Ok(Stop::Hit(hit));
            }
            let there = Point {
                time,
                steps: hit.steps,
            };
            if let Some(hit) = self.sift(&mut moment, hit, &mut hits)? {
                self.arrive(moment)?;
                return Ok(Stop::Hit(hit));
            }
            before = there;
        }
        self.go(self.timeline.start())?;
        Ok(Stop::Start)
    }

    /// Where one stands.
    fn point(&self) -> Point {
        Point {
            time: self.position.time,
            steps: self.position.steps,
        }
    }

    fn breakpoint(&self, number: u32) -> Option<&Breakpoint> {
        let mut all = self.notes.breakpoints.iter();
        all.find(|breakpoint| breakpoint.number == number)
    }

    fn needs_sifting(&self, hit: &Hit) -> bool {
        hit.why.iter().any(|why| match why {
            Why::Breakpoint(number) => self
                .breakpoint(*number)
                .is_some_and(|b| b.hits.is_some() || b.log.is_some()),
            _ => false,
        })
    }

    /// What of a hit is a stop, if anything; says what hits have to say.
    fn sift(
        &mut self,
        moment: &mut Moment,
        hit: Hit,
        hits: &mut Hits,
    ) -> Result<Option<Hit>, Trouble> {
        let mut why = Vec::new();
        for reason in hit.why {
            let Why::Breakpoint(number) = reason else {
                why.push(reason);
                continue;
            };
            let count = hits.entry(number).or_default();
            *count += 1;
            let count = *count;
            // Where a move is to go there is one that the user has not set.
            let Some(breakpoint) = self.breakpoint(number) else {
                why.push(reason);
                continue;
            };
            let counts = |rule: &HitRule| rule.allows(count);
            if !breakpoint.hits.as_ref().is_none_or(counts) {
                continue;
            }
            match breakpoint.log.clone() {
                None => why.push(reason),
                Some(message) => {
                    let text = said(moment, &message)?;
                    self.say(&format!("[{}] {text}", hit.time));
                }
            }
        }
        Ok((!why.is_empty()).then_some(Hit { why, ..hit }))
    }

    /// A move some times over. If one cannot be made, none was.
    pub(super) fn repeat(
        &mut self,
        count: u64,
        one: impl Fn(&mut Session) -> Result<Stop, Trouble>,
    ) -> Result<Stop, Trouble> {
        let from = self.position.time;
        let mut stop = self.reached();
        for _ in 0..count {
            stop = match one(self) {
                Ok(stop) => stop,
                Err(trouble) => {
                    if self.position.time != from {
                        self.go(from)?;
                    }
                    return Err(trouble);
                }
            };
            if !matches!(stop, Stop::Hit(_)) {
                break;
            }
        }
        Ok(stop)
    }

    pub(super) fn step(&mut self, count: u64) -> Result<Stop, Trouble> {
        self.forward(&Run::to(self.position.time.saturating_add(count)))
    }

    pub(super) fn step_back(&mut self, count: u64) -> Result<Stop, Trouble> {
        // Between two stop points, the one before is one back.
        let ahead = u64::from(self.position.steps > 0);
        let to = (self.position.time + ahead).saturating_sub(count);
        if to < self.timeline.start() {
            self.go(self.timeline.start())?;
            return Ok(Stop::Start);
        }
        self.go_within(to)
    }

    /// A run that breakpoints stop, and a depth.
    fn until_depth(&self, depth: Depth) -> Run {
        Run {
            breakpoints: self.notes.breakpoints.clone(),
            depth: Some(depth),
            ..Run::to(Time::MAX)
        }
    }

    pub(super) fn next(&mut self) -> Result<Stop, Trouble> {
        self.forward(&self.until_depth(Depth::AtMost(self.position.depth)))
    }

    pub(super) fn next_back(&mut self) -> Result<Stop, Trouble> {
        self.backward(&self.until_depth(Depth::AtMost(self.position.depth)))
    }

    /// To where the function is left, or on into its caller.
    pub(super) fn finish(&mut self) -> Result<Stop, Trouble> {
        let depth = self.position.depth;
        let leaves = self.position.kinds & (bytecode::EXIT | UNWOUND) != 0;
        let depth = if leaves {
            Depth::AtMost(depth.saturating_sub(1))
        } else {
            Depth::Leaving(depth)
        };
        self.forward(&self.until_depth(depth))
    }

    /// Into the caller, past what is left of the function.
    pub(super) fn leave(&mut self) -> Result<Stop, Trouble> {
        let outside = Depth::AtMost(self.position.depth.saturating_sub(1));
        self.forward(&self.until_depth(outside))
    }

    pub(super) fn finish_back(&mut self) -> Result<Stop, Trouble> {
        let depth = Depth::AtMost(self.position.depth.saturating_sub(1));
        self.backward(&self.until_depth(depth))
    }

    /// To a line later than this one.
    pub(super) fn until(&mut self, line: u32) -> Result<Stop, Trouble> {
        self.forward(&self.until_depth(Depth::Beyond(self.position.depth, line)))
    }

    /// Back to where a frame, counted from the innermost, was entered.
    pub(super) fn go_to_entry(&mut self, frame: usize) -> Result<Stop, Trouble> {
        let depth = self.position.depth.saturating_sub(frame);
        if frame == 0 && self.position.kinds & bytecode::ENTRY != 0 {
            return Ok(self.reached());
        }
        let run = Run {
            depth: Some(Depth::Entered(depth)),
            ..Run::to(Time::MAX)
        };
        self.backward(&run)
    }

    /// A run that breakpoints and watchpoints stop.
    fn until_hit(&self) -> Run {
        Run {
            breakpoints: self.notes.breakpoints.clone(),
            watchpoints: self.notes.watchpoints.clone(),
            ..Run::to(Time::MAX)
        }
    }

    pub(super) fn go_on(&mut self) -> Result<Stop, Trouble> {
        self.forward(&self.until_hit())
    }

    pub(super) fn go_back(&mut self) -> Result<Stop, Trouble> {
        let run = self.until_hit();
        if run.breakpoints.is_empty() && run.watchpoints.is_empty() {
            self.go(self.timeline.start())?;
            return Ok(Stop::Start);
        }
        self.backward(&run)
    }

    /// To where a line is come to next, or was last; breakpoints do not matter.
    pub(super) fn go_to_line(
        &mut self,
        file: &str,
        line: u32,
        back: bool,
    ) -> Result<Stop, Trouble> {
        let run = Run {
            breakpoints: vec![Breakpoint {
                number: u32::MAX,
                place: Place::Line {
                    file: file.to_owned(),
                    line,
                },
                condition: None,
                hits: None,
                log: None,
            }],
            ..Run::to(Time::MAX)
        };
        match back {
            true => self.backward(&run),
            false => self.forward(&run),
        }
    }

    /// Back to what changed an expression last.
    pub(super) fn go_to_change(
        &mut self,
        watchpoint: crate::protocol::Watchpoint,
    ) -> Result<Stop, Trouble> {
        let run = Run {
            watchpoints: vec![watchpoint],
            ..Run::to(Time::MAX)
        };
        self.backward(&run)
    }

    /// To the moment at which a text was written that contains another: the next one, or else the
    /// first of all.
    pub(super) fn go_to_output(&mut self, wanted: &str) -> Result<(), Trouble> {
        let end = self.timeline.end()?;
        let mut last = self.timeline.at(end)?;
        let Reply::Output(pieces) = last.ask(&Request::Output { after: 0 })? else {
            return Err(Trouble::Text(String::from("the output is not to be had")));
        };
        let mut found = pieces.iter().filter(|piece| piece.text.contains(wanted));
        let first = found.clone().next();
        let next = found.find(|piece| piece.time > self.position.time);
        match next.or(first) {
            Some(piece) => self.go(piece.time),
            None => Err(Trouble::Text(format!("the program wrote no '{wanted}'"))),
        }
    }
}

/// What a log point says.
fn said(moment: &mut Moment, message: &Text) -> Result<String, Trouble> {
    let request = Request::Evaluate {
        frame: 0,
        text: message.clone(),
        imports: Vec::new(),
        form: Form::Plain,
    };
    Ok(match moment.ask(&request)? {
        Reply::Value { text, .. } => text,
        Reply::Refused(_) => String::from("Attempted to do I/O"),
        Reply::Failed(text) => text,
        other => format!("unexpected answer {other:?}"),
    })
}

/// The message of a log point as an expression: its text with what stands in braces evaluated.
pub(super) fn message_expression(message: &str) -> Result<String, String> {
    let unclosed = || format!("a brace in '{message}' is not closed");
    let mut parts: Vec<String> = Vec::new();
    let mut text = String::new();
    let mut rest = message;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, after) = rest.split_at(at);
        text.push_str(before);
        // Doubled braces stand for themselves.
        if after.starts_with("{{") || after.starts_with("}}") {
            text.push_str(&after[..1]);
            rest = &after[2..];
            continue;
        }
        if let Some(behind) = after.strip_prefix('}') {
            text.push('}');
            rest = behind;
            continue;
        }
        let end = closing(after).ok_or_else(unclosed)?;
        parts.push(literal(&std::mem::take(&mut text)));
        parts.push(format!("str({})", &after[1..end]));
        rest = &after[end + 1..];
    }
    text.push_str(rest);
    parts.push(literal(&text));
    Ok(parts.join(" + "))
}

/// Where the brace closes with which a text begins.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

/// A text as Python writes it.
fn literal(text: &str) -> String {
    let mut out = String::from("'");
    for c in text.chars() {
        match c {
            '\\' | '\'' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\0' => out.push_str("\\0"),
            // A dollar is no name here.
            '$' => out.push_str("\\x24"),
            c => out.push(c),
        }
    }
    out.push('\'');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_become_expressions() {
        let is = |message: &str, python: &str| {
            assert_eq!(message_expression(message).as_deref(), Ok(python));
        };
        is("plain", "'plain'");
        is("x is {x}!", "'x is ' + str(x) + '!'");
        is("{ {'a': 1}['a'] }", "'' + str( {'a': 1}['a'] ) + ''");
        is("{{x}} it's $5\\", "'{x} it\\'s \\x245\\\\'");
        is("a } b", "'a } b'");
        assert!(message_expression("a {x").is_err());
    }
}
