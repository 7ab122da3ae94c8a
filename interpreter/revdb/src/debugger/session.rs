//! A session: where the debugger stands, what it has kept, and how it asks.

use super::Begun;
use crate::log::Log;
use crate::moment::unexpected;
use crate::moment::{Arrived, Lost, Moment};
use crate::protocol::{Form, Position, Reply, Request, Text, Time};
use crate::session::{Identity, Notes};
use crate::shelf::{Index, Shelf, file_of};
use crate::timeline::Timeline;
use std::collections::HashMap;

/// A session.
pub(super) struct Session {
    pub(super) timeline: Timeline,
    pub(super) here: Moment,
    pub(super) position: Position,
    pub(super) notes: Notes,
    /// The notes as the file has them.
    written: Option<Notes>,
    of: Identity,
    /// Where moments are kept for later sessions, and how memory has to lie for them.
    shelf: Option<(Shelf, String)>,
    pub(super) log: Log,
    /// The frame that is looked at, counted from the innermost.
    pub(super) frame: usize,
    /// What the present command prints.
    pub(super) out: String,
    /// What the user should know of the file of notes.
    pub(super) told: Option<String>,
    pub(super) paint: super::colours::Paint,
    /// Whether the files that were shown are as they were recorded.
    pub(super) files: HashMap<String, super::show::Kept>,
}

/// Why a command did not do what it should.
pub(super) enum Trouble {
    /// For the user.
    Text(String),
    Quit,
}

impl From<Lost> for Trouble {
    fn from(lost: Lost) -> Trouble {
        Trouble::Text(lost.to_string())
    }
}

impl From<String> for Trouble {
    fn from(text: String) -> Trouble {
        Trouble::Text(text)
    }
}

/// An answer that does not belong to what was asked, or tells that nothing comes of it.
pub(super) fn refusal(reply: Reply) -> Trouble {
    Trouble::Text(match reply {
        Reply::Refused(_) => String::from("Attempted to do I/O"),
        Reply::Failed(text) => text,
        other => format!("unexpected answer {other:?}"),
    })
}

impl Session {
    /// Begins where the replay comes to its first stop point, or goes on where the last session
    /// was. An error is a recording in which there is nowhere to stand.
    pub(super) fn begin(begun: Begun, searching: fn(Time, Time)) -> Result<Session, String> {
        let Begun {
            log,
            of,
            channel,
            process,
            shelf,
            index,
            told: shelf_told,
        } = begun;
        let mut all_told = Vec::from_iter(shelf_told);
        let mut start = match Moment::first(channel, process) {
            Ok(Arrived::At(moment, _)) => moment,
            Ok(Arrived::End(..)) => {
                let text = "the recording ends before the program's first line";
                return Err(String::from(text));
            }
            Err(lost) => return Err(lost.to_string()),
        };
        let mut here = start.fork().map_err(|lost| lost.to_string())?;
        let position = position_of(&mut here).map_err(|lost| lost.to_string())?;
        let limit_image_bytes = shelf.as_ref().map_or(0, |shelf| shelf.limit_bytes);
        let shelf = shelf.and_then(|shelf| Some((shelf, layout_of(&mut start).ok()?)));
        let (notes, told) = Notes::read(log.path(), &of);
        all_told.extend(told);
        let mut session = Session {
            timeline: Timeline::new(start, searching, limit_image_bytes),
            here,
            position,
            written: None,
            notes,
            of,
            shelf,
            log,
            frame: 0,
            out: String::new(),
            told: None,
            paint: super::colours::Paint::none(),
            files: HashMap::new(),
        };
        session.timeline.ticks = session.log.ending().map(|ending| ending.ticks);
        all_told.extend(index.and_then(|index| session.restore(index).err()));
        let time = session.notes.time;
        if time > session.position.time {
            let back = session.timeline.at(time);
            let arrived = back.and_then(|moment| session.arrive(moment));
            if let Err(lost) = arrived {
                all_told.push(format!(
                    "you were at {time}, which cannot be come to: {lost}"
                ));
            }
        }
        session.told = (!all_told.is_empty()).then(|| all_told.join("\nkrait: "));
        session.written = Some(session.notes.clone());
        Ok(session)
    }

    /// Stands at another moment from now on.
    pub(super) fn arrive(&mut self, mut moment: Moment) -> Result<(), Lost> {
        let position = position_of(&mut moment)?;
        self.here = moment;
        self.position = position;
        self.frame = 0;
        self.notes.time = self.position.time;
        if self.timeline.take_damage() {
            let file = file_of(self.log.path());
            let text = format!("{} is damaged: its moments are made anew", file.display());
            self.say(&text);
        }
        Ok(())
    }

    /// Takes over the moments of an earlier session, if they can be come to from here.
    fn restore(&mut self, index: Index) -> Result<(), String> {
        let Some((shelf, layout)) = &mut self.shelf else {
            return Ok(());
        };
        if *layout == index.layout {
            self.timeline.restore(index.moments);
            return Ok(());
        }
        let file = file_of(self.log.path());
        let cleared = shelf.clear();
        let told = format!(
            "{} is of another system or other libraries: it is made anew",
            file.display()
        );
        Err(match cleared {
            Ok(()) => told,
            Err(error) => format!("{told} ({error})"),
        })
    }

    /// Whether moments are kept for later sessions.
    pub(super) fn outlives(&self) -> bool {
        self.shelf.as_ref().is_some_and(|(shelf, _)| shelf.lasts())
    }

    /// Keeps the moments for later sessions, which may begin now.
    fn keep_moments(&mut self) -> Result<(), String> {
        let Some((mut shelf, layout)) = self.shelf.take() else {
            return Ok(());
        };
        let moments = match shelf.lasts() {
            true => self.timeline.moments(),
            false => None,
        };
        let done = moments.map_or(Ok(()), |moments| {
            shelf.keep(&Index {
                of: self.of.clone(),
                layout,
                moments,
            })
        });
        shelf.release();
        done.map_err(|error| {
            let file = file_of(self.log.path());
            format!("moments are not kept: {}: {error}", file.display())
        })
    }

    /// Keeps what a later session goes on with; what could not be kept.
    pub(super) fn keep(&mut self) -> Vec<String> {
        let notes = self.keep_notes(true);
        [notes, self.keep_moments()]
            .into_iter()
            .filter_map(Result::err)
            .collect()
    }

    /// Asks the process that one stands at. Should it end, one stands in another like it.
    pub(super) fn ask(&mut self, request: &Request) -> Result<Reply, Trouble> {
        match self.here.ask(request) {
            Ok(reply) => Ok(reply),
            Err(lost) => {
                self.here = self.timeline.at(self.position.time)?;
                Err(lost.into())
            }
        }
    }

    pub(super) fn say(&mut self, text: &str) {
        self.out.push_str(text);
        self.out.push('\n');
    }

    /// An expression as typed.
    pub(super) fn text(&self, typed: &str) -> Result<Text, Trouble> {
        Ok(self.notes.text(typed)?)
    }

    /// The text of an expression's value, with its name.
    pub(super) fn evaluate(&mut self, typed: &str, form: Form) -> Result<String, Trouble> {
        let request = self.evaluation(typed, self.frame, form)?;
        match self.ask(&request)? {
            Reply::Value { text, named, .. } => Ok(match named {
                Some(named) => format!("${} = {text}", self.notes.number(&named)),
                None => text,
            }),
            other => Err(refusal(other)),
        }
    }

    pub(super) fn evaluation(
        &self,
        typed: &str,
        frame: usize,
        form: Form,
    ) -> Result<Request, Trouble> {
        Ok(Request::Evaluate {
            frame,
            text: self.text(typed)?,
            imports: self.notes.imports.clone(),
            form,
        })
    }

    /// Writes the notes, if a user would miss anything of them.
    pub(super) fn keep_notes(&mut self, leaves: bool) -> Result<(), String> {
        if let Some(written) = &self.written {
            let mut now = self.notes.clone();
            if !leaves {
                // Where one is changes with each command; who is killed begins a little earlier.
                now.time = written.time;
            }
            if now == *written {
                return Ok(());
            }
        }
        self.written = Some(self.notes.clone());
        let done = self.notes.write(self.log.path());
        done.map_err(|error| {
            let file = crate::session::file_of(self.log.path());
            format!("names and marks are not kept: {}: {error}", file.display())
        })
    }
}

fn layout_of(moment: &mut Moment) -> Result<String, Lost> {
    match moment.ask(&Request::Layout)? {
        Reply::Layout(layout) => Ok(layout),
        other => Err(unexpected(&other)),
    }
}

fn position_of(moment: &mut Moment) -> Result<Position, Lost> {
    match moment.ask(&Request::Position)? {
        Reply::Position(position) => Ok(position),
        other => Err(Lost::Failed(format!("unexpected answer {other:?}"))),
    }
}
